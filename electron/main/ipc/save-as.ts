import { type BrowserWindow, dialog } from 'electron';
import path from 'node:path';

const NOT_IN_FILE_NAMES = /[\\/:*?"<>|]/g;

interface SaveAs {
  readonly title: string;
  /** Of the VM that the file is about; what file names cannot have is replaced. */
  readonly name: string;
  /** Without its dot; a name that the user leaves without one gets it. */
  readonly extension: string;
  /** What such files are called. */
  readonly kind: string;
}

/** Asks where a file goes; undefined when the user cancelled. */
export async function askWhereTo(
  window: BrowserWindow,
  { title, name, extension, kind }: SaveAs,
): Promise<string | undefined> {
  const { filePath } = await dialog.showSaveDialog(window, {
    title,
    defaultPath: `${name.replace(NOT_IN_FILE_NAMES, '_')}.${extension}`,
    filters: [{ name: kind, extensions: [extension] }],
  });
  if (!filePath) return undefined;
  return path.extname(filePath) === '' ? `${filePath}.${extension}` : filePath;
}
