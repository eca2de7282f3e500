/** The logical volume's name of a UDF disc (ECMA-167 part 3; UDF 2.60, 2.2). */
import { viewOf } from '../../base/bytes';
import { plainText, SECTOR_BYTES, type SectorReader } from './sector-reader';

const ANCHOR_SECTOR = 256;
const TAG_ANCHOR = 2;
const TAG_LOGICAL_VOLUME = 6;
const TAG_TERMINATING = 8;
/** Sequences are 16 sectors long by the rule; a little more is forgiven. */
const MAX_SEQUENCE = 64;

export async function readUdfVolumeId(reader: SectorReader): Promise<string> {
  const anchor = await reader.read(ANCHOR_SECTOR);
  if (anchor === undefined || tagOf(anchor) !== TAG_ANCHOR) return '';
  const view = viewOf(anchor);
  const count = Math.min(MAX_SEQUENCE, Math.floor(view.getUint32(16, true) / SECTOR_BYTES));
  const first = view.getUint32(20, true);
  for (let index = 0; index < count; index++) {
    const descriptor = await reader.read(first + index);
    if (descriptor === undefined) break;
    const tag = tagOf(descriptor);
    if (tag === TAG_TERMINATING) break;
    if (tag === TAG_LOGICAL_VOLUME) return readDstring(descriptor.subarray(84, 84 + 128));
  }
  return '';
}

/** A descriptor's tag identifier; undefined when its checksum is wrong (ECMA-167, 3/7.2). */
function tagOf(sector: Uint8Array): number | undefined {
  let sum = 0;
  for (let at = 0; at < 16; at++) if (at !== 4) sum = (sum + (sector[at] as number)) & 0xff;
  return sum === sector[4] ? viewOf(sector).getUint16(0, true) : undefined;
}

/** A dstring: the last byte counts the used ones, the first says 8 or 16 bits a character (UDF 2.60, 2.1.3). */
function readDstring(field: Uint8Array): string {
  const used = Math.min(field.at(-1) as number, field.length - 1);
  const width = field[0] === 16 ? 2 : field[0] === 8 ? 1 : 0;
  if (width === 0) return '';
  let text = '';
  for (let at = 1; at + width <= used; at += width) {
    const code = width === 1 ? (field[at] as number) : ((field[at] as number) << 8) | (field[at + 1] as number);
    text += String.fromCharCode(code);
  }
  return plainText(text);
}
