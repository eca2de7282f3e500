import { type FpuModule, DATA, OP, opOffset, STATE } from './fpu-module';
import * as layout from '../../../src/cpu/emulated/core/layout';
import type { Extended, Rounding } from './reference-float';

const RC: Readonly<Record<Rounding, number>> = { nearest: 0, down: 1, up: 2, zero: 3 };
const PC: Readonly<Record<number, number>> = { 24: 0, 53: 2, 64: 3 };
export const MASKED = 0x3f;

/** FCW with a rounding direction, a precision and mask bits. */
export const controlWord = (rounding: Rounding, precision = 64, masks = MASKED): number =>
  0x40 | masks | (PC[precision]! << 8) | (RC[rounding] << 10);

/** The x87 stack of a compiled FPU module, TOP at 0. */
export class X87Stack {
  constructor(readonly module: FpuModule) {}

  /** FNINIT, then `registers` from ST(0) on; the rest is empty. */
  load(fcw: number, ...registers: Extended[]): void {
    const { module } = this;
    module.call['x87Fninit']!(STATE, OP);
    module.view.setBigUint64(module.state('CR0'), 0x20n, true);
    module.view.setUint16(module.state('FCW'), fcw, true);
    let tags = 0xffff;
    registers.forEach(({ mantissa, exponent }, i) => {
      module.view.setBigUint64(module.state('FPR', i), mantissa, true);
      module.view.setUint16(module.state('FPR', i) + 8, exponent, true);
      tags &= ~(3 << (2 * i));
    });
    module.view.setUint16(module.state('FTW'), tags, true);
  }

  /** Calls a function of the core with ST(rm) as register operand, or with memory at DATA. */
  run(name: string, args: readonly (number | bigint)[] = [], rm?: number): void {
    const { view } = this.module;
    view.setUint8(OP + opOffset.flags, (2 << layout.OPF_SIZE_SHIFT) | (rm === undefined ? 0 : layout.OPF_MOD3));
    view.setUint8(OP + opOffset.rm, rm ?? 0);
    view.setUint32(OP + opOffset.displacement, DATA, true);
    this.module.call[name]!(STATE, OP, ...args);
  }

  get top(): number {
    return this.module.view.getUint32(this.module.state('FPU_TOP'), true);
  }
  st(i: number): Extended {
    const at = this.module.state('FPR', (this.top + i) & 7);
    return { mantissa: this.module.view.getBigUint64(at, true), exponent: this.module.view.getUint16(at + 8, true) };
  }
  isEmpty(i: number): boolean {
    return ((this.module.view.getUint16(this.module.state('FTW'), true) >> (2 * ((this.top + i) & 7))) & 3) === 3;
  }
  /** Status word with TOP. */
  get status(): number {
    return this.module.view.getUint16(this.module.state('FSW'), true) | (this.top << 11);
  }
  /** Exception flags and C1. */
  get flags(): number {
    return this.status & 0x27f;
  }
}
