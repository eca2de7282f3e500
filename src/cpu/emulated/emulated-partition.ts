import type { MachineMemory } from '../../machine/machine-memory';
import { PAGE_FLAGS_OFFSET, SLOT_TABLE_OFFSET } from '../../machine/memory-map';
import type { AccessSize } from '../../machine/device';
import type { CpuConfig, GuestBus, Partition } from '../backend';
import { BlockCache, type BlockCacheAreas } from './blocks';
import { type CoreExports, RAISED } from './core-exports';
import { cpuid } from './cpuid';
import {
  BLOCK_TABLE_OFFSET,
  CODE_ARENA_OFFSET,
  CODE_ARENA_SIZE,
  CODE_MAP_OFFSET,
  VCPU_JUMP_CACHE,
  VCPU_MAX,
  VCPU_TEMPORARY_BLOCK,
  VCPU_TLB,
  VCPU_TLB_LOG,
  vcpuOffset,
} from './engine-layout';
import { HEAT_LIMIT, STATE_SIZE } from './core/layout';
import { EagerCompiler } from './jit/eager-compiler';
import {
  type JitMode,
  type JitStatistics,
  type RegionBounds,
  type RegionCompilerPort,
  RegionManager,
} from './jit/regions';
import { countersOf, type CpuModel, cpuModel, decoderOf, hasFeature } from './models';
import { type MsrContext, readMsr, writeMsr } from './msr';
import { PerformanceCounters } from './performance-counters';
import { StateView } from './state-view';
import { EmulatedVcpu } from './vcpu';

export interface EmulatedPartitionParts {
  /** build/out/core.wasm, compiled. */
  readonly core: WebAssembly.Module;
  readonly memory: MachineMemory;
  readonly config: CpuConfig;
  /** Compiled code; 'off' if not given. */
  readonly jit?: { readonly mode: JitMode; readonly compiler?: RegionCompilerPort; readonly bounds?: RegionBounds };
  /** Memory for decoded blocks, less than there is: for tests. */
  readonly codeArenaSize?: number;
}

/** Entries after which tests' code is compiled. */
const EAGER_ENTRIES = 2;

const BLOCK_AREAS: Omit<BlockCacheAreas, 'arenaSize'> = {
  pageFlags: PAGE_FLAGS_OFFSET,
  codeMap: CODE_MAP_OFFSET,
  blockTable: BLOCK_TABLE_OFFSET,
  arena: CODE_ARENA_OFFSET,
};

/** CR4 bits that follow from features. */
const CR4_BY_FEATURE: ReadonlyArray<readonly [feature: string, bit: number]> = [
  ['vme', 0],
  ['vme', 1],
  ['tsc', 2],
  ['de', 3],
  ['pse', 4],
  ['pae', 5],
  ['mce', 6],
  ['pge', 7],
  ['msr', 8],
  ['fxsr', 9],
  ['sse', 10],
  ['umip', 11],
  ['la57', 12],
  ['fsgsbase', 16],
  ['pcid', 17],
  ['xsave', 18],
  ['smep', 20],
  ['smap', 21],
  ['pku', 22],
];
/** SCE, LME, NXE; LMA is not written. Without any of them there is no EFER. */
const EFER_BY_FEATURE: ReadonlyArray<readonly [feature: string, bit: number]> = [
  ['syscall', 0],
  ['lm', 8],
  ['nx', 11],
];
const XCR0_BITS = 3n;
const XCR0_AVX = 4n;
const XCR0_PKRU = 0x200n;

function allowedBits(model: CpuModel, byFeature: typeof CR4_BY_FEATURE): bigint {
  let bits = 0n;
  for (const [feature, bit] of byFeature) if (hasFeature(model, feature)) bits |= 1n << BigInt(bit);
  return bits;
}

/** The interpreter's machine: one core instance, the vCPUs' state structs, the cache of decoded code. */
export class EmulatedPartition implements Partition {
  readonly vcpus: readonly EmulatedVcpu[];
  readonly #core: CoreExports;
  readonly #blocks: BlockCache;
  readonly #regions: RegionManager | undefined;
  readonly #states: readonly StateView[];
  readonly #model: CpuModel;
  /** Of the vCPU that runs; outside of `run` nothing calls back. */
  #bus: GuestBus | undefined;
  #running: EmulatedVcpu | undefined;

