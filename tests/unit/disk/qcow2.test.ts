import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { viewOf, writeU64BE } from '../../../src/base/bytes';
import { VmError } from '../../../src/base/errors';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import type { Disk } from '../../../src/disk/disk';
import { type ImageFormat, openImage } from '../../../src/disk/open-image';
import { createQcow2 } from '../../../src/disk/qcow2/create';
import { Qcow2Disk } from '../../../src/disk/qcow2/qcow2-disk';
import { checkQcow2 } from '../../../src/disk/qcow2/rebuild';
import { hasQemuImg, noQemuImg, qemuCheck, qemuImg } from '../../support/qemu-img';
import { Random } from '../../support/random';

const MIB = 1 << 20;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'subzero-qcow2-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string) => path.join(folder, name);

function open(name: string, format: ImageFormat = 'qcow2', isReadOnly = false): Promise<Disk> {
  return openImage(nodeHostFiles, at(name), format, { isReadOnly, reach: { folder, agreed: [] } });
}

async function contentOf(disk: Disk): Promise<Uint8Array> {
  const bytes = new Uint8Array(disk.sizeBytes);
  await disk.read(0, bytes);
  return bytes;
}

/** Reads, writes, discards, flushes and reopens at random, keeping a model beside; returns the model. */
async function exercise(
  name: string,
  model: Uint8Array,
  random: Random,
  steps: number,
  granularity = 1,
): Promise<Uint8Array> {
  let disk = await open(name);
  for (let step = 0; step < steps; step++) {
    const maxLength = random.chance(0.2) ? 300_000 : 20_000;
    const unit = random.chance(0.5) ? 512 : granularity;
    const offset = Math.floor(random.below(model.length) / unit) * unit;
    const length = Math.min(model.length - offset, Math.ceil(random.below(maxLength) / unit) * unit);
    const action = random.below(20);
    if (action < 9) {
      const data = random.chance(0.2) ? new Uint8Array(length) : random.bytes(length);
      await disk.write(offset, data);
      model.set(data, offset);
    } else if (action < 11) {
      await disk.discard?.(offset, length);
      model.fill(0, offset, offset + length);
    } else if (action < 17) {
      const data = new Uint8Array(length);
      await disk.read(offset, data);
      expect(Buffer.compare(data, model.subarray(offset, offset + length))).toBe(0);
    } else if (action < 19) {
      await disk.flush();
    } else {
      await disk.close();
      disk = await open(name);
    }
  }
  await disk.close();
  return model;
}

