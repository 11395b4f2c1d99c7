/** Metrics on SQLite. */

import type { MetricSource } from '../../metrics/identity.ts';
import type { METRIC_LEVELS } from '../../metrics/levels.ts';
import { DROP_REASONS } from '../../metrics/quota.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byFilters, byShape, jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { functionsById } from '../../sqlite/series.ts';
import { metricDimensions, parseStored } from '../../stored-json.ts';
import type { MetricCell } from './result.ts';
import { metricAnswer, metricRange, metricSegments, seriesPage } from './result.ts';
import type { OwnedSeries } from './select.ts';
import type {
  DroppedMetric,
  MetricAnswer,
  MetricFilter,
  MetricPointsQuery,
  MetricSeriesList,
  MetricSeriesQuery,
} from './types.ts';

const FILTERS = ['functionId', 'account', 'region', 'namespace', 'name', 'source', 'names'] as const;

type SeriesFilter = MetricFilter & { readonly names?: string };

const SERIES = byFilters(FILTERS, (given) =>
  telemetryStatement((db, param: Param<SeriesFilter>) => {
    let select = db
      .selectFrom('metric_series')
      .select([
        'id',
        'function_id as functionId',
        'source',
        'account',
        'region',
        'namespace',
        'name',
        'unit',
        'dimensions',
        'first_ms as firstMs',
        'last_ms as lastMs',
      ]);
    if (given.has('functionId')) select = select.where('function_id', '=', param('functionId'));
    if (given.has('account')) select = select.where('account', '=', param('account'));
    if (given.has('region')) select = select.where('region', '=', param('region'));
    if (given.has('namespace')) select = select.where('namespace', '=', param('namespace'));
    if (given.has('name')) select = select.where('name', '=', param('name'));
    if (given.has('source')) select = select.where('source', '=', param('source'));
    if (given.has('names')) select = select.where('name', 'in', jsonList<string>(param('names')));
    return select;
  }),
);

const DROPS = telemetryStatement((db) =>
  db
    .selectFrom('metric_drop')
    .select(['function_id as functionId', 'source', 'namespace', 'name', 'reason', 'n'])
    .select(['first_ms as firstMs', 'last_ms as lastMs']),
);

function seriesOf(db: Databases, filter: SeriesFilter): readonly OwnedSeries[] {
  const rows = SERIES(filter).all(db.telemetry, filter);
  const functions = functionsById(db, rows);
  return rows.flatMap(({ source, dimensions, ...row }) => {
    const parsed = parseStored(metricDimensions, dimensions, `metric_series ${row.id}`);
    if (parsed === null || !isSource(source)) return [];
    return [{ ...row, source, dimensions: parsed, identity: functions.get(row.functionId) ?? null }];
  });
}

function isSource(text: string): text is MetricSource {
  return text === 'cloudwatch' || text === 'emf';
}

export async function metricSeries(db: Databases, query: MetricSeriesQuery): Promise<MetricSeriesList> {
  return seriesPage(seriesOf(db, query), dropsOf(db, query), query);
}

function dropsOf(db: Databases, { functionId, namespace, name, source }: MetricFilter): readonly DroppedMetric[] {
  const rows = DROPS.all(db.telemetry);
  const functions = functionsById(db, rows);
  return rows.flatMap(({ functionId: id, reason, ...row }) => {
    const isWanted =
      (functionId === undefined || id === functionId) &&
      (namespace === undefined || row.namespace === namespace) &&
      (name === undefined || row.name === name) &&
      (source === undefined || row.source === source);
    const known = DROP_REASONS.find((one) => one === reason);
    if (!isWanted || known === undefined || !isSource(row.source)) return [];
    return [{ ...row, source: row.source, reason: known, identity: functions.get(id) ?? null }];
  });
}

interface CellsQuery {
  seriesId: number;
  fromMs: number;
  toMs: number;
}

type LevelTable = (typeof METRIC_LEVELS)[number]['table'];

const CELLS = byShape(
  ({ table, withSketches }: { readonly table: LevelTable; readonly withSketches: boolean }) =>
    telemetryStatement((db, param: Param<CellsQuery>) =>
      db
        .selectFrom(table)
        .select(['bucket', 'count', 'sum', 'min', 'max'])
        .select(({ val }) => (withSketches ? ['sketch'] : [val<Uint8Array | null>(null).as('sketch')]))
        .where('series_id', '=', param('seriesId'))
        .where('bucket', '>=', param('fromMs'))
        .where('bucket', '<', param('toMs')),
    ),
  ({ table, withSketches }) => `${table} ${withSketches}`,
);

export async function metricPoints(db: Databases, query: MetricPointsQuery): Promise<MetricAnswer> {
  const range = metricRange(query, () => keptWidth(db, query, 'metrics'));
  const segments = metricSegments(range, query);
  const { namespace, functionId, source } = query;
  const all = seriesOf(db, { namespace, functionId, source, names: JSON.stringify(query.names) });
  return metricAnswer(range, all, query, async (series, withSketches) => {
    function* cells(): Generator<readonly [OwnedSeries['id'], MetricCell]> {
      for (const { level, fromMs, toMs } of segments) {
        const statement = CELLS({ table: level.table, withSketches });
        for (const { id } of series)
          for (const cell of statement.all(db.telemetry, { seriesId: Number(id), fromMs, toMs })) yield [id, cell];
      }
    }
    return cells();
  });
}
