import { PAGE_HAS_CODE, PAGE_WRITTEN_PLAINLY } from '../../machine/page-flags';
import * as layout from './core/layout';
import { SEG_STRIDE, stateOffset } from './core/layout';
import { DECODE_MORE, DECODE_OK, DECODE_TOO_LONG, type Decoder } from './decoder';
import { ENV_CHECKED } from './isa/compile';
import { interceptNumber } from './isa/intercepts';
import type { Row } from './isa/table';
import { segmentLoadOf } from './jit/segment-loads';
import { codeSizeOf, environmentOf } from './mode';
import { CodeArena } from './code-arena';
import { OpPacker } from './op-packer';

/**
 * Decoded blocks in shared memory, keyed by where their first byte lies and MODE. A block stays in one page, except that an
 * instruction on two pages is a block of its own, whose second page is checked on each entry. When their memory is full, what no
 * region is made of goes. Writes to code are found by 64-byte pieces (CODE_MAP) and drop the blocks they hit: every op of such a
 * block becomes HANDLER_LEAVE, so that it is left even in its middle.
 */

const FRAME = 4096;
const PIECE_SHIFT = 6;
const { OP_SIZE } = layout;
const INSTRUCTION_MAX = 15;
const BUCKETS_SHIFT = 14;
const BUCKETS = 1 << (32 - BUCKETS_SHIFT);
const OPS_MAX = 2 * layout.BLOCK_INSTRUCTIONS_MAX + 4;
/** If more than this part of the memory belongs to regions, they go too. */
const KEPT_MOST = 1 / 2;
const NO_MEMORY = 0xffffffff;
const VECTOR_UD = 6;
const VECTOR_GP = 13;

const RIP = stateOffset('RIP') >> 2;
const MODE = stateOffset('MODE') >> 2;
const CODE_GEN = stateOffset('CODE_GEN') >> 2;
const UPPER_FROM = stateOffset('UPPER_FROM') >> 2;
const PATCHED_OP = stateOffset('PATCHED_OP') >> 2;
const PATCHED_HANDLER = stateOffset('PATCHED_HANDLER') >> 2;
const JUMP_CACHE = stateOffset('JUMP_CACHE');
const BLOCK_ENTRIES = 1 << (32 - layout.BLOCK_ENTRIES_SHIFT);
const TEMPORARY_BLOCK = stateOffset('TEMPORARY_BLOCK');
const CS = stateOffset('SEG') + SEG_STRIDE;
const CS_LIMIT = (CS + 4) >> 2;
const CS_BASE = (CS + 8) >> 2;
const UNITS = {
  fpu: layout.UNIT_FPU,
  mmx: layout.UNIT_MMX,
  sse: layout.UNIT_SSE,
  fwait: layout.UNIT_FWAIT,
  avx: layout.UNIT_AVX,
} as const;

/** The part of the core that the block cache calls. */
export interface CodeTranslator {
  /** Offset in shared memory of the byte at a linear address, 0xffffffff where there is none. Throws a guest fault. */
  translateCode(state: number, linear: bigint): number;
  /** Plain writes to frames [first, end) end. */
  forbidWrites(state: number, firstFrame: number, endFrame: number): void;
}

export interface BlockCacheAreas {
  readonly pageFlags: number;
  readonly codeMap: number;
  readonly blockTable: number;
  readonly arena: number;
  readonly arenaSize: number;
}

export interface VcpuAreas {
  readonly state: number;
  readonly jumpCache: number;
  readonly temporaryBlock: number;
}

export interface Block {
  id: number;
  readonly mode: number;
  /** The next block of the same bucket. */
  next: Block | undefined;
  readonly op: number;
  readonly opCount: number;
  /** Bytes it stems from; the second part only of an instruction on two pages. */
  readonly start: number;
  readonly size: number;
  readonly secondStart: number;
  readonly secondSize: number;
  readonly instructions: number;
  /** Where control may go from it, as offsets from its start: taken branches, then what follows its last instruction. */
  readonly exits: readonly number[];
  readonly end: BlockEnd;
  /** Where its computed jump was seen to go, as offsets from its start. */
  targets: Set<number> | undefined;
  /** Pages, by their distance in bytes from its own, that a region which starts with it does not reach: they were elsewhere. */
  avoided: Set<number> | undefined;
  /** Compiled regions, and those under way, that it is part of. */
  regions: Set<BlockUser> | undefined;
}

