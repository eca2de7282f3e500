/**
 * Intel 8042 keyboard and auxiliary-device controller with IBM PS/2 firmware (PS/2 hardware interface technical
 * reference, "Keyboard and Auxiliary Device Controller", 1990), with its keyboard and mouse. Data port 0x60, command and
 * status port 0x64. Left out: the test inputs and password commands.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { Device, PortHandler } from '../../machine/device';
import type { A20Gate, InterruptLine, SignalLine } from '../../machine/interrupt-line';
import { defineState, isBytes, isRecord, isUint } from '../../machine/saved-state';
import { isPs2KeyboardState, Ps2Keyboard, type Ps2KeyboardState } from './ps2-keyboard';
import { isPs2MouseState, Ps2Mouse, type Ps2MouseState } from './ps2-mouse';
import { translated } from './scancodes';

const STATUS_OBF = 0x01;
const STATUS_SYS = 0x04;
const STATUS_A2 = 0x08;
/** The keyboard is not locked. */
const STATUS_INH = 0x10;
const STATUS_AUX = 0x20;

const MODE_INT = 0x01;
const MODE_AUX_INT = 0x02;
const MODE_SYS = 0x04;
const MODE_NO_KEYBOARD = 0x10;
const MODE_NO_AUX = 0x20;
const MODE_TRANSLATE = 0x40;

const OUT_NO_RESET = 0x01;
const OUT_A20 = 0x02;
const OUT_OBF = 0x10;
const OUT_AUX_OBF = 0x20;
/** Bits that the host may write; 4 and 5 follow the output buffer. */
const OUT_WRITABLE = 0xcf;

/** RAM: byte 0 is the command byte. */
const RAM_SIZE = 32;
/** A device needs about this long for a byte once the last one was read (11 bits at 10 to 17 kHz, shortened). */
const BYTE_NS = 200_000;
const RELEASE = 0xf0;
/** Keyboard not inhibited, manufacturing jumper not installed. */
const INPUT_PORT = 0x80 | 0x20;

type Source = 'none' | 'keyboard' | 'mouse' | 'controller' | 'auxEcho';
const SOURCES: readonly unknown[] = ['none', 'keyboard', 'mouse', 'controller', 'auxEcho'] satisfies Source[];

export interface I8042State {
  readonly ram: Uint8Array;
  readonly outputPort: number;
  readonly buffer: number;
  readonly source: Source;
  /** Command whose data byte is awaited; 0 = none. */
  readonly command: number;
  readonly wasCommand: boolean;
  /** 0xF0 of set 2 was swallowed: the next byte is a release. */
  readonly isRelease: boolean;
  readonly responses: Uint8Array;
  readonly readyNs: number;
  readonly keyboard: Ps2KeyboardState;
  readonly mouse: Ps2MouseState;
}

export const i8042State = defineState<I8042State>({
  kind: 'i8042',
  version: 2,
  // Before, a keyboard repeated keys without the word that they are held.
  upgrade: {
    1: (old: unknown) =>
      isRecord(old) && isRecord(old['keyboard'])
        ? { ...old, keyboard: { ...old['keyboard'], heldNs: 0, nextHeldNs: 0 } }
        : old,
  },
  check: (value): value is I8042State =>
    isRecord(value) &&
    isBytes(value.ram, RAM_SIZE) &&
    isUint(value.outputPort, 0xff) &&
    isUint(value.buffer, 0xff) &&
    SOURCES.includes(value.source) &&
    isUint(value.command, 0xff) &&
    typeof value.wasCommand === 'boolean' &&
    typeof value.isRelease === 'boolean' &&
    isBytes(value.responses) &&
    value.responses.length <= RAM_SIZE &&
    isUint(value.readyNs, Number.MAX_SAFE_INTEGER) &&
    isPs2KeyboardState(value.keyboard) &&
    isPs2MouseState(value.mouse),
});

export interface I8042Wires {
  readonly irq1: InterruptLine;
  readonly irq12: InterruptLine;
  /** Shared with port 0x92: chipsets watch this controller's commands and keep one latch, the last writer's. */
  readonly a20: A20Gate;
  readonly reset: SignalLine;
}

