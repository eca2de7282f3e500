import { stateOffset } from '../core/layout';
import { BASE_RIP, NO_REGISTER, type Instruction } from '../decoder';
import { ENV_FLAT, ENV_LONG, isAccumulator, isGeneralRegister, isImmediate, operandBits } from '../isa/compile';
import type { Condition, I32, I64, Operands, Size, V128 } from '../isa/emitter';
import type { OperandKind } from '../isa/table';
import type { WasmEmitter } from './wasm-emitter';

const SEG_CS = 1;
const SEG_FS = 4;
const SEG_STRIDE = 32;
const SEG_BASE = 8;
const GP = 13;

/** The operands of one decoded instruction as compile-time constants. The instruction object may be reused afterwards. */
export class InstructionOperands implements Operands {
  readonly size: Size;
  readonly count: number;
  readonly addressSize: 16 | 32 | 64;
  readonly #kinds: readonly OperandKind[];
  readonly #linear = new Map<number, I64>();
  readonly #env: number;
  readonly #nextRip: bigint;

  constructor(
    private readonly e: WasmEmitter,
    private readonly x: Instruction,
  ) {
    this.size = x.size;
    this.addressSize = x.addressSize;
    this.#kinds = x.compiled.row.operands.map((operand) => operand.kind);
    this.count = this.#kinds.length;
    this.#env = e.context.env;
    this.#nextRip = e.context.nextRip;
  }

