/** Analyses never run on the main thread. This file imports types only, so every loaded module is the main thread's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AnalysisTasks } from '../../server/analytics/tasks.ts';
import { AnalysisPool } from '../../server/jobs/analysis/analysis-pool.ts';
import { invocation, message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

/** Modules that bootstrap, sort or scan, if the main thread loaded them. Analysis threads run compiled code. */
const loaded = vi.hoisted((): string[] => {
  // Files before this one have loaded them.
  vi.resetModules();
  return [];
});
vi.mock(import('../../server/analytics/statistics/bootstrap.ts'), (original) => note('bootstrap', original));
vi.mock(import('../../server/analytics/statistics/two-samples.ts'), (original) => note('two-samples', original));
vi.mock(import('../../server/analytics/statistics/trend.ts'), (original) => note('trend', original));
vi.mock(import('../../server/analytics/memory/right-size.ts'), (original) => note('right-size', original));
vi.mock(import('../../server/analytics/keep-alive/survival.ts'), (original) => note('survival', original));
vi.mock(import('../../server/analytics/cost/provisioned.ts'), (original) => note('provisioned', original));
vi.mock(import('../../server/analytics/compare/verdict.ts'), (original) => note('verdict', original));
vi.mock(import('../../server/analytics/changes/change-points.ts'), (original) => note('change-points', original));
vi.mock(import('../../server/analytics/network/eni-latency.ts'), (original) => note('eni-latency', original));
vi.mock(import('../../server/analytics/network/phases.ts'), (original) => note('phases', original));
vi.mock(import('../../server/analytics/failures/retries.ts'), (original) => note('retries', original));
vi.mock(import('../../server/analytics/metrics/concurrency.ts'), (original) => note('concurrency', original));
vi.mock(import('../../server/analytics/metrics/silence.ts'), (original) => note('silence', original));
vi.mock(import('../../server/analytics/cold-starts/against-runtime.ts'), (original) =>
  note('against-runtime', original),
);
vi.mock(import('../../server/http/answers/tasks.ts'), (original) => note('answers', original));
vi.mock(import('../../server/analytics/cold-starts/idle-window.ts'), (original) => note('idle-window', original));
vi.mock(import('../../server/analytics/cold-starts/proactive-threshold.ts'), (original) => note('threshold', original));

function note<T>(name: string, original: () => Promise<T>): Promise<T> {
  loaded.push(name);
  return original();
}

const DATA = join(import.meta.dirname, '../fixtures/data/hey');
const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';
const RANGE = 'from=2026-11-19T00:00:00Z&to=2026-11-21T00:00:00Z';
let product: TestProduct;
/** From the first round of attribution on. */
const run = vi.spyOn(AnalysisPool.prototype, 'run');

beforeAll(async () => {
  let nowMs = Date.UTC(2026, 10, 20, 12);
  product = await startProduct({ now: () => nowMs });
  await send(
    product,
    Array.from({ length: 40 }, (_, n) => record(message(invocation(n + 1)))),
  );
  // A change, of which there is a verdict.
  await declareTimeout(3);
  nowMs = Date.UTC(2026, 10, 20, 13);
  await declareTimeout(30);
  nowMs = Date.UTC(2026, 10, 21);
  const span = `{"resource":{"attributes":{"service.name":"f"}},"traceId":"${TRACE.slice(2).replace('-', '')}","spanId":"00f067aa0ba902b7","name":"n","kind":"SERVER","startTimeUnixNano":1791300000123456789,"endTimeUnixNano":1791300002123456791}`;
  const events = [{ id: '1'.padEnd(56, '0'), timestamp: Date.UTC(2026, 10, 20), message: span }];
  await send(product, [record(message(events, { logGroup: 'aws/spans', logStream: 'any' }))]);
  for (const file of ['2019-10-20-vpc-c50-n500.txt', '2019-05-29-vpc-c50-n500.txt'])
    await product.fetch('/ingest/load-test?tool=hey', { method: 'POST', body: readFileSync(join(DATA, file)) });
  await product.derive();
});

/** Declares the timeout of the function in the inventory. */
async function declareTimeout(timeoutSeconds: number): Promise<void> {
  const { items } = await product.json<{ items: { id: string }[] }>(`/api/v1/functions?${RANGE}`);
  const { status } = await product.fetch('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ functions: [{ id: items[0]?.id, timeoutSeconds }] }),
  });
  expect(status).toBe(200);
}
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
  vi.resetModules();
});

test('every analysis of every page runs in an analysis thread', async () => {
  const { items } = await product.json<{ items: { id: string }[] }>(`/api/v1/functions?${RANGE}`);
  const id = encodeURIComponent(items[0]?.id ?? '');
  const tests = await product.json<{ items: { id: string }[] }>('/api/v1/load-tests');
  const [before, after] = tests.items;
  const pages = [
    `/api/v1/overview?${RANGE}`,
    `/api/v1/functions/${id}?${RANGE}`,
    `/api/v1/functions/${id}/memory?${RANGE}`,
    `/api/v1/functions/${id}/failures?${RANGE}`,
    `/api/v1/functions/${id}/network?${RANGE}&maxConnections=100`,
    `/api/v1/functions/${id}/keep-alive?${RANGE}`,
    `/api/v1/functions/${id}/provisioned-concurrency?${RANGE}`,
    `/api/v1/functions/${id}/environments?${RANGE}`,
    `/api/v1/functions/${id}/cold-starts?${RANGE}`,
    `/api/v1/network?${RANGE}`,
    `/api/v1/recommendations?${RANGE}`,
    `/api/v1/changes?${RANGE}&function=${id}`,
    `/api/v1/compare?function=${id}&before=2026-11-20T09:00:00Z/2026-11-20T10:00:00Z&after=2026-11-20T10:00:00Z/2026-11-20T11:00:00Z`,
    `/api/v1/load-tests/compare?before=${before?.id}&after=${after?.id}`,
    `/api/v1/traces/${TRACE}`,
    `/api/v1/service-map?${RANGE}`,
    '/api/v1/ingest/status',
  ];
  for (const page of pages) expect([page, (await product.fetch(page)).status]).toEqual([page, 200]);
  const expected: Record<keyof AnalysisTasks, true> = {
    memory: true,
    changes: true,
    coverage: true,
    changePoints: true,
    network: true,
    capacity: true,
    trace: true,
    compareLoad: true,
    movedIdleWindows: true,
    movedThresholds: true,
  };
  expect([...new Set(run.mock.calls.map(([name]) => name))].toSorted()).toEqual(Object.keys(expected).toSorted());
  expect(loaded).toEqual([]);
  // A module that this thread does load is noted.
  await import('../../server/analytics/network/phases.ts');
  expect(loaded).toEqual(['phases']);
});

test('after the server has closed, an analysis is rejected', async () => {
  const pool = new AnalysisPool(new URL('../../dist/workers/', import.meta.url), 10_000);
  expect(await pool.run('changePoints', [[]])).toEqual([[]]);
  await pool.close();
  await expect(pool.run('changePoints', [[]])).rejects.toMatchObject({ code: 'unavailable' });
});
