import { setFlagsFromString } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'node:worker_threads';
import type { CpuModelName, CpuVendorName } from '../cpu/backend';
import { RegionCompiler } from '../cpu/emulated/jit/compile-region';
import { compilePlans } from '../cpu/emulated/jit/eager-compiler';
import type { RegionPlan } from '../cpu/emulated/jit/region-plan';
import { cpuModel, decoderOf } from '../cpu/emulated/models';
import { PlanConsumer } from './plan-ring';

/** The thread beside the machine thread that compiles regions. */
// Without it V8 only validates here and compiles where the code is first run.
setFlagsFromString('--no-wasm-lazy-compilation');
// V8 optimises a function after so many bytes of its code have run. Its default is for programs that are there as a whole from the
// start; regions are large and come by the thousand, and optimising one costs as much as running some ten million instructions.
setFlagsFromString('--wasm-tiering-budget=100000000');
setFlagsFromString('--wasm-num-compilation-tasks=1');
// With it the optimiser keeps registers in registers over ways that are hardly ever gone.
setFlagsFromString('--experimental-wasm-branch-hinting');

/** Regions in one module: what waits goes in together. */
const BATCH = 48;
/** How long it sleeps at most where nothing is to be compiled. */
const IDLE_MS = 1000;

interface CompilerData {
  readonly plans: SharedArrayBuffer;
  readonly answers: MessagePort;
  readonly model: CpuModelName;
  readonly vendor: CpuVendorName;
}

const { plans: ring, answers, model, vendor } = workerData as CompilerData;
const compiler = new RegionCompiler(decoderOf(cpuModel(model, vendor)));
const waiting = new PlanConsumer(ring);

function work(): void {
  const { bell } = waiting;
  const plans: RegionPlan[] = [];
  while (plans.length < BATCH) {
    const plan = waiting.take();
    if (plan === undefined) break;
    plans.push(plan);
  }
  if (plans.length > 0) answers.postMessage(compilePlans(compiler, plans));
  else waiting.wait(bell, IDLE_MS);
  // V8 frees code that is not used any more in the event loop
  setImmediate(work);
}

work();
