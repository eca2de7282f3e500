import { useEffect, useState } from 'react';
import { Toolbar } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { MenuButton } from '../../components/menu-button';
import { doPower, type PowerAction, possibleActions } from '../../state/power';
import { hostKeys, hostKeysText } from '../../state/preferences';
import { useStore } from '../../state/store';
import { setFullScreen } from '../../state/window';
import { ConsoleTools } from './console-tools';

/** Long enough to be seen before it slides away. */
const SHOWN_AT_FIRST_MS = 3000;
const POWER = [
  'powerOn',
  'resume',
  'pause',
  'suspend',
  'shutDown',
  'reset',
  'powerOff',
] as const satisfies readonly PowerAction[];

/** The bar at the top of the full screen: slides in at the edge and under the keyboard, or stays where that is wanted. */
export function FullScreenBar({ vm }: { readonly vm: VmItem | undefined }) {
  const [isPinned, setPinned] = useState(false);
  const [isNew, setNew] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setNew(false), SHOWN_AT_FIRST_MS);
    return () => clearTimeout(timer);
  }, []);
  const can = vm === undefined ? new Set<PowerAction>() : possibleActions(vm);
  return (
    <Toolbar
      className={`full-screen-bar ${isPinned || isNew ? 'is-pinned' : ''}`}
      aria-label={translate('fullScreen.label')}
    >
      <IconButton
        icon={isPinned ? 'pinned' : 'pin'}
        label={translate(isPinned ? 'fullScreen.hideBar' : 'fullScreen.keepBar')}
        onPress={() => setPinned(!isPinned)}
      />
      <MenuButton
        label={translate('fullScreen.power')}
        isDisabled={can.size === 0}
        groups={[
          POWER.filter((action) => can.has(action)).map((action) => ({
            id: action,
            text: translate(`toolbar.${action}`),
            onAction: () => vm !== undefined && doPower(vm, action),
          })),
        ]}
      >
        <Icon name="power" />
      </MenuButton>
      <span className="full-screen-name">{vm?.name}</span>
      <ConsoleTools vm={vm} />
      <IconButton
        icon="exitFullScreen"
        label={translate('toolbar.exitFullScreen')}
        onPress={() => setFullScreen(false)}
      />
      <p className="full-screen-hint">{translate('fullScreen.hint', { keys: hostKeysText(useStore(hostKeys)) })}</p>
    </Toolbar>
  );
}
