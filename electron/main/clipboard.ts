import * as electron from 'electron';

/** What Electron's clipboard looked like before it followed the web's. */
interface OldClipboard {
  writeImage(image: Electron.NativeImage): void;
}

/** A picture, with either of Electron's clipboards. */
export async function copyPicture(png: Uint8Array): Promise<void> {
  const clipboard: Partial<OldClipboard> & Electron.Clipboard = electron.clipboard;
  if (clipboard.writeImage !== undefined) {
    clipboard.writeImage(electron.nativeImage.createFromBuffer(Buffer.from(png)));
    return;
  }
  const blob = new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' });
  await clipboard.write([new electron.ClipboardItem({ 'image/png': blob })]);
}

export async function copyText(text: string): Promise<void> {
  await electron.clipboard.writeText(text);
}

export async function pastedText(maxLength: number): Promise<string> {
  return (await electron.clipboard.readText()).slice(0, maxLength);
}
