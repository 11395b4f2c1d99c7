/** Which attempt a fault line describes, and what it says of it. Environments as a whole; copies of reports. */
import { describe, expect, test } from 'vitest';
import type { EnvironmentFacts, ReportFact } from './environment.ts';
import { classifyEnvironment, classifyUnknownStream, copiesOf } from './environment.ts';
import type { Fault } from './fault-match.ts';
import { applyFaults, belongsTo, failureDetail, ownFaults, wasOpen } from './fault-match.ts';
import { idleBin } from './idle-window.ts';
import { movedIdleWindows, movedThresholds } from './moved-parameters.ts';

const T = 1_000_000_000;
/** From START to END five seconds; Duration six, with an init before START. */
const attempt = { startMs: T + 1000, endMs: T + 6000, durationUs: 6_000_000 };

test.each([
  ['a second before it began', T - 1000, true],
  ['earlier', T - 1001, false],
  ['ten seconds after its end', T + 16_000, true],
  ['later', T + 16_001, false],
])('a line with its request id belongs to an attempt: %s', (_, atMs, expected) => {
  expect(belongsTo(atMs, attempt)).toBe(expected);
  // Without START, Duration says when it began; START before that counts.
  expect(belongsTo(atMs, { ...attempt, startMs: null })).toBe(expected);
  expect(belongsTo(T - 2000, { ...attempt, startMs: T - 1000 })).toBe(true);
});

test.each([
  ['as it began', T, true],
  ['before', T - 1, false],
  ['as it ended', T + 6000, true],
  ['after', T + 6001, false],
])('a line without a request id is of the attempt that was open: %s', (_, atMs, expected) => {
  expect(wasOpen(atMs, attempt)).toBe(expected);
  expect(wasOpen(atMs, { ...attempt, startMs: null })).toBe(expected);
});

test('a Duration with a fraction of a millisecond begins in the millisecond before', () => {
  expect(wasOpen(T - 1, { startMs: null, endMs: T + 6000, durationUs: 6_000_001 })).toBe(true);
  expect(wasOpen(T - 3, { startMs: T - 3, endMs: T + 6000, durationUs: 1 })).toBe(true);
});

const fault = (kind: Fault['kind'], atMs = T + 100, change: Partial<Fault> = {}): Fault => ({
  atMs,
  kind,
  errorType: null,
  isNamed: true,
  ...change,
});

describe('the outcome of an attempt', () => {
  const SUCCESS = { status: 'success', errorType: null } as const;

  test.each([
    ['of several, the most specific', SUCCESS, [fault('error'), fault('timeout'), fault('exit')], 'timeout', null],
    ['none', SUCCESS, [], 'success', null],
    [
      'a network error says nothing of the outcome',
      SUCCESS,
      [fault('network', T, { errorType: 'ECONNRESET' })],
      'success',
      'ECONNRESET',
    ],
    ['of another attempt', SUCCESS, [fault('error', T + 20_000)], 'success', null],
    ['without a request id, after the end', SUCCESS, [fault('error', T + 6001, { isNamed: false })], 'success', null],
    [
      'what REPORT says is not weakened',
      { status: 'oom', errorType: 'OOM' },
      [fault('exit', T, { errorType: 'E' })],
      'oom',
      'OOM',
    ],
    [
      'the type of the earliest fault of the status',
      SUCCESS,
      [
        fault('exit', T, { errorType: 'A' }),
        fault('timeout', T + 2, { errorType: 'C' }),
        fault('timeout', T + 1, { errorType: 'B' }),
      ],
      'timeout',
      'B',
    ],
    ['else of any', SUCCESS, [fault('timeout', T), fault('error', T + 1, { errorType: 'A' })], 'timeout', 'A'],
    [
      'a type of REPORT that a fault repeats gives way to that of the status',
      { status: 'error', errorType: 'A' },
      [fault('error', T, { errorType: 'A' }), fault('timeout', T + 1, { errorType: 'B' })],
      'timeout',
      'B',
    ],
  ] as const)('%s', (_, known, faults, status, errorType) => {
    expect(applyFaults<string>(attempt, known, faults)).toEqual({ status, errorType });
    expect(applyFaults<string>(attempt, known, faults.toReversed())).toEqual({ status, errorType });
  });

  test('its faults are in order of time, then of kind', () => {
    const all = [fault('timeout', T + 2), fault('timeout', T + 1), fault('error', T + 1), fault('error', T + 17_000)];
    expect(ownFaults(attempt, all).map(({ kind, atMs }) => [kind, atMs - T])).toEqual([
      ['error', 1],
      ['timeout', 1],
      ['timeout', 2],
    ]);
  });

  test('message and frames are those of its earliest fault of this status, else of any', () => {
    const detailed = (kind: Fault['kind'], atMs: number, message: string | null, stack: string | null = null) => ({
      ...fault(kind, atMs),
      message,
      stack,
    });
    const all = [
      detailed('error', T, 'other kind', 'at f\nat g'),
      detailed('timeout', T + 1, null),
      detailed('timeout', T + 3, 'second'),
      detailed('timeout', T + 2, 'first'),
    ];
    expect(failureDetail(attempt, 'timeout', all)).toEqual({ message: 'first', stack: [] });
    expect(failureDetail(attempt, 'exit', all)).toEqual({ message: 'other kind', stack: ['at f', 'at g'] });
    expect(failureDetail(attempt, 'success', all)).toBe(null);
    expect(failureDetail(attempt, 'timeout', [detailed('timeout', T, null)])).toBe(null);
  });
});

