/**
 * The emitter's back end for the interpreter: semantic functions run against it print the body of a handler as AssemblyScript.
 * i64 values are u64 there, i32 values are u32.
 */
import { STATE_FIELDS } from '../../src/cpu/emulated/core/layout';
import type { CompiledRow } from '../../src/cpu/emulated/isa/compile';
import { ENV_CHECKED, ENV_FLAT, ENV_LONG } from '../../src/cpu/emulated/isa/compile';
import type {
  Condition,
  Emitter,
  I32,
  I64,
  Size,
  V128,
  Value,
  ValueType,
  Variable,
} from '../../src/cpu/emulated/isa/emitter';

interface Text<T extends ValueType = ValueType> extends Value<T> {
  readonly text: string;
  /** A literal or a name: may be repeated. */
  readonly isAtom: boolean;
  readonly constant?: bigint;
}
type TextVariable<T extends ValueType> = Variable<T> & { readonly name: string };

const TYPES: Readonly<Record<ValueType, string>> = { i32: 'u32', i64: 'u64', f32: 'f32', f64: 'f64', v128: 'v128' };

const MASK64 = (1n << 64n) - 1n;
const hex = (value: bigint): string => (value < 10n ? `${value}` : `0x${value.toString(16)}`);

/** Scalar operations that AssemblyScript spells differently. */
const SPELLED: Readonly<Record<string, (a: string, b: string) => string>> = {
  'i32.wrap_i64': (a) => `<u32>(${a})`,
  'i64.extend_i32_u': (a) => `<u64>(${a})`,
  'i64.extend_i32_s': (a) => `<u64><i64><i32>(${a})`,
  'i64.extend8_s': (a) => `<u64><i64><i8>(${a})`,
  'i64.extend16_s': (a) => `<u64><i64><i16>(${a})`,
  'i64.extend32_s': (a) => `<u64><i64><i32>(${a})`,
  'i32.extend8_s': (a) => `<u32><i32><i8>(${a})`,
  'i32.extend16_s': (a) => `<u32><i32><i16>(${a})`,
  'f64.promote_f32': (a) => `<f64>(${a})`,
  'f32.demote_f64': (a) => `<f32>(${a})`,
  'i32.reinterpret_f32': (a) => `reinterpret<u32>(${a})`,
  'i64.reinterpret_f64': (a) => `reinterpret<u64>(${a})`,
  'f32.reinterpret_i32': (a) => `reinterpret<f32>(${a})`,
  'f64.reinterpret_i64': (a) => `reinterpret<f64>(${a})`,
  'i64.trunc_f64_s': (a) => `<u64><i64>(${a})`,
  'i32.trunc_f64_s': (a) => `<u32><i32>(${a})`,
  'i64.trunc_f32_s': (a) => `<u64><i64>(${a})`,
  'i32.trunc_f32_s': (a) => `<u32><i32>(${a})`,
  'i64.trunc_sat_f64_s': (a) => `<u64><i64>(${a})`,
  'i32.trunc_sat_f64_s': (a) => `<u32><i32>(${a})`,
  'i64.trunc_sat_f32_s': (a) => `<u64><i64>(${a})`,
  'i32.trunc_sat_f32_s': (a) => `<u32><i32>(${a})`,
  'f64.convert_i64_s': (a) => `<f64><i64>(${a})`,
  'f64.convert_i64_u': (a) => `<f64><u64>(${a})`,
  'f64.convert_i32_s': (a) => `<f64><i32>(${a})`,
  'f64.convert_i32_u': (a) => `<f64><u32>(${a})`,
  'f32.convert_i64_s': (a) => `<f32><i64>(${a})`,
  'f32.convert_i64_u': (a) => `<f32><u64>(${a})`,
  'f32.convert_i32_s': (a) => `<f32><i32>(${a})`,
  'f32.convert_i32_u': (a) => `<f32><u32>(${a})`,
};
const UNARY: Readonly<Record<string, string>> = {
  clz: 'clz',
  ctz: 'ctz',
  popcnt: 'popcnt',
  abs: 'abs',
  ceil: 'ceil',
  floor: 'floor',
  trunc: 'trunc',
  nearest: 'nearest',
  sqrt: 'sqrt',
  rotl: 'rotl',
  rotr: 'rotr',
  min: 'min',
  max: 'max',
  copysign: 'copysign',
};
const INFIX: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  and: '&',
  or: '|',
  xor: '^',
  shl: '<<',
  shr_u: '>>',
  div: '/',
  div_u: '/',
  rem_u: '%',
};
const COMPARE: Readonly<Record<string, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
  lt_u: '<',
  gt_u: '>',
  le_u: '<=',
  ge_u: '>=',
};
const COMPARE_SIGNED: Readonly<Record<string, string>> = { lt_s: '<', gt_s: '>', le_s: '<=', ge_s: '>=' };

