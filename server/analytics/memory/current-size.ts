/** Finds the size to compare others with, where traffic is split between sizes. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { SizeEvidence } from './samples.ts';

/** Share of the hours of the last day in which another size ran as well, from which on traffic counts as split. */
const SPLIT = 0.5;

/**
 * Returns the current size, MB. The size of the newest invocation is it, unless a weighted alias split traffic between sizes
 * during the last day: then the newest invocation is a coin flip, and it is the configured size, else that of the newest
 * version.
 */
export function currentSize(
  newestMb: number | null,
  configuredMb: number | null,
  sizes: readonly Pick<SizeEvidence, 'memoryMb' | 'environments' | 'versions'>[],
): number | null {
  const hours = sizes.map(
    ({ environments }) => new Set(environments.flatMap((one) => one.hours.map((hour) => hour.startMs))),
  );
  const lastMs = Math.max(...hours.flatMap((set) => [...set]));
  const recent = hours.map((set) => new Set([...set].filter((startMs) => startMs > lastMs - DAY_MS)));
  const newest = recent[sizes.findIndex(({ memoryMb }) => memoryMb === newestMb)];
  if (newest === undefined) return newestMb;
  const beside = sizes.filter((_, at) => {
    const shared = [...(recent[at] ?? [])].filter((startMs) => newest.has(startMs));
    return shared.length >= SPLIT * newest.size && shared.length > 1;
  });
  if (beside.length < 2) return newestMb;
  if (beside.some(({ memoryMb }) => memoryMb === configuredMb)) return configuredMb;
  const version = ({ versions }: (typeof beside)[number]): number =>
    Math.max(0, ...versions.map(Number).filter(Number.isFinite));
  return beside.toSorted((a, b) => version(b) - version(a))[0]?.memoryMb ?? newestMb;
}
