/** Task file, status, error and bus-master bits (ATA/ATAPI-6, T13 1410D; PIIX3 290550-002, 2.7). */

/** Offsets in the command block. */
export const REG_DATA = 0;
/** Error when read, features when written. */
export const REG_ERROR = 1;
export const REG_COUNT = 2;
export const REG_LBA0 = 3;
export const REG_LBA1 = 4;
export const REG_LBA2 = 5;
export const REG_DEVICE = 6;
/** Status when read, command when written. */
export const REG_STATUS = 7;

export const STATUS_ERR = 0x01;
export const STATUS_DRQ = 0x08;
export const STATUS_DSC = 0x10;
export const STATUS_DF = 0x20;
export const STATUS_DRDY = 0x40;
export const STATUS_BSY = 0x80;

export const ERROR_ABRT = 0x04;
export const ERROR_IDNF = 0x10;
export const ERROR_UNC = 0x40;

export const DEVICE_DEV = 0x10;
export const DEVICE_LBA = 0x40;

export const CONTROL_NIEN = 0x02;
export const CONTROL_SRST = 0x04;
export const CONTROL_HOB = 0x80;

/** Interrupt reason, in the count register of packet commands. */
export const REASON_COD = 1;
export const REASON_IO = 2;

export const BMICOM_START = 0x01;
export const BMICOM_RWCON = 0x08;
export const BMISTA_ACTIVE = 0x01;
export const BMISTA_ERROR = 0x02;
export const BMISTA_INTERRUPT = 0x04;
export const BMISTA_CAPABLE = 0x60;

export const SECTOR = 512;
/** The most that one host request moves. */
export const CHUNK = 0x10000;
