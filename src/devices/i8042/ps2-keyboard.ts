/**
 * A 105-key PS/2 keyboard with media keys (IBM PS/2 hardware interface technical reference, "Keyboards", 1991): scan
 * sets 1 to 3, typematic repeat, a 16-byte buffer with overrun code. A key repeats as long as it is known to be held: a
 * release that is late on its way here, from a busy host, makes no characters. Left out: the fake shift codes that real ones put
 * around the navigation keys when Num Lock or Shift is on; drivers do not need them.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import { isBytes, isRecord, isUint } from '../../machine/saved-state';
import {
  keyOfUsage,
  set1Of,
  USAGE_LEFT_ALT,
  USAGE_LEFT_CTRL,
  USAGE_LEFT_SHIFT,
  USAGE_PAUSE,
  USAGE_PRINT_SCREEN,
  USAGE_RIGHT_ALT,
  USAGE_RIGHT_CTRL,
  USAGE_RIGHT_SHIFT,
  USAGES_WITHOUT_BREAK,
} from './scancodes';

const ACK = 0xfa;
const RESEND = 0xfe;
const ECHO = 0xee;
const BAT_OK = 0xaa;
const ID = [0xab, 0x83] as const;

const CMD_LEDS = 0xed;
const CMD_ECHO = 0xee;
const CMD_SCAN_SET = 0xf0;
const CMD_ID = 0xf2;
const CMD_TYPEMATIC = 0xf3;
const CMD_ENABLE = 0xf4;
const CMD_DISABLE = 0xf5;
const CMD_DEFAULTS = 0xf6;
const CMD_ALL_FIRST = 0xf7;
const CMD_ALL_LAST = 0xfa;
const CMD_KEY_FIRST = 0xfb;
const CMD_KEY_LAST = 0xfd;
const CMD_RESEND = 0xfe;
const CMD_RESET = 0xff;

const BUFFER_SIZE = 16;
/** Pause in set 2. */
const LONGEST_STROKE = 8;
/** Unread answers; a guest that never reads gets no more. */
const RESPONSE_LIMIT = 8;
/** 10.9 characters a second after half a second. */
const DEFAULT_TYPEMATIC = 0x2b;

/** What a set 3 key sends (commands F7 to FD). */
const TYPEMATIC = 1;
const MAKE_BREAK = 2;
/** Set 3 keys that do not repeat at power-on: make/break ones; and make-only ones. */
const SET3_MAKE_BREAK: readonly number[] = [0x11, 0x12, 0x19, 0x58, 0x59, 0x39, 0x14];
const SET3_MAKE_ONLY: readonly number[] = [
  0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x47, 0x4f, 0x56, 0x5e, 0x57, 0x5f, 0x62, 0x08, 0x76, 0x67, 0x6e,
  0x6f, 0x65, 0x6d, 0x6c, 0x6b, 0x69, 0x75, 0x73, 0x72, 0x70, 0x74, 0x7a, 0x71, 0x7d, 0x77, 0x7e, 0x79, 0x8b, 0x8c,
  0x8d,
];

export interface Ps2KeyboardState {
  readonly buffer: Uint8Array;
  readonly responses: Uint8Array;
  readonly lastSent: number;
  readonly scanSet: number;
  readonly isEnabled: boolean;
  readonly leds: number;
  readonly typematic: number;
  /** Command whose parameter byte is awaited; 0 = none. */
  readonly command: number;
  /** TYPEMATIC and MAKE_BREAK of each set 3 code. */
  readonly set3Types: Uint8Array;
  readonly pressed: readonly number[];
  readonly repeating: number | undefined;
  readonly repeatNs: number | undefined;
  /** How long the repeating key is known to have been held, and how long it must have been for the next repeat. */
  readonly heldNs: number;
  readonly nextHeldNs: number;
}

export function isPs2KeyboardState(value: unknown): value is Ps2KeyboardState {
  return (
    isRecord(value) &&
    isBytes(value.buffer) &&
    value.buffer.length <= BUFFER_SIZE &&
    isBytes(value.responses) &&
    value.responses.length <= RESPONSE_LIMIT &&
    isUint(value.lastSent, 0xff) &&
    isUint(value.scanSet, 3) &&
    value.scanSet > 0 &&
    typeof value.isEnabled === 'boolean' &&
    isUint(value.leds, 7) &&
    isUint(value.typematic, 0x7f) &&
    isUint(value.command, 0xff) &&
    isBytes(value.set3Types, 256) &&
    Array.isArray(value.pressed) &&
    value.pressed.length <= 256 &&
    value.pressed.every((usage) => isUint(usage)) &&
    (value.repeating === undefined || isUint(value.repeating)) &&
    (value.repeatNs === undefined || isUint(value.repeatNs, Number.MAX_SAFE_INTEGER)) &&
    isUint(value.heldNs, Number.MAX_SAFE_INTEGER) &&
    isUint(value.nextHeldNs, Number.MAX_SAFE_INTEGER)
  );
}

