import { describe, expect, test } from 'vitest';
import { usesOf } from '../../../src/library/media';

describe('uses of an image', () => {
  test('a small raw image is a floppy or a disk, a large one a disk', () => {
    expect(usesOf({ kind: 'floppy', format: 'raw', sizeBytes: 1474560 })).toEqual(['floppy', 'disk']);
    expect(usesOf({ kind: 'disk', format: 'raw', sizeBytes: 1 << 30 })).toEqual(['disk']);
    expect(usesOf({ kind: 'disk', format: 'qcow2', sizeBytes: 1 << 20 })).toEqual(['disk']);
  });

  test('an ISO image of floppy size may be a floppy too', () => {
    const volume = {
      ...{ volumeId: '', systemId: '', publisherId: '', applicationId: '', jolietId: '', udfId: '' },
      volumeBytes: 0,
      boot: { bios: true, efi: false },
    };
    const uses = (sizeBytes: number) => usesOf({ kind: 'cdrom', format: 'raw', sizeBytes, volume });
    expect(uses(1296384)).toEqual(['cdrom', 'floppy', 'disk']);
    expect(uses(5 << 20)).toEqual(['cdrom']);
  });
});
