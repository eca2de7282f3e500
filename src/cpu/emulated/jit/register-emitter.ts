import { stateOffset } from '../core/layout';
import type { I64, Size, V128, Value } from '../isa/emitter';
import { NODE_STATE, Node, use } from './expression';
import { FIRST_UPPER, FIRST_XMM, FLAG_A, FLAG_B, FLAG_R } from './region-context';
import type { SharedPlaces } from './shared-places';
import { ALL_ONES, StepEmitter } from './step-emitter';
import { LOADS_64, STORES_64, V128_STORE } from './wasm-opcodes';

/** What a register, or in the state a part of it, is to become. */
export interface Change {
  readonly value: Node;
  /** Bit of the register where it lies, and how many bits it has. */
  readonly shift: number;
  readonly size: Size | 128;
}

export function registerType(register: number): 'i64' | 'v128' {
  return register >= FIRST_XMM && register < FLAG_R ? 'v128' : 'i64';
}

/** Where a register lies in the vCPU's state. */
export function registerOffset(register: number): number {
  if (register < FIRST_XMM) return stateOffset('GPR', register);
  if (register === FLAG_R) return stateOffset('FR');
  if (register === FLAG_A) return stateOffset('FC');
  if (register === FLAG_B) return stateOffset('FLAG_B');
  return register < FIRST_UPPER
    ? stateOffset('XMM', register - FIRST_XMM)
    : stateOffset('XMM', register - FIRST_UPPER) + 16;
}

/** The guest's registers, in locals or in the state (region-context.ts, RegisterForm). */
export abstract class RegisterEmitter extends StepEmitter {
  /** Registers that the region reads or writes, and those it writes. */
  readonly usedRegisters = new Set<number>();
  readonly changedRegisters = new Set<number>();
  /** Registers whose locals differ from the state, undefined: any of those that the region changes. */
  unsaved: Set<number> | undefined;
  /** What is known of addresses in the node that is compiled, undefined: nobody asks. */
  sharedPlaces: SharedPlaces | undefined;
  /** Registers are not all as they were at the start of the instruction. */
  protected haveRegistersChanged = false;
  readonly #pending = new Map<number, Change>();
  /** What this instruction has read of each register as it was before. */
  readonly #reads = new Map<number, Node[]>();
  /** Of a register in the state, by its number and the part that was read: so that it is loaded once. */
  readonly #shared = new Map<number, Node>();

  protected forgetRegisters(): void {
    this.haveRegistersChanged = false;
    this.#pending.clear();
    this.#reads.clear();
    this.#shared.clear();
  }

  protected forgetShared(): void {
    this.#shared.clear();
  }

  protected flush(): void {
    if (this.#pending.size === 0) return;
    const changes = [...this.#pending];
    this.#pending.clear();
    this.#shared.clear();
    for (const [register] of changes) {
      this.usedRegisters.add(register);
      this.changedRegisters.add(register);
      this.unsaved?.add(register);
    }
    this.#trackChanges(changes);
    const reads = changes.flatMap(([register]) => this.#reads.get(register) ?? []);
    this.step(() => this.writeChanges(changes, reads));
  }

  #trackChanges(changes: readonly (readonly [number, Change])[]): void {
    // made of what other registers were before they changed
    const isKnown = this.depth === 0 && !this.haveRegistersChanged;
    this.haveRegistersChanged = true;
    if (this.sharedPlaces === undefined) return;
    const general = changes.filter(([register]) => register < FIRST_XMM);
    this.sharedPlaces.assign(
      general.map(([register, { value }]) => [register, value]),
      isKnown,
    );
  }

  /** `reads`: nodes that are to keep what the registers are before. */
  protected writeChanges(changes: readonly (readonly [number, Change])[], reads: readonly Node[]): void {
    for (const [register, { value }] of changes) {
      this.openCell(register);
      this.writer.push(value);
    }
    for (const node of reads) if (node.used < node.uses) this.writer.force(node);
    for (let i = changes.length - 1; i >= 0; i--) this.#closeCell(...changes[i]!);
  }

  /** Before the value that a register of 64 bits is to get is written, and after it. */
  protected openCell(_register: number): void {
    if (this.form === 'state') this.pushState();
  }
  protected closeCell(register: number): void {
    if (this.form === 'state') this.code.memory(...STORES_64[64], registerOffset(register));
    else this.code.set(this.names.registers[register]!);
  }
  /** Leaves a register of 64 bits on the stack. */
  protected pushCell(register: number): void {
    if (this.form === 'state') {
      this.pushState();
      this.code.memory(...LOADS_64[64], registerOffset(register));
    } else this.code.get(this.names.registers[register]!);
  }
  #closeCell(register: number, { shift, size }: Change): void {
    if (this.form !== 'state') return this.closeCell(register);
    const offset = registerOffset(register) + shift / 8;
    if (size === 128) {
      this.code.byte(0xfd);
      this.code.memory(V128_STORE, 4, offset);
    } else this.code.memory(...STORES_64[size], offset);
  }
  /** A register that is no general or vector one, as it is now. */
  protected cell(register: number): Node<'i64'> {
    if (this.form === 'locals') return this.local('i64', this.names.registers[register]!);
    return this.node(new Node('i64', NODE_STATE, registerOffset(register), []));
  }

  #read<T extends 'i64' | 'v128'>(type: T, id: number, shift: number, bits: Size): Node<T> {
    const key = (id * 128 + bits) * 2 + (shift === 0 ? 0 : 1);
    const shared = this.#shared.get(key);
    if (shared !== undefined) return shared as Node<T>;
    this.usedRegisters.add(id);
    const node =
      this.form === 'state'
        ? this.node(new Node(type, NODE_STATE, registerOffset(id) + shift / 8, [], bits))
        : this.local(type, this.names.registers[id]!);
    if (this.form === 'state') this.#shared.set(key, node);
    const reads = this.#reads.get(id);
    if (reads === undefined) this.#reads.set(id, [node]);
    else reads.push(node);
    return node;
  }

