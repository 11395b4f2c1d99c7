/** The structured question: rollup rows filtered by what their function and series are, merged into groups and buckets. */

import { Sketch } from '../../../analytics/sketch.ts';
import type { CountColumn } from '../../cell.ts';
import { COUNT_COLUMNS } from '../../cell.ts';
import type { Segment } from '../../range.ts';
import { align, cover } from '../../range.ts';
import type {
  Aggregate,
  AggregatePoint,
  AggregateQuery,
  Counts,
  Dimension,
  DimensionValue,
  FunctionIdentity,
  UsageSlice,
} from '../../store.ts';
import { addCounts, addUsage, noCounts } from '../../sums.ts';
import type { Databases } from './databases.ts';

import { finestWidth } from './range.ts';
import { functionsIn, mergeOnDemand, seriesIn } from './shared.ts';

interface Series {
  readonly owner: FunctionIdentity;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
}

interface Building {
  readonly fromMs: number | null;
  readonly counts: Record<CountColumn, number>;
  readonly usage: Map<string, UsageSlice[]>;
  readonly sketch: Sketch;
  maxMemoryMb: number | null;
}

export async function aggregate(db: Databases, query: AggregateQuery): Promise<Aggregate> {
  const range = align(
    query,
    query.widthMs === null ? finestWidth(db, query) : Math.max(query.widthMs, finestWidth(db, query)),
  );
  const series = await wantedSeries(db, query);
  const groups = new Map<string, Group>();
  const places = new Map([...series].map(([id, one]) => [id, placeOf(groups, one, query.groupBy)]));
  const widthMs = query.widthMs ?? WHOLE_MS;
  const pointAt = (seriesId: number, at: number): Building | undefined => {
    const points = places.get(seriesId)?.points;
    const found = points?.get(at) ?? emptyPoint(query.widthMs === null ? null : at);
    points?.set(at, found);
    return points === undefined ? undefined : found;
  };
  for (const segment of cover({ ...range, widthMs: finestWidth(db, query) }, query.widthMs ?? undefined)) {
    const within = withinOf(segment, series, widthMs);
    for (const row of countsIn(db, within)) {
      const one = series.get(row.series_id);
      const point = pointAt(row.series_id, row.at);
      if (one !== undefined && point !== undefined) add(point, row, one);
    }
    if (query.sketch === null) continue;
    for (const [seriesId, at, bytes] of sketchesIn(db, within, query.sketch)) {
      const sketch = pointAt(seriesId, at)?.sketch;
      if (sketch === undefined) continue;
      if (query.sketch === 'duration') sketch.mergeEncoded(bytes);
      else mergeOnDemand(bytes, query.sketch === 'init' ? 'init' : 'total', sketch);
    }
  }
  return {
    range,
    groups: [...groups.values()]
      .filter(({ points }) => points.size > 0)
      .map(({ group, points }) => ({
        group,
        points: [...points].toSorted(([a], [b]) => a - b).map(([, one]) => pointOf(one, query.quantiles)),
      })),
  };
}

/** Wider than any range: all its buckets are one. */
const WHOLE_MS = 1e15;

interface Group {
  readonly group: readonly DimensionValue[];
  readonly points: Map<number, Building>;
}

function placeOf(groups: Map<string, Group>, one: Series, groupBy: readonly Dimension[]): Group {
  const group = groupBy.map((field) => dimensionOf(one, field));
  const key = JSON.stringify(group);
  const found = groups.get(key) ?? { group, points: new Map<number, Building>() };
  groups.set(key, found);
  return found;
}

/** Series of functions that pass every filter. */
async function wantedSeries(db: Databases, query: AggregateQuery): Promise<ReadonlyMap<number, Series>> {
  const functions = await functionsIn(db, query);
  const wanted = new Map<number, Series>();
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  if (owners.size === 0) return wanted;
  const all = await seriesIn(db, [...owners.keys()], {});
  for (const [id, one] of all) {
    const owner = owners.get(one.functionId);
    if (owner === undefined) continue;
    const series = { owner, version: one.version, memoryMb: one.memoryMb, architecture: one.architecture };
    const passes = query.filters.every(
      ({ field, values, not }) => values.some((value) => isSame(dimensionOf(series, field), value)) !== not,
    );
    if (passes) wanted.set(id, series);
  }
  return wanted;
}

