/** Reads stored cold starts and computes their causes from their function's idle window. */

import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { Reason } from '../../../../ingest/text/reason.ts';
import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import { causeOf, explainCause } from '../../../analytics/cold-starts/cause.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import type { TimeRange } from '../../ports.ts';
import type { QueryContext } from '../query-context.ts';
import type { StoredColdStart } from './cold-start-json.ts';
import { storedColdStarts } from './cold-start-json.ts';
import type { WindowRow } from './idle-windows.ts';
import { WINDOW_COLUMNS, windowIn } from './idle-windows.ts';

/** A cold start with its cause by the idle window now in use. */
export interface AttributedColdStart extends StoredColdStart {
  readonly functionId: number;
  readonly cause: Cause;
}

export interface ColdStarts {
  readonly coldStarts: readonly AttributedColdStart[];
  /** Idle windows by function id. */
  readonly windows: ReadonlyMap<number, WindowRow>;
}

/** Returns cold starts that ended in the range, of the given functions or of all (null). */
export async function coldStartsIn(
  context: QueryContext,
  functionIds: readonly number[] | null,
  { fromMs, toMs }: TimeRange,
): Promise<ColdStarts> {
  const where = functionIds === null ? '1' : 'function_id IN {functionIds:Array(UInt64)}';
  const [hours, windows] = await Promise.all([
    context.client.all<{ functionId: number; hourMs: number; coldStarts: string }>(
      `SELECT function_id AS functionId, slot_ms AS hourMs, cold_starts AS coldStarts FROM derived_slot FINAL
       WHERE ${where} AND slot_ms >= {fromHourMs:Int64} AND slot_ms < {toMs:Int64} AND cold_starts <> '[]'
       ORDER BY function_id, slot_ms`,
      { functionIds, fromHourMs: Math.floor(fromMs) - LONGEST_RUN_MS - HOUR_MS, toMs: Math.ceil(toMs) },
    ),
    context.client.all<WindowRow & { functionId: number }>(
      `SELECT function_id AS functionId, ${WINDOW_COLUMNS} FROM idle_window FINAL WHERE ${where}`,
      { functionIds },
    ),
  ]);
  const judgedBy = new Map(windows.map((row) => [row.functionId, row]));
  const coldStarts = hours.flatMap(({ functionId, hourMs, coldStarts: text }) => {
    const window = windowIn(judgedBy.get(functionId));
    return (
      storedColdStarts(text, functionId, hourMs)
        .filter((one) => one.endMs >= fromMs && one.endMs < toMs)
        // The parsed objects are not shared; copying thousands would take as long as parsing them.
        .map((one) => Object.assign(one, { functionId, cause: causeOf(one.evidence, window) }))
    );
  });
  return { coldStarts, windows: judgedBy };
}

/** Key of an invocation within its function. */
export function nameOf(one: {
  readonly endMs: number;
  readonly requestId: string;
  readonly environmentId: number;
}): string {
  return `${one.endMs}/${one.requestId}/${one.environmentId}`;
}

/** Explains the cause in a sentence. */
export function evidenceOf({ evidence, cause }: AttributedColdStart, window: IdleWindow | null): Reason {
  return explainCause(evidence, cause, window);
}

/** Whole microseconds, as SQLite stores them. */
export function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
