/** Codes of summaries of alerts on one function, without an interval. */
import type { ReasonCodeView } from '../reasons.ts';

export function summaryCode(
  texts: { readonly subject: string; readonly rule: string; readonly unit: string },
  numbers: { readonly valueQuantity: number; readonly n: number; readonly thresholdQuantity: number },
): ReasonCodeView {
  const none = { hasTitle: false, title: null, hasInterval: false, lowQuantity: null, highQuantity: null };
  const known = { isAll: false, hasValue: true, isLowerBound: false, hasEvidence: true, comparison: '>' };
  return { code: 'alert-summary', parameters: { ...none, ...known, ...texts, ...numbers } };
}
