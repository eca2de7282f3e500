import { describe, expect, it } from 'vitest';
import { isVmError } from '../../../src/base/errors';
import { Assembler, AX, BX, CX, DS } from '../../../src/firmware/assembler';
import type { KernelBoot } from '../../../src/firmware/boot-rom';
import { kernelBoot } from '../../../src/firmware/kernel-boot';
import { readMultiboot } from '../../../src/firmware/multiboot-image';

const MIB = 2 ** 20;

interface LinuxOptions {
  version?: number;
  loadflags?: number;
  bodyBytes?: number;
  initSize?: number;
  addressMax?: number;
}

/** A bzImage with a filled-in header and nothing to run. */
function linux(options: LinuxOptions = {}): Uint8Array {
  const { version = 0x20f, loadflags = 1, bodyBytes = 100_000, initSize = 0, addressMax = 0x37ffffff } = options;
  const kernel = new Uint8Array(5 * 512 + bodyBytes).fill(0xcc);
  kernel.fill(0, 0, 5 * 512);
  const view = new DataView(kernel.buffer);
  kernel[0x1f1] = 4;
  view.setUint16(0x1fe, 0xaa55, true);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, version, true);
  kernel[0x211] = loadflags;
  view.setUint32(0x22c, addressMax, true);
  kernel[0x234] = 1;
  view.setUint32(0x238, 2047, true);
  view.setUint32(0x258, 0x1000000, true);
  view.setUint32(0x260, initSize, true);
  return kernel;
}

const boot = (kernel: Uint8Array, more = {}) =>
  kernelBoot({ kernel, commandLine: '', modules: [], lowMemoryBytes: 256 * MIB, ...more });

/** The loads in a ROM: selector, skip, length, address. */
function loadsOf({ files }: KernelBoot) {
  const rom = files[0]!.bytes;
  const view = new DataView(rom.buffer, rom.byteOffset);
  const loads: { selector: number; offset: number; length: number; gpa: number }[] = [];
  let skip: { selector: number; offset: number } | undefined;
  for (let at = 0; at + 16 <= rom.length; at += 8) {
    const control = view.getUint32(at);
    const [length, high, low] = [view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)];
    if (high !== 0 || length === 0 || length > 2 ** 30) continue;
    if ((control & 0xffff) === 0x0a) loads.push({ selector: control >>> 16, offset: 0, length, gpa: low });
    else if ((control & 0xffff) === 0x0c && low === 0) skip = { selector: control >>> 16, offset: length };
    else if (control === 2 && skip !== undefined) loads.push({ ...skip, length, gpa: low });
    else continue;
    at += 8;
  }
  return loads;
}

const item = ({ items }: KernelBoot, selector: number) => items.find((entry) => entry.selector === selector)!.bytes;
const setupField = (built: KernelBoot, at: number, size: 1 | 2 | 4) => {
  const setup = item(built, 0x18);
  const view = new DataView(setup.buffer, setup.byteOffset);
  return size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
};

