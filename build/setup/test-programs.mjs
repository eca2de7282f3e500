// Programs and kernels of others from Debian packages, in build/out/guests, which try a machine in their own ways.
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpackPackages } from './debian.mjs';
import { run } from './exec.mjs';
import { inOut } from './paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';

const NAME = 'test-programs';
/** File below build/out/guests: where the package has it. */
const FILES = {
  'ipxe.iso': 'usr/lib/ipxe/ipxe.iso',
  'ipxe.lkrn': 'boot/ipxe.lkrn',
  'memtest.iso': 'usr/lib/memtest86+/memtest86+x64.iso',
  'memtest-x64.bin': 'boot/memtest86+x64.bin',
  'memtest-ia32.bin': 'boot/memtest86+ia32.bin',
  'invaders.elf': 'boot/invaders.exec',
  'ovmf.fd': 'usr/share/ovmf/OVMF.fd',
  'u-boot.rom': 'usr/lib/u-boot/qemu-x86_64/u-boot.rom',
};
const PACKAGES = ['ipxe', 'memtest86+', 'grub-invaders', 'ovmf', 'u-boot-qemu'];
const key = fingerprint(listFiles(['build/setup/test-programs.mjs']));
const place = (name) => inOut('guests', name);

export const testProgramsStep = {
  name: NAME,
  title: 'getting iPXE, memtest86+, GRUB Invaders, OVMF and U-Boot',
  needs: [],
  isDone: () => isFresh(NAME, key, Object.keys(FILES).map(place)),
  async run() {
    const tree = tempPath(NAME);
    await unpackPackages(PACKAGES, tree);
    fs.mkdirSync(inOut('guests'), { recursive: true });
    for (const [name, from] of Object.entries(FILES)) moveIntoPlace(path.join(tree, from), place(name));
    markFresh(NAME, key);
  },
};

const KERNELS = 'test-kernels';
/** Kernels that boot loaders start by other protocols than Linux's own; their packages have them compressed. */
const PACKAGED = {
  'xen.elf': 'xen-hypervisor-4.17-amd64',
  'gnumach.elf': 'gnumach-image-1.8-486',
  'tboot.elf': 'tboot',
};

/** The ELF file inside a bzImage that is compressed with xz, for the PVH protocol. */
async function extractVmlinux(bzImage, xz, target) {
  const bytes = fs.readFileSync(bzImage);
  const start = bytes.indexOf(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]));
  if (start < 0) throw new Error(`${bzImage} holds nothing that xz has compressed`);
  const packed = tempPath('vmlinux.xz');
  fs.writeFileSync(packed, bytes.subarray(start));
  // what follows the compressed kernel is no mistake
  await run('sh', ['-c', '"$1" -dc --single-stream < "$2" > "$3" || test -s "$3"', 'sh', xz, packed, target]);
  fs.rmSync(packed);
}

export const testKernelsStep = {
  name: KERNELS,
  title: 'getting Xen, GNU Mach and tboot, and unpacking Linux',
  needs: ['starter'],
  isDone: () => isFresh(KERNELS, key, [...Object.keys(PACKAGED), 'vmlinux'].map(place)),
  async run() {
    const tree = tempPath(KERNELS);
    await unpackPackages([...Object.values(PACKAGED), 'xz-utils'], tree);
    const boot = path.join(tree, 'boot');
    for (const [name, prefix] of [
      ['xen.elf', 'xen-4.17'],
      ['gnumach.elf', 'gnumach-1.8'],
      ['tboot.elf', 'tboot'],
    ]) {
      const packed = fs.readdirSync(boot).find((file) => file.startsWith(prefix) && file.endsWith('.gz'));
      if (packed === undefined) throw new Error(`the package of ${name} has no ${prefix}*.gz`);
      fs.writeFileSync(place(name), gunzipSync(fs.readFileSync(path.join(boot, packed))));
    }
    await extractVmlinux(place('starter/vmlinuz'), path.join(tree, 'usr/bin/xz'), place('vmlinux'));
    markFresh(KERNELS, key);
  },
};
