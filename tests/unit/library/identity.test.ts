import { cpSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { type IdentityConfig, uuidBytes } from '../../../src/config/identity';
import { checkConfig, defaultConfig } from '../../../src/config/vm-config';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';
import { requireConfig } from '../../../src/library/vm-folder';

let home = '';
let library: Library;
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'subzero-identity-')));
  library = new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home }));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const run = async (folder: string) => (await library.openToRun(folder, '')).close();
const identityOf = async (folder: string): Promise<IdentityConfig> =>
  (await requireConfig(nodeHostFiles, folder)).identity;
const make = async (): Promise<string> => (await library.create({ config: defaultConfig('Mine'), disks: [] })).folder;
const elsewhere = (name: string): string => {
  mkdirSync(path.join(home, 'other'), { recursive: true });
  return path.join(home, 'other', name);
};

describe('who a VM is', { timeout: 120_000 }, () => {
  it('is settled at its first power-on, and stays', async () => {
    const folder = await make();
    expect(await identityOf(folder)).toEqual({ uuid: '', place: '' });
    await run(folder);
    const first = await identityOf(folder);
    expect(first.uuid).toMatch(/^[0-9a-f-]{36}$/);
    await run(folder);
    expect(await identityOf(folder)).toEqual(first);
  });

  it('stays in a folder that was moved, when the user says so', async () => {
    const folder = await make();
    await run(folder);
    const { uuid, place } = await identityOf(folder);
    renameSync(folder, elsewhere('Mine'));
    const moved = (await library.add(elsewhere('Mine'))).folder;
    await expect(run(moved)).rejects.toMatchObject({ code: 'moved-or-copied', detail: { name: 'Mine', path: moved } });
    // Nothing was decided by the refusal, and the VM is free.
    expect(await identityOf(moved)).toEqual({ uuid, place });
    await library.settleIdentity(moved, 'moved');
    await run(moved);
    const now = await identityOf(moved);
    expect(now.uuid).toBe(uuid);
    expect(now.place).not.toBe(place);
  });

  it('is another for a copy, and the same as before for what was copied', async () => {
    const folder = await make();
    await run(folder);
    cpSync(folder, elsewhere('Copy'), { recursive: true });
    const copy = (await library.add(elsewhere('Copy'))).folder;
    await expect(run(copy)).rejects.toMatchObject({ code: 'moved-or-copied' });
    await library.settleIdentity(copy, 'copied');
    await run(copy);
    await run(folder);
    expect((await identityOf(copy)).uuid).not.toBe((await identityOf(folder)).uuid);
  });

  it('is no question when a missing folder was located', async () => {
    const folder = await make();
    await run(folder);
    const { uuid } = await identityOf(folder);
    renameSync(folder, elsewhere('Mine'));
    const { folder: found } = await library.locate(folder, elsewhere('Mine'));
    await run(found);
    expect((await identityOf(found)).uuid).toBe(uuid);
  });

  it('is a question when something else was located', async () => {
    const folder = await make();
    await run(folder);
    cpSync(folder, elsewhere('Copy'), { recursive: true });
    const { folder: found } = await library.locate(path.join(home, 'never-there'), elsewhere('Copy'));
    await expect(run(found)).rejects.toMatchObject({ code: 'moved-or-copied' });
  });

  it('is not taken over by a VM that is made from the configuration of another', async () => {
    const folder = await make();
    await run(folder);
    const config = { ...(await requireConfig(nodeHostFiles, folder)), name: 'Second' };
    const second = await library.create({ config, disks: [] });
    await run(second.folder);
    expect((await identityOf(second.folder)).uuid).not.toBe((await identityOf(folder)).uuid);
  });
});

describe('an identity in a configuration', () => {
  const check = (identity: unknown): string[] => {
    const checked = checkConfig({ ...defaultConfig('x'), identity });
    return checked.ok ? [] : checked.problems.map((problem) => problem.path);
  };
  it('is checked', () => {
    expect(check(undefined)).toEqual([]);
    expect(check({ uuid: '6f1c4a0e-8f5b-4b8e-9d3a-2f1f0c9a7b55', place: '0'.repeat(32) })).toEqual([]);
    expect(check({ uuid: '6F1C4A0E-8f5b-4b8e-9d3a-2f1f0c9a7b55', place: '/home' })).toEqual([
      'identity.uuid',
      'identity.place',
    ]);
    expect(check({ serial: 1 })).toEqual(['identity.serial']);
  });

  it('gives the bytes in the order of the text', () => {
    const bytes = uuidBytes({ uuid: '6f1c4a0e-8f5b-4b8e-9d3a-2f1f0c9a7b55', place: '' });
    expect([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(
      '6f1c4a0e8f5b4b8e9d3a2f1f0c9a7b55',
    );
    expect(uuidBytes({ uuid: '', place: '' })).toEqual(new Uint8Array(16));
  });
});
