import { VmError } from '../../src/base/errors';
import type { AppCalls, AppEvents, VmId } from '../../src/protocol/app';
import { type ArgsOf, Endpoint, type Frame, type ResultOf, type Transport } from '../../src/protocol/rpc';

/** The only file that touches what the preload script put into the page. */

interface PageApi {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
}

const CONSOLE_PORT_MS = 10_000;

class PageTransport implements Transport {
  onFrame: ((frame: unknown) => void) | undefined;
  onClose: (() => void) | undefined;

  constructor(private readonly api: PageApi) {
    api.onFrame((frame) => this.onFrame?.(frame));
  }

  send(frame: Frame): void {
    this.api.send(frame);
  }

  close(): void {
    this.onClose?.();
  }
}

const api = (window as unknown as { app: PageApi }).app;
const endpoint = new Endpoint<AppCalls, AppEvents, Record<never, never>, Record<never, never>>(
  new PageTransport(api),
  {},
  {},
);

/** Asks main. Rejects with a VmError; `signal` gives the call up. */
export function call<N extends keyof AppCalls>(
  name: N,
  args: ArgsOf<AppCalls, N>,
  signal?: AbortSignal,
): Promise<ResultOf<AppCalls, N>> {
  return endpoint.call(name, args, signal === undefined ? {} : { signal });
}

/** Hears main; returns what ends it. */
export function onEvent<N extends keyof AppEvents>(name: N, listener: (value: AppEvents[N]) => void): () => void {
  return endpoint.on(name, listener);
}

const awaited = new Map<number, (port: MessagePort) => void>();
let nextChannel = 1;

window.addEventListener('message', ({ source, data, ports }: MessageEvent<unknown>) => {
  const message = (typeof data === 'object' && data !== null ? data : {}) as { t?: unknown; channel?: unknown };
  const port = ports[0];
  if (source !== window || message.t !== 'console-port' || typeof message.channel !== 'number' || !port) return;
  const take = awaited.get(message.channel);
  awaited.delete(message.channel);
  if (take === undefined) port.close();
  else take(port);
});

/** A port straight to the VM's process, for protocol/console.ts. */
export async function attachConsole(vm: VmId): Promise<MessagePort> {
  const channel = nextChannel++;
  const port = new Promise<MessagePort>((resolve, reject) => {
    const timer = setTimeout(() => {
      awaited.delete(channel);
      reject(new VmError('timeout', 'the console did not connect'));
    }, CONSOLE_PORT_MS);
    awaited.set(channel, (found) => {
      clearTimeout(timer);
      resolve(found);
    });
  });
  // Told by the call; the port just never comes.
  port.catch(() => undefined);
  await call('console.attach', { vm, channel });
  return port;
}
