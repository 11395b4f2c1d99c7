/** What becomes of deliveries: order, pauses, retries, and receivers that are disabled. */
import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { testReceiver } from '../../../test/support/receivers.ts';
import type { StoredAttempt, StoredDelivery } from '../../storage/questions/alerts/types.ts';
import { OutboundError } from '../egress/egress-client.ts';
import { Deliverer } from './deliverer.ts';
import type { KnownReceiver } from './receiver.ts';
import { sign } from './signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const secrets = { signing: [{ secret: SECRET, untilMs: null }], routingKey: null };

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let nowMs: number;
let due: StoredDelivery[];
let receivers: Map<string, KnownReceiver>;
let answer: (url: string) => Promise<Answer>;
let posted: { url: string; body: string; headers: Readonly<Record<string, string>> }[];
let saved: { attempt: StoredAttempt; state: string; nextMs: number }[];
let failed: (readonly [string, string])[];
let deliverer: Deliverer;

beforeEach(() => {
  nowMs = 1_000_000;
  due = [];
  receivers = new Map(['p', 'q'].map((id) => [id, { receiver: testReceiver(id), secrets }]));
  answer = async () => ({ status: 200 });
  posted = [];
  saved = [];
  failed = [];
  deliverer = new Deliverer({
    read: {
      dueDeliveries: async ({ receiverId }) =>
        due.filter((one) => receiverId === undefined || one.receiverId === receiverId),
    },
    write: {
      saveAttempt: async (result) => {
        saved.push(result);
        due = due.filter(({ id }) => id !== result.attempt.deliveryId);
      },
    },
    egress: {
      post: async (request) => {
        posted.push(request);
        const { status, headers = {}, body = '' } = await answer(request.url);
        return { status, headers, body, tookMs: 12 };
      },
    },
    mail: null,
    now: () => nowMs,
    // The middle of the jitter.
    random: () => 0.5,
    receiver: (id) => receivers.get(id) ?? null,
    onReceiverFailed: async (id, reason) => void failed.push([id, reason]),
  });
});

const delivery = (id: string, receiverId = 'p', change: Partial<StoredDelivery> = {}): StoredDelivery => ({
  id,
  receiverId,
  groupId: 'g',
  type: 'alert.firing',
  body: `{"id":"${id}"}`,
  createdMs: 1,
  seq: 1,
  state: 'pending',
  attempts: 0,
  firstMs: null,
  nextMs: 1,
  endedMs: null,
  ...change,
});
async function round(...deliveries: readonly StoredDelivery[]): Promise<number> {
  due.push(...deliveries);
  const started = await deliverer.round();
  await deliverer.idle();
  return started;
}
const outcomes = () => saved.map(({ attempt, state, nextMs }) => [attempt.deliveryId, state, nextMs - nowMs]);

test('a delivery is signed, sent with the headers of its receiver, and logged', async () => {
  receivers.set('p', { receiver: testReceiver('p', { headers: { 'x-team': 'shop', 'user-agent': 'mine' } }), secrets });
  answer = async () => ({ status: 202, body: 'thanks' });
  expect(await round(delivery('d'))).toBe(1);
  expect(posted).toEqual([
    {
      url: 'https://p.example/',
      body: '{"id":"d"}',
      headers: {
        'x-team': 'shop',
        'content-type': 'application/json',
        'user-agent': 'thermocline',
        ...sign('d', nowMs, '{"id":"d"}', [SECRET]),
      },
    },
  ]);
  expect(saved).toEqual([
    {
      attempt: { deliveryId: 'd', attempt: 1, atMs: nowMs, tookMs: 12, status: 202, error: null, answer: 'thanks' },
      state: 'delivered',
      nextMs: nowMs,
    },
  ]);
});

test('the deliveries of a receiver follow each other, those of two receivers do not wait for each other', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  answer = async (url) => {
    if (url.includes('//p.')) await held;
    return { status: 200 };
  };
  due.push(delivery('p1'), delivery('p2'), delivery('q1', 'q'));
  expect(await deliverer.round()).toBe(2);
  await expect.poll(() => saved.map(({ attempt }) => attempt.deliveryId)).toEqual(['q1']);
  // The receiver is busy.
  expect(await deliverer.round()).toBe(0);
  expect(posted.map(({ body }) => body)).toEqual(['{"id":"p1"}', '{"id":"q1"}']);
  release();
  await deliverer.idle();
  expect(saved.map(({ attempt }) => attempt.deliveryId)).toEqual(['q1', 'p1', 'p2']);
});

test.each([
  ['is unknown', () => receivers.delete('p')],
  ['is disabled', () => receivers.set('p', { receiver: testReceiver('p', { disabled: 'by-hand' }), secrets })],
])('a delivery whose receiver %s is cancelled', async (_, change) => {
  change();
  await round(delivery('d', 'p', { attempts: 4 }));
  expect(posted).toEqual([]);
  expect(saved).toEqual([
    {
      attempt: {
        deliveryId: 'd',
        attempt: 5,
        atMs: nowMs,
        tookMs: 0,
        status: null,
        error: 'The receiver is disabled or was deleted',
        answer: null,
      },
      state: 'cancelled',
      nextMs: nowMs,
    },
  ]);
});

