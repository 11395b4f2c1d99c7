/** What versions before schema 8 stored in an environment named `unknown`, table by table; expected rows are worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const T = Date.UTC(2026, 10, 20, 12);
const GROUP = '/aws/lambda/f';
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';
const OLD = 'unknown';

const store = useTelemetryWriter('test');
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = (n: number, atMs: number): LogLine => [atMs, `START RequestId: ${id(n)} Version: 3\n`];
const report = (n: number, endMs: number): LogLine => [
  endMs,
  `REPORT RequestId: ${id(n)}\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n`,
];
const deliver = (lines: readonly LogLine[], stream = OLD, group = GROUP) => store.deliver(group, stream, lines, T);
const give = (events: Partial<Pick<Batch, 'faults' | 'inits' | 'starts' | 'extensions'>>, logStream = OLD) => {
  const header = { account: '111122223333', region: 'us-east-1', logGroup: GROUP, functionName: 'f' };
  const streams = [{ ...header, logStream, nameInferred: false, version: '3' }];
  return store.apply({ ...EMPTY_BATCH, streams, ...events }, T);
};
/** A slice, in a transaction of its own; false if nothing was left. */
const step = (): boolean => {
  const { oldUnknown } = store.writer;
  if (!oldUnknown.isDue()) return false;
  store.db.transaction(() => {
    oldUnknown.step();
    store.writer.flush(T);
  })();
  return true;
};
const moveAll = (): number => {
  let slices = 0;
  while (step()) slices += 1;
  return slices;
};
const environments = () => store.rows('SELECT id > 0 AS placed, log_stream AS name FROM environment ORDER BY id');
const WITHOUT = { placed: 0, name: '' };

const INIT = {
  stream: 0,
  kind: 'init-report' as const,
  atMs: T + 123,
  durationMs: 10.5,
  phase: 'init',
  status: 'error',
  errorType: 'Runtime.ExitError',
  initializationType: 'on-demand',
  runtimeVersion: null,
  runtimeVersionArn: null,
};
const FAULT = {
  stream: 0,
  kind: 'error' as const,
  atMs: T + 105,
  requestId: id(1),
  errorType: 'TypeError',
  message: 'x is no function',
  stack: 'at f',
};
const EXTENSION = {
  stream: 0,
  kind: 'extension' as const,
  name: 'agent',
  state: 'Ready',
  detail: 'INVOKE',
  atMs: T + 50,
};
const STARTED = { stream: 0, requestId: id(1), startMs: T + 100, version: '7', tenant: 'blue' };

