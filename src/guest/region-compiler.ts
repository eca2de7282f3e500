import { setFlagsFromString } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { CpuModelName, CpuVendorName } from '../cpu/backend';
import { RegionCompiler } from '../cpu/emulated/jit/compile-region';
import { compilePlans } from '../cpu/emulated/jit/eager-compiler';
import type { RegionPlan } from '../cpu/emulated/jit/region-plan';
import { cpuModel, decoderOf } from '../cpu/emulated/models';

/** The thread beside the machine thread that compiles regions. */
// Without it V8 only validates here and compiles where the code is first run.
setFlagsFromString('--no-wasm-lazy-compilation');
// V8 optimises a function after so many bytes of its code have run. Its default is for programs that are there as a whole from the
// start; regions are large and come by the thousand, and optimising one costs as much as running some ten million instructions.
setFlagsFromString('--wasm-tiering-budget=100000000');

/** Regions in one module: what waits goes in together. */
const BATCH = 48;

interface CompilerData {
  readonly port: MessagePort;
  readonly model: CpuModelName;
  readonly vendor: CpuVendorName;
}

const { port, model, vendor } = workerData as CompilerData;
const compiler = new RegionCompiler(decoderOf(cpuModel(model, vendor)));

port.on('message', (first: RegionPlan) => {
  const plans = [first];
  while (plans.length < BATCH) {
    const next = receiveMessageOnPort(port);
    if (next === undefined) break;
    plans.push(next.message as RegionPlan);
  }
  port.postMessage(compilePlans(compiler, plans));
});