function dimensionOf({ owner, version, memoryMb, architecture }: Series, field: Dimension): DimensionValue {
  switch (field) {
    case 'function':
      return `${owner.account}:${owner.region}:${owner.name}`;
    case 'account':
      return owner.account;
    case 'region':
      return owner.region;
    case 'version':
      return version;
    case 'memoryMb':
      return memoryMb;
    case 'architecture':
      return architecture;
    case 'runtime':
      return owner.runtime ?? owner.runtimeVersion;
    case 'vpc':
      return owner.vpc;
    case 'packageType':
      return owner.packageType;
  }
}

/** A number may be given as text. A function may be given by its plain name. */
function isSame(own: DimensionValue, wanted: DimensionValue): boolean {
  if (own === wanted) return true;
  if (own === null || wanted === null) return false;
  return String(own) === String(wanted) || (typeof own === 'string' && own.endsWith(`:${String(wanted)}`));
}

/** Part of a statement, and what it binds. */
interface Within {
  readonly text: string;
  readonly bounds: object;
}

function withinOf(segment: Segment, series: ReadonlyMap<number, Series>, widthMs: number): Within {
  return {
    text: `FROM ${segment.table} WHERE function_id IN (SELECT value FROM json_each(@functions)) AND bucket >= @fromMs
      AND bucket < @toMs AND series_id IN (SELECT value FROM json_each(@series))`,
    bounds: {
      widthMs,
      fromMs: segment.fromMs,
      toMs: segment.toMs,
      functions: JSON.stringify([...new Set([...series.values()].map((one) => one.owner.functionId))]),
      series: JSON.stringify([...series.keys()]),
    },
  };
}

type CountRow = Counts & { readonly series_id: number; readonly at: number; readonly max_memory_mb: number | null };

/** Added up where they lie: each row that crosses into JavaScript costs more than its sum. */
function countsIn(db: Databases, { text, bounds }: Within): readonly CountRow[] {
  const sums = COUNT_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(', ');
  return db.raw
    .prepare<[object], CountRow>(
      `SELECT series_id, CAST(bucket / @widthMs AS INTEGER) * @widthMs AS at, max(max_memory_mb) AS max_memory_mb, ${sums}
       ${text} GROUP BY 1, 2`,
    )
    .all(bounds);
}

type SketchRow = readonly [seriesId: number, at: number, bytes: Uint8Array];

function sketchesIn(
  db: Databases,
  { text, bounds }: Within,
  sketch: NonNullable<AggregateQuery['sketch']>,
): readonly SketchRow[] {
  const column = sketch === 'duration' ? 'duration' : 'cold';
  return db.raw
    .prepare(
      `SELECT series_id, CAST(bucket / @widthMs AS INTEGER) * @widthMs, ${column} ${text} AND length(${column}) > 0`,
    )
    .raw()
    .all(bounds) as SketchRow[];
}

function emptyPoint(fromMs: number | null): Building {
  return { fromMs, counts: noCounts(), usage: new Map(), sketch: new Sketch(), maxMemoryMb: null };
}

function add(point: Building, row: CountRow, one: Series): void {
  addCounts(point.counts, row);
  const { region } = one.owner;
  const usage = point.usage.get(region) ?? [];
  point.usage.set(region, usage);
  addUsage(usage, one, row);
  if (row.max_memory_mb !== null) point.maxMemoryMb = Math.max(point.maxMemoryMb ?? 0, row.max_memory_mb);
}

function pointOf({ sketch, usage, ...point }: Building, quantiles: readonly number[]): AggregatePoint {
  return {
    ...point,
    usage: [...usage].flatMap(([region, slices]) => slices.map((slice) => ({ ...slice, region }))),
    quantiles: sketch.quantiles(quantiles),
    n: sketch.count,
  };
}
