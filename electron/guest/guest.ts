/** The process of one VM that the app runs: opens the VM's folder, runs it until it ends, serves main, sockets and windows. */
import path from 'node:path';
import { messageOf, VmError } from '../../src/base/errors';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { createGuestProcess, type GuestProcess, startOrClose } from '../../src/guest/guest-process';
import { type Engine, startEngine } from '../../src/guest/machine-threads';
import { rehearse } from '../../src/guest/rehearsal';
import { assetsIn } from '../../src/guest/vm-assets';
import { Library } from '../../src/library/library';
import { preferredPaths } from '../../src/library/preferences-file';
import { prepareSocket } from '../../src/library/runtime-socket';
import type { FromGuestProcess, ToGuestProcess } from '../guest-messages';
import { PortTransport } from '../port-transport';
import { consolePortOf } from './console-port';

let guest: GuestProcess | undefined;
const assets = assetsIn(path.join(__dirname, '..'));
/** Begun while nobody knows yet which VM this process is for. */
const engine: Promise<Engine> = startEngine(assets);
engine.catch(() => undefined);
/** Nobody is in a hurry: what every guest runs is compiled before one is started. */
const REHEARSE_AFTER_MS = 500;
const rehearsal = setTimeout(() => {
  engine.then((ready) => rehearse(ready, assets)).catch(() => undefined);
}, REHEARSE_AFTER_MS);
/** Windows that came before the VM's folder was open. */
const waiting: Electron.MessagePortMain[] = [];
const parent = process.parentPort;

async function start(folder: string, port: Electron.MessagePortMain): Promise<void> {
  const library = new Library(new NodeHostFiles(), preferredPaths());
  const socketPath = library.socketPath(folder);
  const store = await library.openToRun(folder, socketPath);
  try {
    await prepareSocket(socketPath);
    guest = await createGuestProcess(store, assets, socketPath, { engine });
  } catch (error) {
    await store.close();
    throw error;
  }
  guest.service.connect(new PortTransport(port));
  for (const early of waiting.splice(0)) guest.consoles.connect(consolePortOf(early));
  await startOrClose(guest, store);
  tell({ t: 'started' });
  const end = await guest.ended;
  tell({ t: 'ended', end });
}

function tell(message: FromGuestProcess): void {
  parent.postMessage(message);
}

/** Messages already on their way must arrive before the process ends. */
function exitSoon(code: number): void {
  setTimeout(() => process.exit(code), 50);
}

parent.on('message', ({ data, ports }) => {
  const message = data as ToGuestProcess;
  const port = ports[0];
  if (port === undefined) return;
  if (message.t === 'console') {
    if (guest === undefined) waiting.push(port);
    else guest.consoles.connect(consolePortOf(port));
    return;
  }
  clearTimeout(rehearsal);
  start(message.folder, port).then(
    () => exitSoon(0),
    (error: unknown) => {
      tell({ t: 'failed', error: VmError.from(error).toWire() });
      exitSoon(1);
    },
  );
});

// What nobody caught ends the VM, said aloud: main shows it.
process.on('uncaughtException', (error) => {
  tell({ t: 'failed', error: { code: 'internal', message: messageOf(error) } });
  process.stderr.write(`${error.stack ?? messageOf(error)}\n`);
  exitSoon(1);
});