/**
 * How a block ends: the last of `exits` is what follows, the return address of a call, or nothing that control goes to. 'jump',
 * 'callAway' and 'return' go to a computed address.
 */
export type BlockEnd = 'next' | 'call' | 'callAway' | 'jump' | 'return' | 'away';

/** What stands for a block's code and must know when that goes. */
export interface BlockUser {
  blockDropped(): void;
}

/** One block under construction. */
interface Draft {
  op: number;
  count: number;
  bytes: number;
}

/** What differs between tests, tools and the machine. */
export interface BlockCacheStatistics {
  blocks: number;
  instructions: number;
  invalidations: number;
  /** How often what no region is made of, or everything, was forgotten at once. */
  flushes: number;
}

export class BlockCache {
  readonly statistics: BlockCacheStatistics = { blocks: 0, instructions: 0, invalidations: 0, flushes: 0 };
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #packer: OpPacker;
  readonly #vcpus: VcpuAreas[] = [];
  /** Frame → its blocks. */
  readonly #pages = new Map<number, Set<Block>>();
  /** All blocks by start and mode, chained; a Map of half a million numbers costs more than decoding. */
  readonly #buckets = new Array<Block | undefined>(BUCKETS).fill(undefined);
  readonly #crossing = new Uint8Array(2 * INSTRUCTION_MAX);
  readonly #arena: CodeArena;
  /** By id, from #firstId on. */
  #byId: (Block | undefined)[] = [];
  #firstId = 1;

  constructor(
    memory: WebAssembly.Memory,
    private readonly areas: BlockCacheAreas,
    private readonly decoder: Decoder,
    private readonly core: CodeTranslator,
    /** HEAT of a new block: what is near HEAT_LIMIT is compiled soon. */
    private readonly firstHeat = 0,
  ) {
    this.#u8 = new Uint8Array(memory.buffer);
    this.#u16 = new Uint16Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
    this.#packer = new OpPacker(memory, decoder.rows);
    this.#arena = new CodeArena(areas.arena, areas.arenaSize, (OPS_MAX + 1) * OP_SIZE);
    this.#clearTable();
  }

  /** The state must be cleared before; its fields that name the areas are set here. */
  addVcpu(areas: VcpuAreas): void {
    this.#vcpus.push(areas);
    this.attach(areas);
  }

  get hasOneVcpu(): boolean {
    return this.#vcpus.length === 1;
  }

  /** Sets the state's fields that name the areas; again after the state was cleared. */
  attach({ state, jumpCache, temporaryBlock }: VcpuAreas): void {
    this.#i32[(state + stateOffset('JUMP_CACHE')) >> 2] = jumpCache;
    this.#i32[(state + stateOffset('TEMPORARY_BLOCK')) >> 2] = temporaryBlock;
    this.#i32[(state + stateOffset('CODE_MAP')) >> 2] = this.areas.codeMap;
    this.#i32[(state + stateOffset('BLOCK_TABLE')) >> 2] = this.areas.blockTable;
    this.#i32[(state >> 2) + PATCHED_OP] = 0;
    this.#u8.fill(0, jumpCache, jumpCache + layout.TARGETS_OFFSET);
  }

  /**
   * Import `decode`: the first op of the block at RIP, whose first byte lies at offset `at`; `from`: a branch in the same page to link
   * to it, or 0. The core asks for what its tables do not know. Throws guest faults.
   */
  decode(state: number, from: number, at: number): number {
    if (at === NO_MEMORY) return this.#raiseAlone(state, VECTOR_UD);
    const mode = this.#i32[(state >> 2) + MODE]!;
    const linear = this.#linear(state, mode);
    let block = this.#find(at, mode);
    if (block !== undefined && block.secondSize !== 0) {
      if (this.#secondPage(state, linear, mode) !== block.secondStart) {
        this.#drop(block);
        block = undefined;
      }
    }
    const isLinkable = from !== 0 && this.#u16[from >> 1] !== layout.HANDLER_LEAVE && this.#arena.contains(from);
    const flushes = this.statistics.flushes;
    block ??= this.#build(state, at, mode, linear);
    this.#cacheJump(state, linear, block.op, at);
    this.#noteBlock(block);
    if (isLinkable && this.statistics.flushes === flushes) this.#i32[(from + layout.OP_LINK) >> 2] = block.op;
    return block.op;
  }

