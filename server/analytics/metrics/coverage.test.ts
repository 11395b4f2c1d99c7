import { expect, test } from 'vitest';
import type { CoverageFacts, FunctionCoverage } from './coverage.ts';
import { coverageReasons, isQuiet } from './coverage.ts';

const whole: FunctionCoverage = {
  name: 'f',
  invocations: 1000,
  withStart: 1000,
  errorsUnknown: 0,
  coldOnDemand: 10,
  initStarts: 10,
  overdueStarts: 0,
  activeHours: 168,
  hours: 168,
  silentHours: 0,
};
const facts = (entry: Partial<FunctionCoverage>, more: Partial<CoverageFacts> = {}): CoverageFacts => ({
  functions: [{ ...whole, ...entry }],
  events: 3000,
  rejected: 0,
  lagP99Ms: 60_000,
  failingGroups: [],
  ...more,
});
const kinds = (given: CoverageFacts): string[] => coverageReasons(given).map((reason) => reason.kind);

test('gives no reasons if nothing is missing', () => {
  expect(kinds(facts({}))).toEqual([]);
  expect(kinds(facts({ invocations: 5, withStart: 0 }))).toEqual([]);
});

test.each<[string, CoverageFacts]>([
  ['start-lines-missing', facts({ withStart: 0 })],
  ['deliveries-incomplete', facts({ withStart: 900 })],
  ['init-lines-missing', facts({ initStarts: 0 })],
  ['error-lines-missing', facts({ errorsUnknown: 1 })],
  ['reports-missing', facts({ overdueStarts: 11 })],
  ['unreadable', facts({}, { rejected: 4 })],
  ['gone-quiet', facts({ silentHours: 3 })],
  ['late', facts({}, { lagP99Ms: 180_001 })],
  ['pull-failing', facts({}, { failingGroups: ['/aws/lambda/f'] })],
])('%s', (kind, given) => {
  expect(kinds(given)).toEqual([kind]);
});

test('reports silence only if it is improbable', () => {
  // Active every hour of a week, then silent for three hours.
  expect(isQuiet({ activeHours: 168, hours: 168, silentHours: 3 })).toBe(true);
  // Active once a day: a day and a half of silence is not reported, a week is.
  expect(isQuiet({ activeHours: 7, hours: 168, silentHours: 36 })).toBe(false);
  expect(isQuiet({ activeHours: 7, hours: 168, silentHours: 168 })).toBe(true);
  // Less than a day of data.
  expect(isQuiet({ activeHours: 5, hours: 5, silentHours: 10 })).toBe(false);
});
