import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import { t } from '../i18n/translate.ts';

/** Why the cost of a period is unknown, or which invocations it leaves out; one sentence if both periods share the reason. */
export function costReasons({ before, after }: Pick<CompareAnswer, 'before' | 'after'>): readonly string[] {
  if (before.costReason === after.costReason)
    return before.costReason === null ? [] : [t('Cost: {reason}.', { reason: before.costReason })];
  return [
    ...(before.costReason === null ? [] : [t('Cost before: {reason}.', { reason: before.costReason })]),
    ...(after.costReason === null ? [] : [t('Cost after: {reason}.', { reason: after.costReason })]),
  ];
}
