import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buffer, eisaId, integer, nameString, pack, scope } from '../../../src/firmware/aml';
import { buildFirmware, cmosChecksum, type FirmwareInput, PM_BASE } from '../../../src/firmware/firmware';

const input: FirmwareInput = {
  lowMemoryBytes: 512 * 2 ** 20,
  highMemoryBytes: 0,
  vcpuCount: 2,
  version: '0.1.0',
  bootOrder: ['cdrom', 'disk', 'floppy'],
  bootMenu: false,
  drives: [
    { kind: 'disk', place: { bus: 'ide', channel: 0, unit: 0 }, sectorCount: 40_000_000 },
    { kind: 'disk', place: { bus: 'ide', channel: 0, unit: 1 }, sectorCount: 100_000 },
    { kind: 'cdrom', place: { bus: 'ide', channel: 1, unit: 0 } },
    { kind: 'disk', place: { bus: 'sata', port: 1 }, sectorCount: 40_000_000 },
  ],
  floppies: [4, 0],
  serialPorts: 4,
  hasParallel: true,
};

/** What SeaBIOS makes of the table loader's commands, with the files at these addresses. */
function load(files: readonly { name: string; bytes: Uint8Array }[]): Map<number, Uint8Array> {
  const memory = new Map<string, { at: number; bytes: Uint8Array }>();
  const script = files.find(({ name }) => name === 'etc/table-loader')!.bytes;
  const view = new DataView(script.buffer, script.byteOffset);
  const text = (at: number) =>
    Buffer.from(script.subarray(at, at + 56))
      .toString('latin1')
      .split('\0')[0]!;
  for (let at = 0; at < script.length; at += 128) {
    const file = text(at + 4);
    switch (view.getUint32(at, true)) {
      case 1: {
        const bytes = files.find(({ name }) => name === file)!.bytes.slice();
        const zone = script[at + 64] === 2 ? 0xf5000 : 0x1ffe0000;
        expect(zone % view.getUint32(at + 60, true)).toBe(0);
        memory.set(file, { at: zone, bytes });
        break;
      }
      case 2: {
        const target = memory.get(file)!.bytes;
        const source = memory.get(text(at + 60))!;
        const offset = view.getUint32(at + 116, true);
        const field = new DataView(target.buffer, target.byteOffset);
        expect(field.getUint32(offset, true)).toBeLessThan(source.bytes.length);
        field.setUint32(offset, field.getUint32(offset, true) + source.at, true);
        break;
      }
      case 3: {
        const target = memory.get(file)!.bytes;
        const [offset, start, length] = [60, 64, 68].map((o) => view.getUint32(at + o, true)) as [
          number,
          number,
          number,
        ];
        expect(target[offset]).toBe(0);
        target[offset] = -target.subarray(start, start + length).reduce((sum, byte) => sum + byte, 0) & 0xff;
        break;
      }
      default:
        throw new Error('unknown loader command');
    }
  }
  return new Map([...memory.values()].map(({ at, bytes }) => [at, bytes]));
}

function tables() {
  const memory = load(buildFirmware(input).files);
  const base = 0x1ffe0000;
  const bytes = memory.get(base)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const rsdp = memory.get(0xf5000)!;
  const rsdpView = new DataView(rsdp.buffer, rsdp.byteOffset);
  const at = (gpa: number) => {
    const offset = gpa - base;
    return bytes.subarray(offset, offset + view.getUint32(offset + 4, true));
  };
  const sum = (part: Uint8Array) => part.reduce((total, byte) => total + byte, 0) & 0xff;
  const list = (gpa: number, size: number) => {
    const table = at(gpa);
    return Array.from({ length: (table.length - 36) / size }, (_, i) =>
      view.getUint32(gpa - base + 36 + size * i, true),
    );
  };
  return { rsdp, rsdpView, at, sum, list };
}

const signature = (table: Uint8Array) => Buffer.from(table.subarray(0, 4)).toString('latin1');

