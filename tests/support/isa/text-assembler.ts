import type { CompiledRow } from '../../../src/cpu/emulated/isa/compile';
import type { OperandKind } from '../../../src/cpu/emulated/isa/table';
import { type Choice, COMPILED, encode, type MemoryOperand } from './encode';

/**
 * Assembler text (Intel's order of operands) to bytes for a fixed address, by the rows of the instruction table. One instruction, label or
 * directive a line, or several between semicolons; '#' begins a comment.
 *
 *   bits 16|32|64          .local: or label:         db dw dd dq 1, 2, label
 *   mov eax, [ebx + 4]     mov dword fs:[x], 5       jmp far 8:label        call far dword [x]
 *   iretd, pushfw, retfq   o16 / o32 / o64 / a16 / a32 and lock, rep, repne before an instruction
 *
 * Numbers are JavaScript's, sums and differences of numbers and labels are expressions, '$' is the instruction's address.
 */

type BitSize = 16 | 32 | 64;

const WIDE = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const BYTES = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const MEMORY_BITS: Readonly<Record<string, number>> = { byte: 8, word: 16, dword: 32, qword: 64 };
const SUFFIX_BITS: Readonly<Record<string, number>> = { b: 8, w: 16, d: 32, q: 64 };
const STRINGS = new Set(['movs', 'cmps', 'stos', 'lods', 'scas', 'ins', 'outs']);
const SUFFIXED = new Set([...STRINGS, 'iret', 'pushf', 'popf', 'retf', 'pusha', 'popa', 'sysret', 'sysexit']);
const PREFIXES: Readonly<Record<string, Choice>> = {
  lock: { lock: true },
  rep: { rep: 0xf3 },
  repne: { rep: 0xf2 },
  o16: { size: 16 },
  o32: { size: 32 },
  o64: { size: 64 },
  a16: { addressSize: 16 },
  a32: { addressSize: 32 },
};

type Parsed =
  | {
      readonly kind: 'register';
      readonly file: 'general' | 'sreg' | 'cr' | 'dr' | 'xmm' | 'mm';
      readonly number: number;
      readonly bits: number;
      readonly isHigh: boolean;
    }
  | {
      readonly kind: 'memory';
      readonly bits: number | undefined;
      readonly isFar: boolean;
      readonly memory: MemoryOperand;
      readonly addressSize: BitSize | undefined;
    }
  | { readonly kind: 'value'; readonly value: number; readonly isLabel: boolean }
  | { readonly kind: 'far'; readonly selector: number; readonly offset: number };

interface Register {
  readonly number: number;
  readonly bits: number;
  readonly isHigh: boolean;
}

function generalRegister(name: string): Register | undefined {
  const byte = BYTES.indexOf(name);
  if (byte >= 0) return { number: byte, bits: 8, isHigh: byte >= 4 };
  const word = WIDE.indexOf(name.replace(/^[er]/, ''));
  if (word >= 0 && /^[er]?[a-z]{2}$/.test(name)) {
    return { number: word, bits: name.length === 2 ? 16 : name.startsWith('e') ? 32 : 64, isHigh: false };
  }
  const numbered = /^r(8|9|1[0-5])([dwb]?)$/.exec(name);
  if (numbered === null) return undefined;
  return { number: Number(numbered[1]), bits: numbered[2] === '' ? 64 : SUFFIX_BITS[numbered[2]!]!, isHigh: false };
}

/** Operand kinds that take a general register of these bits, or of the operation's size ('v'). */
const REGISTER_KINDS: Readonly<Partial<Record<OperandKind, number | 'v' | 'y'>>> = {
  ...{ rm8: 8, r8: 8, o8: 8, rm16: 16, r16: 16, rm32: 32, r32: 32, rm64: 64, r64: 64 },
  ...{ rmv: 'v', rv: 'v', ov: 'v', rmy: 'y', ry: 'y', rmr32: 32 },
};
const FIXED_KINDS: Readonly<Partial<Record<OperandKind, readonly [number: number, bits: number | 'v']>>> = {
  ...{ al: [0, 8], ax: [0, 16], eax: [0, 32], rax: [0, 'v'], cl: [1, 8], dx: [2, 16] },
};
const MEMORY_KINDS: Readonly<Partial<Record<OperandKind, number | 'v' | 'y' | 'any'>>> = {
  ...{ rm8: 8, rm16: 16, rm32: 32, rm64: 64, rmv: 'v', rmy: 'y', m: 'any', m8: 8, m16: 16, m32: 32, m64: 64, mv: 'v' },
  ...{
    m512byte: 'any',
    m128: 'any',
    xmmm128: 'any',
    xmmm64: 'any',
    xmmm32: 'any',
    mmm64: 'any',
    m80: 'any',
    rmr32: 32,
  },
};

