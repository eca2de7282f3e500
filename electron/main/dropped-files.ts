import { stat } from 'node:fs/promises';
import path from 'node:path';
import { VmError, type WireError } from '../../src/base/errors';
import type { PickedFile } from '../../src/protocol/app';
import type { AppContext, AppWindow } from './app-context';
import { pickImage } from './picked-image';

const MAX_PATH = 4096;

/**
 * Files dropped on the window: an image becomes a token for the wizard, a VM's folder (or the vm.json in it) goes to the
 * library. The preload script tells the paths, the page never sees them. Returns what takes files that the desktop's file
 * manager opens the app with.
 */
export function acceptDrops(
  context: AppContext,
  { transport }: AppWindow,
  onImage: (file: PickedFile) => void,
  onTrouble: (error: WireError) => void,
): (paths: readonly string[]) => void {
  const take = (paths: readonly string[]): void => {
    const file = paths.find((one) => path.isAbsolute(one) && one.length <= MAX_PATH && !one.includes('\0'));
    if (file !== undefined) void accept(file).catch((error: unknown) => onTrouble(VmError.from(error).toWire()));
  };
  transport.onDropped = take;
  return take;

  async function accept(file: string): Promise<void> {
    const found = await stat(file).catch(() => undefined);
    const isVm = found?.isDirectory() === true || path.basename(file) === 'vm.json';
    if (!isVm) return onImage(await pickImage(context, file));
    await context.library.add(found?.isDirectory() === true ? file : path.dirname(file));
    await context.directory.refresh();
  }
}
