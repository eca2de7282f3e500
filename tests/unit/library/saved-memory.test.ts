import { describe, expect, it } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { decodeMemoryIndex, encodeMemoryIndex, filesOf } from '../../../src/library/snapshots/memory-index';
import { StoredMemory } from '../../../src/library/snapshots/memory-reader';
import { writeMemoryChunks } from '../../../src/library/snapshots/memory-writer';
import { decodeStateFile, encodeStateFile } from '../../../src/library/snapshots/state-file';
import { emptyTree, formatTree, parseTree, type SnapshotTree } from '../../../src/library/snapshots/tree';
import { crc32c } from '../../../src/base/crc32c';
import { CrashFiles } from '../../support/crash-files';
import { Random } from '../../support/random';

const KIB = 1024;
const ID = '00112233445566ff';
const OTHER = 'ffeeddccbbaa9988';

/** Zero, compressible and random chunks. */
function sampleMemory(random: Random, length: number): Uint8Array {
  const memory = new Uint8Array(length);
  for (let at = 0; at < length; at += 128 * KIB) {
    const part = memory.subarray(at, at + 128 * KIB);
    const kind = random.below(3);
    if (kind === 1) for (let i = 0; i < part.length; i++) part[i] = (i >> 4) & 0xff;
    if (kind === 2) part.set(random.bytes(part.length));
  }
  return memory;
}

describe('saved memory', () => {
  it('comes back as it was, without the zeros in the file', async () => {
    const files = new CrashFiles();
    const random = new Random(1);
    const regions = [
      { id: 'ram', sizeBytes: 3000 * KIB },
      { id: 'vram', sizeBytes: 100 * KIB },
      { id: 'none', sizeBytes: 0 },
    ];
    const contents = new Map(regions.map((region) => [region.id, sampleMemory(random, region.sizeBytes)]));
    const file = await files.open('/chunks', 'create');
    const seen: number[] = [];
    const index = await writeMemoryChunks(
      file,
      ID,
      regions,
      (region, offset, length) => contents.get(region.id)!.subarray(offset, offset + length),
      undefined,
      { onProgress: (done, total) => seen.push(done / total) },
    );
    expect(seen.at(-1)).toBe(1);
    const decoded = decodeMemoryIndex(encodeMemoryIndex(index));
    expect(decoded).toEqual(index);
    const zeros = index.regions.flatMap((region) => region.chunks).filter((chunk) => chunk.length === 0).length;
    expect(zeros).toBeGreaterThan(0);
    const reader = await StoredMemory.open(decoded, filesOf(decoded), () => files.open('/chunks', 'read'));
    for (const region of regions) {
      const into = new Uint8Array(new SharedArrayBuffer(region.sizeBytes));
      await reader.load(region.id, into);
      expect(Buffer.compare(into, contents.get(region.id)!)).toBe(0);
    }
    const last = new Uint8Array(3000 * KIB - 23 * 128 * KIB).fill(1);
    await reader.readChunk('ram', 23, last);
    expect(Buffer.compare(last, contents.get('ram')!.subarray(23 * 128 * KIB))).toBe(0);
    await expect(reader.readChunk('ram', 24, last)).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(reader.load('cpu', last)).rejects.toMatchObject({ code: 'snapshot-corrupt' });
    await reader.close();
  });

  it('shares unchanged chunks with an earlier state', async () => {
    const files = new CrashFiles();
    const random = new Random(2);
    const regions = [{ id: 'ram', sizeBytes: 512 * KIB }];
    const memory = random.bytes(512 * KIB);
    const read = (_: unknown, offset: number, length: number) => memory.subarray(offset, offset + length);
    const first = await writeMemoryChunks(await files.open('/a', 'create'), ID, regions, read, undefined);
    memory.fill(7, 128 * KIB, 256 * KIB);
    const second = await writeMemoryChunks(
      await files.open('/b', 'create'),
      OTHER,
      regions,
      (region, offset, length) => (offset === 128 * KIB ? read(region, offset, length) : 'unchanged'),
      first,
    );
    expect(filesOf(second).sort()).toEqual([ID, OTHER]);
    expect(files.contentOf('/b')!.length).toBeLessThan(2 * KIB);
    const open = (id: string) => files.open(id === ID ? '/a' : '/b', 'read');
    const reader = await StoredMemory.open(second, filesOf(second), open);
    const into = new Uint8Array(512 * KIB);
    await reader.load('ram', into);
    expect(Buffer.compare(into, memory)).toBe(0);
  });

  it('can be stopped half-way', async () => {
    const files = new CrashFiles();
    const controller = new AbortController();
    const writing = writeMemoryChunks(
      await files.open('/a', 'create'),
      ID,
      [{ id: 'ram', sizeBytes: 4096 * KIB }],
      (_region, offset, length) => {
        if (offset > 1024 * KIB) controller.abort();
        return new Uint8Array(length).fill(1);
      },
      undefined,
      { signal: controller.signal },
    );
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is refused when a byte of it changed', { timeout: 60_000 }, async () => {
    const files = new CrashFiles();
    const random = new Random(3);
    const memory = sampleMemory(random, 700 * KIB);
    const index = await writeMemoryChunks(
      await files.open('/a', 'create'),
      ID,
      [{ id: 'ram', sizeBytes: memory.length }],
      (_region, offset, length) => memory.subarray(offset, offset + length),
      undefined,
    );
    const stored = files.contentOf('/a')!.slice();
    for (let round = 0; round < 40; round++) {
      const bytes = stored.slice(0, random.chance(0.2) ? random.below(stored.length) : stored.length);
      if (bytes.length === stored.length) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      files.put('/a', bytes);
      const reader = await StoredMemory.open(index, filesOf(index), () => files.open('/a', 'read'));
      await expect(reader.load('ram', new Uint8Array(memory.length))).rejects.toMatchObject({
        code: 'snapshot-corrupt',
      });
    }
  });

  it('has an index that is checked before it is believed', () => {
    const random = new Random(4);
    const chunk = { codec: 2, file: ID, offset: 0, length: 100, checksum: 1 };
    const good = encodeMemoryIndex({
      chunkBytes: 128 * KIB,
      regions: [{ id: 'ram', sizeBytes: 256 * KIB, chunks: [chunk, chunk] }],
    });
    for (let round = 0; round < 3000; round++) {
      const bytes = good.slice(0, random.chance(0.2) ? random.below(good.length) : good.length);
      for (let i = random.below(4); i >= 0 && bytes.length > 0; i--)
        bytes[random.below(bytes.length)] = random.below(256);
      // Half of them with a right checksum: written by somebody who means harm.
      if (random.chance(0.5) && bytes.length > 4) {
        new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes.subarray(0, -4)), true);
      }
      expectOnly('snapshot-corrupt', () => decodeMemoryIndex(bytes));
    }
  });
});

