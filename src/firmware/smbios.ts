/**
 * SMBIOS tables (DMTF DSP0134 2.8): fw_cfg files 'etc/smbios/smbios-tables' and 'etc/smbios/smbios-anchor'. SeaBIOS places
 * the tables, adds type 0 (itself) and corrects the anchor's address and checksums.
 */
import type { FirmwareFile } from './firmware-file';

export interface SmbiosInput {
  readonly vcpuCount: number;
  readonly lowMemoryBytes: number;
  readonly highMemoryBytes: number;
  /** 16 bytes as text order has them; all zero when absent. */
  readonly uuid?: Uint8Array;
  readonly version: string;
}

const MIB = 0x10_0000;
const GIB4 = 0x1_0000_0000;
const UNKNOWN_HANDLE = 0xfffe;

const HANDLE_SYSTEM = 0x100;
const HANDLE_CHASSIS = 0x300;
const HANDLE_PROCESSOR = 0x400;
const HANDLE_MEMORY_ARRAY = 0x1000;
const HANDLE_MEMORY_DEVICE = 0x1100;
const HANDLE_ARRAY_ADDRESS = 0x1300;
const HANDLE_BOOT = 0x2000;
const HANDLE_END = 0x7f00;

class Tables {
  readonly #bytes: number[] = [];
  count = 0;
  largest = 0;

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** `body` follows the header; strings are numbered from 1. */
  add(type: number, handle: number, body: readonly number[], strings: readonly string[] = []): void {
    const before = this.#bytes.length;
    this.#bytes.push(type, 4 + body.length, ...word(handle), ...body);
    for (const text of strings) this.#bytes.push(...[...text].map((c) => c.charCodeAt(0) & 0x7f), 0);
    if (strings.length === 0) this.#bytes.push(0);
    this.#bytes.push(0);
    this.count++;
    this.largest = Math.max(this.largest, this.#bytes.length - before);
  }
}

export function smbiosFiles(input: SmbiosInput): FirmwareFile[] {
  const tables = new Tables();
  const totalMiB = Math.ceil((input.lowMemoryBytes + input.highMemoryBytes) / MIB);
  addSystem(tables, input);
  for (let i = 0; i < input.vcpuCount; i++) addProcessor(tables, i, input.version);
  addMemory(tables, input, totalMiB);
  tables.add(32, HANDLE_BOOT, [0, 0, 0, 0, 0, 0, 0]);
  tables.add(127, HANDLE_END, []);
  return [
    { name: 'etc/smbios/smbios-tables', bytes: tables.bytes },
    { name: 'etc/smbios/smbios-anchor', bytes: anchor(tables) },
  ];
}

/** Types 1 and 3. The first three fields of the UUID are little-endian (7.2.1). */
function addSystem(tables: Tables, input: SmbiosInput): void {
  const uuid = input.uuid ?? new Uint8Array(16);
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const wakeUpPowerSwitch = 6;
  tables.add(
    1,
    HANDLE_SYSTEM,
    [1, 2, 3, 0, ...order.map((i) => uuid[i] ?? 0), wakeUpPowerSwitch, 0, 0],
    ['Subzero', 'Subzero PC', input.version],
  );
  const typeOther = 1;
  const stateSafe = 3;
  tables.add(
    3,
    HANDLE_CHASSIS,
    [1, typeOther, 2, 0, 0, stateSafe, stateSafe, stateSafe, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ['Subzero', input.version],
  );
}

/** Type 4: one socket per vCPU. */
function addProcessor(tables: Tables, index: number, version: string): void {
  const central = 3;
  const familyOther = 1;
  const upgradeOther = 1;
  const enabled = 0x41;
  tables.add(
    4,
    HANDLE_PROCESSOR + index,
    [
      ...[1, central, familyOther, 2],
      ...new Array<number>(8).fill(0),
      ...[3, 0],
      ...word(0),
      ...word(1000),
      ...word(1000),
      ...[enabled, upgradeOther],
      ...word(0xffff),
      ...word(0xffff),
      ...word(0xffff),
      ...[0, 0, 0, 1, 1, 1],
      ...word(0x0004),
      ...word(familyOther),
    ],
    [`CPU ${index}`, 'Subzero', version],
  );
}

/** Types 16, 17 and 19: one array, one module, its ranges below the PCI hole and above 4 GiB. */
function addMemory(tables: Tables, input: SmbiosInput, totalMiB: number): void {
  const systemBoard = 1;
  const systemMemory = 3;
  const multiBitEcc = 6;
  tables.add(16, HANDLE_MEMORY_ARRAY, [
    ...[systemBoard, systemMemory, multiBitEcc],
    ...dword(totalMiB * 1024),
    ...word(UNKNOWN_HANDLE),
    ...word(1),
    ...new Array<number>(8).fill(0),
  ]);
  const size = Math.min(totalMiB, 0x7fff);
  const formDimm = 9;
  const typeRam = 7;
  tables.add(
    17,
    HANDLE_MEMORY_DEVICE,
    [
      ...word(HANDLE_MEMORY_ARRAY),
      ...word(UNKNOWN_HANDLE),
      ...word(0xffff),
      ...word(0xffff),
      ...word(size),
      ...[formDimm, 0, 1, 0, typeRam],
      ...word(2),
      ...word(0),
      ...[2, 0, 0, 0, 0],
      ...dword(size === 0x7fff ? totalMiB : 0),
      // the speed that it is set to, and its voltages: unknown
      ...new Array<number>(8).fill(0),
    ],
    ['DIMM 0', 'Subzero'],
  );
  const ranges: [start: number, bytes: number][] = [
    [0, input.lowMemoryBytes],
    [GIB4, input.highMemoryBytes],
  ];
  ranges
    .filter(([, bytes]) => bytes > 0)
    .forEach(([start, bytes], i) => {
      tables.add(19, HANDLE_ARRAY_ADDRESS + i, [
        ...dword(start / 1024),
        ...dword((start + bytes) / 1024 - 1),
        ...word(HANDLE_MEMORY_ARRAY),
        1,
        ...new Array<number>(16).fill(0),
      ]);
    });
}

/** The 2.1 entry point (5.2.1); the address is set by SeaBIOS. */
function anchor(tables: Tables): Uint8Array {
  const bytes = new Uint8Array(31);
  const view = new DataView(bytes.buffer);
  putText(bytes, 0, '_SM_');
  bytes[5] = bytes.length;
  bytes[6] = 2;
  bytes[7] = 8;
  view.setUint16(8, tables.largest, true);
  putText(bytes, 16, '_DMI_');
  view.setUint16(22, tables.bytes.length, true);
  view.setUint16(28, tables.count, true);
  bytes[30] = 0x28;
  bytes[21] = checksum(bytes, 16, 15);
  bytes[4] = checksum(bytes, 0, 31);
  return bytes;
}

function checksum(bytes: Uint8Array, from: number, length: number): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += bytes[i]!;
  return -sum & 0xff;
}

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

function word(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

function dword(value: number): number[] {
  return [...word(value), ...word(value >>> 16)];
}
