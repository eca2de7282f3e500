import { NODE_LOCAL, NODE_SCALAR, type Node } from './expression';
import type { LocalId } from './function-writer';
import { FIRST_XMM } from './region-context';
import { SCALAR_OPCODES } from './wasm-opcodes';

/** Bytes from the first to the last that may share a look: the more, the likelier a page ends between them. */
const SPAN_MAX = 256;

const ADD = SCALAR_OPCODES.get('i64.add')!;
const SUB = SCALAR_OPCODES.get('i64.sub')!;
const AND = SCALAR_OPCODES.get('i64.and')!;
const LOW_HALF = 0xffffffffn;

/** Accesses of one kind at known distances from each other, of which the first looks for all. */
export interface SharedPlace {
  /** Distances from what their address is made of: of the first byte, and of what follows the last. */
  low: number;
  high: number;
  count: number;
}

/** An access that shares a look. */
export interface SharedAccess {
  readonly place: SharedPlace;
  /** The local that has where the place's first byte goes, or 0: it was not found. */
  readonly local: LocalId;
  /** From there. */
  readonly offset: number;
  /** It is the one that looks. */
  readonly isFirst: boolean;
}

/**
 * Which accesses of a node, and of those on the way to it, have addresses at known distances: those made of a register that no
 * instruction between them changed but by adding a constant, as with what a function pushes and pops, or the fields of a structure. They
 * are found when the instructions are looked at for the first time, and share a look at the TLB when they are compiled. What stays a
 * translation until the next look does so for all: nothing but the interpreter changes any.
 */
export class SharedPlaces {
  /** What each register's value is made of, a number of its own for each unknown value, and what was added to it since. */
  readonly #origins: Int32Array;
  readonly #distances: Float64Array;
  #nextOrigin: number;
  /** The same at the start of the node. */
  readonly #start: readonly [origins: Int32Array, distances: Float64Array, nextOrigin: number];
  /** By origin and kind of access. */
  readonly #places: Map<number, SharedPlace[]>;
  /** Those that were looked for on the way here, and the locals that say where they are. */
  readonly #found = new Map<SharedPlace, LocalId>();
  #isPlanned = false;
  #origin = 0;
  #distance = 0;

  /**
   * @param bits of an address @param firstRegister the local of the first general register, the others following @param before the node
   * that is the only way here, looked at up to where it leads here
   */
  constructor(
    private readonly bits: 32 | 64,
    private readonly firstRegister: LocalId,
    before?: SharedPlaces,
  ) {
    if (before === undefined) {
      this.#origins = Int32Array.from({ length: FIRST_XMM }, (_, i) => i);
      this.#distances = new Float64Array(FIRST_XMM);
      this.#nextOrigin = FIRST_XMM;
      this.#places = new Map();
    } else {
      this.#origins = before.#origins.slice();
      this.#distances = before.#distances.slice();
      this.#nextOrigin = before.#nextOrigin;
      this.#places = new Map([...before.#places].map(([key, places]) => [key, [...places]]));
    }
    this.#start = [this.#origins.slice(), this.#distances.slice(), this.#nextOrigin];
  }

  /** All instructions have been looked at. */
  plan(): void {
    for (const [key, places] of this.#places) {
      const shared = places.filter(({ count }) => count > 1);
      if (shared.length > 0) this.#places.set(key, shared);
      else this.#places.delete(key);
    }
    this.#isPlanned = true;
    const [origins, distances, nextOrigin] = this.#start;
    this.#origins.set(origins);
    this.#distances.set(distances);
    this.#nextOrigin = nextOrigin;
  }

  /** The node is about to be compiled, after the one that is the only way here. */
  follow(before: SharedPlaces): void {
    for (const [place, local] of before.#found) this.#found.set(place, local);
  }

  /** Nothing is known of any register, and translations may have changed. */
  forgetRegisters(): void {
    for (let i = 0; i < FIRST_XMM; i++) this.#origins[i] = this.#nextOrigin++;
    this.#distances.fill(0);
  }

  /** Registers take new values, made of what registers are now. `isKnown`: they do so on every way. */
  assign(changes: readonly (readonly [register: number, value: Node])[], isKnown: boolean): void {
    const found = changes.map(([, value]) =>
      isKnown && this.#resolve(value) ? ([this.#origin, this.#distance] as const) : ([this.#nextOrigin++, 0] as const),
    );
    changes.forEach(([register], i) => {
      [this.#origins[register], this.#distances[register]] = found[i]!;
    });
  }

  /**
   * An access at a linear address that is made of what registers are now. `access`: 0 for a read, 1 for a write. `take`
   * gives a local. undefined: it looks for itself.
   */
  find(linear: Node, bytes: number, access: number, take: (index: number) => LocalId): SharedAccess | undefined {
    if (!this.#resolve(linear)) return undefined;
    const low = this.#distance;
    const high = low + bytes;
    const key = this.#origin * 2 + access;
    const places = this.#places.get(key);
    if (!this.#isPlanned) {
      this.#note(key, places, low, high);
      return undefined;
    }
    const place = places?.find((one) => one.low <= low && high <= one.high);
    if (place === undefined) return undefined;
    const known = this.#found.get(place);
    const local = known ?? take(this.#found.size);
    this.#found.set(place, local);
    return { place, local, offset: low - place.low, isFirst: known === undefined };
  }

  #note(key: number, places: SharedPlace[] | undefined, low: number, high: number): void {
    const near = places?.find((one) => Math.max(one.high, high) - Math.min(one.low, low) <= SPAN_MAX);
    if (near !== undefined) {
      near.low = Math.min(near.low, low);
      near.high = Math.max(near.high, high);
      near.count++;
      return;
    }
    const place = { low, high, count: 1 };
    if (places === undefined) this.#places.set(key, [place]);
    else places.push(place);
  }

  /** Is it a register with a constant added? #origin and #distance say so. */
  #resolve(value: Node): boolean {
    let node = value;
    let distance = 0n;
    while (node.kind === NODE_SCALAR && (node.code === ADD || node.code === SUB || node.code === AND)) {
      const [of, by] = node.args as readonly [Node, Node];
      if (!by.isConstant) return false;
      // with 32 bits what is cut makes no difference to a sum that is cut
      if (node.code === AND) {
        if (this.bits !== 32 || by.constant !== LOW_HALF) return false;
      } else distance += node.code === ADD ? by.constant : -by.constant;
      node = of;
    }
    const register = node.code - this.firstRegister;
    if (node.kind !== NODE_LOCAL || register < 0 || register >= FIRST_XMM) return false;
    this.#origin = this.#origins[register]!;
    this.#distance = Number(BigInt.asIntN(this.bits, distance + BigInt(this.#distances[register]!)));
    return Number.isSafeInteger(this.#distance);
  }
}
