import { type Disk, sectorBytes } from './disk';

/** Of a cylinder and a track. */
interface Counts {
  readonly heads: number;
  readonly sectors: number;
}

const SIGNATURE_AT = 510;
const TABLE_AT = 446;
const ENTRY_BYTES = 16;
const ENTRIES = 4;
/** What ten bits of cylinder say of everything beyond them. */
const LAST_CYLINDER = 1023;
/** What BIOSes have used, for partitions that do not end where a cylinder does. */
const USUAL: readonly Counts[] = [
  ...[255, 240, 128, 64, 32, 16, 15].map((heads) => ({ heads, sectors: 63 })),
  ...[64, 16].map((heads) => ({ heads, sectors: 32 })),
];

interface Address {
  readonly cylinder: number;
  readonly head: number;
  readonly sector: number;
  readonly lba: number;
}

/**
 * Heads and sectors a track that the addresses in a partition table were made with: loaders of old systems find their files by such
 * addresses, so a BIOS must count the same way. undefined where the table does not tell.
 */
export function partitionGeometry(firstSector: Uint8Array): Counts | undefined {
  if (firstSector[SIGNATURE_AT] !== 0x55 || firstSector[SIGNATURE_AT + 1] !== 0xaa) return undefined;
  for (let i = 0; i < ENTRIES; i++) {
    const entry = firstSector.subarray(TABLE_AT + i * ENTRY_BYTES, TABLE_AT + (i + 1) * ENTRY_BYTES);
    const first = little(entry, 8);
    const count = little(entry, 12);
    if (entry[4] === 0 || first === 0 || count === 0) continue;
    const ends = [address(entry, 1, first), address(entry, 5, first + count - 1)] as const;
    const last = ends[1];
    const candidates = [{ heads: last.head + 1, sectors: last.sector }, ...USUAL];
    const found = candidates.find((geometry) => explains(geometry, ends));
    if (found !== undefined) return found;
  }
  return undefined;
}

function explains({ heads, sectors }: Counts, ends: readonly Address[]): boolean {
  const told = ends.filter(({ cylinder }) => cylinder < LAST_CYLINDER);
  // Without a cylinder, the number of heads did not matter.
  if (!told.some(({ cylinder }) => cylinder > 0)) return false;
  return told.every(
    ({ cylinder, head, sector, lba }) =>
      head < heads && sector >= 1 && sector <= sectors && (cylinder * heads + head) * sectors + sector - 1 === lba,
  );
}

function address(entry: Uint8Array, at: number, lba: number): Address {
  const [head = 0, low = 0, cylinder = 0] = entry.subarray(at, at + 3);
  return { head, sector: low & 63, cylinder: ((low & 0xc0) << 2) | cylinder, lba };
}

function little(bytes: Uint8Array, at: number): number {
  return bytes[at]! + bytes[at + 1]! * 0x100 + bytes[at + 2]! * 0x10000 + bytes[at + 3]! * 0x1000000;
}

/** The same of a whole disk; one that cannot be read tells nothing. */
export async function diskGeometry(disk: Disk | undefined): Promise<Counts | undefined> {
  if (disk === undefined || disk.sizeBytes < sectorBytes) return undefined;
  const sector = new Uint8Array(sectorBytes);
  return disk.read(0, sector).then(
    () => partitionGeometry(sector),
    () => undefined,
  );
}
