import { FORM_MEMORY, FORM_REGISTER, type CompiledRow, operandBits } from '../../../src/cpu/emulated/isa/compile';
import type { Size } from '../../../src/cpu/emulated/isa/emitter';
import type { Random } from '../random';
import type { RowCase } from './case-maker';
import * as at from './case-layout';
import { hex, isFloatRow, sizesIn64, upperHalves } from './case-maker';
import { type Choice, COMPILED, encode, keyOf, type MemoryOperand, rowOf } from './encode';
import { BRANCHES, STACK_ROWS } from './row-setup';
import { isUserRow, undefinedFlags } from './user-rows';
import { fxImage, integer, windowBytes } from './values';

/**
 * Random sequences of user instructions. R14 points to the middle of the window and R15 is a small index; nothing writes them.
 * What the manuals leave undefined is overwritten before anything can read it.
 */

const BASE = 14;
const INDEX = 15;
const RSP = 4;
const RSI = 6;
const RDI = 7;
const RCX = 1;
const CENTER = at.WINDOW + at.WINDOW_SIZE / 2;
/** Bytes on either side of the center that operands may touch. */
const REACH = 250;
const INDEX_VALUE = 5;

/** Results that are approximate or in part undefined, images with reserved bits, flags that must not be random, far memory. */
const EXCLUDED = new Set([
  ...[
    'rcpps',
    'rcpss',
    'rsqrtps',
    'rsqrtss',
    'f2xm1',
    'fyl2x',
    'fyl2xp1',
    'fptan',
    'fpatan',
    'fsin',
    'fcos',
    'fsincos',
  ],
  ...[
    'fnstenv',
    'fnsave',
    'fxsave',
    'fxsave64',
    'fldenv',
    'frstor',
    'fxrstor',
    'fxrstor64',
    'fldcw',
    'ldmxcsr',
    'fbld',
  ],
  ...['popf', 'call', 'ret', 'jmp', 'loop', 'loope', 'loopne', 'jcxz', 'enter', 'leave', 'lea', 'xlat'],
  ...['vrcpps', 'vrcpss', 'vrsqrtps', 'vrsqrtss', 'vldmxcsr', 'vmaskmovdqu'],
  ...['ud0', 'ud1', 'ud2', 'cli', 'sti', 'maskmovq', 'maskmovdqu', 'cmpxchg16b'],
]);
/**
 * AMD leaves C1, switches to MMX before an SSE exception, knows no PREFETCH of a register; after an unmasked exception in one step
 * of a dot product it still sets the flags of later steps, which the SDM leaves open.
 */
const EXCLUDED_ON_AMD = /^(v?dpp[sd]|f(u?comip?|cmov)|cvtt?p[sd]2pi|cvtpi2p[sd]|nop 0F 0D)/;

const COMPARISONS = new Set(['cmp', 'test', 'sub', 'dec', 'and', 'add', 'inc']);

export interface SequenceItem {
  readonly label: string;
  readonly code: readonly number[];
}

/** Rows whose outcome is the same on the host's CPU, whatever stood before them. */
export function isComparable(compiled: CompiledRow, features: ReadonlySet<string>, isHostIntel: boolean): boolean {
  const { name, attributes, family } = compiled.row;
  if (!isUserRow(compiled) || EXCLUDED.has(name)) return false;
  if (!isHostIntel && (EXCLUDED_ON_AMD.test(name) || EXCLUDED_ON_AMD.test(keyOf(compiled)))) return false;
  if (family === 'string' && /ins|outs/.test(name)) return false;
  return (attributes.feature?.split('+') ?? []).every((feature) => features.has(feature));
}

export class SequenceMaker {
  readonly #rows: readonly CompiledRow[];
  readonly #floats: readonly CompiledRow[];
  readonly #jumps: readonly CompiledRow[];
  readonly #comparisons: readonly CompiledRow[];

