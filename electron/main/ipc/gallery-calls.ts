import path from 'node:path';
import { VmError } from '../../../src/base/errors';
import {
  coldGalleryVm,
  galleryGuests,
  galleryIds,
  galleryVm,
  hasGalleryGuest,
} from '../../../src/library/gallery/gallery';
import type { VmEntry } from '../../../src/library/library';
import type { AppCalls } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext } from '../app-context';

/** Where the program's own files lie: beside the folder of this bundle. */
export const OUT = path.join(__dirname, '..');

/** Ready guests: one click makes the VM and starts it, another one goes on with it. */
export function galleryCalls({
  files,
  library,
  directory,
  supervisor,
}: AppContext): Pick<Handlers<AppCalls>, 'gallery.list' | 'gallery.start'> {
  const begin = async (entry: VmEntry): Promise<void> => {
    await directory.refresh();
    if (directory.link(directory.idOf(entry.folder)) === undefined) await supervisor.start(entry.folder);
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
      const { os } = galleryGuests[guest];
      const known = (await library.list()).find(
        (entry) => entry.kind === 'ok' && entry.config.os.id === os.id && entry.name === os.name,
      );
      if (known !== undefined) {
        await begin(known);
        return directory.idOf(known.folder);
      }
      const made = await library.create(await galleryVm(files, OUT, guest, os.name));
      try {
        await begin(made);
        return directory.idOf(made.folder);
      } catch (error) {
        // A saved state that this machine does not take after all: it starts from the beginning instead.
        if (!VmError.from(error).code.startsWith('snapshot-')) throw error;
        await library.delete(made.folder);
        const cold = await library.create(await coldGalleryVm(files, OUT, guest, os.name));
        await begin(cold);
        return directory.idOf(cold.folder);
      }
    },
  };
}
