import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';
import { difference, type Picture, readPicture } from '../../support/picture';

const cli = new Cli();
afterAll(() => cli.close());
/** About ten times what it takes. */
const LIMIT = { cpuSeconds: 1500 };

/** The first question, on the serial port without colours and in the dialog on the screen. */
const FIRST_DIALOG = 'Choose language|Select a language';

/** Parts of a screen, and where they lie on it. */
type Parts = readonly { readonly part: Picture; readonly x: number; readonly y: number }[];

const part = (name: string, x: number, y: number) => ({
  part: readPicture(resolve(__dirname, '../../fixtures/screens', `debian-installer-${name}.png`)),
  x,
  y,
});
/** Of the dialog at 1280x800: its title, and the languages above the chosen one. */
const DIALOG = [part('title', 544, 16), part('languages', 440, 112)];
/** Of the window at 1280x800: its title, and the languages below the chosen one; then in German, with the countries. */
const WINDOW = [part('gtk-language', 16, 86), part('gtk-languages', 24, 468)];
const GERMAN_WINDOW = [part('gtk-location', 16, 86), part('gtk-locations', 24, 220)];

/** Waits until the VM shows the parts, while it runs. */
async function expectScreen(name: string, parts: Parts, run: Promise<{ stderr: string }>): Promise<void> {
  let hasEnded = false;
  void run.then(() => {
    hasEnded = true;
  });
  const file = join(cli.home, 'screen.png');
  const differences = async (): Promise<number[]> => {
    if ((await cli.run(['screenshot', name, file])).status !== 0) return [1];
    const picture = readPicture(file);
    return parts.map(({ part, x, y }) => difference(picture, part, x, y));
  };
  let seen = [1];
  while (!hasEnded && seen.some((share) => share > 0.01)) {
    await new Promise((next) => setTimeout(next, 2000));
    seen = await differences();
  }
  expect(seen, hasEnded ? (await run).stderr : '').toEqual(parts.map(() => expect.closeTo(0, 2)));
  const { width, height } = readPicture(file);
  expect([width, height]).toEqual([1280, 800]);
}

describe('the Debian 12 installer', () => {
  test('by kernel and initrd asks for the language in plain text', async () => {
    const { status, stdout } = await cli.run(
      [
        ...['run', '--memory', '1024', '--serial', 'stdio', '--until', "Prompt: '\\?' for help, default=1>"],
        ...['--kernel', guestFile('debian-installer/linux'), '--initrd', guestFile('debian-installer/initrd.gz')],
        ...['--append', 'console=ttyS0 DEBIAN_FRONTEND=text priority=low'],
      ],
      LIMIT,
    );
    expect(stdout).toMatch(/Choose language/);
    expect(status).toBe(0);
  });

  test('from an ISO through the BIOS shows its first dialog on the text screen', async () => {
    const { status, stderr } = await cli.run(
      [
        ...['run', '--memory', '1024', '--cdrom', guestFile('debian-installer/installer.iso')],
        ...['--until', FIRST_DIALOG],
      ],
      LIMIT,
    );
    expect(status, stderr).toBe(0);
  });

  test('from an ISO through the BIOS draws its first dialog on a framebuffer', async () => {
    await cli.ok('create', 'installer', '--memory', '1024', '--cdrom', guestFile('debian-installer/installer.iso'));
    const run = cli.run(['run', 'installer', '--type-after', 'boot:', '--type', 'framebuffer\\n'], LIMIT);
    await expectScreen('installer', DIALOG, run);
    await cli.ok('stop', 'installer', '--force');
    await run;
  });

  test('in graphics opens its window, and speaks the language that is typed there', async () => {
    await cli.ok(
      ...['create', 'graphical', '--memory', '1024', '--append', 'vga=788'],
      ...['--kernel', guestFile('debian-installer/linux'), '--initrd', guestFile('debian-installer/gtk-initrd.gz')],
    );
    const run = cli.run(['run', 'graphical'], LIMIT);
    await expectScreen('graphical', WINDOW, run);
    // The first letter opens the list's search, Enter there takes what was found.
    await cli.ok('send-keys', 'graphical', 'german\\n');
    await expectScreen('graphical', GERMAN_WINDOW, run);
    await cli.ok('stop', 'graphical', '--force');
    await run;
  });
});
