import type { SegmentState, VcpuState } from '../../../src/cpu/vcpu-state';
import type { CpuMachine } from '../cpu/cpu-machine';
import type { Random } from '../random';
import { Assembler } from './assembler';
import { ProgramMaker, type ProgramPlace } from './program-maker';
import { fillVector, fxImage, integer } from './values';

/**
 * Machines in which random programs run on the emulated CPU: modes, segments, page tables, and handlers that go on after a fault. All
 * programs lie in the low 64 KiB of their segment.
 */
export const WORLDS = [
  'kernel64',
  'user64',
  'flat32',
  'paged32',
  'user32',
  'segmented32',
  'segmented16',
  'flat16',
  'real',
  'v86',
] as const;
export type WorldName = (typeof WORLDS)[number];

const PAGE = 4096;
/** Physical places below any segment base. */
const GDT = 0x800;
const TSS = 0xc00;
const IDT = 0x1000;
const HANDLERS = 0x2000;
const HANDLER_BYTES = 8;
const COMMON = 0x2800;
const KERNEL_STACK = 0x3000;
/** Offsets in the program's segment. */
const LANDING = 0x3800;
const FAULTS = 0x3804;
const EVENTS = 0x3808;
const CONSTANTS = 0x3810;
const COUNTERS_AT = 0x3900;
const STACK = 0x5000;
const CODE = 0x6000;
const CODE_BYTES = 0x5000;
const DATA = 0xc000;
const DATA_END = 0xf000;
const CENTER = 0xe000;
/** Linear addresses that the page tables send elsewhere: a pair of data pages, a pair of code pages, a device. */
const ALIASES = 0x10000;
const CODE_ALIASES = 0x12000;
const DEVICE = 0x14000;
const DEVICE_GPA = 0x3000000;
const TABLES = 0x100000;
const OTHER_BASE = 0x40000;
const SEGMENT_BASE = 0x20000;
/** What two machines have to agree on. */
export const COMPARED_BYTES = 0x110000;

const CODE32 = 0x08;
const DATA32 = 0x10;
const CODE64 = 0x18;
const CODE16 = 0x20;
const DATA16 = 0x28;
const USER_CODE32 = 0x33;
const USER_DATA = 0x3b;
const USER_CODE64 = 0x43;
const TSS_SELECTOR = 0x48;
const SEGMENT_CODE = 0x50;
const SEGMENT_CODE16 = 0x58;
/** For segment registers: of real mode and of the table, with none among them. */
const REAL_SELECTORS = [0, 0x1000, 0x2000, 0x2fff, 0xffff];
const SELECTORS = [0, DATA32, DATA16, CODE32, CODE16];
const FAR_POINTERS = 4;
const MXCSR_VALUES = [0x1f80, 0x1fa0, 0x1fbf, 0x9fe0, 0x3fa0, 0x7fa0, 0x1fe0, 0x1f00];
const FCW_VALUES = [0x37f, 0x27f, 0x07f, 0x77f, 0xb7f, 0xf7f, 0x37e, 0x340];
const WITH_ERROR = new Set([8, 10, 11, 12, 13, 14, 17]);
export const IRQ_VECTOR = 0x30;
/** In the header of the XSAVE area: x87 and SSE state are there. */
const XSTATE_BV = 512;

const hasPages = (world: WorldName): boolean => isLong(world) || world === 'paged32' || world === 'user32';
const isLong = (world: WorldName): boolean => world.endsWith('64');
const isUser = (world: WorldName): boolean => world.startsWith('user') || world === 'v86';
const isSegmented = (world: WorldName): boolean => world.startsWith('segmented');
/** A selector is an address. */
const isReal = (world: WorldName): boolean => world === 'real' || world === 'v86';
const codeSizeOf = (world: WorldName): 16 | 32 | 64 =>
  isLong(world) ? 64 : isReal(world) || world.endsWith('16') ? 16 : 32;

const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);

/** A code or data segment from 0, as large as can be. */
function descriptor(access: number, flags: number): bigint {
  return 0xffffn | (BigInt(access) << 40n) | (0xfn << 48n) | (BigInt(flags) << 52n);
}

