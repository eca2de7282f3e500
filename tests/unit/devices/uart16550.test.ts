import { describe, expect, it } from 'vitest';
import { UART_HOST_QUEUE, Uart16550, uart16550State } from '../../../src/devices/uart16550/uart16550';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';
import { MemorySink } from '../../support/memory-sink';

const text = (value: string): Uint8Array => Uint8Array.from(value, (c) => c.charCodeAt(0));

function make() {
  const clock = new ManualClock();
  const irq = new FakeLine();
  const out = new MemorySink();
  const uart = new Uart16550('com1', clock, { irq, out });
  const get = (offset: number): number => uart.readPort(offset, 1);
  const set = (offset: number, value: number): void => uart.writePort(offset, 1, value);
  return { clock, irq, out, uart, get, set };
}

/** Interrupts wired through, FIFOs as given, 115200 baud. */
function open(ier: number, fcr = 0) {
  const made = make();
  made.set(3, 0x83);
  made.set(0, 1);
  made.set(1, 0);
  made.set(3, 0x03);
  made.set(2, fcr);
  made.set(4, 0x0b);
  made.set(1, ier);
  return made;
}

const CHARACTER_NS = 86_806;

describeDevice({
  name: 'uart16550',
  state: uart16550State,
  make: () => {
    const { uart, clock } = make();
    return { device: uart, clock, ports: [{ handler: uart, count: 8 }] };
  },
  disturb: ({ device, ports }) => {
    (device as Uart16550).receive(text('waiting'));
    for (let i = 0; i < 8; i++) ports![0]!.handler.writePort(i, 1, 0x11 * i + 1);
    (device as Uart16550).receiveBreak();
  },
  bad: [{ ...make().uart.save(), fifo: new Uint8Array(17) }],
});

