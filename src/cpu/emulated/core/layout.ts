/**
 * The one description of the emulated vCPU's state in shared memory. `build/gen/layout.ts` writes AssemblyScript constants
 * (`S_NAME` = byte offset from the state base `s`) from it; TypeScript reads it through `stateOffset`. No literal offset
 * appears anywhere else. Not an AssemblyScript file.
 */
export type FieldType = 'u8' | 'u16' | 'u32' | 'u64' | 'f64' | 'v128';

const SIZES: Readonly<Record<FieldType, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, f64: 8, v128: 16 };

export interface StateField {
  readonly name: string;
  readonly type: FieldType;
  readonly count: number;
  /** Bytes from one element to the next. */
  readonly stride: number;
  readonly offset: number;
}

/**
 * [name, type, count, stride]. GPR..CODE_RIP come first, within 256 bytes: ops name them by a one-byte offset.
 * A segment register is SEG_STRIDE bytes: selector u16 at 0, access u16 at 2 (VMX access-rights layout), limit u32 at 4, base u64 at 8,
 * unusable u8 at 16. Order ES CS SS DS FS GS LDTR TR as in encodings.
 */
const FIELDS: ReadonlyArray<readonly [string, FieldType, number?, number?]> = [
  ['GPR', 'u64', 16],
  ['ZERO', 'u64'], // always 0: the base or index of an address that has none
  ['CODE_RIP', 'u64'], // RIP (offset in CS) of the running block's first instruction
  ['SIXTEEN', 'u64'], // always 16: index of a RIP-relative address whose distance from the block's start passes 2 GiB
  ['FR', 'u64'],
  ['FC', 'u64'],
  ['COUNT', 'u64'], // instructions retired before the running block (exact when stopped)
  ['LIMIT', 'u64'], // run until COUNT reaches this; 0 = stop at the next boundary
  ['RIP', 'u64'], // exact when stopped and in slow-path calls that say so
  ['CUR_OP', 'u32'], // op whose slow path runs, 0 when stopped
  ['EVENT_ENTERED', 'u32'], // an event was entered since vcpu.ts cleared it: no single-step trap for this instruction
  ['EFLAGS', 'u32'], // everything but OSZAPC: TF IF DF IOPL NT RF VM AC VIF VIP ID
  ['CPL', 'u32'],
  ['TLB', 'u32'], // byte offset in memory of the TLB of the current privilege class
  ['MODE', 'u32'], // block key of the current mode, see MODE_* below
  ['CODE_GEN', 'u32', 2], // changes whenever code must be looked up again: below UPPER_FROM, and from there on
  ['UPPER_FROM', 'u64'], // where a kernel's part of the address space begins
  ['UPPER_IS_LOCAL', 'u32'], // code there was found by a translation that is not global
  ['UNTIL', 'u64'], // `run` stops exactly when COUNT equals this; `run` derives LIMIT from it
  ['JUMP_CACHE', 'u32'], // this vCPU's table linear address -> op, JUMP_* below
  ['TEMPORARY_BLOCK', 'u32'], // room for one uncached block (exact stops, segment limits)
  ['CODE_MAP', 'u32'], // u64 per frame of the shared memory: a bit per 64 bytes that blocks stem from
  ['BLOCK_TABLE', 'u32'], // blocks by where they start, BLOCK_ENTRY_* below
  ['PATCHED_OP', 'u32'], // op whose handler is HANDLER_LEAVE for the moment, 0 = none
  ['PATCHED_HANDLER', 'u32'], // its own handler
  ['SHADOW', 'u32'], // count-relative interrupt shadow: 0 none, 1 STI, 2 MOV SS
  ['SHADOW_COUNT', 'u64'], // the shadow holds while the exact count equals this
  ['ACTIVITY', 'u32'], // ACTIVITY_*
  ['INTR', 'u32'], // INTR pin
  ['NMI_PENDING', 'u32'],
  ['NMI_BLOCKED', 'u32'],
  ['SMI_PENDING', 'u32'],
  ['IN_SMM', 'u32'],
  ['SMBASE', 'u32'],
  ['SMM_NMI_BLOCKED', 'u32'], // NMI_BLOCKED when SMM was entered
  // the exception being raised: filled before `raise`, consumed by `deliver`
  ['EXC_VECTOR', 'u32'],
  ['EXC_ERROR', 'u32'],
  ['EXC_HAS_ERROR', 'u32'],
  ['EXC_CR2', 'u64'],
  ['DELIVERING', 'u32'], // DELIVERING_* of core/raise.ts: class of the event being delivered, for double faults and EXT
  ['PENDING_DB', 'u32'], // DR6 bits of a trap #DB that is due after the running instruction
  // the stack that a gate, a far return or an event fills or empties (core/frame.ts)
  ['FRAME_BASE', 'u64'],
  ['FRAME_SP', 'u64'],
  ['FRAME_MASK', 'u64'],
  ['FRAME_LIMIT', 'u32'],
  ['FRAME_ACCESS', 'u32'],
  ['FRAME_TLB', 'u32'],
  ['FRAME_ERROR', 'u32'],
  // where the vCPU's and the machine's tables lie in shared memory
  ['VCPU_INDEX', 'u32'],
  ['TLB_BASE', 'u32'], // TLB of class 0; the others follow
  ['TLB_LOG', 'u32'], // u16 indices of the entries filled since the last flush of non-global entries
  ['TLB_LOG_COUNT', 'u32'],
  ['SLOT_TABLE', 'u32'], // see engine-layout.ts
  ['PAGE_FLAGS', 'u32'], // one byte per frame
  // what this CPU model allows
  ['VENDOR_AMD', 'u32'],
  ['CR4_ALLOWED', 'u64'],
  ['EFER_ALLOWED', 'u64'],
  ['XCR0_ALLOWED', 'u64'],
  ['HAS_XINUSE', 'u32'], // XGETBV knows index 1
  // instructions that a hypervisor wants to see: bits by isa/intercepts.ts, and the one that was met (+ 1, 0 = none)
  ['INTERCEPTS', 'u64'],
  ['INTERCEPTED', 'u32'],
  // results of slow helpers with more than one value
  ['RES0', 'u64'],
  ['RES1', 'u64'],
  ['RES2', 'u64'],
  ['SCRATCH', 'v128', 16],
  ['SEG', 'u64', 8, 32],
  ['GDTR_BASE', 'u64'],
  ['GDTR_LIMIT', 'u32'],
  ['IDTR_LIMIT', 'u32'],
  ['IDTR_BASE', 'u64'],
  ['CR0', 'u64'],
  ['CR2', 'u64'],
  ['CR3', 'u64'],
  ['CR4', 'u64'],
  ['XCR0', 'u64'],
  ['DR', 'u64', 8],
  ['EFER', 'u64'],
  ['STAR', 'u64'],
  ['LSTAR', 'u64'],
  ['CSTAR', 'u64'],
  ['FMASK', 'u64'],
  ['KERNEL_GS_BASE', 'u64'],
  ['TSC_AUX', 'u64'],
  ['TSC_OFFSET', 'u64'],
  ['SYSENTER_CS', 'u64'],
  ['SYSENTER_ESP', 'u64'],
  ['SYSENTER_EIP', 'u64'],
  ['PAT', 'u64'],
  ['MISC_ENABLE', 'u64'],
  ['DEBUGCTL', 'u64'],
  ['SPEC_CTRL', 'u64'],
  ['MTRR_DEF_TYPE', 'u64'],
  ['MTRR_FIXED', 'u64', 11],
  ['MTRR_VAR', 'u64', 16],
  ['MCG_STATUS', 'u64'],
  ['MCG_CTL', 'u64'],
  ['MC_CTL', 'u64', 10],
  // performance counters: registers, then sums since they were last looked at (core/counters.ts), of ring 0 and of the others
  ['PERF_SELECT', 'u64', 4],
  ['PERF_COUNTER', 'u64', 4],
  ['PERF_FIXED', 'u64', 3],
  ['PERF_FIXED_CTRL', 'u64'],
  ['PERF_GLOBAL_CTRL', 'u64'],
  ['PERF_GLOBAL_STATUS', 'u64'],
  ['PERF_ON', 'u32'], // whether any counts, PERF_* of core/counters.ts
  ['PERF_MOVED', 'u32'], // the ring changed
  ['PERF_MARK', 'u64'], // COUNT up to which the sums go
  ['PERF_SURPLUS', 'u64'], // what COUNT counted since that was no instruction of this vCPU
  ['PERF_RETIRED', 'u64', 2],
  ['PERF_CYCLES', 'u64', 2], // while not halted
  ['PKRU', 'u32'],
  ['PDPTE_VALID', 'u32'],
  ['PDPTE', 'u64', 4],
  // clock step in force (see backend.ts ClockStep); TSC = ns + TSC_OFFSET
  ['CLOCK_COUNT', 'u64'],
  ['CLOCK_NS', 'f64'],
  ['CLOCK_RATE', 'f64'],
  ['TSC_SCALE', 'f64'], // TSC ticks per ns
  // x87/MMX: each register 16 bytes: mantissa u64 at 0 (the MMX register), sign and exponent u16 at 8. Index = physical register.
  ['FPR', 'u64', 8, 16],
  ['FCW', 'u16'],
  ['FSW', 'u16'], // TOP is kept in FPU_TOP, bits 11..13 here are 0
  ['FTW', 'u16'], // full 16-bit tag word by physical register, 3 = empty
  ['FOP', 'u16'],
  ['FPU_TOP', 'u32'],
  ['FIP', 'u64'],
  ['FDP', 'u64'],
  ['FCS', 'u16'],
  ['FDS', 'u16'],
  ['MXCSR', 'u32'],
  ['XMM', 'v128', 16, 32], // 32 bytes apart: the upper halves are YMM's
  ['BUDGET', 'u32'], // what was left of its instructions when the compiled region was left, not counting those of the last node
  ['FLAG_KIND', 'u32'], // in and between regions: what FR, FC and FLAG_B mean (core/lazy-flags.ts); 0 elsewhere
  ['FLAG_B', 'u64'],
  ['BUDGET_END', 'u64'], // COUNT at the start of a region's node is this less its budget
  ['MISS_ACCESS', 'u32'], // the access of MISS_LINEAR for which the region was left: ACCESS_*, above it the bytes; 0: for something else
  ['MISS_LINEAR', 'u64'],
  ['LAST_EVENT', 'u64'], // COUNT when the last event was entered
  ['NEXT_OP', 'u32'], // after EXIT_INTERPRETED: the op to go on with, 0 to stop
  ['JIT_ENTRIES', 'u64'], // regions entered
  ['JIT_SLOW', 'u64'], // of them, left for an instruction that is the interpreter's
  ['JIT_COUNT', 'u64'], // instructions retired in regions
  ['SSE_DEFERRED', 'u32'], // flags of the halves of a 256-bit instruction that runs (core/sse/soft.ts)
  ['FERR', 'u32'], // FERR# pin: an unmasked x87 error waits and CR0.NE is 0 (the board turns it into IRQ 13)
  ['SOFT', 'v128', 32], // working area of the soft float (core/fpu/number.ts)
  ['RESUME_COUNT', 'u64'], // RF in EFLAGS holds while the exact count equals this
];

