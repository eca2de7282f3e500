/**
 * All that SeaBIOS 1.16 reads from fw_cfg and CMOS on this machine (its src/fw/paravirt.c names them), computed from a plain
 * description of the hardware. The board hands files and items to the fw_cfg device and the CMOS bytes to the RTC.
 */
import { type LogicalGeometry, physicalGeometry } from '../machine/disk-geometry';
import { type AcpiInput, acpiFiles, TABLES } from './acpi';
import type { KernelBoot } from './boot-rom';
import type { FirmwareFile, FirmwareItem } from './firmware-file';
import { smbiosFiles } from './smbios';

export interface FirmwareDrive {
  readonly kind: 'disk' | 'cdrom';
  readonly place:
    | { readonly bus: 'ide'; readonly channel: 0 | 1 /** 0 master, 1 slave. */; readonly unit: 0 | 1 }
    | { readonly bus: 'sata'; readonly port: number };
  /** Of a disk. */
  readonly sectorCount?: number;
  /** How its partition table counts sectors, where it tells. */
  readonly logical?: LogicalGeometry;
}

/** CMOS types: 0 none, 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M. */
export type FloppyDriveType = 0 | 1 | 2 | 3 | 4 | 5;

export interface FirmwareInput {
  /** RAM from address 0 up, and from 4 GiB up. */
  readonly lowMemoryBytes: number;
  readonly highMemoryBytes: number;
  readonly vcpuCount: number;
  readonly maxVcpuCount?: number;
  readonly uuid?: Uint8Array;
  /** Of this program, e.g. '0.1.0'. */
  readonly version: string;
  readonly bootOrder: readonly ('disk' | 'cdrom' | 'floppy')[];
  readonly bootMenu: boolean;
  readonly drives: readonly FirmwareDrive[];
  readonly floppies: readonly [FloppyDriveType, FloppyDriveType];
  readonly serialPorts: number;
  readonly hasParallel?: boolean;
  /** A direct kernel boot (`linuxBoot`, `multiboot`): its ROM is started first. */
  readonly kernel?: KernelBoot;
  readonly acpi?: Partial<
    Pick<AcpiInput, 'pmBase' | 'smbusBase' | 'gpeBase' | 'smiCommandPort' | 'acpiEnable' | 'acpiDisable'>
  >;
}

export interface FirmwareOutput {
  readonly files: readonly FirmwareFile[];
  readonly items: readonly FirmwareItem[];
  readonly cmos: readonly (readonly [index: number, value: number])[];
}

/** The ACPI tables for firmware that has put the PM registers elsewhere than SeaBIOS does (OVMF: B000). */
export function acpiTables(input: FirmwareInput, pmBase: number): Uint8Array {
  const tables = buildFirmware({ ...input, acpi: { ...input.acpi, pmBase } }).files.find(({ name }) => name === TABLES);
  if (tables === undefined) throw new Error('the firmware has no ACPI tables');
  return tables.bytes;
}

/** What SeaBIOS programs into the PIIX4's PMBA and SMBBA; the GPE block stands where QEMU's `pc` has it. */
export const PM_BASE = 0x600;
export const SMBUS_BASE = 0x700;
export const GPE_BASE = 0xafe0;

export const FW_CFG_UUID = 0x02;
export const FW_CFG_RAM_SIZE = 0x03;
export const FW_CFG_NOGRAPHIC = 0x04;
export const FW_CFG_NB_CPUS = 0x05;
export const FW_CFG_NUMA = 0x0d;
export const FW_CFG_BOOT_MENU = 0x0e;
export const FW_CFG_MAX_CPUS = 0x0f;
export const FW_CFG_IRQ0_OVERRIDE = 0x8002;

/** Where SeaBIOS looks for option ROMs that belong to no card. */
export const GENERAL_ROMS = 'genroms/';

const E820_RAM = 1;
const GIB4 = 0x1_0000_0000;
const BOOT_MENU_WAIT_MS = 2500;

