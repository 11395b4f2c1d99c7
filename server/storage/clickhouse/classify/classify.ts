/**
 * Reclassifies environments with new facts and writes the results. Results depend on the facts alone, and a result based on more
 * facts wins, so two workers that process the same environment do no harm.
 */

import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { ClassifiedEnvironment, ClassifiedInvocation } from '../../../analytics/cold-starts/environment.ts';
import { classifyEnvironment, classifyUnknownStream } from '../../../analytics/cold-starts/environment.ts';
import { belongsTo } from '../../../analytics/cold-starts/fault-match.ts';
import type { InvocationKey } from '../../ports.ts';
import { LEVELS } from '../../rollup/bucket.ts';
import { hashOf, UNKNOWN_STREAM_ID } from '../hash-ids.ts';
import { DERIVED_ID } from '../insert/imported.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { encodeVersioned } from '../versioned-value.ts';
import { contentIn, contentOf, encodeClassification } from './classification.ts';
import type { FunctionShard, Mark, PendingScope } from './pending.ts';
import { pendingMarks, settle } from './pending.ts';
import type { Gap, ReadEnvironment, StoredReport } from './read-facts.ts';
import { proactiveThresholdsOf, readEnvironments } from './read-facts.ts';
import type { BucketKey } from './rollups.ts';
import { writeBuckets } from './rollups.ts';
import type { SameAttempts } from './unknown-stream.ts';
import { sameAttempts, unknownLines } from './unknown-stream.ts';

/** Marks per query, and environments read at once. */
const MARKS_AT_ONCE = 20_000;
const ENVIRONMENTS_AT_ONCE = 2000;
/** Approximate number of new events per part. */
const EVENTS_AT_ONCE = 200_000;
/** Changes of the proactive threshold that `known` can distinguish. */
const MOVES = 4096;
const FIVE_MINUTES_MS = LEVELS[0].widthMs;

/** Result of one run. */
export interface ClassifiedCount {
  readonly environments: number;
  readonly changedRows: number;
}

/** Called with the keys of new invocations. */
export type OnRows = (keys: readonly InvocationKey[]) => void;

export interface ClassifyOptions {
  readonly shard: FunctionShard;
  readonly scope: PendingScope;
  /** Retention may have deleted events before this time, epoch ms. */
  readonly detailSinceMs: number;
  readonly onRows?: OnRows | undefined;
}

/** Classifies all pending environments of the shard. @throws StoreError */
export async function classifyPending(
  client: ClickHouseQueryClient,
  options: ClassifyOptions,
): Promise<ClassifiedCount> {
  const { shard, scope, detailSinceMs, onRows } = options;
  let environments = 0;
  let changedRows = 0;
  for (;;) {
    const pending = await pendingMarks(client, 'environment', { shard, scope, limit: MARKS_AT_ONCE });
    if (pending.length === 0) return { environments, changedRows };
    const gapOf = await proactiveThresholdsOf(client, [...new Set(pending.map((mark) => mark.functionId))]);
    for (const some of inParts(pending)) {
      changedRows += await classifyPart(client, some, gapOf, detailSinceMs, onRows);
      environments += some.size;
    }
  }
}

/** Marks by environment. */
type MarksByEnvironment = ReadonlyMap<string, readonly Mark[]>;

function nameOf(functionId: number, streamId: number): string {
  return `${functionId}/${streamId}`;
}

/** Groups marks into parts; all marks of an environment are in one part. */
function* inParts(pending: readonly Mark[]): Generator<MarksByEnvironment> {
  const all = new Map<string, Mark[]>();
  for (const mark of pending) {
    const name = nameOf(mark.functionId, mark.item);
    const marks = all.get(name) ?? [];
    all.set(name, marks);
    marks.push(mark);
  }
  let part = new Map<string, Mark[]>();
  let events = 0;
  for (const [name, marks] of all) {
    part.set(name, marks);
    events += marks.reduce((sum, mark) => sum + mark.n, 0);
    if (part.size < ENVIRONMENTS_AT_ONCE && events < EVENTS_AT_ONCE) continue;
    yield part;
    part = new Map();
    events = 0;
  }
  if (part.size > 0) yield part;
}

