/** How long idle environments of a function are kept: what it is estimated from, and what was found. */

import { SLOT_MS } from '../../../analytics/cold-starts/hour.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import type { AppliedIdleWindow, FunctionIdleTimes } from '../../ports.ts';
import type { Asking } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';

/** Hours that the estimate of the idle window looks back from a function's newest. */
const WINDOW_SLOTS = 14 * 24;

/** Windows that moved. Causes are told by them when somebody asks: nothing has to be judged again. */
export async function saveWindows(
  ask: Asking,
  windows: readonly (AppliedIdleWindow & { readonly functionId: number })[],
): Promise<void> {
  const now = await ask.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
  await ask.insert(
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

/** Of all functions: those with too few dead environments of their own are judged by all. */
export async function idleTimes(ask: Asking): Promise<readonly FunctionIdleTimes[]> {
  const rows = await ask.all<{ functionId: number; idleTimes: string }>(
    `SELECT function_id AS functionId, idle_times AS idleTimes FROM derived_slot FINAL
     JOIN (SELECT function_id, max(slot_ms) AS newest FROM derived_slot WHERE runs > 0 GROUP BY function_id) AS last USING (function_id)
     WHERE runs > 0 AND slot_ms > newest - {lookBackMs:Int64}`,
    { lookBackMs: WINDOW_SLOTS * SLOT_MS },
  );
  const windows = await ask.all<WindowRow & { functionId: number }>(
    `SELECT function_id AS functionId, ${WINDOW_COLUMNS} FROM idle_window FINAL`,
  );
  const judged = new Map(windows.map((row) => [row.functionId, row]));
  const found = new Map<number, Map<number, [number, number]>>();
  for (const row of rows) {
    const times = found.get(row.functionId) ?? new Map<number, [number, number]>();
    found.set(row.functionId, times);
    for (const [bin, reused, gone] of JSON.parse(row.idleTimes) as [number, number, number][]) {
      const [r, g] = times.get(bin) ?? [0, 0];
      times.set(bin, [r + reused, g + gone]);
    }
  }
  return [...found].map(([functionId, times]) => {
    const row = judged.get(functionId);
    return { functionId, times, window: row === undefined ? null : { window: windowIn(row), source: row.source } };
  });
}

export interface WindowRow {
  readonly windowMs: number | null;
  readonly surelyMs: number;
  readonly estimated: number;
  readonly source: 'own' | 'fleet';
}

export const WINDOW_COLUMNS = 'window_ms AS windowMs, surely_ms AS surelyMs, estimated, source';

export function windowIn(row: WindowRow | undefined): IdleWindow | null {
  return row === undefined || row.windowMs === null
    ? null
    : { ms: row.windowMs, surelyMs: row.surelyMs, estimated: row.estimated === 1 };
}

export async function windowOf(ask: Asking, functionId: number): Promise<IdleWindow | null> {
  return windowIn(
    await ask.one<WindowRow>(
      `SELECT ${WINDOW_COLUMNS} FROM idle_window FINAL WHERE function_id = {functionId:UInt64}`,
      { functionId },
    ),
  );
}
