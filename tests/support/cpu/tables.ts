import type { VcpuState } from '../../../src/cpu/vcpu-state';
import { CpuMachine } from './cpu-machine';

/** Descriptors by selector, as `ProtectedMachine` lays them out. */
export const CODE32 = 0x08;
export const DATA32 = 0x10;
export const USER_CODE32 = 0x1b;
export const USER_DATA32 = 0x23;
export const CODE64 = 0x28;
export const USER_CODE64 = 0x33;
export const TSS = 0x38; // two entries in long mode
export const LDT = 0x48;
export const FREE = 0x58; // and above: for the test

export const GDT_AT = 0x1000;
export const IDT_AT = 0x2000;
export const TSS_AT = 0x3000;
export const TSS2_AT = 0x3800;
export const PAGES_AT = 0x10_0000;
/** Handler of vector n: `HANDLERS_AT + 16 n`, a HLT. */
export const HANDLERS_AT = 0x8000;
export const CODE_AT = 0x7000;
export const STACK0 = 0x6000;
export const USER_STACK = 0x5000;

export const FAULT_VECTORS = {
  DE: 0,
  DB: 1,
  NMI: 2,
  BP: 3,
  UD: 6,
  NM: 7,
  DF: 8,
  TS: 10,
  NP: 11,
  SS: 12,
  GP: 13,
  PF: 14,
} as const;

/** A segment descriptor's 8 bytes as a number. `access`: bits 40..55. */
export function descriptor(base: number, limit: number, access: number): bigint {
  const low = BigInt(limit & 0xffff) | (BigInt(base & 0xffffff) << 16n);
  const high = BigInt((access & 0xff) | ((limit >> 8) & 0xf00) | (access & 0xf000)) | (BigInt(base >>> 24) << 16n);
  return low | (high << 40n);
}

/** Call, interrupt, trap or task gate. `access`: P, DPL and type, e.g. 0x8e. */
export function gate(selector: number, offset: number, access: number, count = 0): bigint {
  return (
    BigInt(offset & 0xffff) |
    (BigInt(selector) << 16n) |
    (BigInt(count) << 32n) |
    (BigInt(access) << 40n) |
    (BigInt((offset >>> 16) & 0xffff) << 48n)
  );
}

/** A machine with GDT, IDT and TSS, in one of the protected modes. Every exception's handler is a HLT. */
export class ProtectedMachine extends CpuMachine {
  setQuad(at: number, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    this.memory.write(at, bytes);
  }
  quad(at: number): bigint {
    return new DataView(this.peek(at, 8).buffer).getBigUint64(0, true);
  }
  setDword(at: number, value: number): void {
    this.memory.writeU32(at, value);
  }
  dword(at: number): number {
    return this.memory.readU32(at);
  }
  word(at: number): number {
    return this.memory.readU16(at);
  }
  setDescriptor(selector: number, value: bigint): void {
    this.setQuad(GDT_AT + (selector & 0xfff8), value);
  }

