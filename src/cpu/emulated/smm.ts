/**
 * System management mode: entering it and RSM (Intel SDM vol. 3, chapter 31; AMD APM vol. 2, chapter 10). CPUs with long mode save
 * their state as the AMD64 map lays it out, others as the P6's 32-bit one; firmware tells them apart by the revision.
 * Left out: I/O instruction restart, which the revision does not declare. What an instruction left pending (a trap, an interrupt shadow)
 * is taken before the SMI.
 */
import { ACTIVITY_HALTED, ACTIVITY_RUNNING, ACTIVITY_SHUTDOWN } from './core/layout';
import { linearBits } from './msr';
import type { SegmentFields, StateView } from './state-view';

/** What lies at SMBASE is read and written as by the CPU in SMM. */
export interface SmmMemory {
  read(gpa: number, into: Uint8Array): void;
  write(gpa: number, from: Uint8Array): void;
}

export const SMBASE_AFTER_RESET = 0x30000;
/** The map's place from SMBASE, and its size. */
const MAP_AT = 0xfe00;
const MAP_SIZE = 0x200;
const ENTRY_RIP = 0x8000n;
const CS = 1;
const SS = 2;
const FS = 4;
const LDTR = 6;
const TR = 7;
const PRESENT = 0x80;
const ATTRIBUTES = 0xf0ff;
const GRANULAR = 0x8000;
const ACCESS_L = 0x2000;
/** SMBASE may be moved. */
const REVISION_RELOCATION = 0x20000;
const REVISION_AMD64 = REVISION_RELOCATION | 0x64;
const CR0_PE = 1n;
const CR0_ET = 0x10n;
const CR0_NW = 0x2000_0000n;
const CR0_CD = 0x4000_0000n;
const CR0_PG = 0x8000_0000n;
const CR0_KNOWN = 0xe005_003fn;
/** PE, EM, TS and PG. */
const CR0_CLEARED = 0x8000_000dn;
const CR4_PAE = 0x20n;
const CR4_LA57 = 0x1000n;
const EFER_LME = 0x100n;
const EFER_LMA = 0x400n;
const FLAG_VM = 0x20000n;
const FLAGS_KNOWN = 0x3f7fd7n;
const LOW32 = 0xffff_ffffn;
const PHYSICAL = 0xff_ffff_ffffn;

/** GPR numbers in the order of the 32-bit map, downwards from EDI. */
const LEGACY_GPRS = [7, 6, 5, 4, 3, 2, 1, 0] as const;
/** [segment, selector, attributes] of the 32-bit map; limit and base follow the attributes. */
const LEGACY_SEGMENTS: ReadonlyArray<readonly [index: number, selector: number, attributes: number]> = [
  [0, 0x1a8, 0x184],
  [1, 0x1ac, 0x190],
  [2, 0x1b0, 0x19c],
  [3, 0x1b4, 0x12c],
  [4, 0x1b8, 0x138],
  [5, 0x1bc, 0x144],
  [LDTR, 0x1c0, 0x178],
  [TR, 0x1c4, 0x15c],
];
/** Of the AMD64 map. */
const WIDE_SEGMENTS: ReadonlyArray<readonly [index: number, at: number]> = [
  [0, 0x00],
  [1, 0x10],
  [2, 0x20],
  [3, 0x30],
  [4, 0x40],
  [5, 0x50],
  [LDTR, 0x70],
  [TR, 0x90],
];

function isWide(state: StateView): boolean {
  return (state.u64('EFER_ALLOWED') & EFER_LME) !== 0n;
}

/** An unusable segment is one that is not present; SS keeps its DPL, which is the CPL. */
function attributesOf({ access, isUnusable }: SegmentFields): number {
  return isUnusable ? access & ATTRIBUTES & ~PRESENT : access & ATTRIBUTES;
}

function segmentOf(selector: number, attributes: number, limit: number, base: bigint): SegmentFields {
  return { selector, access: attributes & ATTRIBUTES, limit, base, isUnusable: (attributes & PRESENT) === 0 };
}

