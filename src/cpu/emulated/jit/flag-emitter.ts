import { stateOffset } from '../core/layout';
import type { Condition, I32, I64, Size } from '../isa/emitter';
import { type Node, use } from './expression';
import { OP_CALL } from './function-writer';
import {
  CARRIED,
  DYNAMIC,
  FLAGS_ADC,
  FLAGS_ADD,
  FLAGS_DEC,
  FLAGS_DONE,
  FLAGS_GIVEN,
  FLAGS_INC,
  FLAGS_LOGIC,
  FLAGS_SBB,
  FLAGS_SUB,
  isCarried,
  isFlagsDone,
  isStatic,
} from './lazy-flags';
import { FLAG_A, FLAG_B, FLAG_R, IMPORT_FC, IMPORT_FR } from './region-context';
import { type Change, RegisterEmitter } from './register-emitter';
import { ALL_ONES } from './step-emitter';
import { I64X2_SPLAT, LOADS } from './wasm-opcodes';

const CARRY_BITS = 0xc000000000000000n;

/**
 * The arithmetic flags of compiled code: the words FLAG_R, FLAG_A and FLAG_B keep what the last instruction that sets them leaves, and the
 * flags are made of it where somebody asks (lazy-flags.ts).
 */
export abstract class FlagEmitter extends RegisterEmitter {
  // ---- flags ----

