/** Right-sizing through the API: functions with a known curve, seen at one, two and four sizes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { Random } from '../../ingest/records/random.ts';
import type { memoryAnswer } from '../../server/http/contract/memory.ts';
import type { RecommendationsAnswer } from '../../server/http/contract/recommendations.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const NOW = Date.UTC(2026, 10, 21);
const HOUR = 3_600_000;
let product: TestProduct;

/** 30 environments with 30 invocations each at one size: the first is cold and slow, and two of all fail. */
function environments(
  random: Random,
  functionName: string,
  memorySizeMb: number,
  meanMs: number,
  options: {
    readonly fromMs: number;
    readonly usedMb?: (run: number) => number;
    readonly versions?: number;
    /** Time of each run spent in a traced call to another service. */
    readonly remoteMs?: number;
    readonly documents?: string[];
    /** Access log of an API in front of the function, with the route of each run. */
    readonly access?: { readonly lines: string[]; readonly route: (run: number) => string };
  },
) {
  return Array.from({ length: 30 }, (_, environment) => {
    const level = meanMs * random.logNormal(1, 0.03);
    const version = options.versions === undefined ? '$LATEST' : String(1 + (environment % options.versions));
    // With two versions, both run in the same hours.
    let at = options.fromMs + Math.floor(environment / (options.versions ?? 1)) * 2 * HOUR;
    const events = Array.from({ length: 30 }, (_run, run) => {
      const requestId = random.uuid();
      const failed = environment < 2 && run === 20;
      const durationMs =
        (options.remoteMs ?? 0) +
        Math.round((run === 0 ? 5 : 1) * (failed ? 900 : 1) * level * random.logNormal(0.97, 0.25) * 100) / 100;
      const startMs = at;
      const traceId =
        options.documents === undefined ? null : `1-${Math.floor(at / 1000).toString(16)}-${random.hex(24)}`;
      if (traceId !== null)
        options.documents?.push(
          ...tracedCall(random, functionName, requestId, traceId, startMs, durationMs, options.remoteMs ?? 0),
        );
      options.access?.lines.push(
        JSON.stringify({
          requestId: `${requestId}=`,
          requestTimeEpoch: startMs - 4,
          routeKey: options.access.route(run),
          status: 200,
          integrationRequestId: requestId,
          integrationLatency: String(Math.ceil(durationMs) + 3),
        }),
      );
      at += Math.ceil(durationMs) + 60_000;
      const report = renderReport({
        requestId,
        durationMs,
        billedDurationMs: Math.ceil(durationMs),
        memorySizeMb,
        maxMemoryUsedMb: options.usedMb?.(run) ?? 80 + Math.floor(random.next() * 5),
        initDurationMs: run === 0 ? 240 : null,
        restoreDurationMs: null,
        billedRestoreDurationMs: null,
        status: failed ? 'error' : null,
        errorType: failed ? 'Runtime.ExitError' : null,
        trace: traceId === null ? null : { traceId, segmentId: random.hex(16), sampled: true },
      });
      return [
        { id: '', timestamp: startMs, message: renderStart(requestId, version) },
        { id: '', timestamp: startMs + Math.ceil(durationMs), message: report },
      ];
    }).flat();
    const logGroup = `/aws/lambda/${functionName}`;
    return record(message(events, { logGroup, logStream: `2026/11/19/[${version}]${random.hex(32)}` }));
  });
}

