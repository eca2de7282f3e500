import { expect, type Page, test } from '@playwright/test';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { multibootElf } from '../support/multiboot-kernel';
import { SCANCODE_GUEST_READY, scancodeKernel } from '../support/scancode-guest';
import { withRunningVm } from '../../src/cli/vm-client';
import { expectAccessible } from './accessibility';
import { launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState, GUEST_MS } from './vm-window';

/** The console beside its keys (scancodes.spec.ts): size, full screen, special keys, text, pictures, terminals, dead ends. */
test.describe.configure({ mode: 'serial', timeout: 600_000 });

const NAME = 'Bare';
let running: RunningApp;
let page: Page;

async function output(): Promise<string> {
  process.env['SUBZERO_HOME'] = running.home;
  return withRunningVm(NAME, async (vm) => new TextDecoder().decode(await vm.call('serial.history', { port: 0 })));
}

async function create(name: string, kernel: Uint8Array): Promise<void> {
  const file = path.join(running.home, `${name}.elf`);
  writeFileSync(file, kernel);
  await runCli(running.home, 'create', name, '--kernel', file, '--memory', '16');
}

async function powerOn(name: string): Promise<void> {
  await page.getByRole('treeitem', { name }).click();
  await page.getByRole('button', { name: 'Power On' }).click();
}

test.beforeAll(async () => {
  running = await launchApp();
  page = running.page;
  await create(NAME, scancodeKernel());
  await create('Halts', multibootElf([0xfa, 0xf4]));
  // lidt of an empty table; int3.
  await create('Faults', multibootElf([0x31, 0xc0, 0x50, 0x50, 0x0f, 0x01, 0x1c, 0x24, 0xcc]));
  await runCli(running.home, 'create', 'Empty', '--memory', '16');
  await powerOn(NAME);
  await expectState(page, 'Running');
  await expect.poll(output, { timeout: 4 * GUEST_MS }).toBe(SCANCODE_GUEST_READY);
});
test.afterAll(async () => {
  await running?.close();
});

test('special keys come from a menu', async () => {
  await page.getByRole('button', { name: 'Send Keys' }).click();
  await expect(page.getByRole('menuitem', { name: 'Alt+Tab' })).toBeVisible();
  await page.screenshot({ path: screenshotPath('console-keys') });
  await page.getByRole('menuitem', { name: 'Ctrl+Pause (Break)' }).click();
  const codes = '1d\ne0\n46\ne0\nc6\n9d\n';
  await expect.poll(output, { timeout: GUEST_MS }).toBe(SCANCODE_GUEST_READY + codes);
});

