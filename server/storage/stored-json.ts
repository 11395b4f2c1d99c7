/**
 * Schemas of JSON columns. Every value is parsed by its schema when it is read; a row that does not parse is reported
 * once as a process warning (on stderr of the server), counted (skipped-rows.ts) and skipped, and everything else is answered.
 */
import * as z from 'zod';
import type { LoadTest } from '../../ingest/records/load-test.ts';
import type { Dimensions } from '../../ingest/records/metric.ts';
import type { PullCheckpoint, PullScan } from '../../ingest/records/pull-checkpoint.ts';
import type { BatchSource } from '../../ingest/records/sink.ts';
import { isTimeZone } from '../../ingest/records/time-zone.ts';
import type { TuningPoint } from '../../ingest/records/tuning-run.ts';
import type { CauseEvidence } from '../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../analytics/cold-starts/classify.ts';
import { decodeConfiguration } from '../analytics/cold-starts/configuration.ts';
import type { AttributedChange, CarriedState, EnvironmentConfiguration } from '../analytics/cold-starts/hour-state.ts';
import type { ClockMark } from '../clock/guarded-clock.ts';
import type { KeyTrouble } from './ports/control-store.ts';
import type { StoredFacts } from './questions/inventory/result.ts';
import type { ReportSchedule } from './questions/reports/types.ts';
import type { RetentionPolicy } from './questions/retention/types.ts';
import type { StoredSegment } from './questions/traces/types.ts';
import type { Grant } from './questions/users/types.ts';
import { ROLES } from './questions/users/types.ts';
import type { Restriction } from './restriction.ts';
import { restrictionOf } from './restriction.ts';
import { reportSkippedRow } from './skipped-rows.ts';

const count = z.number();
const ms = z.number().nullable();
const text = z.string().nullable();
const list = z.array(z.string()).nullable();

/** `metric_series.dimensions`. */
export const metricDimensions: z.ZodType<Dimensions> = z.array(z.tuple([z.string(), z.string()]));

/** `function_tag.tags`. */
export const storedTags = z.record(z.string(), z.string());

/** `token.restriction`: its entries. */
export const restriction: z.ZodType<Restriction> = z.array(z.string()).transform((entries, context) => {
  const found = restrictionOf(entries);
  if (found === null) context.addIssue({ code: 'custom', message: 'not a restriction' });
  return found ?? z.NEVER;
});

/** `user.claimed` and `user.assigned`. */
export const grant: z.ZodType<Grant> = z.object({ role: z.enum(ROLES), restriction: restriction.nullable() });

/** `marker.functions`. */
export const markerFunctions = z.array(z.string());

/** `report_schedule.schedule`. */
export const reportSchedule: z.ZodType<ReportSchedule> = z.object({
  id: z.string(),
  name: z.string(),
  every: z.enum(['week', 'month']),
  weekday: z.number().int().min(1).max(7),
  day: z.number().int().min(1).max(28),
  hour: z.number().int().min(0).max(23),
  timeZone: z.string().refine(isTimeZone, 'unknown time zone'),
  // Schedules of earlier versions have none.
  language: z.enum(['en', 'ja', 'ko']).default('en'),
  filters: z.object({
    account: z.string().optional(),
    region: z.string().optional(),
    function: z.string().optional(),
  }),
  receivers: z.array(z.string()),
  keep: z.number().int().min(1),
  enabled: z.boolean(),
});

/** `cold_start.evidence`. */
export const coldStartEvidence: z.ZodType<CauseEvidence> = z.object({
  kind: z.enum(COLD_START_KINDS),
  change: z.enum(['deploy', 'runtime-patch']).nullable(),
  firstOfChange: z.boolean(),
  replacedIdleMs: ms,
  changeKnown: z.boolean().default(false),
  // Absent in hours that an earlier version attributed.
  initTimedOut: z.boolean().default(false),
  previousFailed: z.boolean(),
  proactiveGapMs: ms,
  busy: count,
  idle: count,
  gone: count.default(0),
  goneIdleMs: ms,
  goneFailed: z.boolean(),
  newTenant: z.boolean().default(false),
  firstOnRecord: z.boolean(),
});

