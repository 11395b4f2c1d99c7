/** Which function each part of a batch is about, and what a batch says of rows, streams and scopes. */
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { batchOf, isNamed, namesIn } from './batch-part.ts';
import { ColumnReader, firstSeenMs } from './column-reader.ts';
import { decisiveStatus, isReset } from './reset-statuses.ts';

const stream = (functionName: string, logGroup = `/aws/lambda/${functionName}`) => ({
  account: '1',
  region: 'r',
  logGroup,
  logStream: 's',
  functionName,
  nameInferred: false,
  version: null,
});
const entry = (record: object): TelemetryEntry =>
  ({ account: '1', region: 'r', logGroup: '', atMs: null, digest: '', record }) as unknown as TelemetryEntry;
const ARN = 'arn:aws:lambda:eu-west-1:444455556666:function:';
const RECORDS = [
  entry({ kind: 'trace-segment', resourceArn: `${ARN}f` }),
  entry({ kind: 'trace-segment', resourceArn: 'arn:aws:dynamodb:eu-west-1:444455556666:table/f' }),
  entry({ kind: 'function-facts', name: 'g' }),
  entry({ kind: 'response', functionName: 'f' }),
  entry({ kind: 'load-test', functionName: null }),
  entry({ kind: 'flow' }),
];
/** Invocations of streams, numbered by their Duration. */
function invocations(streams: readonly number[]): Batch['invocations'] {
  const numbers = new Float64Array(streams.length * COLUMNS);
  for (const [row, at] of streams.entries()) {
    numbers[row * COLUMNS + COLUMN.stream] = at;
    numbers[row * COLUMNS + COLUMN.durationMs] = row;
  }
  return { ...EMPTY_BATCH.invocations, n: streams.length, numbers, requestIds: new Uint8Array(streams.length * 16) };
}
const events = [0, 1, 2].map((at) => ({ stream: at, n: at }));
const BATCH = {
  ...EMPTY_BATCH,
  streams: [stream('f'), stream('g'), stream('f', '/other')],
  invocations: invocations([0, 1, 2, 1]),
  ...Object.fromEntries(
    ['starts', 'inits', 'faults', 'extensions', 'runtimeDone', 'raw'].map((name) => [name, events]),
  ),
  errorDays: [
    [0, 50],
    [1, 51],
    [2, 52],
  ],
  filterDays: [
    [1, 60, []],
    [2, 61, [['a', true]]],
  ],
  volumes: [
    { account: '1', region: 'r', logGroup: '/other', n: 1 },
    { account: '2', region: 'r', logGroup: '/other', n: 2 },
    { account: '1', region: 'r', logGroup: '/aws/lambda/g', n: 3 },
    { account: '1', region: 'r', logGroup: '/nobody', n: 4 },
  ],
  records: RECORDS,
  deadLetters: [{}],
  unknownKeys: [['x', 1]],
  attributes: '{}',
} as unknown as Batch;

test('names of a batch: of its streams and of its records, each once', () => {
  expect(namesIn(BATCH)).toEqual(['f', 'g']);
  expect(namesIn({ ...EMPTY_BATCH, records: RECORDS })).toEqual(['f', 'g']);
  expect(RECORDS.map(isNamed)).toEqual([true, false, true, true, false, false]);
});

test('the part of one function, with streams numbered anew', () => {
  const part = batchOf(BATCH, 'f') as unknown as Record<string, unknown>;
  expect(part['streams']).toEqual([stream('f'), stream('f', '/other')]);
  const own = [
    { stream: 0, n: 0 },
    { stream: 1, n: 2 },
  ];
  for (const name of ['starts', 'inits', 'faults', 'extensions', 'runtimeDone', 'raw'])
    expect([name, part[name]]).toEqual([name, own]);
  const { n, numbers } = part['invocations'] as Batch['invocations'];
  const rows = Array.from({ length: n }, (_, row) =>
    [COLUMN.stream, COLUMN.durationMs].map((column) => numbers[row * COLUMNS + column]),
  );
  expect(rows).toEqual([
    [0, 0],
    [1, 2],
  ]);
  expect(part).toMatchObject({
    errorDays: [
      [0, 50],
      [1, 52],
    ],
    filterDays: [[1, 61, [['a', true]]]],
    volumes: [{ n: 1 }],
    records: [RECORDS[0], RECORDS[3]],
    deadLetters: [],
    unknownKeys: [],
    attributes: '{}',
  });
});