  constructor(
    private readonly random: Random,
    features: ReadonlySet<string>,
    isHostIntel: boolean,
  ) {
    // gathers want indices of their own
    this.#rows = COMPILED.filter((compiled) => isComparable(compiled, features, isHostIntel) && !compiled.isVsib);
    this.#floats = this.#rows.filter(isFloatRow);
    this.#jumps = this.#rows.filter(({ row }) => BRANCHES.test(row.name));
    this.#comparisons = this.#rows.filter(({ row }) => COMPARISONS.has(row.name));
  }

  #register(): number {
    const register = this.random.below(14);
    return register === RSP ? 0 : register;
  }

  #memory(bytes: number, alignment: number): MemoryOperand {
    const { random } = this;
    let offset = random.chance(0.25)
      ? -1 - random.below(Math.max(1, bytes - 1))
      : random.below(2 * REACH - bytes) - REACH;
    offset = Math.floor(offset / alignment) * alignment;
    if (random.chance(0.02)) {
      // a page fault ends the sequence
      const end = at.DATA_END - random.below(bytes);
      return { displacement: Math.ceil(end / alignment) * alignment };
    }
    switch (random.below(8)) {
      case 0:
        return { displacement: CENTER + offset };
      case 1:
        return { ripTarget: CENTER + offset };
      case 2: {
        const scale = random.below(4);
        return { base: BASE, index: INDEX, scale, displacement: offset - (INDEX_VALUE << scale) };
      }
      case 3:
        return { base: BASE, displacement: offset, segment: random.below(4) };
      default:
        return { base: BASE, displacement: offset };
    }
  }

  #one(key: string, choice: Choice): number[] {
    return encode(rowOf(key), choice);
  }

  #pointer(register: number): number[] {
    const memory = { base: BASE, displacement: this.random.below(2 * REACH - 100) - REACH + 50 };
    return this.#one('lea 8D /r mod=m', { size: 64, reg: register, memory });
  }

  /** Instructions that must stand before this row, and its choice of operands; undefined: not this time. */
  #operands(compiled: CompiledRow, size: number, form: number, address: number): Choice | undefined {
    const { random } = this;
    const { row } = compiled;
    const kinds = row.operands.map(({ kind }) => kind);
    let reg = this.#register();
    let rm = this.#register();
    if (kinds.includes('sti')) rm &= 7;
    if (kinds.includes('mm')) reg &= 7;
    if (kinds.some((kind) => kind.startsWith('mmm')) && form === FORM_REGISTER) rm &= 7;
    if (kinds.includes('sreg')) reg = random.below(6);
    if (kinds.some((kind) => kind === 'xmm' || kind === 'ymm')) reg = random.below(16);
    if (kinds.some((kind) => /^[xy]mmm/.test(kind)) && form === FORM_REGISTER) rm = random.below(16);
    const operand = row.operands.find(({ kind }) => /^(rm|m|xmmm|ymmm|mmm|moffs)/.test(kind) && kind !== 'mm');
    const bytes = operand === undefined ? 8 : Math.max(1, operandBits(operand.kind, size as Size) / 8);
    const isMemory = form === FORM_MEMORY;
    if (isMemory && /^bt[src]?$/.test(row.name) && compiled.immediates.length === 0) return undefined;
    const memory = isMemory ? this.#memory(bytes, row.attributes.aligned ? bytes : 1) : undefined;
    const isByte = size === 8 && kinds.some((kind) => kind === 'r8' || kind === 'rm8' || kind === 'o8');
    const highBytes = isByte && !isMemory && random.chance(0.3);
    if (highBytes) {
      reg &= 7;
      rm &= 7;
    }
    const immediates = compiled.immediates.map(({ kind }) =>
      kind === 'immv' ? integer(random) : BigInt(kind === 'immz' ? random.below(2 ** 32) - 2 ** 31 : random.below(256)),
    );
    return {
      size,
      reg,
      rm,
      vvvv: kinds.some((kind) => kind === 'xmmv' || kind === 'ymmv') ? random.below(16) : this.#register(),
      is4: random.below(16),
      memory,
      highBytes,
      immediates,
      moffs: BigInt(CENTER + random.below(200)),
      lock: isMemory && row.attributes.lock === true && random.chance(0.2),
      at: address,
    };
  }

  #item(address: number): SequenceItem | undefined {
    const { random } = this;
    const compiled = random.pick(random.chance(0.25) ? this.#floats : random.chance(0.1) ? this.#jumps : this.#rows);
    const { row } = compiled;
    const { name } = row;
    const size = random.pick(sizesIn64(compiled));
    const form = random.pick(compiled.forms);
    if ((name === 'shld' || name === 'shrd' || name === 'bswap') && size === 16) return undefined;
    if ((name === 'div' || name === 'idiv') && random.chance(0.8)) return undefined;
    const before: number[] = [];
    let rep: 0xf2 | 0xf3 | undefined;
    if (row.family === 'string') {
      before.push(...this.#pointer(RSI), ...this.#pointer(RDI));
      before.push(...this.#one('mov C7 /0 iz', { rm: RCX, immediates: [random.below(6)] }));
      rep = random.pick([undefined, 0xf2, 0xf3]);
    }
    if (STACK_ROWS.has(name)) before.push(...this.#pointer(RSP));
    const choice = this.#operands(compiled, size, form, address + before.length);
    if (choice === undefined) return undefined;
    if (BRANCHES.test(name)) {
      const skipped = this.#item(address + 24);
      if (skipped === undefined || compiled.immediates.length === 0) return undefined;
      // the skipped item stands right after the branch, so nothing in it may depend on its address
      if (/ripTarget/.test(skipped.label)) return undefined;
      const jump = encode(compiled, { immediates: [skipped.code.length] });
      // comparisons right before a jump may be executed together with it
      const compared = random.chance(0.6) ? this.#comparison(address) : [];
      const label = `${keyOf(compiled)}: ${hex([...compared, ...jump])} over ${skipped.label}`;
      return { label, code: [...compared, ...jump, ...skipped.code, ...this.#definedFlags()] };
    }
    const code = encode(compiled, { ...choice, rep });
    const rip = choice.memory?.ripTarget === undefined ? '' : ' (ripTarget)';
    const after = this.#isFlagUndefined(compiled) ? this.#definedFlags() : [];
    return { label: `${keyOf(compiled)}: ${hex(code)}${rip}`, code: [...before, ...code, ...after] };
  }

  #definedFlags(): number[] {
    return this.#one('cmp 3B /r', { size: 64, reg: 0, rm: 2 });
  }

  #comparison(address: number): number[] {
    const { random } = this;
    const compiled = random.pick(this.#comparisons);
    const size = random.pick(sizesIn64(compiled));
    const choice = this.#operands(compiled, size, random.pick(compiled.forms), address);
    return choice === undefined ? [] : encode(compiled, choice);
  }

  #isFlagUndefined(compiled: CompiledRow): boolean {
    return compiled.row.family === 'shift' || undefinedFlags(compiled, 64, undefined) !== 0;
  }

  /** Items that fit `slotSize` with the jump at the end. */
  items(count: number, slot: number, slotSize: number): SequenceItem[] {
    const items: SequenceItem[] = [];
    let length = 0;
    while (items.length < count && length < slotSize - 100) {
      const item = this.#item(slot + length);
      if (item === undefined) continue;
      items.push(item);
      length += item.code.length;
    }
    return items;
  }

  /** The start state of a sequence. */
  start(): Omit<RowCase, 'label' | 'code'> {
    const { random } = this;
    const style = random.pick(['integer', 'single', 'double'] as const);
    const gpr = BigUint64Array.from({ length: 16 }, () => integer(random));
    gpr[BASE] = BigInt(CENTER);
    gpr[INDEX] = BigInt(INDEX_VALUE);
    return {
      compiled: rowOf('nop 90'),
      gpr,
      flags: 0x202 | (random.below(0x1000) & 0x8d5),
      fx: fxImage(random, {
        style,
        isFloat: random.chance(0.4),
        isStackFull: random.chance(0.5),
        isMmx: random.chance(0.3),
      }),
      window: windowBytes(random, style),
      ymm: upperHalves(random, style),
      flagMask: 0x200cd5,
      ignored: [],
      tolerance: 'exact',
      isHostIntel: true,
    };
  }
}
