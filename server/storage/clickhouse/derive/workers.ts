/**
 * Functions are shared out among the workers that were there a moment ago. Two that believe in different lists do some work
 * twice, which does no harm; a function whose worker died has another within {@link ALIVE_MS}.
 */
import type { Asking } from '../ask.ts';
import { hashOf } from '../identity.ts';
import type { Share } from './pending.ts';
import { EVERYTHING } from './pending.ts';

/** Not heard of for so long, a worker is taken for dead. */
const ALIVE_MS = 20_000;
/** Parts that functions are shared out in. */
const PARTS = 64;

/** Says that this worker is there, and learns who else is. @throws StoreError */
export async function shareOf(ask: Asking, name: string): Promise<Share> {
  await ask.insert('worker', [{ name_key: hashOf(name), name }]);
  const alive = await ask.all<{ name: string }>(
    `SELECT name FROM worker GROUP BY name HAVING max(worker.at) > now64(3) - toIntervalMillisecond(${ALIVE_MS})`,
  );
  return partsOf(
    name,
    alive.map((row) => row.name),
  );
}

/** Each part belongs to the worker that scores highest on it: when one goes, only its parts move. */
export function partsOf(name: string, alive: readonly string[]): Share {
  const workers = [...new Set([...alive, name])];
  if (workers.length === 1) return EVERYTHING;
  const remainders = Array.from({ length: PARTS }, (_, part) => part).filter(
    (part) => workers.toSorted((a, b) => hashOf(String(part), b) - hashOf(String(part), a))[0] === name,
  );
  return { of: PARTS, remainders };
}
