import type { Block, BlockCache, BlockEnd, BlockUser } from '../blocks';
import type { CoreExports } from '../core-exports';
import * as layout from '../core/layout';
import { COMPILED_OFFSET, COMPILED_SIZE } from '../engine-layout';
import { DECODE_OK, type Decoder, SEG_CS } from '../decoder';
import { ENV_CHECKED, FORM_MEMORY } from '../isa/compile';
import { codeSizeOf, environmentOf } from '../mode';
import { type CompiledRegion, type CompiledRegions, packNodes, type PlanNode, type RegionPlan } from './region-plan';

/**
 * 'off': only the interpreter runs. 'eager': everything that runs twice is compiled at once, in the form of hot code, for tests;
 * 'eagerBaseline': in that of code compiled for the first time. 'background': what is hot is compiled beside the machine thread.
 */
export type JitMode = 'off' | 'eager' | 'eagerBaseline' | 'background';

/** Who compiles: at once (`compile` gives the result) or later (`take` gives what is ready). */
export interface RegionCompilerPort {
  /** The region if it is ready now. */
  compile(plan: RegionPlan): CompiledRegions | undefined;
  /** What was finished since. */
  take(): CompiledRegions | undefined;
}

export interface RegionStatistics {
  /** Regions that can be entered now. */
  regions: number;
  /** Compiled since the start, and dropped since. */
  compiled: number;
  dropped: number;
  /** Waiting for the compiler. */
  queued: number;
}

/** An instruction for which compiled code was left. */
export interface Fallback {
  readonly name: string;
  readonly count: number;
}

export interface JitStatistics extends RegionStatistics {
  /** Regions entered, and left because the next instruction is the interpreter's. */
  readonly entries: number;
  readonly slowExits: number;
  /** Retired in compiled code. */
  readonly instructions: number;
  /** Instructions that such exits were for, of every 64th exit: most frequent first. */
  readonly fallbacks: readonly Fallback[];
}

const FRAME = 4096;
const CS_BASE = layout.stateOffset('SEG') + SEG_CS * layout.SEG_STRIDE + 8;
const FALLBACKS_MAX = 40;
const NO_MEMORY = 0xffffffff;
/** As good as never; core/regions.ts may add to it. */
const LONGEST_WORK = 0x3fffffffffffffffn;
/**
 * How much becomes one region: the first time it should be ready soon, later fast; each crossing from one region to another costs
 * as much as some twenty instructions. Calls are followed.
 */
const REACH: ReadonlyArray<Reach> = [
  { nodes: 60, instructions: 200, overlaps: false, hotAfter: 300_000 },
  { nodes: 120, instructions: 400, overlaps: true, hotAfter: 100_000_000 },
  { nodes: 240, instructions: 800, overlaps: true, hotAfter: Infinity },
];
/** What bounds the memory that compiled code takes. */
export interface RegionBounds {
  /** With all that V8 keeps of them they take some 30 KiB each. */
  readonly regionsMax: number;
  /**
   * After so many instructions blocks are half as hot as before: what runs a hundred times a second never earns back what compiling it
   * costs, and would be compiled in the end, if only the machine runs for long enough.
   */
  readonly coolAfter: number;
}
const BOUNDS: RegionBounds = {
  regionsMax: Math.min(12_000, Math.floor(COMPILED_SIZE / layout.REGION_SIZE) - 1),
  coolAfter: 2_000_000_000,
};
/** When there are so many, this part goes. */
const DROPPED_PART = 1 / 8;
const QUEUE_MAX = 256;
/** Computed jumps farther than that lead to another library or to what the system maps, which lies elsewhere in every process. */
const FAR = 16 << 20;
/**
 * Where a region that starts with what follows a call ends by the same function's return, recursion comes back to it: it goes on there,
 * and to so many other places at most. Other callers do not belong to a function's region: they would jump into its loops.
 */
const CALLERS_MAX = 4;
/** A module of which nothing ran for so many times `coolAfter` goes: a minute or so of a busy guest. */
const IDLE_LOOKS_MAX = 16;
/** A block joins a region if it was entered at least this part as often as the region's entry. */
const COLD_PART = 32;

/** Blocks whose last exit is nowhere that control goes to. */
const ENDS_ELSEWHERE: ReadonlySet<BlockEnd> = new Set(['away', 'jump', 'return']);

