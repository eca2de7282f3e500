// `npm run bench -- --ui`: how the window feels. Started by commands/bench.mjs, under Xvfb where there is no display.
import { _electron } from '@playwright/test';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { at, inOut, root } from '../setup/paths.mjs';
import { idleGuest, invertingGuest, scrollingGuest } from './bare-guests.mjs';
import { keysToPixels } from './key-to-pixel.mjs';
import { median } from './report.mjs';

const VMS = 50;
const GALLERY_STARTS = 5;
const LIMIT_MS = 300_000;
const TICKS_PER_SECOND = 100;

const print = (text) => process.stdout.write(`${text}\n`);
/** By nearest rank: of 20 values, 95 % is the 19th. */
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Session {
  static async start(home, folder = root) {
    const started = Date.now();
    const app = await _electron.launch({
      args: [`--user-data-dir=${path.join(home, 'electron')}`, folder],
      chromiumSandbox: process.getuid?.() !== 0,
      env: { ...process.env, SUBZERO_HOME: home },
    });
    const page = await app.firstWindow();
    page.setDefaultTimeout(LIMIT_MS);
    return Object.assign(new Session(), { app, page, home, started });
  }

  async powerOn(name) {
    await this.page.getByRole('treeitem', { name }).click();
    await this.page.getByRole('button', { name: 'Power On' }).first().click();
    await this.page.getByRole('contentinfo').getByText('Running').waitFor();
    await this.page.locator(`[role=img][aria-label="Guest screen of ${name}"]:not([data-mode=""])`).waitFor();
  }

  async end() {
    const child = this.app.process();
    const question = this.page.getByRole('alertdialog', { name: 'Virtual machines are running' });
    question
      .getByRole('button', { name: 'Power Off' })
      .click()
      .catch(() => undefined);
    const killer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await this.app.close().catch(() => undefined);
    clearTimeout(killer);
  }
}

function newHome() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'subzero-bench-'));
}

/** A VM that boots `kernel`; without one, a VM that is only listed. */
async function addVm(home, name, kernel) {
  if (kernel === undefined) {
    const folder = path.join(home, 'Subzero VMs', name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'vm.json'), JSON.stringify({ schemaVersion: 1, name }));
    return;
  }
  const file = path.join(home, `${name}.bin`);
  fs.writeFileSync(file, kernel);
  const args = [inOut('cli.cjs'), 'create', name, '--kernel', file, '--memory', '16'];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, SUBZERO_HOME: home } });
}

async function inHome(work) {
  const home = newHome();
  try {
    return await work(home);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/**
 * From the start of the process to the first picture with all VMs in the library: time and the CPU time of all processes,
 * which other load distorts less, in ms. The first run warms up.
 */
const launches = (runs) =>
  inHome(async (home) => {
    for (let number = 1; number <= VMS; number++) await addVm(home, `Machine ${String(number).padStart(2, '0')}`);
    const times = [];
    for (let run = 0; run <= runs; run++) {
      const session = await Session.start(home);
      const painted = await session.page.evaluate(
        (count) =>
          new Promise((resolve) => {
            const look = () => {
              const mark = performance.getEntriesByName('library-painted').at(-1);
              const isWhole = document.querySelectorAll('[role=treeitem]').length > count;
              if (isWhole && mark !== undefined) resolve(performance.timeOrigin + mark.startTime);
              else requestAnimationFrame(look);
            };
            look();
          }),
        VMS,
      );
      const cpuMs = 1000 * cpuSeconds(session.app.process().pid);
      if (run > 0) times.push({ ms: painted - session.started, cpuMs });
      await session.end();
    }
    return times;
  });

/** From a key to another pixel on the canvas of a VM, in ms. */
const keysOfVm = (keys) =>
  inHome(async (home) => {
    await addVm(home, 'Inverts', invertingGuest());
    const session = await Session.start(home);
    try {
      await session.powerOn('Inverts');
      await sleep(3000);
      const screen = session.page.getByRole('img', { name: 'Guest screen of Inverts' });
      return await keysToPixels(session.page, screen, keys);
    } finally {
      await session.end();
    }
  });

/** The same with a page that has nothing but a canvas, and no VM: what Electron and the display take. */
const keysOfEmptyApp = (keys) =>
  inHome(async (home) => {
    const session = await Session.start(home, at('build/bench/empty-app'));
    try {
      await sleep(3000);
      return await keysToPixels(session.page, session.page.getByRole('img', { name: 'Canvas' }), keys);
    } finally {
      await session.end();
    }
  });

/** Looks at each frame: a locator would look twice a second only. */
const untilScreenSays = (page, name, pattern) =>
  page.waitForFunction(
    ([label, source]) => new RegExp(source).test(document.querySelector(`[aria-label="${label}"]`)?.textContent ?? ''),
    [`Text on the screen of ${name}`, pattern],
    { polling: 'raf' },
  );

/** From the click on the gallery's Linux, each time in a new library, to the first answer at its prompt, in ms. */
async function galleryStarts(runs) {
  const times = [];
  for (let run = 0; run < runs; run++) {
    await inHome(async (home) => {
      const session = await Session.start(home);
      try {
        const { page } = session;
        const linux = page.getByRole('region', { name: 'Gallery' }).getByRole('button', { name: 'Subzero Linux' });
        await linux.waitFor();
        await sleep(5000);
        const clicked = Date.now();
        await linux.click();
        await untilScreenSays(page, 'Subzero Linux', 'Subzero starter Linux ready');
        await page.getByRole('img', { name: 'Guest screen of Subzero Linux' }).click();
        await page.keyboard.type('lua -v\n');
        await untilScreenSays(page, 'Subzero Linux', 'Lua 5\\.\\d');
        times.push(Date.now() - clicked);
      } finally {
        await session.end();
      }
    });
  }
  return times;
}

/** The longest tasks of the page while three VMs scroll text, in ms. */
const scrolling = (seconds) =>
  inHome(async (home) => {
    const names = ['Scroll 1', 'Scroll 2', 'Scroll 3'];
    for (const name of names) await addVm(home, name, scrollingGuest());
    const session = await Session.start(home);
    try {
      for (const name of names) await session.powerOn(name);
      return await session.page.evaluate(
        (ms) =>
          new Promise((resolve) => {
            const tasks = [];
            new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe(
              {
                type: 'longtask',
              },
            );
            setTimeout(() => resolve(tasks), ms);
          }),
        seconds * 1000,
      );
    } finally {
      await session.end();
    }
  });

/** CPU time of a process and all its children, in seconds. */
function cpuSeconds(pid) {
  const stats = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = fs
        .readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      stats.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // It ended meanwhile.
    }
  }
  const sum = (id) =>
    [...stats]
      .filter(([, { parent }]) => parent === id)
      .reduce((all, [child]) => all + sum(child), stats.get(id)?.ticks ?? 0);
  return sum(pid) / TICKS_PER_SECOND;
}

