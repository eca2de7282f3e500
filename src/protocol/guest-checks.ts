import { engineReasons } from '../config/cpu';
import { bytes, integer, list, object, oneOf, optional, text } from './checks';
import { asConsoleOutput } from './console';
import type { GuestEvents } from './guest';
import type { ArgsCheck } from './rpc';

/** Checks of what a VM's process says: it is not trusted once guest code runs. */

const boolean = oneOf([true, false]);
const anyText = text({ maxLength: 100_000 });
const number: ArgsCheck = (value) => (typeof value === 'number' ? undefined : 'must be a number');
const device = text({ maxLength: 64 });

const error = (value: unknown): string | undefined => {
  const { code, message } = (value ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === 'string' && typeof message === 'string' ? undefined : 'is no error';
};

function union(cases: Readonly<Record<string, ArgsCheck>>): ArgsCheck {
  return (value) => {
    const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
    if (typeof kind !== 'string' || !Object.hasOwn(cases, kind)) return 'is of no known kind';
    return cases[kind]?.(value);
  };
}

const only = (kind: string, fields: Readonly<Record<string, ArgsCheck>> = {}): ArgsCheck =>
  object({ kind: oneOf([kind]), ...fields });

export const statusCheck: ArgsCheck = union({
  stopped: only('stopped'),
  suspended: only('suspended'),
  starting: only('starting', { step: text({ maxLength: 100 }), done: optional(number) }),
  running: only('running'),
  paused: only('paused', { reason: oneOf(['user', 'diskFull', 'ioError']) }),
  saving: only('saving', { done: number }),
  stopping: only('stopping'),
  crashed: only('crashed', { error }),
});

export const snapshotTreeCheck: ArgsCheck = object({
  snapshots: list(
    object({
      id: text({ maxLength: 64 }),
      parent: optional(text({ maxLength: 64 })),
      name: anyText,
      description: anyText,
      createdMs: number,
      hasMemory: boolean,
      sizeBytes: number,
      hasThumbnail: boolean,
    }),
    100_000,
  ),
  current: optional(text({ maxLength: 64 })),
});

export const vmInfoCheck: ArgsCheck = object({
  folder: text({ maxLength: 10_000 }),
  name: anyText,
  pid: number,
  status: statusCheck,
  engine: oneOf(['emulated', 'kvm']),
  engineReason: oneOf(engineReasons),
  memoryMiB: number,
});

const jitStatsCheck: ArgsCheck = object({
  regions: number,
  compiled: number,
  dropped: number,
  queued: number,
  entries: number,
  slowExits: number,
  instructions: number,
  fallbacks: list(object({ name: text({ maxLength: 64 }), count: number }), 100),
});

export const vmStatsCheck: ArgsCheck = object({
  count: number,
  guestNs: number,
  forgottenMs: number,
  mips: number,
  load: number,
  devices: number,
  compiled: number,
  jit: optional(jitStatsCheck),
});

export const guestEventChecks: { readonly [N in keyof GuestEvents]: ArgsCheck } = {
  status: statusCheck,
  end: union({
    poweredOff: only('poweredOff', { by: oneOf(['guest', 'host']) }),
    suspended: only('suspended'),
    noReboot: only('noReboot'),
    tripleFault: only('tripleFault'),
    debugExit: only('debugExit', { status: integer(0, 0xffffffff) }),
    failed: only('failed', { error }),
  }),
  serial: object({ port: integer(0, 3), bytes: bytes(8 << 20) }),
  tap: object({ port: integer(0, 0xffff), bytes: bytes(8 << 20) }),
  snapshots: snapshotTreeCheck,
  leds: integer(0, 7),
  pointerMode: object({ absolute: boolean }),
  activity: object({ device }),
  medium: object({ device, file: optional(text({ maxLength: 10_000 })) }),
  installed: object({ device }),
  console: (value) => (asConsoleOutput(value) === undefined ? 'is no console message' : undefined),
  log: object({ level: oneOf(['info', 'warning', 'error']), message: anyText }),
};
