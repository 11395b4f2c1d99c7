/** Structured queries match figures calculated from the exported rows; exports are safe to open in a spreadsheet. */

import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { idOf } from '../../bench/accuracy/causes.ts';
import { deliver } from '../../bench/accuracy/subject.ts';
import { renderReport } from '../../ingest/lines/render.ts';
import { Random } from '../../ingest/records/random.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { playPlans } from '../../ingest/simulator/fleets.ts';
import { compareText } from '../../ingest/text/compare-text.ts';
import { isStored } from '../../server/analytics/metrics/stored-metrics.ts';
import type { structuredAnswer } from '../../server/http/contract/query.ts';
import { METRICS } from '../../server/http/contract/query.ts';
import { csvRow } from '../../server/http/presentation/export-text.ts';
import { dayPlans } from '../support/day-fleet.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 20);
const FROM = TO - 6 * HOUR;
const RANGE = { from: String(FROM), to: String(TO) };
let product: TestProduct;

interface ExportedRow {
  readonly endedAt: string;
  readonly function: string;
  readonly account: string;
  readonly memorySizeMb: number;
  readonly status: string;
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly coldStart: string | null;
  readonly userFelt: boolean | null;
  readonly cause: string | null;
  readonly initDurationMs: number | null;
  readonly costUsd: number;
}
let rows: readonly ExportedRow[];

const HOSTILE = '=HYPERLINK("http://x","y")';

beforeAll(async () => {
  product = await startProduct({ now: () => TO + HOUR });
  const streams = playPlans(dayPlans(TO), 5, FROM, TO).flatMap((one) => one.streams);
  const subject = { request: product.fetch, derive: product.derive };
  await deliver(subject, deliveries(streams, ORDERLY, new Random(1)));
  const report = renderReport({
    requestId: 'b5d3f5c4-0000-4000-8000-000000000001',
    durationMs: 5,
    billedDurationMs: 5,
    memorySizeMb: 128,
    maxMemoryUsedMb: 60,
    initDurationMs: null,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: 'error',
    errorType: HOSTILE,
    trace: null,
  });
  const logStream = '2026/11/19/[$LATEST]00000000000000000000000000000001';
  await send(product, [
    record(
      message([{ id: '', timestamp: TO - HOUR, message: report }], { logGroup: '/aws/lambda/hostile', logStream }),
    ),
  ]);
  await product.derive();
  const text = await (await product.fetch(`/api/v1/export/invocations?from=${FROM}&to=${TO}`)).text();
  rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportedRow);
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

type Answer = z.infer<typeof structuredAnswer>;

function post(body: object): Promise<Response> {
  return product.fetch('/api/v1/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...RANGE, ...body }),
  });
}
const ask = async (body: object): Promise<Answer> => (await (await post(body)).json()) as Answer;

