import { BrowserWindow, nativeImage } from 'electron';
import path from 'node:path';
import icon from '../../build/resources/icons/128x128.png';
import type { Language } from '../../src/i18n/languages';
import { keepWindowState, placeExactly, readWindowState } from './window-state';

const PAGE = 'app://ui/index.html';

/** The page's address; another one while the page is being developed. It is told its language there. */
export const pageUrl = process.env['SUBZERO_DEV_URL'] ?? PAGE;

export function pageUrlIn(language: Language): string {
  return `${pageUrl}?language=${language}`;
}

export function createMainWindow(stateFile: string): BrowserWindow {
  const { isMaximised, ...bounds } = readWindowState(stateFile);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 760,
    minHeight: 520,
    show: false,
    title: 'Subzero',
    icon: nativeImage.createFromBuffer(Buffer.from(icon)),
    backgroundColor: '#14181f',
    webPreferences: {
      preload: path.join(__dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (isMaximised) window.maximize();
  else placeExactly(window, bounds);
  keepWindowState(window, stateFile);
  window.once('ready-to-show', () => window.show());
  // The page is one document: nothing may replace it and nothing may open beside it.
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  const { session } = window.webContents;
  const isAllowed = (permission: string): boolean => ALLOWED.has(permission);
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(isAllowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  session.on('will-download', (event) => event.preventDefault());
  return window;
}

/** What a console needs: the pointer captured, the whole screen, all keys. */
const ALLOWED: ReadonlySet<string> = new Set(['pointerLock', 'fullscreen', 'keyboardLock']);
