import { chmod, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { VmError } from '../base/errors';
import { SocketTransport } from '../protocol/socket-transport';
import type { GuestService } from './guest-service';

/** What was sent last may still be on its way to a client; one that does not close its end is not waited for longer. */
const GOODBYE_MS = 1000;

/** Serves a VM on a local socket that only its user may open. Whoever holds the VM's lock owns the path: a leftover is removed. */
export async function serveOnSocket(service: GuestService, path: string): Promise<{ close(): Promise<void> }> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw VmError.from(error, 'io-error');
  });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    service.connect(new SocketTransport(socket));
  });
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } catch (error) {
    throw new VmError(
      'io-error',
      `cannot listen on ${path}: check that its folder exists and may be written`,
      { path },
      error,
    );
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, GOODBYE_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        // who asked for the end wants to hear that it came
        void service.answered().then(() => {
          for (const socket of sockets) socket.end();
        });
      }),
  };
}
