import { beforeAll, describe, expect, it } from 'vitest';
import * as layout from '../../../src/cpu/emulated/core/layout';
import { DATA, type FpuModule, loadFpuModule, OP, opOffset, STATE } from '../../support/cpu/fpu-module';
import { Random } from '../../support/random';

const ST = 0x9400; // a second buffer
let module: FpuModule;
beforeAll(async () => {
  module = await loadFpuModule();
}, 60_000);

const PROTECTED = layout.MODE_PROTECTED | layout.MODE_CS32;

function run(name: string, at: number, bytes: 2 | 4 | 8, mode: number): void {
  const { view } = module;
  view.setUint32(module.state('MODE'), mode, true);
  view.setUint8(OP + opOffset.flags, (bytes === 2 ? 1 : bytes === 4 ? 2 : 3) << layout.OPF_SIZE_SHIFT);
  view.setUint32(OP + opOffset.displacement, at, true);
  module.call[name]!(STATE, OP);
}
const u16 = (at: number): number => module.view.getUint16(at, true);
const u32 = (at: number): number => module.view.getUint32(at, true);

/** A state with something in every field. */
function fill(seed: number): void {
  const random = new Random(seed);
  const { view } = module;
  module.call['x87Fninit']!(STATE, OP);
  for (let i = 0; i < 8; i++) {
    view.setBigUint64(module.state('FPR', i), (1n << 63n) | BigInt(random.below(1 << 30)), true);
    view.setUint16(module.state('FPR', i) + 8, 0x3fff + i, true);
  }
  view.setUint16(module.state('FCW'), 0x27f, true);
  view.setUint16(module.state('FSW'), 0x4020, true);
  view.setUint32(module.state('FPU_TOP'), 5, true);
  view.setUint16(module.state('FTW'), 0x300c, true);
  view.setUint16(module.state('FOP'), 0x5d1, true);
  view.setBigUint64(module.state('FIP'), 0x12345n, true);
  view.setBigUint64(module.state('FDP'), 0x6789an, true);
  view.setUint16(module.state('FCS'), 0x23, true);
  view.setUint16(module.state('FDS'), 0x2b, true);
  view.setUint32(module.state('MXCSR'), 0x1fa0, true);
  for (let i = 0; i < 16; i++) {
    view.setBigUint64(module.state('XMM', i), BigInt(i) * 0x0101010101010101n, true);
    view.setBigUint64(module.state('XMM', i) + 8, BigInt(random.below(1 << 30)), true);
  }
}

/** Everything the instructions save, as one comparable value. */
function snapshot(xmm = true): unknown {
  const { view } = module;
  const registers = Array.from({ length: 8 }, (_, i) => [
    view.getBigUint64(module.state('FPR', i), true),
    u16(module.state('FPR', i) + 8),
  ]);
  const vectors = Array.from({ length: xmm ? 16 : 0 }, (_, i) => [
    view.getBigUint64(module.state('XMM', i), true),
    view.getBigUint64(module.state('XMM', i) + 8, true),
  ]);
  return [
    registers,
    vectors,
    ['FCW', 'FSW', 'FTW'].map((name) => u16(module.state(name))),
    u32(module.state('FPU_TOP')),
  ];
}

describe('FNINIT', () => {
  it('sets the power-on control, status and tag words', () => {
    fill(1);
    module.call['x87Fninit']!(STATE, OP);
    expect(['FCW', 'FSW', 'FTW', 'FOP', 'FCS', 'FDS'].map((name) => u16(module.state(name)))).toEqual([
      0x37f, 0, 0xffff, 0, 0, 0,
    ]);
    expect(u32(module.state('FPU_TOP'))).toBe(0);
  });
});

