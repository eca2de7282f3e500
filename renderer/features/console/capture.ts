import { translate } from '../../../src/i18n/translate';
import type { VmId } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { notify, report } from '../../state/notices';

export function captureToFile(vm: VmId): void {
  call('console.captureToFile', { vm }).then((isSaved) => {
    if (isSaved) notify('info', translate('capture.saved'));
  }, report);
}

export function captureToClipboard(vm: VmId): void {
  call('console.captureToClipboard', { vm }).then(() => notify('info', translate('capture.copied')), report);
}
