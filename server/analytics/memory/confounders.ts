/** Checks whether two memory sizes differ in anything but size, in which case their comparison is not valid. */

import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { median } from '../statistics/order.ts';
import { homogeneity, kolmogorovSmirnov, newcombe } from '../statistics/two-samples.ts';
import { hasManagedHeap } from './floor.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';
import { countOf } from './samples.ts';

/** Difference in error rate that is tolerated at the current size. */
const ERROR_POINTS = 0.02;
/**
 * Maximum shift of the median of used memory (log scale) that size alone explains. A larger one, with distributions this
 * far apart, means a different load.
 */
const MEMORY_SHIFT = 0.25;
const MEMORY_DISTANCE = 0.5;
/**
 * A managed heap uses at most this power of the size. 1 would be a constant share of it; larger sizes also get another
 * collector (G1 from 1,792 MB and two CPUs on, JDK documentation, "Ergonomics"), which collects later.
 */
const HEAP_POWER = 2;
/** Difference between the shares of invocations at weekends from which on the weekday alone may explain a difference. */
const WEEKENDS_APART = 0.9;
/** The same where weekends are not compared with weekends. */
const WEEKENDS_DIFFER = 0.5;
/** A run is ended a little after its timeout. */
const LIMIT_TOLERANCE = 1.1;
/** Share of invocations of the same tenants below which a difference may be one between tenants. */
const LEAST_SHARED_TENANTS = 0.5;
/** Responses at each size from which on they are compared. */
const FEWEST_RESPONSES = 50;
/** Distance of the distributions of response sizes that is tolerated: so much of the traffic may be of another kind. */
const RESPONSE_DISTANCE = 0.25;
/** Invocations of known routes at each size from which on the routes are compared, and the share of traffic that may differ. */
const FEWEST_ROUTED = 50;
const ROUTE_DISTANCE = 0.25;
const CERTAIN = 0.001;
const SIGNIFICANT = 0.01;

