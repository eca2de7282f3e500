import { type ByteSource, SECTOR_BYTES, SectorReader } from './sector-reader';
import { type BootSupport, readBootCatalog } from './el-torito';
import { readIsoDescriptors } from './iso9660';
import { readUdfVolumeId } from './udf';

/**
 * What an optical disc image says about itself. Everything here is text from a stranger: shown and matched, never
 * followed. Reading is bounded in time and memory whatever the file holds.
 */
export interface OpticalVolume {
  /** ISO 9660 primary volume descriptor; '' where there is none. */
  readonly volumeId: string;
  readonly systemId: string;
  readonly publisherId: string;
  readonly applicationId: string;
  /** The same name in Joliet's alphabet, and in UDF. */
  readonly jolietId: string;
  readonly udfId: string;
  /** What the volume claims to take; 0 when unknown. */
  readonly volumeBytes: number;
  /** Which firmware finds something to start, by the El Torito catalogue. */
  readonly boot: BootSupport;
}

/** Never fails for what the file holds: parts that make no sense are left empty. */
export async function readOpticalVolume(source: ByteSource): Promise<OpticalVolume> {
  const reader = new SectorReader(source);
  const iso = await readIsoDescriptors(reader);
  return {
    volumeId: iso.volumeId,
    systemId: iso.systemId,
    publisherId: iso.publisherId,
    applicationId: iso.applicationId,
    jolietId: iso.jolietId,
    udfId: iso.isUdf ? await readUdfVolumeId(reader) : '',
    volumeBytes: iso.volumeBlocks * SECTOR_BYTES,
    boot:
      iso.bootCatalogSector === undefined
        ? { bios: false, efi: false }
        : await readBootCatalog(reader, iso.bootCatalogSector),
  };
}
