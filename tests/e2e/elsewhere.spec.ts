import { expect, test } from '@playwright/test';
import { builtFile, launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState, GuestConsole } from './vm-window';

/** A VM that the command line started, in the open window. */
test.describe.configure({ mode: 'serial' });

let running: RunningApp;

test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(async () => {
  await runCli(running.home, 'stop', '--force', 'Shared').catch(() => undefined);
  await running?.close();
});

test('it appears, is shown live and takes keys', async () => {
  const { page, home } = running;
  await runCli(home, 'create', 'Shared', '--floppy', builtFile('guests', 'grub-rescue-floppy.img'), '--memory', '64');
  await page.getByRole('treeitem', { name: 'Shared' }).click();
  await runCli(home, 'start', 'Shared');
  const guest = new GuestConsole(page, 'Shared');
  await guest.sees(/GNU GRUB/);
  await expectState(page, 'runs outside this window');
  await guest.press('c');
  await guest.type('echo over the socket\n');
  await guest.sees(/\nover the socket/);
  await page.screenshot({ path: screenshotPath('elsewhere') });
});

test('it is controlled from the window, and does not end with it', async () => {
  const { page, home } = running;
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => runCli(home, 'list')).toContain('paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expectState(page, 'Running');
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
  expect(await runCli(home, 'list')).not.toContain('running');
});
