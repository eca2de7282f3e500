import {
  EXIT_COUNT_SHIFT,
  EXIT_FAR,
  EXIT_FLAGS_KEEP,
  EXIT_OFFSET_SHIFT,
  EXIT_SLOW,
  STATE_FIELDS,
  stateOffset,
} from '../core/layout';
import type { I32, I64, Size, V128, Value, ValueType, Variable } from '../isa/emitter';
import {
  NODE_CONSTANT,
  NODE_LOCAL,
  NODE_SATURATING,
  NODE_SCALAR,
  NODE_SELECT,
  NODE_TEMPORARY,
  NODE_VECTOR,
  Node,
  NodeWriter,
  Temporaries,
  use,
} from './expression';
import { foldBinary, foldUnary, resultBits, widthOf } from './folding';
import {
  type CodeWriter,
  type Label,
  type LocalId,
  type Locals,
  OP_ELSE,
  OP_IF,
  OP_LOCAL_TEE,
} from './function-writer';
import { CARRIED, DYNAMIC, type KnownFlags, flagCode, isCarried, isSameFlags, isStatic } from './lazy-flags';
import {
  type Branches,
  type InstructionContext,
  NotCompilable,
  type RegionLocals,
  type RegisterForm,
} from './region-context';
import {
  I32_EQZ,
  LOADS,
  SATURATING_OPCODES,
  SCALAR_OPCODES,
  STORES,
  V128_LOAD,
  V128_STORE,
  VECTOR_OPCODES,
} from './wasm-opcodes';

export type Step = () => void;
export const ALL_ONES = (1n << 64n) - 1n;

interface LocalVariable<T extends ValueType = ValueType> extends Variable<T> {
  readonly local: LocalId;
}

/**
 * Values and steps of compiled code. The semantic function of each instruction runs first and leaves steps; then the steps are
 * written. Registers change at the end of an instruction (or around an `if`), so everything before sees their old values, and a step
 * that leaves the region finds the state as it was before the instruction.
 */
export abstract class StepEmitter {
  readonly writer: NodeWriter;
  changesFlags = false;
  usesTlb = false;
  /** What the flag locals mean here. */
  flags: KnownFlags = DYNAMIC;
  context!: InstructionContext;

  protected steps: Step[] = [];
  /** Nodes of this instruction, for what must be computed before a branch in it. */
  protected nodes: Node[] = [];
  /** Something changed already: no way back to the state before the instruction. */
  protected isChanged = false;
  protected depth = 0;

  constructor(
    protected readonly code: CodeWriter,
    locals: Locals,
    readonly names: RegionLocals,
    protected readonly branches: Branches,
    private readonly exit: Label,
    protected readonly form: RegisterForm,
    /** Address of the vCPU's state, 0: it is the function's parameter. */
    private readonly stateAt: number,
  ) {
    this.writer = new NodeWriter(code, new Temporaries(locals), () => this.pushState());
  }

  /** Leaves the address of the vCPU's state on the stack. */
  pushState(): void {
    if (this.stateAt === 0) this.code.get(this.names.state);
    else this.code.i32(this.stateAt);
  }

  /** Compiles one instruction; throws NotCompilable with nothing written. */
  instruction(context: InstructionContext, run: () => void): void {
    this.probe(context, run);
    // a step may compile other instructions, of the node that a branch leads to
    for (const step of this.steps) step();
    this.writer.temporaries.releaseAll();
  }

  /** Runs the semantics and writes nothing. Throws NotCompilable. */
  probe(context: InstructionContext, run: () => void): void {
    this.context = context;
    this.steps = [];
    this.nodes = [];
    this.forgetRegisters();
    this.isChanged = false;
    this.depth = 0;
    run();
    this.flush();
  }

  // ---- steps ----

  protected step(step: Step): void {
    this.steps.push(step);
  }

  /** Registers take their new values. */
  protected abstract flush(): void;
  /** A new instruction: nothing of registers was read or is to be written. */
  protected abstract forgetRegisters(): void;
  /** What was read so far may not be computed on the way that is written now. */
  protected abstract forgetShared(): void;
  abstract xmm(index: number): V128;
  abstract setXmm(index: number, value: V128): void;

  /** What of this instruction is used later is computed here. */
  protected settle(): void {
    const nodes = this.nodes.slice();
    this.step(() => {
      // the outermost first: they take their parts along
      for (let i = nodes.length - 1; i >= 0; i--) if (nodes[i]!.used < nodes[i]!.uses) this.writer.force(nodes[i]!);
    });
  }

