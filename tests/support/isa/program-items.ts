import { FORM_MEMORY, FORM_REGISTER, type CompiledRow, operandBits } from '../../../src/cpu/emulated/isa/compile';
import type { Size } from '../../../src/cpu/emulated/isa/emitter';
import type { Random } from '../random';
import { isFloatRow, sizesIn32, sizesIn64 } from './case-maker';
import { type Choice, COMPILED, encode, type MemoryOperand, rowOf } from './encode';
import { STACK_ROWS } from './row-setup';
import { isUserRow, isUserRow32, undefinedFlags } from './user-rows';
import { integer } from './values';

/** Where a random program lives: what its instructions may use and touch. */
export interface ProgramWorld {
  readonly codeSize: 16 | 32 | 64;
  /** Memory operands lie within `reach` bytes of it, on either side. */
  readonly center: number;
  readonly reach: number;
  /** Further places that operands are taken from: pages that a program maps anew. */
  readonly moreCenters: readonly number[];
  /** Addresses whose accesses fault, or whose accesses fault when they cross them. */
  readonly faults: readonly number[];
  /** Registers that random instructions may write. */
  readonly registers: readonly number[];
  /** Holds `center` for ever. */
  readonly base: number;
  /** Flags that the manuals leave undefined are overwritten before anything can read them. */
  readonly areFlagsDefined: boolean;
  readonly isAllowed: (compiled: CompiledRow) => boolean;
}

const DEFINED = rowOf('cmp 3B /r');
const RCX = 1;
const RSI = 6;
const RDI = 7;
/** Everything that needs a fixed environment, goes elsewhere, or is made by program-maker.ts itself. */
const EXCLUDED = new Set([
  ...['popf', 'call', 'ret', 'jmp', 'loop', 'loope', 'loopne', 'jcxz', 'enter', 'leave', 'xlat', 'push', 'pop'],
  ...['pusha', 'popa', 'pushf', 'cli', 'sti', 'ud0', 'ud1', 'ud2', 'ldmxcsr', 'fldcw', 'fldenv', 'frstor', 'fxrstor'],
  ...['fxrstor64', 'maskmovq', 'maskmovdqu', 'fxsave', 'fxsave64', 'fnsave', 'hlt', 'bound', 'cmpxchg16b', 'wait'],
]);

export function allowedRows(world: ProgramWorld): readonly CompiledRow[] {
  const isUser = world.codeSize === 64 ? isUserRow : isUserRow32;
  return COMPILED.filter((compiled) => {
    const { name, family } = compiled.row;
    if (!isUser(compiled) || EXCLUDED.has(name) || STACK_ROWS.has(name)) return false;
    if (/^j[a-z]+$/.test(name) || (family === 'string' && /ins|outs/.test(name))) return false;
    // VEX-encoded rows are compared alone and in sequences: programs choose no registers for their further operands
    return !compiled.isVex && world.isAllowed(compiled);
  });
}

/** Single random instructions, with what must stand before them. */
export class ItemMaker {
  readonly #rows: readonly CompiledRow[];
  readonly #floats: readonly CompiledRow[];
  readonly #strings: readonly CompiledRow[];

  constructor(
    private readonly random: Random,
    private readonly world: ProgramWorld,
  ) {
    this.#rows = allowedRows(world).filter(({ row }) => row.family !== 'string');
    this.#floats = this.#rows.filter(isFloatRow);
    this.#strings = allowedRows(world).filter(({ row }) => row.family === 'string');
  }

  register(): number {
    return this.random.pick(this.world.registers);
  }

  /** An address near the center. */
  address(bytes: number, alignment = 1): number {
    const { random, world } = this;
    const center = random.chance(0.2) ? random.pick([world.center, ...world.moreCenters]) : world.center;
    // a quarter across the border of two pages
    const offset = random.chance(0.25)
      ? -1 - random.below(Math.max(1, bytes - 1))
      : random.below(2 * world.reach - bytes) - world.reach;
    return center + Math.floor(offset / alignment) * alignment;
  }

