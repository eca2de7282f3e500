import { expect, test } from '@playwright/test';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillingGuest } from '../../build/bench/bare-guests.mjs';
import { launchApp, newHome, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState, GuestConsole } from './vm-window';

/** Snapshots of a guest with much in its memory: how far they are, and giving them up. */
test.describe.configure({ mode: 'serial', timeout: 600_000 });

const NAME = 'Full';
const MEMORY_MIB = 512;
const SAVE_MS = 180_000;
const home = newHome();
let running: RunningApp;

test.beforeAll(async () => {
  const kernel = path.join(home, 'fills.bin');
  writeFileSync(kernel, fillingGuest(MEMORY_MIB));
  await runCli(home, 'create', NAME, '--kernel', kernel, '--memory', String(MEMORY_MIB));
  running = await launchApp({ home });
  const { page } = running;
  await page.getByRole('treeitem', { name: NAME }).click();
  await page.getByRole('button', { name: 'Power On' }).first().click();
  await new GuestConsole(page, NAME).sees(/#/);
});
test.afterAll(async () => {
  await running?.close();
  rmSync(home, { recursive: true, force: true });
});

const snapshots = async (): Promise<string[]> => {
  const shown = JSON.parse(await runCli(home, 'show', NAME)) as { snapshots: { name: string }[] };
  return shown.snapshots.map(({ name }) => name);
};

test('taking a snapshot says how far it is, and can be given up', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Take Snapshot' }).click();
  const dialog = page.getByRole('dialog', { name: `Take Snapshot of ${NAME}` });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Filled');
  const take = dialog.getByRole('button', { name: 'Take Snapshot' });
  await take.click();
  const progress = dialog.getByRole('progressbar', { name: 'Taking the snapshot…' });
  await expect(progress).toBeVisible();
  await page.screenshot({ path: screenshotPath('long-1-taking') });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(progress).toBeHidden();
  await expect(take).toBeEnabled();
  await expectState(page, 'Running');
  expect(await snapshots()).toEqual([]);

  await take.click();
  await expect(dialog).toBeHidden({ timeout: SAVE_MS });
  expect(await snapshots()).toEqual(['Filled']);
});

test('going to a snapshot says how far it is, and can be given up while it saves and while it loads', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Snapshot Manager' }).click();
  const manager = page.getByRole('dialog', { name: `Snapshot Manager of ${NAME}` });
  await manager.getByRole('treeitem', { name: 'Filled' }).click();
  const question = page.getByRole('alertdialog', { name: /Restore/ });
  const progress = question.getByRole('progressbar', { name: 'Restoring…' });

  // What is there now is kept first: given up, everything stays as it is.
  await manager.getByRole('button', { name: 'Go To' }).click();
  await question.getByRole('button', { name: 'Take a Snapshot First' }).click();
  await expect(progress).toBeVisible();
  await page.screenshot({ path: screenshotPath('long-2-keeping') });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await expectState(page, 'Running');
  expect(await snapshots()).toEqual(['Filled']);

  // Given up while it loads, the VM waits in the snapshot's state.
  await manager.getByRole('button', { name: 'Go To' }).click();
  await question.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(progress).toBeVisible();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await expectState(page, 'Suspended');
  await manager.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Resume' }).first().click();
  await new GuestConsole(page, NAME).sees(/#/);
  await expectState(page, 'Running');
});
