import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { Icon, systemIcon } from '../../components/icon';
import { openTab } from '../../state/tabs';
import { useThumbnail } from '../../state/thumbnails';
import { stateLook, stateText } from '../vm/state-text';

const MAX_SHOWN = 6;

/** The VMs used last; before any was started, the first of the library. */
export function RecentList({ items }: { readonly items: readonly VmItem[] }) {
  const used = items.filter(({ usedMs }) => usedMs > 0).sort((a, b) => b.usedMs - a.usedMs);
  const shown = (used.length > 0 ? used : items).slice(0, MAX_SHOWN);
  if (shown.length === 0) return null;
  const title = translate(used.length > 0 ? 'home.recent' : 'home.yours');
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className="recent-list">
        {shown.map((vm) => (
          <li key={vm.id}>
            <RecentVm vm={vm} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RecentVm({ vm }: { readonly vm: VmItem }) {
  const picture = useThumbnail(vm);
  return (
    <button type="button" className="recent-vm" onClick={() => openTab(vm.id)}>
      <span className="recent-picture">
        {picture === undefined ? (
          <Icon name={vm.kind === 'ok' ? systemIcon(vm.osIcon) : 'warning'} size={34} />
        ) : (
          <img src={picture} alt="" />
        )}
      </span>
      <span className="recent-name" title={vm.name}>
        {vm.name}
      </span>
      <span className={`state ${stateLook(vm)}`}>
        <span className="lamp" />
        {stateText(vm)}
      </span>
    </button>
  );
}
