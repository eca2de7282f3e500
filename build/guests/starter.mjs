// The starter guest: Debian's generic kernel, a static busybox and the drivers of our machine, in one initramfs. The same
// input packages give the same bytes.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { CpioArchive } from './cpio.mjs';
import { addModules } from './kernel-modules.mjs';

/** What appears on each console when its shell is there. */
export const READY_LINE = 'Subzero starter Linux ready';

const MODULES = [
  ...['ata_piix', 'ata_generic', 'ahci', 'sd_mod', 'sr_mod', 'floppy', 'loop'],
  ...['ext4', 'crc32c_generic', 'isofs', 'vfat', 'nls_cp437', 'nls_ascii', 'nls_utf8'],
  ...['e1000', '8139too', '8139cp', 'af_packet'],
  ...['psmouse', 'evdev', 'button'],
  ...['virtio_pci', 'virtio_blk', 'virtio_net', 'virtio_console', 'virtio-rng', '9p', '9pnet_virtio'],
];

const APPLETS_IN_SBIN = [
  'init',
  'modprobe',
  'insmod',
  'rmmod',
  'lsmod',
  'reboot',
  'poweroff',
  'halt',
  'acpid',
  'udhcpc',
];

const INIT = `#!/bin/sh
export PATH=/bin:/sbin
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devpts devpts /dev/pts
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
hostname subzero
ip link set lo up 2>/dev/null

# Drivers for what is there: buses first, then what they found.
load() { cat $(find /sys/devices -name modalias) 2>/dev/null | sort -u | xargs modprobe -abq 2>/dev/null; }
load
modprobe -aq sd_mod sr_mod psmouse evdev button 2>/dev/null
load

for card in /sys/class/net/*; do
  name=\${card##*/}
  [ "$name" = lo ] && continue
  ip link set "$name" up
  udhcpc -b -q -S -i "$name" >/dev/null 2>&1 &
done

{
  echo '::ctrlaltdel:/sbin/reboot'
  echo '::shutdown:/bin/umount -a -r'
  echo '::once:/sbin/acpid -l /dev/null -p /run/acpid.pid'
  echo 'tty1::respawn:/etc/console'
  # A serial port that is not there has type 0.
  [ "$(cat /sys/class/tty/ttyS0/type 2>/dev/null || echo 0)" != 0 ] && echo 'ttyS0::respawn:/etc/console'
} >/etc/inittab
[ -x /etc/tidy ] && /etc/tidy
exec /sbin/init
`;

/** Memory that nobody uses any more is full of what the start needed. Emptied, it takes no room in a saved state. */
const TIDY = `#!/bin/sh
free=$(awk '/^MemFree:/ { print int($2 / 1024) - 6 }' /proc/meminfo)
[ "$free" -gt 0 ] && mount -t tmpfs -o size=100% tidy /mnt || exit 0
dd if=/dev/zero of=/mnt/zero bs=1M count="$free" 2>/dev/null
umount /mnt
`;

const CONSOLE = `#!/bin/sh
export PATH=/bin:/sbin HOME=/root TERM=linux PS1='\\w # '
case $(tty) in */ttyS*) TERM=vt100;; esac
cd
echo
[ -r /etc/motd ] && cat /etc/motd
echo '${READY_LINE}'
[ -x /bin/bash ] && exec /bin/bash
exec /bin/sh
`;

const POWER_BUTTON = `#!/bin/sh
exec /sbin/poweroff
`;

const DHCP_SCRIPT = `#!/bin/sh
case $1 in
bound|renew)
  ip addr flush dev "$interface"
  ip addr add "$ip/\${mask:-24}" dev "$interface"
  for gateway in $router; do ip route add default via "$gateway" dev "$interface"; break; done
  : >/etc/resolv.conf
  for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
  ;;
deconfig) ip addr flush dev "$interface";;
esac
`;

/**
 * Writes vmlinuz, initrd.gz and starter.json into `target`, from a tree that holds the unpacked packages. `toolsTree` holds
 * further programs with their libraries.
 */
