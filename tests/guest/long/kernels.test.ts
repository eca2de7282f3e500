import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

/** Starts a kernel directly and gives what it wrote to COM1 until it says what it should. */
async function logOf(args: readonly string[], until: string, seconds: number): Promise<string> {
  const { status, stdout, stderr } = await cli.run(
    ['run', '--serial', 'stdio', ...args, '--until', until, '--timeout', String(seconds)],
    { timeoutMs: (seconds + 60) * 1000 },
  );
  expect(status, `${stderr}\n${stdout.slice(-2000)}`).toBe(0);
  return stdout;
}

const linuxModules = (commandLine: string): string[] => [
  ...['--module', `${guestFile('starter/vmlinuz')} ${commandLine}`],
  ...['--module', guestFile('starter/initrd.gz')],
];
const starterReady = (): string =>
  (JSON.parse(readFileSync(guestFile('starter/starter.json'), 'utf8')) as { ready: string }).ready;

describe('kernels of others, started directly', () => {
  test('Xen by Multiboot 2, up to where it wants its dom0', async () => {
    const xen = ['--kernel', guestFile('xen.elf'), '--append', 'console=com1 com1=115200,8n1 noreboot'];
    const log = await logOf(['--memory', '256', ...xen], 'dom0 kernel not specified', 900);
    expect(log).toContain('Xen version 4.17');
    expect(log).toContain('Command line: console=com1 com1=115200,8n1 noreboot');
    expect(log).toMatch(/EFI|BIOS|Video information|Xen-e820|RAM map/);
    expect(log).not.toMatch(/FATAL TRAP|Assertion/);
  });

  test('Xen with Linux as its dom0, to its first process', async () => {
    const xen = ['--kernel', guestFile('xen.elf'), '--append', 'com1=115200,8n1 console=com1 dom0_mem=400M noreboot'];
    const log = await logOf(['--memory', '768', ...xen, ...linuxModules('console=hvc0')], 'Run /init as init', 2400);
    expect(log).toMatch(/Hypervisor detected: Xen PV/);
    expect(log).toMatch(/Kernel command line: .*console=hvc0/);
    expect(log).not.toMatch(/FATAL TRAP|Assertion|Call Trace/);
  });

  test('tboot, which finds no TXT and goes on with Linux', async () => {
    const tboot = ['--kernel', guestFile('tboot.elf'), '--append', 'logging=serial'];
    const log = await logOf(['--memory', '256', ...tboot, ...linuxModules('console=ttyS0')], starterReady(), 1500);
    expect(log).toContain('TBOOT: ');
  });

  test('GNU Mach by Multiboot 1, up to where it wants its bootstrap', async () => {
    const mach = ['--kernel', guestFile('gnumach.elf'), '--append', 'console=com0'];
    const log = await logOf(['--memory', '128', ...mach], 'No bootstrap code loaded with the kernel', 600);
    expect(log).toMatch(/GNU Mach/);
  });

  test("Debian's Linux by its PVH entry", async () => {
    const initrd = guestFile('starter/initrd.gz');
    const linux = ['--kernel', guestFile('vmlinux'), '--initrd', initrd, '--append', 'console=ttyS0'];
    const log = await logOf(['--memory', '256', ...linux], starterReady(), 1500);
    expect(log).toMatch(/Command line: console=ttyS0/);
    expect(log).toMatch(/ACPI: RSDP 0x/);
  });

  test("Debian's real-time kernel to its shell", async () => {
    const { append, ready } = JSON.parse(readFileSync(guestFile('linux-rt/starter.json'), 'utf8')) as {
      append: string;
      ready: string;
    };
    const linux = ['--kernel', guestFile('linux-rt/vmlinuz'), '--initrd', guestFile('linux-rt/initrd.gz')];
    const typed = ['--type-after', ready, '--type', '(uname -v; echo $((6*7))) > /dev/ttyS0\\n'];
    const log = await logOf(['--memory', '256', ...linux, '--append', append, ...typed], '^42\\s*$', 2400);
    expect(log).toContain('PREEMPT_RT');
  });
});
