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
import { type ImageDisk, type ImageFormat, openImage, type Reach } from './open-image';
import { createQcow2 } from './qcow2/create';
import { readQcow2Header } from './qcow2/header';
import { Qcow2Disk } from './qcow2/qcow2-disk';

/**
 * Makes an empty overlay file over a layer that is, or is about to be, frozen. A layer inside `folder` is named relatively,
 * so that the folder can be moved and copied; one outside by its absolute path.
 */
export async function createOverlay(
  files: HostFiles,
  overlayPath: string,
  below: { readonly path: string; readonly format: ImageFormat },
  folder: string,
): Promise<void> {
  const isInside = !path.relative(folder, below.path).startsWith('..');
  const relative = path.relative(path.dirname(overlayPath), below.path).split(path.sep).join('/');
  const sizeBytes = await virtualSizeOf(files, below.path, below.format);
  const backing = { file: isInside ? relative : below.path, format: below.format };
  await createQcow2(files, overlayPath, { sizeBytes, backing });
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
   * Freezes the active layer (which flushes it), runs `commit`, and goes on in the overlay at `overlayPath`, made by
   * `createOverlay` over it. When anything fails, everything is as before. Requests wait meanwhile.
   */
  switchTo(overlayPath: string, commit: () => Promise<void>): Promise<void> {
    return this.#mutex.run(async () => {
      const file = await this.files.open(overlayPath, 'update');
      const overlay = await Qcow2Disk.open(file, { isReadOnly: false, backing: undefined });
      try {
        await this.active.freeze();
        await commit();
      } catch (error) {
        this.active.thaw();
        await overlay.close();
        throw error;
      }
      overlay.placeOver(this.active);
      this.active = overlay;
    });
  }
}

/** Switches several disks at one instant: all or none. `commit` makes it durable and runs while all stand still. */
export async function switchAll(
  switches: readonly { readonly disk: LayeredDisk; readonly overlayPath: string }[],
  commit: () => Promise<void>,
): Promise<void> {
  const [first, ...rest] = switches;
  if (first === undefined) await commit();
  else await first.disk.switchTo(first.overlayPath, () => switchAll(rest, commit));
}