function lay(): { fields: Map<string, StateField>; size: number } {
  const fields = new Map<string, StateField>();
  let at = 0;
  for (const [name, type, count = 1, stride = SIZES[type]] of FIELDS) {
    const align = SIZES[type];
    at = (at + align - 1) & ~(align - 1);
    fields.set(name, { name, type, count, stride, offset: at });
    at += stride * count;
  }
  return { fields, size: (at + 63) & ~63 };
}

const laid = lay();
export const STATE_FIELDS: ReadonlyMap<string, StateField> = laid.fields;
export const STATE_SIZE = laid.size;
export const SEG_STRIDE = 32;

/** Byte offset of a field (or element) from the state base. */
export function stateOffset(name: string, index = 0): number {
  const field = STATE_FIELDS.get(name);
  if (field === undefined) throw new RangeError(`no vCPU state field ${name}`);
  return field.offset + index * field.stride;
}

/** Values of ACTIVITY. */
export const ACTIVITY_RUNNING = 0;
export const ACTIVITY_HALTED = 1;
export const ACTIVITY_WAIT_FOR_SIPI = 2;
export const ACTIVITY_SHUTDOWN = 3;
export const ACTIVITY_LEAVING_SMM = 4; // RSM ran, and vcpu.ts does the rest

/** Bits of MODE, the part of a block's key that is not its address. */
export const MODE_CS32 = 1; // CS.D (outside 64-bit mode)
export const MODE_LONG = 2; // 64-bit mode
export const MODE_SS32 = 4; // SS.B (stack pointer width outside 64-bit mode)
export const MODE_FLAT = 8; // CS DS ES SS usable, base 0, limit 4 GiB: no segment arithmetic (always in 64-bit mode)
export const MODE_CPL3 = 16;
export const MODE_PROTECTED = 32;
export const MODE_V86 = 64;
export const MODE_LMA = 128; // long mode active (64-bit or compatibility)
export const MODE_FPU_TRAP = 256; // CR0.EM, CR0.TS or !CR4.OSFXSR: x87/MMX/SSE may raise #NM or #UD
export const MODE_CPL12 = 512; // CPL is 1 or 2: supervisor for paging, not privileged
export const MODE_AVX = 1024; // CR4.OSXSAVE and XCR0 has SSE and AVX: VEX-encoded vector instructions exist
export const MODE_INTERCEPTED = 2048; // INTERCEPTS is not 0
export const MODE_PLAIN = 4096; // not FLAT, but DS, ES and SS let everything up to their limits be read and written

