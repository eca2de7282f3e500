/**
 * `snapshots/tree.json`: which layers, saved states and snapshots a VM has, and where it is. Replacing this one file is the
 * commit point of every operation; a file in `snapshots/` that the tree does not lead to is a leftover.
 *
 * Ids are 16 hexadecimal digits; file names are made from them, so nothing else is let through. A disk is named by its
 * first layer's file as in the configuration ("base file").
 */
import { VmError } from '../../base/errors';

export const ID_PATTERN = /^[0-9a-f]{16}$/;
const MAX_SNAPSHOTS = 10_000;

export interface Layer {
  readonly base: string;
  /** The overlay below; null: the base file itself. */
  readonly below: string | null;
}

export interface StoredState {
  /** Chunk files that its memory index uses. */
  readonly chunks: readonly string[];
  readonly sizeBytes: number;
}

export interface SnapshotNode {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly description: string;
  readonly createdMs: number;
  /** null: the VM was off. */
  readonly state: string | null;
  /** Frozen layer by base file; null: the base file itself. */
  readonly layers: Readonly<Record<string, string | null>>;
  readonly hasThumbnail: boolean;
}

export interface SnapshotTree {
  readonly here: string | null;
  /** The saved state that the next start goes on from. */
  readonly resume: string | null;
  /** A restore is committed, but the snapshot's configuration is not in place yet. */
  readonly restoring: string | null;
  /** Active overlay by base file; absent: the base file itself. */
  readonly active: Readonly<Record<string, string>>;
  readonly layers: Readonly<Record<string, Layer>>;
  readonly states: Readonly<Record<string, StoredState>>;
  readonly snapshots: readonly SnapshotNode[];
}

export const emptyTree: SnapshotTree = {
  here: null,
  resume: null,
  restoring: null,
  active: {},
  layers: {},
  states: {},
  snapshots: [],
};

export interface Reachable {
  readonly layers: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
  readonly chunks: ReadonlySet<string>;
  readonly snapshots: ReadonlySet<string>;
}

export function reachable(tree: SnapshotTree): Reachable {
  const layers = new Set<string>();
  const addLayers = (top: string | null | undefined) => {
    for (let id = top; id != null && !layers.has(id); id = tree.layers[id]?.below) layers.add(id);
  };
  for (const id of Object.values(tree.active)) addLayers(id);
  const states = new Set<string>();
  if (tree.resume !== null) states.add(tree.resume);
  for (const node of tree.snapshots) {
    for (const id of Object.values(node.layers)) addLayers(id);
    if (node.state !== null) states.add(node.state);
  }
  const chunks = new Set<string>();
  for (const id of states) for (const chunk of tree.states[id]?.chunks ?? []) chunks.add(chunk);
  return { layers, states, chunks, snapshots: new Set(tree.snapshots.map((node) => node.id)) };
}

/** Without the layers and states that nothing uses any more. */
export function prune(tree: SnapshotTree): SnapshotTree {
  const used = reachable(tree);
  const keep = <T>(all: Readonly<Record<string, T>>, ids: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => ids.has(id)));
  return { ...tree, layers: keep(tree.layers, used.layers), states: keep(tree.states, used.states) };
}

export function withSnapshot(tree: SnapshotTree, node: SnapshotNode): SnapshotTree {
  return { ...tree, snapshots: [...tree.snapshots, node], here: node.id };
}

/** Children move up to the removed snapshot's parent. */
export function withoutSnapshot(tree: SnapshotTree, id: string): SnapshotTree {
  const gone = findSnapshot(tree, id);
  return {
    ...tree,
    here: tree.here === id ? gone.parent : tree.here,
    snapshots: tree.snapshots
      .filter((node) => node.id !== id)
      .map((node) => (node.parent === id ? { ...node, parent: gone.parent } : node)),
  };
}

/** With everything that was taken after it; "You Are Here" moves up when it was below. */
export function withoutBranch(tree: SnapshotTree, id: string): SnapshotTree {
  return branchOf(tree, id).reduceRight(withoutSnapshot, tree);
}

/** A snapshot and those below it, parents before children. */
export function branchOf(tree: SnapshotTree, id: string): string[] {
  const ids = [findSnapshot(tree, id).id];
  // Grows while it is walked.
  for (const parent of ids) {
    for (const node of tree.snapshots) if (node.parent === parent && !ids.includes(node.id)) ids.push(node.id);
  }
  return ids;
}

export function findSnapshot(tree: SnapshotTree, id: string): SnapshotNode {
  const node = tree.snapshots.find((candidate) => candidate.id === id);
  if (node === undefined) throw new VmError('snapshot-not-found', `there is no snapshot ${id}`, { id });
  return node;
}

const FORMAT = 'subzero-snapshots';
const VERSION = 1;

