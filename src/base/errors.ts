/**
 * Host or user trouble. Every code is worded once per language by the front ends; `message` is the plain English form:
 * what, where, remedy.
 */
export type ErrorCode =
  // base
  | 'internal'
  | 'cancelled'
  | 'timeout'
  | 'bad-argument'
  | 'not-supported'
  // host files
  | 'file-not-found'
  | 'file-exists'
  | 'file-permission'
  | 'disk-full'
  | 'io-error'
  | 'path-outside'
  // disk images
  | 'image-corrupt'
  | 'image-unsupported'
  | 'image-readonly'
  | 'image-closed'
  | 'image-chain'
  // configuration and library
  | 'config-invalid'
  | 'vm-not-found'
  | 'vm-exists'
  | 'vm-broken'
  | 'vm-in-use'
  | 'vm-not-running'
  | 'name-invalid'
  | 'folder-not-found'
  | 'folder-exists'
  // snapshots
  | 'snapshot-not-found'
  | 'snapshot-corrupt'
  | 'snapshot-in-use'
  // engines, machine and firmware
  | 'engine-unavailable'
  | 'engine-failed'
  | 'firmware-missing'
  | 'firmware-invalid'
  | 'kernel-invalid'
  | 'out-of-memory'
  | 'memory-limit'
  // links between processes
  | 'guest-gone'
  /** The program that ran a VM was killed, or the power failed. */
  | 'vm-left-behind'
  | 'guest-busy'
  | 'bad-state'
  | 'bad-message'
  | 'unknown-call'
  | 'protocol-mismatch'
  | 'not-allowed'
  | 'consent-needed'
  /** A VM's folder lies elsewhere than it did. */
  | 'moved-or-copied';

export type ErrorDetail = Readonly<Record<string, string>>;

/** A VmError as it crosses between processes. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: ErrorDetail;
}

export class VmError extends Error {
  override readonly name = 'VmError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail?: ErrorDetail,
    cause?: unknown,
  ) {
    super(oneLine(message), cause === undefined ? undefined : { cause });
  }

  toWire(): WireError {
    return this.detail === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, detail: this.detail };
  }

  static fromWire(wire: WireError): VmError {
    return new VmError(wire.code, wire.message, wire.detail);
  }

  /** Any thrown value as a VmError; one that already is stays itself. */
  static from(error: unknown, code: ErrorCode = 'internal'): VmError {
    if (error instanceof VmError) return error;
    return new VmError(code, messageOf(error), undefined, error);
  }
}

/** What files and guests put into a message cannot end its line or steer a terminal. */
function oneLine(message: string): string {
  return message.replace(/\s*[\u0000-\u001f\u007f-\u009f\u2028\u2029]+\s*/g, ' ');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isVmError(error: unknown, code?: ErrorCode): error is VmError {
  return error instanceof VmError && (code === undefined || error.code === code);
}

/** A broken invariant of our own, checked in release builds too. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new AssertionError(`broken invariant: ${what}`);
}

/** For the default branch of a switch over a union. */
export function unreachable(value: never): never {
  throw new AssertionError(`broken invariant: unexpected value ${String(value)}`);
}
