import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { Icon, systemIcon } from '../../components/icon';
import { Tree, type TreeRow } from '../../components/tree';
import { showDialog } from '../../state/dialogs';
import { library } from '../../state/library';
import { useStore } from '../../state/store';
import { activateTab, HOME, openTab, tabs } from '../../state/tabs';
import { stateLook, stateText } from '../vm/state-text';
import { openVmFolder } from './open-vm';
import './library.css';

/** The library at the left: every VM with its state. */
export function LibraryPanel() {
  const items = useStore(library) ?? [];
  const { active } = useStore(tabs);
  const rows: TreeRow[] = [
    {
      id: HOME,
      level: 1,
      label: translate('library.myComputer'),
      isExpanded: true,
      content: (
        <>
          <Icon name="computer" size={18} />
          <span className="row-name">{translate('library.myComputer')}</span>
        </>
      ),
    },
    ...items.map((vm) => ({ id: vm.id, level: 2, label: `${vm.name}, ${stateText(vm)}`, content: <VmRow vm={vm} /> })),
  ];
  return (
    <nav className="library" aria-label={translate('library.title')}>
      <div className="library-head">
        <h2>{translate('library.title')}</h2>
        <MenuTrigger>
          <Button className="icon-button small" aria-label={translate('library.add')}>
            <Icon name="plus" size={18} />
          </Button>
          <Popover className="popover" placement="bottom end">
            <Menu
              className="menu"
              onAction={(key) => (key === 'new' ? showDialog({ kind: 'newVm' }) : void openVmFolder())}
            >
              <MenuItem id="new" className="menu-item">
                {translate('library.newVm')}
              </MenuItem>
              <MenuItem id="open" className="menu-item">
                {translate('library.openVm')}
              </MenuItem>
            </Menu>
          </Popover>
        </MenuTrigger>
      </div>
      <Tree
        label={translate('library.title')}
        rows={rows}
        selected={active}
        onSelect={(id) => (id === HOME ? activateTab(HOME) : openTab(id))}
      />
      {items.length === 0 ? <p className="library-empty">{translate('library.empty')}</p> : null}
    </nav>
  );
}

function VmRow({ vm }: { readonly vm: VmItem }) {
  return (
    <>
      <span className={`row-icon ${stateLook(vm)}`}>
        <Icon name={vm.kind === 'ok' ? systemIcon(vm.osIcon) : 'warning'} size={18} />
        <span className="lamp" />
      </span>
      <span className="row-name" title={`${vm.name}: ${stateText(vm)}`}>
        {vm.name}
      </span>
    </>
  );
}
