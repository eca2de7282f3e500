/**
 * The control-flow graph of a region and its order for structured control flow: reverse postorder, dominators, loop heads.
 * Edges into the middle of a loop (irreducible ones) are cut: the region is left there.
 */
export interface GraphNode {
  readonly index: number;
  /** Nodes that control may reach from here, without repetition. */
  readonly successors: number[];
}

export interface FlowGraph {
  /** Reachable nodes in reverse postorder; the entry first. */
  readonly order: readonly number[];
  /** Place in `order`, -1: not reachable. */
  readonly place: Int32Array;
  /** Immediate dominator, by node; the entry's is itself. */
  readonly dominator: Int32Array;
  readonly isLoopHead: Uint8Array;
  /** At least two edges come from before it: it needs a label of its own. */
  readonly isMerge: Uint8Array;
  /** Edges `from * count + to` at which the region is left. */
  readonly cut: ReadonlySet<number>;
  /** Children in the dominator tree, in reverse postorder. */
  readonly children: readonly (readonly number[])[];
  /** Edges into each node that are kept. */
  readonly incoming: Int32Array;
}

function reversePostorder(nodes: readonly GraphNode[], isCut: (from: number, to: number) => boolean): number[] {
  const seen = new Uint8Array(nodes.length);
  const order: number[] = [];
  const stack: [node: number, next: number][] = [[0, 0]];
  seen[0] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const [node] = top;
    const { successors } = nodes[node]!;
    if (top[1] === successors.length) {
      order.push(node);
      stack.pop();
      continue;
    }
    const to = successors[top[1]++]!;
    if (seen[to] === 1 || isCut(node, to)) continue;
    seen[to] = 1;
    stack.push([to, 0]);
  }
  return order.reverse();
}

/** Cooper, Harvey and Kennedy: A Simple, Fast Dominance Algorithm (2001). */
function dominators(order: readonly number[], place: Int32Array, predecessors: readonly number[][]): Int32Array {
  const dominator = new Int32Array(place.length).fill(-1);
  dominator[order[0]!] = order[0]!;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 1; i < order.length; i++) {
      const node = order[i]!;
      let best = -1;
      for (const from of predecessors[node]!) {
        if (dominator[from]! < 0) continue;
        best = best < 0 ? from : common(best, from, place, dominator);
      }
      if (dominator[node] !== best) {
        dominator[node] = best;
        changed = true;
      }
    }
  }
  return dominator;
}

function common(a: number, b: number, place: Int32Array, dominator: Int32Array): number {
  let x = a;
  let y = b;
  while (x !== y) {
    while (place[x]! > place[y]!) x = dominator[x]!;
    while (place[y]! > place[x]!) y = dominator[y]!;
  }
  return x;
}

function dominates(a: number, b: number, place: Int32Array, dominator: Int32Array): boolean {
  let x = b;
  while (place[x]! > place[a]!) x = dominator[x]!;
  return x === a;
}

export function analyse(nodes: readonly GraphNode[]): FlowGraph {
  const count = nodes.length;
  const cut = new Set<number>();
  const isCut = (from: number, to: number): boolean => cut.has(from * count + to);
  for (;;) {
    const order = reversePostorder(nodes, isCut);
    const place = new Int32Array(count).fill(-1);
    order.forEach((node, i) => {
      place[node] = i;
    });
    const predecessors: number[][] = nodes.map(() => []);
    for (const node of order) {
      for (const to of nodes[node]!.successors) if (!isCut(node, to)) predecessors[to]!.push(node);
    }
    const dominator = dominators(order, place, predecessors);
    const isLoopHead = new Uint8Array(count);
    const isMerge = new Uint8Array(count);
    const incoming = new Int32Array(count);
    let isReducible = true;
    for (const node of order) {
      let forward = 0;
      for (const from of predecessors[node]!) {
        incoming[node]!++;
        if (place[from]! < place[node]!) forward++;
        else if (dominates(node, from, place, dominator)) isLoopHead[node] = 1;
        else {
          cut.add(from * count + node);
          isReducible = false;
        }
      }
      if (forward > 1) isMerge[node] = 1;
    }
    if (!isReducible) continue;
    const children: number[][] = nodes.map(() => []);
    for (let i = 1; i < order.length; i++) children[dominator[order[i]!]!]!.push(order[i]!);
    return { order, place, dominator, isLoopHead, isMerge, cut, children, incoming };
  }
}
