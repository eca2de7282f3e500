import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe('GRUB', () => {
  test.each([
    ['floppy', 'grub-rescue-floppy.img'],
    ['cdrom', 'grub-rescue-cdrom.iso'],
  ])('boots from %s to its menu, and a typed command answers', async (kind, file) => {
    const { status, stderr } = await cli.run([
      ...['run', '--memory', '64', `--${kind}`, guestFile(file)],
      ...['--type-after', 'GNU/Linux', '--type', 'c', '--type-after', 'grub>', '--type', 'echo sub${x}zero\\n'],
      ...['--until', '^subzero', '--timeout', '180'],
    ]);
    expect(stderr).not.toMatch(/failed|fault/);
    expect(status).toBe(0);
  });
});

describe('a VM of the library', () => {
  test('takes a snapshot, goes back to it, is suspended and goes on', async () => {
    await cli.ok('create', 'g', '--floppy', guestFile('grub-rescue-floppy.img'), '--disk', '64M', '--memory', '64');
    await cli.ok('start', 'g');
    await cli.screen('g', /Memtest86\+/, 120_000);
    await cli.ok('send-keys', 'g', 'c');
    await cli.screen('g', /grub>/, 60_000);
    await cli.ok('send-keys', 'g', 'set word=before\\n');
    await cli.ok('snapshot', 'take', 'g', 'first');
    await cli.ok('send-keys', 'g', 'set word=after\\n');
    await cli.ok('send-keys', 'g', 'echo $word\\n');
    await cli.screen('g', /^after/m, 60_000);

    await cli.ok('snapshot', 'restore', 'g', 'first');
    await cli.ok('send-keys', 'g', 'echo $word\\n');
    const screen = await cli.screen('g', /^before/m, 60_000);
    expect(screen).not.toMatch(/^after/m);

    await cli.ok('suspend', 'g');
    expect(await cli.ok('list')).toMatch(/g\s+suspended/);
    await cli.ok('start', 'g');
    await cli.screen('g', /^before/m, 20_000);
    await cli.ok('send-keys', 'g', 'echo still here\\n');
    await cli.screen('g', /^still here/m, 60_000);

    expect(await cli.ok('snapshot', 'list', 'g')).toMatch(/first .*\n\s+\* You Are Here/);
    await cli.ok('stop', 'g', '--force');
    await cli.ok('snapshot', 'delete', 'g', 'first');
    await cli.ok('delete', 'g');
    expect(await cli.ok('list')).toMatch(/no VMs yet/);
  });
});
