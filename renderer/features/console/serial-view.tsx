import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { translate } from '../../../src/i18n/translate';
import { call } from '../../bridge/bridge';
import type { ConsoleConnection } from './console-connection';

interface SerialViewProps {
  readonly connection: ConsoleConnection;
  readonly port: number;
  readonly name: string;
  readonly isShown: boolean;
}

/** One serial port as a terminal. What the guest sends is text and nothing else: no links, no titles, no clipboard. */
export function SerialView({ connection, port, name, isShown }: SerialViewProps) {
  const holder = useRef<HTMLDivElement>(null);
  const terminal = useRef<{ terminal: Terminal; fit: FitAddon } | undefined>(undefined);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const style = getComputedStyle(document.documentElement);
    const made = new Terminal({
      fontFamily: style.getPropertyValue('--font-mono'),
      fontSize: 13,
      scrollback: 5000,
      cursorBlink: false,
      screenReaderMode: true,
      theme: { background: '#0b0e13', foreground: '#d7dee8', cursor: '#63d2ff', selectionBackground: '#2b5a78' },
    });
    const fit = new FitAddon();
    made.loadAddon(fit);
    made.open(element);
    made.textarea?.setAttribute('aria-label', translate('serial.terminal', { port: port + 1, name }));
    const encoder = new TextEncoder();
    const typing = made.onData((data) => connection.send({ t: 'serial', port, bytes: encoder.encode(data) }));
    const grab = (isGrabbed: boolean) => () => void call('app.keyboardGrab', { isGrabbed });
    made.textarea?.addEventListener('focus', grab(true));
    made.textarea?.addEventListener('blur', grab(false));
    const end = connection.onSerial(port, (bytes) => made.write(bytes));
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) fit.fit();
    });
    observer.observe(element);
    terminal.current = { terminal: made, fit };
    return () => {
      observer.disconnect();
      end();
      typing.dispose();
      made.dispose();
      grab(false)();
    };
  }, [connection, port, name]);

  useEffect(() => {
    if (!isShown) return;
    terminal.current?.fit.fit();
    terminal.current?.terminal.focus();
  }, [isShown]);

  return (
    <div className="serial" hidden={!isShown}>
      <div className="serial-terminal" ref={holder} />
    </div>
  );
}
