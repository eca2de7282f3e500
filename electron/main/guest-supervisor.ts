import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import path from 'node:path';
import { VmError, type WireError } from '../../src/base/errors';
import { Emitter } from '../../src/base/events';
import type { VmEnd } from '../../src/protocol/guest';
import { guestEventChecks } from '../../src/protocol/guest-checks';
import type { FromGuestProcess, ToGuestProcess } from '../guest-messages';
import { PortTransport } from '../port-transport';
import { GuestLink } from './guest-link';

const GUEST_SCRIPT = path.join(__dirname, 'guest.cjs');
const STDERR_LINES = 20;
/** A VM that has just started needs the computer itself. */
const PREPARE_MS = 15_000;

export interface GuestEnd {
  readonly folder: string;
  /** How the VM says it ended; undefined: its process went without a word. */
  readonly end: VmEnd | undefined;
  /** Set when it did not end as it should. */
  readonly crash: WireError | undefined;
}

interface Guest {
  readonly folder: string;
  readonly child: UtilityProcess;
  readonly link: GuestLink;
  hasStarted: boolean;
  end: VmEnd | undefined;
  failure: WireError | undefined;
  stderr: string[];
  readonly settle: { resolve: () => void; reject: (error: VmError) => void };
}

/** One utility process per VM that this app runs. A process that dies takes nothing else with it. */
export class GuestSupervisor {
  readonly #guests = new Map<string, Guest>();
  /** Has its program and the machine's threads, and waits for a VM. */
  #spare: UtilityProcess | undefined;
  readonly onStarting = new Emitter<{ folder: string; link: GuestLink }>();
  readonly onEnd = new Emitter<GuestEnd>();

  /** Folders of the VMs that run here. */
  get folders(): readonly string[] {
    return [...this.#guests.keys()];
  }

  link(folder: string): GuestLink | undefined {
    return this.#guests.get(folder)?.link;
  }

  pid(folder: string): number | undefined {
    return this.#guests.get(folder)?.child.pid;
  }

  /** Begins a process for the next start, which then need not wait for it. One that waits stays. */
  prepare(): void {
    if (this.#spare !== undefined) return;
    const spare = forkGuest();
    this.#spare = spare;
    spare.once('exit', () => {
      if (this.#spare === spare) this.#spare = undefined;
    });
  }

  /** Resolves when the guest runs; rejects with what is wrong, and nothing is left running. */
  start(folder: string): Promise<void> {
    if (this.#guests.has(folder)) return Promise.reject(new VmError('vm-in-use', 'the VM is running already'));
    const child = this.#spare ?? forkGuest();
    this.#spare = undefined;
    const { port1, port2 } = new MessageChannelMain();
    const link = new GuestLink(new PortTransport(port1));
    return new Promise<void>((resolve, reject) => {
      const guest: Guest = {
        folder,
        child,
        link,
        hasStarted: false,
        end: undefined,
        failure: undefined,
        stderr: [],
        settle: { resolve, reject },
      };
      this.#guests.set(folder, guest);
      child.on('message', (message: unknown) => this.#heard(guest, message));
      child.once('exit', (code) => this.#exited(guest, code));
      child.stdout?.resume();
      child.stderr?.on('data', (chunk: Buffer) => keepLines(guest.stderr, chunk.toString('utf8')));
      this.onStarting.emit({ folder, link });
      post(child, { t: 'start', folder }, port2);
    });
  }

  /** Connects a window's port to the VM. */
  attachConsole(folder: string, port: MessagePortMain): void {
    const guest = this.#guests.get(folder);
    if (guest === undefined) throw new VmError('vm-not-running', 'the VM is not running');
    post(guest.child, { t: 'console' }, port);
  }

  #heard(guest: Guest, raw: unknown): void {
    const message = (typeof raw === 'object' && raw !== null ? raw : {}) as Partial<FromGuestProcess>;
    if (message.t === 'started') {
      guest.hasStarted = true;
      guest.settle.resolve();
      setTimeout(() => this.prepare(), PREPARE_MS).unref();
    } else if (message.t === 'ended' && guestEventChecks.end(message.end) === undefined) {
      guest.end = message.end;
    } else if (message.t === 'failed' && guestEventChecks.end({ kind: 'failed', error: message.error }) === undefined) {
      guest.failure = message.error;
    }
  }

  #exited(guest: Guest, code: number): void {
    this.#guests.delete(guest.folder);
    guest.link.close();
    const crash = crashOf(guest, code);
    if (!guest.hasStarted)
      guest.settle.reject(
        VmError.fromWire(crash ?? { code: 'guest-gone', message: 'the VM stopped while it was starting' }),
      );
    this.onEnd.emit({ folder: guest.folder, end: guest.end, crash: guest.hasStarted ? crash : undefined });
  }
}

function forkGuest(): UtilityProcess {
  return utilityProcess.fork(GUEST_SCRIPT, [], { serviceName: 'Subzero VM', stdio: ['ignore', 'pipe', 'pipe'] });
}

function crashOf({ end, failure, stderr }: Guest, code: number): WireError | undefined {
  if (failure !== undefined) return failure;
  if (end?.kind === 'failed') return end.error;
  if (end !== undefined) return undefined;
  const detail = { exitCode: String(code), ...(stderr.length > 0 ? { output: stderr.join('\n') } : {}) };
  // Ended by a signal, Electron says 0.
  const how = code === 0 ? 'was ended from outside' : `ended unexpectedly (exit code ${code})`;
  return { code: 'guest-gone', message: `the process of this VM ${how}`, detail };
}

function post(child: UtilityProcess, message: ToGuestProcess, port: MessagePortMain): void {
  child.postMessage(message, [port]);
}

/** The last lines, in bounded memory whatever the process writes. */
function keepLines(lines: string[], text: string): void {
  for (const line of text.split('\n')) if (line.trim() !== '') lines.push(line.slice(0, 500));
  lines.splice(0, Math.max(0, lines.length - STDERR_LINES));
}
