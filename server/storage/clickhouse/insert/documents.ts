/** Rows of telemetry records other than platform lines, and of log volumes. */

import { functionOfArn } from '../../../../ingest/records/arn.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { DeployEvent } from '../../../../ingest/records/deploy-event.ts';
import type { ArchitectureSince } from '../../../../ingest/records/function-facts.ts';
import { architecturesIn } from '../../../../ingest/records/function-facts.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { TelemetryRecord } from '../../../../ingest/records/telemetry-record.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { functionNamedBy } from '../../function-id.ts';
import { hashOf } from '../hash-ids.ts';
import { encodeVersioned } from '../versioned-value.ts';
import type { Rows, Value } from './fact-table.ts';
import { micros, tableOf, whole } from './fact-table.ts';
import type { Add, FunctionScope } from './function-named.ts';
import { functionNamed, NO_FACTS } from './function-named.ts';

/** The earliest row wins: its rank is the largest. */
const LATEST_MS = Date.UTC(2200, 0, 1);

type Row = Readonly<Record<string, Value>>;

/** Rows that are stored once, regardless of repeated deliveries. Those of metrics: metric-rows.ts. */
export function documentsOf(batch: Batch, source: BatchSource, receivedMs: number): readonly Rows[] {
  const rows = new Map<string, Row[]>();
  const add = (table: string, row: Row): void => {
    const mine = rows.get(table) ?? [];
    rows.set(table, mine);
    mine.push(row);
  };
  for (const { account, region, logGroup, atMs, events, bytes, digest } of batch.volumes) {
    add('volume_fact', {
      log_group_id: hashOf(account, region, logGroup),
      hour_ms: Math.floor(atMs / HOUR_MS) * HOUR_MS,
      digest: Buffer.from(digest).toString('hex'),
      account,
      region,
      log_group: logGroup,
      events,
      bytes,
    });
  }
  for (const entry of batch.records) addFeed(entry, source, receivedMs, add);
  return [...rows].map(([table, some]) => tableOf(table, some));
}

function addFeed(entry: TelemetryEntry, source: BatchSource, nowMs: number, add: Add): void {
  const { record } = entry;
  const named = (scope: FunctionScope): number => functionNamed(scope, add);
  switch (record.kind) {
    case 'trace-segment': {
      const scope = functionOfArn(record.resourceArn);
      add('trace_segment', segmentRow(record, scope === null ? 0 : named(scope)));
      return;
    }
    case 'network-event': {
      const account = record.account ?? entry.account;
      const region = record.region ?? entry.region;
      add('network_event', {
        at_ms: record.atMs ?? entry.atMs ?? nowMs,
        id: record.id === '' ? entry.digest : record.id,
        account,
        region,
        name: record.name,
        error_code: record.errorCode,
        subnet_id: record.subnetId,
        security_groups: JSON.stringify(record.securityGroupIds),
        eni_id: record.eniId,
        addresses: record.addresses,
        function_id: record.functionName === null ? 0 : named({ account, region, name: record.functionName }),
      });
      return;
    }
    case 'gateway-request':
      add('gateway_request', {
        log_group_id: hashOf(entry.account, entry.region, entry.logGroup),
        at_ms: record.atMs ?? entry.atMs ?? nowMs,
        request_id: record.requestId,
        lambda_request_id: record.lambdaRequestId,
        route: record.route,
        status: whole(record.status),
        integration_latency_us: micros(record.integrationLatencyMs),
        response_latency_us: micros(record.responseLatencyMs),
      });
      return;
    case 'resource-use': {
      const { kind: _kind, functionName, requestId, atMs, ...document } = record;
      add('resource_use', {
        function_id: named({ ...entry, name: functionName }),
        at_ms: atMs ?? entry.atMs ?? nowMs,
        request_id: requestId,
        document: JSON.stringify(document),
      });
      return;
    }
    case 'flow':
      add('flow_record', {
        eni_key: hashOf(record.eniId),
        from_ms: record.fromMs,
        eni_id: record.eniId,
        account: record.account,
        outcome: record.outcome,
        source_address: record.sourceAddress ?? '',
        target_address: record.targetAddress ?? '',
        target_port: record.targetPort ?? -1,
        to_ms: record.toMs,
        protocol: record.protocol,
        packets: record.packets,
      });
      return;
    case 'tuning-run':
      add('tuning_run', {
        digest: entry.digest,
        function_id: named({
          account: record.account ?? entry.account,
          region: record.region ?? entry.region,
          name: record.functionName ?? '',
        }),
        imported_ms: nowMs,
        at_ms: record.atMs,
        invocations: record.invocations,
        cold_starts: record.coldStarts === null ? null : Number(record.coldStarts),
        chosen_mb: whole(record.chosenMb),
        points: JSON.stringify(record.points),
        kept: LATEST_MS - nowMs,
      });
      return;
    case 'load-test': {
      const { kind: _kind, tool, name, atMs, functionName, ...result } = record;
      add('load_test', {
        digest: entry.digest,
        function_id: functionName === null ? 0 : named(functionNamedBy(functionName, entry)),
        imported_ms: nowMs,
        at_ms: atMs,
        tool,
        name,
        result: JSON.stringify(result),
        kept: LATEST_MS - nowMs,
      });
      return;
    }
    case 'response': {
      const { account, region, functionName: name } = record;
      add('response', {
        function_id: named({ account, region, name }),
        at_ms: record.atMs,
        request_id: record.requestId,
        first_byte_us: micros(record.firstByteMs),
        response_us: micros(record.responseMs),
        bytes: whole(record.bytes),
      });
      return;
    }
    case 'durable-line': {
      const { account, region, functionName: name, execution, requestId, operation } = record;
      const atMs = entry.atMs ?? nowMs;
      add('durable_line', {
        function_id: named({ account, region, name }),
        execution,
        request_id: requestId,
        operation,
        first_ms: atMs,
        last_ms: atMs,
      });
      return;
    }
    case 'deploy-event': {
      const account = record.account ?? entry.account;
      const region = record.region ?? entry.region;
      const functionId = named({ account, region, name: record.functionName });
      const { event, codeSha256, architecture } = record;
      const atMs = record.atMs ?? entry.atMs ?? nowMs;
      addDeploy({ functionId, atMs, event, codeSha256 }, add);
      if (architecture !== null) addArchitecture(functionId, ['', atMs, architecture], add);
      return;
    }
    case 'function-facts': {
      const { kind: _kind, account, region, name, ...given } = record;
      const facts = { architecture: given.architecture, runtime_name: given.runtime, package_type: given.packageType };
      const vpc = given.subnetIds === null ? null : given.subnetIds.length > 0;
      const scope = { account: account || entry.account, region: region || entry.region, name };
      const functionId = functionNamed(scope, add, stampedAt(nowMs, { ...facts, vpc }));
      const { lastModifiedMs: atMs, codeSha256 } = given;
      if (atMs !== null) addDeploy({ functionId, atMs, event: null, codeSha256 }, add);
      for (const since of architecturesIn(record, nowMs)) addArchitecture(functionId, since, add);
      add('inventory_fact', {
        function_id: functionId,
        at_ms: nowMs,
        source: inventorySource(source, given.versionCodes),
        given: JSON.stringify(given),
      });
    }
  }
}

