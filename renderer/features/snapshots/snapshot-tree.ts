import type { SnapshotInfo, SnapshotTree } from '../../../src/protocol/guest';

/** The rows of the snapshot map, parents before children, with "You Are Here" below its snapshot. Pure. */
export type SnapshotRow =
  | { readonly kind: 'snapshot'; readonly level: number; readonly snapshot: SnapshotInfo }
  | { readonly kind: 'here'; readonly level: number };

export const HERE_ID = 'here';

export function rowsOf({ snapshots, current }: SnapshotTree): SnapshotRow[] {
  const known = new Set(snapshots.map(({ id }) => id));
  const children = new Map<string | null, SnapshotInfo[]>();
  for (const snapshot of snapshots) {
    // A parent that is gone leaves its children at the top.
    const parent = snapshot.parent !== null && known.has(snapshot.parent) ? snapshot.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), snapshot]);
  }
  for (const list of children.values()) list.sort((a, b) => a.createdMs - b.createdMs);
  const here = current !== null && known.has(current) ? current : null;
  const rows: SnapshotRow[] = [];
  const seen = new Set<string>();
  const visit = (parent: string | null, level: number): void => {
    for (const snapshot of children.get(parent) ?? []) {
      if (seen.has(snapshot.id)) continue;
      seen.add(snapshot.id);
      rows.push({ kind: 'snapshot', level, snapshot });
      visit(snapshot.id, level + 1);
    }
    if (parent === here) rows.push({ kind: 'here', level });
  };
  visit(null, 1);
  return rows;
}

/** How many snapshots were taken after one. */
export function countBelow({ snapshots }: SnapshotTree, id: string): number {
  const branch = new Set([id]);
  for (const above of branch) for (const one of snapshots) if (one.parent === above) branch.add(one.id);
  return branch.size - 1;
}

/** 'Snapshot 3' when the highest so named is 2. */
export function nextNumber({ snapshots }: SnapshotTree): number {
  const numbers = snapshots.map(({ name }) => Number(/(\d{1,9})$/.exec(name)?.[1] ?? 0));
  return Math.max(snapshots.length, ...numbers) + 1;
}
