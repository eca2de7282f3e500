// Runs what was built: the app, the app while it is being changed, and the command line.
import fs from 'node:fs';
import { bundleForNode, rendererConfig } from '../make/bundle.mjs';
import { galleryInBackground } from '../make/gallery.mjs';
import * as make from '../make/make.mjs';
import { electronDist, electronExecutable } from '../setup/electron.mjs';
import { passTo } from '../setup/exec.mjs';
import { at, inOut, root } from '../setup/paths.mjs';
import { say } from '../setup/report.mjs';
import * as setup from '../setup/setup.mjs';
import { missingLibraries } from '../setup/system.mjs';

const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

// Chromium refuses its sandbox to root; nobody else goes without it.
const electronArguments = (args) => [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...args];

function cannotOpenWindow() {
  if (!hasDisplay()) {
    say('there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open');
    say('on the command line: npm run -s cli -- --help');
    return true;
  }
  const missing = missingLibraries();
  if (missing.length > 0) {
    say(`Electron needs ${missing.join(', ')}; to install: sudo apt-get install -y ${missing.join(' ')}`);
    return true;
  }
  return false;
}

export async function start(args) {
  if (!hasDisplay()) return cannotOpenWindow() ? 1 : 0;
  await setup.setUp(setup.FOR_APP);
  await make.make(make.FOR_APP);
  if (cannotOpenWindow()) return 1;
  galleryInBackground();
  return passTo(electronExecutable(), electronArguments(args), {
    env: { ELECTRON_OVERRIDE_DIST_PATH: electronDist() },
  });
}

export async function cli(args) {
  await setup.setUp(setup.FOR_CLI);
  await make.make(make.FOR_CLI);
  return passTo(process.execPath, [inOut('cli.cjs'), ...args]);
}

/** The page reloads itself through Vite; a change of main, preload or guest code restarts the app. */
export async function develop(args) {
  await setup.setUp(setup.FOR_APP);
  await make.make(make.FOR_APP);
  if (cannotOpenWindow()) return 1;
  const { createServer } = await import('vite');
  const server = await createServer({ ...(await rendererConfig()), server: { host: '127.0.0.1' } });
  await server.listen();
  const env = { SUBZERO_DEV_URL: server.resolvedUrls.local[0], ELECTRON_OVERRIDE_DIST_PATH: electronDist() };
  let restart = true;
  let stop = () => {};
  let timer;
  const rebuild = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        await bundleForNode();
        say('rebuilt; starting again');
        restart = true;
        stop();
      } catch (error) {
        say(error.message); // esbuild has shown where; the running app stays
      }
    }, 200);
  };
  const watchers = ['src', 'electron'].map((folder) => fs.watch(at(folder), { recursive: true }, rebuild));
  let status = 0;
  while (restart) {
    restart = false;
    const abort = new AbortController();
    stop = () => abort.abort();
    status = await passTo(electronExecutable(), electronArguments(args), { env, signal: abort.signal });
  }
  for (const watcher of watchers) watcher.close();
  await server.close();
  return status;
}