describe('FNSTENV and FLDENV', () => {
  it('32-bit protected form: words padded with ones, selectors and opcode in place', () => {
    fill(2);
    run('x87Fnstenv', DATA, 4, PROTECTED);
    expect([0, 4, 8, 12, 16, 20, 24].map((at) => u32(DATA + at))).toEqual([
      0xffff027f,
      0xffff6820,
      0xffff300c,
      0x12345,
      (0x5d1 << 16) | 0x23,
      0x6789a,
      0xffff002b,
    ]);
    // all exceptions are masked afterwards
    expect(u16(module.state('FCW')) & 0x3f).toBe(0x3f);
  });

  it('16-bit protected form', () => {
    fill(2);
    run('x87Fnstenv', DATA, 2, layout.MODE_PROTECTED);
    expect([0, 2, 4, 6, 8, 10, 12].map((at) => u16(DATA + at))).toEqual([
      0x27f, 0x6820, 0x300c, 0x2345, 0x23, 0x789a, 0x2b,
    ]);
  });

  it('real-mode forms hold linear addresses', () => {
    fill(2);
    run('x87Fnstenv', DATA, 2, 0);
    // 0x23 * 16 + 0x12345 = 0x12575; 0x2b * 16 + 0x6789a = 0x67b4a
    expect([6, 8, 10, 12].map((at) => u16(DATA + at))).toEqual([0x2575, 0x1000 | 0x5d1, 0x7b4a, 0x6000]);
    fill(2);
    run('x87Fnstenv', DATA, 4, 0);
    expect([12, 16, 20, 24].map((at) => u32(DATA + at))).toEqual([0xffff2575, 0x1000 | 0x5d1, 0xffff7b4a, 0x6000]);
  });

  it.each([
    ['16-bit protected', 2, layout.MODE_PROTECTED],
    ['32-bit protected', 4, PROTECTED],
    ['16-bit real', 2, 0],
    ['32-bit real', 4, 0],
    ['32-bit virtual-8086', 4, layout.MODE_PROTECTED | layout.MODE_V86],
  ] as const)('FNSAVE then FRSTOR restores the state: %s', (_name, bytes, mode) => {
    fill(3);
    const before = snapshot(false);
    run('x87Fnsave', DATA, bytes, mode);
    expect(u16(module.state('FTW'))).toBe(0xffff);
    run('x87Frstor', DATA, bytes, mode);
    expect(snapshot(false)).toEqual(before);
  });

  it('FLDENV believes only "empty" of the tag word and recomputes the summary bit', () => {
    fill(4);
    run('x87Fnstenv', DATA, 4, PROTECTED);
    module.view.setUint16(DATA, 0x340, true);
    module.view.setUint16(DATA + 4, 0x0004, true);
    module.view.setUint16(DATA + 8, 0x5555, true);
    run('x87Fldenv', DATA, 4, PROTECTED);
    expect([u16(module.state('FTW')), u16(module.state('FSW'))]).toEqual([0, 0x8084]);
    module.call['x87Fnclex']!(STATE, OP);
    expect(u16(module.state('FSW'))).toBe(0);
  });
});

describe('FXSAVE and FXRSTOR', () => {
  it.each([
    ['x87Fxsave', 'x87Fxrstor'],
    ['x87Fxsave64', 'x87Fxrstor64'],
  ])('%s: image and way back in 64-bit mode', (save, restore) => {
    fill(5);
    const before = snapshot();
    run(save, ST, 8, layout.MODE_LONG | PROTECTED);
    expect([u16(ST), u16(ST + 2), module.view.getUint8(ST + 4), u32(ST + 24), u32(ST + 28)]).toEqual([
      0x27f, 0x6820, 0b10111101, 0x1fa0, 0xffff,
    ]);
    // ST(0) is physical register 5
    expect(u16(ST + 32 + 8)).toBe(0x3fff + 5);
    module.call['x87Fninit']!(STATE, OP);
    for (let i = 0; i < 16; i++) module.view.setBigUint64(module.state('XMM', i), 0n, true);
    run(restore, ST, 8, layout.MODE_LONG | PROTECTED);
    expect(snapshot()).toEqual(before);
    expect(module.view.getBigUint64(module.state('FIP'), true)).toBe(0x12345n);
  });

  it('outside 64-bit mode only XMM0 to XMM7 take part', () => {
    fill(6);
    run('x87Fxsave', ST, 4, PROTECTED);
    module.view.setBigUint64(module.state('XMM', 9), 42n, true);
    run('x87Fxrstor', ST, 4, PROTECTED);
    expect(module.view.getBigUint64(module.state('XMM', 9), true)).toBe(42n);
  });

  it('a misaligned area and reserved MXCSR bits are #GP(0)', () => {
    fill(7);
    expect(() => run('x87Fxsave', ST + 8, 8, layout.MODE_LONG | PROTECTED)).toThrow('exception 13');
    run('x87Fxsave', ST, 8, layout.MODE_LONG | PROTECTED);
    module.view.setUint32(ST + 24, 0x11f80, true);
    expect(() => run('x87Fxrstor', ST, 8, layout.MODE_LONG | PROTECTED)).toThrow('exception 13');
    expect(() => module.call['sseLoadMxcsr']!(STATE, OP, 0x10000)).toThrow('exception 13');
  });
});
