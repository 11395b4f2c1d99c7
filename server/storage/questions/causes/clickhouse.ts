/** Causes of cold starts as attribution stored them, with the cost of inits, doom loops and platform latency. */
import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { architecturesOf } from '../../clickhouse/architectures.ts';
import type { AttributedColdStart, ColdStarts } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { coldStartsIn, microseconds } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import { seriesIdOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { ColdStartCauses, FunctionFilter, FunctionInitLoop, PlatformLatency, TimeRange } from '../../ports.ts';
import { medianUs, narrows, quantiles } from '../../rollup/aggregation.ts';
import { byExtensions, runtimeTimes } from '../extensions/clickhouse.ts';

/** This many consecutive suppressed inits of an environment are a doom loop. */
const LOOP = 3;
const MOST_LOOPS = 100;
type Query = TimeRange & FunctionFilter & { readonly functionId: number };

/**
 * Aggregates the attributed cold starts of a function over a range. `kept`: its cold starts, if they were already requested.
 */
export async function coldStartCauses(
  context: QueryContext,
  query: Query,
  kept: Promise<ColdStarts> = coldStartsIn(context, [query.functionId], query),
): Promise<ColdStartCauses> {
  const { functionId } = query;
  const [{ coldStarts: all, windows }, owners, architectures, runtimes] = await Promise.all([
    kept,
    identitiesOf(context, [functionId]),
    architecturesOf(context, functionId),
    runtimeTimes(context, query),
  ]);
  // SQLite rows contain their series; here it is looked up only where the answer needs it.
  const series =
    narrows(query) || all.some((one) => billedOf(one) !== null)
      ? await seriesOf(context, functionId)
      : new Map<number, Series>();
  const owner = owners.get(functionId);
  const architectureOf = ({ seriesId, endMs }: AttributedColdStart): string | null =>
    owner === undefined ? null : architectures.of(owner, series.get(seriesId)?.version ?? null, endMs);
  const coldStarts = narrows(query)
    ? all.filter((one) => {
        const slice = series.get(one.seriesId);
        return (
          (query.version === undefined || slice?.version === query.version) &&
          (query.memoryMb === undefined || slice?.memoryMb === query.memoryMb) &&
          (query.architecture === undefined || architectureOf(one) === query.architecture)
        );
      })
    : all;
  const causes = new Map<Cause, number>();
  const billed = new Map<string, { memoryMb: number | null; architecture: string | null; us: number }>();
  const platform = new Sketch();
  for (const one of coldStarts) {
    causes.set(one.cause, (causes.get(one.cause) ?? 0) + 1);
    const billedMs = billedOf(one);
    if (billedMs !== null) {
      const architecture = architectureOf(one);
      const key = JSON.stringify([one.seriesId, architecture]);
      const memoryMb = series.get(one.seriesId)?.memoryMb ?? null;
      billed.set(key, { memoryMb, architecture, us: (billed.get(key)?.us ?? 0) + microseconds(billedMs) });
    }
    if (one.platformMs !== null && one.userFelt) platform.add(Math.max(0, Math.round(one.platformMs)));
  }
  const firsts = coldStarts
    .filter((one) => one.userFelt && !one.failed && one.kind !== 'suppressed')
    .map((one) => microseconds(one.durationMs));
  const window = windows.get(functionId);
  return {
    byCause: [...causes]
      .map(([cause, n]) => ({ cause, n }))
      .toSorted((a, b) => b.n - a.n || CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause)),
    billedInits: [...billed.values()].map(({ us, ...priced }) => ({ ...priced, ms: us / 1000 })),
    firstDurationMs: { n: firsts.length, median: medianUs(firsts) },
    platformMs: quantiles(platform),
    byExtensions: await byExtensions(context, functionId, coldStarts, runtimes),
    doomLoops: await loopsOf(context, functionId, coldStarts),
    window:
      window === undefined ? null : { ms: window.windowMs, estimated: window.estimated === 1, source: window.source },
  };
}

