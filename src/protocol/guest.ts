import type { WireError } from '../base/errors';
import type { EngineReason } from '../config/cpu';
import { type DisplayScale, displayScales } from '../config/display';
import { bytes, integer, list, nothing, object, oneOf, optional, text } from './checks';
import type { ConsoleOutput } from './console';
import { type KeyboardLayoutId, keyboardLayoutIds, MAX_TYPED_LENGTH } from './keyboard-layouts';
import type { Checks } from './rpc';

/** What a VM is doing, as every layer above the guest process sees it. Legal moves: guest/lifecycle.ts. */
export type VmStatus =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'suspended' }
  /** `done`: how much of a saved state is there, from 0 to 1. */
  | { readonly kind: 'starting'; readonly step: string; readonly done?: number }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused'; readonly reason: 'user' | 'diskFull' | 'ioError' }
  | { readonly kind: 'saving'; readonly done: number }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'crashed'; readonly error: WireError };

/** Why a VM stopped; the exit status of `subzero run` follows from it. */
export type VmEnd =
  | { readonly kind: 'poweredOff'; readonly by: 'guest' | 'host' }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'noReboot' }
  | { readonly kind: 'tripleFault' }
  | { readonly kind: 'debugExit'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface VmInfo {
  /** The VM's folder, or '' for a throw-away VM. */
  readonly folder: string;
  readonly name: string;
  readonly pid: number;
  readonly status: VmStatus;
  readonly engine: 'emulated' | 'kvm';
  /** Why that engine. */
  readonly engineReason: EngineReason;
  readonly memoryMiB: number;
}

export interface VmStats {
  readonly count: number;
  readonly guestNs: number;
  /** Host time since power-on or restore that the guest's clock left out, because the CPU could not keep up. */
  readonly forgottenMs: number;
  /** Millions of guest instructions per second of host time, over the last second or so. */
  readonly mips: number;
  /** Share of host time that the machine thread was not asleep, 0 to 1. */
  readonly load: number;
  /** Share of host time spent in devices, 0 to 1; part of `load`. */
  readonly devices: number;
  /** Share of the instructions that compiled code executed over the last second or so, 0 to 1. */
  readonly compiled: number;
  /** Compiled code; not there where everything is interpreted. */
  readonly jit?: JitStats;
}

export interface JitStats {
  /** Regions that can be entered now; compiled since the start, dropped since, waiting for the compiler. */
  readonly regions: number;
  readonly compiled: number;
  readonly dropped: number;
  readonly queued: number;
  /** Regions entered, and left because the next instruction is the interpreter's. */
  readonly entries: number;
  readonly slowExits: number;
  /** Instructions retired in compiled code. */
  readonly instructions: number;
  /** Instructions that such exits were for, of every 64th exit: most frequent first. */
  readonly fallbacks: readonly { readonly name: string; readonly count: number }[];
}

export interface SnapshotInfo {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly description: string;
  /** ms since 1970. */
  readonly createdMs: number;
  /** Taken of a running VM: holds RAM. */
  readonly hasMemory: boolean;
  readonly sizeBytes: number;
  readonly hasThumbnail: boolean;
}

export interface SnapshotTree {
  readonly snapshots: readonly SnapshotInfo[];
  /** The snapshot that the VM's present state descends from. */
  readonly current: string | null;
}

export interface ScreenText {
  readonly kind: 'text' | 'graphics';
  readonly width: number;
  readonly height: number;
  /** The characters of a text screen, one string a row; empty in graphics. */
  readonly lines: readonly string[];
}

export interface KeyStroke {
  /** USB HID usage of page 7 (keyboard). */
  readonly usage: number;
  readonly down: boolean;
  /**
   * No press: the key that was pressed last has been held for so long by now. The guest's keyboard repeats a key only as
   * far as this says, whenever the release arrives.
   */
  readonly heldMs?: number;
}

/** An hour: nothing is repeated longer without another press. */
export const MAX_HELD_MS = 3_600_000;

export const keyStroke = object({
  usage: integer(0, 0xff),
  down: oneOf([true, false]),
  heldMs: optional(integer(0, MAX_HELD_MS)),
});

export interface PointerMove {
  /** 0..65535 across the screen, for guests with an absolute pointer. */
  readonly x?: number;
  readonly y?: number;
  readonly dx: number;
  readonly dy: number;
  readonly wheel: number;
  readonly buttons: number;
}

/** What main, app and CLI ask of a running VM's process. */
export interface GuestCalls {
  'vm.info': (args: null) => VmInfo;
  'vm.stats': (args: null) => VmStats;
  'vm.pause': (args: null) => void;
  'vm.resume': (args: null) => void;
  'vm.reset': (args: null) => void;
  /** Presses the ACPI power button. */
  'vm.shutDown': (args: null) => void;
  'vm.powerOff': (args: null) => void;
  /** Saves everything and ends the process; the next start goes on from there. */
  'vm.suspend': (args: null) => void;
  /** Gives up what is being saved or loaded, which then fails with 'cancelled'; what was being loaded stays suspended. */
  'vm.cancelWork': (args: null) => void;
  'snapshot.list': (args: null) => SnapshotTree;
  'snapshot.take': (args: { name: string; description: string }) => { id: string };
  'snapshot.restore': (args: { id: string }) => void;
  'snapshot.delete': (args: { id: string; withChildren: boolean }) => void;
  'snapshot.rename': (args: { id: string; name: string; description: string }) => void;
  /** A small PNG of the screen; null where there is none. */
  'snapshot.thumbnail': (args: { id: string }) => Uint8Array | null;
  'screen.text': (args: null) => ScreenText;
  /** A PNG of the guest's screen. */
  'screen.picture': (args: null) => Uint8Array;
  /** A small PNG of the guest's screen; null when it looks as the caller knows it (`known`: a stamp from before, or 0). */
  'screen.thumbnail': (args: { known: number }) => { stamp: number; png: Uint8Array } | null;
  'keys.send': (args: { strokes: readonly KeyStroke[] }) => void;
  /** Types text as keystrokes of a keyboard layout (US unless said); cancelling the call ends it. */
  'keys.type': (args: { text: string; layout?: KeyboardLayoutId }) => void;
  /** How windows show the screen. */
  'display.setScale': (args: { scale: DisplayScale }) => void;
  'pointer.move': (args: PointerMove) => void;
  'serial.write': (args: { port: number; bytes: Uint8Array }) => void;
  /** The last 256 KiB or so of what the guest sent. */
  'serial.history': (args: { port: number }) => Uint8Array;
  /** This link shows the VM as well: 'console' events follow. For those who have no port to it. */
  'console.open': (args: null) => void;
  'console.input': (args: { message: unknown }) => void;
  /** A whole configuration, of which it takes name, description, options and the like; not the hardware. */
  'config.change': (args: { config: unknown }) => void;
  /** Puts a medium into a CD or floppy drive, or takes it out (null). */
  'medium.change': (args: { device: string; file: string | null }) => void;
}

export interface GuestEvents {
  status: VmStatus;
  end: VmEnd;
  serial: { port: number; bytes: Uint8Array };
  tap: { port: number; bytes: Uint8Array };
  snapshots: SnapshotTree;
  /** Bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock, as the guest set them. */
  leds: number;
  pointerMode: { absolute: boolean };
  /** A device was used since the last event; at most ten times a second. */
  activity: { device: string };
  medium: { device: string; file: string | null };
  /** The guest restarted after it wrote to a disk: the CD in this drive has most likely done its work. */
  installed: { device: string };
  log: { level: 'info' | 'warning' | 'error'; message: string };
  console: ConsoleOutput;
}

const snapshotId = text({ maxLength: 64, pattern: /^[0-9a-zA-Z-]+$/ });

export const guestChecks: Checks<GuestCalls> = {
  'vm.info': nothing,
  'vm.stats': nothing,
  'vm.pause': nothing,
  'vm.resume': nothing,
  'vm.reset': nothing,
  'vm.shutDown': nothing,
  'vm.powerOff': nothing,
  'vm.suspend': nothing,
  'vm.cancelWork': nothing,
  'snapshot.list': nothing,
  'snapshot.take': object({ name: text({ maxLength: 200 }), description: text({ maxLength: 10_000 }) }),
  'snapshot.restore': object({ id: snapshotId }),
  'snapshot.delete': object({ id: snapshotId, withChildren: oneOf([true, false]) }),
  'snapshot.rename': object({
    id: snapshotId,
    name: text({ maxLength: 200 }),
    description: text({ maxLength: 10_000 }),
  }),
  'snapshot.thumbnail': object({ id: snapshotId }),
  'screen.text': nothing,
  'screen.picture': nothing,
  'screen.thumbnail': object({ known: integer(0, 0xffffffff) }),
  'keys.send': object({ strokes: list(keyStroke, 1000) }),
  'keys.type': object({ text: text({ maxLength: MAX_TYPED_LENGTH }), layout: optional(oneOf(keyboardLayoutIds)) }),
  'display.setScale': object({ scale: oneOf(displayScales) }),
  'pointer.move': object({
    x: optional(integer(0, 65535)),
    y: optional(integer(0, 65535)),
    dx: integer(-32768, 32767),
    dy: integer(-32768, 32767),
    wheel: integer(-128, 127),
    buttons: integer(0, 31),
  }),
  'serial.write': object({ port: integer(0, 3), bytes: bytes(1 << 20) }),
  'serial.history': object({ port: integer(0, 3) }),
  'console.open': nothing,
  // Checked by the session.
  'config.change': object({ config: () => undefined }),
  // Checked by the console itself.
  'console.input': object({ message: () => undefined }),
  'medium.change': object({ device: text({ maxLength: 32 }), file: optional(text({ maxLength: 4096 })) }),
};
