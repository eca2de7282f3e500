import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { GalleryItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Icon, type IconName, systemIcon } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { library } from '../../state/library';
import { report } from '../../state/notices';
import { useStore } from '../../state/store';
import { openTab } from '../../state/tabs';
import { openVmFolder } from '../library/open-vm';
import { RecentList } from './recent-list';

export function HomeTab() {
  const items = useStore(library);
  const [guests, setGuests] = useState<readonly GalleryItem[]>();
  const [starting, setStarting] = useState<GalleryItem['id']>();
  useEffect(() => {
    call('gallery.list', null).then(setGuests, report);
  }, []);
  const startGuest = async (guest: GalleryItem['id']): Promise<void> => {
    setStarting(guest);
    try {
      openTab(await call('gallery.start', { guest }));
    } catch (error) {
      report(error);
    } finally {
      setStarting(undefined);
    }
  };
  const hasLinux = guests === undefined || guests.some(({ id }) => id === 'linux');
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
          <Button icon="settings" onPress={() => showDialog({ kind: 'preferences' })}>
            {translate('home.preferences')}
          </Button>
        </header>
        <div className="cards">
          <Card
            icon="play"
            title={translate('home.try')}
            text={translate(starting === 'linux' ? 'home.starting' : hasLinux ? 'home.tryText' : 'home.tryMissing')}
            isPrimary
            isDisabled={!hasLinux || starting !== undefined}
            onPress={() => void startGuest('linux')}
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
        {guests === undefined || guests.length === 0 ? null : (
          <section aria-label={translate('gallery.title')}>
            <h2>{translate('gallery.title')}</h2>
            <ul className="gallery">
              {guests.map(({ id, name, icon }) => (
                <li key={id}>
                  <button
                    type="button"
                    className="gallery-guest"
                    aria-labelledby={`gallery-${id}`}
                    aria-describedby={`gallery-${id}-text`}
                    disabled={starting !== undefined}
                    onClick={() => void startGuest(id)}
                  >
                    <span className="system-badge small">
                      <Icon name={systemIcon(icon)} size={22} />
                    </span>
                    <span className="gallery-name" id={`gallery-${id}`}>
                      {name}
                    </span>
                    <span className="gallery-text" id={`gallery-${id}-text`}>
                      {translate(starting === id ? 'home.starting' : `gallery.${id}`)}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
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
