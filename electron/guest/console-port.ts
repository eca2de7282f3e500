import type { ConsolePort } from '../../src/guest/console-hub';

/** A window's console link over the port that main handed on. */
export function consolePortOf(port: Electron.MessagePortMain): ConsolePort {
  const link: ConsolePort = {
    // Nothing in a message may lie in shared memory: such a message would break the port for good.
    send: (message) => port.postMessage(message),
    onMessage: undefined,
    onClose: undefined,
  };
  port.on('message', ({ data }) => link.onMessage?.(data));
  port.on('close', () => link.onClose?.());
  port.start();
  return link;
}
