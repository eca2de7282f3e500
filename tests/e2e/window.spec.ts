import { expect, type Page, test } from '@playwright/test';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expectAccessible } from './accessibility';
import { answerFileDialogs, builtFile, launchApp, newHome, type RunningApp, runCli, screenshotPath } from './launch';

test.describe.configure({ timeout: 600_000 });

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
  // It looks as it will: nothing of it waits for what is loaded later.
  const sheets = page.locator('link[rel=stylesheet]');
  await expect(sheets).toHaveCount(1);
  await page.getByRole('button', { name: 'New Virtual Machine' }).click();
  await page.getByRole('dialog', { name: 'New Virtual Machine' }).getByRole('button', { name: 'Cancel' }).click();
  await expect(sheets).toHaveCount(1);
  await page.screenshot({ path: screenshotPath('window-light') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: screenshotPath('window-dark') });
  await page.emulateMedia({ colorScheme: 'light' });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create the First One…' }).click();
  await expect(page.getByRole('dialog', { name: 'New Virtual Machine' })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('tabs, folders and the library are at the next start as they were', async () => {
  const home = newHome();
  let running = await launchApp({ home });
  try {
    for (const name of ['One', 'Two', 'Three']) await runCli(home, 'create', name, '--memory', '16');
    await runCli(home, 'folder', 'create', 'Old');
    await runCli(home, 'move', 'Three', '--into', 'Old');
    const row = (name: string) => running.page.getByRole('treeitem', { name });
    const tab = (name: string) => running.page.getByRole('tab', { name });
    for (const name of ['Two', 'One', 'Three']) await row(name).click();
    await row('Old, folder').focus();
    await running.page.keyboard.press('ArrowLeft');
    await expect(row('Three')).toBeHidden();
    await running.close();
    await runCli(home, 'delete', 'One');

    running = await launchApp({ home });
    await expect(tab('Two')).toBeVisible();
    await expect(tab('Three')).toBeVisible();
    await expect(running.page.getByRole('tab')).toHaveCount(3);
    await expect(tab('Home')).toHaveAttribute('aria-selected', 'true');
    await expect(row('Old, folder')).toHaveAttribute('aria-expanded', 'false');
    await running.page.getByRole('button', { name: 'Hide library' }).click();
    await expect(row('Two')).toBeHidden();
    await running.close();

    running = await launchApp({ home });
    await running.page.getByRole('button', { name: 'Show library' }).click();
    await expect(row('Two')).toBeVisible();
  } finally {
    await running.close();
    rmSync(home, { recursive: true, force: true });
  }
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
  expect(running.page.url().replace(/\?.*$/, '')).toBe('app://ui/index.html');
});

test('the page runs no code but its own, and takes nothing from elsewhere', async () => {
  const seen = await running.page.evaluate(async () => {
    const world = globalThis as Record<string, unknown>;
    const script = document.createElement('script');
    script.textContent = 'globalThis.wasInjected = true';
    document.head.append(script);
    const frame = document.createElement('iframe');
    frame.src = 'data:text/html,<p>inside</p>';
    const blocked = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        if (effectiveDirective.startsWith('frame')) resolve(effectiveDirective);
      });
    });
    document.body.append(frame);
    const directive = await blocked;
    frame.remove();
    script.remove();
    const fetched = await fetch('https://example.org/').then(
      () => true,
      () => false,
    );
    const policy = (await fetch(location.href)).headers.get('content-security-policy');
    return { injected: world['wasInjected'] === true, directive, fetched, policy };
  });
  expect(seen).toMatchObject({ injected: false, directive: 'frame-src', fetched: false });
  expect(seen.policy).toMatch(/^default-src 'none'; script-src 'self';/);
});

