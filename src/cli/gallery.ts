import * as path from 'node:path';
import { writeFile } from 'node:fs/promises';
import { VmError } from '../base/errors';
import { NodeHostFiles } from '../base/node-host-files';
import {
  coldGalleryVm,
  type GalleryId,
  galleryGuests,
  galleryIds,
  galleryVm,
  hasGalleryGuest,
} from '../library/gallery/gallery';
import { engineFile, readEngine, TEMPLATE_FILE } from '../library/gallery/template';
import { syncCopies } from '../library/copy-files';
import { parseCommand, say } from './arguments';
import { start } from './start';
import { EXIT_DONE, UsageError } from './usage-error';
import { connectTo, openLibrary } from './vm-client';

export const galleryHelp = `subzero gallery [GUEST [NAME]]: lists the guests that come with Subzero, or makes a VM of one and starts it`;

/** How long a guest may take to start at set-up, on a busy computer. */
const READY_MS = 30 * 60_000;
const POLL_MS = 500;
/** The prompt of its shell, with nothing behind it: what is typed now is echoed there. */
const PROMPT = /Subzero starter Linux ready\s+~ #$/;
/** Drivers settle and disks are looked for after the prompt is there: so often in a row the guest must have been idle. */
const IDLE_LOOKS = 4;
const IDLE_LOAD = 0.1;

export async function gallery(args: readonly string[], out: string): Promise<number> {
  if (args[0] === 'prepare') return prepare(args.slice(1), out);
  const files = new NodeHostFiles();
  if (args.length === 0) {
    for (const id of galleryIds) {
      if (await hasGalleryGuest(files, out, id)) say(`${id.padEnd(10)}${galleryGuests[id].os.name}`);
    }
    return EXIT_DONE;
  }
  const { positionals } = parseCommand('gallery', args, {}, args.length > 1 ? ['GUEST', 'NAME'] : ['GUEST']);
  const id = idOf(positionals[0] as string);
  const name = positionals[1] ?? galleryGuests[id].os.name;
  const vm = await galleryVm(files, out, id, name);
  const entry = await openLibrary().create(vm);
  say(path.normalize(entry.folder));
  const exitCode = await start([entry.folder], out);
  await syncCopies(files, entry.folder, vm.copies ?? []);
  return exitCode;
}

function idOf(text: string): GalleryId {
  const id = galleryIds.find((known) => known === text);
  if (id === undefined) throw new UsageError(`gallery ${text}: must be one of ${galleryIds.join(', ')}`);
  return id;
}

/**
 * `gallery prepare GUEST`, for set-up: makes the guest in the library of SUBZERO_HOME, starts it, waits until it can be
 * used, and leaves it saved at that point with a snapshot to come back to. Prints the VM's folder.
 */
async function prepare(args: readonly string[], out: string): Promise<number> {
  const { positionals } = parseCommand('gallery prepare', args, {}, ['GUEST']);
  const files = new NodeHostFiles();
  const engine = await readEngine(files, engineFile(out));
  if (engine === undefined) throw new VmError('file-not-found', `${engineFile(out)} is missing: build first`);
  const id = idOf(positionals[0] as string);
  const library = openLibrary();
  const made = await library.create(await coldGalleryVm(files, out, id, galleryGuests[id].os.name));
  await start([made.folder], out);
  const client = await connectTo(await library.find(made.folder));
  let snapshot: string;
  try {
    let idleLooks = 0;
    await untilReady(async () => {
      const { lines } = await client.call('screen.text', null);
      const { load } = await client.call('vm.stats', null);
      const isReady =
        PROMPT.test(
          lines
            .map((line) => line.trimEnd())
            .join('\n')
            .trimEnd(),
        ) && load < IDLE_LOAD;
      idleLooks = isReady ? idleLooks + 1 : 0;
      return idleLooks === IDLE_LOOKS;
    });
    snapshot = (await client.call('snapshot.take', { name: 'Ready to use', description: '' })).id;
  } finally {
    await client.call('vm.powerOff', null).catch((error: unknown) => {
      if (VmError.from(error).code !== 'guest-gone') throw error;
    });
    client.close();
  }
  await untilFree(async () => (await library.find(made.folder)).owner === undefined);
  const vm = await library.open(made.folder, '');
  try {
    await vm.restore(snapshot);
  } finally {
    await vm.close();
  }
  await writeFile(path.join(made.folder, TEMPLATE_FILE), `${JSON.stringify({ engine })}\n`);
  say(made.folder);
  return EXIT_DONE;
}

function untilReady(isReady: () => Promise<boolean>): Promise<void> {
  return poll(isReady, 'the guest did not become ready');
}

function untilFree(isFree: () => Promise<boolean>): Promise<void> {
  return poll(isFree, 'the guest did not end');
}

async function poll(isDone: () => Promise<boolean>, trouble: string): Promise<void> {
  const end = Date.now() + READY_MS;
  while (!(await isDone())) {
    if (Date.now() > end) throw new VmError('timeout', `${trouble} within ${READY_MS / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
