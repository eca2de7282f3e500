import type { Random } from '../random';
import { Assembler } from './assembler';
import { ItemMaker, type ProgramWorld } from './program-items';

/**
 * Random programs: functions of loops, branches, jump tables and calls around random instructions, spread over several pages, some
 * of them rewriting themselves. They end by themselves: loops count in memory that nothing else writes.
 */

export interface ProgramPlace extends ProgramWorld {
  /** Where code goes, and how much. */
  readonly origin: number;
  readonly bytes: number;
  /** 256 bytes that random instructions leave alone: loop counters. */
  readonly counters: number;
  /** Registers for loop counters. */
  readonly loopRegisters: readonly number[];
  /** Takes the address to go on at after a fault; undefined: a fault ends the program. */
  readonly landing: number | undefined;
  readonly canTrace: boolean;
  /** About how many instructions a program may execute. */
  readonly costMax: number;
  /** Stack below the stack pointer may be used. */
  readonly hasStack: boolean;
  /** What only this place can do: bytes of a whole statement that leaves the stack as it was. */
  readonly special?: (random: Random, at: number) => readonly number[];
  /** What ends the program. */
  readonly end: (a: Assembler) => void;
}

const CONDITIONS = 16;
const TABLE_ENTRIES = 48;
/** Places for loop counters, of 4 bytes. */
export const COUNTERS = 64;
const FUNCTIONS_MAX = 6;
const RSP = 4;

interface AbsoluteFixup {
  readonly at: number;
  readonly label: string;
}

export class ProgramMaker {
  readonly #items: ItemMaker;
  readonly #a: Assembler;
  readonly #fixups: AbsoluteFixup[] = [];
  readonly #table: string[] = [];
  /** Places of immediates that other code overwrites. */
  readonly #patches: number[] = [];
  readonly #functions: number;
  /** Executions of what is being made, of the function being made so far, of each function made. */
  #multiplicity = 1;
  #cost = 0;
  readonly #costs: number[] = [];
  #labels = 0;
  #counters = 0;

  constructor(
    private readonly random: Random,
    private readonly place: ProgramPlace,
  ) {
    this.#items = new ItemMaker(random, place);
    this.#a = new Assembler(place.origin, place.codeSize);
    this.#functions = 1 + random.below(FUNCTIONS_MAX);
  }

