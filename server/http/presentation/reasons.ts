/** Reasons of analyses as answers have them: the English sentence, and beside it the code with its parameters. */
import type { Reason } from '../../../ingest/text/reason.ts';
import type { ReasonCodeView } from '../contract/reasons.ts';

export function sentenceOf(reason: Reason | null): string | null {
  return reason === null ? null : reason.text;
}

export function codeOf(reason: Reason): ReasonCodeView;
export function codeOf(reason: Reason | null): ReasonCodeView | null;
export function codeOf(reason: Reason | null): ReasonCodeView | null {
  return reason === null ? null : { code: reason.code, parameters: { ...reason.parameters } };
}

export function codesOf(reasons: readonly Reason[]): ReasonCodeView[] {
  return reasons.map((reason) => codeOf(reason));
}

/** Why a cost is null, or what it leaves out. */
export function costReasonOf(reason: Reason | null): {
  readonly costReason: string | null;
  readonly costReasonCode: ReasonCodeView | null;
} {
  return { costReason: sentenceOf(reason), costReasonCode: codeOf(reason) };
}
