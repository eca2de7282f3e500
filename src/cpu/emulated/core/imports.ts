/** What the core calls in TypeScript (partition.ts supplies it). Every call sees the state at `CUR_OP`, or exact state when that is 0. */

/** Unwinds to vcpu.ts; EXC_* and the state are exact. Never returns. */
@external('env', 'raise')
export declare function envRaise(): void;

@external('env', 'portIn')
export declare function envPortIn(port: u32, size: u32): u32;

@external('env', 'portOut')
export declare function envPortOut(port: u32, size: u32, value: u32): void;

@external('env', 'mmioRead')
export declare function envMmioRead(gpaLow: u32, gpaHigh: u32, size: u32): u32;

@external('env', 'mmioWrite')
export declare function envMmioWrite(gpaLow: u32, gpaHigh: u32, size: u32, value: u32): void;

/** A frame with decoded code is about to be written: drops the code there. */
@external('env', 'codeWritten')
export declare function envCodeWritten(offset: u32, size: u32): void;

/** A frame is COPYING or NOT_LOADED: makes it plain. */
@external('env', 'pageSlow')
export declare function envPageSlow(offset: u32): void;

/** Leaf RAX, subleaf RCX; fills RES0 (EBX:EAX) and RES1 (EDX:ECX). */
@external('env', 'cpuid')
export declare function envCpuid(s: usize, leaf: u32, subleaf: u32): void;

/** Fills RES0; 0: no such MSR. */
@external('env', 'rdmsr')
export declare function envRdmsr(s: usize, index: u32): u32;

/** Takes RES0; 0: refused. */
@external('env', 'wrmsr')
export declare function envWrmsr(s: usize, index: u32): u32;

@external('env', 'readTaskPriority')
export declare function envReadTaskPriority(): u32;

@external('env', 'writeTaskPriority')
export declare function envWriteTaskPriority(value: u32): void;

/** 32 random bits: a machine input. */
@external('env', 'random')
export declare function envRandom(): u32;