  protected collect(run: () => void): Step[] {
    const outer = this.steps;
    this.steps = [];
    this.depth++;
    this.forgetShared();
    run();
    this.flush();
    this.forgetShared();
    this.depth--;
    const inner = this.steps;
    this.steps = outer;
    return inner;
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    const node = condition as Node<'i32'>;
    if (node.isConstant) {
      if (node.constant !== 0n) then();
      else otherwise?.();
      return;
    }
    this.flush();
    use(condition);
    this.settle();
    const before = this.flags;
    const wasChanged = this.isChanged;
    const first = this.collect(then);
    const afterThen = this.flags;
    const changedThen = this.isChanged;
    this.flags = before;
    this.isChanged = wasChanged;
    const second = otherwise === undefined ? [] : this.collect(otherwise);
    const afterElse = this.flags;
    this.isChanged ||= changedThen;
    if (!isSameFlags(afterThen, afterElse)) {
      first.push(() => this.writeFlagKind(afterThen));
      second.push(() => this.writeFlagKind(afterElse));
      this.flags = isCarried(afterThen) && isCarried(afterElse) ? CARRIED : DYNAMIC;
    }
    this.step(() => {
      this.writer.push(node);
      this.code.open(OP_IF);
      for (const step of first) step();
      if (second.length > 0) {
        this.code.byte(OP_ELSE);
        for (const step of second) step();
      }
      this.code.close();
    });
  }

  /** Sets FLAG_KIND for code that cannot know. */
  writeFlagKind(flags: KnownFlags): void {
    if (!isStatic(flags)) return;
    const { code } = this;
    if (this.form === 'state') {
      this.pushState();
      code.i32(flagCode(flags));
      code.memory(...STORES.u32, stateOffset('FLAG_KIND'));
    } else {
      code.i32(flagCode(flags));
      code.set(this.names.flagKind);
    }
  }

