import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

const PAGE = 'Printed by INT 17h\r\n\f';
const SECTOR = 512;

/** A boot sector that prints the page by the BIOS and says so on the screen. */
function printingSector(): Uint8Array {
  const text = (at: number): number[] => [0xbe, at & 0xff, at >> 8]; // mov si, at
  const code = (page: number, said: number): number[] => [
    ...[0x31, 0xc0, 0x8e, 0xd8], // xor ax, ax; mov ds, ax
    ...[0x31, 0xd2, 0xb4, 0x01, 0xcd, 0x17], // xor dx, dx; mov ah, 1; int 17h
    ...text(page),
    ...[0xac, 0x84, 0xc0, 0x74, 0x08], // lodsb; test al, al; jz
    ...[0xb4, 0x00, 0x31, 0xd2, 0xcd, 0x17, 0xeb, 0xf3], // mov ah, 0; xor dx, dx; int 17h; jmp
    ...text(said),
    ...[0xac, 0x84, 0xc0, 0x74, 0x06, 0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf5, 0xf4], // the same with int 10h, then hlt
  ];
  const page = 0x7c00 + code(0, 0).length;
  const said = page + PAGE.length + 1;
  const bytes = new Uint8Array(1_474_560);
  bytes.set([...code(page, said), ...Buffer.from(`${PAGE}\0page done\0`, 'latin1')]);
  bytes.set([0x55, 0xaa], SECTOR - 2);
  return bytes;
}

test('what a guest prints on LPT1 is appended to the file', async () => {
  const floppy = join(cli.home, 'print.img');
  const file = join(cli.home, 'printed.txt');
  writeFileSync(floppy, printingSector());
  writeFileSync(file, 'before\n');
  const args = ['run', '--memory', '16', '--floppy', floppy, '--parallel', file];
  const { status, stderr } = await cli.run([...args, '--until', 'page done', '--timeout', '200']);
  expect(status, stderr).toBe(0);
  expect(readFileSync(file, 'latin1')).toBe(`before\n${PAGE}`);
});

test('a VM of the library keeps its printer', async () => {
  await cli.ok('create', 'printing', '--disk', '1M');
  await cli.ok('set', 'printing', '--parallel', `file:${join(cli.home, 'out.txt')}`);
  const wrong = await cli.run(['set', 'printing', '--parallel', 'lp0']);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('must be file:PATH or off')]);
  const config = (): unknown =>
    JSON.parse(readFileSync(join(cli.home, 'Subzero VMs', 'printing', 'vm.json'), 'utf8')).parallel;
  expect(config()).toEqual([{ file: join(cli.home, 'out.txt') }]);
  await cli.ok('set', 'printing', '--parallel', 'off');
  expect(config()).toEqual([]);
});
