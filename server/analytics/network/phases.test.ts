import { describe, expect, test } from 'vitest';
import { phasesOf, serviceMap } from './phases.ts';
import type { TraceSegmentView } from './trace-segment-view.ts';

const ns = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
const span = (name: string, fromMs: number, toMs: number | null, namespace: string | null = null, id = name) => ({
  id,
  name,
  namespace,
  startNs: ns(fromMs),
  endNs: toMs === null ? null : ns(toMs),
});
const segment = (
  id: string,
  parentId: string | null,
  name: string,
  origin: string | null,
  [fromMs, toMs]: readonly [number, number | null],
  subsegments: TraceSegmentView['subsegments'] = [],
  outcome = 'ok',
): TraceSegmentView => ({
  id,
  parentId,
  name,
  origin,
  outcome,
  startNs: ns(fromMs),
  endNs: toMs === null ? null : ns(toMs),
  subsegments,
});

const cold = [
  segment('gate', null, 'api', 'AWS::ApiGateway::Stage', [0, 900], [span('Lambda', 5, 895, 'aws', 'call')]),
  segment('svc', 'call', 'checkout', 'AWS::Lambda', [10, 890], [span('Dwell Time', 10, 60)]),
  segment(
    'fn',
    'svc',
    'checkout',
    'AWS::Lambda::Function',
    [600, 880],
    [
      span('Initialization', 300, 590),
      span('Invocation', 600, 870),
      span('Overhead', 870, 880),
      span('DynamoDB', 620, 700, 'aws'),
      span('DynamoDB', 710, 760, 'aws', 'second'),
      span('work', 760, 860),
    ],
  ),
];

describe('phases of a Lambda attempt', () => {
  test('splits an attempt into queue, pre-init, init, invocation and overhead', () => {
    expect(phasesOf(cold)).toEqual([
      {
        serviceSegmentId: 'svc',
        functionSegmentId: 'fn',
        name: 'checkout',
        queuedMs: 50,
        // Init begins 290 ms after the request, of which 50 in the queue.
        preInitMs: 240,
        initMs: 290,
        invocationMs: 270,
        overheadMs: 10,
      },
    ]);
  });

  test('attempts are in the order of their starts, with and without a segment of the function', () => {
    const attempt = (id: string, atMs: number) => [
      segment(`s${id}`, null, 'f', 'AWS::Lambda', [atMs, atMs + 50]),
      segment(id, `s${id}`, 'f', 'AWS::Lambda::Function', [atMs + 5, atMs + 45]),
    ];
    const lone = segment('lone', null, 'f', 'AWS::Lambda', [60_000, 60_050]);
    const segments = [...attempt('third', 120_000), ...attempt('first', 0), lone, ...attempt('fourth', 180_000)];
    const order = ['sfirst', 'lone', 'sthird', 'sfourth'];
    expect(phasesOf(segments).map((one) => one.serviceSegmentId)).toEqual(order);
    expect(phasesOf(segments.toReversed()).map((one) => one.serviceSegmentId)).toEqual(order);
  });

  test('an attempt is named after the function, whichever segment is known', () => {
    const service = segment('s', null, 'f', 'AWS::Lambda', [0, 50]);
    const alone = segment('r', 'lost', 'g', 'AWS::Lambda::Function', [100, 140]);
    expect(phasesOf([service, alone])).toMatchObject([
      { name: 'f', serviceSegmentId: 's', functionSegmentId: null, invocationMs: null },
      { name: 'g', serviceSegmentId: null, functionSegmentId: 'r', invocationMs: 40 },
    ]);
  });

  test('handles warm, unfinished and unpaired attempts, and an init before the request', () => {
    const warm = [
      segment('s', null, 'f', 'AWS::Lambda', [0, 50]),
      segment('r', 's', 'f', 'AWS::Lambda::Function', [5, 45]),
    ];
    expect(phasesOf(warm)[0]).toMatchObject({ preInitMs: null, initMs: null, invocationMs: 40 });
    const open = [segment('s', null, 'f', 'AWS::Lambda', [0, null])];
    expect(phasesOf(open)).toMatchObject([{ serviceSegmentId: 's', functionSegmentId: null, invocationMs: null }]);
    const early = [
      segment('s', null, 'f', 'AWS::Lambda', [1000, 1050]),
      segment('r', 's', 'f', 'AWS::Lambda::Function', [1005, 1045], [span('Initialization', 200, 500)]),
    ];
    expect(phasesOf(early)[0]?.preInitMs).toBe(-800);
    expect(phasesOf([])).toEqual([]);
    // A part that has not ended does not count, one that has does.
    const half = segment(
      's',
      null,
      'f',
      'AWS::Lambda',
      [0, 90],
      [span('Dwell Time', 0, 20), span('Dwell Time', 30, null, null, 'open')],
    );
    expect(phasesOf([half])[0]?.queuedMs).toBe(20);
  });
});

