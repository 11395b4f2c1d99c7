/** The hours of a search, newest first, in parts that do not read too much. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { LogQuery } from '../../questions/logs/types.ts';
import type { TimeRange } from '../../questions/shared-types.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import type { LineFilter } from './condition-sql.ts';
import { hourOf } from './line-rows.ts';

export interface SearchedLines {
  /** First and last time, epoch ms. */
  readonly fromMs: number;
  readonly upToMs: number;
  /** SQL over `log_line`. */
  readonly where: string;
}

/** Functions whose lines are searched; both undefined for all. */
export type LineOwners = Pick<LogQuery, 'functionId' | 'selected'>;

/** SQL before further conditions. */
export function ownedBy({ functionId, selected }: LineOwners): string {
  const one = functionId === undefined ? '' : `function_id = ${functionId} AND `;
  if (selected === undefined) return one;
  // One text, where a list of many numbers is a node of the statement for each, wherever it is repeated. No function has the id 0, and a list
  // must not be empty.
  return `${one}function_id IN CAST('[${[0, ...selected].join(',')}]', 'Array(UInt64)') AND `;
}

/** SQL of the lines of a range that may match. */
export function searchedLines(
  { fromMs, toMs }: TimeRange,
  filter: LineFilter,
  owners: LineOwners,
  hiddenMs: number,
): SearchedLines {
  const own = ownedBy(owners);
  return {
    fromMs: Math.ceil(fromMs),
    upToMs: Math.ceil(toMs) - 1,
    where: `${own}received_ms > ${hiddenMs} AND (${filter.may})`,
  };
}

/** SQL of those of some hours, of times up to `upToMs`. */
export function withinHours({ fromMs, where }: SearchedLines, { firstMs, lastMs }: Hours, upToMs: number): string {
  return `hour_ms >= ${firstMs} AND hour_ms <= ${lastMs} AND at_ms >= ${fromMs} AND at_ms <= ${upToMs} AND ${where}`;
}

/** Starts of the first and the last hour. */
export interface Hours {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What lines of a range there are: the hours of the oldest and the newest, their number, and the mean size of a row. */
export interface Extent extends Hours {
  readonly lines: number;
  readonly meanBytes: number;
}

/** Of a row, where it is not known. */
const USUAL_BYTES = 200;

/** Null if there are no lines. @throws StoreError */
export async function extentOf(
  client: ClickHouseQueryClient,
  { fromMs, upToMs }: SearchedLines,
  hiddenMs: number,
  owners: LineOwners,
): Promise<Extent | null> {
  const own = ownedBy(owners);
  const [range, sizes] = await Promise.all([
    client.one<{ firstMs: number; lastMs: number; lines: number }>(
      `SELECT min(hour_ms) AS firstMs, max(hour_ms) AS lastMs, count() AS lines FROM log_line
       WHERE ${own}hour_ms >= ${hourOf(fromMs)} AND hour_ms <= ${hourOf(upToMs)} AND received_ms > ${hiddenMs}`,
    ),
    client
      .one<{ meanBytes: number }>(
        `SELECT sum(data_uncompressed_bytes) / greatest(1, sum(rows)) AS meanBytes FROM system.parts
         WHERE active AND database = currentDatabase() AND table IN ('log_line', 'log_line_local')`,
      )
      // Servers may allow the table to some users only.
      .catch(() => undefined),
  ]);
  if (range === undefined || range.lines === 0) return null;
  return { ...range, meanBytes: sizes?.meanBytes ?? USUAL_BYTES };
}

/** Text that ClickHouse would read, after its indexes, bytes. @throws StoreError */
export async function estimateBytes(
  client: ClickHouseQueryClient,
  lines: SearchedLines,
  hours: Hours,
  upToMs: number,
  { meanBytes }: Extent,
): Promise<number> {
  const parts = await client.all<{ rows: number | string }>(
    `EXPLAIN ESTIMATE SELECT message FROM log_line WHERE ${withinHours(lines, hours, upToMs)}`,
  );
  return meanBytes * parts.reduce((sum, { rows }) => sum + Number(rows), 0);
}

export interface PlannedHours extends Hours {
  /** About how much text is read of them. */
  readonly bytes: number;
}

/**
 * The hours up to `lastMs` that are read at once: `length`, or fewer if of these more than `mostBytes` would be read; at least one. `costOf`
 * estimates what is read of some hours. @throws StoreError
 */
export async function planHours(
  { firstMs }: Hours,
  lastMs: number,
  length: number,
  mostBytes: number,
  costOf: (hours: Hours) => Promise<number>,
): Promise<PlannedHours> {
  for (let n = length; ; n = Math.max(1, Math.floor(n / 4))) {
    const hours = { firstMs: Math.max(firstMs, lastMs - (n - 1) * HOUR_MS), lastMs };
    const bytes = await costOf(hours);
    if (bytes <= mostBytes || n === 1) return { ...hours, bytes };
  }
}

export function lengthOf({ firstMs, lastMs }: Hours): number {
  return (lastMs - firstMs) / HOUR_MS + 1;
}
