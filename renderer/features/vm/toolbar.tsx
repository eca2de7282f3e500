import { Separator, Toolbar as AriaToolbar } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { IconButton } from '../../components/button';
import { showDialog } from '../../state/dialogs';
import { canTakeSnapshot, doPower, isPoweredOn, possibleActions } from '../../state/power';
import { useStore } from '../../state/store';
import { isFullScreen, isLibraryShown, setFullScreen } from '../../state/window';
import { ConsoleTools } from '../console/console-tools';
import { revertToCurrent } from '../snapshots/revert';

/** Power, snapshots and view of the VM whose tab is shown. */
export function Toolbar({ vm }: { readonly vm: VmItem | undefined }) {
  const isOpen = useStore(isLibraryShown);
  const full = useStore(isFullScreen);
  const can = vm === undefined ? new Set<string>() : possibleActions(vm);
  const power = (action: Parameters<typeof doPower>[1]) => () => vm !== undefined && doPower(vm, action);
  const isOn = vm !== undefined && isPoweredOn(vm);
  const hasSnapshots = vm !== undefined && canTakeSnapshot(vm);
  return (
    <AriaToolbar className="toolbar" aria-label={translate('toolbar.label')}>
      <IconButton
        icon="sidebar"
        label={translate(isOpen ? 'library.hide' : 'library.show')}
        onPress={() => isLibraryShown.set(!isOpen)}
      />
      <Separator orientation="vertical" className="separator" />
      {can.has('resume') ? (
        <IconButton icon="play" tone="go" label={translate('toolbar.resume')} onPress={power('resume')} />
      ) : (
        <IconButton
          icon="play"
          tone="go"
          label={translate('toolbar.powerOn')}
          isDisabled={!can.has('powerOn')}
          onPress={power('powerOn')}
        />
      )}
      <IconButton
        icon="pause"
        label={translate('toolbar.pause')}
        isDisabled={!can.has('pause')}
        onPress={power('pause')}
      />
      <IconButton
        icon="suspend"
        label={translate('toolbar.suspend')}
        isDisabled={!can.has('suspend')}
        onPress={power('suspend')}
      />
      <IconButton
        icon="shutDown"
        label={translate('toolbar.shutDown')}
        isDisabled={!can.has('shutDown')}
        onPress={power('shutDown')}
      />
      <IconButton
        icon="reset"
        label={translate('toolbar.reset')}
        isDisabled={!can.has('reset')}
        onPress={power('reset')}
      />
      <IconButton
        icon="power"
        tone="stop"
        label={translate('toolbar.powerOff')}
        isDisabled={!can.has('powerOff')}
        onPress={power('powerOff')}
      />
      <Separator orientation="vertical" className="separator" />
      <IconButton
        icon="camera"
        label={translate('toolbar.takeSnapshot')}
        isDisabled={!hasSnapshots}
        onPress={() => vm !== undefined && showDialog({ kind: 'takeSnapshot', vm: vm.id })}
      />
      <IconButton
        icon="revert"
        label={translate('toolbar.revert')}
        isDisabled={!hasSnapshots}
        onPress={() => vm !== undefined && void revertToCurrent(vm)}
      />
      <IconButton
        icon="tree"
        label={translate('toolbar.snapshotManager')}
        isDisabled={vm === undefined || vm.kind !== 'ok'}
        onPress={() => vm !== undefined && showDialog({ kind: 'snapshots', vm: vm.id })}
      />
      <Separator orientation="vertical" className="separator" />
      <ConsoleTools vm={vm} />
      <IconButton
        icon={full ? 'exitFullScreen' : 'fullScreen'}
        label={translate(full ? 'toolbar.exitFullScreen' : 'toolbar.fullScreen')}
        isDisabled={!isOn && !full}
        onPress={() => setFullScreen(!full)}
      />
    </AriaToolbar>
  );
}
