/** Table `error_state` of the control plane: what people decided about groups of failures. */
import type Database from 'better-sqlite3';
import type { ControlStore } from '../../ports.ts';

type Decision = Parameters<ControlStore['saveErrorState']>[0];
type Merge = Parameters<ControlStore['mergeErrors']>[0];

export function saveErrorState(control: Database.Database, { function: name, versions, ...decision }: Decision): void {
  control
    .prepare(
      `INSERT INTO error_state (function, fingerprint, state, at_ms, versions) VALUES (@name, @fingerprint, @state, @atMs, @versions)
       ON CONFLICT DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms, versions = excluded.versions`,
    )
    .run({ ...decision, name, versions: JSON.stringify(versions.map((one) => one ?? '')) });
}

/** Part of a transaction. */
export function mergeErrors(control: Database.Database, { function: name, fingerprints, into }: Merge): void {
  const set = control.prepare(
    `INSERT INTO error_state (function, fingerprint, state, at_ms, versions, merged_into)
     VALUES (@name, @fingerprint, 'open', 0, '[]', @into) ON CONFLICT DO UPDATE SET merged_into = excluded.merged_into`,
  );
  // No group is contained in one that is contained in another itself.
  const move = control.prepare(
    'UPDATE error_state SET merged_into = @into WHERE function = @name AND merged_into = @fingerprint',
  );
  for (const fingerprint of fingerprints) {
    set.run({ name, fingerprint, into });
    if (into !== null) move.run({ name, fingerprint, into });
  }
}
