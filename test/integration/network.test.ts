/** ENI-related latency: the cold starts traced in March 2019, imported as X-Ray documents through the API. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { ABOVE_TWO_SECONDS, tracedId, tracedInventory, xrayDocuments } from '../../bench/accuracy/published-data.ts';
import { Random } from '../../ingest/records/random.ts';
import type { networkAnswer } from '../../server/http/contract/network.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import { published } from '../support/published-data.ts';

const NOW = Date.UTC(2019, 3, 1);
let product: TestProduct;

async function importDocuments(list: readonly string[]): Promise<void> {
  for (let at = 0; at < list.length; at += 2000) {
    const body = list.slice(at, at + 2000).join('\n');
    expect((await product.fetch('/ingest/logs', { method: 'POST', body })).status).toBe(200);
  }
}

beforeAll(async () => {
  product = await startProduct({ now: () => NOW });
  const random = new Random(8);
  const starts = published.tracedColdStarts();
  await importDocuments(starts.flatMap((start) => xrayDocuments(random, start)));
  const put = await product.fetch('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ functions: tracedInventory(starts) }),
  });
  expect(put.status).toBe(200);
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

type Answer = z.infer<typeof networkAnswer>;
const ask = (name: string): Promise<Answer> =>
  product.json<Answer>(`/api/v1/functions/${name}/network?from=2019-03-01&to=2019-04-01`);

describe('March 2019: one network interface per environment', () => {
  test.each(ABOVE_TWO_SECONDS)('%i MB in a VPC: %i of %i above two seconds', async (memoryMb, over, n) => {
    const answer = await ask(`aws-coldstart-ruby25vpc-dev-memory-${memoryMb}`);
    expect(answer).toMatchObject({ vpc: true, era: 'per-environment', truncated: false });
    expect(answer.over2s?.n).toBe(n);
    expect(Math.round((answer.over2s?.value ?? 0) * n)).toBe(over);
    // The study does not state code sizes, so the difference to functions outside of a VPC is not claimed.
    expect(answer).toMatchObject({ eniLatencyMs: null, placementMs: null, cohort: { functions: 0 } });
    expect(answer.reason).toMatch(/^Not comparable: code size of the function is unknown/);
    expect(answer.summary).toMatch(/^Environments waited for a network interface of their own/);
  });

  test('outside a VPC: 0 of 3,712 above two seconds', async () => {
    let [over, n] = [0, 0];
    for (const [memoryMb] of ABOVE_TWO_SECONDS) {
      const answer = await ask(`aws-coldstart-ruby25-dev-memory-${memoryMb}`);
      expect(answer).toMatchObject({ vpc: false, era: null, eniLatencyMs: null });
      over += Math.round((answer.over2s?.value ?? 0) * (answer.over2s?.n ?? 0));
      n += answer.over2s?.n ?? 0;
    }
    expect([over, n]).toEqual([0, 3712]);
  });

  test('matches the medians of the study', async () => {
    const inside = await ask('aws-coldstart-ruby25vpc-dev-memory-1024');
    // The study interpolates between two values; the product returns one of them.
    expect(Math.abs((inside.preInitMs?.p50 ?? 0) / 8649 - 1)).toBeLessThan(0.005);
    const outside = await ask('aws-coldstart-ruby25-dev-memory-1024');
    expect(Math.abs((outside.preInitMs?.p50 ?? 0) / 180 - 1)).toBeLessThan(0.005);
  });
});

describe('simulated latency', () => {
  test('a shift of 140 ms is recovered within 10 %, and the era is shared interfaces', async () => {
    const random = new Random(9);
    const plant = (name: string, shiftMs: number, n: number): readonly string[] =>
      Array.from({ length: n }, (_, at) =>
        xrayDocuments(random, {
          name,
          atMs: Date.UTC(2019, 2, 10) + at * 60_000,
          setupMs: random.logNormal(160, 0.25) + shiftMs,
          initMs: random.logNormal(200, 0.2),
          runMs: random.logNormal(20, 0.3),
        }),
      ).flat();
    const levels = [-14, 3, 11, 0];
    const name = (side: string, at: number): string => `${side}-${at}`;
    await importDocuments([
      ...levels.flatMap((own, at) => plant(name('inside', at), 140 + own, 120)),
      ...levels.flatMap((own, at) => plant(name('outside', at), own, 150)),
      ...plant('few', 140, 12),
      ...plant('larger', 140, 120),
    ]);
    const functions = [...levels.flatMap((_, at) => [name('inside', at), name('outside', at)]), 'few', 'larger'].map(
      (one) => ({
        id: tracedId(one),
        memoryMb: 512,
        runtime: 'nodejs8.10',
        codeSizeBytes: one === 'larger' ? 60_000_000 : 1_000_000,
        subnetIds: one.startsWith('outside') ? [] : ['subnet-1'],
      }),
    );
    await product.fetch('/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ functions }),
    });
    const answer = await ask('inside-0');
    expect(Math.abs((answer.eniLatencyMs?.value ?? 0) / 140 - 1)).toBeLessThan(0.1);
    expect(answer.eniLatencyMs?.low).toBeLessThan(140);
    expect(answer.eniLatencyMs?.high).toBeGreaterThan(140);
    expect(Math.abs((answer.placementMs?.value ?? 0) / 160 - 1)).toBeLessThan(0.1);
    // Four functions on each side, and the twelve cold starts of `few`.
    expect(answer.cohort).toEqual({ functions: 4, coldStarts: 600, functionsInVpc: 5, coldStartsInVpc: 492 });
    expect(answer).toMatchObject({ era: 'shared', reason: null });
    expect(answer.summary).toMatch(/^The VPC makes cold starts of functions like this 1\d\d ms longer \(95 % interval/);
    const few = await ask('few');
    expect(few).toMatchObject({ eniLatencyMs: null, era: null });
    expect(few.reason).toBe('Insufficient data: 12 traced cold starts; 30 are required.');
    const larger = await ask('larger');
    expect(larger).toMatchObject({ eniLatencyMs: null, placementMs: null });
    expect(larger.reason).toBe(
      'Not comparable: none of 10 functions outside of a VPC matches this function (nodejs8.10, Zip, x86_64, 512 MB memory, 57.2 MiB code). They differ, or are unknown, in runtime (6), code size (4); placement, download and network cannot be separated.',
    );
    expect(larger.summary).toBe('It is unknown whether the VPC makes cold starts longer.');
  });
});

describe('documents as AWS writes them', () => {
  /** The cold start of `orders` in the corpus: only the service's segment carries `aws.request_id`. */
  const cold = readFileSync(join(import.meta.dirname, '../fixtures/corpus/lines/xray.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { kind: string; message: string }]))
    .filter(({ message }) => message.includes('1-6ac52cb7-0123456789abcdef01234567'));
  const documentOf = (kind: string): string => cold.find((line) => line.kind === kind)?.message ?? '';
  // 2026-10-06T15:27:09Z, the start of the service's segment.
  const askOrders = (): Promise<Answer> =>
    product.json<Answer>('/api/v1/functions/orders/network?from=2026-10-01&to=2026-10-31');

  test('the function’s segment arrives first; the service’s in a later batch', async () => {
    await importDocuments([documentOf('xray.segment.function.cold')]);
    const alone = await askOrders();
    expect(alone.preInitMs).toBeNull();
    expect(alone.reason).toMatch(/^The time before init is unknown: .* names as parent is not stored.* \(n=1\)/);
    await importDocuments([documentOf('xray.segment.lambda')]);
    const answer = await askOrders();
    expect(answer.preInitMs?.n).toBe(1);
    // The service's segment begins at .596 s, Initialization at .970087 s.
    expect(answer.preInitMs?.p50).toBeCloseTo(374.087, 3);
    expect(answer.reason).toMatch(/^It is not known whether the function is in a VPC/);
  });
});
