import { describe, expect, it } from 'vitest';
import { Pic, picState } from '../../../src/devices/pic/pic';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';

function make() {
  const intr = new FakeLine();
  const pic = new Pic('pic', { intr });
  return { pic, intr };
}

function start(icw4 = 0x01) {
  const made = make();
  const { pic } = made;
  pic.master.writePort(0, 1, 0x11);
  pic.master.writePort(1, 1, 0x08);
  pic.master.writePort(1, 1, 0x04);
  pic.master.writePort(1, 1, icw4);
  pic.slave.writePort(0, 1, 0x11);
  pic.slave.writePort(1, 1, 0x70);
  pic.slave.writePort(1, 1, 0x02);
  pic.slave.writePort(1, 1, 0x01);
  return made;
}

const isr = (pic: Pic): number => {
  pic.master.writePort(0, 1, 0x0b);
  return pic.master.readPort(0, 1);
};
const irr = (pic: Pic): number => {
  pic.master.writePort(0, 1, 0x0a);
  return pic.master.readPort(0, 1);
};

describeDevice({
  name: 'pic',
  state: picState,
  make: () => {
    const { pic } = make();
    return {
      device: pic,
      ports: [pic.master, pic.slave, pic.elcr].map((handler) => ({ handler, count: 2 })),
    };
  },
});

