import type { VcpuState } from '../../../src/cpu/vcpu-state';
import * as m from './system-machine';
import { at, le, one, type SystemCase } from './system-cases';

/** When VEX-encoded instructions are there at all, and the AVX state in XSAVE areas. */

const CR0_TS = 8n;
const CR4_OSXSAVE = 0x40000n;
const XMM_AT = 160;
const YMM_AT = 576;

const ADD = 'vaddps VEX.128.NP.0F.WIG 58 /r';
const ANDN = 'andn VEX.LZ.NP.0F38.WIG F2 /r';
const UPPER = 0x1122334455667788n;

function avx(xcr0: bigint, more: (state: VcpuState) => void = () => undefined): Pick<SystemCase, 'state'> {
  return {
    state: (state) => {
      state.cr4 |= CR4_OSXSAVE;
      state.xcr0 = xcr0;
      const view = new DataView(state.xsave.buffer, state.xsave.byteOffset);
      for (let i = 0; i < 16; i++) {
        view.setBigUint64(XMM_AT + 16 * i, BigInt(i + 1), true);
        view.setBigUint64(YMM_AT + 16 * i, UPPER + BigInt(i), true);
      }
      more(state);
    },
  };
}
const low = (state: VcpuState, i: number): bigint =>
  new DataView(state.xsave.buffer, state.xsave.byteOffset).getBigUint64(XMM_AT + 16 * i, true);
const upper = (state: VcpuState, i: number): bigint =>
  new DataView(state.xsave.buffer, state.xsave.byteOffset).getBigUint64(YMM_AT + 16 * i, true);

const conditions: SystemCase[] = [
  { name: 'VADDPS without CR4.OSXSAVE', rows: [], mode: 'long64', code: one(ADD), vector: 6 },
  { name: 'VADDPS without AVX in XCR0', rows: [], mode: 'long64', code: one(ADD), ...avx(3n), vector: 6 },
  { name: 'VADDPS without SSE in XCR0', rows: [], mode: 'long64', code: one(ADD), ...avx(1n), vector: 6 },
  {
    name: 'VADDPS with CR0.TS',
    rows: [],
    mode: 'long64',
    code: one(ADD),
    ...avx(7n, (state) => (state.cr0 |= CR0_TS)),
    vector: 7,
  },
  {
    name: 'VADDPS with CR0.EM, which means nothing to it',
    rows: [],
    mode: 'flat32',
    code: one(ADD, { reg: 1, vvvv: 2, rm: 3 }),
    ...avx(7n, (state) => (state.cr0 |= 4n)),
    check: ({ state }) => upper(state, 1) === 0n && upper(state, 2) === UPPER + 2n,
  },
  { name: 'VADDPS in virtual-8086 mode', rows: [], mode: 'v86', code: one(ADD), ...avx(7n), vector: 6 },
  { name: 'ANDN in real mode', rows: [], mode: 'real', code: one(ANDN), vector: 6 },
  {
    name: 'ANDN needs no vector state',
    rows: [],
    mode: 'flat32',
    code: one(ANDN, { reg: 0, vvvv: 1, rm: 2 }),
    gpr: { rcx: 0xf0, rdx: 0xff },
    expected: { rax: 0x0f },
  },
];

