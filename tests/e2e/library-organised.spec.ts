import { expect, type Locator, test } from '@playwright/test';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expectAccessible } from './accessibility';
import { answerFileDialogs, builtFile, launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { createFromImage, expectState, GuestConsole } from './vm-window';

/** Library: folders, search, favourites, order, menus, several at once, rename, trash, missing folders, summary, log. */
test.describe.configure({ mode: 'serial' });

let running: RunningApp;
let tree: Locator;
const row = (name: string | RegExp) => tree.getByRole('treeitem', { name });
const shot = (step: string) => running.page.screenshot({ path: screenshotPath(`organised-${step}`) });
const names = () =>
  tree
    .getByRole('treeitem')
    .evaluateAll((rows) => rows.slice(1).map((item) => (item.getAttribute('aria-label') ?? '').split(',')[0]));
const menuItem = (name: string) => running.page.getByRole('menuitem', { name });

test.beforeAll(async () => {
  running = await launchApp();
  tree = running.page.getByRole('tree', { name: 'Library' });
  for (const name of ['Alpha', 'Beta', 'Gamma'])
    await runCli(running.home, 'create', name, '--memory', '32', '--disk', '1G');
  await expect(row('Gamma')).toBeVisible();
});
test.afterAll(async () => {
  await running?.close();
});

test('folders are made, named in place, and take VMs from the menu', async () => {
  const { page, home } = running;
  await page.getByRole('button', { name: 'Add to library' }).click();
  await menuItem('New Folder').click();
  const editor = page.getByRole('textbox', { name: 'New name of New Folder' });
  await expect(editor).toBeFocused();
  await page.keyboard.type('Work');
  await page.keyboard.press('Enter');
  await expect(row('Work, folder')).toBeVisible();
  await row('Beta').click({ button: 'right' });
  await shot('1-menu');
  await expectAccessible(page);
  await menuItem('Move to Folder').click();
  await menuItem('Work').click();
  await expect(row('Beta')).toHaveAttribute('aria-level', '3');
  expect(JSON.parse(await runCli(home, 'folder', 'list', '--json'))).toEqual([{ folder: 'Work', vms: ['Beta'] }]);
  await row('Work, folder').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(row('Beta')).toBeHidden();
  await page.keyboard.press('ArrowRight');
  await expect(row('Beta')).toBeVisible();
  await shot('2-folder');
});

test('the command line arranges the same library', async () => {
  const { home } = running;
  await runCli(home, 'folder', 'create', 'Work/Old');
  await runCli(home, 'move', 'Gamma', '--into', 'Work/Old');
  await expect(row('Gamma')).toHaveAttribute('aria-level', '4');
  await runCli(home, 'folder', 'rename', 'Work/Old', 'Older');
  await expect(row('Older, folder')).toBeVisible();
  await runCli(home, 'folder', 'delete', 'Work/Older');
  await expect(row('Gamma')).toHaveAttribute('aria-level', '3');
  await runCli(home, 'move', 'Gamma', '--into', '/');
  await expect(row('Gamma')).toHaveAttribute('aria-level', '2');
});

test('VMs are put in order by keyboard and by dragging', async () => {
  const { page } = running;
  await row('Gamma').click();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(names).toEqual(['Work', 'Beta', 'Gamma', 'Alpha']);
  await row('Alpha').dragTo(row('Gamma'));
  await expect.poll(names).toEqual(['Work', 'Beta', 'Alpha', 'Gamma']);
  await row('Beta').dragTo(row('My Computer'));
  await expect(row('Beta')).toHaveAttribute('aria-level', '2');
});

test('favorites and search narrow the list', async () => {
  const { page, home } = running;
  await row('Gamma').click({ button: 'right' });
  await menuItem('Add to Favorites').click();
  await expect(row('Gamma, Powered off, favorite')).toBeVisible();
  await page.getByRole('button', { name: 'Show favorites only' }).click();
  await expect.poll(names).toEqual(['Gamma']);
  await shot('3-favorites');
  await page.getByRole('button', { name: 'Show favorites only' }).click();
  await runCli(home, 'favorite', 'Gamma', '--off');
  await expect(row('Gamma, Powered off, favorite')).toBeHidden();
  const search = page.getByRole('searchbox', { name: 'Search' });
  await search.fill('alp');
  await expect.poll(names).toEqual(['Alpha']);
  await search.fill('nothing like it');
  await expect(page.getByText('Nothing in the library matches.')).toBeVisible();
  await shot('4-no-hit');
  await page.getByRole('button', { name: 'Show All', exact: true }).click();
  await expect.poll(names).toContain('Beta');
  await search.fill('alp');
  await search.press('Escape');
  await expect.poll(names).toContain('Beta');
});

test('a VM is renamed in place, from both sides', async () => {
  const { page, home } = running;
  await row('Alpha').click();
  await page.keyboard.press('F2');
  await page.keyboard.type('First');
  await page.keyboard.press('Enter');
  await expect(row('First')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'First' })).toBeVisible();
  await runCli(home, 'rename', 'First', 'Alpha');
  await expect(page.getByRole('tab', { name: 'Alpha' })).toBeVisible();
});

