/** Handlers of durable executions, responses, and Managed Instances. */
import { HOUR_MS, iso } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import {
  breakEvenHourUsd,
  durableOperationsUsd,
  managedCost,
  streamedUsd,
} from '../../analytics/cost/special-kinds.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import type { TimeRange } from '../../storage/ports.ts';
import { specialKindRoutes } from '../contract/special-kinds.ts';
import { implement } from '../implement.ts';
import { costOfUsage } from '../presentation/present.ts';
import { codesOf } from '../presentation/reasons.ts';
import { functionOf, rangeOf } from '../query.ts';

function answered({ fromMs, toMs }: TimeRange) {
  return { from: iso(fromMs), to: iso(toMs), bucketMs: toMs - fromMs };
}

/** Newest invocations that the peak of concurrency is found in. */
const MOST_RUNS = 50_000;
const NO_REPORTS = reasonOf('managed-no-reports');
const NO_PRICE = reasonOf('managed-no-price');

export const specialKindHandlers = implement(specialKindRoutes, {
  getFunctionExecutions: async ({ context, params, query }) => {
    const { functionId } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const { items, total } = await context.store.read.durableExecutions({
      ...range,
      functionId,
      limit: query.limit,
      execution: query.execution,
    });
    return {
      range: answered(range),
      items: items.map(({ firstMs, lastMs, invocations, ...item }) => ({
        ...item,
        firstAt: iso(firstMs),
        lastAt: iso(lastMs),
        invocations: invocations.map(({ firstMs: atMs, ...one }) => ({ ...one, at: iso(atMs) })),
        replays: invocations.filter((one) => one.replay).length,
        operationsUsd: durableOperationsUsd(item.operations + 1),
      })),
      nextCursor: null,
      total,
    };
  },
  getFunctionResponses: async ({ context, params, query }) => {
    const { functionId } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const found = await context.store.read.responses({ ...range, functionId });
    return { range: answered(range), ...found, streamedUsd: streamedUsd(found.beyondFreeBytes) };
  },
  getFunctionManagedInstances: async ({ context, params, query }) => {
    const { functionId, region } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const { read } = context.store;
    const [{ items }, [entry], features, { concurrency }] = await Promise.all([
      read.functions({ ...range, functionId }),
      read.inventory({ functionId, limit: 1 }),
      read.features({ functionId }),
      read.environments({ ...range, functionId, limit: 1, maxRuns: MOST_RUNS }),
    ]);
    const facts = entry?.facts ?? null;
    const hours = (range.toMs - range.fromMs) / HOUR_MS;
    const invocations = items[0]?.counts.n ?? 0;
    const isManaged = features.includes('managed-instances') || (facts?.capacityProvider ?? '') !== '';
    const usage = (items[0]?.usage ?? []).filter((slice) => slice.memoryMb !== null && slice.billedMs > 0);
    const onDemandUsd = costOfUsage(region, usage, factorsOf(context.config.priceTerms, range))?.usd ?? null;
    const instances = query.instances ?? facts?.instances ?? null;
    const instanceHourUsd = query.instanceHourUsd ?? facts?.instanceHourUsd ?? null;
    const managed =
      instances === null || instanceHourUsd === null
        ? null
        : { instances, instanceHourUsd, ...managedCost({ instances, instanceHourUsd, hours, requests: invocations }) };
    const verdict = managed === null || onDemandUsd === null ? null : verdictOf(managed.totalUsd, onDemandUsd);
    const reasons = [
      onDemandUsd === null ? (isManaged ? NO_REPORTS : reasonOf('managed-not-billed')) : null,
      managed === null ? NO_PRICE : null,
    ].filter((reason) => reason !== null);
    return {
      range: answered(range),
      runsOnManagedInstances: isManaged,
      invocations,
      onDemandUsd,
      managed,
      breakEvenHourUsd: onDemandUsd === null ? null : breakEvenHourUsd(onDemandUsd, hours, invocations),
      peakConcurrency: concurrency.peak,
      verdict,
      reason: reasons.length === 0 ? null : reasons.map(({ text }) => text).join('. '),
      reasonCodes: codesOf(reasons),
    };
  },
});

function verdictOf(managedUsd: number, onDemandUsd: number): 'cheaper' | 'dearer' {
  return managedUsd < onDemandUsd ? 'cheaper' : 'dearer';
}
