/** Prices inits of environments that never ran an invocation: proactive ones, and provisioned concurrency that nothing used. */

import { HOUR_MS } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import type { ConfiguredState } from './configured.ts';
import { configuredAt } from './configured.ts';
import { computeUsd, priceOf } from './cost.ts';
import type { PriceTerms } from './terms.ts';
import { factorsAt } from './terms.ts';

/** An environment that was initialised and ran no invocation. */
export interface UnusedInit {
  /** Start of its init, epoch ms. */
  readonly atMs: number;
  /** null if unknown, as usual without an invocation. */
  readonly version: string | null;
  readonly memoryMb: number | null;
  /** null if no line contains it. */
  readonly initMs: number | null;
}

/** Invocations of one version at one size in one hour. */
export interface SizeHour {
  /** Start of the hour, epoch ms. */
  readonly bucket: number;
  readonly version: string | null;
  readonly memoryMb: number;
  readonly n: number;
}

/** Unused inits of one size and architecture in one hour. */
export interface UnusedInits {
  /** Start of the hour, epoch ms. */
  readonly hourMs: number;
  /** That of the environment, else the one at which its version ran at the time; null if neither is known. */
  readonly memoryMb: number | null;
  readonly architecture: string | null;
  readonly n: number;
  /** Sum of their init times, ms, of those that are known. */
  readonly initMs: number;
  /** Inits whose time no line contains. */
  readonly untimed: number;
}

/**
 * Groups inits by hour with the size of their own time. `hours` has those in which the function ran; the nearest one of the same
 * version counts, the earlier of two equally near, and the size with the most invocations in it.
 */
export function groupUnused(
  inits: readonly UnusedInit[],
  hours: readonly SizeHour[],
  architectureOf: (version: string | null, atMs: number) => string | null,
): readonly UnusedInits[] {
  const groups = new Map<string, UnusedInits>();
  for (const { atMs, version, memoryMb, initMs } of inits) {
    const size = memoryMb ?? nearestSize(hours, version, atMs);
    const architecture = architectureOf(version, atMs);
    const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    const key = `${hourMs} ${size} ${architecture}`;
    const group = groups.get(key) ?? { hourMs, memoryMb: size, architecture, n: 0, initMs: 0, untimed: 0 };
    groups.set(key, {
      ...group,
      n: group.n + 1,
      initMs: group.initMs + (initMs ?? 0),
      untimed: group.untimed + (initMs === null ? 1 : 0),
    });
  }
  return [...groups.values()].toSorted(
    (a, b) =>
      a.hourMs - b.hourMs ||
      (a.memoryMb ?? 0) - (b.memoryMb ?? 0) ||
      compareText(a.architecture ?? '', b.architecture ?? ''),
  );
}

function nearestSize(hours: readonly SizeHour[], version: string | null, atMs: number): number | null {
  const same = hours.filter((hour) => version === null || hour.version === version);
  const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const distance = ({ bucket }: SizeHour): number => Math.abs(bucket - hourMs);
  const nearer = (a: SizeHour, b: SizeHour): boolean =>
    distance(a) - distance(b) < 0 ||
    (distance(a) === distance(b) && (a.bucket < b.bucket || (a.bucket === b.bucket && a.n > b.n)));
  return (
    same.reduce<SizeHour | null>((best, hour) => (best === null || nearer(hour, best) ? hour : best), null)?.memoryMb ??
    null
  );
}

/** Inits are billed since then for every function; before only for images and custom runtimes (AWS, 29 April 2025). */
const BILLED_SINCE_MS = Date.UTC(2025, 7, 1);

interface Owner {
  readonly region: string;
  /** Identifier of the runtime, such as `nodejs22.x`; null if unknown. */
  readonly runtime: string | null;
  readonly packageType: string | null;
}

/** Cost of the inits at the prices of their time; `unpriced` inits have no known time, size or billing. null if none is priced. */
export function unusedUsd(
  { region, runtime, packageType }: Owner,
  groups: readonly UnusedInits[],
  history: readonly ConfiguredState[],
  terms: Pick<PriceTerms, 'plans' | 'tier'>,
): { readonly usd: number | null; readonly unpriced: number } {
  let [usd, priced, unpriced] = [0, 0, 0];
  for (const { hourMs, memoryMb, architecture, n, initMs, untimed } of groups) {
    const size = memoryMb ?? configuredMb(history, hourMs);
    const billed = isBilled(hourMs, runtime, packageType);
    if (billed === false) {
      priced += n;
      continue;
    }
    if (size === null || billed === null) {
      unpriced += n;
      continue;
    }
    usd += computeUsd(size, initMs, priceOf(region, architecture, factorsAt(terms, hourMs)).perGbSecond);
    priced += n - untimed;
    unpriced += untimed;
  }
  return { usd: priced === 0 ? null : usd, unpriced };
}

function configuredMb(history: readonly ConfiguredState[], atMs: number): number | null {
  const value = configuredAt(history, 'memoryMb', atMs);
  return value === null ? null : Number(value);
}

function isBilled(atMs: number, runtime: string | null, packageType: string | null): boolean | null {
  if (atMs >= BILLED_SINCE_MS || packageType === 'Image' || runtime?.startsWith('provided') === true) return true;
  return packageType === 'Zip' && runtime !== null ? false : null;
}
