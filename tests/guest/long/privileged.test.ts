import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';
import { DIFFERENCES } from '../../support/privileged/differences';
import { privilegedImage, readResults } from '../../support/privileged/image';
import { IMAGES } from '../../support/privileged/images';
import { PEERS, runPeer } from '../../support/privileged/run-peers';

/** The images of tests/isa/privileged.test.ts, booted by firmware: here, and in other machines. */

const cli = new Cli();
afterAll(() => cli.close());

describe.each(Object.entries(IMAGES))('privileged behaviour, %s', (name, cases) => {
  test('boots and prints what the manual says', async () => {
    const { bytes, expected } = privilegedImage(cases);
    const floppy = join(cli.home, `${name}.img`);
    writeFileSync(floppy, bytes);
    const { stdout, stderr } = await cli.run(
      [
        ...['run', '--headless', '--engine', 'emulated', '--memory', '16', '--floppy', floppy, '--serial', 'stdio'],
        ...['--debug-exit', '--no-reboot', '--timeout', '600'],
      ],
      { cpuSeconds: 60 },
    );
    const { results, unfinished } = readResults(stdout);
    expect(unfinished, stderr).toBeUndefined();
    expect(Object.fromEntries(results)).toEqual(Object.fromEntries(expected));
  });

  for (const peer of PEERS) {
    test.skipIf(peer.missing !== undefined)(
      `differs from ${peer.name} as listed${peer.missing === undefined ? '' : ` (${peer.missing})`}`,
      async () => {
        const listed = new Set((DIFFERENCES[peer.name] ?? []).flatMap((difference) => difference.cases));
        const found = await runPeer(peer, cases, cli.home);
        const differing = [...found]
          .filter(([, line]) => line !== 'as expected')
          .map(([key, line]) => `${key}: ${line}`);
        const unlisted = differing.filter((line) => !listed.has(line.slice(0, line.indexOf(':'))));
        expect(unlisted, 'differences that tests/support/privileged/differences.ts does not settle').toEqual([]);
        expect(found.size).toBe(cases.filter((item) => !peer.lacks(item)).length);
      },
    );
  }
});
