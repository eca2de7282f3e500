/** El Torito boot catalogues ("El Torito" Bootable CD-ROM Format Specification 1.0, section 2; UEFI 2.10, 13.3.2.1). */
import { viewOf } from '../../base/bytes';
import type { SectorReader } from './sector-reader';

export interface BootSupport {
  readonly bios: boolean;
  readonly efi: boolean;
}

const ENTRY_BYTES = 32;
const HEADER_VALIDATION = 1;
const HEADER_MORE = 0x90;
const HEADER_LAST = 0x91;
const EXTENSION = 0x44;
const BOOTABLE = 0x88;
const PLATFORM_X86 = 0;
const PLATFORM_EFI = 0xef;

/** Says what can be started; nothing for a catalogue that the firmware would refuse. One sector is read: 64 entries. */
export async function readBootCatalog(reader: SectorReader, sector: number): Promise<BootSupport> {
  const support = { bios: false, efi: false };
  const catalog = await reader.read(sector);
  if (catalog === undefined || !isValid(catalog)) return support;
  const view = viewOf(catalog);
  const note = (platform: number, indicator: number): void => {
    if (indicator !== BOOTABLE) return;
    if (platform === PLATFORM_X86) support.bios = true;
    if (platform === PLATFORM_EFI) support.efi = true;
  };
  note(view.getUint8(1), view.getUint8(ENTRY_BYTES));
  let at = 2 * ENTRY_BYTES;
  while (at + ENTRY_BYTES <= catalog.length) {
    const header = view.getUint8(at);
    if (header !== HEADER_MORE && header !== HEADER_LAST) break;
    const platform = view.getUint8(at + 1);
    let left = view.getUint16(at + 2, true);
    at += ENTRY_BYTES;
    while (left > 0 && at + ENTRY_BYTES <= catalog.length) {
      const indicator = view.getUint8(at);
      at += ENTRY_BYTES;
      if (indicator === EXTENSION) continue;
      note(platform, indicator);
      left--;
    }
    if (header === HEADER_LAST) break;
  }
  return support;
}

/** The validation entry: key bytes, and all its words add up to 0. */
function isValid(catalog: Uint8Array): boolean {
  const view = viewOf(catalog);
  if (view.getUint8(0) !== HEADER_VALIDATION || view.getUint16(30, true) !== 0xaa55) return false;
  let sum = 0;
  for (let at = 0; at < ENTRY_BYTES; at += 2) sum = (sum + view.getUint16(at, true)) & 0xffff;
  return sum === 0;
}
