import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';
import { multibootKernel } from '../../support/multiboot-kernel';
import { readPicture } from '../../support/picture';

const cli = new Cli();
afterAll(() => cli.close());

describe('a Multiboot kernel', () => {
  test('gets its command line, modules and memory map, and ends the run', async () => {
    const file = (name: string) => join(cli.home, name);
    writeFileSync(file('kernel.elf'), multibootKernel(2));
    writeFileSync(file('first'), 'contents of the first\0');
    writeFileSync(file('second'), 'and of the second\0');
    const { status, stderr } = await cli.run([
      ...['run', '--headless', '--memory', '64', '--kernel', file('kernel.elf'), '--append', 'root=/dev/x "a b"'],
      ...['--module', `${file('first')} one two`, '--module', file('second')],
      ...['--tap-port', `0xe9=${file('out')}`, '--debug-exit', '--timeout', '120', '--screenshot', file('last.png')],
    ]);
    expect(status, stderr).toBe((0x2a << 1) | 1);
    // Of a machine that is gone: the kernel's own end is no reason to have no picture.
    expect(readPicture(file('last.png'))).toMatchObject({ width: 720, height: 400 });
    const out = readFileSync(file('out'));
    const lines = out.toString('latin1').split('\n').slice(0, 5);
    expect(lines).toEqual([
      'root=/dev/x "a b"',
      expect.stringContaining('one two'),
      'contents of the first',
      expect.any(String),
      'and of the second',
    ]);
    const raw = out.subarray(lines.join('\n').length + 1);
    expect(raw.readUInt32LE(0)).toBeGreaterThan(600);
    expect(raw.readUInt32LE(4)).toBeGreaterThan(60 * 1024);
    const map: { base: bigint; length: bigint; type: number }[] = [];
    for (let at = 8; at + 24 <= raw.length - 4; at += 24) {
      expect(raw.readUInt32LE(at)).toBe(20);
      map.push({
        base: raw.readBigUInt64LE(at + 4),
        length: raw.readBigUInt64LE(at + 12),
        type: raw.readUInt32LE(at + 20),
      });
    }
    expect(map.some(({ base, type }) => base === 0n && type === 1)).toBe(true);
    expect(map.some(({ base, length, type }) => base === 0x100000n && length > 60n << 20n && type === 1)).toBe(true);
    expect([...raw.subarray(-4)]).toEqual([0, 0, 0, 0]);
  });
});
