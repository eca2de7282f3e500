import { type DragEvent, type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from 'react';

/** One row; rows come in the order they are shown, parents before children. */
export interface TreeRow {
  readonly id: string;
  readonly level: number;
  readonly label: string;
  readonly content: ReactNode;
  readonly isExpanded?: boolean;
  /** Can be dragged elsewhere. */
  readonly isMovable?: boolean;
  /** Takes what is dropped on it into itself. */
  readonly takesDrops?: boolean;
}

/** How a click or a key changes what is marked: this one only, this one too, all up to here. */
export type SelectHow = 'only' | 'toggle' | 'range';
export type DropPlace = 'before' | 'into';

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

interface TreeProps {
  readonly label: string;
  readonly rows: readonly TreeRow[];
  /** The row that has the focus. */
  readonly selected: string | undefined;
  /** All that are marked, where several can be. */
  readonly marked?: ReadonlySet<string>;
  readonly onSelect: (id: string, how: SelectHow) => void;
  /** Enter or a double click. */
  readonly onOpen?: (id: string) => void;
  readonly onExpand?: (id: string, isExpanded: boolean) => void;
  /** A right click, the menu key or Shift+F10. */
  readonly onMenu?: (id: string, place: MenuPlace) => void;
  /** Keys that the tree does not know itself; true: taken. */
  readonly onKey?: (event: KeyboardEvent, id: string) => boolean;
  readonly onDrop?: (dragged: string, target: string, place: DropPlace) => void;
}

const DRAG_TYPE = 'application/x-subzero-row';

/**
 * A tree by the WAI-ARIA pattern with roles tree and treeitem; the component library's own is a treegrid. One row is in
 * the tab order, arrows move between rows.
 */
export function Tree(props: TreeProps) {
  const { label, rows, selected, marked, onSelect, onOpen, onExpand, onMenu, onKey, onDrop } = props;
  const list = useRef<HTMLDivElement>(null);
  const dragged = useRef<string>(undefined);
  const current = rows.find((row) => row.id === selected)?.id ?? rows[0]?.id;

  const rowElement = (id: string): HTMLElement | null | undefined =>
    list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);

  const moveTo = (index: number, how: SelectHow = 'only'): void => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    onSelect(row.id, how);
    rowElement(row.id)?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    // A field in a row has its own keys.
    if (event.target instanceof HTMLInputElement) return;
    const here = event.target instanceof HTMLElement ? event.target.dataset['row'] : undefined;
    const at = rows.findIndex((row) => row.id === (here ?? current));
    const row = rows[at];
    if (row === undefined) return;
    if (onKey?.(event, row.id)) {
      event.preventDefault();
      return;
    }
    const { id, level, isExpanded } = row;
    const how = event.shiftKey && marked !== undefined ? 'range' : 'only';
    const openMenu = (): void => {
      const box = rowElement(id)?.getBoundingClientRect();
      if (box !== undefined) onMenu?.(id, { x: box.left + 24, y: box.bottom });
    };
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => moveTo(at + 1, how),
      ArrowUp: () => moveTo(at - 1, how),
      Home: () => moveTo(0, how),
      End: () => moveTo(rows.length - 1, how),
      ArrowLeft: () => {
        if (isExpanded && onExpand !== undefined) onExpand(id, false);
        else moveTo(lastIndexBefore(rows, at, (other) => other.level < level));
      },
      ArrowRight: () => {
        if (isExpanded === false && onExpand !== undefined) onExpand(id, true);
        else if ((rows[at + 1]?.level ?? 0) > level) moveTo(at + 1);
      },
      Enter: () => onOpen?.(id),
      ' ': () => onSelect(id, marked === undefined ? 'only' : 'toggle'),
      ContextMenu: openMenu,
      ...(event.shiftKey ? { F10: openMenu } : {}),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
  };

  const onRowClick = (event: MouseEvent, { id, isExpanded }: TreeRow): void => {
    if (event.target instanceof Element && event.target.closest('.tree-twisty') !== null && isExpanded !== undefined) {
      onExpand?.(id, !isExpanded);
      return;
    }
    const canMark = marked !== undefined;
    onSelect(id, canMark && event.shiftKey ? 'range' : canMark && (event.ctrlKey || event.metaKey) ? 'toggle' : 'only');
  };

  const dragHandlers = (row: TreeRow) => {
    if (onDrop === undefined) return {};
    const place = (event: DragEvent<HTMLElement>): DropPlace => {
      const { top, height } = event.currentTarget.getBoundingClientRect();
      return row.takesDrops === true && (!row.isMovable || event.clientY > top + height / 3) ? 'into' : 'before';
    };
    const show = (event: DragEvent<HTMLElement>, where: DropPlace | ''): void => {
      event.currentTarget.dataset['drop'] = where;
    };
    return {
      draggable: row.isMovable === true,
      onDragStart: (event: DragEvent<HTMLElement>) => {
        dragged.current = row.id;
        event.dataTransfer.setData(DRAG_TYPE, row.id);
        event.dataTransfer.effectAllowed = 'move';
      },
      onDragOver: (event: DragEvent<HTMLElement>) => {
        // Files dragged onto the window are none of the tree's business.
        if (!event.dataTransfer.types.includes(DRAG_TYPE) || dragged.current === row.id) return;
        event.preventDefault();
        show(event, place(event));
      },
      onDragLeave: (event: DragEvent<HTMLElement>) => show(event, ''),
      onDrop: (event: DragEvent<HTMLElement>) => {
        const { current: id } = dragged;
        show(event, '');
        if (!event.dataTransfer.types.includes(DRAG_TYPE) || id === undefined || id === row.id) return;
        event.preventDefault();
        onDrop(id, row.id, place(event));
      },
      onDragEnd: () => {
        dragged.current = undefined;
      },
    };
  };

  return (
    <div
      ref={list}
      className="tree"
      role="tree"
      aria-label={label}
      aria-multiselectable={marked === undefined ? undefined : true}
      onKeyDown={onKeyDown}
    >
      {rows.map((row) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself hears the keys
        <div
          key={row.id}
          role="treeitem"
          className="tree-row"
          data-row={row.id}
          style={{ '--level': row.level } as React.CSSProperties}
          tabIndex={row.id === current ? 0 : -1}
          aria-level={row.level}
          aria-label={row.label}
          aria-selected={marked === undefined ? row.id === selected : marked.has(row.id)}
          {...(row.isExpanded === undefined ? {} : { 'aria-expanded': row.isExpanded })}
          onClick={(event) => onRowClick(event, row)}
          onDoubleClick={() => onOpen?.(row.id)}
          onContextMenu={(event) => {
            if (onMenu === undefined) return;
            event.preventDefault();
            if (marked?.has(row.id) !== true) onSelect(row.id, 'only');
            onMenu(row.id, { x: event.clientX, y: event.clientY });
          }}
          {...dragHandlers(row)}
        >
          {row.content}
        </div>
      ))}
    </div>
  );
}

function lastIndexBefore(rows: readonly TreeRow[], at: number, accept: (row: TreeRow) => boolean): number {
  for (let index = at - 1; index >= 0; index--) if (accept(rows[index] as TreeRow)) return index;
  return at;
}
