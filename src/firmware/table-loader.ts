/**
 * The list of commands by which SeaBIOS places ACPI tables in memory and links them: fw_cfg file 'etc/table-loader',
 * records of 128 bytes. File names take 56 bytes.
 */
const RECORD = 128;
const FILE_NAME = 56;
const COMMAND_ALLOCATE = 1;
const COMMAND_ADD_POINTER = 2;
const COMMAND_ADD_CHECKSUM = 3;

export type Zone = 'high' | 'fSegment';

export class TableLoader {
  readonly #records: Uint8Array[] = [];

  /** Loads a file into memory; addresses added later are relative to it. */
  allocate(file: string, alignment: number, zone: Zone): void {
    const { bytes, view } = this.#record(COMMAND_ALLOCATE);
    putName(bytes, 4, file);
    view.setUint32(60, alignment, true);
    bytes[64] = zone === 'high' ? 1 : 2;
  }

  /** Adds the address of `source` to the `size` bytes at `offset` of `target`. */
  addPointer(target: string, source: string, offset: number, size: 4 | 8): void {
    const { bytes, view } = this.#record(COMMAND_ADD_POINTER);
    putName(bytes, 4, target);
    putName(bytes, 60, source);
    view.setUint32(116, offset, true);
    bytes[120] = size;
  }

  /** Makes the bytes [start, start + length) of a file add up to 0 by the byte at `offset`. */
  addChecksum(file: string, offset: number, start: number, length: number): void {
    const { bytes, view } = this.#record(COMMAND_ADD_CHECKSUM);
    putName(bytes, 4, file);
    view.setUint32(60, offset, true);
    view.setUint32(64, start, true);
    view.setUint32(68, length, true);
  }

  toBytes(): Uint8Array {
    const all = new Uint8Array(this.#records.length * RECORD);
    this.#records.forEach((record, i) => {
      all.set(record, i * RECORD);
    });
    return all;
  }

  #record(command: number): { bytes: Uint8Array; view: DataView } {
    const bytes = new Uint8Array(RECORD);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, command, true);
    this.#records.push(bytes);
    return { bytes, view };
  }
}

function putName(bytes: Uint8Array, at: number, file: string): void {
  for (let i = 0; i < Math.min(file.length, FILE_NAME - 1); i++) bytes[at + i] = file.charCodeAt(i);
}
