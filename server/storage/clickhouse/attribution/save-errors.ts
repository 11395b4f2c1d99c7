/** Writes groups of failures with their counts by hour. */
import type { AttributedHour } from '../../questions/attribution/types.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

/** Stores the failures of each hour as one row. Hours that never had any have no row. */
export async function saveErrors(
  client: ClickHouseQueryClient,
  functionId: number,
  hours: readonly Pick<AttributedHour, 'hourMs' | 'errors'>[],
  nowMs: number,
): Promise<void> {
  const told = hours.flatMap(({ hourMs, errors }) => (errors === null ? [] : [{ hourMs, ...errors }]));
  const stored = await client.all<{ hourMs: number }>(
    `SELECT slot_ms AS hourMs FROM error_hour FINAL
     WHERE function_id = {functionId:UInt64} AND slot_ms IN {hours:Array(Int64)} AND notEmpty(fingerprints)`,
    { functionId, hours: told.map(({ hourMs }) => hourMs) },
  );
  const isStored = new Set(stored.map(({ hourMs }) => hourMs));
  const changed = told.filter(({ hourMs, counts }) => counts.length > 0 || isStored.has(hourMs));
  const groups = new Map(changed.flatMap((hour) => hour.groups.map((group) => [group.fingerprint, group])));
  // Before the counts: a group without a count is not shown, a count without its group cannot be.
  await client.insert(
    'error_group',
    [...groups.values()].map(({ errorType, ...group }) => ({
      function_id: functionId,
      ...group,
      error_type: errorType,
      stored_ms: nowMs,
    })),
  );
  await client.insert(
    'error_hour',
    changed.map(({ hourMs, counts }) => ({
      function_id: functionId,
      slot_ms: hourMs,
      fingerprints: counts.map((one) => one.fingerprint),
      versions: counts.map((one) => one.version ?? ''),
      attempts: counts.map((one) => one.attempts),
      invocations: counts.map((one) => one.invocations),
      init_failures: counts.map((one) => one.initFailures),
      first_ms: counts.map((one) => one.firstMs),
      last_ms: counts.map((one) => one.lastMs),
      written: nowMs,
    })),
  );
}
