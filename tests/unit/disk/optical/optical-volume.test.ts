import { describe, expect, test } from 'vitest';
import { readOpticalVolume } from '../../../../src/disk/optical/optical-volume';
import type { ByteSource } from '../../../../src/disk/optical/sector-reader';
import { opticalImage } from '../../../support/optical-image';
import { Random } from '../../../support/random';

class ArraySource implements ByteSource {
  reads = 0;
  constructor(private readonly bytes: Uint8Array) {}

  read(position: number, into: Uint8Array): Promise<number> {
    this.reads++;
    const part = this.bytes.subarray(Math.min(position, this.bytes.length), position + into.length);
    into.set(part);
    return Promise.resolve(part.length);
  }
}

const read = (image: Uint8Array) => readOpticalVolume(new ArraySource(image));

describe('an optical disc image says', () => {
  test('its names in ISO 9660, Joliet and UDF', async () => {
    const image = opticalImage({
      volumeId: 'Debian 12.5.0 amd64 n',
      systemId: 'LINUX',
      publisherId: 'MICROSOFT CORPORATION',
      applicationId: 'XORRISO',
      jolietId: 'Größe',
      udfId: 'CCCOMA_X64FRE',
      volumeBlocks: 1000,
    });
    expect(await read(image)).toEqual({
      volumeId: 'Debian 12.5.0 amd64 n',
      systemId: 'LINUX',
      publisherId: 'MICROSOFT CORPORATION',
      applicationId: 'XORRISO',
      jolietId: 'Größe',
      udfId: 'CCCOMA_X64FRE',
      volumeBytes: 2048000,
      boot: { bios: false, efi: false },
    });
  });

  test('its name when it is UDF alone', async () => {
    expect(await read(opticalImage({ udfId: 'BACKUP' }))).toMatchObject({ volumeId: '', udfId: 'BACKUP' });
  });

  test.each([
    [['bios'], { bios: true, efi: false }],
    [['efi'], { bios: false, efi: true }],
    [['bios', 'efi'], { bios: true, efi: true }],
    [['efi', 'efi', 'bios'], { bios: true, efi: true }],
  ] as const)('which firmware can start it: %j', async (boots, expected) => {
    expect((await read(opticalImage({ volumeId: 'X', boots }))).boot).toEqual(expected);
  });

  test('nothing that could trick a reader', async () => {
    const image = opticalImage({ volumeId: 'a\x1b[31mb\x07c\0hidden', jolietId: 'x\u202eyz' });
    expect(await read(image)).toMatchObject({ volumeId: 'a [31mb c', jolietId: 'x yz' });
  });

  test('that it starts nothing when the catalogue is damaged', async () => {
    const image = opticalImage({ volumeId: 'X', boots: ['bios'] });
    image[40 * 2048 + 5] = 1;
    expect((await read(image)).boot).toEqual({ bios: false, efi: false });
  });
});

describe('a hostile image', () => {
  test('of nothing but descriptors is read no further than 64 sectors', async () => {
    const image = new Uint8Array(4 << 20);
    for (let at = 0; at + 2048 <= image.length; at += 2048) image.set([2, ...Buffer.from('CD001')], at);
    const source = new ArraySource(image);
    await readOpticalVolume(source);
    expect(source.reads).toBeLessThanOrEqual(64);
  });

  test('cannot send the reader outside the file or make it fail', async () => {
    const random = new Random(0x150);
    const base = opticalImage({ volumeId: 'V', jolietId: 'J', udfId: 'U', boots: ['bios', 'efi'] });
    // The sectors that matter: descriptors, catalogue, anchor, volume descriptors.
    const places = [16, 17, 18, 19, 20, 21, 22, 40, 256, 260, 261, 262].map((sector) => sector * 2048);
    for (let round = 0; round < 3000; round++) {
      const image = base.slice(0, random.chance(0.1) ? random.below(base.length) : base.length);
      for (let change = random.below(12); change >= 0; change--) {
        const at = random.pick(places) + random.below(random.chance(0.5) ? 128 : 2048);
        if (at < image.length) image[at] = random.pick([0, 1, 0x44, 0x7f, 0x80, 0x88, 0x90, 0xff, random.below(256)]);
      }
      const source = new ArraySource(image);
      const volume = await readOpticalVolume(source);
      expect(source.reads).toBeLessThan(200);
      for (const text of [volume.volumeId, volume.systemId, volume.jolietId, volume.udfId, volume.applicationId]) {
        expect(text.length).toBeLessThanOrEqual(128);
        expect(/[\0-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]/.test(text)).toBe(false);
      }
      expect(Number.isSafeInteger(volume.volumeBytes)).toBe(true);
    }
  });

  test('of chance bytes reads as nothing', async () => {
    const random = new Random(7);
    for (let round = 0; round < 50; round++) {
      const image = random.bytes(40 * 2048);
      expect(await read(image)).toMatchObject({ volumeId: '', boot: { bios: false, efi: false } });
    }
  });
});
