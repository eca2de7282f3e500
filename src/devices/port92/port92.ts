/**
 * System control port A at 0x92 (PS/2 technical reference; PIIX3 chipsets keep it): bit 0 fast reset, bit 1 the
 * alternate A20 gate. Other bits only store.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import type { InterruptLine, SignalLine } from '../../machine/interrupt-line';
import { defineState, isRecord, isUint } from '../../machine/saved-state';

const FAST_RESET = 0x01;
const A20_GATE = 0x02;

export interface Port92State {
  readonly value: number;
}

export const port92State = defineState<Port92State>({
  kind: 'port92',
  version: 1,
  check: (value): value is Port92State => isRecord(value) && isUint(value.value, 0xff),
});

export class Port92 implements Device<Port92State>, PortHandler {
  #value = 0;

  /** @param wires.a20 this port's vote; the board joins it with the keyboard controller's */
  constructor(
    readonly id: string,
    private readonly wires: { readonly a20: InterruptLine; readonly reset: SignalLine },
  ) {}

  readPort(_offset: number, _size: AccessSize): number {
    return this.#value;
  }

  writePort(_offset: number, _size: AccessSize, value: number): void {
    const resets = (value & ~this.#value & FAST_RESET) !== 0;
    this.#value = value & 0xff;
    this.wires.a20.set((value & A20_GATE) !== 0);
    if (resets) this.wires.reset.pulse();
  }

  reset(): void {
    this.#value = 0;
    this.wires.a20.set(false);
  }

  save(): Port92State {
    return { value: this.#value };
  }

  restore(state: Port92State): void {
    this.#value = state.value;
    this.wires.a20.set((state.value & A20_GATE) !== 0);
  }
}
