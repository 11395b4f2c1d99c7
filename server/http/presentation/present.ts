/** Converts stored rows to API shapes: ISO times, rates with intervals, costs. */

import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { failedUsage, totalCost } from '../../analytics/cost/cost.ts';
import { managedCost } from '../../analytics/cost/special-kinds.ts';
import type { PriceFactors, PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsAt } from '../../analytics/cost/terms.ts';
import { coldStartSecondsOf, coverageOf, errorsOf } from '../../analytics/metrics/counts.ts';
import { errorRateFrom, unknownErrorsOf } from '../../analytics/metrics/error-rate.ts';
import { runtimeOf } from '../../analytics/runtimes/identifier.ts';
import type { RuntimeSupport } from '../../analytics/runtimes/support.ts';
import { supportOf } from '../../analytics/runtimes/support.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type {
  DeclaredInstances,
  FunctionAggregate,
  FunctionSums,
  RateBlocks,
  EnvironmentFacts as StoredEnvironment,
  StoredInvocation,
  UsageSlice,
} from '../../storage/ports.ts';
import { parseStored, streamAttributes } from '../../storage/stored-json.ts';
import type { FunctionSummary, Warning } from '../contract/functions.ts';
import type { EnvironmentFacts, Invocation } from '../contract/invocations.ts';
import { coldStartRate, errorsRate, userFeltRate } from './function-rates.ts';
import { costReasonOf } from './reasons.ts';
import { STREAM_UNKNOWN } from './without-stream.ts';

type Priced = Pick<UsageSlice, 'memoryMb' | 'architecture' | 'invocations' | 'billedMs'>;

export function costOfUsage(region: string, usage: readonly Priced[], factors: PriceFactors) {
  return totalCost(
    usage.map((slice) => ({ region, ...slice })),
    factors,
  );
}

/** Cost of failed attempts in USD: requests and billed duration. */
export function wasteOfUsage(region: string, usage: readonly UsageSlice[], factors: PriceFactors) {
  return totalCost(failedUsage(usage.map((slice) => ({ region, ...slice }))), factors);
}

/** Why a function has no cost by its REPORT lines. */
const COST_UNKNOWN = reasonOf('cost-unknown');

/**
 * Why a cost by REPORT lines is null, or what it leaves out; null if it is complete. `unpriced` of `n` invocations have no
 * cost.
 */
export function costGap(unpriced: number, n: number): Reason | null {
  if (unpriced === 0) return null;
  return unpriced >= n ? NOT_BILLED : reasonOf('cost-gap', { unpriced, invocations: n });
}

const NOT_BILLED = reasonOf('cost-not-billed');

/** Functions on Managed Instances with declared prices, and the length of the range in hours. */
export interface DeclaredCosts {
  readonly hours: number;
  readonly functions: readonly DeclaredInstances[];
}

/** Cost by REPORT lines; of Managed Instances by the declared instances and their price. Null with a reason. */
export function costOf(
  { identity, usage, counts }: Pick<FunctionAggregate, 'identity' | 'usage' | 'counts'>,
  { hours, functions }: DeclaredCosts,
  factors: PriceFactors,
): Pick<FunctionSummary, 'costUsd' | 'costBasis' | 'costReason' | 'costReasonCode'> & { readonly assumed: boolean } {
  const reported = costOfUsage(identity.region, usage, factors);
  if (reported !== null) {
    return { costUsd: reported.usd, costBasis: 'report', costReason: null, assumed: reported.assumed };
  }
  const declared = functions.find((one) => one.functionId === identity.functionId);
  if (declared === undefined) {
    return { costUsd: null, costBasis: null, ...costReasonOf(COST_UNKNOWN), assumed: false };
  }
  const { totalUsd } = managedCost({ ...declared, hours, requests: counts.n });
  return { costUsd: totalUsd, costBasis: 'managed-instances', costReason: null, assumed: false };
}

/** Without tags. Without `blocks`, intervals of rates assume independent invocations, and the spark is empty. */
export function summaryOf(
  aggregate: FunctionSums & { readonly blocks: RateBlocks | null },
  nowMs: number,
  declared: DeclaredCosts,
  factors: PriceFactors,
): FunctionSummary {
  const { identity, counts } = aggregate;
  const support = supportOf(identity, nowMs);
  const { assumed, ...cost } = costOf(aggregate, declared, factors);
  const architectures = new Set(aggregate.usage.map((slice) => slice.architecture));
  return {
    id: functionIdOf(identity),
    name: identity.name,
    account: identity.account,
    region: identity.region,
    runtime: runtimeOf(identity),
    runtimeSupport: support,
    architecture: architectures.size === 1 ? ([...architectures][0] ?? null) : identity.architecture,
    memoryMb: identity.memoryMb,
    version: identity.version,
    invocations: counts.n,
    errors: errorsOf(counts),
    errorRate: errorRateFrom(counts, errorsRate(aggregate)),
    coldStartRate: coldStartRate(aggregate),
    userFeltColdStartRate: userFeltRate(aggregate),
    coldStartSeconds: coldStartSecondsOf(counts),
    durationMs: aggregate.durationMs,
    initMs: aggregate.initMs,
    maxMemoryUsedMb: aggregate.maxMemoryUsedMb,
    memoryUse: aggregate.memoryUse,
    ...cost,
    wastedUsd: wasteOfUsage(identity.region, aggregate.usage, factors)?.usd ?? null,
    wastedUnknown: unknownErrorsOf(counts),
    vpc: identity.vpc,
    initAgainstRuntime: null,
    coverage: coverageOf(counts),
    spark: [...(aggregate.blocks?.n ?? [])],
    tags: {},
    firstSeenAt: iso(identity.firstSeenMs),
    lastSeenAt: iso(identity.lastSeenMs),
    warnings: warningsOf(aggregate, support, assumed),
  };
}

