export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  readonly time: number;
  readonly level: LogLevel;
  /** Which part speaks, e.g. 'disk/qcow2'. */
  readonly part: string;
  readonly text: string;
}

export type LogSink = (line: LogLine) => void;

const order: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/**
 * A part's voice. Lines caused by a guest or a file must go through `limited`, so that nobody can fill the host's disk
 * with them. `now` is host time in milliseconds; the machine thread passes guest time to stay deterministic.
 */
export class Log {
  readonly #suppressed = new Map<string, { since: number; count: number }>();

  constructor(
    readonly part: string,
    private readonly sink: LogSink,
    private readonly level: LogLevel = 'info',
    private readonly now: () => number = Date.now,
  ) {}

  child(part: string): Log {
    return new Log(`${this.part}/${part}`, this.sink, this.level, this.now);
  }

  error(text: string): void {
    this.#write('error', text);
  }

  warn(text: string): void {
    this.#write('warn', text);
  }

  info(text: string): void {
    this.#write('info', text);
  }

  debug(text: string): void {
    this.#write('debug', text);
  }

  /** At most one line per `key` and `everyMs`; the next one says how many were left out. Keys must be few and fixed. */
  limited(level: LogLevel, key: string, text: string, everyMs = 5000): void {
    const now = this.now();
    const seen = this.#suppressed.get(key);
    if (seen !== undefined && now - seen.since < everyMs) {
      seen.count++;
      return;
    }
    const more = seen !== undefined && seen.count > 0 ? ` (and ${seen.count} more like it)` : '';
    this.#suppressed.set(key, { since: now, count: 0 });
    this.#write(level, text + more);
  }

  #write(level: LogLevel, text: string): void {
    if (order[level] > order[this.level]) return;
    this.sink({ time: this.now(), level, part: this.part, text });
  }
}

/** A log that nobody reads. */
export const silentLog = new Log('', () => {}, 'error');

export function formatLogLine(line: LogLine): string {
  return `${new Date(line.time).toISOString()} ${line.level.padEnd(5)} ${line.part}: ${line.text}`;
}
