import { type Choice, encode, rowOf } from './encode';

/** Registers by number. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const R8 = 8;
export const R10 = 10;
export const R12 = 12;
export const R13 = 13;
export const CC_Z = 4;
export const CC_NZ = 5;
export const CC_AE = 3;
export const CC_A = 7;
export const CC_LE = 14;

/** Code for a fixed address, put together from table rows, with labels. */
export class Assembler {
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #fixups: { at: number; label: string }[] = [];

  constructor(
    readonly origin: number,
    readonly codeSize: 16 | 32 | 64 = 64,
  ) {}

  get here(): number {
    return this.origin + this.#bytes.length;
  }

  raw(...bytes: number[]): this {
    this.#bytes.push(...bytes);
    return this;
  }

  /** One instruction of the table: 'mov 8B /r'. */
  op(key: string, choice: Choice = {}): this {
    return this.raw(...encode(rowOf(key), { at: this.here, codeSize: this.codeSize, ...choice }));
  }

  label(name: string): this {
    this.#labels.set(name, this.here);
    return this;
  }

  addressOf(name: string): number {
    const address = this.#labels.get(name);
    if (address === undefined) throw new Error(`no label '${name}'`);
    return address;
  }

  get #relativeBytes(): number {
    return this.codeSize === 16 ? 2 : 4;
  }

  #relative(key: string, label: string): this {
    this.op(key);
    this.#fixups.push({ at: this.#bytes.length - this.#relativeBytes, label });
    return this;
  }
  jump(label: string): this {
    return this.#relative('jmp E9 cz', label);
  }
  call(label: string): this {
    return this.#relative('call E8 cz', label);
  }
  jumpIf(cc: number, label: string): this {
    const names = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'];
    const code = (0x80 + cc).toString(16).toUpperCase();
    return this.#relative(`j${names[cc]} 0F ${code} cz`, label);
  }

  // 64-bit forms
  immediate(register: number, value: number): this {
    return this.op('mov C7 /0 iz', { size: 64, rm: register, immediates: [value] });
  }
  load(register: number, base: number | undefined, displacement: number): this {
    return this.op('mov 8B /r', { size: 64, reg: register, memory: { base, displacement } });
  }
  store(base: number | undefined, displacement: number, register: number): this {
    return this.op('mov 89 /r', { size: 64, reg: register, memory: { base, displacement } });
  }
  storeImmediate(base: number | undefined, displacement: number, value: number): this {
    return this.op('mov C7 /0 iz', { size: 64, memory: { base, displacement }, immediates: [value] });
  }
  add(register: number, value: number): this {
    return this.op('add 81 /0 iz', { size: 64, rm: register, immediates: [value] });
  }
  addMemory(displacement: number, value: number): this {
    return this.op('add 81 /0 iz', { size: 64, memory: { displacement }, immediates: [value] });
  }
  address(register: number, base: number, displacement: number): this {
    return this.op('lea 8D /r mod=m', { size: 64, reg: register, memory: { base, displacement } });
  }

  /** REP MOVSB of a fixed number of bytes. */
  copy(bytes: number): this {
    return this.op('mov C7 /0 iz', { size: 32, rm: RCX, immediates: [bytes] }).op('movs A4', { rep: 0xf3 });
  }

  finish(): Uint8Array {
    for (const { at, label } of this.#fixups) {
      const displacement = this.addressOf(label) - (this.origin + at + this.#relativeBytes);
      for (let i = 0; i < this.#relativeBytes; i++) this.#bytes[at + i] = (displacement >> (8 * i)) & 0xff;
    }
    return Uint8Array.from(this.#bytes);
  }
}
