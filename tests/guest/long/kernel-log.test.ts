import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, test } from 'vitest';
import type { VmClient } from '../../../src/cli/vm-client';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
const busy: { kill(): unknown }[] = [];
afterAll(async () => {
  for (const loop of busy) loop.kill();
  await cli.close();
});

const HOUR = 3_600_000;
/** Of the guest's time. Four of them are ten minutes. */
const PHASE_MS = 150_000;
const PAUSE_MS = 15_000;
/** Samples at each end of a phase, of which the one that reached us soonest counts. */
const ENDS = 15;

/** What a kernel says when time or interrupts are not as they should be. */
const TROUBLE =
  /unstable|lost|spurious|nobody cared|not connected|soft lockup|TSC calibration failed|invalid opcode|Call Trace/i;

/** Programs and a disk at work half of the time, and once a second what the kernel says of time. */
const WORK = [
  '(while :; do dd if=/dev/urandom of=/dev/sda bs=64k count=16 2>/dev/null; md5sum /dev/sda >/dev/null; usleep 700000; done) &',
  '(while :; do read clock </sys/devices/system/clocksource/clocksource0/current_clocksource;',
  'read up rest </proc/uptime; read rtc </sys/class/rtc/rtc0/since_epoch; read after rest </proc/uptime;',
  'echo "=$up $rtc $after $clock"; sleep 1; done >/dev/ttyS0) &',
].join(' ');

/** One line of the guest and the moment it came, all in milliseconds. */
interface Sample {
  readonly hostMs: number;
  readonly upMs: number;
  readonly guestMs: number;
  readonly forgottenMs: number;
}

interface Phase {
  readonly hostMs: number;
  readonly upMs: number;
  readonly guestMs: number;
  readonly forgottenMs: number;
}

/** What the kernel says of its time, taken from the serial port as it comes. */
class KernelClock {
  readonly samples: Sample[] = [];
  readonly clocks = new Set<string>();
  /** What the real-time clock said when the kernel's up-time was 0: no less, and less than. */
  rtcAtLeast = Number.NEGATIVE_INFINITY;
  rtcBelow = Number.POSITIVE_INFINITY;
  #line = '';

  constructor(private readonly vm: VmClient) {
    vm.on('serial', ({ bytes }) => {
      const lines = (this.#line + Buffer.from(bytes).toString('latin1')).split('\n');
      this.#line = lines.pop() as string;
      for (const line of lines) this.#take(line);
    });
  }

  #take(line: string): void {
    const [, up, rtc, after, clock] = /=([\d.]+) (\d+) ([\d.]+) (\w+)/.exec(line) ?? [];
    if (up === undefined || rtc === undefined || after === undefined || clock === undefined) return;
    this.clocks.add(clock);
    this.rtcAtLeast = Math.max(this.rtcAtLeast, Number(rtc) - Number(after));
    this.rtcBelow = Math.min(this.rtcBelow, Number(rtc) + 1 - Number(up));
    const hostMs = performance.now();
    this.vm.call('vm.stats', null).then(
      ({ guestNs, forgottenMs }) =>
        this.samples.push({ hostMs, upMs: Number(up) * 1000, guestMs: guestNs / 1e6, forgottenMs }),
      () => undefined, // it is being restored
    );
  }

  /** A stretch of time without a pause or a restore. */
  async phase(): Promise<Phase> {
    this.samples.length = 0;
    // On a computer that gives it little, that takes longer.
    const isOver = (): boolean => {
      const { samples } = this;
      if (samples.length < 2 * ENDS) return false;
      return (samples.at(-ENDS)?.upMs ?? 0) - (samples[ENDS]?.upMs ?? 0) >= PHASE_MS;
    };
    await expect.poll(isOver, { timeout: HOUR, interval: 500 }).toBe(true);
    const first = soonest(this.samples.slice(0, ENDS));
    const last = soonest(this.samples.slice(-ENDS));
    return {
      hostMs: last.hostMs - first.hostMs,
      upMs: last.upMs - first.upMs,
      guestMs: last.guestMs - first.guestMs,
      forgottenMs: last.forgottenMs - first.forgottenMs,
    };
  }
}

