/** Reads rollups: counts are summed inside ClickHouse, sketches come as counts by bin. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { Sketch } from '../../analytics/sketch/sketch.ts';
import { ZERO_BIN } from '../../analytics/sketch/sketch.ts';
import type { Counts, FunctionFilter, FunctionIdentity, RateBlocks, TimeRange } from '../ports.ts';
import type { RollupBucket } from '../rollup/bucket.ts';
import { COUNT_COLUMNS, READ_COLUMNS } from '../rollup/bucket.ts';
import type { Segment } from '../rollup/range.ts';
import type { Blocks, RateBlocksBuilder } from '../rollup/rate-blocks.ts';
import { KIND_STEP } from './classify/rollups.ts';
import type { QueryContext } from './query-context.ts';

/** Bins and their counts, as two lists: they parse several times faster than an object with a key per bin. */
export type Bins = readonly [bins: readonly number[], times: readonly number[]];

export interface RollupBucketRow extends Counts {
  readonly functionId: number;
  /** Start of the bucket, epoch ms. */
  readonly at: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  /** Number of the requested edges that are not after its bucket. */
  readonly piece: number;
  /** Empty if the query requests no sketches. */
  readonly duration: Bins;
  readonly coldInit: Bins;
  readonly coldTotal: Bins;
  /** Numbers of the blocks that have rows, and a list for each count of a rate; empty if the query requests none. */
  readonly blocks: readonly (readonly number[])[];
}

/** Dimensions that rows are grouped by; all others are summed. */
export interface GroupBy {
  readonly function?: boolean;
  readonly series?: boolean;
  /** Groups of functions to sum: a group number for each entry of `functions`, returned as `functionId`. */
  readonly groups?: readonly number[];
  /** Width of the buckets, ms; null sums the whole range. */
  readonly widthMs?: number | null;
}

export type Sketches = 'none' | 'duration' | 'on-demand' | 'all';

interface RollupRowQuery extends GroupBy {
  /** Null: all functions. */
  readonly functions: readonly Pick<FunctionIdentity, 'functionId'>[] | null;
  /** Version and memory size; rollups do not contain the architecture. */
  readonly filter: FunctionFilter;
  readonly segments: readonly Segment[];
  readonly sketches: Sketches;
  /** Counted apart. */
  readonly blocks?: Blocks;
  /** Times, epoch ms, that no segment spans: rows on either side stay apart. */
  readonly edges?: readonly number[];
}

/** `series`: by version and memory size. */
export async function rollupRows(context: QueryContext, query: RollupRowQuery): Promise<readonly RollupBucketRow[]> {
  const { filter, functions, edges = [] } = query;
  if (functions?.length === 0 || query.segments.length === 0) return [];
  const { version, memoryMb } = filter;
  return context.client.all<RollupBucketRow>(
    `SELECT ${functionOf(query)} AS functionId, ${bucketOf(query)} AS at,
       ${query.series === true ? "nullIf(cell.version, '')" : 'NULL'} AS version,
       ${query.series === true ? 'nullIf(cell.memory_mb, -1)' : 'NULL'} AS memoryMb,
       ${COUNT_COLUMNS.map((name) => `sum(cell.${name}) AS ${name}`).join(', ')}, max(cell.max_memory_mb) AS maxMemoryMb,
       sum(if((cell.function_id, intDiv(cell.bucket, ${DAY_MS})) IN (SELECT function_id, toInt64(day) FROM error_day), 0, cell.n)) AS errors_unknown,
       ${edges.length === 0 ? '0' : 'arrayCount(edge -> edge <= cell.bucket, {edges:Array(Int64)})'} AS piece,
       ${sketchesOf(query.sketches)}, ${countsBy(query.blocks)} AS blocks
     FROM (${unionOf(query, COLUMNS[query.sketches])}) AS cell
     GROUP BY functionId, at, version, memoryMb, piece HAVING n > 0`,
    { ids: functions?.map((one) => one.functionId), groups: query.groups, version, memoryMb, edges },
    READING,
  );
}

