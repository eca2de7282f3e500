import type { InterruptLine, SignalLine } from '../../src/machine/interrupt-line';

/** The far end of a wire: its level and how often it rose. */
export class FakeLine implements InterruptLine {
  level = false;
  rises = 0;
  falls = 0;

  set(level: boolean): void {
    if (level === this.level) return;
    this.level = level;
    if (level) this.rises++;
    else this.falls++;
  }
}

export class FakeSignal implements SignalLine {
  pulses = 0;

  pulse(): void {
    this.pulses++;
  }
}