test('rows of a batch about one function are not copied', () => {
  const batch = { ...EMPTY_BATCH, streams: [stream('f'), stream('f', '/other')], invocations: invocations([0, 1]) };
  expect(batchOf(batch, 'f').invocations).toBe(batch.invocations);
});

describe('rows of a batch', () => {
  const set = (row: Readonly<Partial<Record<keyof typeof COLUMN, number>>>): Batch['invocations'] => {
    const numbers = new Float64Array(2 * COLUMNS).fill(Number.NaN);
    for (const [name, value] of Object.entries(row)) numbers[COLUMNS + COLUMN[name as keyof typeof COLUMN]] = value;
    return { ...EMPTY_BATCH.invocations, n: 2, numbers, requestIds: Uint8Array.from({ length: 32 }, (_, at) => at) };
  };
  const environment = { id: 5, functionId: 3 } as never;
  const known = { requestId: 'id', runMs: 4, seriesId: 6, errorTypeId: 8, tenantId: 9 };
  const read = (columns: Batch['invocations']) => {
    const reader = new ColumnReader(columns);
    reader.row = 1;
    return { reader, row: reader.read(environment, known) };
  };
  const NONE = {
    ...known,
    functionId: 3,
    environmentId: 5,
    cold: null,
    userFelt: null,
    hiddenInitUs: null,
    initTimedOut: null,
    traceId: null,
    segmentId: null,
  };

  test('each column, rounded to what is stored', () => {
    const columns = set({
      stream: 0,
      endMs: 1000,
      startMs: 900,
      durationMs: 84.1116,
      billedMs: 85.4,
      maxMemoryMb: 70.6,
      memoryMb: 127.9,
      status: 2,
      initMs: 250.5004,
      restoreMs: 90.25,
      billedRestoreMs: 80.2,
      sampled: 1,
      errorType: 0,
      version: 1,
      tenant: 2,
      events: 2,
    });
    const { reader, row } = read({ ...columns, strings: ['E', '7', 'T'] });
    expect(row).toEqual({
      ...NONE,
      endMs: 1000,
      durationUs: 84_112,
      billedMs: 85,
      maxMemoryMb: 71,
      status: 2,
      initUs: 250_500,
      restoreUs: 90_250,
      billedRestoreMs: 80,
      sampled: 1,
    });
    expect([reader.stream, reader.startMs, reader.durationMs, reader.events, reader.memoryMb]).toEqual([
      0, 900, 84.1116, 2, 128,
    ]);
    expect([reader.errorType, reader.version, reader.tenant]).toEqual(['E', '7', 'T']);
    expect(reader.requestId).toEqual(Uint8Array.from({ length: 16 }, (_, at) => 16 + at));
  });

  test('what is absent is null, not 0', () => {
    const { reader, row } = read(set({ endMs: 1000, durationMs: 0, status: 0 }));
    expect(row).toEqual({
      ...NONE,
      endMs: 1000,
      durationUs: 0,
      status: 0,
      billedMs: null,
      maxMemoryMb: null,
      initUs: null,
      restoreUs: null,
      billedRestoreMs: null,
      sampled: null,
    });
    expect([reader.errorType, reader.version, reader.tenant, reader.memoryMb]).toEqual([null, null, null, null]);
    // A text that the batch does not hold.
    expect(read(set({ version: 4 })).reader.version).toBe(null);
  });

  test('request ids that are no UUID, and traces', () => {
    const columns = set({ endMs: 1, durationMs: 1, status: 0 });
    const trace = ['1-643aca1d-02e095f7341508e00b9b6d2b', '5f8d1a23aa89bd66'] as const;
    const { reader, row } = read({
      ...columns,
      otherRequestIds: new Map([[1, 'other']]),
      traces: new Map([[1, trace]]),
    });
    expect(reader.requestId).toBe('other');
    expect(Buffer.from(row.traceId as Uint8Array).toString('hex')).toBe('643aca1d02e095f7341508e00b9b6d2b');
    expect(row.segmentId).toBe('5f8d1a23aa89bd66');
    const odd = read({ ...columns, traces: new Map([[1, ['not a trace', null] as const]]) }).row;
    expect([odd.traceId, odd.segmentId]).toEqual(['not a trace', null]);
    // Those of another row.
    const other = new Map([[0, 'other']]);
    expect(read({ ...columns, otherRequestIds: other }).reader.requestId).toHaveLength(16);
    expect(read({ ...columns, traces: new Map([[0, trace]]) }).row.traceId).toBe(null);
  });
});

