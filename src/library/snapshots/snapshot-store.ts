/**
 * Takes, restores and deletes snapshots and saved states of one VM, for the one process that owns it. Every operation
 * writes and syncs its new files first and then replaces `tree.json`: that rename is its commit point. What an interrupted
 * operation leaves behind is removed at the next open.
 */
import { randomBytes } from 'node:crypto';
import { readWholeFile } from '../../base/atomic-file';
import { hexOf } from '../../base/bytes';
import { isVmError, VmError } from '../../base/errors';
import type { HostFiles } from '../../base/host-files';
import { createOverlay } from '../../disk/layers';
import type {
  NewSnapshot,
  SavedState,
  SnapshotTreeView,
  SnapshotWriter,
  StateWriter,
  StoredDisk,
} from '../../disk/vm-store';
import { filesOf, type MemoryIndex } from './memory-index';
import { StoredMemory } from './memory-reader';
import { PendingState, readMemoryIndex } from './pending-state';
import { MAX_THUMBNAIL_BYTES, SnapshotFolder } from './snapshot-folder';
import { decodeStateFile, MAX_STATE_FILE_BYTES } from './state-file';
import {
  type CapturedInstant,
  frozenLayers,
  type Overlay,
  RunningSnapshot,
  Suspension,
  type TakeOperations,
  withOverlays,
} from './take';
import {
  findSnapshot,
  prune,
  reachable,
  type SnapshotNode,
  type SnapshotTree,
  withoutBranch,
  withoutSnapshot,
  withSnapshot,
} from './tree';

/** What else belongs to an instant, beside disks and state; stored with the snapshot as JSON. */
export interface SnapshotExtras {
  readonly config: unknown;
  /** Base64; null: none. */
  readonly nvram: string | null;
}

/** A writable disk of the VM. */
export interface SnapshotDisk {
  readonly base: string;
  readonly basePath: string;
  readonly format: 'raw' | 'qcow2';
  /** undefined: not open, the VM is off. */
  readonly disk: StoredDisk | undefined;
}

/** The rest of the VM's folder as the store needs it. */
export interface SnapshotHost {
  captureExtras(): Promise<SnapshotExtras>;
  /** Puts them in place; may be called again after a crash. */
  applyExtras(extras: SnapshotExtras): Promise<void>;
  /** The disks that extras are about, not open; checks them. */
  disksOf(extras: SnapshotExtras): SnapshotDisk[];
}

const MAX_EXTRAS_BYTES = 4 << 20;

export class SnapshotStore {
  #tree: SnapshotTree;
  /** Trees whose replacement failed half-way: the file may hold one of them. */
  #uncertain: SnapshotTree[] = [];
  readonly #inProgress = new Set<string>();
  #isBusy = false;
  /** The state in the tree that this VM's memory descends from. */
  #baseState: string | undefined;

  private constructor(
    private readonly folder: SnapshotFolder,
    private readonly host: SnapshotHost,
    tree: SnapshotTree,
  ) {
    this.#tree = tree;
  }

  /** Finishes or undoes what was interrupted. */
  static async open(files: HostFiles, vmFolder: string, host: SnapshotHost): Promise<SnapshotStore> {
    const folder = new SnapshotFolder(files, vmFolder);
    const store = new SnapshotStore(folder, host, await folder.readTree());
    await store.settle();
    await store.#reclaim();
    return store;
  }

  get tree(): SnapshotTree {
    return this.#tree;
  }

  view(): SnapshotTreeView {
    return viewOfTree(this.#tree);
  }

  /** The active layer of a disk. */
  activeLayer(base: string, basePath: string, format: 'raw' | 'qcow2'): { path: string; format: 'raw' | 'qcow2' } {
    const id = this.#tree.active[base];
    return id === undefined ? { path: basePath, format } : { path: this.folder.layerPath(id), format: 'qcow2' };
  }

  thumbnail(id: string): Promise<Uint8Array | undefined> {
    findSnapshot(this.#tree, id);
    return this.folder.readThumbnail(id);
  }

  // Taking

  beginSnapshot(snapshot: NewSnapshot, disks: readonly SnapshotDisk[]): Promise<SnapshotWriter> {
    return this.#begin(async (release) => {
      const operations = await this.#startTake(release);
      const overlays = await this.#makeOverlays(disks);
      return new RunningSnapshot(operations.state.id, operations, snapshot, overlays);
    });
  }

  /** `openDisks` is asked at the commit. */
  beginSuspend(openDisks: () => readonly StoredDisk[]): Promise<StateWriter> {
    return this.#begin(async (release) => new Suspension(await this.#startTake(release), openDisks));
  }

