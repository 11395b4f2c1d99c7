/** Handler of the provisioned-concurrency simulation. */

import { iso } from '../../../ingest/records/time.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { priceOf, provisionedPriceOf } from '../../analytics/cost/cost.ts';
import { factorsAt } from '../../analytics/cost/terms.ts';
import { MIN_TERMINATIONS } from '../../analytics/metrics/minimum-samples.ts';
import type { ProvisionedAnswer } from '../../storage/ports.ts';
import { provisionedRoutes } from '../contract/provisioned.ts';
import { implement } from '../implement.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { codeOf, codesOf } from '../presentation/reasons.ts';
import { seedOf } from '../presentation/seed.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum invocations that are simulated, newest first. */
const MAX_RUNS = 20_000;

export const provisionedHandlers = implement(provisionedRoutes, {
  getFunctionProvisionedConcurrency: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId, region, architecture, memoryMb: newest } = identity;
    const range = rangeOf(query, context.now());
    const { version, memoryMb } = query;
    const size = memoryMb ?? newest;
    const factors = factorsAt(context.config.priceTerms, range.toMs - 1);
    const onDemand = priceOf(region, architecture, factors);
    const kept = provisionedPriceOf(region, architecture, factors);
    const found = await context.store.read.provisioned({
      ...range,
      functionId,
      version,
      memoryMb,
      priceMemoryMb: size,
      firstSeenMs: identity.firstSeenMs,
      prices: { keptPerGbS: kept.keptPerGbS, runPerGbS: kept.runPerGbS, onDemandPerGbS: onDemand.perGbSecond },
      maxRuns: MAX_RUNS,
      seed: seedOf(identity),
    });
    const { fromMs, toMs } = found.played;
    const reasons = whyNot(found, size);
    return {
      range: { from: iso(Math.floor(fromMs)), to: iso(toMs), bucketMs: Math.ceil(toMs - fromMs) },
      memoryMb: size,
      invocations: found.invocations,
      truncated: found.truncated,
      options: [...found.options],
      breakEvenUtilisation: found.breakEvenUtilisation,
      breakEvenKept: found.breakEvenKept,
      schedule: [...found.schedule],
      ...priceAssumptions(
        [{ region, architecture, invocations: found.invocations }],
        { fromMs: range.toMs - 1, toMs: range.toMs },
        context.config.priceTerms,
      ),
      priceAssumed: onDemand.assumed || kept.assumed,
      method: METHOD.text,
      methodCode: codeOf(METHOD),
      reason: reasons.length === 0 ? null : reasons.map(({ text }) => text).join(' '),
      reasonCodes: codesOf(reasons),
    };
  },
});

const METHOD = reasonOf('provisioned-method');

function whyNot({ invocations, options, deaths }: ProvisionedAnswer, memoryMb: number | null): readonly Reason[] {
  if (invocations === 0) return [reasonOf('provisioned-no-invocations')];
  const reasons: Reason[] = [];
  if (memoryMb === null) reasons.push(reasonOf('provisioned-no-memory'));
  if (options.some(({ avoided }) => avoided === null)) {
    reasons.push(reasonOf('provisioned-few-deaths', { deaths, required: MIN_TERMINATIONS }));
  }
  return reasons;
}
