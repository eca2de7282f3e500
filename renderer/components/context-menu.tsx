import { useRef } from 'react';
import { Menu, MenuItem, Popover, Separator, SubmenuTrigger } from 'react-aria-components';
import { Icon } from './icon';
import type { MenuPlace } from './tree';

/** An entry, or a line between groups. Entries with `items` open a menu beside it. */
export type MenuEntry =
  | 'line'
  | {
      readonly id: string;
      readonly label: string;
      /** Shown at the right; the key itself is handled elsewhere. */
      readonly keys?: string;
      readonly isDisabled?: boolean;
      readonly isDanger?: boolean;
      readonly run?: () => void;
      readonly items?: readonly MenuEntry[];
    };

/** As theme.css has them: rows in low windows and in others, lines, and what is around them. */
const LOW_WINDOW = 680;
const LOW_ROW = 26;
const ROW = 28;
const LINE = 9;
const AROUND = 26;

/** Where a menu begins so that it is whole, if the window is high enough. */
function topOf(y: number, entries: readonly MenuEntry[]): number {
  const lines = entries.filter((entry) => entry === 'line').length;
  const row = innerHeight <= LOW_WINDOW ? LOW_ROW : ROW;
  const height = lines * LINE + (entries.length - lines) * row + AROUND;
  return Math.max(0, Math.min(y, innerHeight - height));
}

interface ContextMenuProps {
  readonly label: string;
  readonly place: MenuPlace;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
}

/** A menu where the pointer was, or at the row that the keyboard was on. */
export function ContextMenu({ label, place, entries, onClose }: ContextMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      <span ref={anchor} className="menu-anchor" style={{ left: place.x, top: topOf(place.y, entries) }} />
      <Popover
        className="popover context-menu"
        aria-label={label}
        triggerRef={anchor}
        isOpen
        placement="bottom start"
        offset={2}
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        <Entries label={label} entries={entries} onDone={onClose} />
      </Popover>
    </>
  );
}

function Entries({
  label,
  entries,
  onDone,
}: {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly onDone: () => void;
}) {
  return (
    <Menu className="menu" aria-label={label} autoFocus="first" onClose={onDone}>
      {entries.map((entry, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name
        if (entry === 'line') return <Separator key={`line${at}`} className="menu-line" />;
        const item = (
          <MenuItem
            key={entry.id}
            id={entry.id}
            textValue={entry.label}
            className={`menu-item ${entry.isDanger ? 'danger' : ''}`}
            isDisabled={entry.isDisabled ?? false}
            {...(entry.items === undefined ? { onAction: () => entry.run?.() } : {})}
          >
            <span>{entry.label}</span>
            {entry.keys === undefined ? null : (
              <span className="menu-keys" aria-hidden="true">
                {entry.keys}
              </span>
            )}
            {entry.items === undefined ? null : <Icon name="chevronRight" size={15} />}
          </MenuItem>
        );
        if (entry.items === undefined) return item;
        return (
          <SubmenuTrigger key={entry.id}>
            {item}
            <Popover className="popover" aria-label={entry.label} placement="end top" offset={-2}>
              <Entries label={entry.label} entries={entry.items} onDone={onDone} />
            </Popover>
          </SubmenuTrigger>
        );
      })}
    </Menu>
  );
}
