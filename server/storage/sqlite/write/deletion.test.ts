/** A deleted function leaves nothing, and takes nothing of others along. */
import { beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { TelemetryRecord } from '../../../../ingest/records/telemetry-record.ts';
import type { TraceSegment } from '../../../../ingest/records/trace-segment.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import type { DeletionScope } from '../../ports.ts';
import { deletionSteps } from './deletion.ts';

const AT = Date.UTC(2026, 10, 20, 12);
const ACCOUNT = '111122223333';
const OTHER = '444455556666';

const store = useTelemetryWriter('test');

function run(name: string, logGroup = `/aws/lambda/${name}`, account = ACCOUNT): void {
  const id = `d661f7cf-9208-46b9-85b0-${Buffer.from(name.padEnd(6, '-').slice(0, 6)).toString('hex')}`;
  const batch = delivery(logGroup, `2026/11/20/[$LATEST]${name.padStart(32, '0')}`, [
    [AT, `START RequestId: ${id} Version: $LATEST\n`],
    [AT + 3000, `2026-11-20T12:00:03.000Z ${id} Task timed out after 3.00 seconds\n`],
    [
      AT + 3000,
      `REPORT RequestId: ${id}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n`,
    ],
    [AT + 4000, 'REPORT RequestId: x\tBilled Duration: 1 ms\n'],
  ]);
  const named = batch.streams.map((stream) => ({ ...stream, account, functionName: name }));
  store.apply({ ...batch, streams: named, volumes: batch.volumes.map((one) => ({ ...one, account })) }, AT);
}
const idOf = (name: string): number => Number(store.functionId(name));

let merges = 0;
let forgets = 0;
beforeEach(() => {
  merges = 0;
  forgets = 0;
});
function remove(scope: DeletionScope): number {
  const hooks = {
    merged: () => {
      merges += 1;
      while (store.writer.requests.mergeSlice());
    },
    forget: () => {
      forgets += 1;
      store.writer.reset();
    },
  };
  return [...deletionSteps(store.db, scope, hooks)].length;
}

/** Tables with rows, without counters of what was received. */
function dump(): Readonly<Record<string, readonly unknown[]>> {
  const names = store
    .rows("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .map(({ name }) => String(name))
    .filter((name) => !['counter', 'source', 'store', 'label'].includes(name));
  return Object.fromEntries(
    names.map((name) => [name, store.rows(`SELECT * FROM ${name}`)] as const).filter(([, rows]) => rows.length > 0),
  );
}

test('what is left is as if the function had never been stored', () => {
  run('kept');
  while (store.writer.requests.mergeSlice());
  const before = dump();
  run('gone');
  const gone = idOf('gone');
  store.db.exec(`INSERT INTO error_day VALUES (${gone}, 5);
    INSERT INTO idle_window (function_id, window_ms, surely_ms, estimated, source) VALUES (${gone}, 1, 1, 1, 'own')`);
  expect(dump()).not.toEqual(before);
  const steps = remove({ functionIds: [gone] });
  expect(dump()).toEqual(before);
  // The caches after each step, and what waits for the index once before all of them.
  expect([merges, forgets]).toEqual([1, steps]);
  // The same function can come again.
  run('gone');
  expect(store.rows('SELECT count(*) AS n FROM invocation')).toEqual([{ n: 2 }]);
});

test('functions themselves go last, so that an interrupted deletion can be repeated', () => {
  run('gone');
  const scope = { functionIds: [idOf('gone')] };
  const hooks = { merged: () => undefined, forget: () => undefined };
  for (const _ of deletionSteps(store.db, scope, hooks)) {
    if (store.rows('SELECT 1 FROM environment').length === 0) continue;
    expect(store.rows('SELECT name FROM function')).toEqual([{ name: 'gone' }]);
  }
  expect(store.rows('SELECT name FROM function')).toEqual([]);
});

test('several functions at once, and one that does not exist', () => {
  for (const name of ['a', 'b', 'c']) run(name);
  remove({ functionIds: [idOf('a'), 999, idOf('c'), idOf('a')] });
  expect(store.rows('SELECT name FROM function')).toEqual([{ name: 'b' }]);
  // Ids of an earlier deletion are not deleted again.
  run('a');
  remove({ functionIds: [idOf('b')] });
  expect(store.rows('SELECT name FROM function')).toEqual([{ name: 'a' }]);
});

test('a log group that another function writes to stays, with its dead letters, volumes and days', () => {
  run('kept', '/shared');
  run('gone', '/shared');
  const groupRows = () => ({
    groups: store.rows('SELECT name FROM log_group'),
    letters: store.rows('SELECT count(*) AS n FROM reject'),
    days: store.rows("SELECT count(*) AS n FROM kept_day WHERE kind = 'log-group'"),
    volumes: store.rows('SELECT count(*) AS n FROM log_volume'),
  });
  const before = groupRows();
  expect(before).toMatchObject({ groups: [{ name: '/shared' }], letters: [{ n: 2 }], volumes: [{ n: 1 }] });
  remove({ functionIds: [idOf('gone')] });
  expect(groupRows()).toEqual(before);
  remove({ functionIds: [idOf('kept')] });
  expect(groupRows()).toEqual({ groups: [], letters: [{ n: 0 }], days: [{ n: 0 }], volumes: [{ n: 0 }] });
});

describe('traces', () => {
  const TRACES = ['1-643aca1d-02e095f7341508e00b9b6d21', '1-643aca1d-02e095f7341508e00b9b6d22'];
  const segment = (traceId: string, id: string, name: string | null): TraceSegment => ({
    kind: 'trace-segment',
    traceId,
    id,
    parentId: null,
    name: name ?? 'a database',
    origin: null,
    startNs: BigInt(AT) * 1_000_000n,
    endNs: null,
    requestId: null,
    resourceArn: name === null ? null : `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`,
    httpStatus: null,
    outcome: 'ok',
    annotations: {},
    subsegments: [],
    limitExceeded: null,
    notRead: null,
  });

  test('segments of other services go with the last function of their trace', () => {
    const [own = '', shared = ''] = TRACES;
    store.store(
      [
        segment(own, 'f1', 'gone'),
        segment(own, 'd1', null),
        segment(shared, 'f2', 'gone'),
        segment(shared, 'f3', 'kept'),
        segment(shared, 'd2', null),
      ],
      AT,
    );
    const ids = () => store.rows('SELECT id FROM trace_segment ORDER BY id').map(({ id }) => id);
    remove({ functionIds: [idOf('gone')] });
    expect(ids()).toEqual(['d2', 'f3']);
    remove({ functionIds: [idOf('kept')] });
    expect(ids()).toEqual([]);
  });
});

test('an account goes with its functions, log groups, network events, flows and positions of pulls', () => {
  run('kept', '/aws/lambda/kept', OTHER);
  run('gone');
  const records = (account: string): readonly TelemetryRecord[] => [
    {
      kind: 'network-event',
      id: account,
      atMs: AT,
      account,
      region: 'us-east-1',
      name: 'CreateNetworkInterface',
      errorCode: null,
      subnetId: null,
      securityGroupIds: [],
      eniId: null,
      addresses: null,
      functionName: null,
    },
    {
      kind: 'flow',
      account,
      eniId: 'eni-1',
      fromMs: AT,
      toMs: AT + 1,
      outcome: 'rejected',
      sourceAddress: null,
      targetAddress: null,
      targetPort: null,
      protocol: null,
      packets: null,
    },
  ];
  for (const account of [ACCOUNT, OTHER]) {
    store.store(records(account), AT);
    const checkpoint = {
      account,
      region: 'r',
      logGroup: 'g',
      mode: 'poll',
      state: 'ok',
      events: 1,
      updatedMs: 2,
    } as const;
    store.writer.apply(EMPTY_BATCH, { kind: 'pull', name: 'p' }, AT, {
      ...checkpoint,
      watermarkMs: null,
      scan: null,
      wideMs: null,
      message: null,
    });
    // A log group in which nothing of a function was found.
    store.db.prepare("INSERT INTO log_group (account, region, name) VALUES (?, 'r', 'empty')").run(account);
  }
  remove({ account: ACCOUNT });
  for (const table of ['function', 'network_event', 'flow_record', 'pull_checkpoint'])
    expect([table, store.rows(`SELECT account FROM ${table}`)]).toEqual([table, [{ account: OTHER }]]);
  expect(store.rows('SELECT name, account FROM log_group ORDER BY name')).toEqual([
    { name: '/aws/lambda/kept', account: OTHER },
    { name: 'empty', account: OTHER },
  ]);
  // The name of an account is text, whatever it holds.
  remove({ account: "x' OR account <> '" });
  expect(store.rows('SELECT account FROM flow_record')).toEqual([{ account: OTHER }]);
});

test('results of power tuning are deleted by their digest, in one step', () => {
  const add = store.db.prepare(
    "INSERT INTO tuning_run (digest, function_id, imported_ms, points) VALUES (?, 1, 1, '[]')",
  );
  for (const digest of ['a', 'b', 'c']) add.run(digest);
  expect(remove({ tuningRunIds: ['a', 'c', 'unknown'] })).toBe(0);
  expect(store.rows('SELECT digest FROM tuning_run')).toEqual([{ digest: 'b' }]);
  expect([merges, forgets]).toEqual([0, 0]);
});