function exact(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

describe('POST /api/v1/query', () => {
  test('counts, rates, money and quantiles by function equal the rows', async () => {
    const byName = (name: unknown) => rows.filter((row) => String(name).endsWith(`:${row.function}`));
    const counted = await ask({ metric: 'invocations', groupBy: ['function'] });
    expect(counted.groups.length).toBe(new Set(rows.map((row) => row.function)).size);
    for (const { group, values, n } of counted.groups) {
      expect(values['sum']).toBe(byName(group['function']).length);
      expect(n).toBe(values['sum']);
    }
    const failing = await ask({ metric: 'errorRate', groupBy: ['function'] });
    for (const { group, values, interval } of failing.groups) {
      const mine = byName(group['function']);
      expect(values['value']).toBeCloseTo(mine.filter((row) => row.status !== 'success').length / mine.length);
      expect(interval?.low).toBeLessThanOrEqual(values['value'] ?? 0);
    }
    const priced = await ask({ metric: 'costUsd', groupBy: ['function'] });
    for (const { group, values } of priced.groups) {
      expect(values['sum']).toBeCloseTo(
        byName(group['function']).reduce((sum, row) => sum + row.costUsd, 0),
        9,
      );
    }
    const slow = await ask({
      metric: 'durationMs',
      groupBy: ['function'],
      aggregations: ['p50', 'p99', 'p99.9', 'count'],
    });
    for (const { group, values } of slow.groups) {
      const durations = byName(group['function']).map((row) => row.durationMs);
      expect(values['count']).toBe(durations.length);
      for (const [name, q] of [
        ['p50', 0.5],
        ['p99', 0.99],
        ['p99.9', 0.999],
      ] as const) {
        // Within 1 % of the exact quantile.
        expect(Math.abs((values[name] ?? 0) / exact(durations, q) - 1)).toBeLessThanOrEqual(0.0101);
      }
    }
  });

  test('filters, grouping by several fields, and buckets that add up to the total', async () => {
    const answer = await ask({
      metric: 'coldStarts',
      filters: [
        { field: 'function', op: 'in', value: ['search', 'checkout'] },
        { field: 'memoryMb', op: '!=', value: 256 },
      ],
      groupBy: ['function', 'memoryMb'],
      interval: '1h',
    });
    const mine = rows.filter((row) => ['search', 'checkout'].includes(row.function) && row.memorySizeMb !== 256);
    expect(answer.groups.reduce((sum, one) => sum + (one.values['sum'] ?? 0), 0)).toBe(
      mine.filter((row) => row.coldStart !== null).length,
    );
    for (const { group, values, series } of answer.groups) {
      expect(group['memoryMb']).not.toBe(256);
      expect(series.length).toBeGreaterThan(0);
      expect(series.reduce((sum, at) => sum + (at.values['sum'] ?? 0), 0)).toBe(values['sum']);
    }
    expect(answer.range.bucketMs).toBe(HOUR);
  });

  test('order and limit', async () => {
    const up = await ask({
      metric: 'invocations',
      groupBy: ['function'],
      orderBy: { by: 'sum', direction: 'asc' },
      limit: 3,
    });
    const sums = up.groups.map((one) => one.values['sum'] ?? 0);
    expect(sums).toEqual(sums.toSorted((a, b) => a - b));
    expect(up).toMatchObject({ truncated: true, total: new Set(rows.map((row) => row.function)).size });
    const names = (
      await ask({ metric: 'invocations', groupBy: ['function'], orderBy: { by: 'function', direction: 'asc' } })
    ).groups;
    const inOrder = names.map((one) => String(one.group['function']));
    expect(inOrder).toEqual(inOrder.toSorted(compareText));
  });

  // Those of CloudWatch and of log lines: metrics.test.ts.
  const ofInvocations = METRICS.filter((metric) => !isStored(metric));
  test.each(ofInvocations)('%s has a default aggregation', async (metric) => {
    const answer = await ask({ metric });
    expect(answer.groups.length).toBe(1);
    expect(answer.groups[0]?.values[answer.aggregations[0] ?? '']).toBeTypeOf('number');
  });

  test.each([
    [{}, 'metric'],
    [{ metric: 'weather' }, 'metric'],
    [{ metric: 'durationMs', aggregations: ['sum'] }, 'aggregations'],
    [{ metric: 'errorRate', aggregations: ['p99'] }, 'aggregations'],
    [{ metric: 'errors', aggregations: ['p999'] }, 'aggregations'],
    [{ metric: 'errors', groupBy: ['colour'] }, 'groupBy'],
    [{ metric: 'errors', filters: [{ field: 'function', op: 'like', value: 'x' }] }, 'filters.0.op'],
    [{ metric: 'errors', filters: [{ field: 'function' }] }, 'filters.0.value'],
    [{ metric: 'errors', orderBy: { by: 'colour' } }, 'orderBy.by'],
    [{ metric: 'errors', limit: 0 }, 'limit'],
    [{ metric: 'errors', interval: '1y' }, 'interval'],
    [{ metric: 'errors', from: 'yesterday' }, 'from'],
    [{ metric: 'errors', unknown: 1 }, 'unknown'],
    [{ metric: 'errors', custom: { namespace: 'Shop', name: 'Orders' } }, 'custom'],
    [{ metric: 'custom' }, 'custom'],
    [{ metric: 'custom', custom: { namespace: 'Shop' } }, 'custom.name'],
    [{ metric: 'throttles', aggregations: ['p99'] }, 'aggregations'],
    [{ metric: 'throttles', groupBy: ['version'] }, 'groupBy.0'],
    [{ metric: 'throttles', filters: [{ field: 'runtime', value: 'nodejs22.x' }] }, 'filters.0.field'],
  ])('%j is rejected, and the error names %s', async (body, field) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(field);
  });

  test('no matching data gives an empty result', async () => {
    expect(await ask({ metric: 'errors', filters: [{ field: 'function', value: 'nobody' }] })).toMatchObject({
      groups: [],
      total: 0,
    });
  });
});