/** What happens on a fault: counted, and on at LANDING. Other events are only counted. */
function handlers(world: WorldName): { fault: number[]; event: number[] } {
  const at = (value: number): number[] => little(value, 4);
  if (isLong(world)) {
    return {
      // push rax; inc [FAULTS]; mov eax,[LANDING]; mov [rsp+16],rax; pop rax; add rsp,8; iretq
      fault: [
        ...[0x50, 0xff, 0x04, 0x25, ...at(FAULTS), 0x8b, 0x04, 0x25, ...at(LANDING)],
        ...[0x48, 0x89, 0x44, 0x24, 16, 0x58, 0x48, 0x83, 0xc4, 8, 0x48, 0xcf],
      ],
      event: [0xff, 0x04, 0x25, ...at(EVENTS), 0x48, 0xcf],
    };
  }
  if (world === 'real') {
    const at16 = (value: number): number[] => little(value, 2);
    return {
      // push bp; mov bp,sp; push ax; inc [FAULTS]; mov ax,[LANDING]; mov [bp+2],ax; pop ax; pop bp; iret
      fault: [
        ...[0x55, 0x89, 0xe5, 0x50, 0xff, 0x06, ...at16(FAULTS), 0xa1, ...at16(LANDING)],
        ...[0x89, 0x46, 2, 0x58, 0x5d, 0xcf],
      ],
      event: [0xff, 0x06, ...at16(EVENTS), 0xcf],
    };
  }
  if (world === 'v86') {
    // push eax; mov eax,DATA32; mov ds,ax; then as below: IRET brings the program's DS back
    const enter = [0x50, 0xb8, ...at(DATA32), 0x8e, 0xd8, 0xff, 0x05];
    return {
      fault: [...enter, ...at(FAULTS), 0xa1, ...at(LANDING), 0x89, 0x44, 0x24, 8, 0x58, 0x83, 0xc4, 4, 0xcf],
      event: [...enter, ...at(EVENTS), 0x58, 0xcf],
    };
  }
  return {
    fault: [...[0x50, 0xff, 0x05, ...at(FAULTS), 0xa1, ...at(LANDING), 0x89, 0x44, 0x24, 8, 0x58, 0x83, 0xc4, 4, 0xcf]],
    event: [0xff, 0x05, ...at(EVENTS), 0xcf],
  };
}

/** Programs of one world, and the start states for them. */
export class World {
  readonly place: ProgramPlace;
  readonly #base: number;

  constructor(readonly name: WorldName) {
    const codeSize = codeSizeOf(name);
    const paged = hasPages(name);
    this.#base = isSegmented(name) ? SEGMENT_BASE : 0;
    this.place = {
      codeSize,
      center: CENTER,
      reach: 700,
      moreCenters: paged ? [ALIASES + PAGE, ALIASES + PAGE, DEVICE + 0x800] : [CENTER - PAGE],
      faults: paged ? [DATA_END, DATA_END] : name === 'flat32' ? [] : [0x10000],
      registers: codeSize === 64 ? [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 15] : [0, 1, 2, 3, 6, 7],
      base: codeSize === 64 ? 14 : 5,
      isAllowed: () => true,
      origin: CODE,
      bytes: CODE_BYTES,
      counters: COUNTERS_AT,
      loopRegisters: codeSize === 64 ? [12, 13] : [],
      landing: LANDING,
      areFlagsDefined: false,
      canTrace: true,
      costMax: 100_000,
      hasStack: true,
      special: (random, at) => this.#special(random, at),
      end: (a) => a.label('end').raw(...(isUser(name) ? [0xeb, 0xfe] : [0xfa, 0xf4])),
    };
  }

  make(random: Random): Uint8Array {
    return new ProgramMaker(random, this.place).make();
  }

