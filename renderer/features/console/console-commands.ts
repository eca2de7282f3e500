import { Store } from '../../state/store';
import type { KeyCombination } from './key-codes';

/** What menus and the toolbar ask of the console that is shown; undefined: there is none. */
export interface ConsoleCommands {
  readonly grab: () => void;
  readonly send: (combination: KeyCombination) => void;
}

export const consoleCommands = new Store<ConsoleCommands | undefined>(undefined);
