/** How finely a range can be answered from what is stored. */

import { DAY_MS } from '../../../ingest/records/time.ts';
import type { TimeRange } from '../ports.ts';
import { LEVELS } from '../rollup/bucket.ts';
import { finestWidthOf } from '../rollup/range.ts';
import type { Databases } from './databases.ts';

/** Where the details of a day are gone, so are its five-minute cells: it is answered to the hour. */
export function keptWidth(db: Databases, range: TimeRange): number {
  const dropped = db.raw
    .prepare("SELECT 1 FROM kept_day WHERE dropped = 1 AND day BETWEEN ? AND ? AND kind = 'function' LIMIT 1")
    .get(Math.floor(range.fromMs / DAY_MS), Math.floor(range.toMs / DAY_MS));
  return dropped === undefined ? LEVELS[0].widthMs : LEVELS[1].widthMs;
}

export function finestWidth(db: Databases, range: TimeRange): number {
  return finestWidthOf(range, () => keptWidth(db, range));
}
