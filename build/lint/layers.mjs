// Who may import whom: the table of the style guide, as data. A layer is a folder; the longest match counts.

/** Layers of src/ whose files see no host: what a guest can see must follow from its inputs alone. */
export const WITHOUT_HOST_TIME = ['src/devices', 'src/board', 'src/machine', 'src/firmware', 'src/cpu/emulated'];

/** Layers that run in a Worker, a page or a test alike: they name no module of Node, Electron or npm. */
export const WITHOUT_HOST_MODULES = [...WITHOUT_HOST_TIME, 'src/config', 'src/protocol', 'src/i18n'];

const src = (names) => names.map((name) => `src/${name}`);
const BELOW_BOARD = src(['base', 'config', 'machine', 'cpu', 'firmware', 'devices', 'disk', 'net']);

export const LAYERS = {
  'src/base': [],
  'src/config': src(['base']),
  'src/disk': src(['base']),
  'src/net': src(['base']),
  'src/machine': src(['base', 'config']),
  'src/cpu': src(['base', 'config', 'machine']),
  'src/firmware': src(['base', 'config', 'machine']),
  // Of disk and net only the interfaces; each device in its own folder (checked in rules.mjs).
  'src/devices': [...src(['base', 'machine']), 'src/disk/disk.ts', 'src/net/link.ts'],
  'src/board': BELOW_BOARD,
  'src/protocol': src(['base', 'config']),
  'src/i18n': src(['base', 'config']),
  'src/library': src(['base', 'config', 'disk']),
  'src/guest': [...BELOW_BOARD, ...src(['board', 'protocol'])],
  'src/cli': src(['base', 'library', 'config', 'protocol', 'i18n', 'disk']),
  'src/cli/guest-child.ts': src(['base', 'config', 'library', 'protocol', 'guest']),
  // `run` is the VM's process itself: its exit status and its stdio are the guest's, with nothing in between.
  'src/cli/run.ts': src(['base', 'config', 'protocol', 'i18n', 'library', 'disk', 'guest']),
  electron: [...src(['base', 'library', 'config', 'protocol', 'i18n']), 'build/resources/icons'],
  'electron/guest': src(['base', 'config', 'library', 'protocol', 'guest']),
  'electron/preload': src(['base', 'config', 'protocol']),
  renderer: src(['base', 'config', 'protocol', 'i18n']),
};

const isWithin = (file, place) => file === place || file.startsWith(`${place}/`);

export function layerOf(file) {
  return Object.keys(LAYERS)
    .filter((layer) => isWithin(file, layer))
    .sort((a, b) => b.length - a.length)[0];
}

/** Why `file` may not import `target` (both relative to the clone), or undefined. */
export function layerProblem(file, target) {
  const layer = layerOf(file);
  if (!layer) return undefined; // tests and build see everything
  const targetLayer = layerOf(target);
  const isListed = LAYERS[layer].some((place) => isWithin(target, place));
  if (!targetLayer) return isListed || isWithin(target, 'build/out') ? undefined : `${layer} may not import ${target}`;
  if (layer === 'src/devices' && targetLayer === 'src/devices') return deviceProblem(file, target);
  if (isWithin(target, layer)) return undefined;
  // A file with a row of its own belongs to its folder as well.
  if (isWithin(layer, targetLayer)) return undefined;
  return isListed ? undefined : `${layer} may not import ${target}`;
}

function deviceProblem(file, target) {
  const chip = (name) => name.split('/')[2];
  return chip(file) === chip(target) ? undefined : 'a device may not import another device: pass a wire from the board';
}
