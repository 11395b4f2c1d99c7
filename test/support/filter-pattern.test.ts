/** The examples are those of the CloudWatch Logs user guide. */
import { expect, test } from 'vitest';
import { passesFilter } from './filter-pattern.ts';

test.each([
  ['ERROR', '[ERROR 400] BAD REQUEST', true],
  ['ERROR', '[WARN] slow', false],
  ['ERROR', 'Exiting with ERRORCODE: -1', true],
  ['ERROR', '[error] lower case', false],
  ['ERROR ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', true],
  ['ERROR ARGUMENTS', '[ERROR 400] BAD REQUEST', false],
  ['?ERROR ?ARGUMENTS', '[ERROR 400] BAD REQUEST', true],
  ['?ERROR ?ARGUMENTS', 'INVALID ARGUMENTS', true],
  ['?ERROR ?ARGUMENTS', 'fine', false],
  ['"INTERNAL SERVER ERROR"', '[ERROR 500] INTERNAL SERVER ERROR', true],
  ['"INTERNAL SERVER ERROR"', 'ERROR INTERNAL SERVER', false],
  ['ERROR -ARGUMENTS', '[ERROR 400] BAD REQUEST', true],
  ['ERROR -ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', false],
  // Alternatives beside a required term are ignored.
  ['?ERROR ?ARGUMENTS 400', '[INFO] 400', true],
  ['?ERROR -ARGUMENTS', 'fine', true],
  ['', 'every line', true],
])('%j, %j: %s', (pattern, message, passes) => {
  expect(passesFilter(pattern, message)).toBe(passes);
});

test.each(['"open', 'two-words', '?', '{ $.a = 1 }', '[a, b]', '%a%', '"a""b"', `?"${'a'.repeat(1024)}"`])(
  'no pattern of terms: %j',
  (pattern) => {
    expect(() => passesFilter(pattern, 'x')).toThrow();
  },
);
