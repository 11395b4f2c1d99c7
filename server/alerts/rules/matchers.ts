/** Label matchers of routes, silences and inhibitions. Regular expressions are RE2 (linear time) and anchored. */
import { RE2JS } from 're2js';
import type { Labels } from './rule.ts';

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

const MAX_PATTERN_CHARS = 1000;
const compiled = new Map<string, RE2JS>();
const MAX_COMPILED_PATTERNS = 1000;

/** What is wrong with a matcher; null if it is valid. */
export function matcherError({ value, isRegex }: Matcher): string | null {
  if (!isRegex) return null;
  if (value.length > MAX_PATTERN_CHARS) return `expected at most ${MAX_PATTERN_CHARS} characters`;
  try {
    RE2JS.compile(value);
    return null;
  } catch (error) {
    return `invalid RE2 pattern: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** True if all matchers match. A missing label equals the empty string, as in Alertmanager. */
export function matches(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const label = labels[name] ?? '';
    const isMatch = isRegex ? patternOf(value).matches(label) : label === value;
    return isMatch === isEqual;
  });
}

function patternOf(text: string): RE2JS {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    if (compiled.size >= MAX_COMPILED_PATTERNS) compiled.clear();
    pattern = RE2JS.compile(text);
    compiled.set(text, pattern);
  }
  return pattern;
}
