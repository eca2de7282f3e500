import { MessageChannelMain } from 'electron';
import { VmError } from '../../../src/base/errors';
import { translate } from '../../../src/i18n/translate';
import type { AppCalls, VmId } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';
import { copyPicture } from '../clipboard';
import { connectRemoteConsole } from '../remote-console';
import { changeStopped } from '../stopped-vm';
import { askWhereTo } from './save-as';

type ConsoleCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `console.${string}`>>;

/** The screen, keyboard and pictures of running VMs. */
export function consoleCalls(context: AppContext, { window, transport }: AppWindow): ConsoleCalls {
  const { library, directory, supervisor, files } = context;
  /** What is being typed, by VM. */
  const typing = new Map<VmId, AbortController>();
  return {
    'console.attach': async ({ vm, channel }) => {
      const { folder, owner } = directory.entry(vm);
      const { port1, port2 } = new MessageChannelMain();
      if (supervisor.link(folder) !== undefined) supervisor.attachConsole(folder, port1);
      else if (owner !== undefined && owner.socketPath !== '') await connectRemoteConsole(owner.socketPath, port1);
      else throw new VmError('vm-not-running', 'the VM is not running');
      transport.sendConsolePort(channel, port2);
    },
    'console.setScale': async ({ vm, scale }) => {
      const link = directory.link(vm);
      if (link !== undefined) return link.call('display.setScale', { scale });
      await changeStopped(library, directory.folder(vm), (store) =>
        store.saveConfig({ ...store.config, display: { ...store.config.display, scale } }),
      );
      await directory.refresh();
    },
    'console.typeText': async ({ vm, text, layout }) => {
      const abort = new AbortController();
      typing.get(vm)?.abort();
      typing.set(vm, abort);
      try {
        await directory.requireLink(vm).typeText(text, layout, abort.signal);
      } finally {
        if (typing.get(vm) === abort) typing.delete(vm);
      }
    },
    'console.stopTyping': ({ vm }) => typing.get(vm)?.abort(),
    'console.captureToFile': async ({ vm }) => {
      const png = await directory.requireLink(vm).picture();
      const { name } = directory.entry(vm);
      const title = translate('dialog.capture.title');
      const target = await askWhereTo(window, { title, name, extension: 'png', kind: translate('dialog.capture.png') });
      if (target === undefined) return false;
      const file = await files.open(target, 'replace');
      try {
        await file.write(0, png);
      } finally {
        await file.close();
      }
      return true;
    },
    'console.captureToClipboard': async ({ vm }) => {
      await copyPicture(await directory.requireLink(vm).picture());
    },
  };
}
