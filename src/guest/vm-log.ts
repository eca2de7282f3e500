import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { SessionEvents } from './vm-session';

/** A log larger than this at a start becomes `vm.log.1`. */
const MAX_BYTES = 1 << 20;
/** Per run: a guest cannot fill the host's disk through its log. */
const MAX_LINES = 5000;

/** Writes what becomes of a VM to its log: status changes, errors, how it ended. A log that cannot be written is left out. */
export function logTo(file: string, name: string): Partial<SessionEvents> {
  let lines = 0;
  const write = (level: string, text: string): void => {
    if (lines++ >= MAX_LINES) return;
    try {
      appendFileSync(file, `${new Date().toISOString()} ${level.padEnd(7)} ${text.replaceAll('\n', '\n    ')}\n`, {
        mode: 0o600,
      });
    } catch {
      // A full disk must not end the VM; the status says what matters.
    }
  };
  try {
    if (statSync(file).size > MAX_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
  write('info', `--- ${name}, process ${process.pid}`);
  let last = '';
  return {
    status: (status) => {
      const text =
        status.kind === 'starting'
          ? `starting: ${status.step}`
          : status.kind === 'crashed'
            ? `crashed: ${status.error.message}`
            : status.kind;
      // Saving tells its progress many times.
      if (text !== last) write('info', text);
      last = text;
    },
    log: (level, message) => write(level, message),
    medium: (device, file) => write('info', file === null ? `${device}: medium removed` : `${device}: ${file}`),
    end: (end) => write('info', `ended: ${JSON.stringify(end)}`),
  };
}
