/** Comparison of two periods through the API. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { Random } from '../../ingest/records/random.ts';
import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const MINUTE = 60_000;
const OTHER_HOURS =
  'The periods have different hours of the day: what changes from hour to hour appears as a difference.';
const NOON = Date.UTC(2026, 10, 20, 12);
let product: TestProduct;

/** `n` invocations in the hour from `fromMs` on, twenty per environment. */
function hour(random: Random, fromMs: number, n: number, factor: number, memorySizeMb: number) {
  return Array.from({ length: n / 20 }, (_, environment) => {
    const events = Array.from({ length: 20 }, (_run, run) => {
      const requestId = random.uuid();
      const durationMs = Math.round(random.logNormal(80, 0.4) * factor * 100) / 100;
      const startMs = fromMs + Math.floor(((environment * 20 + run) / n) * 60 * MINUTE);
      const report = renderReport({
        requestId,
        durationMs,
        billedDurationMs: Math.ceil(durationMs),
        memorySizeMb,
        maxMemoryUsedMb: 60,
        initDurationMs: run === 0 ? 200 + random.next() * 50 : null,
        restoreDurationMs: null,
        billedRestoreDurationMs: null,
        status: null,
        errorType: null,
        trace: null,
      });
      return [
        { id: '', timestamp: startMs, message: renderStart(requestId, '$LATEST') },
        { id: '', timestamp: startMs + Math.ceil(durationMs), message: report },
      ];
    }).flat();
    return record(message(events, { logStream: `2026/11/20/[$LATEST]${random.hex(32)}` }));
  });
}

beforeAll(async () => {
  product = await startProduct();
  const random = new Random(4);
  const hours = [
    hour(random, NOON, 1200, 1, 256),
    hour(random, NOON + 60 * MINUTE, 1200, 1, 256),
    hour(random, NOON + 120 * MINUTE, 1200, 1.3, 512),
    hour(random, NOON + 180 * MINUTE, 20, 1.3, 512),
  ];
  for (const records of hours) await send(product, records);
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const at = (hours: number): string => new Date(NOON + hours * 60 * MINUTE).toISOString();
const compare = (before: readonly [number, number], after: readonly [number, number]): Promise<CompareAnswer> => {
  const period = (hours: readonly [number, number]): string => hours.map(at).join('/');
  const query = new URLSearchParams({ function: 'edge', before: period(before), after: period(after) });
  return product.json<CompareAnswer>(`/api/v1/compare?${query}`);
};

describe('GET /api/v1/compare', () => {
  test('30 % slower after a memory change: worse by about 30 %, with the change named', async () => {
    const answer = await compare([1, 2], [2, 3]);
    expect(answer.verdict).toBe('worse');
    expect([answer.before.n, answer.after.n]).toEqual([1200, 1200]);
    const median = answer.differences.find((one) => one.metric === 'p50');
    expect(median?.verdict).toBe('worse');
    expect(median?.low).toBeLessThan(0.3);
    expect(median?.high).toBeGreaterThan(0.3);
    // Twice the memory at 1.3 times the duration: 2.6 times the compute price.
    const cost = answer.differences.find((one) => one.metric === 'costPer1k');
    expect(cost?.verdict).toBe('worse');
    expect(cost?.change).toBeGreaterThan(1);
    expect(answer.warnings).toEqual(['The memory sizes differ: 256 before, 512 after.', OTHER_HOURS]);
    expect(answer.before.histogram.reduce((sum, bin) => sum + bin.n, 0)).toBe(1200);
    expect(answer.before.quantiles.p50).toBeGreaterThan(70);
    expect(answer.before.quantiles.p50).toBeLessThan(90);
    expect(answer.differences.find((one) => one.metric === 'errorRate')).toMatchObject({ before: 0, after: 0 });
  });

  test('equal periods give no evidence of a change', async () => {
    const answer = await compare([0, 1], [1, 2]);
    expect(answer.verdict).toBe('no-evidence');
    expect(answer.warnings).toEqual([OTHER_HOURS]);
  });

  test('too few invocations give insufficient data', async () => {
    const answer = await compare([2, 3], [3, 4]);
    expect(answer.verdict).toBe('insufficient-data');
    expect(answer.after).toMatchObject({ n: 20 });
    expect(answer.differences.find((one) => one.metric === 'p50')?.reason).toBe(
      'Too few: 1,200 invocations before and 20 after; at least 50 are required on each side.',
    );
    expect(answer.warnings[0]).toMatch(/^The traffic per day is 0\.017 times as high/);
    expect((await compare([5, 6], [6, 7])).verdict).toBe('insufficient-data');
  });

  test('adjacent periods share no invocations; overlapping periods are reported', async () => {
    const shared = 1 + 2 / 60;
    const touching = await compare([0, shared], [shared, 2]);
    expect(touching.before.n + touching.after.n).toBe(2400);
    expect((await compare([0, 2], [1, 3])).warnings[0]).toMatch(/^The periods overlap/);
  });
});
