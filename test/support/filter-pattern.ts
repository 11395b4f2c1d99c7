/**
 * Filter patterns for unstructured log events as the CloudWatch Logs user guide describes them ("Matching terms in unstructured log
 * events"), written from the guide alone: tests compare the product's patterns with it.
 */

interface Term {
  readonly sign: '' | '?' | '-';
  readonly text: string;
}

/** Most characters of a pattern (PutSubscriptionFilter). */
const MOST_CHARS = 1024;

/** Whether a subscription with the pattern passes the line. @throws Error for what is no such pattern */
export function passesFilter(pattern: string, message: string): boolean {
  const terms = termsOf(pattern);
  const has = ({ text }: Term): boolean => message.includes(text);
  const of = (sign: Term['sign']): readonly Term[] => terms.filter((term) => term.sign === sign);
  if (of('-').some(has)) return false;
  // Beside terms that are required or excluded, alternatives are ignored.
  const isAlternatives = terms.length > 0 && of('?').length === terms.length;
  return isAlternatives ? terms.some(has) : of('').every(has);
}

function termsOf(pattern: string): readonly Term[] {
  if (pattern.length > MOST_CHARS) throw new Error(`the pattern has ${pattern.length} characters`);
  const terms: Term[] = [];
  let at = 0;
  const blanks = (): void => {
    while (pattern[at] === ' ') at += 1;
  };
  for (blanks(); at < pattern.length; blanks()) {
    const sign = pattern[at] === '?' || pattern[at] === '-' ? (pattern[at] as '?' | '-') : '';
    if (sign !== '') at += 1;
    const isQuoted = pattern[at] === '"';
    const end = isQuoted ? pattern.indexOf('"', at + 1) : endOfWord(pattern, at);
    if (end === -1) throw new Error(`no quote ends the one at ${at}`);
    const text = pattern.slice(isQuoted ? at + 1 : at, end);
    if (text === '') throw new Error(`no term at ${at}`);
    if (!isQuoted && !/^\w+$/.test(text)) throw new Error(`${text} needs quotes`);
    at = isQuoted ? end + 1 : end;
    if (at < pattern.length && pattern[at] !== ' ') throw new Error(`no blank at ${at}`);
    terms.push({ sign, text });
  }
  return terms;
}

function endOfWord(pattern: string, from: number): number {
  const end = pattern.indexOf(' ', from);
  return end === -1 ? pattern.length : end;
}
