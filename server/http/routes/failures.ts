/** Handler of a function's failures: kinds, retries and cost. */

import { iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { unusedUsd } from '../../analytics/cost/unused-inits.ts';
import { errorsOf } from '../../analytics/metrics/counts.ts';
import { errorRateOf } from '../../analytics/metrics/error-rate.ts';
import { runtimeOf } from '../../analytics/runtimes/identifier.ts';
import type { FailureEvidence, FunctionIdentity } from '../../storage/ports.ts';
import type { InventoryEntry } from '../../storage/questions/inventory/types.ts';
import { failureRoutes } from '../contract/failures.ts';
import { implement } from '../implement.ts';
import { invocationOf, wasteOfUsage } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum failed attempts that are analyzed individually, newest first. */
const MOST_FAILED = 5000;
/** Newest configurations that sizes of earlier times are taken from. */
const STATES = 1000;

export const failureHandlers = implement(failureRoutes, {
  getFunctionFailures: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const { from, to, version, memoryMb } = query;
    const range = rangeOf({ from, to }, context.now());
    const [found, history] = await Promise.all([
      context.store.read.failures({
        ...range,
        functionId,
        version,
        memoryMb,
        nowMs: context.now(),
        mostFailed: MOST_FAILED,
      }),
      context.store.read.inventory({ functionId, limit: STATES }),
    ]);
    const { counts } = found;
    const { retries, advice } = await context.analysis.run('failures', found.requests, {
      configuredMs: history[0]?.facts.timeoutMs ?? null,
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
      cost: costOf(identity, found, history, context.config.priceTerms),
      priceAssumptions: priceAssumptions(
        found.usage.map((slice) => ({ ...slice, region: identity.region })),
        found.range,
        context.config.priceTerms,
      ),
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
