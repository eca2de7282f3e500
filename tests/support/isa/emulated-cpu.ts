import type { JitMode } from '../../../src/cpu/emulated/jit/regions';
import { CpuMachine } from '../cpu/cpu-machine';
import { type Case, type Outcome, outcomesOf, packBatch } from './case-batch';
import * as at from './case-layout';
import { hostProgram, supervisorProgram, USER_CODE_SELECTOR, USER_STACK_SELECTOR, VECTORS } from './stub';

/**
 * Runs the same program as host-cpu.ts on Subzero's core, in 64-bit mode at CPL 3 with 4 KiB pages at the same linear addresses.
 */

/** Supervisor structures: physical from 0, linear where no case points by accident. */
const SUPERVISOR_BASE = 0x70000000;
/** Guest-physical places. */
const TABLES = 0x10000;
const GDT = 0x2000;
const IDT = 0x3000;
const TSS = 0x4000;
const SUPERVISOR = 0x5000;
const SUPERVISOR_STACK = 0x9000;
const HALT = at.STUB + at.STUB_SIZE;
const GATE_SIZE = 16;

const P_PRESENT = 1n;
const P_WRITE = 2n;
const P_USER = 4n;
const NO_EXECUTE = 1n << 63n;

interface Range {
  readonly linear: number;
  readonly bytes: number;
  readonly physical: number;
  readonly flags: bigint;
}

const USER_DATA = P_PRESENT | P_WRITE | P_USER | NO_EXECUTE;
const USER_CODE = P_PRESENT | P_WRITE | P_USER;
const RANGES: readonly Range[] = [
  { linear: SUPERVISOR_BASE, bytes: 0x10000, physical: 0, flags: P_PRESENT | P_WRITE },
  { linear: at.STUB, bytes: at.PROGRAM_END - at.STUB, physical: 0x100000, flags: USER_CODE },
  { linear: at.INPUTS, bytes: at.BATCH * at.RECORD, physical: 0x400000, flags: USER_DATA },
  { linear: at.OUTPUTS, bytes: at.BATCH * at.RECORD + at.PAGE, physical: 0xc00000, flags: USER_DATA },
  { linear: at.SLOTS, bytes: at.SLOT_AREA, physical: 0x1400000, flags: USER_CODE },
  { linear: at.DATA_PAGES, bytes: at.DATA_END - at.DATA_PAGES, physical: 0x1600000, flags: USER_DATA },
  { linear: at.READ_ONLY, bytes: at.PAGE, physical: 0x1610000, flags: P_PRESENT | P_USER | NO_EXECUTE },
];
const MEMORY_MIB = 32;

/** Four-level tables, put together page by page. */
class PageTables {
  readonly bytes = new Uint8Array(64 * at.PAGE);
  readonly #view = new DataView(this.bytes.buffer);
  #used = 1;

  #next(table: number, index: number): number {
    const entry = table * at.PAGE + index * 8;
    const value = this.#view.getBigUint64(entry, true);
    if (value !== 0n) return (Number(value & 0xffffff000n) - TABLES) / at.PAGE;
    const page = this.#used++;
    this.#view.setBigUint64(entry, BigInt(TABLES + page * at.PAGE) | P_PRESENT | P_WRITE | P_USER, true);
    return page;
  }

  map(linear: number, physical: number, flags: bigint): void {
    const directory = this.#next(this.#next(0, 0), Math.floor(linear / 2 ** 30) & 511);
    const table = this.#next(directory, (linear >>> 21) & 511);
    this.#view.setBigUint64(table * at.PAGE + ((linear >>> 12) & 511) * 8, BigInt(physical) | flags, true);
  }
}

function physicalOf(linear: number): number {
  const range = RANGES.find(({ linear: from, bytes }) => linear >= from && linear < from + bytes);
  if (range === undefined) throw new Error('not mapped');
  return range.physical + linear - range.linear;
}

function gate(target: number): bigint {
  const offset = BigInt(target);
  return (offset & 0xffffn) | (8n << 16n) | (0x8e00n << 32n) | ((offset >> 16n) << 48n);
}

export class EmulatedCpu {
  readonly machine: CpuMachine;
  readonly #program: ReturnType<typeof hostProgram>;