/** Functions with the most invocations, of equal ones the first by name, and the number of all that have any. */
export async function mostInvokedIds(
  context: QueryContext,
  query: FunctionFilter & TimeRange & Pick<RollupRowQuery, 'segments'>,
  limit: number,
): Promise<{ readonly ids: readonly number[]; readonly invoked: number }> {
  const { functionId, selected, account, region, version, memoryMb, segments } = query;
  const where = [
    ...(selected === undefined ? [] : ['function_id IN {selected:Array(UInt64)}']),
    ...(functionId === undefined ? [] : ['function_id = {functionId:UInt64}']),
    ...(account === undefined ? [] : ['account = {account:String}']),
    ...(region === undefined ? [] : ['region = {region:String}']),
  ];
  const rows = await context.client.all<{ functionId: number; invoked: number }>(
    `SELECT cell.function_id AS functionId, count() OVER () AS invoked
     FROM (${unionOf({ segments, functions: null, filter: query }, [...KEY, 'n'])}) AS cell
     INNER JOIN (
       SELECT function_id, account, region, name FROM lambda_function WHERE ${where.join(' AND ') || '1'}
       GROUP BY function_id, account, region, name
       HAVING max(last_seen_ms) >= {fromMs:Int64} AND min(first_seen_ms) < {toMs:Int64}
     ) AS owner ON owner.function_id = cell.function_id
     GROUP BY functionId HAVING sum(cell.n) > 0
     ORDER BY sum(cell.n) DESC, any(owner.name), any(owner.account), any(owner.region) LIMIT {limit:UInt32}`,
    {
      functionId,
      selected,
      account,
      region,
      version,
      memoryMb,
      fromMs: Math.floor(query.fromMs),
      toMs: Math.ceil(query.toMs),
      limit,
    },
    READING,
  );
  return { ids: rows.map((row) => row.functionId), invoked: rows[0]?.invoked ?? 0 };
}

/** Each rollup row is in one partition, and rows with sketches are large, so few rows justify a second thread. */
const READING = {
  do_not_merge_across_partitions_select_final: 1,
  merge_tree_min_rows_for_concurrent_read: '2048',
  merge_tree_min_bytes_for_concurrent_read: '1048576',
} as const;

const KEY = ['function_id', 'bucket', 'version', 'memory_mb'];
const COUNTED = [...KEY, ...COUNT_COLUMNS, 'max_memory_mb'];
/** Columns to read. */
const COLUMNS: Readonly<Record<Sketches, readonly string[]>> = {
  none: COUNTED,
  duration: [...COUNTED, 'duration'],
  'on-demand': [...COUNTED, 'duration', 'cold_init'],
  all: [...COUNTED, 'duration', 'cold_init', 'cold_total'],
};

/** Returns SQL that reads all segments, of the functions bound as `ids` or of all, in one query. */
function unionOf(
  { segments, functions, filter: { version, memoryMb } }: Pick<RollupRowQuery, 'segments' | 'functions' | 'filter'>,
  columns: readonly string[],
): string {
  // Read each table once: both ends of a range read the same granules.
  const tables = [...new Set(segments.map(({ table }) => table))];
  return tables
    .map((table) => {
      const within = segments
        .filter((one) => one.table === table)
        .map(({ fromMs, toMs }) => `bucket >= ${fromMs} AND bucket < ${toMs}`);
      // Conditions are on the key, which merging does not change, so unwanted rows are filtered before they are merged.
      return `SELECT ${columns.join(', ')} FROM ${table} FINAL
        PREWHERE (${within.join(' OR ')}) ${functions === null ? '' : 'AND function_id IN {ids:Array(UInt64)}'}
          ${version === undefined ? '' : 'AND version = {version:String}'}
          ${memoryMb === undefined ? '' : 'AND memory_mb = {memoryMb:Int32}'}`;
    })
    .join(' UNION ALL ');
}

function functionOf({ groups, function: apart }: GroupBy): string {
  if (groups !== undefined)
    return 'transform(cell.function_id, {ids:Array(UInt64)}, {groups:Array(UInt64)}, toUInt64(0))';
  return apart === true ? 'cell.function_id' : '0';
}