/** `change.before` and `change.after`. */
export const environmentKind: z.ZodType<EnvironmentConfiguration> = z.object({
  configuration: z.string().refine((json) => decodeConfiguration(json) !== null, 'not an encoded configuration'),
  runtime: z.string(),
});

/** `derived_slot.changes` on ClickHouse. */
export const attributedChanges: z.ZodType<readonly AttributedChange[]> = z.array(
  z.object({
    atMs: count,
    kind: z.enum(['deploy', 'runtime-patch']),
    before: environmentKind,
    after: environmentKind,
  }),
);

/** The setting `clock.mark`. */
export const clockMark: z.ZodType<ClockMark> = z.object({ wallMs: count, uptimeMs: count, bootId: z.string() });

/** The setting `ingest.key-troubles`, and what workers publish under that name. */
export const keyTroubles: z.ZodType<readonly KeyTrouble[]> = z.array(
  z.object({ keyId: z.string(), keyName: z.string(), reason: z.string(), n: count, lastMs: count }),
);

/** `environment.attributes`: common attributes of the delivery stream. */
export const streamAttributes = z.record(z.string(), z.string());

/** `derived_slot.closing`: the state that is carried into the next hour. */
export const hourState: z.ZodType<CarriedState> = z.object({
  standing: z.array(
    z.object({
      id: count,
      lastEndMs: count,
      failed: z.boolean(),
      counted: z.boolean(),
      countedMs: ms.default(null),
      // Absent in hours that an earlier version attributed, like `gone` of the evidence.
      replaced: z.boolean().default(false),
      loop: count,
      configuration: z.string(),
      runtime: z.string(),
    }),
  ),
  streak: count,
  newest: environmentKind.nullable(),
  since: z.record(z.string(), count),
});

/** `error_state.versions`. */
export const versionList = z.array(z.string());

/** `derived_slot.idle_times`: bin, environments used again, environments never seen again. */
export const idleTimeBins = z.array(z.tuple([count, count, count]));

/** The filters in `function_fact.facts`. */
export const subscriptionFilters = z.record(z.string(), z.boolean()).nullable();

/** `function_fact.facts`. A field that an older version did not store is null. */
export const functionFacts: z.ZodType<StoredFacts> = z.object({
  memoryMb: ms.default(null),
  timeoutMs: ms.default(null),
  runtime: text.default(null),
  architecture: z.enum(['x86_64', 'arm64']).nullable().default(null),
  vpcId: text.default(null),
  subnetIds: list.default(null),
  securityGroupIds: list.default(null),
  layers: list.default(null),
  packageType: text.default(null),
  codeSizeBytes: ms.default(null),
  ephemeralStorageMb: ms.default(null),
  provisionedConcurrency: ms.default(null),
  snapStart: z.boolean().nullable().default(null),
  state: text.default(null),
  logGroup: text.default(null),
  lastModifiedMs: ms.default(null),
  codeSha256: text.default(null),
  versionCodes: z.record(z.string(), z.string()).nullable().default(null),
  versionArchitectures: z
    .record(z.string(), z.enum(['x86_64', 'arm64']))
    .nullable()
    .default(null),
  tenantIsolation: z.boolean().nullable().default(null),
  durable: z.boolean().nullable().default(null),
  capacityProvider: text.default(null),
  environmentConcurrency: ms.default(null),
  instances: ms.default(null),
  instanceHourUsd: ms.default(null),
  subscriptionFilters: subscriptionFilters.default(null),
});

/** `load_test.result`. */
export const loadTestResult: z.ZodType<Omit<LoadTest, 'kind' | 'tool' | 'name' | 'atMs' | 'functionName'>> = z.object({
  requests: count,
  failures: count,
  totalMs: ms,
  fastestMs: ms,
  slowestMs: ms,
  averageMs: ms,
  requestsPerSecond: ms,
  histogram: z.array(z.object({ upToMs: count, n: count })),
  quantiles: z.array(z.object({ q: count, ms: count })),
  statuses: z.array(z.object({ status: count, n: count })),
});

/** `network_event.security_groups`. */
export const securityGroups = z.array(z.string());

