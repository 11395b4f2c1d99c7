/** Reads telemetry records other than platform lines, and log volumes. */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { requestIdText, traceText } from '../../../../ingest/batch/request-id.ts';
import type { DeployEvent } from '../../../../ingest/records/deploy-event.ts';
import type { DurableLine } from '../../../../ingest/records/durable-line.ts';
import type { FlowRecord } from '../../../../ingest/records/flow-record.ts';
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import type { LogVolume } from '../../../../ingest/records/raw-chunk.ts';
import type { ResourceUse } from '../../../../ingest/records/resource-use.ts';
import type { ResponseTiming } from '../../../../ingest/records/response-timing.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { TelemetryRecord } from '../../../../ingest/records/telemetry-record.ts';
import type { TraceSegment } from '../../../../ingest/records/trace-segment.ts';
import {
  functionFacts,
  securityGroups as groupsSchema,
  loadTestResult,
  parseStored,
  segmentDetail,
  tuningPoints,
} from '../../stored-json.ts';
import type { Piece } from '../../transfer/history.ts';
import { msOf, pieceOf } from './batch.ts';

const ROWS = 5000;

type Bytes = Uint8Array | string;

export function* documentsOf(db: Database.Database): Generator<Piece> {
  yield* inPieces(read(db, SEGMENTS, segmentOf));
  yield* inPieces(read(db, NETWORK, networkOf));
  yield* specialRecordsOf(db);
  yield* inPieces(read(db, GATEWAY, gatewayOf));
  yield* inPieces(read(db, USE, useOf));
  yield* inPieces(read(db, FLOWS, (row: FlowRecord) => ({ record: flowOf(row) })));
  // Keep the time of receipt of imported records.
  for (const { receivedMs, ...entry } of read(db, TUNING, tuningOf)) yield pieceOf({ records: [entry] }, receivedMs);
  for (const { receivedMs, ...entry } of read(db, LOAD_TESTS, loadTestOf))
    yield pieceOf({ records: [entry] }, receivedMs);
  for (const { receivedMs, source, ...entry } of factsOf(db))
    yield pieceOf({ records: [entry] }, receivedMs, { kind: 'inventory', name: source });
  yield* volumesOf(db);
}

/** Defaults for records that contain all of their context. */
const BARE = { account: '', region: '', logGroup: '', atMs: null, digest: '' };

type EntryOfRow = Partial<TelemetryEntry> & { readonly record: TelemetryRecord };

/** Reads a whole table at once: none of these is large. A row whose JSON does not parse is reported and skipped. */
function* read<R, T extends EntryOfRow>(
  db: Database.Database,
  text: string,
  of: (row: R) => T | null,
): Generator<T & TelemetryEntry> {
  for (const row of db.prepare<[], R>(text).all()) {
    const entry = of(row);
    if (entry !== null) yield { ...BARE, ...entry };
  }
}

/** Deploys that CloudTrail reported (the inventory's come with it), responses, and lines of durable executions. */
function* specialRecordsOf(db: Database.Database): Generator<Piece> {
  yield* inPieces(
    read(db, DEPLOYS, (row: Omit<DeployEvent, 'kind'>) => ({ record: { ...row, kind: 'deploy-event' } })),
  );
  yield* inPieces(read(db, RESPONSES, responseOf));
  yield* inPieces(
    read(db, DURABLE, ({ atMs, ...row }: Omit<DurableLine, 'kind'> & { readonly atMs: number }) => ({
      record: { ...row, kind: 'durable-line' },
      atMs,
    })),
  );
}

const DEPLOYS = `SELECT at_ms AS atMs, account, region, name AS functionName, event, code_sha256 AS codeSha256,
  (SELECT architecture FROM architecture_fact WHERE function_id = deploy.function_id AND version = '' AND since_ms <= at_ms
    ORDER BY since_ms DESC LIMIT 1) AS architecture
  FROM deploy JOIN function ON function.id = function_id WHERE source = 'cloudtrail'`;

const RESPONSES = `SELECT at_ms AS atMs, account, region, name AS functionName, request_id AS requestId,
  first_byte_us AS firstByteUs, response_us AS responseUs, bytes FROM response JOIN function ON function.id = function_id`;

interface ResponseRow extends Pick<ResponseTiming, 'account' | 'region' | 'functionName' | 'atMs' | 'bytes'> {
  readonly requestId: Bytes;
  readonly firstByteUs: number | null;
  readonly responseUs: number | null;
}

function responseOf({ requestId, firstByteUs, responseUs, ...row }: ResponseRow): EntryOfRow {
  return {
    record: {
      ...row,
      kind: 'response',
      requestId: textOf(requestId, requestIdText) ?? '',
      firstByteMs: msOf(firstByteUs),
      responseMs: msOf(responseUs),
    },
  };
}

/** A line that was seen more than once is written with its first time and with its last. */
const DURABLE = ['first_ms', 'last_ms']
  .map(
    (
      time,
    ) => `SELECT account, region, name AS functionName, execution, request_id AS requestId, operation, ${time} AS atMs
      FROM durable_line JOIN function ON function.id = function_id`,
  )
  .join(' UNION ');

