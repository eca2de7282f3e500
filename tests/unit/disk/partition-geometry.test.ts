import { describe, expect, it } from 'vitest';
import { partitionGeometry } from '../../../src/disk/partition-geometry';

type Chs = readonly [cylinder: number, head: number, sector: number];

/** A first sector with one partition. */
function table(first: Chs, last: Chs, lba: number, count: number, type = 6): Uint8Array {
  const bytes = new Uint8Array(512);
  const chs = ([cylinder, head, sector]: Chs) => [head, sector | ((cylinder >> 2) & 0xc0), cylinder & 0xff];
  bytes.set([0x80, ...chs(first), type, ...chs(last)], 446);
  const view = new DataView(bytes.buffer);
  view.setUint32(454, lba, true);
  view.setUint32(458, count, true);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}

describe('geometry by the partition table', () => {
  it('is that of an old small disk', () => {
    const sector = table([0, 1, 1], [305, 3, 17], 17, 306 * 4 * 17 - 17);
    expect(partitionGeometry(sector)).toEqual({ heads: 4, sectors: 17 });
  });

  it('is that of translated addresses', () => {
    const sector = table([0, 1, 1], [99, 254, 63], 63, 100 * 255 * 63 - 63, 0x0c);
    expect(partitionGeometry(sector)).toEqual({ heads: 255, sectors: 63 });
  });

  it('is found where a partition ends within a cylinder', () => {
    // from 1 MiB to 100 MiB, as fdisk of today divides
    const sector = table([0, 32, 33], [12, 190, 50], 2048, 12 * 255 * 63 + 190 * 63 + 49 - 2048 + 1);
    expect(partitionGeometry(sector)).toEqual({ heads: 255, sectors: 63 });
  });

  it('does not take addresses beyond the last cylinder for its own', () => {
    const sector = table([2, 0, 1], [1023, 254, 63], 2 * 16 * 63, 0x4000000);
    expect(partitionGeometry(sector)).toEqual({ heads: 16, sectors: 63 });
  });

  it.each([
    ['no signature', new Uint8Array(512)],
    ['a protective table', table([0, 0, 2], [1023, 255, 63], 1, 0xffffffff, 0xee)],
    ['addresses that do not fit together', table([0, 1, 1], [305, 3, 17], 17, 12345)],
    ['all within the first cylinder', table([0, 1, 1], [0, 3, 17], 17, 51)],
    ['an empty entry', table([0, 1, 1], [305, 3, 17], 17, 306 * 4 * 17 - 17, 0)],
  ])('is not told by %s', (_what, sector) => {
    expect(partitionGeometry(sector)).toBeUndefined();
  });
});
