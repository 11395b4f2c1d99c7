/** Coverage: the status page and the metrics count and explain missing data. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { invocation, message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 10, 20);
const ARN = { 'x-amz-firehose-source-arn': 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/s' };

let product: TestProduct;
let now = T0;

beforeEach(async () => {
  now = T0;
  product = await startProduct({ now: () => now });
});

afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

interface Status {
  readonly coverage: number | null;
  readonly coverageReasons: readonly { kind: string; examples: string[] }[];
  readonly missingReports: number;
  readonly reportsWithoutStart: number;
  readonly orphanStarts: number;
}
const status = (): Promise<Status> => product.json<Status>('/api/v1/ingest/status');
let streams = 0;

async function deliver(name: string, events: Parameters<typeof message>[0]): Promise<void> {
  streams += 1;
  const logStream = `2026/11/20/[$LATEST]${String(streams).padStart(32, '0')}`;
  await send(product, [record(message(events, { logGroup: `/aws/lambda/${name}`, logStream }))], { headers: ARN });
}

test('finds filters that drop START and INIT_START, STARTs without REPORT, silent functions and late delivery', async () => {
  const cold = (n: number, atMs: number) => {
    const [start, report] = invocation(n, atMs);
    return [
      start,
      { ...report, message: String(report?.message).replace('\t\n', '\tInit Duration: 100.00 ms\t\n') },
    ].flatMap((event) => (event === undefined ? [] : [event]));
  };
  for (let n = 1; n <= 30; n += 1) {
    // Only REPORT lines, all of cold starts, without INIT_START.
    await deliver('filtered', cold(n, T0 - n * 60_000).slice(1));
    await deliver('whole', invocation(100 + n, T0 - n * 60_000));
  }
  // Two STARTs long before the newest line, without REPORT.
  await deliver('whole', [
    ...invocation(200, T0 - 5 * HOUR).slice(0, 1),
    ...invocation(201, T0 - 4 * HOUR).slice(0, 1),
  ]);
  // Hourly for three days, then silent for a day.
  for (let hour = 24; hour < 96; hour += 1) await deliver('stopped', invocation(300 + hour, T0 - hour * HOUR));
  await send(product, [{ data: '!' }, { data: '?' }]);
  const found = await status();
  expect(found).toMatchObject({ missingReports: 2, orphanStarts: 2, reportsWithoutStart: 30 });
  expect(found.coverage).toBeCloseTo(102 / 134, 5);
  expect(found.coverageReasons.map(({ kind, examples }) => [kind, ...examples])).toEqual([
    ['start-lines-missing', 'filtered'],
    ['init-lines-missing', 'filtered'],
    ['reports-missing', 'whole'],
    ['unreadable'],
    ['gone-quiet', 'stopped'],
    ['late'],
  ]);
  const metrics = await (await product.fetch('/metrics')).text();
  for (const line of [
    'thermocline_missing_reports 2',
    'thermocline_orphan_starts 2',
    'thermocline_quiet_functions 1',
    'thermocline_coverage_reasons{kind="start-lines-missing"} 1',
  ])
    expect(metrics).toContain(line);
  expect(metrics).toMatch(/thermocline_ingest_lag_seconds\{quantile="p99"\} \d+/);
  expect(metrics).toMatch(/thermocline_coverage_ratio 0\.76/);
});

test('without data, coverage has neither a figure nor reasons', async () => {
  expect(await status()).toMatchObject({ coverage: null, coverageReasons: [], missingReports: 0 });
  expect(await (await product.fetch('/metrics')).text()).not.toMatch(/^thermocline_coverage_ratio /m);
});
