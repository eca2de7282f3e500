import type { Size, Value, ValueType } from '../isa/emitter';
import {
  type CodeWriter,
  type LocalId,
  type Locals,
  OP_LOCAL_TEE,
  OP_SELECT,
  OP_SELECT_TYPED,
} from './function-writer';
import { VALUE_TYPES } from './wasm-module';
import { LOADS_64, V128_LOAD } from './wasm-opcodes';

/** What a node computes. */
export const NODE_CONSTANT = 0;
/** A local that may change later: a guest register, a flag word, a variable. */
export const NODE_LOCAL = 1;
/** An instruction of one byte. */
export const NODE_SCALAR = 2;
export const NODE_VECTOR = 3;
export const NODE_SATURATING = 4;
export const NODE_SELECT = 5;
/** Already in a local that nobody changes. */
export const NODE_TEMPORARY = 6;
/** A guest register in the vCPU's state, which may change later. */
export const NODE_STATE = 7;

const SHUFFLE = 0x0d;

/**
 * A value of the instruction that is being compiled. Nodes are made while the semantic function runs and written when they are
 * used, so that what is used once stays on WebAssembly's stack; what is used again goes into a temporary.
 */
export class Node<T extends ValueType = ValueType> implements Value<T> {
  uses = 0;
  /** Of `uses`, those written. */
  used = 0;
  /** The local that holds it, -1: not computed yet. */
  local: LocalId = -1;

  constructor(
    readonly type: T,
    readonly kind: number,
    /** Opcode, id of a local, or offset in the state. */
    readonly code: number,
    readonly args: readonly Node[],
    /** Bits that may be set, from bit 0: what needs no cutting. */
    readonly bits: number = 64,
    readonly constant: bigint = 0n,
    readonly lanes: readonly number[] = [],
  ) {}

  get isConstant(): boolean {
    return this.kind === NODE_CONSTANT;
  }
}

export function use<T extends ValueType>(value: Value<T>): Node<T> {
  const node = value as Node<T>;
  node.uses++;
  return node;
}

/** Locals for values that are needed more than once, given out again for each instruction. */
export class Temporaries {
  readonly #byType = new Map<ValueType, { ids: LocalId[]; next: number }>();
  readonly #kept: LocalId[] = [];

  constructor(private readonly locals: Locals) {}

  take(type: ValueType): LocalId {
    let pool = this.#byType.get(type);
    if (pool === undefined) {
      pool = { ids: [], next: 0 };
      this.#byType.set(type, pool);
    }
    if (pool.next === pool.ids.length) pool.ids.push(this.locals.add(type));
    return pool.ids[pool.next++]!;
  }

  /** One of the i32 locals that stay from instruction to instruction; those of ways that never meet may be the same. */
  kept(index: number): LocalId {
    while (this.#kept.length <= index) this.#kept.push(this.locals.add('i32'));
    return this.#kept[index]!;
  }

  releaseAll(): void {
    for (const pool of this.#byType.values()) pool.next = 0;
  }
}

/** Writes nodes into code. */
export class NodeWriter {
  constructor(
    readonly code: CodeWriter,
    readonly temporaries: Temporaries,
    /** Leaves the address of the vCPU's state on the stack. */
    readonly pushState: () => void,
  ) {}

  /** Leaves the value on the stack. */
  push(node: Node): void {
    node.used++;
    const { code } = this;
    if (node.kind === NODE_CONSTANT) {
      if (node.type === 'i32') code.i32(Number(node.constant));
      else code.i64(node.constant);
      return;
    }
    if (node.local >= 0) {
      if (node.used === node.uses) code.getLast(node.local);
      else code.get(node.local);
      return;
    }
    if (node.kind === NODE_LOCAL) {
      code.get(node.code);
      return;
    }
    this.#compute(node);
    if (node.uses > node.used) {
      node.local = this.temporaries.take(node.type);
      code.local(OP_LOCAL_TEE, node.local);
    }
  }

  /** Computes the value now, into a local that stays as it is. */
  force(node: Node): void {
    if (node.local >= 0 || node.kind === NODE_CONSTANT) return;
    if (node.kind === NODE_LOCAL) this.code.get(node.code);
    else this.#compute(node);
    node.local = this.temporaries.take(node.type);
    this.code.set(node.local);
  }

  #compute(node: Node): void {
    const { code } = this;
    for (const arg of node.args) this.push(arg);
    switch (node.kind) {
      case NODE_STATE:
        this.pushState();
        if (node.type === 'v128') {
          code.byte(0xfd);
          code.memory(V128_LOAD, 4, node.code);
        } else code.memory(...LOADS_64[node.bits as Size], node.code);
        return;
      case NODE_SCALAR:
        code.byte(node.code);
        return;
      case NODE_SATURATING:
        code.byte(0xfc);
        code.u32(node.code);
        return;
      case NODE_VECTOR:
        code.byte(0xfd);
        code.u32(node.code);
        if (node.code === SHUFFLE || node.lanes.length > 0) code.bytes(node.lanes);
        return;
      case NODE_SELECT:
        if (node.type === 'v128') code.bytes([OP_SELECT_TYPED, 1, VALUE_TYPES.v128]);
        else code.byte(OP_SELECT);
        return;
      default:
        throw new Error('a value that was never computed');
    }
  }
}