  #memory(bytes: number, alignment: number): MemoryOperand & { addressSize?: 16 | 32 } {
    const { random, world } = this;
    if (world.faults.length > 0 && random.chance(0.02)) {
      const place = random.pick(world.faults) - random.below(bytes);
      return { displacement: Math.ceil(place / alignment) * alignment };
    }
    const address = this.address(bytes, alignment);
    const relative = address - world.center;
    switch (random.below(8)) {
      case 0:
        return { displacement: address };
      case 1:
        return world.codeSize === 64 ? { ripTarget: address } : { displacement: address };
      case 2:
      case 3: {
        const scale = random.below(4);
        const displacement = address - world.center * 2 ** scale;
        if (displacement < -(2 ** 31)) return { base: world.base, displacement: relative };
        return { index: world.base, scale, displacement, ...(world.codeSize === 16 ? { addressSize: 32 } : {}) };
      }
      case 4:
        return { base: world.base, displacement: relative, segment: random.below(4) };
      case 5:
        if (world.codeSize === 16) return { base: world.base, displacement: relative, addressSize: 32 };
        if (world.codeSize === 32 && address < 0x10000)
          return { base: world.base, displacement: relative, addressSize: 16 };
        return { base: world.base, displacement: relative };
      default:
        return { base: world.base, displacement: relative };
    }
  }

  /** MOV register, address. */
  #pointer(register: number, address: number): number[] {
    const size = this.world.codeSize;
    return encode(rowOf('mov C7 /0 iz'), { codeSize: size, size, rm: register, immediates: [address] });
  }

  #string(): number[] {
    const { random, world } = this;
    const { codeSize } = world;
    const compiled = random.pick(this.#strings);
    const size = random.pick(codeSize === 64 ? sizesIn64(compiled) : sizesIn32(compiled));
    const count = random.chance(0.05) ? random.below(3000) : random.below(random.chance(0.5) ? 6 : 60);
    return [
      ...this.#pointer(RSI, this.address(8)),
      ...this.#pointer(RDI, this.address(8)),
      ...this.#pointer(RCX, count),
      ...(random.chance(0.3) ? [random.pick([0xfc, 0xfd])] : []), // CLD, STD
      ...encode(compiled, { codeSize, size, rep: random.pick([undefined, 0xf2, 0xf3, 0xf3]) }),
    ];
  }

  #operands(compiled: CompiledRow, size: number, form: number, at: number): Choice | undefined {
    const { random, world } = this;
    const { row } = compiled;
    const { codeSize } = world;
    const kinds = row.operands.map(({ kind }) => kind);
    const vectors = codeSize === 64 ? 16 : 8;
    let reg = this.register();
    let rm = this.register();
    if (kinds.includes('sti')) rm &= 7;
    if (kinds.includes('mm')) reg &= 7;
    if (kinds.some((kind) => kind.startsWith('mmm')) && form === FORM_REGISTER) rm &= 7;
    if (kinds.includes('sreg')) reg = random.below(6);
    if (kinds[0] === 'xmm' || kinds[1] === 'xmm') reg = random.below(vectors);
    if (kinds.some((kind) => kind.startsWith('xmmm')) && form === FORM_REGISTER) rm = random.below(vectors);
    const operand = row.operands.find(({ kind }) => /^(rm|m|xmmm|mmm|moffs)/.test(kind) && kind !== 'mm');
    const bytes = operand === undefined ? 8 : Math.max(1, operandBits(operand.kind, size as Size) / 8);
    const isMemory = form === FORM_MEMORY;
    // a bit offset in a register reaches anywhere
    if (isMemory && /^bt[src]?$/.test(row.name) && compiled.immediates.length === 0) return undefined;
    if (isMemory && row.name === 'fnstenv') return undefined;
    const place = isMemory ? this.#memory(bytes, row.attributes.aligned ? 16 : 1) : undefined;
    const isByte = size === 8 && kinds.some((kind) => kind === 'r8' || kind === 'rm8' || kind === 'o8');
    // without REX registers 4 to 7 are AH to BH
    const highBytes = codeSize !== 64 || (isByte && !isMemory && random.chance(0.3));
    if (highBytes && codeSize === 64) {
      reg &= 7;
      rm &= 7;
    }
    const immediates = compiled.immediates.map(({ kind }) =>
      kind === 'immv' ? integer(random) : BigInt(kind === 'immz' ? random.below(2 ** 32) - 2 ** 31 : random.below(256)),
    );
    const { addressSize, ...memory } = place ?? {};
    return {
      codeSize,
      size,
      addressSize,
      reg,
      rm,
      memory: isMemory ? memory : undefined,
      highBytes,
      immediates,
      moffs: BigInt(this.address(8)),
      lock: isMemory && row.attributes.lock === true && random.chance(0.2),
      at,
    };
  }

  /** The bytes of one item that will stand at `at`. */
  item(at: number): number[] {
    const { random, world } = this;
    for (;;) {
      if (random.chance(0.08)) return this.#string();
      const compiled = random.pick(random.chance(0.2) ? this.#floats : this.#rows);
      const { name } = compiled.row;
      const size = random.pick(world.codeSize === 64 ? sizesIn64(compiled) : sizesIn32(compiled));
      const form = random.pick(compiled.forms);
      if (world.areFlagsDefined && size === 16 && /^(shld|shrd|bswap)$/.test(name)) continue;
      if (/^i?div$/.test(name) && random.chance(0.7)) continue;
      const choice = this.#operands(compiled, size, form, at);
      if (choice === undefined) continue;
      const isUndefined = compiled.row.family === 'shift' || undefinedFlags(compiled, 64, undefined) !== 0;
      const after = world.areFlagsDefined && isUndefined ? encode(DEFINED, { size: 32, reg: 0, rm: 2 }) : [];
      return [...encode(compiled, choice), ...after];
    }
  }
}
