import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderOf, readWholeFile, replaceFile } from '../../../src/base/atomic-file';
import { nodeHostFiles as files } from '../../../src/base/node-host-files';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'subzero-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string) => path.join(folder, name);

describe('host files', () => {
  it('reads what is there, up to the end of the file', async () => {
    const file = await files.open(at('a'), 'create');
    await file.write(10, new Uint8Array([1, 2, 3]));
    expect(await file.size()).toBe(13);
    const into = new Uint8Array(8).fill(9);
    expect(await file.read(9, into)).toBe(4);
    expect([...into]).toEqual([0, 1, 2, 3, 9, 9, 9, 9]);
    expect(await file.read(100, into)).toBe(0);
    await file.truncate(11);
    await file.sync();
    expect(await file.size()).toBe(11);
    await file.close();
  });

  it('says in words what is wrong, with the path', async () => {
    await expect(files.open(at('none'), 'read')).rejects.toMatchObject({
      code: 'file-not-found',
      detail: { path: at('none') },
      message: expect.stringContaining('does not exist'),
    });
    writeFileSync(at('a'), 'x');
    await expect(files.open(at('a'), 'create')).rejects.toMatchObject({ code: 'file-exists' });
    await expect(files.link(at('a'), at('a'))).rejects.toMatchObject({ code: 'file-exists' });
    await expect(files.open(at('a/b'), 'read')).rejects.toMatchObject({ code: 'file-not-found' });
  });

  it('tells folders, files and nothing apart', async () => {
    await files.makeFolder(at('d'));
    await files.makeFolder(at('d'));
    writeFileSync(at('d/f'), 'abc');
    expect(await files.stat(at('d'))).toMatchObject({ kind: 'folder' });
    expect(await files.stat(at('d/f'))).toMatchObject({ kind: 'file', sizeBytes: 3 });
    expect(await files.stat(at('d/x'))).toBeUndefined();
    expect(await files.list(at('d'))).toEqual(['f']);
    expect(await files.list(at('x'))).toBeUndefined();
    await expect(files.removeFolder(at('d'))).rejects.toMatchObject({ code: 'file-exists' });
    await files.removeFile(at('d/f'));
    await files.removeFile(at('d/f'));
    await files.removeFolder(at('d'));
    await files.removeFolder(at('d'));
    await files.syncFolder(folder);
  });

  it('removes a tree without following links out of it', async () => {
    await files.makeFolder(at('keep'));
    writeFileSync(at('keep/file'), 'x');
    await files.makeFolder(at('gone'));
    symlinkSync(at('keep'), at('gone/link'));
    await files.removeTree(at('gone'));
    await files.removeTree(at('gone'));
    expect(await files.list(at('keep'))).toEqual(['file']);
  });

  it('replaces a file whole and refuses one larger than its kind', async () => {
    await replaceFile(files, at('a'), new Uint8Array([1]));
    await replaceFile(files, at('a'), new Uint8Array([2, 3]));
    expect(await readWholeFile(files, at('a'), 10)).toEqual(new Uint8Array([2, 3]));
    expect(await files.list(folder)).toEqual(['a']);
    await expect(readWholeFile(files, at('a'), 1)).rejects.toMatchObject({ code: 'io-error' });
    expect(await readWholeFile(files, at('b'), 1)).toBeUndefined();
    expect([folderOf('/a/b'), folderOf('/a'), folderOf('C:\\x\\y')]).toEqual(['/a', '/', 'C:\\x']);
  });
});
