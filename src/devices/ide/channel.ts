/**
 * One IDE channel: two drives on a cable, the registers they share, INTRQ and the bus master. A missing slave is answered
 * for by the master with zeros (ATA/ATAPI-6, 9.16.2); an empty cable reads zeros as well, which every driver takes for
 * "no drive".
 */
import type { AccessSize, PortHandler } from '../../machine/device';
import { allOnes } from '../../machine/device';
import type { GuestMemory } from '../../machine/guest-memory';
import type { InterruptLine } from '../../machine/interrupt-line';
import { isRecord, isUint, SnapshotError } from '../../machine/saved-state';
import { AtaDisk, type AtaDiskState, isAtaDiskState } from './ata-disk';
import { AtapiCdrom, type AtapiCdromState, isAtapiCdromState } from './atapi-cdrom';
import { BusMaster, type BusMasterState, isBusMasterState } from './bus-master';
import { CONTROL_HOB, CONTROL_NIEN, CONTROL_SRST, DEVICE_DEV, REG_DATA, REG_DEVICE, REG_STATUS } from './registers';

export type ChannelDrive = AtaDisk | AtapiCdrom;

export type ChannelDriveState =
  | { readonly kind: 'disk'; readonly state: AtaDiskState }
  | { readonly kind: 'cdrom'; readonly state: AtapiCdromState };

export interface IdeChannelState {
  readonly control: number;
  readonly selected: number;
  readonly busMaster: BusMasterState;
  readonly drives: readonly (ChannelDriveState | null)[];
}

export function isIdeChannelState(value: unknown): value is IdeChannelState {
  return (
    isRecord(value) &&
    isUint(value.control, 0xff) &&
    isUint(value.selected, 1) &&
    isBusMasterState(value.busMaster) &&
    Array.isArray(value.drives) &&
    value.drives.length === 2 &&
    value.drives.every(isChannelDriveState)
  );
}

function isChannelDriveState(value: unknown): boolean {
  if (value === null) return true;
  if (!isRecord(value)) return false;
  return value.kind === 'disk' ? isAtaDiskState(value.state) : value.kind === 'cdrom' && isAtapiCdromState(value.state);
}

const EXECUTE_DIAGNOSTIC = 0x90;

export class IdeChannel {
  readonly busMaster: BusMaster;
  readonly #drives: readonly (ChannelDrive | undefined)[];
  #control = 0;
  #selected = 0;
  #line = false;

