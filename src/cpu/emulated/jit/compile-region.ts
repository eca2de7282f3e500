import {
  HANDLER_FIRST_COLD,
  MODE_AVX,
  MODE_CS32,
  MODE_FPU_TRAP,
  MODE_INTERCEPTED,
  MODE_PLAIN,
  MODE_PROTECTED,
  MODE_SS32,
  MODE_V86,
  stateOffset,
} from '../core/layout';
import { DECODE_OK, type Decoder, type Instruction } from '../decoder';
import { ENV_CHECKED, ENV_LONG, variantOf } from '../isa/compile';
import type { Operands } from '../isa/emitter';
import { HANDLERS } from '../isa/handlers.generated';
import type { Row } from '../isa/table';
import { codeSizeOf, environmentOf } from '../mode';
import { CodeWriter, type Label, type LocalId, Locals, OP_BLOCK, OP_ELSE, OP_IF, OP_LOOP } from './function-writer';
import type { FunctionCode } from './wasm-module';
import { type FlowGraph, analyse } from './graph';
import { CARRIED, DYNAMIC, type KnownFlags } from './lazy-flags';
import {
  FIRST_XMM,
  FLAG_A,
  FLAG_B,
  FLAG_R,
  type InstructionContext,
  NotCompilable,
  type RegionLocals,
  type RegisterForm,
  regionLocals,
} from './region-context';
import { RegionEmitter } from './region-emitter';
import { InstructionOperands } from './region-operands';
import { type PlanNode, type RegionPlan, unpackNodes } from './region-plan';
import { registerOffset } from './register-emitter';
import { segmentLoadOf } from './segment-loads';
import { SharedPlaces } from './shared-places';
import { stringStepOf } from './string-steps';
import { x87StepOf } from './x87-steps';
import {
  I32_ADD,
  I32_LOAD,
  I32_LT_S,
  I32_STORE,
  I64_EQ,
  I64_LOAD,
  I64_LT_U,
  I64_STORE,
  UNREACHABLE,
  V128_LOAD,
  V128_STORE,
} from './wasm-opcodes';

/** 1 and as many bits as there are in `#kindOfEnvironment`; those of flat environments are less than 32. */
const ENVIRONMENT_KINDS = 64;
const ALL_FLAGS = 'OSZAPC';
/** So many addresses are compared one by one. */
const LINEAR_MAX = 3;
/** Return addresses that a RET compares with. */
const RETURNS_MAX = 8;

/** One decoded instruction of a node. */
interface Step {
  readonly x: Instruction;
  /** Offsets from the entry. */
  readonly start: number;
  readonly next: number;
  readonly target: number;
  readonly isRelative: boolean;
  areFlagsDead: boolean;
  /** The interpreter runs it, and the region goes on. */
  isInterpreted: boolean;
  /** undefined: only the interpreter can. */
  readonly semantics: ((e: RegionEmitter, x: Operands) => void) | undefined;
  /** Nothing follows it in its node. */
  isEnd: boolean;
}

interface Node {
  readonly index: number;
  readonly offset: number;
  /** Address of the first op of its block, 0: unknown. */
  readonly op: number;
  readonly steps: Step[];
  /** The instruction after the last one is not compiled: the region is left there. */
  endsInterpreted: boolean;
  readonly successors: number[];
  /** Offset after the last instruction, undefined where it never goes on there. */
  fallsTo: number | undefined;
  /** Offsets that its last instruction, a computed jump, may go to. */
  targets: readonly number[];
  flagsIn: boolean;
  /** CF is asked for, by itself, before something sets it. */
  wantsCarry: boolean;
  /** What the flag locals mean at its start, once known. */
  entryFlags: KnownFlags;
  /** undefined: every access looks for itself. */
  places: SharedPlaces | undefined;
}

export interface RegionCode extends FunctionCode {
  readonly longestPath: number;
  readonly nodeCount: number;
}