function scalarText(name: string, args: readonly string[]): string {
  const spelled = SPELLED[name];
  const [a, b] = [args[0]!, args[1] ?? ''];
  if (spelled) return spelled(a, b);
  const [type, what] = name.split('.') as [string, string];
  const signed = type === 'i32' ? 'i32' : 'i64';
  const unsigned = type === 'i32' ? 'u32' : 'u64';
  if (what === 'eqz') return `<u32>(${a} == 0)`;
  if (what === 'neg') return `(-${a})`;
  if (INFIX[what] !== undefined) return `(${a} ${INFIX[what]} ${b})`;
  if (COMPARE[what] !== undefined) return `<u32>(${a} ${COMPARE[what]} ${b})`;
  if (COMPARE_SIGNED[what] !== undefined) return `<u32>(<${signed}>${a} ${COMPARE_SIGNED[what]} <${signed}>${b})`;
  if (what === 'shr_s') return `<${unsigned}>(<${signed}>${a} >> <${signed}>${b})`;
  if (what === 'div_s') return `<${unsigned}>(<${signed}>${a} / <${signed}>${b})`;
  if (what === 'rem_s') return `<${unsigned}>(<${signed}>${a} % <${signed}>${b})`;
  if (UNARY[what] !== undefined) {
    const t = type.startsWith('f') ? type : unsigned;
    return `${what}<${t}>(${args.join(', ')})`;
  }
  throw new Error(`no AssemblyScript spelling of ${name}`);
}

interface FlagSource {
  readonly kind: 'difference' | 'logic' | 'count';
  readonly size: Size;
  readonly a: string;
  readonly b: string;
  readonly result: string;
}

export interface Variant {
  readonly compiled: CompiledRow;
  readonly size: Size;
  readonly form: number;
  readonly addressSize: 16 | 32 | 64;
  readonly env: number;
}

/** Bytes of the type a state field is loaded as, and whether it is extended. */
const FIELD_LOADS = {
  u8: 'load<u8>',
  u16: 'load<u16>',
  u32: 'load<u32>',
  u64: 'load<u64>',
  f64: 'load<f64>',
  v128: 'v128.load',
} as const;

/** Body of one handler. `GO(expr)` leaves with the next op, `BRANCH` takes the relative branch, falling off goes to the next op. */
export class AssemblyScriptEmitter implements Emitter {
  readonly lines: string[] = [];
  /** Functions of core/ the body calls. */
  readonly calls = new Set<string>();
  /** The last operation that set flags, for conditions of a jump that follows at once. */
  #flagSource: FlagSource | undefined;
  #indent = '';
  #next = 0;

  constructor(readonly variant: Variant) {}

  #line(text: string): void {
    this.lines.push(this.#indent + text);
  }