describe('qcow2 made by Subzero', () => {
  for (const clusterBits of [9, 12, 16, 21]) {
    it(`holds what was written, with clusters of ${2 ** clusterBits} bytes`, { timeout: 60_000 }, async () => {
      const sizeBytes = clusterBits === 9 ? 2 * MIB + 512 : 5 * MIB + 512;
      await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes, clusterBits });
      const model = await exercise('a.qcow2', new Uint8Array(sizeBytes), new Random(clusterBits), 150);
      const disk = await open('a.qcow2', 'qcow2', true);
      expect(Buffer.compare(await contentOf(disk), model)).toBe(0);
      await disk.close();
      const file = await nodeHostFiles.open(at('a.qcow2'), 'read');
      expect(await checkQcow2(file)).toEqual({ leaks: 0, undercounted: 0 });
      await file.close();
      if (!hasQemuImg) return;
      expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
      qemuImg('convert', '-f', 'qcow2', '-O', 'raw', at('a.qcow2'), at('a.raw'));
      expect(Buffer.compare(readFileSync(at('a.raw')), model)).toBe(0);
    });
  }

  it('moves its refcount table when the file outgrows it', { timeout: 60_000 }, async () => {
    // A 512-byte table has 64 entries of 256 clusters each: 8 MiB.
    const sizeBytes = 24 * MIB;
    await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes, clusterBits: 9 });
    const disk = await open('a.qcow2');
    const random = new Random(1);
    const data = random.bytes(MIB);
    for (let offset = 0; offset < sizeBytes; offset += MIB) await disk.write(offset, data);
    await disk.close();
    const again = await open('a.qcow2', 'qcow2', true);
    const read = new Uint8Array(MIB);
    for (let offset = 0; offset < sizeBytes; offset += MIB) {
      await again.read(offset, read);
      expect(Buffer.compare(read, data)).toBe(0);
    }
    await again.close();
    if (hasQemuImg) expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
  });

  it('lets its backing shine through, also a smaller raw one', { timeout: 60_000 }, async () => {
    const random = new Random(7);
    const base = random.bytes(MIB + 512 * 3);
    writeFileSync(at('base.raw'), base);
    await createQcow2(nodeHostFiles, at('mid.qcow2'), {
      sizeBytes: 2 * MIB,
      backing: { file: 'base.raw', format: 'raw' },
    });
    const model = new Uint8Array(2 * MIB);
    model.set(base);
    await exercise('mid.qcow2', model, random, 60);
    await createQcow2(nodeHostFiles, at('top.qcow2'), {
      sizeBytes: 2 * MIB,
      clusterBits: 12,
      backing: { file: 'mid.qcow2', format: 'qcow2' },
    });
    const midBefore = readFileSync(at('mid.qcow2'));
    await exercise('top.qcow2', model, random, 100);
    expect(Buffer.compare(readFileSync(at('mid.qcow2')), midBefore)).toBe(0);
    expect(Buffer.compare(readFileSync(at('base.raw')), base)).toBe(0);
    if (!hasQemuImg) return;
    expect(qemuCheck(at('top.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
    qemuImg('convert', '-f', 'qcow2', '-O', 'raw', at('top.qcow2'), at('out.raw'));
    expect(Buffer.compare(readFileSync(at('out.raw')), model)).toBe(0);
  });

  it('takes no space for zeros and gives discarded clusters out again', async () => {
    await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes: 64 * MIB });
    const disk = await open('a.qcow2');
    await disk.write(0, new Uint8Array(8 * MIB));
    await disk.flush();
    const empty = readFileSync(at('a.qcow2')).length;
    expect(empty).toBeLessThan(MIB);
    const data = new Random(3).bytes(4 * MIB);
    for (let round = 0; round < 4; round++) {
      await disk.write(round * 8 * MIB, data);
      await disk.flush();
      await disk.discard?.(round * 8 * MIB, data.length);
      await disk.flush();
    }
    await disk.close();
    expect(readFileSync(at('a.qcow2')).length).toBeLessThan(6 * MIB);
    if (hasQemuImg) expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
  });

  it('refuses requests outside the disk, and all after it was closed', async () => {
    await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes: MIB });
    const disk = await open('a.qcow2');
    await expect(disk.read(MIB - 1, new Uint8Array(2))).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(disk.write(-1, new Uint8Array(2))).rejects.toMatchObject({ code: 'bad-argument' });
    await disk.close();
    await disk.close();
    await expect(disk.read(0, new Uint8Array(2))).rejects.toMatchObject({ code: 'image-closed' });
  });
});