interface Reach {
  readonly nodes: number;
  readonly instructions: number;
  /** May it have what other regions start with? Else each piece of a kernel is compiled ten times over, once for each of its callers. */
  readonly overlaps: boolean;
  /** Instructions that it runs within `coolAfter` before it is compiled again on the next level. */
  readonly hotAfter: number;
}

/**
 * Modes whose code is compiled. 0 is none: caches know nothing by it. What else is left to the interpreter is real mode with data
 * segments that grow downwards, and 16-bit code in flat segments with a 16-bit stack: its jumps wrap, and nobody looks at its limit.
 */
function isCompiled(mode: number): boolean {
  if (environmentOf(mode) !== ENV_CHECKED) return true;
  if ((mode & (layout.MODE_FLAT | layout.MODE_CS32)) === layout.MODE_FLAT) return false;
  return (mode & (layout.MODE_PROTECTED | layout.MODE_PLAIN)) !== 0;
}

/** What offsets from the entry may be reached in a segment that is not flat (core/regions.ts has the limit as it is then). */
function rangeOf(mode: number, rip: bigint): readonly [first: number, last: number] {
  if (environmentOf(mode) !== ENV_CHECKED) return [-Infinity, Infinity];
  return [-Number(rip), ((mode & layout.MODE_CS32) === 0 ? 0xffff : 0xffffffff) - Number(rip)];
}

/** A region from its plan to its end. */
class Region implements BlockUser {
  isDropped = false;
  record = 0;
  slot = -1;
  /** What was left of REGION_WORK when its use was last looked at. */
  lastWork = 0;
  /** Looks since it last ran. */
  idleLooks = 0;

  constructor(
    readonly id: number,
    /** Index in REACH. */
    readonly level: number,
    readonly entry: Block,
    readonly blocks: readonly Block[],
    /** Page offsets from the entry's page (in bytes) and where those pages lie. */
    readonly pages: ReadonlyMap<number, number>,
    /** Offsets from the entry RIP that its code and its branches reach. */
    readonly lowest: number,
    readonly highest: number,
    private readonly manager: RegionManager,
  ) {}

  blockDropped(): void {
    if (!this.isDropped) this.manager.drop(this);
  }
}

