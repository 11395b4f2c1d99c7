/** Stores telemetry records other than log events. Each has a natural key, so duplicates change nothing. */
import type Database from 'better-sqlite3';
import { requestIdBytes, traceBytes } from '../../../../ingest/batch/request-id.ts';
import { functionOfArn } from '../../../../ingest/records/arn.ts';
import type { DeployEvent } from '../../../../ingest/records/deploy-event.ts';
import type { DurableLine } from '../../../../ingest/records/durable-line.ts';
import type { FlowRecord } from '../../../../ingest/records/flow-record.ts';
import type { GatewayRequest } from '../../../../ingest/records/gateway-request.ts';
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import type { NetworkEvent } from '../../../../ingest/records/network-event.ts';
import type { ResourceUse } from '../../../../ingest/records/resource-use.ts';
import type { ResponseTiming } from '../../../../ingest/records/response-timing.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { TelemetryRecord } from '../../../../ingest/records/telemetry-record.ts';
import type { TraceSegment } from '../../../../ingest/records/trace-segment.ts';
import type { TuningRun } from '../../../../ingest/records/tuning-run.ts';
import type { Deploys } from './deploys.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { FunctionFactsWriter } from './function-facts.ts';

export class TelemetryRecords {
  readonly #dimensions: DimensionCache;
  readonly #facts: FunctionFactsWriter;
  readonly #detailDays: DetailRetentionIndex;
  readonly #deploys: Deploys;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex, deploys: Deploys) {
    this.#deploys = deploys;
    this.#dimensions = dimensions;
    this.#detailDays = days;
    this.#facts = new FunctionFactsWriter(db);
    this.#sql = prepare(db);
  }

  /** Returns the number of changed rows: 0 for duplicates, null if the day's raw events were deleted. */
  write(entry: TelemetryEntry, source: BatchSource, nowMs: number): number | null {
    const { record } = entry;
    switch (record.kind) {
      case 'trace-segment':
        return this.#segment(record);
      case 'network-event':
        return this.#network(record, entry, nowMs);
      case 'gateway-request':
        return this.#gateway(record, entry, nowMs);
      case 'resource-use':
        return this.#resourceUse(record, entry, nowMs);
      case 'flow':
        return this.#flow(record);
      case 'tuning-run':
        return this.#tuning(record, entry, nowMs);
      case 'load-test':
        return this.#loadTest(record, entry, nowMs);
      case 'function-facts': {
        const functionId = this.#dimensions.functionNamed(placed(record, entry));
        const { lastModifiedMs: atMs, codeSha256 } = record;
        if (atMs !== null) this.#deploys.add({ functionId, atMs, event: null, codeSha256 });
        return this.#facts.write(
          functionId,
          record,
          source.kind === 'inventory' ? source.name : 'list-functions',
          nowMs,
        );
      }
      case 'response':
        return this.#response(record);
      case 'durable-line':
        return this.#durable(record, entry, nowMs);
      case 'deploy-event':
        return this.#deploy(record, entry, nowMs);
    }
  }

  #segment(segment: TraceSegment): number {
    const named = functionOfArn(segment.resourceArn);
    const functionId = named === null ? null : this.#dimensions.functionNamed(named);
    const { resourceArn, annotations, subsegments } = segment;
    const detail = JSON.stringify({
      resourceArn,
      annotations,
      subsegments: subsegments.map((sub) => ({ ...sub, startNs: String(sub.startNs), endNs: textOf(sub.endNs) })),
    });
    this.#detailDays.takes('traces', 0, Number(segment.startNs / 1_000_000n));
    const traceId = traceBytes(segment.traceId) ?? segment.traceId;
    return this.#sql.segment.run(
      traceId,
      segment.id,
      segment.parentId,
      functionId,
      segment.name.slice(0, 512),
      segment.origin,
      segment.startNs,
      segment.endNs,
      segment.requestId === null ? null : requestIdBytes(segment.requestId),
      segment.httpStatus,
      segment.outcome,
      detail,
    ).changes;
  }

  #network(event: NetworkEvent, entry: TelemetryEntry, nowMs: number): number {
    const account = event.account ?? entry.account;
    const region = event.region ?? entry.region;
    const functionId =
      event.functionName === null
        ? null
        : this.#dimensions.functionNamed({ account, region, name: event.functionName });
    const atMs = event.atMs ?? entry.atMs ?? nowMs;
    this.#detailDays.takes('network', 0, atMs);
    return this.#sql.network.run(
      event.id === '' ? entry.digest : event.id,
      atMs,
      account,
      region,
      event.name,
      event.errorCode,
      event.subnetId,
      JSON.stringify(event.securityGroupIds),
      event.eniId,
      event.addresses,
      functionId,
    ).changes;
  }

  #response(response: ResponseTiming): number | null {
    const { account, region, functionName: name, atMs } = response;
    const functionId = this.#dimensions.functionNamed({ account, region, name });
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    return this.#sql.response.run(
      functionId,
      atMs,
      requestIdBytes(response.requestId),
      micros(response.firstByteMs),
      micros(response.responseMs),
      whole(response.bytes),
    ).changes;
  }

  #durable(line: DurableLine, entry: TelemetryEntry, nowMs: number): number | null {
    const { account, region, functionName: name, execution, requestId, operation } = line;
    const functionId = this.#dimensions.functionNamed({ account, region, name });
    const atMs = entry.atMs ?? nowMs;
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    return this.#sql.durable.run(functionId, execution, requestId, operation, atMs, atMs).changes;
  }

  #deploy({ functionName, event, codeSha256, ...record }: DeployEvent, entry: TelemetryEntry, nowMs: number): number {
    const account = record.account ?? entry.account;
    const region = record.region ?? entry.region;
    const functionId = this.#dimensions.functionNamed({ account, region, name: functionName });
    return this.#deploys.add({ functionId, atMs: record.atMs ?? entry.atMs ?? nowMs, event, codeSha256 });
  }

  #gateway(request: GatewayRequest, entry: TelemetryEntry, nowMs: number): number {
    const groupId = this.#dimensions.logGroup(entry);
    const atMs = request.atMs ?? entry.atMs ?? nowMs;
    this.#detailDays.takes('gateway', groupId, atMs);
    return this.#sql.gateway.run(
      groupId,
      atMs,
      request.requestId,
      request.lambdaRequestId === null ? null : requestIdBytes(request.lambdaRequestId),
      request.route,
      whole(request.status),
      micros(request.integrationLatencyMs),
      micros(request.responseLatencyMs),
    ).changes;
  }

  #resourceUse(use: ResourceUse, entry: TelemetryEntry, nowMs: number): number | null {
    const functionId = this.#dimensions.functionNamed({ ...entry, name: use.functionName });
    const atMs = use.atMs ?? entry.atMs ?? nowMs;
    if (!this.#detailDays.takes('function', functionId, atMs)) return null;
    return this.#sql.resourceUse.run(
      functionId,
      atMs,
      use.requestId === null ? null : requestIdBytes(use.requestId),
      use.version,
      use.traceId,
      use.coldStart === null ? null : Number(use.coldStart),
      Number(use.timedOut),
      micros(use.durationMs),
      micros(use.initDurationMs),
      whole(use.billedMbMs),
      use.usedMemoryMaxMb,
      use.totalMemoryMb,
      micros(use.cpuUserMs),
      micros(use.cpuSystemMs),
      micros(use.cpuTotalMs),
      whole(use.rxBytes),
      whole(use.txBytes),
      whole(use.tmpFreeBytes),
      whole(use.tmpMaxBytes),
      whole(use.fdUse),
      whole(use.threadsMax),
      use.shutdownReason,
    ).changes;
  }

  #flow(flow: FlowRecord): number {
    this.#detailDays.takes('flow', 0, flow.fromMs);
    return this.#sql.flow.run(
      flow.account,
      flow.eniId,
      flow.fromMs,
      flow.toMs,
      flow.outcome,
      flow.sourceAddress ?? '',
      flow.targetAddress ?? '',
      flow.targetPort ?? -1,
      flow.protocol,
      flow.packets,
    ).changes;
  }

  #tuning(run: TuningRun, entry: TelemetryEntry, nowMs: number): number {
    const functionId = this.#dimensions.functionNamed({ ...entry, name: run.functionName ?? '' });
    const { digest } = entry;
    return this.#sql.tuning.run(digest, functionId, nowMs, whole(run.chosenMb), JSON.stringify(run.points)).changes;
  }

  #loadTest(test: LoadTest, entry: TelemetryEntry, nowMs: number): number {
    const { functionName } = test;
    const functionId = functionName === null ? null : this.#dimensions.functionNamed({ ...entry, name: functionName });
    const { kind: _kind, tool, name, atMs, functionName: _function, ...result } = test;
    return this.#sql.loadTest.run(entry.digest, functionId, nowMs, atMs, tool, name, JSON.stringify(result)).changes;
  }
}

