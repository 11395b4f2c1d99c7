/** Which sources are expected to deliver again: only those can fall silent. Pure. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { IngestStatus } from '../../storage/ports.ts';

type Source = IngestStatus['sources'][number];

/** A file that is posted ends by itself; what goes on posting for this long is a shipper. */
const SHIPPER_AFTER_MS = HOUR_MS;

/** False for what ends by itself: imports, demos, replays, traces that follow lines, inventories, and files that were posted by hand. */
export function isContinuous({ kind, firstSeenMs, lastSeenMs }: Source): boolean {
  switch (kind) {
    case 'firehose':
    case 'lambda':
      return true;
    case 'logs':
    case 'pull':
      return lastSeenMs - firstSeenMs >= SHIPPER_AFTER_MS;
    default:
      return false;
  }
}