const ROWS_BY_NAME = new Map<string, CompiledRow[]>();
for (const row of COMPILED) {
  if (row.isVex) continue;
  const rows = ROWS_BY_NAME.get(row.row.name);
  if (rows === undefined) ROWS_BY_NAME.set(row.row.name, [row]);
  else rows.push(row);
}

class Mismatch extends Error {}

export class TextAssembler {
  #bytes: number[] = [];
  #labels = new Map<string, number>();
  #known = new Map<string, number>();
  #bits: BitSize = 32;
  #scope = '';
  readonly #source: string[] = [];

  constructor(readonly origin: number) {}

  /** Text for what comes next. Labels that begin with a dot belong to `scope`. */
  text(source: string, scope = ''): this {
    this.#source.push(`scope ${scope}`, source);
    return this;
  }

  addressOf(label: string, scope = ''): number {
    const address = this.#labels.get(label.startsWith('.') ? scope + label : label);
    if (address === undefined) throw new Error(`no label '${label}'`);
    return address;
  }

  /** The code: passes until no label moves. */
  finish(): Uint8Array {
    for (let pass = 0; pass < 10; pass++) {
      this.#known = this.#labels;
      this.#labels = new Map();
      this.#bytes = [];
      this.#bits = 32;
      for (const part of this.#source) this.#assemble(part);
      const isStable =
        this.#known.size === this.#labels.size && [...this.#labels].every(([name, at]) => this.#known.get(name) === at);
      if (isStable) return Uint8Array.from(this.#bytes);
    }
    throw new Error('labels do not come to rest');
  }

  get #here(): number {
    return this.origin + this.#bytes.length;
  }

  #assemble(source: string): void {
    for (const line of source.replace(/#.*/g, '').split(/\n|;/)) {
      let text = line.trim();
      for (let label = /^([.\w]+):(?!\S)\s*/.exec(text); label !== null; label = /^([.\w]+):(?!\S)\s*/.exec(text)) {
        this.#define(label[1]!);
        text = text.slice(label[0].length);
      }
      if (text === '') continue;
      try {
        this.#line(text);
      } catch (error) {
        throw new Error(`'${text}' in ${this.#scope}: ${(error as Error).message}`, { cause: error });
      }
    }
  }

  #define(label: string): void {
    const name = label.startsWith('.') ? this.#scope + label : label;
    if (this.#labels.has(name)) throw new Error(`label '${name}' twice`);
    this.#labels.set(name, this.#here);
  }

  #line(text: string): void {
    const [, word, rest] = /^(\S+)\s*(.*)$/.exec(text) as unknown as [string, string, string];
    if (word === 'scope') {
      this.#scope = rest;
      return;
    }
    if (word === 'bits') {
      this.#bits = Number(rest) as BitSize;
      return;
    }
    if (word === 'org') {
      const gap = this.#value(rest).value - this.#here;
      if (gap < 0) throw new Error(`${-gap} bytes too far already`);
      for (let i = 0; i < gap; i++) this.#bytes.push(0);
      return;
    }
    const dataBytes = { db: 1, dw: 2, dd: 4, dq: 8 }[word];
    if (dataBytes !== undefined) {
      for (const item of rest.split(',')) this.#data(this.#value(item.trim()).value, dataBytes);
      return;
    }
    this.#instruction(text);
  }