/** Memory use above this share of the size that an invocation ran with is near the limit. */
const MEMORY_NEAR_LIMIT = 0.95;
const COVERAGE_LOW = 0.99;

function warningsOf(
  { identity, counts, memoryUse }: FunctionSums,
  support: RuntimeSupport | null,
  assumed: boolean,
): Warning[] {
  const warnings: Warning[] = [];
  if (counts.ooms > 0) warnings.push('out-of-memory');
  if (counts.timeouts > 0) warnings.push('timeouts');
  if ((memoryUse?.share ?? 0) >= MEMORY_NEAR_LIMIT) warnings.push('memory-near-limit');
  if (support !== null && support.phase !== 'supported') {
    warnings.push(support.phase === 'ending' ? 'runtime-ending' : 'runtime-deprecated');
  }
  if (identity.nameInferred) warnings.push('function-name-unknown');
  if (identity.region === '') warnings.push('region-unknown');
  if (assumed) warnings.push('price-assumed');
  if (counts.unplaced > 0) warnings.push('log-streams-unknown');
  if ((coverageOf(counts) ?? 1) < COVERAGE_LOW) warnings.push('starts-missing');
  if (counts.errors_unknown > 0) warnings.push('errors-unknown');
  return warnings;
}

/** Cost in USD by the REPORT line; null if it cannot be known. */
export function costOfInvocation(row: StoredInvocation, terms: PriceTerms): number | null {
  const { memorySizeMb: memoryMb, architecture, billedDurationMs: billedMs } = row;
  if (billedMs === null) return null;
  const usage = { memoryMb, architecture, invocations: 1, billedMs };
  return costOfUsage(row.region, [usage], factorsAt(terms, row.endMs))?.usd ?? null;
}

/** Why the log stream of an invocation is null; null if it is known. */
export function streamReasonOf({ logStream }: Pick<StoredInvocation, 'logStream'>): string | null {
  return logStream === null ? STREAM_UNKNOWN.text : null;
}

export function invocationOf(row: StoredInvocation, terms: PriceTerms): Invocation {
  return {
    requestId: row.requestId,
    attempt: row.attempt,
    function: {
      id: functionIdOf({ account: row.account, region: row.region, name: row.functionName }),
      name: row.functionName,
      account: row.account,
      region: row.region,
    },
    version: row.version,
    logGroup: row.logGroup,
    logStream: row.logStream,
    logStreamReason: streamReasonOf(row),
    startedAt: isoOrNull(row.startMs),
    endedAt: iso(row.endMs),
    durationMs: row.durationMs,
    billedDurationMs: row.billedDurationMs,
    memorySizeMb: row.memorySizeMb,
    maxMemoryUsedMb: row.maxMemoryUsedMb,
    initDurationMs: row.initDurationMs,
    restoreDurationMs: row.restoreDurationMs,
    billedRestoreDurationMs: row.billedRestoreDurationMs,
    hiddenInitDurationMs: row.hiddenInitDurationMs,
    status: row.status,
    errorType: row.errorType,
    errorMessage: row.errorMessage,
    errorStack: [...row.errorStack],
    coldStart: row.coldStart,
    traceId: row.traceId,
    segmentId: row.segmentId,
    sampled: row.sampled,
    tenantId: row.tenantId,
    attributes:
      row.attributes === null
        ? {}
        : (parseStored(streamAttributes, row.attributes, `environment ${row.logStream ?? row.environmentId}`) ?? {}),
    costUsd: costOfInvocation(row, terms),
  };
}

export function environmentOf(facts: StoredEnvironment): EnvironmentFacts {
  return {
    id: facts.environmentId,
    logGroup: facts.logGroup,
    logStream: facts.logStream,
    version: facts.version,
    memorySizeMb: facts.memoryMb,
    runtimeVersion: facts.runtimeVersion,
    initializationType: facts.initializationType,
    initStartedAt: isoOrNull(facts.initStartMs),
    initDurationMs: facts.initMs,
    firstSeenAt: iso(facts.firstSeenMs),
    lastSeenAt: iso(facts.lastSeenMs),
    invocations: facts.invocations,
    failures: facts.failures,
    maxMemoryUsedMb: facts.maxMemoryUsedMb,
  };
}
