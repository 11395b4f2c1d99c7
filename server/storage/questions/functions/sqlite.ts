/** Lists functions: counts, quantiles, and counts by parts of the range for each. */

import type { FunctionFilter, FunctionIdentity, TimeRange } from '../../ports.ts';
import { addAll, countsFrom } from '../../rollup/aggregation.ts';
import { READ_COLUMNS } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align } from '../../rollup/range.ts';
import { blocksOf, rateCountsFrom } from '../../rollup/rate-blocks.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byFilters, telemetryStatement } from '../../sqlite/read-connection.ts';
import type { RollupCell } from '../../sqlite/rollup-cells.ts';
import { forEachCell } from '../../sqlite/rollup-cells.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import { rollupParts, selectPart } from '../../sqlite/rollup-parts.ts';
import type { RollupSelection } from '../../sqlite/rollup-statements.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import type { Series } from '../../sqlite/series.ts';
import { functionIdsIn, functionsById, functionsIn, identities, mergeOnDemand, readable } from '../../sqlite/series.ts';
import { isTime, validRows } from '../../stored-rows.ts';
import { FunctionSumsBuilder, FunctionTotalsBuilder, knownFunctionsOf, mostInvoked } from './result.ts';
import type { FunctionsPage, FunctionTotals, KnownFunctions } from './types.ts';

export async function functions(
  db: Databases,
  query: TimeRange & FunctionFilter & { readonly limit?: number },
): Promise<FunctionTotals> {
  const range = align(query, finestWidth(db, query));
  const blocks = blocksOf(range);
  const all = await functionsIn(db, query);
  const { limit = all.length } = query;
  // The sketches of a function take more memory than its answer: only those of the functions that are returned are read.
  const { ids, omitted } =
    all.length <= limit
      ? { ids: null, omitted: 0 }
      : mostInvoked(withInvocations(db, all, await rollupParts(db, all, query, range, blocks.widthMs)), limit);
  const found = ids === null ? all : all.filter(({ functionId }) => ids.has(functionId));
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionTotalsBuilder(entry, blocks)]));
  for (const part of await rollupParts(db, found, query, range, blocks.widthMs)) {
    addPart(db, part, range, building, (entry, { bucket, counts }) =>
      entry.blocks.addAt(bucket, rateCountsFrom(counts)),
    );
  }
  return { range, items: [...building.values()].flatMap((row) => row.result() ?? []), omitted };
}

export async function functionIds(db: Databases, query: TimeRange & FunctionFilter): Promise<readonly number[]> {
  return functionIdsIn(db, query);
}

export async function functionsPage(
  db: Databases,
  query: TimeRange & FunctionFilter & { readonly functionIds: readonly number[] },
): Promise<FunctionsPage> {
  const range = align(query, finestWidth(db, query));
  const stored = functionsById(
    db,
    query.functionIds.map((functionId) => ({ functionId })),
  );
  const found = query.functionIds.flatMap((id) => stored.get(id) ?? []);
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionSumsBuilder(entry)]));
  // The rows of the whole list: sums in another order would differ in the last digit of a cost.
  for (const part of await rollupParts(db, found, query, range, blocksOf(range).widthMs)) {
    addPart(db, part, range, building);
  }
  return { range, items: [...building.values()].flatMap((row) => row.sums() ?? []) };
}

const INVOCATIONS_AT = READ_COLUMNS.indexOf('n');

/** Functions with their invocations. */
function withInvocations(db: Databases, all: readonly FunctionIdentity[], parts: readonly RollupPart[]) {
  const n = new Map<number, number>();
  for (const part of parts) {
    for (const segment of part.segments) {
      forEachCell(db, selectPart(part), segment, 'none', ({ functionId, seriesId, counts }) => {
        if (part.series.has(seriesId)) n.set(functionId, (n.get(functionId) ?? 0) + (counts[INVOCATIONS_AT] ?? 0));
      });
    }
  }
  return all.map((identity) => ({ identity, n: n.get(identity.functionId) ?? 0 }));
}

interface SeriesSums {
  readonly entry: FunctionSumsBuilder;
  readonly series: Series;
  /** In the order of READ_COLUMNS. */
  readonly counts: Float64Array;
  maxMemoryMb: number | null;
}

