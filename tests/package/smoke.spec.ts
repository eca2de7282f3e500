import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectState, GuestConsole } from '../e2e/vm-window';

/**
 * The unpacked folder and the installed package, once for each user that SUBZERO_TEST_USERS names: the command line without a
 * display and without Node, the window as its menu entry starts it, a guest. Run by `npm run test:package`.
 */
const users = (process.env['SUBZERO_TEST_USERS'] ?? '').split(',').filter(Boolean);
const unpacked = process.env['SUBZERO_TEST_UNPACKED'] ?? '';
const PICTURES = path.join(import.meta.dirname, '..', '..', 'build', 'out', 'e2e');
const DESKTOP_ENTRY = '/usr/share/applications/subzero-app.desktop';

const places = [
  {
    place: 'unpacked folder',
    commandLine: path.join(unpacked, 'subzero'),
    window: path.join(unpacked, 'subzero-app'),
  },
  {
    place: 'installed package',
    commandLine: '/usr/bin/subzero',
    // With Chromium's switches, as Playwright gives them, it is the window. The menu entry has a test of its own.
    window: '/usr/bin/subzero',
  },
];

for (const { place, commandLine, window, user } of places.flatMap((one) => users.map((user) => ({ ...one, user })))) {
  test.describe(`${place} as ${user}`, () => {
    test.describe.configure({ mode: 'serial', timeout: 480_000 });
    let folder: string;
    let app: ElectronApplication;
    let page: Page;

    const asUser = (command: string, ...args: string[]): string =>
      execFileSync('runuser', ['-u', user, '--', 'env', '-i', 'PATH=/usr/bin:/bin', ...homes(), command, ...args], {
        encoding: 'utf8',
        cwd: folder,
      });
    const homes = (): string[] => [`HOME=${folder}`, `SUBZERO_HOME=${path.join(folder, 'home')}`];
    const withDisplay = (): string[] => [...homes(), `DISPLAY=${process.env['DISPLAY']}`, 'PATH=/usr/bin:/bin'];

    test.beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'subzero-package-'));
      execFileSync('chown', [user, folder]);
      chmodSync(folder, 0o755);
    });
    test.afterAll(async () => {
      await app?.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    });

    test('the command line works without a display and without Node', () => {
      expect(asUser(commandLine, '--help')).toContain('subzero create');
      asUser(commandLine, 'create', 'by-hand', '--memory', '64');
      expect(asUser(commandLine, 'list')).toContain('by-hand');
      expect(asUser(commandLine, 'gallery')).toContain('linux');
      const grub = asUser(commandLine, 'gallery', 'grub').trim();
      expect(grub).toContain('GRUB rescue');
      expect(asUser(commandLine, 'list')).toMatch(/GRUB rescue.*running/);
      asUser(commandLine, 'stop', 'GRUB rescue', '--force');
    });

    if (place === 'installed package') {
      test('the desktop starts it from its menu entry', async () => {
        const starter: ChildProcess = spawn(
          'runuser',
          ['-u', user, '--', 'env', '-i', ...withDisplay(), 'gio', 'launch', DESKTOP_ENTRY],
          { stdio: 'inherit' },
        );
        const search = (): string => {
          try {
            return execFileSync('xdotool', ['search', '--onlyvisible', '--name', '^Subzero$'], { encoding: 'utf8' });
          } catch {
            return '';
          }
        };
        await expect.poll(search, { timeout: 60_000 }).toMatch(/^\d+\n/);
        const windowId = search().split('\n')[0] as string;
        const pid = Number(execFileSync('xdotool', ['getwindowpid', windowId], { encoding: 'utf8' }));
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        expect(command[0]).toBe('/opt/Subzero/subzero-electron');
        expect(command.includes('--no-sandbox')).toBe(user === 'root');
        process.kill(pid, 'SIGTERM');
        await expect.poll(search, { timeout: 60_000 }).toBe('');
        starter.kill();
      });
    }

    test('the window opens, with the sandbox but for root', async () => {
      const launcher = path.join(folder, 'launch.sh');
      const set = withDisplay()
        .map((pair) => `'${pair}'`)
        .join(' ');
      writeFileSync(launcher, `#!/bin/sh\nexec runuser -u ${user} -- env ${set} '${window}' "$@"\n`);
      chmodSync(launcher, 0o755);
      app = await _electron.launch({
        executablePath: launcher,
        args: [`--user-data-dir=${path.join(folder, 'electron')}`],
        // Otherwise Playwright would ask for none.
        chromiumSandbox: true,
        env: process.env as Record<string, string>,
      });
      page = await app.firstWindow();
      await expect(page.getByRole('button', { name: 'Try Subzero' })).toBeVisible();
      const argv = await app.evaluate(() => process.argv.join(' '));
      expect(argv.includes('--no-sandbox')).toBe(user === 'root');
    });

    test('About names the version and what comes with it', async () => {
      await app.evaluate(({ Menu }) => {
        const items = (Menu.getApplicationMenu()?.items ?? []).flatMap((item) => item.submenu?.items ?? []);
        items.find((item) => item.label.startsWith('About'))?.click();
      });
      const about = page.getByRole('dialog');
      for (const part of ['SeaBIOS', 'Linux', 'BusyBox']) await expect(about).toContainText(part);
      await page.screenshot({ path: path.join(PICTURES, `package-about-${user}.png`) });
      await about.getByRole('button', { name: 'Close' }).click();
    });

    test('a guest of the gallery runs', async () => {
      await page.getByRole('region', { name: 'Gallery' }).getByRole('button', { name: 'Subzero Linux' }).click();
      const guest = new GuestConsole(page, 'Subzero Linux');
      await guest.sees(/Subzero starter Linux ready/);
      await guest.type('uname -m\n');
      await guest.sees(/\nx86_64/);
      await page.screenshot({ path: path.join(PICTURES, `package-linux-${user}.png`) });
      await page.getByRole('button', { name: 'Power Off' }).click();
      await expectState(page, 'Powered off');
    });
  });
}
