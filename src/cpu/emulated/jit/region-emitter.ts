import {
  EXIT_FLAGS_KEEP,
  EXIT_INTERPRETED,
  MODE_CS32,
  MODE_PLAIN,
  MODE_PROTECTED,
  MODE_SS32,
  MODE_V86,
  OP_SIZE,
  SEG_STRIDE,
  STEP_ENDS,
  STEP_FLAGS_SHIFT,
  STEP_MORE_SHIFT,
  stateOffset,
  TLB_ADDEND,
  TLB_READ_TAG,
  TLB_WRITE_TAG,
} from '../core/layout';
import { SSE_DOUBLE, SSE_SCALAR } from '../core/sse/codes';
import { CALL_SHIFT } from '../core/vector-calls';
import { SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_SS } from '../decoder';
import { ENV_CHECKED, ENV_FLAT, ENV_LONG } from '../isa/compile';
import type { Row } from '../isa/table';
import type { Emitter, I32, I64, Size, V128, Value, ValueType } from '../isa/emitter';
import { NODE_STATE, Node, use } from './expression';
import { type LocalId, OP_CALL, OP_IF, OP_LOCAL_TEE, OP_RETURN } from './function-writer';
import { FlagEmitter } from './flag-emitter';
import { FLAGS_DONE, flagCode, isFlagsDone, isStatic, type KnownFlags } from './lazy-flags';
import {
  FLAG_A,
  FLAG_R,
  FLAG_B,
  FUNCTION_MISS,
  IMPORT_INTERPRET,
  IMPORT_SEGMENT,
  IMPORT_VECTOR,
  IMPORT_X87,
  type InstructionContext,
  NotCompilable,
} from './region-context';
import { registerOffset, registerType } from './register-emitter';
import type { SharedAccess } from './shared-places';
import { pushTlbEntry } from './tlb-entry';
import { type VectorCall, VECTOR_CALLS } from './vector-calls';
import {
  I32_ADD,
  I32_LOAD,
  I32_LT_S,
  I32_WRAP,
  I64_ADD,
  I64_LE_U,
  I64_LOAD,
  I64_SUB,
  I64X2_REPLACE_LANE,
  I64X2_SPLAT,
  LOADS_64,
  STORES,
  STORES_64,
  V128_LOAD,
  V128_STORE,
} from './wasm-opcodes';

/** All exceptions are masked. */
const MXCSR_MASKS = 0x1f80;
const RSP = 4;
const RBP = 5;
/** Registers that instructions of these families write, and no other. */
const WRITTEN_BY: Readonly<Record<string, readonly number[]>> = { x87: [], string: [0, 1, 6, 7] };

/** What some instructions write, by their families; undefined: any register. */
function writtenBy(rows: readonly Row[]): readonly number[] | undefined {
  const written = new Set<number>();
  for (const { family } of rows) {
    const registers = WRITTEN_BY[family];
    if (registers === undefined) return undefined;
    for (const register of registers) written.add(register);
  }
  return [...written];
}

/** As in core/slots.ts. */
const ACCESS_READ = 0;
const ACCESS_WRITE = 1;

/** Those that MODE_PLAIN speaks of. */
const PLAIN_SEGMENTS: ReadonlySet<number> = new Set([SEG_ES, SEG_SS, SEG_DS]);
/** As in core/address.ts. */
const SEGMENT_FIELDS = {
  selector: { stored: 'u16', at: 0 },
  access: { stored: 'u16', at: 2 },
  limit: { stored: 'u32', at: 4 },
  base: { stored: 'u64', at: 8 },
  unusable: { stored: 'u8', at: 16 },
} as const;
/** Limit 4 GiB; writable data that grows upwards: limit and access as they lie in the state. */
const PLAIN_DATA_MASK = 0xffffffff000e0000n;
const PLAIN_DATA = 0xffffffff00020000n;
type SegmentField = keyof typeof SEGMENT_FIELDS;

/** Leaves the address of an operand in shared memory on the stack. */
interface Place {
  push(): void;
}

/**
 * The emitter's back end for compiled code: guest memory through the TLB, the stack, and the ways out, over values and steps
 * (step-emitter.ts) and flags (flag-emitter.ts).
 */