describe('each table is moved, with every column', () => {
  test.each<[string, () => unknown, string, object]>([
    [
      'invocations',
      () => deliver([start(1, T + 100), report(1, T + 110)]),
      `SELECT environment_id < 0 AS moved, end_ms - ${T} AS ms, run_ms AS run, max_memory_mb AS mb FROM invocation`,
      { moved: 1, ms: 110, run: 10, mb: 40 },
    ],
    [
      'init lines',
      () => give({ inits: [INIT] }),
      `SELECT environment_id < 0 AS moved, at_ms - ${T} AS ms, duration_us AS us, phase, status, error_type AS error,
       initialization_type AS type FROM init_event`,
      { moved: 1, ms: 123, us: 10_500, phase: 'init', status: 'error', error: 'Runtime.ExitError', type: 'on-demand' },
    ],
    [
      'faults',
      () => give({ faults: [FAULT] }),
      `SELECT environment_id < 0 AS moved, at_ms - ${T} AS ms, request_id AS id, error_type AS type, message, stack FROM fault`,
      { moved: 1, ms: 105, id: id(1), type: 'TypeError', message: 'x is no function', stack: 'at f' },
    ],
    [
      'faults without a request id',
      () => give({ faults: [{ ...FAULT, requestId: null }] }),
      'SELECT environment_id < 0 AS moved, request_id AS id FROM fault',
      { moved: 1, id: '' },
    ],
    [
      'starts',
      () => give({ starts: [STARTED] }),
      `SELECT environment_id < 0 AS moved, request_id AS id, start_ms - ${T} AS ms, version, tenant FROM pending_start`,
      { moved: 1, id: id(1), ms: 100, version: '7', tenant: 'blue' },
    ],
    [
      'extensions',
      () => give({ extensions: [EXTENSION] }),
      `SELECT environment_id < 0 AS moved, name, state, detail, at_ms - ${T} AS ms FROM extension`,
      { moved: 1, name: 'agent', state: 'Ready', detail: 'INVOKE', ms: 50 },
    ],
    [
      'original lines',
      () => deliver([report(1, T + 110)]),
      'SELECT environment_id < 0 AS moved FROM raw_chunk',
      { moved: 1 },
    ],
    [
      'ends of a runtime',
      () =>
        deliver([
          [
            T + 1,
            `{"time":"2026-11-20T12:00:00.001Z","type":"platform.runtimeDone","record":{"requestId":"${id(1)}","status":"success","metrics":{"durationMs":9}}}`,
          ],
        ]),
      'SELECT environment_id < 0 AS moved FROM runtime_done',
      { moved: 1 },
    ],
  ])('%s', (_, write, query, expected) => {
    write();
    const before = store.rows(query);
    expect(before).toEqual([{ ...expected, moved: 0 }]);
    moveAll();
    expect(store.rows(query)).toEqual([expected]);
    expect(environments()).toEqual([WITHOUT]);
  });

  test('sums stay, and are then those of a line without a stream', () => {
    deliver([start(1, T + 100), report(1, T + 110), report(2, T + 120)]);
    moveAll();
    expect(store.rows('SELECT n, with_start, unplaced FROM rollup_1d')).toEqual([{ n: 2, with_start: 1, unplaced: 2 }]);
  });

  test('the environment has the bounds of its lines', () => {
    deliver([report(1, T + 110), report(2, T + 9000)]);
    moveAll();
    expect(
      store.rows(
        `SELECT first_seen_ms - ${T} AS first, last_seen_ms - ${T} AS last, invocations AS n FROM environment`,
      ),
    ).toEqual([{ first: 110, last: 9000, n: 2 }]);
  });
});

describe('what came with its log stream, too, counts once', () => {
  test.each<[string, (stream: string) => unknown, string]>([
    ['invocations', (stream) => deliver([start(1, T + 100), report(1, T + 110)], stream), 'invocation'],
    ['init lines', (stream) => give({ inits: [INIT] }, stream), 'init_event'],
    ['faults', (stream) => give({ faults: [FAULT] }, stream), 'fault'],
    ['starts', (stream) => give({ starts: [STARTED] }, stream), 'pending_start'],
    ['extensions', (stream) => give({ extensions: [EXTENSION] }, stream), 'extension'],
  ])('%s', (_, write, table) => {
    const stored = () => store.rows(`SELECT environment_id > 0 AS placed FROM ${table}`);
    for (const order of [
      [OLD, STREAM],
      [STREAM, OLD],
    ]) {
      store.clear();
      for (const stream of order) write(stream);
      expect(stored()).toEqual([{ placed: 1 }, { placed: 1 }]);
      moveAll();
      expect(stored()).toEqual([{ placed: 1 }]);
      expect(environments().map(({ name }) => name)).toContain(STREAM);
    }
  });

  test('a repeated invocation is taken out of the sums', () => {
    deliver([start(1, T + 100), report(1, T + 110)]);
    deliver([start(1, T + 100), report(1, T + 110)], STREAM);
    moveAll();
    expect(store.rows('SELECT n, with_start, unplaced FROM rollup_1d')).toEqual([{ n: 1, with_start: 1, unplaced: 0 }]);
  });
});

