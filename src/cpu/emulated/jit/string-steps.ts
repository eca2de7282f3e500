import { type Instruction, SEG_ES } from '../decoder';
import type { I64, Operands, Size } from '../isa/emitter';
import type { RegionEmitter } from './region-emitter';

/** String instructions without a REP prefix (SDM vol. 2): one element, then the index registers move as DF says. */
export type StringStep = (e: RegionEmitter, x: Operands) => void;

const RAX = 0;
const RSI = 6;
const RDI = 7;
const EFLAGS_DF = 0x400;

interface Element {
  readonly size: Size;
  readonly addressSize: 16 | 32 | 64;
  /** Of the source. */
  readonly segment: number;
}

/** Linear address of what an index register names. */
function elementAt(
  e: RegionEmitter,
  { size, addressSize }: Element,
  segment: number,
  register: number,
  isWritten: boolean,
): I64 {
  return e.linearIn(segment, e.gpr(register, addressSize), size / 8, isWritten);
}

function advance(e: RegionEmitter, { size, addressSize }: Element, registers: readonly number[]): void {
  const isDown = e.op('i32.and', 'i32', [e.state('EFLAGS', 'i32'), e.i32(EFLAGS_DF)]);
  const delta = e.select(isDown, e.i64(-size / 8), e.i64(size / 8));
  for (const register of registers) {
    e.setGpr(register, addressSize, e.zext(e.add(e.gpr(register, addressSize), delta), addressSize));
  }
}

const STEPS: Readonly<Record<string, (e: RegionEmitter, element: Element) => void>> = {
  movs: (e, element) => {
    const value = e.readMemory(elementAt(e, element, element.segment, RSI, false), element.size);
    e.writeMemory(elementAt(e, element, SEG_ES, RDI, true), element.size, value);
    advance(e, element, [RSI, RDI]);
  },
  lods: (e, element) => {
    const value = e.readMemory(elementAt(e, element, element.segment, RSI, false), element.size);
    advance(e, element, [RSI]);
    e.setGpr(RAX, element.size, value);
  },
  stos: (e, element) => {
    e.writeMemory(elementAt(e, element, SEG_ES, RDI, true), element.size, e.gpr(RAX, element.size));
    advance(e, element, [RDI]);
  },
  scas: (e, element) => {
    const { size } = element;
    const a = e.gpr(RAX, size);
    const b = e.readMemory(elementAt(e, element, SEG_ES, RDI, false), size);
    advance(e, element, [RDI]);
    e.flagsSub(size, a, b, e.zext(e.sub(a, b), size));
  },
  cmps: (e, element) => {
    const { size } = element;
    const a = e.readMemory(elementAt(e, element, element.segment, RSI, false), size);
    const b = e.readMemory(elementAt(e, element, SEG_ES, RDI, false), size);
    advance(e, element, [RSI, RDI]);
    e.flagsSub(size, a, b, e.zext(e.sub(a, b), size));
  },
};

/** undefined: it is none, or repeats. */
export function stringStepOf({ compiled, rep, segment, addressSize, size }: Instruction): StringStep | undefined {
  const { family, name } = compiled.row;
  if (family !== 'string' || rep !== 0) return undefined;
  const step = STEPS[name];
  return step === undefined ? undefined : (e) => step(e, { size, addressSize, segment });
}
