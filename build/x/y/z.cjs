var __defProp = Object.defineProperty;
var __export = (target, all) => {
  for (var name2 in all)
    __defProp(target, name2, { get: all[name2], enumerable: true });
};

// ../pc/src/machine/memory-map.ts
var ENGINE_BYTES = 96 << 20;
var PAGE_FLAGS_OFFSET = ENGINE_BYTES;
var PAGE_FLAGS_BYTES = 1 << 20;
var SLOT_TABLE_OFFSET = PAGE_FLAGS_OFFSET + PAGE_FLAGS_BYTES;
var SLOT_TABLE_BYTES = 1 << 16;
var ROM_OFFSET = SLOT_TABLE_OFFSET + SLOT_TABLE_BYTES;
var ROM_BYTES = 16 << 20;
var FRAME_BYTES = 4096;
var WASM_PAGE_BYTES = 65536;
var MIB = 1 << 20;
function memoryMapOf(config) {
  const rom = { offset: ROM_OFFSET, size: ROM_BYTES };
  const vram = { offset: rom.offset + rom.size, size: config.display.vramMiB * MIB };
  const ram2 = { offset: vram.offset + vram.size, size: config.memory.memoryMiB * MIB };
  return { rom, vram, ram: ram2, totalBytes: ram2.offset + ram2.size };
}
function createMachineMemory(config) {
  const pages = Math.ceil(memoryMapOf(config).totalBytes / WASM_PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
function guestMemoryBytes(memory, config) {
  const { rom, totalBytes } = memoryMapOf(config);
  return new Uint8Array(memory.buffer, rom.offset, totalBytes - rom.offset);
}

// ../pc/src/machine/page-flags.ts
var PAGE_HAS_CODE = 1;
var PAGE_CLEAN = 2;
var PAGE_COPYING = 4;
var PAGE_NOT_LOADED = 8;
var PAGE_WATCHED = 16;
var PAGE_RAM = 32;
var PAGE_ROM = 64;
var WRITE_BLOCKERS = PAGE_HAS_CODE | PAGE_CLEAN | PAGE_COPYING | PAGE_NOT_LOADED | PAGE_WATCHED | PAGE_ROM;

// ../pc/src/cpu/emulated/core/layout.ts
var layout_exports = {};
__export(layout_exports, {
  ACTIVITY_HALTED: () => ACTIVITY_HALTED,
  ACTIVITY_LEAVING_SMM: () => ACTIVITY_LEAVING_SMM,
  ACTIVITY_RUNNING: () => ACTIVITY_RUNNING,
  ACTIVITY_SHUTDOWN: () => ACTIVITY_SHUTDOWN,
  ACTIVITY_WAIT_FOR_SIPI: () => ACTIVITY_WAIT_FOR_SIPI,
  BLOCK_BYTES: () => BLOCK_BYTES,
  BLOCK_ENTRIES_SHIFT: () => BLOCK_ENTRIES_SHIFT,
  BLOCK_ENTRY_HASH: () => BLOCK_ENTRY_HASH,
  BLOCK_ENTRY_MODE: () => BLOCK_ENTRY_MODE,
  BLOCK_ENTRY_OP: () => BLOCK_ENTRY_OP,
  BLOCK_ENTRY_SIZE: () => BLOCK_ENTRY_SIZE,
  BLOCK_ENTRY_START: () => BLOCK_ENTRY_START,
  BLOCK_HEAT: () => BLOCK_HEAT,
  BLOCK_ID: () => BLOCK_ID,
  BLOCK_INSTRUCTIONS: () => BLOCK_INSTRUCTIONS,
  BLOCK_INSTRUCTIONS_MAX: () => BLOCK_INSTRUCTIONS_MAX,
  BLOCK_REGION: () => BLOCK_REGION,
  CLASS_SUPERVISOR: () => CLASS_SUPERVISOR,
  CLASS_SUPERVISOR_AC: () => CLASS_SUPERVISOR_AC,
  CLASS_USER: () => CLASS_USER,
  CLASS_USER_ALIGNED: () => CLASS_USER_ALIGNED,
  EA_CHECKED16: () => EA_CHECKED16,
  EA_CHECKED32: () => EA_CHECKED32,
  EA_FLAT32: () => EA_FLAT32,
  EA_FLAT64: () => EA_FLAT64,
  EA_SEG64: () => EA_SEG64,
  EA_SEG64_ADDR32: () => EA_SEG64_ADDR32,
  HANDLER_COMPILED: () => HANDLER_COMPILED,
  HANDLER_CROSSING: () => HANDLER_CROSSING,
  HANDLER_END: () => HANDLER_END,
  HANDLER_END_CHECKED: () => HANDLER_END_CHECKED,
  HANDLER_FIRST: () => HANDLER_FIRST,
  HANDLER_FUSED_END: () => HANDLER_FUSED_END,
  HANDLER_FUSED_FIRST: () => HANDLER_FUSED_FIRST,
  HANDLER_INTERCEPT: () => HANDLER_INTERCEPT,
  HANDLER_LEAVE: () => HANDLER_LEAVE,
  HANDLER_RAISE: () => HANDLER_RAISE,
  HANDLER_UNIT: () => HANDLER_UNIT,
  HEAT_LIMIT: () => HEAT_LIMIT,
  JUMP_ENTRIES: () => JUMP_ENTRIES,
  JUMP_ENTRY_SIZE: () => JUMP_ENTRY_SIZE,
  JUMP_KEY: () => JUMP_KEY,
  JUMP_LINEAR: () => JUMP_LINEAR,
  JUMP_OP: () => JUMP_OP,
  JUMP_PHYSICAL: () => JUMP_PHYSICAL,
  MODE_AVX: () => MODE_AVX,
  MODE_CPL12: () => MODE_CPL12,
  MODE_CPL3: () => MODE_CPL3,
  MODE_CS32: () => MODE_CS32,
  MODE_FLAT: () => MODE_FLAT,
  MODE_FPU_TRAP: () => MODE_FPU_TRAP,
  MODE_INTERCEPTED: () => MODE_INTERCEPTED,
  MODE_LMA: () => MODE_LMA,
  MODE_LONG: () => MODE_LONG,
  MODE_PROTECTED: () => MODE_PROTECTED,
  MODE_SS32: () => MODE_SS32,
  MODE_V86: () => MODE_V86,
  OPF_ADDRESS_SHIFT: () => OPF_ADDRESS_SHIFT,
  OPF_LOCK: () => OPF_LOCK,
  OPF_MOD3: () => OPF_MOD3,
  OPF_REP: () => OPF_REP,
  OPF_REPNE: () => OPF_REPNE,
  OPF_SIZE_SHIFT: () => OPF_SIZE_SHIFT,
  OP_BASE: () => OP_BASE,
  OP_DISP: () => OP_DISP,
  OP_EA: () => OP_EA,
  OP_FLAGS: () => OP_FLAGS,
  OP_HANDLER: () => OP_HANDLER,
  OP_IMM: () => OP_IMM,
  OP_IMM2: () => OP_IMM2,
  OP_INDEX: () => OP_INDEX,
  OP_INDEX_REG: () => OP_INDEX_REG,
  OP_IS4: () => OP_IS4,
  OP_LENGTH: () => OP_LENGTH,
  OP_LINK: () => OP_LINK,
  OP_NEXT: () => OP_NEXT,
  OP_REG: () => OP_REG,
  OP_RM: () => OP_RM,
  OP_SCALE: () => OP_SCALE,
  OP_SEG: () => OP_SEG,
  OP_SIZE: () => OP_SIZE,
  OP_VVVV: () => OP_VVVV,
  REGION_BUDGET: () => REGION_BUDGET,
  REGION_FIRST_PAGE: () => REGION_FIRST_PAGE,
  REGION_FUNCTION: () => REGION_FUNCTION,
  REGION_HIGHEST: () => REGION_HIGHEST,
  REGION_KEY: () => REGION_KEY,
  REGION_LONGEST: () => REGION_LONGEST,
  REGION_LOWEST: () => REGION_LOWEST,
  REGION_PAGES: () => REGION_PAGES,
  REGION_PAGES_MAX: () => REGION_PAGES_MAX,
  REGION_REFUSED: () => REGION_REFUSED,
  REGION_RIP: () => REGION_RIP,
  REGION_SIZE: () => REGION_SIZE,
  REGION_STATE: () => REGION_STATE,
  REGION_WORK: () => REGION_WORK,
  SEG_STRIDE: () => SEG_STRIDE,
  STATE_FIELDS: () => STATE_FIELDS,
  STATE_SIZE: () => STATE_SIZE,
  TARGETS_ENTRIES: () => TARGETS_ENTRIES,
  TARGETS_OFFSET: () => TARGETS_OFFSET,
  TARGETS_SIZE: () => TARGETS_SIZE,
  TEMPORARY_BLOCK_SIZE: () => TEMPORARY_BLOCK_SIZE,
  TLBI_EXECUTE: () => TLBI_EXECUTE,
  TLBI_GLOBAL: () => TLBI_GLOBAL,
  TLBI_LARGE: () => TLBI_LARGE,
  TLB_ADDEND: () => TLB_ADDEND,
  TLB_BASE: () => TLB_BASE,
  TLB_CLASSES: () => TLB_CLASSES,
  TLB_CLASS_SIZE: () => TLB_CLASS_SIZE,
  TLB_ENTRIES: () => TLB_ENTRIES,
  TLB_ENTRY_SIZE: () => TLB_ENTRY_SIZE,
  TLB_INFO: () => TLB_INFO,
  TLB_LOG_ENTRIES: () => TLB_LOG_ENTRIES,
  TLB_READ_TAG: () => TLB_READ_TAG,
  TLB_WRITE_TAG: () => TLB_WRITE_TAG,
  UNIT_AVX: () => UNIT_AVX,
  UNIT_FPU: () => UNIT_FPU,
  UNIT_FWAIT: () => UNIT_FWAIT,
  UNIT_MMX: () => UNIT_MMX,
  UNIT_SSE: () => UNIT_SSE,
  stateOffset: () => stateOffset
});
var SIZES = { u8: 1, u16: 2, u32: 4, u64: 8, f64: 8, v128: 16 };
var FIELDS = [
  ["GPR", "u64", 16],
  ["ZERO", "u64"],
  // always 0: the base or index of an address that has none
  ["CODE_RIP", "u64"],
  // RIP (offset in CS) of the running block's first instruction
  ["SIXTEEN", "u64"],
  // always 16: index of a RIP-relative address whose distance from the block's start passes 2 GiB
  ["FR", "u64"],
  ["FC", "u64"],
  ["COUNT", "u64"],
  // instructions retired before the running block (exact when stopped)
  ["LIMIT", "u64"],
  // run until COUNT reaches this; 0 = stop at the next boundary
  ["RIP", "u64"],
  // exact when stopped and in slow-path calls that say so
  ["CUR_OP", "u32"],
  // op whose slow path runs, 0 when stopped
  ["EVENT_ENTERED", "u32"],
  // an event was entered since vcpu.ts cleared it: no single-step trap for this instruction
  ["EFLAGS", "u32"],
  // everything but OSZAPC: TF IF DF IOPL NT RF VM AC VIF VIP ID
  ["CPL", "u32"],
  ["TLB", "u32"],
  // byte offset in memory of the TLB of the current privilege class
  ["CODE_KEY", "u64", 0],
  // MODE and CODE_GEN as one word: what a jump-cache entry must equal
  ["MODE", "u32"],
  // block key of the current mode, see MODE_* below
  ["CODE_GEN", "u32"],
  // changes whenever cross-page block links must be looked up again
  ["TLB_DATA_GEN", "u32"],
  // changes whenever any translation is dropped
  ["UNTIL", "u64"],
  // `run` stops exactly when COUNT equals this; `run` derives LIMIT from it
  ["JUMP_CACHE", "u32"],
  // this vCPU's table linear address -> op, JUMP_* below
  ["TEMPORARY_BLOCK", "u32"],
  // room for one uncached block (exact stops, segment limits)
  ["CODE_MAP", "u32"],
  // u64 per frame of the shared memory: a bit per 64 bytes that blocks stem from
  ["BLOCK_TABLE", "u32"],
  // blocks by where they start, BLOCK_ENTRY_* below
  ["PATCHED_OP", "u32"],
  // op whose handler is HANDLER_LEAVE for the moment, 0 = none
  ["PATCHED_HANDLER", "u32"],
  // its own handler
  ["SHADOW", "u32"],
  // count-relative interrupt shadow: 0 none, 1 STI, 2 MOV SS
  ["SHADOW_COUNT", "u64"],
  // the shadow holds while the exact count equals this
  ["ACTIVITY", "u32"],
  // ACTIVITY_*
  ["INTR", "u32"],
  // INTR pin
  ["NMI_PENDING", "u32"],
  ["NMI_BLOCKED", "u32"],
  ["SMI_PENDING", "u32"],
  ["IN_SMM", "u32"],
  ["SMBASE", "u32"],
  ["SMM_NMI_BLOCKED", "u32"],
  // NMI_BLOCKED when SMM was entered
  // the exception being raised: filled before `raise`, consumed by `deliver`
  ["EXC_VECTOR", "u32"],
  ["EXC_ERROR", "u32"],
  ["EXC_HAS_ERROR", "u32"],
  ["EXC_CR2", "u64"],
  ["DELIVERING", "u32"],
  // DELIVERING_* of core/raise.ts: class of the event being delivered, for double faults and EXT
  ["PENDING_DB", "u32"],
  // DR6 bits of a trap #DB that is due after the running instruction
  // the stack that a gate, a far return or an event fills or empties (core/frame.ts)
  ["FRAME_BASE", "u64"],
  ["FRAME_SP", "u64"],
  ["FRAME_MASK", "u64"],
  ["FRAME_LIMIT", "u32"],
  ["FRAME_ACCESS", "u32"],
  ["FRAME_TLB", "u32"],
  ["FRAME_ERROR", "u32"],
  // where the vCPU's and the machine's tables lie in shared memory
  ["VCPU_INDEX", "u32"],
  ["TLB_BASE", "u32"],
  // TLB of class 0; the others follow
  ["TLB_LOG", "u32"],
  // u16 indices of the entries filled since the last flush of non-global entries
  ["TLB_LOG_COUNT", "u32"],
  ["SLOT_TABLE", "u32"],
  // see engine-layout.ts
  ["PAGE_FLAGS", "u32"],
  // one byte per frame
  // what this CPU model allows
  ["VENDOR_AMD", "u32"],
  ["CR4_ALLOWED", "u64"],
  ["EFER_ALLOWED", "u64"],
  ["XCR0_ALLOWED", "u64"],
  ["HAS_XINUSE", "u32"],
  // XGETBV knows index 1
  // instructions that a hypervisor wants to see: bits by isa/intercepts.ts, and the one that was met (+ 1, 0 = none)
  ["INTERCEPTS", "u64"],
  ["INTERCEPTED", "u32"],
  // results of slow helpers with more than one value
  ["RES0", "u64"],
  ["RES1", "u64"],
  ["RES2", "u64"],
  ["SCRATCH", "v128", 16],
  ["SEG", "u64", 8, 32],
  ["GDTR_BASE", "u64"],
  ["GDTR_LIMIT", "u32"],
  ["IDTR_LIMIT", "u32"],
  ["IDTR_BASE", "u64"],
  ["CR0", "u64"],
  ["CR2", "u64"],
  ["CR3", "u64"],
  ["CR4", "u64"],
  ["XCR0", "u64"],
  ["DR", "u64", 8],
  ["EFER", "u64"],
  ["STAR", "u64"],
  ["LSTAR", "u64"],
  ["CSTAR", "u64"],
  ["FMASK", "u64"],
  ["KERNEL_GS_BASE", "u64"],
  ["TSC_AUX", "u64"],
  ["TSC_OFFSET", "u64"],
  ["SYSENTER_CS", "u64"],
  ["SYSENTER_ESP", "u64"],
  ["SYSENTER_EIP", "u64"],
  ["PAT", "u64"],
  ["MISC_ENABLE", "u64"],
  ["DEBUGCTL", "u64"],
  ["SPEC_CTRL", "u64"],
  ["MTRR_DEF_TYPE", "u64"],
  ["MTRR_FIXED", "u64", 11],
  ["MTRR_VAR", "u64", 16],
  ["MCG_STATUS", "u64"],
  ["MCG_CTL", "u64"],
  ["MC_CTL", "u64", 10],
  // performance counters: registers, then sums since they were last looked at (core/counters.ts), of ring 0 and of the others
  ["PERF_SELECT", "u64", 4],
  ["PERF_COUNTER", "u64", 4],
  ["PERF_FIXED", "u64", 3],
  ["PERF_FIXED_CTRL", "u64"],
  ["PERF_GLOBAL_CTRL", "u64"],
  ["PERF_GLOBAL_STATUS", "u64"],
  ["PERF_ON", "u32"],
  // whether any counts, PERF_* of core/counters.ts
  ["PERF_MOVED", "u32"],
  // the ring changed
  ["PERF_MARK", "u64"],
  // COUNT up to which the sums go
  ["PERF_SURPLUS", "u64"],
  // what COUNT counted since that was no instruction of this vCPU
  ["PERF_RETIRED", "u64", 2],
  ["PERF_CYCLES", "u64", 2],
  // while not halted
  ["PKRU", "u32"],
  ["PDPTE_VALID", "u32"],
  ["PDPTE", "u64", 4],
  // clock step in force (see backend.ts ClockStep); TSC = ns + TSC_OFFSET
  ["CLOCK_COUNT", "u64"],
  ["CLOCK_NS", "f64"],
  ["CLOCK_RATE", "f64"],
  ["TSC_SCALE", "f64"],
  // TSC ticks per ns
  // x87/MMX: each register 16 bytes: mantissa u64 at 0 (the MMX register), sign and exponent u16 at 8. Index = physical register.
  ["FPR", "u64", 8, 16],
  ["FCW", "u16"],
  ["FSW", "u16"],
  // TOP is kept in FPU_TOP, bits 11..13 here are 0
  ["FTW", "u16"],
  // full 16-bit tag word by physical register, 3 = empty
  ["FOP", "u16"],
  ["FPU_TOP", "u32"],
  ["FIP", "u64"],
  ["FDP", "u64"],
  ["FCS", "u16"],
  ["FDS", "u16"],
  ["MXCSR", "u32"],
  ["XMM", "v128", 16, 32],
  // 32 bytes apart: the upper halves are YMM's
  ["BUDGET", "u32"],
  // instructions that the compiled region was allowed when it was entered
  ["JIT_ENTRIES", "u64"],
  // regions entered
  ["JIT_SLOW", "u64"],
  // of them, left for an instruction that is the interpreter's
  ["JIT_COUNT", "u64"],
  // instructions retired in regions
  ["SSE_DEFERRED", "u32"],
  // flags of the halves of a 256-bit instruction that runs (core/sse/soft.ts)
  ["FERR", "u32"],
  // FERR# pin: an unmasked x87 error waits and CR0.NE is 0 (the board turns it into IRQ 13)
  ["SOFT", "v128", 32],
  // working area of the soft float (core/fpu/number.ts)
  ["RESUME_COUNT", "u64"]
  // RF in EFLAGS holds while the exact count equals this
];
function lay() {
  const fields = /* @__PURE__ */ new Map();
  let at = 0;
  for (const [name2, type, count2 = 1, stride = SIZES[type]] of FIELDS) {
    const align = SIZES[type];
    at = at + align - 1 & ~(align - 1);
    fields.set(name2, { name: name2, type, count: count2, stride, offset: at });
    at += stride * count2;
  }
  return { fields, size: at + 63 & ~63 };
}
var laid = lay();
var STATE_FIELDS = laid.fields;
var STATE_SIZE = laid.size;
var SEG_STRIDE = 32;
function stateOffset(name2, index = 0) {
  const field = STATE_FIELDS.get(name2);
  if (field === void 0) throw new RangeError(`no vCPU state field ${name2}`);
  return field.offset + index * field.stride;
}
var ACTIVITY_RUNNING = 0;
var ACTIVITY_HALTED = 1;
var ACTIVITY_WAIT_FOR_SIPI = 2;
var ACTIVITY_SHUTDOWN = 3;
var ACTIVITY_LEAVING_SMM = 4;
var MODE_CS32 = 1;
var MODE_LONG = 2;
var MODE_SS32 = 4;
var MODE_FLAT = 8;
var MODE_CPL3 = 16;
var MODE_PROTECTED = 32;
var MODE_V86 = 64;
var MODE_LMA = 128;
var MODE_FPU_TRAP = 256;
var MODE_CPL12 = 512;
var MODE_AVX = 1024;
var MODE_INTERCEPTED = 2048;
var OP_SIZE = 32;
var OP_HANDLER = 0;
var OP_LENGTH = 2;
var OP_INDEX = 3;
var OP_REG = 4;
var OP_RM = 5;
var OP_BASE = 6;
var OP_INDEX_REG = 7;
var OP_SCALE = 8;
var OP_EA = 9;
var OP_SEG = 10;
var OP_FLAGS = 11;
var OP_DISP = 12;
var OP_IMM = 16;
var OP_NEXT = 24;
var OP_VVVV = 26;
var OP_IS4 = 27;
var OP_IMM2 = 26;
var OP_LINK = 28;
var OPF_LOCK = 1;
var OPF_REP = 2;
var OPF_REPNE = 4;
var OPF_SIZE_SHIFT = 3;
var OPF_MOD3 = 32;
var OPF_ADDRESS_SHIFT = 6;
var HANDLER_LEAVE = 0;
var HANDLER_END = 1;
var HANDLER_RAISE = 2;
var HANDLER_UNIT = 3;
var HANDLER_CROSSING = 4;
var HANDLER_END_CHECKED = 6;
var HANDLER_INTERCEPT = 5;
var HANDLER_COMPILED = 7;
var HANDLER_FIRST = 8;
var HANDLER_FUSED_FIRST = 820;
var HANDLER_FUSED_END = 1024;
var UNIT_FPU = 1;
var UNIT_MMX = 2;
var UNIT_SSE = 3;
var UNIT_FWAIT = 4;
var UNIT_AVX = 5;
var BLOCK_BYTES = 4;
var BLOCK_ID = 8;
var BLOCK_INSTRUCTIONS = 12;
var BLOCK_HEAT = 16;
var BLOCK_REGION = 20;
var BLOCK_ENTRIES_SHIFT = 15;
var BLOCK_ENTRY_HASH = 2654435761;
var BLOCK_ENTRY_SIZE = 16;
var BLOCK_ENTRY_START = 0;
var BLOCK_ENTRY_MODE = 4;
var BLOCK_ENTRY_OP = 8;
var HEAT_LIMIT = 2e3;
var REGION_SIZE = 256;
var REGION_FUNCTION = 0;
var REGION_LONGEST = 4;
var REGION_KEY = 8;
var REGION_RIP = 16;
var REGION_STATE = 24;
var REGION_LOWEST = 28;
var REGION_HIGHEST = 32;
var REGION_PAGES = 36;
var REGION_REFUSED = 40;
var REGION_WORK = 48;
var REGION_FIRST_PAGE = 64;
var REGION_PAGES_MAX = 24;
var REGION_BUDGET = 1e5;
var JUMP_ENTRIES = 16384;
var JUMP_ENTRY_SIZE = 32;
var JUMP_LINEAR = 0;
var JUMP_KEY = 8;
var JUMP_OP = 16;
var JUMP_PHYSICAL = 20;
var TARGETS_OFFSET = JUMP_ENTRIES * JUMP_ENTRY_SIZE;
var TARGETS_ENTRIES = 4096;
var TARGETS_SIZE = TARGETS_ENTRIES * 8;
var BLOCK_INSTRUCTIONS_MAX = 200;
var TEMPORARY_BLOCK_SIZE = 16384;
var EA_FLAT64 = 0;
var EA_FLAT32 = 1;
var EA_SEG64 = 2;
var EA_CHECKED32 = 3;
var EA_CHECKED16 = 4;
var EA_SEG64_ADDR32 = 5;
var TLB_ENTRIES = 1024;
var TLB_ENTRY_SIZE = 32;
var TLB_READ_TAG = 0;
var TLB_WRITE_TAG = 8;
var TLB_BASE = 16;
var TLB_ADDEND = 20;
var TLB_INFO = 24;
var TLBI_GLOBAL = 1;
var TLBI_EXECUTE = 2;
var TLBI_LARGE = 4;
var TLB_CLASSES = 4;
var CLASS_USER = 0;
var CLASS_SUPERVISOR = 1;
var CLASS_SUPERVISOR_AC = 2;
var CLASS_USER_ALIGNED = 3;
var TLB_CLASS_SIZE = TLB_ENTRIES * TLB_ENTRY_SIZE;
var TLB_LOG_ENTRIES = 4096;

// ../pc/src/cpu/emulated/isa/compile.ts
var PREFIX_ANY = 0;
var PREFIX_NONE = 1;
var PREFIX_66 = 2;
var PREFIX_F3 = 3;
var PREFIX_F2 = 4;
var ENV_LONG = 0;
var ENV_FLAT = 1;
var ENV_CHECKED = 2;
var ENVIRONMENTS = 3;
var VEX_MAP = 1024;
var FORM_REGISTER = 0;
var FORM_MEMORY = 1;
var GENERAL_RM = /* @__PURE__ */ new Set(["rm8", "rm16", "rm32", "rm64", "rmv", "rmy", "rmr32"]);
var VECTOR_RM = /* @__PURE__ */ new Set(["xmmm8", "xmmm16", "xmmm32", "xmmm64", "xmmm128", "ymmm256", "mmm32", "mmm64"]);
var GENERAL_REG = /* @__PURE__ */ new Set(["r8", "r16", "r32", "r64", "rv", "ry"]);
var OTHER_REG = /* @__PURE__ */ new Set(["xmm", "ymm", "mm", "sreg", "cr", "dr"]);
var MEMORY = /* @__PURE__ */ new Set([
  "m",
  "m8",
  "m16",
  "m32",
  "m64",
  "m80",
  "m128",
  "m256",
  "mv",
  "mfar",
  "m512byte",
  "vm"
]);
var VVVV = /* @__PURE__ */ new Set(["vy", "xmmv", "ymmv"]);
var IS4 = /* @__PURE__ */ new Set(["xmmi", "ymmi"]);
var IMMEDIATE = /* @__PURE__ */ new Set(["imm8", "imm8s", "imm16", "immz", "immv", "rel8", "relz", "ptrfar"]);
var ACCUMULATOR = /* @__PURE__ */ new Set(["al", "ax", "eax", "rax"]);
var SIZED_V = /* @__PURE__ */ new Set(["rmv", "rv", "ov", "immz", "immv", "relz", "mv", "moffsv", "ptrfar", "mfar"]);
var SIZED_Y = /* @__PURE__ */ new Set(["rmy", "ry", "vy"]);
var isRm = (kind) => GENERAL_RM.has(kind) || VECTOR_RM.has(kind);
var isMemoryOnly = (kind) => MEMORY.has(kind);
var isImmediate = (kind) => IMMEDIATE.has(kind);
var isGeneralRegister = (kind) => GENERAL_RM.has(kind) || GENERAL_REG.has(kind) || ACCUMULATOR.has(kind) || kind === "o8" || kind === "ov" || kind === "vy";
var isAccumulator = (kind) => ACCUMULATOR.has(kind);
function operandBits(kind, size) {
  switch (kind) {
    case "rm8":
    case "r8":
    case "o8":
    case "al":
    case "cl":
    case "m8":
    case "xmmm8":
    case "moffs8":
      return 8;
    case "rm16":
    case "r16":
    case "ax":
    case "dx":
    case "m16":
    case "xmmm16":
    case "sreg":
      return 16;
    case "rm32":
    case "r32":
    case "m32":
    case "eax":
    case "xmmm32":
    case "mmm32":
    case "rmr32":
      return 32;
    case "rm64":
    case "r64":
    case "m64":
    case "xmmm64":
    case "mmm64":
    case "mm":
      return 64;
    case "m80":
      return 80;
    case "m128":
    case "xmm":
    case "xmmm128":
    case "xmmv":
    case "xmmi":
      return 128;
    case "ymm":
    case "ymmm256":
    case "ymmv":
    case "ymmi":
    case "m256":
      return 256;
    case "m":
    case "vm":
    case "m512byte":
      return 0;
    default:
      return size;
  }
}
var hexByte = /^[0-9A-F]{2}$/;
var VEX_LENGTHS = { LIG: -1, LZ: 0, 128: 0, 256: 1 };
var VEX_PREFIXES = { NP: PREFIX_NONE, 66: PREFIX_66, F3: PREFIX_F3, F2: PREFIX_F2 };
var VEX_MAPS = { "0F": 1, "0F38": 2, "0F3A": 3 };
var VEX_WIDTHS = { W0: false, W1: true, WIG: void 0 };
function readVex(parts, into2) {
  const [length = "", prefix = "", map = "", width = ""] = parts;
  if (!(length in VEX_LENGTHS && prefix in VEX_PREFIXES && map in VEX_MAPS && width in VEX_WIDTHS))
    throw new Error(`no VEX prefix: ${parts.join(".")}`);
  into2.isVex = true;
  into2.vexL = VEX_LENGTHS[length];
  into2.prefix = VEX_PREFIXES[prefix];
  into2.map = VEX_MAPS[map];
  into2.rexW = VEX_WIDTHS[width];
}
function parseEncoding(text2) {
  const tokens = text2.replace(/\+r|\+i/g, " +r").split(/\s+/).filter((token) => token !== "");
  const bytes = tokens.filter((token) => hexByte.test(token)).map((token) => Number.parseInt(token, 16));
  const result = {
    map: 0,
    opcode: 0,
    hasOpcodeRegister: tokens.includes("+r"),
    prefix: PREFIX_ANY,
    hasModrm: false,
    reg: -1,
    rm: -1,
    isMemory: void 0,
    rexW: void 0,
    isVex: false,
    vexL: -1
  };
  const vex = tokens.find((token) => token.startsWith("VEX."));
  if (vex !== void 0) readVex(vex.split(".").slice(1), result);
  if (tokens[0] === "NP") result.prefix = PREFIX_NONE;
  const mandatory = { 102: PREFIX_66, 243: PREFIX_F3, 242: PREFIX_F2 };
  if (bytes.length > 1 && mandatory[bytes[0]] !== void 0) result.prefix = mandatory[bytes.shift()];
  if (bytes[0] === 15 && bytes.length > 1) {
    bytes.shift();
    result.map = 1;
    const escape = bytes.length > 1 ? bytes.at(0) : void 0;
    if (escape === 56 || escape === 58) {
      bytes.shift();
      result.map = escape === 56 ? 2 : 3;
    }
  }
  result.opcode = bytes.shift();
  if (bytes.length > 0) {
    const modrm = bytes.shift();
    result.hasModrm = true;
    result.isMemory = false;
    result.reg = modrm >> 3 & 7;
    if (!result.hasOpcodeRegister) result.rm = modrm & 7;
    result.hasOpcodeRegister = false;
  }
  for (const token of tokens) {
    if (token === "/r") result.hasModrm = true;
    else if (/^\/[0-7]$/.test(token)) {
      result.hasModrm = true;
      result.reg = Number(token[1]);
    } else if (token === "mod=3" || token === "mod=m") {
      result.hasModrm = true;
      result.isMemory = token === "mod=m";
    } else if (/^rm=[0-7]$/.test(token)) {
      result.hasModrm = true;
      result.rm = Number(token[3]);
    } else if (token === "rex.w") result.rexW = true;
    else if (token === "rex.w0") result.rexW = false;
  }
  return result;
}
function sizeRuleOf(row) {
  const { attributes: attributes2 } = row;
  if (attributes2.size !== void 0) return attributes2.size;
  const kinds = row.operands.map((operand2) => operand2.kind);
  if (attributes2.sized || attributes2.default64 || kinds.some((kind) => SIZED_V.has(kind))) return "v";
  if (kinds.some((kind) => SIZED_Y.has(kind))) return "y";
  const general = kinds.find((kind) => isGeneralRegister(kind) && kind !== "rax");
  if (general !== void 0) return operandBits(general, 32);
  return row.semantics === void 0 ? "v" : 32;
}
function slotsOf(row, form, isSwapped) {
  const kinds = row.operands.map((operand2) => operand2.kind);
  const hasRm = kinds.some((kind) => isRm(kind) || isMemoryOnly(kind) || kind === "o8" || kind === "ov");
  let immediates = 0;
  return kinds.map((kind) => {
    if (isRm(kind)) return form === FORM_MEMORY ? "memory" : isSwapped ? "reg" : "rm";
    if (isMemoryOnly(kind)) return "memory";
    if (kind === "moffs8" || kind === "moffsv") return "moffs";
    if (VVVV.has(kind)) return "vvvv";
    if (IS4.has(kind)) return "is4";
    if (isImmediate(kind)) return immediates++ === 0 ? "imm" : "imm2";
    if (kind === "o8" || kind === "ov" || kind === "sti") return "rm";
    if (GENERAL_REG.has(kind)) return isSwapped && form === FORM_REGISTER ? "rm" : "reg";
    if (OTHER_REG.has(kind)) return "reg";
    if (isAccumulator(kind)) return hasRm || kinds.some((k) => k.startsWith("moffs")) ? "reg" : "rm";
    return "fixed";
  });
}
function compileRow(row, id) {
  const encoding = parseEncoding(row.encoding);
  const kinds = row.operands.map((operand2) => operand2.kind);
  const hasRm = kinds.some(isRm);
  const hasMemory = kinds.some(isMemoryOnly);
  const hasModrm = encoding.hasModrm || hasRm || hasMemory;
  const isMemory = encoding.isMemory ?? (hasMemory && !hasRm ? true : void 0);
  const forms = !hasRm ? [hasMemory ? FORM_MEMORY : FORM_REGISTER] : isMemory === void 0 ? [FORM_REGISTER, FORM_MEMORY] : [isMemory ? FORM_MEMORY : FORM_REGISTER];
  const isSwapped = row.semantics !== void 0 && kinds.length >= 2 && GENERAL_REG.has(kinds[0]) && GENERAL_RM.has(kinds[1]);
  const slots = [FORM_REGISTER, FORM_MEMORY].map((form) => slotsOf(row, form, isSwapped && form === FORM_REGISTER));
  const immediates = kinds.flatMap(
    (kind, i) => isImmediate(kind) || IS4.has(kind) ? [{ kind, slot: slots[0][i] }] : []
  );
  const hasOffset = kinds.some((kind) => kind === "moffs8" || kind === "moffsv");
  const sizeRule = sizeRuleOf(row);
  return {
    ...encoding,
    id,
    row,
    hasModrm,
    isMemory,
    hasVvvv: kinds.some((kind) => VVVV.has(kind)),
    isVsib: kinds.includes("vm"),
    sizeRule,
    forms,
    slots,
    immediates,
    isSwapped,
    hasOffset
  };
}
function compileRows(rows3) {
  return rows3.map(compileRow);
}
var ADDRESS_SIZES = [16, 32, 64];
function sizesOf(rule) {
  if (rule === "v") return [16, 32, 64];
  if (rule === "y") return [32, 64];
  return [rule];
}
function addressSizesOf(row) {
  return row.attributes.addressSized ? ADDRESS_SIZES : [64];
}
function variantCount(compiled3) {
  return sizesOf(compiled3.sizeRule).length * compiled3.forms.length * addressSizesOf(compiled3.row).length;
}
function variantOf(compiled3, size, form, addressSize) {
  const { sizeRule, forms, row } = compiled3;
  const sizeIndex = sizeRule === "v" ? size === 16 ? 0 : size === 32 ? 1 : 2 : sizeRule === "y" && size === 64 ? 1 : 0;
  const formIndex = forms.length === 2 ? form : 0;
  let index = sizeIndex * forms.length + formIndex;
  if (row.attributes.addressSized) index = index * 3 + (addressSize === 16 ? 0 : addressSize === 32 ? 1 : 2);
  return index;
}
function rank(compiled3) {
  let value = 0;
  if (compiled3.prefix >= PREFIX_66) value += 100;
  else if (compiled3.prefix === PREFIX_NONE) value += 50;
  if (compiled3.rm >= 0) value += 20;
  if (compiled3.reg >= 0) value += 10;
  if (compiled3.isMemory !== void 0) value += 5;
  if (compiled3.rexW !== void 0) value += 3;
  if (!compiled3.hasOpcodeRegister) value += 1;
  return value;
}
function lookupTable(rows3) {
  const table2 = Array.from({ length: 2048 }, () => []);
  for (const compiled3 of rows3) {
    const last = compiled3.hasOpcodeRegister ? 7 : 0;
    for (let i = 0; i <= last; i++)
      table2[(compiled3.isVex ? VEX_MAP : 0) + compiled3.map * 256 + compiled3.opcode + i].push(compiled3);
  }
  for (const candidates of table2) candidates.sort((a, b) => rank(b) - rank(a) || a.id - b.id);
  return table2;
}

// ../pc/src/cpu/emulated/core/sse/codes.ts
var SSE_ADD = 0;
var SSE_SUB = 1;
var SSE_MUL = 2;
var SSE_DIV = 3;
var SSE_MIN = 4;
var SSE_MAX = 5;
var SSE_SQRT = 6;
var SSE_ADDSUB = 7;
var SSE_HADD = 8;
var SSE_HSUB = 9;
var SSE_RSQRT = 10;
var SSE_RCP = 11;
var SSE_DOUBLE = 16;
var SSE_SCALAR = 32;
var SSE_DEFER = 256;
var FMA_NEGATE_PRODUCT = 1;
var FMA_NEGATE_ADDEND = 2;
var FMA_EVEN = 4;
var FMA_ODD = 8;
var CVT_PS_PD = 0;
var CVT_PD_PS = 1;
var CVT_SS_SD = 2;
var CVT_SD_SS = 3;
var CVT_DQ_PS = 4;
var CVT_PS_DQ = 5;
var CVT_PS_DQ_TRUNCATE = 6;
var CVT_PD_DQ = 7;
var CVT_PD_DQ_TRUNCATE = 8;
var CVT_PI_PS = 9;
var TO_64 = 1;
var FROM_DOUBLE = 2;
var TRUNCATE = 4;
var X87_COM = 2;
var X87_COMP = 3;
var X87_M32 = 0;
var X87_M64 = 1;
var X87_I32 = 2;
var X87_I16 = 3;
var X87_I64 = 4;

// ../pc/src/cpu/emulated/isa/semantics/vector.ts
function v128FromHalves(e, low, high) {
  return e.op("i64x2.replace_lane", "v128", [e.op("i64x2.splat", "v128", [low]), high], [1]);
}
function v128Constant(e, low, high = low) {
  const splat = e.op("i64x2.splat", "v128", [e.i64(low)]);
  return low === high ? splat : e.op("i64x2.replace_lane", "v128", [splat, e.i64(high)], [1]);
}
var zeroVector = (e) => v128Constant(e, 0n);
function fromLow64(e, value) {
  return e.op("i64x2.replace_lane", "v128", [zeroVector(e), value], [0]);
}
var low64 = (e, v) => e.op("i64x2.extract_lane", "i64", [v], [0]);
var high64 = (e, v) => e.op("i64x2.extract_lane", "i64", [v], [1]);
function shuffle(e, a, b, lanes) {
  return e.op("i8x16.shuffle", "v128", [a, b], lanes);
}
var range = (from2, count2) => Array.from({ length: count2 }, (_, i) => from2 + i);
function byteLanes(lanes, bytes) {
  return lanes.flatMap((lane) => range(lane * bytes, bytes));
}
var toI32 = (e, a) => e.op("i32.wrap_i64", "i32", [a]);
var toI64 = (e, a) => e.op("i64.extend_i32_u", "i64", [a]);
function mergeLow(e, a, b, bytes) {
  return shuffle(e, a, b, [...range(16, bytes), ...range(bytes, 16 - bytes)]);
}
function binaryXmm(f) {
  return (e, x) => x.setXmm(0, f(e, x.xmm(0), x.xmm(1)));
}
function x87Wait(e) {
  const pending = e.op("i32.and", "i32", [e.state("FSW", "i32"), e.i32(128)]);
  e.if(pending, () => e.call("x87Pending", "void", []));
}
function enterMmx(e) {
  e.setState("FPU_TOP", e.i32(0));
  e.setState("FTW", e.i32(0));
}
function binaryMmx(f) {
  return (e, x) => {
    x87Wait(e);
    const b = fromLow64(e, x.mmx(1));
    const result = low64(e, f(e, fromLow64(e, x.mmx(0)), b));
    enterMmx(e);
    x.setMmx(0, result);
  };
}
var lanewise = (name2) => (e, a, b) => e.op(name2, "v128", [a, b]);
function shiftBy(e, a, count2, lanes, bits2, kind) {
  if (kind === "shr_s") {
    const inRange = e.select(e.ltU(count2, e.i64(bits2)), count2, e.i64(bits2 - 1));
    return e.op(`${lanes}.shr_s`, "v128", [a, toI32(e, inRange)]);
  }
  const shifted = e.op(`${lanes}.${kind}`, "v128", [a, toI32(e, count2)]);
  return e.select(e.ltU(count2, e.i64(bits2)), shifted, zeroVector(e));
}
function byteShift(e, a, count2, left) {
  const bytes = e.select(e.ltU(count2, e.i64(16)), count2, e.i64(16));
  const iota = v128Constant(e, 0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
  const by = e.op("i8x16.splat", "v128", [toI32(e, bytes)]);
  const index = e.op(left ? "i8x16.sub" : "i8x16.add", "v128", [iota, by]);
  return e.op("i8x16.swizzle", "v128", [a, index]);
}
function dwordPair(e, control2) {
  const fields = e.or(e.and(control2, e.i64(3)), e.shl(e.and(e.shrU(control2, 2), e.i64(3)), 32));
  return e.add(e.mul(fields, e.i64(67372036)), e.i64(0x0302010003020100n));
}
function wordQuad(e, control2) {
  const field = (i) => e.shl(e.and(e.shrU(control2, 2 * i), e.i64(3)), 16 * i);
  const fields = e.or(e.or(field(0), field(1)), e.or(field(2), field(3)));
  return e.add(e.mul(fields, e.i64(514)), e.i64(0x0100010001000100n));
}
var swizzle = (e, a, index) => e.op("i8x16.swizzle", "v128", [a, index]);
function shuffleDwords(e, a, control2) {
  return swizzle(e, a, v128FromHalves(e, dwordPair(e, control2), dwordPair(e, e.shrU(control2, 4))));
}
function shuffleLowWords(e, a, control2) {
  return swizzle(e, a, v128FromHalves(e, wordQuad(e, control2), e.i64(0x0f0e0d0c0b0a0908n)));
}
function shuffleHighWords(e, a, control2) {
  const high = e.or(wordQuad(e, control2), e.i64(0x0808080808080808n));
  return swizzle(e, a, v128FromHalves(e, e.i64(0x0706050403020100n), high));
}
function shufflePs(e, a, b, control2) {
  const low = low64(e, swizzle(e, a, fromLow64(e, dwordPair(e, control2))));
  const high = low64(e, swizzle(e, b, fromLow64(e, dwordPair(e, e.shrU(control2, 4)))));
  return v128FromHalves(e, low, high);
}
function shufflePd(e, a, b, control2) {
  const pick = (v, bit3) => e.select(toI32(e, e.and(e.shrU(control2, bit3), e.i64(1))), high64(e, v), low64(e, v));
  return v128FromHalves(e, pick(a, 0), pick(b, 1));
}
function multiplyHigh(e, a, b, sign2) {
  const low = e.op(`i32x4.extmul_low_i16x8_${sign2}`, "v128", [a, b]);
  const high = e.op(`i32x4.extmul_high_i16x8_${sign2}`, "v128", [a, b]);
  return shuffle(e, low, high, byteLanes([1, 3, 5, 7, 9, 11, 13, 15], 2));
}
var evenDwords = (e, a) => shuffle(e, a, a, byteLanes([0, 2, 0, 2], 4));
var packed = {
  paddb: lanewise("i8x16.add"),
  paddw: lanewise("i16x8.add"),
  paddd: lanewise("i32x4.add"),
  paddq: lanewise("i64x2.add"),
  psubb: lanewise("i8x16.sub"),
  psubw: lanewise("i16x8.sub"),
  psubd: lanewise("i32x4.sub"),
  psubq: lanewise("i64x2.sub"),
  paddsb: lanewise("i8x16.add_sat_s"),
  paddsw: lanewise("i16x8.add_sat_s"),
  paddusb: lanewise("i8x16.add_sat_u"),
  paddusw: lanewise("i16x8.add_sat_u"),
  psubsb: lanewise("i8x16.sub_sat_s"),
  psubsw: lanewise("i16x8.sub_sat_s"),
  psubusb: lanewise("i8x16.sub_sat_u"),
  psubusw: lanewise("i16x8.sub_sat_u"),
  pmullw: lanewise("i16x8.mul"),
  pmulhw: (e, a, b) => multiplyHigh(e, a, b, "s"),
  pmulhuw: (e, a, b) => multiplyHigh(e, a, b, "u"),
  pmaddwd: lanewise("i32x4.dot_i16x8_s"),
  pmuludq: (e, a, b) => e.op("i64x2.extmul_low_i32x4_u", "v128", [evenDwords(e, a), evenDwords(e, b)]),
  psadbw: (e, a, b) => {
    const difference = e.op("i8x16.sub", "v128", [
      e.op("i8x16.max_u", "v128", [a, b]),
      e.op("i8x16.min_u", "v128", [a, b])
    ]);
    const words2 = e.op("i16x8.extadd_pairwise_i8x16_u", "v128", [difference]);
    const dwords = e.op("i32x4.extadd_pairwise_i16x8_u", "v128", [words2]);
    const even = e.op("v128.and", "v128", [dwords, v128Constant(e, 0xffffffffn)]);
    return e.op("i64x2.add", "v128", [even, e.op("i64x2.shr_u", "v128", [dwords, e.i32(32)])]);
  },
  pavgb: lanewise("i8x16.avgr_u"),
  pavgw: lanewise("i16x8.avgr_u"),
  pminub: lanewise("i8x16.min_u"),
  pmaxub: lanewise("i8x16.max_u"),
  pminsw: lanewise("i16x8.min_s"),
  pmaxsw: lanewise("i16x8.max_s"),
  pcmpeqb: lanewise("i8x16.eq"),
  pcmpeqw: lanewise("i16x8.eq"),
  pcmpeqd: lanewise("i32x4.eq"),
  pcmpgtb: lanewise("i8x16.gt_s"),
  pcmpgtw: lanewise("i16x8.gt_s"),
  pcmpgtd: lanewise("i32x4.gt_s"),
  pand: lanewise("v128.and"),
  pandn: (e, a, b) => e.op("v128.andnot", "v128", [b, a]),
  por: lanewise("v128.or"),
  pxor: lanewise("v128.xor"),
  packsswb: lanewise("i8x16.narrow_i16x8_s"),
  packssdw: lanewise("i16x8.narrow_i32x4_s"),
  packuswb: lanewise("i8x16.narrow_i16x8_u"),
  punpcklbw: (e, a, b) => shuffle(
    e,
    a,
    b,
    range(0, 8).flatMap((i) => [i, 16 + i])
  ),
  punpcklwd: (e, a, b) => shuffle(e, a, b, byteLanes([0, 8, 1, 9, 2, 10, 3, 11], 2)),
  punpckldq: (e, a, b) => shuffle(e, a, b, byteLanes([0, 4, 1, 5], 4)),
  punpcklqdq: (e, a, b) => shuffle(e, a, b, byteLanes([0, 2], 8)),
  punpckhbw: (e, a, b) => shuffle(
    e,
    a,
    b,
    range(8, 8).flatMap((i) => [i, 16 + i])
  ),
  punpckhwd: (e, a, b) => shuffle(e, a, b, byteLanes([4, 12, 5, 13, 6, 14, 7, 15], 2)),
  punpckhdq: (e, a, b) => shuffle(e, a, b, byteLanes([2, 6, 3, 7], 4)),
  punpckhqdq: (e, a, b) => shuffle(e, a, b, byteLanes([1, 3], 8))
};
var packedShifts = [
  { name: "psrlw", lanes: "i16x8", bits: 16, kind: "shr_u", byRegister: "D1", byImmediate: "71 /2" },
  { name: "psrld", lanes: "i32x4", bits: 32, kind: "shr_u", byRegister: "D2", byImmediate: "72 /2" },
  { name: "psrlq", lanes: "i64x2", bits: 64, kind: "shr_u", byRegister: "D3", byImmediate: "73 /2" },
  { name: "psraw", lanes: "i16x8", bits: 16, kind: "shr_s", byRegister: "E1", byImmediate: "71 /4" },
  { name: "psrad", lanes: "i32x4", bits: 32, kind: "shr_s", byRegister: "E2", byImmediate: "72 /4" },
  { name: "psllw", lanes: "i16x8", bits: 16, kind: "shl", byRegister: "F1", byImmediate: "71 /6" },
  { name: "pslld", lanes: "i32x4", bits: 32, kind: "shl", byRegister: "F2", byImmediate: "72 /6" },
  { name: "psllq", lanes: "i64x2", bits: 64, kind: "shl", byRegister: "F3", byImmediate: "73 /6" }
];
var packedMmx = [
  ["punpcklbw", "60"],
  ["punpcklwd", "61"],
  ["punpckldq", "62"],
  ["packsswb", "63"],
  ["pcmpgtb", "64"],
  ["pcmpgtw", "65"],
  ["pcmpgtd", "66"],
  ["packuswb", "67"],
  ["punpckhbw", "68"],
  ["punpckhwd", "69"],
  ["punpckhdq", "6A"],
  ["packssdw", "6B"],
  ["pcmpeqb", "74"],
  ["pcmpeqw", "75"],
  ["pcmpeqd", "76"],
  ["pmullw", "D5"],
  ["psubusb", "D8"],
  ["psubusw", "D9"],
  ["pand", "DB"],
  ["paddusb", "DC"],
  ["paddusw", "DD"],
  ["pandn", "DF"],
  ["pmulhw", "E5"],
  ["psubsb", "E8"],
  ["psubsw", "E9"],
  ["por", "EB"],
  ["paddsb", "EC"],
  ["paddsw", "ED"],
  ["pxor", "EF"],
  ["pmaddwd", "F5"],
  ["psubb", "F8"],
  ["psubw", "F9"],
  ["psubd", "FA"],
  ["paddb", "FC"],
  ["paddw", "FD"],
  ["paddd", "FE"]
];
var packedSse = [
  ["pminub", "DA"],
  ["pmaxub", "DE"],
  ["pavgb", "E0"],
  ["pavgw", "E3"],
  ["pmulhuw", "E4"],
  ["pminsw", "EA"],
  ["pmaxsw", "EE"],
  ["psadbw", "F6"]
];
var packedSse2 = [
  ["paddq", "D4"],
  ["pmuludq", "F4"],
  ["psubq", "FB"]
];
function packMmx(f) {
  return (e, x) => {
    x87Wait(e);
    const b = x.mmx(1);
    const both = v128FromHalves(e, x.mmx(0), b);
    const result = low64(e, f(e, both, both));
    enterMmx(e);
    x.setMmx(0, result);
  };
}
function unpackHighMmx(f) {
  return binaryMmx((e, a, b) => {
    const upper = (v) => fromLow64(e, e.shrU(low64(e, v), 32));
    return f(e, upper(a), upper(b));
  });
}

// ../pc/src/cpu/emulated/isa/semantics/vex.ts
var LegacyOperands = class {
  constructor(x, shape, halfOf) {
    this.x = x;
    this.shape = shape;
    this.halfOf = halfOf;
  }
  x;
  shape;
  halfOf;
  result;
  get size() {
    return this.x.size;
  }
  get count() {
    return this.x.count - (this.shape.isNonDestructive ? 1 : 0);
  }
  get condition() {
    return this.x.condition;
  }
  get addressSize() {
    return this.x.addressSize;
  }
  get rep() {
    return this.x.rep;
  }
  #source(i) {
    return this.shape.isNonDestructive ? i + 1 : i;
  }
  kind(i) {
    return this.x.kind(i === 0 ? 0 : this.#source(i));
  }
  sizeOf(i) {
    return this.x.sizeOf(i === 0 ? 0 : this.#source(i));
  }
  get(i) {
    return this.x.get(this.#source(i));
  }
  set(i, value) {
    this.x.set(i, value);
  }
  getForUpdate(i) {
    return this.x.getForUpdate(i);
  }
  effectiveAddress(i) {
    return this.x.effectiveAddress(this.#source(i));
  }
  linearAddress(i) {
    return this.x.linearAddress(this.#source(i));
  }
  xmm(i) {
    const source = this.#source(i);
    return this.halfOf === void 0 ? this.x.xmm(source) : this.halfOf(source);
  }
  setXmm(_i, value) {
    this.result = value;
  }
  ymm(i) {
    return this.x.ymm(this.#source(i));
  }
  setYmm(i, low, high) {
    this.x.setYmm(i, low, high);
  }
  mmx(i) {
    return this.x.mmx(this.#source(i));
  }
  setMmx(i, value) {
    this.x.setMmx(i, value);
  }
  index(i) {
    return this.x.index(this.#source(i));
  }
};
function setVex(e, x, value) {
  if (x.kind(0) === "memory") x.setXmm(0, value);
  else x.setYmm(0, value, zeroVector(e));
}
function vex128(legacy, isNonDestructive2) {
  return (e, x) => {
    const operands = new LegacyOperands(x, { isNonDestructive: isNonDestructive2 }, void 0);
    legacy(e, operands);
    if (operands.result !== void 0) setVex(e, x, operands.result);
  };
}
var NOTING = /* @__PURE__ */ new Set([
  "sseArithmetic",
  "sseConvert",
  "sseCompare",
  "sseRound",
  "sseDotProduct",
  "sseFma",
  "sseToHalf",
  "sseFromHalf"
]);
function deferring(e) {
  let isUsed = false;
  const call = (name2, result, args) => {
    if (!NOTING.has(name2)) return e.call(name2, result, args);
    isUsed = true;
    const code = e.op("i32.or", "i32", [args[0], e.i32(SSE_DEFER)]);
    return e.call(name2, result, [code, ...args.slice(1)]);
  };
  const emitter = new Proxy(e, {
    get(target, name2) {
      if (name2 === "call") return call;
      const value = Reflect.get(target, name2, target);
      return typeof value === "function" ? value.bind(target) : value;
    }
  });
  return {
    emitter,
    finish: () => {
      if (isUsed) e.if(e.state("SSE_DEFERRED", "i32"), () => e.call("sseFinish", "void", []));
    }
  };
}
function inHalves(e, x, legacy, isNonDestructive2, halves) {
  const known = /* @__PURE__ */ new Map();
  const of = (i) => {
    const found = known.get(i) ?? halves(i);
    known.set(i, found);
    return found;
  };
  for (let i = 1; i < x.count; i++) if (x.kind(i) === "memory") of(i);
  const { emitter, finish } = deferring(e);
  const results = [0, 1].map((half) => {
    const operands = new LegacyOperands(x, { isNonDestructive: isNonDestructive2 }, (i) => of(i)[half]);
    legacy(emitter, operands);
    return operands.result;
  });
  finish();
  return [results[0], results[1]];
}
function vex256(legacy, isNonDestructive2) {
  return (e, x) => {
    const [low, high] = inHalves(e, x, legacy, isNonDestructive2, (i) => x.ymm(i));
    x.setYmm(0, low, high);
  };
}
function widening256(legacy) {
  return (e, x) => {
    const [low, high] = inHalves(e, x, legacy, false, (i) => {
      const source = x.xmm(i);
      return [fromLow64(e, low64(e, source)), fromLow64(e, high64(e, source))];
    });
    x.setYmm(0, low, high);
  };
}
function narrowing256(legacy) {
  return (e, x) => {
    const [low, high] = inHalves(e, x, legacy, false, (i) => x.ymm(i));
    setVex(e, x, v128FromHalves(e, low64(e, low), low64(e, high)));
  };
}
function clearingXmm0(legacy) {
  return (e, x) => {
    legacy(e, x);
    e.call("clearUpperHalf", "void", [e.i32(0)]);
  };
}
function probing(semantics2) {
  return (e, x) => {
    if (x.kind(0) === "memory") e.probeWrite(x.linearAddress(0), x.sizeOf(0));
    semantics2(e, x);
  };
}

// ../pc/src/cpu/emulated/isa/semantics/avx.ts
var vector = (e, name2, ...args) => e.op(name2, "v128", args);
var swizzle2 = (e, a, index) => vector(e, "i8x16.swizzle", a, index);
var bit = (e, value, n2) => toI32(e, e.and(e.shrU(value, n2), e.i64(1)));
var is256 = (x, i) => x.sizeOf(i) === 256;
function unary(f) {
  return (e, x) => {
    if (!is256(x, 0)) return setVex(e, x, f(e, x.xmm(1), 0));
    const [low, high] = x.ymm(1);
    x.setYmm(0, f(e, low, 0), f(e, high, 1));
  };
}
function binary(f) {
  return (e, x) => {
    if (!is256(x, 0)) {
      const b2 = x.xmm(2);
      return setVex(e, x, f(e, x.xmm(1), b2, 0));
    }
    const b = x.ymm(2);
    const a = x.ymm(1);
    x.setYmm(0, f(e, a[0], b[0], 0), f(e, a[1], b[1], 1));
  };
}
var broadcast = (shape) => (e, x) => {
  const a = x.xmm(1);
  const lanes = shape === "i64x2" ? [0, 0] : shape === "i32x4" ? [0, 0, 0, 0] : [];
  const bytes = shape === "i64x2" ? 8 : 4;
  const all = lanes.length > 0 ? shuffle(e, a, a, byteLanes(lanes, bytes)) : vector(e, `${shape}.splat`, e.op(`${shape}.extract_lane_u`, "i32", [a], [0]));
  if (is256(x, 0)) x.setYmm(0, all, all);
  else setVex(e, x, all);
};
var broadcast128 = (_e, x) => {
  const a = x.xmm(1);
  x.setYmm(0, a, a);
};
var insert128 = (e, x) => {
  const part = x.xmm(2);
  const [low, high] = x.ymm(1);
  const isHigh = bit(e, x.get(3), 0);
  x.setYmm(0, e.select(isHigh, low, part), e.select(isHigh, part, high));
};
var extract128 = (e, x) => {
  const [low, high] = x.ymm(1);
  setVex(e, x, e.select(bit(e, x.get(2), 0), high, low));
};
var permute128 = (e, x) => {
  const b = x.ymm(2);
  const a = x.ymm(1);
  const control2 = x.get(3);
  const half = (at) => {
    const chosen = e.select(
      bit(e, control2, at + 1),
      e.select(bit(e, control2, at), b[1], b[0]),
      e.select(bit(e, control2, at), a[1], a[0])
    );
    return e.select(bit(e, control2, at + 3), zeroVector(e), chosen);
  };
  x.setYmm(0, half(0), half(4));
};
function swizzle256(e, [low, high], index) {
  const upper = vector(e, "i8x16.sub", index, v128Constant(e, 0x1010101010101010n));
  return vector(e, "v128.or", swizzle2(e, low, index), swizzle2(e, high, upper));
}
var DWORD_BYTES = 0x0302010003020100n;
var QWORD_BYTES = 0x0706050403020100n;
var permuteDwords = (e, x) => {
  const source = x.ymm(2);
  const index = (c) => vector(
    e,
    "i32x4.add",
    vector(
      e,
      "i32x4.mul",
      vector(e, "v128.and", c, v128Constant(e, 0x0000000700000007n)),
      v128Constant(e, 0x0404040404040404n)
    ),
    v128Constant(e, DWORD_BYTES)
  );
  const [low, high] = x.ymm(1);
  x.setYmm(0, swizzle256(e, source, index(low)), swizzle256(e, source, index(high)));
};
var permuteQwords = (e, x) => {
  const source = x.ymm(1);
  const control2 = x.get(2);
  const qword = (i) => e.add(e.mul(e.and(e.shrU(control2, 2 * i), e.i64(3)), e.i64(0x0808080808080808n)), e.i64(QWORD_BYTES));
  const half = (i) => swizzle256(e, source, v128FromHalves(e, qword(i), qword(i + 1)));
  x.setYmm(0, half(0), half(2));
};
var permuteLanes = (double) => binary((e, a, c) => {
  if (double) {
    const chosen2 = vector(e, "v128.and", vector(e, "i64x2.shr_u", c, e.i32(1)), v128Constant(e, 1n));
    const offset2 = vector(e, "i64x2.mul", chosen2, v128Constant(e, 0x0808080808080808n));
    return swizzle2(e, a, vector(e, "i64x2.add", offset2, v128Constant(e, QWORD_BYTES)));
  }
  const chosen = vector(e, "v128.and", c, v128Constant(e, 0x0000000300000003n));
  const offset = vector(e, "i32x4.mul", chosen, v128Constant(e, 0x0404040404040404n));
  return swizzle2(e, a, vector(e, "i32x4.add", offset, v128Constant(e, DWORD_BYTES)));
});
var permuteLanesBy = (double) => (e, x) => {
  const control2 = x.get(2);
  unary((_, a, half) => {
    if (!double) return shuffleDwords(e, a, control2);
    return shufflePd(e, a, a, half === 0 ? control2 : e.shrU(control2, 2));
  })(e, x);
};
var shufflePd256 = (e, x) => {
  const control2 = x.get(3);
  binary((_, a, b, half) => shufflePd(e, a, b, half === 0 ? control2 : e.shrU(control2, 2)))(e, x);
};
var choose = (e, a, b, mask) => vector(e, "v128.bitselect", b, a, mask);
var blendBy = (shape) => (e, x) => {
  const control2 = x.get(3);
  const bits2 = shape === "i32x4" ? [0x0000000200000001n, 0x0000000800000004n] : [1n, 2n];
  binary((_, a, b, half) => {
    const value = half === 0 ? control2 : e.shrU(control2, shape === "i32x4" ? 4 : 2);
    const all = v128Constant(e, bits2[0], bits2[1]);
    const splat = vector(e, `${shape}.splat`, shape === "i64x2" ? value : toI32(e, value));
    return choose(e, a, b, vector(e, `${shape}.eq`, vector(e, "v128.and", splat, all), all));
  })(e, x);
};
var blendByVector = (shape, bits2) => (e, x) => {
  const mask = is256(x, 0) ? x.ymm(3) : [x.xmm(3), void 0];
  binary((_, a, b, half) => choose(e, a, b, vector(e, `${shape}.shr_s`, mask[half], e.i32(bits2 - 1))))(e, x);
};
var none = (e, ...parts) => {
  const all = parts.reduce((a, b) => vector(e, "v128.or", a, b));
  return e.fromBool(e.notB(e.op("v128.any_true", "i32", [all])));
};
var test = (signs) => (e, x) => {
  const b = is256(x, 0) ? x.ymm(1) : [x.xmm(1)];
  const a = is256(x, 0) ? x.ymm(0) : [x.xmm(0)];
  const cut = (q) => signs === ALL_BITS ? q : vector(e, "v128.and", q, v128Constant(e, signs));
  const zf = none(e, ...b.map((q, i) => cut(vector(e, "v128.and", q, a[i]))));
  const cf = none(e, ...b.map((q, i) => cut(vector(e, "v128.andnot", q, a[i]))));
  e.setFlagsImage(e.or(e.shl(zf, 6), cf));
};
var ALL_BITS = 0xffffffffffffffffn;
var SINGLE_SIGNS = 0x8000000080000000n;
var DOUBLE_SIGNS = 0x8000000000000000n;
var moveMask256 = (shape, lanes) => (e, x) => {
  const [low, high] = x.ymm(1);
  const mask = (q) => toI64(e, e.op(`${shape}.bitmask`, "i32", [q]));
  x.set(0, e.or(mask(low), e.shl(mask(high), lanes)));
};
var shiftByVector256 = (s) => (e, x) => {
  const count2 = low64(e, x.xmm(2));
  unary((_, a) => shiftBy(e, a, count2, s.lanes, s.bits, s.kind))(e, x);
};
var shiftEach = (bits2, kind) => binary((e, a, counts) => {
  const shape = bits2 === 32 ? "i32x4" : "i64x2";
  const lane = (q, i) => {
    if (bits2 === 64) return e.op("i64x2.extract_lane", "i64", [q], [i]);
    return toI64(e, e.op("i32x4.extract_lane", "i32", [q], [i]));
  };
  let r2 = zeroVector(e);
  for (let i = 0; i < 128 / bits2; i++) {
    const value = lane(a, i);
    const count2 = lane(counts, i);
    const inRange = e.ltU(count2, e.i64(bits2));
    let shifted;
    if (kind === "shr_s") shifted = e.shrS(e.sext(value, bits2), e.select(inRange, count2, e.i64(bits2 - 1)));
    else {
      const plain3 = kind === "shl" ? e.shl(value, count2) : e.shrU(value, count2);
      shifted = e.select(inRange, plain3, e.i64(0));
    }
    r2 = e.op(`${shape}.replace_lane`, "v128", [r2, bits2 === 64 ? shifted : toI32(e, shifted)], [i]);
  }
  return r2;
});
var extend256 = (steps) => (e, x) => {
  const before = steps.slice(0, -1).reduce((a, name2) => vector(e, name2, a), x.xmm(1));
  const last = steps.at(-1);
  x.setYmm(0, vector(e, last, before), vector(e, last.replace("extend_low", "extend_high"), before));
};
var mpsadbw256 = (e, x) => {
  const control2 = x.get(3);
  binary(
    (_, a, b, half) => e.call("sseMpsadbw", "v128", [toI32(e, half === 0 ? control2 : e.shrU(control2, 3)), a, b])
  )(e, x);
};
var fromHalf = (e, x) => x.setXmm(0, e.call("sseFromHalf", "v128", [e.i32(0), x.xmm(1)]));
var toHalf = (e, x) => x.setXmm(0, e.call("sseToHalf", "v128", [e.i32(0), toI32(e, x.get(2)), x.xmm(1)]));
function fuse(e, { order, double, scalar, signs }, sources) {
  const code = signs | (double ? SSE_DOUBLE : 0) | (scalar ? SSE_SCALAR : 0);
  const [a, b, c] = order.map((i) => sources[i]);
  return e.call("sseFma", "v128", [e.i32(code), a, b, c, sources[0]]);
}

// ../pc/src/cpu/emulated/isa/semantics/sse-float.ts
var MXCSR_PE = 32;
var MXCSR_DAZ = 64;
var MXCSR_PM = 4096;
var MXCSR_RC_FTZ = 57344;
function mxcsrIs(e, mask, value) {
  return e.op("i32.eq", "i32", [e.op("i32.and", "i32", [e.state("MXCSR", "i32"), e.i32(mask)]), e.i32(value)]);
}
var ordinaryRounding = (e) => mxcsrIs(e, MXCSR_RC_FTZ | MXCSR_PM | MXCSR_DAZ | MXCSR_PE, MXCSR_PM | MXCSR_PE);
var inexactIsFree = (e) => mxcsrIs(e, MXCSR_PM | MXCSR_PE, MXCSR_PM | MXCSR_PE);
var noDaz = (e) => mxcsrIs(e, MXCSR_DAZ, 0);
var PS = {
  double: false,
  shape: "f32x4",
  scalar: "f32",
  least: 0x0080000000800000n,
  greatest: 0x7f7fffff7f7fffffn
};
var PD = {
  double: true,
  shape: "f64x2",
  scalar: "f64",
  least: 0x0010000000000000n,
  greatest: 0x7fefffffffffffffn
};
var and = (e, ...v) => v.reduce((a, b) => e.op("v128.and", "v128", [a, b]));
var or = (e, a, b) => e.op("v128.or", "v128", [a, b]);
var lanesOp = (e, f, name2, ...v) => e.op(`${f.shape}.${name2}`, "v128", v);
var isZeroLanes = (e, f, v) => lanesOp(e, f, "eq", v, v128Constant(e, 0n));
var allTrue = (e, f, v) => e.op(f.double ? "i64x2.all_true" : "i32x4.all_true", "i32", [v]);
function normalLanes(e, f, v, strict = false) {
  const size = lanesOp(e, f, "abs", v);
  return and(
    e,
    lanesOp(e, f, strict ? "gt" : "ge", size, v128Constant(e, f.least)),
    lanesOp(e, f, "le", size, v128Constant(e, f.greatest))
  );
}
var plainLanes = (e, f, v) => or(e, normalLanes(e, f, v), isZeroLanes(e, f, v));
function comparableLanes(e, f, v) {
  const size = lanesOp(e, f, "abs", v);
  return or(e, lanesOp(e, f, "ge", size, v128Constant(e, f.least)), isZeroLanes(e, f, v));
}
function packedIsOrdinary(e, f, name2, a, b, r2) {
  const finite = (v) => lanesOp(e, f, "le", lanesOp(e, f, "abs", v), v128Constant(e, f.greatest));
  const normalResult = normalLanes(e, f, r2, true);
  switch (name2) {
    case "add":
    case "sub":
      return and(e, plainLanes(e, f, a), plainLanes(e, f, b), finite(r2));
    case "mul": {
      const zero = or(e, isZeroLanes(e, f, a), isZeroLanes(e, f, b));
      return and(e, plainLanes(e, f, a), plainLanes(e, f, b), or(e, normalResult, zero));
    }
    case "div":
      return and(e, normalLanes(e, f, b), or(e, and(e, normalLanes(e, f, a), normalResult), isZeroLanes(e, f, a)));
    case "sqrt": {
      const positive = lanesOp(e, f, "gt", b, v128Constant(e, 0n));
      return or(e, and(e, positive, normalLanes(e, f, b)), isZeroLanes(e, f, b));
    }
    default:
      return and(e, comparableLanes(e, f, a), comparableLanes(e, f, b));
  }
}
function scalarConstant(e, f, bits2) {
  return f.double ? e.op("f64.reinterpret_i64", "f64", [e.i64(bits2)]) : e.op("f32.reinterpret_i32", "f32", [e.i32(Number(bits2 & 0xffffffffn))]);
}
var scalarTest = (e, f, name2, a, b) => e.op(`${f.scalar}.${name2}`, "i32", [a, b]);
var scalarAbs = (e, f, a) => e.op(`${f.scalar}.abs`, f.scalar, [a]);
var isZero = (e, f, a) => scalarTest(e, f, "eq", a, scalarConstant(e, f, 0n));
var isFinite = (e, f, a) => scalarTest(e, f, "le", scalarAbs(e, f, a), scalarConstant(e, f, f.greatest));
function isNormal(e, f, a, strict = false) {
  const size = scalarAbs(e, f, a);
  return e.andB(
    scalarTest(e, f, strict ? "gt" : "ge", size, scalarConstant(e, f, f.least)),
    scalarTest(e, f, "le", size, scalarConstant(e, f, f.greatest))
  );
}
var isPlain = (e, f, a) => e.orB(isNormal(e, f, a), isZero(e, f, a));
var isComparable = (e, f, a) => e.orB(scalarTest(e, f, "ge", scalarAbs(e, f, a), scalarConstant(e, f, f.least)), isZero(e, f, a));
function scalarIsOrdinary(e, f, name2, a, b, r2) {
  switch (name2) {
    case "add":
    case "sub":
      return e.andB(e.andB(isPlain(e, f, a), isPlain(e, f, b)), isFinite(e, f, r2));
    case "mul": {
      const fine = e.orB(isNormal(e, f, r2, true), e.orB(isZero(e, f, a), isZero(e, f, b)));
      return e.andB(e.andB(isPlain(e, f, a), isPlain(e, f, b)), fine);
    }
    case "div": {
      const fine = e.orB(e.andB(isNormal(e, f, a), isNormal(e, f, r2, true)), isZero(e, f, a));
      return e.andB(isNormal(e, f, b), fine);
    }
    case "sqrt":
      return e.orB(e.andB(scalarTest(e, f, "gt", b, scalarConstant(e, f, 0n)), isNormal(e, f, b)), isZero(e, f, b));
    default:
      return e.andB(isComparable(e, f, a), isComparable(e, f, b));
  }
}
var lane0 = (e, f, v) => e.op(`${f.shape}.extract_lane`, f.scalar, [v], [0]);
var setLane0 = (e, f, v, a) => e.op(`${f.shape}.replace_lane`, "v128", [v, a], [0]);
var CODES = {
  add: SSE_ADD,
  sub: SSE_SUB,
  mul: SSE_MUL,
  div: SSE_DIV,
  min: SSE_MIN,
  max: SSE_MAX,
  sqrt: SSE_SQRT
};
function compute(e, shape, type, name2, a, b) {
  if (name2 === "sqrt") return e.op(`${shape}.sqrt`, type, [b]);
  if (name2 === "min" || name2 === "max") {
    if (type === "v128") return e.op(`${shape}.p${name2}`, type, [b, a]);
    return e.select(e.op(`${shape}.${name2 === "min" ? "lt" : "gt"}`, "i32", [a, b]), a, b);
  }
  return e.op(`${shape}.${name2}`, type, [a, b]);
}
var modeAllows = (e, name2) => name2 === "min" || name2 === "max" ? noDaz(e) : ordinaryRounding(e);
function packedFloat(name2, double) {
  const f = double ? PD : PS;
  const code = CODES[name2] | (double ? SSE_DOUBLE : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const r2 = compute(e, f.shape, "v128", name2, a, b);
    const result = e.variable("v128", r2);
    const fast = e.andB(modeAllows(e, name2), allTrue(e, f, packedIsOrdinary(e, f, name2, a, b, r2)));
    e.if(e.notB(fast), () => e.set(result, e.call("sseArithmetic", "v128", [e.i32(code), a, b])));
    x.setXmm(0, e.get(result));
  };
}
function scalarFloat(name2, double) {
  const f = double ? PD : PS;
  const code = CODES[name2] | SSE_SCALAR | (double ? SSE_DOUBLE : 0);
  return (e, x) => {
    const vb = x.xmm(1);
    const va = x.xmm(0);
    const a = lane0(e, f, va);
    const b = lane0(e, f, vb);
    const r2 = compute(e, f.scalar, f.scalar, name2, a, b);
    const result = e.variable("v128", setLane0(e, f, va, r2));
    const fast = e.andB(modeAllows(e, name2), scalarIsOrdinary(e, f, name2, a, b, r2));
    e.if(e.notB(fast), () => e.set(result, e.call("sseArithmetic", "v128", [e.i32(code), va, vb])));
    x.setXmm(0, e.get(result));
  };
}
function preparedAdd(code, double, prepare) {
  const f = double ? PD : PS;
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const [p2, q] = prepare(e, a, b);
    const r2 = lanesOp(e, f, "add", p2, q);
    const result = e.variable("v128", r2);
    const fast = e.andB(ordinaryRounding(e), allTrue(e, f, packedIsOrdinary(e, f, "add", p2, q, r2)));
    const soft = code | (double ? SSE_DOUBLE : 0);
    e.if(e.notB(fast), () => e.set(result, e.call("sseArithmetic", "v128", [e.i32(soft), a, b])));
    x.setXmm(0, e.get(result));
  };
}
function addSubtract(double) {
  const signs = double ? [1n << 63n, 0n] : [0x80000000n, 0x80000000n];
  return preparedAdd(SSE_ADDSUB, double, (e, a, b) => [
    a,
    e.op("v128.xor", "v128", [b, v128Constant(e, signs[0], signs[1])])
  ]);
}
function horizontal(double, subtract) {
  const bytes = double ? 8 : 4;
  const even = byteLanes(double ? [0, 2] : [0, 2, 4, 6], bytes);
  const odd = byteLanes(double ? [1, 3] : [1, 3, 5, 7], bytes);
  const sign2 = double ? 1n << 63n : 0x8000000080000000n;
  return preparedAdd(subtract ? SSE_HSUB : SSE_HADD, double, (e, a, b) => {
    const second = shuffle(e, a, b, odd);
    return [shuffle(e, a, b, even), subtract ? e.op("v128.xor", "v128", [second, v128Constant(e, sign2)]) : second];
  });
}
function roundFloat(double, scalar) {
  const f = double ? PD : PS;
  const code = (double ? SSE_DOUBLE : 0) | (scalar ? SSE_SCALAR : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = scalar ? x.xmm(0) : b;
    const control2 = toI32(e, x.get(2));
    const masked2 = (value, mask) => e.op("i32.and", "i32", [value, e.i32(mask)]);
    const current = e.op("i32.shr_u", "i32", [e.state("MXCSR", "i32"), e.i32(13)]);
    const mode = e.select(masked2(control2, 4), current, control2);
    const down = masked2(mode, 1);
    const up = masked2(mode, 2);
    const rounded = e.select(
      up,
      e.select(down, lanesOp(e, f, "trunc", b), lanesOp(e, f, "ceil", b)),
      e.select(down, lanesOp(e, f, "floor", b), lanesOp(e, f, "nearest", b))
    );
    const result = e.variable("v128", scalar ? mergeLow(e, a, rounded, double ? 8 : 4) : rounded);
    const quiet = e.orB(e.op("i32.ne", "i32", [masked2(control2, 8), e.i32(0)]), inexactIsFree(e));
    const ordinary = scalar ? isComparable(e, f, lane0(e, f, b)) : allTrue(e, f, comparableLanes(e, f, b));
    e.if(
      e.notB(e.andB(quiet, ordinary)),
      () => e.set(result, e.call("sseRound", "v128", [e.i32(code), control2, a, b]))
    );
    x.setXmm(0, e.get(result));
  };
}
function dotProduct(double) {
  return (e, x) => {
    const b = x.xmm(1);
    const control2 = toI32(e, x.get(2));
    x.setXmm(0, e.call("sseDotProduct", "v128", [e.i32(double ? SSE_DOUBLE : 0), control2, x.xmm(0), b]));
  };
}
function softArithmetic(code) {
  return (e, x) => {
    const b = x.xmm(1);
    x.setXmm(0, e.call("sseArithmetic", "v128", [e.i32(code), x.xmm(0), b]));
  };
}
function compareFloat(double, scalar) {
  const f = double ? PD : PS;
  const code = (double ? SSE_DOUBLE : 0) | (scalar ? SSE_SCALAR : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const predicate = e.op("i32.and", "i32", [toI32(e, x.get(2)), e.i32(7)]);
    const bit3 = (mask) => e.op("i32.and", "i32", [predicate, e.i32(mask)]);
    const eq = lanesOp(e, f, "eq", a, b);
    const lt = lanesOp(e, f, "lt", a, b);
    const le = lanesOp(e, f, "le", a, b);
    const plain3 = e.select(bit3(2), e.select(bit3(1), v128Constant(e, 0n), le), e.select(bit3(1), lt, eq));
    const inverted = e.op("v128.not", "v128", [plain3]);
    const all = e.select(bit3(4), inverted, plain3);
    const result = e.variable("v128", scalar ? mergeLow(e, a, all, double ? 8 : 4) : all);
    const test3 = scalar ? scalarIsOrdinary(e, f, "cmp", lane0(e, f, a), lane0(e, f, b), lane0(e, f, a)) : allTrue(e, f, packedIsOrdinary(e, f, "cmp", a, b, a));
    const fast = e.andB(noDaz(e), test3);
    e.if(e.notB(fast), () => e.set(result, e.call("sseCompare", "v128", [e.i32(code), predicate, a, b])));
    x.setXmm(0, e.get(result));
  };
}
var LESS_HOLDS = 38550;
var EQUAL_HOLDS = 42405;
var GREATER_HOLDS = 61680;
function compareFloatVex(double, scalar) {
  const f = double ? PD : PS;
  const code = (double ? SSE_DOUBLE : 0) | (scalar ? SSE_SCALAR : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const predicate = e.op("i32.and", "i32", [toI32(e, x.get(2)), e.i32(31)]);
    const which = e.op("i32.and", "i32", [predicate, e.i32(15)]);
    const part = (name2, holds) => {
      const chosen = e.op("i32.and", "i32", [e.op("i32.shr_u", "i32", [e.i32(holds), which]), e.i32(1)]);
      return e.select(chosen, lanesOp(e, f, name2, a, b), v128Constant(e, 0n));
    };
    const either = or(e, part("lt", LESS_HOLDS), part("gt", GREATER_HOLDS));
    const all = or(e, either, part("eq", EQUAL_HOLDS));
    const result = e.variable("v128", scalar ? mergeLow(e, a, all, double ? 8 : 4) : all);
    const test3 = scalar ? scalarIsOrdinary(e, f, "cmp", lane0(e, f, a), lane0(e, f, b), lane0(e, f, a)) : allTrue(e, f, packedIsOrdinary(e, f, "cmp", a, b, a));
    e.if(
      e.notB(e.andB(noDaz(e), test3)),
      () => e.set(result, e.call("sseCompare", "v128", [e.i32(code), predicate, a, b]))
    );
    x.setXmm(0, e.get(result));
  };
}
function compareFlags(double, quiet) {
  const f = double ? PD : PS;
  const code = (double ? SSE_DOUBLE : 0) | (quiet ? 1 : 0);
  return (e, x) => {
    const vb = x.xmm(1);
    const va = x.xmm(0);
    const a = lane0(e, f, va);
    const b = lane0(e, f, vb);
    const less = e.fromBool(scalarTest(e, f, "lt", a, b));
    const equal = e.shl(e.fromBool(scalarTest(e, f, "eq", a, b)), 6);
    const image = e.variable("i64", e.or(less, equal));
    const fast = e.andB(noDaz(e), scalarIsOrdinary(e, f, "cmp", a, b, a));
    e.if(e.notB(fast), () => e.set(image, toI64(e, e.call("sseCompareFlags", "i32", [e.i32(code), va, vb]))));
    e.setFlagsImage(e.get(image));
  };
}
function floatToInteger(double, truncate) {
  const f = double ? PD : PS;
  return (e, x) => {
    const v = x.xmm(1);
    const a = lane0(e, f, v);
    const wide = x.sizeOf(0) === 64;
    const rounded = truncate ? a : e.op(`${f.scalar}.nearest`, f.scalar, [a]);
    const integer2 = wide ? e.op(`i64.trunc_sat_${f.scalar}_s`, "i64", [rounded]) : toI64(e, e.op(`i32.trunc_sat_${f.scalar}_s`, "i32", [rounded]));
    const bound = (negative) => e.op(`${f.scalar}.convert_i64_s`, f.scalar, [
      e.i64(wide ? negative ? -(1n << 63n) : 1n << 62n : negative ? -(1n << 31n) : 1n << 31n)
    ]);
    const upper = wide ? e.op(`${f.scalar}.add`, f.scalar, [bound(false), bound(false)]) : bound(false);
    const inRange = e.andB(scalarTest(e, f, "ge", rounded, bound(true)), scalarTest(e, f, "lt", rounded, upper));
    const fast = e.andB(truncate ? inexactIsFree(e) : ordinaryRounding(e), inRange);
    const result = e.variable("i64", integer2);
    const code = (wide ? TO_64 : 0) | (double ? FROM_DOUBLE : 0) | (truncate ? TRUNCATE : 0);
    e.if(e.notB(fast), () => e.set(result, e.call("sseToInteger", "i64", [e.i32(code), v])));
    x.set(0, e.get(result));
  };
}
function integerToFloat(double) {
  const f = double ? PD : PS;
  return (e, x) => {
    const wide = x.sizeOf(1) === 64;
    const value = wide ? x.get(1) : e.sext(x.get(1), 32);
    const a = x.xmm(0);
    const fast = e.op(`${f.scalar}.convert_i64_s`, f.scalar, [value]);
    const result = e.variable("v128", setLane0(e, f, a, fast));
    if (wide || !double) {
      e.if(e.notB(ordinaryRounding(e)), () => {
        e.set(result, e.call("sseFromInteger", "v128", [e.i32(double ? FROM_DOUBLE : 0), a, value]));
      });
    }
    x.setXmm(0, e.get(result));
  };
}
function convert(code, fast, test3, keepsDestination = false) {
  return (e, x) => {
    const b = x.xmm(1);
    const a = keepsDestination ? x.xmm(0) : b;
    const result = e.variable("v128", fast(e, b, a));
    e.if(e.notB(test3(e, b)), () => e.set(result, e.call("sseConvert", "v128", [e.i32(code), a, b])));
    x.setXmm(0, e.get(result));
  };
}
var lowFloats = (e, v) => fromLow64(e, low64(e, v));
var cvtdq2pd = (e, x) => x.setXmm(0, e.op("f64x2.convert_low_i32x4_s", "v128", [x.xmm(1)]));
var cvtdq2ps = convert(
  CVT_DQ_PS,
  (e, b) => e.op("f32x4.convert_i32x4_s", "v128", [b]),
  (e) => ordinaryRounding(e)
);
var cvtps2pd = convert(
  CVT_PS_PD,
  (e, b) => e.op("f64x2.promote_low_f32x4", "v128", [b]),
  (e, b) => e.andB(noDaz(e), allTrue(e, PS, plainLanes(e, PS, lowFloats(e, b))))
);
var cvtpd2ps = convert(
  CVT_PD_PS,
  (e, b) => e.op("f32x4.demote_f64x2_zero", "v128", [b]),
  (e, b) => {
    const r2 = e.op("f32x4.demote_f64x2_zero", "v128", [b]);
    const normal = normalLanes(e, PS, r2, true);
    const bothOrdinary = or(e, normal, isZeroLanes(e, PS, r2));
    const lostTiny = and(e, isZeroLanesWide(e, r2), e.op("v128.not", "v128", [isZeroLanes(e, PD, b)]));
    const none2 = e.eqz(e.or(low64(e, lostTiny), e.op("i64x2.extract_lane", "i64", [lostTiny], [1])));
    return e.andB(ordinaryRounding(e), e.andB(allTrue(e, PS, bothOrdinary), none2));
  }
);
function isZeroLanesWide(e, r2) {
  return e.op("i64x2.extend_low_i32x4_s", "v128", [isZeroLanes(e, PS, r2)]);
}
var cvtss2sd = convert(
  CVT_SS_SD,
  (e, b, a) => setLane0(e, PD, a, e.op("f64.promote_f32", "f64", [lane0(e, PS, b)])),
  (e, b) => e.andB(noDaz(e), isPlain(e, PS, lane0(e, PS, b))),
  true
);
var cvtsd2ss = convert(
  CVT_SD_SS,
  (e, b, a) => setLane0(e, PS, a, e.op("f32.demote_f64", "f32", [lane0(e, PD, b)])),
  (e, b) => {
    const source = lane0(e, PD, b);
    const r2 = e.op("f32.demote_f64", "f32", [source]);
    return e.andB(ordinaryRounding(e), e.orB(isNormal(e, PS, r2, true), isZero(e, PD, source)));
  },
  true
);
function toDwords(double, truncate, code) {
  const f = double ? PD : PS;
  const rounded = (e, b) => truncate ? b : lanesOp(e, f, "nearest", b);
  return convert(
    code,
    (e, b) => e.op(double ? "i32x4.trunc_sat_f64x2_s_zero" : "i32x4.trunc_sat_f32x4_s", "v128", [rounded(e, b)]),
    (e, b) => {
      const limit = double ? v128Constant(e, 0x41e0000000000000n) : v128Constant(e, 0x4f0000004f000000n);
      const inRange = lanesOp(e, f, "lt", lanesOp(e, f, "abs", rounded(e, b)), limit);
      return e.andB(truncate ? inexactIsFree(e) : ordinaryRounding(e), allTrue(e, f, inRange));
    }
  );
}
var cvtps2dq = toDwords(false, false, CVT_PS_DQ);
var cvttps2dq = toDwords(false, true, CVT_PS_DQ_TRUNCATE);
var cvtpd2dq = toDwords(true, false, CVT_PD_DQ);
var cvttpd2dq = toDwords(true, true, CVT_PD_DQ_TRUNCATE);

// ../pc/src/cpu/emulated/isa/semantics/sse.ts
var moveVector = (_e, x) => x.setXmm(0, x.xmm(1));
var moveLow = (bytes) => (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, mergeLow(e, x.xmm(0), b, bytes));
};
var moveLowFromMemory = (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, mergeLow(e, x.xmm(0), b, 8));
};
var moveHighFromMemory = (e, x) => {
  const value = low64(e, x.xmm(1));
  x.setXmm(0, e.op("i64x2.replace_lane", "v128", [x.xmm(0), value], [1]));
};
var storeHigh = (e, x) => x.setXmm(0, fromLow64(e, high64(e, x.xmm(1))));
var moveHighToLow = (e, x) => {
  const a = x.xmm(0);
  x.setXmm(0, shuffle(e, a, x.xmm(1), byteLanes([3, 1], 8)));
};
var moveLowToHigh = (e, x) => {
  const a = x.xmm(0);
  x.setXmm(0, shuffle(e, a, x.xmm(1), byteLanes([0, 2], 8)));
};
var storeLow64 = (_e, x) => x.setXmm(0, x.xmm(1));
var moveMask = (shape) => (e, x) => x.set(0, toI64(e, e.op(`${shape}.bitmask`, "i32", [x.xmm(1)])));
var fromInteger = (e, x) => x.setXmm(0, fromLow64(e, x.get(1)));
var toInteger = (e, x) => x.set(0, e.zext(low64(e, x.xmm(1)), x.sizeOf(0) === 64 ? 64 : 32));
var moveInteger = (_e, x) => x.set(0, x.get(1));
var moveQuad = (e, x) => x.setXmm(0, fromLow64(e, low64(e, x.xmm(1))));
var moveMmx = (e, x) => {
  x87Wait(e);
  const value = x.mmx(1);
  if (x.kind(0) === "memory") {
    x.setMmx(0, value);
    enterMmx(e);
  } else {
    enterMmx(e);
    x.setMmx(0, value);
  }
};
var fromIntegerMmx = (e, x) => {
  x87Wait(e);
  const value = x.get(1);
  enterMmx(e);
  x.setMmx(0, value);
};
var toIntegerMmx = (e, x) => {
  x87Wait(e);
  x.set(0, e.zext(x.mmx(1), x.sizeOf(0) === 64 ? 64 : 32));
  enterMmx(e);
};
var emms = (e) => {
  x87Wait(e);
  e.setState("FPU_TOP", e.i32(0));
  e.setState("FTW", e.i32(65535));
};
var shiftMmx = (s, byImmediate) => (e, x) => {
  x87Wait(e);
  const count2 = byImmediate ? e.zext(x.get(1), 8) : x.mmx(1);
  const result = low64(e, shiftBy(e, fromLow64(e, x.mmx(0)), count2, s.lanes, s.bits, s.kind));
  enterMmx(e);
  x.setMmx(0, result);
};
var moveMaskMmx = (e, x) => {
  x87Wait(e);
  const mask = e.op("i8x16.bitmask", "i32", [fromLow64(e, x.mmx(1))]);
  enterMmx(e);
  x.set(0, toI64(e, mask));
};
var extractWordMmx = (e, x) => {
  x87Wait(e);
  const shift2 = e.shl(e.and(x.get(2), e.i64(3)), 4);
  const word2 = e.and(e.shrU(x.mmx(1), shift2), e.i64(65535));
  enterMmx(e);
  x.set(0, word2);
};
var insertWordMmx = (e, x) => {
  x87Wait(e);
  const word2 = e.and(x.get(1), e.i64(65535));
  const shift2 = e.shl(e.and(x.get(2), e.i64(3)), 4);
  const kept = e.and(x.mmx(0), e.not(e.shl(e.i64(65535), shift2)));
  enterMmx(e);
  x.setMmx(0, e.or(kept, e.shl(word2, shift2)));
};
var shuffleWordsMmx = (e, x) => {
  x87Wait(e);
  const source = fromLow64(e, x.mmx(1));
  const result = low64(e, shuffleLowWords(e, source, x.get(2)));
  enterMmx(e);
  x.setMmx(0, result);
};
var movq2dq = (e, x) => {
  x87Wait(e);
  const value = x.mmx(1);
  enterMmx(e);
  x.setXmm(0, fromLow64(e, value));
};
var movdq2q = (e, x) => {
  x87Wait(e);
  const value = low64(e, x.xmm(1));
  enterMmx(e);
  x.setMmx(0, value);
};
var extractWord = (e, x) => {
  const at = e.shl(e.and(x.get(2), e.i64(7)), 1);
  x.set(0, e.and(low64(e, byteShift(e, x.xmm(1), at, false)), e.i64(65535)));
};
var insertWord = (e, x) => {
  const at = e.shl(e.and(x.get(2), e.i64(7)), 1);
  const word2 = byteShift(e, fromLow64(e, e.and(x.get(1), e.i64(65535))), at, true);
  const hole = byteShift(e, fromLow64(e, e.i64(65535)), at, true);
  const kept = e.op("v128.andnot", "v128", [x.xmm(0), hole]);
  x.setXmm(0, e.op("v128.or", "v128", [kept, word2]));
};
var shuffleByImmediate = (f) => (e, x) => x.setXmm(0, f(e, x.xmm(1), x.get(2)));
var shuffleTwo = (f) => (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, f(e, x.xmm(0), b, x.get(2)));
};
var shiftBytes = (left) => (e, x) => x.setXmm(0, byteShift(e, x.xmm(0), x.get(1), left));
var shiftByVector = (s) => (e, x) => {
  const count2 = low64(e, x.xmm(1));
  x.setXmm(0, shiftBy(e, x.xmm(0), count2, s.lanes, s.bits, s.kind));
};
var shiftByImmediate = (s) => (e, x) => x.setXmm(0, shiftBy(e, x.xmm(0), e.zext(x.get(1), 8), s.lanes, s.bits, s.kind));
var ldmxcsr = (e, x) => {
  const value = toI32(e, x.get(0));
  e.call("sseLoadMxcsr", "void", [value]);
};
var stmxcsr = (e, x) => x.set(0, toI64(e, e.state("MXCSR", "i32")));
var cvtpi2ps = (fromMmx) => (e, x) => {
  if (fromMmx) x87Wait(e);
  const source = fromMmx ? fromLow64(e, x.mmx(1)) : x.xmm(1);
  const result = e.call("sseConvert", "v128", [e.i32(CVT_PI_PS), x.xmm(0), source]);
  if (fromMmx) enterMmx(e);
  x.setXmm(0, result);
};
var cvtpi2pd = (fromMmx) => (e, x) => {
  if (fromMmx) x87Wait(e);
  const source = fromMmx ? fromLow64(e, x.mmx(1)) : x.xmm(1);
  if (fromMmx) enterMmx(e);
  x.setXmm(0, e.op("f64x2.convert_low_i32x4_s", "v128", [source]));
};
var toMmx = (code) => (e, x) => {
  x87Wait(e);
  let source = x.xmm(1);
  if (code === CVT_PS_DQ || code === CVT_PS_DQ_TRUNCATE) source = fromLow64(e, low64(e, source));
  const result = low64(e, e.call("sseConvert", "v128", [e.i32(code), source, source]));
  enterMmx(e);
  x.setMmx(0, result);
};

// ../pc/src/cpu/emulated/isa/table.ts
function operand(kind) {
  const as = (access) => ({ kind, access });
  return { kind, access: "r", r: as("r"), w: as("w"), rw: as("rw"), none: as("none") };
}
var NO_ATTRIBUTES = {
  flags: void 0,
  flagsRead: void 0,
  flagsUndefined: void 0,
  lock: void 0,
  endsBlock: void 0,
  cpl: void 0,
  intercept: void 0,
  feature: void 0,
  only64: void 0,
  no64: void 0,
  default64: void 0,
  protectedOnly: void 0,
  rep: void 0,
  unit: void 0,
  cc: void 0,
  aligned: void 0,
  slow: void 0,
  returnsOp: void 0,
  sized: void 0,
  addressSized: void 0,
  size: void 0,
  mnemonicSuffix: void 0
};
function op(name2, encoding, operands, semanticsOrSlow, attributes2 = {}) {
  const isSlow = typeof semanticsOrSlow === "string";
  const all = { ...NO_ATTRIBUTES, ...attributes2, slow: isSlow ? semanticsOrSlow : void 0 };
  return { name: name2, encoding, operands, attributes: all, semantics: isSlow ? void 0 : semanticsOrSlow };
}
function family(name2, rows3) {
  return rows3.map((row) => ({ ...row, family: name2 }));
}

// ../pc/src/cpu/emulated/isa/vector-words.ts
var xmm = operand("xmm");
var xmmm8 = operand("xmmm8");
var xmmm16 = operand("xmmm16");
var xmmm32 = operand("xmmm32");
var xmmm64 = operand("xmmm64");
var xmmm128 = operand("xmmm128");
var ymm = operand("ymm");
var ymmm256 = operand("ymmm256");
var xmmv = operand("xmmv");
var ymmv = operand("ymmv");
var xmmi = operand("xmmi");
var ymmi = operand("ymmi");
var vm = operand("vm");
var mm = operand("mm");
var mmm32 = operand("mmm32");
var mmm64 = operand("mmm64");
var m = operand("m");
var m8 = operand("m8");
var m16 = operand("m16");
var m32 = operand("m32");
var m64 = operand("m64");
var m80 = operand("m80");
var m128 = operand("m128");
var m256 = operand("m256");
var rm8 = operand("rm8");
var rmv = operand("rmv");
var rm32 = operand("rm32");
var rm64 = operand("rm64");
var rmy = operand("rmy");
var r32 = operand("r32");
var r64 = operand("r64");
var ry = operand("ry");
var imm8 = operand("imm8");
var ax = operand("ax");
var st = operand("st");
var sti = operand("sti");
function vectorAttributes(feature) {
  return { plain: { unit: "sse", feature }, aligned: { unit: "sse", feature, aligned: true } };
}
var mmxAttributes = (feature) => ({ unit: "mmx", feature });

// ../pc/src/cpu/emulated/isa/sse.ts
var { plain, aligned } = vectorAttributes("sse");
var mmx = mmxAttributes("sse");
var COMPARED = { flags: "OSZAPC" };
var ARITHMETIC = [
  ["sqrt", "51", "sqrt"],
  ["add", "58", "add"],
  ["mul", "59", "mul"],
  ["sub", "5C", "sub"],
  ["min", "5D", "min"],
  ["div", "5E", "div"],
  ["max", "5F", "max"]
];
var sse = family("sse", [
  op("movups", "NP 0F 10 /r", [xmm.w, xmmm128.r], moveVector, plain),
  op("movups", "NP 0F 11 /r", [xmmm128.w, xmm.r], moveVector, plain),
  op("movss", "F3 0F 10 /r mod=m", [xmm.w, xmmm32.r], moveVector, plain),
  op("movss", "F3 0F 10 /r mod=3", [xmm.rw, xmmm32.r], moveLow(4), plain),
  op("movss", "F3 0F 11 /r mod=m", [xmmm32.w, xmm.r], moveVector, plain),
  op("movss", "F3 0F 11 /r mod=3", [xmmm32.rw, xmm.r], moveLow(4), plain),
  op("movlps", "NP 0F 12 /r mod=m", [xmm.rw, xmmm64.r], moveLowFromMemory, plain),
  op("movhlps", "NP 0F 12 /r mod=3", [xmm.rw, xmmm128.r], moveHighToLow, plain),
  op("movlps", "NP 0F 13 /r mod=m", [xmmm64.w, xmm.r], storeLow64, plain),
  op("unpcklps", "NP 0F 14 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["punpckldq"]), aligned),
  op("unpckhps", "NP 0F 15 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["punpckhdq"]), aligned),
  op("movhps", "NP 0F 16 /r mod=m", [xmm.rw, xmmm64.r], moveHighFromMemory, plain),
  op("movlhps", "NP 0F 16 /r mod=3", [xmm.rw, xmmm128.r], moveLowToHigh, plain),
  op("movhps", "NP 0F 17 /r mod=m", [xmmm64.w, xmm.r], storeHigh, plain),
  op("movaps", "NP 0F 28 /r", [xmm.w, xmmm128.r], moveVector, aligned),
  op("movaps", "NP 0F 29 /r", [xmmm128.w, xmm.r], moveVector, aligned),
  op("cvtpi2ps", "NP 0F 2A /r mod=3", [xmm.rw, mmm64.r], cvtpi2ps(true), plain),
  op("cvtpi2ps", "NP 0F 2A /r mod=m", [xmm.rw, xmmm64.r], cvtpi2ps(false), plain),
  op("cvtsi2ss", "F3 0F 2A /r", [xmm.rw, rmy.r], integerToFloat(false), plain),
  op("movntps", "NP 0F 2B /r mod=m", [xmmm128.w, xmm.r], moveVector, aligned),
  op("cvttps2pi", "NP 0F 2C /r", [mm.w, xmmm64.r], toMmx(CVT_PS_DQ_TRUNCATE), plain),
  op("cvttss2si", "F3 0F 2C /r", [ry.w, xmmm32.r], floatToInteger(false, true), plain),
  op("cvtps2pi", "NP 0F 2D /r", [mm.w, xmmm64.r], toMmx(CVT_PS_DQ), plain),
  op("cvtss2si", "F3 0F 2D /r", [ry.w, xmmm32.r], floatToInteger(false, false), plain),
  op("ucomiss", "NP 0F 2E /r", [xmm.r, xmmm32.r], compareFlags(false, true), { ...plain, ...COMPARED }),
  op("comiss", "NP 0F 2F /r", [xmm.r, xmmm32.r], compareFlags(false, false), { ...plain, ...COMPARED }),
  op("movmskps", "NP 0F 50 /r mod=3", [r32.w, xmmm128.r], moveMask("i32x4"), plain),
  ...ARITHMETIC.flatMap(([name2, code, operation]) => [
    op(`${name2}ps`, `NP 0F ${code} /r`, [xmm.rw, xmmm128.r], packedFloat(operation, false), aligned),
    op(`${name2}ss`, `F3 0F ${code} /r`, [xmm.rw, xmmm32.r], scalarFloat(operation, false), plain)
  ]),
  op("rsqrtps", "NP 0F 52 /r", [xmm.w, xmmm128.r], softArithmetic(SSE_RSQRT), aligned),
  op("rsqrtss", "F3 0F 52 /r", [xmm.rw, xmmm32.r], softArithmetic(SSE_RSQRT | SSE_SCALAR), plain),
  op("rcpps", "NP 0F 53 /r", [xmm.w, xmmm128.r], softArithmetic(SSE_RCP), aligned),
  op("rcpss", "F3 0F 53 /r", [xmm.rw, xmmm32.r], softArithmetic(SSE_RCP | SSE_SCALAR), plain),
  op("andps", "NP 0F 54 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["pand"]), aligned),
  op("andnps", "NP 0F 55 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["pandn"]), aligned),
  op("orps", "NP 0F 56 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["por"]), aligned),
  op("xorps", "NP 0F 57 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["pxor"]), aligned),
  op("cmpps", "NP 0F C2 /r ib", [xmm.rw, xmmm128.r, imm8.r], compareFloat(false, false), aligned),
  op("cmpss", "F3 0F C2 /r ib", [xmm.rw, xmmm32.r, imm8.r], compareFloat(false, true), plain),
  op("shufps", "NP 0F C6 /r ib", [xmm.rw, xmmm128.r, imm8.r], shuffleTwo(shufflePs), aligned),
  op("ldmxcsr", "NP 0F AE /2 mod=m", [m32.r], ldmxcsr, plain),
  op("stmxcsr", "NP 0F AE /3 mod=m", [m32.w], stmxcsr, plain),
  // the parts on MMX registers
  ...packedSse.map(
    ([name2, code]) => op(name2, `NP 0F ${code} /r`, [mm.rw, mmm64.r], binaryMmx(packed[name2]), mmx)
  ),
  op("pshufw", "NP 0F 70 /r ib", [mm.w, mmm64.r, imm8.r], shuffleWordsMmx, mmx),
  op("pinsrw", "NP 0F C4 /r ib mod=3", [mm.rw, rm32.r, imm8.r], insertWordMmx, mmx),
  op("pinsrw", "NP 0F C4 /r ib mod=m", [mm.rw, m16.r, imm8.r], insertWordMmx, mmx),
  op("pextrw", "NP 0F C5 /r ib mod=3", [r32.w, mmm64.r, imm8.r], extractWordMmx, mmx),
  op("pmovmskb", "NP 0F D7 /r mod=3", [r32.w, mmm64.r], moveMaskMmx, mmx),
  op("movntq", "NP 0F E7 /r mod=m", [mmm64.w, mm.r], moveMmx, mmx),
  op("maskmovq", "NP 0F F7 /r mod=3", [mm.r, mmm64.r], "sseMaskMoveMmx", mmx)
]);

// ../pc/src/cpu/emulated/isa/sse2.ts
var { plain: plain2, aligned: aligned2 } = vectorAttributes("sse2");
var mmx2 = mmxAttributes("sse2");
var COMPARED2 = { flags: "OSZAPC" };
var ARITHMETIC2 = [
  ["sqrt", "51"],
  ["add", "58"],
  ["mul", "59"],
  ["sub", "5C"],
  ["min", "5D"],
  ["div", "5E"],
  ["max", "5F"]
];
var sse2 = family("sse2", [
  op("movupd", "66 0F 10 /r", [xmm.w, xmmm128.r], moveVector, plain2),
  op("movupd", "66 0F 11 /r", [xmmm128.w, xmm.r], moveVector, plain2),
  op("movsd", "F2 0F 10 /r mod=m", [xmm.w, xmmm64.r], moveVector, plain2),
  op("movsd", "F2 0F 10 /r mod=3", [xmm.rw, xmmm64.r], moveLow(8), plain2),
  op("movsd", "F2 0F 11 /r mod=m", [xmmm64.w, xmm.r], moveVector, plain2),
  op("movsd", "F2 0F 11 /r mod=3", [xmmm64.rw, xmm.r], moveLow(8), plain2),
  op("movlpd", "66 0F 12 /r mod=m", [xmm.rw, xmmm64.r], moveLowFromMemory, plain2),
  op("movlpd", "66 0F 13 /r mod=m", [xmmm64.w, xmm.r], storeLow64, plain2),
  op("unpcklpd", "66 0F 14 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["punpcklqdq"]), aligned2),
  op("unpckhpd", "66 0F 15 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["punpckhqdq"]), aligned2),
  op("movhpd", "66 0F 16 /r mod=m", [xmm.rw, xmmm64.r], moveHighFromMemory, plain2),
  op("movhpd", "66 0F 17 /r mod=m", [xmmm64.w, xmm.r], storeHigh, plain2),
  op("movapd", "66 0F 28 /r", [xmm.w, xmmm128.r], moveVector, aligned2),
  op("movapd", "66 0F 29 /r", [xmmm128.w, xmm.r], moveVector, aligned2),
  // the memory form reads no MMX register and leaves the x87 state alone
  op("cvtpi2pd", "66 0F 2A /r mod=3", [xmm.w, mmm64.r], cvtpi2pd(true), plain2),
  op("cvtpi2pd", "66 0F 2A /r mod=m", [xmm.w, xmmm64.r], cvtpi2pd(false), plain2),
  op("cvtsi2sd", "F2 0F 2A /r", [xmm.rw, rmy.r], integerToFloat(true), plain2),
  op("movntpd", "66 0F 2B /r mod=m", [xmmm128.w, xmm.r], moveVector, aligned2),
  op("cvttpd2pi", "66 0F 2C /r", [mm.w, xmmm128.r], toMmx(CVT_PD_DQ_TRUNCATE), aligned2),
  op("cvttsd2si", "F2 0F 2C /r", [ry.w, xmmm64.r], floatToInteger(true, true), plain2),
  op("cvtpd2pi", "66 0F 2D /r", [mm.w, xmmm128.r], toMmx(CVT_PD_DQ), aligned2),
  op("cvtsd2si", "F2 0F 2D /r", [ry.w, xmmm64.r], floatToInteger(true, false), plain2),
  op("ucomisd", "66 0F 2E /r", [xmm.r, xmmm64.r], compareFlags(true, true), { ...plain2, ...COMPARED2 }),
  op("comisd", "66 0F 2F /r", [xmm.r, xmmm64.r], compareFlags(true, false), { ...plain2, ...COMPARED2 }),
  op("movmskpd", "66 0F 50 /r mod=3", [r32.w, xmmm128.r], moveMask("i64x2"), plain2),
  ...ARITHMETIC2.flatMap(([name2, code]) => [
    op(`${name2}pd`, `66 0F ${code} /r`, [xmm.rw, xmmm128.r], packedFloat(name2, true), aligned2),
    op(`${name2}sd`, `F2 0F ${code} /r`, [xmm.rw, xmmm64.r], scalarFloat(name2, true), plain2)
  ]),
  op("andpd", "66 0F 54 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["pand"]), aligned2),
  op("andnpd", "66 0F 55 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["pandn"]), aligned2),
  op("orpd", "66 0F 56 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["por"]), aligned2),
  op("xorpd", "66 0F 57 /r", [xmm.rw, xmmm128.r], binaryXmm(packed["pxor"]), aligned2),
  op("cvtps2pd", "NP 0F 5A /r", [xmm.w, xmmm64.r], cvtps2pd, plain2),
  op("cvtpd2ps", "66 0F 5A /r", [xmm.w, xmmm128.r], cvtpd2ps, aligned2),
  op("cvtss2sd", "F3 0F 5A /r", [xmm.rw, xmmm32.r], cvtss2sd, plain2),
  op("cvtsd2ss", "F2 0F 5A /r", [xmm.rw, xmmm64.r], cvtsd2ss, plain2),
  op("cvtdq2ps", "NP 0F 5B /r", [xmm.w, xmmm128.r], cvtdq2ps, aligned2),
  op("cvtps2dq", "66 0F 5B /r", [xmm.w, xmmm128.r], cvtps2dq, aligned2),
  op("cvttps2dq", "F3 0F 5B /r", [xmm.w, xmmm128.r], cvttps2dq, aligned2),
  op("punpcklqdq", "66 0F 6C /r", [xmm.rw, xmmm128.r], binaryXmm(packed["punpcklqdq"]), aligned2),
  op("punpckhqdq", "66 0F 6D /r", [xmm.rw, xmmm128.r], binaryXmm(packed["punpckhqdq"]), aligned2),
  op("movd", "66 0F 6E /r", [xmm.w, rmy.r], fromInteger, plain2),
  op("movdqa", "66 0F 6F /r", [xmm.w, xmmm128.r], moveVector, aligned2),
  op("movdqu", "F3 0F 6F /r", [xmm.w, xmmm128.r], moveVector, plain2),
  op("pshufd", "66 0F 70 /r ib", [xmm.w, xmmm128.r, imm8.r], shuffleByImmediate(shuffleDwords), aligned2),
  op("pshufhw", "F3 0F 70 /r ib", [xmm.w, xmmm128.r, imm8.r], shuffleByImmediate(shuffleHighWords), aligned2),
  op("pshuflw", "F2 0F 70 /r ib", [xmm.w, xmmm128.r, imm8.r], shuffleByImmediate(shuffleLowWords), aligned2),
  op("psrldq", "66 0F 73 /3 ib mod=3", [xmmm128.rw, imm8.r], shiftBytes(false), plain2),
  op("pslldq", "66 0F 73 /7 ib mod=3", [xmmm128.rw, imm8.r], shiftBytes(true), plain2),
  op("movd", "66 0F 7E /r", [rmy.w, xmm.r], toInteger, plain2),
  op("movq", "F3 0F 7E /r", [xmm.w, xmmm64.r], moveQuad, plain2),
  op("movdqa", "66 0F 7F /r", [xmmm128.w, xmm.r], moveVector, aligned2),
  op("movdqu", "F3 0F 7F /r", [xmmm128.w, xmm.r], moveVector, plain2),
  op("cmppd", "66 0F C2 /r ib", [xmm.rw, xmmm128.r, imm8.r], compareFloat(true, false), aligned2),
  op("cmpsd", "F2 0F C2 /r ib", [xmm.rw, xmmm64.r, imm8.r], compareFloat(true, true), plain2),
  op("movnti", "NP 0F C3 /r mod=m", [rmy.w, ry.r], moveInteger, { feature: "sse2" }),
  op("pinsrw", "66 0F C4 /r ib mod=3", [xmm.rw, rm32.r, imm8.r], insertWord, plain2),
  op("pinsrw", "66 0F C4 /r ib mod=m", [xmm.rw, m16.r, imm8.r], insertWord, plain2),
  op("pextrw", "66 0F C5 /r ib mod=3", [r32.w, xmmm128.r, imm8.r], extractWord, plain2),
  op("shufpd", "66 0F C6 /r ib", [xmm.rw, xmmm128.r, imm8.r], shuffleTwo(shufflePd), aligned2),
  op("movq", "66 0F D6 /r", [xmmm64.w, xmm.r], moveQuad, plain2),
  op("movq2dq", "F3 0F D6 /r mod=3", [xmm.w, mmm64.r], movq2dq, plain2),
  op("movdq2q", "F2 0F D6 /r mod=3", [mm.w, xmmm128.r], movdq2q, plain2),
  op("pmovmskb", "66 0F D7 /r mod=3", [r32.w, xmmm128.r], moveMask("i8x16"), plain2),
  op("cvttpd2dq", "66 0F E6 /r", [xmm.w, xmmm128.r], cvttpd2dq, aligned2),
  op("cvtdq2pd", "F3 0F E6 /r", [xmm.w, xmmm64.r], cvtdq2pd, plain2),
  op("cvtpd2dq", "F2 0F E6 /r", [xmm.w, xmmm128.r], cvtpd2dq, aligned2),
  op("movntdq", "66 0F E7 /r mod=m", [xmmm128.w, xmm.r], moveVector, aligned2),
  op("maskmovdqu", "66 0F F7 /r mod=3", [xmm.r, xmmm128.r], "sseMaskMove", plain2),
  ...[...packedMmx, ...packedSse, ...packedSse2].map(
    ([name2, code]) => op(name2, `66 0F ${code} /r`, [xmm.rw, xmmm128.r], binaryXmm(packed[name2]), aligned2)
  ),
  ...packedShifts.flatMap((shift2) => [
    op(shift2.name, `66 0F ${shift2.byRegister} /r`, [xmm.rw, xmmm128.r], shiftByVector(shift2), aligned2),
    op(shift2.name, `66 0F ${shift2.byImmediate} ib mod=3`, [xmmm128.rw, imm8.r], shiftByImmediate(shift2), plain2)
  ]),
  ...packedSse2.map(
    ([name2, code]) => op(name2, `NP 0F ${code} /r`, [mm.rw, mmm64.r], binaryMmx(packed[name2]), mmx2)
  )
]);

// ../pc/src/cpu/emulated/isa/semantics/sse4.ts
var swizzle3 = (e, a, index) => e.op("i8x16.swizzle", "v128", [a, index]);
var vector2 = (e, name2, ...args) => e.op(name2, "v128", args);
var splatBytes = (value) => BigInt(value) * 0x0101010101010101n;
var duplicate = (lanes, bytes) => (e, x) => {
  const a = x.xmm(1);
  x.setXmm(0, shuffle(e, a, a, byteLanes(lanes, bytes)));
};
var shuffleBytes = (bytes) => (e, a, b) => swizzle3(e, a, vector2(e, "v128.and", b, v128Constant(e, splatBytes(128 | bytes - 1))));
var horizontal2 = (name2, bytes) => (e, a, b) => {
  const count2 = 16 / bytes;
  const even = range(0, count2).map((i) => 2 * i);
  return vector2(
    e,
    name2,
    shuffle(e, a, b, byteLanes(even, bytes)),
    shuffle(
      e,
      a,
      b,
      byteLanes(
        even.map((i) => i + 1),
        bytes
      )
    )
  );
};
var multiplyAddBytes = (e, a, b) => {
  const eight = e.i32(8);
  const low = vector2(
    e,
    "i16x8.mul",
    vector2(e, "v128.and", a, v128Constant(e, 0x00ff00ff00ff00ffn)),
    vector2(e, "i16x8.shr_s", vector2(e, "i16x8.shl", b, eight), eight)
  );
  const high = vector2(e, "i16x8.mul", vector2(e, "i16x8.shr_u", a, eight), vector2(e, "i16x8.shr_s", b, eight));
  return vector2(e, "i16x8.add_sat_s", low, high);
};
var sign = (shape) => (e, a, b) => {
  const negative = vector2(e, `${shape}.lt_s`, b, zeroVector(e));
  const zero = vector2(e, `${shape}.eq`, b, zeroVector(e));
  const turned = vector2(e, `${shape}.sub`, vector2(e, "v128.xor", a, negative), negative);
  return vector2(e, "v128.andnot", turned, zero);
};
var multiplyRound = (e, a, b) => {
  const least = v128Constant(e, 0x8000800080008000n);
  const both = vector2(e, "v128.and", vector2(e, "i16x8.eq", a, least), vector2(e, "i16x8.eq", b, least));
  return vector2(e, "v128.xor", vector2(e, "i16x8.q15mulr_sat_s", a, b), both);
};
var absolute = (shape) => (e, _a, b) => vector2(e, `${shape}.abs`, b);
var ssse3 = [
  ["phaddw", "01", horizontal2("i16x8.add", 2), "pairs"],
  ["phaddd", "02", horizontal2("i32x4.add", 4), "pairs"],
  ["phaddsw", "03", horizontal2("i16x8.add_sat_s", 2), "pairs"],
  ["pmaddubsw", "04", multiplyAddBytes, "lanes"],
  ["phsubw", "05", horizontal2("i16x8.sub", 2), "pairs"],
  ["phsubd", "06", horizontal2("i32x4.sub", 4), "pairs"],
  ["phsubsw", "07", horizontal2("i16x8.sub_sat_s", 2), "pairs"],
  ["psignb", "08", sign("i8x16"), "lanes"],
  ["psignw", "09", sign("i16x8"), "lanes"],
  ["psignd", "0A", sign("i32x4"), "lanes"],
  ["pmulhrsw", "0B", multiplyRound, "lanes"],
  ["pabsb", "1C", absolute("i8x16"), "lanes"],
  ["pabsw", "1D", absolute("i16x8"), "lanes"],
  ["pabsd", "1E", absolute("i32x4"), "lanes"]
];
var shuffleBytesXmm = binaryXmm(shuffleBytes(16));
var shuffleBytesMmx = binaryMmx(shuffleBytes(8));
var alignRight = (e, x) => {
  const low = x.xmm(1);
  const control2 = e.zext(x.get(2), 8);
  const count2 = e.select(e.ltU(control2, e.i64(32)), control2, e.i64(32));
  const iota = v128Constant(e, 0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
  const index = vector2(e, "i8x16.add", iota, e.op("i8x16.splat", "v128", [toI32(e, count2)]));
  const high = vector2(e, "i8x16.sub", index, v128Constant(e, splatBytes(16)));
  x.setXmm(0, vector2(e, "v128.or", swizzle3(e, low, index), swizzle3(e, x.xmm(0), high)));
};
var alignRightMmx = (e, x) => {
  x87Wait(e);
  const both = v128FromHalves(e, x.mmx(1), x.mmx(0));
  const result = low64(e, byteShift(e, both, e.zext(x.get(2), 8), false));
  enterMmx(e);
  x.setMmx(0, result);
};
var multiplyDwords = binaryXmm((e, a, b) => {
  const even = (q) => shuffle(e, q, q, byteLanes([0, 2, 0, 2], 4));
  return vector2(e, "i64x2.extmul_low_i32x4_s", even(a), even(b));
});
var extend = (...names) => (e, x) => x.setXmm(
  0,
  names.reduce((a, name2) => vector2(e, name2, a), x.xmm(1))
);
var choose2 = (e, a, b, mask) => vector2(e, "v128.bitselect", b, a, mask);
var blendByImmediate = (shape, low, high) => (e, x) => {
  const b = x.xmm(1);
  const control2 = x.get(2);
  const value = shape === "i64x2" ? control2 : toI32(e, control2);
  const bits2 = v128Constant(e, low, high);
  const chosen = vector2(e, "v128.and", e.op(`${shape}.splat`, "v128", [value]), bits2);
  x.setXmm(0, choose2(e, x.xmm(0), b, vector2(e, `${shape}.eq`, chosen, bits2)));
};
var blendByXmm0 = (shape, bits2) => (e, x) => {
  const b = x.xmm(1);
  const mask = vector2(e, `${shape}.shr_s`, e.state("XMM", "v128", 0), e.i32(bits2 - 1));
  x.setXmm(0, choose2(e, x.xmm(0), b, mask));
};
var ptest = (e, x) => {
  const b = x.xmm(1);
  const a = x.xmm(0);
  const none2 = (q) => e.fromBool(e.notB(e.op("v128.any_true", "i32", [q])));
  const zf = none2(vector2(e, "v128.and", b, a));
  const cf = none2(vector2(e, "v128.andnot", b, a));
  e.setFlagsImage(e.or(e.shl(zf, 6), cf));
};
var extract = (bytes) => (e, x) => {
  const width = bytes === 0 ? x.sizeOf(0) / 8 : bytes;
  const at = e.mul(e.and(x.get(2), e.i64(16 / width - 1)), e.i64(width));
  const value = low64(e, byteShift(e, x.xmm(1), at, false));
  x.set(0, e.zext(value, width * 8));
};
var insert = (bytes) => (e, x) => {
  const width = bytes === 0 ? x.sizeOf(1) / 8 : bytes;
  const ones = (1n << BigInt(width * 8)) - 1n;
  const source = e.and(x.get(1), e.i64(ones));
  const at = e.mul(e.and(x.get(2), e.i64(16 / width - 1)), e.i64(width));
  const value = byteShift(e, fromLow64(e, source), at, true);
  const hole = byteShift(e, fromLow64(e, e.i64(ones)), at, true);
  x.setXmm(0, vector2(e, "v128.or", vector2(e, "v128.andnot", x.xmm(0), hole), value));
};
var insertps = (e, x) => {
  const b = x.xmm(1);
  const control2 = e.and(x.get(2), e.i64(x.kind(1) === "memory" ? 63 : 255));
  x.setXmm(0, e.call("sseInsertps", "v128", [toI32(e, control2), x.xmm(0), b]));
};
var byControl = (name2) => (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, e.call(name2, "v128", [toI32(e, x.get(2)), x.xmm(0), b]));
};
var byFunction = (name2) => (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, e.call(name2, "v128", [x.xmm(0), b]));
};
var ofSource = (name2) => (e, x) => x.setXmm(0, e.call(name2, "v128", [x.xmm(1)]));
function compareStrings(e, x, isExplicit, wide) {
  const b = x.xmm(1);
  const control2 = toI32(e, x.get(2));
  const length = (index) => !isExplicit ? e.i64(0) : wide ? e.gpr(index, 64) : e.sext(e.gpr(index, 32), 32);
  const lengths = [length(0), length(2)];
  const explicit = e.i32(isExplicit ? 1 : 0);
  const result = e.call("sseCompareStrings", "i32", [control2, explicit, x.xmm(0), b, lengths[0], lengths[1]]);
  return { control: control2, result };
}
var stringIndex = (isExplicit, wide = false) => (e, x) => {
  const { control: control2, result } = compareStrings(e, x, isExplicit, wide);
  e.setGpr(1, 32, e.call("sseStringIndex", "i64", [control2, result]));
};
var stringMask = (isExplicit, wide = false) => (e, x) => {
  const { control: control2, result } = compareStrings(e, x, isExplicit, wide);
  e.setState("XMM", e.call("sseStringMask", "v128", [control2, result]), 0);
};
var crc32 = (e, x) => {
  const data = x.get(1);
  x.set(0, e.call("crc32c", "i64", [x.get(0), data, e.i32(x.sizeOf(1))]));
};
var carrylessMultiply = (e, x) => {
  const b = x.xmm(1);
  const a = x.xmm(0);
  const control2 = x.get(2);
  const half = (q, bit3) => e.select(toI32(e, e.and(control2, e.i64(bit3))), high64(e, q), low64(e, q));
  x.setXmm(0, e.call("sseCarrylessMultiply", "v128", [half(a, 1), half(b, 16)]));
};
var aesKeyAssist = (e, x) => {
  const source = x.xmm(1);
  x.setXmm(0, e.call("aesKeyAssist", "v128", [source, toI32(e, x.get(2))]));
};
var sha256Rounds = (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, e.call("sha256Rounds", "v128", [x.xmm(0), b, e.state("XMM", "v128", 0)]));
};
var lowSix = (e, a) => e.and(a, e.i64(63));
function fieldMask(e, length) {
  const ones = e.sub(e.shl(e.i64(1), length), e.i64(1));
  return e.select(e.eqz(length), e.i64(-1n), ones);
}
function setLow(e, x, value) {
  x.setXmm(0, e.op("i64x2.replace_lane", "v128", [x.xmm(0), value], [0]));
}
function extractField(e, x, length, index) {
  setLow(e, x, e.and(e.shrU(low64(e, x.xmm(0)), lowSix(e, index)), fieldMask(e, lowSix(e, length))));
}
function insertField(e, x, length, index) {
  const at = lowSix(e, index);
  const mask = fieldMask(e, lowSix(e, length));
  const kept = e.and(low64(e, x.xmm(0)), e.not(e.shl(mask, at)));
  setLow(e, x, e.or(kept, e.shl(e.and(low64(e, x.xmm(1)), mask), at)));
}
var extrqImmediate = (e, x) => extractField(e, x, x.get(1), x.get(2));
var extrq = (e, x) => {
  const control2 = low64(e, x.xmm(1));
  extractField(e, x, control2, e.shrU(control2, 8));
};
var insertqImmediate = (e, x) => insertField(e, x, x.get(2), x.get(3));
var insertq = (e, x) => {
  const control2 = high64(e, x.xmm(1));
  insertField(e, x, control2, e.shrU(control2, 8));
};

// ../pc/src/cpu/emulated/isa/sse4.ts
var three = vectorAttributes("sse3");
var ssse = vectorAttributes("ssse3");
var four1 = vectorAttributes("sse4_1");
var four2 = vectorAttributes("sse4_2");
var clmul = vectorAttributes("pclmulqdq");
var aes = vectorAttributes("aes");
var sha = vectorAttributes("sha");
var mmx3 = mmxAttributes("ssse3");
var COMPARED3 = { flags: "OSZAPC" };
var sse3 = family("sse3", [
  op("movddup", "F2 0F 12 /r", [xmm.w, xmmm64.r], duplicate([0, 0], 8), three.plain),
  op("movsldup", "F3 0F 12 /r", [xmm.w, xmmm128.r], duplicate([0, 0, 2, 2], 4), three.aligned),
  op("movshdup", "F3 0F 16 /r", [xmm.w, xmmm128.r], duplicate([1, 1, 3, 3], 4), three.aligned),
  op("haddpd", "66 0F 7C /r", [xmm.rw, xmmm128.r], horizontal(true, false), three.aligned),
  op("haddps", "F2 0F 7C /r", [xmm.rw, xmmm128.r], horizontal(false, false), three.aligned),
  op("hsubpd", "66 0F 7D /r", [xmm.rw, xmmm128.r], horizontal(true, true), three.aligned),
  op("hsubps", "F2 0F 7D /r", [xmm.rw, xmmm128.r], horizontal(false, true), three.aligned),
  op("addsubpd", "66 0F D0 /r", [xmm.rw, xmmm128.r], addSubtract(true), three.aligned),
  op("addsubps", "F2 0F D0 /r", [xmm.rw, xmmm128.r], addSubtract(false), three.aligned),
  op("lddqu", "F2 0F F0 /r mod=m", [xmm.w, xmmm128.r], moveVector, three.plain)
]);
var ssse32 = family("ssse3", [
  op("pshufb", "66 0F 38 00 /r", [xmm.rw, xmmm128.r], shuffleBytesXmm, ssse.aligned),
  op("pshufb", "NP 0F 38 00 /r", [mm.rw, mmm64.r], shuffleBytesMmx, mmx3),
  ...ssse3.flatMap(([name2, code, fn, kind]) => [
    op(name2, `66 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], binaryXmm(fn), ssse.aligned),
    op(name2, `NP 0F 38 ${code} /r`, [mm.rw, mmm64.r], kind === "pairs" ? packMmx(fn) : binaryMmx(fn), mmx3)
  ]),
  op("palignr", "66 0F 3A 0F /r ib", [xmm.rw, xmmm128.r, imm8.r], alignRight, ssse.aligned),
  op("palignr", "NP 0F 3A 0F /r ib", [mm.rw, mmm64.r, imm8.r], alignRightMmx, mmx3)
]);
var binary2 = (name2, code, fn) => op(name2, `66 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], binaryXmm(fn), four1.aligned);
var EXTENSIONS = [
  ["bw", "0", xmmm64, ["i16x8.extend_low_i8x16"]],
  ["bd", "1", xmmm32, ["i16x8.extend_low_i8x16", "i32x4.extend_low_i16x8"]],
  ["bq", "2", xmmm16, ["i16x8.extend_low_i8x16", "i32x4.extend_low_i16x8", "i64x2.extend_low_i32x4"]],
  ["wd", "3", xmmm64, ["i32x4.extend_low_i16x8"]],
  ["wq", "4", xmmm32, ["i32x4.extend_low_i16x8", "i64x2.extend_low_i32x4"]],
  ["dq", "5", xmmm64, ["i64x2.extend_low_i32x4"]]
];
var sse41 = family("sse41", [
  op("pblendvb", "66 0F 38 10 /r", [xmm.rw, xmmm128.r], blendByXmm0("i8x16", 8), four1.aligned),
  op("blendvps", "66 0F 38 14 /r", [xmm.rw, xmmm128.r], blendByXmm0("i32x4", 32), four1.aligned),
  op("blendvpd", "66 0F 38 15 /r", [xmm.rw, xmmm128.r], blendByXmm0("i64x2", 64), four1.aligned),
  op("ptest", "66 0F 38 17 /r", [xmm.r, xmmm128.r], ptest, { ...four1.aligned, ...COMPARED3 }),
  ...EXTENSIONS.flatMap(([lanes, digit, source, steps]) => [
    op(
      `pmovsx${lanes}`,
      `66 0F 38 2${digit} /r`,
      [xmm.w, source.r],
      extend(...steps.map((n2) => `${n2}_s`)),
      four1.plain
    ),
    op(
      `pmovzx${lanes}`,
      `66 0F 38 3${digit} /r`,
      [xmm.w, source.r],
      extend(...steps.map((n2) => `${n2}_u`)),
      four1.plain
    )
  ]),
  op("pmuldq", "66 0F 38 28 /r", [xmm.rw, xmmm128.r], multiplyDwords, four1.aligned),
  binary2("pcmpeqq", "29", lanewise("i64x2.eq")),
  op("movntdqa", "66 0F 38 2A /r mod=m", [xmm.w, xmmm128.r], moveVector, four1.aligned),
  binary2("packusdw", "2B", lanewise("i16x8.narrow_i32x4_u")),
  binary2("pminsb", "38", lanewise("i8x16.min_s")),
  binary2("pminsd", "39", lanewise("i32x4.min_s")),
  binary2("pminuw", "3A", lanewise("i16x8.min_u")),
  binary2("pminud", "3B", lanewise("i32x4.min_u")),
  binary2("pmaxsb", "3C", lanewise("i8x16.max_s")),
  binary2("pmaxsd", "3D", lanewise("i32x4.max_s")),
  binary2("pmaxuw", "3E", lanewise("i16x8.max_u")),
  binary2("pmaxud", "3F", lanewise("i32x4.max_u")),
  binary2("pmulld", "40", lanewise("i32x4.mul")),
  op("phminposuw", "66 0F 38 41 /r", [xmm.w, xmmm128.r], ofSource("ssePhminposuw"), four1.aligned),
  op("roundps", "66 0F 3A 08 /r ib", [xmm.w, xmmm128.r, imm8.r], roundFloat(false, false), four1.aligned),
  op("roundpd", "66 0F 3A 09 /r ib", [xmm.w, xmmm128.r, imm8.r], roundFloat(true, false), four1.aligned),
  op("roundss", "66 0F 3A 0A /r ib", [xmm.rw, xmmm32.r, imm8.r], roundFloat(false, true), four1.plain),
  op("roundsd", "66 0F 3A 0B /r ib", [xmm.rw, xmmm64.r, imm8.r], roundFloat(true, true), four1.plain),
  op(
    "blendps",
    "66 0F 3A 0C /r ib",
    [xmm.rw, xmmm128.r, imm8.r],
    blendByImmediate("i32x4", 0x0000000200000001n, 0x0000000800000004n),
    four1.aligned
  ),
  op("blendpd", "66 0F 3A 0D /r ib", [xmm.rw, xmmm128.r, imm8.r], blendByImmediate("i64x2", 1n, 2n), four1.aligned),
  op(
    "pblendw",
    "66 0F 3A 0E /r ib",
    [xmm.rw, xmmm128.r, imm8.r],
    blendByImmediate("i16x8", 0x0008000400020001n, 0x0080004000200010n),
    four1.aligned
  ),
  op("pextrb", "66 0F 3A 14 /r ib mod=3", [rm32.w, xmm.r, imm8.r], extract(1), four1.plain),
  op("pextrb", "66 0F 3A 14 /r ib mod=m", [m8.w, xmm.r, imm8.r], extract(1), four1.plain),
  op("pextrw", "66 0F 3A 15 /r ib mod=3", [rm32.w, xmm.r, imm8.r], extract(2), four1.plain),
  op("pextrw", "66 0F 3A 15 /r ib mod=m", [m16.w, xmm.r, imm8.r], extract(2), four1.plain),
  op("pextrd", "66 0F 3A 16 /r ib", [rmy.w, xmm.r, imm8.r], extract(0), four1.plain),
  op("extractps", "66 0F 3A 17 /r ib", [rm32.w, xmm.r, imm8.r], extract(4), four1.plain),
  op("pinsrb", "66 0F 3A 20 /r ib mod=3", [xmm.rw, rm32.r, imm8.r], insert(1), four1.plain),
  op("pinsrb", "66 0F 3A 20 /r ib mod=m", [xmm.rw, m8.r, imm8.r], insert(1), four1.plain),
  op("insertps", "66 0F 3A 21 /r ib", [xmm.rw, xmmm32.r, imm8.r], insertps, four1.plain),
  op("pinsrd", "66 0F 3A 22 /r ib", [xmm.rw, rmy.r, imm8.r], insert(0), four1.plain),
  op("dpps", "66 0F 3A 40 /r ib", [xmm.rw, xmmm128.r, imm8.r], dotProduct(false), four1.aligned),
  op("dppd", "66 0F 3A 41 /r ib", [xmm.rw, xmmm128.r, imm8.r], dotProduct(true), four1.aligned),
  op("mpsadbw", "66 0F 3A 42 /r ib", [xmm.rw, xmmm128.r, imm8.r], byControl("sseMpsadbw"), four1.aligned)
]);
var strings = { ...four2.plain, ...COMPARED3 };
var STRING_OPERANDS = [xmm.r, xmmm128.r, imm8.r];
var sse42 = family("sse42", [
  op("pcmpgtq", "66 0F 38 37 /r", [xmm.rw, xmmm128.r], binaryXmm(lanewise("i64x2.gt_s")), four2.aligned),
  op("pcmpestrm", "66 0F 3A 60 /r ib rex.w0", STRING_OPERANDS, stringMask(true), strings),
  op("pcmpestrm", "66 0F 3A 60 /r ib rex.w", STRING_OPERANDS, stringMask(true, true), strings),
  op("pcmpestri", "66 0F 3A 61 /r ib rex.w0", STRING_OPERANDS, stringIndex(true), strings),
  op("pcmpestri", "66 0F 3A 61 /r ib rex.w", STRING_OPERANDS, stringIndex(true, true), strings),
  op("pcmpistrm", "66 0F 3A 62 /r ib", STRING_OPERANDS, stringMask(false), strings),
  op("pcmpistri", "66 0F 3A 63 /r ib", STRING_OPERANDS, stringIndex(false), strings),
  op("crc32", "F2 0F 38 F0 /r", [r32.rw, rm8.r], crc32, { feature: "sse4_2" }),
  op("crc32", "F2 0F 38 F1 /r", [r32.rw, rmv.r], crc32, { feature: "sse4_2" })
]);
var four4 = vectorAttributes("sse4a");
var sse4a = family("sse4a", [
  op("extrq", "66 0F 78 /0 ib ib mod=3", [xmmm128.rw, imm8.r, imm8.r], extrqImmediate, four4.plain),
  op("extrq", "66 0F 79 /r mod=3", [xmm.rw, xmmm128.r], extrq, four4.plain),
  op("insertq", "F2 0F 78 /r ib ib mod=3", [xmm.rw, xmmm128.r, imm8.r, imm8.r], insertqImmediate, four4.plain),
  op("insertq", "F2 0F 79 /r mod=3", [xmm.rw, xmmm128.r], insertq, four4.plain),
  op("movntss", "F3 0F 2B /r mod=m", [xmmm32.w, xmm.r], moveVector, four4.plain),
  op("movntsd", "F2 0F 2B /r mod=m", [xmmm64.w, xmm.r], moveVector, four4.plain)
]);
var round = (name2, code, fn) => op(name2, `66 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], byFunction(fn), aes.aligned);
var shaRow = (name2, code, fn) => op(name2, `NP 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], byFunction(fn), sha.aligned);
var crypto = family("crypto", [
  op("pclmulqdq", "66 0F 3A 44 /r ib", [xmm.rw, xmmm128.r, imm8.r], carrylessMultiply, clmul.aligned),
  op("aesimc", "66 0F 38 DB /r", [xmm.w, xmmm128.r], ofSource("aesInverseMix"), aes.aligned),
  round("aesenc", "DC", "aesEncrypt"),
  round("aesenclast", "DD", "aesEncryptLast"),
  round("aesdec", "DE", "aesDecrypt"),
  round("aesdeclast", "DF", "aesDecryptLast"),
  op("aeskeygenassist", "66 0F 3A DF /r ib", [xmm.w, xmmm128.r, imm8.r], aesKeyAssist, aes.aligned),
  op("sha1rnds4", "NP 0F 3A CC /r ib", [xmm.rw, xmmm128.r, imm8.r], byControl("sha1Rounds"), sha.aligned),
  shaRow("sha1nexte", "C8", "sha1Nexte"),
  shaRow("sha1msg1", "C9", "sha1Msg1"),
  shaRow("sha1msg2", "CA", "sha1Msg2"),
  op("sha256rnds2", "NP 0F 38 CB /r", [xmm.rw, xmmm128.r], sha256Rounds, sha.aligned),
  shaRow("sha256msg1", "CC", "sha256Msg1"),
  shaRow("sha256msg2", "CD", "sha256Msg2")
]);

// ../pc/src/cpu/emulated/isa/avx.ts
var unitOf = (feature) => ({ unit: "avx", protectedOnly: true, feature });
var AVX = unitOf("avx");
var AVX2 = unitOf("avx2");
var LEGACY = [...sse, ...sse2, ...sse3, ...ssse32, ...sse41, ...sse42, ...crypto];
var APART = /^(cmp[ps][sd]|p?blendvp?[bsd]?|sha\d.*|crc32|movnti|cvtt?p[sd]2pi|cvtpi2p[sd]|movq2dq|movdq2q|pshufw|maskmovq)$/;
var ALIGNED = /^mov(ap[sd]|dqa|nt.*)$/;
var SCALAR = /^((mov|add|sub|mul|div|min|max|sqrt|rcp|rsqrt|round)s[sd]|u?comis[sd]|cvtt?s[sd]2si|cvtsi2s[sd]|cvts[sd]2s[sd])$/;
var ONE_SOURCE = /^(sqrtp[sd]|pabs[bwd])$/;
var TO_XMM0 = /^pcmp[ei]strm$/;
var CRYPTO_FEATURES = /* @__PURE__ */ new Set(["aes", "pclmulqdq"]);
function isDerived(row) {
  return !APART.test(row.name) && !row.operands.some(({ kind }) => kind.startsWith("mm"));
}
function partsOf(encoding) {
  const match = /^(NP|66|F3|F2) 0F (38 |3A )?(.*)$/.exec(encoding);
  if (match === null) throw new Error(`no SSE encoding: ${encoding}`);
  return { prefix: match[1], map: `0F${(match[2] ?? "").trim()}`, rest: match[3] };
}
function encodingOf(row, length) {
  const { prefix, map, rest } = partsOf(row.encoding);
  const width = / rex\.w$/.test(rest) ? "W1" : "WIG";
  return `VEX.${length}.${prefix}.${map}.${width} ${rest.replace(/ rex\.w0?$/, "")}`;
}
var isNonDestructive = (row) => row.operands[0]?.access === "rw" && !ONE_SOURCE.test(row.name);
function operandsOf(row, wide) {
  const [source, destination] = wide ? [ymmv.r, ymmv.w] : [xmmv.r, xmmv.w];
  const resized = row.operands.map((operand2) => {
    if (operand2.kind === "xmm") return { ...operand2, kind: wide ? "ymm" : "xmm" };
    if (operand2.kind === "xmmm128" || wide && operand2.kind === "xmmm64") {
      return { ...operand2, kind: wide ? "ymmm256" : "xmmm128" };
    }
    return operand2;
  });
  if (!isNonDestructive(row)) {
    const [first2, ...others2] = resized;
    return first2?.access === "rw" ? [{ ...first2, access: "w" }, ...others2] : resized;
  }
  const [first, ...others] = resized;
  const isShiftByImmediate = others[0]?.kind === "imm8";
  if (isShiftByImmediate) return [destination, { ...first, access: "r" }, ...others];
  return [{ ...first, access: "w" }, source, ...others];
}
function attributesOf(row, base) {
  const { flags: flags2, feature = "" } = row.attributes;
  return {
    ...base,
    ...flags2 === void 0 ? {} : { flags: flags2 },
    ...ALIGNED.test(row.name) ? { aligned: true } : {},
    ...CRYPTO_FEATURES.has(feature) ? { feature: `avx+${feature}` } : {},
    .../ rex\.w$/.test(row.encoding) ? { only64: true } : {}
  };
}
function narrowForm(row) {
  const length = SCALAR.test(row.name) ? "LIG" : /^(ld|st)mxcsr$/.test(row.name) ? "LZ" : "128";
  const { attributes: attributes2 } = row;
  const semantics2 = TO_XMM0.test(row.name) ? clearingXmm0(row.semantics) : row.semantics;
  return op(
    `v${row.name}`,
    encodingOf(row, length),
    operandsOf(row, false),
    semantics2 === void 0 ? attributes2.slow : vex128(semantics2, isNonDestructive(row)),
    attributesOf(row, AVX)
  );
}
var WIDE_FLOAT = /^(mov([au]p[sd]|dq[au]|nt(p[sd]|dq)|ddup|s[lh]dup)|lddqu|unpck[lh]p[sd]|(add|sub|mul|div|min|max|sqrt|and|andn|or|xor|hadd|hsub|addsub|round)p[sd]|rsqrtps|rcpps|shufps|cvtdq2ps|cvtt?ps2dq|dpps)$/;
var NARROW_INTEGER = /^p(extr|insr|movmskb|mov[sz]x|hminposuw|cmp[ei]str|clmulqdq|test)|^(aes|mpsadbw|mask|movd|movq|insertps|extractps)/;
function isWideInteger(row) {
  if (NARROW_INTEGER.test(row.name) || !(row.name.startsWith("p") || row.name === "movntdqa")) return false;
  return !(/^ps(ll|rl|ra)[wdq]$/.test(row.name) && row.operands[1]?.kind !== "imm8");
}
function wideForm(row, base) {
  return op(
    `v${row.name}`,
    encodingOf(row, "256"),
    operandsOf(row, true),
    vex256(row.semantics, isNonDestructive(row)),
    attributesOf(row, base)
  );
}
var derived = LEGACY.filter(isDerived);
function bothWidths(name2, encoding, operands, semantics2, attributes2, narrowAttributes = attributes2) {
  return [false, true].map(
    (wide) => op(
      name2,
      `VEX.${wide ? 256 : 128}.${encoding}`,
      operands(wide),
      // a semantic function takes two arguments
      semantics2.length === 2 ? semantics2 : semantics2(wide),
      wide ? attributes2 : narrowAttributes
    )
  );
}
var two = (wide) => wide ? [ymm.w, ymmm256.r] : [xmm.w, xmmm128.r];
var three2 = (wide) => wide ? [ymm.w, ymmv.r, ymmm256.r] : [xmm.w, xmmv.r, xmmm128.r];
var withImmediate = (operands) => (wide) => [...operands(wide), imm8.r];
var blended = (wide) => [...three2(wide), wide ? ymmi.r : xmmi.r];
var compare = (name2, prefix, double) => [
  op(
    name2,
    `VEX.128.${prefix}.0F.WIG C2 /r ib`,
    withImmediate(three2)(false),
    vex128(compareFloatVex(double, false), true),
    AVX
  ),
  op(
    name2,
    `VEX.256.${prefix}.0F.WIG C2 /r ib`,
    withImmediate(three2)(true),
    vex256(compareFloatVex(double, false), true),
    AVX
  )
];
var compareScalar = (name2, prefix, double) => op(
  name2,
  `VEX.LIG.${prefix}.0F.WIG C2 /r ib`,
  [xmm.w, xmmv.r, double ? xmmm64.r : xmmm32.r, imm8.r],
  vex128(compareFloatVex(double, true), true),
  AVX
);
var COMPARED4 = { flags: "OSZAPC" };
var masked = (name2, load2, store2, width, bits2, base) => [false, true].flatMap((wide) => {
  const [register, mask, memory] = wide ? [ymm, ymmv, m256] : [xmm, xmmv, m128];
  const length = wide ? "256" : "128";
  const suffix = `${bits2}${wide ? "Wide" : ""}`;
  return [
    op(
      name2,
      `VEX.${length}.66.0F38.${width} ${load2} /r mod=m`,
      [register.w, mask.r, memory.r],
      `maskedLoad${suffix}`,
      base
    ),
    op(
      name2,
      `VEX.${length}.66.0F38.${width} ${store2} /r mod=m`,
      [memory.w, mask.r, register.r],
      `maskedStore${suffix}`,
      base
    )
  ];
});
var avx = family("avx", [
  ...derived.map(narrowForm),
  ...derived.filter((row) => WIDE_FLOAT.test(row.name)).map((row) => wideForm(row, AVX)),
  ...compare("vcmpps", "NP", false),
  ...compare("vcmppd", "66", true),
  compareScalar("vcmpss", "F3", false),
  compareScalar("vcmpsd", "F2", true),
  op("vmovmskps", "VEX.256.NP.0F.WIG 50 /r mod=3", [r32.w, ymmm256.r], moveMask256("i32x4", 4), AVX),
  op("vmovmskpd", "VEX.256.66.0F.WIG 50 /r mod=3", [r32.w, ymmm256.r], moveMask256("i64x2", 2), AVX),
  op("vshufpd", "VEX.256.66.0F.WIG C6 /r ib", withImmediate(three2)(true), shufflePd256, AVX),
  op("vblendps", "VEX.256.66.0F3A.WIG 0C /r ib", withImmediate(three2)(true), blendBy("i32x4"), AVX),
  op("vblendpd", "VEX.256.66.0F3A.WIG 0D /r ib", withImmediate(three2)(true), blendBy("i64x2"), AVX),
  ...bothWidths("vblendvps", "66.0F3A.W0 4A /r is4", blended, blendByVector("i32x4", 32), AVX),
  ...bothWidths("vblendvpd", "66.0F3A.W0 4B /r is4", blended, blendByVector("i64x2", 64), AVX),
  ...bothWidths("vpblendvb", "66.0F3A.W0 4C /r is4", blended, blendByVector("i8x16", 8), AVX2, AVX),
  op("vptest", "VEX.256.66.0F38.WIG 17 /r", [ymm.r, ymmm256.r], test(ALL_BITS), { ...AVX, ...COMPARED4 }),
  ...bothWidths(
    "vtestps",
    "66.0F38.W0 0E /r",
    (wide) => two(wide).map((operand2) => ({ ...operand2, access: "r" })),
    test(SINGLE_SIGNS),
    { ...AVX, ...COMPARED4 }
  ),
  ...bothWidths(
    "vtestpd",
    "66.0F38.W0 0F /r",
    (wide) => two(wide).map((operand2) => ({ ...operand2, access: "r" })),
    test(DOUBLE_SIGNS),
    { ...AVX, ...COMPARED4 }
  ),
  op("vcvtdq2pd", "VEX.256.F3.0F.WIG E6 /r", [ymm.w, xmmm128.r], widening256(cvtdq2pd), AVX),
  op("vcvtps2pd", "VEX.256.NP.0F.WIG 5A /r", [ymm.w, xmmm128.r], widening256(cvtps2pd), AVX),
  op("vcvtpd2ps", "VEX.256.66.0F.WIG 5A /r", [xmm.w, ymmm256.r], narrowing256(cvtpd2ps), AVX),
  op("vcvtpd2dq", "VEX.256.F2.0F.WIG E6 /r", [xmm.w, ymmm256.r], narrowing256(cvtpd2dq), AVX),
  op("vcvttpd2dq", "VEX.256.66.0F.WIG E6 /r", [xmm.w, ymmm256.r], narrowing256(cvttpd2dq), AVX),
  ...bothWidths("vpermilps", "66.0F38.W0 0C /r", three2, permuteLanes(false), AVX),
  ...bothWidths("vpermilpd", "66.0F38.W0 0D /r", three2, permuteLanes(true), AVX),
  ...bothWidths("vpermilps", "66.0F3A.W0 04 /r ib", withImmediate(two), permuteLanesBy(false), AVX),
  ...bothWidths("vpermilpd", "66.0F3A.W0 05 /r ib", withImmediate(two), permuteLanesBy(true), AVX),
  op("vperm2f128", "VEX.256.66.0F3A.W0 06 /r ib", withImmediate(three2)(true), permute128, AVX),
  op("vinsertf128", "VEX.256.66.0F3A.W0 18 /r ib", [ymm.w, ymmv.r, xmmm128.r, imm8.r], insert128, AVX),
  op("vextractf128", "VEX.256.66.0F3A.W0 19 /r ib", [xmmm128.w, ymm.r, imm8.r], extract128, AVX),
  ...[false, true].flatMap((wide) => [
    op(
      "vbroadcastss",
      `VEX.${wide ? 256 : 128}.66.0F38.W0 18 /r mod=m`,
      [wide ? ymm.w : xmm.w, xmmm32.r],
      broadcast("i32x4"),
      AVX
    ),
    op(
      "vbroadcastss",
      `VEX.${wide ? 256 : 128}.66.0F38.W0 18 /r mod=3`,
      [wide ? ymm.w : xmm.w, xmmm32.r],
      broadcast("i32x4"),
      AVX2
    )
  ]),
  op("vbroadcastsd", "VEX.256.66.0F38.W0 19 /r mod=m", [ymm.w, xmmm64.r], broadcast("i64x2"), AVX),
  op("vbroadcastsd", "VEX.256.66.0F38.W0 19 /r mod=3", [ymm.w, xmmm64.r], broadcast("i64x2"), AVX2),
  op("vbroadcastf128", "VEX.256.66.0F38.W0 1A /r mod=m", [ymm.w, xmmm128.r], broadcast128, AVX),
  ...masked("vmaskmovps", "2C", "2E", "W0", 32, AVX),
  ...masked("vmaskmovpd", "2D", "2F", "W0", 64, AVX),
  op("vzeroupper", "VEX.128.NP.0F.WIG 77", [], "vzeroupper", AVX),
  op("vzeroall", "VEX.256.NP.0F.WIG 77", [], "vzeroall", AVX)
]);
var EXTENSIONS2 = [
  ["bw", "0", xmmm128, ["i16x8.extend_low_i8x16"]],
  ["bd", "1", xmmm64, ["i16x8.extend_low_i8x16", "i32x4.extend_low_i16x8"]],
  ["bq", "2", xmmm32, ["i16x8.extend_low_i8x16", "i32x4.extend_low_i16x8", "i64x2.extend_low_i32x4"]],
  ["wd", "3", xmmm128, ["i32x4.extend_low_i16x8"]],
  ["wq", "4", xmmm64, ["i32x4.extend_low_i16x8", "i64x2.extend_low_i32x4"]],
  ["dq", "5", xmmm128, ["i64x2.extend_low_i32x4"]]
];
var BROADCASTS = [
  ["vpbroadcastb", "78", xmmm8, "i8x16"],
  ["vpbroadcastw", "79", xmmm16, "i16x8"],
  ["vpbroadcastd", "58", xmmm32, "i32x4"],
  ["vpbroadcastq", "59", xmmm64, "i64x2"]
];
var VARIABLE_SHIFTS = [
  ["vpsrlvd", "W0 45", 32, "shr_u"],
  ["vpsrlvq", "W1 45", 64, "shr_u"],
  ["vpsravd", "W0 46", 32, "shr_s"],
  ["vpsllvd", "W0 47", 32, "shl"],
  ["vpsllvq", "W1 47", 64, "shl"]
];
var GATHERS = [
  ["dd", ["vpgatherdd", "vgatherdps"], ["90", "92"], "W0", "gatherDD", true],
  ["dq", ["vpgatherdq", "vgatherdpd"], ["90", "92"], "W1", "gatherDQ", true],
  ["qd", ["vpgatherqd", "vgatherqps"], ["91", "93"], "W0", "gatherQD", false],
  ["qq", ["vpgatherqq", "vgatherqpd"], ["91", "93"], "W1", "gatherQQ", true]
];
var avx2 = family("avx2", [
  ...derived.filter(isWideInteger).map((row) => wideForm(row, AVX2)),
  ...packedShifts.map(
    (shift2) => op(
      `v${shift2.name}`,
      `VEX.256.66.0F.WIG ${shift2.byRegister} /r`,
      [ymm.w, ymmv.r, xmmm128.r],
      shiftByVector256(shift2),
      AVX2
    )
  ),
  op("vpmovmskb", "VEX.256.66.0F.WIG D7 /r mod=3", [r32.w, ymmm256.r], moveMask256("i8x16", 16), AVX2),
  op("vmpsadbw", "VEX.256.66.0F3A.WIG 42 /r ib", withImmediate(three2)(true), mpsadbw256, AVX2),
  ...EXTENSIONS2.flatMap(
    ([lanes, digit, source, steps]) => ["s", "u"].map(
      (sign2) => op(
        `vpmov${sign2 === "s" ? "s" : "z"}x${lanes}`,
        `VEX.256.66.0F38.WIG ${sign2 === "s" ? 2 : 3}${digit} /r`,
        [ymm.w, source.r],
        extend256(steps.map((step) => `${step}_${sign2}`)),
        AVX2
      )
    )
  ),
  ...BROADCASTS.flatMap(
    ([name2, code, source, shape]) => bothWidths(name2, `66.0F38.W0 ${code} /r`, (wide) => [wide ? ymm.w : xmm.w, source.r], broadcast(shape), AVX2)
  ),
  op("vbroadcasti128", "VEX.256.66.0F38.W0 5A /r mod=m", [ymm.w, xmmm128.r], broadcast128, AVX2),
  op("vpermd", "VEX.256.66.0F38.W0 36 /r", three2(true), permuteDwords, AVX2),
  op("vpermps", "VEX.256.66.0F38.W0 16 /r", three2(true), permuteDwords, AVX2),
  op("vpermq", "VEX.256.66.0F3A.W1 00 /r ib", withImmediate(two)(true), permuteQwords, AVX2),
  op("vpermpd", "VEX.256.66.0F3A.W1 01 /r ib", withImmediate(two)(true), permuteQwords, AVX2),
  op("vperm2i128", "VEX.256.66.0F3A.W0 46 /r ib", withImmediate(three2)(true), permute128, AVX2),
  op("vinserti128", "VEX.256.66.0F3A.W0 38 /r ib", [ymm.w, ymmv.r, xmmm128.r, imm8.r], insert128, AVX2),
  op("vextracti128", "VEX.256.66.0F3A.W0 39 /r ib", [xmmm128.w, ymm.r, imm8.r], extract128, AVX2),
  ...bothWidths("vpblendd", "66.0F3A.W0 02 /r ib", withImmediate(three2), blendBy("i32x4"), AVX2),
  ...VARIABLE_SHIFTS.flatMap(
    ([name2, code, bits2, kind]) => bothWidths(name2, `66.0F38.${code} /r`, three2, shiftEach(bits2, kind), AVX2)
  ),
  ...masked("vpmaskmovd", "8C", "8E", "W0", 32, AVX2),
  ...masked("vpmaskmovq", "8C", "8E", "W1", 64, AVX2),
  ...GATHERS.flatMap(
    ([, names, opcodes, width, fn, isWideData]) => names.flatMap(
      (name2, i) => bothWidths(
        name2,
        `66.0F38.${width} ${opcodes[i]} /r mod=m`,
        (wide) => wide && isWideData ? [ymm.rw, vm.r, ymmv.rw] : [xmm.rw, vm.r, xmmv.rw],
        (wide) => `${fn}${wide ? "Wide" : ""}`,
        AVX2
      )
    )
  )
]);
var F16C = unitOf("f16c");
var f16c = family("f16c", [
  op("vcvtph2ps", "VEX.128.66.0F38.W0 13 /r", [xmm.w, xmmm64.r], vex128(fromHalf, false), F16C),
  op("vcvtph2ps", "VEX.256.66.0F38.W0 13 /r", [ymm.w, xmmm128.r], widening256(fromHalf), F16C),
  op("vcvtps2ph", "VEX.128.66.0F3A.W0 1D /r ib", [xmmm64.w, xmm.r, imm8.r], probing(vex128(toHalf, false)), F16C),
  op("vcvtps2ph", "VEX.256.66.0F3A.W0 1D /r ib", [xmmm128.w, ymm.r, imm8.r], probing(narrowing256(toHalf)), F16C)
]);

// ../pc/src/cpu/emulated/isa/fma.ts
var ATTRIBUTES = { unit: "avx", protectedOnly: true, feature: "fma" };
var OPERATIONS = [
  ["fmaddsub", 6, FMA_EVEN, false],
  ["fmsubadd", 7, FMA_ODD, false],
  ["fmadd", 8, 0, true],
  ["fmsub", 10, FMA_NEGATE_ADDEND, true],
  ["fnmadd", 12, FMA_NEGATE_PRODUCT, true],
  ["fnmsub", 14, FMA_NEGATE_PRODUCT | FMA_NEGATE_ADDEND, true]
];
var ORDERS = [
  ["132", 144, [0, 2, 1]],
  ["213", 160, [1, 0, 2]],
  ["231", 176, [1, 2, 0]]
];
var fused = (how) => (e, x) => {
  const b = x.xmm(2);
  x.setXmm(0, fuse(e, how, [x.xmm(0), x.xmm(1), b]));
};
function rows(double) {
  const width = double ? "W1" : "W0";
  const letter = double ? "d" : "s";
  return ORDERS.flatMap(
    ([digits, high, order]) => OPERATIONS.flatMap(([name2, low, signs, hasScalar]) => {
      const hex3 = (code) => code.toString(16).toUpperCase();
      const full = `v${name2}${digits}`;
      const packed2 = fused({ order, double, scalar: false, signs });
      const scalar = fused({ order, double, scalar: true, signs });
      const one2 = [xmm.rw, xmmv.r, double ? xmmm64.r : xmmm32.r];
      const packedRows = [
        op(
          `${full}p${letter}`,
          `VEX.128.66.0F38.${width} ${hex3(high + low)} /r`,
          [xmm.rw, xmmv.r, xmmm128.r],
          vex128(packed2, false),
          ATTRIBUTES
        ),
        op(
          `${full}p${letter}`,
          `VEX.256.66.0F38.${width} ${hex3(high + low)} /r`,
          [ymm.rw, ymmv.r, ymmm256.r],
          vex256(packed2, false),
          ATTRIBUTES
        )
      ];
      if (!hasScalar) return packedRows;
      return [
        ...packedRows,
        op(
          `${full}s${letter}`,
          `VEX.LIG.66.0F38.${width} ${hex3(high + low + 1)} /r`,
          one2,
          vex128(scalar, false),
          ATTRIBUTES
        )
      ];
    })
  );
}
var fma = family("fma", [...rows(false), ...rows(true)]);

// ../pc/src/cpu/emulated/isa/integer-words.ts
var rm82 = operand("rm8");
var rm16 = operand("rm16");
var rm322 = operand("rm32");
var rmv2 = operand("rmv");
var rmy2 = operand("rmy");
var r8 = operand("r8");
var rv = operand("rv");
var ry2 = operand("ry");
var o8 = operand("o8");
var ov = operand("ov");
var vy = operand("vy");
var m2 = operand("m");
var mv = operand("mv");
var mfar = operand("mfar");
var imm82 = operand("imm8");
var imm8s = operand("imm8s");
var imm16 = operand("imm16");
var immz = operand("immz");
var immv = operand("immv");
var rel8 = operand("rel8");
var relz = operand("relz");
var moffs8 = operand("moffs8");
var moffsv = operand("moffsv");
var al = operand("al");
var ax2 = operand("ax");
var rax = operand("rax");
var cl = operand("cl");
var one = operand("one");
var sreg = operand("sreg");
var ALL_FLAGS = { flags: "OSZAPC" };
var hex = (value) => value.toString(16).toUpperCase().padStart(2, "0");

// ../pc/src/cpu/emulated/isa/semantics/arith.ts
var DE = 0;
function binary3(compute2, flags2) {
  return (e, x) => {
    const a = x.getForUpdate(0);
    const b = x.get(1);
    const r2 = e.zext(compute2(e, x, a, b), x.size);
    x.set(0, r2);
    flags2(e, x.size, a, b, r2);
  };
}
var add = binary3(
  (e, _x, a, b) => e.add(a, b),
  (e, size, a, b, r2) => e.flagsAdd(size, a, b, r2)
);
var sub = binary3(
  (e, _x, a, b) => e.sub(a, b),
  (e, size, a, b, r2) => e.flagsSub(size, a, b, r2)
);
var adc = binary3(
  (e, _x, a, b) => e.add(e.add(a, b), e.fromBool(e.cf())),
  (e, size, a, b, r2) => e.flagsAdc(size, a, b, r2)
);
var sbb = binary3(
  (e, _x, a, b) => e.sub(e.sub(a, b), e.fromBool(e.cf())),
  (e, size, a, b, r2) => e.flagsSbb(size, a, b, r2)
);
var and2 = binary3(
  (e, _x, a, b) => e.and(a, b),
  (e, size, _a, _b, r2) => e.flagsLogic(size, r2)
);
var or2 = binary3(
  (e, _x, a, b) => e.or(a, b),
  (e, size, _a, _b, r2) => e.flagsLogic(size, r2)
);
var xor = binary3(
  (e, _x, a, b) => e.xor(a, b),
  (e, size, _a, _b, r2) => e.flagsLogic(size, r2)
);
var cmp = (e, x) => {
  const a = x.get(0);
  const b = x.get(1);
  e.flagsSub(x.size, a, b, e.zext(e.sub(a, b), x.size));
};
var test2 = (e, x) => e.flagsLogic(x.size, e.and(x.get(0), x.get(1)));
var inc = (e, x) => {
  const a = x.getForUpdate(0);
  const r2 = e.zext(e.add(a, e.i64(1)), x.size);
  x.set(0, r2);
  e.flagsInc(x.size, a, r2);
};
var dec = (e, x) => {
  const a = x.getForUpdate(0);
  const r2 = e.zext(e.sub(a, e.i64(1)), x.size);
  x.set(0, r2);
  e.flagsDec(x.size, a, r2);
};
var neg = (e, x) => {
  const a = x.getForUpdate(0);
  const zero = e.i64(0);
  const r2 = e.zext(e.sub(zero, a), x.size);
  x.set(0, r2);
  e.flagsSub(x.size, zero, a, r2);
};
var not = (e, x) => x.set(0, e.zext(e.not(x.getForUpdate(0)), x.size));
function highUnsigned(e, a, b) {
  const low = (v) => e.zext(v, 32);
  const high = (v) => e.shrU(v, 32);
  const p00 = e.mul(low(a), low(b));
  const p01 = e.mul(low(a), high(b));
  const p10 = e.mul(high(a), low(b));
  const p11 = e.mul(high(a), high(b));
  const middle = e.add(e.add(high(p00), low(p01)), low(p10));
  return e.add(e.add(p11, high(p01)), e.add(high(p10), high(middle)));
}
function highSigned(e, a, b) {
  const correction = (x, y) => e.and(e.shrS(x, 63), y);
  return e.sub(e.sub(highUnsigned(e, a, b), correction(a, b)), correction(b, a));
}
function setProduct(e, size, low, high, overflow) {
  if (size === 8) e.setGpr(0, 16, e.or(e.zext(low, 8), e.shl(e.zext(high, 8), 8)));
  else {
    e.setGpr(0, size, low);
    e.setGpr(2, size, high);
  }
  e.flagsSet(size, e.zext(low, size), overflow, overflow, e.i32(0));
}
var mul = (e, x) => {
  const { size } = x;
  const a = e.gpr(0, size);
  const b = x.get(0);
  const product = e.mul(a, b);
  const low = e.zext(product, size);
  const high = size === 64 ? highUnsigned(e, a, b) : e.zext(e.shrU(product, size), size);
  setProduct(e, size, low, high, e.notB(e.eqz(high)));
};
var imul1 = (e, x) => {
  const { size } = x;
  const a = e.sext(e.gpr(0, size), size);
  const b = e.sext(x.get(0), size);
  const product = e.mul(a, b);
  const low = e.zext(product, size);
  if (size === 64) {
    const high = highSigned(e, a, b);
    setProduct(e, size, low, high, e.ne(high, e.shrS(product, 63)));
  } else {
    setProduct(e, size, low, e.zext(e.shrU(product, size), size), e.ne(e.sext(low, size), product));
  }
};
function imulInto(e, x, left, right) {
  const { size } = x;
  const a = e.sext(left, size);
  const b = e.sext(right, size);
  const product = e.mul(a, b);
  const low = e.zext(product, size);
  const overflow = size === 64 ? e.ne(highSigned(e, a, b), e.shrS(product, 63)) : e.ne(e.sext(low, size), product);
  x.set(0, low);
  e.flagsSet(size, low, overflow, overflow, e.i32(0));
}
var imul2 = (e, x) => imulInto(e, x, x.get(0), x.get(1));
var imul3 = (e, x) => imulInto(e, x, x.get(1), x.get(2));
function dividend(e, size) {
  if (size === 8) return e.gpr(0, 16);
  return e.or(e.gpr(0, size), e.shl(e.gpr(2, size), size));
}
function setQuotient(e, size, quotient, remainder) {
  if (size === 8) e.setGpr(0, 16, e.or(e.zext(quotient, 8), e.shl(e.zext(remainder, 8), 8)));
  else {
    e.setGpr(0, size, e.zext(quotient, size));
    e.setGpr(2, size, e.zext(remainder, size));
  }
}
var div = (e, x) => {
  const { size } = x;
  const b = x.get(0);
  e.if(e.eqz(b), () => e.raise(DE));
  if (size === 64) {
    const high = e.gpr(2, 64);
    const low = e.gpr(0, 64);
    e.if(
      e.eqz(high),
      () => setQuotient(e, 64, e.op("i64.div_u", "i64", [low, b]), e.op("i64.rem_u", "i64", [low, b])),
      () => {
        e.if(e.notB(e.ltU(high, b)), () => e.raise(DE));
        e.call("divideUnsigned128", "void", [high, low, b]);
        setQuotient(e, 64, e.state("RES0", "i64"), e.state("RES1", "i64"));
      }
    );
    return;
  }
  const a = dividend(e, size);
  const quotient = e.op("i64.div_u", "i64", [a, b]);
  e.if(e.notB(e.eqz(e.shrU(quotient, size))), () => e.raise(DE));
  setQuotient(e, size, quotient, e.op("i64.rem_u", "i64", [a, b]));
};
var idiv = (e, x) => {
  const { size } = x;
  const b = e.sext(x.get(0), size);
  e.if(e.eqz(b), () => e.raise(DE));
  const minimum = e.i64(-0x8000000000000000n);
  const overflows = (a2) => e.andB(e.eq(a2, minimum), e.eq(b, e.i64(-1)));
  if (size === 64) {
    const high = e.gpr(2, 64);
    const low = e.gpr(0, 64);
    e.if(
      e.eq(high, e.shrS(low, 63)),
      () => {
        e.if(overflows(low), () => e.raise(DE));
        setQuotient(e, 64, e.op("i64.div_s", "i64", [low, b]), e.op("i64.rem_s", "i64", [low, b]));
      },
      () => {
        e.call("divideSigned128", "void", [high, low, b]);
        setQuotient(e, 64, e.state("RES0", "i64"), e.state("RES1", "i64"));
      }
    );
    return;
  }
  const raw = dividend(e, size);
  const a = size === 8 ? e.sext(raw, 16) : size === 16 ? e.sext(raw, 32) : raw;
  if (size === 32) e.if(overflows(a), () => e.raise(DE));
  const quotient = e.op("i64.div_s", "i64", [a, b]);
  e.if(e.ne(e.sext(quotient, size), quotient), () => e.raise(DE));
  setQuotient(e, size, quotient, e.op("i64.rem_s", "i64", [a, b]));
};
function carryFlags(e) {
  const image = e.flagsImage();
  return { af: e.ne(e.and(image, e.i64(16)), e.i64(0)), cf: e.ne(e.and(image, e.i64(1)), e.i64(0)) };
}
var decimal = (subtract) => (e) => {
  const al2 = e.gpr(0, 8);
  const { af, cf } = carryFlags(e);
  const low = e.orB(e.ltU(e.i64(9), e.and(al2, e.i64(15))), af);
  const high = e.orB(e.ltU(e.i64(153), al2), cf);
  const adjust = e.add(e.select(low, e.i64(6), e.i64(0)), e.select(high, e.i64(96), e.i64(0)));
  const r2 = e.zext(subtract ? e.sub(al2, adjust) : e.add(al2, adjust), 8);
  const carry = subtract ? e.orB(high, e.andB(low, e.ltU(al2, e.i64(6)))) : high;
  e.setGpr(0, 8, r2);
  e.flagsSet(8, r2, carry, e.i32(0), low);
};
var daa = decimal(false);
var das = decimal(true);
var ascii = (subtract) => (e) => {
  const ax3 = e.gpr(0, 16);
  const { af } = carryFlags(e);
  const adjusts = e.orB(e.ltU(e.i64(9), e.and(ax3, e.i64(15))), af);
  const moved = subtract ? e.sub(ax3, e.i64(262)) : e.add(ax3, e.i64(262));
  const r2 = e.and(e.select(adjusts, moved, ax3), e.i64(65295));
  e.setGpr(0, 16, r2);
  e.flagsSet(8, e.zext(r2, 8), adjusts, e.i32(0), adjusts);
};
var aaa = ascii(false);
var aas = ascii(true);
var aam = (e, x) => {
  const al2 = e.gpr(0, 8);
  const base = e.zext(x.get(0), 8);
  e.if(e.eqz(base), () => e.raise(DE));
  const rest = e.op("i64.rem_u", "i64", [al2, base]);
  e.setGpr(0, 16, e.or(e.shl(e.op("i64.div_u", "i64", [al2, base]), 8), rest));
  e.flagsLogic(8, rest);
};
var aad = (e, x) => {
  const ax3 = e.gpr(0, 16);
  const r2 = e.zext(e.add(e.zext(ax3, 8), e.mul(e.shrU(ax3, 8), e.zext(x.get(0), 8))), 8);
  e.setGpr(0, 16, r2);
  e.flagsLogic(8, r2);
};
var addExtended = (flag) => (e, x) => {
  const a = x.get(0);
  const b = x.get(1);
  const image = e.flagsImage();
  const cf = e.and(image, e.i64(1));
  const of = e.and(e.shrU(image, 11), e.i64(1));
  const carry = flag === "cf" ? cf : of;
  const sum = e.add(e.add(a, b), carry);
  const r2 = e.zext(sum, x.size);
  const out2 = x.size === 32 ? e.ne(e.shrU(sum, 32), e.i64(0)) : e.orB(e.ltU(r2, a), e.andB(e.eq(r2, a), e.ne(carry, e.i64(0))));
  x.set(0, r2);
  const bool3 = (v) => e.ne(v, e.i64(0));
  if (flag === "cf") e.setCfOf(out2, bool3(of));
  else e.setCfOf(bool3(cf), out2);
};
var adcx = addExtended("cf");
var adox = addExtended("of");

// ../pc/src/cpu/emulated/isa/arith.ts
var GROUP1 = [
  ["add", add],
  ["or", or2],
  ["adc", adc],
  ["sbb", sbb],
  ["and", and2],
  ["sub", sub],
  ["xor", xor],
  ["cmp", cmp]
];
function group1([name2, semantics2], n2) {
  const isCompare2 = name2 === "cmp";
  const carries = name2 === "adc" || name2 === "sbb" ? { flagsRead: "C" } : {};
  const undefinedFlags = name2 === "and" || name2 === "or" || name2 === "xor" ? { flagsUndefined: "A" } : {};
  const plain3 = { ...ALL_FLAGS, ...carries, ...undefinedFlags };
  const locked = isCompare2 ? plain3 : { ...plain3, lock: true };
  const to = (word2) => isCompare2 ? word2.r : word2.rw;
  const code = (offset) => hex(n2 * 8 + offset);
  return [
    op(name2, `${code(0)} /r`, [to(rm82), r8.r], semantics2, locked),
    op(name2, `${code(1)} /r`, [to(rmv2), rv.r], semantics2, locked),
    op(name2, `${code(2)} /r`, [to(r8), rm82.r], semantics2, plain3),
    op(name2, `${code(3)} /r`, [to(rv), rmv2.r], semantics2, plain3),
    op(name2, `${code(4)} ib`, [to(al), imm82.r], semantics2, plain3),
    op(name2, `${code(5)} iz`, [to(rax), immz.r], semantics2, plain3),
    op(name2, `80 /${n2} ib`, [to(rm82), imm82.r], semantics2, locked),
    op(name2, `81 /${n2} iz`, [to(rmv2), immz.r], semantics2, locked),
    op(name2, `82 /${n2} ib`, [to(rm82), imm82.r], semantics2, { ...locked, no64: true }),
    op(name2, `83 /${n2} ib`, [to(rmv2), imm8s.r], semantics2, locked)
  ];
}
var INC_FLAGS = { flags: "OSZAP" };
var MUL_FLAGS = { flags: "OSZAPC", flagsUndefined: "SZAP" };
var DIV_FLAGS = { flags: "OSZAPC", flagsUndefined: "OSZAPC" };
var arith = family("arith", [
  ...GROUP1.flatMap(group1),
  op("test", "84 /r", [rm82.r, r8.r], test2, { ...ALL_FLAGS, flagsUndefined: "A" }),
  op("test", "85 /r", [rmv2.r, rv.r], test2, { ...ALL_FLAGS, flagsUndefined: "A" }),
  op("test", "A8 ib", [al.r, imm82.r], test2, { ...ALL_FLAGS, flagsUndefined: "A" }),
  op("test", "A9 iz", [rax.r, immz.r], test2, { ...ALL_FLAGS, flagsUndefined: "A" }),
  // /1 is an alias that compilers do not use and hardware has
  ...[0, 1].flatMap((n2) => [
    op("test", `F6 /${n2} ib`, [rm82.r, imm82.r], test2, { ...ALL_FLAGS, flagsUndefined: "A" }),
    op("test", `F7 /${n2} iz`, [rmv2.r, immz.r], test2, { ...ALL_FLAGS, flagsUndefined: "A" })
  ]),
  op("not", "F6 /2", [rm82.rw], not, { lock: true }),
  op("not", "F7 /2", [rmv2.rw], not, { lock: true }),
  op("neg", "F6 /3", [rm82.rw], neg, { ...ALL_FLAGS, lock: true }),
  op("neg", "F7 /3", [rmv2.rw], neg, { ...ALL_FLAGS, lock: true }),
  op("mul", "F6 /4", [rm82.r], mul, MUL_FLAGS),
  op("mul", "F7 /4", [rmv2.r], mul, MUL_FLAGS),
  op("imul", "F6 /5", [rm82.r], imul1, MUL_FLAGS),
  op("imul", "F7 /5", [rmv2.r], imul1, MUL_FLAGS),
  op("imul", "0F AF /r", [rv.rw, rmv2.r], imul2, MUL_FLAGS),
  op("imul", "69 /r iz", [rv.w, rmv2.r, immz.r], imul3, MUL_FLAGS),
  op("imul", "6B /r ib", [rv.w, rmv2.r, imm8s.r], imul3, MUL_FLAGS),
  op("div", "F6 /6", [rm82.r], div, DIV_FLAGS),
  op("div", "F7 /6", [rmv2.r], div, DIV_FLAGS),
  op("idiv", "F6 /7", [rm82.r], idiv, DIV_FLAGS),
  op("idiv", "F7 /7", [rmv2.r], idiv, DIV_FLAGS),
  op("inc", "FE /0", [rm82.rw], inc, { ...INC_FLAGS, lock: true }),
  op("inc", "FF /0", [rmv2.rw], inc, { ...INC_FLAGS, lock: true }),
  op("inc", "40 +r", [ov.rw], inc, { ...INC_FLAGS, no64: true }),
  op("dec", "FE /1", [rm82.rw], dec, { ...INC_FLAGS, lock: true }),
  op("dec", "FF /1", [rmv2.rw], dec, { ...INC_FLAGS, lock: true }),
  op("dec", "48 +r", [ov.rw], dec, { ...INC_FLAGS, no64: true }),
  op("daa", "27", [], daa, { ...ALL_FLAGS, flagsRead: "AC", flagsUndefined: "O", no64: true, size: 8 }),
  op("das", "2F", [], das, { ...ALL_FLAGS, flagsRead: "AC", flagsUndefined: "O", no64: true, size: 8 }),
  op("aaa", "37", [], aaa, { ...ALL_FLAGS, flagsRead: "A", flagsUndefined: "OSZP", no64: true, size: 16 }),
  op("aas", "3F", [], aas, { ...ALL_FLAGS, flagsRead: "A", flagsUndefined: "OSZP", no64: true, size: 16 }),
  op("aam", "D4 ib", [imm82.r], aam, { ...ALL_FLAGS, flagsUndefined: "OAC", no64: true, size: 8 }),
  op("aad", "D5 ib", [imm82.r], aad, { ...ALL_FLAGS, flagsUndefined: "OAC", no64: true, size: 8 }),
  op("adcx", "66 0F 38 F6 /r", [ry2.rw, rmy2.r], adcx, { flags: "C", flagsRead: "C", feature: "adx" }),
  op("adox", "F3 0F 38 F6 /r", [ry2.rw, rmy2.r], adox, { flags: "O", flagsRead: "O", feature: "adx" })
]);

// ../pc/src/cpu/emulated/isa/semantics/bit.ts
var bool = (e, v) => e.ne(v, e.i64(0));
function bitTest(change) {
  return (e, x) => {
    const offset = e.and(x.get(1), e.i64(x.size - 1));
    const value = change === void 0 ? x.get(0) : x.getForUpdate(0);
    if (change !== void 0) x.set(0, e.zext(change(e, value, e.shl(e.i64(1), offset)), x.size));
    e.setCf(bool(e, e.and(e.shrU(value, offset), e.i64(1))));
  };
}
var bt = bitTest(void 0);
var bts = bitTest((e, value, mask) => e.or(value, mask));
var btr = bitTest((e, value, mask) => e.and(value, e.not(mask)));
var btc = bitTest((e, value, mask) => e.xor(value, mask));
var bsf = (e, x) => {
  const value = x.get(1);
  e.if(bool(e, value), () => x.set(0, e.op("i64.ctz", "i64", [value])));
  e.flagsLogic(x.size, value);
};
var bsr = (e, x) => {
  const value = x.get(1);
  e.if(bool(e, value), () => x.set(0, e.sub(e.i64(63), e.op("i64.clz", "i64", [value]))));
  e.flagsLogic(x.size, value);
};
function counted(e, size, source, result) {
  e.flagsSet(size, result, e.eqz(source), e.i32(0), e.i32(0));
}
var tzcnt = (e, x) => {
  const value = x.get(1);
  const limited = x.size === 64 ? value : e.or(value, e.shl(e.i64(1), x.size));
  const r2 = e.op("i64.ctz", "i64", [limited]);
  x.set(0, r2);
  counted(e, x.size, value, r2);
};
var lzcnt = (e, x) => {
  const value = x.get(1);
  const r2 = e.sub(e.op("i64.clz", "i64", [value]), e.i64(64 - x.size));
  x.set(0, r2);
  counted(e, x.size, value, r2);
};
var popcnt = (e, x) => {
  const value = x.get(1);
  const r2 = e.op("i64.popcnt", "i64", [value]);
  x.set(0, r2);
  e.flagsSet(x.size, r2, e.i32(0), e.i32(0), e.i32(0));
  const zf = e.and(e.flagsImage(), e.i64(64));
  e.setFlagsImage(zf);
};
function swapped(e, value, size) {
  const byte = (v, from2, to) => {
    const cut = e.and(e.shrU(v, from2), e.i64(255));
    return to === 0 ? cut : e.shl(cut, to);
  };
  let r2 = byte(value, 0, size - 8);
  for (let i = 8; i < size; i += 8) r2 = e.or(r2, byte(value, i, size - 8 - i));
  return r2;
}
var bswap = (e, x) => {
  if (x.size === 16) x.set(0, e.i64(0));
  else x.set(0, swapped(e, x.get(0), x.size));
};
var movbe = (e, x) => x.set(0, swapped(e, x.get(1), x.size));
var andn = (e, x) => {
  const r2 = e.and(e.zext(e.not(x.get(1)), x.size), x.get(2));
  x.set(0, r2);
  e.flagsLogic(x.size, r2);
};
function lowest(of, carryWhenZero) {
  return (e, x) => {
    const value = x.get(1);
    const r2 = e.zext(of(e, value, e.sub(value, e.i64(1))), x.size);
    x.set(0, r2);
    e.flagsSet(x.size, r2, carryWhenZero ? e.eqz(value) : bool(e, value), e.i32(0), e.i32(0));
  };
}
var blsr = lowest((e, value, less) => e.and(value, less), true);
var blsmsk = lowest((e, value, less) => e.xor(value, less), true);
var blsi = lowest((e, value) => e.and(value, e.sub(e.i64(0), value)), false);
function lowBits(e, value, count2) {
  const mask = e.sub(e.shl(e.i64(1), count2), e.i64(1));
  return e.select(e.ltU(count2, e.i64(64)), e.and(value, mask), value);
}
var bextr = (e, x) => {
  const value = x.get(1);
  const control2 = x.get(2);
  const start = e.and(control2, e.i64(255));
  const shifted = e.select(e.ltU(start, e.i64(64)), e.shrU(value, start), e.i64(0));
  const r2 = lowBits(e, shifted, e.and(e.shrU(control2, 8), e.i64(255)));
  x.set(0, r2);
  e.flagsSet(x.size, r2, e.i32(0), e.i32(0), e.i32(0));
};
var bzhi = (e, x) => {
  const value = x.get(1);
  const count2 = e.and(x.get(2), e.i64(255));
  const r2 = lowBits(e, value, count2);
  x.set(0, r2);
  e.flagsSet(x.size, r2, e.ltU(e.i64(x.size - 1), count2), e.i32(0), e.i32(0));
};
var pext = (e, x) => {
  const mask = x.get(2);
  x.set(0, e.call("extractBits", "i64", [x.get(1), mask]));
};
var pdep = (e, x) => {
  const mask = x.get(2);
  x.set(0, e.call("depositBits", "i64", [x.get(1), mask]));
};
var mulx = (e, x) => {
  const a = x.get(2);
  const b = e.gpr(2, x.size);
  const low = e.mul(a, b);
  if (x.size === 32) {
    x.set(1, e.zext(low, 32));
    x.set(0, e.shrU(low, 32));
    return;
  }
  const half = (v, high2) => high2 ? e.shrU(v, 32) : e.and(v, e.i64(4294967295));
  const middle = e.add(e.mul(half(a, true), half(b, false)), e.shrU(e.mul(half(a, false), half(b, false)), 32));
  const other = e.add(e.mul(half(a, false), half(b, true)), half(middle, false));
  const high = e.add(e.mul(half(a, true), half(b, true)), e.add(half(middle, true), half(other, true)));
  x.set(1, low);
  x.set(0, high);
};
var count = (e, by, size) => e.and(by, e.i64(size - 1));
var sarx = (e, x) => x.set(0, e.zext(e.shrS(e.sext(x.get(1), x.size), count(e, x.get(2), x.size)), x.size));
var shlx = (e, x) => x.set(0, e.zext(e.shl(x.get(1), count(e, x.get(2), x.size)), x.size));
var shrx = (e, x) => x.set(0, e.shrU(x.get(1), count(e, x.get(2), x.size)));
var rorx = (e, x) => {
  const value = x.get(1);
  const by = count(e, x.get(2), x.size);
  if (x.size === 64) x.set(0, e.op("i64.rotr", "i64", [value, by]));
  else x.set(0, e.zext(e.or(e.shrU(value, by), e.shl(value, e.sub(e.i64(32), by))), 32));
};
function addWithCarry(e, a, b, carry, size) {
  const sum = e.add(e.add(a, b), e.fromBool(carry));
  if (size === 32) return { sum: e.zext(sum, 32), out: bool(e, e.shrU(sum, 32)) };
  const out2 = e.shrU(e.or(e.and(a, b), e.and(e.or(a, b), e.not(sum))), 63);
  return { sum, out: bool(e, out2) };
}
var adcx2 = (e, x) => {
  const { sum, out: out2 } = addWithCarry(e, x.get(0), x.get(1), e.cf(), x.size);
  x.set(0, sum);
  e.setCf(out2);
};
var OVERFLOW = 0;
var adox2 = (e, x) => {
  const { sum, out: out2 } = addWithCarry(e, x.get(0), x.get(1), e.condition(OVERFLOW), x.size);
  x.set(0, sum);
  e.setCfOf(e.cf(), out2);
};

// ../pc/src/cpu/emulated/isa/bit.ts
var CARRY = { flags: "C" };
var SCAN = { flags: "OSZAPC", flagsUndefined: "OSAPC" };
var COUNT = { flags: "OSZAPC", flagsUndefined: "OSAP" };
var TESTS = [
  ["bt", "A3", 4, bt],
  ["bts", "AB", 5, bts],
  ["btr", "B3", 6, btr],
  ["btc", "BB", 7, btc]
];
var bits = family("bit", [
  ...TESTS.flatMap(([name2, code, digit, semantics2]) => {
    const target = name2 === "bt" ? rmv2.r : rmv2.rw;
    const locked = name2 === "bt" ? CARRY : { ...CARRY, lock: true };
    return [
      op(name2, `0F ${code} /r mod=3`, [target, rv.r], semantics2, CARRY),
      // the offset is signed and reaches beyond the operand (SDM vol. 2, 3.1.1.9)
      op(name2, `0F ${code} /r mod=m`, [target, rv.r], `${name2}Memory`, locked),
      op(name2, `0F BA /${digit} ib`, [target, imm82.r], semantics2, locked)
    ];
  }),
  op("bsf", "0F BC /r", [rv.rw, rmv2.r], bsf, SCAN),
  op("bsr", "0F BD /r", [rv.rw, rmv2.r], bsr, SCAN),
  op("tzcnt", "F3 0F BC /r", [rv.w, rmv2.r], tzcnt, { ...COUNT, feature: "bmi1" }),
  op("lzcnt", "F3 0F BD /r", [rv.w, rmv2.r], lzcnt, { ...COUNT, feature: "lzcnt" }),
  op("popcnt", "F3 0F B8 /r", [rv.w, rmv2.r], popcnt, { flags: "OSZAPC", feature: "popcnt" }),
  op("bswap", "0F C8 +r", [ov.rw], bswap),
  op("movbe", "0F 38 F0 /r mod=m", [rv.w, mv.r], movbe, { feature: "movbe" }),
  op("movbe", "0F 38 F1 /r mod=m", [mv.w, rv.r], movbe, { feature: "movbe" })
]);
var LOGIC = { flags: "OSZAPC", flagsUndefined: "AP", protectedOnly: true };
var ISOLATE = { ...LOGIC, feature: "bmi1" };
var FLAGLESS = { feature: "bmi2", protectedOnly: true };
var bmi = family("bmi", [
  op("andn", "VEX.LZ.NP.0F38.WIG F2 /r", [ry2.w, vy.r, rmy2.r], andn, ISOLATE),
  op("blsr", "VEX.LZ.NP.0F38.WIG F3 /1", [vy.w, rmy2.r], blsr, ISOLATE),
  op("blsmsk", "VEX.LZ.NP.0F38.WIG F3 /2", [vy.w, rmy2.r], blsmsk, ISOLATE),
  op("blsi", "VEX.LZ.NP.0F38.WIG F3 /3", [vy.w, rmy2.r], blsi, ISOLATE),
  op("bextr", "VEX.LZ.NP.0F38.WIG F7 /r", [ry2.w, rmy2.r, vy.r], bextr, { ...ISOLATE, flagsUndefined: "SAP" }),
  op("bzhi", "VEX.LZ.NP.0F38.WIG F5 /r", [ry2.w, rmy2.r, vy.r], bzhi, { ...LOGIC, feature: "bmi2" }),
  op("pext", "VEX.LZ.F3.0F38.WIG F5 /r", [ry2.w, vy.r, rmy2.r], pext, FLAGLESS),
  op("pdep", "VEX.LZ.F2.0F38.WIG F5 /r", [ry2.w, vy.r, rmy2.r], pdep, FLAGLESS),
  op("mulx", "VEX.LZ.F2.0F38.WIG F6 /r", [ry2.w, vy.w, rmy2.r], mulx, FLAGLESS),
  op("sarx", "VEX.LZ.F3.0F38.WIG F7 /r", [ry2.w, rmy2.r, vy.r], sarx, FLAGLESS),
  op("shlx", "VEX.LZ.66.0F38.WIG F7 /r", [ry2.w, rmy2.r, vy.r], shlx, FLAGLESS),
  op("shrx", "VEX.LZ.F2.0F38.WIG F7 /r", [ry2.w, rmy2.r, vy.r], shrx, FLAGLESS),
  op("rorx", "VEX.LZ.F2.0F3A.WIG F0 /r ib", [ry2.w, rmy2.r, imm82.r], rorx, FLAGLESS)
]);
var adx = family("adx", [
  op("adcx", "66 0F 38 F6 /r", [ry2.rw, rmy2.r], adcx2, { flags: "C", flagsRead: "C", feature: "adx" }),
  op("adox", "F3 0F 38 F6 /r", [ry2.rw, rmy2.r], adox2, { flags: "O", flagsRead: "O", feature: "adx" })
]);

// ../pc/src/cpu/emulated/isa/semantics/mov.ts
var mov = (_e, x) => x.set(0, x.get(1));
var movzx = (_e, x) => x.set(0, x.get(1));
var movsx = (e, x) => {
  const from2 = x.sizeOf(1);
  const to = x.sizeOf(0);
  if (from2 > 64 || to > 64) throw new RangeError("movsx takes integer operands");
  x.set(0, e.zext(e.sext(x.get(1), from2), to));
};
var lea = (e, x) => x.set(0, e.zext(x.effectiveAddress(1), x.size));
var xchg = (_e, x) => {
  const a = x.getForUpdate(0);
  const b = x.get(1);
  x.set(0, b);
  x.set(1, a);
};
var xadd = (e, x) => {
  const a = x.getForUpdate(0);
  const b = x.get(1);
  const r2 = e.zext(e.add(a, b), x.size);
  if (x.kind(0) === "memory") {
    x.set(0, r2);
    x.set(1, a);
  } else {
    x.set(1, a);
    x.set(0, r2);
  }
  e.flagsAdd(x.size, a, b, r2);
};
var cmpxchg = (e, x) => {
  const { size } = x;
  const old = x.getForUpdate(0);
  const replacement = x.get(1);
  const accumulator = e.gpr(0, size);
  const equal = e.eq(accumulator, old);
  if (x.kind(0) === "memory") x.set(0, e.select(equal, replacement, old));
  else e.if(equal, () => x.set(0, replacement));
  e.if(e.notB(equal), () => e.setGpr(0, size, old));
  e.flagsSub(size, accumulator, old, e.zext(e.sub(accumulator, old), size));
};
var setcc = (e, x) => x.set(0, e.fromBool(e.condition(x.condition)));
var cmovcc = (e, x) => {
  const source = x.get(1);
  x.set(0, e.select(e.condition(x.condition), source, x.get(0)));
};
var extendAccumulator = (e, x) => {
  const half = x.size / 2;
  e.setGpr(0, x.size, e.zext(e.sext(e.gpr(0, half), half), x.size));
};
var extendIntoData = (e, x) => {
  e.setGpr(2, x.size, e.zext(e.shrS(e.sext(e.gpr(0, x.size), x.size), 63), x.size));
};
var lahf = (e) => {
  const image = e.or(e.and(e.flagsImage(), e.i64(213)), e.i64(2));
  e.setGpr(0, 16, e.or(e.gpr(0, 8), e.shl(image, 8)));
};
var sahf = (e) => {
  const image = e.and(e.shrU(e.gpr(0, 16), 8), e.i64(213));
  e.setFlagsImage(e.or(image, e.and(e.flagsImage(), e.i64(2048))));
};
var clc = (e) => e.setCf(e.i32(0));
var stc = (e) => e.setCf(e.i32(1));
var cmc = (e) => e.setCf(e.notB(e.cf()));
var EFLAGS_DF = 1024;
var cld = (e) => {
  e.setState("EFLAGS", e.op("i32.and", "i32", [e.state("EFLAGS", "i32"), e.i32(~EFLAGS_DF)]));
};
var std = (e) => {
  e.setState("EFLAGS", e.op("i32.or", "i32", [e.state("EFLAGS", "i32"), e.i32(EFLAGS_DF)]));
};
var salc = (e) => e.setGpr(0, 8, e.select(e.cf(), e.i64(255), e.i64(0)));
var nothing = () => void 0;
var UD = 6;
var undefinedInstruction = (e) => e.raise(UD);

// ../pc/src/cpu/emulated/isa/mov.ts
var m642 = operand("m64");
var m1282 = operand("m128");
var CONDITIONS = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];
var READS = ["O", "C", "Z", "ZC", "S", "P", "SO", "ZSO"];
var CONDITION_FLAGS = CONDITIONS.map((_name, cc) => READS[cc >> 1]);
var readsOf = (cc) => CONDITION_FLAGS[cc];
var conditionName = (cc) => CONDITIONS[cc];
var mov2 = family("mov", [
  op("mov", "88 /r", [rm82.w, r8.r], mov),
  op("mov", "89 /r", [rmv2.w, rv.r], mov),
  op("mov", "8A /r", [r8.w, rm82.r], mov),
  op("mov", "8B /r", [rv.w, rmv2.r], mov),
  op("mov", "8C /r mod=3", [rmv2.w, sreg.r], "moveFromSegment"),
  op("mov", "8C /r mod=m", [operand("m16").w, sreg.r], "moveFromSegment"),
  op("mov", "A0 mo", [al.w, moffs8.r], mov),
  op("mov", "A1 mo", [rax.w, moffsv.r], mov),
  op("mov", "A2 mo", [moffs8.w, al.r], mov),
  op("mov", "A3 mo", [moffsv.w, rax.r], mov),
  op("mov", "B0 +r ib", [o8.w, imm82.r], mov),
  op("mov", "B8 +r iv", [ov.w, immv.r], mov),
  op("mov", "C6 /0 ib", [rm82.w, imm82.r], mov),
  op("mov", "C7 /0 iz", [rmv2.w, immz.r], mov),
  op("movzx", "0F B6 /r", [rv.w, rm82.r], movzx),
  op("movzx", "0F B7 /r", [rv.w, rm16.r], movzx),
  op("movsx", "0F BE /r", [rv.w, rm82.r], movsx),
  op("movsx", "0F BF /r", [rv.w, rm16.r], movsx),
  op("movsxd", "63 /r", [rv.w, rm322.r], movsx, { only64: true }),
  op("lea", "8D /r mod=m", [rv.w, m2.none], lea),
  op("xchg", "86 /r", [rm82.rw, r8.rw], xchg, { lock: true }),
  op("xchg", "87 /r", [rmv2.rw, rv.rw], xchg, { lock: true }),
  op("xchg", "90 +r", [ov.rw, rax.rw], xchg),
  op("xadd", "0F C0 /r", [rm82.rw, r8.rw], xadd, { flags: "OSZAPC", lock: true }),
  op("xadd", "0F C1 /r", [rmv2.rw, rv.rw], xadd, { flags: "OSZAPC", lock: true }),
  op("cmpxchg", "0F B0 /r", [rm82.rw, r8.r], cmpxchg, { flags: "OSZAPC", lock: true }),
  op("cmpxchg", "0F B1 /r", [rmv2.rw, rv.r], cmpxchg, { flags: "OSZAPC", lock: true }),
  op("cmpxchg8b", "0F C7 /1 mod=m rex.w0", [m642.rw], "compareExchange8", { flags: "Z", lock: true, feature: "cx8" }),
  op("cmpxchg16b", "0F C7 /1 mod=m rex.w", [m1282.rw], "compareExchange16", { flags: "Z", lock: true, feature: "cx16" }),
  ...CONDITIONS.flatMap((name2, cc) => [
    op(`set${name2}`, `0F ${hex(144 + cc)} /r`, [rm82.w], setcc, { cc, flagsRead: readsOf(cc) }),
    op(`cmov${name2}`, `0F ${hex(64 + cc)} /r`, [rv.rw, rmv2.r], cmovcc, {
      cc,
      flagsRead: readsOf(cc),
      feature: "cmov"
    })
  ]),
  op("cbw", "98", [], extendAccumulator, { sized: true }),
  op("cwd", "99", [], extendIntoData, { sized: true })
]);
var flags = family("flags", [
  op("lahf", "9F", [], lahf, { flagsRead: "SZAPC", size: 8 }),
  op("sahf", "9E", [], sahf, { flags: "SZAPC", flagsRead: "O", size: 8 }),
  op("clc", "F8", [], clc, { flags: "C" }),
  op("stc", "F9", [], stc, { flags: "C" }),
  op("cmc", "F5", [], cmc, { flags: "C", flagsRead: "C" }),
  op("cld", "FC", [], cld),
  op("std", "FD", [], std),
  op("salc", "D6", [], salc, { flagsRead: "C", no64: true, size: 8 })
]);
var misc = family("misc", [
  op("xlat", "D7", [], "xlat"),
  op("bound", "62 /r mod=m", [rv.r, mv.r], "bound", { no64: true }),
  op("pause", "F3 90", [], nothing, { intercept: "pause" }),
  ...[13, 24, 25, 26, 27, 28, 29, 30, 31].map(
    (code) => op("nop", `0F ${hex(code)} /r`, [rmv2.none], nothing)
  ),
  op("lfence", "NP 0F AE /5 mod=3", [], nothing, { feature: "sse2" }),
  op("mfence", "NP 0F AE /6 mod=3", [], nothing, { feature: "sse2" }),
  op("sfence", "NP 0F AE /7 mod=3", [], nothing, { feature: "sse" }),
  op("clflush", "NP 0F AE /7 mod=m", [operand("m8").r], "touchLine", { feature: "clfsh" }),
  op("ud2", "0F 0B", [], undefinedInstruction),
  op("ud1", "0F B9 /r", [], undefinedInstruction),
  op("ud0", "0F FF /r", [], undefinedInstruction)
]);

// ../pc/src/cpu/emulated/isa/mmx.ts
var attributes = mmxAttributes("mmx");
var PACKS = /* @__PURE__ */ new Set(["packsswb", "packssdw", "packuswb"]);
var HIGH_UNPACKS = /* @__PURE__ */ new Map([
  ["punpckhbw", "punpcklbw"],
  ["punpckhwd", "punpcklwd"],
  ["punpckhdq", "punpckldq"]
]);
var LOW_UNPACKS = new Set(HIGH_UNPACKS.values());
function semantics(name2) {
  if (PACKS.has(name2)) return packMmx(packed[name2]);
  const low = HIGH_UNPACKS.get(name2);
  return low === void 0 ? binaryMmx(packed[name2]) : unpackHighMmx(packed[low]);
}
var mmx4 = family("mmx", [
  op("movd", "NP 0F 6E /r", [mm.w, rmy.r], fromIntegerMmx, attributes),
  op("movq", "NP 0F 6F /r", [mm.w, mmm64.r], moveMmx, attributes),
  op("emms", "NP 0F 77", [], emms, attributes),
  op("movd", "NP 0F 7E /r", [rmy.w, mm.r], toIntegerMmx, attributes),
  op("movq", "NP 0F 7F /r", [mmm64.w, mm.r], moveMmx, attributes),
  ...packedMmx.map(
    ([name2, code]) => op(name2, `NP 0F ${code} /r`, [mm.rw, LOW_UNPACKS.has(name2) ? mmm32.r : mmm64.r], semantics(name2), attributes)
  ),
  ...packedShifts.flatMap((shift2) => [
    op(shift2.name, `NP 0F ${shift2.byRegister} /r`, [mm.rw, mmm64.r], shiftMmx(shift2, false), attributes),
    op(shift2.name, `NP 0F ${shift2.byImmediate} ib mod=3`, [mmm64.rw, imm8.r], shiftMmx(shift2, true), attributes)
  ])
]);

// ../pc/src/cpu/emulated/isa/semantics/shift.ts
var bool2 = (e, v) => e.ne(v, e.i64(0));
var bit2 = (e, v, n2) => e.and(e.shrU(v, n2), e.i64(1));
function maskedCount(e, x, size) {
  return e.and(x.get(x.count - 1), e.i64(size === 64 ? 63 : 31));
}
function shift(compute2) {
  return (e, x) => {
    const { size } = x;
    const c = maskedCount(e, x, size);
    const a = x.getForUpdate(0);
    const { r: r2, cf, of } = compute2(e, size, a, c);
    x.set(0, r2);
    e.if(bool2(e, c), () => {
      const carry = e.and(cf, e.i64(1));
      e.flagsSet(size, r2, bool2(e, carry), bool2(e, of(r2)), e.i32(0));
    });
  };
}
var shl = shift((e, size, a, c) => {
  const wide = e.shl(a, c);
  const cf = size === 64 ? e.shrU(a, e.sub(e.i64(64), c)) : e.shrU(wide, size);
  return { r: e.zext(wide, size), cf, of: (r2) => e.xor(bit2(e, r2, size - 1), e.and(cf, e.i64(1))) };
});
var shr = shift((e, size, a, c) => ({
  r: e.shrU(a, c),
  cf: e.shrU(a, e.sub(c, e.i64(1))),
  of: () => bit2(e, a, size - 1)
}));
var sar = shift((e, size, a, c) => {
  const signed2 = e.sext(a, size);
  return { r: e.zext(e.shrS(signed2, c), size), cf: e.shrS(signed2, e.sub(c, e.i64(1))), of: () => e.i64(0) };
});
function rotatedLeft(e, size, a, c) {
  if (size === 64) return e.op("i64.rotl", "i64", [a, c]);
  return e.zext(e.or(e.shl(a, c), e.shrU(a, e.sub(e.i64(size), c))), size);
}
function rotate(left) {
  return (e, x) => {
    const { size } = x;
    const masked2 = maskedCount(e, x, size);
    const a = x.getForUpdate(0);
    const c = size < 32 ? e.and(masked2, e.i64(size - 1)) : masked2;
    const r2 = left ? rotatedLeft(e, size, a, c) : rotatedLeft(e, size, a, e.and(e.sub(e.i64(size), c), e.i64(size - 1)));
    x.set(0, r2);
    e.if(bool2(e, masked2), () => {
      const top = bit2(e, r2, size - 1);
      const cf = left ? e.and(r2, e.i64(1)) : top;
      e.setCfOf(bool2(e, cf), bool2(e, e.xor(top, left ? cf : bit2(e, r2, size - 2))));
    });
  };
}
var rol = rotate(true);
var ror = rotate(false);
function rotateThroughCarry(left) {
  return (e, x) => {
    const { size } = x;
    const masked2 = maskedCount(e, x, size);
    const c = size < 32 ? e.op("i64.rem_u", "i64", [masked2, e.i64(size + 1)]) : masked2;
    const a = x.getForUpdate(0);
    const carry = e.fromBool(e.cf());
    const r2 = e.variable("i64", a);
    const cf = e.variable("i64", carry);
    e.if(bool2(e, c), () => {
      const before = e.sub(c, e.i64(1));
      const rest = e.sub(e.i64(size), c);
      if (left) {
        const around = e.shrU(e.shrU(a, 1), rest);
        e.set(r2, e.zext(e.or(e.or(e.shl(a, c), e.shl(carry, before)), around), size));
        e.set(cf, e.and(e.shrU(a, rest), e.i64(1)));
      } else {
        const around = e.shl(e.shl(a, 1), rest);
        e.set(r2, e.zext(e.or(e.or(e.shrU(a, c), e.shl(carry, rest)), around), size));
        e.set(cf, e.and(e.shrU(a, before), e.i64(1)));
      }
    });
    const result = e.get(r2);
    x.set(0, result);
    e.if(bool2(e, masked2), () => {
      const top = bit2(e, result, size - 1);
      const newCf = e.get(cf);
      e.setCfOf(bool2(e, newCf), bool2(e, e.xor(top, left ? newCf : bit2(e, result, size - 2))));
    });
  };
}
var rcl = rotateThroughCarry(true);
var rcr = rotateThroughCarry(false);
function doubleShift(left) {
  return (e, x) => {
    const { size } = x;
    const c = maskedCount(e, x, size);
    const a = x.getForUpdate(0);
    const b = x.get(1);
    const r2 = e.variable("i64", a);
    const before = e.sub(c, e.i64(1));
    e.if(bool2(e, c), () => {
      const rest = e.sub(e.i64(64), c);
      if (size === 64) {
        e.set(r2, left ? e.or(e.shl(a, c), e.shrU(b, rest)) : e.or(e.shrU(a, c), e.shl(b, rest)));
      } else if (size === 32) {
        e.set(r2, left ? e.zext(e.shrU(e.shl(join(e, a, b, 32), c), 32), 32) : e.zext(e.shrU(join(e, b, a, 32), c), 32));
      } else {
        const wide = around16(e, a, b);
        e.set(r2, e.zext(left ? e.shrU(e.shl(wide, c), 32) : e.shrU(wide, c), 16));
      }
    });
    const result = e.get(r2);
    x.set(0, result);
    e.if(bool2(e, c), () => {
      let cf;
      if (left && size === 16) cf = e.shrU(e.shl(around16(e, a, b), before), 47);
      else if (left) cf = e.shrU(a, e.sub(e.i64(size), c));
      else if (size === 16) cf = e.shrU(around16(e, a, b), before);
      else cf = e.shrU(a, before);
      const of = e.xor(bit2(e, result, size - 1), bit2(e, a, size - 1));
      e.flagsSet(size, result, bool2(e, e.and(cf, e.i64(1))), bool2(e, of), e.i32(0));
    });
  };
}
function join(e, high, low, bits2) {
  return e.or(e.shl(high, bits2), low);
}
function around16(e, a, b) {
  return e.or(e.or(e.shl(a, 32), e.shl(b, 16)), a);
}
var shld = doubleShift(true);
var shrd = doubleShift(false);

// ../pc/src/cpu/emulated/isa/shift.ts
var ROTATE = { flags: "OC", flagsRead: "C" };
var SHIFT = { flags: "OSZAPC", flagsRead: "OSZAPC", flagsUndefined: "OA" };
var GROUP2 = [
  ["rol", rol, ROTATE],
  ["ror", ror, ROTATE],
  ["rcl", rcl, ROTATE],
  ["rcr", rcr, ROTATE],
  ["shl", shl, SHIFT],
  ["shr", shr, SHIFT],
  ["shl", shl, SHIFT],
  ["sar", sar, SHIFT]
];
var shifts = family("shift", [
  ...GROUP2.flatMap(([name2, semantics2, flags2], n2) => [
    op(name2, `C0 /${n2} ib`, [rm82.rw, imm82.r], semantics2, flags2),
    op(name2, `C1 /${n2} ib`, [rmv2.rw, imm82.r], semantics2, flags2),
    op(name2, `D0 /${n2}`, [rm82.rw, one.r], semantics2, flags2),
    op(name2, `D1 /${n2}`, [rmv2.rw, one.r], semantics2, flags2),
    op(name2, `D2 /${n2}`, [rm82.rw, cl.r], semantics2, flags2),
    op(name2, `D3 /${n2}`, [rmv2.rw, cl.r], semantics2, flags2)
  ]),
  op("shld", "0F A4 /r ib", [rmv2.rw, rv.r, imm82.r], shld, SHIFT),
  op("shld", "0F A5 /r", [rmv2.rw, rv.r, cl.r], shld, SHIFT),
  op("shrd", "0F AC /r ib", [rmv2.rw, rv.r, imm82.r], shrd, SHIFT),
  op("shrd", "0F AD /r", [rmv2.rw, rv.r, cl.r], shrd, SHIFT)
]);

// ../pc/src/cpu/emulated/isa/io.ts
var imm83 = operand("imm8");
var io = family("io", [
  op("in", "E4 ib", [imm83.r], "inImm8", { intercept: "io" }),
  op("in", "E5 ib", [imm83.r], "inImm", { intercept: "io", sized: true }),
  op("in", "EC", [], "inDx8", { intercept: "io" }),
  op("in", "ED", [], "inDx", { intercept: "io", sized: true }),
  op("out", "E6 ib", [imm83.r], "outImm8", { intercept: "io" }),
  op("out", "E7 ib", [imm83.r], "outImm", { intercept: "io", sized: true }),
  op("out", "EE", [], "outDx8", { intercept: "io" }),
  op("out", "EF", [], "outDx", { intercept: "io", sized: true })
]);

// ../pc/src/cpu/emulated/isa/semantics/x87.ts
var fnstcw = (e, x) => x.set(0, toI64(e, e.state("FCW", "i32")));
var fnstsw = (e, x) => {
  const top = e.op("i32.shl", "i32", [e.state("FPU_TOP", "i32"), e.i32(11)]);
  x.set(0, toI64(e, e.op("i32.or", "i32", [e.state("FSW", "i32"), top])));
};
var fldcw = (e, x) => {
  x87Wait(e);
  e.call("x87Fldcw", "void", [toI32(e, x.get(0))]);
};
var fnop = (e) => x87Wait(e);
var fwait = (e) => x87Wait(e);
var arithmeticMemory = (operation, format) => (e, x) => {
  x87Wait(e);
  const value = x.get(0);
  e.call("x87ArithmeticMemory", "void", [e.i32(operation), e.i32(format), value]);
};
var compareMemory = (format, pops) => (e, x) => {
  x87Wait(e);
  const value = x.get(0);
  e.call("x87CompareMemory", "void", [e.i32(format), value, e.i32(pops)]);
};
var arithmetic = (operation, how) => (e) => e.call("x87Arithmetic", "void", [e.i32(operation), e.i32(how)]);
var compare2 = (quiet, pops) => (e) => e.call("x87Compare", "void", [e.i32(quiet ? 1 : 0), e.i32(pops)]);
var compareFlags2 = (quiet, pops) => (e) => e.call("x87CompareFlags", "void", [e.i32(quiet ? 1 : 0), e.i32(pops)]);
var load = (format) => (e, x) => {
  x87Wait(e);
  const value = x.get(0);
  e.call("x87Load", "void", [e.i32(format), value]);
};
var callWith = (name2, argument) => (e) => e.call(name2, "void", [e.i32(argument)]);
var fcmov = (cc) => (e) => e.call("x87Fcmov", "void", [e.condition(cc)]);
var constant = (signExponent, mantissa) => (e) => e.call("x87Constant", "void", [e.i32(signExponent), e.i64(mantissa)]);

// ../pc/src/cpu/emulated/isa/fpu-state.ts
var fpu = { unit: "fpu", feature: "fpu" };
var xsave = { feature: "xsave" };
var fxsr = { unit: "fpu", feature: "fxsr" };
var fpuState = family("fpuState", [
  op("fwait", "9B", [], fwait, { unit: "fwait", feature: "fpu" }),
  op("fldenv", "D9 /4 mod=m", [m.r], "x87Fldenv", fpu),
  op("fldcw", "D9 /5 mod=m", [m16.r], fldcw, fpu),
  op("fnstenv", "D9 /6 mod=m", [m.w], "x87Fnstenv", fpu),
  op("fnstcw", "D9 /7 mod=m", [m16.w], fnstcw, fpu),
  op("frstor", "DD /4 mod=m", [m.r], "x87Frstor", fpu),
  op("fnsave", "DD /6 mod=m", [m.w], "x87Fnsave", fpu),
  op("fnstsw", "DD /7 mod=m", [m16.w], fnstsw, fpu),
  op("fnstsw", "DF /4 mod=3 rm=0", [ax.w], fnstsw, fpu),
  op("fnop", "D9 /2 mod=3 rm=0", [], fnop, fpu),
  // relics of the 8087 and 80287: they do nothing and wait for nothing (SDM vol. 3, 22.18.9)
  op("feni", "DB /4 mod=3 rm=0", [], nothing, fpu),
  op("fdisi", "DB /4 mod=3 rm=1", [], nothing, fpu),
  op("fnclex", "DB /4 mod=3 rm=2", [], "x87Fnclex", fpu),
  op("fninit", "DB /4 mod=3 rm=3", [], "x87Fninit", fpu),
  op("fsetpm", "DB /4 mod=3 rm=4", [], nothing, fpu),
  op("fxsave", "NP 0F AE /0 mod=m rex.w0", [m.w], "x87Fxsave", fxsr),
  op("fxsave64", "NP 0F AE /0 mod=m rex.w", [m.w], "x87Fxsave64", fxsr),
  op("fxrstor", "NP 0F AE /1 mod=m rex.w0", [m.r], "x87Fxrstor", fxsr),
  op("fxrstor64", "NP 0F AE /1 mod=m rex.w", [m.r], "x87Fxrstor64", fxsr),
  // the XSAVE family looks at CR4.OSXSAVE and CR0.TS itself
  op("xsave", "NP 0F AE /4 mod=m rex.w0", [m.rw], "x87Xsave", xsave),
  op("xsave64", "NP 0F AE /4 mod=m rex.w", [m.rw], "x87Xsave64", xsave),
  op("xrstor", "NP 0F AE /5 mod=m rex.w0", [m.r], "x87Xrstor", xsave),
  op("xrstor64", "NP 0F AE /5 mod=m rex.w", [m.r], "x87Xrstor64", xsave),
  op("xsaveopt", "NP 0F AE /6 mod=m rex.w0", [m.rw], "x87Xsave", { feature: "xsaveopt" }),
  op("xsaveopt64", "NP 0F AE /6 mod=m rex.w", [m.rw], "x87Xsave64", { feature: "xsaveopt" }),
  op("xsavec", "NP 0F C7 /4 mod=m rex.w0", [m.w], "x87Xsavec", { feature: "xsavec" }),
  op("xsavec64", "NP 0F C7 /4 mod=m rex.w", [m.w], "x87Xsavec64", { feature: "xsavec" })
]);

// ../pc/src/cpu/emulated/isa/system.ts
var rm162 = operand("rm16");
var rmv3 = operand("rmv");
var rv2 = operand("rv");
var r16 = operand("r16");
var ry3 = operand("ry");
var rmy3 = operand("rmy");
var rm642 = operand("rm64");
var m3 = operand("m");
var m82 = operand("m8");
var m1283 = operand("m128");
var mfar2 = operand("mfar");
var sreg2 = operand("sreg");
var cr = operand("cr");
var dr = operand("dr");
var END = { endsBlock: true };
var PRIVILEGED = { cpl: 0 };
var PRIVILEGED_END = { cpl: 0, endsBlock: true };
var segments = family("segments", [
  op("mov", "8E /r", [sreg2.w, rm162.r], "moveToSegment", END),
  op("pop", "07", [], "popEs", { ...END, no64: true, sized: true }),
  op("pop", "17", [], "popSs", { ...END, no64: true, sized: true }),
  op("pop", "1F", [], "popDs", { ...END, no64: true, sized: true }),
  op("pop", "0F A1", [], "popFs", { ...END, default64: true, sized: true }),
  op("pop", "0F A9", [], "popGs", { ...END, default64: true, sized: true }),
  op("les", "C4 /r mod=m", [rv2.w, mfar2.r], "les", { ...END, no64: true }),
  op("lds", "C5 /r mod=m", [rv2.w, mfar2.r], "lds", { ...END, no64: true }),
  op("lss", "0F B2 /r mod=m", [rv2.w, mfar2.r], "lss", END),
  op("lfs", "0F B4 /r mod=m", [rv2.w, mfar2.r], "lfs", END),
  op("lgs", "0F B5 /r mod=m", [rv2.w, mfar2.r], "lgs", END)
]);
var system = family("system", [
  op("mov", "0F 20 /r", [rmy3.w, cr.r], "movFromCr", { ...PRIVILEGED, intercept: "cr-read" }),
  op("mov", "0F 22 /r", [cr.w, rmy3.r], "movToCr", { ...PRIVILEGED_END, intercept: "cr-write" }),
  op("mov", "0F 21 /r", [rmy3.w, dr.r], "movFromDr", { intercept: "dr-read" }),
  op("mov", "0F 23 /r", [dr.w, rmy3.r], "movToDr", { ...END, intercept: "dr-write" }),
  op("lmsw", "0F 01 /6", [rm162.r], "lmsw", { ...PRIVILEGED_END, intercept: "cr-write" }),
  op("smsw", "0F 01 /4", [rmv3.w], "smsw", { intercept: "cr-read" }),
  op("clts", "0F 06", [], "clts", { ...PRIVILEGED_END, intercept: "cr-write" }),
  op("sgdt", "0F 01 /0 mod=m", [m3.w], "sgdt", { intercept: "gdtr-idtr-read" }),
  op("sidt", "0F 01 /1 mod=m", [m3.w], "sidt", { intercept: "gdtr-idtr-read" }),
  op("lgdt", "0F 01 /2 mod=m", [m3.r], "lgdt", { ...PRIVILEGED, intercept: "gdtr-idtr-write", sized: true }),
  op("lidt", "0F 01 /3 mod=m", [m3.r], "lidt", { ...PRIVILEGED, intercept: "gdtr-idtr-write", sized: true }),
  op("sldt", "0F 00 /0", [rmv3.w], "sldt", { protectedOnly: true, intercept: "ldtr-tr-read" }),
  op("str", "0F 00 /1", [rmv3.w], "str", { protectedOnly: true, intercept: "ldtr-tr-read" }),
  op("lldt", "0F 00 /2", [rm162.r], "lldt", { ...PRIVILEGED, protectedOnly: true, intercept: "ldtr-tr-write" }),
  op("ltr", "0F 00 /3", [rm162.r], "ltr", { ...PRIVILEGED, protectedOnly: true, intercept: "ldtr-tr-write" }),
  op("verr", "0F 00 /4", [rm162.r], "verr", { protectedOnly: true, flags: "Z" }),
  op("verw", "0F 00 /5", [rm162.r], "verw", { protectedOnly: true, flags: "Z" }),
  op("lar", "0F 02 /r", [rv2.w, rm162.r], "lar", { protectedOnly: true, flags: "Z" }),
  op("lsl", "0F 03 /r", [rv2.w, rm162.r], "lsl", { protectedOnly: true, flags: "Z" }),
  op("arpl", "63 /r", [rm162.rw, r16.r], "arpl", { protectedOnly: true, no64: true, flags: "Z" }),
  op("hlt", "F4", [], "hlt", { ...PRIVILEGED_END, intercept: "hlt" }),
  op("rsm", "0F AA", [], "rsm", END),
  op("cli", "FA", [], "cli"),
  op("sti", "FB", [], "sti", END),
  op("popf", "9D", [], "popf", { ...END, default64: true, sized: true, flags: "OSZAPC", intercept: "popf" }),
  op("clac", "NP 0F 01 /1 mod=3 rm=2", [], "clac", { ...END, feature: "smap" }),
  op("stac", "NP 0F 01 /1 mod=3 rm=3", [], "stac", { ...END, feature: "smap" }),
  op("invd", "0F 08", [], "cacheControl", { ...PRIVILEGED, intercept: "invd" }),
  op("wbinvd", "0F 09", [], "cacheControl", { ...PRIVILEGED, intercept: "wbinvd" }),
  op("invlpg", "0F 01 /7 mod=m", [m3.none], "invlpg", { ...PRIVILEGED_END, intercept: "invlpg" }),
  op("invpcid", "66 0F 38 82 /r mod=m", [ry3.r, m1283.r], "invpcid", {
    ...PRIVILEGED_END,
    protectedOnly: true,
    feature: "invpcid",
    intercept: "invpcid"
  }),
  op("cpuid", "0F A2", [], "cpuid", { intercept: "cpuid" }),
  op("rdtsc", "0F 31", [], "rdtsc", { feature: "tsc", intercept: "rdtsc" }),
  op("rdtscp", "0F 01 /7 mod=3 rm=1", [], "rdtscp", { feature: "rdtscp", intercept: "rdtscp" }),
  op("rdpid", "F3 0F C7 /7 mod=3", [rm642.w], "rdpid", { feature: "rdpid", default64: "force" }),
  op("rdrand", "NP 0F C7 /6 mod=3", [rmv3.w], "rdrand", { feature: "rdrand", flags: "OSZAPC", intercept: "rdrand" }),
  op("rdrand", "66 0F C7 /6 mod=3", [rm162.w], "rdrand16", { feature: "rdrand", flags: "OSZAPC", intercept: "rdrand" }),
  op("rdseed", "NP 0F C7 /7 mod=3", [rmv3.w], "rdrand", { feature: "rdseed", flags: "OSZAPC", intercept: "rdseed" }),
  op("rdseed", "66 0F C7 /7 mod=3", [rm162.w], "rdrand16", { feature: "rdseed", flags: "OSZAPC", intercept: "rdseed" }),
  op("clflushopt", "66 0F AE /7 mod=m", [m82.r], "touchLine", { feature: "clflushopt" }),
  op("clwb", "66 0F AE /6 mod=m", [m82.r], "touchLine", { feature: "clwb" }),
  op("rdpmc", "0F 33", [], "rdpmc", { feature: "msr", intercept: "rdpmc" }),
  op("rdmsr", "0F 32", [], "rdmsr", { ...PRIVILEGED, feature: "msr", intercept: "msr-read" }),
  op("wrmsr", "0F 30", [], "wrmsr", { ...PRIVILEGED_END, feature: "msr", intercept: "msr-write" }),
  op("swapgs", "0F 01 /7 mod=3 rm=0", [], "swapgs", { ...PRIVILEGED, only64: true }),
  op("rdfsbase", "F3 0F AE /0 mod=3", [rmy3.w], "rdfsbase", { only64: true, feature: "fsgsbase", sized: true }),
  op("rdgsbase", "F3 0F AE /1 mod=3", [rmy3.w], "rdgsbase", { only64: true, feature: "fsgsbase", sized: true }),
  op("wrfsbase", "F3 0F AE /2 mod=3", [rmy3.r], "wrfsbase", { only64: true, feature: "fsgsbase", sized: true }),
  op("wrgsbase", "F3 0F AE /3 mod=3", [rmy3.r], "wrgsbase", { only64: true, feature: "fsgsbase", sized: true }),
  op("monitor", "0F 01 /1 mod=3 rm=0", [], "monitor", { ...PRIVILEGED, feature: "monitor", intercept: "monitor" }),
  op("mwait", "0F 01 /1 mod=3 rm=1", [], "mwait", { ...PRIVILEGED_END, feature: "monitor", intercept: "mwait" }),
  op("xgetbv", "NP 0F 01 /2 mod=3 rm=0", [], "xgetbv", { feature: "xsave" }),
  op("xsetbv", "NP 0F 01 /2 mod=3 rm=1", [], "xsetbv", { ...END, feature: "xsave", intercept: "xsetbv" }),
  op("rdpkru", "NP 0F 01 /5 mod=3 rm=6", [], "rdpkru", { feature: "pku" }),
  op("wrpkru", "NP 0F 01 /5 mod=3 rm=7", [], "wrpkru", { ...END, feature: "pku" })
]);

// ../pc/src/cpu/emulated/isa/transfer.ts
var imm84 = operand("imm8");
var imm162 = operand("imm16");
var mfar3 = operand("mfar");
var ptrfar = operand("ptrfar");
var END2 = { endsBlock: true };
var transfer = family("transfer", [
  op("call", "9A", [ptrfar.r], "callFarDirect", { ...END2, no64: true, sized: true }),
  op("jmp", "EA", [ptrfar.r], "jmpFarDirect", { ...END2, no64: true, sized: true }),
  op("call", "FF /3 mod=m", [mfar3.r], "callFarIndirect", { ...END2, sized: true }),
  op("jmp", "FF /5 mod=m", [mfar3.r], "jmpFarIndirect", { ...END2, sized: true }),
  op("retf", "CA iw", [imm162.r], "retFar", { ...END2, sized: true }),
  op("retf", "CB", [], "retFarPlain", { ...END2, sized: true }),
  op("iret", "CF", [], "iret", { ...END2, sized: true, flags: "OSZAPC", intercept: "iret" }),
  op("int3", "CC", [], "int3", END2),
  op("int", "CD ib", [imm84.r], "intN", { ...END2, intercept: "int" }),
  op("into", "CE", [], "intOverflow", { ...END2, no64: true, flagsRead: "O" }),
  op("int1", "F1", [], "int1", { ...END2, intercept: "int1" }),
  op("syscall", "0F 05", [], "syscall", { ...END2, feature: "syscall" }),
  op("sysret", "0F 07", [], "sysret", { ...END2, sized: true, flags: "OSZAPC", feature: "syscall" }),
  op("sysenter", "0F 34", [], "sysenter", { ...END2, feature: "sep" }),
  op("sysexit", "0F 35", [], "sysexit", { ...END2, sized: true, feature: "sep" })
]);

// ../pc/src/cpu/emulated/isa/x87.ts
var fpu2 = { unit: "fpu", feature: "fpu" };
var cmov = { unit: "fpu", feature: "cmov", flagsRead: "OSZAPC" };
var comi = { unit: "fpu", feature: "cmov", flags: "OSZAPC" };
var sse32 = { unit: "fpu", feature: "sse3" };
var GROUP = ["fadd", "fmul", "fcom", "fcomp", "fsub", "fsubr", "fdiv", "fdivr"];
var isCompare = (operation) => operation === X87_COM || operation === X87_COMP;
function groupMemory(opcode, operand2, format, integer2) {
  return GROUP.map(
    (name2, operation) => op(
      integer2 ? `fi${name2.slice(1)}` : name2,
      `${opcode} /${operation} mod=m`,
      [operand2.r],
      isCompare(operation) ? compareMemory(format, operation === X87_COMP ? 1 : 0) : arithmeticMemory(operation, format),
      fpu2
    )
  );
}
var REVERSED = { fsub: "fsubr", fsubr: "fsub", fdiv: "fdivr", fdivr: "fdiv" };
var into = (opcode, how, suffix) => GROUP.flatMap(
  (name2, operation) => isCompare(operation) ? [] : [
    op(
      (REVERSED[name2] ?? name2) + suffix,
      `${opcode} /${operation} mod=3`,
      [sti.rw, st.r],
      arithmetic(operation, how),
      fpu2
    )
  ]
);
var CONSTANTS = [
  ["fld1", 16383, 0x8000000000000000n, false, false],
  ["fldl2t", 16384, 0xd49a784bcd1b8afen, false, true],
  ["fldl2e", 16383, 0xb8aa3b295c17f0bbn, true, true],
  ["fldpi", 16384, 0xc90fdaa22168c234n, true, true],
  ["fldlg2", 16381, 0x9a209a84fbcff798n, true, true],
  ["fldln2", 16382, 0xb17217f7d1cf79abn, true, true],
  ["fldz", 0, 0n, false, false]
];
var alone = (name2, encoding, slow) => op(name2, `${encoding}`, [], slow, fpu2);
var x87 = family("x87", [
  ...groupMemory("D8", m32, X87_M32, false),
  ...groupMemory("DC", m64, X87_M64, false),
  ...groupMemory("DA", m32, X87_I32, true),
  ...groupMemory("DE", m16, X87_I16, true),
  ...GROUP.map(
    (name2, operation) => op(
      name2,
      `D8 /${operation} mod=3`,
      [st.rw, sti.r],
      isCompare(operation) ? compare2(false, operation - X87_COM) : arithmetic(operation, 0),
      fpu2
    )
  ),
  ...into("DC", 1, ""),
  ...into("DE", 3, "p"),
  // D9
  op("fld", "D9 /0 mod=m", [m32.r], load(X87_M32), fpu2),
  op("fst", "D9 /2 mod=m", [m32.w], "x87FstM32", fpu2),
  op("fstp", "D9 /3 mod=m", [m32.w], "x87FstpM32", fpu2),
  op("fld", "D9 /0 mod=3", [sti.r], "x87FldSti", fpu2),
  op("fxch", "D9 /1 mod=3", [sti.rw], "x87Fxch", fpu2),
  op("fstp", "D9 /3 mod=3", [sti.w], "x87Fstp1", fpu2),
  op("fchs", "D9 /4 mod=3 rm=0", [], callWith("x87Sign", 1), fpu2),
  op("fabs", "D9 /4 mod=3 rm=1", [], callWith("x87Sign", 0), fpu2),
  alone("ftst", "D9 /4 mod=3 rm=4", "x87Ftst"),
  alone("fxam", "D9 /4 mod=3 rm=5", "x87Fxam"),
  ...CONSTANTS.map(
    ([name2, exponent, mantissa, nearestIsUp, inexact], rm) => op(
      name2,
      `D9 /5 mod=3 rm=${rm}`,
      [],
      constant(exponent | (nearestIsUp ? 65536 : 0) | (inexact ? 131072 : 0), mantissa),
      fpu2
    )
  ),
  alone("f2xm1", "D9 /6 mod=3 rm=0", "x87F2xm1"),
  alone("fyl2x", "D9 /6 mod=3 rm=1", "x87Fyl2x"),
  alone("fptan", "D9 /6 mod=3 rm=2", "x87Fptan"),
  alone("fpatan", "D9 /6 mod=3 rm=3", "x87Fpatan"),
  alone("fxtract", "D9 /6 mod=3 rm=4", "x87Fxtract"),
  alone("fprem1", "D9 /6 mod=3 rm=5", "x87Fprem1"),
  op("fdecstp", "D9 /6 mod=3 rm=6", [], callWith("x87MoveTop", -1), fpu2),
  op("fincstp", "D9 /6 mod=3 rm=7", [], callWith("x87MoveTop", 1), fpu2),
  alone("fprem", "D9 /7 mod=3 rm=0", "x87Fprem"),
  alone("fyl2xp1", "D9 /7 mod=3 rm=1", "x87Fyl2xp1"),
  alone("fsqrt", "D9 /7 mod=3 rm=2", "x87Fsqrt"),
  alone("fsincos", "D9 /7 mod=3 rm=3", "x87Fsincos"),
  alone("frndint", "D9 /7 mod=3 rm=4", "x87Frndint"),
  alone("fscale", "D9 /7 mod=3 rm=5", "x87Fscale"),
  alone("fsin", "D9 /7 mod=3 rm=6", "x87Fsin"),
  alone("fcos", "D9 /7 mod=3 rm=7", "x87Fcos"),
  // DA
  op("fcmovb", "DA /0 mod=3", [st.rw, sti.r], fcmov(2), cmov),
  op("fcmove", "DA /1 mod=3", [st.rw, sti.r], fcmov(4), cmov),
  op("fcmovbe", "DA /2 mod=3", [st.rw, sti.r], fcmov(6), cmov),
  op("fcmovu", "DA /3 mod=3", [st.rw, sti.r], fcmov(10), cmov),
  op("fucompp", "DA /5 mod=3 rm=1", [], compare2(true, 2), fpu2),
  // DB
  op("fild", "DB /0 mod=m", [m32.r], load(X87_I32), fpu2),
  op("fisttp", "DB /1 mod=m", [m32.w], "x87FisttpM32", sse32),
  op("fist", "DB /2 mod=m", [m32.w], "x87FistM32", fpu2),
  op("fistp", "DB /3 mod=m", [m32.w], "x87FistpM32", fpu2),
  op("fld", "DB /5 mod=m", [m80.r], "x87FldM80", fpu2),
  op("fstp", "DB /7 mod=m", [m80.w], "x87FstpM80", fpu2),
  op("fcmovnb", "DB /0 mod=3", [st.rw, sti.r], fcmov(3), cmov),
  op("fcmovne", "DB /1 mod=3", [st.rw, sti.r], fcmov(5), cmov),
  op("fcmovnbe", "DB /2 mod=3", [st.rw, sti.r], fcmov(7), cmov),
  op("fcmovnu", "DB /3 mod=3", [st.rw, sti.r], fcmov(11), cmov),
  op("fucomi", "DB /5 mod=3", [st.r, sti.r], compareFlags2(true, 0), comi),
  op("fcomi", "DB /6 mod=3", [st.r, sti.r], compareFlags2(false, 0), comi),
  // DC: aliases that every part since the 387 decodes
  op("fcom", "DC /2 mod=3", [st.r, sti.r], compare2(false, 0), fpu2),
  op("fcomp", "DC /3 mod=3", [st.r, sti.r], compare2(false, 1), fpu2),
  // DD
  op("fld", "DD /0 mod=m", [m64.r], load(X87_M64), fpu2),
  op("fisttp", "DD /1 mod=m", [m64.w], "x87FisttpM64", sse32),
  op("fst", "DD /2 mod=m", [m64.w], "x87FstM64", fpu2),
  op("fstp", "DD /3 mod=m", [m64.w], "x87FstpM64", fpu2),
  op("ffree", "DD /0 mod=3", [sti.w], callWith("x87Ffree", 0), fpu2),
  op("fxch", "DD /1 mod=3", [sti.rw], "x87Fxch", fpu2),
  op("fst", "DD /2 mod=3", [sti.w], callWith("x87FstSti", 0), fpu2),
  op("fstp", "DD /3 mod=3", [sti.w], callWith("x87FstSti", 1), fpu2),
  op("fucom", "DD /4 mod=3", [sti.r], compare2(true, 0), fpu2),
  op("fucomp", "DD /5 mod=3", [sti.r], compare2(true, 1), fpu2),
  // DE
  op("fcomp", "DE /2 mod=3", [st.r, sti.r], compare2(false, 1), fpu2),
  op("fcompp", "DE /3 mod=3 rm=1", [], compare2(false, 2), fpu2),
  // DF
  op("fild", "DF /0 mod=m", [m16.r], load(X87_I16), fpu2),
  op("fisttp", "DF /1 mod=m", [m16.w], "x87FisttpM16", sse32),
  op("fist", "DF /2 mod=m", [m16.w], "x87FistM16", fpu2),
  op("fistp", "DF /3 mod=m", [m16.w], "x87FistpM16", fpu2),
  op("fbld", "DF /4 mod=m", [m80.r], "x87Fbld", fpu2),
  op("fild", "DF /5 mod=m", [m64.r], load(X87_I64), fpu2),
  op("fbstp", "DF /6 mod=m", [m80.w], "x87Fbstp", fpu2),
  op("fistp", "DF /7 mod=m", [m64.w], "x87FistpM64", fpu2),
  op("ffreep", "DF /0 mod=3", [sti.w], callWith("x87Ffree", 1), fpu2),
  op("fxch", "DF /1 mod=3", [sti.rw], "x87Fxch", fpu2),
  op("fstp", "DF /2 mod=3", [sti.w], callWith("x87FstSti", 1), fpu2),
  op("fstp", "DF /3 mod=3", [sti.w], callWith("x87FstSti", 1), fpu2),
  op("fucomip", "DF /5 mod=3", [st.r, sti.r], compareFlags2(true, 1), comi),
  op("fcomip", "DF /6 mod=3", [st.r, sti.r], compareFlags2(false, 1), comi)
]);

// ../pc/src/cpu/emulated/isa/semantics/stack.ts
var push = (e, x) => e.push(x.size, x.get(0));
var pop = (e, x) => {
  const value = e.peek(x.size, 0);
  e.addSp(x.size / 8);
  x.set(0, value);
};
var pushSegment = (index) => (e, x) => e.push(x.size, e.and(e.state("SEG", "i64", index), e.i64(65535)));
var pushf = (e, x) => e.push(x.size, e.zext(e.call("pushfImage", "i64", []), x.size));
var jcc = (e, x) => e.branch(e.condition(x.condition));
var jmpRelative = (e) => e.jumpRelative();
var callRelative = (e, x) => {
  e.checkRelative();
  e.push(x.size, e.zext(e.nextRip(), x.size));
  e.jumpRelative();
};
var jmpIndirect = (e, x) => {
  const target = x.get(0);
  e.checkTarget(target);
  e.jump(target);
};
var callIndirect = (e, x) => {
  const target = x.get(0);
  e.checkTarget(target);
  e.push(x.size, e.zext(e.nextRip(), x.size));
  e.jump(target);
};
var ret = (e, x) => {
  const target = e.peek(x.size, 0);
  e.checkTarget(target);
  e.addSp(x.size / 8);
  e.jump(target);
};
var retImmediate = (e, x) => {
  const target = e.peek(x.size, 0);
  e.checkTarget(target);
  e.addSp(x.size / 8);
  e.addSpBy(e.and(x.get(0), e.i64(65535)));
  e.jump(target);
};
var loopWhile = (also) => (e, x) => {
  const size = x.addressSize;
  const count2 = e.zext(e.sub(e.gpr(1, size), e.i64(1)), size);
  const taken = e.ne(e.and(e.fromBool(e.ne(count2, e.i64(0))), also(e)), e.i64(0));
  e.setGpr(1, size, count2);
  e.branch(taken);
};
var ZF = 4;
var loop = loopWhile((e) => e.i64(1));
var loope = loopWhile((e) => e.fromBool(e.condition(ZF)));
var loopne = loopWhile((e) => e.fromBool(e.condition(ZF + 1)));
var jcxz = (e, x) => e.branch(e.eqz(e.gpr(1, x.addressSize)));

// ../pc/src/cpu/emulated/isa/stack.ts
var sized64 = { sized: true, default64: true };
var hex2 = (value) => value.toString(16).padStart(2, "0").toUpperCase();
var stack = family("stack", [
  op("push", "50 +r", [ov.r], push, { default64: true }),
  op("pop", "58 +r", [ov.w], pop, { default64: true }),
  op("push", "FF /6", [rmv2.r], push, { default64: true }),
  op("pop", "8F /0 mod=3", [rmv2.w], pop, { default64: true }),
  op("pop", "8F /0 mod=m", [rmv2.w], "popMemory", { default64: true }),
  op("push", "68 iz", [immz.r], push, { default64: true }),
  op("push", "6A ib", [imm8s.r], push, { default64: true }),
  ...[0, 1, 2, 3].map((i) => op("push", hex2(i * 8 + 6), [], pushSegment(i), { sized: true, no64: true })),
  op("push", "0F A0", [], pushSegment(4), sized64),
  op("push", "0F A8", [], pushSegment(5), sized64),
  op("pusha", "60", [], "pushAll", { sized: true, no64: true }),
  op("popa", "61", [], "popAll", { sized: true, no64: true }),
  op("pushf", "9C", [], pushf, { ...sized64, flagsRead: "OSZAPC", intercept: "pushf" }),
  op("enter", "C8 iw ib", [imm16.r, imm82.r], "enterFrame", sized64),
  op("leave", "C9", [], "leaveFrame", sized64)
]);
var near = { sized: true, default64: "force", endsBlock: true };
var conditions = [...Array(16).keys()];
var control = family("control", [
  ...conditions.map(
    (cc) => op(`j${conditionName(cc)}`, `${hex2(112 + cc)} cb`, [rel8.r], jcc, {
      sized: true,
      default64: "force",
      cc,
      flagsRead: CONDITION_FLAGS[cc]
    })
  ),
  ...conditions.map(
    (cc) => op(`j${conditionName(cc)}`, `0F ${hex2(128 + cc)} cz`, [relz.r], jcc, {
      default64: "force",
      cc,
      flagsRead: CONDITION_FLAGS[cc]
    })
  ),
  op("jmp", "EB cb", [rel8.r], jmpRelative, near),
  op("jmp", "E9 cz", [relz.r], jmpRelative, near),
  op("call", "E8 cz", [relz.r], callRelative, near),
  op("call", "FF /2", [rmv2.r], callIndirect, near),
  op("jmp", "FF /4", [rmv2.r], jmpIndirect, near),
  op("ret", "C2 iw", [imm16.r], retImmediate, near),
  op("ret", "C3", [], ret, near),
  op("loopne", "E0 cb", [rel8.r], loopne, { sized: true, default64: "force", addressSized: true, flagsRead: "Z" }),
  op("loope", "E1 cb", [rel8.r], loope, { sized: true, default64: "force", addressSized: true, flagsRead: "Z" }),
  op("loop", "E2 cb", [rel8.r], loop, { sized: true, default64: "force", addressSized: true }),
  op("jcxz", "E3 cb", [rel8.r], jcxz, { sized: true, default64: "force", addressSized: true }),
  op("nop", "90", [], nothing)
]);

// ../pc/src/cpu/emulated/isa/string.ts
function pair(name2, code, slow, attributes2) {
  const hex3 = (value) => value.toString(16).toUpperCase();
  return [
    op(name2, hex3(code), [], slow, { ...attributes2, size: 8, returnsOp: true }),
    op(name2, hex3(code + 1), [], slow, { ...attributes2, sized: true, returnsOp: true })
  ];
}
var compare3 = { rep: "repe", flags: "OSZAPC" };
var string = family("string", [
  ...pair("movs", 164, "stringMovs", { rep: "rep" }),
  ...pair("cmps", 166, "stringCmps", compare3),
  ...pair("stos", 170, "stringStos", { rep: "rep" }),
  ...pair("lods", 172, "stringLods", { rep: "rep" }),
  ...pair("scas", 174, "stringScas", compare3),
  ...pair("ins", 108, "stringIns", { rep: "rep", intercept: "io" }),
  ...pair("outs", 110, "stringOuts", { rep: "rep", intercept: "io" })
]);

// ../pc/src/cpu/emulated/isa/families.ts
var ROWS = [
  ...arith,
  ...mov2,
  ...stack,
  ...control,
  ...shifts,
  ...bits,
  ...bmi,
  ...adx,
  ...flags,
  ...string,
  ...misc,
  ...sse,
  ...sse2,
  ...mmx4,
  ...sse3,
  ...ssse32,
  ...sse41,
  ...sse42,
  ...sse4a,
  ...crypto,
  ...avx,
  ...avx2,
  ...f16c,
  ...fma,
  ...x87,
  ...fpuState,
  ...io,
  ...system,
  ...segments,
  ...transfer
];

// ../pc/src/cpu/emulated/decoder.ts
var DECODE_OK = 0;
var DECODE_MORE = 1;
var DECODE_UNDEFINED = 2;
var DECODE_TOO_LONG = 3;
var CODE_16 = 16;
var CODE_32 = 32;
var CODE_64 = 64;
var NO_REGISTER = -1;
var BASE_RIP = 16;
var LENGTH_MAX = 15;
var SEG_SS = 2;
var SEG_DS = 3;
var Instruction = class _Instruction {
  compiled;
  length = 0;
  /** 16, 32, 64 for sized rows by prefix, else the row's own size. */
  size = 32;
  addressSize = 32;
  form = FORM_REGISTER;
  hasLock = false;
  /** 0, 0xf2 or 0xf3. */
  rep = 0;
  /** Segment of the memory operand, override applied. */
  segment = SEG_DS;
  hasRex = false;
  rexW = false;
  /** ModRM.reg with REX.R. */
  reg = 0;
  /** ModRM.rm with REX.B, or the opcode's register with REX.B. */
  rm = 0;
  /** A memory operand: GPR numbers, NO_REGISTER or BASE_RIP. */
  base = NO_REGISTER;
  index = NO_REGISTER;
  scale = 0;
  displacement = 0;
  /** Immediates in order, sign-extended as their kinds say: low and high half. */
  immLow = 0;
  immHigh = 0;
  imm2 = 0;
  /** Register of VEX.vvvv. */
  vvvv = 0;
  /** Register in the high half of an immediate byte, or the vector index of a memory operand. */
  is4 = 0;
  copy() {
    const copy = new _Instruction();
    copy.compiled = this.compiled;
    copy.length = this.length;
    copy.size = this.size;
    copy.addressSize = this.addressSize;
    copy.form = this.form;
    copy.hasLock = this.hasLock;
    copy.rep = this.rep;
    copy.segment = this.segment;
    copy.hasRex = this.hasRex;
    copy.rexW = this.rexW;
    copy.reg = this.reg;
    copy.rm = this.rm;
    copy.base = this.base;
    copy.index = this.index;
    copy.scale = this.scale;
    copy.displacement = this.displacement;
    copy.immLow = this.immLow;
    copy.immHigh = this.immHigh;
    copy.imm2 = this.imm2;
    copy.vvvv = this.vvvv;
    copy.is4 = this.is4;
    return copy;
  }
};
var BASES_16 = [3, 3, 5, 5, 6, 7, 5, 3];
var INDICES_16 = [6, 7, 6, 7, NO_REGISTER, NO_REGISTER, NO_REGISTER, NO_REGISTER];
var isControlRegisterMove = (kind) => kind === "cr" || kind === "dr";
var allRows;
function compiledRows() {
  return allRows ??= compileRows(ROWS);
}
var Decoder = class {
  rows;
  instruction = new Instruction();
  #table32;
  #table64;
  #ignoresMod;
  #code = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #is64 = false;
  /** The last SIB byte. */
  #sib = 0;
  /** `hasFeature`: CPUID says so; rows without their feature are #UD. */
  constructor(hasFeature2 = () => true) {
    this.rows = compiledRows();
    const usable = this.rows.filter(
      ({ row }) => row.attributes.feature === void 0 || row.attributes.feature.split("+").every(hasFeature2)
    );
    this.#table32 = lookupTable(usable.filter(({ row }) => row.attributes.only64 !== true));
    this.#table64 = lookupTable(usable.filter(({ row }) => row.attributes.no64 !== true));
    this.#ignoresMod = new Set(
      this.rows.filter(({ row }) => row.operands.some((operand2) => isControlRegisterMove(operand2.kind)))
    );
  }
  /** Decodes what starts at code[at]; code[end] must not be looked at. The result is in `instruction`. */
  decode(code, at, end, codeSize) {
    const result = this.#decode(code, at, Math.min(end, at + LENGTH_MAX), codeSize);
    this.instruction.length = this.#at - at;
    if (result === DECODE_MORE && end - at >= LENGTH_MAX) return DECODE_TOO_LONG;
    return result;
  }
  #decode(code, at, end, codeSize) {
    const x = this.instruction;
    const is64 = codeSize === CODE_64;
    this.#code = code;
    this.#end = end;
    this.#is64 = is64;
    let has66 = false;
    let has67 = false;
    let override = -1;
    let rex = 0;
    let byte = 0;
    x.hasLock = false;
    x.rep = 0;
    for (; ; ) {
      if (at >= end) return this.#stop(at);
      byte = code[at++];
      if (is64 && (byte & 240) === 64) {
        rex = byte;
        continue;
      }
      if (byte === 102) has66 = true;
      else if (byte === 103) has67 = true;
      else if (byte === 240) x.hasLock = true;
      else if (byte === 242 || byte === 243) x.rep = byte;
      else if (byte === 38 || byte === 46 || byte === 54 || byte === 62) {
        if (!is64) override = byte >> 3 & 3;
      } else if (byte === 100 || byte === 101) override = byte & 7;
      else break;
      rex = 0;
    }
    if (byte === 196 || byte === 197) {
      if (at >= end) return this.#stop(at);
      if (is64 || code[at] >= 192) return this.#vex(at, end, byte, codeSize, rex !== 0 || has66, has67, override);
    }
    let map = 0;
    if (byte === 15) {
      if (at >= end) return this.#stop(at);
      byte = code[at++];
      map = 1;
      if (byte === 56 || byte === 58) {
        map = byte === 56 ? 2 : 3;
        if (at >= end) return this.#stop(at);
        byte = code[at++];
      }
    }
    x.hasRex = rex !== 0;
    x.rexW = (rex & 8) !== 0;
    x.addressSize = is64 ? has67 ? 32 : 64 : codeSize === CODE_32 !== has67 ? 32 : 16;
    return this.#row(at, end, map * 256 + byte, codeSize, has66, x.rep, rex, override, -1);
  }
  /** VEX prefix (SDM vol. 2, 2.3): `first` is C4h or C5h, the byte at `at` the next one. */
  #vex(from2, end, first, codeSize, isRefused, has67, override) {
    const x = this.instruction;
    const code = this.#code;
    const is64 = codeSize === CODE_64;
    const length = first === 196 ? 3 : 2;
    if (from2 + length > end) return this.#stop(end);
    const payload = code[from2 + length - 2];
    let rex = (~code[from2] & 128) >> 5;
    let map = 1;
    if (length === 3) {
      rex |= (~code[from2] & 96) >> 5 | (payload & 128) >> 4;
      map = code[from2] & 31;
    }
    if (!is64) rex &= 8;
    const at = from2 + length;
    if (isRefused || x.hasLock || x.rep !== 0 || map < 1 || map > 3) {
      this.#at = at;
      return DECODE_UNDEFINED;
    }
    x.vvvv = ~payload >> 3 & (is64 ? 15 : 7);
    x.hasRex = true;
    x.rexW = (rex & 8) !== 0;
    x.addressSize = is64 ? has67 ? 32 : 64 : codeSize === CODE_32 !== has67 ? 32 : 16;
    const pp = payload & 3;
    const rep = pp === 2 ? 243 : pp === 3 ? 242 : 0;
    const index = VEX_MAP + map * 256 + code[at - 1];
    return this.#row(at, end, index, codeSize, pp === 1, rep, rex, override, payload >> 2 & 1);
  }
  /** Everything from ModRM on. `vexL`: -1 without VEX. */
  #row(from2, end, opcode, codeSize, has66, rep, rex, override, vexL) {
    const x = this.instruction;
    const code = this.#code;
    const is64 = codeSize === CODE_64;
    const byte = opcode & 255;
    const at = from2;
    const candidates = (is64 ? this.#table64 : this.#table32)[opcode];
    const count2 = candidates.length;
    let modrm = -1;
    let found;
    for (let i = 0; i < count2; i++) {
      const row = candidates[i];
      if (row.hasModrm && modrm < 0) {
        if (at >= end) return this.#stop(at);
        modrm = code[at];
      }
      if (row.vexL >= 0 && row.vexL !== vexL) continue;
      if (this.#matches(row, modrm, has66, rep, x.rexW)) {
        found = row;
        break;
      }
    }
    if (found === void 0) {
      this.#at = at;
      return DECODE_UNDEFINED;
    }
    if (opcode === 144 && (rex & 1) !== 0 && !found.hasOpcodeRegister) {
      found = candidates.find((row) => row.hasOpcodeRegister) ?? found;
    }
    x.compiled = found;
    const { attributes: attributes2 } = found.row;
    x.size = sizeOf(found, codeSize, has66 && found.prefix !== PREFIX_66, x.rexW);
    x.form = FORM_REGISTER;
    x.base = NO_REGISTER;
    x.index = NO_REGISTER;
    x.scale = 0;
    x.displacement = 0;
    x.segment = override >= 0 ? override : SEG_DS;
    x.immLow = 0;
    x.immHigh = 0;
    x.imm2 = 0;
    x.is4 = 0;
    this.#at = at;
    if (found.hasModrm) {
      this.#at++;
      x.reg = modrm >> 3 & 7 | (rex & 4) << 1;
      x.rm = modrm & 7 | (rex & 1) << 3;
      if (modrm < 192 && !this.#ignoresMod.has(found)) {
        x.form = FORM_MEMORY;
        const isEnough = x.addressSize === 16 ? this.#address16(modrm, override) : this.#address(modrm, rex, override, is64);
        if (!isEnough) return this.#stop(this.#end);
      }
    } else {
      x.reg = 0;
      x.rm = found.hasOpcodeRegister ? byte & 7 | (rex & 1) << 3 : 0;
    }
    const { immediates } = found;
    for (let i = 0; i < immediates.length; i++) {
      if (!this.#immediate(immediates[i].kind, immediates[i].slot === "imm2")) return this.#stop(this.#end);
    }
    if (found.hasOffset && !this.#offset()) return this.#stop(this.#end);
    if (x.hasLock && !(attributes2.lock === true && x.form === FORM_MEMORY)) return DECODE_UNDEFINED;
    if (found.isMemory === true && x.form !== FORM_MEMORY) return DECODE_UNDEFINED;
    if (found.isVex && !found.hasVvvv && x.vvvv !== 0) return DECODE_UNDEFINED;
    if (found.isVsib && !this.#vectorIndex(modrm, rex)) return DECODE_UNDEFINED;
    return DECODE_OK;
  }
  #stop(at) {
    this.#at = at;
    return DECODE_MORE;
  }
  #matches(row, modrm, has66, rep, rexW) {
    switch (row.prefix) {
      case PREFIX_ANY:
        break;
      case PREFIX_NONE:
        if (has66 || rep !== 0) return false;
        break;
      case PREFIX_66:
        if (!has66 || rep !== 0) return false;
        break;
      case PREFIX_F3:
        if (rep !== 243) return false;
        break;
      case PREFIX_F2:
        if (rep !== 242) return false;
        break;
    }
    if (row.rexW !== void 0 && row.rexW !== rexW) return false;
    if (!row.hasModrm) return true;
    if (row.reg >= 0 && row.reg !== (modrm >> 3 & 7)) return false;
    if (row.isMemory !== void 0 && row.isMemory !== modrm < 192) return false;
    return row.rm < 0 || row.rm === (modrm & 7);
  }
  #address16(modrm, override) {
    const x = this.instruction;
    const mod = modrm >> 6;
    const rm = modrm & 7;
    x.base = BASES_16[rm];
    x.index = INDICES_16[rm];
    if (rm === 6) x.base = mod === 0 ? NO_REGISTER : 5;
    if (override < 0 && x.base === 5) x.segment = SEG_SS;
    if (mod === 1) return this.#displacement8();
    if (mod === 2 || mod === 0 && rm === 6) {
      if (this.#at + 2 > this.#end) return false;
      const low = this.#code[this.#at] | this.#code[this.#at + 1] << 8;
      x.displacement = low << 16 >> 16;
      this.#at += 2;
    }
    return true;
  }
  #address(modrm, rex, override, is64) {
    const x = this.instruction;
    const mod = modrm >> 6;
    let rm = modrm & 7;
    if (rm === 4) {
      if (this.#at >= this.#end) return false;
      const sib = this.#code[this.#at++];
      this.#sib = sib;
      x.scale = sib >> 6;
      const index = sib >> 3 & 7 | (rex & 2) << 2;
      if (index !== 4) x.index = index;
      else x.scale = 0;
      rm = sib & 7;
      if (rm === 5 && mod === 0) return this.#displacement32();
      x.base = rm | (rex & 1) << 3;
    } else if (rm === 5 && mod === 0) {
      if (is64) x.base = BASE_RIP;
      return this.#displacement32();
    } else x.base = rm | (rex & 1) << 3;
    if (override < 0 && (x.base === 4 || x.base === 5)) x.segment = SEG_SS;
    if (mod === 1) return this.#displacement8();
    return mod === 2 ? this.#displacement32() : true;
  }
  /** VSIB: the index of the SIB byte is a vector register, any of them. */
  #vectorIndex(modrm, rex) {
    const x = this.instruction;
    if (x.addressSize === 16 || (modrm & 7) !== 4) return false;
    x.is4 = x.index === NO_REGISTER ? 4 | (rex & 2) << 2 : x.index;
    x.scale = this.#sib >> 6;
    x.index = NO_REGISTER;
    return true;
  }
  #displacement8() {
    if (this.#at >= this.#end) return false;
    this.instruction.displacement = this.#code[this.#at++] << 24 >> 24;
    return true;
  }
  #displacement32() {
    if (this.#at + 4 > this.#end) return false;
    this.instruction.displacement = this.#read32(this.#at);
    this.#at += 4;
    return true;
  }
  #read32(at) {
    const code = this.#code;
    return code[at] | code[at + 1] << 8 | code[at + 2] << 16 | code[at + 3] << 24;
  }
  /** Reads `bytes` (1, 2, 4, 8) as an immediate, sign-extended. */
  #read(bytes, isSecond, isSigned) {
    const x = this.instruction;
    const code = this.#code;
    const at = this.#at;
    if (at + bytes > this.#end) return false;
    this.#at += bytes;
    let low;
    let high;
    if (bytes === 1) low = isSigned ? code[at] << 24 >> 24 : code[at];
    else if (bytes === 2) {
      low = code[at] | code[at + 1] << 8;
      if (isSigned) low = low << 16 >> 16;
    } else low = this.#read32(at);
    if (bytes === 8) high = this.#read32(at + 4);
    else high = isSigned ? low >> 31 : 0;
    if (isSecond) x.imm2 = low & 65535;
    else {
      x.immLow = low;
      x.immHigh = high;
    }
    return true;
  }
  /** A register in the high half of a byte. */
  #registerByte() {
    if (this.#at >= this.#end) return false;
    this.instruction.is4 = this.#code[this.#at++] >> 4 & (this.#is64 ? 15 : 7);
    return true;
  }
  #immediate(kind, isSecond) {
    const { size } = this.instruction;
    switch (kind) {
      case "imm8":
        return this.#read(1, isSecond, false);
      case "xmmi":
      case "ymmi":
        return this.#registerByte();
      case "imm8s":
      case "rel8":
        return this.#read(1, isSecond, true);
      case "imm16":
        return this.#read(2, isSecond, false);
      case "immz":
      case "relz":
        return this.#read(size === 16 ? 2 : 4, isSecond, true);
      case "immv":
        return this.#read(size / 8, isSecond, true);
      case "ptrfar":
        return this.#read(size === 16 ? 2 : 4, false, false) && this.#read(2, true, false);
      default:
        return true;
    }
  }
  /** The address of MOV moffs, as wide as addresses are. */
  #offset() {
    const x = this.instruction;
    x.form = FORM_REGISTER;
    return this.#read(x.addressSize / 8, false, false);
  }
};
function sizeOf(compiled3, codeSize, has66, rexW) {
  const rule = compiled3.sizeRule;
  if (rule === "y") return rexW && codeSize === CODE_64 ? 64 : 32;
  if (rule !== "v") return rule;
  const { default64 } = compiled3.row.attributes;
  if (codeSize === CODE_64) {
    if (default64 === "force") return 64;
    if (rexW) return 64;
    if (has66) return 16;
    return default64 ? 64 : 32;
  }
  return codeSize === CODE_32 !== has66 ? 32 : 16;
}

// ../pc/src/cpu/emulated/isa/intercepts.ts
var INTERCEPTS = [
  { name: "cpuid", vmx: 10, svm: 114 },
  { name: "hlt", vmx: 12, svm: 120 },
  { name: "invd", vmx: 13, svm: 118 },
  { name: "wbinvd", vmx: 54, svm: 137 },
  { name: "invlpg", vmx: 14, svm: 121 },
  { name: "invpcid", vmx: 58, svm: 162 },
  { name: "rdpmc", vmx: 15, svm: 111 },
  { name: "rdtsc", vmx: 16, svm: 110 },
  { name: "rdtscp", vmx: 51, svm: 135 },
  { name: "cr-read", vmx: 28, svm: 0 },
  { name: "cr-write", vmx: 28, svm: 16 },
  { name: "dr-read", vmx: 29, svm: 32 },
  { name: "dr-write", vmx: 29, svm: 48 },
  { name: "io", vmx: 30, svm: 123 },
  { name: "msr-read", vmx: 31, svm: 124 },
  { name: "msr-write", vmx: 32, svm: 124 },
  { name: "mwait", vmx: 36, svm: 139 },
  { name: "monitor", vmx: 39, svm: 138 },
  { name: "pause", vmx: 40, svm: 119 },
  { name: "gdtr-idtr-read", vmx: 46, svm: 103 },
  { name: "gdtr-idtr-write", vmx: 46, svm: 107 },
  { name: "ldtr-tr-read", vmx: 47, svm: 104 },
  { name: "ldtr-tr-write", vmx: 47, svm: 108 },
  { name: "xsetbv", vmx: 55, svm: 141 },
  { name: "rdrand", vmx: 57 },
  { name: "rdseed", vmx: 61 },
  { name: "pushf", svm: 112 },
  { name: "popf", svm: 113 },
  { name: "iret", svm: 116 },
  { name: "int", svm: 117 },
  { name: "int1", svm: 126 }
];
var numbers = new Map(INTERCEPTS.map(({ name: name2 }, number) => [name2, number]));
function interceptNumber(name2) {
  return numbers.get(name2);
}

// ../pc/src/cpu/emulated/mode.ts
function environmentOf(mode) {
  if (mode & MODE_LONG) return ENV_LONG;
  const flat = MODE_FLAT | MODE_SS32;
  return (mode & flat) === flat ? ENV_FLAT : ENV_CHECKED;
}
function codeSizeOf(mode) {
  return mode & MODE_LONG ? CODE_64 : mode & MODE_CS32 ? CODE_32 : CODE_16;
}

// ../pc/src/cpu/emulated/isa/handlers.generated.ts
var HANDLERS = [
  "8 9",
  // add 00 /r
  "a b c d e f",
  // add 01 /r
  "8 g",
  // add 02 /r
  "a h c i e j",
  // add 03 /r
  "k",
  // add 04 ib
  "l m n",
  // add 05 iz
  "k o",
  // add 80 /0 ib
  "l p m q n r",
  // add 81 /0 iz
  "k o",
  // add 82 /0 ib
  "l p m q n r",
  // add 83 /0 ib
  "s t",
  // or 08 /r
  "u v w x y z",
  // or 09 /r
  "s 10",
  // or 0A /r
  "u 11 w 12 y 13",
  // or 0B /r
  "14",
  // or 0C ib
  "15 16 17",
  // or 0D iz
  "14 18",
  // or 80 /1 ib
  "15 19 16 1a 17 1b",
  // or 81 /1 iz
  "14 18",
  // or 82 /1 ib
  "15 19 16 1a 17 1b",
  // or 83 /1 ib
  "1c 1d",
  // adc 10 /r
  "1e 1f 1g 1h 1i 1j",
  // adc 11 /r
  "1c 1k",
  // adc 12 /r
  "1e 1l 1g 1m 1i 1n",
  // adc 13 /r
  "1o",
  // adc 14 ib
  "1p 1q 1r",
  // adc 15 iz
  "1o 1s",
  // adc 80 /2 ib
  "1p 1t 1q 1u 1r 1v",
  // adc 81 /2 iz
  "1o 1s",
  // adc 82 /2 ib
  "1p 1t 1q 1u 1r 1v",
  // adc 83 /2 ib
  "1w 1x",
  // sbb 18 /r
  "1y 1z 20 21 22 23",
  // sbb 19 /r
  "1w 24",
  // sbb 1A /r
  "1y 25 20 26 22 27",
  // sbb 1B /r
  "28",
  // sbb 1C ib
  "29 2a 2b",
  // sbb 1D iz
  "28 2c",
  // sbb 80 /3 ib
  "29 2d 2a 2e 2b 2f",
  // sbb 81 /3 iz
  "28 2c",
  // sbb 82 /3 ib
  "29 2d 2a 2e 2b 2f",
  // sbb 83 /3 ib
  "2g 2h",
  // and 20 /r
  "2i 2j 2k 2l 2m 2n",
  // and 21 /r
  "2g 2o",
  // and 22 /r
  "2i 2p 2k 2q 2m 2r",
  // and 23 /r
  "2s",
  // and 24 ib
  "2t 2u 2v",
  // and 25 iz
  "2s 2w",
  // and 80 /4 ib
  "2t 2x 2u 2y 2v 2z",
  // and 81 /4 iz
  "2s 2w",
  // and 82 /4 ib
  "2t 2x 2u 2y 2v 2z",
  // and 83 /4 ib
  "30 31",
  // sub 28 /r
  "32 33 34 35 36 37",
  // sub 29 /r
  "30 38",
  // sub 2A /r
  "32 39 34 3a 36 3b",
  // sub 2B /r
  "3c",
  // sub 2C ib
  "3d 3e 3f",
  // sub 2D iz
  "3c 3g",
  // sub 80 /5 ib
  "3d 3h 3e 3i 3f 3j",
  // sub 81 /5 iz
  "3c 3g",
  // sub 82 /5 ib
  "3d 3h 3e 3i 3f 3j",
  // sub 83 /5 ib
  "3k 3l",
  // xor 30 /r
  "3m 3n 3o 3p 3q 3r",
  // xor 31 /r
  "3k 3s",
  // xor 32 /r
  "3m 3t 3o 3u 3q 3v",
  // xor 33 /r
  "3w",
  // xor 34 ib
  "3x 3y 3z",
  // xor 35 iz
  "3w 40",
  // xor 80 /6 ib
  "3x 41 3y 42 3z 43",
  // xor 81 /6 iz
  "3w 40",
  // xor 82 /6 ib
  "3x 41 3y 42 3z 43",
  // xor 83 /6 ib
  "44 45",
  // cmp 38 /r
  "46 47 48 49 4a 4b",
  // cmp 39 /r
  "44 4c",
  // cmp 3A /r
  "46 4d 48 4e 4a 4f",
  // cmp 3B /r
  "4g",
  // cmp 3C ib
  "4h 4i 4j",
  // cmp 3D iz
  "4g 4k",
  // cmp 80 /7 ib
  "4h 4l 4i 4m 4j 4n",
  // cmp 81 /7 iz
  "4g 4k",
  // cmp 82 /7 ib
  "4h 4l 4i 4m 4j 4n",
  // cmp 83 /7 ib
  "4o 4p",
  // test 84 /r
  "4q 4r 4s 4t 4u 4v",
  // test 85 /r
  "4w",
  // test A8 ib
  "4x 4y 4z",
  // test A9 iz
  "4w 50",
  // test F6 /0 ib
  "4x 51 4y 52 4z 53",
  // test F7 /0 iz
  "4w 50",
  // test F6 /1 ib
  "4x 51 4y 52 4z 53",
  // test F7 /1 iz
  "54 55",
  // not F6 /2
  "56 57 58 59 5a 5b",
  // not F7 /2
  "5c 5d",
  // neg F6 /3
  "5e 5f 5g 5h 5i 5j",
  // neg F7 /3
  "sg sh",
  // mul F6 /4
  "si sj sk sl sm sn",
  // mul F7 /4
  "5k 5l",
  // imul F6 /5
  "5m 5n 5o 5p 5q 5r",
  // imul F7 /5
  "5s 5t 5u 5v 5w 5x",
  // imul 0F AF /r
  "5y 5z 60 61 62 63",
  // imul 69 /r iz
  "5y 5z 60 61 62 63",
  // imul 6B /r ib
  "so sp",
  // div F6 /6
  "sq sr ss st su sv",
  // div F7 /6
  "sw sx",
  // idiv F6 /7
  "sy sz t0 t1 t2 t3",
  // idiv F7 /7
  "64 65",
  // inc FE /0
  "66 67 68 69 6a 6b",
  // inc FF /0
  "66 68 6a",
  // inc 40 +r
  "6c 6d",
  // dec FE /1
  "6e 6f 6g 6h 6i 6j",
  // dec FF /1
  "6e 6g 6i",
  // dec 48 +r
  "t4",
  // daa 27
  "t5",
  // das 2F
  "t6",
  // aaa 37
  "t7",
  // aas 3F
  "t8",
  // aam D4 ib
  "t9",
  // aad D5 ib
  "ta tb tc td",
  // adcx 66 0F 38 F6 /r
  "te tf tg th",
  // adox F3 0F 38 F6 /r
  "6k 6l",
  // mov 88 /r
  "6m 6n 6o 6p 6q 6r",
  // mov 89 /r
  "6k 6s",
  // mov 8A /r
  "6m 6t 6o 6u 6q 6v",
  // mov 8B /r
  "1kw 1kw 1kw",
  // mov 8C /r mod=3
  "1kw 1kw 1kw",
  // mov 8C /r mod=m
  "6w",
  // mov A0 mo
  "6x 6y 6z",
  // mov A1 mo
  "70",
  // mov A2 mo
  "71 72 73",
  // mov A3 mo
  "74",
  // mov B0 +r ib
  "75 76 76",
  // mov B8 +r iv
  "74 77",
  // mov C6 /0 ib
  "75 78 76 79 76 7a",
  // mov C7 /0 iz
  "7b 7c 7d 7e 7d 7e",
  // movzx 0F B6 /r
  "6m 6t 7f 7g 7f 7g",
  // movzx 0F B7 /r
  "7h 7i 7j 7k 7l 7m",
  // movsx 0F BE /r
  "7n 7o 7p 7q 7r 7s",
  // movsx 0F BF /r
  "7t 7u 7v 7w 7x 7y",
  // movsxd 63 /r
  "7z 80 81",
  // lea 8D /r mod=m
  "82 83",
  // xchg 86 /r
  "84 85 86 87 88 89",
  // xchg 87 /r
  "84 86 88",
  // xchg 90 +r
  "1kx 1ky",
  // xadd 0F C0 /r
  "1kz 1l0 1l1 1l2 1l3 1l4",
  // xadd 0F C1 /r
  "1l5 1l6",
  // cmpxchg 0F B0 /r
  "1l7 1l8 1l9 1la 1lb 1lc",
  // cmpxchg 0F B1 /r
  "1ld 1ld 1ld",
  // cmpxchg8b 0F C7 /1 mod=m rex.w0
  "1le 1le 1le",
  // cmpxchg16b 0F C7 /1 mod=m rex.w
  "8a 8b",
  // seto 0F 90 /r
  "1lf 1lg 1lh 1li 1lj 1lk",
  // cmovo 0F 40 /r
  "8c 8d",
  // setno 0F 91 /r
  "1ll 1lm 1ln 1lo 1lp 1lq",
  // cmovno 0F 41 /r
  "8e 8f",
  // setb 0F 92 /r
  "8g 8h 8i 8j 8k 8l",
  // cmovb 0F 42 /r
  "8m 8n",
  // setae 0F 93 /r
  "8o 8p 8q 8r 8s 8t",
  // cmovae 0F 43 /r
  "8u 8v",
  // sete 0F 94 /r
  "8w 8x 8y 8z 90 91",
  // cmove 0F 44 /r
  "92 93",
  // setne 0F 95 /r
  "94 95 96 97 98 99",
  // cmovne 0F 45 /r
  "9a 9b",
  // setbe 0F 96 /r
  "9c 9d 9e 9f 9g 9h",
  // cmovbe 0F 46 /r
  "9i 9j",
  // seta 0F 97 /r
  "9k 9l 9m 9n 9o 9p",
  // cmova 0F 47 /r
  "9q 9r",
  // sets 0F 98 /r
  "9s 9t 9u 9v 9w 9x",
  // cmovs 0F 48 /r
  "9y 9z",
  // setns 0F 99 /r
  "a0 a1 a2 a3 a4 a5",
  // cmovns 0F 49 /r
  "1lr 1ls",
  // setp 0F 9A /r
  "1lt 1lu 1lv 1lw 1lx 1ly",
  // cmovp 0F 4A /r
  "1lz 1m0",
  // setnp 0F 9B /r
  "1m1 1m2 1m3 1m4 1m5 1m6",
  // cmovnp 0F 4B /r
  "a6 a7",
  // setl 0F 9C /r
  "a8 a9 aa ab ac ad",
  // cmovl 0F 4C /r
  "ae af",
  // setge 0F 9D /r
  "ag ah ai aj ak al",
  // cmovge 0F 4D /r
  "am an",
  // setle 0F 9E /r
  "ao ap aq ar as at",
  // cmovle 0F 4E /r
  "au av",
  // setg 0F 9F /r
  "aw ax ay az b0 b1",
  // cmovg 0F 4F /r
  "b2 b3 b4",
  // cbw 98
  "b5 b6 b7",
  // cwd 99
  "b8 b9 ba bb bc bd be bf bg",
  // push 50 +r
  "bh bi bj bk bl bm bn bo bp",
  // pop 58 +r
  "b8 b9 ba bq br bs bb bc bd bt bu bv be bf bg bw bx by",
  // push FF /6
  "bh bi bj bk bl bm bn bo bp",
  // pop 8F /0 mod=3
  "2dc 2dc 2dc",
  // pop 8F /0 mod=m
  "bz c0 c1 c2 c3 c4 c5 c6 c7",
  // push 68 iz
  "bz c0 c1 c2 c3 c4 c5 c6 c7",
  // push 6A ib
  "c8 c9 ca cb cc cd ce cf cg",
  // push 06
  "ch ci cj ck cl cm cn co cp",
  // push 0E
  "cq cr cs ct cu cv cw cx cy",
  // push 16
  "cz d0 d1 d2 d3 d4 d5 d6 d7",
  // push 1E
  "d8 d9 da db dc dd de df dg",
  // push 0F A0
  "dh di dj dk dl dm dn do dp",
  // push 0F A8
  "2dd 2dd 2dd",
  // pusha 60
  "2de 2de 2de",
  // popa 61
  "2df 2dg 2dh 2di 2dj 2dk 2dl 2dm 2dn",
  // pushf 9C
  "2do 2do 2do",
  // enter C8 iw ib
  "2dp 2dp 2dp",
  // leave C9
  "dq dq dq dr dr ds dr dr ds",
  // jo 70 cb
  "dt dt dt du du dv du du dv",
  // jno 71 cb
  "dw dw dw dx dx dy dx dx dy",
  // jb 72 cb
  "dz dz dz e0 e0 e1 e0 e0 e1",
  // jae 73 cb
  "e2 e2 e2 e3 e3 e4 e3 e3 e4",
  // je 74 cb
  "e5 e5 e5 e6 e6 e7 e6 e6 e7",
  // jne 75 cb
  "e8 e8 e8 e9 e9 ea e9 e9 ea",
  // jbe 76 cb
  "eb eb eb ec ec ed ec ec ed",
  // ja 77 cb
  "ee ee ee ef ef eg ef ef eg",
  // js 78 cb
  "eh eh eh ei ei ej ei ei ej",
  // jns 79 cb
  "ek ek ek el el em el el em",
  // jp 7A cb
  "en en en eo eo ep eo eo ep",
  // jnp 7B cb
  "eq eq eq er er es er er es",
  // jl 7C cb
  "et et et eu eu ev eu eu ev",
  // jge 7D cb
  "ew ew ew ex ex ey ex ex ey",
  // jle 7E cb
  "ez ez ez f0 f0 f1 f0 f0 f1",
  // jg 7F cb
  "dq dq dq dr dr ds dr dr ds",
  // jo 0F 80 cz
  "dt dt dt du du dv du du dv",
  // jno 0F 81 cz
  "dw dw dw dx dx dy dx dx dy",
  // jb 0F 82 cz
  "dz dz dz e0 e0 e1 e0 e0 e1",
  // jae 0F 83 cz
  "e2 e2 e2 e3 e3 e4 e3 e3 e4",
  // je 0F 84 cz
  "e5 e5 e5 e6 e6 e7 e6 e6 e7",
  // jne 0F 85 cz
  "e8 e8 e8 e9 e9 ea e9 e9 ea",
  // jbe 0F 86 cz
  "eb eb eb ec ec ed ec ec ed",
  // ja 0F 87 cz
  "ee ee ee ef ef eg ef ef eg",
  // js 0F 88 cz
  "eh eh eh ei ei ej ei ei ej",
  // jns 0F 89 cz
  "ek ek ek el el em el el em",
  // jp 0F 8A cz
  "en en en eo eo ep eo eo ep",
  // jnp 0F 8B cz
  "eq eq eq er er es er er es",
  // jl 0F 8C cz
  "et et et eu eu ev eu eu ev",
  // jge 0F 8D cz
  "ew ew ew ex ex ey ex ex ey",
  // jle 0F 8E cz
  "ez ez ez f0 f0 f1 f0 f0 f1",
  // jg 0F 8F cz
  "f2 f2 f2 f3 f3 f4 f3 f3 f4",
  // jmp EB cb
  "f2 f2 f2 f3 f3 f4 f3 f3 f4",
  // jmp E9 cz
  "f5 f6 f7 f8 f9 fa fb fc fd",
  // call E8 cz
  "fe ff fg fh fi fj fk fl fm fn fo fp fq fr fs ft fu fv",
  // call FF /2
  "fw fx fy fz g0 g1 g2 g3 g4 g5 g6 g7 g8 g9 ga gb gc gd",
  // jmp FF /4
  "ge gf gg gh gi gj gk gl gm",
  // ret C2 iw
  "gn go gp gq gr gs gt gu gv",
  // ret C3
  "35s 35s 35s 35t 35t 35t 35u 35u 35u 35v 35v 35w 35x 35x 35y 35z 35z 360 35v 35v 35w 35x 35x 35y 35z 35z 360",
  // loopne E0 cb
  "361 361 361 362 362 362 363 363 363 364 364 365 366 366 367 368 368 369 364 364 365 366 366 367 368 368 369",
  // loope E1 cb
  "gw gw gw gx gx gx gy gy gy gz gz h0 h1 h1 h2 h3 h3 h4 gz gz h0 h1 h1 h2 h3 h3 h4",
  // loop E2 cb
  "36a 36a 36a 36b 36b 36b 36c 36c 36c 36d 36d 36e 36f 36f 36g 36h 36h 36i 36d 36d 36e 36f 36f 36g 36h 36h 36i",
  // jcxz E3 cb
  "h5",
  // nop 90
  "h6 h7",
  // rol C0 /0 ib
  "h8 h9 ha hb hc hd",
  // rol C1 /0 ib
  "he hf",
  // rol D0 /0
  "hg hh hi hj hk hl",
  // rol D1 /0
  "hm hn",
  // rol D2 /0
  "ho hp hq hr hs ht",
  // rol D3 /0
  "hu hv",
  // ror C0 /1 ib
  "hw hx hy hz i0 i1",
  // ror C1 /1 ib
  "i2 i3",
  // ror D0 /1
  "i4 i5 i6 i7 i8 i9",
  // ror D1 /1
  "ia ib",
  // ror D2 /1
  "ic id ie if ig ih",
  // ror D3 /1
  "3y8 3y9",
  // rcl C0 /2 ib
  "3ya 3yb 3yc 3yd 3ye 3yf",
  // rcl C1 /2 ib
  "3yg 3yh",
  // rcl D0 /2
  "3yi 3yj 3yk 3yl 3ym 3yn",
  // rcl D1 /2
  "3yo 3yp",
  // rcl D2 /2
  "3yq 3yr 3ys 3yt 3yu 3yv",
  // rcl D3 /2
  "3yw 3yx",
  // rcr C0 /3 ib
  "3yy 3yz 3z0 3z1 3z2 3z3",
  // rcr C1 /3 ib
  "3z4 3z5",
  // rcr D0 /3
  "3z6 3z7 3z8 3z9 3za 3zb",
  // rcr D1 /3
  "3zc 3zd",
  // rcr D2 /3
  "3ze 3zf 3zg 3zh 3zi 3zj",
  // rcr D3 /3
  "ii ij",
  // shl C0 /4 ib
  "ik il im in io ip",
  // shl C1 /4 ib
  "iq ir",
  // shl D0 /4
  "is it iu iv iw ix",
  // shl D1 /4
  "iy iz",
  // shl D2 /4
  "j0 j1 j2 j3 j4 j5",
  // shl D3 /4
  "j6 j7",
  // shr C0 /5 ib
  "j8 j9 ja jb jc jd",
  // shr C1 /5 ib
  "je jf",
  // shr D0 /5
  "jg jh ji jj jk jl",
  // shr D1 /5
  "jm jn",
  // shr D2 /5
  "jo jp jq jr js jt",
  // shr D3 /5
  "ii ij",
  // shl C0 /6 ib
  "ik il im in io ip",
  // shl C1 /6 ib
  "iq ir",
  // shl D0 /6
  "is it iu iv iw ix",
  // shl D1 /6
  "iy iz",
  // shl D2 /6
  "j0 j1 j2 j3 j4 j5",
  // shl D3 /6
  "ju jv",
  // sar C0 /7 ib
  "jw jx jy jz k0 k1",
  // sar C1 /7 ib
  "k2 k3",
  // sar D0 /7
  "k4 k5 k6 k7 k8 k9",
  // sar D1 /7
  "ka kb",
  // sar D2 /7
  "kc kd ke kf kg kh",
  // sar D3 /7
  "3zk 3zl 3zm 3zn 3zo 3zp",
  // shld 0F A4 /r ib
  "3zq 3zr 3zs 3zt 3zu 3zv",
  // shld 0F A5 /r
  "3zw 3zx 3zy 3zz 400 401",
  // shrd 0F AC /r ib
  "402 403 404 405 406 407",
  // shrd 0F AD /r
  "ki kj kk",
  // bt 0F A3 /r mod=3
  "4qo 4qo 4qo",
  // bt 0F A3 /r mod=m
  "kl km kn ko kp kq",
  // bt 0F BA /4 ib
  "4qp 4qq 4qr",
  // bts 0F AB /r mod=3
  "4qs 4qs 4qs",
  // bts 0F AB /r mod=m
  "4qt 4qu 4qv 4qw 4qx 4qy",
  // bts 0F BA /5 ib
  "4qz 4r0 4r1",
  // btr 0F B3 /r mod=3
  "4r2 4r2 4r2",
  // btr 0F B3 /r mod=m
  "4r3 4r4 4r5 4r6 4r7 4r8",
  // btr 0F BA /6 ib
  "4r9 4ra 4rb",
  // btc 0F BB /r mod=3
  "4rc 4rc 4rc",
  // btc 0F BB /r mod=m
  "4rd 4re 4rf 4rg 4rh 4ri",
  // btc 0F BA /7 ib
  "4rj 4rk 4rl 4rm 4rn 4ro",
  // bsf 0F BC /r
  "4rp 4rq 4rr 4rs 4rt 4ru",
  // bsr 0F BD /r
  "4rv 4rw 4rx 4ry 4rz 4s0",
  // tzcnt F3 0F BC /r
  "4s1 4s2 4s3 4s4 4s5 4s6",
  // lzcnt F3 0F BD /r
  "4s7 4s8 4s9 4sa 4sb 4sc",
  // popcnt F3 0F B8 /r
  "4sd 4se 4sf",
  // bswap 0F C8 +r
  "4sg 4sh 4si",
  // movbe 0F 38 F0 /r mod=m
  "4sj 4sk 4sl",
  // movbe 0F 38 F1 /r mod=m
  "5j4 5j5 5j6 5j7",
  // andn VEX.LZ.NP.0F38.WIG F2 /r
  "5j8 5j9 5ja 5jb",
  // blsr VEX.LZ.NP.0F38.WIG F3 /1
  "5jc 5jd 5je 5jf",
  // blsmsk VEX.LZ.NP.0F38.WIG F3 /2
  "5jg 5jh 5ji 5jj",
  // blsi VEX.LZ.NP.0F38.WIG F3 /3
  "5jk 5jl 5jm 5jn",
  // bextr VEX.LZ.NP.0F38.WIG F7 /r
  "5jo 5jp 5jq 5jr",
  // bzhi VEX.LZ.NP.0F38.WIG F5 /r
  "5js 5jt 5ju 5jv",
  // pext VEX.LZ.F3.0F38.WIG F5 /r
  "5jw 5jx 5jy 5jz",
  // pdep VEX.LZ.F2.0F38.WIG F5 /r
  "5k0 5k1 5k2 5k3",
  // mulx VEX.LZ.F2.0F38.WIG F6 /r
  "5k4 5k5 5k6 5k7",
  // sarx VEX.LZ.F3.0F38.WIG F7 /r
  "5k8 5k9 5ka 5kb",
  // shlx VEX.LZ.66.0F38.WIG F7 /r
  "5kc 5kd 5ke 5kf",
  // shrx VEX.LZ.F2.0F38.WIG F7 /r
  "5kg 5kh 5ki 5kj",
  // rorx VEX.LZ.F2.0F3A.WIG F0 /r ib
  "6bk 6bl 6bm 6bn",
  // adcx 66 0F 38 F6 /r
  "6bo 6bp 6bq 6br",
  // adox F3 0F 38 F6 /r
  "740",
  // lahf 9F
  "741",
  // sahf 9E
  "742",
  // clc F8
  "743",
  // stc F9
  "744",
  // cmc F5
  "kr",
  // cld FC
  "745",
  // std FD
  "746",
  // salc D6
  "7wg",
  // movs A4
  "7wg 7wg 7wg",
  // movs A5
  "7wh",
  // cmps A6
  "7wh 7wh 7wh",
  // cmps A7
  "7wi",
  // stos AA
  "7wi 7wi 7wi",
  // stos AB
  "7wj",
  // lods AC
  "7wj 7wj 7wj",
  // lods AD
  "7wk",
  // scas AE
  "7wk 7wk 7wk",
  // scas AF
  "7wl",
  // ins 6C
  "7wl 7wl 7wl",
  // ins 6D
  "7wm",
  // outs 6E
  "7wm 7wm 7wm",
  // outs 6F
  "8ow 8ow 8ow",
  // xlat D7
  "8ox 8ox 8ox",
  // bound 62 /r mod=m
  "h5",
  // pause F3 90
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 0D /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 18 /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 19 /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 1A /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 1B /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 1C /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 1D /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 1E /r
  "h5 h5 h5 h5 h5 h5",
  // nop 0F 1F /r
  "h5",
  // lfence NP 0F AE /5 mod=3
  "h5",
  // mfence NP 0F AE /6 mod=3
  "h5",
  // sfence NP 0F AE /7 mod=3
  "8oy 8oy 8oy",
  // clflush NP 0F AE /7 mod=m
  "8oz",
  // ud2 0F 0B
  "8oz",
  // ud1 0F B9 /r
  "8oz",
  // ud0 0F FF /r
  "ks kt",
  // movups NP 0F 10 /r
  "ku kv",
  // movups NP 0F 11 /r
  "9hc",
  // movss F3 0F 10 /r mod=m
  "9hd",
  // movss F3 0F 10 /r mod=3
  "9he",
  // movss F3 0F 11 /r mod=m
  "9hf",
  // movss F3 0F 11 /r mod=3
  "9hg",
  // movlps NP 0F 12 /r mod=m
  "9hh",
  // movhlps NP 0F 12 /r mod=3
  "9hi",
  // movlps NP 0F 13 /r mod=m
  "9hj 9hk",
  // unpcklps NP 0F 14 /r
  "9hl 9hm",
  // unpckhps NP 0F 15 /r
  "9hn",
  // movhps NP 0F 16 /r mod=m
  "9ho",
  // movlhps NP 0F 16 /r mod=3
  "9hp",
  // movhps NP 0F 17 /r mod=m
  "ks kw",
  // movaps NP 0F 28 /r
  "ku kx",
  // movaps NP 0F 29 /r
  "9hq",
  // cvtpi2ps NP 0F 2A /r mod=3
  "9hr",
  // cvtpi2ps NP 0F 2A /r mod=m
  "9hs 9ht 9hu 9hv",
  // cvtsi2ss F3 0F 2A /r
  "kx",
  // movntps NP 0F 2B /r mod=m
  "9hw 9hx",
  // cvttps2pi NP 0F 2C /r
  "9hy 9hz 9i0 9i1",
  // cvttss2si F3 0F 2C /r
  "9i2 9i3",
  // cvtps2pi NP 0F 2D /r
  "9i4 9i5 9i6 9i7",
  // cvtss2si F3 0F 2D /r
  "9i8 9i9",
  // ucomiss NP 0F 2E /r
  "9ia 9ib",
  // comiss NP 0F 2F /r
  "9ic",
  // movmskps NP 0F 50 /r mod=3
  "9id 9ie",
  // sqrtps NP 0F 51 /r
  "9if 9ig",
  // sqrtss F3 0F 51 /r
  "9ih 9ii",
  // addps NP 0F 58 /r
  "9ij 9ik",
  // addss F3 0F 58 /r
  "9il 9im",
  // mulps NP 0F 59 /r
  "9in 9io",
  // mulss F3 0F 59 /r
  "9ip 9iq",
  // subps NP 0F 5C /r
  "9ir 9is",
  // subss F3 0F 5C /r
  "9it 9iu",
  // minps NP 0F 5D /r
  "9iv 9iw",
  // minss F3 0F 5D /r
  "9ix 9iy",
  // divps NP 0F 5E /r
  "9iz 9j0",
  // divss F3 0F 5E /r
  "9j1 9j2",
  // maxps NP 0F 5F /r
  "9j3 9j4",
  // maxss F3 0F 5F /r
  "9j5 9j6",
  // rsqrtps NP 0F 52 /r
  "9j7 9j8",
  // rsqrtss F3 0F 52 /r
  "9j9 9ja",
  // rcpps NP 0F 53 /r
  "9jb 9jc",
  // rcpss F3 0F 53 /r
  "ky kz",
  // andps NP 0F 54 /r
  "9jd 9je",
  // andnps NP 0F 55 /r
  "l0 l1",
  // orps NP 0F 56 /r
  "l2 l3",
  // xorps NP 0F 57 /r
  "9jf 9jg",
  // cmpps NP 0F C2 /r ib
  "9jh 9ji",
  // cmpss F3 0F C2 /r ib
  "9jj 9jk",
  // shufps NP 0F C6 /r ib
  "9jl",
  // ldmxcsr NP 0F AE /2 mod=m
  "9jm",
  // stmxcsr NP 0F AE /3 mod=m
  "9jn 9jo",
  // pminub NP 0F DA /r
  "9jp 9jq",
  // pmaxub NP 0F DE /r
  "9jr 9js",
  // pavgb NP 0F E0 /r
  "9jt 9ju",
  // pavgw NP 0F E3 /r
  "9jv 9jw",
  // pmulhuw NP 0F E4 /r
  "9jx 9jy",
  // pminsw NP 0F EA /r
  "9jz 9k0",
  // pmaxsw NP 0F EE /r
  "9k1 9k2",
  // psadbw NP 0F F6 /r
  "9k3 9k4",
  // pshufw NP 0F 70 /r ib
  "9k5",
  // pinsrw NP 0F C4 /r ib mod=3
  "9k6",
  // pinsrw NP 0F C4 /r ib mod=m
  "9k7",
  // pextrw NP 0F C5 /r ib mod=3
  "9k8",
  // pmovmskb NP 0F D7 /r mod=3
  "l4",
  // movntq NP 0F E7 /r mod=m
  "9k9 9k9 9k9",
  // maskmovq NP 0F F7 /r mod=3
  "ks kt",
  // movupd 66 0F 10 /r
  "ku kv",
  // movupd 66 0F 11 /r
  "a9s",
  // movsd F2 0F 10 /r mod=m
  "a9t",
  // movsd F2 0F 10 /r mod=3
  "9hi",
  // movsd F2 0F 11 /r mod=m
  "a9u",
  // movsd F2 0F 11 /r mod=3
  "9hg",
  // movlpd 66 0F 12 /r mod=m
  "9hi",
  // movlpd 66 0F 13 /r mod=m
  "9ho a9v",
  // unpcklpd 66 0F 14 /r
  "a9w a9x",
  // unpckhpd 66 0F 15 /r
  "9hn",
  // movhpd 66 0F 16 /r mod=m
  "9hp",
  // movhpd 66 0F 17 /r mod=m
  "ks kw",
  // movapd 66 0F 28 /r
  "ku kx",
  // movapd 66 0F 29 /r
  "a9y",
  // cvtpi2pd 66 0F 2A /r mod=3
  "a9z",
  // cvtpi2pd 66 0F 2A /r mod=m
  "aa0 aa1 aa2 aa3",
  // cvtsi2sd F2 0F 2A /r
  "kx",
  // movntpd 66 0F 2B /r mod=m
  "aa4 aa5",
  // cvttpd2pi 66 0F 2C /r
  "aa6 aa7 aa8 aa9",
  // cvttsd2si F2 0F 2C /r
  "aaa aab",
  // cvtpd2pi 66 0F 2D /r
  "aac aad aae aaf",
  // cvtsd2si F2 0F 2D /r
  "aag aah",
  // ucomisd 66 0F 2E /r
  "aai aaj",
  // comisd 66 0F 2F /r
  "aak",
  // movmskpd 66 0F 50 /r mod=3
  "aal aam",
  // sqrtpd 66 0F 51 /r
  "aan aao",
  // sqrtsd F2 0F 51 /r
  "aap aaq",
  // addpd 66 0F 58 /r
  "aar aas",
  // addsd F2 0F 58 /r
  "aat aau",
  // mulpd 66 0F 59 /r
  "aav aaw",
  // mulsd F2 0F 59 /r
  "aax aay",
  // subpd 66 0F 5C /r
  "aaz ab0",
  // subsd F2 0F 5C /r
  "ab1 ab2",
  // minpd 66 0F 5D /r
  "ab3 ab4",
  // minsd F2 0F 5D /r
  "ab5 ab6",
  // divpd 66 0F 5E /r
  "ab7 ab8",
  // divsd F2 0F 5E /r
  "ab9 aba",
  // maxpd 66 0F 5F /r
  "abb abc",
  // maxsd F2 0F 5F /r
  "ky kz",
  // andpd 66 0F 54 /r
  "9jd 9je",
  // andnpd 66 0F 55 /r
  "l0 l1",
  // orpd 66 0F 56 /r
  "l2 l3",
  // xorpd 66 0F 57 /r
  "abd abe",
  // cvtps2pd NP 0F 5A /r
  "abf abg",
  // cvtpd2ps 66 0F 5A /r
  "abh abi",
  // cvtss2sd F3 0F 5A /r
  "abj abk",
  // cvtsd2ss F2 0F 5A /r
  "abl abm",
  // cvtdq2ps NP 0F 5B /r
  "abn abo",
  // cvtps2dq 66 0F 5B /r
  "abp abq",
  // cvttps2dq F3 0F 5B /r
  "9ho a9v",
  // punpcklqdq 66 0F 6C /r
  "a9w a9x",
  // punpckhqdq 66 0F 6D /r
  "l5 l6 l7 l8",
  // movd 66 0F 6E /r
  "ks kw",
  // movdqa 66 0F 6F /r
  "ks kt",
  // movdqu F3 0F 6F /r
  "abr abs",
  // pshufd 66 0F 70 /r ib
  "abt abu",
  // pshufhw F3 0F 70 /r ib
  "abv abw",
  // pshuflw F2 0F 70 /r ib
  "abx",
  // psrldq 66 0F 73 /3 ib mod=3
  "aby",
  // pslldq 66 0F 73 /7 ib mod=3
  "l9 la lb lc",
  // movd 66 0F 7E /r
  "ld le",
  // movq F3 0F 7E /r
  "ku kx",
  // movdqa 66 0F 7F /r
  "ku kv",
  // movdqu F3 0F 7F /r
  "abz ac0",
  // cmppd 66 0F C2 /r ib
  "ac1 ac2",
  // cmpsd F2 0F C2 /r ib
  "6p 6r",
  // movnti NP 0F C3 /r mod=m
  "ac3",
  // pinsrw 66 0F C4 /r ib mod=3
  "ac4",
  // pinsrw 66 0F C4 /r ib mod=m
  "ac5",
  // pextrw 66 0F C5 /r ib mod=3
  "ac6 ac7",
  // shufpd 66 0F C6 /r ib
  "lf lg",
  // movq 66 0F D6 /r
  "ac8",
  // movq2dq F3 0F D6 /r mod=3
  "ac9",
  // movdq2q F2 0F D6 /r mod=3
  "aca",
  // pmovmskb 66 0F D7 /r mod=3
  "acb acc",
  // cvttpd2dq 66 0F E6 /r
  "acd a9z",
  // cvtdq2pd F3 0F E6 /r
  "ace acf",
  // cvtpd2dq F2 0F E6 /r
  "kx",
  // movntdq 66 0F E7 /r mod=m
  "acg acg acg",
  // maskmovdqu 66 0F F7 /r mod=3
  "ach aci",
  // punpcklbw 66 0F 60 /r
  "acj ack",
  // punpcklwd 66 0F 61 /r
  "9hj 9hk",
  // punpckldq 66 0F 62 /r
  "acl acm",
  // packsswb 66 0F 63 /r
  "acn aco",
  // pcmpgtb 66 0F 64 /r
  "acp acq",
  // pcmpgtw 66 0F 65 /r
  "acr acs",
  // pcmpgtd 66 0F 66 /r
  "act acu",
  // packuswb 66 0F 67 /r
  "acv acw",
  // punpckhbw 66 0F 68 /r
  "acx acy",
  // punpckhwd 66 0F 69 /r
  "9hl 9hm",
  // punpckhdq 66 0F 6A /r
  "acz ad0",
  // packssdw 66 0F 6B /r
  "ad1 ad2",
  // pcmpeqb 66 0F 74 /r
  "ad3 ad4",
  // pcmpeqw 66 0F 75 /r
  "ad5 ad6",
  // pcmpeqd 66 0F 76 /r
  "ad7 ad8",
  // pmullw 66 0F D5 /r
  "ad9 ada",
  // psubusb 66 0F D8 /r
  "adb adc",
  // psubusw 66 0F D9 /r
  "ky kz",
  // pand 66 0F DB /r
  "add ade",
  // paddusb 66 0F DC /r
  "adf adg",
  // paddusw 66 0F DD /r
  "9jd 9je",
  // pandn 66 0F DF /r
  "adh adi",
  // pmulhw 66 0F E5 /r
  "adj adk",
  // psubsb 66 0F E8 /r
  "adl adm",
  // psubsw 66 0F E9 /r
  "l0 l1",
  // por 66 0F EB /r
  "adn ado",
  // paddsb 66 0F EC /r
  "adp adq",
  // paddsw 66 0F ED /r
  "l2 l3",
  // pxor 66 0F EF /r
  "adr ads",
  // pmaddwd 66 0F F5 /r
  "adt adu",
  // psubb 66 0F F8 /r
  "adv adw",
  // psubw 66 0F F9 /r
  "adx ady",
  // psubd 66 0F FA /r
  "adz ae0",
  // paddb 66 0F FC /r
  "ae1 ae2",
  // paddw 66 0F FD /r
  "ae3 ae4",
  // paddd 66 0F FE /r
  "ae5 ae6",
  // pminub 66 0F DA /r
  "ae7 ae8",
  // pmaxub 66 0F DE /r
  "ae9 aea",
  // pavgb 66 0F E0 /r
  "aeb aec",
  // pavgw 66 0F E3 /r
  "aed aee",
  // pmulhuw 66 0F E4 /r
  "aef aeg",
  // pminsw 66 0F EA /r
  "aeh aei",
  // pmaxsw 66 0F EE /r
  "aej aek",
  // psadbw 66 0F F6 /r
  "ael aem",
  // paddq 66 0F D4 /r
  "aen aeo",
  // pmuludq 66 0F F4 /r
  "aep aeq",
  // psubq 66 0F FB /r
  "aer aes",
  // psrlw 66 0F D1 /r
  "aet",
  // psrlw 66 0F 71 /2 ib mod=3
  "aeu aev",
  // psrld 66 0F D2 /r
  "aew",
  // psrld 66 0F 72 /2 ib mod=3
  "aex aey",
  // psrlq 66 0F D3 /r
  "aez",
  // psrlq 66 0F 73 /2 ib mod=3
  "af0 af1",
  // psraw 66 0F E1 /r
  "af2",
  // psraw 66 0F 71 /4 ib mod=3
  "af3 af4",
  // psrad 66 0F E2 /r
  "af5",
  // psrad 66 0F 72 /4 ib mod=3
  "af6 af7",
  // psllw 66 0F F1 /r
  "af8",
  // psllw 66 0F 71 /6 ib mod=3
  "af9 afa",
  // pslld 66 0F F2 /r
  "afb",
  // pslld 66 0F 72 /6 ib mod=3
  "afc afd",
  // psllq 66 0F F3 /r
  "afe",
  // psllq 66 0F 73 /6 ib mod=3
  "aff afg",
  // paddq NP 0F D4 /r
  "afh afi",
  // pmuludq NP 0F F4 /r
  "afj afk",
  // psubq NP 0F FB /r
  "lh li lj lk",
  // movd NP 0F 6E /r
  "ll lk",
  // movq NP 0F 6F /r
  "b28",
  // emms NP 0F 77
  "lm ln lo l4",
  // movd NP 0F 7E /r
  "lp l4",
  // movq NP 0F 7F /r
  "b29 b2a",
  // punpcklbw NP 0F 60 /r
  "b2b b2c",
  // punpcklwd NP 0F 61 /r
  "b2d b2e",
  // punpckldq NP 0F 62 /r
  "b2f b2g",
  // packsswb NP 0F 63 /r
  "b2h b2i",
  // pcmpgtb NP 0F 64 /r
  "b2j b2k",
  // pcmpgtw NP 0F 65 /r
  "b2l b2m",
  // pcmpgtd NP 0F 66 /r
  "b2n b2o",
  // packuswb NP 0F 67 /r
  "b2p b2q",
  // punpckhbw NP 0F 68 /r
  "b2r b2s",
  // punpckhwd NP 0F 69 /r
  "b2t b2u",
  // punpckhdq NP 0F 6A /r
  "b2v b2w",
  // packssdw NP 0F 6B /r
  "b2x b2y",
  // pcmpeqb NP 0F 74 /r
  "b2z b30",
  // pcmpeqw NP 0F 75 /r
  "b31 b32",
  // pcmpeqd NP 0F 76 /r
  "b33 b34",
  // pmullw NP 0F D5 /r
  "b35 b36",
  // psubusb NP 0F D8 /r
  "b37 b38",
  // psubusw NP 0F D9 /r
  "lq lr",
  // pand NP 0F DB /r
  "b39 b3a",
  // paddusb NP 0F DC /r
  "b3b b3c",
  // paddusw NP 0F DD /r
  "b3d b3e",
  // pandn NP 0F DF /r
  "b3f b3g",
  // pmulhw NP 0F E5 /r
  "b3h b3i",
  // psubsb NP 0F E8 /r
  "b3j b3k",
  // psubsw NP 0F E9 /r
  "ls lt",
  // por NP 0F EB /r
  "b3l b3m",
  // paddsb NP 0F EC /r
  "b3n b3o",
  // paddsw NP 0F ED /r
  "lu lv",
  // pxor NP 0F EF /r
  "b3p b3q",
  // pmaddwd NP 0F F5 /r
  "b3r b3s",
  // psubb NP 0F F8 /r
  "b3t b3u",
  // psubw NP 0F F9 /r
  "b3v b3w",
  // psubd NP 0F FA /r
  "b3x b3y",
  // paddb NP 0F FC /r
  "b3z b40",
  // paddw NP 0F FD /r
  "b41 b42",
  // paddd NP 0F FE /r
  "b43 b44",
  // psrlw NP 0F D1 /r
  "b45",
  // psrlw NP 0F 71 /2 ib mod=3
  "b46 b47",
  // psrld NP 0F D2 /r
  "b48",
  // psrld NP 0F 72 /2 ib mod=3
  "b49 b4a",
  // psrlq NP 0F D3 /r
  "b4b",
  // psrlq NP 0F 73 /2 ib mod=3
  "b4c b4d",
  // psraw NP 0F E1 /r
  "b4e",
  // psraw NP 0F 71 /4 ib mod=3
  "b4f b4g",
  // psrad NP 0F E2 /r
  "b4h",
  // psrad NP 0F 72 /4 ib mod=3
  "b4i b4j",
  // psllw NP 0F F1 /r
  "b4k",
  // psllw NP 0F 71 /6 ib mod=3
  "b4l b4m",
  // pslld NP 0F F2 /r
  "b4n",
  // pslld NP 0F 72 /6 ib mod=3
  "b4o b4p",
  // psllq NP 0F F3 /r
  "b4q",
  // psllq NP 0F 73 /6 ib mod=3
  "buo bup",
  // movddup F2 0F 12 /r
  "buq bur",
  // movsldup F3 0F 12 /r
  "bus but",
  // movshdup F3 0F 16 /r
  "buu buv",
  // haddpd 66 0F 7C /r
  "buw bux",
  // haddps F2 0F 7C /r
  "buy buz",
  // hsubpd 66 0F 7D /r
  "bv0 bv1",
  // hsubps F2 0F 7D /r
  "bv2 bv3",
  // addsubpd 66 0F D0 /r
  "bv4 bv5",
  // addsubps F2 0F D0 /r
  "kt",
  // lddqu F2 0F F0 /r mod=m
  "cn4 cn5",
  // pshufb 66 0F 38 00 /r
  "cn6 cn7",
  // pshufb NP 0F 38 00 /r
  "cn8 cn9",
  // phaddw 66 0F 38 01 /r
  "cna cnb",
  // phaddw NP 0F 38 01 /r
  "cnc cnd",
  // phaddd 66 0F 38 02 /r
  "cne cnf",
  // phaddd NP 0F 38 02 /r
  "cng cnh",
  // phaddsw 66 0F 38 03 /r
  "cni cnj",
  // phaddsw NP 0F 38 03 /r
  "cnk cnl",
  // pmaddubsw 66 0F 38 04 /r
  "cnm cnn",
  // pmaddubsw NP 0F 38 04 /r
  "cno cnp",
  // phsubw 66 0F 38 05 /r
  "cnq cnr",
  // phsubw NP 0F 38 05 /r
  "cns cnt",
  // phsubd 66 0F 38 06 /r
  "cnu cnv",
  // phsubd NP 0F 38 06 /r
  "cnw cnx",
  // phsubsw 66 0F 38 07 /r
  "cny cnz",
  // phsubsw NP 0F 38 07 /r
  "co0 co1",
  // psignb 66 0F 38 08 /r
  "co2 co3",
  // psignb NP 0F 38 08 /r
  "co4 co5",
  // psignw 66 0F 38 09 /r
  "co6 co7",
  // psignw NP 0F 38 09 /r
  "co8 co9",
  // psignd 66 0F 38 0A /r
  "coa cob",
  // psignd NP 0F 38 0A /r
  "coc cod",
  // pmulhrsw 66 0F 38 0B /r
  "coe cof",
  // pmulhrsw NP 0F 38 0B /r
  "cog coh",
  // pabsb 66 0F 38 1C /r
  "coi coj",
  // pabsb NP 0F 38 1C /r
  "cok col",
  // pabsw 66 0F 38 1D /r
  "com con",
  // pabsw NP 0F 38 1D /r
  "coo cop",
  // pabsd 66 0F 38 1E /r
  "coq cor",
  // pabsd NP 0F 38 1E /r
  "cos cot",
  // palignr 66 0F 3A 0F /r ib
  "cou cov",
  // palignr NP 0F 3A 0F /r ib
  "dfk dfl",
  // pblendvb 66 0F 38 10 /r
  "dfm dfn",
  // blendvps 66 0F 38 14 /r
  "dfo dfp",
  // blendvpd 66 0F 38 15 /r
  "dfq dfr",
  // ptest 66 0F 38 17 /r
  "dfs dft",
  // pmovsxbw 66 0F 38 20 /r
  "dfu dfv",
  // pmovzxbw 66 0F 38 30 /r
  "dfw dfx",
  // pmovsxbd 66 0F 38 21 /r
  "dfy dfz",
  // pmovzxbd 66 0F 38 31 /r
  "dg0 dg1",
  // pmovsxbq 66 0F 38 22 /r
  "dg2 dg3",
  // pmovzxbq 66 0F 38 32 /r
  "dg4 dg5",
  // pmovsxwd 66 0F 38 23 /r
  "dg6 dg7",
  // pmovzxwd 66 0F 38 33 /r
  "dg8 dg9",
  // pmovsxwq 66 0F 38 24 /r
  "dga dgb",
  // pmovzxwq 66 0F 38 34 /r
  "dgc dgd",
  // pmovsxdq 66 0F 38 25 /r
  "dge dgf",
  // pmovzxdq 66 0F 38 35 /r
  "dgg dgh",
  // pmuldq 66 0F 38 28 /r
  "dgi dgj",
  // pcmpeqq 66 0F 38 29 /r
  "kw",
  // movntdqa 66 0F 38 2A /r mod=m
  "dgk dgl",
  // packusdw 66 0F 38 2B /r
  "dgm dgn",
  // pminsb 66 0F 38 38 /r
  "dgo dgp",
  // pminsd 66 0F 38 39 /r
  "dgq dgr",
  // pminuw 66 0F 38 3A /r
  "dgs dgt",
  // pminud 66 0F 38 3B /r
  "dgu dgv",
  // pmaxsb 66 0F 38 3C /r
  "dgw dgx",
  // pmaxsd 66 0F 38 3D /r
  "dgy dgz",
  // pmaxuw 66 0F 38 3E /r
  "dh0 dh1",
  // pmaxud 66 0F 38 3F /r
  "dh2 dh3",
  // pmulld 66 0F 38 40 /r
  "dh4 dh5",
  // phminposuw 66 0F 38 41 /r
  "dh6 dh7",
  // roundps 66 0F 3A 08 /r ib
  "dh8 dh9",
  // roundpd 66 0F 3A 09 /r ib
  "dha dhb",
  // roundss 66 0F 3A 0A /r ib
  "dhc dhd",
  // roundsd 66 0F 3A 0B /r ib
  "dhe dhf",
  // blendps 66 0F 3A 0C /r ib
  "dhg dhh",
  // blendpd 66 0F 3A 0D /r ib
  "dhi dhj",
  // pblendw 66 0F 3A 0E /r ib
  "dhk",
  // pextrb 66 0F 3A 14 /r ib mod=3
  "dhl",
  // pextrb 66 0F 3A 14 /r ib mod=m
  "dhm",
  // pextrw 66 0F 3A 15 /r ib mod=3
  "dhn",
  // pextrw 66 0F 3A 15 /r ib mod=m
  "dho dhp dhq dhr",
  // pextrd 66 0F 3A 16 /r ib
  "dho dhp",
  // extractps 66 0F 3A 17 /r ib
  "dhs",
  // pinsrb 66 0F 3A 20 /r ib mod=3
  "dht",
  // pinsrb 66 0F 3A 20 /r ib mod=m
  "dhu dhv",
  // insertps 66 0F 3A 21 /r ib
  "dhw dhx dhy dhz",
  // pinsrd 66 0F 3A 22 /r ib
  "di0 di1",
  // dpps 66 0F 3A 40 /r ib
  "di2 di3",
  // dppd 66 0F 3A 41 /r ib
  "di4 di5",
  // mpsadbw 66 0F 3A 42 /r ib
  "e80 e81",
  // pcmpgtq 66 0F 38 37 /r
  "e82 e83",
  // pcmpestrm 66 0F 3A 60 /r ib rex.w0
  "e84 e85",
  // pcmpestrm 66 0F 3A 60 /r ib rex.w
  "e86 e87",
  // pcmpestri 66 0F 3A 61 /r ib rex.w0
  "e88 e89",
  // pcmpestri 66 0F 3A 61 /r ib rex.w
  "e8a e8b",
  // pcmpistrm 66 0F 3A 62 /r ib
  "e8c e8d",
  // pcmpistri 66 0F 3A 63 /r ib
  "e8e e8f",
  // crc32 F2 0F 38 F0 /r
  "e8g e8h e8i e8j e8k e8l",
  // crc32 F2 0F 38 F1 /r
  "f0g",
  // extrq 66 0F 78 /0 ib ib mod=3
  "f0h",
  // extrq 66 0F 79 /r mod=3
  "f0i",
  // insertq F2 0F 78 /r ib ib mod=3
  "f0j",
  // insertq F2 0F 79 /r mod=3
  "9he",
  // movntss F3 0F 2B /r mod=m
  "9hi",
  // movntsd F2 0F 2B /r mod=m
  "fsw fsx",
  // pclmulqdq 66 0F 3A 44 /r ib
  "fsy fsz",
  // aesimc 66 0F 38 DB /r
  "ft0 ft1",
  // aesenc 66 0F 38 DC /r
  "ft2 ft3",
  // aesenclast 66 0F 38 DD /r
  "ft4 ft5",
  // aesdec 66 0F 38 DE /r
  "ft6 ft7",
  // aesdeclast 66 0F 38 DF /r
  "ft8 ft9",
  // aeskeygenassist 66 0F 3A DF /r ib
  "fta ftb",
  // sha1rnds4 NP 0F 3A CC /r ib
  "ftc ftd",
  // sha1nexte NP 0F 38 C8 /r
  "fte ftf",
  // sha1msg1 NP 0F 38 C9 /r
  "ftg fth",
  // sha1msg2 NP 0F 38 CA /r
  "fti ftj",
  // sha256rnds2 NP 0F 38 CB /r
  "ftk ftl",
  // sha256msg1 NP 0F 38 CC /r
  "ftm ftn",
  // sha256msg2 NP 0F 38 CD /r
  "glc gld",
  // vmovups VEX.128.NP.0F.WIG 10 /r
  "gle kv",
  // vmovups VEX.128.NP.0F.WIG 11 /r
  "glf",
  // vmovss VEX.LIG.F3.0F.WIG 10 /r mod=m
  "glg",
  // vmovss VEX.LIG.F3.0F.WIG 10 /r mod=3
  "9he",
  // vmovss VEX.LIG.F3.0F.WIG 11 /r mod=m
  "glh",
  // vmovss VEX.LIG.F3.0F.WIG 11 /r mod=3
  "gli",
  // vmovlps VEX.128.NP.0F.WIG 12 /r mod=m
  "glj",
  // vmovhlps VEX.128.NP.0F.WIG 12 /r mod=3
  "9hi",
  // vmovlps VEX.128.NP.0F.WIG 13 /r mod=m
  "glk gll",
  // vunpcklps VEX.128.NP.0F.WIG 14 /r
  "glm gln",
  // vunpckhps VEX.128.NP.0F.WIG 15 /r
  "glo",
  // vmovhps VEX.128.NP.0F.WIG 16 /r mod=m
  "glp",
  // vmovlhps VEX.128.NP.0F.WIG 16 /r mod=3
  "9hp",
  // vmovhps VEX.128.NP.0F.WIG 17 /r mod=m
  "glc glq",
  // vmovaps VEX.128.NP.0F.WIG 28 /r
  "gle kx",
  // vmovaps VEX.128.NP.0F.WIG 29 /r
  "glr gls glt glu",
  // vcvtsi2ss VEX.LIG.F3.0F.WIG 2A /r
  "kx",
  // vmovntps VEX.128.NP.0F.WIG 2B /r mod=m
  "9hy 9hz 9i0 9i1",
  // vcvttss2si VEX.LIG.F3.0F.WIG 2C /r
  "9i4 9i5 9i6 9i7",
  // vcvtss2si VEX.LIG.F3.0F.WIG 2D /r
  "9i8 9i9",
  // vucomiss VEX.LIG.NP.0F.WIG 2E /r
  "9ia 9ib",
  // vcomiss VEX.LIG.NP.0F.WIG 2F /r
  "9ic",
  // vmovmskps VEX.128.NP.0F.WIG 50 /r mod=3
  "glv glw",
  // vsqrtps VEX.128.NP.0F.WIG 51 /r
  "glx gly",
  // vsqrtss VEX.LIG.F3.0F.WIG 51 /r
  "glz gm0",
  // vaddps VEX.128.NP.0F.WIG 58 /r
  "gm1 gm2",
  // vaddss VEX.LIG.F3.0F.WIG 58 /r
  "gm3 gm4",
  // vmulps VEX.128.NP.0F.WIG 59 /r
  "gm5 gm6",
  // vmulss VEX.LIG.F3.0F.WIG 59 /r
  "gm7 gm8",
  // vsubps VEX.128.NP.0F.WIG 5C /r
  "gm9 gma",
  // vsubss VEX.LIG.F3.0F.WIG 5C /r
  "gmb gmc",
  // vminps VEX.128.NP.0F.WIG 5D /r
  "gmd gme",
  // vminss VEX.LIG.F3.0F.WIG 5D /r
  "gmf gmg",
  // vdivps VEX.128.NP.0F.WIG 5E /r
  "gmh gmi",
  // vdivss VEX.LIG.F3.0F.WIG 5E /r
  "gmj gmk",
  // vmaxps VEX.128.NP.0F.WIG 5F /r
  "gml gmm",
  // vmaxss VEX.LIG.F3.0F.WIG 5F /r
  "gmn gmo",
  // vrsqrtps VEX.128.NP.0F.WIG 52 /r
  "gmp gmq",
  // vrsqrtss VEX.LIG.F3.0F.WIG 52 /r
  "gmr gms",
  // vrcpps VEX.128.NP.0F.WIG 53 /r
  "gmt gmu",
  // vrcpss VEX.LIG.F3.0F.WIG 53 /r
  "gmv gmw",
  // vandps VEX.128.NP.0F.WIG 54 /r
  "gmx gmy",
  // vandnps VEX.128.NP.0F.WIG 55 /r
  "gmz gn0",
  // vorps VEX.128.NP.0F.WIG 56 /r
  "gn1 gn2",
  // vxorps VEX.128.NP.0F.WIG 57 /r
  "gn3 gn4",
  // vshufps VEX.128.NP.0F.WIG C6 /r ib
  "9jl",
  // vldmxcsr VEX.LZ.NP.0F.WIG AE /2 mod=m
  "9jm",
  // vstmxcsr VEX.LZ.NP.0F.WIG AE /3 mod=m
  "glc gld",
  // vmovupd VEX.128.66.0F.WIG 10 /r
  "gle kv",
  // vmovupd VEX.128.66.0F.WIG 11 /r
  "gn5",
  // vmovsd VEX.LIG.F2.0F.WIG 10 /r mod=m
  "gn6",
  // vmovsd VEX.LIG.F2.0F.WIG 10 /r mod=3
  "9hi",
  // vmovsd VEX.LIG.F2.0F.WIG 11 /r mod=m
  "gn7",
  // vmovsd VEX.LIG.F2.0F.WIG 11 /r mod=3
  "gli",
  // vmovlpd VEX.128.66.0F.WIG 12 /r mod=m
  "9hi",
  // vmovlpd VEX.128.66.0F.WIG 13 /r mod=m
  "glp gn8",
  // vunpcklpd VEX.128.66.0F.WIG 14 /r
  "gn9 gna",
  // vunpckhpd VEX.128.66.0F.WIG 15 /r
  "glo",
  // vmovhpd VEX.128.66.0F.WIG 16 /r mod=m
  "9hp",
  // vmovhpd VEX.128.66.0F.WIG 17 /r mod=m
  "glc glq",
  // vmovapd VEX.128.66.0F.WIG 28 /r
  "gle kx",
  // vmovapd VEX.128.66.0F.WIG 29 /r
  "gnb gnc gnd gne",
  // vcvtsi2sd VEX.LIG.F2.0F.WIG 2A /r
  "kx",
  // vmovntpd VEX.128.66.0F.WIG 2B /r mod=m
  "aa6 aa7 aa8 aa9",
  // vcvttsd2si VEX.LIG.F2.0F.WIG 2C /r
  "aac aad aae aaf",
  // vcvtsd2si VEX.LIG.F2.0F.WIG 2D /r
  "aag aah",
  // vucomisd VEX.LIG.66.0F.WIG 2E /r
  "aai aaj",
  // vcomisd VEX.LIG.66.0F.WIG 2F /r
  "aak",
  // vmovmskpd VEX.128.66.0F.WIG 50 /r mod=3
  "gnf gng",
  // vsqrtpd VEX.128.66.0F.WIG 51 /r
  "gnh gni",
  // vsqrtsd VEX.LIG.F2.0F.WIG 51 /r
  "gnj gnk",
  // vaddpd VEX.128.66.0F.WIG 58 /r
  "gnl gnm",
  // vaddsd VEX.LIG.F2.0F.WIG 58 /r
  "gnn gno",
  // vmulpd VEX.128.66.0F.WIG 59 /r
  "gnp gnq",
  // vmulsd VEX.LIG.F2.0F.WIG 59 /r
  "gnr gns",
  // vsubpd VEX.128.66.0F.WIG 5C /r
  "gnt gnu",
  // vsubsd VEX.LIG.F2.0F.WIG 5C /r
  "gnv gnw",
  // vminpd VEX.128.66.0F.WIG 5D /r
  "gnx gny",
  // vminsd VEX.LIG.F2.0F.WIG 5D /r
  "gnz go0",
  // vdivpd VEX.128.66.0F.WIG 5E /r
  "go1 go2",
  // vdivsd VEX.LIG.F2.0F.WIG 5E /r
  "go3 go4",
  // vmaxpd VEX.128.66.0F.WIG 5F /r
  "go5 go6",
  // vmaxsd VEX.LIG.F2.0F.WIG 5F /r
  "gmv gmw",
  // vandpd VEX.128.66.0F.WIG 54 /r
  "gmx gmy",
  // vandnpd VEX.128.66.0F.WIG 55 /r
  "gmz gn0",
  // vorpd VEX.128.66.0F.WIG 56 /r
  "gn1 gn2",
  // vxorpd VEX.128.66.0F.WIG 57 /r
  "go7 go8",
  // vcvtps2pd VEX.128.NP.0F.WIG 5A /r
  "go9 goa",
  // vcvtpd2ps VEX.128.66.0F.WIG 5A /r
  "gob goc",
  // vcvtss2sd VEX.LIG.F3.0F.WIG 5A /r
  "god goe",
  // vcvtsd2ss VEX.LIG.F2.0F.WIG 5A /r
  "gof gog",
  // vcvtdq2ps VEX.128.NP.0F.WIG 5B /r
  "goh goi",
  // vcvtps2dq VEX.128.66.0F.WIG 5B /r
  "goj gok",
  // vcvttps2dq VEX.128.F3.0F.WIG 5B /r
  "glp gn8",
  // vpunpcklqdq VEX.128.66.0F.WIG 6C /r
  "gn9 gna",
  // vpunpckhqdq VEX.128.66.0F.WIG 6D /r
  "gol gom gon goo",
  // vmovd VEX.128.66.0F.WIG 6E /r
  "glc glq",
  // vmovdqa VEX.128.66.0F.WIG 6F /r
  "glc gld",
  // vmovdqu VEX.128.F3.0F.WIG 6F /r
  "gop goq",
  // vpshufd VEX.128.66.0F.WIG 70 /r ib
  "gor gos",
  // vpshufhw VEX.128.F3.0F.WIG 70 /r ib
  "got gou",
  // vpshuflw VEX.128.F2.0F.WIG 70 /r ib
  "gov",
  // vpsrldq VEX.128.66.0F.WIG 73 /3 ib mod=3
  "gow",
  // vpslldq VEX.128.66.0F.WIG 73 /7 ib mod=3
  "l9 la lb lc",
  // vmovd VEX.128.66.0F.WIG 7E /r
  "gox goy",
  // vmovq VEX.128.F3.0F.WIG 7E /r
  "gle kx",
  // vmovdqa VEX.128.66.0F.WIG 7F /r
  "gle kv",
  // vmovdqu VEX.128.F3.0F.WIG 7F /r
  "goz",
  // vpinsrw VEX.128.66.0F.WIG C4 /r ib mod=3
  "gp0",
  // vpinsrw VEX.128.66.0F.WIG C4 /r ib mod=m
  "ac5",
  // vpextrw VEX.128.66.0F.WIG C5 /r ib mod=3
  "gp1 gp2",
  // vshufpd VEX.128.66.0F.WIG C6 /r ib
  "gp3 lg",
  // vmovq VEX.128.66.0F.WIG D6 /r
  "aca",
  // vpmovmskb VEX.128.66.0F.WIG D7 /r mod=3
  "gp4 gp5",
  // vcvttpd2dq VEX.128.66.0F.WIG E6 /r
  "gp6 gp7",
  // vcvtdq2pd VEX.128.F3.0F.WIG E6 /r
  "gp8 gp9",
  // vcvtpd2dq VEX.128.F2.0F.WIG E6 /r
  "kx",
  // vmovntdq VEX.128.66.0F.WIG E7 /r mod=m
  "acg acg acg",
  // vmaskmovdqu VEX.128.66.0F.WIG F7 /r mod=3
  "gpa gpb",
  // vpunpcklbw VEX.128.66.0F.WIG 60 /r
  "gpc gpd",
  // vpunpcklwd VEX.128.66.0F.WIG 61 /r
  "glk gll",
  // vpunpckldq VEX.128.66.0F.WIG 62 /r
  "gpe gpf",
  // vpacksswb VEX.128.66.0F.WIG 63 /r
  "gpg gph",
  // vpcmpgtb VEX.128.66.0F.WIG 64 /r
  "gpi gpj",
  // vpcmpgtw VEX.128.66.0F.WIG 65 /r
  "gpk gpl",
  // vpcmpgtd VEX.128.66.0F.WIG 66 /r
  "gpm gpn",
  // vpackuswb VEX.128.66.0F.WIG 67 /r
  "gpo gpp",
  // vpunpckhbw VEX.128.66.0F.WIG 68 /r
  "gpq gpr",
  // vpunpckhwd VEX.128.66.0F.WIG 69 /r
  "glm gln",
  // vpunpckhdq VEX.128.66.0F.WIG 6A /r
  "gps gpt",
  // vpackssdw VEX.128.66.0F.WIG 6B /r
  "gpu gpv",
  // vpcmpeqb VEX.128.66.0F.WIG 74 /r
  "gpw gpx",
  // vpcmpeqw VEX.128.66.0F.WIG 75 /r
  "gpy gpz",
  // vpcmpeqd VEX.128.66.0F.WIG 76 /r
  "gq0 gq1",
  // vpmullw VEX.128.66.0F.WIG D5 /r
  "gq2 gq3",
  // vpsubusb VEX.128.66.0F.WIG D8 /r
  "gq4 gq5",
  // vpsubusw VEX.128.66.0F.WIG D9 /r
  "gmv gmw",
  // vpand VEX.128.66.0F.WIG DB /r
  "gq6 gq7",
  // vpaddusb VEX.128.66.0F.WIG DC /r
  "gq8 gq9",
  // vpaddusw VEX.128.66.0F.WIG DD /r
  "gmx gmy",
  // vpandn VEX.128.66.0F.WIG DF /r
  "gqa gqb",
  // vpmulhw VEX.128.66.0F.WIG E5 /r
  "gqc gqd",
  // vpsubsb VEX.128.66.0F.WIG E8 /r
  "gqe gqf",
  // vpsubsw VEX.128.66.0F.WIG E9 /r
  "gmz gn0",
  // vpor VEX.128.66.0F.WIG EB /r
  "gqg gqh",
  // vpaddsb VEX.128.66.0F.WIG EC /r
  "gqi gqj",
  // vpaddsw VEX.128.66.0F.WIG ED /r
  "gn1 gn2",
  // vpxor VEX.128.66.0F.WIG EF /r
  "gqk gql",
  // vpmaddwd VEX.128.66.0F.WIG F5 /r
  "gqm gqn",
  // vpsubb VEX.128.66.0F.WIG F8 /r
  "gqo gqp",
  // vpsubw VEX.128.66.0F.WIG F9 /r
  "gqq gqr",
  // vpsubd VEX.128.66.0F.WIG FA /r
  "gqs gqt",
  // vpaddb VEX.128.66.0F.WIG FC /r
  "gqu gqv",
  // vpaddw VEX.128.66.0F.WIG FD /r
  "gqw gqx",
  // vpaddd VEX.128.66.0F.WIG FE /r
  "gqy gqz",
  // vpminub VEX.128.66.0F.WIG DA /r
  "gr0 gr1",
  // vpmaxub VEX.128.66.0F.WIG DE /r
  "gr2 gr3",
  // vpavgb VEX.128.66.0F.WIG E0 /r
  "gr4 gr5",
  // vpavgw VEX.128.66.0F.WIG E3 /r
  "gr6 gr7",
  // vpmulhuw VEX.128.66.0F.WIG E4 /r
  "gr8 gr9",
  // vpminsw VEX.128.66.0F.WIG EA /r
  "gra grb",
  // vpmaxsw VEX.128.66.0F.WIG EE /r
  "grc grd",
  // vpsadbw VEX.128.66.0F.WIG F6 /r
  "gre grf",
  // vpaddq VEX.128.66.0F.WIG D4 /r
  "grg grh",
  // vpmuludq VEX.128.66.0F.WIG F4 /r
  "gri grj",
  // vpsubq VEX.128.66.0F.WIG FB /r
  "grk grl",
  // vpsrlw VEX.128.66.0F.WIG D1 /r
  "grm",
  // vpsrlw VEX.128.66.0F.WIG 71 /2 ib mod=3
  "grn gro",
  // vpsrld VEX.128.66.0F.WIG D2 /r
  "grp",
  // vpsrld VEX.128.66.0F.WIG 72 /2 ib mod=3
  "grq grr",
  // vpsrlq VEX.128.66.0F.WIG D3 /r
  "grs",
  // vpsrlq VEX.128.66.0F.WIG 73 /2 ib mod=3
  "grt gru",
  // vpsraw VEX.128.66.0F.WIG E1 /r
  "grv",
  // vpsraw VEX.128.66.0F.WIG 71 /4 ib mod=3
  "grw grx",
  // vpsrad VEX.128.66.0F.WIG E2 /r
  "gry",
  // vpsrad VEX.128.66.0F.WIG 72 /4 ib mod=3
  "grz gs0",
  // vpsllw VEX.128.66.0F.WIG F1 /r
  "gs1",
  // vpsllw VEX.128.66.0F.WIG 71 /6 ib mod=3
  "gs2 gs3",
  // vpslld VEX.128.66.0F.WIG F2 /r
  "gs4",
  // vpslld VEX.128.66.0F.WIG 72 /6 ib mod=3
  "gs5 gs6",
  // vpsllq VEX.128.66.0F.WIG F3 /r
  "gs7",
  // vpsllq VEX.128.66.0F.WIG 73 /6 ib mod=3
  "gs8 gs9",
  // vmovddup VEX.128.F2.0F.WIG 12 /r
  "gsa gsb",
  // vmovsldup VEX.128.F3.0F.WIG 12 /r
  "gsc gsd",
  // vmovshdup VEX.128.F3.0F.WIG 16 /r
  "gse gsf",
  // vhaddpd VEX.128.66.0F.WIG 7C /r
  "hds hdt",
  // vhaddps VEX.128.F2.0F.WIG 7C /r
  "hdu hdv",
  // vhsubpd VEX.128.66.0F.WIG 7D /r
  "hdw hdx",
  // vhsubps VEX.128.F2.0F.WIG 7D /r
  "hdy hdz",
  // vaddsubpd VEX.128.66.0F.WIG D0 /r
  "he0 he1",
  // vaddsubps VEX.128.F2.0F.WIG D0 /r
  "gld",
  // vlddqu VEX.128.F2.0F.WIG F0 /r mod=m
  "he2 he3",
  // vpshufb VEX.128.66.0F38.WIG 00 /r
  "he4 he5",
  // vphaddw VEX.128.66.0F38.WIG 01 /r
  "he6 he7",
  // vphaddd VEX.128.66.0F38.WIG 02 /r
  "he8 he9",
  // vphaddsw VEX.128.66.0F38.WIG 03 /r
  "hea heb",
  // vpmaddubsw VEX.128.66.0F38.WIG 04 /r
  "hec hed",
  // vphsubw VEX.128.66.0F38.WIG 05 /r
  "hee hef",
  // vphsubd VEX.128.66.0F38.WIG 06 /r
  "heg heh",
  // vphsubsw VEX.128.66.0F38.WIG 07 /r
  "hei hej",
  // vpsignb VEX.128.66.0F38.WIG 08 /r
  "hek hel",
  // vpsignw VEX.128.66.0F38.WIG 09 /r
  "hem hen",
  // vpsignd VEX.128.66.0F38.WIG 0A /r
  "heo hep",
  // vpmulhrsw VEX.128.66.0F38.WIG 0B /r
  "heq her",
  // vpabsb VEX.128.66.0F38.WIG 1C /r
  "hes het",
  // vpabsw VEX.128.66.0F38.WIG 1D /r
  "heu hev",
  // vpabsd VEX.128.66.0F38.WIG 1E /r
  "hew hex",
  // vpalignr VEX.128.66.0F3A.WIG 0F /r ib
  "dfq hey",
  // vptest VEX.128.66.0F38.WIG 17 /r
  "hez hf0",
  // vpmovsxbw VEX.128.66.0F38.WIG 20 /r
  "hf1 hf2",
  // vpmovzxbw VEX.128.66.0F38.WIG 30 /r
  "hf3 hf4",
  // vpmovsxbd VEX.128.66.0F38.WIG 21 /r
  "hf5 hf6",
  // vpmovzxbd VEX.128.66.0F38.WIG 31 /r
  "hf7 hf8",
  // vpmovsxbq VEX.128.66.0F38.WIG 22 /r
  "hf9 hfa",
  // vpmovzxbq VEX.128.66.0F38.WIG 32 /r
  "hfb hfc",
  // vpmovsxwd VEX.128.66.0F38.WIG 23 /r
  "hfd hfe",
  // vpmovzxwd VEX.128.66.0F38.WIG 33 /r
  "hff hfg",
  // vpmovsxwq VEX.128.66.0F38.WIG 24 /r
  "hfh hfi",
  // vpmovzxwq VEX.128.66.0F38.WIG 34 /r
  "hfj hfk",
  // vpmovsxdq VEX.128.66.0F38.WIG 25 /r
  "hfl hfm",
  // vpmovzxdq VEX.128.66.0F38.WIG 35 /r
  "hfn hfo",
  // vpmuldq VEX.128.66.0F38.WIG 28 /r
  "hfp hfq",
  // vpcmpeqq VEX.128.66.0F38.WIG 29 /r
  "glq",
  // vmovntdqa VEX.128.66.0F38.WIG 2A /r mod=m
  "hfr hfs",
  // vpackusdw VEX.128.66.0F38.WIG 2B /r
  "hft hfu",
  // vpminsb VEX.128.66.0F38.WIG 38 /r
  "hfv hfw",
  // vpminsd VEX.128.66.0F38.WIG 39 /r
  "hfx hfy",
  // vpminuw VEX.128.66.0F38.WIG 3A /r
  "hfz hg0",
  // vpminud VEX.128.66.0F38.WIG 3B /r
  "hg1 hg2",
  // vpmaxsb VEX.128.66.0F38.WIG 3C /r
  "hg3 hg4",
  // vpmaxsd VEX.128.66.0F38.WIG 3D /r
  "hg5 hg6",
  // vpmaxuw VEX.128.66.0F38.WIG 3E /r
  "hg7 hg8",
  // vpmaxud VEX.128.66.0F38.WIG 3F /r
  "hg9 hga",
  // vpmulld VEX.128.66.0F38.WIG 40 /r
  "hgb hgc",
  // vphminposuw VEX.128.66.0F38.WIG 41 /r
  "hgd hge",
  // vroundps VEX.128.66.0F3A.WIG 08 /r ib
  "hgf hgg",
  // vroundpd VEX.128.66.0F3A.WIG 09 /r ib
  "hgh hgi",
  // vroundss VEX.LIG.66.0F3A.WIG 0A /r ib
  "hgj hgk",
  // vroundsd VEX.LIG.66.0F3A.WIG 0B /r ib
  "hgl hgm",
  // vblendps VEX.128.66.0F3A.WIG 0C /r ib
  "hgn hgo",
  // vblendpd VEX.128.66.0F3A.WIG 0D /r ib
  "hgp hgq",
  // vpblendw VEX.128.66.0F3A.WIG 0E /r ib
  "dhk",
  // vpextrb VEX.128.66.0F3A.WIG 14 /r ib mod=3
  "dhl",
  // vpextrb VEX.128.66.0F3A.WIG 14 /r ib mod=m
  "dhm",
  // vpextrw VEX.128.66.0F3A.WIG 15 /r ib mod=3
  "dhn",
  // vpextrw VEX.128.66.0F3A.WIG 15 /r ib mod=m
  "dho dhp dhq dhr",
  // vpextrd VEX.128.66.0F3A.WIG 16 /r ib
  "dho dhp",
  // vextractps VEX.128.66.0F3A.WIG 17 /r ib
  "hgr",
  // vpinsrb VEX.128.66.0F3A.WIG 20 /r ib mod=3
  "hgs",
  // vpinsrb VEX.128.66.0F3A.WIG 20 /r ib mod=m
  "hgt hgu",
  // vinsertps VEX.128.66.0F3A.WIG 21 /r ib
  "hgv hgw hgx hgy",
  // vpinsrd VEX.128.66.0F3A.WIG 22 /r ib
  "hgz hh0",
  // vdpps VEX.128.66.0F3A.WIG 40 /r ib
  "hh1 hh2",
  // vdppd VEX.128.66.0F3A.WIG 41 /r ib
  "hh3 hh4",
  // vmpsadbw VEX.128.66.0F3A.WIG 42 /r ib
  "hh5 hh6",
  // vpcmpgtq VEX.128.66.0F38.WIG 37 /r
  "hh7 hh8",
  // vpcmpestrm VEX.128.66.0F3A.WIG 60 /r ib
  "hh9 hha",
  // vpcmpestrm VEX.128.66.0F3A.W1 60 /r ib
  "e86 e87",
  // vpcmpestri VEX.128.66.0F3A.WIG 61 /r ib
  "e88 e89",
  // vpcmpestri VEX.128.66.0F3A.W1 61 /r ib
  "hhb hhc",
  // vpcmpistrm VEX.128.66.0F3A.WIG 62 /r ib
  "e8c e8d",
  // vpcmpistri VEX.128.66.0F3A.WIG 63 /r ib
  "hhd hhe",
  // vpclmulqdq VEX.128.66.0F3A.WIG 44 /r ib
  "hhf hhg",
  // vaesimc VEX.128.66.0F38.WIG DB /r
  "hhh hhi",
  // vaesenc VEX.128.66.0F38.WIG DC /r
  "hhj hhk",
  // vaesenclast VEX.128.66.0F38.WIG DD /r
  "hhl hhm",
  // vaesdec VEX.128.66.0F38.WIG DE /r
  "hhn hho",
  // vaesdeclast VEX.128.66.0F38.WIG DF /r
  "hhp hhq",
  // vaeskeygenassist VEX.128.66.0F3A.WIG DF /r ib
  "hhr hhr hhr hhs hht hht",
  // vmovups VEX.256.NP.0F.WIG 10 /r
  "hhu hhu hhu hhv hhw hhw",
  // vmovups VEX.256.NP.0F.WIG 11 /r
  "hhx hhx hhx hhy hhz hhz",
  // vunpcklps VEX.256.NP.0F.WIG 14 /r
  "hi0 hi0 hi0 hi1 hi2 hi2",
  // vunpckhps VEX.256.NP.0F.WIG 15 /r
  "hhr hhr hhr hi3 hi4 hi4",
  // vmovaps VEX.256.NP.0F.WIG 28 /r
  "hhu hhu hhu hi5 hi6 hi6",
  // vmovaps VEX.256.NP.0F.WIG 29 /r
  "hi5 hi6 hi6",
  // vmovntps VEX.256.NP.0F.WIG 2B /r mod=m
  "hi7 hi7 hi7 hi8 hi9 hi9",
  // vsqrtps VEX.256.NP.0F.WIG 51 /r
  "hia hia hia hib hic hic",
  // vaddps VEX.256.NP.0F.WIG 58 /r
  "hid hid hid hie hif hif",
  // vmulps VEX.256.NP.0F.WIG 59 /r
  "hig hig hig hih hii hii",
  // vsubps VEX.256.NP.0F.WIG 5C /r
  "hij hij hij hik hil hil",
  // vminps VEX.256.NP.0F.WIG 5D /r
  "him him him hin hio hio",
  // vdivps VEX.256.NP.0F.WIG 5E /r
  "hip hip hip hiq hir hir",
  // vmaxps VEX.256.NP.0F.WIG 5F /r
  "his his his hit hiu hiu",
  // vrsqrtps VEX.256.NP.0F.WIG 52 /r
  "hiv hiv hiv hiw hix hix",
  // vrcpps VEX.256.NP.0F.WIG 53 /r
  "hiy hiy hiy hiz hj0 hj0",
  // vandps VEX.256.NP.0F.WIG 54 /r
  "hj1 hj1 hj1 hj2 hj3 hj3",
  // vandnps VEX.256.NP.0F.WIG 55 /r
  "hj4 hj4 hj4 hj5 hj6 hj6",
  // vorps VEX.256.NP.0F.WIG 56 /r
  "hj7 hj7 hj7 hj8 hj9 hj9",
  // vxorps VEX.256.NP.0F.WIG 57 /r
  "hja hja hja hjb hjc hjc",
  // vshufps VEX.256.NP.0F.WIG C6 /r ib
  "hhr hhr hhr hhs hht hht",
  // vmovupd VEX.256.66.0F.WIG 10 /r
  "hhu hhu hhu hhv hhw hhw",
  // vmovupd VEX.256.66.0F.WIG 11 /r
  "hjd hjd hjd hje hjf hjf",
  // vunpcklpd VEX.256.66.0F.WIG 14 /r
  "hjg hjg hjg hjh hji hji",
  // vunpckhpd VEX.256.66.0F.WIG 15 /r
  "hhr hhr hhr hi3 hi4 hi4",
  // vmovapd VEX.256.66.0F.WIG 28 /r
  "hhu hhu hhu hi5 hi6 hi6",
  // vmovapd VEX.256.66.0F.WIG 29 /r
  "hi5 hi6 hi6",
  // vmovntpd VEX.256.66.0F.WIG 2B /r mod=m
  "hjj hjj hjj hjk hjl hjl",
  // vsqrtpd VEX.256.66.0F.WIG 51 /r
  "hjm hjm hjm hjn hjo hjo",
  // vaddpd VEX.256.66.0F.WIG 58 /r
  "hjp hjp hjp hjq hjr hjr",
  // vmulpd VEX.256.66.0F.WIG 59 /r
  "hjs hjs hjs hjt hju hju",
  // vsubpd VEX.256.66.0F.WIG 5C /r
  "hjv hjv hjv hjw hjx hjx",
  // vminpd VEX.256.66.0F.WIG 5D /r
  "hjy hjy hjy hjz hk0 hk0",
  // vdivpd VEX.256.66.0F.WIG 5E /r
  "hk1 hk1 hk1 hk2 hk3 hk3",
  // vmaxpd VEX.256.66.0F.WIG 5F /r
  "hiy hiy hiy hiz hj0 hj0",
  // vandpd VEX.256.66.0F.WIG 54 /r
  "hj1 hj1 hj1 hj2 hj3 hj3",
  // vandnpd VEX.256.66.0F.WIG 55 /r
  "hj4 hj4 hj4 hj5 hj6 hj6",
  // vorpd VEX.256.66.0F.WIG 56 /r
  "hj7 hj7 hj7 hj8 hj9 hj9",
  // vxorpd VEX.256.66.0F.WIG 57 /r
  "hk4 hk4 hk4 hk5 hk6 hk6",
  // vcvtdq2ps VEX.256.NP.0F.WIG 5B /r
  "hk7 hk7 hk7 hk8 hk9 hk9",
  // vcvtps2dq VEX.256.66.0F.WIG 5B /r
  "hka hka hka hkb hkc hkc",
  // vcvttps2dq VEX.256.F3.0F.WIG 5B /r
  "hhr hhr hhr hi3 hi4 hi4",
  // vmovdqa VEX.256.66.0F.WIG 6F /r
  "hhr hhr hhr hhs hht hht",
  // vmovdqu VEX.256.F3.0F.WIG 6F /r
  "hhu hhu hhu hi5 hi6 hi6",
  // vmovdqa VEX.256.66.0F.WIG 7F /r
  "hhu hhu hhu hhv hhw hhw",
  // vmovdqu VEX.256.F3.0F.WIG 7F /r
  "hi5 hi6 hi6",
  // vmovntdq VEX.256.66.0F.WIG E7 /r mod=m
  "hkd hkd hkd hke hkf hkf",
  // vmovddup VEX.256.F2.0F.WIG 12 /r
  "hkg hkg hkg hkh hki hki",
  // vmovsldup VEX.256.F3.0F.WIG 12 /r
  "hkj hkj hkj hkk hkl hkl",
  // vmovshdup VEX.256.F3.0F.WIG 16 /r
  "hkm hkm hkm hkn hko hko",
  // vhaddpd VEX.256.66.0F.WIG 7C /r
  "hkp hkp hkp hkq hkr hkr",
  // vhaddps VEX.256.F2.0F.WIG 7C /r
  "hks hks hks hkt hku hku",
  // vhsubpd VEX.256.66.0F.WIG 7D /r
  "hkv hkv hkv i68 i69 i69",
  // vhsubps VEX.256.F2.0F.WIG 7D /r
  "i6a i6a i6a i6b i6c i6c",
  // vaddsubpd VEX.256.66.0F.WIG D0 /r
  "i6d i6d i6d i6e i6f i6f",
  // vaddsubps VEX.256.F2.0F.WIG D0 /r
  "hhs hht hht",
  // vlddqu VEX.256.F2.0F.WIG F0 /r mod=m
  "i6g i6g i6g i6h i6i i6i",
  // vroundps VEX.256.66.0F3A.WIG 08 /r ib
  "i6j i6j i6j i6k i6l i6l",
  // vroundpd VEX.256.66.0F3A.WIG 09 /r ib
  "i6m i6m i6m i6n i6o i6o",
  // vdpps VEX.256.66.0F3A.WIG 40 /r ib
  "i6p i6q",
  // vcmpps VEX.128.NP.0F.WIG C2 /r ib
  "i6r i6r i6r i6s i6t i6t",
  // vcmpps VEX.256.NP.0F.WIG C2 /r ib
  "i6u i6v",
  // vcmppd VEX.128.66.0F.WIG C2 /r ib
  "i6w i6w i6w i6x i6y i6y",
  // vcmppd VEX.256.66.0F.WIG C2 /r ib
  "i6z i70",
  // vcmpss VEX.LIG.F3.0F.WIG C2 /r ib
  "i71 i72",
  // vcmpsd VEX.LIG.F2.0F.WIG C2 /r ib
  "i73",
  // vmovmskps VEX.256.NP.0F.WIG 50 /r mod=3
  "i74",
  // vmovmskpd VEX.256.66.0F.WIG 50 /r mod=3
  "i75 i75 i75 i76 i77 i77",
  // vshufpd VEX.256.66.0F.WIG C6 /r ib
  "i78 i78 i78 i79 i7a i7a",
  // vblendps VEX.256.66.0F3A.WIG 0C /r ib
  "i7b i7b i7b i7c i7d i7d",
  // vblendpd VEX.256.66.0F3A.WIG 0D /r ib
  "i7e i7f",
  // vblendvps VEX.128.66.0F3A.W0 4A /r is4
  "i7g i7g i7g i7h i7i i7i",
  // vblendvps VEX.256.66.0F3A.W0 4A /r is4
  "i7j i7k",
  // vblendvpd VEX.128.66.0F3A.W0 4B /r is4
  "i7l i7l i7l i7m i7n i7n",
  // vblendvpd VEX.256.66.0F3A.W0 4B /r is4
  "i7o i7p",
  // vpblendvb VEX.128.66.0F3A.W0 4C /r is4
  "i7q i7q i7q i7r i7s i7s",
  // vpblendvb VEX.256.66.0F3A.W0 4C /r is4
  "i7t i7t i7t i7u i7v i7v",
  // vptest VEX.256.66.0F38.WIG 17 /r
  "i7w i7x",
  // vtestps VEX.128.66.0F38.W0 0E /r
  "i7y i7y i7y i7z i80 i80",
  // vtestps VEX.256.66.0F38.W0 0E /r
  "i81 i82",
  // vtestpd VEX.128.66.0F38.W0 0F /r
  "i83 i83 i83 i84 i85 i85",
  // vtestpd VEX.256.66.0F38.W0 0F /r
  "i86 i87",
  // vcvtdq2pd VEX.256.F3.0F.WIG E6 /r
  "i88 i89",
  // vcvtps2pd VEX.256.NP.0F.WIG 5A /r
  "i8a i8a i8a i8b i8c i8c",
  // vcvtpd2ps VEX.256.66.0F.WIG 5A /r
  "i8d i8d i8d i8e i8f i8f",
  // vcvtpd2dq VEX.256.F2.0F.WIG E6 /r
  "i8g i8g i8g i8h i8i i8i",
  // vcvttpd2dq VEX.256.66.0F.WIG E6 /r
  "i8j i8k",
  // vpermilps VEX.128.66.0F38.W0 0C /r
  "i8l i8l i8l i8m i8n i8n",
  // vpermilps VEX.256.66.0F38.W0 0C /r
  "i8o i8p",
  // vpermilpd VEX.128.66.0F38.W0 0D /r
  "i8q i8q i8q i8r i8s i8s",
  // vpermilpd VEX.256.66.0F38.W0 0D /r
  "i8t i8u",
  // vpermilps VEX.128.66.0F3A.W0 04 /r ib
  "i8v i8v i8v i8w i8x i8x",
  // vpermilps VEX.256.66.0F3A.W0 04 /r ib
  "i8y i8z",
  // vpermilpd VEX.128.66.0F3A.W0 05 /r ib
  "i90 i90 i90 i91 i92 i92",
  // vpermilpd VEX.256.66.0F3A.W0 05 /r ib
  "i93 i93 i93 i94 i95 i95",
  // vperm2f128 VEX.256.66.0F3A.W0 06 /r ib
  "i96 i97",
  // vinsertf128 VEX.256.66.0F3A.W0 18 /r ib
  "i98 i99",
  // vextractf128 VEX.256.66.0F3A.W0 19 /r ib
  "i9a",
  // vbroadcastss VEX.128.66.0F38.W0 18 /r mod=m
  "i9b",
  // vbroadcastss VEX.128.66.0F38.W0 18 /r mod=3
  "i9c",
  // vbroadcastss VEX.256.66.0F38.W0 18 /r mod=m
  "i9d",
  // vbroadcastss VEX.256.66.0F38.W0 18 /r mod=3
  "i9e",
  // vbroadcastsd VEX.256.66.0F38.W0 19 /r mod=m
  "i9f",
  // vbroadcastsd VEX.256.66.0F38.W0 19 /r mod=3
  "i9g",
  // vbroadcastf128 VEX.256.66.0F38.W0 1A /r mod=m
  "i9h i9h i9h",
  // vmaskmovps VEX.128.66.0F38.W0 2C /r mod=m
  "i9i i9i i9i",
  // vmaskmovps VEX.128.66.0F38.W0 2E /r mod=m
  "i9j i9j i9j",
  // vmaskmovps VEX.256.66.0F38.W0 2C /r mod=m
  "i9k i9k i9k",
  // vmaskmovps VEX.256.66.0F38.W0 2E /r mod=m
  "i9l i9l i9l",
  // vmaskmovpd VEX.128.66.0F38.W0 2D /r mod=m
  "i9m i9m i9m",
  // vmaskmovpd VEX.128.66.0F38.W0 2F /r mod=m
  "i9n i9n i9n",
  // vmaskmovpd VEX.256.66.0F38.W0 2D /r mod=m
  "i9o i9o i9o",
  // vmaskmovpd VEX.256.66.0F38.W0 2F /r mod=m
  "i9p i9p i9p",
  // vzeroupper VEX.128.NP.0F.WIG 77
  "i9q i9q i9q",
  // vzeroall VEX.256.NP.0F.WIG 77
  "hjd hjd hjd hje hjf hjf",
  // vpunpcklqdq VEX.256.66.0F.WIG 6C /r
  "hjg hjg hjg hjh hji hji",
  // vpunpckhqdq VEX.256.66.0F.WIG 6D /r
  "iyo iyo iyo iyp iyq iyq",
  // vpshufd VEX.256.66.0F.WIG 70 /r ib
  "iyr iyr iyr iys iyt iyt",
  // vpshufhw VEX.256.F3.0F.WIG 70 /r ib
  "iyu iyu iyu iyv iyw iyw",
  // vpshuflw VEX.256.F2.0F.WIG 70 /r ib
  "iyx",
  // vpsrldq VEX.256.66.0F.WIG 73 /3 ib mod=3
  "iyy",
  // vpslldq VEX.256.66.0F.WIG 73 /7 ib mod=3
  "iyz iyz iyz iz0 iz1 iz1",
  // vpunpcklbw VEX.256.66.0F.WIG 60 /r
  "iz2 iz2 iz2 iz3 iz4 iz4",
  // vpunpcklwd VEX.256.66.0F.WIG 61 /r
  "hhx hhx hhx hhy hhz hhz",
  // vpunpckldq VEX.256.66.0F.WIG 62 /r
  "iz5 iz5 iz5 iz6 iz7 iz7",
  // vpacksswb VEX.256.66.0F.WIG 63 /r
  "iz8 iz8 iz8 iz9 iza iza",
  // vpcmpgtb VEX.256.66.0F.WIG 64 /r
  "izb izb izb izc izd izd",
  // vpcmpgtw VEX.256.66.0F.WIG 65 /r
  "ize ize ize izf izg izg",
  // vpcmpgtd VEX.256.66.0F.WIG 66 /r
  "izh izh izh izi izj izj",
  // vpackuswb VEX.256.66.0F.WIG 67 /r
  "izk izk izk izl izm izm",
  // vpunpckhbw VEX.256.66.0F.WIG 68 /r
  "izn izn izn izo izp izp",
  // vpunpckhwd VEX.256.66.0F.WIG 69 /r
  "hi0 hi0 hi0 hi1 hi2 hi2",
  // vpunpckhdq VEX.256.66.0F.WIG 6A /r
  "izq izq izq izr izs izs",
  // vpackssdw VEX.256.66.0F.WIG 6B /r
  "izt izt izt izu izv izv",
  // vpcmpeqb VEX.256.66.0F.WIG 74 /r
  "izw izw izw izx izy izy",
  // vpcmpeqw VEX.256.66.0F.WIG 75 /r
  "izz izz izz j00 j01 j01",
  // vpcmpeqd VEX.256.66.0F.WIG 76 /r
  "j02 j02 j02 j03 j04 j04",
  // vpmullw VEX.256.66.0F.WIG D5 /r
  "j05 j05 j05 j06 j07 j07",
  // vpsubusb VEX.256.66.0F.WIG D8 /r
  "j08 j08 j08 j09 j0a j0a",
  // vpsubusw VEX.256.66.0F.WIG D9 /r
  "hiy hiy hiy hiz hj0 hj0",
  // vpand VEX.256.66.0F.WIG DB /r
  "j0b j0b j0b j0c j0d j0d",
  // vpaddusb VEX.256.66.0F.WIG DC /r
  "j0e j0e j0e j0f j0g j0g",
  // vpaddusw VEX.256.66.0F.WIG DD /r
  "hj1 hj1 hj1 hj2 hj3 hj3",
  // vpandn VEX.256.66.0F.WIG DF /r
  "j0h j0h j0h j0i j0j j0j",
  // vpmulhw VEX.256.66.0F.WIG E5 /r
  "j0k j0k j0k j0l j0m j0m",
  // vpsubsb VEX.256.66.0F.WIG E8 /r
  "j0n j0n j0n j0o j0p j0p",
  // vpsubsw VEX.256.66.0F.WIG E9 /r
  "hj4 hj4 hj4 hj5 hj6 hj6",
  // vpor VEX.256.66.0F.WIG EB /r
  "j0q j0q j0q j0r j0s j0s",
  // vpaddsb VEX.256.66.0F.WIG EC /r
  "j0t j0t j0t j0u j0v j0v",
  // vpaddsw VEX.256.66.0F.WIG ED /r
  "hj7 hj7 hj7 hj8 hj9 hj9",
  // vpxor VEX.256.66.0F.WIG EF /r
  "j0w j0w j0w j0x j0y j0y",
  // vpmaddwd VEX.256.66.0F.WIG F5 /r
  "j0z j0z j0z j10 j11 j11",
  // vpsubb VEX.256.66.0F.WIG F8 /r
  "j12 j12 j12 j13 j14 j14",
  // vpsubw VEX.256.66.0F.WIG F9 /r
  "j15 j15 j15 j16 j17 j17",
  // vpsubd VEX.256.66.0F.WIG FA /r
  "j18 j18 j18 j19 j1a j1a",
  // vpaddb VEX.256.66.0F.WIG FC /r
  "j1b j1b j1b j1c j1d j1d",
  // vpaddw VEX.256.66.0F.WIG FD /r
  "j1e j1e j1e j1f j1g j1g",
  // vpaddd VEX.256.66.0F.WIG FE /r
  "j1h j1h j1h j1i j1j j1j",
  // vpminub VEX.256.66.0F.WIG DA /r
  "j1k j1k j1k j1l j1m j1m",
  // vpmaxub VEX.256.66.0F.WIG DE /r
  "j1n j1n j1n j1o j1p j1p",
  // vpavgb VEX.256.66.0F.WIG E0 /r
  "j1q j1q j1q j1r j1s j1s",
  // vpavgw VEX.256.66.0F.WIG E3 /r
  "j1t j1t j1t j1u j1v j1v",
  // vpmulhuw VEX.256.66.0F.WIG E4 /r
  "j1w j1w j1w j1x j1y j1y",
  // vpminsw VEX.256.66.0F.WIG EA /r
  "j1z j1z j1z j20 j21 j21",
  // vpmaxsw VEX.256.66.0F.WIG EE /r
  "j22 j22 j22 j23 j24 j24",
  // vpsadbw VEX.256.66.0F.WIG F6 /r
  "j25 j25 j25 j26 j27 j27",
  // vpaddq VEX.256.66.0F.WIG D4 /r
  "j28 j28 j28 j29 j2a j2a",
  // vpmuludq VEX.256.66.0F.WIG F4 /r
  "j2b j2b j2b j2c j2d j2d",
  // vpsubq VEX.256.66.0F.WIG FB /r
  "j2e",
  // vpsrlw VEX.256.66.0F.WIG 71 /2 ib mod=3
  "j2f",
  // vpsrld VEX.256.66.0F.WIG 72 /2 ib mod=3
  "j2g",
  // vpsrlq VEX.256.66.0F.WIG 73 /2 ib mod=3
  "j2h",
  // vpsraw VEX.256.66.0F.WIG 71 /4 ib mod=3
  "j2i",
  // vpsrad VEX.256.66.0F.WIG 72 /4 ib mod=3
  "j2j",
  // vpsllw VEX.256.66.0F.WIG 71 /6 ib mod=3
  "j2k",
  // vpslld VEX.256.66.0F.WIG 72 /6 ib mod=3
  "j2l",
  // vpsllq VEX.256.66.0F.WIG 73 /6 ib mod=3
  "j2m j2m j2m j2n j2o j2o",
  // vpshufb VEX.256.66.0F38.WIG 00 /r
  "j2p j2p j2p j2q j2r j2r",
  // vphaddw VEX.256.66.0F38.WIG 01 /r
  "j2s j2s j2s j2t j2u j2u",
  // vphaddd VEX.256.66.0F38.WIG 02 /r
  "j2v j2v j2v j2w j2x j2x",
  // vphaddsw VEX.256.66.0F38.WIG 03 /r
  "j2y j2y j2y j2z j30 j30",
  // vpmaddubsw VEX.256.66.0F38.WIG 04 /r
  "j31 j31 j31 j32 j33 j33",
  // vphsubw VEX.256.66.0F38.WIG 05 /r
  "j34 j34 j34 j35 j36 j36",
  // vphsubd VEX.256.66.0F38.WIG 06 /r
  "j37 j37 j37 j38 j39 j39",
  // vphsubsw VEX.256.66.0F38.WIG 07 /r
  "j3a j3a j3a j3b j3c j3c",
  // vpsignb VEX.256.66.0F38.WIG 08 /r
  "j3d j3d j3d j3e j3f j3f",
  // vpsignw VEX.256.66.0F38.WIG 09 /r
  "j3g j3g j3g j3h j3i j3i",
  // vpsignd VEX.256.66.0F38.WIG 0A /r
  "j3j j3j j3j j3k j3l j3l",
  // vpmulhrsw VEX.256.66.0F38.WIG 0B /r
  "j3m j3m j3m j3n j3o j3o",
  // vpabsb VEX.256.66.0F38.WIG 1C /r
  "j3p j3p j3p j3q j3r j3r",
  // vpabsw VEX.256.66.0F38.WIG 1D /r
  "j3s j3s j3s j3t j3u j3u",
  // vpabsd VEX.256.66.0F38.WIG 1E /r
  "j3v j3v j3v j3w j3x j3x",
  // vpalignr VEX.256.66.0F3A.WIG 0F /r ib
  "j3y j3y j3y j3z j40 j40",
  // vpmuldq VEX.256.66.0F38.WIG 28 /r
  "j41 j41 j41 j42 j43 j43",
  // vpcmpeqq VEX.256.66.0F38.WIG 29 /r
  "hi3 hi4 hi4",
  // vmovntdqa VEX.256.66.0F38.WIG 2A /r mod=m
  "j44 j44 j44 j45 j46 j46",
  // vpackusdw VEX.256.66.0F38.WIG 2B /r
  "j47 j47 j47 j48 j49 j49",
  // vpminsb VEX.256.66.0F38.WIG 38 /r
  "j4a j4a j4a j4b j4c j4c",
  // vpminsd VEX.256.66.0F38.WIG 39 /r
  "j4d j4d j4d j4e j4f j4f",
  // vpminuw VEX.256.66.0F38.WIG 3A /r
  "j4g j4g j4g j4h j4i j4i",
  // vpminud VEX.256.66.0F38.WIG 3B /r
  "j4j j4j j4j j4k j4l j4l",
  // vpmaxsb VEX.256.66.0F38.WIG 3C /r
  "j4m j4m j4m j4n j4o j4o",
  // vpmaxsd VEX.256.66.0F38.WIG 3D /r
  "j4p j4p j4p j4q j4r j4r",
  // vpmaxuw VEX.256.66.0F38.WIG 3E /r
  "j4s j4s j4s j4t j4u j4u",
  // vpmaxud VEX.256.66.0F38.WIG 3F /r
  "j4v j4v j4v j4w j4x j4x",
  // vpmulld VEX.256.66.0F38.WIG 40 /r
  "j4y j4y j4y j4z j50 j50",
  // vpblendw VEX.256.66.0F3A.WIG 0E /r ib
  "j51 j51 j51 j52 j53 j53",
  // vpcmpgtq VEX.256.66.0F38.WIG 37 /r
  "j54 j55",
  // vpsrlw VEX.256.66.0F.WIG D1 /r
  "j56 j57",
  // vpsrld VEX.256.66.0F.WIG D2 /r
  "j58 j59",
  // vpsrlq VEX.256.66.0F.WIG D3 /r
  "j5a j5b",
  // vpsraw VEX.256.66.0F.WIG E1 /r
  "j5c j5d",
  // vpsrad VEX.256.66.0F.WIG E2 /r
  "j5e j5f",
  // vpsllw VEX.256.66.0F.WIG F1 /r
  "j5g j5h",
  // vpslld VEX.256.66.0F.WIG F2 /r
  "j5i j5j",
  // vpsllq VEX.256.66.0F.WIG F3 /r
  "j5k",
  // vpmovmskb VEX.256.66.0F.WIG D7 /r mod=3
  "j5l j5l j5l j5m j5n j5n",
  // vmpsadbw VEX.256.66.0F3A.WIG 42 /r ib
  "j5o j5p",
  // vpmovsxbw VEX.256.66.0F38.WIG 20 /r
  "j5q j5r",
  // vpmovzxbw VEX.256.66.0F38.WIG 30 /r
  "jr4 jr5",
  // vpmovsxbd VEX.256.66.0F38.WIG 21 /r
  "jr6 jr7",
  // vpmovzxbd VEX.256.66.0F38.WIG 31 /r
  "jr8 jr9",
  // vpmovsxbq VEX.256.66.0F38.WIG 22 /r
  "jra jrb",
  // vpmovzxbq VEX.256.66.0F38.WIG 32 /r
  "jrc jrd",
  // vpmovsxwd VEX.256.66.0F38.WIG 23 /r
  "jre jrf",
  // vpmovzxwd VEX.256.66.0F38.WIG 33 /r
  "jrg jrh",
  // vpmovsxwq VEX.256.66.0F38.WIG 24 /r
  "jri jrj",
  // vpmovzxwq VEX.256.66.0F38.WIG 34 /r
  "jrk jrl",
  // vpmovsxdq VEX.256.66.0F38.WIG 25 /r
  "jrm jrn",
  // vpmovzxdq VEX.256.66.0F38.WIG 35 /r
  "jro jrp",
  // vpbroadcastb VEX.128.66.0F38.W0 78 /r
  "jrq jrr",
  // vpbroadcastb VEX.256.66.0F38.W0 78 /r
  "jrs jrt",
  // vpbroadcastw VEX.128.66.0F38.W0 79 /r
  "jru jrv",
  // vpbroadcastw VEX.256.66.0F38.W0 79 /r
  "i9b i9a",
  // vpbroadcastd VEX.128.66.0F38.W0 58 /r
  "i9d i9c",
  // vpbroadcastd VEX.256.66.0F38.W0 58 /r
  "gs8 gs9",
  // vpbroadcastq VEX.128.66.0F38.W0 59 /r
  "i9f i9e",
  // vpbroadcastq VEX.256.66.0F38.W0 59 /r
  "i9g",
  // vbroadcasti128 VEX.256.66.0F38.W0 5A /r mod=m
  "jrw jrw jrw jrx jry jry",
  // vpermd VEX.256.66.0F38.W0 36 /r
  "jrw jrw jrw jrx jry jry",
  // vpermps VEX.256.66.0F38.W0 16 /r
  "jrz jrz jrz js0 js1 js1",
  // vpermq VEX.256.66.0F3A.W1 00 /r ib
  "jrz jrz jrz js0 js1 js1",
  // vpermpd VEX.256.66.0F3A.W1 01 /r ib
  "i93 i93 i93 i94 i95 i95",
  // vperm2i128 VEX.256.66.0F3A.W0 46 /r ib
  "i96 i97",
  // vinserti128 VEX.256.66.0F3A.W0 38 /r ib
  "i98 i99",
  // vextracti128 VEX.256.66.0F3A.W0 39 /r ib
  "js2 js3",
  // vpblendd VEX.128.66.0F3A.W0 02 /r ib
  "i78 i78 i78 i79 i7a i7a",
  // vpblendd VEX.256.66.0F3A.W0 02 /r ib
  "js4 js5",
  // vpsrlvd VEX.128.66.0F38.W0 45 /r
  "js6 js6 js6 js7 js8 js8",
  // vpsrlvd VEX.256.66.0F38.W0 45 /r
  "js9 jsa",
  // vpsrlvq VEX.128.66.0F38.W1 45 /r
  "jsb jsb jsb jsc jsd jsd",
  // vpsrlvq VEX.256.66.0F38.W1 45 /r
  "jse jsf",
  // vpsravd VEX.128.66.0F38.W0 46 /r
  "jsg jsg jsg jsh jsi jsi",
  // vpsravd VEX.256.66.0F38.W0 46 /r
  "jsj jsk",
  // vpsllvd VEX.128.66.0F38.W0 47 /r
  "jsl jsl jsl jsm jsn jsn",
  // vpsllvd VEX.256.66.0F38.W0 47 /r
  "jso jsp",
  // vpsllvq VEX.128.66.0F38.W1 47 /r
  "jsq jsq jsq jsr jss jss",
  // vpsllvq VEX.256.66.0F38.W1 47 /r
  "i9h i9h i9h",
  // vpmaskmovd VEX.128.66.0F38.W0 8C /r mod=m
  "i9i i9i i9i",
  // vpmaskmovd VEX.128.66.0F38.W0 8E /r mod=m
  "i9j i9j i9j",
  // vpmaskmovd VEX.256.66.0F38.W0 8C /r mod=m
  "i9k i9k i9k",
  // vpmaskmovd VEX.256.66.0F38.W0 8E /r mod=m
  "i9l i9l i9l",
  // vpmaskmovq VEX.128.66.0F38.W1 8C /r mod=m
  "i9m i9m i9m",
  // vpmaskmovq VEX.128.66.0F38.W1 8E /r mod=m
  "i9n i9n i9n",
  // vpmaskmovq VEX.256.66.0F38.W1 8C /r mod=m
  "i9o i9o i9o",
  // vpmaskmovq VEX.256.66.0F38.W1 8E /r mod=m
  "jst jst jst",
  // vpgatherdd VEX.128.66.0F38.W0 90 /r mod=m
  "jsu jsu jsu",
  // vpgatherdd VEX.256.66.0F38.W0 90 /r mod=m
  "jst jst jst",
  // vgatherdps VEX.128.66.0F38.W0 92 /r mod=m
  "jsu jsu jsu",
  // vgatherdps VEX.256.66.0F38.W0 92 /r mod=m
  "jsv jsv jsv",
  // vpgatherdq VEX.128.66.0F38.W1 90 /r mod=m
  "jsw jsw jsw",
  // vpgatherdq VEX.256.66.0F38.W1 90 /r mod=m
  "jsv jsv jsv",
  // vgatherdpd VEX.128.66.0F38.W1 92 /r mod=m
  "jsw jsw jsw",
  // vgatherdpd VEX.256.66.0F38.W1 92 /r mod=m
  "jsx jsx jsx",
  // vpgatherqd VEX.128.66.0F38.W0 91 /r mod=m
  "jsy jsy jsy",
  // vpgatherqd VEX.256.66.0F38.W0 91 /r mod=m
  "jsx jsx jsx",
  // vgatherqps VEX.128.66.0F38.W0 93 /r mod=m
  "jsy jsy jsy",
  // vgatherqps VEX.256.66.0F38.W0 93 /r mod=m
  "jsz jsz jsz",
  // vpgatherqq VEX.128.66.0F38.W1 91 /r mod=m
  "jt0 jt0 jt0",
  // vpgatherqq VEX.256.66.0F38.W1 91 /r mod=m
  "jsz jsz jsz",
  // vgatherqpd VEX.128.66.0F38.W1 93 /r mod=m
  "jt0 jt0 jt0",
  // vgatherqpd VEX.256.66.0F38.W1 93 /r mod=m
  "kjk kjl",
  // vcvtph2ps VEX.128.66.0F38.W0 13 /r
  "kjm kjn",
  // vcvtph2ps VEX.256.66.0F38.W0 13 /r
  "kjo kjp",
  // vcvtps2ph VEX.128.66.0F3A.W0 1D /r ib
  "kjq kjr",
  // vcvtps2ph VEX.256.66.0F3A.W0 1D /r ib
  "lc0 lc1",
  // vfmaddsub132ps VEX.128.66.0F38.W0 96 /r
  "lc2 lc2 lc2 lc3 lc4 lc4",
  // vfmaddsub132ps VEX.256.66.0F38.W0 96 /r
  "lc5 lc6",
  // vfmsubadd132ps VEX.128.66.0F38.W0 97 /r
  "lc7 lc7 lc7 lc8 lc9 lc9",
  // vfmsubadd132ps VEX.256.66.0F38.W0 97 /r
  "lca lcb",
  // vfmadd132ps VEX.128.66.0F38.W0 98 /r
  "lcc lcc lcc lcd lce lce",
  // vfmadd132ps VEX.256.66.0F38.W0 98 /r
  "lcf lcg",
  // vfmadd132ss VEX.LIG.66.0F38.W0 99 /r
  "lch lci",
  // vfmsub132ps VEX.128.66.0F38.W0 9A /r
  "lcj lcj lcj lck lcl lcl",
  // vfmsub132ps VEX.256.66.0F38.W0 9A /r
  "lcm lcn",
  // vfmsub132ss VEX.LIG.66.0F38.W0 9B /r
  "lco lcp",
  // vfnmadd132ps VEX.128.66.0F38.W0 9C /r
  "lcq lcq lcq lcr lcs lcs",
  // vfnmadd132ps VEX.256.66.0F38.W0 9C /r
  "lct lcu",
  // vfnmadd132ss VEX.LIG.66.0F38.W0 9D /r
  "lcv lcw",
  // vfnmsub132ps VEX.128.66.0F38.W0 9E /r
  "lcx lcx lcx lcy lcz lcz",
  // vfnmsub132ps VEX.256.66.0F38.W0 9E /r
  "ld0 ld1",
  // vfnmsub132ss VEX.LIG.66.0F38.W0 9F /r
  "ld2 ld3",
  // vfmaddsub213ps VEX.128.66.0F38.W0 A6 /r
  "ld4 ld4 ld4 ld5 ld6 ld6",
  // vfmaddsub213ps VEX.256.66.0F38.W0 A6 /r
  "ld7 ld8",
  // vfmsubadd213ps VEX.128.66.0F38.W0 A7 /r
  "ld9 ld9 ld9 lda ldb ldb",
  // vfmsubadd213ps VEX.256.66.0F38.W0 A7 /r
  "ldc ldd",
  // vfmadd213ps VEX.128.66.0F38.W0 A8 /r
  "lde lde lde ldf ldg ldg",
  // vfmadd213ps VEX.256.66.0F38.W0 A8 /r
  "ldh ldi",
  // vfmadd213ss VEX.LIG.66.0F38.W0 A9 /r
  "ldj ldk",
  // vfmsub213ps VEX.128.66.0F38.W0 AA /r
  "ldl ldl ldl ldm ldn ldn",
  // vfmsub213ps VEX.256.66.0F38.W0 AA /r
  "ldo ldp",
  // vfmsub213ss VEX.LIG.66.0F38.W0 AB /r
  "ldq ldr",
  // vfnmadd213ps VEX.128.66.0F38.W0 AC /r
  "lds lds lds ldt ldu ldu",
  // vfnmadd213ps VEX.256.66.0F38.W0 AC /r
  "ldv ldw",
  // vfnmadd213ss VEX.LIG.66.0F38.W0 AD /r
  "ldx ldy",
  // vfnmsub213ps VEX.128.66.0F38.W0 AE /r
  "ldz ldz ldz le0 le1 le1",
  // vfnmsub213ps VEX.256.66.0F38.W0 AE /r
  "le2 le3",
  // vfnmsub213ss VEX.LIG.66.0F38.W0 AF /r
  "le4 le5",
  // vfmaddsub231ps VEX.128.66.0F38.W0 B6 /r
  "le6 le6 le6 le7 le8 le8",
  // vfmaddsub231ps VEX.256.66.0F38.W0 B6 /r
  "le9 lea",
  // vfmsubadd231ps VEX.128.66.0F38.W0 B7 /r
  "leb leb leb lec led led",
  // vfmsubadd231ps VEX.256.66.0F38.W0 B7 /r
  "lee lef",
  // vfmadd231ps VEX.128.66.0F38.W0 B8 /r
  "leg leg leg leh lei lei",
  // vfmadd231ps VEX.256.66.0F38.W0 B8 /r
  "lej lek",
  // vfmadd231ss VEX.LIG.66.0F38.W0 B9 /r
  "lel lem",
  // vfmsub231ps VEX.128.66.0F38.W0 BA /r
  "len len len leo lep lep",
  // vfmsub231ps VEX.256.66.0F38.W0 BA /r
  "leq ler",
  // vfmsub231ss VEX.LIG.66.0F38.W0 BB /r
  "les let",
  // vfnmadd231ps VEX.128.66.0F38.W0 BC /r
  "leu leu leu lev lew lew",
  // vfnmadd231ps VEX.256.66.0F38.W0 BC /r
  "lex ley",
  // vfnmadd231ss VEX.LIG.66.0F38.W0 BD /r
  "lez lf0",
  // vfnmsub231ps VEX.128.66.0F38.W0 BE /r
  "lf1 lf1 lf1 lf2 lf3 lf3",
  // vfnmsub231ps VEX.256.66.0F38.W0 BE /r
  "lf4 lf5",
  // vfnmsub231ss VEX.LIG.66.0F38.W0 BF /r
  "lf6 lf7",
  // vfmaddsub132pd VEX.128.66.0F38.W1 96 /r
  "lf8 lf8 lf8 lf9 lfa lfa",
  // vfmaddsub132pd VEX.256.66.0F38.W1 96 /r
  "lfb lfc",
  // vfmsubadd132pd VEX.128.66.0F38.W1 97 /r
  "lfd lfd lfd lfe lff lff",
  // vfmsubadd132pd VEX.256.66.0F38.W1 97 /r
  "lfg lfh",
  // vfmadd132pd VEX.128.66.0F38.W1 98 /r
  "lfi lfi lfi lfj lfk lfk",
  // vfmadd132pd VEX.256.66.0F38.W1 98 /r
  "lfl lfm",
  // vfmadd132sd VEX.LIG.66.0F38.W1 99 /r
  "lfn lfo",
  // vfmsub132pd VEX.128.66.0F38.W1 9A /r
  "lfp lfp lfp lfq lfr lfr",
  // vfmsub132pd VEX.256.66.0F38.W1 9A /r
  "lfs lft",
  // vfmsub132sd VEX.LIG.66.0F38.W1 9B /r
  "lfu lfv",
  // vfnmadd132pd VEX.128.66.0F38.W1 9C /r
  "lfw lfw lfw lfx lfy lfy",
  // vfnmadd132pd VEX.256.66.0F38.W1 9C /r
  "lfz lg0",
  // vfnmadd132sd VEX.LIG.66.0F38.W1 9D /r
  "lg1 lg2",
  // vfnmsub132pd VEX.128.66.0F38.W1 9E /r
  "lg3 lg3 lg3 lg4 lg5 lg5",
  // vfnmsub132pd VEX.256.66.0F38.W1 9E /r
  "lg6 lg7",
  // vfnmsub132sd VEX.LIG.66.0F38.W1 9F /r
  "lg8 lg9",
  // vfmaddsub213pd VEX.128.66.0F38.W1 A6 /r
  "lga lga lga lgb lgc lgc",
  // vfmaddsub213pd VEX.256.66.0F38.W1 A6 /r
  "lgd lge",
  // vfmsubadd213pd VEX.128.66.0F38.W1 A7 /r
  "lgf lgf lgf lgg lgh lgh",
  // vfmsubadd213pd VEX.256.66.0F38.W1 A7 /r
  "lgi lgj",
  // vfmadd213pd VEX.128.66.0F38.W1 A8 /r
  "lgk lgk lgk lgl lgm lgm",
  // vfmadd213pd VEX.256.66.0F38.W1 A8 /r
  "lgn lgo",
  // vfmadd213sd VEX.LIG.66.0F38.W1 A9 /r
  "lgp lgq",
  // vfmsub213pd VEX.128.66.0F38.W1 AA /r
  "lgr lgr lgr lgs lgt lgt",
  // vfmsub213pd VEX.256.66.0F38.W1 AA /r
  "lgu lgv",
  // vfmsub213sd VEX.LIG.66.0F38.W1 AB /r
  "lgw lgx",
  // vfnmadd213pd VEX.128.66.0F38.W1 AC /r
  "lgy lgy lgy lgz lh0 lh0",
  // vfnmadd213pd VEX.256.66.0F38.W1 AC /r
  "lh1 lh2",
  // vfnmadd213sd VEX.LIG.66.0F38.W1 AD /r
  "lh3 lh4",
  // vfnmsub213pd VEX.128.66.0F38.W1 AE /r
  "lh5 lh5 lh5 lh6 lh7 lh7",
  // vfnmsub213pd VEX.256.66.0F38.W1 AE /r
  "lh8 lh9",
  // vfnmsub213sd VEX.LIG.66.0F38.W1 AF /r
  "lha lhb",
  // vfmaddsub231pd VEX.128.66.0F38.W1 B6 /r
  "lhc lhc lhc lhd lhe lhe",
  // vfmaddsub231pd VEX.256.66.0F38.W1 B6 /r
  "lhf lhg",
  // vfmsubadd231pd VEX.128.66.0F38.W1 B7 /r
  "lhh lhh lhh lhi lhj lhj",
  // vfmsubadd231pd VEX.256.66.0F38.W1 B7 /r
  "lhk lhl",
  // vfmadd231pd VEX.128.66.0F38.W1 B8 /r
  "lhm lhm lhm lhn lho lho",
  // vfmadd231pd VEX.256.66.0F38.W1 B8 /r
  "lhp lhq",
  // vfmadd231sd VEX.LIG.66.0F38.W1 B9 /r
  "lhr lhs",
  // vfmsub231pd VEX.128.66.0F38.W1 BA /r
  "lht lht lht lhu lhv lhv",
  // vfmsub231pd VEX.256.66.0F38.W1 BA /r
  "lhw lhx",
  // vfmsub231sd VEX.LIG.66.0F38.W1 BB /r
  "lhy lhz",
  // vfnmadd231pd VEX.128.66.0F38.W1 BC /r
  "li0 li0 li0 li1 li2 li2",
  // vfnmadd231pd VEX.256.66.0F38.W1 BC /r
  "li3 li4",
  // vfnmadd231sd VEX.LIG.66.0F38.W1 BD /r
  "li5 li6",
  // vfnmsub231pd VEX.128.66.0F38.W1 BE /r
  "li7 li7 li7 li8 li9 li9",
  // vfnmsub231pd VEX.256.66.0F38.W1 BE /r
  "lia lib",
  // vfnmsub231sd VEX.LIG.66.0F38.W1 BF /r
  "m4g",
  // fadd D8 /0 mod=m
  "m4h",
  // fmul D8 /1 mod=m
  "m4i",
  // fcom D8 /2 mod=m
  "m4j",
  // fcomp D8 /3 mod=m
  "m4k",
  // fsub D8 /4 mod=m
  "m4l",
  // fsubr D8 /5 mod=m
  "m4m",
  // fdiv D8 /6 mod=m
  "m4n",
  // fdivr D8 /7 mod=m
  "m4o",
  // fadd DC /0 mod=m
  "m4p",
  // fmul DC /1 mod=m
  "m4q",
  // fcom DC /2 mod=m
  "m4r",
  // fcomp DC /3 mod=m
  "m4s",
  // fsub DC /4 mod=m
  "m4t",
  // fsubr DC /5 mod=m
  "m4u",
  // fdiv DC /6 mod=m
  "m4v",
  // fdivr DC /7 mod=m
  "m4w",
  // fiadd DA /0 mod=m
  "m4x",
  // fimul DA /1 mod=m
  "m4y",
  // ficom DA /2 mod=m
  "m4z",
  // ficomp DA /3 mod=m
  "m50",
  // fisub DA /4 mod=m
  "m51",
  // fisubr DA /5 mod=m
  "m52",
  // fidiv DA /6 mod=m
  "m53",
  // fidivr DA /7 mod=m
  "m54",
  // fiadd DE /0 mod=m
  "m55",
  // fimul DE /1 mod=m
  "m56",
  // ficom DE /2 mod=m
  "m57",
  // ficomp DE /3 mod=m
  "m58",
  // fisub DE /4 mod=m
  "m59",
  // fisubr DE /5 mod=m
  "m5a",
  // fidiv DE /6 mod=m
  "m5b",
  // fidivr DE /7 mod=m
  "m5c",
  // fadd D8 /0 mod=3
  "m5d",
  // fmul D8 /1 mod=3
  "m5e",
  // fcom D8 /2 mod=3
  "m5f",
  // fcomp D8 /3 mod=3
  "m5g",
  // fsub D8 /4 mod=3
  "m5h",
  // fsubr D8 /5 mod=3
  "m5i",
  // fdiv D8 /6 mod=3
  "m5j",
  // fdivr D8 /7 mod=3
  "m5k",
  // fadd DC /0 mod=3
  "m5l",
  // fmul DC /1 mod=3
  "m5m",
  // fsubr DC /4 mod=3
  "m5n",
  // fsub DC /5 mod=3
  "m5o",
  // fdivr DC /6 mod=3
  "m5p",
  // fdiv DC /7 mod=3
  "m5q",
  // faddp DE /0 mod=3
  "m5r",
  // fmulp DE /1 mod=3
  "m5s",
  // fsubrp DE /4 mod=3
  "m5t",
  // fsubp DE /5 mod=3
  "m5u",
  // fdivrp DE /6 mod=3
  "m5v",
  // fdivp DE /7 mod=3
  "m5w",
  // fld D9 /0 mod=m
  "m5x m5x m5x",
  // fst D9 /2 mod=m
  "m5y m5y m5y",
  // fstp D9 /3 mod=m
  "m5z m5z m5z",
  // fld D9 /0 mod=3
  "m60 m60 m60",
  // fxch D9 /1 mod=3
  "m61 m61 m61",
  // fstp D9 /3 mod=3
  "m62",
  // fchs D9 /4 mod=3 rm=0
  "m63",
  // fabs D9 /4 mod=3 rm=1
  "m64 m64 m64",
  // ftst D9 /4 mod=3 rm=4
  "m65 m65 m65",
  // fxam D9 /4 mod=3 rm=5
  "m66",
  // fld1 D9 /5 mod=3 rm=0
  "m67",
  // fldl2t D9 /5 mod=3 rm=1
  "m68",
  // fldl2e D9 /5 mod=3 rm=2
  "m69",
  // fldpi D9 /5 mod=3 rm=3
  "m6a",
  // fldlg2 D9 /5 mod=3 rm=4
  "m6b",
  // fldln2 D9 /5 mod=3 rm=5
  "m6c",
  // fldz D9 /5 mod=3 rm=6
  "m6d m6d m6d",
  // f2xm1 D9 /6 mod=3 rm=0
  "m6e m6e m6e",
  // fyl2x D9 /6 mod=3 rm=1
  "m6f m6f m6f",
  // fptan D9 /6 mod=3 rm=2
  "m6g m6g m6g",
  // fpatan D9 /6 mod=3 rm=3
  "m6h m6h m6h",
  // fxtract D9 /6 mod=3 rm=4
  "m6i m6i m6i",
  // fprem1 D9 /6 mod=3 rm=5
  "m6j",
  // fdecstp D9 /6 mod=3 rm=6
  "m6k",
  // fincstp D9 /6 mod=3 rm=7
  "m6l m6l m6l",
  // fprem D9 /7 mod=3 rm=0
  "m6m m6m m6m",
  // fyl2xp1 D9 /7 mod=3 rm=1
  "m6n m6n m6n",
  // fsqrt D9 /7 mod=3 rm=2
  "m6o m6o m6o",
  // fsincos D9 /7 mod=3 rm=3
  "m6p m6p m6p",
  // frndint D9 /7 mod=3 rm=4
  "m6q m6q m6q",
  // fscale D9 /7 mod=3 rm=5
  "m6r m6r m6r",
  // fsin D9 /7 mod=3 rm=6
  "m6s m6s m6s",
  // fcos D9 /7 mod=3 rm=7
  "m6t",
  // fcmovb DA /0 mod=3
  "m6u",
  // fcmove DA /1 mod=3
  "m6v",
  // fcmovbe DA /2 mod=3
  "m6w",
  // fcmovu DA /3 mod=3
  "m6x",
  // fucompp DA /5 mod=3 rm=1
  "m6y",
  // fild DB /0 mod=m
  "m6z m6z m6z",
  // fisttp DB /1 mod=m
  "m70 m70 m70",
  // fist DB /2 mod=m
  "m71 m71 m71",
  // fistp DB /3 mod=m
  "m72 m72 m72",
  // fld DB /5 mod=m
  "m73 m73 m73",
  // fstp DB /7 mod=m
  "m74",
  // fcmovnb DB /0 mod=3
  "m75",
  // fcmovne DB /1 mod=3
  "m76",
  // fcmovnbe DB /2 mod=3
  "m77",
  // fcmovnu DB /3 mod=3
  "m78",
  // fucomi DB /5 mod=3
  "m79",
  // fcomi DB /6 mod=3
  "m5e",
  // fcom DC /2 mod=3
  "m5f",
  // fcomp DC /3 mod=3
  "m7a",
  // fld DD /0 mod=m
  "m7b m7b m7b",
  // fisttp DD /1 mod=m
  "m7c m7c m7c",
  // fst DD /2 mod=m
  "m7d m7d m7d",
  // fstp DD /3 mod=m
  "m7e",
  // ffree DD /0 mod=3
  "m60 m60 m60",
  // fxch DD /1 mod=3
  "m7f",
  // fst DD /2 mod=3
  "m7g",
  // fstp DD /3 mod=3
  "m7h",
  // fucom DD /4 mod=3
  "m7i",
  // fucomp DD /5 mod=3
  "m5f",
  // fcomp DE /2 mod=3
  "m7j",
  // fcompp DE /3 mod=3 rm=1
  "m7k",
  // fild DF /0 mod=m
  "m7l m7l m7l",
  // fisttp DF /1 mod=m
  "m7m m7m m7m",
  // fist DF /2 mod=m
  "m7n m7n m7n",
  // fistp DF /3 mod=m
  "m7o m7o m7o",
  // fbld DF /4 mod=m
  "m7p",
  // fild DF /5 mod=m
  "m7q m7q m7q",
  // fbstp DF /6 mod=m
  "m7r m7r m7r",
  // fistp DF /7 mod=m
  "m7s",
  // ffreep DF /0 mod=3
  "m60 m60 m60",
  // fxch DF /1 mod=3
  "m7g",
  // fstp DF /2 mod=3
  "m7g",
  // fstp DF /3 mod=3
  "m7t",
  // fucomip DF /5 mod=3
  "m7u",
  // fcomip DF /6 mod=3
  "mww",
  // fwait 9B
  "mwx mwx mwx",
  // fldenv D9 /4 mod=m
  "mwy",
  // fldcw D9 /5 mod=m
  "mwz mwz mwz",
  // fnstenv D9 /6 mod=m
  "mx0",
  // fnstcw D9 /7 mod=m
  "mx1 mx1 mx1",
  // frstor DD /4 mod=m
  "mx2 mx2 mx2",
  // fnsave DD /6 mod=m
  "mx3",
  // fnstsw DD /7 mod=m
  "mx4",
  // fnstsw DF /4 mod=3 rm=0
  "mww",
  // fnop D9 /2 mod=3 rm=0
  "h5",
  // feni DB /4 mod=3 rm=0
  "h5",
  // fdisi DB /4 mod=3 rm=1
  "mx5 mx5 mx5",
  // fnclex DB /4 mod=3 rm=2
  "mx6 mx6 mx6",
  // fninit DB /4 mod=3 rm=3
  "h5",
  // fsetpm DB /4 mod=3 rm=4
  "mx7 mx7 mx7",
  // fxsave NP 0F AE /0 mod=m rex.w0
  "mx8 mx8 mx8",
  // fxsave64 NP 0F AE /0 mod=m rex.w
  "mx9 mx9 mx9",
  // fxrstor NP 0F AE /1 mod=m rex.w0
  "mxa mxa mxa",
  // fxrstor64 NP 0F AE /1 mod=m rex.w
  "mxb mxb mxb",
  // xsave NP 0F AE /4 mod=m rex.w0
  "mxc mxc mxc",
  // xsave64 NP 0F AE /4 mod=m rex.w
  "mxd mxd mxd",
  // xrstor NP 0F AE /5 mod=m rex.w0
  "mxe mxe mxe",
  // xrstor64 NP 0F AE /5 mod=m rex.w
  "mxb mxb mxb",
  // xsaveopt NP 0F AE /6 mod=m rex.w0
  "mxc mxc mxc",
  // xsaveopt64 NP 0F AE /6 mod=m rex.w
  "mxf mxf mxf",
  // xsavec NP 0F C7 /4 mod=m rex.w0
  "mxg mxg mxg",
  // xsavec64 NP 0F C7 /4 mod=m rex.w
  "npc npc npc",
  // in E4 ib
  "npd npd npd",
  // in E5 ib
  "npe npe npe",
  // in EC
  "npf npf npf",
  // in ED
  "npg npg npg",
  // out E6 ib
  "nph nph nph",
  // out E7 ib
  "npi npi npi",
  // out EE
  "npj npj npj",
  // out EF
  "ohs ohs ohs ohs",
  // mov 0F 20 /r
  "oht oht oht oht",
  // mov 0F 22 /r
  "ohu ohu ohu ohu",
  // mov 0F 21 /r
  "ohv ohv ohv ohv",
  // mov 0F 23 /r
  "ohw ohw",
  // lmsw 0F 01 /6
  "ohx ohx ohx ohx ohx ohx",
  // smsw 0F 01 /4
  "ohy ohy ohy",
  // clts 0F 06
  "ohz ohz ohz",
  // sgdt 0F 01 /0 mod=m
  "oi0 oi0 oi0",
  // sidt 0F 01 /1 mod=m
  "oi1 oi1 oi1",
  // lgdt 0F 01 /2 mod=m
  "oi2 oi2 oi2",
  // lidt 0F 01 /3 mod=m
  "oi3 oi3 oi3 oi3 oi3 oi3",
  // sldt 0F 00 /0
  "oi4 oi4 oi4 oi4 oi4 oi4",
  // str 0F 00 /1
  "oi5 oi5",
  // lldt 0F 00 /2
  "oi6 oi6",
  // ltr 0F 00 /3
  "oi7 oi7",
  // verr 0F 00 /4
  "oi8 oi8",
  // verw 0F 00 /5
  "oi9 oi9 oi9 oi9 oi9 oi9",
  // lar 0F 02 /r
  "oia oia oia oia oia oia",
  // lsl 0F 03 /r
  "oib oib",
  // arpl 63 /r
  "oic oic oic",
  // hlt F4
  "oid oid oid",
  // rsm 0F AA
  "oie oie oie",
  // cli FA
  "oif oif oif",
  // sti FB
  "oig oig oig",
  // popf 9D
  "oih oih oih",
  // clac NP 0F 01 /1 mod=3 rm=2
  "oii oii oii",
  // stac NP 0F 01 /1 mod=3 rm=3
  "oij oij oij",
  // invd 0F 08
  "oij oij oij",
  // wbinvd 0F 09
  "oik oik oik",
  // invlpg 0F 01 /7 mod=m
  "oil oil",
  // invpcid 66 0F 38 82 /r mod=m
  "oim oim oim",
  // cpuid 0F A2
  "oin oin oin",
  // rdtsc 0F 31
  "oio oio oio",
  // rdtscp 0F 01 /7 mod=3 rm=1
  "oip oip oip",
  // rdpid F3 0F C7 /7 mod=3
  "oiq oiq oiq",
  // rdrand NP 0F C7 /6 mod=3
  "oir",
  // rdrand 66 0F C7 /6 mod=3
  "oiq oiq oiq",
  // rdseed NP 0F C7 /7 mod=3
  "oir",
  // rdseed 66 0F C7 /7 mod=3
  "8oy 8oy 8oy",
  // clflushopt 66 0F AE /7 mod=m
  "8oy 8oy 8oy",
  // clwb 66 0F AE /6 mod=m
  "ois ois ois",
  // rdpmc 0F 33
  "oit oit oit",
  // rdmsr 0F 32
  "oiu oiu oiu",
  // wrmsr 0F 30
  "oiv oiv oiv",
  // swapgs 0F 01 /7 mod=3 rm=0
  "oiw oiw oiw",
  // rdfsbase F3 0F AE /0 mod=3
  "oix oix oix",
  // rdgsbase F3 0F AE /1 mod=3
  "oiy oiy oiy",
  // wrfsbase F3 0F AE /2 mod=3
  "oiz oiz oiz",
  // wrgsbase F3 0F AE /3 mod=3
  "oj0 oj0 oj0",
  // monitor 0F 01 /1 mod=3 rm=0
  "oj1 oj1 oj1",
  // mwait 0F 01 /1 mod=3 rm=1
  "oj2 oj2 oj2",
  // xgetbv NP 0F 01 /2 mod=3 rm=0
  "oj3 oj3 oj3",
  // xsetbv NP 0F 01 /2 mod=3 rm=1
  "oj4 oj4 oj4",
  // rdpkru NP 0F 01 /5 mod=3 rm=6
  "oj5 oj5 oj5",
  // wrpkru NP 0F 01 /5 mod=3 rm=7
  "pa8 pa8",
  // mov 8E /r
  "pa9 pa9 pa9",
  // pop 07
  "paa paa paa",
  // pop 17
  "pab pab pab",
  // pop 1F
  "pac pac pac",
  // pop 0F A1
  "pad pad pad",
  // pop 0F A9
  "pae pae pae",
  // les C4 /r mod=m
  "paf paf paf",
  // lds C5 /r mod=m
  "pag pag pag",
  // lss 0F B2 /r mod=m
  "pah pah pah",
  // lfs 0F B4 /r mod=m
  "pai pai pai",
  // lgs 0F B5 /r mod=m
  "q2o q2o q2o",
  // call 9A
  "q2p q2p q2p",
  // jmp EA
  "q2q q2q q2q",
  // call FF /3 mod=m
  "q2r q2r q2r",
  // jmp FF /5 mod=m
  "q2s q2s q2s",
  // retf CA iw
  "q2t q2t q2t",
  // retf CB
  "q2u q2u q2u",
  // iret CF
  "q2v q2v q2v",
  // int3 CC
  "q2w q2w q2w",
  // int CD ib
  "q2x q2x q2x",
  // into CE
  "q2y q2y q2y",
  // int1 F1
  "q2z q2z q2z",
  // syscall 0F 05
  "q30 q30 q30",
  // sysret 0F 07
  "q31 q31 q31",
  // sysenter 0F 34
  "q32 q32 q32"
  // sysexit 0F 35
];
var FUSED_HANDLERS = [
  [92, 4, 820],
  [92, 5, 821],
  [94, 4, 822],
  [94, 5, 823],
  [102, 4, 824],
  [102, 5, 825],
  [103, 4, 826],
  [103, 5, 827],
  [112, 2, 828],
  [112, 3, 829],
  [112, 4, 830],
  [112, 5, 831],
  [112, 6, 832],
  [112, 7, 833],
  [112, 8, 834],
  [112, 9, 835],
  [112, 12, 836],
  [112, 13, 837],
  [112, 14, 838],
  [112, 15, 839],
  [114, 2, 840],
  [114, 3, 841],
  [114, 4, 842],
  [114, 5, 843],
  [114, 6, 844],
  [114, 7, 845],
  [114, 8, 846],
  [114, 9, 847],
  [114, 12, 848],
  [114, 13, 849],
  [114, 14, 850],
  [114, 15, 851],
  [122, 2, 852],
  [122, 3, 853],
  [122, 4, 854],
  [122, 5, 855],
  [122, 6, 856],
  [122, 7, 857],
  [122, 8, 858],
  [122, 9, 859],
  [122, 12, 860],
  [122, 13, 861],
  [122, 14, 862],
  [122, 15, 863],
  [123, 2, 864],
  [123, 3, 865],
  [123, 4, 866],
  [123, 5, 867],
  [123, 6, 868],
  [123, 7, 869],
  [123, 8, 870],
  [123, 9, 871],
  [123, 12, 872],
  [123, 13, 873],
  [123, 14, 874],
  [123, 15, 875],
  [148, 2, 876],
  [148, 3, 877],
  [148, 4, 878],
  [148, 5, 879],
  [148, 6, 880],
  [148, 7, 881],
  [148, 8, 882],
  [148, 9, 883],
  [148, 12, 884],
  [148, 13, 885],
  [148, 14, 886],
  [148, 15, 887],
  [152, 2, 888],
  [152, 3, 889],
  [152, 4, 890],
  [152, 5, 891],
  [152, 6, 892],
  [152, 7, 893],
  [152, 8, 894],
  [152, 9, 895],
  [152, 12, 896],
  [152, 13, 897],
  [152, 14, 898],
  [152, 15, 899],
  [154, 2, 900],
  [154, 3, 901],
  [154, 4, 902],
  [154, 5, 903],
  [154, 6, 904],
  [154, 7, 905],
  [154, 8, 906],
  [154, 9, 907],
  [154, 12, 908],
  [154, 13, 909],
  [154, 14, 910],
  [154, 15, 911],
  [160, 2, 912],
  [160, 3, 913],
  [160, 4, 914],
  [160, 5, 915],
  [160, 6, 916],
  [160, 7, 917],
  [160, 8, 918],
  [160, 9, 919],
  [160, 12, 920],
  [160, 13, 921],
  [160, 14, 922],
  [160, 15, 923],
  [162, 2, 924],
  [162, 3, 925],
  [162, 4, 926],
  [162, 5, 927],
  [162, 6, 928],
  [162, 7, 929],
  [162, 8, 930],
  [162, 9, 931],
  [162, 12, 932],
  [162, 13, 933],
  [162, 14, 934],
  [162, 15, 935],
  [163, 2, 936],
  [163, 3, 937],
  [163, 4, 938],
  [163, 5, 939],
  [163, 6, 940],
  [163, 7, 941],
  [163, 8, 942],
  [163, 9, 943],
  [163, 12, 944],
  [163, 13, 945],
  [163, 14, 946],
  [163, 15, 947],
  [168, 4, 948],
  [168, 5, 949],
  [168, 8, 950],
  [168, 9, 951],
  [168, 14, 952],
  [168, 15, 953],
  [172, 4, 954],
  [172, 5, 955],
  [172, 8, 956],
  [172, 9, 957],
  [172, 14, 958],
  [172, 15, 959],
  [174, 4, 960],
  [174, 5, 961],
  [174, 8, 962],
  [174, 9, 963],
  [174, 14, 964],
  [174, 15, 965],
  [176, 4, 966],
  [176, 5, 967],
  [176, 8, 968],
  [176, 9, 969],
  [176, 14, 970],
  [176, 15, 971],
  [178, 4, 972],
  [178, 5, 973],
  [178, 8, 974],
  [178, 9, 975],
  [178, 14, 976],
  [178, 15, 977],
  [179, 4, 978],
  [179, 5, 979],
  [179, 8, 980],
  [179, 9, 981],
  [179, 14, 982],
  [179, 15, 983],
  [232, 4, 984],
  [232, 5, 985],
  [232, 8, 986],
  [232, 9, 987],
  [234, 4, 988],
  [234, 5, 989],
  [234, 8, 990],
  [234, 9, 991]
];

// ../pc/src/cpu/emulated/op-packer.ts
var GPR = stateOffset("GPR");
var ZERO = stateOffset("ZERO");
var CODE_RIP = stateOffset("CODE_RIP");
var SIXTEEN = stateOffset("SIXTEEN");
var SEG_CS = 1;
var SEG_SS2 = 2;
var SEG_FS = 4;
var DISPLACEMENT_MAX = 2147483647;
var HIGH_BYTES = 4;
var RAW_REG = { source: "reg", isGeneral: false, isByte: false };
var RAW_VVVV = { source: "vvvv", isGeneral: false, isByte: false };
var RAW_RM = { source: "rm", isGeneral: false, isByte: false };
var STACK_FAMILIES = /* @__PURE__ */ new Set(["stack", "control", "transfer"]);
function planOf(compiled3, form) {
  let reg = RAW_REG;
  let rm = RAW_RM;
  let vvvv = compiled3.isVex ? RAW_VVVV : void 0;
  const kinds = compiled3.row.operands.map((operand2) => operand2.kind);
  kinds.forEach((kind, i) => {
    const slot = compiled3.slots[form][i];
    if (kind === "vy") vvvv = { source: "vvvv", isGeneral: true, isByte: false };
    if (kind.startsWith("mm") || kind === "sti") {
      if (slot === "reg") reg = { ...RAW_REG, isOneOfEight: true };
      else if (slot === "rm") rm = { ...RAW_RM, isOneOfEight: true };
    }
    if (slot !== "reg" && slot !== "rm" || !isGeneralRegister(kind)) return;
    const isRmOperand = kind.startsWith("rm") || kind.startsWith("o");
    const source = isAccumulator(kind) ? "accumulator" : isRmOperand ? "rm" : "reg";
    const field = { source, isGeneral: true, isByte: operandBits(kind, 32) === 8 };
    if (slot === "reg") reg = field;
    else rm = field;
  });
  return {
    reg,
    rm,
    vvvv,
    hasImm: compiled3.immediates.length > 0 || kinds.some((kind) => kind.startsWith("moffs")),
    isRelative: kinds.some((kind) => kind === "rel8" || kind === "relz"),
    isCut: compiled3.row.semantics !== void 0 && !kinds.some((kind) => kind.startsWith("moffs")),
    usesStack: STACK_FAMILIES.has(compiled3.row.family) && form !== FORM_MEMORY
  };
}
function handlerTable(rows3) {
  return rows3.map((compiled3, i) => {
    const text2 = HANDLERS[i];
    const numbers2 = (text2 ?? "").split(" ").map((word2) => Number.parseInt(word2, 36));
    const variants = variantCount(compiled3);
    if (numbers2.length === variants)
      return Uint16Array.from({ length: variants * ENVIRONMENTS }, (_, k) => numbers2[Math.trunc(k / ENVIRONMENTS)]);
    if (numbers2.length !== variants * ENVIRONMENTS)
      throw new Error(`handlers.generated.ts is stale at ${compiled3.row.name}`);
    return Uint16Array.from(numbers2);
  });
}
var OpPacker = class {
  #u8;
  #u16;
  #i32;
  #handlers;
  /** Handler * 16 + condition → handler of both. */
  #fused = new Map(FUSED_HANDLERS.map(([alone2, condition, both]) => [alone2 * 16 + condition, both]));
  #plans;
  constructor(memory, rows3) {
    this.#u8 = new Uint8Array(memory.buffer);
    this.#u16 = new Uint16Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
    this.#handlers = handlerTable(rows3);
    this.#plans = rows3.map((compiled3) => [planOf(compiled3, 0), planOf(compiled3, FORM_MEMORY)]);
  }
  /** An op that is no instruction. `next`: offset of the next instruction from the block's start. */
  pseudo(op2, handler, index, next, length, reg = 0, rm = 0) {
    for (let word2 = op2 >> 2; word2 < op2 + OP_SIZE >> 2; word2++) this.#i32[word2] = 0;
    this.#u16[op2 >> 1] = handler;
    this.#u8[op2 + OP_LENGTH] = length;
    this.#u8[op2 + OP_INDEX] = index;
    this.#u8[op2 + OP_REG] = reg;
    this.#u8[op2 + OP_RM] = rm;
    this.#u8[op2 + OP_SEG] = SEG_SS2;
    this.#u16[op2 + OP_NEXT >> 1] = next;
    this.#i32[op2 + OP_IMM >> 2] = next;
  }
  /** Joins the op before `jump`, a conditional jump with a flat target, with it if there is a handler for both. */
  fuse(jump, condition) {
    const op2 = jump - OP_SIZE;
    const alone2 = this.#u16[op2 >> 1];
    const both = this.#fused.get(alone2 * 16 + condition);
    if (both === void 0) return;
    this.#u16[op2 >> 1] = both;
    this.#i32[op2 + OP_LINK >> 2] = alone2;
  }
  /** false: the displacement does not fit this far from the block's start; never for a block's first instruction. */
  instruction(op2, x, index, next, mode, env) {
    const { compiled: compiled3, form } = x;
    const u8 = this.#u8;
    const i32 = this.#i32;
    const plan = this.#plans[compiled3.id][form];
    const variant = variantOf(compiled3, x.size, form, x.addressSize);
    this.#u16[op2 >> 1] = this.#handlers[compiled3.id][variant * ENVIRONMENTS + env];
    u8[op2 + OP_LENGTH] = x.length;
    u8[op2 + OP_INDEX] = index;
    u8[op2 + OP_REG] = fieldValue(plan.reg, x);
    u8[op2 + OP_RM] = fieldValue(plan.rm, x);
    let flags2 = log2Bytes(x.size) << OPF_SIZE_SHIFT | log2Bytes(x.addressSize) << OPF_ADDRESS_SHIFT;
    if (x.hasLock) flags2 |= OPF_LOCK;
    if (x.rep !== 0) flags2 |= x.rep === 243 ? OPF_REP : OPF_REPNE;
    if (form !== FORM_MEMORY) flags2 |= OPF_MOD3;
    u8[op2 + OP_FLAGS] = flags2;
    u8[op2 + OP_SEG] = plan.usesStack ? SEG_SS2 : x.segment;
    let displacement = x.displacement;
    let base = ZERO;
    let indexRegister = x.index === NO_REGISTER ? ZERO : GPR + x.index * 8;
    if (x.base === BASE_RIP) {
      base = CODE_RIP;
      displacement += next;
      if (displacement > DISPLACEMENT_MAX) {
        if (index > 0) return false;
        indexRegister = SIXTEEN;
        displacement -= 16;
      }
    } else if (x.base !== NO_REGISTER) base = GPR + x.base * 8;
    u8[op2 + OP_BASE] = base;
    u8[op2 + OP_INDEX_REG] = indexRegister;
    u8[op2 + OP_SCALE] = x.scale;
    u8[op2 + OP_EA] = plan.usesStack ? EA_FLAT64 : addressKind(x, mode);
    i32[op2 + OP_DISP >> 2] = displacement;
    this.#immediate(op2, x, plan, next);
    this.#u16[op2 + OP_NEXT >> 1] = next;
    this.#u16[op2 + OP_IMM2 >> 1] = plan.vvvv === void 0 ? x.imm2 : fieldValue(plan.vvvv, x) | x.is4 << 8;
    i32[op2 + OP_LINK >> 2] = 0;
    return true;
  }
  #immediate(op2, x, plan, next) {
    let low = x.immLow;
    let high = x.immHigh;
    if (plan.isRelative) {
      const target = low + next;
      low = target | 0;
      high = target < 0 ? -1 : 0;
    } else if (plan.isCut && x.size !== 64) {
      high = 0;
      if (x.size === 16) low &= 65535;
      else if (x.size === 8) low &= 255;
    }
    const at = op2 + OP_IMM >> 2;
    this.#i32[at] = low;
    this.#i32[at + 1] = high;
  }
};
function log2Bytes(bits2) {
  return bits2 === 8 ? 0 : bits2 === 16 ? 1 : bits2 === 32 ? 2 : 3;
}
function fieldValue(field, x) {
  if (field.source === "accumulator") return GPR;
  const number = field.source === "reg" ? x.reg : field.source === "rm" ? x.rm : x.vvvv;
  if (!field.isGeneral) return field.isOneOfEight ? number & 7 : number;
  if (field.isByte && !x.hasRex && number >= HIGH_BYTES) return GPR + (number - HIGH_BYTES) * 8 + 1;
  return GPR + number * 8;
}
function addressKind(x, mode) {
  if (mode & MODE_LONG) {
    if (x.addressSize === 64) return x.segment >= SEG_FS ? EA_SEG64 : EA_FLAT64;
    return x.segment >= SEG_FS ? EA_SEG64_ADDR32 : EA_FLAT32;
  }
  if (x.addressSize === 16) return EA_CHECKED16;
  const isFlat = (mode & MODE_FLAT) !== 0 && x.segment < SEG_FS && x.segment !== SEG_CS;
  return isFlat ? EA_FLAT32 : EA_CHECKED32;
}

// ../pc/src/cpu/emulated/blocks.ts
var FRAME = 4096;
var PIECE_SHIFT = 6;
var { OP_SIZE: OP_SIZE2 } = layout_exports;
var INSTRUCTION_MAX = 15;
var BUCKETS_SHIFT = 14;
var BUCKETS = 1 << 32 - BUCKETS_SHIFT;
var OPS_MAX = 2 * BLOCK_INSTRUCTIONS_MAX + 4;
var NO_MEMORY = 4294967295;
var VECTOR_UD = 6;
var VECTOR_GP = 13;
var RIP = stateOffset("RIP") >> 2;
var MODE = stateOffset("MODE") >> 2;
var CODE_GEN = stateOffset("CODE_GEN") >> 2;
var PATCHED_OP = stateOffset("PATCHED_OP") >> 2;
var PATCHED_HANDLER = stateOffset("PATCHED_HANDLER") >> 2;
var JUMP_CACHE = stateOffset("JUMP_CACHE");
var BLOCK_ENTRIES = 1 << 32 - BLOCK_ENTRIES_SHIFT;
var TEMPORARY_BLOCK = stateOffset("TEMPORARY_BLOCK");
var CS = stateOffset("SEG") + SEG_STRIDE;
var CS_LIMIT = CS + 4 >> 2;
var CS_BASE = CS + 8 >> 2;
var UNITS = {
  fpu: UNIT_FPU,
  mmx: UNIT_MMX,
  sse: UNIT_SSE,
  fwait: UNIT_FWAIT,
  avx: UNIT_AVX
};
var BlockCache = class {
  constructor(memory, areas, decoder, core, firstHeat = 0) {
    this.areas = areas;
    this.decoder = decoder;
    this.core = core;
    this.firstHeat = firstHeat;
    this.#u8 = new Uint8Array(memory.buffer);
    this.#u16 = new Uint16Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
    this.#packer = new OpPacker(memory, decoder.rows);
    this.#next = areas.arena;
    this.#clearTable();
  }
  areas;
  decoder;
  core;
  firstHeat;
  statistics = { blocks: 0, instructions: 0, invalidations: 0, flushes: 0 };
  #u8;
  #u16;
  #i32;
  #packer;
  #vcpus = [];
  /** Frame → its blocks. */
  #pages = /* @__PURE__ */ new Map();
  /** All blocks by start and mode, chained; a Map of half a million numbers costs more than decoding. */
  #buckets = new Array(BUCKETS).fill(void 0);
  #crossing = new Uint8Array(2 * INSTRUCTION_MAX);
  #next;
  /** By id, from #firstId on. */
  #byId = [];
  #firstId = 1;
  /** The state must be cleared before; its fields that name the areas are set here. */
  addVcpu(areas) {
    this.#vcpus.push(areas);
    this.attach(areas);
  }
  /** Sets the state's fields that name the areas; again after the state was cleared. */
  attach({ state, jumpCache, temporaryBlock }) {
    this.#i32[state + stateOffset("JUMP_CACHE") >> 2] = jumpCache;
    this.#i32[state + stateOffset("TEMPORARY_BLOCK") >> 2] = temporaryBlock;
    this.#i32[state + stateOffset("CODE_MAP") >> 2] = this.areas.codeMap;
    this.#i32[state + stateOffset("BLOCK_TABLE") >> 2] = this.areas.blockTable;
    this.#i32[(state >> 2) + PATCHED_OP] = 0;
    this.#u8.fill(0, jumpCache, jumpCache + JUMP_ENTRIES * JUMP_ENTRY_SIZE);
  }
  /**
   * Import `decode`: the first op of the block at RIP, whose first byte lies at offset `at`; `from`: a branch in the same page to link
   * to it, or 0. The core asks for what its tables do not know. Throws guest faults.
   */
  decode(state, from2, at) {
    if (at === NO_MEMORY) return this.#raiseAlone(state, VECTOR_UD);
    const mode = this.#i32[(state >> 2) + MODE];
    const linear = this.#linear(state, mode);
    let block = this.#find(at, mode);
    if (block !== void 0 && block.secondSize !== 0) {
      if (this.#secondPage(state, linear, mode) !== block.secondStart) {
        this.#drop(block);
        block = void 0;
      }
    }
    const isLinkable = from2 !== 0 && this.#u16[from2 >> 1] !== HANDLER_LEAVE && this.#isInArena(from2);
    const flushes = this.statistics.flushes;
    block ??= this.#build(state, at, mode, linear);
    this.#cacheJump(state, linear, block.op, at);
    this.#noteBlock(block);
    if (isLinkable && this.statistics.flushes === flushes) this.#i32[from2 + OP_LINK >> 2] = block.op;
    return block.op;
  }
  /** Import `decodeAlone`: the one instruction at RIP, within the limit of CS; not kept. Throws guest faults. */
  decodeAlone(state) {
    const mode = this.#i32[(state >> 2) + MODE];
    const rip = this.#i32[(state >> 2) + RIP] >>> 0;
    const limit = this.#i32[(state >> 2) + CS_LIMIT] >>> 0;
    if (rip > limit) return this.#raiseAlone(state, VECTOR_GP);
    const linear = this.#linear(state, mode);
    const at = this.core.translateCode(state, toBigInt(linear.low, linear.high)) >>> 0;
    if (at === NO_MEMORY) return this.#raiseAlone(state, VECTOR_UD);
    const room = Math.min(limit - rip + 1, INSTRUCTION_MAX);
    const inPage = Math.min(FRAME - (at & FRAME - 1), room);
    const draft = this.#temporaryDraft(state);
    const { decoder } = this;
    let result = decoder.decode(this.#u8, at, at + inPage, codeSizeOf(mode));
    if (result === DECODE_MORE && inPage < room) {
      const second = this.#secondPage(state, linear, mode);
      const bytes = this.#crossingBytes(at, inPage, second);
      result = decoder.decode(bytes, 0, room, codeSizeOf(mode));
    }
    if (result === DECODE_MORE) return this.#raiseAlone(state, VECTOR_GP);
    this.#append(draft, result, mode);
    return this.#finishTemporary(state, draft);
  }
  /** The block whose first op this is. */
  blockOf(op2) {
    if (!this.#isInArena(op2)) return void 0;
    const block = this.#byId[this.#i32[op2 - OP_SIZE2 + BLOCK_ID >> 2] - this.#firstId];
    return block?.op === op2 ? block : void 0;
  }
  /** The block that starts at offset `at` of shared memory. */
  find(at, mode) {
    return this.#find(at, mode);
  }
  /** How often the interpreter entered the block. */
  heatOf(block) {
    return this.#i32[block.op - OP_SIZE2 + BLOCK_HEAT >> 2];
  }
  /** Offsets from its start to which the block's computed jump was seen to go; `rip` is the low half of the start's RIP. */
  targetsOf(block, rip) {
    const { op: op2, opCount, targets = /* @__PURE__ */ new Set() } = block;
    const jump = op2 + (opCount - 2) * OP_SIZE2;
    for (const { state } of this.#vcpus) {
      const first = this.#i32[state + JUMP_CACHE >> 2] + TARGETS_OFFSET >> 2;
      for (let at = first; at < first + TARGETS_ENTRIES * 2; at += 2) {
        if (this.#i32[at] === jump) targets.add(this.#i32[at + 1] - rip | 0);
      }
    }
    block.targets = targets;
    return targets;
  }
  /** From now on the block is entered through its header, which leads to the region record; 0: no longer. */
  setRegion(block, record) {
    const header = block.op - OP_SIZE2;
    const isCompiled = record !== 0;
    this.#u16[header + OP_HANDLER >> 1] = isCompiled ? HANDLER_COMPILED : HANDLER_LEAVE;
    this.#i32[header + BLOCK_REGION >> 2] = record;
  }
  /** Import `codeWritten`, and for devices: bytes of one frame are about to change. */
  codeWritten(offset, size) {
    const blocks = this.#pages.get(Math.floor(offset / FRAME));
    if (blocks === void 0) return;
    const end = offset + size;
    for (const block of blocks) {
      const isFirst = block.start < end && offset < block.start + block.size;
      const isSecond = block.secondStart < end && offset < block.secondStart + block.secondSize;
      if (isFirst || isSecond) this.#drop(block);
    }
  }
  /** Before another vCPU runs: the op that the last one was to be stopped at is itself again, for blocks are shared. */
  unpatch(state) {
    if (state === void 0) return;
    const op2 = this.#i32[(state >> 2) + PATCHED_OP] >>> 0;
    if (op2 === 0) return;
    this.#u16[op2 + OP_HANDLER >> 1] = this.#i32[(state >> 2) + PATCHED_HANDLER];
    this.#i32[(state >> 2) + PATCHED_OP] = 0;
  }
  /** Memory was replaced, or everything may have changed: no block stays. Only between instructions. */
  invalidateAll() {
    this.#flush();
    for (const vcpu of this.#vcpus) this.attach(vcpu);
  }
  #linear(state, mode) {
    const at = state >> 2;
    const low = this.#i32[at + RIP];
    if (mode & MODE_LONG) return { low, high: this.#i32[at + RIP + 1] };
    return { low: low + this.#i32[at + CS_BASE] | 0, high: 0 };
  }
  /** Where the page after `linear`'s lies. */
  #secondPage(state, linear, mode) {
    const next = toBigInt(linear.low | FRAME - 1, linear.high) + 1n;
    return this.core.translateCode(state, mode & MODE_LONG ? BigInt.asUintN(64, next) : next & 0xffffffffn) >>> 0;
  }
  #crossingBytes(at, first, second) {
    const bytes = this.#crossing;
    bytes.fill(255);
    bytes.set(this.#u8.subarray(at, at + first));
    if (second !== NO_MEMORY) bytes.set(this.#u8.subarray(second, second + INSTRUCTION_MAX), first);
    return bytes;
  }
  #find(at, mode) {
    let block = this.#buckets[hashOf(at, mode) >>> BUCKETS_SHIFT];
    while (block !== void 0 && (block.start !== at || block.mode !== mode)) block = block.next;
    return block;
  }
  #unchain(block) {
    const bucket = hashOf(block.start, block.mode) >>> BUCKETS_SHIFT;
    let at = this.#buckets[bucket];
    if (at === block) {
      this.#buckets[bucket] = block.next;
      return;
    }
    while (at !== void 0 && at.next !== block) at = at.next;
    if (at !== void 0) at.next = block.next;
  }
  #isInArena(op2) {
    return op2 >= this.areas.arena && op2 < this.#next;
  }
  #cacheJump(state, linear, op2, at) {
    const vcpu = this.#i32[state + JUMP_CACHE >> 2];
    const shifted = linear.low >>> 13 | linear.high << 19;
    const index = (linear.low ^ shifted) & JUMP_ENTRIES - 1;
    const entry = vcpu + index * JUMP_ENTRY_SIZE >> 2;
    this.#i32[entry] = linear.low;
    this.#i32[entry + 1] = linear.high;
    this.#i32[entry + (JUMP_KEY >> 2)] = this.#i32[(state >> 2) + MODE];
    this.#i32[entry + (JUMP_KEY >> 2) + 1] = this.#i32[(state >> 2) + CODE_GEN];
    this.#i32[entry + (JUMP_OP >> 2)] = op2;
    this.#i32[entry + (JUMP_PHYSICAL >> 2)] = at;
  }
  /** From now on the core finds the block by itself. One on two pages must be looked at each time. */
  #noteBlock({ start, mode, op: op2, secondSize }) {
    if (secondSize !== 0) return;
    const index = hashOf(start, mode) >>> BLOCK_ENTRIES_SHIFT;
    const entry = this.areas.blockTable + index * BLOCK_ENTRY_SIZE >> 2;
    this.#i32[entry + (BLOCK_ENTRY_START >> 2)] = start;
    this.#i32[entry + (BLOCK_ENTRY_MODE >> 2)] = mode;
    this.#i32[entry + (BLOCK_ENTRY_OP >> 2)] = op2;
  }
  #clearTable() {
    const { blockTable } = this.areas;
    this.#u8.fill(0, blockTable, blockTable + BLOCK_ENTRIES * BLOCK_ENTRY_SIZE);
  }
  #build(state, at, mode, linear) {
    if (this.#next + (OPS_MAX + 1) * OP_SIZE2 > this.areas.arena + this.areas.arenaSize) this.#flush();
    const header = this.#next;
    const draft = { op: header + OP_SIZE2, count: 0, bytes: 0 };
    const codeSize = codeSizeOf(mode);
    const pageEnd = (at & -FRAME) + FRAME;
    const end = pageEnd <= 0 ? pageEnd + 4294967296 : pageEnd;
    let second = NO_MEMORY;
    let secondSize = 0;
    let link;
    const exits = [];
    let blockEnd = "next";
    for (; ; ) {
      const result = this.decoder.decode(this.#u8, at + draft.bytes, end, codeSize);
      if (result === DECODE_MORE) {
        if (draft.count > 0) break;
        second = this.#secondPage(state, linear, mode);
        const first = end - at;
        const crossing = this.decoder.decode(
          this.#crossingBytes(at, first, second),
          0,
          first + INSTRUCTION_MAX,
          codeSize
        );
        this.#packer.pseudo(draft.op, HANDLER_CROSSING, 0, 0, 0);
        this.#i32[draft.op + OP_IMM >> 2] = second;
        draft.op += OP_SIZE2;
        const isInstruction = this.#append(draft, crossing, mode);
        secondSize = Math.max(1, draft.bytes - first);
        const { row: row2 } = this.decoder.instruction.compiled;
        const isRelative3 = row2.operands[0]?.kind === "rel8" || row2.operands[0]?.kind === "relz";
        if (!isInstruction) blockEnd = "away";
        else {
          if (isRelative3) exits.push(draft.bytes + this.decoder.instruction.immLow);
          if (row2.attributes.endsBlock) blockEnd = endOf(row2, isRelative3);
        }
        break;
      }
      if (!this.#append(draft, result, mode)) break;
      const { row } = this.decoder.instruction.compiled;
      const isRelative2 = row.operands[0]?.kind === "rel8" || row.operands[0]?.kind === "relz";
      if (isRelative2 && result === DECODE_OK) exits.push(draft.bytes + this.decoder.instruction.immLow);
      const isFusable = row.attributes.cc !== void 0 && draft.count > 1 && result === DECODE_OK;
      if (isFusable && isFlatJump(row, this.decoder.instruction.size, mode)) {
        this.#packer.fuse(draft.op - OP_SIZE2, row.attributes.cc);
      }
      if (row.attributes.endsBlock || result !== DECODE_OK) {
        blockEnd = result === DECODE_OK ? endOf(row, isRelative2) : "away";
        break;
      }
      if (draft.count >= BLOCK_INSTRUCTIONS_MAX || at + draft.bytes >= end) break;
      if (isRelative2) {
        link = this.#find(at + draft.bytes, mode);
        if (link?.secondSize !== 0) link = void 0;
        break;
      }
    }
    this.#finish(draft, mode);
    if (link !== void 0 && environmentOf(mode) !== ENV_CHECKED) {
      const last = draft.op - OP_SIZE2;
      this.#i32[last + OP_LINK >> 2] = link.op;
    }
    exits.push(draft.bytes);
    const block = {
      id: this.#firstId + this.#byId.length,
      mode,
      next: void 0,
      op: header + OP_SIZE2,
      opCount: (draft.op - header) / OP_SIZE2 - 1,
      start: at,
      size: secondSize === 0 ? draft.bytes : end - at,
      secondStart: second,
      secondSize,
      instructions: draft.count,
      exits,
      end: blockEnd,
      targets: void 0,
      regions: void 0
    };
    this.#byId.push(block);
    this.#i32.fill(0, header >> 2, header + OP_SIZE2 >> 2);
    this.#i32[header + BLOCK_INSTRUCTIONS >> 2] = draft.count;
    this.#i32[header + BLOCK_BYTES >> 2] = Math.max(1, draft.bytes);
    this.#i32[header + BLOCK_ID >> 2] = block.id;
    this.#i32[header + BLOCK_HEAT >> 2] = this.firstHeat;
    this.#next = draft.op;
    const bucket = hashOf(at, mode) >>> BUCKETS_SHIFT;
    block.next = this.#buckets[bucket];
    this.#buckets[bucket] = block;
    this.#register(block.start, block);
    if (secondSize !== 0 && second !== NO_MEMORY) this.#register(second, block);
    this.statistics.blocks++;
    this.statistics.instructions += draft.count;
    return block;
  }
  /** Appends the decoded instruction, or what raises its fault. false: it must start a block of its own. */
  #append(draft, result, mode) {
    const x = this.decoder.instruction;
    const next = draft.bytes + x.length;
    const fault = result === DECODE_OK ? this.#faultOf(mode) : result === DECODE_TOO_LONG ? VECTOR_GP : VECTOR_UD;
    if (fault !== 0) {
      this.#packer.pseudo(
        draft.op,
        HANDLER_RAISE,
        draft.count,
        next,
        x.length,
        fault,
        fault === VECTOR_GP ? 1 : 0
      );
      draft.op += OP_SIZE2;
      draft.count++;
      draft.bytes = next;
      return false;
    }
    const { unit, intercept } = x.compiled.row.attributes;
    const env = environmentOf(mode);
    let op2 = draft.op;
    if (unit !== void 0 && (mode & MODE_FPU_TRAP) !== 0) {
      this.#packer.pseudo(op2, HANDLER_UNIT, draft.count, next, x.length, UNITS[unit]);
      op2 += OP_SIZE2;
    }
    if (intercept !== void 0 && (mode & MODE_INTERCEPTED) !== 0) {
      this.#packer.pseudo(op2, HANDLER_INTERCEPT, draft.count, next, x.length, interceptNumber(intercept));
      op2 += OP_SIZE2;
    }
    if (!this.#packer.instruction(op2, x, draft.count, next, mode, env)) return false;
    draft.op = op2 + OP_SIZE2;
    draft.count++;
    draft.bytes = next;
    return true;
  }
  /** Faults that the mode alone decides: the one place where privilege is checked. 0: none. */
  #faultOf(mode) {
    const { attributes: attributes2 } = this.decoder.instruction.compiled.row;
    if (attributes2.protectedOnly && ((mode & MODE_PROTECTED) === 0 || (mode & MODE_V86) !== 0))
      return VECTOR_UD;
    if (attributes2.unit === "avx" && (mode & MODE_AVX) === 0) return VECTOR_UD;
    if (attributes2.cpl === 0 && (mode & (MODE_CPL3 | MODE_CPL12)) !== 0) return VECTOR_GP;
    return 0;
  }
  #finish(draft, mode) {
    const handler = environmentOf(mode) === ENV_CHECKED ? HANDLER_END_CHECKED : HANDLER_END;
    this.#packer.pseudo(draft.op, handler, draft.count, draft.bytes, 0);
    draft.op += OP_SIZE2;
  }
  #temporaryDraft(state) {
    const header = this.#i32[state + TEMPORARY_BLOCK >> 2] >>> 0;
    return { op: header + OP_SIZE2, count: 0, bytes: 0 };
  }
  #finishTemporary(state, draft) {
    const header = this.#i32[state + TEMPORARY_BLOCK >> 2] >>> 0;
    this.#finish(draft, this.#i32[(state >> 2) + MODE]);
    this.#i32.fill(0, header >> 2, header + OP_SIZE2 >> 2);
    this.#i32[header + BLOCK_INSTRUCTIONS >> 2] = 1;
    this.#i32[header + BLOCK_BYTES >> 2] = 1;
    this.#i32[header + BLOCK_ID >> 2] = 0;
    return header + OP_SIZE2;
  }
  /** A block that raises at once. */
  #raiseAlone(state, vector3) {
    const draft = this.#temporaryDraft(state);
    this.#packer.pseudo(draft.op, HANDLER_RAISE, 0, 0, 0, vector3, vector3 === VECTOR_GP ? 1 : 0);
    draft.op += OP_SIZE2;
    draft.count = 1;
    return this.#finishTemporary(state, draft);
  }
  #register(offset, block) {
    const frame = Math.floor(offset / FRAME);
    let blocks = this.#pages.get(frame);
    if (blocks === void 0) {
      blocks = /* @__PURE__ */ new Set();
      this.#pages.set(frame, blocks);
    }
    blocks.add(block);
    this.#mark(frame, block);
    const flag = this.areas.pageFlags + frame;
    if ((this.#u8[flag] & PAGE_HAS_CODE) === 0) {
      this.#u8[flag] |= PAGE_HAS_CODE;
      for (const { state } of this.#vcpus) this.core.forbidWrites(state, frame, frame + 1);
    }
  }
  /** Sets the bits of the pieces that the block takes from the frame. */
  #mark(frame, block) {
    const map = (this.areas.codeMap >> 2) + frame * 2;
    this.#markPart(map, frame, block.start, block.size);
    if (block.secondSize !== 0) this.#markPart(map, frame, block.secondStart, block.secondSize);
  }
  #markPart(map, frame, start, size) {
    if (Math.floor(start / FRAME) !== frame) return;
    const first = (start & FRAME - 1) >> PIECE_SHIFT;
    const last = (start & FRAME - 1) + size - 1 >> PIECE_SHIFT;
    for (let piece = first; piece <= last; piece++) this.#i32[map + (piece >> 5)] |= 1 << (piece & 31);
  }
  #drop(block) {
    this.statistics.invalidations++;
    this.#unchain(block);
    for (const user of [...block.regions ?? []]) user.blockDropped();
    this.#byId[block.id - this.#firstId] = void 0;
    const end = block.op + block.opCount * OP_SIZE2;
    for (let op2 = block.op; op2 < end; op2 += OP_SIZE2) this.#u16[op2 >> 1] = HANDLER_LEAVE;
    for (const vcpu of this.#vcpus) this.#dropFromVcpu(vcpu, block, end);
    this.#unregister(block.start, block);
    if (block.secondSize !== 0 && block.secondStart !== NO_MEMORY) this.#unregister(block.secondStart, block);
  }
  #dropFromVcpu({ state, temporaryBlock }, block, end) {
    const patched = this.#i32[(state >> 2) + PATCHED_OP] >>> 0;
    const isCopy = this.#i32[temporaryBlock + BLOCK_ID >> 2] === block.id;
    const temporaryEnd = temporaryBlock + (block.opCount + 1) * OP_SIZE2;
    if (isCopy) {
      for (let op2 = temporaryBlock + OP_SIZE2; op2 < temporaryEnd; op2 += OP_SIZE2)
        this.#u16[op2 >> 1] = HANDLER_LEAVE;
    }
    const isPatched = patched >= block.op && patched < end || isCopy && patched > temporaryBlock && patched < temporaryEnd;
    if (isPatched) this.#i32[(state >> 2) + PATCHED_OP] = 0;
  }
  #unregister(offset, block) {
    const frame = Math.floor(offset / FRAME);
    const blocks = this.#pages.get(frame);
    if (blocks === void 0) return;
    blocks.delete(block);
    const map = (this.areas.codeMap >> 2) + frame * 2;
    this.#i32[map] = 0;
    this.#i32[map + 1] = 0;
    if (blocks.size === 0) this.#pages.delete(frame);
    else for (const other of blocks) this.#mark(frame, other);
  }
  #flush() {
    this.statistics.flushes++;
    for (const frame of this.#pages.keys()) {
      const map = (this.areas.codeMap >> 2) + frame * 2;
      this.#i32[map] = 0;
      this.#i32[map + 1] = 0;
      this.#u8[this.areas.pageFlags + frame] &= ~PAGE_HAS_CODE;
    }
    for (const block of this.#byId) for (const user of [...block?.regions ?? []]) user.blockDropped();
    this.#firstId += this.#byId.length;
    this.#byId = [];
    this.#pages.clear();
    this.#buckets.fill(void 0);
    this.#clearTable();
    this.#next = this.areas.arena;
    for (const { state, temporaryBlock, jumpCache } of this.#vcpus) {
      const at = state >> 2;
      this.#u8.fill(0, jumpCache, jumpCache + JUMP_ENTRIES * JUMP_ENTRY_SIZE);
      this.#i32[at + CODE_GEN] = this.#i32[at + CODE_GEN] + 1 | 0;
      this.#i32[at + PATCHED_OP] = 0;
      this.#i32[temporaryBlock + BLOCK_ID >> 2] = 0;
    }
  }
};
function endOf({ name: name2, semantics: semantics2 }, isRelative2) {
  if (semantics2 === void 0 || name2 !== "call" && name2 !== "jmp") return "away";
  if (name2 === "call") return isRelative2 ? "call" : "callAway";
  return isRelative2 ? "away" : "jump";
}
function isFlatJump(row, size, mode) {
  const kind = row.operands[0]?.kind;
  return (kind === "rel8" || kind === "relz") && size !== 16 && environmentOf(mode) !== ENV_CHECKED;
}
function hashOf(offset, mode) {
  return Math.imul(offset ^ mode << 20, BLOCK_ENTRY_HASH);
}
function toBigInt(low, high) {
  return BigInt(high >>> 0) << 32n | BigInt(low >>> 0);
}

// ../pc/src/cpu/emulated/core-exports.ts
var RAISED = { name: "guest exception" };

// ../pc/src/cpu/emulated/features.ts
var YES = true;
var NO = false;
function rows2(leaf, subleaf, register, bits2) {
  return bits2.map(([bit3, name2, isImplemented2, vendor]) => ({
    name: name2,
    leaf,
    subleaf,
    register,
    bit: bit3,
    isImplemented: isImplemented2,
    ...vendor === void 0 ? {} : { vendor }
  }));
}
var EXTENDED = 2147483649;
var FEATURES = [
  ...rows2(1, 0, "edx", [
    [0, "fpu", YES],
    [1, "vme", YES],
    [2, "de", YES],
    [3, "pse", YES],
    [4, "tsc", YES],
    [5, "msr", YES],
    [6, "pae", YES],
    [7, "mce", YES],
    [8, "cx8", YES],
    [9, "apic", YES],
    [11, "sep", YES],
    [12, "mtrr", YES],
    [13, "pge", YES],
    [14, "mca", YES],
    [15, "cmov", YES],
    [16, "pat", YES],
    [17, "pse36", YES],
    [19, "clfsh", YES],
    [23, "mmx", YES],
    [24, "fxsr", YES],
    [25, "sse", YES],
    [26, "sse2", YES],
    [27, "ss", NO],
    [28, "ht", NO]
  ]),
  ...rows2(1, 0, "ecx", [
    [0, "sse3", YES],
    [1, "pclmulqdq", YES],
    [3, "monitor", NO],
    [9, "ssse3", YES],
    [12, "fma", YES],
    [13, "cx16", YES],
    [17, "pcid", YES],
    [19, "sse4_1", YES],
    [20, "sse4_2", YES],
    [21, "x2apic", YES],
    [22, "movbe", YES],
    [23, "popcnt", YES],
    [24, "tsc_deadline_timer", YES],
    [25, "aes", YES],
    [26, "xsave", YES],
    [28, "avx", YES],
    [29, "f16c", YES],
    [30, "rdrand", YES],
    [31, "hypervisor", YES]
  ]),
  ...rows2(7, 0, "ebx", [
    [0, "fsgsbase", YES],
    [1, "tsc_adjust", YES],
    [3, "bmi1", YES],
    [5, "avx2", YES],
    [7, "smep", YES],
    [8, "bmi2", YES],
    [9, "erms", YES],
    [10, "invpcid", YES],
    [18, "rdseed", YES],
    [19, "adx", YES],
    [20, "smap", YES],
    [23, "clflushopt", YES],
    [24, "clwb", YES],
    [29, "sha", YES]
  ]),
  ...rows2(7, 0, "ecx", [
    [2, "umip", YES],
    [3, "pku", YES],
    [16, "la57", YES],
    [22, "rdpid", YES]
  ]),
  ...rows2(13, 1, "eax", [
    [0, "xsaveopt", YES],
    [1, "xsavec", YES],
    [2, "xgetbv1", YES]
  ]),
  // Nothing is executed speculatively, and ARCH_CAPABILITIES says so; guests then leave out costly mitigations.
  ...rows2(7, 0, "edx", [
    [26, "spec_ctrl", YES, "GenuineIntel"],
    [29, "arch_capabilities", YES, "GenuineIntel"]
  ]),
  ...rows2(EXTENDED, 0, "ecx", [
    [0, "lahf_lm", YES],
    [5, "lzcnt", YES],
    [6, "sse4a", YES, "AuthenticAMD"],
    [8, "prefetchw", YES]
  ]),
  ...rows2(EXTENDED, 0, "edx", [
    [11, "syscall", YES],
    [20, "nx", YES],
    [26, "pdpe1gb", YES],
    [27, "rdtscp", YES],
    [29, "lm", YES]
  ]),
  ...rows2(2147483655, 0, "edx", [[8, "invtsc", YES]])
];
var byName = new Map(FEATURES.map((feature) => [feature.name, feature]));
function isOfVendor(name2, vendor) {
  const only = byName.get(name2)?.vendor;
  return only === void 0 || only === vendor;
}
function isImplemented(name2) {
  return byName.get(name2)?.isImplemented ?? false;
}

// ../pc/src/cpu/emulated/models.ts
var words = (text2) => text2.split(" ");
var I486 = words("fpu vme pse");
var PENTIUM3 = [...I486, ...words("de tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 mmx fxsr sse")];
var LEVEL1 = [...PENTIUM3, ...words("clfsh sse2 syscall nx lm")];
var QEMU64 = [...LEVEL1, ...words("sse3 cx16 lahf_lm x2apic tsc_deadline_timer hypervisor")];
var SYSTEM = words(
  "hypervisor x2apic tsc_deadline_timer invtsc rdtscp pdpe1gb pcid invpcid smep smap umip erms fsgsbase spec_ctrl arch_capabilities prefetchw"
);
var LEVEL2 = [...LEVEL1, ...words("sse3 ssse3 sse4_1 sse4_2 cx16 popcnt lahf_lm"), ...SYSTEM];
var LEVEL3 = [...LEVEL2, ...words("xsave xsaveopt xsavec xgetbv1 avx avx2 bmi1 bmi2 f16c fma lzcnt movbe")];
var PLAIN = { GenuineIntel: 67274, AuthenticAMD: 3937 };
var alike = (signature) => ({ GenuineIntel: signature, AuthenticAMD: signature });
var MODERN = {
  ...{ signature: PLAIN, highestLeaf: 22, highestExtended: 2147483656 },
  ...{ intelCounters: "architectural", machineCheckBanks: 10 }
};
var MODELS = {
  max: { name: "max", features: void 0, ...MODERN },
  "x86-64-v3": { name: "x86-64-v3", features: new Set(LEVEL3), ...MODERN },
  "x86-64-v2": { name: "x86-64-v2", features: new Set(LEVEL2), ...MODERN },
  // family 15, model 107, stepping 1
  qemu64: {
    name: "qemu64",
    features: new Set(QEMU64),
    signature: alike(397233),
    highestLeaf: 13,
    highestExtended: 2147483656,
    // A family 15's are unlike any other's, and it may have none (IA32_MISC_ENABLE).
    intelCounters: void 0,
    machineCheckBanks: 10
  },
  // Coppermine: family 6, model 8, stepping 3
  pentium3: {
    name: "pentium3",
    features: new Set(PENTIUM3),
    signature: alike(1667),
    highestLeaf: 2,
    highestExtended: 0,
    intelCounters: "p6",
    machineCheckBanks: 5
  },
  // DX4: family 4, model 8, stepping 0
  "486": {
    name: "486",
    features: new Set(I486),
    signature: alike(1152),
    highestLeaf: 1,
    highestExtended: 0,
    intelCounters: void 0,
    machineCheckBanks: 0
  }
};
function cpuModel(name2, vendor = "GenuineIntel") {
  return { ...MODELS[name2], vendor };
}
function hasFeature(model, name2) {
  if (!isImplemented(name2) || !isOfVendor(name2, model.vendor)) return false;
  return model.features === void 0 || model.features.has(name2);
}
function countersOf(model) {
  if (model.vendor === "GenuineIntel") return model.intelCounters;
  return hasFeature(model, "msr") ? "k7" : void 0;
}
function decoderOf(model) {
  return new Decoder((name2) => hasFeature(model, name2));
}

// ../pc/src/cpu/emulated/performance-counters.ts
var KINDS = {
  architectural: { select: 390, counter: 193, count: 4, width: 48n, retired: 192, cycles: [60, 316] },
  p6: { select: 390, counter: 193, count: 2, width: 40n, retired: 192, cycles: [121] },
  k7: { select: 3221291008, counter: 3221291012, count: 4, width: 48n, retired: 192, cycles: [118] }
};
var FIXED_COUNTERS = 3;
var { count: GENERAL_COUNTERS, width: COUNTER_WIDTH } = KINDS.architectural;
var MSR_FIXED_CTR0 = 777;
var MSR_FIXED_CTR_CTRL = 909;
var MSR_GLOBAL_STATUS = 910;
var MSR_GLOBAL_CTRL = 911;
var MSR_GLOBAL_OVF_CTRL = 912;
var FIRST_FIXED_BIT = 32n;
var SELECT_USR = 1n << 16n;
var SELECT_OS = 1n << 17n;
var SELECT_EDGE = 1n << 18n;
var SELECT_INT = 1n << 20n;
var SELECT_EN = 1n << 22n;
var SELECT_INV = 1n << 23n;
var FIXED_OS = 1n;
var FIXED_USR = 2n;
var FIXED_PMI = 8n;
var DEBUGCTL_FREEZE = 1n << 12n;
var SELECT_WRITABLE = 0xffdfffffn;
var FIXED_CTRL_WRITABLE = 0xbbbn;
var GLOBAL_WRITABLE = 0x70000000fn;
var GLOBAL_AT_RESET = 0xfn;
var OVF_CTRL_WRITABLE = GLOBAL_WRITABLE | 3n << 62n;
var COUNTER_MASK = (1n << COUNTER_WIDTH) - 1n;
var ON = 1;
var BY_RING = 2;
var STOP_AT_RING = 3;
var PerformanceCounters = class {
  constructor(state, core, kind) {
    this.state = state;
    this.core = core;
    this.kind = kind;
    this.#registers = kind === void 0 ? void 0 : KINDS[kind];
  }
  state;
  core;
  kind;
  #running = [];
  /** Count at which a counter that interrupts may be full. */
  #horizon = Number.POSITIVE_INFINITY;
  #isInterruptDue = false;
  #registers;
  get isArchitectural() {
    return this.kind === "architectural";
  }
  /** Whether the vCPU must look at `horizon`. */
  get isOn() {
    return this.#running.length > 0;
  }
  /** Where to stop and `settle`: a counter is full there, or it is known better when one will be. */
  get horizon() {
    return this.state.u32("PERF_MOVED") === 0 ? this.#horizon : 0;
  }
  /** undefined: not such a register, or not on this CPU. */
  read(index, count2) {
    const { state } = this;
    const place = this.#place(index);
    if (place === void 0) return void 0;
    if (place === "overflow control") return 0n;
    this.settle(count2);
    const value = state.u64(place.field, place.element);
    return place.field === "PERF_COUNTER" ? value & this.#mask : value;
  }
  /** false: #GP; undefined: not such a register. `count`: of instructions before the one that writes. */
  write(index, value, count2) {
    const place = this.#place(index);
    if (place === void 0) return void 0;
    const { state } = this;
    if (place === "overflow control") {
      if ((value & ~OVF_CTRL_WRITABLE) !== 0n) return false;
      this.settle(count2 + 1);
      state.setU64("PERF_GLOBAL_STATUS", state.u64("PERF_GLOBAL_STATUS") & ~value);
      return true;
    }
    const { field, element, writable } = place;
    const isCounter = field === "PERF_COUNTER";
    if (!isCounter && (writable === void 0 || (value & ~writable) !== 0n)) return false;
    this.settle(count2 + 1);
    const stored = isCounter && this.kind !== "k7" ? BigInt.asIntN(32, value) : value;
    state.setU64(field, isCounter ? stored & this.#mask : stored, element);
    this.#configure(count2 + 1);
    state.setCount("LIMIT", 0);
    return true;
  }
  /** Brings the registers up to date. A counter that is full says so, and may want an interrupt: `takeInterrupt`. */
  settle(count2) {
    const { state } = this;
    if (!this.isOn) return;
    this.#note(count2);
    for (const { field, element, sum, inKernel, inUser, interrupts, statusBit } of this.#running) {
      const added = (inKernel ? state.u64(sum, 0) : 0n) + (inUser ? state.u64(sum, 1) : 0n);
      const value = state.u64(field, element) + added;
      state.setU64(field, value & this.#mask, element);
      if (value <= this.#mask) continue;
      state.setU64("PERF_GLOBAL_STATUS", state.u64("PERF_GLOBAL_STATUS") | statusBit);
      if (interrupts) this.#isInterruptDue = true;
    }
    this.#clearSums();
    if (this.#isInterruptDue && this.kind === "architectural" && (state.u64("DEBUGCTL") & DEBUGCTL_FREEZE) !== 0n) {
      state.setU64("PERF_GLOBAL_CTRL", 0n);
      this.#configure(count2);
    }
    this.#findHorizon(count2);
  }
  /** Whether the interrupt of a full counter is due now. */
  takeInterrupt() {
    const isDue = this.#isInterruptDue;
    this.#isInterruptDue = false;
    return isDue;
  }
  /** The registers were replaced: by a reset or a restore. */
  replaced(count2) {
    this.#isInterruptDue = false;
    this.#configure(count2);
  }
  /** COUNT goes on somewhere else: others had their turn. */
  continuesAt(count2) {
    if (!this.isOn) return;
    this.state.setCount("PERF_MARK", count2);
    this.#findHorizon(count2);
  }
  /** COUNT went on by one without an instruction. */
  skipped() {
    this.state.setU64("PERF_SURPLUS", this.state.u64("PERF_SURPLUS") + 1n);
  }
  get #mask() {
    return (1n << this.#registers.width) - 1n;
  }
  #note(count2) {
    this.core.noteCounters(this.state.base, BigInt(count2));
  }
  #clearSums() {
    const { state } = this;
    for (const ring of [0, 1]) {
      state.setU64("PERF_RETIRED", 0n, ring);
      state.setU64("PERF_CYCLES", 0n, ring);
    }
    state.setU32("PERF_MOVED", 0);
  }
  #place(index) {
    const registers = this.#registers;
    if (registers === void 0) return void 0;
    const { select, counter, count: count2 } = registers;
    if (index >= select && index < select + count2)
      return { field: "PERF_SELECT", element: index - select, writable: SELECT_WRITABLE };
    if (index >= counter && index < counter + count2) return { field: "PERF_COUNTER", element: index - counter };
    if (this.kind !== "architectural") return void 0;
    if (index >= MSR_FIXED_CTR0 && index < MSR_FIXED_CTR0 + FIXED_COUNTERS)
      return { field: "PERF_FIXED", element: index - MSR_FIXED_CTR0, writable: COUNTER_MASK };
    switch (index) {
      case MSR_FIXED_CTR_CTRL:
        return { field: "PERF_FIXED_CTRL", element: 0, writable: FIXED_CTRL_WRITABLE };
      case MSR_GLOBAL_STATUS:
        return { field: "PERF_GLOBAL_STATUS", element: 0 };
      case MSR_GLOBAL_CTRL:
        return { field: "PERF_GLOBAL_CTRL", element: 0, writable: GLOBAL_WRITABLE };
      case MSR_GLOBAL_OVF_CTRL:
        return "overflow control";
      default:
        return void 0;
    }
  }
  /** Finds out anew what counts, from `count` on. */
  #configure(count2) {
    const { state } = this;
    const registers = this.#registers;
    if (registers === void 0) return;
    const running = [];
    for (let i = 0; i < registers.count; i++) {
      const found = this.#general(i, registers);
      if (found !== void 0) running.push(found);
    }
    if (this.kind === "architectural") {
      for (let i = 0; i < FIXED_COUNTERS; i++) {
        const found = this.#fixed(i);
        if (found !== void 0) running.push(found);
      }
    }
    this.#running = running;
    const isByRing = running.some(({ inKernel, inUser }) => inKernel !== inUser);
    const stops = running.some(({ inKernel, inUser, interrupts }) => interrupts && inKernel !== inUser);
    state.setU32("PERF_ON", running.length === 0 ? 0 : stops ? STOP_AT_RING : isByRing ? BY_RING : ON);
    state.setCount("PERF_MARK", count2);
    state.setU64("PERF_SURPLUS", 0n);
    this.#clearSums();
    this.#findHorizon(count2);
  }
  #general(i, { retired, cycles }) {
    const { state, kind } = this;
    const select = state.u64("PERF_SELECT", i);
    const enable = kind === "p6" ? state.u64("PERF_SELECT", 0) : select;
    if ((enable & SELECT_EN) === 0n || (select & SELECT_EDGE) !== 0n) return void 0;
    if (kind === "architectural" && (state.u64("PERF_GLOBAL_CTRL") >> BigInt(i) & 1n) === 0n) return void 0;
    const [inKernel, inUser] = [(select & SELECT_OS) !== 0n, (select & SELECT_USR) !== 0n];
    if (!inKernel && !inUser) return void 0;
    const event = Number(select & (kind === "architectural" ? 0xffffn : 0xffn));
    const least = select >> 24n & 0xffn;
    const isInverted = (select & SELECT_INV) !== 0n;
    let sum;
    if (least > 1n && isInverted) sum = "PERF_CYCLES";
    else if (least > 1n || least === 1n && isInverted) return void 0;
    else if (event === retired) sum = "PERF_RETIRED";
    else if (cycles.includes(event)) sum = "PERF_CYCLES";
    else return void 0;
    const interrupts = (select & SELECT_INT) !== 0n;
    const statusBit = kind === "architectural" ? 1n << BigInt(i) : 0n;
    return { field: "PERF_COUNTER", element: i, sum, inKernel, inUser, interrupts, statusBit };
  }
  #fixed(i) {
    const { state } = this;
    const bit3 = FIRST_FIXED_BIT + BigInt(i);
    if ((state.u64("PERF_GLOBAL_CTRL") >> bit3 & 1n) === 0n) return void 0;
    const control2 = state.u64("PERF_FIXED_CTRL") >> BigInt(4 * i);
    const [inKernel, inUser] = [(control2 & FIXED_OS) !== 0n, (control2 & FIXED_USR) !== 0n];
    if (!inKernel && !inUser) return void 0;
    const sum = i === 0 ? "PERF_RETIRED" : "PERF_CYCLES";
    const interrupts = (control2 & FIXED_PMI) !== 0n;
    return { field: "PERF_FIXED", element: i, sum, inKernel, inUser, interrupts, statusBit: 1n << bit3 };
  }
  #findHorizon(count2) {
    const { state } = this;
    this.#horizon = Number.POSITIVE_INFINITY;
    const isUser = state.u32("CPL") !== 0;
    for (const { field, element, sum, inKernel, inUser, interrupts } of this.#running) {
      if (!interrupts || !(isUser ? inUser : inKernel)) continue;
      const left = Number(this.#mask + 1n - state.u64(field, element));
      const cyclesEach = state.f64("CLOCK_RATE") * state.f64("TSC_SCALE");
      const instructions = sum === "PERF_RETIRED" ? left : Math.max(1, Math.floor(left / cyclesEach));
      this.#horizon = Math.min(this.#horizon, count2 + instructions);
    }
  }
};

// ../pc/src/cpu/emulated/cpuid.ts
var CR4_OSXSAVE = 1 << 18;
var CR4_PKE = 1 << 22;
var PENTIUM3_CACHES = { eax: 50462977, ebx: 0, ecx: 0, edx: 201590914 };
var BRAND = "Subzero vCPU";
var PHYSICAL_ADDRESS_BITS = 40;
function linearAddressBits(model) {
  return hasFeature(model, "la57") ? 57 : 48;
}
function ascii2(text2, at) {
  let value = 0;
  for (let i = 0; i < 4; i++) value |= (text2.charCodeAt(at + i) || 0) << 8 * i;
  return value >>> 0;
}
function featureBits(leaf, register, input) {
  let bits2 = 0;
  for (const feature of FEATURES) {
    if (feature.leaf !== leaf || feature.register !== register || !hasFeature(input.model, feature.name)) continue;
    bits2 |= 1 << feature.bit;
  }
  return bits2 >>> 0;
}
function packageShift(vcpuCount) {
  return Math.ceil(Math.log2(Math.max(1, vcpuCount)));
}
var CACHES = [
  { type: 1, level: 1, ways: 8, sets: 64 },
  { type: 2, level: 1, ways: 8, sets: 64 },
  { type: 3, level: 2, ways: 16, sets: 4096 }
];
function cacheLeaf(subleaf, input) {
  const cache = CACHES[subleaf];
  if (cache === void 0) return { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const cores = (1 << packageShift(input.vcpuCount)) - 1;
  return {
    eax: (cache.type | cache.level << 5 | 1 << 8 | cores << 26) >>> 0,
    ebx: (63 | cache.ways - 1 << 22) >>> 0,
    ecx: cache.sets - 1,
    edx: 0
  };
}
function topologyLeaf(subleaf, input) {
  const edx = input.apicId;
  if (subleaf === 0) return { eax: 0, ebx: 1, ecx: 256, edx };
  if (subleaf === 1) return { eax: packageShift(input.vcpuCount), ebx: input.vcpuCount, ecx: 513, edx };
  return { eax: 0, ebx: 0, ecx: subleaf & 255, edx };
}
var COMPONENTS = [
  { feature: "avx", bit: 2, bytes: 256, at: 576 },
  { feature: "pku", bit: 9, bytes: 8, at: 832 }
];
var LEGACY_BYTES = 576;
function xsaveLeaf(subleaf, input) {
  const none2 = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const { model } = input;
  if (!hasFeature(model, "xsave")) return none2;
  const present = COMPONENTS.filter(({ feature }) => hasFeature(model, feature));
  const enabled = present.filter(({ bit: bit3 }) => (input.xcr0 >> BigInt(bit3) & 1n) !== 0n);
  const end = (list) => list.reduce((_, { at, bytes }) => at + bytes, LEGACY_BYTES);
  if (subleaf === 0) {
    const eax = present.reduce((bits2, { bit: bit3 }) => bits2 | 1 << bit3, 3);
    return { eax, ebx: end(enabled), ecx: end(present), edx: 0 };
  }
  if (subleaf === 1) {
    const eax = ["xsaveopt", "xsavec", "xgetbv1"].reduce(
      (bits2, name2, i) => bits2 | (hasFeature(model, name2) ? 1 << i : 0),
      0
    );
    return { eax, ebx: enabled.reduce((sum, { bytes }) => sum + bytes, LEGACY_BYTES), ecx: 0, edx: 0 };
  }
  const component = present.find(({ bit: bit3 }) => bit3 === subleaf);
  return component === void 0 ? none2 : { eax: component.bytes, ebx: component.at, ecx: 0, edx: 0 };
}
function basicFeatures(input) {
  const logical = 1 << packageShift(input.vcpuCount);
  let ecx = featureBits(1, "ecx", input);
  let edx = featureBits(1, "edx", input);
  if ((input.cr4 & CR4_OSXSAVE) !== 0) ecx = (ecx | 1 << 27) >>> 0;
  if (input.vcpuCount > 1) edx = (edx | 1 << 28) >>> 0;
  const line = hasFeature(input.model, "clfsh") ? 8 : 0;
  const ebx = hasFeature(input.model, "apic") ? input.apicId << 24 | logical << 16 | line << 8 : 0;
  return { eax: input.model.signature[input.model.vendor], ebx: ebx >>> 0, ecx, edx };
}
function extendedFeatures(input) {
  let edx = featureBits(2147483649, "edx", input);
  const isIntel = input.model.vendor === "GenuineIntel";
  if (isIntel && !input.isLongMode) edx = (edx & ~(1 << 11)) >>> 0;
  if (!isIntel) edx = (edx | featureBits(1, "edx", input) & 25424895) >>> 0;
  return {
    eax: isIntel ? 0 : input.model.signature.AuthenticAMD,
    ebx: 0,
    ecx: featureBits(2147483649, "ecx", input),
    edx
  };
}
function countersLeaf(input) {
  if (countersOf(input.model) !== "architectural") return { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const width = Number(COUNTER_WIDTH);
  const [events, missing] = [7, 120];
  const eax = (2 | GENERAL_COUNTERS << 8 | width << 16 | events << 24) >>> 0;
  return { eax, ebx: missing, ecx: 0, edx: FIXED_COUNTERS | width << 5 };
}
function brandLeaf(leaf) {
  const at = (leaf - 2147483650) * 16;
  return { eax: ascii2(BRAND, at), ebx: ascii2(BRAND, at + 4), ecx: ascii2(BRAND, at + 8), edx: ascii2(BRAND, at + 12) };
}
var HYPERVISOR = 1073741824;
var HYPERVISOR_TIMING = 1073741840;
var HYPERVISOR_LAST = 1073742079;
function hypervisorLeaf(leaf, input) {
  const vendor = "VMwareVMware";
  const kHz = Math.round(input.tscHz / 1e3);
  if (leaf === HYPERVISOR)
    return { eax: HYPERVISOR_TIMING, ebx: ascii2(vendor, 0), ecx: ascii2(vendor, 4), edx: ascii2(vendor, 8) };
  if (leaf === HYPERVISOR_TIMING) return { eax: kHz, ebx: kHz, ecx: 0, edx: 0 };
  return { eax: 0, ebx: 0, ecx: 0, edx: 0 };
}
function cpuid(wantedLeaf, subleaf, input) {
  const none2 = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const isIntel = input.model.vendor === "GenuineIntel";
  const { highestLeaf, highestExtended } = input.model;
  let leaf = wantedLeaf >>> 0;
  if (leaf >= HYPERVISOR && leaf <= HYPERVISOR_LAST && hasFeature(input.model, "hypervisor"))
    return hypervisorLeaf(leaf, input);
  if (leaf < 2147483648 ? leaf > highestLeaf : leaf > highestExtended) {
    if (!isIntel) return none2;
    leaf = highestLeaf;
  }
  switch (leaf) {
    case 0:
      return {
        eax: highestLeaf,
        ebx: ascii2(input.model.vendor, 0),
        ecx: ascii2(input.model.vendor, 8),
        edx: ascii2(input.model.vendor, 4)
      };
    case 1:
      return basicFeatures(input);
    case 2:
      if (highestLeaf < 4) return isIntel ? PENTIUM3_CACHES : none2;
      return isIntel ? { eax: 16711681, ebx: 0, ecx: 0, edx: 0 } : none2;
    case 4:
      return isIntel ? cacheLeaf(subleaf, input) : none2;
    case 7: {
      if (subleaf !== 0) return none2;
      const ecx = featureBits(7, "ecx", input);
      const isPkeOn = (input.cr4 & CR4_PKE) !== 0;
      return {
        eax: 0,
        ebx: featureBits(7, "ebx", input),
        ecx: isPkeOn ? (ecx | 1 << 4) >>> 0 : ecx,
        edx: featureBits(7, "edx", input)
      };
    }
    case 10:
      return countersLeaf(input);
    case 11:
      return isIntel ? topologyLeaf(subleaf, input) : none2;
    case 13:
      return xsaveLeaf(subleaf, input);
    case 21:
      return isIntel ? { eax: 1, ebx: 1, ecx: input.tscHz, edx: 0 } : none2;
    case 22: {
      const mhz = Math.round(input.tscHz / 1e6);
      return isIntel ? { eax: mhz, ebx: mhz, ecx: 100, edx: 0 } : none2;
    }
    case 2147483648:
      return isIntel ? { ...none2, eax: highestExtended } : {
        eax: highestExtended,
        ebx: ascii2(input.model.vendor, 0),
        ecx: ascii2(input.model.vendor, 8),
        edx: ascii2(input.model.vendor, 4)
      };
    case 2147483649:
      return extendedFeatures(input);
    case 2147483650:
    case 2147483651:
    case 2147483652:
      return brandLeaf(leaf);
    case 2147483653:
      return isIntel ? none2 : { eax: 0, ebx: 0, ecx: 537395520, edx: 537395520 };
    case 2147483654:
      return { ...none2, ecx: 268468288 };
    case 2147483655:
      return { ...none2, edx: featureBits(2147483655, "edx", input) };
    case 2147483656:
      return {
        eax: PHYSICAL_ADDRESS_BITS | linearAddressBits(input.model) << 8,
        ebx: 0,
        ecx: isIntel ? 0 : input.vcpuCount - 1,
        edx: 0
      };
    default:
      return none2;
  }
}

// ../pc/src/cpu/emulated/engine-layout.ts
var MIB2 = 1 << 20;
var PAGE = 4096;
var VCPUS_OFFSET = MIB2;
var VCPU_STRIDE = MIB2;
var VCPU_MAX = 8;
var BLOCK_TABLE_OFFSET = 12 * MIB2;
var CODE_MAP_OFFSET = 16 * MIB2;
var CODE_MAP_SIZE = 8 * MIB2;
var CODE_ARENA_OFFSET = 24 * MIB2;
var CODE_ARENA_SIZE = 56 * MIB2;
var COMPILED_OFFSET = 80 * MIB2;
var COMPILED_SIZE = 16 * MIB2;
var VCPU_TLB_LOG = alignPage(STATE_SIZE);
var VCPU_TLB = VCPU_TLB_LOG + alignPage(TLB_LOG_ENTRIES * 2 + 2048);
var VCPU_JUMP_CACHE = VCPU_TLB + alignPage(TLB_CLASS_SIZE * TLB_CLASSES);
var VCPU_TEMPORARY_BLOCK = VCPU_JUMP_CACHE + alignPage(TARGETS_OFFSET + TARGETS_SIZE);
var VCPU_END = VCPU_TEMPORARY_BLOCK + alignPage(TEMPORARY_BLOCK_SIZE + PAGE);
function alignPage(size) {
  return Math.ceil(size / PAGE) * PAGE;
}
function vcpuOffset(index) {
  return VCPUS_OFFSET + index * VCPU_STRIDE;
}

// ../pc/src/cpu/emulated/jit/wasm-module.ts
var VALUE_TYPES = {
  i32: 127,
  i64: 126,
  f32: 125,
  f64: 124,
  v128: 123
};
var ByteBuffer = class {
  #bytes = new Uint8Array(256);
  length = 0;
  byte(value) {
    if (this.length === this.#bytes.length) this.#grow(this.length + 1);
    this.#bytes[this.length++] = value;
  }
  bytes(values) {
    if (this.length + values.length > this.#bytes.length) this.#grow(this.length + values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
  }
  /** Unsigned LEB128 of up to 32 bits. */
  u32(value) {
    let rest = value >>> 0;
    while (rest >= 128) {
      this.byte(rest & 127 | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }
  s32(value) {
    let rest = value | 0;
    for (; ; ) {
      const low = rest & 127;
      rest >>= 7;
      if (rest === 0 && (low & 64) === 0 || rest === -1 && (low & 64) !== 0) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }
  s64(value) {
    let rest = BigInt.asIntN(64, value);
    for (; ; ) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if (rest === 0n && (low & 64) === 0 || rest === -1n && (low & 64) !== 0) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }
  name(text2) {
    const encoded = new TextEncoder().encode(text2);
    this.u32(encoded.length);
    this.bytes(encoded);
  }
  /** What was written so far, not copied. */
  view() {
    return this.#bytes.subarray(0, this.length);
  }
  take() {
    return this.#bytes.slice(0, this.length);
  }
  #grow(needed) {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
};
var REGION_TYPE = { parameters: ["i32", "i32"], result: "i32" };
function section(out2, id, fill) {
  const body = new ByteBuffer();
  fill(body);
  out2.byte(id);
  out2.u32(body.length);
  out2.bytes(body.take());
}
function buildRegionModule(imports, codes, label = "") {
  const out2 = new ByteBuffer();
  out2.bytes([0, 97, 115, 109, 1, 0, 0, 0]);
  section(out2, 1, (body) => {
    const types = [...imports, REGION_TYPE];
    body.u32(types.length);
    for (const { parameters, result } of types) {
      body.byte(96);
      body.u32(parameters.length);
      for (const parameter of parameters) body.byte(VALUE_TYPES[parameter]);
      body.bytes([1, VALUE_TYPES[result]]);
    }
  });
  section(out2, 2, (body) => {
    body.u32(imports.length + 1);
    body.name("env");
    body.name("memory");
    body.bytes([2, 3]);
    body.u32(0);
    body.u32(65536);
    imports.forEach(({ name: name2 }, type) => {
      body.name("core");
      body.name(name2);
      body.byte(0);
      body.u32(type);
    });
  });
  section(out2, 3, (body) => {
    body.u32(codes.length);
    for (const _ of codes) body.u32(imports.length);
  });
  section(out2, 7, (body) => {
    body.u32(codes.length);
    codes.forEach((_, i) => {
      body.name(String(i));
      body.byte(0);
      body.u32(imports.length + i);
    });
  });
  section(out2, 0, (body) => writeBranchHints(body, imports.length, codes));
  section(out2, 10, (body) => {
    body.u32(codes.length);
    for (const { code } of codes) {
      body.u32(code.length);
      body.bytes(code);
    }
  });
  if (label !== "") section(out2, 0, (body) => body.name(label));
  return out2.take();
}
function writeBranchHints(body, first, codes) {
  body.name("metadata.code.branch_hint");
  body.u32(codes.filter(({ hints }) => hints.length > 0).length);
  codes.forEach(({ hints }, i) => {
    if (hints.length === 0) return;
    body.u32(first + i);
    body.u32(hints.length / 2);
    for (let k = 0; k < hints.length; k += 2) {
      body.u32(hints[k]);
      body.byte(1);
      body.byte(hints[k + 1]);
    }
  });
}

// ../pc/src/cpu/emulated/jit/function-writer.ts
var OP_BLOCK = 2;
var OP_LOOP = 3;
var OP_IF = 4;
var OP_ELSE = 5;
var OP_END = 11;
var OP_BR = 12;
var OP_CALL = 16;
var OP_SELECT = 27;
var OP_SELECT_TYPED = 28;
var OP_LOCAL_GET = 32;
var OP_LOCAL_SET = 33;
var OP_LOCAL_TEE = 34;
var BLOCK_EMPTY = 64;
var CodeWriter = class extends ByteBuffer {
  /** Where local indices are to be put in, and of which local. */
  fixups = [];
  /** Where an `if` is of which one arm is likely, and 1 if that is the first. */
  hints = [];
  #level = 0;
  /** Where the code was when a local was last set, -1: not just now. */
  #afterSet = -1;
  open(opcode, likely) {
    if (likely !== void 0) this.hints.push(this.length, likely === "then" ? 1 : 0);
    this.byte(opcode);
    this.byte(BLOCK_EMPTY);
    return { level: this.#level++ };
  }
  close() {
    this.byte(OP_END);
    this.#level--;
  }
  br(label, opcode = OP_BR) {
    this.byte(opcode);
    this.u32(this.#level - 1 - label.level);
  }
  local(opcode, id) {
    this.byte(opcode);
    this.fixups.push(this.length, id);
  }
  get(id) {
    this.local(OP_LOCAL_GET, id);
  }
  set(id) {
    this.local(OP_LOCAL_SET, id);
    this.#afterSet = this.length;
  }
  /** `get` that is the last use of the local: what was only just put into it stays on the stack. */
  getLast(id) {
    if (this.#afterSet !== this.length || this.fixups.at(-1) !== id) return this.get(id);
    this.fixups.length -= 2;
    this.length--;
    this.#afterSet = -1;
  }
  i32(value) {
    this.byte(65);
    this.s32(value);
  }
  i64(value) {
    this.byte(66);
    if (value >= -0x40000000n && value < 0x40000000n) this.s32(Number(value));
    else this.s64(value);
  }
  memory(opcode, align, offset) {
    this.byte(opcode);
    this.u32(align);
    this.u32(offset);
  }
};
var LOCAL_TYPES = ["i64", "i32", "v128", "f32", "f64"];
var Locals = class {
  constructor(parameters) {
    this.parameters = parameters;
    this.#types.push(...parameters);
  }
  parameters;
  #types = [];
  add(type) {
    return this.#types.push(type) - 1;
  }
  typeOf(id) {
    return this.#types[id];
  }
  /** Puts the parts together: gives used locals their indices. */
  finish(parts) {
    const used = new Uint8Array(this.#types.length);
    for (const { fixups } of parts) for (let i = 1; i < fixups.length; i += 2) used[fixups[i]] = 1;
    const index = new Int32Array(this.#types.length);
    let next = this.parameters.length;
    for (let id = 0; id < next; id++) index[id] = id;
    const out2 = new ByteBuffer();
    const counts = [];
    for (const type of LOCAL_TYPES) {
      const first = next;
      for (let id = this.parameters.length; id < this.#types.length; id++) {
        if (used[id] === 1 && this.#types[id] === type) index[id] = next++;
      }
      if (next > first) counts.push([type, next - first]);
    }
    out2.u32(counts.length);
    for (const [type, count2] of counts) {
      out2.u32(count2);
      out2.byte(VALUE_TYPES[type]);
    }
    const hints = [];
    for (const part of parts) {
      const bytes = part.view();
      const { fixups } = part;
      let from2 = 0;
      let hint = 0;
      const place = (end) => {
        for (; hint < part.hints.length && part.hints[hint] < end; hint += 2) {
          hints.push(out2.length + part.hints[hint] - from2, part.hints[hint + 1]);
        }
      };
      for (let i = 0; i < fixups.length; i += 2) {
        const at = fixups[i];
        place(at);
        while (from2 < at) out2.byte(bytes[from2++]);
        out2.u32(index[fixups[i + 1]]);
      }
      place(bytes.length);
      out2.bytes(bytes.subarray(from2));
    }
    out2.byte(OP_END);
    return { code: out2.take(), hints };
  }
};

// ../pc/src/cpu/emulated/jit/graph.ts
function reversePostorder(nodes, isCut) {
  const seen = new Uint8Array(nodes.length);
  const order = [];
  const stack2 = [[0, 0]];
  seen[0] = 1;
  while (stack2.length > 0) {
    const top = stack2[stack2.length - 1];
    const [node] = top;
    const { successors } = nodes[node];
    if (top[1] === successors.length) {
      order.push(node);
      stack2.pop();
      continue;
    }
    const to = successors[top[1]++];
    if (seen[to] === 1 || isCut(node, to)) continue;
    seen[to] = 1;
    stack2.push([to, 0]);
  }
  return order.reverse();
}
function dominators(order, place, predecessors) {
  const dominator = new Int32Array(place.length).fill(-1);
  dominator[order[0]] = order[0];
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 1; i < order.length; i++) {
      const node = order[i];
      let best = -1;
      for (const from2 of predecessors[node]) {
        if (dominator[from2] < 0) continue;
        best = best < 0 ? from2 : common(best, from2, place, dominator);
      }
      if (dominator[node] !== best) {
        dominator[node] = best;
        changed = true;
      }
    }
  }
  return dominator;
}
function common(a, b, place, dominator) {
  let x = a;
  let y = b;
  while (x !== y) {
    while (place[x] > place[y]) x = dominator[x];
    while (place[y] > place[x]) y = dominator[y];
  }
  return x;
}
function dominates(a, b, place, dominator) {
  let x = b;
  while (place[x] > place[a]) x = dominator[x];
  return x === a;
}
function analyse(nodes) {
  const count2 = nodes.length;
  const cut = /* @__PURE__ */ new Set();
  const isCut = (from2, to) => cut.has(from2 * count2 + to);
  for (; ; ) {
    const order = reversePostorder(nodes, isCut);
    const place = new Int32Array(count2).fill(-1);
    order.forEach((node, i) => {
      place[node] = i;
    });
    const predecessors = nodes.map(() => []);
    for (const node of order) {
      for (const to of nodes[node].successors) if (!isCut(node, to)) predecessors[to].push(node);
    }
    const dominator = dominators(order, place, predecessors);
    const isLoopHead = new Uint8Array(count2);
    const isMerge = new Uint8Array(count2);
    const incoming = new Int32Array(count2);
    let isReducible = true;
    for (const node of order) {
      let forward = 0;
      for (const from2 of predecessors[node]) {
        incoming[node]++;
        if (place[from2] < place[node]) forward++;
        else if (dominates(node, from2, place, dominator)) isLoopHead[node] = 1;
        else {
          cut.add(from2 * count2 + node);
          isReducible = false;
        }
      }
      if (forward > 1) isMerge[node] = 1;
    }
    if (!isReducible) continue;
    const children = nodes.map(() => []);
    for (let i = 1; i < order.length; i++) children[dominator[order[i]]].push(order[i]);
    return { order, place, dominator, isLoopHead, isMerge, cut, children, incoming };
  }
}

// ../pc/src/cpu/emulated/jit/lazy-flags.ts
var FLAGS_DONE = 0;
var FLAGS_ADD = 1;
var FLAGS_SUB = 2;
var FLAGS_LOGIC = 3;
var FLAGS_INC = 4;
var FLAGS_DEC = 5;
var FLAGS_GIVEN = 6;
var FLAGS_ADC = 7;
var FLAGS_SBB = 8;
var DYNAMIC = void 0;
var SIZE_LOG = { 8: 0, 16: 1, 32: 2, 64: 3 };
function flagCode({ kind, size }) {
  return kind === FLAGS_DONE ? 0 : kind * 4 + SIZE_LOG[size];
}
function isSameFlags(a, b) {
  return a === b || a !== DYNAMIC && b !== DYNAMIC && flagCode(a) === flagCode(b);
}

// ../pc/src/cpu/emulated/jit/region-context.ts
var NotCompilable = class extends Error {
};
var FIRST_XMM = 16;
var FIRST_UPPER = 32;
var REGISTERS = 48;
var EXIT_FLAGS_KEEP = 255;
var EXIT_COUNT_SHIFT = 8;
var EXIT_OFFSET_SHIFT = 24;
function regionLocals(locals) {
  return {
    state: 0,
    budget: 1,
    registers: Array.from({ length: REGISTERS }, (_, i) => locals.add(i < FIRST_XMM ? "i64" : "v128")),
    flagR: locals.add("i64"),
    flagA: locals.add("i64"),
    flagB: locals.add("i64"),
    flagKind: locals.add("i32"),
    base: locals.add("i64"),
    tlb: locals.add("i32"),
    exitRip: locals.add("i64"),
    exitCount: locals.add("i32"),
    exitHow: locals.add("i32"),
    exitWord: locals.add("i64")
  };
}
var REGION_IMPORTS = [
  { name: "lazyFr", parameters: ["i32", "i64"], result: "i64" },
  { name: "lazyFc", parameters: ["i32", "i64", "i64", "i64"], result: "i64" },
  { name: "fillTlb", parameters: ["i32", "i64", "i32", "i32"], result: "i32" }
];
var IMPORT_FR = 0;
var IMPORT_FC = 1;
var IMPORT_FILL = 2;
var LEFT_SLOW = 1;

// ../pc/src/cpu/emulated/jit/expression.ts
var NODE_CONSTANT = 0;
var NODE_LOCAL = 1;
var NODE_SCALAR = 2;
var NODE_VECTOR = 3;
var NODE_SATURATING = 4;
var NODE_SELECT = 5;
var NODE_TEMPORARY = 6;
var SHUFFLE = 13;
var Node = class {
  constructor(type, kind, code, args, bits2 = 64, constant2 = 0n, lanes = []) {
    this.type = type;
    this.kind = kind;
    this.code = code;
    this.args = args;
    this.bits = bits2;
    this.constant = constant2;
    this.lanes = lanes;
  }
  type;
  kind;
  code;
  args;
  bits;
  constant;
  lanes;
  uses = 0;
  /** Of `uses`, those written. */
  used = 0;
  /** The local that holds it, -1: not computed yet. */
  local = -1;
  get isConstant() {
    return this.kind === NODE_CONSTANT;
  }
};
function use(value) {
  const node = value;
  node.uses++;
  return node;
}
var Temporaries = class {
  constructor(locals) {
    this.locals = locals;
  }
  locals;
  #byType = /* @__PURE__ */ new Map();
  take(type) {
    let pool = this.#byType.get(type);
    if (pool === void 0) {
      pool = { ids: [], next: 0 };
      this.#byType.set(type, pool);
    }
    if (pool.next === pool.ids.length) pool.ids.push(this.locals.add(type));
    return pool.ids[pool.next++];
  }
  releaseAll() {
    for (const pool of this.#byType.values()) pool.next = 0;
  }
};
var NodeWriter = class {
  constructor(code, temporaries) {
    this.code = code;
    this.temporaries = temporaries;
  }
  code;
  temporaries;
  /** Leaves the value on the stack. */
  push(node) {
    node.used++;
    const { code } = this;
    if (node.kind === NODE_CONSTANT) {
      if (node.type === "i32") code.i32(Number(node.constant));
      else code.i64(node.constant);
      return;
    }
    if (node.local >= 0) {
      if (node.used === node.uses) code.getLast(node.local);
      else code.get(node.local);
      return;
    }
    if (node.kind === NODE_LOCAL) {
      code.get(node.code);
      return;
    }
    this.#compute(node);
    if (node.uses > node.used) {
      node.local = this.temporaries.take(node.type);
      code.local(OP_LOCAL_TEE, node.local);
    }
  }
  /** Computes the value now, into a local that stays as it is. */
  force(node) {
    if (node.local >= 0 || node.kind === NODE_CONSTANT) return;
    if (node.kind === NODE_LOCAL) this.code.get(node.code);
    else this.#compute(node);
    node.local = this.temporaries.take(node.type);
    this.code.set(node.local);
  }
  #compute(node) {
    const { code } = this;
    for (const arg of node.args) this.push(arg);
    switch (node.kind) {
      case NODE_SCALAR:
        code.byte(node.code);
        return;
      case NODE_SATURATING:
        code.byte(252);
        code.u32(node.code);
        return;
      case NODE_VECTOR:
        code.byte(253);
        code.u32(node.code);
        if (node.code === SHUFFLE || node.lanes.length > 0) code.bytes(node.lanes);
        return;
      case NODE_SELECT:
        if (node.type === "v128") code.bytes([OP_SELECT_TYPED, 1, VALUE_TYPES.v128]);
        else code.byte(OP_SELECT);
        return;
      default:
        throw new Error("a value that was never computed");
    }
  }
};

// ../pc/src/cpu/emulated/jit/folding.ts
var wrap = (value) => BigInt.asIntN(64, value);
var unsigned = (value) => BigInt.asUintN(64, value);
var BINARY = {
  "i64.add": (a, b) => wrap(a + b),
  "i64.sub": (a, b) => wrap(a - b),
  "i64.and": (a, b) => wrap(a & b),
  "i64.or": (a, b) => wrap(a | b),
  "i64.xor": (a, b) => wrap(a ^ b),
  "i64.shl": (a, b) => wrap(a << (b & 63n)),
  "i64.shr_u": (a, b) => wrap(unsigned(a) >> (b & 63n)),
  "i64.mul": (a, b) => wrap(a * b),
  "i64.eq": (a, b) => a === b ? 1n : 0n,
  "i64.ne": (a, b) => a !== b ? 1n : 0n,
  "i64.lt_u": (a, b) => unsigned(a) < unsigned(b) ? 1n : 0n
};
function widthOf(value) {
  if (value < 0n) return 64;
  if (value <= 0xffffffffn) return Math.max(1, 32 - Math.clz32(Number(value)));
  return value.toString(2).length;
}
function foldBinary(name2, a, b) {
  if (a.isConstant && b.isConstant) return BINARY[name2]?.(a.constant, b.constant);
  if (!b.isConstant) return void 0;
  const k = b.constant;
  switch (name2) {
    case "i64.and": {
      if (k === 0n) return 0n;
      const isLowOnes = (k & k + 1n) === 0n;
      return isLowOnes && a.bits <= widthOf(k) ? a : void 0;
    }
    case "i64.add":
    case "i64.sub":
    case "i64.or":
    case "i64.xor":
    case "i64.shl":
    case "i64.shr_u":
    case "i64.shr_s":
      return k === 0n ? a : void 0;
    default:
      return void 0;
  }
}
function foldUnary(name2, a) {
  if (!a.isConstant) return void 0;
  const value = a.constant;
  switch (name2) {
    case "i64.eqz":
    case "i32.eqz":
      return value === 0n ? 1n : 0n;
    case "i64.extend_i32_u":
      return value & 0xffffffffn;
    case "i32.wrap_i64":
      return BigInt.asIntN(32, value);
    case "i64.extend8_s":
      return BigInt.asIntN(8, value);
    case "i64.extend16_s":
      return BigInt.asIntN(16, value);
    case "i64.extend32_s":
      return BigInt.asIntN(32, value);
    default:
      return void 0;
  }
}
function resultBits(name2, args) {
  const [a, b] = args;
  switch (name2) {
    case "i64.and":
      return Math.min(a.bits, b.bits);
    case "i64.or":
    case "i64.xor":
      return Math.max(a.bits, b.bits);
    case "i64.shr_u":
      return b.isConstant ? Math.max(1, a.bits - Number(b.constant & 63n)) : a.bits;
    case "i64.shl":
      return b.isConstant ? Math.min(64, a.bits + Number(b.constant & 63n)) : 64;
    case "i64.extend_i32_u":
      return Math.min(32, a.bits);
    case "i64.popcnt":
    case "i64.clz":
    case "i64.ctz":
      return 7;
    case "i64.rem_u":
      return b.bits;
    case "i64.div_u":
      return a.bits;
    default:
      return /\.(eqz?|ne|[lg][te](_[su])?)$/.test(name2) ? 1 : 64;
  }
}

// ../pc/src/cpu/emulated/jit/wasm-opcodes.ts
function run(first, names) {
  return names.trim().split(/\s+/).map((name2, i) => [name2, first + i]).filter(([name2]) => name2 !== "-");
}
var prefixed = (prefix, names) => names.trim().split(/\s+/).map((name2) => name2 === "-" ? name2 : `${prefix}.${name2}`).join(" ");
var INTEGER_COMPARE = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
var FLOAT_COMPARE = "eq ne lt gt le ge";
var INTEGER = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
var FLOAT = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
var SCALAR_OPCODES = new Map([
  ...run(69, prefixed("i32", `eqz ${INTEGER_COMPARE}`)),
  ...run(80, prefixed("i64", `eqz ${INTEGER_COMPARE}`)),
  ...run(91, prefixed("f32", FLOAT_COMPARE)),
  ...run(97, prefixed("f64", FLOAT_COMPARE)),
  ...run(103, prefixed("i32", INTEGER)),
  ...run(121, prefixed("i64", INTEGER)),
  ...run(139, prefixed("f32", FLOAT)),
  ...run(153, prefixed("f64", FLOAT)),
  ...run(
    167,
    `i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u
     i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s
     f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u
     f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s
     i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`
  )
]);
var SATURATING_OPCODES = new Map(
  run(
    0,
    `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s
     i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`
  )
);
var extensions = (from2) => `extend_low_${from2}_s extend_high_${from2}_s extend_low_${from2}_u extend_high_${from2}_u`;
var products = (from2) => `extmul_low_${from2}_s extmul_high_${from2}_s extmul_low_${from2}_u extmul_high_${from2}_u`;
var SATURATING = "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u";
var MIN_MAX = "min_s min_u max_s max_u";
var VECTOR_OPCODES = new Map([
  ...run(13, "i8x16.shuffle i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat"),
  ...run(
    21,
    `i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s i16x8.extract_lane_u
     i16x8.replace_lane i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane f32x4.extract_lane
     f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane`
  ),
  ...run(35, prefixed("i8x16", INTEGER_COMPARE)),
  ...run(45, prefixed("i16x8", INTEGER_COMPARE)),
  ...run(55, prefixed("i32x4", INTEGER_COMPARE)),
  ...run(65, prefixed("f32x4", FLOAT_COMPARE)),
  ...run(71, prefixed("f64x2", FLOAT_COMPARE)),
  ...run(77, prefixed("v128", "not and andnot or xor bitselect any_true")),
  ...run(94, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4"),
  ...run(96, prefixed("i8x16", "abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u")),
  ...run(103, prefixed("f32x4", "ceil floor trunc nearest")),
  ...run(107, prefixed("i8x16", `shl shr_s shr_u ${SATURATING}`)),
  ...run(116, "f64x2.ceil f64x2.floor"),
  ...run(118, prefixed("i8x16", MIN_MAX)),
  ...run(122, "f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u"),
  ...run(126, "i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u"),
  ...run(
    128,
    prefixed(
      "i16x8",
      `abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u ${extensions("i8x16")} shl shr_s shr_u ${SATURATING}`
    )
  ),
  ...run(148, "f64x2.nearest"),
  ...run(149, prefixed("i16x8", `mul ${MIN_MAX} - avgr_u ${products("i8x16")}`)),
  ...run(
    160,
    prefixed(
      "i32x4",
      `abs neg - all_true bitmask - - ${extensions("i16x8")} shl shr_s shr_u add - - sub - - - mul ${MIN_MAX}`
    )
  ),
  ...run(186, prefixed("i32x4", `dot_i16x8_s - ${products("i16x8")}`)),
  ...run(
    192,
    prefixed("i64x2", `abs neg - all_true bitmask - - ${extensions("i32x4")} shl shr_s shr_u add - - sub - - - mul`)
  ),
  ...run(214, prefixed("i64x2", `eq ne lt_s gt_s le_s ge_s ${products("i32x4")}`)),
  ...run(224, prefixed("f32x4", "abs neg - sqrt add sub mul div min max pmin pmax")),
  ...run(236, prefixed("f64x2", "abs neg - sqrt add sub mul div min max pmin pmax")),
  ...run(
    248,
    `i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u
     i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u`
  )
]);
var I32_LOAD = 40;
var I64_LOAD = 41;
var V128_LOAD = 0;
var V128_STORE = 11;
var I32_WRAP = 167;
var I32_ADD = 106;
var I32_AND = 113;
var I64_LT_U = 84;
var I32_EQZ = 69;
var I64_LE_U = 88;
var I64_SUB = 125;
var I64_ADD = 124;
var I32_SUB = 107;
var I32_EQ = 70;
var I32_LT_S = 72;
var I32_SHR_U = 118;
var I64_EQ = 81;
var I64_SHR_S = 135;
var I64_STORE = 55;
var I64_EXTEND_I32_S = 172;
var UNREACHABLE = 0;
var LOADS = {
  u8: [45, 0],
  u16: [47, 1],
  u32: [40, 2],
  u64: [41, 3],
  f64: [43, 3]
};
var STORES = { u8: [58, 0], u16: [59, 1], u32: [54, 2], u64: [55, 3], f64: [57, 3] };
var LOADS_64 = { 8: [49, 0], 16: [51, 1], 32: [53, 2], 64: [41, 3] };
var STORES_64 = { 8: [60, 0], 16: [61, 1], 32: [62, 2], 64: [55, 3] };

// ../pc/src/cpu/emulated/jit/step-emitter.ts
var ALL_ONES = (1n << 64n) - 1n;
var StepEmitter = class {
  constructor(code, locals, names, branches, exit, slowExit) {
    this.code = code;
    this.names = names;
    this.branches = branches;
    this.exit = exit;
    this.slowExit = slowExit;
    this.writer = new NodeWriter(code, new Temporaries(locals));
  }
  code;
  names;
  branches;
  exit;
  slowExit;
  writer;
  /** Registers that the region reads or writes, and those it writes. */
  usedRegisters = /* @__PURE__ */ new Set();
  changedRegisters = /* @__PURE__ */ new Set();
  changesFlags = false;
  usesTlb = false;
  /** What the flag locals mean here. */
  flags = DYNAMIC;
  context;
  steps = [];
  pending = /* @__PURE__ */ new Map();
  /** Nodes of this instruction, for what must be computed before a branch in it. */
  nodes = [];
  reads = /* @__PURE__ */ new Map();
  /** Something changed already: no way back to the state before the instruction. */
  isChanged = false;
  depth = 0;
  /** Compiles one instruction; throws NotCompilable with nothing written. */
  instruction(context, run2) {
    this.probe(context, run2);
    for (const step of this.steps) step();
    this.writer.temporaries.releaseAll();
  }
  /** Runs the semantics and writes nothing. Throws NotCompilable. */
  probe(context, run2) {
    this.context = context;
    this.steps = [];
    this.pending = /* @__PURE__ */ new Map();
    this.nodes = [];
    this.reads.clear();
    this.isChanged = false;
    this.depth = 0;
    run2();
    this.flush();
  }
  // ---- steps ----
  step(step) {
    this.steps.push(step);
  }
  /** Registers take their new values. */
  flush() {
    if (this.pending.size === 0) return;
    const changes = [...this.pending];
    this.pending = /* @__PURE__ */ new Map();
    for (const [register] of changes) {
      this.usedRegisters.add(register);
      this.changedRegisters.add(register);
    }
    const reads = changes.flatMap(([register]) => this.reads.get(register) ?? []);
    this.step(() => {
      for (const [, node] of changes) this.writer.push(node);
      for (const node of reads) if (node.used < node.uses) this.writer.force(node);
      for (let i = changes.length - 1; i >= 0; i--) this.code.set(this.names.registers[changes[i][0]]);
    });
  }
  /** What of this instruction is used later is computed here. */
  settle() {
    const nodes = this.nodes.slice();
    this.step(() => {
      for (let i = nodes.length - 1; i >= 0; i--) if (nodes[i].used < nodes[i].uses) this.writer.force(nodes[i]);
    });
  }
  collect(run2) {
    const outer = this.steps;
    this.steps = [];
    this.depth++;
    run2();
    this.flush();
    this.depth--;
    const inner = this.steps;
    this.steps = outer;
    return inner;
  }
  if(condition, then, otherwise2) {
    const node = condition;
    if (node.isConstant) {
      if (node.constant !== 0n) then();
      else otherwise2?.();
      return;
    }
    this.flush();
    use(condition);
    this.settle();
    const before = this.flags;
    const wasChanged = this.isChanged;
    const first = this.collect(then);
    const afterThen = this.flags;
    const changedThen = this.isChanged;
    this.flags = before;
    this.isChanged = wasChanged;
    const second = otherwise2 === void 0 ? [] : this.collect(otherwise2);
    const afterElse = this.flags;
    this.isChanged ||= changedThen;
    if (!isSameFlags(afterThen, afterElse)) {
      first.push(() => this.writeFlagKind(afterThen));
      second.push(() => this.writeFlagKind(afterElse));
      this.flags = DYNAMIC;
    }
    this.step(() => {
      this.writer.push(node);
      this.code.open(OP_IF);
      for (const step of first) step();
      if (second.length > 0) {
        this.code.byte(OP_ELSE);
        for (const step of second) step();
      }
      this.code.close();
    });
  }
  /** Sets FLAG_KIND for code that cannot know. */
  writeFlagKind(flags2) {
    if (flags2 === DYNAMIC) return;
    this.code.i32(flagCode(flags2));
    this.code.set(this.names.flagKind);
  }
  /** Leaves to the interpreter, which is to run the instruction at offset `at`. */
  writeSlowExit(at, done, flags2) {
    const { code } = this;
    const kind = flags2 === DYNAMIC ? EXIT_FLAGS_KEEP : flagCode(flags2);
    code.i64(BigInt(at) << BigInt(EXIT_OFFSET_SHIFT) | BigInt(done << EXIT_COUNT_SHIFT | kind));
    code.set(this.names.exitWord);
    code.br(this.slowExit);
  }
  /** Leaves to the instruction at offset `at`, after `done` instructions of the node. */
  writeExit(at, done) {
    this.writeRip(at);
    this.code.set(this.names.exitRip);
    this.writeExitHere(done);
  }
  /** The same with the RIP set. */
  writeExitHere(done) {
    this.code.i32(done);
    this.code.set(this.names.exitCount);
    this.code.br(this.exit);
  }
  /** RIP at an offset from the region's entry. */
  writeRip(at) {
    this.code.get(this.names.base);
    if (at === 0) return;
    this.code.i64(BigInt(at));
    this.code.byte(I64_ADD);
  }
  slow() {
    if (this.isChanged) throw new NotCompilable("leaves after a change");
    if (this.depth === 0) throw new NotCompilable("always leaves");
    const { flags: flags2 } = this;
    const { start, index } = this.context;
    this.step(() => this.writeSlowExit(start, index, flags2));
  }
  slowIf(condition) {
    if (this.isChanged) throw new NotCompilable("leaves after a change");
    const { flags: flags2 } = this;
    const { start, index } = this.context;
    this.step(() => {
      condition();
      this.code.open(OP_IF, "else");
      this.writeSlowExit(start, index, flags2);
      this.code.close();
    });
  }
  /**
   * Leaves unless `isFine`, or else `mend`, says 1. What V8's baseline compiler keeps in registers afterwards is what the arm that
   * ends first has there: that must not be the one with a call, which has nothing there.
   */
  slowUnless(isFine, mend) {
    if (this.isChanged) throw new NotCompilable("leaves after a change");
    const { flags: flags2 } = this;
    const { start, index } = this.context;
    this.step(() => {
      isFine();
      this.code.open(OP_IF, "then");
      this.code.byte(OP_ELSE);
      mend();
      this.code.byte(I32_EQZ);
      this.code.open(OP_IF);
      this.writeSlowExit(start, index, flags2);
      this.code.close();
      this.code.close();
    });
  }
  // ---- values ----
  node(node) {
    this.nodes.push(node);
    return node;
  }
  constant(type, value) {
    const bits2 = widthOf(value);
    return new Node(type, NODE_CONSTANT, 0, [], bits2, value);
  }
  i32(value) {
    return this.constant("i32", BigInt(value | 0));
  }
  i64(value) {
    return this.constant("i64", BigInt.asIntN(64, BigInt(value)));
  }
  local(type, id, bits2 = 64) {
    return this.node(new Node(type, NODE_LOCAL, id, [], bits2));
  }
  /** A temporary that a step will fill. */
  temporary(type, bits2 = 64) {
    return new Node(type, NODE_TEMPORARY, 0, [], bits2);
  }
  /** The value as it is now, whatever happens to the locals it stems from. */
  now(node) {
    if (!node.isConstant) this.step(() => this.writer.force(node));
    return node;
  }
  op(name2, result, args, lanes = []) {
    const nodes = args;
    const scalar = SCALAR_OPCODES.get(name2);
    if (scalar !== void 0) {
      const folded = nodes.length === 2 ? foldBinary(name2, nodes[0], nodes[1]) : foldUnary(name2, nodes[0]);
      if (typeof folded === "bigint") return this.constant(result, folded);
      if (folded !== void 0) return folded;
    }
    for (const arg of args) use(arg);
    if (scalar !== void 0) return this.node(new Node(result, NODE_SCALAR, scalar, nodes, resultBits(name2, nodes)));
    const vector3 = VECTOR_OPCODES.get(name2);
    if (vector3 !== void 0) return this.node(new Node(result, NODE_VECTOR, vector3, nodes, 64, 0n, lanes));
    const saturating = SATURATING_OPCODES.get(name2);
    if (saturating !== void 0) return this.node(new Node(result, NODE_SATURATING, saturating, nodes));
    throw new Error(`no WebAssembly instruction ${name2}`);
  }
  binary(name2, a, b) {
    return this.op(`i64.${name2}`, "i64", [a, b]);
  }
  by(by) {
    return typeof by === "number" ? this.i64(by) : by;
  }
  add(a, b) {
    return this.binary("add", a, b);
  }
  sub(a, b) {
    return this.binary("sub", a, b);
  }
  mul(a, b) {
    return this.binary("mul", a, b);
  }
  and(a, b) {
    return this.binary("and", a, b);
  }
  or(a, b) {
    return this.binary("or", a, b);
  }
  xor(a, b) {
    return this.binary("xor", a, b);
  }
  not(a) {
    return this.xor(a, this.i64(-1));
  }
  shl(a, by) {
    return this.binary("shl", a, this.by(by));
  }
  shrU(a, by) {
    return this.binary("shr_u", a, this.by(by));
  }
  shrS(a, by) {
    return this.binary("shr_s", a, this.by(by));
  }
  eq(a, b) {
    return this.op("i64.eq", "i32", [a, b]);
  }
  ne(a, b) {
    return this.op("i64.ne", "i32", [a, b]);
  }
  ltU(a, b) {
    return this.op("i64.lt_u", "i32", [a, b]);
  }
  ltS(a, b) {
    return this.op("i64.lt_s", "i32", [a, b]);
  }
  eqz(a) {
    return this.op("i64.eqz", "i32", [a]);
  }
  andB(a, b) {
    return this.op("i32.and", "i32", [a, b]);
  }
  orB(a, b) {
    return this.op("i32.or", "i32", [a, b]);
  }
  notB(a) {
    return this.op("i32.eqz", "i32", [a]);
  }
  zext(a, size) {
    return size === 64 ? a : this.and(a, this.i64((1n << BigInt(size)) - 1n));
  }
  sext(a, size) {
    return size === 64 ? a : this.op(`i64.extend${size}_s`, "i64", [a]);
  }
  fromBool(a) {
    return this.op("i64.extend_i32_u", "i64", [a]);
  }
  select(condition, yes, no) {
    const node = condition;
    if (node.isConstant) return node.constant !== 0n ? yes : no;
    const args = [use(yes), use(no), use(condition)];
    const bits2 = Math.max(args[0].bits, args[1].bits);
    return this.node(new Node(yes.type, NODE_SELECT, 0, args, bits2));
  }
  variable(type, initial) {
    const local = this.writer.temporaries.take(type);
    const node = use(initial);
    this.step(() => {
      this.writer.push(node);
      this.code.set(local);
    });
    return { type, variable: true, local };
  }
  get(variable) {
    return this.now(this.local(variable.type, variable.local));
  }
  set(variable, value) {
    const node = use(value);
    this.step(() => {
      this.writer.push(node);
      this.code.set(variable.local);
    });
  }
  // ---- registers ----
  register(type, id) {
    const pending = this.pending.get(id);
    if (pending !== void 0) return pending;
    this.usedRegisters.add(id);
    const node = this.local(type, this.names.registers[id]);
    const reads = this.reads.get(id);
    if (reads === void 0) this.reads.set(id, [node]);
    else reads.push(node);
    return node;
  }
  setRegister(id, value) {
    this.pending.set(id, use(value));
    this.isChanged = true;
  }
  gpr(index, size) {
    return this.zext(this.register("i64", index), size);
  }
  setGpr(index, size, value) {
    if (size >= 32) return this.setRegister(index, value);
    const mask = (1n << BigInt(size)) - 1n;
    const kept = this.and(this.register("i64", index), this.i64(ALL_ONES ^ mask));
    this.setRegister(index, this.or(kept, this.zext(value, size)));
  }
  /** AH, CH, DH, BH by the number of the whole register. */
  highByte(index) {
    return this.zext(this.shrU(this.register("i64", index), 8), 8);
  }
  setHighByte(index, value) {
    const kept = this.and(this.register("i64", index), this.i64(ALL_ONES ^ 0xff00n));
    this.setRegister(index, this.or(kept, this.shl(this.zext(value, 8), 8)));
  }
  xmm(index) {
    return this.register("v128", FIRST_XMM + index);
  }
  setXmm(index, value) {
    this.setRegister(FIRST_XMM + index, value);
  }
  /** Bits 128 to 255 of a YMM register. */
  upperHalf(index) {
    return this.register("v128", FIRST_UPPER + index);
  }
  setUpperHalf(index, value) {
    this.setRegister(FIRST_UPPER + index, value);
  }
  state(field, type, index = 0) {
    if (field === "XMM") return this.xmm(index);
    const stored = STATE_FIELDS.get(field)?.type;
    if (stored === void 0) throw new Error(`no vCPU state field ${field}`);
    return this.loadState(stored, stateOffset(field, index), type);
  }
  loadState(stored, offset, type) {
    const natural = stored === "v128" ? "v128" : stored === "u64" ? "i64" : stored === "f64" ? "f64" : "i32";
    const bits2 = stored === "u8" ? 8 : stored === "u16" ? 16 : stored === "u32" ? 32 : 64;
    const value = this.temporary(natural, bits2);
    this.step(() => {
      this.code.get(this.names.state);
      if (stored === "v128") {
        this.code.byte(253);
        this.code.memory(V128_LOAD, 4, offset);
      } else this.code.memory(...LOADS[stored], offset);
      value.local = this.writer.temporaries.take(natural);
      this.code.set(value.local);
    });
    return this.convert(value, type);
  }
  convert(value, type) {
    if (value.type === type) return value;
    if (value.type === "i32" && type === "i64") return this.op("i64.extend_i32_u", type, [value]);
    if (value.type === "i64" && type === "i32") return this.op("i32.wrap_i64", type, [value]);
    throw new Error(`no conversion from ${value.type} to ${type}`);
  }
  setState(field, value, index = 0) {
    if (field === "XMM") return this.setXmm(index, value);
    const stored = STATE_FIELDS.get(field)?.type;
    if (stored === void 0) throw new Error(`no vCPU state field ${field}`);
    this.storeState(stored, stateOffset(field, index), value);
  }
  storeState(stored, offset, value) {
    const natural = stored === "v128" ? "v128" : stored === "u64" ? "i64" : stored === "f64" ? "f64" : "i32";
    const node = use(this.convert(value, natural));
    this.isChanged = true;
    this.step(() => {
      this.code.get(this.names.state);
      this.writer.push(node);
      if (stored === "v128") {
        this.code.byte(253);
        this.code.memory(V128_STORE, 4, offset);
      } else this.code.memory(...STORES[stored], offset);
    });
  }
};

// ../pc/src/cpu/emulated/jit/flag-emitter.ts
var CARRY_BITS = 0xc000000000000000n;
var FlagEmitter = class extends StepEmitter {
  // ---- flags ----
  setFlags(kind, size, r2, a, b) {
    if (this.context.areFlagsDead) return;
    this.changesFlags = true;
    const nodes = [[use(r2), this.names.flagR]];
    if (a !== void 0) nodes.push([use(a), this.names.flagA]);
    if (b !== void 0) nodes.push([use(b), this.names.flagB]);
    this.step(() => {
      for (const [node] of nodes) this.writer.push(node);
      for (let i = nodes.length - 1; i >= 0; i--) this.code.set(nodes[i][1]);
    });
    this.flags = { kind, size };
  }
  flagsAdd(size, a, b, result) {
    this.setFlags(FLAGS_ADD, size, result, a, b);
  }
  flagsAdc(size, a, b, result) {
    this.setFlags(FLAGS_ADC, size, result, a, b);
  }
  flagsSub(size, a, b, result) {
    this.setFlags(FLAGS_SUB, size, result, a, b);
  }
  flagsSbb(size, a, b, result) {
    this.setFlags(FLAGS_SBB, size, result, a, b);
  }
  flagsLogic(size, result) {
    this.setFlags(FLAGS_LOGIC, size, result);
  }
  flagsInc(size, _before, result) {
    if (this.context.areFlagsDead) return;
    this.setFlags(FLAGS_INC, size, result, this.fromBool(this.cf()));
  }
  flagsDec(size, _before, result) {
    if (this.context.areFlagsDead) return;
    this.setFlags(FLAGS_DEC, size, result, this.fromBool(this.cf()));
  }
  flagWord(cf, of, af) {
    const high = this.or(this.shl(cf, 63), this.shl(this.xor(cf, of), 62));
    return this.or(high, this.shl(af, 3));
  }
  flagsSet(size, result, cf, of, af) {
    if (this.context.areFlagsDead) return;
    const word2 = this.flagWord(this.fromBool(cf), this.fromBool(of), this.fromBool(af));
    this.setFlags(FLAGS_GIVEN, size, result, word2);
  }
  setCf(value) {
    if (this.context.areFlagsDead) return;
    this.finishFlags();
    const fc = this.flagLocal(this.names.flagA);
    const change = this.xor(this.shrU(fc, 63), this.fromBool(value));
    this.setFlagWord(this.xor(fc, this.mul(change, this.i64(CARRY_BITS))));
  }
  setCfOf(cf, of) {
    if (this.context.areFlagsDead) return;
    this.finishFlags();
    const rest = this.and(this.flagLocal(this.names.flagA), this.i64(ALL_ONES ^ CARRY_BITS));
    this.setFlagWord(this.or(rest, this.flagWord(this.fromBool(cf), this.fromBool(of), this.i64(0))));
  }
  setFlagWord(value) {
    const node = use(value);
    this.changesFlags = true;
    this.step(() => {
      this.writer.push(node);
      this.code.set(this.names.flagA);
    });
  }
  setFlagsImage(image) {
    if (this.context.areFlagsDead) return;
    const bit3 = (at) => this.and(this.shrU(image, at), this.i64(1));
    const zf = bit3(6);
    const cf = bit3(0);
    const low = this.or(this.shl(this.xor(bit3(2), zf), 1), bit3(7));
    const word2 = this.or(this.flagWord(cf, bit3(11), bit3(4)), low);
    const fr = this.xor(zf, this.i64(1));
    this.setFlags(FLAGS_DONE, 64, fr, word2);
  }
  /** FLAG_R and FLAG_A become FR and FC. */
  finishFlags() {
    const { flags: flags2, names } = this;
    if (flags2 !== DYNAMIC && flags2.kind === FLAGS_DONE) return;
    this.changesFlags = true;
    if (flags2 === DYNAMIC) {
      this.step(() => {
        this.writeFinishedFlags();
        this.code.set(names.flagA);
        this.code.set(names.flagR);
        this.writeFlagKind({ kind: FLAGS_DONE, size: 64 });
      });
    } else {
      const { kind, size } = flags2;
      const r2 = this.flagLocal(names.flagR);
      const word2 = use(this.wordOf(kind, size, r2));
      const fr = use(this.sext(r2, size));
      this.step(() => {
        this.writer.push(fr);
        this.writer.push(word2);
        this.code.set(names.flagA);
        this.code.set(names.flagR);
      });
    }
    this.flags = { kind: FLAGS_DONE, size: 64 };
  }
  /** FC of a known kind. */
  wordOf(kind, size, r2) {
    const { flagA, flagB } = this.names;
    if (kind === FLAGS_LOGIC) return this.i64(0);
    const a = this.flagLocal(flagA);
    if (kind === FLAGS_GIVEN || kind === FLAGS_DONE) return a;
    if (kind === FLAGS_INC || kind === FLAGS_DEC) {
      const top = 1n << BigInt(size - 1);
      const of = this.fromBool(this.eq(r2, this.i64(kind === FLAGS_DEC ? top - 1n : top)));
      const af = this.fromBool(this.eq(this.and(r2, this.i64(15)), this.i64(kind === FLAGS_DEC ? 15 : 0)));
      return this.flagWord(a, of, af);
    }
    const b = this.flagLocal(flagB);
    const isSum = kind === FLAGS_ADD || kind === FLAGS_ADC;
    const x = isSum ? a : this.not(a);
    const z = isSum ? this.not(r2) : r2;
    const carries = this.or(this.and(x, b), this.and(this.or(x, b), z));
    const high = this.and(this.shl(carries, 64 - size), this.i64(CARRY_BITS));
    return this.or(high, this.and(carries, this.i64(8)));
  }
  /** FR, then FC on the stack, of whatever FLAG_KIND says. */
  writeFinishedFlags() {
    const { code, names } = this;
    code.get(names.flagKind);
    code.get(names.flagR);
    code.byte(OP_CALL);
    code.u32(IMPORT_FR);
    code.get(names.flagKind);
    code.get(names.flagR);
    code.get(names.flagA);
    code.get(names.flagB);
    code.byte(OP_CALL);
    code.u32(IMPORT_FC);
  }
  /** A flag local as it is now. */
  flagLocal(id) {
    return this.now(this.local("i64", id));
  }
  flagsImage() {
    this.finishFlags();
    const fr = this.flagLocal(this.names.flagR);
    const fc = this.flagLocal(this.names.flagA);
    const bit3 = (value, at) => this.and(this.shrU(value, at), this.i64(1));
    const low = this.op("i64.popcnt", "i64", [this.and(fr, this.i64(255))]);
    const pf = this.and(this.xor(this.xor(low, this.i64(1)), this.shrU(fc, 1)), this.i64(1));
    const zf = this.fromBool(this.eqz(fr));
    const sf = this.xor(this.shrU(fr, 63), this.and(fc, this.i64(1)));
    const of = this.shrU(this.xor(fc, this.shl(fc, 1)), 63);
    const parts = [
      [this.shrU(fc, 63), 0],
      [pf, 2],
      [bit3(fc, 3), 4],
      [zf, 6],
      [sf, 7],
      [of, 11]
    ];
    let image = this.i64(0);
    for (const [value, at] of parts) image = this.or(image, at === 0 ? value : this.shl(value, at));
    return this.now(image);
  }
  cf() {
    return this.condition(2);
  }
  condition(cc) {
    const direct = this.directCondition(cc >> 1);
    let value;
    if (direct === void 0) {
      this.finishFlags();
      value = this.finishedCondition(cc >> 1);
    } else value = direct;
    if (cc & 1) value = this.notB(value);
    return this.now(value);
  }
  directCondition(pair2) {
    const { flags: flags2, names } = this;
    if (flags2 === DYNAMIC) return void 0;
    const { kind, size } = flags2;
    if (kind === FLAGS_DONE) return this.finishedCondition(pair2);
    const r2 = () => this.flagLocal(names.flagR);
    const a = () => this.flagLocal(names.flagA);
    const b = () => this.flagLocal(names.flagB);
    const isNegative = () => this.ltS(this.sext(r2(), size), this.i64(0));
    if (pair2 === 4) return isNegative();
    if (pair2 === 2) return kind === FLAGS_SUB ? this.eq(a(), b()) : this.eqz(r2());
    if (pair2 === 5) {
      const ones = this.op("i64.popcnt", "i64", [this.and(r2(), this.i64(255))]);
      return this.eqz(this.and(ones, this.i64(1)));
    }
    switch (kind) {
      case FLAGS_SUB:
        if (pair2 === 1) return this.ltU(a(), b());
        if (pair2 === 3) return this.op("i64.le_u", "i32", [a(), b()]);
        if (pair2 === 6) return this.ltS(this.sext(a(), size), this.sext(b(), size));
        if (pair2 === 7) return this.op("i64.le_s", "i32", [this.sext(a(), size), this.sext(b(), size)]);
        return void 0;
      case FLAGS_LOGIC:
        if (pair2 === 0 || pair2 === 1) return this.i32(0);
        if (pair2 === 3) return this.eqz(r2());
        if (pair2 === 6) return isNegative();
        return this.op("i64.le_s", "i32", [this.sext(r2(), size), this.i64(0)]);
      case FLAGS_ADD:
        if (pair2 === 1) return this.ltU(r2(), a());
        return void 0;
      case FLAGS_INC:
      case FLAGS_DEC:
        if (pair2 === 1) return this.op("i32.wrap_i64", "i32", [a()]);
        return void 0;
      case FLAGS_GIVEN:
        if (pair2 === 1) return this.op("i32.wrap_i64", "i32", [this.shrU(a(), 63)]);
        return void 0;
      default:
        return void 0;
    }
  }
  /** From FR and FC. */
  finishedCondition(pair2) {
    const fr = this.flagLocal(this.names.flagR);
    const fc = this.flagLocal(this.names.flagA);
    const zf = () => this.fromBool(this.eqz(fr));
    const cf = () => this.shrU(fc, 63);
    const of = () => this.shrU(this.xor(fc, this.shl(fc, 1)), 63);
    const sf = () => this.xor(this.shrU(fr, 63), this.and(fc, this.i64(1)));
    const pf = () => {
      const ones = this.op("i64.popcnt", "i64", [this.and(fr, this.i64(255))]);
      return this.and(this.xor(this.xor(ones, this.i64(1)), this.shrU(fc, 1)), this.i64(1));
    };
    const values = [
      of,
      cf,
      zf,
      () => this.or(cf(), zf()),
      sf,
      pf,
      () => this.xor(sf(), of()),
      () => this.or(this.xor(sf(), of()), zf())
    ];
    return this.op("i32.wrap_i64", "i32", [values[pair2]()]);
  }
};

// ../pc/src/cpu/emulated/jit/region-emitter.ts
var RSP = 4;
var ACCESS_READ = 0;
var ACCESS_WRITE = 1;
var RegionEmitter = class extends FlagEmitter {
  /** Operands of this instruction that are read and written, by their linear address. */
  #places = /* @__PURE__ */ new Map();
  probe(context, run2) {
    this.#places = /* @__PURE__ */ new Map();
    super.probe(context, run2);
  }
  // ---- guest memory ----
  /**
   * Leaves the region where the access must not be a plain one. `again`: the place is asked for more than once; what is not is
   * computed where it is needed.
   */
  #lookUp(linear, bytes, access, again) {
    const { code, names, writer } = this;
    this.usesTlb = true;
    const address2 = use(linear);
    for (let i = 0; i < 3; i++) use(linear);
    const entry = writer.temporaries.take("i32");
    this.slowUnless(
      () => {
        writer.push(address2);
        code.get(names.tlb);
        writer.push(address2);
        code.byte(I32_WRAP);
        code.i32(7);
        code.byte(I32_SHR_U);
        code.i32(TLB_ENTRIES - 1 << 5);
        code.byte(I32_AND);
        code.byte(I32_ADD);
        code.local(OP_LOCAL_TEE, entry);
        code.memory(I64_LOAD, 3, access === ACCESS_WRITE ? TLB_WRITE_TAG : TLB_READ_TAG);
        code.byte(I64_SUB);
        code.i64(BigInt(4096 - bytes));
        code.byte(I64_LE_U);
      },
      () => {
        code.get(names.state);
        writer.push(address2);
        code.i32(access);
        code.i32(bytes);
        code.byte(OP_CALL);
        code.u32(IMPORT_FILL);
      }
    );
    const compute2 = () => {
      code.get(entry);
      code.memory(I32_LOAD, 2, TLB_ADDEND);
      writer.push(address2);
      code.byte(I32_WRAP);
      code.byte(I32_ADD);
    };
    if (!again) return { push: compute2 };
    let local = -1;
    this.step(() => {
      compute2();
      local = writer.temporaries.take("i32");
      code.set(local);
    });
    return { push: () => code.get(local) };
  }
  loadAt(place, size) {
    const value = this.temporary("i64", size);
    this.step(() => {
      place.push();
      this.code.memory(...LOADS_64[size], 0);
      value.local = this.writer.temporaries.take("i64");
      this.code.set(value.local);
    });
    return value;
  }
  readMemory(linear, size) {
    return this.loadAt(this.placeToRead(linear, size / 8), size);
  }
  writeMemory(linear, size, value) {
    const place = this.placeToWrite(linear, size / 8);
    const node = use(value);
    this.isChanged = true;
    this.step(() => {
      place.push();
      this.writer.push(node);
      this.code.memory(...STORES_64[size], 0);
    });
  }
  /** Reads and writes that follow at this address go to one place, without a further look. */
  probeWrite(linear, bits2) {
    this.#places.set(linear, this.#lookUp(linear, bits2 / 8, ACCESS_WRITE, true));
  }
  loadVectorAt(place, offset) {
    const value = this.temporary("v128");
    this.step(() => {
      place.push();
      this.code.byte(253);
      this.code.memory(V128_LOAD, 0, offset);
      value.local = this.writer.temporaries.take("v128");
      this.code.set(value.local);
    });
    return value;
  }
  storeVectorAt(place, offset, value) {
    const node = use(value);
    this.isChanged = true;
    this.step(() => {
      place.push();
      this.writer.push(node);
      this.code.byte(253);
      this.code.memory(V128_STORE, 0, offset);
    });
  }
  placeToRead(linear, bytes) {
    const known = this.#places.get(linear);
    return known ?? this.#lookUp(linear, bytes, ACCESS_READ, bytes > 16);
  }
  placeToWrite(linear, bytes) {
    const known = this.#places.get(linear);
    return known ?? this.#lookUp(linear, bytes, ACCESS_WRITE, bytes > 16);
  }
  readMemory128(linear) {
    return this.loadVectorAt(this.placeToRead(linear, 16), 0);
  }
  writeMemory128(linear, value) {
    this.storeVectorAt(this.placeToWrite(linear, 16), 0, value);
  }
  readMemory256(linear) {
    const place = this.placeToRead(linear, 32);
    return [this.loadVectorAt(place, 0), this.loadVectorAt(place, 16)];
  }
  writeMemory256(linear, low, high) {
    const place = this.placeToWrite(linear, 32);
    this.storeVectorAt(place, 0, low);
    this.storeVectorAt(place, 16, high);
  }
  // ---- stack ----
  get stackSize() {
    if (this.context.env === ENV_CHECKED) throw new NotCompilable("a stack segment with a limit");
    return this.context.env === ENV_LONG ? 64 : 32;
  }
  sp(delta) {
    return this.zext(this.add(this.gpr(RSP, this.stackSize), this.i64(delta)), this.stackSize);
  }
  push(size, value) {
    const sp = this.sp(-size / 8);
    this.writeMemory(sp, size, value);
    this.setRegister(RSP, sp);
  }
  peek(size, displacement) {
    return this.readMemory(this.sp(displacement), size);
  }
  addSp(bytes) {
    this.setRegister(RSP, this.sp(bytes));
  }
  addSpBy(bytes) {
    const size = this.stackSize;
    this.setRegister(RSP, this.zext(this.add(this.gpr(RSP, size), bytes), size));
  }
  // ---- leaving ----
  raise() {
    this.slow();
  }
  nextRip() {
    return this.rip(this.context.next);
  }
  /** RIP at an offset from the entry. The region is not entered where this could wrap. */
  rip(at) {
    return this.add(this.local("i64", this.names.base), this.i64(at));
  }
  checkTarget(rip) {
    const { env } = this.context;
    if (env === ENV_FLAT) return;
    if (env === ENV_CHECKED) throw new NotCompilable("a code segment with a limit");
    const far = this.shrU(this.add(rip, this.i64(140737488355328)), 48);
    const node = use(this.ne(far, this.i64(0)));
    this.slowIf(() => this.writer.push(node));
  }
  checkRelative() {
    this.checkSize();
  }
  checkSize() {
    const { env, size } = this.context;
    if (env === ENV_CHECKED || env === ENV_FLAT && size === 16) throw new NotCompilable("a target that is cut");
  }
  relativeTarget() {
    this.checkSize();
    return this.rip(this.context.target);
  }
  jump(rip) {
    const node = use(rip);
    const local = this.writer.temporaries.take("i64");
    const { context } = this;
    this.step(() => {
      this.writer.push(node);
      this.code.set(local);
    });
    this.flush();
    this.step(() => this.branches.toRip(local, context));
  }
  branch(taken) {
    this.checkSize();
    const { context } = this;
    const condition = taken;
    if (condition.isConstant) {
      if (condition.constant !== 0n) this.jumpRelative();
      return;
    }
    const node = use(taken);
    this.now(condition);
    this.flush();
    this.step(() => {
      this.writer.push(node);
      this.code.open(OP_IF);
      this.branches.toTarget(context);
      this.code.close();
    });
  }
  jumpRelative() {
    this.checkSize();
    const { context } = this;
    this.flush();
    this.step(() => this.branches.toTarget(context));
  }
  call(_name, result, _args) {
    this.slow();
    if (result === "void") return void 0;
    const type = result;
    const zero = type === "i32" ? this.i32(0) : type === "i64" ? this.i64(0) : type === "v128" ? this.op("i64x2.splat", "v128", [this.i64(0)]) : this.op(`${type}.convert_i32_s`, type, [this.i32(0)]);
    return zero;
  }
};

// ../pc/src/cpu/emulated/jit/region-operands.ts
var SEG_CS2 = 1;
var SEG_FS2 = 4;
var SEG_STRIDE2 = 32;
var SEG_BASE = 8;
var SEG_UNUSABLE = 16;
var PLAIN_DATA_MASK = 0xffffffff000e0000n;
var PLAIN_DATA = 0xffffffff00020000n;
var HIGH_BYTES2 = 4;
var InstructionOperands = class {
  constructor(e, x) {
    this.e = e;
    this.x = x;
    this.size = x.size;
    this.addressSize = x.addressSize;
    this.#kinds = x.compiled.row.operands.map((operand2) => operand2.kind);
    this.count = this.#kinds.length;
    this.#env = e.context.env;
  }
  e;
  x;
  size;
  count;
  addressSize;
  #kinds;
  #linear = /* @__PURE__ */ new Map();
  #env;
  get condition() {
    return this.x.compiled.row.attributes.cc ?? 0;
  }
  get rep() {
    return this.x.rep === 0 ? "none" : this.x.rep === 243 ? "rep" : "repne";
  }
  #isMemory(i) {
    const slot = this.x.compiled.slots[this.x.form][i];
    return slot === "memory" || slot === "moffs";
  }
  kind(i) {
    const kind = this.#kinds[i];
    if (this.#isMemory(i)) return "memory";
    if (isImmediate(kind) || kind === "one") return "immediate";
    if (kind.startsWith("xmm") || kind.startsWith("ymm")) return "xmm";
    if (kind.startsWith("mm")) return "mmx";
    if (kind === "sreg") return "segment";
    return isGeneralRegister(kind) || kind === "cl" || kind === "dx" ? "register" : "other";
  }
  sizeOf(i) {
    return operandBits(this.#kinds[i], this.size);
  }
  /** Number of the register that operand `i` is. */
  #number(i) {
    const kind = this.#kinds[i];
    const slot = this.x.compiled.slots[this.x.form][i];
    if (slot === "vvvv") return this.x.vvvv;
    if (slot === "is4") return this.x.is4;
    if (kind === "ymmm256") return this.x.rm;
    if (isAccumulator(kind)) return 0;
    if (kind.includes("m8") || kind.startsWith("rm") || kind.startsWith("xmmm") || kind.startsWith("mmm"))
      return this.x.rm;
    return kind === "o8" || kind === "ov" || kind === "sti" ? this.x.rm : this.x.reg;
  }
  /** AH, CH, DH or BH. */
  #isHigh(i) {
    return this.sizeOf(i) === 8 && !this.x.hasRex && this.#number(i) >= HIGH_BYTES2 && !isAccumulator(this.#kinds[i]);
  }
  #immediate(i) {
    const { x } = this;
    const isSecond = x.compiled.slots[x.form][i] === "imm2";
    if (isSecond) return this.e.i64(x.imm2);
    const value = BigInt(x.immHigh) << 32n | BigInt(x.immLow >>> 0);
    return this.e.zext(this.e.i64(value), this.size);
  }
  get(i) {
    const kind = this.#kinds[i];
    if (this.#isMemory(i)) return this.e.readMemory(this.linearAddress(i), this.sizeOf(i));
    if (isImmediate(kind)) return this.#immediate(i);
    if (kind === "one") return this.e.i64(1);
    if (kind === "cl") return this.e.gpr(1, 8);
    if (kind === "dx") return this.e.gpr(2, 16);
    if (this.#isHigh(i)) return this.e.highByte(this.#number(i) - HIGH_BYTES2);
    return this.e.gpr(this.#number(i), this.sizeOf(i));
  }
  set(i, value) {
    const size = this.sizeOf(i);
    if (this.#isMemory(i)) this.e.writeMemory(this.linearAddress(i), size, value);
    else if (this.#isHigh(i)) this.e.setHighByte(this.#number(i) - HIGH_BYTES2, value);
    else this.e.setGpr(this.#number(i), size, value);
  }
  getForUpdate(i) {
    if (this.#isMemory(i)) this.e.probeWrite(this.linearAddress(i), this.sizeOf(i));
    return this.get(i);
  }
  effectiveAddress(_i) {
    const { e, x } = this;
    const register = (number) => e.gpr(number, 64);
    const displacement = e.i64(x.displacement);
    let sum;
    if (x.base === BASE_RIP) sum = e.rip(e.context.next + x.displacement);
    else if (x.base === NO_REGISTER) sum = displacement;
    else sum = e.add(register(x.base), displacement);
    if (x.index !== NO_REGISTER) {
      const scaled = e.shl(register(x.index), x.scale);
      const plain3 = x.base === NO_REGISTER ? scaled : e.add(register(x.base), scaled);
      sum = e.add(plain3, displacement);
    }
    return e.zext(sum, x.addressSize);
  }
  linearAddress(i) {
    const known = this.#linear.get(i);
    if (known !== void 0) return known;
    const { e, x } = this;
    const slot = x.compiled.slots[x.form][i];
    const offset = slot === "moffs" ? e.i64(BigInt(x.immHigh >>> 0) << 32n | BigInt(x.immLow >>> 0)) : this.effectiveAddress(i);
    const linear = this.#segmented(i, offset);
    if (x.compiled.row.attributes.aligned) {
      e.if(e.ne(e.and(linear, e.i64(this.sizeOf(i) / 8 - 1)), e.i64(0)), () => e.raise());
    }
    this.#linear.set(i, linear);
    return linear;
  }
  #segmented(i, offset) {
    const { e, x } = this;
    const isFlat = this.#env === ENV_LONG ? x.segment < SEG_FS2 : this.#env === ENV_FLAT && x.segment < SEG_FS2 && x.segment !== SEG_CS2;
    if (isFlat) return offset;
    const segment = stateOffset("SEG") + x.segment * SEG_STRIDE2;
    const base = e.loadState("u64", segment + SEG_BASE, "i64");
    if (this.#env === ENV_LONG) return e.add(offset, base);
    if (this.#env !== ENV_FLAT || x.segment < SEG_FS2) throw new NotCompilable("a segment with a limit");
    const description = e.loadState("u64", segment, "i64");
    const unusable = e.loadState("u8", segment + SEG_UNUSABLE, "i32");
    const isPlain2 = e.eq(e.and(description, e.i64(PLAIN_DATA_MASK)), e.i64(PLAIN_DATA));
    e.if(e.orB(e.notB(isPlain2), unusable), () => e.raise());
    return e.zext(e.add(offset, base), 32);
  }
  xmm(i) {
    const { e } = this;
    if (!this.#isMemory(i)) return e.xmm(this.#number(i));
    const at = this.linearAddress(i);
    const bits2 = this.sizeOf(i);
    if (bits2 === 128) return e.readMemory128(at);
    if (bits2 === 256) throw new Error("a 256-bit operand is read as ymm");
    const zero = e.op("i64x2.splat", "v128", [e.i64(0)]);
    return e.op("i64x2.replace_lane", "v128", [zero, e.readMemory(at, bits2)], [0]);
  }
  setXmm(i, value) {
    const { e } = this;
    if (!this.#isMemory(i)) {
      e.setXmm(this.#number(i), value);
      return;
    }
    const at = this.linearAddress(i);
    const bits2 = this.sizeOf(i);
    if (bits2 === 128) e.writeMemory128(at, value);
    else if (bits2 === 256) throw new Error("a 256-bit operand is written as ymm");
    else e.writeMemory(at, bits2, e.op("i64x2.extract_lane", "i64", [value], [0]));
  }
  ymm(i) {
    const { e } = this;
    if (this.#isMemory(i)) return e.readMemory256(this.linearAddress(i));
    const number = this.#number(i);
    return [e.xmm(number), e.upperHalf(number)];
  }
  setYmm(i, low, high) {
    const { e } = this;
    if (this.#isMemory(i)) {
      e.writeMemory256(this.linearAddress(i), low, high);
      return;
    }
    const number = this.#number(i);
    e.setXmm(number, low);
    e.setUpperHalf(number, high);
  }
  mmx(i) {
    if (this.#isMemory(i)) return this.e.readMemory(this.linearAddress(i), this.sizeOf(i));
    return this.e.loadState("u64", stateOffset("FPR", this.#number(i) & 7), "i64");
  }
  setMmx(i, value) {
    if (this.#isMemory(i)) {
      this.e.writeMemory(this.linearAddress(i), this.sizeOf(i), value);
      return;
    }
    const at = stateOffset("FPR", this.#number(i) & 7);
    this.e.storeState("u64", at, value);
    this.e.storeState("u16", at + 8, this.e.i32(65535));
  }
  index(i) {
    return this.e.i32(this.#kinds[i] === "st" ? 0 : this.#number(i));
  }
};

// ../pc/src/cpu/emulated/jit/region-plan.ts
var PLAN_NODE_WORDS = 3;
function packNodes(nodes) {
  return Int32Array.from(nodes.flatMap(({ offset, end, instructions }) => [offset, end, instructions]));
}
function unpackNodes(packed2) {
  return Array.from({ length: packed2.length / PLAN_NODE_WORDS }, (_, i) => {
    const at = i * PLAN_NODE_WORDS;
    return { offset: packed2[at], end: packed2[at + 1], instructions: packed2[at + 2] };
  });
}

// ../pc/src/cpu/emulated/jit/compile-region.ts
var ALL_FLAGS2 = "OSZAPC";
function vectorOffset(register) {
  return register < FIRST_UPPER ? stateOffset("XMM", register - FIRST_XMM) : stateOffset("XMM", register - FIRST_UPPER) + 16;
}
var LINEAR_MAX = 3;
var RETURNS_MAX = 8;
var writesAllFlags = (row) => row.attributes.flags === ALL_FLAGS2;
var readsFlags = (row) => (row.attributes.flagsRead ?? "") !== "" || row.attributes.flags !== void 0 && row.attributes.flags !== ALL_FLAGS2;
function isRelative(row) {
  const kind = row.operands[0]?.kind;
  return kind === "rel8" || kind === "relz";
}
function isFixedShift(x) {
  const { row } = x.compiled;
  if (row.family !== "shift") return false;
  const kind = row.operands[row.operands.length - 1].kind;
  return kind === "one" || kind === "imm8" && (x.immLow & (x.size === 64 ? 63 : 31)) !== 0;
}
function mayLeave(x) {
  const { row, slots } = x.compiled;
  if (row.family === "stack" || row.family === "control") return row.attributes.cc === void 0 && row.name !== "nop";
  if (/^(i?div|aam)$/.test(row.name)) return true;
  if (row.attributes.unit !== void 0) return true;
  return slots[x.form].some((slot) => slot === "memory" || slot === "moffs") && row.name !== "lea" && row.name !== "nop";
}
var RegionCompiler = class {
  constructor(decoder) {
    this.decoder = decoder;
  }
  decoder;
  /** What was found out of each kind of instruction. */
  #compilable = /* @__PURE__ */ new Map();
  /** undefined: not even the first instruction can be compiled. */
  compile(plan) {
    return new RegionBuilder(plan, this.decoder, this.#compilable).build();
  }
};
var RegionBuilder = class {
  constructor(plan, decoder, compilable) {
    this.plan = plan;
    this.decoder = decoder;
    this.compilable = compilable;
    this.#env = environmentOf(plan.mode);
    this.#names = regionLocals(this.#locals);
    this.#scratch = new RegionEmitter(
      new CodeWriter(),
      new Locals(["i32", "i32"]),
      this.#names,
      DROP,
      NOWHERE,
      NOWHERE
    );
    let from2 = 0;
    this.#nodes = unpackNodes(plan.nodes).map((node, index) => {
      const start = from2;
      from2 = node.end;
      return this.#decode(node, index, start);
    });
    for (const node of this.#nodes) this.#byOffset.set(node.offset, node);
  }
  plan;
  decoder;
  compilable;
  #env;
  #nodes;
  #byOffset = /* @__PURE__ */ new Map();
  #locals = new Locals(["i32", "i32"]);
  #body = new CodeWriter();
  #names;
  #graph;
  #scratch;
  #emitter;
  /** The node that is being written. */
  #current;
  #labels = /* @__PURE__ */ new Map();
  build() {
    const exit = this.#body.open(OP_BLOCK);
    const slowExit = this.#body.open(OP_BLOCK);
    this.#emitter = new RegionEmitter(
      this.#body,
      this.#locals,
      this.#names,
      {
        toTarget: (context) => this.#goTo(this.#current, context.target, context.index + 1),
        toRip: (rip, context) => this.#branchToRip(rip, context)
      },
      exit,
      slowExit
    );
    for (const node of this.#nodes) this.#findUncompilable(node);
    if (this.#nodes[0].steps.length === 0) return void 0;
    for (const node of this.#nodes) this.#findSuccessors(node);
    this.#graph = analyse(this.#nodes);
    this.#findLiveFlags();
    this.#tree(0);
    this.#body.close();
    this.#writeSlowExit();
    this.#body.close();
    const code = this.#locals.finish([this.#prologue(), this.#body, this.#epilogue()]);
    const { order } = this.#graph;
    const longestPath = order.reduce((sum, node) => sum + this.#nodes[node].steps.length, 1);
    return { ...code, longestPath, nodeCount: order.length };
  }
  // ---- decoding ----
  #decode({ offset, end, instructions }, index, start) {
    const { code, mode } = this.plan;
    const steps = [];
    let at = 0;
    while (steps.length < instructions) {
      if (this.decoder.decode(code, start + at, end, codeSizeOf(mode)) !== DECODE_OK) break;
      const x = this.decoder.instruction.copy();
      const next = at + x.length;
      steps.push({
        x,
        start: offset + at,
        next: offset + next,
        target: offset + next + x.immLow,
        isRelative: isRelative(x.compiled.row),
        areFlagsDead: false
      });
      at = next;
    }
    return {
      index,
      offset,
      steps,
      endsInterpreted: steps.length < instructions,
      successors: [],
      fallsTo: offset + at,
      targets: [],
      flagsIn: false,
      entryFlags: DYNAMIC
    };
  }
  #context(step, index) {
    const { start, next, target, areFlagsDead } = step;
    return { env: this.#env, size: step.x.size, start, next, target, index, areFlagsDead };
  }
  /** Cuts the node before the first instruction that is the interpreter's. */
  #findUncompilable(node) {
    const { steps } = node;
    for (let i = 0; i < steps.length; i++) {
      if (this.#isCompilable(steps[i], i)) continue;
      steps.length = i;
      node.endsInterpreted = true;
      node.fallsTo = i === 0 ? node.offset : steps[i - 1].next;
      return;
    }
  }
  #isCompilable(step, index) {
    const { x } = step;
    const { row } = x.compiled;
    const { cpl, intercept, protectedOnly, unit } = row.attributes;
    if (row.semantics === void 0 || cpl !== void 0) return false;
    if (protectedOnly && (this.plan.mode & (MODE_PROTECTED | MODE_V86)) !== MODE_PROTECTED) return false;
    if (intercept !== void 0 && (this.plan.mode & MODE_INTERCEPTED) !== 0) return false;
    if (unit === "avx" && (this.plan.mode & MODE_AVX) === 0) return false;
    if (unit !== void 0 && (this.plan.mode & MODE_FPU_TRAP) !== 0) return false;
    const key = this.#kindOf(x);
    const known = this.compilable.get(key);
    if (known !== void 0) return known;
    const scratch = this.#scratch;
    let result = true;
    try {
      scratch.probe(this.#context(step, index), () => row.semantics(scratch, new InstructionOperands(scratch, x)));
    } catch (error) {
      if (!(error instanceof NotCompilable)) throw error;
      result = false;
    }
    this.compilable.set(key, result);
    return result;
  }
  /** What of an instruction decides whether it can be compiled. */
  #kindOf(x) {
    const isPlainSegment = x.segment < 4 && x.segment !== 1;
    const variant = variantOf(x.compiled, x.size, x.form, x.addressSize) * 4;
    const rest = (x.immLow === 0 ? 0 : 2) + (isPlainSegment ? 1 : 0);
    return ((x.compiled.id * 128 + variant + rest) * 4 + this.#env) * 4 + (x.addressSize >> 5);
  }
  // ---- control flow ----
  #findSuccessors(node) {
    const add2 = (offset) => {
      const target = this.#byOffset.get(offset);
      if (target !== void 0 && target.steps.length > 0) node.successors.push(target.index);
    };
    const last = node.steps[node.steps.length - 1];
    for (const step of node.steps) if (step.isRelative) add2(step.target);
    if (!node.endsInterpreted && last !== void 0) {
      const { row } = last.x.compiled;
      if (row.attributes.endsBlock) {
        node.fallsTo = void 0;
        if (!last.isRelative) {
          const targets = row.name === "ret" ? this.#returnSites() : this.#seenTargets(node.index);
          node.targets = targets.filter((offset) => (this.#byOffset.get(offset)?.steps.length ?? 0) > 0);
          for (const offset of node.targets) add2(offset);
        }
      } else if (node.fallsTo !== void 0) add2(node.fallsTo);
    }
  }
  /** Where the plan says that a computed jump goes. */
  #seenTargets(index) {
    const { targets } = this.plan;
    const seen = [];
    for (let i = 0; i < targets.length; i += 2) if (targets[i] === index) seen.push(targets[i + 1]);
    return seen;
  }
  /** Where calls of this region come back to. */
  #returnSites() {
    const sites = [];
    for (const { steps, endsInterpreted } of this.#nodes) {
      const last = steps[steps.length - 1];
      if (last?.x.compiled.row.name !== "call" || endsInterpreted) continue;
      const site = this.#byOffset.get(last.next);
      if (site !== void 0 && site.steps.length > 0 && sites.length < RETURNS_MAX) sites.push(last.next);
    }
    return sites;
  }
  /** Backwards over the region until nothing changes: which nodes need the flags they start with. */
  #findLiveFlags() {
    const { order, cut, place } = this.#graph;
    const count2 = this.#nodes.length;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = order.length - 1; i >= 0; i--) {
        const node = this.#nodes[order[i]];
        const isLive = this.#liveAtStart(node, (target) => {
          const next = this.#byOffset.get(target);
          const isInside = next !== void 0 && node.successors.includes(next.index) && !cut.has(node.index * count2 + next.index);
          return isInside && place[next.index] > place[node.index] ? next.flagsIn : true;
        });
        if (isLive && !node.flagsIn) {
          node.flagsIn = true;
          changed = true;
        }
      }
    }
  }
  #liveAtStart(node, isLiveAt) {
    let live = node.endsInterpreted || node.fallsTo === void 0 ? true : isLiveAt(node.fallsTo);
    const last = node.steps[node.steps.length - 1];
    if (last?.isRelative && node.fallsTo === void 0) live = false;
    for (let i = node.steps.length - 1; i >= 0; i--) {
      const step = node.steps[i];
      const { row } = step.x.compiled;
      if (step.isRelative) live ||= isLiveAt(step.target);
      step.areFlagsDead = !live;
      if (writesAllFlags(row) && (isFixedShift(step.x) || !row.attributes.flagsRead)) live = false;
      else if (readsFlags(row)) live = true;
      if (mayLeave(step.x)) live = true;
    }
    return live;
  }
  // ---- structured code ----
  /** Node `index` and all that it dominates (Ramsey: Beyond Relooper, ICFP 2022). */
  #tree(index) {
    const merges = this.#graph.children[index].filter((child) => this.#graph.isMerge[child] === 1);
    if (this.#graph.isLoopHead[index] === 1) {
      this.#labels.set(index, this.#body.open(OP_LOOP));
      this.#within(index, merges, merges.length);
      this.#body.close();
    } else this.#within(index, merges, merges.length);
  }
  /** The last of the merge nodes lies outermost: those before it may branch to it. */
  #within(index, merges, count2) {
    if (count2 === 0) {
      this.#node(this.#nodes[index]);
      return;
    }
    const merge = merges[count2 - 1];
    this.#labels.set(merge, this.#body.open(OP_BLOCK));
    this.#within(index, merges, count2 - 1);
    this.#body.close();
    this.#labels.delete(merge);
    this.#tree(merge);
  }
  #node(node) {
    const emitter = this.#emitter;
    const around = this.#current;
    this.#current = node;
    emitter.flags = this.#graph.isLoopHead[node.index] === 1 ? DYNAMIC : node.entryFlags;
    node.steps.forEach((step, i) => {
      const { row } = step.x.compiled;
      emitter.instruction(
        this.#context(step, i),
        () => row.semantics(emitter, new InstructionOperands(emitter, step.x))
      );
    });
    const { steps } = node;
    if (node.endsInterpreted) emitter.writeSlowExit(node.fallsTo, steps.length, emitter.flags);
    else if (node.fallsTo !== void 0) this.#goTo(node, node.fallsTo, steps.length);
    else this.#body.byte(UNREACHABLE);
    this.#current = around;
  }
  #goTo(from2, offset, done) {
    const to = this.#byOffset.get(offset);
    const { cut, place, isLoopHead, isMerge } = this.#graph;
    const count2 = this.#nodes.length;
    const emitter = this.#emitter;
    if (to === void 0 || !from2.successors.includes(to.index) || cut.has(from2.index * count2 + to.index)) {
      emitter.writeFlagKind(emitter.flags);
      emitter.writeExit(offset, done);
      return;
    }
    const isBack = place[to.index] <= place[from2.index];
    this.#spend(done);
    const isShared = isBack || isMerge[to.index] === 1 || isLoopHead[to.index] === 1;
    if (to.flagsIn || isBack) {
      if (isShared) emitter.writeFlagKind(emitter.flags);
      else to.entryFlags = emitter.flags;
    }
    if (isBack) {
      const body = this.#body;
      body.get(this.#names.budget);
      body.i32(0);
      body.byte(I32_LT_S);
      body.open(OP_IF, "else");
      emitter.writeExit(offset, 0);
      body.close();
      body.br(this.#labels.get(to.index));
    } else if (isMerge[to.index] === 1) this.#body.br(this.#labels.get(to.index));
    else {
      const { flags: flags2 } = emitter;
      this.#tree(to.index);
      emitter.flags = flags2;
    }
  }
  #spend(done) {
    const body = this.#body;
    body.get(this.#names.budget);
    body.i32(done);
    body.byte(I32_SUB);
    body.set(this.#names.budget);
  }
  #branchToRip(rip, context) {
    const body = this.#body;
    const done = context.index + 1;
    const offsets = [...this.#current.targets].sort((a, b) => a - b);
    this.#search(rip, offsets, this.#current, done);
    this.#emitter.writeFlagKind(this.#emitter.flags);
    body.get(rip);
    body.set(this.#names.exitRip);
    this.#emitter.writeExitHere(done);
  }
  /** Goes to the one of some nodes whose RIP it is; goes on where it is none. */
  #search(rip, offsets, from2, done) {
    const body = this.#body;
    const middle = offsets.length >> 1;
    if (offsets.length > LINEAR_MAX) {
      body.get(rip);
      this.#emitter.writeRip(offsets[middle]);
      body.byte(I64_LT_U);
      body.open(OP_IF);
      this.#search(rip, offsets.slice(0, middle), from2, done);
      body.byte(OP_ELSE);
      this.#search(rip, offsets.slice(middle), from2, done);
      body.close();
      return;
    }
    for (const offset of offsets) {
      body.get(rip);
      this.#emitter.writeRip(offset);
      body.byte(I64_EQ);
      body.open(OP_IF);
      this.#goTo(from2, offset, done);
      body.close();
    }
  }
  // ---- entry and exit ----
  /** Where all exits to the interpreter meet: takes EXIT_* apart. */
  #writeSlowExit() {
    const code = this.#body;
    const names = this.#names;
    const word2 = () => {
      code.get(names.exitWord);
      code.byte(I32_WRAP);
    };
    code.i32(LEFT_SLOW);
    code.set(names.exitHow);
    word2();
    code.i32(EXIT_COUNT_SHIFT);
    code.byte(I32_SHR_U);
    code.i32((1 << EXIT_OFFSET_SHIFT - EXIT_COUNT_SHIFT) - 1);
    code.byte(I32_AND);
    code.set(names.exitCount);
    code.get(names.base);
    code.get(names.exitWord);
    code.i64(BigInt(EXIT_OFFSET_SHIFT));
    code.byte(I64_SHR_S);
    code.byte(I64_ADD);
    code.set(names.exitRip);
    code.get(names.flagKind);
    word2();
    code.i32(255);
    code.byte(I32_AND);
    word2();
    code.i32(255);
    code.byte(I32_AND);
    code.i32(EXIT_FLAGS_KEEP);
    code.byte(I32_EQ);
    code.byte(OP_SELECT);
    code.set(names.flagKind);
  }
  #prologue() {
    const code = new CodeWriter();
    const names = this.#names;
    const { usedRegisters, usesTlb } = this.#emitter;
    const load2 = (local, opcode, align, offset) => {
      code.get(names.state);
      code.memory(opcode, align, offset);
      code.set(local);
    };
    load2(names.base, I64_LOAD, 3, stateOffset("CODE_RIP"));
    if (usesTlb) load2(names.tlb, I32_LOAD, 2, stateOffset("TLB"));
    load2(names.flagR, I64_LOAD, 3, stateOffset("FR"));
    load2(names.flagA, I64_LOAD, 3, stateOffset("FC"));
    for (const register of usedRegisters) {
      if (register < FIRST_XMM) load2(names.registers[register], I64_LOAD, 3, stateOffset("GPR", register));
      else {
        code.get(names.state);
        code.byte(253);
        code.memory(0, 4, vectorOffset(register));
        code.set(names.registers[register]);
      }
    }
    return code;
  }
  #epilogue() {
    const code = new CodeWriter();
    const names = this.#names;
    const emitter = this.#emitter;
    const store2 = (offset, value) => {
      code.get(names.state);
      value();
      code.memory(I64_STORE, 3, offset);
    };
    store2(stateOffset("RIP"), () => code.get(names.exitRip));
    store2(stateOffset("COUNT"), () => {
      code.get(names.state);
      code.memory(I64_LOAD, 3, stateOffset("COUNT"));
      code.get(names.state);
      code.memory(I32_LOAD, 2, stateOffset("BUDGET"));
      code.get(names.budget);
      code.byte(I32_SUB);
      code.get(names.exitCount);
      code.byte(I32_ADD);
      code.byte(I64_EXTEND_I32_S);
      code.byte(I64_ADD);
    });
    for (const register of emitter.changedRegisters) {
      const local = names.registers[register];
      if (register < FIRST_XMM) store2(stateOffset("GPR", register), () => code.get(local));
      else {
        code.get(names.state);
        code.get(local);
        code.byte(253);
        code.memory(11, 4, vectorOffset(register));
      }
    }
    if (emitter.changesFlags) {
      store2(stateOffset("FC"), () => {
        for (const local of [names.flagKind, names.flagR, names.flagA, names.flagB]) code.get(local);
        code.byte(OP_CALL);
        code.u32(IMPORT_FC);
      });
      store2(stateOffset("FR"), () => {
        code.get(names.flagKind);
        code.get(names.flagR);
        code.byte(OP_CALL);
        code.u32(IMPORT_FR);
      });
    }
    code.get(names.exitHow);
    return code;
  }
};
var NOWHERE = { level: 0 };
var DROP = { toTarget: () => void 0, toRip: () => void 0 };

// ../pc/src/cpu/emulated/jit/eager-compiler.ts
function compilePlans(compiler, plans) {
  const codes = [];
  const regions = plans.map((plan) => {
    const region = compiled(compiler, plan);
    if (region === void 0) return { id: plan.id, name: void 0, longestPath: 0 };
    const name2 = String(codes.push(region) - 1);
    return { id: plan.id, name: name2, longestPath: region.longestPath };
  });
  if (codes.length === 0) return { module: void 0, regions };
  const binary4 = buildRegionModule(REGION_IMPORTS, codes, plans[0].isHot ? "hot" : "");
  return { module: new WebAssembly.Module(binary4), regions };
}
function compiled(compiler, plan) {
  try {
    return compiler.compile(plan);
  } catch {
    return void 0;
  }
}
var EagerCompiler = class {
  #compiler;
  constructor(decoder) {
    this.#compiler = new RegionCompiler(decoder);
  }
  compile(plan) {
    return compilePlans(this.#compiler, [plan]);
  }
  take() {
    return void 0;
  }
};

// ../pc/src/cpu/emulated/jit/regions.ts
var FRAME2 = 4096;
var FALLBACKS_MAX = 40;
var NO_MEMORY2 = 4294967295;
var LONGEST_WORK = 0x7fffffffffffffffn;
var REACH = [
  { nodes: 60, instructions: 200, overlaps: false, hotAfter: 6e5 },
  { nodes: 120, instructions: 400, overlaps: true, hotAfter: 1e8 },
  { nodes: 240, instructions: 800, overlaps: true, hotAfter: Infinity }
];
var REGIONS_MAX = Math.min(12e3, Math.floor(COMPILED_SIZE / REGION_SIZE) - 1);
var QUEUE_MAX = 256;
var COLD_PART = 32;
var Region = class {
  constructor(id, level, entry, blocks, pages, lowest2, highest, manager) {
    this.id = id;
    this.level = level;
    this.entry = entry;
    this.blocks = blocks;
    this.pages = pages;
    this.lowest = lowest2;
    this.highest = highest;
    this.manager = manager;
  }
  id;
  level;
  entry;
  blocks;
  pages;
  lowest;
  highest;
  manager;
  isDropped = false;
  record = 0;
  slot = -1;
  blockDropped() {
    if (!this.isDropped) this.manager.drop(this);
  }
};
var RegionManager = class {
  constructor(memory, core, blocks, compiler, decoder, firstLevel) {
    this.memory = memory;
    this.core = core;
    this.blocks = blocks;
    this.compiler = compiler;
    this.decoder = decoder;
    this.firstLevel = firstLevel;
    this.#i32 = new Int32Array(memory.buffer);
    this.#i64 = new BigInt64Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
  }
  memory;
  core;
  blocks;
  compiler;
  decoder;
  firstLevel;
  statistics = { regions: 0, compiled: 0, dropped: 0, queued: 0 };
  #i32;
  #i64;
  #u8;
  #waiting = /* @__PURE__ */ new Map();
  #live = [];
  #fallbacks = /* @__PURE__ */ new Map();
  #freeSlots = [];
  #freeRecords = [];
  #nextRecord = COMPILED_OFFSET + REGION_SIZE;
  #nextId = 1;
  /**
   * Import `hot`: the block at `op`, whose RIP is given, was entered HEAT_LIMIT times by the interpreter, or the region that starts
   * with it ran as many instructions as its level says.
   */
  hot(state, op2, rip) {
    const entry = this.blocks.blockOf(op2);
    if (entry === void 0 || environmentOf(entry.mode) === ENV_CHECKED) return;
    const before = this.#regionAt(entry);
    if (this.#waiting.size >= QUEUE_MAX) {
      if (before === void 0) this.#i32[op2 - OP_SIZE + BLOCK_HEAT >> 2] = 0;
      else this.#writeWork(before);
      return;
    }
    const level = (before?.level ?? this.firstLevel - 1) + 1;
    if (level === this.firstLevel && this.#isAwaited(entry)) {
      this.#i32[op2 - OP_SIZE + BLOCK_HEAT >> 2] = HEAT_LIMIT >> 1;
      return;
    }
    const reach = REACH[level];
    if (reach === void 0) return;
    const plan = this.#plan(state, entry, rip, level, reach);
    const compiled3 = this.compiler.compile(plan);
    if (compiled3 !== void 0) this.#finished(compiled3);
  }
  /** Import `fallback`: a sampled exit to the interpreter. */
  fellBack(state, rip, mode) {
    const at = this.core.settledCode(state, rip) >>> 0;
    if (at === NO_MEMORY2) return;
    const end = (at & -FRAME2) + FRAME2;
    const isDecoded = this.decoder.decode(this.#u8, at, end <= 0 ? end + 4294967296 : end, codeSizeOf(mode)) === DECODE_OK;
    const { compiled: compiled3, form } = this.decoder.instruction;
    const name2 = isDecoded ? `${compiled3.row.name}${form === FORM_MEMORY ? " memory" : ""}` : "(undefined)";
    this.#fallbacks.set(name2, (this.#fallbacks.get(name2) ?? 0) + 1);
  }
  /** Sampled exits to the interpreter by instruction, most frequent first. */
  get fallbacks() {
    const all = [...this.#fallbacks].map(([name2, count2]) => ({ name: name2, count: count2 }));
    return all.sort((a, b) => b.count - a.count).slice(0, FALLBACKS_MAX);
  }
  /** Between instructions: takes over what the compiler finished. */
  poll() {
    for (let done = this.compiler.take(); done !== void 0; done = this.compiler.take()) this.#finished(done);
  }
  /** `isReplaced`: by one that starts at the same block. */
  drop(region, isReplaced = false) {
    region.isDropped = true;
    for (const block of region.blocks) block.regions?.delete(region);
    if (this.#waiting.delete(region.id)) this.statistics.queued = this.#waiting.size;
    if (region.record === 0) return;
    this.blocks.setRegion(region.entry, 0);
    if (!isReplaced) this.#i32[region.entry.op - OP_SIZE + BLOCK_HEAT >> 2] = 0;
    this.core.table.set(region.slot, null);
    this.#freeSlots.push(region.slot);
    this.#freeRecords.push(region.record);
    region.record = 0;
    this.statistics.regions--;
    this.statistics.dropped++;
  }
  /** The region that is entered at a block. */
  #regionAt(entry) {
    for (const user of entry.regions ?? []) {
      if (user instanceof Region && user.entry === entry && user.record !== 0) return user;
    }
    return void 0;
  }
  /** Is the block part of a region that waits for the compiler? */
  #isAwaited(block) {
    for (const user of block.regions ?? []) if (user instanceof Region && this.#waiting.has(user.id)) return true;
    return false;
  }
  /** Does a region start with the block, now or soon? */
  #isEntry(block) {
    for (const user of block.regions ?? []) if (user instanceof Region && user.entry === block) return true;
    return false;
  }
  // ---- what belongs to a region ----
  #plan(state, entry, rip, level, reach) {
    const inPage = entry.start & FRAME2 - 1;
    const pages = /* @__PURE__ */ new Map([[0, entry.start - inPage]]);
    const frameOf = (page) => {
      let frame = pages.get(page);
      if (frame === void 0) {
        frame = this.core.settledCode(state, BigInt.asUintN(64, (rip & ~0xfffn) + BigInt(page))) >>> 0;
        if (frame !== NO_MEMORY2 && pages.size <= REGION_PAGES_MAX) pages.set(page, frame);
        else frame = NO_MEMORY2;
      }
      return frame;
    };
    const find = (offset) => {
      const at = inPage + offset;
      const page = Math.floor(at / FRAME2) * FRAME2;
      const frame = frameOf(page);
      if (frame === NO_MEMORY2) return void 0;
      const block = this.blocks.find(frame + (at - page), entry.mode);
      if (block === void 0 || block.secondSize === 0) return block;
      return frameOf(page + FRAME2) === block.secondStart - (block.secondStart & FRAME2 - 1) ? block : void 0;
    };
    const least = this.blocks.heatOf(entry) / COLD_PART;
    const chosen = /* @__PURE__ */ new Map([[0, entry]]);
    const queue = [0];
    let instructions = entry.instructions;
    if (entry.secondSize !== 0) frameOf(FRAME2);
    const seen = /* @__PURE__ */ new Map();
    const consider = (to) => {
      if (chosen.has(to) || chosen.size >= reach.nodes) return;
      const next = find(to);
      if (next === void 0 || this.blocks.heatOf(next) < least) return;
      if (!reach.overlaps && this.#isEntry(next)) return;
      if (instructions + next.instructions > reach.instructions) return;
      instructions += next.instructions;
      chosen.set(to, next);
      queue.push(to);
    };
    for (let offset = queue.shift(); offset !== void 0; offset = queue.shift()) {
      const block = chosen.get(offset);
      const targets2 = [...this.#targetsOf(block, rip, offset)];
      if (targets2.length > 0) seen.set(offset, targets2);
      for (const to of targets2) consider(to);
      for (let i = 0; i < block.exits.length; i++) {
        const isLast = i === block.exits.length - 1;
        if (isLast && (block.end === "away" || block.end === "jump")) continue;
        consider(offset + block.exits[i]);
      }
    }
    const nodes = [];
    const size = [...chosen.values()].reduce((sum, block) => sum + block.size + block.secondSize, 0);
    const code = new Uint8Array(size);
    let copied = 0;
    let lowest2 = 0;
    let highest = 0;
    const needed = /* @__PURE__ */ new Map();
    for (const [offset, block] of chosen) {
      copied = this.#copyBytes(block, code, copied);
      nodes.push({ offset, end: copied, instructions: block.instructions });
      const end = offset + block.size + block.secondSize;
      lowest2 = Math.min(lowest2, offset, ...block.exits.map((exit) => offset + exit));
      highest = Math.max(highest, end, ...block.exits.map((exit) => offset + exit));
      for (let page = Math.floor((inPage + offset) / FRAME2); page * FRAME2 < inPage + end; page++) {
        if (page !== 0) needed.set(page * FRAME2, pages.get(page * FRAME2));
      }
    }
    const id = this.#nextId++;
    const region = new Region(id, level, entry, [...chosen.values()], needed, lowest2, highest, this);
    for (const block of region.blocks) (block.regions ??= /* @__PURE__ */ new Set()).add(region);
    this.#waiting.set(id, region);
    this.statistics.queued = this.#waiting.size;
    const targets = [];
    [...chosen.keys()].forEach((offset, index) => {
      for (const to of seen.get(offset) ?? []) if (chosen.has(to)) targets.push(index, to);
    });
    const heatAt = entry.op - OP_SIZE + BLOCK_HEAT;
    const packed2 = packNodes(nodes);
    return { id, mode: entry.mode, isHot: level > 0, heatAt, nodes: packed2, targets: Int32Array.from(targets), code };
  }
  /** Offsets from the region's entry that the computed jump of the block at `offset` was seen to go to. */
  *#targetsOf(block, rip, offset) {
    if (block.end !== "jump" && block.end !== "callAway") return;
    const start = Number(BigInt.asIntN(32, rip)) + offset;
    for (const target of this.blocks.targetsOf(block, start | 0)) yield offset + target;
  }
  /** Appends the block's bytes to `code` and gives the new end. */
  #copyBytes({ start, size, secondStart, secondSize }, code, at) {
    code.set(this.#u8.subarray(start, start + size), at);
    if (secondSize !== 0 && secondStart !== NO_MEMORY2) {
      code.set(this.#u8.subarray(secondStart, secondStart + secondSize), at + size);
    }
    return at + size + secondSize;
  }
  // ---- taking over ----
  #finished({ module: module2, regions }) {
    if (module2 === void 0) {
      for (const { id } of regions) this.#withdraw(id);
      return;
    }
    const instance = new WebAssembly.Instance(module2, {
      env: { memory: this.memory },
      core: { lazyFr: this.core.lazyFr, lazyFc: this.core.lazyFc, fillTlb: this.core.fillTlb }
    });
    for (const region of regions) {
      if (region.name === void 0) this.#withdraw(region.id);
      else this.#install(region, instance.exports[region.name]);
    }
  }
  /** It cannot be compiled: nobody asks again while its entry stays as it is. */
  #withdraw(id) {
    const region = this.#waiting.get(id);
    if (region === void 0) return;
    this.#waiting.delete(id);
    this.statistics.queued = this.#waiting.size;
    region.isDropped = true;
    for (const block of region.blocks) block.regions?.delete(region);
  }
  #install({ id, longestPath }, run2) {
    const region = this.#waiting.get(id);
    if (region === void 0) return;
    this.#waiting.delete(id);
    this.statistics.queued = this.#waiting.size;
    const before = this.#regionAt(region.entry);
    if (before !== void 0) this.drop(before, true);
    if (this.statistics.regions >= REGIONS_MAX) this.#dropOldest();
    const { table: table2 } = this.core;
    let slot = this.#freeSlots.pop();
    if (slot === void 0) {
      const first = table2.grow(256);
      for (let i = 255; i > 0; i--) this.#freeSlots.push(first + i);
      slot = first;
    }
    table2.set(slot, run2);
    region.slot = slot;
    region.record = this.#freeRecords.pop() ?? this.#nextRecord;
    if (region.record === this.#nextRecord) this.#nextRecord += REGION_SIZE;
    this.#writeRecord(region, longestPath);
    this.blocks.setRegion(region.entry, region.record);
    this.#live.push(region);
    if (this.#live.length > 2 * this.statistics.regions + 1024) this.#forgetDropped();
    this.statistics.regions++;
    this.statistics.compiled++;
  }
  /** From now on it is told when the region has run for long. */
  #writeWork({ record, level }) {
    const { hotAfter } = REACH[level];
    this.#i64[record + REGION_WORK >> 3] = hotAfter === Infinity ? LONGEST_WORK : BigInt(hotAfter);
  }
  #writeRecord(region, longestPath) {
    const { record, slot, pages, lowest: lowest2, highest } = region;
    const i32 = this.#i32;
    i32.fill(0, record >> 2, record + REGION_SIZE >> 2);
    i32[record + REGION_FUNCTION >> 2] = slot;
    i32[record + REGION_LONGEST >> 2] = longestPath;
    i32[record + REGION_LOWEST >> 2] = Math.max(-2147483648, lowest2);
    i32[record + REGION_HIGHEST >> 2] = Math.min(2147483647, highest);
    i32[record + REGION_PAGES >> 2] = pages.size;
    this.#writeWork(region);
    let at = record + REGION_FIRST_PAGE >> 2;
    for (const [page, frame] of pages) {
      i32[at++] = page;
      i32[at++] = frame;
    }
  }
  #forgetDropped() {
    const live = this.#live.filter((region) => !region.isDropped);
    this.#live.length = 0;
    for (const region of live) this.#live.push(region);
  }
  /** The first half goes: what is still hot comes back soon. */
  #dropOldest() {
    const old = this.#live.splice(0, this.#live.length >> 1);
    for (const region of old) if (!region.isDropped) this.drop(region);
  }
};

// ../pc/src/cpu/emulated/msr.ts
var MSR_TSC = 16;
var MSR_TSC_ADJUST = 59;
var MSR_TSC_DEADLINE = 1760;
var MSR_PAT = 631;
var MSR_MISC_ENABLE = 416;
var MSR_MCG_CAP = 377;
var MSR_MTRR_DEF_TYPE = 767;
var ALL = 0xffffffffffffffffn;
var LOW32 = 0xffffffffn;
var PHYSICAL = 0xffffffffffn;
var CR4_LA57 = 0x1000n;
var FIXED_MTRRS = [592, 600, 601, 616, 617, 618, 619, 620, 621, 622, 623];
var MSR_MC0_CTL = 1024;
var BANKS = [...Array(10).keys()];
var UC_WC_WT_WP_WB = 115;
var STORED = new Map([
  [72, { field: "SPEC_CTRL", element: 0, mask: 7n, vendor: "GenuineIntel" }],
  [372, { field: "SYSENTER_CS", element: 0, mask: LOW32 }],
  [373, { field: "SYSENTER_ESP", element: 0, mask: ALL, isAddress: true }],
  [374, { field: "SYSENTER_EIP", element: 0, mask: ALL, isAddress: true }],
  [378, { field: "MCG_STATUS", element: 0, mask: 7n }],
  [379, { field: "MCG_CTL", element: 0, mask: ALL }],
  ...BANKS.map((i) => [MSR_MC0_CTL + 4 * i, { field: "MC_CTL", element: i, mask: ALL }]),
  [MSR_MISC_ENABLE, { field: "MISC_ENABLE", element: 0, mask: 0x400400001n, vendor: "GenuineIntel" }],
  [473, { field: "DEBUGCTL", element: 0, mask: 0x1803n }],
  // BTF, LBR and the freezing on counters' interrupts
  [MSR_MTRR_DEF_TYPE, { field: "MTRR_DEF_TYPE", element: 0, mask: 0xcffn }],
  [3221225601, { field: "STAR", element: 0, mask: ALL }],
  [3221225602, { field: "LSTAR", element: 0, mask: ALL, isAddress: true }],
  [3221225603, { field: "CSTAR", element: 0, mask: ALL, isAddress: true }],
  [3221225604, { field: "FMASK", element: 0, mask: LOW32 }],
  [3221225731, { field: "TSC_AUX", element: 0, mask: LOW32 }],
  ...FIXED_MTRRS.map((index, element) => [index, { field: "MTRR_FIXED", element, mask: ALL }]),
  ...[...Array(8).keys()].flatMap((i) => [
    [512 + 2 * i, { field: "MTRR_VAR", element: 2 * i, mask: PHYSICAL & ~0xfffn | 0xffn }],
    [513 + 2 * i, { field: "MTRR_VAR", element: 2 * i + 1, mask: PHYSICAL & ~0xfffn | 0x800n }]
  ])
]);
var COUNTERS = new Map([
  ...[0, 1, 2, 3].flatMap((element) => [
    [390 + element, { field: "PERF_SELECT", element, mask: SELECT_WRITABLE }],
    [193 + element, { field: "PERF_COUNTER", element, mask: COUNTER_MASK }]
  ]),
  ...[0, 1, 2].map((element) => [
    777 + element,
    { field: "PERF_FIXED", element, mask: COUNTER_MASK }
  ]),
  [909, { field: "PERF_FIXED_CTRL", element: 0, mask: FIXED_CTRL_WRITABLE }],
  [910, { field: "PERF_GLOBAL_STATUS", element: 0, mask: GLOBAL_WRITABLE }],
  [911, { field: "PERF_GLOBAL_CTRL", element: 0, mask: GLOBAL_WRITABLE }]
]);
var CONSTANT = new Map([
  [0, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // P5_MC_ADDR: no machine check has happened
  [1, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // P5_MC_TYPE
  [23, { value: 0n, vendor: "GenuineIntel" }],
  // PLATFORM_ID
  [42, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // EBL_CR_POWERON: no frontside bus to set up
  [58, { value: 1n, vendor: "GenuineIntel" }],
  // FEATURE_CONTROL: locked, no VMX
  [139, { value: 0x100000000n, isWriteIgnored: true }],
  // BIOS_SIGN_ID: microcode revision 1
  [205, { value: 5n, vendor: "GenuineIntel" }],
  // FSB_FREQ: 100 MHz
  [206, { value: 0x0a00n, vendor: "GenuineIntel" }],
  // PLATFORM_INFO: ten times 100 MHz, as leaf 16h says
  [254, { value: 0x508n }],
  // MTRRCAP: 8 variable, fixed, write combining
  [266, { value: 0x0d10e17bn, vendor: "GenuineIntel" }],
  // ARCH_CAPABILITIES
  [286, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // BBL_CR_CTL3: no second-level cache to set up
  // MCi_STATUS, _ADDR and _MISC: no error is ever logged, and software may only clear them
  ...BANKS.flatMap(
    (i) => [1, 2, 3].map((part) => [MSR_MC0_CTL + 4 * i + part, { value: 0n, isClearable: true }])
  ),
  [408, { value: 0x0a00n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // PERF_STATUS: the one ratio there is
  [409, { value: 0x0a00n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // PERF_CTL
  [410, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // CLOCK_MODULATION: off
  [411, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // THERM_INTERRUPT
  [412, { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }],
  // THERM_STATUS: never hot
  // The last branch, which DEBUGCTL.LBR has a P6 record: none
  ...[475, 476, 477, 478].map((index) => [
    index,
    { value: 0n, isWriteIgnored: true, vendor: "GenuineIntel" }
  ]),
  [3221291024, { value: 0n, isWriteIgnored: true, vendor: "AuthenticAMD" }],
  // SYSCFG
  [3221291029, { value: 0x01000000n, isWriteIgnored: true, vendor: "AuthenticAMD" }],
  // HWCR: TSC at P0 rate
  [3221291039, { value: 0n, isWriteIgnored: true, vendor: "AuthenticAMD" }],
  // NB_CFG
  [3221295145, { value: 2n, isWriteIgnored: true, vendor: "AuthenticAMD" }]
  // DE_CFG: LFENCE serialises
]);
var COMMANDS = /* @__PURE__ */ new Set([73, 121, 267]);
function isOfVendor2(vendor, isIntel) {
  return vendor === void 0 || vendor === "GenuineIntel" === isIntel;
}
var BY_FEATURE = [
  ["tsc", MSR_TSC, MSR_TSC],
  ["apic", 27, 27],
  ["spec_ctrl", 72, 73],
  ["mtrr", 254, 254],
  ["arch_capabilities", 266, 267],
  ["sep", 372, 374],
  ["mca", MSR_MCG_CAP, 379],
  ["mca", MSR_MC0_CTL, 1279],
  ["mtrr", 512, 623],
  ["pat", MSR_PAT, MSR_PAT],
  ["mtrr", MSR_MTRR_DEF_TYPE, MSR_MTRR_DEF_TYPE],
  ["tsc_deadline_timer", MSR_TSC_DEADLINE, MSR_TSC_DEADLINE],
  ["x2apic", 2048, 2303],
  ["syscall", 3221225601, 3221225601],
  ["lm", 3221225602, 3221225604],
  ["rdtscp", 3221225731, 3221225731]
];
function isOfModel(index, { hasFeature: hasFeature2, machineCheckBanks }) {
  if (index >= MSR_MC0_CTL && index <= 1279 && index - MSR_MC0_CTL >> 2 >= machineCheckBanks) return false;
  return BY_FEATURE.every(([feature, first, last]) => index < first || index > last || hasFeature2(feature));
}
function isBoardMsr(index) {
  return index === 27 || index === MSR_TSC_DEADLINE || index >= 2048 && index <= 2303;
}
function linearBits(state) {
  return (state.u64("CR4_ALLOWED") & CR4_LA57) === 0n ? 48 : 57;
}
function isCanonical(value, bits2) {
  return BigInt.asUintN(64, BigInt.asIntN(bits2, value)) === value;
}
function miscEnabled({ counters }) {
  return counters.isArchitectural ? 0x1880n : 0x1800n;
}
function readMsr(index, context) {
  const { state, bus, vcpu, isIntel } = context;
  if (!isOfModel(index, context)) return void 0;
  if (index === MSR_TSC) return context.tsc;
  if (index === MSR_TSC_ADJUST && isIntel) return state.u64("TSC_OFFSET");
  if (index === MSR_PAT) return state.u64("PAT");
  if (index === MSR_MCG_CAP) return BigInt(256 | context.machineCheckBanks);
  if (isBoardMsr(index)) {
    const value = bus.readMsr(vcpu, index);
    if (index === MSR_TSC_DEADLINE && value !== void 0 && value !== 0n)
      return BigInt.asUintN(64, value + state.u64("TSC_OFFSET"));
    return value;
  }
  const stored = STORED.get(index);
  if (stored !== void 0 && isOfVendor2(stored.vendor, isIntel)) {
    const value = state.u64(stored.field, stored.element);
    return index === MSR_MISC_ENABLE ? value | miscEnabled(context) : value;
  }
  const counter = context.counters.read(index, context.count);
  if (counter !== void 0) return counter;
  const constant2 = CONSTANT.get(index);
  return constant2 !== void 0 && isOfVendor2(constant2.vendor, isIntel) ? constant2.value : void 0;
}
function areMemoryTypes(value, allowed) {
  for (let i = 0n; i < 64n; i += 8n) {
    const type = Number(value >> i & 0xffn);
    if (type > 7 || (allowed >> type & 1) === 0) return false;
  }
  return true;
}
function isPat(value) {
  return areMemoryTypes(value, 243);
}
function isStorable(index, value, bits2) {
  if (index === MSR_PAT) return isPat(value);
  const stored = STORED.get(index) ?? COUNTERS.get(index);
  if (stored === void 0) return false;
  if (stored.isAddress === true) return isCanonical(value, bits2);
  if (stored.field === "MTRR_FIXED") return areMemoryTypes(value, UC_WC_WT_WP_WB);
  const isTyped = stored.field === "MTRR_DEF_TYPE" || stored.field === "MTRR_VAR" && stored.element % 2 === 0;
  if (isTyped && !areMemoryTypes(value & 0xffn, UC_WC_WT_WP_WB)) return false;
  return (value & ~stored.mask) === 0n;
}
function shiftTsc(by, { state, bus, vcpu }) {
  const deadline = bus.readMsr(vcpu, MSR_TSC_DEADLINE) ?? 0n;
  state.setU64("TSC_OFFSET", BigInt.asUintN(64, state.u64("TSC_OFFSET") + by));
  if (deadline !== 0n) bus.writeMsr(vcpu, MSR_TSC_DEADLINE, BigInt.asUintN(64, deadline - by));
}
function writeMsr(index, value, context) {
  const { state, bus, vcpu, isIntel } = context;
  if (!isOfModel(index, context)) return false;
  if (index === MSR_TSC) {
    shiftTsc(value - context.tsc, context);
    return true;
  }
  if (index === MSR_TSC_ADJUST && isIntel) {
    shiftTsc(value - state.u64("TSC_OFFSET"), context);
    return true;
  }
  if (isBoardMsr(index)) {
    const isShifted = index === MSR_TSC_DEADLINE && value !== 0n;
    return bus.writeMsr(vcpu, index, isShifted ? BigInt.asUintN(64, value - state.u64("TSC_OFFSET")) : value);
  }
  if (index === MSR_PAT) {
    if (!isPat(value)) return false;
    state.setU64("PAT", value);
    return true;
  }
  const stored = STORED.get(index);
  if (stored !== void 0 && isOfVendor2(stored.vendor, isIntel)) {
    const wanted = index === MSR_MISC_ENABLE ? value & ~miscEnabled(context) : value;
    if (!isStorable(index, wanted, linearBits(state))) return false;
    state.setU64(stored.field, wanted, stored.element);
    return true;
  }
  if (COMMANDS.has(index)) return true;
  const isCounterTaken = context.counters.write(index, value, context.count);
  if (isCounterTaken !== void 0) return isCounterTaken;
  const constant2 = CONSTANT.get(index);
  if (constant2 === void 0 || !isOfVendor2(constant2.vendor, isIntel)) return false;
  return constant2.isWriteIgnored === true || constant2.isClearable === true && value === 0n;
}
function savedMsrs() {
  const all = /* @__PURE__ */ new Map();
  for (const [index, { field, element }] of [...STORED, ...COUNTERS]) all.set(index, { field, element });
  all.set(MSR_PAT, { field: "PAT", element: 0 });
  return all;
}

// ../pc/src/cpu/emulated/state-view.ts
var SEG_SELECTOR = 0;
var SEG_ACCESS = 2;
var SEG_LIMIT = 4;
var SEG_BASE2 = 8;
var SEG_UNUSABLE2 = 16;
var StateView = class {
  constructor(buffer2, base, size) {
    this.base = base;
    this.#view = new DataView(buffer2, base, size);
    this.#bytes = new Uint8Array(buffer2, base, size);
    this.#memory = new Uint8Array(buffer2);
  }
  base;
  #view;
  #bytes;
  #memory;
  /** Instructions before an op in its block. */
  opIndex(op2) {
    return this.#memory[op2 + OP_INDEX];
  }
  clear() {
    this.#bytes.fill(0);
  }
  u16(name2, index = 0) {
    return this.#view.getUint16(stateOffset(name2, index), true);
  }
  setU16(name2, value, index = 0) {
    this.#view.setUint16(stateOffset(name2, index), value, true);
  }
  u32(name2, index = 0) {
    return this.#view.getUint32(stateOffset(name2, index), true);
  }
  setU32(name2, value, index = 0) {
    this.#view.setUint32(stateOffset(name2, index), value, true);
  }
  u64(name2, index = 0) {
    return this.#view.getBigUint64(stateOffset(name2, index), true);
  }
  setU64(name2, value, index = 0) {
    this.#view.setBigUint64(stateOffset(name2, index), value, true);
  }
  /** A u64 that fits a double (counts). */
  count(name2) {
    const at = stateOffset(name2);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 4294967296;
  }
  setCount(name2, value) {
    const at = stateOffset(name2);
    this.#view.setUint32(at, value >>> 0, true);
    this.#view.setUint32(at + 4, Math.floor(value / 4294967296), true);
  }
  setF64(name2, value) {
    this.#view.setFloat64(stateOffset(name2), value, true);
  }
  f64(name2) {
    return this.#view.getFloat64(stateOffset(name2), true);
  }
  bytes(name2, index, size) {
    const at = stateOffset(name2, index);
    return this.#bytes.subarray(at, at + size);
  }
  segment(index) {
    const at = stateOffset("SEG") + index * SEG_STRIDE;
    return {
      selector: this.#view.getUint16(at + SEG_SELECTOR, true),
      access: this.#view.getUint16(at + SEG_ACCESS, true),
      limit: this.#view.getUint32(at + SEG_LIMIT, true),
      base: this.#view.getBigUint64(at + SEG_BASE2, true),
      isUnusable: this.#view.getUint8(at + SEG_UNUSABLE2) !== 0
    };
  }
  setSegment(index, { selector, access, limit, base, isUnusable }) {
    const at = stateOffset("SEG") + index * SEG_STRIDE;
    this.#view.setUint16(at + SEG_SELECTOR, selector, true);
    this.#view.setUint16(at + SEG_ACCESS, access, true);
    this.#view.setUint32(at + SEG_LIMIT, limit, true);
    this.#view.setBigUint64(at + SEG_BASE2, base, true);
    this.#view.setUint8(at + SEG_UNUSABLE2, isUnusable ? 1 : 0);
  }
};

// ../pc/src/cpu/emulated/breakpoints.ts
var DR7_ENABLED = 255;
var CS2 = 1;
var MODE_LONG2 = 2;
function hasInstructionBreakpoints(state) {
  const dr7 = state.u32("DR", 7);
  if ((dr7 & DR7_ENABLED) === 0) return false;
  for (let i = 0; i < 4; i++) if (isOnInstruction(dr7, i)) return true;
  return false;
}
function instructionBreakpoints(state) {
  const dr7 = state.u32("DR", 7);
  const rip = state.u64("RIP");
  const isLong = (state.u32("MODE") & MODE_LONG2) !== 0;
  const linear = isLong ? rip : rip + state.segment(CS2).base & 0xffffffffn;
  let bits2 = 0;
  for (let i = 0; i < 4; i++) if (isOnInstruction(dr7, i) && state.u64("DR", i) === linear) bits2 |= 1 << i;
  return bits2;
}
function isOnInstruction(dr7, i) {
  return (dr7 >>> 2 * i & 3) !== 0 && (dr7 >>> 16 + 4 * i & 3) === 0;
}

// ../pc/src/cpu/emulated/smm.ts
var SMBASE_AFTER_RESET = 196608;
var MAP_AT = 65024;
var MAP_SIZE = 512;
var ENTRY_RIP = 0x8000n;
var CS3 = 1;
var SS = 2;
var FS = 4;
var LDTR = 6;
var TR = 7;
var PRESENT = 128;
var ATTRIBUTES2 = 61695;
var GRANULAR = 32768;
var ACCESS_L = 8192;
var REVISION_RELOCATION = 131072;
var REVISION_AMD64 = REVISION_RELOCATION | 100;
var CR0_PE = 1n;
var CR0_ET = 0x10n;
var CR0_NW = 0x20000000n;
var CR0_CD = 0x40000000n;
var CR0_PG = 0x80000000n;
var CR0_KNOWN = 0xe005003fn;
var CR0_CLEARED = 0x8000000dn;
var CR4_PAE = 0x20n;
var CR4_LA572 = 0x1000n;
var EFER_LME = 0x100n;
var EFER_LMA = 0x400n;
var FLAG_VM = 0x20000n;
var FLAGS_KNOWN = 0x3f7fd7n;
var LOW322 = 0xffffffffn;
var PHYSICAL2 = 0xffffffffffn;
var LEGACY_GPRS = [7, 6, 5, 4, 3, 2, 1, 0];
var LEGACY_SEGMENTS = [
  [0, 424, 388],
  [1, 428, 400],
  [2, 432, 412],
  [3, 436, 300],
  [4, 440, 312],
  [5, 444, 324],
  [LDTR, 448, 376],
  [TR, 452, 348]
];
var WIDE_SEGMENTS = [
  [0, 0],
  [1, 16],
  [2, 32],
  [3, 48],
  [4, 64],
  [5, 80],
  [LDTR, 112],
  [TR, 144]
];
function isWide(state) {
  return (state.u64("EFER_ALLOWED") & EFER_LME) !== 0n;
}
function attributesOf2({ access, isUnusable }) {
  return isUnusable ? access & ATTRIBUTES2 & ~PRESENT : access & ATTRIBUTES2;
}
function segmentOf(selector, attributes2, limit, base) {
  return { selector, access: attributes2 & ATTRIBUTES2, limit, base, isUnusable: (attributes2 & PRESENT) === 0 };
}
function saveWide(state, flags2, map) {
  for (const [index, at] of WIDE_SEGMENTS) {
    const segment = state.segment(index);
    map.setUint16(at, segment.selector, true);
    map.setUint16(at + 2, attributesOf2(segment), true);
    map.setUint32(at + 4, segment.limit, true);
    map.setBigUint64(at + 8, segment.base, true);
  }
  map.setUint32(100, state.u32("GDTR_LIMIT"), true);
  map.setBigUint64(104, state.u64("GDTR_BASE"), true);
  map.setUint32(132, state.u32("IDTR_LIMIT"), true);
  map.setBigUint64(136, state.u64("IDTR_BASE"), true);
  map.setUint8(201, state.u32("ACTIVITY") === ACTIVITY_HALTED ? 1 : 0);
  map.setBigUint64(208, state.u64("EFER"), true);
  map.setUint32(252, REVISION_AMD64, true);
  map.setUint32(256, state.u32("SMBASE"), true);
  map.setBigUint64(328, state.u64("CR4"), true);
  map.setBigUint64(336, state.u64("CR3"), true);
  map.setBigUint64(344, state.u64("CR0"), true);
  map.setBigUint64(352, state.u64("DR", 7), true);
  map.setBigUint64(360, state.u64("DR", 6), true);
  map.setBigUint64(368, flags2, true);
  map.setBigUint64(376, state.u64("RIP"), true);
  for (let i = 0; i < 16; i++) map.setBigUint64(504 - 8 * i, state.u64("GPR", i), true);
}
function saveLegacy(state, flags2, map) {
  const put = (at, value) => map.setUint32(at, Number(value & LOW322), true);
  put(508, state.u64("CR0"));
  put(504, state.u64("CR3"));
  put(500, flags2);
  put(496, state.u64("RIP"));
  LEGACY_GPRS.forEach((gpr, i) => put(492 - 4 * i, state.u64("GPR", gpr)));
  put(460, state.u64("DR", 6));
  put(456, state.u64("DR", 7));
  for (const [index, selector, at] of LEGACY_SEGMENTS) {
    const segment = state.segment(index);
    map.setUint32(selector, segment.selector, true);
    map.setUint32(at, attributesOf2(segment), true);
    map.setUint32(at + 4, segment.limit, true);
    put(at + 8, segment.base);
  }
  put(372, state.u64("GDTR_BASE"));
  map.setUint32(368, state.u32("GDTR_LIMIT"), true);
  put(344, state.u64("IDTR_BASE"));
  map.setUint32(340, state.u32("IDTR_LIMIT"), true);
  put(276, state.u64("CR4"));
  map.setUint16(258, state.u32("ACTIVITY") === ACTIVITY_HALTED ? 1 : 0, true);
  map.setUint32(252, REVISION_RELOCATION, true);
  map.setUint32(248, state.u32("SMBASE"), true);
}
function enterSmm(state, flags2, memory) {
  const smbase = state.u32("SMBASE");
  const bytes = new Uint8Array(MAP_SIZE);
  memory.read(smbase + MAP_AT, bytes);
  if (isWide(state)) saveWide(state, flags2, new DataView(bytes.buffer));
  else saveLegacy(state, flags2, new DataView(bytes.buffer));
  memory.write(smbase + MAP_AT, bytes);
  state.setU32("SMI_PENDING", 0);
  state.setU32("IN_SMM", 1);
  state.setU32("SMM_NMI_BLOCKED", state.u32("NMI_BLOCKED"));
  state.setU32("NMI_BLOCKED", 1);
  state.setU32("ACTIVITY", ACTIVITY_RUNNING);
  state.setU32("SHADOW", 0);
  state.setU64("RIP", ENTRY_RIP);
  state.setU64("CR0", state.u64("CR0") & ~CR0_CLEARED);
  state.setU64("CR4", 0n);
  state.setU64("EFER", 0n);
  state.setU64("DR", 0x400n, 7);
  state.setU32("CPL", 0);
  for (let i = 0; i < LDTR; i++) {
    const isCode = i === CS3;
    state.setSegment(i, {
      selector: isCode ? smbase >>> 4 & 65535 : 0,
      access: GRANULAR | (isCode ? 155 : 147),
      limit: 4294967295,
      base: isCode ? BigInt(smbase) : 0n,
      isUnusable: false
    });
  }
}
function readWide(map) {
  const quad = (at) => map.getBigUint64(at, true);
  const segments2 = WIDE_SEGMENTS.map(([index, at]) => [
    index,
    segmentOf(map.getUint16(at, true), map.getUint16(at + 2, true), map.getUint32(at + 4, true), quad(at + 8))
  ]);
  return {
    gpr: Array.from({ length: 16 }, (_, i) => quad(504 - 8 * i)),
    segments: new Map(segments2),
    gdtr: [quad(104), map.getUint16(100, true)],
    idtr: [quad(136), map.getUint16(132, true)],
    cr0: quad(344),
    cr3: quad(336),
    cr4: quad(328),
    efer: quad(208),
    dr6: quad(360),
    dr7: quad(352),
    flags: quad(368),
    rip: quad(376),
    isHalted: (map.getUint8(201) & 1) !== 0,
    smbase: map.getUint32(256, true)
  };
}
function readLegacy(map) {
  const word2 = (at) => map.getUint32(at, true);
  const quad = (at) => BigInt(word2(at));
  const segments2 = LEGACY_SEGMENTS.map(([index, selector, at]) => [
    index,
    segmentOf(map.getUint16(selector, true), map.getUint16(at, true), word2(at + 4), quad(at + 8))
  ]);
  const gpr = Array.from({ length: 16 }, () => 0n);
  LEGACY_GPRS.forEach((number, i) => {
    gpr[number] = quad(492 - 4 * i);
  });
  return {
    gpr,
    segments: new Map(segments2),
    gdtr: [quad(372), map.getUint16(368, true)],
    idtr: [quad(344), map.getUint16(340, true)],
    cr0: quad(508),
    cr3: quad(504),
    cr4: quad(276),
    efer: 0n,
    dr6: quad(460),
    dr7: quad(456),
    flags: quad(500),
    rip: quad(496),
    isHalted: (map.getUint16(258, true) & 1) !== 0,
    smbase: word2(248)
  };
}
function isLoadable(state, { cr0, cr3, cr4, efer, flags: flags2 }) {
  const isPaging = (cr0 & CR0_PG) !== 0n;
  const isLong = (efer & EFER_LMA) !== 0n;
  if ((cr0 & ~CR0_KNOWN) !== 0n || isPaging && (cr0 & CR0_PE) === 0n) return false;
  if ((cr0 & CR0_NW) !== 0n && (cr0 & CR0_CD) === 0n) return false;
  if ((cr4 & ~state.u64("CR4_ALLOWED")) !== 0n || (cr3 & ~PHYSICAL2) !== 0n) return false;
  if ((efer & ~(state.u64("EFER_ALLOWED") | EFER_LMA)) !== 0n) return false;
  if (isLong !== (isPaging && (efer & EFER_LME) !== 0n) || isLong && (cr4 & CR4_PAE) === 0n) return false;
  return (flags2 & FLAG_VM) === 0n || !isLong && (cr0 & CR0_PE) !== 0n;
}
function leaveSmm(state, memory) {
  const bytes = new Uint8Array(MAP_SIZE);
  memory.read(state.u32("SMBASE") + MAP_AT, bytes);
  const map = new DataView(bytes.buffer);
  const resumed = isWide(state) ? readWide(map) : readLegacy(map);
  state.setU32("IN_SMM", 0);
  state.setU32("NMI_BLOCKED", state.u32("SMM_NMI_BLOCKED"));
  if (!isLoadable(state, resumed)) {
    state.setU32("ACTIVITY", ACTIVITY_SHUTDOWN);
    return void 0;
  }
  const { cr0, cr4, efer, flags: flags2, segments: segments2 } = resumed;
  state.setU32("SMBASE", resumed.smbase);
  state.setU32("ACTIVITY", resumed.isHalted ? ACTIVITY_HALTED : ACTIVITY_RUNNING);
  resumed.gpr.forEach((value, i) => state.setU64("GPR", value, i));
  const isLong = (efer & EFER_LMA) !== 0n;
  const wide = (value, bits3) => isLong ? BigInt.asUintN(64, BigInt.asIntN(bits3, value)) : value & LOW322;
  const bits2 = linearBits(state);
  for (const [index, segment] of segments2)
    state.setSegment(index, { ...segment, base: index < FS ? segment.base & LOW322 : wide(segment.base, bits2) });
  for (const [name2, [base, limit]] of [
    ["GDTR", resumed.gdtr],
    ["IDTR", resumed.idtr]
  ]) {
    state.setU64(`${name2}_BASE`, wide(base, bits2));
    state.setU32(`${name2}_LIMIT`, limit);
  }
  const is64 = isLong && ((segments2.get(CS3)?.access ?? 0) & ACCESS_L) !== 0;
  state.setU64("RIP", is64 ? wide(resumed.rip, (cr4 & CR4_LA572) === 0n ? 48 : 57) : resumed.rip & LOW322);
  state.setU64("CR0", cr0 | CR0_ET);
  state.setU64("CR3", resumed.cr3);
  state.setU64("CR4", cr4);
  state.setU64("EFER", efer);
  state.setU64("DR", resumed.dr6 & 0xe00fn | 0xffff0ff0n, 6);
  state.setU64("DR", resumed.dr7 & 0xffff2bffn | 0x400n, 7);
  const isVirtual = (flags2 & FLAG_VM) !== 0n;
  const dpl = (segments2.get(SS)?.access ?? 0) >> 5 & 3;
  state.setU32("CPL", (cr0 & CR0_PE) === 0n ? 0 : isVirtual ? 3 : dpl);
  return flags2 & FLAGS_KNOWN | 2n;
}

// ../pc/src/cpu/emulated/reset.ts
var CS4 = 1;
var LDTR2 = 6;
var TR2 = 7;
function resetVcpu(state, kind, { isBootProcessor, signature }) {
  for (let i = 0; i < 16; i++) state.setU64("GPR", i === 2 ? BigInt(signature) : 0n, i);
  state.setU64("RIP", 0xfff0n);
  for (let i = 0; i < 8; i++) {
    const access = i === CS4 ? 155 : i === LDTR2 ? 130 : i === TR2 ? 139 : 147;
    const isCode = i === CS4;
    state.setSegment(i, {
      selector: isCode ? 61440 : 0,
      access,
      limit: 65535,
      base: isCode ? 0xffff0000n : 0n,
      isUnusable: false
    });
  }
  for (const table2 of ["GDTR", "IDTR"]) {
    state.setU64(`${table2}_BASE`, 0n);
    state.setU32(`${table2}_LIMIT`, 65535);
  }
  state.setU64("CR0", kind === "init" ? state.u64("CR0") & 0x60000000n | 0x10n : 0x60000010n);
  for (const name2 of ["CR2", "CR3", "CR4", "EFER"]) state.setU64(name2, 0n);
  for (let i = 0; i < 8; i++) state.setU64("DR", i === 6 ? 0xffff0ff0n : i === 7 ? 0x400n : 0n, i);
  for (const name2 of [
    "CPL",
    "SHADOW",
    "NMI_PENDING",
    "NMI_BLOCKED",
    "IN_SMM",
    "SMM_NMI_BLOCKED",
    "DELIVERING",
    "PENDING_DB",
    "CUR_OP",
    "EVENT_ENTERED"
  ]) {
    state.setU32(name2, 0);
  }
  state.setU32("ACTIVITY", isBootProcessor ? ACTIVITY_RUNNING : ACTIVITY_WAIT_FOR_SIPI);
  if (kind === "power-on") resetUnits(state);
}
function resetUnits(state) {
  for (const name2 of ["STAR", "LSTAR", "CSTAR", "FMASK", "KERNEL_GS_BASE", "TSC_AUX", "TSC_OFFSET"])
    state.setU64(name2, 0n);
  for (const name2 of [
    "SYSENTER_CS",
    "SYSENTER_ESP",
    "SYSENTER_EIP",
    "DEBUGCTL",
    "SPEC_CTRL",
    "MCG_STATUS",
    "MCG_CTL",
    "MTRR_DEF_TYPE"
  ]) {
    state.setU64(name2, 0n);
  }
  for (let i = 0; i < 11; i++) state.setU64("MTRR_FIXED", 0n, i);
  for (let i = 0; i < 16; i++) state.setU64("MTRR_VAR", 0n, i);
  for (let i = 0; i < 10; i++) state.setU64("MC_CTL", 0n, i);
  for (let i = 0; i < 4; i++) state.setU64("PERF_SELECT", 0n, i);
  for (let i = 0; i < 4; i++) state.setU64("PERF_COUNTER", 0n, i);
  for (let i = 0; i < 3; i++) state.setU64("PERF_FIXED", 0n, i);
  state.setU64("PERF_FIXED_CTRL", 0n);
  state.setU64("PERF_GLOBAL_STATUS", 0n);
  state.setU64("PERF_GLOBAL_CTRL", GLOBAL_AT_RESET);
  state.setU64("MISC_ENABLE", 1n);
  state.setU64("PAT", 0x0007040600070406n);
  state.setU64("XCR0", 1n);
  state.setU32("SMBASE", SMBASE_AFTER_RESET);
  state.setU32("SMI_PENDING", 0);
  state.setU32("PKRU", 0);
  for (let i = 0; i < 8; i++) state.bytes("FPR", i, 16).fill(0);
  for (let i = 0; i < 16; i++) state.bytes("XMM", i, 32).fill(0);
  state.setU16("FCW", 64);
  state.setU16("FSW", 0);
  state.setU16("FTW", 21845);
  state.setU16("FOP", 0);
  state.setU32("FPU_TOP", 0);
  state.setU64("FIP", 0n);
  state.setU64("FDP", 0n);
  state.setU16("FCS", 0);
  state.setU16("FDS", 0);
  state.setU32("FERR", 0);
  state.setU32("MXCSR", 8064);
}

// ../pc/src/machine/saved-state.ts
var SnapshotError = class extends Error {
  constructor(part, problem) {
    super(`snapshot part '${part}': ${problem}`);
    this.part = part;
    this.problem = problem;
  }
  part;
  problem;
  name = "SnapshotError";
};
function defineState(definition) {
  return { upgrade: {}, ...definition };
}
function noneLeft(_rest) {
}
function wrapState(definition, state) {
  return { kind: definition.kind, version: definition.version, state };
}
function unwrapState(definition, part, entry) {
  if (typeof entry !== "object" || entry === null) throw new SnapshotError(part, "is missing");
  const { kind, version, state } = entry;
  if (kind !== definition.kind) throw new SnapshotError(part, `holds '${String(kind)}', expected '${definition.kind}'`);
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1 || version > definition.version) {
    throw new SnapshotError(part, `has version ${String(version)}, this program knows 1 to ${definition.version}`);
  }
  let value = state;
  for (let v = version; v < definition.version; v++) {
    const step = definition.upgrade[v];
    if (step === void 0) throw new SnapshotError(part, `cannot be upgraded from version ${v}`);
    value = step(value);
  }
  if (!definition.check(value)) throw new SnapshotError(part, "has values that this device cannot have");
  return value;
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
function isUint(value, max = 4294967295) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}
function isNs(value) {
  return typeof value === "number" && Number.isSafeInteger(value);
}
function isBytes(value, length) {
  return value instanceof Uint8Array && (length === void 0 || value.length === length);
}

// ../pc/src/cpu/emulated/xsave-area.ts
var LEGACY_SIZE = 512;
var HEADER_SIZE = 64;
var AVX_SIZE = 256;
var AVX_AT = LEGACY_SIZE + HEADER_SIZE;
var PKRU_AT = AVX_AT + AVX_SIZE;
var PKRU_SIZE = 8;
var ST_AT = 32;
var XMM_AT = 160;
var MXCSR_MASK = 65535;
var AVX_BIT = 4n;
var PKRU_BIT = 0x200n;
var COMPONENTS2 = 0x207n;
function areaSize(state) {
  const allowed = state.u64("XCR0_ALLOWED");
  if ((allowed & PKRU_BIT) !== 0n) return PKRU_AT + PKRU_SIZE;
  return (allowed & AVX_BIT) !== 0n ? AVX_AT + AVX_SIZE : AVX_AT;
}
function leastSize(xcr0) {
  if ((xcr0 & PKRU_BIT) !== 0n) return PKRU_AT + PKRU_SIZE;
  return (xcr0 & AVX_BIT) !== 0n ? AVX_AT + AVX_SIZE : AVX_AT;
}
function saveXsave(state) {
  const xcr0 = state.u64("XCR0");
  const area = new Uint8Array(areaSize(state));
  const view = new DataView(area.buffer);
  const top = state.u32("FPU_TOP");
  const tags = state.u16("FTW");
  view.setUint16(0, state.u16("FCW"), true);
  view.setUint16(2, state.u16("FSW") & ~14336 | top << 11, true);
  let abridged = 0;
  for (let i = 0; i < 8; i++) if ((tags >> 2 * i & 3) !== 3) abridged |= 1 << i;
  area[4] = abridged;
  view.setUint16(6, state.u16("FOP"), true);
  view.setBigUint64(8, state.u64("FIP"), true);
  view.setBigUint64(16, state.u64("FDP"), true);
  view.setUint32(24, state.u32("MXCSR"), true);
  view.setUint32(28, MXCSR_MASK, true);
  for (let i = 0; i < 8; i++) area.set(state.bytes("FPR", top + i & 7, 10), ST_AT + 16 * i);
  for (let i = 0; i < 16; i++) area.set(state.bytes("XMM", i, 16), XMM_AT + 16 * i);
  view.setBigUint64(LEGACY_SIZE, xcr0 & COMPONENTS2, true);
  if (area.length > AVX_AT) {
    for (let i = 0; i < 16; i++) area.set(state.bytes("XMM", i, 32).subarray(16), AVX_AT + 16 * i);
  }
  if (area.length > PKRU_AT) view.setUint32(PKRU_AT, state.u32("PKRU"), true);
  return area;
}
function tagOf(mantissa, exponent) {
  if (exponent === 0 && mantissa === 0n) return 1;
  const isNormal2 = exponent !== 0 && exponent !== 32767 && mantissa >> 63n === 1n;
  return isNormal2 ? 0 : 2;
}
function restoreXsave(state, area, xcr0, part) {
  const sizes = [AVX_AT, AVX_AT + AVX_SIZE, PKRU_AT + PKRU_SIZE];
  const isKnown = sizes.includes(area.length) && area.length >= leastSize(xcr0) && area.length <= areaSize(state);
  if (!isKnown) throw new SnapshotError(part, `has an XSAVE area of ${area.length} bytes`);
  const view = new DataView(area.buffer, area.byteOffset, area.length);
  const mxcsr = view.getUint32(24, true);
  if ((mxcsr & ~MXCSR_MASK) !== 0) throw new SnapshotError(part, "has reserved bits in MXCSR");
  const status = view.getUint16(2, true);
  const top = status >> 11 & 7;
  state.setU16("FCW", view.getUint16(0, true));
  state.setU16("FSW", status & ~14336);
  state.setU32("FPU_TOP", top);
  const abridged = area[4];
  let tags = 0;
  for (let i = 0; i < 8; i++) {
    const physical = top + i & 7;
    const at = ST_AT + 16 * i;
    state.bytes("FPR", physical, 10).set(area.subarray(at, at + 10));
    const isEmpty = (abridged >> physical & 1) === 0;
    const tag = isEmpty ? 3 : tagOf(view.getBigUint64(at, true), view.getUint16(at + 8, true) & 32767);
    tags |= tag << 2 * physical;
  }
  state.setU16("FTW", tags);
  state.setU16("FOP", view.getUint16(6, true) & 2047);
  state.setU64("FIP", view.getBigUint64(8, true));
  state.setU64("FDP", view.getBigUint64(16, true));
  state.setU32("MXCSR", mxcsr);
  for (let i = 0; i < 16; i++) {
    const register = state.bytes("XMM", i, 32);
    register.set(area.subarray(XMM_AT + 16 * i, XMM_AT + 16 * i + 16));
    if (area.length > AVX_AT) register.set(area.subarray(AVX_AT + 16 * i, AVX_AT + 16 * i + 16), 16);
    else register.fill(0, 16);
  }
  state.setU32("PKRU", area.length > PKRU_AT ? view.getUint32(PKRU_AT, true) : 0);
}

// ../pc/src/cpu/emulated/vcpu-snapshot.ts
var SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"];
var ACTIVITIES = ["running", "halted", "waitForSipi", "shutdown"];
var SHADOWS = ["none", "sti", "movSs"];
var MSR_TSC_ADJUST2 = 59;
var MSR_EFER = 3221225600;
var MSR_KERNEL_GS_BASE = 3221225730;
var UNUSABLE = 65536;
var FLAG_RF = 0x10000n;
var FLAG_VM2 = 0x20000n;
var FLAGS_KNOWN2 = 0x3f7fd7n;
var CR0_PE2 = 1n;
var CR0_ET2 = 0x10n;
var CR0_NE = 0x20n;
var FSW_ES = 128;
var CR0_PG2 = 0x80000000n;
var CR0_KNOWN2 = 0xe005003fn;
var CR4_PAE2 = 0x20n;
var CR4_LA573 = 0x1000n;
var EFER_LME2 = 0x100n;
var EFER_LMA2 = 0x400n;
var ACCESS_L2 = 8192;
var PHYSICAL3 = 0xffffffffffn;
function saveSegment(state, index) {
  const { selector, access, limit, base, isUnusable } = state.segment(index);
  return { selector, access: isUnusable ? access | UNUSABLE : access, limit, base };
}
function saveVcpu(state, flags2, isInitPending) {
  const msrs = {};
  for (const [index, { field, element }] of savedMsrs()) msrs[index.toString(16)] = state.u64(field, element);
  msrs[MSR_TSC_ADJUST2.toString(16)] = state.u64("TSC_OFFSET");
  msrs[MSR_EFER.toString(16)] = state.u64("EFER");
  msrs[MSR_KERNEL_GS_BASE.toString(16)] = state.u64("KERNEL_GS_BASE");
  const segment = (index) => saveSegment(state, index);
  const isShadowed = state.count("SHADOW_COUNT") === state.count("COUNT");
  const isResuming = state.count("RESUME_COUNT") === state.count("COUNT");
  return {
    count: state.count("COUNT"),
    gpr: Array.from({ length: 16 }, (_, i) => state.u64("GPR", i)),
    rip: state.u64("RIP"),
    rflags: isResuming ? flags2 : flags2 & ~FLAG_RF,
    es: segment(0),
    cs: segment(1),
    ss: segment(2),
    ds: segment(3),
    fs: segment(4),
    gs: segment(5),
    ldtr: segment(6),
    tr: segment(7),
    gdtr: { base: state.u64("GDTR_BASE"), limit: state.u32("GDTR_LIMIT") },
    idtr: { base: state.u64("IDTR_BASE"), limit: state.u32("IDTR_LIMIT") },
    cr0: state.u64("CR0"),
    cr2: state.u64("CR2"),
    cr3: state.u64("CR3"),
    cr4: state.u64("CR4"),
    xcr0: state.u64("XCR0"),
    dr: [0, 1, 2, 3, 6, 7].map((i) => state.u64("DR", i)),
    msrs,
    xsave: saveXsave(state),
    fcs: state.u16("FCS"),
    fds: state.u16("FDS"),
    activity: ACTIVITIES[state.u32("ACTIVITY")] ?? "running",
    interruptShadow: isShadowed ? SHADOWS[state.u32("SHADOW")] ?? "none" : "none",
    nmiPending: state.u32("NMI_PENDING") !== 0,
    nmiBlocked: state.u32("NMI_BLOCKED") !== 0,
    smm: {
      smbase: state.u32("SMBASE"),
      isActive: state.u32("IN_SMM") !== 0,
      isPending: state.u32("SMI_PENDING") !== 0,
      wasNmiBlocked: state.u32("SMM_NMI_BLOCKED") !== 0,
      isInitPending
    }
  };
}
var isU64 = (value) => typeof value === "bigint" && value >= 0n && value < 1n << 64n;
function isTable(value) {
  return isRecord(value) && isU64(value["base"]) && isUint(value["limit"], 65535);
}
function isSegment(value) {
  if (!isRecord(value)) return false;
  return isUint(value["selector"], 65535) && isUint(value["access"], 131071) && isUint(value["limit"]) && isU64(value["base"]);
}
function isSmmState(value) {
  if (value === void 0) return true;
  const flags2 = ["isActive", "isPending", "wasNmiBlocked", "isInitPending"];
  return isRecord(value) && isUint(value["smbase"]) && flags2.every((name2) => typeof value[name2] === "boolean");
}
function isVcpuState(value) {
  if (!isRecord(value)) return false;
  const words2 = (list, length) => Array.isArray(list) && list.length === length && list.every((word2) => isU64(word2));
  return typeof value["count"] === "number" && Number.isSafeInteger(value["count"]) && value["count"] >= 0 && value["count"] < 2 ** 52 && words2(value["gpr"], 16) && words2(value["dr"], 6) && ["rip", "rflags", "cr0", "cr2", "cr3", "cr4", "xcr0"].every((name2) => isU64(value[name2])) && SEGMENTS.every((name2) => isSegment(value[name2])) && isTable(value["gdtr"]) && isTable(value["idtr"]) && isRecord(value["msrs"]) && Object.entries(value["msrs"]).every(([index, word2]) => /^[0-9a-f]{1,8}$/.test(index) && isU64(word2)) && isBytes(value["xsave"]) && isUint(value["fcs"], 65535) && isUint(value["fds"], 65535) && ACTIVITIES.some((name2) => name2 === value["activity"]) && SHADOWS.some((name2) => name2 === value["interruptShadow"]) && typeof value["nmiPending"] === "boolean" && typeof value["nmiBlocked"] === "boolean" && isSmmState(value["smm"]);
}
function checkControl(saved, state, efer, fail) {
  const { cr0, cr3, cr4, xcr0 } = saved;
  const isPaging = (cr0 & CR0_PG2) !== 0n;
  if ((cr0 & ~CR0_KNOWN2) !== 0n || (cr0 & CR0_ET2) === 0n || isPaging && (cr0 & CR0_PE2) === 0n)
    fail("an impossible CR0");
  if ((cr4 & ~state.u64("CR4_ALLOWED")) !== 0n) fail("CR4 bits that this CPU has not");
  if ((efer & ~(state.u64("EFER_ALLOWED") | EFER_LMA2)) !== 0n) fail("EFER bits that this CPU has not");
  const isLong = (efer & EFER_LMA2) !== 0n;
  if (isLong !== (isPaging && (efer & EFER_LME2) !== 0n)) fail("EFER.LMA that does not fit CR0 and EFER.LME");
  if (isLong && (cr4 & CR4_PAE2) === 0n) fail("long mode without PAE");
  if ((cr3 & ~PHYSICAL3) !== 0n) fail("CR3 beyond the physical addresses");
  if ((xcr0 & ~state.u64("XCR0_ALLOWED")) !== 0n || (xcr0 & 1n) === 0n || (xcr0 & 6n) === 4n)
    fail("an impossible XCR0");
}
function checkModes(saved, efer, bits2, fail) {
  const { rflags, cs } = saved;
  const isLong = (efer & EFER_LMA2) !== 0n;
  if ((rflags & ~FLAGS_KNOWN2) !== 0n || (rflags & 2n) === 0n) fail("impossible RFLAGS");
  if ((rflags & FLAG_VM2) !== 0n && (isLong || (saved.cr0 & CR0_PE2) === 0n))
    fail("virtual-8086 mode where there is none");
  const is64 = isLong && (cs.access & ACCESS_L2) !== 0;
  if (is64 && !isCanonical(saved.rip, (saved.cr4 & CR4_LA573) === 0n ? 48 : 57)) fail("a RIP that is not canonical");
  if (!is64 && saved.rip >> 32n !== 0n) fail("a RIP beyond 32 bits");
  for (const name2 of ["gdtr", "idtr"])
    if (!isCanonical(saved[name2].base, bits2)) fail(`${name2} with a base that is not canonical`);
  for (const name2 of SEGMENTS) {
    const { base } = saved[name2];
    const isWide2 = name2 === "fs" || name2 === "gs" || name2 === "ldtr" || name2 === "tr";
    if (isWide2 ? !isCanonical(base, bits2) : base >> 32n !== 0n) fail(`${name2} with an impossible base`);
  }
  if (saved.dr[4] >> 32n !== 0n || saved.dr[5] >> 32n !== 0n) fail("impossible debug registers");
}
function restoreVcpu(state, saved, part) {
  const fail = (what) => {
    throw new SnapshotError(part, `has ${what}`);
  };
  if (!isVcpuState(saved)) return fail("values that a vCPU cannot have");
  const known = savedMsrs();
  const msr = (index) => saved.msrs[index.toString(16)] ?? 0n;
  const efer = msr(MSR_EFER);
  checkControl(saved, state, efer, fail);
  const bits2 = linearBits(state);
  checkModes(saved, efer, bits2, fail);
  for (const [name2, value] of Object.entries(saved.msrs)) {
    const index = Number.parseInt(name2, 16);
    if (index === MSR_EFER || index === MSR_TSC_ADJUST2) continue;
    if (index === MSR_KERNEL_GS_BASE ? !isCanonical(value, bits2) : !known.has(index) || !isStorable(index, value, bits2)) {
      fail(`an impossible MSR ${name2}`);
    }
  }
  restoreXsave(state, saved.xsave, saved.xcr0, part);
  for (const [index, { field, element }] of known) {
    if (saved.msrs[index.toString(16)] !== void 0) state.setU64(field, msr(index), element);
  }
  state.setU64("TSC_OFFSET", msr(MSR_TSC_ADJUST2));
  state.setU64("EFER", efer);
  state.setU64("KERNEL_GS_BASE", msr(MSR_KERNEL_GS_BASE));
  state.setCount("COUNT", saved.count);
  saved.gpr.forEach((value, i) => state.setU64("GPR", value, i));
  state.setU64("RIP", saved.rip);
  SEGMENTS.forEach((name2, i) => {
    const { selector, access, limit, base } = saved[name2];
    state.setSegment(i, { selector, access: access & 65535, limit, base, isUnusable: (access & UNUSABLE) !== 0 });
  });
  state.setU64("GDTR_BASE", saved.gdtr.base);
  state.setU32("GDTR_LIMIT", saved.gdtr.limit);
  state.setU64("IDTR_BASE", saved.idtr.base);
  state.setU32("IDTR_LIMIT", saved.idtr.limit);
  state.setU64("CR0", saved.cr0);
  state.setU64("CR2", saved.cr2);
  state.setU64("CR3", saved.cr3);
  state.setU64("CR4", saved.cr4);
  state.setU64("XCR0", saved.xcr0);
  [0, 1, 2, 3, 6, 7].forEach((register, i) => state.setU64("DR", saved.dr[i], register));
  state.setU16("FCS", saved.fcs);
  state.setU32("FERR", (state.u16("FSW") & FSW_ES) !== 0 && (saved.cr0 & CR0_NE) === 0n ? 1 : 0);
  state.setU16("FDS", saved.fds);
  state.setU32("CPL", privilege(saved));
  state.setU32("ACTIVITY", ACTIVITIES.indexOf(saved.activity));
  state.setU32("SHADOW", SHADOWS.indexOf(saved.interruptShadow));
  state.setCount("RESUME_COUNT", saved.count);
  state.setCount("SHADOW_COUNT", saved.interruptShadow === "none" ? 0 : saved.count);
  state.setU32("NMI_PENDING", saved.nmiPending ? 1 : 0);
  state.setU32("NMI_BLOCKED", saved.nmiBlocked ? 1 : 0);
  state.setU32("SMBASE", saved.smm?.smbase ?? SMBASE_AFTER_RESET);
  state.setU32("IN_SMM", saved.smm?.isActive ? 1 : 0);
  state.setU32("SMI_PENDING", saved.smm?.isPending ? 1 : 0);
  state.setU32("SMM_NMI_BLOCKED", saved.smm?.wasNmiBlocked ? 1 : 0);
  state.setU32("PENDING_DB", 0);
  state.setU32("DELIVERING", 0);
  state.setU32("CUR_OP", 0);
  return saved.rflags;
}
function privilege({ cr0, rflags, ss }) {
  if ((cr0 & CR0_PE2) === 0n) return 0;
  return (rflags & FLAG_VM2) !== 0n ? 3 : ss.access >> 5 & 3;
}

// ../pc/src/cpu/emulated/vcpu.ts
var FLAG_TF = 256;
var FLAG_IF = 512;
var FLAG_RF2 = 65536;
var VECTOR_DB = 1;
var FLAGS_SETTABLE = 0x3f7fd5n;
var DR6_BS = 16384;
var SHADOW_MOV_SS = 2;
var EmulatedVcpu = class {
  constructor(index, state, host) {
    this.index = index;
    this.state = state;
    this.host = host;
    this.#core = host.core;
    this.#s = state.base;
  }
  index;
  state;
  host;
  #core;
  #s;
  #isBreakWanted = false;
  #isKicked = false;
  /** INIT and start-up IPIs to the vCPU that runs wait for its next boundary; to another one they happen at once. */
  #isInRun = false;
  #pendingInit = false;
  #pendingStartup;
  /** Level of the FERR# pin that the bus knows. */
  #ferr = false;
  /** Count at which the last event was delivered. */
  #lastEventCount = -1;
  get counters() {
    return this.host.counters;
  }
  get count() {
    const { state } = this;
    const op2 = state.u32("CUR_OP");
    return state.count("COUNT") + (op2 === 0 ? 0 : state.opIndex(op2));
  }
  run(bus, until) {
    this.host.enter(this, bus);
    this.#isInRun = true;
    try {
      return this.#run(bus, until);
    } catch (error) {
      return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
    } finally {
      this.#isInRun = false;
      this.host.leave();
    }
  }
  continueAt(count2) {
    const { state, counters } = this;
    if (this.#isShadowed()) state.setCount("SHADOW_COUNT", count2);
    if (this.#isResuming()) state.setCount("RESUME_COUNT", count2);
    else this.#dropResume();
    counters.settle(state.count("COUNT"));
    state.setCount("COUNT", count2);
    counters.continuesAt(count2);
    this.#lastEventCount = -1;
  }
  kick() {
    this.#isKicked = true;
    this.#stopSoon();
  }
  breakSoon() {
    this.#isBreakWanted = true;
    this.#stopSoon();
  }
  setInterrupt(level) {
    this.state.setU32("INTR", level ? 1 : 0);
    if (level && (this.state.u32("EFLAGS") & FLAG_IF) !== 0) this.#stopSoon();
  }
  nmi() {
    this.state.setU32("NMI_PENDING", 1);
    this.#stopSoon();
  }
  smi() {
    this.state.setU32("SMI_PENDING", 1);
    this.#stopSoon();
  }
  /** Whether the vCPU is in system management mode. */
  get isInSmm() {
    return this.state.u32("IN_SMM") !== 0;
  }
  init() {
    this.#pendingInit = true;
    this.#pendingStartup = void 0;
    this.#stopSoon();
    if (!this.#isInRun) this.#takeInit();
  }
  startup(vector3) {
    this.#pendingStartup = vector3 & 255;
    this.#stopSoon();
    if (!this.#isInRun) this.#takeStartup();
  }
  reset() {
    this.#reset("power-on");
  }
  setClock(step) {
    const { counters, count: count2 } = this;
    counters.settle(count2);
    this.state.setCount("CLOCK_COUNT", step.count);
    this.state.setF64("CLOCK_NS", step.ns);
    this.state.setF64("CLOCK_RATE", step.nsPerInstruction);
    counters.continuesAt(count2);
  }
  readGpr(index) {
    return this.state.u32("GPR", index & 15);
  }
  writeGpr(index, value) {
    this.state.setU64("GPR", BigInt(value >>> 0), index & 15);
  }
  save() {
    this.counters.settle(this.count);
    return saveVcpu(this.state, this.#core.readEflags(this.#s), this.#pendingInit);
  }
  restore(state) {
    const flags2 = restoreVcpu(this.state, state, `vcpu${this.index}`);
    this.#core.writeEflags(this.#s, flags2, FLAGS_SETTABLE);
    this.#pendingInit = state.smm?.isInitPending ?? false;
    this.#pendingStartup = void 0;
    this.#lastEventCount = -1;
    this.state.setCount("RESUME_COUNT", this.state.count("COUNT"));
    this.#core.updateMode(this.#s);
    this.#core.flushAll(this.#s);
    this.#core.reloadPdptes(this.#s);
    this.counters.replaced(state.count);
    this.host.dropCode();
  }
  /** The boundary after the current instruction is the next one: what it was decoded from may have changed. */
  memoryChanged() {
    this.#core.flushAll(this.#s);
    this.#stopSoon();
  }
  /** The boundary after the current instruction is the next one. */
  #stopSoon() {
    this.state.setCount("LIMIT", 0);
  }
  #reset(kind) {
    this.counters.settle(this.state.count("COUNT"));
    resetVcpu(this.state, kind, { isBootProcessor: this.index === 0, signature: this.host.signature });
    this.#pendingInit = false;
    this.#pendingStartup = void 0;
    this.#core.writeEflags(this.#s, 2n, FLAGS_SETTABLE);
    this.#core.updateMode(this.#s);
    this.#core.flushAll(this.#s);
    if (kind === "power-on") this.counters.replaced(this.state.count("COUNT"));
    else this.counters.continuesAt(this.state.count("COUNT"));
  }
  #run(bus, until) {
    const { state } = this;
    this.#isBreakWanted = false;
    for (; ; ) {
      this.#takeInit();
      this.#takeStartup();
      this.#driveFerr(bus);
      this.#settleCounters(bus);
      if (this.#isKicked) {
        this.#isKicked = false;
        return { kind: "kicked" };
      }
      if (this.#isBreakWanted) return { kind: "kicked" };
      if (this.#takeSmi(bus)) continue;
      const activity = this.#activity();
      if (activity === ACTIVITY_SHUTDOWN) return { kind: "shutdown", cause: "tripleFault" };
      if (activity !== ACTIVITY_RUNNING) return { kind: "halted" };
      if (state.u32("PENDING_DB") !== 0 && !this.#isShadowed(SHADOW_MOV_SS)) {
        this.#deliver(() => this.#core.deliverDebugTrap(this.#s));
        continue;
      }
      const count2 = state.count("COUNT");
      if (count2 >= until) return { kind: "budgetSpent" };
      const isShadowed = this.#isShadowed();
      if (!isShadowed && this.#deliverPending(bus)) continue;
      const end = this.counters.isOn ? Math.max(count2 + 1, Math.min(until, this.counters.horizon)) : until;
      this.#execute(bus, isShadowed ? count2 + 1 : end, count2);
    }
  }
  #settleCounters(bus) {
    const { counters } = this;
    if (!counters.isOn) return;
    const count2 = this.state.count("COUNT");
    if (count2 >= counters.horizon) counters.settle(count2);
    if (counters.takeInterrupt()) bus.performanceOverflow?.(this.index);
  }
  /** Before everything but traps of the instruction that ran; one more SMI waits for RSM. */
  #takeSmi(bus) {
    const { state } = this;
    if (state.u32("SMI_PENDING") === 0 || this.isInSmm || state.u32("ACTIVITY") > ACTIVITY_HALTED) return false;
    if (state.u32("PENDING_DB") !== 0 || this.#isShadowed()) return false;
    bus.systemManagement?.(true);
    if (!this.#isResuming()) this.#dropResume();
    this.counters.settle(state.count("COUNT"));
    enterSmm(state, this.#core.readEflags(this.#s), this.host.memory);
    this.#modeReplaced(2n);
    this.#countEvent();
    return true;
  }
  #leaveSmm(bus) {
    this.counters.settle(this.state.count("COUNT"));
    const flags2 = leaveSmm(this.state, this.host.memory);
    bus.systemManagement?.(false);
    if (flags2 !== void 0) this.#modeReplaced(flags2);
  }
  /** All that says how code runs was written: makes what follows from it. */
  #modeReplaced(flags2) {
    this.#core.writeEflags(this.#s, flags2, FLAGS_SETTABLE);
    this.#core.updateMode(this.#s);
    this.#core.flushAll(this.#s);
    this.#core.reloadPdptes(this.#s);
    this.counters.continuesAt(this.state.count("COUNT"));
  }
  /** The core stops at the next boundary when an x87 error is noted or gone. */
  #driveFerr(bus) {
    const level = this.state.u32("FERR") !== 0;
    if (level === this.#ferr) return;
    this.#ferr = level;
    bus.coprocessorError?.(this.index, level);
  }
  /** Wakes a halted vCPU by an event it would take. */
  #activity() {
    const { state } = this;
    const activity = state.u32("ACTIVITY");
    if (activity === ACTIVITY_HALTED && (this.#isNmiDue() || this.#isInterruptDue())) {
      state.setU32("ACTIVITY", ACTIVITY_RUNNING);
      return ACTIVITY_RUNNING;
    }
    return activity;
  }
  #takeInit() {
    if (!this.#pendingInit || this.isInSmm) return;
    const startup = this.#pendingStartup;
    this.#reset("init");
    this.#pendingStartup = startup;
  }
  /** Wakes a vCPU that waits for it; one that runs, or halts, takes no notice. */
  #takeStartup() {
    const vector3 = this.#pendingStartup;
    if (vector3 === void 0) return;
    this.#pendingStartup = void 0;
    const { state } = this;
    if (state.u32("ACTIVITY") !== ACTIVITY_WAIT_FOR_SIPI) return;
    state.setSegment(1, { ...state.segment(1), selector: vector3 << 8, base: BigInt(vector3 << 12) });
    state.setU64("RIP", 0n);
    state.setU32("ACTIVITY", ACTIVITY_RUNNING);
    this.#core.updateMode(this.#s);
  }
  #isNmiDue() {
    return this.state.u32("NMI_PENDING") !== 0 && this.state.u32("NMI_BLOCKED") === 0;
  }
  #isInterruptDue() {
    return this.state.u32("INTR") !== 0 && (this.state.u32("EFLAGS") & FLAG_IF) !== 0;
  }
  #isShadowed(kind) {
    const shadow = this.state.u32("SHADOW");
    if (shadow === 0 || kind !== void 0 && shadow !== kind) return false;
    return this.state.count("SHADOW_COUNT") === this.state.count("COUNT");
  }
  /** NMI before INTR; true if an event was entered. */
  #deliverPending(bus) {
    if (this.#isNmiDue()) {
      this.state.setU32("NMI_PENDING", 0);
      this.#deliver(() => this.#core.deliverNmi(this.#s));
      this.#countEvent();
      return true;
    }
    if (!this.#isInterruptDue()) return false;
    const vector3 = bus.acknowledgeInterrupt(this.index);
    if (vector3 === void 0) {
      this.state.setU32("INTR", 0);
      return false;
    }
    this.#deliver(() => this.#core.deliverInterrupt(this.#s, vector3));
    this.#countEvent();
    return true;
  }
  /** Runs to `until`; with TF or instruction breakpoints set one instruction. */
  #execute(bus, until, count2) {
    const { state } = this;
    const flags2 = state.u32("EFLAGS");
    const isTracing = (flags2 & FLAG_TF) !== 0;
    const isWatching = hasInstructionBreakpoints(state);
    if (isWatching && !this.#isPassedOver() && this.#hitBreakpoint()) return;
    state.setCount("UNTIL", isTracing || isWatching ? count2 + 1 : until);
    state.setU32("EVENT_ENTERED", 0);
    try {
      this.#core.run(this.#s);
    } catch (error) {
      if (error !== RAISED) throw error;
      state.setU32("PENDING_DB", 0);
      this.#deliver(() => this.#core.deliverException(this.#s));
      this.#countEvent();
      return;
    }
    if (state.u32("ACTIVITY") === ACTIVITY_LEAVING_SMM) {
      this.#leaveSmm(bus);
      return;
    }
    if (state.count("COUNT") === count2 || state.u32("EVENT_ENTERED") !== 0) return;
    if (isTracing) state.setU32("PENDING_DB", state.u32("PENDING_DB") | DR6_BS);
  }
  /** Instruction breakpoints do not hit: RF is set, or MOV SS came just before. */
  #isPassedOver() {
    return this.#isShadowed(SHADOW_MOV_SS) || (this.state.u32("EFLAGS") & FLAG_RF2) !== 0 && this.#isResuming();
  }
  /** RF, if it is set, is for the next instruction (core/resume-flag.ts). */
  #isResuming() {
    return this.state.count("RESUME_COUNT") === this.state.count("COUNT");
  }
  #dropResume() {
    this.state.setU32("EFLAGS", this.state.u32("EFLAGS") & ~FLAG_RF2);
  }
  /** An instruction breakpoint is a fault: the handler sees the instruction before it ran. */
  #hitBreakpoint() {
    const { state } = this;
    const bits2 = instructionBreakpoints(state);
    if (bits2 === 0) return false;
    state.setU32("DR", state.u32("DR", 6) & ~15 | bits2, 6);
    state.setU32("EXC_VECTOR", VECTOR_DB);
    state.setU32("EXC_HAS_ERROR", 0);
    state.setU32("EXC_ERROR", 0);
    this.#deliver(() => this.#core.deliverException(this.#s));
    this.#countEvent();
    return true;
  }
  /**
   * Guest time stands still while no instruction retires, so a guest that faults or is interrupted for ever would never let go: every
   * further event at one count counts as an instruction. Departure from hardware, where time passes by itself.
   */
  #countEvent() {
    const { state } = this;
    const count2 = state.count("COUNT");
    if (count2 === this.#lastEventCount) {
      state.setCount("COUNT", count2 + 1);
      this.counters.skipped();
    }
    this.#lastEventCount = state.count("COUNT");
  }
  /** Enters an event; exceptions on the way go through `deliverException`, which ends with a double fault or shutdown. */
  #deliver(enter) {
    let attempt = enter;
    for (; ; ) {
      try {
        attempt();
        return;
      } catch (error) {
        if (error !== RAISED) throw error;
      }
      attempt = () => this.#core.deliverException(this.#s);
    }
  }
};

// ../pc/src/cpu/emulated/emulated-partition.ts
var EAGER_ENTRIES = 2;
var BLOCK_AREAS = {
  pageFlags: PAGE_FLAGS_OFFSET,
  codeMap: CODE_MAP_OFFSET,
  blockTable: BLOCK_TABLE_OFFSET,
  arena: CODE_ARENA_OFFSET,
  arenaSize: CODE_ARENA_SIZE
};
var CR4_BY_FEATURE = [
  ["vme", 0],
  ["vme", 1],
  ["tsc", 2],
  ["de", 3],
  ["pse", 4],
  ["pae", 5],
  ["mce", 6],
  ["pge", 7],
  ["msr", 8],
  ["fxsr", 9],
  ["sse", 10],
  ["umip", 11],
  ["la57", 12],
  ["fsgsbase", 16],
  ["pcid", 17],
  ["xsave", 18],
  ["smep", 20],
  ["smap", 21],
  ["pku", 22]
];
var EFER_BY_FEATURE = [
  ["syscall", 0],
  ["lm", 8],
  ["nx", 11]
];
var XCR0_BITS = 3n;
var XCR0_AVX = 4n;
var XCR0_PKRU = 0x200n;
function allowedBits(model, byFeature) {
  let bits2 = 0n;
  for (const [feature, bit3] of byFeature) if (hasFeature(model, feature)) bits2 |= 1n << BigInt(bit3);
  return bits2;
}
var EmulatedPartition = class {
  constructor(parts) {
    this.parts = parts;
    const { core, memory, config } = parts;
    const count2 = Math.min(Math.max(1, config.vcpuCount), VCPU_MAX);
    const { buffer: buffer2 } = memory.memory;
    this.#model = cpuModel(config.model, config.vendor);
    this.#states = Array.from(
      { length: count2 },
      (_, index) => this.#layState(new StateView(buffer2, vcpuOffset(index), STATE_SIZE), index)
    );
    const instance = new WebAssembly.Instance(core, { env: this.#imports() });
    this.#core = instance.exports;
    const mode = parts.jit?.mode ?? "off";
    const firstHeat = mode === "eager" ? HEAT_LIMIT - EAGER_ENTRIES : 0;
    const decoder = decoderOf(this.#model);
    this.#blocks = new BlockCache(memory.memory, BLOCK_AREAS, decoder, this.#core, firstHeat);
    const compiler = mode === "eager" ? new EagerCompiler(decoder) : parts.jit?.compiler;
    if (mode !== "off" && compiler !== void 0) {
      const firstLevel = mode === "eager" ? 1 : 0;
      this.#regions = new RegionManager(memory.memory, this.#core, this.#blocks, compiler, decoder, firstLevel);
    }
    for (const { base } of this.#states) {
      this.#blocks.addVcpu({
        state: base,
        jumpCache: base + VCPU_JUMP_CACHE,
        temporaryBlock: base + VCPU_TEMPORARY_BLOCK
      });
    }
    this.vcpus = this.#states.map(
      (state, index) => new EmulatedVcpu(index, state, {
        core: this.#core,
        enter: (vcpu, bus) => {
          if (this.#running !== vcpu) this.#blocks.unpatch(this.#running?.state.base);
          this.#running = vcpu;
          this.#bus = bus;
          bus.systemManagement?.(vcpu.isInSmm);
          this.#regions?.poll();
        },
        leave: () => {
          this.#bus = void 0;
        },
        dropCode: () => this.#blocks.invalidateAll(),
        signature: this.#model.signature[config.vendor],
        memory,
        counters: new PerformanceCounters(state, this.#core, countersOf(this.#model))
      })
    );
    for (const vcpu of this.vcpus) vcpu.reset();
  }
  parts;
  vcpus;
  #core;
  #blocks;
  #regions;
  #states;
  #model;
  /** Of the vCPU that runs; outside of `run` nothing calls back. */
  #bus;
  #running;
  /** The core's exports: compiled code imports its slow paths from them. */
  get core() {
    return this.#core;
  }
  /** undefined: nothing is compiled. */
  get jitStatistics() {
    if (this.#regions === void 0) return void 0;
    const sum = (field) => this.#states.reduce((total, state) => total + Number(state.u64(field)), 0);
    return {
      ...this.#regions.statistics,
      entries: sum("JIT_ENTRIES"),
      slowExits: sum("JIT_SLOW"),
      instructions: sum("JIT_COUNT"),
      fallbacks: this.#regions.fallbacks
    };
  }
  memoryChanged() {
    for (const vcpu of this.vcpus) vcpu.memoryChanged();
  }
  writesForbidden(firstFrame, endFrame) {
    for (const { base } of this.#states) this.#core.forbidWrites(base, firstFrame, endFrame);
  }
  codeWritten(offset, size) {
    this.#blocks.codeWritten(offset, size);
  }
  invalidateAll() {
    for (const vcpu of this.vcpus) vcpu.memoryChanged();
    this.#blocks.invalidateAll();
  }
  dispose() {
  }
  #layState(state, index) {
    const { config } = this.parts;
    const base = vcpuOffset(index);
    state.clear();
    state.setU32("VCPU_INDEX", index);
    state.setU64("SIXTEEN", 16n);
    state.setU32("TLB_BASE", base + VCPU_TLB);
    state.setU32("TLB_LOG", base + VCPU_TLB_LOG);
    state.setU32("JUMP_CACHE", base + VCPU_JUMP_CACHE);
    state.setU32("TEMPORARY_BLOCK", base + VCPU_TEMPORARY_BLOCK);
    state.setU32("CODE_MAP", CODE_MAP_OFFSET);
    state.setU32("BLOCK_TABLE", BLOCK_TABLE_OFFSET);
    state.setU32("SLOT_TABLE", SLOT_TABLE_OFFSET);
    state.setU32("PAGE_FLAGS", PAGE_FLAGS_OFFSET);
    state.setU32("VENDOR_AMD", config.vendor === "AuthenticAMD" ? 1 : 0);
    state.setU64("CR4_ALLOWED", allowedBits(this.#model, CR4_BY_FEATURE));
    state.setU64("EFER_ALLOWED", allowedBits(this.#model, EFER_BY_FEATURE));
    state.setU32("HAS_XINUSE", hasFeature(this.#model, "xgetbv1") ? 1 : 0);
    const isAvx = hasFeature(this.#model, "avx");
    const isPku = hasFeature(this.#model, "pku");
    state.setU64("XCR0_ALLOWED", XCR0_BITS | (isAvx ? XCR0_AVX : 0n) | (isPku ? XCR0_PKRU : 0n));
    state.setF64("TSC_SCALE", config.tscHz / 1e9);
    return state;
  }
  #msrContext(state, bus) {
    const index = state.u32("VCPU_INDEX");
    const { count: count2, counters } = this.vcpus[index];
    const tsc = this.#core.tscAt(state.base, BigInt(count2));
    return {
      counters,
      count: count2,
      state,
      bus,
      vcpu: index,
      isIntel: this.parts.config.vendor === "GenuineIntel",
      hasFeature: (name2) => hasFeature(this.#model, name2),
      machineCheckBanks: this.#model.machineCheckBanks,
      tsc: BigInt.asUintN(64, tsc)
    };
  }
  #stateAt(base) {
    return this.#states.find((state) => state.base === base);
  }
  #cpuid(base, leaf, subleaf) {
    const state = this.#stateAt(base);
    const { tscHz } = this.parts.config;
    const { eax, ebx, ecx, edx } = cpuid(leaf, subleaf >>> 0, {
      model: this.#model,
      tscHz,
      vcpuCount: this.#states.length,
      apicId: state.u32("VCPU_INDEX"),
      cr4: Number(state.u64("CR4") & 0xffffffffn),
      isLongMode: (state.u64("EFER") & 0x400n) !== 0n,
      xcr0: state.u64("XCR0")
    });
    state.setU64("RES0", BigInt(ebx >>> 0) << 32n | BigInt(eax >>> 0));
    state.setU64("RES1", BigInt(edx >>> 0) << 32n | BigInt(ecx >>> 0));
  }
  #imports() {
    const bus = () => this.#bus;
    const gpa = (low, high) => (low >>> 0) + (high >>> 0) * 4294967296;
    const imports = {
      memory: this.parts.memory.memory,
      raise: () => {
        throw RAISED;
      },
      portIn: (port, size) => bus().readPort(port, size),
      portOut: (port, size, value) => bus().writePort(port, size, value >>> 0),
      mmioRead: (low, high, size) => bus().readMmio(gpa(low, high), size),
      mmioWrite: (low, high, size, value) => bus().writeMmio(gpa(low, high), size, value >>> 0),
      codeWritten: (offset, size) => this.#blocks.codeWritten(offset >>> 0, size),
      pageSlow: (offset) => this.parts.memory.listener.pageSlow(offset >>> 0),
      cpuid: (s, leaf, subleaf) => this.#cpuid(s, leaf, subleaf),
      rdmsr: (s, index) => {
        const state = this.#stateAt(s);
        const value = readMsr(index >>> 0, this.#msrContext(state, bus()));
        if (value !== void 0) state.setU64("RES0", value);
        return value === void 0 ? 0 : 1;
      },
      wrmsr: (s, index) => {
        const state = this.#stateAt(s);
        return writeMsr(index >>> 0, state.u64("RES0"), this.#msrContext(state, bus())) ? 1 : 0;
      },
      readTaskPriority: () => bus().readTaskPriority(this.#running?.index ?? 0),
      writeTaskPriority: (value) => bus().writeTaskPriority(this.#running?.index ?? 0, value),
      random: () => bus().random(),
      decode: (s, from2, at) => this.#blocks.decode(s, from2 >>> 0, at >>> 0),
      decodeAlone: (s) => this.#blocks.decodeAlone(s),
      fallback: (s) => this.#regions?.fellBack(s, this.#stateAt(s).u64("RIP"), this.#stateAt(s).u32("MODE")),
      hot: (s, op2) => this.#regions?.hot(s, op2 >>> 0, this.#stateAt(s).u64("CODE_RIP"))
    };
    return imports;
  }
};
function createEmulatedPartition(parts) {
  return new EmulatedPartition(parts);
}

// ../pc/src/config/reader.ts
var FieldReader = class {
  constructor(value, path, problems) {
    this.path = path;
    this.problems = problems;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      this.#fields = new Map(Object.entries(value));
    } else {
      this.#fields = /* @__PURE__ */ new Map();
      this.problems.push({ path, code: "wrong-type", message: "must be an object" });
    }
  }
  path;
  problems;
  #fields;
  #seen = /* @__PURE__ */ new Set();
  at(field) {
    return this.path === "" ? field : `${this.path}.${field}`;
  }
  problem(field, code, message) {
    this.problems.push({ path: this.at(field), code, message });
  }
  has(field) {
    return this.#fields.has(field);
  }
  /** The raw value of a field that is a section of its own; `undefined` when it is absent. */
  raw(field) {
    this.#seen.add(field);
    return this.#fields.get(field);
  }
  text(field, options) {
    const value = this.raw(field);
    if (value === void 0) return this.#absent(field, options.default, "");
    if (typeof value !== "string") return this.#wrongType(field, "a text", options.default ?? "");
    if (value.length > options.maxLength) {
      this.problem(field, "too-long", `must have at most ${options.maxLength} characters`);
    }
    if (value === "" && options.allowEmpty !== true) this.problem(field, "bad-value", "must not be empty");
    if (value.includes("\0")) this.problem(field, "bad-value", "must not contain a NUL character");
    return value;
  }
  integer(field, options) {
    const value = this.raw(field);
    if (value === void 0) return this.#absent(field, options.default, options.min);
    if (typeof value !== "number" || !Number.isInteger(value)) {
      return this.#wrongType(field, "a whole number", options.default ?? options.min);
    }
    if (value < options.min || value > options.max) {
      this.problem(field, "out-of-range", `must be from ${options.min} to ${options.max}, not ${value}`);
    }
    return value;
  }
  flag(field, fallback) {
    const value = this.raw(field);
    if (value === void 0) return fallback;
    return typeof value === "boolean" ? value : this.#wrongType(field, "true or false", fallback);
  }
  choice(field, choices, fallback) {
    const value = this.raw(field);
    if (value === void 0) return this.#absent(field, fallback, choices[0]);
    const found = choices.find((choice) => choice === value);
    if (found !== void 0) return found;
    this.problem(field, "bad-value", `must be one of ${choices.join(", ")}`);
    return fallback ?? choices[0];
  }
  /** Items of a list, each with its path; an absent list is empty. */
  items(field, maxItems) {
    const value = this.raw(field);
    if (value === void 0) return [];
    if (!Array.isArray(value)) return this.#wrongType(field, "a list", []);
    if (value.length > maxItems) this.problem(field, "too-many", `can have at most ${maxItems} entries`);
    return value.slice(0, maxItems).map((item, index) => ({ value: item, path: `${this.at(field)}[${index}]` }));
  }
  /** A host file: relative to the VM's folder with '/' and never leaving it, or absolute. */
  file(field) {
    const value = this.text(field, { maxLength: 4096 });
    const trouble = filePathTrouble(value);
    if (value !== "" && trouble !== void 0) this.problem(field, "bad-path", trouble);
    return value;
  }
  optionalFile(field) {
    const value = this.#fields.get(field);
    if (value === void 0 || value === null) {
      this.#seen.add(field);
      return null;
    }
    return this.file(field);
  }
  end() {
    for (const field of this.#fields.keys()) {
      if (!this.#seen.has(field)) this.problem(field, "unknown-field", "is not a field that this version knows");
    }
  }
  #absent(field, fallback, stand) {
    if (fallback !== void 0) return fallback;
    this.problem(field, "missing", "is missing");
    return stand;
  }
  #wrongType(field, wanted, stand) {
    this.problem(field, "wrong-type", `must be ${wanted}`);
    return stand;
  }
};
function isAbsolutePath(path) {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("\\\\");
}
function filePathTrouble(path) {
  if (isAbsolutePath(path)) return void 0;
  if (path.includes("\\")) return "must use '/' between folders";
  const parts = path.split("/");
  if (parts.includes("..")) return "must not leave the folder of the VM; use an absolute path";
  if (parts.includes("") || parts.includes(".")) return "is not a plain relative path";
  return void 0;
}

// ../pc/src/config/identity.ts
var defaultIdentity = { uuid: "", place: "" };
var UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
var PLACE = /^[0-9a-f]{32}$/;
function readIdentity(value, path, problems) {
  if (value === void 0) return defaultIdentity;
  const fields = new FieldReader(value, path, problems);
  const uuid = fields.text("uuid", { default: "", maxLength: 36, allowEmpty: true });
  if (uuid !== "" && !UUID.test(uuid)) {
    fields.problem("uuid", "bad-value", "must be a UUID such as 6f1c4a0e-8f5b-4b8e-9d3a-2f1f0c9a7b55");
  }
  const place = fields.text("place", { default: "", maxLength: 32, allowEmpty: true });
  if (place !== "" && !PLACE.test(place)) fields.problem("place", "bad-value", "must be 32 hexadecimal digits");
  fields.end();
  return { uuid, place };
}
function uuidBytes({ uuid }) {
  const digits = uuid.replaceAll("-", "").padEnd(32, "0");
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

// ../pc/src/devices/debug-exit/debug-exit.ts
var debugExitState = defineState({
  kind: "debug-exit",
  version: 1,
  check: (value) => isRecord(value)
});
var DebugExit = class {
  /** @param exit gets the exit status of the program: (value << 1) | 1, in a byte */
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
  }
  id;
  wires;
  readPort(_offset, _size) {
    return 0;
  }
  writePort(offset, _size, value) {
    if (offset === 0) this.wires.exit((value << 1 | 1) & 255);
  }
  reset() {
  }
  save() {
    return {};
  }
  restore(_state) {
  }
};

// ../pc/src/devices/debug-port/debug-port.ts
var PRESENT2 = 233;
var debugPortState = defineState({
  kind: "debug-port",
  version: 1,
  check: (value) => isRecord(value)
});
var DebugPort = class {
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
  }
  id;
  wires;
  readPort(_offset, _size) {
    return PRESENT2;
  }
  writePort(_offset, _size, value) {
    this.wires.out.write(value & 255);
  }
  reset() {
  }
  save() {
    return {};
  }
  restore(_state) {
  }
};

// ../pc/src/devices/dma/dma.ts
var COMMAND_DISABLE = 4;
var MODE_DECREMENT = 32;
var MODE_AUTOINIT = 16;
var MODE_CASCADE = 192;
var TRANSFER_WRITE = 4;
var TRANSFER_READ = 8;
function isControllerState(value) {
  return isRecord(value) && Array.isArray(value.channels) && value.channels.length === 4 && value.channels.every(
    (channel) => isRecord(channel) && ["baseAddress", "baseCount", "address", "count"].every((field) => isUint(channel[field], 65535)) && isUint(channel.mode, 255)
  ) && isUint(value.command, 255) && isUint(value.mask, 15) && isUint(value.requests, 15) && isUint(value.pins, 15) && isUint(value.terminal, 15) && typeof value.flipFlop === "boolean";
}
var dmaState = defineState({
  kind: "dma",
  version: 1,
  check: (value) => isRecord(value) && Array.isArray(value.controllers) && value.controllers.length === 2 && value.controllers.every(isControllerState) && isBytes(value.pages, 16)
});
var Controller = class {
  channels = [];
  command = 0;
  mask = 15;
  requests = 0;
  pins = 0;
  terminal = 0;
  flipFlop = false;
  constructor() {
    this.clear();
    this.channels = Array.from({ length: 4 }, () => ({ baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0 }));
  }
  /** Master clear: the address, count and mode registers stay. */
  clear() {
    this.command = 0;
    this.mask = 15;
    this.requests = 0;
    this.terminal = 0;
    this.flipFlop = false;
  }
  read(register) {
    if (register < 8) {
      const channel = this.channels[register >> 1];
      const value = register & 1 ? channel.count : channel.address;
      this.flipFlop = !this.flipFlop;
      return this.flipFlop ? value & 255 : value >> 8;
    }
    switch (register) {
      case 8: {
        const status = this.terminal | (this.pins | this.requests) << 4;
        this.terminal = 0;
        return status;
      }
      case 15:
        return this.mask | 240;
      default:
        return 0;
    }
  }
  write(register, value) {
    if (register < 8) {
      this.#writeHalf(register, value);
      return;
    }
    const bit3 = 1 << (value & 3);
    switch (register) {
      case 8:
        this.command = value;
        break;
      case 9:
        this.requests = value & 4 ? this.requests | bit3 : this.requests & ~bit3;
        break;
      case 10:
        this.mask = value & 4 ? this.mask | bit3 : this.mask & ~bit3;
        break;
      case 11:
        this.channels[value & 3].mode = value;
        break;
      case 12:
        this.flipFlop = false;
        break;
      case 13:
        this.clear();
        break;
      case 14:
        this.mask = 0;
        break;
      default:
        this.mask = value & 15;
        break;
    }
  }
  save() {
    const { command, mask, requests, pins, terminal, flipFlop } = this;
    return {
      channels: this.channels.map((channel) => ({ ...channel })),
      command,
      mask,
      requests,
      pins,
      terminal,
      flipFlop
    };
  }
  restore(state) {
    this.channels = state.channels.map(({ baseAddress, baseCount, address: address2, count: count2, mode }) => {
      return { baseAddress, baseCount, address: address2, count: count2, mode };
    });
    this.command = state.command;
    this.mask = state.mask;
    this.requests = state.requests;
    this.pins = state.pins;
    this.terminal = state.terminal;
    this.flipFlop = state.flipFlop;
  }
  /** Base and current register are written together, a byte at a time. */
  #writeHalf(register, value) {
    const channel = this.channels[register >> 1];
    const old = register & 1 ? channel.baseCount : channel.baseAddress;
    const current = register & 1 ? channel.count : channel.address;
    const merge = (word2) => this.flipFlop ? word2 & 255 | value << 8 : word2 & 65280 | value;
    if (register & 1) {
      channel.baseCount = merge(old);
      channel.count = merge(current);
    } else {
      channel.baseAddress = merge(old);
      channel.address = merge(current);
    }
    this.flipFlop = !this.flipFlop;
  }
};
var PAGE_OF_CHANNEL = [7, 3, 1, 2, 15, 11, 9, 10];
var CASCADE = 4;
var Dma = class {
  constructor(id, memory) {
    this.id = id;
    this.memory = memory;
    for (let number = 0; number < 8; number++) {
      this.#clients.push({ onDack: void 0, setRequest: (high) => this.#setRequest(number, high) });
    }
  }
  id;
  memory;
  #controllers = [new Controller(), new Controller()];
  #pages = new Uint8Array(16);
  #clients = [];
  /** A device's call from within onDack waits: no re-entry. */
  #isServing = false;
  first = this.#portsOf(0);
  second = this.#portsOf(1);
  pages = {
    readPort: (offset) => this.#pages[offset & 15],
    writePort: (offset, _size, value) => {
      this.#pages[offset & 15] = value;
    }
  };
  /** Channel 0-3 or 5-7 for the device wired to it. */
  channel(number) {
    return this.#clients[number];
  }
  reset() {
    for (const controller of this.#controllers) {
      controller.clear();
      for (const channel of controller.channels) {
        Object.assign(channel, { baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0 });
      }
    }
    this.#pages.fill(0);
  }
  save() {
    return { controllers: this.#controllers.map((controller) => controller.save()), pages: this.#pages.slice() };
  }
  restore(state) {
    this.#controllers.forEach((controller, i) => controller.restore(state.controllers[i]));
    this.#pages.set(state.pages);
  }
  #portsOf(index) {
    const controller = this.#controllers[index];
    const register = (offset) => (index === 0 ? offset : offset >> 1) & 15;
    return {
      readPort: (offset) => index === 1 && offset & 1 ? 255 : controller.read(register(offset)),
      writePort: (offset, _size, value) => {
        if (index === 1 && offset & 1) return;
        controller.write(register(offset), value & 255);
        for (let i = 0; i < 8; i++) this.#serve(i);
      }
    };
  }
  #setRequest(number, high) {
    const controller = this.#controllers[number < 4 ? 0 : 1];
    const bit3 = 1 << (number & 3);
    if (high) {
      controller.pins |= bit3;
      this.#serve(number);
    } else {
      controller.pins &= ~bit3;
    }
  }
  #isReady(number) {
    const [first, second] = this.#controllers;
    const controller = number < 4 ? first : second;
    const bit3 = 1 << (number & 3);
    if (number === CASCADE || (controller.pins & bit3) === 0 || (controller.mask & bit3) !== 0) return false;
    if ((controller.command | second.command) & COMMAND_DISABLE) return false;
    if ((controller.channels[number & 3].mode & MODE_CASCADE) === MODE_CASCADE) return false;
    return number > CASCADE || (second.mask & 1) === 0;
  }
  #serve(number) {
    const { onDack } = this.#clients[number];
    if (onDack === void 0 || this.#isServing || !this.#isReady(number)) return;
    this.#isServing = true;
    try {
      onDack(this.#cycle(number));
    } finally {
      this.#isServing = false;
    }
  }
  #cycle(number) {
    const controller = this.#controllers[number < 4 ? 0 : 1];
    const channel = controller.channels[number & 3];
    const unit = number < 4 ? 1 : 2;
    const transfer2 = channel.mode & (TRANSFER_READ | TRANSFER_WRITE);
    const direction = transfer2 === TRANSFER_WRITE ? "toMemory" : transfer2 === TRANSFER_READ ? "toDevice" : "verify";
    let isTerminal = false;
    const remaining = () => isTerminal ? 0 : (channel.count + 1) * unit;
    const move = (bytes, access) => {
      const length = Math.min(bytes.length, remaining());
      const units = Math.floor(length / unit);
      if (units > 0) this.#moveUnits(number, bytes.subarray(0, units * unit), unit, access);
      if (units > channel.count) {
        isTerminal = true;
        controller.terminal |= 1 << (number & 3);
        controller.requests &= ~(1 << (number & 3));
        if (channel.mode & MODE_AUTOINIT) {
          channel.address = channel.baseAddress;
          channel.count = channel.baseCount;
        } else {
          channel.count = 65535;
          controller.mask |= 1 << (number & 3);
        }
      } else {
        channel.count -= units;
      }
      return units * unit;
    };
    const { memory } = this;
    return {
      direction,
      get remaining() {
        return remaining();
      },
      get isTerminal() {
        return isTerminal;
      },
      put: (from2) => direction === "toDevice" ? 0 : move(from2, direction === "verify" ? void 0 : (gpa, part) => memory.write(gpa, part)),
      get: (into2) => direction === "toDevice" ? move(into2, (gpa, part) => memory.read(gpa, part)) : 0
    };
  }
  /** Moves whole units and the address register; addresses wrap within the page, 64 KiB or 128 KiB. */
  #moveUnits(number, bytes, unit, access) {
    const channel = this.#controllers[number < 4 ? 0 : 1].channels[number & 3];
    const page = this.#pages[PAGE_OF_CHANNEL[number]];
    const base = (unit === 1 ? page : page & 254) << 16;
    const isDown = (channel.mode & MODE_DECREMENT) !== 0;
    for (let at = 0; at < bytes.length; ) {
      const units = isDown ? 1 : Math.min((bytes.length - at) / unit, 65536 - channel.address);
      access?.(base + channel.address * unit, bytes.subarray(at, at + units * unit));
      channel.address = channel.address + (isDown ? -1 : units) & 65535;
      at += units * unit;
    }
  }
};

// ../pc/src/machine/device.ts
function allOnes(size) {
  return size === 1 ? 255 : size === 2 ? 65535 : 4294967295;
}

// ../pc/src/base/errors.ts
var AssertionError = class extends Error {
  name = "AssertionError";
};
function assert(condition, what) {
  if (!condition) throw new AssertionError(`broken invariant: ${what}`);
}

// ../pc/src/devices/floppy/formats.ts
var SECTOR = 512;
var HIGH = [0];
var DOUBLE_5 = [2, 1];
var DOUBLE_3 = [2, 1];
var EXTRA = [3];
var TABLE = [
  [40, 1, 8, DOUBLE_5, 1],
  [40, 1, 9, DOUBLE_5, 1],
  [40, 2, 8, DOUBLE_5, 1],
  [40, 2, 9, DOUBLE_5, 1],
  [80, 2, 8, DOUBLE_3, 4],
  [80, 2, 9, DOUBLE_3, 4],
  [80, 2, 10, DOUBLE_3, 4],
  [82, 2, 10, DOUBLE_3, 4],
  [83, 2, 10, DOUBLE_3, 4],
  [80, 2, 15, HIGH, 2],
  [80, 2, 18, HIGH, 4],
  [80, 2, 20, HIGH, 4],
  [80, 2, 21, HIGH, 4],
  [82, 2, 21, HIGH, 4],
  [83, 2, 21, HIGH, 4],
  [80, 2, 22, HIGH, 4],
  [80, 2, 23, HIGH, 4],
  [80, 2, 24, HIGH, 4],
  [80, 2, 36, EXTRA, 5]
];
var FORMATS = TABLE.map(([tracks, heads, sectors, rates, driveType]) => ({
  tracks,
  heads,
  sectors,
  rates,
  driveType
}));
function formatOf(sizeBytes) {
  const sizeOf2 = (format) => format.tracks * format.heads * format.sectors * SECTOR;
  const standard = sizeBytes <= 1474560 && sizeBytes > 1228800 ? 18 : void 0;
  return FORMATS.find((format) => sizeOf2(format) === sizeBytes) ?? FORMATS.find((format) => format.sectors === standard) ?? FORMATS.find((format) => sizeOf2(format) >= sizeBytes) ?? FORMATS[FORMATS.length - 1];
}
function driveTypeFor(sizeBytes) {
  return sizeBytes === void 0 ? 4 : formatOf(sizeBytes).driveType;
}

// ../pc/src/devices/floppy/drive.ts
var MAX_TRACK = 85;
var FloppyDrive = class {
  constructor(port) {
    this.port = port;
    port.onMediumChange = () => {
      this.isChanged = true;
    };
  }
  port;
  track = 0;
  /** The disk change line: active until the next step with a medium in. */
  isChanged = true;
  get hasMedium() {
    return this.port.medium !== void 0;
  }
  get isWriteProtected() {
    return this.port.medium?.isReadOnly === true;
  }
  /** undefined: no medium, or it does not read at this data rate. */
  format(rate) {
    const medium = this.port.medium;
    const format = medium && formatOf(medium.sizeBytes);
    return format?.rates.includes(rate) ? format : void 0;
  }
  step(track) {
    const target = Math.min(track, MAX_TRACK);
    if (this.track === target) return;
    this.track = target;
    if (this.hasMedium) this.isChanged = false;
  }
  powerOn() {
    this.track = 0;
    this.isChanged = true;
  }
  read(offset, length, done) {
    this.port.read(offset, this.#clip(offset, length), done);
  }
  write(offset, data, done) {
    this.port.write(offset, data.subarray(0, this.#clip(offset, data.length)), done);
  }
  /** An image shorter than its format ends in zeros that cannot be written. */
  #clip(offset, length) {
    return Math.max(0, Math.min(length, (this.port.medium?.sizeBytes ?? 0) - offset));
  }
};
function sectorOffset(format, cylinder, head, record) {
  return ((cylinder * format.heads + head) * format.sectors + record - 1) * SECTOR;
}

// ../pc/src/devices/floppy/registers.ts
var REG_DOR = 2;
var REG_TDR = 3;
var REG_MSR = 4;
var REG_FIFO = 5;
var DOR_RESET = 4;
var DOR_DMAGATE = 8;
var DSR_SWRESET = 128;
var DSR_RATE = 3;
var MSR_CMDBSY = 16;
var MSR_NONDMA = 32;
var MSR_DIO = 64;
var MSR_RQM = 128;
var DIR_DSKCHG = 128;
var ST0_ABNORMAL = 64;
var ST0_INVALID = 128;
var ST0_POLLING = 192;
var ST0_SEEK_END = 32;
var ST0_EQUIPMENT = 16;
var ST0_HEAD = 4;
var ST1_END_OF_CYLINDER = 128;
var ST1_DATA_ERROR = 32;
var ST1_NO_DATA = 4;
var ST1_NOT_WRITABLE = 2;
var ST1_MISSING_MARK = 1;
var ST2_CONTROL_MARK = 64;
var ST2_DATA_ERROR = 32;
var ST2_WRONG_CYLINDER = 16;
var ST3_WRITE_PROTECTED = 64;
var ST3_READY = 32;
var ST3_TRACK0 = 16;
var ST3_TWO_SIDED = 8;
var CMD_MT = 128;
var COMMANDS2 = [
  [6, 31, "read", 9],
  [12, 31, "readDeleted", 9],
  [5, 63, "write", 9],
  [9, 63, "writeDeleted", 9],
  [2, 159, "readTrack", 9],
  [22, 31, "verify", 9],
  [13, 191, "format", 6],
  [10, 191, "readId", 2],
  [7, 255, "recalibrate", 2],
  [8, 255, "senseInterrupt", 1],
  [3, 255, "specify", 3],
  [4, 255, "senseDrive", 2],
  [15, 255, "seek", 3],
  [143, 191, "relativeSeek", 3],
  [14, 255, "dumpReg", 1],
  [16, 255, "version", 1],
  [18, 255, "perpendicular", 2],
  [19, 255, "configure", 4],
  [20, 127, "lock", 1],
  [23, 255, "powerDown", 2],
  [24, 255, "partId", 1],
  [46, 255, "save", 1],
  [51, 255, "option", 2],
  [78, 255, "restore", 17],
  [142, 255, "driveSpecification", 6]
];
var MAX_COMMAND = 17;
function decodeCommand(opcode) {
  const row = COMMANDS2.find(([code, mask]) => (opcode & mask) === code);
  return row && { name: row[2], length: row[3] };
}

// ../pc/src/devices/floppy/settings.ts
var CONFIGURE_EIS = 64;
var CONFIGURE_POLL = 16;
var CONFIGURE_EFIFO = 32;
var LOCK = 128;
function powerOnSettings() {
  return {
    stepRate: 0,
    headLoad: 0,
    lastSector: 0,
    configuration: CONFIGURE_EFIFO,
    precompensation: 0,
    perpendicular: 0,
    isLocked: false
  };
}
function softReset(settings) {
  settings.perpendicular &= 60;
  if (settings.isLocked) return;
  settings.configuration = CONFIGURE_EFIFO;
  settings.precompensation = 0;
}
function setPerpendicular(settings, value) {
  settings.perpendicular = value & 128 ? value & 63 : settings.perpendicular & 60 | value & 3;
}
function settingsBytes(settings) {
  const { stepRate, headLoad, lastSector, configuration: configuration2, precompensation, perpendicular, isLocked } = settings;
  return [stepRate, headLoad, lastSector, (isLocked ? LOCK : 0) | perpendicular, configuration2, precompensation];
}
function restoreSettings(settings, bytes) {
  const [stepRate = 0, headLoad = 0, lastSector = 0, lock = 0, configuration2 = 0, precompensation = 0] = bytes;
  Object.assign(settings, { stepRate, headLoad, lastSector, precompensation });
  settings.isLocked = (lock & LOCK) !== 0;
  settings.perpendicular = lock & 63;
  settings.configuration = configuration2 & 127;
}

// ../pc/src/devices/floppy/state.ts
var NO_TRANSFER = {
  cylinder: 0,
  head: 0,
  record: 0,
  size: 0,
  last: 0,
  filler: 0,
  isMultiTrack: false
};
function advance(transfer2, count2, sectors) {
  transfer2.record += count2;
  if (transfer2.record <= Math.min(transfer2.last, sectors)) return;
  transfer2.record = 1;
  if (transfer2.isMultiTrack && transfer2.head === 0) {
    transfer2.head = 1;
    return;
  }
  if (transfer2.isMultiTrack) transfer2.head = 0;
  transfer2.cylinder = transfer2.cylinder + 1 & 255;
}
var PHASES = ["idle", "command", "busy", "dma", "pioIn", "pioOut", "result"];
var LATERS = ["nothing", "seek", "readId", "reset"];
var MAX_RESULT = 16;
var MAX_BUFFER = 64 * SECTOR;
var MAX_TRACK2 = 255;
var floppyState = defineState({ kind: "i82078", version: 1, check: isFloppyState });
function isFloppyState(value) {
  return isRecord(value) && isUint(value.dor, 255) && isUint(value.tdr, 255) && isUint(value.dsr, 255) && isSettings(value.settings) && PHASES.includes(value.phase) && isByteList(value.command, MAX_COMMAND) && isByteList(value.result, MAX_RESULT) && isUint(value.resultAt, value.result.length) && isTransfer(value.transfer) && isBytes(value.buffer) && value.buffer.length <= MAX_BUFFER && isUint(value.position, value.buffer.length) && typeof value.isTerminal === "boolean" && Array.isArray(value.seekStatus) && value.seekStatus.length === 4 && value.seekStatus.every((status) => status === null || isUint(status, 255)) && LATERS.includes(value.later) && (value.deadlineNs === null || isNs(value.deadlineNs)) && typeof value.irq === "boolean" && Array.isArray(value.drives) && value.drives.length <= 4 && value.drives.every(isDrive) && isConsistent(value);
}
function isConsistent({ phase, later, command, result, resultAt, position, buffer: buffer2, deadlineNs }) {
  const decoded = command.length > 0 ? decodeCommand(command[0]) : void 0;
  if (later !== "nothing" !== (deadlineNs !== null)) return false;
  if (later === "seek" && command.length !== 3) return false;
  if (phase === "command") return decoded !== void 0 && command.length < decoded.length;
  if (phase === "result") return resultAt < result.length;
  if (phase === "idle") return command.length === 0 || later === "seek";
  if (decoded === void 0 || command.length !== decoded.length || command.length < 2) return false;
  return phase === "busy" ? later === "readId" : position < buffer2.length;
}
function isSettings(value) {
  if (!isRecord(value)) return false;
  const { isLocked, ...bytes } = value;
  return typeof isLocked === "boolean" && hasBytes(
    bytes,
    Object.keys(powerOnSettings()).filter((key) => key !== "isLocked")
  );
}
function isTransfer(value) {
  return isRecord(value) && typeof value.isMultiTrack === "boolean" && hasBytes(value, ["cylinder", "head", "record", "size", "last", "filler"]);
}
function hasBytes(value, keys2) {
  return keys2.every((key) => isUint(value[key], 255));
}
function isByteList(value, longest) {
  return Array.isArray(value) && value.length <= longest && value.every((byte) => isUint(byte, 255));
}
function isDrive(value) {
  return value === null || isRecord(value) && isUint(value.track, MAX_TRACK2) && typeof value.isChanged === "boolean";
}

// ../pc/src/devices/floppy/floppy.ts
var UNITS2 = 4;
var SEEK_NS = 2e5;
var RESET_NS = 2e4;
var READ_ID_NS = 1e6;
var REVOLUTION_NS = 2e8;
var PART_ID = 65;
var VERSION = 144;
var NO_BYTES = new Uint8Array(0);
var Floppy = class {
  constructor(id, drives, wires) {
    this.id = id;
    this.wires = wires;
    this.#drives = drives.map((port) => port && new FloppyDrive(port));
    this.#timer = wires.clock.createTimer(`${id}/delay`, () => this.#delayOver());
    wires.dma.onDack = (cycle) => this.#acknowledged(cycle);
  }
  id;
  wires;
  #drives;
  #timer;
  #dor = 0;
  #tdr = 0;
  #dsr = 2;
  #settings = powerOnSettings();
  #phase = "idle";
  /** Bytes of the command so far. */
  #command = [];
  #result = [];
  #resultAt = 0;
  #transfer = NO_TRANSFER;
  #buffer = NO_BYTES;
  #position = 0;
  #isTerminal = false;
  /** ST0 that SENSE INTERRUPT STATUS has to tell, by drive. */
  #seekStatus = [null, null, null, null];
  #later = "nothing";
  #irq = false;
  #epoch = 0;
  #pending = 0;
  /** 3F0-3F5. */
  readPort(offset, size) {
    if (size !== 1) return allOnes(size);
    switch (offset) {
      case REG_DOR:
        return this.#dor;
      case REG_TDR:
        return this.#tdr;
      case REG_MSR:
        return this.#mainStatus();
      case REG_FIFO:
        return this.#readFifo();
      default:
        return 255;
    }
  }
  writePort(offset, size, value) {
    if (size !== 1) return;
    switch (offset) {
      case REG_DOR:
        this.#writeDor(value & 255);
        break;
      case REG_TDR:
        this.#tdr = value & 3;
        break;
      case REG_MSR:
        this.#writeDsr(value & 255);
        break;
      case REG_FIFO:
        this.#writeFifo(value & 255);
        break;
      default:
        break;
    }
  }
  /** 3F7: DIR when read, CCR when written. */
  digitalInput = {
    readPort: (offset, size) => {
      if (size !== 1 || offset !== 0) return allOnes(size);
      const drive = this.#drives[this.#dor & 3];
      const isMotorOn = (this.#dor >> 4 + (this.#dor & 3) & 1) !== 0;
      return drive !== void 0 && isMotorOn && (drive.isChanged || !drive.hasMedium) ? DIR_DSKCHG : 0;
    },
    writePort: (offset, size, value) => {
      if (size === 1 && offset === 0) this.#dsr = this.#dsr & ~DSR_RATE | value & DSR_RATE;
    }
  };
  reset() {
    this.#dor = 0;
    this.#tdr = 0;
    this.#dsr = 2;
    this.#settings = powerOnSettings();
    for (const drive of this.#drives) drive?.powerOn();
    this.#stop();
  }
  save() {
    assert(this.#pending === 0, "the floppy controller is saved only when its requests are drained");
    return {
      dor: this.#dor,
      tdr: this.#tdr,
      dsr: this.#dsr,
      settings: { ...this.#settings },
      phase: this.#phase,
      command: [...this.#command],
      result: [...this.#result],
      resultAt: this.#resultAt,
      transfer: { ...this.#transfer },
      buffer: this.#buffer.slice(),
      position: this.#position,
      isTerminal: this.#isTerminal,
      seekStatus: [...this.#seekStatus],
      later: this.#later,
      deadlineNs: this.#timer.deadlineNs ?? null,
      irq: this.#irq,
      drives: this.#drives.map((drive) => drive ? { track: drive.track, isChanged: drive.isChanged } : null)
    };
  }
  restore(state) {
    this.#epoch++;
    this.#dor = state.dor;
    this.#tdr = state.tdr;
    this.#dsr = state.dsr;
    this.#settings = { ...state.settings };
    this.#phase = state.phase;
    this.#command = [...state.command];
    this.#result = [...state.result];
    this.#resultAt = state.resultAt;
    this.#transfer = { ...state.transfer };
    this.#buffer = state.buffer.slice();
    this.#position = state.position;
    this.#isTerminal = state.isTerminal;
    this.#seekStatus = [...state.seekStatus];
    this.#later = state.later;
    this.#irq = state.irq;
    this.#drives.forEach((drive, i) => {
      const saved = state.drives[i];
      if (drive === void 0 || !saved) return;
      drive.track = saved.track;
      drive.isChanged = saved.isChanged;
    });
    if (state.deadlineNs === null) this.#timer.disarm();
    else this.#timer.arm(state.deadlineNs);
    this.#updateInterrupt();
  }
  // Registers.
  #mainStatus() {
    if ((this.#dor & DOR_RESET) === 0) return 0;
    let value = 0;
    if (this.#phase !== "idle") value |= MSR_CMDBSY;
    if (this.#phase === "idle" || this.#phase === "command") value |= MSR_RQM;
    if (this.#phase === "result") value |= MSR_RQM | MSR_DIO;
    if (this.#phase === "pioIn") value |= MSR_RQM | MSR_DIO | MSR_NONDMA;
    if (this.#phase === "pioOut") value |= MSR_RQM | MSR_NONDMA;
    if (this.#later === "seek") value |= 1 << (this.#command[1] & 3);
    return value;
  }
  #writeDor(value) {
    const wasRunning = (this.#dor & DOR_RESET) !== 0;
    const isRunning = (value & DOR_RESET) !== 0;
    this.#dor = value;
    if (!isRunning && wasRunning) this.#softReset();
    else if (isRunning && !wasRunning) this.#beginPolling();
    this.#updateInterrupt();
  }
  /** The reset bit clears itself. */
  #writeDsr(value) {
    this.#dsr = value & ~DSR_SWRESET;
    if ((value & DSR_SWRESET) === 0 || (this.#dor & DOR_RESET) === 0) return;
    this.#softReset();
    this.#beginPolling();
  }
  #softReset() {
    this.#stop();
    softReset(this.#settings);
  }
  /** After a reset every drive seems to have changed its ready state (3.4). */
  #beginPolling() {
    this.#later = "reset";
    this.#timer.arm(this.wires.clock.nowNs() + RESET_NS);
  }
  #stop() {
    this.#epoch++;
    this.#timer.disarm();
    this.#later = "nothing";
    this.#phase = "idle";
    this.#command = [];
    this.#result = [];
    this.#resultAt = 0;
    this.#setBuffer(NO_BYTES);
    this.#transfer = NO_TRANSFER;
    this.#isTerminal = false;
    this.#seekStatus = [null, null, null, null];
    this.#irq = false;
    this.wires.dma.setRequest(false);
    this.#updateInterrupt();
  }
  /** DMAGATE# at 0 takes interrupt and DMA request off the bus. */
  #updateInterrupt() {
    this.wires.irq.set(this.#irq && (this.#dor & DOR_DMAGATE) !== 0);
  }
  #setIrq(level) {
    this.#irq = level;
    this.#updateInterrupt();
  }
  #setBuffer(buffer2) {
    this.#buffer = buffer2;
    this.#position = 0;
  }
  // Command and result phases.
  #readFifo() {
    if ((this.#dor & DOR_RESET) === 0) return 255;
    if (this.#phase === "pioIn") return this.#readData();
    if (this.#phase !== "result") return 255;
    const value = this.#result[this.#resultAt] ?? 0;
    this.#setIrq(false);
    if (++this.#resultAt >= this.#result.length) {
      this.#phase = "idle";
      this.#command = [];
      this.#result = [];
      this.#resultAt = 0;
    }
    return value;
  }
  #writeFifo(value) {
    if ((this.#dor & DOR_RESET) === 0) return;
    if (this.#phase === "pioOut") {
      this.#writeData(value);
      return;
    }
    if (this.#phase !== "idle" && this.#phase !== "command") return;
    if (this.#later === "seek") this.#delayOver();
    if (this.#phase === "idle") this.#command = [];
    this.#command.push(value);
    const decoded = decodeCommand(this.#command[0]);
    if (decoded === void 0) {
      this.#reply(ST0_INVALID);
      return;
    }
    this.#phase = "command";
    if (this.#command.length >= decoded.length) this.#execute(decoded.name);
  }
  /** Result bytes without an interrupt. */
  #reply(...bytes) {
    this.#result = bytes;
    this.#resultAt = 0;
    this.#phase = "result";
  }
  #noResult() {
    this.#phase = "idle";
    this.#command = [];
  }
  #execute(name2) {
    const [opcode = 0, first = 0, second = 0, third = 0] = this.#command;
    const settings = this.#settings;
    switch (name2) {
      case "read":
      case "readDeleted":
      case "readTrack":
      case "verify":
      case "write":
      case "writeDeleted":
        this.#startTransfer(name2);
        break;
      case "format":
        this.#startFormat();
        break;
      case "readId":
        this.#phase = "busy";
        this.#delay("readId", READ_ID_NS);
        break;
      case "recalibrate":
        this.#startSeek(0);
        break;
      case "seek":
        this.#startSeek(second);
        break;
      case "relativeSeek": {
        const track = this.#drives[first & 3]?.track ?? 0;
        this.#startSeek(Math.max(0, opcode & 64 ? track + second : track - second));
        break;
      }
      case "senseInterrupt":
        this.#senseInterrupt();
        break;
      case "senseDrive":
        this.#reply(this.#driveStatus(first));
        break;
      case "specify":
        settings.stepRate = first;
        settings.headLoad = second;
        this.#noResult();
        break;
      case "configure":
        settings.configuration = second & 127;
        settings.precompensation = third;
        this.#noResult();
        break;
      case "perpendicular":
        setPerpendicular(settings, first);
        this.#noResult();
        break;
      case "lock":
        settings.isLocked = (opcode & 128) !== 0;
        this.#reply(settings.isLocked ? 16 : 0);
        break;
      default:
        this.#executeRare(name2);
        break;
    }
  }
  #executeRare(name2) {
    const settings = this.#settings;
    const tracks = Array.from({ length: UNITS2 }, (_, i) => (this.#drives[i]?.track ?? 0) & 255);
    switch (name2) {
      case "dumpReg":
        this.#reply(...tracks, ...settingsBytes(settings));
        break;
      case "version":
        this.#reply(VERSION);
        break;
      case "partId":
        this.#reply(PART_ID);
        break;
      case "powerDown":
        this.#reply(this.#command[1] & 63);
        break;
      case "option":
        this.#reply(this.#command[1] & 255);
        break;
      case "save":
        this.#reply(this.#dsr, 0, ...tracks, ...settingsBytes(settings), 0, 0, 0, 0);
        break;
      case "restore":
        restoreSettings(settings, this.#command.slice(7));
        this.#noResult();
        break;
      case "driveSpecification":
        if (this.#command.some((byte, i) => i > 0 && (byte & 128) !== 0 && (byte & 64) !== 0)) this.#noResult();
        else this.#reply(0, 0, 0, 0);
        break;
      default:
        this.#reply(ST0_INVALID);
        break;
    }
  }
  #senseInterrupt() {
    const unit = this.#seekStatus.findIndex((status2) => status2 !== null);
    if (unit < 0) {
      this.#reply(ST0_INVALID);
      return;
    }
    const status = this.#seekStatus[unit];
    this.#seekStatus[unit] = null;
    this.#setIrq(false);
    this.#reply(status, (this.#drives[unit]?.track ?? 0) & 255);
  }
  #driveStatus(select) {
    const drive = this.#drives[select & 3];
    let status = ST3_READY | ST3_TWO_SIDED | select & 7;
    if (drive !== void 0 && drive.track === 0) status |= ST3_TRACK0;
    if (drive?.isWriteProtected) status |= ST3_WRITE_PROTECTED;
    return status;
  }
  // Things that take time.
  #delay(later, ns) {
    this.#later = later;
    this.#timer.arm(this.wires.clock.nowNs() + ns);
  }
  #delayOver() {
    const later = this.#later;
    this.#timer.disarm();
    this.#later = "nothing";
    if (later === "seek") this.#endSeek();
    else if (later === "readId") this.#readId();
    else if (later === "reset") {
      const isPolling = (this.#settings.configuration & CONFIGURE_POLL) === 0;
      this.#seekStatus = [0, 1, 2, 3].map((unit) => isPolling ? ST0_POLLING | unit : null);
      this.#setIrq(true);
    }
  }
  /** No result phase: the controller is free, the drive busy. The target track stays in the command's third byte. */
  #startSeek(track) {
    const unit = this.#command[1] & 7;
    this.#command = [this.#command[0], unit, Math.min(track, 255)];
    this.#phase = "idle";
    this.#delay("seek", SEEK_NS);
  }
  #endSeek() {
    const [opcode = 0, select = 0, track = 0] = this.#command;
    const unit = select & 3;
    const drive = this.#drives[unit];
    const isRecalibration = opcode === 7;
    let status = ST0_SEEK_END | (isRecalibration ? unit : select);
    if (drive === void 0) {
      if (isRecalibration) status |= ST0_ABNORMAL | ST0_EQUIPMENT;
    } else drive.step(track);
    this.#command = [];
    this.#seekStatus[unit] = status;
    this.#setIrq(true);
  }
  /** The sector that passes the head at this moment. */
  #readId() {
    const drive = this.#selected;
    const format = drive && this.#format(drive);
    const head = this.#head;
    if (drive === void 0 || format === void 0 || head >= format.heads || drive.track >= format.tracks) {
      this.#finish(ST0_ABNORMAL, ST1_MISSING_MARK, 0);
      return;
    }
    const angle = this.wires.clock.nowNs() % REVOLUTION_NS;
    const record = Math.floor(angle * format.sectors / REVOLUTION_NS) + 1;
    this.#transfer = { ...NO_TRANSFER, cylinder: drive.track, head, record, size: 2 };
    this.#finish(0, 0, 0);
  }
  // Data.
  get #selected() {
    return this.#drives[this.#command[1] & 3];
  }
  get #head() {
    return this.#command[1] >> 2 & 1;
  }
  #format(drive) {
    return drive.format(this.#dsr & DSR_RATE);
  }
  get #isPio() {
    return (this.#settings.headLoad & 1) !== 0;
  }
  get #name() {
    return decodeCommand(this.#command[0] ?? 0)?.name;
  }
  get #isWrite() {
    return this.#name === "write" || this.#name === "writeDeleted";
  }
  #startTransfer(name2) {
    const [opcode = 0, select = 0, cylinder = 0, head = 0, record = 0, size = 0, last = 0] = this.#command;
    this.#transfer = {
      cylinder,
      head,
      record: name2 === "readTrack" ? 1 : record,
      size,
      last,
      filler: 0,
      isMultiTrack: (opcode & CMD_MT) !== 0 && name2 !== "readTrack"
    };
    this.#settings.lastSector = last;
    this.#phase = "busy";
    this.#isTerminal = false;
    const drive = this.#selected;
    if (drive !== void 0 && (this.#settings.configuration & CONFIGURE_EIS) !== 0) drive.step(cylinder);
    if (head !== (select >> 2 & 1) && name2 !== "readTrack") {
      this.#finish(ST0_ABNORMAL, ST1_NO_DATA, 0);
      return;
    }
    this.#nextPart();
  }
  /** Sectors from the current one to the last of the track go in one host request. */
  #nextPart() {
    const drive = this.#selected;
    const problem = this.#check(drive);
    if (problem !== void 0 || drive === void 0) {
      const [st1, st2] = problem ?? [ST1_MISSING_MARK, 0];
      this.#finish(ST0_ABNORMAL, st1, st2);
      return;
    }
    const format = this.#format(drive);
    const { record, last } = this.#transfer;
    const count2 = Math.max(1, Math.min(last, format.sectors) - record + 1);
    const length = count2 * SECTOR;
    if (this.#name === "verify") {
      this.#setBuffer(NO_BYTES);
      this.#advance(count2);
      this.#partDone();
    } else if (this.#isWrite) {
      this.#setBuffer(new Uint8Array(length));
      this.#openData("pioOut");
    } else {
      this.#request(
        (done) => drive.read(this.#offset(format), length, done),
        (result) => {
          if (!result.ok) {
            this.#finish(ST0_ABNORMAL, ST1_DATA_ERROR, ST2_DATA_ERROR);
            return;
          }
          const data = new Uint8Array(length);
          data.set(result.value.subarray(0, length));
          this.#setBuffer(data);
          this.#openData("pioIn");
        }
      );
    }
  }
  /** What is wrong with the current sector: [ST1, ST2]. */
  #check(drive) {
    const format = drive && this.#format(drive);
    if (drive === void 0 || format === void 0) return [ST1_MISSING_MARK, 0];
    const { cylinder, head, record, size } = this.#transfer;
    if (drive.track >= format.tracks || head >= format.heads) return [ST1_MISSING_MARK, 0];
    if (cylinder !== drive.track) return [ST1_NO_DATA, ST2_WRONG_CYLINDER];
    if (size !== 2 || record === 0 || record > format.sectors) return [ST1_NO_DATA, 0];
    if (this.#isWrite && drive.isWriteProtected) return [ST1_NOT_WRITABLE, 0];
    return void 0;
  }
  #offset(format) {
    const { cylinder, head, record } = this.#transfer;
    return sectorOffset(format, cylinder, head, record);
  }
  #request(issue, then) {
    this.#phase = "busy";
    const epoch = this.#epoch;
    this.#pending++;
    issue((result) => {
      this.#pending--;
      if (epoch === this.#epoch) then(result);
    });
  }
  #openData(pio) {
    if (this.#isPio) {
      this.#phase = pio;
      this.#setIrq(true);
    } else this.#askForDma();
  }
  #askForDma() {
    this.#phase = "dma";
    this.wires.dma.setRequest(true);
  }
  #acknowledged(cycle) {
    if (this.#phase !== "dma") {
      this.wires.dma.setRequest(false);
      return;
    }
    const isOut = this.#isWrite || this.#name === "format";
    const before = this.#position;
    const rest = this.#buffer.subarray(before);
    const moved = isOut ? cycle.get(rest) : cycle.put(rest);
    this.#position = Math.min(this.#buffer.length, before + moved);
    this.#isTerminal = cycle.isTerminal;
    this.wires.dma.setRequest(false);
    if (moved === 0 && !this.#isTerminal) {
      this.#finish(ST0_ABNORMAL, 16, 0);
    } else if (this.#isTerminal || this.#position >= this.#buffer.length) this.#bufferDone();
    else this.#askForDma();
  }
  #readData() {
    const value = this.#buffer[this.#position] ?? 0;
    this.#stepPio();
    return value;
  }
  #writeData(value) {
    if (this.#position < this.#buffer.length) this.#buffer[this.#position] = value;
    this.#stepPio();
  }
  /** One interrupt a sector: the FIFO seems that deep. */
  #stepPio() {
    this.#position++;
    if (this.#position >= this.#buffer.length) {
      this.#setIrq(false);
      this.#bufferDone();
    } else this.#setIrq(this.#position % SECTOR === 0);
  }
  /** The buffer went through, or terminal count cut it off. */
  #bufferDone() {
    if (this.#name === "format") {
      this.#formatNext();
      return;
    }
    const sectors = Math.ceil(this.#position / SECTOR);
    if (!this.#isWrite) {
      this.#advance(sectors);
      this.#partDone();
      return;
    }
    const drive = this.#selected;
    const format = drive && this.#format(drive);
    if (drive === void 0 || format === void 0 || drive.isWriteProtected) {
      this.#finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
      return;
    }
    const data = this.#buffer.subarray(0, sectors * SECTOR);
    this.#request(
      (done) => drive.write(this.#offset(format), data, done),
      (result) => {
        if (!result.ok) {
          this.#finish(ST0_ABNORMAL, result.error === "readOnly" ? ST1_NOT_WRITABLE : ST1_DATA_ERROR, 0);
          return;
        }
        this.#advance(sectors);
        this.#partDone();
      }
    );
  }
  #advance(count2) {
    const drive = this.#selected;
    const sectors = (drive && this.#format(drive)?.sectors) ?? this.#transfer.last;
    advance(this.#transfer, count2, sectors);
  }
  /** Goes on to the other side, or ends: by terminal count normally, else with "end of cylinder". */
  #partDone() {
    const isFirstSide = (this.#command[1] >> 2 & 1) === 0;
    const goesOn = this.#transfer.isMultiTrack && isFirstSide && this.#transfer.head === 1 && this.#transfer.record === 1;
    if (this.#isTerminal) this.#finish(0, 0, this.#markStatus());
    else if (goesOn) {
      this.#command[1] |= 4;
      this.#nextPart();
    } else if (this.#name === "verify") this.#finish(0, 0, 0);
    else this.#finish(ST0_ABNORMAL, ST1_END_OF_CYLINDER, this.#markStatus());
  }
  /** READ DELETED DATA found normal data. */
  #markStatus() {
    return this.#name === "readDeleted" ? ST2_CONTROL_MARK : 0;
  }
  #finish(status, st1, st2) {
    const select = this.#command[1] & 3;
    const { cylinder, head, record, size } = this.#transfer;
    const side = this.#head !== 0 ? ST0_HEAD : 0;
    this.wires.dma.setRequest(false);
    this.#setBuffer(NO_BYTES);
    this.#isTerminal = false;
    this.#reply(status | side | select, st1, st2, cylinder & 255, head & 255, record & 255, size & 255);
    this.#setIrq(true);
  }
  // FORMAT TRACK: the guest gives C, H, R, N for each sector, which gets the filler byte.
  #startFormat() {
    const [, select = 0, size = 0, count2 = 0, , filler = 0] = this.#command;
    const drive = this.#selected;
    const head = select >> 2 & 1;
    this.#transfer = { ...NO_TRANSFER, cylinder: drive?.track ?? 0, head, record: 0, size, last: count2, filler };
    this.#phase = "busy";
    this.#isTerminal = false;
    const format = drive && this.#format(drive);
    if (drive === void 0 || format === void 0 || drive.track >= format.tracks || head >= format.heads) {
      this.#finish(ST0_ABNORMAL, ST1_MISSING_MARK, 0);
    } else if (drive.isWriteProtected) {
      this.#finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
    } else if (count2 === 0 || count2 > format.sectors || size !== 2) {
      this.#finish(ST0_ABNORMAL, ST1_NO_DATA, 0);
    } else {
      this.#setBuffer(new Uint8Array(4 * count2));
      this.#openData("pioOut");
    }
  }
  /** `record` counts the sectors written. Ids that the image's format does not have are passed over. */
  #formatNext() {
    const transfer2 = this.#transfer;
    const drive = this.#selected;
    const format = drive && this.#format(drive);
    const ids = this.#buffer;
    while (drive !== void 0 && format !== void 0 && transfer2.record * 4 + 4 <= this.#position) {
      const at = transfer2.record * 4;
      const [cylinder = 0, head = 0, record = 0, size = 0] = ids.subarray(at, at + 4);
      transfer2.record++;
      const fits = cylinder === drive.track && head === transfer2.head && size === 2 && record > 0 && record <= format.sectors;
      if (!fits) continue;
      const offset = sectorOffset(format, cylinder, head, record);
      this.#request(
        (done) => drive.write(offset, new Uint8Array(SECTOR).fill(transfer2.filler), done),
        (result) => {
          if (result.ok) this.#formatNext();
          else this.#finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
        }
      );
      return;
    }
    this.#finish(0, 0, 0);
  }
};

// ../pc/src/devices/fw-cfg/fw-cfg.ts
var FW_CFG_SIGNATURE = 0;
var FW_CFG_ID = 1;
var FW_CFG_FILE_DIR = 25;
var FW_CFG_FILE_FIRST = 32;
var ID_TRADITIONAL = 1;
var ID_DMA = 2;
var DMA_SIGNATURE = "QEMU CFG";
var DMA_ERROR = 1;
var DMA_READ = 2;
var DMA_SKIP = 4;
var DMA_SELECT = 8;
var DMA_WRITE = 16;
var SELECTOR_MASK = 49151;
var MAX_NAME = 55;
var MAX_ZEROS = 1 << 20;
var fwCfgState = defineState({
  kind: "fw-cfg",
  version: 1,
  check: (value) => isRecord(value) && isUint(value.selector, 65535) && isUint(value.offset) && isBytes(value.dmaAddress, 8) && isRecord(value.written) && Object.values(value.written).every((bytes) => isBytes(bytes))
});
var FwCfg = class {
  constructor(id, memory) {
    this.id = id;
    this.memory = memory;
    this.addItem(FW_CFG_SIGNATURE, latin("QEMU"));
    this.addItem(FW_CFG_ID, Uint8Array.of(ID_TRADITIONAL | ID_DMA, 0, 0, 0));
    this.#updateDirectory();
  }
  id;
  memory;
  #items = /* @__PURE__ */ new Map();
  #files = /* @__PURE__ */ new Map();
  #selector = 0;
  #offset = 0;
  /** As written, most significant byte first. */
  #dmaAddress = new Uint8Array(8);
  /** Adds or replaces an item without a name. */
  addItem(selector, bytes, options = {}) {
    this.#items.set(selector & SELECTOR_MASK, { bytes, options });
  }
  /** A little-endian number of 2, 4 or 8 bytes. */
  addNumber(selector, size, value) {
    const bytes = new Uint8Array(size);
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    this.addItem(selector, bytes);
  }
  /** Adds or replaces a named file; gives its selector. Names have at most 55 characters. */
  addFile(name2, bytes, options = {}) {
    if (name2.length === 0 || name2.length > MAX_NAME) throw new Error(`fw_cfg file name '${name2}' is too long`);
    const selector = this.#files.get(name2) ?? FW_CFG_FILE_FIRST + this.#files.size;
    this.#files.set(name2, selector);
    this.addItem(selector, bytes, options);
    this.#updateDirectory();
    return selector;
  }
  /** Contents of a file as they are now. */
  file(name2) {
    const selector = this.#files.get(name2);
    return selector === void 0 ? void 0 : this.#items.get(selector)?.bytes;
  }
  readPort(offset, size) {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.#readByte(offset + i) * 2 ** (8 * i);
    return value;
  }
  writePort(offset, size, value) {
    if (offset === 0) {
      if (size === 1) this.#select(this.#selector & 65280 | value & 255);
      else this.#select(value & 65535);
      return;
    }
    for (let i = 0; i < size; i++) {
      const at = offset + i - 4;
      if (at < 0) continue;
      this.#dmaAddress[at] = value >>> 8 * i & 255;
      if (at === 7) this.#transfer();
    }
  }
  reset() {
    this.#select(0);
    this.#dmaAddress.fill(0);
  }
  save() {
    const written = {};
    for (const [selector, { bytes, options }] of this.#items) {
      if (options.isWritable) written[selector] = bytes.slice();
    }
    return { selector: this.#selector, offset: this.#offset, dmaAddress: this.#dmaAddress.slice(), written };
  }
  restore(state) {
    this.#selector = state.selector;
    this.#offset = state.offset;
    this.#dmaAddress.set(state.dmaAddress);
    for (const [selector, bytes] of Object.entries(state.written)) {
      const item = this.#items.get(Number(selector));
      if (item?.options.isWritable && item.bytes.length === bytes.length) item.bytes = bytes.slice();
    }
  }
  get #current() {
    return this.#items.get(this.#selector & SELECTOR_MASK);
  }
  #select(selector) {
    this.#selector = selector;
    this.#offset = 0;
  }
  #readByte(offset) {
    if (offset === 1) {
      const byte = this.#current?.bytes[this.#offset] ?? 0;
      if (this.#offset < 4294967295) this.#offset++;
      return byte;
    }
    return offset >= 4 && offset < 12 ? DMA_SIGNATURE.charCodeAt(offset - 4) : 0;
  }
  /** FWCfgDmaAccess: control, length, address, all big-endian. */
  #transfer() {
    const at = bigEndian(this.#dmaAddress, 0, 8);
    this.#dmaAddress.fill(0);
    if (at > 2 ** 40 - 16) return;
    const request = new Uint8Array(16);
    this.memory.read(at, request);
    const control2 = bigEndian(request, 0, 4);
    const length = bigEndian(request, 4, 4);
    const address2 = bigEndian(request, 8, 8);
    if (control2 & DMA_SELECT) this.#select(Math.floor(control2 / 65536));
    let isGood = true;
    if (control2 & DMA_READ) isGood = this.#dmaRead(address2, length);
    else if (control2 & DMA_WRITE) isGood = this.#dmaWrite(address2, length);
    else if (control2 & DMA_SKIP) this.#advance(length);
    this.memory.write(at, Uint8Array.of(0, 0, 0, isGood ? 0 : DMA_ERROR));
  }
  #dmaRead(address2, length) {
    const bytes = this.#current?.bytes ?? new Uint8Array(0);
    const from2 = Math.min(this.#offset, bytes.length);
    const count2 = Math.min(length, bytes.length - from2);
    if (length - count2 > MAX_ZEROS || address2 + length > 2 ** 40) return false;
    this.memory.write(address2, bytes.subarray(from2, from2 + count2));
    if (length > count2) this.memory.write(address2 + count2, new Uint8Array(length - count2));
    this.#advance(length);
    return true;
  }
  #dmaWrite(address2, length) {
    const item = this.#current;
    if (item === void 0 || !item.options.isWritable || this.#offset + length > item.bytes.length) return false;
    const bytes = new Uint8Array(length);
    this.memory.read(address2, bytes);
    item.bytes = item.bytes.slice();
    item.bytes.set(bytes, this.#offset);
    this.#advance(length);
    item.options.onWrite?.(item.bytes);
    return true;
  }
  #advance(length) {
    this.#offset = Math.min(this.#offset + length, 4294967295);
  }
  /** struct FWCfgFiles: count, then size, select, reserved, name[56] for each file, sorted by name. */
  #updateDirectory() {
    const names = [...this.#files.keys()].sort();
    const bytes = new Uint8Array(4 + 64 * names.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, names.length);
    names.forEach((name2, i) => {
      const selector = this.#files.get(name2);
      const at = 4 + 64 * i;
      view.setUint32(at, this.#items.get(selector)?.bytes.length ?? 0);
      view.setUint16(at + 4, selector);
      bytes.set(latin(name2), at + 8);
    });
    this.addItem(FW_CFG_FILE_DIR, bytes);
  }
};
function latin(text2) {
  return Uint8Array.from(text2, (character) => character.charCodeAt(0) & 255);
}
function bigEndian(bytes, at, size) {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i];
  return value;
}

// ../pc/src/devices/hpet/hpet.ts
var HPET_BASE = 4275044352;
var HPET_SIZE = 1024;
var HPET_TIMERS = 3;
var HPET_ID = 2156306433 + (HPET_TIMERS - 1 << 8);
var TICK_NS = 10;
var PERIOD_FS = TICK_NS * 1e6;
var REG_ID = 0;
var REG_CONFIG = 16;
var REG_STATUS = 32;
var REG_COUNTER = 240;
var REG_TIMERS = 256;
var TIMER_STRIDE = 32;
var TN_CONFIG = 0;
var TN_COMPARATOR = 8;
var CONFIG_ENABLE = 1;
var CONFIG_LEGACY = 2;
var TN_LEVEL = 2;
var TN_INT_ENABLE = 4;
var TN_PERIODIC = 8;
var TN_CAN_PERIODIC = 16;
var TN_IS_64 = 32;
var TN_VALUE_SET = 64;
var TN_32_BIT = 256;
var TN_ROUTE_SHIFT = 9;
var TN_WRITABLE = 16206;
var ROUTES = 16711940;
var MASK_64 = (1n << 64n) - 1n;
var MERGED_TICKS = 2000n;
var MOST_LATE = 1000n;
var NEVER_TICKS = 1n << 49n;
var isWord64 = (value) => typeof value === "bigint" && value >= 0n && value <= MASK_64;
var hpetState = defineState({
  kind: "hpet",
  version: 1,
  check: (value) => isRecord(value) && isUint(value.config, CONFIG_ENABLE | CONFIG_LEGACY) && isUint(value.status, 2 ** HPET_TIMERS - 1) && isUint(value.high, 2 ** HPET_TIMERS - 1) && isWord64(value.counter) && Array.isArray(value.timers) && value.timers.length === HPET_TIMERS && value.timers.every(
    (timer) => isRecord(timer) && isUint(timer.config, TN_WRITABLE) && isWord64(timer.compare) && isWord64(timer.period)
  )
});
var Hpet = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.#guestTimers = this.#timers.map((_timer, n2) => clock.createTimer(`${id}/timer${n2}`, () => this.#expire(n2)));
  }
  id;
  clock;
  wires;
  #config = 0;
  #status = 0;
  #high = 0;
  #counter = 0n;
  /** The timer whose comparator's low half was just written after VAL_SET: the high half of the same write belongs to it. */
  #setting;
  #timers = Array.from({ length: HPET_TIMERS }, powerOn);
  #guestTimers;
  /** What each timer drives now. */
  #driven = new Array(HPET_TIMERS).fill(void 0);
  #pins = /* @__PURE__ */ new Map();
  readMmio(offset, size) {
    const word2 = this.#read(offset & ~3) >>> 8 * (offset & 3);
    return size === 4 ? word2 >>> 0 : word2 & 2 ** (8 * size) - 1;
  }
  /** Only whole words can be written. */
  writeMmio(offset, size, value) {
    if (size === 4 && (offset & 3) === 0) this.#write(offset, value >>> 0);
  }
  reset() {
    this.#config = 0;
    this.#status = 0;
    this.#high = 0;
    this.#counter = 0n;
    this.#timers.forEach((timer) => Object.assign(timer, powerOn()));
    this.wires.legacyChanged(false);
    this.#updateAll();
  }
  save() {
    return {
      config: this.#config,
      status: this.#status,
      high: this.#high,
      counter: this.#counter,
      timers: this.#timers.map(({ config, compare: compare4, period }) => ({ config, compare: compare4, period }))
    };
  }
  restore(state) {
    this.#config = state.config;
    this.#status = state.status;
    this.#high = state.high;
    this.#counter = state.counter;
    state.timers.forEach(({ config, compare: compare4, period }, n2) => {
      this.#timers[n2] = { config: config & TN_WRITABLE, compare: compare4, period };
    });
    this.wires.legacyChanged(this.#isLegacy);
    this.#updateAll();
  }
  get #isRunning() {
    return (this.#config & CONFIG_ENABLE) !== 0;
  }
  get #isLegacy() {
    return (this.#config & CONFIG_LEGACY) !== 0;
  }
  #clockTicks() {
    return BigInt(Math.floor(this.clock.nowNs() / TICK_NS));
  }
  #now() {
    return this.#isRunning ? this.#counter + this.#clockTicks() & MASK_64 : this.#counter;
  }
  #read(offset) {
    const half = (value) => Number((offset & 4 ? value >> 32n : value) & 0xffffffffn);
    switch (offset & ~7) {
      case REG_ID:
        return offset & 4 ? PERIOD_FS : HPET_ID;
      case REG_CONFIG:
        return offset & 4 ? 0 : this.#config;
      case REG_STATUS:
        return offset & 4 ? 0 : this.#status;
      case REG_COUNTER:
        return half(this.#now());
      default:
        break;
    }
    const timer = this.#timerAt(offset);
    if (timer === void 0) return 0;
    switch (offset & TIMER_STRIDE - 8) {
      case TN_CONFIG:
        return offset & 4 ? ROUTES : timer.config | TN_CAN_PERIODIC | TN_IS_64;
      case TN_COMPARATOR:
        return half(timer.compare);
      default:
        return 0;
    }
  }
  #timerAt(offset) {
    return offset < REG_TIMERS ? void 0 : this.#timers[offset - REG_TIMERS >> 5];
  }
  #write(offset, value) {
    switch (offset) {
      case REG_CONFIG:
        return this.#writeConfig(value);
      case REG_STATUS:
        this.#status &= ~value;
        return this.#updateAll();
      case REG_COUNTER:
      case REG_COUNTER + 4:
        if (!this.#isRunning) this.#counter = withHalf(this.#counter, offset, value);
        return;
      default:
        break;
    }
    const timer = this.#timerAt(offset);
    if (timer === void 0) return;
    const index = offset - REG_TIMERS >> 5;
    const register = offset & TIMER_STRIDE - 1;
    if (register === TN_CONFIG) this.#writeTimerConfig(timer, value);
    else if ((register & ~4) === TN_COMPARATOR) this.#writeComparator(index, offset, value);
    this.#update(index);
  }
  #writeConfig(value) {
    const next = value & (CONFIG_ENABLE | CONFIG_LEGACY);
    const changed = next ^ this.#config;
    if (changed & CONFIG_ENABLE) {
      const ticks = this.#clockTicks();
      this.#counter = this.#counter + (next & CONFIG_ENABLE ? -ticks : ticks) & MASK_64;
    }
    this.#config = next;
    if (changed & CONFIG_LEGACY) this.wires.legacyChanged(this.#isLegacy);
    this.#updateAll();
  }
  #writeTimerConfig(timer, value) {
    timer.config = value & TN_WRITABLE;
    if (timer.config & TN_32_BIT) {
      timer.compare &= 0xffffffffn;
      timer.period &= 0xffffffffn;
    }
  }
  /** Periodic: sets the period, and the comparator itself only after VAL_SET (2.3.9.2.2). */
  #writeComparator(index, offset, value) {
    const timer = this.#timers[index];
    const isHigh = (offset & 4) !== 0;
    const isSecondHalf = isHigh && this.#setting === index;
    this.#setting = void 0;
    if (timer.config & TN_32_BIT && isHigh) return;
    const isPeriodic = (timer.config & TN_PERIODIC) !== 0;
    const sets = (timer.config & TN_VALUE_SET) !== 0;
    if (!isPeriodic || sets || isSecondHalf) timer.compare = withHalf(timer.compare, offset, value);
    if (isPeriodic) timer.period = withHalf(timer.period, offset, value);
    timer.config &= ~TN_VALUE_SET;
    if (sets && !isHigh) this.#setting = index;
  }
  /** Ticks until the counter equals the comparator. A periodic timer may be late, by less than half a turn of the counter. */
  #ticksLeft(timer) {
    const mask = maskOf(timer);
    const left = timer.compare - this.#now() & mask;
    const isLate = (timer.config & TN_PERIODIC) !== 0 && timer.period !== 0n && left > mask >> 1n;
    return isLate ? left - mask - 1n : left;
  }
  #updateAll() {
    for (let n2 = 0; n2 < HPET_TIMERS; n2++) this.#update(n2);
  }
  /** Arms the guest timer for the next match and drives the line. */
  #update(n2) {
    const timer = this.#timers[n2];
    const left = this.#ticksLeft(timer);
    const isWanted = this.#isRunning && (timer.config & TN_INT_ENABLE) !== 0;
    if (isWanted && left < NEVER_TICKS) {
      const tick = this.#clockTicks() + left;
      this.#guestTimers[n2].arm(tick > 0n ? Number(tick) * TICK_NS : 0);
    } else {
      this.#guestTimers[n2].disarm();
    }
    this.#updateInterrupt(n2);
  }
  #expire(n2) {
    const timer = this.#timers[n2];
    if (timer.config & TN_PERIODIC) this.#advance(timer);
    if (timer.config & TN_LEVEL) {
      this.#status |= 1 << n2;
      this.#updateInterrupt(n2);
    } else {
      this.#high &= ~(1 << n2);
      this.#updateInterrupt(n2);
      this.#high |= 1 << n2;
      this.#updateInterrupt(n2);
    }
    if (timer.config & TN_PERIODIC && timer.period !== 0n) this.#update(n2);
  }
  /** The next match of a periodic timer: each is given, but for those too close to be told apart, or hopelessly many. */
  #advance(timer) {
    if (timer.period === 0n) return;
    const mask = maskOf(timer);
    const late = this.#now() - timer.compare & mask;
    const isMerged = timer.period < MERGED_TICKS || late > MOST_LATE * timer.period;
    const periods = isMerged ? late / timer.period + 1n : 1n;
    timer.compare = timer.compare + periods * timer.period & mask;
  }
  #lineOf(n2) {
    if (this.#isLegacy && n2 < 2) return this.wires.legacy[n2];
    const input = this.#timers[n2].config >> TN_ROUTE_SHIFT & 31;
    if ((ROUTES >> input & 1) === 0) return void 0;
    let line = this.#pins.get(input);
    if (line === void 0) this.#pins.set(input, line = this.wires.pin(input));
    return line;
  }
  /** Level-triggered: high while the status bit stands. A timer that is led elsewhere lets its old line go. */
  #updateInterrupt(n2) {
    const line = this.#lineOf(n2);
    const driven = this.#driven[n2];
    const { config } = this.#timers[n2];
    const isLevel = (config & TN_LEVEL) !== 0;
    if (isLevel || (config & TN_INT_ENABLE) === 0) this.#high &= ~(1 << n2);
    const isHigh = (config & TN_INT_ENABLE) !== 0 && ((isLevel ? this.#status : this.#high) & 1 << n2) !== 0;
    if (driven !== void 0 && driven !== line && !this.#driven.some((other, i) => i !== n2 && other === driven))
      driven.set(false);
    this.#driven[n2] = isHigh ? line : void 0;
    line?.set(isHigh || this.#driven.some((other, i) => i !== n2 && other === line));
  }
};
function powerOn() {
  return { config: 0, compare: MASK_64, period: 0n };
}
function maskOf({ config }) {
  return config & TN_32_BIT ? 0xffffffffn : MASK_64;
}
function withHalf(old, offset, value) {
  return offset & 4 ? old & 0xffffffffn | BigInt(value) << 32n : old & ~0xffffffffn | BigInt(value);
}

// ../pc/src/machine/pci-config.ts
var PCI_VENDOR_ID = 0;
var PCI_DEVICE_ID = 2;
var PCI_COMMAND = 4;
var PCI_STATUS = 6;
var PCI_REVISION_ID = 8;
var PCI_CLASS_CODE = 9;
var PCI_HEADER_TYPE = 14;
var PCI_BAR0 = 16;
var PCI_SUBSYSTEM_VENDOR_ID = 44;
var PCI_SUBSYSTEM_ID = 46;
var PCI_ROM_BAR = 48;
var PCI_CAPABILITIES = 52;
var PCI_INTERRUPT_LINE = 60;
var PCI_INTERRUPT_PIN = 61;
var COMMAND_IO = 1;
var COMMAND_MEMORY = 2;
var COMMAND_MASTER = 4;
var COMMAND_PARITY = 64;
var COMMAND_SERR = 256;
var COMMAND_INTX_DISABLE = 1024;
var STATUS_INTERRUPT = 8;
var STATUS_CAPABILITIES = 16;
var STATUS_W1C = 63744;
function isPciConfigState(value) {
  return isRecord(value) && isBytes(value.bytes, 256);
}
var PciConfigSpace = class {
  /** `name` prefixes the BAR names given to the mapper and is the device's id. `wires` may be absent without BARs. */
  constructor(name2, identity, wires, bars = [], rom) {
    this.name = name2;
    this.wires = wires;
    this.rom = rom;
    this.preset(PCI_VENDOR_ID, 2, identity.vendor);
    this.preset(PCI_DEVICE_ID, 2, identity.device);
    this.preset(PCI_COMMAND, 2, identity.command ?? 0);
    this.preset(PCI_STATUS, 2, identity.status ?? 0);
    this.preset(PCI_REVISION_ID, 1, identity.revision);
    this.preset(PCI_CLASS_CODE, 1, identity.classCode & 255);
    this.preset(PCI_CLASS_CODE + 1, 2, identity.classCode >>> 8);
    this.preset(PCI_HEADER_TYPE, 1, identity.isMultiFunction ? 128 : 0);
    this.preset(PCI_SUBSYSTEM_VENDOR_ID, 2, identity.subsystemVendor ?? 0);
    this.preset(PCI_SUBSYSTEM_ID, 2, identity.subsystem ?? 0);
    this.preset(PCI_INTERRUPT_PIN, 1, identity.interruptPin ?? 0);
    const command = identity.commandWritable ?? COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_PARITY | COMMAND_SERR | COMMAND_INTX_DISABLE;
    setLittle(this.writable, PCI_COMMAND, 2, command);
    setLittle(this.writeOneToClear, PCI_STATUS, 2, STATUS_W1C);
    setLittle(this.volatile, PCI_STATUS, 2, STATUS_INTERRUPT);
    this.writable[PCI_INTERRUPT_LINE] = 255;
    for (const bar of bars) this.#defineBar(bar);
    if (rom !== void 0) this.#defineRom(rom);
  }
  name;
  wires;
  rom;
  /** The registers as they read. A device may set its own bytes; those also belong in `writable` or `volatile`. */
  bytes = new Uint8Array(256);
  /** Bits that software can change. Extend for device-specific registers, before the first access. */
  writable = new Uint8Array(256);
  /** Bits that software clears by writing ones. */
  writeOneToClear = new Uint8Array(256);
  /** Further bits that change by themselves and are saved. */
  volatile = new Uint8Array(256);
  /** Called after a write changed or might have changed registers [first, first + size). */
  onWrite;
  #powerOn = new Uint8Array(256);
  #mappings = [];
  #watchers = [];
  #interrupt = false;
  /** Sets a power-on value, now and for every reset. */
  preset(register, size, value) {
    setLittle(this.#powerOn, register, size, value);
    setLittle(this.bytes, register, size, value);
  }
  /** Lets software change bits of a register. */
  allow(register, size, mask) {
    setLittle(this.writable, register, size, mask);
  }
  /** Bits that change by themselves and are saved. */
  change(register, size, mask) {
    setLittle(this.volatile, register, size, mask);
  }
  /** Puts a capability at the head of the list (6.7); its registers are the caller's. */
  addCapability(at, id, length) {
    if (at < 64 || (at & 3) !== 0 || at + length > 256)
      throw new Error(`${this.name}: no room for a capability at ${at}`);
    this.preset(at, 1, id);
    this.preset(at + 1, 1, this.get(PCI_CAPABILITIES, 1));
    this.preset(PCI_CAPABILITIES, 1, at);
    this.preset(PCI_STATUS, 2, this.get(PCI_STATUS, 2) | STATUS_CAPABILITIES);
  }
  /** As `onWrite`, for the parts of a function. */
  watch(listener) {
    this.#watchers.push(listener);
  }
  get(register, size) {
    return getLittle(this.bytes, register, size);
  }
  set(register, size, value) {
    setLittle(this.bytes, register, size, value);
  }
  get command() {
    return this.get(PCI_COMMAND, 2);
  }
  get isBusMaster() {
    return (this.command & COMMAND_MASTER) !== 0;
  }
  /** Where BAR `index` answers now; undefined while it does not. */
  barAddress(index) {
    return this.#mappings.find((mapping) => mapping.bar.index === index)?.at;
  }
  readConfig(register, size) {
    return register + size > 256 ? allOnes(size) : this.get(register, size);
  }
  writeConfig(register, size, value) {
    if (register + size > 256) return;
    for (let i = 0; i < size; i++) {
      const at = register + i;
      const byte = value >>> 8 * i & 255;
      const mask = this.writable[at];
      const kept = this.bytes[at] & ~(byte & this.writeOneToClear[at]);
      this.bytes[at] = kept & ~mask | byte & mask;
    }
    if (touches(register, size, PCI_COMMAND, 2)) {
      this.#updateMappings();
      this.#updateInterrupt();
    } else if (touches(register, size, PCI_BAR0, 24) || touches(register, size, PCI_ROM_BAR, 4)) {
      this.#updateMappings();
    }
    for (const watcher of this.#watchers) watcher(register, size);
    this.onWrite?.(register, size);
  }
  /** The function asserts or releases its INTx#; status and the disable bit of the command register follow. */
  setInterrupt(level) {
    this.#interrupt = level;
    this.#updateInterrupt();
  }
  reset() {
    this.bytes.set(this.#powerOn);
    this.#interrupt = false;
    this.#updateMappings();
    this.#updateInterrupt();
  }
  save() {
    return { bytes: this.bytes.slice() };
  }
  /** Takes over only what can change: identity and fixed bits stay this machine's. */
  restore(state) {
    for (let i = 0; i < 256; i++) {
      const mask = this.writable[i] | this.writeOneToClear[i] | this.volatile[i];
      this.bytes[i] = this.#powerOn[i] & ~mask | state.bytes[i] & mask;
    }
    this.#interrupt = (this.get(PCI_STATUS, 2) & STATUS_INTERRUPT) !== 0;
    this.#updateMappings();
    this.#updateInterrupt();
  }
  #defineBar(bar) {
    const register = PCI_BAR0 + 4 * bar.index;
    const low = bar.kind === "ports" ? 1 : (bar.isPrefetchable ? 8 : 0) | (bar.is64Bit ? 4 : 0);
    this.preset(register, 4, low);
    this.allow(register, 4, -bar.size & (bar.kind === "ports" ? ~3 : ~15));
    if (bar.kind !== "ports" && bar.is64Bit) this.allow(register + 4, 4, 4294967295);
    this.#mappings.push({ name: `${this.name}/bar${bar.index}`, bar, register, at: void 0 });
  }
  #defineRom(rom) {
    let size = 2048;
    while (size < rom.length) size *= 2;
    const handler = {
      readMmio: (offset, length) => offset + length > rom.length ? allOnes(length) : getLittle(rom, offset, length),
      writeMmio: () => {
      }
    };
    this.allow(PCI_ROM_BAR, 4, -size & ~2047 | 1);
    const bar = { kind: "mmio", index: 6, size, handler };
    this.#mappings.push({ name: `${this.name}/rom`, bar, register: PCI_ROM_BAR, at: void 0 });
  }
  #updateMappings() {
    const wanted = this.#mappings.map((mapping) => this.#decode(mapping));
    this.#mappings.forEach((mapping, i) => {
      if (mapping.at !== void 0 && mapping.at !== wanted[i]) this.#place(mapping, void 0);
    });
    this.#mappings.forEach((mapping, i) => {
      if (mapping.at !== wanted[i]) this.#place(mapping, wanted[i]);
    });
  }
  /** The address a BAR decodes, undefined when disabled, at 0, or at the all-ones value that sizing leaves. */
  #decode({ bar, register }) {
    const low = this.get(register, 4);
    if (bar.kind === "ports") {
      const at2 = (low & ~3) >>> 0;
      const isOn = (this.command & COMMAND_IO) !== 0 && at2 !== 0 && at2 + bar.size <= 65536;
      return isOn ? at2 : void 0;
    }
    if ((this.command & COMMAND_MEMORY) === 0) return void 0;
    if (register === PCI_ROM_BAR) {
      const at2 = (low & ~2047) >>> 0;
      return (low & 1) !== 0 && at2 !== 0 && at2 + bar.size < 4294967296 ? at2 : void 0;
    }
    const base = (low & ~15) >>> 0;
    const at = bar.is64Bit ? base + this.get(register + 4, 4) * 4294967296 : base;
    const limit = bar.is64Bit ? 2 ** 40 : 2 ** 32;
    const isSizing = at + bar.size === 2 ** 32;
    return at !== 0 && at + bar.size < limit && !isSizing ? at : void 0;
  }
  #place(mapping, at) {
    const { name: name2, bar } = mapping;
    mapping.at = at;
    const mapper = this.wires?.bars;
    if (mapper === void 0) return;
    if (bar.kind === "ports") mapper.mapPorts(name2, at, bar.size, bar.handler);
    else if (bar.kind === "mmio") mapper.mapMmio(name2, at, bar.size, bar.handler);
    else mapper.mapMemory(name2, at, bar.size, bar.offset);
  }
  #updateInterrupt() {
    const status = this.get(PCI_STATUS, 2) & ~STATUS_INTERRUPT;
    this.set(PCI_STATUS, 2, status | (this.#interrupt ? STATUS_INTERRUPT : 0));
    this.wires?.intx.set(this.#interrupt && (this.command & COMMAND_INTX_DISABLE) === 0);
  }
};
function touches(register, size, first, length) {
  return register < first + length && first < register + size;
}
function getLittle(bytes, at, size) {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
  return value;
}
function setLittle(bytes, at, size, value) {
  for (let i = 0; i < size; i++) bytes[at + i] = value >>> 8 * i & 255;
}

// ../pc/src/devices/i440fx/i440fx.ts
var PAM0 = 89;
var PAM6 = 95;
var SMRAM = 114;
var PAM_RE = 1;
var PAM_WE = 2;
var SMRAM_D_OPEN = 64;
var SMRAM_D_CLS = 32;
var SMRAM_D_LCK = 16;
var SMRAM_G_SMRAME = 8;
var SMRAM_C_BASE_SEG = 2;
var i440fxState = defineState({ kind: "i440fx", version: 1, check: isPciConfigState });
var I440fx = class {
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
    this.config = new PciConfigSpace(id, {
      vendor: 32902,
      device: 4663,
      revision: 2,
      classCode: 393216,
      subsystemVendor: 6900,
      subsystem: 4352,
      command: COMMAND_MASTER | COMMAND_MEMORY,
      commandWritable: 320,
      status: 640
    });
    for (const register of [81, 83, 85, 86, 87, 88, 104, 112, 113, 144])
      this.config.allow(register, 1, 255);
    for (let register = 96; register < 104; register++) {
      this.config.preset(register, 1, 1);
      this.config.allow(register, 1, 255);
    }
    this.config.preset(87, 1, 1);
    this.config.preset(112, 1, 32);
    this.config.preset(113, 1, 16);
    this.config.allow(PAM0, 1, 48);
    for (let register = PAM0 + 1; register <= PAM6; register++) this.config.allow(register, 1, 51);
    this.config.preset(SMRAM, 1, SMRAM_C_BASE_SEG);
    this.config.allow(SMRAM, 1, SMRAM_D_OPEN | SMRAM_D_CLS | SMRAM_D_LCK | SMRAM_G_SMRAME);
    this.config.onWrite = (first, size) => this.#configWritten(first, size);
  }
  id;
  wires;
  config;
  #smram = SMRAM_C_BASE_SEG;
  reset() {
    this.config.reset();
    this.#smram = SMRAM_C_BASE_SEG;
    this.#mapAll();
  }
  save() {
    return this.config.save();
  }
  restore(state) {
    this.config.restore(state);
    this.#smram = this.config.get(SMRAM, 1);
    this.#mapAll();
  }
  #configWritten(first, size) {
    for (let register = Math.max(first, PAM0); register < first + size && register <= PAM6; register++)
      this.#mapPam(register);
    if (first <= SMRAM && SMRAM < first + size) this.#writeSmram();
  }
  /** D_LCK, once set, clears D_OPEN and stays, with D_OPEN and G_SMRAME frozen, until reset (3.2.22). */
  #writeSmram() {
    let value = this.config.get(SMRAM, 1);
    if ((this.#smram & SMRAM_D_LCK) !== 0) value = this.#smram & ~SMRAM_D_CLS | value & SMRAM_D_CLS;
    else if ((value & SMRAM_D_LCK) !== 0) value &= ~SMRAM_D_OPEN;
    this.#smram = value;
    this.config.set(SMRAM, 1, value);
    this.#mapSmram();
  }
  #mapAll() {
    for (let register = PAM0; register <= PAM6; register++) this.#mapPam(register);
    this.#mapSmram();
  }
  /** PAM0's high half rules F0000-FFFFF; of PAM1-6 each half rules 16 KiB, from C0000 on (3.2.19). */
  #mapPam(register) {
    const value = this.config.get(register, 1);
    const segment = (gpa2, size, bits2) => this.wires.mapSegment({ gpa: gpa2, size, readsRam: (bits2 & PAM_RE) !== 0, writesRam: (bits2 & PAM_WE) !== 0 });
    if (register === PAM0) {
      segment(983040, 65536, value >> 4);
      return;
    }
    const gpa = 786432 + (register - PAM0 - 1) * 32768;
    segment(gpa, 16384, value & 15);
    segment(gpa + 16384, 16384, value >> 4);
  }
  #mapSmram() {
    const isEnabled = (this.#smram & SMRAM_G_SMRAME) !== 0;
    this.wires.mapSmram({
      isEnabled,
      isOpen: isEnabled && (this.#smram & SMRAM_D_OPEN) !== 0,
      isClosedToData: isEnabled && (this.#smram & SMRAM_D_CLS) !== 0
    });
  }
};

// ../pc/src/devices/i8042/scancodes.ts
var TABLE2 = [
  // a to z
  [4, 28, 28],
  [5, 50, 50],
  [6, 33, 33],
  [7, 35, 35],
  [8, 36, 36],
  [9, 43, 43],
  [10, 52, 52],
  [11, 51, 51],
  [12, 67, 67],
  [13, 59, 59],
  [14, 66, 66],
  [15, 75, 75],
  [16, 58, 58],
  [17, 49, 49],
  [18, 68, 68],
  [19, 77, 77],
  [20, 21, 21],
  [21, 45, 45],
  [22, 27, 27],
  [23, 44, 44],
  [24, 60, 60],
  [25, 42, 42],
  [26, 29, 29],
  [27, 34, 34],
  [28, 53, 53],
  [29, 26, 26],
  // 1 to 0
  [30, 22, 22],
  [31, 30, 30],
  [32, 38, 38],
  [33, 37, 37],
  [34, 46, 46],
  [35, 54, 54],
  [36, 61, 61],
  [37, 62, 62],
  [38, 70, 70],
  [39, 69, 69],
  // Enter, Escape, Backspace, Tab, Space, - = [ ] \ (also the ISO key of non-US boards) ; ' ` , . /
  [40, 90, 90],
  [41, 118, 8],
  [42, 102, 102],
  [43, 13, 13],
  [44, 41, 41],
  [45, 78, 78],
  [46, 85, 85],
  [47, 84, 84],
  [48, 91, 91],
  [49, 93, 92],
  [50, 93, 83],
  [51, 76, 76],
  [52, 82, 82],
  [53, 14, 14],
  [54, 65, 65],
  [55, 73, 73],
  [56, 74, 74],
  [57, 88, 20],
  // F1 to F12
  [58, 5, 7],
  [59, 6, 15],
  [60, 4, 23],
  [61, 12, 31],
  [62, 3, 39],
  [63, 11, 47],
  [64, 131, 55],
  [65, 10, 63],
  [66, 1, 71],
  [67, 9, 79],
  [68, 120, 86],
  [69, 7, 94],
  // Print Screen, Scroll Lock, Pause; the first and last have sequences of their own in sets 1 and 2
  [70, 57468, 87],
  [71, 126, 95],
  [72, 14750839, 98],
  // Insert, Home, Page Up, Delete, End, Page Down, right, left, down, up
  [73, 57456, 103],
  [74, 57452, 110],
  [75, 57469, 111],
  [76, 57457, 100],
  [77, 57449, 101],
  [78, 57466, 109],
  [79, 57460, 106],
  [80, 57451, 97],
  [81, 57458, 96],
  [82, 57461, 99],
  // Num Lock, keypad / * - + Enter, 1 to 9, 0, decimal
  [83, 119, 118],
  [84, 57418, 119],
  [85, 124, 126],
  [86, 123, 132],
  [87, 121, 124],
  [88, 57434, 121],
  [89, 105, 105],
  [90, 114, 114],
  [91, 122, 122],
  [92, 107, 107],
  [93, 115, 115],
  [94, 116, 116],
  [95, 108, 108],
  [96, 117, 117],
  [97, 125, 125],
  [98, 112, 112],
  [99, 113, 113],
  // The key beside the left Shift of ISO boards, Application, Power, keypad =
  [100, 97, 19],
  [101, 57391, 141],
  [102, 57399, 0],
  [103, 15, 0],
  // F13 to F24
  [104, 8, 0],
  [105, 16, 0],
  [106, 24, 0],
  [107, 32, 0],
  [108, 40, 0],
  [109, 48, 0],
  [110, 56, 0],
  [111, 64, 0],
  [112, 72, 0],
  [113, 80, 0],
  [114, 87, 0],
  [115, 95, 0],
  // Mute, volume up and down of the keyboard page; keypad comma
  [127, 57379, 0],
  [128, 57394, 0],
  [129, 57377, 0],
  [133, 109, 0],
  // International 1 (ro), 2 (katakana), 3 (yen), 4 (henkan), 5 (muhenkan), 6 (PC9800 comma); Korean and Japanese languages
  [135, 81, 81],
  [136, 19, 135],
  [137, 106, 93],
  [138, 100, 134],
  [139, 103, 133],
  [140, 39, 0],
  [144, 242, 0],
  [145, 241, 0],
  [146, 99, 0],
  [147, 98, 0],
  [148, 95, 0],
  // Left Ctrl, Shift, Alt, GUI; right ones
  [224, 20, 17],
  [225, 18, 18],
  [226, 17, 25],
  [227, 57375, 139],
  [228, 57364, 88],
  [229, 89, 89],
  [230, 57361, 57],
  [231, 57383, 140],
  // Generic desktop page: system power down, sleep, wake up
  [65665, 57399, 0],
  [65666, 57407, 0],
  [65667, 57438, 0],
  // Consumer page: next, previous, stop, play/pause, mute, volume up, down, media, mail, calculator, computer,
  // WWW search, home, back, forward, stop, refresh, favourites
  [786613, 57421, 0],
  [786614, 57365, 0],
  [786615, 57403, 0],
  [786637, 57396, 0],
  [786658, 57379, 0],
  [786665, 57394, 0],
  [786666, 57377, 0],
  [786819, 57424, 0],
  [786826, 57416, 0],
  [786834, 57387, 0],
  [786836, 57408, 0],
  [786977, 57360, 0],
  [786979, 57402, 0],
  [786980, 57400, 0],
  [786981, 57392, 0],
  [786982, 57384, 0],
  [786983, 57376, 0],
  [786986, 57368, 0]
];
var USAGE_PRINT_SCREEN = 70;
var USAGE_PAUSE = 72;
var USAGE_LEFT_CTRL = 224;
var USAGE_LEFT_SHIFT = 225;
var USAGE_LEFT_ALT = 226;
var USAGE_RIGHT_CTRL = 228;
var USAGE_RIGHT_SHIFT = 229;
var USAGE_RIGHT_ALT = 230;
var USAGES_WITHOUT_BREAK = [144, 145];
var keys = new Map(TABLE2.map(([usage, set2, set3]) => [usage, { set2, set3 }]));
function keyOfUsage(usage) {
  return keys.get(usage);
}
var TRANSLATION = [
  255,
  67,
  65,
  63,
  61,
  59,
  60,
  88,
  100,
  68,
  66,
  64,
  62,
  15,
  41,
  89,
  101,
  56,
  42,
  112,
  29,
  16,
  2,
  90,
  102,
  113,
  44,
  31,
  30,
  17,
  3,
  91,
  103,
  46,
  45,
  32,
  18,
  5,
  4,
  92,
  104,
  57,
  47,
  33,
  20,
  19,
  6,
  93,
  105,
  49,
  48,
  35,
  34,
  21,
  7,
  94,
  106,
  114,
  50,
  36,
  22,
  8,
  9,
  95,
  107,
  51,
  37,
  23,
  24,
  11,
  10,
  96,
  108,
  52,
  53,
  38,
  39,
  25,
  12,
  97,
  109,
  115,
  40,
  116,
  26,
  13,
  98,
  110,
  58,
  54,
  28,
  27,
  117,
  43,
  99,
  118,
  85,
  86,
  119,
  120,
  121,
  122,
  14,
  123,
  124,
  79,
  125,
  75,
  71,
  126,
  127,
  111,
  82,
  83,
  80,
  76,
  77,
  72,
  1,
  69,
  87,
  78,
  81,
  74,
  55,
  73,
  70,
  84,
  128,
  129,
  130,
  65,
  84
];
function translated(byte) {
  return TRANSLATION[byte] ?? byte;
}
function set1Of(set2) {
  const bytes = [];
  let release = 0;
  for (const byte of set2) {
    if (byte === 240) {
      release = 128;
    } else if (byte === 224 || byte === 225) {
      bytes.push(byte);
    } else {
      bytes.push(translated(byte) | release);
      release = 0;
    }
  }
  return bytes;
}

// ../pc/src/devices/i8042/ps2-keyboard.ts
var ACK = 250;
var RESEND = 254;
var ECHO = 238;
var BAT_OK = 170;
var ID = [171, 131];
var CMD_LEDS = 237;
var CMD_ECHO = 238;
var CMD_SCAN_SET = 240;
var CMD_ID = 242;
var CMD_TYPEMATIC = 243;
var CMD_ENABLE = 244;
var CMD_DISABLE = 245;
var CMD_DEFAULTS = 246;
var CMD_ALL_FIRST = 247;
var CMD_ALL_LAST = 250;
var CMD_KEY_FIRST = 251;
var CMD_KEY_LAST = 253;
var CMD_RESEND = 254;
var CMD_RESET = 255;
var BUFFER_SIZE = 16;
var LONGEST_STROKE = 8;
var RESPONSE_LIMIT = 8;
var DEFAULT_TYPEMATIC = 43;
var TYPEMATIC = 1;
var MAKE_BREAK = 2;
var SET3_MAKE_BREAK = [17, 18, 25, 88, 89, 57, 20];
var SET3_MAKE_ONLY = [
  7,
  15,
  23,
  31,
  39,
  47,
  55,
  63,
  71,
  79,
  86,
  94,
  87,
  95,
  98,
  8,
  118,
  103,
  110,
  111,
  101,
  109,
  108,
  107,
  105,
  117,
  115,
  114,
  112,
  116,
  122,
  113,
  125,
  119,
  126,
  121,
  139,
  140,
  141
];
function isPs2KeyboardState(value) {
  return isRecord(value) && isBytes(value.buffer) && value.buffer.length <= BUFFER_SIZE && isBytes(value.responses) && value.responses.length <= RESPONSE_LIMIT && isUint(value.lastSent, 255) && isUint(value.scanSet, 3) && value.scanSet > 0 && typeof value.isEnabled === "boolean" && isUint(value.leds, 7) && isUint(value.typematic, 127) && isUint(value.command, 255) && isBytes(value.set3Types, 256) && Array.isArray(value.pressed) && value.pressed.length <= 256 && value.pressed.every((usage) => isUint(usage)) && (value.repeating === void 0 || isUint(value.repeating)) && (value.repeatNs === void 0 || isUint(value.repeatNs, Number.MAX_SAFE_INTEGER)) && isUint(value.heldNs, Number.MAX_SAFE_INTEGER) && isUint(value.nextHeldNs, Number.MAX_SAFE_INTEGER);
}
var Ps2Keyboard = class {
  /** @param onData there is something to send */
  constructor(name2, clock, onData) {
    this.clock = clock;
    this.onData = onData;
    this.#repeatTimer = clock.createTimer(`${name2}/repeat`, () => this.#repeat());
    this.#defaultSet3Types();
  }
  clock;
  onData;
  #buffer = [];
  /** Answers to commands; they go before the buffer and past its limit. */
  #responses = [];
  #lastSent = 0;
  #scanSet = 2;
  #isEnabled = true;
  #leds = 0;
  #typematic = DEFAULT_TYPEMATIC;
  #command = 0;
  #set3Types = new Uint8Array(256);
  #pressed = /* @__PURE__ */ new Set();
  #repeating;
  #heldNs = 0;
  #nextHeldNs = 0;
  /** Disarmed while a key repeats: the repeat is due, and waits for the word that the key is still held. */
  #repeatTimer;
  /** Scroll, Num, Caps Lock in bits 0 to 2. */
  get leds() {
    return this.#leds;
  }
  get hasData() {
    return this.#responses.length > 0 || this.#buffer.length > 0;
  }
  /** Whether a stroke would be kept whole: a press comes alone, its release may stand behind it. */
  canTake(down) {
    if (!this.#isEnabled) return false;
    return down ? !this.hasData : this.#buffer.length + LONGEST_STROKE <= BUFFER_SIZE;
  }
  /** Keys that are down, by HID usage. */
  get pressed() {
    return [...this.#pressed];
  }
  /** A key by its HID usage; a repeated press is ignored, the keyboard repeats by itself. */
  press(usage, down) {
    if (keyOfUsage(usage) === void 0 || this.#pressed.has(usage) === down) return;
    if (down) this.#pressed.add(usage);
    else this.#pressed.delete(usage);
    if (!this.#isEnabled) return;
    this.#sendKey(usage, down);
    if (down && this.#repeats(usage)) {
      this.#repeating = usage;
      this.#heldNs = 0;
      this.#nextHeldNs = ((this.#typematic >> 5) + 1) * 25e7;
      this.#repeatTimer.arm(this.clock.nowNs() + this.#nextHeldNs);
    } else if (down || usage === this.#repeating) {
      this.#stopRepeat();
    }
  }
  /** The key that was pressed last is known to have been held for so long. */
  hold(usage, heldNs) {
    if (usage !== this.#repeating || heldNs <= this.#heldNs) return;
    this.#heldNs = heldNs;
    if (this.#repeatTimer.deadlineNs === void 0) this.#repeat();
  }
  /** Next byte on the wire; undefined when there is none. */
  take() {
    const byte = this.#responses.shift() ?? this.#buffer.shift();
    if (byte !== void 0 && byte !== RESEND) this.#lastSent = byte;
    return byte;
  }
  /** A byte from the host. */
  write(byte) {
    if (this.#command !== 0 && byte < CMD_LEDS) {
      const command = this.#command;
      this.#command = 0;
      this.#parameter(command, byte);
    } else {
      this.#command = 0;
      this.#execute(byte);
    }
    if (this.hasData) this.onData();
  }
  reset() {
    this.#buffer = [];
    this.#responses = [];
    this.#lastSent = 0;
    this.#command = 0;
    this.#leds = 0;
    this.#setDefaults();
    this.#isEnabled = true;
    this.#pressed.clear();
  }
  save() {
    return {
      buffer: Uint8Array.from(this.#buffer),
      responses: Uint8Array.from(this.#responses),
      lastSent: this.#lastSent,
      scanSet: this.#scanSet,
      isEnabled: this.#isEnabled,
      leds: this.#leds,
      typematic: this.#typematic,
      command: this.#command,
      set3Types: this.#set3Types.slice(),
      pressed: [...this.#pressed],
      repeating: this.#repeating,
      repeatNs: this.#repeatTimer.deadlineNs,
      heldNs: this.#heldNs,
      nextHeldNs: this.#nextHeldNs
    };
  }
  restore(state) {
    this.#buffer = [...state.buffer];
    this.#responses = [...state.responses];
    this.#lastSent = state.lastSent;
    this.#scanSet = state.scanSet;
    this.#isEnabled = state.isEnabled;
    this.#leds = state.leds;
    this.#typematic = state.typematic;
    this.#command = state.command;
    this.#set3Types.set(state.set3Types);
    this.#pressed.clear();
    for (const usage of state.pressed) this.#pressed.add(usage);
    this.#repeating = state.repeating;
    this.#heldNs = state.heldNs;
    this.#nextHeldNs = state.nextHeldNs;
    if (state.repeatNs === void 0) this.#repeatTimer.disarm();
    else this.#repeatTimer.arm(state.repeatNs);
  }
  #execute(byte) {
    if (byte !== CMD_RESEND) this.#responses = [];
    switch (byte) {
      case CMD_LEDS:
      case CMD_SCAN_SET:
      case CMD_TYPEMATIC:
        this.#command = byte;
        this.#respond(ACK);
        break;
      case CMD_ECHO:
        this.#respond(ECHO);
        break;
      case CMD_ID:
        this.#buffer = [];
        this.#respond(ACK, ...ID);
        break;
      case CMD_ENABLE:
        this.#buffer = [];
        this.#isEnabled = true;
        this.#respond(ACK);
        break;
      case CMD_DISABLE:
        this.#buffer = [];
        this.#setDefaults();
        this.#isEnabled = false;
        this.#respond(ACK);
        break;
      case CMD_DEFAULTS:
        this.#buffer = [];
        this.#setDefaults();
        this.#respond(ACK);
        break;
      case CMD_RESEND:
        this.#respond(this.#lastSent);
        break;
      case CMD_RESET:
        this.reset();
        this.#respond(ACK, BAT_OK);
        break;
      default:
        if (byte >= CMD_ALL_FIRST && byte <= CMD_ALL_LAST) {
          this.#buffer = [];
          this.#set3Types.fill(typeOf(byte - CMD_ALL_FIRST));
          this.#respond(ACK);
        } else if (byte >= CMD_KEY_FIRST && byte <= CMD_KEY_LAST) {
          this.#buffer = [];
          this.#command = byte;
          this.#respond(ACK);
        } else {
          this.#respond(RESEND);
        }
        break;
    }
  }
  #parameter(command, value) {
    switch (command) {
      case CMD_LEDS:
        this.#leds = value & 7;
        this.#respond(ACK);
        break;
      case CMD_SCAN_SET:
        if (value === 0) {
          this.#respond(ACK, this.#scanSet);
        } else if (value <= 3) {
          this.#scanSet = value;
          this.#buffer = [];
          this.#respond(ACK);
        } else {
          this.#respond(RESEND);
        }
        break;
      case CMD_TYPEMATIC:
        this.#typematic = value & 127;
        this.#respond(ACK);
        break;
      default:
        this.#set3Types[value] = typeOf(command - CMD_KEY_FIRST);
        this.#command = command;
        this.#respond(ACK);
        break;
    }
  }
  #respond(...bytes) {
    for (const byte of bytes) if (this.#responses.length < RESPONSE_LIMIT) this.#responses.push(byte);
  }
  #setDefaults() {
    this.#scanSet = 2;
    this.#typematic = DEFAULT_TYPEMATIC;
    this.#defaultSet3Types();
    this.#stopRepeat();
  }
  #defaultSet3Types() {
    this.#set3Types.fill(TYPEMATIC);
    for (const code of SET3_MAKE_BREAK) this.#set3Types[code] = MAKE_BREAK;
    for (const code of SET3_MAKE_ONLY) this.#set3Types[code] = 0;
  }
  #isDown(...usages) {
    return usages.some((usage) => this.#pressed.has(usage));
  }
  #sendKey(usage, down) {
    const bytes = this.#scanSet === 3 ? this.#set3Bytes(usage, down) : this.#set2Bytes(usage, down);
    this.#enqueue(this.#scanSet === 1 ? set1Of(bytes) : bytes);
  }
  /** A key's bytes go in whole or not at all; then the buffer's last place holds the overrun code. */
  #enqueue(bytes) {
    if (bytes.length === 0) return;
    if (this.#buffer.length + bytes.length < BUFFER_SIZE) this.#buffer.push(...bytes);
    else if (this.#buffer.length < BUFFER_SIZE && this.#buffer.at(-1) !== this.#overrun)
      this.#buffer.push(this.#overrun);
    this.onData();
  }
  get #overrun() {
    return this.#scanSet === 1 ? 255 : 0;
  }
  #set2Bytes(usage, down) {
    if (usage === USAGE_PAUSE) return this.#pauseBytes(down);
    if (usage === USAGE_PRINT_SCREEN) return this.#printScreenBytes(down);
    const code = keyOfUsage(usage)?.set2 ?? 0;
    if (!down && USAGES_WITHOUT_BREAK.includes(usage)) return [];
    const prefix = code > 255 ? [224] : [];
    return down ? [...prefix, code & 255] : [...prefix, 240, code & 255];
  }
  /** Pause has no break code; with Ctrl it is Break. */
  #pauseBytes(down) {
    if (!down) return [];
    if (this.#isDown(USAGE_LEFT_CTRL, USAGE_RIGHT_CTRL)) return [224, 126, 224, 240, 126];
    return [225, 20, 119, 225, 240, 20, 240, 119];
  }
  /** Print Screen comes in a false Shift unless Shift or Ctrl is down; with Alt it is SysRq. */
  #printScreenBytes(down) {
    if (this.#isDown(USAGE_LEFT_ALT, USAGE_RIGHT_ALT)) return down ? [132] : [240, 132];
    if (this.#isDown(USAGE_LEFT_CTRL, USAGE_RIGHT_CTRL, USAGE_LEFT_SHIFT, USAGE_RIGHT_SHIFT)) {
      return down ? [224, 124] : [224, 240, 124];
    }
    return down ? [224, 18, 224, 124] : [224, 240, 124, 224, 240, 18];
  }
  #set3Bytes(usage, down) {
    const code = keyOfUsage(usage)?.set3 ?? 0;
    if (code === 0) return [];
    if (down) return [code];
    return this.#set3Types[code] & MAKE_BREAK ? [240, code] : [];
  }
  #repeats(usage) {
    if (this.#scanSet !== 3) return usage !== USAGE_PAUSE;
    const code = keyOfUsage(usage)?.set3 ?? 0;
    return code !== 0 && (this.#set3Types[code] & TYPEMATIC) !== 0;
  }
  #stopRepeat() {
    this.#repeating = void 0;
    this.#heldNs = 0;
    this.#nextHeldNs = 0;
    this.#repeatTimer.disarm();
  }
  /** Repeats wait while the guest does not read: they would only fill the buffer. */
  #repeat() {
    const usage = this.#repeating;
    if (usage === void 0 || !this.#isEnabled || this.#heldNs < this.#nextHeldNs) return;
    if (this.#buffer.length === 0) {
      if (usage === USAGE_PRINT_SCREEN && this.#scanSet !== 3) this.#enqueueRepeatedPrintScreen();
      else this.#sendKey(usage, true);
    }
    const periodNs = (8 + (this.#typematic & 7)) * 2 ** (this.#typematic >> 3 & 3) * 417e4;
    this.#nextHeldNs += periodNs;
    this.#repeatTimer.arm(this.clock.nowNs() + periodNs);
  }
  #enqueueRepeatedPrintScreen() {
    const bytes = [224, 124];
    this.#enqueue(this.#scanSet === 1 ? set1Of(bytes) : bytes);
  }
};
function typeOf(index) {
  return [TYPEMATIC, MAKE_BREAK, 0, TYPEMATIC | MAKE_BREAK][index] ?? 0;
}

// ../pc/src/base/bits.ts
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
function toBcd(value) {
  return Math.trunc(value / 10) << 4 | value % 10;
}
function fromBcd(value) {
  return (value >> 4) * 10 + (value & 15);
}

// ../pc/src/devices/i8042/ps2-mouse.ts
var ACK2 = 250;
var RESEND2 = 254;
var ERROR = 252;
var BAT_OK2 = 170;
var CMD_SCALING_1_1 = 230;
var CMD_SCALING_2_1 = 231;
var CMD_RESOLUTION = 232;
var CMD_STATUS = 233;
var CMD_STREAM = 234;
var CMD_READ = 235;
var CMD_RESET_WRAP = 236;
var CMD_WRAP = 238;
var CMD_REMOTE = 240;
var CMD_ID2 = 242;
var CMD_RATE = 243;
var CMD_ENABLE2 = 244;
var CMD_DISABLE2 = 245;
var CMD_DEFAULTS2 = 246;
var CMD_RESEND2 = 254;
var CMD_RESET2 = 255;
var ID_PLAIN = 0;
var ID_WHEEL = 3;
var ID_EXPLORER = 4;
var RATES = [10, 20, 40, 60, 80, 100, 200];
var MAX_PENDING = 4096;
var RESPONSE_LIMIT2 = 8;
var isMotion = (value) => isNs(value) && Math.abs(value) <= MAX_PENDING;
function isPs2MouseState(value) {
  return isRecord(value) && isBytes(value.packet) && value.packet.length <= 4 && isBytes(value.responses) && value.responses.length <= RESPONSE_LIMIT2 && isUint(value.lastSent, 255) && (value.mode === "stream" || value.mode === "remote" || value.mode === "wrap") && typeof value.isRemoteUnderWrap === "boolean" && typeof value.isEnabled === "boolean" && isUint(value.rate, 200) && isUint(value.resolution, 3) && typeof value.isScaled === "boolean" && (value.mouseId === ID_PLAIN || value.mouseId === ID_WHEEL || value.mouseId === ID_EXPLORER) && Array.isArray(value.knock) && value.knock.length <= 3 && value.knock.every((rate) => isUint(rate, 255)) && isUint(value.command, 255) && isMotion(value.dx) && isMotion(value.dy) && isMotion(value.dz) && isUint(value.buttons, 31) && isUint(value.sentButtons, 31) && isUint(value.forced, 1);
}
function powerOn2() {
  return {
    lastSent: 0,
    mode: "stream",
    isRemoteUnderWrap: false,
    isEnabled: false,
    rate: 100,
    resolution: 2,
    isScaled: false,
    mouseId: ID_PLAIN,
    knock: [],
    command: 0,
    dx: 0,
    dy: 0,
    dz: 0,
    buttons: 0,
    sentButtons: 0,
    forced: 0
  };
}
var Ps2Mouse = class {
  /** @param onData there may be something to send */
  constructor(onData) {
    this.onData = onData;
  }
  onData;
  #regs = powerOn2();
  #packet = [];
  #responses = [];
  /** Whether the guest listens for movement. */
  get isReporting() {
    return this.#regs.isEnabled && this.#regs.mode === "stream";
  }
  get hasData() {
    return this.#responses.length > 0 || this.#packet.length > 0 || this.#hasNews;
  }
  /** dx to the right, dy down, wheel towards the user positive; bit 0 left, 1 right, 2 middle, 3 back, 4 forward. */
  move(dx, dy, wheel, buttons) {
    const regs = this.#regs;
    regs.buttons = buttons & 31;
    if (!regs.isEnabled && regs.mode !== "remote") return;
    regs.dx = clamp(regs.dx + Math.trunc(dx), -MAX_PENDING, MAX_PENDING);
    regs.dy = clamp(regs.dy - Math.trunc(dy), -MAX_PENDING, MAX_PENDING);
    regs.dz = clamp(regs.dz + Math.trunc(wheel), -MAX_PENDING, MAX_PENDING);
    this.onData();
  }
  /** Makes a packet without movement, for drivers that take the position elsewhere (the VMware backdoor). */
  ping() {
    if (!this.isReporting) return;
    this.#regs.forced = 1;
    this.onData();
  }
  take() {
    if (this.#responses.length === 0 && this.#packet.length === 0 && this.#hasNews) this.#packet = this.#makePacket();
    const byte = this.#responses.shift() ?? this.#packet.shift();
    if (byte !== void 0 && byte !== RESEND2) this.#regs.lastSent = byte;
    return byte;
  }
  /** A byte from the host. */
  write(byte) {
    const regs = this.#regs;
    this.#packet = [];
    if (byte !== CMD_RESEND2) this.#responses = [];
    if (regs.mode === "wrap" && byte !== CMD_RESET2 && byte !== CMD_RESET_WRAP) {
      this.#respond(byte);
    } else if (regs.command !== 0) {
      const command = regs.command;
      regs.command = 0;
      this.#parameter(command, byte);
    } else {
      this.#execute(byte);
    }
    if (this.hasData) this.onData();
  }
  reset() {
    this.#regs = powerOn2();
    this.#packet = [];
    this.#responses = [];
  }
  save() {
    return {
      ...this.#regs,
      knock: [...this.#regs.knock],
      packet: Uint8Array.from(this.#packet),
      responses: Uint8Array.from(this.#responses)
    };
  }
  restore(state) {
    const { packet, responses, ...registers } = state;
    const fresh = powerOn2();
    for (const key of Object.keys(fresh)) Object.assign(fresh, { [key]: registers[key] });
    fresh.knock = [...state.knock];
    this.#regs = fresh;
    this.#packet = [...packet];
    this.#responses = [...responses];
  }
  get #hasNews() {
    const { dx, dy, dz, buttons, sentButtons, forced, mouseId } = this.#regs;
    const wheel = mouseId === ID_PLAIN ? 0 : dz;
    return this.isReporting && (dx !== 0 || dy !== 0 || wheel !== 0 || buttons !== sentButtons || forced !== 0);
  }
  #execute(byte) {
    const regs = this.#regs;
    switch (byte) {
      case CMD_SCALING_1_1:
      case CMD_SCALING_2_1:
        regs.isScaled = byte === CMD_SCALING_2_1;
        this.#respond(ACK2);
        break;
      case CMD_RESOLUTION:
      case CMD_RATE:
        regs.command = byte;
        this.#respond(ACK2);
        break;
      case CMD_STATUS:
        this.#respond(ACK2, this.#status(), regs.resolution, regs.rate);
        break;
      case CMD_STREAM:
        regs.mode = "stream";
        this.#forget();
        this.#respond(ACK2);
        break;
      case CMD_REMOTE:
        regs.mode = "remote";
        this.#forget();
        this.#respond(ACK2);
        break;
      case CMD_WRAP:
        regs.isRemoteUnderWrap = regs.mode === "remote";
        regs.mode = "wrap";
        this.#respond(ACK2);
        break;
      case CMD_RESET_WRAP:
        if (regs.mode === "wrap") regs.mode = regs.isRemoteUnderWrap ? "remote" : "stream";
        this.#forget();
        this.#respond(ACK2);
        break;
      case CMD_READ:
        this.#respond(ACK2, ...this.#makePacket());
        break;
      case CMD_ID2:
        this.#respond(ACK2, regs.mouseId);
        break;
      case CMD_ENABLE2:
        regs.isEnabled = true;
        this.#forget();
        this.#respond(ACK2);
        break;
      case CMD_DISABLE2:
        regs.isEnabled = false;
        this.#forget();
        this.#respond(ACK2);
        break;
      case CMD_DEFAULTS2:
        this.#setDefaults();
        this.#respond(ACK2);
        break;
      case CMD_RESEND2:
        this.#respond(regs.lastSent);
        break;
      case CMD_RESET2: {
        const { buttons } = regs;
        this.reset();
        this.#regs.buttons = buttons;
        this.#respond(ACK2, BAT_OK2, ID_PLAIN);
        break;
      }
      default:
        this.#respond(RESEND2);
        break;
    }
  }
  #parameter(command, value) {
    const regs = this.#regs;
    if (command === CMD_RATE) {
      if (!RATES.includes(value)) {
        this.#respond(value === CMD_RESET2 ? RESEND2 : ERROR);
        return;
      }
      regs.rate = value;
      regs.knock = [...regs.knock, value].slice(-3);
      const [first, second, third] = regs.knock;
      if (first === 200 && second === 100 && third === 80 && regs.mouseId === ID_PLAIN) regs.mouseId = ID_WHEEL;
      if (first === 200 && second === 200 && third === 80) regs.mouseId = ID_EXPLORER;
      this.#respond(ACK2);
    } else if (value <= 3) {
      regs.resolution = value;
      this.#respond(ACK2);
    } else {
      this.#respond(ERROR);
    }
  }
  #setDefaults() {
    const { buttons, mouseId } = this.#regs;
    this.#regs = { ...powerOn2(), buttons, mouseId };
    this.#forget();
  }
  /** Movement before a change of mode is dropped. */
  #forget() {
    const regs = this.#regs;
    regs.dx = 0;
    regs.dy = 0;
    regs.dz = 0;
    regs.forced = 0;
    regs.sentButtons = regs.buttons;
  }
  #status() {
    const { mode, isEnabled, isScaled, buttons } = this.#regs;
    const pressed = (buttons & 1 ? 4 : 0) | (buttons & 4 ? 2 : 0) | (buttons & 2 ? 1 : 0);
    return (mode === "remote" ? 64 : 0) | (isEnabled ? 32 : 0) | (isScaled ? 16 : 0) | pressed;
  }
  #makePacket() {
    const regs = this.#regs;
    const dx = clamp(regs.dx, -255, 255);
    const dy = clamp(regs.dy, -255, 255);
    regs.dx -= dx;
    regs.dy -= dy;
    regs.sentButtons = regs.buttons;
    regs.forced = 0;
    const signs = (dx < 0 ? 16 : 0) | (dy < 0 ? 32 : 0);
    const packet = [8 | signs | regs.buttons & 7, dx & 255, dy & 255];
    if (regs.mouseId === ID_PLAIN) {
      regs.dz = 0;
    } else {
      const limit = regs.mouseId === ID_WHEEL ? 127 : 7;
      const dz = clamp(regs.dz, -limit, limit);
      regs.dz -= dz;
      packet.push(regs.mouseId === ID_WHEEL ? dz & 255 : dz & 15 | (regs.buttons & 24) << 1);
    }
    return packet;
  }
  #respond(...bytes) {
    for (const byte of bytes) if (this.#responses.length < RESPONSE_LIMIT2) this.#responses.push(byte);
  }
};

// ../pc/src/devices/i8042/i8042.ts
var STATUS_OBF = 1;
var STATUS_SYS = 4;
var STATUS_A2 = 8;
var STATUS_INH = 16;
var STATUS_AUX = 32;
var MODE_INT = 1;
var MODE_AUX_INT = 2;
var MODE_SYS = 4;
var MODE_NO_KEYBOARD = 16;
var MODE_NO_AUX = 32;
var MODE_TRANSLATE = 64;
var OUT_NO_RESET = 1;
var OUT_A20 = 2;
var OUT_OBF = 16;
var OUT_AUX_OBF = 32;
var OUT_WRITABLE = 207;
var RAM_SIZE = 32;
var BYTE_NS = 2e5;
var RELEASE = 240;
var INPUT_PORT = 128 | 32;
var SOURCES = ["none", "keyboard", "mouse", "controller", "auxEcho"];
var i8042State = defineState({
  kind: "i8042",
  version: 2,
  // Before, a keyboard repeated keys without the word that they are held.
  upgrade: {
    1: (old) => isRecord(old) && isRecord(old["keyboard"]) ? { ...old, keyboard: { ...old["keyboard"], heldNs: 0, nextHeldNs: 0 } } : old
  },
  check: (value) => isRecord(value) && isBytes(value.ram, RAM_SIZE) && isUint(value.outputPort, 255) && isUint(value.buffer, 255) && SOURCES.includes(value.source) && isUint(value.command, 255) && typeof value.wasCommand === "boolean" && typeof value.isRelease === "boolean" && isBytes(value.responses) && value.responses.length <= RAM_SIZE && isUint(value.readyNs, Number.MAX_SAFE_INTEGER) && isPs2KeyboardState(value.keyboard) && isPs2MouseState(value.mouse)
});
var I8042 = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.keyboard = new Ps2Keyboard(`${id}/keyboard`, clock, () => this.#fill());
    this.mouse = new Ps2Mouse(() => this.#fill());
    this.#timer = clock.createTimer(`${id}/byte`, () => this.#fill());
    this.#ram[0] = MODE_TRANSLATE | MODE_SYS | MODE_INT;
  }
  id;
  clock;
  wires;
  keyboard;
  mouse;
  #ram = new Uint8Array(RAM_SIZE);
  #outputPort = OUT_NO_RESET | OUT_A20;
  #buffer = 0;
  #source = "none";
  #command = 0;
  #wasCommand = false;
  #isRelease = false;
  /** The controller's own answers; each as [source, byte]. */
  #responses = [];
  /** Before this time no device byte arrives. */
  #readyNs = 0;
  #timer;
  data = {
    readPort: () => this.#readData(),
    writePort: (_offset, _size, value) => this.#writeData(value & 255)
  };
  control = {
    readPort: () => this.#status(),
    writePort: (_offset, _size, value) => this.#writeCommand(value & 255)
  };
  /** A key by HID usage (see scancodes.ts): a machine input. */
  pressKey(usage, down) {
    this.keyboard.press(usage, down);
  }
  /** How long the key has been held until now, for the keyboard's repeat: a machine input. */
  holdKey(usage, heldMs) {
    this.keyboard.hold(usage, heldMs * 1e6);
  }
  moveMouse(dx, dy, wheel, buttons) {
    this.mouse.move(dx, dy, wheel, buttons);
  }
  reset() {
    this.#ram.fill(0);
    this.#ram[0] = MODE_TRANSLATE | MODE_SYS | MODE_INT;
    this.#buffer = 0;
    this.#source = "none";
    this.#command = 0;
    this.#wasCommand = false;
    this.#isRelease = false;
    this.#responses = [];
    this.#readyNs = 0;
    this.#timer.disarm();
    this.keyboard.reset();
    this.mouse.reset();
    this.#setOutputPort(OUT_NO_RESET | OUT_A20);
    this.#updateInterrupt();
  }
  save() {
    return {
      ram: this.#ram.slice(),
      outputPort: this.#outputPort,
      buffer: this.#buffer,
      source: this.#source,
      command: this.#command,
      wasCommand: this.#wasCommand,
      isRelease: this.#isRelease,
      responses: Uint8Array.from(this.#responses.flatMap(([source, byte]) => [RESPONSE_SOURCES.indexOf(source), byte])),
      readyNs: this.#readyNs,
      keyboard: this.keyboard.save(),
      mouse: this.mouse.save()
    };
  }
  restore(state) {
    this.#ram.set(state.ram);
    this.#buffer = state.buffer;
    this.#source = state.source;
    this.#command = state.command;
    this.#wasCommand = state.wasCommand;
    this.#isRelease = state.isRelease;
    this.#responses = [];
    for (let i = 0; i + 1 < state.responses.length; i += 2) {
      this.#responses.push([RESPONSE_SOURCES[state.responses[i]] ?? "controller", state.responses[i + 1]]);
    }
    this.#readyNs = state.readyNs;
    this.keyboard.restore(state.keyboard);
    this.mouse.restore(state.mouse);
    this.#outputPort = state.outputPort;
    this.wires.a20.set((state.outputPort & OUT_A20) !== 0);
    this.#updateInterrupt();
    if (this.#source === "none") this.#fill();
  }
  get #mode() {
    return this.#ram[0];
  }
  get #isAux() {
    return this.#source === "mouse" || this.#source === "auxEcho";
  }
  #status() {
    return (this.#source === "none" ? 0 : STATUS_OBF) | (this.#mode & MODE_SYS ? STATUS_SYS : 0) | (this.#wasCommand ? STATUS_A2 : 0) | STATUS_INH | (this.#isAux ? STATUS_AUX : 0);
  }
  #readData() {
    const value = this.#buffer;
    if (this.#source !== "none") {
      this.#source = "none";
      this.#readyNs = this.clock.nowNs() + BYTE_NS;
      this.#updateInterrupt();
      this.#fill();
    }
    return value;
  }
  /** Loads the output buffer if it is empty: the controller's answers first, then the keyboard, then the mouse. */
  #fill() {
    if (this.#source !== "none") return;
    const response = this.#responses.shift();
    if (response !== void 0) {
      [this.#source, this.#buffer] = response;
      this.#updateInterrupt();
      return;
    }
    const keyboard = (this.#mode & MODE_NO_KEYBOARD) === 0 && this.keyboard.hasData;
    const mouse = (this.#mode & MODE_NO_AUX) === 0 && this.mouse.hasData;
    if (!keyboard && !mouse) return;
    if (this.clock.nowNs() < this.#readyNs) {
      this.#timer.arm(this.#readyNs);
      return;
    }
    if (keyboard) this.#takeFromKeyboard();
    else this.#takeFromMouse();
    this.#updateInterrupt();
  }
  #takeFromKeyboard() {
    let byte = this.keyboard.take();
    if (byte !== void 0 && this.#mode & MODE_TRANSLATE) {
      if (byte === RELEASE) {
        this.#isRelease = true;
        byte = this.keyboard.take();
      }
      if (byte !== void 0) {
        byte = translated(byte) | (this.#isRelease ? 128 : 0);
        this.#isRelease = false;
      }
    }
    if (byte === void 0) return;
    this.#buffer = byte;
    this.#source = "keyboard";
  }
  #takeFromMouse() {
    const byte = this.mouse.take();
    if (byte === void 0) return;
    this.#buffer = byte;
    this.#source = "mouse";
  }
  #respond(source, byte) {
    if (this.#responses.length < 8) this.#responses.push([source, byte]);
    this.#fill();
  }
  #writeCommand(command) {
    this.#wasCommand = true;
    this.#command = 0;
    if (command >= 32 && command <= 63) {
      this.#respond("controller", this.#ram[command & 31]);
      return;
    }
    if (command >= 96 && command <= 127) {
      this.#command = command;
      return;
    }
    if (command >= 240) {
      if ((command & OUT_NO_RESET) === 0) this.wires.reset.pulse();
      return;
    }
    switch (command) {
      case 164:
        this.#respond("controller", 241);
        break;
      case 167:
        this.#setMode(this.#mode | MODE_NO_AUX);
        break;
      case 168:
        this.#setMode(this.#mode & ~MODE_NO_AUX);
        break;
      case 169:
        this.#respond("controller", 0);
        break;
      case 170:
        this.#setMode(this.#mode & ~(MODE_INT | MODE_AUX_INT) | MODE_SYS | MODE_NO_KEYBOARD | MODE_NO_AUX);
        this.#responses = [];
        this.#source = "none";
        this.#isRelease = false;
        this.#respond("controller", 85);
        this.#updateInterrupt();
        break;
      case 171:
        this.#respond("controller", 0);
        break;
      case 173:
        this.#setMode(this.#mode | MODE_NO_KEYBOARD);
        break;
      case 174:
        this.#setMode(this.#mode & ~MODE_NO_KEYBOARD);
        break;
      case 192:
        this.#respond("controller", INPUT_PORT);
        break;
      case 208:
        this.#respond("controller", this.#readOutputPort());
        break;
      case 209:
      case 210:
      case 211:
      case 212:
        this.#command = command;
        break;
      case 221:
        this.#setOutputPort(this.#outputPort & ~OUT_A20);
        break;
      case 223:
        this.#setOutputPort(this.#outputPort | OUT_A20);
        break;
      case 224:
        this.#respond("controller", 3);
        break;
      default:
        break;
    }
  }
  #writeData(value) {
    const command = this.#command;
    this.#command = 0;
    this.#wasCommand = false;
    if (command >= 96 && command <= 127) {
      if (command === 96) this.#setMode(value);
      else this.#ram[command & 31] = value;
      return;
    }
    switch (command) {
      case 209:
        this.#setOutputPort(value);
        if ((value & OUT_NO_RESET) === 0) this.wires.reset.pulse();
        break;
      case 210:
        this.#respond("keyboard", value);
        break;
      case 211:
        this.#respond("auxEcho", value);
        break;
      case 212:
        this.#setMode(this.#mode & ~MODE_NO_AUX);
        this.mouse.write(value);
        break;
      default:
        this.#setMode(this.#mode & ~MODE_NO_KEYBOARD);
        this.keyboard.write(value);
        break;
    }
  }
  #setMode(value) {
    this.#ram[0] = value;
    this.#updateInterrupt();
    this.#fill();
  }
  #readOutputPort() {
    const full = this.#source === "none" ? 0 : this.#isAux ? OUT_AUX_OBF : OUT_OBF;
    return this.#outputPort | full;
  }
  #setOutputPort(value) {
    this.#outputPort = value & OUT_WRITABLE | OUT_NO_RESET;
    this.wires.a20.set((value & OUT_A20) !== 0);
  }
  #updateInterrupt() {
    const isFull = this.#source !== "none";
    this.wires.irq1.set(isFull && !this.#isAux && (this.#mode & MODE_INT) !== 0);
    this.wires.irq12.set(isFull && this.#isAux && (this.#mode & MODE_AUX_INT) !== 0);
  }
};
var RESPONSE_SOURCES = ["controller", "auxEcho", "keyboard"];

// ../pc/src/machine/interrupt-message.ts
var DELIVERY_FIXED = 0;
var DELIVERY_LOWEST = 1;
var DELIVERY_SMI = 2;
var DELIVERY_NMI = 4;
var DELIVERY_INIT = 5;
var DELIVERY_STARTUP = 6;
var DELIVERY_EXTINT = 7;
function messageOfMsi(address2, data) {
  return {
    deliveryMode: data >>> 8 & 7,
    vector: data & 255,
    destination: address2 >>> 12 & 255,
    isLogical: (address2 & 4) !== 0,
    isLevel: (data & 32768) !== 0
  };
}

// ../pc/src/machine/pci-msi.ts
var CAPABILITY_MSI = 5;
var CONTROL = 2;
var MSI_ENABLE = 1;
var MSI_64_BIT = 128;
var MSI_MASKABLE = 256;
var MSI_ADDRESS = 4;
var MSI_ADDRESS_HIGH = 8;
var MSI_DATA = 12;
var MSI_MASK = 16;
var MSI_PENDING = 20;
var MSI_LENGTH = 24;
var MESSAGE_AREA = 4078;
function send(bus, address2, addressHigh, data) {
  if (addressHigh === 0 && address2 >>> 20 === MESSAGE_AREA) bus.send(messageOfMsi(address2, data));
}
var MsiCapability = class {
  /** @param vectors how many messages the function can tell apart: 1, 2, 4 … 32 */
  constructor(config, at, vectors, bus) {
    this.config = config;
    this.at = at;
    this.vectors = vectors;
    this.bus = bus;
    config.addCapability(at, CAPABILITY_MSI, MSI_LENGTH);
    const capable = Math.log2(vectors);
    config.preset(at + CONTROL, 2, capable << 1 | MSI_64_BIT | MSI_MASKABLE);
    config.allow(at + CONTROL, 2, MSI_ENABLE | 112);
    config.allow(at + MSI_ADDRESS, 4, 4294967292);
    config.allow(at + MSI_ADDRESS_HIGH, 4, 4294967295);
    config.allow(at + MSI_DATA, 2, 65535);
    const bits2 = 2 ** vectors - 1;
    config.allow(at + MSI_MASK, 4, bits2);
    config.change(at + MSI_PENDING, 4, bits2);
    config.watch((first, size) => {
      if (first < at + MSI_LENGTH && at < first + size) this.#sendPending();
    });
  }
  config;
  at;
  vectors;
  bus;
  get isEnabled() {
    return (this.config.get(this.at + CONTROL, 2) & MSI_ENABLE) !== 0;
  }
  /** Sends a message; masked, it waits. Vectors beyond those that software has enabled share the low ones (6.8.1.3). */
  raise(vector3) {
    if (!this.isEnabled) return;
    const { config, at } = this;
    const enabled = Math.min(this.vectors, 1 << (config.get(at + CONTROL, 2) >> 4 & 7));
    const number = vector3 & enabled - 1;
    if (config.get(at + MSI_MASK, 4) >>> number & 1) {
      config.set(at + MSI_PENDING, 4, (config.get(at + MSI_PENDING, 4) | 1 << number) >>> 0);
      return;
    }
    const data = config.get(at + MSI_DATA, 2) & ~(enabled - 1) | number;
    send(this.bus, config.get(at + MSI_ADDRESS, 4), config.get(at + MSI_ADDRESS_HIGH, 4), data);
  }
  #sendPending() {
    const { config, at } = this;
    if (!this.isEnabled) return;
    const due = config.get(at + MSI_PENDING, 4) & ~config.get(at + MSI_MASK, 4);
    if (due === 0) return;
    config.set(at + MSI_PENDING, 4, (config.get(at + MSI_PENDING, 4) & ~due) >>> 0);
    for (let vector3 = 0; vector3 < this.vectors; vector3++) if (due >>> vector3 & 1) this.raise(vector3);
  }
};

// ../pc/src/devices/ide/registers.ts
var REG_DATA = 0;
var REG_ERROR = 1;
var REG_COUNT = 2;
var REG_LBA0 = 3;
var REG_LBA1 = 4;
var REG_LBA2 = 5;
var REG_DEVICE = 6;
var REG_STATUS2 = 7;
var STATUS_ERR = 1;
var STATUS_DRQ = 8;
var STATUS_DSC = 16;
var STATUS_DRDY = 64;
var STATUS_BSY = 128;
var ERROR_ABRT = 4;
var ERROR_IDNF = 16;
var ERROR_UNC = 64;
var DEVICE_DEV = 16;
var DEVICE_LBA = 64;
var CONTROL_NIEN = 2;
var CONTROL_SRST = 4;
var CONTROL_HOB = 128;
var REASON_COD = 1;
var REASON_IO = 2;
var BMICOM_START = 1;
var BMICOM_RWCON = 8;
var BMISTA_ACTIVE = 1;
var BMISTA_ERROR = 2;
var BMISTA_INTERRUPT = 4;
var BMISTA_CAPABLE = 96;
var SECTOR2 = 512;
var CHUNK = 65536;

// ../pc/src/devices/ide/ahci-queue.ts
var READ_QUEUED = 96;
var WRITE_QUEUED = 97;
var DEVICE_FUA = 128;
function queuedCommand(fis, transfer2) {
  const byte = (at) => fis[at];
  return {
    isWrite: byte(2) === WRITE_QUEUED,
    tag: byte(12) >> 3,
    lba: byte(4) + byte(5) * 2 ** 8 + byte(6) * 2 ** 16 + byte(8) * 2 ** 24 + byte(9) * 2 ** 32 + byte(10) * 2 ** 40,
    count: byte(11) << 8 | byte(3) || 65536,
    isFua: (byte(7) & DEVICE_FUA) !== 0,
    transfer: transfer2
  };
}
var AhciQueue = class {
  constructor(port, ended) {
    this.port = port;
    this.ended = ended;
  }
  port;
  ended;
  /** Tags that are being worked on. */
  #active = /* @__PURE__ */ new Set();
  #epoch = 0;
  #log = new Uint8Array(SECTOR2);
  get isEmpty() {
    return this.#active.size === 0;
  }
  get errorLog() {
    return this.#log;
  }
  set errorLog(log) {
    this.#log = log;
  }
  /** What the host still works on is forgotten. */
  abort() {
    this.#epoch++;
    this.#active.clear();
  }
  start(command) {
    const sectors = Math.ceil((this.port.medium?.sizeBytes ?? 0) / SECTOR2);
    const isWrong = this.#active.has(command.tag);
    this.#active.add(command.tag);
    if (isWrong || command.isWrite && this.port.medium?.isReadOnly !== false) this.#fail(command, ERROR_ABRT);
    else if (command.lba + command.count > sectors) this.#fail(command, ERROR_IDNF);
    else this.#next(command, 0);
  }
  #next(command, done) {
    const total = command.count * SECTOR2;
    if (done === total) {
      if (command.isWrite && command.isFua)
        this.port.flush(this.#guarded(command, ERROR_ABRT, () => this.#end(command)));
      else this.#end(command);
      return;
    }
    const { transfer: transfer2 } = command;
    const offset = command.lba * SECTOR2 + done;
    const length = Math.min(CHUNK, total - done);
    if (command.isWrite) {
      const data = new Uint8Array(length);
      if (transfer2.fromGuest(data) < length) {
        this.#fail(command, ERROR_ABRT);
        return;
      }
      this.port.write(
        offset,
        data,
        this.#guarded(command, ERROR_ABRT, () => this.#next(command, done + length))
      );
      return;
    }
    const there = Math.max(0, Math.min(length, (this.port.medium?.sizeBytes ?? 0) - offset));
    this.port.read(
      offset,
      there,
      this.#guarded(command, ERROR_UNC, (bytes) => {
        const data = there === length ? bytes : new Uint8Array(length);
        if (data !== bytes) data.set(bytes);
        if (transfer2.toGuest(data) < length) this.#fail(command, ERROR_ABRT);
        else this.#next(command, done + length);
      })
    );
  }
  #guarded(command, error, then) {
    const epoch = this.#epoch;
    return (result) => {
      if (epoch !== this.#epoch) return;
      if (result.ok) then(result.value);
      else this.#fail(command, error);
    };
  }
  #end(command) {
    this.#active.delete(command.tag);
    this.ended(command.tag, 0);
  }
  /** The log says which one it was, its last address and the registers (13.7.3). */
  #fail(command, error) {
    this.abort();
    const log = new Uint8Array(SECTOR2);
    log[0] = command.tag;
    log[2] = STATUS_DRDY | STATUS_DSC | STATUS_ERR;
    log[3] = error;
    let lba = command.lba;
    for (const at of [4, 5, 6, 8, 9, 10]) {
      log[at] = lba % 256;
      lba = Math.floor(lba / 256);
    }
    log[7] = 64;
    log[12] = command.count & 255;
    log[13] = command.count >> 8;
    log[SECTOR2 - 1] = -log.reduce((sum, byte) => sum + byte, 0) & 255;
    this.#log = log;
    this.ended(command.tag, error);
  }
};

// ../pc/src/devices/ide/ahci-registers.ts
var HOST_CAP = 0;
var HOST_GHC = 4;
var HOST_IS = 8;
var HOST_PI = 12;
var HOST_VS = 16;
var CAP_SLOTS_32 = 31 << 8;
var CAP_ONLY_AHCI = 1 << 18;
var CAP_GENERATION_2 = 2 << 20;
var CAP_COMMAND_LIST_OVERRIDE = 1 << 24;
var CAP_QUEUE = 1 << 30;
var CAP_64_BIT = 2147483648;
var GHC_RESET = 1;
var GHC_INTERRUPTS = 2;
var GHC_AHCI = 2147483648;
var VERSION_1_3 = 66304;
var PORT_CLB = 0;
var PORT_CLBU = 4;
var PORT_FB = 8;
var PORT_FBU = 12;
var PORT_IS = 16;
var PORT_IE = 20;
var PORT_CMD = 24;
var PORT_TFD = 32;
var PORT_SIG = 36;
var PORT_SSTS = 40;
var PORT_SCTL = 44;
var PORT_SERR = 48;
var PORT_SACT = 52;
var PORT_CI = 56;
var IS_D2H = 1 << 0;
var IS_PIO_SETUP = 1 << 1;
var IS_SET_BITS = 1 << 3;
var IS_DESCRIPTOR = 1 << 5;
var IS_CONNECT = 1 << 6;
var IS_PHY_READY = 1 << 22;
var IS_OVERFLOW = 1 << 24;
var IS_TASK_FILE = 1 << 30;
var IS_CLEARABLE = (IS_D2H | IS_PIO_SETUP | 4 | IS_SET_BITS | IS_DESCRIPTOR | IS_OVERFLOW | IS_TASK_FILE) >>> 0;
var IE_BITS = 4257218815;
var CMD_START = 1 << 0;
var CMD_SPIN_UP = 1 << 1;
var CMD_POWER_ON = 1 << 2;
var CMD_LIST_OVERRIDE = 1 << 3;
var CMD_RECEIVE = 1 << 4;
var CMD_RECEIVE_RUNNING = 1 << 14;
var CMD_LIST_RUNNING = 1 << 15;
var CMD_ATAPI = 1 << 24;
var CMD_WRITABLE = CMD_START | CMD_RECEIVE | CMD_ATAPI | 1 << 25;
var SSTS_READY = 291;
var SCTL_DETECTION = 15;
var SERR_PHY_READY = 1 << 16;
var SERR_EXCHANGED = 1 << 26;
var HEADER_BYTES = 32;
var HEADER_CLEAR_BUSY = 1 << 10;
var TABLE_PACKET = 64;
var TABLE_DESCRIPTORS = 128;
var DESCRIPTOR_INTERRUPT = 2147483648;
var RECEIVED_PIO_SETUP = 32;
var RECEIVED_D2H = 64;
var RECEIVED_SET_BITS = 88;
var FIS_H2D = 39;
var FIS_D2H = 52;
var FIS_PIO_SETUP = 95;
var FIS_SET_BITS = 161;
var FIS_INTERRUPT = 64;
var FIS_COMMAND = 128;
var SIGNATURE_NONE = 4294967295;

// ../pc/src/devices/ide/ahci-transfer.ts
var DESCRIPTOR_BYTES = 16;
function address(low, high) {
  return (low >>> 0) + (high & 255) * 4294967296;
}
var AhciTransfer = class {
  constructor(memory, table2, descriptorCount) {
    this.memory = memory;
    this.table = table2;
    this.descriptorCount = descriptorCount;
  }
  memory;
  table;
  descriptorCount;
  /** Bytes moved so far. */
  moved = 0;
  /** A descriptor that is used up wants an interrupt. */
  wantsInterrupt = false;
  #next = 0;
  #address = 0;
  #left = 0;
  #interrupts = false;
  /** How many bytes the descriptors took. */
  toGuest(data) {
    return this.#walk(data.length, (gpa, done, length) => this.memory.write(gpa, data.subarray(done, done + length)));
  }
  fromGuest(into2) {
    return this.#walk(into2.length, (gpa, done, length) => this.memory.read(gpa, into2.subarray(done, done + length)));
  }
  #walk(length, move) {
    let done = 0;
    while (done < length) {
      if (this.#left === 0 && !this.#fetch()) break;
      const step = Math.min(this.#left, length - done);
      move(this.#address, done, step);
      this.#address += step;
      this.#left -= step;
      done += step;
      if (this.#left === 0 && this.#interrupts) this.wantsInterrupt = true;
    }
    this.moved += done;
    return done;
  }
  #fetch() {
    if (this.#next >= this.descriptorCount) return false;
    const at = this.table + TABLE_DESCRIPTORS + DESCRIPTOR_BYTES * this.#next++;
    const flags2 = this.memory.readU32(at + 12);
    this.#address = address(this.memory.readU32(at) & ~1, this.memory.readU32(at + 4));
    this.#left = (flags2 & 4194303 | 1) + 1;
    this.#interrupts = (flags2 & DESCRIPTOR_INTERRUPT) !== 0;
    return true;
  }
};

// ../pc/src/devices/ide/ata-identify.ts
function defaultGeometry(sectorCount) {
  return { cylinders: Math.max(1, Math.min(16383, Math.floor(sectorCount / (16 * 63)))), heads: 16, sectors: 63 };
}
var MAX_MULTIPLE = 16;
function identifyDisk(identity, disk) {
  const words2 = new Uint16Array(256);
  const { geometry, heads, sectors, sectorCount } = disk;
  const cylinders = Math.min(65535, Math.floor(sectorCount / (heads * sectors)));
  const chsSectors = Math.min(sectorCount, cylinders * heads * sectors);
  words2[0] = 64;
  words2[1] = geometry.cylinders;
  words2[3] = geometry.heads;
  words2[4] = 512 * geometry.sectors;
  words2[5] = 512;
  words2[6] = geometry.sectors;
  words2[20] = 3;
  words2[21] = 512;
  words2[22] = 4;
  putString(words2, 10, 10, identity.serial);
  putString(words2, 23, 4, identity.firmware);
  putString(words2, 27, 20, identity.model);
  words2[47] = 32768 | MAX_MULTIPLE;
  words2[48] = 1;
  words2[49] = 3840;
  words2[50] = 16384;
  words2[51] = 512;
  words2[52] = 512;
  words2[53] = 7;
  words2[54] = cylinders;
  words2[55] = heads;
  words2[56] = sectors;
  put32(words2, 57, chsSectors);
  if (disk.multiple > 0) words2[59] = 256 | disk.multiple;
  put32(words2, 60, Math.min(sectorCount, 268435455));
  putModes(words2, disk.dma);
  words2[80] = 240;
  words2[81] = 22;
  words2[82] = 28712;
  words2[83] = 29696;
  words2[84] = 16384;
  words2[85] = 28680 | (disk.writeCache ? 32 : 0);
  words2[86] = 13312;
  words2[87] = 16384;
  if (disk.isSerial) putSerialAta(words2, true);
  else words2[93] = disk.isSlave ? 18945 : 24587;
  put32(words2, 100, sectorCount % 4294967296);
  put32(words2, 102, Math.floor(sectorCount / 4294967296));
  return withChecksum(words2);
}
function identifyCdrom(identity, dma, isSlave, isSerial) {
  const words2 = new Uint16Array(256);
  words2[0] = 34240;
  putString(words2, 10, 10, identity.serial);
  words2[20] = 3;
  words2[21] = 512;
  words2[22] = 4;
  putString(words2, 23, 4, identity.firmware);
  putString(words2, 27, 20, identity.model);
  words2[48] = 1;
  words2[49] = 3840;
  words2[50] = 16384;
  words2[53] = 7;
  putModes(words2, dma);
  words2[71] = 30;
  words2[72] = 30;
  words2[80] = 126;
  words2[81] = 24;
  words2[82] = 16920;
  words2[83] = 16384;
  words2[84] = 16384;
  words2[85] = 16920;
  words2[87] = 16384;
  if (isSerial) putSerialAta(words2, false);
  else words2[93] = isSlave ? 18945 : 24587;
  return withChecksum(words2);
}
function putModes(words2, dma) {
  words2[62] = 0;
  words2[63] = 7 | (dma.multiword >= 0 ? 256 << dma.multiword : 0);
  words2[64] = 3;
  for (let i = 65; i <= 68; i++) words2[i] = 120;
  words2[88] = 63 | (dma.ultra >= 0 ? 256 << dma.ultra : 0);
}
function putSerialAta(words2, hasQueue) {
  words2[76] = 6 | (hasQueue ? 256 : 0);
  words2[80] |= 32;
  if (!hasQueue) return;
  words2[75] = 31;
  words2[84] |= 32;
  words2[87] |= 32;
}
function put32(words2, at, value) {
  words2[at] = value & 65535;
  words2[at + 1] = value >>> 16 & 65535;
}
function putString(words2, at, length, text2) {
  const padded = text2.slice(0, 2 * length).padEnd(2 * length, " ");
  const code = (i) => {
    const value = padded.charCodeAt(i);
    return value >= 32 && value < 127 ? value : 63;
  };
  for (let i = 0; i < length; i++) words2[at + i] = code(2 * i) << 8 | code(2 * i + 1);
}
function withChecksum(words2) {
  const bytes = new Uint8Array(512);
  for (let i = 0; i < 256; i++) {
    bytes[2 * i] = words2[i] & 255;
    bytes[2 * i + 1] = words2[i] >>> 8;
  }
  bytes[510] = 165;
  let sum = 0;
  for (let i = 0; i < 511; i++) sum += bytes[i];
  bytes[511] = -sum & 255;
  return bytes;
}

// ../pc/src/devices/ide/drive.ts
var MODES = ["none", "pioIn", "pioOut", "dmaIn", "dmaOut"];
var TASK_FILE_KEYS = [
  "feature",
  "count",
  "lba0",
  "lba1",
  "lba2",
  "previousFeature",
  "previousCount",
  "previousLba0",
  "previousLba1",
  "previousLba2",
  "device",
  "status",
  "error",
  "command"
];
function isDriveState(value) {
  return isRecord(value) && isRecord(value.regs) && TASK_FILE_KEYS.every((key) => isUint(value.regs[key], 255)) && typeof value.interrupt === "boolean" && typeof value.mode === "string" && MODES.includes(value.mode) && isBytes(value.buffer) && value.buffer.length <= 2 * CHUNK && isUint(value.end, value.buffer.length) && isUint(value.position, value.buffer.length) && typeof value.isDma === "boolean";
}
var NO_BYTES2 = new Uint8Array(0);
function powerOnTaskFile() {
  return {
    feature: 0,
    count: 1,
    lba0: 1,
    lba1: 0,
    lba2: 0,
    previousFeature: 0,
    previousCount: 0,
    previousLba0: 0,
    previousLba1: 0,
    previousLba2: 0,
    device: 0,
    status: 0,
    error: 1,
    command: 0
  };
}
var IdeDrive = class {
  constructor(port) {
    this.port = port;
  }
  port;
  regs = powerOnTaskFile();
  /** The current command moves its data by DMA. */
  isDma = false;
  buffer = NO_BYTES2;
  position = 0;
  mode = "none";
  /** Where the current DRQ block ends. */
  #end = 0;
  #interrupt = false;
  /** Told apart by this number, completions of a command that a reset ended are dropped. */
  #epoch = 0;
  #pending = 0;
  #wires;
  attach(wires) {
    this.#wires = wires;
  }
  get isInterrupting() {
    return this.#interrupt;
  }
  get isBusy() {
    return (this.regs.status & STATUS_BSY) !== 0;
  }
  /** The DRQ block that waits to be read or written through the data register. */
  get openBlockMode() {
    return this.mode === "pioIn" ? "in" : this.mode === "pioOut" ? "out" : void 0;
  }
  /** Bytes that are left of it. */
  get openBlockBytes() {
    return this.openBlockMode === void 0 ? 0 : this.#end - this.position;
  }
  get status() {
    return this.regs.status;
  }
  /** Reading the status register, not its alternate, takes the interrupt back. */
  acknowledge() {
    if (!this.#interrupt) return;
    this.#interrupt = false;
    this.#wires?.interruptChanged();
  }
  readRegister(register, isHob) {
    const regs = this.regs;
    switch (register) {
      case REG_ERROR:
        return isHob ? regs.previousFeature : regs.error;
      case REG_COUNT:
        return isHob ? regs.previousCount : regs.count;
      case REG_LBA0:
        return isHob ? regs.previousLba0 : regs.lba0;
      case REG_LBA1:
        return isHob ? regs.previousLba1 : regs.lba1;
      case REG_LBA2:
        return isHob ? regs.previousLba2 : regs.lba2;
      case REG_DEVICE:
        return regs.device | 160;
      default:
        return regs.status;
    }
  }
  /** Both drives of a channel hear writes, whichever is selected. */
  writeRegister(register, value) {
    const regs = this.regs;
    switch (register) {
      case REG_ERROR:
        regs.previousFeature = regs.feature;
        regs.feature = value;
        break;
      case REG_COUNT:
        regs.previousCount = regs.count;
        regs.count = value;
        break;
      case REG_LBA0:
        regs.previousLba0 = regs.lba0;
        regs.lba0 = value;
        break;
      case REG_LBA1:
        regs.previousLba1 = regs.lba1;
        regs.lba1 = value;
        break;
      case REG_LBA2:
        regs.previousLba2 = regs.lba2;
        regs.lba2 = value;
        break;
      case REG_DEVICE:
        regs.device = value;
        break;
      default:
        break;
    }
  }
  writeCommand(command) {
    if ((this.regs.status & (STATUS_BSY | STATUS_DRQ)) !== 0 && !this.interrupts(command)) return;
    this.acknowledge();
    this.abandon();
    this.regs.command = command;
    this.regs.error = 0;
    this.run(command);
  }
  readData(size) {
    if (this.mode !== "pioIn") return size === 2 ? 65535 : 4294967295;
    const { buffer: buffer2, position } = this;
    const left = this.#end - position;
    let value = buffer2[position];
    if (left > 1) value |= buffer2[position + 1] << 8;
    if (size === 4 && left > 2) value |= buffer2[position + 2] << 16;
    if (size === 4 && left > 3) value |= buffer2[position + 3] << 24;
    this.position = position + Math.min(size, left);
    if (left <= size) this.#blockDone();
    return value >>> 0;
  }
  writeData(size, value) {
    if (this.mode !== "pioOut") return;
    for (let i = 0; i < size; i++) {
      if (this.position < this.#end) this.buffer[this.position++] = value >>> 8 * i & 255;
    }
    if (this.position >= this.#end) this.#blockDone();
  }
  /** Software started the bus master. */
  dmaStarted() {
    if (this.mode === "dmaIn" || this.mode === "dmaOut") this.#pumpDma();
  }
  /** SRST set: busy until it clears. */
  beginSoftReset() {
    this.abandon();
    this.acknowledge();
    this.regs.status = STATUS_BSY;
  }
  endSoftReset() {
    this.resetSettings(false);
    this.regs.error = 1;
    this.regs.device &= ~DEVICE_DEV;
    this.setSignature();
  }
  /** EXECUTE DEVICE DIAGNOSTIC addresses both drives; the channel asks only drive 0 for the interrupt. */
  diagnose() {
    this.abandon();
    this.regs.error = 1;
    this.regs.device = 0;
    this.setSignature();
  }
  completeDiagnostic() {
    this.raise();
  }
  powerOn() {
    this.abandon();
    this.#interrupt = false;
    this.regs = powerOnTaskFile();
    this.resetSettings(true);
    this.setSignature();
    this.#wires?.interruptChanged();
  }
  // What commands are made of.
  /** Ends the current transfer and forgets what the host still works on. */
  abandon() {
    this.#epoch++;
    this.mode = "none";
    this.buffer = NO_BYTES2;
    this.position = 0;
    this.#end = 0;
    this.isDma = false;
  }
  raise() {
    this.#interrupt = true;
    this.#wires?.interruptChanged();
  }
  /** The bus master's state settles before INTRQ rises. */
  complete(status = STATUS_DRDY | STATUS_DSC) {
    if (this.isDma) this.#wires?.dma.end(false);
    this.abandon();
    this.regs.status = status;
    this.raise();
  }
  fail(error = ERROR_ABRT) {
    this.regs.error = error;
    this.complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR);
  }
  /** Offers (or asks for) the buffer's next `length` bytes through the data register. */
  openBlock(mode, length) {
    this.mode = mode;
    this.#end = Math.min(this.buffer.length, this.position + length);
    this.regs.status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
  }
  setBuffer(buffer2) {
    this.buffer = buffer2;
    this.position = 0;
    this.#end = 0;
  }
  /** Moves the buffer by DMA as soon as the bus master runs; `bufferMoved` follows. */
  openDma(mode) {
    this.mode = mode;
    this.regs.status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
    this.#pumpDma();
  }
  /** BSY until the host answers; `then` does not run if a reset came between. */
  request(issue, then) {
    this.mode = "none";
    this.regs.status = STATUS_BSY;
    const epoch = this.#epoch;
    this.#pending++;
    issue((result) => {
      this.#pending--;
      if (epoch === this.#epoch) then(result);
    });
  }
  /** Reads `length` bytes; what lies past the medium's end is zeros. */
  requestRead(offset, length, then) {
    const there = this.#clip(offset, length);
    this.request(
      (done) => this.port.read(offset, there, done),
      (result) => {
        if (!result.ok || result.value.length === length) {
          then(result);
          return;
        }
        const padded = new Uint8Array(length);
        padded.set(result.value.subarray(0, length));
        then({ ok: true, value: padded });
      }
    );
  }
  requestWrite(offset, data, then) {
    const there = this.#clip(offset, data.length);
    this.request((done) => this.port.write(offset, data.subarray(0, there), done), then);
  }
  saveDrive() {
    assert(this.#pending === 0, "a drive is saved only when its requests are drained");
    const { regs, mode, buffer: buffer2, position, isDma } = this;
    return {
      regs: { ...regs },
      interrupt: this.#interrupt,
      mode,
      buffer: buffer2.slice(),
      position,
      end: this.#end,
      isDma
    };
  }
  restoreDrive(state) {
    this.abandon();
    this.regs = { ...powerOnTaskFile(), ...state.regs };
    this.mode = state.mode;
    this.buffer = state.buffer.slice();
    this.position = state.position;
    this.#end = Math.max(state.end, state.position);
    this.isDma = state.isDma;
    this.#interrupt = state.interrupt;
  }
  #clip(offset, length) {
    const size = this.port.medium?.sizeBytes ?? 0;
    return Math.max(0, Math.min(length, size - offset));
  }
  #blockDone() {
    if (this.mode === "pioIn") this.blockRead();
    else this.blockWritten();
  }
  /** Descriptors that end before the data: the transfer stops without an interrupt (290550-002, table 9). */
  #pumpDma() {
    const dma = this.#wires?.dma;
    if (dma === void 0 || !dma.isStarted) return;
    const { buffer: buffer2, position } = this;
    this.position += this.mode === "dmaIn" ? dma.toGuest(buffer2, position) : dma.fromGuest(buffer2, position);
    if (this.position >= buffer2.length) {
      this.bufferMoved();
      return;
    }
    dma.end(true);
    this.abandon();
    this.regs.status = STATUS_DRDY | STATUS_DSC;
  }
};

// ../pc/src/devices/ide/ata-disk.ts
var CHUNK_SECTORS = CHUNK / SECTOR2;
var TRANSFERS = /* @__PURE__ */ new Map([
  [32, { direction: "read", how: "single" }],
  [33, { direction: "read", how: "single" }],
  [36, { direction: "read", how: "single", isExt: true }],
  [37, { direction: "read", how: "dma", isExt: true }],
  [41, { direction: "read", how: "multiple", isExt: true }],
  [48, { direction: "write", how: "single" }],
  [49, { direction: "write", how: "single" }],
  [52, { direction: "write", how: "single", isExt: true }],
  [53, { direction: "write", how: "dma", isExt: true }],
  [57, { direction: "write", how: "multiple", isExt: true }],
  [61, { direction: "write", how: "dma", isExt: true, isFua: true }],
  [196, { direction: "read", how: "multiple" }],
  [197, { direction: "write", how: "multiple" }],
  [200, { direction: "read", how: "dma" }],
  [201, { direction: "read", how: "dma" }],
  [202, { direction: "write", how: "dma" }],
  [203, { direction: "write", how: "dma" }],
  [206, { direction: "write", how: "multiple", isExt: true, isFua: true }]
]);
var QUEUE_ERROR_LOG = 16;
var CMD_READ_BUFFER = 228;
var CMD_WRITE_BUFFER = 232;
function isAtaDiskState(value) {
  return isRecord(value) && isDriveState(value.drive) && value.drive.buffer.length % SECTOR2 === 0 && isUint(value.lba, Number.MAX_SAFE_INTEGER) && isUint(value.remaining, 65536) && isUint(value.heads, 16) && value.heads > 0 && isUint(value.sectors, 255) && value.sectors > 0 && isUint(value.multiple, MAX_MULTIPLE) && isMode(value.multiword) && isMode(value.ultra) && typeof value.writeCache === "boolean" && value.scratch instanceof Uint8Array && value.scratch.length === SECTOR2;
}
function isMode(value) {
  return typeof value === "number" && Number.isInteger(value) && value >= -1 && value <= 7;
}
var AtaDisk = class extends IdeDrive {
  constructor(port, identity, geometry) {
    super(port);
    this.identity = identity;
    this.#sectorCount = Math.ceil((port.medium?.sizeBytes ?? 0) / SECTOR2);
    this.#geometry = geometry ?? defaultGeometry(this.#sectorCount);
    this.powerOn();
  }
  identity;
  #sectorCount;
  #geometry;
  #heads = 16;
  #sectors = 63;
  #multiple = MAX_MULTIPLE;
  #multiword = -1;
  #ultra = 5;
  #writeCache = true;
  /** The next sector to move between buffer and host. */
  #lba = 0;
  /** Sectors that the host has not yet moved. */
  #remaining = 0;
  #scratch = new Uint8Array(SECTOR2);
  /** Queued commands and their error log are the serial port's (ahci-queue.ts); undefined: a parallel drive. */
  readQueueErrorLog;
  saveState() {
    return {
      drive: this.saveDrive(),
      lba: this.#lba,
      remaining: this.#remaining,
      heads: this.#heads,
      sectors: this.#sectors,
      multiple: this.#multiple,
      multiword: this.#multiword,
      ultra: this.#ultra,
      writeCache: this.#writeCache,
      scratch: this.#scratch.slice()
    };
  }
  restoreState(part, state) {
    const end = state.lba + state.remaining;
    if (end > this.#sectorCount) throw new SnapshotError(part, "addresses sectors that the disk does not have");
    this.restoreDrive(state.drive);
    this.#lba = state.lba;
    this.#remaining = state.remaining;
    this.#heads = state.heads;
    this.#sectors = state.sectors;
    this.#multiple = state.multiple;
    this.#multiword = state.multiword;
    this.#ultra = state.ultra;
    this.#writeCache = state.writeCache;
    this.#scratch.set(state.scratch);
  }
  setSignature() {
    Object.assign(this.regs, { count: 1, lba0: 1, lba1: 0, lba2: 0, status: STATUS_DRDY | STATUS_DSC });
  }
  resetSettings(isPowerOn) {
    this.#multiple = MAX_MULTIPLE;
    this.#writeCache = true;
    if (!isPowerOn) return;
    this.#heads = this.#geometry.heads;
    this.#sectors = this.#geometry.sectors;
    this.#multiword = -1;
    this.#ultra = 5;
    this.#scratch.fill(0);
  }
  interrupts() {
    return false;
  }
  run(command) {
    const transfer2 = TRANSFERS.get(command);
    if (transfer2 !== void 0) this.#startTransfer(transfer2);
    else if (command >= 16 && command < 32)
      this.complete();
    else if (command >= 112 && command < 128) this.#check(false);
    else this.#runOther(command);
  }
  #runOther(command) {
    const regs = this.regs;
    switch (command) {
      case 64:
      // READ VERIFY SECTORS
      case 65:
        this.#check(false);
        break;
      case 66:
        this.#check(true);
        break;
      case 145:
        this.#initializeParameters();
        break;
      case 198:
        this.#setMultiple();
        break;
      case 47:
        this.#readLog();
        break;
      case 236:
        this.#sendSector(this.#identify());
        break;
      case CMD_READ_BUFFER:
        this.#sendSector(this.#scratch.slice());
        break;
      case CMD_WRITE_BUFFER:
        this.setBuffer(new Uint8Array(SECTOR2));
        this.openBlock("pioOut", SECTOR2);
        break;
      case 229:
      // CHECK POWER MODE: active or idle
      case 152:
        regs.count = 255;
        this.complete();
        break;
      case 224:
      // STANDBY IMMEDIATE
      case 148:
      case 225:
      // IDLE IMMEDIATE
      case 149:
      case 226:
      // STANDBY
      case 150:
      case 227:
      // IDLE
      case 151:
      case 230:
      // SLEEP
      case 153:
        this.complete();
        break;
      case 231:
      // FLUSH CACHE
      case 234:
        this.#flush();
        break;
      case 239:
        this.#setFeatures();
        break;
      case 248:
        this.#putAddress(Math.min(this.#sectorCount, 268435456) - 1, false);
        this.complete();
        break;
      case 39:
        this.#putAddress(this.#sectorCount - 1, true);
        this.complete();
        break;
      default:
        this.fail();
        break;
    }
  }
  #identify() {
    return identifyDisk(this.identity, {
      sectorCount: this.#sectorCount,
      geometry: this.#geometry,
      heads: this.#heads,
      sectors: this.#sectors,
      multiple: this.#multiple,
      dma: { multiword: this.#multiword, ultra: this.#ultra },
      writeCache: this.#writeCache,
      isSlave: (this.regs.device & DEVICE_DEV) !== 0,
      isSerial: this.readQueueErrorLog !== void 0
    });
  }
  /** READ LOG EXT: the directory (page 0) and the error of queued commands (page 10h). */
  #readLog() {
    const { lba0, count: count2, previousCount } = this.regs;
    const log = this.readQueueErrorLog?.();
    if (log === void 0 || count2 !== 1 || previousCount !== 0 || lba0 !== 0 && lba0 !== QUEUE_ERROR_LOG) {
      this.fail();
      return;
    }
    const directory = new Uint8Array(SECTOR2);
    directory[0] = 1;
    directory[2 * QUEUE_ERROR_LOG] = 1;
    this.#sendSector(lba0 === 0 ? directory : log);
  }
  #sendSector(data) {
    this.#remaining = 0;
    this.setBuffer(data);
    this.openBlock("pioIn", SECTOR2);
    this.raise();
  }
  #startTransfer(transfer2) {
    const isExt = transfer2.isExt === true;
    const lba = this.#address(isExt);
    const count2 = this.#count(isExt);
    if (transfer2.how === "multiple" && this.#multiple === 0) {
      this.fail();
      return;
    }
    if (transfer2.direction === "write" && this.port.medium?.isReadOnly === true) {
      this.fail();
      return;
    }
    if (lba === void 0 || lba + count2 > this.#sectorCount) {
      this.fail(ERROR_IDNF);
      return;
    }
    this.#lba = lba;
    this.#remaining = count2;
    this.isDma = transfer2.how === "dma";
    if (transfer2.direction === "read") {
      this.#readChunk();
      return;
    }
    this.setBuffer(this.#writeBuffer());
    if (this.isDma) this.openDma("dmaOut");
    else this.openBlock("pioOut", this.#blockBytes());
  }
  #writeBuffer() {
    return new Uint8Array(Math.min(this.#remaining, CHUNK_SECTORS) * SECTOR2);
  }
  #current() {
    return TRANSFERS.get(this.regs.command);
  }
  /** Bytes of a DRQ block. */
  #blockBytes() {
    return (this.#current()?.how === "multiple" ? Math.max(1, this.#multiple) : 1) * SECTOR2;
  }
  #readChunk() {
    const count2 = Math.min(this.#remaining, CHUNK_SECTORS);
    this.requestRead(this.#lba * SECTOR2, count2 * SECTOR2, (result) => {
      if (!result.ok) {
        this.#failAt(result);
        return;
      }
      this.#lba += count2;
      this.#remaining -= count2;
      this.setBuffer(result.value);
      if (this.isDma) {
        this.openDma("dmaIn");
        return;
      }
      this.openBlock("pioIn", this.#blockBytes());
      this.raise();
    });
  }
  blockRead() {
    if (this.position < this.buffer.length) {
      this.openBlock("pioIn", this.#blockBytes());
      this.raise();
    } else if (this.#remaining > 0) this.#readChunk();
    else this.#finish(false);
  }
  blockWritten() {
    if (this.regs.command === CMD_WRITE_BUFFER) {
      this.#scratch.set(this.buffer);
      this.complete();
    } else if (this.position < this.buffer.length) {
      this.openBlock("pioOut", this.#blockBytes());
      this.raise();
    } else this.#writeChunk();
  }
  bufferMoved() {
    if (this.mode === "dmaOut") this.#writeChunk();
    else if (this.#remaining > 0) this.#readChunk();
    else this.#finish(true);
  }
  #writeChunk() {
    const count2 = this.buffer.length / SECTOR2;
    this.requestWrite(this.#lba * SECTOR2, this.buffer, (result) => {
      if (!result.ok) {
        this.#failAt(result);
        return;
      }
      this.#lba += count2;
      this.#remaining -= count2;
      if (this.#remaining > 0) {
        this.setBuffer(this.#writeBuffer());
        if (this.isDma) {
          this.openDma("dmaOut");
          return;
        }
        this.openBlock("pioOut", this.#blockBytes());
        this.raise();
      } else if (this.#current()?.isFua || !this.#writeCache) this.#flush();
      else this.#finish(true);
    });
  }
  #flush() {
    this.request(
      (done) => this.port.flush(done),
      (result) => {
        if (result.ok) this.#finish(true);
        else this.fail();
      }
    );
  }
  /** PIO data-in ends without an interrupt; everything else with one. The registers hold the last sector. */
  #finish(interrupts) {
    const transfer2 = this.#current();
    if (transfer2 !== void 0) {
      this.#putAddress(this.#lba - 1, transfer2.isExt === true);
      this.regs.count = 0;
      this.regs.previousCount = 0;
    }
    if (interrupts) {
      this.complete();
      return;
    }
    this.abandon();
    this.regs.status = STATUS_DRDY | STATUS_DSC;
  }
  #failAt(result) {
    const transfer2 = this.#current();
    this.#putAddress(this.#lba, transfer2?.isExt === true);
    this.fail(transfer2?.direction === "read" && result.error === "medium" ? ERROR_UNC : ERROR_ABRT);
  }
  #check(isExt) {
    const lba = this.#address(isExt);
    const count2 = this.regs.command < 112 ? this.#count(isExt) : 1;
    if (lba === void 0 || lba + count2 > this.#sectorCount) this.fail(ERROR_IDNF);
    else this.complete();
  }
  #count(isExt) {
    const { count: count2, previousCount } = this.regs;
    return isExt ? previousCount << 8 | count2 || 65536 : count2 || 256;
  }
  /** undefined: no such sector. */
  #address(isExt) {
    const regs = this.regs;
    const low = regs.lba2 << 16 | regs.lba1 << 8 | regs.lba0;
    if ((regs.device & DEVICE_LBA) !== 0) {
      if (!isExt) return (regs.device & 15) * 16777216 + low;
      return (regs.previousLba2 << 16 | regs.previousLba1 << 8 | regs.previousLba0) * 16777216 + low;
    }
    const head = regs.device & 15;
    const sector = regs.lba0;
    if (isExt || sector === 0 || sector > this.#sectors || head >= this.#heads) return void 0;
    return ((regs.lba2 << 8 | regs.lba1) * this.#heads + head) * this.#sectors + sector - 1;
  }
  #putAddress(lba, isExt) {
    const regs = this.regs;
    if (isExt) {
      const high = Math.floor(lba / 16777216);
      regs.previousLba0 = high & 255;
      regs.previousLba1 = high >>> 8 & 255;
      regs.previousLba2 = high >>> 16 & 255;
    } else if ((regs.device & DEVICE_LBA) !== 0) {
      regs.device = regs.device & 240 | Math.floor(lba / 16777216) & 15;
    } else {
      const track = Math.floor(lba / this.#sectors);
      const cylinder = Math.floor(track / this.#heads);
      regs.device = regs.device & 240 | track % this.#heads;
      regs.lba0 = lba % this.#sectors + 1;
      regs.lba1 = cylinder & 255;
      regs.lba2 = cylinder >>> 8 & 255;
      return;
    }
    regs.lba0 = lba % 256;
    regs.lba1 = Math.floor(lba / 256) & 255;
    regs.lba2 = Math.floor(lba / 65536) & 255;
  }
  #initializeParameters() {
    const sectors = this.regs.count;
    if (sectors === 0) {
      this.fail();
      return;
    }
    this.#sectors = sectors;
    this.#heads = (this.regs.device & 15) + 1;
    this.complete();
  }
  #setMultiple() {
    const count2 = this.regs.count;
    if (count2 > MAX_MULTIPLE || (count2 & count2 - 1) !== 0) {
      this.fail();
      return;
    }
    this.#multiple = count2;
    this.complete();
  }
  #setFeatures() {
    switch (this.regs.feature) {
      case 2:
        this.#writeCache = true;
        this.complete();
        break;
      case 130:
        this.#writeCache = false;
        this.#flush();
        break;
      case 3:
        this.#setTransferMode(this.regs.count);
        break;
      case 5:
      // advanced power management
      case 133:
      case 66:
      // acoustic management
      case 194:
      case 85:
      // read look-ahead
      case 170:
      case 102:
      // keep settings over a soft reset
      case 204:
        this.complete();
        break;
      default:
        this.fail();
        break;
    }
  }
  #setTransferMode(value) {
    const modes = decodeTransferMode(value);
    if (modes === void 0) {
      this.fail();
      return;
    }
    if (modes !== "pio") {
      this.#multiword = modes.multiword;
      this.#ultra = modes.ultra;
    }
    this.complete();
  }
};
function decodeTransferMode(value) {
  const mode = value & 7;
  if (value < 2) return "pio";
  if (value >> 3 === 1 && mode <= 4) return "pio";
  if (value >> 3 === 4 && mode <= 2) return { multiword: mode, ultra: -1 };
  if (value >> 3 === 8 && mode <= 5) return { multiword: -1, ultra: mode };
  return void 0;
}

// ../pc/src/devices/ide/atapi-data.ts
var BLOCK = 2048;
var RAW_BLOCK = 2352;
var CD_BLOCKS = 80 * 60 * 75;
var LEAD_OUT = 170;
var PROFILE_NONE = 0;
var PROFILE_CD_ROM = 8;
var PROFILE_DVD_ROM = 16;
function profileOf(blocks) {
  return blocks === 0 ? PROFILE_NONE : blocks > CD_BLOCKS ? PROFILE_DVD_ROM : PROFILE_CD_ROM;
}
function put16(bytes, at, value) {
  bytes[at] = value >>> 8 & 255;
  bytes[at + 1] = value & 255;
}
function put322(bytes, at, value) {
  put16(bytes, at, value >>> 16);
  put16(bytes, at + 2, value);
}
function get16(bytes, at) {
  return bytes[at] << 8 | bytes[at + 1];
}
function get24(bytes, at) {
  return bytes[at] << 16 | get16(bytes, at + 1);
}
function get32(bytes, at) {
  return get16(bytes, at) * 65536 + get16(bytes, at + 2);
}
function toMsf(block) {
  const frames = block + 150;
  return [Math.floor(frames / 4500) & 255, Math.floor(frames / 75) % 60, frames % 75];
}
function fromMsf(minute, second, frame) {
  return (minute * 60 + second) * 75 + frame - 150;
}
function putAddress(bytes, at, block, isMsf) {
  if (isMsf) bytes.set([0, ...toMsf(block)], at);
  else put322(bytes, at, block);
}
function inquiry(identity) {
  const bytes = new Uint8Array(36);
  bytes.set([5, 128, 0, 33, 31]);
  putText(bytes, 8, 8, "SUBZERO");
  putText(bytes, 16, 16, identity.model.replace(/^SUBZERO /, ""));
  putText(bytes, 32, 4, identity.firmware);
  return bytes;
}
function putText(bytes, at, length, text2) {
  for (let i = 0; i < length; i++) bytes[at + i] = i < text2.length ? text2.charCodeAt(i) & 127 : 32;
}
function senseData(key, asc, ascq) {
  const bytes = new Uint8Array(18);
  bytes.set([112, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq]);
  return bytes;
}
function tableOfContents(blocks, isMsf, startTrack) {
  if (startTrack > 1 && startTrack !== LEAD_OUT) return void 0;
  const tracks = startTrack <= 1 ? [[1, 0]] : [];
  tracks.push([LEAD_OUT, blocks]);
  const bytes = new Uint8Array(4 + 8 * tracks.length);
  put16(bytes, 0, bytes.length - 2);
  bytes[2] = 1;
  bytes[3] = 1;
  tracks.forEach(([track, block], i) => {
    bytes.set([0, 20, track, 0], 4 + 8 * i);
    putAddress(bytes, 8 + 8 * i, block, isMsf);
  });
  return bytes;
}
function sessionInfo(isMsf) {
  const bytes = new Uint8Array(12);
  put16(bytes, 0, 10);
  bytes.set([1, 1, 0, 20, 1, 0], 2);
  putAddress(bytes, 8, 0, isMsf);
  return bytes;
}
function fullToc(blocks) {
  const bytes = new Uint8Array(4 + 4 * 11);
  put16(bytes, 0, bytes.length - 2);
  bytes[2] = 1;
  bytes[3] = 1;
  const entries = [
    [160, [1, 0, 0]],
    [161, [1, 0, 0]],
    [162, toMsf(blocks)],
    [1, toMsf(0)]
  ];
  entries.forEach(([point, address2], i) => {
    bytes.set([1, 20, 0, point, 0, 0, 0, 0, ...address2], 4 + 11 * i);
  });
  return bytes;
}
var PAGE_ERROR_RECOVERY = 1;
var PAGE_AUDIO = 14;
var PAGE_CAPABILITIES = 42;
var PAGE_ALL = 63;
function modePages(page, isLocked) {
  const pages = [];
  if (page === PAGE_ERROR_RECOVERY || page === PAGE_ALL) pages.push(Uint8Array.of(1, 6, 0, 5, 0, 0, 0, 0));
  if (page === PAGE_AUDIO || page === PAGE_ALL) {
    const audio = new Uint8Array(16);
    audio.set([14, 14, 4, 0, 0, 0, 0, 75, 1, 255, 2, 255]);
    pages.push(audio);
  }
  if (page === PAGE_CAPABILITIES || page === PAGE_ALL) {
    const capabilities = new Uint8Array(22);
    capabilities.set([42, 20, 59, 0, 112, 96, 41 | (isLocked ? 2 : 0), 0]);
    put16(capabilities, 8, 706 * 4);
    put16(capabilities, 10, 2);
    put16(capabilities, 12, 512);
    put16(capabilities, 14, 706 * 4);
    pages.push(capabilities);
  }
  if (pages.length === 0) return void 0;
  return concat(pages);
}
function withModeHeader(pages, blocks, isShort) {
  const mediumType = blocks === 0 ? 112 : blocks > CD_BLOCKS ? 0 : 1;
  const header = new Uint8Array(isShort ? 4 : 8);
  if (isShort) header.set([header.length + pages.length - 1, mediumType]);
  else {
    put16(header, 0, header.length + pages.length - 2);
    header[2] = mediumType;
  }
  return concat([header, pages]);
}
var PROFILES = [PROFILE_DVD_ROM, PROFILE_CD_ROM];
function configuration(blocks, first, kind) {
  const profile = profileOf(blocks);
  const isCd = profile === PROFILE_CD_ROM;
  const features = [
    [0, true, PROFILES.flatMap((code) => [0, code, code === profile ? 1 : 0, 0])],
    [1, true, [0, 0, 0, 2, 1, 0, 0, 0], 1],
    [2, true, [1, 0, 0, 0]],
    [3, true, [41, 0, 0, 0]],
    [16, blocks > 0, [0, 0, 8, 0, 0, 1, 0, 0]],
    [30, isCd, [0, 0, 0, 0]],
    [31, profile === PROFILE_DVD_ROM, []],
    [256, true, []],
    [261, true, [0, 0, 0, 0]]
  ];
  const header = new Uint8Array(8);
  put16(header, 6, profile);
  const parts = [header];
  for (const [code, isCurrent, data, version = 0] of features) {
    const isWanted = kind === 2 ? code === first : code >= first && (kind !== 1 || isCurrent);
    if (!isWanted) continue;
    const persistent = code === 0 || code === 1 || code === 2 || code === 3 || code === 256 || code === 261 ? 2 : 0;
    parts.push(
      Uint8Array.of(code >> 8, code & 255, version << 2 | persistent | (isCurrent ? 1 : 0), data.length, ...data)
    );
  }
  const bytes = concat(parts);
  put322(bytes, 0, bytes.length - 4);
  return bytes;
}
function discInformation() {
  const bytes = new Uint8Array(34);
  put16(bytes, 0, 32);
  bytes.set([14, 1, 1, 1, 1, 32, 0], 2);
  bytes.fill(255, 16, 24);
  return bytes;
}
function trackInformation(blocks) {
  const bytes = new Uint8Array(36);
  put16(bytes, 0, 34);
  bytes.set([1, 1, 0, 4, 1], 2);
  put322(bytes, 24, blocks);
  return bytes;
}
function dvdPhysicalFormat(blocks) {
  const bytes = new Uint8Array(4 + 2048);
  put16(bytes, 0, bytes.length - 2);
  bytes.set([1, 2, 1, 0], 4);
  put322(bytes, 8, 196608);
  put322(bytes, 12, 196608 + blocks - 1);
  return bytes;
}
function mediaEvent(code, isPresent) {
  return Uint8Array.of(0, 6, 4, 16, code, isPresent ? 2 : 0, 0, 0);
}
function noEvent() {
  return Uint8Array.of(0, 2, 128, 16);
}
function rawBlock(block, data) {
  const raw = new Uint8Array(RAW_BLOCK);
  raw.fill(255, 1, 11);
  raw.set(toMsf(block).map(toBcd2), 12);
  raw[15] = 1;
  raw.set(data, 16);
  putEdc(raw);
  putParity(raw, 2076, 86, 24, 2, 86);
  putParity(raw, 2248, 52, 43, 86, 88);
  return raw;
}
function toBcd2(value) {
  return Math.floor(value / 10) << 4 | value % 10;
}
function putEdc(raw) {
  let edc = 0;
  for (let i = 0; i < 2064; i++) {
    edc ^= raw[i];
    for (let bit3 = 0; bit3 < 8; bit3++) edc = edc >>> 1 ^ (edc & 1 ? 3623976961 : 0);
  }
  for (let i = 0; i < 4; i++) raw[2064 + i] = edc >>> 8 * i & 255;
}
function putParity(raw, at, count2, length, start, step) {
  const isQ = step === 88;
  for (let word2 = 0; word2 < count2; word2++) {
    let index = isQ ? (word2 >> 1) * start + (word2 & 1) : word2;
    let a = 0;
    let b = 0;
    for (let i = 0; i < length; i++) {
      const value = raw[12 + index];
      index += step;
      if (isQ && index >= 2236) index -= 2236;
      a = timesTwo(a ^ value);
      b ^= value;
    }
    a = divideByThree(timesTwo(a) ^ b);
    raw[at + word2] = a;
    raw[at + count2 + word2] = a ^ b;
  }
}
function timesTwo(value) {
  return (value << 1 ^ (value & 128 ? 285 : 0)) & 255;
}
function divideByThree(value) {
  let result = 0;
  let factor = value;
  for (let bits2 = 244; bits2 !== 0; bits2 >>= 1) {
    if (bits2 & 1) result ^= factor;
    factor = timesTwo(factor);
  }
  return result;
}
function concat(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

// ../pc/src/devices/ide/atapi-cdrom.ts
var PACKET_LENGTH = 12;
var CHUNK_BLOCKS = CHUNK / BLOCK;
var PARAMETER_LIMIT = 4096;
var CMD_DEVICE_RESET = 8;
var CMD_PACKET = 160;
var NO_SENSE = [0, 0, 0];
var NO_MEDIUM = [2, 58, 0];
var READ_ERROR = [3, 17, 0];
var BAD_OPCODE = [5, 32, 0];
var OUT_OF_RANGE = [5, 33, 0];
var BAD_FIELD = [5, 36, 0];
var SAVING_UNSUPPORTED = [5, 57, 0];
var REMOVAL_PREVENTED = [5, 83, 2];
var NO_AUDIO = [5, 100, 0];
var MEDIUM_CHANGED = [6, 40, 0];
var EVENT_EJECT_REQUEST = 1;
var EVENT_NEW_MEDIA = 2;
var EVENT_REMOVAL = 3;
var IGNORES_ATTENTION = /* @__PURE__ */ new Set([3, 18, 70, 74]);
var NEEDS_MEDIUM = /* @__PURE__ */ new Set([
  0,
  37,
  40,
  43,
  47,
  66,
  67,
  68,
  69,
  71,
  81,
  82,
  168,
  173,
  185,
  190
]);
var PHASES2 = ["idle", "packet", "reply", "read", "parameters"];
function isAtapiCdromState(value) {
  const isMode2 = (mode) => typeof mode === "number" && Number.isInteger(mode) && mode >= -1 && mode <= 7;
  return isRecord(value) && isDriveState(value.drive) && typeof value.phase === "string" && PHASES2.includes(value.phase) && isUint(value.byteLimit, 65536) && isUint(value.block) && isUint(value.remaining) && (value.blockSize === BLOCK || value.blockSize === RAW_BLOCK) && Array.isArray(value.sense) && value.sense.length === 3 && value.sense.every((byte) => isUint(byte, 255)) && typeof value.attention === "boolean" && Array.isArray(value.events) && value.events.length <= 4 && value.events.every((event) => isUint(event, 15)) && typeof value.locked === "boolean" && isMode2(value.multiword) && isMode2(value.ultra);
}
var AtapiCdrom = class extends IdeDrive {
  constructor(port, identity, isSerial = false) {
    super(port);
    this.identity = identity;
    this.isSerial = isSerial;
    this.#hadMedium = port.medium !== void 0;
    port.onMediumChange = () => this.#mediumChanged();
    this.powerOn();
  }
  identity;
  isSerial;
  #phase = "idle";
  /** The guest's byte count limit for a DRQ block. */
  #byteLimit = 0;
  #block = 0;
  /** Blocks that the host has not yet read. */
  #remaining = 0;
  #blockSize = BLOCK;
  /** The medium that the current command reads. */
  #generation = 0;
  #sense = NO_SENSE;
  #attention = false;
  #events = [];
  #locked = false;
  #multiword = -1;
  #ultra = 5;
  #hadMedium;
  /** After PACKET: the command packet is to be written to the data register. */
  get isWaitingForPacket() {
    return this.#phase === "packet" && this.mode === "pioOut";
  }
  get packetBytes() {
    return PACKET_LENGTH;
  }
  saveState() {
    return {
      drive: this.saveDrive(),
      phase: this.#phase,
      byteLimit: this.#byteLimit,
      block: this.#block,
      remaining: this.#remaining,
      blockSize: this.#blockSize,
      sense: [...this.#sense],
      attention: this.#attention,
      events: [...this.#events],
      locked: this.#locked,
      multiword: this.#multiword,
      ultra: this.#ultra
    };
  }
  restoreState(state) {
    this.restoreDrive(state.drive);
    this.#phase = state.phase;
    this.#byteLimit = state.byteLimit;
    this.#block = state.block;
    this.#remaining = state.remaining;
    this.#blockSize = state.blockSize;
    this.#generation = this.port.medium?.generation ?? 0;
    const [key = 0, asc = 0, ascq = 0] = state.sense;
    this.#sense = [key, asc, ascq];
    this.#attention = state.attention;
    this.#events = [...state.events];
    this.#multiword = state.multiword;
    this.#ultra = state.ultra;
    this.#hadMedium = this.port.medium !== void 0;
    this.#setLocked(state.locked);
  }
  /** The user wants the medium while the guest holds the tray: the guest's event polling hears of it. */
  requestEject() {
    this.#addEvent(EVENT_EJECT_REQUEST);
  }
  setSignature() {
    this.#phase = "idle";
    this.#putSignature();
    this.regs.status = 0;
  }
  resetSettings(isPowerOn) {
    if (!isPowerOn) return;
    this.#sense = NO_SENSE;
    this.#attention = false;
    this.#events = [];
    this.#multiword = -1;
    this.#ultra = 5;
    this.#setLocked(false);
  }
  interrupts(command) {
    return command === CMD_DEVICE_RESET;
  }
  run(command) {
    const regs = this.regs;
    this.#phase = "idle";
    switch (command) {
      case CMD_PACKET:
        this.#startPacket();
        break;
      case CMD_DEVICE_RESET:
        regs.device &= DEVICE_DEV;
        regs.error = 1;
        this.setSignature();
        break;
      case 161:
        this.#sendIdentity();
        break;
      case 236:
      // IDENTIFY DEVICE and READ SECTORS: the aborted command leaves the signature (9.2, 8.27)
      case 32:
        this.#putSignature();
        this.fail();
        break;
      case 239:
        this.#setFeatures();
        break;
      case 229:
      case 152:
        regs.count = 255;
        this.complete();
        break;
      case 224:
      case 225:
      case 226:
      case 227:
      case 230:
      case 148:
      case 149:
      case 150:
      case 151:
      case 153:
      case 231:
        this.complete();
        break;
      default:
        this.fail();
        break;
    }
  }
  #putSignature() {
    Object.assign(this.regs, { count: 1, lba0: 1, lba1: 20, lba2: 235 });
  }
  #sendIdentity() {
    const modes = { multiword: this.#multiword, ultra: this.#ultra };
    const isSlave = (this.regs.device & DEVICE_DEV) !== 0;
    this.setBuffer(identifyCdrom(this.identity, modes, isSlave, this.isSerial));
    this.openBlock("pioIn", this.buffer.length);
    this.raise();
  }
  #setFeatures() {
    if (this.regs.feature !== 3) {
      this.complete();
      return;
    }
    const modes = decodeTransferMode(this.regs.count);
    if (modes === void 0) {
      this.fail();
      return;
    }
    if (modes !== "pio") {
      this.#multiword = modes.multiword;
      this.#ultra = modes.ultra;
    }
    this.complete();
  }
  /** Feature bit 1 (overlap) is refused. No interrupt before the packet, as word 0 of the identity says. */
  #startPacket() {
    const regs = this.regs;
    if ((regs.feature & 2) !== 0) {
      this.fail();
      return;
    }
    this.isDma = (regs.feature & 1) !== 0;
    this.#byteLimit = regs.lba1 | regs.lba2 << 8;
    this.#phase = "packet";
    regs.count = REASON_COD;
    this.setBuffer(new Uint8Array(PACKET_LENGTH));
    this.openBlock("pioOut", PACKET_LENGTH);
  }
  blockWritten() {
    if (this.#phase === "packet") {
      const packet = this.buffer;
      this.mode = "none";
      this.#phase = "idle";
      this.#runPacket(packet);
    } else if (this.position < this.buffer.length) {
      this.#openDataBlock("pioOut");
    } else this.#done();
  }
  blockRead() {
    if (this.#phase === "idle") {
      this.abandon();
      this.regs.status = STATUS_DRDY | STATUS_DSC;
    } else if (this.position < this.buffer.length) this.#openDataBlock("pioIn");
    else if (this.#phase === "read" && this.#remaining > 0) this.#readChunk();
    else this.#done();
  }
  bufferMoved() {
    if (this.#phase === "read" && this.#remaining > 0) this.#readChunk();
    else this.#done();
  }
  /** Offers or asks for a DRQ block no larger than the limit; all but the last are even (9.8.3). */
  #openDataBlock(mode) {
    const left = this.buffer.length - this.position;
    const limit = this.#byteLimit === 65535 ? 65534 : this.#byteLimit;
    const length = left <= limit ? left : Math.max(2, limit & ~1);
    const regs = this.regs;
    regs.lba1 = length & 255;
    regs.lba2 = length >>> 8;
    regs.count = mode === "pioIn" ? REASON_IO : 0;
    this.openBlock(mode, length);
    this.raise();
  }
  #done() {
    this.#phase = "idle";
    this.#sense = NO_SENSE;
    this.regs.count = REASON_COD | REASON_IO;
    this.complete();
  }
  #check(sense) {
    this.#phase = "idle";
    this.#sense = sense;
    this.regs.count = REASON_COD | REASON_IO;
    this.regs.error = sense[0] << 4 | (sense[0] === 5 ? ERROR_ABRT : 0);
    this.complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR);
  }
  /** Sends at most `allocation` bytes. */
  #reply(bytes, allocation = bytes.length) {
    const data = bytes.subarray(0, Math.min(bytes.length, allocation));
    if (data.length === 0) {
      this.#done();
      return;
    }
    if (!this.#acceptsData()) return;
    this.#phase = "reply";
    this.setBuffer(data.slice());
    if (this.isDma) this.openDma("dmaIn");
    else this.#openDataBlock("pioIn");
  }
  /** A PIO data command with a limit of 0 is aborted (9.8.3). */
  #acceptsData() {
    if (this.isDma || this.#byteLimit !== 0) return true;
    this.#check(BAD_FIELD);
    return false;
  }
  get #blocks() {
    return Math.min(4294967295, Math.ceil((this.port.medium?.sizeBytes ?? 0) / BLOCK));
  }
  #runPacket(packet) {
    const opcode = packet[0];
    if (this.#attention && !IGNORES_ATTENTION.has(opcode)) {
      this.#attention = false;
      this.#check(MEDIUM_CHANGED);
      return;
    }
    if (NEEDS_MEDIUM.has(opcode) && this.#blocks === 0) {
      this.#check(NO_MEDIUM);
      return;
    }
    switch (opcode) {
      case 40:
        this.#startRead(get32(packet, 2), get16(packet, 7), BLOCK);
        break;
      case 168:
        this.#startRead(get32(packet, 2), get32(packet, 6), BLOCK);
        break;
      case 190:
        this.#readCd(get32(packet, 2), get24(packet, 6), packet[9], packet[10]);
        break;
      case 185: {
        const first = fromMsf(packet[3], packet[4], packet[5]);
        const end = fromMsf(packet[6], packet[7], packet[8]);
        if (first < 0 || end < first) this.#check(BAD_FIELD);
        else this.#readCd(first, end - first, packet[9], packet[10]);
        break;
      }
      case 0:
      // TEST UNIT READY
      case 47:
      // VERIFY (10)
      case 53:
      // SYNCHRONIZE CACHE
      case 78:
      // STOP PLAY/SCAN
      case 167:
      // SET READ AHEAD
      case 182:
      // SET STREAMING
      case 187:
        this.#done();
        break;
      case 43:
        if (get32(packet, 2) >= this.#blocks) this.#check(OUT_OF_RANGE);
        else this.#done();
        break;
      case 69:
      // PLAY AUDIO (10), MSF
      case 71:
        this.#check(NO_AUDIO);
        break;
      default:
        this.#runInquiry(opcode, packet);
        break;
    }
  }
  /** The commands that ask or set something. */
  #runInquiry(opcode, packet) {
    switch (opcode) {
      case 3:
        this.#requestSense(packet[4]);
        break;
      case 18:
        if ((packet[1] & 3) !== 0 || packet[2] !== 0) this.#check(BAD_FIELD);
        else this.#reply(inquiry(this.identity), packet[4]);
        break;
      case 21:
        this.#takeParameters(packet[4]);
        break;
      case 85:
        this.#takeParameters(get16(packet, 7));
        break;
      case 26:
        this.#modeSense(packet[2], packet[4], true);
        break;
      case 90:
        this.#modeSense(packet[2], get16(packet, 7), false);
        break;
      case 27:
        this.#startStop(packet[4]);
        break;
      case 30:
        this.#setLocked((packet[4] & 1) !== 0);
        this.#done();
        break;
      case 35:
        this.#reply(this.#formatCapacities(), get16(packet, 7));
        break;
      case 37: {
        const capacity = new Uint8Array(8);
        put322(capacity, 0, this.#blocks - 1);
        put322(capacity, 4, BLOCK);
        this.#reply(capacity);
        break;
      }
      case 66:
        this.#readSubChannel(packet);
        break;
      case 67:
        this.#readToc(packet);
        break;
      case 68: {
        const header = new Uint8Array(8);
        header[0] = 1;
        header.set(packet.subarray(2, 6), 4);
        this.#reply(header, get16(packet, 7));
        break;
      }
      case 70:
        this.#reply(configuration(this.#blocks, get16(packet, 2), packet[1] & 3), get16(packet, 7));
        break;
      case 74:
        this.#eventStatus(packet);
        break;
      case 81:
        if ((packet[1] & 7) !== 0) this.#check(BAD_FIELD);
        else this.#reply(discInformation(), get16(packet, 7));
        break;
      case 82:
        this.#reply(trackInformation(this.#blocks), get16(packet, 7));
        break;
      case 173:
        if (profileOf(this.#blocks) !== PROFILE_DVD_ROM) this.#check([5, 48, 2]);
        else if (packet[7] !== 0 || packet[6] !== 0) this.#check(BAD_FIELD);
        else this.#reply(dvdPhysicalFormat(this.#blocks), get16(packet, 8));
        break;
      case 189:
        this.#reply(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), get16(packet, 8));
        break;
      default:
        this.#check(BAD_OPCODE);
        break;
    }
  }
  #startRead(block, count2, blockSize) {
    if (block + count2 > this.#blocks) {
      this.#check(OUT_OF_RANGE);
      return;
    }
    if (count2 === 0) {
      this.#done();
      return;
    }
    if (!this.#acceptsData()) return;
    this.#block = block;
    this.#remaining = count2;
    this.#blockSize = blockSize;
    this.#generation = this.port.medium?.generation ?? 0;
    this.#phase = "read";
    this.#readChunk();
  }
  #readChunk() {
    const { medium } = this.port;
    if (medium === void 0 || medium.generation !== this.#generation) {
      this.#attention = false;
      this.#check(medium === void 0 ? NO_MEDIUM : MEDIUM_CHANGED);
      return;
    }
    const count2 = Math.min(this.#remaining, CHUNK_BLOCKS);
    this.requestRead(this.#block * BLOCK, count2 * BLOCK, (result) => {
      if (!result.ok) {
        this.#check(result.error === "noMedium" ? NO_MEDIUM : READ_ERROR);
        return;
      }
      this.setBuffer(this.#blockSize === RAW_BLOCK ? toRaw(result.value, this.#block) : result.value);
      this.#block += count2;
      this.#remaining -= count2;
      if (this.isDma) this.openDma("dmaIn");
      else this.#openDataBlock("pioIn");
    });
  }
  /** Whole raw blocks or their user data; other selections of fields and sub-channels are refused. */
  #readCd(block, count2, fields, subChannel) {
    if ((subChannel & 7) !== 0) {
      this.#check(BAD_FIELD);
      return;
    }
    switch (fields & 248) {
      case 0:
        this.#done();
        break;
      case 16:
        this.#startRead(block, count2, BLOCK);
        break;
      case 248:
        this.#startRead(block, count2, RAW_BLOCK);
        break;
      default:
        this.#check(BAD_FIELD);
        break;
    }
  }
  #requestSense(allocation) {
    const sense = this.#attention && this.#sense[0] === 0 ? MEDIUM_CHANGED : this.#sense;
    if (sense === MEDIUM_CHANGED) this.#attention = false;
    this.#reply(senseData(...sense), allocation);
  }
  #modeSense(pageByte, allocation, isShort) {
    if (pageByte >> 6 === 3) {
      this.#check(SAVING_UNSUPPORTED);
      return;
    }
    const pages = modePages(pageByte & 63, this.#locked);
    if (pages === void 0) {
      this.#check(BAD_FIELD);
      return;
    }
    if (pageByte >> 6 === 1) clearPages(pages);
    this.#reply(withModeHeader(pages, this.#blocks, isShort), allocation);
  }
  /** Parameters are read and, as no page has a changeable field, forgotten. */
  #takeParameters(length) {
    if (length === 0) {
      this.#done();
      return;
    }
    if (length > PARAMETER_LIMIT) {
      this.#check([5, 26, 0]);
      return;
    }
    if (!this.#acceptsData()) return;
    this.#phase = "parameters";
    this.setBuffer(new Uint8Array(length));
    if (this.isDma) this.openDma("dmaOut");
    else this.#openDataBlock("pioOut");
  }
  #startStop(flags2) {
    const isEject = (flags2 & 3) === 2;
    if (isEject && this.#locked) {
      this.#check(REMOVAL_PREVENTED);
      return;
    }
    this.#done();
    if (isEject && this.port.medium !== void 0) this.port.eject();
  }
  #formatCapacities() {
    const bytes = new Uint8Array(12);
    bytes[3] = 8;
    put322(bytes, 4, this.#blocks);
    bytes[8] = this.#blocks > 0 ? 2 : 3;
    bytes[10] = BLOCK >> 8;
    return bytes;
  }
  #readSubChannel(packet) {
    const format = packet[3];
    const allocation = get16(packet, 7);
    if ((packet[2] & 64) === 0) {
      this.#reply(Uint8Array.of(0, 21, 0, 0), allocation);
      return;
    }
    if (format < 1 || format > 3) {
      this.#check(BAD_FIELD);
      return;
    }
    const length = format === 1 ? 12 : 20;
    const bytes = new Uint8Array(4 + length);
    bytes.set([0, 21, 0, length, format, 20, 1, 1]);
    if (format === 1 && (packet[1] & 2) !== 0) bytes.set([0, 0, 2, 0], 8);
    this.#reply(bytes, allocation);
  }
  /** SFF-8020i has the format in the top bits of byte 9, MMC in byte 2. */
  #readToc(packet) {
    const isMsf = (packet[1] & 2) !== 0;
    const format = packet[2] & 15 || packet[9] >> 6;
    const allocation = get16(packet, 7);
    const toc = format === 0 ? tableOfContents(this.#blocks, isMsf, packet[6]) : format === 1 ? sessionInfo(isMsf) : format === 2 ? fullToc(this.#blocks) : void 0;
    if (toc === void 0) this.#check(BAD_FIELD);
    else this.#reply(toc, allocation);
  }
  /** Only the polled form exists. */
  #eventStatus(packet) {
    if ((packet[1] & 1) === 0) {
      this.#check(BAD_FIELD);
      return;
    }
    const allocation = get16(packet, 7);
    const wantsMedia = (packet[4] & 16) !== 0;
    if (!wantsMedia) {
      this.#reply(noEvent(), allocation);
      return;
    }
    const event = allocation > 4 ? this.#events.shift() : void 0;
    this.#reply(mediaEvent(event ?? 0, this.port.medium !== void 0), allocation);
  }
  #setLocked(locked) {
    if (this.#locked === locked) return;
    this.#locked = locked;
    this.port.setLocked(locked);
  }
  #mediumChanged() {
    const hasMedium = this.port.medium !== void 0;
    if (this.#hadMedium) this.#addEvent(EVENT_REMOVAL);
    if (hasMedium) {
      this.#addEvent(EVENT_NEW_MEDIA);
      this.#attention = true;
    }
    this.#hadMedium = hasMedium;
  }
  #addEvent(event) {
    this.#events.push(event);
    if (this.#events.length > 4) this.#events.shift();
  }
};
function toRaw(data, first) {
  const blocks = [];
  for (let i = 0; i * BLOCK < data.length; i++) {
    blocks.push(rawBlock(first + i, data.subarray(i * BLOCK, (i + 1) * BLOCK)));
  }
  return concat(blocks);
}
function clearPages(pages) {
  for (let at = 0; at < pages.length; at += 2 + pages[at + 1]) pages.fill(0, at + 2, at + 2 + pages[at + 1]);
}

// ../pc/src/devices/ide/ahci-port.ts
var REGISTERS2 = [
  ...["clb", "clbu", "fb", "fbu", "is", "ie", "cmd", "tfd", "sig", "sctl", "serr", "sact", "ci"]
];
function isAhciPortState(value) {
  if (!isRecord(value) || !isRecord(value.regs)) return false;
  const { regs, drive } = value;
  const isDrive2 = drive === null || isRecord(drive) && (drive.kind === "disk" ? isAtaDiskState(drive.state) : drive.kind === "cdrom" && isAtapiCdromState(drive.state));
  return REGISTERS2.every((name2) => isUint(regs[name2])) && isUint(value.slot, 31) && typeof value.isHalted === "boolean" && typeof value.isResetting === "boolean" && typeof value.owesSignature === "boolean" && isBytes(value.errorLog, SECTOR2) && isDrive2;
}
var FIS_BYTES = 20;
var PACKET_BYTES = 16;
var NO_DRIVE_STATUS = 127;
function powerOnRegisters() {
  return {
    ...{ clb: 0, clbu: 0, fb: 0, fbu: 0, is: 0, ie: 0, cmd: CMD_SPIN_UP | CMD_POWER_ON },
    ...{ tfd: NO_DRIVE_STATUS, sig: SIGNATURE_NONE, sctl: 0, serr: 0, sact: 0, ci: 0 }
  };
}
var AhciPort = class {
  constructor(memory, isMaster, interruptChanged, attached) {
    this.memory = memory;
    this.isMaster = isMaster;
    this.interruptChanged = interruptChanged;
    const drive = attached?.drive;
    this.#drive = drive;
    drive?.attach({
      dma: {
        isStarted: true,
        toGuest: (data, from2) => this.#dataIn(from2 === 0 ? data : data.subarray(from2)),
        fromGuest: (into2, from2) => this.#running?.fromGuest(from2 === 0 ? into2 : into2.subarray(from2)) ?? 0,
        end: (isShort) => {
          if (isShort) this.#ranOut();
        }
      },
      interruptChanged: () => {
        if (!drive.isInterrupting) return;
        drive.acknowledge();
        this.#advance();
      }
    });
    if (attached !== void 0 && drive instanceof AtaDisk) {
      const queue = new AhciQueue(attached.port, (tag, error) => this.#queuedEnded(tag, error));
      drive.readQueueErrorLog = () => queue.errorLog;
      this.#queue = queue;
    }
    this.reset();
  }
  memory;
  isMaster;
  interruptChanged;
  #regs = powerOnRegisters();
  #slot = 0;
  #isHalted = false;
  #isResetting = false;
  #owesSignature = false;
  /** The unqueued command that the drive works on. */
  #running;
  #header = 0;
  /** A PIO command's last FIS was a PIO Setup: no register FIS follows (Serial ATA 3.0, 11.7). */
  #endsWithPioSetup = false;
  #isAdvancing = false;
  #isStarting = false;
  #queue;
  #drive;
  get isInterrupting() {
    return (this.#is & this.#regs.ie) !== 0;
  }
  reset() {
    this.#regs = powerOnRegisters();
    this.#slot = 0;
    this.#isHalted = false;
    this.#forgetCommands();
    this.#drive?.powerOn();
    this.#linkUp();
  }
  read(register) {
    const regs = this.#regs;
    switch (register) {
      case PORT_CLB:
        return regs.clb;
      case PORT_CLBU:
        return regs.clbu;
      case PORT_FB:
        return regs.fb;
      case PORT_FBU:
        return regs.fbu;
      case PORT_IS:
        return this.#is;
      case PORT_IE:
        return regs.ie;
      case PORT_CMD:
        return (regs.cmd | ((regs.cmd & CMD_START) !== 0 ? CMD_LIST_RUNNING | this.#slot << 8 : 0) | ((regs.cmd & CMD_RECEIVE) !== 0 ? CMD_RECEIVE_RUNNING : 0)) >>> 0;
      case PORT_TFD:
        return regs.tfd;
      case PORT_SIG:
        return regs.sig;
      case PORT_SSTS:
        return this.#drive === void 0 || this.#isDetecting ? 0 : SSTS_READY;
      case PORT_SCTL:
        return regs.sctl;
      case PORT_SERR:
        return regs.serr;
      case PORT_SACT:
        return regs.sact;
      case PORT_CI:
        return regs.ci;
      default:
        return 0;
    }
  }
  write(register, value) {
    const regs = this.#regs;
    switch (register) {
      case PORT_CLB:
        regs.clb = (value & ~1023) >>> 0;
        return;
      case PORT_CLBU:
        regs.clbu = value;
        return;
      case PORT_FB:
        regs.fb = (value & ~255) >>> 0;
        return;
      case PORT_FBU:
        regs.fbu = value;
        return;
      case PORT_IS:
        regs.is = (regs.is & ~(value & IS_CLEARABLE)) >>> 0;
        break;
      case PORT_IE:
        regs.ie = (value & IE_BITS) >>> 0;
        break;
      case PORT_CMD:
        this.#writeCommand(value);
        break;
      case PORT_SCTL:
        this.#writeControl(value);
        break;
      case PORT_SERR:
        regs.serr = (regs.serr & ~value) >>> 0;
        break;
      case PORT_SACT:
        if ((regs.cmd & CMD_START) !== 0) regs.sact = (regs.sact | value) >>> 0;
        return;
      case PORT_CI:
        if ((regs.cmd & CMD_START) === 0) return;
        regs.ci = (regs.ci | value) >>> 0;
        this.startCommands();
        break;
      default:
        return;
    }
    this.interruptChanged();
  }
  /** Goes on with the command list, as far as it may. */
  startCommands() {
    if (this.#isStarting) return;
    this.#isStarting = true;
    const regs = this.#regs;
    for (let n2 = 0; n2 < 32 && this.#mayStart; n2++) {
      const slot = this.#slot + 1 + n2 & 31;
      if ((regs.ci >>> slot & 1) === 0) continue;
      this.#slot = slot;
      this.#start(slot);
      n2 = -1;
      if (!this.#mayStart) break;
      if ((regs.ci >>> slot & 1) !== 0) break;
    }
    this.#isStarting = false;
  }
  save() {
    const drive = this.#drive;
    return {
      regs: { ...this.#regs },
      slot: this.#slot,
      isHalted: this.#isHalted,
      isResetting: this.#isResetting,
      owesSignature: this.#owesSignature,
      errorLog: (this.#queue?.errorLog ?? new Uint8Array(SECTOR2)).slice(),
      drive: drive === void 0 ? null : drive instanceof AtaDisk ? { kind: "disk", state: drive.saveState() } : { kind: "cdrom", state: drive.saveState() }
    };
  }
  restore(part, state) {
    const drive = this.#drive;
    const saved = state.drive;
    if (drive instanceof AtaDisk && saved?.kind === "disk") drive.restoreState(part, saved.state);
    else if (drive instanceof AtapiCdrom && saved?.kind === "cdrom") drive.restoreState(saved.state);
    else if (drive !== void 0 || saved !== null) throw new SnapshotError(part, "is for another kind of drive");
    this.#forgetCommands();
    this.#regs = {
      ...state.regs,
      clb: (state.regs.clb & ~1023) >>> 0,
      fb: (state.regs.fb & ~255) >>> 0,
      is: (state.regs.is & IS_CLEARABLE) >>> 0,
      ie: (state.regs.ie & IE_BITS) >>> 0,
      cmd: state.regs.cmd & CMD_WRITABLE | CMD_SPIN_UP | CMD_POWER_ON,
      sctl: state.regs.sctl & 4095
    };
    this.#slot = state.slot;
    this.#isHalted = state.isHalted;
    this.#isResetting = state.isResetting;
    this.#owesSignature = state.owesSignature;
    if (this.#queue !== void 0) this.#queue.errorLog = state.errorLog.slice();
  }
  // Registers with side effects.
  /** Two bits follow those of PxSERR that software has not cleared. */
  get #is() {
    const { is, serr } = this.#regs;
    return (is | ((serr & SERR_EXCHANGED) !== 0 ? IS_CONNECT : 0) | ((serr & SERR_PHY_READY) !== 0 ? IS_PHY_READY : 0)) >>> 0;
  }
  get #isDetecting() {
    return (this.#regs.sctl & SCTL_DETECTION) !== 0;
  }
  get #mayStart() {
    const { cmd, ci } = this.#regs;
    return ci !== 0 && (cmd & CMD_START) !== 0 && this.#drive !== void 0 && this.#running === void 0 && !this.#isHalted && !this.#isDetecting && this.isMaster();
  }
  #writeCommand(value) {
    const regs = this.#regs;
    const wasStarted = (regs.cmd & CMD_START) !== 0;
    if ((value & CMD_LIST_OVERRIDE) !== 0 && !wasStarted) regs.tfd &= ~(STATUS_BSY | STATUS_DRQ);
    regs.cmd = value & CMD_WRITABLE | CMD_SPIN_UP | CMD_POWER_ON;
    if ((regs.cmd & CMD_RECEIVE) !== 0 && this.#owesSignature) this.#sendRegisters(0);
    if ((regs.cmd & CMD_START) !== 0) {
      if (!wasStarted) this.startCommands();
      return;
    }
    if (!wasStarted) return;
    regs.ci = 0;
    regs.sact = 0;
    this.#isHalted = false;
    if (this.#running !== void 0) {
      this.#running = void 0;
      this.#drive?.beginSoftReset();
      this.#drive?.endSoftReset();
    }
    this.#queue?.abort();
  }
  /** DET = 1 holds the link in reset (COMRESET); back to 0 brings it up. */
  #writeControl(value) {
    const regs = this.#regs;
    const was = this.#isDetecting;
    regs.sctl = value & 4095;
    if (this.#isDetecting && !was) {
      this.#forgetCommands();
      regs.tfd = NO_DRIVE_STATUS;
      regs.sig = SIGNATURE_NONE;
      this.#drive?.beginSoftReset();
    } else if (was && !this.#isDetecting) {
      this.#drive?.endSoftReset();
      this.#linkUp();
      if (this.#drive !== void 0) regs.serr = (regs.serr | SERR_EXCHANGED | SERR_PHY_READY) >>> 0;
    }
  }
  /** The drive sends its signature. */
  #linkUp() {
    const drive = this.#drive;
    if (drive === void 0) return;
    const byte = (register) => drive.readRegister(register, false);
    this.#regs.sig = (byte(REG_LBA2) << 24 | byte(REG_LBA1) << 16 | byte(REG_LBA0) << 8 | byte(REG_COUNT)) >>> 0;
    this.#owesSignature = true;
    this.#sendRegisters(0);
  }
  #forgetCommands() {
    this.#running = void 0;
    this.#isResetting = false;
    this.#queue?.abort();
  }
  // Commands.
  #start(slot) {
    const regs = this.#regs;
    const at = address(regs.clb, regs.clbu) + HEADER_BYTES * slot;
    const header = this.memory.readU32(at);
    const table2 = address(this.memory.readU32(at + 8) & ~127, this.memory.readU32(at + 12));
    const fis = new Uint8Array(FIS_BYTES);
    this.memory.read(table2, fis);
    const transfer2 = new AhciTransfer(this.memory, table2, header >>> 16);
    const drive = this.#drive;
    if (drive === void 0) return;
    if (fis[0] !== FIS_H2D) {
      this.#end(slot);
      return;
    }
    if ((fis[1] & FIS_COMMAND) === 0) {
      this.#writeDeviceControl(slot, header, fis[15]);
      return;
    }
    const command = fis[2];
    if (this.#isResetting) return;
    if (this.#queue !== void 0 && (command === READ_QUEUED || command === WRITE_QUEUED)) {
      const queued = queuedCommand(fis, transfer2);
      regs.tfd = STATUS_DRDY | STATUS_DSC;
      this.#end(slot);
      this.#queue.start(queued);
      return;
    }
    if (this.#queue?.isEmpty === false) {
      this.#queue.abort();
      regs.tfd = STATUS_DRDY | STATUS_DSC | STATUS_ERR | ERROR_ABRT << 8;
      this.#sendRegisters(FIS_INTERRUPT);
      this.#raise(IS_TASK_FILE);
      this.#isHalted = true;
      return;
    }
    this.#running = transfer2;
    this.#header = at;
    this.#endsWithPioSetup = false;
    regs.tfd = STATUS_BSY | STATUS_DRDY;
    const write = (register, previous, value) => {
      drive.writeRegister(register, fis[previous]);
      drive.writeRegister(register, fis[value]);
    };
    write(REG_ERROR, 11, 3);
    write(REG_COUNT, 13, 12);
    write(REG_LBA0, 8, 4);
    write(REG_LBA1, 9, 5);
    write(REG_LBA2, 10, 6);
    drive.writeRegister(REG_DEVICE, fis[7] & ~16);
    this.#isAdvancing = true;
    drive.writeCommand(command);
    this.#isAdvancing = false;
    if (drive instanceof AtapiCdrom && drive.isWaitingForPacket) {
      const packet = new Uint8Array(PACKET_BYTES);
      this.memory.read(table2 + TABLE_PACKET, packet);
      this.#isAdvancing = true;
      for (let i = 0; i < drive.packetBytes; i += 2) {
        drive.writeData(2, packet[i] | packet[i + 1] << 8);
      }
      this.#isAdvancing = false;
    }
    this.#advance();
  }
  /** SRST is set by one FIS and cleared by the next, upon which the signature comes. */
  #writeDeviceControl(slot, _header, control2) {
    const drive = this.#drive;
    const isReset = (control2 & CONTROL_SRST) !== 0;
    if (isReset && !this.#isResetting) {
      this.#queue?.abort();
      this.#isResetting = true;
      drive?.beginSoftReset();
      this.#end(slot);
    } else if (!isReset && this.#isResetting) {
      this.#isResetting = false;
      drive?.endSoftReset();
      this.#end(slot);
      this.#linkUp();
    } else {
      this.#end(slot);
    }
  }
  /** Serves what the drive wants to move through its data register, then ends the command if the drive has. */
  #advance() {
    const drive = this.#drive;
    const transfer2 = this.#running;
    if (this.#isAdvancing || drive === void 0 || transfer2 === void 0) return;
    this.#isAdvancing = true;
    for (let mode = drive.openBlockMode; mode !== void 0; mode = drive.openBlockMode) {
      const bytes = new Uint8Array(drive.openBlockBytes);
      this.#sendPioSetup(drive, mode === "in", bytes.length);
      if (mode === "in") {
        for (let at = 0; at < bytes.length; at += 2) {
          const word2 = drive.readData(2);
          bytes[at] = word2;
          if (at + 1 < bytes.length) bytes[at + 1] = word2 >>> 8;
        }
        if (transfer2.toGuest(bytes) < bytes.length) this.#raise(IS_OVERFLOW);
      } else {
        if (transfer2.fromGuest(bytes) < bytes.length) {
          this.#ranOut();
          break;
        }
        for (let at = 0; at < bytes.length; at += 2) {
          drive.writeData(2, bytes[at] | (bytes[at + 1] ?? 0) << 8);
        }
      }
      this.#endsWithPioSetup = mode === "in";
      if (this.#running !== transfer2) break;
    }
    this.#isAdvancing = false;
    if (this.#running !== transfer2 || drive.isBusy || (drive.status & STATUS_DRQ) !== 0) return;
    this.#complete(drive.status, drive.readRegister(REG_ERROR, false));
  }
  /** Data by DMA. More than the descriptors hold are dropped, and said to be. */
  #dataIn(data) {
    const transfer2 = this.#running;
    if (transfer2 !== void 0 && transfer2.toGuest(data) < data.length) this.#raise(IS_OVERFLOW);
    return data.length;
  }
  /** The descriptors end before what the drive is to write: it gets nothing. */
  #ranOut() {
    if (this.#running === void 0) return;
    this.#raise(IS_OVERFLOW);
    this.#drive?.beginSoftReset();
    this.#drive?.endSoftReset();
    this.#complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR, ERROR_ABRT);
  }
  #complete(status, error) {
    const transfer2 = this.#running;
    if (transfer2 === void 0) return;
    this.#running = void 0;
    const regs = this.#regs;
    this.memory.writeU32(this.#header + 4, transfer2.moved);
    regs.tfd = status | error << 8;
    const isError = (status & STATUS_ERR) !== 0;
    if (!this.#endsWithPioSetup || isError) this.#sendRegisters(FIS_INTERRUPT);
    if (transfer2.wantsInterrupt) this.#raise(IS_DESCRIPTOR);
    if (isError) {
      this.#isHalted = true;
      this.#raise(IS_TASK_FILE);
    } else {
      regs.ci = (regs.ci & ~(1 << this.#slot)) >>> 0;
      this.startCommands();
    }
    this.interruptChanged();
  }
  /** A slot whose FIS has no answer. */
  #end(slot) {
    this.#regs.ci = (this.#regs.ci & ~(1 << slot)) >>> 0;
  }
  #queuedEnded(tag, error) {
    const regs = this.#regs;
    const isError = error !== 0;
    const done = isError ? 0 : 1 << tag >>> 0;
    regs.tfd = STATUS_DRDY | STATUS_DSC | (isError ? STATUS_ERR | error << 8 : 0);
    const fis = new Uint8Array(8);
    fis.set([FIS_SET_BITS, FIS_INTERRUPT, regs.tfd & 119, error]);
    new DataView(fis.buffer).setUint32(4, done, true);
    this.#receive(RECEIVED_SET_BITS, fis);
    regs.sact = (regs.sact & ~done) >>> 0;
    this.#raise(IS_SET_BITS);
    if (isError) {
      this.#isHalted = true;
      this.#raise(IS_TASK_FILE);
    } else {
      this.startCommands();
    }
    this.interruptChanged();
  }
  // What the drive sends.
  #raise(bits2) {
    this.#regs.is = (this.#regs.is | bits2) >>> 0;
  }
  #receive(offset, fis) {
    const { cmd, fb, fbu } = this.#regs;
    if ((cmd & CMD_RECEIVE) !== 0 && this.isMaster()) this.memory.write(address(fb, fbu) + offset, fis);
  }
  /** Register FIS, device to host. Without a running command it is the signature. */
  #sendRegisters(flags2) {
    const drive = this.#drive;
    if (drive === void 0) return;
    const regs = this.#regs;
    if (this.#owesSignature) {
      regs.tfd = drive.status | drive.readRegister(REG_ERROR, false) << 8;
      if ((regs.cmd & CMD_RECEIVE) === 0) return;
      this.#owesSignature = false;
    }
    const fis = this.#registersFis(drive, FIS_D2H, flags2);
    this.#receive(RECEIVED_D2H, fis);
    if (flags2 !== 0) this.#raise(IS_D2H);
  }
  #sendPioSetup(drive, isIn, length) {
    const fis = this.#registersFis(drive, FIS_PIO_SETUP, FIS_INTERRUPT | (isIn ? 32 : 0));
    fis[2] = drive.status;
    fis[15] = STATUS_DRDY | STATUS_DSC;
    fis[16] = length & 255;
    fis[17] = length >>> 8;
    this.#receive(RECEIVED_PIO_SETUP, fis);
    if (isIn) this.#raise(IS_PIO_SETUP);
  }
  #registersFis(drive, type, flags2) {
    const { tfd } = this.#regs;
    const now = (register) => drive.readRegister(register, false);
    const before = (register) => drive.readRegister(register, true);
    const fis = new Uint8Array(FIS_BYTES);
    fis.set([type, flags2, tfd & 255, tfd >>> 8, now(REG_LBA0), now(REG_LBA1), now(REG_LBA2), now(REG_DEVICE)]);
    fis.set([before(REG_LBA0), before(REG_LBA1), before(REG_LBA2), 0, now(REG_COUNT), before(REG_COUNT)], 8);
    return fis;
  }
};

// ../pc/src/devices/ide/ahci.ts
var AHCI_PORTS = 6;
var ABAR = 5;
var ABAR_SIZE = 4096;
var MSI_CAPABILITY = 128;
var FIRST_PORT = 256;
var PORT_SIZE = 128;
var CAPABILITIES = CAP_64_BIT | CAP_QUEUE | CAP_COMMAND_LIST_OVERRIDE | CAP_GENERATION_2 | CAP_ONLY_AHCI | (CAP_SLOTS_32 | AHCI_PORTS - 1);
var ahciState = defineState({
  kind: "ahci",
  version: 1,
  check: (value) => isRecord(value) && isPciConfigState(value.config) && isUint(value.control) && isUint(value.status) && Array.isArray(value.ports) && value.ports.length === AHCI_PORTS && value.ports.every(isAhciPortState)
});
var Ahci = class {
  constructor(id, drives, wires) {
    this.id = id;
    this.config = new PciConfigSpace(
      id,
      {
        ...{ vendor: 32902, device: 10530, revision: 2, classCode: 67073 },
        ...{ subsystemVendor: 6900, subsystem: 4352, interruptPin: 1 }
      },
      wires.pci,
      [{ kind: "mmio", index: ABAR, size: ABAR_SIZE, handler: this }]
    );
    this.#msi = new MsiCapability(this.config, MSI_CAPABILITY, 1, wires.messages);
    const changed = () => this.#updateInterrupt();
    const isMaster = () => this.config.isBusMaster;
    this.#ports = Array.from(
      { length: AHCI_PORTS },
      (_, index) => new AhciPort(wires.memory, isMaster, changed, drives[index])
    );
    this.config.onWrite = () => {
      for (const port of this.#ports) port.startCommands();
      this.#updateInterrupt();
    };
  }
  id;
  config;
  #ports;
  #msi;
  #control = GHC_AHCI;
  /** Ports that have asked for an interrupt. */
  #status = 0;
  readMmio(offset, size) {
    if ((offset & 3) + size > 4) return allOnes(size);
    const value = this.#read(offset & ~3) >>> 8 * (offset & 3);
    return size === 4 ? value >>> 0 : value & (size === 2 ? 65535 : 255);
  }
  /** Writes narrower than a register are not defined (3.0); they are dropped. */
  writeMmio(offset, size, value) {
    if (size !== 4 || (offset & 3) !== 0) return;
    if (offset >= FIRST_PORT) {
      const at = offset - FIRST_PORT;
      this.#ports[Math.floor(at / PORT_SIZE)]?.write(at % PORT_SIZE, value >>> 0);
      return;
    }
    if (offset === HOST_GHC) {
      if ((value & GHC_RESET) !== 0) this.#resetController();
      else this.#control = (GHC_AHCI | value & GHC_INTERRUPTS) >>> 0;
      this.#drive();
    } else if (offset === HOST_IS) {
      this.#status = (this.#status & ~value) >>> 0;
      this.#updateInterrupt();
      if (this.#isInterrupting) this.#msi.raise(0);
    }
  }
  reset() {
    this.config.reset();
    this.#resetController();
    this.#drive();
  }
  save() {
    return {
      config: this.config.save(),
      control: this.#control,
      status: this.#status,
      ports: this.#ports.map((port) => port.save())
    };
  }
  restore(state) {
    this.config.restore(state.config);
    this.#control = (GHC_AHCI | state.control & GHC_INTERRUPTS) >>> 0;
    this.#ports.forEach((port, index) => {
      port.restore(`${this.id}/port${index}`, state.ports[index]);
    });
    this.#status = state.status & 2 ** AHCI_PORTS - 1;
    this.#drive();
  }
  #read(offset) {
    if (offset >= FIRST_PORT) {
      const at = offset - FIRST_PORT;
      return this.#ports[Math.floor(at / PORT_SIZE)]?.read(at % PORT_SIZE) ?? 0;
    }
    switch (offset) {
      case HOST_CAP:
        return CAPABILITIES >>> 0;
      case HOST_GHC:
        return this.#control;
      case HOST_IS:
        return this.#status;
      case HOST_PI:
        return 2 ** AHCI_PORTS - 1;
      case HOST_VS:
        return VERSION_1_3;
      default:
        return 0;
    }
  }
  #resetController() {
    this.#control = GHC_AHCI;
    for (const port of this.#ports) port.reset();
    this.#status = 0;
  }
  get #isInterrupting() {
    return this.#status !== 0 && (this.#control & GHC_INTERRUPTS) !== 0;
  }
  /** Takes over which ports ask; a new one is a message. */
  #updateInterrupt() {
    const before = this.#status;
    this.#ports.forEach((port, index) => {
      if (port.isInterrupting) this.#status |= 1 << index;
    });
    this.#drive();
    if (this.#isInterrupting && (this.#status & ~before) !== 0) this.#msi.raise(0);
  }
  /** INTx, while messages are off. */
  #drive() {
    this.config.setInterrupt(this.#isInterrupting && !this.#msi.isEnabled);
  }
};

// ../pc/src/devices/ide/bus-master.ts
var PRD_EOT = 2147483648;
var TABLE_LIMIT = 65536;
function isBusMasterState(value) {
  return isRecord(value) && isUint(value.command, 255) && isUint(value.status, 255) && isUint(value.table) && isUint(value.consumed, TABLE_LIMIT) && isUint(value.address) && isUint(value.left, 65536) && typeof value.isLast === "boolean";
}
var BusMaster = class {
  constructor(memory, isEnabled) {
    this.memory = memory;
    this.isEnabled = isEnabled;
  }
  memory;
  isEnabled;
  #command = 0;
  #status = 0;
  #table = 0;
  #consumed = 0;
  #address = 0;
  #left = 0;
  #isLast = false;
  /** Called when software starts the transfer. */
  onStart;
  get isStarted() {
    return (this.#status & BMISTA_ACTIVE) !== 0 && this.isEnabled();
  }
  /** INTRQ of the channel rose. */
  interruptRose() {
    this.#status |= BMISTA_INTERRUPT;
  }
  readPort(offset, size) {
    if (offset + size > 8) return allOnes(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.#readByte(offset + i);
    return value;
  }
  writePort(offset, size, value) {
    for (let i = 0; i < size && offset + i < 8; i++) this.#writeByte(offset + i, value >>> 8 * i & 255);
  }
  #readByte(offset) {
    if (offset === 0) return this.#command;
    if (offset === 2) return this.#status;
    return offset >= 4 ? this.#table >>> 8 * (offset - 4) & 255 : 0;
  }
  #writeByte(offset, value) {
    if (offset === 0) this.#writeCommand(value);
    else if (offset === 2) {
      const cleared = value & (BMISTA_ERROR | BMISTA_INTERRUPT);
      this.#status = this.#status & ~cleared & ~BMISTA_CAPABLE | value & BMISTA_CAPABLE;
    } else if (offset >= 4) {
      const shift2 = 8 * (offset - 4);
      this.#table = (this.#table & ~(255 << shift2) | value << shift2) & ~3;
      this.#table >>>= 0;
    }
  }
  /** The direction bit is kept only: the drive knows which way its command moves data. */
  #writeCommand(value) {
    const starts = (value & BMICOM_START) !== 0 && (this.#command & BMICOM_START) === 0;
    this.#command = value & (BMICOM_START | BMICOM_RWCON);
    if ((value & BMICOM_START) === 0) this.#status &= ~BMISTA_ACTIVE;
    if (!starts) return;
    this.#consumed = 0;
    this.#left = 0;
    this.#isLast = false;
    this.#status |= BMISTA_ACTIVE;
    this.onStart?.();
  }
  toGuest(data, from2) {
    return this.#walk(
      data.length - from2,
      (gpa, done, length) => this.memory.write(gpa, data.subarray(from2 + done, from2 + done + length))
    );
  }
  fromGuest(into2, from2) {
    return this.#walk(
      into2.length - from2,
      (gpa, done, length) => this.memory.read(gpa, into2.subarray(from2 + done, from2 + done + length))
    );
  }
  /** Active stays set when the descriptors describe more than the drive moved (290550-002, table 9). */
  end(isShort) {
    if (isShort || this.#isLast && this.#left === 0) this.#status &= ~BMISTA_ACTIVE;
  }
  reset() {
    this.#command = 0;
    this.#status = 0;
    this.#table = 0;
    this.#consumed = 0;
    this.#address = 0;
    this.#left = 0;
    this.#isLast = false;
  }
  save() {
    return {
      command: this.#command,
      status: this.#status,
      table: this.#table,
      consumed: this.#consumed,
      address: this.#address,
      left: this.#left,
      isLast: this.#isLast
    };
  }
  restore(state) {
    this.#command = state.command;
    this.#status = state.status;
    this.#table = state.table;
    this.#consumed = state.consumed;
    this.#address = state.address;
    this.#left = state.left;
    this.#isLast = state.isLast;
  }
  #walk(length, move) {
    let done = 0;
    while (done < length) {
      if (this.#left === 0 && !this.#nextDescriptor()) break;
      const step = Math.min(this.#left, length - done);
      move(this.#address, done, step);
      this.#address = this.#address + step >>> 0;
      this.#left -= step;
      done += step;
    }
    return done;
  }
  #nextDescriptor() {
    if (this.#isLast || this.#consumed >= TABLE_LIMIT) return false;
    const at = this.#table + this.#consumed;
    this.#consumed += 8;
    const flags2 = this.memory.readU32(at + 4);
    this.#address = (this.memory.readU32(at) & ~1) >>> 0;
    this.#left = flags2 & 65534 || 65536;
    this.#isLast = (flags2 & PRD_EOT) !== 0;
    return true;
  }
};

// ../pc/src/devices/ide/channel.ts
function isIdeChannelState(value) {
  return isRecord(value) && isUint(value.control, 255) && isUint(value.selected, 1) && isBusMasterState(value.busMaster) && Array.isArray(value.drives) && value.drives.length === 2 && value.drives.every(isChannelDriveState);
}
function isChannelDriveState(value) {
  if (value === null) return true;
  if (!isRecord(value)) return false;
  return value.kind === "disk" ? isAtaDiskState(value.state) : value.kind === "cdrom" && isAtapiCdromState(value.state);
}
var EXECUTE_DIAGNOSTIC = 144;
var IdeChannel = class {
  constructor(drives, irq, memory, isBusMasterEnabled) {
    this.irq = irq;
    this.#drives = [drives.master, drives.slave];
    this.busMaster = new BusMaster(memory, isBusMasterEnabled);
    this.busMaster.onStart = () => this.#drive?.dmaStarted();
    const wires = { dma: this.busMaster, interruptChanged: () => this.#updateInterrupt() };
    for (const drive of this.#drives) drive?.attach(wires);
  }
  irq;
  busMaster;
  #drives;
  #control = 0;
  #selected = 0;
  #line = false;
  /** 1F0-1F7 or 170-177. */
  command = {
    readPort: (offset, size) => this.#readCommandBlock(offset, size),
    writePort: (offset, size, value) => this.#writeCommandBlock(offset, size, value)
  };
  /** 3F6 or 376. */
  control = {
    readPort: (offset, size) => offset === 0 && size === 1 ? this.#drive?.status ?? 0 : allOnes(size),
    writePort: (offset, size, value) => {
      if (offset === 0 && size === 1) this.#writeControl(value & 255);
    }
  };
  reset() {
    this.#control = 0;
    this.#selected = 0;
    this.busMaster.reset();
    for (const drive of this.#drives) drive?.powerOn();
    this.#updateInterrupt();
  }
  save() {
    const drives = this.#drives.map((drive) => {
      if (drive === void 0) return null;
      return drive instanceof AtaDisk ? { kind: "disk", state: drive.saveState() } : { kind: "cdrom", state: drive.saveState() };
    });
    return { control: this.#control, selected: this.#selected, busMaster: this.busMaster.save(), drives };
  }
  restore(part, state) {
    this.#drives.forEach((drive, i) => {
      const saved = state.drives[i] ?? null;
      const name2 = `${part}/drive${i}`;
      if (drive === void 0 && saved === null) return;
      if (drive instanceof AtaDisk && saved?.kind === "disk") drive.restoreState(name2, saved.state);
      else if (drive instanceof AtapiCdrom && saved?.kind === "cdrom") drive.restoreState(saved.state);
      else throw new SnapshotError(name2, "is for another kind of drive");
    });
    this.#control = state.control;
    this.#selected = state.selected;
    this.busMaster.restore(state.busMaster);
    this.#line = this.#isInterrupting;
    this.irq.set(this.#line);
  }
  get #drive() {
    return this.#drives[this.#selected];
  }
  #readCommandBlock(offset, size) {
    const drive = this.#drive;
    if (offset === REG_DATA) {
      if (size === 1) return 255;
      return drive === void 0 ? 0 : drive.readData(size);
    }
    if (size !== 1 || offset > REG_STATUS2) return allOnes(size);
    if (drive === void 0) return 0;
    const value = drive.readRegister(offset, (this.#control & CONTROL_HOB) !== 0);
    if (offset === REG_STATUS2) drive.acknowledge();
    return value;
  }
  #writeCommandBlock(offset, size, value) {
    if (offset === REG_DATA) {
      if (size !== 1) this.#drive?.writeData(size, value);
      return;
    }
    if (size !== 1 || offset > REG_STATUS2) return;
    this.#control &= ~CONTROL_HOB;
    if (offset === REG_STATUS2) {
      this.#writeCommand(value & 255);
      return;
    }
    if (this.#drive?.isBusy) return;
    if (offset === REG_DEVICE) this.#selected = (value & DEVICE_DEV) !== 0 ? 1 : 0;
    for (const drive of this.#drives) if (drive?.isBusy === false) drive.writeRegister(offset, value & 255);
    this.#updateInterrupt();
  }
  #writeCommand(command) {
    if ((this.#control & CONTROL_SRST) !== 0) return;
    if (command !== EXECUTE_DIAGNOSTIC) {
      this.#drive?.writeCommand(command);
      return;
    }
    if (this.#drive === void 0 && this.#drives[0] === void 0) return;
    for (const drive of this.#drives) drive?.diagnose();
    this.#selected = 0;
    this.#drives[0]?.completeDiagnostic();
  }
  #writeControl(value) {
    const wasReset = (this.#control & CONTROL_SRST) !== 0;
    const isReset = (value & CONTROL_SRST) !== 0;
    this.#control = value & (CONTROL_HOB | CONTROL_SRST | CONTROL_NIEN);
    if (isReset && !wasReset) for (const drive of this.#drives) drive?.beginSoftReset();
    if (!isReset && wasReset) {
      this.#selected = 0;
      for (const drive of this.#drives) drive?.endSoftReset();
    }
    this.#updateInterrupt();
  }
  get #isInterrupting() {
    return (this.#control & CONTROL_NIEN) === 0 && this.#drive?.isInterrupting === true;
  }
  /** Only the selected drive drives INTRQ. */
  #updateInterrupt() {
    const level = this.#isInterrupting;
    if (level && !this.#line) this.busMaster.interruptRose();
    this.#line = level;
    this.irq.set(level);
  }
};

// ../pc/src/devices/ide/piix3-ide.ts
var piix3IdeState = defineState({
  kind: "piix3-ide",
  version: 1,
  check: (value) => isRecord(value) && isPciConfigState(value.config) && Array.isArray(value.channels) && value.channels.length === 2 && value.channels.every(isIdeChannelState)
});
var IDETIM = 64;
var IDETIM_ENABLE = 32768;
var SIDETIM = 68;
var BUS_MASTER_BAR = 4;
var Piix3Ide = class {
  constructor(id, drives, wires) {
    this.id = id;
    const busMasters = {
      readPort: (offset, size) => this.#channels[offset < 8 ? 0 : 1].busMaster.readPort(offset & 7, size),
      writePort: (offset, size, value) => this.#channels[offset < 8 ? 0 : 1].busMaster.writePort(offset & 7, size, value)
    };
    this.config = new PciConfigSpace(
      id,
      {
        vendor: 32902,
        device: 28688,
        revision: 0,
        classCode: 65920,
        subsystemVendor: 6900,
        subsystem: 4352,
        commandWritable: COMMAND_IO | COMMAND_MASTER,
        status: 640
      },
      wires.pci,
      [{ kind: "ports", index: BUS_MASTER_BAR, size: 16, handler: busMasters }]
    );
    this.config.preset(IDETIM, 4, IDETIM_ENABLE * 65537);
    this.config.allow(IDETIM, 4, 4093637631);
    this.config.allow(SIDETIM, 1, 255);
    this.config.onWrite = () => this.#updateGates();
    const isBusMasterEnabled = () => this.config.isBusMaster;
    this.#channels = [
      new IdeChannel(drives[0], wires.irqs[0], wires.memory, isBusMasterEnabled),
      new IdeChannel(drives[1], wires.irqs[1], wires.memory, isBusMasterEnabled)
    ];
  }
  id;
  config;
  #channels;
  /** Whether a channel's legacy ports answer; kept because every data word passes here. */
  #isOn = [false, false];
  /** The command block of a channel, 8 ports. Answers while the channel is enabled in configuration space. */
  commandPorts(channel) {
    return this.#gated(channel, this.#channels[channel].command);
  }
  /** The control block, 1 port: 3F6 or 376 (3F7 is the floppy controller's). */
  controlPorts(channel) {
    return this.#gated(channel, this.#channels[channel].control);
  }
  reset() {
    this.config.reset();
    this.#updateGates();
    for (const channel of this.#channels) channel.reset();
  }
  save() {
    return { config: this.config.save(), channels: this.#channels.map((channel) => channel.save()) };
  }
  restore(state) {
    this.config.restore(state.config);
    this.#updateGates();
    this.#channels.forEach((channel, i) => {
      channel.restore(`${this.id}/channel${i}`, state.channels[i]);
    });
  }
  #gated(channel, ports2) {
    return {
      readPort: (offset, size) => this.#isOn[channel] ? ports2.readPort(offset, size) : allOnes(size),
      writePort: (offset, size, value) => {
        if (this.#isOn[channel]) ports2.writePort(offset, size, value);
      }
    };
  }
  #updateGates() {
    const hasPorts = (this.config.command & COMMAND_IO) !== 0;
    for (const channel of [0, 1]) {
      this.#isOn[channel] = hasPorts && (this.config.get(IDETIM + 2 * channel, 2) & IDETIM_ENABLE) !== 0;
    }
  }
};

// ../pc/src/devices/ioapic/ioapic.ts
var IOAPIC_PINS = 24;
var IOREGSEL = 0;
var IOWIN = 16;
var IOEOI = 64;
var IOAPICID = 0;
var IOAPICVER = 1;
var IOAPICARB = 2;
var IOREDTBL = 16;
var VERSION2 = IOAPIC_PINS - 1 << 16 | 32;
var RT_LOGICAL = 2048;
var RT_REMOTE_IRR = 16384;
var RT_LEVEL = 32768;
var RT_MASKED = 65536;
var RT_WRITABLE = 110591;
var ioApicState = defineState({
  kind: "ioapic",
  version: 1,
  check: (value) => isRecord(value) && isUint(value.select, 255) && isUint(value.apicId, 15) && isWords(value.low) && isWords(value.high) && isUint(value.pins, 2 ** IOAPIC_PINS - 1)
});
function isWords(value) {
  return Array.isArray(value) && value.length === IOAPIC_PINS && value.every((word2) => isUint(word2));
}
var IoApic = class {
  constructor(id, wires, powerOnId = 0) {
    this.id = id;
    this.wires = wires;
    this.powerOnId = powerOnId;
    this.#apicId = powerOnId;
  }
  id;
  wires;
  powerOnId;
  #select = 0;
  #apicId;
  #low = new Array(IOAPIC_PINS).fill(RT_MASKED);
  #high = new Array(IOAPIC_PINS).fill(0);
  #pins = 0;
  /** The wire of input 0-23. */
  line(pin) {
    return { set: (level) => this.#setPin(pin, level) };
  }
  /** A local APIC ended a level-triggered vector. */
  endOfInterrupt(vector3) {
    for (let pin = 0; pin < IOAPIC_PINS; pin++) {
      const entry = this.#low[pin];
      if ((entry & 255) !== vector3 || (entry & RT_REMOTE_IRR) === 0) continue;
      this.#low[pin] = entry & ~RT_REMOTE_IRR;
      this.#updateInterrupt(pin);
    }
  }
  readMmio(offset, size) {
    const at = offset & 255;
    const value = at === IOREGSEL ? this.#select : at === IOWIN ? this.#read(this.#select) : 0;
    return size === 4 ? value >>> 0 : value & 2 ** (8 * size) - 1;
  }
  writeMmio(offset, size, value) {
    const at = offset & 255;
    if (at === IOREGSEL) this.#select = value & 255;
    else if (size !== 4)
      return;
    else if (at === IOWIN) this.#write(this.#select, value >>> 0);
    else if (at === IOEOI) this.endOfInterrupt(value & 255);
  }
  reset() {
    this.#select = 0;
    this.#apicId = this.powerOnId;
    this.#low.fill(RT_MASKED);
    this.#high.fill(0);
  }
  save() {
    return { select: this.#select, apicId: this.#apicId, low: [...this.#low], high: [...this.#high], pins: this.#pins };
  }
  restore(state) {
    this.#select = state.select;
    this.#apicId = state.apicId;
    for (let pin = 0; pin < IOAPIC_PINS; pin++) {
      this.#low[pin] = state.low[pin] & (RT_WRITABLE | RT_REMOTE_IRR);
      this.#high[pin] = state.high[pin];
    }
    this.#pins = state.pins;
  }
  #read(register) {
    const index = register - IOREDTBL;
    if (index >= 0 && index < 2 * IOAPIC_PINS) return index & 1 ? this.#high[index >> 1] : this.#low[index >> 1];
    if (register === IOAPICID || register === IOAPICARB) return this.#apicId << 24;
    return register === IOAPICVER ? VERSION2 : 0;
  }
  #write(register, value) {
    const index = register - IOREDTBL;
    if (register === IOAPICID) this.#apicId = value >>> 24 & 15;
    if (index < 0 || index >= 2 * IOAPIC_PINS) return;
    const pin = index >> 1;
    if (index & 1) {
      this.#high[pin] = value;
      return;
    }
    let entry = value & RT_WRITABLE | this.#low[pin] & RT_REMOTE_IRR;
    if ((entry & RT_LEVEL) === 0) entry &= ~RT_REMOTE_IRR;
    this.#low[pin] = entry;
    this.#updateInterrupt(pin);
  }
  /** An edge on a masked input is lost (3.2.4, "Interrupt Mask"). */
  #setPin(pin, level) {
    const bit3 = 1 << pin;
    const rises = level && (this.#pins & bit3) === 0;
    this.#pins = level ? this.#pins | bit3 : this.#pins & ~bit3;
    const entry = this.#low[pin];
    if (entry & RT_LEVEL) this.#updateInterrupt(pin);
    else if (rises && (entry & RT_MASKED) === 0) this.#deliver(pin, false);
  }
  /** A level-triggered input that is high, unmasked and not already waiting for its EOI is delivered. */
  #updateInterrupt(pin) {
    const entry = this.#low[pin];
    if ((entry & (RT_LEVEL | RT_MASKED | RT_REMOTE_IRR)) !== RT_LEVEL || (this.#pins & 1 << pin) === 0) return;
    const mode = entry >> 8 & 7;
    const isVectored = mode === DELIVERY_FIXED || mode === DELIVERY_LOWEST;
    if (isVectored) this.#low[pin] = entry | RT_REMOTE_IRR;
    const isTaken = this.#deliver(pin, isVectored);
    if (isVectored && !isTaken) this.#low[pin] &= ~RT_REMOTE_IRR;
  }
  #deliver(pin, isLevel) {
    const entry = this.#low[pin];
    const deliveryMode = entry >> 8 & 7;
    return this.wires.bus.send({
      deliveryMode,
      vector: deliveryMode === DELIVERY_EXTINT ? 0 : entry & 255,
      destination: this.#high[pin] >>> 24,
      isLogical: (entry & RT_LOGICAL) !== 0,
      isLevel
    });
  }
};

// ../pc/src/devices/lapic/apic-timer.ts
var NEVER_NS = 2 ** 53 - 2 ** 41;
function isApicTimerState(value) {
  return isRecord(value) && (value.mode === "oneShot" || value.mode === "periodic" || value.mode === "deadline") && isUint(value.divide, 15) && isUint(value.initial) && isUint(value.startNs, NEVER_NS) && isUint(value.firstCount) && (value.dueNs === void 0 || isUint(value.dueNs, NEVER_NS)) && typeof value.deadlineTsc === "bigint" && value.deadlineTsc >= 0n && value.deadlineTsc < 1n << 64n && typeof value.isMasked === "boolean";
}
var MERGED_PERIOD_NS = 2e4;
var ApicTimer = class {
  /**
   * @param tscToNs guest time at which the vCPU's TSC reaches a value
   * @param onExpire the interrupt, only while unmasked
   */
  constructor(name2, clock, tscToNs, onExpire) {
    this.clock = clock;
    this.tscToNs = tscToNs;
    this.onExpire = onExpire;
    this.#timer = clock.createTimer(name2, () => this.#expire());
  }
  clock;
  tscToNs;
  onExpire;
  #mode = "oneShot";
  #divide = 0;
  #initial = 0;
  #startNs = 0;
  #firstCount = 0;
  #dueNs;
  #deadlineTsc = 0n;
  #isMasked = true;
  #timer;
  get initial() {
    return this.#initial;
  }
  /** Divide configuration register. */
  get divide() {
    return this.#divide;
  }
  get deadlineTsc() {
    this.#forgetPast();
    return this.#deadlineTsc;
  }
  get current() {
    if (this.#mode === "deadline" || this.#initial === 0) return 0;
    const now = this.clock.nowNs();
    const elapsed = Math.max(0, Math.floor((now - this.#startNs) / this.#divisor));
    if (elapsed < this.#firstCount) return this.#firstCount - elapsed;
    if (this.#mode === "oneShot") return 0;
    return this.#initial - (elapsed - this.#firstCount) % this.#initial;
  }
  configure(mode, isMasked) {
    if (mode !== this.#mode) {
      const wasDeadline = this.#mode === "deadline";
      if (!wasDeadline && mode !== "deadline") this.#restart(this.current);
      this.#mode = mode;
      if (wasDeadline || mode === "deadline") {
        this.#initial = 0;
        this.#deadlineTsc = 0n;
      }
    }
    this.#isMasked = isMasked;
    this.#plan();
  }
  setInitial(value) {
    if (this.#mode === "deadline") return;
    this.#initial = value;
    this.#restart(value);
    this.#plan();
  }
  setDivide(value) {
    const current = this.current;
    this.#divide = value & 11;
    this.#restart(current);
    this.#plan();
  }
  setDeadline(tsc) {
    if (this.#mode !== "deadline") return;
    this.#deadlineTsc = tsc;
    this.#dueNs = tsc === 0n ? void 0 : Math.max(this.#deadlineNs(), this.clock.nowNs());
    this.#arm();
  }
  /** The TSC was written: the deadline moves in time. */
  tscChanged() {
    if (this.#mode === "deadline") this.#plan();
  }
  reset() {
    this.#mode = "oneShot";
    this.#divide = 0;
    this.#initial = 0;
    this.#startNs = 0;
    this.#firstCount = 0;
    this.#deadlineTsc = 0n;
    this.#isMasked = true;
    this.#plan();
  }
  save() {
    return {
      mode: this.#mode,
      divide: this.#divide,
      initial: this.#initial,
      startNs: this.#startNs,
      firstCount: this.#firstCount,
      dueNs: this.#dueNs,
      deadlineTsc: this.#deadlineTsc,
      isMasked: this.#isMasked
    };
  }
  restore(state) {
    this.#mode = state.mode;
    this.#divide = state.divide & 11;
    this.#initial = state.initial;
    this.#startNs = state.startNs;
    this.#firstCount = state.firstCount;
    this.#dueNs = state.dueNs;
    this.#deadlineTsc = state.deadlineTsc;
    this.#isMasked = state.isMasked;
    this.#arm();
  }
  /** 2, 4, … 128, 1 by bits 3, 1, 0 (figure 11-10). Nanoseconds a count. */
  get #divisor() {
    const code = this.#divide >> 1 & 4 | this.#divide & 3;
    return code === 7 ? 1 : 2 << code;
  }
  #deadlineNs() {
    const ns = this.tscToNs(this.#deadlineTsc);
    return ns < NEVER_NS ? Math.max(0, Math.ceil(ns)) : NEVER_NS;
  }
  #restart(count2) {
    this.#startNs = this.clock.nowNs();
    this.#firstCount = count2;
  }
  /** The next expiry after now. */
  #plan() {
    const now = this.clock.nowNs();
    if (this.#mode === "deadline") {
      this.#forgetPast();
      this.#dueNs = this.#deadlineTsc === 0n ? void 0 : this.#deadlineNs();
    } else if (this.#initial === 0 || this.#firstCount === 0 && this.#mode === "oneShot") {
      this.#dueNs = void 0;
    } else {
      const first = this.#startNs + this.#firstCount * this.#divisor;
      const period = this.#initial * this.#divisor;
      if (first > now) this.#dueNs = Math.min(first, NEVER_NS);
      else if (this.#mode === "oneShot") this.#dueNs = void 0;
      else this.#dueNs = Math.min(first + (Math.floor((now - first) / period) + 1) * period, NEVER_NS);
    }
    this.#arm();
  }
  /** A deadline that passed while masked is over: the register reads 0. */
  #forgetPast() {
    if (this.#deadlineTsc === 0n || this.#deadlineNs() > this.clock.nowNs()) return;
    if (this.#timer.deadlineNs === void 0) this.#deadlineTsc = 0n;
  }
  #arm() {
    if (this.#dueNs === void 0 || this.#isMasked || this.#dueNs >= NEVER_NS) this.#timer.disarm();
    else this.#timer.arm(this.#dueNs);
  }
  #expire() {
    const due = this.#dueNs;
    if (due === void 0) return;
    this.#dueNs = void 0;
    if (this.#mode === "deadline") {
      this.#deadlineTsc = 0n;
    } else if (this.#mode === "periodic") {
      const period = this.#initial * this.#divisor;
      const now = this.clock.nowNs();
      let next = due + period;
      if (next <= now && period < MERGED_PERIOD_NS) next = due + (Math.floor((now - due) / period) + 1) * period;
      this.#dueNs = Math.min(next, NEVER_NS);
    }
    this.#arm();
    this.onExpire();
  }
};

// ../pc/src/devices/lapic/registers.ts
var REG_ID2 = 2;
var REG_VERSION = 3;
var REG_TPR = 8;
var REG_APR = 9;
var REG_PPR = 10;
var REG_EOI = 11;
var REG_RRD = 12;
var REG_LDR = 13;
var REG_DFR = 14;
var REG_SVR = 15;
var REG_ISR = 16;
var REG_TMR = 24;
var REG_IRR = 32;
var REG_ESR = 40;
var REG_ICR_LOW = 48;
var REG_ICR_HIGH = 49;
var REG_LVT_TIMER = 50;
var REG_LVT_PERF = 52;
var REG_LVT_LINT0 = 53;
var REG_LVT_LINT1 = 54;
var REG_LVT_ERROR = 55;
var REG_TIMER_INITIAL = 56;
var REG_TIMER_CURRENT = 57;
var REG_TIMER_DIVIDE = 62;
var REG_SELF_IPI = 63;
var VERSION3 = 327700;
var SVR_ENABLE = 256;
var SVR_WRITABLE = 1023;
var LVT_MASKED = 65536;
var LVT_LEVEL = 32768;
var LVT_REMOTE_IRR = 16384;
var LVT_TIMER_MODE = 393216;
var TIMER_PERIODIC = 131072;
var TIMER_DEADLINE = 262144;
var LVT_WRITABLE = [459007, 67583, 67583, 108543, 108543, 65791];
var LVT_COUNT = 6;
var ICR_LOGICAL = 2048;
var ICR_ASSERT = 16384;
var ICR_LEVEL = 32768;
var ICR_LOW_WRITABLE = 839679;
var ESR_SEND_ILLEGAL_VECTOR = 32;
var ESR_RECEIVED_ILLEGAL_VECTOR = 64;
var ESR_ILLEGAL_REGISTER = 128;
var MSR_APIC_BASE = 27;
var MSR_TSC_DEADLINE2 = 1760;
var MSR_X2APIC_FIRST = 2048;
var MSR_X2APIC_LAST = 2303;
var BASE_BSP = 256;
var BASE_X2APIC = 1024;
var BASE_ENABLE = 2048;
var BASE_DEFAULT = 4276092928;

// ../pc/src/devices/lapic/vector-set.ts
var VectorSet = class {
  #words = new Uint32Array(8);
  has(vector3) {
    return (this.#words[vector3 >> 5] >>> (vector3 & 31) & 1) !== 0;
  }
  set(vector3, value) {
    const bit3 = 1 << (vector3 & 31);
    if (value) this.#words[vector3 >> 5] |= bit3;
    else this.#words[vector3 >> 5] &= ~bit3;
  }
  /** The highest vector; -1 = none. */
  get highest() {
    for (let i = 7; i >= 0; i--) {
      const word2 = this.#words[i];
      if (word2 !== 0) return i * 32 + 31 - Math.clz32(word2);
    }
    return -1;
  }
  /** One of the eight 32-bit registers. */
  word(index) {
    return this.#words[index];
  }
  clear() {
    this.#words.fill(0);
  }
  save() {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    this.#words.forEach((word2, i) => view.setUint32(4 * i, word2, true));
    return bytes;
  }
  restore(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
    for (let i = 0; i < 8; i++) this.#words[i] = view.getUint32(4 * i, true);
  }
};

// ../pc/src/devices/lapic/lapic.ts
var SHORTHANDS = ["none", "self", "all", "others"];
var LINT_MODE_SHIFT = 8;
var WORDS = ["ldr", "dfr", "icrHigh"];
var lapicState = defineState({
  kind: "lapic",
  version: 1,
  check: (value) => isRecord(value) && WORDS.every((field) => isUint(value[field])) && isUint(value.baseMsr, 2 ** 40 - 1) && isUint(value.tpr, 255) && isUint(value.svr, SVR_WRITABLE) && isUint(value.esr, 255) && isUint(value.errors, 255) && isUint(value.icrLow, ICR_LOW_WRITABLE) && Array.isArray(value.lvt) && value.lvt.length === LVT_COUNT && value.lvt.every((entry) => isUint(entry)) && isBytes(value.isr, 32) && isBytes(value.tmr, 32) && isBytes(value.irr, 32) && isApicTimerState(value.timer) && isUint(value.lint, 3) && typeof value.extInt === "boolean"
});
var Lapic = class {
  /** Silent until its first reset: the board adds it to the bus. @param apicId 0 is the bootstrap processor */
  constructor(id, apicId, clock, wires) {
    this.id = id;
    this.apicId = apicId;
    this.wires = wires;
    this.#timer = new ApicTimer(`${id}/timer`, clock, wires.tscToNs, () => this.#deliverLocal(REG_LVT_TIMER));
    this.#regs = this.#powerOn();
    this.#resetLvt();
  }
  id;
  apicId;
  wires;
  #regs;
  #lvt = new Array(LVT_COUNT).fill(LVT_MASKED);
  #isr = new VectorSet();
  #tmr = new VectorSet();
  #irr = new VectorSet();
  #timer;
  /** INTR of the PIC, wired to every local APIC. */
  lint0 = { set: (level) => this.#setLint(0, level) };
  lint1 = { set: (level) => this.#setLint(1, level) };
  get isEnabled() {
    return (this.#regs.baseMsr & BASE_ENABLE) !== 0;
  }
  get isX2Apic() {
    return this.isEnabled && (this.#regs.baseMsr & BASE_X2APIC) !== 0;
  }
  get isAccepting() {
    return this.isEnabled && (this.#regs.svr & SVR_ENABLE) !== 0;
  }
  get priority() {
    return this.#ppr;
  }
  /** CR8. */
  readTaskPriority() {
    return this.#regs.tpr >> 4;
  }
  writeTaskPriority(value) {
    this.#regs.tpr = (value & 15) << 4;
    this.#updateInterrupt();
  }
  /** Interrupt acknowledge: a vector; 'pic' when the PIC gives it (ExtINT); undefined when nothing is pending any more. */
  acknowledge() {
    const vector3 = this.#pending;
    if (vector3 >= 0) {
      this.#irr.set(vector3, false);
      this.#isr.set(vector3, true);
      this.#updateInterrupt();
      return vector3;
    }
    if (this.#regs.extInt) {
      this.#regs.extInt = false;
      this.#updateInterrupt();
      return "pic";
    }
    return this.#isExtIntHigh ? "pic" : void 0;
  }
  matches(destination, isLogical) {
    if (!this.isEnabled) return false;
    if (!isLogical) return destination === this.apicId || destination === 255 || destination === 4294967295;
    if (this.isX2Apic) {
      if (destination === 4294967295) return true;
      const ldr = this.#x2Ldr;
      return destination >>> 16 === ldr >>> 16 && (destination & ldr & 65535) !== 0;
    }
    if (destination === 255) return true;
    const logical = this.#regs.ldr >>> 24;
    if (this.#regs.dfr >>> 28 === 15) return (logical & destination) !== 0;
    return logical >> 4 === destination >> 4 && (logical & destination & 15) !== 0;
  }
  deliver({ deliveryMode, vector: vector3, isLevel }) {
    switch (deliveryMode) {
      case DELIVERY_FIXED:
      case DELIVERY_LOWEST:
        if (this.isAccepting) this.#accept(vector3, isLevel);
        break;
      case DELIVERY_NMI:
        this.wires.nmi();
        break;
      case DELIVERY_SMI:
        this.wires.smi();
        break;
      case DELIVERY_INIT:
        this.#initialize();
        this.wires.init();
        break;
      case DELIVERY_STARTUP:
        this.wires.startup(vector3);
        break;
      case DELIVERY_EXTINT:
        this.#regs.extInt = true;
        this.#updateInterrupt();
        break;
      default:
        break;
    }
  }
  readMmio(offset, size) {
    const byte = offset & 15;
    if (byte >= 4 || this.isX2Apic) return 0;
    const value = this.#read(offset >> 4);
    const shifted = value >>> 8 * byte;
    return size === 4 ? shifted : shifted & 2 ** (8 * size) - 1;
  }
  writeMmio(offset, size, value) {
    if (size === 4 && (offset & 15) === 0 && !this.isX2Apic) this.#write(offset >> 4, value >>> 0);
  }
  /** APIC_BASE, TSC_DEADLINE and, in x2APIC mode, 0x800-0x8FF; undefined = #GP. */
  readMsr(index) {
    if (index === MSR_APIC_BASE) return BigInt(this.#regs.baseMsr);
    if (index === MSR_TSC_DEADLINE2) return this.#timer.deadlineTsc;
    if (!this.isX2Apic || index < MSR_X2APIC_FIRST || index > MSR_X2APIC_LAST) return void 0;
    const register = index - MSR_X2APIC_FIRST;
    if (register === REG_ICR_LOW) return BigInt(this.#regs.icrHigh) << 32n | BigInt(this.#regs.icrLow);
    return X2APIC_READABLE.has(register) ? BigInt(this.#read(register)) : void 0;
  }
  /** false = #GP. */
  writeMsr(index, value) {
    if (index === MSR_APIC_BASE) return this.#writeBase(value);
    if (index === MSR_TSC_DEADLINE2) {
      this.#timer.setDeadline(value);
      return true;
    }
    if (!this.isX2Apic || index < MSR_X2APIC_FIRST || index > MSR_X2APIC_LAST) return false;
    const register = index - MSR_X2APIC_FIRST;
    const low = Number(value & 0xffffffffn);
    const high = Number(value >> 32n);
    if (register === REG_ICR_LOW) {
      if (low & ~ICR_LOW_WRITABLE) return false;
      this.#regs.icrHigh = high;
      this.#writeIcr(low);
      return true;
    }
    const reserved = x2ApicReserved(register);
    if (reserved === void 0 || high !== 0 || (low & reserved) !== 0) return false;
    if (register === REG_SELF_IPI) this.#sendIpi(DELIVERY_FIXED, low & 255, 0, false, false, "self");
    else this.#write(register, low);
    return true;
  }
  /** The vCPU's TSC was written. */
  tscChanged() {
    this.#timer.tscChanged();
  }
  /** A performance counter is full. Its entry masks itself; the handler takes the mask away (11.5.1). */
  performanceOverflow() {
    this.#deliverLocal(REG_LVT_PERF);
    this.#lvt[REG_LVT_PERF - REG_LVT_TIMER] |= LVT_MASKED;
  }
  reset() {
    this.#regs = { ...this.#powerOn(), lint: this.#regs.lint };
    this.#clear();
    this.wires.mapped(this.#mappedBase);
    this.#updateInterrupt();
  }
  save() {
    const { baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt, ...rest } = this.#regs;
    noneLeft(rest);
    return {
      ...{ baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt },
      lvt: [...this.#lvt],
      isr: this.#isr.save(),
      tmr: this.#tmr.save(),
      irr: this.#irr.save(),
      timer: this.#timer.save()
    };
  }
  restore(state) {
    const { baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt } = state;
    this.#regs = { baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt };
    state.lvt.forEach((entry, i) => {
      this.#lvt[i] = entry & (LVT_WRITABLE[i] | LVT_REMOTE_IRR);
    });
    this.#isr.restore(state.isr);
    this.#tmr.restore(state.tmr);
    this.#irr.restore(state.irr);
    this.#timer.restore(state.timer);
    this.wires.mapped(this.#mappedBase);
    this.#updateInterrupt();
  }
  #powerOn() {
    return {
      baseMsr: BASE_DEFAULT + BASE_ENABLE + (this.apicId === 0 ? BASE_BSP : 0),
      tpr: 0,
      ldr: 0,
      dfr: 4294967295,
      svr: 255,
      esr: 0,
      errors: 0,
      icrLow: 0,
      icrHigh: 0,
      lint: 0,
      extInt: false
    };
  }
  /**
   * All masked, but for the bootstrap processor's LINT0: there the chipset's virtual-wire mode is in force from
   * power-on (MultiProcessor Specification 1.4, 3.6.2.2), so that firmware that knows no APIC has its PIC.
   */
  #resetLvt() {
    this.#lvt.fill(LVT_MASKED);
    if (this.apicId === 0) this.#lvt[REG_LVT_LINT0 - REG_LVT_TIMER] = DELIVERY_EXTINT << LINT_MODE_SHIFT;
  }
  #clear() {
    this.#resetLvt();
    this.#isr.clear();
    this.#tmr.clear();
    this.#irr.clear();
    this.#timer.reset();
  }
  /** After INIT: all but the base address and the pins (11.4.7.3). */
  #initialize() {
    const { baseMsr, lint } = this.#regs;
    this.#regs = { ...this.#powerOn(), baseMsr, lint };
    this.#clear();
    this.#updateInterrupt();
  }
  get #mappedBase() {
    const { baseMsr } = this.#regs;
    return this.isEnabled && !this.isX2Apic ? baseMsr - baseMsr % 4096 : void 0;
  }
  get #x2Ldr() {
    return (this.apicId >> 4 << 16 | 1 << (this.apicId & 15)) >>> 0;
  }
  get #ppr() {
    const { tpr } = this.#regs;
    const inService = Math.max(this.#isr.highest, 0);
    return tpr >> 4 >= inService >> 4 ? tpr : inService & 240;
  }
  /** The vector that INTR stands for; -1 = none. */
  get #pending() {
    const vector3 = this.#irr.highest;
    return vector3 >= 0 && this.isAccepting && vector3 >> 4 > this.#ppr >> 4 ? vector3 : -1;
  }
  #isLint(pin, deliveryMode) {
    const entry = this.#lvt[REG_LVT_LINT0 - REG_LVT_TIMER + pin];
    return (entry & LVT_MASKED) === 0 && (entry >> LINT_MODE_SHIFT & 7) === deliveryMode;
  }
  /** A disabled APIC leaves LINT0 as INTR and LINT1 as NMI (11.4.3). */
  get #isExtIntHigh() {
    const { lint } = this.#regs;
    if (!this.isEnabled) return (lint & 1) !== 0;
    return (lint & 1) !== 0 && this.#isLint(0, DELIVERY_EXTINT) || (lint & 2) !== 0 && this.#isLint(1, DELIVERY_EXTINT);
  }
  #setLint(pin, level) {
    const bit3 = 1 << pin;
    const rises = level && (this.#regs.lint & bit3) === 0;
    this.#regs.lint = level ? this.#regs.lint | bit3 : this.#regs.lint & ~bit3;
    if (!this.isEnabled) {
      if (rises && pin === 1) this.wires.nmi();
    } else if (level) {
      this.#sampleLint(pin, rises);
    }
    this.#updateInterrupt();
  }
  #sampleLint(pin, rises) {
    const index = REG_LVT_LINT0 - REG_LVT_TIMER + pin;
    const entry = this.#lvt[index];
    if (this.#isLint(pin, DELIVERY_FIXED) && entry & LVT_LEVEL) {
      if (entry & LVT_REMOTE_IRR) return;
      this.#lvt[index] = entry | LVT_REMOTE_IRR;
      this.#accept(entry & 255, true);
    } else if (rises && !this.#isLint(pin, DELIVERY_EXTINT)) {
      this.#deliverLocal(REG_LVT_LINT0 + pin);
    }
  }
  #deliverLocal(register) {
    const entry = this.#lvt[register - REG_LVT_TIMER];
    if (entry & LVT_MASKED || !this.isAccepting) return;
    const mode = register === REG_LVT_TIMER || register === REG_LVT_ERROR ? 0 : entry >> LINT_MODE_SHIFT & 7;
    this.deliver({ deliveryMode: mode, vector: entry & 255, destination: 0, isLogical: false, isLevel: false });
  }
  #accept(vector3, isLevel) {
    if (vector3 < 16) {
      this.#error(ESR_RECEIVED_ILLEGAL_VECTOR);
      return;
    }
    this.#irr.set(vector3, true);
    this.#tmr.set(vector3, isLevel);
    this.#updateInterrupt();
  }
  #error(bit3) {
    const isNew = (this.#regs.errors & bit3) === 0;
    this.#regs.errors |= bit3;
    if (isNew) this.#deliverLocal(REG_LVT_ERROR);
  }
  #read(register) {
    const regs = this.#regs;
    if (register >= REG_ISR && register < REG_ISR + 8) return this.#isr.word(register - REG_ISR);
    if (register >= REG_TMR && register < REG_TMR + 8) return this.#tmr.word(register - REG_TMR);
    if (register >= REG_IRR && register < REG_IRR + 8) return this.#irr.word(register - REG_IRR);
    const entry = this.#lvt[register - REG_LVT_TIMER];
    if (entry !== void 0) return entry;
    switch (register) {
      case REG_ID2:
        return this.isX2Apic ? this.apicId : this.apicId << 24 >>> 0;
      case REG_VERSION:
        return VERSION3;
      case REG_TPR:
        return regs.tpr;
      case REG_APR:
      case REG_PPR:
        return this.#ppr;
      case REG_EOI:
      case REG_RRD:
        return 0;
      case REG_LDR:
        return this.isX2Apic ? this.#x2Ldr : regs.ldr;
      case REG_DFR:
        return regs.dfr;
      case REG_SVR:
        return regs.svr;
      case REG_ESR:
        return regs.esr;
      case REG_ICR_LOW:
        return regs.icrLow;
      case REG_ICR_HIGH:
        return regs.icrHigh;
      case REG_TIMER_INITIAL:
        return this.#timer.initial;
      case REG_TIMER_CURRENT:
        return this.#timer.current;
      case REG_TIMER_DIVIDE:
        return this.#timer.divide;
      default:
        this.#error(ESR_ILLEGAL_REGISTER);
        return 0;
    }
  }
  #write(register, value) {
    const regs = this.#regs;
    if (register >= REG_LVT_TIMER && register < REG_LVT_TIMER + LVT_COUNT) {
      this.#writeLvt(register - REG_LVT_TIMER, value);
      return;
    }
    switch (register) {
      case REG_TPR:
        regs.tpr = value & 255;
        break;
      case REG_EOI:
        this.#endOfInterrupt();
        break;
      case REG_LDR:
        regs.ldr = (value & 4278190080) >>> 0;
        break;
      case REG_DFR:
        regs.dfr = (value | 268435455) >>> 0;
        break;
      case REG_SVR:
        this.#writeSvr(value);
        break;
      case REG_ESR:
        regs.esr = regs.errors;
        regs.errors = 0;
        break;
      case REG_ICR_LOW:
        this.#writeIcr(value);
        break;
      case REG_ICR_HIGH:
        regs.icrHigh = (value & 4278190080) >>> 0;
        break;
      case REG_TIMER_INITIAL:
        this.#timer.setInitial(value);
        break;
      case REG_TIMER_DIVIDE:
        this.#timer.setDivide(value);
        break;
      case REG_ID2:
      // read-only, as in all processors since the Pentium 4
      case REG_VERSION:
      case REG_APR:
      case REG_PPR:
      case REG_RRD:
      case REG_TIMER_CURRENT:
        break;
      default:
        if (register < REG_ISR || register >= REG_ESR) this.#error(ESR_ILLEGAL_REGISTER);
        break;
    }
    this.#updateInterrupt();
  }
  #writeSvr(value) {
    this.#regs.svr = value & SVR_WRITABLE;
    if (value & SVR_ENABLE) return;
    for (let i = 0; i < LVT_COUNT; i++) this.#lvt[i] |= LVT_MASKED;
    this.#configureTimer();
  }
  #writeLvt(index, value) {
    const old = this.#lvt[index];
    let entry = value & LVT_WRITABLE[index] | old & LVT_REMOTE_IRR;
    if ((this.#regs.svr & SVR_ENABLE) === 0) entry |= LVT_MASKED;
    if ((entry & LVT_LEVEL) === 0) entry &= ~LVT_REMOTE_IRR;
    this.#lvt[index] = entry;
    const register = index + REG_LVT_TIMER;
    if (register === REG_LVT_TIMER) {
      this.#configureTimer();
    } else if (register === REG_LVT_LINT0 || register === REG_LVT_LINT1) {
      const pin = register === REG_LVT_LINT0 ? 0 : 1;
      if (this.#regs.lint & 1 << pin) this.#sampleLint(pin, false);
    }
    this.#updateInterrupt();
  }
  #configureTimer() {
    const entry = this.#lvt[0];
    const bits2 = entry & LVT_TIMER_MODE;
    let mode = "oneShot";
    if (bits2 & TIMER_DEADLINE) mode = "deadline";
    else if (bits2 === TIMER_PERIODIC) mode = "periodic";
    this.#timer.configure(mode, (entry & LVT_MASKED) !== 0);
  }
  #endOfInterrupt() {
    const vector3 = this.#isr.highest;
    if (vector3 < 0) return;
    this.#isr.set(vector3, false);
    if (!this.#tmr.has(vector3)) return;
    this.#endLint(0, vector3);
    this.#endLint(1, vector3);
    this.wires.bus.broadcastEoi(vector3);
  }
  #endLint(pin, vector3) {
    const index = REG_LVT_LINT0 - REG_LVT_TIMER + pin;
    const entry = this.#lvt[index];
    if ((entry & LVT_REMOTE_IRR) === 0 || (entry & 255) !== vector3) return;
    this.#lvt[index] = entry & ~LVT_REMOTE_IRR;
    if (this.#regs.lint & 1 << pin) this.#sampleLint(pin, false);
  }
  #writeIcr(value) {
    const low = value & ICR_LOW_WRITABLE;
    this.#regs.icrLow = low;
    const destination = this.isX2Apic ? this.#regs.icrHigh : this.#regs.icrHigh >>> 24;
    const mode = low >> 8 & 7;
    const isLevel = (low & ICR_LEVEL) !== 0;
    if (mode === DELIVERY_INIT && isLevel && (low & ICR_ASSERT) === 0) return;
    const shorthand = SHORTHANDS[low >> 18 & 3];
    this.#sendIpi(mode, low & 255, destination, (low & ICR_LOGICAL) !== 0, isLevel, shorthand);
  }
  #sendIpi(deliveryMode, vector3, destination, isLogical, isLevel, shorthand) {
    const isVectored = deliveryMode === DELIVERY_FIXED || deliveryMode === DELIVERY_LOWEST;
    if (isVectored && vector3 < 16) {
      this.#error(ESR_SEND_ILLEGAL_VECTOR);
      return;
    }
    const message = { deliveryMode, vector: vector3, destination, isLogical, isLevel: isLevel && !isVectored };
    this.wires.bus.sendFrom(this, message, shorthand);
    if (shorthand !== "self") this.wires.ipiSent?.();
  }
  #writeBase(value) {
    if (value >= 1n << 40n || (value & 0x2ffn) !== 0n) return false;
    const next = Number(value);
    const now = this.#regs.baseMsr;
    const enables = next & (BASE_ENABLE | BASE_X2APIC);
    if (enables === BASE_X2APIC) return false;
    if (this.isX2Apic && enables === BASE_ENABLE) return false;
    if (!this.isEnabled && enables === (BASE_ENABLE | BASE_X2APIC)) return false;
    const base = next - next % 4096 + (enables | now & BASE_BSP);
    if (enables === 0 && this.isEnabled) this.#initialize();
    this.#regs.baseMsr = base;
    if (enables & BASE_X2APIC) this.#regs.icrHigh = 0;
    this.wires.mapped(this.#mappedBase);
    this.#updateInterrupt();
    return true;
  }
  #updateInterrupt() {
    this.wires.intr.set(this.#pending >= 0 || this.#regs.extInt || this.#isExtIntHigh);
  }
};
var X2APIC_READABLE = /* @__PURE__ */ new Set([
  ...[REG_ID2, REG_VERSION, REG_TPR, REG_PPR, REG_LDR, REG_SVR, REG_ESR],
  ...Array.from({ length: 24 }, (_, i) => REG_ISR + i),
  ...Array.from({ length: LVT_COUNT }, (_, i) => REG_LVT_TIMER + i),
  ...[REG_TIMER_INITIAL, REG_TIMER_CURRENT, REG_TIMER_DIVIDE]
]);
function x2ApicReserved(register) {
  if (register >= REG_LVT_TIMER && register < REG_LVT_TIMER + LVT_COUNT) {
    return ~(LVT_WRITABLE[register - REG_LVT_TIMER] | 4096 | LVT_REMOTE_IRR);
  }
  switch (register) {
    case REG_TPR:
    case REG_SELF_IPI:
      return ~255;
    case REG_SVR:
      return ~SVR_WRITABLE;
    case REG_EOI:
    case REG_ESR:
      return ~0;
    case REG_TIMER_INITIAL:
      return 0;
    case REG_TIMER_DIVIDE:
      return ~11;
    default:
      return void 0;
  }
}

// ../pc/src/devices/parallel/parallel.ts
var REG_DATA2 = 0;
var REG_STATUS3 = 1;
var REG_CONTROL = 2;
var STATUS_NOT_BUSY = 128;
var STATUS_NOT_ACK = 64;
var STATUS_SELECTED = 16;
var STATUS_NOT_ERROR = 8;
var STATUS_UNUSED = 7;
var CONTROL_STROBE = 1;
var CONTROL_NOT_INIT = 4;
var CONTROL_IRQ = 16;
var CONTROL_INPUT = 32;
var CONTROL_KEPT = 63;
var CONTROL_UNUSED = 192;
var BUSY_NS = 1e4;
var ACK_NS = 5e3;
var parallelState = defineState({
  kind: "parallel",
  version: 1,
  check: (value) => isRecord(value) && isUint(value.data, 255) && isUint(value.control, CONTROL_KEPT) && isUint(value.readyNs, Number.MAX_SAFE_INTEGER)
});
var Parallel = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.#ackEnd = clock.createTimer(`${id}/ack`, () => this.#acknowledged());
  }
  id;
  clock;
  wires;
  #regs = { data: 0, control: 0, readyNs: 0 };
  #ackEnd;
  readPort(offset, _size) {
    switch (offset) {
      case REG_DATA2:
        return (this.#regs.control & CONTROL_INPUT) !== 0 ? 255 : this.#regs.data;
      case REG_STATUS3:
        return this.#status();
      case REG_CONTROL:
        return this.#regs.control | CONTROL_UNUSED;
      default:
        return 255;
    }
  }
  writePort(offset, _size, value) {
    if (offset === REG_DATA2) this.#regs.data = value & 255;
    else if (offset === REG_CONTROL) this.#writeControl(value & CONTROL_KEPT);
  }
  reset() {
    this.#regs = { data: 0, control: 0, readyNs: 0 };
    this.#ackEnd.disarm();
    this.wires.irq.set(false);
  }
  save() {
    const { data, control: control2, readyNs, ...rest } = this.#regs;
    noneLeft(rest);
    return { data, control: control2, readyNs };
  }
  restore({ data, control: control2, readyNs }) {
    this.#regs = { data, control: control2, readyNs };
    this.wires.irq.set(false);
    this.#armAck();
  }
  #status() {
    const left = this.#regs.readyNs - this.clock.nowNs();
    let status = STATUS_SELECTED | STATUS_NOT_ERROR | STATUS_UNUSED;
    if (left <= 0) status |= STATUS_NOT_BUSY;
    if (left <= 0 || left > ACK_NS) status |= STATUS_NOT_ACK;
    return status;
  }
  #writeControl(value) {
    const rises = (value & ~this.#regs.control & CONTROL_STROBE) !== 0;
    this.#regs.control = value;
    const isOn = (value & CONTROL_NOT_INIT) !== 0;
    const now = this.clock.nowNs();
    if (rises && isOn && (value & CONTROL_INPUT) === 0) {
      this.wires.out.write(this.#regs.data);
      this.#regs.readyNs = now + BUSY_NS;
    }
    this.#armAck();
  }
  /** Only an interrupt makes somebody notice the end of ACK by itself. */
  #armAck() {
    const { control: control2, readyNs } = this.#regs;
    if ((control2 & CONTROL_IRQ) !== 0 && readyNs > this.clock.nowNs()) this.#ackEnd.arm(readyNs);
    else this.#ackEnd.disarm();
  }
  /** IRQ 7 is -ACK itself: edge-triggered, it is the pulse's end that counts. */
  #acknowledged() {
    if ((this.#regs.control & CONTROL_IRQ) === 0) return;
    this.wires.irq.set(true);
    this.wires.irq.set(false);
  }
};

// ../pc/src/devices/pci/config-ports.ts
var PciBus = class {
  #functions = /* @__PURE__ */ new Map();
  attach(address2, fn) {
    const key = address2.device << 3 | address2.function;
    if (this.#functions.has(key)) throw new Error(`two PCI functions at ${address2.device}.${address2.function}`);
    this.#functions.set(key, fn);
  }
  find(deviceFunction) {
    return this.#functions.get(deviceFunction);
  }
};
var pciConfigPortsState = defineState({
  kind: "pci-config-ports",
  version: 1,
  check: (value) => isRecord(value) && isUint(value.address)
});
var CONFIG_DATA = 4;
var ENABLE = 2147483648;
var ADDRESS_BITS = 2164260860;
var PciConfigPorts = class {
  constructor(id, bus, resetControl) {
    this.id = id;
    this.bus = bus;
    this.resetControl = resetControl;
  }
  id;
  bus;
  resetControl;
  #address = 0;
  readPort(offset, size) {
    if (offset >= CONFIG_DATA) return this.#readData(offset - CONFIG_DATA, size);
    if (offset === 0 && size === 4) return this.#address;
    if (offset === 1 && size === 1) return this.resetControl.readPort(0, 1);
    return allOnes(size);
  }
  writePort(offset, size, value) {
    if (offset >= CONFIG_DATA) this.#writeData(offset - CONFIG_DATA, size, value);
    else if (offset === 0 && size === 4) this.#address = (value & ADDRESS_BITS) >>> 0;
    else if (offset === 1 && size === 1) this.resetControl.writePort(0, 1, value);
  }
  reset() {
    this.#address = 0;
  }
  save() {
    return { address: this.#address };
  }
  restore(state) {
    this.#address = (state.address & ADDRESS_BITS) >>> 0;
  }
  /** An access that would leave the dword is none: the bus cannot express it. */
  #target(offset, size) {
    const isEnabled = (this.#address & ENABLE) !== 0 && (this.#address >>> 16 & 255) === 0;
    return isEnabled && offset + size <= 4 ? this.bus.find(this.#address >>> 8 & 255) : void 0;
  }
  #readData(offset, size) {
    return this.#target(offset, size)?.readConfig((this.#address & 252) + offset, size) ?? allOnes(size);
  }
  #writeData(offset, size, value) {
    this.#target(offset, size)?.writeConfig((this.#address & 252) + offset, size, value);
  }
};

// ../pc/src/devices/pic/i8259.ts
var ICW1_IC4 = 1;
var ICW1_SNGL = 2;
var ICW1_SELECT = 16;
var ICW4_AEOI = 2;
var ICW4_SFNM = 16;
var OCW3_SELECT = 8;
var OCW3_RIS = 1;
var OCW3_RR = 2;
var OCW3_P = 4;
var OCW3_SMM = 32;
var OCW3_ESMM = 64;
var BYTE_FIELDS = ["irr", "isr", "imr", "lines", "elcr", "icw1", "icw2", "icw3", "icw4"];
var FLAG_FIELDS = ["readsIsr", "polls", "specialMask", "rotatesOnAeoi"];
function isI8259State(value) {
  return isRecord(value) && BYTE_FIELDS.every((field) => isUint(value[field], 255)) && FLAG_FIELDS.every((field) => typeof value[field] === "boolean") && isUint(value.step, 4) && isUint(value.lowest, 7);
}
function powerOn3() {
  return {
    irr: 0,
    isr: 0,
    imr: 0,
    lines: 0,
    elcr: 0,
    icw1: 0,
    icw2: 0,
    icw3: 0,
    icw4: 0,
    step: 1,
    lowest: 7,
    readsIsr: false,
    polls: false,
    specialMask: false,
    rotatesOnAeoi: false
  };
}
var I8259 = class {
  /**
   * @param cascade inputs that are driven by a slave: they follow its INT like level-triggered ones
   * @param levelCapable inputs that ELCR may make level-triggered
   */
  constructor(cascade, levelCapable) {
    this.cascade = cascade;
    this.levelCapable = levelCapable;
  }
  cascade;
  levelCapable;
  #regs = powerOn3();
  /** The INT output. */
  get isRequesting() {
    return this.#regs.step === 0 && this.#pending() !== void 0;
  }
  get elcr() {
    return this.#regs.elcr;
  }
  set elcr(value) {
    const regs = this.#regs;
    regs.elcr = value & this.levelCapable;
    this.#followLevels();
  }
  setLine(input, level) {
    const regs = this.#regs;
    const bit3 = 1 << input;
    const was = (regs.lines & bit3) !== 0;
    if (was === level) return;
    if (level) {
      regs.lines |= bit3;
      regs.irr |= bit3;
    } else {
      regs.lines &= ~bit3;
      regs.irr &= ~bit3;
    }
  }
  /** Both INTA cycles. Gives the input acknowledged, or undefined for a spurious request (level 7, no ISR bit). */
  acknowledge() {
    const input = this.#regs.step === 0 ? this.#pending() : void 0;
    if (input !== void 0) this.#take(input);
    return input;
  }
  /** The vector of an input; 7 where the acknowledge was spurious. */
  vector(input) {
    return this.#regs.icw2 & 248 | input;
  }
  /** Whether a slave answers the second INTA cycle of this input (ICW3 of a master). */
  hasSlave(input) {
    const regs = this.#regs;
    return (regs.icw1 & ICW1_SNGL) === 0 && (regs.icw3 & this.cascade & 1 << input) !== 0;
  }
  read(offset) {
    const regs = this.#regs;
    if (regs.polls) {
      regs.polls = false;
      const input = this.acknowledge();
      return input === void 0 ? 0 : 128 | input;
    }
    if (offset === 1) return regs.imr;
    return regs.readsIsr ? regs.isr : regs.irr;
  }
  write(offset, value) {
    const regs = this.#regs;
    if (offset === 0) {
      if (value & ICW1_SELECT) this.#writeIcw1(value);
      else if (value & OCW3_SELECT) this.#writeOcw3(value);
      else this.#writeOcw2(value);
      return;
    }
    switch (regs.step) {
      case 2:
        regs.icw2 = value;
        regs.step = regs.icw1 & ICW1_SNGL ? this.#stepAfterIcw3() : 3;
        break;
      case 3:
        regs.icw3 = value;
        regs.step = this.#stepAfterIcw3();
        break;
      case 4:
        regs.icw4 = value;
        regs.step = 0;
        break;
      default:
        regs.imr = value;
        break;
    }
  }
  /** The pins keep the levels that their drivers give them. */
  reset() {
    this.#regs = { ...powerOn3(), lines: this.#regs.lines };
    this.#followLevels();
  }
  save() {
    return { ...this.#regs };
  }
  restore(state) {
    const fresh = powerOn3();
    for (const key of Object.keys(fresh)) Object.assign(fresh, { [key]: state[key] });
    fresh.elcr &= this.levelCapable;
    this.#regs = fresh;
  }
  #stepAfterIcw3() {
    return this.#regs.icw1 & ICW1_IC4 ? 4 : 0;
  }
  /** Datasheet, "Initialization Command Words", items a to f. */
  #writeIcw1(value) {
    const regs = this.#regs;
    const { lines, elcr } = regs;
    this.#regs = { ...powerOn3(), lines, elcr, icw1: value, step: 2 };
    this.#followLevels();
  }
  #writeOcw2(value) {
    const regs = this.#regs;
    const level = value & 7;
    switch (value >> 5) {
      case 0:
        regs.rotatesOnAeoi = false;
        break;
      case 4:
        regs.rotatesOnAeoi = true;
        break;
      case 1:
      case 5: {
        const input = this.#highest(regs.specialMask ? regs.isr & ~regs.imr : regs.isr);
        if (input === void 0) break;
        regs.isr &= ~(1 << input);
        if (value >> 5 === 5) regs.lowest = input;
        break;
      }
      case 3:
        regs.isr &= ~(1 << level);
        break;
      case 7:
        regs.isr &= ~(1 << level);
        regs.lowest = level;
        break;
      case 6:
        regs.lowest = level;
        break;
      default:
        break;
    }
    this.#followLevels();
  }
  #writeOcw3(value) {
    const regs = this.#regs;
    regs.polls = (value & OCW3_P) !== 0;
    if (!regs.polls && value & OCW3_RR) regs.readsIsr = (value & OCW3_RIS) !== 0;
    if (value & OCW3_ESMM) regs.specialMask = (value & OCW3_SMM) !== 0;
  }
  #take(input) {
    const regs = this.#regs;
    const bit3 = 1 << input;
    if (((regs.elcr | this.cascade) & bit3) === 0) regs.irr &= ~bit3;
    if (regs.icw4 & ICW4_AEOI) {
      if (regs.rotatesOnAeoi) regs.lowest = input;
    } else {
      regs.isr |= bit3;
    }
  }
  #followLevels() {
    const regs = this.#regs;
    const level = regs.elcr | this.cascade;
    regs.irr = regs.irr & ~level | regs.lines & level;
  }
  /** The highest unmasked request that nothing in service holds back. */
  #pending() {
    const regs = this.#regs;
    const input = this.#highest(regs.irr & ~regs.imr);
    if (input === void 0) return void 0;
    if (!regs.specialMask) {
      const inService2 = this.#highest(regs.isr);
      return inService2 === void 0 || this.#passes(input, inService2) ? input : void 0;
    }
    const inService = this.#highest(regs.isr & ~regs.imr);
    return inService === void 0 || this.#passes(input, inService) ? input : void 0;
  }
  /** Special fully nested mode lets further requests of the slave in service through (datasheet, "SFNM"). */
  #passes(input, inService) {
    if (input === inService) return (this.#regs.icw4 & ICW4_SFNM) !== 0 && this.hasSlave(input);
    return this.#rank(input) < this.#rank(inService);
  }
  #rank(input) {
    return input - this.#regs.lowest - 1 & 7;
  }
  #highest(mask) {
    if (mask === 0) return void 0;
    let input = this.#regs.lowest + 1 & 7;
    while ((mask & 1 << input) === 0) input = input + 1 & 7;
    return input;
  }
};

// ../pc/src/devices/pic/pic.ts
var picState = defineState({
  kind: "pic",
  version: 1,
  check: (value) => isRecord(value) && isI8259State(value.master) && isI8259State(value.slave)
});
var CASCADE_INPUT = 2;
var Pic = class {
  /** @param wires.intr INT of the master: high while a request waits for its acknowledge cycle */
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
  }
  id;
  wires;
  #master = new I8259(1 << CASCADE_INPUT, 248);
  #slave = new I8259(0, 222);
  master = this.#portsOf(this.#master);
  slave = this.#portsOf(this.#slave);
  elcr = {
    readPort: (offset) => offset === 0 ? this.#master.elcr : this.#slave.elcr,
    writePort: (offset, _size, value) => {
      if (offset === 0) this.#master.elcr = value & 255;
      else this.#slave.elcr = value & 255;
      this.#updateInterrupt();
    }
  };
  /** The wire of IRQ 0-15. IRQ 2 is the cascade and has no pin. */
  line(irq) {
    return { set: (level) => this.#setLine(irq, level) };
  }
  /** Interrupt-acknowledge cycle: always a vector, that of IRQ 7 or 15 when the request has gone (spurious). */
  acknowledge() {
    const input = this.#master.acknowledge();
    let vector3;
    if (input !== void 0 && this.#master.hasSlave(input)) {
      vector3 = this.#slave.vector(this.#slave.acknowledge() ?? 7);
    } else {
      vector3 = this.#master.vector(input ?? 7);
    }
    this.#updateInterrupt();
    return vector3;
  }
  get isRequesting() {
    return this.#master.isRequesting;
  }
  reset() {
    this.#master.reset();
    this.#slave.reset();
    this.#updateInterrupt();
  }
  save() {
    return { master: this.#master.save(), slave: this.#slave.save() };
  }
  restore(state) {
    this.#master.restore(state.master);
    this.#slave.restore(state.slave);
    this.#updateInterrupt();
  }
  #portsOf(chip) {
    return {
      readPort: (offset) => {
        const value = chip.read(offset & 1);
        this.#updateInterrupt();
        return value;
      },
      writePort: (offset, _size, value) => {
        chip.write(offset & 1, value & 255);
        this.#updateInterrupt();
      }
    };
  }
  #setLine(irq, level) {
    if (irq >= 8) this.#slave.setLine(irq & 7, level);
    else if (irq !== CASCADE_INPUT) this.#master.setLine(irq, level);
    this.#updateInterrupt();
  }
  #updateInterrupt() {
    this.#master.setLine(CASCADE_INPUT, this.#slave.isRequesting);
    this.wires.intr.set(this.#master.isRequesting);
  }
};

// ../pc/src/machine/interrupt-line.ts
var SharedLine = class {
  constructor(out2) {
    this.out = out2;
  }
  out;
  #drivers = [];
  #high = 0;
  /** A new driver's end of the wire. */
  driver() {
    const index = this.#drivers.push(false) - 1;
    return {
      set: (level) => {
        if (this.#drivers[index] === level) return;
        this.#drivers[index] = level;
        this.#high += level ? 1 : -1;
        this.out.set(this.#high > 0);
      }
    };
  }
};
var SwitchedLine = class {
  constructor(out2) {
    this.out = out2;
  }
  out;
  #level = false;
  #isOn = true;
  set(level) {
    this.#level = level;
    this.out.set(level && this.#isOn);
  }
  switch(isOn) {
    this.#isOn = isOn;
    this.out.set(this.#level && isOn);
  }
};

// ../pc/src/devices/piix3/piix3.ts
var piix3State = defineState({
  kind: "piix3",
  version: 1,
  check: (value) => isRecord(value) && isPciConfigState(value.config) && isUint(value.resetControl, 255)
});
var PIRQRCA = 96;
var PIRQRC_DISABLE = 128;
var ROUTABLE = 57080;
var RCR_SRST = 2;
var RCR_RCPU = 4;
var Piix3 = class {
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
    this.config = new PciConfigSpace(id, {
      vendor: 32902,
      device: 28672,
      revision: 0,
      classCode: 393472,
      subsystemVendor: 6900,
      subsystem: 4352,
      isMultiFunction: true,
      command: COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER,
      commandWritable: 8,
      status: 512
    });
    const registers = [
      [76, 77, 255],
      [78, 3, 255],
      [79, 0, 1],
      [105, 2, 254],
      [106, 0, 145],
      [112, 128, 239],
      [118, 12, 143],
      [119, 12, 143],
      [120, 2, 255],
      [121, 0, 255],
      [128, 0, 127],
      [130, 0, 15],
      [160, 8, 31],
      [162, 0, 255],
      [163, 0, 1],
      [168, 15, 255]
    ];
    for (const [register, value, writable] of registers) {
      this.config.preset(register, 1, value);
      this.config.allow(register, 1, writable);
    }
    for (let i = 0; i < 4; i++) {
      this.config.preset(PIRQRCA + i, 1, PIRQRC_DISABLE);
      this.config.allow(PIRQRCA + i, 1, 143);
      this.#pirqs.push(new SharedLine({ set: (level) => this.#setPirq(i, level) }));
    }
    for (let irq = 0; irq < 16; irq++) {
      this.#irqs.push(ROUTABLE >> irq & 1 ? wires.irq(irq) : { set: () => {
      } });
    }
    this.config.onWrite = (first, size) => {
      if (first < PIRQRCA + 4 && first + size > PIRQRCA) this.#updateIrqs();
    };
  }
  id;
  wires;
  config;
  #pirqs = [];
  #levels = [false, false, false, false];
  #irqs = [];
  #resetControl = 0;
  /** Port 0xCF9. A 1 written to RCPU while it is 0 resets; SRST chooses hard or soft, here both are hard. */
  resetControl = {
    readPort: () => this.#resetControl,
    writePort: (_offset, _size, value) => {
      const starts = (value & RCR_RCPU) !== 0 && (this.#resetControl & RCR_RCPU) === 0;
      this.#resetControl = value & (RCR_SRST | RCR_RCPU);
      if (starts) this.wires.reset.pulse();
    }
  };
  /** A new driver of the PIRQ that INTA#-INTD# (`pin` 1-4) of a slot is wired to: slot 1's INTA# is PIRQA#. */
  intx(slot, pin) {
    return this.#pirqs[slot - 1 + pin - 1 & 3].driver();
  }
  reset() {
    this.config.reset();
    this.#resetControl = 0;
    this.#updateIrqs();
  }
  save() {
    return { config: this.config.save(), resetControl: this.#resetControl };
  }
  /** The levels of the PIRQs come back with the devices that drive them. */
  restore(state) {
    this.config.restore(state.config);
    this.#resetControl = state.resetControl & (RCR_SRST | RCR_RCPU);
    this.#updateIrqs();
  }
  #setPirq(index, level) {
    this.#levels[index] = level;
    this.#updateIrqs();
  }
  /** An ISA line is high while any PIRQ routed to it is. */
  #updateIrqs() {
    let high = 0;
    for (let i = 0; i < 4; i++) {
      const route = this.config.get(PIRQRCA + i, 1);
      if (this.#levels[i] && (route & PIRQRC_DISABLE) === 0) high |= 1 << (route & 15);
    }
    for (let irq = 0; irq < 16; irq++) this.#irqs[irq].set((high >> irq & 1) !== 0);
  }
};

// ../pc/src/machine/tick-rate.ts
var TickRate = class {
  /** hz below 8 MHz keeps every product under 2^53. */
  constructor(hz) {
    this.hz = hz;
  }
  hz;
  /** Whole ticks since time 0. */
  ticksAt(ns) {
    const seconds = Math.floor(ns / 1e9);
    return seconds * this.hz + Math.floor((ns - seconds * 1e9) * this.hz / 1e9);
  }
  /** The first nanosecond at which `ticksAt` gives `tick`. */
  nsOf(tick) {
    const seconds = Math.floor(tick / this.hz);
    return seconds * 1e9 + Math.ceil((tick - seconds * this.hz) * 1e9 / this.hz);
  }
};

// ../pc/src/devices/pit/channel.ts
var PIT_HZ = 1193182;
function isChannelState(value) {
  if (!isRecord(value)) return false;
  const isTick = (tick) => tick === void 0 || isNs(tick);
  const isByte = (byte) => byte === void 0 || isUint(byte, 255);
  return isUint(value.control, 63) && isUint(value.count, 65536) && isUint(value.nextCount, 65536) && isTick(value.reloadAt) && (value.reloadAt === void 0 || value.count !== 0) && isTick(value.start) && isTick(value.held) && typeof value.gate === "boolean" && typeof value.readsHigh === "boolean" && isByte(value.firstByte) && isByte(value.latchedStatus) && (value.latchedCount === void 0 || isUint(value.latchedCount, 65535));
}
var CONTROL_BCD = 1;
var PitChannel = class {
  constructor(gateAtPowerOn) {
    this.gateAtPowerOn = gateAtPowerOn;
    this.#regs = this.#powerOn();
  }
  gateAtPowerOn;
  #regs;
  get mode() {
    const mode = this.#regs.control >> 1 & 7;
    return mode > 5 ? mode - 4 : mode;
  }
  /** Count in force; 0 = not counting. */
  get count() {
    return this.#regs.count;
  }
  get gate() {
    return this.#regs.gate;
  }
  writeControl(value) {
    const { gate } = this.#regs;
    this.#regs = { ...this.#powerOn(), control: value & 63, gate };
  }
  latchCount(tick) {
    this.#regs.latchedCount ??= this.#counter(tick);
  }
  latchStatus(tick) {
    const regs = this.#regs;
    this.#settle(tick);
    const isNull = regs.count === 0 || regs.nextCount !== 0 || (regs.start ?? tick + 1) > tick;
    regs.latchedStatus ??= (this.out(tick) ? 128 : 0) | (isNull ? 64 : 0) | regs.control;
  }
  read(tick) {
    const regs = this.#regs;
    if (regs.latchedStatus !== void 0) {
      const status = regs.latchedStatus;
      regs.latchedStatus = void 0;
      return status;
    }
    const value = regs.latchedCount ?? this.#counter(tick);
    const access = regs.control >> 4;
    if (access === 3 && !regs.readsHigh) {
      regs.readsHigh = true;
      return value & 255;
    }
    regs.readsHigh = false;
    regs.latchedCount = void 0;
    return access === 1 ? value & 255 : value >> 8;
  }
  write(value, tick) {
    const regs = this.#regs;
    switch (regs.control >> 4) {
      case 1:
        this.#load(value, tick);
        break;
      case 2:
        this.#load(value << 8, tick);
        break;
      case 3:
        if (regs.firstByte === void 0) {
          regs.firstByte = value;
          if (this.mode === 0) this.#stop();
        } else {
          const count2 = value << 8 | regs.firstByte;
          regs.firstByte = void 0;
          this.#load(count2, tick);
        }
        break;
      default:
        break;
    }
  }
  setGate(gate, tick) {
    const regs = this.#regs;
    if (gate === regs.gate) return;
    this.#settle(tick);
    regs.gate = gate;
    switch (this.mode) {
      case 0:
      case 4:
        if (regs.start === void 0) break;
        if (!gate) {
          regs.held = Math.max(0, tick - regs.start);
        } else if (regs.held !== void 0) {
          regs.start = tick - regs.held;
          regs.held = void 0;
        }
        break;
      default:
        if (!gate) {
          if ((this.mode === 2 || this.mode === 3) && regs.start !== void 0) {
            regs.held = Math.max(0, tick - regs.start);
            regs.reloadAt = void 0;
          }
        } else if (regs.count !== 0) {
          if (regs.nextCount !== 0) {
            regs.count = regs.nextCount;
            regs.nextCount = 0;
          }
          regs.start = tick + 1;
          regs.held = void 0;
        }
        break;
    }
  }
  /** OUT at a tick that is not before the last change. */
  out(tick) {
    const regs = this.#regs;
    this.#settle(tick);
    const { count: count2, start } = regs;
    const isRunning = count2 !== 0 && start !== void 0 && tick >= start;
    const elapsed = isRunning ? regs.held ?? tick - start : 0;
    switch (this.mode) {
      case 0:
        return isRunning && elapsed >= count2;
      case 1:
        return !isRunning || elapsed >= count2;
      case 2:
        return !isRunning || !regs.gate || count2 === 1 || elapsed % count2 !== count2 - 1;
      case 3:
        return !isRunning || !regs.gate || count2 === 1 || elapsed % count2 < count2 + 1 >> 1;
      default:
        return !isRunning || elapsed !== count2;
    }
  }
  /** The first change of OUT after `tick`, as things stand. */
  nextEdge(tick) {
    const regs = this.#regs;
    this.#settle(tick);
    const { count: count2, start } = regs;
    if (count2 === 0 || start === void 0 || regs.held !== void 0) return void 0;
    const end = start + count2;
    switch (this.mode) {
      case 0:
        return tick < end ? { tick: end, level: true, isPulse: false } : void 0;
      case 1:
        if (tick < start) return { tick: start, level: false, isPulse: false };
        return tick < end ? { tick: end, level: true, isPulse: false } : void 0;
      case 2: {
        if (!regs.gate || count2 === 1) return void 0;
        const periods = tick < start ? 0 : Math.floor((tick - start) / count2);
        return { tick: start + (periods + 1) * count2, level: true, isPulse: true };
      }
      case 3: {
        if (!regs.gate || count2 === 1) return void 0;
        if (tick < start) return { tick: start + (count2 + 1 >> 1), level: false, isPulse: false };
        const base = tick - (tick - start) % count2;
        const fall = base + (count2 + 1 >> 1);
        return tick < fall ? { tick: fall, level: false, isPulse: false } : { tick: base + count2, level: true, isPulse: false };
      }
      default:
        if (tick < end) return { tick: end, level: false, isPulse: false };
        return tick === end ? { tick: end + 1, level: true, isPulse: false } : void 0;
    }
  }
  reset() {
    this.#regs = this.#powerOn();
  }
  save() {
    return { ...this.#regs };
  }
  restore(state) {
    const { control: control2, count: count2, nextCount, reloadAt, start, held, gate } = state;
    const { firstByte, readsHigh, latchedCount, latchedStatus } = state;
    const counting = { control: control2, count: count2, nextCount, reloadAt, start, held, gate };
    this.#regs = { ...counting, firstByte, readsHigh, latchedCount, latchedStatus };
  }
  #powerOn() {
    return {
      control: 0,
      count: 0,
      nextCount: 0,
      reloadAt: void 0,
      start: void 0,
      held: void 0,
      gate: this.gateAtPowerOn,
      firstByte: void 0,
      readsHigh: false,
      latchedCount: void 0,
      latchedStatus: void 0
    };
  }
  get #isBcd() {
    return (this.#regs.control & CONTROL_BCD) !== 0;
  }
  #stop() {
    const regs = this.#regs;
    regs.count = 0;
    regs.start = void 0;
    regs.held = void 0;
    regs.nextCount = 0;
    regs.reloadAt = void 0;
  }
  #load(value, tick) {
    const regs = this.#regs;
    const max = this.#isBcd ? 1e4 : 65536;
    const count2 = (this.#isBcd ? bcdValue(value) % max : value) || max;
    this.#settle(tick);
    switch (this.mode) {
      case 0:
      case 4:
        regs.count = count2;
        regs.start = tick + 1;
        regs.held = regs.gate ? void 0 : 0;
        break;
      case 1:
      case 5:
        if (regs.start === void 0) regs.count = count2;
        else regs.nextCount = count2;
        break;
      default:
        if (regs.count === 0 || (regs.start ?? tick + 1) > tick) {
          regs.count = count2;
          regs.start = tick + 1;
          if (!regs.gate) regs.held = 0;
        } else {
          regs.nextCount = count2;
          if (regs.held === void 0) regs.reloadAt ??= this.#nextReload(tick);
        }
        break;
    }
  }
  #nextReload(tick) {
    const { start, count: count2 } = this.#regs;
    const phase = (tick - start) % count2;
    const half = count2 + 1 >> 1;
    return tick - phase + (this.mode === 3 && phase < half ? half : count2);
  }
  /** Takes over a new count of modes 2 and 3 whose reload has passed. */
  #settle(tick) {
    const regs = this.#regs;
    const { nextCount, reloadAt, start, count: count2 } = regs;
    if (nextCount === 0 || reloadAt === void 0 || start === void 0 || tick < reloadAt) return;
    const isFall = (reloadAt - start) % count2 !== 0;
    regs.start = isFall ? reloadAt - (nextCount + 1 >> 1) : reloadAt;
    regs.count = nextCount;
    regs.nextCount = 0;
    regs.reloadAt = void 0;
  }
  /** The counting element as the guest reads it. */
  #counter(tick) {
    const regs = this.#regs;
    this.#settle(tick);
    const { count: count2, start } = regs;
    if (count2 === 0) return 0;
    const elapsed = start === void 0 ? 0 : regs.held ?? Math.max(0, tick - start);
    let value;
    if (this.mode === 2) {
      value = count2 - elapsed % count2;
    } else if (this.mode === 3) {
      const high = count2 + 1 >> 1;
      const phase = elapsed % count2;
      value = (count2 & ~1) - 2 * (phase < high ? phase : phase - high);
    } else {
      const wrap2 = this.#isBcd ? 1e4 : 65536;
      value = (count2 - elapsed % wrap2 + wrap2) % wrap2;
    }
    return this.#isBcd ? bcdDigits(value % 1e4) : value & 65535;
  }
};
function bcdValue(bcd) {
  return (bcd >> 12) * 1e3 + (bcd >> 8 & 15) * 100 + (bcd >> 4 & 15) * 10 + (bcd & 15);
}
function bcdDigits(value) {
  const digit = (scale) => Math.floor(value / scale) % 10;
  return digit(1e3) << 12 | digit(100) << 8 | digit(10) << 4 | digit(1);
}

// ../pc/src/devices/pit/speaker.ts
var SAMPLE_HZ = 24e3;
var SAMPLE_TICKS = PIT_HZ / SAMPLE_HZ;
var SHORTEST_PERIOD = 100;
var MOST_SAMPLES = SAMPLE_HZ / 2;
var LOUDNESS = 0.25 * 32767;
var RETURN = 0.995;
var SILENCE = 1e-3;
var Speaker = class {
  #channel = new PitChannel(false);
  /** Up to where the sound is drawn. */
  #tick = 0;
  #isOn = false;
  /** Level from #tick on: 0, 1, or the mean of a wave that is too fast. */
  #level = 0;
  #edge;
  /** Area under the level in the part of the current sample that is drawn, and that part's length in ticks. */
  #area = 0;
  #drawn = 0;
  #input = 0;
  #output = 0;
  #samples = new Int16Array(MOST_SAMPLES);
  #count = 0;
  /** The counter or the data bit has changed at `tick`. */
  follow(tick, counter, isOn) {
    this.#draw(tick);
    this.#isOn = isOn;
    this.#channel.restore(counter);
    this.#look(tick);
  }
  /** Something is to be heard, or soon will be: samples come until this is false. */
  get isSounding() {
    return this.#edge !== void 0 || this.#count > 0 || !this.#isStill;
  }
  /** The samples up to `tick` that were not taken yet, signed 16-bit; empty when there is silence. */
  take(tick) {
    this.#draw(tick);
    const samples = this.#samples.slice(0, this.#count);
    this.#count = 0;
    return samples;
  }
  /** Starts anew at `tick`, in silence. */
  reset(tick, counter, isOn) {
    this.#tick = tick;
    this.#isOn = isOn;
    this.#channel.restore(counter);
    this.#look(tick);
    this.#count = this.#area = this.#drawn = this.#output = 0;
    this.#input = this.#level;
  }
  get #isStill() {
    return Math.abs(this.#output) < SILENCE && this.#input === this.#level;
  }
  /** The level at `tick` and when it changes next. */
  #look(tick) {
    const channel = this.#channel;
    const out2 = channel.out(tick);
    const isWave = channel.mode === 2 || channel.mode === 3;
    this.#edge = void 0;
    if (!this.#isOn) {
      this.#level = 0;
    } else if (isWave && channel.gate && channel.count > 1 && channel.count < SHORTEST_PERIOD) {
      this.#level = channel.mode === 3 ? 0.5 : 1 - 1 / channel.count;
      const { nextCount } = channel.save();
      if (nextCount >= SHORTEST_PERIOD) this.#edge = { tick: tick + channel.count, level: true, isPulse: false };
    } else {
      this.#level = out2 ? 1 : 0;
      this.#edge = channel.nextEdge(tick);
    }
  }
  #draw(until) {
    if (until - this.#tick > MOST_SAMPLES * SAMPLE_TICKS) this.#skip(Math.floor(until - MOST_SAMPLES * SAMPLE_TICKS));
    while (this.#tick < until) {
      const edge = this.#edge;
      if (edge === void 0 && this.#isStill) return this.#skip(until);
      if (edge === void 0 || edge.tick > until) return this.#fill(until);
      if (edge.isPulse) {
        this.#fill(edge.tick - 1);
        this.#level = 0;
      }
      this.#fill(edge.tick);
      this.#look(edge.tick);
    }
  }
  /** To `tick` without a sound: nothing was to be heard, or nobody listened. */
  #skip(tick) {
    this.#tick = tick;
    this.#area = this.#drawn = 0;
    this.#look(tick);
  }
  #fill(until) {
    while (this.#tick < until) {
      const step = Math.min(until - this.#tick, SAMPLE_TICKS - this.#drawn);
      this.#area += step * this.#level;
      this.#drawn += step;
      this.#tick += step;
      if (SAMPLE_TICKS - this.#drawn > 1e-6) continue;
      this.#sample(this.#area / this.#drawn);
      this.#area = this.#drawn = 0;
      if (this.#edge === void 0 && this.#isStill) this.#tick = until;
    }
  }
  #sample(input) {
    this.#output = input - this.#input + RETURN * this.#output;
    this.#input = input;
    if (this.#count === MOST_SAMPLES) {
      this.#samples.copyWithin(0, MOST_SAMPLES / 2);
      this.#count = MOST_SAMPLES / 2;
    }
    this.#samples[this.#count++] = Math.round(this.#output * LOUDNESS);
  }
};

// ../pc/src/devices/pit/pit.ts
var RATE = new TickRate(PIT_HZ);
var CONTROL2 = 3;
var CONTROL_READ_BACK = 3;
var READ_BACK_NO_COUNT = 32;
var READ_BACK_NO_STATUS = 16;
var PORTB_GATE2 = 1;
var PORTB_SPEAKER = 2;
var PORTB_WRITABLE = 15;
var PORTB_REFRESH = 16;
var PORTB_OUT2 = 32;
var REFRESH_TICKS = 18;
var pitState = defineState({
  kind: "pit",
  version: 1,
  check: (value) => isRecord(value) && Array.isArray(value.channels) && value.channels.length === 3 && value.channels.every(isChannelState) && isUint(value.portB, PORTB_WRITABLE) && typeof value.out0 === "boolean" && (value.edgeTick === void 0 || isUint(value.edgeTick, Number.MAX_SAFE_INTEGER))
});
var Pit = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.#timer = clock.createTimer(`${id}/out0`, () => this.#passEdge());
  }
  id;
  clock;
  wires;
  #channels = [new PitChannel(true), new PitChannel(true), new PitChannel(false)];
  #speaker = new Speaker();
  #timer;
  #portB = 0;
  #out0 = false;
  #edge;
  counters = {
    readPort: (offset) => offset === CONTROL2 ? 255 : this.#channels[offset].read(this.#tick()),
    writePort: (offset, _size, value) => {
      if (offset === CONTROL2) this.#writeControl(value & 255);
      else this.#channels[offset].write(value & 255, this.#tick());
      if (offset === 2 || offset === CONTROL2 && value >> 6 === 2) this.#heard();
      if (offset === 0 || offset === CONTROL2 && value >> 6 === 0 && (value & 48) !== 0) this.#updateInterrupt();
    }
  };
  portB = {
    readPort: () => {
      const tick = this.#tick();
      const refresh = Math.floor(tick / REFRESH_TICKS) & 1 ? PORTB_REFRESH : 0;
      return this.#portB | refresh | (this.#channels[2].out(tick) ? PORTB_OUT2 : 0);
    },
    writePort: (_offset, _size, value) => {
      this.#portB = value & PORTB_WRITABLE;
      this.#channels[2].setGate((value & PORTB_GATE2) !== 0, this.#tick());
      this.#heard();
    }
  };
  /** The speaker gives a sound, which `takeSound` hands out. */
  get isSounding() {
    return this.#speaker.isSounding;
  }
  /** What the speaker played since it was last asked, as samples at SAMPLE_HZ; empty in silence. */
  takeSound() {
    return this.#speaker.take(this.#tick());
  }
  reset() {
    for (const channel of this.#channels) channel.reset();
    this.#portB = 0;
    this.#edge = void 0;
    this.#updateInterrupt();
    this.#heard();
  }
  save() {
    return {
      channels: this.#channels.map((channel) => channel.save()),
      portB: this.#portB,
      out0: this.#out0,
      edgeTick: this.#edge?.tick
    };
  }
  restore(state) {
    this.#channels.forEach((channel, i) => channel.restore(state.channels[i]));
    this.#portB = state.portB;
    this.#out0 = state.out0;
    this.#edge = state.edgeTick === void 0 ? void 0 : this.#channels[0].nextEdge(state.edgeTick - 1);
    this.#arm();
    this.wires.irq.set(this.#out0);
    this.#speaker.reset(this.#tick(), this.#channels[2].save(), (this.#portB & PORTB_SPEAKER) !== 0);
  }
  #tick() {
    return RATE.ticksAt(this.clock.nowNs());
  }
  #writeControl(value) {
    const select = value >> 6;
    const tick = this.#tick();
    if (select === CONTROL_READ_BACK) {
      for (let i = 0; i < 3; i++) {
        if ((value & 2 << i) === 0) continue;
        const channel2 = this.#channels[i];
        if ((value & READ_BACK_NO_COUNT) === 0) channel2.latchCount(tick);
        if ((value & READ_BACK_NO_STATUS) === 0) channel2.latchStatus(tick);
      }
      return;
    }
    const channel = this.#channels[select];
    if ((value & 48) === 0) channel.latchCount(tick);
    else channel.writeControl(value);
  }
  /** Counter 2 or port B may have changed what is heard. */
  #heard() {
    this.#speaker.follow(this.#tick(), this.#channels[2].save(), (this.#portB & PORTB_SPEAKER) !== 0);
  }
  /** The timer: one change of OUT 0 a call, however late it is, so that no tick is lost or bunched. */
  #passEdge() {
    const edge = this.#edge;
    if (edge === void 0) return;
    if (edge.isPulse) this.#drive(false);
    this.#drive(edge.level);
    this.#edge = this.#channels[0].nextEdge(edge.tick);
    this.#arm();
  }
  /** OUT 0 after a register write. */
  #updateInterrupt() {
    const tick = this.#tick();
    if (this.#edge !== void 0 && this.#edge.tick <= tick) this.#passEdge();
    const channel = this.#channels[0];
    this.#edge = channel.nextEdge(tick);
    this.#drive(channel.mode === 2 ? true : channel.out(tick));
    this.#arm();
  }
  #drive(level) {
    this.#out0 = level;
    this.wires.irq.set(level);
  }
  #arm() {
    if (this.#edge === void 0) this.#timer.disarm();
    else this.#timer.arm(Math.min(RATE.nsOf(this.#edge.tick), Number.MAX_SAFE_INTEGER));
  }
};

// ../pc/src/devices/pm/pm.ts
var CONFIG_PMBA = 64;
var CONFIG_DEVACTB = 88;
var CONFIG_PMREGMISC = 128;
var CONFIG_SMBBA = 144;
var CONFIG_SMBHSTCFG = 210;
var DEVACTB_APMC_EN = 1 << 25;
var PM_SIZE = 64;
var SMBUS_SIZE = 16;
var PM1_STS = 0;
var PM1_EN = 2;
var PM1_CNT = 4;
var PM_TMR = 8;
var GLB_STS = 24;
var GLB_EN = 32;
var GLB_CTL = 40;
var GLBSTS_BIOS = 1;
var GLBSTS_APM = 32;
var GLBSTS_MASK = GLBSTS_BIOS | GLBSTS_APM;
var GLBEN_BIOS = 2;
var GLBEN_MASK = 2307;
var GLBCTL_SMI_EN = 1;
var GLBCTL_BIOS_RLS = 2;
var CNT_GBL_RLS = 4;
var STS_TMR = 1;
var STS_GBL = 32;
var STS_PWRBTN = 256;
var STS_SLPBTN = 512;
var STS_RTC = 1024;
var STS_WAK = 32768;
var STS_MASK = STS_TMR | 16 | STS_GBL | STS_PWRBTN | STS_SLPBTN | STS_RTC | STS_WAK;
var EN_MASK = STS_TMR | STS_GBL | STS_PWRBTN | STS_SLPBTN | STS_RTC;
var CNT_SCI_EN = 1;
var CNT_SLP_EN = 8192;
var CNT_MASK = 7175;
var TIMER = new TickRate(3579545);
var TIMER_BITS = 24;
var HALF_PERIOD = 2 ** (TIMER_BITS - 1);
var ACPI_ENABLE = 241;
var ACPI_DISABLE = 240;
var SMB_HST_STS = 0;
var SMB_HST_CNT = 2;
var SMB_BLOCK_DATA = 7;
var HST_STS_DEV_ERR = 4;
var HST_STS_W1C = 30;
var HST_CNT_START = 64;
var pmState = defineState({
  kind: "pm",
  version: 2,
  check: (value) => isRecord(value) && isPciConfigState(value.config) && isUint(value.status, 65535) && isUint(value.enable, 65535) && isUint(value.control, 65535) && isUint(value.seenHalves, Number.MAX_SAFE_INTEGER) && isUint(value.gpeStatus, 65535) && isUint(value.gpeEnable, 65535) && isUint(value.apmControl, 255) && isUint(value.apmStatus, 255) && isUint(value.globalStatus, GLBSTS_MASK) && isUint(value.globalEnable, GLBEN_MASK) && typeof value.isSmiEnabled === "boolean" && Array.isArray(value.smbus) && value.smbus.length === 8 && value.smbus.every((byte) => isUint(byte, 255)),
  upgrade: { 1: (old) => ({ ...old, globalStatus: 0, globalEnable: 0, isSmiEnabled: false }) }
});
var Pm = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.config = new PciConfigSpace(id, {
      vendor: 32902,
      device: 28947,
      revision: 3,
      classCode: 425984,
      subsystemVendor: 6900,
      subsystem: 4352,
      interruptPin: 1,
      commandWritable: 1,
      status: 640
    });
    this.config.preset(CONFIG_PMBA, 4, 1);
    this.config.allow(CONFIG_PMBA, 4, 65472);
    for (let register = 68; register < 128; register += 4) this.config.allow(register, 4, 4294967295);
    this.config.allow(CONFIG_PMREGMISC, 1, 1);
    this.config.preset(CONFIG_SMBBA, 4, 1);
    this.config.allow(CONFIG_SMBBA, 4, 65520);
    for (let register = CONFIG_SMBHSTCFG; register < CONFIG_SMBHSTCFG + 4; register++) {
      this.config.allow(register, 1, 255);
    }
    this.config.onWrite = (first, size) => {
      if (first + size > CONFIG_PMBA && first < CONFIG_SMBHSTCFG + 1) this.#updateMappings();
    };
    this.#overflow = clock.createTimer(`${id}/overflow`, () => this.#updateInterrupt());
  }
  id;
  clock;
  wires;
  config;
  #status = 0;
  #enable = 0;
  #control = 0;
  #seenHalves = 0;
  #gpeStatus = 0;
  #gpeEnable = 0;
  #apmControl = 0;
  #apmStatus = 0;
  #globalStatus = 0;
  #globalEnable = 0;
  #isSmiEnabled = false;
  #smbus = new Uint8Array(8);
  #overflow;
  /** ACPI registers at PMBA. */
  #ports = {
    readPort: (offset, size) => this.#readPm(offset, size),
    writePort: (offset, size, value) => this.#writePm(offset, size, value)
  };
  #smbusPorts = {
    readPort: (offset, size) => size === 1 ? this.#smbus[offset] ?? 255 : allOnes(size),
    writePort: (offset, size, value) => {
      if (size === 1) this.#writeSmbus(offset, value & 255);
    }
  };
  /** General-purpose event block: 4 ports from 0xAFE0, two status and two enable bytes. */
  gpe = {
    readPort: (offset, size) => {
      const block = (this.#gpeEnable << 16 | this.#gpeStatus) >>> 0;
      return (block >>> 8 * offset & allOnes(size)) >>> 0;
    },
    writePort: (offset, size, value) => {
      for (let i = 0; i < size; i++) this.#writeGpe(offset + i, value >>> 8 * i & 255);
    }
  };
  /** APM control and status: 2 ports from 0xB2. */
  apm = {
    readPort: (offset) => offset === 0 ? this.#apmControl : this.#apmStatus,
    writePort: (offset, _size, value) => {
      if (offset === 0) this.#writeApmControl(value & 255);
      else this.#apmStatus = value & 255;
    }
  };
  /** The user's power button: a machine input. */
  pressPowerButton() {
    this.#status |= STS_PWRBTN;
    this.#updateInterrupt();
  }
  /** The RTC's alarm line wakes and notifies. */
  rtcAlarm = {
    set: (level) => {
      if (!level) return;
      this.#status |= STS_RTC;
      this.#updateInterrupt();
    }
  };
  /** A general-purpose event, 0-15. */
  raiseGpe(event) {
    this.#gpeStatus |= 1 << (event & 15);
    this.#updateInterrupt();
  }
  /** Whether an ACPI system has taken over: then the power button reaches it. */
  get isAcpiOn() {
    return (this.#control & CNT_SCI_EN) !== 0;
  }
  reset() {
    this.config.reset();
    this.#status = 0;
    this.#enable = 0;
    this.#control = 0;
    this.#seenHalves = this.#halves();
    this.#gpeStatus = 0;
    this.#gpeEnable = 0;
    this.#apmControl = 0;
    this.#apmStatus = 0;
    this.#globalStatus = 0;
    this.#globalEnable = 0;
    this.#isSmiEnabled = false;
    this.#smbus.fill(0);
    this.#updateMappings();
    this.#updateInterrupt();
  }
  save() {
    return {
      config: this.config.save(),
      status: this.#status,
      enable: this.#enable,
      control: this.#control,
      seenHalves: this.#seenHalves,
      gpeStatus: this.#gpeStatus,
      gpeEnable: this.#gpeEnable,
      apmControl: this.#apmControl,
      apmStatus: this.#apmStatus,
      globalStatus: this.#globalStatus,
      globalEnable: this.#globalEnable,
      isSmiEnabled: this.#isSmiEnabled,
      smbus: [...this.#smbus]
    };
  }
  restore(state) {
    this.config.restore(state.config);
    this.#status = state.status & STS_MASK;
    this.#enable = state.enable & EN_MASK;
    this.#control = state.control & CNT_MASK;
    this.#seenHalves = state.seenHalves;
    this.#gpeStatus = state.gpeStatus;
    this.#gpeEnable = state.gpeEnable;
    this.#apmControl = state.apmControl;
    this.#apmStatus = state.apmStatus;
    this.#globalStatus = state.globalStatus & GLBSTS_MASK;
    this.#globalEnable = state.globalEnable & GLBEN_MASK;
    this.#isSmiEnabled = state.isSmiEnabled;
    this.#smbus.set(state.smbus);
    this.#updateMappings();
    this.#updateInterrupt();
  }
  #updateMappings() {
    const pmBase = this.config.get(CONFIG_PMBA, 2) & 65472;
    const isPmOn = (this.config.get(CONFIG_PMREGMISC, 1) & 1) !== 0 && pmBase !== 0;
    this.wires.bars.mapPorts(`${this.id}/pm`, isPmOn ? pmBase : void 0, PM_SIZE, this.#ports);
    const smbBase = this.config.get(CONFIG_SMBBA, 2) & 65520;
    const isSmbOn = (this.config.get(CONFIG_SMBHSTCFG, 1) & 1) !== 0 && smbBase !== 0;
    this.wires.bars.mapPorts(`${this.id}/smbus`, isSmbOn ? smbBase : void 0, SMBUS_SIZE, this.#smbusPorts);
  }
  #ticks() {
    return TIMER.ticksAt(this.clock.nowNs());
  }
  #halves() {
    return Math.floor(this.#ticks() / HALF_PERIOD);
  }
  /** The 32 bits at a 4-byte boundary. */
  #word(offset) {
    switch (offset) {
      case PM1_STS:
        this.#sampleTimer();
        return (this.#enable << 16 | this.#status) >>> 0;
      case PM1_CNT:
        return this.#control;
      case PM_TMR:
        return this.#ticks() % 2 ** TIMER_BITS;
      case GLB_STS:
        return this.#globalStatus;
      case GLB_EN:
        return this.#globalEnable;
      case GLB_CTL:
        return this.#isSmiEnabled ? GLBCTL_SMI_EN : 0;
      default:
        return 0;
    }
  }
  #readPm(offset, size) {
    let value = 0;
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      value += (this.#word(at & ~3) >>> 8 * (at & 3) & 255) * 2 ** (8 * i);
    }
    return value;
  }
  #writePm(offset, size, value) {
    this.#sampleTimer();
    let control2;
    for (let i = 0; i < size; i++) {
      const byte = value >>> 8 * i & 255;
      const at = offset + i;
      const shift2 = 8 * (at & 1);
      switch (at & ~1) {
        case PM1_STS:
          this.#status &= ~(byte << shift2);
          break;
        case PM1_EN:
          this.#enable = (this.#enable & ~(255 << shift2) | byte << shift2) & EN_MASK;
          break;
        case PM1_CNT:
          control2 = (control2 ?? this.#control) & ~(255 << shift2) | byte << shift2;
          break;
        case GLB_STS:
          this.#globalStatus &= ~(byte << shift2);
          break;
        case GLB_EN:
          this.#globalEnable = (this.#globalEnable & ~(255 << shift2) | byte << shift2) & GLBEN_MASK;
          break;
        case GLB_CTL:
          if (shift2 === 0) this.#writeGlobalControl(byte);
          break;
        default:
          break;
      }
    }
    if (control2 !== void 0) this.#writeControl(control2);
    this.#updateInterrupt();
  }
  #writeControl(value) {
    this.#control = value & CNT_MASK & ~CNT_GBL_RLS;
    if (value & CNT_GBL_RLS) this.#systemManagement(GLBSTS_BIOS, (this.#globalEnable & GLBEN_BIOS) !== 0);
    if (value & CNT_SLP_EN) this.wires.sleep(value >> 10 & 7);
  }
  #writeGlobalControl(value) {
    this.#isSmiEnabled = (value & GLBCTL_SMI_EN) !== 0;
    if (value & GLBCTL_BIOS_RLS) this.#status |= STS_GBL;
  }
  #systemManagement(cause, isEnabled) {
    this.#globalStatus |= cause;
    if (isEnabled && this.#isSmiEnabled) this.wires.smi();
  }
  #writeGpe(offset, byte) {
    const shift2 = 8 * (offset & 1);
    if (offset < 2) this.#gpeStatus &= ~(byte << shift2);
    else if (offset < 4) this.#gpeEnable = this.#gpeEnable & ~(255 << shift2) | byte << shift2;
    this.#updateInterrupt();
  }
  #writeApmControl(value) {
    this.#apmControl = value;
    if (value === ACPI_ENABLE) this.#control |= CNT_SCI_EN;
    else if (value === ACPI_DISABLE) this.#control &= ~CNT_SCI_EN;
    if (this.config.get(CONFIG_DEVACTB, 4) & DEVACTB_APMC_EN) this.#systemManagement(GLBSTS_APM, true);
    this.#updateInterrupt();
  }
  /** Every started transaction ends at once with a device error: no slave answers. */
  #writeSmbus(offset, value) {
    if (offset === SMB_HST_STS) {
      this.#smbus[SMB_HST_STS] &= ~(value & HST_STS_W1C);
    } else if (offset === SMB_HST_CNT) {
      this.#smbus[SMB_HST_CNT] = value & ~HST_CNT_START;
      if (value & HST_CNT_START) this.#smbus[SMB_HST_STS] |= HST_STS_DEV_ERR;
    } else if (offset > SMB_HST_CNT && offset < SMB_BLOCK_DATA) {
      this.#smbus[offset] = value;
    }
  }
  /** TMR_STS is looked for when somebody looks, or at the change itself while it interrupts. */
  #sampleTimer() {
    const halves = this.#halves();
    if (halves > this.#seenHalves) {
      this.#seenHalves = halves;
      this.#status |= STS_TMR;
    }
  }
  #updateInterrupt() {
    this.#sampleTimer();
    const isFixed = (this.#status & this.#enable & EN_MASK) !== 0;
    const isGeneral = (this.#gpeStatus & this.#gpeEnable) !== 0;
    this.wires.sci.set(this.isAcpiOn && (isFixed || isGeneral));
    if (this.#enable & STS_TMR && (this.#status & STS_TMR) === 0) {
      this.#overflow.arm(Math.min(TIMER.nsOf((this.#seenHalves + 1) * HALF_PERIOD), Number.MAX_SAFE_INTEGER));
    } else {
      this.#overflow.disarm();
    }
  }
};

// ../pc/src/devices/port92/port92.ts
var FAST_RESET = 1;
var A20_GATE = 2;
var port92State = defineState({
  kind: "port92",
  version: 1,
  check: (value) => isRecord(value) && isUint(value.value, 255)
});
var Port92 = class {
  /** @param wires.a20 this port's vote; the board joins it with the keyboard controller's */
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
  }
  id;
  wires;
  #value = 0;
  readPort(_offset, _size) {
    return this.#value;
  }
  writePort(_offset, _size, value) {
    const resets = (value & ~this.#value & FAST_RESET) !== 0;
    this.#value = value & 255;
    this.wires.a20.set((value & A20_GATE) !== 0);
    if (resets) this.wires.reset.pulse();
  }
  reset() {
    this.#value = 0;
    this.wires.a20.set(false);
  }
  save() {
    return { value: this.#value };
  }
  restore(state) {
    this.#value = state.value;
    this.wires.a20.set((state.value & A20_GATE) !== 0);
  }
};

// ../pc/src/devices/rtc/calendar.ts
var DAY_SECONDS = 86400;
function timeOf(unixSeconds) {
  const date = new Date(unixSeconds * 1e3);
  return {
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    weekday: date.getUTCDay() + 1,
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear()
  };
}
function addSeconds(time, seconds) {
  const date = /* @__PURE__ */ new Date(0);
  date.setUTCFullYear(time.year, time.month - 1, time.day);
  date.setUTCHours(time.hour, time.minute, time.second);
  const start = Math.floor(date.getTime() / 1e3);
  const end = timeOf(start + seconds);
  const startOfDay = time.hour * 3600 + time.minute * 60 + time.second;
  const days = Math.floor((startOfDay + seconds) / DAY_SECONDS);
  return { ...end, weekday: ((time.weekday + 6) % 7 + days) % 7 + 1 };
}

// ../pc/src/devices/rtc/rtc.ts
var RTC_SECONDS = 0;
var RTC_SECONDS_ALARM = 1;
var RTC_MINUTES = 2;
var RTC_MINUTES_ALARM = 3;
var RTC_HOURS = 4;
var RTC_HOURS_ALARM = 5;
var RTC_WEEKDAY = 6;
var RTC_DAY = 7;
var RTC_MONTH = 8;
var RTC_YEAR = 9;
var RTC_REG_A = 10;
var RTC_REG_B = 11;
var RTC_REG_C = 12;
var RTC_REG_D = 13;
var RTC_CENTURY = 50;
var A_UIP = 128;
var A_DV = 112;
var A_RS = 15;
var DV_32768HZ = 32;
var B_SET = 128;
var B_PIE = 64;
var B_AIE = 32;
var B_UIE = 16;
var B_SQWE = 8;
var B_DM_BINARY = 4;
var B_24H = 2;
var C_IRQF = 128;
var C_PF = 64;
var C_AF = 32;
var C_UF = 16;
var D_VRT = 128;
var HOURS_PM = 128;
var ALARM_ANY = 192;
var SECOND_NS = 1e9;
var UIP_NS = (244 + 1984) * 1e3;
var DIVIDER = new TickRate(32768);
var DAY = 86400;
var rtcState = defineState({
  kind: "rtc",
  version: 1,
  check: (value) => isRecord(value) && isBytes(value.cmos, 256) && isUint(value.index, 127) && isUint(value.extendedIndex, 127) && isNs(value.phaseNs) && isUint(value.updates, Number.MAX_SAFE_INTEGER) && isUint(value.periodicTick, Number.MAX_SAFE_INTEGER)
});
var Rtc = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.#updateTimer = clock.createTimer(`${id}/update`, () => this.#catchUp());
    this.#periodicTimer = clock.createTimer(`${id}/periodic`, () => this.#catchUp());
    this.#cmos[RTC_REG_A] = DV_32768HZ | 6;
    this.#cmos[RTC_REG_B] = B_24H;
    this.#cmos[RTC_REG_D] = D_VRT;
    this.setTime(0);
  }
  id;
  clock;
  wires;
  /** Registers 0-D, then CMOS. Register C holds PF, AF, UF; IRQF is computed. */
  #cmos = new Uint8Array(256);
  #index = 0;
  #extendedIndex = 0;
  #phaseNs = 0;
  #updates = 0;
  #periodicTick = 0;
  #updateTimer;
  #periodicTimer;
  /** Ports 0x70-0x73. Index ports are write-only; bit 7 of 0x70 (NMI mask) is dropped. */
  ports = {
    readPort: (offset) => {
      if (offset === 1) return this.#read(this.#index);
      if (offset === 3) return this.#read(128 | this.#extendedIndex);
      return 255;
    },
    writePort: (offset, _size, value) => {
      if (offset === 0) this.#index = value & 127;
      else if (offset === 1) this.#write(this.#index, value & 255);
      else if (offset === 2) this.#extendedIndex = value & 127;
      else if (offset === 3) this.#write(128 | this.#extendedIndex, value & 255);
    }
  };
  /** The board sets the wall clock: a machine input. `unixMs` in the guest's idea of local time or UTC. */
  setTime(unixMs) {
    const whole = Math.floor(unixMs / 1e3);
    this.#phaseNs = this.clock.nowNs() - Math.floor((unixMs - whole * 1e3) * 1e6);
    this.#updates = 0;
    this.#periodicTick = 0;
    this.#store(timeOf(whole));
    this.#updateInterrupt();
  }
  /** Host access to CMOS: sizes of memory, boot order. Clock registers are not reachable. */
  poke(index, value) {
    if (index > RTC_REG_D && index < 256 && index !== RTC_CENTURY) this.#cmos[index] = value;
  }
  peek(index) {
    return this.#cmos[index] ?? 255;
  }
  /** The memory that the battery keeps, without the clock: 256 bytes, the first 14 zero. */
  saveNvram() {
    const bytes = this.#cmos.slice();
    bytes.fill(0, 0, RTC_REG_D + 1);
    bytes[RTC_CENTURY] = 0;
    return bytes;
  }
  loadNvram(bytes) {
    for (let i = RTC_REG_D + 1; i < Math.min(bytes.length, 256); i++) this.poke(i, bytes[i]);
  }
  /** RESET# leaves time and memory alone (datasheet, "RESET"). */
  reset() {
    this.#catchUp();
    this.#index = 0;
    this.#extendedIndex = 0;
    this.#cmos[RTC_REG_B] &= ~(B_PIE | B_AIE | B_UIE | B_SQWE);
    this.#cmos[RTC_REG_C] = 0;
    this.#updateInterrupt();
  }
  save() {
    return {
      cmos: this.#cmos.slice(),
      index: this.#index,
      extendedIndex: this.#extendedIndex,
      phaseNs: this.#phaseNs,
      updates: this.#updates,
      periodicTick: this.#periodicTick
    };
  }
  restore(state) {
    this.#cmos.set(state.cmos);
    this.#cmos[RTC_REG_A] &= ~A_UIP;
    this.#cmos[RTC_REG_C] &= C_PF | C_AF | C_UF;
    this.#cmos[RTC_REG_D] = D_VRT;
    this.#index = state.index;
    this.#extendedIndex = state.extendedIndex;
    this.#phaseNs = state.phaseNs;
    this.#updates = state.updates;
    this.#periodicTick = state.periodicTick;
    this.#updateInterrupt();
  }
  #read(index) {
    this.#catchUp();
    switch (index) {
      case RTC_REG_A:
        return this.#cmos[RTC_REG_A] | (this.#isUpdating() ? A_UIP : 0);
      case RTC_REG_C: {
        const value = this.#cmos[RTC_REG_C] | (this.#isRequesting() ? C_IRQF : 0);
        this.#cmos[RTC_REG_C] = 0;
        this.#updateInterrupt();
        return value;
      }
      default:
        return this.#cmos[index];
    }
  }
  #write(index, value) {
    this.#catchUp();
    switch (index) {
      case RTC_REG_A:
        this.#writeRegA(value);
        break;
      case RTC_REG_B:
        this.#writeRegB(value);
        break;
      case RTC_REG_C:
      case RTC_REG_D:
        return;
      default:
        this.#cmos[index] = value;
        break;
    }
    this.#updateInterrupt();
  }
  #writeRegA(value) {
    const wasRunning = this.#isDividing();
    this.#cmos[RTC_REG_A] = value & ~A_UIP;
    if (!wasRunning && this.#isDividing()) {
      this.#phaseNs = this.clock.nowNs() - SECOND_NS / 2;
      this.#updates = 0;
    }
    this.#periodicTick = this.#dividerTick();
  }
  #writeRegB(value) {
    this.#cmos[RTC_REG_B] = value & B_SET ? value & ~B_UIE : value;
  }
  #isDividing() {
    return (this.#cmos[RTC_REG_A] & A_DV) === DV_32768HZ;
  }
  #isUpdating() {
    if (!this.#isDividing() || this.#cmos[RTC_REG_B] & B_SET) return false;
    return this.#phaseNs + (this.#updates + 1) * SECOND_NS - this.clock.nowNs() <= UIP_NS;
  }
  #isRequesting() {
    return (this.#cmos[RTC_REG_C] & this.#cmos[RTC_REG_B] & (C_PF | C_AF | C_UF)) !== 0;
  }
  #dividerTick() {
    return DIVIDER.ticksAt(Math.max(0, this.clock.nowNs() - this.#phaseNs));
  }
  /** Period of PF in divider ticks; 0 = none (datasheet, table 6). */
  #period() {
    const rate = this.#cmos[RTC_REG_A] & A_RS;
    if (rate === 0 || !this.#isDividing()) return 0;
    return rate < 3 ? 128 << rate - 1 : 1 << rate - 1;
  }
  /** Brings registers and flags up to the current time. */
  #catchUp() {
    const isDividing = this.#isDividing();
    const period = this.#period();
    const tick = this.#dividerTick();
    if (period !== 0 && Math.floor(tick / period) > Math.floor(this.#periodicTick / period)) {
      this.#cmos[RTC_REG_C] |= C_PF;
    }
    this.#periodicTick = tick;
    const due = isDividing ? Math.max(0, Math.floor((this.clock.nowNs() - this.#phaseNs) / SECOND_NS)) : this.#updates;
    if (due > this.#updates) {
      const seconds = due - this.#updates;
      this.#updates = due;
      if ((this.#cmos[RTC_REG_B] & B_SET) === 0) this.#advance(seconds);
    }
    this.#updateInterrupt();
  }
  #advance(seconds) {
    const before = this.#load();
    this.#cmos[RTC_REG_C] |= C_UF;
    if ((this.#cmos[RTC_REG_C] & C_AF) === 0 && this.#alarmWithin(before, seconds)) this.#cmos[RTC_REG_C] |= C_AF;
    this.#store(addSeconds(before, seconds));
  }
  /** Whether one of the next `seconds` seconds matches the alarm bytes. */
  #alarmWithin(before, seconds) {
    const [second, minute, hour] = [RTC_SECONDS_ALARM, RTC_MINUTES_ALARM, RTC_HOURS_ALARM].map((index) => {
      const value = this.#cmos[index];
      return (value & ALARM_ANY) === ALARM_ANY ? void 0 : index === RTC_HOURS_ALARM ? this.#hour(value) : this.#number(value);
    });
    const start = before.hour * 3600 + before.minute * 60 + before.second;
    for (let i = 1; i <= Math.min(seconds, DAY); i++) {
      const now = (start + i) % DAY;
      if (second !== void 0 && second !== now % 60) continue;
      if (minute !== void 0 && minute !== Math.floor(now / 60) % 60) continue;
      if (hour === void 0 || hour === Math.floor(now / 3600)) return true;
    }
    return false;
  }
  #load() {
    const cmos = this.#cmos;
    return {
      second: this.#number(cmos[RTC_SECONDS]),
      minute: this.#number(cmos[RTC_MINUTES]),
      hour: this.#hour(cmos[RTC_HOURS]),
      weekday: cmos[RTC_WEEKDAY] & 7,
      day: this.#number(cmos[RTC_DAY]),
      month: this.#number(cmos[RTC_MONTH]),
      year: this.#number(cmos[RTC_CENTURY]) * 100 + this.#number(cmos[RTC_YEAR])
    };
  }
  #store(time) {
    const cmos = this.#cmos;
    cmos[RTC_SECONDS] = this.#coded(time.second);
    cmos[RTC_MINUTES] = this.#coded(time.minute);
    cmos[RTC_HOURS] = this.#codedHour(time.hour);
    cmos[RTC_WEEKDAY] = time.weekday;
    cmos[RTC_DAY] = this.#coded(time.day);
    cmos[RTC_MONTH] = this.#coded(time.month);
    cmos[RTC_YEAR] = this.#coded(time.year % 100);
    cmos[RTC_CENTURY] = this.#coded(Math.floor(time.year / 100) % 100);
  }
  get #isBinary() {
    return (this.#cmos[RTC_REG_B] & B_DM_BINARY) !== 0;
  }
  #number(value) {
    return this.#isBinary ? value : fromBcd(value);
  }
  #coded(value) {
    return this.#isBinary ? value : toBcd(value);
  }
  #hour(value) {
    if (this.#cmos[RTC_REG_B] & B_24H) return this.#number(value);
    const hour = this.#number(value & ~HOURS_PM) % 12;
    return value & HOURS_PM ? hour + 12 : hour;
  }
  #codedHour(hour) {
    if (this.#cmos[RTC_REG_B] & B_24H) return this.#coded(hour);
    return this.#coded(hour % 12 || 12) | (hour >= 12 ? HOURS_PM : 0);
  }
  /** Drives IRQ 8 and arms the timers that an enabled interrupt needs; all else is computed when it is read. */
  #updateInterrupt() {
    const enabled = this.#cmos[RTC_REG_B];
    const flags2 = this.#cmos[RTC_REG_C];
    this.wires.irq.set(this.#isRequesting());
    const waitsForUpdate = (enabled & ~flags2 & (B_UIE | B_AIE)) !== 0 && (enabled & B_SET) === 0;
    if (waitsForUpdate && this.#isDividing())
      this.#updateTimer.arm(sane(this.#phaseNs + (this.#updates + 1) * SECOND_NS));
    else this.#updateTimer.disarm();
    const period = this.#period();
    if (period !== 0 && (enabled & ~flags2 & B_PIE) !== 0) {
      const next = (Math.floor(this.#periodicTick / period) + 1) * period;
      this.#periodicTimer.arm(sane(this.#phaseNs + DIVIDER.nsOf(next)));
    } else {
      this.#periodicTimer.disarm();
    }
  }
};
function sane(deadlineNs) {
  return Math.min(deadlineNs, Number.MAX_SAFE_INTEGER);
}

// ../pc/src/devices/uart16550/uart16550.ts
var REG_RBR_THR_DLL = 0;
var REG_IER_DLM = 1;
var REG_IIR_FCR = 2;
var REG_LCR = 3;
var REG_MCR = 4;
var REG_LSR = 5;
var REG_MSR2 = 6;
var REG_SCR = 7;
var IER_ERBFI = 1;
var IER_ETBEI = 2;
var IER_ELSI = 4;
var IER_EDSSI = 8;
var IIR_NONE = 1;
var IIR_MODEM = 0;
var IIR_THRE = 2;
var IIR_DATA = 4;
var IIR_LINE = 6;
var IIR_TIMEOUT = 12;
var IIR_FIFOS = 192;
var FCR_ENABLE = 1;
var FCR_CLEAR_RX = 2;
var FCR_CLEAR_TX = 4;
var FCR_KEPT = 201;
var LCR_BREAK = 64;
var LCR_DLAB = 128;
var MCR_DTR = 1;
var MCR_RTS = 2;
var MCR_OUT1 = 4;
var MCR_OUT2 = 8;
var MCR_LOOP = 16;
var LSR_DR = 1;
var LSR_OE = 2;
var LSR_BI = 16;
var LSR_THRE = 32;
var LSR_TEMT = 64;
var LSR_FIFO_ERROR = 128;
var MSR_TERI = 4;
var MSR_CTS = 16;
var MSR_DSR = 32;
var MSR_RI = 64;
var MSR_DCD = 128;
var FIFO_SIZE = 16;
var TRIGGERS = [1, 4, 8, 14];
var BAUD_BASE = 115200;
var UART_HOST_QUEUE = 65536;
var BYTES = ["ier", "fcr", "lcr", "mcr", "lsr", "msrDelta", "scr", "dll", "dlm"];
var uart16550State = defineState({
  kind: "uart16550",
  version: 1,
  check: (value) => isRecord(value) && BYTES.every((field) => isUint(value[field], 255)) && typeof value.threPending === "boolean" && typeof value.timedOut === "boolean" && isUint(value.nextReceiveNs, Number.MAX_SAFE_INTEGER) && isBytes(value.fifo) && value.fifo.length <= FIFO_SIZE && isUint(value.breaks, 65535) && isBytes(value.hostQueue) && value.hostQueue.length <= UART_HOST_QUEUE && (value.timeoutNs === void 0 || isUint(value.timeoutNs, Number.MAX_SAFE_INTEGER))
});
function powerOnRegisters2() {
  return {
    ier: 0,
    fcr: 0,
    lcr: 0,
    mcr: 0,
    lsr: 0,
    msrDelta: 0,
    scr: 0,
    dll: 12,
    dlm: 0,
    threPending: false,
    timedOut: false,
    nextReceiveNs: 0
  };
}
var Uart16550 = class {
  constructor(id, clock, wires) {
    this.id = id;
    this.clock = clock;
    this.wires = wires;
    this.#receiveTimer = clock.createTimer(`${id}/receive`, () => this.#receive());
    this.#timeoutTimer = clock.createTimer(`${id}/timeout`, () => this.#timeOut());
  }
  id;
  clock;
  wires;
  #regs = powerOnRegisters2();
  /** Received bytes; 0x100 marks a break. One place without FIFOs. */
  #fifo = [];
  #hostQueue = new Uint8Array(0);
  #hostAt = 0;
  #receiveTimer;
  #timeoutTimer;
  /** Bytes from the host: a machine input. Gives how many were taken; the host keeps the rest. */
  receive(bytes) {
    const waiting = this.#hostQueue.length - this.#hostAt;
    const taken = Math.min(bytes.length, UART_HOST_QUEUE - waiting);
    if (taken === 0) return 0;
    const queue = new Uint8Array(waiting + taken);
    queue.set(this.#hostQueue.subarray(this.#hostAt));
    queue.set(bytes.subarray(0, taken), waiting);
    this.#hostQueue = queue;
    this.#hostAt = 0;
    this.#scheduleReceive();
    return taken;
  }
  /** The line was held at space for longer than a character. */
  receiveBreak() {
    if (this.#fifo.length < this.#capacity) this.#push(256);
    else this.#regs.lsr |= LSR_OE;
    this.#updateInterrupt();
  }
  /** Room for host input. */
  get room() {
    return UART_HOST_QUEUE - (this.#hostQueue.length - this.#hostAt);
  }
  readPort(offset, _size) {
    const regs = this.#regs;
    const dlab = (regs.lcr & LCR_DLAB) !== 0;
    switch (offset) {
      case REG_RBR_THR_DLL:
        return dlab ? regs.dll : this.#readRbr();
      case REG_IER_DLM:
        return dlab ? regs.dlm : regs.ier;
      case REG_IIR_FCR:
        return this.#readIir();
      case REG_LCR:
        return regs.lcr;
      case REG_MCR:
        return regs.mcr;
      case REG_LSR:
        return this.#readLsr();
      case REG_MSR2:
        return this.#readMsr();
      case REG_SCR:
        return regs.scr;
      default:
        return 255;
    }
  }
  writePort(offset, _size, value) {
    const regs = this.#regs;
    const byte = value & 255;
    const dlab = (regs.lcr & LCR_DLAB) !== 0;
    switch (offset) {
      case REG_RBR_THR_DLL:
        if (dlab) regs.dll = byte;
        else this.#writeThr(byte);
        break;
      case REG_IER_DLM:
        if (dlab) regs.dlm = byte;
        else this.#writeIer(byte & 15);
        break;
      case REG_IIR_FCR:
        this.#writeFcr(byte);
        break;
      case REG_LCR:
        this.#writeLcr(byte);
        break;
      case REG_MCR:
        this.#writeMcr(byte & 31);
        break;
      case REG_SCR:
        regs.scr = byte;
        break;
      default:
        break;
    }
    this.#updateInterrupt();
  }
  /** Master reset (table I). Host input that waits stays with the host side of the cable. */
  reset() {
    this.#regs = powerOnRegisters2();
    this.#fifo = [];
    this.#timeoutTimer.disarm();
    this.#scheduleReceive();
    this.#updateInterrupt();
  }
  save() {
    const { ier, fcr, lcr, mcr, lsr, msrDelta, scr, dll, dlm, threPending, timedOut, nextReceiveNs, ...rest } = this.#regs;
    noneLeft(rest);
    const registers = { ier, fcr, lcr, mcr, lsr, msrDelta, scr, dll, dlm, threPending, timedOut, nextReceiveNs };
    return {
      ...registers,
      fifo: Uint8Array.from(this.#fifo),
      breaks: this.#fifo.reduce((bits2, entry, i) => bits2 | entry >> 8 << i, 0),
      hostQueue: this.#hostQueue.slice(this.#hostAt),
      timeoutNs: this.#timeoutTimer.deadlineNs
    };
  }
  restore(state) {
    const { fifo, breaks, hostQueue, timeoutNs, ...registers } = state;
    this.#regs = { ...registers };
    this.#fifo = Array.from(fifo, (byte, i) => byte | (breaks >> i & 1) << 8);
    this.#hostQueue = hostQueue.slice();
    this.#hostAt = 0;
    if (timeoutNs === void 0) this.#timeoutTimer.disarm();
    else this.#timeoutTimer.arm(timeoutNs);
    this.#scheduleReceive();
    this.#updateInterrupt();
  }
  get #hasFifos() {
    return (this.#regs.fcr & FCR_ENABLE) !== 0;
  }
  get #capacity() {
    return this.#hasFifos ? FIFO_SIZE : 1;
  }
  get #isLooped() {
    return (this.#regs.mcr & MCR_LOOP) !== 0;
  }
  #readRbr() {
    const entry = this.#fifo.shift();
    this.#regs.timedOut = false;
    this.#headArrived();
    this.#restartTimeout();
    this.#scheduleReceive();
    this.#updateInterrupt();
    return entry === void 0 ? 0 : entry & 255;
  }
  #readIir() {
    const cause = this.#cause();
    if (cause === IIR_THRE) {
      this.#regs.threPending = false;
      this.#updateInterrupt();
    }
    return cause | (this.#hasFifos ? IIR_FIFOS : 0);
  }
  #readLsr() {
    const value = this.#lineStatus();
    this.#regs.lsr = 0;
    this.#updateInterrupt();
    return value;
  }
  #lineStatus() {
    const hasError = this.#hasFifos && this.#fifo.some((entry) => entry > 255);
    return this.#regs.lsr | (this.#fifo.length > 0 ? LSR_DR : 0) | LSR_THRE | LSR_TEMT | (hasError ? LSR_FIFO_ERROR : 0);
  }
  #readMsr() {
    const value = this.#modemLines() | this.#regs.msrDelta;
    this.#regs.msrDelta = 0;
    this.#updateInterrupt();
    return value;
  }
  /** The host's end of the cable is always ready; in loopback the four outputs feed the inputs. */
  #modemLines() {
    const { mcr } = this.#regs;
    if ((mcr & MCR_LOOP) === 0) return MSR_CTS | MSR_DSR | MSR_DCD;
    return (mcr & MCR_RTS ? MSR_CTS : 0) | (mcr & MCR_DTR ? MSR_DSR : 0) | (mcr & MCR_OUT1 ? MSR_RI : 0) | (mcr & MCR_OUT2 ? MSR_DCD : 0);
  }
  #writeThr(byte) {
    const regs = this.#regs;
    regs.threPending = false;
    this.#updateInterrupt();
    if (!this.#isLooped) this.wires.out.write(byte);
    else if (this.#fifo.length < this.#capacity) this.#push(byte);
    else regs.lsr |= LSR_OE;
    regs.threPending = true;
  }
  #writeIer(value) {
    const regs = this.#regs;
    if ((value & IER_ETBEI) !== 0 && (regs.ier & IER_ETBEI) === 0) regs.threPending = true;
    if ((value & IER_ETBEI) === 0) regs.threPending = false;
    regs.ier = value;
  }
  #writeFcr(value) {
    const regs = this.#regs;
    const toggles = ((value ^ regs.fcr) & FCR_ENABLE) !== 0;
    if (toggles || value & FCR_ENABLE && value & FCR_CLEAR_RX) {
      this.#fifo = [];
      regs.timedOut = false;
      this.#timeoutTimer.disarm();
    }
    if (toggles || value & FCR_ENABLE && value & FCR_CLEAR_TX) regs.threPending = true;
    regs.fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
    this.#restartTimeout();
    this.#scheduleReceive();
  }
  #writeLcr(value) {
    const rises = (value & ~this.#regs.lcr & LCR_BREAK) !== 0;
    this.#regs.lcr = value;
    if (rises && this.#isLooped) this.receiveBreak();
  }
  #writeMcr(value) {
    const regs = this.#regs;
    const before = this.#modemLines();
    regs.mcr = value;
    const after = this.#modemLines();
    const changed = before ^ after;
    regs.msrDelta |= changed >> 4 & 11 | (before & ~after & MSR_RI ? MSR_TERI : 0);
    this.#scheduleReceive();
  }
  /** 10 bits at the programmed rate; an impossible divisor runs at full speed. */
  get #characterNs() {
    const divisor = this.#regs.dlm << 8 | this.#regs.dll || 1;
    return Math.ceil(10 * divisor * 1e9 / BAUD_BASE);
  }
  #scheduleReceive() {
    const isWaiting = this.#hostAt < this.#hostQueue.length;
    if (!isWaiting || this.#isLooped || this.#fifo.length >= this.#capacity) this.#receiveTimer.disarm();
    else if (this.#receiveTimer.deadlineNs === void 0) {
      this.#receiveTimer.arm(Math.max(this.#regs.nextReceiveNs, this.clock.nowNs()));
    }
  }
  /** One byte from the host, if there is room. */
  #receive() {
    if (this.#hostAt < this.#hostQueue.length && !this.#isLooped && this.#fifo.length < this.#capacity) {
      this.#regs.nextReceiveNs = this.clock.nowNs() + this.#characterNs;
      this.#push(this.#hostQueue[this.#hostAt++]);
      if (this.#hostAt === this.#hostQueue.length) {
        this.#hostQueue = new Uint8Array(0);
        this.#hostAt = 0;
      }
    }
    this.#scheduleReceive();
    this.#updateInterrupt();
  }
  #push(entry) {
    this.#fifo.push(entry);
    if (this.#fifo.length === 1) this.#headArrived();
    this.#restartTimeout();
  }
  /** A break shows in LSR when its character is the one to be read (8.5). */
  #headArrived() {
    const head = this.#fifo[0];
    if (head !== void 0 && head > 255) {
      this.#regs.lsr |= LSR_BI;
      this.#fifo[0] = 0;
    }
  }
  /** Four characters without traffic and something to read: the time-out interrupt (8.7). */
  #restartTimeout() {
    if (this.#hasFifos && this.#fifo.length > 0) this.#timeoutTimer.arm(this.clock.nowNs() + 4 * this.#characterNs);
    else this.#timeoutTimer.disarm();
  }
  #timeOut() {
    this.#regs.timedOut = this.#fifo.length > 0;
    this.#updateInterrupt();
  }
  /** The pending interrupt of highest priority, as IIR shows it (table IV). */
  #cause() {
    const { ier, fcr, lsr, timedOut, threPending, msrDelta } = this.#regs;
    if (ier & IER_ELSI && lsr & (LSR_OE | LSR_BI)) return IIR_LINE;
    if (ier & IER_ERBFI) {
      const trigger = this.#hasFifos ? TRIGGERS[fcr >> 6] : 1;
      if (this.#fifo.length >= trigger) return IIR_DATA;
      if (timedOut) return IIR_TIMEOUT;
    }
    if (ier & IER_ETBEI && threPending) return IIR_THRE;
    if (ier & IER_EDSSI && msrDelta) return IIR_MODEM;
    return IIR_NONE;
  }
  #updateInterrupt() {
    this.wires.irq.set(this.#cause() !== IIR_NONE && (this.#regs.mcr & MCR_OUT2) !== 0);
  }
};

// ../pc/src/devices/vga/dispi.ts
var DISPI_ID = 0;
var DISPI_XRES = 1;
var DISPI_YRES = 2;
var DISPI_BPP = 3;
var DISPI_ENABLE = 4;
var DISPI_BANK = 5;
var DISPI_VIRT_WIDTH = 6;
var DISPI_VIRT_HEIGHT = 7;
var DISPI_X_OFFSET = 8;
var DISPI_Y_OFFSET = 9;
var DISPI_VIDEO_MEMORY_64K = 10;
var DISPI_ENABLED = 1;
var DISPI_GETCAPS = 2;
var DISPI_BANK_GRANULARITY_32K = 16;
var DISPI_8BIT_DAC = 32;
var DISPI_NOCLEARMEM = 128;
var ENABLE_BITS = 243;
var ID0 = 45248;
var ID5 = 45253;
var BANK_WR = 16384;
var BANK_RD = 32768;
var MAX_XRES = 2560;
var MAX_YRES = 1600;
var MAX_BPP = 32;
var MAX_VIRT_WIDTH = 16384;
var DEPTHS = [4, 8, 15, 16, 24, 32];
function powerOnDispi() {
  return {
    index: 0,
    id: ID5,
    xres: 640,
    yres: 480,
    bpp: 8,
    enable: 0,
    readBank: 0,
    writeBank: 0,
    virtWidth: 640,
    xOffset: 0,
    yOffset: 0
  };
}
var Dispi = class {
  constructor(vramSize, wires) {
    this.vramSize = vramSize;
    this.wires = wires;
  }
  vramSize;
  wires;
  regs = powerOnDispi();
  get isEnabled() {
    return (this.regs.enable & DISPI_ENABLED) !== 0;
  }
  /** A packed-pixel mode: video memory is linear, in the window too. */
  get isLinear() {
    return this.isEnabled && this.regs.bpp >= 8;
  }
  get isPlanar() {
    return this.isEnabled && this.regs.bpp === 4;
  }
  get hasDac8() {
    return (this.regs.enable & DISPI_8BIT_DAC) !== 0;
  }
  get bytesPerPixel() {
    return this.regs.bpp + 7 >> 3;
  }
  /** Bytes of video memory from one line to the next (all planes of a planar mode together). */
  get pitch() {
    return pitchOf(this.regs.bpp, this.regs.virtWidth);
  }
  /** Bytes from the start of video memory (of a plane, in 4 bits per pixel). */
  get readBankOffset() {
    return this.regs.readBank * this.#granularity;
  }
  get writeBankOffset() {
    return this.regs.writeBank * this.#granularity;
  }
  readPort(offset, size) {
    if (size !== 2) return allOnes(size);
    return offset === 0 ? this.regs.index : this.read(this.regs.index);
  }
  writePort(offset, size, value) {
    if (size !== 2) return;
    if (offset === 0) this.regs.index = value & 65535;
    else this.write(this.regs.index, value & 65535);
  }
  read(index) {
    const regs = this.regs;
    const wantsCaps = (regs.enable & DISPI_GETCAPS) !== 0;
    switch (index) {
      case DISPI_ID:
        return regs.id;
      case DISPI_XRES:
        return wantsCaps ? MAX_XRES : regs.xres;
      case DISPI_YRES:
        return wantsCaps ? MAX_YRES : regs.yres;
      case DISPI_BPP:
        return wantsCaps ? MAX_BPP : regs.bpp;
      case DISPI_ENABLE:
        return regs.enable;
      case DISPI_BANK:
        return regs.writeBank;
      case DISPI_VIRT_WIDTH:
        return regs.virtWidth;
      case DISPI_VIRT_HEIGHT:
        return this.#virtHeight;
      case DISPI_X_OFFSET:
        return regs.xOffset;
      case DISPI_Y_OFFSET:
        return regs.yOffset;
      case DISPI_VIDEO_MEMORY_64K:
        return this.vramSize >>> 16;
      default:
        return 0;
    }
  }
  write(index, value) {
    const regs = this.regs;
    switch (index) {
      case DISPI_ID:
        if (value >= ID0 && value <= ID5) regs.id = value;
        return;
      case DISPI_XRES:
        regs.xres = Math.min(value, MAX_XRES);
        break;
      case DISPI_YRES:
        regs.yres = Math.min(value, MAX_YRES);
        break;
      case DISPI_BPP:
        if (value === 0) regs.bpp = 8;
        else if (DEPTHS.includes(value)) regs.bpp = value;
        else return;
        break;
      case DISPI_ENABLE:
        this.#writeEnable(value & ENABLE_BITS);
        return;
      case DISPI_BANK:
        this.#writeBank(value);
        break;
      case DISPI_VIRT_WIDTH:
        regs.virtWidth = Math.min(value, MAX_VIRT_WIDTH);
        break;
      case DISPI_X_OFFSET:
        regs.xOffset = value;
        break;
      case DISPI_Y_OFFSET:
        regs.yOffset = value;
        break;
      default:
        return;
    }
    this.#fit();
    this.wires.changed(index !== DISPI_BANK);
  }
  reset() {
    this.regs = powerOnDispi();
  }
  restore(regs) {
    this.regs = regs;
    this.#fit();
  }
  #writeEnable(value) {
    const regs = this.regs;
    const wasEnabled = this.isEnabled;
    regs.enable = value;
    if (this.isEnabled !== wasEnabled) {
      regs.readBank = 0;
      regs.writeBank = 0;
    }
    if (this.isEnabled && !wasEnabled) {
      regs.virtWidth = regs.xres;
      regs.xOffset = 0;
      regs.yOffset = 0;
    }
    this.#fit();
    const clears = (value & (DISPI_ENABLED | DISPI_NOCLEARMEM)) === DISPI_ENABLED && !wasEnabled;
    if (clears) this.wires.clear(regs.yres * this.pitch);
    this.wires.changed(true);
  }
  #writeBank(value) {
    const bank = value & 511;
    const which = value & (BANK_RD | BANK_WR);
    if (which !== BANK_WR) this.regs.readBank = bank;
    if (which !== BANK_RD) this.regs.writeBank = bank;
  }
  get #granularity() {
    return (this.regs.enable & DISPI_BANK_GRANULARITY_32K) !== 0 ? 32768 : 65536;
  }
  get #virtHeight() {
    return this.pitch === 0 ? 0 : Math.min(Math.floor(this.vramSize / this.pitch), 65535);
  }
  /** Makes banks and, while enabled, the mode consistent. A width that leaves no room for the visible lines is shortened. */
  #fit() {
    const regs = this.regs;
    const lastBank = (regs.bpp === 4 ? this.vramSize >>> 2 : this.vramSize) / this.#granularity - 1;
    regs.readBank &= lastBank;
    regs.writeBank &= lastBank;
    if (!this.isEnabled) return;
    const step = regs.bpp === 4 ? 8 : 1;
    const down = (width) => width - width % step;
    regs.xres = down(clamp(regs.xres, 8, MAX_XRES));
    regs.yres = clamp(regs.yres, 1, Math.min(MAX_YRES, Math.floor(this.vramSize / pitchOf(regs.bpp, regs.xres))));
    const widest = Math.floor(Math.floor(this.vramSize / regs.yres) * 8 / bitsOf(regs.bpp));
    regs.virtWidth = down(clamp(regs.virtWidth, regs.xres, Math.max(regs.xres, Math.min(widest, MAX_VIRT_WIDTH))));
    regs.xOffset = clamp(regs.xOffset, 0, regs.virtWidth - regs.xres);
    regs.yOffset = clamp(regs.yOffset, 0, this.#virtHeight - regs.yres);
  }
};
function bitsOf(bpp) {
  return bpp === 15 ? 16 : bpp;
}
function pitchOf(bpp, width) {
  return bpp === 4 ? (width >>> 3) * 4 : width * (bpp + 7 >> 3);
}

// ../pc/src/devices/vga/edid.ts
var HORIZONTAL = { front: 48, sync: 32, blank: 160 };
var VERTICAL_FRONT = 3;
var VERTICAL_SYNC = 6;
var VERTICAL_BLANK_US = 460;
var STANDARD_TIMINGS = [
  [1920, 3],
  [1680, 0],
  [1600, 3],
  [1440, 0],
  [1280, 2],
  [1152, 1]
];
function makeEdid(width, height) {
  const edid = new Uint8Array(128);
  const [widthMm, heightMm] = [Math.round(width * 25.4 / 96), Math.round(height * 25.4 / 96)];
  edid.set([0, 255, 255, 255, 255, 255, 255, 0]);
  edid.set(manufacturer("SBZ"), 8);
  edid.set([1, 0, 1, 0, 0, 0], 10);
  edid.set([0, 33, 1, 3], 16);
  edid.set([128, Math.round(widthMm / 10), Math.round(heightMm / 10), 120, 10], 20);
  edid.set([238, 145, 163, 84, 76, 153, 38, 15, 80, 84], 25);
  edid.set([33, 8, 0], 35);
  for (let i = 0; i < 8; i++) {
    const timing = STANDARD_TIMINGS[i];
    edid.set(timing ? [timing[0] / 8 - 31, timing[1] << 6] : [1, 1], 38 + 2 * i);
  }
  edid.set(detailedTiming(width, height, widthMm, heightMm), 54);
  edid.set([0, 0, 0, 253, 0, 50, 125, 30, 160, 60, 0, 10, 32, 32, 32, 32, 32, 32], 72);
  edid.set([0, 0, 0, 252, 0, ...text("Subzero")], 90);
  edid.set([0, 0, 0, 16, 0], 108);
  let sum = 0;
  for (const byte of edid) sum += byte;
  edid[127] = -sum & 255;
  return edid;
}
function detailedTiming(width, height, widthMm, heightMm) {
  const lineUs = (1e6 / 60 - VERTICAL_BLANK_US) / height;
  const verticalBlank = Math.ceil(VERTICAL_BLANK_US / lineUs);
  const clock = Math.round((width + HORIZONTAL.blank) * (height + verticalBlank) * 60 / 1e4);
  return [
    clock & 255,
    clock >> 8,
    width & 255,
    HORIZONTAL.blank,
    width >> 8 << 4,
    height & 255,
    verticalBlank & 255,
    height >> 8 << 4 | verticalBlank >> 8,
    HORIZONTAL.front,
    HORIZONTAL.sync,
    VERTICAL_FRONT << 4 | VERTICAL_SYNC,
    0,
    widthMm & 255,
    heightMm & 255,
    widthMm >> 8 << 4 | heightMm >> 8,
    0,
    0,
    26
    // digital separate sync, horizontal positive
  ];
}
function manufacturer(letters) {
  let value = 0;
  for (const letter of letters) value = value << 5 | letter.charCodeAt(0) - 64;
  return [value >> 8, value & 255];
}
function text(name2) {
  const bytes = Array.from({ length: 13 }, () => 32);
  for (let i = 0; i < name2.length; i++) bytes[i] = name2.charCodeAt(i);
  bytes[name2.length] = 10;
  return bytes;
}

// ../pc/src/devices/vga/registers.ts
var MISC_IOAS = 1;
var MISC_ERAM = 2;
var IS1_DISPLAY_DISABLED = 1;
var IS1_VRETRACE = 8;
var SR_CLOCKING_MODE = 1;
var SR_MAP_MASK = 2;
var SR_CHARACTER_MAP_SELECT = 3;
var SR_MEMORY_MODE = 4;
var CLOCKING_8_DOTS = 1;
var CLOCKING_HALF_DOT_CLOCK = 8;
var CLOCKING_SCREEN_OFF = 32;
var MEMORY_MODE_NO_ODD_EVEN = 4;
var MEMORY_MODE_CHAIN4 = 8;
var GR_SET_RESET = 0;
var GR_ENABLE_SET_RESET = 1;
var GR_COLOR_COMPARE = 2;
var GR_DATA_ROTATE = 3;
var GR_READ_MAP_SELECT = 4;
var GR_MODE = 5;
var GR_MISCELLANEOUS = 6;
var GR_COLOR_DONT_CARE = 7;
var GR_BIT_MASK = 8;
var MODE_READ_COMPARE = 8;
var MODE_ODD_EVEN_READ = 16;
var MODE_SHIFT_INTERLEAVED = 32;
var MODE_SHIFT_256 = 64;
var MISCELLANEOUS_GRAPHICS = 1;
var CR_HORIZONTAL_TOTAL = 0;
var CR_HORIZONTAL_DISPLAY_END = 1;
var CR_VERTICAL_TOTAL = 6;
var CR_OVERFLOW = 7;
var CR_PRESET_ROW_SCAN = 8;
var CR_MAXIMUM_SCAN_LINE = 9;
var CR_CURSOR_START = 10;
var CR_CURSOR_END = 11;
var CR_START_ADDRESS_HIGH = 12;
var CR_START_ADDRESS_LOW = 13;
var CR_CURSOR_LOCATION_HIGH = 14;
var CR_CURSOR_LOCATION_LOW = 15;
var CR_VERTICAL_RETRACE_START = 16;
var CR_VERTICAL_RETRACE_END = 17;
var CR_VERTICAL_DISPLAY_END = 18;
var CR_OFFSET = 19;
var CR_UNDERLINE_LOCATION = 20;
var CR_MODE_CONTROL = 23;
var CR_LINE_COMPARE = 24;
var CR_CPU_LATCH = 34;
var CR_ATTRIBUTE_FLIP_FLOP = 36;
var MAXIMUM_SCAN_LINE_DOUBLE = 128;
var CURSOR_OFF = 32;
var RETRACE_END_PROTECT = 128;
var UNDERLINE_COUNT_BY_4 = 32;
var UNDERLINE_DOUBLEWORD = 64;
var CONTROL_CMS0 = 1;
var CONTROL_SRC = 2;
var CONTROL_HRS2 = 4;
var CONTROL_COUNT_BY_2 = 8;
var CONTROL_ADDRESS_WRAP = 32;
var CONTROL_BYTE_MODE = 64;
var AR_MODE_CONTROL = 16;
var AR_COLOR_PLANE_ENABLE = 18;
var AR_HORIZONTAL_PEL_PANNING = 19;
var AR_COLOR_SELECT = 20;
var ATTR_INDEX_PAS = 32;
var ATTR_LINE_GRAPHICS = 4;
var ATTR_BLINK = 8;
var ATTR_PANNING_COMPATIBILITY = 32;
var ATTR_P5P4_SELECT = 128;
var SEQUENCER_BITS = [3, 61, 15, 63, 14];
var GRAPHICS_BITS = [15, 15, 15, 31, 3, 123, 15, 15, 255];
var ATTRIBUTE_BITS = [...new Array(16).fill(63), 239, 255, 63, 15, 15];
var SEQUENCER_COUNT = SEQUENCER_BITS.length;
var GRAPHICS_COUNT = GRAPHICS_BITS.length;
var ATTRIBUTE_COUNT = ATTRIBUTE_BITS.length;
var CRTC_COUNT = 25;
function sequencerBits(index) {
  return SEQUENCER_BITS[index] ?? 0;
}
function graphicsBits(index) {
  return GRAPHICS_BITS[index] ?? 0;
}
function attributeBits(index) {
  return ATTRIBUTE_BITS[index] ?? 0;
}
function powerOnRegisters3() {
  return {
    misc: 0,
    feature: 0,
    subsystemEnable: 1,
    seqIndex: 0,
    seq: new Uint8Array(SEQUENCER_COUNT),
    gcIndex: 0,
    gc: new Uint8Array(GRAPHICS_COUNT),
    crtcIndex: 0,
    crtc: new Uint8Array(CRTC_COUNT),
    attrIndex: 0,
    attrIsData: false,
    attr: new Uint8Array(ATTRIBUTE_COUNT),
    pelMask: 255,
    dacState: 0,
    dacReadIndex: 0,
    dacWriteIndex: 0,
    dacComponent: 0,
    dacPending: new Uint8Array(3),
    dac: new Uint8Array(768),
    latch: 0
  };
}
function verticalDisplayEnd(crtc) {
  const overflow = crtc[CR_OVERFLOW];
  return crtc[CR_VERTICAL_DISPLAY_END] | (overflow & 2) << 7 | (overflow & 64) << 3;
}
function verticalTotal(crtc) {
  const overflow = crtc[CR_OVERFLOW];
  return (crtc[CR_VERTICAL_TOTAL] | (overflow & 1) << 8 | (overflow & 32) << 4) + 2;
}
function verticalRetraceStart(crtc) {
  const overflow = crtc[CR_OVERFLOW];
  return crtc[CR_VERTICAL_RETRACE_START] | (overflow & 4) << 6 | (overflow & 128) << 2;
}
function lineCompare(crtc) {
  return crtc[CR_LINE_COMPARE] | (crtc[CR_OVERFLOW] & 16) << 4 | (crtc[CR_MAXIMUM_SCAN_LINE] & 64) << 3;
}

// ../pc/src/devices/vga/planes.ts
var PLANES = new Int32Array(16);
for (let i = 0; i < 16; i++) {
  PLANES[i] = (i & 1 ? 255 : 0) | (i & 2 ? 65280 : 0) | (i & 4 ? 16711680 : 0) | (i & 8 ? 4278190080 : 0);
}
function planeBytes(mask) {
  return PLANES[mask & 15];
}
var Planes = class {
  constructor(regs, words2, beforeWrite) {
    this.regs = regs;
    this.words = words2;
    this.beforeWrite = beforeWrite;
  }
  regs;
  words;
  beforeWrite;
  /** Plane addresses wrap here: 64 Ki in the VGA's own modes, more in the planar VBE mode. */
  addressMask = 65535;
  #chain4 = false;
  #oddEvenWrite = false;
  #oddEvenRead = false;
  #comparesOnRead = false;
  #writeMode = 0;
  #rotate = 0;
  #operation = 0;
  #bits = 0;
  #setReset = 0;
  #setResetMask = 0;
  #mapMask = 0;
  /** Nothing but the map mask stands between the CPU's byte and the planes. */
  #isPlain = false;
  /** Takes over the registers; call after they changed. */
  update() {
    const { gc, seq } = this.regs;
    const memory = seq[SR_MEMORY_MODE];
    const mode = gc[GR_MODE];
    this.#chain4 = (memory & MEMORY_MODE_CHAIN4) !== 0;
    this.#oddEvenWrite = !this.#chain4 && (memory & MEMORY_MODE_NO_ODD_EVEN) === 0;
    this.#oddEvenRead = !this.#chain4 && (mode & MODE_ODD_EVEN_READ) !== 0;
    this.#comparesOnRead = (mode & MODE_READ_COMPARE) !== 0;
    this.#writeMode = mode & 3;
    this.#rotate = gc[GR_DATA_ROTATE] & 7;
    this.#operation = gc[GR_DATA_ROTATE] >> 3;
    this.#bits = gc[GR_BIT_MASK] * 16843009;
    this.#setReset = PLANES[gc[GR_SET_RESET]];
    this.#setResetMask = PLANES[gc[GR_ENABLE_SET_RESET]];
    this.#mapMask = seq[SR_MAP_MASK];
    this.#isPlain = this.#writeMode === 0 && this.#rotate === 0 && this.#operation === 0 && gc[GR_BIT_MASK] === 255 && gc[GR_ENABLE_SET_RESET] === 0;
  }
  /** Whether the window is the same as plain memory (but for the latches that a read would load). */
  get isChain4Linear() {
    return this.#chain4 && this.#isPlain && this.#mapMask === 15 && !this.#comparesOnRead;
  }
  read(address2) {
    let p2;
    let plane;
    if (this.#chain4) {
      p2 = address2 >>> 2;
      plane = address2 & 3;
    } else if (this.#oddEvenRead) {
      p2 = address2 & ~1;
      plane = this.regs.gc[GR_READ_MAP_SELECT] & 2 | address2 & 1;
    } else {
      p2 = address2;
      plane = this.regs.gc[GR_READ_MAP_SELECT];
    }
    const latch = this.words[p2 & this.addressMask];
    this.regs.latch = latch;
    if (!this.#comparesOnRead) return latch >>> 8 * plane & 255;
    const { gc } = this.regs;
    let differs = (latch ^ PLANES[gc[GR_COLOR_COMPARE]]) & PLANES[gc[GR_COLOR_DONT_CARE]];
    differs |= differs >>> 16;
    differs |= differs >>> 8;
    return ~differs & 255;
  }
  write(address2, value) {
    let p2;
    let planes = this.#mapMask;
    if (this.#chain4) {
      p2 = address2 >>> 2;
      planes &= 1 << (address2 & 3);
    } else if (this.#oddEvenWrite) {
      p2 = address2 & ~1;
      planes &= (address2 & 1) !== 0 ? 10 : 5;
    } else {
      p2 = address2;
    }
    if (planes === 0) return;
    p2 &= this.addressMask;
    const mask = PLANES[planes];
    const data = this.#isPlain ? value * 16843009 : this.#combine(value);
    this.beforeWrite(p2);
    this.words[p2] = this.words[p2] & ~mask | data & mask;
  }
  /** What the graphics controller makes of the CPU's byte, for all planes at once. */
  #combine(value) {
    const latch = this.regs.latch;
    let bits2 = this.#bits;
    let data;
    switch (this.#writeMode) {
      case 0:
        data = this.#rotated(value) * 16843009 | 0;
        data = data & ~this.#setResetMask | this.#setReset & this.#setResetMask;
        break;
      case 1:
        return latch;
      case 2:
        data = PLANES[value & 15];
        break;
      default:
        bits2 &= this.#rotated(value) * 16843009;
        data = this.#setReset;
        break;
    }
    if (this.#operation === 1) data &= latch;
    else if (this.#operation === 2) data |= latch;
    else if (this.#operation === 3) data ^= latch;
    return data & bits2 | latch & ~bits2;
  }
  #rotated(value) {
    return (value >>> this.#rotate | value << 8 - this.#rotate) & 255;
  }
};

// ../pc/src/devices/vga/timing.ts
function plainTiming(shownLines) {
  const total = shownLines + Math.max(8, shownLines >> 4);
  const lineNs = 1e9 / 60 / total;
  return {
    lineNs,
    shownNs: lineNs * 0.8,
    frameNs: lineNs * total,
    shownLines,
    retraceStart: shownLines + 2,
    retraceLines: 3
  };
}
function beamTiming(regs, vbeLines) {
  if (vbeLines !== void 0) return plainTiming(vbeLines);
  const { crtc } = regs;
  const clocking = regs.seq[SR_CLOCKING_MODE];
  const dots = (clocking & CLOCKING_8_DOTS) !== 0 ? 8 : 9;
  const dotHz = (regs.misc >> 2 & 3) === 1 ? 28322e3 : 25175e3;
  const characterNs = dots * 1e9 * ((clocking & CLOCKING_HALF_DOT_CLOCK) !== 0 ? 2 : 1) / dotHz;
  const totalCharacters = crtc[CR_HORIZONTAL_TOTAL] + 5;
  const shownCharacters = crtc[CR_HORIZONTAL_DISPLAY_END] + 1;
  const perUnit = (crtc[CR_MODE_CONTROL] & CONTROL_HRS2) !== 0 ? 2 : 1;
  const totalLines = verticalTotal(crtc) * perUnit;
  const shownLines = (verticalDisplayEnd(crtc) + 1) * perUnit;
  const start = verticalRetraceStart(crtc);
  const length = (crtc[CR_VERTICAL_RETRACE_END] & 15) - start & 15 || 16;
  if (shownCharacters >= totalCharacters || shownLines >= totalLines || start * perUnit < shownLines || start * perUnit >= totalLines) {
    return plainTiming(480);
  }
  const lineNs = characterNs * totalCharacters;
  return {
    lineNs,
    shownNs: characterNs * shownCharacters,
    frameNs: lineNs * totalLines,
    shownLines,
    retraceStart: start * perUnit,
    retraceLines: Math.min(length * perUnit, totalLines - start * perUnit)
  };
}
function beamStatus(timing, nowNs) {
  const inFrame = nowNs % timing.frameNs;
  const line = Math.floor(inFrame / timing.lineNs);
  const isShown = line < timing.shownLines && inFrame - line * timing.lineNs < timing.shownNs;
  const isRetrace = line >= timing.retraceStart && line < timing.retraceStart + timing.retraceLines;
  return (isShown ? 0 : IS1_DISPLAY_DISABLED) | (isRetrace ? IS1_VRETRACE : 0);
}

// ../pc/src/devices/vga/blinking.ts
var CURSOR_BLINK_NS = 266666667;
var TEXT_BLINK_NS = 2 * CURSOR_BLINK_NS;
var CURSOR_RESTS_NS = 1e10;
function isOffPhase(nowNs, halfNs) {
  return Math.floor(nowNs / halfNs) % 2 === 1;
}
function nextPhase(nowNs, halfNs) {
  return (Math.floor(nowNs / halfNs) + 1) * halfNs;
}

// ../pc/src/devices/vga/changes.ts
var MAX_RECTANGLES = 24;
var MAX_GAP = 8;
var Changes = class {
  #rects = [];
  /** Pixels x0..x1-1 of `height` lines from y on. */
  add(x0, x1, y, height) {
    const area = (x1 - x0) * height;
    const last = this.#rects[this.#rects.length - 1];
    if (last !== void 0 && y <= last.y1 + MAX_GAP) {
      const left = Math.min(last.x0, x0);
      const right = Math.max(last.x1, x1);
      const bottom = Math.max(last.y1, y + height);
      if ((right - left) * (bottom - last.y0) <= 2 * (last.area + area) + 1024 || this.#isFull) {
        last.x0 = left;
        last.x1 = right;
        last.y1 = bottom;
        last.area += area;
        return;
      }
    } else if (last !== void 0 && this.#isFull) {
      last.x0 = Math.min(last.x0, x0);
      last.x1 = Math.max(last.x1, x1);
      last.y1 = y + height;
      return;
    }
    this.#rects.push({ x0, y0: y, x1, y1: y + height, area });
  }
  take() {
    return this.#rects.map(({ x0, y0, x1, y1 }) => ({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 }));
  }
  get #isFull() {
    return this.#rects.length >= MAX_RECTANGLES;
  }
};

// ../pc/src/devices/vga/colors.ts
var BLACK = 4278190080 | 0;
var Colors = class {
  /** By four-bit pixel or text attribute. */
  sixteen = new Int32Array(16);
  /** By four-bit pixel of a graphics mode, in either half of the blinking period. */
  #graphics = [new Int32Array(16), new Int32Array(16)];
  /** Pixels of four bits blink. */
  blinksGraphics = false;
  /** By eight-bit pixel. */
  all = new Int32Array(256);
  update(regs, hasDac8) {
    const { attr, dac } = regs;
    for (let i = 0; i < 256; i++) {
      const at = 3 * (i & regs.pelMask);
      const [r2, g, b] = [dac[at], dac[at + 1], dac[at + 2]];
      this.all[i] = hasDac8 ? BLACK | b << 16 | g << 8 | r2 : BLACK | six(b) << 16 | six(g) << 8 | six(r2);
    }
    const select = attr[AR_COLOR_SELECT];
    const mode = attr[AR_MODE_CONTROL];
    const takesP5P4 = (mode & ATTR_P5P4_SELECT) !== 0;
    const enabled = attr[AR_COLOR_PLANE_ENABLE];
    const paletteColor = (register) => {
      const color = attr[register];
      return this.all[takesP5P4 ? (select & 15) << 4 | color & 15 : (select & 12) << 4 | color & 63];
    };
    this.blinksGraphics = (mode & ATTR_BLINK) !== 0;
    for (let i = 0; i < 16; i++) {
      const register = i & enabled;
      this.sixteen[i] = paletteColor(register);
      for (const phase of [0, 1]) {
        this.#graphics[phase][i] = this.blinksGraphics ? paletteColor(blinkingRegister(register, (enabled & 8) !== 0, phase === 1)) : this.sixteen[i];
      }
    }
  }
  /** By four-bit pixel of a graphics mode. */
  graphics(isOffPhase2) {
    return this.#graphics[isOffPhase2 ? 1 : 0];
  }
};
function blinkingRegister(pixel, hasPlane3, isOff) {
  const steady = hasPlane3 && (pixel & 8) === 0;
  return steady || !isOff ? pixel | 8 : pixel & 7;
}
function six(value) {
  const v = value & 63;
  return v << 2 | v >> 4;
}

// ../pc/src/devices/vga/graphics-renderer.ts
var GraphicsRenderer = class {
  constructor(regs, dispi, bytes, words2, picture, colors) {
    this.regs = regs;
    this.dispi = dispi;
    this.bytes = bytes;
    this.words = words2;
    this.picture = picture;
    this.colors = colors;
    this.#sixteen = colors.sixteen;
    this.#halfWords = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
  }
  regs;
  dispi;
  bytes;
  words;
  picture;
  colors;
  #halfWords;
  /** One line in pixels as fetched, before panning and doubling. */
  #line = new Int32Array(0);
  #sixteen;
  /** What of the line that was drawn last changed. */
  #first = -1;
  #last = -1;
  /** `isOffPhase`: blinking pixels are in the second half of their period. */
  render(into2, written, isOffPhase2, changes) {
    this.#sixteen = this.colors.graphics(isOffPhase2);
    if (this.picture.pixels === "linear") this.#renderLinear(into2, written, changes);
    else this.#renderPlanes(into2, written, changes);
  }
  #renderLinear(into2, written, changes) {
    const { dispi } = this;
    const { width, height } = this.picture;
    const { xOffset, yOffset, bpp } = dispi.regs;
    const bytesPerPixel = dispi.bytesPerPixel;
    const pitch = dispi.pitch;
    for (let y = 0; y < height; y++) {
      const from2 = (yOffset + y) * pitch + xOffset * bytesPerPixel;
      if (!isWritten(written, from2, from2 + width * bytesPerPixel - 1)) continue;
      const to = y * width;
      if (bpp === 32) this.#draw32(into2, to, from2 >>> 2, width);
      else if (bpp === 8) this.#draw8(into2, to, from2, width);
      else if (bpp === 24) this.#draw24(into2, to, from2, width);
      else this.#draw16(into2, to, from2 >>> 1, width, bpp === 16);
      if (this.#first >= 0) changes?.add(this.#first, this.#last + 1, y, 1);
    }
  }
  #draw32(into2, to, from2, width) {
    const { words: words2 } = this;
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      const v = words2[from2 + x];
      const color = BLACK | (v & 255) << 16 | v & 65280 | v >>> 16 & 255;
      if (into2[to + x] === color) continue;
      into2[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }
  #draw24(into2, to, from2, width) {
    const { bytes } = this;
    let first = -1;
    let last = -1;
    for (let x = 0, at = from2; x < width; x++, at += 3) {
      const color = BLACK | bytes[at] << 16 | bytes[at + 1] << 8 | bytes[at + 2];
      if (into2[to + x] === color) continue;
      into2[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }
  #draw16(into2, to, from2, width, has6Green) {
    const halfWords = this.#halfWords;
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      const v = halfWords[from2 + x];
      const b = v & 31;
      const g = has6Green ? v >> 5 & 63 : v >> 5 & 31;
      const r2 = (has6Green ? v >> 11 : v >> 10) & 31;
      const green = has6Green ? g << 2 | g >> 4 : g << 3 | g >> 2;
      const color = BLACK | (b << 3 | b >> 2) << 16 | green << 8 | (r2 << 3 | r2 >> 2);
      if (into2[to + x] === color) continue;
      into2[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }
  #draw8(into2, to, from2, width) {
    const { bytes } = this;
    const { all } = this.colors;
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      const color = all[bytes[from2 + x]];
      if (into2[to + x] === color) continue;
      into2[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }
  #renderPlanes(into2, written, changes) {
    const { picture } = this;
    const { addresses, scans, height } = picture;
    const pixelsPerClock = picture.pixels === "packed" ? 4 : 8;
    const clocks = picture.columns + 1;
    if (this.#line.length < clocks * 8) this.#line = new Int32Array(clocks * 8);
    let isLineFresh = false;
    for (let y = 0; y < height; y++) {
      const repeats = picture.repeatsLineAbove(y);
      if (!repeats) isLineFresh = false;
      const address2 = addresses[y];
      const scan = scans[y];
      const start = picture.fetchAddress(address2, 0, scan);
      const end = picture.fetchAddress(address2, clocks - 1, scan);
      if (end >= start && !isWritten(written, start * 4, end * 4 + 3)) continue;
      if (!isLineFresh) {
        this.#fetchLine(address2, clocks, scan);
        isLineFresh = true;
      }
      this.#commit(into2, y, picture.panOf(y), pixelsPerClock);
      if (this.#first >= 0) changes?.add(this.#first, this.#last + 1, y, 1);
    }
  }
  #fetchLine(address2, clocks, scan) {
    const { picture, words: words2 } = this;
    const line = this.#line;
    const { all } = this.colors;
    const sixteen = this.#sixteen;
    if (picture.pixels === "packed") {
      for (let c = 0, x = 0; c < clocks; c++, x += 4) {
        const v = words2[picture.fetchAddress(address2, c, scan)];
        line[x] = all[v & 255];
        line[x + 1] = all[v >>> 8 & 255];
        line[x + 2] = all[v >>> 16 & 255];
        line[x + 3] = all[v >>> 24];
      }
      return;
    }
    if (picture.pixels === "interleaved") {
      for (let c = 0, x = 0; c < clocks; c++, x += 8) {
        const v = words2[picture.fetchAddress(address2, c, scan)];
        for (let i = 0; i < 4; i++) {
          const shift2 = 6 - 2 * i;
          line[x + i] = sixteen[v >>> shift2 & 3 | (v >>> 16 + shift2 & 3) << 2];
          line[x + 4 + i] = sixteen[v >>> 8 + shift2 & 3 | (v >>> 24 + shift2 & 3) << 2];
        }
      }
      return;
    }
    const enabled = planeBytes(this.regs.attr[AR_COLOR_PLANE_ENABLE]);
    for (let c = 0, x = 0; c < clocks; c++, x += 8) {
      const v = words2[picture.fetchAddress(address2, c, scan)] & enabled;
      for (let i = 0; i < 8; i++) {
        const s = 7 - i;
        line[x + i] = sixteen[v >>> s & 1 | v >>> s + 7 & 2 | v >>> s + 14 & 4 | v >>> s + 21 & 8];
      }
    }
  }
  /** Puts the fetched line into line `y` of the picture. */
  #commit(into2, y, pan, pixelsPerClock) {
    const { width, scale } = this.picture;
    const line = this.#line;
    const repeat = pixelsPerClock === 4 ? 2 * scale : scale;
    const to = y * width;
    let first = -1;
    let last = -1;
    if (repeat === 1) {
      for (let x = 0; x < width; x++) {
        const color = line[pan + x];
        if (into2[to + x] === color) continue;
        into2[to + x] = color;
        if (first < 0) first = x;
        last = x;
      }
    } else {
      for (let x = 0, pixel = pan; x < width; pixel++) {
        const color = line[pixel];
        for (const end = x + repeat; x < end; x++) {
          if (into2[to + x] === color) continue;
          into2[to + x] = color;
          if (first < 0) first = x;
          last = x;
        }
      }
    }
    this.#first = first;
    this.#last = last;
  }
};
function isWritten(written, first, last) {
  if (written === void 0) return true;
  for (let page = first >>> 12; page <= last >>> 12; page++) {
    if ((written[page >> 3] & 1 << (page & 7)) !== 0) return true;
  }
  return false;
}

// ../pc/src/devices/vga/picture.ts
var UNPROGRAMMED = { columns: 80, lines: 400, cellHeight: 16 };
var Picture = class {
  pixels = "text";
  width = 0;
  height = 0;
  /** Character clocks a line. */
  columns = 0;
  /** Dots a character clock. */
  cellWidth = 0;
  cellHeight = 0;
  /** Output pixels a dot. */
  scale = 1;
  /** Address counter at the left end and row scan, by line. */
  addresses = new Int32Array(0);
  scans = new Uint8Array(0);
  /** Pixels that the left end is shifted by, on lines up to `splitLine` and after it. */
  pan = 0;
  panAfterSplit = 0;
  splitLine = 0;
  textRows = [];
  #addressMask = 65535;
  #control = 0;
  #isDoubleword = false;
  #isChain4 = false;
  /** The address counter advances every 1, 2 or 4 character clocks. */
  #countShift = 0;
  update(regs, dispi, vramSize) {
    if (dispi.isLinear) this.#updateLinear(dispi);
    else if (dispi.isPlanar) this.#updatePlanarVbe(dispi, vramSize);
    else this.#updateVga(regs);
  }
  /** The plane address of character clock `column` of a line. */
  fetchAddress(counterAtLeft, column, scan) {
    const counter = counterAtLeft + (column >> this.#countShift);
    let p2;
    if (this.#isDoubleword) p2 = this.#isChain4 ? counter : counter << 2 | counter >> 14 & 3;
    else if ((this.#control & CONTROL_BYTE_MODE) !== 0) p2 = counter;
    else p2 = counter << 1 | counter >> ((this.#control & CONTROL_ADDRESS_WRAP) !== 0 ? 15 : 13) & 1;
    if ((this.#control & CONTROL_CMS0) === 0) p2 = p2 & ~8192 | (scan & 1) << 13;
    if ((this.#control & CONTROL_SRC) === 0) p2 = p2 & ~16384 | (scan & 2) << 13;
    return p2 & this.#addressMask;
  }
  /** Whether line `y` shows the same as the line above it. */
  repeatsLineAbove(y) {
    if (y === 0 || this.addresses[y] !== this.addresses[y - 1]) return false;
    if (y === this.splitLine + 1 && this.pan !== this.panAfterSplit) return false;
    const used = ((this.#control & CONTROL_CMS0) === 0 ? 1 : 0) | ((this.#control & CONTROL_SRC) === 0 ? 2 : 0);
    return ((this.scans[y] ^ this.scans[y - 1]) & used) === 0;
  }
  panOf(y) {
    return y > this.splitLine ? this.panAfterSplit : this.pan;
  }
  #updateLinear(dispi) {
    this.pixels = "linear";
    this.width = dispi.regs.xres;
    this.height = dispi.regs.yres;
    this.columns = 0;
    this.textRows = [];
    this.scale = 1;
  }
  #updatePlanarVbe(dispi, vramSize) {
    const { xres, yres, virtWidth, xOffset, yOffset } = dispi.regs;
    this.pixels = "planar";
    this.width = xres;
    this.height = yres;
    this.columns = xres >>> 3;
    this.cellWidth = 8;
    this.cellHeight = 1;
    this.scale = 1;
    this.textRows = [];
    this.pan = xOffset & 7;
    this.panAfterSplit = this.pan;
    this.splitLine = yres;
    this.#setMapping(CONTROL_BYTE_MODE | CONTROL_CMS0 | CONTROL_SRC, 0, 0, vramSize / 4 - 1);
    this.#allocateLines();
    for (let y = 0; y < yres; y++) {
      this.addresses[y] = (yOffset + y) * (virtWidth >>> 3) + (xOffset >>> 3);
      this.scans[y] = 0;
    }
  }
  #updateVga(regs) {
    const { crtc, seq, gc, attr } = regs;
    const clocking = seq[SR_CLOCKING_MODE];
    const control2 = crtc[CR_MODE_CONTROL];
    const maximum = crtc[CR_MAXIMUM_SCAN_LINE];
    const isText = (gc[GR_MISCELLANEOUS] & MISCELLANEOUS_GRAPHICS) === 0;
    const end = verticalDisplayEnd(crtc);
    const isProgrammed = crtc[CR_HORIZONTAL_DISPLAY_END] !== 0 && end !== 0;
    const lineRepeat = (control2 & CONTROL_HRS2) !== 0 ? 2 : 1;
    const scanRepeat = ((maximum & MAXIMUM_SCAN_LINE_DOUBLE) !== 0 ? 2 : 1) * lineRepeat;
    const is9Dots = isText && (clocking & CLOCKING_8_DOTS) === 0;
    if (isText) this.pixels = "text";
    else if ((gc[GR_MODE] & MODE_SHIFT_256) !== 0) this.pixels = "packed";
    else this.pixels = (gc[GR_MODE] & MODE_SHIFT_INTERLEAVED) !== 0 ? "interleaved" : "planar";
    this.columns = isProgrammed ? crtc[CR_HORIZONTAL_DISPLAY_END] + 1 : UNPROGRAMMED.columns;
    this.cellWidth = is9Dots ? 9 : 8;
    this.cellHeight = isProgrammed ? ((maximum & 31) + 1) * scanRepeat : UNPROGRAMMED.cellHeight;
    this.scale = (clocking & CLOCKING_HALF_DOT_CLOCK) !== 0 ? 2 : 1;
    this.width = this.columns * this.cellWidth * this.scale;
    this.height = isProgrammed ? (end + 1) * lineRepeat : UNPROGRAMMED.lines;
    const panning = attr[AR_HORIZONTAL_PEL_PANNING];
    if (is9Dots) this.pan = panning >= 8 ? 0 : panning + 1;
    else this.pan = this.pixels === "packed" ? (panning & 7) >> 1 : panning & 7;
    const stopsPanning = (attr[AR_MODE_CONTROL] & ATTR_PANNING_COMPATIBILITY) !== 0;
    this.panAfterSplit = stopsPanning ? 0 : this.pan;
    const countShift = (crtc[CR_UNDERLINE_LOCATION] & UNDERLINE_COUNT_BY_4) !== 0 ? 2 : (control2 & CONTROL_COUNT_BY_2) !== 0 ? 1 : 0;
    this.#setMapping(control2, crtc[CR_UNDERLINE_LOCATION], seq[SR_MEMORY_MODE], 65535);
    this.#countShift = countShift;
    this.#fillLines(crtc, maximum & 31, scanRepeat, lineRepeat, stopsPanning);
    this.textRows = isText ? this.#makeTextRows() : [];
  }
  #setMapping(control2, underline, memoryMode, addressMask) {
    this.#control = control2;
    this.#isDoubleword = (underline & UNDERLINE_DOUBLEWORD) !== 0;
    this.#isChain4 = (memoryMode & MEMORY_MODE_CHAIN4) !== 0;
    this.#addressMask = addressMask;
    this.#countShift = 0;
  }
  #allocateLines() {
    if (this.addresses.length >= this.height && this.addresses.length <= 4096) return;
    this.addresses = new Int32Array(Math.max(this.height, 1024));
    this.scans = new Uint8Array(this.addresses.length);
  }
  /** Runs the CRT controller's counters over a frame. */
  #fillLines(crtc, maximumScan, scanRepeat, lineRepeat, stopsPanning) {
    this.#allocateLines();
    const preset = crtc[CR_PRESET_ROW_SCAN];
    const pitch = crtc[CR_OFFSET] * 2;
    const split = lineCompare(crtc) * lineRepeat + lineRepeat - 1;
    const bytePan = preset >> 5 & 3;
    let address2 = (crtc[CR_START_ADDRESS_HIGH] << 8) + crtc[CR_START_ADDRESS_LOW] + bytePan;
    let scan = preset & 31;
    let repeated = 0;
    this.splitLine = split;
    for (let y = 0; y < this.height; y++) {
      this.addresses[y] = address2 & 65535;
      this.scans[y] = scan;
      if (y === split) {
        address2 = stopsPanning ? 0 : bytePan;
        scan = 0;
        repeated = 0;
        continue;
      }
      if (++repeated < scanRepeat) continue;
      repeated = 0;
      if (scan === maximumScan) {
        scan = 0;
        address2 += pitch;
      } else {
        scan = scan + 1 & 31;
      }
    }
  }
  #makeTextRows() {
    const rows3 = [];
    let start = 0;
    for (let y = 1; y <= this.height; y++) {
      const goesOn = y < this.height && y !== this.splitLine + 1 && this.scans[y] >= this.scans[y - 1] && this.addresses[y] === this.addresses[y - 1];
      if (goesOn) continue;
      rows3.push({ y: start, height: y - start, address: this.addresses[start], pan: this.panOf(start) });
      start = y;
    }
    return rows3;
  }
};

// ../pc/src/devices/vga/code-page.ts
var CONTROLS = " \u263A\u263B\u2665\u2666\u2663\u2660\u2022\u25D8\u25CB\u25D9\u2642\u2640\u266A\u266B\u263C\u25BA\u25C4\u2195\u203C\xB6\xA7\u25AC\u21A8\u2191\u2193\u2192\u2190\u221F\u2194\u25B2\u25BC";
var HIGH2 = "\xC7\xFC\xE9\xE2\xE4\xE0\xE5\xE7\xEA\xEB\xE8\xEF\xEE\xEC\xC4\xC5\xC9\xE6\xC6\xF4\xF6\xF2\xFB\xF9\xFF\xD6\xDC\xA2\xA3\xA5\u20A7\u0192\xE1\xED\xF3\xFA\xF1\xD1\xAA\xBA\xBF\u2310\xAC\xBD\xBC\xA1\xAB\xBB\u2591\u2592\u2593\u2502\u2524\u2561\u2562\u2556\u2555\u2563\u2551\u2557\u255D\u255C\u255B\u2510\u2514\u2534\u252C\u251C\u2500\u253C\u255E\u255F\u255A\u2554\u2569\u2566\u2560\u2550\u256C\u2567\u2568\u2564\u2565\u2559\u2558\u2552\u2553\u256B\u256A\u2518\u250C\u2588\u2584\u258C\u2590\u2580\u03B1\xDF\u0393\u03C0\u03A3\u03C3\xB5\u03C4\u03A6\u0398\u03A9\u03B4\u221E\u03C6\u03B5\u2229\u2261\xB1\u2265\u2264\u2320\u2321\xF7\u2248\xB0\u2219\xB7\u221A\u207F\xB2\u25A0 ";
var CODE_PAGE_437 = [
  ...CONTROLS,
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
  "\u2302",
  ...HIGH2
];

// ../pc/src/devices/vga/text-renderer.ts
var FONT_BYTES = 8192;
var CELL_CURSOR = 65536;
var CELL_CURSOR_START = 17;
var CELL_CURSOR_END = 22;
var CELL_HIDDEN = 134217728;
var NO_CELL = 4294967295;
var TextRenderer = class {
  constructor(regs, words2, picture, colors) {
    this.regs = regs;
    this.words = words2;
    this.picture = picture;
    this.colors = colors;
  }
  regs;
  words;
  picture;
  colors;
  /** Characters with attribute bit 3 set come from A. */
  #fontA = new Uint8Array(FONT_BYTES);
  #fontB = new Uint8Array(FONT_BYTES);
  #shadow = new Uint32Array(0);
  #hasBlinkingCells = false;
  #showsCursor = false;
  /** The stream's last picture has it in its lit half. */
  #isCursorLit = false;
  /** Everything will be drawn anew. */
  forget() {
    this.#shadow.fill(NO_CELL);
  }
  /** Reads the fonts again, from plane 2; true if one changed. */
  loadFonts() {
    const select = this.regs.seq[SR_CHARACTER_MAP_SELECT];
    const a = fontAddress(select >> 2 & 3 | select >> 3 & 4);
    const b = fontAddress(select & 3 | select >> 2 & 4);
    const hasNewA = this.#loadFont(this.#fontA, a);
    const hasNewB = this.#loadFont(this.#fontB, b);
    return hasNewA || hasNewB;
  }
  /** Draws the changed cells (all, without a shadow: `changes` undefined). */
  render(into2, nowNs, isCursorAtRest, changes) {
    const { picture } = this;
    const stride = picture.columns + 1;
    const cells = picture.textRows.length * stride;
    if (changes !== void 0 && this.#shadow.length !== cells) this.#shadow = new Uint32Array(cells).fill(NO_CELL);
    const shadow = changes === void 0 ? void 0 : this.#shadow;
    const cursorCell = isCursorAtRest || !isOffPhase(nowNs, CURSOR_BLINK_NS) ? this.#cursorCell : 0;
    const hidesBlinking = this.#blinks && isOffPhase(nowNs, TEXT_BLINK_NS);
    const cursorAt = this.#cursorLocation;
    let hasBlinkingCells = false;
    let showsCursor = false;
    for (let r2 = 0; r2 < picture.textRows.length; r2++) {
      const row = picture.textRows[r2];
      const count2 = picture.columns + (row.pan > 0 ? 1 : 0);
      let first = -1;
      let last = -1;
      for (let c = 0; c < count2; c++) {
        let cell = this.#wordAt(row, c) & 65535;
        if ((cell & 32768) !== 0) {
          hasBlinkingCells = true;
          if (hidesBlinking) cell |= CELL_HIDDEN;
        }
        if ((row.address + c & 65535) === cursorAt) {
          showsCursor = true;
          cell |= cursorCell;
        }
        if (shadow !== void 0) {
          const at = r2 * stride + c;
          if (shadow[at] === cell) continue;
          shadow[at] = cell;
        }
        this.#drawCell(into2, row, c, cell);
        if (first < 0) first = c;
        last = c;
      }
      if (first >= 0 && changes !== void 0) {
        const width = picture.cellWidth * picture.scale;
        const x0 = Math.max(0, first * width - row.pan * picture.scale);
        const x1 = Math.min(picture.width, (last + 1) * width - row.pan * picture.scale);
        if (x1 > x0) changes.add(x0, x1, row.y, row.height);
      }
    }
    this.#hasBlinkingCells = hasBlinkingCells;
    this.#showsCursor = showsCursor;
    if (changes !== void 0) this.#isCursorLit = cursorCell !== 0;
  }
  readText() {
    return this.picture.textRows.map((row) => {
      let text2 = "";
      for (let c = 0; c < this.picture.columns; c++) text2 += CODE_PAGE_437[this.#wordAt(row, c) & 255];
      return text2.trimEnd();
    });
  }
  /** Column and row of the cursor; undefined outside the screen. */
  cursorPosition() {
    const location = this.#cursorLocation;
    for (let r2 = 0; r2 < this.picture.textRows.length; r2++) {
      const column = location - this.picture.textRows[r2].address & 65535;
      if (column < this.picture.columns) return { column, row: r2 };
    }
    return void 0;
  }
  get isCursorOn() {
    const { crtc } = this.regs;
    const start = crtc[CR_CURSOR_START];
    return (start & CURSOR_OFF) === 0 && (start & 31) <= (crtc[CR_CURSOR_END] & 31);
  }
  /** The next time a blink changes what was drawn last. */
  nextChangeNs(nowNs, isCursorAtRest) {
    if (this.#showsCursor && this.isCursorOn) {
      if (!isCursorAtRest) return nextPhase(nowNs, CURSOR_BLINK_NS);
      if (!this.#isCursorLit) return nowNs;
    }
    return this.#hasBlinkingCells && this.#blinks ? nextPhase(nowNs, TEXT_BLINK_NS) : void 0;
  }
  get #blinks() {
    return (this.regs.attr[AR_MODE_CONTROL] & ATTR_BLINK) !== 0;
  }
  /** The cell that the cursor's skew delays it to. */
  get #cursorLocation() {
    const { crtc } = this.regs;
    const location = crtc[CR_CURSOR_LOCATION_HIGH] << 8 | crtc[CR_CURSOR_LOCATION_LOW];
    return location + (crtc[CR_CURSOR_END] >> 5 & 3) & 65535;
  }
  /** What the cursor, lit, adds to the cell under it. */
  get #cursorCell() {
    if (!this.isCursorOn) return 0;
    const { crtc } = this.regs;
    const start = crtc[CR_CURSOR_START] & 31;
    return CELL_CURSOR | start << CELL_CURSOR_START | (crtc[CR_CURSOR_END] & 31) << CELL_CURSOR_END;
  }
  #wordAt(row, column) {
    return this.words[this.picture.fetchAddress(row.address, column, 0)];
  }
  #loadFont(font, from2) {
    const { words: words2 } = this;
    let isNew = false;
    for (let i = 0; i < FONT_BYTES; i++) {
      const byte = words2[from2 + i] >>> 16 & 255;
      if (font[i] === byte) continue;
      font[i] = byte;
      isNew = true;
    }
    return isNew;
  }
  #drawCell(into2, row, column, cell) {
    const { picture, regs } = this;
    const { sixteen } = this.colors;
    const { cellWidth, scale, scans } = picture;
    const character = cell & 255;
    const attribute = cell >>> 8 & 255;
    const mode = regs.attr[AR_MODE_CONTROL];
    const background = sixteen[(mode & ATTR_BLINK) !== 0 ? attribute >> 4 & 7 : attribute >> 4];
    const foreground = sixteen[attribute & 15];
    const ink = (cell & CELL_HIDDEN) !== 0 ? background : foreground;
    const font = (attribute & 8) !== 0 ? this.#fontA : this.#fontB;
    const underline = (attribute & 119) === 1 ? regs.crtc[CR_UNDERLINE_LOCATION] & 31 : -1;
    const repeatsEighth = (mode & ATTR_LINE_GRAPHICS) !== 0 && (character & 224) === 192;
    const cursorStart = (cell & CELL_CURSOR) !== 0 ? cell >>> CELL_CURSOR_START & 31 : 32;
    const cursorEnd = cell >>> CELL_CURSOR_END & 31;
    const left = (column * cellWidth - row.pan) * scale;
    const skipped = left < 0 ? -left : 0;
    const end = Math.min(cellWidth * scale, picture.width - left);
    for (let y = row.y; y < row.y + row.height; y++) {
      const scan = scans[y];
      let bits2 = font[character * 32 + scan] << 1;
      if (repeatsEighth) bits2 |= bits2 >> 1 & 1;
      let color = ink;
      if (scan === underline) bits2 = 511;
      if (scan >= cursorStart && scan <= cursorEnd) {
        bits2 = 511;
        color = foreground;
      }
      const at = y * picture.width + left;
      if (scale === 1) {
        for (let x = skipped; x < end; x++) into2[at + x] = (bits2 << x & 256) !== 0 ? color : background;
      } else {
        for (let x = skipped; x < end; x++) into2[at + x] = (bits2 << (x >> 1) & 256) !== 0 ? color : background;
      }
    }
  }
};
function fontAddress(map) {
  return (map & 3) * 16384 + (map >> 2) * 8192;
}

// ../pc/src/devices/vga/vga-screen.ts
var CHANGE_POSITION = 1;
var CHANGE_ALL = 2;
var VgaScreen = class {
  constructor(regs, dispi, vram, words2, clock, collected) {
    this.regs = regs;
    this.dispi = dispi;
    this.vram = vram;
    this.clock = clock;
    this.collected = collected;
    this.#text = new TextRenderer(regs, words2, this.#picture, this.#colors);
    this.#graphics = new GraphicsRenderer(regs, dispi, vram.bytes, words2, this.#picture, this.#colors);
  }
  regs;
  dispi;
  vram;
  clock;
  collected;
  #picture = new Picture();
  #colors = new Colors();
  #text;
  #graphics;
  #mode = { kind: "text", width: 0, height: 0, columns: 0, rows: 0, generation: 0 };
  /** Registers changed since the picture's description was made. */
  #isStale = true;
  /** What changed since the last frame. */
  #pending = CHANGE_ALL;
  #wasBlank = false;
  #wasGraphicsOff = false;
  #drawnGeneration = -1;
  /** When the guest last changed what is seen, as far as frames told. */
  #changedNs = Number.NEGATIVE_INFINITY;
  noteChange(change) {
    this.#isStale = true;
    if (change > this.#pending) this.#pending = change;
  }
  mode() {
    this.#refresh();
    return this.#mode;
  }
  renderDirty(into2, full) {
    const { width, height, generation } = this.mode();
    if (into2.length !== width * height) return [];
    const pixels = signed(into2);
    const isBlank = this.#isBlank;
    const needsAll = full || isBlank !== this.#wasBlank || generation !== this.#drawnGeneration;
    const pending = this.#pending;
    this.#pending = 0;
    this.#wasBlank = isBlank;
    this.#drawnGeneration = generation;
    const written = this.vram.collectWritten();
    this.collected();
    const isWritten2 = hasBit(written);
    const nowNs = this.clock.nowNs();
    if (isWritten2 || needsAll || pending !== 0) this.#changedNs = nowNs;
    if (isBlank) {
      if (!needsAll) return [];
      pixels.fill(BLACK);
      return [{ x: 0, y: 0, width, height }];
    }
    const changes = new Changes();
    if (this.#mode.kind === "text") {
      const hasNewFont = (isWritten2 || needsAll || pending === CHANGE_ALL) && this.#text.loadFonts();
      if (needsAll || hasNewFont || pending === CHANGE_ALL) this.#text.forget();
      this.#text.render(pixels, nowNs, this.#isCursorAtRest(nowNs), changes);
    } else {
      const isOff = this.#isGraphicsOff;
      const isStale = needsAll || pending !== 0 || isOff !== this.#wasGraphicsOff;
      this.#wasGraphicsOff = isOff;
      if (isStale || isWritten2) this.#graphics.render(pixels, isStale ? void 0 : written, isOff, changes);
    }
    return needsAll ? [{ x: 0, y: 0, width, height }] : changes.take();
  }
  renderStill(into2) {
    const { width, height, kind } = this.mode();
    if (into2.length !== width * height) return;
    const pixels = signed(into2);
    if (this.#isBlank) {
      pixels.fill(BLACK);
    } else if (kind === "text") {
      if (this.#text.loadFonts()) this.#text.forget();
      const nowNs = this.clock.nowNs();
      this.#text.render(pixels, nowNs, this.#isCursorAtRest(nowNs), void 0);
    } else {
      this.#graphics.render(pixels, void 0, this.#isGraphicsOff, void 0);
    }
  }
  readText() {
    return this.mode().kind === "text" ? this.#text.readText() : [];
  }
  get cursor() {
    if (this.mode().kind !== "text") return void 0;
    const position = this.#text.cursorPosition();
    return position && { ...position, isVisible: this.#text.isCursorOn && !this.#isBlank };
  }
  nextChangeNs() {
    const { kind } = this.mode();
    if (this.#isBlank) return void 0;
    if (kind === "graphics") {
      return this.#blinksGraphics ? nextPhase(this.clock.nowNs(), TEXT_BLINK_NS) : void 0;
    }
    const nowNs = this.clock.nowNs();
    return this.#text.nextChangeNs(nowNs, this.#isCursorAtRest(nowNs));
  }
  #isCursorAtRest(nowNs) {
    return nowNs - this.#changedNs >= CURSOR_RESTS_NS;
  }
  get #blinksGraphics() {
    const { pixels } = this.#picture;
    return this.#colors.blinksGraphics && (pixels === "planar" || pixels === "interleaved");
  }
  get #isGraphicsOff() {
    return this.#blinksGraphics && isOffPhase(this.clock.nowNs(), TEXT_BLINK_NS);
  }
  get #isBlank() {
    return (this.regs.attrIndex & ATTR_INDEX_PAS) === 0 || (this.regs.seq[SR_CLOCKING_MODE] & CLOCKING_SCREEN_OFF) !== 0;
  }
  #refresh() {
    if (!this.#isStale) return;
    this.#isStale = false;
    const picture = this.#picture;
    picture.update(this.regs, this.dispi, this.vram.size);
    this.#colors.update(this.regs, this.dispi.hasDac8);
    const isText = picture.pixels === "text";
    const { width, height } = picture;
    const kind = isText ? "text" : "graphics";
    const columns = isText ? picture.columns : 0;
    const rows3 = isText ? Math.max(1, Math.floor(height / picture.cellHeight)) : 0;
    const old = this.#mode;
    const isSame2 = old.kind === kind && old.width === width && old.height === height && old.columns === columns && old.rows === rows3;
    if (!isSame2) this.#mode = { kind, width, height, columns, rows: rows3, generation: old.generation + 1 };
  }
};
function signed(into2) {
  return new Int32Array(into2.buffer, into2.byteOffset, into2.length);
}
function hasBit(bits2) {
  for (let i = 0; i < bits2.length; i++) if (bits2[i] !== 0) return true;
  return false;
}

// ../pc/src/devices/vga/vga.ts
var VGA_FIRST_PORT = 944;
var VGA_PORT_COUNT = 48;
var DISPI_FIRST_PORT = 462;
var DISPI_PORT_COUNT = 4;
var VGA_WINDOW = 655360;
var VGA_WINDOW_SIZE = 131072;
var BAR2_SIZE = 4096;
var BAR2_PORTS = 1024;
var BAR2_DISPI = 1280;
var BAR2_DISPI_END = 1302;
var BAR2_EXTENSION_SIZE = 1536;
var BAR2_BYTE_ORDER = 1540;
var LITTLE_ENDIAN = 505290270;
var INPUT_STATUS_0 = 16;
var Vga = class {
  constructor(id, wires) {
    this.id = id;
    this.wires = wires;
    const { vram, clock } = wires;
    this.#bytes = vram.bytes;
    this.#prepared = new Uint8Array(vram.size >>> 12);
    this.#edid = makeEdid(wires.preferred?.width ?? 1280, wires.preferred?.height ?? 800);
    const words2 = new Int32Array(vram.bytes.buffer, vram.bytes.byteOffset, vram.size >>> 2);
    this.#planes = new Planes(this.#regs, words2, (p2) => this.#prepare(p2 >>> 10));
    this.#dispi = new Dispi(vram.size, {
      changed: (isShown) => this.#update(isShown ? CHANGE_ALL : 0),
      clear: (length) => this.#clear(length)
    });
    this.#screen = new VgaScreen(this.#regs, this.#dispi, vram, words2, clock, () => this.#forgetPrepared());
    this.screen = this.#screen;
    this.dispiPorts = this.#dispi;
    this.ports = {
      readPort: (offset, size) => this.#readPorts(VGA_FIRST_PORT + offset, size),
      writePort: (offset, size, value) => this.#writePorts(VGA_FIRST_PORT + offset, size, value)
    };
    this.window = {
      readMmio: (offset, size) => this.#readWindow(offset, size),
      writeMmio: (offset, size, value) => this.#writeWindow(offset, size, value)
    };
    const registers = {
      readMmio: (offset, size) => this.#readBar2(offset, size),
      writeMmio: (offset, size, value) => this.#writeBar2(offset, size, value)
    };
    this.config = new PciConfigSpace(
      id,
      {
        vendor: 4660,
        device: 4369,
        revision: 2,
        classCode: 196608,
        subsystemVendor: 6900,
        subsystem: 4352,
        commandWritable: COMMAND_IO | COMMAND_MEMORY
      },
      wires.pci,
      [
        { kind: "memory", index: 0, size: vram.size, isPrefetchable: true, offset: vram.offset },
        { kind: "mmio", index: 2, size: BAR2_SIZE, handler: registers }
      ],
      wires.rom
    );
    this.#update(CHANGE_ALL);
  }
  id;
  wires;
  config;
  ports;
  dispiPorts;
  window;
  screen;
  #regs = powerOnRegisters3();
  #dispi;
  #planes;
  #screen;
  #bytes;
  #edid;
  /** Pages that may be written without asking `prepareWrite` again. */
  #prepared;
  #hasPrepared = false;
  /** First offset of the A0000 window that answers, and how many do. */
  #windowStart = 0;
  #windowSize = 0;
  /** Where the window is mapped as memory: offset in video memory and size; undefined: it is not. */
  #mapped;
  #timing;
  reset() {
    Object.assign(this.#regs, powerOnRegisters3());
    this.#dispi.reset();
    this.config.reset();
    this.#update(CHANGE_ALL);
  }
  /** A snapshot may follow: its page flags ask for `prepareWrite` anew. */
  pause() {
    this.#forgetPrepared();
  }
  save() {
    const {
      misc: misc2,
      feature,
      subsystemEnable,
      seqIndex,
      seq,
      gcIndex,
      gc,
      crtcIndex,
      crtc,
      attrIndex,
      attrIsData,
      attr,
      pelMask,
      dacState,
      dacReadIndex,
      dacWriteIndex,
      dacComponent,
      dacPending,
      dac,
      latch,
      ...rest
    } = this.#regs;
    noneLeft(rest);
    return {
      config: this.config.save(),
      dispi: { ...this.#dispi.regs },
      misc: misc2,
      feature,
      subsystemEnable,
      seqIndex,
      seq: seq.slice(),
      gcIndex,
      gc: gc.slice(),
      crtcIndex,
      crtc: crtc.slice(),
      attrIndex,
      attrIsData,
      attr: attr.slice(),
      pelMask,
      dacState,
      dacReadIndex,
      dacWriteIndex,
      dacComponent,
      dacPending: dacPending.slice(),
      dac: dac.slice(),
      latch: latch >>> 0
    };
  }
  restore(state) {
    const { config, dispi, latch, seq, gc, crtc, attr, dacPending, dac, ...plain3 } = state;
    Object.assign(this.#regs, plain3, {
      latch: latch | 0,
      seq: seq.map((value, i) => value & sequencerBits(i)),
      gc: gc.map((value, i) => value & graphicsBits(i)),
      crtc: crtc.slice(),
      attr: attr.map((value, i) => value & attributeBits(i)),
      dacPending: dacPending.slice(),
      dac: dac.slice()
    });
    this.#dispi.restore({ ...dispi });
    this.#forgetPrepared();
    this.config.restore(config);
    this.#update(CHANGE_ALL);
  }
  #readPorts(port, size) {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.#readPort(port + i) << 8 * i;
    return value >>> 0;
  }
  #writePorts(port, size, value) {
    for (let i = 0; i < size; i++) this.#writePort(port + i, value >>> 8 * i & 255);
  }
  #readPort(port) {
    const regs = this.#regs;
    switch (port) {
      case 960:
        return regs.attrIndex;
      case 961:
        return regs.attr[regs.attrIndex & 31] ?? 0;
      case 962:
        return INPUT_STATUS_0;
      case 963:
        return regs.subsystemEnable;
      case 964:
        return regs.seqIndex;
      case 965:
        return regs.seq[regs.seqIndex] ?? 0;
      case 966:
        return regs.pelMask;
      case 967:
        return regs.dacState;
      case 968:
        return regs.dacWriteIndex;
      case 969:
        return this.#readDac();
      case 970:
        return regs.feature;
      case 972:
        return regs.misc;
      case 974:
        return regs.gcIndex;
      case 975:
        return regs.gc[regs.gcIndex] ?? 0;
      default:
        break;
    }
    switch (this.#crtcPort(port)) {
      case 4:
        return regs.crtcIndex;
      case 5:
        return this.#readCrtc(regs.crtcIndex);
      case 10:
        regs.attrIsData = false;
        this.#timing ??= beamTiming(regs, this.#dispi.isEnabled ? this.#dispi.regs.yres : void 0);
        return beamStatus(this.#timing, this.wires.clock.nowNs());
      default:
        return 255;
    }
  }
  #writePort(port, value) {
    const regs = this.#regs;
    switch (port) {
      case 960:
        this.#writeAttribute(value);
        return;
      case 962:
        this.#writeMisc(value);
        return;
      case 963:
        regs.subsystemEnable = value & 1;
        return;
      case 964:
        regs.seqIndex = value & 7;
        return;
      case 965:
        this.#writeSequencer(regs.seqIndex, value);
        return;
      case 966:
        if (regs.pelMask === value) return;
        regs.pelMask = value;
        this.#screen.noteChange(CHANGE_ALL);
        return;
      case 967:
        regs.dacReadIndex = value;
        regs.dacComponent = 0;
        regs.dacState = 3;
        return;
      case 968:
        regs.dacWriteIndex = value;
        regs.dacComponent = 0;
        regs.dacState = 0;
        return;
      case 969:
        this.#writeDac(value);
        return;
      case 974:
        regs.gcIndex = value & 15;
        return;
      case 975:
        this.#writeGraphics(regs.gcIndex, value);
        return;
      default:
        break;
    }
    switch (this.#crtcPort(port)) {
      case 4:
        regs.crtcIndex = value;
        return;
      case 5:
        this.#writeCrtc(regs.crtcIndex, value);
        return;
      case 10:
        regs.feature = value & 3;
        return;
      default:
        return;
    }
  }
  /** Low digit of a port of the CRTC's active range (3D0-3DF or 3B0-3BF), -1 for others. */
  #crtcPort(port) {
    const base = (this.#regs.misc & MISC_IOAS) !== 0 ? 976 : 944;
    return (port & ~15) === base ? port & 15 : -1;
  }
  #writeMisc(value) {
    this.#regs.misc = value;
    this.#timing = void 0;
    this.#update(0);
  }
  #writeAttribute(value) {
    const regs = this.#regs;
    if (!regs.attrIsData) {
      regs.attrIsData = true;
      regs.attrIndex = value & (31 | ATTR_INDEX_PAS);
      return;
    }
    regs.attrIsData = false;
    const index = regs.attrIndex & 31;
    if (index >= ATTRIBUTE_COUNT) return;
    const bits2 = value & attributeBits(index);
    if (regs.attr[index] === bits2) return;
    regs.attr[index] = bits2;
    this.#screen.noteChange(CHANGE_ALL);
  }
  #writeSequencer(index, value) {
    const { seq } = this.#regs;
    if (index >= SEQUENCER_COUNT) return;
    const bits2 = value & sequencerBits(index);
    const changed = seq[index] ^ bits2;
    seq[index] = bits2;
    if (changed === 0) return;
    const isUnseen = index === SR_MAP_MASK || index === SR_CLOCKING_MODE && changed === CLOCKING_SCREEN_OFF;
    this.#update(isUnseen ? 0 : CHANGE_ALL);
  }
  #writeGraphics(index, value) {
    const { gc } = this.#regs;
    if (index >= GRAPHICS_COUNT) return;
    const bits2 = value & graphicsBits(index);
    const changed = gc[index] ^ bits2;
    if (changed === 0) return;
    gc[index] = bits2;
    if (index === GR_READ_MAP_SELECT) return;
    const isShown = index === GR_MODE && (changed & (MODE_SHIFT_256 | MODE_SHIFT_INTERLEAVED)) !== 0 || index === GR_MISCELLANEOUS && (changed & MISCELLANEOUS_GRAPHICS) !== 0;
    this.#update(isShown ? CHANGE_ALL : 0);
  }
  #readCrtc(index) {
    const regs = this.#regs;
    if (index < CRTC_COUNT) return regs.crtc[index];
    if (index === CR_CPU_LATCH) return regs.latch >>> 8 * regs.gc[GR_READ_MAP_SELECT] & 255;
    if (index === CR_ATTRIBUTE_FLIP_FLOP) return (regs.attrIsData ? 128 : 0) | regs.attrIndex & 63;
    return 0;
  }
  #writeCrtc(index, value) {
    const { crtc } = this.#regs;
    if (index >= CRTC_COUNT) return;
    let bits2 = value;
    if (index <= CR_OVERFLOW && (crtc[CR_VERTICAL_RETRACE_END] & RETRACE_END_PROTECT) !== 0) {
      if (index !== CR_OVERFLOW) return;
      bits2 = crtc[index] & ~16 | value & 16;
    }
    if (crtc[index] === bits2) return;
    crtc[index] = bits2;
    switch (index) {
      case CR_CURSOR_START:
      case CR_CURSOR_END:
      case CR_CURSOR_LOCATION_HIGH:
      case CR_CURSOR_LOCATION_LOW:
        return;
      // looked at when drawing
      case CR_START_ADDRESS_HIGH:
      case CR_START_ADDRESS_LOW:
        this.#screen.noteChange(CHANGE_POSITION);
        return;
      default:
        this.#timing = void 0;
        this.#screen.noteChange(CHANGE_ALL);
    }
  }
  #readDac() {
    const regs = this.#regs;
    const value = regs.dac[3 * regs.dacReadIndex + regs.dacComponent];
    if (++regs.dacComponent === 3) {
      regs.dacComponent = 0;
      regs.dacReadIndex = regs.dacReadIndex + 1 & 255;
    }
    return this.#dispi.hasDac8 ? value : value & 63;
  }
  #writeDac(value) {
    const regs = this.#regs;
    regs.dacPending[regs.dacComponent] = this.#dispi.hasDac8 ? value : value & 63;
    if (++regs.dacComponent < 3) return;
    regs.dacComponent = 0;
    const at = 3 * regs.dacWriteIndex;
    regs.dacWriteIndex = regs.dacWriteIndex + 1 & 255;
    const { dac, dacPending } = regs;
    if (dac[at] === dacPending[0] && dac[at + 1] === dacPending[1] && dac[at + 2] === dacPending[2]) return;
    dac.set(dacPending, at);
    this.#screen.noteChange(CHANGE_ALL);
  }
  /** Takes over changed registers everywhere: memory access, window, timing and (as `change` says) picture. */
  #update(change) {
    const { gc, misc: misc2 } = this.#regs;
    const dispi = this.#dispi;
    if (change !== 0) {
      this.#screen.noteChange(change);
      this.#timing = void 0;
    }
    this.#planes.addressMask = dispi.isPlanar ? (this.wires.vram.size >>> 2) - 1 : 65535;
    this.#planes.update();
    const map = dispi.isEnabled ? 1 : gc[GR_MISCELLANEOUS] >> 2 & 3;
    this.#windowStart = map < 2 ? 0 : map === 2 ? 65536 : 98304;
    this.#windowSize = map === 0 ? 131072 : map === 1 ? 65536 : 32768;
    if ((misc2 & MISC_ERAM) === 0 && !dispi.isEnabled) this.#windowSize = 0;
    this.#updateMapping();
  }
  /** Maps the A0000 window as memory where that is all it is. */
  #updateMapping() {
    const dispi = this.#dispi;
    const { vram, pci } = this.wires;
    let wanted;
    if (dispi.isLinear) {
      const offset = dispi.writeBankOffset;
      if (offset === dispi.readBankOffset && offset + this.#windowSize <= vram.size) wanted = offset;
    } else if (!dispi.isEnabled && this.#windowStart === 0 && this.#windowSize > 0 && this.#planes.isChain4Linear) {
      wanted = 0;
    }
    if (wanted === void 0) {
      if (this.#mapped === void 0) return;
      pci.bars.mapMemory("vga-window", void 0, this.#mapped.size, vram.offset);
      this.#mapped = void 0;
    } else if (this.#mapped?.offset !== wanted || this.#mapped.size !== this.#windowSize) {
      this.#mapped = { offset: wanted, size: this.#windowSize };
      pci.bars.mapMemory("vga-window", VGA_WINDOW, this.#windowSize, vram.offset + wanted);
    }
  }
  #readWindow(offset, size) {
    const at = offset - this.#windowStart;
    if (at < 0 || at + size > this.#windowSize) return allOnes(size);
    let value = 0;
    const dispi = this.#dispi;
    if (dispi.isLinear) {
      const from2 = dispi.readBankOffset + at;
      if (from2 + size > this.#bytes.length) return allOnes(size);
      for (let i = 0; i < size; i++) value |= this.#bytes[from2 + i] << 8 * i;
    } else {
      const from2 = dispi.isPlanar ? dispi.readBankOffset + at : at;
      for (let i = 0; i < size; i++) value |= this.#planes.read(from2 + i) << 8 * i;
    }
    return value >>> 0;
  }
  #writeWindow(offset, size, value) {
    const at = offset - this.#windowStart;
    if (at < 0 || at + size > this.#windowSize) return;
    const dispi = this.#dispi;
    if (dispi.isLinear) {
      const to = dispi.writeBankOffset + at;
      if (to + size > this.#bytes.length) return;
      for (let i = 0; i < size; i++) {
        this.#prepare(to + i >>> 12);
        this.#bytes[to + i] = value >>> 8 * i;
      }
    } else {
      const to = dispi.isPlanar ? dispi.writeBankOffset + at : at;
      for (let i = 0; i < size; i++) this.#planes.write(to + i, value >>> 8 * i & 255);
    }
  }
  #readBar2(offset, size) {
    if (offset + size <= BAR2_PORTS) return little(this.#edid, offset, size);
    if (offset >= BAR2_PORTS && offset + size <= BAR2_PORTS + 32)
      return this.#readPorts(960 + offset - BAR2_PORTS, size);
    if (offset >= BAR2_DISPI && offset + size <= BAR2_DISPI_END && size === 2) {
      return this.#dispi.read(offset - BAR2_DISPI >> 1);
    }
    if (size === 4 && offset === BAR2_EXTENSION_SIZE) return 8;
    if (size === 4 && offset === BAR2_BYTE_ORDER) return LITTLE_ENDIAN;
    return allOnes(size);
  }
  #writeBar2(offset, size, value) {
    if (offset >= BAR2_PORTS && offset + size <= BAR2_PORTS + 32) {
      this.#writePorts(960 + offset - BAR2_PORTS, size, value);
    } else if (offset >= BAR2_DISPI && offset + size <= BAR2_DISPI_END && size === 2) {
      this.#dispi.write(offset - BAR2_DISPI >> 1, value & 65535);
    }
  }
  #clear(length) {
    const end = Math.min(length, this.#bytes.length);
    for (let page = 0; page << 12 < end; page++) this.#prepare(page);
    this.#bytes.fill(0, 0, end);
  }
  #prepare(page) {
    if (this.#prepared[page] !== 0) return;
    this.#prepared[page] = 1;
    this.#hasPrepared = true;
    this.wires.vram.prepareWrite(page);
  }
  #forgetPrepared() {
    if (!this.#hasPrepared) return;
    this.#hasPrepared = false;
    this.#prepared.fill(0);
  }
};
function little(bytes, at, size) {
  let value = 0;
  for (let i = 0; i < size; i++) value |= (bytes[at + i] ?? 0) << 8 * i;
  return value >>> 0;
}

// ../pc/src/devices/vga/state.ts
function isDispiState(value) {
  return isRecord(value) && isUint(value.index, 65535) && isUint(value.id, 65535) && isUint(value.xres, 65535) && isUint(value.yres, 65535) && (value.bpp === 4 || value.bpp === 8 || value.bpp === 15 || value.bpp === 16 || value.bpp === 24 || value.bpp === 32) && isUint(value.enable, 255) && isUint(value.readBank, 511) && isUint(value.writeBank, 511) && isUint(value.virtWidth, 65535) && isUint(value.xOffset, 65535) && isUint(value.yOffset, 65535);
}
var vgaState = defineState({
  kind: "vga",
  version: 1,
  check: (value) => isRecord(value) && isPciConfigState(value.config) && isDispiState(value.dispi) && isUint(value.misc, 255) && isUint(value.feature, 255) && isUint(value.subsystemEnable, 255) && isUint(value.seqIndex, 7) && isBytes(value.seq, SEQUENCER_COUNT) && isUint(value.gcIndex, 15) && isBytes(value.gc, GRAPHICS_COUNT) && isUint(value.crtcIndex, 255) && isBytes(value.crtc, CRTC_COUNT) && isUint(value.attrIndex, 63) && typeof value.attrIsData === "boolean" && isBytes(value.attr, ATTRIBUTE_COUNT) && isUint(value.pelMask, 255) && isUint(value.dacState, 3) && isUint(value.dacReadIndex, 255) && isUint(value.dacWriteIndex, 255) && isUint(value.dacComponent, 2) && isBytes(value.dacPending, 3) && isBytes(value.dac, 768) && isUint(value.latch)
});

// ../pc/src/devices/vmport/vmport.ts
var BACKDOOR_PORT = 22104;
var MAGIC = 1447909480;
var COMMAND_GETVERSION = 10;
var COMMAND_GETMEMSIZE = 20;
var COMMAND_GETHZ = 45;
var COMMAND_GETVCPU_INFO = 68;
var COMMAND_POINTER_DATA = 39;
var COMMAND_POINTER_STATUS = 40;
var COMMAND_POINTER_COMMAND = 41;
var VCPU_LEGACY_X2APIC = 1 << 3;
var VERSION4 = 6;
var PRODUCT = 4;
var POINTER_READ_ID = 1161905490;
var POINTER_DISABLE = 245;
var POINTER_REQUEST_RELATIVE = 1279611474;
var POINTER_REQUEST_ABSOLUTE = 1396851026;
var POINTER_ID = 876762442;
var POINTER_ERROR = 4294901760;
var BUTTON_LEFT = 32;
var BUTTON_RIGHT = 16;
var BUTTON_MIDDLE = 8;
var QUEUE_WORDS = 256;
var vmPortState = defineState({
  kind: "vmport",
  version: 1,
  check: (value) => isRecord(value) && Array.isArray(value.queue) && value.queue.length <= QUEUE_WORDS && value.queue.every((word2) => isUint(word2)) && typeof value.isPointerOn === "boolean" && typeof value.isAbsolute === "boolean" && typeof value.hasError === "boolean" && isUint(value.buttons, 31)
});
var VmPort = class {
  /**
   * @param wires.notify a packet waits: the PS/2 mouse raises its interrupt with an empty packet
   * @param wires.modeChanged the guest takes or no longer takes absolute positions
   */
  constructor(id, wires, memoryMiB, rates = { tscHz: 1e9, apicHz: 1e9 }) {
    this.id = id;
    this.wires = wires;
    this.memoryMiB = memoryMiB;
    this.rates = rates;
  }
  id;
  wires;
  memoryMiB;
  rates;
  #queue = [];
  #isPointerOn = false;
  #isAbsolute = false;
  #hasError = false;
  #buttons = 0;
  /** Whether the guest wants absolute positions here instead of movement from the PS/2 mouse. */
  get isAbsolute() {
    return this.#isPointerOn && this.#isAbsolute;
  }
  /**
   * Position 0..65535 on the screen; bit 0 left, 1 right, 2 middle; wheel towards the user positive. A machine input.
   * A guest that does not fetch loses movement, never a change of buttons that could still be told.
   */
  point(x, y, wheel, buttons) {
    if (!this.isAbsolute) return;
    if (this.#queue.length + 4 > QUEUE_WORDS) {
      if (buttons === this.#buttons) return;
      this.#queue.splice(0, 4);
    }
    this.#buttons = buttons & 31;
    const flags2 = (buttons & 1 ? BUTTON_LEFT : 0) | (buttons & 2 ? BUTTON_RIGHT : 0) | (buttons & 4 ? BUTTON_MIDDLE : 0);
    this.#queue.push(flags2, x & 65535, y & 65535, wheel >>> 0);
    this.wires.notify();
  }
  /** IN EAX, DX. false: not a backdoor call, the port reads as empty. */
  access(registers) {
    if (registers.eax !== MAGIC) return false;
    switch (registers.ecx & 65535) {
      case COMMAND_GETVERSION:
        registers.eax = VERSION4;
        registers.ebx = MAGIC;
        registers.ecx = PRODUCT;
        break;
      case COMMAND_GETMEMSIZE:
        registers.eax = this.memoryMiB;
        break;
      case COMMAND_GETHZ:
        registers.eax = this.rates.tscHz % 2 ** 32;
        registers.ebx = Math.floor(this.rates.tscHz / 2 ** 32);
        registers.ecx = this.rates.apicHz;
        break;
      case COMMAND_GETVCPU_INFO:
        registers.eax = VCPU_LEGACY_X2APIC;
        break;
      case COMMAND_POINTER_DATA:
        this.#readData(registers);
        break;
      case COMMAND_POINTER_STATUS:
        registers.eax = this.#hasError || !this.#isPointerOn ? POINTER_ERROR : this.#queue.length;
        break;
      case COMMAND_POINTER_COMMAND:
        this.#command(registers.ebx >>> 0);
        break;
      default:
        registers.eax = 4294967295;
        break;
    }
    return true;
  }
  /** Accesses that are not IN EAX, DX. */
  readPort(_offset, size) {
    return allOnes(size);
  }
  writePort() {
  }
  reset() {
    this.#queue = [];
    this.#hasError = false;
    this.#buttons = 0;
    this.#setMode(false, false);
  }
  save() {
    return {
      queue: [...this.#queue],
      isPointerOn: this.#isPointerOn,
      isAbsolute: this.#isAbsolute,
      hasError: this.#hasError,
      buttons: this.#buttons
    };
  }
  restore(state) {
    this.#queue = [...state.queue];
    this.#hasError = state.hasError;
    this.#buttons = state.buttons;
    this.#setMode(state.isPointerOn, state.isAbsolute);
  }
  /** EBX words, at most 4 and no more than wait, into EAX, EBX, ECX, EDX. */
  #readData(registers) {
    const count2 = registers.ebx >>> 0;
    if (count2 === 0 || count2 > 4 || count2 > this.#queue.length) {
      this.#hasError = true;
      this.#queue = [];
      registers.eax = POINTER_ERROR;
      return;
    }
    const words2 = this.#queue.splice(0, count2);
    registers.eax = words2[0];
    if (count2 > 1) registers.ebx = words2[1];
    if (count2 > 2) registers.ecx = words2[2];
    if (count2 > 3) registers.edx = words2[3];
  }
  #command(command) {
    switch (command) {
      case POINTER_READ_ID:
        this.#queue = [POINTER_ID];
        this.#hasError = false;
        this.#setMode(true, this.#isAbsolute);
        break;
      case POINTER_DISABLE:
        this.#queue = [];
        this.#setMode(false, false);
        break;
      case POINTER_REQUEST_RELATIVE:
        this.#setMode(this.#isPointerOn, false);
        break;
      case POINTER_REQUEST_ABSOLUTE:
        this.#setMode(this.#isPointerOn, true);
        break;
      default:
        break;
    }
  }
  #setMode(isPointerOn, isAbsolute) {
    const before = this.isAbsolute;
    this.#isPointerOn = isPointerOn;
    this.#isAbsolute = isAbsolute;
    if (this.isAbsolute !== before) this.wires.modeChanged(this.isAbsolute);
  }
};

// ../pc/src/firmware/bios-keyboard.ts
var KEYBOARD_VECTOR_SEGMENT = 9 * 4 + 2;
var BIOS_SEGMENT = 61440;
var DATA_AREA = 1024;
var BUFFER_HEAD = DATA_AREA + 26;
var BUFFER_TAIL = DATA_AREA + 28;
var BUFFER_START = 30;
var BUFFER_END = 62;
var KEYS_KEPT_FREE = 2;
function biosKeyBuffer(readWord2) {
  if (readWord2(KEYBOARD_VECTOR_SEGMENT) !== BIOS_SEGMENT) return void 0;
  const head = readWord2(BUFFER_HEAD);
  const tail = readWord2(BUFFER_TAIL);
  const isIn = (at) => at >= BUFFER_START && at < BUFFER_END && (at & 1) === 0;
  if (!isIn(head) || !isIn(tail)) return void 0;
  const size = BUFFER_END - BUFFER_START;
  const usedBytes = (tail - head + size) % size;
  return { isFull: usedBytes + 2 * KEYS_KEPT_FREE >= size, head };
}

// ../pc/src/firmware/aml.ts
var ZERO2 = [0];
var ONE = [1];
var LOCAL0 = [96];
var ARG0 = [104];
function integer(value) {
  if (value === 0) return ZERO2;
  if (value === 1) return ONE;
  if (value < 256) return [10, value];
  if (value < 65536) return [11, ...little2(value, 2)];
  if (value < 4294967296) return [12, ...little2(value, 4)];
  return [14, ...little2(value, 8)];
}
function little2(value, size) {
  const bytes = [];
  let rest = value;
  for (let i = 0; i < size; i++) {
    bytes.push(rest % 256);
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
function nameString(path) {
  const isRoot = path.startsWith("\\");
  const segments2 = (isRoot ? path.slice(1) : path).split(".");
  const bytes = segments2.flatMap((segment) => [...segment.padEnd(4, "_")].map((c) => c.charCodeAt(0)));
  const prefix = segments2.length === 1 ? [] : segments2.length === 2 ? [46] : [47, segments2.length];
  return [...isRoot ? [92] : [], ...prefix, ...bytes];
}
function eisaId(id) {
  const letter = (i) => id.charCodeAt(i) - 64;
  const digit = (i) => Number.parseInt(id[i], 16);
  const first = letter(0) << 10 | letter(1) << 5 | letter(2);
  return [12, first >> 8, first & 255, digit(3) << 4 | digit(4), digit(5) << 4 | digit(6)];
}
function withLength(body) {
  const length = body.length;
  if (length + 1 < 64) return [length + 1, ...body];
  for (let extra = 1; extra < 4; extra++) {
    const total = length + 1 + extra;
    if (total >= 2 ** (4 + 8 * extra)) continue;
    return [extra << 6 | total & 15, ...little2(Math.floor(total / 16), extra), ...body];
  }
  throw new RangeError("AML package too long");
}
function buffer(bytes) {
  return [17, ...withLength([...integer(bytes.length), ...bytes])];
}
function pack(elements) {
  return [18, ...withLength([elements.length, ...elements.flat()])];
}
function name(path, value) {
  return [8, ...nameString(path), ...value];
}
function scope(path, ...items) {
  return [16, ...withLength([...nameString(path), ...items.flat()])];
}
function device(path, ...items) {
  return [91, 130, ...withLength([...nameString(path), ...items.flat()])];
}
function processor(path, id) {
  return [91, 131, ...withLength([...nameString(path), id, 0, 0, 0, 0, 0])];
}
function method(path, argumentCount, isSerialized, ...body) {
  return [20, ...withLength([...nameString(path), argumentCount | (isSerialized ? 8 : 0), ...body.flat()])];
}
var SPACE_PCI_CONFIG = 2;
function operationRegion(path, space, offset, length) {
  return [91, 128, ...nameString(path), space, ...integer(offset), ...integer(length)];
}
function byteField(region, fields) {
  const list = fields.flatMap(([field, bits2]) => [...nameString(field), ...fieldLength(bits2)]);
  return [91, 129, ...withLength([...nameString(region), 1, ...list])];
}
function fieldLength(bits2) {
  if (bits2 < 64) return [bits2];
  return [64 | bits2 & 15, bits2 >> 4];
}
function createDwordField(source, index, path) {
  return [138, ...source, ...integer(index), ...nameString(path)];
}
function store(value, target) {
  return [112, ...value, ...target];
}
function and3(a, b) {
  return [123, ...a, ...b, 0];
}
function or3(a, b, target = [0]) {
  return [125, ...a, ...b, ...target];
}
function lessThan(a, b) {
  return [149, ...a, ...b];
}
function when(condition, ...then) {
  return [160, ...withLength([...condition, ...then.flat()])];
}
function otherwise(...body) {
  return [161, ...withLength(body.flat())];
}
function giveBack(value) {
  return [164, ...value];
}
function resourceTemplate(...items) {
  return buffer([...items.flat(), 121, 0]);
}
function ports(first, length, alignment = 1) {
  return [71, 1, ...little2(first, 2), ...little2(first, 2), alignment, length];
}
function isaInterrupts(...irqs) {
  return [
    34,
    ...little2(
      irqs.reduce((mask, irq) => mask | 1 << irq, 0),
      2
    )
  ];
}
function isaDma(channel) {
  return [42, 1 << channel, 0];
}
function pciInterrupts(...irqs) {
  return [137, ...little2(2 + 4 * irqs.length, 2), 9, irqs.length, ...irqs.flatMap((irq) => little2(irq, 4))];
}
var RANGE_MEMORY = 0;
var RANGE_IO = 1;
var RANGE_BUS = 2;
var RANGE_FIXED = 12;
function wordRange(type, specific, first, last) {
  const words2 = [0, first, last, 0, last - first + 1];
  return [136, 13, 0, type, RANGE_FIXED, specific, ...words2.flatMap((word2) => little2(word2, 2))];
}
function busRange(first, last) {
  return wordRange(RANGE_BUS, 0, first, last);
}
function portRange(first, last) {
  return wordRange(RANGE_IO, 3, first, last);
}
function fixedMemory(first, length) {
  return [134, 9, 0, 0, ...little2(first, 4), ...little2(length, 4)];
}
function memoryRange(first, last, isCacheable) {
  const dwords = [0, first, last, 0, last - first + 1];
  const specific = isCacheable ? 3 : 1;
  return [135, 23, 0, RANGE_MEMORY, RANGE_FIXED, specific, ...dwords.flatMap((dword3) => little2(dword3, 4))];
}

// ../pc/src/firmware/dsdt.ts
var PCI_INTERRUPTS = [5, 10, 11];
var PCI_HOLE_LAST = 4273995775;
var STA_PRESENT = 15;
var STA_DISABLED = 9;
var STA_ENABLED = 11;
var PIRQRC_DISABLE2 = 128;
function dsdtCode(input) {
  const cpus = Array.from(
    { length: input.vcpuCount },
    (_, i) => processor(`C${i.toString(16).toUpperCase().padStart(3, "0")}`, i)
  );
  const code = [
    ...scope("\\_SB", ...cpus, rootBridge(input), ...[0, 1, 2, 3].map(interruptLink)),
    // SLP_TYP 0 is soft-off in the PIIX4.
    ...name("\\_S5", pack([ZERO2, ZERO2, ZERO2, ZERO2]))
  ];
  return Uint8Array.from(code);
}
function rootBridge(input) {
  return device(
    "PCI0",
    name("_HID", eisaId("PNP0A03")),
    name("_UID", ZERO2),
    name(
      "_CRS",
      resourceTemplate(
        busRange(0, 255),
        ports(3320, 8),
        portRange(0, 3319),
        portRange(3328, 65535),
        memoryRange(655360, 786431, true),
        memoryRange(input.pciHoleStart, PCI_HOLE_LAST, false)
      )
    ),
    name("_PRT", interruptRouting()),
    isaBridge(input),
    device(
      "HPET",
      name("_HID", eisaId("PNP0103")),
      name("_UID", ZERO2),
      name("_STA", integer(STA_PRESENT)),
      name("_CRS", resourceTemplate(fixedMemory(4275044352, 1024)))
    )
  );
}
function interruptRouting() {
  const entries = [];
  for (let slot = 0; slot < 32; slot++) {
    for (let pin = 0; pin < 4; pin++) {
      const link = "ABCD"[slot + 3 + pin & 3];
      entries.push(pack([integer(slot * 65536 + 65535), integer(pin), nameString(`LNK${link}`), ZERO2]));
    }
  }
  return pack(entries);
}
function interruptLink(index) {
  const register = nameString(`\\_SB.PCI0.ISA.PRQ${index}`);
  const isDisabled = and3(register, integer(PIRQRC_DISABLE2));
  return device(
    `LNK${"ABCD"[index]}`,
    name("_HID", eisaId("PNP0C0F")),
    name("_UID", integer(index)),
    name("_PRS", resourceTemplate(pciInterrupts(...PCI_INTERRUPTS))),
    method(
      "_STA",
      0,
      false,
      when(isDisabled, giveBack(integer(STA_DISABLED))),
      otherwise(giveBack(integer(STA_ENABLED)))
    ),
    method("_DIS", 0, false, or3(register, integer(PIRQRC_DISABLE2), register)),
    method(
      "_CRS",
      0,
      true,
      name("BUF0", resourceTemplate(pciInterrupts(0))),
      createDwordField(nameString("BUF0"), 5, "IRQW"),
      store(register, LOCAL0),
      when(lessThan(LOCAL0, integer(PIRQRC_DISABLE2)), store(LOCAL0, nameString("IRQW"))),
      giveBack(nameString("BUF0"))
    ),
    method("_SRS", 1, true, createDwordField(ARG0, 5, "IRQW"), store(nameString("IRQW"), register))
  );
}
function isaBridge(input) {
  const simple = (path, id, ...resources) => device(
    path,
    name("_HID", eisaId(id)),
    name("_STA", integer(STA_PRESENT)),
    name("_CRS", resourceTemplate(...resources))
  );
  const serial = (index) => device(
    `COM${index + 1}`,
    name("_HID", eisaId("PNP0501")),
    name("_UID", integer(index + 1)),
    name("_STA", integer(STA_PRESENT)),
    name("_CRS", resourceTemplate(ports(index === 0 ? 1016 : 760, 8), isaInterrupts(index === 0 ? 4 : 3)))
  );
  const items = [
    name("_ADR", integer(65536)),
    operationRegion("PIRQ", SPACE_PCI_CONFIG, 96, 4),
    byteField("PIRQ", [
      ["PRQ0", 8],
      ["PRQ1", 8],
      ["PRQ2", 8],
      ["PRQ3", 8]
    ]),
    simple("KBD", "PNP0303", ports(96, 1), ports(100, 1), isaInterrupts(1)),
    simple("MOU", "PNP0F13", isaInterrupts(12)),
    simple("RTC", "PNP0B00", ports(112, 2), isaInterrupts(8)),
    // Ports that are taken and belong to no other device: nothing may be put there.
    simple(
      "RES",
      "PNP0C02",
      ports(178, 2),
      ports(1232, 2),
      ports(1296, 12),
      ports(input.pmBase, 64),
      ports(input.smbusBase, 16),
      ports(input.gpeBase, 4)
    )
  ];
  for (let i = 0; i < Math.min(2, input.serialPorts); i++) items.push(serial(i));
  if (input.hasFloppy) {
    items.push(simple("FDC0", "PNP0700", ports(1010, 4), ports(1015, 1), isaInterrupts(6), isaDma(2)));
  }
  return device("ISA", ...items);
}

// ../pc/src/firmware/table-loader.ts
var RECORD = 128;
var FILE_NAME = 56;
var COMMAND_ALLOCATE = 1;
var COMMAND_ADD_POINTER = 2;
var COMMAND_ADD_CHECKSUM = 3;
var TableLoader = class {
  #records = [];
  /** Loads a file into memory; addresses added later are relative to it. */
  allocate(file, alignment, zone) {
    const { bytes, view } = this.#record(COMMAND_ALLOCATE);
    putName(bytes, 4, file);
    view.setUint32(60, alignment, true);
    bytes[64] = zone === "high" ? 1 : 2;
  }
  /** Adds the address of `source` to the `size` bytes at `offset` of `target`. */
  addPointer(target, source, offset, size) {
    const { bytes, view } = this.#record(COMMAND_ADD_POINTER);
    putName(bytes, 4, target);
    putName(bytes, 60, source);
    view.setUint32(116, offset, true);
    bytes[120] = size;
  }
  /** Makes the bytes [start, start + length) of a file add up to 0 by the byte at `offset`. */
  addChecksum(file, offset, start, length) {
    const { bytes, view } = this.#record(COMMAND_ADD_CHECKSUM);
    putName(bytes, 4, file);
    view.setUint32(60, offset, true);
    view.setUint32(64, start, true);
    view.setUint32(68, length, true);
  }
  toBytes() {
    const all = new Uint8Array(this.#records.length * RECORD);
    this.#records.forEach((record, i) => {
      all.set(record, i * RECORD);
    });
    return all;
  }
  #record(command) {
    const bytes = new Uint8Array(RECORD);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, command, true);
    this.#records.push(bytes);
    return { bytes, view };
  }
};
function putName(bytes, at, file) {
  for (let i = 0; i < Math.min(file.length, FILE_NAME - 1); i++) bytes[at + i] = file.charCodeAt(i);
}

// ../pc/src/firmware/acpi.ts
var TABLES = "etc/acpi/tables";
var RSDP = "etc/acpi/rsdp";
var IO_APIC_BASE = 4273995776;
var LOCAL_APIC_BASE = 4276092928;
var SCI_INTERRUPT = 9;
var RESET_PORT = 3321;
var RESET_VALUE = 6;
var HEADER = 36;
var CHECKSUM = 9;
var TableFile = class {
  #bytes = new Uint8Array(0);
  loader = new TableLoader();
  constructor() {
    this.loader.allocate(RSDP, 16, "fSegment");
    this.loader.allocate(TABLES, 64, "high");
  }
  get bytes() {
    return this.#bytes;
  }
  append(table2, alignment = 8) {
    const at = Math.ceil(this.#bytes.length / alignment) * alignment;
    const grown = new Uint8Array(at + table2.length);
    grown.set(this.#bytes);
    grown.set(table2, at);
    this.#bytes = grown;
    return at;
  }
  /** Writes the offset of `table` and has the loader add the file's address. */
  pointer(at, size, table2) {
    new DataView(this.#bytes.buffer).setUint32(at, table2, true);
    this.loader.addPointer(TABLES, TABLES, at, size);
  }
  checksum(at, length) {
    this.loader.addChecksum(TABLES, at + CHECKSUM, at, length);
  }
};
function acpiFiles(input) {
  const file = new TableFile();
  const facs = file.append(facsTable(), 64);
  const dsdtBytes = table("DSDT", 1, dsdtCode(input));
  const dsdt = file.append(dsdtBytes);
  file.checksum(dsdt, dsdtBytes.length);
  const fadtBytes = fadtTable(input);
  const fadt = file.append(fadtBytes);
  file.pointer(fadt + 36, 4, facs);
  file.pointer(fadt + 40, 4, dsdt);
  file.pointer(fadt + 140, 8, dsdt);
  file.checksum(fadt, fadtBytes.length);
  const listed = [fadt];
  for (const bytes of [madtTable(input), hpetTable(), waetTable()]) {
    const at = file.append(bytes);
    file.checksum(at, bytes.length);
    listed.push(at);
  }
  const rsdt = appendList(file, "RSDT", 4, listed);
  const xsdt = appendList(file, "XSDT", 8, listed);
  return [
    { name: RSDP, bytes: rsdpTable(file.loader, rsdt, xsdt) },
    { name: TABLES, bytes: file.bytes },
    { name: "etc/table-loader", bytes: file.loader.toBytes() }
  ];
}
function appendList(file, signature, size, listed) {
  const bytes = table(signature, 1, new Uint8Array(size * listed.length));
  const at = file.append(bytes);
  listed.forEach((entry, i) => {
    file.pointer(at + HEADER + size * i, size, entry);
  });
  file.checksum(at, bytes.length);
  return at;
}
function rsdpTable(loader, rsdt, xsdt) {
  const bytes = new Uint8Array(36);
  const view = new DataView(bytes.buffer);
  putText2(bytes, 0, 8, "RSD PTR ");
  putText2(bytes, 9, 6, OEM_ID);
  bytes[15] = 2;
  view.setUint32(16, rsdt, true);
  view.setUint32(20, bytes.length, true);
  view.setUint32(24, xsdt, true);
  loader.addPointer(RSDP, TABLES, 16, 4);
  loader.addPointer(RSDP, TABLES, 24, 8);
  loader.addChecksum(RSDP, 8, 0, 20);
  loader.addChecksum(RSDP, 32, 0, 36);
  return bytes;
}
var OEM_ID = "SUBZER";
var OEM_TABLE_ID = "SUBZERO ";
function table(signature, revision, body) {
  const bytes = new Uint8Array(HEADER + body.length);
  const view = new DataView(bytes.buffer);
  putText2(bytes, 0, 4, signature);
  view.setUint32(4, bytes.length, true);
  bytes[8] = revision;
  putText2(bytes, 10, 6, OEM_ID);
  putText2(bytes, 16, 8, OEM_TABLE_ID);
  view.setUint32(24, 1, true);
  putText2(bytes, 28, 4, "SUBZ");
  view.setUint32(32, 1, true);
  bytes.set(body, HEADER);
  return bytes;
}
function putText2(bytes, at, length, text2) {
  for (let i = 0; i < length; i++) bytes[at + i] = i < text2.length ? text2.charCodeAt(i) : 32;
}
function facsTable() {
  const bytes = new Uint8Array(64);
  putText2(bytes, 0, 4, "FACS");
  bytes[4] = 64;
  bytes[32] = 1;
  return bytes;
}
var FADT_LENGTH = 244;
var FADT_WBINVD = 1 << 0;
var FADT_PROC_C1 = 1 << 2;
var FADT_SLP_BUTTON = 1 << 5;
var FADT_FIX_RTC = 1 << 6;
var FADT_RESET_REG_SUP = 1 << 10;
var BOOT_ARCH_LEGACY_DEVICES = 1 << 0;
var BOOT_ARCH_8042 = 1 << 1;
function fadtTable(input) {
  const bytes = table("FACP", 3, new Uint8Array(FADT_LENGTH - HEADER));
  const view = new DataView(bytes.buffer);
  const pm1Event = input.pmBase;
  const pm1Control = input.pmBase + 4;
  const pmTimer = input.pmBase + 8;
  view.setUint16(46, SCI_INTERRUPT, true);
  view.setUint32(48, input.smiCommandPort, true);
  bytes[52] = input.acpiEnable;
  bytes[53] = input.acpiDisable;
  view.setUint32(56, pm1Event, true);
  view.setUint32(64, pm1Control, true);
  view.setUint32(76, pmTimer, true);
  view.setUint32(80, input.gpeBase, true);
  bytes[88] = 4;
  bytes[89] = 2;
  bytes[91] = 4;
  bytes[92] = 4;
  view.setUint16(96, 4095, true);
  view.setUint16(98, 4095, true);
  bytes[108] = 50;
  view.setUint16(109, BOOT_ARCH_LEGACY_DEVICES | BOOT_ARCH_8042, true);
  view.setUint32(112, FADT_WBINVD | FADT_PROC_C1 | FADT_SLP_BUTTON | FADT_FIX_RTC | FADT_RESET_REG_SUP, true);
  putPortAddress(view, 116, RESET_PORT, 8);
  bytes[128] = RESET_VALUE;
  putPortAddress(view, 148, pm1Event, 32);
  putPortAddress(view, 172, pm1Control, 16);
  putPortAddress(view, 208, pmTimer, 32);
  putPortAddress(view, 220, input.gpeBase, 32);
  return bytes;
}
function putPortAddress(view, at, port, bits2) {
  view.setUint8(at, 1);
  view.setUint8(at + 1, bits2);
  view.setUint8(at + 3, bits2 === 8 ? 1 : bits2 === 16 ? 2 : 3);
  view.setUint32(at + 4, port, true);
}
var MADT_PCAT_COMPAT = 1;
var LEVEL_ACTIVE_HIGH = 13;
function madtTable(input) {
  const entries = [];
  for (let i = 0; i < input.vcpuCount; i++) entries.push(0, 8, i, i, 1, 0, 0, 0);
  entries.push(1, 12, input.ioApicId, 0, ...dword(IO_APIC_BASE), 0, 0, 0, 0);
  const override = (irq, gsi, flags2) => {
    entries.push(2, 10, 0, irq, ...dword(gsi), flags2, 0);
  };
  override(0, 2, 0);
  for (const irq of [...PCI_INTERRUPTS, SCI_INTERRUPT].sort((a, b) => a - b)) override(irq, irq, LEVEL_ACTIVE_HIGH);
  entries.push(4, 6, 255, 0, 0, 1);
  return table("APIC", 1, Uint8Array.from([...dword(LOCAL_APIC_BASE), ...dword(MADT_PCAT_COMPAT), ...entries]));
}
var HPET_EVENT_BLOCK = 2156306945;
var HPET_ADDRESS = 4275044352;
function hpetTable() {
  return table(
    "HPET",
    1,
    Uint8Array.from([...dword(HPET_EVENT_BLOCK), 0, 64, 0, 0, ...dword(HPET_ADDRESS), ...dword(0), 0, 100, 0, 0])
  );
}
function waetTable() {
  return table("WAET", 1, Uint8Array.from(dword(2)));
}
function dword(value) {
  return [value & 255, value >>> 8 & 255, value >>> 16 & 255, value >>> 24];
}

// ../pc/src/firmware/smbios.ts
var MIB3 = 1048576;
var GIB4 = 4294967296;
var UNKNOWN_HANDLE = 65534;
var HANDLE_SYSTEM = 256;
var HANDLE_CHASSIS = 768;
var HANDLE_PROCESSOR = 1024;
var HANDLE_MEMORY_ARRAY = 4096;
var HANDLE_MEMORY_DEVICE = 4352;
var HANDLE_ARRAY_ADDRESS = 4864;
var HANDLE_BOOT = 8192;
var HANDLE_END = 32512;
var Tables = class {
  #bytes = [];
  count = 0;
  largest = 0;
  get bytes() {
    return Uint8Array.from(this.#bytes);
  }
  /** `body` follows the header; strings are numbered from 1. */
  add(type, handle, body, strings2 = []) {
    const before = this.#bytes.length;
    this.#bytes.push(type, 4 + body.length, ...word(handle), ...body);
    for (const text2 of strings2) this.#bytes.push(...[...text2].map((c) => c.charCodeAt(0) & 127), 0);
    if (strings2.length === 0) this.#bytes.push(0);
    this.#bytes.push(0);
    this.count++;
    this.largest = Math.max(this.largest, this.#bytes.length - before);
  }
};
function smbiosFiles(input) {
  const tables = new Tables();
  const totalMiB = Math.ceil((input.lowMemoryBytes + input.highMemoryBytes) / MIB3);
  addSystem(tables, input);
  for (let i = 0; i < input.vcpuCount; i++) addProcessor(tables, i, input.version);
  addMemory(tables, input, totalMiB);
  tables.add(32, HANDLE_BOOT, [0, 0, 0, 0, 0, 0, 0]);
  tables.add(127, HANDLE_END, []);
  return [
    { name: "etc/smbios/smbios-tables", bytes: tables.bytes },
    { name: "etc/smbios/smbios-anchor", bytes: anchor(tables) }
  ];
}
function addSystem(tables, input) {
  const uuid = input.uuid ?? new Uint8Array(16);
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const wakeUpPowerSwitch = 6;
  tables.add(
    1,
    HANDLE_SYSTEM,
    [1, 2, 3, 0, ...order.map((i) => uuid[i] ?? 0), wakeUpPowerSwitch, 0, 0],
    ["Subzero", "Subzero PC", input.version]
  );
  const typeOther = 1;
  const stateSafe = 3;
  tables.add(
    3,
    HANDLE_CHASSIS,
    [1, typeOther, 2, 0, 0, stateSafe, stateSafe, stateSafe, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ["Subzero", input.version]
  );
}
function addProcessor(tables, index, version) {
  const central = 3;
  const familyOther = 1;
  const upgradeOther = 1;
  const enabled = 65;
  tables.add(
    4,
    HANDLE_PROCESSOR + index,
    [
      ...[1, central, familyOther, 2],
      ...new Array(8).fill(0),
      ...[3, 0],
      ...word(0),
      ...word(1e3),
      ...word(1e3),
      ...[enabled, upgradeOther],
      ...word(65535),
      ...word(65535),
      ...word(65535),
      ...[0, 0, 0, 1, 1, 1],
      ...word(4),
      ...word(familyOther)
    ],
    [`CPU ${index}`, "Subzero", version]
  );
}
function addMemory(tables, input, totalMiB) {
  const systemBoard = 1;
  const systemMemory = 3;
  const multiBitEcc = 6;
  tables.add(16, HANDLE_MEMORY_ARRAY, [
    ...[systemBoard, systemMemory, multiBitEcc],
    ...dword2(totalMiB * 1024),
    ...word(UNKNOWN_HANDLE),
    ...word(1),
    ...new Array(8).fill(0)
  ]);
  const size = Math.min(totalMiB, 32767);
  const formDimm = 9;
  const typeRam = 7;
  tables.add(
    17,
    HANDLE_MEMORY_DEVICE,
    [
      ...word(HANDLE_MEMORY_ARRAY),
      ...word(UNKNOWN_HANDLE),
      ...word(65535),
      ...word(65535),
      ...word(size),
      ...[formDimm, 0, 1, 0, typeRam],
      ...word(2),
      ...word(0),
      ...[2, 0, 0, 0, 0],
      ...dword2(size === 32767 ? totalMiB : 0),
      ...word(0)
    ],
    ["DIMM 0", "Subzero"]
  );
  const ranges = [
    [0, input.lowMemoryBytes],
    [GIB4, input.highMemoryBytes]
  ];
  ranges.filter(([, bytes]) => bytes > 0).forEach(([start, bytes], i) => {
    tables.add(19, HANDLE_ARRAY_ADDRESS + i, [
      ...dword2(start / 1024),
      ...dword2((start + bytes) / 1024 - 1),
      ...word(HANDLE_MEMORY_ARRAY),
      1,
      ...new Array(16).fill(0)
    ]);
  });
}
function anchor(tables) {
  const bytes = new Uint8Array(31);
  const view = new DataView(bytes.buffer);
  putText3(bytes, 0, "_SM_");
  bytes[5] = bytes.length;
  bytes[6] = 2;
  bytes[7] = 8;
  view.setUint16(8, tables.largest, true);
  putText3(bytes, 16, "_DMI_");
  view.setUint16(22, tables.bytes.length, true);
  view.setUint16(28, tables.count, true);
  bytes[30] = 40;
  bytes[21] = checksum(bytes, 16, 15);
  bytes[4] = checksum(bytes, 0, 31);
  return bytes;
}
function checksum(bytes, from2, length) {
  let sum = 0;
  for (let i = from2; i < from2 + length; i++) sum += bytes[i];
  return -sum & 255;
}
function putText3(bytes, at, text2) {
  for (let i = 0; i < text2.length; i++) bytes[at + i] = text2.charCodeAt(i);
}
function word(value) {
  return [value & 255, value >>> 8 & 255];
}
function dword2(value) {
  return [...word(value), ...word(value >>> 16)];
}

// ../pc/src/firmware/firmware.ts
var PM_BASE = 1536;
var SMBUS_BASE = 1792;
var GPE_BASE = 45024;
var FW_CFG_UUID = 2;
var FW_CFG_RAM_SIZE = 3;
var FW_CFG_NOGRAPHIC = 4;
var FW_CFG_NB_CPUS = 5;
var FW_CFG_NUMA = 13;
var FW_CFG_BOOT_MENU = 14;
var FW_CFG_MAX_CPUS = 15;
var FW_CFG_IRQ0_OVERRIDE = 32770;
var GENERAL_ROMS = "genroms/";
var E820_RAM = 1;
var GIB42 = 4294967296;
var BOOT_MENU_WAIT_MS = 2500;
function buildFirmware(input) {
  const maxVcpus = input.maxVcpuCount ?? input.vcpuCount;
  const files = [
    ...acpiFiles({
      vcpuCount: input.vcpuCount,
      pciHoleStart: pciHoleStart(input.lowMemoryBytes),
      pmBase: PM_BASE,
      smbusBase: SMBUS_BASE,
      gpeBase: GPE_BASE,
      smiCommandPort: 178,
      acpiEnable: 241,
      acpiDisable: 240,
      ioApicId: 0,
      serialPorts: input.serialPorts,
      hasFloppy: input.floppies.some((type) => type !== 0),
      ...input.acpi
    }),
    ...smbiosFiles(input),
    { name: "etc/e820", bytes: e820(input) },
    { name: "etc/boot-fail-wait", bytes: little3(4294967295, 4) },
    { name: "etc/boot-menu-wait", bytes: little3(BOOT_MENU_WAIT_MS, 4) },
    { name: "bootorder", bytes: bootOrder(input) },
    ...input.kernel?.files ?? []
  ];
  const uuid = input.uuid ?? new Uint8Array(16);
  const items = [
    { selector: FW_CFG_UUID, bytes: uuid.slice(0, 16) },
    { selector: FW_CFG_RAM_SIZE, bytes: little3(input.lowMemoryBytes + input.highMemoryBytes, 8) },
    { selector: FW_CFG_NOGRAPHIC, bytes: little3(0, 2) },
    { selector: FW_CFG_NB_CPUS, bytes: little3(input.vcpuCount, 2) },
    { selector: FW_CFG_NUMA, bytes: new Uint8Array(8 + 8 * maxVcpus) },
    { selector: FW_CFG_BOOT_MENU, bytes: little3(input.bootMenu ? 1 : 0, 2) },
    { selector: FW_CFG_MAX_CPUS, bytes: little3(maxVcpus, 2) },
    { selector: FW_CFG_IRQ0_OVERRIDE, bytes: little3(1, 1) },
    ...input.kernel?.items ?? []
  ];
  return { files, items, cmos: cmosBytes(input) };
}
function pciHoleStart(lowMemoryBytes) {
  return lowMemoryBytes <= 2147483648 ? 2147483648 : lowMemoryBytes <= 3221225472 ? 3221225472 : 3758096384;
}
function e820(input) {
  const entries = [little3(0, 8), little3(input.lowMemoryBytes, 8), little3(E820_RAM, 4)];
  if (input.highMemoryBytes > 0) {
    entries.push(little3(GIB42, 8), little3(input.highMemoryBytes, 8), little3(E820_RAM, 4));
  }
  return Uint8Array.from(entries.flatMap((part) => [...part]));
}
function bootOrder(input) {
  const lines = [];
  for (const { name: name2 } of input.kernel?.files ?? []) if (name2.startsWith(GENERAL_ROMS)) lines.push(`/rom@${name2}`);
  for (const device2 of input.bootOrder) {
    if (device2 === "floppy") {
      input.floppies.forEach((type, unit) => {
        if (type !== 0) lines.push(`/pci@i0cf8/isa@1/fdc@03f0/floppy@${unit}`);
      });
      continue;
    }
    for (const drive of input.drives) {
      if (drive.kind === device2) lines.push(devicePath(drive.place));
    }
  }
  return new TextEncoder().encode(`${lines.join("\n")}\0`);
}
function devicePath(place) {
  return place.bus === "ide" ? `/pci@i0cf8/ide@1,1/drive@${place.channel}/disk@${place.unit}` : `/pci@i0cf8/pci8086,2922@3/drive@${place.port}/disk@0`;
}
var CMOS_FLOPPY_TYPES = 16;
var CMOS_DISK_TYPES = 18;
var CMOS_EQUIPMENT = 20;
var CMOS_BASE_KIB = 21;
var CMOS_EXTENDED_KIB = 23;
var CMOS_EXTENDED_KIB_2 = 48;
var CMOS_ABOVE_16M = 52;
var CMOS_BOOT_3 = 56;
var CMOS_TRANSLATION = 57;
var CMOS_BOOT_1_2 = 61;
var CMOS_ABOVE_4G = 91;
var CMOS_CPUS = 95;
var BOOT_CODES = { floppy: 1, disk: 2, cdrom: 3 };
var MIB4 = 1048576;
function cmosBytes(input) {
  const bytes = [];
  const put = (index, value, size) => {
    for (let i = 0; i < size; i++) bytes.push([index + i, Math.floor(value / 2 ** (8 * i)) & 255]);
  };
  const low = input.lowMemoryBytes;
  const extendedKib = Math.max(0, Math.min(64512, Math.floor((low - MIB4) / 1024)));
  const [codes1 = 0, codes2 = 0, codes3 = 0] = input.bootOrder.map((device2) => BOOT_CODES[device2]);
  put(CMOS_FLOPPY_TYPES, input.floppies[0] << 4 | input.floppies[1], 1);
  put(CMOS_DISK_TYPES, diskTypes(input), 1);
  put(CMOS_EQUIPMENT, equipment(input), 1);
  put(CMOS_BASE_KIB, Math.min(640, Math.floor(low / 1024)), 2);
  put(CMOS_EXTENDED_KIB, extendedKib, 2);
  put(CMOS_EXTENDED_KIB_2, extendedKib, 2);
  put(CMOS_ABOVE_16M, Math.max(0, Math.min(65535, Math.floor((low - 16 * MIB4) / 65536))), 2);
  put(CMOS_ABOVE_4G, Math.floor(input.highMemoryBytes / 65536), 3);
  put(CMOS_BOOT_1_2, codes2 << 4 | codes1, 1);
  put(CMOS_BOOT_3, codes3 << 4 | 1, 1);
  put(CMOS_TRANSLATION, translations(input), 2);
  put(CMOS_CPUS, input.vcpuCount - 1, 1);
  return bytes;
}
function diskTypes(input) {
  const has = (unit) => input.drives.some(
    ({ kind, place }) => kind === "disk" && place.bus === "ide" && place.channel === 0 && place.unit === unit
  );
  return (has(0) ? 240 : 0) | (has(1) ? 15 : 0);
}
function equipment(input) {
  const floppies = input.floppies.filter((type) => type !== 0).length;
  return (floppies > 0 ? 1 | floppies - 1 << 6 : 0) | 2 | 4;
}
var TRANSLATION_NONE = 0;
var TRANSLATION_LBA = 1;
function translations(input) {
  let bits2 = 0;
  for (const drive of input.drives) {
    const { place } = drive;
    if (drive.kind !== "disk" || place.bus !== "ide") continue;
    const isSmall = (drive.sectorCount ?? 0) <= 1024 * 16 * 63;
    const translation = isSmall ? TRANSLATION_NONE : TRANSLATION_LBA;
    bits2 |= translation << 8 * place.channel + 2 * place.unit;
  }
  return bits2;
}
function little3(value, size) {
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let i = 0; i < size; i++) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

// ../pc/src/machine/inputs.ts
var InputGate = class {
  constructor(count2, dispatch, hostRandom) {
    this.count = count2;
    this.dispatch = dispatch;
    this.hostRandom = hostRandom;
  }
  count;
  dispatch;
  hostRandom;
  #observer;
  #replayedRandom;
  observe(observer) {
    this.#observer = observer;
  }
  replayRandom(source) {
    this.#replayedRandom = source;
  }
  apply(input) {
    this.#observer?.applied(this.count(), input);
    this.dispatch(input);
  }
  /** 32 random bits for RDRAND and friends. */
  random() {
    const value = (this.#replayedRandom ?? this.hostRandom)() >>> 0;
    this.#observer?.applied(this.count(), { kind: "random", value });
    return value;
  }
};

// ../pc/src/machine/instruction-clock.ts
var FIRST_RATE = 6.5;
var MIN_RATE = 0.0625;
var MAX_RATE = 2e3;
var ClockTimer = class {
  constructor(name2, fire, changed) {
    this.name = name2;
    this.fire = fire;
    this.changed = changed;
  }
  name;
  fire;
  changed;
  deadlineNs;
  arm(deadlineNs) {
    this.deadlineNs = deadlineNs;
    this.changed();
  }
  disarm() {
    if (this.deadlineNs === void 0) return;
    this.deadlineNs = void 0;
    this.changed();
  }
};
var InstructionClock = class {
  /**
   * @param count the exact count of the current instruction
   * @param onEarlier called when the earliest deadline moved closer while the CPU runs: it must stop in time
   */
  constructor(count2, onEarlier) {
    this.count = count2;
    this.onEarlier = onEarlier;
  }
  count;
  onEarlier;
  #step = { count: 0, ns: 0, nsPerInstruction: FIRST_RATE };
  #timers = [];
  #earliest;
  get step() {
    return this.#step;
  }
  nowNs() {
    return this.nsAt(this.count());
  }
  nsAt(count2) {
    return this.#step.ns + Math.floor((count2 - this.#step.count) * this.#step.nsPerInstruction);
  }
  /** The first count at which `nsAt` reaches `ns`; never before `from`. */
  countAt(ns, from2) {
    const { count: count2, nsPerInstruction } = this.#step;
    let at = Math.max(from2, count2 + Math.ceil((ns - this.#step.ns) / nsPerInstruction));
    while (at > from2 && this.nsAt(at - 1) >= ns) at--;
    while (this.nsAt(at) < ns) at++;
    return at;
  }
  applyStep(step) {
    const rate = Math.min(MAX_RATE, Math.max(MIN_RATE, step.nsPerInstruction));
    this.#step = { count: step.count, ns: step.ns, nsPerInstruction: rate };
  }
  createTimer(name2, fire) {
    const timer = new ClockTimer(name2, fire, () => this.#recompute());
    this.#timers.push(timer);
    return timer;
  }
  get earliestDeadlineNs() {
    return this.#earliest;
  }
  /** Fires what is due, each timer at most once, earliest first and in order of creation where equal. */
  fireDue() {
    const now = this.nowNs();
    if (this.#earliest === void 0 || this.#earliest > now) return;
    const due = this.#timers.filter((timer) => timer.deadlineNs !== void 0 && timer.deadlineNs <= now);
    due.sort((a, b) => a.deadlineNs - b.deadlineNs);
    for (const timer of due) {
      if (timer.deadlineNs === void 0 || timer.deadlineNs > now) continue;
      timer.disarm();
      timer.fire();
    }
  }
  save() {
    return { ...this.#step };
  }
  restore(state) {
    if (!isRecord(state) || !isNs(state.count) || !isNs(state.ns) || typeof state.nsPerInstruction !== "number") {
      throw new SnapshotError("clock", "has values that this clock cannot have");
    }
    if (!(state.nsPerInstruction >= MIN_RATE && state.nsPerInstruction <= MAX_RATE)) {
      throw new SnapshotError("clock", "runs at an impossible rate");
    }
    this.#step = { count: state.count, ns: state.ns, nsPerInstruction: state.nsPerInstruction };
  }
  #recompute() {
    const before = this.#earliest;
    let earliest;
    for (const { deadlineNs } of this.#timers) {
      if (deadlineNs !== void 0 && (earliest === void 0 || deadlineNs < earliest)) earliest = deadlineNs;
    }
    this.#earliest = earliest;
    if (earliest !== void 0 && (before === void 0 || earliest < before)) this.onEarlier();
  }
};

// ../pc/src/machine/machine-memory.ts
var SLOT_COUNT = 0;
var SLOT_A20 = 1;
var SLOT_FIRST_WORD = 4;
var SLOT_WORDS = 4;
var SLOT_ABSENT = 4294967295;
var SLOT_DROP = 4294967294;
var MAX_SLOTS = (SLOT_TABLE_BYTES / 4 - SLOT_FIRST_WORD) / SLOT_WORDS;
var NO_LISTENER = {
  memoryChanged: () => void 0,
  writesForbidden: () => void 0,
  codeWritten: () => void 0,
  pageSlow: () => void 0
};
var MachineMemory = class {
  constructor(memory) {
    this.memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.flags = new Uint8Array(memory.buffer, PAGE_FLAGS_OFFSET, PAGE_FLAGS_BYTES);
    this.#table = new Uint32Array(memory.buffer, SLOT_TABLE_OFFSET, SLOT_TABLE_BYTES / 4);
    this.#table[SLOT_A20] = 1;
  }
  memory;
  bytes;
  flags;
  #view;
  #table;
  #slots = /* @__PURE__ */ new Map();
  #order = [];
  #a20 = true;
  listener = NO_LISTENER;
  // slots
  map(name2, mapping) {
    if (mapping === void 0) {
      if (!this.#slots.delete(name2)) return;
    } else {
      assert(
        mapping.gpa % FRAME_BYTES === 0 && mapping.size % FRAME_BYTES === 0 && mapping.size > 0,
        `slot ${name2} is page-aligned`
      );
      const firstPage = mapping.gpa / FRAME_BYTES;
      const frame = (offset) => offset === void 0 ? SLOT_ABSENT : offset === "drop" ? SLOT_DROP : offset / FRAME_BYTES;
      const slot = {
        firstPage,
        endPage: firstPage + mapping.size / FRAME_BYTES,
        readFrame: frame(mapping.read),
        writeFrame: frame(mapping.write),
        isOverlay: mapping.isOverlay === true
      };
      const old = this.#slots.get(name2);
      if (old !== void 0 && isSame(old, slot)) return;
      this.#slots.set(name2, slot);
    }
    this.#writeTable();
  }
  setA20(enabled) {
    if (this.#a20 === enabled) return;
    this.#a20 = enabled;
    this.#table[SLOT_A20] = enabled ? 1 : 0;
    this.listener.memoryChanged();
  }
  /** A part of the shared memory for one owner. */
  block(offset, size, flags2) {
    const first = offset / FRAME_BYTES;
    this.flags.fill(flags2, first, first + size / FRAME_BYTES);
    return {
      offset,
      size,
      bytes: this.bytes.subarray(offset, offset + size),
      prepareWrite: (page) => this.prepareWrite(offset + page * FRAME_BYTES, FRAME_BYTES),
      collectWritten: () => this.#collectWritten(first, size / FRAME_BYTES)
    };
  }
  // GuestMemory
  read(gpa, into2) {
    for (let done = 0; done < into2.length; ) {
      const at = gpa + done;
      const length = Math.min(FRAME_BYTES - at % FRAME_BYTES, into2.length - done);
      const offset = this.#readOffset(at);
      if (offset < 0) into2.fill(255, done, done + length);
      else into2.set(this.bytes.subarray(offset, offset + length), done);
      done += length;
    }
  }
  write(gpa, from2) {
    for (let done = 0; done < from2.length; ) {
      const at = gpa + done;
      const length = Math.min(FRAME_BYTES - at % FRAME_BYTES, from2.length - done);
      const offset = this.#writeOffset(at, length);
      if (offset >= 0)
        this.bytes.set(done === 0 && length === from2.length ? from2 : from2.subarray(done, done + length), offset);
      done += length;
    }
  }
  readU8(gpa) {
    const offset = this.#readOffset(gpa);
    return offset < 0 ? 255 : this.#view.getUint8(offset);
  }
  readU16(gpa) {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 2) return this.readU8(gpa) | this.readU8(gpa + 1) << 8;
    const offset = this.#readOffset(gpa);
    return offset < 0 ? 65535 : this.#view.getUint16(offset, true);
  }
  readU32(gpa) {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 4) return (this.readU16(gpa) | this.readU16(gpa + 2) << 16) >>> 0;
    const offset = this.#readOffset(gpa);
    return offset < 0 ? 4294967295 : this.#view.getUint32(offset, true);
  }
  writeU8(gpa, value) {
    const offset = this.#writeOffset(gpa, 1);
    if (offset >= 0) this.#view.setUint8(offset, value);
  }
  writeU16(gpa, value) {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 2) {
      this.writeU8(gpa, value & 255);
      this.writeU8(gpa + 1, value >>> 8 & 255);
      return;
    }
    const offset = this.#writeOffset(gpa, 2);
    if (offset >= 0) this.#view.setUint16(offset, value, true);
  }
  writeU32(gpa, value) {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 4) {
      this.writeU16(gpa, value & 65535);
      this.writeU16(gpa + 2, value >>> 16);
      return;
    }
    const offset = this.#writeOffset(gpa, 4);
    if (offset >= 0) this.#view.setUint32(offset, value, true);
  }
  // flags
  /** Before anybody but the CPU writes [offset, offset + size) of one frame. */
  prepareWrite(offset, size) {
    const frame = Math.floor(offset / FRAME_BYTES);
    let flags2 = this.flags[frame];
    if ((flags2 & WRITE_BLOCKERS) === 0) return;
    if ((flags2 & (PAGE_COPYING | PAGE_NOT_LOADED)) !== 0) this.listener.pageSlow(offset);
    if ((flags2 & PAGE_HAS_CODE) !== 0) this.listener.codeWritten(offset, size);
    flags2 = this.flags[frame];
    this.flags[frame] = flags2 & ~(PAGE_CLEAN | PAGE_WATCHED);
  }
  #collectWritten(first, count2) {
    const written = new Uint8Array(Math.ceil(count2 / 8));
    let isAny = false;
    for (let page = 0; page < count2; page++) {
      const flags2 = this.flags[first + page];
      if ((flags2 & PAGE_WATCHED) !== 0) continue;
      written[page >> 3] = written[page >> 3] | 1 << (page & 7);
      this.flags[first + page] = flags2 | PAGE_WATCHED;
      isAny = true;
    }
    if (isAny) this.listener.writesForbidden(first, first + count2);
    return written;
  }
  #slotOf(gpa) {
    const page = Math.floor(gpa / FRAME_BYTES);
    for (const slot of this.#order) if (page >= slot.firstPage && page < slot.endPage) return slot;
    return void 0;
  }
  /** -1: no memory there. DMA does not pass through the A20 gate, which stands between CPU and bus. */
  #readOffset(gpa) {
    const slot = this.#slotOf(gpa);
    if (slot === void 0 || slot.readFrame >= SLOT_DROP) return -1;
    const offset = gpa - slot.firstPage * FRAME_BYTES + slot.readFrame * FRAME_BYTES;
    if ((this.flags[Math.floor(offset / FRAME_BYTES)] & PAGE_NOT_LOADED) !== 0)
      this.listener.pageSlow(offset);
    return offset;
  }
  #writeOffset(gpa, size) {
    const slot = this.#slotOf(gpa);
    if (slot === void 0 || slot.writeFrame >= SLOT_DROP) return -1;
    const offset = gpa - slot.firstPage * FRAME_BYTES + slot.writeFrame * FRAME_BYTES;
    if ((this.flags[Math.floor(offset / FRAME_BYTES)] & PAGE_ROM) !== 0) return -1;
    this.prepareWrite(offset, size);
    return offset;
  }
  #writeTable() {
    const slots = [...this.#slots.values()];
    this.#order = [...slots.filter((slot) => slot.isOverlay), ...slots.filter((slot) => !slot.isOverlay)];
    assert(this.#order.length <= MAX_SLOTS, "the slot table has room");
    this.#table[SLOT_COUNT] = this.#order.length;
    this.#order.forEach((slot, index) => {
      this.#table.set(
        [slot.firstPage, slot.endPage, slot.readFrame, slot.writeFrame],
        SLOT_FIRST_WORD + index * SLOT_WORDS
      );
    });
    this.listener.memoryChanged();
  }
};
function isSame(a, b) {
  return a.firstPage === b.firstPage && a.endPage === b.endPage && a.readFrame === b.readFrame && a.writeFrame === b.writeFrame && a.isOverlay === b.isOverlay;
}

// ../pc/src/machine/mmio-bus.ts
var MmioBus = class {
  #ranges = /* @__PURE__ */ new Map();
  #last;
  /** Adds or moves the range known as `name`; undefined removes it. Where ranges overlap, the earliest added wins. */
  map(name2, gpa, size, handler) {
    this.#last = void 0;
    if (gpa === void 0) this.#ranges.delete(name2);
    else this.#ranges.set(name2, { gpa, size, handler });
  }
  readMmio(gpa, size) {
    const range2 = this.#find(gpa, size);
    if (range2 !== void 0) return range2.handler.readMmio(gpa - range2.gpa, size) >>> 0;
    return allOnes(size);
  }
  writeMmio(gpa, size, value) {
    const range2 = this.#find(gpa, size);
    range2?.handler.writeMmio(gpa - range2.gpa, size, value >>> 0);
  }
  #find(gpa, size) {
    const last = this.#last;
    if (last !== void 0 && gpa >= last.gpa && gpa + size <= last.gpa + last.size) return last;
    for (const range2 of this.#ranges.values()) {
      if (gpa >= range2.gpa && gpa + size <= range2.gpa + range2.size) {
        this.#last = range2;
        return range2;
      }
    }
    return void 0;
  }
};

// ../pc/src/machine/port-bus.ts
var PortBus = class {
  #ports = new Array(65536).fill(void 0);
  #named = /* @__PURE__ */ new Map();
  #taps = /* @__PURE__ */ new Map();
  map(first, count2, handler, width = 1) {
    this.#place({ first, count: count2, handler, width });
  }
  /** A range that moves (a BAR): replaces the earlier place of `name`; undefined removes it. Fixed ranges win. */
  mapNamed(name2, first, count2, handler) {
    const old = this.#named.get(name2);
    if (old !== void 0) {
      for (let port = old.first; port < old.first + old.count; port++) {
        if (this.#ports[port] === old) this.#ports[port] = void 0;
      }
      this.#named.delete(name2);
    }
    if (first === void 0 || first + count2 > 65536) return;
    const range2 = { first, count: count2, handler, width: 4 };
    this.#named.set(name2, range2);
    for (let port = first; port < first + count2; port++) this.#ports[port] ??= range2;
  }
  /** Sees every write to a port, before the device does. */
  tap(port, seen) {
    this.#taps.set(port, seen);
  }
  readPort(port, size) {
    const range2 = this.#ports[port];
    if (range2 !== void 0 && size <= range2.width && port - range2.first + size <= range2.count) {
      return range2.handler.readPort(port - range2.first, size) >>> 0;
    }
    if (size === 1) return allOnes(1);
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.readPort(port + i & 65535, 1) << 8 * i;
    return value >>> 0;
  }
  writePort(port, size, value) {
    if (this.#taps.size > 0) this.#taps.get(port)?.(value, size);
    this.#write(port, size, value);
  }
  #write(port, size, value) {
    const range2 = this.#ports[port];
    if (range2 !== void 0 && size <= range2.width && port - range2.first + size <= range2.count) {
      range2.handler.writePort(port - range2.first, size, value >>> 0);
      return;
    }
    if (size === 1) return;
    for (let i = 0; i < size; i++) this.#write(port + i & 65535, 1, value >>> 8 * i & 255);
  }
  #place(range2) {
    for (let port = range2.first; port < range2.first + range2.count; port++) this.#ports[port] = range2;
  }
};

// ../pc/src/board/pc-bus.ts
var PcBus = class {
  constructor(ports2, mmio, interrupts, inputs, coprocessorIrq, smiact) {
    this.ports = ports2;
    this.mmio = mmio;
    this.interrupts = interrupts;
    this.inputs = inputs;
    this.coprocessorIrq = coprocessorIrq;
    this.smiact = smiact;
  }
  ports;
  mmio;
  interrupts;
  inputs;
  coprocessorIrq;
  smiact;
  readPort(port, size) {
    return this.ports.readPort(port, size);
  }
  writePort(port, size, value) {
    this.ports.writePort(port, size, value);
  }
  readMmio(gpa, size) {
    return this.mmio.readMmio(gpa, size);
  }
  writeMmio(gpa, size, value) {
    this.mmio.writeMmio(gpa, size, value);
  }
  acknowledgeInterrupt(vcpu) {
    return this.interrupts.acknowledge(vcpu);
  }
  readTaskPriority(vcpu) {
    return this.interrupts.lapics[vcpu]?.readTaskPriority() ?? 0;
  }
  writeTaskPriority(vcpu, value) {
    this.interrupts.lapics[vcpu]?.writeTaskPriority(value);
  }
  readMsr(vcpu, index) {
    return this.interrupts.lapics[vcpu]?.readMsr(index);
  }
  writeMsr(vcpu, index, value) {
    return this.interrupts.lapics[vcpu]?.writeMsr(index, value) ?? false;
  }
  random() {
    return this.inputs.random();
  }
  /**
   * IRQ 13 follows FERR# itself. The flip-flop behind port 0xF0, which holds it back until the handler has cleared the error, is not
   * modelled: the interrupt is edge-triggered, and handlers clear the error before they return.
   */
  coprocessorError(vcpu, level) {
    if (vcpu === 0) this.coprocessorIrq.set(level);
  }
  performanceOverflow(vcpu) {
    this.interrupts.lapics[vcpu]?.performanceOverflow();
  }
  systemManagement(isActive) {
    this.smiact.set(isActive);
  }
};

// ../pc/src/board/drives.ts
var SECTOR3 = 512;
var DISK_PLACES = [0, 1, 3, 2];
var CDROM_PLACES = [2, 3, 1, 0];
function buildDrives(config, portOf) {
  const ide = [void 0, void 0, void 0, void 0];
  const sata = [];
  const forFirmware = [];
  const place = (bus, order, attached, describe) => {
    if (bus === "sata") {
      if (sata.length === AHCI_PORTS) return;
      forFirmware.push({ ...describe, place: { bus, port: sata.length } });
      sata.push(attached);
      return;
    }
    const free = order.find((index) => ide[index] === void 0);
    if (free === void 0) return;
    ide[free] = attached.drive;
    forFirmware.push({ ...describe, place: { bus, channel: free >> 1, unit: free & 1 } });
  };
  config.disks.forEach(({ id, bus }, index) => {
    const port = portOf(id);
    const identity = { model: "SUBZERO HARDDISK", serial: `SZ${String(index + 1).padStart(8, "0")}`, firmware: "1.0" };
    place(
      bus,
      DISK_PLACES,
      { port, drive: new AtaDisk(port, identity) },
      { kind: "disk", sectorCount: Math.ceil((port.medium?.sizeBytes ?? 0) / SECTOR3) }
    );
  });
  config.cdroms.forEach(({ id, bus }, index) => {
    const port = portOf(id);
    const identity = { model: "SUBZERO CD-ROM", serial: `SZC${String(index + 1).padStart(7, "0")}`, firmware: "1.0" };
    place(bus, CDROM_PLACES, { port, drive: new AtapiCdrom(port, identity, bus === "sata") }, { kind: "cdrom" });
  });
  const channel = (first) => {
    const master = ide[first];
    const slave = ide[first + 1];
    return { ...master === void 0 ? {} : { master }, ...slave === void 0 ? {} : { slave } };
  };
  return { ide: [channel(0), channel(2)], sata: sata.length > 0 ? sata : void 0, forFirmware };
}

// ../pc/src/devices/lapic/apic-bus.ts
var ApicBus = class {
  /** @param onEoi a level-triggered vector was ended: the I/O APICs listen */
  constructor(onEoi) {
    this.onEoi = onEoi;
  }
  onEoi;
  #members = [];
  add(member) {
    if (!this.#members.includes(member)) this.#members.push(member);
  }
  send(message) {
    return this.#deliver(
      this.#members.filter((member) => member.matches(message.destination, message.isLogical)),
      message
    );
  }
  sendFrom(from2, message, shorthand) {
    if (shorthand === "none") this.send(message);
    else if (shorthand === "self") this.#deliver([from2], message);
    else this.#deliver(shorthand === "all" ? this.#members : this.#members.filter((m4) => m4 !== from2), message);
  }
  broadcastEoi(vector3) {
    this.onEoi(vector3);
  }
  #deliver(targets, message) {
    if (message.deliveryMode !== DELIVERY_LOWEST) {
      for (const target of [...targets]) target.deliver(message);
      return targets.length > 0;
    }
    let best;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[(i + message.vector) % targets.length];
      if (target.isAccepting && (best === void 0 || target.priority < best.priority)) best = target;
    }
    best?.deliver(message);
    return best !== void 0;
  }
};

// ../pc/src/board/interrupts.ts
var IOAPIC_BASE = 4273995776;
var PAGE2 = 4096;
var TIMER_PIN = 2;
var InterruptControllers = class {
  constructor(turns, clock, mmio, tscToNs) {
    this.turns = turns;
    const bus = new ApicBus((vector3) => this.ioApic.endOfInterrupt(vector3));
    this.messages = bus;
    this.ioApic = new IoApic("ioapic", { bus });
    mmio.map("ioapic", IOAPIC_BASE, PAGE2, this.ioApic);
    this.lapics = turns.vcpus.map((vcpu, index) => {
      const lapic = new Lapic(`lapic${index}`, index, clock, {
        intr: { set: (level) => vcpu.setInterrupt(level) },
        nmi: () => vcpu.nmi(),
        smi: () => vcpu.smi(),
        init: () => vcpu.init(),
        startup: (vector3) => vcpu.startup(vector3),
        bus,
        mapped: (base) => {
          this.#lapicBases[index] = base;
          mmio.map(`lapic${index}`, base, PAGE2, this.#lapicPage(index));
        },
        ipiSent: () => turns.yieldTurn(),
        tscToNs: (tsc) => tscToNs(index, tsc)
      });
      bus.add(lapic);
      return lapic;
    });
    this.pic = new Pic("pic", { intr: { set: (level) => this.lapics.forEach((lapic) => lapic.lint0.set(level)) } });
    for (let irq = 0; irq < 16; irq++) {
      const pic = irq === 2 ? void 0 : this.pic.line(irq);
      const pin = irq === 2 ? void 0 : this.ioApic.line(irq === 0 ? TIMER_PIN : irq);
      this.#isa.push(
        new SharedLine({
          set: (level) => {
            pic?.set(level);
            pin?.set(level);
          }
        })
      );
    }
  }
  turns;
  pic;
  ioApic;
  lapics;
  /** Where message signalled interrupts go. */
  messages;
  #isa = [];
  #lapicBases = [];
  /** The page at a local APIC's base. It answers a vCPU with that one's own registers, if that one has its page here too. */
  #lapicPage(index) {
    const asked = () => {
      const { index: running } = this.turns.current;
      return this.#lapicBases[running] === this.#lapicBases[index] ? this.lapics[running] : void 0;
    };
    return {
      readMmio: (offset, size) => asked()?.readMmio(offset, size) ?? allOnes(size),
      writeMmio: (offset, size, value) => asked()?.writeMmio(offset, size, value)
    };
  }
  /** A new driver of an I/O APIC input; those of ISA interrupts share the ISA wire. */
  pin(input) {
    if (input === TIMER_PIN) return this.isa(0);
    return input < 16 ? this.isa(input) : this.ioApic.line(input);
  }
  /** A new driver of ISA interrupt `irq`. */
  isa(irq) {
    return this.#isa[irq].driver();
  }
  /** The vector that the vCPU takes, or undefined when there is none any more. */
  acknowledge(vcpu) {
    const vector3 = this.lapics[vcpu]?.acknowledge();
    return vector3 === "pic" ? this.pic.acknowledge() : vector3;
  }
};

// ../pc/src/board/memory-plan.ts
var KIB = 1024;
var VGA_HOLE = 640 * KIB;
var MIB5 = KIB * KIB;
var GIB43 = 2 ** 32;
var LOW_BIOS_BYTES = 128 * KIB;
var PAM_START = 786432;
var MemoryPlan = class {
  constructor(memory, map, biosBytes) {
    this.memory = memory;
    this.#ram = map.ram.offset;
    const { size } = map.ram;
    const biosOffset = map.rom.offset + map.rom.size - biosBytes;
    this.#lowBios = map.rom.offset + map.rom.size - LOW_BIOS_BYTES;
    this.#mapRam("ram-low", 0, Math.min(size, VGA_HOLE));
    if (size > MIB5) this.#mapRam("ram-high", MIB5, size - MIB5);
    memory.map("bios", { gpa: GIB43 - biosBytes, size: biosBytes, read: biosOffset, write: "drop" });
  }
  memory;
  #ram;
  #lowBios;
  #smram = { isEnabled: false, isOpen: false, isClosedToData: false };
  #isInSmm = false;
  mapSegment({ gpa, size, readsRam, writesRam }) {
    const ram2 = this.#ram + gpa;
    const isBios = gpa >= PAM_START + (2 ** 18 - LOW_BIOS_BYTES);
    const rom = isBios ? this.#lowBios + (gpa - (MIB5 - LOW_BIOS_BYTES)) : void 0;
    const read = readsRam ? ram2 : rom;
    this.memory.map(`pam-${gpa.toString(16)}`, {
      gpa,
      size,
      ...read === void 0 ? {} : { read },
      write: writesRam ? ram2 : "drop"
    });
  }
  mapSmram(access) {
    this.#smram = access;
    this.#mapSmram();
  }
  /**
   * The vCPU that goes on is in system management mode, or is not: SMRAM is mapped for one vCPU at a time. D_CLS, which would send data
   * accesses of SMM to the display again but not its code, is not modelled: there is one map for both.
   */
  smiact = {
    set: (level) => {
      if (level === this.#isInSmm) return;
      this.#isInSmm = level;
      if (this.#smram.isEnabled && !this.#smram.isOpen) this.#mapSmram();
    }
  };
  #mapSmram() {
    const { isEnabled, isOpen } = this.#smram;
    const offset = this.#ram + VGA_HOLE;
    const isSeen = isOpen || isEnabled && this.#isInSmm;
    this.memory.map(
      "smram",
      // over the VGA's window, which is memory too in some modes
      isSeen ? { gpa: VGA_HOLE, size: PAM_START - VGA_HOLE, read: offset, write: offset, isOverlay: true } : void 0
    );
  }
  #mapRam(name2, gpa, size) {
    this.memory.map(name2, { gpa, size, read: this.#ram + gpa, write: this.#ram + gpa });
  }
};

// ../pc/src/board/vcpu-turns.ts
var TURN_INSTRUCTIONS = 1e4;
var VcpuTurns = class {
  constructor(vcpus) {
    this.vcpus = vcpus;
  }
  vcpus;
  #current = 0;
  #turnEnd = 0;
  /** The one that runs, or would run next. */
  get current() {
    return this.vcpus[this.#current];
  }
  /** The machine's count: instructions of all vCPUs. */
  get count() {
    return this.current.count;
  }
  breakSoon() {
    this.current.breakSoon();
  }
  /** The current vCPU has sent something to another, and will wait for it more often than not. */
  yieldTurn() {
    if (this.vcpus.length === 1) return;
    this.#turnEnd = 0;
    this.current.breakSoon();
  }
  /** As `Vcpu.run`; 'halted' when all of them are. */
  run(bus, until) {
    const { length } = this.vcpus;
    if (length === 1) return this.current.run(bus, until);
    let halted = 0;
    for (; ; ) {
      const before = this.count;
      if (before >= this.#turnEnd) this.#nextTurn();
      const reason = this.current.run(bus, Math.max(before, Math.min(until, this.#turnEnd)));
      if (this.count > before) halted = 0;
      if (reason.kind === "halted") {
        if (++halted === length) return reason;
        this.#turnEnd = 0;
      } else if (reason.kind !== "budgetSpent" || this.count >= until) {
        return reason;
      }
    }
  }
  /** All of them after RESET#; the bootstrap processor has the first turn. */
  reset() {
    const { count: count2 } = this;
    for (const vcpu of this.vcpus) vcpu.reset();
    this.#current = 0;
    this.#turnEnd = count2 + TURN_INSTRUCTIONS;
    this.current.continueAt(count2);
  }
  save() {
    return { current: this.#current, turnEnd: this.#turnEnd };
  }
  /** After the vCPUs. */
  restore(state) {
    if (!isRecord(state) || !isUint(state.current, this.vcpus.length - 1) || !isUint(state.turnEnd, 2 ** 53 - 1))
      throw new SnapshotError("turns", "names a vCPU or a count that cannot be");
    this.#current = state.current;
    this.#turnEnd = Math.min(state.turnEnd, this.count + TURN_INSTRUCTIONS);
  }
  #nextTurn() {
    const { count: count2 } = this;
    this.#current = (this.#current + 1) % this.vcpus.length;
    this.#turnEnd = count2 + TURN_INSTRUCTIONS;
    this.current.continueAt(count2);
  }
};

// ../pc/src/board/pc.ts
var TSC_HZ = 1e9;
var SCI_IRQ = 9;
var COPROCESSOR_IRQ = 13;
var COM_PORTS = [
  [1016, 4],
  [760, 3],
  [1e3, 4],
  [744, 3]
];
var VERSION5 = "0.1.0";
var SECTOR_CHUNK = 1 << 20;
var PcMachine = class {
  constructor(parts) {
    this.parts = parts;
    const { config } = parts;
    const map = memoryMapOf(config);
    this.#memory = new MachineMemory(parts.memory);
    this.#partition = createEmulatedPartition({
      core: parts.core,
      ...parts.jit === void 0 ? {} : { jit: parts.jit },
      memory: this.#memory,
      config: { vcpuCount: config.cpu.cpus, vendor: config.cpu.vendor, model: config.cpu.model, tscHz: TSC_HZ }
    });
    this.vcpus = this.#partition.vcpus;
    const turns = new VcpuTurns(this.vcpus);
    this.turns = turns;
    this.clock = new InstructionClock(
      () => turns.count,
      () => turns.breakSoon()
    );
    this.inputs = new InputGate(
      () => turns.count,
      (input) => this.#apply(input),
      parts.hostRandom
    );
    this.#interrupts = new InterruptControllers(turns, this.clock, this.#mmio, (_vcpu, tsc) => Number(tsc));
    this.#attach(this.#interrupts.pic, picState);
    this.#attach(this.#interrupts.ioApic, ioApicState);
    for (const lapic of this.#interrupts.lapics) this.#attach(lapic, lapicState);
    const rom = this.#memory.block(map.rom.offset, map.rom.size, PAGE_ROM);
    const vram = this.#memory.block(map.vram.offset, map.vram.size, PAGE_RAM);
    this.#memory.block(map.ram.offset, map.ram.size, PAGE_RAM);
    const bios2 = wholePages(parts.firmware.bios);
    rom.bytes.set(bios2, map.rom.size - bios2.length);
    const plan = new MemoryPlan(this.#memory, map, bios2.length);
    const ferr = this.#interrupts.isa(COPROCESSOR_IRQ);
    this.bus = new PcBus(this.#ports, this.#mmio, this.#interrupts, this.inputs, ferr, plan.smiact);
    const bars = {
      mapPorts: (name2, at, size, handler) => this.#ports.mapNamed(name2, at, size, handler),
      mapMmio: (name2, at, size, handler) => this.#mmio.map(name2, at, size, handler),
      mapMemory: (name2, at, size, offset) => this.#memory.map(name2, at === void 0 ? void 0 : { gpa: at, size, read: offset, write: offset })
    };
    const reset = { pulse: () => this.#ask("reset") };
    const pci = new PciBus();
    const host = this.#attach(new I440fx("pci/00:00.0", plan), i440fxState);
    pci.attach({ device: 0, function: 0 }, host.config);
    const isaBridge2 = this.#attach(
      new Piix3("pci/00:01.0", { irq: (irq) => this.#interrupts.isa(irq), reset }),
      piix3State
    );
    pci.attach({ device: 1, function: 0 }, isaBridge2.config);
    this.#ports.map(
      3320,
      8,
      this.#attach(new PciConfigPorts("pci-config", pci, isaBridge2.resetControl), pciConfigPortsState),
      4
    );
    const pm = new Pm("pci/00:01.3", this.clock, {
      sci: this.#interrupts.isa(SCI_IRQ),
      // the SMI# of a board with one socket: the firmware sets up the bootstrap processor alone
      smi: () => this.vcpus[0]?.smi(),
      bars,
      sleep: (type) => {
        if (type === 0) this.#ask({ kind: "powerOff", by: "guest" });
      }
    });
    this.#pm = this.#attach(pm, pmState);
    pci.attach({ device: 1, function: 3 }, pm.config);
    this.#ports.map(178, 2, pm.apm);
    const { pic } = this.#interrupts;
    this.#ports.map(32, 2, pic.master);
    this.#ports.map(160, 2, pic.slave);
    this.#ports.map(1232, 2, pic.elcr);
    const pitLine = new SwitchedLine(this.#interrupts.isa(0));
    const rtcLine = new SwitchedLine(this.#interrupts.isa(8));
    const hpet = this.#attach(
      new Hpet("hpet", this.clock, {
        pin: (input) => this.#interrupts.pin(input),
        legacy: [this.#interrupts.isa(0), this.#interrupts.isa(8)],
        legacyChanged: (isOn) => {
          pitLine.switch(!isOn);
          rtcLine.switch(!isOn);
        }
      }),
      hpetState
    );
    this.#mmio.map("hpet", HPET_BASE, HPET_SIZE, hpet);
    this.#pit = this.#attach(new Pit("pit", this.clock, { irq: pitLine }), pitState);
    this.#ports.map(64, 4, this.#pit.counters);
    this.#ports.map(97, 1, this.#pit.portB);
    this.#rtc = this.#attach(new Rtc("rtc", this.clock, { irq: rtcLine }), rtcState);
    this.#ports.map(112, 4, this.#rtc.ports);
    const dma = this.#attach(new Dma("dma", this.#memory), dmaState);
    this.#ports.map(0, 16, dma.first);
    this.#ports.map(192, 32, dma.second);
    this.#ports.map(128, 16, dma.pages);
    this.#keyboard = this.#attach(
      new I8042("i8042", this.clock, {
        irq1: this.#interrupts.isa(1),
        irq12: this.#interrupts.isa(12),
        a20: { set: (level) => this.#setA20("keyboard", level) },
        reset
      }),
      i8042State
    );
    this.#ports.map(96, 1, this.#keyboard.data);
    this.#ports.map(100, 1, this.#keyboard.control);
    const port92 = new Port92("port92", { a20: { set: (level) => this.#setA20("port92", level) }, reset });
    this.#ports.map(146, 1, this.#attach(port92, port92State));
    this.#backdoor = this.#attach(
      new VmPort(
        "vmport",
        { notify: () => this.#keyboard.mouse.ping(), modeChanged: () => void 0 },
        config.memory.memoryMiB
      ),
      vmPortState
    );
    this.#ports.map(BACKDOOR_PORT, 4, this.#backdoorPort(), 4);
    config.serial.forEach((_serial, index) => this.#addSerial(index));
    if (config.parallel.length > 0) {
      const wires = { irq: this.#interrupts.isa(7), out: parts.parallelOut };
      this.#ports.map(888, 3, this.#attach(new Parallel("lpt1", this.clock, wires), parallelState));
    }
    this.#addDebugPorts(config);
    const drives = buildDrives(config, (id) => this.#blockPort(id));
    const ideIrqs = [this.#interrupts.isa(14), this.#interrupts.isa(15)];
    const ideWires = { pci: { intx: isaBridge2.intx(1, 1), bars }, memory: this.#memory, irqs: ideIrqs };
    const ideFunction = this.#attach(new Piix3Ide("pci/00:01.1", drives.ide, ideWires), piix3IdeState);
    pci.attach({ device: 1, function: 1 }, ideFunction.config);
    this.#ports.map(496, 8, ideFunction.commandPorts(0), 4);
    this.#ports.map(1014, 1, ideFunction.controlPorts(0));
    this.#ports.map(368, 8, ideFunction.commandPorts(1), 4);
    this.#ports.map(886, 1, ideFunction.controlPorts(1));
    if (drives.sata !== void 0) {
      const ahci = new Ahci("pci/00:03.0", drives.sata, {
        pci: { intx: isaBridge2.intx(3, 1), bars },
        messages: this.#interrupts.messages,
        memory: this.#memory
      });
      pci.attach({ device: 3, function: 0 }, this.#attach(ahci, ahciState).config);
    }
    const floppyPorts = config.floppies.map(({ id }) => this.#blockPort(id));
    const floppyTypes = [0, 1].map((index) => this.#floppyType(floppyPorts[index], config.floppies.length > index));
    const floppy = this.#attach(
      new Floppy("floppy", [floppyPorts[0], floppyPorts[1]], {
        irq: this.#interrupts.isa(6),
        dma: dma.channel(2),
        clock: this.clock
      }),
      floppyState
    );
    this.#ports.map(1008, 6, floppy);
    this.#ports.map(1015, 1, floppy.digitalInput);
    const vga = this.#attach(
      new Vga("pci/00:02.0", {
        vram,
        clock: this.clock,
        pci: { intx: isaBridge2.intx(2, 1), bars },
        rom: parts.firmware.vgaBios
      }),
      vgaState
    );
    pci.attach({ device: 2, function: 0 }, vga.config);
    this.#ports.map(VGA_FIRST_PORT, VGA_PORT_COUNT, vga.ports, 2);
    this.#ports.map(DISPI_FIRST_PORT, DISPI_PORT_COUNT, vga.dispiPorts, 2);
    this.#mmio.map("vga-window", VGA_WINDOW, VGA_WINDOW_SIZE, vga.window);
    this.screen = vga.screen;
    const fwCfg = this.#attach(new FwCfg("fw-cfg", this.#memory), fwCfgState);
    this.#ports.map(1296, 12, fwCfg, 4);
    const firmware = buildFirmware({
      lowMemoryBytes: map.ram.size,
      highMemoryBytes: 0,
      vcpuCount: this.vcpus.length,
      uuid: uuidBytes(config.identity),
      version: VERSION5,
      bootOrder: config.boot.order,
      bootMenu: config.boot.menu,
      drives: drives.forFirmware,
      floppies: floppyTypes,
      serialPorts: config.serial.length,
      ...parts.kernel === void 0 ? {} : { kernel: parts.kernel }
    });
    for (const { name: name2, bytes } of firmware.files) fwCfg.addFile(name2, bytes);
    for (const { selector, bytes } of firmware.items) fwCfg.addItem(selector, bytes);
    if (parts.nvram !== void 0) this.#rtc.loadNvram(parts.nvram);
    for (const [index, value] of firmware.cmos) this.#rtc.poke(index, value);
    this.#memory.listener = {
      memoryChanged: () => this.#partition.memoryChanged(),
      writesForbidden: (first, end) => this.#partition.writesForbidden(first, end),
      codeWritten: (offset, size) => this.#partition.codeWritten(offset, size),
      pageSlow: () => void 0
    };
    for (const { device: device2 } of this.#devices.values()) device2.reset();
    for (const vcpu of this.vcpus) vcpu.setClock(this.clock.step);
    this.#partition.memoryChanged();
  }
  parts;
  clock;
  inputs;
  bus;
  vcpus;
  turns;
  screen;
  #partition;
  #memory;
  #ports = new PortBus();
  #mmio = new MmioBus();
  #devices = /* @__PURE__ */ new Map();
  #blockPorts = /* @__PURE__ */ new Map();
  #uarts = [];
  #interrupts;
  #keyboard;
  #backdoor;
  #pit;
  #pm;
  #rtc;
  #request;
  #a20 = { keyboard: true, port92: true };
  /** What the compiler of hot code did; undefined where there is none. */
  get jitStatistics() {
    return this.#partition.jitStatistics;
  }
  /** Power-on values everywhere; RAM keeps its contents, as on hardware. */
  reset() {
    this.#request = void 0;
    for (const { device: device2 } of this.#devices.values()) device2.reset();
    this.turns.reset();
  }
  takeRequest() {
    const request = this.#request;
    this.#request = void 0;
    return request;
  }
  /** The speaker gives a sound: `takeSound` should be asked often. */
  get isSounding() {
    return this.#pit.isSounding;
  }
  /** What the speaker played since it was last asked: signed 16-bit samples at SAMPLE_HZ; empty in silence. */
  takeSound() {
    return this.#pit.takeSound();
  }
  /** Scroll, Num, Caps Lock in bits 0 to 2. */
  get leds() {
    return this.#keyboard.keyboard.leds;
  }
  /** Whether the keyboard would pass a stroke on whole; more than that it would drop. */
  canTakeKey(down) {
    return this.#keyboard.keyboard.canTake(down);
  }
  get pressedKeys() {
    return this.#keyboard.keyboard.pressed;
  }
  biosKeyBuffer() {
    const word2 = new Uint8Array(2);
    return biosKeyBuffer((gpa) => {
      this.#memory.read(gpa, word2);
      return word2[0] | word2[1] << 8;
    });
  }
  get isPointerAbsolute() {
    return this.#backdoor.isAbsolute;
  }
  /** The CMOS memory that the battery keeps. */
  nvram() {
    return this.#rtc.saveNvram();
  }
  // saved state
  save() {
    const entries = /* @__PURE__ */ new Map();
    entries.set("clock", this.clock.save());
    entries.set("a20", { ...this.#a20 });
    if (this.vcpus.length > 1) entries.set("turns", { ...this.turns.save() });
    this.vcpus.forEach((vcpu, index) => {
      entries.set(`vcpu${index}`, vcpu.save());
    });
    for (const [id, { device: device2, state }] of this.#devices)
      entries.set(id, wrapState(state, device2.save()));
    return entries;
  }
  /** Into a machine built from the same configuration. Throws SnapshotError naming the part; the machine is then unusable. */
  restore(entries) {
    const known = /* @__PURE__ */ new Set([
      "clock",
      "a20",
      ...this.vcpus.length > 1 ? ["turns"] : [],
      ...this.vcpus.map((_vcpu, index) => `vcpu${index}`),
      ...this.#devices.keys()
    ]);
    for (const id of entries.keys()) if (!known.has(id)) throw new SnapshotError(id, "is not a part of this machine");
    for (const id of known) if (!entries.has(id)) throw new SnapshotError(id, "is missing");
    this.vcpus.forEach((vcpu, index) => vcpu.restore(entries.get(`vcpu${index}`)));
    if (this.vcpus.length > 1) this.turns.restore(entries.get("turns"));
    this.clock.restore(entries.get("clock"));
    for (const vcpu of this.vcpus) vcpu.setClock(this.clock.step);
    const a20 = entries.get("a20");
    if (!isRecord(a20) || typeof a20.keyboard !== "boolean" || typeof a20.port92 !== "boolean")
      throw new SnapshotError("a20", "is not a gate");
    for (const [id, { device: device2, state }] of this.#devices) device2.restore(unwrapState(state, id, entries.get(id)));
    this.#a20 = { keyboard: a20.keyboard, port92: a20.port92 };
    this.#memory.setA20(a20.keyboard || a20.port92);
    this.#request = void 0;
    this.#partition.invalidateAll();
  }
  /** Everything that a snapshot keeps of memory, in chunks for hashing. */
  *memoryChunks() {
    const bytes = guestMemoryBytes(this.parts.memory, this.parts.config);
    for (let at = 0; at < bytes.length; at += SECTOR_CHUNK) yield bytes.slice(at, at + SECTOR_CHUNK);
  }
  // inputs
  #apply(input) {
    switch (input.kind) {
      case "clock": {
        const step = { count: this.turns.count, ns: input.ns, nsPerInstruction: input.nsPerInstruction };
        this.clock.applyStep(step);
        for (const vcpu of this.vcpus) vcpu.setClock(this.clock.step);
        return;
      }
      case "key":
        return this.#keyboard.pressKey(input.usage, input.down);
      case "keyHeld":
        return this.#keyboard.holdKey(input.usage, input.heldMs);
      case "pointer":
        if (this.isPointerAbsolute && input.x !== void 0 && input.y !== void 0) {
          return this.#backdoor.point(input.x, input.y, input.wheel, input.buttons);
        }
        return this.#keyboard.moveMouse(input.dx, input.dy, input.wheel, input.buttons);
      case "serial":
        this.#uarts[input.port]?.receive(input.bytes);
        return;
      case "disk":
        return this.#blockPorts.get(input.port)?.complete(input);
      case "medium": {
        const { sizeBytes, isReadOnly } = input;
        return this.#blockPorts.get(input.port)?.changeMedium(sizeBytes === void 0 ? void 0 : { sizeBytes, isReadOnly: isReadOnly ?? true });
      }
      case "startTime":
        return this.#rtc.setTime(input.unixMs + input.zoneMinutes * 6e4);
      case "powerButton":
        return this.#pm.pressPowerButton();
      case "reset":
        return this.#ask("reset");
      case "random":
        return;
    }
  }
  // wires
  #ask(request) {
    this.#request ??= request;
    this.turns.breakSoon();
  }
  #setA20(gate, level) {
    this.#a20 = { ...this.#a20, [gate]: level };
    this.#memory.setA20(this.#a20.keyboard || this.#a20.port92);
  }
  #attach(device2, state) {
    this.#devices.set(device2.id, {
      device: device2,
      state
    });
    return device2;
  }
  #blockPort(id) {
    const port = this.parts.blockPort(id);
    this.#blockPorts.set(id, port);
    return port;
  }
  #floppyType(port, isThere) {
    return isThere ? driveTypeFor(port?.medium?.sizeBytes) : 0;
  }
  #addSerial(index) {
    const [port, irq] = COM_PORTS[index];
    const uart = this.#attach(
      new Uart16550(`com${index + 1}`, this.clock, {
        irq: this.#interrupts.isa(irq),
        out: this.parts.serialOut(index)
      }),
      uart16550State
    );
    this.#ports.map(port, 8, uart);
    this.#uarts.push(uart);
  }
  /** SeaBIOS writes its messages only where a debug port answers. */
  #addDebugPorts(config) {
    for (const { port } of config.debug.tapPorts) {
      if (port === 1026 || port === 233) {
        const device2 = new DebugPort(`debug-${port.toString(16)}`, {
          out: { write: (byte) => this.parts.tap(port, byte) }
        });
        this.#ports.map(port, 1, this.#attach(device2, debugPortState));
      } else {
        this.#ports.tap(port, (value, size) => {
          for (let i = 0; i < size; i++) this.parts.tap(port, value >>> 8 * i & 255);
        });
      }
    }
    if (config.debug.debugExit) {
      const exit = new DebugExit("debug-exit", { exit: (status) => this.#ask({ kind: "debugExit", status }) });
      this.#ports.map(244, 4, this.#attach(exit, debugExitState), 4);
    }
  }
  /** The backdoor passes values in registers: the port's handler reads and writes those of the vCPU that executes the IN. */
  #backdoorPort() {
    const GPRS = ["eax", "ecx", "edx", "ebx", void 0, void 0, "esi", "edi"];
    return {
      readPort: (_offset, size) => {
        const vcpu = this.turns.current;
        const registers = { eax: 0, ebx: 0, ecx: 0, edx: 0, esi: 0, edi: 0 };
        GPRS.forEach((name2, index) => {
          if (name2 !== void 0) registers[name2] = vcpu.readGpr(index);
        });
        if (size !== 4 || !this.#backdoor.access(registers)) return allOnes(size);
        GPRS.forEach((name2, index) => {
          if (name2 !== void 0 && name2 !== "eax") vcpu.writeGpr(index, registers[name2]);
        });
        return registers.eax >>> 0;
      },
      writePort: () => void 0
    };
  }
};
function wholePages(bytes) {
  const size = Math.max(128 << 10, Math.ceil(bytes.length / 4096) * 4096);
  if (size === bytes.length) return bytes;
  const padded = new Uint8Array(size).fill(255);
  padded.set(bytes, size - bytes.length);
  return padded;
}

// ../pc/src/config/boot.ts
var bootDevices = ["disk", "cdrom", "floppy"];
var maxCommandLine = 2047;
var maxModules = 32;
var defaultBoot = { order: ["cdrom", "disk", "floppy"], menu: false, kernel: null };
function readBoot(value, path, problems) {
  if (value === void 0) return defaultBoot;
  const fields = new FieldReader(value, path, problems);
  const boot = {
    order: readOrder(fields, problems),
    menu: fields.flag("menu", defaultBoot.menu),
    kernel: readKernel(fields.raw("kernel"), fields.at("kernel"), problems)
  };
  fields.end();
  return boot;
}
function readOrder(fields, problems) {
  if (!fields.has("order")) return defaultBoot.order;
  const order = [];
  for (const { value, path } of fields.items("order", bootDevices.length)) {
    const device2 = bootDevices.find((known) => known === value);
    if (device2 === void 0) {
      problems.push({ path, code: "bad-value", message: `must be one of ${bootDevices.join(", ")}` });
    } else if (order.includes(device2)) {
      problems.push({ path, code: "duplicate", message: `'${device2}' stands in the list twice` });
    } else {
      order.push(device2);
    }
  }
  return order;
}
function readKernel(value, path, problems) {
  if (value === void 0 || value === null) return null;
  const fields = new FieldReader(value, path, problems);
  const kernel = {
    file: fields.file("file"),
    initrd: fields.optionalFile("initrd"),
    append: fields.text("append", { default: "", maxLength: maxCommandLine, allowEmpty: true }),
    modules: fields.items("modules", maxModules).map((item) => {
      const module2 = new FieldReader(item.value, item.path, problems);
      const read = {
        file: module2.file("file"),
        args: module2.text("args", { default: "", maxLength: maxCommandLine, allowEmpty: true })
      };
      module2.end();
      return read;
    })
  };
  if (kernel.initrd !== null && kernel.modules.length > 0) {
    fields.problem("modules", "conflict", "a kernel takes an initrd (Linux) or modules (Multiboot), not both");
  }
  fields.end();
  return kernel;
}

// ../pc/src/config/drive-bus.ts
var driveBuses = ["ide", "sata"];
var maxDrivesOfBus = { ide: 4, sata: 6 };

// ../pc/src/config/device-id.ts
var pattern = /^[a-z][a-z0-9-]{0,31}$/;
function readDeviceId(fields) {
  const id = fields.text("id", { maxLength: 32 });
  if (id !== "" && !pattern.test(id)) {
    fields.problem("id", "bad-value", "must be lower-case letters, digits and dashes, and begin with a letter");
  }
  return id;
}

// ../pc/src/config/cdroms.ts
var maxCdroms = 4;
function readCdroms(items, problems) {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const cdrom = {
      id: readDeviceId(fields),
      file: fields.optionalFile("file"),
      bus: fields.choice("bus", driveBuses, "ide")
    };
    fields.end();
    return cdrom;
  });
}

// ../pc/src/config/clock.ts
var defaultClock = { rtc: "utc" };
function readClock(value, path, problems) {
  if (value === void 0) return defaultClock;
  const fields = new FieldReader(value, path, problems);
  const clock = { rtc: fields.choice("rtc", ["utc", "local"], defaultClock.rtc) };
  fields.end();
  return clock;
}

// ../pc/src/config/cpu.ts
var engines = ["auto", "emulated"];
var cpuVendors = ["GenuineIntel", "AuthenticAMD"];
var cpuModels = ["max", "x86-64-v3", "x86-64-v2", "qemu64", "pentium3", "486"];
var maxCpus = 8;
var defaultCpu = { cpus: 1, engine: "auto", vendor: "GenuineIntel", model: "max" };
function readCpu(value, path, problems) {
  if (value === void 0) return defaultCpu;
  const fields = new FieldReader(value, path, problems);
  const cpu = {
    cpus: fields.integer("cpus", { default: defaultCpu.cpus, min: 1, max: maxCpus }),
    engine: fields.choice("engine", engines, defaultCpu.engine),
    vendor: fields.choice("vendor", cpuVendors, defaultCpu.vendor),
    model: fields.choice("model", cpuModels, defaultCpu.model)
  };
  fields.end();
  return cpu;
}

// ../pc/src/config/debug.ts
var debugExitPort = 244;
var maxTapPorts = 16;
var defaultDebug = { debugExit: false, tapPorts: [] };
function readDebug(value, path, problems) {
  if (value === void 0) return defaultDebug;
  const fields = new FieldReader(value, path, problems);
  const debugExit = fields.flag("debugExit", defaultDebug.debugExit);
  const seen = new Set(debugExit ? [debugExitPort] : []);
  const tapPorts = fields.items("tapPorts", maxTapPorts).map((item) => {
    const tap = new FieldReader(item.value, item.path, problems);
    const port = tap.integer("port", { min: 0, max: 65535 });
    if (seen.has(port)) tap.problem("port", "duplicate", `port 0x${port.toString(16)} is in use already`);
    seen.add(port);
    const read = { port, file: tap.file("file") };
    tap.end();
    return read;
  });
  fields.end();
  return { debugExit, tapPorts };
}

// ../pc/src/config/disks.ts
var diskFormats = ["qcow2", "raw"];
var maxDisks = 4;
function readDisks(items, problems) {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const disk = {
      id: readDeviceId(fields),
      file: fields.file("file"),
      format: fields.choice("format", diskFormats),
      bus: fields.choice("bus", driveBuses, "ide"),
      readonly: fields.flag("readonly", false)
    };
    fields.end();
    return disk;
  });
}

// ../pc/src/config/display.ts
var displayAdapters = ["std-vga"];
var displayScales = ["fit", "pixel", "stretch"];
var defaultDisplay = { adapter: "std-vga", vramMiB: 16, scale: "fit" };
function readDisplay(value, path, problems) {
  if (value === void 0) return defaultDisplay;
  const fields = new FieldReader(value, path, problems);
  const display = {
    adapter: fields.choice("adapter", displayAdapters, defaultDisplay.adapter),
    vramMiB: fields.integer("vramMiB", { default: defaultDisplay.vramMiB, min: 1, max: 64 }),
    scale: fields.choice("scale", displayScales, defaultDisplay.scale)
  };
  if ((display.vramMiB & display.vramMiB - 1) !== 0) {
    fields.problem("vramMiB", "bad-value", "must be a power of two");
  }
  fields.end();
  return display;
}

// ../pc/src/config/firmware.ts
var defaultFirmware = { bios: null, vgaBios: null };
function readFirmware(value, path, problems) {
  if (value === void 0) return defaultFirmware;
  const fields = new FieldReader(value, path, problems);
  const firmware = { bios: fields.optionalFile("bios"), vgaBios: fields.optionalFile("vgaBios") };
  fields.end();
  return firmware;
}

// ../pc/src/config/floppies.ts
var maxFloppies = 2;
function readFloppies(items, problems) {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const floppy = {
      id: readDeviceId(fields),
      file: fields.optionalFile("file"),
      readonly: fields.flag("readonly", false)
    };
    fields.end();
    return floppy;
  });
}

// ../pc/src/config/memory.ts
var minMemoryMiB = 1;
var maxMemoryMiB = 3072;
var defaultMemory = { memoryMiB: 512 };
function readMemory(value, path, problems) {
  if (value === void 0) return defaultMemory;
  const fields = new FieldReader(value, path, problems);
  const memoryMiB = fields.integer("memoryMiB", {
    default: defaultMemory.memoryMiB,
    min: minMemoryMiB,
    max: maxMemoryMiB
  });
  fields.end();
  return { memoryMiB };
}

// ../pc/src/config/migrations.ts
var schemaVersion = 1;
var migrations = [];
function migrate(value, problems, steps = migrations, current = schemaVersion) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push({ path: "", code: "wrong-type", message: "the configuration must be an object" });
    return void 0;
  }
  let config = { ...value };
  const version = config["schemaVersion"];
  const path = "schemaVersion";
  if (version === void 0) {
    problems.push({ path, code: "missing", message: "is missing" });
    return void 0;
  }
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    problems.push({ path, code: "wrong-type", message: "must be a whole number from 1" });
    return void 0;
  }
  if (version > current) {
    problems.push({
      path,
      code: "newer-schema",
      message: `is ${version}: the VM was made by a newer Subzero (this one knows up to ${current})`
    });
    return void 0;
  }
  for (let at = version; at < current; at++) {
    const step = steps.find((migration) => migration.from === at);
    if (step === void 0) {
      problems.push({ path, code: "not-supported", message: `version ${at} can no longer be read` });
      return void 0;
    }
    config = { ...step.apply(config), schemaVersion: at + 1 };
  }
  return config;
}

// ../pc/src/config/network.ts
function readNetwork(items, problems) {
  for (const { path } of items) {
    problems.push({ path, code: "not-supported", message: "network cards are not supported yet" });
  }
  return [];
}

// ../pc/src/config/options.ts
var hostCloseActions = ["ask", "background", "suspend", "powerOff"];
var guestResetActions = ["reset", "powerOff"];
var powerOffActions = ["powerOff", "revert", "snapshot", "ask"];
var defaultOptions = {
  onHostClose: "ask",
  onPowerOff: "powerOff",
  onGuestReset: "reset",
  autoStart: false
};
function readOptions(value, path, problems) {
  if (value === void 0) return defaultOptions;
  const fields = new FieldReader(value, path, problems);
  const options = {
    onHostClose: fields.choice("onHostClose", hostCloseActions, defaultOptions.onHostClose),
    onPowerOff: fields.choice("onPowerOff", powerOffActions, defaultOptions.onPowerOff),
    onGuestReset: fields.choice("onGuestReset", guestResetActions, defaultOptions.onGuestReset),
    autoStart: fields.flag("autoStart", defaultOptions.autoStart)
  };
  fields.end();
  return options;
}

// ../pc/src/config/os.ts
var defaultOs = { id: "other", name: "Other", icon: "other" };
function readOs(value, path, problems) {
  if (value === void 0) return defaultOs;
  const fields = new FieldReader(value, path, problems);
  const os = {
    id: readWord(fields, "id", defaultOs.id),
    name: fields.text("name", { default: defaultOs.name, maxLength: 200 }),
    icon: readWord(fields, "icon", defaultOs.icon)
  };
  fields.end();
  return os;
}
function readWord(fields, field, fallback) {
  const word2 = fields.text(field, { default: fallback, maxLength: 64 });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(word2)) {
    fields.problem(field, "bad-value", "must be letters, digits, dots and dashes");
  }
  return word2;
}

// ../pc/src/config/parallel.ts
var maxParallelPorts = 1;
function readParallel(items, problems) {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const port = { file: fields.file("file") };
    fields.end();
    return port;
  });
}

// ../pc/src/config/serial.ts
var maxSerialPorts = 4;
var serialKinds = ["terminal", "file", "socket", "none"];
function readSerial(items, problems) {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const kind = fields.choice("kind", serialKinds);
    const port = kind === "file" || kind === "socket" ? { kind, file: fields.file("file") } : { kind };
    fields.end();
    return port;
  });
}

// ../pc/src/config/vm-name.ts
var maxNameLength = 80;
function nameTrouble(name2) {
  if (name2.trim() === "") return "must not be empty";
  if (name2 !== name2.trim()) return "must not begin or end with a space";
  if (name2.length > maxNameLength) return `must have at most ${maxNameLength} characters`;
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(name2)) {
    return "must not contain control characters";
  }
  return void 0;
}

// ../pc/src/config/vm-config.ts
function defaultConfig(name2) {
  return {
    schemaVersion,
    name: name2,
    description: "",
    identity: defaultIdentity,
    os: defaultOs,
    cpu: defaultCpu,
    memory: defaultMemory,
    firmware: defaultFirmware,
    boot: defaultBoot,
    clock: defaultClock,
    disks: [],
    cdroms: [],
    floppies: [],
    serial: [{ kind: "terminal" }],
    parallel: [],
    display: defaultDisplay,
    network: [],
    debug: defaultDebug,
    options: defaultOptions
  };
}
function checkConfig(value) {
  const problems = [];
  const migrated = migrate(value, problems);
  if (migrated === void 0) return { ok: false, problems };
  const fields = new FieldReader(migrated, "", problems);
  fields.raw("schemaVersion");
  const config = {
    schemaVersion,
    name: readName(fields),
    description: fields.text("description", { default: "", maxLength: 1e4, allowEmpty: true }),
    identity: readIdentity(fields.raw("identity"), "identity", problems),
    os: readOs(fields.raw("os"), "os", problems),
    cpu: readCpu(fields.raw("cpu"), "cpu", problems),
    memory: readMemory(fields.raw("memory"), "memory", problems),
    firmware: readFirmware(fields.raw("firmware"), "firmware", problems),
    boot: readBoot(fields.raw("boot"), "boot", problems),
    clock: readClock(fields.raw("clock"), "clock", problems),
    disks: readDisks(fields.items("disks", maxDisks), problems),
    cdroms: readCdroms(fields.items("cdroms", maxCdroms), problems),
    floppies: readFloppies(fields.items("floppies", maxFloppies), problems),
    serial: readSerial(fields.items("serial", maxSerialPorts), problems),
    parallel: readParallel(fields.items("parallel", maxParallelPorts), problems),
    display: readDisplay(fields.raw("display"), "display", problems),
    network: readNetwork(fields.items("network", 8), problems),
    debug: readDebug(fields.raw("debug"), "debug", problems),
    options: readOptions(fields.raw("options"), "options", problems)
  };
  fields.end();
  problems.push(...checkTogether(config));
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}
function readName(fields) {
  const name2 = fields.text("name", { maxLength: maxNameLength, allowEmpty: true });
  const trouble = fields.has("name") ? nameTrouble(name2) : void 0;
  if (trouble !== void 0) fields.problem("name", "bad-value", trouble);
  return name2;
}
function checkTogether(config) {
  const problems = [];
  for (const bus of driveBuses) {
    const drives = [...config.disks, ...config.cdroms].filter((drive) => drive.bus === bus).length;
    if (drives <= maxDrivesOfBus[bus]) continue;
    problems.push({
      path: "cdroms",
      code: "too-many",
      message: `disks and CD-ROM drives on ${bus.toUpperCase()} can be at most ${maxDrivesOfBus[bus]} together, not ${drives}`
    });
  }
  const ids = /* @__PURE__ */ new Set();
  const files = /* @__PURE__ */ new Set();
  for (const section2 of ["disks", "cdroms", "floppies"]) {
    config[section2].forEach((device2, index) => {
      const path = `${section2}[${index}]`;
      if (device2.id !== "" && ids.has(device2.id)) {
        problems.push({
          path: `${path}.id`,
          code: "duplicate",
          message: `'${device2.id}' names another device already`
        });
      }
      ids.add(device2.id);
      if (section2 === "cdroms" || device2.file === null || device2.file === "") return;
      if (files.has(device2.file)) {
        problems.push({ path: `${path}.file`, code: "duplicate", message: "another drive uses this file already" });
      }
      files.add(device2.file);
    });
  }
  return problems;
}

// ../pc/tests/support/cpu/cpu-machine.ts
var import_node_fs = require("node:fs");
var import_node_path = require("node:path");
var CORE = (0, import_node_path.resolve)(__dirname, "../../../build/out/core.wasm");
var compiled2;
function coreModule() {
  compiled2 ??= new WebAssembly.Module((0, import_node_fs.readFileSync)(CORE));
  return compiled2;
}

// ../pc/tests/support/fake-block-port.ts
var FakeBlockPort = class {
  medium;
  onMediumChange;
  bytes;
  isImmediate = false;
  isLocked = false;
  ejects = 0;
  /** The next request of this kind fails so. */
  failNext = {};
  log = [];
  #waiting = [];
  #generation = 0;
  constructor(bytes, isReadOnly = false) {
    this.bytes = bytes ?? new Uint8Array(0);
    if (bytes !== void 0) this.medium = { sizeBytes: bytes.length, isReadOnly, generation: ++this.#generation };
  }
  read(offset, length, done) {
    this.#enqueue("read", offset, length, () => {
      const error = this.#errorOf("read", offset, length);
      done(error ? { ok: false, error } : { ok: true, value: this.bytes.slice(offset, offset + length) });
    });
  }
  write(offset, data, done) {
    const copy = data.slice();
    this.#enqueue("write", offset, copy.length, () => {
      const error = this.#errorOf("write", offset, copy.length);
      if (!error) this.bytes.set(copy, offset);
      done(error ? { ok: false, error } : { ok: true, value: void 0 });
    });
  }
  flush(done) {
    this.#enqueue("flush", 0, 0, () => {
      const error = this.#errorOf("flush", 0, 0);
      done(error ? { ok: false, error } : { ok: true, value: void 0 });
    });
  }
  eject() {
    this.ejects++;
    this.insert(void 0);
  }
  setLocked(locked) {
    this.isLocked = locked;
  }
  insert(bytes, isReadOnly = false) {
    this.bytes = bytes ?? new Uint8Array(0);
    this.medium = bytes && { sizeBytes: bytes.length, isReadOnly, generation: ++this.#generation };
    this.onMediumChange?.();
  }
  get pending() {
    return this.#waiting.length;
  }
  /** Completes the oldest request. */
  completeOne() {
    const next = this.#waiting.shift();
    if (next === void 0) throw new Error("no request is waiting");
    next();
  }
  /** Completes everything, also what completions ask for. */
  completeAll(limit = 1e5) {
    for (let i = 0; this.#waiting.length > 0; i++) {
      if (i >= limit) throw new Error("requests never end");
      this.completeOne();
    }
  }
  #enqueue(kind, offset, length, run2) {
    this.log.push({ kind, offset, length });
    if (this.isImmediate) run2();
    else this.#waiting.push(run2);
  }
  #errorOf(kind, offset, length) {
    const planned = this.failNext[kind];
    delete this.failNext[kind];
    if (planned) return planned;
    if (this.medium === void 0) return "noMedium";
    if (kind === "write" && this.medium.isReadOnly) return "readOnly";
    return offset < 0 || offset + length > this.bytes.length ? "medium" : void 0;
  }
};

// tpc.ts
var BoardPort = class extends FakeBlockPort {
  complete() {
  }
  changeMedium(_medium) {
  }
};
var TestPc = class {
  pc;
  config;
  ram;
  ports = [];
  constructor({ changes, bios: bios2, mediumBytes, serialOut, parallelOut, random, jit } = {}) {
    const checked = checkConfig({ ...defaultConfig("test"), memory: { memoryMiB: 4 }, ...changes });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    this.config = checked.config;
    const memory = createMachineMemory(checked.config);
    this.pc = new PcMachine({
      config: checked.config,
      memory,
      core: coreModule(),
      firmware: { bios: bios2 ?? new Uint8Array(131072), vgaBios: new Uint8Array(require("fs").readFileSync("/root/ws/pc/build/out/firmware/vgabios-stdvga.bin")) },
      kernel: void 0,
      nvram: void 0,
      blockPort: (id) => {
        const port = new BoardPort(new Uint8Array(mediumBytes?.(id) ?? 32768), id.startsWith("cd"));
        this.ports.push(port);
        return port;
      },
      serialOut: () => ({ write: (byte) => serialOut?.(byte) }),
      parallelOut: { write: (byte) => parallelOut?.(byte) },
      tap: () => void 0,
      hostRandom: () => random?.() ?? 4,
      ...jit === void 0 ? {} : { jit }
    });
    const { offset, size } = memoryMapOf(checked.config).ram;
    this.ram = new DataView(memory.buffer, offset, size);
  }
  /** Runs until the guest asks for something, or so many instructions; timers fire as in the machine loop. Gives what it asked for. */
  run(instructions) {
    const { turns, clock, bus } = this.pc;
    const end = turns.count + instructions;
    while (turns.count < end) {
      const deadline = clock.earliestDeadlineNs;
      const due = deadline === void 0 ? end : clock.countAt(deadline, turns.count);
      const reason = turns.run(bus, Math.max(turns.count + 1, Math.min(end, due)));
      const request = this.pc.takeRequest();
      if (request !== void 0) return request;
      if (reason.kind === "failed") throw reason.error;
      if (reason.kind === "halted") {
        if (clock.earliestDeadlineNs === void 0) return "halted";
        this.pc.inputs.apply({ kind: "clock", ns: clock.earliestDeadlineNs, nsPerInstruction: 10 });
      }
      clock.fireDue();
    }
    return void 0;
  }
};

// trc.ts
var import_node_fs2 = require("node:fs");
var bios = new Uint8Array((0, import_node_fs2.readFileSync)(process.argv[2]));
var p = new TestPc({ bios, changes: { memory: { memoryMiB: 64 }, serial: [{ kind: "terminal" }] }, serialOut: (b) => process.stdout.write(String.fromCharCode(b)) });
var from = Number(process.argv[3]);
var n = Number(process.argv[4]);
var pc = p.pc;
var r;
while (pc.turns.count < from) {
  r = p.run(Math.min(1e6, from - pc.turns.count));
  if (r) break;
}
var ram = new Uint8Array(p.ram.buffer, p.ram.byteOffset, p.ram.byteLength);
var out = [];
for (let i = 0; i < n; i++) {
  const s = pc.turns.current.save();
  const lin = Number(s.cs.base) + Number(s.rip);
  out.push(`${s.count} ${s.cs.selector.toString(16)}:${s.rip.toString(16)} ${Buffer.from(ram.subarray(lin, lin + 10)).toString("hex")} fl ${s.rflags.toString(16)} ` + s.gpr.slice(0, 8).map((x) => x.toString(16)).join(" ") + " ss " + s.ss.selector.toString(16) + " ds " + s.ds.selector.toString(16) + " es " + s.es.selector.toString(16) + " cr0 " + s.cr0.toString(16));
  r = p.run(1);
  if (r) {
    out.push(String(r));
    break;
  }
}
console.log(out.join("\n"));
