import type { ReactNode } from 'react';
import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components';
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
