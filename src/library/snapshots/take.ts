/** Snapshots and suspensions of a running VM: several steps with the machine's in between, one commit at the end. */
import { VmError } from '../../base/errors';
import type { PlainData } from '../../base/plain-data';
import { switchAll } from '../../disk/layers';
import type { MemoryRegion, NewSnapshot, SnapshotWriter, StateWriter, StoredDisk } from '../../disk/vm-store';
import type { ReadChunk, WriteMemoryOptions } from './memory-writer';
import type { PendingState } from './pending-state';
import type { SnapshotTree, StoredState } from './tree';

/** An overlay that was made and is not in use yet. */
export interface Overlay {
  readonly id: string;
  readonly base: string;
  /** The layer it lies on; null: the base file. */
  readonly below: string | null;
  readonly disk: StoredDisk | undefined;
}

/** What of the configuration and NVRAM belongs to the instant; see SnapshotExtras. */
export interface CapturedInstant {
  readonly createdMs: number;
  readonly extras: { readonly config: unknown; readonly nvram: string | null };
}

/** The store's side of an operation in several steps. */
export interface TakeOperations {
  readonly state: PendingState;
  capture(): Promise<CapturedInstant>;
  writeSnapshotFiles(id: string, snapshot: NewSnapshot, instant: CapturedInstant): Promise<boolean>;
  layerPath(id: string): string;
  /** Replaces the tree: a commit point. */
  changeTree(change: (tree: SnapshotTree) => SnapshotTree): Promise<void>;
  /** The operation ended well; memory descends from its state now. */
  end(): void;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

/** Frozen by a snapshot: what lies below the new overlays. */
export function frozenLayers(overlays: readonly Overlay[]): Record<string, string | null> {
  return Object.fromEntries(overlays.map((overlay) => [overlay.base, overlay.below]));
}

/** The overlays become the active layers. */
export function withOverlays(tree: SnapshotTree, overlays: readonly Overlay[]): SnapshotTree {
  const layers = overlays.map(({ id, base, below }) => [id, { base, below }] as const);
  return {
    ...tree,
    active: { ...tree.active, ...Object.fromEntries(overlays.map(({ id, base }) => [base, id])) },
    layers: { ...tree.layers, ...Object.fromEntries(layers) },
  };
}

function withState(tree: SnapshotTree, id: string, state: StoredState): SnapshotTree {
  return { ...tree, states: { ...tree.states, [id]: state } };
}

abstract class Take implements StateWriter {
  #isOver = false;

  constructor(protected readonly operations: TakeOperations) {}

  canReuse(regionId: string, offset: number): boolean {
    return this.operations.state.canReuse(regionId, offset);
  }

  writeDevices(entries: ReadonlyMap<string, PlainData>): Promise<void> {
    return this.#orAbort(() => this.operations.state.writeDevices(entries));
  }

  writePicture(png: Uint8Array): Promise<void> {
    return this.#orAbort(() => this.operations.state.writePicture(png));
  }

  writeMemory(regions: readonly MemoryRegion[], read: ReadChunk, options?: WriteMemoryOptions): Promise<void> {
    return this.#orAbort(() => this.operations.state.writeMemory(regions, read, options));
  }

  async commit(): Promise<void> {
    await this.#orAbort(async () => this.finish(await this.operations.state.finish()));
    this.#isOver = true;
    this.operations.end();
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.operations.abandon();
  }

  protected abstract finish(state: StoredState): Promise<void>;

  protected async orAbort<T>(step: () => Promise<T>): Promise<T> {
    return this.#orAbort(step);
  }

  async #orAbort<T>(step: () => Promise<T>): Promise<T> {
    if (this.#isOver) throw new VmError('bad-state', 'this operation is over');
    try {
      return await step();
    } catch (error) {
      // What went wrong first is what to tell; leftovers go at the next open at the latest.
      await this.abort().catch(() => undefined);
      throw error;
    }
  }
}

export class RunningSnapshot extends Take implements SnapshotWriter {
  #instant: CapturedInstant | undefined;

  constructor(
    readonly id: string,
    operations: TakeOperations,
    private readonly snapshot: NewSnapshot,
    private readonly overlays: readonly Overlay[],
  ) {
    super(operations);
  }

  switchDisks(): Promise<void> {
    return this.orAbort(async () => {
      if (this.#instant !== undefined) throw new VmError('bad-state', 'the disks were switched already');
      const instant = await this.operations.capture();
      const switches: { disk: StoredDisk['inner']; overlayPath: string }[] = [];
      for (const { id, disk } of this.overlays) {
        if (disk === undefined) continue;
        await disk.flush();
        switches.push({ disk: disk.inner, overlayPath: this.operations.layerPath(id) });
      }
      // From this commit on the overlays are the disks, whatever becomes of the snapshot: what the guest flushes into
      // them must survive a crash.
      const commit = () => this.operations.changeTree((tree) => withOverlays(tree, this.overlays));
      if (this.overlays.length > 0) await switchAll(switches, commit);
      this.#instant = instant;
    });
  }

  protected override async finish(state: StoredState): Promise<void> {
    const instant = this.#instant;
    if (instant === undefined) throw new VmError('bad-state', 'the disks were not switched');
    const hasThumbnail = await this.operations.writeSnapshotFiles(this.id, this.snapshot, instant);
    const stateId = this.operations.state.id;
    await this.operations.changeTree((tree) => ({
      ...withState(tree, stateId, state),
      here: this.id,
      snapshots: [
        ...tree.snapshots,
        {
          id: this.id,
          parent: tree.here,
          name: this.snapshot.name,
          description: this.snapshot.description,
          createdMs: instant.createdMs,
          state: stateId,
          layers: frozenLayers(this.overlays),
          hasThumbnail,
        },
      ],
    }));
  }
}

export class Suspension extends Take {
  constructor(
    operations: TakeOperations,
    private readonly openDisks: () => readonly StoredDisk[],
  ) {
    super(operations);
  }

  protected override async finish(state: StoredState): Promise<void> {
    // The disks must be as the memory believes them to be before the two belong together.
    for (const disk of this.openDisks()) if (!disk.isReadOnly) await disk.flush();
    const stateId = this.operations.state.id;
    await this.operations.changeTree((tree) => ({ ...withState(tree, stateId, state), resume: stateId }));
  }
}
