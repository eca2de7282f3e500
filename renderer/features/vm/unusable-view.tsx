import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { sentence } from '../../state/notices';
import { forgetVm, locateVm } from '../library/library-actions';

/** A VM that is broken or gone, with what is wrong. */
export function UnusableView({ vm }: { readonly vm: VmItem }) {
  return (
    <div className="crash">
      <div className="crash-card">
        <span className="crash-icon">
          <Icon name="warning" size={34} />
        </span>
        <h1>{translate(vm.kind === 'missing' ? 'summary.missing' : 'summary.broken')}</h1>
        <p className="path">{vm.folder}</p>
        {vm.kind === 'missing' ? <p>{translate('summary.missingText')}</p> : null}
        <ul className="problems">
          {vm.problems.map((problem) => (
            <li key={problem}>{sentence(problem)}</li>
          ))}
        </ul>
        <div className="crash-buttons">
          {vm.kind === 'missing' ? (
            <>
              <Button look="primary" icon="folder" onPress={() => void locateVm(vm)}>
                {translate('library.locate')}
              </Button>
              <Button onPress={() => forgetVm(vm)}>{translate('summary.forget')}</Button>
            </>
          ) : (
            <>
              <Button icon="log" onPress={() => showDialog({ kind: 'log', vm: vm.id })}>
                {translate('library.showLog')}
              </Button>
              <Button onPress={() => showDialog({ kind: 'support', vm: vm.id })}>{translate('library.support')}</Button>
            </>
          )}
        </div>
      </div>
    </div>
  );
}
