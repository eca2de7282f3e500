import { mkdtempSync, rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig } from '../../../src/config/vm-config';
import { LateLoading } from '../../../src/guest/late-loading';
import { LateMemory, lateMemory, LatePages } from '../../../src/guest/late-memory';
import { filesOf } from '../../../src/library/snapshots/memory-index';
import { StoredMemory } from '../../../src/library/snapshots/memory-reader';
import { writeMemoryChunks } from '../../../src/library/snapshots/memory-writer';
import { createMachineMemory, FRAME_BYTES, memoryMapOf } from '../../../src/machine/memory-map';
import { MachineMemory } from '../../../src/machine/machine-memory';
import { PAGE_NOT_LOADED, PAGE_RAM } from '../../../src/machine/page-flags';
import { Random } from '../../support/random';

const ID = '00112233445566ff';
const MIB = 1 << 20;
const CHUNK = 128 << 10;
const config = { ...defaultConfig('late'), memory: { memoryMiB: 2 } };
const { ram } = memoryMapOf(config);
const files = new NodeHostFiles();
let folder: string;
let file: string;
let saved: Uint8Array;

/** Every third chunk is zeros; the last one is, too. */
async function write(): Promise<StoredMemory> {
  const random = new Random(5);
  saved = new Uint8Array(ram.size);
  for (let at = 0; at < 2 * MIB; at += CHUNK) if ((at / CHUNK) % 3 !== 0) saved.set(random.bytes(CHUNK), at);
  const chunks = await files.open(file, 'create');
  const region = { id: 'ram', sizeBytes: ram.size };
  const index = await writeMemoryChunks(
    chunks,
    ID,
    [region],
    (_, at, length) => saved.subarray(at, at + length),
    undefined,
  );
  await chunks.close();
  return StoredMemory.open(index, filesOf(index), () => files.open(file, 'read'));
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'subzero-late-'));
  file = path.join(folder, 'chunks');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('RAM that comes when it is touched', () => {
  it('is there whoever reads it, page by page, after its file is gone', async () => {
    const stored = await write();
    const memory = createMachineMemory(config);
    const late = lateMemory(await stored.table('ram'), memory, ram.offset);
    await stored.close();
    const machine = new MachineMemory(memory);
    machine.block(ram.offset, ram.size, PAGE_RAM);
    machine.map('ram', { gpa: 0, size: ram.size, read: ram.offset, write: ram.offset });
    const pages = new LatePages(late);
    machine.listener = { ...machine.listener, pageSlow: (offset) => pages.touch(offset) };
    rmSync(file);
    const frame = ram.offset / FRAME_BYTES;
    expect(machine.flags[frame]).toBe(PAGE_RAM);
    expect(machine.flags[frame + CHUNK / FRAME_BYTES]).toBe(PAGE_RAM | PAGE_NOT_LOADED);
    // A write keeps what stands beside it.
    machine.writeU8(CHUNK + 5, 0x5a);
    saved[CHUNK + 5] = 0x5a;
    expect(machine.flags[frame + CHUNK / FRAME_BYTES]).toBe(PAGE_RAM);
    expect(machine.flags[frame + (2 * CHUNK) / FRAME_BYTES]).toBe(PAGE_RAM | PAGE_NOT_LOADED);
    const read = new Uint8Array(ram.size);
    machine.read(0, read);
    expect(Buffer.compare(read, saved)).toBe(0);
    expect(machine.flags.subarray(frame, frame + ram.size / FRAME_BYTES).every((flags) => flags === PAGE_RAM)).toBe(
      true,
    );
  });

  it('is never loaded over what the guest has written', async () => {
    const stored = await write();
    const memory = createMachineMemory(config);
    const late = lateMemory(await stored.table('ram'), memory, ram.offset);
    const other = new LateMemory(late);
    const pages = new LatePages(late);
    const bytes = new Uint8Array(memory.buffer, ram.offset, ram.size);
    pages.touch(ram.offset + CHUNK);
    bytes.fill(7, CHUNK, 2 * CHUNK);
    other.loadAll();
    expect(bytes.subarray(CHUNK, 2 * CHUNK).every((byte) => byte === 7)).toBe(true);
    expect(Buffer.compare(bytes.subarray(2 * CHUNK), saved.subarray(2 * CHUNK))).toBe(0);
    await stored.close();
  });

  it('is refused before the guest goes on where a byte of it is wrong', async () => {
    const stored = await write();
    const bytes = readFileSync(file);
    bytes[1000] = (bytes[1000] as number) ^ 1;
    writeFileSync(file, bytes);
    await expect(stored.table('ram')).rejects.toMatchObject({ code: 'snapshot-corrupt' });
    const cancelled = AbortSignal.abort();
    await expect(stored.table('ram', { signal: cancelled })).rejects.toMatchObject({ code: 'cancelled' });
    await stored.close();
  });

  it('can be tried again after a chunk could not be read', async () => {
    const stored = await write();
    const whole = readFileSync(file);
    const late = lateMemory(await stored.table('ram'), createMachineMemory(config), ram.offset);
    const memory = new LateMemory(late);
    truncateSync(file, 100);
    expect(() => memory.load(1)).toThrow(/cut off/);
    writeFileSync(file, whole);
    memory.load(1);
    expect(Atomics.load(new Int32Array(late.states), 1)).toBe(2);
    await stored.close();
  });
});

describe('the rest of it', () => {
  it('is loaded once, and again after a failure', async () => {
    let calls = 0;
    let closed = 0;
    const loader = {
      loadLate: () => (++calls === 1 ? Promise.reject(new Error('not now')) : Promise.resolve()),
      close: async () => void closed++,
    };
    const loading = new LateLoading(loader);
    await expect(loading.loadAll()).rejects.toThrow('not now');
    await Promise.all([loading.loadAll(), loading.loadAll()]);
    expect([calls, closed]).toEqual([2, 1]);
  });
});
