/** Handler of a function's failures: kinds, retries and cost. */

import { iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import { computeUsd, priceOf } from '../../analytics/cost/cost.ts';
import type { PriceFactors } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { errorsOf } from '../../analytics/metrics/counts.ts';
import { errorRateOf } from '../../analytics/metrics/error-rate.ts';
import type { FailureEvidence, FunctionIdentity } from '../../storage/ports.ts';
import { failureRoutes } from '../contract/failures.ts';
import { implement } from '../implement.ts';
import { invocationOf, wasteOfUsage } from '../presentation/present.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum failed attempts that are analyzed individually, newest first. */
const MOST_FAILED = 5000;

export const failureHandlers = implement(failureRoutes, {
  getFunctionFailures: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const { from, to, version, memoryMb } = query;
    const range = rangeOf({ from, to }, context.now());
    const [found, facts] = await Promise.all([
      context.store.read.failures({
        ...range,
        functionId,
        version,
        memoryMb,
        nowMs: context.now(),
        mostFailed: MOST_FAILED,
      }),
      context.store.read.inventory({ functionId, limit: 1 }),
    ]);
    const { counts } = found;
    const { retries, advice } = await context.analysis.run('failures', found.requests, {
      configuredMs: facts[0]?.facts.timeoutMs ?? null,
      timedOutMs: found.timedOutMs,
      p99Ms: found.durationMs.p99,
      p999Ms: found.durationMs.p999,
      invocations: counts.n,
    });
    return {
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
      cost: costOf(identity, found, factorsOf(context.config.priceTerms, found.range)),
      timeout: { ...advice, p999Ms: found.durationMs.p999 },
      truncated: found.truncated,
      series: found.buckets.map((bucket) => ({
        at: iso(bucket.fromMs),
        invocations: bucket.counts.n,
        timeouts: bucket.counts.timeouts,
        outOfMemory: bucket.counts.ooms,
        errors: bucket.counts.errors,
        exits: bucket.counts.exits,
      })),
      examples: found.examples.map((one) => invocationOf(one, context.config.priceTerms)),
    };
  },
});

function costOf(identity: FunctionIdentity, { usage, counts, unusedInits }: FailureEvidence, factors: PriceFactors) {
  const { memoryMb, region, architecture } = identity;
  const { n, initMs } = unusedInits;
  const usd =
    initMs === null || memoryMb === null
      ? null
      : computeUsd(memoryMb, initMs, priceOf(region, architecture, factors).perGbSecond);
  return {
    failedUsd: wasteOfUsage(region, usage, factors)?.usd ?? null,
    failedMinutes: counts.failed_billed_ms / MINUTE_MS,
    unusedInits: { n, initMs, usd },
  };
}
