/** Pulling log events: late events, skewed clocks and interruptions lose nothing and repeat nothing. */
import { describe, expect, test } from 'vitest';
import type { PullSink } from '../../ingest/aws/pull.ts';
import type { PulledEvent } from '../../ingest/aws/seen-events.ts';
import type { PullCheckpoint } from '../../ingest/records/pull-checkpoint.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { ACCOUNT, pulledInvocation as events, REGION } from '../support/aws.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import { GROUP, PullFixture, T0 } from '../support/pull.ts';

const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const pull = new PullFixture();

describe('time', () => {
  test('an event that appears two minutes late, inside a finished window, is found', async () => {
    pull.aws.group(GROUP, [
      ...events(1, T0 - 3 * MINUTE_MS),
      ...events(2, T0 - 4 * MINUTE_MS, { visibleFromMs: T0 + 2 * MINUTE_MS }),
    ]);
    const polling = pull.poller();
    await polling.cycle();
    expect(await pull.ids()).toEqual([requestId(1)]);
    pull.now += 3 * MINUTE_MS;
    await polling.cycle();
    expect(await pull.ids()).toEqual([1, 2].map(requestId));
  });

  test('an event that appears hours late is found by the daily reconciliation scan', async () => {
    pull.aws.group(GROUP, [
      ...events(1, T0 - MINUTE_MS),
      ...events(2, T0 - 60 * MINUTE_MS, { visibleFromMs: T0 + 300 * MINUTE_MS }),
    ]);
    const polling = pull.poller();
    await polling.cycle();
    pull.aws.group(GROUP, [...(pull.aws.groups.get(GROUP)?.events ?? []), ...events(3, T0 + 299 * MINUTE_MS)]);
    pull.now = T0 + 301 * MINUTE_MS;
    await polling.cycle();
    expect(await pull.ids()).toEqual([1, 3].map(requestId).toSorted());
    pull.now = T0 + 1441 * MINUTE_MS;
    await polling.cycle();
    expect(await pull.ids()).toEqual([1, 2, 3].map(requestId));
  });

  test('of two events in one millisecond, the late one is found', async () => {
    pull.aws.group(GROUP, [...events(1, T0 - MINUTE_MS), ...events(2, T0 - MINUTE_MS, { visibleFromMs: T0 + 1 })]);
    const polling = pull.poller();
    await polling.cycle();
    pull.now += MINUTE_MS;
    await polling.cycle();
    expect(await pull.ids()).toEqual([1, 2].map(requestId));
  });

  test('with three groups and a slow first one, the windows of every group leave no gap', async () => {
    const names = ['/aws/lambda/a', '/aws/lambda/b', '/aws/lambda/c'];
    for (const name of names) pull.aws.group(name, events(names.indexOf(name) + 1, T0 - MINUTE_MS));
    const polling = pull.poller();
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const slow = pull.aws.script;
      pull.aws.script = ({ target, input }) => {
        if (target === 'FilterLogEvents' && input['logGroupName'] === names[0]) pull.now += 20_000;
        return undefined;
      };
      await polling.cycle();
      pull.aws.script = slow;
      pull.now += MINUTE_MS;
    }
    for (const name of names) {
      const asked = pull.windows(name);
      expect(asked).toHaveLength(3);
      for (const [at, [from]] of asked.entries()) {
        if (at > 0) expect(from).toBeLessThanOrEqual((asked[at - 1]?.[1] ?? 0) + 1);
      }
    }
  });

  test.each([5, -5])('a clock that is off by %i minutes loses no event', async (minutes) => {
    const skewed = (): number => pull.now + minutes * MINUTE_MS;
    const group = pull.aws.group(GROUP);
    const polling = pull.poller(pull.sink(), ['/aws/lambda/*'], skewed);
    for (let n = 1; n <= 12; n += 1) {
      group.events.push(...events(n, pull.now - 30_000, { visibleFromMs: pull.now + 20_000 }));
      await polling.cycle();
      pull.now += 2 * MINUTE_MS;
    }
    pull.now += 10 * MINUTE_MS;
    await polling.cycle();
    expect(await pull.ids()).toEqual(Array.from({ length: 12 }, (_, at) => requestId(at + 1)).toSorted());
  });
});

