import { type KeyboardEvent, type ReactNode, useRef } from 'react';

/** One row; rows come in the order they are shown, parents before children. */
export interface TreeRow {
  readonly id: string;
  readonly level: number;
  readonly label: string;
  readonly content: ReactNode;
  readonly isExpanded?: boolean;
}

interface TreeProps {
  readonly label: string;
  readonly rows: readonly TreeRow[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  /** Enter or a double click. */
  readonly onOpen?: (id: string) => void;
}

/**
 * A tree by the WAI-ARIA pattern with roles tree and treeitem; the component library's own is a treegrid. One row is in
 * the tab order, arrows move between rows.
 */
export function Tree({ label, rows, selected, onSelect, onOpen }: TreeProps) {
  const list = useRef<HTMLDivElement>(null);
  const current = rows.find((row) => row.id === selected)?.id ?? rows[0]?.id;

  const moveTo = (index: number): void => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    onSelect(row.id);
    list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex((row) => row.id === current);
    const level = rows[at]?.level ?? 1;
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at - 1),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      ArrowLeft: () => moveTo(lastIndexBefore(rows, at, (row) => row.level < level)),
      ArrowRight: () => {
        if ((rows[at + 1]?.level ?? 0) > level) moveTo(at + 1);
      },
      Enter: () => current !== undefined && onOpen?.(current),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
  };

  return (
    <div ref={list} className="tree" role="tree" aria-label={label} onKeyDown={onKeyDown}>
      {rows.map(({ id, level, label: name, content, isExpanded }) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself hears the keys
        <div
          key={id}
          role="treeitem"
          className="tree-row"
          data-row={id}
          style={{ '--level': level } as React.CSSProperties}
          tabIndex={id === current ? 0 : -1}
          aria-level={level}
          aria-label={name}
          aria-selected={id === selected}
          {...(isExpanded === undefined ? {} : { 'aria-expanded': isExpanded })}
          onClick={() => onSelect(id)}
          onDoubleClick={() => onOpen?.(id)}
        >
          {content}
        </div>
      ))}
    </div>
  );
}

function lastIndexBefore(rows: readonly TreeRow[], at: number, accept: (row: TreeRow) => boolean): number {
  for (let index = at - 1; index >= 0; index--) if (accept(rows[index] as TreeRow)) return index;
  return at;
}