describe('what the receiver answers', () => {
  // The schedule of docs/alerts.md: 5 s, 30 s, 2 m, …
  test.each([
    [{ status: 500 }, 'pending', 5000, null],
    [{ status: 302 }, 'pending', 5000, 'Redirects are not followed'],
    [{ status: 299 }, 'delivered', 0, null],
    [{ status: 400 }, 'refused', 0, 'The receiver refused this notification with 400. It is not sent again by itself'],
    [{ status: 410 }, 'gone', 0, null],
    [{ status: 429, headers: { 'retry-after': '60' } }, 'pending', 60_000, null],
  ] as const)('%j', async (given, state, pauseMs, error) => {
    answer = async () => given;
    await round(delivery('d'));
    expect(outcomes()).toEqual([['d', state, pauseMs]]);
    expect(saved[0]?.attempt).toMatchObject({ status: given.status, error });
    expect(failed).toEqual(given.status === 410 ? [['p', 'gone']] : []);
  });

  test('no answer: the reason is logged, anything else than a refused request is not shown', async () => {
    answer = async () => {
      throw new OutboundError('the connection was refused', false);
    };
    await round(delivery('d', 'p', { attempts: 1 }));
    expect(outcomes()).toEqual([['d', 'pending', 30_000]]);
    expect(saved[0]?.attempt).toMatchObject({
      status: null,
      error: 'the connection was refused',
      answer: null,
      tookMs: 0,
    });
    answer = async () => {
      throw new Error('secret of a header');
    };
    await round(delivery('e', 'q'));
    expect(saved[1]?.attempt.error).toBe('The request failed');
  });

  test('secrets that the receiver repeats are hidden', async () => {
    receivers.set('p', { receiver: testReceiver('p', { headers: { authorization: 'Bearer abcdefgh' } }), secrets });
    const { exchange } = await deliverer.exchange(
      delivery('d'),
      receivers.get('p')?.receiver ?? testReceiver('p'),
      secrets,
    );
    expect(exchange.requestHeaders).toMatchObject({ authorization: '(hidden)', 'user-agent': 'thermocline' });
    answer = async () => ({ status: 200, body: 'got abcdefgh' });
    await round(delivery('d'));
    expect(saved[0]?.attempt.answer).toBe('got (hidden)');
  });
});

describe('pauses', () => {
  test('a receiver that cannot be reached gets nothing for four seconds, others do', async () => {
    answer = async (url) => {
      if (url.includes('//p.')) throw new OutboundError('refused', false);
      return { status: 200 };
    };
    await round(delivery('p1'), delivery('p2'), delivery('q1', 'q'));
    expect(saved.map(({ attempt }) => attempt.deliveryId).toSorted()).toEqual(['p1', 'q1']);
    nowMs += 3999;
    expect(await round()).toBe(0);
    nowMs += 1;
    expect(await round()).toBe(1);
    expect(saved.at(-1)?.attempt.deliveryId).toBe('p2');
  });

  test('one that answers with an error is not paused, unless it asks for that', async () => {
    answer = async () => ({ status: 503 });
    await round(delivery('p1'), delivery('p2'));
    expect(saved).toHaveLength(2);
    answer = async () => ({ status: 503, headers: { 'retry-after': '10' } });
    await round(delivery('p3'), delivery('p4'));
    expect(saved).toHaveLength(3);
    nowMs += 9999;
    expect(await round()).toBe(0);
    nowMs += 1;
    expect(await round()).toBe(1);
  });

  test.each([200, 400])('an answer of %i is final: what it asks for does not pause', async (status) => {
    answer = async () => ({ status, headers: { 'retry-after': '60' } });
    due = [delivery('a', 'p'), delivery('b', 'p')];
    await deliverer.round();
    await deliverer.idle();
    expect(saved.map(({ attempt }) => attempt.deliveryId)).toEqual(['a', 'b']);
  });

  test('another address is another receiver, and a clock that goes back ends a pause', async () => {
    answer = async () => {
      throw new OutboundError('refused', false);
    };
    await round(delivery('p1'), delivery('q1', 'q'));
    receivers.set('p', { receiver: testReceiver('p', { url: 'https://new.example/' }), secrets });
    expect(await round(delivery('p2'), delivery('q2', 'q'))).toBe(1);
    // The pause of the new address ends four seconds from now, by a clock that was an hour ahead.
    nowMs -= HOUR_MS - 4000;
    expect(await round(delivery('p3'))).toBe(0);
    nowMs -= 1;
    expect(await round()).toBe(2);
  });
});

describe('a receiver whose retries are exhausted', () => {
  const DAY_BEFORE = { attempts: 9, firstMs: 1_000_000 - 24 * HOUR_MS };

  test('is reported as failing if it accepted nothing since the first attempt', async () => {
    answer = async () => ({ status: 500 });
    await round(delivery('d', 'p', DAY_BEFORE));
    expect([outcomes(), failed]).toEqual([[['d', 'exhausted', 0]], [['p', 'failing']]]);
  });

  test('is not, if it accepts others', async () => {
    await round(delivery('ok'));
    answer = async () => ({ status: 500 });
    await round(delivery('d', 'p', DAY_BEFORE));
    expect([outcomes().at(-1), failed]).toEqual([['d', 'exhausted', 0], []]);
    // What it accepted before the first attempt of a delivery says nothing of it.
    nowMs += 25 * HOUR_MS;
    await round(delivery('later', 'p', { attempts: 9, firstMs: nowMs - 24 * HOUR_MS }));
    expect(failed).toEqual([['p', 'failing']]);
  });
});
