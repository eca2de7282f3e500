import type { VcpuState } from '../../../src/cpu/vcpu-state';
import { CpuMachine, type PortWrite } from '../cpu/cpu-machine';
import { Assembler } from './assembler';

/**
 * A bare machine in any mode, with descriptor tables whose handlers halt, for rows that the host's CPU cannot run in user mode.
 */
export type Mode = 'real' | 'v86' | 'flat32' | 'user32' | 'flat16' | 'long64' | 'user64';

const GDT = 0x2000;
const IDT = 0x3000;
export const TSS = 0x4000;
export const LDT = 0x5000;
/** One HLT per vector. */
const HANDLERS = 0x7000;
export const CODE = 0x8000;
/** More code; halts unless a case puts something there. */
export const ELSEWHERE = 0x8800;
const CODE_END = 0x9000;
export const DATA = 0x9000;
export const STACK = 0xf000;
const KERNEL_STACK = 0x6ff0;
const TABLES = 0x100000;

export const CODE32 = 0x08;
export const DATA32 = 0x10;
export const CODE16 = 0x18;
export const DATA16 = 0x20;
export const CODE64 = 0x28;
export const TSS_SELECTOR = 0x30;
export const LDT_SELECTOR = 0x40;
export const USER_CODE32 = 0x53;
export const USER_DATA32 = 0x5b;
export const USER_CODE64 = 0x63;
export const CALL_GATE32 = 0x68;
export const ABSENT = 0x70;
export const CONFORMING = 0x78;
export const CALL_GATE64 = 0x80;
export const EXECUTE_ONLY = 0x90;
export const READ_ONLY = 0x98;
const GDT_LIMIT = 0x9f;

function descriptor(base: number, limit: number, access: number, flags: number): bigint {
  const high = (((base >>> 16) & 0xff) | (access << 8) | (limit & 0xf0000) | (flags << 20) | (base & 0xff000000)) >>> 0;
  return (BigInt(high) << 32n) | BigInt(((limit & 0xffff) | ((base & 0xffff) << 16)) >>> 0);
}

function gate(selector: number, offset: number, access: number): bigint {
  const low = ((selector << 16) | (offset & 0xffff)) >>> 0;
  const high = ((offset & 0xffff0000) | (access << 8)) >>> 0;
  return (BigInt(high) << 32n) | BigInt(low);
}

function globalTable(isLong: boolean): Uint8Array {
  const gdt = new BigUint64Array((GDT_LIMIT + 1) / 8);
  const put = (selector: number, value: bigint): void => {
    gdt[selector >> 3] = value;
  };
  put(CODE32, descriptor(0, 0xfffff, 0x9b, 0xc));
  put(DATA32, descriptor(0, 0xfffff, 0x93, 0xc));
  put(CODE16, descriptor(0, 0xffff, 0x9b, 0));
  put(DATA16, descriptor(0, 0xffff, 0x93, 0));
  put(CODE64, descriptor(0, 0xfffff, 0x9b, 0xa));
  put(TSS_SELECTOR, descriptor(TSS, 0x2067, 0x89, 0));
  put(LDT_SELECTOR, descriptor(LDT, 0x3f, 0x82, 0));
  put(USER_CODE32, descriptor(0, 0xfffff, 0xfb, 0xc));
  put(USER_DATA32, descriptor(0, 0xfffff, 0xf3, 0xc));
  put(USER_CODE64, descriptor(0, 0xfffff, 0xfb, 0xa));
  put(CALL_GATE32, gate(CODE32, ELSEWHERE, 0xec));
  put(ABSENT, descriptor(0, 0xfffff, 0x13, 0xc));
  put(CONFORMING, descriptor(0, 0xfffff, 0x9f, 0xc));
  if (isLong) put(CALL_GATE64, gate(CODE64, ELSEWHERE, 0xec));
  put(EXECUTE_ONLY, descriptor(0, 0xfffff, 0x99, 0xc));
  put(READ_ONLY, descriptor(0, 0xfff, 0x91, 4));
  return new Uint8Array(gdt.buffer);
}

