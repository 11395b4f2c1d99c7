/** Attribution on ClickHouse: stale hours, and results of attributing them. The rules are in analytics/cold-starts. */

import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { deployOf, encodeConfiguration } from '../../../analytics/cold-starts/configuration.ts';
import { attributeHour, FORGET_MS } from '../../../analytics/cold-starts/hour.ts';
import type { CarriedState, ColdStartRun, EnvironmentInfo, Run } from '../../../analytics/cold-starts/hour-state.ts';
import { NO_CARRIED_STATE } from '../../../analytics/cold-starts/hour-state.ts';
import { hourName, storedColdStarts } from '../../clickhouse/attribution/cold-start-json.ts';
import { hourErrors, unsettledFailures } from '../../clickhouse/attribution/hour-failures.ts';
import type { WindowRow } from '../../clickhouse/attribution/idle-windows.ts';
import { WINDOW_COLUMNS, windowIn, windowOf } from '../../clickhouse/attribution/idle-windows.ts';
import type { FunctionShard } from '../../clickhouse/classify/pending.ts';
import { pendingParameters, pendingRows } from '../../clickhouse/classify/pending.ts';
import { proactiveThresholdsOf } from '../../clickhouse/classify/read-facts.ts';
import { seriesIdOf } from '../../clickhouse/hash-ids.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { ClickHouseQueryClient } from '../../clickhouse/query-client.ts';
import type {
  AttributedHour,
  AttributedHours,
  FunctionIdleTimes,
  FunctionInitGaps,
  StaleHour,
  StaleMark,
} from '../../ports.ts';
import { hourState, idleTimeBins, parseStored } from '../../stored-json.ts';
import { plainParts } from './cold-start-parts.ts';
import { coldStartRow } from './result.ts';

/** Upper bound of an invocation's length: it belongs to the hour it starts in, but is stored by its end. */
/** `start` of a row in SQL: END less the run, or less Duration where START did not arrive. */
const START = 'end_ms - ifNull(run_ms, intDiv(duration_us + 999, 1000))';

export async function staleHours(
  client: ClickHouseQueryClient,
  share: FunctionShard,
  query: { readonly beforeMs: number; readonly limit: number },
): Promise<readonly StaleHour[]> {
  const hours = await client.all<{ functionId: number; hourMs: number; changes: number; sinceMs: number }>(
    `SELECT function_id AS functionId, item AS hourMs, sum(times) AS changes, min(since) AS sinceMs FROM (
       SELECT function_id, item, mark, any(n) AS times, toUnixTimestamp64Milli(min(at)) AS since FROM ${pendingRows('all')}
         AND item < {beforeMs:Int64} GROUP BY function_id, item, mark)
     GROUP BY function_id, item
     ORDER BY row_number() OVER (PARTITION BY function_id ORDER BY item), sinceMs, function_id LIMIT {limit:UInt32}`,
    { ...pendingParameters('slot', share), ...query },
  );
  const derived = await client.all<{ functionId: number; hourMs: number; runs: number }>(
    `SELECT function_id AS functionId, slot_ms AS hourMs, runs FROM derived_slot FINAL
     WHERE (function_id, slot_ms) IN ({keys:Array(Tuple(UInt64, Int64))})`,
    { keys: `[${hours.map((hour) => `(${hour.functionId},${hour.hourMs})`).join(',')}]` },
  );
  const runs = new Map(derived.map((row) => [`${row.functionId}/${row.hourMs}`, row.runs]));
  return hours
    .map((hour) => ({ ...hour, runs: runs.get(`${hour.functionId}/${hour.hourMs}`) ?? null }))
    .toSorted((a, b) => a.functionId - b.functionId || a.hourMs - b.hourMs);
}

function byHour(marks: readonly StaleMark[]): ReadonlyMap<number, readonly StaleMark[]> {
  const found = new Map<number, StaleMark[]>();
  for (const mark of marks) {
    const mine = found.get(mark.item) ?? [];
    found.set(mark.item, mine);
    mine.push(mark);
  }
  return found;
}

