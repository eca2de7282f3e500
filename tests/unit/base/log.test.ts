import { describe, expect, it } from 'vitest';
import { formatLogLine, Log, type LogLine } from '../../../src/base/log';

describe('Log', () => {
  it('drops what is below its level and names its part', () => {
    const lines: LogLine[] = [];
    const log = new Log(
      'disk',
      (line) => lines.push(line),
      'info',
      () => 0,
    ).child('qcow2');
    log.debug('no');
    log.warn('yes');
    expect(lines).toEqual([{ time: 0, level: 'warn', part: 'disk/qcow2', text: 'yes' }]);
    expect(formatLogLine(lines[0]!)).toBe('1970-01-01T00:00:00.000Z warn  disk/qcow2: yes');
  });

  it('says a repeated thing once a while, with how often it was left out', () => {
    const lines: string[] = [];
    let now = 0;
    const log = new Log(
      'x',
      (line) => lines.push(line.text),
      'info',
      () => now,
    );
    for (let i = 0; i < 1000; i++) log.limited('warn', 'key', 'bad', 5000);
    now = 6000;
    log.limited('warn', 'key', 'bad', 5000);
    log.limited('warn', 'other', 'worse', 5000);
    expect(lines).toEqual(['bad', 'bad (and 999 more like it)', 'worse']);
  });
});