function placed(record: Extract<TelemetryRecord, { kind: 'function-facts' }>, entry: TelemetryEntry) {
  return { account: record.account || entry.account, region: record.region || entry.region, name: record.name };
}

function textOf(value: bigint | null): string | null {
  return value === null ? null : String(value);
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function micros(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000);
}

function prepare(db: Database.Database) {
  return {
    // A finished segment replaces one in progress, and a later end an earlier one, regardless of arrival order.
    segment: db.prepare(
      `INSERT INTO trace_segment (trace_id, id, parent_id, function_id, name, origin, start_ns, end_ns, request_id,
       http_status, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET parent_id = excluded.parent_id, function_id = excluded.function_id,
         name = excluded.name, origin = excluded.origin, start_ns = excluded.start_ns, end_ns = excluded.end_ns,
         request_id = excluded.request_id, http_status = excluded.http_status, outcome = excluded.outcome,
         detail = excluded.detail
       WHERE ifnull(excluded.end_ns, 0) > ifnull(end_ns, 0)`,
    ),
    network: db.prepare(
      `INSERT OR IGNORE INTO network_event (id, at_ms, account, region, name, error_code, subnet_id, security_groups,
       eni_id, addresses, function_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    gateway: db.prepare(
      `INSERT OR IGNORE INTO gateway_request (log_group_id, at_ms, request_id, lambda_request_id, route, status,
       integration_latency_us, response_latency_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    resourceUse: db.prepare(
      `INSERT OR IGNORE INTO resource_use (function_id, at_ms, request_id, version, trace_id, cold_start, timed_out,
       duration_us, init_us, billed_mb_ms, used_memory_max_mb, total_memory_mb, cpu_user_us, cpu_system_us, cpu_total_us,
       rx_bytes, tx_bytes, tmp_free_bytes, tmp_max_bytes, fd_use, threads_max, shutdown_reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    response: db.prepare(
      `INSERT OR IGNORE INTO response (function_id, at_ms, request_id, first_byte_us, response_us, bytes)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    durable: db.prepare(
      `INSERT INTO durable_line (function_id, execution, request_id, operation, first_ms, last_ms)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)
       WHERE excluded.first_ms < first_ms OR excluded.last_ms > last_ms`,
    ),
    flow: db.prepare(
      `INSERT OR IGNORE INTO flow_record (account, eni_id, from_ms, to_ms, outcome, source_address, target_address,
       target_port, protocol, packets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    tuning: db.prepare(
      'INSERT OR IGNORE INTO tuning_run (digest, function_id, imported_ms, chosen_mb, points) VALUES (?, ?, ?, ?, ?)',
    ),
    loadTest: db.prepare(
      `INSERT OR IGNORE INTO load_test (digest, function_id, imported_ms, at_ms, tool, name, result)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
