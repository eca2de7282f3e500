import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';
import { starterLinux } from '../../support/starter-linux';

const cli = new Cli();
afterAll(() => cli.close());

const about = starterLinux();
const CD = guestFile('syslinux-disk.img');
const BOOT_MS = 3_600_000;

describe('Serial ATA', () => {
  test.each([
    ['a CD', ['--cdrom', guestFile('grub-rescue-cdrom.iso')], 'GNU GRUB'],
    ['a disk', ['--disk', guestFile('syslinux-disk.img')], 'boot:'],
  ])('boots from %s by SeaBIOS', async (_what, drive, until) => {
    const args = ['run', '--memory', '64', '--disk-bus', 'sata', ...drive, '--until', until];
    const { status, stderr } = await cli.run(args, { cpuSeconds: 300 });
    expect(status, stderr).toBe(0);
  });

  test(
    'is driven by Linux with queued commands, over a snapshot too',
    async () => {
      await cli.ok(
        ...['create', 'sata', '--memory', '256', '--disk-bus', 'sata', '--disk', '64M', '--cdrom', CD],
        ...['--kernel', guestFile('starter/vmlinuz'), '--initrd', guestFile('starter/initrd.gz')],
        ...['--append', about.append],
      );
      await cli.ok('start', 'sata');
      await cli.screen('sata', new RegExp(about.ready), BOOT_MS);
      let answers = 0;
      const ask = async (command: string): Promise<string> => {
        const mark = `done${++answers}`;
        await cli.ok('serial', 'sata', '--send', `${command}; echo do""ne${answers}\n`);
        const said = (): Promise<string> => cli.ok('serial', 'sata');
        await expect.poll(said, { timeout: BOOT_MS, interval: 1000 }).toMatch(new RegExp(`^${mark}`, 'm'));
        return (await said()).split(`done${answers - 1}\r\n`).at(-1) as string;
      };
      const log = await ask('dmesg | grep -i -E "ahci|ata[0-9]|scsi|depth"');
      expect(log).toMatch(/ahci 0000:00:03\.0: AHCI 0001\.0300 32 slots 6 ports 3 Gbps 0x3f impl SATA mode/);
      expect(log).toMatch(/SUBZERO HARDDISK.*UDMA\/100/);
      expect(log).toMatch(/131072 sectors, multi 16: LBA48 NCQ \(depth 32\)/);
      expect(log).not.toMatch(/exception|failed command|frozen|link is slow/);
      // Many writes and reads at once, then a snapshot between writing and reading back.
      await ask(
        'for i in 0 1 2 3 4 5 6 7; do yes $i | dd of=/dev/sda bs=64k count=64 seek=$((i*64)) 2>/dev/null & done; wait',
      );
      const before = await ask('sync; md5sum /dev/sda');
      await cli.ok('snapshot', 'take', 'sata', 'written');
      await ask('dd if=/dev/zero of=/dev/sda bs=1M count=16 2>/dev/null; sync');
      expect(/[0-9a-f]{32}/.exec(await ask('md5sum /dev/sda'))?.[0]).not.toBe(/[0-9a-f]{32}/.exec(before)?.[0]);
      await cli.ok('snapshot', 'restore', 'sata', 'written');
      const after = await ask('echo 3 > /proc/sys/vm/drop_caches; md5sum /dev/sda');
      expect(/[0-9a-f]{32}/.exec(after)?.[0]).toBe(/[0-9a-f]{32}/.exec(before)?.[0]);
      const disc = await ask('md5sum /dev/sr0');
      expect(disc).toContain(createHash('md5').update(readFileSync(CD)).digest('hex'));
      expect(await ask('dmesg')).not.toMatch(/failed command|exception Emask|nobody cared/);
      await cli.ok('stop', 'sata', '--force');
    },
    3 * BOOT_MS,
  );
});
