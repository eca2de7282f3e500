import type { Frame, Transport } from '../src/protocol/rpc';

/** A link over a port between two of the app's processes. */
export class PortTransport implements Transport {
  onFrame: ((frame: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  #isClosed = false;

  constructor(private readonly port: Electron.MessagePortMain) {
    port.on('message', ({ data }) => this.onFrame?.(data));
    port.on('close', () => this.#closed());
    port.start();
  }

  send(frame: Frame): void {
    if (!this.#isClosed) this.port.postMessage(frame);
  }

  close(): void {
    this.port.close();
    this.#closed();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onClose?.();
  }
}
