import * as codes from '../../core/sse/codes';
import type { Emitter, I32, I64, Operands, Semantics, V128, Value, ValueType } from '../emitter';
import { fromLow64, high64, low64, v128FromHalves, zeroVector } from './vector';

/**
 * From the semantics of a legacy SSE instruction to its VEX forms. Those are written with the destination as first source
 * (operand 0) and work on 128 bits; VEX names the first source apart, clears the upper half of the destination, and its 256-bit
 * forms do the same in both halves.
 */

/** How the operands of the VEX row stand for those of the legacy one. */
interface Shape {
  /** The first source is operand 1, everything else one further. */
  readonly isNonDestructive: boolean;
}

/** The operands of a VEX row as its legacy row has them, for one half of the vectors. */
class LegacyOperands implements Operands {
  result: V128 | undefined;

  constructor(
    private readonly x: Operands,
    private readonly shape: Shape,
    /** undefined: 128-bit form. */
    private readonly halfOf: ((i: number) => V128) | undefined,
  ) {}

  get size(): Operands['size'] {
    return this.x.size;
  }
  get count(): number {
    return this.x.count - (this.shape.isNonDestructive ? 1 : 0);
  }
  get condition(): number {
    return this.x.condition;
  }
  get addressSize(): 16 | 32 | 64 {
    return this.x.addressSize;
  }
  get rep(): Operands['rep'] {
    return this.x.rep;
  }
  #source(i: number): number {
    return this.shape.isNonDestructive ? i + 1 : i;
  }
  kind(i: number): ReturnType<Operands['kind']> {
    return this.x.kind(i === 0 ? 0 : this.#source(i));
  }
  sizeOf(i: number): ReturnType<Operands['sizeOf']> {
    return this.x.sizeOf(i === 0 ? 0 : this.#source(i));
  }
  get(i: number): I64 {
    return this.x.get(this.#source(i));
  }
  set(i: number, value: I64): void {
    this.x.set(i, value);
  }
  getForUpdate(i: number): I64 {
    return this.x.getForUpdate(i);
  }
  effectiveAddress(i: number): I64 {
    return this.x.effectiveAddress(this.#source(i));
  }
  linearAddress(i: number): I64 {
    return this.x.linearAddress(this.#source(i));
  }
  xmm(i: number): V128 {
    const source = this.#source(i);
    return this.halfOf === undefined ? this.x.xmm(source) : this.halfOf(source);
  }
  setXmm(_i: number, value: V128): void {
    this.result = value;
  }
  ymm(i: number): readonly [V128, V128] {
    return this.x.ymm(this.#source(i));
  }
  setYmm(i: number, low: V128, high: V128): void {
    this.x.setYmm(i, low, high);
  }
  mmx(i: number): I64 {
    return this.x.mmx(this.#source(i));
  }
  setMmx(i: number, value: I64): void {
    this.x.setMmx(i, value);
  }
  index(i: number): I32 {
    return this.x.index(this.#source(i));
  }
}

/** 128 bits to operand 0; the rest of a register becomes 0. */
export function setVex(e: Emitter, x: Operands, value: V128): void {
  if (x.kind(0) === 'memory') x.setXmm(0, value);
  else x.setYmm(0, value, zeroVector(e));
}

/** The 128-bit or scalar form of a legacy instruction. */
export function vex128(legacy: Semantics, isNonDestructive: boolean): Semantics {
  return (e, x) => {
    const operands = new LegacyOperands(x, { isNonDestructive }, undefined);
    legacy(e, operands);
    if (operands.result !== undefined) setVex(e, x, operands.result);
  };
}

/** Soft functions that note MXCSR flags; their first argument takes SSE_DEFER. */
const NOTING = new Set([
  'sseArithmetic',
  'sseConvert',
  'sseCompare',
  'sseRound',
  'sseDotProduct',
  'sseFma',
  'sseToHalf',
  'sseFromHalf',
]);

/** The emitter with soft functions keeping their flags, for halves; `finish` delivers those of both. */
function deferring(e: Emitter): { readonly emitter: Emitter; finish(): void } {
  let isUsed = false;
  const call = <T extends ValueType | 'void'>(name: string, result: T, args: readonly Value[]): unknown => {
    if (!NOTING.has(name)) return e.call(name, result, args);
    isUsed = true;
    const code = e.op('i32.or', 'i32', [args[0]!, e.i32(codes.SSE_DEFER)]);
    return e.call(name, result, [code, ...args.slice(1)]);
  };
  const emitter = new Proxy(e, {
    get(target, name): unknown {
      if (name === 'call') return call;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  return {
    emitter,
    finish: () => {
      if (isUsed) e.if(e.state('SSE_DEFERRED', 'i32'), () => e.call('sseFinish', 'void', []));
    },
  };
}

/** What `legacy` gives for each half of the sources that `halves` names. Memory is read before anything else. */
function inHalves(
  e: Emitter,
  x: Operands,
  legacy: Semantics,
  isNonDestructive: boolean,
  halves: (i: number) => readonly [V128, V128],
): [V128, V128] {
  const known = new Map<number, readonly [V128, V128]>();
  const of = (i: number): readonly [V128, V128] => {
    const found = known.get(i) ?? halves(i);
    known.set(i, found);
    return found;
  };
  for (let i = 1; i < x.count; i++) if (x.kind(i) === 'memory') of(i);
  const { emitter, finish } = deferring(e);
  const results = [0, 1].map((half) => {
    const operands = new LegacyOperands(x, { isNonDestructive }, (i) => of(i)[half]!);
    legacy(emitter, operands);
    return operands.result!;
  });
  finish();
  return [results[0]!, results[1]!];
}

/** The 256-bit form that does the same in both halves. */
export function vex256(legacy: Semantics, isNonDestructive: boolean): Semantics {
  return (e, x) => {
    const [low, high] = inHalves(e, x, legacy, isNonDestructive, (i) => x.ymm(i));
    x.setYmm(0, low, high);
  };
}

/** 256 bits from a source of half the width: each half of the result from 64 bits of it. */
export function widening256(legacy: Semantics): Semantics {
  return (e, x) => {
    const [low, high] = inHalves(e, x, legacy, false, (i) => {
      const source = x.xmm(i);
      return [fromLow64(e, low64(e, source)), fromLow64(e, high64(e, source))];
    });
    x.setYmm(0, low, high);
  };
}

/** 128 bits from a source of twice the width: the low 64 bits of what each half gives. */
export function narrowing256(legacy: Semantics): Semantics {
  return (e, x) => {
    const [low, high] = inHalves(e, x, legacy, false, (i) => x.ymm(i));
    setVex(e, x, v128FromHalves(e, low64(e, low), low64(e, high)));
  };
}

/** PCMPxSTRM with VEX: the result goes to XMM0, whose upper half becomes 0. */
export function clearingXmm0(legacy: Semantics): Semantics {
  return (e, x) => {
    legacy(e, x);
    e.call('clearUpperHalf', 'void', [e.i32(0)]);
  };
}

/** A fault of the destination in memory comes before any floating-point exception. */
export function probing(semantics: Semantics): Semantics {
  return (e, x) => {
    if (x.kind(0) === 'memory') e.probeWrite(x.linearAddress(0), x.sizeOf(0));
    semantics(e, x);
  };
}
