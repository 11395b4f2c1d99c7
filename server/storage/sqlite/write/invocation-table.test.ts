/** Each column of the table `invocation`, rows that are stored together, and the hours that a row touches. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { DimensionCache } from './dimension-cache.ts';
import type { InvocationRow } from './invocations.ts';
import { Invocations } from './invocations.ts';
import { Rollups } from './rollups.ts';
import { StaleHours } from './stale-hours.ts';

const T = Date.UTC(2026, 10, 20, 12);
const ID = '00000000-0000-4000-8000-000000000001';
const HEADER = {
  account: '111122223333',
  region: 'us-east-1',
  logGroup: '/aws/lambda/f',
  logStream: '2026/11/20/[3]0123456789abcdef0123456789abcdef',
  functionName: 'f',
  nameInferred: false,
  version: '3',
};

const store = useTelemetryWriter('test');

function open() {
  const dimensions = new DimensionCache(store.db);
  const rollups = new Rollups(store.db);
  const hours = new StaleHours(store.db);
  const environment = dimensions.environment(HEADER, T);
  const seriesId = dimensions.seriesOf(environment, '3', 128);
  const row: InvocationRow = {
    functionId: environment.functionId,
    environmentId: environment.id,
    endMs: T + 500,
    requestId: Buffer.from(ID.replaceAll('-', ''), 'hex'),
    seriesId,
    runMs: 11,
    durationUs: 12_345,
    billedMs: 13,
    maxMemoryMb: 71,
    status: 0,
    cold: null,
    userFelt: null,
    initUs: null,
    restoreUs: null,
    billedRestoreMs: null,
    errorTypeId: null,
    sampled: null,
    traceId: null,
    segmentId: null,
    tenantId: null,
    hiddenInitUs: null,
    initTimedOut: null,
  };
  return { dimensions, rollups, hours, environment, row, invocations: new Invocations(store.db, rollups, hours) };
}
const stored = () => store.rows('SELECT * FROM invocation ORDER BY end_ms');
const columnsOf = (row: InvocationRow) => ({
  function_id: row.functionId,
  end_ms: T + 500,
  request_id: row.requestId,
  environment_id: row.environmentId,
  series_id: row.seriesId,
  run_ms: 11,
  duration_us: 12_345,
  billed_ms: 13,
  max_memory_mb: 71,
  status: 0,
  cold: null,
  user_felt: null,
  init_us: null,
  restore_us: null,
  billed_restore_ms: null,
  error_type_id: null,
  sampled: null,
  trace_id: null,
  segment_id: null,
  tenant_id: null,
  hidden_init_us: null,
  init_timed_out: null,
});

test('each column of a warm success', () => {
  const { invocations, environment, row } = open();
  expect(invocations.insert(environment, row)).toEqual(row);
  expect(stored()).toEqual([columnsOf(row)]);
  expect(invocations.find(row.functionId, T + 500, row.requestId, row.environmentId)).toEqual(row);
  expect(invocations.insert(environment, { ...row, billedMs: 99 })).toBe(null);
  expect(stored()).toEqual([columnsOf(row)]);
});

test('each column of a restored one', () => {
  const { invocations, environment, row, dimensions } = open();
  const traceId = Buffer.from('643aca1d02e095f7341508e00b9b6d2b', 'hex');
  const [errorTypeId, tenantId] = [dimensions.label('TypeError'), dimensions.label('blue')];
  const rare = { initUs: 14_000, restoreUs: 15_000, billedRestoreMs: 16, errorTypeId, sampled: 1, traceId, tenantId };
  const full = { ...row, ...rare, status: 2, segmentId: '5f8d1a23aa89bd66' };
  invocations.insert(environment, full);
  expect(stored()).toEqual([
    {
      ...columnsOf(row),
      status: 2,
      // Kind 2 is SnapStart: a caller waits for its restore.
      cold: 2,
      user_felt: 1,
      init_us: 14_000,
      restore_us: 15_000,
      billed_restore_ms: 16,
      error_type_id: errorTypeId,
      sampled: 1,
      trace_id: traceId,
      segment_id: '5f8d1a23aa89bd66',
      tenant_id: tenantId,
    },
  ]);
  expect(invocations.find(row.functionId, T + 500, row.requestId, row.environmentId)).toEqual({
    ...full,
    cold: 2,
    userFelt: 1,
  });
});

test.each([
  ['traceId', 'trace_id', 'not hexadecimal'],
  ['sampled', 'sampled', 0],
  ['billedRestoreMs', 'billed_restore_ms', 7],
  ['segmentId', 'segment_id', '5f8d1a23aa89bd66'],
] as const)('%s is stored if it is all that a row has beside its figures', (name, column, value) => {
  const { invocations, environment, row } = open();
  invocations.insert(environment, { ...row, [name]: value });
  expect(stored()).toEqual([{ ...columnsOf(row), [column]: value }]);
});

test.each([
  ['restoreUs', 'restore_us', { cold: 2, user_felt: 1 }],
  ['initUs', 'init_us', { cold: 0, user_felt: 1 }],
] as const)('%s alone makes a row a cold start', (name, column, kind) => {
  const { invocations, environment, row } = open();
  invocations.insert(environment, { ...row, [name]: 9000 });
  expect(stored()).toEqual([{ ...columnsOf(row), [column]: 9000, ...kind }]);
});

test('memory that no REPORT states is not known of the environment', () => {
  const { invocations, environment, row } = open();
  invocations.insert(environment, { ...row, maxMemoryMb: null });
  expect([environment.maxMemoryMb, stored()[0]?.['max_memory_mb']]).toEqual([null, null]);
  invocations.insert(environment, { ...row, endMs: T + 600, maxMemoryMb: 72 });
  invocations.insert(environment, { ...row, endMs: T + 700, maxMemoryMb: null });
  expect(environment.maxMemoryMb).toBe(72);
});

test.each([
  ['errorTypeId', 'error_type_id'],
  ['tenantId', 'tenant_id'],
] as const)('%s is stored if it is all that a row has beside its figures', (name, column) => {
  const { invocations, environment, row, dimensions } = open();
  const value = dimensions.label('text');
  invocations.insert(environment, { ...row, [name]: value });
  expect(stored()).toEqual([{ ...columnsOf(row), [column]: value }]);
});

test('eight rows or 33 are stored together, or none; other numbers are not', () => {
  const { invocations, environment, row } = open();
  const rowsOf = (n: number, fromMs: number) =>
    Array.from({ length: n }, (_, at) => ({ ...row, endMs: fromMs + at, billedMs: at }));
  for (const n of [0, 1, 7, 9, 32, 34]) expect(invocations.insertTogether(environment, rowsOf(n, T))).toBe(false);
  expect(stored()).toEqual([]);
  expect(invocations.insertTogether(environment, rowsOf(8, T + 10))).toBe(true);
  // The last of these is the first of those.
  expect(invocations.insertTogether(environment, rowsOf(8, T + 3))).toBe(false);
  expect(stored().map(({ end_ms: ms, billed_ms: billed }) => [Number(ms) - T, billed])).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].map((at) => [10 + at, at]),
  );
  expect(environment.invocations).toBe(8);
  expect(invocations.insertTogether(environment, rowsOf(33, T + 100))).toBe(true);
  expect(stored()).toHaveLength(41);
  expect([environment.invocations, environment.firstEndMs, environment.lastEndMs]).toEqual([41, T + 10, T + 132]);
});

test('an error other than a stored key is no copy', () => {
  const { invocations, environment, row } = open();
  const without = { ...row, durationUs: null as unknown as number };
  const eight = Array.from({ length: 8 }, (_, at) => ({ ...without, endMs: T + at }));
  expect(() => invocations.insertTogether(environment, eight)).toThrow('NOT NULL');
});

// Without START, an invocation began Duration before its END, rounded up to a ms: 10.01 ms before 12:00:00.010 is 11:59:59.999.
test.each([
  ['10 ms', 10_000, [0]],
  ['10.01 ms', 10_010, [-1, 0]],
])('hours that it touches, without START: %s', (_, durationUs, expected) => {
  const { invocations, environment, row, hours, rollups } = open();
  invocations.insert(environment, { ...row, endMs: T + 10, runMs: null, durationUs });
  hours.flush(T);
  rollups.flush();
  expect(
    store.rows('SELECT slot_ms AS ms FROM dirty_slot ORDER BY 1').map(({ ms }) => (Number(ms) - T) / HOUR_MS),
  ).toEqual(expected);
});
