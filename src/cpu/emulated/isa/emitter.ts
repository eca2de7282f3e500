/**
 * What semantic functions are written against. The vocabulary is WebAssembly's own operations on SSA values, plus guest
 * state. Two back ends: `build/gen/assemblyscript-emitter.ts` prints AssemblyScript for the interpreter's handlers; `jit/region-emitter.ts`
 * makes WebAssembly bytes. A semantic function is run once per handler variant (or per compiled instruction), so ordinary
 * TypeScript `if` on operand sizes and kinds is resolved at generation time; `e.if` makes a run-time branch.
 *
 * Order matters: everything that can fault (memory reads and writes, checks) comes before the first change of a register
 * or flag, so that a fault leaves exactly the state before the instruction. Memory writes are probed as a whole before
 * anything is written.
 */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** An SSA value. Integer operands are I64, zero-extended from their size. */
export interface Value<T extends ValueType = ValueType> {
  readonly type: T;
}
export type I32 = Value<'i32'>;
export type I64 = Value<'i64'>;
export type F32 = Value<'f32'>;
export type F64 = Value<'f64'>;
export type V128 = Value<'v128'>;

/** A mutable local of the handler. */
export interface Variable<T extends ValueType> {
  readonly type: T;
  readonly variable: true;
}

/** Bits of an integer operand. */
export type Size = 8 | 16 | 32 | 64;

/** x86 condition codes as encoded in Jcc: 0 O, 1 NO, 2 B, 3 AE, 4 E, 5 NE, 6 BE, 7 A, 8 S, 9 NS, 10 P, 11 NP, 12 L, 13 GE, 14 LE, 15 G. */
export type Condition = number;

export interface Emitter {
  i32(value: number): I32;
  i64(value: bigint | number): I64;

  /** Any WebAssembly numeric or SIMD instruction by its text name ('i64.rotl', 'i8x16.add', 'f64x2.sqrt', 'i32.wrap_i64'). `lane` is the immediate of lane operations; 16 lanes for i8x16.shuffle. */
  op<T extends ValueType>(name: string, result: T, args: readonly Value[], lanes?: readonly number[]): Value<T>;

  // short forms of the common ones, on I64
  add(a: I64, b: I64): I64;
  sub(a: I64, b: I64): I64;
  mul(a: I64, b: I64): I64;
  and(a: I64, b: I64): I64;
  or(a: I64, b: I64): I64;
  xor(a: I64, b: I64): I64;
  not(a: I64): I64;
  shl(a: I64, by: I64 | number): I64;
  shrU(a: I64, by: I64 | number): I64;
  shrS(a: I64, by: I64 | number): I64;
  eq(a: I64, b: I64): I32;
  ne(a: I64, b: I64): I32;
  ltU(a: I64, b: I64): I32;
  ltS(a: I64, b: I64): I32;
  eqz(a: I64): I32;
  andB(a: I32, b: I32): I32;
  orB(a: I32, b: I32): I32;
  notB(a: I32): I32;
  /** Cuts to `size` bits, zero-extended. */
  zext(a: I64, size: Size): I64;
  /** Sign-extends the low `size` bits to 64. */
  sext(a: I64, size: Size): I64;
  fromBool(a: I32): I64;
  select<T extends ValueType>(condition: I32, yes: Value<T>, no: Value<T>): Value<T>;

  variable<T extends ValueType>(type: T, initial: Value<T>): Variable<T>;
  get<T extends ValueType>(variable: Variable<T>): Value<T>;
  set<T extends ValueType>(variable: Variable<T>, value: Value<T>): void;
  if(condition: I32, then: () => void, otherwise?: () => void): void;

  // guest registers
  /** A GPR by number, at a size (bits 0..size-1; never AH..BH). */
  gpr(index: number, size: Size): I64;
  /** 32-bit writes zero the upper half, 8- and 16-bit writes keep the rest. */
  setGpr(index: number, size: Size, value: I64): void;
  /** A field of layout.ts, zero-extended to its wasm type (u8..u32 → i32, u64 → i64). */
  state<T extends ValueType>(field: string, type: T, index?: number): Value<T>;
  setState(field: string, value: Value, index?: number): void;

  // arithmetic flags (lazy; see src/README.md)
  flagsAdd(size: Size, a: I64, b: I64, result: I64): void;
  flagsAdc(size: Size, a: I64, b: I64, result: I64): void;
  flagsSub(size: Size, a: I64, b: I64, result: I64): void;
  flagsSbb(size: Size, a: I64, b: I64, result: I64): void;
  /** OF = CF = AF = 0. */
  flagsLogic(size: Size, result: I64): void;
  /** INC/DEC: CF is kept. */
  flagsInc(size: Size, before: I64, result: I64): void;
  flagsDec(size: Size, before: I64, result: I64): void;
  /** ZF SF PF from the result, the others as given. */
  flagsSet(size: Size, result: I64, cf: I32, of: I32, af: I32): void;
  /** Only CF (and OF) change. */
  setCf(value: I32): void;
  setCfOf(cf: I32, of: I32): void;
  /** All six from the bits of a FLAGS image. */
  setFlagsImage(image: I64): void;
  /** The six arithmetic flags as a FLAGS image (others 0). */
  flagsImage(): I64;
  cf(): I32;
  condition(cc: Condition): I32;

