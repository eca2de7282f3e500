import { type BrowserWindow, type Rectangle, screen } from 'electron';
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

interface WindowState {
  readonly bounds: Rectangle;
  readonly isMaximised: boolean;
}

const DEFAULT_SIZE = { width: 1240, height: 820 };
const SAVE_DELAY_MS = 500;
/** So long after the window is shown its manager may still be placing it. */
const PLACING_MS = 1000;

/** Where the window was; nothing when the screen it was on is gone. At once: the page's process starts with the window. */
export function readWindowState(file: string): Partial<Rectangle> & { isMaximised: boolean } {
  const fallback = { ...DEFAULT_SIZE, isMaximised: false };
  try {
    const { bounds, isMaximised } = JSON.parse(readFileSync(file, 'utf8')) as Partial<WindowState>;
    if (bounds === undefined || ![bounds.x, bounds.y, bounds.width, bounds.height].every(Number.isInteger))
      return fallback;
    const { workArea } = screen.getDisplayMatching(bounds);
    const isVisible =
      bounds.x < workArea.x + workArea.width - 80 &&
      bounds.x + bounds.width > workArea.x + 80 &&
      bounds.y >= workArea.y - 20 &&
      bounds.y < workArea.y + workArea.height - 80;
    return isVisible ? { ...bounds, isMaximised: isMaximised === true } : fallback;
  } catch {
    // The first start, or a damaged file: the defaults do.
    return fallback;
  }
}

/**
 * Managers of X11 windows put the frame where the window should be: without a correction it would wander by its title bar
 * at every start.
 */
export function placeExactly(window: BrowserWindow, wanted: Partial<Rectangle>): void {
  const { x, y } = wanted;
  if (process.platform !== 'linux' || x === undefined || y === undefined) return;
  const correct = (): void => {
    const now = window.getPosition() as [number, number];
    if (now[0] !== x || now[1] !== y) window.setPosition(2 * x - now[0], 2 * y - now[1]);
  };
  window.once('show', () => {
    window.once('move', correct);
    setTimeout(() => window.off('move', correct), PLACING_MS);
  });
}

export function keepWindowState(window: BrowserWindow, file: string): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = async (): Promise<void> => {
    if (window.isDestroyed() || window.isFullScreen()) return;
    const state: WindowState = { bounds: window.getNormalBounds(), isMaximised: window.isMaximized() };
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.new`, `${JSON.stringify(state)}\n`);
    await rename(`${file}.new`, file);
  };
  const soon = (): void => {
    clearTimeout(timer);
    // Not worth a word when it fails: the window opens where it did before.
    timer = setTimeout(() => void save().catch(() => undefined), SAVE_DELAY_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('closed', () => clearTimeout(timer));
}
