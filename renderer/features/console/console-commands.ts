import { Store } from '../../state/store';
import type { SpecialKey } from '../../../src/protocol/special-keys';

/** What menus and the toolbar ask of the console that is shown; undefined: there is none. */
export interface ConsoleCommands {
  readonly grab: () => void;
  readonly send: (combination: SpecialKey) => void;
}

export const consoleCommands = new Store<ConsoleCommands | undefined>(undefined);
