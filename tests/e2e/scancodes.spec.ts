import { expect, type Locator, test } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { withRunningVm } from '../../src/cli/vm-client';
import { SCANCODE_GUEST_READY, scancodeKernel } from '../support/scancode-guest';
import { Keys } from './keyboard';
import { launchApp, type RunningApp, runCli } from './launch';
import { INTERNATIONAL_KEYS, KEYS_104, type KeyCodes } from './scancodes';
import { expectState, GUEST_MS } from './vm-window';

/** A guest without an operating system prints what its keyboard sends: issue 5, "Done when" 2. */
test.describe.configure({ mode: 'serial', timeout: 600_000 });

const NAME = 'Scancodes';
let running: RunningApp;
let keys: Keys;
let screen: Locator;
/** Length of the output that earlier steps have looked at. */
let seen = 0;

async function output(): Promise<string> {
  process.env['SUBZERO_HOME'] = running.home;
  return withRunningVm(NAME, async (vm) => new TextDecoder().decode(await vm.call('serial.history', { port: 0 })));
}

/** What the guest's keyboard has sent since the last look becomes just this. */
async function expectCodes(codes: string): Promise<void> {
  let text = '';
  const sent = async (): Promise<string> => {
    text = (await output()).slice(seen);
    return text.trim().replaceAll('\n', ' ');
  };
  await expect.poll(sent, { timeout: GUEST_MS }).toBe(codes);
  seen += text.length;
}

const both = (list: readonly KeyCodes[]): string =>
  list.flatMap((key) => [key.make, key.break].filter((part) => part !== '')).join(' ');
const codesOf = (code: string): KeyCodes =>
  [...KEYS_104, ...INTERNATIONAL_KEYS].find((key) => key.code === code) as KeyCodes;

test.beforeAll(async () => {
  running = await launchApp();
  keys = new Keys(running.page);
  screen = running.page.getByRole('img', { name: `Guest screen of ${NAME}` });
  const kernel = path.join(running.home, 'scancodes.elf');
  writeFileSync(kernel, scancodeKernel());
  await runCli(running.home, 'create', NAME, '--kernel', kernel, '--memory', '16');
  await running.page.getByRole('treeitem', { name: NAME }).click();
  await running.page.getByRole('button', { name: 'Power On' }).click();
  await expectState(running.page, 'Running');
  await expect.poll(output, { timeout: 4 * GUEST_MS }).toBe(SCANCODE_GUEST_READY);
  seen = SCANCODE_GUEST_READY.length;
  await screen.click();
  await expect(screen).toBeFocused();
});
test.afterAll(async () => {
  await running?.close();
});

test('each of 104 keys sends its codes of set 1, and nothing else', async () => {
  expect(KEYS_104).toHaveLength(104);
  for (const { code } of KEYS_104) await keys.press(code);
  await expectCodes(both(KEYS_104));
});

test('so do the keys of European, Brazilian and Japanese boards', async () => {
  for (const { code } of INTERNATIONAL_KEYS) await keys.press(code);
  await expectCodes(both(INTERNATIONAL_KEYS));
});

test('modifiers change Print Screen and Pause as on a real keyboard', async () => {
  await keys.press('ControlLeft', 'Pause');
  await expectCodes('1d e0 46 e0 c6 9d');
  await keys.press('AltLeft', 'PrintScreen');
  await expectCodes('38 54 d4 b8');
  await keys.press('ShiftLeft', 'PrintScreen');
  await expectCodes('2a e0 37 e0 b7 aa');
  await keys.press('AltRight', 'KeyQ');
  await expectCodes('e0 38 10 90 e0 b8');
});