const report = (requestId: string, endMs: number, change: Partial<ReportFact> = {}): ReportFact => ({
  requestId,
  endMs,
  startMs: null,
  durationUs: 10_000,
  memoryMb: null,
  maxMemoryMb: null,
  initUs: null,
  restoreUs: null,
  status: 'success',
  errorType: null,
  version: null,
  ...change,
});
const facts = (change: Partial<EnvironmentFacts>): EnvironmentFacts => ({
  version: null,
  reports: [],
  starts: [],
  inits: [],
  faults: [],
  proactiveThresholdMs: 1000,
  ...change,
});
const init = (atMs: number, change: object = {}) => ({
  atMs,
  kind: 'init-start',
  durationUs: null,
  phase: null,
  status: null,
  initializationType: null,
  runtimeVersion: null,
  runtimeVersionArn: null,
  ...change,
});

describe('an environment as a whole', () => {
  test('what each of its lines says', () => {
    const found = classifyEnvironment(
      facts({
        reports: [
          report('b', T + 5000, { status: 'error', errorType: 'E', maxMemoryMb: 90, initUs: null, memoryMb: 256 }),
          report('a', T + 1000, { maxMemoryMb: 70, initUs: 250_000, memoryMb: 128, version: '7' }),
        ],
        starts: [
          { requestId: 'a', startMs: T + 990, version: '8' },
          { requestId: 'b', startMs: T + 4990, version: '9' },
          { requestId: 'c', startMs: T + 6000, version: null },
        ],
        inits: [
          init(T + 500, { initializationType: 'snap-start', runtimeVersion: 'late', runtimeVersionArn: 'arn late' }),
          init(T, { initializationType: 'on-demand', runtimeVersion: 'first', runtimeVersionArn: 'arn first' }),
        ],
      }),
    );
    expect(found).toMatchObject({
      pendingStarts: [T + 6000],
      version: '7',
      memoryMb: 128,
      maxMemoryMb: 90,
      runtimeVersion: 'first',
      runtimeVersionArn: 'arn first',
      initializationType: 'on-demand',
      initStartMs: T,
      initUs: 250_000,
      failures: 1,
      lastStatus: 'error',
    });
    expect(
      found.invocations.map(({ report: one, startMs, version, cold }) => [one.requestId, startMs, version, cold?.kind]),
    ).toEqual([
      ['a', T + 990, '7', 'on-demand'],
      ['b', T + 4990, '7', undefined],
    ]);
  });

  test('nothing known', () => {
    expect(classifyEnvironment(facts({}))).toEqual({
      invocations: [],
      pendingStarts: [],
      version: null,
      memoryMb: null,
      maxMemoryMb: null,
      runtimeVersion: null,
      runtimeVersionArn: null,
      initializationType: null,
      initStartMs: null,
      initUs: null,
      failures: 0,
      lastStatus: null,
    });
  });

  test('retries: each REPORT has the START before it, and one that came with its REPORT is not paired again', () => {
    const { invocations, pendingStarts } = classifyEnvironment(
      facts({
        reports: [report('a', T + 1000), report('a', T + 100_000), report('b', T + 50, { startMs: T + 40 })],
        starts: [
          { requestId: 'a', startMs: T + 99_990, version: null },
          { requestId: 'a', startMs: T + 990, version: null },
          { requestId: 'b', startMs: T + 40, version: null },
          { requestId: 'a', startMs: T + 200_000, version: null },
        ],
      }),
    );
    expect(invocations.map(({ startMs }) => (startMs ?? 0) - T)).toEqual([40, 990, 99_990]);
    expect(pendingStarts).toEqual([T + 200_000]);
  });

  test('a line without a request id applies to what was open, but not with managed instances', () => {
    const given = (initializationType: string) =>
      classifyEnvironment(
        facts({
          reports: [report('a', T + 1000)],
          inits: [init(T, { initializationType })],
          faults: [
            { ...fault('timeout', T + 995), requestId: '' },
            { ...fault('network', T + 995, { errorType: 'ECONNRESET' }), requestId: '' },
          ],
        }),
      ).invocations[0];
    expect(given('on-demand')).toMatchObject({ status: 'timeout', errorType: null });
    expect(given('lambda-managed-instances')).toMatchObject({ status: 'success' });
  });

  test('lines without a log stream: each invocation by itself', () => {
    const found = classifyUnknownStream(
      facts({
        version: '1',
        reports: [
          report('b', T + 2000, { status: 'timeout', maxMemoryMb: 60, version: '5' }),
          report('a', T + 1000, { memoryMb: 128, maxMemoryMb: 50, initUs: 9 }),
          report('c', T + 3000),
        ],
        starts: [{ requestId: 'a', startMs: T + 990, version: '4' }],
        inits: [init(T, { runtimeVersion: 'old' }), init(T + 9, { runtimeVersion: 'new' }), init(T + 10)],
        faults: [
          { ...fault('error', T + 1000), requestId: 'a' },
          { ...fault('oom', T + 2000), requestId: '' },
        ],
      }),
    );
    expect(
      found.invocations.map(({ startMs, status, version, cold }) => [startMs, status, version, cold?.kind]),
    ).toEqual([
      [T + 990, 'error', '4', 'on-demand'],
      [null, 'timeout', '5', undefined],
      [null, 'success', null, undefined],
    ]);
    expect(found).toMatchObject({
      version: null,
      memoryMb: null,
      maxMemoryMb: 60,
      runtimeVersion: 'new',
      initStartMs: null,
      initUs: null,
      failures: 2,
      lastStatus: null,
    });
  });
});

