import type { ReactNode } from 'react';
import { Button as AriaButton, ToggleButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import { Icon, type IconName } from './icon';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly look?: 'plain' | 'primary' | 'danger';
  readonly icon?: IconName;
  readonly isDisabled?: boolean;
  readonly isSubmit?: boolean;
  readonly hasAutoFocus?: boolean;
}

export function Button({ children, onPress, look = 'plain', icon, isDisabled, isSubmit, hasAutoFocus }: ButtonProps) {
  return (
    <AriaButton
      className={`button ${look}`}
      type={isSubmit ? 'submit' : 'button'}
      isDisabled={isDisabled ?? false}
      autoFocus={hasAutoFocus ?? false}
      {...(onPress === undefined ? {} : { onPress })}
    >
      {icon === undefined ? null : <Icon name={icon} size={18} />}
      {children}
    </AriaButton>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
  readonly isDisabled?: boolean;
  readonly tone?: 'go' | 'stop';
}

/** A button that shows an icon only; its name is a tooltip too. */
export function IconButton({ icon, label, onPress, isDisabled, tone }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <AriaButton
        className={`icon-button ${tone ?? ''}`}
        aria-label={label}
        onPress={onPress}
        isDisabled={isDisabled ?? false}
      >
        <Icon name={icon} />
      </AriaButton>
      <Tooltip className="tooltip" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

interface ToggleIconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A button that stays pressed. */
export function ToggleIconButton({ icon, label, isOn, onChange }: ToggleIconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <ToggleButton className="icon-button small" aria-label={label} isSelected={isOn} onChange={onChange}>
        <Icon name={icon} size={17} />
      </ToggleButton>
      <Tooltip className="tooltip" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
