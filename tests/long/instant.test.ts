import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dry, InstantLab } from '../support/instant';
import type { Operation } from '../support/instant-child';
import type { KillPoint } from '../support/killing-files';
import { hasQemuImg, noQemuImg } from '../support/qemu-img';
import { Random } from '../support/random';

/**
 * A running VM killed before and after every host file operation of take, restore and delete, and at random times.
 * INSTANT_EVERY=7 takes every seventh point (and a seventh of the random kills) only.
 */
const every = Number(process.env['INSTANT_EVERY'] ?? 1);
const RANDOM_KILLS = 50;
const PARALLEL = 2;
const TIMEOUT_MS = 3 * 3_600_000;

const lab = new InstantLab();
const dry = new Map<Operation, Dry>();
const operations: readonly Operation[] = ['take', 'restore', 'delete'];
beforeAll(() => lab.prepare(), TIMEOUT_MS);
afterAll(() => lab.close());

describe.sequential('a VM killed during', () => {
  test.each(operations)('%s, before and after every file operation', { timeout: TIMEOUT_MS }, async (operation) => {
    const undisturbed = await lab.dry(operation);
    dry.set(operation, undisturbed);
    const points = undisturbed.points.filter((_, i) => (i + operation.length) % every === 0);
    let killed = 0;
    await inParallel(points, async (point) => {
      if (await lab.crash(operation, point)) killed++;
      // How often the guest itself writes meanwhile differs from run to run.
      else expect(isGuests(point), `${JSON.stringify(point)} was not reached`).toBe(true);
    });
    report(`${operation}: ${undisturbed.points.length} points, ${points.length} tried, ${killed} killed`);
  });

  test('any of them, at random times', { timeout: TIMEOUT_MS }, async () => {
    const random = new Random(20);
    const kills = Array.from({ length: Math.ceil(RANDOM_KILLS / every) }, (_, i) => {
      const operation = operations[i % operations.length] as Operation;
      return { operation, afterMs: random.below(Math.ceil((dry.get(operation)?.durationMs ?? 1000) * 1.1)) };
    });
    let killed = 0;
    await inParallel(kills, async ({ operation, afterMs }) => {
      if (await lab.crash(operation, { afterMs })) killed++;
    });
    report(`random: ${kills.length} tried, ${killed} killed before the end`);
  });

  if (!hasQemuImg) test.skip(`qemu-img check of the disks: ${noQemuImg}`, () => undefined);
});

function isGuests({ operation }: KillPoint): boolean {
  return /^(write|sync) (disks|snapshots\/layers)\//.test(operation);
}

/** Every item is tried, whatever fails before it. */
async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const failures: string[] = [];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
      try {
        await task(item);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        report(`failed: ${JSON.stringify(item)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  expect(failures).toEqual([]);
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
