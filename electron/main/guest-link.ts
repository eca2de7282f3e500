import { VmError } from '../../src/base/errors';
import type { GuestCalls, GuestEvents, SnapshotTree, VmInfo, VmStats, VmStatus } from '../../src/protocol/guest';
import { guestEventChecks, snapshotTreeCheck, vmInfoCheck, vmStatsCheck } from '../../src/protocol/guest-checks';
import type { KeyboardLayoutId } from '../../src/protocol/keyboard-layouts';
import { type ArgsOf, Endpoint, type ResultOf, type Transport } from '../../src/protocol/rpc';

const CALL_TIMEOUT_MS = 15_000;
/** These take as long as memory and disks need. */
const LONG_CALL_TIMEOUT_MS = 600_000;
const LONG_CALLS: ReadonlySet<string> = new Set(['vm.suspend', 'snapshot.take', 'snapshot.restore', 'snapshot.delete']);
const MAX_PNG_BYTES = 32 << 20;
const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47];

/** The main process's end of the link to a running VM, whoever runs it. What comes from there is checked. */
export class GuestLink {
  readonly #endpoint: Endpoint<GuestCalls, GuestEvents, Record<never, never>, Record<never, never>>;
  #status: VmStatus = { kind: 'starting', step: '' };

  constructor(transport: Transport) {
    this.#endpoint = new Endpoint(transport, {}, {});
    this.on('status', (status) => {
      this.#status = status;
    });
  }

  get status(): VmStatus {
    return this.#status;
  }

  get isClosed(): boolean {
    return this.#endpoint.isClosed;
  }

  set onClose(listener: () => void) {
    this.#endpoint.onClose = listener;
  }

  on<N extends keyof GuestEvents>(name: N, listener: (value: GuestEvents[N]) => void): void {
    this.#endpoint.on(name, (value) => {
      if (guestEventChecks[name](value) === undefined) listener(value);
    });
  }

  call<N extends keyof GuestCalls>(name: N, args: ArgsOf<GuestCalls, N>): Promise<ResultOf<GuestCalls, N>> {
    return this.#endpoint.call(name, args, {
      timeoutMs: LONG_CALLS.has(name) ? LONG_CALL_TIMEOUT_MS : CALL_TIMEOUT_MS,
    });
  }

  async info(): Promise<VmInfo> {
    return checked(await this.call('vm.info', null), vmInfoCheck);
  }

  async stats(): Promise<VmStats> {
    return checked(await this.call('vm.stats', null), vmStatsCheck);
  }

  async snapshots(): Promise<SnapshotTree> {
    return checked(await this.call('snapshot.list', null), snapshotTreeCheck);
  }

  async thumbnail(id: string): Promise<Uint8Array | null> {
    const png: unknown = await this.call('snapshot.thumbnail', { id });
    return png instanceof Uint8Array && png.length <= MAX_PNG_BYTES ? png : null;
  }

  /** A PNG of the guest's screen. */
  async picture(): Promise<Uint8Array> {
    const png: unknown = await this.call('screen.picture', null);
    const isPng =
      png instanceof Uint8Array && png.length <= MAX_PNG_BYTES && PNG_MAGIC.every((byte, at) => png[at] === byte);
    if (!isPng) throw new VmError('bad-message', "the VM's process answered with nonsense: no picture");
    return png;
  }

  /** Ends when all is typed, or `signal` ends it. */
  typeText(text: string, layout: KeyboardLayoutId, signal: AbortSignal): Promise<void> {
    return this.#endpoint.call('keys.type', { text, layout }, { signal });
  }

  /** The guest's screen, small; null when it looks as it did at `known`. */
  async screenThumbnail(known: number): Promise<{ stamp: number; png: Uint8Array } | null> {
    const answer: unknown = await this.call('screen.thumbnail', { known });
    const { stamp, png } = (answer ?? {}) as { stamp?: unknown; png?: unknown };
    if (typeof stamp !== 'number' || !(png instanceof Uint8Array) || png.length > MAX_PNG_BYTES) return null;
    return { stamp, png };
  }

  close(): void {
    this.#endpoint.close();
  }
}

function checked<T>(value: T, check: (value: unknown) => string | undefined): T {
  const problem = check(value);
  if (problem !== undefined) throw new VmError('bad-message', `the VM's process answered with nonsense: ${problem}`);
  return value;
}
