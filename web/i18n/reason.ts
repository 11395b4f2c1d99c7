/** Reasons and methods in the language of the reader: in English as the API says them, and else written from code and parameters. */

import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { sentencesText } from './lists.ts';
import { shownLanguage } from './translate.ts';

type Texts = typeof import('./reason-texts.ts');

/** Null until a language needs them. */
let texts: Texts | null = null;

/** Loads the texts of reasons for a language that is not English. */
export async function loadReasonTexts(): Promise<Texts> {
  texts = await import('./reason-texts.ts');
  return texts;
}

/** `sentence` is the one of the API: shown in English, and where there is no code. */
export function reasonText<Sentence extends string | null>(
  sentence: Sentence,
  code: ReasonCodeView | null | undefined,
): Sentence | string {
  if (texts === null || code == null || shownLanguage() === 'en') return sentence;
  return texts.writtenReason(code, sentence ?? '');
}

/** The name of a rule or an alert: those of the product are in the language of the reader. */
export function ruleNameText(name: string): string {
  return texts === null || shownLanguage() === 'en' ? name : texts.ruleName(name);
}

/** A sentence of the server without a code, in the language of the reader if it is known. */
export function saidText(sentence: string): string {
  return texts === null || shownLanguage() === 'en' ? sentence : texts.said(sentence);
}

/** Several, with their codes in the same order. */
export function reasonTexts(sentences: readonly string[], codes: readonly ReasonCodeView[] = []): readonly string[] {
  return sentences.map((sentence, at) => reasonText(sentence, codes[at]));
}

/** A text of several sentences with the codes of all of them. */
export function writtenReasons<Sentence extends string | null>(
  sentences: Sentence,
  codes: readonly ReasonCodeView[] | undefined,
): Sentence | string {
  const shown = texts;
  if (shown === null || codes === undefined || codes.length === 0 || shownLanguage() === 'en') return sentences;
  return sentencesText(...codes.map((code) => shown.writtenReason(code, sentences ?? '')));
}
