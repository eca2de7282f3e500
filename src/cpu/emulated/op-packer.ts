import * as layout from './core/layout';
import { stateOffset } from './core/layout';
import { BASE_RIP, NO_REGISTER, SEG_CS, SEG_FS, SEG_SS, type Instruction } from './decoder';
import { FUSED_HANDLERS, HANDLERS } from './isa/handlers.generated';
import type { CompiledRow } from './isa/compile';
import {
  ENVIRONMENTS,
  FORM_MEMORY,
  isAccumulator,
  isGeneralRegister,
  operandBits,
  variantCount,
  variantOf,
} from './isa/compile';

/** Writes decoded instructions as ops (core/layout.ts, OP_*) into shared memory. */

const GPR = stateOffset('GPR');
const ZERO = stateOffset('ZERO');
const CODE_RIP = stateOffset('CODE_RIP');
const SIXTEEN = stateOffset('SIXTEEN');
const DISPLACEMENT_MAX = 0x7fffffff;
const HIGH_BYTES = 4; // AH is register 4 where there is no REX prefix

/** What goes into OP_REG or OP_RM. */
type Source = 'reg' | 'rm' | 'vvvv' | 'accumulator';
interface Field {
  readonly source: Source;
  /** A GPR: its byte offset from the state base is stored; else the number. */
  readonly isGeneral: boolean;
  readonly isByte: boolean;
  /** MMX and x87 registers: there are eight, whatever REX says. */
  readonly isOneOfEight?: boolean;
}

interface PackPlan {
  readonly reg: Field;
  readonly rm: Field;
  /** undefined without VEX. */
  readonly vvvv: Field | undefined;
  readonly hasImm: boolean;
  readonly isRelative: boolean;
  /** Immediates are cut to the operand size: handlers use them as they are. */
  readonly isCut: boolean;
  readonly usesStack: boolean;
}

const RAW_REG: Field = { source: 'reg', isGeneral: false, isByte: false };
const RAW_VVVV: Field = { source: 'vvvv', isGeneral: false, isByte: false };
const RAW_RM: Field = { source: 'rm', isGeneral: false, isByte: false };
const STACK_FAMILIES = new Set(['stack', 'control', 'transfer']);

function planOf(compiled: CompiledRow, form: number): PackPlan {
  let reg = RAW_REG;
  let rm = RAW_RM;
  let vvvv: Field | undefined = compiled.isVex ? RAW_VVVV : undefined;
  const kinds = compiled.row.operands.map((operand) => operand.kind);
  kinds.forEach((kind, i) => {
    const slot = compiled.slots[form]![i]!;
    if (kind === 'vy') vvvv = { source: 'vvvv', isGeneral: true, isByte: false };
    if (kind.startsWith('mm') || kind === 'sti') {
      if (slot === 'reg') reg = { ...RAW_REG, isOneOfEight: true };
      else if (slot === 'rm') rm = { ...RAW_RM, isOneOfEight: true };
    }
    if ((slot !== 'reg' && slot !== 'rm') || !isGeneralRegister(kind)) return;
    // the encoding's place of the operand; with swapped slots it is the other one
    const isRmOperand = kind.startsWith('rm') || kind.startsWith('o');
    const source: Source = isAccumulator(kind) ? 'accumulator' : isRmOperand ? 'rm' : 'reg';
    const field: Field = { source, isGeneral: true, isByte: operandBits(kind, 32) === 8 };
    if (slot === 'reg') reg = field;
    else rm = field;
  });
  return {
    reg,
    rm,
    vvvv,
    hasImm: compiled.immediates.length > 0 || kinds.some((kind) => kind.startsWith('moffs')),
    isRelative: kinds.some((kind) => kind === 'rel8' || kind === 'relz'),
    isCut: compiled.row.semantics !== undefined && !kinds.some((kind) => kind.startsWith('moffs')),
    usesStack: STACK_FAMILIES.has(compiled.row.family) && form !== FORM_MEMORY,
  };
}

/** Handler numbers by row, variant and environment. */
function handlerTable(rows: readonly CompiledRow[]): Uint16Array[] {
  return rows.map((compiled, i) => {
    const text = HANDLERS[i];
    const numbers = (text ?? '').split(' ').map((word) => Number.parseInt(word, 36));
    const variants = variantCount(compiled);
    if (numbers.length === variants)
      return Uint16Array.from({ length: variants * ENVIRONMENTS }, (_, k) => numbers[Math.trunc(k / ENVIRONMENTS)]!);
    if (numbers.length !== variants * ENVIRONMENTS)
      throw new Error(`handlers.generated.ts is stale at ${compiled.row.name}`);
    return Uint16Array.from(numbers);
  });
}

export class OpPacker {
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #handlers: readonly Uint16Array[];
  /** Handler * 16 + condition → handler of both. */
  readonly #fused = new Map(FUSED_HANDLERS.map(([alone, condition, both]) => [alone * 16 + condition, both]));
  readonly #plans: ReadonlyArray<readonly PackPlan[]>;

  constructor(memory: WebAssembly.Memory, rows: readonly CompiledRow[]) {
    this.#u8 = new Uint8Array(memory.buffer);
    this.#u16 = new Uint16Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
    this.#handlers = handlerTable(rows);
    this.#plans = rows.map((compiled) => [planOf(compiled, 0), planOf(compiled, FORM_MEMORY)]);
  }

