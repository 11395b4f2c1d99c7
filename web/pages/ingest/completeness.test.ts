/** Whether the data is complete, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Ingest } from './ingest.tsx';

afterEach(restore);

type Coverage = NonNullable<Answers['runQuery']>;
const example = examples.runQuery.answer as Coverage;
const status = examples.getIngestStatus.answer as NonNullable<Answers['getIngestStatus']>;

/** Hours of a range of four, with their coverage; an hour without an entry has no invocations. */
const group = (name: string, value: number, hours: Readonly<Record<number, number>>): Coverage['groups'][number] => ({
  group: { function: `000000000000:eu-west-1:${name}` },
  n: 100,
  values: { value },
  interval: null,
  unknown: null,
  costReason: null,
  series: Object.entries(hours).map(([hour, share]) => ({
    at: `2026-11-28T0${hour}:00:00.000Z`,
    n: 50,
    values: { value: share },
  })),
});
const coverage = (...groups: Coverage['groups']): Coverage => ({
  ...example,
  range: { from: '2026-11-28T04:00:00.000Z', to: '2026-11-28T08:00:00.000Z', bucketMs: HOUR_MS },
  metric: 'coverage',
  groups,
  total: groups.length,
});
const show = (answers: Answers, failures: Failures = {}) =>
  showPage(h(Ingest, {}), { path: '/ingest', search: '?from=now-4h', answers, failures });

test('functions and hours whose lines are missing, the worst first', async () => {
  const runQuery = coverage(
    group('checkout', 0.9, { 4: 1, 6: 0.8 }),
    group('search', 1, { 4: 1, 5: 1, 6: 1, 7: 0.99 }),
  );
  const page = await show({ runQuery, getIngestStatus: { ...status, rejected: 2 } });
  expect(page.sent).toMatchObject([
    [
      'POST /api/v1/query',
      {
        from: 'now-4h',
        to: 'now',
        metric: 'coverage',
        groupBy: ['function'],
        orderBy: { by: 'value', direction: 'asc' },
      },
    ],
  ]);
  const shown = page.section('Completeness');
  expect(shown).toContain('Lines are missing: 1 of 2 functions is below 99 % coverage.');
  expect(shown).toContain('2 records could not be read');
  expect(page.elements('rect').map(({ attributes, text }) => [attributes['class'], text])).toEqual([
    ['complete', '2026-11-28 04:00: 100 % of 50'],
    ['none', '2026-11-28 05:00: no invocations'],
    ['partial', '2026-11-28 06:00: 80 % of 50'],
    ['none', '2026-11-28 07:00: no invocations'],
    ['complete', '2026-11-28 04:00: 100 % of 50'],
    ['complete', '2026-11-28 05:00: 100 % of 50'],
    ['complete', '2026-11-28 06:00: 100 % of 50'],
    ['complete', '2026-11-28 07:00: 99 % of 50'],
  ]);
  expect(page.elements('svg').map(({ attributes }) => attributes['aria-label'])).toEqual([
    'checkout: lines missing in 1 part of the range',
    'search: complete',
  ]);
  expect(page.link('checkout')).toBe('/functions/000000000000%3Aeu-west-1%3Acheckout?from=now-4h');
});

test('cells are as wide as what is stored', async () => {
  const hours = coverage(group('search', 1, { 4: 1, 5: 1, 7: 1 }));
  const page = await show({ runQuery: { ...hours, range: { ...hours.range, bucketMs: HOUR_MS / 2 } } });
  expect(page.elements('rect').map(({ attributes }) => attributes['class'])).toEqual([
    'complete',
    'complete',
    'none',
    'complete',
  ]);
});

test('complete data, and what of many functions is shown', async () => {
  const runQuery = { ...coverage(group('search', 1, { 4: 1 })), total: 300 };
  const page = await show({ runQuery, getIngestStatus: { ...status, coverage: 0.994, rejected: 0 } });
  const shown = page.section('Completeness');
  expect(shown).toContain('Complete: 99 % of invocations have START and REPORT. Every record that arrived was read.');
  expect(shown).toContain('(the function with the lowest coverage of 300)');
});

describe('the demo', () => {
  const demo = (runningSince: string | null, isStored: boolean, failure: string | null = null) =>
    show({ getDemo: { runningSince, isStored, failure } });

  test('is loaded, and stopped while it moves', async () => {
    const none = await demo(null, false);
    expect(none.section('Demo data')).toContain('Not loaded.');
    expect(none.section('Demo data')).not.toContain('Remove');
    await none.click('Load the demo');
    expect(none.sent).toContainEqual(['POST /api/v1/demo', undefined]);
    restore();
    const moving = await demo(new Date().toISOString(), true);
    expect(moving.section('Demo data')).toContain('Moving live');
    await moving.click('Stop live data');
    expect(moving.sent).toContainEqual(['POST /api/v1/demo/stop', undefined]);
    restore();
    const failed = await demo(null, true, 'exit code 1');
    expect(failed.section('Demo data')).toMatch(
      /Stored, without live data\. The demo stopped unexpectedly: exit code 1/,
    );
    expect(failed.section('Demo data')).toContain('Load it again, with live data');
  });

  test('goes away after a second click', async () => {
    const page = await demo(null, true);
    await page.click('Remove demo data');
    await page.click('Remove all of it');
    expect(page.sent).toContainEqual(['DELETE /api/v1/demo', undefined]);
    expect(page.text).toContain('Demo data removed.');
  });
});

test('no invocations, and a failure', async () => {
  const page = await show({ runQuery: coverage() });
  expect(page.section('Completeness')).toContain('No invocations in this time range.');
  restore();
  const failed = await show({}, { runQuery: { code: 'unavailable' } });
  expect(failed.section('Completeness')).toContain('Failed to load the coverage.');
});
