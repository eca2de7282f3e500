import type { VmConfig } from '../config/vm-config';
import { AtaDisk } from '../devices/ide/ata-disk';
import { AtapiCdrom } from '../devices/ide/atapi-cdrom';
import type { Piix3IdeDrives } from '../devices/ide/piix3-ide';
import type { FirmwareDrive } from '../firmware/firmware';
import type { BlockPort } from '../machine/block-port';

const SECTOR = 512;
/** Disks fill the primary channel first; CD-ROMs start at the secondary master, where guests look first. */
const DISK_PLACES = [0, 1, 3, 2];
const CDROM_PLACES = [2, 3, 1, 0];

export interface IdeDrives {
  readonly drives: Piix3IdeDrives;
  readonly forFirmware: readonly FirmwareDrive[];
}

export function buildIdeDrives(config: VmConfig, portOf: (id: string) => BlockPort): IdeDrives {
  const places: (AtaDisk | AtapiCdrom | undefined)[] = [undefined, undefined, undefined, undefined];
  const forFirmware: FirmwareDrive[] = [];
  const place = (
    order: readonly number[],
    make: () => AtaDisk | AtapiCdrom,
    describe: Omit<FirmwareDrive, 'channel' | 'unit'>,
  ): void => {
    const free = order.find((index) => places[index] === undefined);
    if (free === undefined) return; // checkConfig allows four drives
    places[free] = make();
    forFirmware.push({ ...describe, channel: (free >> 1) as 0 | 1, unit: (free & 1) as 0 | 1 });
  };
  config.disks.forEach(({ id }, index) => {
    const port = portOf(id);
    const identity = { model: 'SUBZERO HARDDISK', serial: `SZ${String(index + 1).padStart(8, '0')}`, firmware: '1.0' };
    place(DISK_PLACES, () => new AtaDisk(port, identity), {
      kind: 'disk',
      sectorCount: Math.ceil((port.medium?.sizeBytes ?? 0) / SECTOR),
    });
  });
  config.cdroms.forEach(({ id }, index) => {
    const port = portOf(id);
    const identity = { model: 'SUBZERO CD-ROM', serial: `SZC${String(index + 1).padStart(7, '0')}`, firmware: '1.0' };
    place(CDROM_PLACES, () => new AtapiCdrom(port, identity), { kind: 'cdrom' });
  });
  const channel = (first: number): Piix3IdeDrives[0] => {
    const master = places[first];
    const slave = places[first + 1];
    return { ...(master === undefined ? {} : { master }), ...(slave === undefined ? {} : { slave }) };
  };
  return { drives: [channel(0), channel(2)], forFirmware };
}