  protected setFlags(kind: number, size: Size, r: I64, a?: I64, b?: I64): void {
    if (this.context.areFlagsDead) return;
    this.changesFlags = true;
    this.#setCells([FLAG_R, r], [FLAG_A, a], [FLAG_B, b]);
    this.flags = { kind, size };
  }
  #setCells(...values: readonly (readonly [number, I64 | undefined])[]): void {
    const changes = values.flatMap(([register, value]): [number, Change][] =>
      value === undefined ? [] : [[register, { value: use(value), shift: 0, size: 64 }]],
    );
    this.step(() => this.writeChanges(changes, []));
  }
  flagsAdd(size: Size, a: I64, b: I64, result: I64): void {
    this.setFlags(FLAGS_ADD, size, result, a, b);
  }
  flagsAdc(size: Size, a: I64, b: I64, result: I64): void {
    this.setFlags(FLAGS_ADC, size, result, a, b);
  }
  flagsSub(size: Size, a: I64, b: I64, result: I64): void {
    this.setFlags(FLAGS_SUB, size, result, a, b);
  }
  flagsSbb(size: Size, a: I64, b: I64, result: I64): void {
    this.setFlags(FLAGS_SBB, size, result, a, b);
  }
  flagsLogic(size: Size, result: I64): void {
    this.setFlags(FLAGS_LOGIC, size, result);
  }
  flagsInc(size: Size, _before: I64, result: I64): void {
    this.#setAllButCf(FLAGS_INC, size, result);
  }
  flagsDec(size: Size, _before: I64, result: I64): void {
    this.#setAllButCf(FLAGS_DEC, size, result);
  }
  #setAllButCf(kind: number, size: Size, result: I64): void {
    if (this.context.areFlagsDead) return;
    if (this.flags === DYNAMIC) this.finishFlags();
    const word = isCarried(this.flags) ? undefined : this.shl(this.fromBool(this.cf()), 63);
    this.setFlags(kind, size, result, word);
  }
  /** Writes, between instructions, what brings CF to where `isCarried` says, so that `flags` may be CARRIED where it goes on. */
  carryFlags(): void {
    const { flags } = this;
    if (isCarried(flags)) return;
    const steps = this.collect(() => {
      if (!isStatic(flags)) return this.finishFlags();
      const { kind, size } = flags;
      this.#setCells([FLAG_A, this.wordOf(kind, size, this.flagWordOf(FLAG_R))]);
      this.flags = { kind: FLAGS_GIVEN, size };
    });
    for (const step of steps) step();
  }
  protected flagWord(cf: I64, of: I64, af: I64): I64 {
    const high = this.or(this.shl(cf, 63), this.shl(this.xor(cf, of), 62));
    return this.or(high, this.shl(af, 3));
  }
  flagsSet(size: Size, result: I64, cf: I32, of: I32, af: I32): void {
    if (this.context.areFlagsDead) return;
    const word = this.flagWord(this.fromBool(cf), this.fromBool(of), this.fromBool(af));
    this.setFlags(FLAGS_GIVEN, size, result, word);
  }
  setCf(value: I32): void {
    if (this.context.areFlagsDead) return;
    this.finishFlags();
    const fc = this.flagWordOf(FLAG_A);
    const change = this.xor(this.shrU(fc, 63), this.fromBool(value));
    this.setFlagWord(this.xor(fc, this.mul(change, this.i64(CARRY_BITS))));
  }
  setCfOf(cf: I32, of: I32): void {
    if (this.context.areFlagsDead) return;
    this.finishFlags();
    const rest = this.and(this.flagWordOf(FLAG_A), this.i64(ALL_ONES ^ CARRY_BITS));
    this.setFlagWord(this.or(rest, this.flagWord(this.fromBool(cf), this.fromBool(of), this.i64(0))));
  }
  protected setFlagWord(value: I64): void {
    this.changesFlags = true;
    this.#setCells([FLAG_A, value]);
  }
  setFlagsImage(image: I64): void {
    if (this.context.areFlagsDead) return;
    const bit = (at: number): I64 => this.and(this.shrU(image, at), this.i64(1));
    const zf = bit(6);
    const cf = bit(0);
    const low = this.or(this.shl(this.xor(bit(2), zf), 1), bit(7));
    const word = this.or(this.flagWord(cf, bit(11), bit(4)), low);
    const fr = this.xor(zf, this.i64(1));
    this.setFlags(FLAGS_DONE, 64, fr, word);
  }
  /** FLAG_R and FLAG_A become FR and FC. */
  protected finishFlags(): void {
    const { flags } = this;
    if (isFlagsDone(flags)) return;
    this.changesFlags = true;
    if (!isStatic(flags)) {
      this.step(() => {
        this.#writeFinishedFlags();
        this.writeFlagKind({ kind: FLAGS_DONE, size: 64 });
      });
    } else {
      const { kind, size } = flags;
      const r = this.flagWordOf(FLAG_R);
      this.#setCells([FLAG_R, this.sext(r, size)], [FLAG_A, this.wordOf(kind, size, r)]);
    }
    this.flags = { kind: FLAGS_DONE, size: 64 };
  }
  /** FC of a known kind. */
  protected wordOf(kind: number, size: Size, r: I64): I64 {
    if (kind === FLAGS_LOGIC) return this.i64(0);
    const a = this.flagWordOf(FLAG_A);
    if (kind === FLAGS_GIVEN || kind === FLAGS_DONE) return a;
    if (kind === FLAGS_INC || kind === FLAGS_DEC) {
      const top = 1n << BigInt(size - 1);
      const of = this.fromBool(this.eq(r, this.i64(kind === FLAGS_DEC ? top - 1n : top)));
      const af = this.fromBool(this.eq(this.and(r, this.i64(15)), this.i64(kind === FLAGS_DEC ? 15 : 0)));
      return this.flagWord(this.shrU(a, 63), of, af);
    }
    const b = this.flagWordOf(FLAG_B);
    const isSum = kind === FLAGS_ADD || kind === FLAGS_ADC;
    const x = isSum ? a : this.not(a);
    const z = isSum ? this.not(r) : r;
    const carries = this.or(this.and(x, b), this.and(this.or(x, b), z));
    const high = this.and(this.shl(carries, 64 - size), this.i64(CARRY_BITS));
    return this.or(high, this.and(carries, this.i64(8)));
  }
  /** FLAG_R and FLAG_A become FR and FC of whatever FLAG_KIND says. */
  #writeFinishedFlags(): void {
    const { code } = this;
    this.openCell(FLAG_R);
    this.#pushFlagKind();
    this.pushCell(FLAG_R);
    this.#splat();
    code.byte(OP_CALL);
    code.u32(IMPORT_FR);
    this.openCell(FLAG_A);
    this.#pushFlagKind();
    this.pushCell(FLAG_R);
    this.#splat();
    this.pushCell(FLAG_A);
    this.pushCell(FLAG_B);
    code.byte(OP_CALL);
    code.u32(IMPORT_FC);
    this.closeCell(FLAG_A);
    this.closeCell(FLAG_R);
  }
  #pushFlagKind(): void {
    if (this.form === 'state') {
      this.pushState();
      this.code.memory(...LOADS.u32, stateOffset('FLAG_KIND'));
    } else this.code.get(this.names.flagKind);
  }
  #splat(): void {
    this.code.byte(0xfd);
    this.code.u32(I64X2_SPLAT);
  }
  /** A flag word as it is now. */
  protected flagWordOf(register: number): Node<'i64'> {
    return this.now(this.cell(register));
  }
  flagsImage(): I64 {
    this.finishFlags();
    const fr = this.flagWordOf(FLAG_R);
    const fc = this.flagWordOf(FLAG_A);
    const bit = (value: I64, at: number): I64 => this.and(this.shrU(value, at), this.i64(1));
    const low = this.op<'i64'>('i64.popcnt', 'i64', [this.and(fr, this.i64(0xff))]);
    const pf = this.and(this.xor(this.xor(low, this.i64(1)), this.shrU(fc, 1)), this.i64(1));
    const zf = this.fromBool(this.eqz(fr));
    const sf = this.xor(this.shrU(fr, 63), this.and(fc, this.i64(1)));
    const of = this.shrU(this.xor(fc, this.shl(fc, 1)), 63);
    const parts: [I64, number][] = [
      [this.shrU(fc, 63), 0],
      [pf, 2],
      [bit(fc, 3), 4],
      [zf, 6],
      [sf, 7],
      [of, 11],
    ];
    let image = this.i64(0);
    for (const [value, at] of parts) image = this.or(image, at === 0 ? value : this.shl(value, at));
    return this.now(image as Node<'i64'>);
  }
  cf(): I32 {
    return this.condition(2);
  }
  condition(cc: Condition): I32 {
    const direct = this.directCondition(cc >> 1);
    let value: I32;
    if (direct === undefined) {
      this.finishFlags();
      value = this.finishedCondition(cc >> 1);
    } else value = direct;
    if (cc & 1) value = this.notB(value);
    return this.now(value as Node<'i32'>);
  }
  protected directCondition(pair: number): I32 | undefined {
    const { flags } = this;
    if (flags === CARRIED && pair === 1) return this.#carried();
    if (!isStatic(flags)) return undefined;
    const { kind, size } = flags;
    if (kind === FLAGS_DONE) return this.finishedCondition(pair);
    const r = (): I64 => this.flagWordOf(FLAG_R);
    const a = (): I64 => this.flagWordOf(FLAG_A);
    const b = (): I64 => this.flagWordOf(FLAG_B);
    const isNegative = (): I32 => this.ltS(this.sext(r(), size), this.i64(0));
    if (pair === 4) return isNegative();
    if (pair === 2) return kind === FLAGS_SUB ? this.eq(a(), b()) : this.eqz(r());
    if (pair === 5) {
      const ones = this.op<'i64'>('i64.popcnt', 'i64', [this.and(r(), this.i64(0xff))]);
      return this.eqz(this.and(ones, this.i64(1)));
    }
    switch (kind) {
      case FLAGS_SUB:
        if (pair === 1) return this.ltU(a(), b());
        if (pair === 3) return this.op('i64.le_u', 'i32', [a(), b()]);
        if (pair === 6) return this.ltS(this.sext(a(), size), this.sext(b(), size));
        if (pair === 7) return this.op('i64.le_s', 'i32', [this.sext(a(), size), this.sext(b(), size)]);
        return undefined;
      case FLAGS_LOGIC:
        if (pair === 0 || pair === 1) return this.i32(0);
        if (pair === 3) return this.eqz(r());
        if (pair === 6) return isNegative();
        return this.op('i64.le_s', 'i32', [this.sext(r(), size), this.i64(0)]);
      case FLAGS_ADD:
        if (pair === 1) return this.ltU(r(), a());
        return undefined;
      case FLAGS_INC:
      case FLAGS_DEC:
      case FLAGS_GIVEN:
        return pair === 1 ? this.#carried() : undefined;
      default:
        return undefined;
    }
  }
  #carried(): I32 {
    return this.op('i32.wrap_i64', 'i32', [this.shrU(this.flagWordOf(FLAG_A), 63)]);
  }
  /** From FR and FC. */
  protected finishedCondition(pair: number): I32 {
    const fr = this.flagWordOf(FLAG_R);
    const fc = this.flagWordOf(FLAG_A);
    const zf = (): I64 => this.fromBool(this.eqz(fr));
    const cf = (): I64 => this.shrU(fc, 63);
    const of = (): I64 => this.shrU(this.xor(fc, this.shl(fc, 1)), 63);
    const sf = (): I64 => this.xor(this.shrU(fr, 63), this.and(fc, this.i64(1)));
    const pf = (): I64 => {
      const ones = this.op<'i64'>('i64.popcnt', 'i64', [this.and(fr, this.i64(0xff))]);
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
    return this.op('i32.wrap_i64', 'i32', [values[pair]!()]);
  }
}
