/**
 * Intel 8254 programmable interval timer (datasheet 231164-005) as a PC wires it: counter 0 on IRQ 0, counter 1 the
 * refresh request, counter 2 the speaker, its gate and OUT at port 0x61 (PIIX3 290550-002, 2.5.5.1, NMI status and
 * control). The NMI bits of port 0x61 read as quiet. Ports: counters 0x40-0x43, port B 0x61.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { Device, PortHandler } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import { defineState, isRecord, isUint } from '../../machine/saved-state';
import { TickRate } from '../../machine/tick-rate';
import { type ChannelState, isChannelState, type OutEdge, PIT_HZ, PitChannel } from './channel';
import { Speaker } from './speaker';

const RATE = new TickRate(PIT_HZ);

const CONTROL = 3;
const CONTROL_READ_BACK = 3;
const READ_BACK_NO_COUNT = 0x20;
const READ_BACK_NO_STATUS = 0x10;

const PORTB_GATE2 = 0x01;
const PORTB_SPEAKER = 0x02;
const PORTB_WRITABLE = 0x0f;
const PORTB_REFRESH = 0x10;
const PORTB_OUT2 = 0x20;
/** Ticks between DRAM refreshes: the BIOS of every PC loads counter 1 with 18. */
const REFRESH_TICKS = 18;

export interface PitState {
  readonly channels: readonly ChannelState[];
  readonly portB: number;
  /** OUT of counter 0, the level of IRQ 0. */
  readonly out0: boolean;
  /** Tick of the next change of OUT 0. */
  readonly edgeTick: number | undefined;
}

export const pitState = defineState<PitState>({
  kind: 'pit',
  version: 1,
  check: (value): value is PitState =>
    isRecord(value) &&
    Array.isArray(value.channels) &&
    value.channels.length === 3 &&
    value.channels.every(isChannelState) &&
    isUint(value.portB, PORTB_WRITABLE) &&
    typeof value.out0 === 'boolean' &&
    (value.edgeTick === undefined || isUint(value.edgeTick, Number.MAX_SAFE_INTEGER)),
});

export class Pit implements Device<PitState> {
  readonly #channels = [new PitChannel(true), new PitChannel(true), new PitChannel(false)] as const;
  readonly #speaker = new Speaker();
  readonly #timer: GuestTimer;
  #portB = 0;
  #out0 = false;
  #edge: OutEdge | undefined;

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: { readonly irq: InterruptLine },
  ) {
    this.#timer = clock.createTimer(`${id}/out0`, () => this.#passEdge());
  }

  readonly counters: PortHandler = {
    readPort: (offset) => (offset === CONTROL ? 0xff : this.#channels[offset as 0 | 1 | 2].read(this.#tick())),
    writePort: (offset, _size, value) => {
      if (offset === CONTROL) this.#writeControl(value & 0xff);
      else this.#channels[offset as 0 | 1 | 2].write(value & 0xff, this.#tick());
      if (offset === 2 || (offset === CONTROL && value >> 6 === 2)) this.#heard();
      if (offset === 0 || (offset === CONTROL && value >> 6 === 0 && (value & 0x30) !== 0)) this.#updateInterrupt();
    },
  };

  readonly portB: PortHandler = {
    readPort: () => {
      const tick = this.#tick();
      const refresh = Math.floor(tick / REFRESH_TICKS) & 1 ? PORTB_REFRESH : 0;
      return this.#portB | refresh | (this.#channels[2].out(tick) ? PORTB_OUT2 : 0);
    },
    writePort: (_offset, _size, value) => {
      this.#portB = value & PORTB_WRITABLE;
      this.#channels[2].setGate((value & PORTB_GATE2) !== 0, this.#tick());
      this.#heard();
    },
  };

  /** The speaker gives a sound, which `takeSound` hands out. */
  get isSounding(): boolean {
    return this.#speaker.isSounding;
  }

  /** What the speaker played since it was last asked, as samples at SAMPLE_HZ; empty in silence. */
  takeSound(): Int16Array {
    return this.#speaker.take(this.#tick());
  }

  reset(): void {
    for (const channel of this.#channels) channel.reset();
    this.#portB = 0;
    this.#edge = undefined;
    this.#updateInterrupt();
    this.#heard();
  }

  save(): PitState {
    return {
      channels: this.#channels.map((channel) => channel.save()),
      portB: this.#portB,
      out0: this.#out0,
      edgeTick: this.#edge?.tick,
    };
  }

  restore(state: PitState): void {
    this.#channels.forEach((channel, i) => channel.restore(state.channels[i]!));
    this.#portB = state.portB;
    this.#out0 = state.out0;
    // An edge that was due at the save fires at the next boundary.
    this.#edge = state.edgeTick === undefined ? undefined : this.#channels[0].nextEdge(state.edgeTick - 1);
    this.#arm();
    this.wires.irq.set(this.#out0);
    this.#speaker.reset(this.#tick(), this.#channels[2].save(), (this.#portB & PORTB_SPEAKER) !== 0);
  }

  #tick(): number {
    return RATE.ticksAt(this.clock.nowNs());
  }

  #writeControl(value: number): void {
    const select = value >> 6;
    const tick = this.#tick();
    if (select === CONTROL_READ_BACK) {
      for (let i = 0; i < 3; i++) {
        if ((value & (2 << i)) === 0) continue;
        const channel = this.#channels[i as 0 | 1 | 2];
        if ((value & READ_BACK_NO_COUNT) === 0) channel.latchCount(tick);
        if ((value & READ_BACK_NO_STATUS) === 0) channel.latchStatus(tick);
      }
      return;
    }
    const channel = this.#channels[select as 0 | 1 | 2];
    if ((value & 0x30) === 0) channel.latchCount(tick);
    else channel.writeControl(value);
  }

  /** Counter 2 or port B may have changed what is heard. */
  #heard(): void {
    this.#speaker.follow(this.#tick(), this.#channels[2].save(), (this.#portB & PORTB_SPEAKER) !== 0);
  }

  /** The timer: one change of OUT 0 a call, however late it is, so that no tick is lost or bunched. */
  #passEdge(): void {
    const edge = this.#edge;
    if (edge === undefined) return;
    if (edge.isPulse) this.#drive(false);
    this.#drive(edge.level);
    this.#edge = this.#channels[0].nextEdge(edge.tick);
    this.#arm();
  }

  /** OUT 0 after a register write. */
  #updateInterrupt(): void {
    const tick = this.#tick();
    if (this.#edge !== undefined && this.#edge.tick <= tick) this.#passEdge();
    const channel = this.#channels[0];
    this.#edge = channel.nextEdge(tick);
    // The one-tick pulse of mode 2 is made at its end.
    this.#drive(channel.mode === 2 ? true : channel.out(tick));
    this.#arm();
  }

  #drive(level: boolean): void {
    this.#out0 = level;
    this.wires.irq.set(level);
  }

  #arm(): void {
    if (this.#edge === undefined) this.#timer.disarm();
    else this.#timer.arm(Math.min(RATE.nsOf(this.#edge.tick), Number.MAX_SAFE_INTEGER));
  }
}
