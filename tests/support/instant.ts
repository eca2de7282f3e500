import { fork } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { expect } from 'vitest';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { checkConfig, defaultConfig, formatConfig, type VmConfig } from '../../src/config/vm-config';
import { createQcow2 } from '../../src/disk/qcow2/create';
import { COUNTER_DISK_BYTES, COUNTER_MEMORY_MIB, counterKernel, counterSector } from './counter-guest';
import { OwnedVm } from '../../src/library/owned-vm';
import { parseTree } from '../../src/library/snapshots/tree';
import type { Event, Job, Operation } from './instant-child';
import type { KillPoint } from './killing-files';
import { hasQemuImg, qemuCheck } from './qemu-img';

const OUT = path.resolve(__dirname, '../../build/out');
/** Past the child's own patience; counted, like that, while this process runs. */
const CHILD_SECONDS = 1800;

const config: VmConfig = {
  ...defaultConfig('Counter'),
  memory: { memoryMiB: COUNTER_MEMORY_MIB },
  disks: [{ id: 'disk0', file: 'disks/disk.qcow2', format: 'qcow2', bus: 'ide', readonly: false }],
  boot: { order: ['disk'], menu: false, kernel: { file: 'kernel.elf', initrd: null, append: '', modules: [] } },
};

interface Run {
  readonly events: readonly Event[];
  readonly isKilled: boolean;
  readonly output: string;
}

/** Inclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Dry {
  readonly points: readonly KillPoint[];
  readonly durationMs: number;
}

/** A suspended VM with the counting guest and two snapshots, and processes that work on copies of it. */
export class InstantLab {
  readonly #root = fs.mkdtempSync(path.join(tmpdir(), 'subzero-instant-'));
  readonly #child = path.join(this.#root, 'child.cjs');
  readonly #template = path.join(this.#root, 'template');
  /** The snapshots of the template, and what their counters may be. */
  readonly #taken = new Map<string, Range>();
  #lastCount = 0;
  #trials = 0;
  #runs = 0;

