/** ENI-related latency: the cold starts that were traced in March 2019, replayed as X-Ray documents through the front door. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { Random } from '../../ingest/random.ts';
import type { networkAnswer } from '../../server/api/contract/network.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import { sharedGzip } from '../support/shared-data.ts';

const NOW = Date.UTC(2019, 3, 1);
const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
let product: TestProduct;

interface ColdStart {
  readonly name: string;
  readonly atMs: number;
  readonly setupMs: number;
  readonly initMs: number;
  readonly runMs: number;
}

/** The rows whose parts are known: those of nodejs6 have only their total. */
function measured(): readonly ColdStart[] {
  return sharedGzip('xray_coldstart_vpc_2019-03.csv.gz')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .filter(([name]) => name?.includes('ruby25'))
    .map(([name = '', at = '', , setup, init, run]) => ({
      name,
      atMs: Date.parse(at),
      setupMs: Number(setup),
      initMs: Number(init),
      runMs: Number(run),
    }));
}

/** The service's segment and the function's, the init before it, as X-Ray wrote them. */
function documents(random: Random, start: ColdStart): object[] {
  const trace_id = `1-${Math.floor(start.atMs / 1000).toString(16)}-${random.hex(24)}`;
  const request_id = random.uuid();
  const resource_arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${start.name}`;
  const at = start.atMs / 1000;
  const seconds = (ms: number): number => at + ms / 1000;
  const service = random.hex(16);
  const { setupMs, initMs, runMs } = start;
  return [
    {
      trace_id,
      id: service,
      name: start.name,
      origin: 'AWS::Lambda',
      start_time: at,
      end_time: seconds(setupMs + initMs + runMs),
      resource_arn,
      aws: { request_id },
    },
    {
      trace_id,
      id: random.hex(16),
      parent_id: service,
      name: start.name,
      origin: 'AWS::Lambda::Function',
      start_time: seconds(setupMs + initMs),
      end_time: seconds(setupMs + initMs + runMs),
      resource_arn,
      aws: { function_arn: resource_arn, request_id },
      subsegments: [
        {
          id: random.hex(16),
          name: 'Initialization',
          start_time: seconds(setupMs),
          end_time: seconds(setupMs + initMs),
        },
      ],
    },
  ];
}

async function importDocuments(list: readonly object[]): Promise<void> {
  for (let at = 0; at < list.length; at += 2000) {
    const body = list
      .slice(at, at + 2000)
      .map((document) => JSON.stringify(document))
      .join('\n');
    expect((await product.ask('/ingest/logs', { method: 'POST', body })).status).toBe(200);
  }
}

const memoryOf = (name: string): number => Number(/memory-(\d+)$/.exec(name)?.[1]);

beforeAll(async () => {
  product = await startProduct({ now: () => NOW });
  const random = new Random(8);
  const starts = measured();
  await importDocuments(starts.flatMap((start) => documents(random, start)));
  const names = [...new Set(starts.map((start) => start.name))];
  const functions = names.map((name) => ({
    id: `${ACCOUNT}:${REGION}:${name}`,
    memoryMb: memoryOf(name),
    runtime: 'ruby2.5',
    subnetIds: name.includes('vpc') ? ['subnet-1'] : [],
  }));
  const put = await product.ask('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ functions }),
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

describe('March 2019: one network interface an environment', () => {
  test.each([
    [128, 44, 620],
    [256, 81, 619],
    [512, 268, 619],
    [1024, 400, 620],
    [2048, 501, 619],
    [3008, 607, 620],
  ])('%i MB in a VPC: %i of %i above two seconds', async (memoryMb, over, n) => {
    const answer = await ask(`aws-coldstart-ruby25vpc-dev-memory-${memoryMb}`);
    expect(answer).toMatchObject({ vpc: true, era: 'per-environment', reason: null, truncated: false });
    expect(answer.over2s?.n).toBe(n);
    expect(Math.round((answer.over2s?.value ?? 0) * n)).toBe(over);
    expect(answer.cohort.functions).toBe(1);
    expect(answer.cohort.coldStarts).toBeGreaterThan(600);
    expect(answer.eniLatencyMs?.nVpc).toBe(n);
    expect(answer.eniLatencyMs?.low).toBeGreaterThan(0);
  });

  test('outside: none of 3,712', async () => {
    let [over, n] = [0, 0];
    for (const memoryMb of [128, 256, 512, 1024, 2048, 3008]) {
      const answer = await ask(`aws-coldstart-ruby25-dev-memory-${memoryMb}`);
      expect(answer).toMatchObject({ vpc: false, era: null, eniLatencyMs: null });
      over += Math.round((answer.over2s?.value ?? 0) * (answer.over2s?.n ?? 0));
      n += answer.over2s?.n ?? 0;
    }
    expect([over, n]).toEqual([0, 3712]);
  });

  test('the medians of the study', async () => {
    const inside = await ask('aws-coldstart-ruby25vpc-dev-memory-1024');
    // The study interpolates between two values; ours is one of them.
    expect(Math.abs((inside.preInitMs?.p50 ?? 0) / 8649 - 1)).toBeLessThan(0.005);
    const outside = await ask('aws-coldstart-ruby25-dev-memory-1024');
    expect(Math.abs((outside.preInitMs?.p50 ?? 0) / 180 - 1)).toBeLessThan(0.005);
  });
});

describe('planted', () => {
  test('a shift of 140 ms is recovered within 10 %, and the era is that of shared interfaces', async () => {
    const random = new Random(9);
    const plant = (name: string, shiftMs: number, n: number): object[] =>
      Array.from({ length: n }, (_, at) =>
        documents(random, {
          name,
          atMs: Date.UTC(2019, 2, 10) + at * 60_000,
          setupMs: random.logNormal(160, 0.25) + shiftMs,
          initMs: random.logNormal(200, 0.2),
          runMs: random.logNormal(20, 0.3),
        }),
      ).flat();
    await importDocuments([...plant('inside', 140, 300), ...plant('outside', 0, 400), ...plant('few', 140, 12)]);
    const functions = ['inside', 'outside', 'few'].map((name) => ({
      id: `${ACCOUNT}:${REGION}:${name}`,
      memoryMb: 512,
      runtime: 'nodejs22.x',
      subnetIds: name === 'outside' ? [] : ['subnet-1'],
    }));
    await product.ask('/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ functions }),
    });
    const answer = await ask('inside');
    expect(Math.abs((answer.eniLatencyMs?.value ?? 0) / 140 - 1)).toBeLessThan(0.1);
    expect(answer.eniLatencyMs?.low).toBeLessThan(140);
    expect(answer.eniLatencyMs?.high).toBeGreaterThan(140);
    // The two others in a VPC are of the same size and runtime, and no cohort.
    expect(answer.cohort).toEqual({ functions: 1, coldStarts: 400 });
    expect(answer.era).toBe('shared');
    const few = await ask('few');
    expect(few).toMatchObject({ eniLatencyMs: null, era: null });
    expect(few.reason).toBe('Insufficient data: 12 traced cold starts, 30 are needed.');
  });
});
