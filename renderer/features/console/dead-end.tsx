import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmDetails, VmItem } from '../../../src/protocol/app';
import type { DeadEnd } from '../../../src/protocol/console';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { doPower } from '../../state/power';
import { useStore } from '../../state/store';
import type { ConsoleConnection } from './console-connection';

interface DeadEndProps {
  readonly vm: VmItem;
  readonly details: VmDetails | undefined;
  readonly connection: ConsoleConnection;
}

/** Over the screen of a guest that cannot go on by itself: what happened, and buttons that help. */
export function DeadEndCard({ vm, details, connection }: DeadEndProps) {
  const found = useStore(connection.deadEnd);
  const [dismissed, setDismissed] = useState<DeadEnd>('none');
  useEffect(() => {
    if (found === 'none') setDismissed('none');
  }, [found]);
  if (found === 'none' || found === dismissed || vm.status.kind !== 'running') return null;
  const title = translate(`deadEnd.${found}.title`);
  return (
    <section className="dead-end" aria-label={title}>
      <div className="dead-end-card">
        <span className="dead-end-icon">
          <Icon name="warning" size={26} />
        </span>
        <div role="alert">
          <h2>{title}</h2>
          <p>{translate(`deadEnd.${found}.text`)}</p>
        </div>
        <div className="dead-end-buttons">
          <Fixes vm={vm} details={details} found={found} />
          {/* Not in the toolbar's words: each button has a name of its own. */}
          <Button onPress={() => doPower(vm, 'powerOff')}>{translate('deadEnd.switchOff')}</Button>
          <Button onPress={() => setDismissed(found)}>{translate('button.dismiss')}</Button>
        </div>
      </div>
    </section>
  );
}

function Fixes({ vm, details, found }: Omit<DeadEndProps, 'connection'> & { readonly found: DeadEnd }) {
  if (found === 'noBootDevice') {
    const drive = details?.devices.find(({ kind }) => kind === 'cdrom' || kind === 'floppy');
    return (
      <>
        {drive === undefined ? (
          <Button
            look="primary"
            icon="cdrom"
            onPress={() => showDialog({ kind: 'settings', vm: vm.id, device: 'cdrom0' })}
          >
            {translate('deadEnd.addDrive')}
          </Button>
        ) : (
          <Button
            look="primary"
            icon={drive.kind === 'cdrom' ? 'cdrom' : 'floppy'}
            onPress={() => bootFrom(vm, drive.id)}
          >
            {translate(drive.kind === 'cdrom' ? 'deadEnd.insertCdrom' : 'deadEnd.insertFloppy')}
          </Button>
        )}
        <Button icon="settings" onPress={() => showDialog({ kind: 'settings', vm: vm.id, device: 'boot' })}>
          {translate('deadEnd.bootOrder')}
        </Button>
        <Button icon="reset" onPress={() => doPower(vm, 'reset')}>
          {translate('deadEnd.again')}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button look="primary" icon="reset" onPress={() => doPower(vm, 'reset')}>
        {translate('deadEnd.restart')}
      </Button>
      <Button icon="revert" onPress={() => showDialog({ kind: 'snapshots', vm: vm.id })}>
        {translate('deadEnd.restore')}
      </Button>
    </>
  );
}

/** Asks for an image, and starts again with it. */
function bootFrom(vm: VmItem, device: string): void {
  call('vm.insertMedium', { vm: vm.id, device }).then((isIn) => {
    if (isIn) doPower(vm, 'reset');
  }, report);
}
