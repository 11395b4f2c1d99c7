/**
 * Each field of each record about a function is stored in its own column. Every value differs, and columns hold whole numbers,
 * durations in µs.
 */

import { describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { DeployEvent } from '../../../../ingest/records/deploy-event.ts';
import type { FunctionFacts } from '../../../../ingest/records/function-facts.ts';
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import type { TuningRun } from '../../../../ingest/records/tuning-run.ts';
import { REPEATED, STORED, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const NOW = Date.UTC(2026, 10, 21);
const AT = Date.UTC(2026, 10, 20, 10, 15, 30);
const ID = 'd661f7cf-9208-46b9-85b0-213b04a91065';

const store = useTelemetryWriter('file');

test('results of power tuning', () => {
  const run: TuningRun = {
    kind: 'tuning-run',
    account: null,
    region: null,
    functionName: 'tuned',
    atMs: AT,
    invocations: 50,
    coldStarts: true,
    chosenMb: 512,
    points: [{ memoryMb: 512, durationMs: 12, costUsd: 2e-6 }],
  };
  expect(store.store([run], NOW, { digest: 'run' })).toEqual(STORED);
  expect(store.store([run], NOW + 1, { digest: 'run' })).toEqual(REPEATED);
  const bare = { ...run, atMs: null, invocations: null, coldStarts: null, chosenMb: null };
  store.store([bare], NOW, { digest: 'run-2' });
  store.store([{ ...run, coldStarts: false, account: '444455556666', region: 'eu-west-1' }], NOW, { digest: 'run-3' });
  const points = '[{"memoryMb":512,"durationMs":12,"costUsd":0.000002}]';
  const tuned = store.rows("SELECT id FROM function WHERE name = 'tuned' ORDER BY account").map(({ id }) => id);
  expect(store.rows("SELECT * FROM tuning_run WHERE digest LIKE 'run%' ORDER BY digest")).toEqual([
    {
      digest: 'run',
      function_id: tuned[0],
      imported_ms: NOW,
      at_ms: AT,
      invocations: 50,
      cold_starts: 1,
      chosen_mb: 512,
      points,
    },
    {
      digest: 'run-2',
      function_id: tuned[0],
      imported_ms: NOW,
      at_ms: null,
      invocations: null,
      cold_starts: null,
      chosen_mb: null,
      points,
    },
    {
      digest: 'run-3',
      function_id: tuned[1],
      imported_ms: NOW,
      at_ms: AT,
      invocations: 50,
      cold_starts: 0,
      chosen_mb: 512,
      points,
    },
  ]);
});

test('results of load tests', () => {
  const result = {
    requests: 100,
    failures: 2,
    totalMs: 2500,
    fastestMs: 50,
    slowestMs: 1250,
    averageMs: 200,
    requestsPerSecond: 40,
    histogram: [{ upToMs: 50, n: 1 }],
    quantiles: [{ q: 0.5, ms: 30 }],
    statuses: [{ status: 200, n: 98 }],
  };
  const loadTest: LoadTest = {
    kind: 'load-test',
    tool: 'hey',
    functionName: 'loaded',
    atMs: AT,
    name: 'GET /',
    ...result,
  };
  expect(store.store([loadTest], NOW, { digest: 'test' })).toEqual(STORED);
  expect(store.store([loadTest], NOW, { digest: 'test' })).toEqual(REPEATED);
  store.store([{ ...loadTest, functionName: null }], NOW, { digest: 'test-2' });
  const rows = store.rows('SELECT * FROM load_test ORDER BY digest');
  expect(rows.map(({ result: text, ...row }) => [row, JSON.parse(String(text))])).toEqual([
    [
      {
        digest: 'test',
        function_id: store.functionId('loaded'),
        imported_ms: NOW,
        at_ms: AT,
        tool: 'hey',
        name: 'GET /',
      },
      result,
    ],
    [{ digest: 'test-2', function_id: null, imported_ms: NOW, at_ms: AT, tool: 'hey', name: 'GET /' }, result],
  ]);
});

describe('updates and configuration', () => {
  const update: DeployEvent = {
    kind: 'deploy-event',
    atMs: AT,
    account: '444455556666',
    region: 'eu-west-1',
    functionName: 'updated',
    event: 'UpdateFunctionCode',
    codeSha256: 'abc=',
    architecture: 'arm64',
  };
  const facts: FunctionFacts = {
    kind: 'function-facts',
    account: '444455556666',
    region: 'eu-west-1',
    name: 'configured',
    memoryMb: 512,
    timeoutMs: 30_000,
    runtime: 'nodejs22.x',
    architecture: 'arm64',
    vpcId: 'vpc-1',
    subnetIds: ['subnet-1'],
    securityGroupIds: ['sg-1'],
    layers: [],
    packageType: 'Zip',
    codeSizeBytes: 1234,
    ephemeralStorageMb: 1024,
    provisionedConcurrency: null,
    snapStart: false,
    state: 'Active',
    logGroup: null,
    lastModifiedMs: AT,
    codeSha256: 'def=',
    versionCodes: null,
    versionArchitectures: null,
    tenantIsolation: false,
    durable: false,
    capacityProvider: '',
    environmentConcurrency: null,
    instances: null,
    instanceHourUsd: null,
    subscriptionFilters: null,
  };

  test('an update of CloudTrail, once; its time is its own, that of its delivery, or that of its receipt', () => {
    expect(store.store([update], NOW)).toEqual(STORED);
    expect(store.store([update], NOW)).toEqual(REPEATED);
    const bare = { ...update, atMs: null, account: null, region: null, codeSha256: null, architecture: null };
    const from = { account: '444455556666', region: 'eu-west-1' };
    store.store([bare], NOW, { ...from, atMs: AT + 5 });
    store.store([bare], NOW, from);
    expect(
      store.rows('SELECT * FROM deploy WHERE function_id = ? ORDER BY at_ms', store.functionId('updated')),
    ).toEqual(
      [
        [AT, 'abc='],
        [AT + 5, null],
        [NOW, null],
      ].map(([at_ms, code_sha256]) => ({
        function_id: store.functionId('updated'),
        at_ms,
        source: 'cloudtrail',
        event: 'UpdateFunctionCode',
        code_sha256,
      })),
    );
  });

  test('an update says since when an architecture is used; the inventory is named as the source', () => {
    const architectures = (name: string) =>
      store.rows(
        'SELECT version, since_ms, architecture FROM architecture_fact WHERE function_id = ?',
        store.functionId(name),
      );
    const moved = { ...update, functionName: 'moved' };
    store.store([moved], NOW);
    expect(architectures('moved')).toEqual([{ version: '', since_ms: AT, architecture: 'arm64' }]);
    store.store([{ ...moved, functionName: 'kept', architecture: null }], NOW);
    expect(architectures('kept')).toEqual([]);
    const entry = { account: '', region: '', logGroup: '', atMs: null, digest: '', record: { ...facts, name: 'read' } };
    store.apply({ ...EMPTY_BATCH, records: [entry] }, NOW, { kind: 'inventory', name: 'lambda-api' });
    expect(store.rows('SELECT source FROM function_fact WHERE function_id = ?', store.functionId('read'))).toEqual([
      { source: 'lambda-api' },
    ]);
    expect(store.rows("SELECT labelled, account, region FROM function WHERE name = 'read'")).toEqual([
      { labelled: 0, account: '444455556666', region: 'eu-west-1' },
    ]);
  });

  test('the inventory: the configuration, its update, and what the list of functions shows', () => {
    expect(store.store([facts], NOW)).toEqual(STORED);
    const { kind: _kind, account: _account, region: _region, name: _name, ...given } = facts;
    const [row] = store.rows('SELECT * FROM function_fact WHERE function_id = ?', store.functionId('configured'));
    expect(row).toMatchObject({
      function_id: store.functionId('configured'),
      from_ms: NOW,
      confirmed_ms: NOW,
      source: 'list-functions',
    });
    expect(JSON.parse(String(row?.['facts']))).toMatchObject(
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== '')),
    );
    const deploys = 'SELECT at_ms, source, event, code_sha256 FROM deploy WHERE function_id = ?';
    expect(store.rows(deploys, store.functionId('configured'))).toEqual([
      { at_ms: AT, source: 'inventory', event: null, code_sha256: 'def=' },
    ]);
    const current = () =>
      store.rows("SELECT architecture, runtime, vpc, package_type FROM function WHERE name = 'configured'");
    expect(current()).toEqual([{ architecture: 'arm64', runtime: 'nodejs22.x', vpc: 1, package_type: 'Zip' }]);

    // The same again confirms the row; a change adds one; null changes nothing.
    expect(store.store([facts, { ...facts, memoryMb: null }], NOW + 5)).toEqual({ ...REPEATED, duplicates: 2 });
    expect(store.store([{ ...facts, subnetIds: [], runtime: 'nodejs24.x' }], NOW + 9)).toEqual(STORED);
    const periods = 'SELECT from_ms, confirmed_ms FROM function_fact WHERE function_id = ? ORDER BY from_ms';
    expect(store.rows(periods, store.functionId('configured'))).toEqual([
      { from_ms: NOW, confirmed_ms: NOW + 5 },
      { from_ms: NOW + 9, confirmed_ms: NOW + 9 },
    ]);
    expect(current()).toEqual([{ architecture: 'arm64', runtime: 'nodejs24.x', vpc: 0, package_type: 'Zip' }]);
  });
});

