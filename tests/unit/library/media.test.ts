import { describe, expect, test } from 'vitest';
import { recogniseSystem, usesOf } from '../../../src/library/media';

describe('recognised systems', () => {
  test.each([
    ['Debian 12.5.0 amd64 n', 'debian-12.5.0-amd64-netinst.iso', 'debian12'],
    ['Ubuntu-Server 22.04 LTS amd64', 'x.iso', 'ubuntu'],
    ['', 'grub-rescue-cdrom.iso', 'grub-rescue'],
    ['ISOIMAGE', 'starter.iso', 'subzero-starter'],
    ['CCCOMA_X64FRE_EN-US_DV9', 'win.iso', 'windows'],
    ['<script>', 'unknown.bin', 'other'],
  ])('volume %j, file %j', (volumeId, fileName, id) => {
    expect(recogniseSystem(volumeId, fileName).os.id).toBe(id);
  });
});

describe('uses of an image', () => {
  test('a small raw image is a floppy or a disk, a large one a disk', () => {
    expect(usesOf({ kind: 'floppy', format: 'raw', sizeBytes: 1474560 })).toEqual(['floppy', 'disk']);
    expect(usesOf({ kind: 'disk', format: 'raw', sizeBytes: 1 << 30 })).toEqual(['disk']);
    expect(usesOf({ kind: 'disk', format: 'qcow2', sizeBytes: 1 << 20 })).toEqual(['disk']);
  });

  test('an ISO image of floppy size may be a floppy too', () => {
    expect(usesOf({ kind: 'cdrom', format: 'raw', sizeBytes: 1296384, volumeId: '' })).toEqual([
      'cdrom',
      'floppy',
      'disk',
    ]);
    expect(usesOf({ kind: 'cdrom', format: 'raw', sizeBytes: 5 << 20, volumeId: '' })).toEqual(['cdrom']);
  });
});
