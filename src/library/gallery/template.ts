/**
 * A gallery guest that was started at set-up and then saved: a VM's folder, and `template.json` that says for which engine.
 * Its saved state is read only by a machine that would write the same.
 */
import * as path from 'node:path';
import { readWholeFile } from '../../base/atomic-file';
import type { HostFiles } from '../../base/host-files';
import type { CopiedFile } from '../copy-files';
import type { NewVm } from '../library';
import { loadConfig } from '../vm-folder';
import type { GalleryId } from './gallery';

/** Written by the build: a hash of all that decides what a saved state means. */
const ENGINE_FILE = 'engine-state.json';
export const TEMPLATE_FILE = 'template.json';
const MAX_BYTES = 1 << 16;
/** Of a VM's folder: what a copy of it does without. */
const NOT_COPIED = new Set(['vm.json', 'vm.lock', 'vm.log', TEMPLATE_FILE]);

export function templateFolder(out: string, id: GalleryId): string {
  return path.join(out, 'gallery', id);
}

/** undefined when there is none, or it was made for another engine. */
export async function readTemplate(
  files: HostFiles,
  out: string,
  id: GalleryId,
  name: string,
): Promise<NewVm | undefined> {
  const folder = templateFolder(out, id);
  const made = await readEngine(files, path.join(folder, TEMPLATE_FILE));
  const ours = await readEngine(files, path.join(out, ENGINE_FILE));
  if (made === undefined || made !== ours) return undefined;
  const loaded = await loadConfig(files, folder);
  if (loaded?.ok !== true) return undefined;
  return { config: { ...loaded.config, name }, disks: [], copies: await filesBelow(files, folder, '') };
}

/** The engine that a JSON file names; undefined when there is none. */
export async function readEngine(files: HostFiles, file: string): Promise<string | undefined> {
  const bytes = await readWholeFile(files, file, MAX_BYTES);
  if (bytes === undefined) return undefined;
  try {
    const { engine } = (JSON.parse(new TextDecoder().decode(bytes)) ?? {}) as { engine?: unknown };
    return typeof engine === 'string' ? engine : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function engineFile(out: string): string {
  return path.join(out, ENGINE_FILE);
}

async function filesBelow(files: HostFiles, root: string, within: string): Promise<CopiedFile[]> {
  const found: CopiedFile[] = [];
  for (const name of (await files.list(path.join(root, within))) ?? []) {
    const to = within === '' ? name : `${within}/${name}`;
    if (NOT_COPIED.has(to)) continue;
    const from = path.join(root, to);
    const kind = (await files.stat(from))?.kind;
    if (kind === 'folder') found.push(...(await filesBelow(files, root, to)));
    else if (kind === 'file') found.push({ from, to, isReplaceable: true });
  }
  return found;
}
