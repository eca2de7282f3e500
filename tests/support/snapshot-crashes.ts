import * as path from 'node:path';
import { expect } from 'vitest';
import { checkQcow2 } from '../../src/disk/qcow2/rebuild';
import { OwnedVm } from '../../src/library/owned-vm';
import { parseTree, reachable } from '../../src/library/snapshots/tree';
import { CrashFiles } from './crash-files';
import { qemuCheck } from './qemu-img';
import { Random } from './random';
import { FakeVm, makeLocksStale, makeVm, VM } from './fake-vm';

/** What must hold after a crash, whatever was going on. */
export interface Progress {
  /** The counter of the last finished step: its flush came back. */
  flushed: number;
  /** Snapshots whose operation came back, by id; and those whose deletion did not begin. */
  readonly taken: Map<string, number>;
}

export interface Scenario {
  readonly name: string;
  /** What comes before the operation under test; not interrupted. */
  prepare(machine: FakeVm, progress: Progress): Promise<void>;
  run(files: CrashFiles, progress: Progress): Promise<void>;
}

async function steps(machine: FakeVm, count: number, progress: Progress): Promise<void> {
  for (let i = 0; i < count; i++) {
    await machine.step();
    progress.flushed = machine.count;
  }
}

async function take(machine: FakeVm, progress: Progress): Promise<string> {
  const { count } = machine;
  const id = await machine.takeSnapshot(() => steps(machine, 1, progress));
  progress.taken.set(id, count);
  return id;
}

const twoSnapshots = async (machine: FakeVm, progress: Progress) => {
  await steps(machine, 3, progress);
  await take(machine, progress);
  await steps(machine, 3, progress);
  await take(machine, progress);
  await steps(machine, 2, progress);
};

export const scenarios: Scenario[] = [
  {
    name: 'taking the first snapshot',
    prepare: (machine, progress) => steps(machine, 3, progress),
    run: async (files, progress) => {
      const machine = await FakeVm.start(files);
      await take(machine, progress);
      await steps(machine, 1, progress);
      await (await machine.powerOff()).close();
    },
  },
  {
    name: 'taking another snapshot that shares memory',
    prepare: twoSnapshots,
    run: async (files, progress) => {
      const machine = await FakeVm.start(files);
      await take(machine, progress);
      await steps(machine, 1, progress);
      await take(machine, progress);
      await (await machine.powerOff()).close();
    },
  },
  {
    name: 'taking a snapshot while off',
    prepare: twoSnapshots,
    run: async (files, progress) => {
      makeLocksStale(files);
      const vm = await OwnedVm.open(files, VM, '');
      await vm.takeOffline({ name: String(progress.flushed), description: '' });
      await vm.close();
    },
  },
  {
    name: 'restoring',
    prepare: twoSnapshots,
    run: async (files, progress) => {
      const machine = await FakeVm.start(files);
      const vm = await machine.powerOff();
      const [id, count] = [...progress.taken][0]!;
      // From here on the disks may be as of now or as of the snapshot.
      progress.flushed = count;
      await vm.restore(id);
      const again = await FakeVm.powerOn(vm);
      expect(again.count).toBe(count);
      await steps(again, 2, progress);
      await (await again.powerOff()).close();
    },
  },
  {
    name: 'deleting a snapshot with children',
    prepare: twoSnapshots,
    run: async (files, progress) => {
      const machine = await FakeVm.start(files);
      const vm = await machine.powerOff();
      const [id] = [...progress.taken][0]!;
      progress.taken.delete(id);
      await vm.deleteSnapshot(id);
      await vm.close();
    },
  },
  {
    name: 'deleting the last snapshot while running',
    prepare: twoSnapshots,
    run: async (files, progress) => {
      const machine = await FakeVm.start(files);
      const [id] = [...progress.taken][1]!;
      progress.taken.delete(id);
      await machine.vm.deleteSnapshot(id);
      await steps(machine, 1, progress);
      await (await machine.powerOff()).close();
    },
  },
  {
    name: 'suspending and resuming',
    prepare: twoSnapshots,
    run: async (files, progress) => {
      const machine = await FakeVm.start(files);
      await steps(machine, 1, progress);
      await machine.suspend();
      const again = await FakeVm.start(files);
      expect(again.count).toBe(progress.flushed);
      await steps(again, 1, progress);
      await (await again.powerOff()).close();
    },
  },
];

