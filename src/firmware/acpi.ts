/**
 * ACPI tables (ACPI 6.3, chapter 5): RSDP, RSDT, XSDT, FADT of revision 3, FACS, MADT, HPET, WAET and DSDT, in two fw_cfg files that
 * the table loader links. Addresses in the files are offsets into 'etc/acpi/tables' until then.
 */
import { type DsdtInput, dsdtCode, PCI_INTERRUPTS } from './dsdt';
import type { FirmwareFile } from './firmware-file';
import { TableLoader } from './table-loader';

export const TABLES = 'etc/acpi/tables';
const RSDP = 'etc/acpi/rsdp';

export interface AcpiInput extends DsdtInput {
  /** Ports and values by which software takes over and gives back power management (APMC); 0 = always in ACPI mode. */
  readonly smiCommandPort: number;
  readonly acpiEnable: number;
  readonly acpiDisable: number;
  readonly ioApicId: number;
}

const IO_APIC_BASE = 0xfec0_0000;
const LOCAL_APIC_BASE = 0xfee0_0000;
const SCI_INTERRUPT = 9;
const RESET_PORT = 0xcf9;
/** Reset CPU, hard. */
const RESET_VALUE = 0x06;

const HEADER = 36;
const CHECKSUM = 9;

/** A growing file of tables; every table begins at a multiple of 8. */
class TableFile {
  #bytes = new Uint8Array(0);
  readonly loader = new TableLoader();

