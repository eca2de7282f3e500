/**
 * Native command queuing of one disk (Serial ATA 3.0, 13.6): READ and WRITE FPDMA QUEUED. Every accepted command asks the host
 * at once, in pieces; they end in the order in which the host answers. An error ends all of them, and is told by log page 10h.
 */
import type { BlockPort, BlockResult } from '../../machine/block-port';
import type { AhciTransfer } from './ahci-transfer';
import { CHUNK, ERROR_ABRT, ERROR_IDNF, ERROR_UNC, SECTOR, STATUS_DRDY, STATUS_DSC, STATUS_ERR } from './registers';

export const READ_QUEUED = 0x60;
export const WRITE_QUEUED = 0x61;
const DEVICE_FUA = 0x80;

export interface QueuedCommand {
  readonly isWrite: boolean;
  readonly tag: number;
  readonly lba: number;
  readonly count: number;
  readonly isFua: boolean;
  readonly transfer: AhciTransfer;
}

/** From a register FIS (13.6.4.1): the count is in the features, the tag in the count. */
export function queuedCommand(fis: Uint8Array, transfer: AhciTransfer): QueuedCommand {
  const byte = (at: number): number => fis[at] as number;
  return {
    isWrite: byte(2) === WRITE_QUEUED,
    tag: byte(12) >> 3,
    lba: byte(4) + byte(5) * 2 ** 8 + byte(6) * 2 ** 16 + byte(8) * 2 ** 24 + byte(9) * 2 ** 32 + byte(10) * 2 ** 40,
    count: (byte(11) << 8) | byte(3) || 0x10000,
    isFua: (byte(7) & DEVICE_FUA) !== 0,
    transfer,
  };
}

export class AhciQueue {
  /** Tags that are being worked on. */
  #active = new Set<number>();
  #epoch = 0;
  #log: Uint8Array = new Uint8Array(SECTOR);

  constructor(
    private readonly port: BlockPort,
    private readonly ended: (tag: number, error: number) => void,
  ) {}

  get isEmpty(): boolean {
    return this.#active.size === 0;
  }

  get errorLog(): Uint8Array {
    return this.#log;
  }

  set errorLog(log: Uint8Array) {
    this.#log = log;
  }

  /** What the host still works on is forgotten. */
  abort(): void {
    this.#epoch++;
    this.#active.clear();
  }

  start(command: QueuedCommand): void {
    const sectors = Math.ceil((this.port.medium?.sizeBytes ?? 0) / SECTOR);
    const isWrong = this.#active.has(command.tag);
    this.#active.add(command.tag);
    if (isWrong || (command.isWrite && this.port.medium?.isReadOnly !== false)) this.#fail(command, ERROR_ABRT);
    else if (command.lba + command.count > sectors) this.#fail(command, ERROR_IDNF);
    else this.#next(command, 0);
  }

  #next(command: QueuedCommand, done: number): void {
    const total = command.count * SECTOR;
    if (done === total) {
      if (command.isWrite && command.isFua)
        this.port.flush(this.#guarded(command, ERROR_ABRT, () => this.#end(command)));
      else this.#end(command);
      return;
    }
    const { transfer } = command;
    const offset = command.lba * SECTOR + done;
    const length = Math.min(CHUNK, total - done);
    if (command.isWrite) {
      const data = new Uint8Array(length);
      if (transfer.fromGuest(data) < length) {
        this.#fail(command, ERROR_ABRT);
        return;
      }
      this.port.write(
        offset,
        data,
        this.#guarded(command, ERROR_ABRT, () => this.#next(command, done + length)),
      );
      return;
    }
    // An image need not end with a whole sector.
    const there = Math.max(0, Math.min(length, (this.port.medium?.sizeBytes ?? 0) - offset));
    this.port.read(
      offset,
      there,
      this.#guarded<Uint8Array>(command, ERROR_UNC, (bytes) => {
        const data = there === length ? bytes : new Uint8Array(length);
        if (data !== bytes) data.set(bytes);
        if (transfer.toGuest(data) < length) this.#fail(command, ERROR_ABRT);
        else this.#next(command, done + length);
      }),
    );
  }

  #guarded<T>(command: QueuedCommand, error: number, then: (value: T) => void): (result: BlockResult<T>) => void {
    const epoch = this.#epoch;
    return (result) => {
      if (epoch !== this.#epoch) return;
      if (result.ok) then(result.value);
      else this.#fail(command, error);
    };
  }

  #end(command: QueuedCommand): void {
    this.#active.delete(command.tag);
    this.ended(command.tag, 0);
  }

  /** The log says which one it was, its last address and the registers (13.7.3). */
  #fail(command: QueuedCommand, error: number): void {
    this.abort();
    const log = new Uint8Array(SECTOR);
    log[0] = command.tag;
    log[2] = STATUS_DRDY | STATUS_DSC | STATUS_ERR;
    log[3] = error;
    let lba = command.lba;
    for (const at of [4, 5, 6, 8, 9, 10]) {
      log[at] = lba % 256;
      lba = Math.floor(lba / 256);
    }
    log[7] = 0x40;
    log[12] = command.count & 0xff;
    log[13] = command.count >> 8;
    log[SECTOR - 1] = -log.reduce((sum, byte) => sum + byte, 0) & 0xff;
    this.#log = log;
    this.ended(command.tag, error);
  }
}