/** Which code is compiled, and when compiled code goes. Belongs to the machine thread. */
export class RegionManager {
  readonly statistics: RegionStatistics = { regions: 0, compiled: 0, dropped: 0, queued: 0 };
  readonly #i32: Int32Array;
  readonly #i64: BigInt64Array;
  readonly #u8: Uint8Array;
  readonly #waiting = new Map<number, Region>();
  /** By module, oldest first: V8 keeps a module's code while one of its regions can be entered. */
  #live: Region[][] = [];
  readonly #fallbacks = new Map<string, number>();
  readonly #freeSlots: number[] = [];
  readonly #freeRecords: number[] = [];
  #nextRecord = COMPILED_OFFSET + layout.REGION_SIZE;
  #nextId = 1;
  #cooledAt = 0;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly core: CoreExports,
    private readonly blocks: BlockCache,
    private readonly compiler: RegionCompilerPort,
    private readonly decoder: Decoder,
    /** Index in REACH for a block that was not compiled yet. */
    private readonly firstLevel: number,
    private readonly bounds: RegionBounds = BOUNDS,
  ) {
    this.#i32 = new Int32Array(memory.buffer);
    this.#i64 = new BigInt64Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
  }

  /**
   * Import `hot`: the block at `op`, whose RIP is given, was entered HEAT_LIMIT times by the interpreter, or the region that starts
   * with it ran as many instructions as its level says.
   */
  hot(state: number, op: number, rip: bigint): void {
    const entry = this.blocks.blockOf(op);
    if (entry === undefined || !isCompiled(entry.mode)) return;
    const before = this.#regionAt(entry);
    if (this.#waiting.size >= QUEUE_MAX) {
      // again later
      if (before === undefined) this.#i32[(op - layout.OP_SIZE + layout.BLOCK_HEAT) >> 2] = 0;
      else this.#writeWork(before);
      return;
    }
    const level = (before?.level ?? this.firstLevel - 1) + 1;
    if (level === this.firstLevel && this.#isAwaited(entry)) {
      // it comes with that region; what still enters it from elsewhere then makes it hot again
      this.#i32[(op - layout.OP_SIZE + layout.BLOCK_HEAT) >> 2] = layout.HEAT_LIMIT >> 1;
      return;
    }
    this.#compile(state, entry, rip, level);
  }

  #compile(state: number, entry: Block, rip: bigint, level: number): void {
    const reach = REACH[level];
    if (reach === undefined) return;
    const plan = this.#plan(state, entry, rip, level, reach);
    if (plan === undefined) return;
    const compiled = this.compiler.compile(plan);
    if (compiled !== undefined) this.#finished(compiled);
  }

  /**
   * Import `refused`: the region that starts with the block at `op` could not be entered many times in a row, because one of its pages
   * lies elsewhere in this address space, or has not been touched yet. It is made anew without those pages.
   */
  refused(state: number, op: number, rip: bigint): void {
    const entry = this.blocks.blockOf(op);
    const region = entry === undefined ? undefined : this.#regionAt(entry);
    if (entry === undefined || region === undefined) return;
    const base = this.#linear(state, entry.mode, rip) & ~0xfffn;
    const elsewhere = [...region.pages].filter(
      ([page, frame]) => this.core.settledCode(state, BigInt.asUintN(64, base + BigInt(page))) >>> 0 !== frame,
    );
    if (elsewhere.length === 0) return;
    if (this.#waiting.size >= QUEUE_MAX) {
      this.#i32[(region.record + layout.REGION_REFUSED) >> 2] = 0;
      return;
    }
    entry.avoided ??= new Set();
    for (const [page] of elsewhere) entry.avoided.add(page);
    this.#compile(state, entry, rip, region.level);
  }

  /** Import `fallback`: a sampled exit to the interpreter. */
  fellBack(state: number, rip: bigint, mode: number): void {
    const at = this.core.settledCode(state, this.#linear(state, mode, rip)) >>> 0;
    if (at === NO_MEMORY) return;
    const end = (at & -FRAME) + FRAME;
    const isDecoded =
      this.decoder.decode(this.#u8, at, end <= 0 ? end + 0x1_0000_0000 : end, codeSizeOf(mode)) === DECODE_OK;
    const { compiled, form } = this.decoder.instruction;
    const name = isDecoded ? `${compiled.row.name}${form === FORM_MEMORY ? ' memory' : ''}` : '(undefined)';
    this.#fallbacks.set(name, (this.#fallbacks.get(name) ?? 0) + 1);
  }

  /** Sampled exits to the interpreter by instruction, most frequent first. */
  get fallbacks(): readonly Fallback[] {
    const all = [...this.#fallbacks].map(([name, count]) => ({ name, count }));
    return all.sort((a, b) => b.count - a.count).slice(0, FALLBACKS_MAX);
  }

  /** Between instructions: takes over what the compiler finished. `instructions`: retired by now. */
  poll(instructions: number): void {
    // a snapshot gone back to has fewer
    if (Math.abs(instructions - this.#cooledAt) >= this.bounds.coolAfter) {
      this.#cooledAt = instructions;
      this.blocks.coolDown();
      this.#dropIdle();
    }
    for (let done = this.compiler.take(); done !== undefined; done = this.compiler.take()) this.#finished(done);
  }

  /** `isReplaced`: by one that starts at the same block. */
  drop(region: Region, isReplaced = false): void {
    region.isDropped = true;
    for (const block of region.blocks) block.regions?.delete(region);
    if (this.#waiting.delete(region.id)) this.statistics.queued = this.#waiting.size;
    if (region.record === 0) return;
    this.blocks.setRegion(region.entry, 0);
    // else regions made later would take the block for a cold one and end where it starts
    if (!isReplaced) this.#i32[(region.entry.op - layout.OP_SIZE + layout.BLOCK_HEAT) >> 2] = 0;
    this.core.table.set(region.slot, null);
    this.#freeSlots.push(region.slot);
    this.#freeRecords.push(region.record);
    region.record = 0;
    this.statistics.regions--;
    this.statistics.dropped++;
  }

  /** The region that is entered at a block. */
  #regionAt(entry: Block): Region | undefined {
    for (const user of entry.regions ?? []) {
      if (user instanceof Region && user.entry === entry && user.record !== 0) return user;
    }
    return undefined;
  }

  /** Is the block part of a region that waits for the compiler? */
  #isAwaited(block: Block): boolean {
    for (const user of block.regions ?? []) if (user instanceof Region && this.#waiting.has(user.id)) return true;
    return false;
  }

  /** Does a region start with the block, now or soon? */
  #isEntry(block: Block): boolean {
    for (const user of block.regions ?? []) if (user instanceof Region && user.entry === block) return true;
    return false;
  }

  // ---- what belongs to a region ----

  /** Linear address of an offset in CS. */
  #linear(state: number, mode: number, rip: bigint): bigint {
    if ((mode & (layout.MODE_LONG | layout.MODE_FLAT)) !== 0) return rip;
    return BigInt.asUintN(32, rip + this.#i64[(state + CS_BASE) >> 3]!);
  }

  /** undefined: the entry's block itself does not fit into its segment. */
  #plan(state: number, entry: Block, rip: bigint, level: number, reach: Reach): RegionPlan | undefined {
    const linear = this.#linear(state, entry.mode, rip);
    // a target beyond is cut: jumps of 16 bits wrap
    const [first, last] = rangeOf(entry.mode, rip);
    const fits = (block: Block, offset: number): boolean =>
      block.exits.every((exit) => offset + exit >= first && offset + exit <= last);
    if (!fits(entry, 0)) return undefined;
    const inPage = entry.start & (FRAME - 1);
    const pages = new Map<number, number>([[0, entry.start - inPage]]);
    const frameOf = (page: number): number => {
      let frame = pages.get(page);
      if (frame === undefined) {
        frame = this.core.settledCode(state, BigInt.asUintN(64, (linear & ~0xfffn) + BigInt(page))) >>> 0;
        const isWanted = pages.size <= layout.REGION_PAGES_MAX && entry.avoided?.has(page) !== true;
        if (frame !== NO_MEMORY && isWanted) pages.set(page, frame);
        else frame = NO_MEMORY;
      }
      return frame;
    };
    const find = (offset: number): Block | undefined => {
      const at = inPage + offset;
      const page = Math.floor(at / FRAME) * FRAME;
      const frame = frameOf(page);
      if (frame === NO_MEMORY) return undefined;
      const block = this.blocks.find(frame + (at - page), entry.mode);
      if (block === undefined || block.secondSize === 0) return block;
      return frameOf(page + FRAME) === block.secondStart - (block.secondStart & (FRAME - 1)) ? block : undefined;
    };
    const least = this.blocks.heatOf(entry) / COLD_PART;
    const chosen = new Map<number, Block>([[0, entry]]);
    /** Calls of the region that are open there: where none is, RET goes to what the region was entered from. */
    const depths = new Map<number, number>([[0, 0]]);
    const queue: number[] = [0];
    let instructions = entry.instructions;
    if (entry.secondSize !== 0) frameOf(FRAME);
    const seen = new Map<number, readonly number[]>();
    const consider = (to: number, depth: number): void => {
      if (chosen.has(to) || chosen.size >= reach.nodes) return;
      const next = find(to);
      if (next === undefined || this.blocks.heatOf(next) < least || !fits(next, to)) return;
      if (!reach.overlaps && this.#isEntry(next)) return;
      if (instructions + next.instructions > reach.instructions) return;
      instructions += next.instructions;
      chosen.set(to, next);
      depths.set(to, depth);
      queue.push(to);
    };
    for (let offset = queue.shift(); offset !== undefined; offset = queue.shift()) {
      const block = chosen.get(offset)!;
      const depth = depths.get(offset)!;
      // looked for once, and where it is of use: the table of targets is long
      const isOpen = block.end !== 'return' || (reach.overlaps && depth === 0);
      const targets = isOpen ? [...this.#targetsOf(block, rip, offset)] : [];
      const isRecursion = targets.length <= CALLERS_MAX && targets.some((to) => chosen.has(to));
      if (targets.length > 0 && (block.end !== 'return' || isRecursion)) {
        seen.set(offset, targets);
        for (const to of targets) consider(to, block.end === 'callAway' ? depth + 1 : depth);
      }
      block.exits.forEach((exit, i) => {
        const isLast = i === block.exits.length - 1;
        if (isLast && ENDS_ELSEWHERE.has(block.end)) return;
        // a call has its target before what follows it
        const isCalled = block.end === 'call' && i === block.exits.length - 2;
        consider(offset + exit, isCalled ? depth + 1 : depth);
      });
    }
    const nodes: PlanNode[] = [];
    const size = [...chosen.values()].reduce((sum, block) => sum + block.size + block.secondSize, 0);
    const code = new Uint8Array(size);
    let copied = 0;
    let lowest = 0;
    let highest = 0;
    const needed = new Map<number, number>();
    for (const [offset, block] of chosen) {
      copied = this.#copyBytes(block, code, copied);
      nodes.push({ offset, end: copied, instructions: block.instructions, op: block.op });
      const end = offset + block.size + block.secondSize;
      lowest = Math.min(lowest, offset, ...block.exits.map((exit) => offset + exit));
      highest = Math.max(highest, end, ...block.exits.map((exit) => offset + exit));
      for (let page = Math.floor((inPage + offset) / FRAME); page * FRAME < inPage + end; page++) {
        if (page !== 0) needed.set(page * FRAME, pages.get(page * FRAME)!);
      }
    }
    const id = this.#nextId++;
    const region = new Region(id, level, entry, [...chosen.values()], needed, lowest, highest, this);
    for (const block of region.blocks) (block.regions ??= new Set()).add(region);
    this.#waiting.set(id, region);
    this.statistics.queued = this.#waiting.size;
    const targets: number[] = [];
    [...chosen.keys()].forEach((offset, index) => {
      for (const to of seen.get(offset) ?? []) if (chosen.has(to)) targets.push(index, to);
    });
    const before = level > 0 ? this.#regionAt(entry) : undefined;
    const heatAt =
      before === undefined ? entry.op - layout.OP_SIZE + layout.BLOCK_HEAT : before.record + layout.REGION_WORK;
    const packed = packNodes(nodes);
    return {
      id,
      state: this.blocks.hasOneVcpu ? state : 0,
      mode: entry.mode,
      isHot: level > 0,
      heatAt,
      nodes: packed,
      targets: Int32Array.from(targets),
      code,
    };
  }

  /** Offsets from the region's entry that the computed jump of the block at `offset` was seen to go to. */
  *#targetsOf(block: Block, rip: bigint, offset: number): Iterable<number> {
    if (block.end !== 'jump' && block.end !== 'callAway' && block.end !== 'return') return;
    const start = Number(BigInt.asIntN(32, rip)) + offset;
    for (const target of this.blocks.targetsOf(block, start | 0)) if (Math.abs(target) < FAR) yield offset + target;
  }

  /** Appends the block's bytes to `code` and gives the new end. */
  #copyBytes({ start, size, secondStart, secondSize }: Block, code: Uint8Array, at: number): number {
    code.set(this.#u8.subarray(start, start + size), at);
    if (secondSize !== 0 && secondStart !== NO_MEMORY) {
      code.set(this.#u8.subarray(secondStart, secondStart + secondSize), at + size);
    }
    return at + size + secondSize;
  }

  // ---- taking over ----

  #finished({ module, regions }: CompiledRegions): void {
    if (module === undefined) {
      for (const { id } of regions) this.#withdraw(id);
      return;
    }
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.memory },
      core: {
        regionFr: this.core.regionFr,
        regionFc: this.core.regionFc,
        regionMiss: this.core.regionMiss,
        regionInterpret: this.core.regionInterpret,
        regionVector: this.core.regionVector,
        regionX87: this.core.regionX87,
        regionSegment: this.core.regionSegment,
      },
    });
    const installed: Region[] = [];
    for (const compiled of regions) {
      if (compiled.name === undefined) this.#withdraw(compiled.id);
      else {
        const region = this.#install(compiled, instance.exports[compiled.name]);
        if (region !== undefined) installed.push(region);
      }
    }
    if (installed.length > 0) this.#live.push(installed);
    if (this.#live.length > this.statistics.regions + 1024) this.#forgetDropped();
  }

  /** It cannot be compiled: nobody asks again while its entry stays as it is. */
  #withdraw(id: number): void {
    const region = this.#waiting.get(id);
    if (region === undefined) return;
    this.#waiting.delete(id);
    this.statistics.queued = this.#waiting.size;
    region.isDropped = true;
    for (const block of region.blocks) block.regions?.delete(region);
  }

  /** undefined: its code changed meanwhile. */
  #install({ id, longestPath }: CompiledRegion, run: WebAssembly.ExportValue | undefined): Region | undefined {
    const region = this.#waiting.get(id);
    if (region === undefined) return undefined;
    this.#waiting.delete(id);
    this.statistics.queued = this.#waiting.size;
    const before = this.#regionAt(region.entry);
    if (before !== undefined) this.drop(before, true);
    if (this.statistics.regions >= this.bounds.regionsMax) this.#makeRoom();
    const { table } = this.core;
    let slot = this.#freeSlots.pop();
    if (slot === undefined) {
      const first = table.grow(256);
      for (let i = 255; i > 0; i--) this.#freeSlots.push(first + i);
      slot = first;
    }
    table.set(slot, run);
    region.slot = slot;
    region.record = this.#freeRecords.pop() ?? this.#nextRecord;
    if (region.record === this.#nextRecord) this.#nextRecord += layout.REGION_SIZE;
    this.#writeRecord(region, longestPath);
    this.blocks.setRegion(region.entry, region.record);
    this.statistics.regions++;
    this.statistics.compiled++;
    return region;
  }

  /** From now on it is told when the region has run for long. */
  #writeWork({ record, level }: Region): void {
    const { hotAfter } = REACH[level]!;
    this.#i64[(record + layout.REGION_WORK) >> 3] = hotAfter === Infinity ? LONGEST_WORK : BigInt(hotAfter);
  }

  /** What it ran since the last look does not count any more, unless it was enough. */
  #restoreWork(region: Region): void {
    const { hotAfter } = REACH[region.level]!;
    if (this.#i64[(region.record + layout.REGION_WORK) >> 3]! >= hotAfter) return;
    this.#writeWork(region);
    region.lastWork = this.#workLeft(region);
  }

  #writeRecord(region: Region, longestPath: number): void {
    const { record, slot, pages, lowest, highest } = region;
    const i32 = this.#i32;
    i32.fill(0, record >> 2, (record + layout.REGION_SIZE) >> 2);
    i32[(record + layout.REGION_FUNCTION) >> 2] = slot;
    i32[(record + layout.REGION_LONGEST) >> 2] = longestPath;
    i32[(record + layout.REGION_LOWEST) >> 2] = Math.max(-0x80000000, lowest);
    i32[(record + layout.REGION_HIGHEST) >> 2] = Math.min(0x7fffffff, highest);
    i32[(record + layout.REGION_PAGES) >> 2] = pages.size;
    this.#writeWork(region);
    let at = (record + layout.REGION_FIRST_PAGE) >> 2;
    for (const [page, frame] of pages) {
      i32[at++] = page;
      i32[at++] = frame;
    }
  }

  #forgetDropped(): void {
    this.#live = this.#live.filter((module) => module.some((region) => !region.isDropped));
  }

  /** Memory is for what runs: a guest that does one thing after another would fill it with all that it ever did. */
  #dropIdle(): void {
    this.#live = this.#live.filter((module) => {
      const regions = module.filter((region) => !region.isDropped);
      for (const region of regions) {
        this.#hasRun(region);
        this.#restoreWork(region);
      }
      if (regions.some(({ idleLooks }) => idleLooks < IDLE_LOOKS_MAX)) return true;
      for (const region of regions) this.drop(region);
      return false;
    });
  }

  /** Drops modules of which nothing ran since this was last asked, oldest first; if that is not enough, the oldest of the others. */
  #makeRoom(): void {
    const enough = this.bounds.regionsMax - Math.ceil(this.bounds.regionsMax * DROPPED_PART);
    const kept: Region[][] = [];
    for (const module of this.#live) {
      const regions = module.filter((region) => !region.isDropped);
      // each is looked at, so that the next time tells what ran in between
      const used = regions.filter((region) => this.#hasRun(region));
      if (used.length > 0 || this.statistics.regions <= enough) kept.push(regions);
      else for (const region of regions) this.drop(region);
    }
    this.#live = kept.filter((regions) => {
      if (this.statistics.regions <= enough) return true;
      for (const region of regions) this.drop(region);
      return false;
    });
  }

  /** Did it run since this was last asked? One that many region caches know must have run for long to be seen. */
  #hasRun(region: Region): boolean {
    const left = this.#workLeft(region);
    const hasRun = left !== region.lastWork;
    region.lastWork = left;
    region.idleLooks = hasRun ? 0 : region.idleLooks + 1;
    return hasRun;
  }

  /** What changes with each run of it: the low half of its work, and what the region cache took of it. */
  #workLeft({ record, entry }: Region): number {
    const i32 = this.#i32;
    const cached = i32[(record + layout.REGION_CACHED) >> 2]! >>> 0;
    const isItsOwn =
      cached > layout.REGION_CACHED_OFTEN && i32[(cached + layout.CACHED_HEADER) >> 2] === entry.op - layout.OP_SIZE;
    return i32[(record + layout.REGION_WORK) >> 2]! + (isItsOwn ? i32[(cached + layout.CACHED_WORK) >> 2]! : 0);
  }
}
