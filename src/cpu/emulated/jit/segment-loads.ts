import { type Instruction, SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_GS, SEG_SS } from '../decoder';
import type { I64, Operands } from '../isa/emitter';
import type { RegionEmitter } from './region-emitter';

/**
 * Loads of segment registers that a region does itself: 16-bit code does little without them, and 32-bit systems load three or four
 * whenever they are entered and left. SS is not among them: events wait after it.
 */
export type SegmentLoad = (e: RegionEmitter, x: Operands) => void;

const POPS: Readonly<Record<string, number>> = { popEs: SEG_ES, popDs: SEG_DS, popFs: SEG_FS, popGs: SEG_GS };
const FAR_POINTERS: Readonly<Record<string, number>> = { les: SEG_ES, lds: SEG_DS, lfs: SEG_FS, lgs: SEG_GS };

/** In real and virtual-8086 mode a selector is an address (SDM vol. 3, 21.1.1): neither tables nor MODE come into it. */
function load(e: RegionEmitter, segment: number, selector: I64): void {
  if (e.isProtected) {
    e.loadSegment(segment, selector);
    return;
  }
  e.checkRealLoad(segment);
  e.loadRealSegment(segment, selector);
}

const move =
  (segment: number): SegmentLoad =>
  (e, x) => {
    load(e, segment, x.get(1));
  };

const pop =
  (segment: number): SegmentLoad =>
  (e, x) => {
    load(e, segment, e.peek(x.size, 0));
    e.addSp(x.size / 8);
  };

/** The offset comes first. */
const farPointer =
  (segment: number): SegmentLoad =>
  (e, x) => {
    const at = x.linearAddress(1);
    const offset = e.readMemory(at, x.size);
    load(e, segment, e.readMemory(e.add(at, e.i64(x.size / 8)), 16));
    x.set(0, offset);
  };

/** undefined: it is none, or the interpreter's. */
export function segmentLoadOf({ compiled, reg }: Instruction): SegmentLoad | undefined {
  const { slow } = compiled.row.attributes;
  return slow === undefined ? undefined : loadOf(slow, reg);
}

function loadOf(slow: string, reg: number): SegmentLoad | undefined {
  if (slow === 'moveToSegment') return reg === SEG_CS || reg === SEG_SS || reg > SEG_GS ? undefined : move(reg);
  const popped = POPS[slow];
  if (popped !== undefined) return pop(popped);
  const loaded = FAR_POINTERS[slow];
  return loaded === undefined ? undefined : farPointer(loaded);
}
