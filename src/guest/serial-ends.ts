import { type WriteStream, createWriteStream } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import * as path from 'node:path';
import { rm, stat } from 'node:fs/promises';
import { VmError } from '../base/errors';
import type { VmConfig } from '../config/vm-config';
import type { SessionEvents } from './vm-session';

/** What a slow reader may be behind; then it is dropped, so that a guest cannot fill this process's memory. */
const MAX_BEHIND_BYTES = 4 << 20;

/**
 * Where serial ports lead beside the window: a file that is appended to, or a Unix socket that any number of programs
 * connect to, each hearing what the guest sends and all speaking to it. The parallel port's printer writes to such a file too.
 */
export class SerialEnds {
  /** By port: 'COM1', 'LPT1'. */
  readonly #files = new Map<string, WriteStream>();
  readonly #servers: { readonly server: Server; readonly file: string }[] = [];
  readonly #clients = new Map<number, Set<Socket>>();

  private constructor(private readonly log: (message: string) => void) {}

  /** Throws when a file cannot be written or a socket's place is taken. */
  static async open(
    config: VmConfig,
    folder: string,
    write: (port: number, bytes: Uint8Array) => void,
    log: (message: string) => void,
  ): Promise<SerialEnds> {
    const ends = new SerialEnds(log);
    try {
      for (const [port, end] of config.serial.entries()) {
        if (end.kind === 'file') await ends.#openFile(`COM${port + 1}`, path.resolve(folder, end.file));
        if (end.kind === 'socket') await ends.#listen(port, path.resolve(folder, end.file), write);
      }
      for (const [port, { file }] of config.parallel.entries())
        await ends.#openFile(`LPT${port + 1}`, path.resolve(folder, file));
    } catch (error) {
      await ends.close();
      throw error;
    }
    return ends;
  }

  readonly events: Partial<SessionEvents> = {
    serial: (port, bytes) => {
      this.#files.get(`COM${port + 1}`)?.write(bytes.slice());
      for (const client of this.#clients.get(port) ?? []) {
        if (client.writableLength > MAX_BEHIND_BYTES) client.destroy();
        else client.write(bytes.slice());
      }
    },
    parallel: (bytes) => {
      this.#files.get('LPT1')?.write(bytes.slice());
    },
  };

  async close(): Promise<void> {
    for (const clients of this.#clients.values()) for (const client of clients) client.destroy();
    await Promise.all(
      [...this.#files.values()].map((file) => new Promise<void>((resolve) => file.end(() => resolve()))),
    );
    await Promise.all(this.#servers.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve()))));
    for (const { file } of this.#servers) await rm(file, { force: true });
  }

  #openFile(port: string, file: string): Promise<void> {
    const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
    return new Promise((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.on('error', (cause) => {
        this.#files.delete(port);
        this.log(`${port}: ${file} cannot be written: ${cause.message}`);
        reject(new VmError('io-error', `${port}: ${file} cannot be written`, { path: file }, cause));
      });
      this.#files.set(port, stream);
    });
  }

  async #listen(port: number, file: string, write: (port: number, bytes: Uint8Array) => void): Promise<void> {
    // A socket that an earlier run left goes; anything else stays what it is.
    if ((await stat(file).catch(() => undefined))?.isSocket()) await rm(file);
    const clients = new Set<Socket>();
    this.#clients.set(port, clients);
    const server = createServer((client) => {
      clients.add(client);
      client.on('data', (bytes: Buffer) => write(port, new Uint8Array(bytes)));
      client.on('error', () => client.destroy());
      client.on('close', () => clients.delete(client));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new VmError('io-error', `COM${port + 1}: cannot listen at ${file}: ${cause.message}`, { path: file }, cause),
        ),
      );
      server.listen(file, () => resolve());
    });
    this.#servers.push({ server, file });
  }
}
