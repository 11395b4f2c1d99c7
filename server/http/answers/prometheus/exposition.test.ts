/** The text that scrapers read, worked out by hand. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { BucketSums, RollupSeries, SeriesSlice } from '../../../storage/questions/series/types.ts';
import { READ_AT, READ_COLUMNS, type ReadColumn } from '../../../storage/rollup/bucket.ts';
import { countedNow } from './counted-slices.ts';
import { CounterLedger } from './counter-ledger.ts';
import { exposition } from './exposition.ts';

const FROM_MS = 1000 * HOUR_MS;
const WIDTH_MS = 5 * MINUTE_MS;
const CONTEXT = {
  terms: { plans: [], tier: 1, logTier: 1 },
  tags: new Map([['1:eu-west-1:checkout', { team: 'shop "A"' }]]),
} as const;
const FORM = { restriction: null, selectors: [], limit: 1000, context: CONTEXT } as const;

function sums(counts: Partial<Record<ReadColumn, number>>, maxMemoryMb: number | null = null): BucketSums {
  const all = new Float64Array(READ_COLUMNS.length);
  for (const name of READ_COLUMNS) all[READ_AT[name]] = counts[name] ?? 0;
  return { counts: all, maxMemoryMb, duration: null, init: COLD_START_KINDS.map(() => null), causes: null };
}

function slice(name: string, version: string, further: Partial<SeriesSlice> = {}): SeriesSlice {
  return {
    ...{ function: name, account: '1', region: 'eu-west-1', version, memoryMb: 512, architecture: 'arm64' },
    ...{ runtime: 'nodejs22.x', packageType: null },
    before: sums({ n: 100, timeouts: 2 }),
    buckets: [{ ...sums({ n: 3 }, 80), atMs: FROM_MS }],
    ...further,
  };
}

function textOf(slices: readonly SeriesSlice[], form: Partial<Parameters<typeof exposition>[1]> = {}): string {
  const rollups: RollupSeries = { range: { fromMs: FROM_MS, toMs: FROM_MS + WIDTH_MS, widthMs: WIDTH_MS }, slices };
  const counted = [...countedNow(rollups, CounterLedger.of(null), CONTEXT, FROM_MS + WIDTH_MS)];
  return exposition(counted, { ...FORM, ...form });
}

test('a caller that is restricted by a tag gets the functions that have it', () => {
  const restriction = [{ kind: 'tag', key: 'team', anyOf: ['shop*'] }] as const;
  const text = textOf([slice('checkout', '7'), slice('plain', '1')], { restriction });
  expect(linesOf(text, 'thermocline_function_info')).toHaveLength(1);
  expect(text).not.toContain('plain');
  const another = [{ kind: 'tag', key: 'team', anyOf: ['web'] }] as const;
  expect(textOf([slice('checkout', '7')], { restriction: another })).not.toContain('checkout');
});

const OWN = 'account="1",region="eu-west-1"';
const linesOf = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

test('counters, gauges and metrics for joins, with the series of a family together', () => {
  const text = textOf([slice('checkout', '7'), slice('checkout', '8'), slice('plain', '1')]);
  const labels = `${OWN},version="7",memory_mb="512",architecture="arm64"`;
  expect(linesOf(text, 'thermocline_invocations_total')[0]).toBe(
    `thermocline_invocations_total{function="checkout",${labels}} 103`,
  );
  expect(linesOf(text, 'thermocline_errors_total')[0]).toBe(
    `thermocline_errors_total{function="checkout",${labels}} 2`,
  );
  expect(linesOf(text, 'thermocline_max_memory_used_bytes')).toHaveLength(3);
  expect(linesOf(text, 'thermocline_max_memory_used_bytes')[0]).toMatch(/ 83886080$/);
  expect(linesOf(text, 'thermocline_function_info')).toHaveLength(2);
  expect(linesOf(text, 'thermocline_function_tags')).toEqual([
    `thermocline_function_tags{function="checkout",${OWN},tag_team="shop \\"A\\""} 1`,
    `thermocline_function_tags{function="plain",${OWN}} 1`,
  ]);
  const names = text.split('\n').flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
  expect(new Set(names).size).toBe(names.length);
});

test('what is not known has no series', () => {
  const unknown = slice('checkout', '7', { before: sums({ n: 5, errors_unknown: 5, unplaced: 5 }) });
  const text = textOf([unknown]);
  expect(linesOf(text, 'thermocline_errors_total')).toEqual([]);
  expect(linesOf(text, 'thermocline_user_felt_cold_starts_total')).toEqual([]);
  expect(linesOf(text, 'thermocline_invocations_total')).toHaveLength(1);
  const unpriced = textOf([slice('checkout', '7', { memoryMb: null })]);
  expect(linesOf(unpriced, 'thermocline_cost_usd_total')).toEqual([]);
});

test('a restricted caller gets its functions, selectors their series', () => {
  const all = [slice('checkout', '7'), slice('plain', '1')];
  const own = textOf(all, { restriction: [{ kind: 'function', anyOf: ['pl*'] }] });
  expect(own).not.toContain('checkout');
  expect(own).toContain('plain');
  const selectors = ['thermocline_invocations_total{function="plain"}', '{__name__=~".*_info"}'];
  const some = textOf(all, { selectors });
  const series = some.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(series.map((line) => line.replace(/\{.*function="(\w+)".*\}/, ' $1'))).toEqual([
    'thermocline_invocations_total plain 103',
    'thermocline_function_info checkout 1',
    'thermocline_function_info plain 1',
    'thermocline_function_series_left_out 0',
  ]);
});

test('more series than the limit: whole versions are left out, and their number is said', () => {
  const one = textOf([slice('checkout', '7')]);
  const n = one.split('\n').filter((line) => /^thermocline_\w+\{/.test(line)).length;
  const text = textOf([slice('checkout', '7'), slice('plain', '1')], { limit: n + 5 });
  expect(text).not.toContain('plain');
  expect(linesOf(text, 'thermocline_function_series_left_out')).toEqual([`thermocline_function_series_left_out ${n}`]);
});