/**
 * Classifies some environments: writes changed rows, then rollups, then marks of stale hours. Returns the number of changed
 * rows.
 */
async function classifyPart(
  client: ClickHouseQueryClient,
  some: MarksByEnvironment,
  gapOf: (functionId: number) => Gap,
  detailSinceMs: number,
  onRows?: OnRows,
): Promise<number> {
  const marks = [...some.values()].flat();
  const unknown = await unknownLines(client, marks);
  await client.insert('invocation_fact', derived(unknown.rows));
  const pending = [...some.values()].flatMap(([first]) =>
    first === undefined ? [] : [{ functionId: first.functionId, streamId: first.item }],
  );
  const { read, touched: repeated } = await readWithoutCopies(client, [...pending, ...unknown.completed], gapOf);
  const buckets = new Map<string, BucketKey>();
  const hours = new Map<string, { readonly key: BucketKey; n: number }>();
  for (const { functionId, endMs } of [...unknown.touched, ...repeated]) {
    const [bucket, hourMs] = [floorTo(endMs, FIVE_MINUTES_MS), floorTo(endMs, HOUR_MS)];
    buckets.set(nameOf(functionId, bucket), [functionId, bucket]);
    hours.set(nameOf(functionId, hourMs), { key: [functionId, hourMs], n: 0 });
  }
  const changes: object[] = [];
  const environments: EnvironmentRow[] = [];
  for (const one of read) {
    const { functionId } = one;
    const isUnknown = one.stream.streamId === UNKNOWN_STREAM_ID;
    const classified = isUnknown ? classifyUnknownStream(one.facts) : classifyEnvironment(one.facts);
    const known = one.known * MOVES + (gapOf(functionId).moved % MOVES);
    const changed = classified.invocations.flatMap((run) => changeOf(functionId, one, run, known) ?? []);
    changes.push(...changed.map(({ row }) => row));
    environments.push(rowOf(functionId, one, classified, known));
    const marks = some.get(nameOf(functionId, one.stream.streamId)) ?? [];
    const found = touched(classified, one, marks, new Set(changed.map(({ run }) => run)));
    for (const bucket of found.buckets) buckets.set(nameOf(functionId, bucket), [functionId, bucket]);
    const n = marks.reduce((sum, mark) => sum + mark.n, 0);
    for (const hourMs of found.hours) {
      const hour = hours.get(nameOf(functionId, hourMs)) ?? { key: [functionId, hourMs], n: 0 };
      hours.set(nameOf(functionId, hourMs), hour);
      hour.n += n;
    }
  }
  await client.insert('invocation_fact', derived(changes));
  await client.insert('environment', environments);
  await client.insert(
    'lambda_function',
    derived(
      read.flatMap((one, at) => {
        const row = environments[at];
        return row === undefined ? [] : [functionRowOf(one.functionId, one, row)];
      }),
    ),
  );
  await writeBuckets(client, [...buckets.values()], detailSinceMs);
  const cause = marks.map((mark) => mark.mark).join();
  await client.insert(
    'pending',
    [...hours.values()].map(({ key: [functionId, hourMs], n }) => ({
      queue: 'slot',
      function_id: functionId,
      item: hourMs,
      mark: hashOf(cause, String(hourMs)),
      from_ms: hourMs,
      to_ms: hourMs + HOUR_MS,
      n,
    })),
  );
  await settle(client, 'environment', marks);
  if (onRows !== undefined) {
    onRows(read.flatMap((one) => newIn(one, some.get(nameOf(one.functionId, one.stream.streamId)) ?? [])));
  }
  return changes.length;
}

/** Marks rows of a table of facts as computed: an undo of an import deletes them, and they are computed again. */
function derived(rows: readonly object[]): readonly object[] {
  return rows.map((row) => ({ ...row, import_id: DERIVED_ID }));
}