  #data(value: number, bytes: number): void {
    for (let i = 0; i < bytes; i++) this.#bytes.push(Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
  }

  #value(text: string): { value: number; isLabel: boolean } {
    let value = 0;
    let isLabel = false;
    for (const [, sign, term] of text.replace(/\s+/g, '').matchAll(/([+-]?)([^+-]+)/g)) {
      let number = Number(term);
      if (term === '$') number = this.#here;
      else if (Number.isNaN(number)) {
        const name = term!.startsWith('.') ? this.#scope + term : term!;
        isLabel = true;
        const known = this.#known.get(name);
        if (known === undefined && this.#known.size > 0 && !this.#labels.has(name))
          throw new Error(`no label '${name}'`);
        number = known ?? 0x7e00;
      }
      value += sign === '-' ? -number : number;
    }
    return { value, isLabel };
  }

  #operand(text: string): Parsed {
    const general = generalRegister(text);
    if (general !== undefined) return { kind: 'register', file: 'general', ...general };
    const segment = SEGMENTS.indexOf(text);
    if (segment >= 0) return { kind: 'register', file: 'sreg', number: segment, bits: 16, isHigh: false };
    const special = /^(cr|dr|xmm|mm)(\d+)$/.exec(text);
    if (special !== null) {
      return { kind: 'register', file: special[1] as 'cr', number: Number(special[2]), bits: 0, isHigh: false };
    }
    const memory = /^((?:byte|word|dword|qword|far)\s+)*(?:(es|cs|ss|ds|fs|gs):)?\[(.*)\]$/.exec(text);
    if (memory !== null) return this.#memory(text, memory[2], memory[3]!);
    const far = /^(?:far\s+)?([^:[\]]+):([^:[\]]+)$/.exec(text);
    if (far !== null) return { kind: 'far', selector: this.#value(far[1]!).value, offset: this.#value(far[2]!).value };
    return { kind: 'value', ...this.#value(text) };
  }

  #memory(text: string, segment: string | undefined, inside: string): Parsed {
    const words: readonly string[] = text.slice(0, text.indexOf('[')).match(/\b(byte|word|dword|qword|far)\b/g) ?? [];
    let base: number | undefined;
    let index: number | undefined;
    let scale = 0;
    let addressSize: BitSize | undefined;
    const rest: string[] = [];
    for (const [, sign, term] of inside.replace(/\s+/g, '').matchAll(/([+-]?)([^+-]+)/g)) {
      const [name, factor] = term!.split('*') as [string, string | undefined];
      const register = generalRegister(name);
      if (register === undefined) rest.push((sign || '+') + term!);
      else {
        addressSize = register.bits as BitSize;
        if (factor === undefined && base === undefined) base = register.number;
        else {
          index = register.number;
          scale = Math.log2(Number(factor ?? 1));
        }
      }
    }
    const { value, isLabel } = this.#value(rest.join('') || '0');
    return {
      kind: 'memory',
      bits: words.map((word) => MEMORY_BITS[word]).find((bits) => bits !== undefined),
      isFar: words.includes('far'),
      addressSize,
      memory: {
        ...{ base, index, scale, displacement: isLabel ? value : value | 0 },
        segment: segment === undefined ? undefined : SEGMENTS.indexOf(segment),
      },
    };
  }

  #instruction(text: string): void {
    let choice: Choice = {};
    let rest = text;
    for (;;) {
      const prefix = /^(lock|rep|repne|o16|o32|o64|a16|a32)\s+/.exec(rest);
      if (prefix === null) break;
      choice = { ...choice, ...PREFIXES[prefix[1]!] };
      rest = rest.slice(prefix[0].length);
    }
    const [, mnemonic, tail] = /^(\S+)\s*(.*)$/.exec(rest) as unknown as [string, string, string];
    let name = mnemonic;
    if (!SUFFIXED.has(name) && SUFFIXED.has(name.slice(0, -1)) && SUFFIX_BITS[name.slice(-1)] !== undefined) {
      choice = { ...choice, size: SUFFIX_BITS[name.slice(-1)] };
      name = name.slice(0, -1);
    }
    const isShort = tail.startsWith('short ');
    const operandText = tail.replace(/^(short|near)\s+/, '');
    const operands = operandText === '' ? [] : splitOperands(operandText).map((item) => this.#operand(item));
    const special = this.#stackSegment(name, operands) ?? portBytes(name, operands, this.#bits);
    if (special !== undefined) {
      this.#bytes.push(...special);
      return;
    }
    let best: number[] | undefined;
    for (const row of ROWS_BY_NAME.get(name) ?? []) {
      if (row.row.operands.length !== operands.length) continue;
      try {
        const bytes = this.#encode(row, operands, choice, isShort);
        if (best === undefined || bytes.length < best.length) best = bytes;
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
      }
    }
    if (best === undefined) throw new Error('no row of the instruction table fits');
    this.#bytes.push(...best);
  }

  #stackSegment(name: string, operands: readonly Parsed[]): number[] | undefined {
    const [operand] = operands;
    if (operand?.kind !== 'register' || operand.file !== 'sreg' || operands.length !== 1) return undefined;
    const isPop = name === 'pop';
    if (operand.number < 4) return [operand.number * 8 + (isPop ? 7 : 6)];
    return [0x0f, (operand.number === 4 ? 0xa0 : 0xa8) + (isPop ? 1 : 0)];
  }

  #encode(row: CompiledRow, operands: readonly Parsed[], prefixed: Choice, isShort: boolean): number[] {
    const {
      row: { attributes, operands: kinds },
      sizeRule,
    } = row;
    const codeSize = this.#bits;
    if ((codeSize === 64 && attributes.no64) || (codeSize !== 64 && attributes.only64)) throw new Mismatch();
    const isString = STRINGS.has(row.row.name);
    if (isString && (prefixed.size === 8) !== (attributes.size === 8)) throw new Mismatch();
    const size = isString && prefixed.size === 8 ? undefined : (prefixed.size ?? sizeOf(kinds, operands));
    const operation = size ?? (codeSize === 64 ? (attributes.default64 ? 64 : 32) : codeSize);
    const immediates: number[] = [];
    let choice: Choice = {
      ...prefixed,
      codeSize,
      size: sizeRule === 'v' || sizeRule === 'y' || attributes.sized ? size : undefined,
      at: this.#here,
    };
    if (sizeRule === 'y' && codeSize !== 64) choice = { ...choice, size: 32 };
    let relative: { target: number; bytes: number } | undefined;
    kinds.forEach(({ kind }, i) => {
      const operand = operands[i]!;
      if (operand.kind === 'register') choice = { ...choice, ...registerChoice(kind, operand, operation, codeSize) };
      else if (operand.kind === 'memory') {
        if (row.isMemory === false || row.hasOffset) throw new Mismatch();
        if ((kind === 'mfar') !== (operand.isFar || /^l[defgs]s$/.test(row.row.name))) throw new Mismatch();
        const bits = MEMORY_KINDS[kind];
        if (kind !== 'mfar' && bits === undefined) throw new Mismatch();
        const wanted = bits === 'v' || bits === 'y' ? operation : bits;
        if (typeof wanted === 'number' && kind !== 'mfar' && operand.bits !== undefined && operand.bits !== wanted)
          throw new Mismatch();
        if (typeof wanted === 'number' && wanted === 8 && operand.bits === undefined && kinds.length < 2)
          throw new Mismatch();
        choice = { ...choice, memory: operand.memory, addressSize: operand.addressSize ?? prefixed.addressSize };
      } else if (operand.kind === 'far') {
        if (kind !== 'ptrfar') throw new Mismatch();
        immediates.push(operand.offset, operand.selector);
      } else if (kind === 'relz' || kind === 'rel8') {
        if ((kind === 'rel8') !== (isShort || /^(loop|jcxz)/.test(row.row.name))) throw new Mismatch();
        relative = { target: operand.value, bytes: kind === 'rel8' ? 1 : codeSize === 16 ? 2 : 4 };
        immediates.push(0);
      } else {
        if (kind === 'one') {
          if (operand.value !== 1) throw new Mismatch();
          return;
        }
        checkImmediate(kind, operand, operation);
        immediates.push(operand.value);
      }
    });
    if (row.isMemory === true && choice.memory === undefined) throw new Mismatch();
    const bytes = encode(row, { ...choice, immediates });
    if (relative !== undefined) {
      const { target, bytes: width } = relative;
      const distance = target - (this.#here + bytes.length);
      for (let i = 0; i < width; i++) bytes[bytes.length - width + i] = (distance >> (8 * i)) & 0xff;
    }
    return bytes;
  }
}

