import { Checkbox } from 'react-aria-components';
import { Icon } from './icon';

interface CheckProps {
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: string;
}

/** A checkbox with its label. */
export function Check({ isOn, onChange, children }: CheckProps) {
  return (
    <Checkbox className="check" isSelected={isOn} onChange={onChange}>
      <span className="check-box">
        <Icon name="check" size={14} />
      </span>
      {children}
    </Checkbox>
  );
}
