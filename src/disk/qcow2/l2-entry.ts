/** Entries of L1 and L2 tables (specification, "Cluster mapping"). */

const HIGH_COPIED = 0x8000_0000;
const HIGH_COMPRESSED = 0x4000_0000;
/** Offsets take bits 9 to 55. */
const HIGH_OFFSET_MASK = 0x00ff_ffff;
const HIGH_RESERVED = 0x3f00_0000;
const LOW_ZERO = 1;
const LOW_RESERVED_L1 = 0x1ff;
const LOW_RESERVED_L2 = 0x1fe;

export type Mapping =
  | { readonly kind: 'unallocated' }
  /** Reads as zeros; `hostOffset` is a cluster that is kept for it, 0 when there is none. */
  | { readonly kind: 'zero'; readonly hostOffset: number; readonly isOwned: boolean }
  /** `isOwned`: the only reference, so it may be written in place. */
  | { readonly kind: 'data'; readonly hostOffset: number; readonly isOwned: boolean }
  | { readonly kind: 'compressed'; readonly hostOffset: number; readonly length: number }
  | { readonly kind: 'bad' };

const unallocated: Mapping = { kind: 'unallocated' };
const bad: Mapping = { kind: 'bad' };

/** `version` 2 has no zero clusters. */
export function readL2Entry(table: DataView, index: number, clusterBits: number, version: 2 | 3): Mapping {
  const high = table.getUint32(index * 8);
  const low = table.getUint32(index * 8 + 4);
  if ((high | low) === 0) return unallocated;
  if ((high & HIGH_COMPRESSED) !== 0) return readCompressed(high, low, clusterBits);
  if ((high & HIGH_RESERVED) !== 0 || (low & LOW_RESERVED_L2) !== 0) return bad;
  const isZero = (low & LOW_ZERO) !== 0;
  if (isZero && version === 2) return bad;
  const hostOffset = (high & HIGH_OFFSET_MASK) * 0x1_0000_0000 + ((low & ~0x1ff) >>> 0);
  if (hostOffset > Number.MAX_SAFE_INTEGER || hostOffset % 2 ** clusterBits !== 0) return bad;
  const isOwned = (high & HIGH_COPIED) !== 0;
  if (isZero) return { kind: 'zero', hostOffset, isOwned };
  return hostOffset === 0 ? bad : { kind: 'data', hostOffset, isOwned };
}

/** The offset has `62 - (clusterBits - 8)` bits, the number of further 512-byte sectors the rest. */
function readCompressed(high: number, low: number, clusterBits: number): Mapping {
  const offsetBits = 62 - (clusterBits - 8);
  const entry = (BigInt(high & 0x3fff_ffff) << 32n) | BigInt(low);
  const offset = entry & ((1n << BigInt(offsetBits)) - 1n);
  const sectors = Number(entry >> BigInt(offsetBits)) + 1;
  if (offset > BigInt(Number.MAX_SAFE_INTEGER) || offset === 0n) return bad;
  const hostOffset = Number(offset);
  return { kind: 'compressed', hostOffset, length: sectors * 512 - (hostOffset % 512) };
}

export function writeDataEntry(table: DataView, index: number, hostOffset: number): void {
  table.setUint32(index * 8, (Math.floor(hostOffset / 0x1_0000_0000) | HIGH_COPIED) >>> 0);
  table.setUint32(index * 8 + 4, hostOffset >>> 0);
}

/** A cluster that reads as zeros and takes no space. */
export function writeZeroEntry(table: DataView, index: number): void {
  table.setUint32(index * 8, 0);
  table.setUint32(index * 8 + 4, LOW_ZERO);
}

export function writeEmptyEntry(table: DataView, index: number): void {
  table.setUint32(index * 8, 0);
  table.setUint32(index * 8 + 4, 0);
}

/** An L1 table: where the L2 tables are (0: none), and 1 where one belongs to this L1 table alone. */
export interface L1Table {
  readonly offsets: Float64Array;
  readonly owned: Uint8Array;
}

/** Takes a whole L1 table apart; `onBad` throws for a bad entry, or one that occurs twice. */
export function readL1Table(bytes: DataView, clusterBytes: number, onBad: (index: number) => never): L1Table {
  const count = bytes.byteLength / 8;
  const offsets = new Float64Array(count);
  const owned = new Uint8Array(count);
  const seen = new Set<number>();
  for (let i = 0; i < count; i++) {
    const high = bytes.getUint32(i * 8);
    const low = bytes.getUint32(i * 8 + 4);
    const offset = (high & HIGH_OFFSET_MASK) * 0x1_0000_0000 + low;
    const hasReserved = (high & (HIGH_RESERVED | HIGH_COMPRESSED)) !== 0 || (low & LOW_RESERVED_L1) !== 0;
    if (hasReserved || offset > Number.MAX_SAFE_INTEGER || offset % clusterBytes !== 0) onBad(i);
    if (offset === 0) continue;
    if (seen.has(offset)) onBad(i);
    seen.add(offset);
    offsets[i] = offset;
    owned[i] = (high & HIGH_COPIED) !== 0 ? 1 : 0;
  }
  return { offsets, owned };
}