  constructor(private readonly parts: EmulatedPartitionParts) {
    const { core, memory, config } = parts;
    const count = Math.min(Math.max(1, config.vcpuCount), VCPU_MAX);
    const { buffer } = memory.memory;
    this.#model = cpuModel(config.model, config.vendor);
    this.#states = Array.from({ length: count }, (_, index) =>
      this.#layState(new StateView(buffer, vcpuOffset(index), STATE_SIZE), index),
    );
    const instance = new WebAssembly.Instance(core, { env: this.#imports() });
    this.#core = instance.exports as unknown as CoreExports;
    const mode = parts.jit?.mode ?? 'off';
    const isEager = mode === 'eager' || mode === 'eagerBaseline';
    const firstHeat = isEager ? HEAT_LIMIT - EAGER_ENTRIES : 0;
    const decoder = decoderOf(this.#model);
    const areas = { ...BLOCK_AREAS, arenaSize: parts.codeArenaSize ?? CODE_ARENA_SIZE };
    this.#blocks = new BlockCache(memory.memory, areas, decoder, this.#core, firstHeat);
    const compiler = isEager ? new EagerCompiler(decoder) : parts.jit?.compiler;
    if (mode !== 'off' && compiler !== undefined) {
      const firstLevel = mode === 'eager' ? 1 : 0;
      this.#regions = new RegionManager(
        memory.memory,
        this.#core,
        this.#blocks,
        compiler,
        decoder,
        firstLevel,
        parts.jit?.bounds,
      );
    }
    for (const { base } of this.#states) {
      this.#blocks.addVcpu({
        state: base,
        jumpCache: base + VCPU_JUMP_CACHE,
        temporaryBlock: base + VCPU_TEMPORARY_BLOCK,
      });
    }
    this.vcpus = this.#states.map(
      (state, index) =>
        new EmulatedVcpu(index, state, {
          core: this.#core,
          enter: (vcpu, bus) => {
            if (this.#running !== vcpu) this.#blocks.unpatch(this.#running?.state.base);
            this.#running = vcpu;
            this.#bus = bus;
            bus.systemManagement?.(vcpu.isInSmm);
            this.#regions?.poll(this.vcpus.reduce((sum, { count }) => sum + count, 0));
          },
          leave: () => {
            this.#bus = undefined;
          },
          dropCode: () => this.#blocks.invalidateAll(),
          signature: this.#model.signature[config.vendor],
          memory,
          counters: new PerformanceCounters(state, this.#core, countersOf(this.#model)),
        }),
    );
    for (const vcpu of this.vcpus) vcpu.reset();
  }

  /** The core's exports: compiled code imports its slow paths from them. */
  get core(): WebAssembly.Exports {
    return this.#core as unknown as WebAssembly.Exports;
  }

