import { describe, expect, it } from 'vitest';
import { Dma, dmaState } from '../../../src/devices/dma/dma';
import type { IsaDmaCycle } from '../../../src/machine/isa-dma';
import { describeDevice } from '../../support/describe-device';
import { FakeGuestMemory } from '../../support/fake-memory';

function make() {
  const memory = new FakeGuestMemory(0x40000);
  const dma = new Dma('dma', memory);
  const out = (port: number, value: number): void => {
    if (port < 0x20) dma.first.writePort(port & 15, 1, value);
    else if (port >= 0xc0) dma.second.writePort(port - 0xc0, 1, value);
    else dma.pages.writePort(port - 0x80, 1, value);
  };
  const read = (port: number): number =>
    port < 0x20
      ? dma.first.readPort(port, 1)
      : port >= 0xc0
        ? dma.second.readPort(port - 0xc0, 1)
        : dma.pages.readPort(port - 0x80, 1);
  /** Programs channel 2 as a floppy driver does. */
  const program2 = (mode: number, address: number, count: number): void => {
    out(0xd6, 0xc0); // channel 4 cascades
    out(0xd4, 0x00);
    out(0x0a, 0x06);
    out(0x0c, 0);
    out(0x04, address & 0xff);
    out(0x04, (address >> 8) & 0xff);
    out(0x81, address >> 16);
    out(0x0c, 0);
    out(0x05, (count - 1) & 0xff);
    out(0x05, (count - 1) >> 8);
    out(0x0b, mode);
    out(0x0a, 0x02);
  };
  const word = (port: number): number => {
    out(0x0c, 0);
    return read(port) | (read(port) << 8);
  };
  return { memory, dma, out, read, program2, word };
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 0xff);

describeDevice({
  name: 'dma',
  state: dmaState,
  make: () => {
    const { dma } = make();
    return {
      device: dma,
      ports: [
        { handler: dma.first, count: 16 },
        { handler: dma.second, count: 32 },
        { handler: dma.pages, count: 16 },
      ],
    };
  },
});

describe('dma', () => {
  it('moves device bytes to memory up to the terminal count', () => {
    const { memory, dma, program2, read, word } = make();
    const channel = dma.channel(2);
    const seen: [number, boolean][] = [];
    channel.onDack = (cycle) => {
      expect(cycle.direction).toBe('toMemory');
      seen.push([cycle.put(bytes(512)), cycle.isTerminal]);
      channel.setRequest(false);
    };
    program2(0x46, 0x12345, 1024);
    channel.setRequest(true);
    expect(seen).toEqual([[512, false]]);
    expect(word(0x04)).toBe(0x2545);
    expect(word(0x05)).toBe(511);
    channel.setRequest(true);
    expect(seen[1]).toEqual([512, true]);
    expect(memory.bytes.subarray(0x12345, 0x12345 + 512)).toEqual(bytes(512));
    expect(memory.bytes.subarray(0x12545, 0x12545 + 512)).toEqual(bytes(512));
    expect(word(0x05)).toBe(0xffff);
    expect(read(0x08) & 4).toBe(4);
    expect(read(0x08) & 4).toBe(0);
    channel.setRequest(true); // masked after TC
    expect(seen.length).toBe(2);
  });

  it('waits for the guest to unmask the channel', () => {
    const { dma, program2 } = make();
    const channel = dma.channel(2);
    let calls = 0;
    channel.onDack = (cycle) => {
      calls++;
      cycle.put(bytes(4));
      channel.setRequest(false);
    };
    channel.setRequest(true);
    expect(calls).toBe(0);
    program2(0x46, 0x1000, 16);
    expect(calls).toBe(1);
  });

  it('feeds a device from memory and verifies without touching it', () => {
    const { memory, dma, program2 } = make();
    const channel = dma.channel(2);
    memory.bytes.set(bytes(16), 0x2000);
    const got = new Uint8Array(32);
    let cycle: Pick<IsaDmaCycle, 'direction'> | undefined;
    channel.onDack = (c) => {
      cycle = { direction: c.direction };
      if (c.direction === 'toDevice') expect(c.get(got)).toBe(16);
      else c.put(bytes(8));
      channel.setRequest(false);
    };
    program2(0x4a, 0x2000, 16);
    channel.setRequest(true);
    expect(got.subarray(0, 16)).toEqual(bytes(16));
    const before = memory.writes.length;
    program2(0x42, 0x2000, 16);
    channel.setRequest(true);
    expect(cycle?.direction).toBe('verify');
    expect(memory.writes.length).toBe(before);
  });

  it('starts over by itself when told so', () => {
    const { dma, program2, word } = make();
    const channel = dma.channel(2);
    let moved = 0;
    channel.onDack = (cycle) => {
      moved += cycle.put(bytes(16));
      channel.setRequest(false);
    };
    program2(0x56, 0x1000, 16);
    channel.setRequest(true);
    expect(word(0x04)).toBe(0x1000);
    expect(word(0x05)).toBe(15);
    channel.setRequest(true);
    expect(moved).toBe(32);
  });

  it('wraps inside the 64 KiB page and counts down', () => {
    const { memory, dma, program2 } = make();
    const channel = dma.channel(2);
    channel.onDack = (cycle) => {
      cycle.put(Uint8Array.of(1, 2, 3, 4));
      channel.setRequest(false);
    };
    program2(0x46, 0x1fffe, 4);
    channel.setRequest(true);
    expect([memory.bytes[0x1fffe], memory.bytes[0x1ffff], memory.bytes[0x10000], memory.bytes[0x10001]]).toEqual([
      1, 2, 3, 4,
    ]);
    program2(0x66, 0x10001, 4);
    channel.setRequest(true);
    expect([memory.bytes[0x10001], memory.bytes[0x10000], memory.bytes[0x1ffff], memory.bytes[0x1fffe]]).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('moves words on the second controller', () => {
    const { memory, dma, out } = make();
    const channel = dma.channel(5);
    channel.onDack = (cycle) => {
      expect(cycle.remaining).toBe(8);
      expect(cycle.put(bytes(9))).toBe(8);
      channel.setRequest(false);
    };
    out(0xd8, 0);
    out(0xc4, 0x00);
    out(0xc4, 0x08); // word address 0x0800 = byte 0x1000
    out(0x8b, 0x03); // bit 0 is not used: 0x20000
    out(0xc6, 3);
    out(0xc6, 0);
    out(0xd6, 0x45);
    out(0xd4, 0x01);
    channel.setRequest(true);
    expect(memory.bytes.subarray(0x21000, 0x21008)).toEqual(bytes(8));
  });

  it('serves nobody while the controller or the cascade is off', () => {
    const { dma, program2, out } = make();
    const channel = dma.channel(2);
    let calls = 0;
    channel.onDack = () => calls++;
    program2(0x46, 0x1000, 16);
    out(0x08, 0x04);
    channel.setRequest(true);
    expect(calls).toBe(0);
    out(0x08, 0x00);
    expect(calls).toBe(1);
    out(0xd4, 0x04);
    channel.setRequest(true);
    expect(calls).toBe(1);
  });

  it('does not re-enter a device', () => {
    const { dma, program2 } = make();
    const channel = dma.channel(2);
    let depth = 0;
    let deepest = 0;
    channel.onDack = (cycle) => {
      deepest = Math.max(deepest, ++depth);
      cycle.put(bytes(1));
      channel.setRequest(true);
      depth--;
    };
    program2(0x46, 0x1000, 16);
    channel.setRequest(true);
    expect(deepest).toBe(1);
  });
});
