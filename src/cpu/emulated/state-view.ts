import { OP_INDEX, SEG_STRIDE, stateOffset } from './core/layout';

/** Fields of a segment register in the state, from its start (core/address.ts has the same). */
const SEG_SELECTOR = 0;
const SEG_ACCESS = 2;
const SEG_LIMIT = 4;
const SEG_BASE = 8;
const SEG_UNUSABLE = 16;

export interface SegmentFields {
  selector: number;
  access: number;
  limit: number;
  base: bigint;
  isUnusable: boolean;
}

/** One vCPU's state struct in shared memory, by field name (core/layout.ts). */
export class StateView {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #memory: Uint8Array;

  constructor(
    buffer: ArrayBufferLike,
    readonly base: number,
    size: number,
  ) {
    this.#view = new DataView(buffer as ArrayBuffer, base, size);
    this.#bytes = new Uint8Array(buffer, base, size);
    this.#memory = new Uint8Array(buffer);
  }

  /** Instructions before an op in its block. */
  opIndex(op: number): number {
    return this.#memory[op + OP_INDEX] as number;
  }

  clear(): void {
    this.#bytes.fill(0);
  }

  u16(name: string, index = 0): number {
    return this.#view.getUint16(stateOffset(name, index), true);
  }
  setU16(name: string, value: number, index = 0): void {
    this.#view.setUint16(stateOffset(name, index), value, true);
  }
  u32(name: string, index = 0): number {
    return this.#view.getUint32(stateOffset(name, index), true);
  }
  setU32(name: string, value: number, index = 0): void {
    this.#view.setUint32(stateOffset(name, index), value, true);
  }
  u64(name: string, index = 0): bigint {
    return this.#view.getBigUint64(stateOffset(name, index), true);
  }
  setU64(name: string, value: bigint, index = 0): void {
    this.#view.setBigUint64(stateOffset(name, index), value, true);
  }
  /** A u64 that fits a double (counts). */
  count(name: string): number {
    const at = stateOffset(name);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 0x100000000;
  }
  setCount(name: string, value: number): void {
    const at = stateOffset(name);
    this.#view.setUint32(at, value >>> 0, true);
    this.#view.setUint32(at + 4, Math.floor(value / 0x100000000), true);
  }
  setF64(name: string, value: number): void {
    this.#view.setFloat64(stateOffset(name), value, true);
  }
  f64(name: string): number {
    return this.#view.getFloat64(stateOffset(name), true);
  }
  bytes(name: string, index: number, size: number): Uint8Array {
    const at = stateOffset(name, index);
    return this.#bytes.subarray(at, at + size);
  }

  segment(index: number): SegmentFields {
    const at = stateOffset('SEG') + index * SEG_STRIDE;
    return {
      selector: this.#view.getUint16(at + SEG_SELECTOR, true),
      access: this.#view.getUint16(at + SEG_ACCESS, true),
      limit: this.#view.getUint32(at + SEG_LIMIT, true),
      base: this.#view.getBigUint64(at + SEG_BASE, true),
      isUnusable: this.#view.getUint8(at + SEG_UNUSABLE) !== 0,
    };
  }
  setSegment(index: number, { selector, access, limit, base, isUnusable }: SegmentFields): void {
    const at = stateOffset('SEG') + index * SEG_STRIDE;
    this.#view.setUint16(at + SEG_SELECTOR, selector, true);
    this.#view.setUint16(at + SEG_ACCESS, access, true);
    this.#view.setUint32(at + SEG_LIMIT, limit, true);
    this.#view.setBigUint64(at + SEG_BASE, base, true);
    this.#view.setUint8(at + SEG_UNUSABLE, isUnusable ? 1 : 0);
  }
}
