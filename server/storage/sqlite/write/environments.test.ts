/** Each column of an environment, and what the writer keeps in memory of environments, functions and series. */
import { describe, expect, test } from 'vitest';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { ENVIRONMENT_FLAG } from '../../enums.ts';
import { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { Environments, environmentOf, hasStream, isStreamId, unknownEnvironmentId } from './environments.ts';

const T = Date.UTC(2026, 10, 20, 12);
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';
const HEADER = {
  account: '111122223333',
  region: 'us-east-1',
  logGroup: '/aws/lambda/f',
  logStream: STREAM,
  functionName: 'f',
  nameInferred: false,
  version: '3',
};

const store = useTelemetryWriter('test');

describe('the table', () => {
  const FULL: Omit<EnvironmentState, 'id' | 'functionId'> = {
    version: '4',
    memoryMb: 11,
    runtimeVersion: 'nodejs:22.v35',
    runtimeVersionArn: 'arn:x',
    initializationType: 'on-demand',
    initStartMs: 12,
    initUs: 13,
    firstSeenMs: 14,
    lastSeenMs: 15,
    firstEndMs: 16,
    lastEndMs: 17,
    lastStatus: 1,
    invocations: 18,
    failures: 19,
    maxMemoryMb: 20,
    hasFailures: true,
    hasReinits: true,
    hasFaultLines: true,
    hasWholeSeconds: true,
    pendingStarts: 21,
    attributes: '{"a":1}',
    series: null,
    isChanged: true,
  };

  test('each column', () => {
    const { id, functionId } = new DimensionCache(store.db).environment(HEADER, T);
    const environments = new Environments(store.db);
    const state = { ...FULL, id, functionId };
    environments.save(state);
    expect(state.isChanged).toBe(false);
    const [row] = store.rows('SELECT * FROM environment');
    expect(row).toEqual({
      id,
      function_id: functionId,
      log_group_id: store.rows('SELECT id FROM log_group')[0]?.['id'],
      log_stream: STREAM,
      version: '4',
      memory_mb: 11,
      runtime_version: 'nodejs:22.v35',
      runtime_version_arn: 'arn:x',
      initialization_type: 'on-demand',
      init_start_ms: 12,
      init_us: 13,
      first_seen_ms: 14,
      last_seen_ms: 15,
      first_end_ms: 16,
      last_end_ms: 17,
      last_status: 1,
      invocations: 18,
      failures: 19,
      max_memory_mb: 20,
      // Failures 1, fault lines 2, whole seconds 8.
      odd: 11,
      pending_starts: 21,
      attributes: '{"a":1}',
    });
    const stored = { ...state, isChanged: false };
    expect(environments.findById(id)).toEqual(expect.objectContaining(stored));
    expect(environments.find(Number(row?.['log_group_id']), STREAM)).toEqual(expect.objectContaining(stored));
    expect(environments.find(Number(row?.['log_group_id']), 'another')).toBe(null);
    expect(environments.findById(id + 1)).toBe(null);
  });

  test('a new one has what its stream says, and nothing else', () => {
    const state = new DimensionCache(store.db).environment(HEADER, T);
    const { series, isChanged, hasFailures, hasReinits, hasFaultLines, hasWholeSeconds, ...row } = state;
    expect([series, isChanged, hasFailures, hasReinits, hasFaultLines, hasWholeSeconds]).toEqual([
      null,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(new Environments(store.db).findById(state.id)).toEqual(expect.objectContaining(row));
    expect(row).toMatchObject({ version: '3', firstSeenMs: T, lastSeenMs: T, invocations: 0, lastEndMs: null });
  });

  test.each(
    [false, true].flatMap((hasFailures) =>
      [false, true].flatMap((hasReinits) =>
        [false, true].flatMap((hasFaultLines) =>
          [false, true].map((hasWholeSeconds) => ({ hasFailures, hasReinits, hasFaultLines, hasWholeSeconds })),
        ),
      ),
    ),
  )('its flags: %o', (flags) => {
    const environments = new Environments(store.db);
    const state = new DimensionCache(store.db).environment(HEADER, T);
    environments.save({ ...state, ...flags });
    // Inits that failed are failures.
    const hasReinits = flags.hasFailures && flags.hasReinits;
    expect(environments.findById(state.id)).toEqual(expect.objectContaining({ ...flags, hasReinits }));
  });

  test('a row of before re-inits were noted may have had some, if it had failures', () => {
    const { id } = new DimensionCache(store.db).environment(HEADER, T);
    const reinits = (odd: number) => {
      store.db.prepare('UPDATE environment SET odd = ?').run(odd);
      return new Environments(store.db).findById(id)?.hasReinits;
    };
    expect([reinits(0), reinits(ENVIRONMENT_FLAG.hasFailures)]).toEqual([false, true]);
  });

  test('ids are positive, and go on from the greatest; that of unknown log streams is the negative of its function', () => {
    const dimensions = new DimensionCache(store.db);
    const unknown = dimensions.environment({ ...HEADER, logStream: '' }, T);
    expect(unknown.id).toBe(-unknown.functionId);
    expect(unknownEnvironmentId(7)).toBe(-7);
    const [a, b] = ['a', 'b'].map((logStream) => dimensions.environment({ ...HEADER, logStream }, T).id);
    expect([a, b]).toEqual([1, 2]);
    store.db.exec('DELETE FROM environment WHERE id = 1');
    expect(dimensions.environment({ ...HEADER, logStream: 'c' }, T).id).toBe(3);
    expect([1, 0, -1].map(isStreamId)).toEqual([true, false, false]);
    expect([unknown, { id: 2 }].map(hasStream)).toEqual([false, true]);
  });

  test('where it is', () => {
    const { id } = new DimensionCache(store.db).environment(HEADER, T);
    const { account, region, logGroup, logStream } = HEADER;
    expect(new Environments(store.db).headerOf(id)).toEqual({ account, region, logGroup, logStream });
  });

  test('a batch that names a stream it does not have', () => {
    const state = { id: 1 } as EnvironmentState;
    expect(environmentOf([state], 0)).toBe(state);
    expect(() => environmentOf([state], 1)).toThrow(new RangeError('stream 1 of 1'));
  });
});

describe('in memory', () => {
  test('an environment is one object until caches are cleared, then what is stored', () => {
    const dimensions = new DimensionCache(store.db);
    const state = dimensions.environment(HEADER, T);
    expect(dimensions.environment(HEADER, T + 5)).toBe(state);
    expect(dimensions.environmentById(state.id)).toBe(state);
    state.memoryMb = 512;
    dimensions.forgetEnvironments();
    const again = dimensions.environment(HEADER, T + 5);
    expect([again.memoryMb, again.firstSeenMs]).toEqual([null, T]);
    store.db.exec('DELETE FROM environment');
    dimensions.forgetEnvironments();
    expect(dimensions.environment(HEADER, T + 9).firstSeenMs).toBe(T + 9);
  });

  test('one that changed is the same until it is written, however many others were looked at since', () => {
    // It keeps two in memory.
    const dimensions = new DimensionCache(store.db, 2);
    const state = dimensions.environment(HEADER, T);
    state.invocations = 5;
    dimensions.touch(state, T + 1);
    for (const logStream of ['a', 'b', 'c']) dimensions.environment({ ...HEADER, logStream }, T);
    expect(dimensions.environmentById(state.id)).toBe(state);
    dimensions.touch(dimensions.environment(HEADER, T), T + 2);
    dimensions.flush();
    expect(store.rows('SELECT invocations, last_seen_ms AS last FROM environment WHERE id = ?', state.id)).toEqual([
      { invocations: 5, last: T + 2 },
    ]);
  });

  test('lines without a log stream are one environment for each function', () => {
    const dimensions = new DimensionCache(store.db);
    const placed = dimensions.environment(HEADER, T);
    const { functionId } = placed;
    expect(dimensions.withoutStream(functionId)).toBe(null);
    expect(() => dimensions.environmentById(-functionId)).toThrow(
      new RangeError(`no lines without a log stream of function ${functionId}`),
    );
    const unknown = dimensions.unknownOf(placed);
    expect([unknown.id, unknown.functionId, unknown.version, unknown.firstSeenMs]).toEqual([
      -functionId,
      functionId,
      null,
      T,
    ]);
    expect(dimensions.withoutStream(functionId)).toBe(unknown);
    expect(dimensions.environmentById(-functionId)).toBe(unknown);
    expect(dimensions.environment({ ...HEADER, logStream: '' }, T + 5)).toBe(unknown);
    expect(dimensions.unknownOf(placed)).toBe(unknown);
    const other = dimensions.environment({ ...HEADER, functionName: 'g', logGroup: '/aws/lambda/g', logStream: '' }, T);
    expect(other.id).toBe(-other.functionId);
    expect([dimensions.withoutStream(functionId), dimensions.withoutStream(other.functionId)]).toEqual([
      unknown,
      other,
    ]);
    // Read again from the table.
    dimensions.forgetEnvironments();
    expect(dimensions.withoutStream(functionId)).not.toBe(unknown);
    expect(dimensions.withoutStream(functionId)?.id).toBe(-functionId);
  });

  test('after a rollback nothing of it is left', () => {
    const dimensions = new DimensionCache(store.db);
    const attempt = () => {
      const state = dimensions.environment(HEADER, T);
      const unknown = dimensions.unknownOf(state);
      return [state.id, unknown.id, dimensions.seriesOf(state, '3', 128), dimensions.label('text')];
    };
    store.db.exec('BEGIN');
    const ids = attempt();
    store.db.exec('ROLLBACK');
    dimensions.reset();
    expect(attempt()).toEqual(ids);
    for (const table of [
      'environment WHERE id > 0',
      'environment WHERE id < 0',
      'function',
      'log_group',
      'series',
      'label',
    ])
      expect([table, store.rows(`SELECT count(*) AS n FROM ${table}`)]).toEqual([table, [{ n: 1 }]]);
  });

  test('only what changed is written, with the time in which it and its function were seen', () => {
    const dimensions = new DimensionCache(store.db);
    const state = dimensions.environment(HEADER, T);
    state.invocations = 5;
    dimensions.flush();
    const stored = () =>
      store
        .rows(`SELECT invocations AS n, first_seen_ms - ${T} AS first, last_seen_ms - ${T} AS last FROM environment`)
        .concat(store.rows(`SELECT first_seen_ms - ${T} AS first, last_seen_ms - ${T} AS last FROM function`));
    expect(stored()).toEqual([
      { n: 0, first: 0, last: 0 },
      { first: 0, last: 0 },
    ]);
    for (const ms of [0, 9, 5, -3, 9]) dimensions.touch(state, T + ms);
    expect(state.isChanged).toBe(true);
    dimensions.flush();
    expect(state.isChanged).toBe(false);
    expect(stored()).toEqual([
      { n: 5, first: -3, last: 9 },
      { first: -3, last: 9 },
    ]);
    // Once it was written, a change without a touch is not.
    state.invocations = 6;
    dimensions.flush();
    expect(stored()[0]?.['n']).toBe(5);
    dimensions.touch(state, T);
    dimensions.flush();
    expect(stored()).toEqual([
      { n: 6, first: -3, last: 9 },
      { first: -3, last: 9 },
    ]);
  });

  test('series: by function, version and memory size', () => {
    const dimensions = new DimensionCache(store.db);
    const f = dimensions.environment(HEADER, T);
    const g = dimensions.environment({ ...HEADER, functionName: 'g', logGroup: '/aws/lambda/g' }, T);
    const ids = [
      dimensions.seriesOf(f, '3', 128),
      dimensions.seriesOf(f, '4', 128),
      dimensions.seriesOf(f, '3', 256),
      dimensions.seriesOf(f, null, 128),
      dimensions.seriesOf(f, '3', null),
      dimensions.seriesOf(g, '3', 128),
    ];
    expect(new Set(ids).size).toBe(6);
    const [three = 0, four = 0, larger = 0, none = 0, sizeless = 0] = ids;
    expect([dimensions.seriesOf(f, '3', 128), dimensions.seriesOf(f, '3', 128)]).toEqual([three, three]);
    expect(new DimensionCache(store.db).seriesOf(f, '4', 128)).toBe(four);
    expect([three, none, sizeless].map((id) => dimensions.partsOf(id))).toEqual([
      { version: '3', memoryMb: 128 },
      { version: null, memoryMb: 128 },
      { version: '3', memoryMb: null },
    ]);
    // The one that names its version, or the first of two that do.
    expect([
      dimensions.morePreciseSeries(none, three),
      dimensions.morePreciseSeries(three, none),
      dimensions.morePreciseSeries(four, three),
      dimensions.morePreciseSeries(none, none),
    ]).toEqual([three, three, four, none]);
    // A version replaces another, the memory size stays.
    expect([
      dimensions.seriesWith(f, larger, null),
      dimensions.seriesWith(f, larger, '3'),
      dimensions.seriesWith(f, four, '3'),
      dimensions.seriesWith(f, none, '4'),
    ]).toEqual([larger, larger, three, four]);
  });

  test('the runtime of a function is that of its newest INIT_START', () => {
    const dimensions = new DimensionCache(store.db);
    const { functionId } = dimensions.environment(HEADER, T);
    const newest = (ms: number, version: string) => {
      dimensions.noteRuntime(functionId, T + ms, version);
      dimensions.flush();
      return Object.values(store.rows(`SELECT runtime_ms - ${T} AS ms, runtime_version FROM function`)[0] ?? {});
    };
    expect([newest(5, 'a'), newest(4, 'b'), newest(5, 'c'), newest(6, 'd')]).toEqual([
      [5, 'a'],
      [5, 'a'],
      [5, 'c'],
      [6, 'd'],
    ]);
  });

  test('a function that only a document names was not seen until a line of it comes', () => {
    const dimensions = new DimensionCache(store.db);
    const id = dimensions.functionNamed({ account: '111122223333', region: 'us-east-1', name: 'f' });
    const seen = () => store.rows('SELECT id, first_seen_ms AS first, last_seen_ms AS last FROM function');
    expect(seen()).toEqual([{ id, first: Date.UTC(2100, 0, 1), last: 0 }]);
    dimensions.touch(dimensions.environment(HEADER, T), T);
    dimensions.flush();
    expect(seen()).toEqual([{ id, first: T, last: T }]);
  });
});
