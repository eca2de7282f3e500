/**
 * Guest time. Nanoseconds since power-on as an integer-valued number (exact for 104 days). Devices get time and timers
 * from here only. See src/README.md, "Time".
 */
export interface GuestClock {
  /** Guest time of the current instruction. */
  nowNs(): number;
  /** A one-shot timer, disarmed. `fire` is called on the machine thread, between instructions, with now >= deadline. */
  createTimer(name: string, fire: () => void): GuestTimer;
}

export interface GuestTimer {
  /** Arms (or re-arms) the timer. A deadline in the past fires at the next instruction boundary. */
  arm(deadlineNs: number): void;
  disarm(): void;
  /** undefined while disarmed. A device saves this and re-arms on restore. */
  readonly deadlineNs: number | undefined;
}

/** The clock step in force: ns = stepNs + floor((count - stepCount) * nsPerInstruction); see src/README.md, "Time". */
export interface ClockStep {
  readonly count: number;
  readonly ns: number;
  readonly nsPerInstruction: number;
}
