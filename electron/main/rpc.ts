import { type BrowserWindow, ipcMain, type IpcMainEvent, type MessagePortMain, type WebContents } from 'electron';
import type { Frame, Transport } from '../../src/protocol/rpc';

/** The only file of main that touches raw messages to and from the page. */

const FRAMES = 'frame';
const CONSOLE_PORTS = 'console-port';
const DROPPED = 'dropped-files';
const MAX_DROPPED = 16;

/** The link to one window's page. Messages of other pages and of frames inside it are dropped. */
export class WindowTransport implements Transport {
  onFrame: ((frame: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  /** Files that the user dropped on the page, as the preload script tells them. */
  onDropped: ((paths: readonly string[]) => void) | undefined;
  readonly #contents: WebContents;
  readonly #listener: (event: IpcMainEvent, frame: unknown) => void;
  readonly #dropListener: (event: IpcMainEvent, paths: unknown) => void;
  #isClosed = false;

  constructor(
    window: BrowserWindow,
    private readonly origin: string,
  ) {
    this.#contents = window.webContents;
    this.#listener = (event, frame) => {
      if (this.#isTrusted(event)) this.onFrame?.(frame);
    };
    ipcMain.on(FRAMES, this.#listener);
    this.#dropListener = (event, paths) => {
      if (!this.#isTrusted(event) || !Array.isArray(paths)) return;
      this.onDropped?.(paths.slice(0, MAX_DROPPED).filter((one) => typeof one === 'string'));
    };
    ipcMain.on(DROPPED, this.#dropListener);
    this.#contents.once('destroyed', () => this.close());
  }

  send(frame: Frame): void {
    if (!this.#isClosed && !this.#contents.isDestroyed()) this.#contents.send(FRAMES, frame);
  }

  /** Hands a console's port to the page, which asked for it under this number. */
  sendConsolePort(channel: number, port: MessagePortMain): void {
    if (this.#isClosed || this.#contents.isDestroyed()) port.close();
    else this.#contents.postMessage(CONSOLE_PORTS, { channel }, [port]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    ipcMain.off(FRAMES, this.#listener);
    ipcMain.off(DROPPED, this.#dropListener);
    this.onClose?.();
  }

  #isTrusted({ sender, senderFrame }: IpcMainEvent): boolean {
    if (sender !== this.#contents || senderFrame === null || senderFrame !== sender.mainFrame) return false;
    return originOf(senderFrame.url) === this.origin;
  }
}

/** Node gives custom schemes the origin 'null'. */
export function originOf(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return '';
  }
}