function bucketOf({ widthMs = null }: GroupBy): string {
  return widthMs === null ? '0' : `intDiv(cell.bucket, ${widthMs}) * ${widthMs}`;
}

const NOTHING = '([], [])';

/** Counts that rates are made of, from the columns of a rollup. */
const RATE_COUNTS: Readonly<Record<keyof RateBlocks, string>> = {
  n: 'cell.n',
  placed: 'cell.n - cell.unplaced',
  errors: 'cell.timeouts + cell.errors + cell.ooms + cell.exits',
  coldStarts:
    'cell.cold_on_demand + cell.cold_provisioned + cell.cold_snap_start + cell.cold_suppressed + cell.cold_managed_instance',
  userFelt: 'cell.user_felt',
};

function countsBy(blocks: Blocks | undefined): string {
  if (blocks === undefined) return '[]';
  const block = `intDiv(cell.bucket - ${blocks.fromMs}, ${blocks.widthMs})`;
  const { n, placed, errors, coldStarts, userFelt } = RATE_COUNTS;
  return `sumMap([${block}], [${n}], [${placed}], [${errors}], [${coldStarts}], [${userFelt}])`;
}

/** Adds the counts of a row to its blocks. */
export function addBlocks(into: RateBlocksBuilder, row: RollupBucketRow['blocks']): void {
  const [blocks = [], n, placed, errors, coldStarts, userFelt] = row;
  for (const [at, block] of blocks.entries()) {
    into.add(block, {
      n: n?.[at] ?? 0,
      placed: placed?.[at] ?? 0,
      errors: errors?.[at] ?? 0,
      coldStarts: coldStarts?.[at] ?? 0,
      userFelt: userFelt?.[at] ?? 0,
    });
  }
}

function sketchesOf(sketches: Sketches): string {
  const lists = (name: string, map: string): string => `(mapKeys(${map} AS ${name}), mapValues(${name}))`;
  const onDemand = `mapFilter((bin, times) -> bin < ${KIND_STEP}, sumMap(cell.cold_init))`;
  const init = sketches === 'all' ? 'sumMap(cell.cold_init)' : sketches === 'on-demand' ? onDemand : null;
  const duration = sketches === 'none' ? NOTHING : lists('durations', 'sumMap(cell.duration)');
  const coldInit = init === null ? NOTHING : lists('inits', init);
  const coldTotal = sketches === 'all' ? lists('totals', 'sumMap(cell.cold_total)') : NOTHING;
  return `${duration} AS duration, ${coldInit} AS coldInit, ${coldTotal} AS coldTotal`;
}

export function mergeBins(into: Sketch, [bins, times]: Bins): void {
  into.addBins(bins, times);
}

/** Adds only the bins of on-demand cold starts. */
export function mergeOnDemand(into: Sketch, [bins, times]: Bins): void {
  for (const [at, bin] of bins.entries()) if (bin < KIND_STEP) into.addBin(bin + ZERO_BIN, times[at] ?? 0);
}

/** Adds a row, sketches included, to a bucket. */
export function mergeRow(cell: RollupBucket, row: RollupBucketRow): void {
  for (const [at, name] of READ_COLUMNS.entries()) cell.counts[at] = (cell.counts[at] ?? 0) + row[name];
  mergeBins(cell.duration, row.duration);
  mergeCold(cell, 'init', row.coldInit);
  mergeCold(cell, 'total', row.coldTotal);
  if (row.maxMemoryMb !== null) cell.maxMemoryMb = Math.max(cell.maxMemoryMb ?? 0, row.maxMemoryMb);
}

function mergeCold(cell: RollupBucket, which: 'init' | 'total', [bins, times]: Bins): void {
  for (const [at, bin] of bins.entries()) {
    const kind = COLD_START_KINDS[Math.floor(bin / KIND_STEP)];
    if (kind !== undefined) cell.coldOf(kind)[which].addBin((bin % KIND_STEP) + ZERO_BIN, times[at] ?? 0);
  }
}
