/** Handler of the provisioned-concurrency simulation. */

import { iso } from '../../../ingest/records/time.ts';
import { priceOf, provisionedPriceOf } from '../../analytics/cost/cost.ts';
import { provisionedRoutes } from '../contract/provisioned.ts';
import { implement } from '../implement.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum invocations that are simulated, newest first. */
const MAX_RUNS = 20_000;

export const provisionedHandlers = implement(provisionedRoutes, {
  getFunctionProvisionedConcurrency: async ({ context, params, query }) => {
    const { functionId, region, architecture, memoryMb: newest } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const { version, memoryMb } = query;
    const size = memoryMb ?? newest;
    const onDemand = priceOf(region, architecture);
    const kept = provisionedPriceOf(region, architecture);
    const found = await context.store.read.provisioned({
      ...range,
      functionId,
      version,
      memoryMb,
      priceMemoryMb: size ?? 0,
      prices: { keptPerGbS: kept.keptPerGbS, runPerGbS: kept.runPerGbS, onDemandPerGbS: onDemand.perGbSecond },
      maxRuns: MAX_RUNS,
    });
    const { fromMs, toMs } = found.played;
    return {
      range: { from: iso(Math.floor(fromMs)), to: iso(toMs), bucketMs: Math.ceil(toMs - fromMs) },
      memoryMb: size,
      invocations: found.invocations,
      truncated: found.truncated,
      options: [...found.options],
      breakEvenUtilisation: found.breakEvenUtilisation,
      breakEvenKept: found.breakEvenKept,
      schedule: [...found.schedule],
      priceAssumed: onDemand.assumed || kept.assumed,
      method: 'replay of observed invocations against provisioned environments; spill-over starts as cold as observed',
      reason:
        found.invocations === 0
          ? 'Insufficient data: no invocations in this time range.'
          : size === null
            ? 'The memory size is unknown, so costs are omitted.'
            : null,
    };
  },
});
