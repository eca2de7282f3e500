import { describe, expect, it } from 'vitest';
import { Floppy } from '../../../src/devices/floppy/floppy';
import { driveTypeFor, formatOf } from '../../../src/devices/floppy/formats';
import { floppyState } from '../../../src/devices/floppy/state';
import type { IsaDmaChannel, IsaDmaCycle } from '../../../src/machine/isa-dma';
import { describeDevice, xorshift } from '../../support/describe-device';
import { FakeBlockPort } from '../../support/fake-block-port';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const SIZE = 1_474_560;

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 5 + (i >> 9) * 11;
  return bytes;
}

/** Channel 2 over a buffer: programmed with a direction and a count. */
class FakeDma implements IsaDmaChannel {
  onDack: ((cycle: IsaDmaCycle) => void) | undefined;
  buffer: Uint8Array = new Uint8Array(0);
  at = 0;
  isMasked = true;
  direction: 'toMemory' | 'toDevice' | 'verify' = 'toMemory';
  #request = false;
  #isServing = false;

  setRequest(high: boolean): void {
    this.#request = high;
    this.serve();
  }

  program(direction: 'toMemory' | 'toDevice' | 'verify', buffer: Uint8Array): void {
    this.direction = direction;
    this.buffer = buffer;
    this.at = 0;
    this.isMasked = false;
    this.serve();
  }

  serve(): void {
    if (!this.#request || this.isMasked || this.#isServing) return;
    this.#isServing = true;
    let isTerminal = false;
    const { buffer } = this;
    const remaining = () => (isTerminal ? 0 : buffer.length - this.at);
    const step = (length: number): number => {
      const from = this.at;
      this.at += length;
      if (this.at >= buffer.length) {
        isTerminal = true;
        this.isMasked = true;
      }
      return from;
    };
    this.onDack?.({
      direction: this.direction,
      get remaining() {
        return remaining();
      },
      get isTerminal() {
        return isTerminal;
      },
      put: (data) => {
        if (this.direction === 'toDevice') return 0;
        const length = Math.min(data.length, remaining());
        const from = step(length);
        if (this.direction === 'toMemory') buffer.set(data.subarray(0, length), from);
        return length;
      },
      get: (into) => {
        if (this.direction !== 'toDevice') return 0;
        const length = Math.min(into.length, remaining());
        const from = step(length);
        into.set(buffer.subarray(from, from + length));
        return length;
      },
    });
    this.#isServing = false;
  }
}

class Fixture {
  readonly irq = new FakeLine();
  readonly dma = new FakeDma();
  readonly clock = new ManualClock(1_000_000);
  readonly a: FakeBlockPort;
  readonly floppy: Floppy;

  constructor(bytes: Uint8Array | undefined = pattern(SIZE), isReadOnly = false) {
    this.a = new FakeBlockPort(bytes, isReadOnly);
    this.floppy = new Floppy('floppy', [this.a], { irq: this.irq, dma: this.dma, clock: this.clock });
  }

  /** Out of reset with motor and DMA on, at 500 kbit/s, the four polling statuses taken. */
  start(): this {
    this.floppy.writePort(2, 1, 0x1c);
    this.clock.advance(1_000_000);
    for (let i = 0; i < 4; i++) this.command(0x08);
    this.floppy.digitalInput.writePort(0, 1, 0);
    this.command(0x03, 0xaf, 0x02);
    return this;
  }

  get msr(): number {
    return this.floppy.readPort(4, 1);
  }

  result(): number[] {
    const bytes: number[] = [];
    while ((this.msr & 0xd0) === 0xd0 && bytes.length < 32) bytes.push(this.floppy.readPort(5, 1));
    return bytes;
  }

  /** Sends a command and takes an immediate result. */
  command(...bytes: number[]): number[] {
    for (const byte of bytes) this.floppy.writePort(5, 1, byte);
    return this.result();
  }

  /** Recalibrate or seek, then its status. */
  seek(track: number): number[] {
    if (track === 0) this.command(0x07, 0);
    else this.command(0x0f, 0, track);
    this.clock.advance(1_000_000);
    return this.command(0x08);
  }

