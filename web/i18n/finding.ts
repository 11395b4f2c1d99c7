/** Sentences of findings in the language of the reader: those of the API in English, and else written from code and parameters. */
import type { FindingGroup, FunctionFinding } from '../../server/http/contract/findings.ts';
import { written } from './written.ts';

/** Of one function. */
export function findingSentence({
  code,
  parameters,
  sentence,
}: Pick<FunctionFinding, 'code' | 'parameters' | 'sentence'>): string {
  return written()?.findingText(code, parameters) ?? sentence;
}

/** Of all functions with the same finding. */
export function groupSentence({ code, parameters, sentence }: FindingGroup): string {
  return written()?.groupText(code, parameters) ?? sentence;
}

/** What to do about it. */
export function nextSentence({ code, next }: FindingGroup): string {
  return written()?.nextText(code, next.parameters) ?? next.sentence;
}