export function buildFirmware(input: FirmwareInput): FirmwareOutput {
  const maxVcpus = input.maxVcpuCount ?? input.vcpuCount;
  const files: FirmwareFile[] = [
    ...acpiFiles({
      vcpuCount: input.vcpuCount,
      pciHoleStart: pciHoleStart(input.lowMemoryBytes),
      pmBase: PM_BASE,
      smbusBase: SMBUS_BASE,
      gpeBase: GPE_BASE,
      smiCommandPort: 0xb2,
      acpiEnable: 0xf1,
      acpiDisable: 0xf0,
      ioApicId: 0,
      serialPorts: input.serialPorts,
      hasParallel: input.hasParallel === true,
      hasFloppy: input.floppies.some((type) => type !== 0),
      ...input.acpi,
    }),
    ...smbiosFiles(input),
    { name: 'etc/e820', bytes: e820(input) },
    { name: 'etc/boot-fail-wait', bytes: little(0xffff_ffff, 4) },
    { name: 'etc/boot-menu-wait', bytes: little(BOOT_MENU_WAIT_MS, 4) },
    { name: 'bootorder', bytes: bootOrder(input) },
    ...biosGeometry(input),
    ...(input.kernel?.files ?? []),
  ];
  const uuid = input.uuid ?? new Uint8Array(16);
  const items: FirmwareItem[] = [
    { selector: FW_CFG_UUID, bytes: uuid.slice(0, 16) },
    { selector: FW_CFG_RAM_SIZE, bytes: little(input.lowMemoryBytes + input.highMemoryBytes, 8) },
    { selector: FW_CFG_NOGRAPHIC, bytes: little(0, 2) },
    { selector: FW_CFG_NB_CPUS, bytes: little(input.vcpuCount, 2) },
    { selector: FW_CFG_NUMA, bytes: new Uint8Array(8 + 8 * maxVcpus) },
    { selector: FW_CFG_BOOT_MENU, bytes: little(input.bootMenu ? 1 : 0, 2) },
    { selector: FW_CFG_MAX_CPUS, bytes: little(maxVcpus, 2) },
    { selector: FW_CFG_IRQ0_OVERRIDE, bytes: little(1, 1) },
    ...(input.kernel?.items ?? []),
  ];
  return { files, items, cmos: cmosBytes(input) };
}

/** SeaBIOS gives PCI memory out from 2 or 3 GiB on, above low RAM. */
function pciHoleStart(lowMemoryBytes: number): number {
  return lowMemoryBytes <= 0x8000_0000 ? 0x8000_0000 : lowMemoryBytes <= 0xc000_0000 ? 0xc000_0000 : 0xe000_0000;
}

function e820(input: FirmwareInput): Uint8Array {
  const entries = [little(0, 8), little(input.lowMemoryBytes, 8), little(E820_RAM, 4)];
  if (input.highMemoryBytes > 0) {
    entries.push(little(GIB4, 8), little(input.highMemoryBytes, 8), little(E820_RAM, 4));
  }
  return Uint8Array.from(entries.flatMap((part) => [...part]));
}

/** OpenFirmware-like device paths, one a line, NUL at the end. */
function bootOrder(input: FirmwareInput): Uint8Array {
  const lines: string[] = [];
  for (const { name } of input.kernel?.files ?? []) if (name.startsWith(GENERAL_ROMS)) lines.push(`/rom@${name}`);
  for (const device of input.bootOrder) {
    if (device === 'floppy') {
      input.floppies.forEach((type, unit) => {
        if (type !== 0) lines.push(`/pci@i0cf8/isa@1/fdc@03f0/floppy@${unit}`);
      });
      continue;
    }
    for (const drive of input.drives) {
      if (drive.kind === device) lines.push(devicePath(drive.place));
    }
  }
  return new TextEncoder().encode(`${lines.join('\n')}\0`);
}

const MOST_CYLINDERS = 1024;

/** Cylinders, heads and sectors that INT 13h is to count with, by device path. */
function biosGeometry(input: FirmwareInput): FirmwareFile[] {
  const lines = input.drives.flatMap(({ place, sectorCount = 0, logical }) => {
    if (logical === undefined) return [];
    const { heads, sectors } = logical;
    const cylinders = Math.max(1, Math.min(MOST_CYLINDERS, Math.floor(sectorCount / (heads * sectors))));
    return [`${devicePath(place)} ${cylinders} ${heads} ${sectors}`];
  });
  if (lines.length === 0) return [];
  return [{ name: 'bios-geometry', bytes: new TextEncoder().encode(`${lines.join('\n')}\0`) }];
}

/** The Serial ATA controller is device 3. */
function devicePath(place: FirmwareDrive['place']): string {
  return place.bus === 'ide'
    ? `/pci@i0cf8/ide@1,1/drive@${place.channel}/disk@${place.unit}`
    : `/pci@i0cf8/pci8086,2922@3/drive@${place.port}/disk@0`;
}

const CMOS_FLOPPY_TYPES = 0x10;
const CMOS_DISK_TYPES = 0x12;
const CMOS_EQUIPMENT = 0x14;
const CMOS_BASE_KIB = 0x15;
const CMOS_EXTENDED_KIB = 0x17;
const CMOS_CHECKSUM = 0x2e;
/** What the checksum is of. */
const CMOS_SUMMED = [0x10, 0x2d] as const;
const CMOS_EXTENDED_TYPES = 0x19;
/** Of type 47, nine bytes a disk. */
const CMOS_GEOMETRIES = 0x1b;
const CMOS_EXTENDED_KIB_2 = 0x30;
const CMOS_ABOVE_16M = 0x34;
const CMOS_BOOT_3 = 0x38;
const CMOS_TRANSLATION = 0x39;
const CMOS_BOOT_1_2 = 0x3d;
const CMOS_ABOVE_4G = 0x5b;
const CMOS_CPUS = 0x5f;

const BOOT_CODES = { floppy: 1, disk: 2, cdrom: 3 } as const;
const MIB = 0x10_0000;