function interruptTable(isLong: boolean): Uint8Array {
  const table = new BigUint64Array(512);
  for (let vector = 0; vector < 256; vector++) {
    const access = vector === 3 || vector === 4 || vector === 5 || vector >= 0x80 ? 0xee : 0x8e;
    const value = gate(isLong ? CODE64 : CODE32, HANDLERS + vector, access);
    table[isLong ? vector * 2 : vector] = value;
  }
  return new Uint8Array(table.buffer);
}

const REGISTERS = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
];

export interface Setup {
  readonly mode: Mode;
  readonly code: (a: Assembler) => void;
  /** Put at ELSEWHERE. */
  readonly elsewhere?: (a: Assembler) => void;
  readonly gpr?: Readonly<Record<string, bigint | number>>;
  readonly flags?: number;
  readonly memory?: ReadonlyArray<readonly [number, readonly number[]]>;
  /** What port reads give, in order. */
  readonly reads?: readonly number[];
  readonly state?: (state: VcpuState) => void;
}

export interface SystemResult {
  /** undefined: the code ran to its end, or halted elsewhere in the code. */
  readonly vector: number | undefined;
  readonly error: number;
  readonly state: VcpuState;
  gpr(name: string): bigint;
  readonly ports: readonly PortWrite[];
  peek(address: number, size: number): number[];
}

const WITH_ERROR = new Set([8, 10, 11, 12, 13, 14, 17]);

export class SystemMachine {
  readonly machine = new CpuMachine(16);