/** The sample that took the least time to get here. */
function soonest(samples: readonly Sample[]): Sample {
  const delay = ({ hostMs, upMs, forgottenMs }: Sample): number => hostMs - forgottenMs - upMs;
  return samples.reduce((best, sample) => (delay(sample) < delay(best) ? sample : best));
}

/** Keeps every processor of this computer busy until the end. */
function loadHost(): void {
  for (let i = 0; i < availableParallelism(); i++)
    busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
}

describe('ten minutes on a busy computer, with a pause, a snapshot and a restore', () => {
  test.each([
    ['starter', 1],
    ['linux-686', 2],
  ] as const)(
    'leave nothing in the kernel log of %s on %i vCPUs, and its seconds are seconds',
    async (folder, cpus) => {
      const { append, ready } = JSON.parse(readFileSync(guestFile(`${folder}/starter.json`), 'utf8')) as {
        append: string;
        ready: string;
      };
      if (busy.length === 0) loadHost();
      await cli.ok(
        ...['create', folder, '--memory', '256', '--cpus', String(cpus), '--disk', '32M', '--append', append],
        ...['--kernel', guestFile(`${folder}/vmlinuz`), '--initrd', guestFile(`${folder}/initrd.gz`)],
      );
      await cli.ok('start', folder);
      const vm = await cli.connect(folder);
      const said = async (): Promise<string> =>
        Buffer.from(await vm.call('serial.history', { port: 0 })).toString('latin1');
      const send = (line: string): Promise<void> =>
        vm.call('serial.write', { port: 0, bytes: new TextEncoder().encode(`${line}\n`) });
      const says = (what: RegExp): Promise<void> => expect.poll(said, { timeout: HOUR, interval: 1000 }).toMatch(what);
      await says(new RegExp(ready));
      const clock = new KernelClock(vm);
      await send(WORK);
      await says(/^=[\d.]+ /m);

      const phases = [await clock.phase()];
      await vm.call('vm.pause', null);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await vm.call('vm.resume', null);
      phases.push(await clock.phase());
      const { id } = await vm.call('snapshot.take', { name: 'between', description: '' });
      phases.push(await clock.phase());
      await vm.call('snapshot.restore', { id });
      phases.push(await clock.phase());

      await send("(dmesg; echo; grep -E 'SPU|ERR|MIS' /proc/interrupts; echo do''ne) >/dev/ttyS0");
      await says(/^done/m);
      const lines = (await said()).replaceAll('\r', '').split('\n');
      const apart = Math.max(0, clock.rtcAtLeast - clock.rtcBelow);
      process.stdout.write(`${folder}: ${JSON.stringify(phases)}; real-time clock ${apart} s off\n`);
      const counts = lines.filter((line) => /^ *(SPU|ERR|MIS):/.test(line));
      expect(lines.filter((line) => TROUBLE.test(line) && !counts.includes(line))).toEqual([]);
      expect(counts.length).toBeGreaterThan(1);
      for (const count of counts) expect(count).toMatch(/^ *\w+:(\s+0)+\b/);
      expect(lines.some((line) => line.includes('Linux version'))).toBe(true);
      expect([...clock.clocks]).toEqual(['tsc']);
      expect(apart).toBeLessThan(1);
      for (const { hostMs, upMs, guestMs, forgottenMs } of phases) {
        expect(upMs).toBeGreaterThan(0);
        expect(Math.abs(upMs - guestMs)).toBeLessThan(guestMs / 100);
        // As far as the host kept up: what it did not, the machine knows to the millisecond.
        expect(Math.abs(upMs - (hostMs - forgottenMs))).toBeLessThan((hostMs - forgottenMs) / 100);
      }
      vm.close();
      await cli.ok('stop', folder, '--force');
    },
    4 * HOUR,
  );
});
