import { app } from 'electron';
import type { AppCalls, CloseAnswer } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppWindow } from '../app-context';
import { copyText, pastedText } from '../clipboard';

type WindowCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `app.${string}`>>;

const ENTER_FULL_SCREEN = "document.documentElement.requestFullscreen({ navigationUI: 'hide' })";
const LEAVE_FULL_SCREEN = 'document.fullscreenElement === null ? undefined : document.exitFullscreen()';
const MAX_PASTED_LENGTH = 100_000;

export function windowCalls({ window }: AppWindow, closeAnswered: (answer: CloseAnswer) => void): WindowCalls {
  return {
    'app.info': () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      platform: process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'mac' : 'linux',
    }),
    'app.closeAnswer': ({ answer }) => closeAnswered(answer),
    'app.keyboardGrab': ({ isGrabbed }) => window.webContents.setIgnoreMenuShortcuts(isGrabbed),
    'app.fullScreen': async ({ isOn }) => {
      // The page's own full screen, since only that may lock the keyboard; it needs a user's gesture, which a menu gives no page.
      await window.webContents.executeJavaScript(isOn ? ENTER_FULL_SCREEN : LEAVE_FULL_SCREEN, true);
    },
    'app.copyText': ({ text }) => copyText(text),
    'app.pasteText': () => pastedText(MAX_PASTED_LENGTH),
  };
}
