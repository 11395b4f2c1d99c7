/** Handler of a function's keep-alive curve. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { MIN_TERMINATIONS } from '../../analytics/metrics/minimum-samples.ts';
import type { KeepAlive } from '../../storage/ports.ts';
import { keepAliveRoutes } from '../contract/keep-alive.ts';
import { implement } from '../implement.ts';
import { codeOf, sentenceOf } from '../presentation/reasons.ts';
import { seedOf } from '../presentation/seed.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum invocations that are analyzed, newest first; enough for a curve, as the policy is the same for all. */
const MAX_RUNS = 30_000;

export const keepAliveHandlers = implement(keepAliveRoutes, {
  getFunctionKeepAlive: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const range = rangeOf(query, context.now());
    const { version, memoryMb } = query;
    const found = await context.store.read.keepAlive({
      ...range,
      functionId,
      version,
      memoryMb,
      maxRuns: MAX_RUNS,
      seed: seedOf(identity),
    });
    const { survival, invocations, environments, truncated, youngOnly } = found;
    const isHidden = isHiddenByProvisioned(found);
    const method = reasonOf('keep-alive-method', { shape: survival?.shape ?? 'none' });
    const reason = whyNot(found);
    return {
      n: found.n,
      deaths: found.deaths,
      medianMs: isHidden ? null : (survival?.medianMs ?? null),
      p10Ms: isHidden ? null : (survival?.p10Ms ?? null),
      p90Ms: isHidden ? null : (survival?.p90Ms ?? null),
      medianInterval: survival?.medianInterval ?? null,
      curve: [...(survival?.curve ?? [])],
      method: method.text,
      methodCode: codeOf(method),
      evidence: { invocations, environments, truncated, youngOnly },
      reason: sentenceOf(reason),
      reasonCode: codeOf(reason),
    };
  },
});

/** With at least this share of the invocations in other environments, on-demand ones are rarely inspected. */
const MUCH_ELSEWHERE = 0.2;

/** Whether other environments serve so much that the median of those on demand is not known within 10 %. */
function isHiddenByProvisioned({ survival, elsewhere, invocations }: KeepAlive): boolean {
  return survival !== null && survival.isSharp === false && elsewhere >= MUCH_ELSEWHERE * invocations;
}

function whyNot(found: KeepAlive): Reason | null {
  const { survival, n, deaths, elsewhere, invocations } = found;
  if (survival !== null) {
    if (isHiddenByProvisioned(found)) {
      const { low = null, high = null } = survival.medianInterval ?? {};
      const bounds = { hasInterval: low !== null, lowMs: low, highMs: high };
      return reasonOf('keep-alive-hidden', { elsewhereShare: elsewhere / invocations, n, ...bounds });
    }
    const { longestMs } = survival;
    if (survival.medianMs === null) return reasonOf('keep-alive-median-beyond', { longestMs });
    if (survival.medianInterval !== null) return null;
    return reasonOf('keep-alive-interval-beyond', { longestMs });
  }
  if (n === 0) return reasonOf('keep-alive-no-idle');
  return reasonOf('keep-alive-few-deaths', { deaths, required: MIN_TERMINATIONS });
}