const writesAllFlags = (row: Row): boolean => row.attributes.flags === ALL_FLAGS;
const readsFlags = (row: Row): boolean =>
  (row.attributes.flagsRead ?? '') !== '' || (row.attributes.flags !== undefined && row.attributes.flags !== ALL_FLAGS);

function isRelative(row: Row): boolean {
  const kind = row.operands[0]?.kind;
  return kind === 'rel8' || kind === 'relz';
}

/** A shift by a constant that is not 0: it does set the flags. */
function isFixedShift(x: Instruction): boolean {
  const { row } = x.compiled;
  if (row.family !== 'shift') return false;
  const kind = row.operands[row.operands.length - 1]!.kind;
  return kind === 'one' || (kind === 'imm8' && (x.immLow & (x.size === 64 ? 63 : 31)) !== 0);
}

/** Whatever they were before. */
function setsAllFlags(x: Instruction): boolean {
  const { row } = x.compiled;
  return writesAllFlags(row) && (isFixedShift(x) || !row.attributes.flagsRead);
}

/** Does it need CF and no other flag? ROL and ROR, whose count may be 0, need all or none. */
function asksForCarry({ name, family, attributes }: Row, areFlagsDead: boolean): boolean {
  if (name === 'inc' || name === 'dec') return !areFlagsDead;
  if (family === 'shift') return name === 'rcl' || name === 'rcr';
  return attributes.flagsRead === 'C';
}

/** May the instruction be left to the interpreter at run time? Then the flags before it are still needed. */
function mayLeave(x: Instruction): boolean {
  const { row, slots } = x.compiled;
  if (row.family === 'segments' || row.family === 'string') return true;
  if (row.family === 'stack' || row.family === 'control') return row.attributes.cc === undefined && row.name !== 'nop';
  if (/^(i?div|aam)$/.test(row.name)) return true;
  if (row.attributes.unit !== undefined) return true;
  return (
    slots[x.form]!.some((slot) => slot === 'memory' || slot === 'moffs') && row.name !== 'lea' && row.name !== 'nop'
  );
}

/** May the interpreter run it alone, called by a region? */
function isInterpretable({ compiled }: Instruction): boolean {
  return Number.parseInt(HANDLERS[compiled.id]!, 36) >= HANDLER_FIRST_COLD;
}

/** From a plan to WebAssembly. One per compiler; nothing of a region stays. */
export class RegionCompiler {
  /** What was found out of each kind of instruction. */
  readonly #compilable = new Map<number, boolean>();

  constructor(private readonly decoder: Decoder) {}

  /** undefined: not even the first instruction can be compiled. */
  compile(plan: RegionPlan): RegionCode | undefined {
    return new RegionBuilder(plan, this.decoder, this.#compilable).build();
  }
}

class RegionBuilder {
  readonly #env: number;
  readonly #nodes: Node[];
  readonly #byOffset = new Map<number, Node>();
  readonly #locals = new Locals(['i32', 'i32']);
  readonly #body = new CodeWriter();
  readonly #names: RegionLocals;
  readonly #form: RegisterForm;
  #graph!: FlowGraph;
  readonly #scratch: RegionEmitter;
  #emitter!: RegionEmitter;
  /** The node that is being written. */
  #current!: Node;
  readonly #labels = new Map<number, Label>();
  #isAnyInterpreted = false;

