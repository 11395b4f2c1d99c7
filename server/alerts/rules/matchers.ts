/** Who a route or a silence is about. Patterns are the user's, so they are matched in linear time (RE2), and whole. */
import { RE2JS } from 're2js';
import type { Labels } from './rule.ts';

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

const LONGEST_PATTERN = 1000;
const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 1000;

/** Null where the matcher can be used, else what is wrong with it. */
export function faultOf({ value, isRegex }: Matcher): string | null {
  if (!isRegex) return null;
  if (value.length > LONGEST_PATTERN) return `a pattern of at most ${LONGEST_PATTERN} characters is expected`;
  try {
    RE2JS.compile(value);
    return null;
  } catch (error) {
    return `is no RE2 pattern: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** All must hold. A label that is not there is the empty text, as in Alertmanager. */
export function matches(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const label = labels[name] ?? '';
    const same = isRegex ? patternOf(value).matches(label) : label === value;
    return same === isEqual;
  });
}

function patternOf(text: string): RE2JS {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    pattern = RE2JS.compile(text);
    compiled.set(text, pattern);
  }
  return pattern;
}
