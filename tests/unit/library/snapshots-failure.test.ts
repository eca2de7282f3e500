import { describe, expect, it } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { CrashFiles } from '../../support/crash-files';
import { FakeVm, makeVm, VM } from '../../support/fake-vm';

/** A VM with one snapshot, a few steps on. */
async function prepared(): Promise<CrashFiles> {
  const files = new CrashFiles();
  await makeVm(files);
  const machine = await FakeVm.start(files);
  await machine.step();
  await machine.takeSnapshot();
  await machine.step();
  await (await machine.powerOff()).close();
  return files;
}

/** Runs `operation`, failing its `failAt`th change of a file below snapshots/; returns whether it came to that. */
async function withFailure(files: CrashFiles, failAt: number, operation: () => Promise<unknown>): Promise<boolean> {
  let seen = 0;
  let hasFailed = false;
  files.onChange = (_name, path) => {
    // A full disk stays full for a while: the next few operations fail as well.
    if (!path.includes('/snapshots') || seen++ < failAt || seen > failAt + 3) return;
    hasFailed = true;
    throw new VmError('disk-full', `${path}: no room`, { path });
  };
  let error: unknown;
  await operation().catch((reason: unknown) => {
    error = reason;
  });
  files.onChange = undefined;
  if (hasFailed) {
    // Cleaning up may fail and be left for later; the work itself may not.
    if (error !== undefined) expect(error).toMatchObject({ code: 'disk-full' });
  } else {
    expect(error).toBeUndefined();
  }
  return hasFailed;
}

describe('a full disk at every operation', () => {
  it('of taking a snapshot leaves the running VM and its disks alone', { timeout: 120_000 }, async () => {
    const start = await prepared();
    for (let failAt = 0; ; failAt++) {
      const files = start.afterKill();
      const machine = await FakeVm.start(files);
      const before = machine.vm.snapshots().snapshots.length;
      const hasFailed = await withFailure(files, failAt, () => machine.takeSnapshot(async () => {}));
      const taken = machine.vm.snapshots().snapshots.length;
      expect(taken - before).toBeLessThanOrEqual(1);
      await machine.step();
      // With room again, the next one works, and everything is consistent after a power loss too.
      await machine.takeSnapshot();
      await machine.step();
      const after = files.afterPowerLoss();
      const again = await FakeVm.start(after);
      expect(again.count).toBe(machine.count);
      const vm = await again.powerOff();
      for (const { id, name } of vm.snapshots().snapshots) {
        await vm.restore(id);
        const restored = await FakeVm.powerOn(vm);
        expect(restored.count).toBe(Number(name));
        await restored.powerOff();
      }
      await vm.close();
      if (!hasFailed) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('of a restore leaves the old present or the new one', { timeout: 120_000 }, async () => {
    const start = await prepared();
    for (let failAt = 0; ; failAt++) {
      const files = start.afterKill();
      const machine = await FakeVm.start(files);
      const old = machine.count;
      const vm = await machine.powerOff();
      const { id, name } = vm.snapshots().snapshots[0]!;
      const hasFailed = await withFailure(files, failAt, () => vm.restore(id));
      await vm.close();
      const again = await FakeVm.start(files.afterPowerLoss());
      expect([old, Number(name)]).toContain(again.count);
      if (!hasFailed) {
        expect(again.count).toBe(Number(name));
        break;
      }
    }
  });

  it('of deleting never takes what a child needs', { timeout: 120_000 }, async () => {
    const start = await prepared();
    const more = await FakeVm.start(start);
    await more.takeSnapshot();
    await more.step();
    await (await more.powerOff()).close();
    for (let failAt = 0; ; failAt++) {
      const files = start.afterKill();
      const machine = await FakeVm.start(files);
      const vm = await machine.powerOff();
      const [first, second] = vm.snapshots().snapshots;
      const hasFailed = await withFailure(files, failAt, () => vm.deleteSnapshot(first!.id));
      await vm.restore(second!.id);
      const restored = await FakeVm.powerOn(vm);
      expect(restored.count).toBe(Number(second!.name));
      await (await restored.powerOff()).close();
      if (!hasFailed) {
        expect(files.allFiles(`${VM}/snapshots/states`).length).toBe(2);
        break;
      }
    }
  });
});
