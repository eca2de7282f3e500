/**
 * Everything that enters the machine from outside. An input is applied between instructions and stamped with the
 * retired-instruction count; the list of stamped inputs, together with the start state, replays a run exactly.
 */
export type MachineInput =
  | { readonly kind: 'clock'; readonly ns: number; readonly nsPerInstruction: number }
  | { readonly kind: 'key'; readonly usage: number; readonly down: boolean }
  /** A key that went down is still held, so long after its press. */
  | { readonly kind: 'keyHeld'; readonly usage: number; readonly heldMs: number }
  | {
      readonly kind: 'pointer';
      /** Absolute position 0..65535 on the screen, when known. */
      readonly x?: number;
      readonly y?: number;
      readonly dx: number;
      readonly dy: number;
      readonly wheel: number;
      /** Bit 0 left, 1 right, 2 middle, 3 back, 4 forward. */
      readonly buttons: number;
    }
  | { readonly kind: 'serial'; readonly port: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'disk';
      readonly port: string;
      readonly request: number;
      readonly error?: DiskInputError;
      readonly data?: Uint8Array;
    }
  | { readonly kind: 'medium'; readonly port: string; readonly sizeBytes?: number; readonly isReadOnly?: boolean }
  | { readonly kind: 'random'; readonly value: number }
  | { readonly kind: 'startTime'; readonly unixMs: number; readonly zoneMinutes: number }
  | { readonly kind: 'powerButton' }
  | { readonly kind: 'reset' };

export type DiskInputError = 'medium' | 'noMedium' | 'readOnly';

export interface StampedInput {
  readonly count: number;
  readonly input: MachineInput;
}

/** Where the loop gets inputs that the machine asks for synchronously, and what sees every input applied. */
export interface InputObserver {
  applied(count: number, input: MachineInput): void;
}

/**
 * The single door. The loop calls `apply` between instructions; `random` is the one input that an instruction asks for.
 */
export class InputGate {
  #observer: InputObserver | undefined;
  #replayedRandom: (() => number) | undefined;

  constructor(
    private readonly count: () => number,
    private readonly dispatch: (input: MachineInput) => void,
    private readonly hostRandom: () => number,
  ) {}

  observe(observer: InputObserver | undefined): void {
    this.#observer = observer;
  }

  replayRandom(source: (() => number) | undefined): void {
    this.#replayedRandom = source;
  }

  apply(input: MachineInput): void {
    this.#observer?.applied(this.count(), input);
    this.dispatch(input);
  }

  /** 32 random bits for RDRAND and friends. */
  random(): number {
    const value = (this.#replayedRandom ?? this.hostRandom)() >>> 0;
    this.#observer?.applied(this.count(), { kind: 'random', value });
    return value;
  }
}

/** Keeps what a run received. */
export class InputRecorder implements InputObserver {
  readonly inputs: StampedInput[] = [];

  applied(count: number, input: MachineInput): void {
    this.inputs.push({ count, input });
  }
}

/** Hands recorded inputs back at their counts. */
export class InputReplayer {
  #next = 0;
  constructor(private readonly inputs: readonly StampedInput[]) {}

  /** The count at which the next input is due, random numbers left out: they are asked for. */
  get nextCount(): number | undefined {
    for (let i = this.#next; i < this.inputs.length; i++) {
      const stamped = this.inputs[i] as StampedInput;
      if (stamped.input.kind !== 'random') return stamped.count;
    }
    return undefined;
  }

  /** Inputs due at `count`, in order, up to the second clock step: timers fire before that. */
  take(count: number): MachineInput[] {
    const due: MachineInput[] = [];
    let hasStep = false;
    for (;;) {
      const stamped = this.inputs[this.#next];
      if (stamped === undefined || stamped.count !== count || stamped.input.kind === 'random') return due;
      if (stamped.input.kind === 'clock') {
        if (hasStep) return due;
        hasStep = true;
      }
      due.push(stamped.input);
      this.#next++;
    }
  }

  takeRandom(): number {
    const stamped = this.inputs[this.#next];
    if (stamped === undefined || stamped.input.kind !== 'random') {
      throw new Error('the replay asked for a random number that the recording does not have here');
    }
    this.#next++;
    return stamped.input.value;
  }
}
