/** What a batch leaves beside its invocations, and that a batch which was rolled back leaves nothing, in memory either. */
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, TEST_SOURCE, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { tablesOf } from './key-columns.ts';

const T = Date.UTC(2026, 10, 20, 12);
const ID = 'd661f7cf-9208-46b9-85b0-213b04a91065';
const ID_BYTES = Buffer.from(ID.replaceAll('-', ''), 'hex');
const HEADER = {
  account: '111122223333',
  region: 'us-east-1',
  logGroup: '/aws/lambda/f',
  logStream: 'a',
  functionName: 'f',
  nameInferred: false,
  version: '3',
};

const NO_FACTS = {
  account: '111122223333',
  region: 'us-east-1',
  name: 'f',
  memoryMb: null,
  timeoutMs: null,
  runtime: null,
  architecture: null,
  vpcId: null,
  subnetIds: null,
  securityGroupIds: null,
  layers: null,
  packageType: null,
  codeSizeBytes: null,
  ephemeralStorageMb: null,
  provisionedConcurrency: null,
  snapStart: null,
  state: null,
  logGroup: null,
  lastModifiedMs: null,
  codeSha256: null,
  versionCodes: null,
  versionArchitectures: null,
  tenantIsolation: null,
  durable: null,
  capacityProvider: null,
  environmentConcurrency: null,
  instances: null,
  instanceHourUsd: null,
} as const;

const store = useTelemetryWriter('test');

const give = (batch: Partial<Batch>, nowMs = T) => store.apply({ ...EMPTY_BATCH, streams: [HEADER], ...batch }, nowMs);
const outcome = (accepted: number, duplicates: number) => ({ accepted, duplicates, ignored: 0, rejected: 0 });

describe('a pull', () => {
  const point: PullCheckpoint = {
    account: '444455556666',
    region: 'eu-west-1',
    logGroup: '/aws/lambda/g',
    mode: 'poll',
    watermarkMs: 1,
    scan: { fromMs: 2, toMs: 3, nextToken: 'token', newestMs: 4, wide: true, filtered: false },
    wideMs: 5,
    state: 'throttled',
    message: 'm'.repeat(1025),
    events: 6,
    updatedMs: 7,
  };
  const save = (checkpoint: PullCheckpoint) =>
    store.db.transaction(() => store.writer.apply(EMPTY_BATCH, TEST_SOURCE, T, checkpoint))();
  const row = {
    account: '444455556666',
    region: 'eu-west-1',
    log_group: '/aws/lambda/g',
    mode: 'poll',
    watermark_ms: 1,
    scan: '{"fromMs":2,"toMs":3,"nextToken":"token","newestMs":4,"wide":true,"filtered":false}',
    wide_ms: 5,
    state: 'throttled',
    message: 'm'.repeat(1024),
    events: 6,
    updated_ms: 7,
  };

  test('says how far it has read, in each column', () => {
    save(point);
    expect(store.rows('SELECT * FROM pull_checkpoint')).toEqual([row]);
  });

  test('takes the place of what it said before, not of a backfill of the same group', () => {
    save(point);
    save({ ...point, mode: 'backfill' });
    save({
      ...point,
      watermarkMs: null,
      scan: null,
      wideMs: null,
      state: 'ok',
      message: null,
      events: 8,
      updatedMs: 9,
    });
    const empty = {
      watermark_ms: null,
      scan: null,
      wide_ms: null,
      state: 'ok',
      message: null,
      events: 8,
      updated_ms: 9,
    };
    expect(store.rows('SELECT * FROM pull_checkpoint ORDER BY mode')).toEqual([
      { ...row, mode: 'backfill' },
      { ...row, ...empty },
    ]);
  });
});

test('how long the runtime worked, in µs; a line that comes again is a duplicate', () => {
  const done = { stream: 0, requestId: ID, atMs: T + 5, runtimeMs: 12.3456 };
  expect([give({ runtimeDone: [done] }), give({ runtimeDone: [done] })]).toEqual([outcome(1, 0), outcome(0, 1)]);
  expect(
    give({
      runtimeDone: [
        { ...done, atMs: T + 6 },
        { ...done, requestId: 'a text' },
      ],
    }),
  ).toEqual(outcome(2, 0));
  const environment_id = store.rows('SELECT id FROM environment')[0]?.['id'];
  const row = { environment_id, request_id: ID_BYTES, at_ms: T + 5, runtime_us: 12_346 };
  expect(store.rows('SELECT * FROM runtime_done ORDER BY at_ms, request_id DESC')).toEqual([
    row,
    { ...row, request_id: 'a text' },
    { ...row, at_ms: T + 6 },
  ]);
});