  #prepare(mode: Mode): void {
    const { machine } = this;
    const isLong = mode === 'long64' || mode === 'user64';
    machine.poke(0, new Uint8Array(0x10000));
    machine.poke(HANDLERS, new Uint8Array(0x200).fill(0xf4));
    machine.poke(CODE, new Uint8Array(CODE_END - CODE).fill(0xf4));
    if (mode === 'real') {
      const vectors = new Uint32Array(256).map((_, vector) => HANDLERS + vector);
      machine.poke(0, new Uint8Array(vectors.buffer));
      return;
    }
    machine.poke(GDT, globalTable(isLong));
    machine.poke(IDT, interruptTable(isLong));
    const tss = new DataView(new ArrayBuffer(0x68));
    if (isLong) tss.setBigUint64(4, BigInt(KERNEL_STACK), true);
    else {
      tss.setUint32(4, KERNEL_STACK, true);
      tss.setUint32(8, DATA32, true);
    }
    // no I/O permission map in user modes
    tss.setUint16(0x66, 0x3000, true);
    machine.poke(TSS, new Uint8Array(tss.buffer));
    // an LDT with one data segment
    machine.poke(LDT, new Uint8Array(new BigUint64Array([0n, descriptor(0, 0xfffff, 0x93, 0xc)]).buffer));
    if (isLong) {
      const tables = new BigUint64Array(3 * 512);
      tables[0] = BigInt(TABLES + 4096 + 7);
      tables[512] = BigInt(TABLES + 8192 + 7);
      for (let i = 0; i < 512; i++) tables[1024 + i] = BigInt(i * 0x200000 + 0x87);
      machine.poke(TABLES, new Uint8Array(tables.buffer));
    }
  }

  #initial(mode: Mode): VcpuState {
    const { vcpu } = this.machine;
    vcpu.reset();
    const state = vcpu.save();
    const all = (segment: { selector: number; access: number; limit: number; base: bigint }): void => {
      for (const name of ['es', 'ss', 'ds', 'fs', 'gs'] as const) state[name] = { ...segment };
    };
    state.rip = BigInt(CODE);
    state.rflags = 2n;
    state.gpr.fill(0n);
    state.gpr[4] = BigInt(STACK);
    if (mode === 'real') {
      all({ selector: 0, access: 0x93, limit: 0xffff, base: 0n });
      state.cs = { selector: 0, access: 0x9b, limit: 0xffff, base: 0n };
      return state;
    }
    const isLong = mode === 'long64' || mode === 'user64';
    const isUser = mode === 'user32' || mode === 'user64' || mode === 'v86';
    state.gdtr = { base: BigInt(GDT), limit: GDT_LIMIT };
    state.idtr = { base: BigInt(IDT), limit: isLong ? 0xfff : 0x7ff };
    state.tr = { selector: TSS_SELECTOR, access: 0x8b, limit: 0x2067, base: BigInt(TSS) };
    const data = { selector: isUser ? USER_DATA32 : DATA32, access: isUser ? 0xc0f3 : 0xc093, limit: 0xffffffff };
    all({ ...data, base: 0n });
    const code = { limit: 0xffffffff, base: 0n };
    state.cr0 = 0x31n;
    state.cr4 = 0x600n;
    if (mode === 'flat32') state.cs = { ...code, selector: CODE32, access: 0xc09b };
    if (mode === 'user32') state.cs = { ...code, selector: USER_CODE32, access: 0xc0fb };
    if (mode === 'flat16') {
      all({ selector: DATA16, access: 0x93, limit: 0xffff, base: 0n });
      state.cs = { selector: CODE16, access: 0x9b, limit: 0xffff, base: 0n };
    }
    if (mode === 'v86') {
      all({ selector: 0, access: 0xf3, limit: 0xffff, base: 0n });
      state.cs = { selector: 0, access: 0xf3, limit: 0xffff, base: 0n };
      state.rflags |= 0x20000n;
    }
    if (isLong) {
      state.cs = { ...code, selector: isUser ? USER_CODE64 : CODE64, access: isUser ? 0xa0fb : 0xa09b };
      state.cr0 = 0x80000031n;
      state.cr3 = BigInt(TABLES);
      state.cr4 = 0x620n;
      state.msrs = { ...state.msrs, c0000080: 0xd01n };
    }
    return state;
  }

  run(setup: Setup): SystemResult {
    const { machine } = this;
    const { mode } = setup;
    this.#prepare(mode);
    const codeSize = mode === 'real' || mode === 'v86' || mode === 'flat16' ? 16 : mode.endsWith('32') ? 32 : 64;
    const a = new Assembler(CODE, codeSize);
    setup.code(a);
    const code = a.finish();
    machine.poke(CODE, code);
    if (setup.elsewhere !== undefined) {
      const b = new Assembler(ELSEWHERE, codeSize);
      setup.elsewhere(b);
      machine.poke(ELSEWHERE, b.finish());
    }
    for (const [address, bytes] of setup.memory ?? []) machine.poke(address, bytes);
    const state = this.#initial(mode);
    state.rflags |= BigInt(setup.flags ?? 0);
    for (const [name, value] of Object.entries(setup.gpr ?? {})) {
      state.gpr[REGISTERS.indexOf(name)] = BigInt.asUintN(64, BigInt(value));
    }
    setup.state?.(state);
    machine.vcpu.restore(state);
    machine.bus.writes.length = 0;
    machine.bus.reads = [...(setup.reads ?? [])];
    const stop = machine.run(10_000);
    if (stop.kind !== 'halted') throw new Error(`stopped with ${JSON.stringify(stop)}`);
    return this.#result(setup, code.length);
  }

  #result({ mode }: Setup, length: number): SystemResult {
    const { machine } = this;
    const state = machine.vcpu.save();
    const rip = Number(state.rip) - 1;
    const isUser = mode === 'user32' || mode === 'user64' || mode === 'v86';
    const width = mode.endsWith('64') ? 8 : mode === 'real' ? 2 : 4;
    let vector: number | undefined = rip >= HANDLERS && rip < HANDLERS + 256 ? rip - HANDLERS : undefined;
    const stack = (index: number): number => {
      const bytes = machine.peek(Number(state.gpr[4]! & 0xffffffffn) + index * width, width);
      return bytes.reduce((value, byte, i) => value + byte * 2 ** (8 * i), 0);
    };
    let error = 0;
    if (vector !== undefined && WITH_ERROR.has(vector) && mode !== 'real') error = stack(0);
    if (vector === 13 && isUser && stack(1) === CODE + length) vector = undefined; // the HLT at the end
    return {
      vector,
      error,
      state,
      gpr: (name) => state.gpr[REGISTERS.indexOf(name)]!,
      ports: [...machine.bus.writes],
      peek: (address, size) => [...machine.peek(address, size)],
    };
  }
}
