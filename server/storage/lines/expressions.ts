/** Regular expressions of searches: RE2, which takes linear time for any expression and text. */
import { RE2JS } from 're2js';

/** What is wrong with an expression; null if nothing is. */
export function expressionFault(source: string): string | null {
  try {
    RE2JS.compile(source);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
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
