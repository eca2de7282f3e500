import { describe, expect, test } from 'vitest';
import { countBelow, nextNumber, rowsOf } from '../../../../renderer/features/snapshots/snapshot-tree';
import type { SnapshotInfo } from '../../../../src/protocol/guest';

function snapshot(id: string, parent: string | null, createdMs: number): SnapshotInfo {
  return {
    id,
    parent,
    name: `Snapshot ${id}`,
    description: '',
    createdMs,
    hasMemory: false,
    sizeBytes: 0,
    hasThumbnail: false,
  };
}

function drawn(snapshots: readonly SnapshotInfo[], current: string | null): string[] {
  return rowsOf({ snapshots, current }).map((row) => `${row.level}:${row.kind === 'here' ? 'here' : row.snapshot.id}`);
}

describe('snapshot map', () => {
  test('an empty tree is where you are', () => {
    expect(drawn([], null)).toEqual(['1:here']);
  });

  test('children stand below their parent by time, and you are below yours', () => {
    const all = [snapshot('c', 'a', 3), snapshot('a', null, 1), snapshot('b', 'a', 2), snapshot('d', 'b', 4)];
    expect(drawn(all, 'b')).toEqual(['1:a', '2:b', '3:d', '3:here', '2:c']);
  });

  test('a parent that is gone and a current snapshot that is gone put things at the top', () => {
    expect(drawn([snapshot('b', 'gone', 1)], 'lost')).toEqual(['1:b', '1:here']);
  });

  test('a circle does not hang', () => {
    expect(drawn([snapshot('a', 'b', 1), snapshot('b', 'a', 2)], null)).toEqual(['1:here']);
  });

  test('those below a snapshot are counted, also in a circle', () => {
    const all = [snapshot('c', 'a', 3), snapshot('a', null, 1), snapshot('b', 'a', 2), snapshot('d', 'b', 4)];
    const count = (id: string): number => countBelow({ snapshots: all, current: null }, id);
    expect(['a', 'b', 'd'].map(count)).toEqual([3, 1, 0]);
    const circle = [snapshot('a', 'b', 1), snapshot('b', 'a', 2)];
    expect(countBelow({ snapshots: circle, current: null }, 'a')).toBe(1);
  });

  test('the next number is free', () => {
    expect(nextNumber({ snapshots: [], current: null })).toBe(1);
    expect(nextNumber({ snapshots: [{ ...snapshot('a', null, 1), name: 'Snapshot 7' }], current: null })).toBe(8);
  });
});
