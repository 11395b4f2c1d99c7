/** Reads and merges the facts of environments. */
import { isWholeSecond, mayBeSameTime, secondOf } from '../../../../ingest/records/attempt.ts';
import type { FaultKind } from '../../../../ingest/records/fault-line.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { MIN_PROACTIVE_THRESHOLD_MS } from '../../../analytics/cold-starts/classify.ts';
import type {
  EnvironmentFacts,
  FaultFact,
  InitFact,
  ReportFact,
  StartFact,
} from '../../../analytics/cold-starts/environment.ts';
import { UNKNOWN_STREAM_ID } from '../hash-ids.ts';
import { mergedFacts } from '../insert/invocation-rows.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { decodeVersioned } from '../versioned-value.ts';

/** Names of an environment, and when it was seen. */
export interface Stream {
  readonly streamId: number;
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly named: number;
  readonly version: string | null;
  readonly attributes: string | null;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface StoredReport extends ReportFact {
  readonly tenant: string | null;
  /** Latest receipt of its facts, epoch ms. */
  readonly receivedMs: number;
  /** The stored classification; empty if there is none yet. */
  readonly verdict: string;
}

export interface ReadEnvironment {
  readonly functionId: number;
  readonly stream: Stream;
  readonly facts: EnvironmentFacts<StoredReport>;
  readonly extensions: readonly string[];
  /** Times of inits and extensions, which affect the environment as a whole. */
  readonly environmentFactsMs: readonly number[];
  /** Times of fault lines and of failed inits. */
  readonly failuresMs: readonly number[];
  /** Number of facts read; a classification based on more facts wins. */
  readonly known: number;
}

/** The proactive threshold of a function, ms, and how often it changed. */
export interface Gap {
  readonly limitMs: number;
  readonly moved: number;
}

interface Of {
  readonly functionId: number;
  readonly streamId: number;
}

const NO_GAP: Gap = { limitMs: MIN_PROACTIVE_THRESHOLD_MS, moved: 0 };

export async function proactiveThresholdsOf(
  client: ClickHouseQueryClient,
  functionIds: readonly number[],
): Promise<(functionId: number) => Gap> {
  const rows = await client.all<{ functionId: number; gap: string }>(
    'SELECT function_id AS functionId, max(f.gap) AS gap FROM lambda_function AS f WHERE function_id IN {functionIds:Array(UInt64)} GROUP BY function_id',
    { functionIds },
  );
  const known = new Map(
    rows.map(({ functionId, gap }) => [functionId, decodeVersioned(gap, isGap, `lambda_function ${functionId}: gap`)]),
  );
  return (functionId) => known.get(functionId) ?? NO_GAP;
}

function isGap(value: unknown): value is Gap {
  if (typeof value !== 'object' || value === null) return false;
  const { limitMs, moved }: { readonly [K in keyof Gap]?: unknown } = value;
  return typeof limitMs === 'number' && typeof moved === 'number';
}

/** Returns the facts of the wanted pairs of function and stream. */
export async function readEnvironments(
  client: ClickHouseQueryClient,
  wanted: readonly { readonly functionId: number; readonly streamId: number }[],
  gapOf: (functionId: number) => Gap,
): Promise<readonly ReadEnvironment[]> {
  const where = 'function_id IN {functionIds:Array(UInt64)} AND stream_id IN {streamIds:Array(UInt64)}';
  // Lines without a log stream complete invocations of any environment.
  const withUnknown = `function_id IN {functionIds:Array(UInt64)} AND (stream_id IN {streamIds:Array(UInt64)} OR stream_id = ${UNKNOWN_STREAM_ID})`;
  const bound = {
    functionIds: [...new Set(wanted.map((one) => one.functionId))],
    streamIds: [...new Set(wanted.map((one) => one.streamId))],
  };
  const streams = await client.all<Stream & { readonly functionId: number }>(
    `SELECT function_id AS functionId, stream_id AS streamId, any(account) AS account, any(region) AS region, any(function_name) AS functionName,
       any(log_group) AS logGroup, any(log_stream) AS logStream, max(named) AS named, max(version) AS version,
       max(attributes) AS attributes, min(first_ms) AS firstMs, max(last_ms) AS lastMs
     FROM stream_fact WHERE ${where} GROUP BY function_id, stream_id`,
    bound,
  );
  const fromMs = streams.reduce((least, one) => Math.min(least, one.firstMs), Number.MAX_SAFE_INTEGER);
  const toMs = streams.reduce((most, one) => Math.max(most, one.lastMs), 0);
  const [reports, starts, inits, faults, extensions] = await Promise.all([
    client.all<Of & Omit<StoredReport, 'status'> & { readonly status: number }>(
      `SELECT function_id AS functionId, stream_id AS streamId, request_id AS requestId, end_ms AS endMs, start_ms AS startMs, duration_us AS durationUs,
         memory_mb AS memoryMb, max_memory_mb AS maxMemoryMb, init_us AS initUs, restore_us AS restoreUs, status,
         error_type AS errorType, version, tenant, received_ms AS receivedMs, verdict
       FROM ${mergedFacts(`${withUnknown} AND end_ms BETWEEN {fromMs:Int64} AND {toMs:Int64}`)}`,
      { ...bound, fromMs: secondOf(fromMs), toMs },
    ),
    client.all<Of & StartFact>(
      `SELECT function_id AS functionId, stream_id AS streamId, request_id AS requestId, start_ms AS startMs, max(version) AS version
       FROM start_fact WHERE ${withUnknown} GROUP BY function_id, stream_id, request_id, start_ms`,
      bound,
    ),
    client.all<Of & InitFact>(
      `SELECT function_id AS functionId, stream_id AS streamId, at_ms AS atMs, kind, max(f.duration_us) AS durationUs, max(f.phase) AS phase, max(f.status) AS status,
         max(initialization_type) AS initializationType, max(runtime_version) AS runtimeVersion,
         max(runtime_version_arn) AS runtimeVersionArn
       FROM init_fact AS f WHERE ${where} GROUP BY function_id, stream_id, at_ms, kind`,
      bound,
    ),
    client.all<Of & Omit<FaultFact, 'kind'> & { readonly kind: string }>(
      `SELECT function_id AS functionId, stream_id AS streamId, at_ms AS atMs, kind, request_id AS requestId, max(error_type) AS errorType
       FROM fault_fact WHERE ${withUnknown} GROUP BY function_id, stream_id, at_ms, kind, request_id`,
      bound,
    ),
    client.all<Of & { readonly kind: string; readonly name: string; readonly atMs: number }>(
      `SELECT function_id AS functionId, stream_id AS streamId, kind, name, max(at_ms) AS atMs
       FROM extension_fact WHERE ${where} GROUP BY function_id, stream_id, kind, name, state`,
      bound,
    ),
  ]);
  const of = {
    reports: byStream(reports),
    starts: byStream(starts),
    inits: byStream(inits),
    faults: byStream(faults),
    extensions: byStream(extensions),
  };
  const isWanted = new Set(wanted.map(keyOf));
  return streams
    .filter((stream) => isWanted.has(keyOf(stream)))
    .map(({ functionId, ...stream }) => {
      const key = keyOf({ functionId, streamId: stream.streamId });
      const mine = <T>(all: ReadonlyMap<string, readonly T[]>): readonly T[] => all.get(key) ?? [];
      const own = mine(of.reports);
      const unknown = stream.streamId === UNKNOWN_STREAM_ID ? null : keyOf({ functionId, streamId: UNKNOWN_STREAM_ID });
      const ids = new Set(own.map((report) => report.requestId));
      /** Also reads lines of these requests whose log stream is unknown. */
      const withOthers = <T extends { readonly requestId: string }>(
        all: ReadonlyMap<string, readonly T[]>,
      ): readonly T[] => {
        const more = unknown === null ? [] : (all.get(unknown) ?? []).filter((line) => ids.has(line.requestId));
        return more.length === 0 ? mine(all) : [...mine(all), ...more];
      };
      const [starts, faults] = [unique(withOthers(of.starts)), withOthers(of.faults)];
      const others = [starts, mine(of.inits), faults, mine(of.extensions)];
      return {
        functionId,
        stream,
        facts: {
          version: stream.version,
          reports: own.map(({ status, ...report }) => ({ ...report, status: STATUSES[status] ?? 'error' })),
          starts,
          inits: mine(of.inits),
          faults: faults.map((fault) => ({ ...fault, kind: fault.kind as FaultKind })),
          proactiveThresholdMs: gapOf(functionId).limitMs,
        },
        extensions: [
          ...new Set(
            mine(of.extensions)
              .filter((one) => one.kind === 'extension')
              .map((one) => one.name),
          ),
        ].toSorted(),
        environmentFactsMs: [...mine(of.inits), ...mine(of.extensions)].map((one) => one.atMs),
        failuresMs: [...faults, ...mine(of.inits).filter(({ status }) => status === 'error')].map((one) => one.atMs),
        known: others.reduce(
          (sum, all) => sum + all.length,
          own.length + own.filter((one) => one.startMs !== null).length,
        ),
      };
    });
}

/** Removes duplicate STARTs, including copies with their time truncated to the second. */
function unique<S extends StartFact>(starts: readonly S[]): readonly S[] {
  const known = new Map<string, S[]>();
  for (const start of starts.toSorted((a, b) => Number(isWholeSecond(a.startMs)) - Number(isWholeSecond(b.startMs)))) {
    const mine = known.get(start.requestId) ?? [];
    known.set(start.requestId, mine);
    if (!mine.some((one) => mayBeSameTime(one.startMs, start.startMs))) mine.push(start);
  }
  return [...known.values()].flat();
}

function keyOf({ functionId, streamId }: Of): string {
  return `${functionId}/${streamId}`;
}

function byStream<T extends Of>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const mine = found.get(key) ?? [];
    found.set(key, mine);
    mine.push(row);
  }
  return found;
}
