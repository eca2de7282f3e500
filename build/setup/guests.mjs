// Guests to boot: the starter Linux (also what "Try Subzero" starts), boot loaders on floppies, disks and CDs for the tests,
// and larger systems for the long tests. All are made from Debian packages in build/out/guests.
import fs from 'node:fs';
import path from 'node:path';
import { MediaBuilder, TOOL_PACKAGES } from '../guests/media.mjs';
import { buildStarter } from '../guests/starter.mjs';
import { dependenciesOf, unpackPackages } from './debian.mjs';
import { inOut } from './paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';

const KERNEL_MEMBERS = ['./boot/vmlinuz-*', './lib/modules/*'];
const key = fingerprint(listFiles(['build/guests', 'build/setup/guests.mjs']));
const place = (...parts) => inOut('guests', ...parts);

/** A step that makes `results` below build/out/guests: `make` gets a fresh folder and returns it filled. */
function guestStep(name, title, results, make, needs = []) {
  const files = results.map((result) => place(result));
  return {
    name,
    title,
    needs,
    isDone: () => isFresh(name, key, files),
    async run() {
      const folder = tempPath(name);
      fs.mkdirSync(folder, { recursive: true });
      await make(folder);
      for (const result of results) moveIntoPlace(path.join(folder, result), place(result));
      markFresh(name, key);
    },
  };
}

async function unpackKernel(metapackage, members, foreign) {
  const tree = tempPath('kernel');
  const packages = (await dependenciesOf(metapackage, foreign)).filter((name) => name.startsWith('linux-image-'));
  return { tree, versions: await unpackPackages(packages, tree, { foreign, members }) };
}

/** Programs of the gallery's Linux beside busybox, with the libraries they need. */
const TOOLS = [
  ...['bash', 'nano', 'less', 'tree', 'strace', 'htop', 'bc', 'jq', 'lua5.4', 'mawk', 'dmidecode'],
  ...['fdisk', 'e2fsprogs', 'dosfstools', 'util-linux', 'ncurses-base'],
  ...[
    'libc6',
    'libgcc-s1',
    'libtinfo6',
    'libncursesw6',
    'libreadline8',
    'libnl-3-200',
    'libnl-genl-3-200',
    'libunwind8',
  ],
  ...[
    'liblzma5',
    'libjq1',
    'libonig5',
    'libfdisk1',
    'libsmartcols1',
    'libmount1',
    'libblkid1',
    'libuuid1',
    'libselinux1',
  ],
  ...[
    'libpcre2-8-0',
    'libext2fs2',
    'libcom-err2',
    'libss2',
    'libcap-ng0',
    'libcrypt1',
    'libudev1',
    'libsystemd0',
    'zlib1g',
  ],
];

async function linux(target, { metapackage, foreign, modules, withTools }) {
  const kernel = await unpackKernel(metapackage, KERNEL_MEMBERS, foreign);
  const busyboxTree = tempPath('busybox');
  const busybox = foreign ? `busybox-static:${foreign}` : 'busybox-static';
  const versions = { ...kernel.versions, ...(await unpackPackages([busybox], busyboxTree, { foreign })) };
  const common = { kernelTree: kernel.tree, busyboxTree, modules };
  buildStarter({ ...common, target, versions });
  if (withTools === undefined) return;
  const toolsTree = tempPath('guest-tools');
  Object.assign(versions, await unpackPackages(TOOLS, toolsTree));
  buildStarter({ ...common, toolsTree, target: withTools, versions });
  const doc = 'usr/share/doc/busybox-static/copyright';
  fs.copyFileSync(path.join(busyboxTree, doc), path.join(withTools, 'copyright-busybox'));
}

async function mediaBuilder() {
  const tools = tempPath('tools');
  await unpackPackages(TOOL_PACKAGES, tools);
  return new MediaBuilder(tools);
}

const readStarter = () => ({
  folder: place('starter'),
  ...JSON.parse(fs.readFileSync(place('starter', 'starter.json'), 'utf8')),
});

export const starterStep = guestStep(
  'starter',
  'making the starter guests from Debian packages',
  ['starter', 'gallery-linux'],
  (folder) => {
    const withTools = path.join(folder, 'gallery-linux');
    return linux(path.join(folder, 'starter'), { metapackage: 'linux-image-amd64', withTools });
  },
);