describe.skipIf(!hasQemuImg)(`qcow2 made by others${hasQemuImg ? '' : `: ${noQemuImg}`}`, () => {
  const made: [string, string[]][] = [
    ['version 2', ['-o', 'compat=0.10']],
    ['1-bit refcounts', ['-o', 'refcount_bits=1']],
    ['4-bit refcounts', ['-o', 'refcount_bits=4']],
    ['64-bit refcounts', ['-o', 'refcount_bits=64']],
    ['preallocated tables', ['-o', 'preallocation=metadata']],
    ['clusters of 512 bytes', ['-o', 'cluster_size=512']],
    ['lazy refcounts', ['-o', 'lazy_refcounts=on']],
  ];
  for (const [what, options] of made) {
    it(`is read and written: ${what}`, { timeout: 60_000 }, async () => {
      const random = new Random(11);
      const model = random.bytes(3 * MIB);
      model.fill(0, MIB, 2 * MIB);
      writeFileSync(at('in.raw'), model);
      qemuImg('create', '-f', 'qcow2', ...options, at('a.qcow2'), String(model.length));
      qemuImg('convert', '-n', '-f', 'raw', '-O', 'qcow2', at('in.raw'), at('a.qcow2'));
      const disk = await open('a.qcow2', 'qcow2', true);
      expect(Buffer.compare(await contentOf(disk), model)).toBe(0);
      await disk.close();
      await exercise('a.qcow2', model, random, 60);
      expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
      qemuImg('convert', '-f', 'qcow2', '-O', 'raw', at('a.qcow2'), at('out.raw'));
      expect(Buffer.compare(readFileSync(at('out.raw')), model)).toBe(0);
    });
  }

  it('is read and overwritten where it is compressed', { timeout: 60_000 }, async () => {
    const random = new Random(12);
    const model = new Uint8Array(3 * MIB);
    for (let i = 0; i < model.length; i++) model[i] = (i >> 3) & 0x1f;
    model.set(random.bytes(200_000), MIB);
    writeFileSync(at('in.raw'), model);
    for (const clusterSize of ['4k', '64k', '2M']) {
      qemuImg(
        'convert',
        '-c',
        '-o',
        `cluster_size=${clusterSize}`,
        '-f',
        'raw',
        '-O',
        'qcow2',
        at('in.raw'),
        at('a.qcow2'),
      );
      const copy = await exercise('a.qcow2', model.slice(), random, 60);
      expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
      qemuImg('convert', '-f', 'qcow2', '-O', 'raw', at('a.qcow2'), at('out.raw'));
      expect(Buffer.compare(readFileSync(at('out.raw')), copy)).toBe(0);
    }
  });

  it('keeps its internal snapshots intact', { timeout: 60_000 }, async () => {
    const random = new Random(13);
    const before = random.bytes(2 * MIB);
    writeFileSync(at('in.raw'), before);
    qemuImg('convert', '-f', 'raw', '-O', 'qcow2', at('in.raw'), at('a.qcow2'));
    qemuImg('snapshot', '-c', 'one', at('a.qcow2'));
    const after = await exercise('a.qcow2', before.slice(), random, 60);
    expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
    qemuImg('convert', '-f', 'qcow2', '-O', 'raw', at('a.qcow2'), at('out.raw'));
    expect(Buffer.compare(readFileSync(at('out.raw')), after)).toBe(0);
    qemuImg('snapshot', '-a', 'one', at('a.qcow2'));
    qemuImg('convert', '-f', 'qcow2', '-O', 'raw', at('a.qcow2'), at('out.raw'));
    expect(Buffer.compare(readFileSync(at('out.raw')), before)).toBe(0);
  });

  it('gets its refcounts made anew when it was left dirty', async () => {
    const random = new Random(14);
    const model = random.bytes(2 * MIB);
    writeFileSync(at('in.raw'), model);
    qemuImg(
      'convert',
      '-o',
      'lazy_refcounts=on,refcount_bits=8',
      '-f',
      'raw',
      '-O',
      'qcow2',
      at('in.raw'),
      at('a.qcow2'),
    );
    // As after a crash with lazy refcounts: the dirty bit is set and the counts are nonsense.
    const bytes = readFileSync(at('a.qcow2'));
    bytes[79]! |= 1;
    const table = Number(bytes.readBigUInt64BE(48));
    const block = Number(bytes.readBigUInt64BE(table));
    bytes.fill(0, block, block + 65536);
    writeFileSync(at('a.qcow2'), bytes);
    await exercise('a.qcow2', model, random, 40);
    expect(qemuCheck(at('a.qcow2'))).toEqual({ corruptions: 0, leaks: 0 });
  });

  it.each([
    ['zstd', ['-o', 'compression_type=zstd'], 'zstd'],
    ['subclusters', ['-o', 'extended_l2=on'], 'subclusters'],
    ['an external data file', ['-o', 'data_file=DATA'], 'data file'],
  ])('is refused by name with %s', async (_what, options, word) => {
    const args = options.map((option) => option.replace('DATA', at('data.raw')));
    qemuImg('create', '-f', 'qcow2', ...args, at('a.qcow2'), '1M');
    const error = await open('a.qcow2').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VmError);
    expect((error as VmError).code).toBe('image-unsupported');
    expect((error as VmError).message).toContain(word);
  });
});

