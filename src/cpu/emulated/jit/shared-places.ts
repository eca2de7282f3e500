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
  /** The local that has where `low` goes, or 0: it was not found. -1: no access was compiled yet. */
  local: LocalId;
}

/** An access that shares a look: where it lies, and whether it is the one that looks. */
export interface SharedAccess {
  readonly place: SharedPlace;
  readonly offset: number;
  readonly isFirst: boolean;
}

/**
 * Which accesses of a node have addresses at known distances: those made of a register that no instruction between them changed but by
 * adding a constant, as with what a function pushes and pops, or the fields of a structure. They are found when the node's instructions
 * are looked at for the first time, and share a look at the TLB when they are compiled. What stays a translation until the next look
 * does so for all: nothing but the interpreter changes any.
 */
export class SharedPlaces {
  /** What each register's value is made of, a number of its own for each unknown value, and what was added to it since. */
  readonly #origins = new Int32Array(FIRST_XMM);
  readonly #distances = new Float64Array(FIRST_XMM);
  #nextOrigin = 0;
  /** By origin and kind of access. */
  #places = new Map<number, SharedPlace[]>();
  #isPlanned = false;
  #locals = 0;
  #origin = 0;
  #distance = 0;

  /** @param bits of an address @param firstRegister the local of the first general register, the others following */
  constructor(
    private readonly bits: 32 | 64,
    private readonly firstRegister: LocalId,
  ) {
    this.forgetRegisters();
  }

  /** From here on the same instructions are compiled. */
  plan(): void {
    for (const [key, places] of this.#places) {
      this.#places.set(
        key,
        places.filter(({ count }) => count > 1),
      );
    }
    this.#isPlanned = true;
    this.#nextOrigin = 0;
    this.forgetRegisters();
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
   * An access at a linear address that is made of what registers are now. `access`: any number that tells reads from writes. `take`
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
    const isFirst = place.local < 0;
    if (isFirst) place.local = take(this.#locals++);
    return { place, offset: low - place.low, isFirst };
  }

  #note(key: number, places: SharedPlace[] | undefined, low: number, high: number): void {
    const near = places?.find((one) => Math.max(one.high, high) - Math.min(one.low, low) <= SPAN_MAX);
    if (near !== undefined) {
      near.low = Math.min(near.low, low);
      near.high = Math.max(near.high, high);
      near.count++;
      return;
    }
    const place = { low, high, count: 1, local: -1 };
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
