/** Derived from log lines: log volume and its cost, and the time that extensions add to each run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderExtension } from '../../ingest/lines/render.ts';
import type { ColdStartsAnswer, FunctionAnswer } from '../../server/http/contract/functions.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const RANGE = `from=${AT - 3_600_000}&to=${AT + 3_600_000}`;
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => AT + 7_200_000 });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const id = (n: number): string => `c0ffee00-0000-4000-8000-${String(n).padStart(12, '0')}`;
const json = (atMs: number, type: string, body: object) =>
  JSON.stringify({ time: new Date(atMs).toISOString(), type: `platform.${type}`, record: body });
const put = (texts: readonly (readonly [atMs: number, text: string])[], place: Record<string, unknown>) =>
  send(product, [
    record(
      message(
        texts.map(([timestamp, text], at) => ({ id: `${timestamp}${at}`, timestamp, message: text })),
        place,
      ),
    ),
  ]);

/** Duration of the run, and the part spent in the runtime. */
const run = (n: number, atMs: number, durationMs: number, runtimeMs: number) =>
  [
    [atMs, json(atMs, 'start', { requestId: id(n), version: '1' })],
    [
      atMs + durationMs,
      json(atMs + durationMs, 'runtimeDone', {
        requestId: id(n),
        status: 'success',
        metrics: { durationMs: runtimeMs },
      }),
    ],
    [
      atMs + durationMs,
      json(atMs + durationMs, 'report', {
        requestId: id(n),
        status: 'success',
        metrics: { durationMs, billedDurationMs: durationMs, memorySizeMB: 512, maxMemoryUsedMB: 90 },
      }),
    ],
  ] as const;

test('counts the bytes of all lines, application lines included, once per message', async () => {
  const place = { logGroup: '/aws/lambda/chatty', logStream: '2026/11/20/[1]a' };
  const lines = [...run(1, AT, 100, 90), [AT + 20, 'naïve debug output: ✓'] as const];
  const own = [[AT + 30, 'only words'] as const, [AT + 31, 'more\twords'] as const];
  for (let time = 0; time < 3; time += 1) {
    await put(lines, place);
    await put(own, place);
  }
  const bytes = [...lines, ...own].reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  const { money } = await product.json<FunctionAnswer>(`/api/v1/functions/chatty?${RANGE}`);
  expect(money.logs).toMatchObject({ events: lines.length + own.length, bytes, assumed: true });
  expect(money.logs?.usd).toBeCloseTo((bytes / 2 ** 30) * 0.5, 15);
});

test('a log group that functions may share gives no log volume of a function', async () => {
  await put(run(2, AT, 100, 90), {
    logGroup: 'shared',
    logStream: '2026/11/20/quiet[1]0123456789abcdef0123456789abcdef',
  });
  const { money } = await product.json<FunctionAnswer>(`/api/v1/functions/quiet?${RANGE}`);
  expect(money.logs).toBeNull();
});

test('reports the time between runtimeDone and REPORT by extensions, in any order of delivery', async () => {
  const place = (stream: string) => ({ logGroup: '/aws/lambda/extended', logStream: `2026/11/20/[1]${stream}` });
  const runs = (from: number, afterMs: number) =>
    Array.from({ length: 9 }, (_, at) => run(from + at, AT + at * 1000, 100 + at, 100 + at - afterMs));
  // The runtimeDone line arrives in a message before or after REPORT, and sometimes twice.
  for (const [start, done, report] of runs(100, 0.5)) {
    await put([start, report], place('bare'));
    await put([done], place('bare'));
  }
  const extension = renderExtension({ name: 'agent', state: 'Ready', events: ['INVOKE'], errorType: null });
  await put([[AT - 10, extension]], place('agent'));
  for (const [start, done, report] of runs(200, 12)) {
    await put([start, done], place('agent'));
    await put([report, done], place('agent'));
  }
  const { byExtensions } = await product.json<ColdStartsAnswer>(`/api/v1/functions/extended/cold-starts?${RANGE}`);
  expect(byExtensions.toSorted((a, b) => a.extensions.length - b.extensions.length)).toEqual([
    { extensions: [], n: 0, initMedianMs: null, afterRuntimeMs: { n: 9, median: 0.5 } },
    { extensions: ['agent'], n: 0, initMedianMs: null, afterRuntimeMs: { n: 9, median: 12 } },
  ]);
});

test('demo data and own logs of one function name stay separate functions, whichever arrived first', async () => {
  const line = (n: number): string =>
    `REPORT RequestId: ${id(n)}\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;
  const own = async (name: string, n: number): Promise<void> => {
    const body = `${new Date(AT).toISOString()} ${line(n)}`;
    const answer = await product.fetch(`/ingest/logs?function=${name}`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  };
  const simulated = (name: string, n: number) =>
    put([[AT, line(n)]], {
      owner: '000000000000',
      logGroup: `/aws/lambda/${name}`,
      logStream: `2026/11/20/[1]${'d'.repeat(32)}`,
    });
  await own('own-first', 901);
  await simulated('own-first', 902);
  await simulated('demo-first', 903);
  await own('demo-first', 904);
  const { items } = await product.json<{ items: { account: string; name: string; invocations: number }[] }>(
    `/api/v1/functions?${RANGE}`,
  );
  const found = items
    .filter((item) => item.name.endsWith('-first'))
    .map((one) => [one.name, one.account, one.invocations]);
  expect(found.toSorted()).toEqual([
    ['demo-first', '', 1],
    ['demo-first', '000000000000', 1],
    ['own-first', '', 1],
    ['own-first', '000000000000', 1],
  ]);
});

test('a function was last seen at the end of a new environment, not at its INIT_START', async () => {
  const place = (n: number) => ({
    logGroup: '/aws/lambda/seen',
    logStream: `2026/11/20/[1]${String(n).padStart(32, 'd')}`,
  });
  for (const [n, atMs] of [AT, AT + 600_000].entries()) {
    const init = [
      atMs - 300,
      json(atMs - 300, 'initStart', { initializationType: 'on-demand', phase: 'init' }),
    ] as const;
    await put([init, ...run(70 + n, atMs, 245, 200)], place(n));
  }
  const { items } = await product.json<{ items: readonly { name: string; lastSeenAt: string }[] }>(
    `/api/v1/functions?${RANGE}`,
  );
  const seen = items.find((item) => item.name === 'seen');
  expect(seen?.lastSeenAt).toBe(new Date(AT + 600_245).toISOString());
});
