import type { Disk } from '../disk/disk';
import { isVmError, VmError } from '../base/errors';
import type { DiskInputError } from '../machine/inputs';

export interface MediaRequest {
  readonly port: string;
  readonly request: number;
  readonly op: 'read' | 'write' | 'flush';
  readonly offset: number;
  readonly length: number;
}

export interface MediaAnswer {
  readonly port: string;
  readonly request: number;
  readonly error?: DiskInputError;
  readonly data?: Uint8Array;
}

/**
 * Answers the machine's block requests from Disks, on the process's main thread. A host error becomes a medium error for the guest only
 * where the guest can do something about it; a full host disk pauses the VM instead (`onTrouble`) and the request is tried again.
 */
export class MediaServer {
  readonly #disks = new Map<string, Disk>();
  readonly #open = new Map<string, Set<Promise<void>>>();
  #retry: (() => void)[] = [];

  constructor(
    private readonly answer: (answer: MediaAnswer) => void,
    private readonly onTrouble: (reason: 'diskFull' | 'ioError', error: VmError) => void,
  ) {}

  set(port: string, disk: Disk | undefined): void {
    if (disk === undefined) this.#disks.delete(port);
    else this.#disks.set(port, disk);
  }

  get(port: string): Disk | undefined {
    return this.#disks.get(port);
  }

  get ports(): readonly string[] {
    return [...this.#disks.keys()];
  }

  submit(request: MediaRequest, bytes: Uint8Array): void {
    const open = this.#open.get(request.port) ?? new Set();
    this.#open.set(request.port, open);
    const work = this.#serve(request, bytes).finally(() => open.delete(work));
    open.add(work);
  }

  /** Resolves when everything submitted so far has been answered. */
  async drain(port?: string): Promise<void> {
    const sets = port === undefined ? [...this.#open.values()] : [this.#open.get(port) ?? new Set<Promise<void>>()];
    await Promise.allSettled(sets.flatMap((set) => [...set]));
  }

  /** The user made room: requests that failed for it are tried again. */
  retry(): void {
    const waiting = this.#retry;
    this.#retry = [];
    for (const again of waiting) again();
  }

  async flushAll(): Promise<void> {
    await Promise.all([...this.#disks.values()].map((disk) => (disk.isReadOnly ? undefined : disk.flush())));
  }

  async #serve(request: MediaRequest, bytes: Uint8Array): Promise<void> {
    const { port, request: id } = request;
    for (;;) {
      const disk = this.#disks.get(port);
      if (disk === undefined) return this.answer({ port, request: id, error: 'noMedium' });
      try {
        return this.answer({ port, request: id, ...(await perform(disk, request, bytes)) });
      } catch (error) {
        const trouble = VmError.from(error);
        if (isVmError(trouble, 'image-readonly')) return this.answer({ port, request: id, error: 'readOnly' });
        if (request.op === 'read' || isVmError(trouble, 'bad-argument'))
          return this.answer({ port, request: id, error: 'medium' });
        this.onTrouble(isVmError(trouble, 'disk-full') ? 'diskFull' : 'ioError', trouble);
        await new Promise<void>((resolve) => this.#retry.push(resolve));
      }
    }
  }
}

async function perform(
  disk: Disk,
  request: MediaRequest,
  bytes: Uint8Array,
): Promise<{ data?: Uint8Array; error?: DiskInputError }> {
  const { op, offset, length } = request;
  if (op === 'flush') {
    await disk.flush();
    return {};
  }
  if (offset + length > disk.sizeBytes) return { error: 'medium' };
  if (op === 'write') {
    if (disk.isReadOnly) return { error: 'readOnly' };
    await disk.write(offset, bytes);
    return {};
  }
  const data = new Uint8Array(length);
  await disk.read(offset, data);
  return { data };
}
