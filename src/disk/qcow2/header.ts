/**
 * The qcow2 header, versions 2 and 3, and its extensions, after QEMU's docs/interop/qcow2.txt ("the specification" in this
 * folder). Every value is bounded here, so that nothing later allocates, loops or reads by a number out of a hostile file.
 * Not supported: encryption, external data files, extended L2 entries, zstd compression; their images are refused by name.
 */
import { divideUp } from '../../base/bits';
import { asciiBytes, readAscii, readSafeU64BE, viewOf, writeU64BE } from '../../base/bytes';
import { VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';

export const QCOW2_MAGIC = 0x514649fb;

export const INCOMPATIBLE_DIRTY = 1 << 0;
export const INCOMPATIBLE_CORRUPT = 1 << 1;
const INCOMPATIBLE_DATA_FILE = 1 << 2;
const INCOMPATIBLE_COMPRESSION_TYPE = 1 << 3;
const INCOMPATIBLE_EXTENDED_L2 = 1 << 4;

const EXTENSION_END = 0;
const EXTENSION_BACKING_FORMAT = 0xe2792aca;
const EXTENSION_FEATURE_NAMES = 0x6803f857;

const HEADER_BYTES_V2 = 72;
const HEADER_BYTES_V3 = 104;

/** Offsets of the fields that are written to an existing image. */
export const HEADER_REFCOUNT_TABLE_OFFSET = 48;
export const HEADER_INCOMPATIBLE_FEATURES = 72;
export const HEADER_AUTOCLEAR_FEATURES = 88;

/** The same limits as QEMU's. */
const MAX_L1_BYTES = 32 << 20;
export const MAX_REFCOUNT_TABLE_BYTES = 8 << 20;
const MAX_SNAPSHOTS = 65536;
const MAX_BACKING_NAME = 1023;

export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  readonly clusterBytes: number;
  readonly sizeBytes: number;
  readonly l1Offset: number;
  readonly l1Entries: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  /** Width of one reference count is `1 << refcountOrder` bits. */
  readonly refcountOrder: number;
  readonly snapshotCount: number;
  readonly snapshotsOffset: number;
  readonly isDirty: boolean;
  readonly hasAutoclearBits: boolean;
  readonly backingFile: string | undefined;
  /** 'raw', 'qcow2', …; undefined when the image does not say. */
  readonly backingFormat: string | undefined;
}

export function corrupt(path: string, part: string, problem: string): VmError {
  return new VmError('image-corrupt', `${path} is damaged: ${part} ${problem}`, { path, part });
}

export function unsupported(path: string, what: string): VmError {
  return new VmError('image-unsupported', `${path} uses ${what}, which is not supported yet`, { path, what });
}

export async function readQcow2Header(file: HostFile): Promise<Qcow2Header> {
  const first = new Uint8Array(HEADER_BYTES_V3 + 8);
  const got = await file.read(0, first);
  const path = file.path;
  if (got < HEADER_BYTES_V2) throw corrupt(path, 'the header', 'is cut off');
  const view = viewOf(first);
  if (view.getUint32(0) !== QCOW2_MAGIC) throw corrupt(path, 'the header', 'does not begin as a qcow2 image does');
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw unsupported(path, `version ${version} of the qcow2 format`);
  if (version === 3 && got < HEADER_BYTES_V3) throw corrupt(path, 'the header', 'is cut off');

  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) throw corrupt(path, 'the cluster size', `is 2^${clusterBits}`);
  const clusterBytes = 2 ** clusterBits;
  const headerBytes = version === 2 ? HEADER_BYTES_V2 : view.getUint32(100);
  if (version === 3 && (headerBytes < HEADER_BYTES_V3 || headerBytes > clusterBytes || headerBytes % 8 !== 0)) {
    throw corrupt(path, 'the header length', `is ${headerBytes}`);
  }
  const area = new Uint8Array(clusterBytes);
  const areaBytes = await file.read(0, area);
  const extensions = readExtensions(path, area.subarray(0, areaBytes), headerBytes, view);
  if (version === 3) refuseUnknownFeatures(path, view, first, headerBytes, extensions.featureNames);
  if (view.getUint32(32) !== 0) throw unsupported(path, 'encryption');

  const header: Qcow2Header = {
    version,
    clusterBits,
    clusterBytes,
    sizeBytes: safe(path, view, 24, 'the virtual size'),
    l1Entries: view.getUint32(36),
    l1Offset: safe(path, view, 40, 'the L1 table offset'),
    refcountTableOffset: safe(path, view, 48, 'the refcount table offset'),
    refcountTableClusters: view.getUint32(56),
    snapshotCount: view.getUint32(60),
    snapshotsOffset: safe(path, view, 64, 'the snapshot table offset'),
    refcountOrder: version === 2 ? 4 : view.getUint32(96),
    isDirty: version === 3 && (view.getUint32(76) & INCOMPATIBLE_DIRTY) !== 0,
    hasAutoclearBits: version === 3 && (view.getUint32(88) | view.getUint32(92)) !== 0,
    backingFile: extensions.backingFile,
    backingFormat: extensions.backingFormat,
  };
  checkHeader(path, header);
  return header;
}