/** Adds the rows of a part to their functions. `addRow` is called for each row too. */
function addPart<Entry extends FunctionSumsBuilder>(
  db: Databases,
  part: RollupPart,
  range: TimeRange,
  building: ReadonlyMap<number, Entry>,
  addRow?: (entry: Entry, cell: RollupCell) => void,
): void {
  const selection = selectPart(part, errorsKnownIn(db, part.functionIds, range));
  for (const segment of part.segments) addSegment(db, selection, segment, { building, part, addRow });
}

interface Building<Entry> {
  readonly building: ReadonlyMap<number, Entry>;
  readonly part: RollupPart;
  readonly addRow: ((entry: Entry, cell: RollupCell) => void) | undefined;
}

/** Adds the rows of a segment to their functions: sketches one by one, counts summed by series. */
function addSegment<Entry extends FunctionSumsBuilder>(
  db: Databases,
  selection: RollupSelection,
  segment: Segment,
  { building, part, addRow }: Building<Entry>,
): void {
  const bySeries = new Map<number, SeriesSums>();
  forEachCell(db, selection, segment, 'both', (cell) => {
    const { functionId, seriesId, counts, maxMemoryMb } = cell;
    const entry = building.get(functionId);
    if (entry === undefined) return;
    addRow?.(entry, cell);
    entry.duration.mergeEncoded(cell.sketches, cell.durationAt, cell.coldAt);
    mergeOnDemand(cell.sketches, 'init', entry.init, cell.coldAt, cell.end);
    let sums = bySeries.get(seriesId);
    if (sums === undefined) {
      const series = part.series.get(seriesId);
      if (series === undefined) return;
      sums = { entry, series, counts: new Float64Array(counts.length), maxMemoryMb: null };
      bySeries.set(seriesId, sums);
    }
    addAll(sums.counts, counts);
    if (maxMemoryMb !== null) sums.maxMemoryMb = Math.max(sums.maxMemoryMb ?? 0, maxMemoryMb);
  });
  for (const [, sums] of [...bySeries].toSorted(([a], [b]) => a - b))
    sums.entry.add(sums.series, countsFrom(sums.counts, 0), sums.maxMemoryMb);
}

interface NameQuery {
  name: string;
  account?: string | undefined;
  region?: string | undefined;
}

const NAMED = byFilters(['account', 'region'], (given) =>
  telemetryStatement((db, param: Param<NameQuery>) => {
    let select = identities({ telemetry: db }).where('name', '=', param('name'));
    if (given.has('account')) select = select.where('account', '=', param('account'));
    if (given.has('region')) select = select.where('region', '=', param('region'));
    return select;
  }),
);

const ALL = telemetryStatement((db) => identities({ telemetry: db }));

export async function knownFunctions({ telemetry }: Databases): Promise<KnownFunctions> {
  return knownFunctionsOf(readable(ALL.all(telemetry)));
}

/** Functions of that name, narrowed by account and region when they are given. */
export async function resolveFunction(
  { telemetry }: Databases,
  id: { readonly account?: string; readonly region?: string; readonly name: string },
): Promise<readonly FunctionIdentity[]> {
  return readable(NAMED(id).all(telemetry, id));
}

const CONFIGURATIONS = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('environment')
    .select([
      'version',
      'memory_mb as memoryMb',
      'runtime_version as runtimeVersion',
      'runtime_version_arn as runtimeVersionArn',
    ])
    .select((eb) => [
      eb.fn.min<number>('first_seen_ms').as('firstSeenMs'),
      eb.fn.max<number>('last_seen_ms').as('lastSeenMs'),
      eb.fn.countAll<number>().as('environments'),
    ])
    .where('function_id', '=', param('functionId'))
    .where('id', '>', 0)
    .groupBy(['version', 'memory_mb', 'runtime_version', 'runtime_version_arn'])
    .orderBy('firstSeenMs', 'desc')
    .limit(200),
);

/** Versions, sizes and runtimes of a function's environments, the latest first. */
export async function configurations({ telemetry }: Databases, query: { readonly functionId: number }) {
  const times = { firstSeenMs: isTime, lastSeenMs: isTime };
  const name = (): string => `environment of function ${query.functionId}`;
  return validRows(CONFIGURATIONS.all(telemetry, query), times, name);
}