/** X-Ray segments of one request: the service's with the request id, and the function's, which names it, with the call. */
function tracedCall(
  random: Random,
  name: string,
  request_id: string,
  trace_id: string,
  startMs: number,
  durationMs: number,
  remoteMs: number,
): readonly string[] {
  const start_time = startMs / 1000;
  const resource_arn = `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
  const call = {
    id: random.hex(16),
    name: 'DynamoDB',
    namespace: 'aws',
    start_time,
    end_time: start_time + remoteMs / 1000,
  };
  const common = { trace_id, name, start_time, end_time: start_time + durationMs / 1000 };
  const service = random.hex(16);
  const documents = [
    { ...common, id: service, origin: 'AWS::Lambda', resource_arn, aws: { request_id } },
    {
      ...common,
      id: random.hex(16),
      parent_id: service,
      origin: 'AWS::Lambda::Function',
      aws: { account_id: '111122223333', function_arn: resource_arn, resource_names: [name] },
      subsegments: [call],
    },
  ];
  // The function's segment may arrive before the service's.
  return documents.toReversed().map((document) => JSON.stringify(document));
}

beforeAll(async () => {
  // The bootstrap of a busy core takes longer than the usual deadline.
  product = await startProduct({ now: () => NOW, environment: { THERMOCLINE_READ_DEADLINE_MS: '300000' } });
  const random = new Random(31);
  const at = (days: number): { fromMs: number } => ({ fromMs: NOW - days * 24 * HOUR });
  // All sizes run on working days.
  // 120 ms of waiting and 40 ms of CPU: cheapest at the smallest size.
  for (const [days, memoryMb] of [
    [12, 2048],
    [9.5, 512],
    [5, 256],
    [2.5, 1024],
  ] as const) {
    const meanMs = 120 + 40 / Math.min(memoryMb / 1769, 1);
    await send(product, environments(random, 'waits', memoryMb, meanMs, at(days)));
  }
  // Waits and hardly computes: half the memory costs half without a noticeable slowdown.
  for (const [days, memoryMb] of [
    [12, 2048],
    [9.5, 512],
    [2.5, 1024],
  ] as const)
    await send(product, environments(random, 'idles', memoryMb, 150 + 2 / Math.min(memoryMb / 1769, 1), at(days)));
  // The downstream service was slow while the function ran with 256 MB.
  const documents: string[] = [];
  for (const [days, memoryMb, remoteMs] of [
    [12, 2048, 40],
    [9.5, 512, 40],
    [5, 256, 400],
    [2.5, 1024, 60],
  ] as const) {
    const meanMs = 20 + 100 / Math.min(memoryMb / 1769, 1);
    await send(product, environments(random, 'calls', memoryMb, meanMs, { ...at(days), remoteMs, documents }));
  }
  for (let from = 0; from < documents.length; from += 1000) {
    const body = documents.slice(from, from + 1000).join('\n');
    expect((await product.fetch('/ingest/logs', { method: 'POST', body })).status).toBe(200);
  }
  // Two functions like `idles` behind an API: the traffic of one moved to another route with the size.
  const access: string[] = [];
  const moved = (memoryMb: number) => (run: number) => (memoryMb === 512 || run % 2 === 0 ? 'GET /item' : 'POST /sale');
  const mixed = () => (run: number) => (run % 2 === 0 ? 'GET /item' : 'POST /sale');
  for (const [name, routeAt] of [
    ['moved', moved],
    ['mixed', mixed],
  ] as const) {
    for (const [days, memoryMb] of [
      [9.5, 512],
      [2.5, 1024],
    ] as const) {
      const api = { lines: access, route: routeAt(memoryMb) };
      const meanMs = 150 + 2 / Math.min(memoryMb / 1769, 1);
      await send(product, environments(random, name, memoryMb, meanMs, { ...at(days), access: api }));
    }
  }
  for (let from = 0; from < access.length; from += 1000) {
    const body = access.slice(from, from + 1000).join('\n');
    expect((await product.fetch('/ingest/logs?logGroup=api-access', { method: 'POST', body })).status).toBe(200);
  }
  await send(product, environments(random, 'one-size', 1024, 80, at(5)));
  await send(product, environments(random, 'two-versions', 1024, 80, { ...at(5), versions: 2 }));
  await send(product, environments(random, 'leaks', 1024, 80, { ...at(5), usedMb: (run) => 100 + run * 6 }));
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

type Answer = z.infer<typeof memoryAnswer>;
const ask = (name: string, query = ''): Promise<Answer> =>
  product.json<Answer>(`/api/v1/functions/${name}/memory?${query}`);

describe('GET /api/v1/functions/:id/memory', () => {
  test('with traces, the curve is that of the function’s self time', async () => {
    const { model } = await ask('calls');
    // At the current size, calls took 60 ms; they took 400 ms while the function ran with 256 MB.
    expect(Math.abs((model?.remoteMs ?? 0) / 60 - 1)).toBeLessThan(0.02);
    expect(Math.abs((model?.cpuMs ?? 0) / 100 - 1)).toBeLessThan(0.1);
    expect((await ask('waits')).model?.remoteMs).toBeNull();
  });

  test('four sizes give a curve and the cheapest size', async () => {
    const answer = await ask('waits', 'maxSlower=10');
    expect(answer).toMatchObject({ currentMb: 1024, finding: 'over-provisioned' });
    expect(answer.observed.map((size) => size.memorySizeMb)).toEqual([256, 512, 1024, 2048]);
    for (const size of answer.observed) {
      // Excludes the cold first invocation of each environment, exits, and those after them, whose inits are suppressed.
      expect(size.n).toBe(30 * 29 - 4);
      expect(size).toMatchObject({ environments: 30, enough: true, sampled: false });
      const truth = 120 + 40 / Math.min(size.memorySizeMb / 1769, 1);
      expect(Math.abs(size.meanBilledMs / truth - 1)).toBeLessThan(0.05);
      expect(size.interval?.low).toBeLessThan(size.costPerMillionUsd);
    }
    expect(answer.model?.kind).toBe('capped');
    expect(answer.model?.fixedMs).toBeGreaterThan(90);
    expect(answer.model?.fixedMs).toBeLessThan(150);
    expect(answer.floorMb).toBe(128);
    expect(answer.recommendation?.memoryMb).toBe(256);
    expect(answer.recommendation?.pSaving).toBeGreaterThan(0.99);
    expect(answer.recommendation?.monthlySavingUsd?.low).toBeGreaterThan(0);
    // The recommendation is slower and says so.
    expect(answer.recommendation?.latencyChange?.value).toBeGreaterThan(0.5);
    expect(answer.powerTuningUrl).toMatch(/^https:\/\/lambda-power-tuning\.show\/#/);
    expect(answer.candidates.find((one) => one.memoryMb === 768)?.basis).toBe('fitted');
    expect(answer.candidates.every((one) => one.memoryMb >= 256)).toBe(true);
  });

  test('recommends functions that become significantly cheaper and not slower, in sentences', async () => {
    const answer = await product.json<RecommendationsAnswer>('/api/v1/recommendations');
    expect(answer.looked).toBe(8);
    expect(answer.items.map((item) => item.function.name).toSorted()).toEqual(['idles', 'mixed']);
    const item = answer.items.find((one) => one.function.name === 'idles');
    expect(item?.sentence).toMatch(
      /^idles: 512 MB instead of 1024 would be \d\d % cheaper \(95 % CI \d\d %–\d\d %\) and (as fast|[\d.]+ % (slower|faster))$/,
    );
    expect(item?.costChange?.high).toBeLessThan(-0.3);
    expect(item?.latencyChange?.value).toBeLessThan(0.1);
    // Two of the functions were seen at one size only, or in two versions.
    expect(answer.undecided).toBeGreaterThanOrEqual(2);
    // Every function that was looked at is there, with what is recommended or why nothing is; the dearest first.
    expect(answer.analyzed).toHaveLength(8);
    const costs = answer.analyzed.map(({ monthlyCostUsd }) => monthlyCostUsd ?? Number.NaN);
    expect(costs.toSorted((a, b) => b - a)).toEqual(costs);
    const byName = new Map(answer.analyzed.map((one) => [one.function.name, one]));
    expect(byName.get('idles')).toMatchObject({
      currentMb: 1024,
      memoryMb: 512,
      finding: 'over-provisioned',
      reason: null,
    });
    expect(byName.get('idles')?.monthlySavingUsd).toEqual(item?.monthlySavingUsd);
    expect(byName.get('one-size')).toMatchObject({
      ...{ currentMb: 1024, memoryMb: null, monthlySavingUsd: null, latencyChange: null, finding: 'insufficient-data' },
      reason: expect.stringContaining('bounds, not a prediction') as string,
    });
    expect((await product.json<RecommendationsAnswer>('/api/v1/recommendations?limit=1')).looked).toBe(1);
    expect((await product.fetch('/api/v1/recommendations?limit=21')).status).toBe(400);
  });

  test('sizes that served other routes of an API are not compared', async () => {
    const answer = await ask('moved');
    expect(answer).toMatchObject({ finding: 'inconclusive', recommendation: null });
    // At 512 MB one route alone; at 1024 MB, 14 of 29 warm runs of each environment are even ones.
    expect(answer.reasons.join(' ')).toContain(
      'The routes differ: 52 % of the requests in the access log were for other routes at 512 MB than at 1024 MB.',
    );
    expect((await ask('mixed')).recommendation?.memoryMb).toBe(512);
  });

  test('strategies fastest and balanced, and a maximum duration', async () => {
    expect((await ask('waits', 'strategy=fastest')).recommendation?.memoryMb).toBeGreaterThan(1024);
    const bounded = await ask('waits', 'maxDurationMs=220');
    expect(bounded.recommendation?.memoryMb ?? 1024).toBeGreaterThan(512);
    for (const query of ['strategy=cheap', 'weight=2', 'maxDurationMs=-1']) {
      const response = await product.fetch(`/api/v1/functions/waits/memory?${query}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(query.split('=')[0]);
    }
  });

  test('one size gives bounds and the measurement needed to decide', async () => {
    const answer = await ask('one-size');
    expect(answer).toMatchObject({
      finding: 'insufficient-data',
      recommendation: null,
      model: null,
      powerTuningUrl: null,
    });
    expect(answer.reasons[0]).toMatch(/bounds, not a prediction/);
    expect(answer.candidates.every((one) => one.basis === 'bound')).toBe(true);
    expect(answer.powerTuningInput).toMatchObject({
      lambdaARN: expect.stringMatching(/^arn:aws:lambda:.*:function:one-size$/) as string,
      powerValues: [512, 1024, 2048, 4096],
    });
  });

  test('two versions of one size in the same hours count every invocation once', async () => {
    expect((await ask('two-versions')).observed).toMatchObject([
      { memorySizeMb: 1024, n: 30 * 29 - 4, environments: 30 },
    ]);
  });

  test('does not lower the size of a function whose memory use grows', async () => {
    const answer = await ask('leaks');
    expect(answer.leak?.leaking).toBe(true);
    expect(answer.leak?.mbPer1k).toBeGreaterThan(5000);
    expect(answer.floorMb).toBe(1024);
    expect(answer.floorReason).toMatch(/grows with each invocation/);
  });
});
