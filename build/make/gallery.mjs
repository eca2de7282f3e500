// The gallery's Linux, started once by our own machine and saved at its prompt: a click then goes on from there. Takes a
// minute or more, so no other command waits for it: `npm start` begins it in the background, `npm run package` asks for it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { components } from '../package/components.mjs';
import { passTo, run } from '../setup/exec.mjs';
import { at, inOut, out } from '../setup/paths.mjs';
import { say } from '../setup/report.mjs';
import { fingerprint, listFiles, writeAtomic } from '../setup/stamp.mjs';

const place = inOut('gallery', 'linux');
const ENGINE = inOut('engine-state.json');
const readEngine = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).engine;
  } catch {
    return undefined; // not made yet
  }
};

/** All that decides what a saved state means: what devices and CPU save, and what the guest was told it runs on. */
function engineHash() {
  const sources = ['src/devices', 'src/board', 'src/machine', 'src/firmware', 'src/config', 'src/library/snapshots'];
  const cpu = ['vcpu-state.ts', 'emulated/vcpu-snapshot.ts', 'emulated/features.ts', 'emulated/cpuid.ts'];
  const files = listFiles([...sources, ...cpu.map((name) => `src/cpu/${name}`)], (file) => file.endsWith('.ts'));
  return fingerprint([...files, inOut('guests/gallery-linux/initrd.gz'), inOut('guests/gallery-linux/vmlinuz')]);
}

/** Written with the bundles: the app takes the saved guest only if it was made by the same engine. */
const COMPONENTS = inOut('components.json');
export const componentsStep = {
  name: 'components',
  title: 'noting what comes with Subzero',
  isDone: () => fs.existsSync(COMPONENTS) && fs.readFileSync(COMPONENTS, 'utf8') === componentsText(),
  run: async () => writeAtomic(COMPONENTS, componentsText()),
};
const componentsText = () => `${JSON.stringify(components(), null, 2)}\n`;

export const engineStep = {
  name: 'engine',
  title: 'noting the engine',
  isDone: () => readEngine(ENGINE) === engineHash(),
  run: async () => writeAtomic(ENGINE, `${JSON.stringify({ engine: engineHash() })}\n`),
};

const isDone = () => readEngine(path.join(place, 'template.json')) === readEngine(ENGINE);

/** `npm run gallery`: makes the saved guest now, unless it is there. One at a time; an interrupted one leaves nothing. */
export async function gallery() {
  if (isDone()) return 0;
  fs.mkdirSync(inOut('gallery'), { recursive: true });
  const lock = inOut('gallery', 'lock');
  const args = [lock, process.execPath, at('build/make/prepare-gallery.mjs')];
  return passTo('flock', args, { timeoutSeconds: 45 * 60 });
}

/** Begins it beside the app, if it is not there. */
export function galleryInBackground() {
  if (isDone()) return;
  const child = spawn('nice', ['-n', '10', process.execPath, at('build/run.mjs'), 'gallery'], {
    detached: true,
    stdio: 'ignore',
  });
  child.once('error', () => {}); // without it the guest starts from its firmware
  child.unref();
}

/** In the process that holds the lock. */
export async function prepareGallery() {
  if (isDone()) return;
  const work = inOut('gallery', 'work');
  fs.rmSync(work, { recursive: true, force: true });
  say('starting the gallery’s Linux once, to save it at its prompt …');
  const started = Date.now();
  const printed = await run(process.execPath, [path.join(out, 'cli.cjs'), 'gallery', 'prepare', 'linux'], {
    env: { SUBZERO_HOME: work },
  });
  const folder = printed.trim().split('\n').at(-1);
  for (const name of ['vm.lock', 'vm.log']) fs.rmSync(path.join(folder, name), { force: true });
  fs.rmSync(place, { recursive: true, force: true });
  fs.renameSync(folder, place);
  fs.rmSync(work, { recursive: true, force: true });
  say(`the gallery’s Linux is saved at its prompt: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
