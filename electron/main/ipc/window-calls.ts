import { app } from 'electron';
import type { AppCalls, CloseAnswer } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppWindow } from '../app-context';

type WindowCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `app.${string}`>>;

export function windowCalls({ window }: AppWindow, closeAnswered: (answer: CloseAnswer) => void): WindowCalls {
  return {
    'app.info': () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      platform: process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'mac' : 'linux',
    }),
    'app.closeAnswer': ({ answer }) => closeAnswered(answer),
    'app.keyboardGrab': ({ isGrabbed }) => window.webContents.setIgnoreMenuShortcuts(isGrabbed),
    'app.fullScreen': ({ isOn }) => {
      window.setFullScreen(isOn);
      window.setMenuBarVisibility(!isOn);
    },
  };
}
