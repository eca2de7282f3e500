// The interpreter: src/cpu/emulated/core and what was generated for it, compiled to build/out/core.wasm.
import fs from 'node:fs';
import { run } from '../setup/exec.mjs';
import { at, inOut, root } from '../setup/paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, tempPath } from '../setup/stamp.mjs';

const CORE = 'src/cpu/emulated/core';
const entry = at(CORE, 'index.ts');
const target = inOut('core.wasm');
// Memory and place of the data: asconfig.json. Binaryen's -O3 takes four times as long as -O2 (its learning register
// allocator is superlinear in the size of the interpreter's one large function), and V8 allocates registers again anyway.
const FLAGS = ['--runtime', 'stub', '-O2', '--exportTable', '--enable', 'threads', '--enable', 'simd'];

function currentKey() {
  const version = JSON.parse(fs.readFileSync(at('node_modules/assemblyscript/package.json'), 'utf8')).version;
  const isInput = (file) => /\.(ts|json|mjs)$/.test(file) && !file.startsWith('build/out/gen/write.');
  return fingerprint(listFiles([CORE, 'build/out/gen', 'build/make/wasm.mjs'], isInput), [version]);
}

/**
 * Gives locals that are never alive together one place. asc leaves one for each constant of the sources, five thousand in the
 * interpreter's function, and V8's baseline compiler merges them all at each of its thousand branch targets: 1.8 s for every VM
 * that starts, against 0.06 s.
 */
async function shareLocals(file) {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.readBinary(fs.readFileSync(file));
  module.setFeatures(binaryen.Features.All);
  module.runPasses(['coalesce-locals', 'reorder-locals', 'vacuum']);
  fs.writeFileSync(file, module.emitBinary());
  module.dispose();
}

export const wasmStep = {
  name: 'wasm',
  title: 'compiling the interpreter',
  isDone: () => !fs.existsSync(entry) || isFresh('wasm', currentKey(), [target]),
  async run() {
    const key = currentKey();
    const fresh = tempPath('core.wasm');
    const asc = at('node_modules/assemblyscript/bin/asc.js');
    const config = ['--config', `${CORE}/asconfig.json`];
    // With this flag asc runs in the process it is started in, which Ctrl+C then ends.
    const node = ['--enable-source-maps', asc];
    await run(process.execPath, [...node, `${CORE}/index.ts`, ...config, ...FLAGS, '--outFile', fresh], { cwd: root });
    await shareLocals(fresh);
    fs.renameSync(fresh, target);
    markFresh('wasm', key);
  },
};
