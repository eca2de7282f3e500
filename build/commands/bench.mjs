// `npm run bench`: Subzero, the peers that are installed and the host itself on the same programs, interleaved in one run.
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { contenders } from '../bench/contenders.mjs';
import { buildGuest } from '../bench/images.mjs';
import { measure } from '../bench/measure.mjs';
import { ratio, summarise, table } from '../bench/report.mjs';
import { gallery } from '../make/gallery.mjs';
import * as make from '../make/make.mjs';
import { electronDist } from '../setup/electron.mjs';
import { passTo } from '../setup/exec.mjs';
import { at, inOut, root } from '../setup/paths.mjs';
import { say } from '../setup/report.mjs';
import * as setup from '../setup/setup.mjs';

const HELP = `npm run bench -- [options]
  --runs N           interleaved runs, of which the medians are shown (3)
  --guests LIST      linux32,linux64,starter (all): 32-bit and 64-bit programs, and the start of the starter Linux
  --peers LIST       native,subzero,qemu,v86,bochs (all that are installed)
  --only LIST        these programs only; "boot" only boots
  --timeout MINUTES  of one run (30)
  --cpu              shows CPU time of all threads instead of the host's clock
  --fallbacks        the instructions for which compiled code was left most often, too
  --json FILE        every figure of every run
  --ui               the window instead: launch, key to pixel, gallery, scrolling, idle (--runs 20, --seconds 60)
  --only ROWS        with --ui: launch,keys,gallery,scrolling,idle
  --seconds N        how long scrolling and idling are watched (60)`;

const OPTIONS = {
  runs: { type: 'string', default: '3' },
  guests: { type: 'string', default: 'linux32,linux64,starter' },
  peers: { type: 'string', default: contenders.map(({ id }) => id).join(',') },
  only: { type: 'string', default: '' },
  timeout: { type: 'string', default: '30' },
  cpu: { type: 'boolean', default: false },
  fallbacks: { type: 'boolean', default: false },
  json: { type: 'string' },
  ui: { type: 'boolean', default: false },
  seconds: { type: 'string', default: '60' },
  help: { type: 'boolean', default: false },
};

const TITLES = { linux32: '32-bit Linux', linux64: '64-bit Linux', starter: 'starter Linux' };
const SETUP = { linux32: ['linux-686'], linux64: ['linux-cloud'], starter: ['starter', 'syslinux'] };
const print = (text) => process.stdout.write(`${text}\n`);
const list = (text) => text.split(',').filter(Boolean);

/** Guests by name, with what boots them. Native runs need the 64-bit programs too. */
async function buildGuests(names) {
  const guests = {};
  const native = names.some((name) => name !== 'starter') ? await buildGuest(64) : undefined;
  if (names.includes('linux32')) guests.linux32 = { ...(await buildGuest(32)), native };
  if (names.includes('linux64')) guests.linux64 = { ...native, native };
  if (names.includes('starter')) {
    const about = JSON.parse(fs.readFileSync(inOut('guests/starter/starter.json'), 'utf8'));
    const file = (name) => inOut('guests/starter', name);
    guests.starter = { bits: 64, ...about, kernel: file('vmlinuz'), initrd: file('initrd.gz') };
  }
  return guests;
}

/** Who runs which guest: [{ guest, contender, launch }]. */
async function plan(guests, peers, only) {
  const runs = [];
  const programs = only.filter((name) => name !== 'boot');
  const mode = only.length === 0 ? '' : programs.length === 0 ? ' bmode=boot' : ` bargs=${programs.join(',')}`;
  for (const [name, guest] of Object.entries(guests)) {
    for (const contender of contenders.filter(({ id }) => peers.includes(id))) {
      if (!contender.guests.includes(name)) continue;
      if (contender.id === 'native' && mode === ' bmode=boot') continue;
      const append = guest.append ?? `console=ttyS0,115200 quiet panic=1${mode}`;
      runs.push({
        name,
        guest,
        contender,
        launch: await contender.prepare({ name, guest, append, only: programs, engine: [] }),
      });
    }
  }
  return runs;
}

