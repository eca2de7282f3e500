import { lstatSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe('a VM of the library that is run in the foreground', () => {
  test('is served to others, privately, from the first run on', async () => {
    await cli.ok('create', 'front', '--memory', '32', '--floppy', guestFile('grub-rescue-floppy.img'));
    const run = cli.run(['run', 'front', '--until', 'never seen', '--timeout', '600']);
    await cli.screen('front', /Memtest86\+/, 200_000);

    const folder = join(cli.home, 'run');
    const [socket, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(folder, socket as string)).mode & 0o777).toBe(0o600);

    // A client that never closes its end holds nothing up.
    const client = connect({ path: join(folder, socket as string), allowHalfOpen: true });
    client.on('error', () => undefined);
    await cli.ok('send-keys', 'front', 'c');
    await cli.screen('front', /grub>/, 60_000);
    expect(await cli.run(['run', 'front'])).toMatchObject({ status: 1, stderr: expect.stringMatching(/in use/) });
    await cli.ok('stop', 'front', '--force');
    expect((await run).status).toBe(1);
    client.destroy();
    expect(readdirSync(folder)).toEqual([]);
    expect(await cli.ok('list')).toMatch(/front\s+off/);
  });

  test('that was killed starts again over the socket it left', async () => {
    const run = cli.run(['run', 'front', '--until', 'never seen', '--timeout', '600']);
    await cli.screen('front', /SeaBIOS/, 200_000);
    const [{ pid }] = JSON.parse(await cli.ok('list', '--json')) as [{ pid: number }];
    process.kill(pid, 'SIGKILL');
    await run;
    expect(readdirSync(join(cli.home, 'run'))).toHaveLength(1);
    const again = await cli.run(['run', 'front', '--until', 'SeaBIOS', '--timeout', '200']);
    expect(again.status, again.stderr).toBe(0);
  });
});
