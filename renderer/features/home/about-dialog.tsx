import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { AppInfo } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Icon } from '../../components/icon';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';

export function AboutDialog() {
  const [info, setInfo] = useState<AppInfo>();
  useEffect(() => {
    call('app.info', null).then(setInfo, report);
  }, []);
  return (
    <Dialog
      title={translate('app.name')}
      onClose={closeDialog}
      buttons={
        <Button look="primary" onPress={closeDialog}>
          {translate('button.close')}
        </Button>
      }
    >
      <div className="about">
        <span className="home-logo">
          <Icon name="snow" size={44} />
        </span>
        <div>
          <p>{translate('app.about')}</p>
          {info === undefined ? null : (
            <p className="quiet">
              {translate('app.version', { version: info.version })}
              <br />
              {translate('app.aboutElectron', { version: info.electron })}
            </p>
          )}
          {info?.isTest === true ? <p className="note">{translate('app.testVersion')}</p> : null}
          {info === undefined ? null : (
            <>
              <h3>{translate('app.components')}</h3>
              <ul className="components">
                {info.components.map(({ name, version, license }) => (
                  <li key={name}>{translate('app.component', { name, version, license })}</li>
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}
