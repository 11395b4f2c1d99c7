/** Backfill: scanned ranges are not scanned again, gaps are; filtering and discovery of log groups. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpPullSink } from '../../ingest/api/pull-sink.ts';
import { logsClient } from '../../ingest/aws/aws-clients.ts';
import { backfill } from '../../ingest/aws/backfill.ts';
import { findGroups } from '../../ingest/aws/log-groups.ts';
import { checkPlatformFilter } from '../../ingest/aws/platform-filter.ts';
import { Poller } from '../../ingest/aws/poller.ts';
import { DEFAULT_TIMING } from '../../ingest/aws/pull-window.ts';
import { PLATFORM_FILTER } from '../../ingest/lines/platform-terms.ts';
import { AwsDouble, pulledInvocation as events, REGION, stubCredentials } from '../support/aws.ts';
import { requestId, stored } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const T0 = Date.UTC(2026, 10, 20, 10);
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const GROUP = '/aws/lambda/pulled';

let aws: AwsDouble;
let product: TestProduct;
let client: CloudWatchLogsClient;
let now = T0;

stubCredentials();

beforeEach(async () => {
  aws = await AwsDouble.start();
  aws.now = () => now;
  now = T0;
  product = await startProduct({ now: () => now });
  client = logsClient(aws.scope, { requestsPerSecond: 100, maxAttempts: 3 });
});

afterEach(async () => {
  client.destroy();
  await product.close();
  await aws.stop();
  removeFolder(product.folder);
});

async function ids(): Promise<string[]> {
  return (await stored(product)).map((item) => item.requestId).toSorted();
}

describe('backfill', () => {
  interface Run {
    readonly signal?: AbortSignal;
    readonly days?: number;
    readonly untilDays?: number;
    readonly everything?: boolean;
    readonly groups?: string;
  }

  /** Scans from `days` ago to `untilDays` ago; the clock moves on between runs. */
  const run = async ({
    signal = new AbortController().signal,
    days = 7,
    untilDays = 0,
    everything = false,
    groups = '/aws/lambda/*',
  }: Run = {}) =>
    backfill({
      client,
      groups: await findGroups(client, { include: [groups], exclude: [] }, REGION),
      fromMs: now - days * DAY,
      toMs: now - untilDays * DAY,
      filterPattern: everything ? null : PLATFORM_FILTER,
      everything,
      sink: new HttpPullSink(product.fetch),
      now: () => now,
      signal,
      onProgress: () => undefined,
    });

  test('resumes with its token after an interruption, then reads newer events', async () => {
    const group = aws.group(
      GROUP,
      [1, 2, 3, 4, 5, 6].flatMap((n) => events(n, T0 - (10 - n) * 60 * MINUTE)),
    );
    aws.pageEvents = 2;
    const stop = new AbortController();
    aws.script = (_call, nth) => {
      if (nth === 3) stop.abort();
      return undefined;
    };
    const [cut] = await run({ signal: stop.signal });
    expect(cut?.complete).toBe(false);
    const before = aws.of('FilterLogEvents').length;
    now += 10 * MINUTE;
    group.events.push(...events(7, now - MINUTE));
    const [whole] = await run();
    expect(whole).toMatchObject({ complete: true, resumed: true });
    expect(aws.of('FilterLogEvents')[before]).toHaveProperty('nextToken');
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7].map(requestId));
    expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 14, duplicates: 0 });
    // A repeated run adds nothing.
    await run();
    expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 14 });
  });

  test('a longer range reads only what earlier ranges did not cover, including gaps between them', async () => {
    aws.group(
      GROUP,
      [1, 2, 3, 4, 5, 6].flatMap((n) => events(n, T0 - n * DAY + MINUTE)),
    );
    await run({ days: 1 });
    expect(await ids()).toEqual([requestId(1)]);
    now += MINUTE;
    await run({ days: 2 });
    expect(await ids()).toEqual([1, 2].map(requestId));
    // Days 6 to 5 do not touch days 2 to 0.
    await run({ days: 6, untilDays: 5 });
    expect(await ids()).toEqual([1, 2, 6].map(requestId));
    await run({ days: 6 });
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6].map(requestId));
    const before = aws.of('FilterLogEvents').length;
    await run({ days: 6 });
    const windows = aws.of('FilterLogEvents').slice(before);
    expect(windows.map((input) => Number(input['endTime']) - Number(input['startTime']))).toEqual([60 * MINUTE - 1]);
  });

  test.each([1, 2, 3, 4, 5])(
    'killed twice before page %i of a longer range: every event is stored once',
    async (page) => {
      aws.group(
        GROUP,
        [1, 2, 3, 4, 5, 6].flatMap((n) => events(n, T0 - n * DAY + MINUTE)),
      );
      aws.pageEvents = 2;
      await run({ days: 3, untilDays: 1 });
      for (const days of [5, 6]) {
        const stop = new AbortController();
        const until = aws.of('FilterLogEvents').length + page;
        aws.script = () => {
          if (aws.of('FilterLogEvents').length >= until) stop.abort();
          return undefined;
        };
        await run({ signal: stop.signal, days });
        now += MINUTE;
      }
      aws.script = () => undefined;
      await run({ days: 7 });
      expect(await ids()).toEqual([1, 2, 3, 4, 5, 6].map(requestId));
    },
  );

  test('reading all lines after a platform-lines scan reads every line and restarts an unfinished scan of the other kind', async () => {
    aws.group(
      GROUP,
      [1, 2, 3].flatMap((n) => [
        ...events(n, T0 - n * DAY + MINUTE),
        { ...events(n, T0 - n * DAY + MINUTE)[0], eventId: `own-${n}`, message: `the application says ${n}` },
      ]),
    );
    aws.pageEvents = 2;
    await run();
    const read = async (): Promise<number> =>
      (await product.json<{ ignored: number }>('/api/v1/ingest/status')).ignored;
    expect(await read()).toBe(0);
    const stop = new AbortController();
    const until = aws.of('FilterLogEvents').length + 2;
    aws.script = () => {
      if (aws.of('FilterLogEvents').length >= until) stop.abort();
      return undefined;
    };
    await run({ everything: true, signal: stop.signal });
    aws.script = () => undefined;
    const filtered = aws.of('FilterLogEvents').length;
    await run();
    expect(aws.of('FilterLogEvents')[filtered]).not.toHaveProperty('nextToken');
    await run({ everything: true });
    expect(await read()).toBeGreaterThanOrEqual(3);
    expect(await ids()).toEqual([1, 2, 3].map(requestId));
  });

  test('backfill and poller filter only the log groups of functions', async () => {
    for (const name of [GROUP, 'aws/spans', '/aws/apigateway/access']) aws.group(name, events(1, T0 - MINUTE));
    const filters = () =>
      Object.fromEntries(
        aws.of('FilterLogEvents').map((input) => [String(input['logGroupName']), input['filterPattern'] ?? null]),
      );
    const expected = { [GROUP]: PLATFORM_FILTER, 'aws/spans': null, '/aws/apigateway/access': null };
    await run({ groups: '*' });
    expect(filters()).toEqual(expected);
    const before = aws.of('FilterLogEvents').length;
    const quiet = { info: () => undefined, warn: () => undefined };
    await new Poller({
      isOurs: () => true,
      client,
      region: REGION,
      selection: { include: ['*'], exclude: [] },
      platformLinesOnly: true,
      timing: DEFAULT_TIMING,
      sink: new HttpPullSink(product.fetch),
      now: () => now,
      log: quiet,
    }).cycle();
    expect(aws.of('FilterLogEvents').length - before).toBe(3);
    expect(filters()).toEqual(expected);
  });
});