/** Marks copies within one log stream, then reads the environments. */
async function readWithoutCopies(
  client: ClickHouseQueryClient,
  wanted: readonly { readonly functionId: number; readonly streamId: number }[],
  gapOf: (functionId: number) => Gap,
): Promise<{ readonly read: readonly ReadEnvironment[]; readonly touched: SameAttempts['touched'] }> {
  const read = await readEnvironments(client, wanted, gapOf);
  const same = read
    .filter(({ stream }) => stream.streamId !== UNKNOWN_STREAM_ID)
    .map(({ functionId, stream: { streamId }, facts: { reports } }) =>
      sameAttempts(reports.map((one) => ({ ...one, functionId, streamId, status: STATUSES.indexOf(one.status) }))),
    )
    .filter(({ rows }) => rows.length > 0);
  if (same.length === 0) return { read, touched: [] };
  await client.insert('invocation_fact', derived(same.flatMap(({ rows }) => rows)));
  return {
    read: await readEnvironments(client, wanted, gapOf),
    touched: same.flatMap(({ touched: some }) => some),
  };
}

/** Keys of the invocations that the marks cover. */
function newIn({ functionId, stream, facts }: ReadEnvironment, marks: readonly Mark[]): readonly InvocationKey[] {
  return facts.reports
    .filter(({ endMs }) => marks.some((mark) => endMs >= mark.fromMs && endMs <= mark.toMs))
    .map(({ endMs, requestId }) => ({ functionId, endMs, requestId, environmentId: stream.streamId }));
}

/** Returns the row to write, or null if the stored row is correct. */
function changeOf(
  functionId: number,
  { stream }: ReadEnvironment,
  run: ClassifiedInvocation<StoredReport>,
  known: number,
): { readonly run: ClassifiedInvocation<StoredReport>; readonly row: object } | null {
  const { report, startMs, status, errorType, cold, version } = run;
  const verdict = {
    status,
    cold,
    version: version === report.version ? null : version,
    errorType: errorType === report.errorType ? null : errorType,
  };
  const byItself = contentOf({ status: report.status, cold: null, version: null, errorType: null });
  const next = contentOf(verdict);
  const stored = report.verdict === '' ? byItself : contentIn(report.verdict);
  const hasChanged = next !== stored;
  if (!hasChanged && startMs === report.startMs) return null;
  return {
    run,
    row: {
      function_id: functionId,
      end_ms: report.endMs,
      request_id: report.requestId,
      stream_id: stream.streamId,
      start_ms: startMs,
      // Retention goes by it in rows that are not merged yet.
      received_ms: report.receivedMs,
      ...(hasChanged ? { verdict: encodeClassification(known, verdict) } : {}),
    },
  };
}

/** Five-minute buckets and hours that the changes make stale. */
function touched(
  { invocations }: ClassifiedEnvironment<StoredReport>,
  { environmentFactsMs, failuresMs, stream }: ReadEnvironment,
  marks: readonly Mark[],
  changed: ReadonlySet<ClassifiedInvocation<StoredReport>>,
): { readonly buckets: ReadonlySet<number>; readonly hours: ReadonlySet<number> } {
  const buckets = new Set<number>();
  const hours = new Set<number>();
  const within = (ms: number): boolean => marks.some((mark) => ms >= mark.fromMs && ms <= mark.toMs);
  // Inits and extensions affect every hour of the environment.
  const isWhole = environmentFactsMs.some(within);
  const toldMs = failuresMs.filter(within);
  for (const atMs of toldMs) {
    hours.add(floorTo(atMs, HOUR_MS));
    // Without its log stream, its attempt is one of another environment.
    if (stream.streamId === UNKNOWN_STREAM_ID) hours.add(floorTo(atMs + LONGEST_RUN_MS, HOUR_MS));
  }
  let previousEndMs: number | null = null;
  for (const run of invocations) {
    const { endMs, durationUs } = run.report;
    const startMs = run.startMs ?? endMs - Math.ceil(durationUs / 1000);
    const isNew = within(endMs) || changed.has(run);
    // What a fault line says counts in the hour in which its attempt ended.
    if (toldMs.some((atMs) => belongsTo(atMs, { startMs, endMs, durationUs }))) hours.add(floorTo(endMs, HOUR_MS));
    if (isNew) buckets.add(floorTo(endMs, FIVE_MINUTES_MS));
    if (isNew || isWhole) {
      const fromMs = Math.max(previousEndMs ?? startMs, startMs - LONGEST_IDLE_MS);
      for (let hourMs = floorTo(Math.min(fromMs, startMs), HOUR_MS); hourMs <= endMs; hourMs += HOUR_MS)
        hours.add(hourMs);
    }
    previousEndMs = endMs;
  }
  return { buckets, hours };
}