  async prepare(): Promise<void> {
    for (const name of ['core.wasm', 'machine-thread.cjs', 'firmware'])
      expect(fs.existsSync(path.join(OUT, name)), `${name}: the build makes it (npm test)`).toBe(true);
    buildSync({
      entryPoints: [path.join(__dirname, 'instant-child.ts')],
      outfile: this.#child,
      bundle: true,
      platform: 'node',
      target: 'node18',
      format: 'cjs',
      logLevel: 'error',
    });
    expect(checkConfig(config)).toMatchObject({ ok: true });
    fs.mkdirSync(path.join(this.#template, 'disks'), { recursive: true });
    fs.writeFileSync(path.join(this.#template, 'vm.json'), formatConfig(config));
    fs.writeFileSync(path.join(this.#template, 'kernel.elf'), counterKernel());
    const disk = path.join(this.#template, 'disks/disk.qcow2');
    await createQcow2(new NodeHostFiles(), disk, { sizeBytes: COUNTER_DISK_BYTES });
    const run = await this.#run({ folder: this.#template, out: OUT, task: 'prepare' });
    expect(run.events.at(-1), run.output).toMatchObject({ event: 'count' });
    const first = run.events.findIndex(({ event }) => event === 'boot');
    expect(run.events[first]).toEqual({ event: 'boot', count: 0 });
    let from = 0;
    for (const event of run.events) {
      if (event.event === 'count') this.#lastCount = event.count;
      if (event.event !== 'took') continue;
      this.#taken.set(event.id, { from, to: this.#lastCount + 1 });
      from = this.#lastCount;
    }
    expect(this.#taken.size).toBe(2);
  }

  close(): void {
    fs.rmSync(this.#root, { recursive: true, force: true });
  }

  /** The operation without a kill: every point at which it may be killed. */
  async dry(operation: Operation): Promise<Dry> {
    const { folder, run } = await this.#attempt(operation);
    const done = run.events.at(-1);
    if (done?.event !== 'done') throw new Error(`${operation}: ${run.output}`);
    await this.#check(folder, operation, run, 'no kill');
    const points = Object.entries(done.operations).flatMap(([name, count]) =>
      Array.from({ length: count }, (_, occurrence) => ({ operation: name, occurrence })).flatMap((point) => [
        { ...point, when: 'before' as const },
        { ...point, when: 'after' as const },
      ]),
    );
    return { points, durationMs: done.durationMs };
  }

  /** Kills the operation at a point, or after a time, and looks at what is there. Returns whether it was killed. */
  async crash(operation: Operation, kill: KillPoint | { readonly afterMs: number }): Promise<boolean> {
    const { folder, run } = await this.#attempt(operation, kill);
    const what = `${operation}, ${JSON.stringify(kill)}`;
    if (!run.isKilled) expect(run.events.at(-1), `${what}: ${run.output}`).toMatchObject({ event: 'done' });
    await this.#check(folder, operation, run, what);
    return run.isKilled;
  }

  /** Puts one sector of another instant on the disk of the suspended VM; returns what the guest says. */
  async mixedInstants(): Promise<string> {
    const folder = this.#copy();
    const store = await OwnedVm.open(new NodeHostFiles(), folder, '');
    const disk = await store.openDisk(store.config.disks[0]!);
    const sector = new Uint8Array(new Uint32Array(128).fill(this.#lastCount + 1).buffer);
    await disk.write(counterSector((this.#lastCount + 3) & 7) * 512, sector);
    await store.close();
    return (await this.#run({ folder, out: OUT, task: 'check' })).output;
  }

  #copy(): string {
    const folder = path.join(this.#root, `trial${this.#trials++}`);
    fs.cpSync(this.#template, folder, { recursive: true });
    return folder;
  }

  async #attempt(
    task: Operation,
    kill?: KillPoint | { readonly afterMs: number },
  ): Promise<{ folder: string; run: Run }> {
    const folder = this.#copy();
    const job = { folder, out: OUT, task };
    if (kill === undefined || !('afterMs' in kill)) {
      return { folder, run: await this.#run(kill === undefined ? job : { ...job, killAt: kill }) };
    }
    return { folder, run: await this.#run(job, kill.afterMs) };
  }

  /** One whole instant is there, and the guest runs on from it. */
  async #check(folder: string, operation: Operation, run: Run, what: string): Promise<void> {
    this.#checkImages(folder, `${what}: right after`, false);
    const after = await this.#run({ folder, out: OUT, task: 'check' });
    const told = `${what}\n${run.output}\nthen\n${after.output}`;
    expect(after.events.at(-1), told).toMatchObject({ event: 'done' });
    this.#checkImages(folder, `${what}: after opening it again`, true);

    const counts = run.events.flatMap((event) => (event.event === 'count' ? [event.count] : []));
    const allowed = this.#presentAfter(operation, run);
    const first = after.events.find(({ event }) => event === 'count' || event === 'boot');
    const present = (first as { count: number }).count;
    expect(
      allowed.some(({ from, to }) => present >= from && present <= to + 2),
      `${told}\npresent ${present}`,
    ).toBe(true);

    const expected = new Map(this.#taken);
    const [firstId] = [...expected.keys()] as [string];
    if (operation === 'take') {
      const armed = run.events.findIndex(({ event }) => event === 'armed');
      const before = run.events.slice(0, armed).filter(({ event }) => event === 'count').length;
      const took = run.events.find(({ event }) => event === 'took') as { id: string } | undefined;
      const range = { from: counts[before - 1] as number, to: (counts.at(-1) as number) + 1 };
      const ids = restoredIds(after).filter((id) => !expected.has(id));
      expect(ids.length, told).toBeLessThanOrEqual(1);
      if (took !== undefined) expect(ids, told).toEqual([took.id]);
      for (const id of ids) expected.set(id, range);
    }
    const hasFirst = restoredIds(after).includes(firstId);
    if (operation === 'delete') {
      const isDone = run.events.at(-1)?.event === 'done';
      if (isDone) expect(hasFirst, told).toBe(false);
      if (!hasFirst) expected.delete(firstId);
    }
    expect([...restoredIds(after)].sort(), told).toEqual([...expected.keys()].sort());
    for (const [id, { from, to }] of expected) {
      const count = firstCountAfter(after, id);
      expect(count >= from && count <= to + 1, `${told}\n${id} is at ${count}, not ${from} to ${to}`).toBe(true);
    }
    fs.rmSync(folder, { recursive: true });
  }

  /** What the counter may be at the next start. What the guest was told is flushed must be there. */
  #presentAfter(operation: Operation, run: Run): Range[] {
    const restoring = run.events.findIndex(({ event }) => event === 'restoring');
    const countsOf = (events: readonly Event[]) =>
      events.flatMap((event) => (event.event === 'count' ? [event.count] : []));
    const before = countsOf(restoring < 0 ? run.events : run.events.slice(0, restoring));
    const last = before.at(-1) ?? this.#lastCount;
    const now = { from: last, to: last };
    if (operation !== 'restore' || restoring < 0) return [now];
    const since = countsOf(run.events.slice(restoring));
    const { from, to } = [...this.#taken.values()][0] as Range;
    // Counts told after `restoring` may still be of the machine that is going.
    const restored = since.filter((count) => count < last).at(-1);
    if (restored !== undefined) return [{ from: restored, to: restored }];
    return [
      { from: last, to: Math.max(last, ...since) },
      { from: from, to },
    ];
  }

  /** The VM's disks: what an interrupted operation left behind goes when the VM is opened again. */
  #checkImages(folder: string, what: string, isOpenedAgain: boolean): void {
    if (!hasQemuImg) return;
    const { layers } = parseTree(fs.readFileSync(path.join(folder, 'snapshots/tree.json'), 'utf8'), folder);
    const images = ['disks/disk.qcow2', ...Object.keys(layers).map((id) => `snapshots/layers/${id}.qcow2`)];
    const there = fs.readdirSync(path.join(folder, 'snapshots/layers'));
    if (isOpenedAgain) expect(there.length, `${what}: a layer was left behind`).toBe(images.length - 1);
    for (const name of images) {
      const { corruptions, leaks } = qemuCheck(path.join(folder, name));
      expect(corruptions, `${what}: ${name}`).toBe(0);
      if (isOpenedAgain) expect(leaks, `${what}: ${name}`).toBe(0);
    }
  }

  #run(job: Job, killAfterMs?: number): Promise<Run> {
    const logPath = path.join(this.#root, `output${this.#runs++}`);
    const log = fs.openSync(logPath, 'w');
    // Each runs the guest for a moment only: optimising the interpreter would take most of the time.
    const child = fork(this.#child, [JSON.stringify(job)], {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: ['--liftoff-only'],
    });
    fs.closeSync(log);
    let seconds = 0;
    const timer = setInterval(() => {
      if (++seconds === CHILD_SECONDS) child.kill('SIGABRT');
    }, 1000);
    let killer: ReturnType<typeof setTimeout> | undefined;
    child.on('message', () => {
      if (killAfterMs !== undefined) killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    return new Promise((resolve) => {
      child.on('close', (_status, signal) => {
        clearInterval(timer);
        clearTimeout(killer);
        const output = fs.readFileSync(logPath, 'utf8');
        fs.rmSync(logPath);
        const events = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Event] : []));
        resolve({ events, isKilled: signal === 'SIGKILL', output: output.slice(-4000) });
      });
    });
  }
}

function restoredIds(run: Run): string[] {
  return run.events.flatMap((event) => (event.event === 'restored' ? [event.id] : []));
}

/** The guest's first count after going back to a snapshot. */
function firstCountAfter(run: Run, id: string): number {
  const at = run.events.findIndex((event) => event.event === 'restored' && event.id === id);
  const next = run.events.slice(at).find(({ event }) => event === 'count') as { count: number } | undefined;
  return next?.count ?? -1;
}
