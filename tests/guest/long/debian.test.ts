import { constants, copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile, GUESTS } from '../../support/guest-cli';
import { difference, readPicture } from '../../support/picture';

const cli = new Cli();
afterAll(() => cli.close());

const HOUR = 3_600_000;
const isMade = existsSync(join(GUESTS, 'debian/debian.json'));

/** What set-up says of it; nothing where it did not try. */
function whyNotMade(): string {
  const reason = join(GUESTS, 'debian-missing.txt');
  if (existsSync(reason)) return readFileSync(reason, 'utf8').trim();
  return 'set-up makes it as root, with debootstrap and mke2fs';
}

interface About {
  readonly append: string;
  readonly password: string;
  /** Compiles and runs the programs, and what they print: on the computer that made the disk. */
  readonly run: string;
  readonly expected: string;
}

/** The greeting and the prompt of the console at 1280x800, below its empty first line. */
const LOGIN = { part: readPicture(resolve(__dirname, '../../fixtures/screens/debian-login.png')), x: 0, y: 16 };

/**
 * Loads every cipher and hash that the kernel has x86 code for: it compares each one's results with known ones, and says so in
 * /proc/crypto. Prints how many differed, and how many of the drivers use AVX2 and AES-NI.
 */
const CIPHERS = [
  'for m in /lib/modules/$(uname -r)/kernel/arch/x86/crypto/*.ko; do modprobe $(basename $m .ko) 2>&1; done | grep -v "No such device"',
  'modprobe -a raid6_pq xor; sleep 5; grep ^selftest /proc/crypto | grep -vc passed',
  'for kind in avx2 aesni; do grep ^driver /proc/crypto | grep -c $kind; done',
].join('; ');

/** What a kernel or systemd says when something is wrong with the machine. */
const TROUBLE =
  /unstable|\blost\b|spurious|nobody cared|not connected|soft lockup|TSC calibration failed|invalid opcode|Call Trace|segfault|I\/O error|EXT4-fs error|Failed to start|\[FAILED\]/i;

describe('a whole Debian 12', () => {
  test(
    'comes up with systemd, and compiles and runs programs that print what they print on this computer',
    async ({ skip }) => {
      skip(!isMade, `there is no disk with Debian on it: ${whyNotMade()}`);
      const about = JSON.parse(readFileSync(guestFile('debian/debian.json'), 'utf8')) as About;
      const disk = join(cli.home, 'debian.img');
      copyFileSync(guestFile('debian/disk.img'), disk, constants.COPYFILE_FICLONE);
      await cli.ok(
        ...['create', 'debian', '--memory', '1024', '--disk', disk, '--append', about.append],
        ...['--kernel', guestFile('debian/vmlinuz'), '--initrd', guestFile('debian/initrd.img')],
      );
      await cli.ok('start', 'debian');
      const serial = (): Promise<string> => cli.ok('serial', 'debian');
      const says = (what: RegExp): Promise<void> =>
        expect.poll(serial, { timeout: HOUR, interval: 2000 }).toMatch(what);
      const send = (line: string): Promise<string> => cli.ok('serial', 'debian', '--send', `${line}\n`);
      // systemd may still have something to say after it.
      await says(/subzero login: /);
      const loginOnScreen = async (): Promise<number> => {
        const file = join(cli.home, 'screen.png');
        await cli.ok('screenshot', 'debian', file);
        return difference(readPicture(file), LOGIN.part, LOGIN.x, LOGIN.y);
      };
      await expect.poll(loginOnScreen, { timeout: HOUR, interval: 2000 }).toBeLessThan(0.01);

      await send('root');
      await says(/Password: $/);
      await send(about.password);
      await says(/root@subzero:~# $/);
      // A shell that sends no escape sequences, a terminal that shows only answers.
      await send('dmesg -n 1; exec env PS1= PS2= sh');
      await send("stty -echo; systemctl is-system-running --wait; echo do''ne0");
      await says(/^done0/m);
      let answers = 0;
      const ask = async (command: string): Promise<string> => {
        const mark = `done${++answers}`;
        await send(`${command}; echo ${mark}`);
        await says(new RegExp(`^${mark}`, 'm'));
        const said = (await serial()).replaceAll('\r', '');
        return said
          .slice(said.indexOf(`done${answers - 1}\n`))
          .split('\n')
          .slice(1, -2)
          .join('\n');
      };
      expect(await ask('systemctl list-units --failed --no-legend')).toBe('');
      expect(await ask('systemctl is-system-running')).toBe('running');
      expect(await ask(about.run)).toBe(about.expected.trimEnd());
      expect(await ask('openssl speed -seconds 5 -bytes 1024 sha256 2>&1')).toMatch(/^sha256\s+[1-9][\d.]+k\s*$/m);
      const [failed, avx2, aesni] = (await ask(CIPHERS)).split('\n').map(Number);
      expect(failed).toBe(0);
      expect(avx2).toBeGreaterThan(10);
      expect(aesni).toBeGreaterThan(20);
      expect((await ask('dmesg; journalctl -b -p warning')).split('\n').filter((line) => TROUBLE.test(line))).toEqual(
        [],
      );

      // A second log-in, on the screen and by the keyboard; then off, as from a menu.
      await cli.ok('send-keys', 'debian', 'root\\n');
      // The prompt drops what was typed before it.
      const prompt = "pgrep -t tty1 -x login > /dev/null && stty -F /dev/tty1 -a | grep -o -e ' -echo '";
      await expect.poll(() => ask(prompt), { timeout: HOUR }).toBe(' -echo ');
      await cli.ok('send-keys', 'debian', `${about.password}\\n`);
      await expect.poll(() => ask('pgrep -t tty1 -x bash | wc -l'), { timeout: HOUR }).toBe('1');
      await cli.ok('send-keys', 'debian', '(echo; uname -srm; tty; echo keys) > /dev/ttyS0\\n');
      await says(/^Linux 6\.1\S* x86_64\r*\n\/dev\/tty1\r*\nkeys/m);
      await send('systemctl poweroff');
      const state = async (): Promise<string> =>
        (JSON.parse(await cli.ok('list', '--json')) as { state: string }[])[0]?.state ?? '';
      await expect.poll(state, { timeout: HOUR, interval: 2000 }).toBe('off');
      rmSync(disk);
    },
    3 * HOUR,
  );
});