/** Returns what else differs; empty if nothing was found. */
export function confounders(a: SizeEvidence, b: SizeEvidence, runtime: string | null): readonly Reason[] {
  const found: Reason[] = [];
  const sizes = { currentMb: a.memoryMb, otherMb: b.memoryMb };
  // Timeouts and lack of memory are effects of the size.
  const [errorsA, errorsB] = [a.failures - a.sizeFailures, b.failures - b.sizeFailures];
  const errors = newcombe(errorsA, a.invocations, errorsB, b.invocations);
  if (errors !== null && errors.p < CERTAIN && errors.value < -ERROR_POINTS) {
    const shares = { currentShare: errorsA / a.invocations, otherShare: errorsB / b.invocations };
    found.push(reasonOf('memory-errors-differ', { ...sizes, ...shares }));
  }
  for (const [limited, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (limitDiffers(limited, other)) {
      found.push(
        reasonOf('memory-timeout-differs', {
          limitMs: limitOf(limited),
          limitedMb: limited.memoryMb,
          otherMb: other.memoryMb,
        }),
      );
    }
  }
  if (loadDiffers(a, b, runtime)) {
    const used = { currentUsedMb: Math.round(median(usedOf(a))), otherUsedMb: Math.round(median(usedOf(b))) };
    found.push(reasonOf('memory-load-differs', { ...sizes, ...used }));
  }
  const shared = sharedTenants(a.environments, b.environments);
  if (shared < LEAST_SHARED_TENANTS) {
    found.push(reasonOf('memory-tenants-differ', { sharedShare: shared }));
  }
  if (responsesDiffer(a, b)) {
    const bytes = { currentBytes: meanOf(a.responseBytes), otherBytes: meanOf(b.responseBytes) };
    found.push(reasonOf('memory-responses-differ', { ...sizes, ...bytes }));
  }
  const route = routesDiffer(a, b);
  if (route !== null) {
    const lines = a.routesReadPerHour ?? b.routesReadPerHour;
    const read = { isCut: lines !== null, lines: lines ?? 0 };
    found.push(reasonOf('memory-routes-differ', { ...sizes, differingShare: route.distance, ...read }));
  }
  if (Math.abs(weekendShare(a.environments) - weekendShare(b.environments)) > WEEKENDS_APART) {
    found.push(reasonOf('memory-weekends-differ'));
  }
  return found;
}

function limitOf({ timeouts }: SizeEvidence): number {
  return timeouts.billedMs / timeouts.n;
}

/** Tests whether runs at `other` lasted longer than the timeout that ended runs at `limited`. */
function limitDiffers(limited: SizeEvidence, other: SizeEvidence): boolean {
  if (limited.timeouts.n === 0) return false;
  const most = limitOf(limited) * LIMIT_TOLERANCE;
  return other.environments.some(({ durationsMs }) => durationsMs.some((ms) => ms > most));
}

/** Tests whether more invocations failed at `other` than at `current`. `tests` is the number of sizes tested. */
export function failsMore(current: SizeEvidence, other: SizeEvidence, tests: number): boolean {
  const errors = newcombe(current.failures, current.invocations, other.failures, other.invocations);
  return errors !== null && errors.value > 0 && errors.p < SIGNIFICANT / Math.max(1, tests);
}

/**
 * A managed heap grows into the memory available, so use that grows with the size does not show another load.
 */
function loadDiffers(a: SizeEvidence, b: SizeEvidence, runtime: string | null): boolean {
  const [usedA, usedB] = [usedOf(a), usedOf(b)];
  const memory = kolmogorovSmirnov(usedA, usedB);
  const shift = Math.log(median(usedB) / median(usedA));
  if (!(memory.p < CERTAIN && memory.distance > MEMORY_DISTANCE && Math.abs(shift) > MEMORY_SHIFT)) return false;
  const power = shift / Math.log(b.memoryMb / a.memoryMb);
  return !(hasManagedHeap(runtime) && power > 0 && power <= HEAP_POWER);
}

/** Tests whether the sizes served responses of other sizes, a sign of another mix of requests. Memory does not change them. */
function responsesDiffer(a: SizeEvidence, b: SizeEvidence): boolean {
  if (Math.min(a.responseBytes.length, b.responseBytes.length) < FEWEST_RESPONSES) return false;
  const { p, distance } = kolmogorovSmirnov(a.responseBytes, b.responseBytes);
  return p < CERTAIN && distance > RESPONSE_DISTANCE;
}

/** Compares the routes that the sizes served; null if they do not differ, or too few are known. */
function routesDiffer(a: SizeEvidence, b: SizeEvidence): { readonly distance: number } | null {
  if (Math.min(a.routes.length, b.routes.length) < FEWEST_ROUTED) return null;
  const { p, distance } = homogeneity(a.routes, b.routes);
  return p < CERTAIN && distance > ROUTE_DISTANCE ? { distance } : null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function usedOf(size: SizeEvidence): readonly number[] {
  return size.environments.map((environment) => environment.maxMemoryUsedMb).filter((used) => used !== null);
}

/** Returns the share of invocations that both sizes have of the same tenants; 1 without tenant isolation. */
function sharedTenants(a: readonly EnvironmentSample[], b: readonly EnvironmentSample[]): number {
  const [sharesA, sharesB] = [tenantShares(a), tenantShares(b)];
  let shared = 0;
  for (const [tenant, share] of sharesA) shared += Math.min(share, sharesB.get(tenant) ?? 0);
  return shared;
}

function tenantShares(environments: readonly EnvironmentSample[]): ReadonlyMap<string | null, number> {
  const all = countOf({ environments });
  const shares = new Map<string | null, number>();
  for (const { tenant, hours } of environments) {
    const n = hours.reduce((sum, hour) => sum + hour.n, 0);
    shares.set(tenant, (shares.get(tenant) ?? 0) + n / all);
  }
  return shares;
}

/** Tests whether one of the sizes ran much more at weekends. */
export function weekendsDiffer(a: SizeEvidence, b: SizeEvidence): boolean {
  return Math.abs(weekendShare(a.environments) - weekendShare(b.environments)) > WEEKENDS_DIFFER;
}

function weekendShare(environments: readonly EnvironmentSample[]): number {
  let n = 0;
  for (const { hours } of environments) {
    for (const hour of hours) {
      const day = new Date(hour.startMs).getUTCDay();
      if (day === 0 || day === 6) n += hour.n;
    }
  }
  return n / countOf({ environments });
}
