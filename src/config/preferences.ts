import { isAbsolutePath } from './reader';

export const appearances = ['system', 'light', 'dark'] as const;
export const closeActions = ['ask', 'background', 'suspend', 'powerOff'] as const;
export const hostKeySets = ['controlAlt', 'controlShiftAlt', 'rightControl'] as const;

export type CloseAction = (typeof closeActions)[number];

/** The keys that give keyboard and mouse back to the host; with Enter and Insert they make its other shortcuts. */
export type HostKeys = (typeof hostKeySets)[number];

/** What a user sets for all of Subzero: the window and the command line. */
export interface Preferences {
  /** A language's code, or 'system'. One that does not exist counts as 'system'. */
  readonly language: string;
  readonly appearance: (typeof appearances)[number];
  /** Where new VMs go; null: the usual place. */
  readonly vmsFolder: string | null;
  /** What becomes of running VMs when the window closes, where a VM's own settings leave it open. */
  readonly onClose: CloseAction;
  readonly hostKeys: HostKeys;
  /** The memory of all running VMs together; null: no limit. */
  readonly memoryLimitMiB: number | null;
}

export const defaultPreferences: Preferences = {
  language: 'system',
  appearance: 'system',
  vmsFolder: null,
  onClose: 'ask',
  hostKeys: 'controlAlt',
  memoryLimitMiB: null,
};

export const MIN_MEMORY_LIMIT_MIB = 16;
export const MAX_MEMORY_LIMIT_MIB = 1 << 20;

/** From a file of any origin: what is not right there is as if it had never been set. */
export function preferencesFrom(json: unknown): Preferences {
  const found = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const { language, appearance, vmsFolder, onClose, hostKeys, memoryLimitMiB } = found;
  const initial = defaultPreferences;
  return {
    language: typeof language === 'string' && /^[a-z]{2,8}$/.test(language) ? language : initial.language,
    appearance: appearances.find((one) => one === appearance) ?? initial.appearance,
    vmsFolder: typeof vmsFolder === 'string' && isAbsolutePath(vmsFolder) ? vmsFolder : initial.vmsFolder,
    onClose: closeActions.find((one) => one === onClose) ?? initial.onClose,
    hostKeys: hostKeySets.find((one) => one === hostKeys) ?? initial.hostKeys,
    memoryLimitMiB: isMemoryLimit(memoryLimitMiB) ? memoryLimitMiB : initial.memoryLimitMiB,
  };
}

export function isMemoryLimit(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= MIN_MEMORY_LIMIT_MIB && Number(value) <= MAX_MEMORY_LIMIT_MIB;
}
