import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { compileExpression } from '../decode/redaction-expressions.ts';
import { compileRules, replaced } from './redact.ts';
import { PATTERN_NAMES } from './rules.ts';

const all = compileRules(
  { patterns: PATTERN_NAMES, keys: ['password', '*token*'], expressions: { order: 'ORD-\\d+', user: 'user (\\w+)' } },
  compileExpression,
);

test('findings are in order, apart, and within the text, whatever it is', () => {
  const piece = fc.constantFrom(
    ...['@', 'a@b.de', 'eyJ', 'eyJhbGciOiJIUzI1NiJ9', '.', '+49301234567', '4111111111111111', 'DE89', '1.1.1.1'],
    ...['"password":', "'token': ", '"', "'", '\\', '{', '}', '[', ']', ':', '=', ' ', '\\n', 'ORD-1', 'user x', 'é'],
    ...['bearer ', 'secretaccesskey=', '[redacted:email]', '\n'],
  );
  law(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      let end = 0;
      for (const finding of all.find(text)) {
        expect(finding.start).toBeGreaterThanOrEqual(end);
        expect(finding.end).toBeGreaterThan(finding.start);
        end = finding.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('rules that overlap replace all of what either finds, once', () => {
  const text = '{"password":"ada@example.com"} user ada@example.com';
  expect(replaced(text, all.find(text))).toBe('{"password":"[redacted:key]"} user [redacted:email]');
  expect(all.find(text).map(({ rule }) => rule)).toEqual(['key:password', 'email']);
});

test('of an expression with a group, the group is replaced', () => {
  const text = 'user ada ordered ORD-17';
  expect(replaced(text, all.find(text))).toBe('user [redacted:user] ordered [redacted:order]');
});

test('an escape in JSON is replaced as a whole', () => {
  const rules = compileRules({ patterns: [], keys: [], expressions: { n: 'n?x+' } }, compileExpression);
  expect(replaced('"a\\nxx"', rules.find('"a\\nxx"'))).toBe('"a[redacted:n]"');
});

test.each(
  [
    '@',
    'a@',
    'a@b.cc ',
    'eyJ',
    'eyJ-eyJaaaaaaaaa.',
    '1 ',
    '4111 ',
    '+',
    ':',
    '":',
    "':",
    '"password":"',
    'token=[',
  ].concat(['\\"', 'secretkey=', 'basic+', 'DE89', '1.1.1.', '{"a":', 'user ', '"token":{', '\\\\":']),
)('a line of 256 kB of %s does not take long', (piece) => {
  const text = piece.repeat(Math.ceil(262_144 / piece.length));
  const before = process.cpuUsage();
  all.find(text);
  const { user, system } = process.cpuUsage(before);
  // A third of a second at most; searches that look at all that follows each match take minutes.
  expect(user + system).toBeLessThan(5_000_000);
});
