/** Pulling log events, against a test server that speaks the CloudWatch Logs protocol. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpPullSink } from '../../ingest/api/pull-sink.ts';
import { logsClient } from '../../ingest/aws/aws-clients.ts';
import { Poller } from '../../ingest/aws/poller.ts';
import type { PullSink } from '../../ingest/aws/pull.ts';
import { DEFAULT_TIMING } from '../../ingest/aws/pull-window.ts';
import type { PulledEvent } from '../../ingest/aws/seen-events.ts';
import type { PullCheckpoint } from '../../ingest/records/pull-checkpoint.ts';
import { ACCOUNT, AwsDouble, pulledInvocation as events, REGION } from '../support/aws.ts';
import { invocation, message, reasons, record, requestId, send, stored } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const T0 = Date.UTC(2026, 10, 20, 10);
const MINUTE = 60_000;
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const GROUP = '/aws/lambda/pulled';
const key = { account: ACCOUNT, region: REGION, logGroup: GROUP };

let aws: AwsDouble;
let product: TestProduct;
let client: CloudWatchLogsClient;
let now = T0;
let warnings: string[] = [];

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: REGION });
});

beforeEach(async () => {
  aws = await AwsDouble.start();
  aws.now = () => now;
  process.env['AWS_ENDPOINT_URL'] = aws.url;
  now = T0;
  warnings = [];
  product = await startProduct({ now: () => now });
  client = logsClient({}, { requestsPerSecond: 100, maxAttempts: 3 });
});

afterEach(async () => {
  client.destroy();
  await product.close();
  await aws.stop();
  removeFolder(product.folder);
});

afterAll(() => {
  delete process.env['AWS_ENDPOINT_URL'];
});

const sink = (): PullSink => new HttpPullSink(product.ask);

function poller(using: PullSink = sink(), include = ['/aws/lambda/*'], clock = (): number => now): Poller {
  return new Poller({
    isOurs: () => true,
    client,
    region: REGION,
    selection: { include, exclude: [] },
    platformLinesOnly: false,
    timing: DEFAULT_TIMING,
    sink: using,
    now: clock,
    log: { info: () => undefined, warn: (_facts, text) => warnings.push(text) },
  });
}

async function ids(): Promise<string[]> {
  return (await stored(product)).map((item) => item.requestId).toSorted();
}

const checkpoint = (logGroup = GROUP): Promise<PullCheckpoint | null> =>
  sink().checkpoint({ ...key, logGroup }, 'poll');
const windows = (logGroup = GROUP) =>
  aws
    .of('FilterLogEvents')
    .filter((input) => input['logGroupName'] === logGroup)
    .map((input) => [Number(input['startTime']), Number(input['endTime'])] as const);

describe('pages', () => {
  test('follows empty pages; the watermark is the newest event, not the end of the window', async () => {
    const [start, report] = events(1, T0 - 5 * MINUTE);
    aws.group(GROUP, [start ?? {}, report ?? {}]);
    aws.emptyPages = 2;
    aws.pageEvents = 1;
    await poller().cycle();
    expect(await ids()).toEqual([requestId(1)]);
    expect(aws.of('FilterLogEvents')).toHaveLength(6);
    expect((await checkpoint())?.watermarkMs).toBe(report?.timestamp);
    expect((await checkpoint())?.scan).toBeNull();
  });

  test('a scan without events does not move the watermark to its end', async () => {
    aws.group(GROUP);
    await poller().cycle();
    expect((await checkpoint())?.watermarkMs).toBe(T0 - DEFAULT_TIMING.quietMs);
  });

  test('a token that repeats ends the scan with a warning', async () => {
    aws.group(GROUP, events(1, T0 - MINUTE));
    aws.script = ({ target }) =>
      target === 'FilterLogEvents' ? { answer: { events: [], nextToken: 'same' } } : undefined;
    const result = await poller().cycle();
    expect(result).toMatchObject({ failed: 0 });
    expect(aws.of('FilterLogEvents')).toHaveLength(2);
    expect(warnings).toEqual([`${GROUP}: AWS returned the same page token twice. The scan was ended.`]);
  });

  test('an event exactly at the end of the window is stored once', async () => {
    aws.group(GROUP, events(1, T0 - 50));
    const polling = poller();
    await polling.cycle();
    now += MINUTE;
    await polling.cycle();
    expect(await ids()).toEqual([requestId(1)]);
    expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 2, duplicates: 0 });
  });

  test('an expired token restarts the window from the newest event', async () => {
    aws.group(GROUP, [...events(1, T0 - 9 * MINUTE), ...events(2, T0 - 8 * MINUTE), ...events(3, T0 - 7 * MINUTE)]);
    aws.pageEvents = 2;
    aws.script = ({ target }, nth) =>
      target === 'FilterLogEvents' && nth === 2
        ? { type: 'InvalidParameterException', message: 'The specified nextToken has expired.' }
        : undefined;
    const result = await poller().cycle();
    expect(result.failed).toBe(0);
    expect(await ids()).toEqual([1, 2, 3].map(requestId));
    expect(aws.of('FilterLogEvents')[2]).toMatchObject({ startTime: T0 - 9 * MINUTE + 50 });
    expect(aws.of('FilterLogEvents')[2]).not.toHaveProperty('nextToken');
  });

  test('events with missing fields become dead letters, the rest is stored', async () => {
    const [start, report] = events(1, T0 - MINUTE);
    aws.script = ({ target }, nth) => {
      if (target !== 'FilterLogEvents') return undefined;
      if (nth === 1) return { answer: { nextToken: 'a' } };
      return {
        answer: {
          events: [start, { eventId: 'x', logStreamName: STREAM, timestamp: T0 }, { message: 'no time' }, {}, report],
        },
      };
    };
    aws.group(GROUP);
    await poller().cycle();
    expect(await ids()).toEqual([requestId(1)]);
    expect((await reasons(product)).filter((reason) => reason === 'pulled-event-incomplete')).toHaveLength(3);
  });
});

describe('faults', () => {
  test('retries after two throttled requests', async () => {
    aws.group(GROUP, events(1, T0 - MINUTE));
    aws.script = ({ target }, nth) =>
      target === 'FilterLogEvents' && nth <= 2 ? { type: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
    expect(await poller().cycle()).toMatchObject({ failed: 0 });
    expect(await ids()).toEqual([requestId(1)]);
  });

  test('when throttling continues, the state is `throttled`, the watermark stays and the next cycle catches up', async () => {
    aws.group(GROUP, events(1, T0 - 3 * MINUTE));
    const polling = poller();
    await polling.cycle();
    const before = await checkpoint();
    aws.group(GROUP, [...events(1, T0 - 3 * MINUTE), ...events(2, T0 + MINUTE)]);
    aws.script = ({ target }) =>
      target === 'FilterLogEvents' ? { type: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
    now += 2 * MINUTE;
    expect(await polling.cycle()).toMatchObject({ failed: 1 });
    expect(await checkpoint()).toMatchObject({ state: 'throttled', watermarkMs: before?.watermarkMs });
    aws.script = () => undefined;
    await polling.cycle();
    expect(await ids()).toEqual([1, 2].map(requestId));
    expect((await checkpoint())?.state).toBe('ok');
  });

  test('an error on page 3 of 5 keeps pages 1 and 2 and does not move the watermark past them', async () => {
    aws.group(
      GROUP,
      [1, 2, 3, 4, 5].flatMap((n) => events(n, T0 - (10 - n) * MINUTE)),
    );
    aws.pageEvents = 2;
    aws.script = ({ target }, nth) =>
      target === 'FilterLogEvents' && nth === 3 ? { type: 'InvalidOperationException', message: 'no' } : undefined;
    const polling = poller();
    expect(await polling.cycle()).toMatchObject({ failed: 1 });
    expect(await ids()).toEqual([1, 2].map(requestId));
    expect(await checkpoint()).toMatchObject({ watermarkMs: null, state: 'error' });
    await polling.cycle();
    expect(await ids()).toEqual([1, 2, 3, 4, 5].map(requestId));
    expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 10, duplicates: 0 });
  });

  test('a deleted log group does not stop the others', async () => {
    for (const name of ['a', 'b', 'c'])
      aws.group(`/aws/lambda/${name}`, name === 'b' ? [] : events(name === 'a' ? 1 : 3, T0 - MINUTE));
    aws.script = ({ target, input }) =>
      target === 'FilterLogEvents' && input['logGroupName'] === '/aws/lambda/b'
        ? { type: 'ResourceNotFoundException', message: 'The specified log group does not exist.' }
        : undefined;
    expect(await poller().cycle()).toMatchObject({ groups: 3, failed: 1 });
    expect(await ids()).toEqual([1, 3].map(requestId));
    expect((await checkpoint('/aws/lambda/b'))?.state).toBe('gone');
  });

  test('a group of another log class is not asked in each cycle, and is reported once with advice', async () => {
    aws.group('/aws/lambda/a', events(1, T0 - MINUTE));
    aws.group('/aws/lambda/ia', [], { logGroupClass: 'INFREQUENT_ACCESS' });
    aws.group('/aws/lambda/d', [], { logGroupClass: 'DELIVERY' });
    aws.group('/aws/lambda/unlisted');
    aws.script = ({ target, input }) =>
      target === 'FilterLogEvents' && input['logGroupName'] === '/aws/lambda/unlisted'
        ? {
            type: 'InvalidOperationException',
            message:
              'The log group is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.',
          }
        : undefined;
    const polling = poller();
    expect(await polling.cycle()).toMatchObject({ groups: 4, failed: 3 });
    for (let n = 0; n < 5; n += 1) {
      now += MINUTE;
      expect(await polling.cycle()).toMatchObject({ groups: 1, failed: 0 });
    }
    expect(windows('/aws/lambda/ia')).toHaveLength(0);
    expect(windows('/aws/lambda/unlisted')).toHaveLength(1);
    expect(windows('/aws/lambda/a')).toHaveLength(6);
    expect(warnings).toHaveLength(3);
    for (const name of ['ia', 'd', 'unlisted'])
      expect(await checkpoint(`/aws/lambda/${name}`)).toMatchObject({
        state: 'unsupported',
        message: expect.stringContaining('create a group of class STANDARD') as string,
      });
    // Once a day, in case it was replaced by a group of the same name.
    now += 24 * 60 * MINUTE;
    await polling.cycle();
    expect(windows('/aws/lambda/unlisted')).toHaveLength(2);
  });

  test.each([
    ['an HTML error page', { html: '<html>oops</html>', status: 500 }, 'error'],
    ['a connection cut', { hangUp: true }, 'error'],
    ['an expired token', { type: 'ExpiredTokenException', message: 'The security token is expired' }, 'credentials'],
    ['no permission', { type: 'AccessDeniedException', message: 'not authorized' }, 'denied'],
  ] as const)('%s sets its own state', async (_name, scripted, state) => {
    aws.group(GROUP, events(1, T0 - MINUTE));
    aws.script = ({ target }) => (target === 'FilterLogEvents' ? scripted : undefined);
    expect(await poller().cycle()).toMatchObject({ failed: 1 });
    const point = await checkpoint();
    expect(point?.state).toBe(state);
    expect(point?.message).toMatch(/FilterLogEvents|credentials/);
    aws.script = () => undefined;
    await poller().cycle();
    expect(await ids()).toEqual([requestId(1)]);
  });
});

describe('time', () => {
  test('an event that appears two minutes late, inside a finished window, is found', async () => {
    aws.group(GROUP, [
      ...events(1, T0 - 3 * MINUTE),
      ...events(2, T0 - 4 * MINUTE, { visibleFromMs: T0 + 2 * MINUTE }),
    ]);
    const polling = poller();
    await polling.cycle();
    expect(await ids()).toEqual([requestId(1)]);
    now += 3 * MINUTE;
    await polling.cycle();
    expect(await ids()).toEqual([1, 2].map(requestId));
  });

  test('an event that appears hours late is found by the daily reconciliation scan', async () => {
    aws.group(GROUP, [...events(1, T0 - MINUTE), ...events(2, T0 - 60 * MINUTE, { visibleFromMs: T0 + 300 * MINUTE })]);
    const polling = poller();
    await polling.cycle();
    aws.group(GROUP, [...(aws.groups.get(GROUP)?.events ?? []), ...events(3, T0 + 299 * MINUTE)]);
    now = T0 + 301 * MINUTE;
    await polling.cycle();
    expect(await ids()).toEqual([1, 3].map(requestId).toSorted());
    now = T0 + 1441 * MINUTE;
    await polling.cycle();
    expect(await ids()).toEqual([1, 2, 3].map(requestId));
  });

  test('of two events in one millisecond, the late one is found', async () => {
    aws.group(GROUP, [...events(1, T0 - MINUTE), ...events(2, T0 - MINUTE, { visibleFromMs: T0 + 1 })]);
    const polling = poller();
    await polling.cycle();
    now += MINUTE;
    await polling.cycle();
    expect(await ids()).toEqual([1, 2].map(requestId));
  });

  test('with three groups and a slow first one, the windows of every group leave no gap', async () => {
    const names = ['/aws/lambda/a', '/aws/lambda/b', '/aws/lambda/c'];
    for (const name of names) aws.group(name, events(names.indexOf(name) + 1, T0 - MINUTE));
    const polling = poller();
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const slow = aws.script;
      aws.script = ({ target, input }) => {
        if (target === 'FilterLogEvents' && input['logGroupName'] === names[0]) now += 20_000;
        return undefined;
      };
      await polling.cycle();
      aws.script = slow;
      now += MINUTE;
    }
    for (const name of names) {
      const asked = windows(name);
      expect(asked).toHaveLength(3);
      for (const [at, [from]] of asked.entries()) {
        if (at > 0) expect(from).toBeLessThanOrEqual((asked[at - 1]?.[1] ?? 0) + 1);
      }
    }
  });

  test.each([5, -5])('a clock that is off by %i minutes loses no event', async (minutes) => {
    const skewed = (): number => now + minutes * MINUTE;
    const group = aws.group(GROUP);
    const polling = poller(sink(), ['/aws/lambda/*'], skewed);
    for (let n = 1; n <= 12; n += 1) {
      group.events.push(...events(n, now - 30_000, { visibleFromMs: now + 20_000 }));
      await polling.cycle();
      now += 2 * MINUTE;
    }
    now += 10 * MINUTE;
    await polling.cycle();
    expect(await ids()).toEqual(Array.from({ length: 12 }, (_, at) => requestId(at + 1)).toSorted());
  });
});

describe('durability', () => {
  /** Forwards pages until it fails, before or after the store has committed one. */
  class Breaking implements PullSink {
    #left: number;
    readonly #inner = sink();
    readonly #when: 'before' | 'after';
    constructor(pages: number, when: 'before' | 'after') {
      this.#left = pages;
      this.#when = when;
    }
    checkpoint: PullSink['checkpoint'] = (...given) => this.#inner.checkpoint(...given);
    async store(page: readonly PulledEvent[], point: PullCheckpoint) {
      this.#left -= 1;
      if (this.#left < 0 && this.#when === 'before') throw new Error('killed before the commit');
      const outcome = await this.#inner.store(page, point);
      if (this.#left < 0) throw new Error('killed after the commit');
      return outcome;
    }
  }

  test.each(['before', 'after'] as const)(
    'killed %s the commit of any page: no event is lost or stored twice',
    async (when) => {
      aws.group(
        GROUP,
        [1, 2, 3, 4, 5].flatMap((n) => events(n, T0 - (10 - n) * MINUTE)),
      );
      aws.pageEvents = 3;
      for (let pages = 0; pages < 4; pages += 1) await poller(new Breaking(pages, when)).cycle();
      await poller().cycle();
      expect(await ids()).toEqual([1, 2, 3, 4, 5].map(requestId));
      expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 10, rejected: 0 });
      expect((await checkpoint())?.watermarkMs).toBe(T0 - 5 * MINUTE + 50);
    },
  );

  test('10,000 events with late arrival, throttling, interruptions and expired tokens are stored once each', async () => {
    const wanted = Array.from({ length: 5000 }, (_, at) => at + 1);
    const group = aws.group(GROUP);
    for (const n of wanted) {
      const atMs = T0 + n * 300;
      const late = n % 17 === 0 ? 5 * MINUTE : n % 5 === 0 ? 40_000 : 0;
      group.events.push(...events(n, atMs, { visibleFromMs: atMs + late }));
    }
    aws.pageEvents = 250;
    aws.script = ({ target, input }, nth) => {
      if (target !== 'FilterLogEvents') return undefined;
      if (nth % 97 === 0) return { type: 'ThrottlingException', message: 'Rate exceeded' };
      if (nth % 29 === 0) return { hangUp: true };
      if (nth % 37 === 0 && input['nextToken'] !== undefined)
        return { type: 'InvalidParameterException', message: 'The specified nextToken has expired.' };
      return undefined;
    };
    for (let cycle = 0; cycle < 12; cycle += 1) {
      // The process dies now and then: positions are in the store, seen ids are not.
      await poller(cycle % 3 === 2 ? new Breaking(2, cycle % 2 === 0 ? 'after' : 'before') : sink()).cycle();
      now += 3 * MINUTE;
    }
    await poller().cycle();
    const status = await product.json('/api/v1/ingest/status');
    expect(status).toMatchObject({ accepted: 10_000, rejected: 0, orphanStarts: 0 });
    const page = await product.json<{ invocations: number }>(`/api/v1/functions/pulled?from=${T0 - MINUTE}&to=${now}`);
    expect(page.invocations).toBe(5000);
  });

  test('a delivery repeated after two hours, and after a day, is stored once', async () => {
    const pushed = [record(message(invocation(1, T0 - MINUTE)))];
    for (const laterMs of [0, 7_500_000, 86_400_000]) {
      now = T0 + laterMs;
      expect((await send(product, pushed, { id: 'same' })).status).toBe(200);
    }
    expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 2, duplicates: 4 });
  });

  test('the same events by Firehose and by pull are stored once', async () => {
    aws.group(GROUP, events(1, T0 - MINUTE));
    const pushed = message(invocation(1, T0 - MINUTE), { owner: ACCOUNT, logGroup: GROUP, logStream: STREAM });
    await send(product, [record(pushed)], {
      headers: { 'x-amz-firehose-source-arn': `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/s` },
    });
    await poller().cycle();
    expect(await ids()).toEqual([requestId(1)]);
    expect(await product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 2, duplicates: 2 });
  });
});