describe('a device state file', () => {
  const entries = new Map([
    ['cpu0', { rax: 1n, xsave: new Uint8Array(100) }],
    ['com1', { ier: 3, list: [1, 2] }],
  ]);

  it('comes back as it was', () => {
    expect(decodeStateFile(encodeStateFile(entries))).toEqual(entries);
    expect(decodeStateFile(encodeStateFile(new Map()))).toEqual(new Map());
  });

  it('is refused when it is damaged or forged', () => {
    const random = new Random(5);
    const good = encodeStateFile(entries);
    for (let i = 0; i < good.length; i++) {
      const bytes = good.slice();
      bytes[i]! ^= 0x10;
      expect(() => decodeStateFile(bytes)).toThrow(VmError);
    }
    for (let round = 0; round < 2000; round++) {
      const bytes = good.slice(0, random.chance(0.3) ? random.below(good.length) : good.length);
      for (let i = random.below(4); i >= 0 && bytes.length > 0; i--)
        bytes[random.below(bytes.length)] = random.below(256);
      if (bytes.length > 4) new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes.subarray(0, -4)), true);
      expectOnly('snapshot-corrupt', () => decodeStateFile(bytes));
    }
  });
});

describe('a snapshot tree', () => {
  const tree: SnapshotTree = {
    ...emptyTree,
    here: OTHER,
    active: { 'disks/a': ID },
    layers: { [ID]: { base: 'disks/a', below: null } },
    states: { [ID]: { chunks: [ID], sizeBytes: 5 } },
    snapshots: [
      {
        id: OTHER,
        parent: null,
        name: 'a',
        description: '',
        createdMs: 1,
        state: ID,
        layers: { 'disks/a': null },
        hasThumbnail: true,
      },
    ],
  };

  it('comes back as it was', () => {
    expect(parseTree(formatTree(tree), 'x')).toEqual(tree);
    expect(parseTree(formatTree(emptyTree), 'x')).toEqual(emptyTree);
  });

  const wrong: [string, object][] = [
    ['an id that is a path', { active: { 'disks/a': '../../etc/passwd' } }],
    ['a layer that is not there', { active: { 'disks/a': OTHER } }],
    ['a layer of another disk', { layers: { [ID]: { base: 'disks/b', below: null } } }],
    ['layers in a loop', { layers: { [ID]: { base: 'disks/a', below: ID } } }],
    ['a snapshot that is its own parent', { snapshots: [{ ...tree.snapshots[0], parent: OTHER }] }],
    ['a state that is not there', { states: {} }],
    ['a place that is not there', { here: ID }],
    ['a snapshot twice', { snapshots: [tree.snapshots[0], tree.snapshots[0]] }],
    ['no lists', { snapshots: null }],
  ];
  it.each(wrong)('is refused with %s', (_what, change) => {
    const text = JSON.stringify({ ...JSON.parse(formatTree(tree)), ...change });
    expectOnly('snapshot-corrupt', () => parseTree(text, 'x'), true);
  });

  it('is refused when it is not JSON', () => {
    for (const text of ['', '{', '[]', 'null', '3']) expectOnly('snapshot-corrupt', () => parseTree(text, 'x'), true);
  });
});

function expectOnly(code: string, run: () => unknown, mustFail = false): void {
  let failed = false;
  try {
    run();
  } catch (error) {
    failed = true;
    expect(error).toMatchObject({ code });
  }
  if (mustFail) expect(failed).toBe(true);
}
