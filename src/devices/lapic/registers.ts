/** Registers and bits of the local APIC (Intel SDM volume 3, chapter 11, "APIC", table 11-1), as MMIO offset / 16. */
export const REG_ID = 0x02;
export const REG_VERSION = 0x03;
export const REG_TPR = 0x08;
export const REG_APR = 0x09;
export const REG_PPR = 0x0a;
export const REG_EOI = 0x0b;
export const REG_RRD = 0x0c;
export const REG_LDR = 0x0d;
export const REG_DFR = 0x0e;
export const REG_SVR = 0x0f;
export const REG_ISR = 0x10;
export const REG_TMR = 0x18;
export const REG_IRR = 0x20;
export const REG_ESR = 0x28;
export const REG_ICR_LOW = 0x30;
export const REG_ICR_HIGH = 0x31;
export const REG_LVT_TIMER = 0x32;
export const REG_LVT_THERMAL = 0x33;
export const REG_LVT_PERF = 0x34;
export const REG_LVT_LINT0 = 0x35;
export const REG_LVT_LINT1 = 0x36;
export const REG_LVT_ERROR = 0x37;
export const REG_TIMER_INITIAL = 0x38;
export const REG_TIMER_CURRENT = 0x39;
export const REG_TIMER_DIVIDE = 0x3e;
export const REG_SELF_IPI = 0x3f;

/** Version 0x14, six LVT entries. */
export const VERSION = 0x0005_0014;

export const SVR_ENABLE = 0x100;
export const SVR_WRITABLE = 0x3ff;
export const LVT_MASKED = 0x10000;
export const LVT_LEVEL = 0x8000;
export const LVT_REMOTE_IRR = 0x4000;
export const LVT_TIMER_MODE = 0x60000;
export const TIMER_PERIODIC = 0x20000;
export const TIMER_DEADLINE = 0x40000;

/** Bits of each LVT entry that software can change, by register - REG_LVT_TIMER. */
export const LVT_WRITABLE = [0x700ff, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff] as const;
export const LVT_COUNT = 6;

export const ICR_LOGICAL = 0x800;
export const ICR_ASSERT = 0x4000;
export const ICR_LEVEL = 0x8000;
export const ICR_LOW_WRITABLE = 0xccfff;

export const ESR_SEND_ILLEGAL_VECTOR = 0x20;
export const ESR_RECEIVED_ILLEGAL_VECTOR = 0x40;
export const ESR_ILLEGAL_REGISTER = 0x80;

export const MSR_APIC_BASE = 0x1b;
export const MSR_TSC_DEADLINE = 0x6e0;
export const MSR_X2APIC_FIRST = 0x800;
export const MSR_X2APIC_LAST = 0x8ff;

export const BASE_BSP = 0x100;
export const BASE_X2APIC = 0x400;
export const BASE_ENABLE = 0x800;
export const BASE_DEFAULT = 0xfee0_0000;