  /** Statements that change how the CPU works, or that leave compiled code. */
  #special(random: Random, at: number): readonly number[] {
    const a = new Assembler(at, this.place.codeSize);
    const constant = CONSTANTS + 4 * random.below(MXCSR_VALUES.length);
    const isKernel = !isUser(this.name);
    const kinds = ['mxcsr', 'fcw', 'clear', 'cpuid', ...(isKernel ? ['port', 'flags'] : [])];
    if (isSegmented(this.name) || isReal(this.name)) kinds.push('segment', 'segment', 'segment');
    if (isKernel && hasPages(this.name)) kinds.push('swap', 'swap', 'code', 'code', 'flush');
    else if (hasPages(this.name)) kinds.push('code');
    switch (random.pick(kinds)) {
      case 'mxcsr':
        a.op('ldmxcsr NP 0F AE /2 mod=m', { memory: { displacement: constant } });
        break;
      case 'fcw':
        a.op('fldcw D9 /5 mod=m', { memory: { displacement: constant + 32 } });
        break;
      case 'clear':
        a.raw(
          ...random.pick([
            [0xdb, 0xe3],
            [0xdb, 0xe2],
            [0x0f, 0x77],
          ]),
        ); // FNINIT, FNCLEX, EMMS
        break;
      case 'cpuid':
        a.raw(0xf, 0xa2);
        break;
      case 'port':
        a.raw(random.pick([0xe6, 0xe4, 0xe7, 0xe5]), 0x80 + random.below(4)); // OUT, IN
        break;
      case 'flags':
        a.raw(random.pick([0xfa, 0xfb])); // CLI, STI
        break;
      case 'segment':
        a.raw(...this.#loadSegment(random));
        break;
      case 'swap':
        this.#swap(a, random, ALIASES);
        break;
      case 'code':
        // one function at two places; which of two texts it has, the page tables say
        if (isKernel && random.chance(0.5)) this.#swap(a, random, CODE_ALIASES);
        this.#callTo(a, CODE_ALIASES + random.below(2) * PAGE);
        break;
      default:
        a.raw(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8); // MOV EAX,CR3; MOV CR3,EAX
    }
    return [...a.finish()];
  }

