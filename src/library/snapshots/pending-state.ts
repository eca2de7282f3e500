import { readWholeFile } from '../../base/atomic-file';
import { VmError } from '../../base/errors';
import type { PlainData } from '../../base/plain-data';
import type { MemoryRegion } from '../../disk/vm-store';
import { decodeMemoryIndex, encodeMemoryIndex, filesOf, MAX_INDEX_BYTES, type MemoryIndex } from './memory-index';
import { findReusable, type ReadChunk, type WriteMemoryOptions, writeMemoryChunks } from './memory-writer';
import { MAX_THUMBNAIL_BYTES, type SnapshotFolder } from './snapshot-folder';
import { encodeStateFile } from './state-file';
import type { StoredState } from './tree';

/** A saved state on its way to disk. Nothing refers to it before the tree does. */
export class PendingState {
  #isFolderMade = false;
  #hasDevices = false;
  #chunks: readonly string[] | undefined;
  #bytes = 0;

  constructor(
    private readonly folder: SnapshotFolder,
    readonly id: string,
    /** The memory of the state that this one follows. */
    private readonly earlier: MemoryIndex | undefined,
  ) {}

  canReuse(regionId: string, offset: number): boolean {
    return findReusable(this.earlier, regionId, offset) !== undefined;
  }

  async writeDevices(entries: ReadonlyMap<string, PlainData>): Promise<void> {
    await this.#makeFolder();
    const bytes = encodeStateFile(entries);
    await this.folder.writeDurably(this.folder.statePath(this.id, 'devices'), bytes);
    this.#bytes += bytes.length;
    this.#hasDevices = true;
  }

  async writePicture(png: Uint8Array): Promise<void> {
    if (png.length > MAX_THUMBNAIL_BYTES) return;
    await this.#makeFolder();
    await this.folder.writeDurably(this.folder.statePath(this.id, 'picture.png'), png);
    this.#bytes += png.length;
  }

  async writeMemory(regions: readonly MemoryRegion[], read: ReadChunk, options?: WriteMemoryOptions): Promise<void> {
    await this.#makeFolder();
    const file = await this.folder.files.open(this.folder.chunkPath(this.id), 'replace');
    let index: MemoryIndex;
    try {
      index = await writeMemoryChunks(file, this.id, regions, read, this.earlier, options);
      await file.sync();
      this.#bytes += await file.size();
    } finally {
      await file.close();
    }
    const bytes = encodeMemoryIndex(index);
    await this.folder.writeDurably(this.folder.statePath(this.id, 'memory'), bytes);
    this.#bytes += bytes.length;
    this.#chunks = filesOf(index);
  }

  /** Makes it durable; the tree may refer to it then. */
  async finish(): Promise<StoredState> {
    if (!this.#hasDevices || this.#chunks === undefined) throw new VmError('internal', 'a saved state is not complete');
    await this.folder.syncState(this.id);
    return { chunks: this.#chunks, sizeBytes: this.#bytes };
  }

  async #makeFolder(): Promise<void> {
    if (this.#isFolderMade) return;
    await this.folder.makeStateFolder(this.id);
    this.#isFolderMade = true;
  }
}

export async function readMemoryIndex(folder: SnapshotFolder, stateId: string): Promise<MemoryIndex> {
  const path = folder.statePath(stateId, 'memory');
  const bytes = await readWholeFile(folder.files, path, MAX_INDEX_BYTES);
  if (bytes === undefined) throw new VmError('snapshot-corrupt', `${path} is missing`, { path });
  return decodeMemoryIndex(bytes);
}
