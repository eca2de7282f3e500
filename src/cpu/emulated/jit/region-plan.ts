/**
 * What the machine thread tells the compiler of a region: which pieces of guest code belong to it. Offsets are from the RIP of the
 * region's entry, so that the result serves every process that has the page somewhere.
 */
export interface PlanNode {
  readonly offset: number;
  /** The code's bytes when the plan was made. */
  readonly bytes: Uint8Array;
  /** Instructions, so that both sides take the same piece. */
  readonly instructions: number;
}

export interface RegionPlan {
  readonly id: number;
  /** Block key of the code (core/layout.ts, MODE_*). */
  readonly mode: number;
  /** The entry first. */
  readonly nodes: readonly PlanNode[];
}

/** The answer. `binary` is WebAssembly with one export, `r`; undefined: nothing of it can be compiled. */
export interface CompiledRegion {
  readonly id: number;
  readonly module: WebAssembly.Module | undefined;
  /** Most instructions between two looks at the budget. */
  readonly longestPath: number;
  /** Nodes of the plan that can be reached in it. */
  readonly nodeCount: number;
}