  /** Import `decodeAlone`: the one instruction at RIP, within the limit of CS; not kept. Throws guest faults. */
  decodeAlone(state: number): number {
    const mode = this.#i32[(state >> 2) + MODE]!;
    const rip = this.#i32[(state >> 2) + RIP]! >>> 0;
    const limit = this.#i32[(state >> 2) + CS_LIMIT]! >>> 0;
    if (rip > limit) return this.#raiseAlone(state, VECTOR_GP);
    const linear = this.#linear(state, mode);
    const at = this.core.translateCode(state, toBigInt(linear.low, linear.high)) >>> 0;
    if (at === NO_MEMORY) return this.#raiseAlone(state, VECTOR_UD);
    const room = Math.min(limit - rip + 1, INSTRUCTION_MAX);
    const inPage = Math.min(FRAME - (at & (FRAME - 1)), room);
    const draft = this.#temporaryDraft(state);
    const { decoder } = this;
    let result = decoder.decode(this.#u8, at, at + inPage, codeSizeOf(mode));
    if (result === DECODE_MORE && inPage < room) {
      const second = this.#secondPage(state, linear, mode);
      const bytes = this.#crossingBytes(at, inPage, second);
      result = decoder.decode(bytes, 0, room, codeSizeOf(mode));
    }
    // bytes past the limit cannot be fetched
    if (result === DECODE_MORE) return this.#raiseAlone(state, VECTOR_GP);
    this.#append(draft, result, mode);
    return this.#finishTemporary(state, draft);
  }

  /** The block whose first op this is. */
  blockOf(op: number): Block | undefined {
    if (!this.#arena.contains(op)) return undefined;
    const block = this.#byId[this.#i32[(op - OP_SIZE + layout.BLOCK_ID) >> 2]! - this.#firstId];
    return block?.op === op ? block : undefined;
  }

  /** The block that starts at offset `at` of shared memory. */
  find(at: number, mode: number): Block | undefined {
    return this.#find(at, mode);
  }

  /** How often the interpreter entered the block. */
  heatOf(block: Block): number {
    return this.#i32[(block.op - OP_SIZE + layout.BLOCK_HEAT) >> 2]!;
  }

  /** Halves the heat of blocks that were not reported yet. */
  coolDown(): void {
    const i32 = this.#i32;
    for (const block of this.#byId) {
      if (block === undefined) continue;
      const at = (block.op - OP_SIZE + layout.BLOCK_HEAT) >> 2;
      if (i32[at]! < layout.HEAT_LIMIT) i32[at] = i32[at]! >> 1;
    }
  }

  /** Offsets from its start to which the block's computed jump was seen to go; `rip` is the low half of the start's RIP. */
  targetsOf(block: Block, rip: number): Iterable<number> {
    const { op, opCount, targets = new Set() } = block;
    const jump = op + (opCount - 2) * OP_SIZE;
    for (const { state } of this.#vcpus) {
      const first = (this.#i32[(state + JUMP_CACHE) >> 2]! + layout.TARGETS_OFFSET) >> 2;
      for (let at = first; at < first + layout.TARGETS_ENTRIES * 2; at += 2) {
        if (this.#i32[at] === jump) targets.add((this.#i32[at + 1]! - rip) | 0);
      }
    }
    block.targets = targets;
    return targets;
  }

  /** From now on the block is entered through its header, which leads to the region record; 0: no longer. */
  setRegion(block: Block, record: number): void {
    const header = block.op - OP_SIZE;
    const before = this.#i32[(header + layout.BLOCK_REGION) >> 2]!;
    if (before !== 0) this.#forgetCached(header, this.#i32[(before + layout.REGION_CACHED) >> 2]! >>> 0);
    const isCompiled = record !== 0;
    this.#u16[(header + layout.OP_HANDLER) >> 1] = isCompiled ? layout.HANDLER_COMPILED : layout.HANDLER_LEAVE;
    this.#i32[(header + layout.BLOCK_REGION) >> 2] = record;
  }

  /** Takes what was made of a block's region, REGION_CACHED, out of the region caches. */
  #forgetCached(header: number, cached: number): void {
    if (cached === 0) return;
    if (cached !== layout.REGION_CACHED_OFTEN) return this.#forgetEntry(header, cached);
    for (const { jumpCache } of this.#vcpus) {
      const first = jumpCache + layout.REGION_CACHE_OFFSET;
      const end = first + layout.REGION_CACHE_ENTRIES * layout.REGION_CACHE_ENTRY_SIZE;
      for (let entry = first; entry < end; entry += layout.REGION_CACHE_ENTRY_SIZE) this.#forgetEntry(header, entry);
    }
  }
  #forgetEntry(header: number, entry: number): void {
    if (this.#i32[(entry + layout.CACHED_HEADER) >> 2] !== header) return;
    // no mode of compiled code is 0 (jit/regions.ts)
    this.#i32[(entry + layout.CACHED_KEY) >> 2] = 0;
    this.#i32[(entry + layout.CACHED_KEY + 4) >> 2] = 0;
  }

  /** Import `codeWritten`, and for devices: bytes of one frame are about to change. */
  codeWritten(offset: number, size: number): void {
    const blocks = this.#pages.get(Math.floor(offset / FRAME));
    if (blocks === undefined) return;
    const end = offset + size;
    for (const block of blocks) {
      const isFirst = block.start < end && offset < block.start + block.size;
      const isSecond = block.secondStart < end && offset < block.secondStart + block.secondSize;
      if (isFirst || isSecond) this.#drop(block);
    }
  }

  /** Before another vCPU runs: the op that the last one was to be stopped at is itself again, for blocks are shared. */
  unpatch(state: number | undefined): void {
    if (state === undefined) return;
    const op = this.#i32[(state >> 2) + PATCHED_OP]! >>> 0;
    if (op === 0) return;
    this.#u16[(op + layout.OP_HANDLER) >> 1] = this.#i32[(state >> 2) + PATCHED_HANDLER]!;
    this.#i32[(state >> 2) + PATCHED_OP] = 0;
  }

  /** Memory was replaced, or everything may have changed: no block stays. Only between instructions. */
  invalidateAll(): void {
    this.#flush();
    for (const vcpu of this.#vcpus) this.attach(vcpu);
  }

  #linear(state: number, mode: number): { low: number; high: number } {
    const at = state >> 2;
    const low = this.#i32[at + RIP]!;
    if (mode & layout.MODE_LONG) return { low, high: this.#i32[at + RIP + 1]! };
    return { low: (low + this.#i32[at + CS_BASE]!) | 0, high: 0 };
  }

  /** Where the page after `linear`'s lies. */
  #secondPage(state: number, linear: { low: number; high: number }, mode: number): number {
    const next = toBigInt(linear.low | (FRAME - 1), linear.high) + 1n;
    return (
      this.core.translateCode(state, mode & layout.MODE_LONG ? BigInt.asUintN(64, next) : next & 0xffffffffn) >>> 0
    );
  }

  #crossingBytes(at: number, first: number, second: number): Uint8Array {
    const bytes = this.#crossing;
    bytes.fill(0xff);
    bytes.set(this.#u8.subarray(at, at + first));
    if (second !== NO_MEMORY) bytes.set(this.#u8.subarray(second, second + INSTRUCTION_MAX), first);
    return bytes;
  }

  #find(at: number, mode: number): Block | undefined {
    let block = this.#buckets[hashOf(at, mode) >>> BUCKETS_SHIFT];
    while (block !== undefined && (block.start !== at || block.mode !== mode)) block = block.next;
    return block;
  }

  #chain(block: Block): void {
    const bucket = hashOf(block.start, block.mode) >>> BUCKETS_SHIFT;
    block.next = this.#buckets[bucket];
    this.#buckets[bucket] = block;
  }

  #unchain(block: Block): void {
    const bucket = hashOf(block.start, block.mode) >>> BUCKETS_SHIFT;
    let at = this.#buckets[bucket];
    if (at === block) {
      this.#buckets[bucket] = block.next;
      return;
    }
    while (at !== undefined && at.next !== block) at = at.next;
    if (at !== undefined) at.next = block.next;
  }

  #cacheJump(state: number, linear: { low: number; high: number }, op: number, at: number): void {
    const vcpu = this.#i32[(state + JUMP_CACHE) >> 2]!;
    // as in core/run.ts: linear ^ (linear >> 13), low bits
    const shifted = (linear.low >>> 13) | (linear.high << 19);
    const index = (linear.low ^ shifted) & (layout.JUMP_ENTRIES - 1);
    const entry = (vcpu + index * layout.JUMP_ENTRY_SIZE) >> 2;
    this.#i32[entry] = linear.low;
    this.#i32[entry + 1] = linear.high;
    this.#i32[entry + (layout.JUMP_KEY >> 2)] = this.#i32[(state >> 2) + MODE]!;
    // as codeKey in core/code-pages.ts
    const isUpper = isAtLeast(linear, this.#i32[(state >> 2) + UPPER_FROM]!, this.#i32[(state >> 2) + UPPER_FROM + 1]!);
    this.#i32[entry + (layout.JUMP_KEY >> 2) + 1] = this.#i32[(state >> 2) + CODE_GEN + (isUpper ? 1 : 0)]!;
    this.#i32[entry + (layout.JUMP_OP >> 2)] = op;
    this.#i32[entry + (layout.JUMP_PHYSICAL >> 2)] = at;
  }

  /** From now on the core finds the block by itself. One on two pages must be looked at each time. */
  #noteBlock({ start, mode, op, secondSize }: Block): void {
    if (secondSize !== 0) return;
    const index = hashOf(start, mode) >>> layout.BLOCK_ENTRIES_SHIFT;
    const entry = (this.areas.blockTable + index * layout.BLOCK_ENTRY_SIZE) >> 2;
    this.#i32[entry + (layout.BLOCK_ENTRY_START >> 2)] = start;
    this.#i32[entry + (layout.BLOCK_ENTRY_MODE >> 2)] = mode;
    this.#i32[entry + (layout.BLOCK_ENTRY_OP >> 2)] = op;
  }

  #clearTable(): void {
    const { blockTable } = this.areas;
    this.#u8.fill(0, blockTable, blockTable + BLOCK_ENTRIES * layout.BLOCK_ENTRY_SIZE);
  }

  #build(state: number, at: number, mode: number, linear: { low: number; high: number }): Block {
    const { scratch } = this.#arena;
    const draft: Draft = { op: scratch + OP_SIZE, count: 0, bytes: 0 };
    const codeSize = codeSizeOf(mode);
    const pageEnd = (at & -FRAME) + FRAME;
    const end = pageEnd <= 0 ? pageEnd + 0x100000000 : pageEnd;
    let second = NO_MEMORY;
    let secondSize = 0;
    let goesOn = false;
    const exits: number[] = [];
    let blockEnd: BlockEnd = 'next';
    for (;;) {
      const result = this.decoder.decode(this.#u8, at + draft.bytes, end, codeSize);
      if (result === DECODE_MORE) {
        if (draft.count > 0) break;
        second = this.#secondPage(state, linear, mode);
        const first = end - at;
        const crossing = this.decoder.decode(
          this.#crossingBytes(at, first, second),
          0,
          first + INSTRUCTION_MAX,
          codeSize,
        );
        this.#packer.pseudo(draft.op, layout.HANDLER_CROSSING, 0, 0, 0);
        this.#i32[(draft.op + layout.OP_IMM) >> 2] = second;
        draft.op += OP_SIZE;
        const isInstruction = this.#append(draft, crossing, mode);
        secondSize = Math.max(1, draft.bytes - first);
        const { row } = this.decoder.instruction.compiled;
        const isRelative = row.operands[0]?.kind === 'rel8' || row.operands[0]?.kind === 'relz';
        if (!isInstruction) blockEnd = 'away';
        else {
          if (isRelative) exits.push(draft.bytes + this.decoder.instruction.immLow);
          if (row.attributes.endsBlock) blockEnd = this.#endOf(mode, isRelative);
        }
        break;
      }
      if (!this.#append(draft, result, mode)) break;
      const { row } = this.decoder.instruction.compiled;
      const isRelative = row.operands[0]?.kind === 'rel8' || row.operands[0]?.kind === 'relz';
      if (isRelative && result === DECODE_OK) exits.push(draft.bytes + this.decoder.instruction.immLow);
      const isFusable = row.attributes.cc !== undefined && draft.count > 1 && result === DECODE_OK;
      if (isFusable && isFlatJump(row, this.decoder.instruction.size, mode)) {
        this.#packer.fuse(draft.op - OP_SIZE, row.attributes.cc!);
      }
      if (row.attributes.endsBlock || result !== DECODE_OK) {
        blockEnd = result === DECODE_OK ? this.#endOf(mode, isRelative) : 'away';
        break;
      }
      if (draft.count >= layout.BLOCK_INSTRUCTIONS_MAX || at + draft.bytes >= end) break;
      // what follows a branch may be decoded in vain, and has a heat of its own
      if (isRelative) {
        goesOn = environmentOf(mode) !== ENV_CHECKED;
        break;
      }
    }
    this.#finish(draft, mode);
    const header = this.#place(draft.op - scratch);
    this.#u8.copyWithin(header, scratch, draft.op);
    const opEnd = header + draft.op - scratch;
    const link = goesOn ? this.#find(at + draft.bytes, mode) : undefined;
    if (link?.secondSize === 0) this.#i32[(opEnd - OP_SIZE + layout.OP_LINK) >> 2] = link.op;
    exits.push(draft.bytes);
    const block: Block = {
      id: this.#firstId + this.#byId.length,
      mode,
      next: undefined,
      op: header + OP_SIZE,
      opCount: (opEnd - header) / OP_SIZE - 1,
      start: at,
      size: secondSize === 0 ? draft.bytes : end - at,
      secondStart: second,
      secondSize,
      instructions: draft.count,
      exits,
      end: blockEnd,
      targets: undefined,
      avoided: undefined,
      regions: undefined,
    };
    this.#byId.push(block);
    this.#i32.fill(0, header >> 2, (header + OP_SIZE) >> 2);
    this.#i32[(header + layout.BLOCK_INSTRUCTIONS) >> 2] = draft.count;
    this.#i32[(header + layout.BLOCK_BYTES) >> 2] = Math.max(1, draft.bytes);
    this.#i32[(header + layout.BLOCK_ID) >> 2] = block.id;
    this.#i32[(header + layout.BLOCK_HEAT) >> 2] = this.firstHeat;
    this.#chain(block);
    this.#register(block.start, block);
    if (secondSize !== 0 && second !== NO_MEMORY) this.#register(second, block);
    this.statistics.blocks++;
    this.statistics.instructions += draft.count;
    return block;
  }

  /** Appends the decoded instruction, or what raises its fault. false: it must start a block of its own. */
  #append(draft: Draft, result: number, mode: number): boolean {
    const x = this.decoder.instruction;
    const next = draft.bytes + x.length;
    const fault = result === DECODE_OK ? this.#faultOf(mode) : result === DECODE_TOO_LONG ? VECTOR_GP : VECTOR_UD;
    if (fault !== 0) {
      this.#packer.pseudo(
        draft.op,
        layout.HANDLER_RAISE,
        draft.count,
        next,
        x.length,
        fault,
        fault === VECTOR_GP ? 1 : 0,
      );
      draft.op += OP_SIZE;
      draft.count++;
      draft.bytes = next;
      return false;
    }
    const { unit, intercept } = x.compiled.row.attributes;
    const env = environmentOf(mode);
    let op = draft.op;
    if (unit !== undefined && (mode & layout.MODE_FPU_TRAP) !== 0) {
      this.#packer.pseudo(op, layout.HANDLER_UNIT, draft.count, next, x.length, UNITS[unit]);
      op += OP_SIZE;
    }
    if (intercept !== undefined && (mode & layout.MODE_INTERCEPTED) !== 0) {
      this.#packer.pseudo(op, layout.HANDLER_INTERCEPT, draft.count, next, x.length, interceptNumber(intercept));
      op += OP_SIZE;
    }
    if (!this.#packer.instruction(op, x, draft.count, next, mode, env)) return false;
    draft.op = op + OP_SIZE;
    draft.count++;
    draft.bytes = next;
    return true;
  }

  /** Faults that the mode alone decides: the one place where privilege is checked. 0: none. */
  #faultOf(mode: number): number {
    const { attributes } = this.decoder.instruction.compiled.row;
    if (attributes.protectedOnly && ((mode & layout.MODE_PROTECTED) === 0 || (mode & layout.MODE_V86) !== 0))
      return VECTOR_UD;
    if (attributes.unit === 'avx' && (mode & layout.MODE_AVX) === 0) return VECTOR_UD;
    if (attributes.cpl === 0 && (mode & (layout.MODE_CPL3 | layout.MODE_CPL12)) !== 0) return VECTOR_GP;
    return 0;
  }

