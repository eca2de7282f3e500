/** Intel 82078 (290475-005): registers, status bits and commands. */

/** Offsets from 3F0. */
export const REG_DOR = 2;
export const REG_TDR = 3;
/** MSR when read, DSR when written. */
export const REG_MSR = 4;
export const REG_FIFO = 5;

export const DOR_RESET = 0x04;
export const DOR_DMAGATE = 0x08;

export const DSR_SWRESET = 0x80;
export const DSR_RATE = 0x03;

export const MSR_CMDBSY = 0x10;
export const MSR_NONDMA = 0x20;
export const MSR_DIO = 0x40;
export const MSR_RQM = 0x80;

export const DIR_DSKCHG = 0x80;

export const ST0_ABNORMAL = 0x40;
export const ST0_INVALID = 0x80;
export const ST0_POLLING = 0xc0;
export const ST0_SEEK_END = 0x20;
export const ST0_EQUIPMENT = 0x10;
export const ST0_HEAD = 0x04;

export const ST1_END_OF_CYLINDER = 0x80;
export const ST1_DATA_ERROR = 0x20;
export const ST1_NO_DATA = 0x04;
export const ST1_NOT_WRITABLE = 0x02;
export const ST1_MISSING_MARK = 0x01;

export const ST2_CONTROL_MARK = 0x40;
export const ST2_DATA_ERROR = 0x20;
export const ST2_WRONG_CYLINDER = 0x10;

export const ST3_WRITE_PROTECTED = 0x40;
export const ST3_READY = 0x20;
export const ST3_TRACK0 = 0x10;
export const ST3_TWO_SIDED = 0x08;

export const CMD_MT = 0x80;

export type CommandName =
  | 'readTrack'
  | 'specify'
  | 'senseDrive'
  | 'write'
  | 'read'
  | 'recalibrate'
  | 'senseInterrupt'
  | 'writeDeleted'
  | 'readId'
  | 'readDeleted'
  | 'format'
  | 'dumpReg'
  | 'seek'
  | 'relativeSeek'
  | 'version'
  | 'perpendicular'
  | 'configure'
  | 'lock'
  | 'verify'
  | 'powerDown'
  | 'partId'
  | 'driveSpecification'
  | 'save'
  | 'option'
  | 'restore';

/** opcode, mask of its fixed bits, name, bytes with the opcode (5.0, table 5-1). The first match counts. */
const COMMANDS: readonly [opcode: number, mask: number, name: CommandName, length: number][] = [
  [0x06, 0x1f, 'read', 9],
  [0x0c, 0x1f, 'readDeleted', 9],
  [0x05, 0x3f, 'write', 9],
  [0x09, 0x3f, 'writeDeleted', 9],
  [0x02, 0x9f, 'readTrack', 9],
  [0x16, 0x1f, 'verify', 9],
  [0x0d, 0xbf, 'format', 6],
  [0x0a, 0xbf, 'readId', 2],
  [0x07, 0xff, 'recalibrate', 2],
  [0x08, 0xff, 'senseInterrupt', 1],
  [0x03, 0xff, 'specify', 3],
  [0x04, 0xff, 'senseDrive', 2],
  [0x0f, 0xff, 'seek', 3],
  [0x8f, 0xbf, 'relativeSeek', 3],
  [0x0e, 0xff, 'dumpReg', 1],
  [0x10, 0xff, 'version', 1],
  [0x12, 0xff, 'perpendicular', 2],
  [0x13, 0xff, 'configure', 4],
  [0x14, 0x7f, 'lock', 1],
  [0x17, 0xff, 'powerDown', 2],
  [0x18, 0xff, 'partId', 1],
  [0x2e, 0xff, 'save', 1],
  [0x33, 0xff, 'option', 2],
  [0x4e, 0xff, 'restore', 17],
  [0x8e, 0xff, 'driveSpecification', 6],
];

export const MAX_COMMAND = 17;

export function decodeCommand(opcode: number): { readonly name: CommandName; readonly length: number } | undefined {
  const row = COMMANDS.find(([code, mask]) => (opcode & mask) === code);
  return row && { name: row[2], length: row[3] };
}
