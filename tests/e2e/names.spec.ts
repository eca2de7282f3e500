import { expect, test, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { scrollingGuest } from '../../build/bench/bare-guests.mjs';
import { expectAccessible } from './accessibility';
import { launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState } from './vm-window';

/** The roles and names of renderer/README.md, in the places where a user looks for them. */
test.describe.configure({ mode: 'serial', timeout: 240_000 });

const NAME = 'Scrolls';
let running: RunningApp;
let page: Page;

type Role = Parameters<Page['getByRole']>[0];

test.beforeAll(async () => {
  running = await launchApp();
  page = running.page;
  const kernel = path.join(running.home, 'scrolls.bin');
  writeFileSync(kernel, scrollingGuest());
  await runCli(running.home, 'create', NAME, '--kernel', kernel, '--memory', '24');
  await runCli(running.home, 'snapshot', 'take', NAME, 'Clean');
});
test.afterAll(async () => {
  await running?.close();
});

/** Each of them is seen; all that are missing are named at once. */
async function expectAll(role: Role, names: readonly string[], where: ReturnType<Page['locator']> | Page = page) {
  for (const name of names) {
    await expect.soft(where.getByRole(role, { name, exact: true }).first(), `${role} "${name}"`).toBeVisible();
  }
}

test('Home and the library', async () => {
  await expectAll('tree', ['Library']);
  await expectAll('tab', ['Home']);
  await expectAll('button', ['New Virtual Machine', 'Open', 'Preferences', 'Add to library', 'Show favorites only']);
  await expectAll('searchbox', ['Search']);
  await expectAll('treeitem', [`${NAME}, Powered off`]);
  await expectAll('region', ['Gallery']);
});

test('a VM that is off', async () => {
  await page.getByRole('treeitem', { name: NAME }).click();
  await expectAll('tab', [NAME]);
  await expectAll('button', [
    ...['Power On', 'Take Snapshot', 'Revert to Snapshot', 'Snapshot Manager', 'Edit virtual machine settings'],
  ]);
  await expectAll('region', ['Devices', 'Details', 'Description']);
  await expect(page.getByRole('contentinfo')).toContainText('Powered off');
  await page.getByRole('treeitem', { name: NAME }).click({ button: 'right' });
  await expectAll('menuitem', [
    ...['Power On', 'Take Snapshot…', 'Revert to Snapshot…', 'Snapshot Manager…', 'Settings…', 'Move to Folder'],
    ...['Add to Favorites', 'Rename', 'Show Log', 'Collect Support Data…', 'Delete…'],
  ]);
  await page.keyboard.press('Escape');
});

test('a VM that runs', async () => {
  await page.getByRole('button', { name: 'Power On' }).first().click();
  await expectState(page, 'Running');
  await expectAll('img', [`Guest screen of ${NAME}`]);
  await expectAll('tab', ['Console', 'Serial 1', 'Summary']);
  await expect.soft(page.getByRole('region', { name: `Text on the screen of ${NAME}`, exact: true })).toBeAttached();
  await expectAll('button', [
    ...['Pause', 'Suspend', 'Shut Down Guest', 'Reset', 'Power Off', 'Take Snapshot', 'Revert to Snapshot'],
    ...['Snapshot Manager', 'Send Ctrl+Alt+Del', 'Send Keys', 'Capture Screen', 'Mute Sound', 'Actual Size'],
    ...['Screen Size', 'Full Screen'],
  ]);
  await expectAll('treeitem', [`${NAME}, Running`]);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expectState(page, 'Paused');
  await expectAll('button', ['Resume']);
});

test('dialogs', async () => {
  const close = async (name: string, button: string): Promise<void> => {
    const dialog = page.getByRole('dialog', { name, exact: true });
    await expect.soft(dialog, `dialog "${name}"`).toBeVisible();
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await expect(dialog).toBeHidden();
  };
  await page.getByRole('button', { name: 'Take Snapshot' }).first().click();
  await close(`Take Snapshot of ${NAME}`, 'Cancel');
  await page.getByRole('button', { name: 'Snapshot Manager' }).click();
  const manager = page.getByRole('dialog', { name: `Snapshot Manager of ${NAME}` });
  await expectAll('tree', ['Snapshots'], manager);
  await expectAll('treeitem', ['Clean', 'You Are Here'], manager);
  await manager.getByRole('treeitem', { name: 'Clean' }).click();
  await expectAll('button', ['Take Snapshot', 'Go To', 'Rename', 'Delete'], manager);
  await close(`Snapshot Manager of ${NAME}`, 'Close');
  await page.getByRole('tab', { name: 'Summary' }).click();
  await page.getByRole('button', { name: 'Edit virtual machine settings' }).click();
  await close(`Settings of ${NAME}`, 'Cancel');
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.getByRole('button', { name: 'Preferences' }).click();
  await close('Preferences', 'Cancel');
  await page.getByRole('button', { name: 'New Virtual Machine' }).first().click();
  const wizard = page.getByRole('dialog', { name: 'New Virtual Machine', exact: true });
  await expectAll('radio', ['Typical (recommended)', 'Custom (advanced)'], wizard);
  await expectAll('button', ['Browse…', 'Next', 'Cancel'], wizard);
  await close('New Virtual Machine', 'Cancel');
});

test('the dialog that deletes a snapshot says what goes and what stays, and Cancel changes nothing', async () => {
  await page.getByRole('treeitem', { name: NAME }).click();
  await page.getByRole('button', { name: 'Snapshot Manager' }).click();
  const manager = page.getByRole('dialog', { name: `Snapshot Manager of ${NAME}` });
  await manager.getByRole('button', { name: 'Take Snapshot' }).click();
  const take = page.getByRole('dialog', { name: `Take Snapshot of ${NAME}` });
  await take.getByRole('textbox', { name: 'Name' }).fill('Later');
  await take.getByRole('button', { name: 'Take Snapshot' }).click();
  await expect(take).toBeHidden({ timeout: 60_000 });
  const map = manager.getByRole('tree', { name: 'Snapshots' });
  await map.getByRole('treeitem', { name: 'Clean' }).click();
  await manager.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete “Clean”?' });
  await expect(question).toContainText('will be freed');
  await expect(question.getByRole('checkbox', { name: /Also delete the snapshot taken after it/ })).not.toBeChecked();
  await expectAccessible(page);
  await page.screenshot({ path: screenshotPath('snapshot-delete') });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(map.getByRole('treeitem')).toHaveCount(3);
  await manager.getByRole('button', { name: 'Delete' }).click();
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(map.getByRole('treeitem')).toHaveCount(3);
  await manager.getByRole('button', { name: 'Delete' }).click();
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(map.getByRole('treeitem')).toHaveCount(2);
  await expect(map.getByRole('treeitem', { name: 'Later' })).toHaveAttribute('aria-level', '1');
  expect(await runCli(running.home, 'snapshot', 'list', NAME)).not.toContain('Clean');
  await manager.getByRole('button', { name: 'Close' }).click();
});