describe('durability', () => {
  /** Forwards pages until it fails, before or after the store has committed one. */
  class Breaking implements PullSink {
    #left: number;
    readonly #inner = pull.sink();
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
      pull.aws.group(
        GROUP,
        [1, 2, 3, 4, 5].flatMap((n) => events(n, T0 - (10 - n) * MINUTE_MS)),
      );
      pull.aws.pageEvents = 3;
      for (let pages = 0; pages < 4; pages += 1) await pull.poller(new Breaking(pages, when)).cycle();
      await pull.poller().cycle();
      expect(await pull.ids()).toEqual([1, 2, 3, 4, 5].map(requestId));
      expect(await pull.product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 10, rejected: 0 });
      expect((await pull.checkpoint())?.watermarkMs).toBe(T0 - 5 * MINUTE_MS + 50);
    },
  );

  test('10,000 events with late arrival, throttling, interruptions and expired tokens are stored once each', async () => {
    const wanted = Array.from({ length: 5000 }, (_, at) => at + 1);
    const group = pull.aws.group(GROUP);
    for (const n of wanted) {
      const atMs = T0 + n * 300;
      const late = n % 17 === 0 ? 5 * MINUTE_MS : n % 5 === 0 ? 40_000 : 0;
      group.events.push(...events(n, atMs, { visibleFromMs: atMs + late }));
    }
    pull.aws.pageEvents = 250;
    pull.aws.script = ({ target, input }, nth) => {
      if (target !== 'FilterLogEvents') return undefined;
      if (nth % 97 === 0) return { type: 'ThrottlingException', message: 'Rate exceeded' };
      if (nth % 29 === 0) return { hangUp: true };
      if (nth % 37 === 0 && input['nextToken'] !== undefined)
        return { type: 'InvalidParameterException', message: 'The specified nextToken has expired.' };
      return undefined;
    };
    for (let cycle = 0; cycle < 12; cycle += 1) {
      // The process dies pull.now and then: positions are in the store, seen ids are not.
      await pull.poller(cycle % 3 === 2 ? new Breaking(2, cycle % 2 === 0 ? 'after' : 'before') : pull.sink()).cycle();
      pull.now += 3 * MINUTE_MS;
    }
    await pull.poller().cycle();
    const status = await pull.product.json('/api/v1/ingest/status');
    expect(status).toMatchObject({ accepted: 10_000, rejected: 0, orphanStarts: 0 });
    const page = await pull.product.json<{ invocations: number }>(
      `/api/v1/functions/pulled?from=${T0 - MINUTE_MS}&to=${pull.now}`,
    );
    expect(page.invocations).toBe(5000);
  });

  test('a delivery repeated after two hours, and after a day, is stored once', async () => {
    const pushed = [record(message(invocation(1, T0 - MINUTE_MS)))];
    for (const laterMs of [0, 7_500_000, 86_400_000]) {
      pull.now = T0 + laterMs;
      expect((await send(pull.product, pushed, { id: 'same' })).status).toBe(200);
    }
    expect(await pull.product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 2, duplicates: 4 });
  });

  test('the same events by Firehose and by pull are stored once', async () => {
    pull.aws.group(GROUP, events(1, T0 - MINUTE_MS));
    const pushed = message(invocation(1, T0 - MINUTE_MS), { owner: ACCOUNT, logGroup: GROUP, logStream: STREAM });
    await send(pull.product, [record(pushed)], {
      headers: { 'x-amz-firehose-source-arn': `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/s` },
    });
    await pull.poller().cycle();
    expect(await pull.ids()).toEqual([requestId(1)]);
    expect(await pull.product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 2, duplicates: 2 });
  });
});
