import { setFlagsFromString } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { parentPort } from 'node:worker_threads';
import type { CpuModelName, CpuVendorName } from '../cpu/backend';
import { RegionCompiler } from '../cpu/emulated/jit/compile-region';
import { compilePlans } from '../cpu/emulated/jit/eager-compiler';
import { cpuModel, decoderOf } from '../cpu/emulated/models';
import { PlanQueue } from './plan-queue';
import { PlanConsumer } from './plan-ring';

/** The thread beside the machine thread that compiles regions. */
// Without it V8 only validates here and compiles where the code is first run.
setFlagsFromString('--no-wasm-lazy-compilation');
setFlagsFromString('--wasm-num-compilation-tasks=1');
// With it the optimiser keeps registers in registers over ways that are hardly ever gone.
setFlagsFromString('--experimental-wasm-branch-hinting');

/**
 * Which of V8's compilers makes a module: the baseline one what runs for the first time, the optimising one what turned out to be
 * hot. V8 would decide that by itself, by the bytes of code that have run, and optimise several functions at once on threads of its
 * own: those compete with the machine thread, and under Electron, whose allocator gives memory back to the system after every
 * function, they interrupt it too. A module keeps what it was made with; between modules the flags are V8's own, for the
 * interpreter's module.
 */
const BASELINE = ['--liftoff', '--no-wasm-tier-up'];
const OPTIMISING = ['--no-liftoff', '--no-wasm-tier-up'];
const DEFAULT = ['--liftoff', '--wasm-tier-up'];
/** Regions in one module at most: they lie together in the address space, and come when the last of them is compiled. */
const BATCH = 12;
/** How long it sleeps at most where nothing is to be compiled. */
const IDLE_MS = 1000;

interface CompilerData {
  readonly plans: SharedArrayBuffer;
  /** The machine's. */
  readonly memory: SharedArrayBuffer;
  readonly answers: MessagePort;
  readonly model: CpuModelName;
  readonly vendor: CpuVendorName;
}

function serve({ plans: ring, memory, answers, model, vendor }: CompilerData): void {
  const compiler = new RegionCompiler(decoderOf(cpuModel(model, vendor)));
  const arriving = new PlanConsumer(ring);
  const queue = new PlanQueue(arriving, memory);
  const work = (): void => {
    const { bell } = arriving;
    const plans = queue.take(BATCH);
    const first = plans[0];
    if (first !== undefined) {
      for (const flag of first.isHot ? OPTIMISING : BASELINE) setFlagsFromString(flag);
      answers.postMessage(compilePlans(compiler, plans));
      for (const flag of DEFAULT) setFlagsFromString(flag);
    } else arriving.wait(bell, IDLE_MS);
    // V8 frees code that is not used any more in the event loop
    setImmediate(work);
  };
  work();
}

parentPort?.once('message', serve);
