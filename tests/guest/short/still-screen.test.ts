import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NodeHostFiles } from '../../../src/base/node-host-files';
import { checkConfig, defaultConfig } from '../../../src/config/vm-config';
import { ThrowAwayStore } from '../../../src/guest/throw-away-store';
import { assetsIn } from '../../../src/guest/vm-assets';
import { type SessionEvents, VmSession } from '../../../src/guest/vm-session';
import { bootFloppy, outByte } from '../../support/boot-sector';
import { until } from '../../support/replay';

const folder = mkdtempSync(join(tmpdir(), 'subzero-still-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOOK_MS = 1500;

/** Hides the cursor, says so on COM1, and spins until a byte comes there; then writes an A to the screen and spins on. */
const CODE = [
  ...[0xb4, 0x01, 0xb9, 0x00, 0x20, 0xcd, 0x10], // mov ah, 1; mov cx, 2000h; int 10h
  ...outByte(0x3f8, 0x2e),
  ...[0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb], // mov dx, 3fdh; wait: in al, dx; test al, 1; jz wait
  ...[0xb8, 0x41, 0x0e, 0xcd, 0x10, 0xeb, 0xfe], // mov ax, 0e41h; int 10h; jmp $
];

test('while nothing changes on the screen of a busy guest there are no frames', async () => {
  const file = join(folder, 'still.img');
  writeFileSync(file, bootFloppy(CODE));
  const floppies = [{ id: 'floppy0', file, readonly: true }];
  const checked = checkConfig({ ...defaultConfig('still'), memory: { memoryMiB: 16 }, floppies });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  let frames = 0;
  let said = '';
  const ignore = (): void => undefined;
  const events: SessionEvents = {
    ...{ status: ignore, tap: ignore, sound: ignore, leds: ignore, deadEnd: ignore, pointerMode: ignore, end: ignore },
    ...{ activity: ignore, medium: ignore, installed: ignore, log: ignore, parallel: ignore, sound: ignore },
    // As a window does: each frame that came is followed by a wish for the next.
    frame: () => {
      frames++;
      session.wantFrame(false);
    },
    serial: (_port, bytes) => {
      said += Buffer.from(bytes).toString('latin1');
    },
  };
  const assets = assetsIn(resolve(__dirname, '../../../build/out'));
  const session = new VmSession(new ThrowAwayStore(new NodeHostFiles(), checked.config, []), assets, events, {
    noReboot: true,
  });
  await session.start();
  session.wantFrame(true);
  await until('the guest waits', () => said === '.' && frames > 0, 200_000);
  // The BIOS's last lines may still be on their way.
  let seen: number;
  do {
    seen = frames;
    await new Promise((next) => setTimeout(next, LOOK_MS));
  } while (frames !== seen && frames < seen + 20);
  expect(frames).toBe(seen);

  session.writeSerial(0, new Uint8Array([1]));
  await until('the letter', () => frames > seen, 60_000);
  expect((await session.screenText()).lines.join('\n')).toMatch(/^A$/m);
  await session.powerOff();
});
