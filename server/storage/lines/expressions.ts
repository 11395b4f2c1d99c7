/** Regular expressions of searches: RE2, which takes linear time for any expression and text. */
import { RE2JS } from 're2js';
import type { ExpressionFault } from '../../analytics/lines/query.ts';

/** What is wrong with an expression, and where; null if nothing is. */
export function expressionFault(source: string): ExpressionFault | null {
  try {
    RE2JS.compile(source);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // RE2 reads from left to right, and quotes what it could not read: often from there to the end.
    const quoted = /: `(.*)`$/s.exec(message)?.[1] ?? '';
    return { message, at: Math.max(0, source.indexOf(quoted)) };
  }
}

/** Compiles each expression once. */
export function expressionsOnce(): (source: string) => (text: string) => boolean {
  const compiled = new Map<string, (text: string) => boolean>();
  return (source) => {
    const known = compiled.get(source);
    if (known !== undefined) return known;
    const pattern = RE2JS.compile(source);
    const test = (text: string): boolean => pattern.matcher(text).find();
    compiled.set(source, test);
    return test;
  };
}
