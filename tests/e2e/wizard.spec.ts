import { expect, type Locator, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { opticalImage } from '../support/optical-image';
import { expectAccessible } from './accessibility';
import { answerFileDialogs, builtFile, launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState, GuestConsole } from './vm-window';

/** Wizard and system recognition. */
test.describe.configure({ mode: 'serial', timeout: 400_000 });

const folder = mkdtempSync(path.join(tmpdir(), 'subzero-wizard-'));
let running: RunningApp;
let wizard: Locator;
const shot = (step: string) => running.page.screenshot({ path: screenshotPath(`wizard-${step}`) });
const button = (name: string) => wizard.getByRole('button', { name });

test.beforeAll(async () => {
  running = await launchApp();
  wizard = running.page.getByRole('dialog', { name: 'New Virtual Machine' });
});
test.afterAll(async () => {
  await running?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  await running.page.getByRole('tab', { name: 'Home' }).click();
  await running.page.getByRole('button', { name: 'New Virtual Machine' }).click();
}

async function pick(file: string): Promise<void> {
  await answerFileDialogs(running.app, file);
  await button('Browse…').click();
}

/** As the desktop's file manager does it. */
async function drop(...files: string[]): Promise<void> {
  const client = await running.page.context().newCDPSession(running.page);
  const data = { items: [], files, dragOperationsMask: 1 };
  const at = { x: 500, y: 400, data };
  await client.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at });
  await client.send('Input.dispatchDragEvent', { type: 'dragOver', ...at });
  await expect(running.page.getByText('Drop an ISO or disk image')).toBeVisible();
  await shot('drop');
  await client.send('Input.dispatchDragEvent', { type: 'drop', ...at });
  await client.detach();
}

const DISCS = [
  ['debian', { volumeId: 'Debian 12.5.0 amd64 n', boots: ['bios', 'efi'] }, 'Debian 12', 'Expected to work'],
  ['rhel', { volumeId: 'RHEL-10-0-BaseOS-x86_64', boots: ['bios', 'efi'] }, 'Linux 10', 'Expected to work'],
  [
    'win11',
    { volumeId: 'Win11_24H2', udfId: 'Win11_24H2', boots: ['bios', 'efi'] },
    'Windows 11',
    'Cannot run yet: it needs UEFI firmware and a TPM 2.0',
  ],
  ['efi', { volumeId: 'ARCH_202411', boots: ['efi'] }, 'Arch Linux', 'Cannot run yet: it needs UEFI firmware'],
  ['data', { volumeId: 'PHOTOS' }, 'Other system', 'this disc has no boot program'],
  ['arm', { volumeId: 'Debian 12.5.0 arm64 n', boots: ['efi'] }, 'Debian', 'another kind of processor'],
] as const;

test('a disc is recognised, with an honest line about it', async () => {
  await open();
  for (const [name, options, system, line] of DISCS) {
    const file = path.join(folder, `${name}.iso`);
    writeFileSync(file, opticalImage(options));
    await pick(file);
    await expect(wizard.getByText(`Detected:`)).toContainText(system);
    await expect(wizard.getByText(line)).toBeVisible();
    if (name === 'win11' || name === 'debian') await shot(`recognised-${name}`);
  }
  await pick(builtFile('guests', 'grub-rescue-cdrom.iso'));
  await expect(wizard.getByText('Tested here with version 2.06.')).toBeVisible();
  await expectAccessible(running.page);
  await shot('recognised-tested');
  await button('Cancel').click();
});

test('a dropped file that is no image says why, and starts nothing', async () => {
  const { page } = running;
  const file = path.join(folder, 'appliance.vmdk');
  writeFileSync(file, `KDMV${'\0'.repeat(2000)}`);
  await drop(file);
  await expect(page.getByRole('alert').filter({ hasText: 'VMDK image, which is not supported yet' })).toBeVisible();
  await expect(wizard).toBeHidden();

  // A dialog that opens lies over it, and shows inside what goes wrong from then on.
  const notice = page.locator('.notices').getByText('VMDK image');
  await open();
  await expect(wizard).toBeVisible();
  const box = await notice.boundingBox();
  if (box === null) throw new Error('the earlier error is gone');
  const onTop = await page.evaluate(
    ({ x, y }) => document.elementFromPoint(x, y)?.closest('.notices, .overlay')?.className,
    { x: box.x + box.width / 2, y: box.y + box.height / 2 },
  );
  expect(onTop).toContain('overlay');
  await expect(wizard.getByRole('alert')).toHaveCount(0);
  await drop(file);
  await expect(wizard.getByRole('alert')).toContainText('VMDK image, which is not supported yet');
  await expectAccessible(page);
  await shot('refused-drop');
  await button('Dismiss').click();
  await expect(wizard.getByRole('alert')).toHaveCount(0);
  await button('Cancel').click();
  await page.locator('.notices').getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toHaveCount(0);
});

