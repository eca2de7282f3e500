/**
 * A minimal assembler for our option ROMs: only the instructions they use, encoded by typed methods (Intel SDM, volume 2).
 * Code is 16-bit unless `bits` says 32; addresses of labels are offsets from the ROM's first byte plus `origin`.
 */
export const AX = 0;
export const CX = 1;
export const DX = 2;
export const BX = 3;
export const SP = 4;
export const SI = 6;
export const DI = 7;
/** A general register by its number; the method's name says whether it is used with 8, 16 or 32 bits. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export type Segment = 0 | 1 | 2 | 3 | 4 | 5;

/** Conditions of Jcc by their encoding. */
const CONDITIONS = { carry: 2, zero: 4, notZero: 5, aboveOrEqual: 3 } as const;
export type Condition = keyof typeof CONDITIONS;

interface Fixup {
  readonly at: number;
  readonly size: 1 | 2 | 4;
  readonly label: string;
  /** Relative to the byte after the field. */
  readonly isRelative: boolean;
  /** Added to an absolute address. */
  readonly base: number;
}

export class Assembler {
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #fixups: Fixup[] = [];
  bits: 16 | 32 = 16;

  get position(): number {
    return this.#bytes.length;
  }

  label(name: string): this {
    if (this.#labels.has(name)) throw new Error(`label '${name}' defined twice`);
    this.#labels.set(name, this.#bytes.length);
    return this;
  }

  byte(...values: number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff);
    return this;
  }

  word(value: number): this {
    return this.byte(value, value >>> 8);
  }

  dword(value: number): this {
    return this.word(value).word(value >>> 16);
  }

  data(bytes: Uint8Array): this {
    for (const value of bytes) this.#bytes.push(value);
    return this;
  }

  text(value: string): this {
    for (const c of value) this.byte(c.charCodeAt(0));
    return this;
  }

