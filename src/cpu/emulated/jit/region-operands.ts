import { stateOffset } from '../core/layout';
import { BASE_RIP, type Instruction, NO_REGISTER } from '../decoder';
import { isAccumulator, isGeneralRegister, isImmediate, operandBits } from '../isa/compile';
import type { Condition, I32, I64, Operands, Size, V128 } from '../isa/emitter';
import type { OperandKind } from '../isa/table';
import type { RegionEmitter } from './region-emitter';

const HIGH_BYTES = 4;

/** The operands of one decoded instruction as compile-time constants. The instruction object may be reused afterwards. */
export class InstructionOperands implements Operands {
  readonly size: Size;
  readonly count: number;
  readonly addressSize: 16 | 32 | 64;
  readonly #kinds: readonly OperandKind[];
  readonly #linear = new Map<number, I64>();

  constructor(
    private readonly e: RegionEmitter,
    private readonly x: Instruction,
  ) {
    this.size = x.size;
    this.addressSize = x.addressSize;
    this.#kinds = x.compiled.row.operands.map((operand) => operand.kind);
    this.count = this.#kinds.length;
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
  /** AH, CH, DH or BH. */
  #isHigh(i: number): boolean {
    return this.sizeOf(i) === 8 && !this.x.hasRex && this.#number(i) >= HIGH_BYTES && !isAccumulator(this.#kinds[i]!);
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
    if (this.#isHigh(i)) return this.e.highByte(this.#number(i) - HIGH_BYTES);
    return this.e.gpr(this.#number(i), this.sizeOf(i) as Size);
  }
  set(i: number, value: I64): void {
    const size = this.sizeOf(i) as Size;
    if (this.#isMemory(i)) this.e.writeMemory(this.linearAddress(i), size, value);
    else if (this.#isHigh(i)) this.e.setHighByte(this.#number(i) - HIGH_BYTES, value);
    else this.e.setGpr(this.#number(i), size, value);
  }
  getForUpdate(i: number): I64 {
    if (this.#isMemory(i)) this.e.probeWrite(this.linearAddress(i), this.sizeOf(i) as Size);
    return this.get(i);
  }

  effectiveAddress(_i: number): I64 {
    const { e, x } = this;
    const register = (number: number): I64 => e.gpr(number, 64);
    const displacement = e.i64(x.displacement);
    let sum: I64;
    if (x.base === BASE_RIP) sum = e.rip(e.context.next + x.displacement);
    else if (x.base === NO_REGISTER) sum = displacement;
    else sum = e.add(register(x.base), displacement);
    if (x.index !== NO_REGISTER) {
      const scaled = e.shl(register(x.index), x.scale);
      const plain = x.base === NO_REGISTER ? scaled : e.add(register(x.base), scaled);
      sum = e.add(plain, displacement);
    }
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
      e.if(e.ne(e.and(linear, e.i64(this.sizeOf(i) / 8 - 1)), e.i64(0)), () => e.raise());
    }
    this.#linear.set(i, linear);
    return linear;
  }
  #segmented(i: number, offset: I64): I64 {
    const { e, x } = this;
    const { access, kind } = x.compiled.row.operands[i]!;
    // a far pointer has a selector behind it
    const bytes = Math.max(1, this.sizeOf(i) / 8) + (kind === 'mfar' ? 2 : 0);
    return e.linearIn(x.segment, offset, bytes, access === 'w' || access === 'rw');
  }

  xmm(i: number): V128 {
    const { e } = this;
    if (!this.#isMemory(i)) return e.xmm(this.#number(i));
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
      e.setXmm(this.#number(i), value);
      return;
    }
    const at = this.linearAddress(i);
    const bits = this.sizeOf(i);
    if (bits === 128) e.writeMemory128(at, value);
    else if (bits === 256) throw new Error('a 256-bit operand is written as ymm');
    else e.writeMemory(at, bits, e.op('i64x2.extract_lane', 'i64', [value], [0]));
  }
  ymm(i: number): readonly [V128, V128] {
    const { e } = this;
    if (this.#isMemory(i)) return e.readMemory256(this.linearAddress(i));
    const number = this.#number(i);
    return [e.xmm(number), e.upperHalf(number)];
  }
  setYmm(i: number, low: V128, high: V128): void {
    const { e } = this;
    if (this.#isMemory(i)) {
      e.writeMemory256(this.linearAddress(i), low, high);
      return;
    }
    const number = this.#number(i);
    e.setXmm(number, low);
    e.setUpperHalf(number, high);
  }
  mmx(i: number): I64 {
    if (this.#isMemory(i)) return this.e.readMemory(this.linearAddress(i), this.sizeOf(i) as Size);
    return this.e.loadState('u64', stateOffset('FPR', this.#number(i) & 7), 'i64');
  }
  setMmx(i: number, value: I64): void {
    if (this.#isMemory(i)) {
      this.e.writeMemory(this.linearAddress(i), this.sizeOf(i) as Size, value);
      return;
    }
    const at = stateOffset('FPR', this.#number(i) & 7);
    this.e.storeState('u64', at, value);
    this.e.storeState('u16', at + 8, this.e.i32(0xffff));
  }
  index(i: number): I32 {
    return this.e.i32(this.#kinds[i] === 'st' ? 0 : this.#number(i));
  }
}
