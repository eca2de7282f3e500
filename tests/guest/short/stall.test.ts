import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bootFloppy } from '../../support/boot-sector';
import { Cli } from '../../support/guest-cli';
import { until } from '../../support/replay';

const cli = new Cli();
afterAll(() => cli.close());

/** Of a timer tick with the 8254 at its full count, in ns: 65536 / 1.193182 MHz. */
const TICK_NS = 65536e9 / 1_193_182;
const STALL_MS = 4000;
const SAMPLE_BYTES = 10;
/** ms by which guest time may follow host time late and catch up. */
const CATCH_UP_MS = 1000;

/** At every timer tick, the BIOS's count of ticks (2 bytes) and the TSC (8 bytes) to COM1. */
const CODE = [
  ...[0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, 0x00, 0x7c], // xor ax, ax; mov ds, ax; mov ss, ax; mov sp, 7c00h
  ...[0xfb, 0xf4, 0xa1, 0x6c, 0x04, 0x39, 0xf0, 0x74, 0xf7], // sleep: sti; hlt; mov ax, [46ch]; cmp ax, si; je sleep
  ...[0x89, 0xc6, 0xb9, 0x02, 0x00, 0xe8, 0x16, 0x00], // mov si, ax; mov cx, 2; call put
  ...[0x0f, 0x31, 0x66, 0x89, 0xd3, 0xb9, 0x04, 0x00, 0xe8, 0x0b, 0x00], // rdtsc; mov ebx, edx; mov cx, 4; call put
  ...[0x66, 0x89, 0xd8, 0xb9, 0x04, 0x00, 0xe8, 0x02, 0x00, 0xeb, 0xd9], // mov eax, ebx; mov cx, 4; call put; jmp sleep
  ...[0x66, 0x89, 0xc5, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x20, 0x74, 0xf8], // put: mov ebp, eax; wait: mov dx, 3fdh; in al, dx; test al, 20h; jz wait
  ...[0x66, 0x89, 0xe8, 0xb2, 0xf8, 0xee, 0x66, 0xc1, 0xe8, 0x08, 0xe2, 0xe9, 0xc3], // mov eax, ebp; mov dl, f8h; out dx, al; shr eax, 8; loop put; ret
];

interface Sample {
  readonly tick: number;
  readonly tscNs: number;
}

function samplesIn(file: string): Sample[] {
  const bytes = readFileSync(file);
  const samples: Sample[] = [];
  for (let at = 0; at + SAMPLE_BYTES <= bytes.length; at += SAMPLE_BYTES)
    samples.push({ tick: bytes.readUInt16LE(at), tscNs: Number(bytes.readBigUInt64LE(at + 2)) });
  return samples;
}

test('after a stall of the host the clock of the guest slows down, and no tick is lost or comes early', async () => {
  const file = (name: string): string => join(cli.home, name);
  writeFileSync(file('ticks.img'), bootFloppy(CODE));
  await cli.ok('create', 'ticks', '--memory', '16', '--floppy', file('ticks.img'));
  const run = cli.run(['run', 'ticks', '--serial', file('ticks'), '--timeout', '600']);
  const ticks = (number: number): Promise<void> =>
    until(`${number} ticks`, () => existsSync(file('ticks')) && samplesIn(file('ticks')).length >= number, 300_000);
  await ticks(20);
  const [{ pid }] = JSON.parse(await cli.ok('list', '--json')) as [{ pid: number }];

  process.kill(pid, 'SIGSTOP');
  // What it wrote before is in the file by then.
  await new Promise((resolve) => setTimeout(resolve, STALL_MS));
  const before = samplesIn(file('ticks'));
  const goesOn = performance.now();
  process.kill(pid, 'SIGCONT');
  await ticks(before.length + 20);
  const samples = samplesIn(file('ticks'));
  const hostMs = performance.now() - goesOn;
  await cli.ok('stop', 'ticks', '--force');
  await run;

  const guestMs = ((samples.at(-1) as Sample).tscNs - (before.at(-1) as Sample).tscNs) / 1e6;
  expect(guestMs).toBeLessThan(hostMs + CATCH_UP_MS);
  const first = samples[0] as Sample;
  for (const [i, { tick, tscNs }] of samples.entries()) {
    expect((tick - first.tick) & 0xffff).toBe(i); // the counter has 16 bits
    expect(Math.abs(tscNs - first.tscNs - i * TICK_NS)).toBeLessThan(TICK_NS / 2);
  }
});
