import * as path from 'node:path';
import type { SnapshotFolder } from './snapshot-folder';
import {
  branchOf,
  prune,
  reachable,
  type SnapshotNode,
  type SnapshotTree,
  withoutBranch,
  withoutSnapshot,
} from './tree';

export interface SnapshotSize {
  /** What its own files take on this computer: state, memory first written with it, and the disk layer that it froze. */
  readonly sizeBytes: number;
  /** What deleting it gives back: files that others use too stay. */
  readonly freedBytes: number;
  /** What deleting it with those taken after it gives back. */
  readonly branchFreedBytes: number;
}

/** A moment's view; a file that goes meanwhile counts nothing. */
export async function snapshotSizes(folder: SnapshotFolder, tree: SnapshotTree): Promise<Map<string, SnapshotSize>> {
  const known = new Map<string, Promise<number>>();
  const bytesOf = (file: string): Promise<number> => {
    const bytes = known.get(file) ?? folder.files.stat(file).then((info) => info?.usedBytes ?? 0);
    known.set(file, bytes);
    return bytes;
  };
  const total = async (names: readonly string[]): Promise<number> =>
    (await Promise.all(names.map(bytesOf))).reduce((sum, bytes) => sum + bytes, 0);
  const stateFiles = (id: string): string[] => [folder.statePath(id, 'devices'), folder.statePath(id, 'memory')];
  const snapshotFiles = (id: string): string[] => [
    folder.snapshotPath(id, 'snapshot.json'),
    folder.snapshotPath(id, 'thumbnail.png'),
  ];
  const own = ({ id, state, layers }: SnapshotNode): string[] => [
    ...snapshotFiles(id),
    ...(state === null ? [] : [...stateFiles(state), folder.chunkPath(state)]),
    ...Object.entries(layers).map(([base, layer]) =>
      layer === null ? path.resolve(folder.vmFolder, base) : folder.layerPath(layer),
    ),
  ];
  const now = reachable(tree);
  const sizes = new Map<string, SnapshotSize>();
  const freedBy = (ids: readonly string[], smaller: SnapshotTree): Promise<number> => {
    const left = reachable(prune(smaller));
    const gone = (of: 'layers' | 'states' | 'chunks'): string[] => [...now[of]].filter((id) => !left[of].has(id));
    return total([
      ...ids.flatMap(snapshotFiles),
      ...gone('layers').map((id) => folder.layerPath(id)),
      ...gone('states').flatMap(stateFiles),
      ...gone('chunks').map((id) => folder.chunkPath(id)),
    ]);
  };
  for (const node of tree.snapshots) {
    sizes.set(node.id, {
      sizeBytes: await total(own(node)),
      freedBytes: await freedBy([node.id], withoutSnapshot(tree, node.id)),
      branchFreedBytes: await freedBy(branchOf(tree, node.id), withoutBranch(tree, node.id)),
    });
  }
  return sizes;
}