/** Share of a core that the app takes with a VM that sleeps. */
const idle = (seconds) =>
  inHome(async (home) => {
    await addVm(home, 'Sleeps', idleGuest());
    const session = await Session.start(home);
    try {
      await session.powerOn('Sleeps');
      await sleep(10_000);
      const pid = session.app.process().pid;
      const [before, began] = [cpuSeconds(pid), performance.now()];
      await sleep(seconds * 1000);
      // Where this computer has much to do, the sleep was longer.
      return ((cpuSeconds(pid) - before) * 1000) / (performance.now() - began);
    } finally {
      await session.end();
    }
  });

const ms = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** Each row measures one thing and says it in words. */
const ROWS = {
  launch: async (runs) => {
    const started = await launches(runs);
    const figure = `${ms(median(started.map((one) => one.ms)))}, CPU ${ms(median(started.map((one) => one.cpuMs)))}`;
    return [`launch to the first picture of ${VMS} VMs, median of ${runs}`, figure, 'at most 1.0 s'];
  },
  keys: async (runs) => {
    const figure = (times) => `median ${ms(median(times))}, p95 ${ms(percentile(times, 0.95))}`;
    const empty = figure(await keysOfEmptyApp(runs));
    const goal = `17 and 34 ms; an empty page: ${empty}`;
    return [`key to changed pixel, ${runs} keys`, figure(await keysOfVm(runs)), goal];
  },
  gallery: async (runs) => {
    const count = Math.min(runs, GALLERY_STARTS);
    const starts = await galleryStarts(count);
    return [`the gallery's Linux: click to an answer, median of ${count}`, ms(median(starts)), 'at most 3.0 s'];
  },
  scrolling: async (_runs, seconds) => {
    const tasks = await scrolling(seconds);
    const figure = `${tasks.length}, longest ${ms(Math.max(0, ...tasks))}`;
    return [`three VMs scrolling for ${seconds} s: tasks over 50 ms`, figure, 'none'];
  },
  idle: async (_runs, seconds) => {
    if (process.platform !== 'linux') return ['an idle VM', 'not measured here', ''];
    const share = await idle(seconds);
    return [`an idle VM for ${seconds} s: share of a core`, `${(100 * share).toFixed(1)} %`, 'under 3 %'];
  },
};

/** A row that fails says why, and the others are measured all the same. */
async function main([runsText, secondsText, only]) {
  const [runs, seconds] = [Number(runsText), Number(secondsText)];
  const names = only ? only.split(',') : Object.keys(ROWS);
  for (const name of names) if (!(name in ROWS)) throw new Error(`--only ${name}: there are ${Object.keys(ROWS)}`);
  print(
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${os.cpus().length} CPUs, load ${os.loadavg()[0].toFixed(1)}`,
  );
  const row = (what, figure, goal) => print(`${what.padEnd(58)} ${figure.padEnd(34)} ${goal}`);
  for (const name of names) {
    try {
      row(...(await ROWS[name](runs, seconds)));
    } catch (error) {
      process.exitCode = 1;
      row(name, 'failed', error.message);
    }
  }
}

await main(process.argv.slice(2));
