import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';
import { v86MonitorDisk, v86MonitorFloppy } from '../../support/v86-monitor';

const cli = new Cli();
afterAll(() => cli.close());

const LINES = [
  'hello from virtual-8086 mode',
  'column 01',
  'low memory 02',
  'clock is sane 01',
  'memory map type 01',
  'disks 01',
  'sector by CHS a1',
  'sector by LBA a2',
  'floppy 55',
  'the timer ticks',
  'done',
];

describe('a monitor of virtual-8086 mode, as loaders and DOS extenders have one, and the BIOS called under it', () => {
  // The BIOS drives AHCI in 32-bit code: from virtual-8086 mode it gets there through system management mode.
  test.each([
    ['ide', false],
    ['sata', true],
  ])('a disk on %s, interrupts redirected by VME: %s', async (bus, hasVme) => {
    const floppy = join(cli.home, `v86-${bus}.img`);
    const disk = join(cli.home, `v86-${bus}.disk`);
    writeFileSync(floppy, v86MonitorFloppy({ hasVme }));
    writeFileSync(disk, v86MonitorDisk());
    const { status, stdout, stderr } = await cli.run(
      [
        ...['run', '--memory', '64', '--floppy', floppy, '--disk', disk, '--disk-bus', bus, '--serial', 'stdio'],
        ...['--debug-exit', '--no-reboot'],
      ],
      { cpuSeconds: 60 },
    );
    expect(
      stdout.split(/\r?\n/).filter((line) => line !== ''),
      stderr,
    ).toEqual(LINES);
    expect(status).toBe(0x21);
  });
});