test('raw lines of an environment are stored once, with the time of their receipt', () => {
  const chunk = {
    stream: 0,
    firstMs: T + 1,
    lastMs: T + 2,
    events: 3,
    digest: Buffer.from('d'),
    gzip: Buffer.from('g'),
  };
  give({ raw: [chunk] }, T + 10);
  give({ raw: [chunk] }, T + 20);
  const ids = () => store.rows('SELECT id FROM environment ORDER BY id').map(({ id }) => id);
  const rows = () =>
    store.rows('SELECT environment_id, received_ms, first_ms, last_ms, events, digest, gzip FROM raw_chunk');
  const row = {
    environment_id: ids()[0],
    received_ms: T + 10,
    first_ms: T + 1,
    last_ms: T + 2,
    events: 3,
    digest: Buffer.from('d'),
    gzip: Buffer.from('g'),
  };
  expect(rows()).toEqual([row]);
  give({ raw: [chunk], streams: [{ ...HEADER, logStream: 'b' }] }, T + 30);
  expect(rows()).toEqual([row, { ...row, environment_id: ids()[1], received_ms: T + 30 }]);
});

test('of a key that no version knows, 256 characters are kept', () => {
  const [shorter, longer] = ['k'.repeat(256), 'k'.repeat(257)];
  give({ unknownKeys: [[shorter, 2]] });
  give({ unknownKeys: [[longer, 3]] });
  expect(store.rows('SELECT key, n FROM unknown_field')).toEqual([{ key: shorter, n: 5 }]);
});

test('attributes of a delivery stream are those of the first that has some', () => {
  const extension = { stream: 0, kind: 'extension' as const, name: 'x', state: 'Ready', detail: '' };
  for (const [at, attributes] of [null, '{"a":1}', '{"b":2}', null].entries())
    give({ attributes, extensions: [{ ...extension, name: `x${at}`, atMs: T + at }] });
  expect(store.rows('SELECT attributes FROM environment')).toEqual([{ attributes: '{"a":1}' }]);
});

test('volumes: each message once, by the hour of its group', () => {
  const { account, region, logGroup } = HEADER;
  const volume = (atMs: number, digest: string, events: number, bytes: number, group = logGroup) =>
    ({
      account,
      region,
      logGroup: group,
      atMs,
      digest: Buffer.from(digest),
      events,
      bytes,
    }) as Batch['volumes'][number];
  give({ volumes: [volume(T, 'a', 2, 100), volume(T + HOUR_MS - 1, 'b', 3, 50), volume(T, 'a', 2, 100)] });
  give({ volumes: [volume(T, 'a', 2, 100), volume(T + HOUR_MS, 'c', 4, 7), volume(T, 'd', 1, 1)] });
  give({ volumes: [volume(T, 'a', 9, 9, '/other')] });
  expect(
    store.rows(
      `SELECT name, (hour_ms - ${T}) / ${HOUR_MS} AS hour, events, bytes FROM log_volume
       JOIN log_group ON log_group.id = log_group_id ORDER BY name, hour`,
    ),
  ).toEqual([
    // 2 + 3 + 1 events, 100 + 50 + 1 bytes.
    { name: logGroup, hour: 0, events: 6, bytes: 151 },
    { name: logGroup, hour: 1, events: 4, bytes: 7 },
    { name: '/other', hour: 0, events: 9, bytes: 9 },
  ]);
});

test('raw lines of a day whose events were deleted stay away; the day is that of the last of them', () => {
  const chunk = { stream: 0, firstMs: T, lastMs: T, events: 1, digest: Buffer.from('d'), gzip: Buffer.from('g') };
  give({});
  store.db
    .prepare("INSERT INTO kept_day (kind, scope, day, received_ms, dropped) VALUES ('function', ?, ?, ?, 1)")
    .run(store.functionId('f'), T / DAY_MS - 0.5, T);
  store.writer.forget();
  give({ raw: [chunk] });
  expect(store.rows('SELECT first_ms FROM raw_chunk')).toEqual([]);
  give({ raw: [{ ...chunk, lastMs: T + DAY_MS / 2 }] });
  expect(store.rows('SELECT first_ms FROM raw_chunk')).toEqual([{ first_ms: T }]);
});

test('patterns of filters are read again once the inventory was stored', () => {
  const filterDays = [[0, 100, [['f1', false]]]] as const;
  const days = () => store.rows('SELECT day FROM error_day ORDER BY day').map(({ day }) => day);
  give({ filterDays });
  expect(days()).toEqual([]);
  const facts = { kind: 'function-facts', ...NO_FACTS, subscriptionFilters: { f1: true } } as const;
  store.store([facts], T);
  give({ filterDays });
  expect(days()).toEqual([99, 100, 101]);
});

