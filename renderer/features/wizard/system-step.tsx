import { useEffect, useState } from 'react';
import { Input, Label, ListBox, ListBoxItem, SearchField } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import { verdictText } from '../../../src/i18n/verdict-text';
import type { SystemChoice } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Icon, systemIcon } from '../../components/icon';
import { report } from '../../state/notices';
import type { StepProps } from './wizard';
import { systemOf } from './wizard-state';

const MAX_SHOWN = 100;

/** The guest's system: as recognised, or chosen by hand from all that are known. */
export function SystemStep({ state, send }: StepProps) {
  const [systems, setSystems] = useState<readonly SystemChoice[]>([]);
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    call('wizard.systems', null).then(setSystems, report);
  }, []);
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = systems.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const current = systemOf(state);
  // What is chosen stands first, so that it is seen without a search.
  const shown = [
    ...(current === undefined || words.length > 0 ? [] : [current]),
    ...found.filter(({ id }) => words.length > 0 || id !== current?.id),
  ].slice(0, MAX_SHOWN);
  return (
    <>
      <h3>{translate('wizard.system.title')}</h3>
      <SearchField className="field" value={wanted} onChange={setWanted} autoFocus>
        <Label>{translate('wizard.system.search')}</Label>
        <div className="field-row">
          <Input placeholder={translate('wizard.system.example')} />
        </div>
      </SearchField>
      <ListBox
        className="system-list"
        aria-label={translate('wizard.system.title')}
        selectionMode="single"
        selectedKeys={current === undefined ? [] : [current.id]}
        onSelectionChange={(keys) => {
          const id = keys === 'all' ? undefined : [...keys][0];
          const chosen = systems.find((system) => system.id === id);
          if (chosen !== undefined) send({ t: 'system', system: chosen });
        }}
        renderEmptyState={() => <p className="hint">{translate('wizard.system.none')}</p>}
      >
        {shown.map((system) => (
          <ListBoxItem key={system.id} id={system.id} className="system-item" textValue={system.name}>
            <Icon name={systemIcon(system.icon)} size={20} />
            <span className="system-name">{system.name}</span>
            <span className={`system-verdict ${system.verdict.kind}`}>{verdictText(system.verdict)}</span>
          </ListBoxItem>
        ))}
      </ListBox>
      {found.length > MAX_SHOWN ? (
        <p className="hint">{translate('wizard.system.more', { count: found.length - MAX_SHOWN })}</p>
      ) : null}
    </>
  );
}