test('main answers the page of its window only', async () => {
  const answers = await running.app.evaluate(
    async ({ BrowserWindow }, preload) => {
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await stranger.loadURL('data:text/html,<p>not ours</p>');
      const answered = await stranger.webContents.executeJavaScript(`new Promise((resolve) => {
      const frames = [];
      app.onFrame((frame) => frames.push(frame));
      app.send({ t: 'call', id: 900100, name: 'library.list', args: null });
      setTimeout(() => resolve(frames), 1000);
    })`);
      stranger.destroy();
      return answered as unknown[];
    },
    builtFile('electron', 'preload.cjs'),
  );
  expect(answers).toEqual([]);
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

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('preferences apply at once, hold after a restart, and count for the command line', async () => {
  const home = newHome();
  let running = await launchApp({ home });
  try {
    const { app, page } = running;
    await page.emulateMedia({ colorScheme: null });
    await page.getByRole('button', { name: 'Preferences' }).click();
    const dialog = page.getByRole('dialog', { name: 'Preferences' });
    await choose(page, 'Language', 'Deutsch');
    await choose(page, 'Appearance', 'Dark');
    await choose(page, 'Keys that give keyboard and mouse back', 'Ctrl+Shift+Alt');
    const folder = path.join(home, 'My VMs');
    mkdirSync(folder);
    await answerFileDialogs(app, folder);
    await dialog.getByRole('button', { name: 'Browse…' }).click();
    await expect(dialog.getByRole('textbox', { name: 'Default folder' })).toHaveValue(folder);
    await dialog.getByText('Limit the memory of all running virtual machines together').click();
    await dialog.getByRole('textbox', { name: 'Memory for all virtual machines, in MiB' }).fill('3');
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await expectAccessible(page);
    await page.screenshot({ path: screenshotPath('preferences') });
    await dialog.getByRole('textbox', { name: 'Memory for all virtual machines, in MiB' }).fill('64');
    await page.emulateMedia({ colorScheme: null });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: 'Willkommen bei Subzero' })).toBeVisible();
    await expect.poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
    const menus = await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label));
    expect(menus).toContain('&Bearbeiten');

    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.setViewportSize({ width: 1024, height: 640 });
    await page.screenshot({ path: screenshotPath('preferences-german-dark') });
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await running.close();

    await runCli(home, 'create', 'Big', '--memory', '128');
    expect(existsSync(path.join(folder, 'Big', 'vm.json'))).toBe(true);
    await expect(runCli(home, 'start', 'Big')).rejects.toThrow(/„Big“ braucht 128 MiB/);

    running = await launchApp({ home });
    const again = running.page;
    await again.getByRole('treeitem', { name: 'Big' }).click();
    await again.getByRole('button', { name: 'Einschalten' }).first().click();
    await expect(again.getByRole('alert')).toContainText('„Big“ braucht 128 MiB');
    await again.screenshot({ path: screenshotPath('preferences-limit') });
    await again.getByRole('tab', { name: 'Startseite' }).click();
    await again.getByRole('button', { name: 'Einstellungen' }).click();
    await choose(again, 'Sprache', 'English');
    await again.getByRole('dialog').getByRole('button', { name: 'Speichern' }).click();
    await expect(again.getByRole('button', { name: 'Power On' }).first()).toBeVisible();
  } finally {
    await running.close();
    rmSync(home, { recursive: true, force: true });
  }
});