/** Bound on idle time: no environment idles longer, but a line with a wrong time may suggest so. */
const LONGEST_IDLE_MS = 31 * 24 * HOUR_MS;

function floorTo(ms: number, widthMs: number): number {
  return Math.floor(ms / widthMs) * widthMs;
}

/** Memory size and version of the newest invocation: those of its environment, or without log stream its own. */
function latestOf(
  { streamId }: ReadEnvironment['stream'],
  { reports }: ReadEnvironment['facts'],
  row: EnvironmentRow,
): string {
  if (row.last_end_ms === null) return '';
  if (streamId !== UNKNOWN_STREAM_ID)
    return encodeVersioned(row.last_end_ms, sizeAndVersion(row.memory_mb, row.version));
  const newest = reports.find((report) => report.endMs === row.last_end_ms);
  return newest === undefined ? '' : encodeVersioned(newest.endMs, sizeAndVersion(newest.memoryMb, newest.version));
}

/** Unknown values sort first, so that of two rows with the same time the more complete one is the greatest. */
function sizeAndVersion(memoryMb: number | null, version: string | null): readonly [number, string] {
  return [memoryMb ?? 0, version ?? ''];
}

interface EnvironmentRow {
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
  readonly last_end_ms: number | null;
  readonly memory_mb: number | null;
  readonly version: string | null;
}

function rowOf(
  functionId: number,
  { stream, extensions, facts }: ReadEnvironment,
  classified: ClassifiedEnvironment<StoredReport>,
  known: number,
): EnvironmentRow {
  const { invocations, lastStatus } = classified;
  return {
    function_id: functionId,
    environment_id: stream.streamId,
    account: stream.account,
    region: stream.region,
    function_name: stream.functionName,
    log_group: stream.logGroup,
    log_stream: stream.logStream,
    version: classified.version,
    memory_mb: classified.memoryMb,
    runtime_version: classified.runtimeVersion,
    runtime_version_arn: classified.runtimeVersionArn,
    initialization_type: classified.initializationType,
    init_start_ms: classified.initStartMs,
    init_us: classified.initUs,
    first_seen_ms: stream.firstMs,
    last_seen_ms: stream.lastMs,
    first_end_ms: invocations[0]?.report.endMs ?? null,
    last_end_ms: invocations.at(-1)?.report.endMs ?? null,
    last_status: lastStatus === null ? null : STATUSES.indexOf(lastStatus),
    invocations: invocations.length,
    failures: classified.failures,
    max_memory_mb: classified.maxMemoryMb,
    extensions,
    pending_starts: classified.pendingStarts,
    attributes: stream.attributes,
    tenant: facts.reports.find((report) => report.tenant !== null)?.tenant ?? null,
    known,
  } as EnvironmentRow;
}

function functionRowOf(functionId: number, { stream, facts }: ReadEnvironment, row: EnvironmentRow): object {
  const newestInit = facts.inits.filter((init) => init.runtimeVersion !== null).toSorted((a, b) => b.atMs - a.atMs)[0];
  return {
    function_id: functionId,
    account: stream.account,
    region: stream.region,
    name: stream.functionName,
    named: stream.named,
    first_seen_ms: row.first_seen_ms,
    last_seen_ms: row.last_seen_ms,
    latest: latestOf(stream, facts, row),
    runtime: newestInit === undefined ? '' : encodeVersioned(newestInit.atMs, newestInit.runtimeVersion),
  };
}
