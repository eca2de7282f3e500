import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { VmError, type WireError } from '../base/errors';
import type { ChunkGroup } from '../disk/memory-chunk';
import type { UnpackHelper } from '../disk/vm-store';
import type { LateMemoryInit } from './late-memory';
import type { VmAssets } from './vm-assets';

/** To the thread that unpacks saved memory, and its answers, in order. `into` lies in shared memory. */
export type LoaderJob =
  | { readonly t: 'unpack'; readonly group: ChunkGroup; readonly into: Uint8Array }
  /** Its files, while they are there. */
  | { readonly t: 'open'; readonly late: LateMemoryInit }
  | { readonly t: 'loadLate' };
export interface LoaderAnswer {
  readonly error?: WireError;
}

const QUIET = { stdout: false, stderr: false };

/** A thread that waits for the message which says what it is to do. */
export function startThread(script: string): Worker {
  return new Worker(script, QUIET);
}

/** Unpacks on a thread of its own; ends with `close`. */
export class MemoryLoader implements UnpackHelper {
  readonly #worker: Worker;
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(script: string) {
    this.#worker = startThread(script);
    this.#worker.on('message', ({ error }: LoaderAnswer) => {
      const next = this.#waiting.shift();
      if (error === undefined) next?.resolve();
      else next?.reject(VmError.fromWire(error));
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread that loads memory ended')));
  }

  unpack(group: ChunkGroup, into: Uint8Array): Promise<void> {
    return this.#ask({ t: 'unpack', group, into });
  }

  open(late: LateMemoryInit): Promise<void> {
    return this.#ask({ t: 'open', late });
  }

  /** All of what was opened. Other jobs wait. */
  loadLate(): Promise<void> {
    return this.#ask({ t: 'loadLate' });
  }

  #ask(job: LoaderJob): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** The threads that run and compile a guest. */
export interface MachineThreads {
  readonly machine: Worker;
  readonly compiler: Worker | undefined;
}

/** What a machine needs whatever it is: its program is compiled, and its threads are there. */
export interface Engine extends MachineThreads {
  readonly core: WebAssembly.Module;
  /** For a saved memory; closed when it is loaded. */
  readonly loader: MemoryLoader;
}

export function startThreads(scripts: Pick<VmAssets, 'machineThread' | 'regionCompiler'>): MachineThreads {
  return { machine: startThread(scripts.machineThread), compiler: startThread(scripts.regionCompiler) };
}

/** Takes its time, so it may begin before it is known which VM it is for. */
export async function startEngine(assets: VmAssets, known?: WebAssembly.Module): Promise<Engine> {
  const machine = startThread(assets.machineThread);
  const loader = new MemoryLoader(assets.memoryLoader);
  try {
    const core = known ?? (await WebAssembly.compile(await readFile(assets.coreWasm)));
    // The compiler sets V8's flags for the process: the interpreter's module is made before.
    return { core, machine, compiler: startThread(assets.regionCompiler), loader };
  } catch (error) {
    await Promise.all([machine.terminate(), loader.close()]);
    throw error;
  }
}

export async function closeEngine({ machine, compiler, loader }: Engine): Promise<void> {
  await Promise.all([machine.terminate(), compiler?.terminate(), loader.close()]);
}
