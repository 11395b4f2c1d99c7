/** Writes of cold-start attribution: attributed hours, idle windows, proactive thresholds. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { allRows } from '../../questions/attribution/cold-start-parts.ts';
import type { AppliedIdleWindow, AttributedHours, ColdStartRow } from '../../questions/attribution/types.ts';
import { settle } from '../classify/pending.ts';
import { proactiveThresholdsOf } from '../classify/read-facts.ts';
import { hashOf, UNSEEN_MS } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';
import { encodeVersioned } from '../versioned-value.ts';
import { saveErrors } from './save-errors.ts';

/** Stores each hour as one row, so that readers see the old or the new result, never a mix. */
export async function saveHours(
  client: ClickHouseQueryClient,
  functionId: number,
  { hours, nextHourMs }: AttributedHours,
): Promise<void> {
  if (hours.length > 0) {
    const now = await client.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
    await saveErrors(client, functionId, hours, now?.ms ?? 0);
    await client.insert(
      'derived_slot',
      hours.map(({ hourMs, runs, idleTimes, carryOut: closing, coldStarts, changes }) => ({
        function_id: functionId,
        slot_ms: hourMs,
        runs,
        idle_times: idleTimes,
        closing,
        cold_starts: JSON.stringify(allRows(coldStarts).map(keptOf)),
        changes: JSON.stringify(changes),
        written: now?.ms ?? 0,
      })),
    );
  }
  const again = hours.filter((hour) => hour.unsettled > 0).map((hour) => [hour.hourMs, hour.unsettled] as const);
  if (nextHourMs !== null) again.push([nextHourMs, 1]);
  const seen = hours.flatMap((hour) => hour.seen ?? []);
  const cause = seen.map((mark) => mark.mark).join();
  await client.insert(
    'pending',
    again.map(([hourMs, n]) => ({
      queue: 'slot',
      function_id: functionId,
      item: hourMs,
      mark: hashOf('again', cause, String(hourMs)),
      from_ms: hourMs,
      to_ms: hourMs + HOUR_MS,
      n,
    })),
  );
  await settle(
    client,
    'slot',
    seen.map((mark) => ({ ...mark, functionId })),
  );
}

function keptOf({ cause: _cause, ...row }: ColdStartRow): object {
  return row;
}

/** Stores idle windows. Causes are computed from them when they are read, so nothing else is rewritten. */
export async function saveIdleWindows(
  client: ClickHouseQueryClient,
  windows: readonly (AppliedIdleWindow & { readonly functionId: number })[],
): Promise<void> {
  const now = await client.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
  await client.insert(
    'idle_window',
    windows.map(({ functionId, window, source }) => ({
      function_id: functionId,
      window_ms: window?.ms ?? null,
      surely_ms: window?.surelyMs ?? 0,
      estimated: window?.estimated === true ? 1 : 0,
      source,
      written: now?.ms ?? 0,
    })),
  );
}

/** Stores thresholds and queues all environments with a known INIT_START for classification. */
export async function saveProactiveThresholds(
  client: ClickHouseQueryClient,
  limits: readonly { readonly functionId: number; readonly limitMs: number }[],
  nowMs: number,
): Promise<void> {
  for (const { functionId, limitMs } of limits) {
    const { moved } = (await proactiveThresholdsOf(client, [functionId]))(functionId);
    const names = await client.one<{ account: string; region: string; name: string }>(
      'SELECT account, region, name FROM lambda_function WHERE function_id = {functionId:UInt64} LIMIT 1',
      { functionId },
    );
    if (names === undefined) continue;
    const gap = encodeVersioned(nowMs, { limitMs, moved: moved + 1 });
    await client.insert('lambda_function', [
      { function_id: functionId, ...names, first_seen_ms: UNSEEN_MS, last_seen_ms: 0, gap },
    ]);
    const environments = await client.all<{ id: number }>(
      `SELECT environment_id AS id FROM environment FINAL
       WHERE function_id = {functionId:UInt64} AND init_start_ms IS NOT NULL AND first_end_ms IS NOT NULL`,
      { functionId },
    );
    await client.insert(
      'pending',
      environments.map(({ id }) => ({
        queue: 'environment',
        function_id: functionId,
        item: id,
        mark: hashOf('gap', String(moved + 1), String(id)),
        // The mark covers no events: only rows whose classification changes are written.
        from_ms: 1,
        to_ms: 0,
        n: 0,
      })),
    );
  }
}
