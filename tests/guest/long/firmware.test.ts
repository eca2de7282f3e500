import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

/** Starts firmware of others in place of SeaBIOS, types when its prompt is on the serial port, and gives what it wrote there. */
async function answers(firmware: string, prompt: string, typed: string, until: string, args: readonly string[] = []) {
  const { status, stdout, stderr } = await cli.run(
    [
      ...['run', '--bios', guestFile(firmware), '--serial', 'stdio', ...args],
      ...['--type-after', prompt, '--type', typed, '--until', until],
    ],
    { cpuSeconds: 300 },
  );
  expect(status, `${stderr}\n${stdout.slice(-2000)}`).toBe(0);
  return stdout;
}

describe('firmware of others', () => {
  test("OVMF (UEFI) to its shell, which knows the keyboard and the CD's drive", async () => {
    const cdrom = ['--cdrom', guestFile('grub-rescue-cdrom.iso')];
    const log = await answers('ovmf.fd', 'Shell> ', 'echo typed %uefiversion%\\n', 'typed 2\\.\\d+\\s', cdrom);
    expect(log).toContain('PciRoot(0x0)/Pci(0x1,0x1)/Ata');
  });

  test('U-Boot, 64 bits, to its prompt', async () => {
    const log = await answers('u-boot.rom', '=> ', 'setenv how typed; echo $how here\\n', 'typed here[^]*=> ');
    expect(log).toMatch(/Model: QEMU x86 \(I440FX\)/);
  });
});
