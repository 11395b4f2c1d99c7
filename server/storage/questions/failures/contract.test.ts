import { expect, test } from 'vitest';
import { renderInitStart, renderReport, renderStart } from '../../../../ingest/lines/render.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
import {
  CHECKOUT_RANGE,
  FLEET_RANGE,
  NOW,
  ORDERS_ID,
  ORDERS_RANGE,
  SCOPE,
  TO,
} from '../../../../test/support/contract-fixture.ts';
import type { Part } from '../../../../test/support/fleet-streams.ts';
import { batchOf } from '../../../../test/support/fleet-streams.ts';

const UNUSED_MS = Math.floor((TO - 60 * HOUR_MS) / HOUR_MS) * HOUR_MS;

const idleStream = (name: string, ...events: readonly (readonly [number, string])[]): Part => ({
  identity: { ...SCOPE, logGroup: '/aws/lambda/idle', logStream: `2026/11/17/[$LATEST]${name.repeat(32)}` },
  events: events.map(([timestampMs, message]) => ({ timestampMs, message, id: `${name}${timestampMs}` })),
});

/** One run of 20 ms at a size. */
const ran = (name: string, n: number, atMs: number, memorySizeMb: number): Part => {
  const requestId = `00000000-0000-4000-8000-0000000000${n}`;
  const report = renderReport({
    requestId,
    durationMs: 20,
    billedDurationMs: 20,
    memorySizeMb,
    maxMemoryUsedMb: 60,
    initDurationMs: null,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: null,
    errorType: null,
    trace: null,
  });
  return idleStream(name, [atMs, renderStart(requestId, '$LATEST')], [atMs + 20, report]);
};

/** Two environments that run nothing: one before and one after the size changed from 512 to 1024 MB. */
const IDLE: readonly Part[] = [
  ran('a', 91, UNUSED_MS + 60_000, 512),
  ran('b', 92, UNUSED_MS + 10 * HOUR_MS, 1024),
  idleStream(
    'c',
    [UNUSED_MS + HOUR_MS, renderInitStart('nodejs:22.v50', 'arn:aws:lambda:eu-west-1::runtime:0123456789abcdef')],
    [
      UNUSED_MS + HOUR_MS + 300,
      'INIT_REPORT Init Duration: 300.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.Unknown',
    ],
  ),
  idleStream('d', [
    UNUSED_MS + 9 * HOUR_MS,
    renderInitStart('nodejs:22.v50', 'arn:aws:lambda:eu-west-1::runtime:0123456789abcdef'),
  ]),
];

test('environments that ran nothing have the size at which the function ran at their time', async () => {
  const ids: number[] = [];
  await onBoth(async ({ store }) => {
    await store.write(batchOf(IDLE), { kind: 'import', name: 'contract' });
    await store.attribution.classifyPending();
    const [found] = await store.read.resolveFunction({ ...SCOPE, name: 'idle' });
    ids.push(found?.functionId ?? 0);
  });
  const idsByStore = ids.values();
  const query = { fromMs: UNUSED_MS, toMs: UNUSED_MS + 12 * HOUR_MS, nowMs: NOW, mostFailed: 10 };
  const found = await queryBoth('failures', () => ({ ...query, functionId: idsByStore.next().value ?? 0 }));
  const unknown = { architecture: null, n: 1 };
  expect(found.unusedInits).toEqual([
    { ...unknown, hourMs: UNUSED_MS + HOUR_MS, memoryMb: 512, initMs: 300, untimed: 0 },
    { ...unknown, hourMs: UNUSED_MS + 9 * HOUR_MS, memoryMb: 1024, initMs: 0, untimed: 1 },
  ]);
  const owned = ids.values();
  await onBoth(({ store }) => store.deleteTelemetry({ functionIds: [owned.next().value ?? 0] }));
});

test('one timeout', async () => {
  const query = { ...CHECKOUT_RANGE, nowMs: NOW, mostFailed: 100 };
  const found = await queryBoth('failures', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(found.counts).toMatchObject({ n: 4, timeouts: 1, errors: 0, ooms: 0, exits: 0 });
  expect(found.timedOutMs).toEqual([3000]);
  expect(found.errorTypes).toMatchObject([{ status: 'timeout', n: 1 }]);
  expect(found.truncated).toBe(false);
});

test('an error without a request id, delivered before its invocation, and the attempts of the request', async () => {
  const query = { ...ORDERS_RANGE, nowMs: NOW, mostFailed: 100 };
  const found = await queryBoth('failures', ({ orders }) => ({ ...query, functionId: orders }));
  expect(found.counts).toMatchObject({ n: 3, errors: 1 });
  expect(found.requests).toMatchObject([{ requestId: ORDERS_ID, attempts: 3, failed: 1, errorType: 'KeyError' }]);
  expect(found.examples).toMatchObject([
    { errorMessage: "'order'", errorStack: ['File "/var/task/app.py", line 7, in handler'] },
  ]);
});

test.each(['plain', 'fails'] as const)('failures of %s', async (name) => {
  const query = { ...FLEET_RANGE, nowMs: NOW, mostFailed: 1000 };
  const found = await queryBoth('failures', (ids) => ({ ...query, functionId: ids[name] }));
  expect(found.examples.length > 0).toBe(name === 'fails');
});
