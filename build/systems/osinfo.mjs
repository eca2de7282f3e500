// Turns osinfo-db's XML into what src/library/systems reads: names, fitting hardware, and how installation media are told.
// https://gitlab.com/libosinfo/osinfo-db; GPL-2.0-or-later, hence data beside the program and never part of this repository.
import sax from 'sax';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** The first child of that name. */
const child = (node, name) => node?.children.find((one) => one.name === name);
const childText = (node, name) => child(node, name)?.text.trim() || undefined;

/** A tree of `{ name, attributes, children, text }`; translated elements are left out. */
export function parseXml(xml) {
  const root = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  const parser = sax.parser(true, { trim: false });
  parser.onopentag = ({ name, attributes }) => {
    const node = { name, attributes, children: [], text: '' };
    if (!attributes['xml:lang']) stack.at(-1).children.push(node);
    stack.push(node);
  };
  parser.ontext = (text) => {
    stack.at(-1).text += text;
  };
  parser.oncdata = parser.ontext;
  parser.onclosetag = () => stack.pop();
  parser.onerror = (error) => {
    throw error;
  };
  parser.write(xml).close();
  return root.children[0];
}

/** `documents` are the texts of osinfo's os/*.xml. Resolves what systems inherit, and sorts them newest first. */
export function convertSystems(documents) {
  const nodes = documents.flatMap((xml) => parseXml(xml).children.filter((node) => node.name === 'os'));
  // Drivers of a system lie in files of their own that name it again.
  const main = nodes.filter((node) => childText(node, 'family') !== undefined);
  const byUri = new Map(main.map((node) => [node.attributes.id, node]));
  return main
    .map((node) => convertSystem(node, byUri))
    .filter((system) => system !== undefined)
    .sort((a, b) => (b.released ?? '').localeCompare(a.released ?? '') || a.id.localeCompare(b.id));
}

function convertSystem(node, byUri) {
  const id = childText(node, 'short-id');
  const name = childText(node, 'name');
  if (id === undefined || name === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) return undefined;
  const { memoryMiB, minMemoryMiB, diskGiB } = resources(node, byUri, 0);
  return defined({
    id,
    name,
    family: childText(node, 'family'),
    distro: childText(node, 'distro'),
    released: childText(node, 'release-date'),
    memoryMiB,
    minMemoryMiB,
    diskGiB,
    isEfiOnly: needsEfi(node) || undefined,
    media: node.children.filter((one) => one.name === 'media').flatMap(convertMedium),
  });
}

const needsEfi = (node) =>
  node.children.some(
    ({ name, attributes }) => name === 'firmware' && attributes.type === 'bios' && attributes.supported === 'false',
  );

/** Of the system, or of the one it descends from. */
function resources(node, byUri, depth) {
  const own = node.children.filter((one) => one.name === 'resources' && isForPc(one.attributes.arch));
  const best = own.find((one) => one.attributes.arch === 'x86_64') ?? own[0];
  const least = child(best, 'minimum');
  const wanted = child(best, 'recommended') ?? least;
  const number = (place, name, unit) => {
    const value = Number(childText(place, name));
    return Number.isFinite(value) && value > 0 ? Math.max(1, Math.round(value / unit)) : undefined;
  };
  const found = {
    memoryMiB: number(wanted, 'ram', MIB) ?? number(least, 'ram', MIB),
    minMemoryMiB: number(least, 'ram', MIB),
    diskGiB: number(wanted, 'storage', GIB) ?? number(least, 'storage', GIB),
  };
  const parents = ['clones', 'derives-from'].flatMap((name) => child(node, name) ?? []);
  const parent = parents.map(({ attributes }) => byUri.get(attributes.id)).find((one) => one !== undefined);
  if (parent === undefined || depth > 20) return found;
  const inherited = resources(parent, byUri, depth + 1);
  return {
    memoryMiB: found.memoryMiB ?? inherited.memoryMiB,
    minMemoryMiB: found.minMemoryMiB ?? inherited.minMemoryMiB,
    diskGiB: found.diskGiB ?? inherited.diskGiB,
  };
}

const isForPc = (arch) => arch === 'all' || arch === 'x86_64' || arch === 'i686';

function convertMedium(media) {
  const iso = child(media, 'iso');
  const fields = {
    volume: pattern(iso, 'volume-id'),
    system: pattern(iso, 'system-id'),
    publisher: pattern(iso, 'publisher-id'),
    application: pattern(iso, 'application-id'),
  };
  // Without any of these every disc would match.
  if (Object.values(fields).every((value) => value === undefined)) return [];
  const { live, installer } = media.attributes;
  const reboots = Number(media.attributes['installer-reboots'] ?? 1);
  return [
    defined({
      arch: media.attributes.arch,
      ...fields,
      volumeBytes: Number(childText(iso, 'volume-size')) || undefined,
      isLive: live === 'true' || undefined,
      reboots: installer === 'false' ? 0 : reboots === 1 ? undefined : reboots,
    }),
  ];
}

/** Patterns that JavaScript does not read the same are left out, and with them what they would tell. */
function pattern(iso, name) {
  const text = childText(iso, name);
  if (text === undefined) return undefined;
  try {
    new RegExp(text);
    return text;
  } catch {
    return undefined;
  }
}

const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