function safe(path: string, view: DataView, offset: number, part: string): number {
  const value = readSafeU64BE(view, offset);
  if (value === undefined) throw corrupt(path, part, 'is far too large');
  return value;
}

function checkHeader(path: string, header: Qcow2Header): void {
  const { clusterBytes, l1Entries } = header;
  if (header.refcountOrder > 6) throw corrupt(path, 'the refcount width', `is 2^${header.refcountOrder} bits`);
  const l1Needed = l1EntriesFor(header.sizeBytes, clusterBytes);
  if (l1Needed * 8 > MAX_L1_BYTES) throw corrupt(path, 'the virtual size', `is ${header.sizeBytes}`);
  if (l1Entries * 8 > MAX_L1_BYTES) throw corrupt(path, 'the L1 table', `has ${l1Entries} entries`);
  if (l1Entries < l1Needed) throw corrupt(path, 'the L1 table', 'is too small for the virtual size');
  if (l1Entries > 0 && (header.l1Offset === 0 || header.l1Offset % clusterBytes !== 0)) {
    throw corrupt(path, 'the L1 table', `lies at ${header.l1Offset}`);
  }
  const refcountBytes = header.refcountTableClusters * clusterBytes;
  if (refcountBytes === 0 || refcountBytes > MAX_REFCOUNT_TABLE_BYTES) {
    throw corrupt(path, 'the refcount table', `has ${header.refcountTableClusters} clusters`);
  }
  if (header.refcountTableOffset === 0 || header.refcountTableOffset % clusterBytes !== 0) {
    throw corrupt(path, 'the refcount table', `lies at ${header.refcountTableOffset}`);
  }
  if (header.snapshotCount > MAX_SNAPSHOTS) {
    throw corrupt(path, 'the snapshot table', `has ${header.snapshotCount} entries`);
  }
  if (header.snapshotCount > 0 && header.snapshotsOffset % clusterBytes !== 0) {
    throw corrupt(path, 'the snapshot table', `lies at ${header.snapshotsOffset}`);
  }
}

/** Entries of the L1 table that a disk needs: each covers one L2 table, which is one cluster of 8-byte entries. */
export function l1EntriesFor(sizeBytes: number, clusterBytes: number): number {
  return divideUp(sizeBytes, clusterBytes * (clusterBytes / 8));
}

interface Extensions {
  readonly backingFile: string | undefined;
  readonly backingFormat: string | undefined;
  readonly featureNames: ReadonlyMap<number, string>;
}

