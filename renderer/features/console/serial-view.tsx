import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Input, Toolbar } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import { call } from '../../bridge/bridge';
import { Button, IconButton } from '../../components/button';
import { report } from '../../state/notices';
import { hostKeys, hostKeysText } from '../../state/preferences';
import { useStore } from '../../state/store';
import { isFullScreen, setFullScreen } from '../../state/window';
import type { ConsoleConnection } from './console-connection';
import { leaveConsole } from './leave-console';
import { initialTerminalKeys, terminalKeyStep } from './terminal-keys';

interface SerialViewProps {
  readonly connection: ConsoleConnection;
  readonly port: number;
  readonly name: string;
  readonly isShown: boolean;
}

interface OpenTerminal {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  readonly search: SearchAddon;
}

/** Operating system commands that reach beyond the terminal: titles, links, the clipboard. */
const DROPPED_COMMANDS = [0, 1, 2, 8, 52];
const FOUND = {
  decorations: {
    matchOverviewRuler: '#d08a06',
    activeMatchColorOverviewRuler: '#63d2ff',
    matchBackground: '#6b4e00',
    activeMatchBackground: '#0f629a',
  },
};

/** One serial port as a terminal. What the guest sends is text and nothing else: no links, no titles, no clipboard. */
export default function SerialView({ connection, port, name, isShown }: SerialViewProps) {
  const holder = useRef<HTMLDivElement>(null);
  const open = useRef<OpenTerminal | undefined>(undefined);
  const [hasSelection, setSelected] = useState(false);
  const [isGrabbed, setGrabbed] = useState(false);
  const keys = hostKeysText(useStore(hostKeys));
  const [matches, setMatches] = useState<{ index: number; count: number }>();

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const style = getComputedStyle(document.documentElement);
    const terminal = new Terminal({
      fontFamily: style.getPropertyValue('--font-mono'),
      fontSize: 13,
      scrollback: 5000,
      cursorBlink: false,
      screenReaderMode: true,
      // Marks of found text need it.
      allowProposedApi: true,
      theme: { background: '#0b0e13', foreground: '#d7dee8', cursor: '#63d2ff', selectionBackground: '#2b5a78' },
    });
    const fit = new FitAddon();
    const search = new SearchAddon();
    terminal.loadAddon(fit);
    terminal.loadAddon(search);
    for (const command of DROPPED_COMMANDS) terminal.parser.registerOscHandler(command, () => true);
    terminal.open(element);
    terminal.textarea?.setAttribute('aria-label', translate('serial.terminal', { port: port + 1, name }));
    const encoder = new TextEncoder();
    const typing = terminal.onData((data) => connection.send({ t: 'serial', port, bytes: encoder.encode(data) }));
    let keys = initialTerminalKeys;
    terminal.attachCustomKeyEventHandler((event) => {
      const { state, action, isKept, isHandled } = terminalKeyStep(keys, event, hostKeys.get());
      keys = state;
      if (isHandled) event.preventDefault();
      if (action === 'release') leaveConsole();
      if (action === 'toggleFullScreen') setFullScreen(!isFullScreen.get());
      return !isKept;
    });
    const grab = (grabs: boolean) => () => {
      keys = initialTerminalKeys;
      setGrabbed(grabs);
      void call('app.keyboardGrab', { isGrabbed: grabs });
    };
    terminal.textarea?.addEventListener('focus', grab(true));
    terminal.textarea?.addEventListener('blur', grab(false));
    terminal.onSelectionChange(() => setSelected(terminal.hasSelection()));
    search.onDidChangeResults(({ resultIndex, resultCount }) => setMatches({ index: resultIndex, count: resultCount }));
    const end = connection.onSerial(port, (bytes) => terminal.write(bytes));
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) fit.fit();
    });
    observer.observe(element);
    open.current = { terminal, fit, search };
    return () => {
      observer.disconnect();
      end();
      typing.dispose();
      terminal.dispose();
      grab(false)();
    };
  }, [connection, port, name]);

  useEffect(() => {
    // The keyboard stays where it is: arrow keys in the tabs must not end in the guest.
    if (isShown) open.current?.fit.fit();
  }, [isShown]);

  const copy = (): void => {
    const { terminal } = open.current ?? {};
    if (terminal === undefined) return;
    if (terminal.hasSelection()) void call('app.copyText', { text: terminal.getSelection() }).catch(report);
    else {
      terminal.selectAll();
      void call('app.copyText', { text: terminal.getSelection().trimEnd() }).catch(report);
      terminal.clearSelection();
    }
  };
  const paste = (): void => {
    call('app.pasteText', null).then((text) => {
      open.current?.terminal.paste(text);
      open.current?.terminal.focus();
    }, report);
  };
  return (
    <div className="serial" hidden={!isShown}>
      <Toolbar className="serial-bar" aria-label={translate('serial.tools', { port: port + 1 })}>
        <Find
          onFind={(text, isBackwards, isTyping) => {
            const { search } = open.current ?? {};
            if (text === '') search?.clearDecorations();
            else if (isBackwards) search?.findPrevious(text, FOUND);
            else search?.findNext(text, { ...FOUND, incremental: isTyping });
          }}
          matches={matches}
        />
        <Button icon="copy" onPress={copy}>
          {translate(hasSelection ? 'serial.copySelection' : 'serial.copyAll')}
        </Button>
        <Button icon="paste" onPress={paste}>
          {translate('serial.paste')}
        </Button>
        <Button icon="trash" onPress={() => open.current?.terminal.clear()}>
          {translate('serial.clear')}
        </Button>
      </Toolbar>
      <div className="serial-terminal" ref={holder} />
      <p className="console-hint" aria-live="polite">
        {translate(isGrabbed ? 'console.hintGrabbed' : 'serial.hint', { keys })}
      </p>
    </div>
  );
}

interface FindProps {
  readonly onFind: (text: string, isBackwards: boolean, isTyping: boolean) => void;
  readonly matches: { readonly index: number; readonly count: number } | undefined;
}

function Find({ onFind, matches }: FindProps) {
  const [text, setText] = useState('');
  const onKeyDown = ({ key, shiftKey }: KeyboardEvent): void => {
    if (key === 'Enter') onFind(text, shiftKey, false);
  };
  const found = matches === undefined || text === '' ? undefined : matches;
  return (
    <>
      <Input
        className="serial-find"
        type="search"
        aria-label={translate('serial.find')}
        placeholder={translate('serial.find')}
        value={text}
        onKeyDown={onKeyDown}
        onChange={({ target: { value } }) => {
          setText(value);
          onFind(value, false, true);
        }}
      />
      <IconButton icon="chevronUp" label={translate('serial.findPrevious')} onPress={() => onFind(text, true, false)} />
      <IconButton icon="chevronDown" label={translate('serial.findNext')} onPress={() => onFind(text, false, false)} />
      <span className="serial-matches" role="status">
        {found === undefined
          ? ''
          : found.count === 0
            ? translate('serial.noMatch')
            : translate('serial.matches', { number: found.index + 1, count: found.count })}
      </span>
    </>
  );
}
