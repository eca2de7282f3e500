import type { ReactNode } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { Icon, type IconName } from './icon';

export interface MenuEntry {
  readonly id: string;
  readonly text: string;
  /** Shown at the right: keys, a file's name. */
  readonly aside?: string;
  readonly icon?: IconName;
  readonly isDisabled?: boolean;
  /** Of entries of which one is chosen. */
  readonly isChosen?: boolean;
  readonly onAction: () => void;
}

interface MenuButtonProps {
  readonly label: string;
  /** Groups, with a line between them. */
  readonly groups: readonly (readonly MenuEntry[])[];
  readonly className?: string;
  readonly isDisabled?: boolean;
  readonly placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end';
  readonly children: ReactNode;
}

/** A button that opens a menu. */
export function MenuButton(props: MenuButtonProps) {
  const { label, groups, className = 'icon-button', isDisabled = false, placement = 'bottom start', children } = props;
  const shown = groups.filter((entries) => entries.length > 0);
  const chosen = shown.flat().filter((entry) => entry.isChosen);
  const hasChoice = shown.flat().some((entry) => entry.isChosen !== undefined);
  return (
    <MenuTrigger>
      <Button className={className} aria-label={label} isDisabled={isDisabled}>
        {children}
      </Button>
      <Popover className="popover" placement={placement}>
        <Menu
          className="menu"
          {...(hasChoice ? { selectionMode: 'single' as const, selectedKeys: chosen.map(({ id }) => id) } : {})}
          onAction={(key) =>
            shown
              .flat()
              .find(({ id }) => id === key)
              ?.onAction()
          }
        >
          {shown.flatMap((entries, group) => [
            ...(group === 0 ? [] : [<Separator key={`line${entries[0]?.id}`} className="menu-line" />]),
            ...entries.map((entry) => (
              <MenuItem
                key={entry.id}
                id={entry.id}
                className="menu-item"
                textValue={entry.text}
                isDisabled={entry.isDisabled ?? false}
              >
                {hasChoice ? (
                  <span className="menu-mark">{entry.isChosen ? <Icon name="check" size={16} /> : null}</span>
                ) : null}
                {entry.icon === undefined ? null : <Icon name={entry.icon} size={17} />}
                <span className="menu-text">{entry.text}</span>
                {entry.aside === undefined ? null : <span className="menu-aside">{entry.aside}</span>}
              </MenuItem>
            )),
          ])}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
