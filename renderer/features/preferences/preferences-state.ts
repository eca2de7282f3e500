import { isMemoryLimit } from '../../../src/config/preferences';
import type { ChosenPreferences, FileToken, PreferencesInfo, VmsFolderChoice } from '../../../src/protocol/app';

/** What the dialog holds before it is saved. Pure. */
export interface PreferencesDraft extends Omit<ChosenPreferences, 'memoryLimitMiB'> {
  readonly folder: VmsFolderChoice;
  /** Shown only. */
  readonly folderText: string;
  readonly hasLimit: boolean;
  /** As typed. */
  readonly limit: string;
}

export function draftOf({ chosen, vmsFolder, hostMemoryMiB }: PreferencesInfo): PreferencesDraft {
  const { memoryLimitMiB, ...rest } = chosen;
  return {
    ...rest,
    folder: { kind: 'asNow' },
    folderText: vmsFolder,
    hasLimit: memoryLimitMiB !== null,
    // A limit that is switched on first leaves this computer something.
    limit: String(memoryLimitMiB ?? Math.max(256, Math.floor((hostMemoryMiB * 0.75) / 256) * 256)),
  };
}

export function withPickedFolder(draft: PreferencesDraft, token: FileToken, shown: string): PreferencesDraft {
  return { ...draft, folder: { kind: 'picked', token }, folderText: shown };
}

export function withUsualFolder(draft: PreferencesDraft, { usualVmsFolder }: PreferencesInfo): PreferencesDraft {
  return { ...draft, folder: { kind: 'usual' }, folderText: usualVmsFolder };
}

export function isLimitWrong({ hasLimit, limit }: PreferencesDraft): boolean {
  return hasLimit && !(/^\d{1,7}$/.test(limit.trim()) && isMemoryLimit(Number(limit)));
}

/** What 'preferences.set' is asked; undefined while something is wrong. */
export function requestOf(draft: PreferencesDraft): (ChosenPreferences & { folder: VmsFolderChoice }) | undefined {
  if (isLimitWrong(draft)) return undefined;
  const { language, appearance, onClose, hostKeys, folder, hasLimit, limit } = draft;
  return { language, appearance, onClose, hostKeys, folder, memoryLimitMiB: hasLimit ? Number(limit) : null };
}
