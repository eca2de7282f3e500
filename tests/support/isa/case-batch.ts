import * as at from './case-layout';
import { USER_CODE32_SELECTOR, USER_CODE_SELECTOR } from './stub';

/** One execution of some code from a given state. */
export interface Case {
  /** For messages. */
  readonly label: string;
  /** 32: runs in compatibility mode. 64 unless said. */
  readonly codeSize?: 32 | 64;
  /** The bytes between entry and exit; at most TAKEN - 5 if `slotSize` is SLOT_SIZE. */
  readonly code: readonly number[];
  readonly gpr: BigUint64Array;
  readonly flags: number;
  /** FXSAVE image, 64-bit form. */
  readonly fx: Uint8Array;
  readonly window: Uint8Array;
  /** Upper halves of the YMM registers; 0 unless said. */
  readonly ymm?: Uint8Array;
}

/** What a CPU made of it. */
export class Outcome {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }
  u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
  get status(): number {
    return this.u32(at.OUT_STATUS);
  }
  get flags(): number {
    return this.u32(at.OUT_FLAGS);
  }
  get vector(): number {
    return this.u32(at.OUT_VECTOR);
  }
}

export interface PackedBatch {
  readonly count: number;
  readonly inputs: Uint8Array;
  readonly slots: Uint8Array;
  /** Pages of `slots` from here on have a RET at PAGE_RETURN. */
  readonly touched: number;
}

function jump(from: number, to: number): number[] {
  const displacement = to - (from + 5);
  return [0xe9, ...[0, 8, 16, 24].map((shift) => (displacement >> shift) & 0xff)];
}

function farJump(to: number): number[] {
  return [0xea, ...little32(to), USER_CODE_SELECTOR, 0];
}

const little32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 0xff);

/** JMP m16:32 into compatibility mode, and its pointer, in the rest of a slot. */
function compatibilityEntry(slot: number): number[] {
  const pointer = slot + at.COMPATIBILITY + 8;
  return [0xff, 0x2c, 0x25, ...little32(pointer), 0x90, ...little32(slot), USER_CODE32_SELECTOR, 0];
}

const RET = 0xc3;

/** Where the code of the n-th case of a batch stands. */
export function slotAddress(index: number, slotSize = at.SLOT_SIZE): number {
  return at.SLOTS + index * slotSize;
}

export function packBatch(
  cases: readonly Case[],
  exits: { done: number; taken: number },
  slotSize = at.SLOT_SIZE,
): PackedBatch {
  const inputs = new Uint8Array(cases.length * at.RECORD);
  const pages = Math.ceil((cases.length * slotSize) / at.PAGE);
  // code that crosses pages leaves no room for a RET in each: one more page has it
  const isLarge = slotSize > at.PAGE;
  const slots = new Uint8Array((pages + (isLarge ? 1 : 0)) * at.PAGE).fill(0xcc);
  const touched = isLarge ? pages * at.PAGE : 0;
  for (let page = touched + at.PAGE_RETURN; page < slots.length; page += at.PAGE) slots[page] = RET;
  const view = new DataView(inputs.buffer);
  cases.forEach((item, index) => {
    const record = index * at.RECORD;
    item.gpr.forEach((value, i) => view.setBigUint64(record + at.IN_GPR + 8 * i, value, true));
    view.setBigUint64(record + at.IN_FLAGS, BigInt(item.flags), true);
    const is32 = item.codeSize === 32;
    const entry = slotAddress(index, slotSize) + (is32 ? at.COMPATIBILITY : 0);
    view.setBigUint64(record + at.IN_CODE, BigInt(entry), true);
    inputs.set(item.fx, record + at.IN_FX);
    inputs.set(item.window, record + at.IN_WINDOW);
    if (item.ymm !== undefined) inputs.set(item.ymm, record + at.IN_YMM);
    const slot = index * slotSize;
    const address = slotAddress(index, slotSize);
    const end = item.code.length;
    slots.set(item.code, slot);
    if (is32) {
      slots.set(farJump(exits.done), slot + end);
      slots.set(farJump(exits.taken), slot + at.TAKEN);
      slots.set(compatibilityEntry(address), slot + at.COMPATIBILITY);
      return;
    }
    slots.set(jump(address + end, exits.done), slot + end);
    if (end + 5 <= at.TAKEN) slots.set(jump(address + at.TAKEN, exits.taken), slot + at.TAKEN);
  });
  return { count: cases.length, inputs, slots, touched };
}

export function outcomesOf(bytes: Uint8Array, count: number): Outcome[] {
  return Array.from({ length: count }, (_, i) => new Outcome(bytes.subarray(i * at.RECORD, (i + 1) * at.RECORD)));
}