function expectRom(rom: Uint8Array) {
  expect([rom[0], rom[1], rom[2]! * 512]).toEqual([0x55, 0xaa, rom.length]);
  expect(rom.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
  const pnp = rom[0x1a]! | (rom[0x1b]! << 8);
  expect(Buffer.from(rom.subarray(pnp, pnp + 4)).toString()).toBe('$PnP');
  expect(rom.subarray(pnp, pnp + 32).reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
  const entry = rom[pnp + 0x1a]! | (rom[pnp + 0x1b]! << 8);
  expect(rom[entry]).toBe(0xfa);
}

function refused(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(isVmError(error, 'kernel-invalid')).toBe(true);
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

describe('Linux boot', () => {
  it('makes a ROM that SeaBIOS accepts as a boot device', () => {
    const built = boot(linux());
    expect(built.files.map(({ name }) => name)).toEqual(['genroms/subzero-linux.bin']);
    expectRom(built.files[0]!.bytes);
  });

  it('places setup, command line, kernel and initrd', () => {
    const initrd = new Uint8Array(5000);
    const built = boot(linux(), { initrd, commandLine: 'quiet' });
    const end = 256 * MIB - MIB;
    const initrdAt = Math.floor((end - 5000) / 4096) * 4096;
    expect(loadsOf(built)).toEqual([
      { selector: 0x18, offset: 0, length: 2560, gpa: 0x10000 },
      { selector: 0x15, offset: 0, length: 6, gpa: 0x20000 },
      { selector: 0x11, offset: 0, length: 100_000, gpa: 0x100000 },
      { selector: 0x12, offset: 0, length: 5000, gpa: initrdAt },
    ]);
    expect(Buffer.from(item(built, 0x15)).toString()).toBe('quiet\0');
    expect([setupField(built, 0x218, 4), setupField(built, 0x21c, 4)]).toEqual([initrdAt, 5000]);
    expect(setupField(built, 0x228, 4)).toBe(0x20000);
    expect(setupField(built, 0x210, 1)).toBe(0xb0);
    expect(setupField(built, 0x211, 1)).toBe(0x81);
    expect(setupField(built, 0x224, 2)).toBe(0xfdf0);
  });

  it('leaves the given file unchanged', () => {
    const kernel = linux();
    const before = kernel.slice();
    boot(kernel, { commandLine: 'x', initrd: new Uint8Array(10) });
    expect(Buffer.compare(kernel, before)).toBe(0);
  });

  it('keeps the initrd below the address that the kernel allows', () => {
    const built = boot(linux({ addressMax: 0x3ffffff }), { initrd: new Uint8Array(4096) });
    expect(setupField(built, 0x218, 4)).toBe(0x3fff000);
    const old = boot(linux({ version: 0x202 }), { initrd: new Uint8Array(4096), lowMemoryBytes: 2 ** 31 });
    expect(setupField(old, 0x218, 4)).toBe(0x37fff000);
  });

  it('passes vga= on as the video mode', () => {
    for (const [option, mode] of [
      ['vga=791', 791],
      ['quiet vga=0x317 x', 0x317],
      ['vga=ask', 0xfffd],
      ['vga=normal', 0xffff],
      ['xvga=3', 0],
      ['vga=junk', 0],
    ] as const) {
      expect(setupField(boot(linux(), { commandLine: option }), 0x1fa, 2)).toBe(mode);
    }
  });

  it('loads an old zImage low with the old command line', () => {
    const built = boot(linux({ version: 0x201, loadflags: 0, bodyBytes: 60_000 }), { commandLine: 'a' });
    expect(loadsOf(built).map(({ gpa }) => gpa)).toEqual([0x90000, 0x99000, 0x10000]);
    expect([setupField(built, 0x20, 2), setupField(built, 0x22, 2)]).toEqual([0xa33f, 0x9000]);
  });

  describe('of a kernel of the time before the setup header', () => {
    /** `units`: 16 bytes each, as the boot sector says. */
    function old(bodyBytes: number, units = Math.ceil(bodyBytes / 16)): Uint8Array {
      const kernel = linux({ bodyBytes });
      kernel.fill(0xee, 0x200, 0xa00);
      new DataView(kernel.buffer).setUint16(0x1f4, units, true);
      return kernel;
    }

    it('loads it low with the old command line, and leaves its setup code alone', () => {
      const built = boot(old(180_144), { commandLine: 'console=ttyS0' });
      expect(loadsOf(built).map(({ gpa }) => gpa)).toEqual([0x90000, 0x99000, 0x10000]);
      expect([setupField(built, 0x20, 2), setupField(built, 0x22, 2)]).toEqual([0xa33f, 0x9000]);
      expect(
        item(built, 0x18)
          .subarray(0x200)
          .every((byte) => byte === 0xee),
      ).toBe(true);
    });

    it('refuses an initrd, and boot sectors of anything else', () => {
      expect(refused(() => boot(old(10_000), { initrd: new Uint8Array(4096) }))).toMatch(/no initrd/);
      expect(refused(() => boot(old(10_000, 100)))).toMatch(/must be a Linux bzImage/);
      expect(refused(() => boot(old(10_000, 1000)))).toMatch(/must be a Linux bzImage/);
    });
  });

  it('refuses what cannot work, with the reason', () => {
    expect(refused(() => boot(new Uint8Array(10_000)))).toMatch(/must be a Linux bzImage/);
    expect(refused(() => boot(linux().subarray(0, 2000)))).toMatch(/cut off/);
    expect(refused(() => boot(linux({ version: 0x1ff })))).toMatch(/older/);
    expect(refused(() => boot(linux(), { commandLine: 'x'.repeat(2048) }))).toMatch(/2047/);
    expect(refused(() => boot(linux({ initSize: 300 * MIB })))).toMatch(/too little memory/);
    expect(refused(() => boot(linux(), { initrd: new Uint8Array(300 * MIB) }))).toMatch(/too little memory/);
    expect(refused(() => boot(linux({ loadflags: 0, bodyBytes: 600_000 })))).toMatch(/zImage/);
  });
});

interface ElfOptions {
  readonly flags?: number;
  readonly gpa?: number;
  readonly memoryBytes?: number;
  readonly fileBytes?: number;
  readonly entry?: number;
}

/** An ELF32 kernel of one segment, linked 3 GiB above where it is loaded. */
function elf({
  flags = 3,
  gpa = 0x100000,
  memoryBytes = 0x3000,
  fileBytes = 0x800,
  entry = 0xc0100020,
}: ElfOptions = {}) {
  const kernel = new Uint8Array(0x1800);
  const view = new DataView(kernel.buffer);
  kernel.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint32(24, entry, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  [1, 0x1000, 0xc0100000, gpa, fileBytes, memoryBytes].forEach((value, i) => {
    view.setUint32(52 + 4 * i, value, true);
  });
  view.setUint32(0x1000, 0x1badb002, true);
  view.setUint32(0x1004, flags, true);
  view.setUint32(0x1008, -(0x1badb002 + flags) >>> 0, true);
  return kernel;
}

describe('Multiboot', () => {
  it('is what has modules: Linux refuses them', () => {
    const modules = [{ bytes: new Uint8Array(1), commandLine: '' }];
    expect(refused(() => boot(linux(), { modules }))).toMatch(/no modules/);
  });

  it('loads segments, zeroes the rest and places modules behind', () => {
    const modules = [
      { bytes: new Uint8Array(5000), commandLine: 'first one' },
      { bytes: new Uint8Array(10), commandLine: 'second' },
    ];
    const built = boot(elf({ memoryBytes: 0x180800 }), { modules, commandLine: 'kernel arguments' });
    expectRom(built.files[0]!.bytes);
    expect(loadsOf(built)).toEqual([
      { selector: 0x11, offset: 0x1000, length: 0x800, gpa: 0x100000 },
      { selector: 0x1f, offset: 0, length: 0x100000, gpa: 0x100800 },
      { selector: 0x1f, offset: 0, length: 0x80000, gpa: 0x200800 },
      { selector: 0x8100, offset: 0, length: 5000, gpa: 0x281000 },
      { selector: 0x8101, offset: 0, length: 10, gpa: 0x283000 },
    ]);
    const text = Buffer.from(built.files[0]!.bytes).toString('latin1');
    for (const string of ['kernel arguments\0', 'first one\0', 'second\0']) expect(text).toContain(string);
  });

  it('translates a virtual entry by its segment', () => {
    expect(readMultiboot(elf()).entry).toBe(0x100020);
    expect(readMultiboot(elf({ entry: 0x100040 })).entry).toBe(0x100040);
  });

  it('takes addresses from the header', () => {
    const kernel = new Uint8Array(0x400);
    const view = new DataView(kernel.buffer);
    const flags = 0x10000;
    [0x1badb002, flags, -(0x1badb002 + flags) >>> 0, 0x200040, 0x200000, 0x200200, 0x201000, 0x200100].forEach(
      (value, i) => {
        view.setUint32(0x80 + 4 * i, value, true);
      },
    );
    expect(readMultiboot(kernel)).toEqual({
      entry: 0x200100,
      segments: [{ gpa: 0x200000, offset: 0x40, fileBytes: 0x200, memoryBytes: 0x1000 }],
      wantsVideo: false,
    });
  });

  it('refuses what cannot work, with the reason', () => {
    expect(refused(() => boot(elf({ flags: 0x8003 })))).toMatch(/requires Multiboot features 0x8000/);
    expect(refused(() => boot(elf({ gpa: 0x8000 })))).toMatch(/firmware and loader/);
    expect(refused(() => boot(elf({ gpa: 0xa0000 })))).toMatch(/firmware and loader/);
    expect(refused(() => boot(elf({ gpa: 0x10000000 })))).toMatch(/too little memory/);
    expect(refused(() => boot(elf({ fileBytes: 0x5000 })))).toMatch(/does not fit the file/);
    expect(refused(() => boot(elf({ gpa: 0xffffff00 })))).toMatch(/above 4 GiB/);
    expect(
      refused(() => boot(elf(), { modules: [{ bytes: new Uint8Array(1), commandLine: 'x'.repeat(20_000) }] })),
    ).toMatch(/too long/);
  });

  it('loads an initrd as the first module', () => {
    const modules = [{ bytes: new Uint8Array(3), commandLine: 'second' }];
    expect(boot(elf(), { initrd: new Uint8Array(5), modules })).toEqual(
      boot(elf(), { modules: [{ bytes: new Uint8Array(5), commandLine: 'initrd' }, ...modules] }),
    );
  });

  it('survives damaged files', () => {
    const good = elf();
    for (let i = 0; i < 52 + 32; i++) {
      for (const value of [0, 0x7f, 0xff]) {
        const kernel = good.slice();
        kernel[i] = value;
        try {
          boot(kernel);
        } catch (error) {
          expect(isVmError(error, 'kernel-invalid')).toBe(true);
        }
      }
    }
  });
});

describe('Assembler', () => {
  it('puts operand size prefixes where the mode asks for them', () => {
    const code = new Assembler();
    code.moveImmediate16(AX, 0x1234).moveImmediate32(CX, 0x12345678).moveToSegment(DS, AX);
    code.bits = 32;
    code.moveImmediate16(AX, 1).moveImmediate32(BX, 2);
    expect([...code.assemble()]).toEqual([
      ...[0xb8, 0x34, 0x12, 0x66, 0xb9, 0x78, 0x56, 0x34, 0x12, 0x8e, 0xd8],
      ...[0x66, 0xb8, 1, 0, 0xbb, 2, 0, 0, 0],
    ]);
  });

  it('resolves labels forwards and backwards and refuses far ones', () => {
    const code = new Assembler();
    code.label('a').jump('b').loop('a').label('b').wordOf('a').dwordOf('b', 0x8000);
    expect([...code.assemble()]).toEqual([0xeb, 2, 0xe2, 0xfc, 0, 0, 4, 0x80, 0, 0]);
    const far = new Assembler().jump('end').data(new Uint8Array(200)).label('end');
    expect(() => far.assemble()).toThrow(RangeError);
    expect(() => new Assembler().jump('nowhere').assemble()).toThrow(/nowhere/);
  });
});