function saveWide(state: StateView, flags: bigint, map: DataView): void {
  for (const [index, at] of WIDE_SEGMENTS) {
    const segment = state.segment(index);
    map.setUint16(at, segment.selector, true);
    map.setUint16(at + 2, attributesOf(segment), true);
    map.setUint32(at + 4, segment.limit, true);
    map.setBigUint64(at + 8, segment.base, true);
  }
  map.setUint32(0x64, state.u32('GDTR_LIMIT'), true);
  map.setBigUint64(0x68, state.u64('GDTR_BASE'), true);
  map.setUint32(0x84, state.u32('IDTR_LIMIT'), true);
  map.setBigUint64(0x88, state.u64('IDTR_BASE'), true);
  map.setUint8(0xc9, state.u32('ACTIVITY') === ACTIVITY_HALTED ? 1 : 0);
  map.setBigUint64(0xd0, state.u64('EFER'), true);
  map.setUint32(0xfc, REVISION_AMD64, true);
  map.setUint32(0x100, state.u32('SMBASE'), true);
  map.setBigUint64(0x148, state.u64('CR4'), true);
  map.setBigUint64(0x150, state.u64('CR3'), true);
  map.setBigUint64(0x158, state.u64('CR0'), true);
  map.setBigUint64(0x160, state.u64('DR', 7), true);
  map.setBigUint64(0x168, state.u64('DR', 6), true);
  map.setBigUint64(0x170, flags, true);
  map.setBigUint64(0x178, state.u64('RIP'), true);
  for (let i = 0; i < 16; i++) map.setBigUint64(0x1f8 - 8 * i, state.u64('GPR', i), true);
}

function saveLegacy(state: StateView, flags: bigint, map: DataView): void {
  const put = (at: number, value: bigint): void => map.setUint32(at, Number(value & LOW32), true);
  put(0x1fc, state.u64('CR0'));
  put(0x1f8, state.u64('CR3'));
  put(0x1f4, flags);
  put(0x1f0, state.u64('RIP'));
  LEGACY_GPRS.forEach((gpr, i) => put(0x1ec - 4 * i, state.u64('GPR', gpr)));
  put(0x1cc, state.u64('DR', 6));
  put(0x1c8, state.u64('DR', 7));
  for (const [index, selector, at] of LEGACY_SEGMENTS) {
    const segment = state.segment(index);
    map.setUint32(selector, segment.selector, true);
    map.setUint32(at, attributesOf(segment), true);
    map.setUint32(at + 4, segment.limit, true);
    put(at + 8, segment.base);
  }
  put(0x174, state.u64('GDTR_BASE'));
  map.setUint32(0x170, state.u32('GDTR_LIMIT'), true);
  put(0x158, state.u64('IDTR_BASE'));
  map.setUint32(0x154, state.u32('IDTR_LIMIT'), true);
  put(0x114, state.u64('CR4'));
  map.setUint16(0x102, state.u32('ACTIVITY') === ACTIVITY_HALTED ? 1 : 0, true);
  map.setUint32(0xfc, REVISION_RELOCATION, true);
  map.setUint32(0xf8, state.u32('SMBASE'), true);
}

