/**
 * A PS/2 mouse (IBM PS/2 technical reference, "Mouse") with Microsoft's wheel (IntelliMouse, device id 3) and
 * five-button (Explorer, id 4) extensions. Movement that the guest has not fetched is added up, so the queue holds one
 * packet at most and no movement is lost.
 */
import { clamp } from '../../base/bits';
import { isBytes, isNs, isRecord, isUint } from '../../machine/saved-state';

const ACK = 0xfa;
const RESEND = 0xfe;
const ERROR = 0xfc;
const BAT_OK = 0xaa;

const CMD_SCALING_1_1 = 0xe6;
const CMD_SCALING_2_1 = 0xe7;
const CMD_RESOLUTION = 0xe8;
const CMD_STATUS = 0xe9;
const CMD_STREAM = 0xea;
const CMD_READ = 0xeb;
const CMD_RESET_WRAP = 0xec;
const CMD_WRAP = 0xee;
const CMD_REMOTE = 0xf0;
const CMD_ID = 0xf2;
const CMD_RATE = 0xf3;
const CMD_ENABLE = 0xf4;
const CMD_DISABLE = 0xf5;
const CMD_DEFAULTS = 0xf6;
const CMD_RESEND = 0xfe;
const CMD_RESET = 0xff;

const ID_PLAIN = 0;
const ID_WHEEL = 3;
const ID_EXPLORER = 4;
const RATES: readonly number[] = [10, 20, 40, 60, 80, 100, 200];
/** Movement that may pile up while nobody reads. */
const MAX_PENDING = 4096;
const RESPONSE_LIMIT = 8;

/** Movement of 2:1 scaling by what it was, and double from 6 on (technical reference, "Set Scaling 2:1"). */
const SCALED = [0, 1, 1, 3, 6, 9];
const LARGEST_SCALED = 127;

function scaled(movement: number): number {
  const size = Math.abs(movement);
  return Math.sign(movement) * (SCALED[size] ?? 2 * size);
}

export interface Ps2MouseState {
  readonly packet: Uint8Array;
  readonly responses: Uint8Array;
  readonly lastSent: number;
  readonly mode: 'stream' | 'remote' | 'wrap';
  /** Mode that leaving wrap mode returns to. */
  readonly isRemoteUnderWrap: boolean;
  readonly isEnabled: boolean;
  readonly rate: number;
  readonly resolution: number;
  readonly isScaled: boolean;
  readonly mouseId: number;
  /** The last three sample rates: 200,100,80 and 200,200,80 knock. */
  readonly knock: readonly number[];
  readonly command: number;
  readonly dx: number;
  readonly dy: number;
  readonly dz: number;
  readonly buttons: number;
  readonly sentButtons: number;
  readonly forced: number;
}

const isMotion = (value: unknown): boolean => isNs(value) && Math.abs(value) <= MAX_PENDING;

export function isPs2MouseState(value: unknown): value is Ps2MouseState {
  return (
    isRecord(value) &&
    isBytes(value.packet) &&
    value.packet.length <= 4 &&
    isBytes(value.responses) &&
    value.responses.length <= RESPONSE_LIMIT &&
    isUint(value.lastSent, 0xff) &&
    (value.mode === 'stream' || value.mode === 'remote' || value.mode === 'wrap') &&
    typeof value.isRemoteUnderWrap === 'boolean' &&
    typeof value.isEnabled === 'boolean' &&
    isUint(value.rate, 200) &&
    isUint(value.resolution, 3) &&
    typeof value.isScaled === 'boolean' &&
    (value.mouseId === ID_PLAIN || value.mouseId === ID_WHEEL || value.mouseId === ID_EXPLORER) &&
    Array.isArray(value.knock) &&
    value.knock.length <= 3 &&
    value.knock.every((rate) => isUint(rate, 0xff)) &&
    isUint(value.command, 0xff) &&
    isMotion(value.dx) &&
    isMotion(value.dy) &&
    isMotion(value.dz) &&
    isUint(value.buttons, 0x1f) &&
    isUint(value.sentButtons, 0x1f) &&
    isUint(value.forced, 1)
  );
}

type Registers = { -readonly [K in keyof Omit<Ps2MouseState, 'packet' | 'responses'>]: Ps2MouseState[K] };

function powerOn(): Registers {
  return {
    lastSent: 0,
    mode: 'stream',
    isRemoteUnderWrap: false,
    isEnabled: false,
    rate: 100,
    resolution: 2,
    isScaled: false,
    mouseId: ID_PLAIN,
    knock: [],
    command: 0,
    dx: 0,
    dy: 0,
    dz: 0,
    buttons: 0,
    sentButtons: 0,
    forced: 0,
  };
}

