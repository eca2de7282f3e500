import { describe, expect, test } from 'vitest';
import { MachineMemory } from '../../../src/machine/machine-memory';
import { createMachineMemory, memoryMapOf } from '../../../src/machine/memory-map';
import { PAGE_CLEAN, PAGE_HAS_CODE, PAGE_RAM, PAGE_ROM, PAGE_WATCHED } from '../../../src/machine/page-flags';
import { defaultConfig } from '../../../src/config/vm-config';

const config = { ...defaultConfig('test'), memory: { memoryMiB: 4 } };
const map = memoryMapOf(config);

function build(): MachineMemory {
  const memory = new MachineMemory(createMachineMemory(config));
  memory.block(map.ram.offset, map.ram.size, PAGE_RAM);
  memory.block(map.rom.offset, map.rom.size, PAGE_ROM);
  memory.map('ram', { gpa: 0, size: 1 << 20, read: map.ram.offset, write: map.ram.offset });
  memory.map('rom', { gpa: 0xfff00000, size: 1 << 16, read: map.rom.offset, write: 'drop' });
  return memory;
}

describe('machine memory', () => {
  test('addresses without memory read all ones and drop writes', () => {
    const memory = build();
    const into = new Uint8Array(4);
    memory.write(0x80000000, Uint8Array.of(1, 2));
    memory.read(0x80000000, into);
    expect(into).toEqual(Uint8Array.of(255, 255, 255, 255));
    expect(memory.readU32(0xd0000000)).toBe(0xffffffff);
  });

  test('an access over the end of memory gets what is there', () => {
    const memory = build();
    memory.writeU32((1 << 20) - 2, 0xaabbccdd);
    expect(memory.readU32((1 << 20) - 2)).toBe(0xffffccdd);
  });

  test('a write to ROM is dropped', () => {
    const memory = build();
    memory.writeU8(0xfff00000, 0x12);
    expect(memory.readU8(0xfff00000)).toBe(0);
  });

  test('reads and writes can lead to different places, as shadow RAM does', () => {
    const memory = build();
    memory.bytes[map.rom.offset] = 0x55;
    memory.map('shadow', { gpa: 0xf0000 + (1 << 20), size: 4096, read: map.rom.offset, write: map.ram.offset + 8192 });
    memory.writeU8(0x1f0000, 7);
    expect(memory.readU8(0x1f0000)).toBe(0x55);
    expect(memory.readU8(8192)).toBe(7);
  });

  test('where mappings overlap the overlay counts, else the oldest', () => {
    const memory = build();
    const other = map.ram.offset + (2 << 20);
    memory.writeU8(0x1000, 1);
    memory.map('bar', { gpa: 0x1000, size: 0x1000, read: other, write: other });
    expect(memory.readU8(0x1000)).toBe(1);
    memory.map('overlay', { gpa: 0x1000, size: 0x1000, read: other, write: other, isOverlay: true });
    memory.writeU8(0x1000, 2);
    memory.map('overlay', undefined);
    expect(memory.readU8(0x1000)).toBe(1);
    memory.map('ram', undefined);
    expect(memory.readU8(0x1000)).toBe(2);
  });

  test('a device write tells of code, and makes the page neither clean nor watched', () => {
    const memory = build();
    const told: [number, number][] = [];
    memory.listener = { ...memory.listener, codeWritten: (offset, size) => told.push([offset, size]) };
    const frame = map.ram.offset / 4096;
    memory.flags[frame] = PAGE_RAM | PAGE_HAS_CODE | PAGE_CLEAN | PAGE_WATCHED;
    memory.write(16, Uint8Array.of(1, 2, 3));
    expect(told).toEqual([[map.ram.offset + 16, 3]]);
    expect((memory.flags[frame] as number) & (PAGE_CLEAN | PAGE_WATCHED)).toBe(0);
  });

  test('collectWritten tells each written page once and forbids plain writes again', () => {
    const memory = build();
    const block = memory.block(map.vram.offset, map.vram.size, PAGE_RAM);
    const forbidden: [number, number][] = [];
    memory.listener = { ...memory.listener, writesForbidden: (first, end) => forbidden.push([first, end]) };
    block.collectWritten();
    expect(forbidden).toHaveLength(1);
    memory.map('vram', { gpa: 0xe0000000, size: map.vram.size, read: map.vram.offset, write: map.vram.offset });
    memory.writeU8(0xe0003000, 1);
    const written = block.collectWritten();
    expect(written[0]).toBe(1 << 3);
    expect(written.subarray(1).every((byte) => byte === 0)).toBe(true);
    expect(block.collectWritten().every((byte) => byte === 0)).toBe(true);
  });

  test('mappings off page borders are refused as our own error', () => {
    expect(() => build().map('bad', { gpa: 100, size: 4096, read: 0 })).toThrow(/page-aligned/);
  });
});