interface Query {
  readonly functionId: number;
  /** Starts of hours, epoch ms, ascending. */
  readonly hours: readonly number[];
  /** Invocations that end later wait for the next round, epoch ms. */
  readonly settledMs: number;
  /** Stops after the hour in which this many invocations were read. */
  readonly mostRuns: number;
}

/** Attributes the hours, and those whose carried-in state changes with them, until `mostRuns` invocations were read. */
export async function attributeHours(client: ClickHouseQueryClient, query: Query): Promise<AttributedHours> {
  const { functionId } = query;
  const marks = await marksOf(client, functionId);
  const window = await windowOf(client, functionId);
  const deploysMs = await deploysOf(client, functionId);
  const wanted = [...query.hours];
  const results: AttributedHour[] = [];
  let carried = await closingBefore(client, functionId, wanted[0] ?? 0);
  let read = 0;
  let moved = false;
  while (wanted.length > 0 && (read < query.mostRuns || results.length === 0)) {
    const hourMs = wanted.shift() as number;
    const stored = await client.one<{ closing: string; runs: number }>(
      'SELECT closing, runs FROM derived_slot FINAL WHERE function_id = {functionId:UInt64} AND slot_ms = {hourMs:Int64}',
      { functionId, hourMs },
    );
    const wholeMs = hourMs + HOUR_MS + LONGEST_RUN_MS;
    const until = Math.min(wholeMs, query.settledMs + 1);
    const infos = await environmentInfosOf(client, functionId, hourMs, deploysMs);
    const runs = await runsOf(client, functionId, hourMs, until);
    read += runs.length;
    const cold = runs.filter((run): run is ColdStartRun => run.cold !== null);
    const derived = attributeHour(hourMs, { cold, runs }, infos, carried);
    const closing = JSON.stringify(derived.closing);
    const mine = marks.get(hourMs) ?? [];
    results.push({
      hourMs,
      changesSeen: mine.reduce((sum, mark) => sum + mark.n, 0),
      seen: mine,
      unsettled:
        until === wholeMs
          ? 0
          : (await unsettledOf(client, functionId, hourMs, until)) +
            (await unsettledFailures(client, { functionId, hourMs, settledMs: query.settledMs })),
      runs: runs.length,
      idleTimes: JSON.stringify([...derived.idleTimes].toSorted(([a], [b]) => a - b).map(([bin, n]) => [bin, ...n])),
      carryOut: closing,
      coldStarts: plainParts(derived.coldStarts.map((one) => coldStartRow(one, window))),
      changes: derived.changes,
      // Hours that only start from another state have the same failures as before.
      errors: query.hours.includes(hourMs)
        ? await hourErrors(client, { functionId, hourMs, settledMs: query.settledMs })
        : null,
    });
    if (runs.length > 0) carried = derived.closing;
    const next = await nextHour(client, functionId, hourMs);
    // An hour without invocations passes its carried-in state on.
    const was = stored === undefined || stored.runs === 0 ? undefined : stored.closing;
    moved = runs.length > 0 ? was !== closing : moved || was !== undefined;
    if (moved && next !== undefined && next < (wanted[0] ?? Number.POSITIVE_INFINITY)) wanted.unshift(next);
    const following = wanted[0];
    // Unchanged hours lie between this one and the next wanted one: start from what the last of them carried out.
    if (following !== undefined && next !== undefined && next < following) {
      carried = await closingBefore(client, functionId, following);
    }
  }
  const left = wanted[0];
  return { hours: results, nextHourMs: left === undefined || query.hours.includes(left) ? null : left };
}