test('an existing disk is copied into the VM, and the original stays as it is', async () => {
  const { page, home } = running;
  const file = path.join(folder, 'debian-12-server.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '3G']);
  await drop(file);
  await expect(wizard.getByText('Detected: Debian 12')).toBeVisible();
  await expect(wizard.getByRole('checkbox', { name: /Copy the image/ })).toBeChecked();
  await button('Next').click();
  await button('Next').click();
  await wizard.getByText('Power on after creating').click();
  await button('Finish').click();
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('3\u00a0GiB');
  const shown = JSON.parse(await runCli(home, 'show', 'Debian 12'));
  expect(JSON.stringify(shown)).toContain('disks/disk0.qcow2');
});

test('the custom path chooses the system and the hardware', async () => {
  const { page, home } = running;
  await open();
  await wizard.getByText('Custom (advanced)').click();
  await wizard.getByText('I will choose later').click();
  await button('Next').click();
  await wizard.getByRole('searchbox', { name: 'Search' }).fill('windows xp');
  await wizard.getByRole('option', { name: 'Microsoft Windows XP' }).click();
  await shot('systems');
  await expectAccessible(page);
  await button('Next').click();
  await expect(wizard.getByRole('textbox', { name: 'Name' })).toHaveValue('Microsoft Windows XP');
  await button('Next').click();
  await wizard.getByRole('button', { name: /Processors/ }).click();
  await page.getByRole('option', { name: '4' }).click();
  await wizard.getByRole('button', { name: /Processor shown to the guest/ }).click();
  await page.getByRole('option', { name: 'AMD' }).click();
  await wizard.getByRole('button', { name: /Serial ports/ }).click();
  await page.getByRole('option', { name: '2' }).click();
  await shot('hardware');
  await expectAccessible(page);
  await button('Next').click();
  await wizard.getByText('Power on after creating').click();
  await button('Finish').click();
  await expect(page.getByRole('tab', { name: 'Microsoft Windows XP' })).toBeVisible();
  const { config } = JSON.parse(await runCli(home, 'show', 'Microsoft Windows XP'));
  expect(config).toMatchObject({
    os: { id: 'winxp', icon: 'windows' },
    cpu: { cpus: 4, vendor: 'AuthenticAMD' },
    clock: { rtc: 'local' },
    serial: [{ kind: 'terminal' }, { kind: 'terminal' }],
  });
});

test('the command line recognises the same', async () => {
  const { home } = running;
  const file = path.join(folder, 'debian.iso');
  await runCli(home, 'create', 'by-hand', '--cdrom', file);
  const { config } = JSON.parse(await runCli(home, 'show', 'by-hand'));
  expect(config).toMatchObject({ os: { id: 'debian12', icon: 'debian' }, memory: { memoryMiB: 1024 } });
});

test('an image dropped on the window boots after three clicks', async () => {
  const { page } = running;
  await drop(builtFile('guests', 'grub-rescue-cdrom.iso'));
  await expect(wizard.getByText('Detected: GRUB rescue')).toBeVisible();
  await button('Next').click();
  await button('Next').click();
  await shot('ready');
  await button('Finish').click();
  const guest = new GuestConsole(page, 'GRUB rescue');
  await expect(async () => guest.sees(/GNU GRUB/)).toPass({ timeout: 300_000 });
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
});

test('copying a large disk says how far it is, and can be given up', async () => {
  const large = path.join(folder, 'large.img');
  writeFileSync(large, '');
  truncateSync(large, 8 * 2 ** 30);
  await open();
  await wizard.getByText('Existing disk image').click();
  await pick(large);
  await expect(wizard.getByRole('checkbox', { name: /Copy the image/ })).toBeChecked();
  await button('Next').click();
  await wizard.getByRole('textbox', { name: 'Name' }).fill('Large copy');
  await button('Next').click();
  await button('Finish').click();
  const progress = wizard.getByRole('progressbar', { name: 'Creating…' });
  await expect(progress).toBeVisible();
  await shot('creating');
  await button('Cancel').click();
  await expect(progress).toBeHidden();
  await expect(button('Finish')).toBeEnabled();
  await button('Cancel').click();
  await expect(wizard).toBeHidden();
  const vms = path.join(running.home, 'Subzero VMs');
  await expect.poll(() => readdirSync(vms).filter((name) => /Large|^\.subzero-new/.test(name))).toEqual([]);
  await expect(running.page.getByRole('treeitem', { name: 'Large copy' })).toHaveCount(0);
});
