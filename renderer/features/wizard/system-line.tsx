import { verdictText } from '../../../src/i18n/verdict-text';
import type { SystemChoice } from '../../../src/protocol/app';
import { Icon, systemIcon } from '../../components/icon';

/** A system by icon and name, and whether it runs here. */
export function SystemLine({ system, title }: { readonly system: SystemChoice; readonly title: string }) {
  return (
    <div className="system-line">
      <span className="system-badge small">
        <Icon name={systemIcon(system.icon)} size={22} />
      </span>
      <span className="system-name">{title}</span>
      <span className={`system-verdict ${system.verdict.kind}`}>{verdictText(system.verdict)}</span>
    </div>
  );
}
