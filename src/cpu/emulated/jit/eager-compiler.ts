import { STATE_SIZE } from '../core/layout';
import type { Decoder } from '../decoder';
import { type RegionCode, RegionCompiler } from './compile-region';
import { regionModule } from './region-module';
import type { CompiledRegion, CompiledRegions, RegionPlan } from './region-plan';
import type { RegionCompilerPort } from './regions';

/** From plans to one module, on the calling thread. What cannot be compiled is left to the interpreter. */
export function compilePlans(compiler: RegionCompiler, plans: readonly RegionPlan[]): CompiledRegions {
  const codes: RegionCode[] = [];
  const regions: CompiledRegion[] = plans.map((plan) => {
    const region = compiled(compiler, plan);
    if (region === undefined) return { id: plan.id, name: undefined, longestPath: 0 };
    const name = String(codes.push(region) - 1);
    return { id: plan.id, name, longestPath: region.longestPath };
  });
  if (codes.length === 0) return { module: undefined, regions };
  const leastPages = 1 + Math.max(...plans.map(({ state }) => (state + STATE_SIZE) >>> 16));
  const binary = regionModule(codes, plans[0]!.isHot ? 'hot' : '', leastPages) as Uint8Array<ArrayBuffer>;
  return { module: new WebAssembly.Module(binary), regions };
}

function compiled(compiler: RegionCompiler, plan: RegionPlan): RegionCode | undefined {
  try {
    return compiler.compile(plan);
  } catch {
    return undefined; // a shape that the compiler does not know: slow, not wrong
  }
}

/** Compiles at once: deterministic, for tests. */
export class EagerCompiler implements RegionCompilerPort {
  readonly #compiler: RegionCompiler;

  constructor(decoder: Decoder) {
    this.#compiler = new RegionCompiler(decoder);
  }

  compile(plan: RegionPlan): CompiledRegions {
    return compilePlans(this.#compiler, [plan]);
  }

  take(): undefined {
    return undefined;
  }
}
