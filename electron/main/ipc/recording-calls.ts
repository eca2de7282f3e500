import { randomBytes } from 'node:crypto';
import { VmError } from '../../../src/base/errors';
import type { HostFile } from '../../../src/base/host-files';
import { Mutex } from '../../../src/base/mutex';
import { translate } from '../../../src/i18n/translate';
import type { AppCalls } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';
import { askWhereTo } from './save-as';

type RecordingCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `recording.${string}`>>;

interface OpenFile {
  readonly file: HostFile;
  /** Parts go to the file in the order in which they came. */
  readonly order: Mutex;
  sizeBytes: number;
}

/** Films of guests' screens: the page encodes them, main puts them where the user said. */
export function recordingCalls({ directory, files }: AppContext, { window }: AppWindow): RecordingCalls {
  const openFiles = new Map<string, OpenFile>();
  const end = async (recording: string): Promise<void> => {
    const found = openFiles.get(recording);
    openFiles.delete(recording);
    await found?.order.run(async () => {
      await found.file.close();
      // it never began
      if (found.sizeBytes === 0) await files.removeFile(found.file.path);
    });
  };
  // What was written until then is a film.
  window.on('closed', () => {
    for (const recording of [...openFiles.keys()]) void end(recording).catch(() => undefined);
  });
  return {
    'recording.begin': async ({ vm }) => {
      const { name } = directory.entry(vm);
      directory.requireLink(vm);
      const title = translate('dialog.recording.title');
      const kind = translate('dialog.recording.webm');
      const target = await askWhereTo(window, { title, name, extension: 'webm', kind });
      if (target === undefined) return null;
      const file = await files.open(target, 'replace');
      const recording = randomBytes(16).toString('hex');
      openFiles.set(recording, { file, order: new Mutex(), sizeBytes: 0 });
      return recording;
    },
    'recording.write': async ({ recording, bytes }) => {
      const found = openFiles.get(recording);
      if (found === undefined) throw new VmError('bad-argument', 'this recording has ended');
      await found.order.run(async () => {
        await found.file.write(found.sizeBytes, bytes);
        found.sizeBytes += bytes.length;
      });
    },
    'recording.end': ({ recording }) => end(recording),
  };
}
