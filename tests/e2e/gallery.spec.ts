import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState, GuestConsole } from './vm-window';

/** Gallery: one click on a ready guest. */
test.describe.configure({ mode: 'serial', timeout: 480_000 });

let running: RunningApp;

test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(async () => {
  await running?.close();
});

const home = () => running.page.getByRole('tab', { name: 'Home' }).click();
const gallery = () => running.page.getByRole('region', { name: 'Gallery' });

test('the Home tab offers a Linux, a memory test and GRUB', async () => {
  const { page, home: library } = running;
  for (const name of ['Subzero Linux', 'Memtest86+', 'GRUB rescue']) {
    await expect(gallery().getByRole('button', { name })).toBeVisible();
  }
  await expectAccessible(page);
  await page.screenshot({ path: screenshotPath('gallery-home') });
  expect(await runCli(library, 'gallery')).toMatch(/linux.*\nmemtest.*\ngrub/);
});

test('the memory test starts with one click', async () => {
  const { page } = running;
  await gallery().getByRole('button', { name: 'Memtest86+' }).click();
  const guest = new GuestConsole(page, 'Memtest86+');
  await expect(async () => guest.sees(/Memtest86\+ v6/)).toPass({ timeout: 300_000 });
  await page.screenshot({ path: screenshotPath('gallery-memtest') });
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
});

test('GRUB starts with one click', async () => {
  const { page } = running;
  await home();
  await gallery().getByRole('button', { name: 'GRUB rescue' }).click();
  const guest = new GuestConsole(page, 'GRUB rescue');
  await expect(async () => guest.sees(/GNU GRUB/)).toPass({ timeout: 300_000 });
  await page.getByRole('button', { name: 'Power Off' }).click();
  await expectState(page, 'Powered off');
});

test('the Linux has a shell with tools', async () => {
  const { page } = running;
  await home();
  await gallery().getByRole('button', { name: 'Subzero Linux' }).click();
  const guest = new GuestConsole(page, 'Subzero Linux');
  await expect(async () => guest.sees(/Subzero starter Linux ready/)).toPass({ timeout: 400_000 });
  await guest.type('lua -v\n');
  await guest.sees(/Lua 5\.4/);
  await page.screenshot({ path: screenshotPath('gallery-linux') });
});
