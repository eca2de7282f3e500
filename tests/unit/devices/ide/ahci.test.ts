import { describe, expect, it } from 'vitest';
import { ahciState } from '../../../../src/devices/ide/ahci';
import { unwrapState, wrapState } from '../../../../src/machine/saved-state';
import { describeDevice } from '../../../support/describe-device';
import { AhciFixture, DATA, PORT, RECEIVED } from './ahci-fixture';
import { pattern, same } from './fixture';

describeDevice({
  name: 'ahci',
  state: ahciState,
  make: () => {
    const fixture = new AhciFixture();
    return {
      device: fixture.ahci,
      mmio: [{ handler: fixture.ahci, size: 0x400 }],
      pci: [fixture.ahci.config],
    };
  },
});

const make = (options?: { isImmediate: boolean }): AhciFixture => new AhciFixture(options).enable();
const words = (bytes: Uint8Array, at: number, count = 1): number[] =>
  Array.from({ length: count }, (_, i) => (bytes[2 * (at + i)] as number) | ((bytes[2 * (at + i) + 1] as number) << 8));

describe('AHCI', () => {
  it('says what it has', () => {
    const f = make();
    // 64-bit, queuing, override, generation 2, AHCI only, 32 slots, 6 ports
    expect(f.read(0x00)).toBe(0xc1241f05);
    expect([f.read(0x0c), f.read(0x10)]).toEqual([0x3f, 0x10300]);
    expect([f.get(0, PORT.SIG), f.get(1, PORT.SIG)]).toEqual([0x101, 0xeb140101]);
    expect([0, 1, 2].map((port) => f.get(port, PORT.SSTS))).toEqual([0x123, 0x123, 0]);
    expect(f.get(2, PORT.TFD)).toBe(0x7f);
    // The signature has come as a FIS.
    expect([...f.bytes(RECEIVED + 0x40, 8)]).toEqual([0x34, 0, 0x50, 1, 1, 0, 0, 0xa0]);
  });

  it('sends the identity by PIO, with a PIO Setup FIS', () => {
    const f = make();
    f.run(0, { command: 0xec, data: [[DATA, 512]] });
    const identity = f.bytes(DATA, 512);
    expect(words(identity, 75)).toEqual([31]);
    expect(words(identity, 76)).toEqual([0x0106]);
    expect(words(identity, 93)).toEqual([0]);
    expect([f.get(0, PORT.CI), f.get(0, PORT.TFD), f.moved(0)]).toEqual([0, 0x50, 512]);
    expect(f.get(0, PORT.IS)).toBe(2);
    expect([...f.bytes(RECEIVED + 0x20, 4)]).toEqual([0x5f, 0x60, 0x58, 0]);
    expect(f.line.level).toBe(true);
    f.set(0, PORT.IS, 2);
    f.write(0x08, 1);
    expect([f.line.level, f.read(0x08)]).toEqual([false, 0]);
  });

  it('reads by DMA over several descriptors', () => {
    const f = make();
    const data = [
      [DATA, 1024],
      [DATA + 0x10000, 0x20000 - 1024],
    ] as const;
    f.run(0, { command: 0x25, lba: 5, count: 0x100, data });
    const expected = pattern(0x200000).subarray(5 * 512, 5 * 512 + 0x20000);
    expect(same(f.bytes(DATA, 1024), expected.subarray(0, 1024))).toBe(true);
    expect(same(f.bytes(DATA + 0x10000, 0x20000 - 1024), expected.subarray(1024))).toBe(true);
    expect([f.get(0, PORT.CI), f.get(0, PORT.IS), f.moved(0)]).toEqual([0, 1, 0x20000]);
    // Registers of the answer: the last sector.
    expect([...f.bytes(RECEIVED + 0x40, 8)]).toEqual([0x34, 0x40, 0x50, 0, 4, 1, 0, 0xe0]);
  });

  it('writes by DMA and by PIO, and flushes', () => {
    const f = make();
    f.memory.write(
      DATA,
      pattern(4096).map((byte) => byte ^ 0xff),
    );
    f.run(0, { command: 0x35, lba: 100, count: 8, data: [[DATA, 4096]] });
    f.run(0, { command: 0x30, lba: 300, count: 2, data: [[DATA, 1024]] }, 3);
    f.run(0, { command: 0xea }, 31);
    const wanted = pattern(4096).map((byte) => byte ^ 0xff);
    expect(same(f.disk.bytes.slice(51200, 51200 + 4096), wanted)).toBe(true);
    expect(same(f.disk.bytes.slice(153600, 153600 + 1024), wanted.slice(0, 1024))).toBe(true);
    expect(f.disk.log.at(-1)?.kind).toBe('flush');
    expect(f.get(0, PORT.CI)).toBe(0);
  });

  it('stops at an error until the port is started again', () => {
    const f = make();
    f.prepare(0, 1, { command: 0x25, lba: 0x7fffffff, count: 1, data: [[DATA, 512]] });
    f.prepare(0, 2, { command: 0xec, data: [[DATA, 512]] });
    f.set(0, PORT.CI, 6);
    expect([f.get(0, PORT.CI), f.get(0, PORT.TFD), f.get(0, PORT.IS)]).toEqual([6, 0x1051, 0x40000001]);
    expect((f.get(0, PORT.CMD) >> 8) & 31).toBe(1);
    f.set(0, PORT.CMD, 0x10);
    expect([f.get(0, PORT.CI), f.get(0, PORT.CMD) & 0xc001]).toEqual([0, 0x4000]);
    f.set(0, PORT.CMD, 0x11);
    f.run(0, { command: 0xec, data: [[DATA, 512]] });
    expect([f.get(0, PORT.CI), f.get(0, PORT.TFD)]).toEqual([0, 0x50]);
  });

  it('drops data that no descriptor takes, and writes nothing that none gives', () => {
    const f = make();
    f.run(0, { command: 0x25, lba: 0, count: 2, data: [[DATA, 512]] });
    expect([f.get(0, PORT.CI), f.get(0, PORT.IS), f.moved(0)]).toEqual([0, 0x01000001, 512]);
    f.set(0, PORT.IS, 0xffffffff);
    f.run(0, { command: 0x35, lba: 0, count: 2, data: [[DATA, 512]] });
    expect([f.get(0, PORT.CI), f.get(0, PORT.IS)]).toEqual([1, 0x41000001]);
    expect(same(f.disk.bytes.slice(0, 1024), pattern(0x200000).slice(0, 1024))).toBe(true);
  });

  it('reads a CD by packet, and tells the sense', () => {
    const f = make();
    const read = [0x28, 0, 0, 0, 0, 3, 0, 0, 2, 0, 0, 0];
    f.run(1, { command: 0xa0, features: 1, packet: read, data: [[DATA, 4096]] });
    expect(same(f.bytes(DATA, 4096), pattern(0x80000).slice(6144, 10240))).toBe(true);
    expect([f.get(1, PORT.CI), f.get(1, PORT.TFD), f.moved(1)]).toEqual([0, 0x50, 4096]);
    // The same through the data register, in blocks of at most 1000 bytes.
    f.run(1, { command: 0xa0, lba: 1000 << 8, packet: read, data: [[DATA + 0x8000, 4096]] });
    expect(same(f.bytes(DATA + 0x8000, 4096), f.bytes(DATA, 4096))).toBe(true);
    expect(f.moved(1)).toBe(4096);
    f.run(1, { command: 0xa0, packet: [0x28, 0, 0x7f, 0, 0, 0, 0, 0, 1] });
    expect([f.get(1, PORT.CI), f.get(1, PORT.TFD)]).toEqual([1, 0x5451]);
    f.set(1, PORT.CMD, 0x10);
    f.set(1, PORT.CMD, 0x11);
    f.run(1, { command: 0xa0, features: 1, packet: [0x03, 0, 0, 0, 18], data: [[DATA, 18]] });
    expect([...f.bytes(DATA, 14)].map((byte, i) => ([2, 12].includes(i) ? byte : 0)).filter(Boolean)).toEqual([
      5, 0x21,
    ]);
  });

  it('works on queued commands together and ends them as the host answers', () => {
    const f = make({ isImmediate: false });
    const queued = (tag: number, command: number, lba: number, at: number): void => {
      f.prepare(0, tag, { command, lba, features: 2, count: tag << 3, data: [[at, 1024]] });
      f.set(0, PORT.SACT, 1 << tag);
      f.set(0, PORT.CI, 1 << tag);
    };
    f.memory.write(
      DATA + 0x1000,
      pattern(1024).map((byte) => byte ^ 0x55),
    );
    queued(4, 0x60, 10, DATA);
    queued(7, 0x61, 20, DATA + 0x1000);
    queued(31, 0x60, 30, DATA + 0x2000);
    expect([f.get(0, PORT.CI), f.get(0, PORT.SACT), f.get(0, PORT.TFD)]).toEqual([0, 0x80000090, 0x50]);
    expect(f.disk.pending).toBe(3);
    f.disk.completeOne();
    expect([f.get(0, PORT.SACT), f.get(0, PORT.IS)]).toEqual([0x80000080, 8]);
    expect([...f.bytes(RECEIVED + 0x58, 8)]).toEqual([0xa1, 0x40, 0x50, 0, 0x10, 0, 0, 0]);
    f.disk.completeAll();
    expect(f.get(0, PORT.SACT)).toBe(0);
    expect(same(f.bytes(DATA + 0x2000, 1024), pattern(0x200000).slice(30 * 512, 32 * 512))).toBe(true);
    expect(
      same(
        f.disk.bytes.slice(20 * 512, 22 * 512),
        pattern(1024).map((byte) => byte ^ 0x55),
      ),
    ).toBe(true);
  });

  it('ends the queue with an error, which log page 10h explains', () => {
    const f = make({ isImmediate: false });
    for (const [tag, lba] of [
      [2, 8],
      [3, 16],
    ] as const) {
      f.prepare(0, tag, { command: 0x60, lba, features: 1, count: tag << 3, data: [[DATA, 512]] });
      f.set(0, PORT.SACT, 1 << tag);
      f.set(0, PORT.CI, 1 << tag);
    }
    f.disk.failNext = { read: 'medium' };
    f.disk.completeAll();
    expect([f.get(0, PORT.SACT), f.get(0, PORT.TFD), f.get(0, PORT.IS)]).toEqual([0x0c, 0x4051, 0x40000008]);
    f.set(0, PORT.CMD, 0x10);
    f.set(0, PORT.IS, 0xffffffff);
    f.set(0, PORT.CMD, 0x11);
    f.run(0, { command: 0x2f, lba: 0x10, count: 1, data: [[DATA, 512]] });
    const log = f.bytes(DATA, 512);
    expect([...log.subarray(0, 8)]).toEqual([2, 0, 0x51, 0x40, 8, 0, 0, 0x40]);
    expect(log.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
  });

  it('resets a drive by the control register and the link by SControl', () => {
    const f = make();
    f.run(0, { command: 0, control: 4 });
    expect(f.get(0, PORT.CI)).toBe(0);
    f.run(0, { command: 0, control: 0 });
    expect([f.get(0, PORT.CI), f.get(0, PORT.SIG), f.get(0, PORT.TFD)]).toEqual([0, 0x101, 0x150]);
    f.set(1, PORT.SCTL, 0x301);
    expect([f.get(1, PORT.SSTS), f.get(1, PORT.SIG), f.get(1, PORT.TFD)]).toEqual([0, 0xffffffff, 0x7f]);
    f.set(1, PORT.SCTL, 0x300);
    expect([f.get(1, PORT.SSTS), f.get(1, PORT.SIG), f.get(1, PORT.SERR)]).toEqual([0x123, 0xeb140101, 0x04010000]);
    expect(f.get(1, PORT.IS) & 0x00400040).toBe(0x00400040);
    f.set(1, PORT.SERR, 0xffffffff);
    expect(f.get(1, PORT.IS) & 0x00400040).toBe(0);
  });

  it('does nothing without bus mastering, and goes on when it comes', () => {
    const f = make();
    f.ahci.config.writeConfig(0x04, 2, 2);
    f.run(0, { command: 0xec, data: [[DATA, 512]] });
    expect(f.get(0, PORT.CI)).toBe(1);
    f.ahci.config.writeConfig(0x04, 2, 6);
    expect([f.get(0, PORT.CI), f.line.level]).toEqual([0, true]);
  });

  it('sends messages instead of the line', () => {
    const f = make();
    f.ahci.config.writeConfig(0x84, 4, 0xfee00000);
    f.ahci.config.writeConfig(0x8c, 2, 0x51);
    f.ahci.config.writeConfig(0x82, 2, 1);
    f.run(0, { command: 0xec, data: [[DATA, 512]] });
    expect([f.messages.map(({ vector }) => vector), f.line.level]).toEqual([[0x51], false]);
    f.set(0, PORT.IS, 0xffffffff);
    f.write(0x08, 1);
    f.run(0, { command: 0xec, data: [[DATA, 512]] });
    f.run(1, { command: 0xa1, data: [[DATA, 512]] });
    expect(f.messages).toHaveLength(3);
    // Both ports asked; what is left when one is served is said once more.
    f.set(0, PORT.IS, 0xffffffff);
    f.write(0x08, 1);
    expect(f.messages).toHaveLength(4);
  });

  it('goes on after a restore', () => {
    const f = make();
    f.run(0, { command: 0xec, data: [[DATA, 512]] });
    const entry = structuredClone(wrapState(ahciState, f.ahci.save()));
    const g = new AhciFixture();
    g.memory.bytes.set(f.memory.bytes);
    g.ahci.restore(unwrapState(ahciState, 'ahci', entry));
    expect([g.line.level, g.get(0, PORT.IS)]).toEqual([true, 2]);
    g.run(0, { command: 0x25, lba: 1, count: 1, data: [[DATA + 0x4000, 512]] });
    expect(same(g.bytes(DATA + 0x4000, 512), pattern(1024).slice(512))).toBe(true);
  });
});