  constructor(
    private readonly plan: RegionPlan,
    private readonly decoder: Decoder,
    private readonly compilable: Map<number, boolean>,
  ) {
    this.#env = environmentOf(plan.mode);
    this.#names = regionLocals(this.#locals);
    this.#form = plan.isHot ? 'locals' : 'state';
    this.#scratch = new RegionEmitter(
      new CodeWriter(),
      new Locals(['i32', 'i32']),
      this.#names,
      DROP,
      NOWHERE,
      this.#form,
      plan.state,
    );
    let from = 0;
    this.#nodes = unpackNodes(plan.nodes).map((node, index) => {
      const start = from;
      from = node.end;
      return this.#decode(node, index, start);
    });
    for (const node of this.#nodes) this.#byOffset.set(node.offset, node);
  }

  build(): RegionCode | undefined {
    const exit = this.#body.open(OP_BLOCK, undefined, 'i64');
    this.#emitter = new RegionEmitter(
      this.#body,
      this.#locals,
      this.#names,
      {
        toTarget: (context) => this.#goTo(this.#current, context.target, context.index + 1),
        toRip: (rip, context) => this.#branchToRip(rip, context),
      },
      exit,
      this.#form,
      this.plan.state,
    );
    for (const node of this.#nodes) this.#findUncompilable(node);
    if (this.#nodes[0]!.steps.length === 0) return undefined;
    for (const node of this.#nodes) this.#findSuccessors(node);
    this.#graph = analyse(this.#nodes);
    this.#findLiveFlags();
    this.#findWantedCarries();
    if (this.#form === 'locals') this.#lookAhead();
    // the loop expects CF where it is kept, and a region is entered with whatever flags there are
    if (this.#graph.isLoopHead[0] === 1 && this.#nodes[0]!.wantsCarry) {
      this.#emitter.enterNode(DYNAMIC);
      this.#emitter.carryFlags();
    }
    this.#tree(0);
    this.#body.byte(UNREACHABLE);
    this.#body.close();
    const code = this.#locals.finish([this.#prologue(), this.#body, this.#epilogue()]);
    const { order } = this.#graph;
    const longestPath = order.reduce((sum, node) => sum + this.#nodes[node]!.steps.length, 1);
    return { ...code, longestPath, nodeCount: order.length };
  }

  // ---- decoding ----

  #decode({ offset, end, instructions, op }: PlanNode, index: number, start: number): Node {
    const { code, mode } = this.plan;
    const steps: Step[] = [];
    let at = 0;
    while (steps.length < instructions) {
      if (this.decoder.decode(code, start + at, end, codeSizeOf(mode)) !== DECODE_OK) break;
      const x = this.decoder.instruction.copy();
      const next = at + x.length;
      const load = segmentLoadOf(x);
      const { attributes } = x.compiled.row;
      steps.push({
        x,
        start: offset + at,
        next: offset + next,
        target: offset + next + x.immLow,
        isRelative: isRelative(x.compiled.row),
        areFlagsDead: false,
        isInterpreted: false,
        semantics: load ?? stringStepOf(x) ?? x87StepOf(x) ?? x.compiled.row.semantics,
        isEnd: attributes.endsBlock === true && load === undefined,
      });
      at = next;
    }
    return {
      index,
      offset,
      op,
      steps,
      endsInterpreted: steps.length < instructions,
      successors: [],
      fallsTo: offset + at,
      targets: [],
      flagsIn: false,
      wantsCarry: false,
      entryFlags: DYNAMIC,
      places: undefined,
    };
  }

  #context(step: Step, index: number): InstructionContext {
    const { start, next, target, areFlagsDead } = step;
    return { env: this.#env, mode: this.plan.mode, size: step.x.size, start, next, target, index, areFlagsDead };
  }

  /** Cuts the node before the first instruction that is the interpreter's. */
  #findUncompilable(node: Node): void {
    const { steps } = node;
    for (let i = 0; i < steps.length; i++) {
      if (this.#isCompilable(steps[i]!, i)) continue;
      if (node.op !== 0 && isInterpretable(steps[i]!.x)) {
        steps[i]!.isInterpreted = true;
        steps[i]!.isEnd = steps[i]!.x.compiled.row.attributes.endsBlock === true;
        this.#isAnyInterpreted = true;
        continue;
      }
      steps.length = i;
      node.endsInterpreted = true;
      node.fallsTo = i === 0 ? node.offset : steps[i - 1]!.next;
      return;
    }
  }

  #isCompilable(step: Step, index: number): boolean {
    const { x, semantics } = step;
    const { row } = x.compiled;
    const { cpl, intercept, protectedOnly, unit } = row.attributes;
    if (semantics === undefined || cpl !== undefined) return false;
    if (protectedOnly && (this.plan.mode & (MODE_PROTECTED | MODE_V86)) !== MODE_PROTECTED) return false;
    if (intercept !== undefined && (this.plan.mode & MODE_INTERCEPTED) !== 0) return false;
    if (unit === 'avx' && (this.plan.mode & MODE_AVX) === 0) return false;
    if (unit !== undefined && (this.plan.mode & MODE_FPU_TRAP) !== 0) return false;
    const key = this.#kindOf(x);
    const known = this.compilable.get(key);
    if (known !== undefined) return known;
    const scratch = this.#scratch;
    let result = true;
    try {
      // what it would write is of no interest
      scratch.probe(this.#context(step, index), () => semantics(scratch, new InstructionOperands(scratch, x)));
    } catch (error) {
      if (!(error instanceof NotCompilable)) throw error;
      result = false;
    }
    this.compilable.set(key, result);
    return result;
  }

  /** What of an instruction decides whether it can be compiled. */
  #kindOf(x: Instruction): number {
    const isPlainSegment = x.segment < 4 && x.segment !== 1;
    const variant = variantOf(x.compiled, x.size, x.form, x.addressSize) * 4;
    const rest = (x.immLow === 0 ? 0 : 2) + (isPlainSegment ? 1 : 0);
    return (
      ((x.compiled.id * 128 + variant + rest) * ENVIRONMENT_KINDS + this.#kindOfEnvironment) * 4 + (x.addressSize >> 5)
    );
  }

  /** Flat ones are all alike; with segments, widths and the ways of checking them count. */
  get #kindOfEnvironment(): number {
    const { mode } = this.plan;
    if (this.#env !== ENV_CHECKED) return this.#env;
    const bits = [MODE_CS32, MODE_SS32, MODE_PLAIN, MODE_PROTECTED, MODE_V86];
    return bits.reduce((kind, bit) => kind * 2 + ((mode & bit) === 0 ? 0 : 1), 1);
  }

  // ---- control flow ----

  #findSuccessors(node: Node): void {
    // one entry for each branch: a node that two of them reach needs a label
    const add = (offset: number): void => {
      const target = this.#byOffset.get(offset);
      if (target !== undefined && target.steps.length > 0) node.successors.push(target.index);
    };
    const last = node.steps[node.steps.length - 1];
    for (const step of node.steps) if (step.isRelative && !step.isInterpreted) add(step.target);
    if (!node.endsInterpreted && last !== undefined) {
      const { row } = last.x.compiled;
      if (last.isEnd) {
        node.fallsTo = undefined;
        if (!last.isRelative && !last.isInterpreted) {
          const returns = row.name === 'ret' ? this.#returnSites() : [];
          const targets = new Set([...returns, ...this.#seenTargets(node.index)]);
          node.targets = [...targets].filter((offset) => (this.#byOffset.get(offset)?.steps.length ?? 0) > 0);
          for (const offset of node.targets) add(offset);
        }
      } else if (node.fallsTo !== undefined) add(node.fallsTo);
    }
  }

  /** Where the plan says that a computed jump goes. */
  #seenTargets(index: number): number[] {
    const { targets } = this.plan;
    const seen: number[] = [];
    for (let i = 0; i < targets.length; i += 2) if (targets[i] === index) seen.push(targets[i + 1]!);
    return seen;
  }

  /** Where calls of this region come back to. */
  #returnSites(): number[] {
    const sites: number[] = [];
    for (const { steps, endsInterpreted } of this.#nodes) {
      const last = steps[steps.length - 1];
      if (last?.x.compiled.row.name !== 'call' || endsInterpreted) continue;
      const site = this.#byOffset.get(last.next);
      if (site !== undefined && site.steps.length > 0 && sites.length < RETURNS_MAX) sites.push(last.next);
    }
    return sites;
  }

  /** Backwards over the region until nothing changes: which nodes need the flags they start with. */
  #findLiveFlags(): void {
    const { order, place } = this.#graph;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = order.length - 1; i >= 0; i--) {
        const node = this.#nodes[order[i]!]!;
        const isLive = this.#liveAtStart(node, (target) => {
          const next = this.#insideAfter(node, target);
          // a back edge may leave, because of the budget
          return next !== undefined && place[next.index]! > place[node.index]! ? next.flagsIn : true;
        });
        if (isLive && !node.flagsIn) {
          node.flagsIn = true;
          changed = true;
        }
      }
    }
  }

  #liveAtStart(node: Node, isLiveAt: (offset: number) => boolean): boolean {
    // out of the region, by a computed jump, or to the interpreter: everything is needed
    let live = node.endsInterpreted || node.fallsTo === undefined ? true : isLiveAt(node.fallsTo);
    const last = node.steps[node.steps.length - 1];
    if (last?.isRelative && node.fallsTo === undefined) live = false;
    for (let i = node.steps.length - 1; i >= 0; i--) {
      const step = node.steps[i]!;
      const { row } = step.x.compiled;
      if (step.isRelative) live ||= isLiveAt(step.target);
      step.areFlagsDead = !live;
      if (setsAllFlags(step.x)) live = false;
      else if (readsFlags(row)) live = true;
      if (step.isInterpreted || mayLeave(step.x)) live = true;
    }
    return live;
  }

  /** Where the region goes on at `offset` after the node. */
  #insideAfter(node: Node, offset: number): Node | undefined {
    const next = this.#byOffset.get(offset);
    if (next === undefined || !node.successors.includes(next.index)) return undefined;
    return this.#graph.cut.has(node.index * this.#nodes.length + next.index) ? undefined : next;
  }

  /** Backwards like the live flags: which nodes should find CF where INC and DEC leave it. */
  #findWantedCarries(): void {
    const { order } = this.#graph;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = order.length - 1; i >= 0; i--) {
        const node = this.#nodes[order[i]!]!;
        if (node.wantsCarry || !this.#wantsCarry(node)) continue;
        node.wantsCarry = true;
        changed = true;
      }
    }
  }

  #wantsCarry(node: Node): boolean {
    const isWantedAt = (offset: number): boolean => this.#insideAfter(node, offset)?.wantsCarry ?? false;
    let wanted = node.targets.some(isWantedAt) || (node.fallsTo !== undefined && isWantedAt(node.fallsTo));
    for (let i = node.steps.length - 1; i >= 0; i--) {
      const step = node.steps[i]!;
      const { row } = step.x.compiled;
      if (step.isRelative) wanted ||= isWantedAt(step.target);
      // the interpreter makes the flags, whatever they are
      if (step.isInterpreted || setsAllFlags(step.x)) wanted = false;
      if (!step.isInterpreted && asksForCarry(row, step.areFlagsDead)) wanted = true;
    }
    return wanted;
  }

  /**
   * Lets #scratch see all that will be compiled: which registers and flags there are in the whole region, and which accesses share a look
   * at the TLB.
   */
  #lookAhead(): void {
    const scratch = this.#scratch;
    const isFlat = this.#env !== ENV_CHECKED;
    const bits = this.#env === ENV_LONG ? 64 : 32;
    const firstRegister = this.#names.registers[0]!;
    for (const index of this.#graph.order) {
      const node = this.#nodes[index]!;
      if (isFlat) node.places ??= new SharedPlaces(bits, firstRegister);
      const { places } = node;
      const leadTo = (offset: number): void => {
        const next = this.#insideAfter(node, offset);
        if (next !== undefined && places !== undefined && !this.#isShared(node, next)) {
          next.places = new SharedPlaces(bits, firstRegister, places);
        }
      };
      scratch.sharedPlaces = places;
      node.steps.forEach((step, i) => {
        if (step.isInterpreted) places?.forgetRegisters();
        else this.#probe(step, i);
        if (step.isRelative && !step.isInterpreted) leadTo(step.target);
      });
      for (const offset of node.targets) leadTo(offset);
      if (node.fallsTo !== undefined) leadTo(node.fallsTo);
    }
    for (const node of this.#nodes) node.places?.plan();
    scratch.sharedPlaces = undefined;
  }

  #probe(step: Step, index: number): void {
    const scratch = this.#scratch;
    scratch.probe(this.#context(step, index), () => step.semantics!(scratch, new InstructionOperands(scratch, step.x)));
  }

  // ---- structured code ----

  /** Node `index` and all that it dominates (Ramsey: Beyond Relooper, ICFP 2022). */
  #tree(index: number): void {
    const merges = this.#graph.children[index]!.filter((child) => this.#graph.isMerge[child] === 1);
    if (this.#graph.isLoopHead[index] === 1) {
      this.#labels.set(index, this.#body.open(OP_LOOP));
      this.#within(index, merges, merges.length);
      this.#body.close();
    } else this.#within(index, merges, merges.length);
  }

  /** The last of the merge nodes lies outermost: those before it may branch to it. */
  #within(index: number, merges: readonly number[], count: number): void {
    if (count === 0) {
      this.#node(this.#nodes[index]!);
      return;
    }
    const merge = merges[count - 1]!;
    this.#labels.set(merge, this.#body.open(OP_BLOCK));
    this.#within(index, merges, count - 1);
    this.#body.close();
    this.#labels.delete(merge);
    this.#tree(merge);
  }

  #node(node: Node): void {
    const emitter = this.#emitter;
    const around = this.#current;
    const placesAround = emitter.sharedPlaces;
    this.#current = node;
    emitter.sharedPlaces = node.places;
    const { isLoopHead, isMerge } = this.#graph;
    const isShared = isLoopHead[node.index] === 1 || isMerge[node.index] === 1;
    emitter.enterNode(isShared ? (node.wantsCarry ? CARRIED : DYNAMIC) : node.entryFlags);
    const { steps } = node;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      if (step.isInterpreted) {
        const first = i;
        while (steps[i + 1]?.isInterpreted) i++;
        const rows = steps.slice(first, i + 1).map(({ x }) => x.compiled.row);
        emitter.interpret(first, node, rows, this.#scratch);
        continue;
      }
      emitter.instruction(this.#context(step, i), () =>
        step.semantics!(emitter, new InstructionOperands(emitter, step.x)),
      );
    }
    if (node.endsInterpreted) emitter.writeSlowExit(node.fallsTo!, steps.length, emitter.flags);
    else if (node.fallsTo !== undefined) this.#goTo(node, node.fallsTo, steps.length);
    else this.#body.byte(UNREACHABLE); // the last instruction left
    this.#current = around;
    emitter.sharedPlaces = placesAround;
  }

  #goTo(from: Node, offset: number, done: number): void {
    const to = this.#insideAfter(from, offset);
    const { place, isMerge } = this.#graph;
    const emitter = this.#emitter;
    if (to === undefined) {
      emitter.writeExit(offset, done);
      return;
    }
    const isBack = place[to.index]! <= place[from.index]!;
    this.#spend(done);
    const isShared = this.#isShared(from, to);
    const { flags, unsaved } = emitter;
    if (to.flagsIn || isBack) {
      if (isShared) {
        if (to.wantsCarry) emitter.carryFlags();
        emitter.writeFlagKind(emitter.flags);
      } else to.entryFlags = emitter.flags;
    }
    if (isBack) {
      const body = this.#body;
      body.get(this.#names.budget);
      body.i32(0);
      body.byte(I32_LT_S);
      body.open(OP_IF, 'else');
      emitter.writeExit(offset, 0);
      body.close();
      body.br(this.#labels.get(to.index)!);
    } else if (isMerge[to.index] === 1) this.#body.br(this.#labels.get(to.index)!);
    else {
      if (!isShared && from.places !== undefined) to.places?.follow(from.places);
      this.#tree(to.index);
    }
    emitter.flags = flags;
    emitter.unsaved = unsaved;
  }

  /** Is there another way to the one node than from the other? */
  #isShared(from: Node, to: Node): boolean {
    const { place, isLoopHead, isMerge } = this.#graph;
    return place[to.index]! <= place[from.index]! || isMerge[to.index] === 1 || isLoopHead[to.index] === 1;
  }

  #spend(done: number): void {
    const body = this.#body;
    body.get(this.#names.budget);
    body.i32(-done);
    body.byte(I32_ADD);
    body.set(this.#names.budget);
  }

  #branchToRip(rip: LocalId, context: InstructionContext): void {
    const done = context.index + 1;
    const offsets = [...this.#current.targets].sort((a, b) => a - b);
    this.#search(rip, offsets, this.#current, done);
    this.#emitter.writeFarExit(rip, done);
  }

  /** Goes to the one of some nodes whose RIP it is; goes on where it is none. */
  #search(rip: LocalId, offsets: readonly number[], from: Node, done: number): void {
    const body = this.#body;
    const middle = offsets.length >> 1;
    if (offsets.length > LINEAR_MAX) {
      body.get(rip);
      this.#emitter.writeRip(offsets[middle]!);
      // no address of the region's code wraps, and all lie in one half of the address space
      body.byte(I64_LT_U);
      body.open(OP_IF);
      this.#search(rip, offsets.slice(0, middle), from, done);
      body.byte(OP_ELSE);
      this.#search(rip, offsets.slice(middle), from, done);
      body.close();
      return;
    }
    for (const offset of offsets) {
      body.get(rip);
      this.#emitter.writeRip(offset);
      body.byte(I64_EQ);
      body.open(OP_IF);
      this.#goTo(from, offset, done);
      body.close();
    }
  }

  // ---- entry and exit ----

  #prologue(): CodeWriter {
    const code = new CodeWriter();
    const names = this.#names;
    const { usedRegisters, usesTlb } = this.#emitter;
    const load = (local: LocalId, opcode: number, align: number, offset: number): void => {
      code.get(names.state);
      code.memory(opcode, align, offset);
      code.set(local);
    };
    if (this.#form === 'state') return code;
    load(names.base, I64_LOAD, 3, stateOffset('CODE_RIP'));
    if (usesTlb) load(names.tlb, I32_LOAD, 2, stateOffset('TLB'));
    for (const register of [FLAG_R, FLAG_A]) load(names.registers[register]!, I64_LOAD, 3, registerOffset(register));
    if (this.#emitter.changesFlags || this.#scratch.changesFlags) {
      load(names.registers[FLAG_B]!, I64_LOAD, 3, registerOffset(FLAG_B));
      load(names.flagKind, I32_LOAD, 2, stateOffset('FLAG_KIND'));
    }
    for (const register of usedRegisters) {
      if (register < FIRST_XMM) load(names.registers[register]!, I64_LOAD, 3, registerOffset(register));
      else {
        code.get(names.state);
        code.byte(0xfd);
        code.memory(V128_LOAD, 4, registerOffset(register));
        code.set(names.registers[register]!);
      }
    }
    return code;
  }

  #epilogue(): CodeWriter {
    const code = new CodeWriter();
    const names = this.#names;
    const emitter = this.#emitter;
    const word = (opcode: number, align: number, offset: number, local: LocalId): void => {
      code.get(names.state);
      code.get(local);
      code.memory(opcode, align, offset);
    };
    code.set(names.exit);
    word(I32_STORE, 2, stateOffset('BUDGET'), names.budget);
    if (this.#form === 'state') {
      code.get(names.exit);
      return code;
    }
    for (const register of emitter.changedRegisters) {
      const local = names.registers[register]!;
      if (register < FIRST_XMM) word(I64_STORE, 3, registerOffset(register), local);
      else {
        code.get(names.state);
        code.get(local);
        code.byte(0xfd);
        code.memory(V128_STORE, 4, registerOffset(register));
      }
    }
    if (emitter.changesFlags) {
      for (const register of [FLAG_R, FLAG_A, FLAG_B]) {
        word(I64_STORE, 3, registerOffset(register), names.registers[register]!);
      }
      word(I32_STORE, 2, stateOffset('FLAG_KIND'), names.flagKind);
    }
    code.get(names.exit);
    return code;
  }
}

const NOWHERE: Label = { level: 0 };
const DROP = { toTarget: () => undefined, toRip: () => undefined };
