/** What a filter pattern of CloudWatch Logs lets through of the lines in which runtimes report failures. Pure. */
import { ERROR_TERMS } from './platform-terms.ts';

/** One alternative of an unstructured pattern: `?word` or `?"any text"`; the next one follows after a blank. */
const ALTERNATIVE = /\s*\?(?:"((?:[^"\\]|\\.)*)"|([^\s"?\-{[%]+))(?=\s|$)/y;

/**
 * The words of {@link ERROR_TERMS} whose lines the pattern may drop; empty if it passes them all. A pattern that is not a list of
 * alternatives (required or excluded words, JSON, columns, regular expressions) may drop any of them: a required word rules
 * out every line without it, and CloudWatch Logs ignores alternatives beside one. Words are case-sensitive.
 */
export function droppedErrorTerms(pattern: string): readonly string[] {
  if (pattern.trim() === '') return [];
  const words = alternativesOf(pattern);
  // A line with the longer word contains the shorter one.
  return words === null ? ERROR_TERMS : ERROR_TERMS.filter((term) => !words.some((word) => term.includes(word)));
}

/** The words of a pattern that is a list of alternatives; null for any other pattern. */
function alternativesOf(pattern: string): readonly string[] | null {
  const words: string[] = [];
  ALTERNATIVE.lastIndex = 0;
  let end = 0;
  for (let found = ALTERNATIVE.exec(pattern); found !== null; found = ALTERNATIVE.exec(pattern)) {
    const word = found[1]?.replace(/\\(.)/g, '$1') ?? found[2] ?? '';
    if (word === '') return null;
    words.push(word);
    end = ALTERNATIVE.lastIndex;
  }
  return words.length > 0 && pattern.slice(end).trim() === '' ? words : null;
}
