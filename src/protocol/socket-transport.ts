import { encodeFrame, FrameReader } from './socket-codec';
import type { Frame, Transport } from './rpc';

/** The part of a stream socket that a transport needs; node:net's Socket has it. */
export interface StreamSocket {
  write(bytes: Uint8Array): boolean;
  destroy(): void;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
  readonly writableLength: number;
}

/** A peer that does not read is dropped rather than served from our memory. */
const MAX_UNSENT_BYTES = 64 << 20;

export class SocketTransport implements Transport {
  onFrame: ((frame: unknown) => void) | undefined;
  onClose: (() => void) | undefined;

  constructor(private readonly socket: StreamSocket) {
    const reader = new FrameReader();
    socket.on('data', (chunk) => {
      let frames: unknown[];
      try {
        frames = reader.push(chunk);
      } catch {
        // Not one of ours: there is nobody to tell.
        socket.destroy();
        return;
      }
      for (const frame of frames) this.onFrame?.(frame);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.onClose?.());
  }

  send(frame: Frame): void {
    if (this.socket.writableLength > MAX_UNSENT_BYTES) this.socket.destroy();
    else this.socket.write(encodeFrame(frame));
  }

  close(): void {
    this.socket.destroy();
  }
}
