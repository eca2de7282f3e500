import { Menu, nativeImage, Tray } from 'electron';
import { encodePng } from '../../src/base/png';
import type { VmItem } from '../../src/protocol/app';
import { type TrayActions, trayMenu, trayToolTip } from './tray-menu';

const ICON_SIDE = 32;

/** The app's icon in the desktop's tray while VMs run here: the way back to a closed window. */
export class BackgroundTray {
  #tray: Tray | undefined;
  #shown = '';

  constructor(private readonly actions: TrayActions) {}

  update(items: readonly VmItem[]): void {
    const isWanted = items.some(({ runs }) => runs === 'here');
    if (!isWanted) return this.close();
    const shown = JSON.stringify(items.map(({ id, name, runs, status }) => [id, name, runs, status.kind]));
    if (this.#tray !== undefined && shown === this.#shown) return;
    this.#shown = shown;
    const tray = this.#tray ?? this.#open();
    tray.setToolTip(trayToolTip(items));
    // Linux shows a changed menu only when it is set anew.
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(items, this.actions)));
  }

  /** In another language. */
  redraw(items: readonly VmItem[]): void {
    this.#shown = '';
    this.update(items);
  }

  close(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
  }

  #open(): Tray {
    const tray = new Tray(nativeImage.createFromBuffer(Buffer.from(encodePng(iconPixels(), ICON_SIDE, ICON_SIDE))));
    tray.on('click', () => this.actions.show(undefined));
    this.#tray = tray;
    return tray;
  }
}

/** A screen with a play sign: drawn here, since a tray wants pixels. */
function iconPixels(): Uint8Array {
  const pixels = new Uint8Array(ICON_SIDE * ICON_SIDE * 4);
  for (let y = 0; y < ICON_SIDE; y++) {
    for (let x = 0; x < ICON_SIDE; x++) {
      const isFrame = x >= 2 && x < 30 && y >= 4 && y < 26;
      const isScreen = x >= 5 && x < 27 && y >= 7 && y < 23;
      const isPlay = x >= 13 && x < 21 && Math.abs(y - 14.5) <= (21 - x) * 0.6;
      const isFoot = y >= 28 && y < 30 && x >= 9 && x < 23;
      const colour = isPlay
        ? [255, 255, 255]
        : isScreen
          ? [17, 107, 166]
          : isFrame || isFoot
            ? [99, 195, 245]
            : undefined;
      if (colour !== undefined) pixels.set([...colour, 255], 4 * (y * ICON_SIDE + x));
    }
  }
  return pixels;
}