  /** A snapshot of a VM that is off, or suspended: then with the state it is suspended in. */
  takeOffline(snapshot: NewSnapshot, disks: readonly SnapshotDisk[]): Promise<string> {
    return this.#exclusive(async () => {
      await this.folder.make(this.#tree);
      const id = this.#newId();
      const overlays = await this.#makeOverlays(disks);
      const instant = await this.#capture();
      const hasThumbnail = await this.#writeSnapshotFiles(id, snapshot, instant);
      const node: SnapshotNode = {
        id,
        parent: this.#tree.here,
        name: snapshot.name,
        description: snapshot.description,
        createdMs: instant.createdMs,
        state: this.#tree.resume,
        layers: frozenLayers(overlays),
        hasThumbnail,
      };
      await this.#commit(withSnapshot(withOverlays(this.#tree, overlays), node));
      return id;
    });
  }

  // Going back and deleting

  /** The VM is off then, or suspended in the snapshot's state. No disk may be open. */
  restore(id: string): Promise<void> {
    return this.#exclusive(async () => {
      const node = findSnapshot(this.#tree, id);
      const disks = this.host.disksOf(await this.#readExtras(id));
      const overlays: Overlay[] = [];
      for (const disk of disks) {
        if (node.layers[disk.base] === undefined) continue;
        overlays.push(await this.#makeOverlay(disk, node.layers[disk.base]!));
      }
      await this.folder.syncLayers();
      const moved = withOverlays(this.#tree, overlays);
      await this.#commit({ ...moved, here: id, resume: node.state, restoring: id });
      await this.settle();
      await this.#reclaim();
    });
  }

  /** Children stay unless they are to go too; what only the deleted ones used goes. */
  delete(id: string, withChildren = false): Promise<void> {
    return this.#exclusive(async () => {
      await this.#commit(withChildren ? withoutBranch(this.#tree, id) : withoutSnapshot(this.#tree, id));
      await this.#reclaim();
    });
  }

  rename(id: string, name: string, description: string): Promise<void> {
    return this.#exclusive(async () => {
      findSnapshot(this.#tree, id);
      const snapshots = this.#tree.snapshots.map((node) => (node.id === id ? { ...node, name, description } : node));
      await this.#commit({ ...this.#tree, snapshots });
    });
  }

  // The state to go on from

  async savedState(): Promise<SavedState | undefined> {
    const id = this.#tree.resume;
    if (id === null) return undefined;
    const path = this.folder.statePath(id, 'devices');
    const bytes = await readWholeFile(this.folder.files, path, MAX_STATE_FILE_BYTES);
    if (bytes === undefined) throw new VmError('snapshot-corrupt', `${path} is missing`, { path });
    const devices = decodeStateFile(bytes);
    const index = await readMemoryIndex(this.folder, id);
    const memory = await StoredMemory.open(index, filesOf(index), (chunks) => this.folder.openChunks(chunks));
    return { devices, memory, close: () => memory.close() };
  }

  consumeSavedState(): Promise<void> {
    return this.#exclusive(async () => {
      const id = this.#tree.resume;
      if (id === null) return;
      await this.#commit({ ...this.#tree, resume: null });
      this.#baseState = id;
      await this.#reclaim();
    });
  }

  // Inside

  async #startTake(release: () => void): Promise<TakeOperations> {
    await this.folder.make(this.#tree);
    const id = this.#newId();
    return {
      state: new PendingState(this.folder, id, await this.#earlierMemory()),
      capture: () => this.#capture(),
      writeSnapshotFiles: (snapshotId, snapshot, instant) => this.#writeSnapshotFiles(snapshotId, snapshot, instant),
      layerPath: (layerId) => this.folder.layerPath(layerId),
      changeTree: (change) => this.#commit(change(this.#tree)),
      end: () => {
        this.#baseState = id;
        this.#inProgress.clear();
        release();
      },
      abandon: async () => {
        try {
          await this.#tidy();
        } finally {
          release();
        }
      },
    };
  }

  async #earlierMemory(): Promise<MemoryIndex | undefined> {
    const id = this.#baseState;
    if (id === undefined || this.#tree.states[id] === undefined) return undefined;
    try {
      return await readMemoryIndex(this.folder, id);
    } catch (error) {
      // Sharing is a saving, not a need: without it all memory is written.
      if (isVmError(error)) return undefined;
      throw error;
    }
  }

  async #makeOverlays(disks: readonly SnapshotDisk[]): Promise<Overlay[]> {
    const overlays: Overlay[] = [];
    for (const disk of disks) overlays.push(await this.#makeOverlay(disk, this.#tree.active[disk.base] ?? null));
    await this.folder.syncLayers();
    return overlays;
  }

  async #makeOverlay(disk: SnapshotDisk, below: string | null): Promise<Overlay> {
    const id = this.#newId();
    const backing =
      below === null
        ? { path: disk.basePath, format: disk.format }
        : { path: this.folder.layerPath(below), format: 'qcow2' as const };
    await this.folder.make(this.#tree);
    await createOverlay(this.folder.files, this.folder.layerPath(id), backing, this.folder.vmFolder);
    return { id, base: disk.base, below, disk: disk.disk };
  }

  async #capture(): Promise<CapturedInstant> {
    return { createdMs: Date.now(), extras: await this.host.captureExtras() };
  }

  /** Returns whether there is a thumbnail. */
  async #writeSnapshotFiles(id: string, snapshot: NewSnapshot, instant: CapturedInstant): Promise<boolean> {
    const { name, description, thumbnail } = snapshot;
    const { createdMs, extras } = instant;
    const content = { format: 'subzero-snapshot', version: 1, name, description, createdMs, ...extras };
    await this.folder.makeSnapshotFolder(id);
    const text = new TextEncoder().encode(`${JSON.stringify(content, undefined, 1)}\n`);
    await this.folder.writeDurably(this.folder.snapshotPath(id, 'snapshot.json'), text);
    const hasThumbnail = thumbnail !== undefined && thumbnail.length <= MAX_THUMBNAIL_BYTES;
    if (hasThumbnail) await this.folder.writeDurably(this.folder.snapshotPath(id, 'thumbnail.png'), thumbnail);
    await this.folder.syncSnapshot(id);
    return hasThumbnail;
  }

  /** What else a snapshot keeps. Untrusted. */
  extrasOf(id: string): Promise<SnapshotExtras> {
    return this.#readExtras(findSnapshot(this.#tree, id).id);
  }

  async #readExtras(id: string): Promise<SnapshotExtras> {
    const path = this.folder.snapshotPath(id, 'snapshot.json');
    const damaged = (cause?: unknown) => new VmError('snapshot-corrupt', `${path} is damaged`, { path }, cause);
    const bytes = await readWholeFile(this.folder.files, path, MAX_EXTRAS_BYTES);
    if (bytes === undefined) throw new VmError('snapshot-corrupt', `${path} is missing`, { path });
    let json: { format?: unknown; version?: unknown; config?: unknown; nvram?: unknown } | null;
    try {
      json = JSON.parse(new TextDecoder().decode(bytes));
    } catch (error) {
      throw damaged(error);
    }
    if (json?.format !== 'subzero-snapshot' || json.version !== 1) throw damaged();
    return { config: json.config, nvram: typeof json.nvram === 'string' ? json.nvram : null };
  }

  /**
   * The second half of a restore, when a crash or an error came between the two. Before it is done, the configuration is
   * not the one that belongs to the disks.
   */
  async settle(): Promise<void> {
    const id = this.#tree.restoring;
    if (id === null) return;
    await this.host.applyExtras(await this.#readExtras(id));
    await this.#commit({ ...this.#tree, restoring: null });
  }

  async #commit(next: SnapshotTree): Promise<void> {
    const tree = prune(next);
    try {
      await this.folder.writeTree(tree);
    } catch (error) {
      this.#uncertain.push(tree);
      throw error;
    }
    this.#tree = tree;
    this.#uncertain = [];
  }

  async #reclaim(): Promise<void> {
    const all = [this.#tree, ...this.#uncertain].map(reachable);
    const union = (of: 'layers' | 'states' | 'chunks' | 'snapshots') =>
      new Set([...this.#inProgress, ...all.flatMap((used) => [...used[of]])]);
    await this.folder.reclaim({
      layers: union('layers'),
      states: union('states'),
      chunks: union('chunks'),
      snapshots: union('snapshots'),
    });
  }

  #newId(): string {
    const id = hexOf(randomBytes(8));
    this.#inProgress.add(id);
    return id;
  }

  /** One operation at a time; `begin` ends when the writer it made calls `release`. */
  async #begin<T>(start: (release: () => void) => Promise<T>): Promise<T> {
    if (this.#isBusy) throw new VmError('guest-busy', 'another snapshot operation is still running');
    this.#isBusy = true;
    const release = () => {
      this.#isBusy = false;
    };
    try {
      await this.settle();
      return await start(release);
    } catch (error) {
      // The first failure is the one to tell; leftovers go at the next open.
      await this.#tidy().catch(() => undefined);
      release();
      throw error;
    }
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#begin(async (release) => {
      const result = await task();
      this.#inProgress.clear();
      release();
      return result;
    });
  }

  /** After a failure: makes sure which tree the file holds before files go that it might name. */
  async #tidy(): Promise<void> {
    this.#inProgress.clear();
    if (this.#uncertain.length > 0) await this.#commit(this.#tree);
    await this.#reclaim();
  }
}

export function viewOfTree(tree: SnapshotTree): SnapshotTreeView {
  return {
    current: tree.here,
    snapshots: tree.snapshots.map(({ id, parent, name, description, createdMs, state, hasThumbnail }) => ({
      id,
      parent,
      name,
      description,
      createdMs,
      hasMemory: state !== null,
      hasThumbnail,
      sizeBytes: state === null ? 0 : (tree.states[state]?.sizeBytes ?? 0),
    })),
  };
}
