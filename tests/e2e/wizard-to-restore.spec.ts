import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { builtFile, launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { createFromImage, expectState, GuestConsole } from './vm-window';

/** The whole path a user walks, on GRUB's rescue CD. Each test goes on where the one before stopped. */
test.describe.configure({ mode: 'serial' });

const NAME = 'GRUB rescue';
let running: RunningApp;
let guest: GuestConsole;
const shot = (step: string) => running.page.screenshot({ path: screenshotPath(`path-${step}`) });

test.beforeAll(async () => {
  running = await launchApp();
  guest = new GuestConsole(running.page, NAME);
});
test.afterAll(async () => {
  await running?.close();
});

test('the wizard creates a VM from an ISO and starts it', async () => {
  const name = await createFromImage(running, builtFile('guests', 'grub-rescue-cdrom.iso'));
  expect(name).toBe(NAME);
  await guest.sees(/GNU GRUB\s+version 2/);
  await expectState(running.page, 'Running');
  await shot('1-started');
});

test('what is typed arrives in the guest', async () => {
  await guest.press('c');
  await guest.sees(/grub>/);
  await guest.type('echo first words\n');
  await guest.sees(/\nfirst words/);
  await shot('2-typed');
});

test('a snapshot is taken', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Take Snapshot' }).click();
  const dialog = page.getByRole('dialog', { name: `Take Snapshot of ${NAME}` });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Before the change');
  await shot('3-take');
  await dialog.getByRole('button', { name: 'Take Snapshot' }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expectState(page, 'Running');
});

test('the guest is changed, and restoring the snapshot brings the earlier screen back', async () => {
  const { page } = running;
  await guest.type('echo something else\n');
  await guest.sees(/\nsomething else/);
  await shot('4-changed');
  await page.getByRole('button', { name: 'Snapshot Manager' }).click();
  const manager = page.getByRole('dialog', { name: `Snapshot Manager of ${NAME}` });
  const map = manager.getByRole('tree', { name: 'Snapshots' });
  await expect(map.getByRole('treeitem', { name: 'You Are Here' })).toHaveAttribute('aria-level', '2');
  await map.getByRole('treeitem', { name: 'Before the change' }).click();
  await shot('5-manager');
  await manager.getByRole('button', { name: 'Go To' }).click();
  const question = page.getByRole('alertdialog', { name: /Restore/ });
  await expect(question.getByRole('button', { name: 'Take a Snapshot First' })).toBeVisible();
  await question.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(manager).toBeHidden({ timeout: 30_000 });
  await expectState(page, 'Running');
  await expect.poll(() => guest.text()).not.toContain('something else');
  expect(await guest.text()).toMatch(/\nfirst words/);
  await guest.type('echo still alive\n');
  await guest.sees(/\nstill alive/);
  await shot('6-restored');
});

test('it suspends to disk and resumes where it was', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Suspend' }).click();
  await expectState(page, 'Suspended');
  await expect(guest.screen).toBeHidden();
  await expect(page.getByRole('img', { name: `Screen of ${NAME}, small` })).toBeVisible();
  await shot('7-suspended');
  await page.getByRole('button', { name: 'Power Off' }).click();
  const question = page.getByRole('alertdialog', { name: `Discard the saved state of “${NAME}”?` });
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await expectState(page, 'Suspended');
  await page.getByRole('button', { name: 'Resume' }).click();
  await guest.sees(/\nstill alive/);
  await guest.type('echo after resume\n');
  await guest.sees(/\nafter resume/);
  await shot('8-resumed');
});

test('it pauses and goes on, and a reset starts over', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Pause' }).click();
  await expectState(page, 'Paused');
  await shot('9-paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expectState(page, 'Running');
  await page.getByRole('button', { name: 'Reset' }).click();
  await guest.sees(/highlighted entry will be executed/);
});

test('the command line controls the VM that the app runs', async () => {
  const { page, home } = running;
  expect(JSON.parse(await runCli(home, 'list', '--json'))).toEqual([
    expect.objectContaining({ name: NAME, state: 'running' }),
  ]);
  await runCli(home, 'pause', NAME);
  await expectState(page, 'Paused');
  await runCli(home, 'resume', NAME);
  await expectState(page, 'Running');
  await runCli(home, 'send-keys', NAME, 'c');
  await guest.sees(/grub>/);
  await runCli(home, 'screenshot', NAME, screenshotPath('path-10-by-command-line'));
  expect(await runCli(home, 'screenshot', NAME, '-')).toContain('grub>');
});

test('a VM process that is killed is explained, and the VM can be restarted or restored', async () => {
  const { app, page } = running;
  const kill = async (): Promise<void> => {
    const pid = await app.evaluate(
      (electron) => electron.app.getAppMetrics().find((process) => process.name === 'Subzero VM')?.pid,
    );
    process.kill(pid as number, 'SIGKILL');
    await expect(page.getByRole('alert')).toContainText('This virtual machine stopped unexpectedly');
  };
  await kill();
  await shot('11-killed');
  await page.getByRole('button', { name: 'Restart' }).click();
  await guest.sees(/GNU GRUB/);
  await kill();
  await page.getByRole('button', { name: 'Restore a Snapshot…' }).click();
  const manager = page.getByRole('dialog', { name: `Snapshot Manager of ${NAME}` });
  await manager.getByRole('treeitem', { name: 'Before the change' }).click();
  await manager.getByRole('button', { name: 'Go To' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(manager).toBeHidden({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Resume' }).click();
  await guest.sees(/\nfirst words/);
  await shot('12-recovered');
});

test('power off ends it', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
  await expect(page.getByRole('heading', { name: NAME })).toBeVisible();
  await shot('13-off');
});

test('what a suspended VM was saved with is discarded after a question', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Power On' }).first().click();
  await guest.sees(/GNU GRUB/);
  await page.getByRole('button', { name: 'Suspend' }).click();
  await expectState(page, 'Suspended');
  await page.getByRole('button', { name: 'Power Off' }).click();
  const question = page.getByRole('alertdialog', { name: `Discard the saved state of “${NAME}”?` });
  await question.getByRole('button', { name: 'Discard and Power Off' }).click();
  await expectState(page, 'Powered off');
  await expect(page.getByRole('button', { name: 'Power On' }).first()).toBeEnabled();
});