test('a key repeats while it is held, and only as far as the host says so', async () => {
  // The host tells of a key by the times at which its system saw it.
  const tell = async (...types: ('keydown' | 'repeat' | 'keyup')[]): Promise<void> => {
    await screen.evaluate((element, sent) => {
      for (const type of sent) {
        const event = { code: 'KeyK', key: 'k', bubbles: true, cancelable: true, repeat: type === 'repeat' };
        element.dispatchEvent(new KeyboardEvent(type === 'repeat' ? 'keydown' : type, event));
      }
    }, types);
  };
  // A release that is late: the guest's keyboard would long have repeated the key.
  await tell('keydown');
  await expectCodes('25');
  await running.page.waitForTimeout(3000);
  await expectCodes('');
  await tell('repeat');
  await expect.poll(async () => (await output()).slice(seen).match(/25/g)?.length ?? 0).toBeGreaterThan(5);
  await tell('keyup');
  await expect.poll(async () => (await output()).slice(seen)).toMatch(/^(25\n)+a5\n$/);
  seen = (await output()).length;
});

test('what are accelerators elsewhere reaches the guest and does nothing in the window', async () => {
  const { page } = running;
  const chords = [
    ...['R', 'E', 'W', 'B', 'N', 'O', 'M', 'D', 'J', 'G'].map((letter) => ['ControlLeft', `Key${letter}`]),
    ...[
      ['Tab'],
      ['F9'],
      ['F10'],
      ['F11'],
      ['AltLeft'],
      ['AltLeft', 'KeyF'],
      ['ControlLeft', 'Tab'],
      ['ControlLeft', 'F4'],
    ],
  ];
  const expected: string[] = [];
  for (const chord of chords) {
    await keys.press(...chord);
    expected.push(
      ...chord.map((code) => codesOf(code).make),
      ...[...chord].reverse().map((code) => codesOf(code).break),
    );
  }
  await expectCodes(expected.join(' '));
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('tree', { name: 'Library' })).toBeVisible();
  await expect(page.getByRole('tab', { name: NAME })).toHaveAttribute('aria-selected', 'true');
  await expect(screen).toBeFocused();
  await expectState(page, 'Running');
});

test('twenty losses of the focus leave no key held', async () => {
  const { app, page } = running;
  const losses: (() => Promise<void>)[] = [
    // To another part of the window, by the mouse.
    () => page.getByRole('contentinfo').getByText('Engine').click(),
    () => page.getByRole('tab', { name: 'Summary' }).click(),
    () => page.getByRole('tab', { name: 'Home' }).click(),
    () => page.getByRole('treeitem', { name: NAME }).click(),
    // To a dialog that a menu opens.
    () =>
      app.evaluate(({ Menu }) => {
        Menu.getApplicationMenu()?.items.at(-1)?.submenu?.items.at(-1)?.click();
      }),
    // To another window of this computer.
    () => otherWindow(),
  ];
  async function otherWindow(): Promise<void> {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await app.evaluate(async ({ BrowserWindow }) => {
      const other = new BrowserWindow({ width: 300, height: 200 });
      await other.loadURL('data:text/html,other');
      other.focus();
      await new Promise((resolve) => setTimeout(resolve, 300));
      other.destroy();
      BrowserWindow.getAllWindows()[0]?.focus();
    });
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
  }
  async function comeBack(): Promise<void> {
    const dialog = page.getByRole('dialog');
    if (await dialog.isVisible()) await page.keyboard.press('Escape');
    await page.getByRole('treeitem', { name: NAME }).click();
    await page.getByRole('tab', { name: 'Console' }).click();
    // Not by a click: that would capture the mouse, which then reaches nothing else.
    await screen.focus();
    await expect(screen).toBeFocused();
  }
  await keys.press('ControlLeft', 'AltLeft');
  await expectCodes('1d 38 b8 9d');
  await expect(screen).not.toBeFocused();
  await comeBack();
  const held = ['ShiftLeft', 'ControlLeft', 'KeyA', 'ArrowUp', 'AltRight'];
  for (let loss = 0; loss < 20; loss++) {
    const chord = held.slice(0, 1 + (loss % held.length));
    for (const code of chord) await keys.down(code);
    await losses[loss % losses.length]?.();
    await expectCodes(
      [...chord.map((code) => codesOf(code).make), ...[...chord].reverse().map((code) => codesOf(code).break)].join(
        ' ',
      ),
    );
    for (const code of chord) await keys.up(code);
    await comeBack();
    await expectCodes('');
  }
  await keys.press('KeyZ');
  await expectCodes(both([codesOf('KeyZ')]));
});
