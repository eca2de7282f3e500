import * as calls from '../core/x87-calls';
import type { Instruction } from '../decoder';
import type { Emitter, I32, I64, Operands, Size, Value, ValueType } from '../isa/emitter';
import type { Node } from './expression';
import type { RegionEmitter } from './region-emitter';

/**
 * x87 instructions in compiled code: a function of core/fpu does the whole, called with the operand's value (core/region-x87.ts), so
 * that registers and flags stay where the region has them. Where an exception is unmasked the region is left for the interpreter.
 */
export type X87Step = (e: RegionEmitter, x: Operands) => void;

/** The word for `regionX87`. */
function wordOf(call: number, register: number, first = 0, second = 0): number {
  return (
    (call << calls.X87_CALL_SHIFT) |
    (register << calls.X87_REGISTER_SHIFT) |
    ((first & 0xff) << calls.X87_FIRST_SHIFT) |
    (second & 0xff)
  );
}

const constantOf = (value: Value | undefined): number => Number((value as Node<'i32'>).constant);

/** Calls the function; the instruction's memory operand is its operand 0. */
function callFor(e: RegionEmitter, instruction: Instruction, x: Operands, value: I64, what: number): I64 {
  const hasMemory = x.count > 0 && x.kind(0) === 'memory';
  return e.callX87(
    hasMemory ? instruction.segment : undefined,
    hasMemory ? x.effectiveAddress(0) : e.i64(0),
    value,
    what,
  );
}

/** What the semantics of isa/semantics/x87.ts call, by name. */
const CALLS: Readonly<
  Record<string, (args: readonly Value[], register: number, e: RegionEmitter) => { what: number; value?: I64 }>
> = {
  x87ArithmeticMemory: ([operation, format, value]) => ({
    what: wordOf(calls.X87_CALL_ARITHMETIC_MEMORY, 0, constantOf(operation), constantOf(format)),
    value: value as I64,
  }),
  x87CompareMemory: ([format, value, pops]) => ({
    what: wordOf(calls.X87_CALL_COMPARE_MEMORY, 0, constantOf(format), constantOf(pops)),
    value: value as I64,
  }),
  x87Arithmetic: ([operation, how], register) => ({
    what: wordOf(calls.X87_CALL_ARITHMETIC, register, constantOf(operation), constantOf(how)),
  }),
  x87Compare: ([quiet, pops], register) => ({
    what: wordOf(calls.X87_CALL_COMPARE, register, constantOf(quiet), constantOf(pops)),
  }),
  x87CompareFlags: ([quiet, pops], register) => ({
    what: wordOf(calls.X87_CALL_COMPARE_FLAGS, register, constantOf(quiet), constantOf(pops)),
  }),
  x87Load: ([format, value]) => ({ what: wordOf(calls.X87_CALL_LOAD, 0, constantOf(format)), value: value as I64 }),
  x87Sign: ([change]) => ({ what: wordOf(calls.X87_CALL_SIGN, 0, constantOf(change)) }),
  x87FstSti: ([pops], register) => ({ what: wordOf(calls.X87_CALL_STORE_STACK, register, constantOf(pops)) }),
  x87Ffree: ([pops], register) => ({ what: wordOf(calls.X87_CALL_FREE, register, constantOf(pops)) }),
  x87MoveTop: ([by]) => ({ what: wordOf(calls.X87_CALL_ROTATE, 0, constantOf(by)) }),
  x87Fcmov: ([take], register, e) => ({
    what: wordOf(calls.X87_CALL_MOVE_IF, register),
    value: e.fromBool(take as I32),
  }),
  x87Constant: ([signExponent, mantissa]) => ({
    what: wordOf(calls.X87_CALL_CONSTANT, 0) | constantOf(signExponent),
    value: mantissa as I64,
  }),
};

