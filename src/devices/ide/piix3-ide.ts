/**
 * Intel 82371SB (PIIX3) IDE function, 00:01.1 (290550-002, 2.3 and 2.7): two channels at the legacy ports with ISA
 * interrupts 14 and 15, and their bus masters behind BAR 4. Timing registers hold their values.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import { allOnes } from '../../machine/device';
import type { GuestMemory } from '../../machine/guest-memory';
import type { InterruptLine } from '../../machine/interrupt-line';
import type { PciWires } from '../../machine/pci';
import {
  COMMAND_IO,
  COMMAND_MASTER,
  isPciConfigState,
  PciConfigSpace,
  type PciConfigState,
} from '../../machine/pci-config';
import { defineState, isRecord } from '../../machine/saved-state';
import { type ChannelDrive, IdeChannel, type IdeChannelState, isIdeChannelState } from './channel';

export interface Piix3IdeWires {
  readonly pci: PciWires;
  readonly memory: GuestMemory;
  /** ISA interrupts 14 and 15. */
  readonly irqs: readonly [InterruptLine, InterruptLine];
}

/** Drives of the primary and the secondary channel. */
export type Piix3IdeDrives = readonly [
  { readonly master?: ChannelDrive; readonly slave?: ChannelDrive },
  { readonly master?: ChannelDrive; readonly slave?: ChannelDrive },
];

export interface Piix3IdeState {
  readonly config: PciConfigState;
  readonly channels: readonly IdeChannelState[];
}

export const piix3IdeState = defineState<Piix3IdeState>({
  kind: 'piix3-ide',
  version: 1,
  check: (value): value is Piix3IdeState =>
    isRecord(value) &&
    isPciConfigState(value.config) &&
    Array.isArray(value.channels) &&
    value.channels.length === 2 &&
    value.channels.every(isIdeChannelState),
});

const IDETIM = 0x40;
/** IDE decode enable, in the high byte of each channel's timing register. */
const IDETIM_ENABLE = 0x8000;
const SIDETIM = 0x44;
const BUS_MASTER_BAR = 4;

export class Piix3Ide implements Device<Piix3IdeState> {
  readonly config: PciConfigSpace;
  readonly #channels: readonly [IdeChannel, IdeChannel];
  /** Whether a channel's legacy ports answer; kept because every data word passes here. */
  readonly #isOn: [boolean, boolean] = [false, false];

  constructor(
    readonly id: string,
    drives: Piix3IdeDrives,
    wires: Piix3IdeWires,
  ) {
    const busMasters: PortHandler = {
      readPort: (offset, size) => this.#channels[offset < 8 ? 0 : 1].busMaster.readPort(offset & 7, size),
      writePort: (offset, size, value) =>
        this.#channels[offset < 8 ? 0 : 1].busMaster.writePort(offset & 7, size, value),
    };
    this.config = new PciConfigSpace(
      id,
      {
        vendor: 0x8086,
        device: 0x7010,
        revision: 0,
        classCode: 0x010180,
        subsystemVendor: 0x1af4,
        subsystem: 0x1100,
        commandWritable: COMMAND_IO | COMMAND_MASTER,
        status: 0x0280,
      },
      wires.pci,
      [{ kind: 'ports', index: BUS_MASTER_BAR, size: 16, handler: busMasters }],
    );
    // The chip comes up with both channels off; firmware for virtual machines (OVMF) never turns them on.
    this.config.preset(IDETIM, 4, IDETIM_ENABLE * 0x1_0001);
    this.config.allow(IDETIM, 4, 0xf3ff_f3ff);
    this.config.allow(SIDETIM, 1, 0xff);
    this.config.onWrite = () => this.#updateGates();
    const isBusMasterEnabled = (): boolean => this.config.isBusMaster;
    this.#channels = [
      new IdeChannel(drives[0], wires.irqs[0], wires.memory, isBusMasterEnabled),
      new IdeChannel(drives[1], wires.irqs[1], wires.memory, isBusMasterEnabled),
    ];
  }

  /** The command block of a channel, 8 ports. Answers while the channel is enabled in configuration space. */
  commandPorts(channel: 0 | 1): PortHandler {
    return this.#gated(channel, this.#channels[channel].command);
  }

  /** The control block, 1 port: 3F6 or 376 (3F7 is the floppy controller's). */
  controlPorts(channel: 0 | 1): PortHandler {
    return this.#gated(channel, this.#channels[channel].control);
  }

  reset(): void {
    this.config.reset();
    this.#updateGates();
    for (const channel of this.#channels) channel.reset();
  }

  save(): Piix3IdeState {
    return { config: this.config.save(), channels: this.#channels.map((channel) => channel.save()) };
  }

  restore(state: Piix3IdeState): void {
    this.config.restore(state.config);
    this.#updateGates();
    this.#channels.forEach((channel, i) => {
      channel.restore(`${this.id}/channel${i}`, state.channels[i]!);
    });
  }

  #gated(channel: 0 | 1, ports: PortHandler): PortHandler {
    return {
      readPort: (offset: number, size: AccessSize) =>
        this.#isOn[channel] ? ports.readPort(offset, size) : allOnes(size),
      writePort: (offset: number, size: AccessSize, value: number) => {
        if (this.#isOn[channel]) ports.writePort(offset, size, value);
      },
    };
  }

  #updateGates(): void {
    const hasPorts = (this.config.command & COMMAND_IO) !== 0;
    for (const channel of [0, 1] as const) {
      this.#isOn[channel] = hasPorts && (this.config.get(IDETIM + 2 * channel, 2) & IDETIM_ENABLE) !== 0;
    }
  }
}
