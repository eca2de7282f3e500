import { expect, type Locator, test } from '@playwright/test';
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expectAccessible } from './accessibility';
import { answerFileDialogs, builtFile, launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { createFromImage, expectState } from './vm-window';

/** What needs no guest: wizard, settings, library. */
test.describe.configure({ mode: 'serial' });

let running: RunningApp;
const shot = (step: string) => running.page.screenshot({ path: screenshotPath(`library-${step}`) });

test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(async () => {
  await running?.close();
});

test('the wizard says beside the field what is wrong', async () => {
  const { app, page } = running;
  await page.getByRole('button', { name: 'New Virtual Machine' }).click();
  const wizard = page.getByRole('dialog', { name: 'New Virtual Machine' });
  const next = wizard.getByRole('button', { name: 'Next' });
  await next.click();
  await expect(wizard.getByText('Choose an image file.')).toBeVisible();
  await answerFileDialogs(app, builtFile('guests', 'grub-rescue-cdrom.iso'));
  await wizard.getByText('Existing disk image').click();
  await wizard.getByRole('button', { name: 'Browse…' }).click();
  await expect(wizard.getByText('This is an ISO image, not a disk image.')).toBeVisible();
  await shot('wrong-image');
  await wizard.getByText('I will choose later').click();
  await next.click();
  await wizard.getByRole('textbox', { name: 'Name' }).fill(' ');
  await next.click();
  await expect(wizard.getByText('The name must not be empty.')).toBeVisible();
  await wizard.getByRole('textbox', { name: 'Name' }).fill('Empty one');
  await wizard.getByRole('textbox', { name: 'Size in GiB' }).fill('0');
  await expect(wizard.getByText('The size must be a whole number from 1 to 2048.')).toBeVisible();
  await shot('wrong-size');
  await wizard.getByRole('textbox', { name: 'Size in GiB' }).fill('8');
  await next.click();
  await wizard.getByRole('button', { name: 'Customize Hardware' }).click();
  await wizard.getByRole('textbox', { name: 'Memory in MiB' }).fill('99999');
  await wizard.getByRole('button', { name: 'Finish' }).click();
  await expect(wizard.getByText('The memory must be a whole number')).toBeVisible();
  await wizard.getByRole('textbox', { name: 'Memory in MiB' }).fill('96');
  await wizard.getByText('Power on after creating').click();
  await shot('ready');
  await wizard.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('tab', { name: 'Empty one' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('96 MiB');
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('8\u00a0GiB');
});

test('Escape leaves the wizard, and a second VM of the same kind gets another name', async () => {
  const { page } = running;
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.getByRole('button', { name: 'New Virtual Machine' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  const image = builtFile('guests', 'grub-rescue-cdrom.iso');
  expect(await createFromImage(running, image, { powersOn: false })).toBe('GRUB rescue');
  expect(await createFromImage(running, image, { powersOn: false })).toBe('GRUB rescue 2');
  await shot('three');
});

test('settings are changed and kept', async () => {
  const { page, home } = running;
  await page.getByRole('treeitem', { name: 'GRUB rescue 2' }).click();
  await page.getByRole('button', { name: 'Edit virtual machine settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Settings of GRUB rescue 2' });
  await settings.getByRole('textbox', { name: 'Name' }).fill('Empty one');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings.getByText(/There is a VM named 'Empty one' already/)).toBeVisible();
  await settings.getByRole('textbox', { name: 'Name' }).fill('Rescue disc');
  await settings.getByRole('textbox', { name: 'Description' }).fill('For bad days.');
  await settings.getByRole('textbox', { name: 'Memory in MiB' }).fill('128');
  await settings.getByRole('button', { name: 'Move CD/DVD up' }).click();
  await shot('settings');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  await expect(page.getByRole('tab', { name: 'Rescue disc' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Description' })).toContainText('For bad days.');
  const shown = JSON.parse(await runCli(home, 'show', 'Rescue disc')) as { config: unknown };
  expect(shown.config).toMatchObject({ memory: { memoryMiB: 128 }, boot: { order: ['cdrom', 'disk', 'floppy'] } });
});

test('media are ejected and inserted while it is off', async () => {
  const { app, page } = running;
  await page.getByRole('button', { name: 'Eject CD/DVD' }).click();
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('Empty');
  await answerFileDialogs(app, builtFile('guests', 'starter.iso'));
  await page.getByRole('button', { name: 'Insert an image into CD/DVD' }).click();
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('starter.iso');
  await page.getByRole('contentinfo').getByRole('button', { name: /^CD/ }).click();
  await shot('recent');
  await page.getByRole('menuitem', { name: 'grub-rescue-cdrom.iso' }).click();
  await expect(page.getByRole('region', { name: 'Devices' })).toContainText('grub-rescue-cdrom.iso');
  await page.getByRole('contentinfo').getByRole('button', { name: /^CD/ }).click();
  await page.getByRole('menuitem', { name: 'Settings…' }).click();
  const settings = page.getByRole('dialog', { name: /^Settings of/ });
  await expect(settings.getByRole('button', { name: 'Drives', exact: true })).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.getByRole('button', { name: 'New Virtual Machine' }).click();
  const wizard = page.getByRole('dialog', { name: 'New Virtual Machine' });
  await wizard.getByRole('button', { name: 'Recent Images' }).click();
  await page.getByRole('menuitem', { name: 'starter.iso' }).click();
  await expect(wizard.getByText('Detected:')).toBeVisible();
  await shot('wizard-recent');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Rescue disc' }).click();
});

test('snapshots of a VM that is off are taken, renamed and deleted', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Snapshot Manager' }).click();
  const manager = page.getByRole('dialog', { name: 'Snapshot Manager of Rescue disc' });
  const takeIn = async (from: Locator, name: string): Promise<void> => {
    await from.getByRole('button', { name: 'Take Snapshot' }).click();
    const take = page.getByRole('dialog', { name: 'Take Snapshot of Rescue disc' });
    await take.getByRole('textbox', { name: 'Name' }).fill(name);
    await take.getByRole('button', { name: 'Take Snapshot' }).click();
    await expect(take).toBeHidden();
  };
  for (const name of ['Fresh', 'Second']) await takeIn(manager, name);
  const map = manager.getByRole('tree', { name: 'Snapshots' });
  await expect(map.getByRole('treeitem', { name: 'You Are Here' })).toHaveAttribute('aria-level', '3');
  await map.getByRole('treeitem', { name: 'Fresh' }).click();
  await manager.getByRole('textbox', { name: 'Name' }).fill('Untouched');
  await manager.getByRole('button', { name: 'Rename' }).click();
  await expect(map.getByRole('treeitem', { name: 'Untouched' })).toBeVisible();
  await shot('snapshots-off');
  await manager.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(map.getByRole('treeitem')).toHaveCount(2);
  await expect(map.getByRole('treeitem', { name: 'Second' })).toHaveAttribute('aria-level', '1');
  await takeIn(manager, 'Third');
  await map.getByRole('treeitem', { name: 'Second' }).click();
  await manager.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByText('Also delete the snapshot taken after it').click();
  await shot('snapshots-branch');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(map.getByRole('treeitem')).toHaveCount(1);
  await manager.getByRole('button', { name: 'Close' }).click();
});

test('the library is walked with the keyboard', async () => {
  const { page } = running;
  const tree = page.getByRole('tree', { name: 'Library' });
  await tree.getByRole('treeitem').first().click();
  await page.keyboard.press('ArrowDown');
  await expect(tree.getByRole('treeitem', { name: 'Empty one' })).toBeFocused();
  await expect(page.getByRole('tab', { name: 'Empty one' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('End');
  await expect(tree.getByRole('treeitem', { name: 'Rescue disc' })).toBeFocused();
});

test('a VM that the command line makes appears, and one it deletes goes', async () => {
  const { page, home } = running;
  await runCli(home, 'create', 'From outside', '--memory', '32');
  await expect(page.getByRole('treeitem', { name: 'From outside' })).toBeVisible();
  await runCli(home, 'delete', 'From outside');
  await expect(page.getByRole('treeitem', { name: 'From outside' })).toBeHidden();
});

test('a VM from elsewhere asks before it uses files of this computer', async () => {
  const { app, page, home } = running;
  const made = path.join(home, 'Subzero VMs', 'Stranger');
  const folder = path.join(home, 'downloads', 'Stranger');
  await runCli(home, 'create', 'Stranger', '--memory', '16', '--cdrom', builtFile('guests', 'starter.iso'));
  const listed = page.getByRole('treeitem', { name: 'Stranger' });
  await expect(listed).toBeVisible();
  cpSync(made, folder, { recursive: true });
  await runCli(home, 'delete', 'Stranger');
  // it has the same identity as the copy: the library must have seen it go
  await expect(listed).toBeHidden();
  const config = JSON.parse(readFileSync(path.join(folder, 'vm.json'), 'utf8'));
  const serial = [{ kind: 'file', file: path.join(home, 'out.txt') }];
  writeFileSync(path.join(folder, 'vm.json'), JSON.stringify({ ...config, serial }));
  await answerFileDialogs(app, folder);
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('tab', { name: 'Stranger' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Power On' }).click();
  const question = page.getByRole('alertdialog', { name: 'Let “Stranger” use files of this computer?' });
  await expect(question).toContainText('starter.iso');
  const start = question.getByRole('button', { name: 'Allow and Power On' });
  await question.getByText('out.txt').click();
  await expect(start).toBeDisabled();
  await question.getByText('starter.iso').click();
  await shot('consent');
  await expectAccessible(page);
  await start.click();
  await expectState(page, 'Running');
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
});

test('a VM in another place than before asks whether it was moved or copied', async () => {
  const { app, page, home } = running;
  const made = path.join(home, 'Subzero VMs', 'Wanderer');
  const uuid = (folder: string): string =>
    JSON.parse(readFileSync(path.join(folder, 'vm.json'), 'utf8')).identity.uuid as string;
  await runCli(home, 'create', 'Wanderer', '--memory', '16');
  await runCli(home, 'start', 'Wanderer');
  await runCli(home, 'stop', 'Wanderer', '--force');
  const places = { copied: path.join(home, 'elsewhere', 'copy'), moved: path.join(home, 'elsewhere', 'moved') };
  cpSync(made, places.copied, { recursive: true });
  renameSync(made, places.moved);
  await runCli(home, 'delete', 'Wanderer').catch(() => undefined);
  for (const answer of ['moved', 'copied'] as const) {
    const before = uuid(places[answer]);
    await answerFileDialogs(app, places[answer]);
    await page.getByRole('tab', { name: 'Home' }).click();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByRole('tab', { name: 'Wanderer' }).last()).toHaveAttribute('aria-selected', 'true');
    await page.getByRole('button', { name: 'Power On' }).click();
    const question = page.getByRole('alertdialog', { name: 'Was “Wanderer” moved or copied?' });
    await expect(question).toBeVisible();
    if (answer === 'moved') {
      await shot('moved-or-copied');
      await expectAccessible(page);
    }
    await question.getByRole('button', { name: answer === 'moved' ? 'I Moved It' : 'I Copied It' }).click();
    await expectState(page, 'Running');
    await page.getByRole('button', { name: 'Power Off' }).click();
    await expectState(page, 'Powered off');
    if (answer === 'moved') expect(uuid(places.moved)).toBe(before);
    else expect(uuid(places.copied)).not.toBe(before);
    await runCli(home, 'rename', places[answer], `Wanderer ${answer}`);
  }
  for (const answer of ['moved', 'copied']) await runCli(home, 'delete', `Wanderer ${answer}`);
  await expect(page.getByRole('treeitem', { name: /Wanderer/ })).toHaveCount(0);
});

test('a VM is deleted after a question', async () => {
  const { page } = running;
  await page.getByRole('treeitem', { name: 'Empty one' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete “Empty one”?' });
  await shot('delete');
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('treeitem', { name: 'Empty one' })).toBeHidden();
  await expect(page.getByRole('tab', { name: 'Empty one' })).toBeHidden();
});
