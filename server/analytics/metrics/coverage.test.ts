import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { CoverageFacts, FunctionCoverage } from './coverage.ts';
import { coverageReasons } from './coverage.ts';

const MONDAY = Date.UTC(2026, 10, 2) / DAY_MS;
/** Active in every hour of a week. */
const wholeWeek = Array.from({ length: 7 }, (_, day) => ({ day: MONDAY + day, hours: 2 ** 24 - 1 }));
const whole: FunctionCoverage = {
  name: 'f',
  invocations: 1000,
  withStart: 1000,
  errorsUnknown: 0,
  coldOnDemand: 10,
  initStarts: 10,
  overdueStarts: 0,
  activity: [],
};
const facts = (entry: Partial<FunctionCoverage>, more: Partial<CoverageFacts> = {}): CoverageFacts => ({
  functions: [{ ...whole, ...entry }],
  events: 3000,
  rejected: 0,
  lagP99Ms: 60_000,
  failingGroups: [],
  nowMs: MONDAY * DAY_MS + 7 * DAY_MS + 3 * HOUR_MS,
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
  ['gone-quiet', facts({ activity: wholeWeek })],
  ['late', facts({}, { lagP99Ms: 180_001 })],
  ['pull-failing', facts({}, { failingGroups: ['/aws/lambda/f'] })],
])('%s', (kind, given) => {
  expect(kinds(given)).toEqual([kind]);
});

test('five examples of what is missing, and how many there are', () => {
  const failingGroups = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(coverageReasons(facts({}, { failingGroups }))[0]).toMatchObject({
    n: 6,
    examples: ['a', 'b', 'c', 'd', 'e'],
  });
});