async function marksOf(
  client: ClickHouseQueryClient,
  functionId: number,
): Promise<ReadonlyMap<number, readonly StaleMark[]>> {
  const rows = await client.all<StaleMark>(
    `SELECT toString(at) AS at, item, mark, n FROM pending
     WHERE queue = 'slot' AND function_id = {functionId:UInt64} AND (item, mark) NOT IN (
       SELECT item, mark FROM settled WHERE queue = 'slot' AND function_id = {functionId:UInt64})
     ORDER BY at LIMIT 1 BY item, mark`,
    { functionId },
  );
  return byHour(rows);
}

async function closingBefore(client: ClickHouseQueryClient, functionId: number, hourMs: number): Promise<CarriedState> {
  const before = await client.one<{ hourMs: number; closing: string }>(
    `SELECT slot_ms AS hourMs, closing FROM derived_slot FINAL WHERE function_id = {functionId:UInt64} AND slot_ms < {hourMs:Int64} AND runs > 0
     ORDER BY slot_ms DESC LIMIT 1`,
    { functionId, hourMs },
  );
  if (before === undefined) return NO_CARRIED_STATE;
  return parseStored(hourState, before.closing, `${hourName(functionId, before.hourMs)}: closing`) ?? NO_CARRIED_STATE;
}

async function nextHour(
  client: ClickHouseQueryClient,
  functionId: number,
  hourMs: number,
): Promise<number | undefined> {
  const next = await client.one<{ hourMs: number }>(
    `SELECT slot_ms AS hourMs FROM derived_slot FINAL WHERE function_id = {functionId:UInt64} AND slot_ms > {hourMs:Int64}
     AND runs > 0 ORDER BY slot_ms LIMIT 1`,
    { functionId, hourMs },
  );
  return next?.hourMs;
}

/** Updates of $LATEST after the function's first line; earlier ones replaced no environment on record. */
async function deploysOf(client: ClickHouseQueryClient, functionId: number): Promise<readonly number[]> {
  const rows = await client.all<{ atMs: number }>(
    `SELECT DISTINCT at_ms AS atMs FROM deploy WHERE function_id = {functionId:UInt64} AND at_ms > (
       SELECT min(first_seen_ms) FROM lambda_function WHERE function_id = {functionId:UInt64}) ORDER BY atMs`,
    { functionId },
  );
  return rows.map((row) => row.atMs);
}

/** Environments that may be active, idle or remembered in the hour. */
async function environmentInfosOf(
  client: ClickHouseQueryClient,
  functionId: number,
  hourMs: number,
  deploysMs: readonly number[],
): Promise<ReadonlyMap<number, EnvironmentInfo>> {
  const rows = await client.all<{
    id: number;
    version: string | null;
    memoryMb: number | null;
    runtime: string | null;
    initStartMs: number | null;
    firstSeenMs: number;
    lastEndMs: number | null;
    extensions: readonly string[];
    tenant: string | null;
    isFirst: number;
  }>(
    `SELECT environment_id AS id, version, memory_mb AS memoryMb, runtime_version_arn AS runtime, init_start_ms AS initStartMs,
       first_seen_ms AS firstSeenMs, last_end_ms AS lastEndMs, extensions, tenant,
       tenant IS NOT NULL AND (tenant, first_seen_ms) IN (
         SELECT tenant, min(first_seen_ms) FROM environment FINAL
         WHERE function_id = {functionId:UInt64} AND tenant IS NOT NULL GROUP BY tenant) AS isFirst
     FROM environment FINAL WHERE function_id = {functionId:UInt64} AND last_seen_ms >= {sinceMs:Int64}
       AND first_seen_ms < {untilMs:Int64}`,
    { functionId, sinceMs: hourMs - FORGET_MS - LONGEST_RUN_MS, untilMs: hourMs + HOUR_MS + LONGEST_RUN_MS },
  );
  return new Map(
    rows.map(({ id, version, memoryMb, extensions, runtime, initStartMs, firstSeenMs, lastEndMs, tenant, isFirst }) => [
      id,
      {
        configuration: encodeConfiguration({
          version,
          memoryMb,
          extensions: extensions.length === 0 ? null : extensions.join('\n'),
          deployedAtMs: deployOf({ version, startedMs: initStartMs ?? firstSeenMs }, deploysMs),
        }),
        runtime: runtime ?? '',
        tenant,
        isFirstOfTenant: isFirst === 1,
        initStartMs,
        lastEndMs: lastEndMs ?? 0,
      },
    ]),
  );
}

