import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';
import { starterLinux } from '../../support/starter-linux';

const cli = new Cli();
afterAll(() => cli.close());

const about = starterLinux();
/** The kernel unpacks itself for a long time before its first line. */
const BOOT_MS = 600_000;

describe('the 64-bit starter Linux', () => {
  test(
    'boots to a shell on screen and serial; a snapshot brings an earlier moment back',
    async () => {
      await cli.ok(
        ...['create', 'linux', '--memory', '256', '--disk', '64M', '--append', about.append],
        ...['--kernel', guestFile('starter/vmlinuz'), '--initrd', guestFile('starter/initrd.gz')],
      );
      await cli.ok('start', 'linux');
      await cli.screen('linux', new RegExp(about.ready), BOOT_MS);
      await cli.ok('send-keys', 'linux', 'echo $((6*7)); uname -m\\n');
      expect(await cli.screen('linux', /^42$/m, 60_000)).toMatch(/^x86_64$/m);
      expect(await cli.ok('serial', 'linux')).toMatch(new RegExp(about.ready));

      await cli.ok('send-keys', 'linux', 'clear; echo first > /tmp/word\\n');
      await cli.ok('snapshot', 'take', 'linux', 'first');
      await cli.ok('send-keys', 'linux', 'rm /tmp/word; clear; echo gone\\n');
      await cli.screen('linux', /^gone$/m, 60_000);
      await cli.ok('snapshot', 'restore', 'linux', 'first');
      await cli.ok('send-keys', 'linux', 'cat /tmp/word\\n');
      await cli.screen('linux', /^first$/m, 60_000);

      await cli.ok('serial', 'linux', '--send', 'echo ser$((1+1))al\\n');
      await expect.poll(() => cli.ok('serial', 'linux'), { timeout: 60_000, interval: 500 }).toMatch(/^ser2al/m);
      // Suspended again before it has touched most of its memory, which is loaded when it is touched.
      await cli.ok(
        'send-keys',
        'linux',
        'dd if=/dev/urandom of=/tmp/big bs=1M count=20; md5sum /tmp/big > /tmp/sum\\n',
      );
      await cli.ok('send-keys', 'linux', 'clear; echo made $((6*8))\\n');
      await cli.screen('linux', /^made 48$/m, 120_000);
      for (let round = 0; round < 2; round++) {
        await cli.ok('suspend', 'linux');
        await cli.ok('start', 'linux');
      }
      await cli.ok('send-keys', 'linux', 'clear; md5sum -c /tmp/sum; cat /tmp/word\\n');
      expect(await cli.screen('linux', /^first$/m, 120_000)).toMatch(/^\/tmp\/big: OK$/m);
      // Its kernel's files are read only now.
      await cli.ok('snapshot', 'restore', 'linux', 'first');
      await cli.ok('reset', 'linux');
      await cli.screen('linux', new RegExp(about.ready), BOOT_MS);
      await cli.ok('send-keys', 'linux', 'poweroff -f\\n');
      await expect.poll(() => cli.ok('list'), { timeout: 60_000, interval: 500 }).toMatch(/linux\s+off/);
    },
    2 * BOOT_MS + 300_000,
  );
});
