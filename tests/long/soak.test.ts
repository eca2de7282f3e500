import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, cpuSecondsOf, guestFile } from '../support/guest-cli';

/**
 * A guest that starts programs, compresses and makes files all the time: the engine compiles and drops code without end. SUBZERO_SOAK_MINUTES
 * says how long (30); memory and speed at the end are compared with those after a sixth of it.
 */
const minutes = Number(process.env['SUBZERO_SOAK_MINUTES'] ?? 30);
const TIMEOUT_MS = (minutes + 20) * 60_000;
const LOOK_MS = 5000;
/** What is compared are medians over so much of the whole. */
const WINDOW = 1 / 12;
const MEMORY_MORE = 1.05;
const WORK_MORE = 1.15;

const cli = new Cli();
afterAll(() => cli.close());

/** All of the guest's memory is touched once, so that what grows afterwards is ours. A round says how its check went. */
const WORK = [
  'dd if=/dev/zero of=/tmp/all bs=1M count=150 2>/dev/null; rm /tmp/all; n=0; while :; do',
  'i=0; while [ $i -lt 120 ]; do (true); i=$((i+1)); done;',
  'i=0; while [ $i -lt 60 ]; do /bin/busybox true; i=$((i+1)); done;',
  'dd if=/dev/urandom of=/tmp/a bs=64k count=24 2>/dev/null; a=$(md5sum </tmp/a); b=$(gzip -c /tmp/a | gunzip | md5sum);',
  'mkdir /tmp/b; i=0; while [ $i -lt 30 ]; do',
  `awk -v n=$i 'BEGIN { for (i = 0; i < 200; i++) print (i * 7919 + n) % 1000 }' >/tmp/b/$i.o; i=$((i+1)); done;`,
  'c=$(cat /tmp/b/*.o | sort -n | md5sum); rm -r /tmp/b; n=$((n+1));',
  '[ "$a" = "$b" ] && echo "round $n ${c%% *}" >/dev/ttyS0 || echo "round $n wrong" >/dev/ttyS0; done &',
].join(' ');

interface Look {
  readonly seconds: number;
  readonly memoryMiB: number;
}

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly checksum: string;
}

function memoryMiBOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kib) / 1024;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

describe('a guest that never rests', () => {
  test(
    `takes no more memory and no more time after ${minutes} minutes than before`,
    async () => {
      const { append, ready } = JSON.parse(readFileSync(guestFile('starter/starter.json'), 'utf8')) as {
        append: string;
        ready: string;
      };
      await cli.ok(
        ...['create', 'soak', '--memory', '256', '--append', append],
        ...['--kernel', guestFile('starter/vmlinuz'), '--initrd', guestFile('starter/initrd.gz')],
      );
      await cli.ok('start', 'soak');
      const [{ pid }] = JSON.parse(await cli.ok('list', '--json')) as [{ pid: number }];
      const vm = await cli.connect('soak');
      const said = async (): Promise<string> =>
        Buffer.from(await vm.call('serial.history', { port: 0 })).toString('latin1');
      await expect.poll(said, { timeout: TIMEOUT_MS, interval: 1000 }).toMatch(new RegExp(ready));

      const start = performance.now();
      const seconds = (): number => (performance.now() - start) / 1000;
      const rounds: Round[] = [];
      let line = '';
      vm.on('serial', ({ bytes }) => {
        const lines = (line + Buffer.from(bytes).toString('latin1')).split('\n');
        line = lines.pop() as string;
        for (const each of lines) {
          const [, checksum] = /^round \d+ (\w+)/.exec(each) ?? [];
          if (checksum !== undefined) rounds.push({ seconds: seconds(), cpuSeconds: cpuSecondsOf(pid), checksum });
        }
      });
      await vm.call('serial.write', { port: 0, bytes: new TextEncoder().encode(`${WORK}\n`) });
      const looks: Look[] = [];
      while (seconds() < minutes * 60) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        looks.push({ seconds: seconds(), memoryMiB: memoryMiBOf(pid) });
      }
      vm.close();

      const total = minutes * 60;
      const memoryAt = (from: number): number =>
        median(
          looks
            .filter((look) => look.seconds >= from && look.seconds < from + total * WINDOW)
            .map((look) => look.memoryMiB),
        );
      const costs = rounds.slice(1).map((round, i) => ({ ...round, cost: round.cpuSeconds - rounds[i]!.cpuSeconds }));
      const costAt = (from: number): number =>
        median(
          costs
            .filter((round) => round.seconds >= from && round.seconds < from + total * WINDOW)
            .map(({ cost }) => cost),
        );
      const [early, late] = [total / 6 - (total * WINDOW) / 2, total * (1 - WINDOW)];
      const memory = [memoryAt(early), memoryAt(late)] as const;
      const cost = [costAt(early), costAt(late)] as const;
      process.stdout.write(
        `${rounds.length} rounds; MiB ${memory.map((value) => value.toFixed(0)).join(' then ')}; ` +
          `CPU seconds a round ${cost.map((value) => value.toFixed(2)).join(' then ')}\n`,
      );
      expect(rounds.length).toBeGreaterThan(minutes);
      expect(new Set(rounds.map(({ checksum }) => checksum)).size).toBe(1);
      expect(rounds[0]!.checksum).not.toBe('wrong');
      expect(memory[1]).toBeLessThan(memory[0] * MEMORY_MORE);
      expect(cost[1]).toBeLessThan(cost[0] * WORK_MORE);
    },
    TIMEOUT_MS,
  );
});
