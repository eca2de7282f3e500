import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { Icon } from './icon';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly id: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
}

/** A labelled field that takes one of a list. */
export function Choice<T extends string>({ label, value, options, onChange, isDisabled }: ChoiceProps<T>) {
  return (
    <Select className="field" value={value} onChange={(key) => onChange(key as T)} isDisabled={isDisabled ?? false}>
      <Label>{label}</Label>
      <Button className="button choice">
        <SelectValue />
        <Icon name="chevronDown" size={16} />
      </Button>
      <Popover className="popover">
        <ListBox className="menu choice-list">
          {options.map(({ id, text }) => (
            <ListBoxItem key={id} id={id} textValue={text} className="menu-item">
              {text}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