const registers: SystemCase[] = [
  {
    name: 'legacy ADDPS keeps the upper half',
    rows: [],
    mode: 'long64',
    code: one('addps NP 0F 58 /r', { reg: 1, rm: 2 }),
    ...avx(7n),
    check: ({ state }) => upper(state, 1) === UPPER + 1n,
  },
  {
    name: 'VZEROUPPER of 64-bit mode clears 16 upper halves',
    rows: [],
    mode: 'long64',
    code: one('vzeroupper VEX.128.NP.0F.WIG 77'),
    ...avx(7n),
    check: ({ state }) => upper(state, 0) === 0n && upper(state, 15) === 0n && low(state, 15) === 16n,
  },
  {
    name: 'VZEROALL of 32-bit code leaves the registers that it cannot name',
    rows: [],
    mode: 'flat32',
    code: one('vzeroall VEX.256.NP.0F.WIG 77'),
    ...avx(7n),
    check: ({ state }) =>
      low(state, 7) === 0n && upper(state, 7) === 0n && low(state, 8) === 9n && upper(state, 8) === UPPER + 8n,
  },
  {
    name: 'VMOVAPS of 256 bits wants 32-byte alignment',
    rows: [],
    mode: 'long64',
    code: one('vmovaps VEX.256.NP.0F.WIG 28 /r', { reg: 0, memory: at(m.DATA + 16) }),
    ...avx(7n),
    vector: 13,
    error: 0,
  },
  {
    name: 'VMOVUPS stores 256 bits',
    rows: [],
    mode: 'flat16',
    code: one('vmovups VEX.256.NP.0F.WIG 11 /r', { reg: 3, memory: at(m.DATA + 1) }),
    ...avx(7n),
    expectedMemory: [
      [m.DATA + 1, le(4, 8)],
      [m.DATA + 17, le(UPPER + 3n, 8)],
    ],
  },
  {
    name: 'a gather into its own index is undefined',
    rows: [],
    mode: 'long64',
    code: one('vpgatherdd VEX.128.66.0F38.W0 90 /r mod=m', {
      reg: 1,
      vvvv: 2,
      memory: { base: 0, index: 1 },
    }),
    ...avx(7n),
    vector: 6,
  },
  {
    name: 'a gather reads what its mask asks for and clears it',
    rows: [],
    mode: 'flat32',
    code: one('vpgatherqq VEX.128.66.0F38.W1 91 /r mod=m', {
      reg: 0,
      vvvv: 1,
      memory: { base: 3, index: 2, scale: 3 },
    }),
    ...avx(7n, (state) => {
      const view = new DataView(state.xsave.buffer, state.xsave.byteOffset);
      view.setBigUint64(XMM_AT + 16, 1n << 63n, true);
      view.setBigUint64(XMM_AT + 24, 0n, true);
      view.setBigInt64(XMM_AT + 32, -1n, true);
    }),
    gpr: { rbx: m.DATA + 8 },
    memory: [[m.DATA, le(0x99aabbccn, 8)]],
    check: ({ state }) => low(state, 0) === 0x99aabbccn && low(state, 1) === 0n && upper(state, 0) === 0n,
  },
];

const XSAVE = 'xsave NP 0F AE /4 mod=m rex.w0';
const areas: SystemCase[] = [
  {
    name: 'XSAVE writes the upper halves',
    rows: [],
    mode: 'long64',
    code: one(XSAVE, { memory: at(m.DATA) }),
    ...avx(7n),
    gpr: { rax: 4, rdx: 0 },
    expectedMemory: [
      [m.DATA + 512, le(4, 8)],
      [m.DATA + YMM_AT + 16 * 15, le(UPPER + 15n, 8)],
    ],
  },
  {
    name: 'XSAVEC leaves out what is in its initial state',
    rows: [],
    mode: 'long64',
    code: (a) => a.op('vzeroupper VEX.128.NP.0F.WIG 77').op('xsavec NP 0F C7 /4 mod=m rex.w0', { memory: at(m.DATA) }),
    ...avx(7n),
    gpr: { rax: 6, rdx: 0 },
    expectedMemory: [
      [m.DATA + 512, le(2, 8)],
      [m.DATA + 520, le(0x8000000000000006n, 8)],
    ],
  },
  {
    name: 'XRSTOR loads the upper halves, or clears them',
    rows: [],
    mode: 'long64',
    code: (a) =>
      a
        .op('xrstor NP 0F AE /5 mod=m rex.w0', { memory: at(m.DATA) })
        .op('vmovups VEX.256.NP.0F.WIG 11 /r', { reg: 5, memory: at(m.DATA + 0x400) })
        .op('mov C7 /0 iz', { size: 64, memory: at(m.DATA + 512), immediates: [0] })
        .op('xrstor NP 0F AE /5 mod=m rex.w0', { memory: at(m.DATA) }),
    ...avx(7n),
    gpr: { rax: 4, rdx: 0 },
    memory: [
      [m.DATA + 24, le(0x1f80, 4)],
      [m.DATA + 512, le(4, 8)],
      [m.DATA + YMM_AT + 16 * 5, le(0xabcdefn, 8)],
    ],
    expectedMemory: [[m.DATA + 0x410, le(0xabcdefn, 8)]],
    check: ({ state }) => upper(state, 5) === 0n && low(state, 5) === 6n,
  },
  {
    name: 'XGETBV of 1 tells what is in use',
    rows: ['xgetbv NP 0F 01 /2 mod=3 rm=0'],
    mode: 'long64',
    code: (a) => a.op('vzeroupper VEX.128.NP.0F.WIG 77').op('xgetbv NP 0F 01 /2 mod=3 rm=0'),
    ...avx(7n, (state) => (state.xsave[0] = 0x7e)),
    gpr: { rcx: 1 },
    expected: { rax: 3, rdx: 0 },
  },
];

export const AVX_CASES: readonly SystemCase[] = [...conditions, ...registers, ...areas];