describe('copies of a report whose end is truncated to the second', () => {
  const one = (streamId: number, endMs: number, change: object = {}) => ({
    requestId: 'a',
    durationUs: 10,
    streamId,
    endMs,
    ...change,
  });

  test.each([
    ['the same stream', one(5, T), [one(5, T + 10)], 0],
    ['its stream is unknown', one(0, T), [one(5, T + 999)], 0],
    ['the exact one without a stream', one(5, T), [one(0, T + 10)], 0],
    ['of two the same stream', one(5, T), [one(0, T + 10), one(5, T + 20)], 1],
    ['another stream', one(5, T), [one(6, T + 10)], null],
    ['another second', one(5, T), [one(5, T + 1010)], null],
    ['another request', one(5, T), [one(5, T + 10, { requestId: 'b' })], null],
    ['another Duration', one(5, T), [one(5, T + 10, { durationUs: 11 })], null],
    ['both truncated', one(5, T), [one(5, T)], null],
  ] as const)('%s', (_, copy, exact, expected) => {
    const found = copiesOf([copy, ...exact]);
    expect(found.get(copy)).toBe(expected === null ? undefined : exact[expected]);
    expect(found.size).toBe(expected === null ? 0 : 1);
  });
});

describe('parameters of causes', () => {
  /** Reused after up to a minute, terminated after ten: enough to estimate a window. */
  const MANY = new Map([
    [idleBin(60_000), [200, 0] as const],
    [idleBin(600_000), [0, 30] as const],
  ]);
  const FEW = new Map([[idleBin(60_000), [5, 1] as const]]);

  test('a function with few terminations takes the window of the fleet; unchanged ones are left out', () => {
    const first = movedIdleWindows([
      { functionId: 1, times: MANY, window: null },
      { functionId: 2, times: FEW, window: null },
    ]);
    expect(first.map(({ functionId, source }) => [functionId, source])).toEqual([
      [1, 'own'],
      [2, 'fleet'],
    ]);
    for (const { window } of first) {
      expect(window?.estimated).toBe(true);
      expect(window?.ms).toBeGreaterThan(60_000);
      expect(window?.ms).toBeLessThan(600_000);
    }
    const [own, fleet] = first;
    const again = [
      { functionId: 1, times: MANY, window: own ?? null },
      { functionId: 2, times: FEW, window: fleet ?? null },
    ];
    expect(movedIdleWindows(again)).toEqual([]);
    for (const change of [{ ms: 1 }, { surelyMs: 1 }, { estimated: false }]) {
      const window = {
        source: 'own' as const,
        window: { ...(own?.window as never as { ms: number; surelyMs: number; estimated: boolean }), ...change },
      };
      expect(movedIdleWindows([{ functionId: 1, times: MANY, window }])).toHaveLength(1);
    }
    expect(
      movedIdleWindows([{ functionId: 1, times: MANY, window: { window: own?.window ?? null, source: 'fleet' } }]),
    ).toHaveLength(1);
  });

  test('without a fleet to learn from, the longest idle time survived is what is known', () => {
    const [only] = movedIdleWindows([{ functionId: 1, times: FEW, window: null }]);
    expect(only).toMatchObject({ source: 'own', window: { surelyMs: 0, estimated: false } });
    // The upper edge of a bin of 4 %.
    expect((only?.window?.ms ?? 0) / 60_000).toBeGreaterThanOrEqual(1);
    expect((only?.window?.ms ?? 0) / 60_000).toBeLessThan(1.041);
    expect(movedIdleWindows([{ functionId: 1, times: new Map(), window: null }])).toEqual([
      { functionId: 1, window: null, source: 'own' },
    ]);
  });

  test('thresholds that did not change are left out', () => {
    // Twenty handovers of 40 ms, then proactive inits that waited for minutes.
    const gapsMs = [...Array.from({ length: 20 }, () => 40), 160_000, 170_000];
    expect(
      movedThresholds([
        { functionId: 1, gapsMs, proactiveThresholdMs: 1000 },
        { functionId: 2, gapsMs: [], proactiveThresholdMs: 1000 },
        { functionId: 3, gapsMs: [], proactiveThresholdMs: 2000 },
      ]),
    ).toEqual([
      // √(40 × 160,000) = 2,529.8
      { functionId: 1, limitMs: 2530 },
      { functionId: 3, limitMs: 1000 },
    ]);
  });
});

test('faults of one millisecond have an order of their own, in whichever they came', () => {
  const kinds = ['exit', 'error', 'timeout', 'oom'] as const;
  const faults = kinds.map((kind) => fault(kind, T + 5000, { errorType: kind }));
  const order = (given: readonly Fault[]) => ownFaults(attempt, given).map(({ kind }) => kind);
  expect(order(faults)).toEqual(['error', 'exit', 'oom', 'timeout']);
  expect(order(faults.toReversed())).toEqual(['error', 'exit', 'oom', 'timeout']);
  // Earlier ones come first, whatever their kind.
  expect(order([...faults, fault('timeout', T + 4999)])).toEqual(['timeout', 'error', 'exit', 'oom', 'timeout']);
});
