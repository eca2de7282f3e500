/**
 * A disk made of layers: the active one on top takes the writes, those below are frozen. A snapshot freezes the active
 * layer and starts an overlay over it; a frozen layer is never written again, by anyone. Which layers a VM's snapshots
 * use, and which can go, is the snapshot tree's business (`library/snapshots`).
 */
import * as path from 'node:path';
import { alignUp } from '../base/bits';
import type { HostFiles } from '../base/host-files';
import { Mutex } from '../base/mutex';
import { type Disk, sectorBytes, writeZeros } from './disk';
import { type ImageDisk, type ImageFormat, openImage, openLayer, type Reach } from './open-image';
import { createQcow2 } from './qcow2/create';
import { readQcow2Header } from './qcow2/header';

/** Makes an empty overlay file over a layer that is, or is about to be, frozen. */
export async function createOverlay(
  files: HostFiles,
  overlayPath: string,
  below: { readonly path: string; readonly format: ImageFormat },
): Promise<void> {
  const folder = path.dirname(overlayPath);
  const relative = path.relative(folder, below.path).split(path.sep).join('/');
  // A neighbour is named relatively, so that the folder can be moved; a file elsewhere stays where it is.
  const name = relative.startsWith('../') ? below.path : relative;
  const sizeBytes = await virtualSizeOf(files, below.path, below.format);
  await createQcow2(files, overlayPath, { sizeBytes, backing: { file: name, format: below.format } });
}

/** The size that a guest sees. */
export async function virtualSizeOf(files: HostFiles, imagePath: string, format: ImageFormat): Promise<number> {
  const file = await files.open(imagePath, 'read');
  try {
    const bytes = format === 'raw' ? await file.size() : (await readQcow2Header(file)).sizeBytes;
    return alignUp(bytes, sectorBytes);
  } finally {
    await file.close();
  }
}

export class LayeredDisk implements Disk {
  /** Keeps requests away while the active layer changes. */
  readonly #mutex = new Mutex();

  private constructor(
    private readonly files: HostFiles,
    private active: ImageDisk,
  ) {}

  static async open(
    files: HostFiles,
    imagePath: string,
    format: ImageFormat,
    options: { readonly isReadOnly: boolean; readonly reach: Reach },
  ): Promise<LayeredDisk> {
    return new LayeredDisk(files, await openImage(files, imagePath, format, options));
  }

  get sizeBytes(): number {
    return this.active.sizeBytes;
  }

  get isReadOnly(): boolean {
    return this.active.isReadOnly;
  }

  /** The file of the layer that takes the writes. */
  get activePath(): string {
    return this.active.path;
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.#mutex.run(() => this.active.read(offset, into));
  }

  write(offset: number, data: Uint8Array): Promise<void> {
    return this.#mutex.run(() => this.active.write(offset, data));
  }

  discard(offset: number, length: number): Promise<void> {
    return this.#mutex.run(async () => {
      if ('discard' in this.active) await this.active.discard(offset, length);
      else await writeZeros(this.active, offset, length);
    });
  }

  flush(): Promise<void> {
    return this.#mutex.run(() => this.active.flush());
  }

  close(): Promise<void> {
    return this.#mutex.run(() => this.active.close());
  }

  /**
   * Freezes the active layer (which flushes it) and goes on in the overlay at `overlayPath`, made by `createOverlay`
   * over it. When that fails before the freeze, everything is as before; after it, the disk refuses writes.
   */
  startOverlay(overlayPath: string): Promise<void> {
    return this.#mutex.run(async () => {
      await this.active.freeze();
      this.active = await openLayer(this.files, { path: overlayPath, format: 'qcow2' }, false, this.active);
    });
  }
}