describe('pic', () => {
  it('requests nothing before it is initialised', () => {
    const { pic, intr } = make();
    pic.line(1).set(true);
    expect(intr.level).toBe(false);
  });

  it('gives the vector of a request and holds lower ones back until EOI', () => {
    const { pic, intr } = start();
    pic.line(3).set(true);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x0b);
    expect(intr.level).toBe(false);
    pic.line(4).set(true);
    expect(intr.level).toBe(false);
    pic.line(1).set(true);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x09);
    expect(isr(pic)).toBe(0x0a);
    pic.master.writePort(0, 1, 0x20);
    expect(isr(pic)).toBe(0x08);
    expect(intr.level).toBe(false);
    pic.master.writePort(0, 1, 0x20);
    expect(pic.acknowledge()).toBe(0x0c);
  });

  it('takes an edge only once while the line stays high', () => {
    const { pic, intr } = start();
    pic.line(5).set(true);
    pic.acknowledge();
    pic.master.writePort(0, 1, 0x20);
    expect(intr.level).toBe(false);
    pic.line(5).set(false);
    pic.line(5).set(true);
    expect(intr.level).toBe(true);
  });

  it('requests again after EOI while a level-triggered line stays high', () => {
    const { pic, intr } = start();
    pic.elcr.writePort(0, 1, 0xff);
    expect(pic.elcr.readPort(0, 1)).toBe(0xf8);
    pic.line(5).set(true);
    expect(pic.acknowledge()).toBe(0x0d);
    expect(intr.level).toBe(false);
    pic.master.writePort(0, 1, 0x20);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x0d);
    pic.line(5).set(false);
    pic.master.writePort(0, 1, 0x20);
    expect(intr.level).toBe(false);
  });

  it('gives a spurious IRQ 7 without an ISR bit when the request has gone', () => {
    const { pic } = start();
    pic.line(3).set(true);
    pic.line(3).set(false);
    expect(pic.acknowledge()).toBe(0x0f);
    expect(isr(pic)).toBe(0);
  });

  it('takes a masked slave request back from the master', () => {
    const { pic, intr } = start();
    pic.line(12).set(true);
    expect(intr.level).toBe(true);
    pic.slave.writePort(1, 1, 0x10);
    expect(intr.level).toBe(false);
    expect(pic.acknowledge()).toBe(0x0f);
    pic.slave.writePort(1, 1, 0x00);
    expect(pic.acknowledge()).toBe(0x74);
    expect(isr(pic)).toBe(0x04);
  });

  it('nests the slave inside the master', () => {
    const { pic, intr } = start();
    pic.line(14).set(true);
    expect(pic.acknowledge()).toBe(0x76);
    pic.line(8).set(true);
    // Fully nested: IR 2 in service holds the slave back.
    expect(intr.level).toBe(false);
    pic.slave.writePort(0, 1, 0x20);
    pic.master.writePort(0, 1, 0x20);
    expect(pic.acknowledge()).toBe(0x70);
  });

  it('lets a higher slave request through in special fully nested mode', () => {
    const { pic, intr } = start(0x11);
    pic.line(14).set(true);
    pic.acknowledge();
    pic.line(3).set(true);
    expect(intr.level).toBe(false);
    pic.line(8).set(true);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x70);
  });

  it('ends interrupts by itself in AEOI mode', () => {
    const { pic, intr } = start(0x03);
    pic.line(3).set(true);
    expect(pic.acknowledge()).toBe(0x0b);
    expect(isr(pic)).toBe(0);
    pic.line(3).set(false);
    pic.line(3).set(true);
    expect(intr.level).toBe(true);
  });

  it('rotates priorities on AEOI', () => {
    const { pic } = start(0x03);
    pic.master.writePort(0, 1, 0x80);
    pic.line(0).set(true);
    expect(pic.acknowledge()).toBe(0x08);
    pic.line(0).set(false);
    pic.line(0).set(true);
    pic.line(5).set(true);
    expect(pic.acknowledge()).toBe(0x0d);
    expect(pic.acknowledge()).toBe(0x08);
  });

  it('rotates on non-specific and specific EOI and sets priorities', () => {
    const { pic } = start();
    pic.line(4).set(true);
    pic.acknowledge();
    pic.master.writePort(0, 1, 0xa0); // IR 4 is now lowest
    pic.line(4).set(false);
    pic.line(4).set(true);
    pic.line(7).set(true);
    expect(pic.acknowledge()).toBe(0x0f);
    pic.master.writePort(0, 1, 0xe7); // IR 7 lowest
    expect(pic.acknowledge()).toBe(0x0c);
    pic.master.writePort(0, 1, 0x64);
    pic.master.writePort(0, 1, 0xc1); // IR 1 lowest
    pic.line(1).set(true);
    pic.line(0).set(true);
    pic.line(3).set(true);
    expect(pic.acknowledge()).toBe(0x0b);
  });

  it('lets everything unmasked through in special mask mode', () => {
    const { pic, intr } = start();
    pic.line(3).set(true);
    pic.acknowledge();
    pic.master.writePort(1, 1, 0x08);
    pic.master.writePort(0, 1, 0x68);
    pic.line(6).set(true);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x0e);
    // A non-specific EOI skips what is masked.
    pic.master.writePort(0, 1, 0x20);
    expect(isr(pic)).toBe(0x08);
  });

  it('answers a poll and takes the interrupt', () => {
    const { pic, intr } = start();
    pic.master.writePort(0, 1, 0x0c);
    expect(pic.master.readPort(0, 1)).toBe(0);
    pic.line(6).set(true);
    pic.master.writePort(0, 1, 0x0c);
    expect(pic.master.readPort(0, 1)).toBe(0x86);
    expect(intr.level).toBe(false);
    expect(isr(pic)).toBe(0x40);
  });

  it('reads IRR, ISR and IMR', () => {
    const { pic, intr } = start();
    pic.master.writePort(1, 1, 0xff);
    pic.line(1).set(true);
    expect(intr.level).toBe(false);
    expect(irr(pic)).toBe(0x02);
    expect(pic.master.readPort(1, 1)).toBe(0xff);
    pic.master.writePort(1, 1, 0x00);
    expect(intr.level).toBe(true);
  });

  it('clears mask, service and edges with ICW1', () => {
    const { pic, intr } = start();
    pic.line(3).set(true);
    pic.acknowledge();
    pic.line(4).set(true);
    pic.master.writePort(1, 1, 0x55);
    pic.master.writePort(0, 1, 0x11);
    for (const value of [0x20, 0x04, 0x01]) pic.master.writePort(1, 1, value);
    expect(pic.master.readPort(1, 1)).toBe(0);
    expect(isr(pic)).toBe(0);
    expect(intr.level).toBe(false);
    pic.line(4).set(false);
    pic.line(4).set(true);
    expect(pic.acknowledge()).toBe(0x24);
  });

  it('makes no edge on restore', () => {
    const { pic } = start();
    pic.line(3).set(true);
    pic.acknowledge();
    pic.master.writePort(0, 1, 0x20);
    const second = start();
    second.pic.restore(pic.save());
    expect(second.intr.level).toBe(false);
    second.pic.line(3).set(true);
    expect(second.intr.level).toBe(false);
  });
});
