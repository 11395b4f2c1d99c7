/** Coverage as pages and metrics state it. Expected values were worked out by hand. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { readCoverage } from './coverage.ts';

const NOW = Date.UTC(2026, 10, 21);

async function coverageOf(status: object, pulls: readonly object[] = []) {
  const queries: unknown[] = [];
  const known = { invocations: 0, orphanStarts: 0, withStart: 0, counters: {}, lagMs: { p99: null }, ...status };
  const store = {
    read: { ingestStatus: async () => known, pullCheckpoints: async () => pulls },
    readPacked: async (...question: unknown[]) => {
      queries.push(question);
      return 'functions';
    },
  };
  const analyse = async (...task: unknown[]) => {
    queries.push(task);
    return { missingReports: 3, reasons: ['r'] };
  };
  return { queries, found: await readCoverage(store as never, analyse as never, NOW) };
}

test('coverage is the share of attempts with both lines; a START without REPORT is an attempt', async () => {
  // 90 of 98 + 2.
  const { found } = await coverageOf({ invocations: 98, orphanStarts: 2, withStart: 90 });
  expect(found).toMatchObject({ value: 0.9, missingReports: 3, reasons: ['r'] });
  expect((await coverageOf({})).found.value).toBeNull();
});

test('the reasons are looked for in a week of events and four weeks of activity', async () => {
  const counters = { accepted: 1000, duplicates: 200, ignored: 30, rejected: 4 };
  const pulls = [
    { logGroup: '/a', state: 'ok' },
    { logGroup: '/b', state: 'failing' },
    // Coverage is about lines.
    { logGroup: 'metrics:AWS/Lambda', state: 'denied' },
  ];
  const { queries } = await coverageOf({ counters, lagMs: { p99: 1500 } }, pulls);
  expect(queries).toEqual([
    ['coverage', { fromMs: NOW - 7 * DAY_MS, activityFromMs: NOW - 28 * DAY_MS, nowMs: NOW }],
    ['coverage', 'functions', { events: 1234, rejected: 4, lagP99Ms: 1500, nowMs: NOW, failingGroups: ['/b'] }],
  ]);
  // Counters that were never raised are 0.
  expect((await coverageOf({})).queries[1]).toMatchObject([
    'coverage',
    'functions',
    { events: 0, rejected: 0, failingGroups: [] },
  ]);
});
