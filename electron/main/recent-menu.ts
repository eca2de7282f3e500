import type { MenuItemConstructorOptions } from 'electron';
import path from 'node:path';
import { translate } from '../../src/i18n/translate';
import type { VmId, VmItem } from '../../src/protocol/app';
import type { AppContext } from './app-context';

const MAX_VMS = 6;

/** What the menu does when one of them is chosen. */
export interface RecentActions {
  readonly showVm: (vm: VmId) => void;
  readonly openImage: (file: string) => void;
}

/** The VMs and images that were used last, for the File menu; `onChanged` is told when they are others than before. */
export class RecentMenu {
  #vms: readonly Pick<VmItem, 'id' | 'name'>[] = [];
  #images: readonly string[] = [];

  constructor(
    private readonly context: Pick<AppContext, 'library' | 'directory'>,
    private readonly actions: RecentActions,
    private readonly onChanged: () => void,
  ) {
    const update = (): void => void this.#update().catch(() => undefined);
    context.directory.onChanged.on(update);
    context.library.recentImages.onChanged.on(update);
  }

  items(): MenuItemConstructorOptions[] {
    const separator = { type: 'separator' } as const;
    const vms = this.#vms.map(({ id, name }) => ({ label: plain(name), click: () => this.actions.showVm(id) }));
    const images = this.#images.map((file) => ({
      label: plain(path.basename(file)),
      toolTip: file,
      click: () => this.actions.openImage(file),
    }));
    const isEmpty = vms.length + images.length === 0;
    return [
      ...vms,
      ...(vms.length > 0 && images.length > 0 ? [separator] : []),
      ...images,
      ...(isEmpty ? [{ label: translate('menu.recentNone'), enabled: false }] : [separator]),
      { label: translate('menu.recentClear'), enabled: !isEmpty, click: () => void this.#clear() },
    ];
  }

  async #update(): Promise<void> {
    const { library, directory } = this.context;
    const images = (await library.recentImages.list()).map((image) => image.path);
    const vms = directory
      .items()
      .filter(({ kind, usedMs }) => kind !== 'missing' && usedMs > 0)
      .sort((a, b) => b.usedMs - a.usedMs)
      .slice(0, MAX_VMS)
      .map(({ id, name }) => ({ id, name }));
    if (JSON.stringify([vms, images]) === JSON.stringify([this.#vms, this.#images])) return;
    this.#vms = vms;
    this.#images = images;
    this.onChanged();
  }

  async #clear(): Promise<void> {
    const { library, directory } = this.context;
    await library.forgetUses();
    await library.recentImages.clear();
    await directory.refresh();
  }
}

/** In a menu '&' marks the letter to press. */
function plain(name: string): string {
  return name.replaceAll('&', '&&');
}