  /** Loads ES, FS or GS; DS for one instruction, because handlers need it. */
  #loadSegment(random: Random): number[] {
    const is16 = this.place.codeSize === 16;
    const selector = little(random.pick(isReal(this.name) ? REAL_SELECTORS : SELECTORS), 2);
    const moveToAx = [...(is16 ? [] : [0x66]), 0xb8, ...selector];
    const [move, pop, load] = random.pick([
      [0xc0, [0x07], [0xc4]],
      [0xe0, [0x0f, 0xa1], [0x0f, 0xb4]],
      [0xe8, [0x0f, 0xa9], [0x0f, 0xb5]],
    ] as const);
    switch (random.below(is16 ? 4 : 2)) {
      case 0:
        return [...moveToAx, 0x8e, move];
      case 1:
        return [0x68, ...selector, ...(is16 ? [] : [0, 0]), ...pop];
      case 2:
        return [...load, 0x06, ...little(CONSTANTS + 64 + 4 * random.below(FAR_POINTERS), 2)];
      default:
        // push ds; mov ax,selector; mov ds,ax; mov [C100],ax; pop ds
        return isReal(this.name) ? [0x1e, ...moveToAx, 0x8e, 0xd8, 0xa3, 0x00, 0xc1, 0x1f] : [...moveToAx, 0x8e, move];
    }
  }

  #callTo(a: Assembler, target: number): void {
    const size = this.place.codeSize;
    a.op('mov C7 /0 iz', { size, rm: 0, immediates: [target] }).op('call FF /2', { rm: 0 });
  }

  #entryOf(linear: number): number {
    const page = linear / PAGE;
    return isLong(this.name) ? TABLES + 3 * PAGE + 8 * page : TABLES + PAGE + 4 * page;
  }

  /** Exchanges where two neighbouring pages lie, and drops their translations. */
  #swap(a: Assembler, random: Random, linear: number): void {
    const size = 32;
    const [first, second] = [this.#entryOf(linear), this.#entryOf(linear + PAGE)];
    a.op('mov 8B /r', { size, reg: 0, memory: { displacement: first } });
    a.op('xchg 87 /r', { size, reg: 0, memory: { displacement: second } });
    a.op('mov 89 /r', { size, reg: 0, memory: { displacement: first } });
    if (random.chance(0.3)) {
      a.raw(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8);
      return;
    }
    for (const page of [linear, linear + PAGE]) a.op('invlpg 0F 01 /7 mod=m', { memory: { displacement: page } });
  }

  /** User programs cannot halt: they end in a jump to itself. */
  hasEnded(machine: CpuMachine): boolean {
    const rip = Number(machine.vcpu.save().rip) + this.#base;
    return isUser(this.name) && rip >= CODE && rip < CODE + CODE_BYTES && machine.memory.readU16(rip) === 0xfeeb;
  }

  /** Contents of the data pages. */
  data(random: Random): Uint8Array {
    const bytes = new Uint8Array(DATA_END - DATA);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += 16) {
      fillVector(view, at, 16, random.pick(['integer', 'single', 'double'] as const), random);
    }
    return bytes;
  }

  /** Lays everything into the machine's memory. */
  prepare(machine: CpuMachine, code: Uint8Array, seed: Uint8Array): void {
    const { name } = this;
    machine.poke(0, new Uint8Array(COMPARED_BYTES));
    const base = this.#base;
    const { fault, event } = handlers(name);
    machine.poke(COMMON, fault);
    machine.poke(COMMON + 0x80, event);
    for (let vector = 0; vector < 256; vector++) this.#vector(machine, vector);
    if (name !== 'real') this.#descriptors(machine);
    if (hasPages(name)) this.#pages(machine);
    machine.poke(base + CODE, code);
    machine.poke(
      base + CONSTANTS,
      [...MXCSR_VALUES, ...FCW_VALUES].flatMap((value) => little(value, 4)),
    );
    const pointers = isReal(name) ? REAL_SELECTORS : SELECTORS;
    for (let i = 0; i < FAR_POINTERS; i++) {
      machine.poke(base + CONSTANTS + 64 + 4 * i, [...little(DATA + 0x123 * i, 2), ...little(pointers[i]!, 2)]);
    }
    machine.poke(base + DATA, seed);
    if (isSegmented(name)) machine.poke(OTHER_BASE + DATA, seed);
    if (hasPages(name)) {
      machine.poke(ALIASES, seed.subarray(0, 2 * PAGE));
      // ADD EBX, 1; RET and XOR EBX, 5; INC ECX; RET, at the ends of their pages, across which they do not go
      machine.poke(CODE_ALIASES, [0x83, 0xc3, 1, 0xc3]);
      machine.poke(CODE_ALIASES + PAGE, [0x83, 0xf3, 5, 0xff, 0xc1, 0xc3]);
    }
  }

  #vector(machine: CpuMachine, vector: number): void {
    const isEvent = vector === 1 || vector >= IRQ_VECTOR;
    const at = HANDLERS + vector * HANDLER_BYTES;
    const push = isEvent || this.name === 'real' || WITH_ERROR.has(vector) ? [] : [0x6a, 0];
    const target = isEvent ? COMMON + 0x80 : COMMON;
    const size = this.name === 'real' ? 2 : 4;
    const from = at + push.length + 1 + size;
    machine.poke(at, [...push, 0xe9, ...little((target - from) >>> 0, size)]);
    if (this.name === 'real') {
      machine.poke(vector * 4, [...little(at, 2), 0, 0]);
      return;
    }
    const selector = isLong(this.name) ? CODE64 : CODE32;
    const gate = [...little(at, 2), ...little(selector, 2), 0, 0x8e, 0, 0];
    machine.poke(IDT + vector * (isLong(this.name) ? 16 : 8), gate);
  }

  #descriptors(machine: CpuMachine): void {
    const gdt = new BigUint64Array(12);
    gdt[CODE32 >> 3] = descriptor(0x9b, 0xc);
    gdt[DATA32 >> 3] = descriptor(0x93, 0xc);
    gdt[CODE64 >> 3] = descriptor(0x9b, 0xa);
    gdt[CODE16 >> 3] = descriptor(0x9b, 0);
    gdt[DATA16 >> 3] = descriptor(0x93, 0);
    gdt[USER_CODE32 >> 3] = descriptor(0xfb, 0xc);
    gdt[USER_DATA >> 3] = descriptor(0xf3, 0xc);
    gdt[USER_CODE64 >> 3] = descriptor(0xfb, 0xa);
    gdt[SEGMENT_CODE >> 3] = 0xffffn | (BigInt(SEGMENT_BASE) << 16n) | (0x9bn << 40n) | (4n << 52n);
    gdt[SEGMENT_CODE16 >> 3] = 0xffffn | (BigInt(SEGMENT_BASE) << 16n) | (0x9bn << 40n);
    machine.poke(GDT, new Uint8Array(gdt.buffer));
    // RSP0 or ESP0 with SS0
    machine.poke(TSS + 4, isLong(this.name) ? little(KERNEL_STACK, 8) : [...little(KERNEL_STACK, 4), DATA32, 0, 0, 0]);
  }

  #pages(machine: CpuMachine): void {
    const pages = 0x110;
    const skipped = new Set([DATA_END / PAGE, DATA / PAGE - 1]);
    const bytes = isLong(this.name) ? 8 : 4;
    const entries = TABLES + (isLong(this.name) ? 3 : 1) * PAGE;
    if (isLong(this.name)) {
      for (let level = 0; level < 3; level++) {
        machine.poke(TABLES + level * PAGE, little(TABLES + (level + 1) * PAGE + 7, 8));
      }
    } else machine.poke(TABLES, little(TABLES + PAGE + 7, 4));
    for (let page = 0; page < pages; page++) {
      const target = page === DEVICE / PAGE ? DEVICE_GPA : page * PAGE;
      if (!skipped.has(page)) machine.poke(entries + page * bytes, little(target + 7, bytes));
    }
  }

  /** The state in which the program starts. */
  start(machine: CpuMachine, random: Random): VcpuState {
    const { vcpu } = machine;
    const { name, place } = this;
    vcpu.reset();
    const state = vcpu.save();
    state.gpr = state.gpr.map((_, i) => (place.codeSize === 64 || i < 8 ? integer(random) & this.#mask : 0n));
    state.gpr[4] = BigInt(STACK);
    state.gpr[place.base] = BigInt(CENTER);
    state.rflags = 2n | BigInt(random.below(0x1000) & 0x8d5) | (random.chance(0.5) ? 0x200n : 0n);
    const style = random.pick(['integer', 'single', 'double'] as const);
    const fx = { style, isFloat: random.chance(0.4), isStackFull: random.chance(0.5), isMmx: random.chance(0.3) };
    state.xsave.set(fxImage(random, fx).subarray(0, 416));
    state.xsave[XSTATE_BV] = 3;
    this.#segments(state);
    state.rip = BigInt(CODE);
    state.cr4 = isLong(name) ? 0x620n : 0x600n;
    if (name === 'real') state.cr0 = 0x30n;
    else state.cr0 = hasPages(name) ? 0x80010033n : 0x33n;
    if (name === 'v86') state.rflags |= 0x20000n | (random.chance(0.5) ? 0x3000n : 0n);
    if (hasPages(name)) state.cr3 = BigInt(TABLES);
    if (isLong(name)) state.msrs = { ...state.msrs, c0000080: 0xd01n };
    return state;
  }

  get #mask(): bigint {
    return this.place.codeSize === 64 ? 0xffffffffffffffffn : 0xffffffffn;
  }

  #segments(state: VcpuState): void {
    const { name } = this;
    const all = (segment: SegmentState): void => {
      for (const each of ['es', 'ss', 'ds', 'fs', 'gs'] as const) state[each] = { ...segment };
    };
    const base = BigInt(this.#base);
    if (name === 'real') {
      all({ selector: 0, access: 0x93, limit: 0xffff, base: 0n });
      state.cs = { selector: 0, access: 0x9b, limit: 0xffff, base: 0n };
      return;
    }
    state.gdtr = { base: BigInt(GDT), limit: 95 };
    state.idtr = { base: BigInt(IDT), limit: isLong(name) ? 0xfff : 0x7ff };
    state.tr = { selector: TSS_SELECTOR, access: 0x8b, limit: 0x67, base: BigInt(TSS) };
    const flat = { limit: 0xffffffff, base: 0n };
    if (name === 'v86') {
      all({ selector: 0, access: 0xf3, limit: 0xffff, base: 0n });
      state.cs = { ...state.ds };
      return;
    }
    if (isUser(name)) {
      all({ ...flat, selector: USER_DATA, access: 0xc0f3 });
      const [selector, access] = isLong(name) ? [USER_CODE64, 0xa0fb] : [USER_CODE32, 0xc0fb];
      state.cs = { ...flat, selector, access };
      return;
    }
    if (name === 'flat16') {
      all({ selector: DATA16, access: 0x93, limit: 0xffff, base: 0n });
      state.cs = { selector: CODE16, access: 0x9b, limit: 0xffff, base: 0n };
      return;
    }
    all({ ...flat, selector: DATA32, access: 0xc093 });
    state.cs = { ...flat, selector: isLong(name) ? CODE64 : CODE32, access: isLong(name) ? 0xa09b : 0xc09b };
    if (isSegmented(name)) {
      // handlers have the flat CS and this DS
      const [selector, width] = name === 'segmented32' ? [SEGMENT_CODE, 0x4000] : [SEGMENT_CODE16, 0];
      state.cs = { selector, access: width | 0x9b, limit: 0xffff, base };
      all({ selector: DATA32, access: width | 0x93, limit: 0xffff, base });
      state.es = { selector: DATA32, access: width | 0x93, limit: 0xffff, base: BigInt(OTHER_BASE) };
    }
  }
}
