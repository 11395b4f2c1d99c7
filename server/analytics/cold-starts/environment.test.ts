/** Environments as a whole: which START belongs to which REPORT, whose a fault line is, and what the environment ran. By hand. */
import { describe, expect, test } from 'vitest';
import type { EnvironmentFacts, FaultFact, InitFact, ReportFact, StartFact } from './environment.ts';
import { classifyEnvironment, classifyUnknownStream, copiesOf } from './environment.ts';

const report = (requestId: string, endMs: number, over: Partial<ReportFact> = {}): ReportFact => ({
  requestId,
  endMs,
  startMs: null,
  durationUs: 100_000,
  memoryMb: null,
  maxMemoryMb: null,
  initUs: null,
  restoreUs: null,
  status: 'success',
  errorType: null,
  version: null,
  ...over,
});
const start = (requestId: string, startMs: number, version: string | null = null): StartFact => ({
  requestId,
  startMs,
  version,
});
const init = (atMs: number, over: Partial<InitFact> = {}): InitFact => ({
  atMs,
  kind: 'init-start',
  durationUs: null,
  phase: null,
  status: null,
  initializationType: null,
  runtimeVersion: null,
  runtimeVersionArn: null,
  ...over,
});
const fault = (requestId: string, atMs: number, over: Partial<FaultFact> = {}): FaultFact => ({
  requestId,
  atMs,
  kind: 'error',
  errorType: null,
  ...over,
});
const factsOf = (over: Partial<EnvironmentFacts>): EnvironmentFacts => ({
  version: null,
  reports: [],
  starts: [],
  inits: [],
  faults: [],
  proactiveThresholdMs: 1000,
  ...over,
});
const classify = (over: Partial<EnvironmentFacts>) => classifyEnvironment(factsOf(over));
const unknownStream = (over: Partial<EnvironmentFacts>) => classifyUnknownStream(factsOf(over));

