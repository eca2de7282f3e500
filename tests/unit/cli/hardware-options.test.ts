import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { configFromOptions, type DiskPlace, type HardwareValues } from '../../../src/cli/hardware-options';

let folder = '';
let made: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'subzero-options-'));
  made = [];
  writeFileSync(path.join(folder, 'kernel'), 'kernel');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => path.join(folder, name);

function config(values: HardwareValues): ReturnType<typeof configFromOptions> {
  const place: DiskPlace = {
    folder,
    newDisk: at,
    name: (absolute) => absolute,
    make: (file) => {
      made.push(file);
      return Promise.resolve();
    },
  };
  return configFromOptions(nodeHostFiles, 'test', { ...values, disk: ['1G'] }, place);
}

describe('files that options name', () => {
  const options: [option: string, values: (file: string) => HardwareValues][] = [
    ['kernel', (file) => ({ kernel: file })],
    ['initrd', (file) => ({ kernel: at('kernel'), initrd: file })],
    ['module', (file) => ({ kernel: at('kernel'), module: [`${file} with arguments`] })],
    ['bios', (file) => ({ bios: file })],
    ['cdrom', (file) => ({ cdrom: [file] })],
    ['floppy', (file) => ({ floppy: [file] })],
  ];

  it.each(options)('must be there before anything is made: --%s', async (option, values) => {
    await expect(config(values(at('nothing')))).rejects.toMatchObject({
      code: 'file-not-found',
      message: `--${option} ${at('nothing')}: the file does not exist; check the path`,
    });
    expect(made).toEqual([]);
  });

  it.each(options)('are no folders: --%s', async (option, values) => {
    await expect(config(values(folder))).rejects.toThrow(`--${option} ${folder}: not a file; name a file`);
    expect(made).toEqual([]);
  });

  it('become absolute paths, and new disks are made', async () => {
    const { boot } = await config({ kernel: at('kernel'), module: [`${at('kernel')} a b`] });
    expect(boot.kernel).toMatchObject({ file: at('kernel'), modules: [{ file: at('kernel'), args: 'a b' }] });
    expect(made).toHaveLength(1);
  });
});
