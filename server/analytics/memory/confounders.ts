/** Checks whether two memory sizes differ in anything but size, in which case their comparison is not valid. */

import { percent } from '../../../ingest/text/quantities.ts';
import { median } from '../statistics/order.ts';
import { kolmogorovSmirnov, newcombe } from '../statistics/two-samples.ts';
import type { SizeEvidence } from './samples.ts';

/** Difference in error rate that is tolerated. */
const ERROR_POINTS = 0.02;
/**
 * Maximum shift of the median of used memory (log scale) that size alone explains. A larger one, with distributions this
 * far apart, means a different load.
 */
const MEMORY_SHIFT = 0.25;
const MEMORY_DISTANCE = 0.5;
/** Maximum difference between the distributions over the time of day, weighted by traffic. */
const HOURS_APART = 0.5;
const CERTAIN = 0.001;

/** Returns what else differs, one sentence each; empty if nothing was found. */
export function confounders(a: SizeEvidence, b: SizeEvidence): readonly string[] {
  const found: string[] = [];
  const [sizeA, sizeB] = [`${a.memoryMb} MB`, `${b.memoryMb} MB`];
  if (a.versions.length > 0 && b.versions.length > 0 && !a.versions.some((version) => b.versions.includes(version))) {
    found.push(
      `No version ran at both sizes: ${a.versions.join(', ')} at ${sizeA}, ${b.versions.join(', ')} at ${sizeB}.`,
    );
  }
  const errors = newcombe(a.failures, a.invocations, b.failures, b.invocations);
  if (errors !== null && errors.p < CERTAIN && Math.abs(errors.value) > ERROR_POINTS) {
    found.push(`The error rates differ: ${failed(a)} at ${sizeA}, ${failed(b)} at ${sizeB}.`);
  }
  const [usedA, usedB] = [usedOf(a), usedOf(b)];
  const memory = kolmogorovSmirnov(usedA, usedB);
  const shift = Math.abs(Math.log(median(usedB) / median(usedA)));
  if (memory.p < CERTAIN && memory.distance > MEMORY_DISTANCE && shift > MEMORY_SHIFT) {
    found.push(
      `The load differs: ${Math.round(median(usedA))} MB were used at ${sizeA}, ${Math.round(median(usedB))} MB at ${sizeB}.`,
    );
  }
  if (hoursApart(a, b) > HOURS_APART) found.push('The sizes ran at different hours of the day.');
  return found;
}

function usedOf(size: SizeEvidence): readonly number[] {
  return size.environments.map((environment) => environment.maxMemoryUsedMb).filter((used) => used !== null);
}

function failed({ failures, invocations }: SizeEvidence): string {
  return percent(failures / invocations);
}

/** Returns the total variation distance over six parts of the day. */
function hoursApart(a: SizeEvidence, b: SizeEvidence): number {
  const share = (size: SizeEvidence): number[] => {
    const parts = new Array<number>(6).fill(0);
    for (const { hourOfWeek, n } of size.environments) {
      const part = Math.floor((hourOfWeek % 24) / 4);
      parts[part] = (parts[part] ?? 0) + n;
    }
    const total = parts.reduce((sum, n) => sum + n, 0);
    return parts.map((n) => n / total);
  };
  const [left, right] = [share(a), share(b)];
  return left.reduce((sum, value, at) => sum + Math.abs(value - (right[at] ?? 0)), 0) / 2;
}
