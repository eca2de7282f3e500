import { readFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import * as path from 'node:path';

/** Where Subzero keeps things on this computer. `SUBZERO_HOME` moves all of it (tests, portable use). */
export interface SubzeroPaths {
  /** New VMs go here, and what is in here is in the library. */
  readonly vmsFolder: string;
  /** Preferences and the list of VMs that lie elsewhere. */
  readonly configFolder: string;
  /** Deleted VMs. */
  readonly trashFolder: string;
  /** Can be made anew. */
  readonly cacheFolder: string;
  /** Sockets of running VMs; private to the user. */
  readonly runtimeFolder: string;
  /** Takes the sockets when the runtime folder's path is too long for one. */
  readonly shortRuntimeFolder: string;
}

export const VMS_FOLDER_NAME = 'Subzero VMs';

type Environment = Readonly<Record<string, string | undefined>>;

export function subzeroPaths(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): SubzeroPaths {
  const shortRuntimeFolder = path.join(platform === 'linux' ? '/tmp' : tmpdir(), `subzero-${userInfo().uid}`);
  const home = env['SUBZERO_HOME'];
  if (home !== undefined && home !== '') {
    const root = path.resolve(home);
    return {
      vmsFolder: path.join(root, VMS_FOLDER_NAME),
      configFolder: root,
      trashFolder: path.join(root, 'trash'),
      cacheFolder: path.join(root, 'cache'),
      runtimeFolder: path.join(root, 'run'),
      shortRuntimeFolder,
    };
  }
  // An empty HOME is as good as none: a relative path would put VMs wherever the command was called.
  const user = absolute(env['HOME']) ?? (homedir() || userInfo().homedir);
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? path.join(user, 'AppData', 'Local');
    return {
      vmsFolder: path.join(user, 'Documents', VMS_FOLDER_NAME),
      configFolder: path.join(env['APPDATA'] ?? path.join(user, 'AppData', 'Roaming'), 'Subzero'),
      trashFolder: path.join(local, 'Subzero', 'trash'),
      cacheFolder: path.join(local, 'Subzero', 'cache'),
      runtimeFolder: path.join(local, 'Subzero', 'run'),
      shortRuntimeFolder,
    };
  }
  if (platform === 'darwin') {
    return {
      vmsFolder: path.join(user, 'Documents', VMS_FOLDER_NAME),
      configFolder: path.join(user, 'Library', 'Application Support', 'Subzero'),
      trashFolder: path.join(user, 'Library', 'Application Support', 'Subzero', 'trash'),
      cacheFolder: path.join(user, 'Library', 'Caches', 'Subzero'),
      runtimeFolder: path.join(user, 'Library', 'Application Support', 'Subzero', 'run'),
      shortRuntimeFolder,
    };
  }
  const configHome = absolute(env['XDG_CONFIG_HOME']) ?? path.join(user, '.config');
  const runtimeHome = absolute(env['XDG_RUNTIME_DIR']);
  return {
    vmsFolder: path.join(documentsFolder(user, configHome), VMS_FOLDER_NAME),
    configFolder: path.join(configHome, 'subzero'),
    trashFolder: path.join(absolute(env['XDG_DATA_HOME']) ?? path.join(user, '.local', 'share'), 'Trash'),
    cacheFolder: path.join(absolute(env['XDG_CACHE_HOME']) ?? path.join(user, '.cache'), 'subzero'),
    runtimeFolder: runtimeHome === undefined ? shortRuntimeFolder : path.join(runtimeHome, 'subzero'),
    shortRuntimeFolder,
  };
}

/** The XDG base directory specification: relative paths are invalid and ignored. */
function absolute(value: string | undefined): string | undefined {
  return value !== undefined && path.isAbsolute(value) ? value : undefined;
}

/** `XDG_DOCUMENTS_DIR` of xdg-user-dirs' file, which is shell syntax of a fixed shape. */
function documentsFolder(home: string, configHome: string): string {
  const fallback = path.join(home, 'Documents');
  let text: string;
  try {
    text = readFileSync(path.join(configHome, 'user-dirs.dirs'), 'utf8');
  } catch {
    // Most servers have none.
    return fallback;
  }
  const match = /^\s*XDG_DOCUMENTS_DIR="(\$HOME)?(\/[^"]*)?"/m.exec(text);
  if (match === null) return fallback;
  const folder = match[1] === undefined ? (match[2] ?? '') : home + (match[2] ?? '');
  return path.isAbsolute(folder) ? folder.replace(/\\(.)/g, '$1') : fallback;
}
