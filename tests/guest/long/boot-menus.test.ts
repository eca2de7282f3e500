import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe("GRUB's own tests of the machine", () => {
  test.each([
    ['cpuid', 'if cpuid -l; then echo is""long; fi', '^islong'],
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
  const floppy = ['--floppy', guestFile('syslinux-menu.img')];
  const HELLO = ['--until', 'Hello from a file on the medium', '--timeout', '600'];

  test('starts what is chosen', async () => {
    const { status } = await cli.run([
      ...['run', '--memory', '64', ...floppy, '--type-after', 'Subzero boot menu', '--type', '\\n', ...HELLO],
    ]);
    expect(status).toBe(0);
  });

  test("goes on to another disk's boot sector", async () => {
    await cli.ok('create', 'menu', '--memory', '64', ...floppy, '--disk', guestFile('syslinux-disk.img'));
    await cli.ok('set', 'menu', '--boot', 'floppy,disk');
    const { status } = await cli.run([
      ...['run', 'menu', '--type-after', 'Subzero boot menu', '--type', 'f\\n'],
      ...['--type-after', 'boot:', '--type', 'hello\\n', ...HELLO],
    ]);
    expect(status).toBe(0);
  });
});
