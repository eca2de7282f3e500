import { describe, expect, it } from 'vitest';
import { Parallel, parallelState } from '../../../src/devices/parallel/parallel';
import { Pic } from '../../../src/devices/pic/pic';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';
import { MemorySink } from '../../support/memory-sink';

const DATA = 0;
const STATUS = 1;
const CONTROL = 2;
/** Printer on, and with STROBE. */
const ON = 0x0c;
const STROBE = 0x0d;

function make() {
  const clock = new ManualClock();
  const irq = new FakeLine();
  const out = new MemorySink();
  return { clock, irq, out, port: new Parallel('lpt1', clock, { irq, out }) };
}

function print(port: Parallel, byte: number, control = ON): void {
  port.writePort(DATA, 1, byte);
  port.writePort(CONTROL, 1, control | 1);
  port.writePort(CONTROL, 1, control);
}

describeDevice({
  name: 'parallel',
  state: parallelState,
  make: () => {
    const { port, clock } = make();
    return { device: port, clock, ports: [{ handler: port, count: 3 }] };
  },
});

describe('parallel port', () => {
  it('keeps what is written to data and control, as drivers look for it', () => {
    const { port } = make();
    for (const value of [0xaa, 0x55]) {
      port.writePort(DATA, 1, value);
      expect(port.readPort(DATA, 1)).toBe(value);
    }
    port.writePort(CONTROL, 1, 0x0c);
    expect(port.readPort(CONTROL, 1)).toBe(0xcc);
    expect(port.readPort(STATUS, 1)).toBe(0xdf);
  });

  it('prints a byte at each rising edge of STROBE', () => {
    const { port, out, clock } = make();
    port.writePort(CONTROL, 1, ON);
    for (const byte of Buffer.from('ok')) {
      print(port, byte);
      port.writePort(CONTROL, 1, ON);
      clock.advance(10_000);
    }
    port.writePort(CONTROL, 1, STROBE);
    port.writePort(CONTROL, 1, STROBE);
    expect(Buffer.from(out.bytes).toString()).toBe('okk');
  });

  it('is busy with a byte, then acknowledges it', () => {
    const { port, clock, out } = make();
    port.writePort(CONTROL, 1, ON);
    print(port, 0x41);
    expect(port.readPort(STATUS, 1) & 0xc0).toBe(0x40);
    expect([...out.bytes]).toEqual([0x41]);
    clock.advance(6_000);
    expect(port.readPort(STATUS, 1) & 0xc0).toBe(0);
    clock.advance(4_000);
    expect(port.readPort(STATUS, 1) & 0xc0).toBe(0xc0);
  });

  it('takes a byte while it is busy: SeaBIOS does not wait, and nothing it prints is lost', () => {
    const { port, clock, out } = make();
    port.writePort(CONTROL, 1, ON);
    print(port, 0x41);
    clock.advance(3_000);
    print(port, 0x42);
    expect([...out.bytes]).toEqual([0x41, 0x42]);
    clock.advance(9_999);
    expect(port.readPort(STATUS, 1) & 0x80).toBe(0);
    clock.advance(1);
    expect(port.readPort(STATUS, 1) & 0xc0).toBe(0xc0);
  });

  it('interrupts at the end of the acknowledgement where that is enabled', () => {
    const { port, clock, irq } = make();
    port.writePort(CONTROL, 1, ON);
    print(port, 0x41);
    clock.advance(20_000);
    expect(irq.rises).toBe(0);
    print(port, 0x42, ON | 0x10);
    clock.advance(9_999);
    expect(irq.rises).toBe(0);
    clock.advance(1);
    expect([irq.rises, irq.level]).toEqual([1, true]);
    print(port, 0x43, ON | 0x10);
    expect(irq.level).toBe(false);
    clock.advance(10_000);
    expect([irq.rises, irq.level]).toEqual([2, true]);
    port.writePort(CONTROL, 1, ON);
    expect(irq.level).toBe(false);
  });

  it("interrupts a CPU whose 8259 takes the request later than the line's edge", () => {
    const clock = new ManualClock();
    const pic = new Pic('pic', { intr: new FakeLine() });
    const port = new Parallel('lpt1', clock, { irq: pic.line(7), out: new MemorySink() });
    for (const [offset, value] of [
      [0, 0x11],
      [1, 8],
      [1, 4],
      [1, 1],
      [1, 0x7f],
    ] as const)
      pic.master.writePort(offset, 1, value);
    print(port, 0x41, ON | 0x10);
    clock.advance(20_000);
    pic.master.writePort(0, 1, 0x0a);
    expect(pic.master.readPort(0, 1)).toBe(0x80);
  });

  it('prints nothing while the printer is held in reset or the port is an input', () => {
    const { port, out } = make();
    print(port, 0x41, 0x08);
    print(port, 0x41, ON | 0x20);
    expect(port.readPort(DATA, 1)).toBe(0xff);
    expect(out.bytes).toHaveLength(0);
  });

  it('a byte under way is acknowledged after a restore', () => {
    const { port, clock } = make();
    port.writePort(CONTROL, 1, ON);
    print(port, 0x41, ON | 0x10);
    const other = make();
    other.clock.advance(clock.nowNs());
    other.port.restore(port.save());
    other.clock.advance(10_000);
    expect(other.irq.rises).toBe(1);
  });
});
