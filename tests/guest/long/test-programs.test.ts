import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

/** Boots until the screen shows it. */
async function boots(args: readonly string[], until: string, cpuSeconds: number): Promise<void> {
  const { status, stderr } = await cli.run(['run', '--memory', '64', '--headless', ...args, '--until', until], {
    cpuSeconds,
  });
  expect(stderr).not.toMatch(/failed|fault/);
  expect(status, stderr).toBe(0);
}

describe('iPXE', () => {
  test('starts from its ISO', async () => {
    await boots(['--cdrom', guestFile('ipxe.iso')], 'iPXE initialising devices', 900);
  });

  test('starts as a kernel, runs the commands of its command line, and those that are typed', async () => {
    const commands = 'echo told ${product} && cpuid --ext 29 && echo long mode && shell';
    const typed = ['--type-after', 'long mode[^]*iPXE>', '--type', 'echo typed ${platform}\\n'];
    await boots(['--kernel', guestFile('ipxe.lkrn'), '--append', commands, ...typed], '^typed pcbios', 900);
  });
});

describe('memtest86+', () => {
  test('runs a whole pass from its ISO without an error', async () => {
    await boots(['--memory', '16', '--cdrom', guestFile('memtest.iso')], 'Pass:\\s+1\\s+Errors: 0\\b', 1000);
  });

  test.each([
    ['memtest-x64.bin', 1],
    ['memtest-ia32.bin', 1],
    ['memtest-x64.bin', 4],
  ])('%s starts as a kernel on %i vCPUs, all of which test', async (file, cpus) => {
    const args = ['--kernel', guestFile(file), '--cpus', String(cpus)];
    await boots(args, `${cpus} Threads[^]*Test\\s+\\d+%[^]*Errors: 0\\b`, 900);
  });

  test('tests for ten minutes of its clock without an error: the ISO and both binaries, side by side', async () => {
    const media = [
      ['--cdrom', guestFile('memtest.iso')],
      ['--kernel', guestFile('memtest-x64.bin')],
      ['--kernel', guestFile('memtest-ia32.bin')],
    ];
    const tenMinutes = 'Time:\\s+0:1\\d:\\d\\d[^]*Errors: 0\\b';
    await Promise.all(media.map((medium) => boots(medium, tenMinutes, 1800)));
  });
});
