/** The operands of a handler as AssemblyScript, for assemblyscript-emitter.ts. */
import type { Slot } from '../../src/cpu/emulated/isa/compile';
import { ENV_LONG, isGeneralRegister, isImmediate, operandBits } from '../../src/cpu/emulated/isa/compile';
import type { Condition, I32, I64, Operands, Size, V128 } from '../../src/cpu/emulated/isa/emitter';
import type { AssemblyScriptEmitter, Variant } from './assemblyscript-emitter';

const REGISTER_FIELDS: Readonly<Partial<Record<Slot, string>>> = {
  reg: 'OP_REG',
  rm: 'OP_RM',
  vvvv: 'OP_VVVV',
  is4: 'OP_IS4',
};
const ACCESS_WRITES = { r: false, w: true, rw: true, none: false } as const;

/** The operands of a variant, read from the op at run time. */
export class OperandTexts implements Operands {
  readonly size: Size;
  readonly count: number;
  readonly addressSize: 16 | 32 | 64;
  readonly #slots: readonly Slot[];
  /** Operands read for update: the local that holds their place in shared memory. */
  readonly #places = new Map<number, string>();
  /** Linear addresses already computed: an operand is addressed once. */
  readonly #linear = new Map<number, I64>();

  constructor(
    private readonly e: AssemblyScriptEmitter,
    private readonly variant: Variant,
  ) {
    this.size = variant.size;
    this.addressSize = variant.addressSize;
    this.#slots = variant.compiled.slots[variant.form]!;
    this.count = this.#slots.length;
  }