  get #pointerBytes(): number {
    return this.place.codeSize / 8;
  }
  /** Size of plain moves of addresses. */
  get #size(): 16 | 32 {
    return this.place.codeSize === 16 ? 16 : 32;
  }
  get #tableAt(): number {
    return this.place.origin + 16;
  }
  get #isFull(): boolean {
    return this.#a.here - this.place.origin > this.place.bytes - 1500;
  }
  #label(): string {
    return `l${this.#labels++}`;
  }

  /** Code from `origin`, where it is entered. */
  make(): Uint8Array {
    const a = this.#a;
    a.jump('f0');
    while (a.here < this.#tableAt + TABLE_ENTRIES * this.#pointerBytes) a.raw(0x90);
    for (let i = this.#functions - 1; i >= 0; i--) {
      this.#pad();
      a.label(`f${i}`);
      this.#cost = 0;
      if (i === 0) {
        // all of it again and again: what is hot gets compiled
        this.#repeat(3 + this.random.below(30), undefined, () => this.#block(0, 4 + this.random.below(8), 1));
        this.place.end(a);
      } else {
        this.#block(i, 1 + this.random.below(5), 1);
        a.op('ret C3');
      }
      this.#costs[i] = this.#cost;
    }
    a.label('exit');
    const bytes = a.finish();
    if (bytes.length > this.place.bytes) throw new Error('the program is too long');
    const put = (at: number, value: number, size: number): void => {
      for (let i = 0; i < size; i++) bytes[at - this.place.origin + i] = i < 4 ? (value >>> (8 * i)) & 0xff : 0;
    };
    this.#table.forEach((label, i) =>
      put(this.#tableAt + i * this.#pointerBytes, a.addressOf(label), this.#pointerBytes),
    );
    for (const { at, label } of this.#fixups) put(at, a.addressOf(label), this.#size / 8);
    return bytes;
  }

  /** Moves what follows, often to the end of a page, so that instructions and blocks cross it. */
  #pad(): void {
    const a = this.#a;
    if (this.#isFull || !this.random.chance(0.4)) return;
    const left = 4096 - (a.here & 4095);
    const wanted = this.random.chance(0.6) ? left - 5 - this.random.below(24) : this.random.below(200);
    if (wanted <= 0 || a.here + wanted - this.place.origin > this.place.bytes - 2500) return;
    const over = this.#label();
    a.jump(over);
    for (let i = 0; i < wanted; i++) a.raw(0xcc);
    a.label(over);
  }

  #block(functionIndex: number, statements: number, depth: number): void {
    for (let i = 0; i < statements && !this.#isFull; i++) this.#statement(functionIndex, depth);
  }

  #statement(functionIndex: number, depth: number): void {
    const { random, place } = this;
    const next = this.#label();
    if (place.landing !== undefined) this.#storeAddress(place.landing, next);
    const kind = random.below(20);
    if (kind < 7 || depth > 3) this.#straight(1 + random.below(8));
    else if (kind < 10) this.#loop(functionIndex, depth);
    else if (kind < 12) this.#branch(functionIndex, depth);
    else if (kind < 14) this.#call(functionIndex);
    else if (kind < 15) this.#switch(functionIndex, depth);
    else if (kind < 16) this.#rewrite();
    else if (kind < 17) this.#stack();
    else if (kind < 18 && place.special !== undefined) this.#a.raw(...place.special(random, this.#a.here));
    else if (kind < 19 && place.canTrace && random.chance(0.3)) this.#traced();
    else this.#pad();
    this.#a.label(next);
  }

  #straight(items: number): void {
    for (let i = 0; i < items && !this.#isFull; i++) this.#a.raw(...this.#items.item(this.#a.here));
    this.#cost += 2 * items * this.#multiplicity;
  }

  /** MOV [at], address of a label. */
  #storeAddress(at: number, label: string): void {
    this.#a.op('mov C7 /0 iz', { size: this.#size, memory: { displacement: at }, immediates: [0] });
    this.#fixups.push({ at: this.#a.here - this.#size / 8, label });
  }

  #loop(functionIndex: number, depth: number): void {
    const { random, place } = this;
    if (this.#counters === COUNTERS || this.#cost > this.place.costMax) return this.#straight(1);
    const times = depth === 1 ? 2 + random.below(40) : 1 + random.below(12);
    const register = random.chance(0.5) && this.#callFree(functionIndex) ? place.loopRegisters[depth - 1] : undefined;
    this.#repeat(times, register, () => this.#block(functionIndex, 1 + random.below(3), depth + 1));
  }

  #repeat(times: number, register: number | undefined, body: () => void): void {
    const { random, place } = this;
    const a = this.#a;
    const top = this.#label();
    const counter = place.counters + 4 * this.#counters++;
    const operand = register === undefined ? { memory: { displacement: counter } } : { rm: register };
    const most = Math.max(1, Math.floor(place.costMax / (this.#multiplicity * 20)));
    const before = this.#multiplicity;
    a.op('mov C7 /0 iz', { size: this.#size, ...operand, immediates: [Math.min(times, most)] });
    a.label(top);
    this.#multiplicity *= Math.min(times, most);
    body();
    this.#cost += 3 * this.#multiplicity;
    this.#multiplicity = before;
    if (random.chance(0.5)) a.op('dec FF /1', { size: this.#size, ...operand });
    else a.op('sub 83 /5 ib', { size: this.#size, ...operand, immediates: [1] });
    a.jumpIf(random.pick([5, 15]), top); // NE, G
  }

  /** Whether no function that may be called later uses loop registers: only the last one keeps them for itself. */
  #callFree(functionIndex: number): boolean {
    return functionIndex === this.#functions - 1;
  }

  #branch(functionIndex: number, depth: number): void {
    const { random } = this;
    const a = this.#a;
    const [otherwise, end] = [this.#label(), this.#label()];
    if (random.chance(0.6)) this.#straight(1);
    // flags of an earlier block decide as well
    a.jumpIf(random.below(CONDITIONS), otherwise);
    this.#block(functionIndex, 1 + random.below(2), depth + 1);
    if (random.chance(0.5)) {
      a.jump(end).label(otherwise);
      this.#block(functionIndex, 1, depth + 1);
    } else a.label(otherwise);
    a.label(end);
  }

  #entry(label: string): number {
    const known = this.#table.indexOf(label);
    if (known >= 0) return this.#tableAt + known * this.#pointerBytes;
    if (this.#table.length >= TABLE_ENTRIES) return 0;
    this.#table.push(label);
    return this.#tableAt + (this.#table.length - 1) * this.#pointerBytes;
  }

  #call(functionIndex: number): void {
    const { random, place } = this;
    const a = this.#a;
    if (functionIndex + 1 >= this.#functions || !place.hasStack) return this.#straight(2);
    const callee = functionIndex + 1 + random.below(this.#functions - functionIndex - 1);
    const cost = this.#multiplicity * (this.#costs[callee] ?? 0);
    if (this.#cost + cost > place.costMax) return this.#straight(2);
    this.#cost += cost;
    const label = `f${callee}`;
    const entry = random.chance(0.5) ? this.#entry(label) : 0;
    if (entry === 0) {
      a.call(label);
      return;
    }
    const memory = { displacement: entry };
    if (random.chance(0.5)) a.op('call FF /2', { memory });
    else {
      const register = this.#items.register();
      a.op('mov 8B /r', { size: place.codeSize, reg: register, memory }).op('call FF /2', { rm: register });
    }
  }

  /** A jump table with four entries, indexed by a byte of the data. */
  #switch(functionIndex: number, depth: number): void {
    const { random, place } = this;
    const a = this.#a;
    if (this.#table.length > TABLE_ENTRIES - 4) return this.#straight(1);
    const first = this.#tableAt + this.#table.length * this.#pointerBytes;
    const labels = Array.from({ length: 4 }, () => this.#label());
    this.#table.push(...labels);
    const end = this.#label();
    const index = 3; // RBX, which 16-bit addresses can use
    const scale = { 16: 1, 32: 2, 64: 3 }[place.codeSize];
    a.op('movzx 0F B6 /r', { size: this.#size, reg: index, memory: { displacement: this.#items.address(1) } });
    a.op('and 83 /4 ib', { size: this.#size, rm: index, immediates: [3] });
    if (place.codeSize === 16) {
      a.op('shl C1 /4 ib', { size: 16, rm: index, immediates: [1] });
      a.op('jmp FF /4', { memory: { base: index, displacement: first } });
    } else a.op('jmp FF /4', { memory: { index, scale, displacement: first } });
    for (const label of labels) {
      a.label(label);
      this.#block(functionIndex, random.below(2), depth + 1);
      this.#straight(1);
      if (random.chance(0.8)) a.jump(end);
    }
    a.label(end);
  }

  /** Writes into an instruction: one executed before, or one right ahead. */
  #rewrite(): void {
    const { random } = this;
    const a = this.#a;
    const bytes = this.#size / 8;
    const patch = (at: number): void => {
      const memory = { displacement: at };
      if (random.chance(0.3)) a.op('add 80 /0 ib', { memory, immediates: [1 + random.below(255)] });
      else a.op('mov C7 /0 iz', { size: this.#size, memory, immediates: [random.below(0x7fff)] });
    };
    if (this.#patches.length > 0 && random.chance(0.5)) patch(random.pick(this.#patches));
    if (random.chance(0.4)) {
      // the very next instruction: a store drops what was fetched ahead
      const length = a.op('nop 90').here;
      const store = 6 + 2 * bytes + 4;
      const target = length + store + 1;
      const before = a.here;
      a.op('mov C7 /0 iz', { size: this.#size, memory: { displacement: target }, immediates: [random.below(0x7fff)] });
      while (a.here < before + store) a.raw(0x90);
    }
    this.#patches.push(a.here + 1);
    const rm = random.pick(this.place.registers.filter((register) => register < 8)); // no REX before the opcode
    a.op('mov B8 +r iv', { size: this.#size, rm, immediates: [random.below(0x7fff)] });
    this.#straight(1);
  }

  #stack(): void {
    const { random, place } = this;
    const a = this.#a;
    if (!place.hasStack) return this.#straight(2);
    const [from, to] = [this.#items.register(), this.#items.register()];
    switch (random.below(4)) {
      case 0:
        a.op('push 68 iz', { immediates: [random.below(0x7fff)] });
        break;
      case 1:
        a.op('pushf 9C');
        break;
      default:
        a.op('push 50 +r', { rm: from });
    }
    if (random.chance(0.3)) {
      // arithmetic flags and DF from data
      a.op('pop 58 +r', { rm: to });
      a.op('push 68 iz', { immediates: [random.below(0x1000) & 0xcd5] }).op('popf 9D');
      return;
    }
    if (random.chance(0.5)) {
      const memory = { base: place.codeSize === 16 ? undefined : RSP, displacement: 0 };
      if (memory.base !== undefined) a.op('add 01 /r', { size: this.#size, reg: from, memory });
    }
    a.op('pop 58 +r', { rm: to });
  }

  /** A few instructions one at a time: TF on, items, TF off. */
  #traced(): void {
    const a = this.#a;
    const flip = (bits: number): void => {
      a.op('pushf 9C').op('pop 58 +r', { rm: 0 });
      if (bits > 0) a.op('or 81 /1 iz', { size: this.#size, rm: 0, immediates: [bits] });
      else a.op('and 81 /4 iz', { size: this.#size, rm: 0, immediates: [bits] });
      a.op('push 50 +r', { rm: 0 }).op('popf 9D');
    };
    flip(0x100);
    this.#straight(3);
    flip(~0x100);
  }
}
