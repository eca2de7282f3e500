import type { WireError } from '../src/base/errors';
import type { VmEnd } from '../src/protocol/guest';

/** Between main and a VM's process, beside protocol/guest.ts: each message of main's brings one port. */
export type ToGuestProcess =
  /** Once. The port carries protocol/guest.ts. */
  | { readonly t: 'start'; readonly folder: string }
  /** The port carries protocol/console.ts. */
  | { readonly t: 'console' };

export type FromGuestProcess =
  | { readonly t: 'started' }
  | { readonly t: 'ended'; readonly end: VmEnd }
  /** It did not start, or broke; the process ends. */
  | { readonly t: 'failed'; readonly error: WireError };