function* inPieces(entries: Iterable<TelemetryEntry>): Generator<Piece> {
  let records: TelemetryEntry[] = [];
  for (const entry of entries) {
    records.push(entry);
    if (records.length < ROWS) continue;
    yield pieceOf({ records }, 0);
    records = [];
  }
  if (records.length > 0) yield pieceOf({ records }, 0);
}

function textOf(value: Bytes | null, read: (bytes: Uint8Array) => string): string | null {
  return value === null || typeof value === 'string' ? value : read(value);
}

const SEGMENTS = `SELECT trace_id AS traceId, id, parent_id AS parentId, name, origin, CAST(start_ns AS TEXT) AS startNs,
  CAST(end_ns AS TEXT) AS endNs, request_id AS requestId, http_status AS httpStatus, outcome, detail FROM trace_segment`;

interface SegmentRow extends Pick<TraceSegment, 'id' | 'parentId' | 'name' | 'origin' | 'httpStatus' | 'outcome'> {
  readonly traceId: Bytes;
  readonly startNs: string;
  readonly endNs: string | null;
  readonly requestId: Bytes | null;
  readonly detail: string;
}

function segmentOf({ detail, ...row }: SegmentRow): EntryOfRow | null {
  const stored = parseStored(segmentDetail, detail, `trace_segment ${row.id}`);
  if (stored === null) return null;
  return {
    record: {
      ...row,
      kind: 'trace-segment',
      traceId: textOf(row.traceId, traceText) ?? '',
      requestId: textOf(row.requestId, requestIdText),
      startNs: BigInt(row.startNs),
      endNs: row.endNs === null ? null : BigInt(row.endNs),
      resourceArn: stored.resourceArn,
      annotations: stored.annotations,
      limitExceeded: stored.limitExceeded,
      notRead: stored.notRead,
      subsegments: stored.subsegments.map((sub) => ({
        ...sub,
        startNs: BigInt(sub.startNs),
        endNs: sub.endNs === null ? null : BigInt(sub.endNs),
      })),
    },
  };
}

const NETWORK = `SELECT e.id, at_ms AS atMs, e.account, e.region, e.name, error_code AS errorCode, subnet_id AS subnetId,
  security_groups AS securityGroups, eni_id AS eniId, addresses, function.name AS functionName
  FROM network_event AS e LEFT JOIN function ON function.id = function_id`;

function networkOf({
  securityGroups,
  ...row
}: Omit<Extract<TelemetryRecord, { kind: 'network-event' }>, 'kind' | 'securityGroupIds'> & {
  readonly securityGroups: string;
}): EntryOfRow | null {
  const securityGroupIds = parseStored(groupsSchema, securityGroups, `network_event ${row.id}`);
  return securityGroupIds === null ? null : { record: { ...row, kind: 'network-event', securityGroupIds } };
}

const GATEWAY = `SELECT account, region, name AS logGroup, at_ms AS atMs, request_id AS requestId,
  lambda_request_id AS lambdaRequestId, route, status, integration_latency_us AS integrationUs,
  response_latency_us AS responseUs FROM gateway_request JOIN log_group ON log_group.id = log_group_id`;

interface GatewayRow extends Pick<TelemetryEntry, 'account' | 'region' | 'logGroup'> {
  readonly atMs: number;
  readonly requestId: string;
  readonly lambdaRequestId: Bytes | null;
  readonly route: string | null;
  readonly status: number | null;
  readonly integrationUs: number | null;
  readonly responseUs: number | null;
}

function gatewayOf({
  account,
  region,
  logGroup,
  integrationUs,
  responseUs,
  lambdaRequestId,
  ...row
}: GatewayRow): EntryOfRow {
  return {
    account,
    region,
    logGroup,
    record: {
      ...row,
      kind: 'gateway-request',
      lambdaRequestId: textOf(lambdaRequestId, requestIdText),
      integrationLatencyMs: msOf(integrationUs),
      responseLatencyMs: msOf(responseUs),
    },
  };
}

const USE = `SELECT account, region, function.name AS functionName, u.version, u.request_id AS requestId, at_ms AS atMs,
  trace_id AS traceId, cold_start AS coldStart, duration_us / 1000.0 AS durationMs, billed_mb_ms AS billedMbMs,
  init_us / 1000.0 AS initDurationMs, used_memory_max_mb AS usedMemoryMaxMb, total_memory_mb AS totalMemoryMb,
  cpu_user_us / 1000.0 AS cpuUserMs, cpu_system_us / 1000.0 AS cpuSystemMs, cpu_total_us / 1000.0 AS cpuTotalMs,
  rx_bytes AS rxBytes, tx_bytes AS txBytes, tmp_free_bytes AS tmpFreeBytes, tmp_max_bytes AS tmpMaxBytes,
  fd_use AS fdUse, threads_max AS threadsMax, timed_out AS timedOut, shutdown_reason AS shutdownReason
  FROM resource_use AS u JOIN function ON function.id = function_id`;

type UseRow = Omit<ResourceUse, 'kind' | 'requestId' | 'coldStart' | 'timedOut'> &
  Pick<TelemetryEntry, 'account' | 'region'> & {
    readonly requestId: Bytes;
    readonly coldStart: number | null;
    readonly timedOut: number;
  };