/** A decoded op, 32 bytes. Field offsets; written by blocks.ts, read by the interpreter. */
export const OP_SIZE = 32;
export const OP_HANDLER = 0; // u16
export const OP_LENGTH = 2; // u8, bytes of the instruction
export const OP_INDEX = 3; // u8, instructions before it in the block
export const OP_REG = 4; // u8, byte offset from s of the ModRM.reg (or opcode) register; index for xmm, sreg, cr, dr, st
export const OP_RM = 5; // u8, the same for ModRM.rm when it is a register
export const OP_BASE = 6; // u8, byte offset of the address base: a GPR, ZERO or CODE_RIP
export const OP_INDEX_REG = 7; // u8, byte offset of the index: a GPR, ZERO or SIXTEEN
export const OP_SCALE = 8; // u8, 0..3
export const OP_EA = 9; // u8, EA_* kind
export const OP_SEG = 10; // u8, segment register number of the memory operand
export const OP_FLAGS = 11; // u8, OPF_* bits
export const OP_DISP = 12; // i32; for CODE_RIP it already includes what brings it from the block start to the next instruction
export const OP_IMM = 16; // i64 (sign-extended); relative branches: target RIP minus the block's start RIP
export const OP_NEXT = 24; // u16, offset of the next instruction from the block's start
export const OP_VVVV = 26; // u8, register named by VEX.vvvv, as OP_REG; instead of OP_IMM2
export const OP_IS4 = 27; // u8, vector register named by the high half of an immediate byte
export const OP_IMM2 = 26; // u16, second immediate (ENTER, far selectors) 
export const OP_LINK = 28; // u32, linked block (taken branch or the only successor), 0 = none

