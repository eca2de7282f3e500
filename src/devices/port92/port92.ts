/**
 * System control port A at 0x92 (PS/2 technical reference; PIIX3 chipsets keep it): bit 0 fast reset, bit 1 the A20 gate,
 * which is the keyboard controller's too. Other bits only store.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import type { A20Gate, SignalLine } from '../../machine/interrupt-line';
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

  constructor(
    readonly id: string,
    private readonly wires: { readonly a20: A20Gate; readonly reset: SignalLine },
  ) {}

  readPort(_offset: number, _size: AccessSize): number {
    return (this.#value & ~A20_GATE) | (this.wires.a20.level ? A20_GATE : 0);
  }

  writePort(_offset: number, _size: AccessSize, value: number): void {
    const resets = (value & ~this.#value & FAST_RESET) !== 0;
    this.#value = value & 0xff;
    this.wires.a20.set((value & A20_GATE) !== 0);
    if (resets) this.wires.reset.pulse();
  }

  /** The gate opens with the keyboard controller's reset. */
  reset(): void {
    this.#value = 0;
  }

  save(): Port92State {
    return { value: this.#value };
  }

  restore(state: Port92State): void {
    this.#value = state.value;
  }
}