function useOf({ account, region, requestId, coldStart, timedOut, ...row }: UseRow): EntryOfRow {
  return {
    account,
    region,
    record: {
      ...row,
      kind: 'resource-use',
      requestId: requestIdText(requestId),
      coldStart: coldStart === null ? null : coldStart === 1,
      timedOut: timedOut === 1,
    },
  };
}

const FLOWS = `SELECT account, eni_id AS eniId, from_ms AS fromMs, to_ms AS toMs, outcome, source_address AS sourceAddress,
  target_address AS targetAddress, target_port AS targetPort, protocol, packets FROM flow_record`;

function flowOf(row: FlowRecord): FlowRecord {
  const { sourceAddress, targetAddress, targetPort } = row;
  return {
    ...row,
    kind: 'flow',
    sourceAddress: sourceAddress === '' ? null : sourceAddress,
    targetAddress: targetAddress === '' ? null : targetAddress,
    targetPort: targetPort === -1 ? null : targetPort,
  };
}

const TUNING = `SELECT account, region, name AS functionName, digest, imported_ms AS receivedMs,
  at_ms AS ranMs, invocations, cold_starts AS coldStarts, chosen_mb AS chosenMb, points
  FROM tuning_run JOIN function ON function.id = function_id`;

interface TuningRow extends Pick<TelemetryEntry, 'account' | 'region' | 'digest'> {
  readonly functionName: string;
  readonly receivedMs: number;
  readonly ranMs: number | null;
  readonly invocations: number | null;
  readonly coldStarts: number | null;
  readonly chosenMb: number | null;
  readonly points: string;
}

function tuningOf({ functionName, ranMs, invocations, coldStarts, chosenMb, points: json, ...row }: TuningRow) {
  const points = parseStored(tuningPoints, json, `tuning_run ${row.digest}`);
  if (points === null) return null;
  const { account, region } = row;
  const cold = coldStarts === null ? null : coldStarts === 1;
  const run = { account, region, functionName, atMs: ranMs, invocations, coldStarts: cold, chosenMb, points };
  return { ...row, record: { kind: 'tuning-run' as const, ...run } };
}

const LOAD_TESTS = `SELECT account, region, function.name AS functionName, digest, imported_ms AS receivedMs,
  at_ms AS recordedMs, tool, load_test.name AS name, result FROM load_test LEFT JOIN function ON function.id = function_id`;

interface LoadTestRow {
  readonly account: string | null;
  readonly region: string | null;
  readonly functionName: string | null;
  readonly digest: string;
  readonly receivedMs: number;
  readonly recordedMs: number | null;
  readonly tool: LoadTest['tool'];
  readonly name: string;
  readonly result: string;
}

function loadTestOf({ account, region, digest, receivedMs, recordedMs, result, ...row }: LoadTestRow) {
  const measured = parseStored(loadTestResult, result, `load_test ${digest}`);
  if (measured === null) return null;
  const record = { ...row, ...measured, kind: 'load-test' as const, atMs: recordedMs };
  return { account: account ?? '', region: region ?? '', digest, receivedMs, record };
}

/** Emits each configuration of a function twice: when it was first reported, and when it was last confirmed. */
function* factsOf(db: Database.Database): Generator<TelemetryEntry & { receivedMs: number; source: string }> {
  const rows = db
    .prepare<
      [],
      {
        functionId: number;
        account: string;
        region: string;
        name: string;
        fromMs: number;
        confirmedMs: number;
        source: string;
        facts: string;
      }
    >(
      `SELECT function.id AS functionId, account, region, name, from_ms AS fromMs, confirmed_ms AS confirmedMs, source, facts FROM function_fact
       JOIN function ON function.id = function_id ORDER BY from_ms`,
    )
    .all();
  for (const { functionId, fromMs, confirmedMs, source, facts, ...named } of rows) {
    const given = parseStored(functionFacts, facts, `function_fact of function ${functionId} at ${fromMs}`);
    if (given === null) continue;
    const entry = { ...BARE, source, record: { kind: 'function-facts' as const, ...named, ...given } };
    yield { ...entry, receivedMs: fromMs };
    if (confirmedMs > fromMs) yield { ...entry, receivedMs: confirmedMs };
  }
}

/** Emits each hour of a log group as one message. */
function* volumesOf(db: Database.Database): Generator<Piece> {
  const rows = db
    .prepare<[], Omit<LogVolume, 'digest'>>(
      `SELECT account, region, name AS logGroup, hour_ms AS atMs, events, bytes FROM log_volume
       JOIN log_group ON log_group.id = log_group_id`,
    )
    .all();
  for (let at = 0; at < rows.length; at += ROWS) {
    const volumes = rows.slice(at, at + ROWS).map((row) => ({ ...row, digest: MOVED }));
    yield pieceOf({ volumes }, 0);
  }
}

/** Digest of these messages: equal for all, so that a repeated transfer replaces the sum. */
const MOVED = createHash('sha256').update('moved').digest().subarray(0, 8);
