import { expect, test } from '@playwright/test';
import { launchApp, type RunningApp, screenshotPath } from './launch';

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(async () => {
  await running?.close();
});

test('a window opens', async () => {
  await expect(running.page.getByRole('heading', { name: 'Subzero' })).toBeVisible();
  await running.page.screenshot({ path: screenshotPath('window') });
});

test('the page has no Node, and cannot navigate or open windows', async () => {
  const seen = await running.page.evaluate(() => ({
    hasRequire: typeof (globalThis as Record<string, unknown>)['require'] !== 'undefined',
    hasProcess: typeof (globalThis as Record<string, unknown>)['process'] !== 'undefined',
    opened: window.open('https://example.org/') !== null,
  }));
  expect(seen).toEqual({ hasRequire: false, hasProcess: false, opened: false });
  await running.page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await running.page.waitForTimeout(200);
  expect(running.page.url()).toBe('app://ui/index.html');
});
