import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bootFloppy, copyByte, outByte, outWord, STOP } from '../../support/boot-sector';
import { Cli, type CliResult } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

const COM1 = 0x3f8;
const TAP = 0xe9;
const ELCR = 0x4d0;
/** Where SeaBIOS puts PM1a_CNT of the PIIX4; SLP_EN with type 0 is S5. */
const PM1A_CNT = 0x604;
const SLP_EN = 0x2000;
const HELLO = [...outByte(COM1, 0x41), ...outByte(TAP, 0x42)];

interface End {
  readonly code: readonly number[];
  readonly options?: readonly string[];
  readonly status: number;
  readonly tapped?: readonly number[];
  readonly says?: RegExp;
}

const ends: Readonly<Record<string, End>> = {
  'power off': { code: outWord(PM1A_CNT, SLP_EN), status: 0 },
  'power off before what was to be seen': {
    ...{ code: outWord(PM1A_CNT, SLP_EN), options: ['--until', 'never'], status: 1 },
  },
  'the value at the debug-exit port': { code: outByte(0xf4, 0x31), options: ['--debug-exit'], status: 0x63 },
  'a reset by port CF9': { code: outByte(0xcf9, 6), options: ['--no-reboot'], status: 0 },
  'a reset by the keyboard controller': { code: outByte(0x64, 0xfe), options: ['--no-reboot'], status: 0 },
  // lidt [7d00], where the sector is 0; int3
  'a triple fault': {
    ...{ code: [0x0f, 0x01, 0x1e, 0x00, 0x7d, 0xcc], options: ['--no-reboot'], status: 1, says: /triple-faulted/ },
  },
  // IRQ 10 and 11 are PCI's, level-triggered; the timer's, the keyboard's and the cascade cannot be
  'the trigger modes of ELCR': {
    ...{ code: [...copyByte(ELCR, TAP), ...copyByte(ELCR + 1, TAP), ...outByte(ELCR, 0xff), ...copyByte(ELCR, TAP)] },
    ...{ options: ['--until', '^A'], status: 0, tapped: [0x00, 0x0c, 0xf8] },
  },
};

describe('a throw-away VM ends with', () => {
  test.each(Object.entries(ends))('%s', async (name, { code, options = [], status, tapped = [], says = /^$/ }) => {
    const file = (suffix: string): string => join(cli.home, `${name}.${suffix}`);
    // What is looked for comes last: after it the guest is ended.
    writeFileSync(
      file('img'),
      bootFloppy([...(tapped.length > 0 ? [...code, ...HELLO] : [...HELLO, ...code]), ...STOP]),
    );
    const result: CliResult = await cli.run([
      ...['run', '--engine', 'emulated', '--memory', '16', '--floppy', file('img'), '--serial', 'stdio'],
      ...['--tap-port', `${TAP}=${file('tap')}`, '--timeout', '200', ...options],
    ]);
    // Nothing but the guest's bytes goes to stdout.
    expect(result).toEqual({ status, stdout: 'A', stderr: expect.stringMatching(says) });
    expect([...readFileSync(file('tap'))]).toEqual([...tapped, 0x42]);
  });
});