test('nothing is known of an environment without lines', () => {
  expect(classify({})).toEqual({
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

test('a warm invocation with its START', () => {
  const one = report('a', 1100);
  expect(classify({ reports: [one], starts: [start('a', 1000)] })).toMatchObject({
    invocations: [{ report: one, startMs: 1000, status: 'success', errorType: null, cold: null, version: null }],
    pendingStarts: [],
    failures: 0,
    lastStatus: 'success',
  });
});

describe.each([
  ['an environment', classify],
  ['an unknown stream', unknownStream],
])('START and REPORT of %s', (_, classified) => {
  const startsOf = (reports: readonly ReportFact[], starts: readonly StartFact[]) => {
    const { invocations, pendingStarts } = classified({ reports, starts });
    return { starts: invocations.map(({ startMs }) => startMs), pending: pendingStarts };
  };

  test.each([
    // A retry starts at least a minute later: from 45 s before END minus Duration on, START is of another attempt.
    [99_900 - 45_000, null],
    [99_900 - 45_000 + 1, 54_901],
    [99_900, 99_900],
    [100_000, 100_000],
    [100_001, null],
  ])('START at %i, END at 100,000 after 100 ms: %s', (startMs, paired) => {
    expect(startsOf([report('a', 100_000)], [start('a', startMs)])).toEqual({
      starts: [paired],
      pending: paired === null ? [startMs] : [],
    });
  });

  test('a START of another request waits for its REPORT; those that wait are in order of time', () => {
    expect(startsOf([report('a', 1100)], [start('c', 3000), start('b', 1000)])).toEqual({
      starts: [null],
      pending: [1000, 3000],
    });
  });

  test('attempts of one request have a START each, the first one the first', () => {
    const reports = [report('a', 1300), report('a', 1100)];
    for (const starts of [
      [start('a', 1000), start('a', 1050)],
      [start('a', 1050), start('a', 1000)],
    ])
      expect(startsOf(reports, starts)).toEqual({ starts: [1000, 1050], pending: [] });
    expect(startsOf(reports, [start('a', 1000), start('a', 1050), start('a', 1080)]).pending).toEqual([1080]);
  });

  test('the START of a retry is not of the first attempt', () => {
    expect(startsOf([report('a', 1100), report('a', 61_100)], [start('a', 61_000)])).toEqual({
      starts: [null, 61_000],
      pending: [],
    });
  });

  test('a START that came with its REPORT does not wait when it comes again, and one of another attempt does', () => {
    const known = report('a', 1100, { startMs: 1000 });
    expect(startsOf([known], [start('a', 1000)])).toEqual({ starts: [1000], pending: [] });
    expect(startsOf([known], [start('a', 1001)])).toEqual({ starts: [1000], pending: [1001] });
    expect(startsOf([known], [start('b', 1000)])).toEqual({ starts: [1000], pending: [1000] });
  });

  test('invocations are in order of their ends, then of their request ids', () => {
    const reports = [report('c', 2000), report('b', 1000), report('a', 2000)];
    for (const some of [reports, reports.toReversed()])
      expect(classified({ reports: some }).invocations.map((one) => one.report.requestId)).toEqual(['b', 'a', 'c']);
  });
});

describe('what an environment is', () => {
  test('the version of its log stream, else of its first REPORT that states one, else of its first START', () => {
    const reports = [report('a', 1000), report('b', 2000, { version: '5' }), report('c', 3000, { version: '6' })];
    const starts = [start('a', 900), start('b', 1900, '7'), start('c', 2900, '8')];
    expect(classify({ version: '4', reports, starts }).version).toBe('4');
    expect(classify({ reports, starts }).version).toBe('5');
    expect(classify({ starts }).version).toBe('7');
    // An invocation that states none has the environment's.
    expect(classify({ reports, starts }).invocations.map((one) => one.version)).toEqual(['5', '5', '6']);
  });

  test('the first init states what it runs, whatever the order in which lines came', () => {
    const inits = [
      init(500, { initializationType: 'on-demand', runtimeVersion: 'nodejs:22.v32', runtimeVersionArn: 'arn:2' }),
      init(300, { initializationType: 'snap-start', runtimeVersion: 'nodejs:22.v31', runtimeVersionArn: 'arn:1' }),
      init(100, { kind: 'init-report' }),
    ];
    for (const some of [inits, inits.toReversed()]) {
      expect(classify({ inits: some })).toMatchObject({
        initializationType: 'snap-start',
        initStartMs: 300,
        runtimeVersion: 'nodejs:22.v31',
        runtimeVersionArn: 'arn:1',
      });
    }
  });

  test('the first stated memory size, the most memory used and the latest init time', () => {
    const reports = [
      report('a', 1000, { maxMemoryMb: 80, initUs: 200_000 }),
      report('b', 2000, { memoryMb: 128, maxMemoryMb: 95, initUs: 300_000 }),
      report('c', 3000, { memoryMb: 256, maxMemoryMb: 90 }),
      report('d', 4000),
    ];
    expect(classify({ reports })).toMatchObject({ memoryMb: 128, maxMemoryMb: 95, initUs: 300_000 });
    // No memory in use is a figure, not a missing one.
    expect(classify({ reports: [report('a', 1000, { maxMemoryMb: 0 })] }).maxMemoryMb).toBe(0);
    expect(unknownStream({ reports }).maxMemoryMb).toBe(95);
  });
});

describe('faults', () => {
  const two = [
    report('a', 1100, { startMs: 1000 }),
    report('b', 2100, { startMs: 2000 }),
    report('c', 3100, { startMs: 3000 }),
  ];
  const statuses = (faults: readonly FaultFact[], inits: readonly InitFact[] = []) =>
    classify({ reports: two, faults, inits }).invocations.map((one) => one.status);

  test('of a request id are of that request', () => {
    expect(statuses([fault('b', 2050)])).toEqual(['success', 'error', 'success']);
    expect(statuses([fault('b', 2050), fault('c', 3050, { kind: 'oom' })])).toEqual(['success', 'error', 'oom']);
    // Two lines of one request: the more specific one remains.
    expect(statuses([fault('b', 2050, { kind: 'timeout' }), fault('b', 2060)])).toEqual([
      'success',
      'timeout',
      'success',
    ]);
  });

  test('without one are of the invocation that was under way', () => {
    expect(statuses([fault('', 3050, { kind: 'exit' })])).toEqual(['success', 'success', 'exit']);
    expect(statuses([fault('', 2500)])).toEqual(['success', 'success', 'success']);
  });

  test('with an id may lie a second before START, and those without may not', () => {
    expect(statuses([fault('c', 2500)])).toEqual(['success', 'success', 'error']);
  });

  test('a network line without a request id shows no failure, and its error type is not of the invocation', () => {
    const { invocations } = classify({
      reports: two,
      faults: [fault('', 2050, { kind: 'network', errorType: 'ECONNRESET' })],
    });
    expect(invocations[1]).toMatchObject({ status: 'success', errorType: null });
    const named = classify({
      reports: two,
      faults: [fault('b', 2050, { kind: 'network', errorType: 'ECONNRESET' })],
    });
    expect(named.invocations[1]).toMatchObject({ status: 'success', errorType: 'ECONNRESET' });
  });

  test('in a managed instance, where invocations overlap, only a request id tells whose a line is', () => {
    const managed = [init(0, { initializationType: 'lambda-managed-instances' })];
    expect(statuses([fault('', 2050)], managed)).toEqual(['success', 'success', 'success']);
    expect(statuses([fault('b', 2050)], managed)).toEqual(['success', 'error', 'success']);
    expect(statuses([fault('', 2050)], [init(0, { initializationType: 'on-demand' })])).toEqual([
      'success',
      'error',
      'success',
    ]);
  });

  test('failures are counted, and the last status is that of the invocation that ended last', () => {
    const found = classify({ reports: two, faults: [fault('a', 1050), fault('c', 3050, { kind: 'timeout' })] });
    expect(found).toMatchObject({ failures: 2, lastStatus: 'timeout' });
    expect(classify({ reports: two, faults: [fault('a', 1050)] })).toMatchObject({
      failures: 1,
      lastStatus: 'success',
    });
  });
});

describe('cold starts', () => {
  const kinds = (reports: readonly ReportFact[], inits: readonly InitFact[] = []) =>
    classify({ reports, inits }).invocations.map(({ cold }) => cold?.kind ?? null);

  test('the invocation after a timeout initialises again, and the one after that does not', () => {
    const runs = [report('a', 1100, { status: 'timeout' }), report('b', 2100), report('c', 3100)];
    expect(kinds(runs)).toEqual([null, 'suppressed', null]);
  });

  test('after an error of the handler, only what ran before START shows an init', () => {
    const afterError = (durationUs: number) =>
      kinds([report('a', 1100, { status: 'error' }), report('b', 2100, { startMs: 2000, durationUs })]);
    expect(afterError(100_000)).toEqual([null, null]);
    // 100 ms from START to END, 400 ms of Duration.
    expect(afterError(400_000)).toEqual([null, 'suppressed']);
  });

  test('invocations that end at once all preceded the next, and none of them the others', () => {
    for (const [first, second] of [
      ['timeout', 'error'],
      ['error', 'timeout'],
      ['timeout', 'success'],
    ] as const) {
      expect(
        kinds([report('a', 1100, { status: first }), report('b', 1100, { status: second }), report('c', 2100)]),
      ).toEqual([null, null, 'suppressed']);
    }
  });

  test('an INIT_REPORT counts for the invocation in which it lies: after the end before, up to its own end', () => {
    const runs = [report('a', 1100), report('b', 2100), report('c', 3100)];
    const reinit = (atMs: number) =>
      kinds(runs, [init(atMs, { kind: 'init-report', phase: 'invoke', durationUs: 50_000 })]);
    expect(reinit(1100)).toEqual(['suppressed', null, null]);
    expect(reinit(1101)).toEqual([null, 'suppressed', null]);
    expect(reinit(2100)).toEqual([null, 'suppressed', null]);
    expect(reinit(2101)).toEqual([null, null, 'suppressed']);
    expect(reinit(3101)).toEqual([null, null, null]);
    // Before anything else: at the epoch itself.
    expect(reinit(0)).toEqual(['suppressed', null, null]);
  });

  test('the time of the init inside comes from its line', () => {
    const [, second] = classify({
      reports: [report('a', 1100, { status: 'timeout' }), report('b', 2100)],
      inits: [init(1500, { kind: 'init-report', phase: 'invoke', status: 'timeout', durationUs: 50_000 })],
    }).invocations;
    expect(second?.cold).toEqual({ kind: 'suppressed', userFelt: true, hiddenInitUs: 50_000, initTimedOut: true });
  });

  test('an init that ended long before START is proactive, by the threshold of the function', () => {
    const felt = (proactiveThresholdMs: number) =>
      classify({
        // Init from 1,000 to 1,200, START at 4,200: 3 s later.
        reports: [report('a', 4300, { startMs: 4200, initUs: 200_000 })],
        inits: [init(1000)],
        proactiveThresholdMs,
      }).invocations[0]?.cold;
    expect(felt(3000)).toEqual({ kind: 'on-demand', userFelt: true });
    expect(felt(2999)).toEqual({ kind: 'on-demand', userFelt: false });
  });
});

describe('without a log stream', () => {
  test('each invocation is classified by itself', () => {
    const reports = [
      report('a', 1100, { status: 'timeout' }),
      report('b', 2100, { initUs: 200_000 }),
      report('c', 3100, { version: '9', restoreUs: 90_000, memoryMb: 128, maxMemoryMb: 70 }),
    ];
    const starts = [start('a', 1000, '7'), start('b', 2000)];
    const found = unknownStream({ version: '4', reports, starts, faults: [fault('c', 3050, { errorType: 'E' })] });
    expect(found).toEqual({
      invocations: [
        { report: reports[0], startMs: 1000, status: 'timeout', errorType: null, cold: null, version: '7' },
        {
          report: reports[1],
          startMs: 2000,
          status: 'success',
          errorType: null,
          cold: { kind: 'on-demand', userFelt: null },
          version: null,
        },
        {
          report: reports[2],
          startMs: null,
          status: 'error',
          errorType: 'E',
          cold: { kind: 'snap-start', userFelt: null },
          version: '9',
        },
      ],
      pendingStarts: [],
      version: null,
      memoryMb: null,
      maxMemoryMb: 70,
      runtimeVersion: null,
      runtimeVersionArn: null,
      initializationType: null,
      initStartMs: null,
      initUs: null,
      failures: 2,
      lastStatus: null,
    });
  });

  test('a fault line without a request id belongs to none of its invocations', () => {
    const found = unknownStream({ reports: [report('a', 1100)], faults: [fault('', 1050)] });
    expect(found.invocations[0]?.status).toBe('success');
    expect(found.failures).toBe(0);
  });

  test('the newest init that states a runtime version', () => {
    const inits = [init(100, { runtimeVersion: 'v1' }), init(300, { runtimeVersion: 'v3' }), init(400), init(200)];
    for (const some of [inits, inits.toReversed()]) expect(unknownStream({ inits: some }).runtimeVersion).toBe('v3');
  });
});

describe('copies with times in whole seconds', () => {
  const at = (endMs: number, streamId: number, over: { requestId?: string; durationUs?: number } = {}) => ({
    requestId: 'a',
    durationUs: 100_000,
    endMs,
    streamId,
    ...over,
  });
  const isCopy = (exact: ReturnType<typeof at>, copy: ReturnType<typeof at>) =>
    copiesOf([copy, exact]).get(copy) === exact;

  test('are of the same second, request, Duration and stream', () => {
    expect(isCopy(at(5123, 1), at(5000, 1))).toBe(true);
    expect(isCopy(at(5999, 1), at(5000, 1))).toBe(true);
    expect(isCopy(at(5123, 1), at(6000, 1))).toBe(false);
    expect(isCopy(at(5123, 1), at(5000, 2))).toBe(false);
    expect(isCopy(at(5123, 1), at(5000, 1, { requestId: 'b' }))).toBe(false);
    expect(isCopy(at(5123, 1), at(5000, 1, { durationUs: 100_001 }))).toBe(false);
  });

  test('may have a stream that is not known, on either side', () => {
    expect(isCopy(at(5123, 0), at(5000, 2))).toBe(true);
    expect(isCopy(at(5123, 2), at(5000, 0))).toBe(true);
  });

  test('are of the exact one in the same stream, if there is one', () => {
    const [unknown, same, copy] = [at(5100, 0), at(5200, 3), at(5000, 3)];
    expect([...copiesOf([unknown, same, copy])]).toEqual([[copy, same]]);
  });

  test('two exact ones, or two in whole seconds, are no copies of each other', () => {
    expect(copiesOf([at(5100, 1), at(5200, 1)]).size).toBe(0);
    expect(copiesOf([at(5000, 1), at(5000, 2)]).size).toBe(0);
  });
});
