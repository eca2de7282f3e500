import { STATE_FIELDS, stateOffset } from '../core/layout';
import { ENV_CHECKED, ENV_FLAT, ENV_LONG } from '../isa/compile';
import type { Condition, Emitter, I32, I64, Size, V128, Value, ValueType, Variable } from '../isa/emitter';
import { ByteBuffer, type FunctionBody, type ImportedFunction, VALUE_TYPES } from './wasm-module';
import { SATURATING_OPCODES, SCALAR_OPCODES, VECTOR_OPCODES } from './wasm-opcodes';

/**
 * The emitter's second back end: semantic functions run against it write WebAssembly. Every value is a local; V8 allocates
 * registers anyway. A function takes (s, op) and gives LEFT_NEXT or, when it has stored RIP itself, LEFT_JUMPED.
 */
export const LEFT_NEXT = 0;
export const LEFT_JUMPED = 1;

const STATE_LOCAL = 0;
const OP_LOCAL = 1;
const PARAMETERS = 2;

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const RETURN = 0x0f;
const CALL = 0x10;
const SELECT = 0x1b;
const SELECT_TYPED = 0x1c;
const BLOCK_EMPTY = 0x40;
const VECTOR_PREFIX = 0xfd;
const SATURATING_PREFIX = 0xfc;
const SHUFFLE = 0x0d;

/** [opcode, log2 of the alignment] by field type, and what value type it gives. */
type Access = readonly [opcode: number, align: number];
const LOADS: Readonly<Record<'u8' | 'u16' | 'u32' | 'u64' | 'f64', Access>> = {
  u8: [0x2d, 0],
  u16: [0x2f, 1],
  u32: [0x28, 2],
  u64: [0x29, 3],
  f64: [0x2b, 3],
};
const STORES: typeof LOADS = { u8: [0x3a, 0], u16: [0x3b, 1], u32: [0x36, 2], u64: [0x37, 3], f64: [0x39, 3] };
/** i64 loads and stores by bits. */
const LOADS_64: Readonly<Record<Size, Access>> = { 8: [0x31, 0], 16: [0x33, 1], 32: [0x35, 2], 64: [0x29, 3] };
const STORES_64: Readonly<Record<Size, Access>> = { 8: [0x3c, 0], 16: [0x3d, 1], 32: [0x3e, 2], 64: [0x37, 3] };
const V128_LOAD = 0x00;
const V128_STORE = 0x0b;

const RSP = stateOffset('GPR', 4);
const CARRY_BITS = 0xc000000000000000n;

interface Local<T extends ValueType = ValueType> extends Value<T> {
  readonly local: number;
  readonly constant?: bigint;
}
type LocalVariable<T extends ValueType> = Variable<T> & { readonly local: number };

/** Functions of core/ that compiled code imports, in the order of their indices. One list may serve many functions. */
export class CoreImports {
  readonly functions: ImportedFunction[] = [];
  readonly #indices = new Map<string, number>();

  index(name: string, parameters: readonly ValueType[], result: ValueType | undefined): number {
    let index = this.#indices.get(name);
    if (index === undefined) {
      index = this.functions.push({ name, parameters, result }) - 1;
      this.#indices.set(name, index);
    }
    return index;
  }
}

/** The instruction at hand, known when it is compiled. */
export interface InstructionContext {
  readonly env: number;
  readonly size: Size;
  /** RIP of the next instruction and, for relative branches, the target, not cut. */
  readonly nextRip: bigint;
  readonly target: bigint;
}

export class WasmEmitter implements Emitter {
  readonly #code = new ByteBuffer();
  readonly #locals: ValueType[] = [];

  constructor(
    private readonly imports: CoreImports,
    readonly context: InstructionContext,
  ) {}