export function formatTree(tree: SnapshotTree): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...tree }, undefined, 1)}\n`;
}

/** Throws 'snapshot-corrupt' naming the part; `path` is for the message. */
export function parseTree(text: string, path: string): SnapshotTree {
  const reader = new TreeReader(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new VmError('snapshot-corrupt', `${path} is damaged: it is not JSON`, { path }, error);
  }
  return reader.tree(json);
}

type Json = Record<string, unknown>;

class TreeReader {
  constructor(private readonly path: string) {}

  tree(value: unknown): SnapshotTree {
    const json = this.#object(value, 'the tree');
    if (json['format'] !== FORMAT) this.#fail('the tree', 'has another format');
    if (json['version'] !== VERSION) {
      throw new VmError('snapshot-corrupt', `${this.path} was written by a newer Subzero`, { path: this.path });
    }
    const tree: SnapshotTree = {
      here: this.#optionalId(json['here'], 'here'),
      resume: this.#optionalId(json['resume'], 'resume'),
      restoring: this.#optionalId(json['restoring'], 'restoring'),
      active: this.#map(json['active'], 'active', (item, part) => this.#id(item, part)),
      layers: this.#map(json['layers'], 'layers', (item, part, key) => this.#layer(item, part, key)),
      states: this.#map(json['states'], 'states', (item, part, key) => this.#state(item, part, key)),
      snapshots: this.#list(json['snapshots'], 'snapshots').map((item, i) => this.#snapshot(item, `snapshots[${i}]`)),
    };
    this.#checkTogether(tree);
    return tree;
  }

  #layer(value: unknown, part: string, key: string): Layer {
    this.#id(key, part);
    const json = this.#object(value, part);
    return { base: this.#text(json['base'], `${part}.base`), below: this.#optionalId(json['below'], `${part}.below`) };
  }

  #state(value: unknown, part: string, key: string): StoredState {
    this.#id(key, part);
    const json = this.#object(value, part);
    return {
      chunks: this.#list(json['chunks'], `${part}.chunks`).map((id) => this.#id(id, `${part}.chunks`)),
      sizeBytes: this.#number(json['sizeBytes'], `${part}.sizeBytes`),
    };
  }

  #snapshot(value: unknown, part: string): SnapshotNode {
    const json = this.#object(value, part);
    return {
      id: this.#id(json['id'], `${part}.id`),
      parent: this.#optionalId(json['parent'], `${part}.parent`),
      name: this.#text(json['name'], `${part}.name`),
      description: this.#text(json['description'], `${part}.description`),
      createdMs: this.#number(json['createdMs'], `${part}.createdMs`),
      state: this.#optionalId(json['state'], `${part}.state`),
      layers: this.#map(json['layers'], `${part}.layers`, (item, at) => this.#optionalId(item, at)),
      hasThumbnail: json['hasThumbnail'] === true,
    };
  }

  /** References lead somewhere, and nothing is below or above itself. */
  #checkTogether(tree: SnapshotTree): void {
    const ids = new Set(tree.snapshots.map((node) => node.id));
    if (ids.size !== tree.snapshots.length) this.#fail('snapshots', 'have an id twice');
    const layer = (id: string | null, base: string, part: string) => {
      if (id !== null && tree.layers[id]?.base !== base) this.#fail(part, 'names a layer that is not there');
    };
    const state = (id: string | null, part: string) => {
      if (id !== null && tree.states[id] === undefined) this.#fail(part, 'names a state that is not there');
    };
    for (const [id, entry] of Object.entries(tree.layers)) layer(entry.below, entry.base, `layers.${id}`);
    for (const [base, id] of Object.entries(tree.active)) layer(id, base, `active.${base}`);
    state(tree.resume, 'resume');
    for (const node of tree.snapshots) {
      for (const [base, id] of Object.entries(node.layers)) layer(id, base, `snapshots.${node.id}`);
      state(node.state, `snapshots.${node.id}`);
      if (node.parent !== null && !ids.has(node.parent)) this.#fail(`snapshots.${node.id}`, 'has no such parent');
    }
    if (tree.here !== null && !ids.has(tree.here)) this.#fail('here', 'names a snapshot that is not there');
    if (tree.restoring !== null && !ids.has(tree.restoring))
      this.#fail('restoring', 'names a snapshot that is not there');
    this.#checkNoLoops('layers', new Map(Object.entries(tree.layers).map(([id, entry]) => [id, entry.below])));
    this.#checkNoLoops('snapshots', new Map(tree.snapshots.map((node) => [node.id, node.parent])));
  }

  #checkNoLoops(part: string, next: ReadonlyMap<string, string | null>): void {
    const ends = new Set<string>();
    for (const start of next.keys()) {
      const walked = new Set<string>();
      for (let id: string | null | undefined = start; id != null && !ends.has(id); id = next.get(id)) {
        if (walked.has(id)) this.#fail(part, 'form a loop');
        walked.add(id);
      }
      for (const id of walked) ends.add(id);
    }
  }

  #object(value: unknown, part: string): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#fail(part, 'is not an object');
    return value as Json;
  }

  #map<T>(value: unknown, part: string, read: (item: unknown, part: string, key: string) => T): Record<string, T> {
    return Object.fromEntries(
      Object.entries(this.#object(value, part)).map(([key, item]) => [key, read(item, `${part}.${key}`, key)]),
    );
  }

  #list(value: unknown, part: string): unknown[] {
    if (!Array.isArray(value) || value.length > MAX_SNAPSHOTS) this.#fail(part, 'is not a list');
    return value as unknown[];
  }

  #id(value: unknown, part: string): string {
    if (typeof value !== 'string' || !ID_PATTERN.test(value)) this.#fail(part, 'is not an id');
    return value as string;
  }

  #optionalId(value: unknown, part: string): string | null {
    return value === null ? null : this.#id(value, part);
  }

  #text(value: unknown, part: string): string {
    if (typeof value !== 'string') this.#fail(part, 'is not a text');
    return value as string;
  }

  #number(value: unknown, part: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) this.#fail(part, 'is not a number');
    return value as number;
  }

  #fail(part: string, problem: string): never {
    throw new VmError('snapshot-corrupt', `${this.path} is damaged: ${part} ${problem}`, { path: this.path, part });
  }
}