  finish(): number[] {
    this.a.completeAll();
    return this.result();
  }
}

describeDevice({
  name: 'floppy',
  state: floppyState,
  make: () => {
    const fixture = new Fixture();
    fixture.a.isImmediate = true;
    return {
      device: fixture.floppy,
      clock: fixture.clock,
      ports: [
        { handler: fixture.floppy, count: 6 },
        { handler: fixture.floppy.digitalInput, count: 1 },
      ],
    };
  },
});

describe('82078', () => {
  it('interrupts after reset and tells a status for each drive', () => {
    const f = new Fixture();
    expect(f.msr).toBe(0);
    f.floppy.writePort(2, 1, 0x0c);
    expect(f.irq.level).toBe(false);
    f.clock.advance(1_000_000);
    expect(f.irq.level).toBe(true);
    expect(f.msr).toBe(0x80);
    expect([0, 1, 2, 3].map(() => f.command(0x08))).toEqual([
      [0xc0, 0],
      [0xc1, 0],
      [0xc2, 0],
      [0xc3, 0],
    ]);
    expect(f.irq.level).toBe(false);
    expect(f.command(0x08)).toEqual([0x80]);
  });

  it('keeps the interrupt off the bus without DMAGATE', () => {
    const f = new Fixture();
    f.floppy.writePort(2, 1, 0x04);
    f.clock.advance(1_000_000);
    expect(f.irq.level).toBe(false);
    f.floppy.writePort(2, 1, 0x0c);
    expect(f.irq.level).toBe(true);
  });

  it('resets through DSR, and LOCK keeps the configuration', () => {
    const f = new Fixture().start();
    f.command(0x13, 0, 0x57, 0x11);
    expect(f.command(0x94)).toEqual([0x10]);
    f.floppy.writePort(4, 1, 0x80);
    f.clock.advance(1_000_000);
    expect(f.command(0x0e).slice(8)).toEqual([0x57, 0x11]);
    expect(f.command(0x14)).toEqual([0]);
    f.floppy.writePort(4, 1, 0x80);
    f.clock.advance(1_000_000);
    expect(f.command(0x0e).slice(8)).toEqual([0x20, 0]);
  });

  it('names its version and part', () => {
    const f = new Fixture().start();
    expect(f.command(0x10)).toEqual([0x90]);
    expect(f.command(0x18)).toEqual([0x41]);
  });

  it('seeks and recalibrates with the drive busy meanwhile', () => {
    const f = new Fixture().start();
    f.command(0x0f, 0, 40);
    expect(f.msr).toBe(0x81);
    f.clock.advance(1_000_000);
    expect(f.irq.level).toBe(true);
    expect(f.command(0x08)).toEqual([0x20, 40]);
    expect(f.irq.level).toBe(false);
    expect(f.seek(0)).toEqual([0x20, 0]);
    expect(f.command(0x04, 0)).toEqual([0x38]);
  });

  it('finds no track 0 where no drive is', () => {
    const f = new Fixture().start();
    f.command(0x07, 1);
    f.clock.advance(1_000_000);
    expect(f.command(0x08)).toEqual([0x71, 0]);
    expect(f.command(0x04, 1)).toEqual([0x29]);
  });

  it('reads to terminal count by DMA', () => {
    const f = new Fixture().start();
    f.seek(3);
    const buffer = new Uint8Array(1024);
    f.dma.program('toMemory', buffer);
    f.command(0xe6, 0x04, 3, 1, 5, 2, 18, 0x1b, 0xff);
    expect(f.msr).toBe(0x10);
    expect(f.finish()).toEqual([0x04, 0, 0, 3, 1, 7, 2]);
    const at = ((3 * 2 + 1) * 18 + 4) * 512;
    expect(buffer).toEqual(pattern(SIZE).subarray(at, at + 1024));
    expect(f.irq.level).toBe(false);
  });

  it('goes on with the other side under MT, in one command', () => {
    const f = new Fixture().start();
    const buffer = new Uint8Array(36 * 512);
    f.dma.program('toMemory', buffer);
    f.command(0xe6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff);
    expect(f.finish()).toEqual([0x04, 0, 0, 1, 0, 1, 2]);
    expect(Buffer.compare(buffer, pattern(36 * 512))).toBe(0);
    expect(f.a.log.map(({ length }) => length)).toEqual([9216, 9216]);
  });

  it('ends with end of cylinder when the count asks for more', () => {
    const f = new Fixture().start();
    f.dma.program('toMemory', new Uint8Array(20 * 512));
    f.command(0x46, 0x00, 0, 0, 17, 2, 18, 0x1b, 0xff);
    expect(f.finish()).toEqual([0x40, 0x80, 0, 1, 0, 1, 2]);
    expect(f.dma.at).toBe(1024);
  });

  it('does not meet an end that lies before the first sector', () => {
    const f = new Fixture().start();
    const buffer = new Uint8Array(512);
    f.dma.program('toMemory', buffer);
    f.command(0xe6, 0x00, 0, 0, 12, 2, 9, 0x1b, 0xff);
    // a driver that counts the sectors by these sees that the track has more than nine
    expect(f.finish()).toEqual([0, 0, 0, 0, 0, 13, 2]);
    expect(Buffer.compare(buffer, pattern(SIZE).subarray(11 * 512, 12 * 512))).toBe(0);
    f.dma.program('toMemory', new Uint8Array(8 * 512));
    f.command(0xe6, 0x00, 0, 0, 12, 2, 9, 0x1b, 0xff);
    expect(f.finish()).toEqual([0x40, 0x04, 0, 0, 0, 19, 2]);
    expect(f.dma.at).toBe(7 * 512);
  });

  it('waits for the DMA channel to be unmasked', () => {
    const f = new Fixture().start();
    f.command(0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff);
    expect(f.finish()).toEqual([]);
    f.dma.program('toMemory', new Uint8Array(512));
    expect(f.finish()[0]).toBe(0);
  });

  it('writes by DMA, a partial last sector filled with zeros', () => {
    const f = new Fixture().start();
    f.dma.program('toDevice', new Uint8Array(700).fill(0x77));
    f.command(0x45, 0x00, 0, 0, 2, 2, 18, 0x1b, 0xff);
    expect(f.finish()).toEqual([0, 0, 0, 0, 0, 4, 2]);
    expect(f.a.bytes.subarray(512, 1212).every((byte) => byte === 0x77)).toBe(true);
    expect(f.a.bytes.subarray(1212, 1536).every((byte) => byte === 0)).toBe(true);
    expect(f.a.bytes[1536]).toBe(pattern(1537)[1536]);
  });

  it('writes both sides under MT', () => {
    const f = new Fixture().start();
    f.dma.program('toDevice', new Uint8Array(36 * 512).fill(0x11));
    f.command(0xc5, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff);
    expect(f.finish()).toEqual([0x04, 0, 0, 1, 0, 1, 2]);
    expect(f.a.bytes.subarray(0, 36 * 512).every((byte) => byte === 0x11)).toBe(true);
  });

  it('refuses to write a protected medium', () => {
    const f = new Fixture(pattern(SIZE), true).start();
    expect(f.command(0x45, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x02]);
    expect(f.command(0x04, 0)).toEqual([0x78]);
  });

  it('reads and writes by PIO', () => {
    const f = new Fixture().start();
    f.command(0x03, 0xaf, 0x03);
    f.command(0x46, 0x00, 0, 0, 18, 2, 18, 0x1b, 0xff);
    f.a.completeAll();
    expect(f.msr).toBe(0xf0);
    expect(f.irq.level).toBe(true);
    const data = Uint8Array.from({ length: 512 }, () => f.floppy.readPort(5, 1));
    expect(data).toEqual(pattern(SIZE).subarray(17 * 512, 18 * 512));
    expect(f.irq.level).toBe(true);
    expect(f.result()).toEqual([0x40, 0x80, 0, 1, 0, 1, 2]);
    f.command(0x45, 0x00, 0, 0, 18, 2, 18, 0x1b, 0xff);
    expect(f.msr).toBe(0xb0);
    for (let i = 0; i < 512; i++) f.floppy.writePort(5, 1, 0x3c);
    expect(f.finish()[1]).toBe(0x80);
    expect(f.a.bytes.subarray(17 * 512, 18 * 512).every((byte) => byte === 0x3c)).toBe(true);
  });

  it('formats a track with the filler', () => {
    const f = new Fixture().start();
    f.seek(1);
    const ids = Uint8Array.from({ length: 18 * 4 }, (_, i) => [1, 1, (i >> 2) + 1, 2][i & 3]!);
    f.dma.program('toDevice', ids);
    f.command(0x4d, 0x04, 2, 18, 0x54, 0xf6);
    expect(f.finish()[0]).toBe(0x04);
    expect(f.a.bytes.subarray(3 * 18 * 512, 4 * 18 * 512).every((byte) => byte === 0xf6)).toBe(true);
    expect(f.a.bytes[4 * 18 * 512]).toBe(pattern(4 * 18 * 512 + 1)[4 * 18 * 512]);
  });

  it('finds a sector under the head with READ ID', () => {
    const f = new Fixture().start();
    f.command(0x4a, 0x00);
    expect(f.msr).toBe(0x10);
    f.clock.advance(2_000_000);
    const [st0, st1, st2, cylinder, head, record, size] = f.result();
    expect([st0, st1, st2, cylinder, head, size]).toEqual([0, 0, 0, 0, 0, 2]);
    expect(record).toBeGreaterThan(0);
    expect(record).toBeLessThanOrEqual(18);
  });

  it('finds no marks at the wrong data rate or without a medium', () => {
    const f = new Fixture().start();
    f.floppy.digitalInput.writePort(0, 1, 2);
    f.command(0x4a, 0x00);
    f.clock.advance(2_000_000);
    expect(f.result().slice(0, 2)).toEqual([0x40, 0x01]);
    f.floppy.digitalInput.writePort(0, 1, 0);
    f.a.insert(undefined);
    expect(f.command(0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x01]);
  });

  it('finds no data in the wrong cylinder, sector or size', () => {
    const f = new Fixture().start();
    const read = (...at: number[]) => f.command(0x46, 0x00, ...at, 18, 0x1b, 0xff).slice(0, 3);
    expect(read(5, 0, 1, 2)).toEqual([0x40, 0x04, 0x10]);
    expect(read(0, 0, 19, 2)).toEqual([0x40, 0x04, 0]);
    expect(read(0, 0, 0, 2)).toEqual([0x40, 0x04, 0]);
    expect(read(0, 0, 1, 3)).toEqual([0x40, 0x04, 0]);
    expect(read(0, 1, 1, 2)).toEqual([0x40, 0x04, 0]);
    expect(f.a.log).toHaveLength(0);
  });

  it('seeks by itself when told so', () => {
    const f = new Fixture().start();
    f.command(0x13, 0, 0x57, 0);
    f.dma.program('toMemory', new Uint8Array(512));
    f.command(0x46, 0x00, 9, 0, 1, 2, 18, 0x1b, 0xff);
    expect(f.finish().slice(0, 3)).toEqual([0, 0, 0]);
  });

  it('shows the disk change line until a step with a medium', () => {
    const f = new Fixture().start();
    const isChanged = () => (f.floppy.digitalInput.readPort(0, 1) & 0x80) !== 0;
    expect(isChanged()).toBe(true);
    f.seek(1);
    expect(isChanged()).toBe(false);
    f.a.insert(undefined);
    f.seek(0);
    expect(isChanged()).toBe(true);
    f.a.insert(pattern(SIZE));
    expect(isChanged()).toBe(true);
    f.seek(1);
    expect(isChanged()).toBe(false);
    f.floppy.writePort(2, 1, 0x0c);
    expect(isChanged()).toBe(false);
  });

  it('drops what a reset made stale', () => {
    const f = new Fixture().start();
    f.dma.program('toMemory', new Uint8Array(512));
    f.command(0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff);
    f.floppy.writePort(2, 1, 0x18);
    f.floppy.writePort(2, 1, 0x1c);
    f.a.completeAll();
    expect(f.dma.at).toBe(0);
    expect(f.msr).toBe(0x80);
  });

  it('goes on in the middle of a PIO sector after restore', () => {
    const f = new Fixture().start();
    f.command(0x03, 0xaf, 0x03);
    f.command(0x46, 0x00, 0, 0, 1, 2, 2, 0x1b, 0xff);
    f.a.completeAll();
    const first = Uint8Array.from({ length: 600 }, () => f.floppy.readPort(5, 1));
    const g = new Fixture();
    g.floppy.restore(structuredClone(f.floppy.save()));
    const second = Uint8Array.from({ length: 424 }, () => g.floppy.readPort(5, 1));
    expect([...first, ...second]).toEqual([...pattern(1024)]);
    expect(g.result()[1]).toBe(0x80);
  });

  it('VENOM: no command takes more bytes than it has, whatever is written to the FIFO', () => {
    for (let opcode = 0; opcode < 256; opcode++) {
      const f = new Fixture().start();
      f.a.isImmediate = true;
      for (let i = 0; i < 2000; i++) f.floppy.writePort(5, 1, i === 0 ? opcode : 0x8e);
      const state = f.floppy.save();
      expect(floppyState.check(state)).toBe(true);
      expect(state.command.length).toBeLessThanOrEqual(17);
      for (let i = 0; i < 2000; i++) f.floppy.readPort(5, 1);
      expect(floppyState.check(f.floppy.save())).toBe(true);
    }
  });

  it('VENOM: READ ID and DRIVE SPECIFICATION leave the FIFO index where it belongs', () => {
    const f = new Fixture().start();
    for (let i = 0; i < 600; i++) f.floppy.writePort(5, 1, 0x8e);
    f.result();
    f.command(0x4a, 0);
    for (let i = 0; i < 600; i++) f.floppy.writePort(5, 1, 0xff);
    f.clock.advance(2_000_000);
    expect(f.result()).toHaveLength(7);
  });

  it('survives a driver and a host that do everything wrong', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = xorshift(seed * 104_729);
      const f = new Fixture().start();
      for (let step = 0; step < 1500; step++) {
        switch (random() % 9) {
          case 0:
            f.floppy.writePort(random() % 6, 1, random() & 0xff);
            break;
          case 1:
            f.floppy.readPort(random() % 6, 1);
            break;
          case 2:
            f.command([0xe6, 0xc5, 0x4d, 0x4a, 0x0f, 0x16, 0x42][random() % 7]!, random() & 7);
            for (let i = 0; i < 7; i++) f.floppy.writePort(5, 1, [0, 0, 1, 2, 18, random() & 0xff][random() % 6]!);
            break;
          case 3:
            f.dma.program(
              (['toMemory', 'toDevice', 'verify'] as const)[random() % 3]!,
              new Uint8Array(random() % 40_000),
            );
            break;
          case 4:
            if (f.a.pending > 0) f.a.completeOne();
            break;
          case 5:
            f.clock.advance(random() % 2_000_000);
            break;
          case 6:
            for (let i = random() % 700; i > 0; i--) f.floppy.readPort(5, 1);
            break;
          case 7:
            f.floppy.writePort(2, 1, 0x1c);
            if ((random() & 31) === 0) f.a.insert(random() & 1 ? undefined : pattern(737_280), (random() & 1) !== 0);
            break;
          default:
            for (let i = random() % 700; i > 0; i--) f.floppy.writePort(5, 1, random() & 0xff);
            break;
        }
      }
      f.a.completeAll();
      expect(floppyState.check(structuredClone(f.floppy.save()))).toBe(true);
    }
  });