/** IN and OUT, whose rows name no operands. */
function portBytes(name: string, operands: readonly Parsed[], codeSize: number): number[] | undefined {
  if (name !== 'in' && name !== 'out') return undefined;
  const [accumulator, port] = name === 'in' ? operands : [...operands].reverse();
  if (accumulator?.kind !== 'register') throw new Error('the accumulator is missing');
  const isWide = accumulator.bits > 8 ? 1 : 0;
  const prefix = isWide === 1 && accumulator.bits !== Math.min(codeSize, 32) ? [0x66] : [];
  const opcode = (port?.kind === 'value' ? 0xe4 : 0xec) + (name === 'out' ? 2 : 0) + isWide;
  return [...prefix, opcode, ...(port?.kind === 'value' ? [port.value] : [])];
}

function splitOperands(text: string): string[] {
  return text.split(/,(?![^[]*\])/).map((item) => item.trim());
}

/** The operation's size, as registers or the memory operand's word say. */
function sizeOf(kinds: ReadonlyArray<{ kind: OperandKind }>, operands: readonly Parsed[]): number | undefined {
  let size: number | undefined;
  kinds.forEach(({ kind }, i) => {
    const operand = operands[i]!;
    const bits = REGISTER_KINDS[kind] ?? FIXED_KINDS[kind]?.[1] ?? MEMORY_KINDS[kind];
    if (bits !== 'v' && bits !== 'y' && kind !== 'mfar') return;
    if (operand.kind === 'register' && operand.file === 'general') size ??= operand.bits;
    if (operand.kind === 'memory') size ??= operand.bits;
  });
  return size;
}

