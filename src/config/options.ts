import type { Problem } from './problem';
import { FieldReader } from './reader';

export const hostCloseActions = ['ask', 'background', 'suspend', 'powerOff'] as const;
export const guestResetActions = ['reset', 'powerOff'] as const;

export const powerOffActions = ['powerOff', 'revert', 'snapshot', 'ask'] as const;

export interface OptionsConfig {
  /** What becomes of the running VM when its window closes. */
  readonly onHostClose: (typeof hostCloseActions)[number];
  /** What follows a power-off: nothing, back to the snapshot it came from, a new snapshot, or what the user then says. */
  readonly onPowerOff: (typeof powerOffActions)[number];
  /** What a reset by the guest does; a triple fault is one too. */
  readonly onGuestReset: (typeof guestResetActions)[number];
  /** Start with the app. */
  readonly autoStart: boolean;
}

export const defaultOptions: OptionsConfig = {
  onHostClose: 'ask',
  onPowerOff: 'powerOff',
  onGuestReset: 'reset',
  autoStart: false,
};

export function readOptions(value: unknown, path: string, problems: Problem[]): OptionsConfig {
  if (value === undefined) return defaultOptions;
  const fields = new FieldReader(value, path, problems);
  const options: OptionsConfig = {
    onHostClose: fields.choice('onHostClose', hostCloseActions, defaultOptions.onHostClose),
    onPowerOff: fields.choice('onPowerOff', powerOffActions, defaultOptions.onPowerOff),
    onGuestReset: fields.choice('onGuestReset', guestResetActions, defaultOptions.onGuestReset),
    autoStart: fields.flag('autoStart', defaultOptions.autoStart),
  };
  fields.end();
  return options;
}
