/**
 * Linear addresses and record formats that the test program has on the host's CPU and on the emulated one alike.
 */
export const PAGE = 4096;

export const STUB = 0x10000000;
export const STUB_SIZE = 4 * PAGE;
export const VARIABLES = 0x10010000;
export const STACK_TOP = 0x10014000;
export const SIGNAL_STACK = 0x10018000;
export const SIGNAL_STACK_SIZE = 0x8000;
/** From STUB to here one writable, executable segment. */
export const PROGRAM_END = 0x10020000;

export const INPUTS = 0x20000000;
export const OUTPUTS = 0x28000000;
export const SLOTS = 0x30000000;
/** Two pages between unmapped ones, then a read-only page. */
export const DATA_PAGES = 0x40001000;
export const DATA_END = 0x40003000;
export const READ_ONLY = 0x40005000;

export const WINDOW_SIZE = 640;
/** The window lies across the border of the two pages. */
export const WINDOW = 0x40002000 - WINDOW_SIZE / 2;

/** One input record. */
export const IN_GPR = 0;
export const IN_FLAGS = 128;
export const IN_CODE = 136;
export const IN_FX = 256;
export const IN_WINDOW = 768;
/** The upper halves of YMM0 to YMM15. */
export const IN_YMM = 1408;
export const RECORD = 1664;

/** One output record, of the same size. */
export const OUT_GPR = 0;
export const OUT_FLAGS = 128;
/** 0: went on, 1: branch taken, 2: fault. */
export const OUT_STATUS = 136;
export const OUT_VECTOR = 144;
export const OUT_ERROR = 152;
export const OUT_CR2 = 160;
export const OUT_RIP = 168;
export const OUT_FX = 256;
export const OUT_WINDOW = 768;
export const OUT_YMM = 1408;
export const YMM_SIZE = 256;

/** Fields of VARIABLES. */
export const V_INPUT = VARIABLES;
export const V_OUTPUT = VARIABLES + 8;
export const V_END = VARIABLES + 16;
export const V_FINISH = VARIABLES + 24;
export const V_JUMP = VARIABLES + 32;
export const V_STATUS = VARIABLES + 40;
/** RAX.. R15, RFLAGS. */
export const V_SAVED = VARIABLES + 64;
export const V_HEADER = VARIABLES + 256;
export const V_SCRATCH = VARIABLES + 512;

/** Where a taken branch leads, from the start of a slot. */
export const TAKEN = 32;
/** The way into compatibility mode, from the start of a slot of 64 bytes. */
export const COMPATIBILITY = 40;
export const SLOT_SIZE = 64;

export const STATUS_DONE = 0;
export const STATUS_TAKEN = 1;
export const STATUS_FAULT = 2;

/** Where each page of slots has a RET, behind everything of its last slot. */
export const PAGE_RETURN = PAGE - 1;

export const BATCH = 4000;
export const SLOT_AREA = BATCH * 256;
