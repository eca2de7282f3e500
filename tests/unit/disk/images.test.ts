import { describe, expect, it } from 'vitest';
import { asciiBytes } from '../../../src/base/bytes';
import type { VmError } from '../../../src/base/errors';
import { CachedDisk } from '../../../src/disk/cached-disk';
import { createOverlay, LayeredDisk, switchAll } from '../../../src/disk/layers';
import { openImage } from '../../../src/disk/open-image';
import { createQcow2 } from '../../../src/disk/qcow2/create';
import { createRaw } from '../../../src/disk/raw/create';
import { sniffImage } from '../../../src/disk/sniff';
import { CrashFiles } from '../../support/crash-files';
import { Random } from '../../support/random';

const KIB = 1024;
const reach = { folder: '/vm', agreed: [] };

async function makeFolder(): Promise<CrashFiles> {
  const files = new CrashFiles();
  await files.makeFolder('/vm');
  return files;
}

function fileWith(size: number, ...parts: [number, string | number[]][]): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, part] of parts) bytes.set(typeof part === 'string' ? asciiBytes(part) : part, at);
  return bytes;
}

describe('a file that a user names', () => {
  const known: [string, Uint8Array, object][] = [
    [
      'an ISO image',
      fileWith(100 * KIB, [32768, [1]], [32769, 'CD001'], [32808, 'Debian 12.0.0 amd64 n           ']),
      { kind: 'cdrom', format: 'raw', volume: { volumeId: 'Debian 12.0.0 amd64 n' } },
    ],
    [
      'a hybrid ISO image with a partition table',
      fileWith(100 * KIB, [510, [0x55, 0xaa]], [32768, [1]], [32769, 'CD001'], [32808, 'X']),
      { kind: 'cdrom', volume: { volumeId: 'X' } },
    ],
    ['a UDF disc', fileWith(100 * KIB, [32769, 'BEA01']), { kind: 'cdrom', volume: { volumeId: '' } }],
    ['a floppy', fileWith(1440 * KIB), { kind: 'floppy', format: 'raw', sizeBytes: 1440 * KIB }],
    ['a floppy with more tracks', fileWith(1444 * KIB), { kind: 'floppy', format: 'raw', sizeBytes: 1444 * KIB }],
    ['a small disk', fileWith(1500 * KIB), { kind: 'disk', format: 'raw', sizeBytes: 1500 * KIB }],
    ['a raw disk', fileWith(2000 * KIB, [510, [0x55, 0xaa]]), { kind: 'disk', format: 'raw', sizeBytes: 2000 * KIB }],
  ];
  it.each(known)('is recognised: %s', async (_what, bytes, expected) => {
    const files = await makeFolder();
    files.put('/vm/x', bytes);
    expect(await sniffImage(files, '/vm/x')).toMatchObject(expected);
  });

  it('is recognised: a qcow2 disk, by the size that the guest sees', async () => {
    const files = await makeFolder();
    await createQcow2(files, '/vm/x', { sizeBytes: 2 ** 40 });
    expect(await sniffImage(files, '/vm/x')).toEqual({ kind: 'disk', format: 'qcow2', sizeBytes: 2 ** 40 });
  });

  const refused: [string, Uint8Array, string][] = [
    ['VMDK', fileWith(4096, [0, 'KDMV']), 'VMDK'],
    ['a VMDK descriptor', fileWith(600, [0, '# Disk DescriptorFile\nversion=1']), 'VMDK'],
    ['VHDX', fileWith(4096, [0, 'vhdxfile']), 'VHDX'],
    ['a dynamic VHD', fileWith(4096, [0, 'conectix']), 'VHD'],
    ['a fixed VHD', fileWith(4096 + 512, [4096, 'conectix']), 'VHD'],
    ['VDI', fileWith(4096, [0x40, [0x7f, 0x10, 0xda, 0xbe]]), 'VDI'],
    ['Parallels', fileWith(4096, [0, 'WithouFreSpacExt']), 'Parallels'],
    ['qcow', fileWith(4096, [0, [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 1]]), 'qcow (version 1)'],
    ['a gzip file', fileWith(4096, [0, [0x1f, 0x8b]]), 'gzip'],
    ['an OVA', fileWith(4096, [257, 'ustar']), 'tar (or OVA)'],
    ['an empty file', new Uint8Array(0), ''],
    ['a note', asciiBytes('hello'), ''],
  ];
  it.each(refused)('is refused by name: %s', async (_what, bytes, format) => {
    const files = await makeFolder();
    files.put('/vm/x', bytes);
    const error = (await sniffImage(files, '/vm/x').catch((reason: unknown) => reason)) as VmError;
    expect(error).toMatchObject({ code: 'image-unsupported', message: expect.stringContaining('/vm/x') });
    if (format !== '') expect(error.detail?.['format']).toBe(format);
  });

  it('never makes the look itself fail otherwise', async () => {
    const files = await makeFolder();
    const random = new Random(3);
    for (let round = 0; round < 300; round++) {
      files.put('/vm/x', random.bytes(random.below(600)));
      await sniffImage(files, '/vm/x').catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'image-unsupported' });
      });
    }
    await expect(sniffImage(files, '/vm/none')).rejects.toMatchObject({ code: 'file-not-found' });
    await expect(sniffImage(files, '/vm')).rejects.toMatchObject({ code: 'image-unsupported' });
  });
});

