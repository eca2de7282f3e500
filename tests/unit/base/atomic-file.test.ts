import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWholeFile, replaceFile } from '../../../src/base/atomic-file';
import { NodeHostFiles } from '../../../src/base/node-host-files';

const MAX = 1000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'subzero-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another program replaces the file between the look at it and its opening. */
class ReplacedAfterStat extends NodeHostFiles {
  constructor(private readonly next: string) {
    super();
  }

  override async stat(file: string) {
    const info = await super.stat(file);
    await replaceFile(new NodeHostFiles(), file, new TextEncoder().encode(this.next));
    return info;
  }
}

describe('a file that is read whole', () => {
  const read = async (next: string): Promise<string> => {
    const file = path.join(folder, 'list.json');
    writeFileSync(file, '[1]');
    return new TextDecoder().decode(await readWholeFile(new ReplacedAfterStat(next), file, MAX));
  };

  it('is all of the old or all of the new one while it is replaced', async () => {
    expect(await read('[1, 2, 3, 4]')).toBe('[1, 2, 3, 4]');
    expect(await read('[]')).toBe('[]');
  });

  it('is refused when the new one is too large', async () => {
    await expect(read('x'.repeat(MAX + 1))).rejects.toMatchObject({ code: 'io-error' });
  });

  it('is undefined where there is none', async () => {
    expect(await readWholeFile(new NodeHostFiles(), path.join(folder, 'none'), MAX)).toBeUndefined();
  });
});
