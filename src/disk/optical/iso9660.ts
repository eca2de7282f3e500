/** ISO 9660 (ECMA-119) volume descriptors, Joliet's supplementary one, and El Torito's boot record. */
import { hasAscii, readAscii, viewOf } from '../../base/bytes';
import { plainText, type SectorReader } from './sector-reader';

const FIRST_DESCRIPTOR = 16;
/** Discs have three to six; a file of nothing but descriptors must end somewhere. */
const MAX_DESCRIPTORS = 64;

const TYPE_BOOT = 0;
const TYPE_PRIMARY = 1;
const TYPE_SUPPLEMENTARY = 2;
const TYPE_TERMINATOR = 255;

export interface IsoDescriptors {
  volumeId: string;
  systemId: string;
  publisherId: string;
  applicationId: string;
  jolietId: string;
  volumeBlocks: number;
  /** The volume recognition sequence names UDF (ECMA-167, 3/9.1): NSR02 or NSR03. */
  isUdf: boolean;
  bootCatalogSector: number | undefined;
}

export async function readIsoDescriptors(reader: SectorReader): Promise<IsoDescriptors> {
  const found: IsoDescriptors = {
    volumeId: '',
    systemId: '',
    publisherId: '',
    applicationId: '',
    jolietId: '',
    volumeBlocks: 0,
    isUdf: false,
    bootCatalogSector: undefined,
  };
  let hasPrimary = false;
  let isTerminated = false;
  for (let at = FIRST_DESCRIPTOR; at < FIRST_DESCRIPTOR + MAX_DESCRIPTORS; at++) {
    const sector = await reader.read(at);
    if (sector === undefined) break;
    if (hasAscii(sector, 1, 'NSR02') || hasAscii(sector, 1, 'NSR03')) found.isUdf = true;
    if (hasAscii(sector, 1, 'TEA01')) break;
    const isIso = hasAscii(sector, 1, 'CD001');
    if (!isIso && !hasAscii(sector, 1, 'BEA01') && !hasAscii(sector, 1, 'NSR0') && !hasAscii(sector, 1, 'BOOT2')) break;
    // After the terminator only UDF's part of the sequence can follow.
    if (!isIso || isTerminated) continue;
    const type = sector[0];
    if (type === TYPE_TERMINATOR) isTerminated = true;
    else if (type === TYPE_PRIMARY && !hasPrimary) {
      hasPrimary = true;
      readPrimary(sector, found);
    } else if (type === TYPE_SUPPLEMENTARY && isJoliet(sector)) {
      found.jolietId = readUcs2(sector, 40, 32);
    } else if (type === TYPE_BOOT && hasAscii(sector, 7, 'EL TORITO SPECIFICATION')) {
      found.bootCatalogSector ??= viewOf(sector).getUint32(0x47, true);
    }
  }
  return found;
}

/** ECMA-119, 8.4. */
function readPrimary(sector: Uint8Array, found: IsoDescriptors): void {
  found.systemId = plainText(readAscii(sector, 8, 32));
  found.volumeId = plainText(readAscii(sector, 40, 32));
  found.volumeBlocks = viewOf(sector).getUint32(80, true);
  found.publisherId = plainText(readAscii(sector, 318, 128));
  found.applicationId = plainText(readAscii(sector, 574, 128));
}

/** The three levels of UCS-2, by their escape sequences (Joliet specification, 1). */
function isJoliet(sector: Uint8Array): boolean {
  return ['%/@', '%/C', '%/E'].some((escape) => hasAscii(sector, 88, escape));
}

function readUcs2(sector: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (let at = offset; at + 1 < offset + length; at += 2) {
    text += String.fromCharCode(((sector[at] as number) << 8) | (sector[at + 1] as number));
  }
  return plainText(text);
}
