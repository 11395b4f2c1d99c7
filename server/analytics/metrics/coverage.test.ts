import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { CoverageFacts, FunctionCoverage } from './coverage.ts';
import { coverageReasons } from './coverage.ts';
import { ERRORS_REMEDY } from './error-rate.ts';

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

test.each<[string, Partial<FunctionCoverage>, readonly string[]]>([
  ['fewer than 20 invocations show no share', { invocations: 19, withStart: 0 }, []],
  ['20 do', { invocations: 20, withStart: 0 }, ['start-lines-missing']],
  ['49 of 1,000: START lines are filtered', { withStart: 49 }, ['start-lines-missing']],
  ['50 of 1,000: some are delivered', { withStart: 50 }, ['deliveries-incomplete']],
  ['989 of 1,000: some are missing', { withStart: 989 }, ['deliveries-incomplete']],
  ['99 %: complete', { withStart: 990 }, []],
  ['four cold starts without INIT_START', { coldOnDemand: 4, initStarts: 0 }, []],
  ['five', { coldOnDemand: 5, initStarts: 0 }, ['init-lines-missing']],
  ['five, of which one has it', { coldOnDemand: 5, initStarts: 1 }, []],
  ['1 % of REPORT lines missing', { overdueStarts: 10 }, []],
  ['more than 1 %', { overdueStarts: 11 }, ['reports-missing']],
  [
    'no invocation at all, one REPORT line missing',
    { invocations: 0, withStart: 0, overdueStarts: 1 },
    ['reports-missing'],
  ],
  ['no invocation at all', { invocations: 0, withStart: 0, coldOnDemand: 0, initStarts: 0 }, []],
  ['silent since Saturday midnight, at three on Monday', { activity: wholeWeek.slice(0, 6) }, ['gone-quiet']],
])('%s', (_, entry, expected) => {
  expect(kinds(facts(entry))).toEqual(expected);
});

test.each<[string, Partial<CoverageFacts>, readonly string[]]>([
  ['one of a thousand events', { rejected: 3, events: 3000 }, []],
  ['more', { rejected: 4, events: 3000 }, ['unreadable']],
  ['no event at all', { rejected: 0, events: 0 }, []],
  ['nothing but unreadable ones', { rejected: 1, events: 0 }, ['unreadable']],
  ['three minutes late', { lagP99Ms: 180_000 }, []],
  ['later', { lagP99Ms: 180_001 }, ['late']],
  ['not known how late', { lagP99Ms: null }, []],
])('%s', (_, more, expected) => {
  expect(kinds(facts({}, more))).toEqual(expected);
});

test('what is missing in sentences, the most severe first', () => {
  const entry = { withStart: 0, initStarts: 0, errorsUnknown: 1, overdueStarts: 11, activity: wholeWeek };
  const partial = { ...whole, name: 'partial', invocations: 2000, withStart: 1000 };
  const given = facts(entry, { rejected: 7, lagP99Ms: 270_000, failingGroups: ['/aws/lambda/f'] });
  const found = coverageReasons({ ...given, functions: [...given.functions, partial] });
  expect(found.map(({ kind, n, examples }) => [kind, n, examples])).toEqual([
    ['pull-failing', 1, ['/aws/lambda/f']],
    ['start-lines-missing', 1, ['f']],
    ['deliveries-incomplete', 1, ['partial']],
    ['init-lines-missing', 1, ['f']],
    ['error-lines-missing', 1, ['f']],
    ['reports-missing', 1, ['f']],
    ['unreadable', 7, []],
    ['gone-quiet', 1, ['f']],
    ['late', 1, []],
  ]);
  expect(found.map(({ reasons }) => reasons.map(({ text }) => text).join(' '))).toEqual([
    'Log groups could not be read in the last attempt. The table of pulled log groups says why.',
    'No START lines arrive: the subscription filter drops them. Attempts without a REPORT cannot be detected.',
    'Some START lines are missing: deliveries were lost or are still in transit.',
    'No INIT_START lines arrive: the subscription filter drops them, or the functions are container images. Proactive and unused inits cannot be detected.',
    `Error rates are unknown beyond timeouts and crashes: no line of the application or its runtime arrives. ${ERRORS_REMEDY.text}`,
    'Attempts have a START line but no REPORT line: a filter dropped it, or it was lost.',
    'Some records could not be parsed. They are listed as dead letters, with the reasons.',
    'Functions logged regularly and have gone quiet, outside of their usual nights and days of rest: they are no longer invoked, or their logs no longer arrive.',
    // 270 s are 4.5 minutes.
    '1 % of events arrive more than 5 minutes late: the newest figures may still change.',
  ]);
});

test('the examples are the functions that are invoked most', () => {
  const functions = [30, 100, 40].map((n) => ({ ...whole, name: `f${n}`, invocations: n, withStart: 0 }));
  expect(coverageReasons({ ...facts({}), functions })[0]?.examples).toEqual(['f100', 'f40', 'f30']);
});

test('five examples of what is missing, and how many there are', () => {
  const failingGroups = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(coverageReasons(facts({}, { failingGroups }))[0]).toMatchObject({
    n: 6,
    examples: ['a', 'b', 'c', 'd', 'e'],
  });
});
