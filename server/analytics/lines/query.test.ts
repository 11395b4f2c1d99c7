import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import type { Condition } from './condition.ts';
import { parseLogQuery } from './query.ts';

const parse = (text: string) =>
  parseLogQuery(text, (source) =>
    source.includes('(?') ? { message: 'invalid group', at: source.indexOf('(?') } : null,
  );
const conditionOf = (text: string): Condition => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.condition;
};
const word = (text: string, isPrefix = false) => ({ kind: 'text', text, isPrefix });
const field = (name: string, value: object) => ({ kind: 'field', name, value });
const level = (text: string) => field('level', { kind: 'is', text });

test.each([
  ['', { kind: 'all', of: [] }],
  ['timeout', word('timeout')],
  ['  timeout   card ', { kind: 'all', of: [word('timeout'), word('card')] }],
  ['timeout AND card', { kind: 'all', of: [word('timeout'), word('card')] }],
  ['"card was declined"', word('card was declined')],
  ['"say \\"no\\" \\\\"', word('say "no" \\')],
  ['time*', word('time', true)],
  ['a OR b c', { kind: 'any', of: [word('a'), { kind: 'all', of: [word('b'), word('c')] }] }],
  ['(a OR b) c', { kind: 'all', of: [{ kind: 'any', of: [word('a'), word('b')] }, word('c')] }],
  [
    '-a NOT b',
    {
      kind: 'all',
      of: [
        { kind: 'not', of: word('a') },
        { kind: 'not', of: word('b') },
      ],
    },
  ],
  ['-(a b)', { kind: 'not', of: { kind: 'all', of: [word('a'), word('b')] } }],
  ['10.0.0.1 orders-dlq', { kind: 'all', of: [word('10.0.0.1'), word('orders-dlq')] }],
  ['ORDER NOTHING ANDES', { kind: 'all', of: [word('ORDER'), word('NOTHING'), word('ANDES')] }],
  ['level:error', field('level', { kind: 'is', text: 'error' })],
  ['user.name:"Ada L"', field('user.name', { kind: 'is', text: 'Ada L' })],
  ['function:pay*', field('function', { kind: 'begins', text: 'pay' })],
  ['amount:*', field('amount', { kind: 'exists' })],
  ['duration:>100', field('duration', { kind: 'range', low: { value: 100, isIncluded: false }, high: null })],
  ['duration:<=1.5e3', field('duration', { kind: 'range', low: null, high: { value: 1500, isIncluded: true } })],
  [
    'n:[1 TO 5}',
    field('n', { kind: 'range', low: { value: 1, isIncluded: true }, high: { value: 5, isIncluded: false } }),
  ],
  ['n:[* TO -2]', field('n', { kind: 'range', low: null, high: { value: -2, isIncluded: true } })],
  ['"a*b"', word('a*b')],
  ['level:WARNING', field('level', { kind: 'is', text: 'warn' })],
  ['level:"critical"', field('level', { kind: 'is', text: 'fatal' })],
  ['level:*', field('level', { kind: 'exists' })],
  ['level:>=error', { kind: 'any', of: [level('error'), level('fatal')] }],
  ['level:>error', { kind: 'any', of: [level('fatal')] }],
  ['level:<info', { kind: 'any', of: [level('trace'), level('debug')] }],
  ['level:<=debug', { kind: 'any', of: [level('trace'), level('debug')] }],
  ['source:platform', field('source', { kind: 'is', text: 'platform' })],
  [
    'n:[5 TO 5]',
    field('n', { kind: 'range', low: { value: 5, isIncluded: true }, high: { value: 5, isIncluded: true } }),
  ],
  ['/a b\\/c\\d/', { kind: 'expression', source: 'a b/c\\d' }],
])('%s', (text, expected) => {
  expect(conditionOf(text)).toEqual(expected);
});

test.each([
  ['"open', 1, 'closing quote'],
  ['a (b', 3, '")" for this "("'],
  ['a ) b', 3, 'no ")"'],
  ['a OR', 5, 'both sides of OR'],
  ['OR a', 3, 'both sides of OR'],
  ['a -', 4, 'condition after -'],
  ['level:', 7, 'value after ":"'],
  ['n:>x', 4, 'a number'],
  ['n:[1 5]', 3, 'a range such as'],
  ['n:[1 TO x]', 9, 'a number'],
  ['a /b', 3, '"/" at the end'],
  ['a //', 3, 'a regular expression between'],
  ['ab /(?x/', 5, 'invalid group'],
  // An escaped slash is one character of the expression.
  ['/a\\/\\d(?x/', 7, 'invalid group'],
  ['n:>1e999', 4, 'a number'],
  ['n:[5 TO 1]', 3, 'not above the second'],
  ['level:bogus', 7, 'one of trace, debug, info, warn, error, fatal'],
  ['level:>fatal', 7, 'others above it'],
  ['a level:<trace', 9, 'others below it'],
  ['level:e*', 7, 'one of trace'],
  ['level:>=loud', 9, 'one of trace'],
  ['level:[1 TO 5]', 7, 'one of trace'],
  ['source:mine', 8, 'platform or function'],
  ['a*b', 2, '* at the end of a word'],
  ['ok *a', 4, '* at the end of a word'],
  ['a**', 2, '* at the end of a word'],
  ['user.name:a*b', 12, '* at the end of a word'],
  ['""', 1, 'a text to search for'],
  ['*', 1, 'a text to search for'],
  ['a'.repeat(2001), 2001, 'at most 2000 characters'],
  ['('.repeat(30), 22, 'at most 20 levels'],
  ['a '.repeat(51), 101, 'at most 50 conditions'],
])('%s is refused at %i', (text, position, message) => {
  const parsed = parse(text);
  expect(parsed).toMatchObject({ ok: false, position });
  expect(parsed.ok ? '' : parsed.message).toContain(message);
});

test('any text is read or refused at one of its characters', () => {
  const piece = fc.constantFrom(
    'a',
    'b*',
    '"c d"',
    '(',
    ')',
    'OR',
    'AND',
    '-',
    ':',
    'f:',
    '>1',
    '[1 TO 2]',
    '/x/',
    '"',
    ' ',
    '\\',
    '\u202e',
    '\u0000',
  );
  law(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((all) => all.join('')),
        fc.array(piece).map((all) => all.join(' ')),
      ),
      (text) => {
        const parsed = parse(text);
        if (parsed.ok) return;
        expect(parsed.position).toBeGreaterThanOrEqual(1);
        expect(parsed.position).toBeLessThanOrEqual(text.length + 1);
        expect(parsed.message).not.toBe('');
      },
    ),
    { numRuns: 1000 },
  );
});
