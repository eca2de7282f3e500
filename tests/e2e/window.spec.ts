import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { launchApp, type RunningApp, screenshotPath } from './launch';

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(async () => {
  await running?.close();
});

test('a window opens with an empty library and three ways to begin', async () => {
  const { page } = running;
  await expect(page.getByRole('heading', { name: 'Welcome to Subzero' })).toBeVisible();
  for (const name of ['Try Subzero', 'New Virtual Machine', 'Open']) {
    await expect(page.getByRole('button', { name, exact: true })).toBeEnabled();
  }
  await expect(page.getByRole('tree', { name: 'Library' })).toBeVisible();
  await page.screenshot({ path: screenshotPath('window-light') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: screenshotPath('window-dark') });
  await page.emulateMedia({ colorScheme: 'light' });
  await expectAccessible(page);
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
  expect(new URL(running.page.url()).origin + new URL(running.page.url()).pathname).toBe('app://ui/index.html');
});

test('main refuses messages of the wrong shape and unknown tokens', async () => {
  const answers = await running.page.evaluate(async () => {
    const { app } = window as unknown as {
      app: {
        send(frame: unknown): void;
        onFrame(listener: (frame: { t: string; id?: number; error?: { code: string } }) => void): void;
      };
    };
    const codes = new Map<number, string>();
    app.onFrame((frame) => {
      if (frame.t === 'err' && frame.id !== undefined && frame.id >= 900_000)
        codes.set(frame.id, frame.error?.code ?? '');
    });
    const calls: [string, unknown][] = [
      ['vm.start', { vm: '../../etc' }],
      ['vm.start', { vm: 'abc', folder: '/' }],
      [
        'wizard.create',
        {
          name: 'x',
          source: { kind: 'file', token: 'ff', use: 'disk', copy: false },
          folder: null,
          memoryMiB: 64,
          diskGiB: null,
        },
      ],
      ['no.such.call', null],
      ['__proto__', null],
    ];
    calls.forEach(([name, args], index) => app.send({ t: 'call', id: 900_000 + index, name, args }));
    for (const junk of [null, 1, 'x', [], { t: 'call' }, { t: 'call', id: 'x', name: 1 }]) app.send(junk);
    while (codes.size < calls.length) await new Promise((resolve) => setTimeout(resolve, 20));
    return [...codes.entries()].sort(([a], [b]) => a - b).map(([, code]) => code);
  });
  expect(answers).toEqual(['bad-message', 'bad-message', 'bad-argument', 'unknown-call', 'unknown-call']);
});