describe('a raw image', () => {
  it('ends with a whole sector, whatever the file does', async () => {
    const files = await makeFolder();
    files.put('/vm/x', new Uint8Array(700).fill(1));
    const disk = await openImage(files, '/vm/x', 'raw', { isReadOnly: false, reach });
    expect(disk.sizeBytes).toBe(1024);
    const read = new Uint8Array(1024).fill(9);
    await disk.read(0, read);
    expect([read[699], read[700], read[1023]]).toEqual([1, 0, 0]);
    await disk.write(512, new Uint8Array(512).fill(4));
    await expect(disk.write(1024, new Uint8Array(1))).rejects.toMatchObject({ code: 'bad-argument' });
    await disk.close();
    expect(files.contentOf('/vm/x')?.length).toBe(1024);
  });

  it('is never written when it is opened read-only', async () => {
    const files = await makeFolder();
    files.put('/vm/x', new Uint8Array(1024));
    const before = files.operations;
    const disk = await openImage(files, '/vm/x', 'raw', { isReadOnly: true, reach });
    await expect(disk.write(0, new Uint8Array(512))).rejects.toMatchObject({ code: 'image-readonly' });
    await disk.flush();
    await disk.close();
    expect(files.operations).toBe(before);
  });
});

describe('layers', () => {
  async function twoDisks(): Promise<[CrashFiles, LayeredDisk[]]> {
    const files = await makeFolder();
    await createQcow2(files, '/vm/a.qcow2', { sizeBytes: 256 * KIB });
    await createRaw(files, '/vm/b.img', 256 * KIB);
    const open = (name: string, format: 'raw' | 'qcow2') =>
      LayeredDisk.open(files, `/vm/${name}`, format, { isReadOnly: false, reach });
    return [files, [await open('a.qcow2', 'qcow2'), await open('b.img', 'raw')]];
  }

  it('freeze together and go on in overlays; what is frozen never changes again', async () => {
    const [files, disks] = await twoDisks();
    for (const disk of disks) await disk.write(0, new Uint8Array(512).fill(1));
    await createOverlay(files, '/vm/a1.qcow2', { path: '/vm/a.qcow2', format: 'qcow2' }, '/vm');
    await createOverlay(files, '/vm/b1.qcow2', { path: '/vm/b.img', format: 'raw' }, '/vm');
    const switches = disks.map((disk, i) => ({ disk, overlayPath: i === 0 ? '/vm/a1.qcow2' : '/vm/b1.qcow2' }));
    await switchAll(switches, async () => {});
    const frozen = ['/vm/a.qcow2', '/vm/b.img'].map((file) => files.contentOf(file)!.slice());
    for (const disk of disks) {
      await disk.write(512, new Uint8Array(512).fill(2));
      const read = new Uint8Array(1024);
      await disk.read(0, read);
      expect([read[0], read[512]]).toEqual([1, 2]);
      await disk.close();
    }
    for (const [i, file] of ['/vm/a.qcow2', '/vm/b.img'].entries()) {
      expect(Buffer.compare(files.contentOf(file)!, frozen[i]!)).toBe(0);
    }
  });

  it('all stay as they were when the switch fails', async () => {
    const [files, disks] = await twoDisks();
    await createOverlay(files, '/vm/a1.qcow2', { path: '/vm/a.qcow2', format: 'qcow2' }, '/vm');
    const switches = [
      { disk: disks[0]!, overlayPath: '/vm/a1.qcow2' },
      { disk: disks[1]!, overlayPath: '/vm/missing.qcow2' },
    ];
    await expect(switchAll(switches, async () => {})).rejects.toMatchObject({ code: 'file-not-found' });
    const failing = async () => {
      throw new Error('commit');
    };
    await expect(switchAll(switches.slice(0, 1), failing)).rejects.toThrow('commit');
    expect(disks.map((disk) => disk.activePath)).toEqual(['/vm/a.qcow2', '/vm/b.img']);
    for (const disk of disks) {
      await disk.write(0, new Uint8Array(512).fill(3));
      await disk.close();
    }
  });

  it('are not disturbed by requests under way through the cache', async () => {
    const [files, disks] = await twoDisks();
    const disk = new CachedDisk(disks[0]!, { idleMs: 0 });
    await createOverlay(files, '/vm/a1.qcow2', { path: '/vm/a.qcow2', format: 'qcow2' }, '/vm');
    const writes = [1, 2, 3, 4].map((value) => disk.write(value * 64 * KIB - 512, new Uint8Array(512).fill(value)));
    const flush = disk.flush();
    const change = disks[0]!.switchTo('/vm/a1.qcow2', async () => {});
    await Promise.all([...writes, flush, change]);
    await disk.write(0, new Uint8Array(512).fill(9));
    await disk.close();
    const again = await openImage(files, '/vm/a1.qcow2', 'qcow2', { isReadOnly: true, reach });
    const read = new Uint8Array(256 * KIB);
    await again.read(0, read);
    expect([0, 1, 2, 3, 4].map((value) => read[Math.max(0, value * 64 * KIB - 512)])).toEqual([9, 1, 2, 3, 4]);
  });

  it('may lie over a file elsewhere only when the user agreed to it', async () => {
    const files = await makeFolder();
    await files.makeFolder('/isos');
    await createRaw(files, '/isos/base.img', 64 * KIB);
    await createOverlay(files, '/vm/a.qcow2', { path: '/isos/base.img', format: 'raw' }, '/vm');
    const open = (agreed: string[]) =>
      openImage(files, '/vm/a.qcow2', 'qcow2', { isReadOnly: false, reach: { folder: '/vm', agreed } });
    await expect(open([])).rejects.toMatchObject({ code: 'path-outside' });
    await (await open(['/isos/base.img'])).close();
  });

  it('are refused when they form a loop', async () => {
    const files = await makeFolder();
    for (const [name, below] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]) {
      await createQcow2(files, `/vm/${name}.qcow2`, {
        sizeBytes: 64 * KIB,
        backing: { file: `${below}.qcow2`, format: 'qcow2' },
      });
    }
    const opened = openImage(files, '/vm/a.qcow2', 'qcow2', { isReadOnly: false, reach });
    await expect(opened).rejects.toMatchObject({ code: 'image-chain', message: expect.stringContaining('loop') });
  });

  it('may be many', async () => {
    const files = await makeFolder();
    await createQcow2(files, '/vm/0.qcow2', { sizeBytes: 64 * KIB, clusterBits: 9 });
    for (let n = 1; n <= 150; n++) {
      await createOverlay(files, `/vm/${n}.qcow2`, { path: `/vm/${n - 1}.qcow2`, format: 'qcow2' }, '/vm');
    }
    const disk = await openImage(files, '/vm/150.qcow2', 'qcow2', { isReadOnly: false, reach });
    await disk.write(100, new Uint8Array([1, 2, 3]));
    const read = new Uint8Array(5);
    await disk.read(99, read);
    expect([...read]).toEqual([0, 1, 2, 3, 0]);
    await disk.close();
  });
});
