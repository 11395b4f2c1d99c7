/** Network of a simulated fleet: access logs, network interfaces, capacity, missing routes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf } from '../../bench/accuracy/causes.ts';
import { deliver } from '../../bench/accuracy/subject.ts';
import { Random } from '../../ingest/records/random.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { playPlans } from '../../ingest/simulator/fleets.ts';
import { accessLog, networkEvents } from '../../ingest/simulator/network.ts';
import { planOf } from '../../ingest/simulator/plan.ts';
import type { SimulatedFunction } from '../../ingest/simulator/simulate.ts';
import { capacityOf } from '../../server/analytics/network/capacity.ts';
import { missingRoute } from '../../server/analytics/network/missing-nat.ts';
import type { FleetNetworkAnswer, NetworkAnswer } from '../../server/http/contract/network.ts';
import type { ServiceMapAnswer } from '../../server/http/contract/traces.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 20);
const FROM = TO - 12 * HOUR;
let product: TestProduct;
let played: readonly SimulatedFunction[];
let interfaces: { readonly name: string; readonly failed: boolean }[];

beforeAll(async () => {
  product = await startProduct({ now: () => TO + HOUR });
  const arrivals = { kind: 'bursty', meanGapMs: 60_000, burst: 4 } as const;
  const none = planOf({ name: '' }).failures;
  played = playPlans(
    [
      planOf({ name: 'inside', arrivals, vpc: true, networkMs: 150, keepAlive: { ms: 200_000, spread: 0.1 } }),
      planOf({ name: 'outside', arrivals }),
      // No route: the first run of every environment waits until the timeout, and the environment ends.
      planOf({
        name: 'no-way-out',
        arrivals: { kind: 'rare', meanGapMs: 900_000, burst: 1 },
        vpc: true,
        failures: { ...none, timeoutShare: 1, timeoutMs: 6000, fatalShare: 1 },
      }),
    ],
    4,
    FROM,
    TO,
  );
  const random = new Random(4);
  const trail = networkEvents(random, FROM, TO);
  interfaces = trail.events.map((event) => {
    const { eventName, errorCode } = JSON.parse(event.message) as { eventName: string; errorCode?: string };
    return { name: eventName, failed: errorCode !== undefined };
  });
  const gateway = accessLog('GET /inside', played[0]?.requests ?? [], random);
  const streams = [...played.flatMap((one) => one.streams), gateway, trail];
  const subject = { request: product.fetch, derive: product.derive };
  await deliver(subject, deliveries(streams, ORDERLY, random));
  await product.derive();
  const functions = played.map(({ truth }) => ({
    id: idOf(truth.name),
    memoryMb: 1024,
    subnetIds: truth.vpc ? ['subnet-0aaa1111', 'subnet-0bbb2222'] : [],
    securityGroupIds: truth.vpc ? ['sg-1'] : [],
  }));
  const put = await product.fetch('/api/v1/inventory', {
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

const ask = (name: string, query = ''): Promise<NetworkAnswer> =>
  product.json<NetworkAnswer>(`/api/v1/functions/${idOf(name)}/network?from=${FROM}&to=${TO + HOUR}&${query}`);

describe('one function', () => {
  test('the API access log shows the excess of placement and network', async () => {
    const answer = await ask('inside');
    const cold = played[0]?.truth.coldStarts.length ?? 0;
    expect(answer.edge?.cold).toBe(cold);
    expect((answer.edge?.cold ?? 0) + (answer.edge?.warm ?? 0)).toBe(played[0]?.truth.invocations);
    // 90 ms of placement and 150 ms of network.
    expect(Math.abs((answer.edge?.excessMs.p50 ?? 0) / 240 - 1)).toBeLessThan(0.1);
    expect((await ask('outside')).edge).toBeNull();
  });

  test('platform lines give bounds, labelled as such', async () => {
    const answer = await ask('inside');
    expect(answer.platformMs.n).toBe(played[0]?.truth.coldStarts.length);
    expect(answer.platformMs.p50).toBeGreaterThan(2);
    expect(answer.platformMs.p50).toBeLessThan(7);
    expect(answer.firstConnectionMs.excess).toBeGreaterThan(40);
    expect(answer.firstConnectionMs.excess).toBeLessThan(80);
    // REPORT alone does not show the network; that interfaces are shared is known by the date.
    expect(answer).toMatchObject({ preInitMs: null, eniLatencyMs: null, placementMs: null, era: 'shared' });
    expect(answer.reason).toMatch(/^Not observable/);
  });

  test('capacity: network interfaces per subnet, and database connections against their maximum', async () => {
    const peak = played[0]?.truth.peakConcurrency ?? 0;
    const answer = await ask('inside', `connectionsPerEnvironment=2&maxConnections=${2 * peak - 1}`);
    expect(answer.capacity).toMatchObject({
      subnets: 2,
      securityGroups: 1,
      peakConcurrency: peak,
      interfaces: 2,
      database: { needed: 2 * peak, max: 2 * peak - 1, verdict: 'exceeded' },
    });
    expect((await ask('outside')).capacity).toBeNull();
    expect((await ask('outside', 'maxConnections=100000')).capacity?.database?.verdict).toBe('fits');
    const wrong = await product.fetch(`/api/v1/functions/${idOf('inside')}/network?maxConnections=0`);
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('maxConnections');
  });

  test('suspects a missing route if all cold starts time out alike', async () => {
    const answer = await ask('no-way-out');
    expect(answer.missingRoute).toMatchObject({ suspected: true, timeouts: played[2]?.truth.invocations });
    expect(answer.missingRoute.reason).toMatch(/NAT gateway/);
    expect((await ask('inside')).missingRoute).toEqual({
      suspected: false,
      timeouts: 0,
      reason: null,
      reasonCode: null,
    });
  });
});

test('fleet: functions inside and outside a VPC, interfaces, subnets', async () => {
  const answer = await product.json<FleetNetworkAnswer>(`/api/v1/network?from=${FROM}&to=${TO + HOUR}`);
  expect([answer.vpc.functions, answer.other.functions, answer.unknown.functions]).toEqual([2, 1, 0]);
  expect(answer.other.invocations).toBe(played[1]?.truth.invocations);
  expect(answer.other.coldStartRate.n).toBe(answer.other.invocations);
  expect(answer.vpc.initMs.n).toBe(
    (played[0]?.truth.coldStarts.length ?? 0) + (played[2]?.truth.coldStarts.length ?? 0),
  );
  const count = (name: string, failed: boolean): number =>
    interfaces.filter((one) => one.name === name && one.failed === failed).length;
  for (const { name, n, failed } of answer.eniEvents.byName) {
    expect([failed, n - failed]).toEqual([count(name, true), count(name, false)]);
  }
  expect(answer.eniEvents.byName.reduce((sum, one) => sum + one.n, 0)).toBe(interfaces.length);
  expect(answer.eniEvents.failures.every((one) => one.errorCode === 'Client.RequestLimitExceeded')).toBe(true);
  expect(answer.series.reduce((sum, one) => sum + one.created, 0)).toBe(count('CreateNetworkInterface', false));
  expect(answer.subnets.map((one) => one.subnetId).toSorted()).toEqual(['subnet-0aaa1111', 'subnet-0bbb2222']);
  for (const subnet of answer.subnets) expect(subnet.functions).toEqual([idOf('inside'), idOf('no-way-out')]);
  expect(answer.reason).toBeNull();
});

describe('rules', () => {
  const question = {
    era: 'shared',
    subnets: 3,
    peakConcurrency: 100,
    memoryMb: 1024,
    connectionsPerEnvironment: 5,
    maxConnections: 600,
    dailyPeaks: [],
  } as const;
  test('until 2019: one network interface per 3 GB of memory', () => {
    expect(capacityOf({ ...question, era: 'per-environment' })).toMatchObject({ interfaces: 34, interfaceUse: null });
    expect(capacityOf({ ...question, era: 'per-environment', memoryMb: null }).interfaces).toBeNull();
  });
  test('since 2019: one shared network interface per subnet, with its connections', () => {
    expect(capacityOf(question)).toMatchObject({
      interfaces: 3,
      interfaceUse: 500 / 195_000,
      database: { needed: 500, verdict: 'near-limit', daysLeft: null },
    });
    // Two more environments per day with five connections each; 100 connections are left.
    const rising = { ...question, dailyPeaks: [86, 88, 90, 92, 94, 96, 98, 100] };
    expect(capacityOf(rising).database?.daysLeft).toBeCloseTo(10);
    expect(capacityOf({ ...rising, dailyPeaks: [98, 100] }).database?.daysLeft).toBeNull();
  });
  test.each([
    [true, [6000, 6001, 6003], 4, true],
    // Not in a VPC; different durations; too few timeouts; most cold starts succeed.
    [false, [6000, 6001, 6003], 4, false],
    [true, [6000, 9000, 6003], 4, false],
    [true, [6000, 6001], 2, false],
    [true, [6000, 6001, 6003], 40, false],
  ])('vpc %s, timeouts %j of %i cold starts: suspected %s', (vpc, timedOut, cold, suspected) =>
    expect(missingRoute(vpc, timedOut, cold).suspected).toBe(suspected),
  );
});

describe('GET /api/v1/service-map', () => {
  const call = (
    random: Random,
    at: number,
    caller: string,
    callee: string,
    table: string,
    failed: boolean,
  ): string[] => {
    const trace_id = `1-${Math.floor(at / 1000).toString(16)}-${random.hex(24)}`;
    const arn = (name: string): string => `arn:aws:lambda:eu-west-1:000000000000:function:${name}`;
    const [service, run, invoke, query, other] = Array.from({ length: 5 }, () => random.hex(16));
    const times = { start_time: at / 1000, end_time: at / 1000 + 0.2 };
    return [
      { trace_id, id: service, name: caller, origin: 'AWS::Lambda', resource_arn: arn(caller), ...times },
      {
        trace_id,
        id: run,
        parent_id: service,
        name: caller,
        origin: 'AWS::Lambda::Function',
        resource_arn: arn(caller),
        ...times,
        subsegments: [
          { id: invoke, name: callee, namespace: 'aws', ...times },
          { id: query, name: table, namespace: 'aws', ...times },
        ],
      },
      {
        trace_id,
        id: other,
        parent_id: invoke,
        name: callee,
        origin: 'AWS::Lambda',
        resource_arn: arn(callee),
        ...times,
        ...(failed ? { fault: true } : {}),
      },
    ].map((document) => JSON.stringify(document));
  };
  const ask = (query: string): Promise<ServiceMapAnswer> =>
    product.json<ServiceMapAnswer>(`/api/v1/service-map?from=${FROM}&to=${TO}&${query}`);

  test('without data, the response gives the reason', async () => {
    const before = `from=${FROM - HOUR}&to=${FROM}`;
    expect(await product.json<ServiceMapAnswer>(`/api/v1/service-map?${before}`)).toMatchObject({
      nodes: [],
      edges: [],
      traces: 0,
      reason: expect.stringMatching(/^No trace/) as string,
    });
  });

  test('aggregates callers, callees and tables over many traces', async () => {
    const random = new Random(6);
    const body = Array.from({ length: 30 }, (_, n) =>
      call(random, FROM + n * 60_000, 'inside', 'outside', 'orders', n % 10 === 0),
    )
      .flat()
      .join('\n');
    expect((await product.fetch('/ingest/logs', { method: 'POST', body })).status).toBe(200);
    const answer = await ask('');
    expect(answer).toMatchObject({ traces: 30, truncated: false, reason: null });
    // All take 0.2 s, given as fractions of seconds.
    const ms = { p50Ms: expect.closeTo(200, 2) as number, p95Ms: expect.closeTo(200, 2) as number };
    expect(answer.nodes.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'inside', kind: 'AWS::Lambda', n: 30, failed: 0, ...ms },
      // A table has no segment of its own that would say whether a call failed.
      { name: 'orders', kind: 'aws', n: 30, failed: null, ...ms },
      { name: 'outside', kind: 'AWS::Lambda', n: 30, failed: 3, ...ms },
    ]);
    expect(answer.edges.toSorted((a, b) => a.to.localeCompare(b.to))).toEqual([
      { from: 'inside', to: 'orders', n: 30 },
      { from: 'inside', to: 'outside', n: 30 },
    ]);
    expect((await ask(`function=${idOf('no-way-out')}`)).traces).toBe(0);
    expect((await ask(`function=${idOf('outside')}`)).traces).toBe(30);
  });
});
