import type { GuestBus } from '../cpu/backend';
import type { AccessSize } from '../machine/device';
import type { Gpa } from '../machine/guest-memory';

/** One access in so many is timed: looking at the clock costs about as much as a plain access. */
const TIMED_ONE_IN = 8;

/** A bus that knows about how long its devices took. */
export class MeasuredBus implements GuestBus {
  #accesses = 0;
  #ms = 0;

  constructor(
    private readonly bus: GuestBus,
    private readonly nowMs: () => number,
  ) {}

  /** Host time spent in devices since the start, as far as the CPU waited for them. */
  get deviceMs(): number {
    return this.#ms;
  }

  #timed<T>(access: () => T): T {
    const before = this.nowMs();
    try {
      return access();
    } finally {
      this.#ms += (this.nowMs() - before) * TIMED_ONE_IN;
    }
  }

  get #isTimed(): boolean {
    return ++this.#accesses % TIMED_ONE_IN === 0;
  }

  readPort(port: number, size: AccessSize): number {
    if (this.#isTimed) return this.#timed(() => this.bus.readPort(port, size));
    return this.bus.readPort(port, size);
  }

  writePort(port: number, size: AccessSize, value: number): void {
    if (this.#isTimed) this.#timed(() => this.bus.writePort(port, size, value));
    else this.bus.writePort(port, size, value);
  }

  readMmio(gpa: Gpa, size: AccessSize): number {
    if (this.#isTimed) return this.#timed(() => this.bus.readMmio(gpa, size));
    return this.bus.readMmio(gpa, size);
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): void {
    if (this.#isTimed) this.#timed(() => this.bus.writeMmio(gpa, size, value));
    else this.bus.writeMmio(gpa, size, value);
  }

  acknowledgeInterrupt(vcpu: number): number | undefined {
    return this.bus.acknowledgeInterrupt(vcpu);
  }
  readTaskPriority(vcpu: number): number {
    return this.bus.readTaskPriority(vcpu);
  }
  writeTaskPriority(vcpu: number, value: number): void {
    this.bus.writeTaskPriority(vcpu, value);
  }
  readMsr(vcpu: number, index: number): bigint | undefined {
    return this.bus.readMsr(vcpu, index);
  }
  writeMsr(vcpu: number, index: number, value: bigint): boolean {
    return this.bus.writeMsr(vcpu, index, value);
  }
  random(): number {
    return this.bus.random();
  }
  coprocessorError(vcpu: number, level: boolean): void {
    this.bus.coprocessorError?.(vcpu, level);
  }
  performanceOverflow(vcpu: number): void {
    this.bus.performanceOverflow?.(vcpu);
  }
  systemManagement(isActive: boolean): void {
    this.bus.systemManagement?.(isActive);
  }
}
