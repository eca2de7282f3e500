import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { DUMPED_BYTES, multiboot1VideoKernel, multiboot2Kernel, pvhKernel } from '../../support/boot-protocol-kernels';
import { Cli } from '../../support/guest-cli';
import { readPicture } from '../../support/picture';

/** Four BIOS starts on a slow computer. */
vi.setConfig({ testTimeout: 600_000 });
const cli = new Cli();
afterAll(() => cli.close());

interface Started {
  readonly eax: number;
  /** From EBX on. */
  readonly info: Buffer;
  /** At a guest address near EBX. */
  at(address: number): Buffer;
  readonly size: string;
}

/** Starts it with a command line and a module, and gives what it was told. */
async function start(kernel: Uint8Array): Promise<Started> {
  const file = (name: string) => join(cli.home, name);
  writeFileSync(file('kernel'), kernel);
  writeFileSync(file('module'), 'contents');
  const { status, stderr } = await cli.run([
    ...['run', '--headless', '--memory', '64', '--kernel', file('kernel'), '--append', 'a "b c"'],
    ...['--module', `${file('module')} one two`, '--tap-port', `0xe9=${file('out')}`],
    ...['--debug-exit', '--timeout', '580', '--screenshot', file('screen.png')],
  ]);
  expect(status, stderr).toBe((0x2a << 1) | 1);
  const out = readFileSync(file('out'));
  expect(out.length).toBe(8 + DUMPED_BYTES);
  const ebx = out.readUInt32LE(0);
  const info = out.subarray(8);
  const { width, height } = readPicture(file('screen.png'));
  return { eax: out.readUInt32LE(4), info, at: (address) => info.subarray(address - ebx), size: `${width}x${height}` };
}

const textAt = (bytes: Buffer): string => bytes.toString('latin1', 0, bytes.indexOf(0));

interface Area {
  readonly base: bigint;
  readonly length: bigint;
  readonly type: number;
}

function areas(map: Buffer, count: number): Area[] {
  return Array.from({ length: count }, (_, i) => ({
    base: map.readBigUInt64LE(24 * i),
    length: map.readBigUInt64LE(24 * i + 8),
    type: map.readUInt32LE(24 * i + 16),
  }));
}

function expectRam(map: readonly Area[]): void {
  expect(map[0]).toMatchObject({ base: 0n, type: 1 });
  expect(map.some(({ base, length, type }) => base === 0x100000n && length > 60n << 20n && type === 1)).toBe(true);
}

/** Tags by type (Multiboot2 2.0, 3.6). */
function tagsOf(info: Buffer): Map<number, Buffer> {
  const tags = new Map<number, Buffer>();
  const total = info.readUInt32LE(0);
  for (let at = 8; at < total; ) {
    const size = info.readUInt32LE(at + 4);
    expect(size).toBeGreaterThanOrEqual(8);
    tags.set(info.readUInt32LE(at), info.subarray(at + 8, at + size));
    if (info.readUInt32LE(at) === 0) expect(at + 8).toBe(total);
    at += Math.ceil(size / 8) * 8;
  }
  return tags;
}

describe('Multiboot 1', () => {
  test('gets the linear mode that it asks for', async () => {
    const { eax, info, at, size } = await start(multiboot1VideoKernel(800, 600, 32));
    expect([eax, size]).toEqual([0x2badb002, '800x600']);
    expect(info.readUInt32LE(0) & 0x1800).toBe(0x1800);
    expect(at(info.readUInt32LE(72)).toString('latin1', 0, 4)).toBe('VESA');
    const mode = at(info.readUInt32LE(76));
    expect([mode.readUInt16LE(0x12), mode.readUInt16LE(0x14), mode[0x19]]).toEqual([800, 600, 32]);
    expect(info.readUInt16LE(80)).toBe(0x4143);
    expect(info.readUInt32LE(88)).toBe(mode.readUInt32LE(0x28));
    expect(info.readUInt32LE(88)).toBeGreaterThan(0x4000000);
    expect([96, 100, 104].map((offset) => info.readUInt32LE(offset))).toEqual([3200, 800, 600]);
    expect([...info.subarray(108, 116)]).toEqual([32, 1, 16, 8, 8, 8, 0, 8]);
  });
});

describe('Multiboot 2', () => {
  test('gets all that it requires, in text', async () => {
    const { eax, info, size } = await start(multiboot2Kernel());
    expect([eax, size]).toEqual([0x36d76289, '720x400']);
    const tags = tagsOf(info);
    const tag = (type: number): Buffer => tags.get(type) as Buffer;
    expect(textAt(tag(1))).toBe('a "b c"');
    expect(textAt(tag(2))).toMatch(/^Subzero .*GRUB 2/);
    expect(tag(3).readUInt32LE(4) - tag(3).readUInt32LE(0)).toBe(8);
    expect(tag(3).readUInt32LE(0) % 4096).toBe(0);
    expect(textAt(tag(3).subarray(8))).toMatch(/one two$/);
    expect([tag(4).readUInt32LE(0) > 600, tag(4).readUInt32LE(4) > 60 * 1024]).toEqual([true, true]);
    expect([tag(6).readUInt32LE(0), tag(6).readUInt32LE(4)]).toEqual([24, 0]);
    expectRam(areas(tag(6).subarray(8), (tag(6).length - 8) / 24));
    expect([tag(8).readUInt32LE(0), tag(8).readUInt32LE(8), tag(8)[21]]).toEqual([0xb8000, 160, 2]);
    expect(tag(14).toString('latin1', 0, 8)).toBe('RSD PTR ');
    expect(tag(14).reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
    // revision 2, whole, with the same beginning
    expect([tag(15).length, tag(15)[15], tag(15).subarray(0, 20).equals(tag(14))]).toEqual([36, 2, true]);
    expect(tag(15).reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
    expect(tag(21).readUInt32LE(0)).toBe(0x100000);
  });

  test('gets a framebuffer', async () => {
    const { info, size } = await start(multiboot2Kernel([1024, 768, 16]));
    expect(size).toBe('1024x768');
    const tag = tagsOf(info).get(8) as Buffer;
    expect([8, 12, 16].map((offset) => tag.readUInt32LE(offset))).toEqual([2048, 1024, 768]);
    expect([...tag.subarray(20, 30)]).toEqual([16, 1, 0, 0, 11, 5, 5, 6, 0, 5]);
  });
});

describe('PVH', () => {
  test('gets its start information', async () => {
    const { info, at } = await start(pvhKernel());
    const field = (index: number): number => info.readUInt32LE(4 * index);
    expect([field(0), field(1), field(2), field(3)]).toEqual([0x336ec578, 1, 0, 1]);
    expect(textAt(at(field(6)))).toBe('a "b c"');
    const module = at(field(4));
    expect(module.readUInt32LE(8)).toBe(8);
    expect(textAt(at(module.readUInt32LE(16)))).toMatch(/one two$/);
    expect(field(8) >= 0xe0000 && field(8) < 0x100000).toBe(true); // the ACPI root pointer
    expectRam(areas(at(field(10)), field(12)));
  });
});