describe('lines without a log stream', () => {
  const unplaced = { streams: [{ ...HEADER, logStream: '', version: null }] };
  const report = (n: number): Batch['invocations'] =>
    delivery(HEADER.logGroup, 'no-version', [
      [
        T + n,
        `REPORT RequestId: ${ID.replace('d6', `0${n}`)}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n`,
      ],
    ]).invocations;
  const start = (n: number) => ({ stream: 0, requestId: ID.replace('d6', `0${n}`), startMs: T + n, tenant: 'blue' });
  const versions = () =>
    store
      .rows('SELECT series.version FROM invocation JOIN series ON series.id = series_id ORDER BY end_ms')
      .map(({ version }) => version);

  test('may be of any version: that of one says nothing of another', () => {
    give({ ...unplaced, starts: [{ ...start(1), version: '7' }] });
    give({ ...unplaced, invocations: report(1) });
    give({ ...unplaced, invocations: report(2) });
    expect(versions()).toEqual(['7', null]);
    expect(store.rows('SELECT version, memory_mb FROM environment')).toEqual([{ version: null, memory_mb: null }]);
    // The newest is of an unknown version.
    expect(store.rows('SELECT latest_ms, version, memory_mb FROM function')).toEqual([
      { latest_ms: T + 2, version: null, memory_mb: 128 },
    ]);
  });

  test('and of any environment: none serves their tenant', () => {
    give({ ...unplaced, starts: [{ ...start(1), version: '7' }] });
    give({ ...unplaced, invocations: report(1) });
    expect(store.rows('SELECT text FROM invocation JOIN label ON label.id = tenant_id')).toEqual([{ text: 'blue' }]);
    expect(store.rows('SELECT * FROM environment_tenant')).toEqual([]);
  });

  test('with their log stream they are of its version, and their environment serves their tenant', () => {
    const placed = { streams: [{ ...HEADER, version: null }] };
    give({ ...placed, starts: [{ ...start(1), version: '7' }] });
    give({ ...placed, invocations: report(1) });
    give({ ...placed, invocations: report(2) });
    expect(versions()).toEqual(['7', '7']);
    expect(store.rows('SELECT version, memory_mb FROM environment')).toEqual([{ version: '7', memory_mb: 128 }]);
    expect(store.rows('SELECT text FROM environment_tenant JOIN label ON label.id = tenant_id')).toEqual([
      { text: 'blue' },
    ]);
  });
});

describe('a batch that was rolled back', () => {
  const lines: readonly LogLine[] = [
    [T + 10, 'INIT_START Runtime Version: nodejs:22.v35\tRuntime Version ARN: arn:x\n'],
    [T + 20, 'EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE]\n'],
    [T + 300, `START RequestId: ${ID} Version: 3\n`],
    [
      T + 400,
      `REPORT RequestId: ${ID}\tDuration: 100.00 ms\tBilled Duration: 351 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 250.50 ms\tStatus: error\tError Type: TypeError\t\n`,
    ],
    [T + 500, `START RequestId: ${ID.replace('d6', 'e7')} Version: 3\n`],
    [T + 3100, `2026-11-20T12:00:03.100Z ${ID.replace('d6', 'e7')} Task timed out after 3.00 seconds\n`],
  ];
  const decoded = delivery(HEADER.logGroup, 'a', lines);
  const letter = { reason: 'json', detail: '', logGroup: null, payload: Buffer.from('x'), n: 1 } as const;
  const unplaced = { ...HEADER, logStream: '' };
  const batch: Batch = {
    ...decoded,
    streams: [...decoded.streams, unplaced],
    starts: [
      ...decoded.starts,
      { stream: decoded.streams.length, requestId: 'other', startMs: T + 1, version: null, tenant: 'blue' },
    ],
    errorDays: [[0, 20_777]],
    deadLetters: [letter],
    unknownKeys: [['key', 2]],
  };
  const contents = () =>
    tablesOf(store.db)
      .filter(({ table }) => table !== 'store')
      .map(({ table }) => [table, store.rows(`SELECT * FROM ${table} ORDER BY 1, 2`)]);
  const attempt = (): void => {
    store.db.exec('BEGIN');
    store.writer.apply(batch, TEST_SOURCE, T);
    store.writer.flush(T);
    store.db.exec('ROLLBACK');
    store.writer.reset();
  };

  test('is stored as if it had come once', () => {
    store.apply(batch, T);
    const expected = contents();
    expect(store.rows('SELECT n FROM rollup_5m')).toEqual([{ n: 1 }]);
    store.clear();
    attempt();
    attempt();
    for (const [table, rows] of contents()) expect([table, rows]).toEqual([table, []]);
    store.apply(batch, T);
    expect(contents()).toEqual(expected);
  });

  test('also where an earlier one was stored', () => {
    const first = delivery(HEADER.logGroup, 'a', lines.slice(0, 2));
    store.apply(first, T);
    store.apply(batch, T);
    const expected = contents();
    store.clear();
    store.apply(first, T);
    attempt();
    store.apply(batch, T);
    expect(contents()).toEqual(expected);
  });

  test('is not announced', () => {
    store.writer.feed.watched = true;
    attempt();
    expect(store.writer.feed.take()).toBe(null);
    store.apply(batch, T);
    expect(store.writer.feed.take()).toMatchObject({
      invocations: [{ endMs: T + 400, requestId: Uint8Array.from(ID_BYTES) }],
      more: 0,
    });
  });
});