function chosen(values) {
  const peers = list(values.peers).filter((id) => {
    const contender = contenders.find((one) => one.id === id);
    if (contender === undefined) throw new Error(`--peers ${id}: there are ${OPTIONS.peers.default}`);
    const missing = contender.missing();
    if (missing !== undefined) say(`${contender.title} is not installed (${missing}): left out`);
    return missing === undefined;
  });
  const guests = list(values.guests);
  for (const name of guests)
    if (!(name in TITLES)) throw new Error(`--guests ${name}: there are ${OPTIONS.guests.default}`);
  return {
    peers,
    guests,
    runs: positive('runs', values.runs),
    timeoutMs: positive('timeout', values.timeout) * 60_000,
  };
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} ${text}: must be a number above 0`);
  return value;
}

export async function bench(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) {
    print(HELP);
    return 0;
  }
  if (values.ui)
    return benchUi(args.some((arg) => arg.startsWith('--runs')) ? values.runs : '20', values.seconds, values.only);
  const { peers, guests: names, runs, timeoutMs } = chosen(values);
  await setup.setUp([...setup.FOR_CLI, 'linux-cloud', ...names.flatMap((name) => SETUP[name])]);
  await make.make(make.FOR_APP);
  const planned = await plan(await buildGuests(names), peers, list(values.only));
  const results = Object.fromEntries(names.map((name) => [name, {}]));
  for (let turn = 1; turn <= runs; turn++) {
    for (const { name, guest, contender, launch } of planned) {
      say(`run ${turn} of ${runs}: ${TITLES[name]}, ${contender.title}`);
      const one = await measure(launch, { ready: guest.ready, timeoutMs });
      if (one.failure !== undefined) say(`${contender.title} ${one.failure}:\n${one.output}`);
      results[name][contender.id] = [...(results[name][contender.id] ?? []), { ...one, load: os.loadavg()[0] }];
    }
  }
  return report(results, { runs, values });
}

async function benchUi(runs, seconds, only) {
  for (const [name, text] of Object.entries({ runs, seconds })) positive(name, text);
  await setup.setUp(setup.FOR_APP);
  await make.make(make.FOR_APP);
  if ((only === '' || list(only).includes('gallery')) && (await gallery()) !== 0)
    throw new Error('the saved guest of the gallery could not be made');
  const command = [process.execPath, at('build/bench/ui.mjs'), runs, seconds, only];
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay) command.unshift('xvfb-run', '-a', '-s', '-screen 0 1920x1080x24');
  const [program, ...rest] = command;
  return passTo(program, rest, { cwd: root, env: { ELECTRON_OVERRIDE_DIST_PATH: electronDist() } });
}

/** What compiled code left to the interpreter, over the whole run of the guest: a TLB miss counts for its instruction. */
function printFallbacks(compiled) {
  if (compiled === undefined) return;
  const { instructions, entries, slowExits, fallbacks } = compiled;
  print(
    `compiled code: ${instructions} instructions, ${entries} entries, ${slowExits} of them left for the interpreter by`,
  );
  const total = fallbacks.reduce((sum, { count }) => sum + count, 0);
  for (const { name, count } of fallbacks.slice(0, 20))
    print(`  ${((100 * count) / total).toFixed(1).padStart(5)} %  ${name}`);
}

/** Prints the tables; false figures and failed runs make the status 1. */
function report(results, { runs, values }) {
  let status = 0;
  const summaries = {};
  print(
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${os.cpus().length} CPUs, medians of ${runs} runs`,
  );
  for (const [name, byContender] of Object.entries(results)) {
    if (Object.keys(byContender).length === 0) continue;
    const summary = summarise(byContender, values.cpu ? 'cpuMs' : 'ms');
    summaries[name] = summary;
    const titles = Object.fromEntries(
      contenders.filter(({ id }) => id in byContender).map(({ id, title }) => [id, title]),
    );
    print(`\n${table(TITLES[name], summary, titles, byContender)}\n`);
    if (values.fallbacks) printFallbacks(byContender.subzero?.at(-1)?.compiled);
    for (const { name: program, id, sum, expected } of summary.wrong) {
      print(`CHECKSUM of ${program} differs: ${titles[id]} ${sum}, expected ${expected}`);
      status = 1;
    }
    for (const peer of Object.keys(titles).filter((id) => id !== 'subzero' && id !== 'native')) {
      const slower = Object.keys(summary.medians).filter((row) => ratio(summary.medians[row], peer) < 1);
      if (slower.length > 0) print(`slower than ${titles[peer]}: ${slower.join(', ')}`);
    }
    for (const [id, all] of Object.entries(byContender)) {
      const failed = all.filter(({ failure }) => failure !== undefined).length;
      if (failed === 0) continue;
      print(`${titles[id]}: ${failed} of ${all.length} runs failed`);
      if (id === 'subzero') status = 1;
    }
  }
  if (values.json !== undefined) {
    const host = { model: os.cpus()[0].model, cpus: os.cpus().length };
    const file = { date: new Date().toISOString(), host, options: values, summaries, results };
    fs.writeFileSync(values.json, `${JSON.stringify(file, null, 1)}\n`);
  }
  return status;
}