test('a stream is first seen with its first row, else its first event, START or raw line', () => {
  const rows = invocations([1, 0, 0]);
  for (const [row, endMs] of [700, 800, 900].entries()) rows.numbers[row * COLUMNS + COLUMN.endMs] = endMs;
  const seen = (batch: object) => firstSeenMs({ ...EMPTY_BATCH, ...batch } as Batch)[0] ?? 0;
  const events = [
    { stream: 1, atMs: 10 },
    { stream: 0, atMs: 20 },
    { stream: 0, atMs: 5 },
  ];
  const starts = [
    { stream: 1, startMs: 1 },
    { stream: 0, startMs: 30 },
  ];
  const raw = [
    { stream: 1, firstMs: 2 },
    { stream: 0, firstMs: 40 },
  ];
  expect(seen({ invocations: rows, inits: events, starts, raw })).toBe(800);
  for (const kind of ['inits', 'faults', 'extensions', 'runtimeDone'])
    expect([kind, seen({ [kind]: events, starts, raw })]).toEqual([kind, 20]);
  expect([seen({ starts, raw }), seen({ raw }), seen({})]).toEqual([30, 40, 0]);
});

describe('statuses of invocations that end in the same millisecond', () => {
  const [SUCCESS, TIMEOUT, ERROR, OOM, EXIT] = [0, 1, 2, 3, 4];

  test('Lambda initialises an environment again after a timeout, an exit or running out of memory', () => {
    expect([SUCCESS, TIMEOUT, ERROR, OOM, EXIT].map(isReset)).toEqual([false, true, false, true, true]);
  });

  test.each([
    [SUCCESS, ERROR, ERROR],
    [ERROR, SUCCESS, ERROR],
    [SUCCESS, SUCCESS, SUCCESS],
    [ERROR, TIMEOUT, TIMEOUT],
    [OOM, ERROR, OOM],
    [SUCCESS, EXIT, EXIT],
    // Of two that reset, either says the same.
    [TIMEOUT, EXIT, TIMEOUT],
  ])('of %i and %i, %i decides', (a, b, expected) => {
    expect(decisiveStatus(a, b)).toBe(expected);
  });
});

describe('scopes', () => {
  const store = useTelemetryWriter('test');
  const T = Date.UTC(2026, 10, 20, 12);
  const line = (n: number) => [
    [
      T + n,
      `REPORT RequestId: 00000000-0000-4000-8000-00000000000${n}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n`,
    ] as const,
  ];
  const from = (n: number, account: string, region: string) => {
    const batch = delivery('/aws/lambda/f', `stream ${n}`, line(n));
    const scoped = <T>(list: readonly T[]) => list.map((one) => ({ ...one, account, region }));
    store.apply({ ...batch, streams: scoped(batch.streams), volumes: scoped(batch.volumes) }, T);
  };
  const functions = () =>
    store
      .rows(
        `SELECT account, region, count(invocation.end_ms) AS n FROM function
         JOIN invocation ON function_id = function.id GROUP BY function.id ORDER BY account, region`,
      )
      .map(({ account, region, n }) => [account, region, n]);

  test('a function takes the account of the first source that knows it; others of the name are their own', () => {
    from(1, '', '');
    from(2, '1', 'a');
    from(3, '', '');
    expect(functions()).toEqual([['1', 'a', 3]]);
    from(4, '2', 'a');
    from(5, '1', 'b');
    expect(functions()).toEqual([
      ['1', 'a', 3],
      ['1', 'b', 1],
      ['2', 'a', 1],
    ]);
    from(6, '2', '');
    // Of several it is not known whose the line is.
    from(7, '', '');
    expect(functions()).toEqual([
      ['', '', 1],
      ['1', 'a', 3],
      ['1', 'b', 1],
      ['2', 'a', 2],
    ]);
  });

  test('lines of a known stream complete the scope of its function and log group', () => {
    from(1, '', '');
    const batch = { ...delivery('/aws/lambda/f', 'stream 1', line(2)), volumes: [] };
    store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, account: '', region: 'a' })) }, T);
    expect(functions()).toEqual([['', 'a', 2]]);
    store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, account: '1', region: '' })) }, T);
    expect(functions()).toEqual([['1', 'a', 2]]);
    expect(store.rows('SELECT account, region FROM log_group')).toEqual([{ account: '1', region: 'a' }]);
  });
});
