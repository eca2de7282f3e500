import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from 'react-aria-components';
import { Icon } from './icon';

interface SelectProps<Id extends string> {
  readonly label: string;
  readonly value: Id;
  readonly options: readonly { readonly id: Id; readonly text: string }[];
  readonly onChange: (id: Id) => void;
}

/** A labelled choice of one from a few. */
export function Select<Id extends string>({ label, value, options, onChange }: SelectProps<Id>) {
  return (
    <AriaSelect
      className="field select"
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = options.find(({ id }) => id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      <Label>{label}</Label>
      <Button className="select-button">
        <SelectValue />
        <Icon name="chevronDown" size={16} />
      </Button>
      <Popover className="select-popover">
        <ListBox className="select-list" items={options.map(({ id, text }) => ({ id, text }))}>
          {({ id, text }) => (
            <ListBoxItem id={id} className="select-item" textValue={text}>
              {text}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