function billedOf(one: AttributedColdStart): number | null {
  return one.billedInitMs ?? (one.initBilled === true ? one.initMs : null);
}

interface Series {
  readonly version: string | null;
  readonly memoryMb: number | null;
}

/** Versions and memory sizes of a function, by the id of the series. */
async function seriesOf(context: QueryContext, functionId: number): Promise<ReadonlyMap<number, Series>> {
  const rows = await context.client.all<Series>(
    `SELECT DISTINCT nullIf(cell.version, '') AS version, nullIf(cell.memory_mb, -1) AS memoryMb FROM rollup_1d AS cell
     WHERE function_id = {functionId:UInt64}`,
    { functionId },
  );
  return new Map(rows.map((row) => [seriesIdOf(functionId, row.version, row.memoryMb), row]));
}

/** Functions that were initialised inside invocations several times in a row. */
export async function initLoops(context: QueryContext, query: TimeRange): Promise<readonly FunctionInitLoop[]> {
  const { coldStarts } = await coldStartsIn(context, null, query);
  const found = new Map<number, { longest: number; n: number }>();
  for (const { functionId, loop } of coldStarts) {
    if (loop === 0) continue;
    const of = found.get(functionId) ?? { longest: 0, n: 0 };
    found.set(functionId, { longest: Math.max(of.longest, loop), n: of.n + 1 });
  }
  const owners = await identitiesOf(context, [...found.keys()]);
  return [...found].flatMap(([functionId, { longest, n }]) => {
    const owner = owners.get(functionId);
    if (owner === undefined) return [];
    return [{ account: owner.account, region: owner.region, name: owner.name, longest, n }];
  });
}

/** For user-felt cold starts of functions known to be in a VPC: ms from the end of init to START. */
export async function platformLatency(context: QueryContext, query: TimeRange): Promise<readonly PlatformLatency[]> {
  const { coldStarts } = await coldStartsIn(context, null, query);
  const owners = await identitiesOf(context, [...new Set(coldStarts.map((one) => one.functionId))]);
  const sketches = new Map<number, Sketch>();
  for (const { functionId, platformMs, userFelt } of coldStarts) {
    if (platformMs === null || !userFelt || owners.get(functionId)?.vpc !== true) continue;
    const sketch = sketches.get(functionId) ?? new Sketch();
    sketches.set(functionId, sketch);
    sketch.add(Math.max(0, Math.round(platformMs)));
  }
  return [...sketches].flatMap(([functionId, sketch]) => {
    const owner = owners.get(functionId);
    if (owner === undefined) return [];
    const { account, region, name } = owner;
    return [{ account, region, name, p95Ms: sketch.quantile(0.95) ?? 0, n: sketch.count }];
  });
}

async function loopsOf(
  context: QueryContext,
  functionId: number,
  coldStarts: readonly AttributedColdStart[],
): Promise<ColdStartCauses['doomLoops']> {
  const found = new Map<number, { inits: number; lastMs: number }>();
  for (const { environmentId, loop, endMs } of coldStarts) {
    if (loop < LOOP) continue;
    const of = found.get(environmentId) ?? { inits: 0, lastMs: 0 };
    found.set(environmentId, { inits: Math.max(of.inits, loop), lastMs: Math.max(of.lastMs, endMs) });
  }
  if (found.size === 0) return [];
  const streams = await context.client.all<{ id: number; logStream: string }>(
    `SELECT environment_id AS id, log_stream AS logStream FROM environment FINAL
     WHERE function_id = {functionId:UInt64} AND environment_id IN {ids:Array(UInt64)}`,
    { functionId, ids: [...found.keys()] },
  );
  const names = new Map(streams.map((row) => [row.id, row.logStream]));
  return [...found]
    .map(([environmentId, loop]) => ({ environmentId, logStream: names.get(environmentId) ?? '', ...loop }))
    .toSorted((a, b) => b.lastMs - a.lastMs)
    .slice(0, MOST_LOOPS);
}