/** Rows of one function with the same time and source replace each other, so each published version has a source of its own. */
function inventorySource(source: BatchSource, versionCodes: Readonly<Record<string, string>> | null): string {
  if (source.kind === 'inventory') return source.name;
  const version = Object.keys(versionCodes ?? {})[0];
  return version === undefined ? 'list-functions' : `list-functions, version ${version}`;
}

/** Hours after an update whose causes are determined again, because the first new environment may start that late. */
const HOURS_AFTER_DEPLOY = 24;

interface Deploy extends Pick<DeployEvent, 'codeSha256'> {
  readonly functionId: number;
  readonly atMs: number;
  /** Null if the inventory showed it. */
  readonly event: DeployEvent['event'] | null;
}

function addDeploy({ functionId, atMs, event, codeSha256 }: Deploy, add: Add): void {
  const source = event === null ? 'inventory' : 'cloudtrail';
  add('deploy', { function_id: functionId, at_ms: atMs, source, event, code_sha256: codeSha256 });
  const firstMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  for (let n = 0; n < HOURS_AFTER_DEPLOY; n += 1) {
    const hourMs = firstMs + n * HOUR_MS;
    add('pending', {
      queue: 'slot',
      function_id: functionId,
      item: hourMs,
      mark: hashOf('deploy', String(functionId), String(atMs), source, String(hourMs)),
      from_ms: hourMs,
      to_ms: hourMs + HOUR_MS,
      n: 1,
    });
  }
}

function addArchitecture(functionId: number, [version, sinceMs, architecture]: ArchitectureSince, add: Add): void {
  add('architecture_fact', { function_id: functionId, version, since_ms: sinceMs, architecture });
}

/** Fields that a source leaves out keep their earlier values. */
function stampedAt(ms: number, facts: Readonly<Record<string, unknown>>): Row {
  const entries = Object.entries(facts).map(
    ([name, value]) => [name, value === null ? '' : encodeVersioned(ms, value)] as const,
  );
  return { ...NO_FACTS, ...Object.fromEntries(entries) };
}

function segmentRow(segment: Extract<TelemetryRecord, { kind: 'trace-segment' }>, functionId: number): Row {
  const { resourceArn, annotations, subsegments, limitExceeded, notRead } = segment;
  const ns = (value: bigint | null): string | null => (value === null ? null : String(value));
  return {
    trace_key: hashOf(segment.traceId),
    trace_id: segment.traceId,
    id: segment.id,
    parent_id: segment.parentId,
    function_id: functionId,
    name: segment.name.slice(0, 512),
    origin: segment.origin,
    start_ns: String(segment.startNs),
    end_ns: ns(segment.endNs),
    request_id: segment.requestId,
    http_status: segment.httpStatus,
    outcome: segment.outcome,
    detail: JSON.stringify({
      resourceArn,
      annotations,
      limitExceeded,
      ...(notRead === null ? {} : { notRead }),
      subsegments: subsegments.map((sub) => ({ ...sub, startNs: String(sub.startNs), endNs: ns(sub.endNs) })),
    }),
    // Of equal ends, the segment of a trace that exceeds X-Ray's limit replaces the other.
    ended: String((segment.endNs ?? 0n) + (limitExceeded === true ? 1n : 0n)),
  };
}