  /** `hasAvx`: whether the host's CPU, which runs the same program, has it. */
  constructor(
    private readonly hasAvx: boolean,
    jit: JitMode = 'off',
  ) {
    this.machine = new CpuMachine(MEMORY_MIB, jit);
    this.#program = hostProgram(hasAvx);
    const { machine } = this;
    const tables = new PageTables();
    for (const { linear, bytes, physical, flags } of RANGES) {
      for (let i = 0; i < bytes; i += at.PAGE) tables.map(linear + i, physical + i, flags);
    }
    machine.poke(TABLES, tables.bytes);
    // 08h CS0, 10h SS0, 20h 32-bit CS3, 28h SS3, 30h CS3, 38h TSS
    const gdt = new BigUint64Array(10);
    gdt[1] = 0x00af9b000000ffffn;
    gdt[2] = 0x00cf93000000ffffn;
    gdt[4] = 0x00cffb000000ffffn;
    gdt[5] = 0x00cff3000000ffffn;
    gdt[6] = 0x00affb000000ffffn;
    machine.poke(GDT, new Uint8Array(gdt.buffer));
    const idt = new BigUint64Array(VECTORS * 2);
    for (let i = 0; i < VECTORS; i++) idt[2 * i] = gate(SUPERVISOR_BASE + SUPERVISOR + i * GATE_SIZE);
    machine.poke(IDT, new Uint8Array(idt.buffer));
    const tss = new DataView(new ArrayBuffer(0x68));
    tss.setBigUint64(4, BigInt(SUPERVISOR_BASE + SUPERVISOR_STACK), true);
    tss.setUint16(0x66, 0x68, true);
    machine.poke(TSS, new Uint8Array(tss.buffer));
    machine.poke(SUPERVISOR, supervisorProgram(SUPERVISOR_BASE + SUPERVISOR, HALT, hasAvx));
    machine.poke(physicalOf(at.STUB), this.#program.code);
    machine.poke(physicalOf(HALT), [0xf4]);
  }

  #start(): void {
    const { vcpu } = this.machine;
    vcpu.reset();
    const state = vcpu.save();
    const flat = { selector: 0, access: 0xc0f3, limit: 0xffffffff, base: 0n };
    for (const name of ['fs', 'gs'] as const) state[name] = { ...flat, access: 0x10000 };
    for (const name of ['es', 'ss', 'ds'] as const) state[name] = { ...flat, selector: USER_STACK_SELECTOR };
    state.cs = { selector: USER_CODE_SELECTOR, access: 0xa0fb, limit: 0xffffffff, base: 0n };
    state.tr = { selector: 0x38, access: 0x8b, limit: 0x67, base: BigInt(SUPERVISOR_BASE + TSS) };
    vcpu.restore({
      ...state,
      gdtr: { base: BigInt(SUPERVISOR_BASE + GDT), limit: 79 },
      idtr: { base: BigInt(SUPERVISOR_BASE + IDT), limit: VECTORS * 16 - 1 },
      // PE MP ET NE WP AM PG; PAE OSFXSR OSXMMEXCPT, and OSXSAVE for AVX
      cr0: 0x80050033n,
      cr3: BigInt(TABLES),
      cr4: this.hasAvx ? 0x40620n : 0x620n,
      xcr0: this.hasAvx ? 7n : 1n,
      msrs: { ...state.msrs, c0000080: 0xd01n },
      rflags: 0x202n,
      rip: BigInt(at.STUB),
    });
  }

  run(cases: readonly Case[], slotSize = at.SLOT_SIZE): Outcome[] {
    const { machine } = this;
    const { inputs, slots, count } = packBatch(cases, this.#program, slotSize);
    machine.poke(physicalOf(at.INPUTS), inputs);
    machine.poke(physicalOf(at.SLOTS), slots);
    machine.poke(physicalOf(at.OUTPUTS), new Uint8Array(count * at.RECORD));
    machine.poke(physicalOf(at.DATA_PAGES), new Uint8Array(at.DATA_END - at.DATA_PAGES));
    const variables = new BigUint64Array([
      BigInt(at.INPUTS),
      BigInt(at.OUTPUTS),
      BigInt(at.INPUTS + inputs.length),
      BigInt(HALT),
    ]);
    machine.poke(physicalOf(at.V_INPUT), new Uint8Array(variables.buffer));
    this.#start();
    const stop = machine.run(count * 1_000_000);
    if (stop.kind !== 'halted') {
      const { rip } = machine.vcpu.save();
      throw new Error(
        `the emulated CPU stopped with ${JSON.stringify(stop)} at ${rip.toString(16)}, case ${this.#current()}`,
      );
    }
    return outcomesOf(machine.peek(physicalOf(at.OUTPUTS), count * at.RECORD), count);
  }

  #current(): number {
    const bytes = this.machine.peek(physicalOf(at.V_INPUT), 8);
    return (Number(new DataView(bytes.buffer).getBigUint64(0, true)) - at.INPUTS) / at.RECORD;
  }
}
