/** Matchers of labels. Regular expressions are RE2, which takes linear time, and match the whole value. */
import { RE2JS } from 're2js';
import type { LabelMatcher, MatchOperator } from '../../../analytics/promql/expression.ts';
import type { Labels } from '../../../analytics/promql/labels.ts';
import { METRIC_NAME } from '../../../analytics/promql/labels.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';

/** Longest regular expression, in characters. */
const MAX_PATTERN_CHARS = 4000;
const MAX_MATCHERS = 50;
/** Most regular expressions of a query, and most characters of them. */
const MAX_PATTERNS = 50;
const MAX_PATTERNS_CHARS = 8000;
/** Most parts of the regular expressions of a query, with repetitions written out: compiling them takes time and memory. */
const MAX_PATTERNS_PARTS = 100_000;
/** Repetitions of a part beyond these are refused by RE2. */
const MAX_REPEATS = 1000;
/** Compiled patterns that a thread keeps: at least those of one query. */
const MAX_COMPILED = 64;

/** @throws PromqlError if a matcher is not valid, or if all of them match a series without labels */
export function checkMatchers(matchers: readonly LabelMatcher[]): void {
  if (matchers.length > MAX_MATCHERS)
    throw new PromqlError('bad_data', `a selector has at most ${MAX_MATCHERS} matchers, got ${matchers.length}`);
  const names = matchers.filter(({ name, op }) => name === METRIC_NAME && op === '=');
  if (names.length > 1)
    throw new PromqlError(
      'bad_data',
      `parse error: metric name must not be set twice: ${names.map(({ value }) => JSON.stringify(value)).join(' or ')}`,
    );
  // Every pattern is compiled, so that each that is not valid is refused.
  const tests = matchers.map((matcher) => testOf(matcher));
  if (tests.every((test) => test('')))
    throw new PromqlError('bad_data', 'parse error: vector selector must contain at least one non-empty matcher');
}

function isPattern(op: MatchOperator): boolean {
  return op === '=~' || op === '!~';
}

/** Counts the regular expressions of all selectors of one query, before they are compiled. */
export class PatternCount {
  #patterns = 0;
  #chars = 0;
  #parts = 0;

  /** @throws PromqlError if the query has too many */
  add(matchers: readonly LabelMatcher[]): void {
    for (const { value } of matchers.filter(({ op }) => isPattern(op))) {
      this.#patterns += 1;
      this.#chars += value.length;
      this.#parts += partsOf(value);
    }
    checkLimit(this.#patterns, MAX_PATTERNS, 'regular expressions');
    checkLimit(this.#chars, MAX_PATTERNS_CHARS, 'characters of regular expressions');
    checkLimit(this.#parts, MAX_PATTERNS_PARTS, 'parts of regular expressions with repetitions written out');
  }
}

function checkLimit(found: number, limit: number, what: string): void {
  if (found > limit) throw new PromqlError('bad_data', `a query has at most ${limit} ${what}, got ${found}`);
}

/** Parts of a pattern at most, as if each repetition were of the whole pattern, inside all others. */
function partsOf(pattern: string): number {
  let repeats = 1;
  for (const [, from, upTo] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g))
    repeats = Math.min(MAX_REPEATS, repeats * Math.max(1, Number(from), Number(upTo ?? 0)));
  return pattern.length * repeats;
}

/** Returns a test whether a label set passes all matchers. */
export function matcherTest(matchers: readonly LabelMatcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: testOf(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labels.get(name)));
}

/** Returns a test whether a value of the label passes the matcher. */
export function testOf({ op, value }: LabelMatcher): (text: string) => boolean {
  if (op === '=') return (text) => text === value;
  if (op === '!=') return (text) => text !== value;
  const pattern = compiled(value);
  const results = new Map<string, boolean>();
  return (text) => {
    let found = results.get(text);
    if (found === undefined) {
      found = pattern.matches(text) === (op === '=~');
      results.set(text, found);
    }
    return found;
  };
}

/** Patterns that were compiled on this thread, those used last at the end, with their parts. */
const known = new Map<string, { readonly pattern: RE2JS; readonly parts: number }>();
let knownParts = 0;

/** A query uses each pattern several times, and a panel its query again and again. */
function compiled(source: string): RE2JS {
  const found = known.get(source);
  if (found !== undefined) {
    known.delete(source);
    known.set(source, found);
    return found.pattern;
  }
  const one = { pattern: compile(source), parts: partsOf(source) };
  known.set(source, one);
  knownParts += one.parts;
  for (const [oldest, { parts }] of known) {
    if (known.size <= MAX_COMPILED && knownParts <= MAX_PATTERNS_PARTS) break;
    known.delete(oldest);
    knownParts -= parts;
  }
  return one.pattern;
}

function compile(source: string): RE2JS {
  if (source.length > MAX_PATTERN_CHARS)
    throw new PromqlError(
      'bad_data',
      `a regular expression has at most ${MAX_PATTERN_CHARS} characters, got ${source.length}`,
    );
  try {
    return RE2JS.compile(`^(?:${source})$`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PromqlError('bad_data', `parse error: ${reason.slice(0, 300)}`);
  }
}