  align(multiple: number): this {
    while (this.#bytes.length % multiple !== 0) this.byte(0);
    return this;
  }

  /** The offset of a label as data. */
  wordOf(label: string): this {
    return this.#absolute(2, label, 0);
  }

  /** A label's offset plus `base` as data. */
  dwordOf(label: string, base: number): this {
    return this.#absolute(4, label, base);
  }

  // Moves.

  moveImmediate16(register: Register, value: number): this {
    return this.#prefix(16)
      .byte(0xb8 | register)
      .word(value);
  }

  moveImmediate32(register: Register, value: number): this {
    return this.#prefix(32)
      .byte(0xb8 | register)
      .dword(value);
  }

  moveLabel16(register: Register, label: string): this {
    return this.#prefix(16)
      .byte(0xb8 | register)
      .wordOf(label);
  }

  moveLabel32(register: Register, label: string, base: number): this {
    return this.#prefix(32)
      .byte(0xb8 | register)
      .dwordOf(label, base);
  }

  move16(to: Register, from: Register): this {
    return this.#prefix(16).byte(0x89, modRegister(from, to));
  }

  move32(to: Register, from: Register): this {
    return this.#prefix(32).byte(0x89, modRegister(from, to));
  }

  zeroExtend16(to: Register, from: Register): this {
    return this.#prefix(32).byte(0x0f, 0xb7, modRegister(to, from));
  }

  moveToSegment(to: Segment, from: Register): this {
    return this.byte(0x8e, modRegister(to, from));
  }

  moveFromSegment(to: Register, from: Segment): this {
    return this.#prefix(16).byte(0x8c, modRegister(from, to));
  }

  /** 16-bit addressing: [label] in DS. */
  store32(label: string, from: Register): this {
    this.#only16();
    return this.byte(0x66, 0x89, (from << 3) | 6).wordOf(label);
  }

  load32(to: Register, label: string): this {
    this.#only16();
    return this.byte(0x66, 0x8b, (to << 3) | 6).wordOf(label);
  }

  /** [SI] */
  load32FromSi(to: Register): this {
    this.#only16();
    return this.byte(0x66, 0x8b, (to << 3) | 4);
  }

  /** [DI + displacement] */
  store32AtDi(displacement: number, from: Register): this {
    this.#only16();
    return this.byte(0x66, 0x89, 0x40 | (from << 3) | 5, displacement);
  }

  loadByteFromSi(): this {
    return this.byte(0xac);
  }

  repeatMoveBytes(): this {
    return this.byte(0xf3, 0xa4);
  }

  // Arithmetic.

  clear32(register: Register): this {
    return this.#prefix(32).byte(0x31, modRegister(register, register));
  }

  clear16(register: Register): this {
    return this.#prefix(16).byte(0x31, modRegister(register, register));
  }

  addImmediate16(register: Register, value: number): this {
    return this.#prefix(16)
      .byte(0x81, 0xc0 | register)
      .word(value);
  }

  addImmediate32(register: Register, value: number): this {
    return this.#prefix(32)
      .byte(0x81, 0xc0 | register)
      .dword(value);
  }

  add16(to: Register, from: Register): this {
    return this.#prefix(16).byte(0x01, modRegister(from, to));
  }

  add32(to: Register, from: Register): this {
    return this.#prefix(32).byte(0x01, modRegister(from, to));
  }

  subtract16(to: Register, from: Register): this {
    return this.#prefix(16).byte(0x29, modRegister(from, to));
  }

  subtractLabel16(register: Register, label: string): this {
    return this.#prefix(16)
      .byte(0x81, 0xe8 | register)
      .wordOf(label);
  }

  shiftLeft32(register: Register, count: number): this {
    return this.#prefix(32).byte(0xc1, 0xe0 | register, count);
  }

  compareImmediate32(register: Register, value: number): this {
    return this.#prefix(32)
      .byte(0x81, 0xf8 | register)
      .dword(value);
  }

  compareLabel16(register: Register, label: string): this {
    return this.#prefix(16)
      .byte(0x81, 0xf8 | register)
      .wordOf(label);
  }

  test32(register: Register): this {
    return this.#prefix(32).byte(0x85, modRegister(register, register));
  }

  testImmediate32(register: Register, value: number): this {
    return this.#prefix(32)
      .byte(0xf7, 0xc0 | register)
      .dword(value);
  }

  testAl(): this {
    return this.byte(0x84, 0xc0);
  }

  orImmediateAl(value: number): this {
    return this.byte(0x0c, value);
  }

  andImmediateAl(value: number): this {
    return this.byte(0x24, value);
  }

  byteSwap32(register: Register): this {
    return this.#prefix(32).byte(0x0f, 0xc8 | register);
  }

  // Control.

  jump(label: string): this {
    return this.byte(0xeb).#relative(label);
  }

  /** Reaches anywhere in the ROM. */
  jumpNear(label: string): this {
    this.#only16();
    return this.byte(0xe9).#relative(label, 2);
  }

  /** 32-bit code. */
  call32(label: string): this {
    return this.byte(0xe8).#relative(label, 4);
  }

  jumpIf(condition: Condition, label: string): this {
    return this.byte(0x70 | CONDITIONS[condition]).#relative(label);
  }

  loop(label: string): this {
    return this.byte(0xe2).#relative(label);
  }

  jumpFar16(segment: number, label: string): this {
    this.#only16();
    return this.byte(0xea).wordOf(label).word(segment);
  }

  jumpFar16To(segment: number, offset: number): this {
    this.#only16();
    return this.byte(0xea).word(offset).word(segment);
  }

  /** From 16-bit code to a 32-bit code segment. */
  jumpFar32(selector: number, label: string, base: number): this {
    this.#only16();
    return this.byte(0x66, 0xea).dwordOf(label, base).word(selector);
  }

  jumpRegister32(register: Register): this {
    return this.#prefix(32).byte(0xff, 0xe0 | register);
  }

  returnFar(): this {
    return this.byte(0xcb);
  }

  interrupt(vector: number): this {
    return this.byte(0xcd, vector);
  }

  halt(): this {
    return this.byte(0xf4);
  }

  clearInterrupts(): this {
    return this.byte(0xfa);
  }

  setInterrupts(): this {
    return this.byte(0xfb);
  }

  clearDirection(): this {
    return this.byte(0xfc);
  }

  /** OUT DX, EAX */
  out32(): this {
    return this.#prefix(32).byte(0xef);
  }

  inImmediateAl(port: number): this {
    return this.byte(0xe4, port);
  }

  outImmediateAl(port: number): this {
    return this.byte(0xe6, port);
  }

  loadGdt(label: string): this {
    this.#only16();
    return this.byte(0x66, 0x0f, 0x01, 0x16).wordOf(label);
  }

  /** CR0.PE, through EAX. */
  enterProtectedMode(): this {
    return this.byte(0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0);
  }

  /** The finished code, padded to a multiple of `multiple` bytes. */
  assemble(multiple = 1): Uint8Array {
    this.align(multiple);
    const bytes = Uint8Array.from(this.#bytes);
    for (const fixup of this.#fixups) this.#apply(bytes, fixup);
    return bytes;
  }

  offsetOf(label: string): number {
    const offset = this.#labels.get(label);
    if (offset === undefined) throw new Error(`label '${label}' is not defined`);
    return offset;
  }

  #apply(bytes: Uint8Array, { at, size, label, isRelative, base }: Fixup): void {
    const target = this.offsetOf(label);
    const value = isRelative ? target - (at + size) : target + base;
    if (isRelative && size === 1 && (value < -128 || value > 127))
      throw new RangeError(`label '${label}' is out of reach`);
    for (let i = 0; i < size; i++) bytes[at + i] = (value >>> (8 * i)) & 0xff;
  }

  #absolute(size: 2 | 4, label: string, base: number): this {
    this.#fixups.push({ at: this.#bytes.length, size, label, isRelative: false, base });
    return size === 2 ? this.word(0) : this.dword(0);
  }

  #relative(label: string, size: 1 | 2 | 4 = 1): this {
    this.#fixups.push({ at: this.#bytes.length, size, label, isRelative: true, base: 0 });
    return size === 1 ? this.byte(0) : size === 2 ? this.word(0) : this.dword(0);
  }

  #prefix(bits: 16 | 32): this {
    return bits === this.bits ? this : this.byte(0x66);
  }

  #only16(): void {
    if (this.bits !== 16) throw new Error('16-bit addressing in 32-bit code');
  }
}

function modRegister(register: number, rm: number): number {
  return 0xc0 | (register << 3) | rm;
}
