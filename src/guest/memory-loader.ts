import { parentPort } from 'node:worker_threads';
import { VmError } from '../base/errors';
import { ChunkUnpacker } from '../disk/memory-chunk';
import { LateMemory } from './late-memory';
import type { LoaderAnswer, LoaderJob } from './machine-threads';

/** The thread that unpacks a part of a saved memory, beside the process's main thread, or later what no guest touched. */
const unpacker = new ChunkUnpacker();
let late: LateMemory | undefined;

function answerTo(job: LoaderJob): LoaderAnswer {
  try {
    if (job.t === 'unpack') unpacker.unpackGroup(job.group, job.into);
    else if (job.t === 'open') late = new LateMemory(job.late);
    else late?.loadAll();
    return {};
  } catch (error) {
    return { error: VmError.from(error).toWire() };
  }
}

parentPort?.on('message', (job: LoaderJob) => parentPort?.postMessage(answerTo(job)));
