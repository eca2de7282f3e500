import type { Decoder } from '../decoder';
import { RegionCompiler } from './compile-region';
import type { CompiledRegion, RegionPlan } from './region-plan';
import type { RegionCompilerPort } from './regions';

/** From a plan to a module, on the calling thread. */
export function compilePlan(compiler: RegionCompiler, plan: RegionPlan): CompiledRegion {
  const code = compiler.compile(plan);
  if (code === undefined) return { id: plan.id, module: undefined, longestPath: 0, nodeCount: 0 };
  const { binary, longestPath, nodeCount } = code;
  return { id: plan.id, module: new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>), longestPath, nodeCount };
}

/** Compiles at once: deterministic, for tests. */
export class EagerCompiler implements RegionCompilerPort {
  readonly #compiler: RegionCompiler;

  constructor(decoder: Decoder) {
    this.#compiler = new RegionCompiler(decoder);
  }

  compile(plan: RegionPlan): CompiledRegion {
    return compilePlan(this.#compiler, plan);
  }

  take(): undefined {
    return undefined;
  }
}
