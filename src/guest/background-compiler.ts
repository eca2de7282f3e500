import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { CompiledRegions, RegionPlan } from '../cpu/emulated/jit/region-plan';
import type { RegionCompilerPort } from '../cpu/emulated/jit/regions';
import { PlanProducer } from './plan-ring';

/** Sends plans to region-compiler.ts and polls for its answers: the machine thread never waits. */
export class BackgroundCompiler implements RegionCompilerPort {
  readonly #plans: PlanProducer;

  constructor(
    plans: SharedArrayBuffer,
    private readonly answers: MessagePort,
  ) {
    this.#plans = new PlanProducer(plans);
  }

  compile(plan: RegionPlan): CompiledRegions | undefined {
    if (this.#plans.tryPush(plan)) return undefined;
    return { module: undefined, regions: [{ id: plan.id, name: undefined, longestPath: 0 }] };
  }

  take(): CompiledRegions | undefined {
    return receiveMessageOnPort(this.answers)?.message as CompiledRegions | undefined;
  }
}
