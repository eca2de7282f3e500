/**
 * Intel 82093AA I/O APIC (datasheet 290566-001) with 24 inputs and the EOI register of version 0x20 (ICH). The levels
 * that drivers give are logical, so the polarity bits only store. Left out: the APIC bus and arbitration.
 */
import type { AccessSize, Device, MmioHandler } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import {
  DELIVERY_EXTINT,
  DELIVERY_FIXED,
  DELIVERY_LOWEST,
  type InterruptMessageBus,
} from '../../machine/interrupt-message';
import { defineState, isRecord, isUint } from '../../machine/saved-state';

export const IOAPIC_PINS = 24;

const IOREGSEL = 0x00;
const IOWIN = 0x10;
const IOEOI = 0x40;
const IOAPICID = 0x00;
const IOAPICVER = 0x01;
const IOAPICARB = 0x02;
const IOREDTBL = 0x10;
const VERSION = ((IOAPIC_PINS - 1) << 16) | 0x20;

const RT_LOGICAL = 0x0800;
const RT_REMOTE_IRR = 0x4000;
const RT_LEVEL = 0x8000;
const RT_MASKED = 0x10000;
/** Vector, mode, destination mode, polarity, trigger, mask. */
const RT_WRITABLE = 0x1afff;

export interface IoApicState {
  readonly select: number;
  readonly apicId: number;
  /** Redirection entries: bits 31-0 and 63-32. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly pins: number;
}

export const ioApicState = defineState<IoApicState>({
  kind: 'ioapic',
  version: 1,
  check: (value): value is IoApicState =>
    isRecord(value) &&
    isUint(value.select, 0xff) &&
    isUint(value.apicId, 15) &&
    isWords(value.low) &&
    isWords(value.high) &&
    isUint(value.pins, 2 ** IOAPIC_PINS - 1),
});

function isWords(value: unknown): boolean {
  return Array.isArray(value) && value.length === IOAPIC_PINS && value.every((word) => isUint(word));
}

export class IoApic implements Device<IoApicState>, MmioHandler {
  #select = 0;
  #apicId: number;
  readonly #low: number[] = new Array<number>(IOAPIC_PINS).fill(RT_MASKED);
  readonly #high: number[] = new Array<number>(IOAPIC_PINS).fill(0);
  #pins = 0;

  constructor(
    readonly id: string,
    private readonly wires: { readonly bus: InterruptMessageBus },
    private readonly powerOnId = 0,
  ) {
    this.#apicId = powerOnId;
  }

  /** The wire of input 0-23. */
  line(pin: number): InterruptLine {
    return { set: (level) => this.#setPin(pin, level) };
  }

  /** A local APIC ended a level-triggered vector. */
  endOfInterrupt(vector: number): void {
    for (let pin = 0; pin < IOAPIC_PINS; pin++) {
      const entry = this.#low[pin]!;
      if ((entry & 0xff) !== vector || (entry & RT_REMOTE_IRR) === 0) continue;
      this.#low[pin] = entry & ~RT_REMOTE_IRR;
      this.#updateInterrupt(pin);
    }
  }

  readMmio(offset: number, size: AccessSize): number {
    const at = offset & 0xff;
    const value = at === IOREGSEL ? this.#select : at === IOWIN ? this.#read(this.#select) : 0;
    return size === 4 ? value >>> 0 : value & (2 ** (8 * size) - 1);
  }

  writeMmio(offset: number, size: AccessSize, value: number): void {
    const at = offset & 0xff;
    if (at === IOREGSEL) this.#select = value & 0xff;
    else if (size !== 4)
      return; // the window takes whole registers only (3.1.2)
    else if (at === IOWIN) this.#write(this.#select, value >>> 0);
    else if (at === IOEOI) this.endOfInterrupt(value & 0xff);
  }

  reset(): void {
    this.#select = 0;
    this.#apicId = this.powerOnId;
    this.#low.fill(RT_MASKED);
    this.#high.fill(0);
  }

  save(): IoApicState {
    return { select: this.#select, apicId: this.#apicId, low: [...this.#low], high: [...this.#high], pins: this.#pins };
  }

  restore(state: IoApicState): void {
    this.#select = state.select;
    this.#apicId = state.apicId;
    for (let pin = 0; pin < IOAPIC_PINS; pin++) {
      this.#low[pin] = state.low[pin]! & (RT_WRITABLE | RT_REMOTE_IRR);
      this.#high[pin] = state.high[pin]!;
    }
    this.#pins = state.pins;
  }

  #read(register: number): number {
    const index = register - IOREDTBL;
    if (index >= 0 && index < 2 * IOAPIC_PINS) return index & 1 ? this.#high[index >> 1]! : this.#low[index >> 1]!;
    if (register === IOAPICID || register === IOAPICARB) return this.#apicId << 24;
    return register === IOAPICVER ? VERSION : 0;
  }

  #write(register: number, value: number): void {
    const index = register - IOREDTBL;
    if (register === IOAPICID) this.#apicId = (value >>> 24) & 15;
    if (index < 0 || index >= 2 * IOAPIC_PINS) return;
    const pin = index >> 1;
    if (index & 1) {
      this.#high[pin] = value;
      return;
    }
    let entry = (value & RT_WRITABLE) | (this.#low[pin]! & RT_REMOTE_IRR);
    // An entry made edge-triggered forgets that it waits for an EOI.
    if ((entry & RT_LEVEL) === 0) entry &= ~RT_REMOTE_IRR;
    this.#low[pin] = entry;
    this.#updateInterrupt(pin);
  }

  /** An edge on a masked input is lost (3.2.4, "Interrupt Mask"). */
  #setPin(pin: number, level: boolean): void {
    const bit = 1 << pin;
    const rises = level && (this.#pins & bit) === 0;
    this.#pins = level ? this.#pins | bit : this.#pins & ~bit;
    const entry = this.#low[pin]!;
    if (entry & RT_LEVEL) this.#updateInterrupt(pin);
    else if (rises && (entry & RT_MASKED) === 0) this.#deliver(pin, false);
  }

  /** A level-triggered input that is high, unmasked and not already waiting for its EOI is delivered. */
  #updateInterrupt(pin: number): void {
    const entry = this.#low[pin]!;
    if ((entry & (RT_LEVEL | RT_MASKED | RT_REMOTE_IRR)) !== RT_LEVEL || (this.#pins & (1 << pin)) === 0) return;
    const mode = (entry >> 8) & 7;
    // Remote IRR belongs to fixed and lowest priority; the other modes are edges by nature (3.2.4).
    const isVectored = mode === DELIVERY_FIXED || mode === DELIVERY_LOWEST;
    if (isVectored) this.#low[pin] = entry | RT_REMOTE_IRR;
    const isTaken = this.#deliver(pin, isVectored);
    // Nobody took it: tried again when the entry or the pin changes.
    if (isVectored && !isTaken) this.#low[pin]! &= ~RT_REMOTE_IRR;
  }

  #deliver(pin: number, isLevel: boolean): boolean {
    const entry = this.#low[pin]!;
    const deliveryMode = (entry >> 8) & 7;
    return this.wires.bus.send({
      deliveryMode,
      vector: deliveryMode === DELIVERY_EXTINT ? 0 : entry & 0xff,
      destination: this.#high[pin]! >>> 24,
      isLogical: (entry & RT_LOGICAL) !== 0,
      isLevel,
    });
  }
}