describe('GET /api/v1/export/:what', () => {
  test('exports every invocation once, in both formats', async () => {
    expect(rows.length).toBeGreaterThan(2000);
    const csv = await product.fetch(`/api/v1/export/invocations?from=${FROM}&to=${TO}&format=csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('content-disposition')).toContain('thermocline-invocations.csv');
    const parsed = parse(await csv.text(), { columns: true }) as Record<string, string>[];
    expect(parsed.length).toBe(rows.length);
    expect(parsed.map((row) => row['endedAt'])).toEqual(rows.map((row) => row.endedAt));
    expect(Number(parsed[0]?.['durationMs'])).toBe(rows[0]?.durationMs);
    const accepted = await product.fetch(`/api/v1/export/invocations?from=${FROM}&to=${TO}&limit=7`, {
      headers: { accept: 'text/csv' },
    });
    expect((await accepted.text()).trim().split('\r\n').length).toBe(8);
  });

  test('exports cold starts with their causes, and those of one cause', async () => {
    const lines = async (query: string): Promise<ExportedRow[]> =>
      (await (await product.fetch(`/api/v1/export/cold-starts?from=${FROM}&to=${TO}${query}`)).text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ExportedRow);
    const all = await lines('');
    expect(all.length).toBe(rows.filter((row) => row.coldStart !== null).length);
    expect(all.every((row) => row.cause !== null)).toBe(true);
    const expired = await lines('&cause=idle-expiry');
    expect(expired.length).toBe(all.filter((row) => row.cause === 'idle-expiry').length);
    expect(expired.length).toBeGreaterThan(0);
  });

  test('exports one row per function', async () => {
    const text = await (await product.fetch(`/api/v1/export/functions?from=${FROM}&to=${TO}&format=csv`)).text();
    const parsed = parse(text, { columns: true }) as Record<string, string>[];
    expect(parsed.map((row) => row['name'])).toContain('checkout');
    expect(parsed.find((row) => row['id'] === idOf('search'))?.['invocations']).toBe(
      String(rows.filter((row) => row.function === 'search').length),
    );
  });

  test('escapes log text that a spreadsheet would read as a formula', async () => {
    const text = await (
      await product.fetch(`/api/v1/export/invocations?from=${FROM}&to=${TO}&format=csv&status=error`)
    ).text();
    const hostile = (parse(text, { columns: true }) as Record<string, string>[]).find(
      (row) => row['function'] === 'hostile',
    );
    expect(hostile?.['errorType']).toBe(`'${HOSTILE}`);
    for (const value of ['+1', '-1', '@a', '\tx', '\rx']) {
      expect(csvRow(['a'], { a: value })).toMatch(/^"?'/);
    }
    expect(csvRow(['a', 'b', 'c'], { a: -1.5, b: null, c: 'x"y' })).toBe('-1.5,,"x""y"\r\n');
  });

  test.each([
    ['/api/v1/export/everything', 'what'],
    ['/api/v1/export/invocations?format=xlsx', 'format'],
    ['/api/v1/export/invocations?limit=0', 'limit'],
    ['/api/v1/export/cold-starts?cause=weather', 'cause'],
    ['/api/v1/export/functions?tenant=blue', 'tenant'],
    ['/api/v1/export/functions?status=error', 'status'],
    ['/api/v1/export/functions?cause=deploy', 'cause'],
  ])('%s: the error names %s', async (path, field) => {
    const response = await product.fetch(path);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(field);
  });
});
