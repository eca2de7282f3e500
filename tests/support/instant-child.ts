/**
 * A VM with the counting guest in a process of its own, which may be killed at any host file operation. argv[2]: a Job as
 * JSON. Every line of stdout is an Event, written before anything else happens.
 */
import { writeSync } from 'node:fs';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { createGuestProcess, type GuestProcess } from '../../src/guest/guest-process';
import { assetsIn } from '../../src/guest/vm-assets';
import { OwnedVm } from '../../src/library/owned-vm';
import { counterSlots } from './counter-guest';
import { KillingFiles, type KillPoint } from './killing-files';

export type Operation = 'take' | 'restore' | 'delete';

export interface Job {
  readonly folder: string;
  /** The program's bundles. */
  readonly out: string;
  readonly task: 'prepare' | 'check' | Operation;
  readonly killAt?: KillPoint;
}

export type Event =
  | { readonly event: 'boot' | 'count'; readonly count: number }
  | { readonly event: 'armed' }
  | { readonly event: 'took' | 'restoring' | 'restored'; readonly id: string }
  | { readonly event: 'done'; readonly operations: Record<string, number>; readonly durationMs: number }
  | { readonly event: 'failed'; readonly message: string };

/**
 * Far more than a guest needs on a host that has much else to do: what takes longer hangs. Counted while this process
 * runs: a host that stops it for minutes, all of it, is no hang of the guest.
 */
const PATIENCE_SECONDS = 600;

function tell(event: Event): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
  if (event.event === 'armed') process.send?.('armed');
}

/** The guest's serial lines, and how many counts came. */
class Counter {
  /** @param state what a guest that stalled is at */
  constructor(private readonly state: () => Promise<string>) {}

  #text = '';
  #count = 0;
  #waiting: { from: number; resolve: () => void }[] = [];
  #trouble: string | undefined;
  #reject: ((error: Error) => void) | undefined;

  add(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString('latin1');
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      this.#line(this.#text.slice(0, end).trim());
      this.#text = this.#text.slice(end + 1);
    }
  }

  /** Resolves after so many more turns of the guest. */
  turns(number: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let seconds = 0;
      const timer = setInterval(() => {
        if (++seconds === PATIENCE_SECONDS) void this.#stalled(reject);
      }, 1000);
      this.#reject = (error) => {
        clearInterval(timer);
        reject(error);
      };
      const from = this.#count + number;
      this.#waiting.push({
        from,
        resolve: () => {
          clearInterval(timer);
          resolve();
        },
      });
    });
  }

  async #stalled(reject: (error: Error) => void): Promise<void> {
    const what = await this.state().catch((error: unknown) => String(error));
    reject(new Error(`the guest does not run on: ${what}`));
  }

  /** The machine was replaced: half a line may be left. */
  restart(): void {
    this.#text = '';
  }

  #line(line: string): void {
    const match = /^(boot )?([0-9a-f]{8})$/.exec(line);
    if (this.#trouble !== undefined || match === null) {
      // A mismatch takes two lines: found, then expected.
      const isHalf = this.#trouble === undefined && line.startsWith('MISMATCH');
      this.#trouble = `${this.#trouble ?? ''}${line} `;
      if (!isHalf) this.#reject?.(new Error(`the guest says ${this.#trouble}`));
      return;
    }
    tell({ event: match[1] === undefined ? 'count' : 'boot', count: Number.parseInt(match[2] as string, 16) });
    if (match[1] === undefined) this.#count++;
    this.#waiting = this.#waiting.filter(({ from, resolve }) => {
      if (this.#count < from) return true;
      resolve();
      return false;
    });
  }
}

async function restore(guest: GuestProcess, id: string): Promise<void> {
  tell({ event: 'restoring', id });
  await guest.session.restoreSnapshot(id);
  tell({ event: 'restored', id });
}

async function run({ folder, out, task, killAt }: Job): Promise<void> {
  const files = new KillingFiles(new NodeHostFiles(), folder, killAt);
  const store = await OwnedVm.open(files, folder, '');
  const guest = await createGuestProcess(store, assetsIn(out), undefined);
  const { session } = guest;
  const counter = new Counter(async () => {
    const before = await session.stats();
    await new Promise((next) => setTimeout(next, 1000));
    return JSON.stringify([session.status, before, await session.stats()]);
  });
  guest.service.addListener({
    serial: (port, bytes) => {
      if (port === 0) counter.add(bytes);
    },
    status: (status) => {
      if (status.kind === 'starting') counter.restart();
    },
  });
  const snapshots = () => session.snapshotTree().snapshots;
  const take = async () => tell({ event: 'took', id: (await session.takeSnapshot('instant', '')).id });
  await session.start();
  await counter.turns(3);
  const startMs = Date.now();
  switch (task) {
    case 'prepare':
      await counter.turns(counterSlots);
      for (let i = 0; i < 2; i++) {
        await take();
        await counter.turns(5);
      }
      return session.suspend();
    case 'check':
      for (const { id } of snapshots()) {
        await counter.turns(counterSlots);
        await restore(guest, id);
      }
      await counter.turns(counterSlots);
      break;
    case 'take':
      tell({ event: 'armed' });
      files.arm();
      await take();
      break;
    case 'restore':
      tell({ event: 'armed' });
      files.arm();
      await restore(guest, snapshots()[0]!.id);
      break;
    case 'delete':
      tell({ event: 'armed' });
      files.arm();
      await session.deleteSnapshot(snapshots()[0]!.id);
      break;
  }
  files.disarm();
  const durationMs = Date.now() - startMs;
  await counter.turns(2);
  await session.powerOff();
  tell({ event: 'done', operations: files.operations, durationMs });
}

run(JSON.parse(process.argv[2] ?? '') as Job).then(
  () => process.exit(0),
  (error: unknown) => {
    tell({ event: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  },
);
