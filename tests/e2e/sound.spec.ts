import { expect, type Page, test } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { multibootElf } from '../support/multiboot-kernel';
import { launchApp, type RunningApp, runCli, screenshotPath } from './launch';
import { expectState, GUEST_MS } from './vm-window';

/** The PC's speaker, from the guest's ports to the window's audio. */
test.describe.configure({ mode: 'serial', timeout: 600_000 });

const NAME = 'Beeps';
const HZ = 1000;
const DIVISOR = Math.round(1_193_182 / HZ);
/** mov al, value; out port, al */
const write = (port: number, value: number): number[] => [0xb0, value, 0xe6, port];
/** Counter 2 makes a square wave, the speaker is on; then the CPU spins. */
const BEEP = [
  0xfa,
  ...[...write(0x43, 0xb6), ...write(0x42, DIVISOR & 0xff), ...write(0x42, DIVISOR >> 8), ...write(0x61, 3)],
  ...[0xeb, 0xfe],
];

let running: RunningApp;
let page: Page;

interface Played {
  readonly rate: number;
  readonly samples: number;
  readonly crossings: number;
  readonly loudest: number;
  readonly states: readonly string[];
}

/** What the page's audio was given since the last time this was asked. */
const played = (): Promise<Played> =>
  page.evaluate(() => {
    const { contexts, buffers } = window as unknown as { contexts: AudioContext[]; buffers: AudioBuffer[] };
    let [samples, crossings, loudest] = [0, 0, 0];
    for (const buffer of buffers) {
      const channel = buffer.getChannelData(0);
      samples += channel.length;
      for (let i = 1; i < channel.length; i++) {
        if ((channel[i - 1] as number) < 0 && (channel[i] as number) >= 0) crossings++;
        loudest = Math.max(loudest, Math.abs(channel[i] as number));
      }
    }
    const rate = buffers[0]?.sampleRate ?? 0;
    buffers.length = 0;
    return { rate, samples, crossings, loudest, states: contexts.map(({ state }) => state) };
  });

test.beforeAll(async () => {
  running = await launchApp();
  page = running.page;
  await page.evaluate(() => {
    const seen = { contexts: [] as AudioContext[], buffers: [] as AudioBuffer[] };
    Object.assign(window, seen);
    window.AudioContext = class extends AudioContext {
      constructor(options?: AudioContextOptions) {
        super(options);
        seen.contexts.push(this);
      }
      override createBufferSource(): AudioBufferSourceNode {
        const source = super.createBufferSource();
        const start = source.start.bind(source);
        source.start = (when?: number): void => {
          if (source.buffer !== null) seen.buffers.push(source.buffer);
          start(when);
        };
        return source;
      }
    };
  });
  const file = path.join(running.home, 'beep.elf');
  writeFileSync(file, multibootElf(BEEP));
  await runCli(running.home, 'create', NAME, '--kernel', file, '--memory', '16');
  await page.getByRole('treeitem', { name: NAME }).click();
  await page.getByRole('button', { name: 'Power On' }).click();
  await expectState(page, 'Running');
});
test.afterAll(async () => {
  await running?.close();
});

test('a tone of the guest is played', async () => {
  let sum = { samples: 0, crossings: 0 };
  let last: Played | undefined;
  await expect
    .poll(
      async () => {
        const now = await played();
        if (now.samples > 0) last = now;
        sum = { samples: sum.samples + now.samples, crossings: sum.crossings + now.crossings };
        return sum.samples;
      },
      { timeout: 4 * GUEST_MS },
    )
    .toBeGreaterThan(12_000);
  expect(last?.states).toEqual(['running']);
  expect(last?.loudest).toBeGreaterThan(0.1);
  const hertz = (sum.crossings * (last as Played).rate) / sum.samples;
  expect(hertz).toBeGreaterThan(HZ * 0.9);
  expect(hertz).toBeLessThan(HZ * 1.1);
  await page.screenshot({ path: screenshotPath('sound-on') });
});

test('muted, nothing is played and the sound device is given back; unmuted, it is heard again', async () => {
  await page.getByRole('button', { name: 'Mute Sound', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Unmute Sound' })).toBeVisible();
  await expect.poll(async () => (await played()).states, { timeout: GUEST_MS }).toEqual(['closed']);
  await played();
  // The guest still beeps: its seconds would be full of parts.
  await new Promise((next) => setTimeout(next, 1000));
  expect((await played()).samples).toBe(0);
  await page.screenshot({ path: screenshotPath('sound-muted') });
  await page.getByRole('button', { name: 'Unmute Sound' }).click();
  await expect.poll(async () => (await played()).samples, { timeout: GUEST_MS }).toBeGreaterThan(0);
});

test('a guest that is paused is silent', async () => {
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expectState(page, 'Paused');
  await expect.poll(async () => (await played()).samples, { timeout: GUEST_MS }).toBe(0);
});
