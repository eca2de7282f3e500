import { VmError } from './errors';

/** For long work between its steps. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new VmError('cancelled', 'the operation was cancelled');
}
