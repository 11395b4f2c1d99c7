/** How far back the stored data reaches. */

import { DAY_MS } from '../../../../ingest/records/time.ts';
import { DETAIL_DAY } from '../../enums.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { parseStored, retentionPolicy } from '../../stored-json.ts';
import { MAX_TIME_MS } from '../../stored-rows.ts';
import type { StoredRetention } from './types.ts';

const FIRST_DAY = telemetryStatement((db, param: Param<{ state: number }>) =>
  db
    .selectFrom('kept_day')
    .select('day')
    .where('dropped', '=', param('state'))
    .where('kind', '=', 'function')
    .where((eb) => eb.between('day', 0, MAX_TIME_MS / DAY_MS))
    .orderBy('day')
    .limit(1),
).asValues();
const FIRST_CHUNK = telemetryStatement((db) =>
  db
    .selectFrom('raw_chunk')
    .select('received_ms')
    .where((eb) => eb.between('received_ms', 0, MAX_TIME_MS))
    .orderBy('id')
    .limit(1),
).asValues();

const FIRST_BLOCK = telemetryStatement((db) =>
  db
    .selectFrom('line_block')
    .select('received_ms')
    .where((eb) => eb.between('received_ms', 0, MAX_TIME_MS))
    .orderBy('received_ms')
    .limit(1),
).asValues();

/** The stored policy (null when settings apply), and the start of raw text, of raw events and of rollups, epoch ms. */
export async function retention({ telemetry, control }: Databases): Promise<StoredRetention> {
  const stored = control.get(control.selectFrom('setting').select('value').where('key', '=', 'retention'));
  const firstDayMs = (state: number): number | null => {
    const day = FIRST_DAY.get(telemetry, { state });
    return day === undefined ? null : day * DAY_MS;
  };
  const detailSinceMs = firstDayMs(DETAIL_DAY.kept);
  return {
    policy: stored === undefined ? null : parseStored(retentionPolicy, stored.value, 'setting retention'),
    rawSinceMs: earliest([FIRST_CHUNK.get(telemetry), FIRST_BLOCK.get(telemetry)]),
    detailSinceMs,
    historySinceMs: earliest([firstDayMs(DETAIL_DAY.expired), firstDayMs(DETAIL_DAY.expiring), detailSinceMs]),
  };
}

function earliest(times: readonly (number | null | undefined)[]): number | null {
  return times.reduce<number | null>(
    (first, ms) => (ms === undefined || ms === null ? first : Math.min(first ?? ms, ms)),
    null,
  );
}