export class RegionEmitter extends FlagEmitter implements Emitter {
  /** Operands of this instruction that are read and written, by their linear address. */
  #places = new Map<Node, Place>();

  override probe(context: InstructionContext, run: () => void): void {
    this.#places = new Map();
    super.probe(context, run);
  }

  // ---- guest memory ----

  /** Leaves the region where the access must not be a plain one. */
  #lookUp(linear: I64, bytes: number, access: typeof ACCESS_READ | typeof ACCESS_WRITE): Place {
    const { code, writer } = this;
    this.usesTlb = true;
    const shared = this.#sharedAccess(linear, bytes, access);
    const address = use(linear);
    const place = writer.temporaries.take('i32');
    const mend = (): void => {
      this.pushState();
      writer.push(address);
      code.i32(access | (bytes << 8));
      code.byte(OP_CALL);
      code.u32(FUNCTION_MISS);
    };
    if (shared === undefined) this.#lookFor(place, linear, bytes, access, () => undefined, mend);
    else if (shared.isFirst) {
      const { place: all, local, offset } = shared;
      const low = offset === 0 ? linear : this.zext(this.add(linear, this.i64(-offset)), this.#addressSize);
      const found = (): void => {
        code.local(OP_LOCAL_TEE, local);
        this.#pushDistance(offset);
      };
      this.#lookFor(place, low, all.high - all.low, access, found, () => {
        code.i32(0);
        code.set(local);
        mend();
      });
    } else {
      const { local } = shared;
      const isFound = (): void => {
        // what is computed on one way only is not there after it
        writer.force(address);
        code.get(local);
      };
      const found = (): void => {
        code.get(local);
        this.#pushDistance(shared.offset);
      };
      this.placeOrSlow(place, isFound, found, mend);
    }
    return { push: () => code.get(place) };
  }
  #sharedAccess(linear: I64, bytes: number, access: number): SharedAccess | undefined {
    if (this.depth > 0 || this.haveRegistersChanged) return undefined;
    const { temporaries } = this.writer;
    return this.sharedPlaces?.find(linear as Node, bytes, access, (index) => temporaries.kept(index));
  }
  get #addressSize(): 32 | 64 {
    return this.context.env === ENV_LONG ? 64 : 32;
  }
  #pushDistance(distance: number): void {
    if (distance === 0) return;
    this.code.i32(distance);
    this.code.byte(I32_ADD);
  }
  /** Into `place` where so many bytes from `linear` on go, if the TLB has it; `found` follows on that way, else `mend` says where. */
  #lookFor(place: LocalId, linear: I64, bytes: number, access: number, found: () => void, mend: () => void): void {
    const { code, writer } = this;
    const address = use(linear);
    for (let i = 0; i < 2; i++) use(linear);
    // the TLB entry, then where the access goes
    this.placeOrSlow(
      place,
      () => {
        writer.push(address);
        pushTlbEntry(
          code,
          () => this.pushTlb(),
          () => writer.push(address),
        );
        code.local(OP_LOCAL_TEE, place);
        code.memory(I64_LOAD, 3, access === ACCESS_WRITE ? TLB_WRITE_TAG : TLB_READ_TAG);
        code.byte(I64_SUB);
        code.i64(BigInt(4096 - bytes));
        code.byte(I64_LE_U);
      },
      () => {
        code.get(place);
        code.memory(I32_LOAD, 2, TLB_ADDEND);
        writer.push(address);
        code.byte(I32_WRAP);
        code.byte(I32_ADD);
        found();
      },
      mend,
    );
  }
  protected pushTlb(): void {
    if (this.form === 'state') {
      this.pushState();
      this.code.memory(I32_LOAD, 2, stateOffset('TLB'));
    } else this.code.get(this.names.tlb);
  }
  protected loadAt(place: Place, size: Size): I64 {
    const value = this.temporary('i64', size);
    this.step(() => {
      place.push();
      this.code.memory(...LOADS_64[size], 0);
      value.local = this.writer.temporaries.take('i64');
      this.code.set(value.local);
    });
    return value;
  }
  readMemory(linear: I64, size: Size): I64 {
    return this.loadAt(this.placeToRead(linear, size / 8), size);
  }
  writeMemory(linear: I64, size: Size, value: I64): void {
    const place = this.placeToWrite(linear, size / 8);
    const node = use(value);
    this.isChanged = true;
    this.step(() => {
      place.push();
      this.writer.push(node);
      this.code.memory(...STORES_64[size], 0);
    });
  }
  /** Reads and writes that follow at this address go to one place, without a further look. */
  probeWrite(linear: I64, bits: number): void {
    this.#places.set(linear as Node, this.#lookUp(linear, bits / 8, ACCESS_WRITE));
  }
  protected loadVectorAt(place: Place, offset: number): V128 {
    const value = this.temporary('v128');
    this.step(() => {
      place.push();
      this.code.byte(0xfd);
      this.code.memory(V128_LOAD, 0, offset);
      value.local = this.writer.temporaries.take('v128');
      this.code.set(value.local);
    });
    return value;
  }
  protected storeVectorAt(place: Place, offset: number, value: V128): void {
    const node = use(value);
    this.isChanged = true;
    this.step(() => {
      place.push();
      this.writer.push(node);
      this.code.byte(0xfd);
      this.code.memory(V128_STORE, 0, offset);
    });
  }
  protected placeToRead(linear: I64, bytes: number): Place {
    const known = this.#places.get(linear as Node);
    return known ?? this.#lookUp(linear, bytes, ACCESS_READ);
  }
  protected placeToWrite(linear: I64, bytes: number): Place {
    const known = this.#places.get(linear as Node);
    return known ?? this.#lookUp(linear, bytes, ACCESS_WRITE);
  }
  readMemory128(linear: I64): V128 {
    return this.loadVectorAt(this.placeToRead(linear, 16), 0);
  }
  writeMemory128(linear: I64, value: V128): void {
    this.storeVectorAt(this.placeToWrite(linear, 16), 0, value);
  }
  readMemory256(linear: I64): readonly [low: V128, high: V128] {
    const place = this.placeToRead(linear, 32);
    return [this.loadVectorAt(place, 0), this.loadVectorAt(place, 16)];
  }
  writeMemory256(linear: I64, low: V128, high: V128): void {
    const place = this.placeToWrite(linear, 32);
    this.storeVectorAt(place, 0, low);
    this.storeVectorAt(place, 16, high);
  }

  // ---- stack ----

  private get stackSize(): 16 | 32 | 64 {
    const { env, mode } = this.context;
    if (env === ENV_LONG) return 64;
    return env === ENV_FLAT || (mode & MODE_SS32) !== 0 ? 32 : 16;
  }
  protected sp(delta: number): I64 {
    return this.zext(this.add(this.gpr(RSP, this.stackSize), this.i64(delta)), this.stackSize);
  }
  #setSp(value: I64): void {
    this.setGpr(RSP, this.stackSize, value);
  }
  #onStack(offset: I64, size: Size, isWritten: boolean): I64 {
    return this.context.env === ENV_CHECKED ? this.inSegment(SEG_SS, offset, size / 8, isWritten) : offset;
  }
  push(size: Size, value: I64): void {
    const sp = this.sp(-size / 8);
    this.writeMemory(this.#onStack(sp, size, true), size, value);
    this.#setSp(sp);
  }
  peek(size: Size, displacement: number): I64 {
    return this.readMemory(this.#onStack(this.sp(displacement), size, false), size);
  }
  addSp(bytes: number): void {
    this.#setSp(this.sp(bytes));
  }
  addSpBy(bytes: I64): void {
    const size = this.stackSize;
    this.#setSp(this.zext(this.add(this.gpr(RSP, size), bytes), size));
  }

  leaveFrame(size: Size): void {
    const { stackSize } = this;
    const bp = this.gpr(RBP, stackSize);
    const value = this.readMemory(this.#onStack(bp, size, false), size);
    this.#setSp(this.zext(this.add(bp, this.i64(size / 8)), stackSize));
    this.setGpr(RBP, size, value);
  }

  // ---- segments ----

  /** A field of a segment register. */
  protected segment<T extends 'i32' | 'i64'>(segment: number, field: SegmentField, type: T): Value<T> {
    const { stored, at } = SEGMENT_FIELDS[field];
    return this.loadState(stored, stateOffset('SEG') + segment * SEG_STRIDE + at, type);
  }
  protected setSegment(segment: number, field: SegmentField, value: Value): void {
    const { stored, at } = SEGMENT_FIELDS[field];
    this.storeState(stored, stateOffset('SEG') + segment * SEG_STRIDE + at, value);
  }
  /** Are selectors those of descriptors? */
  get isProtected(): boolean {
    return (this.context.mode & (MODE_PROTECTED | MODE_V86)) === MODE_PROTECTED;
  }
  /** Leaves the region before the instruction. */
  leaveIf(condition: I32): void {
    const node = use(condition);
    this.slowIf(() => this.writer.push(node));
  }

  /** Linear address of so many bytes from an offset in a segment, with all checks of the segment. */
  linearIn(segment: number, offset: I64, bytes: number, isWritten: boolean): I64 {
    const { env } = this.context;
    if (env === ENV_CHECKED) return this.inSegment(segment, offset, bytes, isWritten);
    if (segment < SEG_FS) {
      return env === ENV_FLAT && segment === SEG_CS ? this.inSegment(segment, offset, bytes, isWritten) : offset;
    }
    const base = this.segment(segment, 'base', 'i64');
    if (env === ENV_LONG) return this.add(offset, base);
    // FS and GS of 32-bit systems have a base and no limit: anything else is the interpreter's
    const description = this.loadState<'i64'>('u64', stateOffset('SEG') + segment * SEG_STRIDE, 'i64');
    const isPlain = this.eq(this.and(description, this.i64(PLAIN_DATA_MASK)), this.i64(PLAIN_DATA));
    this.leaveIf(this.orB(this.notB(isPlain), this.segment(segment, 'unusable', 'i32')));
    return this.zext(this.add(offset, base), 32);
  }

  /**
   * Linear address of so many bytes from an offset in a segment with base and limit, as core/address.ts has it (`checked`). Where not
   * all is as it mostly is, the region is left.
   */
  protected inSegment(segment: number, offset: I64, bytes: number, isWritten: boolean): I64 {
    const { mode } = this.context;
    if ((mode & MODE_PLAIN) === 0 || !PLAIN_SEGMENTS.has(segment)) this.#checkAccess(segment, isWritten);
    const last = bytes === 1 ? offset : this.add(offset, this.i64(bytes - 1));
    this.leaveIf(this.ltU(this.segment(segment, 'limit', 'i64'), last));
    return this.zext(this.add(this.segment(segment, 'base', 'i64'), offset), 32);
  }
  #checkAccess(segment: number, isWritten: boolean): void {
    const access = this.segment(segment, 'access', 'i32');
    const masked = (mask: number, value: number): I32 =>
      this.op('i32.eq', 'i32', [this.op('i32.and', 'i32', [access, this.i32(mask)]), this.i32(value)]);
    let isFine: I32;
    if (!this.isProtected) isFine = this.notB(masked(0xc, 4));
    else if (isWritten) isFine = masked(0xe, 2);
    else isFine = this.orB(masked(0xc, 0), masked(0xa, 0xa));
    this.leaveIf(this.orB(this.notB(isFine), this.segment(segment, 'unusable', 'i32')));
  }

  /** MOV to, POP and LxS of a data segment register where selectors are addresses (core/segments.ts, `setRealSegment`). */
  checkRealLoad(segment: number): void {
    if ((this.context.mode & MODE_V86) !== 0) return;
    const access = this.segment(segment, 'access', 'i32');
    const isData = this.op('i32.eq', 'i32', [this.op('i32.and', 'i32', [access, this.i32(0x1a)]), this.i32(0x12)]);
    // CS as large as that could make all segments flat
    const isLarge = this.eq(this.segment(SEG_CS, 'limit', 'i64'), this.i64(0xffffffff));
    const unusable = this.segment(segment, 'unusable', 'i32');
    this.leaveIf(this.orB(this.orB(this.notB(isData), isLarge), unusable));
  }
  loadRealSegment(segment: number, selector: I64): void {
    const value = this.zext(selector, 16);
    this.setSegment(segment, 'selector', value);
    this.setSegment(segment, 'base', this.shl(value, 4));
    if ((this.context.mode & MODE_V86) === 0) return;
    this.setSegment(segment, 'limit', this.i64(0xffff));
    this.setSegment(segment, 'access', this.i32(0xf3));
    this.setSegment(segment, 'unusable', this.i32(0));
  }

  /** The same where selectors choose descriptors (core/region-segments.ts): all that is not usual leaves the region. */
  loadSegment(segment: number, selector: I64): void {
    const pair = this.op('i64.or', 'i64', [this.zext(selector, 16), this.constant('i64', BigInt(segment) << 32n)]);
    const node = use(this.op('i64x2.splat', 'v128', [pair]));
    const isLoaded = this.temporary('i32');
    this.step(() => {
      this.pushState();
      this.writer.push(node);
      this.code.byte(OP_CALL);
      this.code.u32(IMPORT_SEGMENT);
      isLoaded.local = this.writer.temporaries.take('i32');
      this.code.set(isLoaded.local);
    });
    this.leaveIf(this.op('i32.eqz', 'i32', [isLoaded]));
  }

  // ---- the interpreter ----

  /** At the start of a node: what its locals hold may have been changed on the way. */
  enterNode(flags: KnownFlags): void {
    this.flags = flags;
    this.unsaved = undefined;
  }

  /**
   * Instructions that follow each other, by the interpreter; `op` and `offset` are the node's, `index` the first one's place in it.
   * Where registers are in locals, `among` has seen all of the region's instructions, so that it knows what must be written to the
   * state.
   */
  interpret(
    index: number,
    { op, offset }: { readonly op: number; readonly offset: number },
    rows: readonly Row[],
    among: RegionEmitter,
  ): void {
    const { code, names, flags } = this;
    const endsBlock = rows.at(-1)!.attributes.endsBlock === true;
    const isInLocals = this.form === 'locals';
    const load = (register: number): void => {
      this.pushState();
      if (registerType(register) === 'v128') {
        code.byte(0xfd);
        code.memory(V128_LOAD, 4, registerOffset(register));
      } else code.memory(...LOADS_64[64], registerOffset(register));
      code.set(names.registers[register]!);
    };
    if (isInLocals) {
      for (const register of among.usedRegisters) this.usedRegisters.add(register);
      const flagCells = among.changesFlags && !isFlagsDone(flags) ? [FLAG_R, FLAG_A, FLAG_B] : [FLAG_R, FLAG_A];
      for (const register of [...(this.unsaved ?? among.changedRegisters), ...(among.changesFlags ? flagCells : [])]) {
        this.pushState();
        code.get(names.registers[register]!);
        if (registerType(register) === 'v128') {
          code.byte(0xfd);
          code.memory(V128_STORE, 4, registerOffset(register));
        } else code.memory(...STORES_64[64], registerOffset(register));
      }
      if (!isStatic(flags) && among.changesFlags) {
        this.pushState();
        code.get(names.flagKind);
        code.memory(...STORES.u32, stateOffset('FLAG_KIND'));
      }
    }
    this.pushState();
    const kind = isStatic(flags) ? flagCode(flags) : EXIT_FLAGS_KEEP;
    const ends = endsBlock ? STEP_ENDS : 0;
    const more = (rows.length - 1) << STEP_MORE_SHIFT;
    code.v128([op + index * OP_SIZE, index | (kind << STEP_FLAGS_SHIFT) | ends | more, offset, 0]);
    code.get(names.budget);
    code.byte(OP_CALL);
    code.u32(IMPORT_INTERPRET);
    code.local(OP_LOCAL_TEE, names.budget);
    code.i32(0);
    code.byte(I32_LT_S);
    code.open(OP_IF, endsBlock ? 'then' : 'else');
    // the locals are old: the state is as it should be
    code.i64(BigInt(EXIT_INTERPRETED));
    code.byte(OP_RETURN);
    code.close();
    if (endsBlock) return;
    this.sharedPlaces?.forgetRegisters();
    this.flags = { kind: FLAGS_DONE, size: 64 };
    if (!isInLocals) return;
    const known = writtenBy(rows);
    for (const register of known ?? [...among.usedRegisters]) if (among.usedRegisters.has(register)) load(register);
    load(FLAG_R);
    load(FLAG_A);
    if (among.usesTlb && known === undefined) {
      this.pushState();
      code.memory(I32_LOAD, 2, stateOffset('TLB'));
      code.set(names.tlb);
    }
    this.unsaved = new Set();
  }

  // ---- leaving ----

  raise(): void {
    this.slow();
  }
  nextRip(): I64 {
    return this.rip(this.context.next);
  }
  /** RIP at an offset from the entry. The region is not entered where this could wrap. */
  rip(at: number): I64 {
    return this.add(this.base(), this.i64(at));
  }
  protected base(): Node<'i64'> {
    if (this.form === 'locals') return this.local('i64', this.names.base);
    return this.node(new Node('i64', NODE_STATE, stateOffset('CODE_RIP'), []));
  }
  /** The same on the stack. */
  writeRip(at: number): void {
    if (this.form === 'locals') this.code.get(this.names.base);
    else {
      this.pushState();
      this.code.memory(I64_LOAD, 3, stateOffset('CODE_RIP'));
    }
    if (at === 0) return;
    this.code.i64(BigInt(at));
    this.code.byte(I64_ADD);
  }
  checkTarget(rip: I64): void {
    const { env } = this.context;
    if (env === ENV_FLAT) return;
    if (env === ENV_CHECKED) {
      this.leaveIf(this.ltU(this.segment(SEG_CS, 'limit', 'i64'), rip));
      return;
    }
    const far = this.shrU(this.add(rip, this.i64(0x800000000000)), 48);
    this.leaveIf(this.ne(far, this.i64(0)));
  }
  checkRelative(): void {
    this.checkSize();
  }
  /** Relative targets lie where the region may be entered (core/regions.ts), which with 16-bit code is below 64 KiB. */
  protected checkSize(): void {
    const { env, mode, size } = this.context;
    if (size === 16 && (env === ENV_FLAT || (env === ENV_CHECKED && (mode & MODE_CS32) !== 0)))
      throw new NotCompilable('a target that is cut');
  }
  relativeTarget(): I64 {
    this.checkSize();
    return this.rip(this.context.target);
  }
  jump(rip: I64): void {
    const node = use(rip);
    const local = this.writer.temporaries.take('i64');
    const { context } = this;
    this.step(() => {
      this.writer.push(node);
      this.code.set(local);
    });
    this.flush();
    this.step(() => this.branches.toRip(local, context));
  }
  branch(taken: I32): void {
    this.checkSize();
    const { context } = this;
    const condition = taken as Node<'i32'>;
    if (condition.isConstant) {
      if (condition.constant !== 0n) this.jumpRelative();
      return;
    }
    const node = use(taken);
    this.now(condition);
    this.flush();
    this.step(() => {
      this.writer.push(node);
      this.code.open(OP_IF);
      this.branches.toTarget(context);
      this.code.close();
    });
  }
  jumpRelative(): void {
    this.checkSize();
    const { context } = this;
    this.flush();
    this.step(() => this.branches.toTarget(context));
  }

  // ---- functions of the core ----

  /** `segment`: the memory operand's, of which `offset` is the offset. Gives what is stored or the flags of a comparison. */
  callX87(segment: number | undefined, offset: I64, argument: I64, what: number): I64 {
    const where =
      (BigInt(segment === undefined ? 0 : segment + 1) << 32n) | BigInt.asUintN(32, BigInt(this.context.start));
    const nodes = [this.i64(where), offset, argument].map((value) => use(value));
    const value = this.temporary('v128');
    this.step(() => {
      this.pushState();
      this.writer.push(nodes[0]!);
      this.code.byte(0xfd);
      this.code.u32(I64X2_SPLAT);
      if (segment !== undefined) {
        this.writer.push(nodes[1]!);
        this.code.byte(0xfd);
        this.code.u32(I64X2_REPLACE_LANE);
        this.code.byte(1);
      }
      this.writer.push(nodes[2]!);
      this.code.i32(what);
      this.code.byte(OP_CALL);
      this.code.u32(IMPORT_X87);
      value.local = this.writer.temporaries.take('v128');
      this.code.set(value.local);
    });
    this.leaveIf(this.eqz(this.op('i64x2.extract_lane', 'i64', [value], [1])));
    this.isChanged = true;
    return this.now(this.op('i64x2.extract_lane', 'i64', [value], [0]) as Node<'i64'>);
  }

  /** All but one integer of the arguments are vectors, or the halves of some: see core/region-vector.ts. */
  #callVector(name: string, { which, flags }: VectorCall, args: readonly Value[]): V128 {
    if (flags) {
      const masks = this.op('i32.and', 'i32', [this.state('MXCSR', 'i32'), this.i32(MXCSR_MASKS)]);
      this.leaveIf(this.op('i32.ne', 'i32', [masks, this.i32(MXCSR_MASKS)]));
    }
    const integers = args.filter(({ type }) => type === 'i64');
    const vectors = args.filter(({ type }) => type === 'v128') as V128[];
    const words = args.filter(({ type }) => type === 'i32') as I32[];
    if (integers.length === 2) vectors.push(...integers.map((value) => this.op('i64x2.splat', 'v128', [value])));
    const last = words[1] === undefined ? integers[0] : this.convert(words[1], 'i64');
    const extra = integers.length === 2 || last === undefined ? this.i64(0) : last;
    // the other lanes of a scalar FMA's result
    const kept = name === 'sseFma' ? vectors.pop() : undefined;
    const nothing = this.op('i64x2.splat', 'v128', [this.i64(0)]);
    const [a = nothing, b = nothing, c = nothing] = vectors;
    const what = this.op('i32.or', 'i32', [words[0] ?? this.i32(0), this.i32(which << CALL_SHIFT)]);
    const nodes = [a, b, c, extra, what].map((value) => use(value));
    const value = this.temporary('v128');
    this.step(() => {
      this.pushState();
      for (const node of nodes) this.writer.push(node);
      this.code.byte(OP_CALL);
      this.code.u32(IMPORT_VECTOR);
      value.local = this.writer.temporaries.take('v128');
      this.code.set(value.local);
    });
    const code = words[0] as Node<'i32'> | undefined;
    if (kept === undefined || code?.isConstant !== true || (code.constant & BigInt(SSE_SCALAR)) === 0n) return value;
    const shape = (code.constant & BigInt(SSE_DOUBLE)) !== 0n ? 'i64x2' : 'i32x4';
    const lane = shape === 'i64x2' ? 'i64' : 'i32';
    const low = this.op(`${shape}.extract_lane`, lane, [value], [0]);
    return this.op(`${shape}.replace_lane`, 'v128', [kept, low], [0]);
  }
  #fromVector(type: ValueType, value: V128): Value {
    if (type === 'v128') return value;
    const low: I64 = this.op('i64x2.extract_lane', 'i64', [value], [0]);
    return this.convert(low, type);
  }

  call<T extends ValueType | 'void'>(
    name: string,
    result: T,
    args: readonly Value[],
  ): T extends ValueType ? Value<T> : void {
    const known = VECTOR_CALLS[name];
    if (known !== undefined) {
      const value = this.#callVector(name, known, args);
      return (result === 'void' ? undefined : this.#fromVector(result, value)) as T extends ValueType ? Value<T> : void;
    }
    this.slow();
    if (result === 'void') return undefined as T extends ValueType ? Value<T> : void;
    const type = result as ValueType;
    const zero =
      type === 'i32'
        ? this.i32(0)
        : type === 'i64'
          ? this.i64(0)
          : type === 'v128'
            ? this.op('i64x2.splat', 'v128', [this.i64(0)])
            : this.op(`${type}.convert_i32_s`, type, [this.i32(0)]);
    return zero as unknown as T extends ValueType ? Value<T> : void;
  }
}