  #call(name: string): string {
    this.calls.add(name);
    return name;
  }

  #value<T extends ValueType>(type: T, text: string): Text<T> {
    const name = `v${this.#next++}`;
    this.#line(`const ${name}: ${TYPES[type]} = ${text};`);
    return { type, text: name, isAtom: true };
  }

  #t(value: Value): string {
    return (value as Text).text;
  }

  i32(value: number): I32 {
    return {
      type: 'i32',
      text: `<u32>${value < 0 ? `(${value})` : value}`,
      isAtom: true,
      constant: BigInt(value),
    } as Text<'i32'>;
  }

  i64(value: bigint | number): I64 {
    const bits = BigInt(value) & MASK64;
    return { type: 'i64', text: `<u64>${hex(bits)}`, isAtom: true, constant: bits } as Text<'i64'>;
  }

  op<T extends ValueType>(name: string, result: T, args: readonly Value[], lanes: readonly number[] = []): Value<T> {
    const texts = args.map((arg) => this.#t(arg));
    if (/^[if](8|16|32|64)x\d+\.|^v128\./.test(name)) {
      // SIMD builtins carry the names of the text format; lanes come after the vectors, replaced values last
      const isReplace = name.endsWith('.replace_lane');
      // lanes narrower than 32 bits take values of their own type
      const lane = /^i(8|16)x/.exec(name)?.[1];
      if (lane !== undefined && (isReplace || name.endsWith('.splat'))) texts.push(`<i${lane}>${texts.pop()!}`);
      const all = isReplace ? [texts[0]!, String(lanes[0]), texts[1]!] : [...texts, ...lanes.map(String)];
      const text = `${name}(${all.join(', ')})`;
      return this.#value(result, /extract_lane|bitmask|any_true|all_true/.test(name) ? this.#cast(result, text) : text);
    }
    return this.#value(result, scalarText(name, texts));
  }

  #cast(type: ValueType, text: string): string {
    return type === 'i32' ? `<u32>${text}` : type === 'i64' ? `<u64>${text}` : text;
  }

  #binary(name: string, a: I64, b: I64): I64 {
    return this.op(`i64.${name}`, 'i64', [a, b]);
  }
  #constantOf(value: Value): bigint | undefined {
    return (value as Text).constant;
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
    return this.#value('i64', `~${this.#t(a)}`);
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
    const constant = this.#constantOf(a);
    const mask = (1n << BigInt(size)) - 1n;
    if (constant !== undefined) return this.i64(constant & mask);
    return this.and(a, this.i64(mask));
  }
  sext(a: I64, size: Size): I64 {
    if (size === 64) return a;
    return this.op(`i64.extend${size}_s`, 'i64', [a]);
  }
  fromBool(a: I32): I64 {
    return this.#value('i64', `<u64>${this.#t(a)}`);
  }
  select<T extends ValueType>(condition: I32, yes: Value<T>, no: Value<T>): Value<T> {
    const type = TYPES[yes.type];
    return this.#value(
      yes.type,
      `select<${type}>(${this.#t(yes)}, ${this.#t(no)}, ${this.#t(condition)} != 0)`,
    ) as Value<T>;
  }

  variable<T extends ValueType>(type: T, initial: Value<T>): Variable<T> {
    const name = `v${this.#next++}`;
    this.#line(`let ${name}: ${TYPES[type]} = ${this.#t(initial)};`);
    return { type, variable: true, name } as TextVariable<T>;
  }
  get<T extends ValueType>(variable: Variable<T>): Value<T> {
    return this.#value(variable.type, (variable as TextVariable<T>).name) as Value<T>;
  }
  set<T extends ValueType>(variable: Variable<T>, value: Value<T>): void {
    this.#line(`${(variable as TextVariable<T>).name} = ${this.#t(value)};`);
  }
  if(condition: I32, then: () => void, otherwise?: () => void): void {
    this.#line(`if (${this.#t(condition)}) {`);
    const indent = this.#indent;
    this.#indent += '  ';
    then();
    if (otherwise) {
      this.lines.push(`${indent}} else {`);
      otherwise();
    }
    this.#indent = indent;
    this.#line('}');
  }

  gpr(index: number, size: Size): I64 {
    return this.#value('i64', this.#loadInteger(`s, S_GPR + ${index * 8}`, size));
  }
  setGpr(index: number, size: Size, value: I64): void {
    this.#storeRegister('s', size, value, `S_GPR + ${index * 8}`);
  }
  #loadInteger(address: string, size: number): string {
    return size === 64 ? `load<u64>(${address})` : `<u64>load<u${size}>(${address})`;
  }
  #storeRegister(base: string, size: Size, value: I64, offset?: string): void {
    const tail = offset === undefined ? '' : `, ${offset}`;
    // values are zero-extended already, so a 32-bit write stores all 64 bits
    if (size >= 32) this.#line(`store<u64>(${base}, ${this.#t(value)}${tail});`);
    else this.#line(`store<u${size}>(${base}, <u${size}>${this.#t(value)}${tail});`);
  }

  #field(field: string, index: number): { type: keyof typeof FIELD_LOADS; offset: string } {
    const description = STATE_FIELDS.get(field);
    if (description === undefined) throw new Error(`no vCPU state field ${field}`);
    const offset = index === 0 ? `S_${field}` : `S_${field} + ${index * description.stride}`;
    return { type: description.type, offset };
  }
  state<T extends ValueType>(field: string, type: T, index = 0): Value<T> {
    const { type: stored, offset } = this.#field(field, index);
    return this.#value(type, this.#cast(type, `${FIELD_LOADS[stored]}(s, ${offset})`));
  }
  setState(field: string, value: Value, index = 0): void {
    const { type: stored, offset } = this.#field(field, index);
    const text = this.#t(value);
    if (stored === 'v128') this.#line(`v128.store(s, ${text}, ${offset});`);
    else this.#line(`store<${stored}>(s, <${stored}>(${text}), ${offset});`);
  }

  #setFlags(fr: string, fc: string): void {
    this.#line(`store<u64>(s, ${fr}, S_FR);`);
    this.#line(`store<u64>(s, ${fc}, S_FC);`);
  }
  #fr(size: Size, result: I64): string {
    return size === 64 ? this.#t(result) : `<u64><i64><i${size}>${this.#t(result)}`;
  }
  #carryWord(size: Size, carries: string): string {
    const shifted = size === 64 ? 'c' : `(c << ${64 - size})`;
    return `(${shifted} & 0xc000000000000000) | (c & 8)`.replace(/\bc\b/g, carries);
  }
  #flagsFromCarries(size: Size, result: I64, carries: string): void {
    const name = `v${this.#next++}`;
    this.#line(`const ${name}: u64 = ${carries};`);
    this.#setFlags(this.#fr(size, result), this.#carryWord(size, name));
  }
  flagsAdd(size: Size, a: I64, b: I64, result: I64): void {
    const [x, y, r] = [this.#t(a), this.#t(b), this.#t(result)];
    this.#flagsFromCarries(size, result, `(${x} & ${y}) | ((${x} | ${y}) & ~${r})`);
  }
  flagsAdc(size: Size, a: I64, b: I64, result: I64): void {
    this.flagsAdd(size, a, b, result);
  }
  flagsSub(size: Size, a: I64, b: I64, result: I64): void {
    this.#flagSource = { kind: 'difference', size, a: this.#t(a), b: this.#t(b), result: this.#t(result) };
    const [x, y, r] = [this.#t(a), this.#t(b), this.#t(result)];
    this.#flagsFromCarries(size, result, `(~${x} & ${y}) | ((~${x} | ${y}) & ${r})`);
  }
  flagsSbb(size: Size, a: I64, b: I64, result: I64): void {
    this.flagsSub(size, a, b, result);
  }
  flagsLogic(size: Size, result: I64): void {
    this.#flagSource = { kind: 'logic', size, a: '', b: '', result: this.#t(result) };
    this.#setFlags(this.#fr(size, result), '0');
  }
  /** OF is set by exactly one result, AF by the low digit; CF stays. */
  #flagsCount(size: Size, result: I64, overflowAt: bigint, lowDigit: number): void {
    const r = this.#t(result);
    const of = `<u64>(${r} == ${hex(overflowAt)})`;
    const name = `v${this.#next++}`;
    this.#line(`const ${name}: u64 = load<u64>(s, S_FC) >> 63;`);
    const af = `(<u64>((${r} & 15) == ${lowDigit}) << 3)`;
    this.#setFlags(this.#fr(size, result), `(${name} << 63) | ((${name} ^ ${of}) << 62) | ${af}`);
  }
  flagsInc(size: Size, _before: I64, result: I64): void {
    this.#flagsCount(size, result, 1n << BigInt(size - 1), 0);
  }
  flagsDec(size: Size, _before: I64, result: I64): void {
    this.#flagSource = { kind: 'count', size, a: '', b: '', result: this.#t(result) };
    this.#flagsCount(size, result, (1n << BigInt(size - 1)) - 1n, 15);
  }
  flagsSet(size: Size, result: I64, cf: I32, of: I32, af: I32): void {
    const c = `<u64>${this.#t(cf)}`;
    const o = `<u64>${this.#t(of)}`;
    this.#setFlags(this.#fr(size, result), `(${c} << 63) | ((${c} ^ ${o}) << 62) | (<u64>${this.#t(af)} << 3)`);
  }
  setCf(value: I32): void {
    // OF = FC[63] ^ FC[62] must stay
    const name = `v${this.#next++}`;
    this.#line(`const ${name}: u64 = load<u64>(s, S_FC);`);
    const flip = `(((${name} >> 63) ^ <u64>${this.#t(value)}) * 0xc000000000000000)`;
    this.#line(`store<u64>(s, ${name} ^ ${flip}, S_FC);`);
  }
  setCfOf(cf: I32, of: I32): void {
    const c = `<u64>${this.#t(cf)}`;
    const keep = 'load<u64>(s, S_FC) & 0x3fffffffffffffff';
    this.#line(`store<u64>(s, (${keep}) | (${c} << 63) | ((${c} ^ <u64>${this.#t(of)}) << 62), S_FC);`);
  }
  setFlagsImage(image: I64): void {
    this.#line(`${this.#call('setFlagsImage')}(s, ${this.#t(image)});`);
  }
  flagsImage(): I64 {
    return this.#value('i64', `${this.#call('flagsImage')}(s)`);
  }
  /** Condition `cc` straight from what the body computed; undefined where the flags must be looked at. */
  directCondition(cc: Condition): string | undefined {
    const source = this.#flagSource;
    if (source === undefined) return undefined;
    const { kind, size, a, b, result } = source;
    const signed = (text: string): string => `<i${size}>${text}`;
    const negate = (cc & 1) !== 0;
    const pick = (yes: string, no: string): string => (negate ? no : yes);
    const sign = pick(`${signed(result)} < 0`, `${signed(result)} >= 0`);
    switch (cc >> 1) {
      case 1:
        return kind === 'difference' ? pick(`${a} < ${b}`, `${a} >= ${b}`) : undefined;
      case 2:
        return pick(`${result} == 0`, `${result} != 0`);
      case 3:
        return kind === 'difference' ? pick(`${a} <= ${b}`, `${a} > ${b}`) : undefined;
      case 4:
        return sign;
      case 6:
        if (kind === 'count') return undefined;
        return kind === 'logic' ? sign : pick(`${signed(a)} < ${signed(b)}`, `${signed(a)} >= ${signed(b)}`);
      case 7:
        if (kind === 'count') return undefined;
        if (kind === 'logic') return pick(`${signed(result)} <= 0`, `${signed(result)} > 0`);
        return pick(`${signed(a)} <= ${signed(b)}`, `${signed(a)} > ${signed(b)}`);
      default:
        return undefined;
    }
  }
  cf(): I32 {
    return this.#value('i32', `${this.#call('flagCf')}(s)`);
  }
  condition(cc: Condition): I32 {
    return this.#value('i32', this.#condition(cc));
  }
  #condition(cc: Condition): string {
    const f = (name: string): string => `${this.#call(name)}(s)`;
    const positive = [
      () => f('flagOf'),
      () => f('flagCf'),
      () => f('flagZf'),
      () => `(${f('flagCf')} | ${f('flagZf')})`,
      () => f('flagSf'),
      () => f('flagPf'),
      () => `(${f('flagSf')} ^ ${f('flagOf')})`,
      () => `((${f('flagSf')} ^ ${f('flagOf')}) | ${f('flagZf')})`,
    ][cc >> 1]!();
    return cc & 1 ? `${positive} ^ 1` : positive;
  }

  readMemory(linear: I64, size: Size): I64 {
    return this.#value('i64', `${this.#call(`readU${size}`)}(s, op, ${this.#t(linear)})`);
  }
  writeMemory(linear: I64, size: Size, value: I64): void {
    this.#line(`${this.#call(`writeU${size}`)}(s, op, ${this.#t(linear)}, ${this.#t(value)});`);
  }
  probeWrite(linear: I64, bits: number): void {
    this.#line(`${this.#call('probeWrite')}(s, op, ${this.#t(linear)}, ${bits / 8});`);
  }
  readMemory128(linear: I64): V128 {
    return this.#value('v128', `${this.#call('read128')}(s, op, ${this.#t(linear)})`);
  }
  writeMemory128(linear: I64, value: V128): void {
    this.#line(`${this.#call('write128')}(s, op, ${this.#t(linear)}, ${this.#t(value)});`);
  }

  #sp(): I64 {
    return this.#value('i64', this.#loadInteger('s, S_GPR + 32', this.variant.env === ENV_LONG ? 64 : 32));
  }
  #spPlus(sp: I64, delta: number): I64 {
    const sum = `${this.#t(sp)} ${delta < 0 ? '-' : '+'} ${Math.abs(delta)}`;
    return this.#value('i64', this.variant.env === ENV_LONG ? sum : `(${sum}) & 0xffffffff`);
  }
  push(size: Size, value: I64): void {
    if (this.variant.env === ENV_CHECKED) {
      this.#line(`${this.#call('pushChecked')}(s, op, ${size / 8}, ${this.#t(value)});`);
      return;
    }
    const sp = this.#spPlus(this.#sp(), -size / 8);
    this.writeMemory(sp, size, value);
    this.#line(`store<u64>(s, ${this.#t(sp)}, S_GPR + 32);`);
  }
  peek(size: Size, displacement: number): I64 {
    if (this.variant.env === ENV_CHECKED) {
      return this.#value('i64', `${this.#call('peekChecked')}(s, op, ${size / 8}, ${displacement})`);
    }
    const sp = this.#sp();
    return this.readMemory(displacement === 0 ? sp : this.#spPlus(sp, displacement), size);
  }
  addSp(bytes: number): void {
    if (this.variant.env === ENV_CHECKED) this.#line(`${this.#call('addSp')}(s, ${bytes});`);
    else this.#line(`store<u64>(s, ${this.#t(this.#spPlus(this.#sp(), bytes))}, S_GPR + 32);`);
  }

  addSpBy(bytes: I64): void {
    this.#line(`${this.#call('releaseStack')}(s, op, ${this.#t(bytes)});`);
  }

  leaveFrame(_size: Size): void {
    this.#line(`${this.#call('leaveFrame')}(s, op);`);
  }

  raise(vector: number, errorCode?: I64): void {
    const hasError = errorCode !== undefined || vector === 13 || vector === 12;
    const code = errorCode === undefined ? '0' : `<u32>${this.#t(errorCode)}`;
    this.#line(`${this.#call('raise')}(s, op, ${vector}, ${hasError}, ${code});`);
  }
  nextRip(): I64 {
    return this.#value('i64', `${this.#call('opNextRip')}(s, op)`);
  }
  checkTarget(rip: I64): void {
    if (this.variant.env === ENV_FLAT) return; // every 32-bit target lies within the limit
    const check = `${this.#call('checkNearTarget')}(s, op, ${this.#t(rip)});`;
    // an address of 48 bits is canonical whatever the paging mode
    if (this.variant.env === ENV_LONG) this.#line(`if ((${this.#t(rip)} + 0x800000000000) >> 48) ${check}`);
    else this.#line(check);
  }
  checkRelative(): void {
    if (this.variant.env !== ENV_FLAT) this.checkTarget(this.relativeTarget());
  }
  #relative(): string {
    const sum = 'load<u64>(s, S_CODE_RIP) + load<u64>(op, OP_IMM)';
    const mask = this.variant.size === 16 ? '0xffff' : '0xffffffff';
    return this.variant.env === ENV_LONG ? sum : `(${sum}) & ${mask}`;
  }
  relativeTarget(): I64 {
    return this.#value('i64', this.#relative());
  }
  jump(rip: I64): void {
    const name = this.variant.env === ENV_CHECKED ? 'jumpTo' : 'jumpFlat';
    this.#line(`GO(${this.#call(name)}(s, op, ${this.#t(rip)}))`);
  }
  #taken(): string {
    const { env, size } = this.variant;
    if (env !== ENV_CHECKED && size !== 16) return 'BRANCH';
    return `GO(${this.#call('branchChecked')}(s, op, ${size === 16 ? '0xffff' : '0xffffffff'}))`;
  }
  branch(taken: I32): void {
    this.#line(`if (${this.#t(taken)}) {`);
    this.#line(`  ${this.#taken()}`);
    this.#line('}');
  }
  jumpRelative(): void {
    this.#line(this.#taken());
  }

  call<T extends ValueType | 'void'>(
    name: string,
    result: T,
    args: readonly Value[],
  ): T extends ValueType ? Value<T> : void {
    const text = `${this.#call(name)}(${['s', 'op', ...args.map((arg) => this.#t(arg))].join(', ')})`;
    if (result === 'void') {
      this.#line(`${text};`);
      return undefined as T extends ValueType ? Value<T> : void;
    }
    return this.#value(result as ValueType, this.#cast(result as ValueType, text)) as unknown as T extends ValueType
      ? Value<T>
      : void;
  }

  /** A value from a piece of AssemblyScript; for operand-texts.ts. */
  raw<T extends ValueType>(type: T, text: string, ...calls: string[]): Value<T> {
    for (const name of calls) this.calls.add(name);
    return this.#value(type, text);
  }
  statement(text: string, ...calls: string[]): void {
    for (const name of calls) this.calls.add(name);
    this.#line(text);
  }
  textOf(value: Value): string {
    return this.#t(value);
  }
}
