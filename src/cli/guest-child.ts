import { dirname } from 'node:path';
import { VmError } from '../base/errors';
import { NodeHostFiles } from '../base/node-host-files';
import { createGuestProcess, startOrClose } from '../guest/guest-process';
import { assetsIn } from '../guest/vm-assets';
import { Library } from '../library/library';
import { preferredPaths } from '../library/preferences-file';
import { prepareSocket } from '../library/runtime-socket';
import type { WireError } from '../base/errors';

/** What the child tells the command that started it, once. */
export type StartMessage = { readonly ok: true } | { readonly ok: false; readonly error: WireError };

/** The process of a VM that the CLI started: runs it until it ends, whoever controls it. argv: the VM's folder. */
async function main(folder: string): Promise<void> {
  const library = new Library(new NodeHostFiles(), preferredPaths());
  const socketPath = library.socketPath(folder);
  const store = await library.openToRun(folder, socketPath);
  await prepareSocket(socketPath);
  const guest = await createGuestProcess(store, assetsIn(dirname(__filename)), socketPath);
  const onHostClose = (): void => {
    // A log-off: what the user chose for it, and a suspended VM loses nothing.
    const ending = store.config.options.onHostClose === 'powerOff' ? guest.session.powerOff() : guest.session.suspend();
    ending.catch(() => guest.session.powerOff()).catch(() => process.exit(1));
  };
  process.on('SIGTERM', onHostClose);
  process.on('SIGINT', onHostClose);
  process.on('SIGHUP', () => undefined);
  await startOrClose(guest, store);
  tell({ ok: true });
  await guest.ended;
}

function tell(message: StartMessage): void {
  if (process.send === undefined) return;
  process.send(message, () => process.disconnect?.());
}

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    tell({ ok: false, error: VmError.from(error).toWire() });
    process.exitCode = 1;
  },
);
