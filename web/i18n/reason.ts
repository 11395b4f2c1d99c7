/** Reasons and methods in the language of the reader: in English as the API says them, and else written from code and parameters. */
import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { shownLanguage } from './translate.ts';

type Texts = typeof import('./reason-texts.ts');

/** Null until a language needs them. */
let texts: Texts | null = null;

/** Loads the texts of reasons for a language that is not English. */
export async function loadReasonTexts(): Promise<void> {
  texts = await import('./reason-texts.ts');
}

/** `sentence` is the one of the API: shown in English, and where there is no code. */
export function reasonText<Sentence extends string | null>(
  sentence: Sentence,
  code: ReasonCodeView | null | undefined,
): Sentence | string {
  if (texts === null || code == null || shownLanguage() === 'en') return sentence;
  return texts.writtenReason(code);
}

/** Several, with their codes in the same order. */
export function reasonTexts(sentences: readonly string[], codes: readonly ReasonCodeView[] = []): readonly string[] {
  return sentences.map((sentence, at) => reasonText(sentence, codes[at]));
}

/** All of them as one text; null in English, which the API writes, and without codes. */
export function writtenReasons(codes: readonly ReasonCodeView[] | undefined): string | null {
  const shown = texts;
  if (shown === null || codes === undefined || shownLanguage() === 'en') return null;
  return codes.map((code) => shown.writtenReason(code)).join(' ');
}
