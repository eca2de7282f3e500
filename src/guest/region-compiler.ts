import { setFlagsFromString } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'node:worker_threads';
import { Decoder } from '../cpu/emulated/decoder';
import { isImplemented } from '../cpu/emulated/features';
import { RegionCompiler } from '../cpu/emulated/jit/compile-region';
import { compilePlan } from '../cpu/emulated/jit/eager-compiler';
import type { CompiledRegion, RegionPlan } from '../cpu/emulated/jit/region-plan';

/** The thread beside the machine thread that compiles regions. */
// Without it V8 only validates here and compiles where the code is first run.
setFlagsFromString('--no-wasm-lazy-compilation');

const { port } = workerData as { port: MessagePort };
const compiler = new RegionCompiler(new Decoder(isImplemented));

port.on('message', (plan: RegionPlan) => {
  let answer: CompiledRegion;
  try {
    answer = compilePlan(compiler, plan);
  } catch {
    // what cannot be compiled is interpreted
    answer = { id: plan.id, module: undefined, longestPath: 0, nodeCount: 0 };
  }
  port.postMessage(answer);
});