test('text is typed by the keys of the chosen layout', async () => {
  const before = (await output()).length;
  await page.getByRole('button', { name: 'Send Keys' }).click();
  await page.getByRole('menuitem', { name: 'Type Text…' }).click();
  const dialog = page.getByRole('dialog', { name: `Type Text into ${NAME}` });
  await dialog.getByRole('textbox', { name: 'Text' }).fill('z→');
  await dialog.getByRole('button', { name: /Keyboard layout/ }).click();
  await page.getByRole('option', { name: 'German', exact: true }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Type', exact: true }).click();
  await expect(dialog.getByText('“→” cannot be typed: the layout German has no key for it.')).toBeVisible();
  await page.screenshot({ path: screenshotPath('console-type') });
  await dialog.getByRole('textbox', { name: 'Text' }).fill('z@');
  await dialog.getByRole('button', { name: 'Type', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: GUEST_MS });
  // y of the board; AltGr and q.
  await expect
    .poll(async () => (await output()).slice(before).replaceAll('\n', ' '), { timeout: GUEST_MS })
    .toBe('15 95 e0 38 10 90 e0 b8 ');
});

test('the screen is shown fitted, exact or stretched, and the VM keeps it', async () => {
  const canvas = page.getByRole('img', { name: `Guest screen of ${NAME}` }).locator('canvas');
  const size = async () => {
    const box = await canvas.boundingBox();
    return { width: Math.round(box?.width ?? 0), height: Math.round(box?.height ?? 0) };
  };
  const room = async () =>
    page.locator('.console-room:visible').evaluate((e) => ({ width: e.clientWidth, height: e.clientHeight }));
  const choose = async (name: string) => {
    await page.getByRole('button', { name: 'Screen Size' }).click();
    await page.getByRole('menuitemradio', { name }).click();
  };
  await choose('Stretch to Window');
  await expect.poll(size).toEqual(await room());
  await expect.poll(() => runCli(running.home, 'show', NAME), { timeout: GUEST_MS }).toContain('stretch');
  await choose('Actual Size');
  const ratio = await page.evaluate(() => devicePixelRatio);
  const scale = Math.floor(ratio) / ratio;
  await expect.poll(size).toEqual({ width: Math.round(720 * scale), height: Math.round(400 * scale) });
  await page.getByRole('button', { name: 'Fit to Window' }).click();
  await expect(page.getByRole('button', { name: 'Actual Size' })).toBeVisible();
});

test('pictures of the screen go to a file and to the clipboard', async () => {
  const file = path.join(running.home, 'screen.png');
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  await page.getByRole('button', { name: 'Capture Screen' }).click();
  await page.getByRole('menuitem', { name: 'Save Picture of Screen…' }).click();
  await expect(page.getByText('The picture of the screen was saved.')).toBeVisible();
  expect([...readFileSync(file).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  await page.getByRole('button', { name: 'Capture Screen' }).click();
  await page.getByRole('menuitem', { name: 'Copy Picture of Screen' }).click();
  await expect(page.getByText('The picture of the screen is in the clipboard.')).toBeVisible();
});

test('a terminal is searched, copied, and gives the keyboard back at Ctrl+Alt', async () => {
  await page.getByRole('tab', { name: 'Serial 1' }).click();
  const terminal = page.getByRole('textbox', { name: `Serial port 1 of ${NAME}` });
  await terminal.focus();
  await page.keyboard.press('Control+Alt');
  await expect(terminal).not.toBeFocused();
  await page.getByRole('searchbox', { name: 'Find in Output' }).fill('READY');
  await expect(page.getByText('1 of 1')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find in Output' }).fill('nowhere');
  await expect(page.getByText('Not found')).toBeVisible();
  await page.getByRole('button', { name: /^Copy/ }).click();
  await expect.poll(() => running.app.evaluate(({ clipboard }) => clipboard.readText())).toContain('READY');
  await expectAccessible(page);
  await page.screenshot({ path: screenshotPath('console-serial') });
  await page.getByRole('tab', { name: 'Console' }).click();
});

test('the full screen has a bar that hides, and Escape belongs to the guest', async () => {
  await page.getByRole('button', { name: 'Full Screen', exact: true }).click();
  const bar = page.getByRole('toolbar', { name: 'Full screen' });
  await expect(bar).toBeVisible();
  await page.screenshot({ path: screenshotPath('console-full-screen') });
  await expect(bar).not.toHaveClass(/is-pinned/);
  await bar.getByRole('button', { name: 'Keep Bar Visible' }).press('Enter');
  await expect(bar).toHaveClass(/is-pinned/);
  const before = (await output()).length;
  await page.getByRole('img', { name: `Guest screen of ${NAME}` }).focus();
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await output()).slice(before), { timeout: GUEST_MS }).toBe('01\n81\n');
  await expect(bar).toBeVisible();
  await page.keyboard.press('Control+Alt');
  await expect(bar.locator(':focus')).toHaveCount(1);
  await bar.getByRole('button', { name: 'Exit Full Screen' }).click();
  await expect(bar).toBeHidden();
});

const DEAD_ENDS = [
  ['Halts', 'The guest has halted', 'Restart Guest'],
  ['Faults', 'Triple fault', 'Restore a Snapshot…'],
  ['Empty', 'No bootable disk found', 'Boot Order…'],
] as const;

for (const [name, title, fix] of DEAD_ENDS) {
  test(`${title}: said over the screen, with what helps`, async () => {
    await powerOn(name);
    const card = page.getByRole('region', { name: title });
    await expect(card).toBeVisible({ timeout: 2 * GUEST_MS });
    await expect(card.getByRole('button', { name: fix })).toBeEnabled();
    await page.screenshot({ path: screenshotPath(`console-${name.toLowerCase()}`) });
    await expectAccessible(page);
    // The toolbar's names stay names of one button each.
    for (const power of ['Power Off', 'Reset']) await expect(page.getByRole('button', { name: power })).toHaveCount(1);
    if (fix === 'Boot Order…') {
      const settings = page.getByRole('dialog', { name: `Settings of ${name}` });
      await card.getByRole('button', { name: fix }).click();
      await expect(settings.getByRole('button', { name: 'Boot', exact: true })).toHaveAttribute('aria-current', 'true');
      await page.keyboard.press('Escape');
      await card.getByRole('button', { name: 'Add a CD/DVD Drive…' }).click();
      await expect(settings.getByRole('button', { name: 'Add CD/DVD Drive' })).toBeInViewport();
      await page.keyboard.press('Escape');
    }
    await card.getByRole('button', { name: 'Switch Off' }).click();
    await expectState(page, 'Powered off');
  });
}

test('the screen is filmed to a file while the window shows something else', async () => {
  const { app, home } = running;
  const film = path.join(home, 'film.webm');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (async () => ({ canceled: false, filePath })) as typeof dialog.showSaveDialog;
  }, film);
  await page.getByRole('treeitem', { name: NAME }).click();
  await page.getByRole('button', { name: 'Capture Screen' }).click();
  await page.getByRole('menuitem', { name: 'Record Screen…' }).click();
  const stop = page.getByRole('contentinfo').getByRole('button', { name: 'Stop Recording' });
  await expect(stop).toContainText(/Recording \d:\d\d/);
  await page.screenshot({ path: screenshotPath('console-recording') });
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Home' }).click();
  const size = (): number => statSync(film).size;
  const early = size();
  await expect.poll(size, { timeout: GUEST_MS }).toBeGreaterThan(early);
  await page.getByRole('treeitem', { name: NAME }).click();
  await stop.click();
  await expect(page.getByText('The recording of the screen was saved.')).toBeVisible();
  await expect(stop).toHaveCount(0);

  const bytes = readFileSync(film);
  expect(bytes.subarray(0, 4).toString('hex')).toBe('1a45dfa3');
  expect(bytes.includes('V_VP8')).toBe(true);
  // It plays, in its size, and is no black picture: the firmware wrote something.
  const player = path.join(home, 'player.html');
  writeFileSync(player, '<body style="margin: 0"><video src="film.webm" muted></video>');
  const shown = await app.evaluate(async ({ BrowserWindow }, file) => {
    const view = new BrowserWindow({ width: 1100, height: 860 });
    try {
      await view.loadFile(file);
      const video = "document.querySelector('video')";
      const wait = `new Promise((done) => { const v = ${video}; const shown = () => done([v.videoWidth, v.videoHeight]); if (v.readyState >= 2) shown(); else v.onloadeddata = shown; v.onerror = () => done([]); })`;
      const dimensions = (await view.webContents.executeJavaScript(wait)) as number[];
      const picture = (await view.webContents.capturePage()).toBitmap();
      let bright = 0;
      for (let at = 0; at < picture.length; at += 4) if ((picture[at + 1] ?? 0) > 100) bright++;
      return { dimensions, bright };
    } finally {
      view.destroy();
    }
  }, player);
  expect(shown.dimensions).toEqual([1024, 768]);
  expect(shown.bright).toBeGreaterThan(50);
});
