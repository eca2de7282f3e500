import { expect, test } from '@playwright/test';
import { rmSync } from 'node:fs';
import { builtFile, launchApp, newHome, type RunningApp, runCli, screenshotPath } from './launch';
import { createFromImage, expectState, GuestConsole } from './vm-window';

/** What becomes of running VMs when the window closes. */
test.describe.configure({ mode: 'serial' });

interface WithTray {
  trayMenu?: Electron.Menu | null;
}

const home = newHome();
let running: RunningApp;

const closeWindow = () =>
  running.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
const question = () => running.page.getByRole('alertdialog', { name: 'Virtual machines are running' });

/** The window goes while it is being clicked. */
async function answer(name: string): Promise<void> {
  await expect(question()).toBeVisible();
  await question()
    .getByRole('button', { name })
    .click()
    .catch((error: Error) => expect(error.message).toContain('has been closed'));
}

test.beforeAll(async () => {
  running = await launchApp({ home });
});
test.afterAll(async () => {
  await running?.close();
  rmSync(home, { recursive: true, force: true });
});

test('closing asks while a VM runs, and cancel changes nothing', async () => {
  const { page } = running;
  const name = await createFromImage(running, builtFile('guests', 'grub-rescue-floppy.img'), {
    source: 'Floppy image',
    name: 'Floppy',
  });
  const guest = new GuestConsole(page, name);
  await guest.sees(/GNU GRUB/);
  // Before the menu's own countdown ends.
  await guest.press('c');
  await guest.sees(/grub>/);
  await closeWindow();
  await expect(question()).toContainText('Floppy');
  await page.screenshot({ path: screenshotPath('closing-asked') });
  await question().getByRole('button', { name: 'Cancel' }).click();
  await expect(question()).toBeHidden();
  await expectState(page, 'Running');
});

test('kept in the background, the VM runs on without a window and a new window shows it', async () => {
  const { app } = running;
  await closeWindow();
  await answer('Keep Running in Background');
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  expect(await runCli(home, 'screenshot', 'Floppy', '-')).toContain('grub>');
  const opened = app.waitForEvent('window');
  await app.evaluate((electron) => {
    electron.app.emit('activate');
  });
  running = { ...running, page: await opened };
  await running.page.getByRole('treeitem', { name: 'Floppy' }).click();
  await new GuestConsole(running.page, 'Floppy').sees(/grub>/);
});

test('the tray has each running VM and the way back to its window', async () => {
  const { app } = running;
  const tray = {
    labels: () => app.evaluate(() => (globalThis as unknown as WithTray).trayMenu?.items.map(({ label }) => label)),
    click: (label: string) =>
      app.evaluate((_, wanted) => {
        const { trayMenu } = globalThis as unknown as WithTray;
        trayMenu?.items.find((item) => item.label === wanted)?.click();
      }, label),
  };
  // The desktop's own tray is out of reach: what the app gives it is looked at.
  await app.evaluate(({ Tray }) => {
    const give = Tray.prototype.setContextMenu;
    Tray.prototype.setContextMenu = function (menu) {
      (globalThis as unknown as WithTray).trayMenu = menu;
      give.call(this, menu);
    };
  });
  await running.page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(tray.labels).toContain('Floppy: Paused');
  await running.page.getByRole('button', { name: 'Resume' }).click();
  await expect
    .poll(tray.labels)
    .toEqual(['Open Subzero', '', 'Floppy: Running', '', 'Suspend Virtual Machines and Exit']);
  await running.page.getByRole('tab', { name: 'Home' }).click();
  await closeWindow();
  await answer('Keep Running in Background');
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  const opened = app.waitForEvent('window');
  await tray.click('Floppy: Running');
  running = { ...running, page: await opened };
  await expect(running.page.getByRole('tab', { name: 'Floppy' })).toHaveAttribute('aria-selected', 'true');
  await new GuestConsole(running.page, 'Floppy').sees(/grub>/);
});

test('suspended at the close, the VM goes on after the next start', async () => {
  const guest = new GuestConsole(running.page, 'Floppy');
  await guest.type('echo kept\n');
  await guest.sees(/\nkept/);
  const ended = new Promise((resolve) => running.app.process().once('exit', resolve));
  await closeWindow();
  await answer('Suspend');
  await ended;
  running = await launchApp({ home });
  await running.page.getByRole('treeitem', { name: 'Floppy, Suspended' }).click();
  await running.page.getByRole('button', { name: 'Resume' }).click();
  await new GuestConsole(running.page, 'Floppy').sees(/\nkept/);
});

test('when the session ends nobody is asked and the VM is saved', async () => {
  const ended = new Promise((resolve) => running.app.process().once('exit', resolve));
  running.app.process().kill('SIGTERM');
  await ended;
  expect(JSON.parse(await runCli(home, 'list', '--json'))).toEqual([expect.objectContaining({ state: 'suspended' })]);
  running = await launchApp({ home });
  await running.page.getByRole('treeitem', { name: 'Floppy, Suspended' }).click();
  await running.page.getByRole('button', { name: 'Resume' }).click();
  await new GuestConsole(running.page, 'Floppy').sees(/\nkept/);
});

test('powered off at the close, the app ends', async () => {
  const ended = new Promise((resolve) => running.app.process().once('exit', resolve));
  await closeWindow();
  await answer('Power Off');
  await ended;
  expect(JSON.parse(await runCli(home, 'list', '--json'))).toEqual([expect.objectContaining({ state: 'off' })]);
});
