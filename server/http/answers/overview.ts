/** The overview: totals, series, rankings and findings of the fleet. */

import { iso } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { totalCost } from '../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { rateOf } from '../../analytics/metrics/counted-rate.ts';
import {
  coldStartSecondsOf,
  coldStartsOf,
  coverageOf,
  errorsOf,
  placedOf,
  userFeltOf,
} from '../../analytics/metrics/counts.ts';
import { errorRateOf, unknownErrorsOf } from '../../analytics/metrics/error-rate.ts';
import { runtimeOf } from '../../analytics/runtimes/identifier.ts';
import { supportOf } from '../../analytics/runtimes/support.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { FleetAggregate, MetricAnswer } from '../../storage/ports.ts';
import type { Counts } from '../../storage/questions/shared-types.ts';
import { addCounts, noCounts } from '../../storage/rollup/aggregation.ts';
import type { OverviewAnswer } from '../contract/overview.ts';
import type { DeclaredCosts } from '../presentation/present.ts';
import { costOf, wasteOfUsage } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { codeOf, costReasonOf, sentenceOf } from '../presentation/reasons.ts';
import { withoutStreamOf } from '../presentation/without-stream.ts';
import { findingsOf } from './findings.ts';
import { platformCountsOf, withoutInvocations } from './platform-subjects.ts';
import type { Shaped } from './shaped.ts';

const TOP = 10;

/** The rows with the highest values above 0, of equal ones the first by id. Sorts no more rows than it returns. */
function highest<Row extends { readonly id: string }>(
  rows: readonly Row[],
  of: (row: Row) => number | null,
): readonly { readonly row: Row; readonly value: number }[] {
  const found: { readonly row: Row; readonly value: number }[] = [];
  for (const row of rows) {
    const value = of(row) ?? 0;
    if (!(value > 0)) continue;
    const isBefore = (other: (typeof found)[number]): boolean =>
      other.value === value ? other.row.id < row.id : other.value > value;
    const last = found.at(-1);
    if (found.length === TOP && last !== undefined && isBefore(last)) continue;
    found.splice(found.findLastIndex(isBefore) + 1, 0, { row, value });
    if (found.length > TOP) found.pop();
  }
  return found;
}

/** Counts over several functions. */
function sumOf(all: readonly Counts[]): Counts {
  const total = noCounts();
  for (const counts of all) addCounts(total, counts);
  return total;
}

/** From when on functions with half of the invocations have been seen, epoch ms; null without invocations. */
function dataFromMs({ functions }: FleetAggregate): number | null {
  const seen = functions
    .map(({ identity, counts }) => ({ atMs: identity.firstSeenMs, n: counts.n }))
    .toSorted((a, b) => a.atMs - b.atMs);
  let left = seen.reduce((total, { n }) => total + n, 0) / 2;
  if (left === 0) return null;
  for (const { atMs, n } of seen) {
    left -= n;
    if (left <= 0) return atMs;
  }
  return null;
}

