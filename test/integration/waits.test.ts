/** What callers waited for and what was billed of it: suppressed inits and restores. Values worked out by hand from the lines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const lines = join(import.meta.dirname, '../fixtures/field/lines');
const NOW_MS = Date.UTC(2026, 10, 27);
const RANGE = 'from=2026-11-26T00:00:00Z&to=2026-11-27T00:00:00Z';
let product: TestProduct;

interface ColdStarts {
  readonly taxMsPerDay: number | null;
  readonly taxUsd: number | null;
  readonly byCause: readonly { readonly cause: string; readonly n: number }[];
  readonly byKind: readonly { readonly kind: string; readonly initMs: { readonly p50: number | null } }[];
}
interface Details {
  readonly coldStartSeconds: number;
  readonly money: {
    readonly initUsd: number | null;
    readonly snapStartRestoreUsd: number | null;
    readonly snapStartCacheUsd: number | null;
  };
}

async function post(file: string): Promise<string> {
  const text = readFileSync(join(lines, file), 'utf8');
  const response = await product.fetch('/ingest/lambda', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  expect(response.status).toBe(200);
  return (JSON.parse(text) as { logGroup: string }).logGroup.replace('/aws/lambda/', '');
}

const coldStartsOf = (name: string): Promise<ColdStarts> =>
  product.json(`/api/v1/functions/${name}/cold-starts?${RANGE}`);
const detailsOf = (name: string): Promise<Details> => product.json(`/api/v1/functions/${name}?${RANGE}`);

beforeAll(async () => {
  product = await startProduct({ now: () => NOW_MS });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

/** List price of a GB-second on x86 in a region that is not known. */
const PER_GBS = 1.66667e-5;

describe.each([
  // The init was stopped at its limit, and again inside the invocation: 10,001.07 ms waited, 10,000 ms billed.
  { file: '44.json', waitedMs: 10_001.07, billedMs: 10_000, memoryMb: 128, cause: 'init-timeout' },
  // Two inits crashed; the second ran inside the invocation and is part of what it was billed.
  { file: '45.json', waitedMs: 1666.62, billedMs: 1666.62, memoryMb: 128, cause: 'crash' },
  { file: '47.json', waitedMs: 4447.52, billedMs: 4447.52, memoryMb: 512, cause: 'crash' },
])('an init inside the invocation: $file', ({ file, waitedMs, billedMs, memoryMb, cause }) => {
  let name = '';
  beforeAll(async () => {
    name = await post(file);
  });

  test('no amount is stated before the cold start is attributed', async () => {
    expect(await coldStartsOf(name)).toMatchObject({ taxMsPerDay: null, taxUsd: null });
    expect((await detailsOf(name)).money.initUsd).toBeNull();
  });

  test('counts as waited, and as billed', async () => {
    await product.derive();
    const found = await coldStartsOf(name);
    expect(found.taxMsPerDay).toBeCloseTo(waitedMs, 2);
    expect(found.taxUsd).toBeCloseTo((memoryMb / 1024) * (billedMs / 1000) * PER_GBS, 9);
    expect(found.byCause).toMatchObject([{ cause, n: 1 }]);
    expect(found.byKind).toMatchObject([{ kind: 'suppressed' }]);
    // A sketch: at most 1 % from the true value.
    expect(found.byKind[0]?.initMs.p50).toBeGreaterThan(0.99 * waitedMs);
    const details = await detailsOf(name);
    expect(details.coldStartSeconds).toBeCloseTo(waitedMs / 1000, 5);
    expect(details.money.initUsd).toBeCloseTo((memoryMb / 1024) * (billedMs / 1000) * PER_GBS, 9);
    const { items } = await product.json<{ items: { hiddenInitDurationMs: number | null }[] }>(
      `/api/v1/invocations?function=${name}&${RANGE}`,
    );
    expect(items).toMatchObject([{ hiddenInitDurationMs: waitedMs }]);
  });
});

test('a restore is waited for as a whole and billed in part: 182 ms of 3,009 MB', async () => {
  const name = await post('51.json');
  await product.derive();
  const found = await coldStartsOf(name);
  expect(found.taxMsPerDay).toBeCloseTo(398.97, 2);
  // 3009 / 1024 × 0.182 × $1.66667e-5 = $8.913e-6.
  expect(found.taxUsd).toBeCloseTo(8.913e-6, 8);
  const { money } = await detailsOf(name);
  expect(money.initUsd).toBeCloseTo(8.913e-6, 8);
  // Java: snapshots are free.
  expect(money).toMatchObject({ snapStartRestoreUsd: 0, snapStartCacheUsd: 0 });
});

test('memory is compared with the size that the invocation ran with', async () => {
  const report = (n: number, size: number, used: number): object[] => {
    const id = `0000000${n}-0000-4000-8000-000000000001`;
    const atMs = Date.UTC(2026, 10, 26, 20, n);
    return [
      { timestamp: atMs, message: `START RequestId: ${id} Version: $LATEST\n` },
      {
        timestamp: atMs + 50,
        message: `REPORT RequestId: ${id}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: ${size} MB\tMax Memory Used: ${used} MB\t\n`,
      },
    ];
  };
  for (const [n, size, used] of [
    [1, 512, 400],
    [2, 256, 90],
  ] as const) {
    await product.fetch('/ingest/lambda', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '111122223333',
        logGroup: '/aws/lambda/shrunk',
        logStream: `2026/11/26/[$LATEST]${String(n).repeat(32)}`,
        subscriptionFilters: [],
        logEvents: report(n, size, used),
      }),
    });
  }
  const found = await product.json<{ memoryUse: unknown; memoryMb: number; warnings: string[] }>(
    `/api/v1/functions/shrunk?${RANGE}`,
  );
  // 400 of 512 MB is 78 %; today's 256 MB say nothing about it.
  expect(found).toMatchObject({ memoryMb: 256, memoryUse: { share: 0.78125, usedMb: 400, sizeMb: 512 } });
  expect(found.warnings).not.toContain('memory-near-limit');
});
