/** Counts of bodies over a limit, by ingest key, as both stores keep them. Pure. */
import { DAY_MS } from '../../ingest/records/time.ts';
import type { KeyTrouble } from './ports.ts';

/** How long an entry is kept after its last body, ms: the default retention of dead letters. */
const KEPT_MS = 30 * DAY_MS;
/** Maximum number of pairs of key and reason. The newest are kept. */
const MOST = 1000;

/** Adds the counts of the same key and reason, drops what is older than thirty days, and returns the newest first. */
export function sumTroubles(lists: readonly (readonly KeyTrouble[])[], nowMs: number): readonly KeyTrouble[] {
  const sums = new Map<string, KeyTrouble>();
  for (const trouble of lists.flat()) {
    if (trouble.lastMs < nowMs - KEPT_MS) continue;
    const id = `${trouble.keyId} ${trouble.reason}`;
    const known = sums.get(id);
    if (known === undefined) sums.set(id, trouble);
    else {
      const newest = known.lastMs > trouble.lastMs ? known : trouble;
      sums.set(id, { ...newest, n: known.n + trouble.n });
    }
  }
  return [...sums.values()].toSorted((a, b) => b.lastMs - a.lastMs).slice(0, MOST);
}