async function checkAfterCrash(files: CrashFiles, progress: Progress, what: string): Promise<void> {
  const machine = await FakeVm.start(files);
  // FakeVm has checked that RAM, device and disks agree where there is a saved state.
  expect(machine.count, `${what}: a flushed step is lost`).toBeGreaterThanOrEqual(progress.flushed);
  const tree = parseTree(new TextDecoder().decode(files.contentOf(`${VM}/snapshots/tree.json`) ?? EMPTY), 'tree');
  for (const id of progress.taken.keys()) expect(machine.vm.snapshots().snapshots.map((s) => s.id)).toContain(id);
  checkNoLeftovers(files, tree, what);
  for (const file of files.allFiles(VM).filter((name) => name.endsWith('.qcow2'))) {
    const image = await files.open(file, 'read');
    expect(await checkQcow2(image), `${what}: ${file}`).toEqual({ leaks: 0, undercounted: 0 });
    await image.close();
  }
  await machine.step();
  const extra = await machine.takeSnapshot();
  const vm = await machine.powerOff();
  for (const { id, name, hasMemory } of vm.snapshots().snapshots) {
    await vm.restore(id);
    const restored = await FakeVm.powerOn(vm);
    expect(restored.count, `${what}: snapshot ${name}`).toBe(Number(name));
    if (hasMemory) expect(new DataView(restored.ram.buffer).getUint32(0)).toBe(Number(name));
    await restored.step();
    await restored.powerOff();
  }
  expect(vm.snapshots().snapshots.some((snapshot) => snapshot.id === extra)).toBe(true);
  for (const { id } of vm.snapshots().snapshots) await vm.deleteSnapshot(id);
  await vm.close();
  expect(files.allFiles(`${VM}/snapshots/chunks`), what).toEqual([]);
}

const EMPTY = new TextEncoder().encode(
  '{"format":"subzero-snapshots","version":1,"here":null,"resume":null,"restoring":null,"active":{},"layers":{},"states":{},"snapshots":[]}',
);

/** Opening the VM removed everything that the tree does not lead to, and nothing else. */
function checkNoLeftovers(files: CrashFiles, tree: ReturnType<typeof parseTree>, what: string): void {
  const used = reachable(tree);
  const inFolder = (name: string) =>
    files.allFiles(`${VM}/snapshots/${name}`).map((file) => path.basename(file, '.qcow2'));
  expect(new Set(inFolder('layers')), what).toEqual(used.layers);
  expect(new Set(inFolder('chunks')), what).toEqual(used.chunks);
  const states = files.allFiles(`${VM}/snapshots/states`).map((file) => path.basename(path.dirname(file)));
  expect(new Set(states), what).toEqual(used.states);
  expect(files.allFiles(VM).filter((file) => file.endsWith('.new'))).toEqual([]);
}

async function prepared(scenario: Scenario): Promise<[CrashFiles, Progress]> {
  const files = new CrashFiles();
  const progress: Progress = { flushed: 0, taken: new Map() };
  await makeVm(files);
  const machine = await FakeVm.start(files);
  await scenario.prepare(machine, progress);
  await (await machine.powerOff()).close();
  return [files.afterPowerLoss(), progress];
}

/** Runs the scenario once undisturbed; returns how many operations it takes, and the state before it. */
export async function prepareScenario(scenario: Scenario): Promise<PreparedScenario> {
  const [start, progress] = await prepared(scenario);
  const whole = start.afterKill();
  await scenario.run(whole, copyOf(progress));
  return { scenario, start, progress, operations: whole.operations };
}

/**
 * Lets the process die at `killAt` (see CrashFiles), and checks what a new process finds when only the process died, and
 * when the power failed too.
 */
export async function crashAt(
  { scenario, start, progress: before }: PreparedScenario,
  killAt: number,
  losses: readonly ('kill' | 'power' | 'partly')[],
  imageFolder?: string,
): Promise<void> {
  const files = start.afterKill();
  files.killAt = killAt;
  const progress = copyOf(before);
  await scenario.run(files, progress).catch((error: unknown) => {
    if (!files.isDead) throw error;
  });
  for (const loss of losses) {
    const after =
      loss === 'kill'
        ? files.afterKill()
        : files.afterPowerLoss(loss === 'partly' ? new Random(killAt * 7 + losses.length) : undefined);
    const what = `${loss} at ${killAt} (${files.log.at(-1)})`;
    if (imageFolder !== undefined) checkImages(after, imageFolder, what);
    await checkAfterCrash(after, progress, what);
    // Everything above runs without ever leaving the microtask queue.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface PreparedScenario {
  readonly scenario: Scenario;
  readonly start: CrashFiles;
  readonly progress: Progress;
  readonly operations: number;
}

function copyOf(progress: Progress): Progress {
  return { flushed: progress.flushed, taken: new Map(progress.taken) };
}

function checkImages(files: CrashFiles, folder: string, what: string): void {
  files.writeOut(VM, folder);
  for (const file of files.allFiles(VM)) {
    const isImage = file.endsWith('.qcow2') && files.contentOf(file)?.[0] === 0x51;
    if (!isImage) continue;
    expect(qemuCheck(path.join(folder, path.relative(VM, file))).corruptions, `${what}: ${file}`).toBe(0);
  }
}