test('what was used last stands in the File menu, and is cleared from it', async () => {
  const running = await launchApp();
  const { app, page, home } = running;
  const recent = (): Promise<string[]> =>
    app.evaluate(({ Menu }) => {
      const file = Menu.getApplicationMenu()?.items[0]?.submenu?.items;
      const list = file?.find(({ label }) => label === 'Open Recent')?.submenu?.items ?? [];
      return list.filter(({ type }) => type !== 'separator').map(({ label }) => label);
    });
  const choose = (label: string): Promise<void> =>
    app.evaluate(({ Menu }, wanted) => {
      const file = Menu.getApplicationMenu()?.items[0]?.submenu?.items;
      const list = file?.find((item) => item.label === 'Open Recent')?.submenu?.items ?? [];
      list.find((item) => item.label === wanted)?.click();
    }, label);
  try {
    expect(await recent()).toEqual(['Nothing yet', 'Clear List']);
    await runCli(home, 'create', 'Salt & Pepper', '--memory', '16');
    await page.getByRole('treeitem', { name: 'Salt & Pepper' }).click();
    await page.getByRole('button', { name: 'Power On' }).first().click();
    await expect.poll(recent).toEqual(['Salt && Pepper', 'Clear List']);
    await page.getByRole('tab', { name: 'Home' }).click();
    await answerFileDialogs(app, builtFile('guests', 'memtest86plus.iso'));
    await page.getByRole('button', { name: 'New Virtual Machine' }).click();
    const wizard = page.getByRole('dialog', { name: 'New Virtual Machine' });
    await wizard.getByRole('button', { name: 'Browse…' }).click();
    await expect(wizard.getByText('Detected:')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect.poll(recent).toEqual(['Salt && Pepper', 'memtest86plus.iso', 'Clear List']);

    await choose('memtest86plus.iso');
    await expect(wizard.getByText('memtest86plus.iso')).toBeVisible();
    await page.keyboard.press('Escape');
    await choose('Salt && Pepper');
    await expect(page.getByRole('tab', { name: 'Salt & Pepper' })).toHaveAttribute('aria-selected', 'true');
    await choose('Clear List');
    await expect.poll(recent).toEqual(['Nothing yet', 'Clear List']);
  } finally {
    await running.close();
  }
});

test('the native menu offers what can be done now', async () => {
  const running = await launchApp();
  const { app, page, home } = running;
  const items = () =>
    app.evaluate(({ Menu }) => {
      const all = (Menu.getApplicationMenu()?.items ?? []).flatMap((one) => one.submenu?.items ?? []);
      return all.map(({ label, enabled, checked }) => ({ label, enabled, checked }));
    });
  const enabled = async (...labels: string[]) => {
    const all = await items();
    return labels.map((label) => all.find((one) => one.label === label)?.enabled);
  };
  const click = (label: string) =>
    app.evaluate(({ Menu }, wanted) => {
      const all = (Menu.getApplicationMenu()?.items ?? []).flatMap((one) => one.submenu?.items ?? []);
      all.find((one) => one.label === wanted)?.click();
    }, label);
  const isChecked = async (label: string) => (await items()).find((one) => one.label === label)?.checked;
  try {
    const ofVm = ['Power On', 'Power Off', 'Take Snapshot…', 'Settings…', 'Full Screen', 'Send Keys', 'Close Tab'];
    await expect.poll(() => enabled(...ofVm)).toEqual(ofVm.map(() => false));
    expect(await enabled('New Virtual Machine…', 'Preferences…', 'About Subzero')).toEqual([true, true, true]);
    await runCli(home, 'create', 'Menus', '--memory', '16');
    await page.getByRole('treeitem', { name: 'Menus' }).click();
    await expect.poll(() => enabled(...ofVm)).toEqual([true, false, true, true, false, false, true]);
    await click('Power On');
    await expect.poll(() => enabled(...ofVm)).toEqual([false, true, true, true, true, true, true]);
    await expect.poll(() => isChecked('Fit to Window')).toBe(true);
    await click('Actual Size');
    await expect.poll(() => isChecked('Actual Size')).toBe(true);
    expect(await isChecked('Fit to Window')).toBe(false);
    await click('Library');
    await expect(page.getByRole('tree', { name: 'Library' })).toBeHidden();
    await expect.poll(() => isChecked('Library')).toBe(false);
    await click('Library');
    await click('Settings…');
    await expect(page.getByRole('dialog', { name: 'Settings of Menus' })).toBeVisible();
    await expect.poll(() => enabled('New Virtual Machine…', 'Power Off')).toEqual([false, false]);
    await page.keyboard.press('Escape');
    await expect.poll(() => enabled('New Virtual Machine…', 'Power Off')).toEqual([true, true]);
  } finally {
    await running.close();
  }
});
