/**
 * The VMware backdoor at port 0x5658, as far as Linux's vmmouse driver and version probes use it (open-vm-tools,
 * backdoor_def.h; drivers/input/mouse/vmmouse.c names the protocol): version, memory size, clock
 * frequencies and the absolute pointer (commands 39 to 41). Linux asks only where CPUID leaf 0x40000000 says
 * 'VMwareVMware' (or KVM's name). It works on the CPU's registers, which the board hands over with each IN EAX, DX.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import { allOnes } from '../../machine/device';
import { defineState, isRecord, isUint } from '../../machine/saved-state';

/** The CPU's registers during IN EAX, DX; low 32 bits, unsigned. Writing sets them. */
export interface BackdoorRegisters {
  eax: number;
  ebx: number;
  ecx: number;
  edx: number;
  esi: number;
  edi: number;
}

export const BACKDOOR_PORT = 0x5658;
const MAGIC = 0x564d5868;

const COMMAND_GETVERSION = 10;
const COMMAND_GETMEMSIZE = 20;
const COMMAND_GETHZ = 45;
const COMMAND_GETVCPU_INFO = 68;
const COMMAND_POINTER_DATA = 39;
const COMMAND_POINTER_STATUS = 40;
const COMMAND_POINTER_COMMAND = 41;
/** GETVCPU_INFO: x2APIC works without interrupt remapping. */
const VCPU_LEGACY_X2APIC = 1 << 3;
const VERSION = 6;
/** Product type "Workstation". */
const PRODUCT = 4;

const POINTER_READ_ID = 0x45414552;
const POINTER_DISABLE = 0x000000f5;
const POINTER_REQUEST_RELATIVE = 0x4c455252;
const POINTER_REQUEST_ABSOLUTE = 0x53424152;
/** What the queue gives after READ_ID. */
const POINTER_ID = 0x3442554a;
const POINTER_ERROR = 0xffff0000;

const BUTTON_LEFT = 0x20;
const BUTTON_RIGHT = 0x10;
const BUTTON_MIDDLE = 0x08;

/** Words waiting; four a packet. */
const QUEUE_WORDS = 256;

export interface VmPortState {
  readonly queue: readonly number[];
  readonly isPointerOn: boolean;
  readonly isAbsolute: boolean;
  readonly hasError: boolean;
  readonly buttons: number;
}

export const vmPortState = defineState<VmPortState>({
  kind: 'vmport',
  version: 1,
  check: (value): value is VmPortState =>
    isRecord(value) &&
    Array.isArray(value.queue) &&
    value.queue.length <= QUEUE_WORDS &&
    value.queue.every((word) => isUint(word)) &&
    typeof value.isPointerOn === 'boolean' &&
    typeof value.isAbsolute === 'boolean' &&
    typeof value.hasError === 'boolean' &&
    isUint(value.buttons, 0x1f),
});

export class VmPort implements Device<VmPortState>, PortHandler {
  #queue: number[] = [];
  #isPointerOn = false;
  #isAbsolute = false;
  #hasError = false;
  #buttons = 0;

  /**
   * @param wires.notify a packet waits: the PS/2 mouse raises its interrupt with an empty packet
   * @param wires.modeChanged the guest takes or no longer takes absolute positions
   */
  constructor(
    readonly id: string,
    private readonly wires: { notify(): void; modeChanged(isAbsolute: boolean): void },
    private readonly memoryMiB: number,
    private readonly rates: { readonly tscHz: number; readonly apicHz: number } = { tscHz: 1e9, apicHz: 1e9 },
  ) {}

  /** Whether the guest wants absolute positions here instead of movement from the PS/2 mouse. */
  get isAbsolute(): boolean {
    return this.#isPointerOn && this.#isAbsolute;
  }

