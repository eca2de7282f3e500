import { describe, expect, it } from 'vitest';
import { IoApic, ioApicState } from '../../../src/devices/ioapic/ioapic';
import type { InterruptMessage } from '../../../src/machine/interrupt-message';
import { describeDevice } from '../../support/describe-device';

function make() {
  const sent: InterruptMessage[] = [];
  const bus = {
    isTaking: true,
    send(message: InterruptMessage) {
      if (bus.isTaking) sent.push(message);
      return bus.isTaking;
    },
  };
  const ioapic = new IoApic('ioapic', { bus });
  const read = (register: number): number => {
    ioapic.writeMmio(0, 4, register);
    return ioapic.readMmio(0x10, 4);
  };
  const write = (register: number, value: number): void => {
    ioapic.writeMmio(0, 4, register);
    ioapic.writeMmio(0x10, 4, value);
  };
  const route = (pin: number, low: number, destination = 0): void => {
    write(0x11 + 2 * pin, (destination << 24) >>> 0);
    write(0x10 + 2 * pin, low);
  };
  return { ioapic, bus, sent, read, write, route };
}

describeDevice({
  name: 'ioapic',
  state: ioApicState,
  make: () => {
    const { ioapic } = make();
    return { device: ioapic, mmio: [{ handler: ioapic, size: 4096 }] };
  },
  disturb: ({ device }) => {
    const ioapic = device as IoApic;
    ioapic.writeMmio(0, 4, 0x12);
    ioapic.writeMmio(0x10, 4, 0x8031);
    ioapic.line(1).set(true);
    ioapic.writeMmio(0, 4, 0);
    ioapic.writeMmio(0x10, 4, 0x05000000);
  },
});

describe('ioapic', () => {
  it('has 24 masked entries and version 0x20', () => {
    const { read } = make();
    expect(read(1)).toBe(0x00170020);
    for (let i = 0; i < 24; i++) expect([read(0x10 + 2 * i), read(0x11 + 2 * i)]).toEqual([0x10000, 0]);
    expect(read(0x40)).toBe(0);
  });

  it('keeps its id', () => {
    const { read, write } = make();
    write(0, 0xff000000);
    expect(read(0)).toBe(0x0f000000);
  });

  it('sends an edge once and ignores it while masked', () => {
    const { ioapic, sent, route } = make();
    const line = ioapic.line(4);
    line.set(true);
    line.set(false);
    route(4, 0x0031, 2);
    expect(sent).toEqual([]);
    line.set(true);
    line.set(true);
    expect(sent).toEqual([{ deliveryMode: 0, vector: 0x31, destination: 2, isLogical: false, isLevel: false }]);
    line.set(false);
    line.set(true);
    expect(sent.length).toBe(2);
  });

  it('sends a level until EOI, and again while it is high', () => {
    const { ioapic, sent, route, read } = make();
    route(10, 0x8841, 0xff);
    const line = ioapic.line(10);
    line.set(true);
    line.set(false);
    line.set(true);
    expect(sent.length).toBe(1);
    expect(sent[0]!.isLogical).toBe(true);
    expect(sent[0]!.isLevel).toBe(true);
    expect(read(0x24) & 0x4000).toBe(0x4000);
    ioapic.endOfInterrupt(0x42);
    expect(sent.length).toBe(1);
    ioapic.endOfInterrupt(0x41);
    expect(sent.length).toBe(2);
    line.set(false);
    ioapic.endOfInterrupt(0x41);
    expect(sent.length).toBe(2);
    expect(read(0x24) & 0x4000).toBe(0);
  });

  it('sends a waiting level when it is unmasked', () => {
    const { ioapic, sent, route } = make();
    route(9, 0x18045);
    ioapic.line(9).set(true);
    expect(sent.length).toBe(0);
    route(9, 0x08045);
    expect(sent.length).toBe(1);
  });

  it('forgets remote IRR when made edge-triggered', () => {
    const { ioapic, sent, route } = make();
    route(9, 0x08045);
    ioapic.line(9).set(true);
    route(9, 0x10045);
    route(9, 0x18045);
    route(9, 0x08045);
    expect(sent.length).toBe(2);
  });

  it('takes its EOI register', () => {
    const { ioapic, sent, route } = make();
    route(9, 0x08045);
    ioapic.line(9).set(true);
    ioapic.writeMmio(0x40, 4, 0x45);
    expect(sent.length).toBe(2);
  });

  it('does not wait for the EOI of a message that nobody took', () => {
    const { ioapic, bus, sent, route } = make();
    bus.isTaking = false;
    route(9, 0x08045);
    ioapic.line(9).set(true);
    bus.isTaking = true;
    route(9, 0x08045);
    expect(sent.length).toBe(1);
  });

  it('delivers as NMI and ExtINT', () => {
    const { ioapic, sent, route } = make();
    route(0, 0x0700);
    route(1, 0x0400);
    ioapic.line(0).set(true);
    ioapic.line(1).set(true);
    expect(sent.map((message) => message.deliveryMode)).toEqual([7, 4]);
  });

  it('restores levels without sending', () => {
    const first = make();
    first.route(4, 0x0031);
    first.ioapic.line(4).set(true);
    const second = make();
    second.ioapic.restore(structuredClone(first.ioapic.save()));
    second.ioapic.line(4).set(true);
    expect(second.sent).toEqual([]);
  });
});
