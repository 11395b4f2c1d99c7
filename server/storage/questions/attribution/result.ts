/** Converts an attributed cold start to the row that is stored. */
import { causeOf } from '../../../analytics/cold-starts/cause.ts';
import type { AttributedColdStart } from '../../../analytics/cold-starts/hour-state.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import { billedInitMs } from '../../../analytics/cost/cost.ts';
import type { ColdStartRow } from './types.ts';

/** `window`: the function's idle window; null if unknown. */
export function coldStartRow(
  { run, cold, atMs, evidence, platformMs, loop }: AttributedColdStart,
  window: IdleWindow | null,
): ColdStartRow {
  return {
    endMs: run.endMs,
    requestId: cold.requestId,
    environmentId: run.environmentId,
    seriesId: cold.seriesId,
    atMs,
    kind: cold.kind,
    userFelt: cold.userFelt,
    cause: causeOf(evidence, window),
    initMs: cold.initMs ?? cold.hiddenInitMs,
    billedInitMs: billedInitMs(cold),
    durationMs: cold.durationMs,
    failed: run.failed,
    platformMs,
    loop,
    evidence,
  };
}
