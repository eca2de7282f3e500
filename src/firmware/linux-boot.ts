/**
 * Direct boot of a Linux bzImage (Documentation/x86/boot.rst), also of the time before boot protocol 2.00, as memtest86+ was one up to
 * version 5: the setup code with its header filled in, the protected-mode part, command line and initrd, each with its place, and the
 * ROM that starts it in real mode.
 */
import { DS, ES, FS, GS, SP, SS, AX } from './assembler';
import { beginRom, type BlobLoad, emitLoads, emitRelocation, finishRom, type KernelBoot } from './boot-rom';
import { invalid } from './kernel-image';

export interface LinuxInput {
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  /** RAM from 0 up to the PCI hole. */
  readonly lowMemoryBytes: number;
}

// Offsets in the setup header.
const SETUP_SECTS = 0x1f1;
const SYSTEM_SIZE = 0x1f4;
const VID_MODE = 0x1fa;
const BOOT_FLAG = 0x1fe;
const HEADER = 0x202;
const VERSION = 0x206;
const TYPE_OF_LOADER = 0x210;
const LOADFLAGS = 0x211;
const RAMDISK_IMAGE = 0x218;
const RAMDISK_SIZE = 0x21c;
const HEAP_END_PTR = 0x224;
const CMD_LINE_PTR = 0x228;
const INITRD_ADDR_MAX = 0x22c;
const RELOCATABLE = 0x234;
const CMDLINE_SIZE = 0x238;
const PREF_ADDRESS = 0x258;
const INIT_SIZE = 0x260;

const BOOT_FLAG_MAGIC = 0xaa55;
const HEADER_MAGIC = 0x5372_6448;
const LOADED_HIGH = 0x01;
const CAN_USE_HEAP = 0x80;
/** The id that boot loaders of virtual machines use. */
const LOADER_ID = 0xb0;
/** Before protocol 2.02 the command line is found through these words of the setup segment. */
const OLD_CL_MAGIC = 0x20;
const OLD_CL_OFFSET = 0x22;
const OLD_CL_MAGIC_VALUE = 0xa33f;

const SELECTOR_KERNEL = 0x11;
const SELECTOR_INITRD = 0x12;
const SELECTOR_COMMAND_LINE = 0x15;
const SELECTOR_SETUP = 0x18;

/** bzImage: setup at 10000, command line at 20000, kernel at 1 MiB. zImage: setup at 90000, kernel at 10000. */
interface Layout {
  readonly setup: number;
  readonly commandLine: number;
  readonly kernel: number;
}
const HIGH_LAYOUT: Layout = { setup: 0x10000, commandLine: 0x20000, kernel: 0x10_0000 };
const LOW_LAYOUT: Layout = { setup: 0x90000, commandLine: 0x99000, kernel: 0x10000 };
const COMMAND_LINE_ROOM = 0x1000;
/** SeaBIOS keeps its tables in the last part of low RAM. */
const FIRMWARE_ROOM = 0x10_0000;
const PAGE = 0x1000;
const SECTOR = 512;
/** Setup code is loaded below the stack in its segment. */
const SETUP_SECTS_MAX = 63;

/** Whether the file carries a Linux setup header, or is of the time before there was one. */
export function isLinuxKernel(kernel: Uint8Array): boolean {
  if (kernel.length < PREF_ADDRESS) return false;
  const view = viewOf(kernel);
  if (view.getUint16(BOOT_FLAG, true) !== BOOT_FLAG_MAGIC) return false;
  return view.getUint32(HEADER, true) === HEADER_MAGIC || isOldKernel(view);
}

/** Boot sector and setup code without a header, and behind them as many 16-byte units as the boot sector says: no other boot sector. */
function isOldKernel(view: DataView): boolean {
  const sectors = view.getUint8(SETUP_SECTS);
  if (sectors === 0 || sectors > SETUP_SECTS_MAX) return false;
  const body = view.byteLength - (sectors + 1) * SECTOR;
  const stated = view.getUint16(SYSTEM_SIZE, true) * 16;
  return body > 0 && stated >= body && stated < body + SECTOR;
}

