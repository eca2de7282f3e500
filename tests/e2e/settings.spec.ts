import { expect, type Locator, test } from '@playwright/test';
import { connect } from 'node:net';
import path from 'node:path';
import { expectAccessible } from './accessibility';
import { builtFile, launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { createFromImage, expectState, GUEST_MS, GuestConsole } from './vm-window';

/** Settings editor: each part, what waits while the VM runs, and the same by the command line. */
test.describe.configure({ mode: 'serial' });

let running: RunningApp;
const NAME = 'Edited';
const shot = (step: string) => running.page.screenshot({ path: screenshotPath(`settings-${step}`) });
const config = async (): Promise<Record<string, unknown>> =>
  (JSON.parse(await runCli(running.home, 'show', NAME)) as { config: Record<string, unknown> }).config;

async function openSettings(): Promise<Locator> {
  const { page } = running;
  await page.getByRole('button', { name: 'Edit virtual machine settings' }).click();
  const dialog = page.getByRole('dialog', { name: `Settings of ${NAME}` });
  await expect(dialog).toBeVisible();
  return dialog;
}

async function choose(dialog: Locator, label: string, option: string): Promise<void> {
  await dialog.getByRole('button', { name: label }).click();
  await running.page.getByRole('option', { name: option, exact: true }).click();
}

async function answerSaveDialogs(file: string): Promise<void> {
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (async () => ({ canceled: false, filePath })) as typeof dialog.showSaveDialog;
  }, file);
}

test.beforeAll(async () => {
  running = await launchApp();
  await createFromImage(running, builtFile('guests', 'grub-rescue-cdrom.iso'), { name: NAME, powersOn: false });
});
test.afterAll(async () => {
  await running?.close();
});

test('hardware of a VM that is off is changed at once', async () => {
  const { page, home } = running;
  const dialog = await openSettings();
  await shot('1-open');
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Memory in MiB' }).fill('80');
  await choose(dialog, 'Processors', '2');
  await choose(dialog, 'CPU model', 'x86-64-v2 (SSE4.2)');
  await choose(dialog, 'CPU vendor', 'AMD-compatible (AuthenticAMD)');
  await answerSaveDialogs(path.join(home, 'printed.txt'));
  await dialog.getByRole('button', { name: 'Add Parallel Port' }).click();
  await expect(dialog.getByText('printed.txt')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add Hard Disk' }).click();
  await dialog.getByRole('textbox', { name: 'Size in GiB' }).fill('0');
  await expect(dialog.getByText('The size must be a whole number')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Size in GiB' }).fill('2');
  await dialog.getByRole('button', { name: 'Add Floppy Drive' }).click();
  await choose(dialog, 'When powering off', 'Take a new snapshot');
  await dialog.getByText('Power on when Subzero starts').click();
  await shot('2-filled');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  expect(await config()).toMatchObject({
    memory: { memoryMiB: 80 },
    cpu: { cpus: 2, model: 'x86-64-v2', vendor: 'AuthenticAMD' },
    parallel: [{ file: path.join(home, 'printed.txt') }],
    disks: [{ id: 'disk0' }],
    floppies: [{ id: 'floppy0' }],
    options: { onPowerOff: 'snapshot', autoStart: true },
  });
  const devices = page.getByRole('region', { name: 'Devices' });
  await expect(devices).toContainText('2\u00a0GiB');
  await devices.getByRole('row', { name: 'Parallel port: LPT1: printed.txt' }).dblclick();
  const again = page.getByRole('dialog', { name: `Settings of ${NAME}` });
  await shot('2-parallel');
  await again.getByRole('button', { name: 'Remove the parallel port' }).click();
  await again.getByRole('button', { name: 'Save' }).click();
  await expect(again).toBeHidden();
  expect(await config()).toMatchObject({ parallel: [] });
  await runCli(home, 'set', NAME, '--cpus', '1', '--cpu', 'max');
  expect(await config()).toMatchObject({ cpu: { cpus: 1, model: 'max' } });
});

test('a disk grows and is detached; the command line does the same', async () => {
  const { page, home } = running;
  let dialog = await openSettings();
  await dialog.getByRole('textbox', { name: 'Size in GiB' }).fill('1');
  await expect(dialog.getByText('A disk can only grow')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Size in GiB' }).fill('3');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('3\u00a0GiB');
  await runCli(home, 'set', NAME, '--resize-disk', 'disk0=4G', '--description', 'by command line');
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('4\u00a0GiB');
  dialog = await openSettings();
  await dialog.getByRole('button', { name: /^Detach/ }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  expect(await config()).toMatchObject({ disks: [], description: 'by command line' });
});

test('what a running VM cannot take waits for its next power-on', async () => {
  const { page, home } = running;
  const socket = path.join(home, 'com1.sock');
  await runCli(home, 'set', NAME, '--serial', `socket:${socket}`);
  await page.getByRole('button', { name: 'Power On' }).click();
  await new GuestConsole(page, NAME).sees(/GNU GRUB/);
  await new Promise<void>((resolve, reject) => {
    const client = connect(socket, () => {
      client.destroy();
      resolve();
    });
    client.on('error', reject);
  });
  await page.getByRole('tab', { name: 'Summary' }).click();
  let dialog = await openSettings();
  await expect(dialog.getByText('its hardware at the next power-on')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Memory in MiB' }).fill('96');
  await dialog.getByRole('textbox', { name: 'Description' }).fill('at once');
  await dialog.getByRole('button', { name: 'Eject CD/DVD' }).click();
  await expect(dialog.getByRole('list', { name: 'Drives' })).toContainText('Empty');
  await shot('3-running');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`The hardware of ${NAME} changes at its next power-on.`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Description' })).toContainText('at once');
  expect(await config()).toMatchObject({ memory: { memoryMiB: 80 }, description: 'at once' });
  dialog = await openSettings();
  await expect(dialog.getByText('Changes of the hardware wait')).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: 'Memory in MiB' })).toHaveValue('96');
  await page.keyboard.press('Escape');
});

test('at power-off the option takes a snapshot, at the next power-on the hardware is new', async () => {
  const { page, home } = running;
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
  const shown = JSON.parse(await runCli(home, 'show', NAME)) as { snapshots: { name: string }[] };
  expect(shown.snapshots.map(({ name }) => name.slice(0, 9))).toEqual(['Power-off']);
  await runCli(home, 'set', NAME, '--on-power-off', 'ask', '--auto-start', 'off');
  await page.getByRole('button', { name: 'Power On' }).click();
  await expectState(page, 'Running');
  await expect.poll(async () => (await config())['memory'], { timeout: GUEST_MS }).toEqual({ memoryMiB: 96 });
  await page.getByRole('button', { name: 'Power Off' }).click();
  const question = page.getByRole('alertdialog', { name: `${NAME} powered off` });
  await expect(question).toBeVisible({ timeout: GUEST_MS });
  await shot('4-ask');
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Just power off' }).click();
  await expect(question).toBeHidden();
});
