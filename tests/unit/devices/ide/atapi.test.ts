import { describe, expect, it } from 'vitest';
import { rawBlock } from '../../../../src/devices/ide/atapi-data';
import { IdeFixture, pattern, same } from './fixture';

const enabled = (options = {}) => new IdeFixture(options).enable();
const read10 = (block: number, count: number) => [0x28, 0, 0, 0, block >> 8, block & 0xff, 0, count >> 8, count & 0xff];

describe('ATAPI protocol', () => {
  it('identifies as a removable CD-ROM with 12-byte packets', () => {
    const f = enabled();
    f.out(1, 7, 0xa1);
    const data = f.readWords(1, 512);
    expect(data[0]! | (data[1]! << 8)).toBe(0x85c0);
    expect(f.status(1)).toBe(0x50);
  });

  it('aborts IDENTIFY DEVICE and leaves its signature', () => {
    const f = enabled();
    f.out(1, 7, 0xec);
    expect(f.status(1)).toBe(0x51);
    expect([f.in(1, 4), f.in(1, 5)]).toEqual([0x14, 0xeb]);
  });

  it('asks for the packet without an interrupt, then tells reasons and byte counts', () => {
    const f = enabled();
    f.out(1, 4, 0x00);
    f.out(1, 5, 0x08);
    f.out(1, 7, 0xa0);
    expect(f.irqs[1].level).toBe(false);
    expect([f.status(1), f.in(1, 2)]).toEqual([0x58, 1]);
    const packet = new Uint8Array(12);
    packet.set(read10(3, 1));
    f.writeWords(1, packet);
    expect(f.irqs[1].level).toBe(true);
    expect([f.status(1), f.in(1, 2), f.in(1, 4), f.in(1, 5)]).toEqual([0x58, 2, 0, 8]);
    expect(f.readWords(1, 2048)).toEqual(pattern(0x80000).subarray(3 * 2048, 4 * 2048));
    expect(f.irqs[1].level).toBe(true);
    expect([f.status(1), f.in(1, 2)]).toEqual([0x50, 3]);
  });

  it('DEVICE RESET ends a packet under way', () => {
    const f = enabled({ isImmediate: false });
    f.packet(read10(0, 1));
    f.out(1, 7, 0x08);
    f.cd.completeAll();
    expect(f.status(1)).toBe(0);
    expect(f.in(1, 5)).toBe(0xeb);
  });

  it('ATAPI transfer lengths: DRQ blocks never exceed the byte count limit', () => {
    for (const [limit, largest] of [
      [2048, 2048],
      [3000, 3000],
      [3001, 3000],
      [512, 512],
      [1, 2],
      [0xffff, 0xfffe],
    ] as const) {
      const f = enabled();
      // More than one host request, but for the tiny limit.
      const count = limit === 1 ? 1 : 34;
      f.packet(read10(0, count), limit);
      const { data, blocks } = f.packetData(100_000);
      expect(same(data, pattern(count * 2048))).toBe(true);
      expect(Math.max(...blocks)).toBeLessThanOrEqual(largest);
      expect(blocks.slice(0, -1).every((length) => length % 2 === 0)).toBe(true);
    }
  });

  it('ATAPI transfer lengths: a limit of 0 aborts data by PIO', () => {
    const f = enabled();
    f.packet(read10(0, 1), 0);
    expect(f.status(1)).toBe(0x51);
    expect(f.sense()).toEqual([5, 0x24, 0]);
    f.packet([0x00], 0);
    expect(f.status(1)).toBe(0x50);
  });

  it('ATAPI transfer lengths: replies end at the allocation length, odd ones too', () => {
    const f = enabled();
    for (const length of [0, 1, 5, 35, 36, 255]) {
      f.packet([0x12, 0, 0, 0, length]);
      expect(f.packetData().data).toHaveLength(Math.min(36, length));
      expect(f.status(1)).toBe(0x50);
    }
  });

  it('ATAPI transfer lengths: huge counts and addresses are out of range', () => {
    const f = enabled();
    for (const packet of [
      read10(0, 0xffff),
      [0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1],
      [0xa8, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
      [0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0xbe, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf8],
    ]) {
      f.packet(packet);
      expect(f.status(1)).toBe(0x51);
      expect(f.sense()).toEqual([5, 0x21, 0]);
    }
    expect(f.cd.log).toHaveLength(0);
  });

  it('ATAPI transfer lengths: MODE SELECT takes a bounded list and forgets it', () => {
    const f = enabled();
    f.packet([0x55, 0x10, 0, 0, 0, 0, 0, 0xff, 0xff]);
    expect(f.sense()).toEqual([5, 0x1a, 0]);
    f.packet([0x55, 0x10, 0, 0, 0, 0, 0, 0, 20]);
    expect([f.status(1), f.in(1, 2), f.in(1, 4)]).toEqual([0x58, 0, 20]);
    f.writeWords(1, new Uint8Array(20));
    expect(f.status(1)).toBe(0x50);
  });

  it('reads by DMA', () => {
    const f = enabled();
    f.descriptors([
      [0x10000, 0x10000],
      [0x20000, 0x10000],
      [0x30000, 0x10000],
    ]);
    f.packet(read10(4, 96), 0, 1);
    f.startDma(1, true);
    expect(f.dmaStatus(1)).toBe(4);
    expect(f.irqs[1].level).toBe(true);
    expect([f.status(1), f.in(1, 2)]).toEqual([0x50, 3]);
    expect(same(f.memory.bytes.subarray(0x10000, 0x40000), pattern(0x80000).subarray(4 * 2048, 100 * 2048))).toBe(true);
    expect(f.cd.log.every(({ length }) => length <= 0x10000)).toBe(true);
  });

  it('goes on in the middle of a packet after restore', () => {
    const f = enabled();
    f.packet(read10(0, 3), 1000);
    const first = f.readWords(1, 500);
    const g = new IdeFixture();
    g.ide.restore(structuredClone(f.ide.save()));
    const rest = g.readWords(1, 500);
    expect([...first, ...rest]).toEqual([...pattern(1000)]);
    expect(g.packetData().data).toHaveLength(3 * 2048 - 1000);
    expect(g.status(1)).toBe(0x50);
  });
});

describe('CD-ROM', () => {
  it('tells its capacity and tables of contents', () => {
    const f = enabled();
    f.packet([0x25]);
    expect([...f.packetData().data]).toEqual([0, 0, 0, 255, 0, 0, 8, 0]);
    f.packet([0x43, 0, 0, 0, 0, 0, 0, 0, 255]);
    expect([...f.packetData().data]).toEqual([0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 1, 0]);
    f.packet([0x43, 2, 0, 0, 0, 0, 0xaa, 0, 255]);
    expect([...f.packetData().data]).toEqual([0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 0, 5, 31]);
    f.packet([0x43, 0, 1, 0, 0, 0, 0, 0, 255]);
    expect(f.packetData().data).toHaveLength(12);
    f.packet([0x43, 0, 0, 0, 0, 0, 0, 0, 255, 0x80]);
    expect(f.packetData().data).toHaveLength(48);
    f.packet([0x43, 0, 0, 0, 0, 0, 5, 0, 255]);
    expect(f.sense()).toEqual([5, 0x24, 0]);
  });

  it('reads raw blocks with a correct checksum', () => {
    const f = enabled();
    f.packet([0xbe, 0, 0, 0, 0, 16, 0, 0, 1, 0xf8]);
    const { data } = f.packetData();
    expect(data).toHaveLength(2352);
    expect([...data.subarray(0, 16)]).toEqual([0, ...new Array(10).fill(255), 0, 0, 2, 0x16, 1]);
    expect(data.subarray(16, 2064)).toEqual(pattern(0x80000).subarray(16 * 2048, 17 * 2048));
    // The EDC of a block and its EDC leaves no remainder.
    let edc = 0;
    for (const byte of data.subarray(0, 2068)) {
      edc ^= byte;
      for (let i = 0; i < 8; i++) edc = (edc >>> 1) ^ (edc & 1 ? 0xd8018001 : 0);
    }
    expect(edc).toBe(0);
  });

  it('computes parity that satisfies both code checks', () => {
    const raw = rawBlock(0, pattern(2048));
    const times2 = (v: number) => ((v << 1) ^ (v & 0x80 ? 0x11d : 0)) & 0xff;
    // P: 26 symbols a column, the last two are parity: the plain sum and the sum weighted by powers of alpha are 0.
    for (let column = 0; column < 86; column++) {
      let sum = 0;
      let weighted = 0;
      for (let row = 0; row < 26; row++) {
        const symbol = raw[12 + column + 86 * row]!;
        sum ^= symbol;
        weighted = times2(weighted) ^ symbol;
      }
      expect([sum, weighted]).toEqual([0, 0]);
    }
  });

  it('reports a change of medium once, and no medium until there is one', () => {
    const f = enabled();
    f.cd.insert(pattern(4096), true);
    f.packet([0x00]);
    expect(f.status(1)).toBe(0x51);
    expect(f.in(1, 1) >> 4).toBe(6);
    expect(f.sense()).toEqual([6, 0x28, 0]);
    f.packet([0x00]);
    expect(f.status(1)).toBe(0x50);
    f.cd.insert(undefined);
    f.packet([0x00]);
    expect(f.sense()).toEqual([2, 0x3a, 0]);
  });

  it('answers INQUIRY and event polling through a unit attention', () => {
    const f = enabled();
    f.cd.insert(pattern(4096), true);
    f.packet([0x12, 0, 0, 0, 36]);
    expect(f.packetData().data[0]).toBe(5);
    f.packet([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8]);
    expect([...f.packetData().data]).toEqual([0, 6, 4, 0x10, 3, 2, 0, 0]);
    f.packet([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8]);
    expect(f.packetData().data[4]).toBe(2);
    f.packet([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8]);
    expect(f.packetData().data[4]).toBe(0);
    f.packet([0x00]);
    expect(f.sense()).toEqual([6, 0x28, 0]);
  });

  it('ejects on command unless locked', () => {
    const f = enabled();
    f.packet([0x1e, 0, 0, 0, 1]);
    expect(f.cd.isLocked).toBe(true);
    f.packet([0x1b, 0, 0, 0, 2]);
    expect(f.sense()).toEqual([5, 0x53, 2]);
    f.packet([0x1e, 0, 0, 0, 0]);
    f.packet([0x1b, 0, 0, 0, 2]);
    expect(f.cd.ejects).toBe(1);
    expect(f.cd.isLocked).toBe(false);
  });

  it('unlocks the tray on reset', () => {
    const f = enabled();
    f.packet([0x1e, 0, 0, 0, 1]);
    f.ide.reset();
    expect(f.cd.isLocked).toBe(false);
  });

  it('stops reading when the medium is replaced under way', () => {
    const f = enabled({ isImmediate: false });
    f.packet(read10(0, 64));
    f.cd.completeOne();
    f.cd.insert(pattern(0x80000), true);
    f.packetData();
    expect(f.status(1)).toBe(0x51);
    expect(f.in(1, 1) >> 4).toBe(6);
  });

  it('tells media errors', () => {
    const f = enabled();
    f.cd.failNext.read = 'medium';
    f.packet(read10(0, 1));
    expect(f.sense()).toEqual([3, 0x11, 0]);
  });

  it('names its profile by the size of the medium', () => {
    const f = enabled();
    const profile = () => {
      f.packet([0x46, 0, 0, 0, 0, 0, 0, 1, 0]);
      const { data } = f.packetData();
      expect((data[2]! << 8) | data[3]!).toBe(data.length - 4);
      return (data[6]! << 8) | data[7]!;
    };
    expect(profile()).toBe(8);
    f.cd.medium = { sizeBytes: 4_000_000_000, isReadOnly: true, generation: 9 };
    expect(profile()).toBe(0x10);
    f.cd.medium = undefined;
    expect(profile()).toBe(0);
  });

  it('answers every command byte with data, success or sense', () => {
    for (const cdBytes of [0x80000, undefined]) {
      const f = enabled({ cdBytes });
      for (let opcode = 0; opcode < 256; opcode++) {
        for (const fill of [0, 1, 0x42, 0xff]) {
          const packet = new Array<number>(12).fill(fill);
          packet[0] = opcode;
          f.packet(packet, 0x800);
          if (f.status(1) & 8 && f.in(1, 2) === 0) f.writeWords(1, new Uint8Array(4096));
          f.packetData();
          expect(f.status(1) & 0x88).toBe(0);
          f.sense();
          if (cdBytes !== undefined && f.cd.medium === undefined) f.cd.insert(pattern(cdBytes), true);
        }
      }
    }
  });
});