export class Ps2Keyboard {
  #buffer: number[] = [];
  /** Answers to commands; they go before the buffer and past its limit. */
  #responses: number[] = [];
  #lastSent = 0;
  #scanSet = 2;
  #isEnabled = true;
  #leds = 0;
  #typematic = DEFAULT_TYPEMATIC;
  #command = 0;
  readonly #set3Types = new Uint8Array(256);
  readonly #pressed = new Set<number>();
  #repeating: number | undefined;
  #heldNs = 0;
  #nextHeldNs = 0;
  /** Disarmed while a key repeats: the repeat is due, and waits for the word that the key is still held. */
  readonly #repeatTimer: GuestTimer;

  /** @param onData there is something to send */
  constructor(
    name: string,
    private readonly clock: GuestClock,
    private readonly onData: () => void,
  ) {
    this.#repeatTimer = clock.createTimer(`${name}/repeat`, () => this.#repeat());
    this.#defaultSet3Types();
  }

  /** Scroll, Num, Caps Lock in bits 0 to 2. */
  get leds(): number {
    return this.#leds;
  }

  get hasData(): boolean {
    return this.#responses.length > 0 || this.#buffer.length > 0;
  }

  /** Whether a stroke would be kept whole: a press comes alone, its release may stand behind it. */
  canTake(down: boolean): boolean {
    if (!this.#isEnabled) return false;
    return down ? !this.hasData : this.#buffer.length + LONGEST_STROKE <= BUFFER_SIZE;
  }

  /** Keys that are down, by HID usage. */
  get pressed(): readonly number[] {
    return [...this.#pressed];
  }

  /** A key by its HID usage; a repeated press is ignored, the keyboard repeats by itself. */
  press(usage: number, down: boolean): void {
    if (keyOfUsage(usage) === undefined || this.#pressed.has(usage) === down) return;
    if (down) this.#pressed.add(usage);
    else this.#pressed.delete(usage);
    if (!this.#isEnabled) return;
    this.#sendKey(usage, down);
    if (down && this.#repeats(usage)) {
      this.#repeating = usage;
      this.#heldNs = 0;
      this.#nextHeldNs = ((this.#typematic >> 5) + 1) * 250_000_000;
      this.#repeatTimer.arm(this.clock.nowNs() + this.#nextHeldNs);
    } else if (down || usage === this.#repeating) {
      this.#stopRepeat();
    }
  }

  /** The key that was pressed last is known to have been held for so long. */
  hold(usage: number, heldNs: number): void {
    if (usage !== this.#repeating || heldNs <= this.#heldNs) return;
    this.#heldNs = heldNs;
    if (this.#repeatTimer.deadlineNs === undefined) this.#repeat();
  }

  /** Next byte on the wire; undefined when there is none. */
  take(): number | undefined {
    const byte = this.#responses.shift() ?? this.#buffer.shift();
    if (byte !== undefined && byte !== RESEND) this.#lastSent = byte;
    return byte;
  }

  /** A byte from the host. */
  write(byte: number): void {
    if (this.#command !== 0 && byte < CMD_LEDS) {
      const command = this.#command;
      this.#command = 0;
      this.#parameter(command, byte);
    } else {
      this.#command = 0;
      this.#execute(byte);
    }
    if (this.hasData) this.onData();
  }

  reset(): void {
    this.#buffer = [];
    this.#responses = [];
    this.#lastSent = 0;
    this.#command = 0;
    this.#leds = 0;
    this.#setDefaults();
    this.#isEnabled = true;
    this.#pressed.clear();
  }

  save(): Ps2KeyboardState {
    return {
      buffer: Uint8Array.from(this.#buffer),
      responses: Uint8Array.from(this.#responses),
      lastSent: this.#lastSent,
      scanSet: this.#scanSet,
      isEnabled: this.#isEnabled,
      leds: this.#leds,
      typematic: this.#typematic,
      command: this.#command,
      set3Types: this.#set3Types.slice(),
      pressed: [...this.#pressed],
      repeating: this.#repeating,
      repeatNs: this.#repeatTimer.deadlineNs,
      heldNs: this.#heldNs,
      nextHeldNs: this.#nextHeldNs,
    };
  }

  restore(state: Ps2KeyboardState): void {
    this.#buffer = [...state.buffer];
    this.#responses = [...state.responses];
    this.#lastSent = state.lastSent;
    this.#scanSet = state.scanSet;
    this.#isEnabled = state.isEnabled;
    this.#leds = state.leds;
    this.#typematic = state.typematic;
    this.#command = state.command;
    this.#set3Types.set(state.set3Types);
    this.#pressed.clear();
    for (const usage of state.pressed) this.#pressed.add(usage);
    this.#repeating = state.repeating;
    this.#heldNs = state.heldNs;
    this.#nextHeldNs = state.nextHeldNs;
    if (state.repeatNs === undefined) this.#repeatTimer.disarm();
    else this.#repeatTimer.arm(state.repeatNs);
  }

  #execute(byte: number): void {
    // A command ends what was being answered before.
    if (byte !== CMD_RESEND) this.#responses = [];
    switch (byte) {
      case CMD_LEDS:
      case CMD_SCAN_SET:
      case CMD_TYPEMATIC:
        this.#command = byte;
        this.#respond(ACK);
        break;
      case CMD_ECHO:
        this.#respond(ECHO);
        break;
      case CMD_ID:
        this.#buffer = [];
        this.#respond(ACK, ...ID);
        break;
      case CMD_ENABLE:
        this.#buffer = [];
        this.#isEnabled = true;
        this.#respond(ACK);
        break;
      case CMD_DISABLE:
        this.#buffer = [];
        this.#setDefaults();
        this.#isEnabled = false;
        this.#respond(ACK);
        break;
      case CMD_DEFAULTS:
        this.#buffer = [];
        this.#setDefaults();
        this.#respond(ACK);
        break;
      case CMD_RESEND:
        this.#respond(this.#lastSent);
        break;
      case CMD_RESET:
        this.reset();
        this.#respond(ACK, BAT_OK);
        break;
      default:
        if (byte >= CMD_ALL_FIRST && byte <= CMD_ALL_LAST) {
          this.#buffer = [];
          this.#set3Types.fill(typeOf(byte - CMD_ALL_FIRST));
          this.#respond(ACK);
        } else if (byte >= CMD_KEY_FIRST && byte <= CMD_KEY_LAST) {
          this.#buffer = [];
          this.#command = byte;
          this.#respond(ACK);
        } else {
          this.#respond(RESEND);
        }
        break;
    }
  }

  #parameter(command: number, value: number): void {
    switch (command) {
      case CMD_LEDS:
        this.#leds = value & 7;
        this.#respond(ACK);
        break;
      case CMD_SCAN_SET:
        if (value === 0) {
          this.#respond(ACK, this.#scanSet);
        } else if (value <= 3) {
          this.#scanSet = value;
          this.#buffer = [];
          this.#respond(ACK);
        } else {
          this.#respond(RESEND);
        }
        break;
      case CMD_TYPEMATIC:
        this.#typematic = value & 0x7f;
        this.#respond(ACK);
        break;
      default:
        // One key's type; the keyboard stays in this mode until the next command.
        this.#set3Types[value] = typeOf(command - CMD_KEY_FIRST);
        this.#command = command;
        this.#respond(ACK);
        break;
    }
  }

  #respond(...bytes: number[]): void {
    for (const byte of bytes) if (this.#responses.length < RESPONSE_LIMIT) this.#responses.push(byte);
  }

  #setDefaults(): void {
    this.#scanSet = 2;
    this.#typematic = DEFAULT_TYPEMATIC;
    this.#defaultSet3Types();
    this.#stopRepeat();
  }

  #defaultSet3Types(): void {
    this.#set3Types.fill(TYPEMATIC);
    for (const code of SET3_MAKE_BREAK) this.#set3Types[code] = MAKE_BREAK;
    for (const code of SET3_MAKE_ONLY) this.#set3Types[code] = 0;
  }

  #isDown(...usages: number[]): boolean {
    return usages.some((usage) => this.#pressed.has(usage));
  }

  #sendKey(usage: number, down: boolean): void {
    const bytes = this.#scanSet === 3 ? this.#set3Bytes(usage, down) : this.#set2Bytes(usage, down);
    this.#enqueue(this.#scanSet === 1 ? set1Of(bytes) : bytes);
  }

  /** A key's bytes go in whole or not at all; then the buffer's last place holds the overrun code. */
  #enqueue(bytes: readonly number[]): void {
    if (bytes.length === 0) return;
    if (this.#buffer.length + bytes.length < BUFFER_SIZE) this.#buffer.push(...bytes);
    else if (this.#buffer.length < BUFFER_SIZE && this.#buffer.at(-1) !== this.#overrun)
      this.#buffer.push(this.#overrun);
    this.onData();
  }

  get #overrun(): number {
    return this.#scanSet === 1 ? 0xff : 0x00;
  }

  #set2Bytes(usage: number, down: boolean): number[] {
    if (usage === USAGE_PAUSE) return this.#pauseBytes(down);
    if (usage === USAGE_PRINT_SCREEN) return this.#printScreenBytes(down);
    const code = keyOfUsage(usage)?.set2 ?? 0;
    if (!down && USAGES_WITHOUT_BREAK.includes(usage)) return [];
    const prefix = code > 0xff ? [0xe0] : [];
    return down ? [...prefix, code & 0xff] : [...prefix, 0xf0, code & 0xff];
  }

  /** Pause has no break code; with Ctrl it is Break. */
  #pauseBytes(down: boolean): number[] {
    if (!down) return [];
    if (this.#isDown(USAGE_LEFT_CTRL, USAGE_RIGHT_CTRL)) return [0xe0, 0x7e, 0xe0, 0xf0, 0x7e];
    return [0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77];
  }

  /** Print Screen comes in a false Shift unless Shift or Ctrl is down; with Alt it is SysRq. */
  #printScreenBytes(down: boolean): number[] {
    if (this.#isDown(USAGE_LEFT_ALT, USAGE_RIGHT_ALT)) return down ? [0x84] : [0xf0, 0x84];
    if (this.#isDown(USAGE_LEFT_CTRL, USAGE_RIGHT_CTRL, USAGE_LEFT_SHIFT, USAGE_RIGHT_SHIFT)) {
      return down ? [0xe0, 0x7c] : [0xe0, 0xf0, 0x7c];
    }
    return down ? [0xe0, 0x12, 0xe0, 0x7c] : [0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12];
  }

  #set3Bytes(usage: number, down: boolean): number[] {
    const code = keyOfUsage(usage)?.set3 ?? 0;
    if (code === 0) return [];
    if (down) return [code];
    return this.#set3Types[code]! & MAKE_BREAK ? [0xf0, code] : [];
  }

  #repeats(usage: number): boolean {
    if (this.#scanSet !== 3) return usage !== USAGE_PAUSE;
    const code = keyOfUsage(usage)?.set3 ?? 0;
    return code !== 0 && (this.#set3Types[code]! & TYPEMATIC) !== 0;
  }

  #stopRepeat(): void {
    this.#repeating = undefined;
    this.#heldNs = 0;
    this.#nextHeldNs = 0;
    this.#repeatTimer.disarm();
  }

  /** Repeats wait while the guest does not read: they would only fill the buffer. */
  #repeat(): void {
    const usage = this.#repeating;
    if (usage === undefined || !this.#isEnabled || this.#heldNs < this.#nextHeldNs) return;
    if (this.#buffer.length === 0) {
      if (usage === USAGE_PRINT_SCREEN && this.#scanSet !== 3) this.#enqueueRepeatedPrintScreen();
      else this.#sendKey(usage, true);
    }
    // Period = (8 + A) * 2^B * 4.17 ms (technical reference, "Set Typematic Rate/Delay").
    const periodNs = (8 + (this.#typematic & 7)) * 2 ** ((this.#typematic >> 3) & 3) * 4_170_000;
    this.#nextHeldNs += periodNs;
    this.#repeatTimer.arm(this.clock.nowNs() + periodNs);
  }

  #enqueueRepeatedPrintScreen(): void {
    const bytes = [0xe0, 0x7c];
    this.#enqueue(this.#scanSet === 1 ? set1Of(bytes) : bytes);
  }
}

/** F7/FB typematic, F8/FC make and break, F9/FD make only, FA both. */
function typeOf(index: number): number {
  return [TYPEMATIC, MAKE_BREAK, 0, TYPEMATIC | MAKE_BREAK][index] ?? 0;
}
