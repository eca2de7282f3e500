/**
 * Classes of bugs that gave other virtual machines their vulnerabilities, one case for each that a PC of ours could have.
 * Two stand with their devices: the floppy's FIFO index ("VENOM", floppy.test.ts), ATAPI transfer lengths (ide/atapi.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { FwCfg } from '../../../src/devices/fw-cfg/fw-cfg';
import { createMachineMemory, memoryMapOf } from '../../../src/machine/memory-map';
import { MachineMemory } from '../../../src/machine/machine-memory';
import { FuzzRandom } from '../../support/fuzz/fuzz-random';
import { TRAP_GPA, TrapMemory } from '../../support/fuzz/trap-memory';
import { MODE_12, MODE_3, VgaFixture } from '../../support/vga-fixture';
import { IdeFixture } from './ide/fixture';

describe('VGA and VBE bank arithmetic', () => {
  it('keeps every bank, offset and latch inside of video memory', () => {
    const vga = new VgaFixture({ vramSize: 1 << 20 });
    vga.set(MODE_3);
    for (const bpp of [4, 8, 15, 16, 24, 32]) {
      vga.vbe(640, 200, bpp, 0);
      for (const bank of [0, 15, 16, 17, 0xff, 0x1ff, 0x3fff, 0x4010, 0x8010, 0xffff]) {
        vga.dispi(5, bank);
        const mapping = vga.mappings.get('vga-window');
        if (mapping?.at !== undefined && mapping.offset !== undefined) {
          expect(mapping.offset).toBeGreaterThanOrEqual(vga.vram.offset);
          expect(mapping.offset + mapping.size).toBeLessThanOrEqual(vga.vram.offset + vga.vram.size);
        }
        for (const gpa of [0xa0000, 0xaffff, 0xb0000, 0xbffff]) {
          vga.write(gpa, 0x5a);
          vga.read(gpa);
        }
      }
      for (const [x, y] of [
        [0xffff, 0xffff],
        [0, 0xffff],
        [0xffff, 0],
      ] as const) {
        vga.dispi(6, 0xffff);
        vga.dispi(8, x);
        vga.dispi(9, y);
        vga.frame(true);
      }
    }
    expect(vga.vram.bytes).toHaveLength(1 << 20);
  });

  it('shows start addresses, row offsets and split lines at the end of memory', () => {
    const vga = new VgaFixture({ vramSize: 256 << 10 });
    vga.set(MODE_12);
    for (const [index, value] of [
      [0x0c, 0xff],
      [0x0d, 0xff],
      [0x13, 0xff],
      [0x18, 0x10],
      [0x07, 0x2e],
    ] as const)
      vga.outw(0x3d4, index, value);
    vga.frame(true);
    vga.set(MODE_3);
    vga.outw(0x3d4, 0x0c, 0xff);
    vga.outw(0x3d4, 0x0d, 0xff);
    vga.frame(true);
    expect(vga.device.screen.readText().length).toBeGreaterThan(0);
  });

  it('copies through the latches at the last bytes of planes', () => {
    const vga = new VgaFixture({ vramSize: 256 << 10 });
    vga.set(MODE_12);
    vga.outw(0x3ce, 5, 1);
    vga.read(0xaffff);
    vga.write(0xaffff, 0xff);
    vga.outw(0x3ce, 6, 1);
    vga.read(0xbffff);
    vga.write(0xbffff, 0xff);
    expect(vga.vram.bytes).toHaveLength(256 << 10);
  });
});

describe('DMA that meets device registers', () => {
  it('never reaches them: the memory gives DMA nothing but RAM', () => {
    const config = { memory: { memoryMiB: 2 }, display: { vramMiB: 16 } } as Parameters<typeof createMachineMemory>[0];
    const memory = new MachineMemory(createMachineMemory(config));
    const { ram } = memoryMapOf(config);
    memory.map('ram', { gpa: 0, size: ram.size, read: ram.offset, write: ram.offset });
    const into = new Uint8Array(8192);
    for (const gpa of [0xfee00000, 0xfec00000, ram.size - 4096, 2 ** 32 - 4096, 2 ** 40 - 4096]) {
      into.fill(1);
      memory.write(gpa, into);
      memory.read(gpa, into);
      expect(into[8191]).toBe(0xff);
    }
  });

  it('leaves an IDE channel whole whose DMA resets it, starts it and changes its table', () => {
    const f = new IdeFixture().enable();
    let visits = 0;
    const { read, write } = f.memory;
    const reenter = (gpa: number): void => {
      if (gpa !== 0x8000 || visits++ > 3) return;
      f.controls[0]!.writePort(0, 1, 4);
      f.controls[0]!.writePort(0, 1, 0);
      f.lba28(0, 8, 0xc8);
      f.startDma(0, true);
      f.ide.config.writeConfig(4, 2, 0);
      f.enable();
    };
    f.memory.write = (gpa, from) => {
      reenter(gpa);
      write.call(f.memory, gpa, from);
    };
    f.memory.read = (gpa, into) => {
      reenter(gpa);
      read.call(f.memory, gpa, into);
    };
    f.descriptors([
      [0x7000, 0x1000],
      [0x8000, 0x1000],
    ]);
    f.lba28(0, 16, 0xc8);
    f.startDma(0, true);
    expect(visits).toBeGreaterThan(0);
    // a driver that stops it and starts again finds it working
    f.busMaster.writePort(0, 1, 0);
    f.controls[0]!.writePort(0, 1, 4);
    f.controls[0]!.writePort(0, 1, 0);
    f.descriptors([[0x20000, 512]]);
    f.lba28(1, 1, 0xc8);
    f.startDma(0, true);
    expect(f.status() & 0x89).toBe(0);
    expect(f.memory.bytes.subarray(0x20000, 0x20200)).toEqual(f.disk.bytes.subarray(512, 1024));
  });

  it('leaves fw_cfg whole whose DMA writes its own request and starts the next', () => {
    const memory = new TrapMemory(new FuzzRandom(1));
    const device = new FwCfg('fw-cfg', memory);
    device.addFile(
      'etc/file',
      Uint8Array.from({ length: 64 }, (_, i) => i),
    );
    const request = (control: number, length: number, address: number): void => {
      const view = new DataView(memory.ram.bytes.buffer);
      view.setUint32(0x1000, control);
      view.setUint32(0x1004, length);
      view.setBigUint64(0x1008, BigInt(address));
      device.writePort(4, 4, 0);
      device.writePort(8, 4, 0x00100000);
    };
    let visits = 0;
    memory.onTrap = () => {
      visits++;
      request(0x0020000a, 64, TRAP_GPA);
    };
    request(0x0020000a, 64, TRAP_GPA);
    expect(visits).toBe(1);
    // into its own request, then past the end of memory
    request(0x0020000a, 64, 0xfff);
    for (const address of [2 ** 40 - 32, 2 ** 53 - 1, 0x1fffff]) request(0x0020000a, 0xffffffff, address);
    memory.onTrap = undefined;
    request(0x0020000a, 64, 0x3000);
    expect(memory.ram.readU32(0x1000)).toBe(0);
    expect([...memory.ram.bytes.subarray(0x3000, 0x3004)]).toEqual([0, 1, 2, 3]);
  });
});
