/**
 * The files below `snapshots/` in a VM's folder:
 *   tree.json            see tree.ts
 *   layers/ID.qcow2      overlays; the base files stay where they are
 *   states/ID/           devices (state-file.ts), memory (memory-index.ts), picture.png of a suspended VM's screen
 *   chunks/ID            packed memory chunks, first written for the state with that id
 *   ID/                  per snapshot: snapshot.json (configuration and NVRAM at that instant), thumbnail.png
 */
import * as path from 'node:path';
import { readWholeFile, replaceFile, temporaryNameOf } from '../../base/atomic-file';
import { VmError } from '../../base/errors';
import type { HostFile, HostFiles } from '../../base/host-files';
import { emptyTree, formatTree, ID_PATTERN, parseTree, type Reachable, type SnapshotTree } from './tree';

const MAX_TREE_BYTES = 64 << 20;
export const MAX_THUMBNAIL_BYTES = 4 << 20;

export class SnapshotFolder {
  readonly root: string;
  readonly treePath: string;
  readonly #layers: string;
  readonly #states: string;
  readonly #chunks: string;
  #isMade = false;

  constructor(
    readonly files: HostFiles,
    readonly vmFolder: string,
  ) {
    this.root = path.join(vmFolder, 'snapshots');
    this.treePath = path.join(this.root, 'tree.json');
    this.#layers = path.join(this.root, 'layers');
    this.#states = path.join(this.root, 'states');
    this.#chunks = path.join(this.root, 'chunks');
  }

  layerPath(id: string): string {
    return path.join(this.#layers, `${id}.qcow2`);
  }

  statePath(id: string, name: 'devices' | 'memory' | 'picture.png'): string {
    return path.join(this.#states, id, name);
  }

  chunkPath(id: string): string {
    return path.join(this.#chunks, id);
  }

  snapshotPath(id: string, name: 'snapshot.json' | 'thumbnail.png'): string {
    return path.join(this.root, id, name);
  }

  /** undefined: no such snapshot, or it has no picture. */
  async readThumbnail(id: string): Promise<Uint8Array | undefined> {
    if (!ID_PATTERN.test(id)) return undefined;
    return readWholeFile(this.files, this.snapshotPath(id, 'thumbnail.png'), MAX_THUMBNAIL_BYTES);
  }

  /** Of the state that the VM goes on from; undefined: there is none, or it has no picture. */
  async readResumePicture(): Promise<Uint8Array | undefined> {
    const { resume, snapshots } = await this.readTree();
    if (resume === null) return undefined;
    const own = await readWholeFile(this.files, this.statePath(resume, 'picture.png'), MAX_THUMBNAIL_BYTES);
    if (own !== undefined) return own;
    const snapshot = snapshots.find(({ state }) => state === resume);
    return snapshot === undefined ? undefined : this.readThumbnail(snapshot.id);
  }

  /** The tree of a VM without snapshots is empty and may have no file. */
  async readTree(): Promise<SnapshotTree> {
    const bytes = await readWholeFile(this.files, this.treePath, MAX_TREE_BYTES);
    if (bytes !== undefined) {
      this.#isMade = true;
      return parseTree(new TextDecoder().decode(bytes), this.treePath);
    }
    // The tree is written before the first layer; layers without it mean that somebody removed it.
    if (((await this.files.list(this.#layers)) ?? []).length > 0) {
      const path = this.treePath;
      throw new VmError('snapshot-corrupt', `${path} is missing, but there are layers beside it`, { path });
    }
    return emptyTree;
  }

  async writeTree(tree: SnapshotTree): Promise<void> {
    await replaceFile(this.files, this.treePath, new TextEncoder().encode(formatTree(tree)));
  }

  /** Makes the folders, and the tree's file before anything that needs it. */
  async make(tree: SnapshotTree): Promise<void> {
    if (this.#isMade) return;
    await this.files.makeFolder(this.root);
    for (const folder of [this.#layers, this.#states, this.#chunks]) await this.files.makeFolder(folder);
    await this.files.syncFolder(this.root);
    await this.files.syncFolder(this.vmFolder);
    await this.writeTree(tree);
    this.#isMade = true;
  }

  async makeStateFolder(id: string): Promise<void> {
    await this.files.makeFolder(path.join(this.#states, id));
  }

  async makeSnapshotFolder(id: string): Promise<void> {
    await this.files.makeFolder(path.join(this.root, id));
  }

  /** After the files in it were written and synced. */
  async syncState(id: string): Promise<void> {
    await this.files.syncFolder(path.join(this.#states, id));
    await this.files.syncFolder(this.#states);
    await this.files.syncFolder(this.#chunks);
  }

  async syncSnapshot(id: string): Promise<void> {
    await this.files.syncFolder(path.join(this.root, id));
    await this.files.syncFolder(this.root);
  }

  async syncLayers(): Promise<void> {
    await this.files.syncFolder(this.#layers);
  }

  async openChunks(id: string): Promise<HostFile> {
    return this.files.open(this.chunkPath(id), 'read');
  }

  /** Writes a file of its own and makes its content durable. */
  async writeDurably(filePath: string, bytes: Uint8Array): Promise<void> {
    const file = await this.files.open(filePath, 'replace');
    try {
      await file.write(0, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Removes every file of ours that is not in use. What cannot be removed now is tried again next time. */
  async reclaim(used: Reachable): Promise<void> {
    await this.files.removeFile(temporaryNameOf(this.treePath));
    for (const name of (await this.files.list(this.#layers)) ?? []) {
      const id = name.replace(/\.qcow2$/, '');
      if (ID_PATTERN.test(id) && !used.layers.has(id)) await this.files.removeFile(path.join(this.#layers, name));
    }
    for (const id of (await this.files.list(this.#states)) ?? []) {
      if (ID_PATTERN.test(id) && !used.states.has(id)) await this.#removeFolder(path.join(this.#states, id));
    }
    for (const id of (await this.files.list(this.#chunks)) ?? []) {
      if (ID_PATTERN.test(id) && !used.chunks.has(id)) await this.files.removeFile(this.chunkPath(id));
    }
    for (const id of (await this.files.list(this.root)) ?? []) {
      if (ID_PATTERN.test(id) && !used.snapshots.has(id)) await this.#removeFolder(path.join(this.root, id));
    }
  }

  async #removeFolder(folder: string): Promise<void> {
    for (const name of (await this.files.list(folder)) ?? []) await this.files.removeFile(path.join(folder, name));
    await this.files.removeFolder(folder);
  }
}
