import type { BlockPort, BlockResult, Medium } from '../machine/block-port';
import type { MachineInput } from '../machine/inputs';

/** Sends a request to the host side. `data` is what a write carries. */
export type SendBlockRequest = (
  request: { port: string; request: number; op: 'read' | 'write' | 'flush'; offset: number; length: number },
  data?: Uint8Array,
) => void;

type Pending =
  | { readonly op: 'read'; readonly length: number; readonly done: (result: BlockResult<Uint8Array>) => void }
  | { readonly op: 'write' | 'flush'; readonly done: (result: BlockResult<undefined>) => void };

/** The machine thread's end of a disk, CD or floppy drive whose medium the host side holds. */
export class RemoteBlockPort implements BlockPort {
  medium: Medium | undefined;
  onMediumChange: (() => void) | undefined;
  readonly #pending = new Map<number, Pending>();
  #nextRequest = 1;
  #generation = 0;

  constructor(
    readonly name: string,
    private readonly send: SendBlockRequest,
    private readonly control: { eject(): void; setLocked(locked: boolean): void },
    medium?: Omit<Medium, 'generation'>,
  ) {
    if (medium !== undefined) this.medium = { ...medium, generation: 0 };
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  read(offset: number, length: number, done: (result: BlockResult<Uint8Array>) => void): void {
    this.#submit({ op: 'read', length, done }, offset, length);
  }

  write(offset: number, data: Uint8Array, done: (result: BlockResult<undefined>) => void): void {
    this.#submit({ op: 'write', done }, offset, data.length, data);
  }

  flush(done: (result: BlockResult<undefined>) => void): void {
    this.#submit({ op: 'flush', done }, 0, 0);
  }

  eject(): void {
    this.control.eject();
  }

  setLocked(locked: boolean): void {
    this.control.setLocked(locked);
  }

  /** A recorded or live completion, as an input. An answer to a request that is not open is dropped. */
  complete(input: Extract<MachineInput, { kind: 'disk' }>): void {
    const pending = this.#pending.get(input.request);
    if (pending === undefined) return;
    this.#pending.delete(input.request);
    if (input.error !== undefined) pending.done({ ok: false, error: input.error });
    else if (pending.op !== 'read') pending.done({ ok: true, value: undefined });
    else if (input.data !== undefined && input.data.length === pending.length)
      pending.done({ ok: true, value: input.data });
    else pending.done({ ok: false, error: 'medium' });
  }

  /** The host side put in, replaced or removed the medium. */
  changeMedium(medium: { sizeBytes: number; isReadOnly: boolean } | undefined): void {
    this.#generation++;
    this.medium = medium === undefined ? undefined : { ...medium, generation: this.#generation };
    this.onMediumChange?.();
  }

  #submit(pending: Pending, offset: number, length: number, data?: Uint8Array): void {
    const request = this.#nextRequest++;
    this.#pending.set(request, pending);
    this.send({ port: this.name, request, op: pending.op, offset, length }, data);
  }
}