test('the platform filter passes every kind of platform line, or is not used', async () => {
  expect(PLATFORM_FILTER.length).toBeLessThanOrEqual(1024);
  expect(await checkPlatformFilter(client)).toEqual({ pattern: PLATFORM_FILTER, warning: null });
  aws.script = () => ({ answer: { matches: [{ eventNumber: 1 }] } });
  expect(await checkPlatformFilter(client)).toMatchObject({ pattern: null });
  aws.script = () => ({ type: 'AccessDeniedException', message: 'no' });
  expect((await checkPlatformFilter(client)).warning).toContain('logs:TestMetricFilter');
});

test('finds groups by pattern over several pages, each once', async () => {
  for (let n = 0; n < 120; n += 1) aws.group(`/aws/lambda/f${String(n).padStart(3, '0')}`);
  aws.group('/other/x');
  const find = async (include: string[], exclude: string[] = []) =>
    (await findGroups(client, { include, exclude }, REGION)).map((group) => group.name);
  expect(await find(['/aws/lambda/*'])).toHaveLength(120);
  expect(await find(['/aws/lambda/f00*', '/aws/lambda/f0*'], ['*5'])).toHaveLength(90);
  expect(await find(['*x'])).toEqual(['/other/x']);
  expect(await find(['/aws/lambda/f00'])).toEqual([]);
});