  constructor(
    drives: { readonly master?: ChannelDrive; readonly slave?: ChannelDrive },
    private readonly irq: InterruptLine,
    memory: GuestMemory,
    isBusMasterEnabled: () => boolean,
  ) {
    this.#drives = [drives.master, drives.slave];
    this.busMaster = new BusMaster(memory, isBusMasterEnabled);
    this.busMaster.onStart = () => this.#drive?.dmaStarted();
    const wires = { dma: this.busMaster, interruptChanged: () => this.#updateInterrupt() };
    for (const drive of this.#drives) drive?.attach(wires);
  }

  /** 1F0-1F7 or 170-177. */
  readonly command: PortHandler = {
    readPort: (offset, size) => this.#readCommandBlock(offset, size),
    writePort: (offset, size, value) => this.#writeCommandBlock(offset, size, value),
  };

  /** 3F6 or 376. */
  readonly control: PortHandler = {
    readPort: (offset, size) => (offset === 0 && size === 1 ? (this.#drive?.status ?? 0) : allOnes(size)),
    writePort: (offset, size, value) => {
      if (offset === 0 && size === 1) this.#writeControl(value & 0xff);
    },
  };

  reset(): void {
    this.#control = 0;
    this.#selected = 0;
    this.busMaster.reset();
    for (const drive of this.#drives) drive?.powerOn();
    this.#updateInterrupt();
  }

  save(): IdeChannelState {
    const drives = this.#drives.map((drive): ChannelDriveState | null => {
      if (drive === undefined) return null;
      return drive instanceof AtaDisk
        ? { kind: 'disk', state: drive.saveState() }
        : { kind: 'cdrom', state: drive.saveState() };
    });
    return { control: this.#control, selected: this.#selected, busMaster: this.busMaster.save(), drives };
  }

  restore(part: string, state: IdeChannelState): void {
    this.#drives.forEach((drive, i) => {
      const saved = state.drives[i] ?? null;
      const name = `${part}/drive${i}`;
      if (drive === undefined && saved === null) return;
      if (drive instanceof AtaDisk && saved?.kind === 'disk') drive.restoreState(name, saved.state);
      else if (drive instanceof AtapiCdrom && saved?.kind === 'cdrom') drive.restoreState(saved.state);
      else throw new SnapshotError(name, 'is for another kind of drive');
    });
    this.#control = state.control;
    this.#selected = state.selected;
    this.busMaster.restore(state.busMaster);
    this.#line = this.#isInterrupting;
    this.irq.set(this.#line);
  }

  get #drive(): ChannelDrive | undefined {
    return this.#drives[this.#selected];
  }

  #readCommandBlock(offset: number, size: AccessSize): number {
    const drive = this.#drive;
    if (offset === REG_DATA) {
      if (size === 1) return 0xff;
      return drive === undefined ? 0 : drive.readData(size);
    }
    if (size !== 1 || offset > REG_STATUS) return allOnes(size);
    if (drive === undefined) return 0;
    const value = drive.readRegister(offset, (this.#control & CONTROL_HOB) !== 0);
    if (offset === REG_STATUS) drive.acknowledge();
    return value;
  }

  #writeCommandBlock(offset: number, size: AccessSize, value: number): void {
    if (offset === REG_DATA) {
      if (size !== 1) this.#drive?.writeData(size, value);
      return;
    }
    if (size !== 1 || offset > REG_STATUS) return;
    // Writing any command block register clears HOB (ATA/ATAPI-6, 7.8).
    this.#control &= ~CONTROL_HOB;
    if (offset === REG_STATUS) {
      this.#writeCommand(value & 0xff);
      return;
    }
    if (this.#drive?.isBusy) return;
    if (offset === REG_DEVICE) this.#selected = (value & DEVICE_DEV) !== 0 ? 1 : 0;
    for (const drive of this.#drives) if (drive?.isBusy === false) drive.writeRegister(offset, value & 0xff);
    this.#updateInterrupt();
  }

  #writeCommand(command: number): void {
    if ((this.#control & CONTROL_SRST) !== 0) return;
    if (command !== EXECUTE_DIAGNOSTIC) {
      this.#drive?.writeCommand(command);
      return;
    }
    if (this.#drive === undefined && this.#drives[0] === undefined) return;
    for (const drive of this.#drives) drive?.diagnose();
    this.#selected = 0;
    this.#drives[0]?.completeDiagnostic();
  }

  #writeControl(value: number): void {
    const wasReset = (this.#control & CONTROL_SRST) !== 0;
    const isReset = (value & CONTROL_SRST) !== 0;
    this.#control = value & (CONTROL_HOB | CONTROL_SRST | CONTROL_NIEN);
    if (isReset && !wasReset) for (const drive of this.#drives) drive?.beginSoftReset();
    if (!isReset && wasReset) {
      this.#selected = 0;
      for (const drive of this.#drives) drive?.endSoftReset();
    }
    this.#updateInterrupt();
  }

  get #isInterrupting(): boolean {
    return (this.#control & CONTROL_NIEN) === 0 && this.#drive?.isInterrupting === true;
  }

  /** Only the selected drive drives INTRQ. */
  #updateInterrupt(): void {
    const level = this.#isInterrupting;
    if (level && !this.#line) this.busMaster.interruptRose();
    this.#line = level;
    this.irq.set(level);
  }
}
