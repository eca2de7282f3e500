import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** What the page gets; `renderer/bridge` is the only file that touches it. */
export interface PageApi {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
}

const FRAMES = 'frame';
const CONSOLE_PORTS = 'console-port';
const DROPPED = 'dropped-files';

export function exposeApp(): void {
  const api: PageApi = {
    send: (frame) => ipcRenderer.send(FRAMES, frame),
    onFrame: (listener) => {
      ipcRenderer.on(FRAMES, (_event, frame: unknown) => listener(frame));
    },
  };
  contextBridge.exposeInMainWorld('app', api);
  // A port does not survive the context bridge: it goes to the page as a message of its own.
  ipcRenderer.on(CONSOLE_PORTS, (event, message: { channel: number }) => {
    window.postMessage({ t: 'console-port', channel: message.channel }, window.location.origin, [...event.ports]);
  });
}

/**
 * Tells main which files the user dropped. Only the user's own drops count: those that a script makes are not trusted, and
 * files that a script makes have no path.
 */
export function tellDrops(): void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  window.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (!event.isTrusted) return;
    const paths = [...(event.dataTransfer?.files ?? [])].map(pathOf).filter((path) => path !== '');
    if (paths.length > 0) ipcRenderer.send(DROPPED, paths);
  });
}

/** Electron 32 moved it from the file to a function. */
function pathOf(file: File): string {
  const withPath = file as File & { readonly path?: string };
  return (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? withPath.path ?? '';
}
