/** Keep-alive through the API: recovers a simulated policy. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { Random } from '../../ingest/records/random.ts';
import type { keepAliveAnswer } from '../../server/http/contract/keep-alive.ts';
import type { provisionedAnswer } from '../../server/http/contract/provisioned.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 20);
const POLICY_MS = 6 * MINUTE;
let product: TestProduct;

/** A function invoked about every five minutes; an idle environment lives for six minutes, give or take a few per cent. */
function records(random: Random, functionName: string, requests: number) {
  const streams = new Map<string, { id: string; timestamp: number; message: string }[]>();
  let stream = '';
  let freeMs = 0;
  let at = NOW - requests * 5.2 * MINUTE;
  let lived = 0;
  for (let n = 0; n < requests; n += 1) {
    at += random.exponential(5 * MINUTE);
    const cold = stream === '' || at - freeMs > lived;
    if (cold) stream = `2026/11/19/[$LATEST]${random.hex(32)}`;
    const requestId = random.uuid();
    const initDurationMs = cold ? 250 : null;
    const startMs = Math.floor(at) + (initDurationMs ?? 0);
    freeMs = startMs + 90;
    lived = random.logNormal(POLICY_MS, 0.04);
    const report = renderReport({
      requestId,
      durationMs: 88.5,
      billedDurationMs: 89,
      memorySizeMb: 256,
      maxMemoryUsedMb: 60,
      initDurationMs,
      restoreDurationMs: null,
      billedRestoreDurationMs: null,
      status: null,
      errorType: null,
      trace: null,
    });
    const events = streams.get(stream) ?? [];
    streams.set(stream, events);
    events.push(
      { id: '', timestamp: startMs, message: renderStart(requestId, '$LATEST') },
      { id: '', timestamp: freeMs, message: report },
    );
  }
  const logGroup = `/aws/lambda/${functionName}`;
  return [...streams].map(([logStream, events]) => record(message(events, { logGroup, logStream })));
}

beforeAll(async () => {
  product = await startProduct({ now: () => NOW });
  const random = new Random(12);
  await send(product, records(random, 'quiet', 1500));
  await send(product, records(random, 'rare', 40));
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

type Answer = z.infer<typeof keepAliveAnswer>;
const ask = (name: string, query = 'from=now-8d'): Promise<Answer> =>
  product.json<Answer>(`/api/v1/functions/${name}/keep-alive?${query}`);

describe('GET /api/v1/functions/:id/keep-alive', () => {
  test('recovers the simulated policy within 10 %, with its interval', async () => {
    const answer = await ask('quiet');
    expect(Math.abs((answer.medianMs ?? 0) / POLICY_MS - 1)).toBeLessThan(0.1);
    expect(answer.medianInterval?.low).toBeLessThanOrEqual(POLICY_MS * 1.05);
    expect(answer.medianInterval?.high).toBeGreaterThanOrEqual(POLICY_MS * 0.95);
    expect(answer).toMatchObject({ reason: null, evidence: { invocations: 1500, truncated: false, youngOnly: true } });
    expect(answer.deaths).toBeGreaterThan(200);
    const survivals = answer.curve.map((point) => point.survival);
    expect(survivals).toEqual(survivals.toSorted((a, b) => b - a));
    for (const point of answer.curve) {
      expect(point.low).toBeLessThanOrEqual(point.survival);
      expect(point.high).toBeGreaterThanOrEqual(point.survival);
    }
  });

  test('repeated requests give the same result', async () => {
    expect(await ask('quiet')).toEqual(await ask('quiet'));
  });

  test('too few deaths give no estimate and the number that is missing', async () => {
    const answer = await ask('rare');
    expect(answer).toMatchObject({ medianMs: null, curve: [] });
    expect(answer.reason).toMatch(
      /^Insufficient data: \d+ environments are known to have ended while idle; 20 are required/,
    );
    expect((await ask('quiet', 'from=now-1m')).reason).toMatch(/no environment was/);
  });
});

describe('GET /api/v1/functions/:id/provisioned-concurrency', () => {
  test('one provisioned environment avoids every cold start of a function without concurrency, at a price', async () => {
    const answer = await product.json<z.infer<typeof provisionedAnswer>>(
      '/api/v1/functions/quiet/provisioned-concurrency?from=now-8d',
    );
    const deaths = (await ask('quiet')).deaths;
    // One or two requests arrive while the previous one is running.
    expect(answer.options.map((option) => option.kept).slice(0, 2)).toEqual([0, 1]);
    expect(answer.options[1]?.avoided).toBeGreaterThanOrEqual(deaths - 3);
    expect(answer.options[1]?.spilled).toBeLessThanOrEqual(3);
    expect(answer.options.at(-1)).toMatchObject({ spilled: 0 });
    expect(answer.options[1]?.utilisation).toBeLessThan(0.001);
    expect(answer.options[1]?.costChangeUsd).toBeGreaterThan(0);
    expect(answer).toMatchObject({
      breakEvenKept: 0,
      memoryMb: 256,
      invocations: 1500,
      truncated: false,
      reason: null,
    });
    expect(answer.schedule).toHaveLength(168);
    expect(answer.breakEvenUtilisation).toBeCloseTo(0.6, 2);
    const none = await product.json<z.infer<typeof provisionedAnswer>>(
      '/api/v1/functions/quiet/provisioned-concurrency?from=now-1m',
    );
    expect(none).toMatchObject({
      invocations: 0,
      options: [],
      breakEvenKept: null,
      reason: 'Insufficient data: no invocations in this time range.',
    });
  });
});
