import { expect, type Locator, test } from '@playwright/test';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scrollingGuest } from '../../build/bench/bare-guests.mjs';
import { expectAccessible } from './accessibility';
import { builtFile, launchApp, newHome, type RunningApp, runCli, screenshotPath } from './launch';
import { expectNothingBroken } from './looks';
import { expectState, GUEST_MS } from './vm-window';

/** The window enlarged, in forced colors, and the figures at its foot. */
test.describe.configure({ mode: 'serial', timeout: 400_000 });

const NAME = 'Memory test';
const home = newHome();
let running: RunningApp;

test.beforeAll(async () => {
  await runCli(home, 'create', NAME, '--memory', '16', '--cdrom', builtFile('guests', 'memtest86plus.iso'));
  await runCli(home, 'snapshot', 'take', NAME, 'First');
  const kernel = path.join(home, 'scrolls.bin');
  writeFileSync(kernel, scrollingGuest());
  await runCli(home, 'create', 'Scrolls', '--kernel', kernel, '--memory', '24');
  running = await launchApp({ home });
});
test.afterAll(async () => {
  await running?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Each screen in turn, with what has to be there to be used. */
async function walk(see: (name: string, ...needed: Locator[]) => Promise<void>): Promise<void> {
  const { page } = running;
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
  const close = async (dialog: Locator): Promise<void> => {
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  };
  await page.getByRole('tab', { name: 'Home' }).click();
  await see('home', button('New Virtual Machine'), button('Preferences'), button('Full Screen'), button('GRUB rescue'));
  await page.getByRole('treeitem', { name: NAME }).click();
  await see('summary', button('Edit virtual machine settings'), button('Power On').first(), button('Show Log'));
  await button('Edit virtual machine settings').click();
  const settings = page.getByRole('dialog', { name: `Settings of ${NAME}` });
  await see(
    'settings',
    settings.getByRole('button', { name: 'Options' }),
    settings.getByText('When the guest restarts'),
  );
  await close(settings);
  await button('Snapshot Manager').click();
  const manager = page.getByRole('dialog', { name: `Snapshot Manager of ${NAME}` });
  await manager.getByRole('treeitem', { name: 'First' }).click();
  await see('snapshots', ...['Go To', 'Delete', 'Close'].map((name) => manager.getByRole('button', { name })));
  await close(manager);
  await page.getByRole('tab', { name: 'Home' }).click();
  await button('New Virtual Machine').click();
  const wizard = page.getByRole('dialog', { name: 'New Virtual Machine' });
  await see('wizard', wizard.getByText('I will choose later'), wizard.getByRole('button', { name: 'Next' }));
  await close(wizard);
}

test('at 200 % nothing is lost in a small window', async () => {
  const { app, page } = running;
  const zoom = (label: string, until: number): Promise<number> =>
    app.evaluate(
      async ({ BrowserWindow, Menu }, { wanted, factor }) => {
        const [window] = BrowserWindow.getAllWindows();
        if (window === undefined) throw new Error('there is no window');
        const all = (Menu.getApplicationMenu()?.items ?? []).flatMap((menu) => menu.submenu?.items ?? []);
        const item = all.find((one) => one.label === wanted);
        for (let tries = 0; tries < 40; tries++) {
          const now = window.webContents.getZoomFactor();
          if (factor > 1 ? now >= factor : now === factor) return now;
          item?.click(undefined, window, window.webContents);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return window.webContents.getZoomFactor();
      },
      { wanted: label, factor: until },
    );
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 640));
  expect(await zoom('Zoom In', 2)).toBeGreaterThanOrEqual(2);
  await walk(async (name, ...needed) => {
    await page.screenshot({ path: screenshotPath(`zoom-${name}`) });
    await expectNothingBroken(page, name);
    for (const control of needed) {
      await control.scrollIntoViewIfNeeded();
      await expect(control, name).toBeInViewport({ ratio: 0.9 });
    }
    await expectAccessible(page);
  });
  expect(await zoom('Reset Zoom', 1)).toBe(1);
});

test('forced colors show what is chosen and where the keyboard is', async () => {
  const { page } = running;
  await page.emulateMedia({ forcedColors: 'active' });
  const hasLine = (of: Locator): Promise<boolean> =>
    of.evaluate((element) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && !outlineColor.endsWith(', 0)');
    });
  await walk(async (name) => {
    await page.screenshot({ path: screenshotPath(`forced-${name}`) });
    const root = (await page.getByRole('dialog').count()) > 0 ? page.getByRole('dialog') : page.locator('body');
    const chosen = root.locator(
      '[role=treeitem][aria-selected=true], [role=tab][aria-selected=true], button[aria-current=true], label[data-selected]',
    );
    expect(await chosen.count(), name).toBeGreaterThan(0);
    for (const one of await chosen.all()) expect(await hasLine(one), `${name}: ${await one.textContent()}`).toBe(true);
    for (let step = 0; step < 8; step++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      const shown = await focused.evaluate((element) => {
        const label = element.closest('label[data-focus-visible]');
        const { outlineStyle, outlineWidth } = getComputedStyle(label ?? element);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 ? '' : element.outerHTML.slice(0, 200);
      });
      expect(shown, `${name}: focus cannot be seen`).toBe('');
    }
    await expectNothingBroken(page, name);
  });
  await page.emulateMedia({ forcedColors: null });
});

test('the status bar says which engine runs, how fast, and what it takes', async () => {
  const { page } = running;
  await page.getByRole('treeitem', { name: 'Scrolls' }).click();
  await page.getByRole('button', { name: 'Power On' }).first().click();
  await expectState(page, 'Running');
  const bar = page.getByRole('contentinfo');
  await expect(bar).toContainText('Engine: emulated');
  await expect(bar).toContainText(/[1-9][\d,.]* MIPS/, { timeout: GUEST_MS });
  await expect(bar).toContainText(/CPU \d+ % \(guest \d+ %, devices \d+ %\)/);
  const shares = /CPU (\d+) % \(guest (\d+) %, devices (\d+) %\)/.exec(await bar.innerText()) ?? [];
  const [whole, guest, devices] = shares.slice(1).map(Number) as [number, number, number];
  expect(guest + devices).toBe(whole);
  await expect(bar).toContainText('24\u00a0MiB');
  await bar.getByRole('button', { name: /^Serial port: COM1/ }).click();
  await page.screenshot({ path: screenshotPath('status-bar') });
  await page.getByRole('menuitem', { name: 'Settings…' }).click();
  await expect(page.getByRole('dialog', { name: 'Settings of Scrolls' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(bar).toContainText('Paused');
});
