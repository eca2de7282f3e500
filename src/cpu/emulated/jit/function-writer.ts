import type { ValueType } from '../isa/emitter';
import { ByteBuffer, type FunctionCode, VALUE_TYPES } from './wasm-module';
import { V128_CONST } from './wasm-opcodes';

/** Opcodes of control flow and locals (WebAssembly core specification 2.0, 5.4.1 to 5.4.5). */
export const OP_BLOCK = 0x02;
export const OP_LOOP = 0x03;
export const OP_IF = 0x04;
export const OP_ELSE = 0x05;
export const OP_END = 0x0b;
export const OP_BR = 0x0c;
export const OP_BR_IF = 0x0d;
export const OP_BR_TABLE = 0x0e;
export const OP_RETURN = 0x0f;
export const OP_CALL = 0x10;
export const OP_SELECT = 0x1b;
export const OP_SELECT_TYPED = 0x1c;
export const OP_LOCAL_GET = 0x20;
export const OP_LOCAL_SET = 0x21;
export const OP_LOCAL_TEE = 0x22;
const BLOCK_EMPTY = 0x40;

/** A local by an id of its own; the index is given when the function is finished, so that unused ones cost nothing. */
export type LocalId = number;

/** The structured-control-flow scope that a branch may name. */
export interface Label {
  /** Number of scopes around it. */
  readonly level: number;
}

/** Which arm of an `if` V8 is to lay out for speed: the other one lies out of the way and spills what the first has in registers. */
export type Likely = 'then' | 'else';

/** One instruction stream: code bytes in which locals are still ids, and the scopes open in it. */
export class CodeWriter extends ByteBuffer {
  /** Where local indices are to be put in, and of which local. */
  readonly fixups: number[] = [];
  /** Where an `if` is of which one arm is likely, and 1 if that is the first. */
  readonly hints: number[] = [];
  #level = 0;
  /** Where the code was when a local was last set, -1: not just now. */
  #afterSet = -1;

  /** `result`: what it leaves on the stack. */
  open(opcode: typeof OP_BLOCK | typeof OP_LOOP | typeof OP_IF, likely?: Likely, result?: ValueType): Label {
    if (likely !== undefined) this.hints.push(this.length, likely === 'then' ? 1 : 0);
    this.byte(opcode);
    this.byte(result === undefined ? BLOCK_EMPTY : VALUE_TYPES[result]);
    return { level: this.#level++ };
  }
  close(): void {
    this.byte(OP_END);
    this.#level--;
  }
  br(label: Label, opcode: typeof OP_BR | typeof OP_BR_IF = OP_BR): void {
    this.byte(opcode);
    this.u32(this.#level - 1 - label.level);
  }

  local(opcode: typeof OP_LOCAL_GET | typeof OP_LOCAL_SET | typeof OP_LOCAL_TEE, id: LocalId): void {
    this.byte(opcode);
    this.fixups.push(this.length, id);
  }
  get(id: LocalId): void {
    this.local(OP_LOCAL_GET, id);
  }
  set(id: LocalId): void {
    this.local(OP_LOCAL_SET, id);
    this.#afterSet = this.length;
  }
  /** `get` that is the last use of the local: what was only just put into it stays on the stack. */
  getLast(id: LocalId): void {
    if (this.#afterSet !== this.length || this.fixups.at(-1) !== id) return this.get(id);
    this.fixups.length -= 2;
    this.length--;
    this.#afterSet = -1;
  }
  i32(value: number): void {
    this.byte(0x41);
    this.s32(value);
  }
  i64(value: bigint): void {
    this.byte(0x42);
    if (value >= -0x40000000n && value < 0x40000000n) this.s32(Number(value));
    else this.s64(value);
  }
  /** A vector of four words. */
  v128(words: readonly number[]): void {
    this.byte(0xfd);
    this.u32(V128_CONST);
    for (const word of words) for (let shift = 0; shift < 32; shift += 8) this.byte((word >>> shift) & 0xff);
  }
  memory(opcode: number, align: number, offset: number): void {
    this.byte(opcode);
    this.u32(align);
    this.u32(offset);
  }
}

const LOCAL_TYPES: readonly ValueType[] = ['i64', 'i32', 'v128', 'f32', 'f64'];

/** The locals of one function, parameters first. */
export class Locals {
  readonly #types: ValueType[] = [];

  constructor(readonly parameters: readonly ValueType[]) {
    this.#types.push(...parameters);
  }

  add(type: ValueType): LocalId {
    return this.#types.push(type) - 1;
  }

  typeOf(id: LocalId): ValueType {
    return this.#types[id]!;
  }

  /** Puts the parts together: gives used locals their indices. */
  finish(parts: readonly CodeWriter[]): FunctionCode {
    const used = new Uint8Array(this.#types.length);
    for (const { fixups } of parts) for (let i = 1; i < fixups.length; i += 2) used[fixups[i]!] = 1;
    const index = new Int32Array(this.#types.length);
    let next = this.parameters.length;
    for (let id = 0; id < next; id++) index[id] = id;
    const out = new ByteBuffer();
    const counts: [ValueType, number][] = [];
    for (const type of LOCAL_TYPES) {
      const first = next;
      for (let id = this.parameters.length; id < this.#types.length; id++) {
        if (used[id] === 1 && this.#types[id] === type) index[id] = next++;
      }
      if (next > first) counts.push([type, next - first]);
    }
    out.u32(counts.length);
    for (const [type, count] of counts) {
      out.u32(count);
      out.byte(VALUE_TYPES[type]);
    }
    const hints: number[] = [];
    for (const part of parts) {
      const bytes = part.view();
      const { fixups } = part;
      let from = 0;
      let hint = 0;
      // no instruction has both a local and a likely arm, so that what lies between two locals is as long as it was
      const place = (end: number): void => {
        for (; hint < part.hints.length && part.hints[hint]! < end; hint += 2) {
          hints.push(out.length + part.hints[hint]! - from, part.hints[hint + 1]!);
        }
      };
      for (let i = 0; i < fixups.length; i += 2) {
        const at = fixups[i]!;
        place(at);
        // a few bytes each: a loop is faster than a view of them
        while (from < at) out.byte(bytes[from++]!);
        out.u32(index[fixups[i + 1]!]!);
      }
      place(bytes.length);
      out.bytes(bytes.subarray(from));
    }
    out.byte(OP_END);
    return { code: out.take(), hints };
  }
}
