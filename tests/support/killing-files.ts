import * as path from 'node:path';
import type { HostFile, HostFiles, OpenMode } from '../../src/base/host-files';

/** The process ends before or after the `occurrence`th (from 0) operation of this name since `arm`. */
export interface KillPoint {
  readonly operation: string;
  readonly occurrence: number;
  readonly when: 'before' | 'after';
}

/**
 * Real files with the changing operations counted, and the process ended without warning at one of them. Operations are
 * told apart by what they do to which file, with random names left out, because what a running guest writes meanwhile
 * comes at different times in every run.
 */
export class KillingFiles implements HostFiles {
  readonly #counts = new Map<string, number>();
  #isArmed = false;

  constructor(
    private readonly real: HostFiles,
    private readonly folder: string,
    private readonly killAt: KillPoint | undefined,
    private readonly kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {}

  /** How often each operation happened since `arm`. */
  get operations(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  arm(): void {
    this.#isArmed = true;
  }

  disarm(): void {
    this.#isArmed = false;
  }

  async open(file: string, mode: OpenMode): Promise<HostFile> {
    const isChange = mode === 'create' || mode === 'replace';
    const open = () => this.real.open(file, mode);
    const handle = isChange ? await this.#count(mode, file, open) : await open();
    return {
      path: handle.path,
      read: (position, into) => handle.read(position, into),
      write: (position, data) => this.#count('write', file, () => handle.write(position, data)),
      size: () => handle.size(),
      truncate: (sizeBytes) => this.#count('truncate', file, () => handle.truncate(sizeBytes)),
      sync: () => this.#count('sync', file, () => handle.sync()),
      close: () => handle.close(),
    };
  }

  stat(file: string) {
    return this.real.stat(file);
  }

  list(folder: string) {
    return this.real.list(folder);
  }

  realPath(file: string) {
    return this.real.realPath(file);
  }

  makeFolder(folder: string, mode?: number) {
    return this.#count('makeFolder', folder, () => this.real.makeFolder(folder, mode));
  }

  rename(from: string, to: string) {
    return this.#count('rename', to, () => this.real.rename(from, to));
  }

  copyFile(from: string, to: string) {
    return this.#count('copyFile', to, () => this.real.copyFile(from, to));
  }

  link(from: string, to: string) {
    return this.#count('link', to, () => this.real.link(from, to));
  }

  removeFile(file: string) {
    return this.#count('removeFile', file, () => this.real.removeFile(file));
  }

  removeFolder(folder: string) {
    return this.#count('removeFolder', folder, () => this.real.removeFolder(folder));
  }

  removeTree(folder: string) {
    return this.#count('removeTree', folder, () => this.real.removeTree(folder));
  }

  syncFolder(folder: string) {
    return this.#count('syncFolder', folder, () => this.real.syncFolder(folder));
  }

  async #count<T>(name: string, file: string, run: () => Promise<T>): Promise<T> {
    if (!this.#isArmed) return run();
    const operation = `${name} ${path.relative(this.folder, file).replace(/[0-9a-f]{8,}/g, '*')}`;
    const occurrence = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, occurrence + 1);
    const isHere = this.killAt?.operation === operation && this.killAt.occurrence === occurrence;
    if (isHere && this.killAt?.when === 'before') this.kill();
    const result = await run();
    if (isHere && this.killAt?.when === 'after') this.kill();
    return result;
  }
}
