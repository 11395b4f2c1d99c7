/** An imported result of AWS Lambda Power Tuning in an answer. */
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { StoredTuningRun } from '../../storage/questions/tuning-runs/types.ts';

export function tuningRunView({ id, importedMs, atMs, invocations, coldStarts, chosenMb, points }: StoredTuningRun) {
  return {
    id,
    importedAt: iso(importedMs),
    startedAt: isoOrNull(atMs),
    invocations,
    coldStarts,
    chosenMb,
    points: [...points],
  };
}
