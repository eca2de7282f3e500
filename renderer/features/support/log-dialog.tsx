import { useCallback, useEffect, useRef, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { SearchField } from '../../components/search-field';
import { closeDialog, showDialog } from '../../state/dialogs';
import { report } from '../../state/notices';

const REFRESH_MS = 2000;

/** The last part of a VM's log; follows it while it grows. */
export function LogDialog({ vm }: { readonly vm: VmItem }) {
  const [text, setText] = useState<string>();
  const [query, setQuery] = useState('');
  const isRunning = vm.runs !== 'nowhere';
  const read = useCallback(() => {
    call('vm.log', { vm: vm.id }).then(setText, report);
  }, [vm.id]);
  useEffect(() => {
    read();
    if (!isRunning) return undefined;
    const timer = setInterval(read, REFRESH_MS);
    return () => clearInterval(timer);
  }, [read, isRunning]);

  const lines = (text ?? '').split('\n');
  const words = query.trim().toLowerCase();
  const shown = words === '' ? lines : lines.filter((line) => line.toLowerCase().includes(words));
  return (
    <Dialog
      title={translate('log.title', { name: vm.name })}
      size="large"
      onClose={closeDialog}
      aside={<Button onPress={() => showDialog({ kind: 'support', vm: vm.id })}>{translate('library.support')}</Button>}
      buttons={
        <Button look="primary" onPress={closeDialog}>
          {translate('button.close')}
        </Button>
      }
    >
      <div className="log-view">
        <SearchField label={translate('log.search')} value={query} onChange={setQuery} />
        <LogText
          label={translate('log.title', { name: vm.name })}
          text={shown.join('\n')}
          empty={text === undefined ? '' : translate(words === '' ? 'log.empty' : 'log.noHits')}
        />
      </div>
    </Dialog>
  );
}

interface LogTextProps {
  readonly label: string;
  readonly text: string;
  /** Said when there is none. */
  readonly empty: string;
}

/** Stays at the end while it is there. */
export function LogText({ label, text, empty }: LogTextProps) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text moves the end
  useEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (text.trim() === '') return <p className="log-empty">{empty}</p>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a log is text in lines
    <pre
      ref={box}
      className="log-text"
      role="region"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - 8;
      }}
    >
      {text}
    </pre>
  );
}
