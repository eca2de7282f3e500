import { useState } from 'react';
import type { WireError } from '../../../src/base/errors';
import { errorText } from '../../../src/i18n/error-text';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { report, sentence } from '../../state/notices';
import { doPower } from '../../state/power';
import { useSnapshots } from './summary';

/** A VM whose process died, or whose engine failed: what happened and what can be done. */
export function CrashView({ vm, error }: { readonly vm: VmItem; readonly error: WireError }) {
  const [isBusy, setBusy] = useState(false);
  const tree = useSnapshots(vm);
  const output = error.detail?.['output'];
  return (
    <div className="crash">
      <div className="crash-card" role="alert">
        <span className="crash-icon">
          <Icon name="warning" size={34} />
        </span>
        <h1>{translate('crash.title')}</h1>
        <p className="crash-what">{sentence(errorText(error))}</p>
        <p>{translate('crash.text')}</p>
        {output === undefined ? null : (
          <details>
            <summary>{translate('crash.output')}</summary>
            <pre>{output}</pre>
          </details>
        )}
        <div className="crash-buttons">
          <Button
            look="primary"
            icon="reset"
            isDisabled={isBusy}
            onPress={() => {
              setBusy(true);
              doPower(vm, 'powerOn');
            }}
          >
            {translate('crash.restart')}
          </Button>
          <Button
            icon="revert"
            isDisabled={(tree?.snapshots.length ?? 0) === 0}
            onPress={() => showDialog({ kind: 'snapshots', vm: vm.id })}
          >
            {translate('crash.restore')}
          </Button>
          <Button icon="log" onPress={() => showDialog({ kind: 'log', vm: vm.id })}>
            {translate('library.showLog')}
          </Button>
          <Button onPress={() => void call('vm.dismissCrash', { vm: vm.id }).catch(report)}>
            {translate('button.dismiss')}
          </Button>
        </div>
      </div>
    </div>
  );
}
