/** docs/operations.md: lines of a request are those that name its id, in any function, and those of its attempts that name no other. */
import { expect, test } from 'vitest';
import type { KeptLine } from './kept-line.ts';
import { coversTimes, isDuringAttempt, lineMatcher, windowsOf } from './line-scope.ts';

const [ONE, TWO] = ['3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c', '4d4d1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c'];
const line = (timestampMs: number, message: string, environmentId = 1): KeptLine => ({
  ...{ environmentId, timestampMs, sequence: 0, rank: 0, occurrence: 0, message },
});
const WINDOWS = [{ functionId: 1, environmentId: 1, fromMs: 10, toMs: 20 }];

test('an attempt lasts from its START to its end, or as long as it ran where START is not known', () => {
  const of = { functionId: 1, environmentId: 2, endMs: 1000 };
  expect(
    windowsOf([
      { ...of, startMs: 400, durationMs: 5 },
      { ...of, startMs: null, durationMs: 84.11 },
    ]),
  ).toEqual([
    { functionId: 1, environmentId: 2, fromMs: 400, toMs: 1000 },
    { functionId: 1, environmentId: 2, fromMs: 915, toMs: 1000 },
  ]);
});

test('a time begins with its first millisecond and ends before its last', () => {
  const matches = lineMatcher({ fromMs: 10, toMs: 20 }, []);
  expect([9, 10, 19, 20].map((ms) => matches(line(ms, 'x')))).toEqual([false, true, true, false]);
  expect([9, 10].map((ms) => lineMatcher({ fromMs: 10 }, [])(line(ms, 'x')))).toEqual([false, true]);
  expect([19, 20].map((ms) => lineMatcher({ toMs: 20 }, [])(line(ms, 'x')))).toEqual([true, false]);
  expect(lineMatcher({}, [])(line(-5, ''))).toBe(true);
});

test('a line of a request names it in any case, or is of its attempt and names no other', () => {
  const matches = lineMatcher({ requestId: ONE.toUpperCase() }, WINDOWS);
  expect(matches(line(99, `from ${ONE}`, 7))).toBe(true);
  expect(matches(line(99, `from ${ONE.toUpperCase()}`, 7))).toBe(true);
  expect([9, 10, 20, 21].map((ms) => matches(line(ms, 'no id')))).toEqual([false, true, true, false]);
  expect(matches(line(15, 'no id', 2))).toBe(false);
  expect(matches(line(15, `START RequestId: ${TWO} Version: 1\n`))).toBe(false);
  expect(matches(line(15, `2026-11-20T10:00:00.001Z\t${TWO}\tINFO\tof another\n`))).toBe(false);
  expect(matches(line(15, `{"level":"INFO","requestId":"${TWO}","message":"of another"}\n`))).toBe(false);
});

test('a request and a time are both asked for', () => {
  const matches = lineMatcher({ requestId: ONE, fromMs: 15, toMs: 18 }, WINDOWS);
  expect([14, 15, 17, 18].map((ms) => matches(line(ms, `of ${ONE}`)))).toEqual([false, true, true, false]);
  expect([14, 15, 17, 18].map((ms) => matches(line(ms, 'no id')))).toEqual([false, true, true, false]);
});

test('of several attempts, each counts in its own environment', () => {
  const windows = [...WINDOWS, { functionId: 1, environmentId: 2, fromMs: 100, toMs: 100 }];
  const during = (ms: number, environmentId: number) => isDuringAttempt(line(ms, 'x', environmentId), windows);
  expect([during(15, 1), during(100, 2), during(100, 1), during(15, 2)]).toEqual([true, true, false, false]);
  expect(isDuringAttempt(line(15, 'x'), [])).toBe(false);
});

test('a part is in the scope as a whole if all of its time is, and no request is asked for', () => {
  const part = { firstMs: 10, lastMs: 20 };
  const covers = (scope: Parameters<typeof coversTimes>[0]): boolean => coversTimes(scope, part);
  expect([covers({}), covers({ functionId: 1 }), covers({ requestId: ONE })]).toEqual([true, true, false]);
  expect([covers({ fromMs: 10 }), covers({ fromMs: 11 })]).toEqual([true, false]);
  expect([covers({ toMs: 21 }), covers({ toMs: 20 })]).toEqual([true, false]);
  expect([covers({ fromMs: 10, toMs: 21 }), covers({ fromMs: 9, toMs: 20 }), covers({ fromMs: 30 })]).toEqual([
    true,
    false,
    false,
  ]);
});
