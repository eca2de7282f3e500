/** What core/index.ts exports, as JavaScript sees it: u32 and usize are numbers (signed), u64 is bigint. */
export interface CoreExports {
  /** Executes until COUNT == UNTIL or an earlier stop: 0 UNTIL reached, 1 not running any more, 2 LIMIT was set to 0. */
  run(s: number): number;
  deliverException(s: number): void;
  deliverInterrupt(s: number, vector: number): void;
  deliverNmi(s: number): void;
  deliverDebugTrap(s: number): void;
  updateMode(s: number): void;
  flushAll(s: number): void;
  forbidWrites(s: number, firstFrame: number, endFrame: number): void;
  reloadPdptes(s: number): void;
  readEflags(s: number): bigint;
  writeEflags(s: number, value: bigint, mask: bigint): void;
  tscAt(s: number, count: bigint): bigint;
  /** Adds what happened up to `count` to the performance counters' sums. */
  noteCounters(s: number, count: bigint): void;
  translateCode(s: number, linear: bigint): number;
  translateQuiet(s: number, linear: bigint): number;
  /** Where the code at a linear address lies, as far as that can be told without any effect; 0xffffffff: nowhere. */
  settledCode(s: number, linear: bigint): number;
  /** What compiled regions import (jit/region-context.ts); their parameters are none of JavaScript's. */
  readonly regionFr: WebAssembly.ExportValue;
  readonly regionFc: WebAssembly.ExportValue;
  readonly regionMiss: WebAssembly.ExportValue;
  readonly regionInterpret: WebAssembly.ExportValue;
  readonly regionVector: WebAssembly.ExportValue;
  readonly regionX87: WebAssembly.ExportValue;
  readonly regionSegment: WebAssembly.ExportValue;
  /** Compiled regions are called through it. */
  readonly table: WebAssembly.Table;
}

/** What the import `raise` throws to unwind to vcpu.ts. One object, so that throwing allocates nothing. */
export const RAISED = { name: 'guest exception' } as const;
