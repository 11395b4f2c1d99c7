import { expect, test } from 'vitest';
import { levelOf, withLevel, withoutRoutine } from './level.ts';

test.each([
  ['', 'warn', 'level:>=warn'],
  ['card declined', 'error', 'card declined level:>=error'],
  ['card level:>=warn', 'error', 'card level:>=error'],
  ['card level:>=warn', '', 'card'],
  ['level:>=warn', '', ''],
  ['a OR b', 'info', '(a OR b) level:>=info'],
  ['(a OR b) level:>=info', 'warn', '(a OR b) level:>=warn'],
  ['(a OR b) c OR (d)', 'info', '((a OR b) c OR (d)) level:>=info'],
  // What somebody wrote in another way stays.
  ['level:error card', 'warn', 'level:error card level:>=warn'],
])('%j with %j: %j', (search, level, expected) => {
  expect(withLevel(search, level)).toBe(expected);
  expect(levelOf(expected)).toBe(level === '' ? null : level);
});

test.each(['', 'level:error', 'card level:>=fatal', 'xlevel:>=warn', '"level:>=warn"'])(
  '%j has no level of the list',
  (search) => {
    expect(levelOf(search)).toBeNull();
  },
);

test.each([
  ['', '(source:function OR level:error)'],
  ['card', 'card (source:function OR level:error)'],
  ['a OR b', '(a OR b) (source:function OR level:error)'],
  // A search that chooses lines of the service itself stays.
  ['source:platform', 'source:platform'],
  ['status:timeout', 'status:timeout'],
  ['group:"g" stream:"s"', 'group:"g" stream:"s"'],
  ['request:r', 'request:r'],
])('%j without routine: %j', (search, expected) => {
  expect(withoutRoutine(search)).toBe(expected);
});
