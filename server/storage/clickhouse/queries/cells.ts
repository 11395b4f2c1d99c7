/** Rollup cells as questions want them: added up inside ClickHouse, sketches as counts by bin. */
import { COLD_START_KINDS } from '../../../analytics/cold-start.ts';
import type { Sketch } from '../../../analytics/sketch.ts';
import { ZERO_BIN } from '../../../analytics/sketch.ts';
import type { Cell } from '../../cell.ts';
import { COUNT_COLUMNS } from '../../cell.ts';
import type { Segment } from '../../range.ts';
import type { Counts, FunctionFilter, FunctionIdentity } from '../../store.ts';
import { KIND_STEP } from '../derive/cells.ts';
import type { Source } from './source.ts';

/** Counts by bin, as ClickHouse writes a map. */
type Bins = Readonly<Record<string, number>>;

export interface CellRow extends Counts {
  readonly functionId: number;
  /** Start of the bucket it was added to. */
  readonly at: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  /** Empty where no sketches were asked for. */
  readonly duration: Bins;
  readonly coldInit: Bins;
  readonly coldTotal: Bins;
}

/** What the cells are told apart by; what is not named is added up. */
export interface Apart {
  readonly function?: boolean;
  readonly series?: boolean;
  /** Instead of functions, groups of them: a number for each of `functions`, which rows then have as `functionId`. */
  readonly groups?: readonly number[];
  /** Width of the buckets, ms; null: the range as a whole. */
  readonly widthMs?: number | null;
}

export type Sketches = 'none' | 'duration' | 'on-demand' | 'all';

interface Asked extends Apart {
  readonly functions: readonly FunctionIdentity[];
  readonly filter: FunctionFilter;
  readonly segments: readonly Segment[];
  readonly sketches: Sketches;
}

/** `series`: version and memory size; an architecture is that of the function. */
export async function cellsIn(source: Source, asked: Asked): Promise<readonly CellRow[]> {
  const { filter } = asked;
  const wanted = asked.functions.filter(
    (one) => filter.architecture === undefined || one.architecture === filter.architecture,
  );
  if (wanted.length === 0) return [];
  if (asked.groups !== undefined && wanted.length !== asked.functions.length)
    throw new RangeError('groups are of all functions: filter them first');
  const { version, memoryMb } = filter;
  if (asked.segments.length === 0) return [];
  return source.ask.all<CellRow>(
    `SELECT ${functionOf(asked)} AS functionId, ${bucketOf(asked)} AS at,
       ${asked.series === true ? "nullIf(cell.version, '')" : 'NULL'} AS version,
       ${asked.series === true ? 'nullIf(cell.memory_mb, -1)' : 'NULL'} AS memoryMb,
       ${COUNT_COLUMNS.map((name) => `sum(cell.${name}) AS ${name}`).join(', ')}, max(cell.max_memory_mb) AS maxMemoryMb,
       ${sketchesOf(asked.sketches)}
     FROM (${unionOf(asked.segments, asked.filter, COLUMNS[asked.sketches])}) AS cell
     GROUP BY functionId, at, version, memoryMb HAVING n > 0`,
    { ids: wanted.map((one) => one.functionId), groups: asked.groups, version, memoryMb },
  );
}

const KEY = ['function_id', 'bucket', 'version', 'memory_mb'];
const COUNTED = [...KEY, ...COUNT_COLUMNS, 'max_memory_mb'];
/** What is read of each cell. */
const COLUMNS: Readonly<Record<Sketches, readonly string[]>> = {
  none: COUNTED,
  duration: [...COUNTED, 'duration'],
  'on-demand': [...COUNTED, 'duration', 'cold_init'],
  all: [...COUNTED, 'duration', 'cold_init', 'cold_total'],
};

/** The cells of all segments, of functions bound as `ids`, in one question. */
function unionOf(
  segments: readonly Segment[],
  { version, memoryMb }: FunctionFilter,
  columns: readonly string[],
): string {
  return segments
    .map(
      ({ table, fromMs, toMs }) => `SELECT ${columns.join(', ')} FROM ${table} FINAL
        WHERE function_id IN {ids:Array(UInt64)} AND bucket >= ${fromMs} AND bucket < ${toMs}
          ${version === undefined ? '' : 'AND version = {version:String}'}
          ${memoryMb === undefined ? '' : 'AND memory_mb = {memoryMb:Int32}'}`,
    )
    .join(' UNION ALL ');
}