/** Takes an SMI. EFLAGS become 2; that and the mode are the caller's. */
export function enterSmm(state: StateView, flags: bigint, memory: SmmMemory): void {
  const smbase = state.u32('SMBASE');
  const bytes = new Uint8Array(MAP_SIZE);
  // what the map leaves reserved keeps its contents
  memory.read(smbase + MAP_AT, bytes);
  if (isWide(state)) saveWide(state, flags, new DataView(bytes.buffer));
  else saveLegacy(state, flags, new DataView(bytes.buffer));
  memory.write(smbase + MAP_AT, bytes);
  state.setU32('SMI_PENDING', 0);
  state.setU32('IN_SMM', 1);
  state.setU32('SMM_NMI_BLOCKED', state.u32('NMI_BLOCKED'));
  state.setU32('NMI_BLOCKED', 1);
  state.setU32('ACTIVITY', ACTIVITY_RUNNING);
  state.setU32('SHADOW', 0);
  state.setU64('RIP', ENTRY_RIP);
  state.setU64('CR0', state.u64('CR0') & ~CR0_CLEARED);
  state.setU64('CR4', 0n);
  state.setU64('EFER', 0n);
  state.setU64('DR', 0x400n, 7);
  state.setU32('CPL', 0);
  for (let i = 0; i < LDTR; i++) {
    const isCode = i === CS;
    state.setSegment(i, {
      selector: isCode ? (smbase >>> 4) & 0xffff : 0,
      access: GRANULAR | (isCode ? 0x9b : 0x93),
      limit: 0xffffffff,
      base: isCode ? BigInt(smbase) : 0n,
      isUnusable: false,
    });
  }
}

/** What RSM loads, before anything of it is believed. */
interface Resumed {
  readonly gpr: readonly bigint[];
  readonly segments: ReadonlyMap<number, SegmentFields>;
  readonly gdtr: readonly [base: bigint, limit: number];
  readonly idtr: readonly [base: bigint, limit: number];
  readonly cr0: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly dr6: bigint;
  readonly dr7: bigint;
  readonly flags: bigint;
  readonly rip: bigint;
  readonly isHalted: boolean;
  readonly smbase: number;
}

function readWide(map: DataView): Resumed {
  const quad = (at: number): bigint => map.getBigUint64(at, true);
  const segments = WIDE_SEGMENTS.map(([index, at]): [number, SegmentFields] => [
    index,
    segmentOf(map.getUint16(at, true), map.getUint16(at + 2, true), map.getUint32(at + 4, true), quad(at + 8)),
  ]);
  return {
    gpr: Array.from({ length: 16 }, (_, i) => quad(0x1f8 - 8 * i)),
    segments: new Map(segments),
    gdtr: [quad(0x68), map.getUint16(0x64, true)],
    idtr: [quad(0x88), map.getUint16(0x84, true)],
    cr0: quad(0x158),
    cr3: quad(0x150),
    cr4: quad(0x148),
    efer: quad(0xd0),
    dr6: quad(0x168),
    dr7: quad(0x160),
    flags: quad(0x170),
    rip: quad(0x178),
    isHalted: (map.getUint8(0xc9) & 1) !== 0,
    smbase: map.getUint32(0x100, true),
  };
}

function readLegacy(map: DataView): Resumed {
  const word = (at: number): number => map.getUint32(at, true);
  const quad = (at: number): bigint => BigInt(word(at));
  const segments = LEGACY_SEGMENTS.map(([index, selector, at]): [number, SegmentFields] => [
    index,
    segmentOf(map.getUint16(selector, true), map.getUint16(at, true), word(at + 4), quad(at + 8)),
  ]);
  const gpr = Array.from({ length: 16 }, () => 0n);
  LEGACY_GPRS.forEach((number, i) => {
    gpr[number] = quad(0x1ec - 4 * i);
  });
  return {
    gpr,
    segments: new Map(segments),
    gdtr: [quad(0x174), map.getUint16(0x170, true)],
    idtr: [quad(0x158), map.getUint16(0x154, true)],
    cr0: quad(0x1fc),
    cr3: quad(0x1f8),
    cr4: quad(0x114),
    efer: 0n,
    dr6: quad(0x1cc),
    dr7: quad(0x1c8),
    flags: quad(0x1f4),
    rip: quad(0x1f0),
    isHalted: (map.getUint16(0x102, true) & 1) !== 0,
    smbase: word(0xf8),
  };
}

