import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bootFloppy, outByte, SPIN } from '../../support/boot-sector';
import { Cli } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

const COM1 = 0x3f8;

test('a guest that spins with interrupts off is paused, reset, saved and switched off', async () => {
  const floppy = join(cli.home, 'spin.img');
  writeFileSync(floppy, bootFloppy([...outByte(COM1, 0x2e), ...SPIN]));
  await cli.ok('create', 'spin', '--memory', '16', '--floppy', floppy);
  await cli.ok('start', 'spin');
  const dots = async (text: string): Promise<void> =>
    expect.poll(() => cli.ok('serial', 'spin'), { timeout: 200_000, interval: 200 }).toBe(text);
  const state = async (): Promise<string> =>
    (JSON.parse(await cli.ok('list', '--json')) as [{ state: string }])[0].state;
  const count = async (): Promise<number> =>
    (JSON.parse(await cli.ok('stats', 'spin', '--json')) as { count: number }).count;
  await dots('.');

  await cli.ok('pause', 'spin');
  expect(await state()).toBe('paused');
  const paused = await count();
  expect(await count()).toBe(paused);
  await cli.ok('resume', 'spin');
  expect(await count()).toBeGreaterThan(paused);

  await cli.ok('reset', 'spin');
  await dots('..');
  await cli.ok('suspend', 'spin');
  expect(await state()).toBe('suspended');
  await cli.ok('start', 'spin');
  expect(await state()).toBe('running');
  await cli.ok('stop', 'spin', '--force');
  expect(await state()).toBe('off');
});