function functionOf({ groups, function: apart }: Apart): string {
  if (groups !== undefined)
    return 'transform(cell.function_id, {ids:Array(UInt64)}, {groups:Array(UInt64)}, toUInt64(0))';
  return apart === true ? 'cell.function_id' : '0';
}

function bucketOf({ widthMs = null }: Apart): string {
  return widthMs === null ? '0' : `intDiv(cell.bucket, ${widthMs}) * ${widthMs}`;
}

const NOTHING = 'map()';

function sketchesOf(sketches: Sketches): string {
  const onDemand = `mapFilter((bin, times) -> bin < ${KIND_STEP}, sumMap(cell.cold_init))`;
  const duration = sketches === 'none' ? NOTHING : 'sumMap(cell.duration)';
  const init = sketches === 'all' ? 'sumMap(cell.cold_init)' : sketches === 'on-demand' ? onDemand : NOTHING;
  const total = sketches === 'all' ? 'sumMap(cell.cold_total)' : NOTHING;
  return `${duration} AS duration, ${init} AS coldInit, ${total} AS coldTotal`;
}

/** How many invocations each function had in each of `parts` equal parts of the range. */
export async function sparks(
  source: Source,
  asked: Pick<Asked, 'functions' | 'filter' | 'segments'>,
  range: { readonly fromMs: number; readonly toMs: number },
  parts: number,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { version, memoryMb } = asked.filter;
  const partMs = (range.toMs - range.fromMs) / parts;
  if (asked.segments.length === 0) return new Map();
  const rows = await source.ask.all<{ functionId: number; parts: readonly number[]; counts: readonly number[] }>(
    `SELECT functionId, groupArray(part) AS parts, groupArray(total) AS counts FROM (
       SELECT cell.function_id AS functionId,
         least(${parts - 1}, toInt64(floor((cell.bucket - ${range.fromMs}) / ${partMs}))) AS part, sum(cell.n) AS total
       FROM (${unionOf(asked.segments, asked.filter, [...KEY, 'n'])}) AS cell GROUP BY functionId, part
     ) GROUP BY functionId`,
    { ids: asked.functions.map((one) => one.functionId), version, memoryMb },
  );
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const spark = found.get(row.functionId) ?? new Array<number>(parts).fill(0);
    found.set(row.functionId, spark);
    for (const [at, part] of row.parts.entries()) spark[part] = (spark[part] ?? 0) + (row.counts[at] ?? 0);
  }
  return found;
}

export function mergeBins(into: Sketch, bins: Bins): void {
  for (const [bin, times] of Object.entries(bins)) into.addBin(Number(bin), times);
}

/** The bins of on-demand cold starts alone. */
export function mergeOnDemand(into: Sketch, bins: Bins): void {
  for (const [key, times] of Object.entries(bins))
    if (Number(key) < KIND_STEP) into.addBin(Number(key) + ZERO_BIN, times);
}

/** Adds a row to a cell, sketches included. */
export function mergeRow(cell: Cell, row: CellRow): void {
  for (const [at, name] of COUNT_COLUMNS.entries()) cell.counts[at] = (cell.counts[at] ?? 0) + row[name];
  mergeBins(cell.duration, row.duration);
  mergeCold(cell, 'init', row.coldInit);
  mergeCold(cell, 'total', row.coldTotal);
  if (row.maxMemoryMb !== null) cell.maxMemoryMb = Math.max(cell.maxMemoryMb ?? 0, row.maxMemoryMb);
}

function mergeCold(cell: Cell, which: 'init' | 'total', bins: Bins): void {
  for (const [key, times] of Object.entries(bins)) {
    const kind = COLD_START_KINDS[Math.floor(Number(key) / KIND_STEP)];
    if (kind !== undefined) cell.coldOf(kind)[which].addBin((Number(key) % KIND_STEP) + ZERO_BIN, times);
  }
}