  constructor() {
    this.loader.allocate(RSDP, 16, 'fSegment');
    this.loader.allocate(TABLES, 64, 'high');
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  append(table: Uint8Array, alignment = 8): number {
    const at = Math.ceil(this.#bytes.length / alignment) * alignment;
    const grown = new Uint8Array(at + table.length);
    grown.set(this.#bytes);
    grown.set(table, at);
    this.#bytes = grown;
    return at;
  }

  /** Writes the offset of `table` and has the loader add the file's address. */
  pointer(at: number, size: 4 | 8, table: number): void {
    new DataView(this.#bytes.buffer).setUint32(at, table, true);
    this.loader.addPointer(TABLES, TABLES, at, size);
  }

  checksum(at: number, length: number): void {
    this.loader.addChecksum(TABLES, at + CHECKSUM, at, length);
  }
}

export function acpiFiles(input: AcpiInput): FirmwareFile[] {
  const file = new TableFile();
  const facs = file.append(facsTable(), 64);
  const dsdtBytes = table('DSDT', 1, dsdtCode(input));
  const dsdt = file.append(dsdtBytes);
  file.checksum(dsdt, dsdtBytes.length);

  const fadtBytes = fadtTable(input);
  const fadt = file.append(fadtBytes);
  file.pointer(fadt + 36, 4, facs);
  file.pointer(fadt + 40, 4, dsdt);
  file.pointer(fadt + 140, 8, dsdt);
  file.checksum(fadt, fadtBytes.length);

  const listed = [fadt];
  for (const bytes of [madtTable(input), hpetTable(), waetTable()]) {
    const at = file.append(bytes);
    file.checksum(at, bytes.length);
    listed.push(at);
  }
  const rsdt = appendList(file, 'RSDT', 4, listed);
  const xsdt = appendList(file, 'XSDT', 8, listed);
  return [
    { name: RSDP, bytes: rsdpTable(file.loader, rsdt, xsdt) },
    { name: TABLES, bytes: file.bytes },
    { name: 'etc/table-loader', bytes: file.loader.toBytes() },
  ];
}

function appendList(file: TableFile, signature: string, size: 4 | 8, listed: readonly number[]): number {
  const bytes = table(signature, 1, new Uint8Array(size * listed.length));
  const at = file.append(bytes);
  listed.forEach((entry, i) => {
    file.pointer(at + HEADER + size * i, size, entry);
  });
  file.checksum(at, bytes.length);
  return at;
}

/** 5.2.5.3; two checksums: of the first 20 bytes, and of all. */
function rsdpTable(loader: TableLoader, rsdt: number, xsdt: number): Uint8Array {
  const bytes = new Uint8Array(36);
  const view = new DataView(bytes.buffer);
  putText(bytes, 0, 8, 'RSD PTR ');
  putText(bytes, 9, 6, OEM_ID);
  bytes[15] = 2;
  view.setUint32(16, rsdt, true);
  view.setUint32(20, bytes.length, true);
  view.setUint32(24, xsdt, true);
  loader.addPointer(RSDP, TABLES, 16, 4);
  loader.addPointer(RSDP, TABLES, 24, 8);
  loader.addChecksum(RSDP, 8, 0, 20);
  loader.addChecksum(RSDP, 32, 0, 36);
  return bytes;
}

const OEM_ID = 'SUBZER';
const OEM_TABLE_ID = 'SUBZERO ';

function table(signature: string, revision: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + body.length);
  const view = new DataView(bytes.buffer);
  putText(bytes, 0, 4, signature);
  view.setUint32(4, bytes.length, true);
  bytes[8] = revision;
  putText(bytes, 10, 6, OEM_ID);
  putText(bytes, 16, 8, OEM_TABLE_ID);
  view.setUint32(24, 1, true);
  putText(bytes, 28, 4, 'SUBZ');
  view.setUint32(32, 1, true);
  bytes.set(body, HEADER);
  return bytes;
}

function putText(bytes: Uint8Array, at: number, length: number, text: string): void {
  for (let i = 0; i < length; i++) bytes[at + i] = i < text.length ? text.charCodeAt(i) : 0x20;
}

function facsTable(): Uint8Array {
  const bytes = new Uint8Array(64);
  putText(bytes, 0, 4, 'FACS');
  bytes[4] = 64;
  bytes[32] = 1;
  return bytes;
}

const FADT_LENGTH = 244;
const FADT_WBINVD = 1 << 0;
const FADT_PROC_C1 = 1 << 2;
/** No fixed sleep button; the power button is fixed. */
const FADT_SLP_BUTTON = 1 << 5;
/** The RTC cannot wake from S4. */
const FADT_FIX_RTC = 1 << 6;
const FADT_RESET_REG_SUP = 1 << 10;
const BOOT_ARCH_LEGACY_DEVICES = 1 << 0;
const BOOT_ARCH_8042 = 1 << 1;

/** 5.2.9. The PM timer has 24 bits; C2 and C3 are absent (latencies above their limits). */
function fadtTable(input: AcpiInput): Uint8Array {
  const bytes = table('FACP', 3, new Uint8Array(FADT_LENGTH - HEADER));
  const view = new DataView(bytes.buffer);
  const pm1Event = input.pmBase;
  const pm1Control = input.pmBase + 4;
  const pmTimer = input.pmBase + 8;
  view.setUint16(46, SCI_INTERRUPT, true);
  view.setUint32(48, input.smiCommandPort, true);
  bytes[52] = input.acpiEnable;
  bytes[53] = input.acpiDisable;
  view.setUint32(56, pm1Event, true);
  view.setUint32(64, pm1Control, true);
  view.setUint32(76, pmTimer, true);
  view.setUint32(80, input.gpeBase, true);
  bytes[88] = 4;
  bytes[89] = 2;
  bytes[91] = 4;
  bytes[92] = 4;
  view.setUint16(96, 0xfff, true);
  view.setUint16(98, 0xfff, true);
  // Day alarm, month alarm: none; the century lies in CMOS 32.
  bytes[108] = 0x32;
  view.setUint16(109, BOOT_ARCH_LEGACY_DEVICES | BOOT_ARCH_8042, true);
  view.setUint32(112, FADT_WBINVD | FADT_PROC_C1 | FADT_SLP_BUTTON | FADT_FIX_RTC | FADT_RESET_REG_SUP, true);
  putPortAddress(view, 116, RESET_PORT, 8);
  bytes[128] = RESET_VALUE;
  putPortAddress(view, 148, pm1Event, 32);
  putPortAddress(view, 172, pm1Control, 16);
  putPortAddress(view, 208, pmTimer, 32);
  putPortAddress(view, 220, input.gpeBase, 32, ACCESS_BYTE);
  return bytes;
}

/** Access size of a generic address; general-purpose events are read and written bytewise (4.8.4.1). */
const ACCESS_BYTE = 1;
const ACCESS_WORD = 2;
const ACCESS_DWORD = 3;

/** Generic address structure in I/O space (5.2.3.2); one access reads all of it unless `access` says otherwise. */
function putPortAddress(view: DataView, at: number, port: number, bits: number, access?: number): void {
  view.setUint8(at, 1);
  view.setUint8(at + 1, bits);
  view.setUint8(at + 3, access ?? (bits === 8 ? ACCESS_BYTE : bits === 16 ? ACCESS_WORD : ACCESS_DWORD));
  view.setUint32(at + 4, port, true);
}

const MADT_PCAT_COMPAT = 1;
const LEVEL_ACTIVE_HIGH = 0x0d;

/** 5.2.12. Interrupt 0 arrives at input 2; PCI and SCI lines are level-triggered and active high. */
function madtTable(input: AcpiInput): Uint8Array {
  const entries: number[] = [];
  for (let i = 0; i < input.vcpuCount; i++) entries.push(0, 8, i, i, 1, 0, 0, 0);
  entries.push(1, 12, input.ioApicId, 0, ...dword(IO_APIC_BASE), 0, 0, 0, 0);
  const override = (irq: number, gsi: number, flags: number): void => {
    entries.push(2, 10, 0, irq, ...dword(gsi), flags, 0);
  };
  override(0, 2, 0);
  for (const irq of [...PCI_INTERRUPTS, SCI_INTERRUPT].sort((a, b) => a - b)) override(irq, irq, LEVEL_ACTIVE_HIGH);
  // NMI at LINT1 of every processor.
  entries.push(4, 6, 0xff, 0, 0, 1);
  return table('APIC', 1, Uint8Array.from([...dword(LOCAL_APIC_BASE), ...dword(MADT_PCAT_COMPAT), ...entries]));
}

const HPET_EVENT_BLOCK = 0x8086a201;
export const HPET_ADDRESS = 0xfed00000;

/** IA-PC HPET specification 1.0a, 3.2.4: block 0, by memory, periods from 100 ticks on keep pace. */
function hpetTable(): Uint8Array {
  return table(
    'HPET',
    1,
    Uint8Array.from([...dword(HPET_EVENT_BLOCK), 0, 64, 0, 0, ...dword(HPET_ADDRESS), ...dword(0), 0, 100, 0, 0]),
  );
}

/** Windows ACPI Emulated Devices Table: the PM timer needs one read only. */
function waetTable(): Uint8Array {
  return table('WAET', 1, Uint8Array.from(dword(2)));
}

function dword(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}
