import { app, dialog, shell } from 'electron';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32c } from '../../../src/base/crc32c';
import { VmError } from '../../../src/base/errors';
import { translate } from '../../../src/i18n/translate';
import { readVmLog } from '../../../src/library/log-file';
import { collectSupportData, supportFileName, zipSupportData } from '../../../src/library/support-data';
import type { AppCalls } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';

type SupportCalls = Pick<
  Handlers<AppCalls>,
  'vm.thumbnail' | 'vm.log' | 'vm.showFolder' | 'support.collect' | 'support.save'
>;

const SHOWN_LOG_BYTES = 256 << 10;

/** What shows how a VM is doing: its screen in small, its log, its files, data for those who help. */
export function supportCalls(context: AppContext, { window }: AppWindow): SupportCalls {
  const { files, directory, library, supportData } = context;
  return {
    'vm.thumbnail': async ({ vm, known }) => {
      const link = directory.link(vm);
      if (link !== undefined && ['running', 'paused'].includes(link.status.kind)) return link.screenThumbnail(known);
      const png = await library.resumePicture(directory.folder(vm));
      if (png === undefined) return null;
      const stamp = crc32c(png);
      return stamp === known ? null : { stamp, png };
    },
    'vm.log': ({ vm }) => readVmLog(files, directory.folder(vm), SHOWN_LOG_BYTES),
    'vm.showFolder': async ({ vm }) => {
      const trouble = await shell.openPath(directory.folder(vm));
      if (trouble !== '') throw new VmError('io-error', trouble);
    },
    'support.collect': async ({ vm }) => {
      const entry = directory.entry(vm);
      const data = await collectSupportData(files, entry, `${app.getName()} ${app.getVersion()}`);
      return { token: supportData.add({ vmName: entry.name, files: data }), files: data };
    },
    'support.save': async ({ token }) => {
      const { vmName, files: data } = supportData.get(token);
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: translate('support.title'),
        defaultPath: path.join(app.getPath('documents'), supportFileName(vmName, new Date())),
      });
      if (canceled || filePath === undefined || filePath === '') return false;
      await writeFile(filePath, zipSupportData(data)).catch((cause: unknown) => {
        throw new VmError('io-error', `${filePath} cannot be written`, { path: filePath }, cause);
      });
      return true;
    },
  };
}
