/** Stored idle windows. */

import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

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

export async function windowOf(client: ClickHouseQueryClient, functionId: number): Promise<IdleWindow | null> {
  return windowIn(
    await client.one<WindowRow>(
      `SELECT ${WINDOW_COLUMNS} FROM idle_window FINAL WHERE function_id = {functionId:UInt64}`,
      { functionId },
    ),
  );
}
