/** Table `marker` of the control plane: deployments as pipelines and people reported them. */
import type Database from 'better-sqlite3';
import type { ControlStore } from '../../ports.ts';
import { MOST_MARKERS } from '../../questions/markers/types.ts';

type Marker = Parameters<ControlStore['addMarker']>[0];
type Receipt = Parameters<ControlStore['addMarker']>[1];

/**
 * Part of a transaction. Returns when the stored marker was deployed, epoch ms: earlier than `marker` says if it was sent before and
 * its sender gives no time. Null, and nothing is stored, if another marker has this id.
 */
export function addMarker(control: Database.Database, marker: Marker, { nowMs, isDated }: Receipt): number | null {
  const row = { ...marker, functions: JSON.stringify(marker.functions), isDated: isDated ? 1 : 0 };
  const same = control
    .prepare<typeof row, { readonly atMs: number; readonly isSame: number }>(
      `SELECT at_ms AS atMs, (NOT @isDated OR at_ms IS @atMs) AND functions IS @functions AND label IS @label AND version IS @version
         AND revision IS @commit AND author IS @author AND url IS @url AS isSame FROM marker WHERE id = @id`,
    )
    .get(row);
  if (same !== undefined) return same.isSame === 1 ? same.atMs : null;
  control
    .prepare(
      `INSERT INTO marker (id, at_ms, received_ms, functions, label, version, revision, author, url, sender)
       VALUES (@id, @atMs, @nowMs, @functions, @label, @version, @commit, @author, @url, @sender)`,
    )
    .run({ ...row, nowMs });
  control
    .prepare(
      `DELETE FROM marker WHERE (at_ms, id) <= (SELECT at_ms, id FROM marker ORDER BY at_ms DESC, id DESC LIMIT 1 OFFSET ${MOST_MARKERS})`,
    )
    .run();
  return marker.atMs;
}

/** Returns false if there is none with this id. */
export function deleteMarker(control: Database.Database, id: string): boolean {
  return control.prepare('DELETE FROM marker WHERE id = ?').run(id).changes > 0;
}
