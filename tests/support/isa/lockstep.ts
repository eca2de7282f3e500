import type { VcpuState } from '../../../src/cpu/vcpu-state';
import type { JitMode } from '../../../src/cpu/emulated/jit/regions';
import { CpuMachine } from '../cpu/cpu-machine';
import { Random } from '../random';
import { COMPARED_BYTES, IRQ_VECTOR, World, type WorldName, WORLDS } from './program-worlds';

/**
 * The same random programs on two emulated CPUs, stopped at the same random instruction counts: what programs can see must be equal at
 * each. The second one also runs past some of the stops, so that stopping itself is tested.
 */
const MEMORY_MIB = 16;
const COUNT_MAX = 20_000;
const FAILURES_MAX = 5;

interface Difference {
  readonly count: number;
  /** Where both were last compared. */
  readonly joint: number;
  readonly text: string;
}

export interface LockstepResult {
  readonly programs: number;
  readonly instructions: number;
  readonly failures: readonly string[];
}

class Side {
  readonly machine: CpuMachine;
  /** Counts at which a port or a device's memory was accessed. */
  readonly accesses: string[] = [];

  constructor(jit: JitMode, vcpuCount: number, codeArenaSize?: number) {
    this.machine = new CpuMachine(MEMORY_MIB, jit, { vcpuCount }, undefined, codeArenaSize);
    const { bus } = this.machine;
    const { vcpu } = this.machine;
    const note = (what: string): void => {
      this.accesses.push(`${what} at ${vcpu.count}`);
    };
    bus.onPortWrite = ({ port, size, value }) => note(`out ${port} ${size} ${value}`);
    bus.readPort = (port, size) => {
      note(`in ${port} ${size}`);
      return (port * 0x1234567) & (size === 1 ? 0xff : size === 2 ? 0xffff : 0x7fffffff);
    };
    bus.readMmio = (gpa, size) => {
      note(`read ${gpa} ${size}`);
      return (gpa * 0x89abcdf) & (size === 1 ? 0xff : size === 2 ? 0xffff : 0x7fffffff);
    };
    bus.writeMmio = (gpa, size, value) => note(`write ${gpa} ${size} ${value}`);
    bus.acknowledgeInterrupt = () => {
      vcpu.setInterrupt(false);
      return IRQ_VECTOR;
    };
  }

  get memory(): Buffer {
    return Buffer.from(this.machine.memory.memory.buffer, this.machine.ramOffset, COMPARED_BYTES);
  }

  start(world: World, code: Uint8Array, data: Uint8Array, seed: number): void {
    world.prepare(this.machine, code, data);
    this.machine.vcpu.restore(world.start(this.machine, new Random(seed)));
    this.machine.vcpu.setInterrupt(false);
    this.accesses.length = 0;
    this.machine.bus.writes.length = 0;
  }
}

