/** How long before START an init made ahead ended, at least: where it moves, environments are judged by the new one. */
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { FunctionInitGaps } from '../../ports.ts';
import { hashOf, NEVER_FIRST_MS } from '../hash-ids.ts';
import type { Asking } from '../query-client.ts';
import { stamped } from '../versioned-value.ts';
import type { KeptColdStart } from './hours.ts';
import { gapsOf } from './read-facts.ts';

/** Newest inits that the limit between handovers and inits made ahead is read from. */
const MOST_GAPS = 5000;
const [ON_DEMAND] = COLD_START_KINDS;

export async function initGaps(
  ask: Asking,
  query: { readonly functionIds: readonly number[] },
): Promise<readonly FunctionInitGaps[]> {
  if (query.functionIds.length === 0) return [];
  const gapOf = await gapsOf(ask, query.functionIds);
  return Promise.all(
    query.functionIds.map(async (functionId) => ({
      functionId,
      gapsMs: await newestGaps(ask, functionId),
      proactiveThresholdMs: gapOf(functionId).limitMs,
    })),
  );
}

async function newestGaps(ask: Asking, functionId: number): Promise<readonly number[]> {
  const slots = await ask.all<{ coldStarts: string }>(
    `SELECT cold_starts AS coldStarts FROM derived_slot FINAL
     WHERE function_id = {functionId:UInt64} AND cold_starts <> '[]' ORDER BY slot_ms DESC LIMIT ${MOST_GAPS}`,
    { functionId },
  );
  const gaps: number[] = [];
  for (const { coldStarts } of slots) {
    if (gaps.length >= MOST_GAPS) break;
    const told = (JSON.parse(coldStarts) as KeptColdStart[])
      .filter((one) => one.kind === ON_DEMAND && one.platformMs !== null)
      .toSorted((a, b) => b.endMs - a.endMs || (a.requestId < b.requestId ? -1 : 1));
    gaps.push(...told.map((one) => Math.round(one.platformMs ?? 0)));
  }
  return gaps.slice(0, MOST_GAPS);
}

/** Environments whose INIT_START is known are judged again; which of them change is seen then. */
export async function moveGaps(
  ask: Asking,
  limits: readonly { readonly functionId: number; readonly limitMs: number }[],
  nowMs: number,
): Promise<void> {
  for (const { functionId, limitMs } of limits) {
    const { moved } = (await gapsOf(ask, [functionId]))(functionId);
    const names = await ask.one<{ account: string; region: string; name: string }>(
      'SELECT account, region, name FROM lambda_function WHERE function_id = {functionId:UInt64} LIMIT 1',
      { functionId },
    );
    if (names === undefined) continue;
    const gap = stamped(nowMs, { limitMs, moved: moved + 1 });
    await ask.insert('lambda_function', [
      { function_id: functionId, ...names, first_seen_ms: NEVER_FIRST_MS, last_seen_ms: 0, gap },
    ]);
    const environments = await ask.all<{ id: number }>(
      `SELECT environment_id AS id FROM environment FINAL
       WHERE function_id = {functionId:UInt64} AND init_start_ms IS NOT NULL AND first_end_ms IS NOT NULL`,
      { functionId },
    );
    await ask.insert(
      'pending',
      environments.map(({ id }) => ({
        queue: 'environment',
        function_id: functionId,
        item: id,
        mark: hashOf('gap', String(moved + 1), String(id)),
        // Of no events: only what changes is written.
        from_ms: 1,
        to_ms: 0,
        n: 0,
      })),
    );
  }
}
