/**
 * What the machine thread tells the compiler of a region: which pieces of guest code belong to it. Offsets are from the RIP of the
 * region's entry, so that the result serves every process that has the page somewhere.
 */
export interface PlanNode {
  readonly offset: number;
  /** Where its bytes end in `code`; they start where those of the node before end. */
  readonly end: number;
  /** Instructions, so that both sides take the same piece. */
  readonly instructions: number;
  /** Address in the machine's memory of the first op of the block that it is; 0: what cannot be compiled ends the node. */
  readonly op: number;
}

export interface RegionPlan {
  readonly id: number;
  /** Address in the machine's memory of the state of the one vCPU; 0 where there are several. */
  readonly state: number;
  /** Block key of the code (core/layout.ts, MODE_*). */
  readonly mode: number;
  /** It was compiled before and turned out to be hot. */
  readonly isHot: boolean;
  /**
   * Byte address of a u32 in the machine's memory, which changes while the plan waits: how often the interpreter has entered the
   * region's entry; if `isHot`, what falls by one with each instruction that the region runs.
   */
  readonly heatAt: number;
  /** The entry first: four numbers for each (`unpackNodes`). Few objects cost least to send. */
  readonly nodes: Int32Array;
  /** Where computed jumps may go: pairs of a node's index and an offset that another node has. */
  readonly targets: Int32Array;
  /** The code's bytes when the plan was made, node by node. */
  readonly code: Uint8Array;
}

const PLAN_NODE_WORDS = 4;

export function packNodes(nodes: readonly PlanNode[]): Int32Array {
  return Int32Array.from(nodes.flatMap(({ offset, end, instructions, op }) => [offset, end, instructions, op]));
}

export function unpackNodes(packed: Int32Array): PlanNode[] {
  return Array.from({ length: packed.length / PLAN_NODE_WORDS }, (_, i) => {
    const at = i * PLAN_NODE_WORDS;
    return { offset: packed[at]!, end: packed[at + 1]!, instructions: packed[at + 2]!, op: packed[at + 3]! };
  });
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