describe('hostile qcow2', () => {
  async function image(): Promise<Uint8Array> {
    await createQcow2(nodeHostFiles, at('good.qcow2'), { sizeBytes: MIB, clusterBits: 12 });
    const disk = await open('good.qcow2');
    await disk.write(0, new Random(5).bytes(40_000));
    await disk.close();
    return new Uint8Array(readFileSync(at('good.qcow2')));
  }

  const wrong: [string, (bytes: Uint8Array, view: DataView) => void, string][] = [
    ['no magic', (bytes) => bytes.fill(0, 0, 4), 'image-corrupt'],
    ['version 9', (_, view) => view.setUint32(4, 9), 'image-unsupported'],
    ['clusters of 2^40 bytes', (_, view) => view.setUint32(20, 40), 'image-corrupt'],
    ['a disk of 2^63 bytes', (_, view) => view.setUint32(24, 0x7fffffff), 'image-corrupt'],
    ['2^32 L1 entries', (_, view) => view.setUint32(36, 0xffffffff), 'image-corrupt'],
    ['too few L1 entries', (_, view) => view.setUint32(36, 0), 'image-corrupt'],
    ['an L1 table behind the end', (_, view) => view.setUint32(44, 0x7ffff000), 'image-corrupt'],
    ['a huge refcount table', (_, view) => view.setUint32(56, 0xffffff), 'image-corrupt'],
    ['refcounts of 2^9 bits', (_, view) => view.setUint32(96, 9), 'image-corrupt'],
    ['a header longer than a cluster', (_, view) => view.setUint32(100, 0xfffffff8), 'image-corrupt'],
    ['the corrupt bit', (_, view) => view.setUint32(76, 2), 'image-corrupt'],
    ['encryption', (_, view) => view.setUint32(32, 2), 'image-unsupported'],
    ['an unknown feature', (_, view) => view.setUint32(72, 0x80000000), 'image-unsupported'],
    [
      'an endless extension',
      (_, view) => {
        view.setUint32(104, 1);
        view.setUint32(108, 0xffffffff);
      },
      'image-corrupt',
    ],
    [
      'a backing name far away',
      (_, view) => {
        view.setUint32(12, 0x10000);
        view.setUint32(16, 20);
      },
      'image-corrupt',
    ],
    ['too many snapshots', (_, view) => view.setUint32(60, 0xffffffff), 'image-corrupt'],
  ];
  it.each(wrong)('is refused: %s', async (_what, damage, code) => {
    const bytes = await image();
    damage(bytes, viewOf(bytes));
    writeFileSync(at('bad.qcow2'), bytes);
    await expect(open('bad.qcow2')).rejects.toMatchObject({ code, message: expect.stringContaining('bad.qcow2') });
  });

  it('is refused when the L1 table names one L2 table twice', async () => {
    await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes: 4 * MIB, clusterBits: 9 });
    const disk = await open('a.qcow2');
    await disk.write(0, new Uint8Array([1]));
    await disk.close();
    const bytes = readFileSync(at('a.qcow2'));
    bytes.copy(bytes, 512 + 8, 512, 512 + 8);
    writeFileSync(at('a.qcow2'), bytes);
    await expect(open('a.qcow2')).rejects.toMatchObject({ code: 'image-corrupt' });
  });

  it('cannot make guest data overwrite its own tables', async () => {
    const bytes = await image();
    const view = viewOf(bytes);
    const l1 = Number(view.getBigUint64(40));
    const l2 = Number(view.getBigUint64(l1) & 0x00fffffffffffe00n);
    view.setBigUint64(l2, BigInt(l1) | 0x8000000000000000n);
    writeFileSync(at('bad.qcow2'), bytes);
    const disk = await open('bad.qcow2');
    await expect(disk.write(0, new Uint8Array(512))).rejects.toMatchObject({ code: 'image-corrupt' });
    await disk.close();
  });

  it.each([
    ['itself', 'bad.qcow2', 'image-chain'],
    ['a missing file', 'nothing.qcow2', 'image-chain'],
    ['a file outside the folder', '/etc/passwd', 'path-outside'],
    ['a file outside the folder, relatively', '../../../../etc/passwd', 'path-outside'],
    ['a network address', 'nbd://localhost/x', 'image-unsupported'],
    ['options in JSON', 'json:{"driver":"file","filename":"/etc/passwd"}', 'image-unsupported'],
  ])('is refused over %s', async (_what, file, code) => {
    await createQcow2(nodeHostFiles, at('bad.qcow2'), { sizeBytes: MIB, backing: { file, format: 'qcow2' } });
    await expect(open('bad.qcow2')).rejects.toMatchObject({ code });
  });

  it('is refused over a symbolic link that leads outside', async () => {
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/etc/passwd', at('link.raw'));
    await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes: MIB, backing: { file: 'link.raw', format: 'raw' } });
    await expect(open('a.qcow2')).rejects.toMatchObject({ code: 'path-outside' });
  });

  it('never does worse than an error with flipped bits and cut ends', { timeout: 120_000 }, async () => {
    const good = await image();
    const random = new Random(99);
    for (let round = 0; round < 600; round++) {
      const bytes = good.slice(0, random.chance(0.2) ? random.below(good.length) : good.length);
      const flips = 1 + random.below(4);
      for (let i = 0; i < flips && bytes.length > 0; i++) {
        // Mostly in the header and the tables, which come first.
        const where = random.below(Math.min(bytes.length, random.chance(0.5) ? 112 : 5 * 4096));
        bytes[where]! ^= 1 << random.below(8);
      }
      // Keeps offsets small enough that a write does not make a giant sparse file.
      writeFileSync(at('fuzz.qcow2'), bytes);
      const work = async () => {
        const disk = await open('fuzz.qcow2');
        try {
          const buffer = new Uint8Array(Math.min(disk.sizeBytes, 100_000));
          await disk.read(0, buffer);
          await disk.write(0, random.bytes(Math.min(5000, disk.sizeBytes)));
          await disk.flush();
        } finally {
          await disk.close().catch(expectVmError);
        }
      };
      await work().catch(expectVmError);
      const file = await nodeHostFiles.open(at('fuzz.qcow2'), 'read');
      await checkQcow2(file).catch(expectVmError);
      await file.close();
    }
  });
});

