/** Floppy formats, told by the size of the image. All have 512-byte sectors. */
export interface FloppyFormat {
  readonly tracks: number;
  readonly heads: number;
  readonly sectors: number;
  /** Codes of DSR/CCR bits 0-1 at which the medium reads: 0 500, 1 300, 2 250, 3 1000 kbit/s. */
  readonly rates: readonly number[];
  /** CMOS type of the drive that the format belongs to. */
  readonly driveType: FloppyDriveType;
}

/** 0 none, 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M. */
export type FloppyDriveType = 0 | 1 | 2 | 3 | 4 | 5;

export const SECTOR = 512;
const HIGH = [0];
const DOUBLE_5 = [2, 1];
const DOUBLE_3 = [2, 1];
const EXTRA = [3];

/** tracks, heads, sectors, rates, drive type; by size. */
const TABLE: readonly [number, number, number, readonly number[], FloppyDriveType][] = [
  [40, 1, 8, DOUBLE_5, 1],
  [40, 1, 9, DOUBLE_5, 1],
  [40, 2, 8, DOUBLE_5, 1],
  [40, 2, 9, DOUBLE_5, 1],
  [80, 2, 8, DOUBLE_3, 4],
  [80, 2, 9, DOUBLE_3, 4],
  [80, 2, 10, DOUBLE_3, 4],
  [82, 2, 10, DOUBLE_3, 4],
  [83, 2, 10, DOUBLE_3, 4],
  [80, 2, 15, HIGH, 2],
  [80, 2, 18, HIGH, 4],
  [80, 2, 20, HIGH, 4],
  [80, 2, 21, HIGH, 4],
  [82, 2, 21, HIGH, 4],
  [83, 2, 21, HIGH, 4],
  [80, 2, 22, HIGH, 4],
  [80, 2, 23, HIGH, 4],
  [80, 2, 24, HIGH, 4],
  [80, 2, 36, EXTRA, 5],
];

const FORMATS: readonly FloppyFormat[] = TABLE.map(([tracks, heads, sectors, rates, driveType]) => ({
  tracks,
  heads,
  sectors,
  rates,
  driveType,
}));

/** Tracks that drives reach, and formatting programs use, beyond 80. */
const TRACKS_MAX = 83;
/** Sectors per track of the formats with 80 tracks that everything knows. */
const COMMON = [9, 15, 18, 36];

const trackPair = ({ heads, sectors }: FloppyFormat): number => heads * sectors * SECTOR;
const sizeOf = (format: FloppyFormat): number => format.tracks * trackPair(format);

/** A common format with a track or more added to hold an image that is a little larger. */
function longerFormat(sizeBytes: number): FloppyFormat | undefined {
  const format = FORMATS.find(
    (one) =>
      COMMON.includes(one.sectors) &&
      one.tracks === 80 &&
      sizeBytes > sizeOf(one) &&
      sizeBytes <= TRACKS_MAX * trackPair(one),
  );
  return format && { ...format, tracks: Math.ceil(sizeBytes / trackPair(format)) };
}

/** The format of exactly this size, else a common one that is a little longer, else the smallest that holds it, else the largest. */
export function formatOf(sizeBytes: number): FloppyFormat {
  const standard = sizeBytes <= 1_474_560 && sizeBytes > 1_228_800 ? 18 : undefined;
  return (
    FORMATS.find((format) => sizeOf(format) === sizeBytes) ??
    FORMATS.find((format) => format.sectors === standard) ??
    longerFormat(sizeBytes) ??
    FORMATS.find((format) => sizeOf(format) >= sizeBytes) ??
    FORMATS[FORMATS.length - 1]!
  );
}

/** The drive to build for a machine that starts with this image; an empty one is a 1.44M drive. */
export function driveTypeFor(sizeBytes: number | undefined): FloppyDriveType {
  return sizeBytes === undefined ? 4 : formatOf(sizeBytes).driveType;
}
