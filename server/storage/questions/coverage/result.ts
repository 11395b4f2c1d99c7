/** Activity of silent functions, as both stores compute it. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { ActiveDay } from '../../../analytics/metrics/silence.ts';

/** Functions seen at or after this time, epoch ms, were not silent for a whole hour. */
export function silentFrom(nowMs: number): number {
  return (Math.floor(nowMs / HOUR_MS) - 1) * HOUR_MS;
}

export function activityByFunction(
  rows: Iterable<readonly [functionId: number, day: number, hours: number]>,
): ReadonlyMap<number, readonly ActiveDay[]> {
  const found = new Map<number, ActiveDay[]>();
  for (const [functionId, day, hours] of rows) {
    const days = found.get(functionId);
    if (days === undefined) found.set(functionId, [{ day, hours }]);
    else days.push({ day, hours });
  }
  return found;
}