  it('refuses states that no command leads to', () => {
    const good = new Fixture().start().floppy.save();
    for (const change of [
      { phase: 'dma' },
      { phase: 'pioIn', position: 0 },
      { phase: 'result', result: [] },
      { command: new Array(18).fill(0x06), phase: 'command' },
      { later: 'seek' },
      { buffer: new Uint8Array(1 << 20) },
      { position: 1 },
    ]) {
      expect(floppyState.check({ ...good, ...change })).toBe(false);
    }
  });
});

describe('floppy formats', () => {
  it('are told by size', () => {
    const geometry = (size: number) => {
      const { tracks, heads, sectors } = formatOf(size);
      return [tracks, heads, sectors];
    };
    expect(geometry(163_840)).toEqual([40, 1, 8]);
    expect(geometry(368_640)).toEqual([40, 2, 9]);
    expect(geometry(737_280)).toEqual([80, 2, 9]);
    expect(geometry(1_228_800)).toEqual([80, 2, 15]);
    expect(geometry(SIZE)).toEqual([80, 2, 18]);
    expect(geometry(2_949_120)).toEqual([80, 2, 36]);
    // GRUB 2.14's rescue floppy is 8 sectors longer than a whole one; others end early.
    expect(geometry(1_478_656)).toEqual([81, 2, 18]);
    expect(geometry(SIZE + 3 * 36 * 512)).toEqual([83, 2, 18]);
    expect(geometry(SIZE + 3 * 36 * 512 + 512)).toEqual([80, 2, 20]);
    expect(geometry(1_300_000)).toEqual([80, 2, 18]);
    expect(geometry(512)).toEqual([40, 1, 8]);
    expect(geometry(1 << 30)).toEqual([80, 2, 36]);
  });

  it('choose the drive', () => {
    expect([undefined, 368_640, 1_228_800, 737_280, SIZE, 2_949_120].map(driveTypeFor)).toEqual([4, 1, 2, 4, 4, 5]);
  });
});