export function buildStarter({ kernelTree, busyboxTree, toolsTree, target, modules = MODULES, versions }) {
  const archive = new CpioArchive();
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'run', 'root', 'mnt', 'etc', 'bin', 'sbin']) archive.directory(name);
  // The kernel opens /dev/console before anything could mount a devtmpfs.
  archive.characterDevice('dev/console', 5, 1);
  archive.characterDevice('dev/null', 1, 3, 0o666);
  const busybox = fs.readFileSync(path.join(busyboxTree, 'bin/busybox'));
  archive.executable('bin/busybox', busybox);
  for (const name of appletsOf(busybox)) archive.link(`bin/${name}`, 'busybox');
  for (const name of APPLETS_IN_SBIN) archive.link(`sbin/${name}`, '../bin/busybox');
  archive.executable('init', INIT);
  archive.executable('etc/console', CONSOLE);
  archive.executable('etc/acpi/PWRF/00000080', POWER_BUTTON);
  archive.executable('usr/share/udhcpc/default.script', DHCP_SCRIPT);
  archive.file('etc/passwd', 'root::0:0:root:/root:/bin/sh\n');
  archive.file('etc/group', 'root:x:0:\n');
  archive.file('etc/hosts', '127.0.0.1 localhost subzero\n');
  if (toolsTree) addTools(archive, toolsTree);
  const release = addModules(archive, kernelTree, modules);

  fs.mkdirSync(target, { recursive: true });
  fs.copyFileSync(path.join(kernelTree, `boot/vmlinuz-${release}`), path.join(target, 'vmlinuz'));
  fs.writeFileSync(path.join(target, 'initrd.gz'), zlib.gzipSync(archive.toBuffer(), { level: 9 }));
  const about = { release, append: 'console=ttyS0 console=tty0 quiet', ready: READY_LINE, versions };
  fs.writeFileSync(path.join(target, 'starter.json'), `${JSON.stringify(about, null, 2)}\n`);
}

// Busybox looks a command up in its own table, so a link for a name it does not have only says "applet not found".
const SHELL_COMMANDS =
  `[ [[ acpid arp ash awk base64 basename blkdiscard blockdev bzcat cal cat chgrp chmod chown chroot chvt
  clear cmp cp cpio cut date dc dd depmod devmem df diff dmesg du echo ed egrep env expr factor false fdisk fgrep find
  fold free fsfreeze grep gunzip gzip head hexdump hostname hwclock id ifconfig insmod ip kill killall less ln losetup ls
  lsmod lsscsi md5sum mkdir mkdosfs mke2fs mkfifo mknod mkswap mktemp modprobe more mount mv nc netstat nslookup od
  openvt partprobe pidof ping printf ps pwd readlink realpath reset rev rm rmdir route sed seq setsid sh sha1sum sha256sum
  sleep sort stat strings stty swapoff swapon sync sysctl tail tar tee telnet test time timeout top touch tr traceroute
  true truncate tty umount uname uniq unxz unzip uptime usleep vi watch wc wget which who xargs xxd xz xzcat yes zcat`.split(
    /\s+/,
  );

const appletsOf = (busybox) => SHELL_COMMANDS.filter((name) => busybox.includes(`\0${name}\0`));

/** What is for people who read manuals on another computer, use other character sets, or compute with vectors. */
const LEFT_OUT =
  /^(usr\/share\/(doc|man|info|locale|lintian|bug|menu|applications|icons|pixmaps|bash-completion)|etc)(\/|$)|\/(gconv|audit)\/|\/libmvec\.so/;

const MOTD = `Welcome to Subzero Linux: Debian's kernel, busybox and tools, all in memory.
Editors: nano, vi. Tools: htop, strace, jq, bc, lua, tree.
Disks: fdisk, mkfs.ext4, mkfs.vfat.
`;

/** Programs, libraries and data of unpacked packages, in place of busybox's commands of the same name. */
function addTools(archive, tree) {
  const merged = { 'usr/sbin': 'sbin', 'usr/bin': 'bin' };
  const links = [];
  for (const entry of fs.readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const source = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(tree, source);
    if (entry.isDirectory() || LEFT_OUT.test(name)) continue;
    const folder = path.dirname(name);
    const place = path.join(merged[folder] ?? folder, entry.name);
    if (entry.isSymbolicLink()) links.push([place, fs.readlinkSync(source)]);
    else archive.file(place, fs.readFileSync(source), fs.statSync(source).mode & 0o755);
  }
  for (const [place, target] of links) if (!target.startsWith('/etc/')) archive.link(place, target);
  archive.executable('etc/tidy', TIDY);
  archive.file('etc/motd', MOTD);
  archive.link('bin/lua', 'lua5.4');
  archive.file('root/.bashrc', "PS1='\\w # '\nalias ll='ls -l'\n");
}
