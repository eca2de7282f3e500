import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe("Debian's 32-bit kernel", () => {
  test('boots to a shell that answers on the serial port', async () => {
    const { append, ready } = JSON.parse(readFileSync(guestFile('linux-686/starter.json'), 'utf8')) as {
      append: string;
      ready: string;
    };
    const run = cli.run(
      [
        ...['run', '--memory', '256', '--serial', 'stdio', '--append', append],
        ...['--kernel', guestFile('linux-686/vmlinuz'), '--initrd', guestFile('linux-686/initrd.gz')],
        ...['--type-after', ready, '--type', 'uname -m; echo $((6*7))\\n', '--until', '^42\\s*$'],
      ],
      { cpuSeconds: 1000 },
    );
    const { status, stdout, stderr } = await run;
    expect(stdout).toContain(ready);
    expect(status, stderr).toBe(0);
  });
});
