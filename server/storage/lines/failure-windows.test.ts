/** docs/configuration.md: with `errors`, lines of failed attempts are kept, and of their environments in the minute before. */
import { expect, test } from 'vitest';
import { linesWithin, windowAround } from './failure-windows.ts';

const line = (timestampMs: number, environmentId: number, message = 'x') => ({ timestampMs, environmentId, message });
const isKnown = (environmentId: number): boolean => environmentId >= 0;

test('from a minute before an attempt until five seconds after its end', () => {
  expect(windowAround({ environmentId: 3, fromMs: 100_000, toMs: 101_000 })).toEqual({
    environmentId: 3,
    fromMs: 40_000,
    toMs: 106_000,
  });
});

test('lines of the environment of the failure, at both ends of its time too', () => {
  const windows = [{ environmentId: 1, fromMs: 10, toMs: 20 }];
  const lines = [line(9, 1), line(10, 1), line(20, 1), line(21, 1), line(15, 2)];
  expect(linesWithin(lines, windows, isKnown)).toEqual([line(10, 1), line(20, 1)]);
});

test('where an environment is not known, every failure of the function counts', () => {
  const windows = [
    { environmentId: 1, fromMs: 10, toMs: 20 },
    { environmentId: null, fromMs: 50, toMs: 60 },
  ];
  // A line without an environment, near a failure of one; a line of another environment, near a failure without one.
  const lines = [line(15, -7), line(55, -7), line(55, 2), line(15, 2), line(30, -7)];
  expect(linesWithin(lines, windows, isKnown)).toEqual([line(15, -7), line(55, -7), line(55, 2)]);
});

test('several failures of one environment, and lines of the platform whatever failed', () => {
  const windows = [
    { environmentId: 1, fromMs: 0, toMs: 1 },
    { environmentId: 1, fromMs: 9, toMs: 10 },
  ];
  const start = line(5, 1, 'START RequestId: 3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c Version: $LATEST\n');
  const lines = [line(0, 1), start, line(5, 1), line(9, 1)];
  expect(linesWithin(lines, windows, isKnown)).toEqual([line(0, 1), start, line(9, 1)]);
  expect(linesWithin(lines, [], isKnown)).toEqual([start]);
});
