import path from 'node:path';
import { VmError } from '../../../src/base/errors';
import {
  coldGalleryVm,
  galleryGuests,
  galleryIds,
  galleryVm,
  hasGalleryGuest,
} from '../../../src/library/gallery/gallery';
import { syncCopies } from '../../../src/library/copy-files';
import type { NewVm, VmEntry } from '../../../src/library/library';
import type { AppCalls, VmId } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext } from '../app-context';

/** What was copied becomes durable when the guest has started. */
const SYNC_AFTER_MS = 10_000;

/** Where the program's own files lie: beside the folder of this bundle. */
export const OUT = path.join(__dirname, '..');

/** Ready guests: one click makes the VM and starts it, another one goes on with it. */
export function galleryCalls(
  { files, library, directory, supervisor }: AppContext,
  show: (vm: VmId) => void,
): Pick<Handlers<AppCalls>, 'gallery.list' | 'gallery.start'> {
  const begin = async (entry: VmEntry): Promise<void> => {
    await directory.refresh();
    const id = directory.idOf(entry.folder);
    if (directory.link(id) !== undefined) return;
    const started = supervisor.start(entry.folder);
    // The window gets its console ready meanwhile.
    show(id);
    await started;
  };
  const make = async (vm: NewVm): Promise<VmEntry> => {
    const made = await library.create(vm);
    // Nobody waits for it: what a power failure takes now can be had again.
    const sync = (): Promise<void> => syncCopies(files, made.folder, vm.copies ?? []);
    setTimeout(() => void sync().catch(() => undefined), SYNC_AFTER_MS);
    return made;
  };
  return {
    'gallery.list': async () => {
      const found = await Promise.all(
        galleryIds.map(async (id) => {
          const { name, icon } = galleryGuests[id].os;
          return (await hasGalleryGuest(files, OUT, id)) ? [{ id, name, icon }] : [];
        }),
      );
      return found.flat();
    },
    'gallery.start': async ({ guest }) => {
      // Its process starts while the files are copied.
      supervisor.prepare();
      const { os } = galleryGuests[guest];
      const known = (await library.list()).find(
        (entry) => entry.kind === 'ok' && entry.config.os.id === os.id && entry.name === os.name,
      );
      if (known !== undefined) {
        await begin(known);
        return directory.idOf(known.folder);
      }
      const made = await make(await galleryVm(files, OUT, guest, os.name));
      try {
        await begin(made);
        return directory.idOf(made.folder);
      } catch (error) {
        // A saved state that this machine does not take after all: it starts from the beginning instead.
        if (!VmError.from(error).code.startsWith('snapshot-')) throw error;
        await library.delete(made.folder);
        const cold = await make(await coldGalleryVm(files, OUT, guest, os.name));
        await begin(cold);
        return directory.idOf(cold.folder);
      }
    },
  };
}
