/**
 * A wire from a device to an interrupt controller. The driver says the level; the controller decides by its own
 * edge/level configuration what that means. Setting the same level twice does nothing.
 */
export interface InterruptLine {
  set(level: boolean): void;
}

/** Several drivers on one level-triggered wire: the wire is high while any of them drives it. */
export class SharedLine {
  readonly #drivers: boolean[] = [];
  #high = 0;
  constructor(private readonly out: InterruptLine) {}

  /** A new driver's end of the wire. */
  driver(): InterruptLine {
    const index = this.#drivers.push(false) - 1;
    return {
      set: (level) => {
        if (this.#drivers[index] === level) return;
        this.#drivers[index] = level;
        this.#high += level ? 1 : -1;
        this.out.set(this.#high > 0);
      },
    };
  }
}

/** A wire with a switch: while it is off the far end is low, whatever the driver does. */
export class SwitchedLine implements InterruptLine {
  #level = false;
  #isOn = true;
  constructor(private readonly out: InterruptLine) {}

  set(level: boolean): void {
    this.#level = level;
    this.out.set(level && this.#isOn);
  }

  switch(isOn: boolean): void {
    this.#isOn = isOn;
    this.out.set(this.#level && isOn);
  }
}

/** The gate of address line 20 as the ports that write and read it see it. True lets the line through. */
export interface A20Gate extends InterruptLine {
  readonly level: boolean;
}

/** One latch for all of them: the last writer counts. */
export class A20Latch implements A20Gate {
  level = true;
  constructor(private readonly out: InterruptLine) {}

  set(level: boolean): void {
    this.level = level;
    this.out.set(level);
  }
}

/** A one-shot signal without a level, e.g. reset. */
export interface SignalLine {
  pulse(): void;
}

/** Where a device's output bytes go (serial, debug ports). Never blocks, never throws. */
export interface ByteSink {
  write(byte: number): void;
}
