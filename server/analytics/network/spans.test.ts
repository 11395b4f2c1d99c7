/** Spans of OpenTelemetry as phases and calls, with and without X-Ray's segments beside them. Times are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { phasesOf, serviceMap } from './phases.ts';
import type { TraceSegmentView } from './trace-segment-view.ts';

const MS = 1_000_000n;
const ID = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';

/** A span; `at` and `ms`: its start and length. */
function span(id: string, parentId: string | null, at: number, ms: number, more: Partial<TraceSegmentView> = {}) {
  const startNs = 1_000n * MS + BigInt(at) * MS;
  const fields = {
    id,
    parentId,
    name: id,
    origin: null,
    outcome: 'ok',
    requestId: null,
    annotations: {},
    subsegments: [],
  };
  return { ...fields, startNs, endNs: startNs + BigInt(ms) * MS, ...more } satisfies TraceSegmentView;
}
const kind = (name: string, more: TraceSegmentView['annotations'] = {}) => ({
  annotations: { 'span.kind': name, ...more },
});

const INVOCATION = span('run', 'caller', 100, 250, { requestId: ID, name: 'checkout', ...kind('server') });
const INIT = span('init', 'caller', -60, 150, { name: 'init checkout', annotations: { 'faas.coldstart': true } });
const INNER = span('handler', 'run', 110, 200);
const CALL = span('call', 'handler', 120, 90, {
  name: 'DynamoDB.Query',
  ...kind('client', { 'rpc.service': 'DynamoDB' }),
});
const ALL = [INVOCATION, INIT, INNER, CALL];
const PHASES = {
  serviceSegmentId: null,
  functionSegmentId: 'run',
  name: 'checkout',
  queuedMs: null,
  preInitMs: null,
  initMs: 150,
  invocationMs: 250,
  overheadMs: null,
};

describe('one invocation by spans alone', () => {
  test.each([[ALL], [ALL.toReversed()]])('has one attempt with its phases, in any order', (spans) => {
    expect(phasesOf(spans)).toEqual([PHASES]);
  });

  test('calls to other services are nodes by the name of the service; spans inside of the function are none', () => {
    expect(serviceMap(ALL)).toEqual({
      nodes: [
        { name: 'DynamoDB', kind: 'remote', n: 1, failed: null, p50Ms: 90, p95Ms: null },
        { name: 'checkout', kind: 'AWS::Lambda::Function', n: 1, failed: 0, p50Ms: 250, p95Ms: null },
      ],
      edges: [{ from: 'checkout', to: 'DynamoDB', n: 1 }],
    });
  });

  test('a function that another one calls', () => {
    const callee = span('other', 'call', 130, 60, { requestId: 'b', name: 'stock', ...kind('server') });
    expect(phasesOf([...ALL, callee]).map(({ name, initMs }) => [name, initMs])).toEqual([
      ['checkout', 150],
      ['stock', null],
    ]);
    expect(serviceMap([...ALL, callee]).edges).toEqual([{ from: 'checkout', to: 'stock', n: 1 }]);
  });

  test('an init is of nobody where several invocations could have waited for it', () => {
    const second = { ...INVOCATION, id: 'second', parentId: 'x', requestId: 'b' };
    const stray = { ...INIT, parentId: null };
    expect(phasesOf([INVOCATION, second, stray]).map(({ initMs }) => initMs)).toEqual([null, null]);
    expect(phasesOf([INVOCATION, stray]).map(({ initMs }) => initMs)).toEqual([150]);
  });

  test('parents in a circle, and a parent that did not arrive', () => {
    const circle = [span('a', 'b', 0, 1), span('b', 'a', 0, 1), span('c', 'missing', 0, 1)];
    expect(phasesOf([...ALL, ...circle])).toEqual([PHASES]);
    expect(serviceMap([...ALL, ...circle]).nodes.map(({ name }) => name)).toEqual([
      'DynamoDB',
      'a',
      'b',
      'c',
      'checkout',
    ]);
  });
});

describe("beside X-Ray's segments of the same attempt", () => {
  const service = span('service', null, 0, 380, { name: 'checkout', origin: 'AWS::Lambda', requestId: ID });
  const segment = span('function', 'service', 95, 260, {
    name: 'checkout',
    origin: 'AWS::Lambda::Function',
    subsegments: [
      { id: 'i', name: 'Initialization', startNs: 950n * MS, endNs: 1090n * MS, namespace: null },
      { id: 'v', name: 'Invocation', startNs: 1095n * MS, endNs: 1345n * MS, namespace: null },
    ],
  });
  const phases = [
    { ...PHASES, serviceSegmentId: 'service', functionSegmentId: 'function', initMs: 140, invocationMs: 250 },
  ];

  test.each([
    ['by the parent of the span', 'function'],
    ['by a subsegment as the parent', 'v'],
    ['by the request', 'elsewhere'],
  ])('the attempt counts once, %s', (_, parentId) => {
    const rows = [service, segment, { ...INVOCATION, parentId }, { ...INIT, parentId }, INNER, CALL];
    expect(phasesOf(rows)).toMatchObject(phases.map(({ preInitMs: _pre, ...one }) => one));
    expect(phasesOf(rows)).toHaveLength(1);
    expect(serviceMap(rows)).toEqual({
      nodes: [
        { name: 'DynamoDB', kind: 'remote', n: 1, failed: null, p50Ms: 90, p95Ms: null },
        { name: 'checkout', kind: 'AWS::Lambda', n: 1, failed: 0, p50Ms: 380, p95Ms: null },
      ],
      edges: [{ from: 'checkout', to: 'DynamoDB', n: 1 }],
    });
  });

  test("without the function's segment the span takes its place", () => {
    const rows = [service, { ...INVOCATION, parentId: 'service' }];
    expect(phasesOf(rows)).toMatchObject([
      { serviceSegmentId: 'service', functionSegmentId: 'run', invocationMs: 250 },
    ]);
  });
});
