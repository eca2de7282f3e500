import { defaultOs, type OsConfig } from '../config/os';
import { translate } from './translate';

/** The name of a guest system: systems call themselves the same everywhere, but one that nobody knows has no name. */
export function systemText({ id, name }: Pick<OsConfig, 'id' | 'name'>): string {
  return id === defaultOs.id ? translate('system.other') : name;
}
