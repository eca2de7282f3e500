// `npm run test:package`: uses what `npm run package` made, the unpacked folder and the installed .deb, as root and as an
// ordinary user, and purges the .deb. Needs root and Debian; never part of `npm test`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { passTo, run } from '../setup/exec.mjs';
import { at, inOut } from '../setup/paths.mjs';
import { say } from '../setup/report.mjs';

const USER = 'subzero-test';
const DESKTOP = '/usr/share/applications/subzero-app.desktop';

export async function testPackage(args) {
  if (process.getuid?.() !== 0) throw new Error('installing a package needs root');
  const folder = inOut('package');
  const deb = fs.existsSync(folder) && fs.readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (!deb) throw new Error('there is no package yet: npm run package');
  await run(
    'apt-get',
    ['install', '-y', '--no-install-recommends', 'desktop-file-utils', 'libglib2.0-bin', 'xdotool'],
    {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
  say(`installing ${deb}`);
  await run('apt-get', ['install', '-y', '--no-install-recommends', '--allow-downgrades', path.join(folder, deb)], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 600_000,
  });
  await run('useradd', ['--create-home', USER]).catch((error) => {
    if (!/already exists/.test(error.message)) throw error;
  });
  const home = `/home/${USER}`;
  // Where an ordinary user can read it, as somebody would unpack it.
  const unpacked = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'subzero-unpacked-')), 'Subzero');
  try {
    fs.chmodSync(path.dirname(unpacked), 0o755);
    await run('cp', ['-a', inOut('package', 'linux-unpacked'), unpacked]);
    await run('desktop-file-validate', [DESKTOP]);
    const mode = fs.statSync('/opt/Subzero/chrome-sandbox').mode & 0o7777;
    if (mode !== 0o4755) throw new Error(`chrome-sandbox has mode ${mode.toString(8)} instead of 4755`);
    const playwright = [
      at('node_modules/@playwright/test/cli.js'),
      'test',
      '-c',
      at('tests/package/playwright.config.ts'),
    ];
    const status = await passTo(
      'xvfb-run',
      ['-a', '-s', '-ac -screen 0 1920x1080x24', process.execPath, ...playwright, '--reporter=list', ...args],
      { env: { SUBZERO_TEST_USERS: `root,${USER}`, SUBZERO_TEST_UNPACKED: unpacked }, timeoutSeconds: 3600 },
    );
    if (status !== 0) return status;
    await run('runuser', [
      '-u',
      USER,
      '--',
      'env',
      `HOME=${home}`,
      '/usr/bin/subzero',
      'create',
      'kept',
      '--memory',
      '64',
    ]);
    const before = await run('find', [home, '-name', 'vm.json']);
    await run('apt-get', ['purge', '-y', 'subzero'], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (fs.existsSync('/opt/Subzero') || fs.existsSync('/usr/bin/subzero')) throw new Error('purge left files behind');
    const after = await run('find', [home, '-name', 'vm.json']);
    if (before === '' || after !== before) throw new Error('purge did not leave the virtual machines alone');
    say('folder and package work, the menu entry is valid, and purging leaves virtual machines alone');
    return 0;
  } finally {
    fs.rmSync(path.dirname(unpacked), { recursive: true, force: true });
    await run('apt-get', ['purge', '-y', 'subzero'], { env: { DEBIAN_FRONTEND: 'noninteractive' } }).catch(() => {});
    await run('userdel', ['--remove', USER]).catch((error) => say(error.message));
  }
}
