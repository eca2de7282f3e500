import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles as files } from '../../../src/base/node-host-files';
import { identityOf, isRunning } from '../../../src/library/process-identity';
import { acquireLock, readOwner } from '../../../src/library/vm-lock';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'subzero-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const lockFile = () => path.join(folder, 'vm.lock');

/** Puts a lock there as a process of another kind would have left it. */
async function leaveLock(change: Record<string, unknown>): Promise<void> {
  const lock = await acquireLock(files, folder, '/run/x.sock');
  const json = JSON.parse(readFileSync(lockFile(), 'utf8')) as Record<string, unknown>;
  await lock.release();
  writeFileSync(lockFile(), JSON.stringify({ ...json, ...change }));
}

/** The pid of a process that has ended. */
function deadPid(): number {
  return Number(spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).stdout);
}

describe('the lock of a VM', () => {
  it('has one owner, who can be found by pid and socket', async () => {
    const lock = await acquireLock(files, folder, '/run/x.sock');
    expect(await readOwner(files, folder)).toMatchObject({ pid: process.pid, socketPath: '/run/x.sock' });
    await expect(acquireLock(files, folder, '')).rejects.toMatchObject({
      code: 'vm-in-use',
      detail: { pid: String(process.pid), socket: '/run/x.sock' },
    });
    await lock.release();
    await lock.release();
    expect(await readOwner(files, folder)).toBeUndefined();
    await (await acquireLock(files, folder, '')).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  const stale: [string, () => Record<string, unknown>][] = [
    ['a process that has ended', () => ({ pid: deadPid() })],
    ['a pid that was used again', () => ({ startTime: '1' })],
    ['before the last boot', () => ({ bootId: 'another' })],
    ['another folder, of which this is a copy', () => ({ folder: '1:2' })],
  ];
  it.each(stale)('is taken over from %s', async (_what, change) => {
    await leaveLock(change());
    expect(await readOwner(files, folder)).toBeUndefined();
    const lock = await acquireLock(files, folder, '');
    expect(await readOwner(files, folder)).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('is not taken from another computer, where nobody can tell', async () => {
    await leaveLock({ host: 'elsewhere', pid: 1 });
    await expect(acquireLock(files, folder, '')).rejects.toMatchObject({
      code: 'vm-in-use',
      message: expect.stringContaining('elsewhere'),
    });
  });

  it('does not go with a copy of the folder', async () => {
    const lock = await acquireLock(files, folder, '');
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    try {
      expect(await readOwner(files, copy)).toBeUndefined();
      await (await acquireLock(files, copy, '')).release();
    } finally {
      rmSync(copy, { recursive: true });
      await lock.release();
    }
  });

  it.each(['', '{', 'null', '{"pid": "x"}', '\0\0\0'])(
    'that is unreadable (%j) counts as left behind',
    async (text) => {
      writeFileSync(lockFile(), text);
      expect(await readOwner(files, folder)).toBeUndefined();
      await (await acquireLock(files, folder, '')).release();
    },
  );

  it('goes to one of many that want it at once, fresh or stale', { timeout: 30_000 }, async () => {
    for (let round = 0; round < 6; round++) {
      if (round % 2 === 1) await leaveLock({ pid: deadPid() });
      const results = await Promise.allSettled(Array.from({ length: 12 }, () => acquireLock(files, folder, '')));
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won.length).toBe(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'vm-in-use' });
      }
      await won[0]!.value.release();
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});

describe('a process', () => {
  it('is told from another one by its start time', () => {
    const mine = identityOf(process.pid);
    expect(isRunning(mine)).toBe(true);
    if (process.platform === 'linux') expect(mine.startTime).toMatch(/^\d+$/);
    expect(isRunning({ ...mine, startTime: '5' })).toBe(process.platform !== 'linux');
    expect(isRunning(identityOf(deadPid()))).toBe(false);
  });
});
