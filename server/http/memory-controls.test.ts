/** Which functions are controls of a change of memory size. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { FunctionIdentity, StoreReader } from '../storage/ports.ts';
import { noCounts } from '../storage/rollup/aggregation.ts';
import { ControlFunctions } from './memory-controls.ts';

const RANGE = { fromMs: 100 * HOUR_MS, toMs: 200 * HOUR_MS };

const identityOf = (functionId: number): FunctionIdentity => ({
  functionId,
  account: '1',
  region: 'eu-west-1',
  name: `f${functionId}`,
  nameInferred: false,
  firstSeenMs: 0,
  lastSeenMs: RANGE.toMs,
  memoryMb: 512,
  version: '1',
  runtimeVersion: null,
  architecture: null,
  runtime: null,
  packageType: null,
  vpc: null,
});

const usageOf = (memoryMb: number, invocations: number) => ({
  version: '1',
  memoryMb,
  architecture: null,
  invocations,
  billedMs: 0,
  failed: 0,
  failedBilledMs: 0,
});

/** Functions 1 to 7, of which 1 is evaluated, 2 changed its size, 3 was updated in the range, 4 before it, and 7 is new. */
const read: Pick<StoreReader, 'fleet' | 'deploys'> = {
  fleet: (query) => {
    const counts = {
      ...noCounts(),
      n: 110,
      timeouts: 4,
      errors: 3,
      ooms: 2,
      exits: 1,
      billed_ms: 9000,
      failed_billed_ms: 4000,
    };
    const fromMs = RANGE.fromMs + (query.functionId ?? 0) * HOUR_MS;
    const buckets = query.functionId === undefined ? [] : [{ fromMs, counts, usage: [] }];
    const functions = [1, 2, 3, 4, 5, 6, 7].map((id) => ({
      identity: { ...identityOf(id), firstSeenMs: id === 7 ? RANGE.fromMs + HOUR_MS : 0 },
      counts,
      blocks: { n: [], placed: [], errors: [], coldStarts: [], userFelt: [] },
      usage: id === 2 ? [usageOf(256, 50), usageOf(512, 60)] : [usageOf(512, 110 + id)],
    }));
    return Promise.resolve({ range: { ...RANGE, widthMs: HOUR_MS }, functions, buckets });
  },
  deploys: ({ functionId }) => {
    const atMs = functionId === 3 ? 150 * HOUR_MS : 50 * HOUR_MS;
    return Promise.resolve(
      functionId > 4 ? [] : [{ atMs, kind: 'code' as const, sources: ['inventory' as const], codeSha256: null }],
    );
  },
};

test('functions of one size without an update in the range, with the billed time of their successes', async () => {
  const controls = await new ControlFunctions(read).of(identityOf(1), RANGE);
  // Of 110 invocations 10 failed; 9,000 ms were billed, 4,000 of them for failures.
  expect(controls).toEqual(
    [6, 5, 4].map((id) => ({ hours: [{ startMs: RANGE.fromMs + id * HOUR_MS, n: 100, billedMs: 5000 }] })),
  );
});

test('is read once for all functions of one account and region, and no function is its own control', async () => {
  let queries = 0;
  const counting: typeof read = {
    ...read,
    fleet: (query) => {
      queries += 1;
      return read.fleet(query);
    },
  };
  const controls = new ControlFunctions(counting);
  const [first, fifth] = [await controls.of(identityOf(1), RANGE), await controls.of(identityOf(5), RANGE)];
  expect([first.length, fifth.length]).toEqual([3, 3]);
  expect(fifth.map(({ hours }) => ((hours[0]?.startMs ?? 0) - RANGE.fromMs) / HOUR_MS)).toEqual([6, 4, 1]);
  // The fleet, and the hours of 6, 5, 4 and 1.
  expect(queries).toBe(5);
});
