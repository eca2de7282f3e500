import type { MessagePortMain } from 'electron';
import { connect } from 'node:net';
import { VmError } from '../../src/base/errors';
import type { GuestCalls, GuestEvents } from '../../src/protocol/guest';
import { guestEventChecks } from '../../src/protocol/guest-checks';
import { Endpoint } from '../../src/protocol/rpc';
import { SocketTransport } from '../../src/protocol/socket-transport';

const OPEN_MS = 5_000;

/**
 * Shows a VM that another program runs: its console comes over its socket and goes on over the window's port. The one case
 * where pictures pass through this process.
 */
export async function connectRemoteConsole(socketPath: string, port: MessagePortMain): Promise<void> {
  const socket = connect(socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(new VmError('guest-gone', 'the process that runs the VM cannot be reached', undefined, cause)),
    );
  });
  const link = new Endpoint<GuestCalls, GuestEvents, Record<never, never>, Record<never, never>>(
    new SocketTransport(socket),
    {},
    {},
  );
  link.on('console', (message) => {
    if (guestEventChecks.console(message) === undefined) port.postMessage(message);
  });
  link.onClose = () => port.close();
  port.on('message', ({ data }) => {
    // Fails when the VM ends: then the port closes too.
    link.call('console.input', { message: data }).catch(() => undefined);
  });
  port.on('close', () => link.close());
  port.start();
  await link.call('console.open', null, { timeoutMs: OPEN_MS });
}