  // guest memory; linear addresses; fault precisely
  readMemory(linear: I64, size: Size): I64;
  writeMemory(linear: I64, size: Size, value: I64): void;
  /** Checks that a later write of `size` bits cannot fault (read-modify-write reads with write intent). */
  probeWrite(linear: I64, bits: number): void;
  readMemory128(linear: I64): V128;
  writeMemory128(linear: I64, value: V128): void;

  // stack, at the block's stack width, SS checks included
  push(size: Size, value: I64): void;
  /** Reads the top without moving the pointer: finish with `addSp`. */
  peek(size: Size, displacement: number): I64;
  addSp(bytes: number): void;
  /** The same by a run-time amount (RET imm16). */
  addSpBy(bytes: I64): void;
  /** The whole of LEAVE. */
  leaveFrame(size: Size): void;

  // leaving the instruction
  /** #DE, #UD, #GP(0)... with the state before the instruction. Does not return. */
  raise(vector: number, errorCode?: I64): void;
  /** RIP of the next instruction. */
  nextRip(): I64;
  /** #GP(0) unless control may go to `rip`: CS limit, canonical form. Before the first change of state. */
  checkTarget(rip: I64): void;
  /** The same for the relative target of this instruction. */
  checkRelative(): void;
  /** RIP of the relative target, cut to the operand size. */
  relativeTarget(): I64;
  /** #GP(0) if a jump to this RIP is not allowed (segment limit, canonical form). Nothing else happens. */
  checkTarget(rip: I64): void;
  /** The same for this instruction's relative target. */
  checkRelative(): void;
  /** Ends the block: jumps to a RIP that is already cut to the operand size and checked. */
  jump(rip: I64): void;
  /** The relative target of this instruction (link-able) if taken, else the next instruction. Checks the target. */
  branch(taken: I32): void;
  jumpRelative(): void;

  /**
   * A hand-written AssemblyScript function of core/, `name(s: usize, op: usize, ...args)`. In the JIT such an instruction
   * is the interpreter's, which the region calls or is left for, so hot operations avoid it.
   */
  call<T extends ValueType | 'void'>(
    name: string,
    result: T,
    args: readonly Value[],
  ): T extends ValueType ? Value<T> : void;
}

/** The operands of the instruction at hand, in the order of its table row. */
export interface Operands {
  /** Operand size in bits of integer instructions. */
  readonly size: Size;
  readonly count: number;
  kind(i: number): 'register' | 'memory' | 'immediate' | 'xmm' | 'mmx' | 'segment' | 'other';
  /** Integer operand, zero-extended from its own size (immediates sign-extended to the operand size first). */
  get(i: number): I64;
  set(i: number, value: I64): void;
  /** For read-modify-write of a memory operand: reads with write intent, so that `set` cannot fault. For registers the same as get. */
  getForUpdate(i: number): I64;
  /** Size in bits of one operand. */
  sizeOf(i: number): Size | 80 | 128 | 256;
  /** Offset part of a memory operand (LEA), cut to the address size. */
  effectiveAddress(i: number): I64;
  /** Linear address of a memory operand, segment checks done. */
  linearAddress(i: number): I64;
  /** A register: all 128 bits. Memory: `sizeOf(i)` bits, zero-extended (128 bits with the alignment check if the row is `aligned`). */
  xmm(i: number): V128;
  /** A register: all 128 bits. Memory: the low `sizeOf(i)` bits. */
  setXmm(i: number, value: V128): void;
  /** Low and high half of a YMM register (of an XMM register too), or 256 bits of memory. */
  ymm(i: number): readonly [low: V128, high: V128];
  /** Both halves of a YMM register, or 256 bits of memory as a whole. */
  setYmm(i: number, low: V128, high: V128): void;
  /** An MMX register, or `sizeOf(i)` bits of memory, zero-extended. */
  mmx(i: number): I64;
  /** A register: the mantissa of the physical FPR, its sign and exponent become 0xffff. TOP and tags are the semantics' business. */
  setMmx(i: number, value: I64): void;
  /** Number of a segment, control, debug or ST register operand (run-time in the interpreter). */
  index(i: number): I32;
  /** Condition of Jcc, SETcc, CMOVcc rows. */
  readonly condition: Condition;
  /** Address size in bits, for rows with `addressSized`. */
  readonly addressSize: 16 | 32 | 64;
  /** LOCK prefix, REP prefixes are part of the variant only where the row asks for it. */
  readonly rep: 'none' | 'rep' | 'repne';
}

export type Semantics = (e: Emitter, x: Operands) => void;
