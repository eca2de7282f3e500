import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe('the firmware', () => {
  test('SeaBIOS prints on its debug port and finds nothing to boot', async () => {
    const log = join(cli.home, 'seabios.log');
    const { status, stdout } = await cli.run([
      ...['run', '--memory', '64', '--tap-port', `0x402=${log}`, '--serial', 'stdio'],
      ...['--until', 'No bootable device', '--timeout', '60'],
    ]);
    expect(status).toBe(0);
    // Nothing but the guest's serial bytes goes to stdout, and it sent none.
    expect(stdout).toBe('');
    const text = readFileSync(log, 'latin1');
    expect(text).toMatch(/SeaBIOS \(version 1\./);
    expect(text).toMatch(/PS2 keyboard initialized/);
    expect(text).toMatch(/No bootable device/);
  });

  test('a time-out is status 124', async () => {
    expect((await cli.run(['run', '--memory', '32', '--until', 'never seen', '--timeout', '3'])).status).toBe(124);
  });

  test('a file that is not there is named, with status 1; a wrong option is status 2', async () => {
    const missing = await cli.run(['run', '--cdrom', '/no/such.iso']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/\/no\/such\.iso/);
    expect((await cli.run(['run', '--memory', 'lots'])).status).toBe(2);
    expect((await cli.run(['fly'])).status).toBe(2);
  });

  test.each([
    [['--disk', '10Q'], 2, /--disk 10Q: must be a size such as 10G/],
    [['--disk', '0'], 2, /--disk 0: must be a size such as 10G/],
    [['--disk', '-5G'], 2, /--disk/],
    [['--disk', 'no-such.img'], 1, /--disk no-such\.img: the file does not exist/],
  ])('%j is refused in one line', async (args, expected, message) => {
    const { status, stderr } = await cli.run(['run', ...args], { timeoutMs: 100_000 });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(expected);
  });

  test.each([
    ['--serial', '/no/such/log', /--serial \/no\/such\/log: cannot be written: its folder does not exist/],
    ['--serial', '/', /--serial \/: cannot be written: it is a folder/],
    ['--screenshot', '/no/such.png', /--screenshot \/no\/such\.png: cannot be written/],
    ['--tap-port', '0xe9=/no/such/log', /--tap-port 0xe9 \/no\/such\/log: cannot be written/],
  ])('%s %s is refused before the VM starts, in one line', async (option, value, message) => {
    const { status, stderr } = await cli.run(['run', '--engine', 'emulated', option, value], { timeoutMs: 100_000 });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  test('a wrong --type-after is a wrong command line', async () => {
    const { status, stderr } = await cli.run(['run', '--type', 'x', '--type-after', '('], { timeoutMs: 100_000 });
    expect(stderr).toMatch(/--type-after \(/);
    expect(status).toBe(2);
  });
});
