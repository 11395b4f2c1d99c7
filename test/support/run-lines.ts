/** START and REPORT of one warm run, as subscription events. */
import { renderReport, renderStart } from '../../ingest/lines/render.ts';

export function runLines(requestId: string, endMs: number, failed: boolean) {
  const report = renderReport({
    requestId,
    durationMs: 20,
    billedDurationMs: 20,
    memorySizeMb: 512,
    maxMemoryUsedMb: 90,
    initDurationMs: null,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: failed ? 'error' : null,
    errorType: failed ? 'Runtime.ExitError' : null,
    trace: null,
  });
  return [
    { id: `${endMs}1`, timestamp: endMs - 20, message: renderStart(requestId, '1') },
    { id: `${endMs}2`, timestamp: endMs, message: report },
  ];
}