describe('slices', () => {
  const many = (n: number): LogLine[] => Array.from({ length: n }, (_, at) => report(at, T + at));

  test.each([
    // Then one of the original lines, and one that finds nothing and deletes the environment.
    [1, 3],
    [200, 3],
    [201, 4],
    [400, 4],
  ])('%d invocations are moved in %d slices', (n, slices) => {
    deliver(many(n));
    expect(moveAll()).toBe(slices);
    expect(store.rows('SELECT count(*) AS n, max(environment_id) < 0 AS moved FROM invocation')).toEqual([
      { n, moved: 1 },
    ]);
  });

  test('201 faults are moved in slices, too', () => {
    give({ faults: Array.from({ length: 201 }, (_, at) => ({ ...FAULT, requestId: id(at) })) });
    step();
    expect(store.rows('SELECT environment_id < 0 AS moved, count(*) AS n FROM fault GROUP BY 1')).toEqual([
      { moved: 0, n: 1 },
      { moved: 1, n: 200 },
    ]);
    expect(moveAll()).toBe(2);
    expect(store.rows('SELECT count(*) AS n FROM fault')).toEqual([{ n: 201 }]);
  });

  test('invocations of one time are all moved', () => {
    deliver(Array.from({ length: 450 }, (_, at) => report(at, T)));
    moveAll();
    expect(store.rows('SELECT count(*) AS n, max(environment_id) < 0 AS moved FROM invocation')).toEqual([
      { n: 450, moved: 1 },
    ]);
  });

  test('each environment of that name is moved, to its own function', () => {
    deliver([report(1, T + 1)]);
    deliver([report(2, T + 2)], OLD, '/aws/lambda/g');
    // Earlier lines than those of the first.
    deliver([report(3, T - 5000)], OLD, '/aws/lambda/g');
    moveAll();
    expect(environments()).toEqual([WITHOUT, WITHOUT]);
    expect(
      store.rows(
        'SELECT -environment_id = function_id AS own, count(*) AS n FROM invocation GROUP BY function_id ORDER BY n',
      ),
    ).toEqual([
      { own: 1, n: 1 },
      { own: 1, n: 2 },
    ]);
  });

  test('other environments stay', () => {
    deliver([report(1, T + 1)], STREAM);
    deliver([report(2, T + 1)], 'unknown-2');
    expect([step(), environments().map(({ placed }) => placed)]).toEqual([false, [1, 1]]);
  });
});

describe('what is left', () => {
  test('is searched once, and again after a reset', () => {
    const { oldUnknown } = store.writer;
    expect(oldUnknown.isDue()).toBe(false);
    deliver([report(1, T + 1)]);
    // Only earlier versions wrote such environments: none comes while the process runs.
    expect(oldUnknown.isDue()).toBe(false);
    oldUnknown.reset();
    expect(oldUnknown.isDue()).toBe(true);
  });

  test('is moved from the beginning after a rollback', () => {
    deliver(Array.from({ length: 300 }, (_, at) => report(at, T + at)));
    const { oldUnknown } = store.writer;
    expect(oldUnknown.isDue()).toBe(true);
    store.db.exec('BEGIN');
    oldUnknown.step();
    store.db.exec('ROLLBACK');
    store.writer.reset();
    moveAll();
    expect(store.rows('SELECT count(*) AS n, max(environment_id) < 0 AS moved FROM invocation')).toEqual([
      { n: 300, moved: 1 },
    ]);
    expect(store.rows('SELECT sum(n) AS n FROM rollup_1d')).toEqual([{ n: 300 }]);
  });

  test('tenants of the environment go with it', () => {
    deliver([report(1, T + 1)]);
    const columns = store
      .rows('SELECT name FROM pragma_table_info(?)', 'environment_tenant')
      .map(({ name }) => String(name));
    expect(columns).toContain('environment_id');
    give({ starts: [{ ...STARTED, requestId: id(1), startMs: T - 9 }] });
    moveAll();
    expect(store.rows('SELECT count(*) AS n FROM environment_tenant WHERE environment_id > 0')).toEqual([{ n: 0 }]);
  });
});