/** Semantics, with what they call replaced. */
function withCalls(instruction: Instruction, e: RegionEmitter, x: Operands): Emitter {
  const call = <T extends ValueType | 'void'>(name: string, result: T, args: readonly Value[]): unknown => {
    if (name === 'x87Fldcw') return loadControl(e, args[0] as I32);
    const known = CALLS[name];
    if (known === undefined) return e.call(name, result, args);
    const { what, value } = known(args, instruction.rm & 7, e);
    const image = callFor(e, instruction, x, value ?? e.i64(0), what);
    if (name === 'x87CompareFlags') e.setFlagsImage(image);
    return undefined;
  };
  return new Proxy<Emitter>(e, {
    get(target, name): unknown {
      if (name === 'call') return call;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

const FCW_BITS = 0x1f7f;
const FCW_ALWAYS = 0x40;
const EXCEPTIONS = 0x3f;
const FSW_ES = 0x80;

/** FLDCW, where it does not unmask what has come before. */
function loadControl(e: RegionEmitter, value: I32): void {
  const and = (a: I32, b: I32): I32 => e.op('i32.and', 'i32', [a, b]);
  const unmasked = e.op<'i32'>('i32.xor', 'i32', [value, e.i32(-1)]);
  e.leaveIf(and(and(e.state('FSW', 'i32'), unmasked), e.i32(EXCEPTIONS)));
  e.setState('FCW', e.op('i32.or', 'i32', [and(value, e.i32(FCW_BITS)), e.i32(FCW_ALWAYS)]));
}

/** FST, FIST and the like: whether all of the operand can be written comes first. */
const storing =
  (instruction: Instruction, size: Size, what: number): X87Step =>
  (e, x) => {
    // an exception that is pending comes before the operand is looked at: its page would be marked as written to
    e.leaveIf(e.op('i32.and', 'i32', [e.state('FSW', 'i32'), e.i32(FSW_ES)]));
    const at = x.linearAddress(0);
    e.probeWrite(at, size);
    e.writeMemory(at, size, callFor(e, instruction, x, e.i64(0), what));
  };
const float = (size: 32 | 64, pops: number): readonly [Size, number] => [
  size,
  wordOf(calls.X87_CALL_STORE_FLOAT, 0, size === 64 ? 1 : 0, pops),
];
const POPS = 1;
const TRUNCATES = 2;
const integer = (size: 16 | 32 | 64, how: number): readonly [Size, number] => [
  size,
  wordOf(calls.X87_CALL_STORE_INTEGER, 0, size / 8, how),
];
const STORES: Readonly<Record<string, readonly [Size, number]>> = {
  x87FstM32: float(32, 0),
  x87FstpM32: float(32, 1),
  x87FstM64: float(64, 0),
  x87FstpM64: float(64, 1),
  x87FistM16: integer(16, 0),
  x87FistM32: integer(32, 0),
  x87FistpM16: integer(16, POPS),
  x87FistpM32: integer(32, POPS),
  x87FistpM64: integer(64, POPS),
  x87FisttpM16: integer(16, POPS | TRUNCATES),
  x87FisttpM32: integer(32, POPS | TRUNCATES),
  x87FisttpM64: integer(64, POPS | TRUNCATES),
};

/** Those that are one call, by the name of their function. */
const ALONE: Readonly<Record<string, number>> = {
  x87FldSti: calls.X87_CALL_LOAD_STACK,
  x87Fstp1: calls.X87_CALL_POP_INTO,
  x87Fxch: calls.X87_CALL_EXCHANGE,
  x87Ftst: calls.X87_CALL_TEST,
  x87Fxam: calls.X87_CALL_EXAMINE,
  x87Fsqrt: calls.X87_CALL_SQUARE_ROOT,
  x87Frndint: calls.X87_CALL_ROUND,
};

/** undefined: it is none, or the interpreter's. The instruction must stay as it is. */
export function x87StepOf(instruction: Instruction): X87Step | undefined {
  const { semantics, attributes } = instruction.compiled.row;
  if (attributes.unit !== 'fpu') return undefined;
  if (semantics !== undefined) return (e, x) => semantics(withCalls(instruction, e, x), x);
  const stored = STORES[attributes.slow!];
  if (stored !== undefined) return storing(instruction, ...stored);
  const alone = ALONE[attributes.slow!];
  if (alone === undefined) return undefined;
  return (e, x) => void callFor(e, instruction, x, e.i64(0), wordOf(alone, instruction.rm & 7));
}
