import { VmError } from '../base/errors';
import { type GuestCalls, type GuestEvents, guestChecks } from '../protocol/guest';
import { Endpoint, type Handlers, type Transport } from '../protocol/rpc';
import type { ConsolePort } from './console-hub';
import type { SessionEvents, VmSession } from './vm-session';

type GuestEndpoint = Endpoint<Record<never, never>, Record<never, never>, GuestCalls, GuestEvents>;

const ACTIVITY_MS = 100;

/**
 * Serves protocol/guest.ts for one session to any number of clients: the app's main process over its port, others over
 * the local socket.
 */
export class GuestService {
  readonly #clients = new Set<GuestEndpoint>();
  readonly #lastActivity = new Map<string, number>();
  #session: VmSession | undefined;
  readonly #listeners: Partial<SessionEvents>[] = [];
  /** A client wants to show the VM over its own link. */
  onConsole: (port: ConsolePort) => void = () => undefined;

  /** What the session calls; give it to the VmSession that `serve` is then told of. */
  readonly events: SessionEvents = {
    status: (status) => {
      this.#emit('status', status);
      this.#tell((listener) => listener.status?.(status));
    },
    end: (end) => {
      this.#emit('end', end);
      this.#tell((listener) => listener.end?.(end));
    },
    serial: (port, bytes) => {
      this.#emit('serial', { port, bytes });
      this.#tell((listener) => listener.serial?.(port, bytes));
    },
    parallel: (bytes) => this.#tell((listener) => listener.parallel?.(bytes)),
    tap: (port, bytes) => {
      this.#emit('tap', { port, bytes });
      this.#tell((listener) => listener.tap?.(port, bytes));
    },
    frame: (mode, rects, pixels) => this.#tell((listener) => listener.frame?.(mode, rects, pixels)),
    leds: (leds) => {
      this.#emit('leds', leds);
      this.#tell((listener) => listener.leds?.(leds));
    },
    sound: (rate, samples) => this.#tell((listener) => listener.sound?.(rate, samples)),
    pointerMode: (absolute) => {
      this.#emit('pointerMode', { absolute });
      this.#tell((listener) => listener.pointerMode?.(absolute));
    },
    deadEnd: (found) => this.#tell((listener) => listener.deadEnd?.(found)),
    activity: (device) => this.#activity(device),
    medium: (device, file) => {
      this.#emit('medium', { device, file });
      this.#tell((listener) => listener.medium?.(device, file));
    },
    installed: (device) => {
      this.#emit('installed', { device });
      this.#tell((listener) => listener.installed?.(device));
    },
    log: (level, message) => {
      this.#emit('log', { level, message });
      this.#tell((listener) => listener.log?.(level, message));
    },
  };

  /** Hears the session beside the clients: consoles, the process's entry. Call before the VM starts. */
  addListener(listener: Partial<SessionEvents>): void {
    this.#listeners.push(listener);
  }

  serve(session: VmSession): void {
    this.#session = session;
  }

  /** A new client; it is dropped when its link closes. */
  connect(transport: Transport): void {
    let port: ConsolePort | undefined;
    const endpoint: GuestEndpoint = new Endpoint(
      transport,
      {
        ...this.#handlers(),
        'console.open': () => {
          if (port !== undefined) throw new VmError('bad-state', 'this link has a console already');
          port = { send: (message) => endpoint.emit('console', message), onMessage: undefined, onClose: undefined };
          this.onConsole(port);
        },
        'console.input': ({ message }) => port?.onMessage?.(message),
      },
      guestChecks,
    );
    this.#clients.add(endpoint);
    endpoint.onClose = () => {
      this.#clients.delete(endpoint);
      port?.onClose?.();
    };
    const session = this.#session;
    if (session !== undefined) endpoint.emit('status', session.status);
  }

  /** Resolves when every client has the answers to its calls. */
  async answered(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.answered()));
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  #handlers(): Omit<Handlers<GuestCalls>, 'console.open' | 'console.input'> {
    const session = (): VmSession => {
      if (this.#session === undefined) throw new Error('no session is served yet');
      return this.#session;
    };
    const tellSnapshots = async (): Promise<void> => {
      if (this.#clients.size > 0) this.#emit('snapshots', await session().snapshotTree());
    };
    return {
      'vm.info': () => session().info(),
      'vm.stats': () => session().stats(),
      'vm.pause': () => session().pause(),
      'vm.resume': () => session().resume(),
      'vm.reset': () => session().reset(),
      'vm.shutDown': () => session().shutDown(),
      'vm.powerOff': () => session().powerOff(),
      'vm.suspend': () => session().suspend(),
      'vm.cancelWork': () => session().cancelWork(),
      'snapshot.list': () => session().snapshotTree(),
      'snapshot.take': async ({ name, description }) => {
        const taken = await session().takeSnapshot(name, description);
        await tellSnapshots();
        return taken;
      },
      'snapshot.restore': async ({ id }) => {
        await session().restoreSnapshot(id);
        await tellSnapshots();
      },
      'snapshot.delete': async ({ id, withChildren }) => {
        await session().deleteSnapshot(id, withChildren);
        await tellSnapshots();
      },
      'snapshot.rename': async ({ id, name, description }) => {
        await session().renameSnapshot(id, name, description);
        await tellSnapshots();
      },
      'snapshot.thumbnail': async ({ id }) => (await session().snapshotThumbnail(id)) ?? null,
      'screen.text': () => session().screenText(),
      'screen.picture': () => session().screenPicture(),
      'screen.thumbnail': ({ known }) => session().screenThumbnail(known),
      'keys.send': ({ strokes }) => session().sendKeys(strokes),
      'keys.type': ({ text, layout }, signal) => session().typeText(text, layout, signal),
      'display.setScale': ({ scale }) => session().setScale(scale),
      'pointer.move': (move) => session().movePointer(move),
      'serial.write': ({ port, bytes }) => session().writeSerial(port, bytes),
      'serial.history': ({ port }) => session().serialHistory(port),
      'config.change': ({ config }) => session().changeConfig(config),
      'medium.change': ({ device, file }) => session().changeMedium(device, file),
    };
  }

  #tell(call: (listener: Partial<SessionEvents>) => void): void {
    for (const listener of this.#listeners) call(listener);
  }

  #activity(device: string): void {
    const now = Date.now();
    if (now - (this.#lastActivity.get(device) ?? 0) < ACTIVITY_MS) return;
    this.#lastActivity.set(device, now);
    this.#emit('activity', { device });
  }

  #emit<N extends keyof GuestEvents>(name: N, value: GuestEvents[N]): void {
    for (const client of this.#clients) client.emit(name, value);
  }
}
