import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { CompiledRegions, RegionPlan } from '../cpu/emulated/jit/region-plan';
import type { RegionCompilerPort } from '../cpu/emulated/jit/regions';

/** Sends plans to region-compiler.ts and polls for its answers: the machine thread never waits. */
export class BackgroundCompiler implements RegionCompilerPort {
  constructor(private readonly port: MessagePort) {}

  compile(plan: RegionPlan): undefined {
    this.port.postMessage(plan);
  }

  take(): CompiledRegions | undefined {
    return receiveMessageOnPort(this.port)?.message as CompiledRegions | undefined;
  }
}
