/** Where an image of privileged cases has what, and which selectors its GDT holds. All addresses are linear and physical. */

// what the recorder leaves: see `harness-text.ts`
export const RECORD = 0x500;
export const VECTOR = RECORD;
/** All ones: there was none. */
export const ERROR = RECORD + 8;
export const FRAME = RECORD + 0x30;
export const REGISTERS = RECORD + 0x80;
export const CR2 = RECORD + 0xc0;
export const DR6 = RECORD + 0xc8;
export const CR0 = RECORD + 0xd0;
export const HANDLER_FLAGS = RECORD + 0xd8;
export const SEGMENTS = RECORD + 0xe0; // DS ES FS GS SS, 2 bytes each
export const TASK = RECORD + 0xea;
export const LDTR = RECORD + 0xec;
export const HANDLER_CS = RECORD + 0xee;
export const SCRATCH = RECORD + 0xf0;
export const CODE_BASE = RECORD + 0xf4;
/** Where to go on when an event was recorded. */
export const RESUME = RECORD + 0xf8;
export const LOG_COUNT = 0x600;
/** Vector, address, DR6, flags: 4 dwords each. */
export const LOG = 0x610;
export const LOG_ENTRIES = 24;

export const GDT = 0x800;
export const GDT_LIMIT = 0x3ff;
export const IDT32 = 0x1000;
export const IDT64 = 0x1400;
export const LDT = 0x1c00;
export const TSS = 0x2000;
export const TSS_B = 0x2200;
export const TSS_C = 0x2300;
export const TSS16 = 0x2400;
export const TSS64 = 0x2500;
/** Up to here, and the page tables, everything is as at the start for each case. */
export const LOW_END = 0x2800;
export const VECTORS = 0x48;
/** Of the task-state segment: 32 bytes of VME's redirection map, then the ports. */
export const REDIRECTION = TSS + 0x68;
export const PORT_MAP = TSS + 0x88;

export const STACK0 = 0x4000;
export const KERNEL_STACK = 0x4800;
export const USER_STACK = 0x5000;
export const IST = 0x5800;
export const TASK_STACK = 0x6000;
export const TASK_STACK_C = 0x6400;
export const STACK1 = 0x6600;
export const STACK2 = 0x6700;
/** Nobody else's. */
export const DATA = 0x6800;
export const BOOT = 0x7c00;
export const START = 0x7e00;
export const CODE_END = 0xf000;

export const PD32 = 0x20000;
export const PT32 = 0x21000;
export const PDPT = 0x22000;
export const PD_PAE = 0x23000;
/** Of PAE, 4 and 5 levels: the first 2 MiB. */
export const PT64 = 0x24000;
export const PML4 = 0x26000;
export const PDPT4 = 0x27000;
export const PD4 = 0x28000;
export const PML5 = 0x2a000;
/** Tables of the window. */
export const WINDOW_PT32 = 0x2c000;
export const WINDOW_PT64 = 0x2d000;
export const TABLES = 0x20000;
export const TABLES_END = 0x2e000;
/** The window: 16 pages at 4 MiB, over these physical pages. */
export const WINDOW = 0x400000;
export const WINDOW_PAGES = 0x60000;
export const SAVED_LOW = 0x30000;
export const SAVED_TABLES = 0x40000;

export const CODE32 = 0x08;
export const DATA32 = 0x10;
export const CODE16 = 0x18;
export const DATA16 = 0x20;
export const CODE64 = 0x28;
export const TSS_S = 0x30;
export const TSS64_S = 0x38;
export const LDT_S = 0x48;
export const USER_CODE32 = 0x53;
export const USER_DATA32 = 0x5b;
export const USER_CODE64 = 0x63;
export const TSS_B_S = 0x68;
export const TSS16_S = 0x70;
export const TSS_C_S = 0x78;
export const CONFORMING = 0x80;
/** Eight descriptors that cases may set. */
export const FREE = 0x88;
export const CODE_RING1 = 0x101;
export const DATA_RING1 = 0x109;
export const CODE_RING2 = 0x112;
export const DATA_RING2 = 0x11a;
export const USER_CODE16 = 0x123;
export const USER_DATA16 = 0x12b;
/** Kernel code and data, user 32-bit code, data, 64-bit code, data: as SYSCALL and SYSENTER want them. */
export const FAST = 0x140;

export function descriptor(base: number, limit: number, access: number, flags = 0): bigint {
  const low = BigInt(limit & 0xffff) | (BigInt(base & 0xffffff) << 16n) | (BigInt(access) << 40n);
  return low | (BigInt(((limit >> 16) & 15) | (flags << 4)) << 48n) | (BigInt(base >>> 24) << 56n);
}

/** Call, interrupt, trap or task gate; `count`: parameters of a call gate, IST of a 64-bit gate. */
export function gate(selector: number, offset: number, access: number, count = 0): bigint {
  const low = BigInt(offset & 0xffff) | (BigInt(selector) << 16n) | (BigInt(count) << 32n) | (BigInt(access) << 40n);
  return low | (BigInt(offset >>> 16) << 48n);
}

const FLAT = [0, 0xfffff] as const;

/** The GDT by selector. */
export const DESCRIPTORS: ReadonlyArray<readonly [selector: number, value: bigint]> = [
  [CODE32, descriptor(...FLAT, 0x9b, 0xc)],
  [DATA32, descriptor(...FLAT, 0x93, 0xc)],
  [CODE16, descriptor(0, 0xffff, 0x9b)],
  [DATA16, descriptor(0, 0xffff, 0x93)],
  [CODE64, descriptor(...FLAT, 0x9b, 0xa)],
  [TSS_S, descriptor(TSS, 0x109, 0x89)],
  [TSS64_S, descriptor(TSS64, 0x67, 0x89)],
  [LDT_S, descriptor(LDT, 0x3f, 0x82)],
  [USER_CODE32, descriptor(...FLAT, 0xfb, 0xc)],
  [USER_DATA32, descriptor(...FLAT, 0xf3, 0xc)],
  [USER_CODE64, descriptor(...FLAT, 0xfb, 0xa)],
  [TSS_B_S, descriptor(TSS_B, 0x67, 0x89)],
  [TSS16_S, descriptor(TSS16, 0x2b, 0x81)],
  [TSS_C_S, descriptor(TSS_C, 0x67, 0x89)],
  [CONFORMING, descriptor(...FLAT, 0x9f, 0xc)],
  [CODE_RING1, descriptor(...FLAT, 0xbb, 0xc)],
  [DATA_RING1, descriptor(...FLAT, 0xb3, 0xc)],
  [CODE_RING2, descriptor(...FLAT, 0xdb, 0xc)],
  [DATA_RING2, descriptor(...FLAT, 0xd3, 0xc)],
  [USER_CODE16, descriptor(0, 0xffff, 0xfb)],
  [USER_DATA16, descriptor(0, 0xffff, 0xf3)],
  [FAST, descriptor(...FLAT, 0x9b, 0xc)],
  [FAST + 8, descriptor(...FLAT, 0x93, 0xc)],
  [FAST + 0x10, descriptor(...FLAT, 0xfb, 0xc)],
  [FAST + 0x18, descriptor(...FLAT, 0xf3, 0xc)],
  [FAST + 0x20, descriptor(...FLAT, 0xfb, 0xa)],
  [FAST + 0x28, descriptor(...FLAT, 0xf3, 0xc)],
];
