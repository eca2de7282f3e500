import { VmError } from '../base/errors';
import type { Validated, VmConfig } from '../config/vm-config';
import type { VmStore } from '../disk/vm-store';
import type { VmEnd } from '../protocol/guest';
import { ConsoleHub } from './console-hub';
import { GuestService } from './guest-service';
import { SerialEnds } from './serial-ends';
import { serveOnSocket } from './socket-server';
import type { VmAssets } from './vm-assets';
import type { Engine } from './machine-threads';
import { logTo } from './vm-log';
import { VmSession } from './vm-session';

export interface GuestProcess {
  readonly session: VmSession;
  readonly service: GuestService;
  /** Windows that show the VM connect here. */
  readonly consoles: ConsoleHub;
  /** Resolves when the VM has ended, its disks are closed and its socket is gone. */
  readonly ended: Promise<VmEnd>;
  /** Takes the socket and the serial ports' ends away: nobody else reaches the VM. They go by themselves when it ends. */
  stopServing(): Promise<void>;
}

/**
 * One VM in this process: its session, served to clients and on its local socket. The caller owns the VM's store, connects
 * its own clients to `service`, then calls `session.start()`.
 */
export async function createGuestProcess(
  store: VmStore<Validated<VmConfig>>,
  assets: VmAssets,
  socketPath: string | undefined,
  options: { readonly noReboot?: boolean; readonly engine?: Promise<Engine> } = {},
): Promise<GuestProcess> {
  const service = new GuestService();
  if (store.logPath !== '') service.addListener(logTo(store.logPath, store.config.name));
  const session = new VmSession(store, assets, service.events, {
    noReboot: options.noReboot === true || store.config.options.onGuestReset === 'powerOff',
    ...(options.engine === undefined ? {} : { engine: options.engine }),
  });
  service.serve(session);
  const consoles = new ConsoleHub(session);
  service.addListener(consoles.events);
  service.onConsole = (port) => consoles.connect(port);
  let ends: SerialEnds | undefined;
  session.onStarting = async () => {
    ends ??= await SerialEnds.open(
      session.config,
      store.folder,
      (port, bytes) => session.writeSerial(port, bytes),
      (message) => service.events.log('warning', message),
    );
  };
  service.addListener({
    serial: (port, bytes) => ends?.events.serial?.(port, bytes),
    parallel: (bytes) => ends?.events.parallel?.(bytes),
  });
  const server = socketPath === undefined ? undefined : await serveOnSocket(service, socketPath);
  let stopped: Promise<void> | undefined;
  const stopServing = (): Promise<void> =>
    (stopped ??= Promise.all([server?.close(), ends?.close()]).then(() => undefined));
  const ended = new Promise<VmEnd>((resolve) => {
    service.addListener({ end: (end) => void stopServing().then(() => resolve(end)) });
  });
  return { session, service, consoles, ended, stopServing };
}

/** A start that failed gives the store back before it says why. */
export async function startOrClose(process: GuestProcess, store: VmStore<Validated<VmConfig>>): Promise<void> {
  try {
    await process.session.start();
  } catch (error) {
    await process.stopServing();
    await store.close();
    throw VmError.from(error);
  }
}
