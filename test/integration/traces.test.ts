/** Fetching X-Ray traces with a clock of our own, against a test server that speaks X-Ray's protocol. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { XRayClient } from '@aws-sdk/client-xray';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpTraceSink } from '../../ingest/api/trace-sink.ts';
import { xrayClient } from '../../ingest/aws/aws-clients.ts';
import type { TraceResult } from '../../ingest/aws/traces.ts';
import { fetchTraces, limitSentence } from '../../ingest/aws/traces.ts';
import { ACCOUNT, AwsDouble, stubCredentials } from '../support/aws.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const MINUTE = 60_000;
/** End of the invocation in the fixtures, 1795822253.941 s. */
const ENDED = 1_795_822_253_941;
const TRACE = '1-6b0a12ad-000000000000000000000005';

interface Answer {
  readonly Traces: readonly { Id: string; LimitExceeded?: boolean; Segments: { Id: string; Document: string }[] }[];
}
const fixture = (name: string): Answer =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/field/delivery', name), 'utf8')) as Answer;

let aws: AwsDouble;
let product: TestProduct;
let client: XRayClient;
let now = ENDED;

stubCredentials();
beforeEach(async () => {
  aws = await AwsDouble.start();
  now = ENDED;
  product = await startProduct({ now: () => now });
  client = xrayClient(aws.scope, { requestsPerSecond: 100, maxAttempts: 2 });
});
afterEach(async () => {
  client.destroy();
  await product.close();
  await aws.stop();
  removeFolder(product.folder);
});
/** Stores a sampled invocation of the function `xr`. */
async function report(traceId: string, region = 'eu-west-1', init = '', endMs = ENDED): Promise<void> {
  const request = `00000001-0005-4000-8000-${traceId.slice(-12)}`;
  const line = `${new Date(endMs).toISOString()} REPORT RequestId: ${request}\tDuration: 400.00 ms\tBilled Duration: 400 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB${init}\t\nXRAY TraceId: ${traceId}\tSegmentId: 0000000000000005\tSampled: true\t`;
  const query = new URLSearchParams({ function: 'xr', account: ACCOUNT, region });
  expect((await product.fetch(`/ingest/logs?${query}`, { method: 'POST', body: line })).status).toBe(200);
}

const fetch = (region = 'eu-west-1', unknownRegion = false): Promise<TraceResult> =>
  fetchTraces({ client, sink: new HttpTraceSink(product.fetch, 0, region, unknownRegion), limit: 100 });
const asked = (): string[][] => aws.of('POST /Traces').map((input) => input['TraceIds'] as string[]);

function answerWith(name: string): void {
  for (const trace of fixture(name).Traces) aws.traces.set(trace.Id, trace);
}

test('a trace with segments in progress is requested again until it is complete', async () => {
  await report(TRACE, 'eu-west-1', '\tInit Duration: 300.00 ms');
  answerWith('05.in-progress.json');
  // Not before X-Ray can have it.
  now = ENDED + 10_000;
  expect(await fetch()).toMatchObject({ requested: 0 });
  now = ENDED + MINUTE;
  expect(await fetch()).toMatchObject({ requested: 1, found: 1, inProgress: 1, problem: null });
  const phases = async (): Promise<unknown> =>
    (await product.json<{ lambda: readonly object[] }>(`/api/v1/traces/${TRACE}`)).lambda;
  expect(await phases()).toMatchObject([{ initMs: null, invocationMs: null }]);
  // Not in every round.
  now += 30_000;
  expect(await fetch()).toMatchObject({ requested: 0 });
  answerWith('05.complete.json');
  now += 31_000;
  expect(await fetch()).toMatchObject({ requested: 1, found: 1, inProgress: 0 });
  // 300 ms of initialisation and 400 ms of invocation, by the subsegments of the fixture.
  expect(await phases()).toMatchObject([{ initMs: 300, invocationMs: 400 }]);
  now += 100 * MINUTE;
  expect(await fetch()).toMatchObject({ requested: 0 });
});

test('waits four times as long after each attempt, and gives up after the sixth', async () => {
  await report(TRACE);
  answerWith('05.in-progress.json');
  const times: number[] = [];
  for (now = ENDED; now < ENDED + 23 * 60 * MINUTE; now += MINUTE) {
    if ((await fetch()).requested > 0) times.push((now - ENDED) / MINUTE);
    if (times.length > 2) now += 3 * MINUTE;
  }
  expect(times).toHaveLength(6);
  const waits = times.slice(1).map((at, n) => at - (times[n] ?? 0));
  // 1, 4, 16, 64, 256 minutes; the clock of the test moves in steps of up to four.
  for (const [n, least] of [1, 4, 16, 64, 256].entries()) {
    expect(waits[n]).toBeGreaterThanOrEqual(least);
    expect(waits[n]).toBeLessThanOrEqual(least + 4);
  }
});

test('without the segment of the function a trace is not complete', async () => {
  await report(TRACE);
  const [trace] = fixture('05.complete.json').Traces;
  if (trace === undefined) throw new Error('the fixture is empty');
  aws.traces.set(TRACE, { ...trace, Segments: trace.Segments.slice(0, 1) });
  now += MINUTE;
  expect(await fetch()).toMatchObject({ found: 1, inProgress: 1 });
  aws.traces.set(TRACE, trace);
  now += 2 * MINUTE;
  expect(await fetch()).toMatchObject({ found: 1, inProgress: 0 });
});

test('each region asks for its own traces', async () => {
  const [here, there, unknown] = ['a', 'b', 'c'].map((end) => `1-6b0a12ad-${end.padStart(24, '0')}`) as [
    string,
    string,
    string,
  ];
  await report(here);
  await report(there, 'us-east-1');
  await report(unknown, '');
  now += MINUTE;
  await fetch('eu-west-1', true);
  await fetch('us-east-1');
  expect(asked().map((ids) => ids.toSorted())).toEqual([[here, unknown], [there]]);
});

test('says that a trace exceeds X-Ray’s size limit', async () => {
  await report(TRACE);
  const [trace] = fixture('05.complete.json').Traces;
  if (trace === undefined) throw new Error('the fixture is empty');
  aws.traces.set(TRACE, { ...trace, LimitExceeded: true } as typeof trace);
  now += MINUTE;
  const { limitExceeded } = await fetch();
  expect(limitExceeded).toBe(1);
  expect(limitSentence(limitExceeded)).toContain('LimitExceeded');
  expect(limitSentence(0)).toBeNull();
  expect(await limitOf(TRACE)).toBe(true);
});

test('keeps that a trace exceeds the limit, whichever of two documents of a segment comes first', async () => {
  const [trace] = fixture('05.complete.json').Traces;
  if (trace === undefined) throw new Error('the fixture is empty');
  const post = async (said: object): Promise<boolean | null> => {
    const body = JSON.stringify({ Traces: [{ ...trace, ...said }] });
    expect((await product.fetch('/ingest/logs', { method: 'POST', body })).status).toBe(200);
    return limitOf(trace.Id);
  };
  const without = { LimitExceeded: undefined };
  expect(await post(without)).toBeNull();
  expect(await post({ LimitExceeded: true })).toBe(true);
  expect(await post(without)).toBe(true);
  expect(await post({ LimitExceeded: false })).toBe(true);
});

async function limitOf(traceId: string): Promise<boolean | null> {
  return (await product.json<{ limitExceeded: boolean | null }>(`/api/v1/traces/${traceId}`)).limitExceeded;
}
