/** `preferences.json` in the configuration folder. Every process reads it at its start; the window's main process writes it. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../base/atomic-file';
import type { HostFiles } from '../base/host-files';
import { type Preferences, preferencesFrom } from '../config/preferences';
import { type SubzeroPaths, subzeroPaths } from './paths';

const NAME = 'preferences.json';

/** A file that is missing or damaged is as none: nothing may keep Subzero from starting. */
export function readPreferences({ configFolder }: Pick<SubzeroPaths, 'configFolder'>): Preferences {
  try {
    return preferencesFrom(JSON.parse(readFileSync(path.join(configFolder, NAME), 'utf8')));
  } catch {
    return preferencesFrom(undefined);
  }
}

/** Whole or not at all. */
export async function writePreferences(
  files: HostFiles,
  { configFolder }: Pick<SubzeroPaths, 'configFolder'>,
  preferences: Preferences,
  makeFolders: (folder: string) => Promise<void>,
): Promise<void> {
  await makeFolders(configFolder);
  const text = `${JSON.stringify(preferences, undefined, 2)}\n`;
  await replaceFile(files, path.join(configFolder, NAME), new TextEncoder().encode(text));
}

/** Where things are, with the folder for VMs that the user chose. */
export function preferredPaths(usual: SubzeroPaths = subzeroPaths()): SubzeroPaths {
  const { vmsFolder } = readPreferences(usual);
  return vmsFolder === null ? usual : { ...usual, vmsFolder };
}
