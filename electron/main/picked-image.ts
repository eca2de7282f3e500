import path from 'node:path';
import { systemText } from '../../src/i18n/system-text';
import { readMedium, usesOf } from '../../src/library/media';
import type { GuestSystem } from '../../src/library/systems/recognise';
import type { PickedFile, SystemChoice } from '../../src/protocol/app';
import type { AppContext } from './app-context';

/** Reads an image that the user chose or dropped, and gives the window a token for it. Rejects with what is wrong. */
export async function pickImage(
  { files, library, pickedFiles, systems }: Pick<AppContext, 'files' | 'library' | 'pickedFiles' | 'systems'>,
  file: string,
): Promise<PickedFile> {
  const medium = await readMedium(files, file, await systems());
  const { image, system } = medium;
  // Only for a menu.
  await library.recentImages.add({ path: file, uses: usesOf(image) }).catch(() => undefined);
  return {
    token: pickedFiles.add({ path: file, medium }),
    fileName: path.basename(file),
    kind: image.kind,
    uses: usesOf(image),
    sizeBytes: image.sizeBytes,
    system: choiceOf(system),
  };
}

export function choiceOf({ os, memoryMiB, diskGiB, rtc, verdict }: GuestSystem): SystemChoice {
  return { ...os, name: systemText(os), memoryMiB, diskGiB, rtc, verdict };
}