  /** Leaves to the instruction at offset `at`, after `done` instructions of the node. */
  writeExit(at: number, done: number): void {
    this.#writeExitWord(at, done, this.flags, 0);
  }
  /** Leaves to the interpreter, which is to run the instruction at offset `at`. */
  writeSlowExit(at: number, done: number, flags: KnownFlags): void {
    this.#writeExitWord(at, done, flags, EXIT_SLOW);
  }
  /** Leaves to the RIP that a local holds. */
  writeFarExit(rip: LocalId, done: number): void {
    this.pushState();
    this.code.get(rip);
    this.code.memory(...STORES.u64, stateOffset('RIP'));
    this.#writeExitWord(0, done, this.flags, EXIT_FAR);
  }
  #writeExitWord(at: number, done: number, flags: KnownFlags, how: number): void {
    const { code } = this;
    const kind = isStatic(flags) ? flagCode(flags) : EXIT_FLAGS_KEEP;
    code.i64((BigInt(at) << BigInt(EXIT_OFFSET_SHIFT)) | BigInt(how | (done << EXIT_COUNT_SHIFT) | kind));
    code.br(this.exit);
  }

  protected slow(): void {
    if (this.isChanged) throw new NotCompilable('leaves after a change');
    if (this.depth === 0) throw new NotCompilable('always leaves');
    const { flags } = this;
    const { start, index } = this.context;
    this.step(() => this.writeSlowExit(start, index, flags));
  }
  protected slowIf(condition: Step): void {
    if (this.isChanged) throw new NotCompilable('leaves after a change');
    const { flags } = this;
    const { start, index } = this.context;
    this.step(() => {
      condition();
      this.code.open(OP_IF, 'else');
      this.writeSlowExit(start, index, flags);
      this.code.close();
    });
  }
  /**
   * Leaves in `place` where an access goes: `plain` if `isFine`, else what `mend` gives, and if that is 0 the region is left. What
   * V8's baseline compiler keeps in registers afterwards is what the arm that ends first has there: that must not be the one with a
   * call, which has nothing there.
   */
  protected placeOrSlow(place: LocalId, isFine: Step, plain: Step, mend: Step): void {
    if (this.isChanged) throw new NotCompilable('leaves after a change');
    const { code, flags } = this;
    const { start, index } = this.context;
    this.step(() => {
      isFine();
      code.open(OP_IF, 'then', 'i32');
      plain();
      code.byte(OP_ELSE);
      mend();
      code.local(OP_LOCAL_TEE, place);
      code.byte(I32_EQZ);
      code.open(OP_IF);
      this.writeSlowExit(start, index, flags);
      code.close();
      code.get(place);
      code.close();
      code.set(place);
    });
  }

  // ---- values ----

  protected node<T extends ValueType>(node: Node<T>): Node<T> {
    this.nodes.push(node);
    return node;
  }
  protected constant<T extends 'i32' | 'i64'>(type: T, value: bigint): Node<T> {
    const bits = widthOf(value);
    return new Node(type, NODE_CONSTANT, 0, [], bits, value);
  }
  i32(value: number): I32 {
    return this.constant('i32', BigInt(value | 0));
  }
  i64(value: bigint | number): I64 {
    return this.constant('i64', BigInt.asIntN(64, BigInt(value)));
  }
  protected local<T extends ValueType>(type: T, id: LocalId, bits = 64): Node<T> {
    return this.node(new Node(type, NODE_LOCAL, id, [], bits));
  }
  /** A temporary that a step will fill. */
  protected temporary<T extends ValueType>(type: T, bits = 64): Node<T> {
    return new Node(type, NODE_TEMPORARY, 0, [], bits);
  }
  /** The value as it is now, whatever happens to the locals it stems from. */
  protected now<T extends ValueType>(node: Node<T>): Node<T> {
    if (!node.isConstant) this.step(() => this.writer.force(node));
    return node;
  }

  op<T extends ValueType>(name: string, result: T, args: readonly Value[], lanes: readonly number[] = []): Value<T> {
    const nodes = args as readonly Node[];
    const scalar = SCALAR_OPCODES.get(name);
    if (scalar !== undefined) {
      const folded = nodes.length === 2 ? foldBinary(name, nodes[0]!, nodes[1]!) : foldUnary(name, nodes[0]!);
      if (typeof folded === 'bigint') return this.constant(result as 'i64', folded) as Value<ValueType> as Value<T>;
      if (folded !== undefined) return folded as Value<ValueType> as Value<T>;
    }
    for (const arg of args) use(arg);
    if (scalar !== undefined) return this.node(new Node(result, NODE_SCALAR, scalar, nodes, resultBits(name, nodes)));
    const vector = VECTOR_OPCODES.get(name);
    if (vector !== undefined) return this.node(new Node(result, NODE_VECTOR, vector, nodes, 64, 0n, lanes));
    const saturating = SATURATING_OPCODES.get(name);
    if (saturating !== undefined) return this.node(new Node(result, NODE_SATURATING, saturating, nodes));
    throw new Error(`no WebAssembly instruction ${name}`);
  }
  protected binary(name: string, a: I64, b: I64): I64 {
    return this.op(`i64.${name}`, 'i64', [a, b]);
  }
  protected by(by: I64 | number): I64 {
    return typeof by === 'number' ? this.i64(by) : by;
  }
  add(a: I64, b: I64): I64 {
    return this.binary('add', a, b);
  }
  sub(a: I64, b: I64): I64 {
    return this.binary('sub', a, b);
  }
  mul(a: I64, b: I64): I64 {
    return this.binary('mul', a, b);
  }
  and(a: I64, b: I64): I64 {
    return this.binary('and', a, b);
  }
  or(a: I64, b: I64): I64 {
    return this.binary('or', a, b);
  }
  xor(a: I64, b: I64): I64 {
    return this.binary('xor', a, b);
  }
  not(a: I64): I64 {
    return this.xor(a, this.i64(-1));
  }
  shl(a: I64, by: I64 | number): I64 {
    return this.binary('shl', a, this.by(by));
  }
  shrU(a: I64, by: I64 | number): I64 {
    return this.binary('shr_u', a, this.by(by));
  }
  shrS(a: I64, by: I64 | number): I64 {
    return this.binary('shr_s', a, this.by(by));
  }
  eq(a: I64, b: I64): I32 {
    return this.op('i64.eq', 'i32', [a, b]);
  }
  ne(a: I64, b: I64): I32 {
    return this.op('i64.ne', 'i32', [a, b]);
  }
  ltU(a: I64, b: I64): I32 {
    return this.op('i64.lt_u', 'i32', [a, b]);
  }
  ltS(a: I64, b: I64): I32 {
    return this.op('i64.lt_s', 'i32', [a, b]);
  }
  eqz(a: I64): I32 {
    return this.op('i64.eqz', 'i32', [a]);
  }
  andB(a: I32, b: I32): I32 {
    return this.op('i32.and', 'i32', [a, b]);
  }
  orB(a: I32, b: I32): I32 {
    return this.op('i32.or', 'i32', [a, b]);
  }
  notB(a: I32): I32 {
    return this.op('i32.eqz', 'i32', [a]);
  }
  zext(a: I64, size: Size): I64 {
    return size === 64 ? a : this.and(a, this.i64((1n << BigInt(size)) - 1n));
  }
  sext(a: I64, size: Size): I64 {
    return size === 64 ? a : this.op(`i64.extend${size}_s`, 'i64', [a]);
  }
  fromBool(a: I32): I64 {
    return this.op('i64.extend_i32_u', 'i64', [a]);
  }
  select<T extends ValueType>(condition: I32, yes: Value<T>, no: Value<T>): Value<T> {
    const node = condition as Node<'i32'>;
    if (node.isConstant) return node.constant !== 0n ? yes : no;
    const args = [use(yes), use(no), use(condition)] as Node[];
    const bits = Math.max(args[0]!.bits, args[1]!.bits);
    return this.node(new Node(yes.type, NODE_SELECT, 0, args, bits)) as Value<ValueType> as Value<T>;
  }

  variable<T extends ValueType>(type: T, initial: Value<T>): Variable<T> {
    const local = this.writer.temporaries.take(type);
    const node = use(initial);
    this.step(() => {
      this.writer.push(node);
      this.code.set(local);
    });
    return { type, variable: true, local } as LocalVariable<T>;
  }
  get<T extends ValueType>(variable: Variable<T>): Value<T> {
    return this.now(this.local(variable.type, (variable as LocalVariable<T>).local)) as Value<ValueType> as Value<T>;
  }
  set<T extends ValueType>(variable: Variable<T>, value: Value<T>): void {
    const node = use(value);
    this.step(() => {
      this.writer.push(node);
      this.code.set((variable as LocalVariable<T>).local);
    });
  }

  state<T extends ValueType>(field: string, type: T, index = 0): Value<T> {
    if (field === 'XMM') return this.xmm(index) as Value<ValueType> as Value<T>;
    const stored = STATE_FIELDS.get(field)?.type;
    if (stored === undefined) throw new Error(`no vCPU state field ${field}`);
    return this.loadState(stored, stateOffset(field, index), type);
  }
  loadState<T extends ValueType>(stored: keyof typeof LOADS | 'v128', offset: number, type: T): Value<T> {
    const natural: ValueType = stored === 'v128' ? 'v128' : stored === 'u64' ? 'i64' : stored === 'f64' ? 'f64' : 'i32';
    const bits = stored === 'u8' ? 8 : stored === 'u16' ? 16 : stored === 'u32' ? 32 : 64;
    const value = this.temporary(natural, bits);
    this.step(() => {
      this.pushState();
      if (stored === 'v128') {
        this.code.byte(0xfd);
        this.code.memory(V128_LOAD, 4, offset);
      } else this.code.memory(...LOADS[stored], offset);
      value.local = this.writer.temporaries.take(natural);
      this.code.set(value.local);
    });
    return this.convert(value, type);
  }
  protected convert<T extends ValueType>(value: Value, type: T): Value<T> {
    if (value.type === type) return value as Value<T>;
    if (value.type === 'i32' && type === 'i64') return this.op('i64.extend_i32_u', type, [value]);
    if (value.type === 'i64' && type === 'i32') return this.op('i32.wrap_i64', type, [value]);
    throw new Error(`no conversion from ${value.type} to ${type}`);
  }
  setState(field: string, value: Value, index = 0): void {
    if (field === 'XMM') return this.setXmm(index, value as V128);
    const stored = STATE_FIELDS.get(field)?.type;
    if (stored === undefined) throw new Error(`no vCPU state field ${field}`);
    this.storeState(stored, stateOffset(field, index), value);
  }
  storeState(stored: keyof typeof LOADS | 'v128', offset: number, value: Value): void {
    const natural: ValueType = stored === 'v128' ? 'v128' : stored === 'u64' ? 'i64' : stored === 'f64' ? 'f64' : 'i32';
    const node = use(this.convert(value, natural));
    this.isChanged = true;
    this.step(() => {
      this.pushState();
      this.writer.push(node);
      if (stored === 'v128') {
        this.code.byte(0xfd);
        this.code.memory(V128_STORE, 4, offset);
      } else this.code.memory(...STORES[stored], offset);
    });
  }
}
