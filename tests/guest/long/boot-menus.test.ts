import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe("GRUB's own tests of the machine", () => {
  test.each([
    ['cpuid', 'cpuid -l && echo is""long', '^islong'],
    ['memory', 'lsmmap', 'base_addr = 0x100000, length = 0x[0-9a-f]+, available RAM'],
    ['ACPI', 'lsacpi', 'FACP|APIC|Table'],
    ['PCI', 'lspci', '00:01\\.1 8086:7010'],
    ['VBE', 'insmod vbe; videoinfo', 'VESA BIOS Extension Video Driver|1024 x *768'],
  ])('%s', async (_what, command, until) => {
    const { status, stderr } = await cli.run([
      ...['run', '--memory', '64', '--floppy', guestFile('grub-rescue-floppy.img')],
      ...['--type-after', 'GNU/Linux', '--type', 'c', '--type-after', 'grub>', '--type', `set pager=1; ${command}\\n`],
      ...['--until', until, '--timeout', '600'],
    ]);
    expect(stderr).not.toMatch(/failed|fault/);
    expect(status).toBe(0);
  });
});

describe("SYSLINUX's menu", () => {
  const media = ['--floppy', guestFile('syslinux-menu.img'), '--disk', guestFile('syslinux-disk.img')];

  test('starts what is chosen', async () => {
    const { status } = await cli.run([
      ...['run', '--memory', '64', ...media, '--type-after', 'Subzero boot menu', '--type', '\\n'],
      ...['--until', 'Hello from a file on the medium', '--timeout', '300'],
    ]);
    expect(status).toBe(0);
  });

  test("goes on to another disk's boot sector", async () => {
    const { status } = await cli.run([
      ...['run', '--memory', '64', ...media, '--type-after', 'Subzero boot menu', '--type', 'f\\n'],
      ...['--type-after', 'boot:', '--type', 'hello\\n'],
      ...['--until', 'Hello from a file on the medium', '--timeout', '300'],
    ]);
    expect(status).toBe(0);
  });
});