/** `tuning_run.points`. */
export const tuningPoints: z.ZodType<readonly TuningPoint[]> = z.array(
  z.object({ memoryMb: count, durationMs: count, costUsd: count.nullable() }),
);

/** Sums that a transfer added last, by name, in ClickHouse's `published`. */
export const transferredSums = z.record(z.string(), count);

/** `pull_checkpoint.checkpoint` on ClickHouse. The scan is parsed apart, by {@link pullScan}. */
export const pullCheckpoint: z.ZodType<Omit<PullCheckpoint, 'scan'> & { readonly scan: unknown }> = z.object({
  account: z.string(),
  region: z.string(),
  logGroup: z.string(),
  mode: z.enum(['poll', 'backfill']),
  watermarkMs: ms,
  scan: z.unknown(),
  wideMs: ms,
  state: z.enum(['ok', 'throttled', 'gone', 'denied', 'credentials', 'unsupported', 'error']),
  message: text,
  events: count,
  updatedMs: count,
});

/** `import_piece.source`: where a batch came from. */
export const pieceSource: z.ZodType<BatchSource> = z.object({
  kind: z.enum(['firehose', 'lambda', 'logs', 'pull', 'import', 'demo', 'replay', 'traces', 'inventory', 'otlp']),
  name: z.string(),
  importId: z.string().exactOptional(),
});

/** `pull_checkpoint.scan`. */
export const pullScan: z.ZodType<PullScan> = z.object({
  fromMs: count,
  toMs: count,
  nextToken: text,
  newestMs: ms,
  wide: z.boolean(),
  filtered: z.boolean(),
});

/** The setting `retention`. */
export const retentionPolicy: z.ZodType<RetentionPolicy> = z.object({
  rawMs: count,
  detailMs: count,
  historyMs: count,
  quarantineMs: count,
});

/** Nanoseconds exceed 2^53, so they are text. */
const nanoseconds = z.string().regex(/^\d+$/);

/** `trace_segment.detail`. */
export const segmentDetail: z.ZodType<
  Pick<StoredSegment, 'resourceArn' | 'annotations' | 'subsegments' | 'limitExceeded' | 'notRead'>
> = z.object({
  resourceArn: text,
  annotations: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  // Rows of earlier versions do not say.
  limitExceeded: z.boolean().nullable().default(null),
  notRead: text.default(null),
  subsegments: z.array(
    z.object({
      id: z.string(),
      parentId: z.string(),
      name: z.string(),
      startNs: nanoseconds,
      endNs: nanoseconds.nullable(),
      namespace: text,
    }),
  ),
});

/**
 * Parses a JSON column. Returns null for a value that does not parse, and reports the row once per thread.
 * @param row what identifies the row in the report, the table first, for example `function_fact 17`.
 */
export function parseStored<T>(schema: z.ZodType<T>, json: string, row: string): T | null {
  const value = jsonOf(json, row);
  return value === undefined ? null : parseStoredValue(schema, value, row);
}

/** Like {@link parseStored}, of a part of a JSON column. */
export function parseStoredValue<T>(schema: z.ZodType<T>, value: unknown, row: string): T | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  report(row, reasonOf(parsed.error));
  return null;
}

/** Like {@link parseStored}, for columns that are read by the thousand: a hand-written check in place of a schema. */
export function checkStored<T>(check: (value: unknown) => value is T, json: string, row: string): T | null {
  const value = jsonOf(json, row);
  if (value === undefined) return null;
  if (check(value)) return value;
  report(row, 'not of the expected form');
  return null;
}

/** The first issue of a schema's error, in one line. */
export function reasonOf({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? 'invalid' : `${issue.path.join('.')}: ${issue.message}`;
}

/** The value of a JSON text, which is never undefined; undefined and a report if it is not JSON. */
function jsonOf(json: string, row: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    report(row, 'not JSON');
    return undefined;
  }
}

function report(row: string, reason: string): void {
  const [table = row] = row.split(' ', 1);
  if (!reportSkippedRow(table, row, reason)) return;
  process.emitWarning(`Stored JSON is invalid and was skipped: ${row} (${reason})`, { code: 'STORED_JSON' });
}
