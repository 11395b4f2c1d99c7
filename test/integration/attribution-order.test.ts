import { describe, expect, test } from 'vitest';
import { deliver } from '../../bench/accuracy/subject.ts';
import { renderExit, renderInitStart, renderReport, renderStart } from '../../ingest/lines/render.ts';
import { Random } from '../../ingest/records/random.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import type { EnvironmentsAnswer } from '../../server/http/contract/functions.ts';
import { derived, subjectOf } from '../support/attribution.ts';
import { message, record, send } from '../support/firehose.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 20);

/** Each seed plays ten hours; the long run plays more. */
const SEEDS = Array.from({ length: Number(process.env['LAW_RUNS'] ?? 2) }, (_, at) => at + 3);

describe('repeated attribution equals one attribution', () => {
  test.each(SEEDS)('late, duplicate and unordered lines give the same results (seed %i)', async (seed) => {
    const fromMs = TO - 10 * HOUR;
    // Environments that idle past the hour, and enough failures, so that state carried into the next hour matters.
    const plans = mixedPlans(6, seed, fromMs, TO).map((plan, at) => ({
      ...plan,
      keepAlive: at % 2 === 0 ? { ms: 45 * 60_000, spread: 0.5 } : plan.keepAlive,
      failures: { ...plan.failures, timeoutShare: 0.02, exitShare: 0.02, againShare: 0.3, fatalShare: 0.3 },
    }));
    const played = playPlans(plans, seed, fromMs, TO);
    const streams = played.flatMap((one) => one.streams);
    let nowMs = fromMs;
    const live = await startProduct({ now: () => nowMs });
    const random = new Random(seed);
    const sent = deliveries(streams, { lateShare: 0.08, lateMs: 2 * HOUR, duplicateShare: 0.05 }, random);
    let rounds = 0;
    for (let at = 0; at < sent.length; ) {
      const part = sent.slice(at, at + 1 + Math.floor(random.next() * 30));
      at += part.length;
      nowMs = part.at(-1)?.arrivesMs ?? nowMs;
      await deliver(subjectOf(live), part);
      await live.attribution.round(random.next() < 0.5);
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(50);
    nowMs += 24 * HOUR;
    await live.derive();
    const once = await startProduct({ now: () => TO + 24 * HOUR });
    await deliver(subjectOf(once), deliveries(streams, ORDERLY, random));
    await once.derive();
    const answers = derived(once) as { coldStarts: unknown[]; pending: { n: number } };
    expect(answers.coldStarts.length).toBeGreaterThan(100);
    expect(answers.pending.n).toBe(0);
    expect(derived(live)).toEqual(answers);
    for (const product of [live, once]) {
      await product.close();
      removeFolder(product.folder);
    }
  });
});

test('attribution waits until lines have settled', async () => {
  let nowMs = TO + 60_000;
  const product = await startProduct({ now: () => nowMs });
  const played = playPlans(mixedPlans(4, 2, TO - HOUR, TO), 2, TO - HOUR, TO);
  const streams = played.flatMap((one) => one.streams);
  await deliver(subjectOf(product), deliveries(streams, ORDERLY, new Random(1)));
  const inFuture = TO - HOUR;
  nowMs = inFuture;
  expect((await product.attribution.round(true)).coldStarts).toBe(0);
  nowMs = TO - 30 * 60_000;
  await product.derive();
  const half = (derived(product) as { coldStarts: unknown[] }).coldStarts.length;
  nowMs = TO + 10 * 60_000;
  await product.derive();
  const whole = (derived(product) as { coldStarts: unknown[] }).coldStarts.length;
  expect(half).toBeGreaterThan(0);
  expect(whole).toBeGreaterThan(half);
  expect(whole).toBe(played.reduce((sum, one) => sum + one.truth.coldStarts.length, 0));
  expect(await product.attribution.round(true)).toEqual({ hours: 0, coldStarts: 0 });
  await product.close();
  removeFolder(product.folder);
});

const id = (n: number): string => `b5d3f5c4-0000-4000-8000-00000000000${n}`;
const report = (n: number, endMs: number, durationMs: number, initMs: number | null) => ({
  id: '',
  timestamp: endMs,
  message: renderReport({
    requestId: id(n),
    durationMs,
    billedDurationMs: durationMs,
    memorySizeMb: 512,
    maxMemoryUsedMb: 90,
    initDurationMs: initMs,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: null,
    errorType: null,
    trace: null,
  }),
});
const start = (n: number, ms: number) => ({ id: '', timestamp: ms, message: renderStart(id(n), '$LATEST') });

test('a fault line or INIT_START that arrives hours later changes the attribution', async () => {
  const product = await startProduct({ now: () => TO });
  const logStream = '2026/11/19/[$LATEST]00000000000000000000000000000009';
  const at = TO - 6 * HOUR;
  const put = (events: readonly object[]) =>
    send(product, [record(message(events, { logGroup: '/aws/lambda/late', logStream }))]);
  // The second run's duration is 400 ms longer than the time between its START and its end.
  await put([start(1, at), report(1, at + 50, 50, 300), start(2, at + 60_400), report(2, at + 60_450, 450, null)]);
  await product.derive();
  const found = () =>
    (derived(product) as { coldStarts: { kind: number; cause: number; platform_ms: number | null }[] }).coldStarts;
  expect(found()).toMatchObject([{ kind: 0, platform_ms: null }]);
  await put([{ id: '', timestamp: at + 50, message: renderExit(id(1), 'exit status 1', 'Runtime.ExitError') }]);
  await product.derive();
  expect(found()).toMatchObject([{ kind: 0 }, { kind: 3, cause: 4 }]);
  await put([
    {
      id: '',
      timestamp: at - 307,
      message: renderInitStart('nodejs:22.v31', `arn:aws:lambda:x::runtime:${'a'.repeat(64)}`),
    },
  ]);
  await product.derive();
  expect(found()).toMatchObject([{ kind: 0, platform_ms: 7 }, { kind: 3 }]);
  await product.close();
  removeFolder(product.folder);
});

test('reports environments with concurrent runs', async () => {
  const product = await startProduct({ now: () => TO });
  const at = TO - 6 * HOUR;
  const put = (logStream: string, events: readonly object[]) =>
    send(product, [record(message(events, { logGroup: '/aws/lambda/at-once', logStream }))]);
  await put('2026/11/19/[7]a', [
    start(1, at),
    start(2, at + 100),
    report(1, at + 400, 400, 300),
    report(2, at + 500, 400, null),
  ]);
  await put('2026/11/19/[7]b', [
    start(3, at),
    report(3, at + 400, 400, 300),
    start(4, at + 400),
    report(4, at + 500, 100, null),
  ]);
  const concurrent = async (fromMs: number) => {
    const path = `/api/v1/functions/at-once/environments?from=${fromMs}&to=${TO}`;
    const { items } = await product.json<EnvironmentsAnswer>(path);
    return Object.fromEntries(items.map((item) => [item.logStream.slice(-1), item.concurrent]));
  };
  expect(await concurrent(at - HOUR)).toEqual({ a: true, b: false });
  await product.close();
  removeFolder(product.folder);
});
