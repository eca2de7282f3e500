import type { MissingPart, SystemVerdict } from '../config/system-verdict';
import { currentLanguage, translate } from './translate';

/** Whether a system runs here, in one line. */
export function verdictText(verdict: SystemVerdict): string {
  switch (verdict.kind) {
    case 'tested':
      return translate('verdict.tested', { version: verdict.version });
    case 'expected':
      return verdict.unless === undefined
        ? translate('verdict.expected')
        : translate('verdict.expectedUnless', {
            name: verdict.unless.name,
            reasons: listOf(verdict.unless.missing),
          });
    case 'cannot':
      return translate('verdict.cannot', { reasons: listOf(verdict.missing) });
  }
}

function listOf(missing: readonly MissingPart[]): string {
  const reasons = missing.map((part) => translate(`verdict.missing.${part}`));
  return new Intl.ListFormat(currentLanguage(), { type: 'conjunction' }).format(reasons);
}