test('several VMs go to the trash at once and come back', async () => {
  const { page, home } = running;
  await row('Alpha').click();
  await row('Gamma').click({ modifiers: ['Control'] });
  await expect(row('Alpha')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Delete');
  const question = page.getByRole('alertdialog', { name: 'Delete 2 virtual machines?' });
  await expect(question).toBeVisible();
  await shot('5-delete');
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(row('Alpha')).toBeHidden();
  await expect(row('Gamma')).toBeHidden();
  expect((JSON.parse(await runCli(home, 'trash', 'list', '--json')) as unknown[]).length).toBe(2);
  await shot('6-undo');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row('Alpha')).toBeVisible();
  await expect(row('Gamma')).toBeVisible();
  await runCli(home, 'delete', 'Gamma');
  await expect(row('Gamma')).toBeHidden();
  await runCli(home, 'trash', 'restore', 'Gamma');
  await expect(row('Gamma')).toBeVisible();
});

test('a VM whose folder is missing stays listed and is located', async () => {
  const { app, page, home } = running;
  const folder = path.join(home, 'Subzero VMs', 'Gamma');
  const there = path.join(home, 'Elsewhere');
  renameSync(folder, there);
  await expect(row('Gamma, Folder is missing')).toBeVisible();
  await row('Gamma').click();
  await shot('7-missing');
  await expectAccessible(page);
  await answerFileDialogs(app, there);
  await page.getByRole('button', { name: 'Locate…' }).click();
  await expect(row('Gamma, Powered off')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Gamma' })).toBeVisible();
});

test('the summary shows what a VM is; a double click on a device opens its settings', async () => {
  const { page, home } = running;
  await runCli(home, 'snapshot', 'take', 'Gamma', 'Fresh');
  const snapshots = page.getByRole('region', { name: 'Snapshots' });
  await row('Beta').click();
  await row('Gamma').click();
  await expect(snapshots).toContainText('Fresh');
  await expect(snapshots).toContainText('1 snapshot');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Emulated by Subzero');
  await shot('8-summary');
  await expectAccessible(page);
  await page.getByRole('row', { name: /Memory/ }).dblclick();
  await expect(page.getByRole('dialog', { name: 'Settings of Gamma' })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('support data is shown, then saved without disks', async () => {
  const { app, page, home } = running;
  await page.getByRole('button', { name: 'Collect Support Data…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Support Data of Gamma' });
  await dialog.getByRole('button', { name: /files\.txt/ }).click();
  await expect(dialog.getByRole('region', { name: 'files.txt' })).toContainText('disks/disk0.qcow2');
  await shot('9-support');
  await expectAccessible(page);
  const file = path.join(home, 'support.zip');
  await app.evaluate(({ dialog: dialogs }, filePath) => {
    dialogs.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  await dialog.getByRole('button', { name: 'Save…' }).click();
  await expect(dialog).toBeHidden();
  const files = unzipSync(readFileSync(file));
  expect(Object.keys(files)).toEqual(['about.txt', 'vm.json', 'vm.log', 'snapshots.json', 'files.txt']);
  expect(strFromU8(files['vm.json'] as Uint8Array)).toContain('"name": "Gamma"');
  await runCli(home, 'support', 'Gamma', path.join(home, 'by-cli.zip'));
  expect(existsSync(path.join(home, 'by-cli.zip'))).toBe(true);
});

test('a running VM shows its screen in the summary and on the Home tab, and its log', async () => {
  const { page, home } = running;
  const name = await createFromImage(running, builtFile('guests', 'grub-rescue-cdrom.iso'));
  await new GuestConsole(page, name).sees(/GNU GRUB/);
  await page.getByRole('tab', { name: 'Summary' }).click();
  await expect(page.getByRole('img', { name: `Screen of ${name}, small` })).toBeVisible();
  await shot('10-live-preview');
  await page.getByRole('tab', { name: 'Home' }).click();
  const recent = page.getByRole('region', { name: 'Recent virtual machines' });
  await expect(recent.getByRole('button', { name })).toBeVisible();
  await expect(recent.locator('img')).toHaveCount(1);
  await shot('11-home');
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot('11-home-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await row(name).click({ button: 'right' });
  await menuItem('Show Log').click();
  const log = page.getByRole('dialog', { name: `Log of ${name}` });
  await expect(log.getByRole('region')).toContainText('starting: firmware');
  await shot('12-log');
  await log.getByRole('searchbox').fill('running');
  await expect(log.getByRole('region')).not.toContainText('starting: firmware');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(log).toBeHidden();
  expect(await runCli(home, 'log', name)).toContain('starting: firmware');
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
});
