/** Imports of files, newest first. */
import { UNDO_STEPS } from '../../clickhouse/import-undo.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { decodeVersioned, isTextOrNull } from '../../clickhouse/versioned-value.ts';
import { UNDO_MS } from '../../ports.ts';
import type { ImportState, StoredImport } from './types.ts';

const FUNCTIONS = 10;

export async function imports(
  context: QueryContext,
  query: { readonly limit: number },
): Promise<readonly StoredImport[]> {
  const rows = await context.client.all<Total>(
    `SELECT import_id AS importId, id, max(t.name) AS file, min(t.started_ms) AS startedMs, max(t.last_ms) AS lastMs,
       sum(t.accepted) AS accepted, sum(t.ignored) AS ignored, sum(t.rejected) AS rejected, sum(t.loose) AS loose
     FROM import_total AS t GROUP BY import_id, id ORDER BY startedMs DESC, id LIMIT {limit:UInt32}`,
    query,
  );
  const ids = { importIds: rows.map((row) => row.importId) };
  const [states, functions] = await Promise.all([
    context.client.all<State>(
      `SELECT import_id AS importId, state, done, at_ms AS atMs FROM import_state FINAL
       WHERE import_id IN {importIds:Array(UInt64)}`,
      ids,
    ),
    context.client.all<{ readonly importId: number; readonly names: readonly string[] }>(
      `SELECT import_id AS importId, arraySort(groupUniqArray(name)) AS names FROM import_function
       WHERE import_id IN {importIds:Array(UInt64)} GROUP BY import_id`,
      ids,
    ),
  ]);
  const stateOf = new Map(states.map((state) => [state.importId, state]));
  const namesOf = new Map(functions.map(({ importId, names }) => [importId, names]));
  const nowMs = context.now();
  return rows.map(({ importId, file, ...row }) => {
    const { state = 'stored', done = 0, atMs = null } = stateOf.get(importId) ?? {};
    const isOld = state === 'stored' && row.lastMs + UNDO_MS < nowMs;
    return {
      ...row,
      name: decodeVersioned(file, isTextOrNull, `import ${row.id}: name`) ?? '',
      state: isOld ? 'kept' : state,
      duplicates: 0,
      done: state === 'undoing' ? done : 0,
      total: state === 'undoing' ? UNDO_STEPS : 0,
      undoneMs: state === 'undone' ? atMs : null,
      functions: (namesOf.get(importId) ?? []).slice(0, FUNCTIONS),
    };
  });
}

interface Total {
  readonly importId: number;
  readonly id: string;
  /** Versioned name of the newest file. */
  readonly file: string;
  readonly startedMs: number;
  readonly lastMs: number;
  readonly accepted: number;
  readonly ignored: number;
  readonly rejected: number;
  readonly loose: number;
}

interface State {
  readonly importId: number;
  readonly state: Exclude<ImportState, 'kept'>;
  readonly done: number;
  readonly atMs: number;
}