  get condition(): Condition {
    return this.x.compiled.row.attributes.cc ?? 0;
  }
  get rep(): 'none' | 'rep' | 'repne' {
    return this.x.rep === 0 ? 'none' : this.x.rep === 0xf3 ? 'rep' : 'repne';
  }
  #isMemory(i: number): boolean {
    const slot = this.x.compiled.slots[this.x.form]![i];
    return slot === 'memory' || slot === 'moffs';
  }
  kind(i: number): ReturnType<Operands['kind']> {
    const kind = this.#kinds[i]!;
    if (this.#isMemory(i)) return 'memory';
    if (isImmediate(kind) || kind === 'one') return 'immediate';
    if (kind.startsWith('xmm') || kind.startsWith('ymm')) return 'xmm';
    if (kind.startsWith('mm')) return 'mmx';
    if (kind === 'sreg') return 'segment';
    return isGeneralRegister(kind) || kind === 'cl' || kind === 'dx' ? 'register' : 'other';
  }
  sizeOf(i: number): Size | 128 | 256 {
    return operandBits(this.#kinds[i]!, this.size) as Size | 128 | 256;
  }

  /** Number of the register that operand `i` is. */
  #number(i: number): number {
    const kind = this.#kinds[i]!;
    const slot = this.x.compiled.slots[this.x.form]![i];
    if (slot === 'vvvv') return this.x.vvvv;
    if (slot === 'is4') return this.x.is4;
    if (kind === 'ymmm256') return this.x.rm;
    if (isAccumulator(kind)) return 0;
    if (kind.includes('m8') || kind.startsWith('rm') || kind.startsWith('xmmm') || kind.startsWith('mmm'))
      return this.x.rm;
    return kind === 'o8' || kind === 'ov' || kind === 'sti' ? this.x.rm : this.x.reg;
  }
  #gprOffset(i: number): number {
    const number = this.#number(i);
    const isHigh = this.sizeOf(i) === 8 && !this.x.hasRex && number >= 4 && !isAccumulator(this.#kinds[i]!);
    return isHigh ? stateOffset('GPR', number - 4) + 1 : stateOffset('GPR', number);
  }
  #immediate(i: number): I64 {
    const { x } = this;
    const isSecond = x.compiled.slots[x.form]![i] === 'imm2';
    if (isSecond) return this.e.i64(x.imm2);
    const value = (BigInt(x.immHigh) << 32n) | BigInt(x.immLow >>> 0);
    return this.e.zext(this.e.i64(value), this.size);
  }

  get(i: number): I64 {
    const kind = this.#kinds[i]!;
    if (this.#isMemory(i)) return this.e.readMemory(this.linearAddress(i), this.sizeOf(i) as Size);
    if (isImmediate(kind)) return this.#immediate(i);
    if (kind === 'one') return this.e.i64(1);
    if (kind === 'cl') return this.e.gpr(1, 8);
    if (kind === 'dx') return this.e.gpr(2, 16);
    return this.e.loadInteger(this.#gprOffset(i), this.sizeOf(i) as Size);
  }
  set(i: number, value: I64): void {
    const size = this.sizeOf(i) as Size;
    if (this.#isMemory(i)) this.e.writeMemory(this.linearAddress(i), size, value);
    else this.e.storeInteger(this.#gprOffset(i), size === 32 ? 64 : size, value);
  }
  getForUpdate(i: number): I64 {
    if (this.#isMemory(i)) this.e.probeWrite(this.linearAddress(i), this.sizeOf(i) as Size);
    return this.get(i);
  }

  effectiveAddress(_i: number): I64 {
    const { e, x } = this;
    const register = (number: number): I64 => e.loadInteger(stateOffset('GPR', number), 64);
    let sum = e.i64(x.base === BASE_RIP ? this.#nextRip + BigInt(x.displacement) : BigInt(x.displacement));
    if (x.base !== NO_REGISTER && x.base !== BASE_RIP) sum = e.add(register(x.base), sum);
    if (x.index !== NO_REGISTER) sum = e.add(sum, e.shl(register(x.index), x.scale));
    return e.zext(sum, x.addressSize);
  }
  linearAddress(i: number): I64 {
    const known = this.#linear.get(i);
    if (known !== undefined) return known;
    const { e, x } = this;
    const slot = x.compiled.slots[x.form]![i];
    const offset =
      slot === 'moffs' ? e.i64((BigInt(x.immHigh >>> 0) << 32n) | BigInt(x.immLow >>> 0)) : this.effectiveAddress(i);
    const linear = this.#segmented(i, offset);
    if (x.compiled.row.attributes.aligned) {
      e.if(e.ne(e.and(linear, e.i64(this.sizeOf(i) / 8 - 1)), e.i64(0)), () => e.raise(GP));
    }
    this.#linear.set(i, linear);
    return linear;
  }
  #segmented(i: number, offset: I64): I64 {
    const { e, x } = this;
    const isFlat =
      this.#env === ENV_LONG
        ? x.segment < SEG_FS
        : this.#env === ENV_FLAT && x.segment < SEG_FS && x.segment !== SEG_CS;
    if (isFlat) return offset;
    if (this.#env === ENV_LONG)
      return e.add(offset, e.loadInteger(stateOffset('SEG') + x.segment * SEG_STRIDE + SEG_BASE, 64));
    const { access } = x.compiled.row.operands[i]!;
    const bytes = Math.max(1, this.sizeOf(i) / 8);
    const writes = access === 'w' || access === 'rw' ? 1 : 0;
    return e.call('linearSeg', 'i64', [e.i32(x.segment), offset, e.i32(bytes), e.i32(writes)]);
  }

  xmm(i: number): V128 {
    const { e } = this;
    if (!this.#isMemory(i)) return e.loadVector(stateOffset('XMM', this.#number(i)));
    const at = this.linearAddress(i);
    const bits = this.sizeOf(i);
    if (bits === 128) return e.readMemory128(at);
    if (bits === 256) throw new Error('a 256-bit operand is read as ymm');
    const zero = e.op('i64x2.splat', 'v128', [e.i64(0)]);
    return e.op('i64x2.replace_lane', 'v128', [zero, e.readMemory(at, bits)], [0]);
  }
  setXmm(i: number, value: V128): void {
    const { e } = this;
    if (!this.#isMemory(i)) {
      e.storeVector(stateOffset('XMM', this.#number(i)), value);
      return;
    }
    const at = this.linearAddress(i);
    const bits = this.sizeOf(i);
    if (bits === 128) e.writeMemory128(at, value);
    else if (bits === 256) throw new Error('a 256-bit operand is written as ymm');
    else e.writeMemory(at, bits, e.op('i64x2.extract_lane', 'i64', [value], [0]));
  }
  /** Linear address of the upper half. */
  #upperHalf(at: I64): I64 {
    const upper = this.e.add(at, this.e.i64(16));
    return this.#env === ENV_LONG ? upper : this.e.zext(upper, 32);
  }
  ymm(i: number): readonly [V128, V128] {
    const { e } = this;
    if (!this.#isMemory(i)) {
      const offset = stateOffset('XMM', this.#number(i));
      return [e.loadVector(offset), e.loadVector(offset + 16)];
    }
    const at = this.linearAddress(i);
    return [e.readMemory128(at), e.readMemory128(this.#upperHalf(at))];
  }
  setYmm(i: number, low: V128, high: V128): void {
    const { e } = this;
    if (!this.#isMemory(i)) {
      const offset = stateOffset('XMM', this.#number(i));
      e.storeVector(offset, low);
      e.storeVector(offset + 16, high);
      return;
    }
    const at = this.linearAddress(i);
    e.probeWrite(at, 256);
    e.writeMemory128(at, low);
    e.writeMemory128(this.#upperHalf(at), high);
  }
  mmx(i: number): I64 {
    if (this.#isMemory(i)) return this.e.readMemory(this.linearAddress(i), this.sizeOf(i) as Size);
    return this.e.loadInteger(stateOffset('FPR', this.#number(i)), 64);
  }
  setMmx(i: number, value: I64): void {
    if (this.#isMemory(i)) {
      this.e.writeMemory(this.linearAddress(i), this.sizeOf(i) as Size, value);
      return;
    }
    const at = stateOffset('FPR', this.#number(i));
    this.e.storeInteger(at, 64, value);
    this.e.storeInteger(at + 8, 16, this.e.i64(0xffff));
  }
  index(i: number): I32 {
    return this.e.i32(this.#kinds[i] === 'st' ? 0 : this.#number(i));
  }
}
