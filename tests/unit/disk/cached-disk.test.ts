import { describe, expect, it } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { CachedDisk } from '../../../src/disk/cached-disk';
import { MemoryDisk } from '../../support/memory-disk';
import { Random } from '../../support/random';

const KIB = 1024;
const never = { idleMs: 0 };

describe('CachedDisk', () => {
  it('keeps writes in memory until a flush, which writes them in order and flushes below', async () => {
    const inner = new MemoryDisk(1024 * KIB);
    const disk = new CachedDisk(inner, never);
    await disk.write(300 * KIB, new Uint8Array(512).fill(2));
    await disk.write(0, new Uint8Array(1024).fill(1));
    expect(inner.writes).toEqual([]);
    const read = new Uint8Array(512);
    await disk.read(300 * KIB, read);
    expect(read[0]).toBe(2);
    await disk.flush();
    expect(inner.writes).toEqual([
      { offset: 0, length: 1024 },
      { offset: 300 * KIB, length: 512 },
    ]);
    expect(inner.flushed[300 * KIB]).toBe(2);
    await disk.flush();
    expect(inner.writes.length).toBe(2);
    expect(inner.flushes).toBe(2);
  });

  it('joins neighbouring blocks into one write', async () => {
    const inner = new MemoryDisk(1024 * KIB);
    const disk = new CachedDisk(inner, never);
    for (let at = 0; at < 512 * KIB; at += 4 * KIB) await disk.write(at, new Uint8Array(4 * KIB).fill(at / KIB + 1));
    await disk.flush();
    expect(inner.writes).toEqual([{ offset: 0, length: 512 * KIB }]);
  });

  it('reads a block once', async () => {
    const inner = new MemoryDisk(1024 * KIB);
    const disk = new CachedDisk(inner, never);
    for (let at = 0; at < 128 * KIB; at += 512) await disk.read(at, new Uint8Array(512));
    expect(inner.reads).toBe(2);
  });

  it('stays within its memory', async () => {
    const inner = new MemoryDisk(4096 * KIB);
    const disk = new CachedDisk(inner, { ...never, maxBytes: 512 * KIB, maxDirtyBytes: 128 * KIB });
    // One sector in every block: no block is clean until it is written.
    for (let round = 0; round < 3; round++) {
      for (let at = 0; at < inner.sizeBytes; at += 64 * KIB)
        await disk.write(at + round * 512, new Uint8Array(512).fill(7));
    }
    for (let at = 0; at < inner.sizeBytes; at += 16 * KIB) await disk.write(at, new Uint8Array(16 * KIB).fill(8));
    expect(disk.dirtyBytes).toBeLessThanOrEqual(128 * KIB + 16 * KIB);
    await disk.close();
    expect(inner.flushed.every((byte) => byte === 8)).toBe(true);
    expect(inner.isClosed).toBe(true);
  });

  it('keeps data that could not be written, and writes it when there is room again', async () => {
    const inner = new MemoryDisk(256 * KIB);
    const disk = new CachedDisk(inner, never);
    await disk.write(0, new Uint8Array(100 * KIB).fill(5));
    inner.failure = new VmError('disk-full', 'no room');
    await expect(disk.flush()).rejects.toMatchObject({ code: 'disk-full' });
    await expect(disk.flush()).rejects.toMatchObject({ code: 'disk-full' });
    expect(disk.dirtyBytes).toBe(100 * KIB);
    inner.failure = undefined;
    await disk.flush();
    expect(inner.flushed.subarray(0, 100 * KIB).every((byte) => byte === 5)).toBe(true);
    expect(disk.dirtyBytes).toBe(0);
  });

  it('flushes by itself after a quiet while and tells when that fails', async () => {
    const inner = new MemoryDisk(256 * KIB);
    const disk = new CachedDisk(inner, { idleMs: 5 });
    const errors: string[] = [];
    disk.onBackgroundError.on((error) => errors.push(error.code));
    inner.failure = new VmError('disk-full', 'no room');
    await disk.write(0, new Uint8Array(512).fill(1));
    await expect.poll(() => errors.length, { timeout: 5000 }).toBeGreaterThan(0);
    inner.failure = undefined;
    await expect.poll(() => inner.flushed[0], { timeout: 5000 }).toBe(1);
    await disk.close();
  });

  it('refuses what is outside, read-only or closed', async () => {
    const disk = new CachedDisk(new MemoryDisk(64 * KIB, true), never);
    await expect(disk.write(0, new Uint8Array(1))).rejects.toMatchObject({ code: 'image-readonly' });
    await expect(disk.read(64 * KIB, new Uint8Array(1))).rejects.toMatchObject({ code: 'bad-argument' });
    await disk.close();
    await expect(disk.read(0, new Uint8Array(1))).rejects.toMatchObject({ code: 'image-closed' });
  });

  it('takes buffers in shared memory', async () => {
    const inner = new MemoryDisk(128 * KIB);
    const disk = new CachedDisk(inner, never);
    const shared = new Uint8Array(new SharedArrayBuffer(4096)).fill(3);
    await disk.write(63 * KIB, shared);
    await disk.flush();
    const back = new Uint8Array(new SharedArrayBuffer(4096));
    await disk.read(63 * KIB, back);
    expect(back.every((byte) => byte === 3)).toBe(true);
    expect(inner.bytes[63 * KIB]).toBe(3);
  });

  it('agrees with a plain disk under random overlapping requests and failures', { timeout: 60_000 }, async () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = new Random(seed);
      const size = 900 * KIB + 512;
      const inner = new MemoryDisk(size);
      const disk = new CachedDisk(inner, { ...never, maxBytes: 384 * KIB, maxDirtyBytes: 96 * KIB });
      const model = new Uint8Array(size);
      const running: Promise<void>[] = [];
      for (let step = 0; step < 250; step++) {
        if (random.chance(0.3)) inner.gate = new Promise((resolve) => setImmediate(resolve));
        inner.failure = random.chance(0.05) ? new VmError('disk-full', 'no room') : undefined;
        const unit = random.chance(0.8) ? 512 : 1;
        const offset = Math.floor(random.below(size) / unit) * unit;
        const length = Math.min(
          size - offset,
          Math.ceil(random.below(random.chance(0.1) ? 300_000 : 9000) / unit) * unit,
        );
        const action = random.below(12);
        if (action < 6) {
          const data = random.bytes(length);
          model.set(data, offset);
          // A write that fails for want of room has still reached the cache in part; try until it is in.
          await retry(() => disk.write(offset, data), inner);
        } else if (action < 10) {
          const expected = model.slice(offset, offset + length);
          const data = new Uint8Array(length);
          const read = retry(() => disk.read(offset, data), inner).then(() => {
            expect(Buffer.compare(data, expected)).toBe(0);
          });
          if (random.chance(0.5)) await read;
          else running.push(read);
          if (running.length > 0) await Promise.all(running.splice(0));
        } else if (action === 10) {
          await retry(() => disk.discard(offset, length), inner);
          model.fill(0, offset, offset + length);
        } else {
          await retry(() => disk.flush(), inner);
          expect(Buffer.compare(inner.flushed, model)).toBe(0);
        }
      }
      inner.failure = undefined;
      await disk.close();
      expect(Buffer.compare(inner.flushed, model)).toBe(0);
    }
  });
});

async function retry(run: () => Promise<void>, inner: MemoryDisk): Promise<void> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if ((error as VmError).code !== 'disk-full') throw error;
      inner.failure = undefined;
    }
  }
}
