import { setFlagsFromString } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'node:worker_threads';
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
 * V8 optimises a function after so many bytes of its code have run. Its default is for programs that are there as a whole from the
 * start; regions are large and come by the thousand, and optimising one costs as much as running some ten million instructions.
 */
const COLD_BUDGET = 100_000_000;
const HOT_BUDGET = 20_000_000;
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

const { plans: ring, memory, answers, model, vendor } = workerData as CompilerData;
const compiler = new RegionCompiler(decoderOf(cpuModel(model, vendor)));
const arriving = new PlanConsumer(ring);
const queue = new PlanQueue(arriving, memory);

function work(): void {
  const { bell } = arriving;
  const plans = queue.take(BATCH);
  const first = plans[0];
  if (first !== undefined) {
    // a module keeps the budget that it was made with
    setFlagsFromString(`--wasm-tiering-budget=${first.isHot ? HOT_BUDGET : COLD_BUDGET}`);
    answers.postMessage(compilePlans(compiler, plans));
  } else arriving.wait(bell, IDLE_MS);
  // V8 frees code that is not used any more in the event loop
  setImmediate(work);
}

work();
