import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { report, sentence } from '../../state/notices';

/** A VM that is broken or gone, with what is wrong. */
export function UnusableView({ vm }: { readonly vm: VmItem }) {
  return (
    <div className="crash">
      <div className="crash-card">
        <span className="crash-icon">
          <Icon name="warning" size={34} />
        </span>
        <h2>{translate(vm.kind === 'missing' ? 'summary.missing' : 'summary.broken')}</h2>
        <p className="path">{vm.folder}</p>
        <ul className="problems">
          {vm.problems.map((problem) => (
            <li key={problem}>{sentence(problem)}</li>
          ))}
        </ul>
        <div className="crash-buttons">
          {vm.kind === 'missing' ? (
            <Button onPress={() => void call('vm.forget', { vm: vm.id }).catch(report)}>
              {translate('summary.forget')}
            </Button>
          ) : null}
        </div>
      </div>
    </div>
  );
}
