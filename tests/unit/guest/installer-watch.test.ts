import { describe, expect, test } from 'vitest';
import { InstallerWatch } from '../../../src/guest/installer-watch';

const drives = [
  { id: 'cdrom0', file: '/images/debian.iso', bus: 'ide' },
  { id: 'cdrom1', file: null, bus: 'ide' },
] as const;

describe('the CD is offered to be taken out', () => {
  test('when the guest restarts after it wrote to a disk', () => {
    const watch = new InstallerWatch();
    watch.wrote(600_000);
    watch.wrote(600_000);
    expect(watch.restarted(drives)).toEqual(['cdrom0']);
  });

  test('once only', () => {
    const watch = new InstallerWatch();
    watch.wrote(2 << 20);
    watch.restarted(drives);
    watch.wrote(2 << 20);
    expect(watch.restarted(drives)).toEqual([]);
    watch.wrote(2 << 20);
    expect(watch.restarted([{ id: 'cdrom0', file: '/images/second.iso' }])).toEqual(['cdrom0']);
  });

  test('not after a restart that wrote nothing, nor after the user’s own reset', () => {
    const watch = new InstallerWatch();
    expect(watch.restarted(drives)).toEqual([]);
    watch.wrote(2 << 20);
    watch.hostResets();
    expect(watch.restarted(drives)).toEqual([]);
    watch.wrote(2 << 20);
    expect(watch.restarted(drives)).toEqual(['cdrom0']);
  });
});
