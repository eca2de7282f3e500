import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addModules } from '../../../build/guests/kernel-modules.mjs';

const VERSION = '6.1.0-test';
let tree: string;

/** A 64-bit ELF with nothing but a .modinfo section, as much of a module as its index needs. */
function moduleFile(info: readonly string[]): Buffer {
  const text = Buffer.from(info.map((line) => `${line}\0`).join(''));
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const elf = Buffer.alloc(64 + 3 * 64);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2]).copy(elf);
  elf.writeBigUInt64LE(64n, 0x28);
  elf.writeUInt16LE(64, 0x3a);
  elf.writeUInt16LE(3, 0x3c);
  elf.writeUInt16LE(2, 0x3e);
  const section = (index: number, name: number, offset: number, size: number) => {
    elf.writeUInt32LE(name, 64 + index * 64);
    elf.writeBigUInt64LE(BigInt(offset), 64 + index * 64 + 0x18);
    elf.writeBigUInt64LE(BigInt(size), 64 + index * 64 + 0x20);
  };
  section(1, 1, elf.length, text.length);
  section(2, 10, elf.length + text.length, names.length);
  return Buffer.concat([elf, text, names]);
}

beforeAll(() => {
  tree = mkdtempSync(path.join(tmpdir(), 'subzero-modules-'));
  const base = path.join(tree, 'lib/modules', VERSION);
  mkdirSync(path.join(base, 'kernel/drivers'), { recursive: true });
  writeFileSync(path.join(base, 'modules.builtin'), 'kernel/lib/built-in.ko\n');
  const modules: Record<string, readonly string[]> = {
    bus: ['license=GPL'],
    'middle-layer': ['depends=bus'],
    disk: ['depends=middle_layer,bus', 'alias=pci:v00008086d*', 'softdep=pre: checksum'],
    checksum: ['license=GPL'],
    unwanted: ['license=GPL'],
  };
  for (const [name, info] of Object.entries(modules)) {
    writeFileSync(path.join(base, `kernel/drivers/${name}.ko`), moduleFile(info));
  }
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function filesFor(wanted: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  addModules({ file: (name: string, bytes: string | Buffer) => files.set(name, String(bytes)) }, tree, wanted);
  return files;
}

describe('addModules', () => {
  test('takes what the wanted modules need and nothing else', () => {
    const names = [...filesFor(['disk', 'built-in']).keys()].map((name) => path.basename(name)).sort();
    const indexes = ['modules.alias', 'modules.dep', 'modules.softdep'];
    expect(names).toEqual(['bus.ko', 'checksum.ko', 'disk.ko', 'middle-layer.ko', ...indexes]);
  });

  test('lists dependencies so that the last one can be loaded first', () => {
    const dep = filesFor(['disk']).get(`lib/modules/${VERSION}/modules.dep`);
    expect(dep).toContain('kernel/drivers/disk.ko: kernel/drivers/middle-layer.ko kernel/drivers/bus.ko\n');
  });

  test('says which devices a module drives', () => {
    expect(filesFor(['disk']).get(`lib/modules/${VERSION}/modules.alias`)).toBe('alias pci:v00008086d* disk\n');
  });

  test('a module that the kernel does not have is an error', () => {
    expect(() => filesFor(['nowhere'])).toThrow('has no module nowhere');
  });
});
