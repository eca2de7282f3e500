import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GuestConsole } from '../e2e/vm-window';

/**
 * The installed package, once for each user that SUBZERO_TEST_USERS names: the window as its menu entry starts it, and the
 * command line without a display and without Node. Run by `npm run test:package`.
 */
const users = (process.env['SUBZERO_TEST_USERS'] ?? '').split(',').filter(Boolean);
const PICTURES = path.join(import.meta.dirname, '..', '..', 'build', 'out', 'e2e');

for (const user of users) {
  test.describe(`as ${user}`, () => {
    test.describe.configure({ mode: 'serial', timeout: 240_000 });
    let folder: string;
    let app: ElectronApplication;
    let page: Page;

    const asUser = (command: string, ...args: string[]): string =>
      execFileSync('runuser', ['-u', user, '--', 'env', '-i', 'PATH=/usr/bin:/bin', ...homes(), command, ...args], {
        encoding: 'utf8',
        cwd: folder,
      });
    const homes = (): string[] => [`HOME=${folder}`, `SUBZERO_HOME=${path.join(folder, 'home')}`];

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
      expect(asUser('/usr/bin/subzero', '--help')).toContain('subzero create');
      asUser('/usr/bin/subzero', 'create', 'by-hand', '--memory', '64');
      expect(asUser('/usr/bin/subzero', 'list')).toContain('by-hand');
      expect(asUser('/usr/bin/subzero', 'gallery')).toContain('linux');
      const grub = asUser('/usr/bin/subzero', 'gallery', 'grub').trim();
      expect(grub).toContain('GRUB rescue');
      expect(asUser('/usr/bin/subzero', 'list')).toMatch(/GRUB rescue.*running/);
      asUser('/usr/bin/subzero', 'stop', 'GRUB rescue', '--force');
    });

    test('the window opens as its menu entry starts it, with the sandbox but for root', async () => {
      const entry = readFileSync('/usr/share/applications/subzero-app.desktop', 'utf8');
      const command = /^Exec=(\S+)/m.exec(entry)?.[1] as string;
      const launcher = path.join(folder, 'launch.sh');
      const keep = 'DISPLAY="$DISPLAY" PATH=/usr/bin:/bin';
      const set = homes()
        .map((pair) => `'${pair}'`)
        .join(' ');
      writeFileSync(launcher, `#!/bin/sh\nexec runuser -u ${user} -- env ${set} ${keep} ${command} "$@"\n`);
      chmodSync(launcher, 0o755);
      app = await _electron.launch({
        executablePath: launcher,
        args: [`--user-data-dir=${path.join(folder, 'electron')}`],
        // Chromium refuses its sandbox to root.
        chromiumSandbox: user !== 'root',
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
      await expect(page.getByRole('contentinfo')).toContainText('Powered off', { timeout: 60_000 });
    });
  });
}
