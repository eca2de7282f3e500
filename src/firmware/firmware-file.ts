/** A named fw_cfg file. Names take at most 55 characters. */
export interface FirmwareFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An fw_cfg item without a name. */
export interface FirmwareItem {
  readonly selector: number;
  readonly bytes: Uint8Array;
}
