/** Damage of the files when a server starts. */
import type { StorageWatch } from '../jobs/storage-watch.ts';
import { damageSentence, isBroken } from '../jobs/storage-watch.ts';
import type { Store } from '../storage/ports.ts';
import { StoreError } from '../storage/ports.ts';
import { withinMs } from './within-ms.ts';

/** Files up to this size are checked within a fraction of a second: the start waits for it. */
const SHORT_CHECK_BYTES = 67_108_864;

/**
 * Whether what failed is a read of a damaged file, which no retry mends: a truncated file opens where its first pages are in the
 * write-ahead log. Null for any other cause, and where a check takes longer than `checkMs`, or cannot run twice.
 */
export async function damageBehind(error: unknown, store: Store, checkMs: number): Promise<StoreError | null> {
  if (!(error instanceof StoreError) || error.code !== 'unavailable' || checkMs === 0) return null;
  const check = () => withinMs(store.maintenance.check(), checkMs);
  // A check that could not run, as while what failed still holds the file, says nothing of the file: it is repeated once.
  const found = await check()
    .catch(check)
    .catch(() => null);
  return found !== null && isBroken(found) ? new StoreError('damaged', damageSentence(found)) : null;
}

/** Starts the integrity check. Where it is short the start waits for it, otherwise ingest does, up to `checkMs`. @throws StoreError if it found damage by then. */
export async function checkBeforeStart(storage: StorageWatch, checkMs: number): Promise<void> {
  const checked = storage.check();
  if (storage.state().databaseBytes > SHORT_CHECK_BYTES) storage.holdIngest(checkMs);
  else await withinMs(checked, checkMs);
  const { damage } = storage.state();
  if (isBroken(damage)) throw new StoreError('damaged', damageSentence(damage));
}
