import { useEffect, useRef, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { hostKeys, hostKeysText } from '../../state/preferences';
import { useStore } from '../../state/store';
import { isFullScreen, setFullScreen } from '../../state/window';
import { consoleCommands } from './console-commands';
import type { ConsoleConnection } from './console-connection';
import { hostPlatform } from './host-platform';
import { initialKeyboard, type KeyboardEventIn, keyboardStep } from './keyboard';
import { initialPointer, mergeMoves, type PointerEventIn, type PointerPlace, pointerStep } from './pointer';
import type { PointerMove } from '../../../src/protocol/guest';
import { type Scaling, shownSize } from './scaling';
import { leaveConsole } from './leave-console';
import { linesToRead } from './text-reader';

interface ConsoleViewProps {
  readonly vm: VmItem;
  readonly connection: ConsoleConnection;
  readonly scaling: Scaling;
  readonly isShown: boolean;
}

/** The guest's screen, with keyboard and mouse. */
export function ConsoleView({ vm, connection, scaling, isShown }: ConsoleViewProps) {
  const room = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  const mode = useStore(connection.mode);
  const isAbsolute = useStore(connection.isAbsolute);
  const [isGrabbed, setGrabbed] = useState(false);
  const { name } = vm;

  useEffect(() => {
    connection.send({ t: 'visible', visible: isShown });
  }, [connection, isShown]);

  useEffect(() => {
    const holder = screen.current;
    holder?.append(connection.canvas);
    return () => connection.canvas.remove();
  }, [connection]);

  useEffect(() => {
    const holder = room.current;
    if (holder === null || mode === undefined) return undefined;
    const fit = (): void => {
      const space = { width: holder.clientWidth, height: holder.clientHeight };
      const shown = shownSize(mode, space, window.devicePixelRatio, scaling);
      const { style } = connection.canvas;
      style.width = `${shown.width}px`;
      style.height = `${shown.height}px`;
      style.imageRendering = shown.isCrisp ? 'pixelated' : 'auto';
    };
    const observer = new ResizeObserver(fit);
    observer.observe(holder);
    // Another screen of this computer has other pixels.
    const density = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    density.addEventListener('change', fit);
    fit();
    return () => {
      observer.disconnect();
      density.removeEventListener('change', fit);
    };
  }, [connection, mode, scaling]);

  useConsoleInput(connection, screen, isShown && vm.status.kind === 'running', setGrabbed);

  const hint = isGrabbed ? 'console.hintGrabbed' : isAbsolute ? 'console.hintAbsolute' : 'console.hintCapture';
  return (
    <div className="console" hidden={!isShown}>
      <div className="console-room" ref={room}>
        <div
          ref={screen}
          className={`console-screen ${mode === undefined ? 'waiting' : ''}`}
          role="img"
          aria-label={translate('console.screen', { name })}
          data-mode={mode === undefined ? '' : `${mode.width}x${mode.height}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the guest's keyboard and mouse
          tabIndex={0}
        />
        {mode === undefined ? <p className="console-connecting">{translate('console.connecting')}</p> : null}
      </div>
      <p className="console-hint" aria-live="polite">
        {translate(hint, { keys: hostKeysText(useStore(hostKeys)) })}
      </p>
      <GuestText connection={connection} name={name} />
    </div>
  );
}

/** A text screen as text: whole for reading, changed lines announced. */
function GuestText({ connection, name }: { readonly connection: ConsoleConnection; readonly name: string }) {
  const lines = useStore(connection.text);
  const [announced, setAnnounced] = useState<readonly string[]>([]);
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    setAnnounced(linesToRead(before.current, lines, undefined));
    before.current = lines;
  }, [lines]);
  return (
    <div className="visually-hidden">
      <section aria-label={translate('console.text', { name })} className="guest-text">
        <pre>{lines.join('\n')}</pre>
      </section>
      <div aria-live="polite">{announced.join('\n')}</div>
    </div>
  );
}

/** Feeds keyboard and pointer logic with what happens on the screen's element. */
function useConsoleInput(
  connection: ConsoleConnection,
  screen: React.RefObject<HTMLDivElement | null>,
  canType: boolean,
  setGrabbed: (isGrabbed: boolean) => void,
): void {
  const letGo = useRef(() => {});
  // A guest that stands still, or is not seen, has no keys held.
  useEffect(() => {
    if (!canType) letGo.current();
  }, [canType]);
  useEffect(() => {
    const element = screen.current;
    if (element === null) return undefined;
    const abort = new AbortController();
    const { signal } = abort;
    const { canvas } = connection;
    let keyboard = initialKeyboard(hostPlatform, hostKeys.get());
    let pointer = initialPointer;
    let waiting: PointerMove | undefined;
    let frame = 0;

    const flush = (): void => {
      cancelAnimationFrame(frame);
      frame = 0;
      if (waiting !== undefined) connection.send({ t: 'pointer', ...waiting });
      waiting = undefined;
    };
    const onKeyboard = (event: KeyboardEventIn): boolean => {
      const { state, strokes, action, isHandled } = keyboardStep(keyboard, event);
      keyboard = state;
      if (strokes.length > 0) {
        flush();
        connection.send({ t: 'keys', strokes });
      }
      if (action === 'release') release();
      if (action === 'toggleFullScreen') setFullScreen(!isFullScreen.get());
      return isHandled;
    };
    const onPointer = (event: PointerEventIn): void => {
      const { state, move, action } = pointerStep(pointer, event);
      pointer = state;
      if (move !== undefined) {
        const merged = waiting === undefined ? move : mergeMoves(waiting, move);
        if (merged === undefined) flush();
        waiting = merged ?? move;
        frame ||= requestAnimationFrame(flush);
      }
      if (action === 'lock') canvas.requestPointerLock();
      if (action === 'unlock') document.exitPointerLock();
    };
    const release = (): void => {
      onPointer({ t: 'release' });
      element.blur();
      leaveConsole();
    };
    const place = ({ clientX, clientY }: MouseEvent): PointerPlace => {
      const box = canvas.getBoundingClientRect();
      return { x: clientX - box.left, y: clientY - box.top, width: box.width, height: box.height };
    };
    const stopHostAction = (event: Event, isHandled: boolean): void => {
      if (!isHandled) return;
      event.preventDefault();
      event.stopPropagation();
    };

    element.addEventListener(
      'keydown',
      (event) => {
        const { code, key, repeat, timeStamp } = event;
        stopHostAction(event, onKeyboard({ t: 'down', code, key, isRepeat: repeat, timeMs: timeStamp }));
      },
      { signal },
    );
    element.addEventListener('keyup', (event) => stopHostAction(event, onKeyboard({ t: 'up', code: event.code })), {
      signal,
    });
    element.addEventListener(
      'focus',
      () => {
        setGrabbed(true);
        void call('app.keyboardGrab', { isGrabbed: true });
      },
      { signal },
    );
    const leave = (): void => {
      onKeyboard({ t: 'blur' });
      onPointer({ t: 'release' });
      flush();
    };
    element.addEventListener(
      'blur',
      () => {
        leave();
        setGrabbed(false);
        void call('app.keyboardGrab', { isGrabbed: false });
      },
      { signal },
    );
    window.addEventListener('blur', leave, { signal });
    document.addEventListener('visibilitychange', leave, { signal });
    element.addEventListener(
      'mousedown',
      (event) => {
        event.preventDefault();
        element.focus();
        onPointer({ t: 'down', button: event.button, place: place(event) });
      },
      { signal },
    );
    window.addEventListener('mouseup', (event) => onPointer({ t: 'up', button: event.button, place: place(event) }), {
      signal,
    });
    element.addEventListener(
      'mousemove',
      (event) => {
        const scale =
          canvas.clientWidth === 0 ? 1 : (connection.mode.get()?.width ?? canvas.clientWidth) / canvas.clientWidth;
        onPointer({ t: 'move', place: place(event), dx: event.movementX, dy: event.movementY, scale });
      },
      { signal },
    );
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        onPointer({ t: 'wheel', deltaY: event.deltaY, deltaMode: event.deltaMode, place: place(event) });
      },
      { signal, passive: false },
    );
    element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    document.addEventListener(
      'pointerlockchange',
      () => onPointer({ t: 'lock', isLocked: document.pointerLockElement === canvas }),
      { signal },
    );
    const keysEnd = hostKeys.subscribe(() => {
      onKeyboard({ t: 'blur' });
      keyboard = initialKeyboard(hostPlatform, hostKeys.get());
    });
    const modeEnds = connection.isAbsolute.subscribe(() =>
      onPointer({ t: 'mode', isAbsolute: connection.isAbsolute.get() }),
    );
    onPointer({ t: 'mode', isAbsolute: connection.isAbsolute.get() });
    letGo.current = leave;
    consoleCommands.set({
      grab: () => element.focus(),
      send: (combination) => {
        onKeyboard({ t: 'combination', name: combination });
      },
    });
    return () => {
      abort.abort();
      modeEnds();
      keysEnd();
      leave();
      consoleCommands.set(undefined);
      void call('app.keyboardGrab', { isGrabbed: false });
    };
  }, [connection, screen, setGrabbed]);
}
