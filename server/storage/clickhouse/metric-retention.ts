/**
 * Retention of points and printed values of metrics: an hour of each series takes their place (docs/decisions/0036). A day of a function
 * passes through three steps, some minutes apart: no more of it is stored, its hours are written, the rest is deleted. Each step may be
 * repeated after an interruption: hours are summed only while everything is there that they are made of.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { ClickHouseOptions } from './connection.ts';
import { pointCells, valueCells } from './metric-cells.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { deleteRows } from './relocation/delete-rows.ts';

/**
 * Time between two steps: longer than a writer takes that has read which days are stored, and longer than a question takes that has read
 * from which rows it is answered.
 */
const SETTLED_MS = 5 * MINUTE_MS;
/** Functions and days of one step and round. */
const MOST_DAYS = 20_000;
/** Functions whose hours are summed by one statement, and days of functions that one statement deletes. */
const AT_ONCE = 1000;
const DELETED_AT_ONCE = 5000;

/** The tables of single values, with the columns of their times and of their receipt. */
const TABLES = [
  { table: 'metric_point', time: 'start_ms', receipt: 'stored_ms' },
  { table: 'metric_value', time: 'at_ms', receipt: 'received_ms' },
  { table: 'moved_metric_line', time: 'at_ms', receipt: 'stored_ms' },
] as const;

export interface MetricRetentionOptions {
  readonly cluster: Pick<ClickHouseOptions, 'cluster'>;
  readonly nowMs: number;
  /** How long points, and lines of printed values, are kept. */
  readonly keptMs: number;
}

interface FunctionDay {
  readonly functionId: number;
  readonly day: number;
}

/** Takes what is due one step further. Not to be called twice at a time. @throws StoreError */
export async function retainMetrics(client: ClickHouseQueryClient, options: MetricRetentionOptions): Promise<void> {
  await deleteSummed(client, options);
  await sumExpired(client, options);
  await expire(client, options);
}

/** Days are due when the newest of what came of them is older than the retention, and so are those of the future, which are wrong. */
async function expire(client: ClickHouseQueryClient, { nowMs, keptMs }: MetricRetentionOptions): Promise<void> {
  const bound = {
    beforeMs: Math.floor((nowMs - keptMs) / DAY_MS) * DAY_MS,
    afterMs: (Math.floor(nowMs / DAY_MS) + 2) * DAY_MS,
    receivedMs: nowMs - keptMs,
  };
  const parts = TABLES.map(
    ({ table, time, receipt }) => `SELECT function_id, intDiv(${time}, ${DAY_MS}) AS day, max(${receipt}) AS newest
      FROM ${table} WHERE ${time} < {beforeMs:Int64} OR ${time} >= {afterMs:Int64} GROUP BY function_id, day`,
  );
  const due = await client.all<FunctionDay>(
    `SELECT function_id AS functionId, day FROM (${parts.join(' UNION ALL ')})
     WHERE (function_id, day) NOT IN (SELECT function_id, toInt64(day) FROM metric_day)
     GROUP BY function_id, day HAVING max(newest) < {receivedMs:Int64} ORDER BY day, function_id LIMIT ${MOST_DAYS}`,
    bound,
  );
  await note(client, due, 'expired_ms', nowMs);
}

async function sumExpired(client: ClickHouseQueryClient, { nowMs }: MetricRetentionOptions): Promise<void> {
  const due = await daysThat(
    client,
    'max(summed_ms) < max(expired_ms) AND max(expired_ms) <= {settledMs:Int64}',
    nowMs,
  );
  for (const [day, ids] of byDay(due)) {
    for (const functions of inParts(ids, AT_ONCE)) {
      const fromMs = day * DAY_MS;
      const bound = { functions, fromMs, toMs: fromMs + DAY_MS, width: HOUR_MS, nowMs };
      const where = { functions: 'function_id IN {functions:Array(UInt64)}', series: '1' };
      const NO_BINS = "CAST(map(), 'Map(Int32, UInt64)')";
      for (const [cells, bins] of [
        [pointCells(where), NO_BINS],
        [valueCells(where, true), 'bins'],
      ]) {
        await client.run(
          `INSERT INTO metric_hour (function_id, series_id, bucket, count, sum, min, max, sketch, stored_ms)
           SELECT functionId, seriesId, bucket, count, sum, min, max, ${bins}, {nowMs:Int64} FROM (${cells})
           SETTINGS insert_deduplicate = 0, optimize_aggregation_in_order = 1`,
          bound,
        );
      }
      await note(
        client,
        functions.map((functionId) => ({ functionId, day })),
        'summed_ms',
        nowMs,
      );
    }
  }
}

async function deleteSummed(client: ClickHouseQueryClient, { nowMs, cluster }: MetricRetentionOptions): Promise<void> {
  const due = await daysThat(client, 'max(deleted_ms) < max(summed_ms) AND max(summed_ms) <= {settledMs:Int64}', nowMs);
  for (const some of inParts(due, DELETED_AT_ONCE)) {
    for (const { table, time } of TABLES) {
      const days = [...byDay(some)].map(
        ([day, ids]) =>
          `function_id IN (${ids.join(',')}) AND ${time} >= ${day * DAY_MS} AND ${time} < ${(day + 1) * DAY_MS}`,
      );
      await deleteRows(client, cluster, table, days.join(' OR '));
    }
    await note(client, some, 'deleted_ms', nowMs);
  }
}

function daysThat(client: ClickHouseQueryClient, condition: string, nowMs: number): Promise<readonly FunctionDay[]> {
  return client.all<FunctionDay>(
    `SELECT function_id AS functionId, day FROM metric_day GROUP BY function_id, day HAVING ${condition}
     ORDER BY day, function_id LIMIT ${MOST_DAYS}`,
    { settledMs: nowMs - SETTLED_MS },
  );
}

function note(
  client: ClickHouseQueryClient,
  days: readonly FunctionDay[],
  step: 'expired_ms' | 'summed_ms' | 'deleted_ms',
  nowMs: number,
): Promise<void> {
  return client.insert(
    'metric_day',
    days.map(({ functionId, day }) => ({ function_id: functionId, day, [step]: nowMs })),
  );
}

/** Functions of each day, in the order of the days. */
function byDay(days: readonly FunctionDay[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const { functionId, day } of days) {
    const ids = found.get(day) ?? [];
    found.set(day, ids);
    ids.push(functionId);
  }
  return found;
}

function* inParts<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