  #tables(isLong: boolean): void {
    this.setQuad(GDT_AT, 0n);
    this.setDescriptor(CODE32, descriptor(0, 0xfffff, 0xc09b));
    this.setDescriptor(DATA32, descriptor(0, 0xfffff, 0xc093));
    this.setDescriptor(USER_CODE32, descriptor(0, 0xfffff, 0xc0fb));
    this.setDescriptor(USER_DATA32, descriptor(0, 0xfffff, 0xc0f3));
    this.setDescriptor(CODE64, descriptor(0, 0xfffff, 0xa09b));
    this.setDescriptor(USER_CODE64, descriptor(0, 0xfffff, 0xa0fb));
    this.setDescriptor(TSS, descriptor(TSS_AT, 0x67, 0x8b));
    this.setQuad(GDT_AT + TSS + 8, 0n);
    for (let vector = 0; vector < 256; vector++) {
      const handler = HANDLERS_AT + 16 * vector;
      this.poke(handler, [0xf4]);
      if (isLong) {
        this.setQuad(IDT_AT + 16 * vector, gate(CODE64, handler, 0x8e));
        this.setQuad(IDT_AT + 16 * vector + 8, 0n);
      } else this.setQuad(IDT_AT + 8 * vector, gate(CODE32, handler, 0x8e));
    }
  }

  #base(isLong: boolean): VcpuState {
    this.#tables(isLong);
    this.vcpu.reset();
    const state = this.vcpu.save();
    for (const name of ['es', 'ss', 'ds', 'fs', 'gs'] as const) {
      state[name] = { selector: DATA32, access: 0xc093, limit: 0xffffffff, base: 0n };
    }
    state.gdtr = { base: BigInt(GDT_AT), limit: 0xff };
    state.idtr = { base: BigInt(IDT_AT), limit: isLong ? 0xfff : 0x7ff };
    state.ldtr = { selector: 0, access: 0x10082, limit: 0, base: 0n };
    state.tr = { selector: TSS, access: 0x8b, limit: 0x67, base: BigInt(TSS_AT) };
    state.rip = BigInt(CODE_AT);
    state.gpr[4] = BigInt(STACK0);
    return state;
  }

  /** 32-bit protected mode, flat, CPL 0, no paging. The TSS names STACK0 for ring 0. */
  protected32(change: (state: VcpuState) => void = () => undefined): void {
    const state = this.#base(false);
    this.setDword(TSS_AT + 4, STACK0);
    this.setDword(TSS_AT + 8, DATA32);
    this.setDword(TSS_AT + 0x64, 0x0068_0000);
    state.cs = { selector: CODE32, access: 0xc09b, limit: 0xffffffff, base: 0n };
    state.cr0 = 0x11n;
    change(state);
    this.vcpu.restore(state);
  }

  /** 64-bit mode, CPL 0; 1:1 pages of 2 MiB for the first GiB, the first 2 MiB as 4 KiB pages (table at PAGES_AT + 0x3000), all for everybody. */
  protected64(change: (state: VcpuState) => void = () => undefined): void {
    const state = this.#base(true);
    const user = 7n;
    this.setQuad(PAGES_AT, BigInt(PAGES_AT + 0x1000) | user);
    this.setQuad(PAGES_AT + 0x1000, BigInt(PAGES_AT + 0x2000) | user);
    for (let i = 0; i < 8; i++) this.setQuad(PAGES_AT + 0x2000 + 8 * i, BigInt(i * 0x200000) | 0x80n | user);
    this.setQuad(PAGES_AT + 0x2000, BigInt(PAGES_AT + 0x3000) | user);
    for (let i = 0; i < 512; i++) this.setQuad(PAGES_AT + 0x3000 + 8 * i, BigInt(i * 0x1000) | user);
    this.setQuad(TSS_AT + 4, BigInt(STACK0));
    state.cs = { selector: CODE64, access: 0xa09b, limit: 0xffffffff, base: 0n };
    state.cr0 = 0x8001_0011n;
    state.cr3 = BigInt(PAGES_AT);
    state.cr4 = 0x20n;
    state.msrs['c0000080'] = 0xd01n;
    change(state);
    this.vcpu.restore(state);
  }

  /** Address of the 4 KiB page's entry of `protected64`. */
  pte(linear: number): number {
    return PAGES_AT + 0x3000 + 8 * (linear >>> 12);
  }

  /** Runs `bytes` at CODE_AT until HLT or `limit` instructions. */
  execute(bytes: readonly number[], limit = 1000): VcpuState {
    this.poke(CODE_AT, [...bytes, 0xf4]);
    this.run(limit);
    return this.vcpu.save();
  }

  /** The vector whose handler the vCPU halted in; undefined: it halted elsewhere. */
  haltedIn(state: VcpuState): number | undefined {
    const offset = Number(state.rip) - 1 - HANDLERS_AT;
    return state.activity === 'halted' && offset >= 0 && offset % 16 === 0 && offset < 4096 ? offset / 16 : undefined;
  }
}

/** Sets a state to user mode of 32-bit protected mode. */
export function asUser32(state: VcpuState): void {
  for (const name of ['es', 'ss', 'ds', 'fs', 'gs'] as const) {
    state[name] = { selector: USER_DATA32, access: 0xc0f3, limit: 0xffffffff, base: 0n };
  }
  state.cs = { selector: USER_CODE32, access: 0xc0fb, limit: 0xffffffff, base: 0n };
  state.gpr[4] = BigInt(USER_STACK);
}

export function asUser64(state: VcpuState): void {
  asUser32(state);
  state.cs = { selector: USER_CODE64, access: 0xa0fb, limit: 0xffffffff, base: 0n };
}
