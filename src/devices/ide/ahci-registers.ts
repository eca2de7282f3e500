/** Serial ATA AHCI 1.3.1: registers of the host bus adapter and of a port, command header and received FISes. */

// Generic host control (3.1)
export const HOST_CAP = 0x00;
export const HOST_GHC = 0x04;
export const HOST_IS = 0x08;
export const HOST_PI = 0x0c;
export const HOST_VS = 0x10;
export const CAP_SLOTS_32 = 31 << 8;
export const CAP_ONLY_AHCI = 1 << 18; // SAM
export const CAP_GENERATION_2 = 2 << 20; // ISS
export const CAP_COMMAND_LIST_OVERRIDE = 1 << 24;
export const CAP_QUEUE = 1 << 30; // SNCQ
export const CAP_64_BIT = 0x80000000; // S64A
export const GHC_RESET = 0x1;
export const GHC_INTERRUPTS = 0x2;
export const GHC_AHCI = 0x80000000;
export const VERSION_1_3 = 0x00010300;

// Port (3.3)
export const PORT_CLB = 0x00;
export const PORT_CLBU = 0x04;
export const PORT_FB = 0x08;
export const PORT_FBU = 0x0c;
export const PORT_IS = 0x10;
export const PORT_IE = 0x14;
export const PORT_CMD = 0x18;
export const PORT_TFD = 0x20;
export const PORT_SIG = 0x24;
export const PORT_SSTS = 0x28;
export const PORT_SCTL = 0x2c;
export const PORT_SERR = 0x30;
export const PORT_SACT = 0x34;
export const PORT_CI = 0x38;

export const IS_D2H = 1 << 0; // DHRS
export const IS_PIO_SETUP = 1 << 1; // PSS
export const IS_SET_BITS = 1 << 3; // SDBS
export const IS_DESCRIPTOR = 1 << 5; // DPS
export const IS_CONNECT = 1 << 6; // PCS, follows SERR
export const IS_PHY_READY = 1 << 22; // PRCS, follows SERR
export const IS_OVERFLOW = 1 << 24; // OFS
export const IS_TASK_FILE = 1 << 30; // TFES
/** Bits that software clears by ones. */
export const IS_CLEARABLE =
  (IS_D2H | IS_PIO_SETUP | 4 | IS_SET_BITS | IS_DESCRIPTOR | IS_OVERFLOW | IS_TASK_FILE) >>> 0;
export const IE_BITS = 0xfdc000ff;

export const CMD_START = 1 << 0; // ST
export const CMD_SPIN_UP = 1 << 1; // SUD, fixed
export const CMD_POWER_ON = 1 << 2; // POD, fixed
export const CMD_LIST_OVERRIDE = 1 << 3; // CLO
export const CMD_RECEIVE = 1 << 4; // FRE
export const CMD_RECEIVE_RUNNING = 1 << 14; // FR
export const CMD_LIST_RUNNING = 1 << 15; // CR
export const CMD_ATAPI = 1 << 24;
export const CMD_WRITABLE = CMD_START | CMD_RECEIVE | CMD_ATAPI | (1 << 25);

export const SSTS_READY = 0x123; // device there, generation 2, active
export const SCTL_DETECTION = 15;
export const SERR_PHY_READY = 1 << 16; // DIAG.N
export const SERR_EXCHANGED = 1 << 26; // DIAG.X

// Command header (4.2.2) and table (4.2.3)
export const HEADER_BYTES = 32;
export const HEADER_CLEAR_BUSY = 1 << 10;
export const TABLE_PACKET = 0x40;
export const TABLE_DESCRIPTORS = 0x80;
export const DESCRIPTOR_INTERRUPT = 0x80000000;

// Received FISes (4.2.1)
export const RECEIVED_PIO_SETUP = 0x20;
export const RECEIVED_D2H = 0x40;
export const RECEIVED_SET_BITS = 0x58;

// FIS types (Serial ATA 3.0, 10.3)
export const FIS_H2D = 0x27;
export const FIS_D2H = 0x34;
export const FIS_PIO_SETUP = 0x5f;
export const FIS_SET_BITS = 0xa1;
export const FIS_INTERRUPT = 0x40;
export const FIS_COMMAND = 0x80;

export const SIGNATURE_NONE = 0xffffffff;
