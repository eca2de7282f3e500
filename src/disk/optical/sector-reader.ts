/** Whatever bytes are read from: a host file, or an array in tests. */
export interface ByteSource {
  /** Fills `into` from `position`; returns fewer bytes only at the end. */
  read(position: number, into: Uint8Array): Promise<number>;
}

/** Logical sectors of optical media; ISO 9660 and UDF as found on discs use no other size. */
export const SECTOR_BYTES = 2048;

/** Reads whole sectors; one that the file does not hold is undefined. */
export class SectorReader {
  constructor(private readonly source: ByteSource) {}

  async read(sector: number): Promise<Uint8Array | undefined> {
    if (!Number.isSafeInteger(sector) || sector < 0) return undefined;
    const bytes = new Uint8Array(SECTOR_BYTES);
    const got = await this.source.read(sector * SECTOR_BYTES, bytes);
    return got === SECTOR_BYTES ? bytes : undefined;
  }
}

/** Text of a stranger for showing and matching: control characters become spaces, padding is cut. */
export function plainText(text: string): string {
  let plain = '';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code === 0) break;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000);
    // Marks that turn the direction of writing could make a name read as another one.
    const isDirection = (code >= 0x200e && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) || code === 0xfeff;
    plain += isControl || isDirection || (code >= 0x2066 && code <= 0x2069) ? ' ' : character;
  }
  return plain.trim();
}
