import { describe, expect, it } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { OwnedVm } from '../../../src/library/owned-vm';
import { SnapshotError } from '../../../src/machine/saved-state';
import { CrashFiles } from '../../support/crash-files';
import { FakeVm, makeLocksStale, makeVm, VM } from '../../support/fake-vm';
import { Random } from '../../support/random';

const RAM_BYTES = (300 << 10) + 4096;
const TRIES_A_FILE = 16;

/** A suspended VM with a snapshot; the contents of its files. */
async function prepared(): Promise<Map<string, Uint8Array>> {
  const files = new CrashFiles();
  await makeVm(files);
  const machine = await FakeVm.start(files);
  await machine.step();
  await machine.takeSnapshot();
  await machine.step();
  await machine.suspend();
  return new Map(files.allFiles(VM).map((name) => [name, (files.contentOf(name) as Uint8Array).slice()]));
}

async function copyOf(contents: ReadonlyMap<string, Uint8Array>): Promise<CrashFiles> {
  const files = new CrashFiles();
  for (const name of contents.keys()) {
    const parts = name.split('/').slice(1, -1);
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = `/${parts.slice(0, depth).join('/')}`;
      if ((await files.stat(folder)) === undefined) await files.makeFolder(folder);
    }
  }
  for (const [name, bytes] of contents) files.put(name, bytes.slice());
  return files;
}

/** Everything that a start and a visit to the Snapshot Manager read. */
async function visitAll(files: CrashFiles): Promise<void> {
  makeLocksStale(files);
  const vm = await OwnedVm.open(files, VM, '');
  try {
    for (const { id } of vm.snapshots().snapshots) await vm.thumbnail(id);
    for (const disk of vm.config.disks) {
      const open = await vm.openDisk(disk);
      await open.read(0, new Uint8Array(Math.min(open.sizeBytes, 64 << 10))).finally(() => open.close());
    }
    const saved = await vm.savedState();
    if (saved !== undefined) await saved.memory.load('ram', new Uint8Array(RAM_BYTES)).finally(() => saved.close());
    const [first] = vm.snapshots().snapshots;
    if (first !== undefined) {
      await vm.restore(first.id);
      const restored = await vm.savedState();
      if (restored !== undefined)
        await restored.memory.load('ram', new Uint8Array(RAM_BYTES)).finally(() => restored.close());
      await vm.deleteSnapshot(first.id);
    }
  } finally {
    await vm.close();
  }
}

function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  switch (random.below(4)) {
    case 0:
      return copy.subarray(0, random.below(copy.length + 1));
    case 1: {
      const longer = new Uint8Array(copy.length + 1 + random.below(100));
      longer.set(copy);
      return longer;
    }
    default:
      for (let i = random.below(8); i >= 0; i--) copy[random.below(copy.length)] = random.below(256);
      return copy;
  }
}

/** JSON that stays JSON: a value somewhere in it is another one. */
function forged(bytes: Uint8Array, random: Random): Uint8Array {
  const values = [null, -1, 1e300, 0.5, '', '../../../etc/passwd', 'x'.repeat(5000), [], {}, true, '__proto__', [[[]]]];
  const change = (value: unknown): unknown => {
    const isLeaf = value === null || typeof value !== 'object' || Object.keys(value).length === 0;
    if (isLeaf || random.below(5) === 0) return values[random.below(values.length)];
    const keys = Object.keys(value);
    const key = keys[random.below(keys.length)] as string;
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    if (random.below(6) === 0) delete copy[key];
    else copy[key] = change(copy[key]);
    return copy;
  };
  return new TextEncoder().encode(JSON.stringify(change(JSON.parse(new TextDecoder().decode(bytes)))));
}

describe("a VM's folder with a damaged or forged file", () => {
  it('gives an error that names what is wrong, or works', { timeout: 300_000 }, async () => {
    const contents = await prepared();
    await visitAll(await copyOf(contents));
    const random = new Random(7);
    for (const [name, bytes] of contents) {
      if (bytes.length === 0) continue;
      const isJson = name.endsWith('.json');
      for (let i = 0; i < TRIES_A_FILE; i++) {
        // The test runner has something to say in between.
        await new Promise((next) => setImmediate(next));
        const bad = isJson && i % 2 === 0 ? forged(bytes, random) : damaged(bytes, random);
        const files = await copyOf(new Map([...contents, [name, bad]]));
        const error = await visitAll(files).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        const what = `${name}, try ${i}: ${error instanceof Error ? error.stack : String(error)}`;
        if (error === undefined) continue;
        expect(error instanceof VmError || error instanceof SnapshotError, what).toBe(true);
        expect((error as VmError).code, what).not.toBe('internal');
        expect((error as Error).message, what).not.toMatch(/\n|undefined|\[object/);
      }
    }
  });
});
