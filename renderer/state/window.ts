import { call } from '../bridge/bridge';
import { report } from './notices';
import { rememberedFlag } from './remembered';
import { Store } from './store';

export const isFullScreen = new Store(false);
export const isLibraryShown = rememberedFlag('layout.library', true);

/** Chromium's Keyboard Lock, which the DOM's types do not know. */
interface LockableKeyboard {
  lock(): Promise<void>;
  unlock(): void;
}
const keyboard = (navigator as unknown as { keyboard?: LockableKeyboard }).keyboard;

document.addEventListener('fullscreenchange', () => {
  const isOn = document.fullscreenElement !== null;
  isFullScreen.set(isOn);
  // Alt+Tab, Super and Escape go to the guest too, where the desktop lets them.
  if (isOn) keyboard?.lock().catch(() => undefined);
  else keyboard?.unlock();
});

export function setFullScreen(isOn: boolean): void {
  call('app.fullScreen', { isOn }).catch(report);
}
