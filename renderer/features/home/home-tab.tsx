import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import { call } from '../../bridge/bridge';
import { Icon, type IconName } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { library } from '../../state/library';
import { report } from '../../state/notices';
import { useStore } from '../../state/store';
import { openTab } from '../../state/tabs';
import { openVmFolder } from '../library/open-vm';
import { RecentList } from './recent-list';
import './home.css';

export function HomeTab() {
  const items = useStore(library);
  const [hasStarter, setHasStarter] = useState(true);
  const [isTrying, setTrying] = useState(false);
  useEffect(() => {
    call('wizard.info', null).then((info) => setHasStarter(info.hasStarter), report);
  }, []);
  const trySubzero = async (): Promise<void> => {
    setTrying(true);
    try {
      openTab(await call('gallery.trySubzero', null));
    } catch (error) {
      report(error);
    } finally {
      setTrying(false);
    }
  };
  return (
    <div className="home">
      <div className="home-inner">
        <header className="home-head">
          <span className="home-logo">
            <Icon name="snow" size={44} />
          </span>
          <div>
            <h1>{translate('home.heading')}</h1>
            <p>{translate('home.lead')}</p>
          </div>
        </header>
        <div className="cards">
          <Card
            icon="play"
            title={translate('home.try')}
            text={isTrying ? translate('home.starting') : translate(hasStarter ? 'home.tryText' : 'home.tryMissing')}
            isPrimary
            isDisabled={!hasStarter || isTrying}
            onPress={() => void trySubzero()}
          />
          <Card
            icon="plus"
            title={translate('home.newVm')}
            text={translate('home.newVmText')}
            onPress={() => showDialog({ kind: 'newVm' })}
          />
          <Card
            icon="folder"
            title={translate('home.open')}
            text={translate('home.openText')}
            onPress={() => void openVmFolder()}
          />
        </div>
        <RecentList items={items ?? []} />
      </div>
    </div>
  );
}

interface CardProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  readonly onPress: () => void;
}

function Card({ icon, title, text, isPrimary, isDisabled, onPress }: CardProps) {
  const id = `card-${icon}`;
  return (
    <button
      type="button"
      className={`card ${isPrimary ? 'primary' : ''}`}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      disabled={isDisabled}
      onClick={onPress}
    >
      <span className="card-icon">
        <Icon name={icon} size={26} />
      </span>
      <span className="card-title" id={`${id}-title`}>
        {title}
      </span>
      <span className="card-text" id={`${id}-text`}>
        {text}
      </span>
    </button>
  );
}
