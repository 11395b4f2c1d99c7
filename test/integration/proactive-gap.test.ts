/** Proactive inits of a function with slow handover: the threshold follows its own gaps, in any order of delivery. */
import { expect, test } from 'vitest';
import { renderInitStart, renderReport, renderStart } from '../../ingest/lines/render.ts';
import type { ColdStartsAnswer } from '../../server/http/contract/functions.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;
const SLOW = 30;
const AHEAD = 10;

/** One environment: 200 ms of init, then `gapMs` until its only run. */
function environment(n: number, gapMs: number) {
  const requestId = `faded000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const initAt = AT + n * 5 * 60_000;
  const startAt = initAt + 200 + gapMs;
  const event = (timestamp: number, text: string) => ({ id: `${timestamp}`, timestamp, message: text });
  const report = renderReport({
    requestId,
    durationMs: 20,
    billedDurationMs: 220,
    memorySizeMb: 512,
    maxMemoryUsedMb: 90,
    initDurationMs: 200,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: null,
    errorType: null,
    trace: null,
  });
  return record(
    message(
      [
        event(initAt, renderInitStart('nodejs:22.v31', `arn:aws:lambda:x::runtime:${'a'.repeat(64)}`)),
        event(startAt, renderStart(requestId, '$LATEST')),
        event(startAt + 20, report),
      ],
      { logGroup: '/aws/lambda/slow', logStream: `2026/11/20/[$LATEST]${String(n).padStart(32, '0')}` },
    ),
  );
}

const records = Array.from({ length: SLOW + AHEAD }, (_, n) =>
  environment(n, n % 4 === 3 ? 90_000 + n * 100 : 1200 + n * 20),
);

async function answersOf(steps: (product: TestProduct) => Promise<void>) {
  const product = await startProduct({ now: () => AT + 30 * HOUR });
  await steps(product);
  const { range: _, ...answer } = await product.json<ColdStartsAnswer>(
    `/api/v1/functions/slow/cold-starts?from=${AT - HOUR}&to=${AT + 24 * HOUR}`,
  );
  await product.close();
  removeFolder(product.folder);
  return answer;
}

test('the threshold is 1 s before attribution, then the valley between the modes, for old and new rows', async () => {
  const before = await answersOf((product) => send(product, records).then(() => undefined));
  expect(before.userFeltRate.value).toBe(0);
  const once = await answersOf(async (product) => {
    await send(product, records);
    await product.derive();
  });
  expect(once.userFeltRate.value).toBe(SLOW / (SLOW + AHEAD));
  expect(once.byCause.find((one) => one.cause === 'proactive')?.n).toBe(AHEAD);
  expect(once.platformMs.p50).toBeGreaterThan(1500);
  const inRounds = await answersOf(async (product) => {
    for (let from = 0; from < records.length; from += 7) {
      await send(product, records.toReversed().slice(from, from + 7));
      if (from % 2 === 0) await product.derive();
    }
    // Stored again after the threshold has changed.
    await send(product, records);
    await product.derive();
  });
  expect(inRounds).toEqual(once);
});
