import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultCpu } from '../../../src/config/cpu';
import { Cli, guestFile } from '../../support/guest-cli';
import { record, replay, until } from '../../support/replay';

const cli = new Cli();
afterAll(() => cli.close());

const HOUR = 3_600_000;
/** What a kernel says when time or interrupts are not as they should be. */
const TROUBLE =
  /unstable|lost|nobody cared|not connected|soft lockup|TSC calibration failed|invalid opcode|Call Trace/i;

interface About {
  readonly append: string;
  readonly ready: string;
}

function starter(folder: string): { about: About; kernel: string; initrd: string } {
  const about = JSON.parse(readFileSync(guestFile(`${folder}/starter.json`), 'utf8')) as About;
  return { about, kernel: guestFile(`${folder}/vmlinuz`), initrd: guestFile(`${folder}/initrd.gz`) };
}

describe('several vCPUs', () => {
  test.each([
    ['starter', 2],
    ['starter', 4],
    ['linux-686', 2],
    ['linux-686', 4],
  ] as const)(
    '%s comes up with %i, all of which take interrupts and work',
    async (folder, cpus) => {
      const { about, kernel, initrd } = starter(folder);
      const command =
        '(echo; grep -c ^processor /proc/cpuinfo; for i in 1 2 3 4 5 6; do (n=0; while [ $n -lt 3000 ]; do n=$((n+1)); done; ' +
        'echo job$i) & done; wait; cat /proc/interrupts; dmesg; echo do""ne) > /dev/ttyS0\\n';
      const { status, stdout, stderr } = await cli.run(
        [
          ...['run', '--cpus', String(cpus), '--memory', '256', '--serial', 'stdio'],
          ...['--kernel', kernel, '--initrd', initrd, '--append', about.append],
          ...['--type-after', about.ready, '--type', command, '--until', '^done'],
        ],
        { cpuSeconds: 1500 },
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(new RegExp(`^${cpus}\\s*$`, 'm'));
      for (let job = 1; job <= 6; job++) expect(stdout).toContain(`job${job}`);
      const ticks = /^\s*LOC:((?:\s+\d+)+)/m.exec(stdout)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
      expect(ticks).toHaveLength(cpus);
      for (const count of ticks) expect(count).toBeGreaterThan(50);
      expect(stdout.split('\n').filter((line) => TROUBLE.test(line))).toEqual([]);
    },
    HOUR,
  );

  test(
    'a recorded run of two replays to the same states',
    async () => {
      const { about, kernel, initrd } = starter('starter');
      const config = {
        cpu: { ...defaultCpu, cpus: 2 },
        memory: { memoryMiB: 256 },
        boot: {
          order: ['disk' as const],
          menu: false,
          kernel: { file: kernel, initrd, append: about.append, modules: [] },
        },
      };
      const every = 50_000_000;
      const recording = await record(config, every, async (session, seen) => {
        await until('the shell', () => seen().includes(about.ready), HOUR / 3);
        session.writeSerial(0, new TextEncoder().encode('echo rec$((1+1)); (ls / &) ; ls /\r'));
        await until('the answer', () => /^rec2/m.test(seen()), HOUR / 3);
      });
      expect(recording.hashes.size).toBeGreaterThan(20);
      expect(await replay(config, {}, every, recording, 'background')).toEqual(recording.hashes);
    },
    2 * HOUR,
  );
});