function cmosBytes(input: FirmwareInput): [number, number][] {
  const bytes: [number, number][] = [];
  const put = (index: number, value: number, size: number): void => {
    for (let i = 0; i < size; i++) bytes.push([index + i, Math.floor(value / 2 ** (8 * i)) & 0xff]);
  };
  const low = input.lowMemoryBytes;
  const extendedKib = Math.max(0, Math.min(0xfc00, Math.floor((low - MIB) / 1024)));
  const [codes1 = 0, codes2 = 0, codes3 = 0] = input.bootOrder.map((device) => BOOT_CODES[device]);
  put(CMOS_FLOPPY_TYPES, (input.floppies[0] << 4) | input.floppies[1], 1);
  put(CMOS_DISK_TYPES, diskTypes(input), 1);
  put(CMOS_EQUIPMENT, equipment(input), 1);
  put(CMOS_BASE_KIB, Math.min(640, Math.floor(low / 1024)), 2);
  put(CMOS_EXTENDED_KIB, extendedKib, 2);
  put(CMOS_EXTENDED_KIB_2, extendedKib, 2);
  put(CMOS_ABOVE_16M, Math.max(0, Math.min(0xffff, Math.floor((low - 16 * MIB) / 0x10000))), 2);
  put(CMOS_ABOVE_4G, Math.floor(input.highMemoryBytes / 0x10000), 3);
  put(CMOS_BOOT_1_2, (codes2 << 4) | codes1, 1);
  // Bit 0: boot from floppies without the 55AA signature too.
  put(CMOS_BOOT_3, (codes3 << 4) | 1, 1);
  put(CMOS_TRANSLATION, translations(input), 2);
  bytes.push(...diskParameters(input));
  put(CMOS_CPUS, input.vcpuCount - 1, 1);
  return bytes;
}

/** Type 15 says "see bytes 19 and 1A", which say 47, user-defined. */
function diskTypes(input: FirmwareInput): number {
  const has = (unit: number): boolean =>
    input.drives.some(
      ({ kind, place }) => kind === 'disk' && place.bus === 'ide' && place.channel === 0 && place.unit === unit,
    );
  return (has(0) ? 0xf0 : 0) | (has(1) ? 0x0f : 0);
}

/** The checksum of the PC/AT over the memory as it is now, the high byte first: setup programs and some systems look at it. */
export function cmosChecksum(peek: (index: number) => number): readonly (readonly [index: number, value: number])[] {
  let sum = 0;
  for (let index: number = CMOS_SUMMED[0]; index <= CMOS_SUMMED[1]; index++) sum += peek(index);
  return [
    [CMOS_CHECKSUM, (sum >> 8) & 0xff],
    [CMOS_CHECKSUM + 1, sum & 0xff],
  ];
}

/** Type 47 and its parameters, for systems that look for the first two disks here instead of asking the BIOS. */
function diskParameters(input: FirmwareInput): [number, number][] {
  return ([0, 1] as const).flatMap((unit): [number, number][] => {
    const disk = input.drives.find(
      ({ kind, place }) => kind === 'disk' && place.bus === 'ide' && place.channel === 0 && place.unit === unit,
    );
    if (disk === undefined) return [];
    const { cylinders, heads, sectors } = physicalGeometry(disk.sectorCount ?? 0, disk.logical);
    const [low, high] = [cylinders & 0xff, cylinders >> 8];
    // No write precompensation; bit 3 of the control byte: more than 8 heads; the landing zone is the last cylinder.
    const values = [low, high, heads, 0xff, 0xff, 0xc0 | (heads > 8 ? 8 : 0), low, high, sectors];
    return [
      [CMOS_EXTENDED_TYPES + unit, 47],
      ...values.map((value, i): [number, number] => [CMOS_GEOMETRIES + 9 * unit + i, value]),
    ];
  });
}

/** Number of floppies, FPU, PS/2 mouse; 80-column colour. */
function equipment(input: FirmwareInput): number {
  const floppies = input.floppies.filter((type) => type !== 0).length;
  return (floppies > 0 ? 1 | ((floppies - 1) << 6) : 0) | 0x02 | 0x04;
}

const TRANSLATION_NONE = 0;
const TRANSLATION_LBA = 1;

/** Two bits per IDE drive: how SeaBIOS maps cylinders for INT 13h. Disks of up to 1024 cylinders need no mapping. */
function translations(input: FirmwareInput): number {
  let bits = 0;
  for (const drive of input.drives) {
    const { place } = drive;
    if (drive.kind !== 'disk' || place.bus !== 'ide') continue;
    const isSmall = (drive.sectorCount ?? 0) <= 1024 * 16 * 63;
    const translation = isSmall ? TRANSLATION_NONE : TRANSLATION_LBA;
    bits |= translation << (8 * place.channel + 2 * place.unit);
  }
  return bits;
}

function little(value: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let i = 0; i < size; i++) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
