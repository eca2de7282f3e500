/** Where the beam is at a guest time (IBM VGA manual, input status register 1 and CRT controller). */
import {
  CLOCKING_8_DOTS,
  CLOCKING_HALF_DOT_CLOCK,
  CONTROL_HRS2,
  CR_HORIZONTAL_DISPLAY_END,
  CR_HORIZONTAL_TOTAL,
  CR_MODE_CONTROL,
  CR_VERTICAL_RETRACE_END,
  IS1_DISPLAY_DISABLED,
  IS1_VRETRACE,
  SR_CLOCKING_MODE,
  verticalDisplayEnd,
  verticalRetraceStart,
  verticalTotal,
  type VgaRegisters,
} from './registers';

export interface BeamTiming {
  readonly lineNs: number;
  /** Part of a line, from its start, in which pixels are shown. */
  readonly shownNs: number;
  readonly frameNs: number;
  readonly shownLines: number;
  readonly retraceStart: number;
  readonly retraceLines: number;
}

/** 60 Hz: for VBE modes, whose legacy registers say nothing, and for registers that make no picture. */
function plainTiming(shownLines: number): BeamTiming {
  const total = shownLines + Math.max(8, shownLines >> 4);
  const lineNs = 1e9 / 60 / total;
  return {
    lineNs,
    shownNs: lineNs * 0.8,
    frameNs: lineNs * total,
    shownLines,
    retraceStart: shownLines + 2,
    retraceLines: 3,
  };
}

export function beamTiming(regs: VgaRegisters, vbeLines: number | undefined): BeamTiming {
  if (vbeLines !== undefined) return plainTiming(vbeLines);
  const { crtc } = regs;
  const clocking = regs.seq[SR_CLOCKING_MODE]!;
  const dots = (clocking & CLOCKING_8_DOTS) !== 0 ? 8 : 9;
  // Miscellaneous output bits 3-2: 25.175 MHz, 28.322 MHz; the external clocks count as the first.
  const dotHz = ((regs.misc >> 2) & 3) === 1 ? 28_322_000 : 25_175_000;
  const characterNs = (dots * 1e9 * ((clocking & CLOCKING_HALF_DOT_CLOCK) !== 0 ? 2 : 1)) / dotHz;
  const totalCharacters = crtc[CR_HORIZONTAL_TOTAL]! + 5;
  const shownCharacters = crtc[CR_HORIZONTAL_DISPLAY_END]! + 1;
  const perUnit = (crtc[CR_MODE_CONTROL]! & CONTROL_HRS2) !== 0 ? 2 : 1;
  const totalLines = verticalTotal(crtc) * perUnit;
  const shownLines = (verticalDisplayEnd(crtc) + 1) * perUnit;
  const start = verticalRetraceStart(crtc);
  // The end register holds the low four bits of the line that ends the retrace.
  const length = ((crtc[CR_VERTICAL_RETRACE_END]! & 15) - start) & 15 || 16;
  if (
    shownCharacters >= totalCharacters ||
    shownLines >= totalLines ||
    start * perUnit < shownLines ||
    start * perUnit >= totalLines
  ) {
    return plainTiming(480);
  }
  const lineNs = characterNs * totalCharacters;
  return {
    lineNs,
    shownNs: characterNs * shownCharacters,
    frameNs: lineNs * totalLines,
    shownLines,
    retraceStart: start * perUnit,
    retraceLines: Math.min(length * perUnit, totalLines - start * perUnit),
  };
}

/** Bits 0 and 3 of input status register 1. */
export function beamStatus(timing: BeamTiming, nowNs: number): number {
  const inFrame = nowNs % timing.frameNs;
  const line = Math.floor(inFrame / timing.lineNs);
  const isShown = line < timing.shownLines && inFrame - line * timing.lineNs < timing.shownNs;
  const isRetrace = line >= timing.retraceStart && line < timing.retraceStart + timing.retraceLines;
  return (isShown ? 0 : IS1_DISPLAY_DISABLED) | (isRetrace ? IS1_VRETRACE : 0);
}