function inHour(functionId: number, hourMs: number, fromMs: number, toMs: number) {
  return {
    rows: invocationRows('function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}'),
    starts: `${START} >= {hourMs:Int64} AND ${START} < {slotEndMs:Int64}`,
    bound: { functionId, hourMs, slotEndMs: hourMs + HOUR_MS, fromMs, toMs },
  };
}

/** Invocations of the hour that ended after `fromMs`. */
async function unsettledOf(
  client: ClickHouseQueryClient,
  functionId: number,
  hourMs: number,
  fromMs: number,
): Promise<number> {
  const { rows, starts, bound } = inHour(functionId, hourMs, fromMs, hourMs + HOUR_MS + LONGEST_RUN_MS);
  const found = await client.one<{ n: number }>(`SELECT count() AS n FROM ${rows} WHERE ${starts}`, bound);
  return found?.n ?? 0;
}

async function runsOf(
  client: ClickHouseQueryClient,
  functionId: number,
  hourMs: number,
  untilMs: number,
): Promise<readonly Run[]> {
  const { rows, starts, bound } = inHour(functionId, hourMs, hourMs, untilMs);
  const found = await client.all<{
    environmentId: number;
    endMs: number;
    startMs: number;
    status: number;
    cold: number | null;
    requestId: string;
    felt: number | null;
    version: string | null;
    memoryMb: number | null;
    initUs: number | null;
    restoreUs: number | null;
    durationUs: number;
    billedMs: number | null;
    hiddenInitUs: number | null;
    billedRestoreMs: number | null;
    initTimedOut: number | null;
  }>(
    `SELECT environment_id AS environmentId, end_ms AS endMs, ${START} AS startMs, judged_status AS status, cold,
       if(cold IS NULL, '', request_id) AS requestId, user_felt AS felt, series_version AS version, memory_mb AS memoryMb,
       init_us AS initUs, restore_us AS restoreUs, duration_us AS durationUs, billed_ms AS billedMs,
       hidden_init_us AS hiddenInitUs, billed_restore_ms AS billedRestoreMs, init_timed_out AS initTimedOut
     FROM ${rows} WHERE ${starts} AND environment_id > 0 ORDER BY startMs, endMs, request_id, environment_id`,
    bound,
  );
  return found.map((row) => {
    const { cold, requestId, felt, version, memoryMb, initUs, restoreUs, durationUs, billedMs, ...others } = row;
    const { hiddenInitUs, billedRestoreMs, initTimedOut, ...run } = others;
    const kind = cold === null ? undefined : COLD_START_KINDS[cold];
    return {
      environmentId: run.environmentId,
      startMs: run.startMs,
      endMs: run.endMs,
      failed: run.status !== 0,
      cold:
        kind === undefined
          ? null
          : {
              requestId,
              order: requestId.replaceAll('-', '').toUpperCase(),
              kind,
              userFelt: felt === 1,
              seriesId: seriesIdOf(functionId, version, memoryMb),
              initMs: initUs === null && restoreUs === null ? null : ((initUs ?? 0) + (restoreUs ?? 0)) / 1000,
              durationMs: durationUs / 1000,
              billedMs,
              hiddenInitMs: hiddenInitUs === null ? null : hiddenInitUs / 1000,
              billedRestoreMs,
              initTimedOut: initTimedOut === 1,
            },
    };
  });
}

