import { app } from 'electron';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppCalls, AppInfo, CloseAnswer, MenuState } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppWindow } from '../app-context';
import { copyText, pastedText } from '../clipboard';

type WindowCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `app.${string}`>>;

const ENTER_FULL_SCREEN = "document.documentElement.requestFullscreen({ navigationUI: 'hide' })";
const LEAVE_FULL_SCREEN = 'document.fullscreenElement === null ? undefined : document.exitFullscreen()';
const MAX_PASTED_LENGTH = 100_000;

export function windowCalls(
  { window }: AppWindow,
  closeAnswered: (answer: CloseAnswer) => void,
  menuChanged: (state: MenuState) => void,
): WindowCalls {
  return {
    'app.info': async () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      isTest: app.getVersion().endsWith('-test'),
      components: await components(),
      platform: process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'mac' : 'linux',
    }),
    'app.closeAnswer': ({ answer }) => closeAnswered(answer),
    'app.keyboardGrab': ({ isGrabbed }) => window.webContents.setIgnoreMenuShortcuts(isGrabbed),
    'app.fullScreen': async ({ isOn }) => {
      // The page's own full screen, since only that may lock the keyboard; it needs a user's gesture, which a menu gives no page.
      await window.webContents.executeJavaScript(isOn ? ENTER_FULL_SCREEN : LEAVE_FULL_SCREEN, true);
    },
    'app.menuState': menuChanged,
    'app.copyText': ({ text }) => copyText(text),
    'app.pasteText': () => pastedText(MAX_PASTED_LENGTH),
  };
}

/** Written by the build. */
async function components(): Promise<AppInfo['components']> {
  const file = path.join(__dirname, '..', 'components.json');
  return JSON.parse(await readFile(file, 'utf8')) as AppInfo['components'];
}