/** SDM vol. 3, 31.5: what RSM refuses by shutting down. Whatever else firmware may write there must be harmless. */
function isLoadable(state: StateView, { cr0, cr3, cr4, efer, flags }: Resumed): boolean {
  const isPaging = (cr0 & CR0_PG) !== 0n;
  const isLong = (efer & EFER_LMA) !== 0n;
  if ((cr0 & ~CR0_KNOWN) !== 0n || (isPaging && (cr0 & CR0_PE) === 0n)) return false;
  if ((cr0 & CR0_NW) !== 0n && (cr0 & CR0_CD) === 0n) return false;
  if ((cr4 & ~state.u64('CR4_ALLOWED')) !== 0n || (cr3 & ~PHYSICAL) !== 0n) return false;
  if ((efer & ~(state.u64('EFER_ALLOWED') | EFER_LMA)) !== 0n) return false;
  if (isLong !== (isPaging && (efer & EFER_LME) !== 0n) || (isLong && (cr4 & CR4_PAE) === 0n)) return false;
  return (flags & FLAG_VM) === 0n || (!isLong && (cr0 & CR0_PE) !== 0n);
}

/** RSM: the image of the flags, for the caller to set with the mode; undefined: the vCPU has shut down. */
export function leaveSmm(state: StateView, memory: SmmMemory): bigint | undefined {
  const bytes = new Uint8Array(MAP_SIZE);
  memory.read(state.u32('SMBASE') + MAP_AT, bytes);
  const map = new DataView(bytes.buffer);
  const resumed = isWide(state) ? readWide(map) : readLegacy(map);
  state.setU32('IN_SMM', 0);
  state.setU32('NMI_BLOCKED', state.u32('SMM_NMI_BLOCKED'));
  if (!isLoadable(state, resumed)) {
    state.setU32('ACTIVITY', ACTIVITY_SHUTDOWN);
    return undefined;
  }
  const { cr0, cr4, efer, flags, segments } = resumed;
  state.setU32('SMBASE', resumed.smbase);
  state.setU32('ACTIVITY', resumed.isHalted ? ACTIVITY_HALTED : ACTIVITY_RUNNING);
  resumed.gpr.forEach((value, i) => state.setU64('GPR', value, i));
  // Bases are cut to what the registers hold: 32 bits, or canonical addresses of FS, GS and the system segments.
  const isLong = (efer & EFER_LMA) !== 0n;
  const wide = (value: bigint, bits: number): bigint =>
    isLong ? BigInt.asUintN(64, BigInt.asIntN(bits, value)) : value & LOW32;
  const bits = linearBits(state);
  for (const [index, segment] of segments)
    state.setSegment(index, { ...segment, base: index < FS ? segment.base & LOW32 : wide(segment.base, bits) });
  for (const [name, [base, limit]] of [
    ['GDTR', resumed.gdtr],
    ['IDTR', resumed.idtr],
  ] as const) {
    state.setU64(`${name}_BASE`, wide(base, bits));
    state.setU32(`${name}_LIMIT`, limit);
  }
  const is64 = isLong && ((segments.get(CS)?.access ?? 0) & ACCESS_L) !== 0;
  state.setU64('RIP', is64 ? wide(resumed.rip, (cr4 & CR4_LA57) === 0n ? 48 : 57) : resumed.rip & LOW32);
  state.setU64('CR0', cr0 | CR0_ET);
  state.setU64('CR3', resumed.cr3);
  state.setU64('CR4', cr4);
  state.setU64('EFER', efer);
  state.setU64('DR', (resumed.dr6 & 0xe00fn) | 0xffff_0ff0n, 6);
  state.setU64('DR', (resumed.dr7 & 0xffff_2bffn) | 0x400n, 7);
  const isVirtual = (flags & FLAG_VM) !== 0n;
  const dpl = ((segments.get(SS)?.access ?? 0) >> 5) & 3;
  state.setU32('CPL', (cr0 & CR0_PE) === 0n ? 0 : isVirtual ? 3 : dpl);
  return (flags & FLAGS_KNOWN) | 2n;
}
