// Bundles: what Electron and Node run (esbuild, CommonJS), and the page (Vite).
import fs from 'node:fs';
import { at, inOut } from '../setup/paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, moveIntoPlace, tempPath, writeAtomic } from '../setup/stamp.mjs';

/** The oldest runtime: Electron 25. Node 20 runs the same. */
const NODE_TARGET = 'node18';
const CHROME_TARGET = 'chrome114';

export const ENTRIES = {
  'electron/main.cjs': 'electron/main/main.ts',
  'electron/preload.cjs': 'electron/preload/preload.ts',
  'electron/guest.cjs': 'electron/guest/guest.ts',
  'cli.cjs': 'src/cli/main.ts',
  'guest-child.cjs': 'src/cli/guest-child.ts',
  'machine-thread.cjs': 'src/guest/machine-thread.ts',
  'region-compiler.cjs': 'src/guest/region-compiler.ts',
  'memory-loader.cjs': 'src/guest/memory-loader.ts',
};

const isSource = (file) => /\.(ts|tsx|css|html|svg|json)$/.test(file);
const present = () => Object.entries(ENTRIES).filter(([, source]) => fs.existsSync(at(source)));

const nodeKey = () =>
  fingerprint(
    listFiles(
      ['src', 'electron', 'build/resources/icons', 'package.json', 'package-lock.json', 'build/make/bundle.mjs'],
      (file) => isSource(file) || file.endsWith('.png'),
    ),
  );

export const bundleStep = {
  name: 'bundle',
  title: 'bundling',
  isDone: () =>
    isFresh(
      'bundle',
      nodeKey(),
      present().map(([name]) => inOut(name)),
    ),
  async run() {
    const key = nodeKey();
    await bundleForNode();
    markFresh('bundle', key);
  },
};

export async function bundleForNode() {
  const { build } = await import('esbuild');
  const entries = present();
  const result = await build({
    entryPoints: entries.map(([name, source]) => ({ in: at(source), out: name.replace(/\.cjs$/, '') })),
    outdir: inOut(),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: NODE_TARGET,
    format: 'cjs',
    external: ['electron', 'koffi'],
    loader: { '.png': 'binary' },
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  });
  for (const file of result.outputFiles) writeAtomic(file.path, file.contents);
}

const rendererKey = () =>
  fingerprint(
    listFiles(
      [
        ...['renderer', 'src/base', 'src/config', 'src/protocol', 'src/i18n'],
        ...['package.json', 'package-lock.json', 'build/make/bundle.mjs'],
      ],
      (file) => isSource(file) || file.startsWith('renderer/'),
    ),
  );

export const rendererStep = {
  name: 'renderer',
  title: 'building the window',
  isDone: () => isFresh('renderer', rendererKey(), [inOut('renderer', 'index.html')]),
  async run() {
    const key = rendererKey();
    const { build } = await import('vite');
    const fresh = tempPath('renderer');
    const config = await rendererConfig();
    await build({
      ...config,
      build: {
        target: CHROME_TARGET,
        outDir: fresh,
        emptyOutDir: true,
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 4000,
      },
    });
    moveIntoPlace(fresh, inOut('renderer'));
    markFresh('renderer', key);
  },
};

export async function rendererConfig() {
  const { default: react } = await import('@vitejs/plugin-react');
  return { root: at('renderer'), base: './', configFile: false, logLevel: 'warn', plugins: [react()] };
}
