/** Names of periods in the language of the reader. */

import type { Period } from '../../../server/http/contract/periods.ts';
import { shownLanguage, t } from '../../i18n/translate.ts';

/** `November 2026`, `Week 48, 2026-11-23 to 2026-11-29`. */
export function periodText({ week, fromMs, lastDay, firstDay }: Period): string {
  if (week !== null) return t('Week {week}, {from} to {to}', { week: String(week), from: firstDay, to: lastDay });
  return new Intl.DateTimeFormat(shownLanguage() === 'en' ? 'en-US' : shownLanguage(), {
    ...{ month: 'long', year: 'numeric', timeZone: 'UTC' },
  } as const).format(fromMs);
}