export class Ps2Mouse {
  #regs = powerOn();
  #packet: number[] = [];
  #responses: number[] = [];

  /** @param onData there may be something to send */
  constructor(private readonly onData: () => void) {}

  /** Whether the guest listens for movement. */
  get isReporting(): boolean {
    return this.#regs.isEnabled && this.#regs.mode === 'stream';
  }

  get hasData(): boolean {
    return this.#responses.length > 0 || this.#packet.length > 0 || this.#hasNews;
  }

  /** dx to the right, dy down, wheel towards the user positive; bit 0 left, 1 right, 2 middle, 3 back, 4 forward. */
  move(dx: number, dy: number, wheel: number, buttons: number): void {
    const regs = this.#regs;
    regs.buttons = buttons & 0x1f;
    // A guest that does not listen now shall not see the pointer jump later.
    if (!regs.isEnabled && regs.mode !== 'remote') return;
    regs.dx = clamp(regs.dx + Math.trunc(dx), -MAX_PENDING, MAX_PENDING);
    regs.dy = clamp(regs.dy - Math.trunc(dy), -MAX_PENDING, MAX_PENDING);
    regs.dz = clamp(regs.dz + Math.trunc(wheel), -MAX_PENDING, MAX_PENDING);
    this.onData();
  }

  /** Makes a packet without movement, for drivers that take the position elsewhere (the VMware backdoor). */
  ping(): void {
    if (!this.isReporting) return;
    this.#regs.forced = 1;
    this.onData();
  }

  take(): number | undefined {
    if (this.#responses.length === 0 && this.#packet.length === 0 && this.#hasNews) this.#packet = this.#makePacket();
    const byte = this.#responses.shift() ?? this.#packet.shift();
    if (byte !== undefined && byte !== RESEND) this.#regs.lastSent = byte;
    return byte;
  }

  /** A byte from the host. */
  write(byte: number): void {
    const regs = this.#regs;
    // Every byte from the host stops what was being sent.
    this.#packet = [];
    if (byte !== CMD_RESEND) this.#responses = [];
    if (regs.mode === 'wrap' && byte !== CMD_RESET && byte !== CMD_RESET_WRAP) {
      this.#respond(byte);
    } else if (regs.command !== 0) {
      const command = regs.command;
      regs.command = 0;
      this.#parameter(command, byte);
    } else {
      this.#execute(byte);
    }
    if (this.hasData) this.onData();
  }

  reset(): void {
    this.#regs = powerOn();
    this.#packet = [];
    this.#responses = [];
  }

  save(): Ps2MouseState {
    return {
      ...this.#regs,
      knock: [...this.#regs.knock],
      packet: Uint8Array.from(this.#packet),
      responses: Uint8Array.from(this.#responses),
    };
  }

  restore(state: Ps2MouseState): void {
    const { packet, responses, ...registers } = state;
    const fresh = powerOn();
    for (const key of Object.keys(fresh) as (keyof Registers)[]) Object.assign(fresh, { [key]: registers[key] });
    fresh.knock = [...state.knock];
    this.#regs = fresh;
    this.#packet = [...packet];
    this.#responses = [...responses];
  }

  get #hasNews(): boolean {
    const { dx, dy, dz, buttons, sentButtons, forced, mouseId } = this.#regs;
    const wheel = mouseId === ID_PLAIN ? 0 : dz;
    return this.isReporting && (dx !== 0 || dy !== 0 || wheel !== 0 || buttons !== sentButtons || forced !== 0);
  }

  #execute(byte: number): void {
    const regs = this.#regs;
    switch (byte) {
      case CMD_SCALING_1_1:
      case CMD_SCALING_2_1:
        regs.isScaled = byte === CMD_SCALING_2_1;
        this.#respond(ACK);
        break;
      case CMD_RESOLUTION:
      case CMD_RATE:
        regs.command = byte;
        this.#respond(ACK);
        break;
      case CMD_STATUS:
        this.#respond(ACK, this.#status(), regs.resolution, regs.rate);
        break;
      case CMD_STREAM:
        regs.mode = 'stream';
        this.#forget();
        this.#respond(ACK);
        break;
      case CMD_REMOTE:
        regs.mode = 'remote';
        this.#forget();
        this.#respond(ACK);
        break;
      case CMD_WRAP:
        regs.isRemoteUnderWrap = regs.mode === 'remote';
        regs.mode = 'wrap';
        this.#respond(ACK);
        break;
      case CMD_RESET_WRAP:
        if (regs.mode === 'wrap') regs.mode = regs.isRemoteUnderWrap ? 'remote' : 'stream';
        this.#forget();
        this.#respond(ACK);
        break;
      case CMD_READ:
        this.#respond(ACK, ...this.#makePacket(true));
        break;
      case CMD_ID:
        this.#respond(ACK, regs.mouseId);
        break;
      case CMD_ENABLE:
        regs.isEnabled = true;
        this.#forget();
        this.#respond(ACK);
        break;
      case CMD_DISABLE:
        regs.isEnabled = false;
        this.#forget();
        this.#respond(ACK);
        break;
      case CMD_DEFAULTS:
        this.#setDefaults();
        this.#respond(ACK);
        break;
      case CMD_RESEND:
        this.#respond(regs.lastSent);
        break;
      case CMD_RESET: {
        const { buttons } = regs;
        this.reset();
        this.#regs.buttons = buttons;
        this.#respond(ACK, BAT_OK, ID_PLAIN);
        break;
      }
      default:
        this.#respond(RESEND);
        break;
    }
  }

  #parameter(command: number, value: number): void {
    const regs = this.#regs;
    if (command === CMD_RATE) {
      if (!RATES.includes(value)) {
        this.#respond(value === CMD_RESET ? RESEND : ERROR);
        return;
      }
      regs.rate = value;
      regs.knock = [...regs.knock, value].slice(-3);
      const [first, second, third] = regs.knock;
      if (first === 200 && second === 100 && third === 80 && regs.mouseId === ID_PLAIN) regs.mouseId = ID_WHEEL;
      if (first === 200 && second === 200 && third === 80) regs.mouseId = ID_EXPLORER;
      this.#respond(ACK);
    } else if (value <= 3) {
      regs.resolution = value;
      this.#respond(ACK);
    } else {
      this.#respond(ERROR);
    }
  }

  #setDefaults(): void {
    const { buttons, mouseId } = this.#regs;
    this.#regs = { ...powerOn(), buttons, mouseId };
    this.#forget();
  }

