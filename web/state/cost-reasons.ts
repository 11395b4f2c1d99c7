import type { CompareAnswer } from '../../server/http/contract/compare.ts';

/** Why the cost of a period is unknown, or which invocations it leaves out; one sentence if both periods share the reason. */
export function costReasons({ before, after }: Pick<CompareAnswer, 'before' | 'after'>): readonly string[] {
  if (before.costReason === after.costReason) return before.costReason === null ? [] : [`Cost: ${before.costReason}.`];
  return [
    ...(before.costReason === null ? [] : [`Cost before: ${before.costReason}.`]),
    ...(after.costReason === null ? [] : [`Cost after: ${after.costReason}.`]),
  ];
}
