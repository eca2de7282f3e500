import type { ByteSink } from '../../src/machine/interrupt-line';

/** Keeps what a device sends. */
export class MemorySink implements ByteSink {
  readonly bytes: number[] = [];

  write(byte: number): void {
    this.bytes.push(byte);
  }

  get text(): string {
    return String.fromCharCode(...this.bytes);
  }
}