/** Hours before a function's newest that its idle window is estimated from. */
const WINDOW_SLOTS = 14 * 24;

/** Without ids of all functions: needed for functions with too few ended environments of their own. */
export async function idleTimes(
  client: ClickHouseQueryClient,
  { functionIds }: { readonly functionIds?: readonly number[] },
): Promise<readonly FunctionIdleTimes[]> {
  if (functionIds?.length === 0) return [];
  const chosen = functionIds === undefined ? '' : 'AND function_id IN {functionIds:Array(UInt64)}';
  const rows = await client.all<{ functionId: number; hourMs: number; idleTimes: string }>(
    `SELECT function_id AS functionId, slot_ms AS hourMs, idle_times AS idleTimes FROM derived_slot FINAL
     JOIN (SELECT function_id, max(slot_ms) AS newest FROM derived_slot WHERE runs > 0 ${chosen} GROUP BY function_id) AS last USING (function_id)
     WHERE runs > 0 ${chosen} AND slot_ms > newest - {lookBackMs:Int64}`,
    { lookBackMs: WINDOW_SLOTS * HOUR_MS, ...(functionIds === undefined ? {} : { functionIds }) },
  );
  const windows = await client.all<WindowRow & { functionId: number }>(
    `SELECT function_id AS functionId, ${WINDOW_COLUMNS} FROM idle_window FINAL`,
  );
  const windowRows = new Map(windows.map((row) => [row.functionId, row]));
  const found = new Map<number, Map<number, [number, number]>>();
  for (const row of rows) {
    const times = found.get(row.functionId) ?? new Map<number, [number, number]>();
    found.set(row.functionId, times);
    const name = `${hourName(row.functionId, row.hourMs)}: idle_times`;
    for (const [bin, reused, terminated] of parseStored(idleTimeBins, row.idleTimes, name) ?? []) {
      const [r, g] = times.get(bin) ?? [0, 0];
      times.set(bin, [r + reused, g + terminated]);
    }
  }
  return [...found].map(([functionId, times]) => {
    const row = windowRows.get(functionId);
    return { functionId, times, window: row === undefined ? null : { window: windowIn(row), source: row.source } };
  });
}

/** Newest inits per function that the proactive threshold is estimated from. */
const MOST_GAPS = 5000;
const [ON_DEMAND] = COLD_START_KINDS;

export async function initGaps(
  client: ClickHouseQueryClient,
  query: { readonly functionIds: readonly number[] },
): Promise<readonly FunctionInitGaps[]> {
  if (query.functionIds.length === 0) return [];
  const gapOf = await proactiveThresholdsOf(client, query.functionIds);
  return Promise.all(
    query.functionIds.map(async (functionId) => ({
      functionId,
      gapsMs: await newestGaps(client, functionId),
      proactiveThresholdMs: gapOf(functionId).limitMs,
    })),
  );
}

async function newestGaps(client: ClickHouseQueryClient, functionId: number): Promise<readonly number[]> {
  const hours = await client.all<{ hourMs: number; coldStarts: string }>(
    `SELECT slot_ms AS hourMs, cold_starts AS coldStarts FROM derived_slot FINAL
     WHERE function_id = {functionId:UInt64} AND cold_starts <> '[]' ORDER BY slot_ms DESC LIMIT ${MOST_GAPS}`,
    { functionId },
  );
  const gaps: number[] = [];
  for (const { hourMs, coldStarts } of hours) {
    if (gaps.length >= MOST_GAPS) break;
    const newestFirst = storedColdStarts(coldStarts, functionId, hourMs)
      .filter((one) => one.kind === ON_DEMAND && one.platformMs !== null)
      .toSorted((a, b) => b.endMs - a.endMs || (a.requestId < b.requestId ? -1 : 1));
    gaps.push(...newestFirst.map((one) => Math.round(one.platformMs ?? 0)));
  }
  return gaps.slice(0, MOST_GAPS);
}
