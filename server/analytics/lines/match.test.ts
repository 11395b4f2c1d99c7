import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import type { Condition } from './condition.ts';
import { lower, mayMatch, requiredText } from './condition.ts';
import type { SearchedLine } from './match.ts';
import { holdsText, matches } from './match.ts';
import { parseLogQuery } from './query.ts';
import { filterOf, mayHold } from './word-filter.ts';
import { addWords, WordSet, wordHashes } from './words.ts';

const expressions = (source: string) => (text: string) => new RegExp(source).test(text);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const lineOf = (message: string, more: Partial<SearchedLine> = {}): SearchedLine => ({
  message,
  level: null,
  isPlatform: false,
  functionName: 'checkout',
  logGroup: '/aws/lambda/checkout',
  logStream: 's',
  requestId: () => null,
  traceId: () => null,
  status: () => null,
  ...more,
});
const conditionOf = (text: string): Condition => {
  const parsed = parseLogQuery(text, () => null);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.condition;
};
const test1 = (query: string, message: string, more?: Partial<SearchedLine>): boolean =>
  matches(conditionOf(query), lineOf(message, more), expressions);

test.each([
  ['timeout', 'Task TIMEOUT after 3 s', true],
  ['timeout', 'timeouts', false],
  ['time*', 'timeouts', true],
  ['time*', 'overtime', false],
  ['timeout', 'timeout_ms', false],
  ['orders-dlq', 'queue orders-dlq.', true],
  ['orders-dlq', 'queue my-orders-dlq2', false],
  ['"card was"', 'the Card Was declined', true],
  ['"card was"', 'the card wash', false],
  ['café', 'un café', true],
  ['caf', 'un café', false],
  ['a b', 'b a', true],
  ['a -b', 'b a', false],
  ['a OR b', 'b', true],
  ['', '', true],
  ['/de[ck]lined$/', 'card declined', true],
  ['"\\"level\\":30"', '{"level":30}', true],
])('%s in %s', (query, message, expected) => {
  expect(test1(query, message)).toBe(expected);
});

const ORDER = JSON.stringify({
  user: { id: 42, name: 'Ada' },
  'http.status': 502,
  amount: '12.50',
  items: [{ sku: 'A1' }, { sku: 'B2' }],
  paid: true,
  gone: null,
  empty: '',
});

test.each([
  ['user.id:42', true],
  ['user.id:42.0', true],
  ['user.id:4', false],
  ['user.name:ada', true],
  ['user.name:a*', true],
  ['user.name:*', true],
  ['user.nobody:*', false],
  ['http.status:502', true],
  ['http.status:[500 TO 599]', true],
  ['http.status:{502 TO 599]', false],
  ['amount:>12', true],
  ['amount:>12.5', false],
  ['amount:>=12.5', true],
  ['paid:true', true],
  ['paid:>0', false],
  ['gone:null', true],
  ['gone:*', false],
  ['items.sku:b2', true],
  ['items.sku:c3', false],
  ['empty:""', true],
  ['user:*', true],
  ['user:ada', false],
  ['toString:*', false],
  ['__proto__:*', false],
])('%s in a JSON line', (query, expected) => {
  expect(test1(query, ORDER)).toBe(expected);
  for (const line of [
    `2026-11-26T08:00:00.009Z\t8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11\tINFO\t${ORDER}\n`,
    `[INFO]\t2026-11-26T08:00:00.009Z\t8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11\t${ORDER}\n`,
    `received ${ORDER}`,
    `  ${ORDER}`,
  ])
    expect(test1(query, line), line).toBe(expected);
  for (const line of [`${ORDER} and more`, `{ user: { id: 42 } } ${ORDER}`, ORDER.slice(0, -1)])
    expect(test1(query, line), line).toBe(false);
});

test('fields of the line itself', () => {
  const more = { level: 'error' as const, isPlatform: true, requestId: () => 'r-1', traceId: () => '1-a-b' };
  for (const query of [
    'level:ERROR',
    'function:checkout',
    'function:check*',
    'group:/aws/*',
    'stream:s',
    'source:platform',
    'request:r-1',
    'trace:1-a-b',
  ])
    expect(test1(query, 'x', more), query).toBe(true);
  for (const query of ['level:warn', 'function:other', 'request:r', 'request:*', 'source:function'])
    expect(test1(query, 'x', query === 'request:*' ? {} : more), query).toBe(false);
});

test('a text is found where it stands between edges of words, as an expression finds it', () => {
  const piece = fc.constantFrom('a', 'b', 'A', '_', '-', '.', ' ', 'é', '"');
  const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
  law(
    fc.property(text, fc.array(piece, { maxLength: 12 }), fc.boolean(), (searched, pieces, isPrefix) => {
      const message = lower(pieces.join(''));
      const needle = lower(searched);
      const isWord = (char: string): boolean => /[a-z0-9_é]/.test(char);
      const escaped = needle.replaceAll(/[.\\*+?^$()[\]{}|]/g, '\\$&');
      const before = isWord(needle[0] ?? '') ? '(?<![a-z0-9_é])' : '';
      const after = isWord(needle.at(-1) ?? '') && !isPrefix ? '(?![a-z0-9_é])' : '';
      expect(holdsText(message, needle, isPrefix)).toBe(new RegExp(before + escaped + after).test(message));
    }),
    { numRuns: 2000 },
  );
});

test('a block with a matching line may match, and holds the text that is required', () => {
  const term = fc.oneof(
    fc.constantFrom(
      'ab',
      'a_b',
      'AB',
      'é',
      'a-b',
      'b*',
      '"a b"',
      '/a/',
      'a.x:ab',
      'x:ab',
      'level:error',
      'function:checkout',
      'request:a-b',
      '"ab "',
    ),
    fc.constantFrom('-ab', '-x:ab', '-(ab é)'),
  );
  const query = fc.array(term, { maxLength: 4 }).chain((terms) => fc.constantFrom(terms.join(' '), terms.join(' OR ')));
  const message = fc.oneof(
    fc.array(fc.constantFrom('a', 'b', 'AB', '_', '-', ' ', 'é'), { maxLength: 8 }).map((all) => all.join('')),
    fc.constantFrom('{"x":"AB"}', '{"a":{"x":"ab"}}', '{"x":["q","ab"]}', '{"x":"\\"ab\\""}'),
  );
  law(
    fc.property(query, fc.array(message, { maxLength: 4 }), (text, messages) => {
      const condition = conditionOf(text);
      const words = new WordSet();
      for (const one of messages) addWords(words, utf8(one));
      const filter = filterOf(words);
      const block = {
        mayHold: (searched: string, isPrefix: boolean) => {
          const hashes = wordHashes(utf8(searched));
          return (isPrefix ? hashes.slice(0, -1) : hashes).every((hash) => mayHold(filter, hash));
        },
        levels: new Set(['error' as const]),
        mayHoldFailures: false,
        functionName: 'checkout',
      };
      const required = requiredText(condition);
      for (const one of messages) {
        const line = lineOf(one, { level: 'error', requestId: () => (one.includes('a-b') ? 'a-b' : null) });
        if (!matches(condition, line, expressions)) continue;
        expect(mayMatch(condition, block), `${text} in ${one}`).toBe(true);
        if (required !== null) expect(lower(one)).toContain(required);
      }
    }),
    { numRuns: 2000 },
  );
});