describe('service map', () => {
  test('merges the two segments of a function, and adds calls without a segment as nodes', () => {
    const { nodes, edges } = serviceMap(cold);
    expect(nodes.map((node) => [node.name, node.kind, node.n])).toEqual([
      ['DynamoDB', 'aws', 2],
      ['api', 'AWS::ApiGateway::Stage', 1],
      ['checkout', 'AWS::Lambda', 1],
    ]);
    expect(edges).toEqual([
      { from: 'api', to: 'checkout', n: 1 },
      { from: 'checkout', to: 'DynamoDB', n: 2 },
    ]);
  });

  test('is the same in any order of the segments', () => {
    const calls = (from: string, ...to: readonly string[]) =>
      segment(
        `of ${from}`,
        null,
        from,
        null,
        [0, 100],
        to.map((name) => span(name, 1, 2, 'aws', `${from} ${name}`)),
      );
    const traces = [calls('b', 'z', 'a'), calls('a', 'z'), calls('c', 'a')];
    for (const segments of [traces, traces.toReversed()]) {
      const { nodes, edges } = serviceMap(segments);
      expect(nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'z']);
      expect(edges.map(({ from, to }) => from + to)).toEqual(['az', 'ba', 'bz', 'ca']);
    }
  });

  test('the kind of a node is that of the first segment that states one', () => {
    const calls = [
      segment('a', null, 'db', null, [0, 10]),
      segment('b', null, 'db', 'AWS::DynamoDB', [0, 10]),
      segment('c', null, 'db', 'AWS::RDS', [0, 10]),
    ];
    expect(serviceMap(calls).nodes).toEqual([
      { name: 'db', kind: 'AWS::DynamoDB', n: 3, failed: 0, p50Ms: 10, p95Ms: null },
    ]);
  });

  test('a call that has a segment of its own is no node beside it', () => {
    const caller = segment('a', null, 'f', null, [0, 100], [span('call', 1, 2, 'aws', 'id'), span('own', 1, 2)]);
    const called = segment('b', 'id', 'db', 'AWS::DynamoDB', [1, 2]);
    expect(serviceMap([caller, called])).toEqual({
      nodes: [
        { name: 'db', kind: 'AWS::DynamoDB', n: 1, failed: 0, p50Ms: 1, p95Ms: null },
        { name: 'f', kind: null, n: 1, failed: 0, p50Ms: 100, p95Ms: null },
      ],
      edges: [{ from: 'f', to: 'db', n: 1 }],
    });
  });

  test('errors and faults are failures, throttles are not', () => {
    const node = (outcome: string) => serviceMap([segment('a', null, 'f', null, [0, 1], [], outcome)]).nodes[0]?.failed;
    expect(['fault', 'error', 'ok', 'throttle'].map(node)).toEqual([1, 1, 0, 0]);
  });

  test('times: of the service segment, of calls, and of those that have ended; the p95 from 20 on', () => {
    const times = (segments: readonly TraceSegmentView[]) =>
      Object.fromEntries(serviceMap(segments).nodes.map((node) => [node.name, [node.n, node.p50Ms, node.p95Ms]]));
    // 10 to 890 ms; its own segment of 280 ms is a part of it.
    expect(times(cold)['checkout']).toEqual([1, 880, null]);
    const called = [segment('a', null, 'f', null, [0, null], [span('db', 5, 12, 'aws'), span('q', 5, null, 'aws')])];
    expect(times(called)).toEqual({ db: [1, 7, null], f: [1, null, null], q: [1, null, null] });
    const many = (n: number) => Array.from({ length: n }, (_, at) => segment(`${at}`, null, 'f', null, [0, at + 1]));
    expect(times(many(19))).toEqual({ f: [19, 10, null] });
    // Of 1 to 21 the middle is 11, and the 95th percentile the 20th: 1 + 0.95 × 20.
    expect(times(many(21))).toEqual({ f: [21, 11, 20] });
  });

  test('whether calls without a segment of their own failed is not known', () => {
    expect(serviceMap(cold).nodes.map(({ name, failed }) => [name, failed])).toEqual([
      ['DynamoDB', null],
      ['api', 0],
      ['checkout', 0],
    ]);
  });

  test('counts failures', () => {
    const failed = cold.map((one) => (one.id === 'svc' ? { ...one, outcome: 'fault' } : one));
    expect(serviceMap(failed).nodes.find((node) => node.name === 'checkout')?.failed).toBe(1);
  });
});
