/** Handlers that throw in the text log format: failures, error details, alert metric and waste, worked out by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogEventInput } from '../support/firehose.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const fixtures = join(import.meta.dirname, '../fixtures/field');
const NOW_MS = Date.UTC(2026, 10, 27);
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => NOW_MS });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

async function post(body: unknown): Promise<void> {
  const response = await product.fetch('/ingest/lambda', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

interface Failures {
  readonly invocations: number;
  readonly failures: number;
  readonly rate: { readonly value: number | null; readonly n: number };
  readonly errorTypes: readonly { readonly status: string; readonly errorType: string | null; readonly n: number }[];
  readonly retries: Record<string, unknown>;
  readonly cost: { readonly failedUsd: number | null; readonly failedMinutes: number };
  readonly examples: readonly {
    readonly status: string;
    readonly errorType: string | null;
    readonly errorMessage: string | null;
    readonly errorStack: readonly string[];
  }[];
}

const failuresOf = (name: string, range = 'from=now-2d&to=now'): Promise<Failures> =>
  product.json<Failures>(`/api/v1/functions/${name}/failures?${range}`);

describe.each([
  {
    file: 'node',
    type: 'TypeError',
    text: "Cannot read properties of undefined (reading 'id')",
    frame: /^\s*at Runtime\.handler /,
  },
  {
    file: 'java',
    type: 'java.lang.IllegalStateException',
    text: 'no such order',
    frame: /^\s*at example\.Handler\.handleRequest\(Handler\.java:17\)$/,
  },
])('three of five invocations throw: $file', ({ file, type, text, frame }) => {
  const name = `${file}-throws`;
  beforeAll(() => post(JSON.parse(readFileSync(join(fixtures, `errors/${file}.json`), 'utf8')) as unknown));

  test('failures with their type, message and stack', async () => {
    const found = await failuresOf(name);
    expect(found).toMatchObject({ invocations: 5, failures: 3, rate: { value: 0.6, n: 5 } });
    expect(found.errorTypes).toEqual([{ status: 'error', errorType: type, n: 3 }]);
    expect(found.examples).toHaveLength(3);
    for (const one of found.examples) {
      expect(one).toMatchObject({ status: 'error', errorType: type, errorMessage: text });
      expect(one.errorStack[0]).toMatch(frame);
    }
  });

  test('waste: billed time and requests of the three', async () => {
    const { cost } = await failuresOf(name);
    // 3 × (21 ms × 0.5 GB × $1.66667e-5 + $2e-7), list price of a region that is not known.
    expect(cost.failedUsd).toBeCloseTo(1.125e-6, 10);
    expect(cost.failedMinutes).toBeCloseTo(63 / 60_000, 10);
  });

  test('the metric that alerts evaluate', async () => {
    const { groups } = await product.json<{ groups: { n: number; values: Record<string, number | null> }[] }>(
      '/api/v1/query',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          metric: 'errorRate',
          from: 'now-2d',
          filters: [{ field: 'function', value: `123456789012::${name}` }],
        }),
      },
    );
    expect(groups).toMatchObject([{ n: 5, values: { value: 0.6 } }]);
  });

  test('the export has columns for message and stack', async () => {
    const csv = await (
      await product.fetch(`/api/v1/export/invocations?format=csv&from=now-2d&to=now&function=${name}&status=error`)
    ).text();
    const [head = '', ...rows] = csv.split('\r\n');
    expect(head.split(',')).toEqual(expect.arrayContaining(['errorType', 'errorMessage', 'errorStack']));
    expect(rows.join('\n')).toContain(text);
  });
});

const ID = '00000000-0000-4000-8000-000000000001';
const AT_MS = Date.UTC(2026, 10, 26, 9);
const start: LogEventInput = { timestamp: AT_MS, message: `START RequestId: ${ID} Version: $LATEST\n` };
const thrown: LogEventInput = {
  timestamp: AT_MS + 40,
  message: `[ERROR] KeyError: 'order'\rTraceback (most recent call last):\r  File "/var/task/app.py", line 7, in handler\r    return event["order"]\r`,
};
const report: LogEventInput = {
  timestamp: AT_MS + 50,
  message: `REPORT RequestId: ${ID}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
};

describe('an error without a request id, delivered apart from START', () => {
  test.each([
    ['start, error, report', [[start], [thrown], [report]]],
    ['error, start, report', [[thrown], [start], [report]]],
    ['report, error', [[start, report], [thrown]]],
    ['error, report without START', [[thrown], [report]]],
    ['report without START, error, start', [[report], [thrown], [start]]],
    ['error, restart, report', [[start], [thrown], 'restart', [report]]],
  ] as const)('%s', async (order, deliveries) => {
    const name = order.replaceAll(/\W+/g, '-');
    for (const events of deliveries) {
      if (events === 'restart') {
        const { folder } = product;
        await product.close();
        product = await startProduct({ folder, now: () => NOW_MS });
      } else await post(message(events, { logGroup: `/aws/lambda/${name}` }));
    }
    const found = await failuresOf(name);
    expect(found).toMatchObject({ invocations: 1, failures: 1 });
    expect(found.examples[0]).toMatchObject({ status: 'error', errorType: 'KeyError', errorMessage: "'order'" });
    const { faults } = await product.json<{ faults: readonly unknown[] }>(`/api/v1/invocations/${ID}`);
    expect(faults.length).toBeGreaterThan(0);
  });

  test('is not applied to the invocations before and after', async () => {
    const [first = [], second = [], third = []] = [0, 1, 2].map((n) => {
      const id = `0000000${n}-0000-4000-8000-0000000000aa`;
      const move = ({ timestamp, message: text }: LogEventInput): LogEventInput => ({
        timestamp: Number(timestamp) + n * 1000,
        message: String(text).replace(ID, id),
      });
      return [move(start), move(report)];
    });
    const middle = { ...thrown, timestamp: AT_MS + 1040 };
    for (const events of [first, [middle], third, second])
      await post(message(events, { logGroup: '/aws/lambda/neighbours' }));
    const { items } = await product.json<{ items: { status: string }[] }>(
      '/api/v1/invocations?function=neighbours&from=now-2d&to=now',
    );
    expect(items.map(({ status }) => status)).toEqual(['success', 'error', 'success']);
  });
});

test('a request that ran several times is a retry, though no attempt is known to have failed', async () => {
  const attempts = [0, 60_000, 180_000].flatMap((delayMs) =>
    [start, report].map(({ timestamp, message: text }) => ({ timestamp: Number(timestamp) + delayMs, message: text })),
  );
  await post(message(attempts, { logGroup: '/aws/lambda/tried-three-times' }));
  const { retries } = await failuresOf('tried-three-times');
  expect(retries).toMatchObject({ requests: 1, retried: 1, recovered: 0, unexplained: 1, poison: [] });
  expect(retries['most']).toMatchObject([{ requestId: ID, attempts: 3, failed: 0 }]);
});

test('credentials in an error are replaced before it is stored', async () => {
  const text = 'getaddrinfo ENOTFOUND postgres://app:hunter2x@db.internal/shop';
  const line = `2026-11-26T09:00:00.040Z\t${ID}\tERROR\tInvoke Error \t${JSON.stringify({ errorType: 'Error', errorMessage: text, stack: [`Error: ${text}`, '    at connect (/var/task/db.js:3:1)'] })}\n`;
  await post(message([start, { timestamp: AT_MS + 40, message: line }, report], { logGroup: '/aws/lambda/secretive' }));
  const [example] = (await failuresOf('secretive')).examples;
  expect(example?.errorMessage).toBe('getaddrinfo ENOTFOUND postgres://app:[removed]@db.internal/shop');
  expect(example?.errorStack).toEqual(['at connect (/var/task/db.js:3:1)']);
});

describe('a filter that drops the lines of the application', () => {
  const other = { subscriptionFilters: ['someone-elses'] };
  const timedOut: LogEventInput = {
    timestamp: AT_MS + 3050,
    message: `REPORT RequestId: 00000000-0000-4000-8000-000000000002\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tStatus: timeout\n`,
  };
  const summaryOf = (name: string) =>
    product.json<{
      errors: number;
      errorRate: { value: number | null; low: number; high: number; failures: number; unknown: unknown };
      wastedUnknown: unknown;
      warnings: string[];
    }>(`/api/v1/functions/${name}?from=now-2d&to=now`);

  test('makes the error rate unknown beyond the faults that Lambda reports', async () => {
    await post(message([start, report, timedOut], { ...other, logGroup: '/aws/lambda/filtered' }));
    const found = await summaryOf('filtered');
    expect(found.errorRate).toMatchObject({ value: null, failures: 1, high: 1, unknown: { invocations: 2 } });
    expect(found.warnings).toContain('errors-unknown');
    expect((await failuresOf('filtered')).rate).toMatchObject({ value: null, unknown: { invocations: 2 } });
    const { groups } = await product.json<{ groups: unknown[] }>('/api/v1/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        metric: 'errorRate',
        from: 'now-2d',
        filters: [{ field: 'function', value: '111122223333::filtered' }],
      }),
    });
    expect(groups).toMatchObject([{ values: { value: null }, unknown: { invocations: 2 } }]);
    const overview = await product.json<{ errorRate: { value: null; unknown: { invocations: number } } }>(
      '/api/v1/overview?from=now-2d&to=now',
    );
    expect(overview.errorRate).toMatchObject({ value: null });
    const waste = {
      wastedUnknown: { invocations: 2, reason: expect.stringContaining('looks like a success') as string },
    };
    // 3 s of 128 MB at 0.0000166667 USD per GB-second, and one request at 0.20 USD per million.
    expect(found).toMatchObject({ wastedUsd: expect.closeTo(0.00000645, 9) as number, ...waste });
    const list = await product.json<object>('/api/v1/functions?function=filtered&from=now-2d&to=now');
    expect(list).toMatchObject({ items: [waste], errorsRemedy: expect.stringContaining('"Invoke Error"') as string });
    // The list states the remedy once: it is a text of 1 kB.
    expect(JSON.stringify(list).split('Invoke Error')).toHaveLength(2);
    const alone = await product.json<object>('/api/v1/overview?function=filtered&from=now-2d&to=now');
    const ranked = { name: 'filtered', isLowerBound: true };
    expect(alone).toMatchObject({ ...waste, top: { wastedUsd: [ranked], errors: [ranked] } });
    const metrics = await (await product.fetch('/metrics')).text();
    expect(metrics).toMatch(/thermocline_coverage_reasons\{kind="error-lines-missing"\} [1-9]/);
    const csv = await (await product.fetch('/api/v1/export/functions?format=csv&from=now-2d&to=now')).text();
    const [head = '', ...rows] = csv.split('\r\n');
    const at = head.split(',').indexOf('errorsUnknownOf');
    expect(rows.find((row) => row.includes('filtered'))?.split(',')[at]).toBe('2');
  });

  test('is known again as soon as one line of the application arrives, for the days around it', async () => {
    await post(message([start, report], { ...other, logGroup: '/aws/lambda/prints' }));
    expect((await summaryOf('prints')).errorRate.value).toBeNull();
    const printed = { timestamp: AT_MS + 20, message: 'order 7 accepted\n' };
    await post(message([start, printed], { ...other, logGroup: '/aws/lambda/prints' }));
    expect((await summaryOf('prints')).errorRate).toMatchObject({ value: 0, unknown: null });
  });

  test('is known by a filter that is declared to pass them, and by no other name', async () => {
    const product = await startProduct({ now: () => NOW_MS, environment: { THERMOCLINE_ERROR_FILTERS: 'own-kit' } });
    const rateBy = async (name: string): Promise<unknown> => {
      const logGroup = `/aws/lambda/by-${name}`;
      await send(product, [record(message([start, report], { subscriptionFilters: ['other', name], logGroup }))]);
      const found = await product.json<{ errorRate: { value: number | null } }>(
        `/api/v1/functions/by-${name}?from=now-2d&to=now`,
      );
      return found.errorRate.value;
    };
    expect(await rateBy('own-kit')).toBe(0);
    expect([await rateBy('thermocline'), await rateBy('own-kit-2')]).toEqual([null, null]);
    await product.close();
    removeFolder(product.folder);
  });

  test('is known by the filter of the kits, and where records state the status', async () => {
    await post(message([start, report], { subscriptionFilters: ['thermocline'], logGroup: '/aws/lambda/by-kit' }));
    expect(await summaryOf('by-kit')).toMatchObject({ errorRate: { value: 0, unknown: null }, wastedUnknown: null });
    for (const name of ['thermocline-own-pattern', 'thermocline-eu', 'Thermocline']) {
      await post(message([start, report], { subscriptionFilters: [name], logGroup: `/aws/lambda/by-${name}` }));
      expect((await summaryOf(`by-${name}`)).errorRate).toMatchObject({ value: null, unknown: { invocations: 1 } });
    }
    const record = (type: string, more: object): LogEventInput => ({
      timestamp: AT_MS,
      message: JSON.stringify({ time: new Date(AT_MS).toISOString(), type, record: { requestId: ID, ...more } }),
    });
    const metrics = { durationMs: 50, billedDurationMs: 50, memorySizeMB: 128, maxMemoryUsedMB: 60 };
    await post(
      message([record('platform.start', { version: '7' }), record('platform.report', { status: 'success', metrics })], {
        ...other,
        logGroup: '/aws/lambda/json-format',
      }),
    );
    expect((await summaryOf('json-format')).errorRate).toMatchObject({ value: 0, unknown: null });
  });
});