/** Discs of the gallery: GRUB's command line and a memory test. */
export const discsStep = guestStep(
  'discs',
  'getting GRUB and Memtest86+ from Debian',
  ['grub-rescue-cdrom.iso', 'grub-rescue-floppy.img', 'memtest86plus.iso', 'discs.json'],
  async (folder) => {
    const tree = tempPath('discs');
    const versions = await unpackPackages(['grub-rescue-pc', 'memtest86+'], tree);
    for (const name of ['grub-rescue-cdrom.iso', 'grub-rescue-floppy.img']) {
      fs.copyFileSync(path.join(tree, 'usr/lib/grub-rescue', name), path.join(folder, name));
    }
    fs.copyFileSync(path.join(tree, 'usr/lib/memtest86+/memtest86+x64.iso'), path.join(folder, 'memtest86plus.iso'));
    fs.writeFileSync(path.join(folder, 'discs.json'), `${JSON.stringify({ versions }, null, 2)}\n`);
  },
);

export const syslinuxStep = guestStep(
  'syslinux',
  'making syslinux and isolinux media',
  ['syslinux-floppy.img', 'syslinux-disk.img', 'starter.iso'],
  async (folder) => {
    const media = await mediaBuilder();
    const starter = readStarter();
    await media.syslinuxFloppy(path.join(folder, 'syslinux-floppy.img'));
    await media.syslinuxDisk(path.join(folder, 'syslinux-disk.img'), starter);
    await media.isolinuxCd(path.join(folder, 'starter.iso'), {
      volume: 'SUBZERO_STARTER',
      config: `PROMPT 0\nDEFAULT linux\nLABEL linux\nKERNEL /vmlinuz\nINITRD /initrd.gz\nAPPEND ${starter.append}\n`,
      files: { vmlinuz: path.join(starter.folder, 'vmlinuz'), 'initrd.gz': path.join(starter.folder, 'initrd.gz') },
    });
  },
  ['starter'],
);

export const syslinuxMenuStep = guestStep(
  'syslinux-menu',
  "making a floppy with syslinux's menu",
  ['syslinux-menu.img'],
  async (folder) => (await mediaBuilder()).syslinuxMenuFloppy(path.join(folder, 'syslinux-menu.img')),
);

export const linux32Step = guestStep('linux-686', "getting Debian's 32-bit kernel", ['linux-686'], (folder) =>
  linux(path.join(folder, 'linux-686'), { metapackage: 'linux-image-686:i386', foreign: 'i386' }),
);

export const realTimeStep = guestStep('linux-rt', "getting Debian's real-time kernel", ['linux-rt'], (folder) =>
  linux(path.join(folder, 'linux-rt'), { metapackage: 'linux-image-rt-amd64' }),
);

const CLOUD_MODULES = ['virtio_pci', 'virtio_blk', 'virtio_net', 'ext4', 'crc32c_generic', 'button', 'evdev'];
export const cloudStep = guestStep('linux-cloud', "getting Debian's cloud kernel", ['linux-cloud'], (folder) =>
  linux(path.join(folder, 'linux-cloud'), { metapackage: 'linux-image-cloud-amd64', modules: CLOUD_MODULES }),
);

const INSTALLER = 'usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64';
/** The graphical one, with a window of GTK's. Its kernel is the same. */
const GTK_INITRD = 'usr/lib/debian-installer/images/12/amd64/gtk/debian-installer/amd64/initrd.gz';
/** Three ways in: the dialog on the VGA text screen, on a VESA framebuffer, and plain questions on the serial port. */
const INSTALLER_CONFIG = `SERIAL 0 115200
PROMPT 1
TIMEOUT 50
DEFAULT install
LABEL install
KERNEL /linux
INITRD /initrd.gz
APPEND vga=normal fb=false nomodeset
LABEL framebuffer
KERNEL /linux
INITRD /initrd.gz
APPEND vga=788
LABEL serial
KERNEL /linux
INITRD /initrd.gz
APPEND console=ttyS0 DEBIAN_FRONTEND=text priority=low
`;
export const installerStep = guestStep(
  'debian-installer',
  "getting Debian 12's installer",
  ['debian-installer'],
  async (folder) => {
    const tree = tempPath('installer');
    await unpackPackages(['debian-installer-12-netboot-amd64'], tree, {
      members: [`./${INSTALLER}/*`, `./${GTK_INITRD}`],
    });
    const target = path.join(folder, 'debian-installer');
    fs.mkdirSync(target);
    fs.copyFileSync(path.join(tree, GTK_INITRD), path.join(target, 'gtk-initrd.gz'));
    for (const name of ['linux', 'initrd.gz']) {
      fs.copyFileSync(path.join(tree, INSTALLER, name), path.join(target, name));
    }
    const media = await mediaBuilder();
    await media.isolinuxCd(path.join(target, 'installer.iso'), {
      volume: 'DEBIAN_INSTALLER',
      config: INSTALLER_CONFIG,
      files: { linux: path.join(target, 'linux'), 'initrd.gz': path.join(target, 'initrd.gz') },
    });
  },
);