export class I8042 implements Device<I8042State> {
  readonly keyboard: Ps2Keyboard;
  readonly mouse: Ps2Mouse;
  readonly #ram = new Uint8Array(RAM_SIZE);
  #outputPort = OUT_NO_RESET | OUT_A20;
  #buffer = 0;
  #source: Source = 'none';
  #command = 0;
  #wasCommand = false;
  #isRelease = false;
  /** The controller's own answers; each as [source, byte]. */
  #responses: [source: 'controller' | 'auxEcho' | 'keyboard', byte: number][] = [];
  /** Before this time no device byte arrives. */
  #readyNs = 0;
  readonly #timer: GuestTimer;

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: I8042Wires,
  ) {
    this.keyboard = new Ps2Keyboard(`${id}/keyboard`, clock, () => this.#fill());
    this.mouse = new Ps2Mouse(() => this.#fill());
    this.#timer = clock.createTimer(`${id}/byte`, () => this.#fill());
    this.#ram[0] = MODE_TRANSLATE | MODE_SYS | MODE_INT;
  }

  readonly data: PortHandler = {
    readPort: () => this.#readData(),
    writePort: (_offset, _size, value) => this.#writeData(value & 0xff),
  };

  readonly control: PortHandler = {
    readPort: () => this.#status(),
    writePort: (_offset, _size, value) => this.#writeCommand(value & 0xff),
  };

  /** A key by HID usage (see scancodes.ts): a machine input. */
  pressKey(usage: number, down: boolean): void {
    this.keyboard.press(usage, down);
  }

  /** How long the key has been held until now, for the keyboard's repeat: a machine input. */
  holdKey(usage: number, heldMs: number): void {
    this.keyboard.hold(usage, heldMs * 1_000_000);
  }

  moveMouse(dx: number, dy: number, wheel: number, buttons: number): void {
    this.mouse.move(dx, dy, wheel, buttons);
  }

  reset(): void {
    this.#ram.fill(0);
    this.#ram[0] = MODE_TRANSLATE | MODE_SYS | MODE_INT;
    this.#buffer = 0;
    this.#source = 'none';
    this.#command = 0;
    this.#wasCommand = false;
    this.#isRelease = false;
    this.#responses = [];
    this.#readyNs = 0;
    this.#timer.disarm();
    this.keyboard.reset();
    this.mouse.reset();
    this.#setOutputPort(OUT_NO_RESET | OUT_A20);
    this.#updateInterrupt();
  }

  save(): I8042State {
    return {
      ram: this.#ram.slice(),
      outputPort: this.#outputPort,
      buffer: this.#buffer,
      source: this.#source,
      command: this.#command,
      wasCommand: this.#wasCommand,
      isRelease: this.#isRelease,
      responses: Uint8Array.from(this.#responses.flatMap(([source, byte]) => [RESPONSE_SOURCES.indexOf(source), byte])),
      readyNs: this.#readyNs,
      keyboard: this.keyboard.save(),
      mouse: this.mouse.save(),
    };
  }

  restore(state: I8042State): void {
    this.#ram.set(state.ram);
    this.#buffer = state.buffer;
    this.#source = state.source;
    this.#command = state.command;
    this.#wasCommand = state.wasCommand;
    this.#isRelease = state.isRelease;
    this.#responses = [];
    for (let i = 0; i + 1 < state.responses.length; i += 2) {
      this.#responses.push([RESPONSE_SOURCES[state.responses[i]!] ?? 'controller', state.responses[i + 1]!]);
    }
    this.#readyNs = state.readyNs;
    this.keyboard.restore(state.keyboard);
    this.mouse.restore(state.mouse);
    this.#outputPort = state.outputPort;
    this.#updateInterrupt();
    if (this.#source === 'none') this.#fill();
  }

  get #mode(): number {
    return this.#ram[0]!;
  }

  get #isAux(): boolean {
    return this.#source === 'mouse' || this.#source === 'auxEcho';
  }

  #status(): number {
    return (
      (this.#source === 'none' ? 0 : STATUS_OBF) |
      (this.#mode & MODE_SYS ? STATUS_SYS : 0) |
      (this.#wasCommand ? STATUS_A2 : 0) |
      STATUS_INH |
      (this.#isAux ? STATUS_AUX : 0)
    );
  }

  #readData(): number {
    const value = this.#buffer;
    if (this.#source !== 'none') {
      this.#source = 'none';
      this.#readyNs = this.clock.nowNs() + BYTE_NS;
      this.#updateInterrupt();
      this.#fill();
    }
    return value;
  }

  /** Loads the output buffer if it is empty: the controller's answers first, then the keyboard, then the mouse. */
  #fill(): void {
    if (this.#source !== 'none') return;
    const response = this.#responses.shift();
    if (response !== undefined) {
      [this.#source, this.#buffer] = response;
      this.#updateInterrupt();
      return;
    }
    const keyboard = (this.#mode & MODE_NO_KEYBOARD) === 0 && this.keyboard.hasData;
    const mouse = (this.#mode & MODE_NO_AUX) === 0 && this.mouse.hasData;
    if (!keyboard && !mouse) return;
    if (this.clock.nowNs() < this.#readyNs) {
      this.#timer.arm(this.#readyNs);
      return;
    }
    if (keyboard) this.#takeFromKeyboard();
    else this.#takeFromMouse();
    this.#updateInterrupt();
  }

  #takeFromKeyboard(): void {
    let byte = this.keyboard.take();
    if (byte !== undefined && this.#mode & MODE_TRANSLATE) {
      if (byte === RELEASE) {
        // Swallowed: the next byte carries it in bit 7.
        this.#isRelease = true;
        byte = this.keyboard.take();
      }
      if (byte !== undefined) {
        byte = translated(byte) | (this.#isRelease ? 0x80 : 0);
        this.#isRelease = false;
      }
    }
    if (byte === undefined) return;
    this.#buffer = byte;
    this.#source = 'keyboard';
  }

  #takeFromMouse(): void {
    const byte = this.mouse.take();
    if (byte === undefined) return;
    this.#buffer = byte;
    this.#source = 'mouse';
  }

  #respond(source: 'controller' | 'auxEcho' | 'keyboard', byte: number): void {
    // The guest that never reads gets no more than the chip could hold.
    if (this.#responses.length < 8) this.#responses.push([source, byte]);
    this.#fill();
  }

  #writeCommand(command: number): void {
    this.#wasCommand = true;
    this.#command = 0;
    if (command >= 0x20 && command <= 0x3f) {
      this.#respond('controller', this.#ram[command & 0x1f]!);
      return;
    }
    if (command >= 0x60 && command <= 0x7f) {
      this.#command = command;
      return;
    }
    if (command >= 0xf0) {
      // Low bits pulse low for 6 us; only reset is wired so.
      if ((command & OUT_NO_RESET) === 0) this.wires.reset.pulse();
      return;
    }
    switch (command) {
      case 0xa4: // password: none installed
        this.#respond('controller', 0xf1);
        break;
      case 0xa7:
        this.#setMode(this.#mode | MODE_NO_AUX);
        break;
      case 0xa8:
        this.#setMode(this.#mode & ~MODE_NO_AUX);
        break;
      case 0xa9: // auxiliary interface test
        this.#respond('controller', 0x00);
        break;
      case 0xaa: // self test
        // Interrupts stay as they are, as in the controllers of clones: there are drivers that only open the keyboard again.
        this.#setMode(this.#mode | MODE_SYS | MODE_NO_KEYBOARD | MODE_NO_AUX);
        this.#responses = [];
        this.#source = 'none';
        this.#isRelease = false;
        this.#respond('controller', 0x55);
        this.#updateInterrupt();
        break;
      case 0xab: // keyboard interface test
        this.#respond('controller', 0x00);
        break;
      case 0xad:
        this.#setMode(this.#mode | MODE_NO_KEYBOARD);
        break;
      case 0xae:
        this.#setMode(this.#mode & ~MODE_NO_KEYBOARD);
        break;
      case 0xc0:
        this.#respond('controller', INPUT_PORT);
        break;
      case 0xd0:
        this.#respond('controller', this.#readOutputPort());
        break;
      case 0xd1:
      case 0xd2:
      case 0xd3:
      case 0xd4:
        this.#command = command;
        break;
      case 0xdd:
        this.#setOutputPort(this.#outputPort & ~OUT_A20);
        break;
      case 0xdf:
        this.#setOutputPort(this.#outputPort | OUT_A20);
        break;
      case 0xe0: // test inputs: both clocks high
        this.#respond('controller', 0x03);
        break;
      default:
        break;
    }
  }

  #writeData(value: number): void {
    const command = this.#command;
    this.#command = 0;
    this.#wasCommand = false;
    if (command >= 0x60 && command <= 0x7f) {
      if (command === 0x60) this.#setMode(value);
      else this.#ram[command & 0x1f] = value;
      return;
    }
    switch (command) {
      case 0xd1:
        this.#setOutputPort(value);
        if ((value & OUT_NO_RESET) === 0) this.wires.reset.pulse();
        break;
      case 0xd2:
        this.#respond('keyboard', value);
        break;
      case 0xd3:
        this.#respond('auxEcho', value);
        break;
      case 0xd4:
        this.#setMode(this.#mode & ~MODE_NO_AUX);
        this.mouse.write(value);
        break;
      default:
        // A byte for the keyboard opens its interface.
        this.#setMode(this.#mode & ~MODE_NO_KEYBOARD);
        this.keyboard.write(value);
        break;
    }
  }

  #setMode(value: number): void {
    this.#ram[0] = value;
    this.#updateInterrupt();
    this.#fill();
  }

  #readOutputPort(): number {
    const full = this.#source === 'none' ? 0 : this.#isAux ? OUT_AUX_OBF : OUT_OBF;
    return (this.#outputPort & ~OUT_A20) | (this.wires.a20.level ? OUT_A20 : 0) | full;
  }

  #setOutputPort(value: number): void {
    this.#outputPort = (value & OUT_WRITABLE) | OUT_NO_RESET;
    this.wires.a20.set((value & OUT_A20) !== 0);
  }

  #updateInterrupt(): void {
    const isFull = this.#source !== 'none';
    this.wires.irq1.set(isFull && !this.#isAux && (this.#mode & MODE_INT) !== 0);
    this.wires.irq12.set(isFull && this.#isAux && (this.#mode & MODE_AUX_INT) !== 0);
  }
}

const RESPONSE_SOURCES = ['controller', 'auxEcho', 'keyboard'] as const;
