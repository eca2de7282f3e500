import { type ReactNode, useEffect, useState } from 'react';
import {
  appearances,
  closeActions,
  hostKeySets,
  MAX_MEMORY_LIMIT_MIB,
  MIN_MEMORY_LIMIT_MIB,
} from '../../../src/config/preferences';
import { languageCodes, languages } from '../../../src/i18n/languages';
import { formatNumber, translate } from '../../../src/i18n/translate';
import type { PreferencesInfo } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Check } from '../../components/check';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { Select } from '../../components/select';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { hostKeysText } from '../../state/preferences';
import { draftOf, isLimitWrong, requestOf, withPickedFolder, withUsualFolder } from './preferences-state';

export function PreferencesDialog() {
  const [info, setInfo] = useState<PreferencesInfo>();
  useEffect(() => {
    call('preferences.get', null).then(setInfo, report);
  }, []);
  return info === undefined ? null : <Editor info={info} />;
}

function Editor({ info }: { readonly info: PreferencesInfo }) {
  const [draft, setDraft] = useState(() => draftOf(info));
  const [isBusy, setBusy] = useState(false);
  const change = (changes: Partial<typeof draft>): void => setDraft((now) => ({ ...now, ...changes }));
  const request = requestOf(draft);
  const isUsualFolder = draft.folderText === info.usualVmsFolder;

  const pickFolder = async (): Promise<void> => {
    try {
      const picked = await call('preferences.pickFolder', null);
      if (picked !== null) setDraft((now) => withPickedFolder(now, picked.token, picked.shown));
    } catch (error) {
      report(error);
    }
  };
  const save = async (): Promise<void> => {
    if (request === undefined) return;
    setBusy(true);
    try {
      await call('preferences.set', request);
      closeDialog();
    } catch (error) {
      setBusy(false);
      report(error);
    }
  };

  return (
    <Dialog
      title={translate('preferences.title')}
      size="medium"
      {...(isBusy ? {} : { onClose: closeDialog })}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={closeDialog}>
            {translate('button.cancel')}
          </Button>
          <Button look="primary" isDisabled={isBusy || request === undefined} onPress={() => void save()}>
            {translate('button.save')}
          </Button>
        </>
      }
    >
      <div className="preferences">
        <Group id="look" title={translate('preferences.look')}>
          <Select
            label={translate('preferences.language')}
            value={draft.language}
            options={[
              { id: 'system', text: translate('preferences.language.system') },
              // Each in its own words: a user who reads no other finds it.
              ...languageCodes.map((id) => ({ id: id as string, text: languages[id].name })),
            ]}
            onChange={(language) => change({ language })}
          />
          <Select
            label={translate('preferences.appearance')}
            value={draft.appearance}
            options={appearances.map((id) => ({ id, text: translate(`preferences.appearance.${id}`) }))}
            onChange={(appearance) => change({ appearance })}
          />
        </Group>
        <Group id="vms" title={translate('preferences.vms')}>
          <div className="preferences-folder">
            <Field
              label={translate('preferences.folder')}
              value={draft.folderText}
              onChange={() => undefined}
              hint={translate('preferences.folderHint')}
              isReadOnly
              beside={
                <>
                  <Button onPress={() => void pickFolder()}>{translate('button.browse')}</Button>
                  {isUsualFolder ? null : (
                    <Button onPress={() => setDraft((now) => withUsualFolder(now, info))}>
                      {translate('preferences.usualFolder')}
                    </Button>
                  )}
                </>
              }
            />
          </div>
          <Select
            label={translate('preferences.onClose')}
            value={draft.onClose}
            options={closeActions.map((id) => ({ id, text: translate(`settings.hostClose.${id}`) }))}
            onChange={(onClose) => change({ onClose })}
          />
          <Check isOn={draft.hasLimit} onChange={(hasLimit) => change({ hasLimit })}>
            {translate('preferences.hasLimit')}
          </Check>
          {draft.hasLimit ? (
            <Field
              label={translate('preferences.limit')}
              value={draft.limit}
              onChange={(limit) => change({ limit })}
              hint={translate('preferences.limitHint', { mib: formatNumber(info.hostMemoryMiB) })}
              problem={
                isLimitWrong(draft)
                  ? translate('wizard.summary.memoryRange', {
                      min: formatNumber(MIN_MEMORY_LIMIT_MIB),
                      max: formatNumber(MAX_MEMORY_LIMIT_MIB),
                    })
                  : undefined
              }
              isNumber
            />
          ) : null}
        </Group>
        <Group id="keys" title={translate('preferences.keys')}>
          <Select
            label={translate('preferences.hostKeys')}
            value={draft.hostKeys}
            options={hostKeySets.map((id) => ({ id, text: hostKeysText(id) }))}
            onChange={(hostKeys) => change({ hostKeys })}
          />
          <dl className="preferences-keys">
            {(['release', 'fullScreen', 'ctrlAltDelete'] as const).map((what) => (
              <div key={what}>
                <dt>{translate(`preferences.keys.${what}`)}</dt>
                <dd>
                  <kbd>{translate(`hostKeys.${what}`, { keys: hostKeysText(draft.hostKeys) })}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </Group>
      </div>
    </Dialog>
  );
}

interface GroupProps {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}

function Group({ id, title, children }: GroupProps) {
  return (
    <section aria-labelledby={`preferences-${id}`}>
      <h3 id={`preferences-${id}`}>{title}</h3>
      {children}
    </section>
  );
}