  /** The whole register, with what this instruction has changed of it. */
  protected register<T extends 'i64' | 'v128'>(type: T, id: number): Node<T> {
    const change = this.#pending.get(id);
    if (change === undefined) return this.#read(type, id, 0, 64);
    const { value, shift, size } = change;
    if (size >= 64) return value as Node<T>;
    const mask = ((1n << BigInt(size)) - 1n) << BigInt(shift);
    const kept = this.and(this.#read('i64', id, 0, 64), this.i64(ALL_ONES ^ mask));
    const whole = this.or(kept, this.shl(this.zext(value as I64, size as Size), shift)) as Node<'i64'>;
    this.#pending.set(id, { value: use(whole), shift: 0, size: 64 });
    return whole as Node as Node<T>;
  }
  protected setRegister(id: number, value: Value): void {
    this.#pending.set(id, { value: use(value), shift: 0, size: value.type === 'v128' ? 128 : 64 });
    this.isChanged = true;
  }
  /** Bits `shift` to `shift + size` of a general register become `value`. */
  #setPart(id: number, shift: number, size: Size, value: I64): void {
    if (this.form === 'state' && !this.#pending.has(id)) {
      this.#pending.set(id, { value: use(value), shift, size });
      this.isChanged = true;
      return;
    }
    const mask = ((1n << BigInt(size)) - 1n) << BigInt(shift);
    const kept = this.and(this.register('i64', id), this.i64(ALL_ONES ^ mask));
    const placed = (part: I64): I64 => (shift === 0 ? part : this.shl(part, shift));
    this.setRegister(id, this.or(kept, placed(this.zext(value, size))));
  }

  gpr(index: number, size: Size): I64 {
    if (this.form === 'state' && !this.#pending.has(index)) return this.#read('i64', index, 0, size);
    return this.zext(this.register('i64', index), size);
  }
  setGpr(index: number, size: Size, value: I64): void {
    if (size >= 32) this.setRegister(index, value);
    else this.#setPart(index, 0, size, value);
  }
  /** AH, CH, DH, BH by the number of the whole register. */
  highByte(index: number): I64 {
    if (this.form === 'state' && !this.#pending.has(index)) return this.#read('i64', index, 8, 8);
    return this.zext(this.shrU(this.register('i64', index), 8), 8);
  }
  setHighByte(index: number, value: I64): void {
    this.#setPart(index, 8, 8, value);
  }
  xmm(index: number): V128 {
    return this.register('v128', FIRST_XMM + index);
  }
  setXmm(index: number, value: V128): void {
    this.setRegister(FIRST_XMM + index, value);
  }
  /** Bits 128 to 255 of a YMM register. */
  upperHalf(index: number): V128 {
    return this.register('v128', FIRST_UPPER + index);
  }
  setUpperHalf(index: number, value: V128): void {
    this.setRegister(FIRST_UPPER + index, value);
  }
}
