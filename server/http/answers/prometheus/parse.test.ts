/** What the parser accepts, how it binds operators, and what it refuses by name. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { partsOf } from '../../../analytics/promql/expression.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';
import { testOf } from '../../../storage/questions/series/matchers.ts';
import { durationMs, textOf } from './literals.ts';
import { MAX_QUERY_CHARS, parsePromql, parseSelector } from './parse.ts';

function refusal(query: string): string {
  try {
    parsePromql(query);
  } catch (error) {
    if (error instanceof PromqlError) return `${error.errorType}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

test.each([
  ['x[5m:1m]', 'subqueries are not supported'],
  ['x @ 100', '@ modifiers are not supported'],
  ['deriv(x[5m])', 'the function deriv is not supported'],
  ['label_replace(x, "a", "b", "c", "d")', 'the function label_replace is not supported'],
  ['count_values("a", x)', 'the aggregation count_values is not supported'],
  ['x atan2 y', 'the operator atan2 is not supported'],
  ['nothing(x)', 'unknown function with name "nothing"'],
  ['x{"a.b"="c"}', 'quoted label names are not supported'],
  ['sum(5m)', 'the number "5m" is not supported'],
  ['x{', '1:3: parse error: unexpected end of input'],
  ['', 'parse error'],
  ['x{a=~"("}', 'parse error'],
  ['{a=~".*"}', 'vector selector must contain at least one non-empty matcher'],
  ['x{__name__="y"}', 'metric name must not be set twice: "x" or "y"'],
  ['rate(x)', 'expected type range vector in call to function "rate", got instant vector'],
  ['rate(x[0s])', 'duration must be greater than 0'],
  ['rate(x[5])', 'not a valid duration string: "5"'],
  ['x[5m] + 1', 'binary expression must contain only scalar and instant vector types'],
  ['1 < 2', 'comparisons between scalars must use BOOL modifier'],
  ['x + bool y', 'bool modifier can only be used on comparison operators'],
  ['x and group_left() y', 'parse error'],
  ['x + on (a) group_left (a) y', 'label "a" must not occur in ON and GROUP clause at once'],
  ['sum(x) offset 5m', 'offset modifier must be preceded by'],
  ['x offset 5m offset 5m', 'offset may not be set multiple times'],
  ['topk(x, y)', 'expected type scalar in aggregation parameter, got instant vector'],
])('refuses %s', (query, reason) => {
  expect(refusal(query)).toContain(reason);
  expect(refusal(query)).toMatch(/^bad_data: /);
});

test.each([
  ['parentheses', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['calls', `${'abs('.repeat(3000)}x${')'.repeat(3000)}`],
  ['operators', `1${'+1'.repeat(5000)}`],
  ['signs', `${'-'.repeat(9999)}x`],
  ['powers', `2${'^2'.repeat(5000)}`],
  ['braces', '{('.repeat(9000)],
  ['length', 'a'.repeat(MAX_QUERY_CHARS + 1)],
  ['regular expression', `x{a=~"${'a'.repeat(5000)}"}`],
  ['regular expressions', Array.from({ length: 51 }, () => 'x{a=~"b.*"}').join(' + ')],
  ['repetitions', 'x{a=~"((a{1,1000}){1,1000}){1,1000}"}'],
])('refuses too many %s with a reason', (_, query) => {
  expect(refusal(query)).toMatch(/^bad_data: .{10,}/);
});

const number = (value: number) => ({ kind: 'number', value });
const calculation = (op: string, left: object, right: object) => ({ kind: 'arithmetic', op, left, right });

test.each([
  ['-1 ^ 2', { kind: 'negate', of: calculation('^', number(1), number(2)) }],
  ['2 ^ 3 ^ 2', calculation('^', number(2), calculation('^', number(3), number(2)))],
  ['1 - 2 - 3', calculation('-', calculation('-', number(1), number(2)), number(3))],
  ['-1 * 2', calculation('*', number(-1), number(2))],
  ['1 + 2 * 3', calculation('+', number(1), calculation('*', number(2), number(3)))],
])('binds %s as Prometheus does', (query, expected) => {
  expect(parsePromql(query)).toMatchObject(expected);
});

test('an offset belongs to the selector before it, not to the operator', () => {
  const expression = parsePromql('a + b offset 5m * c');
  expect(expression).toMatchObject({
    op: '+',
    left: { selector: { offsetMs: 0 } },
    right: { op: '*', left: { selector: { offsetMs: 5 * MINUTE_MS } }, right: { selector: { offsetMs: 0 } } },
  });
  expect(parsePromql('a offset -1h')).toMatchObject({ selector: { offsetMs: -HOUR_MS } });
});

test('durations and texts', () => {
  expect(durationMs('1h30m')).toBe(90 * MINUTE_MS);
  expect(() => durationMs('30m1h')).toThrow('not a valid duration');
  expect(() => durationMs('9999y')).toThrow('out of range');
  expect(textOf(String.raw`"a\n\x41\u00e9\""`)).toBe('a\nAé"');
  expect(textOf(String.raw`'\'\101'`)).toBe("'A");
  expect(textOf('`a\\n`')).toBe('a\\n');
  expect(() => textOf(String.raw`"\q"`)).toThrow('invalid escape');
});

test('regular expressions match the whole value', () => {
  const matcher = { name: 'a', op: '=~', value: 'b|c' } as const;
  expect(['b', 'c', 'bc', 'xb', ''].map(testOf(matcher))).toEqual([true, true, false, false, false]);
  expect(['b', 'bc'].map(testOf({ ...matcher, op: '!~' }))).toEqual([false, true]);
});

test('a selector of series is nothing but a selector', () => {
  expect(parseSelector('{job=~"a.+"}').matchers).toEqual([{ name: 'job', op: '=~', value: 'a.+' }]);
  for (const text of ['x[5m]', 'x offset 5m', 'sum(x)', '1'])
    expect(() => parseSelector(text)).toThrow('vector selector');
});

test('the parts of an expression', () => {
  const kinds = partsOf(parsePromql('quantile(0.5, clamp(a, 1, 2) and b)')).map(({ kind }) => kind);
  expect(kinds).toEqual(['number', 'set']);
  expect(partsOf(parsePromql('clamp_max(a, 2)')).map(({ kind }) => kind)).toEqual(['selector', 'number']);
});

test('deep brackets are refused before they are parsed', () => {
  expect(refusal(`${'('.repeat(101)}1${')'.repeat(101)}`)).toContain('more than 100 levels deep');
  expect(parsePromql(`${'('.repeat(99)}1${')'.repeat(99)}`)).toEqual(number(1));
});