  /** An op that is no instruction. `next`: offset of the next instruction from the block's start. */
  pseudo(op: number, handler: number, index: number, next: number, length: number, reg = 0, rm = 0): void {
    for (let word = op >> 2; word < (op + layout.OP_SIZE) >> 2; word++) this.#i32[word] = 0;
    this.#u16[op >> 1] = handler;
    this.#u8[op + layout.OP_LENGTH] = length;
    this.#u8[op + layout.OP_INDEX] = index;
    this.#u8[op + layout.OP_REG] = reg;
    this.#u8[op + layout.OP_RM] = rm;
    this.#u8[op + layout.OP_SEG] = SEG_SS;
    this.#u16[(op + layout.OP_NEXT) >> 1] = next;
    this.#i32[(op + layout.OP_IMM) >> 2] = next;
  }

  /** Joins the op before `jump`, a conditional jump with a flat target, with it if there is a handler for both. */
  fuse(jump: number, condition: number): void {
    const op = jump - layout.OP_SIZE;
    const alone = this.#u16[op >> 1]!;
    const both = this.#fused.get(alone * 16 + condition);
    if (both === undefined) return;
    this.#u16[op >> 1] = both;
    this.#i32[(op + layout.OP_LINK) >> 2] = alone;
  }

  /** false: the displacement does not fit this far from the block's start; never for a block's first instruction. */
  instruction(op: number, x: Instruction, index: number, next: number, mode: number, env: number): boolean {
    const { compiled, form } = x;
    const u8 = this.#u8;
    const i32 = this.#i32;
    const plan = this.#plans[compiled.id]![form]!;
    const variant = variantOf(compiled, x.size, form, x.addressSize);
    this.#u16[op >> 1] = this.#handlers[compiled.id]![variant * ENVIRONMENTS + env]!;
    u8[op + layout.OP_LENGTH] = x.length;
    u8[op + layout.OP_INDEX] = index;
    u8[op + layout.OP_REG] = fieldValue(plan.reg, x);
    u8[op + layout.OP_RM] = fieldValue(plan.rm, x);
    let flags = (log2Bytes(x.size) << layout.OPF_SIZE_SHIFT) | (log2Bytes(x.addressSize) << layout.OPF_ADDRESS_SHIFT);
    if (x.hasLock) flags |= layout.OPF_LOCK;
    if (x.rep !== 0) flags |= x.rep === 0xf3 ? layout.OPF_REP : layout.OPF_REPNE;
    if (form !== FORM_MEMORY) flags |= layout.OPF_MOD3;
    u8[op + layout.OP_FLAGS] = flags;
    u8[op + layout.OP_SEG] = plan.usesStack ? SEG_SS : x.segment;
    let displacement = x.displacement;
    let base = ZERO;
    let indexRegister = x.index === NO_REGISTER ? ZERO : GPR + x.index * 8;
    if (x.base === BASE_RIP) {
      base = CODE_RIP;
      displacement += next;
      if (displacement > DISPLACEMENT_MAX) {
        // Further into a block: it starts one of its own. There, no instruction is longer than 15 bytes.
        if (index > 0) return false;
        indexRegister = SIXTEEN;
        displacement -= 16;
      }
    } else if (x.base !== NO_REGISTER) base = GPR + x.base * 8;
    u8[op + layout.OP_BASE] = base;
    u8[op + layout.OP_INDEX_REG] = indexRegister;
    u8[op + layout.OP_SCALE] = x.scale;
    u8[op + layout.OP_EA] = plan.usesStack ? layout.EA_FLAT64 : addressKind(x, mode);
    i32[(op + layout.OP_DISP) >> 2] = displacement;
    this.#immediate(op, x, plan, next);
    this.#u16[(op + layout.OP_NEXT) >> 1] = next;
    this.#u16[(op + layout.OP_IMM2) >> 1] = plan.vvvv === undefined ? x.imm2 : fieldValue(plan.vvvv, x) | (x.is4 << 8);
    i32[(op + layout.OP_LINK) >> 2] = 0;
    return true;
  }

  #immediate(op: number, x: Instruction, plan: PackPlan, next: number): void {
    let low = x.immLow;
    let high = x.immHigh;
    if (plan.isRelative) {
      const target = low + next;
      low = target | 0;
      high = target < 0 ? -1 : 0;
    } else if (plan.isCut && x.size !== 64) {
      high = 0;
      if (x.size === 16) low &= 0xffff;
      else if (x.size === 8) low &= 0xff;
    }
    const at = (op + layout.OP_IMM) >> 2;
    this.#i32[at] = low;
    this.#i32[at + 1] = high;
  }
}

function log2Bytes(bits: number): number {
  return bits === 8 ? 0 : bits === 16 ? 1 : bits === 32 ? 2 : 3;
}

function fieldValue(field: Field, x: Instruction): number {
  if (field.source === 'accumulator') return GPR;
  const number = field.source === 'reg' ? x.reg : field.source === 'rm' ? x.rm : x.vvvv;
  if (!field.isGeneral) return field.isOneOfEight ? number & 7 : number;
  if (field.isByte && !x.hasRex && number >= HIGH_BYTES) return GPR + (number - HIGH_BYTES) * 8 + 1;
  return GPR + number * 8;
}

function addressKind(x: Instruction, mode: number): number {
  if (mode & layout.MODE_LONG) {
    if (x.addressSize === 64) return x.segment >= SEG_FS ? layout.EA_SEG64 : layout.EA_FLAT64;
    return x.segment >= SEG_FS ? layout.EA_SEG64_ADDR32 : layout.EA_FLAT32;
  }
  if (x.addressSize === 16) return layout.EA_CHECKED16;
  const isFlat = (mode & layout.MODE_FLAT) !== 0 && x.segment < SEG_FS && x.segment !== SEG_CS;
  return isFlat ? layout.EA_FLAT32 : layout.EA_CHECKED32;
}
