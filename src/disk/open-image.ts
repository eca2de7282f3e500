import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { readQcow2Header } from './qcow2/header';
import { Qcow2Disk } from './qcow2/qcow2-disk';
import { RawDisk } from './raw/raw-disk';
import { sniffImage } from './sniff';

export type ImageFormat = 'raw' | 'qcow2';
export type ImageDisk = RawDisk | Qcow2Disk;

/** Where backing files may lie; an image from a stranger must not make us read other files. */
export interface Reach {
  /** Everything below this folder. */
  readonly folder: string;
  /** Further files that the user agreed to, as absolute paths. */
  readonly agreed: readonly string[];
}

/** Deep enough for years of snapshots, and an end for hostile chains. */
const MAX_CHAIN = 1024;
/** The L1 tables of a chain stay in memory. */
const MAX_CHAIN_L1_BYTES = 256 << 20;

interface Layer {
  readonly path: string;
  readonly format: ImageFormat;
}

/** Opens an image with all that lies below it. Only the uppermost layer is ever written. */
export async function openImage(
  files: HostFiles,
  imagePath: string,
  format: ImageFormat,
  options: { readonly isReadOnly: boolean; readonly reach: Reach },
): Promise<ImageDisk> {
  const layers = await findLayers(files, { path: imagePath, format }, options.reach);
  let disk: ImageDisk | undefined;
  for (let i = layers.length - 1; i >= 0; i--) {
    const isReadOnly = i > 0 || options.isReadOnly;
    const below: ImageDisk | undefined = disk;
    try {
      disk = await openLayer(files, layers[i]!, isReadOnly, below);
    } catch (error) {
      await below?.close();
      throw error;
    }
  }
  return disk!;
}

/** Opens one layer over another that is open already. `below` becomes part of it. */
async function openLayer(
  files: HostFiles,
  layer: Layer,
  isReadOnly: boolean,
  below: ImageDisk | undefined,
): Promise<ImageDisk> {
  const file = await files.open(layer.path, isReadOnly ? 'read' : 'update');
  return layer.format === 'raw'
    ? RawDisk.open(file, { isReadOnly })
    : Qcow2Disk.open(file, { isReadOnly, backing: below });
}

/** The chain from the top down. Throws when it is a loop, too long, or leads where it must not. */
async function findLayers(files: HostFiles, top: Layer, reach: Reach): Promise<Layer[]> {
  const layers: Layer[] = [];
  const seen = new Set<string>();
  const chainError = (problem: string, at: string) =>
    new VmError('image-chain', `${top.path} cannot be used: ${problem}`, { path: top.path, backing: at });
  let l1Bytes = 0;
  for (let layer: Layer | undefined = top; layer !== undefined; ) {
    const info = await files.stat(layer.path);
    if (info === undefined) {
      if (layer === top) throw new VmError('file-not-found', `${layer.path} does not exist`, { path: layer.path });
      throw chainError(`its backing file ${layer.path} is missing`, layer.path);
    }
    if (info.kind !== 'file') throw chainError(`${layer.path} is not a file`, layer.path);
    if (seen.has(info.identity)) throw chainError('its backing files form a loop', layer.path);
    if (layers.length === MAX_CHAIN) throw chainError(`it has more than ${MAX_CHAIN} layers`, layer.path);
    seen.add(info.identity);
    layers.push(layer);
    if (layer.format === 'raw') break;
    const below: { next: Layer | undefined; l1Entries: number } = await readBacking(files, layer.path, reach);
    l1Bytes += below.l1Entries * 8;
    if (l1Bytes > MAX_CHAIN_L1_BYTES) throw chainError('its layers are too large together', layer.path);
    layer = below.next;
  }
  return layers;
}

async function readBacking(
  files: HostFiles,
  imagePath: string,
  reach: Reach,
): Promise<{ next: Layer | undefined; l1Entries: number }> {
  const file = await files.open(imagePath, 'read');
  try {
    const header = await readQcow2Header(file);
    if (header.backingFile === undefined) return { next: undefined, l1Entries: header.l1Entries };
    const path = await resolveBacking(files, imagePath, header.backingFile, reach);
    const format = await backingFormatOf(files, imagePath, path, header.backingFormat);
    return { next: { path, format }, l1Entries: header.l1Entries };
  } finally {
    await file.close();
  }
}

/** The absolute path of a backing file, when it may be read. */
async function resolveBacking(files: HostFiles, imagePath: string, name: string, reach: Reach): Promise<string> {
  // 'nbd://…', 'json:{…}' and the like name other things than files.
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(name) || name.includes('\0')) {
    throw new VmError('image-unsupported', `${imagePath} lies over '${name}', which is not a plain file`, {
      path: imagePath,
      backing: name,
    });
  }
  const wanted = path.resolve(path.dirname(imagePath), name);
  if (reach.agreed.includes(wanted)) return wanted;
  const outside = new VmError(
    'path-outside',
    `${imagePath} lies over ${wanted}, which is outside its folder and was not agreed to`,
    { path: imagePath, backing: wanted },
  );
  // Judged before anything is asked of the file itself, then again with symbolic links followed.
  if (!isBelow(wanted, reach.folder) && !isBelow(wanted, await files.realPath(reach.folder))) throw outside;
  if ((await files.stat(wanted)) === undefined) return wanted;
  const real = await files.realPath(wanted);
  if (reach.agreed.includes(real) || isBelow(real, await files.realPath(reach.folder))) return wanted;
  throw outside;
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

async function backingFormatOf(
  files: HostFiles,
  imagePath: string,
  backing: string,
  format: string | undefined,
): Promise<ImageFormat> {
  if (format === 'raw' || format === 'qcow2') return format;
  if (format !== undefined) {
    throw new VmError('image-unsupported', `${imagePath} lies over a ${format} image, which is not supported yet`, {
      path: imagePath,
      format,
    });
  }
  // Old images do not say; whoever made this one probed too, and its own backing file is held to the same reach.
  if ((await files.stat(backing)) === undefined) return 'raw';
  return (await sniffImage(files, backing)).format;
}