export function overview(
  fleet: FleetAggregate,
  metrics: MetricAnswer,
  nowMs: number,
  declared: DeclaredCosts,
  terms: PriceTerms,
): Shaped<OverviewAnswer> {
  const factors = factorsOf(terms, fleet.range);
  const platform = platformCountsOf(metrics);
  const rows = fleet.functions.map((entry) => ({
    id: functionIdOf(entry.identity),
    name: entry.identity.name,
    counts: entry.counts,
    blocks: entry.blocks,
    runtime: runtimeOf(entry.identity),
    support: supportOf(entry.identity, nowMs),
    platform: platform.get(functionIdOf(entry.identity)) ?? null,
    n: entry.counts.n,
    errors: errorsOf(entry.counts),
    coldStartSeconds: coldStartSecondsOf(entry.counts),
    cost: costOf(entry, declared, factors),
    waste: wasteOfUsage(entry.identity.region, entry.usage, factors),
  }));
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const invocations = sum((row) => row.n);
  const errors = sum((row) => row.errors);
  const coldStarts = sum((row) => coldStartsOf(row.counts));
  const all = {
    n: invocations,
    user_felt: sum((row) => row.counts.user_felt),
    felt_init_us: sum((row) => row.counts.felt_init_us),
    unplaced: sum((row) => row.counts.unplaced),
    unplaced_cold: sum((row) => row.counts.unplaced_cold),
  };
  const totals = sumOf(rows.map((row) => row.counts));
  const blocks = fleet.buckets.map((bucket) => bucket.counts);
  const priced = rows.filter((row) => row.cost.costUsd !== null);
  const coverage = coverageOf({ n: invocations, with_start: sum((row) => row.counts.with_start) });
  const incomplete = coverage === null || coverage >= 0.99 ? null : reasonOf('coverage-starts-incomplete');
  const ranked = (of: (row: (typeof rows)[number]) => number | null) =>
    highest(rows, of).map(({ row, value }) => ({
      id: row.id,
      name: row.name,
      value,
      n: row.n,
      isLowerBound: row.counts.errors_unknown > 0,
    }));
  const top = (of: (row: (typeof rows)[number]) => number | null) =>
    ranked(of).map(({ isLowerBound: _, ...entry }) => entry);
  const found = findingsOf([...rows, ...withoutInvocations(platform, rows)]);
  const fromMs = dataFromMs(fleet);
  const body = {
    range: { from: iso(fleet.range.fromMs), to: iso(fleet.range.toMs), bucketMs: fleet.range.widthMs },
    dataFrom: fromMs === null ? null : iso(fromMs),
    functions: rows.length,
    invocations,
    errors,
    errorRate: errorRateOf(totals, blocks),
    coldStarts,
    coldStartRate: rateOf(totals, blocks, coldStartsOf),
    userFeltColdStarts: userFeltOf(all),
    userFeltColdStartRate: rateOf(totals, blocks, (one) => one.user_felt, placedOf),
    coldStartSeconds: coldStartSecondsOf(all),
    costUsd: priced.length === 0 ? null : priced.reduce((total, row) => total + (row.cost.costUsd ?? 0), 0),
    ...costReasonOf(
      priced.length === rows.length
        ? null
        : reasonOf('cost-unknown-of-some', { unknown: rows.length - priced.length, functions: rows.length }),
    ),
    costAssumed: priced.some((row) => row.cost.assumed),
    ...priceAssumptions(
      fleet.functions.flatMap(({ identity: { region }, usage }) =>
        usage.map(({ architecture, invocations: n }) => ({ architecture, invocations: n, region })),
      ),
      fleet.range,
      terms,
    ),
    wastedUsd: rows.every((row) => row.waste === null) ? null : sum((row) => row.waste?.usd ?? 0),
    wastedUnknown: unknownErrorsOf(totals),
    coverage,
    coverageReason: sentenceOf(incomplete),
    coverageReasonCode: codeOf(incomplete),
    withoutStream: withoutStreamOf(all),
    series: fleet.buckets.map((bucket) => ({
      at: iso(bucket.fromMs),
      invocations: bucket.counts.n,
      errors: errorsOf(bucket.counts),
      coldStarts: coldStartsOf(bucket.counts),
      userFeltColdStarts: userFeltOf(bucket.counts),
      coldStartsWithoutStream: bucket.counts.unplaced_cold,
      coldStartSeconds: coldStartSecondsOf(bucket.counts),
      costUsd:
        totalCost(bucket.usage, factorsOf(terms, { fromMs: bucket.fromMs, toMs: bucket.fromMs + fleet.range.widthMs }))
          ?.usd ?? null,
    })),
    top: {
      invocations: top((row) => row.n),
      errors: ranked((row) => row.errors),
      coldStartSeconds: top((row) => row.coldStartSeconds),
      costUsd: top((row) => row.cost.costUsd),
      wastedUsd: ranked((row) => row.waste?.usd ?? null),
    },
    previous: null,
    findings: found.findings,
    findingGroups: found.groups,
  };
  return { body, meta: null };
}
