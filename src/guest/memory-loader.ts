import { parentPort } from 'node:worker_threads';
import { VmError } from '../base/errors';
import { type ChunkGroup, ChunkUnpacker } from '../disk/memory-chunk';
import type { LoaderAnswer, LoaderJob } from './machine-threads';

/** The thread that unpacks a part of a saved memory, beside the process's main thread. */
const unpacker = new ChunkUnpacker();

function answerTo({ group, into }: { readonly group: ChunkGroup; readonly into: Uint8Array }): LoaderAnswer {
  try {
    unpacker.unpackGroup(group, into);
    return {};
  } catch (error) {
    return { error: VmError.from(error).toWire() };
  }
}

parentPort?.on('message', (job: LoaderJob) => parentPort?.postMessage(answerTo(job)));