  /** How the instruction at hand ends its block. */
  #endOf(mode: number, isRelative: boolean): BlockEnd {
    const { instruction } = this.decoder;
    const { name, semantics } = instruction.compiled.row;
    // far transfers have no semantics
    if (semantics === undefined) return segmentLoadOf(instruction) === undefined ? 'away' : 'next';
    if (name === 'ret') return 'return';
    if (name === 'call') return isRelative ? 'call' : 'callAway';
    return name === 'jmp' && !isRelative ? 'jump' : 'away';
  }

  #finish(draft: Draft, mode: number): void {
    const handler = environmentOf(mode) === ENV_CHECKED ? layout.HANDLER_END_CHECKED : layout.HANDLER_END;
    this.#packer.pseudo(draft.op, handler, draft.count, draft.bytes, 0);
    draft.op += OP_SIZE;
  }

  #temporaryDraft(state: number): Draft {
    const header = this.#i32[(state + TEMPORARY_BLOCK) >> 2]! >>> 0;
    return { op: header + OP_SIZE, count: 0, bytes: 0 };
  }

  #finishTemporary(state: number, draft: Draft): number {
    const header = this.#i32[(state + TEMPORARY_BLOCK) >> 2]! >>> 0;
    this.#finish(draft, this.#i32[(state >> 2) + MODE]!);
    this.#i32.fill(0, header >> 2, (header + OP_SIZE) >> 2);
    this.#i32[(header + layout.BLOCK_INSTRUCTIONS) >> 2] = 1;
    this.#i32[(header + layout.BLOCK_BYTES) >> 2] = 1;
    this.#i32[(header + layout.BLOCK_ID) >> 2] = 0;
    return header + OP_SIZE;
  }

  /** A block that raises at once. */
  #raiseAlone(state: number, vector: number): number {
    const draft = this.#temporaryDraft(state);
    this.#packer.pseudo(draft.op, layout.HANDLER_RAISE, 0, 0, 0, vector, vector === VECTOR_GP ? 1 : 0);
    draft.op += OP_SIZE;
    draft.count = 1;
    return this.#finishTemporary(state, draft);
  }

  #register(offset: number, block: Block): void {
    const frame = Math.floor(offset / FRAME);
    let blocks = this.#pages.get(frame);
    if (blocks === undefined) {
      blocks = new Set();
      this.#pages.set(frame, blocks);
    }
    blocks.add(block);
    this.#mark(frame, block);
    const flag = this.areas.pageFlags + frame;
    const flags = this.#u8[flag]!;
    if ((flags & PAGE_HAS_CODE) !== 0) return;
    this.#u8[flag] = (flags | PAGE_HAS_CODE) & ~PAGE_WRITTEN_PLAINLY;
    // to look through a whole TLB takes as long as to decode the block
    if ((flags & PAGE_WRITTEN_PLAINLY) === 0) return;
    for (const { state } of this.#vcpus) this.core.forbidWrites(state, frame, frame + 1);
  }

  /** Sets the bits of the pieces that the block takes from the frame. */
  #mark(frame: number, block: Block): void {
    const map = (this.areas.codeMap >> 2) + frame * 2;
    this.#markPart(map, frame, block.start, block.size);
    if (block.secondSize !== 0) this.#markPart(map, frame, block.secondStart, block.secondSize);
  }

  #markPart(map: number, frame: number, start: number, size: number): void {
    if (Math.floor(start / FRAME) !== frame) return;
    const first = (start & (FRAME - 1)) >> PIECE_SHIFT;
    const last = ((start & (FRAME - 1)) + size - 1) >> PIECE_SHIFT;
    for (let piece = first; piece <= last; piece++) this.#i32[map + (piece >> 5)]! |= 1 << (piece & 31);
  }

  #drop(block: Block): void {
    this.statistics.invalidations++;
    this.#unchain(block);
    for (const user of [...(block.regions ?? [])]) user.blockDropped();
    this.#byId[block.id - this.#firstId] = undefined;
    const end = block.op + block.opCount * OP_SIZE;
    for (let op = block.op; op < end; op += OP_SIZE) this.#u16[op >> 1] = layout.HANDLER_LEAVE;
    for (const vcpu of this.#vcpus) this.#dropFromVcpu(vcpu, block, end);
    this.#unregister(block.start, block);
    if (block.secondSize !== 0 && block.secondStart !== NO_MEMORY) this.#unregister(block.secondStart, block);
  }

  #dropFromVcpu({ state, temporaryBlock }: VcpuAreas, block: Block, end: number): void {
    const patched = this.#i32[(state >> 2) + PATCHED_OP]! >>> 0;
    const isCopy = this.#i32[(temporaryBlock + layout.BLOCK_ID) >> 2] === block.id;
    const temporaryEnd = temporaryBlock + (block.opCount + 1) * OP_SIZE;
    if (isCopy) {
      for (let op = temporaryBlock + OP_SIZE; op < temporaryEnd; op += OP_SIZE)
        this.#u16[op >> 1] = layout.HANDLER_LEAVE;
    }
    const isPatched =
      (patched >= block.op && patched < end) || (isCopy && patched > temporaryBlock && patched < temporaryEnd);
    if (isPatched) this.#i32[(state >> 2) + PATCHED_OP] = 0;
  }

  #unregister(offset: number, block: Block): void {
    const frame = Math.floor(offset / FRAME);
    const blocks = this.#pages.get(frame);
    if (blocks === undefined) return;
    blocks.delete(block);
    const map = (this.areas.codeMap >> 2) + frame * 2;
    this.#i32[map] = 0;
    this.#i32[map + 1] = 0;
    // PAGE_HAS_CODE goes with the next write that finds the map empty (core/run.ts): code that rewrites itself keeps it
    if (blocks.size === 0) this.#pages.delete(frame);
    else for (const other of blocks) this.#mark(frame, other);
  }

  /** Where `bytes` of ops go. */
  #place(bytes: number): number {
    const place = this.#arena.take(bytes);
    if (place !== undefined) return place;
    const ofRegions = this.#byId.filter((block) => block?.regions?.size) as Block[];
    const kept = ofRegions.reduce((sum, block) => sum + (block.opCount + 1) * OP_SIZE, 0);
    if (kept <= this.#arena.size * KEPT_MOST) this.#forgetAllBut(ofRegions);
    return this.#arena.take(bytes) ?? this.#placeAfterAll(bytes);
  }

  #placeAfterAll(bytes: number): number {
    this.#flush();
    return this.#arena.take(bytes)!;
  }

  #flush(): void {
    for (const block of this.#byId) for (const user of [...(block?.regions ?? [])]) user.blockDropped();
    this.#forgetAllBut([]);
    for (const { state } of this.#vcpus) {
      for (const part of [0, 1]) {
        const at = (state >> 2) + CODE_GEN + part;
        this.#i32[at] = (this.#i32[at]! + 1) | 0;
      }
    }
  }

  /** Only `kept` stay, with regions; the memory of the others is free. */
  #forgetAllBut(kept: readonly Block[]): void {
    this.statistics.flushes++;
    for (const { state, temporaryBlock, jumpCache } of this.#vcpus) {
      this.unpatch(state);
      this.#u8.fill(0, jumpCache, jumpCache + layout.TARGETS_OFFSET);
      this.#i32[(temporaryBlock + layout.BLOCK_ID) >> 2] = 0;
    }
    for (const frame of this.#pages.keys()) {
      const map = (this.areas.codeMap >> 2) + frame * 2;
      this.#i32[map] = 0;
      this.#i32[map + 1] = 0;
      this.#u8[this.areas.pageFlags + frame]! &= ~PAGE_HAS_CODE;
    }
    this.#pages.clear();
    this.#buckets.fill(undefined);
    this.#clearTable();
    this.#firstId += this.#byId.length;
    this.#byId = [];
    for (const block of kept) this.#keep(block);
    const pieces = kept.map(({ op, opCount }) => ({ from: op - OP_SIZE, end: op + opCount * OP_SIZE }));
    this.#arena.freeAllBut(pieces.sort((a, b) => a.from - b.from));
  }

  #keep(block: Block): void {
    const { op, opCount, secondStart, secondSize } = block;
    block.id = this.#firstId + this.#byId.length;
    this.#byId.push(block);
    this.#i32[(op - OP_SIZE + layout.BLOCK_ID) >> 2] = block.id;
    for (let at = op; at < op + opCount * OP_SIZE; at += OP_SIZE) {
      const handler = this.#u16[at >> 1]!;
      // these hold the handler of their second half there
      if (handler >= layout.HANDLER_FUSED_FIRST && handler < layout.HANDLER_FUSED_END) continue;
      this.#i32[(at + layout.OP_LINK) >> 2] = 0;
    }
    this.#chain(block);
    this.#register(block.start, block);
    if (secondSize !== 0 && secondStart !== NO_MEMORY) this.#register(secondStart, block);
  }
}

/** A conditional jump that is a link, not a computation: no segment limit, no cut to 16 bits. */
function isFlatJump(row: Row, size: number, mode: number): boolean {
  const kind = row.operands[0]?.kind;
  return (kind === 'rel8' || kind === 'relz') && size !== 16 && environmentOf(mode) !== ENV_CHECKED;
}

function hashOf(offset: number, mode: number): number {
  return Math.imul(offset ^ (mode << 20), layout.BLOCK_ENTRY_HASH);
}

/** Of unsigned 64-bit numbers, by halves. */
function isAtLeast(value: { low: number; high: number }, low: number, high: number): boolean {
  const difference = (value.high >>> 0) - (high >>> 0);
  return difference > 0 || (difference === 0 && value.low >>> 0 >= low >>> 0);
}

function toBigInt(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
