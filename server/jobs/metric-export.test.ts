/** When metrics are sent, retried and left for later, by the protocol of OTLP/HTTP. */
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '../../ingest/records/time.ts';
import type { OutboundResponse } from '../alerts/egress/egress-client.ts';
import { OutboundError } from '../alerts/egress/egress-client.ts';
import type { MetricExportTarget } from './metric-export.ts';
import { MetricExport } from './metric-export.ts';

const START = Date.UTC(2026, 10, 20, 10);
type Answer = { status: number; headers?: Record<string, string>; body?: string } | OutboundError;

/** An export whose receiver gives the answers in turn, then 200. */
function setUp(answers: Answer[], target: Partial<MetricExportTarget> = {}) {
  const state = {
    nowMs: START + 7 * MINUTE_MS,
    kept: null as string | null,
    periods: [] as object[],
    bodies: [] as string[],
    headers: [] as Readonly<Record<string, string>>[],
    pauses: [] as number[],
  };
  const create = () =>
    new MetricExport({
      target: {
        url: 'https://receiver.example.com/v1/metrics',
        headers: { authorization: 'Bearer x' },
        encoding: 'protobuf',
        intervalMs: MINUTE_MS,
        ...target,
      },
      read: async (period) => {
        state.periods.push(period);
        return { requests: [Buffer.from('one'), Buffer.from('two')], points: 2 };
      },
      post: async ({ body, headers }): Promise<OutboundResponse> => {
        state.bodies.push(gunzipSync(body).toString());
        state.headers.push(headers);
        const answer = answers.shift() ?? { status: 200 };
        if (answer instanceof OutboundError) throw answer;
        return { headers: {}, body: '', tookMs: 1, ...answer };
      },
      load: async () => state.kept,
      save: async (text) => {
        state.kept = text;
      },
      now: () => state.nowMs,
      random: () => 0,
      sleep: async (ms) => {
        state.pauses.push(ms);
        state.nowMs += ms;
      },
    });
  const run = (one: MetricExport): Promise<string | null> => one.run(new AbortController().signal);
  return { state, create, run };
}

test('each request is sent compressed, with the headers of the receiver', async () => {
  const { state, create, run } = setUp([]);
  expect(await run(create())).toBeNull();
  expect(state.bodies).toEqual(['one', 'two']);
  expect(state.headers[0]).toEqual({
    authorization: 'Bearer x',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
  });
  expect(state.periods).toEqual([{ startMs: START, endMs: START + 7 * MINUTE_MS, atMs: START + 7 * MINUTE_MS }]);
});

test.each([429, 502, 503, 504])('status %d is retried with growing pauses', async (status) => {
  const { state, create, run } = setUp([{ status }, { status }]);
  expect(await run(create())).toBeNull();
  expect(state.bodies).toEqual(['one', 'one', 'one', 'two']);
  expect(state.pauses).toEqual([SECOND_MS, 2 * SECOND_MS]);
});

test.each([400, 401, 404, 500, 501])('status %d is not', async (status) => {
  const { state, create, run } = setUp([{ status }]);
  expect(await run(create())).toBe(`The receiver of metrics refused them: status ${status}.`);
  expect(state.pauses).toEqual([]);
  expect(state.kept).toBeNull();
});

test('Retry-After is obeyed, within the interval and beyond it', async () => {
  const short = setUp([{ status: 503, headers: { 'retry-after': '7' } }]);
  expect(await short.run(short.create())).toBeNull();
  expect(short.state.pauses).toEqual([7 * SECOND_MS]);
  const date = new Date(START + 17 * MINUTE_MS).toUTCString();
  const long = setUp([{ status: 429, headers: { 'retry-after': date } }]);
  const job = long.create();
  expect(await long.run(job)).toContain('status 429. They are sent again with the next export');
  long.state.nowMs += 5 * MINUTE_MS;
  expect(await long.run(job)).toContain('asked for a pause until 2026-11-20T10:17:00.000Z');
  expect(long.state.bodies).toEqual(['one']);
  long.state.nowMs += 6 * MINUTE_MS;
  expect(await long.run(job)).toBeNull();
});

test('a receiver that cannot be reached is retried, one that may not be reached is not', async () => {
  const lost = setUp([new OutboundError('the connection was refused', false)]);
  expect(await lost.run(lost.create())).toBeNull();
  const blocked = setUp([new OutboundError('the address is private', true)]);
  expect(await blocked.run(blocked.create())).toBe('The receiver of metrics refused them: the address is private.');
});

test('what the receiver did not store is said', async () => {
  const body = '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}}';
  const { create, run } = setUp([{ status: 200, body }], { encoding: 'json' });
  expect(await run(create())).toBe('The receiver of metrics did not store all of them: too old');
  const empty = setUp([{ status: 200, body: '{}' }], { encoding: 'json' });
  expect(await empty.run(empty.create())).toBeNull();
});

test('the start outlives the process, and moves on at a full hour after a week', async () => {
  const { state, create, run } = setUp([]);
  await run(create());
  state.nowMs += HOUR_MS;
  await run(create());
  expect(state.periods.at(-1)).toMatchObject({ startMs: START });
  // A week later: one export up to the full hour, then the next start.
  state.nowMs = START + WEEK_MS + 30 * MINUTE_MS;
  await run(create());
  expect(state.periods.at(-1)).toEqual({ startMs: START, endMs: START + WEEK_MS, atMs: state.nowMs });
  state.nowMs += MINUTE_MS;
  await run(create());
  expect(state.periods.at(-1)).toMatchObject({ startMs: START + WEEK_MS, endMs: state.nowMs });
});

test('a position that cannot be read, or that is in the future, is none', async () => {
  for (const kept of ['{', '{"startMs":1}', JSON.stringify({ startMs: 1, nextMs: null, sentMs: START * 2 })]) {
    const { state, create, run } = setUp([]);
    state.kept = kept;
    await run(create());
    expect(state.periods).toMatchObject([{ startMs: START }]);
  }
});