/** Bits of OP_FLAGS. */
export const OPF_LOCK = 1;
export const OPF_REP = 2; // F3: REP, REPE
export const OPF_REPNE = 4; // F2
export const OPF_SIZE_SHIFT = 3; // two bits: log2 of the operand size in bytes, after prefixes and the row's size/default64
export const OPF_MOD3 = 32; // ModRM.rm is a register
export const OPF_ADDRESS_SHIFT = 6; // two bits: log2 of the address size in bytes (1, 2 or 3)

/** Handlers that are not an instruction's; the generated ones follow. */
export const HANDLER_LEAVE = 0; // stop before this op and look its RIP up again
export const HANDLER_END = 1; // after the last instruction: go on at the next RIP
export const HANDLER_RAISE = 2; // raise exception OP_REG (OP_RM != 0: with error code 0)
export const HANDLER_UNIT = 3; // may the x87/MMX/SSE op that follows run? OP_REG = UNIT_*
export const HANDLER_CROSSING = 4; // the op that follows lies on two pages; OP_IMM = offset in memory of the second part
export const HANDLER_END_CHECKED = 6; // HANDLER_END where the code segment has a limit
export const HANDLER_INTERCEPT = 5; // a hypervisor may want to see the op that follows
export const HANDLER_COMPILED = 7; // a block's header, entered instead of its first op: there is a compiled region
export const HANDLER_FIRST = 8;
/** Handlers from here on are functions of their own, by family. */
export const HANDLER_FIRST_COLD = 1024;
/** Handlers of a flag-setting instruction on registers together with the conditional jump after it; OP_LINK holds its own one. */
export const HANDLER_FUSED_FIRST = 820;
export const HANDLER_FUSED_END = 1024;
export const UNIT_FPU = 1;
export const UNIT_MMX = 2;
export const UNIT_SSE = 3;
export const UNIT_FWAIT = 4;
export const UNIT_AVX = 5;

