/** Failures of a function: kinds, retries and cost. */
import { iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { unusedUsd } from '../../analytics/cost/unused-inits.ts';
import { retriesOf } from '../../analytics/failures/retries.ts';
import { adviseTimeout } from '../../analytics/failures/timeout-advice.ts';
import { errorsOf } from '../../analytics/metrics/counts.ts';
import { errorRateOf } from '../../analytics/metrics/error-rate.ts';
import { runtimeOf } from '../../analytics/runtimes/identifier.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { FailureEvidence, FunctionIdentity } from '../../storage/ports.ts';
import type { InventoryEntry } from '../../storage/questions/inventory/types.ts';
import type { FailuresAnswer } from '../contract/failures.ts';
import { invocationOf, wasteOfUsage } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { codeOf } from '../presentation/reasons.ts';
import type { Shaped } from './shaped.ts';

/** `history` of the function's configurations, newest first. */
export function failureReport(
  found: ReaderResult<'failures'>,
  history: ReaderResult<'inventory'>,
  identity: FunctionIdentity,
  terms: PriceTerms,
): Shaped<FailuresAnswer> {
  const { counts } = found;
  const retries = retriesOf(found.requests);
  const advice = adviseTimeout({
    configuredMs: history[0]?.facts.timeoutMs ?? null,
    timedOutMs: found.timedOutMs,
    p99Ms: found.durationMs.p99,
    p999Ms: found.durationMs.p999,
    invocations: counts.n,
  });
  const body = {
    range: { from: iso(found.range.fromMs), to: iso(found.range.toMs), bucketMs: found.range.widthMs },
    invocations: counts.n,
    failures: errorsOf(counts),
    rate: errorRateOf(
      counts,
      found.buckets.map((bucket) => bucket.counts),
    ),
    byStatus: (
      [
        { status: 'timeout', n: counts.timeouts },
        { status: 'oom', n: counts.ooms },
        { status: 'exit', n: counts.exits },
        { status: 'error', n: counts.errors },
      ] as const
    ).filter((entry) => entry.n > 0),
    errorTypes: [...found.errorTypes],
    initFailures: [...found.initFailures],
    suspectedOutOfMemory: found.suspectedOutOfMemory,
    doomLoops: found.causes.doomLoops.map(({ lastMs, ...loop }) => ({ ...loop, lastAt: iso(lastMs) })),
    retries: {
      requests: found.requests.length,
      retried: retries.retried,
      recovered: retries.recovered,
      unexplained: retries.unexplained,
      most: retries.most.map(({ requestId, attempts, failed, lastMs }) => ({
        requestId,
        attempts,
        failed,
        lastAt: iso(lastMs),
      })),
      poison: retries.poison.map(({ requestId, attempts, lastMs, errorType }) => ({
        requestId,
        attempts,
        lastAt: iso(lastMs),
        errorType,
      })),
    },
    cost: costOf(identity, found, history, terms),
    ...priceAssumptions(
      found.usage.map((slice) => ({ ...slice, region: identity.region })),
      found.range,
      terms,
    ),
    timeout: {
      ...advice,
      reason: advice.reason.text,
      reasonCode: codeOf(advice.reason),
      p999Ms: found.durationMs.p999,
    },
    truncated: found.truncated,
    series: found.buckets.map((bucket) => ({
      at: iso(bucket.fromMs),
      invocations: bucket.counts.n,
      timeouts: bucket.counts.timeouts,
      outOfMemory: bucket.counts.ooms,
      errors: bucket.counts.errors,
      exits: bucket.counts.exits,
    })),
    examples: found.examples.map((one) => invocationOf(one, terms)),
  };
  return { body, meta: null };
}

function costOf(
  identity: FunctionIdentity,
  { usage, counts, unusedInits, range }: FailureEvidence,
  history: readonly InventoryEntry[],
  terms: PriceTerms,
) {
  const { region } = identity;
  const n = unusedInits.reduce((sum, group) => sum + group.n, 0);
  const timed = n - unusedInits.reduce((sum, group) => sum + group.untimed, 0);
  const owner = { region, runtime: runtimeOf(identity), packageType: history[0]?.facts.packageType ?? null };
  return {
    failedUsd: wasteOfUsage(region, usage, factorsOf(terms, range))?.usd ?? null,
    failedMinutes: counts.failed_billed_ms / MINUTE_MS,
    unusedInits: {
      n,
      initMs: timed === 0 ? null : unusedInits.reduce((sum, group) => sum + group.initMs, 0),
      ...unusedUsd(owner, unusedInits, history, terms),
    },
  };
}
