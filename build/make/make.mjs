// Builds what changed. Every part carries the hash of its sources, so a second start has nothing to do.
import { withLock } from '../setup/lock.mjs';
import { during } from '../setup/report.mjs';
import { bundleStep, rendererStep } from './bundle.mjs';
import { componentsStep, engineStep } from './gallery.mjs';
import { generateStep } from './generate.mjs';
import { wasmStep } from './wasm.mjs';

const steps = {
  generate: generateStep,
  wasm: wasmStep,
  bundle: bundleStep,
  engine: engineStep,
  components: componentsStep,
  renderer: rendererStep,
};

export const FOR_CHECK = ['generate'];
export const FOR_CLI = ['generate', 'wasm', 'bundle', 'engine', 'components'];
export const FOR_APP = [...FOR_CLI, 'renderer'];

export async function make(names) {
  const wanted = names.map((name) => steps[name]);
  if (wanted.every((step) => step.isDone())) return;
  await withLock(async () => {
    for (const step of wanted) if (!step.isDone()) await during(step.title, () => step.run());
  });
}