function expectVmError(error: unknown): void {
  if (!(error instanceof VmError) || error.code === 'internal') throw error;
}

describe('a damaged table', () => {
  it('fails the read that needs it, naming the part', async () => {
    await createQcow2(nodeHostFiles, at('a.qcow2'), { sizeBytes: MIB });
    const disk = await open('a.qcow2');
    await disk.write(0, new Uint8Array([1]));
    await disk.write(MIB - 512, new Uint8Array([1]));
    await disk.close();
    const bytes = new Uint8Array(readFileSync(at('a.qcow2')));
    const view = viewOf(bytes);
    const l1 = Number(view.getBigUint64(40));
    const l2 = Number(view.getBigUint64(l1) & 0x00fffffffffffe00n);
    writeU64BE(view, l2, 3);
    writeFileSync(at('a.qcow2'), bytes);
    const again = await Qcow2Disk.open(await nodeHostFiles.open(at('a.qcow2'), 'update'), {
      isReadOnly: false,
      backing: undefined,
    });
    await again.read(MIB - 512, new Uint8Array(512));
    writeU64BE(view, l2, 0x1234567);
    writeFileSync(at('a.qcow2'), bytes);
    await again.close();
    const third = await open('a.qcow2');
    await expect(third.read(0, new Uint8Array(512))).rejects.toMatchObject({
      code: 'image-corrupt',
      detail: { part: expect.stringContaining('L2 table') },
    });
    await third.close();
  });
});