test('lines of durable executions: the first and the last of each operation', () => {
  const line = {
    kind: 'durable-line' as const,
    account: '444455556666',
    region: 'eu-west-1',
    functionName: 'durable',
    execution: 'order-1/run',
    requestId: ID,
    operation: 'pay',
  };
  for (const [atMs, outcome] of [
    [AT + 10, STORED],
    [AT + 10, REPEATED],
    [AT + 20, STORED],
    [AT + 15, REPEATED],
    [AT, STORED],
  ] as const)
    expect(store.store([line], NOW, { atMs })).toEqual(outcome);
  const rows = store.rows('SELECT function_id, execution, operation, first_ms, last_ms FROM durable_line');
  expect(rows).toEqual([
    {
      function_id: store.functionId('durable'),
      execution: 'order-1/run',
      operation: 'pay',
      first_ms: AT,
      last_ms: AT + 20,
    },
  ]);
});

test('response times: of two copies the one with the exact time is kept', () => {
  const response = {
    kind: 'response' as const,
    account: '444455556666',
    region: 'eu-west-1',
    functionName: 'responding',
    requestId: ID,
    atMs: AT + 250,
    firstByteMs: 12.5,
    responseMs: 80.25,
    bytes: 2048,
  };
  const read = () => store.rows('SELECT at_ms, first_byte_us, response_us, bytes FROM response');
  const row = { at_ms: AT + 250, first_byte_us: 12_500, response_us: 80_250, bytes: 2048 };
  const cut = { ...response, atMs: AT };
  store.store([cut], NOW);
  expect(read()).toEqual([{ ...row, at_ms: AT }]);
  store.store([response], NOW);
  expect(read()).toEqual([row]);
  store.store([cut, response], NOW);
  expect(read()).toEqual([row]);
});
