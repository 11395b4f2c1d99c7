/** Sentences of findings in the language of the reader: those of the API in English, and else written from code and parameters. */
import type { FindingGroup, FunctionFinding } from '../../server/http/contract/findings.ts';
import { shownLanguage } from './translate.ts';

type Texts = typeof import('./finding-texts.ts');

/** Null until a language needs them. */
let texts: Texts | null = null;
const written = (): Texts | null => (shownLanguage() === 'en' ? null : texts);

/** Loads the texts of findings for a language that is not English. */
export async function loadFindingTexts(): Promise<void> {
  texts = await import('./finding-texts.ts');
}

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
