/** `recent.json` in the configuration folder: the images that the user chose last, newest first. Losing it loses nothing. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { Emitter } from '../base/events';
import { replaceFile } from '../base/atomic-file';
import type { HostFiles } from '../base/host-files';
import { Mutex } from '../base/mutex';

export type ImageUse = 'cdrom' | 'disk' | 'floppy';

export interface RecentImage {
  readonly path: string;
  /** What it can be used as. */
  readonly uses: readonly ImageUse[];
}

const MAX_RECENT = 10;
const USES: readonly ImageUse[] = ['cdrom', 'disk', 'floppy'];

export class RecentImages {
  readonly #path: string;
  readonly #mutex = new Mutex();
  readonly onChanged = new Emitter<void>();

  constructor(
    private readonly files: HostFiles,
    private readonly folder: string,
    private readonly makeFolder: (folder: string) => Promise<void>,
  ) {
    this.#path = path.join(folder, 'recent.json');
  }

  /** Those that are still there. */
  async list(): Promise<RecentImage[]> {
    const all = await this.#read();
    const isThere = await Promise.all(all.map((image) => this.files.stat(image.path).catch(() => undefined)));
    return all.filter((_image, index) => isThere[index]?.kind === 'file');
  }

  add(image: RecentImage): Promise<void> {
    return this.#change((before) => [image, ...before.filter((one) => one.path !== image.path)].slice(0, MAX_RECENT));
  }

  clear(): Promise<void> {
    return this.#change(() => []);
  }

  async #change(change: (before: readonly RecentImage[]) => readonly RecentImage[]): Promise<void> {
    await this.#mutex.run(async () => {
      const images = change(await this.#read());
      await this.makeFolder(this.folder);
      const text = `${JSON.stringify({ images }, undefined, 1)}\n`;
      await replaceFile(this.files, this.#path, new TextEncoder().encode(text));
    });
    this.onChanged.emit();
  }

  async #read(): Promise<RecentImage[]> {
    try {
      return readRecent(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      // None yet, or damaged: the next image begins it anew.
      return [];
    }
  }
}

/** What makes no sense is left out. */
function readRecent(json: unknown): RecentImage[] {
  const { images } = (json ?? {}) as { images?: unknown };
  if (!Array.isArray(images)) return [];
  return images.slice(0, MAX_RECENT).flatMap((item: unknown) => {
    const { path: file, uses } = (item ?? {}) as Record<string, unknown>;
    if (typeof file !== 'string' || !path.isAbsolute(file) || !Array.isArray(uses)) return [];
    return [{ path: file, uses: USES.filter((use) => uses.includes(use)) }];
  });
}
