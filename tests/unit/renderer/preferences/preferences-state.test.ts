import { describe, expect, it } from 'vitest';
import {
  draftOf,
  isLimitWrong,
  requestOf,
  withPickedFolder,
  withUsualFolder,
} from '../../../../renderer/features/preferences/preferences-state';
import { defaultPreferences } from '../../../../src/config/preferences';

const { vmsFolder: _usual, ...chosen } = defaultPreferences;
const info = { chosen, vmsFolder: '/a/VMs', usualVmsFolder: '/usual', hostMemoryMiB: 8000, languageNow: 'en' };

describe('the preferences being edited', () => {
  it('ask for nothing new when nothing was changed', () => {
    expect(requestOf(draftOf(info))).toEqual({ ...chosen, folder: { kind: 'asNow' } });
  });

  it('a limit switched on starts below what the computer has, and must be a number in range', () => {
    const draft = { ...draftOf(info), hasLimit: true };
    expect(requestOf(draft)?.memoryLimitMiB).toBe(5888);
    for (const limit of ['', 'x', '15', '1.5', '-64', '99999999']) {
      expect(isLimitWrong({ ...draft, limit })).toBe(true);
      expect(requestOf({ ...draft, limit })).toBeUndefined();
    }
    expect(requestOf({ ...draft, hasLimit: false, limit: 'x' })?.memoryLimitMiB).toBeNull();
  });

  it('a picked folder goes by its token, the usual one by name', () => {
    const picked = withPickedFolder(draftOf(info), 'ab', '/b');
    expect([picked.folderText, requestOf(picked)?.folder]).toEqual(['/b', { kind: 'picked', token: 'ab' }]);
    const back = withUsualFolder(picked, info);
    expect([back.folderText, requestOf(back)?.folder]).toEqual(['/usual', { kind: 'usual' }]);
  });
});
