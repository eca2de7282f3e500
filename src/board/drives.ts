import type { VmConfig } from '../config/vm-config';
import type { AhciDrive } from '../devices/ide/ahci-port';
import { AHCI_PORTS } from '../devices/ide/ahci';
import { AtaDisk } from '../devices/ide/ata-disk';
import { AtapiCdrom } from '../devices/ide/atapi-cdrom';
import type { Piix3IdeDrives } from '../devices/ide/piix3-ide';
import type { FirmwareDrive } from '../firmware/firmware';
import type { BlockPort } from '../machine/block-port';

const SECTOR = 512;
/** Disks fill the primary channel first; CD-ROMs start at the secondary master, where guests look first. */
const DISK_PLACES = [0, 1, 3, 2];
const CDROM_PLACES = [2, 3, 1, 0];

export interface Drives {
  readonly ide: Piix3IdeDrives;
  /** By port: disks, then CD-ROMs. undefined: the machine has no such controller. */
  readonly sata: readonly AhciDrive[] | undefined;
  readonly forFirmware: readonly FirmwareDrive[];
}

export function buildDrives(config: VmConfig, portOf: (id: string) => BlockPort): Drives {
  const ide: (AtaDisk | AtapiCdrom | undefined)[] = [undefined, undefined, undefined, undefined];
  const sata: AhciDrive[] = [];
  const forFirmware: FirmwareDrive[] = [];
  const place = (
    bus: 'ide' | 'sata',
    order: readonly number[],
    attached: AhciDrive,
    describe: Omit<FirmwareDrive, 'place'>,
  ): void => {
    if (bus === 'sata') {
      if (sata.length === AHCI_PORTS) return; // checkConfig allows six drives
      forFirmware.push({ ...describe, place: { bus, port: sata.length } });
      sata.push(attached);
      return;
    }
    const free = order.find((index) => ide[index] === undefined);
    if (free === undefined) return; // checkConfig allows four drives
    ide[free] = attached.drive;
    forFirmware.push({ ...describe, place: { bus, channel: (free >> 1) as 0 | 1, unit: (free & 1) as 0 | 1 } });
  };
  config.disks.forEach(({ id, bus }, index) => {
    const port = portOf(id);
    const sectorCount = Math.ceil((port.medium?.sizeBytes ?? 0) / SECTOR);
    const logical = port.medium?.geometry;
    const identity = { model: 'SUBZERO HARDDISK', serial: `SZ${String(index + 1).padStart(8, '0')}`, firmware: '1.0' };
    place(
      bus,
      DISK_PLACES,
      { port, drive: new AtaDisk(port, identity) },
      { kind: 'disk', sectorCount, ...(logical === undefined ? {} : { logical }) },
    );
  });
  config.cdroms.forEach(({ id, bus }, index) => {
    const port = portOf(id);
    const identity = { model: 'SUBZERO CD-ROM', serial: `SZC${String(index + 1).padStart(7, '0')}`, firmware: '1.0' };
    place(bus, CDROM_PLACES, { port, drive: new AtapiCdrom(port, identity, bus === 'sata') }, { kind: 'cdrom' });
  });
  const channel = (first: number): Piix3IdeDrives[0] => {
    const master = ide[first];
    const slave = ide[first + 1];
    return { ...(master === undefined ? {} : { master }), ...(slave === undefined ? {} : { slave }) };
  };
  return { ide: [channel(0), channel(2)], sata: sata.length > 0 ? sata : undefined, forFirmware };
}
