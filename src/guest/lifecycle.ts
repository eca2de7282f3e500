import { VmError } from '../base/errors';
import type { VmStatus } from '../protocol/guest';

type Kind = VmStatus['kind'];

/** The legal moves of a VM's status. */
const MOVES: Readonly<Record<Kind, readonly Kind[]>> = {
  stopped: ['starting'],
  suspended: ['starting', 'stopped'],
  starting: ['starting', 'running', 'paused', 'stopping', 'crashed', 'stopped'],
  running: ['paused', 'saving', 'stopping', 'stopped', 'crashed', 'starting'],
  paused: ['running', 'saving', 'stopping', 'stopped', 'crashed', 'starting', 'paused'],
  saving: ['saving', 'running', 'paused', 'suspended', 'stopping', 'stopped', 'crashed'],
  stopping: ['stopped', 'suspended', 'crashed'],
  crashed: ['starting', 'stopped'],
};

/** Holds the status and refuses illegal moves; one driver applies all moves, from a queue. */
export class Lifecycle {
  #status: VmStatus = { kind: 'stopped' };
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly changed: (status: VmStatus) => void) {}

  get status(): VmStatus {
    return this.#status;
  }

  move(status: VmStatus): void {
    if (!MOVES[this.#status.kind].includes(status.kind)) {
      throw new VmError('bad-state', `a VM that is ${this.#status.kind} cannot become ${status.kind}`);
    }
    this.#status = status;
    this.changed(status);
  }

  /** Runs one request after the other. */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Throws unless the status is one of these. */
  expect(what: string, ...kinds: readonly Kind[]): void {
    if (!kinds.includes(this.#status.kind)) {
      throw new VmError('bad-state', `cannot ${what} while the VM is ${this.#status.kind}`);
    }
  }
}
