import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CpuConfig, GuestBus, StopReason } from '../../../src/cpu/backend';
import { type EmulatedPartition, createEmulatedPartition } from '../../../src/cpu/emulated/emulated-partition';
import type { JitMode, RegionBounds } from '../../../src/cpu/emulated/jit/regions';
import type { EmulatedVcpu } from '../../../src/cpu/emulated/vcpu';
import { MachineMemory } from '../../../src/machine/machine-memory';
import { memoryMapOf } from '../../../src/machine/memory-map';
import { PAGE_RAM } from '../../../src/machine/page-flags';

const CORE = resolve(__dirname, '../../../build/out/core.wasm');
let compiled: WebAssembly.Module | undefined;

/** build/out/core.wasm, compiled once. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(CORE));
  return compiled;
}

export interface PortWrite {
  readonly port: number;
  readonly size: number;
  readonly value: number;
}

/** A bus whose ports record what is written and read from a queue. */
export class RecordingBus implements GuestBus {
  readonly writes: PortWrite[] = [];
  readonly mmio: { gpa: number; size: number; value?: number }[] = [];
  onPortWrite: (write: PortWrite) => void = () => undefined;
  performanceOverflow: (vcpu: number) => void = () => undefined;
  reads: number[] = [];
  vector: number | undefined;

  readPort(_port: number, size: number): number {
    return this.reads.shift() ?? (size === 1 ? 0xff : size === 2 ? 0xffff : 0xffffffff);
  }
  writePort(port: number, size: number, value: number): void {
    this.writes.push({ port, size, value });
    this.onPortWrite({ port, size, value });
  }
  readMmio(gpa: number, size: number): number {
    this.mmio.push({ gpa, size });
    return size === 1 ? 0xff : size === 2 ? 0xffff : 0xffffffff;
  }
  writeMmio(gpa: number, size: number, value: number): void {
    this.mmio.push({ gpa, size, value });
  }
  acknowledgeInterrupt(): number | undefined {
    return this.vector;
  }
  readTaskPriority(): number {
    return 0;
  }
  writeTaskPriority(): void {}
  readMsr(): bigint | undefined {
    return undefined;
  }
  writeMsr(): boolean {
    return false;
  }
  random(): number {
    return 4;
  }
}

/** A partition with RAM from GPA 0 and nothing else. */
export class CpuMachine {
  readonly memory: MachineMemory;
  readonly partition: EmulatedPartition;
  readonly bus = new RecordingBus();
  readonly ramOffset: number;

  constructor(
    readonly memoryMiB = 16,
    jit: JitMode = 'off',
    cpu: Partial<CpuConfig> = {},
    bounds?: RegionBounds,
    codeArenaSize?: number,
  ) {
    const map = memoryMapOf({ memory: { memoryMiB: 16 }, display: { vramMiB: 4 } } as never);
    const pages = Math.max(2048, Math.ceil((map.ram.offset + memoryMiB * 0x100000) / 65536));
    const shared = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.memory = new MachineMemory(shared);
    this.ramOffset = map.ram.offset;
    const size = memoryMiB << 20;
    this.memory.block(this.ramOffset, size, PAGE_RAM);
    this.memory.map('ram', { gpa: 0, size, read: this.ramOffset, write: this.ramOffset });
    this.partition = createEmulatedPartition({
      core: coreModule(),
      memory: this.memory,
      config: { vcpuCount: 1, vendor: 'GenuineIntel', model: 'max', tscHz: 1e9, ...cpu },
      jit: { mode: jit, ...(bounds === undefined ? {} : { bounds }) },
      ...(codeArenaSize === undefined ? {} : { codeArenaSize }),
    });
    this.memory.listener = {
      memoryChanged: () => this.partition.memoryChanged(),
      writesForbidden: (first, end) => this.partition.writesForbidden(first, end),
      codeWritten: (offset, bytes) => this.partition.codeWritten(offset, bytes),
      pageSlow: () => undefined,
    };
  }

  get vcpu(): EmulatedVcpu {
    return this.partition.vcpus[0]!;
  }

  /** Bytes at a GPA. */
  poke(gpa: number, bytes: readonly number[] | Uint8Array): void {
    this.memory.write(gpa, Uint8Array.from(bytes));
  }
  peek(gpa: number, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    this.memory.read(gpa, bytes);
    return bytes;
  }

  /** Real mode with all segments at 0, IP at `at`. */
  realMode(at: number): void {
    const { vcpu } = this;
    vcpu.reset();
    const state = vcpu.save();
    for (const name of ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const) {
      state[name] = { selector: 0, access: name === 'cs' ? 0x9b : 0x93, limit: 0xffff, base: 0n };
    }
    vcpu.restore({ ...state, rip: BigInt(at) });
  }

  /** Flat 32-bit protected mode without paging, CPL 0. */
  flat32(at: number): void {
    const { vcpu } = this;
    vcpu.reset();
    const state = vcpu.save();
    for (const name of ['es', 'ss', 'ds', 'fs', 'gs'] as const) {
      state[name] = { selector: 16, access: 0xc093, limit: 0xffffffff, base: 0n };
    }
    state.cs = { selector: 8, access: 0xc09b, limit: 0xffffffff, base: 0n };
    vcpu.restore({ ...state, cr0: 0x11n, cr4: 0x600n, rip: BigInt(at) });
  }

  /** 64-bit mode, CPL 0, the first GiB mapped one to one by a 1 GiB... 2 MiB pages with tables at `tables` (3 pages). */
  long64(at: number, tables = 0x100000): void {
    const { vcpu } = this;
    vcpu.reset();
    const view = new DataView(new ArrayBuffer(3 * 4096));
    view.setBigUint64(0, BigInt(tables + 4096 + 3), true);
    view.setBigUint64(4096, BigInt(tables + 8192 + 3), true);
    for (let i = 0; i < 512; i++) view.setBigUint64(8192 + i * 8, BigInt(i * 0x200000 + 0x83), true);
    this.memory.write(tables, new Uint8Array(view.buffer));
    const state = vcpu.save();
    for (const name of ['es', 'ss', 'ds', 'fs', 'gs'] as const) {
      state[name] = { selector: 16, access: 0xc093, limit: 0xffffffff, base: 0n };
    }
    state.cs = { selector: 8, access: 0xa09b, limit: 0xffffffff, base: 0n };
    vcpu.restore({
      ...state,
      cr0: 0x80000011n,
      cr3: BigInt(tables),
      cr4: 0x620n,
      msrs: { ...state.msrs, c0000080: 0x500n },
      rip: BigInt(at),
    });
  }

  run(instructions: number): StopReason {
    return this.vcpu.run(this.bus, this.vcpu.count + instructions);
  }
}
