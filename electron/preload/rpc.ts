import { contextBridge, ipcRenderer } from 'electron';

/** What the page gets; `renderer/bridge` is the only file that touches it. */
export interface PageApi {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
}

const FRAMES = 'frame';
const CONSOLE_PORTS = 'console-port';

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
