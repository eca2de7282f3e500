import { describe, expect, test } from 'vitest';
import { CpioArchive, readFromCpio } from '../../../build/guests/cpio.mjs';

function sample(order: readonly string[]): Buffer {
  const archive = new CpioArchive();
  for (const name of order) archive.file(name, `contents of ${name}`);
  archive.link('bin/sh', 'busybox');
  archive.characterDevice('dev/console', 5, 1);
  return archive.toBuffer();
}

/** Fields of the first entry with this name, as the kernel reads them. */
function header(archive: Buffer, wanted: string): { mode: number; size: number; rdev: [number, number] } {
  for (let at = 0; ; ) {
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameSize = field(11);
    const name = archive.toString('latin1', at + 110, at + 109 + nameSize);
    if (name === wanted) return { mode: field(1), size: field(6), rdev: [field(9), field(10)] };
    if (name === 'TRAILER!!!') throw new Error(`no ${wanted}`);
    const size = field(6);
    at = ((at + 110 + nameSize + 3) & ~3) + ((size + 3) & ~3);
  }
}

describe('CpioArchive', () => {
  test('gives the same bytes whatever the order of additions', () => {
    expect(sample(['a', 'b/c']).equals(sample(['b/c', 'a']))).toBe(true);
  });

  test('writes device nodes, links and the folders above a file', () => {
    const archive = sample(['b/c']);
    expect(header(archive, 'dev/console')).toEqual({ mode: 0o020600, size: 0, rdev: [5, 1] });
    expect(header(archive, 'bin/sh')).toEqual({ mode: 0o120777, size: 7, rdev: [0, 0] });
    expect(header(archive, 'b')).toEqual({ mode: 0o040755, size: 0, rdev: [0, 0] });
    expect(header(archive, 'b/c').mode).toBe(0o100644);
  });

  test('a file is read back out of an archive', () => {
    const archive = sample(['a', 'b/c', 'd']);
    expect(readFromCpio(archive, 'b/c').toString()).toBe('contents of b/c');
    expect(() => readFromCpio(archive, 'none')).toThrow('the archive has no none');
  });
});
