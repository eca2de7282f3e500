import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AccessSize, MmioHandler, PortHandler } from '../../../src/machine/device';
import type { PciFunction } from '../../../src/machine/pci';
import type { Plain, StateDefinition } from '../../../src/machine/saved-state';
import { unwrapState, wrapState } from '../../../src/machine/saved-state';
import type { ManualClock } from '../manual-clock';
import { FuzzRandom } from './fuzz-random';

/** A range of registers that the fuzzer reads and writes; what a `PortHandler` and an `MmioHandler` share. */
export interface FuzzRange {
  readonly size: number;
  read(offset: number, size: AccessSize): number;
  write(offset: number, size: AccessSize, value: number): void;
}

/** One device, or several that work together, freshly made. */
export interface FuzzTarget {
  readonly ranges: readonly FuzzRange[];
  readonly clock?: ManualClock;
  /** What a driver, the host or a wire does: commands in their right shape, descriptors, keys, completions. */
  readonly acts?: readonly ((random: FuzzRandom) => void)[];
  /** Back to power-on. */
  reset(): void;
  /** Brings the state out and in again, and says how large it is; called when `settle` has ended what waits. */
  saveAndRestore(): number;
  /** Lets the host finish its work; throws if it never ends. */
  settle?(): void;
}

export interface FuzzSubject {
  readonly name: string;
  /** Largest saved state in bytes. */
  readonly stateLimit?: number;
  make(random: FuzzRandom): FuzzTarget;
}

export function portRange(handler: PortHandler, size: number): FuzzRange {
  return {
    size,
    read: (offset, bytes) => handler.readPort(offset, bytes),
    write: (offset, bytes, value) => handler.writePort(offset, bytes, value),
  };
}

export function mmioRange(handler: MmioHandler, size: number): FuzzRange {
  return {
    size,
    read: (offset, bytes) => handler.readMmio(offset, bytes),
    write: (offset, bytes, value) => handler.writeMmio(offset, bytes, value),
  };
}

export function pciRange(config: PciFunction): FuzzRange {
  const aligned = (offset: number, bytes: number): number => offset & -bytes;
  return {
    size: 256,
    read: (offset, bytes) => config.readConfig(aligned(offset, bytes), bytes),
    write: (offset, bytes, value) => config.writeConfig(aligned(offset, bytes), bytes, value),
  };
}

/** `saveAndRestore` of a single device; the state must pass its own check. */
export function deviceState<S>(
  device: { readonly id: string; save(): S; restore(state: S): void },
  state: StateDefinition<S>,
): () => number {
  return () => {
    const entry = structuredClone(wrapState(state, device.save()));
    device.restore(unwrapState(state, device.id, entry));
    return sizeOf(entry as unknown as Plain);
  };
}

const SIZES: readonly AccessSize[] = [1, 1, 2, 4];
/** Inputs between two looks at time and memory. */
const ROUND = 256;
/** CPU time, so that a loaded computer does not matter. One round is many inputs. */
const ROUND_LIMIT_MS = 1000;
const SAVE_EVERY = 4096;
const DEFAULT_STATE_LIMIT = 1 << 20;
/** What a run may leave behind, garbage collected. */
const HEAP_LIMIT = 64 << 20;

export interface FuzzResult {
  readonly inputs: number;
  /** CPU ms of the slowest round. */
  readonly slowestMs: number;
}

/**
 * Gives a device so many inputs: accesses of every size at every offset, bursts on one register, whole commands, passing
 * time, resets, saves. Throws on a throw, a result that is no unsigned number of its size, a round that takes more than a
 * second, a state or a heap that grows without bound. The message names seed and input, which repeat it.
 */
export function fuzz(subject: FuzzSubject, inputs: number, seed: number): FuzzResult {
  const random = new FuzzRandom(seed);
  const target = subject.make(random);
  const heapBefore = heapBytes();
  let slowestMs = 0;
  let done = 0;
  let nextSave = SAVE_EVERY;
  try {
    while (done < inputs) {
      const started = process.cpuUsage();
      for (const end = done + ROUND; done < end; ) done += step(target, random);
      const { user, system } = process.cpuUsage(started);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
      if (slowestMs > ROUND_LIMIT_MS) throw new Error(`${ROUND} inputs took ${slowestMs} ms`);
      if (done >= nextSave) {
        nextSave = done + SAVE_EVERY;
        target.settle?.();
        checkSize(subject, target.saveAndRestore());
      }
    }
    target.settle?.();
    checkSize(subject, target.saveAndRestore());
  } catch (error) {
    throw new Error(`${subject.name}, seed ${seed}, input ${done}: ${(error as Error).stack}`);
  }
  const grown = heapBytes() - heapBefore;
  if (grown > HEAP_LIMIT) throw new Error(`${subject.name}, seed ${seed}: ${grown} bytes are left behind`);
  return { inputs: done, slowestMs };
}

/** One step; gives how many inputs it was. */
function step(target: FuzzTarget, random: FuzzRandom): number {
  const { acts = [], clock } = target;
  const kind = random.below(100);
  if (kind < 25 && acts.length > 0) {
    random.pick(acts)(random);
    return 1;
  }
  if (kind < 35 && clock !== undefined) {
    if (random.oneIn(2)) clock.skip(random.below(3_000_000));
    else clock.skip(random.below(2000));
    clock.fireDue();
    return 1;
  }
  if (kind === 35 && random.oneIn(20)) {
    target.reset();
    return 1;
  }
  const range = random.pick(target.ranges);
  const size = random.pick(SIZES);
  if (size > range.size) return 1;
  const offset = random.below(range.size - size + 1);
  const isWrite = random.oneIn(2);
  const times = kind < 40 ? 1 + random.below(300) : 1;
  for (let i = 0; i < times; i++) {
    if (isWrite) range.write(offset, size, random.value(size));
    else checkValue(range.read(offset, size), offset, size);
  }
  return times;
}

function checkValue(value: number, offset: number, size: AccessSize): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
    throw new Error(`a read of ${size} bytes at offset ${offset} gave ${value}`);
  }
}

function checkSize({ stateLimit = DEFAULT_STATE_LIMIT }: FuzzSubject, size: number): void {
  if (size > stateLimit) throw new Error(`its state has ${size} bytes`);
}

/** Bytes of a saved state, roughly. */
export function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const part of Object.values(value)) size += 8 + sizeOf(part);
  return size;
}

let collect: (() => void) | undefined;

function heapBytes(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