function registerChoice(
  kind: OperandKind,
  operand: Extract<Parsed, { kind: 'register' }>,
  operation: number,
  codeSize: number,
): Choice {
  const { file, number, bits, isHigh } = operand;
  if (file !== 'general') {
    const expected = { sreg: 'sreg', cr: 'cr', dr: 'dr', xmm: 'xmm', mm: 'mm' }[file];
    if (kind === expected) return { reg: number };
    if ((file === 'xmm' && kind.startsWith('xmmm')) || (file === 'mm' && kind.startsWith('mmm'))) return { rm: number };
    throw new Mismatch();
  }
  const fixed = FIXED_KINDS[kind];
  if (fixed !== undefined) {
    if (number !== fixed[0] || bits !== (fixed[1] === 'v' ? operation : fixed[1]) || isHigh) throw new Mismatch();
    return {};
  }
  const wanted = REGISTER_KINDS[kind];
  if (wanted === undefined) throw new Mismatch();
  // MOV to and from segment registers and the like take a register of any size
  const isAnySize = kind === 'rm16' || wanted === 'y';
  const needed = wanted === 'v' ? operation : wanted === 'y' ? (codeSize === 64 ? bits : 32) : wanted;
  if (bits !== needed && !(isAnySize && bits > 8)) throw new Mismatch();
  if (bits === 8 && codeSize === 64 && isHigh) throw new Error('AH to BH are not had in 64-bit code here');
  const choice: Choice = kind.startsWith('rm') || kind.startsWith('o') ? { rm: number } : { reg: number };
  return bits === 8 ? { ...choice, highBytes: codeSize !== 64 } : choice;
}

function checkImmediate(
  kind: OperandKind,
  { value, isLabel }: { value: number; isLabel: boolean },
  size: number,
): void {
  switch (kind) {
    case 'imm8':
      if (value < -128 || value > 255) throw new Mismatch();
      return;
    case 'imm8s': {
      const top = 2 ** size;
      if (isLabel || !((value >= -128 && value < 128) || (value >= top - 128 && value < top))) throw new Mismatch();
      return;
    }
    case 'immz':
      if (size === 64 && (value < -0x80000000 || value > 0x7fffffff)) throw new Mismatch();
      return;
    case 'imm16':
    case 'immv':
      return;
    default:
      throw new Mismatch();
  }
}
