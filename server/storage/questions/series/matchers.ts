/** Matchers of labels. Regular expressions are RE2, which takes linear time, and match the whole value. */
import { RE2JS } from 're2js';
import type { LabelMatcher } from '../../../analytics/promql/expression.ts';
import type { Labels } from '../../../analytics/promql/labels.ts';
import { METRIC_NAME } from '../../../analytics/promql/labels.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';

/** Longest regular expression, in characters. */
const MAX_PATTERN_CHARS = 4000;
const MAX_MATCHERS = 50;

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
  const known = new Map<string, boolean>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = pattern.matches(text) === (op === '=~');
      known.set(text, found);
    }
    return found;
  };
}

function compiled(source: string): RE2JS {
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