  /**
   * Position 0..65535 on the screen; bit 0 left, 1 right, 2 middle; wheel towards the user positive. A machine input.
   * A guest that does not fetch loses movement, never a change of buttons that could still be told.
   */
  point(x: number, y: number, wheel: number, buttons: number): void {
    if (!this.isAbsolute) return;
    if (this.#queue.length + 4 > QUEUE_WORDS) {
      if (buttons === this.#buttons) return;
      this.#queue.splice(0, 4);
    }
    this.#buttons = buttons & 0x1f;
    const flags =
      (buttons & 1 ? BUTTON_LEFT : 0) | (buttons & 2 ? BUTTON_RIGHT : 0) | (buttons & 4 ? BUTTON_MIDDLE : 0);
    this.#queue.push(flags, x & 0xffff, y & 0xffff, wheel >>> 0);
    this.wires.notify();
  }

  /** IN EAX, DX. false: not a backdoor call, the port reads as empty. */
  access(registers: BackdoorRegisters): boolean {
    if (registers.eax !== MAGIC) return false;
    switch (registers.ecx & 0xffff) {
      case COMMAND_GETVERSION:
        registers.eax = VERSION;
        registers.ebx = MAGIC;
        registers.ecx = PRODUCT;
        break;
      case COMMAND_GETMEMSIZE:
        registers.eax = this.memoryMiB;
        break;
      case COMMAND_GETHZ:
        registers.eax = this.rates.tscHz % 2 ** 32;
        registers.ebx = Math.floor(this.rates.tscHz / 2 ** 32);
        registers.ecx = this.rates.apicHz;
        break;
      case COMMAND_GETVCPU_INFO:
        registers.eax = VCPU_LEGACY_X2APIC;
        break;
      case COMMAND_POINTER_DATA:
        this.#readData(registers);
        break;
      case COMMAND_POINTER_STATUS:
        registers.eax = this.#hasError || !this.#isPointerOn ? POINTER_ERROR : this.#queue.length;
        break;
      case COMMAND_POINTER_COMMAND:
        this.#command(registers.ebx >>> 0);
        break;
      default:
        registers.eax = 0xffffffff;
        break;
    }
    return true;
  }

  /** Accesses that are not IN EAX, DX. */
  readPort(_offset: number, size: AccessSize): number {
    return allOnes(size);
  }

  writePort(): void {}

  reset(): void {
    this.#queue = [];
    this.#hasError = false;
    this.#buttons = 0;
    this.#setMode(false, false);
  }

  save(): VmPortState {
    return {
      queue: [...this.#queue],
      isPointerOn: this.#isPointerOn,
      isAbsolute: this.#isAbsolute,
      hasError: this.#hasError,
      buttons: this.#buttons,
    };
  }

  restore(state: VmPortState): void {
    this.#queue = [...state.queue];
    this.#hasError = state.hasError;
    this.#buttons = state.buttons;
    this.#setMode(state.isPointerOn, state.isAbsolute);
  }

  /** EBX words, at most 4 and no more than wait, into EAX, EBX, ECX, EDX. */
  #readData(registers: BackdoorRegisters): void {
    const count = registers.ebx >>> 0;
    if (count === 0 || count > 4 || count > this.#queue.length) {
      this.#hasError = true;
      this.#queue = [];
      registers.eax = POINTER_ERROR;
      return;
    }
    const words = this.#queue.splice(0, count);
    registers.eax = words[0]!;
    if (count > 1) registers.ebx = words[1]!;
    if (count > 2) registers.ecx = words[2]!;
    if (count > 3) registers.edx = words[3]!;
  }

  #command(command: number): void {
    switch (command) {
      case POINTER_READ_ID:
        this.#queue = [POINTER_ID];
        this.#hasError = false;
        this.#setMode(true, this.#isAbsolute);
        break;
      case POINTER_DISABLE:
        this.#queue = [];
        this.#setMode(false, false);
        break;
      case POINTER_REQUEST_RELATIVE:
        this.#setMode(this.#isPointerOn, false);
        break;
      case POINTER_REQUEST_ABSOLUTE:
        this.#setMode(this.#isPointerOn, true);
        break;
      default:
        break;
    }
  }

  #setMode(isPointerOn: boolean, isAbsolute: boolean): void {
    const before = this.isAbsolute;
    this.#isPointerOn = isPointerOn;
    this.#isAbsolute = isAbsolute;
    if (this.isAbsolute !== before) this.wires.modeChanged(this.isAbsolute);
  }
}
