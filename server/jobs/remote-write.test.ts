/** When samples are sent, kept, sent again and left out, by the protocol of Prometheus remote write 1.0. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import type { OutboundResponse } from '../alerts/egress/egress-client.ts';
import { OutboundError } from '../alerts/egress/egress-client.ts';
import type { RemoteWritePeriod } from './remote-write.ts';
import { RemoteWrite } from './remote-write.ts';

const START = Date.UTC(2026, 10, 20, 10);
const WIDTH = 5 * MINUTE_MS;
type Answer = { status: number; headers?: Record<string, string>; body?: string } | OutboundError;

/** A job whose receiver gives the answers in turn, then 204. Each batch has two requests with three samples. */
function setUp(answers: Answer[] = []) {
  const state = {
    nowMs: START + 7 * MINUTE_MS,
    kept: null as string | null,
    periods: [] as RemoteWritePeriod[],
    bodies: [] as string[],
    headers: [] as Readonly<Record<string, string>>[],
    pauses: [] as number[],
    keptBeforeSending: [] as boolean[],
    counted: [] as [outcome: string, samples: number][],
  };
  const create = () =>
    new RemoteWrite({
      target: {
        url: 'https://receiver.example.com/api/v1/write',
        headers: { authorization: 'Bearer x' },
        labels: {},
        intervalMs: MINUTE_MS,
        delayMs: MINUTE_MS,
      },
      read: async (period) => {
        state.periods.push(period);
        const name = `${(period.toMs - START) / MINUTE_MS}`;
        const requests = ['a', 'b'].map((part) => ({ body: Buffer.from(name + part), samples: 3 }));
        return { requests, counters: { baseMs: 1, ledger: `ledger ${name}` } };
      },
      post: async ({ body, headers }): Promise<OutboundResponse> => {
        state.bodies.push(Buffer.from(body).toString());
        state.headers.push(headers);
        state.keptBeforeSending.push(state.kept?.includes(Buffer.from(body).toString('base64')) === true);
        const answer = answers.shift() ?? { status: 204 };
        if (answer instanceof OutboundError) throw answer;
        return { headers: {}, body: '', tookMs: 1, ...answer };
      },
      load: async () => state.kept,
      save: async (text) => {
        state.kept = text;
      },
      count: (outcome, samples) => state.counted.push([outcome, samples]),
      now: () => state.nowMs,
      random: () => 0,
      sleep: async (ms) => {
        state.pauses.push(ms);
        state.nowMs += ms;
      },
    });
  const run = (one: RemoteWrite): Promise<string | null> => one.run(new AbortController().signal);
  return { state, create, run };
}

test('the newest five minutes that ended a minute ago are sent once, with the headers of the protocol', async () => {
  const { state, create, run } = setUp();
  const job = create();
  expect(await run(job)).toBeNull();
  expect(state.periods).toEqual([{ fromMs: START, toMs: START + WIDTH, counters: null }]);
  expect(state.bodies).toEqual(['5a', '5b']);
  expect(state.headers[0]).toEqual({
    authorization: 'Bearer x',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  });
  expect(state.keptBeforeSending).toEqual([true, true]);
  // Ten past is an hour's second bucket, but not a minute ago yet.
  state.nowMs = START + 10 * MINUTE_MS + 59 * SECOND_MS;
  expect(await run(job)).toBeNull();
  expect(state.bodies).toHaveLength(2);
  state.nowMs += SECOND_MS;
  expect(await run(job)).toBeNull();
  expect(state.bodies.slice(2)).toEqual(['10a', '10b']);
  expect(state.periods.at(-1)?.counters).toEqual({ baseMs: 1, ledger: 'ledger 5' });
});

test('a restart goes on where the last process was, in steps of an hour, and not further back than twelve', async () => {
  const { state, create, run } = setUp();
  await run(create());
  state.nowMs = START + 2 * HOUR_MS + 6 * MINUTE_MS;
  await run(create());
  const times = state.periods.map(({ fromMs, toMs }) => [(fromMs - START) / MINUTE_MS, (toMs - START) / MINUTE_MS]);
  expect(times).toEqual([
    [0, 5],
    [5, 65],
    [65, 125],
  ]);
  state.nowMs = START + 100 * HOUR_MS + 6 * MINUTE_MS;
  await run(create());
  expect(state.periods[3]).toMatchObject({ fromMs: START + 88 * HOUR_MS + 5 * MINUTE_MS });
  expect(state.periods[3]?.counters?.ledger).toBe('ledger 125');
});

test.each([429, 500, 503])('status %d is retried with growing pauses', async (status) => {
  const { state, create, run } = setUp([{ status }, { status }]);
  expect(await run(create())).toBeNull();
  expect(state.bodies).toEqual(['5a', '5a', '5a', '5b']);
  expect(state.pauses).toEqual([SECOND_MS, 2 * SECOND_MS]);
});

test('a receiver that stays away gets the same requests after a restart, and nothing is read again', async () => {
  const { state, create, run } = setUp([
    { status: 204 },
    ...Array.from({ length: 4 }, () => new OutboundError('the connection was refused', false)),
  ]);
  expect(await run(create())).toContain('does not take them: the connection was refused. They are sent again.');
  expect(state.bodies).toEqual(['5a', '5b', '5b', '5b', '5b']);
  expect(state.counted).toEqual([['sent', 3]]);
  expect(await run(create())).toBeNull();
  expect(state.bodies.slice(5)).toEqual(['5b']);
  expect(state.periods).toHaveLength(1);
});

test('Retry-After is obeyed', async () => {
  const { state, create, run } = setUp([{ status: 429, headers: { 'retry-after': '120' } }]);
  const job = create();
  expect(await run(job)).toContain('status 429');
  state.nowMs += MINUTE_MS;
  expect(await run(job)).toContain('asked for a pause until 2026-11-20T10:09:00.000Z');
  state.nowMs += MINUTE_MS;
  expect(await run(job)).toBeNull();
  expect(state.bodies).toEqual(['5a', '5a', '5b']);
});

test.each([400, 404, 302])(
  'status %d: the samples are left out, which is said, and the others are sent',
  async (status) => {
    const { state, create, run } = setUp([{ status, body: 'out of order sample\n\u001b[31m' }]);
    expect(await run(create())).toBe(
      `The receiver of remote write refused 3 samples, which are not sent again: status ${status} (out of order sample [31m).`,
    );
    expect(state.bodies).toEqual(['5a', '5b']);
    expect(state.counted).toEqual([
      ['refused', 3],
      ['sent', 3],
    ]);
    expect(await run(create())).toBeNull();
    expect(state.bodies).toHaveLength(2);
  },
);

test('an address that the policy forbids loses nothing', async () => {
  const { state, create, run } = setUp([new OutboundError('the address is private', true)]);
  expect(await run(create())).toContain('does not take them: the address is private');
  expect(state.pauses).toEqual([]);
  expect(await run(create())).toBeNull();
  expect(state.bodies).toEqual(['5a', '5a', '5b']);
});

test('a state that cannot be read is none', async () => {
  for (const kept of ['{', '{"sentMs":1}']) {
    const { state, create, run } = setUp();
    state.kept = kept;
    expect(await run(create())).toBeNull();
    expect(state.periods).toHaveLength(1);
  }
});
