import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components';
import { translate } from '../../src/i18n/translate';
import { Icon } from './icon';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Escape empties it. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  return (
    <AriaSearchField className="search-field" aria-label={label} value={value} onChange={onChange}>
      <Icon name="search" size={15} />
      <Input placeholder={label} />
      {value === '' ? null : (
        <Button className="search-clear" aria-label={translate('search.clear')}>
          <Icon name="close" size={13} />
        </Button>
      )}
    </AriaSearchField>
  );
}
