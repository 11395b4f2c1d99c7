/** Parts of a text in a row, with the marks of the reader's language between them. */
import { t } from './translate.ts';

/** `version 43, memory 1024 → 512 MB`. */
export function listText(parts: readonly string[]): string {
  return parts.reduce((list, next) => (list === '' ? next : t('{list}, {next}', { list, next })), '');
}

/** `error rate −3.4 points; 5 metrics without a significant change`. */
export function clausesText(parts: readonly string[]): string {
  return parts.reduce((list, next) => (list === '' ? next : t('{list}; {next}', { list, next })), '');
}

/** Sentences one after the other. */
export function sentencesText(...sentences: readonly string[]): string {
  return sentences.reduce((text, next) => t('{text} {next}', { text, next }));
}

/** A clause as a sentence. */
export function sentenceText(sentence: string): string {
  return t('{sentence}.', { sentence });
}
