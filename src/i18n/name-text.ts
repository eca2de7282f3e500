import { maxNameLength, type NameTrouble } from '../config/vm-name';
import { translate } from './translate';

/** Why a VM cannot have a name, as a sentence. */
export function nameText(trouble: NameTrouble): string {
  return translate(`name.${trouble}`, { count: maxNameLength });
}
