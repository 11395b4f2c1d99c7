import type { ErrorRate } from '../../server/http/contract/common.ts';
import { reasonText } from '../i18n/reason.ts';
import { t } from '../i18n/translate.ts';

/** Says why an error rate is not known, and, folded away, what would make it known. Nothing if it is. */
export function UnknownErrors({ rate }: { readonly rate: ErrorRate }) {
  if (rate.unknown === null) return null;
  return (
    <div class="soft small" role="note">
      <p>{reasonText(rate.unknown.reason, rate.unknown.reasonCode)}</p>
      <details class="assumptions">
        <summary>{t('How to receive these lines')}</summary>
        <p>{reasonText(rate.unknown.remedy, rate.unknown.remedyCode)}</p>
      </details>
    </div>
  );
}
