import type { RulesAnswer } from '../../server/http/contract/alert-rules.ts';
import { visible } from '../format.ts';
import { t } from '../i18n/translate.ts';

type Managed = RulesAnswer['items'][number]['managed'];

/** Names the file that a rule, a receiver or a list is managed by, as a badge; nothing if it is managed by none. */
export function ManagedBadge({ by }: { readonly by: Managed }) {
  if (by === null) return null;
  return (
    <span class="badge" title={t('Managed by a file: change it there.')}>
      {t('from {file}', { file: visible(by.file) })}
    </span>
  );
}

/** Says why the page offers no changes. */
export function ManagedNotice({ by }: { readonly by: Managed }) {
  if (by === null) return null;
  return (
    <p class="panel small" role="note">
      {t('Managed by {file}. Change it there: changes here are refused.', { file: visible(by.file) })}
    </p>
  );
}
