import { expect, test } from '@playwright/test';
import { launchApp, type RunningApp, screenshotPath } from './launch';
import { expectState, GuestConsole, GUEST_MS } from './vm-window';

test.describe.configure({ mode: 'serial', timeout: 480_000 });

const NAME = 'Subzero Linux';
let running: RunningApp;
let guest: GuestConsole;

test.beforeAll(async () => {
  running = await launchApp();
  guest = new GuestConsole(running.page, NAME);
});
test.afterAll(async () => {
  await running?.close();
});

test('one click on an empty library ends at a shell', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Try Subzero' }).click();
  await expect(page.getByRole('tab', { name: NAME })).toHaveAttribute('aria-selected', 'true', { timeout: GUEST_MS });
  await expect(async () => guest.sees(/Subzero starter Linux ready/)).toPass({ timeout: 400_000 });
  await guest.type('uname -m\n');
  await guest.sees(/\nx86_64/);
  await page.screenshot({ path: screenshotPath('try-shell') });
});

test('its serial port is a terminal', async () => {
  const { page } = running;
  await page.getByRole('tab', { name: 'Serial 1' }).click();
  const terminal = page.locator('.xterm-accessibility-tree');
  await page.getByRole('textbox', { name: 'Serial port 1 of Subzero Linux' }).focus();
  // A guest that goes on from where it was saved has said what it had to say.
  await page.keyboard.press('Enter');
  await expect(terminal).toContainText('#', { timeout: GUEST_MS });
  await page.keyboard.type('echo over-$((20+22))-wire\n', { delay: 20 });
  await expect(terminal).toContainText('over-42-wire', { timeout: GUEST_MS });
  await page.screenshot({ path: screenshotPath('try-serial') });
  await page.getByRole('tab', { name: 'Console' }).click();
});

test('shutting down by the power button ends it', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Shut Down Guest' }).click();
  await expectState(page, 'Powered off');
});
