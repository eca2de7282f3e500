import { call, onEvent } from '../bridge/bridge';
import { Store } from './store';

export const isFullScreen = new Store(false);
export const isLibraryShown = new Store(true);

onEvent('fullScreen', (isOn) => isFullScreen.set(isOn));

export function setFullScreen(isOn: boolean): void {
  isFullScreen.set(isOn);
  void call('app.fullScreen', { isOn });
}
