import { describe, expect, it } from 'vitest';
import type { AccessSize, Device, MmioHandler, PortHandler } from '../../src/machine/device';
import type { PciFunction } from '../../src/machine/pci';
import { SnapshotError, type StateDefinition, unwrapState, wrapState } from '../../src/machine/saved-state';
import type { ManualClock } from './manual-clock';

/** One device with its fakes, freshly made. */
export interface DeviceFixture<S> {
  readonly device: Device<S>;
  readonly clock?: ManualClock;
  readonly ports?: readonly { readonly handler: PortHandler; readonly count: number }[];
  readonly mmio?: readonly { readonly handler: MmioHandler; readonly size: number }[];
  readonly pci?: readonly PciFunction[];
}

export interface DeviceDescription<S> {
  readonly name: string;
  readonly state: StateDefinition<S>;
  make(): DeviceFixture<S>;
  /** Brings the device into an interesting state before the save; default: writes everywhere. */
  disturb?(fixture: DeviceFixture<S>): void;
  /** States that pass as JSON but that `state.check` must refuse. */
  readonly bad?: readonly unknown[];
  /** Offsets of MMIO to visit: all 4-byte registers up to 4 KiB by default. */
  readonly mmioStep?: number;
}

const SIZES: readonly AccessSize[] = [1, 2, 4];

/** What every device owes: see the rules in src/devices/README.md. */
export function describeDevice<S>(description: DeviceDescription<S>): void {
  const { name, state, make } = description;
  const disturb = description.disturb ?? ((fixture) => poke(fixture, 0x5a5a5a5a, description.mmioStep));

  describe(`${name} as a device`, () => {
    it('has its power-on values after reset', () => {
      const fixture = make();
      const fresh = fixture.device.save();
      fixture.device.reset();
      expect(fixture.device.save()).toEqual(fresh);
    });

    it('survives every offset and size with zeros, ones and patterns', () => {
      for (const pattern of [0, 0xffffffff, 0x55aa33cc, 0x01020408]) {
        const fixture = make();
        poke(fixture, pattern, description.mmioStep);
        poke(fixture, pattern, description.mmioStep);
        expect(state.check(fixture.device.save())).toBe(true);
      }
    });

    it('survives random accesses', () => {
      const fixture = make();
      const random = xorshift(0x1234567);
      for (let i = 0; i < 3000; i++) randomAccess(fixture, random);
      expect(state.check(fixture.device.save())).toBe(true);
    });

    it('saves what a fresh one restores', () => {
      const first = make();
      disturb(first);
      const entry = structuredClone(wrapState(state, first.device.save()));
      const second = make();
      second.device.restore(unwrapState(state, name, entry));
      expect(second.device.save()).toEqual(first.device.save());
      // Saving changed nothing.
      expect(first.device.save()).toEqual(entry.state);
    });

    it('restores the state of random accesses', () => {
      const random = xorshift(0xabcdef1);
      for (let round = 0; round < 20; round++) {
        const first = make();
        for (let i = 0; i < 100; i++) randomAccess(first, random);
        const entry = structuredClone(wrapState(state, first.device.save()));
        const second = make();
        second.device.restore(unwrapState(state, name, entry));
        expect(second.device.save()).toEqual(entry.state);
      }
    });

    it('refuses bad states', () => {
      const good = make().device.save();
      const bad: unknown[] = [undefined, null, 7, 'text', [], ...(description.bad ?? []), ...damaged(good)];
      for (const value of bad) {
        expect(() => unwrapState(state, name, { kind: state.kind, version: state.version, state: value })).toThrow(
          SnapshotError,
        );
      }
      expect(() => unwrapState(state, name, { kind: 'other', version: 1, state: good })).toThrow(SnapshotError);
      expect(() => unwrapState(state, name, { kind: state.kind, version: 99, state: good })).toThrow(SnapshotError);
    });

    it('may be paused and resumed twice', () => {
      const { device } = make();
      const before = device.save();
      device.pause?.();
      device.pause?.();
      device.resume?.();
      device.resume?.();
      expect(device.save()).toEqual(before);
    });
  });
}

/** Reads and writes every offset in every size. */
export function poke<S>(fixture: DeviceFixture<S>, pattern: number, mmioStep = 4): void {
  for (const size of SIZES) {
    const value = size === 4 ? pattern >>> 0 : pattern & (2 ** (8 * size) - 1);
    for (const { handler, count } of fixture.ports ?? []) {
      for (let offset = 0; offset + size <= count; offset++) {
        expectUnsigned(handler.readPort(offset, size), size);
        handler.writePort(offset, size, value);
        expectUnsigned(handler.readPort(offset, size), size);
      }
    }
    for (const { handler, size: length } of fixture.mmio ?? []) {
      for (let offset = 0; offset + size <= length && offset < 4096; offset += mmioStep) {
        expectUnsigned(handler.readMmio(offset, size), size);
        handler.writeMmio(offset, size, value);
        expectUnsigned(handler.readMmio(offset, size), size);
      }
    }
    for (const config of fixture.pci ?? []) {
      for (let register = 0; register + size <= 256; register += size) {
        expectUnsigned(config.readConfig(register, size), size);
        config.writeConfig(register, size, value);
        expectUnsigned(config.readConfig(register, size), size);
      }
    }
  }
}

/** A seeded generator of 32-bit numbers. */
export function xorshift(seed: number): () => number {
  let x = seed >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>>= 0);
  };
}

/** One random read or write, sometimes with time passing. */
export function randomAccess<S>(fixture: DeviceFixture<S>, random: () => number): void {
  const size = SIZES[random() % 3] as AccessSize;
  const value = (random() & 1 ? random() : random() & 0xff) & (size === 4 ? 0xffffffff : 2 ** (8 * size) - 1);
  const isWrite = (random() & 3) !== 0;
  const targets = [...(fixture.ports ?? []), ...(fixture.mmio ?? []), ...(fixture.pci ?? [])];
  if (targets.length === 0) return;
  const target = targets[random() % targets.length]!;
  if ('count' in target) {
    const offset = random() % target.count;
    if (offset + size > target.count) return;
    if (isWrite) target.handler.writePort(offset, size, value >>> 0);
    else expectUnsigned(target.handler.readPort(offset, size), size);
  } else if ('handler' in target) {
    const offset = random() % target.size;
    if (offset + size > target.size) return;
    if (isWrite) target.handler.writeMmio(offset, size, value >>> 0);
    else expectUnsigned(target.handler.readMmio(offset, size), size);
  } else {
    const register = (random() % 256) & -size;
    if (isWrite) target.writeConfig(register, size, value >>> 0);
    else expectUnsigned(target.readConfig(register, size), size);
  }
  if (fixture.clock && (random() & 7) === 0) {
    fixture.clock.skip(random() % 3_000_000);
    fixture.clock.fireDue();
  }
}

function expectUnsigned(value: number, size: AccessSize): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
    throw new Error(`a read of ${size} bytes gave ${value}`);
  }
}

/** A good state with one field missing or of the wrong type. */
function* damaged(good: unknown): Generator<unknown> {
  if (typeof good !== 'object' || good === null || Array.isArray(good)) return;
  for (const key of Object.keys(good)) {
    const value = (good as Record<string, unknown>)[key];
    if (value === undefined) continue;
    yield { ...good, [key]: { damaged: true } };
    if (typeof value === 'number') yield { ...good, [key]: Number.NaN };
  }
}