  /** Movement before a change of mode is dropped. */
  #forget(): void {
    const regs = this.#regs;
    regs.dx = 0;
    regs.dy = 0;
    regs.dz = 0;
    regs.forced = 0;
    regs.sentButtons = regs.buttons;
  }

  #status(): number {
    const { mode, isEnabled, isScaled, buttons } = this.#regs;
    // Left, middle, right in bits 2 to 0.
    const pressed = (buttons & 1 ? 4 : 0) | (buttons & 4 ? 2 : 0) | (buttons & 2 ? 1 : 0);
    return (mode === 'remote' ? 0x40 : 0) | (isEnabled ? 0x20 : 0) | (isScaled ? 0x10 : 0) | pressed;
  }

  /** @param isAsked by READ DATA, which is never scaled */
  #makePacket(isAsked = false): number[] {
    const regs = this.#regs;
    const isScaled = regs.isScaled && regs.mode === 'stream' && !isAsked;
    const limit = isScaled ? LARGEST_SCALED : 255;
    const movedX = clamp(regs.dx, -limit, limit);
    const movedY = clamp(regs.dy, -limit, limit);
    regs.dx -= movedX;
    regs.dy -= movedY;
    const dx = isScaled ? scaled(movedX) : movedX;
    const dy = isScaled ? scaled(movedY) : movedY;
    regs.sentButtons = regs.buttons;
    regs.forced = 0;
    const signs = (dx < 0 ? 0x10 : 0) | (dy < 0 ? 0x20 : 0);
    const packet = [0x08 | signs | (regs.buttons & 7), dx & 0xff, dy & 0xff];
    if (regs.mouseId === ID_PLAIN) {
      regs.dz = 0;
    } else {
      const most = regs.mouseId === ID_WHEEL ? 127 : 7;
      const dz = clamp(regs.dz, -most, most);
      regs.dz -= dz;
      packet.push(regs.mouseId === ID_WHEEL ? dz & 0xff : (dz & 0x0f) | ((regs.buttons & 0x18) << 1));
    }
    return packet;
  }

  #respond(...bytes: number[]): void {
    for (const byte of bytes) if (this.#responses.length < RESPONSE_LIMIT) this.#responses.push(byte);
  }
}
