import { translate } from '../../../src/i18n/translate';
import type { DisplayScale } from '../../../src/config/display';
import type { VmItem } from '../../../src/protocol/app';
import { type SpecialKey, specialKeys } from '../../../src/protocol/special-keys';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { MenuButton } from '../../components/menu-button';
import { showDialog } from '../../state/dialogs';
import { isPoweredOn } from '../../state/power';
import { scales, setScale } from '../../state/scale';
import { useStore } from '../../state/store';
import { useDetails } from '../vm/use-details';
import { captureToClipboard, captureToFile } from './capture';
import { consoleCommands } from './console-commands';
import { MuteButton } from './mute-button';
import { recordings, toggleRecording } from './recording';

const SCALES = ['fit', 'pixel', 'stretch'] as const satisfies readonly DisplayScale[];
const FIRST_PLAIN_KEY = specialKeys.indexOf('altTab');

/** What the toolbar and the bar of the full screen offer for the screen of a VM: special keys, text, pictures, size. */
export function ConsoleTools({ vm }: { readonly vm: VmItem | undefined }) {
  const commands = useStore(consoleCommands);
  const films = useStore(recordings);
  const isFilmed = vm !== undefined && films.has(vm.id);
  const isOn = vm !== undefined && isPoweredOn(vm);
  const key = (name: SpecialKey) => ({
    id: name,
    text: translate(`keys.${name}`),
    onAction: () => commands?.send(name),
  });
  return (
    <>
      <IconButton
        icon="keyboard"
        label={translate('toolbar.ctrlAltDel')}
        isDisabled={commands === undefined}
        onPress={() => commands?.send('ctrlAltDelete')}
      />
      <MenuButton
        label={translate('toolbar.sendKeys')}
        className="icon-button narrow"
        isDisabled={commands === undefined || !isOn}
        groups={[
          specialKeys.slice(0, FIRST_PLAIN_KEY).map(key),
          specialKeys.slice(FIRST_PLAIN_KEY).map(key),
          [
            {
              id: 'type',
              text: translate('toolbar.typeText'),
              onAction: () => vm !== undefined && showDialog({ kind: 'typeText', vm: vm.id }),
            },
          ],
        ]}
      >
        <Icon name="chevronDown" size={14} />
      </MenuButton>
      <MenuButton
        label={translate('toolbar.capture')}
        isDisabled={!isOn}
        groups={[
          [
            {
              id: 'file',
              text: translate('menu.captureToFile'),
              onAction: () => vm !== undefined && captureToFile(vm.id),
            },
            {
              id: 'clipboard',
              text: translate('menu.captureToClipboard'),
              onAction: () => vm !== undefined && captureToClipboard(vm.id),
            },
          ],
          [
            {
              id: 'record',
              text: translate(isFilmed ? 'recording.stop' : 'recording.start'),
              onAction: () => vm !== undefined && toggleRecording(vm.id),
            },
          ],
        ]}
      >
        <Icon name="picture" />
      </MenuButton>
      {vm === undefined ? null : <MuteButton vm={vm} isOn={isOn} />}
      {vm === undefined ? null : <ScaleTools key={vm.id} vm={vm} isOn={isOn} />}
    </>
  );
}

function ScaleTools({ vm, isOn }: { readonly vm: VmItem; readonly isOn: boolean }) {
  const chosen = useScale(vm);
  return (
    <>
      <IconButton
        icon="fit"
        label={translate(chosen === 'fit' ? 'toolbar.exact' : 'toolbar.fit')}
        isDisabled={!isOn}
        onPress={() => setScale(vm.id, chosen === 'fit' ? 'pixel' : 'fit')}
      />
      <MenuButton
        label={translate('toolbar.screenSize')}
        className="icon-button narrow"
        isDisabled={!isOn}
        groups={[
          SCALES.map((scale) => ({
            id: scale,
            text: translate(`scale.${scale}`),
            isChosen: scale === chosen,
            onAction: () => setScale(vm.id, scale),
          })),
        ]}
      >
        <Icon name="chevronDown" size={14} />
      </MenuButton>
    </>
  );
}

export function useScale(vm: VmItem): DisplayScale {
  return useScaleOf(vm) ?? 'fit';
}

/** undefined: not known yet, or there is no VM. */
export function useScaleOf(vm: VmItem | undefined): DisplayScale | undefined {
  const details = useDetails(vm);
  const chosen = useStore(scales);
  return vm === undefined ? undefined : (chosen.get(vm.id) ?? details?.scale);
}