function readExtensions(path: string, area: Uint8Array, start: number, header: DataView): Extensions {
  const nameOffset = safe(path, header, 8, 'the backing file name');
  const nameBytes = header.getUint32(16);
  let backingFile: string | undefined;
  let end = area.length;
  if (nameOffset !== 0) {
    if (nameBytes > MAX_BACKING_NAME || nameOffset < start || nameOffset + nameBytes > area.length) {
      throw corrupt(path, 'the backing file name', 'lies outside the first cluster or is too long');
    }
    if (nameBytes > 0) backingFile = new TextDecoder().decode(area.subarray(nameOffset, nameOffset + nameBytes));
    end = nameOffset;
  }
  const view = viewOf(area);
  const featureNames = new Map<number, string>();
  let backingFormat: string | undefined;
  for (let at = start; at + 8 <= end; ) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === EXTENSION_END) break;
    const data = at + 8;
    if (length > end - data) throw corrupt(path, 'a header extension', 'runs past the header');
    if (type === EXTENSION_BACKING_FORMAT) backingFormat = readAscii(area, data, Math.min(length, 16));
    if (type === EXTENSION_FEATURE_NAMES) {
      for (let entry = data; entry + 48 <= data + length; entry += 48) {
        // Type 0: an incompatible feature; then its bit and its name.
        if (area[entry] === 0 && area[entry + 1]! < 64)
          featureNames.set(area[entry + 1]!, readAscii(area, entry + 2, 46));
      }
    }
    at = data + divideUp(length, 8) * 8;
  }
  return { backingFile, backingFormat, featureNames };
}

function refuseUnknownFeatures(
  path: string,
  view: DataView,
  first: Uint8Array,
  headerBytes: number,
  names: ReadonlyMap<number, string>,
): void {
  const high = view.getUint32(72);
  const low = view.getUint32(76);
  if ((low & INCOMPATIBLE_CORRUPT) !== 0) {
    throw corrupt(path, 'the image', "was marked corrupt by the program that wrote it; try 'qemu-img check -r all'");
  }
  if ((low & INCOMPATIBLE_DATA_FILE) !== 0) throw unsupported(path, 'an external data file');
  if ((low & INCOMPATIBLE_EXTENDED_L2) !== 0) throw unsupported(path, 'extended L2 entries (subclusters)');
  if ((low & INCOMPATIBLE_COMPRESSION_TYPE) !== 0) {
    const type = headerBytes > HEADER_BYTES_V3 ? first[HEADER_BYTES_V3] : 0;
    if (type !== 0) throw unsupported(path, type === 1 ? 'zstd compression' : `compression type ${type}`);
  }
  for (let bit = 5; bit < 64; bit++) {
    const isSet = bit < 32 ? (low >>> bit) & 1 : (high >>> (bit - 32)) & 1;
    if (isSet !== 0) throw unsupported(path, `the feature '${names.get(bit) ?? `number ${bit}`}'`);
  }
}

export interface NewQcow2 {
  readonly sizeBytes: number;
  readonly clusterBits: number;
  readonly backing: { readonly file: string; readonly format: 'raw' | 'qcow2' } | undefined;
  readonly l1Offset: number;
  readonly l1Entries: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
}

/** The first cluster of a new version 3 image: 16-bit refcounts, no features. */
export function formatQcow2Header(image: NewQcow2): Uint8Array {
  const bytes = new Uint8Array(2 ** image.clusterBits);
  const view = viewOf(bytes);
  view.setUint32(0, QCOW2_MAGIC);
  view.setUint32(4, 3);
  view.setUint32(20, image.clusterBits);
  writeU64BE(view, 24, image.sizeBytes);
  view.setUint32(36, image.l1Entries);
  writeU64BE(view, 40, image.l1Offset);
  writeU64BE(view, 48, image.refcountTableOffset);
  view.setUint32(56, image.refcountTableClusters);
  view.setUint32(96, 4);
  view.setUint32(100, HEADER_BYTES_V3);
  let at = HEADER_BYTES_V3;
  if (image.backing !== undefined) {
    const format = asciiBytes(image.backing.format);
    view.setUint32(at, EXTENSION_BACKING_FORMAT);
    view.setUint32(at + 4, format.length);
    bytes.set(format, at + 8);
    at += 8 + divideUp(format.length, 8) * 8;
  }
  view.setUint32(at, EXTENSION_END);
  at += 8;
  if (image.backing !== undefined) {
    const name = new TextEncoder().encode(image.backing.file);
    if (name.length > MAX_BACKING_NAME || at + name.length > bytes.length) {
      throw new VmError('bad-argument', `the name of the backing file is too long: ${image.backing.file}`);
    }
    writeU64BE(view, 8, at);
    view.setUint32(16, name.length);
    bytes.set(name, at);
  }
  return bytes;
}
