import type { MessagePort } from 'node:worker_threads';
import type { VmConfig } from '../config/vm-config';
import type { JitMode } from '../cpu/emulated/jit/regions';
import type { LogicalGeometry } from '../machine/disk-geometry';
import type { StampedInput } from '../machine/inputs';
import type { LateMemoryInit } from './late-memory';

/** A medium as the machine thread needs to know it; the bytes stay on the host side. */
export interface MediumInfo {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly geometry?: LogicalGeometry;
}

/** ROMs and files of a direct boot, read by the host side. */
export interface FirmwareFiles {
  readonly bios: Uint8Array;
  readonly vgaBios: Uint8Array;
  readonly kernel?: {
    readonly image: Uint8Array;
    readonly initrd?: Uint8Array;
    readonly append: string;
    readonly modules: readonly { readonly bytes: Uint8Array; readonly args: string }[];
    /** Image and initrd lie in shared memory and are on their way: an Int32 that is 0, then one of the two below. */
    readonly arrived?: SharedArrayBuffer;
  };
}

/** All of it can be read; it cannot be had. */
export const ARRIVED = 1;
export const MISSING = 2;

/** A frame buffer of 2560x1600 pixels; larger modes are not shown. */
export const FRAME_BUFFER_BYTES = 2560 * 1600 * 4;

/** What the machine thread is told first. */
export interface MachineThreadInit {
  readonly config: VmConfig;
  readonly rings: { readonly toMachine: SharedArrayBuffer; readonly toHost: SharedArrayBuffer };
  readonly frameBuffer: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory;
  readonly core: WebAssembly.Module;
  readonly jit: JitMode;
  /** To the thread that compiles, with 'background': the ring of plans, and the port of its answers. */
  readonly compiler: { readonly plans: SharedArrayBuffer; readonly answers: MessagePort } | undefined;
  readonly firmware: FirmwareFiles;
  /** Media by block port: the ids of config's disks, cdroms and floppies. */
  readonly media: Readonly<Record<string, MediumInfo | undefined>>;
  readonly nvram: Uint8Array | undefined;
  readonly startTime: { readonly unixMs: number; readonly zoneMinutes: number };
  /** Saved device and CPU state; RAM lies in `memory` already, or comes when it is touched. */
  readonly state: Uint8Array | undefined;
  readonly late: LateMemoryInit | undefined;
  /** Start paused (restored snapshots do, until the window is ready). */
  readonly startPaused: boolean;
  readonly noReboot: boolean;
  /** Another machine comes on the same thread when this one has ended. */
  readonly isRehearsal?: boolean;
  /** Keeps the inputs and hashes the state every so many instructions. */
  readonly record: { readonly everyInstructions: number } | undefined;
  readonly replay:
    | { readonly inputs: readonly StampedInput[]; readonly endCount: number; readonly everyInstructions: number }
    | undefined;
}
