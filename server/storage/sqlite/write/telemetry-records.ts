/** Passes each telemetry record to the writer of its table. Each has a natural key, so duplicates change nothing. */
import type Database from 'better-sqlite3';
import type { DeployEvent } from '../../../../ingest/records/deploy-event.ts';
import type { FunctionFacts } from '../../../../ingest/records/function-facts.ts';
import { architecturesIn } from '../../../../ingest/records/function-facts.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import type { MetricLimits } from '../../metrics/quota.ts';
import { ArchitectureFacts } from './architecture-facts.ts';
import type { Deploys } from './deploys.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';
import { DurableLines } from './durable-lines.ts';
import { FlowRecords } from './flow-records.ts';
import { FunctionFactsWriter } from './function-facts.ts';
import { GatewayRequests } from './gateway-requests.ts';
import { LoadTests } from './load-tests.ts';
import { Metrics } from './metrics.ts';
import { NetworkEvents } from './network-events.ts';
import { ResourceUses } from './resource-uses.ts';
import { Responses } from './responses.ts';
import { TraceSegments } from './trace-segments.ts';
import { TuningRuns } from './tuning-runs.ts';

export class TelemetryRecords {
  readonly #dimensions: DimensionCache;
  readonly #deploys: Deploys;
  readonly #tables;

  constructor(
    db: Database.Database,
    dimensions: DimensionCache,
    days: DetailRetentionIndex,
    deploys: Deploys,
    limits: MetricLimits,
  ) {
    this.#dimensions = dimensions;
    this.#deploys = deploys;
    this.#tables = {
      segments: new TraceSegments(db, dimensions, days),
      networkEvents: new NetworkEvents(db, dimensions, days),
      gatewayRequests: new GatewayRequests(db, dimensions, days),
      resourceUses: new ResourceUses(db, dimensions, days),
      flows: new FlowRecords(db, days),
      tuningRuns: new TuningRuns(db, dimensions),
      loadTests: new LoadTests(db, dimensions),
      facts: new FunctionFactsWriter(db),
      architectures: new ArchitectureFacts(db),
      responses: new Responses(db, dimensions, days),
      durableLines: new DurableLines(db, dimensions, days),
      metrics: new Metrics(db, dimensions, days, limits),
    };
  }

  /** Returns the number of changed rows: 0 for duplicates, null if the day's raw events were deleted. */
  write(entry: TelemetryEntry, source: BatchSource, nowMs: number): number | null {
    const { record } = entry;
    switch (record.kind) {
      case 'trace-segment':
        return this.#tables.segments.write(record);
      case 'network-event':
        return this.#tables.networkEvents.write(record, entry, nowMs);
      case 'gateway-request':
        return this.#tables.gatewayRequests.write(record, entry, nowMs);
      case 'resource-use':
        return this.#tables.resourceUses.write(record, entry, nowMs);
      case 'flow':
        return this.#tables.flows.write(record);
      case 'tuning-run':
        return this.#tables.tuningRuns.write(record, entry, nowMs);
      case 'load-test':
        return this.#tables.loadTests.write(record, entry, nowMs);
      case 'function-facts':
        return this.#functionFacts(record, entry, source.kind === 'inventory' ? source.name : 'list-functions', nowMs);
      case 'response':
        return this.#tables.responses.write(record);
      case 'durable-line':
        return this.#tables.durableLines.write(record, entry, nowMs);
      case 'deploy-event':
        return this.#deploy(record, entry, nowMs);
      case 'metric-statistics':
        return this.#tables.metrics.point(record, entry);
      case 'embedded-metrics':
        return this.#tables.metrics.line(record, entry);
    }
  }

  /** Writes sums of metrics. Part of the commit. */
  flush(nowMs: number): void {
    this.#tables.metrics.flush(nowMs);
  }

  /** After a rollback, or after retention deleted rows. */
  reset(): void {
    this.#tables.metrics.reset();
  }

  #functionFacts(record: FunctionFacts, entry: TelemetryEntry, source: string, nowMs: number): number {
    const { name, lastModifiedMs: atMs, codeSha256 } = record;
    const account = record.account || entry.account;
    const region = record.region || entry.region;
    const functionId = this.#dimensions.functionNamed({ account, region, name });
    if (atMs !== null) this.#deploys.add({ functionId, atMs, event: null, codeSha256 });
    for (const since of architecturesIn(record, nowMs)) this.#tables.architectures.add(functionId, since);
    return this.#tables.facts.write(functionId, record, source, nowMs);
  }

  #deploy(
    { functionName, event, codeSha256, architecture, ...record }: DeployEvent,
    entry: TelemetryEntry,
    nowMs: number,
  ): number {
    const account = record.account ?? entry.account;
    const region = record.region ?? entry.region;
    const functionId = this.#dimensions.functionNamed({ account, region, name: functionName });
    const atMs = record.atMs ?? entry.atMs ?? nowMs;
    if (architecture !== null) this.#tables.architectures.add(functionId, ['', atMs, architecture]);
    return this.#deploys.add({ functionId, atMs, event, codeSha256 });
  }
}