/** Fields that differ, by path. */
function differences(a: unknown, b: unknown, path: string, found: string[]): void {
  if (a === b || found.length > 12) return;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] !== b[i]) found.push(`${path}+${i} ${a[i]!.toString(16)} / ${b[i]!.toString(16)}`);
      if (found.length > 12) return;
    }
    return;
  }
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      differences((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`, found);
    }
    return;
  }
  const text = (value: unknown): string =>
    typeof value === 'bigint' || typeof value === 'number' ? value.toString(16) : String(value);
  found.push(`${path} ${text(a)} / ${text(b)}`);
}

export class Lockstep {
  readonly #reference: Side;
  readonly #subject: Side;
  readonly #worlds: readonly World[];

  /**
   * `vcpuCount`: of the subject. The program runs on the first, but compiled code that several share finds a vCPU's state otherwise.
   * `codeArenaSize`: the subject's memory for decoded blocks.
   */
  constructor(
    reference: JitMode,
    subject: JitMode,
    vcpuCount = 1,
    names: readonly WorldName[] = WORLDS,
    codeArenaSize?: number,
  ) {
    this.#reference = new Side(reference, 1);
    this.#subject = new Side(subject, vcpuCount, codeArenaSize);
    this.#worlds = names.map((name) => new World(name));
  }

  #compare(): string[] {
    const [a, b] = [this.#reference, this.#subject];
    const found: string[] = [];
    differences(a.machine.vcpu.save(), b.machine.vcpu.save(), 'state', found);
    differences(a.accesses, b.accesses, 'accesses', found);
    const [left, right] = [a.memory, b.memory];
    if (Buffer.compare(left, right) !== 0) {
      const at = left.findIndex((byte, i) => byte !== right[i]);
      found.push(`memory at ${at.toString(16)}: ${left[at]!.toString(16)} / ${right[at]!.toString(16)}`);
    }
    return found;
  }

  /** Runs one program; from `exactFrom` on it compares after each instruction, to find the first that differs. */
  program(
    seed: number,
    exactFrom = Number.POSITIVE_INFINITY,
  ): { count: number; world: WorldName; difference?: Difference } {
    const random = new Random(seed);
    const world = this.#worlds[seed % this.#worlds.length]!;
    const data = world.data(random);
    const code = world.make(random);
    const sides = [this.#reference, this.#subject] as const;
    for (const side of sides) side.start(world, code, data, seed);
    const [reference, subject] = sides.map(({ machine }) => machine) as [CpuMachine, CpuMachine];
    const first = reference.vcpu.count;
    let last: VcpuState | undefined;
    let joint = 0;
    for (;;) {
      const count = reference.vcpu.count - first;
      const everyStep = count >= exactFrom;
      const steps = random.chance(0.3) ? 1 + random.below(4) : 1 + random.below(random.chance(0.5) ? 120 : 2500);
      const isJoint = random.chance(0.6) || count + steps >= COUNT_MAX;
      const isInterrupted = random.chance(0.15);
      const until = reference.vcpu.count + (everyStep ? 1 : steps);
      const stop = reference.vcpu.run(reference.bus, until);
      const isOver =
        stop.kind !== 'budgetSpent' || reference.vcpu.count - first >= COUNT_MAX || world.hasEnded(reference);
      if (!everyStep && !isJoint && !isOver) continue;
      const other = subject.vcpu.run(subject.bus, until);
      const found = stop.kind === other.kind ? this.#compare() : [`stop ${stop.kind} / ${describe(other)}`];
      if (found.length > 0)
        return { count, world: world.name, difference: { count, joint, text: explain(found, last) } };
      if (isOver) return { count: reference.vcpu.count - first, world: world.name };
      joint = reference.vcpu.count - first;
      if (everyStep) last = reference.vcpu.save();
      else if (isInterrupted) for (const { machine } of sides) machine.vcpu.setInterrupt(true);
    }
  }

  /** Programs from consecutive seeds until so much time has passed or so many instructions were compared. */
  async run(firstSeed: number, seconds: number, instructions = Number.POSITIVE_INFINITY): Promise<LockstepResult> {
    const end = performance.now() + seconds * 1000;
    const failures: string[] = [];
    let [seed, total] = [firstSeed, 0];
    for (; performance.now() < end && total < instructions && failures.length < FAILURES_MAX; seed++) {
      const { count, world, difference } = this.program(seed);
      total += count;
      if (difference !== undefined) {
        // stops change what happens: where the difference is gone with them, the interval tells
        const exact = this.program(seed, difference.joint).difference ?? difference;
        failures.push(
          `seed ${seed}, ${world}, after ${exact.joint} to ${exact.count} instructions:\n    ${exact.text}`,
        );
      }
      if (seed % 16 === 0) await new Promise((resolve) => setImmediate(resolve)); // the test runner wants to hear of us
    }
    return { programs: seed - firstSeed, instructions: total, failures };
  }
}

const describe = (stop: { kind: string; error?: Error }): string =>
  stop.error === undefined ? stop.kind : `${stop.kind}: ${stop.error.stack}`;

function explain(found: readonly string[], last: VcpuState | undefined): string {
  const where = last === undefined ? '' : ` by the instruction at ${last.rip.toString(16)}`;
  return `differs${where}: ${found.join(', ')}`;
}
