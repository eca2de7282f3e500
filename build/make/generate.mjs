// Generated sources: build/gen/write.ts, bundled and run from the clone's root, writes every one of them.
import { run } from '../setup/exec.mjs';
import { at, inOut, root } from '../setup/paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh } from '../setup/stamp.mjs';

const entry = at('build', 'gen', 'write.ts');
const sources = ['build/gen', 'src/cpu', 'src/machine', 'src/base', 'build/make/generate.mjs'];

// What was generated is in the key too, so that a changed or deleted file is written again.
const currentKey = () => fingerprint(listFiles(sources, (file) => file.endsWith('.ts') || file.endsWith('.mjs')));

export const generateStep = {
  name: 'generate',
  title: 'generating sources',
  isDone: () => isFresh('generate', currentKey(), []),
  async run() {
    const { build } = await import('esbuild');
    const bundle = inOut('gen', 'write.mjs');
    await build({
      entryPoints: [entry],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      logLevel: 'warning',
    });
    await run(process.execPath, [bundle], { cwd: root });
    markFresh('generate', currentKey());
  },
};
