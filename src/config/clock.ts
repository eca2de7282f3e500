import type { Problem } from './problem';
import { FieldReader } from './reader';

export interface ClockConfig {
  /** What the real-time clock shows at power-on. Windows and DOS want 'local'. */
  readonly rtc: 'utc' | 'local';
}

export const defaultClock: ClockConfig = { rtc: 'utc' };

export function readClock(value: unknown, path: string, problems: Problem[]): ClockConfig {
  if (value === undefined) return defaultClock;
  const fields = new FieldReader(value, path, problems);
  const clock: ClockConfig = { rtc: fields.choice('rtc', ['utc', 'local'], defaultClock.rtc) };
  fields.end();
  return clock;
}