/**
 * The 32 bytes before a block's first op, laid out so that they are an op too: HANDLER_COMPILED while there is a region that starts
 * with the block, else HANDLER_LEAVE.
 */
export const BLOCK_BYTES = 4; // u32
export const BLOCK_ID = 8; // u32
export const BLOCK_INSTRUCTIONS = 12; // u32
export const BLOCK_HEAT = 16; // u32, how often the interpreter entered it, up to where it was reported
export const BLOCK_REGION = 20; // u32, REGION_* record, 0: none

/**
 * BLOCK_TABLE: for some blocks of one page, where they are; a newer block takes the place of an older one. Index: the upper bits of
 * (start ^ mode << 20) * BLOCK_ENTRY_HASH. What is left of a dropped block is known by its first op, HANDLER_LEAVE.
 */
export const BLOCK_ENTRIES_SHIFT = 15; // 32 - log2 of the number of entries
export const BLOCK_ENTRY_HASH = 0x9e3779b1;
export const BLOCK_ENTRY_SIZE = 16;
export const BLOCK_ENTRY_START = 0; // u32, offset in memory of the block's first byte
export const BLOCK_ENTRY_MODE = 4; // u32
export const BLOCK_ENTRY_OP = 8; // u32, 0: none

/** How often the interpreter enters a block before it tells jit/regions.ts. */
export const HEAT_LIMIT = 2_000;

/** How often in a row a region is refused before jit/regions.ts makes it anew. */
export const REFUSALS_MAX = 200;

/** A compiled region, REGION_SIZE bytes; written by jit/regions.ts, read by core/regions.ts. */
export const REGION_SIZE = 256;
export const REGION_FUNCTION = 0; // u32, index in the core's table
export const REGION_LONGEST = 4; // u32, instructions that it may run past its budget
export const REGION_KEY = 8; // u64, `codeKey` for which the pages were last found where they should be
export const REGION_RIP = 16; // u64, with this linear address of its entry
export const REGION_STATE = 24; // u32, by this vCPU
export const REGION_LOWEST = 28; // i32, offsets from the entry RIP that its code spans
export const REGION_HIGHEST = 32; // i32
export const REGION_PAGES = 36; // u32, number of further pages
export const REGION_REFUSED = 40; // u32, how often in a row a page was elsewhere
export const REGION_CACHED = 44; // u32, address of the one entry of a region cache that was made of it, 0: none, REGION_CACHED_OFTEN
export const REGION_CACHED_OFTEN = 1;
export const REGION_WORK = 48; // i64, instructions that it runs before jit/regions.ts is told
export const REGION_FIRST_PAGE = 64; // pairs: i32 bytes from the entry's page, u32 offset of the frame in shared memory
export const REGION_PAGES_MAX = 24;
/** A region's result: how and where it was left. */
export const EXIT_FLAGS_MASK = 0xff; // a flag code of core/lazy-flags.ts: FR, FC and FLAG_B hold what it says
export const EXIT_FLAGS_KEEP = 0xff; // the flag code is in FLAG_KIND
export const EXIT_COUNT_SHIFT = 8; // instructions of the last node
export const EXIT_COUNT_MASK = 0xfff;
export const EXIT_SLOW = 0x10_0000; // the instruction at RIP is the interpreter's
export const EXIT_FAR = 0x20_0000; // RIP is in the state already
export const EXIT_INTERPRETED = 0x40_0000; // all of the state is as it should be, and NEXT_OP says how it goes on
export const EXIT_OFFSET_SHIFT = 24; // i40, what the entry RIP is away from RIP
/** Words of what a region tells `regionInterpret`: an op of its node (the instruction's, or one before it), then these, then the node's offset from the entry. */
export const STEP_INDEX_MASK = 0xff; // instructions of the node before it
export const STEP_FLAGS_SHIFT = 8; // flag code, as EXIT_FLAGS_MASK
export const STEP_ENDS = 0x1_0000; // it, or the last of them, ends its block
export const STEP_MORE_SHIFT = 24; // so many instructions after it too
/** Instructions that a region may run before it returns: it is replaced by a faster one only between calls. */
export const REGION_BUDGET = 100_000;
export const REGION_WORK_PART = 50_000; // what a region cache takes of REGION_WORK at once

