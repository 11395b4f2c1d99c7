import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import { reasonText } from '../i18n/reason.ts';
import { t } from '../i18n/translate.ts';

/** Why the cost of a period is unknown, or which invocations it leaves out; one sentence if both periods share the reason. */
export function costReasons({ before, after }: Pick<CompareAnswer, 'before' | 'after'>): readonly string[] {
  const [first, second] = [before, after].map((side) => reasonText(side.costReason, side.costReasonCode));
  if (first === second) return first == null ? [] : [t('Cost: {reason}.', { reason: first })];
  return [
    ...(first == null ? [] : [t('Cost before: {reason}.', { reason: first })]),
    ...(second == null ? [] : [t('Cost after: {reason}.', { reason: second })]),
  ];
}
