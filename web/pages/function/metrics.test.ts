/** The Metrics tab, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const ID = '000000000000:eu-west-1:order-api';
const PATH = `/functions/${encodeURIComponent(ID)}`;
const show = (answers: Answers = {}, failures: Failures = {}, search = '') =>
  showPage(h(FunctionPage, { id: ID }), { path: PATH, search: `?tab=metrics${search}`, answers, failures });

const platform: NonNullable<Answers['getPlatformMetrics']> = examples.getPlatformMetrics.answer;
const points: NonNullable<Answers['getMetricPoints']> = examples.getMetricPoints.answer;
const list: NonNullable<Answers['listMetrics']> = examples.listMetrics.answer;
const noPart = { aws: null, ours: null, share: null, reasons: [], partMs: HOUR_MS, parts: [] };

describe('what CloudWatch counts', () => {
  test('a chart of each metric that came, with its statistic', async () => {
    const { section, charts } = await show();
    expect(section('Throttles')).toContain('log lines do not show them. Total: 14.');
    expect(charts.get('Throttles')?.kind).toBe('bar');
    // Ticks are whole numbers, as all of its points.
    expect(charts.get('Throttles')?.fractional).toBe(false);
    expect(charts.get('Throttles')?.series.map((one) => one.points.map(({ y }) => y))).toEqual([[0, 14]]);
  });

  test('a largest value is a line, in its unit; no point is a gap', async () => {
    const at = ['2026-11-27T08:00:00.000Z', '2026-11-27T09:00:00.000Z'] as const;
    const { section, charts } = await show({
      getPlatformMetrics: {
        ...platform,
        items: [
          {
            metric: 'iteratorAge',
            name: 'IteratorAge',
            statistic: 'max',
            unit: 'ms',
            value: 90_000,
            n: 3,
            points: [
              { at: at[0], value: 90_000, n: 3 },
              { at: at[1], value: null, n: 0 },
            ],
          },
        ],
      },
    });
    expect(section('IteratorAge')).toContain('Largest: 1.50 min.');
    const drawn = charts.get('IteratorAge');
    expect(drawn?.kind).toBe('line');
    expect(drawn?.series[0]?.points.map(({ y }) => y)).toEqual([90_000, null]);
    expect(drawn?.formatY(1500)).toBe('1.50 s');
  });

  test('its counts stand beside ours, with the reason of a difference', async () => {
    const { table, section } = await show();
    expect(table('Counts of CloudWatch and of log lines')).toEqual([
      ['Metric', 'CloudWatch', 'Log lines', 'Share'],
      // 4,169 of 4,180.
      ['Invocations', '4,180', '4,169', '99.74 %'],
      ['Errors', '12', '12', '100 %'],
    ]);
    expect(section('CloudWatch counts compared with ours')).toContain(
      'Invocations: log lines of some invocations were not received. Errors: the counts are equal.',
    );
    expect(table('Times at which the counts differ')).toEqual([
      ['Time', 'Metric', 'CloudWatch', 'Log lines', 'Why'],
      ['2026-11-27 09:00:00', 'Invocations', '2,130', '2,119', 'log lines of some invocations were not received'],
    ]);
  });

  test('what is not known is a dash, not a zero', async () => {
    const { table, section } = await show({
      getPlatformMetrics: { ...platform, invocations: { ...noPart, ours: 7 }, errors: { ...noPart, aws: 3 } },
    });
    expect(table('Counts of CloudWatch and of log lines').slice(1)).toEqual([
      ['Invocations', '–', '7', '–'],
      ['Errors', '3', '–', '–'],
    ]);
    expect(section('CloudWatch counts compared with ours')).toContain(
      'Invocations: no points came in this time range. Errors: no lines came in this time range.',
    );
  });

  test.each([
    ['needs-metric-stream', 'Throttles, concurrency, the age of events and lost events need a metric stream'],
    ['none-of-this-function', 'Metrics of other functions came, but none of this one'],
  ] as const)('%s: says so, and leads to the setup', async (reason, sentence) => {
    const { section, link } = await show({
      getPlatformMetrics: {
        ...platform,
        connected: reason !== 'needs-metric-stream',
        reason,
        lastAt: null,
        items: [],
        invocations: noPart,
        errors: noPart,
      },
    });
    expect(section('CloudWatch metrics')).toContain(sentence);
    expect(link('Connect a metric stream')).toContain('/connect?');
  });

  test('connected, but no point in the range', async () => {
    const { section } = await show({ getPlatformMetrics: { ...platform, items: [] } });
    expect(section('CloudWatch metrics')).toContain('the newest is of 2026-11-27 09:57:00');
  });

  test('an error is not a missing connection', async () => {
    const { text } = await show({}, { getPlatformMetrics: { code: 'unavailable' } });
    expect(text).toContain('Failed to load CloudWatch metrics.');
    expect(text).not.toContain('Connect a metric stream');
  });
});

describe('custom metrics', () => {
  const item = list.items[0];
  const items = [
    { ...item, key: 'a', dimensions: { service: 'checkout' } },
    { ...item, key: 'b', dimensions: { service: 'checkout', tenant: 'blue' } },
    { ...item, key: 'c', name: 'Latency', unit: 'Milliseconds', dimensions: {} },
  ] as typeof list.items;

  test('the first metric is shown; its figures say n, and what they leave out', async () => {
    const { section, charts, requested } = await show({ listMetrics: { ...list, items } });
    expect(section('Custom metrics')).toContain('2 metrics');
    const asked = requested.find((address) => address.includes('/metrics/points')) ?? '';
    expect(Object.fromEntries(new URL(asked, 'http://x').searchParams)).toMatchObject({
      namespace: 'Shop',
      name: 'Orders',
      statistic: 'average',
      source: 'emf',
      function: ID,
    });
    expect(section('Shop / Orders')).toContain('sum: 342, of 310 values in 1 series.');
    expect(section('Shop / Orders')).toContain(
      'Not included, since they count the same values again: series with the dimensions service + tenant.',
    );
    expect(charts.get('Shop / Orders')?.series[0]?.points.map(({ y }) => y)).toEqual([342, null]);
  });

  test('metric, statistic and dimension come from the address', async () => {
    const search = `&metric=${encodeURIComponent('["Shop","Orders"]')}&statistic=p95&by=tenant`;
    const { requested, charts } = await show(
      {
        listMetrics: { ...list, items },
        getMetricPoints: {
          ...points,
          statistic: 'p95',
          groups: ['blue', 'red\u202e'].map((group) => ({ ...points.groups[0], group })) as typeof points.groups,
        },
      },
      {},
      search,
    );
    const asked = requested.find((address) => address.includes('/metrics/points')) ?? '';
    expect(Object.fromEntries(new URL(asked, 'http://x').searchParams)).toMatchObject({
      statistic: 'p95',
      groupBy: 'dimension:tenant',
    });
    expect(charts.get('Shop / Orders')?.series.map(({ label }) => label)).toEqual(['blue', 'red\\u202e']);
  });

  test('a number of values has no unit', async () => {
    const group = { ...points.groups[0], value: 310 } as (typeof points.groups)[number];
    const { section, charts } = await show({
      getMetricPoints: { ...points, unit: 'Milliseconds', statistic: 'count', groups: [group] },
    });
    expect(section('Shop / Orders')).toContain('count: 310, of 310 values');
    expect(charts.get('Shop / Orders')?.formatY(1500)).toBe('1,500');
    expect(charts.get('Shop / Orders')?.kind).toBe('bar');
    restore();
    // Ticks below one only where a point is no whole number.
    const shown = async (value: number) => {
      const given = { ...group, points: [{ at: '2026-11-27T08:00:00.000Z', value, n: 1 }] };
      const page = await show({ getMetricPoints: { ...points, statistic: 'sum', groups: [given] } });
      restore();
      return page.charts.get('Shop / Orders')?.fractional;
    };
    expect([await shown(2), await shown(0.5)]).toEqual([false, true]);
  });

  test('a value that is not known has its reason', async () => {
    const group = { ...points.groups[0], value: null, reason: 'negative-values' } as (typeof points.groups)[number];
    const { section } = await show({ getMetricPoints: { ...points, statistic: 'p99', groups: [group] } });
    expect(section('Shop / Orders')).toContain('p99: not known, because percentiles of negative values are not kept');
  });

  test('what was not stored is said', async () => {
    const { section, table } = await show();
    expect(section('Values that were not stored')).toContain('At most 1,000 series of a function are kept');
    expect(table('Values that were not stored')).toEqual([
      ['Metric', 'Why', 'Values', 'Last'],
      ['Shop / Basket', 'the function has as many series as are kept', '412', '2026-11-27 09:58:41'],
    ]);
  });

  test('a function without any', async () => {
    const { section, requested } = await show({ listMetrics: { ...list, items: [], dropped: [] } });
    expect(section('Custom metrics')).toContain('None: no line of this function was in the embedded metric format');
    expect(requested.some((address) => address.includes('/metrics/points'))).toBe(false);
  });
});
