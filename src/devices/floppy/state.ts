import { defineState, isBytes, isNs, isRecord, isUint } from '../../machine/saved-state';
import { SECTOR } from './formats';
import { decodeCommand, MAX_COMMAND } from './registers';
import { powerOnSettings, type Settings } from './settings';

/** busy: the controller or the host works; dma: waits for the DMA controller; pio…: for the data register. */
export type Phase = 'idle' | 'command' | 'busy' | 'dma' | 'pioIn' | 'pioOut' | 'result';
export type Later = 'nothing' | 'seek' | 'readId' | 'reset';

/** The sector that comes next, in the words of the command; for FORMAT `record` counts sectors done. */
export interface Transfer {
  cylinder: number;
  head: number;
  record: number;
  /** N: 128 << size bytes. */
  size: number;
  /** EOT, or sectors per track of FORMAT. */
  last: number;
  filler: number;
  isMultiTrack: boolean;
}

export const NO_TRANSFER: Transfer = {
  cylinder: 0,
  head: 0,
  record: 0,
  size: 0,
  last: 0,
  filler: 0,
  isMultiTrack: false,
};

/** The sector after `count` more; past the last of a track come the other side (MT) or the next cylinder (table 5-5). */
export function advance(transfer: Transfer, count: number, sectors: number): void {
  const last = Math.min(transfer.last, sectors);
  // The end is where the record equals the last one: who starts beyond it goes on until no sector comes.
  const isBeyond = transfer.record > last;
  transfer.record += count;
  if (isBeyond || transfer.record <= last) return;
  transfer.record = 1;
  if (transfer.isMultiTrack && transfer.head === 0) {
    transfer.head = 1;
    return;
  }
  if (transfer.isMultiTrack) transfer.head = 0;
  transfer.cylinder = (transfer.cylinder + 1) & 0xff;
}

export interface FloppyState {
  readonly dor: number;
  readonly tdr: number;
  readonly dsr: number;
  readonly settings: Readonly<Settings>;
  readonly phase: Phase;
  readonly command: readonly number[];
  readonly result: readonly number[];
  readonly resultAt: number;
  readonly transfer: Readonly<Transfer>;
  readonly buffer: Uint8Array;
  readonly position: number;
  readonly isTerminal: boolean;
  readonly seekStatus: readonly (number | null)[];
  readonly later: Later;
  readonly deadlineNs: number | null;
  readonly irq: boolean;
  readonly drives: readonly ({ readonly track: number; readonly isChanged: boolean } | null)[];
}

const PHASES: readonly unknown[] = ['idle', 'command', 'busy', 'dma', 'pioIn', 'pioOut', 'result'] satisfies Phase[];
const LATERS: readonly unknown[] = ['nothing', 'seek', 'readId', 'reset'] satisfies Later[];
const MAX_RESULT = 16;
const MAX_BUFFER = 64 * SECTOR;
const MAX_TRACK = 0xff;

export const floppyState = defineState<FloppyState>({ kind: 'i82078', version: 1, check: isFloppyState });

function isFloppyState(value: unknown): value is FloppyState {
  return (
    isRecord(value) &&
    isUint(value.dor, 0xff) &&
    isUint(value.tdr, 0xff) &&
    isUint(value.dsr, 0xff) &&
    isSettings(value.settings) &&
    PHASES.includes(value.phase) &&
    isByteList(value.command, MAX_COMMAND) &&
    isByteList(value.result, MAX_RESULT) &&
    isUint(value.resultAt, value.result.length) &&
    isTransfer(value.transfer) &&
    isBytes(value.buffer) &&
    value.buffer.length <= MAX_BUFFER &&
    isUint(value.position, value.buffer.length) &&
    typeof value.isTerminal === 'boolean' &&
    Array.isArray(value.seekStatus) &&
    value.seekStatus.length === 4 &&
    value.seekStatus.every((status) => status === null || isUint(status, 0xff)) &&
    LATERS.includes(value.later) &&
    (value.deadlineNs === null || isNs(value.deadlineNs)) &&
    typeof value.irq === 'boolean' &&
    Array.isArray(value.drives) &&
    value.drives.length <= 4 &&
    value.drives.every(isDrive) &&
    isConsistent(value as unknown as FloppyState)
  );
}

/** A phase goes with the bytes that it works on: a file must not bring the controller where no command does. */
function isConsistent({ phase, later, command, result, resultAt, position, buffer, deadlineNs }: FloppyState): boolean {
  const decoded = command.length > 0 ? decodeCommand(command[0]!) : undefined;
  if ((later !== 'nothing') !== (deadlineNs !== null)) return false;
  if (later === 'seek' && command.length !== 3) return false;
  if (phase === 'command') return decoded !== undefined && command.length < decoded.length;
  if (phase === 'result') return resultAt < result.length;
  if (phase === 'idle') return command.length === 0 || later === 'seek';
  if (decoded === undefined || command.length !== decoded.length || command.length < 2) return false;
  // Host requests are drained before a save; what is left to be busy with is a delay.
  return phase === 'busy' ? later === 'readId' : position < buffer.length;
}

function isSettings(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { isLocked, ...bytes } = value;
  return (
    typeof isLocked === 'boolean' &&
    hasBytes(
      bytes,
      Object.keys(powerOnSettings()).filter((key) => key !== 'isLocked'),
    )
  );
}

function isTransfer(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.isMultiTrack === 'boolean' &&
    hasBytes(value, ['cylinder', 'head', 'record', 'size', 'last', 'filler'])
  );
}

function hasBytes(value: Record<string, unknown>, keys: readonly string[]): boolean {
  return keys.every((key) => isUint(value[key], 0xff));
}

function isByteList(value: unknown, longest: number): value is number[] {
  return Array.isArray(value) && value.length <= longest && value.every((byte) => isUint(byte, 0xff));
}

function isDrive(value: unknown): boolean {
  return value === null || (isRecord(value) && isUint(value.track, MAX_TRACK) && typeof value.isChanged === 'boolean');
}
