// A whole Debian on a disk, with systemd: made by debootstrap, which needs root, and put into an ext4 image without a mount.
// The programs in debian-programs/ are run in it on this computer; what they print is what the guest must print.
import fs from 'node:fs';
import path from 'node:path';
import { run } from '../setup/exec.mjs';
import { at } from '../setup/paths.mjs';

export const PASSWORD = 'subzero';
const RELEASE = 'bookworm';
const PACKAGES = [
  ...['systemd-sysv', 'dbus', 'udev', 'linux-image-amd64', 'initramfs-tools', 'kmod', 'procps', 'iproute2'],
  ...['gcc', 'libc6-dev', 'python3', 'perl', 'openssl'],
];
const PROGRAMS = 'usr/local/share/programs';
const DISK_MIB = 2048;

/** The guest's clock is this computer's: when that gives it a tenth of a core, systemd must not lose patience. */
const PATIENCE = {
  'etc/systemd/system/service.d/patience.conf': '[Service]\nTimeoutStartSec=infinity\nWatchdogSec=0\n',
  'etc/systemd/system/device.d/patience.conf': '[Unit]\nJobTimeoutSec=infinity\nJobRunningTimeoutSec=infinity\n',
  'etc/systemd/system.conf.d/patience.conf': '[Manager]\nDefaultTimeoutStartSec=infinity\n',
};

/** This computer's apt has nothing to make the guest from. */
export class NoArchiveError extends Error {}

/** Where this computer's own apt gets the release from. */
export async function mirror() {
  const format = '$(REPO_URI) $(CODENAME)';
  const targets = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages', 'Component: main']);
  const found = targets.split('\n').find((line) => line.endsWith(` ${RELEASE}`));
  if (found === undefined)
    throw new NoArchiveError(`apt knows no archive of Debian ${RELEASE}: a full Debian is made from one`);
  return found.split(' ')[0];
}

/**
 * Writes disk.img, vmlinuz, initrd.img and debian.json into `target`: `append` is the kernel's command line, `expected` what
 * `run` prints. `archive` is the mirror, `tree` a place for its files.
 */
export async function buildDebian({ archive, target, tree }) {
  const include = `--include=${PACKAGES.join(',')}`;
  await run('debootstrap', ['--variant=minbase', '--arch=amd64', include, RELEASE, tree, archive], {
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  });
  const write = (name, text) => {
    fs.mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    fs.writeFileSync(path.join(tree, name), text);
  };
  write('etc/hostname', 'subzero\n');
  write('etc/fstab', '/dev/sda / ext4 errors=remount-ro 0 1\n');
  write('etc/hosts', '127.0.0.1 localhost subzero\n');
  for (const [name, text] of Object.entries(PATIENCE)) write(name, text);
  const logins = fs.readFileSync(path.join(tree, 'etc/login.defs'), 'utf8');
  write('etc/login.defs', logins.replace(/^LOGIN_TIMEOUT.*$/m, 'LOGIN_TIMEOUT 3600'));
  await run('chroot', [tree, 'chpasswd'], { input: `root:${PASSWORD}\n` });
  fs.cpSync(at('build/guests/debian-programs'), path.join(tree, PROGRAMS), { recursive: true });
  const runAll = `/${PROGRAMS}/run-all`;
  const expected = await run('chroot', [tree, '/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin', 'sh', runAll]);
  for (const cache of ['var/cache/apt/archives', 'var/lib/apt/lists', 'tmp']) {
    for (const name of fs.readdirSync(path.join(tree, cache)))
      fs.rmSync(path.join(tree, cache, name), { recursive: true });
  }

  fs.mkdirSync(target, { recursive: true });
  const boot = fs.readdirSync(path.join(tree, 'boot'));
  const release = boot.find((name) => name.startsWith('vmlinuz-')).slice('vmlinuz-'.length);
  fs.copyFileSync(path.join(tree, `boot/vmlinuz-${release}`), path.join(target, 'vmlinuz'));
  fs.copyFileSync(path.join(tree, `boot/initrd.img-${release}`), path.join(target, 'initrd.img'));
  const disk = path.join(target, 'disk.img');
  await run('mke2fs', ['-q', '-t', 'ext4', '-L', 'debian', '-m', '1', '-d', tree, disk, `${DISK_MIB}M`]);
  const about = {
    append: 'root=/dev/sda ro udev.event_timeout=7200 console=tty0 console=ttyS0',
    password: PASSWORD,
    run: `sh ${runAll}`,
    expected,
  };
  fs.writeFileSync(path.join(target, 'debian.json'), `${JSON.stringify({ release, ...about }, null, 2)}\n`);
}
