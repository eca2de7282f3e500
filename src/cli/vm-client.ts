import { connect } from 'node:net';
import { VmError } from '../base/errors';
import { NodeHostFiles } from '../base/node-host-files';
import { Library, type VmEntry } from '../library/library';
import { preferredPaths } from '../library/preferences-file';
import type { GuestCalls, GuestEvents } from '../protocol/guest';
import { Endpoint } from '../protocol/rpc';
import { SocketTransport } from '../protocol/socket-transport';

export type VmClient = Endpoint<GuestCalls, GuestEvents, Record<never, never>, Record<never, never>>;

export function openLibrary(): Library {
  return new Library(new NodeHostFiles(), preferredPaths());
}

/** Connects to the process that runs a VM. Rejects with 'vm-not-running' when there is none. */
export async function connectTo(entry: VmEntry): Promise<VmClient> {
  const { owner } = entry;
  if (owner === undefined)
    throw new VmError('vm-not-running', `'${entry.name}' is not running; start it with 'subzero start'`, {
      name: entry.name,
    });
  if (owner.socketPath === '')
    throw new VmError('vm-in-use', `'${entry.name}' is being changed by process ${owner.pid}; try again`);
  const socket = connect(owner.socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(
        new VmError(
          'guest-gone',
          `cannot reach the process ${owner.pid} that runs '${entry.name}'; is it still starting?`,
          undefined,
          cause,
        ),
      ),
    );
  });
  return new Endpoint(new SocketTransport(socket), {}, {});
}

/** Finds a running VM and runs `work` with a connection to it. */
export async function withRunningVm<T>(name: string, work: (vm: VmClient, entry: VmEntry) => Promise<T>): Promise<T> {
  const entry = await openLibrary().find(name);
  const client = await connectTo(entry);
  try {
    return await work(client, entry);
  } finally {
    client.close();
  }
}
