/** The finest bucket width that a range can be answered in. */

import { sql } from 'kysely';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { DETAIL_DAY } from '../enums.ts';
import type { TimeRange } from '../ports.ts';
import { LEVELS } from '../rollup/bucket.ts';
import { finestWidthOf } from '../rollup/range.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { telemetryStatement } from './read-connection.ts';

/** What has days that are kept and deleted on their own. */
type KeptKind = 'function' | 'metrics';

const EXPIRED_DAY = telemetryStatement((db, param: Param<{ kind: KeptKind; fromDay: number; toDay: number }>) =>
  db
    .selectFrom('kept_day')
    .select('day')
    .where('dropped', 'in', [DETAIL_DAY.expired, DETAIL_DAY.expiring])
    .where('day', '>=', param('fromDay'))
    .where('day', '<=', param('toDay'))
    // With the plus, SQLite looks for the few days that were deleted, not for all days of the kind.
    .where(sql<string>`+kind`, '=', param('kind'))
    .limit(1),
);

/**
 * Width, ms, of the finest rollup that covers the range: retention deletes five-minute rollups together with raw events, and those of metrics
 * together with their points.
 */
export function keptWidth(db: Databases, range: TimeRange, kind: KeptKind = 'function'): number {
  const days = { kind, fromDay: Math.floor(range.fromMs / DAY_MS), toDay: Math.floor(range.toMs / DAY_MS) };
  return EXPIRED_DAY.get(db.telemetry, days) === undefined ? LEVELS[0].widthMs : LEVELS[1].widthMs;
}

/** Width, ms, that the range is aligned to: {@link keptWidth}, or wider where the range's length allows no finer one. */
export function finestWidth(db: Databases, range: TimeRange): number {
  return finestWidthOf(range, () => keptWidth(db, range));
}
