import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { IconButton } from '../../components/button';
import { muted, toggleMute } from '../../state/sound';
import { useStore } from '../../state/store';

/** Whether a VM is heard through this computer's loudspeakers. */
export function MuteButton({ vm, isOn }: { readonly vm: VmItem; readonly isOn: boolean }) {
  const isMuted = useStore(muted).has(vm.id);
  return (
    <IconButton
      icon={isMuted ? 'speakerOff' : 'speaker'}
      label={translate(isMuted ? 'toolbar.unmute' : 'toolbar.mute')}
      isDisabled={!isOn}
      onPress={() => toggleMute(vm.id)}
    />
  );
}
