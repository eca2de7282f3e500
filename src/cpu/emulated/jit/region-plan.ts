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

/** The answer to some plans: one module for all that could be compiled. */
export interface CompiledRegions {
  readonly module: WebAssembly.Module | undefined;
  readonly regions: readonly CompiledRegion[];
}

export interface CompiledRegion {
  readonly id: number;
  /** Name of the module's export; undefined: not even its first instruction can be compiled. */
  readonly name: string | undefined;
  /** Most instructions between two looks at the budget. */
  readonly longestPath: number;
}