  /** The finished function. */
  finish(exportName: string): FunctionBody {
    this.#code.byte(0x41);
    this.#code.s32(LEFT_NEXT);
    return { exportName, parameters: ['i32', 'i32'], result: 'i32', locals: this.#locals, code: this.#code.take() };
  }

  #local(type: ValueType): number {
    return PARAMETERS + this.#locals.push(type) - 1;
  }
  #push(value: Value): void {
    const { local, constant, type } = value as Local;
    if (constant === undefined) {
      this.#code.byte(LOCAL_GET);
      this.#code.u32(local);
    } else if (type === 'i32') {
      this.#code.byte(0x41);
      this.#code.s32(Number(BigInt.asIntN(32, constant)));
    } else {
      this.#code.byte(0x42);
      this.#code.s64(constant);
    }
  }
  #pushLocal(index: number): void {
    this.#code.byte(LOCAL_GET);
    this.#code.u32(index);
  }
  /** What is on the stack becomes a value. */
  #keep<T extends ValueType>(type: T): Value<T> {
    const local = this.#local(type);
    this.#code.byte(LOCAL_SET);
    this.#code.u32(local);
    return { type, local } as Local<T>;
  }
  #memory(opcode: number, align: number, offset: number): void {
    this.#code.byte(opcode);
    this.#code.u32(align);
    this.#code.u32(offset);
  }
  #call(name: string, parameters: readonly ValueType[], result: ValueType | undefined): void {
    const index = this.imports.index(name, parameters, result);
    this.#code.byte(CALL);
    this.#code.u32(index);
  }
  /** name(s, op, ...args) */
  #callCore<T extends ValueType>(name: string, args: readonly Value[], result: T | undefined): Value<T> | undefined {
    this.#pushLocal(STATE_LOCAL);
    this.#pushLocal(OP_LOCAL);
    for (const arg of args) this.#push(arg);
    this.#call(name, ['i32', 'i32', ...args.map((arg) => arg.type)], result);
    return result === undefined ? undefined : this.#keep(result);
  }

  i32(value: number): I32 {
    return { type: 'i32', local: -1, constant: BigInt(value) } as Local<'i32'>;
  }
  i64(value: bigint | number): I64 {
    return { type: 'i64', local: -1, constant: BigInt.asIntN(64, BigInt(value)) } as Local<'i64'>;
  }

  op<T extends ValueType>(name: string, result: T, args: readonly Value[], lanes: readonly number[] = []): Value<T> {
    for (const arg of args) this.#push(arg);
    const code = this.#code;
    const scalar = SCALAR_OPCODES.get(name);
    const vector = VECTOR_OPCODES.get(name);
    const saturating = SATURATING_OPCODES.get(name);
    if (scalar !== undefined) code.byte(scalar);
    else if (vector !== undefined) {
      code.byte(VECTOR_PREFIX);
      code.u32(vector);
      if (vector === SHUFFLE || lanes.length > 0) code.bytes(lanes);
    } else if (saturating !== undefined) {
      code.byte(SATURATING_PREFIX);
      code.u32(saturating);
    } else throw new Error(`no WebAssembly instruction ${name}`);
    return this.#keep(result);
  }
  #binary(name: string, a: I64, b: I64): I64 {
    return this.op(`i64.${name}`, 'i64', [a, b]);
  }
  #by(by: I64 | number): I64 {
    return typeof by === 'number' ? this.i64(by) : by;
  }

  add(a: I64, b: I64): I64 {
    return this.#binary('add', a, b);
  }
  sub(a: I64, b: I64): I64 {
    return this.#binary('sub', a, b);
  }
  mul(a: I64, b: I64): I64 {
    return this.#binary('mul', a, b);
  }
  and(a: I64, b: I64): I64 {
    return this.#binary('and', a, b);
  }
  or(a: I64, b: I64): I64 {
    return this.#binary('or', a, b);
  }
  xor(a: I64, b: I64): I64 {
    return this.#binary('xor', a, b);
  }
  not(a: I64): I64 {
    return this.xor(a, this.i64(-1));
  }
  shl(a: I64, by: I64 | number): I64 {
    return this.#binary('shl', a, this.#by(by));
  }
  shrU(a: I64, by: I64 | number): I64 {
    return this.#binary('shr_u', a, this.#by(by));
  }
  shrS(a: I64, by: I64 | number): I64 {
    return this.#binary('shr_s', a, this.#by(by));
  }
  eq(a: I64, b: I64): I32 {
    return this.op('i64.eq', 'i32', [a, b]);
  }
  ne(a: I64, b: I64): I32 {
    return this.op('i64.ne', 'i32', [a, b]);
  }
  ltU(a: I64, b: I64): I32 {
    return this.op('i64.lt_u', 'i32', [a, b]);
  }
  ltS(a: I64, b: I64): I32 {
    return this.op('i64.lt_s', 'i32', [a, b]);
  }
  eqz(a: I64): I32 {
    return this.op('i64.eqz', 'i32', [a]);
  }
  andB(a: I32, b: I32): I32 {
    return this.op('i32.and', 'i32', [a, b]);
  }
  orB(a: I32, b: I32): I32 {
    return this.op('i32.or', 'i32', [a, b]);
  }
  notB(a: I32): I32 {
    return this.op('i32.eqz', 'i32', [a]);
  }
  zext(a: I64, size: Size): I64 {
    if (size === 64) return a;
    const mask = (1n << BigInt(size)) - 1n;
    const { constant } = a as Local;
    return constant === undefined ? this.and(a, this.i64(mask)) : this.i64(constant & mask);
  }
  sext(a: I64, size: Size): I64 {
    return size === 64 ? a : this.op(`i64.extend${size}_s`, 'i64', [a]);
  }
  fromBool(a: I32): I64 {
    return this.op('i64.extend_i32_u', 'i64', [a]);
  }
  select<T extends ValueType>(condition: I32, yes: Value<T>, no: Value<T>): Value<T> {
    this.#push(yes);
    this.#push(no);
    this.#push(condition);
    if (yes.type === 'v128') this.#code.bytes([SELECT_TYPED, 1, VALUE_TYPES.v128]);
    else this.#code.byte(SELECT);
    return this.#keep(yes.type) as Value<T>;
  }

  variable<T extends ValueType>(type: T, initial: Value<T>): Variable<T> {
    this.#push(initial);
    return { ...(this.#keep(type) as Local<T>), variable: true } as LocalVariable<T>;
  }
  get<T extends ValueType>(variable: Variable<T>): Value<T> {
    this.#pushLocal((variable as LocalVariable<T>).local);
    return this.#keep(variable.type) as Value<T>;
  }
  set<T extends ValueType>(variable: Variable<T>, value: Value<T>): void {
    this.#push(value);
    this.#code.byte(LOCAL_SET);
    this.#code.u32((variable as LocalVariable<T>).local);
  }
  if(condition: I32, then: () => void, otherwise?: () => void): void {
    this.#push(condition);
    this.#code.bytes([IF, BLOCK_EMPTY]);
    then();
    if (otherwise) {
      this.#code.byte(ELSE);
      otherwise();
    }
    this.#code.byte(END);
  }

  // state
  loadInteger(offset: number, size: Size): I64 {
    this.#pushLocal(STATE_LOCAL);
    this.#memory(...LOADS_64[size], offset);
    return this.#keep('i64');
  }
  storeInteger(offset: number, size: Size, value: I64): void {
    this.#pushLocal(STATE_LOCAL);
    this.#push(value);
    this.#memory(...STORES_64[size], offset);
  }
  loadVector(offset: number): V128 {
    this.#pushLocal(STATE_LOCAL);
    this.#code.byte(VECTOR_PREFIX);
    this.#memory(V128_LOAD, 4, offset);
    return this.#keep('v128');
  }
  storeVector(offset: number, value: V128): void {
    this.#pushLocal(STATE_LOCAL);
    this.#push(value);
    this.#code.byte(VECTOR_PREFIX);
    this.#memory(V128_STORE, 4, offset);
  }
  gpr(index: number, size: Size): I64 {
    return this.loadInteger(stateOffset('GPR', index), size);
  }
  setGpr(index: number, size: Size, value: I64): void {
    this.storeInteger(stateOffset('GPR', index), size === 32 ? 64 : size, value);
  }
  state<T extends ValueType>(field: string, type: T, index = 0): Value<T> {
    const stored = STATE_FIELDS.get(field)?.type;
    const offset = stateOffset(field, index);
    if (stored === undefined) throw new Error(`no vCPU state field ${field}`);
    if (stored === 'v128') return this.loadVector(offset) as Value<ValueType> as Value<T>;
    this.#pushLocal(STATE_LOCAL);
    this.#memory(...LOADS[stored], offset);
    const natural: ValueType = stored === 'u64' ? 'i64' : stored === 'f64' ? 'f64' : 'i32';
    const value = this.#keep(natural);
    return natural === type ? (value as Value<T>) : this.#convert(value, type);
  }
  #convert<T extends ValueType>(value: Value, type: T): Value<T> {
    if (value.type === 'i32' && type === 'i64') return this.op('i64.extend_i32_u', type, [value]);
    if (value.type === 'i64' && type === 'i32') return this.op('i32.wrap_i64', type, [value]);
    throw new Error(`no conversion from ${value.type} to ${type}`);
  }
  setState(field: string, value: Value, index = 0): void {
    const stored = STATE_FIELDS.get(field)?.type;
    if (stored === undefined) throw new Error(`no vCPU state field ${field}`);
    const offset = stateOffset(field, index);
    if (stored === 'v128') return this.storeVector(offset, value as V128);
    const natural: ValueType = stored === 'u64' ? 'i64' : stored === 'f64' ? 'f64' : 'i32';
    const converted = value.type === natural ? value : this.#convert(value, natural);
    this.#pushLocal(STATE_LOCAL);
    this.#push(converted);
    this.#memory(...STORES[stored], offset);
  }

  // flags
  #setFlags(fr: I64, fc: I64): void {
    this.setState('FR', fr);
    this.setState('FC', fc);
  }
  #fromCarries(size: Size, result: I64, carries: I64): void {
    const high = this.and(this.shl(carries, 64 - size), this.i64(CARRY_BITS));
    this.#setFlags(this.sext(result, size), this.or(high, this.and(carries, this.i64(8))));
  }
  flagsAdd(size: Size, a: I64, b: I64, result: I64): void {
    this.#fromCarries(size, result, this.or(this.and(a, b), this.and(this.or(a, b), this.not(result))));
  }
  flagsAdc(size: Size, a: I64, b: I64, result: I64): void {
    this.flagsAdd(size, a, b, result);
  }
  flagsSub(size: Size, a: I64, b: I64, result: I64): void {
    const inverse = this.not(a);
    this.#fromCarries(size, result, this.or(this.and(inverse, b), this.and(this.or(inverse, b), result)));
  }
  flagsSbb(size: Size, a: I64, b: I64, result: I64): void {
    this.flagsSub(size, a, b, result);
  }
  flagsLogic(size: Size, result: I64): void {
    this.#setFlags(this.sext(result, size), this.i64(0));
  }
  #flagWord(cf: I64, of: I64, af: I64): I64 {
    const high = this.or(this.shl(cf, 63), this.shl(this.xor(cf, of), 62));
    return this.or(high, this.shl(af, 3));
  }
  #flagsCount(size: Size, result: I64, overflowAt: bigint, lowDigit: number): void {
    const cf = this.shrU(this.state('FC', 'i64'), 63);
    const of = this.fromBool(this.eq(result, this.i64(overflowAt)));
    const af = this.fromBool(this.eq(this.and(result, this.i64(15)), this.i64(lowDigit)));
    this.#setFlags(this.sext(result, size), this.#flagWord(cf, of, af));
  }
  flagsInc(size: Size, _before: I64, result: I64): void {
    this.#flagsCount(size, result, 1n << BigInt(size - 1), 0);
  }
  flagsDec(size: Size, _before: I64, result: I64): void {
    this.#flagsCount(size, result, (1n << BigInt(size - 1)) - 1n, 15);
  }
  flagsSet(size: Size, result: I64, cf: I32, of: I32, af: I32): void {
    this.#setFlags(this.sext(result, size), this.#flagWord(this.fromBool(cf), this.fromBool(of), this.fromBool(af)));
  }
  setCf(value: I32): void {
    const fc = this.state('FC', 'i64');
    const change = this.xor(this.shrU(fc, 63), this.fromBool(value));
    this.setState('FC', this.xor(fc, this.mul(change, this.i64(CARRY_BITS))));
  }
  setCfOf(cf: I32, of: I32): void {
    const rest = this.and(this.state('FC', 'i64'), this.i64(~CARRY_BITS));
    this.setState('FC', this.or(rest, this.#flagWord(this.fromBool(cf), this.fromBool(of), this.i64(0))));
  }
  setFlagsImage(image: I64): void {
    this.#pushLocal(STATE_LOCAL);
    this.#push(image);
    this.#call('setFlagsImage', ['i32', 'i64'], undefined);
  }
  flagsImage(): I64 {
    this.#pushLocal(STATE_LOCAL);
    this.#call('flagsImage', ['i32'], 'i64');
    return this.#keep('i64');
  }
  cf(): I32 {
    return this.op('i32.wrap_i64', 'i32', [this.shrU(this.state('FC', 'i64'), 63)]);
  }
  condition(cc: Condition): I32 {
    const fr = this.state('FR', 'i64');
    const fc = this.state('FC', 'i64');
    const zf = (): I64 => this.fromBool(this.eqz(fr));
    const cf = (): I64 => this.shrU(fc, 63);
    const of = (): I64 => this.shrU(this.xor(fc, this.shl(fc, 1)), 63);
    const sf = (): I64 => this.and(this.xor(this.shrU(fr, 63), fc), this.i64(1));
    const pf = (): I64 => {
      const ones = this.op('i64.popcnt', 'i64', [this.and(fr, this.i64(0xff))]);
      return this.and(this.xor(this.xor(ones, this.i64(1)), this.shrU(fc, 1)), this.i64(1));
    };
    const values = [
      of,
      cf,
      zf,
      () => this.or(cf(), zf()),
      sf,
      pf,
      () => this.xor(sf(), of()),
      () => this.or(this.xor(sf(), of()), zf()),
    ];
    const value = values[cc >> 1]!();
    return cc & 1 ? this.eqz(value) : this.ne(value, this.i64(0));
  }

  // guest memory
  readMemory(linear: I64, size: Size): I64 {
    return this.#callCore(`readU${size}`, [linear], 'i64') as I64;
  }
  writeMemory(linear: I64, size: Size, value: I64): void {
    this.#callCore(`writeU${size}`, [linear, value], undefined);
  }
  probeWrite(linear: I64, bits: number): void {
    this.#callCore('probeWrite', [linear, this.i32(bits / 8)], undefined);
  }
  readMemory128(linear: I64): V128 {
    return this.#callCore('read128', [linear], 'v128') as V128;
  }
  writeMemory128(linear: I64, value: V128): void {
    this.#callCore('write128', [linear, value], undefined);
  }

  // stack
  #stackSize(): Size {
    if (this.context.env === ENV_CHECKED) throw new Error('stack segments with limits are left to the interpreter');
    return this.context.env === ENV_LONG ? 64 : 32;
  }
  #sp(delta: number): I64 {
    const size = this.#stackSize();
    return this.zext(this.add(this.loadInteger(RSP, size), this.i64(delta)), size);
  }
  push(size: Size, value: I64): void {
    const sp = this.#sp(-size / 8);
    this.writeMemory(sp, size, value);
    this.storeInteger(RSP, 64, sp);
  }
  peek(size: Size, displacement: number): I64 {
    return this.readMemory(this.#sp(displacement), size);
  }
  addSp(bytes: number): void {
    this.storeInteger(RSP, 64, this.#sp(bytes));
  }
  addSpBy(bytes: I64): void {
    const size = this.#stackSize();
    this.storeInteger(RSP, 64, this.zext(this.add(this.loadInteger(RSP, size), bytes), size));
  }

  // leaving
  raise(vector: number, errorCode?: I64): void {
    const hasError = errorCode !== undefined || vector === 13 || vector === 12;
    const code = errorCode === undefined ? this.i32(0) : this.op('i32.wrap_i64', 'i32', [errorCode]);
    this.#callCore('raise', [this.i32(vector), this.i32(hasError ? 1 : 0), code], undefined);
  }
  nextRip(): I64 {
    return this.i64(this.context.nextRip);
  }
  checkTarget(rip: I64): void {
    if (this.context.env !== ENV_FLAT) this.#callCore('checkNearTarget', [rip], undefined);
  }
  checkRelative(): void {
    this.checkTarget(this.relativeTarget());
  }
  relativeTarget(): I64 {
    const { env, size, target } = this.context;
    return this.zext(this.i64(target), env === ENV_LONG ? 64 : size);
  }
  jump(rip: I64): void {
    this.setState('RIP', rip);
    this.#code.byte(0x41);
    this.#code.s32(LEFT_JUMPED);
    this.#code.byte(RETURN);
  }
  branch(taken: I32): void {
    this.if(taken, () => this.jumpRelative());
  }
  jumpRelative(): void {
    this.checkRelative();
    this.jump(this.relativeTarget());
  }

  call<T extends ValueType | 'void'>(
    name: string,
    result: T,
    args: readonly Value[],
  ): T extends ValueType ? Value<T> : void {
    const type = result === 'void' ? undefined : (result as ValueType);
    return this.#callCore(name, args, type) as unknown as T extends ValueType ? Value<T> : void;
  }
}