describe('ACPI tables', () => {
  it('are found from the RSDP by both lists, all with good checksums', () => {
    const { rsdp, rsdpView, at, sum, list } = tables();
    expect(Buffer.from(rsdp.subarray(0, 8)).toString()).toBe('RSD PTR ');
    expect(sum(rsdp.subarray(0, 20))).toBe(0);
    expect(sum(rsdp)).toBe(0);
    const rsdt = rsdpView.getUint32(16, true);
    const xsdt = rsdpView.getUint32(24, true);
    expect([signature(at(rsdt)), signature(at(xsdt))]).toEqual(['RSDT', 'XSDT']);
    expect(list(rsdt, 4)).toEqual(list(xsdt, 8));
    const found = list(xsdt, 8).map(at);
    expect(found.map(signature)).toEqual(['FACP', 'APIC', 'HPET', 'WAET']);
    for (const table of [at(rsdt), at(xsdt), ...found]) expect(sum(table)).toBe(0);
  });

  it('have a FADT that leads to FACS and DSDT and names the PM blocks', () => {
    const { rsdpView, at, sum, list } = tables();
    const fadt = at(list(rsdpView.getUint32(16, true), 4)[0]!);
    const view = new DataView(fadt.buffer, fadt.byteOffset);
    expect(fadt).toHaveLength(244);
    expect(view.getUint32(36, true) % 64).toBe(0);
    expect(signature(at(view.getUint32(36, true)))).toBe('FACS');
    const dsdt = at(view.getUint32(40, true));
    expect(signature(dsdt)).toBe('DSDT');
    expect(sum(dsdt)).toBe(0);
    expect(view.getUint32(140, true)).toBe(view.getUint32(40, true));
    expect([56, 64, 76].map((offset) => view.getUint32(offset, true))).toEqual([PM_BASE, PM_BASE + 4, PM_BASE + 8]);
    expect(view.getUint16(46, true)).toBe(9);
    const accessSizes = [148, 172, 208, 220].map((block) => fadt[block + 3]);
    expect(accessSizes, 'bytes for general-purpose events alone').toEqual([3, 2, 3, 1]);
    // The power button is fixed, the timer 24 bits wide.
    expect(view.getUint32(112, true) & 0x110).toBe(0);
  });

  it('have a MADT with each CPU, the I/O APIC and the overrides', () => {
    const { rsdpView, at, list } = tables();
    const madt = at(list(rsdpView.getUint32(16, true), 4)[1]!);
    const entries: number[][] = [];
    for (let offset = 44; offset < madt.length; offset += madt[offset + 1]!) {
      entries.push([...madt.subarray(offset, offset + madt[offset + 1]!)]);
    }
    expect(entries.filter(([type]) => type === 0).map(([, , , id]) => id)).toEqual([0, 1]);
    expect(entries.filter(([type]) => type === 1)).toHaveLength(1);
    expect(entries.filter(([type]) => type === 2).map((entry) => [entry[3], entry[4], entry[8]])).toEqual([
      [0, 2, 0],
      [5, 5, 13],
      [9, 9, 13],
      [10, 10, 13],
      [11, 11, 13],
    ]);
  });

  it('list the serial and parallel ports that are there', () => {
    const names = (how: FirmwareInput): string[] => {
      const file = buildFirmware(how).files.find(({ name }) => name === 'etc/acpi/tables')!;
      return (
        Buffer.from(file.bytes)
          .toString('latin1')
          .match(/COM\d|LPT\d/g) ?? []
      );
    };
    expect(names(input)).toEqual(['COM1', 'COM2', 'COM3', 'COM4', 'LPT1']);
    expect(names({ ...input, serialPorts: 1, hasParallel: false })).toEqual(['COM1']);
  });

  it('disassemble and compile again without an error', ({ skip }) => {
    skip(spawnSync('iasl', ['-v']).error !== undefined, 'iasl, of the package acpica-tools, is not installed');
    const { rsdpView, at, list } = tables();
    const [fadtAt, madtAt] = list(rsdpView.getUint32(16, true), 4);
    const fadt = at(fadtAt!);
    const dsdt = at(new DataView(fadt.buffer, fadt.byteOffset).getUint32(40, true));
    const folder = mkdtempSync(join(tmpdir(), 'subzero-acpi-'));
    try {
      for (const [name, table] of [
        ['dsdt', dsdt],
        ['facp', fadt],
        ['apic', at(madtAt!)],
      ] as const) {
        const file = join(folder, `${name}.aml`);
        writeFileSync(file, table);
        execFileSync('iasl', ['-d', file], { stdio: 'pipe' });
        const source = readFileSync(join(folder, `${name}.dsl`), 'latin1');
        expect(source).not.toMatch(/Incorrect checksum|Invalid|ERROR/);
        if (name !== 'dsdt') continue;
        const output = execFileSync('iasl', ['-f', '-oa', '-p', join(folder, 'again'), join(folder, 'dsdt.dsl')], {
          stdio: 'pipe',
        });
        expect(output.toString()).toMatch(/0 Errors/);
        expect(Buffer.compare(readFileSync(join(folder, 'again.aml')).subarray(36), dsdt.subarray(36))).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('AML', () => {
  it('encodes integers in the shortest form', () => {
    expect([0, 1, 2, 0x100, 0x10000, 0x1_0000_0000].map((value) => integer(value)[0])).toEqual([
      0, 1, 0x0a, 0x0b, 0x0c, 0x0e,
    ]);
  });

  it('encodes names, ids and package lengths', () => {
    expect(nameString('\\_SB.PCI0.ISA')).toEqual([0x5c, 0x2f, 3, ...Buffer.from('_SB_PCI0ISA_')]);
    expect(eisaId('PNP0A03')).toEqual([0x0c, 0x41, 0xd0, 0x0a, 0x03]);
    expect(pack([integer(1)]).slice(0, 3)).toEqual([0x12, 3, 1]);
    // 0x11, length (2 bytes: 103 = 7 | 6 << 4), size as an integer, contents.
    expect(buffer(new Array(99).fill(7)).slice(0, 5)).toEqual([0x11, 0x47, 0x06, 0x0a, 99]);
    expect(scope('X', new Array(5000).fill(0)).slice(0, 4)).toEqual([
      0x10,
      0x80 | (5007 & 15),
      (5007 >> 4) & 255,
      5007 >> 12,
    ]);
  });
});

describe('what SeaBIOS is told', () => {
  const { files, items, cmos } = buildFirmware(input);
  const file = (name: string) => files.find((entry) => entry.name === name)!.bytes;
  const bytes = new Map(cmos);

  it('lists boot devices in order', () => {
    expect(Buffer.from(file('bootorder')).toString()).toBe(
      [
        '/pci@i0cf8/ide@1,1/drive@1/disk@0',
        '/pci@i0cf8/ide@1,1/drive@0/disk@0',
        '/pci@i0cf8/ide@1,1/drive@0/disk@1',
        '/pci@i0cf8/pci8086,2922@3/drive@1/disk@0',
        '/pci@i0cf8/isa@1/fdc@03f0/floppy@0\0',
      ].join('\n'),
    );
    expect([bytes.get(0x3d), bytes.get(0x38)]).toEqual([0x23, 0x11]);
  });

  it('puts a kernel before everything', () => {
    const kernel = {
      files: [{ name: 'genroms/x.bin', bytes: new Uint8Array(512) }],
      items: [{ selector: 0x11, bytes: new Uint8Array(1) }],
    };
    const built = buildFirmware({ ...input, kernel });
    const order = built.files.find(({ name }) => name === 'bootorder')!.bytes;
    expect(Buffer.from(order).toString()).toMatch(/^\/rom@genroms\/x\.bin\n/);
    expect(built.items.some(({ selector }) => selector === 0x11)).toBe(true);
  });

  it('tells memory sizes in CMOS and e820', () => {
    const word = (index: number) => bytes.get(index)! | (bytes.get(index + 1)! << 8);
    expect(word(0x34) * 0x10000 + 16 * 2 ** 20).toBe(input.lowMemoryBytes);
    expect(word(0x15)).toBe(640);
    const map = file('etc/e820');
    expect(map).toHaveLength(20);
    expect(new DataView(map.buffer).getUint32(8, true)).toBe(input.lowMemoryBytes);
    const high = buildFirmware({ ...input, highMemoryBytes: 2 ** 30 });
    expect(high.files.find(({ name }) => name === 'etc/e820')!.bytes).toHaveLength(40);
    expect(new Map(high.cmos).get(0x5c)).toBe(0x40);
  });

  it('tells floppies and disk translation', () => {
    expect(bytes.get(0x10)).toBe(0x40);
    expect(bytes.get(0x14)! & 0xc1).toBe(1);
    // The large disk by LBA, the small one as it is.
    expect(bytes.get(0x39)).toBe(1);
    expect(bytes.get(0x12)).toBe(0xff);
  });

  it('tells the geometry of a disk whose partition table tells it', () => {
    const disk = (unit: 0 | 1, logical: { heads: number; sectors: number }) => ({
      kind: 'disk' as const,
      place: { bus: 'ide' as const, channel: 0 as const, unit },
      sectorCount: 306 * 4 * 17,
      logical,
    });
    const drives = [disk(0, { heads: 4, sectors: 17 }), disk(1, { heads: 255, sectors: 63 })];
    const built = buildFirmware({ ...input, drives });
    expect(Buffer.from(built.files.find(({ name }) => name === 'bios-geometry')!.bytes).toString()).toBe(
      '/pci@i0cf8/ide@1,1/drive@0/disk@0 306 4 17\n/pci@i0cf8/ide@1,1/drive@0/disk@1 1 255 63\0',
    );
    const cmosBytes = new Map(built.cmos);
    const row = (at: number): (number | undefined)[] => Array.from({ length: 9 }, (_, i) => cmosBytes.get(at + i));
    expect([cmosBytes.get(0x19), ...row(0x1b)]).toEqual([47, 50, 1, 4, 255, 255, 0xc0, 50, 1, 17]);
    expect([cmosBytes.get(0x1a), ...row(0x24)]).toEqual([47, 20, 0, 16, 255, 255, 0xc8, 20, 0, 63]);
    expect(files.some(({ name }) => name === 'bios-geometry')).toBe(false);
  });

  it('sums the CMOS up as a PC/AT does', () => {
    const memory = new Map<number, number>(cmos);
    const sum = [...memory].reduce((all, [index, value]) => all + (index >= 0x10 && index <= 0x2d ? value : 0), 0);
    const [high, low] = cmosChecksum((index) => memory.get(index) ?? 0);
    expect(sum).toBeGreaterThan(0xff);
    expect([high, low]).toEqual([
      [0x2e, sum >> 8],
      [0x2f, sum & 0xff],
    ]);
  });

  it('gives every item once, under names that fit', () => {
    expect(new Set(items.map(({ selector }) => selector)).size).toBe(items.length);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    expect(files.every(({ name }) => name.length <= 55)).toBe(true);
  });
});

describe('SMBIOS', () => {
  it('has an anchor that fits its tables', () => {
    const { files } = buildFirmware(input);
    const tables = files.find(({ name }) => name === 'etc/smbios/smbios-tables')!.bytes;
    const anchor = files.find(({ name }) => name === 'etc/smbios/smbios-anchor')!.bytes;
    const view = new DataView(anchor.buffer, anchor.byteOffset);
    const sum = (from: number, to: number) => anchor.subarray(from, to).reduce((total, byte) => total + byte, 0) & 0xff;
    expect([sum(0, 31), sum(16, 31)]).toEqual([0, 0]);
    expect(view.getUint16(22, true)).toBe(tables.length);
    const types: number[] = [];
    const lengths: number[] = [];
    let at = 0;
    while (at < tables.length) {
      types.push(tables[at]!);
      lengths.push(tables[at + 1]!);
      let end = at + tables[at + 1]!;
      while (tables[end] !== 0 || tables[end + 1] !== 0) end++;
      expect(end + 2 - at).toBeLessThanOrEqual(view.getUint16(8, true));
      at = end + 2;
    }
    expect(types).toEqual([1, 3, 4, 4, 16, 17, 19, 32, 127]);
    expect(lengths, 'as version 2.8 has them').toEqual([0x1b, 0x16, 0x2a, 0x2a, 0x17, 0x28, 0x1f, 0x0b, 4]);
    expect(view.getUint16(28, true)).toBe(types.length);
  });
});