/** Throws VmError 'kernel-invalid' when the kernel cannot be started so. */
export function linuxBoot(input: LinuxInput): KernelBoot {
  const { kernel } = input;
  if (!isLinuxKernel(kernel)) throw invalid('it is not a Linux bzImage');
  const setupBytes = ((kernel[SETUP_SECTS] || 4) + 1) * SECTOR;
  if (setupBytes >= kernel.length) throw invalid('the file is cut off');
  const setup = kernel.slice(0, setupBytes);
  const header = viewOf(setup);
  const hasHeader = header.getUint32(HEADER, true) === HEADER_MAGIC;
  const version = hasHeader ? header.getUint16(VERSION, true) : 0;
  if (hasHeader && version < 0x200) throw invalid('its boot protocol is older than 2.00');
  const isHigh = version >= 0x200 && (setup[LOADFLAGS]! & LOADED_HIGH) !== 0;
  const layout = isHigh ? HIGH_LAYOUT : LOW_LAYOUT;
  const body = kernel.subarray(setupBytes);
  if (layout === LOW_LAYOUT && layout.kernel + body.length > layout.setup)
    throw invalid('it is too large for a zImage');

  const commandLine = encodeCommandLine(
    input.commandLine,
    version >= 0x206 ? header.getUint32(CMDLINE_SIZE, true) : 255,
  );
  fillHeader(setup, version, layout, input.commandLine);
  const kernelEnd = Math.max(layout.kernel + body.length, decompressedEnd(header, version));
  const ramEnd = input.lowMemoryBytes - FIRMWARE_ROOM;
  if (kernelEnd > ramEnd) throw invalid('the machine has too little memory for it; give it more');

  const loads: BlobLoad[] = [
    { selector: SELECTOR_SETUP, offset: 0, length: setup.length, gpa: layout.setup },
    { selector: SELECTOR_COMMAND_LINE, offset: 0, length: commandLine.length, gpa: layout.commandLine },
    { selector: SELECTOR_KERNEL, offset: 0, length: body.length, gpa: layout.kernel },
  ];
  const items = [
    { selector: SELECTOR_SETUP, bytes: setup },
    { selector: SELECTOR_COMMAND_LINE, bytes: commandLine },
    { selector: SELECTOR_KERNEL, bytes: body },
  ];
  if (input.initrd !== undefined && input.initrd.length > 0) {
    if (version < 0x200) throw invalid('its boot protocol is older than 2.00 and knows no initrd');
    const gpa = placeInitrd(input.initrd.length, header, version, kernelEnd, ramEnd);
    header.setUint32(RAMDISK_IMAGE, gpa, true);
    header.setUint32(RAMDISK_SIZE, input.initrd.length, true);
    loads.push({ selector: SELECTOR_INITRD, offset: 0, length: input.initrd.length, gpa });
    items.push({ selector: SELECTOR_INITRD, bytes: input.initrd });
  }
  return { files: [{ name: 'genroms/subzero-linux.bin', bytes: startRom(layout, loads) }], items };
}

function fillHeader(setup: Uint8Array, version: number, layout: Layout, commandLine: string): void {
  const header = viewOf(setup);
  if (version >= 0x200) header.setUint8(TYPE_OF_LOADER, LOADER_ID);
  const videoMode = parseVideoMode(commandLine);
  if (videoMode !== undefined) header.setUint16(VID_MODE, videoMode, true);
  if (version >= 0x201) {
    header.setUint8(LOADFLAGS, setup[LOADFLAGS]! | CAN_USE_HEAP);
    header.setUint16(HEAP_END_PTR, stackOf(layout) - 0x200, true);
  }
  if (version >= 0x202) header.setUint32(CMD_LINE_PTR, layout.commandLine, true);
  else {
    header.setUint16(OLD_CL_MAGIC, OLD_CL_MAGIC_VALUE, true);
    header.setUint16(OLD_CL_OFFSET, layout.commandLine - layout.setup, true);
  }
}

/** The heap and the stack above it reach up to the command line, or nearly 64 KiB. */
function stackOf(layout: Layout): number {
  return Math.min(0xfff0, layout.commandLine - layout.setup - 0x10);
}

function encodeCommandLine(text: string, limit: number): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const most = Math.min(limit || 255, COMMAND_LINE_ROOM - 1);
  if (bytes.length > most) throw invalid(`it takes a command line of at most ${most} characters`);
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
}

const VIDEO_MODES: Readonly<Record<string, number>> = { normal: 0xffff, ext: 0xfffe, ask: 0xfffd };

/** The loader's own option `vga=`: a number or a name. */
function parseVideoMode(commandLine: string): number | undefined {
  const match = /(?:^|\s)vga=(\S+)/.exec(commandLine);
  if (match === null) return undefined;
  const named = VIDEO_MODES[match[1]!];
  if (named !== undefined) return named;
  const value = Number(match[1]);
  return Number.isInteger(value) && value >= 0 && value <= 0xffff ? value : undefined;
}

/** Where the kernel, unpacked at its preferred address, ends (protocol 2.10). */
function decompressedEnd(header: DataView, version: number): number {
  if (version < 0x20a || header.byteLength < INIT_SIZE + 4 || header.getUint8(RELOCATABLE) === 0) return 0;
  const preferred = header.getUint32(PREF_ADDRESS, true) + header.getUint32(PREF_ADDRESS + 4, true) * 0x1_0000_0000;
  return preferred + header.getUint32(INIT_SIZE, true);
}

/** As high as the kernel and low RAM allow. */
function placeInitrd(size: number, header: DataView, version: number, kernelEnd: number, ramEnd: number): number {
  const addressMax = version >= 0x203 ? header.getUint32(INITRD_ADDR_MAX, true) : 0x37ff_ffff;
  const end = Math.min(addressMax + 1, ramEnd);
  const gpa = Math.floor((end - size) / PAGE) * PAGE;
  if (gpa < kernelEnd) throw invalid('the machine has too little memory for its initrd; give it more');
  return gpa;
}

function startRom(layout: Layout, loads: readonly BlobLoad[]): Uint8Array {
  const rom = beginRom('Linux kernel');
  emitRelocation(rom);
  emitLoads(rom, loads);
  const segment = layout.setup >> 4;
  rom.clearInterrupts().moveImmediate16(AX, segment);
  for (const register of [DS, ES, FS, GS, SS] as const) rom.moveToSegment(register, AX);
  rom.moveImmediate16(SP, stackOf(layout)).jumpFar16To(segment + 0x20, 0);
  return finishRom(rom);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
