import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InstantLab } from '../../support/instant';
import type { Operation } from '../../support/instant-child';
import { hasQemuImg, noQemuImg } from '../../support/qemu-img';

/**
 * A running VM killed at the most telling host file operations of take, restore and delete; tests/long has all of them.
 */
const lab = new InstantLab();
beforeAll(() => lab.prepare());
afterAll(() => lab.close());

const tree = 'rename snapshots/tree.json';

describe('a VM killed while', () => {
  test.each<[Operation, string, number, 'before' | 'after']>([
    // The disks are switched, the snapshot is not there yet.
    ['take', tree, 0, 'after'],
    ['take', 'write snapshots/chunks/*', 0, 'before'],
    ['take', tree, 1, 'after'],
    // The configuration does not follow yet; then the saved state is not used up yet.
    ['restore', tree, 0, 'after'],
    ['restore', tree, 2, 'before'],
    ['delete', tree, 0, 'before'],
    ['delete', tree, 0, 'after'],
  ])('%s: "%s" %i, %s it, has one whole instant and runs on', async (operation, name, occurrence, when) => {
    expect(await lab.crash(operation, { operation: name, occurrence, when })).toBe(true);
  });

  if (!hasQemuImg) test.skip(`qemu-img check of the disks: ${noQemuImg}`, () => undefined);
});

test('the guest sees a mixture of two instants', async () => {
  expect(await lab.mixedInstants()).toContain('MISMATCH');
});
