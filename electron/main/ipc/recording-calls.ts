import { dialog } from 'electron';
import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { VmError } from '../../../src/base/errors';
import { Mutex } from '../../../src/base/mutex';
import { translate } from '../../../src/i18n/translate';
import type { AppCalls } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';

type RecordingCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `recording.${string}`>>;

const NOT_IN_FILE_NAMES = /[\\/:*?"<>|]/g;

interface OpenFile {
  readonly file: FileHandle;
  /** Parts go to the file in the order in which they came. */
  readonly order: Mutex;
}

/** Films of guests' screens: the page encodes them, main puts them where the user said. */
export function recordingCalls({ directory }: AppContext, { window }: AppWindow): RecordingCalls {
  const openFiles = new Map<string, OpenFile>();
  const end = async (recording: string): Promise<void> => {
    const found = openFiles.get(recording);
    openFiles.delete(recording);
    await found?.order.run(() => found.file.close());
  };
  // What was written until then is a film.
  window.on('closed', () => {
    for (const recording of [...openFiles.keys()]) void end(recording).catch(() => undefined);
  });
  return {
    'recording.begin': async ({ vm }) => {
      const { name } = directory.entry(vm);
      directory.requireLink(vm);
      const { filePath } = await dialog.showSaveDialog(window, {
        title: translate('dialog.recording.title'),
        defaultPath: `${name.replace(NOT_IN_FILE_NAMES, '_')}.webm`,
        filters: [{ name: translate('dialog.recording.webm'), extensions: ['webm'] }],
      });
      if (!filePath) return null;
      const target = path.extname(filePath) === '' ? `${filePath}.webm` : filePath;
      const opened = { file: await open(target, 'w'), order: new Mutex() };
      const recording = randomBytes(16).toString('hex');
      openFiles.set(recording, opened);
      return recording;
    },
    'recording.write': async ({ recording, bytes }) => {
      const found = openFiles.get(recording);
      if (found === undefined) throw new VmError('bad-argument', 'this recording has ended');
      await found.order.run(() => found.file.appendFile(bytes));
    },
    'recording.end': ({ recording }) => end(recording),
  };
}