  /** undefined: nothing is compiled. */
  get jitStatistics(): JitStatistics | undefined {
    if (this.#regions === undefined) return undefined;
    const sum = (field: string): number => this.#states.reduce((total, state) => total + Number(state.u64(field)), 0);
    return {
      ...this.#regions.statistics,
      entries: sum('JIT_ENTRIES'),
      slowExits: sum('JIT_SLOW'),
      instructions: sum('JIT_COUNT'),
      fallbacks: this.#regions.fallbacks,
    };
  }

  memoryChanged(): void {
    for (const vcpu of this.vcpus) vcpu.memoryChanged();
  }

  writesForbidden(firstFrame: number, endFrame: number): void {
    for (const { base } of this.#states) this.#core.forbidWrites(base, firstFrame, endFrame);
  }

  codeWritten(offset: number, size: number): void {
    this.#blocks.codeWritten(offset, size);
  }

  invalidateAll(): void {
    for (const vcpu of this.vcpus) vcpu.memoryChanged();
    this.#blocks.invalidateAll();
  }

  dispose(): void {}

  #layState(state: StateView, index: number): StateView {
    const { config } = this.parts;
    const base = vcpuOffset(index);
    state.clear();
    state.setU32('VCPU_INDEX', index);
    state.setU64('SIXTEEN', 16n);
    state.setU32('TLB_BASE', base + VCPU_TLB);
    state.setU32('TLB_LOG', base + VCPU_TLB_LOG);
    state.setU32('JUMP_CACHE', base + VCPU_JUMP_CACHE);
    state.setU32('TEMPORARY_BLOCK', base + VCPU_TEMPORARY_BLOCK);
    state.setU32('CODE_MAP', CODE_MAP_OFFSET);
    state.setU32('BLOCK_TABLE', BLOCK_TABLE_OFFSET);
    state.setU32('SLOT_TABLE', SLOT_TABLE_OFFSET);
    state.setU32('PAGE_FLAGS', PAGE_FLAGS_OFFSET);
    state.setU32('VENDOR_AMD', config.vendor === 'AuthenticAMD' ? 1 : 0);
    state.setU64('CR4_ALLOWED', allowedBits(this.#model, CR4_BY_FEATURE));
    state.setU64('EFER_ALLOWED', allowedBits(this.#model, EFER_BY_FEATURE));
    state.setU32('HAS_XINUSE', hasFeature(this.#model, 'xgetbv1') ? 1 : 0);
    const isAvx = hasFeature(this.#model, 'avx');
    const isPku = hasFeature(this.#model, 'pku');
    state.setU64('XCR0_ALLOWED', XCR0_BITS | (isAvx ? XCR0_AVX : 0n) | (isPku ? XCR0_PKRU : 0n));
    state.setF64('TSC_SCALE', config.tscHz / 1e9);
    return state;
  }

  #msrContext(state: StateView, bus: GuestBus): MsrContext {
    const index = state.u32('VCPU_INDEX');
    const { count, counters } = this.vcpus[index]!;
    const tsc = this.#core.tscAt(state.base, BigInt(count));
    return {
      counters,
      count,
      state,
      bus,
      vcpu: index,
      isIntel: this.parts.config.vendor === 'GenuineIntel',
      hasFeature: (name) => hasFeature(this.#model, name),
      machineCheckBanks: this.#model.machineCheckBanks,
      tsc: BigInt.asUintN(64, tsc),
    };
  }

  #stateAt(base: number): StateView {
    return this.#states.find((state) => state.base === base) as StateView;
  }

  #cpuid(base: number, leaf: number, subleaf: number): void {
    const state = this.#stateAt(base);
    const { tscHz } = this.parts.config;
    const { eax, ebx, ecx, edx } = cpuid(leaf, subleaf >>> 0, {
      model: this.#model,
      tscHz,
      vcpuCount: this.#states.length,
      apicId: state.u32('VCPU_INDEX'),
      cr4: Number(state.u64('CR4') & 0xffffffffn),
      isLongMode: (state.u64('EFER') & 0x400n) !== 0n,
      xcr0: state.u64('XCR0'),
    });
    state.setU64('RES0', (BigInt(ebx >>> 0) << 32n) | BigInt(eax >>> 0));
    state.setU64('RES1', (BigInt(edx >>> 0) << 32n) | BigInt(ecx >>> 0));
  }

  #imports(): WebAssembly.ModuleImports {
    const bus = (): GuestBus => this.#bus as GuestBus;
    const gpa = (low: number, high: number): number => (low >>> 0) + (high >>> 0) * 0x1_0000_0000;
    const imports = {
      memory: this.parts.memory.memory,
      raise: () => {
        throw RAISED;
      },
      portIn: (port: number, size: number) => bus().readPort(port, size as AccessSize),
      portOut: (port: number, size: number, value: number) => bus().writePort(port, size as AccessSize, value >>> 0),
      mmioRead: (low: number, high: number, size: number) => bus().readMmio(gpa(low, high), size as AccessSize),
      mmioWrite: (low: number, high: number, size: number, value: number) =>
        bus().writeMmio(gpa(low, high), size as AccessSize, value >>> 0),
      codeWritten: (offset: number, size: number) => this.#blocks.codeWritten(offset >>> 0, size),
      pageSlow: (offset: number) => this.parts.memory.listener.pageSlow(offset >>> 0),
      cpuid: (s: number, leaf: number, subleaf: number) => this.#cpuid(s, leaf, subleaf),
      rdmsr: (s: number, index: number) => {
        const state = this.#stateAt(s);
        const value = readMsr(index >>> 0, this.#msrContext(state, bus()));
        if (value !== undefined) state.setU64('RES0', value);
        return value === undefined ? 0 : 1;
      },
      wrmsr: (s: number, index: number) => {
        const state = this.#stateAt(s);
        return writeMsr(index >>> 0, state.u64('RES0'), this.#msrContext(state, bus())) ? 1 : 0;
      },
      readTaskPriority: () => bus().readTaskPriority(this.#running?.index ?? 0),
      writeTaskPriority: (value: number) => bus().writeTaskPriority(this.#running?.index ?? 0, value),
      random: () => bus().random(),
      decode: (s: number, from: number, at: number) => this.#blocks.decode(s, from >>> 0, at >>> 0),
      decodeAlone: (s: number) => this.#blocks.decodeAlone(s),
      fallback: (s: number) => this.#regions?.fellBack(s, this.#stateAt(s).u64('RIP'), this.#stateAt(s).u32('MODE')),
      refused: (s: number, op: number) => this.#regions?.refused(s, op >>> 0, this.#stateAt(s).u64('CODE_RIP')),
      hot: (s: number, op: number) => this.#regions?.hot(s, op >>> 0, this.#stateAt(s).u64('CODE_RIP')),
    };
    return imports as unknown as WebAssembly.ModuleImports;
  }
}

export function createEmulatedPartition(parts: EmulatedPartitionParts): EmulatedPartition {
  return new EmulatedPartition(parts);
}
