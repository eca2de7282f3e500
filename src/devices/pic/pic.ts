/**
 * The PC's two 8259As, the slave on input 2 of the master, with the edge/level control registers ELCR1/2 of the PIIX3
 * (290550-002, 2.5.4). Ports: master 0x20-0x21, slave 0xA0-0xA1, ELCR 0x4D0-0x4D1.
 */
import type { Device, PortHandler } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import { defineState, isRecord } from '../../machine/saved-state';
import { I8259, type I8259State, isI8259State } from './i8259';

export interface PicState {
  readonly master: I8259State;
  readonly slave: I8259State;
}

export const picState = defineState<PicState>({
  kind: 'pic',
  version: 1,
  check: (value): value is PicState => isRecord(value) && isI8259State(value.master) && isI8259State(value.slave),
});

const CASCADE_INPUT = 2;

export class Pic implements Device<PicState> {
  readonly #master = new I8259(1 << CASCADE_INPUT, 0xf8);
  readonly #slave = new I8259(0, 0xde);

  readonly master: PortHandler = this.#portsOf(this.#master);
  readonly slave: PortHandler = this.#portsOf(this.#slave);
  readonly elcr: PortHandler = {
    readPort: (offset) => (offset === 0 ? this.#master.elcr : this.#slave.elcr),
    writePort: (offset, _size, value) => {
      if (offset === 0) this.#master.elcr = value & 0xff;
      else this.#slave.elcr = value & 0xff;
      this.#updateInterrupt();
    },
  };

  /** @param wires.intr INT of the master: high while a request waits for its acknowledge cycle */
  constructor(
    readonly id: string,
    private readonly wires: { readonly intr: InterruptLine },
  ) {}

  /** The wire of IRQ 0-15. IRQ 2 is the cascade and has no pin. */
  line(irq: number): InterruptLine {
    return { set: (level) => this.#setLine(irq, level) };
  }

  /** Interrupt-acknowledge cycle: always a vector, that of IRQ 7 or 15 when the request has gone (spurious). */
  acknowledge(): number {
    const input = this.#master.acknowledge();
    let vector: number;
    if (input !== undefined && this.#master.hasSlave(input)) {
      vector = this.#slave.vector(this.#slave.acknowledge() ?? 7);
    } else {
      vector = this.#master.vector(input ?? 7);
    }
    this.#updateInterrupt();
    return vector;
  }

  get isRequesting(): boolean {
    return this.#master.isRequesting;
  }

  reset(): void {
    this.#master.reset();
    this.#slave.reset();
    this.#updateInterrupt();
  }

  save(): PicState {
    return { master: this.#master.save(), slave: this.#slave.save() };
  }

  restore(state: PicState): void {
    this.#master.restore(state.master);
    this.#slave.restore(state.slave);
    this.#updateInterrupt();
  }

  #portsOf(chip: I8259): PortHandler {
    return {
      readPort: (offset) => {
        const value = chip.read(offset & 1);
        this.#updateInterrupt();
        return value;
      },
      writePort: (offset, _size, value) => {
        chip.write(offset & 1, value & 0xff);
        this.#updateInterrupt();
      },
    };
  }

  #setLine(irq: number, level: boolean): void {
    if (irq >= 8) this.#slave.setLine(irq & 7, level);
    else if (irq !== CASCADE_INPUT) this.#master.setLine(irq, level);
    this.#updateInterrupt();
  }

  #updateInterrupt(): void {
    this.#master.setLine(CASCADE_INPUT, this.#slave.isRequesting);
    this.wires.intr.set(this.#master.isRequesting);
  }
}
