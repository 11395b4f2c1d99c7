/** Times and parts of plans that scenarios share. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { Configuration, FunctionPlan, Request, Routing } from '../lambda/plan.ts';
import { STANDARD_CONFIGURATION, STANDARD_PLAN } from '../lambda/standard.ts';

/** End of the planted data: a Friday. */
export const TO_MS = Date.UTC(2026, 10, 20);

export function daysBefore(days: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: TO_MS - days * DAY_MS, toMs: TO_MS };
}

/** Requests without a payload at these times. */
export function requestsAt(times: readonly number[], payloadBytes = 0): readonly Request[] {
  return times.map((atMs) => ({ atMs, payloadBytes }));
}

/** All requests go to one configuration from the beginning. */
export function routedTo(configuration: string): readonly Routing[] {
  return [{ fromMs: 0, weights: [{ configuration, weight: 1 }], why: 'deploy' }];
}

/** The standard function with changes. */
export function planOf(
  changes: Partial<FunctionPlan> & Pick<FunctionPlan, 'name' | 'seed' | 'requests'>,
): FunctionPlan {
  return { ...STANDARD_PLAN, routing: routedTo('latest'), ...changes };
}

export function configurationOf(changes: Partial<Configuration>): Configuration {
  return { ...STANDARD_CONFIGURATION, ...changes };
}

export function rangeQuery({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  return `from=${fromMs}&to=${toMs}`;
}
