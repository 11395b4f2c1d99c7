/** Lists functions: counts, quantiles and a sparkline for each. */

import { sql } from 'kysely';
import type { FunctionAggregate, FunctionFilter, FunctionIdentity, ResolvedRange, TimeRange } from '../../ports.ts';
import { countsFrom } from '../../rollup/aggregation.ts';
import { LEVELS, READ_COLUMNS } from '../../rollup/bucket.ts';
import { align } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byFilters, telemetryStatement } from '../../sqlite/read-connection.ts';
import { rollupParts, selectPart } from '../../sqlite/rollup-parts.ts';
import type { RollupValues } from '../../sqlite/rollup-statements.ts';
import { rollupBuckets, rollupQuery, sums } from '../../sqlite/rollup-statements.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, identities, identity, mergeOnDemand } from '../../sqlite/series.ts';
import { FunctionTotalsBuilder, SPARK_PARTS } from './result.ts';

export async function functions(
  db: Databases,
  query: TimeRange & FunctionFilter,
): Promise<{ range: ResolvedRange; items: readonly FunctionAggregate[] }> {
  const range = align(query, finestWidth(db, query));
  const found = await functionsIn(db, query);
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionTotalsBuilder(entry)]));
  for (const part of await rollupParts(db, found, query, range)) {
    const selection = selectPart(part, errorsKnownIn(db, part.functionIds, range));
    for (const segment of part.segments) {
      for (const row of TOTALS(db, selection, segment)) {
        const [functionId, seriesId, maxMemoryMb] = row;
        const slice = part.series.get(seriesId);
        if (slice !== undefined) building.get(functionId)?.add(slice, countsFrom(row, 3), maxMemoryMb);
      }
      for (const [functionId, cells] of SKETCHES(db, selection, segment)) {
        const entry = building.get(functionId);
        if (entry !== undefined) addCells(entry, Buffer.from(cells, 'hex'), segment.fromMs, range);
      }
    }
  }
  return { range, items: [...building.values()].flatMap((row) => row.result() ?? []) };
}

const TOTALS = rollupQuery((shape) =>
  telemetryStatement((db, param: Param<RollupValues>) =>
    rollupBuckets(db, param, shape)
      .select(['cell.function_id as functionId', 'cell.series_id as seriesId'])
      .select(({ fn }) => fn.max('cell.max_memory_mb').as('maxMemoryMb'))
      .select(sums(shape))
      .groupBy(['cell.function_id', 'cell.series_id']),
  ).asTuples('functionId', 'seriesId', 'maxMemoryMb', ...READ_COLUMNS),
);

const FINEST_MS = LEVELS[0].widthMs;

/**
 * The sketches of every row. This is the widest read of the product, and rows and blobs that cross into JavaScript cost more
 * than their bytes: SQLite packs the rows of a function into one hexadecimal text (bucket, n, and both sketches with their
 * lengths).
 */
const SKETCHES = rollupQuery((shape) =>
  telemetryStatement((db, param: Param<RollupValues>) => {
    const packed = sql<string>`group_concat(printf('%08X%08X%04X%s%04X%s',
      (bucket - CAST(${param('fromMs')} AS INTEGER)) / ${sql.lit(FINEST_MS)}, n,
      length(duration), hex(duration), length(cold), hex(cold)), '')`;
    return rollupBuckets(db, param, shape)
      .select(['cell.function_id as functionId', packed.as('cells')])
      .groupBy('cell.function_id');
  }).asTuples('functionId', 'cells'),
);

/** Merges the sketches of a function's rows, as {@link SKETCHES} packs them, and adds their counts to the sparkline. */
function addCells(entry: FunctionTotalsBuilder, cells: Buffer, segmentFromMs: number, range: ResolvedRange): void {
  const partMs = (range.toMs - range.fromMs) / SPARK_PARTS;
  let at = 0;
  while (at < cells.length) {
    const bucketMs = segmentFromMs + cells.readUInt32BE(at) * FINEST_MS;
    const part = Math.min(SPARK_PARTS - 1, Math.floor((bucketMs - range.fromMs) / partMs));
    entry.spark[part] = (entry.spark[part] ?? 0) + cells.readUInt32BE(at + 4);
    const durationEnd = at + 10 + cells.readUInt16BE(at + 8);
    entry.duration.mergeEncoded(cells.subarray(at + 10, durationEnd));
    const coldEnd = durationEnd + 2 + cells.readUInt16BE(durationEnd);
    mergeOnDemand(cells.subarray(durationEnd + 2, coldEnd), 'init', entry.init);
    at = coldEnd;
  }
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

/** Functions of that name, narrowed by account and region when they are given. */
export async function resolveFunction(
  { telemetry }: Databases,
  id: { readonly account?: string; readonly region?: string; readonly name: string },
): Promise<readonly FunctionIdentity[]> {
  return NAMED(id).all(telemetry, id).map(identity);
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
  return CONFIGURATIONS.all(telemetry, query);
}
