import { errorText } from '../../src/i18n/error-text';
import { translate } from '../../src/i18n/translate';
import type { WireError } from '../../src/base/errors';
import type { VmEnd } from '../../src/protocol/guest';

/** What a user who does not see the window is told of a VM's end; undefined: it did as it was asked. */
export function endText(end: VmEnd | undefined, crash: WireError | undefined): string | undefined {
  if (crash !== undefined) return translate('notice.crashed', { reason: errorText(crash) });
  switch (end?.kind) {
    case 'poweredOff':
      return end.by === 'guest' ? translate('notice.poweredOff') : undefined;
    case 'noReboot':
      return translate('notice.poweredOff');
    case 'tripleFault':
      return translate('notice.tripleFault');
    case 'debugExit':
      return translate('notice.debugExit', { status: end.status });
    case 'failed':
      return translate('notice.crashed', { reason: errorText(end.error) });
    default:
      return undefined;
  }
}

/** The same of a VM that stands still. */
export function pauseText(reason: 'diskFull' | 'ioError'): string {
  return translate(reason === 'diskFull' ? 'state.pausedDiskFull' : 'state.pausedIoError');
}
