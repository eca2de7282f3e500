import { describe, expect, test } from 'vitest';
import type { AccessSize, PortHandler } from '../../../src/machine/device';
import { PortBus } from '../../../src/machine/port-bus';

class Ports implements PortHandler {
  readonly writes: [number, AccessSize, number][] = [];
  readPort(offset: number, size: AccessSize): number {
    return size === 1 ? 0x10 + offset : 0x1000 + offset;
  }
  writePort(offset: number, size: AccessSize, value: number): void {
    this.writes.push([offset, size, value]);
  }
}

describe('port bus', () => {
  test('ports of nobody read all ones and drop writes', () => {
    const bus = new PortBus();
    bus.writePort(0x80, 4, 1);
    expect([bus.readPort(0x80, 1), bus.readPort(0x80, 2), bus.readPort(0xffff, 4)]).toEqual([0xff, 0xffff, 0xffffffff]);
  });

  test('an access wider than the chip is split into bytes, low first', () => {
    const bus = new PortBus();
    const ports = new Ports();
    bus.map(0x60, 4, ports);
    expect(bus.readPort(0x60, 2)).toBe(0x1110);
    bus.writePort(0x61, 2, 0xabcd);
    expect(ports.writes).toEqual([
      [1, 1, 0xcd],
      [2, 1, 0xab],
    ]);
  });

  test('a wide chip gets the access whole, but never past its range', () => {
    const bus = new PortBus();
    const ports = new Ports();
    bus.map(0x1f0, 8, ports, 4);
    expect(bus.readPort(0x1f0, 4)).toBe(0x1000);
    expect(bus.readPort(0x1f6, 4)).toBe(0xffff1716);
  });

  test('a range that moves leaves no trace, and never hides a fixed one', () => {
    const bus = new PortBus();
    const fixed = new Ports();
    const moving = new Ports();
    bus.map(0xc000, 1, fixed);
    bus.mapNamed('bar', 0xbffe, 4, moving);
    expect(bus.readPort(0xbffe, 1)).toBe(0x10);
    expect(bus.readPort(0xc001, 1)).toBe(0x13);
    bus.writePort(0xc000, 1, 5);
    expect(fixed.writes).toEqual([[0, 1, 5]]);
    bus.mapNamed('bar', undefined, 4, moving);
    expect(bus.readPort(0xbffe, 1)).toBe(0xff);
    expect(bus.readPort(0xc000, 1)).toBe(0x10);
  });

  test('a tap sees each write once, whole, before the device', () => {
    const bus = new PortBus();
    const seen: [number, AccessSize][] = [];
    bus.tap(0xe9, (value, size) => seen.push([value, size]));
    bus.writePort(0xe9, 2, 0x4241);
    bus.writePort(0xe9, 1, 0x43);
    expect(seen).toEqual([
      [0x4241, 2],
      [0x43, 1],
    ]);
  });
});