  get #row() {
    return this.variant.compiled.row;
  }
  #kindOf(i: number) {
    return this.#row.operands[i]!.kind;
  }
  get condition(): Condition {
    const cc = this.#row.attributes.cc;
    if (cc === undefined) throw new Error(`${this.#row.name} has no condition`);
    return cc;
  }
  get rep(): 'none' | 'rep' | 'repne' {
    return 'none';
  }

  kind(i: number): ReturnType<Operands['kind']> {
    const slot = this.#slots[i]!;
    const kind = this.#kindOf(i);
    if (slot === 'memory' || slot === 'moffs') return 'memory';
    if (isImmediate(kind) || kind === 'one') return 'immediate';
    if (kind.startsWith('xmm') || kind.startsWith('ymm')) return 'xmm';
    if (kind.startsWith('mm')) return 'mmx';
    if (kind === 'sreg') return 'segment';
    return isGeneralRegister(kind) || kind === 'cl' || kind === 'dx' ? 'register' : 'other';
  }
  sizeOf(i: number): Size | 128 | 256 {
    return operandBits(this.#kindOf(i), this.size) as Size | 128 | 256;
  }
  #gprSize(i: number): Size {
    return this.sizeOf(i) as Size;
  }
  #register(i: number): string {
    const field = REGISTER_FIELDS[this.#slots[i]!];
    if (field === undefined) throw new Error(`${this.#row.name}: operand ${i} is not in a register field`);
    return `s + <usize>load<u8>(op, ${field})`;
  }

  get(i: number): I64 {
    const slot = this.#slots[i]!;
    const kind = this.#kindOf(i);
    if (slot === 'memory' || slot === 'moffs') return this.e.readMemory(this.linearAddress(i), this.#gprSize(i));
    if (slot === 'imm') return this.e.raw('i64', 'load<u64>(op, OP_IMM)') as I64;
    if (slot === 'imm2') return this.e.raw('i64', '<u64>load<u16>(op, OP_IMM2)') as I64;
    if (kind === 'one') return this.e.i64(1);
    if (kind === 'cl') return this.e.gpr(1, 8);
    if (kind === 'dx') return this.e.gpr(2, 16);
    const size = this.#gprSize(i);
    const address = this.#register(i);
    return this.e.raw('i64', size === 64 ? `load<u64>(${address})` : `<u64>load<u${size}>(${address})`) as I64;
  }
  set(i: number, value: I64): void {
    const slot = this.#slots[i]!;
    const size = this.#gprSize(i);
    const text = this.e.textOf(value);
    const place = this.#places.get(i);
    if (place !== undefined) {
      const at = this.e.textOf(this.linearAddress(i));
      this.e.statement(`if (${place}) store<u${size}>(${place}, <u${size}>${text});`);
      this.e.statement(`else writeSized(s, op, ${at}, ${size / 8}, ${text});`, 'writeSized');
      return;
    }
    if (slot === 'memory' || slot === 'moffs') {
      this.e.writeMemory(this.linearAddress(i), size, value);
      return;
    }
    const address = this.#register(i);
    if (size >= 32) this.e.statement(`store<u64>(${address}, ${text});`);
    else this.e.statement(`store<u${size}>(${address}, <u${size}>${text});`);
  }
  getForUpdate(i: number): I64 {
    const slot = this.#slots[i]!;
    if (slot !== 'memory' && slot !== 'moffs') return this.get(i);
    // one look-up for all three: check, read and write
    const size = this.#gprSize(i);
    const at = this.e.textOf(this.linearAddress(i));
    const place = `at${i}`;
    this.e.statement(`const ${place}: usize = updateAddress(s, op, ${at}, ${size / 8});`, 'updateAddress');
    this.#places.set(i, place);
    const plain = size === 64 ? `load<u64>(${place})` : `<u64>load<u${size}>(${place})`;
    return this.e.raw('i64', `${place} ? ${plain} : readSized(s, op, ${at}, ${size / 8})`, 'readSized') as I64;
  }
  effectiveAddress(_i: number): I64 {
    return this.e.raw('i64', 'effectiveAddress(s, op)', 'effectiveAddress') as I64;
  }
  linearAddress(i: number): I64 {
    const known = this.#linear.get(i);
    if (known !== undefined) return known;
    const bits = this.sizeOf(i);
    const bytes = Math.max(1, bits / 8);
    const writes = ACCESS_WRITES[this.#row.operands[i]!.access];
    const name = writes ? 'linearWrite' : 'linearRead';
    const at = (
      this.#slots[i] === 'moffs'
        ? this.e.raw('i64', `linearDisplaced(s, op, load<i64>(op, OP_IMM), ${bytes}, ${writes})`, 'linearDisplaced')
        : this.e.raw('i64', `${name}(s, op, ${bytes})`, name)
    ) as I64;
    if (this.#row.attributes.aligned) {
      this.e.statement(`if (${this.e.textOf(at)} & ${bytes - 1}) raiseGP(s, op, 0);`, 'raiseGP');
    }
    this.#linear.set(i, at);
    return at;
  }
  #vectorAddress(i: number): string {
    return `s + S_XMM + (<usize>load<u8>(op, ${REGISTER_FIELDS[this.#slots[i]!]!}) << 5)`;
  }
  xmm(i: number): V128 {
    if (this.#slots[i] !== 'memory') return this.e.raw('v128', `v128.load(${this.#vectorAddress(i)})`) as V128;
    const at = this.linearAddress(i);
    const bits = this.sizeOf(i);
    if (bits === 128) return this.e.readMemory128(at);
    if (bits === 256) throw new Error('a 256-bit operand is read as ymm');
    const zero = 'i64x2.splat(0)';
    const low = this.e.readMemory(at, bits);
    return this.e.raw('v128', `i64x2.replace_lane(${zero}, 0, ${this.e.textOf(low)})`) as V128;
  }
  setXmm(i: number, value: V128): void {
    const text = this.e.textOf(value);
    if (this.#slots[i] !== 'memory') {
      this.e.statement(`v128.store(${this.#vectorAddress(i)}, ${text});`);
      return;
    }
    const at = this.linearAddress(i);
    const bits = this.sizeOf(i);
    if (bits === 128) this.e.writeMemory128(at, value);
    else if (bits === 256) throw new Error('a 256-bit operand is written as ymm');
    else this.e.writeMemory(at, bits, this.e.raw('i64', `<u64>i64x2.extract_lane(${text}, 0)`) as I64);
  }
  /** Linear address of the upper half. */
  #upperHalf(at: I64): I64 {
    const upper = this.e.add(at, this.e.i64(16));
    return this.variant.env === ENV_LONG ? upper : this.e.zext(upper, 32);
  }
  ymm(i: number): readonly [V128, V128] {
    if (this.#slots[i] !== 'memory') {
      const address = this.#vectorAddress(i);
      return [
        this.e.raw('v128', `v128.load(${address})`) as V128,
        this.e.raw('v128', `v128.load(${address}, 16)`) as V128,
      ];
    }
    const at = this.linearAddress(i);
    return [this.e.readMemory128(at), this.e.readMemory128(this.#upperHalf(at))];
  }
  setYmm(i: number, low: V128, high: V128): void {
    if (this.#slots[i] !== 'memory') {
      const address = this.#vectorAddress(i);
      this.e.statement(`v128.store(${address}, ${this.e.textOf(low)});`);
      this.e.statement(`v128.store(${address}, ${this.e.textOf(high)}, 16);`);
      return;
    }
    const at = this.linearAddress(i);
    this.e.probeWrite(at, 256);
    this.e.writeMemory128(at, low);
    this.e.writeMemory128(this.#upperHalf(at), high);
  }
  #mmxAddress(i: number): string {
    return `s + S_FPR + (<usize>load<u8>(op, ${REGISTER_FIELDS[this.#slots[i]!]!}) << 4)`;
  }
  mmx(i: number): I64 {
    if (this.#slots[i] === 'memory') return this.e.readMemory(this.linearAddress(i), this.sizeOf(i) as Size);
    return this.e.raw('i64', `load<u64>(${this.#mmxAddress(i)})`) as I64;
  }
  setMmx(i: number, value: I64): void {
    const text = this.e.textOf(value);
    if (this.#slots[i] === 'memory') {
      this.e.writeMemory(this.linearAddress(i), this.sizeOf(i) as Size, value);
      return;
    }
    this.e.statement(`store<u64>(${this.#mmxAddress(i)}, ${text});`);
    this.e.statement(`store<u16>(${this.#mmxAddress(i)}, 0xffff, 8);`);
  }
  index(i: number): I32 {
    const field = REGISTER_FIELDS[this.#slots[i]!];
    return field === undefined ? this.e.i32(0) : (this.e.raw('i32', `<u32>load<u8>(op, ${field})`) as I32);
  }
}
