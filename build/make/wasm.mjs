// The interpreter: src/cpu/emulated/core and what was generated for it, compiled to build/out/core.wasm.
import fs from 'node:fs';
import { run } from '../setup/exec.mjs';
import { at, inOut, root } from '../setup/paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, tempPath } from '../setup/stamp.mjs';

const CORE = 'src/cpu/emulated/core';
const entry = at(CORE, 'index.ts');
const target = inOut('core.wasm');
const FLAGS = [
  ...['--runtime', 'stub', '-O1', '--enable', 'threads', '--enable', 'simd'],
  // src/machine/memory-map.ts: static data from 64 KiB on, below the page flags; no memory is smaller than the engine's area.
  ...[
    '--importMemory',
    '--sharedMemory',
    '--memoryBase',
    '65536',
    '--initialMemory',
    '2048',
    '--maximumMemory',
    '65536',
  ],
];

function currentKey() {
  const version = JSON.parse(fs.readFileSync(at('node_modules/assemblyscript/package.json'), 'utf8')).version;
  const isInput = (file) => /\.(ts|json|mjs)$/.test(file) && !file.startsWith('build/out/gen/write.');
  return fingerprint(listFiles([CORE, 'build/out/gen', 'build/make/wasm.mjs'], isInput), [version]);
}

export const wasmStep = {
  name: 'wasm',
  title: 'compiling the interpreter',
  isDone: () => !fs.existsSync(entry) || isFresh('wasm', currentKey(), [target]),
  async run() {
    const key = currentKey();
    const fresh = tempPath('core.wasm');
    const asc = at('node_modules/assemblyscript/bin/asc.js');
    await run(process.execPath, [asc, `${CORE}/index.ts`, ...FLAGS, '--outFile', fresh], { cwd: root });
    fs.renameSync(fresh, target);
    markFresh('wasm', key);
  },
};
