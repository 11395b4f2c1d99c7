/** Metrics on ClickHouse. */

import { DAY_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import { orHours, pointCells, valueCells } from '../../clickhouse/metric-cells.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { MetricSource } from '../../metrics/identity.ts';
import { METRIC_LEVELS } from '../../metrics/levels.ts';
import type { DropReason } from '../../metrics/quota.ts';
import { metricDimensions, parseStored } from '../../stored-json.ts';
import type { MetricCell } from './result.ts';
import { metricAnswer, metricRange, seriesPage } from './result.ts';
import type { OwnedSeries } from './select.ts';
import type {
  DroppedMetric,
  MetricAnswer,
  MetricFilter,
  MetricPointsQuery,
  MetricSeriesList,
  MetricSeriesQuery,
} from './types.ts';

interface SeriesRow extends Omit<OwnedSeries, 'id' | 'identity' | 'unit' | 'dimensions'> {
  readonly seriesId: number;
  readonly unit: string;
  readonly dimensions: string;
}

async function seriesOf(
  context: QueryContext,
  filter: MetricFilter & { readonly names?: readonly string[] },
): Promise<readonly OwnedSeries[]> {
  const { functionId, account, region, namespace, name, source, names } = filter;
  const rows = await context.client.all<SeriesRow>(
    `SELECT series_id AS seriesId, function_id AS functionId, s.source AS source, s.account AS account, s.region AS region,
       s.namespace AS namespace, s.name AS name, max(s.unit) AS unit, s.dimensions AS dimensions, min(first_ms) AS firstMs,
       max(last_ms) AS lastMs
     FROM metric_series AS s WHERE 1
       ${functionId === undefined ? '' : 'AND function_id = {functionId:UInt64}'}
       ${account === undefined ? '' : 'AND s.account = {account:String}'}
       ${region === undefined ? '' : 'AND s.region = {region:String}'}
       ${namespace === undefined ? '' : 'AND s.namespace = {namespace:String}'}
       ${name === undefined ? '' : 'AND s.name = {name:String}'}
       ${source === undefined ? '' : 'AND s.source = {source:String}'}
       ${names === undefined ? '' : 'AND s.name IN {names:Array(String)}'}
     GROUP BY series_id, function_id, s.source, s.account, s.region, s.namespace, s.name, s.dimensions`,
    { functionId, account, region, namespace, name, source, names },
  );
  const functions = await identitiesOf(context, idsOf(rows));
  return rows.flatMap(({ unit, dimensions, seriesId, ...row }) => {
    const id = idOf(row.functionId, seriesId);
    const parsed = parseStored(metricDimensions, dimensions, `metric_series ${id}`);
    const identity = functions.get(row.functionId) ?? null;
    return parsed === null ? [] : [{ ...row, id, unit: unit === '' ? null : unit, dimensions: parsed, identity }];
  });
}

/** Ids of series are unique within their function. */
function idOf(functionId: number, seriesId: number): string {
  return `${functionId}/${seriesId}`;
}

function idsOf(rows: readonly { readonly functionId: number }[]): readonly number[] {
  return [...new Set(rows.map(({ functionId }) => functionId))].filter((id) => id !== 0);
}

export async function metricSeries(context: QueryContext, query: MetricSeriesQuery): Promise<MetricSeriesList> {
  const [series, dropped] = await Promise.all([seriesOf(context, query), dropsOf(context, query)]);
  return seriesPage(series, dropped, query);
}

interface DropRow extends Omit<DroppedMetric, 'identity'> {
  readonly functionId: number;
  readonly source: MetricSource;
  readonly reason: DropReason;
}

async function dropsOf(
  context: QueryContext,
  { functionId, namespace, name, source }: MetricFilter,
): Promise<readonly DroppedMetric[]> {
  const rows = await context.client.all<DropRow>(
    `SELECT function_id AS functionId, source, namespace, name, reason, sum(d.n) AS n, min(first_ms) AS firstMs,
       max(last_ms) AS lastMs
     FROM metric_drop AS d WHERE 1
       ${functionId === undefined ? '' : 'AND function_id = {functionId:UInt64}'}
       ${namespace === undefined ? '' : 'AND namespace = {namespace:String}'}
       ${name === undefined ? '' : 'AND name = {name:String}'}
       ${source === undefined ? '' : 'AND source = {source:String}'}
     GROUP BY function_id, source, namespace, name, reason`,
    { functionId, namespace, name, source },
  );
  const functions = await identitiesOf(context, idsOf(rows));
  return rows.map(({ functionId: id, ...row }) => ({ ...row, identity: functions.get(id) ?? null }));
}

interface CellRow extends Omit<MetricCell, 'sketch'> {
  readonly functionId: number;
  readonly seriesId: number;
  readonly bins?: Readonly<Record<string, number>>;
}

const [FIVE_MINUTES, HOUR] = METRIC_LEVELS;
const ASKED = { functions: 'function_id IN {functions:Array(UInt64)}', series: 'series_id IN {ids:Array(UInt64)}' };

export async function metricPoints(context: QueryContext, query: MetricPointsQuery): Promise<MetricAnswer> {
  const { namespace, functionId, source, names } = query;
  const hasHours = await hasExpiredDay(context, query);
  const range = metricRange(query, () => (hasHours ? HOUR : FIVE_MINUTES).widthMs);
  const all = await seriesOf(context, { namespace, functionId, source, names });
  const width = range.widthMs % HOUR.widthMs === 0 ? HOUR.widthMs : FIVE_MINUTES.widthMs;
  return metricAnswer(range, all, query, async (series, withSketches) => {
    const ids = [...new Set(series.map(({ id }) => Number(String(id).split('/')[1])))];
    const functions = [...new Set(series.map((one) => one.functionId))];
    const bound = { ids, functions, fromMs: range.fromMs, toMs: range.toMs, width };
    const cells = series[0]?.source === 'emf' ? valueCells(ASKED, withSketches) : pointCells(ASKED);
    const rows = await context.client.all<CellRow>(hasHours ? orHours(cells, ASKED, withSketches) : cells, bound);
    return rows.map(
      ({ functionId: owner, seriesId, bins, ...cell }) =>
        [idOf(owner, seriesId), { ...cell, sketch: sketchOf(bins) }] as const,
    );
  });
}

/** Whether retention has deleted, or begun to delete, points of the range. */
async function hasExpiredDay({ client }: QueryContext, { fromMs, toMs }: MetricPointsQuery): Promise<boolean> {
  const days = { fromDay: Math.floor(fromMs / DAY_MS), toDay: Math.floor(toMs / DAY_MS) };
  const found = await client.one(
    'SELECT day FROM metric_day WHERE day >= {fromDay:Int32} AND day <= {toDay:Int32} LIMIT 1',
    days,
  );
  return found !== undefined;
}

function sketchOf(bins: CellRow['bins']): Sketch | null {
  if (bins === undefined) return null;
  const sketch = new Sketch();
  for (const [bin, n] of Object.entries(bins)) sketch.addBin(Number(bin), n);
  return sketch;
}
