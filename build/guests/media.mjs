// Bootable test media: a syslinux floppy, a partitioned syslinux disk and isolinux CD images. mtools, syslinux and xorriso
// run from unpacked Debian packages; no root and no mounts.
import fs from 'node:fs';
import path from 'node:path';
import { run } from '../setup/exec.mjs';
import { tempPath } from '../setup/stamp.mjs';

export const TOOL_PACKAGES = [
  ...['syslinux', 'syslinux-common', 'isolinux', 'mtools', 'xorriso'],
  ...['libisoburn1', 'libburn4', 'libisofs6', 'libjte2', 'libreadline8'],
];

const SECTOR = 512;
const COM32 = ['ldlinux', 'libcom32', 'libutil', 'cat', 'ls', 'reboot', 'poweroff'];
/** For the menu and for passing on to another disk's boot sector. */
const MENU_COM32 = ['ldlinux', 'libcom32', 'libutil', 'menu', 'chain', 'cat'];
const HELLO = 'Hello from a file on the medium\r\n';

/** `tools` is a tree of the packages above. */
export class MediaBuilder {
  #tools;
  #env;

  constructor(tools) {
    this.#tools = tools;
    this.#env = {
      PATH: `${tools}/usr/bin:${process.env.PATH}`,
      LD_LIBRARY_PATH: `${tools}/usr/lib/x86_64-linux-gnu:${tools}/lib/x86_64-linux-gnu`,
      MTOOLS_SKIP_CHECK: '1',
      // Volume serial numbers and file times come from here, so the same input gives the same image.
      SOURCE_DATE_EPOCH: '1700000000',
      TZ: 'UTC',
    };
  }

  /** A 1.44 MB floppy that stops at syslinux's `boot:` prompt. */
  async syslinuxFloppy(file) {
    const image = tempPath('floppy.img');
    await this.#run('mformat', ['-C', '-f', '1440', '-N', '12345678', '-v', 'SUBZERO', '-i', image, '::']);
    await this.#fill(image, { ...this.#com32(), ...prompt() });
    await this.#run('syslinux', ['--install', image]);
    fs.renameSync(image, file);
  }

  /** A 1.44 MB floppy with a menu, of which an entry goes on to the first partition of the first disk. */
  async syslinuxMenuFloppy(file) {
    const image = tempPath('floppy.img');
    await this.#run('mformat', ['-C', '-f', '1440', '-N', '12345678', '-v', 'SUBZERO', '-i', image, '::']);
    await this.#fill(image, { ...this.#com32(MENU_COM32), 'syslinux.cfg': MENU, 'hello.txt': HELLO });
    await this.#run('syslinux', ['--install', image]);
    fs.renameSync(image, file);
  }

  /** A 32 MiB disk: master boot record, one active FAT16 partition with syslinux, and the starter guest's files. */
  async syslinuxDisk(file, starter) {
    const start = 2048;
    const sectors = 65536 - start;
    const image = tempPath('disk.img');
    fs.writeFileSync(image, masterBootRecord(this.#file('usr/lib/syslinux/mbr/mbr.bin'), start, sectors));
    fs.truncateSync(image, (start + sectors) * SECTOR);
    const partition = `${image}@@${start * SECTOR}`;
    const geometry = ['-h', '16', '-s', '63', '-H', String(start), '-T', String(sectors)];
    await this.#run('mformat', [...geometry, '-N', '12345678', '-v', 'SUBZERO', '-i', partition, '::']);
    const linux = `LABEL linux\nKERNEL vmlinuz\nINITRD initrd.gz\nAPPEND ${starter.append}\n`;
    await this.#fill(partition, {
      ...this.#com32(),
      ...prompt(linux),
      vmlinuz: fs.readFileSync(path.join(starter.folder, 'vmlinuz')),
      'initrd.gz': fs.readFileSync(path.join(starter.folder, 'initrd.gz')),
    });
    await this.#run('syslinux', ['--install', '--offset', String(start * SECTOR), image]);
    fs.renameSync(image, file);
  }

  /** A CD that boots through isolinux; `files` are further files by name, `config` is isolinux.cfg. */
  async isolinuxCd(file, { volume, config, files }) {
    const tree = tempPath('iso');
    fs.mkdirSync(path.join(tree, 'isolinux'), { recursive: true });
    fs.writeFileSync(path.join(tree, 'isolinux/isolinux.bin'), this.#file('usr/lib/ISOLINUX/isolinux.bin'));
    fs.writeFileSync(path.join(tree, 'isolinux/isolinux.cfg'), config);
    for (const [name, bytes] of Object.entries(this.#com32()))
      fs.writeFileSync(path.join(tree, 'isolinux', name), bytes);
    for (const [name, source] of Object.entries(files)) fs.copyFileSync(source, path.join(tree, name));
    const image = tempPath('cd.iso');
    const boot = ['-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat', '-no-emul-boot', '-boot-load-size', '4'];
    await this.#run('xorriso', [
      '-as',
      'mkisofs',
      '-quiet',
      '-J',
      '-R',
      '-V',
      volume,
      '-o',
      image,
      ...boot,
      '-boot-info-table',
      tree,
    ]);
    fs.renameSync(image, file);
  }

  async #fill(image, files) {
    const folder = tempPath('files');
    fs.mkdirSync(folder);
    for (const [name, bytes] of Object.entries(files)) {
      fs.writeFileSync(path.join(folder, name), bytes);
      await this.#run('mcopy', ['-i', image, path.join(folder, name), `::${name}`]);
    }
  }

  #com32(names = COM32) {
    const read = (name) => [`${name}.c32`, this.#file(`usr/lib/syslinux/modules/bios/${name}.c32`)];
    return Object.fromEntries(names.map(read));
  }

  #file(name) {
    return fs.readFileSync(path.join(this.#tools, name));
  }

  #run(command, args) {
    return run(path.join(this.#tools, 'usr/bin', command), args, { env: this.#env });
  }
}

const MENU = `SERIAL 0 115200
UI menu.c32
MENU TITLE Subzero boot menu
LABEL hello
MENU LABEL Say hello
COM32 cat.c32
APPEND hello.txt
LABEL disk
MENU LABEL ^First disk
COM32 chain.c32
APPEND hd0 1
`;

/** A configuration that stops at `boot:` and knows `hello`, which prints a file. */
function prompt(more = '') {
  const config = `SERIAL 0 115200\nPROMPT 1\nTIMEOUT 0\nDEFAULT hello\nLABEL hello\nCOM32 cat.c32\nAPPEND hello.txt\n`;
  return { 'syslinux.cfg': config + more, 'hello.txt': HELLO };
}

/** Boot code, one active FAT16 partition (type 0x0e, LBA) in the first of four entries, and the signature. */
function masterBootRecord(code, start, sectors) {
  const record = Buffer.alloc(SECTOR);
  code.copy(record);
  const entry = record.subarray(446);
  entry.writeUInt8(0x80, 0);
  entry.writeUInt8(0x0e, 4);
  entry.fill(0xff, 1, 4); // cylinder, head and sector are beyond use: go by LBA
  entry.fill(0xff, 5, 8);
  entry.writeUInt32LE(start, 8);
  entry.writeUInt32LE(sectors, 12);
  record.writeUInt16LE(0xaa55, 510);
  return record;
}
