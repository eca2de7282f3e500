/** What disks and CD-ROM drives are attached to: the chipset's IDE channels, or a Serial ATA controller (AHCI). */
export const driveBuses = ['ide', 'sata'] as const;
export type DriveBus = (typeof driveBuses)[number];

/** IDE has two channels of two drives each, the Serial ATA controller six ports. */
export const maxDrivesOfBus: Readonly<Record<DriveBus, number>> = { ide: 4, sata: 6 };