/** A jump-cache entry. */
export const JUMP_ENTRIES = 16384;
export const JUMP_ENTRY_SIZE = 32;
export const JUMP_LINEAR = 0; // u64
export const JUMP_KEY = 8; // u64, `codeKey` when it was made
export const JUMP_OP = 16; // u32
export const JUMP_PHYSICAL = 20; // u32, offset in memory of the block's first byte

/**
 * Behind the jump cache: the region cache, of all that it takes to enter a region at a RIP. The way there through jump cache, block
 * and record waits for memory four times.
 */
export const REGION_CACHE_OFFSET = JUMP_ENTRIES * JUMP_ENTRY_SIZE;
export const REGION_CACHE_ENTRIES = 4096;
export const REGION_CACHE_ENTRY_SIZE = 32;
export const CACHED_RIP = 0; // u64; where CS has a base, the linear address with RIP in the upper half
export const CACHED_KEY = 8; // u64, `codeKey` for which its pages were found where they should be
export const CACHED_FUNCTION = 16; // u32, as in the record
export const CACHED_LONGEST = 20; // u32
export const CACHED_HEADER = 24; // u32, of the block
export const CACHED_WORK = 28; // i32, part of the record's REGION_WORK that it may use up

/** Behind that: where computed jumps went, a hint for jit/regions.ts. Pairs: u32 op, u32 low half of the target. */
export const TARGETS_OFFSET = REGION_CACHE_OFFSET + REGION_CACHE_ENTRIES * REGION_CACHE_ENTRY_SIZE;
export const TARGETS_ENTRIES = 4096;
export const TARGETS_SIZE = TARGETS_ENTRIES * 8;

/** Instructions in a block at most (OP_INDEX is a byte); bytes of TEMPORARY_BLOCK. */
export const BLOCK_INSTRUCTIONS_MAX = 200;
export const TEMPORARY_BLOCK_SIZE = 16384;

/** Address kinds. Flat kinds need no limit check and no segment base. */
export const EA_FLAT64 = 0; // base + index << scale + disp
export const EA_FLAT32 = 1; // the same, wrapped to 32 bits
export const EA_SEG64 = 2; // FLAT64 plus the base of FS or GS
export const EA_CHECKED32 = 3; // 32-bit offset, segment base, limit and type checks
export const EA_CHECKED16 = 4; // 16-bit offset, the same
export const EA_SEG64_ADDR32 = 5; // 64-bit mode, address-size prefix: 32-bit wrap, then base of OP_SEG (0 unless FS/GS)

/** A TLB entry, 32 bytes; TLB_ENTRIES of them per privilege class, index = (va >> 12) & (TLB_ENTRIES - 1). */
export const TLB_ENTRIES = 2048;
export const TLB_ENTRY_SIZE = 32;
export const TLB_READ_TAG = 0; // u64, page address when plain reads are allowed
export const TLB_WRITE_TAG = 8; // u64, the same where plain writes are allowed as well as reads, and go to the same place
export const TLB_BASE = 16; // u32, offset of the page in shared memory
export const TLB_ADDEND = 20; // u32, what brings the low half of a linear address to its offset in shared memory
export const TLB_INFO = 24; // u64, GPA page | TLBI_*
export const TLBI_GLOBAL = 1;
export const TLBI_EXECUTE = 2; // fetches are allowed where READ_TAG matches
export const TLBI_LARGE = 4; // stems from a page larger than 4 KiB
export const TLBI_WRITE = 8; // a write is allowed and goes where reads go; without WRITE_TAG what the frame holds must be looked at
export const TLB_CLASSES = 4;
export const CLASS_USER = 0;
export const CLASS_SUPERVISOR = 1; // SMAP as CR4 says; implicit supervisor accesses use it too
export const CLASS_SUPERVISOR_AC = 2; // EFLAGS.AC lifts SMAP
export const CLASS_USER_ALIGNED = 3; // CR0.AM and EFLAGS.AC: never gets tags, so that every access is checked
export const TLB_CLASS_SIZE = TLB_ENTRIES * TLB_ENTRY_SIZE;
export const TLB_LOG_ENTRIES = 4096; // u16 each; behind it two maps of 1024 bytes: 2 MiB and 1 GiB regions with large-page entries
export const CODE_PAGES_OFFSET = TLB_LOG_ENTRIES * 2 + 2048; // from TLB_LOG: for each half of CODE_GEN a map of the pages, by hash
export const CODE_PAGES_SIZE = 2048; // bytes of one such map, a bit each

