import { expect, type Locator, test } from '@playwright/test';
import { rmSync } from 'node:fs';
import { type MessageKey, setLanguage, translate } from '../../src/i18n/translate';
import { expectAccessible } from './accessibility';
import { answerFileDialogs, builtFile, launchApp, newHome, type RunningApp, runCli, screenshotPath } from './launch';
import { expectNothingBroken } from './looks';

/** Every screen, dialog and menu: nothing is cut off, lies over something else or stands against axe. */
test.describe.configure({ timeout: 900_000 });

const SMALL = { width: 1024, height: 640 };
const LARGE = { width: 1440, height: 900 };
const LONG = 'Testserver für die Buchhaltung mit einem sehr langen Namen (2026)';

interface Tour {
  readonly language: 'en' | 'de';
  readonly scale: 1 | 2;
}

for (const tour of [
  { language: 'en', scale: 1 },
  { language: 'de', scale: 1 },
  { language: 'de', scale: 2 },
] satisfies Tour[]) {
  test(`nothing is cut off or overlaps: ${tour.language}, scale ${tour.scale}`, async () => {
    const home = newHome();
    const running = await launchApp({ home, args: [`--force-device-scale-factor=${tour.scale}`] });
    try {
      await look(running, home, tour);
    } finally {
      setLanguage('en');
      await running.close();
      rmSync(home, { recursive: true, force: true });
    }
  });
}

async function look({ app, page }: RunningApp, home: string, { language, scale }: Tour): Promise<void> {
  const text = (key: MessageKey, values: Record<string, string | number> = {}): string => translate(key, values);
  const press = (key: MessageKey, within: Locator = page.locator('body')): Promise<void> =>
    within
      .getByRole('button', { name: text(key), exact: true })
      .first()
      .click();
  const dialog = page.getByRole('dialog');
  const question = page.getByRole('alertdialog');
  /** Small and large, light and dark. */
  const see = async (name: string): Promise<void> => {
    for (const size of scale === 2 ? [SMALL] : [SMALL, LARGE]) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const file = `looks/${language}-${scale}x/${name}-${size.width}-${colorScheme}`;
        await page.screenshot({ path: screenshotPath(file) });
      }
      await expectNothingBroken(page, `${name} at ${size.width}`);
    }
    if (scale === 1) await expectAccessible(page);
    await page.setViewportSize(SMALL);
  };
  const leave = async (): Promise<void> => {
    await page.keyboard.press('Escape');
    await expect(dialog.or(question)).toHaveCount(0);
  };
  const menu = (key: MessageKey): Promise<void> =>
    app.evaluate(({ Menu }, label) => {
      const all = (Menu.getApplicationMenu()?.items ?? []).flatMap((one) => one.submenu?.items ?? []);
      all.find((one) => one.label === label)?.click();
    }, text(key));

  if (language === 'de') {
    await press('home.preferences');
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('option', { name: 'Deutsch' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    setLanguage('de');
  }
  await expect(page.getByRole('heading', { name: text('home.heading') })).toBeVisible();
  await see('home-empty');

  await runCli(home, 'create', LONG, '--memory', '16', '--cdrom', builtFile('guests', 'memtest86plus.iso'));
  for (const name of ['Debian 12', 'Windows 98']) await runCli(home, 'create', name, '--memory', '32', '--disk', '4G');
  await runCli(home, 'snapshot', 'take', LONG, 'Nach der Installation');
  await runCli(home, 'snapshot', 'take', LONG, 'Vor dem Umstieg auf die neue Version der Buchhaltung');
  const item = page.getByRole('treeitem', { name: LONG });
  await expect(item).toBeVisible();
  await see('home');
  await item.click();
  await expect(page.getByRole('heading', { name: LONG })).toBeVisible();
  await see('summary');
  await item.click({ button: 'right' });
  await expect(page.getByRole('menu').first()).toBeVisible();
  await see('library-menu');
  await page.keyboard.press('Escape');

  // Settings, section by section
  await press('summary.settings');
  await expect(dialog).toBeVisible();
  const sections = dialog.getByRole('navigation').getByRole('button');
  for (let index = 0; index < (await sections.count()); index++) {
    await sections.nth(index).click();
    await see(`settings-${index}`);
  }
  await leave();

  // Snapshots
  await press('toolbar.snapshotManager');
  await dialog.getByRole('treeitem').nth(1).click();
  await see('snapshots');
  await press('snapshot.goTo', dialog);
  await see('snapshot-restore');
  await page.keyboard.press('Escape');
  await press('snapshot.delete', dialog);
  await see('snapshot-delete');
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  // The keyboard is in the dialog below again.
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await press('toolbar.takeSnapshot');
  await see('snapshot-take');
  await leave();

  // Log and support data
  for (const key of ['library.showLog', 'library.support'] as const) {
    await page
      .getByRole('button', { name: text(key) })
      .or(page.getByText(text(key), { exact: true }))
      .first()
      .click();
    await expect(dialog).toBeVisible();
    await see(key.replace('library.', ''));
    await leave();
  }
  await press('button.delete');
  await see('delete');
  await leave();

  // Wizard
  await page.getByRole('tab', { name: text('tabs.home') }).click();
  await press('home.newVm');
  await dialog.getByText(text('wizard.path.custom')).click();
  await see('wizard-1');
  await answerFileDialogs(app, builtFile('guests', 'memtest86plus.iso'));
  await press('button.browse', dialog);
  await expect(dialog.getByText('memtest86plus.iso')).toBeVisible();
  await see('wizard-1-picked');
  for (const step of [2, 3, 4, 5]) {
    await press('button.next', dialog);
    await see(`wizard-${step}`);
  }
  await leave();

  await press('home.preferences');
  await see('preferences');
  await leave();
  await menu('menu.about');
  await expect(dialog).toBeVisible();
  await see('about');
  await leave();

  // A running VM: nothing to boot from
  await page.getByRole('treeitem', { name: 'Windows 98' }).click();
  await press('toolbar.powerOn');
  await expect(page.getByRole('region', { name: text('deadEnd.noBootDevice.title') })).toBeVisible({
    timeout: 300_000,
  });
  await see('console-dead-end');
  await press('toolbar.sendKeys');
  await expect(page.getByRole('menu')).toBeVisible();
  await see('send-keys');
  await page.keyboard.press('Escape');
  await page.getByRole('contentinfo').getByRole('button').first().click();
  await see('status-menu');
  await page.keyboard.press('Escape');
  await menu('menu.typeText');
  await expect(dialog).toBeVisible();
  await see('type-text');
  await leave();
  await page.getByRole('tab', { name: text('view.summary') }).click();
  await see('summary-running');
}