describe('uart16550', () => {
  it('sends at once', () => {
    const { out, set, get } = open(0);
    for (const byte of text('hello')) set(0, byte);
    expect(out.text).toBe('hello');
    expect(get(5)).toBe(0x60);
  });

  it('thre interrupt rises with each byte and clears when IIR is read', () => {
    const { irq, set, get } = open(0x02);
    expect(irq.level).toBe(true);
    expect(get(2)).toBe(0x02);
    expect(irq.level).toBe(false);
    expect(get(2)).toBe(0x01);
    set(0, 0x41);
    expect(irq.level).toBe(true);
    set(0, 0x42);
    expect(irq.rises).toBe(3);
  });

  it('requests a thre interrupt again when it is enabled anew', () => {
    const { irq, set, get } = open(0x02);
    get(2);
    set(1, 0);
    set(1, 2);
    expect(irq.level).toBe(true);
  });

  it('needs OUT2 for its interrupt', () => {
    const { irq, set } = open(0x02);
    set(4, 0x03);
    expect(irq.level).toBe(false);
    set(4, 0x0b);
    expect(irq.level).toBe(true);
  });

  it('receives without FIFOs one byte at a time, at the pace of the line', () => {
    const { clock, irq, uart, get } = open(0x01);
    uart.receive(text('ab'));
    clock.advance(0);
    expect(irq.level).toBe(true);
    expect(get(5) & 1).toBe(1);
    expect(get(2)).toBe(0x04);
    expect(get(0)).toBe(0x61);
    expect(irq.level).toBe(false);
    clock.advance(CHARACTER_NS - 1);
    expect(irq.level).toBe(false);
    clock.advance(1);
    expect(get(0)).toBe(0x62);
    expect(get(5) & 1).toBe(0);
  });

  it('loses nothing of a long paste however slowly the guest reads', () => {
    const { clock, uart, get } = open(0x01, 0x07);
    const sent = text('0123456789'.repeat(20));
    uart.receive(sent);
    const got: number[] = [];
    for (let i = 0; i < 1000 && got.length < sent.length; i++) {
      clock.advance(3_000_000);
      while (get(5) & 1 && got.length < sent.length) got.push(get(0));
      expect(get(5) & 2).toBe(0);
    }
    expect(String.fromCharCode(...got)).toBe(String.fromCharCode(...sent));
  });

  it('takes no more from the host than it may keep', () => {
    const { uart } = make();
    expect(uart.receive(new Uint8Array(UART_HOST_QUEUE + 5))).toBe(UART_HOST_QUEUE);
    expect(uart.room).toBe(0);
    expect(uart.receive(new Uint8Array(1))).toBe(0);
  });

  it('interrupts at the trigger level', () => {
    for (const [bits, level] of [
      [0x00, 1],
      [0x40, 4],
      [0x80, 8],
      [0xc0, 14],
    ] as const) {
      const { clock, irq, uart, get } = open(0x01, 0x01 | bits);
      uart.receive(text('x'.repeat(level)));
      clock.advance(CHARACTER_NS * (level - 1) - 1);
      if (level > 1) expect(irq.level).toBe(false);
      clock.advance(1);
      expect(irq.level).toBe(true);
      expect(get(2)).toBe(0xc4);
      get(0);
      expect(irq.level).toBe(false);
    }
  });

  it('times out after four characters of silence', () => {
    const { clock, irq, uart, get } = open(0x01, 0xc1);
    uart.receive(text('ab'));
    clock.advance(CHARACTER_NS);
    expect(irq.level).toBe(false);
    clock.advance(4 * CHARACTER_NS);
    expect(irq.level).toBe(true);
    expect(get(2)).toBe(0xcc);
    expect(get(0)).toBe(0x61);
    expect(irq.level).toBe(false);
    clock.advance(4 * CHARACTER_NS);
    expect(get(2)).toBe(0xcc);
    expect(get(0)).toBe(0x62);
    clock.advance(1e9);
    expect(irq.level).toBe(false);
  });

  it('reports a break with its zero byte', () => {
    const { irq, uart, get } = open(0x05, 0x01);
    uart.receiveBreak();
    expect(irq.level).toBe(true);
    expect(get(2) & 0x0f).toBe(0x06);
    expect(get(5) & 0x11).toBe(0x11);
    expect(get(2) & 0x0f).toBe(0x04);
    expect(get(0)).toBe(0);
    expect(get(2) & 0x0f).toBe(0x01);
  });

  it('loops back data and modem lines, and overruns only there', () => {
    const { out, set, get } = open(0, 0x01);
    set(4, 0x1f);
    expect(get(6) & 0xf0).toBe(0xf0);
    set(4, 0x10);
    expect(get(6)).toBe(0x0f & ~0x00);
    for (let i = 0; i < 17; i++) set(0, i);
    expect(out.bytes).toEqual([]);
    expect(get(5) & 0x03).toBe(0x03);
    expect(get(5) & 0x02).toBe(0);
    for (let i = 0; i < 16; i++) expect(get(0)).toBe(i);
    expect(get(5) & 1).toBe(0);
  });

  it('without FIFOs, loses the character that was not read in time', () => {
    const { set, get } = open(0, 0x00);
    set(4, 0x10);
    set(0, 0x41);
    set(0, 0x42);
    expect(get(5) & 0x03).toBe(0x03);
    expect(get(0)).toBe(0x42);
    expect(get(5) & 0x03).toBe(0);
  });

  it('interrupts on a change of the modem lines until MSR is read', () => {
    const { irq, set, get } = open(0x08);
    expect(get(6)).toBe(0xb0);
    set(4, 0x1a);
    expect(irq.level).toBe(true);
    expect(get(2)).toBe(0x00);
    expect(get(6) & 0x0f).toBe(0x02);
    expect(irq.level).toBe(false);
  });

  it('clears the receive FIFO', () => {
    const { clock, uart, get, set } = open(0, 0x01);
    uart.receive(text('abc'));
    clock.advance(1e6);
    set(2, 0x03);
    expect(get(5) & 1).toBe(0);
  });

  it('identifies itself as a 16550A with a scratch register and no more', () => {
    const { get, set } = make();
    set(7, 0x5a);
    expect(get(7)).toBe(0x5a);
    set(2, 0x01);
    expect(get(2) & 0xc0).toBe(0xc0);
    set(2, 0x00);
    expect(get(2) & 0xc0).toBe(0);
    set(2, 0x21);
    expect(get(2) & 0x20).toBe(0);
    set(1, 0xff);
    expect(get(1)).toBe(0x0f);
    set(4, 0xff);
    expect(get(4)).toBe(0x1f);
  });

  it('keeps waiting input over save and restore', () => {
    const first = open(0x01);
    first.uart.receive(text('abc'));
    first.clock.advance(0);
    const second = make();
    second.uart.restore(structuredClone(first.uart.save()));
    expect(second.irq.level).toBe(true);
    const got: number[] = [];
    for (let i = 0; i < 3; i++) {
      got.push(second.get(0));
      second.clock.advance(CHARACTER_NS);
    }
    expect(String.fromCharCode(...got)).toBe('abc');
  });
});
