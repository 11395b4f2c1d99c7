/** The structured question: rollup rows filtered by what their function and series are, merged into groups and buckets. */
import { Sketch } from '../../../analytics/sketch.ts';
import type { CountColumn } from '../../cell.ts';
import { Cell, COUNT_COLUMNS } from '../../cell.ts';
import type {
  Aggregate,
  AggregatePoint,
  AggregateQuery,
  Dimension,
  DimensionValue,
  FunctionIdentity,
  UsageSlice,
} from '../../store.ts';
import type { Databases } from './databases.ts';
import type { Segment } from './range.ts';
import { align, cover, finestWidth } from './range.ts';
import { addCounts, addUsage, functionsIn, noCounts, seriesIn } from './shared.ts';
import type { RollupRow } from './tables.ts';

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
  const range = align(query, query.widthMs === null ? finestWidth(query) : Math.max(query.widthMs, finestWidth(query)));
  const series = await wantedSeries(db, query);
  const groups = new Map<
    string,
    { readonly group: readonly DimensionValue[]; readonly points: Map<number, Building> }
  >();
  const keys = new Map([...series].map(([id, one]) => [id, query.groupBy.map((field) => dimensionOf(one, field))]));
  for (const segment of cover({ ...range, widthMs: finestWidth(query) }, query.widthMs ?? undefined)) {
    for (const row of await rowsOf(db, segment, [...series.keys()], series, query.sketch !== null)) {
      const one = series.get(row.series_id);
      const group = keys.get(row.series_id);
      if (one === undefined || group === undefined) continue;
      const key = JSON.stringify(group);
      const found = groups.get(key) ?? { group, points: new Map<number, Building>() };
      groups.set(key, found);
      const at = query.widthMs === null ? 0 : Math.floor(row.bucket / query.widthMs) * query.widthMs;
      const point = found.points.get(at) ?? emptyPoint(query.widthMs === null ? null : at);
      found.points.set(at, point);
      add(point, row, one, query.sketch);
    }
  }
  return {
    range,
    groups: [...groups.values()].map(({ group, points }) => ({
      group,
      points: [...points].toSorted(([a], [b]) => a - b).map(([, point]) => pointOf(point, query.quantiles)),
    })),
  };
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
  }
}

/** A number may be given as text. A function may be given by its plain name. */
function isSame(own: DimensionValue, wanted: DimensionValue): boolean {
  if (own === wanted) return true;
  if (own === null || wanted === null) return false;
  return String(own) === String(wanted) || (typeof own === 'string' && own.endsWith(`:${String(wanted)}`));
}

async function rowsOf(
  db: Databases,
  segment: Segment,
  ids: readonly number[],
  series: ReadonlyMap<number, Series>,
  sketches: boolean,
): Promise<readonly (Omit<RollupRow, 'duration' | 'cold'> & Partial<Pick<RollupRow, 'duration' | 'cold'>>)[]> {
  if (ids.length === 0) return [];
  const functionIds = [...new Set([...series.values()].map((one) => one.owner.functionId))];
  return db.telemetry
    .selectFrom(segment.table)
    .select(['function_id', 'bucket', 'series_id', 'max_memory_mb', ...COUNT_COLUMNS])
    .$if(sketches, (select) => select.select(['duration', 'cold']))
    .where('function_id', 'in', functionIds)
    .where('bucket', '>=', segment.fromMs)
    .where('bucket', '<', segment.toMs)
    .where('series_id', 'in', ids)
    .execute();
}

function emptyPoint(fromMs: number | null): Building {
  return { fromMs, counts: noCounts(), usage: new Map(), sketch: new Sketch(), maxMemoryMb: null };
}

function add(
  point: Building,
  row: Awaited<ReturnType<typeof rowsOf>>[number],
  one: Series,
  sketch: AggregateQuery['sketch'],
): void {
  addCounts(point.counts, row);
  const { region } = one.owner;
  const usage = point.usage.get(region) ?? [];
  point.usage.set(region, usage);
  addUsage(usage, one, row);
  if (row.max_memory_mb !== null) point.maxMemoryMb = Math.max(point.maxMemoryMb ?? 0, row.max_memory_mb);
  if (sketch === 'duration' && row.duration !== undefined) point.sketch.mergeEncoded(row.duration);
  else if (sketch !== null && row.cold !== undefined) {
    const cell = new Cell();
    cell.mergeEncodedCold(row.cold);
    const onDemand = cell.coldOf('on-demand');
    point.sketch.merge(sketch === 'init' ? onDemand.init : onDemand.total);
  }
}

function pointOf({ sketch, usage, ...point }: Building, quantiles: readonly number[]): AggregatePoint {
  return {
    ...point,
    usage: [...usage].flatMap(([region, slices]) => slices.map((slice) => ({ ...slice, region }))),
    quantiles: sketch.quantiles(quantiles),
    n: sketch.count,
  };
}
