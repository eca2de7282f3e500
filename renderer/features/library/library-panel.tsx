import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { ToggleIconButton } from '../../components/button';
import { ContextMenu, type MenuEntry } from '../../components/context-menu';
import { Icon, systemIcon } from '../../components/icon';
import { SearchField } from '../../components/search-field';
import { type DropPlace, type MenuPlace, type SelectHow, Tree, type TreeRow } from '../../components/tree';
import { showDialog } from '../../state/dialogs';
import { library, libraryFolders } from '../../state/library';
import { report } from '../../state/notices';
import { rememberedList } from '../../state/remembered';
import { useStore } from '../../state/store';
import { activateTab, HOME, openTab, tabs } from '../../state/tabs';
import { stateLook, stateText } from '../vm/state-text';
import { folderMenuEntries, type LibraryMenuContext, newFolderName, placeVms, vmMenu } from './library-actions';
import { folderOfRow, type LibraryRow, libraryRows, marksAfter, stepTarget } from './library-tree';
import { openVmFolder } from './open-vm';

const NONE: ReadonlySet<string> = new Set();
const collapsedFolders = rememberedList('layout.collapsed');

/** The library at the left: every VM with its state, in the user's folders and order. */
export function LibraryPanel() {
  const items = useStore(library) ?? [];
  const folders = useStore(libraryFolders);
  const { active } = useStore(tabs);
  const [query, setQuery] = useState('');
  const [favouritesOnly, setFavouritesOnly] = useState(false);
  const collapsed = new Set(useStore(collapsedFolders));
  const [focused, setFocused] = useState<string>();
  const [marked, setMarked] = useState<ReadonlySet<string>>(NONE);
  const [renaming, setRenaming] = useState<string>();
  const [menu, setMenu] = useState<{ readonly rowId: string; readonly place: MenuPlace }>();
  const rangeFrom = useRef<string>(undefined);

  // For the figures of `npm run bench -- --ui`.
  useEffect(() => {
    if (items.length > 0) requestAnimationFrame(() => setTimeout(() => performance.mark('library-painted')));
  }, [items.length]);

  // The tab that is shown is the row that is marked, until the user marks others.
  useEffect(() => {
    setFocused(active);
    setMarked(new Set([active]));
    rangeFrom.current = active;
  }, [active]);

  const rows = libraryRows(HOME, items, folders, collapsed, { query, favouritesOnly });
  const markedVms = items.filter(({ id }) => marked.has(id));

  const select = (id: string, how: SelectHow): void => {
    setFocused(id);
    setMarked(marksAfter(rows, marked, rangeFrom.current, id, how));
    if (how !== 'range') rangeFrom.current = id;
    if (how !== 'only' || folderOfRow(id) !== undefined) return;
    if (id === HOME) activateTab(HOME);
    else openTab(id);
  };

  const expand = (rowId: string, isExpanded: boolean): void => {
    const folder = folderOfRow(rowId);
    if (folder === undefined) return;
    const others = collapsedFolders.get().filter((id) => id !== folder);
    collapsedFolders.set(isExpanded ? others : [...others, folder]);
  };

  const context: LibraryMenuContext = {
    folders,
    rename: setRenaming,
    createFolder: (parent, then) => {
      call('library.createFolder', { name: newFolderName(folders, parent), parent }).then((id) => {
        then?.(id);
        if (parent !== null) expand(`folder:${parent}`, true);
        setRenaming(`folder:${id}`);
      }, report);
    },
    step: (vm, step) => {
      const target = stepTarget(items, vm, step);
      if (target !== undefined) placeVms([vm], vm.parent, target.before);
    },
    remove: (vms) => showDialog({ kind: 'deleteVms', vms: vms.map(({ id }) => id) }),
  };

  const onKey = (event: KeyboardEvent, id: string): boolean => {
    const vm = items.find((one) => one.id === id);
    if (event.key === 'F2' && id !== HOME) setRenaming(id);
    else if (event.key === 'Delete' && markedVms.length > 0) {
      if (markedVms.every(({ runs }) => runs === 'nowhere')) context.remove(markedVms);
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      setMarked(new Set(rows.filter(({ kind }) => kind === 'vm').map((row) => row.id)));
    } else if (event.altKey && vm !== undefined && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      context.step(vm, event.key === 'ArrowUp' ? -1 : 1);
    } else return false;
    return true;
  };

  const drop = (dragged: string, target: string, place: DropPlace): void => {
    const targetRow = rows.find(({ id }) => id === target);
    if (targetRow === undefined) return;
    const parent =
      targetRow.kind === 'vm'
        ? targetRow.vm.parent
        : targetRow.kind === 'folder'
          ? place === 'into'
            ? targetRow.folder.id
            : targetRow.folder.parent
          : null;
    const folder = folderOfRow(dragged);
    if (folder !== undefined) {
      const before = targetRow.kind === 'folder' && place === 'before' ? targetRow.folder.id : null;
      call('library.moveFolder', { folder, parent, before }).catch(report);
      return;
    }
    const moved = marked.has(dragged) ? markedVms : items.filter(({ id }) => id === dragged);
    if (targetRow.kind === 'vm') placeVms(moved, parent, target);
    else placeVms(moved, parent);
  };

  const finishRename = (row: LibraryRow, name: string | undefined): void => {
    setRenaming(undefined);
    if (name === undefined) return;
    if (row.kind === 'folder') call('library.renameFolder', { folder: row.folder.id, name }).catch(report);
    if (row.kind === 'vm') call('vm.change', { vm: row.vm.id, changes: { name } }).catch(report);
  };

  const treeRows = rows.map((row): TreeRow => {
    const isRenamed = renaming === row.id;
    const edit = (name: string) => <NameEditor name={name} onDone={(next) => finishRename(row, next)} />;
    switch (row.kind) {
      case 'computer':
        return {
          ...row,
          label: translate('library.myComputer'),
          isExpanded: true,
          takesDrops: true,
          content: (
            <>
              <Icon name="computer" size={18} />
              <span className="row-name">{translate('library.myComputer')}</span>
            </>
          ),
        };
      case 'folder':
        return {
          id: row.id,
          level: row.level,
          label: translate('library.folderLabel', { name: row.folder.name }),
          isExpanded: row.isExpanded,
          isMovable: true,
          takesDrops: true,
          content: (
            <>
              <span className="tree-twisty">
                <Icon name={row.isExpanded ? 'chevronDown' : 'chevronRight'} size={14} />
              </span>
              <Icon name="folder" size={18} />
              {isRenamed ? edit(row.folder.name) : <span className="row-name">{row.folder.name}</span>}
            </>
          ),
        };
      case 'vm':
        return {
          id: row.id,
          level: row.level,
          label: vmLabel(row.vm),
          isMovable: true,
          content: <VmRow vm={row.vm} editor={isRenamed ? edit(row.vm.name) : undefined} />,
        };
    }
  });

  return (
    <nav className="library" aria-label={translate('library.title')}>
      <div className="library-head">
        <h2>{translate('library.title')}</h2>
        <AddMenu onNewFolder={() => context.createFolder(null)} />
      </div>
      <div className="library-search">
        <SearchField label={translate('library.search')} value={query} onChange={setQuery} />
        <ToggleIconButton
          icon={favouritesOnly ? 'starFull' : 'star'}
          label={translate('library.favouritesOnly')}
          isOn={favouritesOnly}
          onChange={setFavouritesOnly}
        />
      </div>
      <Tree
        label={translate('library.title')}
        rows={treeRows}
        selected={focused}
        marked={marked}
        onSelect={select}
        onOpen={(id) => (folderOfRow(id) === undefined ? select(id, 'only') : undefined)}
        onExpand={expand}
        onKey={onKey}
        onMenu={(rowId, place) => {
          if (rowId !== HOME) setMenu({ rowId, place });
        }}
        onDrop={drop}
      />
      <EmptyText
        count={items.length}
        rows={rows.length}
        favouritesOnly={favouritesOnly && query.trim() === ''}
        onShowAll={() => {
          setQuery('');
          setFavouritesOnly(false);
        }}
      />
      {menu === undefined ? null : (
        <ContextMenu
          label={translate('library.menu')}
          place={menu.place}
          entries={menuOf(menu.rowId)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </nav>
  );

  function menuOf(rowId: string): MenuEntry[] {
    const folder = folders.find(({ id }) => id === folderOfRow(rowId));
    if (folder !== undefined) return folderMenuEntries(folder, rowId, context);
    const vms = marked.has(rowId) ? markedVms : items.filter(({ id }) => id === rowId);
    return vmMenu(vms, context);
  }
}

function vmLabel(vm: VmItem): string {
  const text = `${vm.name}, ${stateText(vm)}`;
  return vm.isFavourite ? `${text}, ${translate('library.isFavourite')}` : text;
}

function AddMenu({ onNewFolder }: { readonly onNewFolder: () => void }) {
  const actions: Record<string, () => void> = {
    new: () => showDialog({ kind: 'newVm' }),
    open: () => void openVmFolder(),
    folder: onNewFolder,
  };
  return (
    <MenuTrigger>
      <Button className="icon-button small" aria-label={translate('library.add')}>
        <Icon name="plus" size={18} />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" onAction={(key) => actions[String(key)]?.()}>
          <MenuItem id="new" className="menu-item">
            {translate('library.newVm')}
          </MenuItem>
          <MenuItem id="open" className="menu-item">
            {translate('library.openVm')}
          </MenuItem>
          <MenuItem id="folder" className="menu-item">
            {translate('library.newFolder')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface EmptyTextProps {
  readonly count: number;
  /** With the computer's own. */
  readonly rows: number;
  readonly favouritesOnly: boolean;
  readonly onShowAll: () => void;
}

/** Why nothing is shown, and what can be done about it. */
function EmptyText({ count, rows, favouritesOnly, onShowAll }: EmptyTextProps) {
  const isRead = useStore(library) !== undefined;
  if (rows > 1 || !isRead) return null;
  const isEmpty = count === 0;
  const key = isEmpty ? 'library.empty' : favouritesOnly ? 'library.noFavourites' : 'library.noHits';
  return (
    <div className="library-empty">
      <p>{translate(key)}</p>
      <button type="button" className="link" onClick={isEmpty ? () => showDialog({ kind: 'newVm' }) : onShowAll}>
        {translate(isEmpty ? 'library.createFirst' : 'library.showAll')}
      </button>
    </div>
  );
}

interface NameEditorProps {
  readonly name: string;
  /** undefined: as it was. */
  readonly onDone: (name: string | undefined) => void;
}

/** Enter or leaving the field takes the name, Escape leaves it as it was. */
function NameEditor({ name, onDone }: NameEditorProps) {
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => field.current?.select(), []);
  const done = (isTaken: boolean): void => {
    if (isDone.current) return;
    isDone.current = true;
    const row = field.current?.closest<HTMLElement>('[role="treeitem"]');
    const trimmed = text.trim();
    onDone(isTaken && trimmed !== '' && trimmed !== name ? trimmed : undefined);
    row?.focus();
  };
  return (
    <input
      ref={field}
      className="row-editor"
      aria-label={translate('library.newName', { name })}
      value={text}
      maxLength={80}
      onChange={(event) => setText(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={() => done(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') done(true);
        if (event.key === 'Escape') done(false);
      }}
    />
  );
}

function VmRow({ vm, editor }: { readonly vm: VmItem; readonly editor: React.ReactNode }) {
  return (
    <>
      <span className={`row-icon ${stateLook(vm)}`}>
        <Icon name={vm.kind === 'ok' ? systemIcon(vm.osIcon) : 'warning'} size={18} />
        <span className="lamp" />
      </span>
      {editor ?? (
        <span className="row-name" title={`${vm.name}: ${stateText(vm)}`}>
          {vm.name}
        </span>
      )}
      {vm.isFavourite ? (
        <span className="row-star">
          <Icon name="starFull" size={13} />
        </span>
      ) : null}
    </>
  );
}
