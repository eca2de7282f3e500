import type { HostFile, HostFiles, OpenMode } from '../../src/base/host-files';

/**
 * Real files, with the changing operations counted. The process is ended without warning before (even) or after (odd)
 * operation `killAt >> 1`. For tests that run a whole VM in a child process.
 */
export class KillingFiles implements HostFiles {
  #operations = 0;
  #isArmed = false;

  constructor(
    private readonly real: HostFiles,
    private readonly killAt: number,
    private readonly kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {}

  /** Operations since `arm`. */
  get operations(): number {
    return this.#operations;
  }

  /** Counts from here on. */
  arm(): void {
    this.#isArmed = true;
  }

  async open(path: string, mode: OpenMode): Promise<HostFile> {
    const isChange = mode === 'create' || mode === 'replace';
    const file = isChange ? await this.#count(() => this.real.open(path, mode)) : await this.real.open(path, mode);
    return {
      path: file.path,
      read: (position, into) => file.read(position, into),
      write: (position, data) => this.#count(() => file.write(position, data)),
      size: () => file.size(),
      truncate: (sizeBytes) => this.#count(() => file.truncate(sizeBytes)),
      sync: () => this.#count(() => file.sync()),
      close: () => file.close(),
    };
  }

  stat(path: string) {
    return this.real.stat(path);
  }

  list(path: string) {
    return this.real.list(path);
  }

  realPath(path: string) {
    return this.real.realPath(path);
  }

  makeFolder(path: string, mode?: number) {
    return this.#count(() => this.real.makeFolder(path, mode));
  }

  rename(from: string, to: string) {
    return this.#count(() => this.real.rename(from, to));
  }

  link(from: string, to: string) {
    return this.#count(() => this.real.link(from, to));
  }

  removeFile(path: string) {
    return this.#count(() => this.real.removeFile(path));
  }

  removeFolder(path: string) {
    return this.#count(() => this.real.removeFolder(path));
  }

  removeTree(path: string) {
    return this.#count(() => this.real.removeTree(path));
  }

  syncFolder(path: string) {
    return this.#count(() => this.real.syncFolder(path));
  }

  async #count<T>(run: () => Promise<T>): Promise<T> {
    if (!this.#isArmed) return run();
    const operation = this.#operations++;
    if (this.killAt === operation * 2) this.kill();
    const result = await run();
    if (this.killAt === operation * 2 + 1) this.kill();
    return result;
  }
}
