/**
 * Generates the table types from a freshly migrated database and compares them with the files in the repository.
 * `npm run schema` writes the files anew; run it after adding a migration.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type DatabaseMetadata, generate, SqliteDialect } from 'kysely-codegen';
import { expect, test } from 'vitest';
import { migrate } from './migrate.ts';

/** Columns whose SQL type is wider than what is stored in them. Everything else follows from the migrations. */
const NARROWER = {
  customImports: {
    DeliveryState: '../questions/alerts/types.ts',
    PullState: '../../../ingest/records/pull-checkpoint.ts',
    Scope: '../questions/credentials/types.ts',
  },
  columns: {
    'alert_delivery.state': 'DeliveryState',
    'alert_event.status': "'firing' | 'resolved'",
    'idle_window.source': "'own' | 'fleet'",
    'load_test.tool': "'hey' | 'locust'",
    'report.made_by': "'schedule' | 'request'",
    'pull_checkpoint.mode': "'poll' | 'backfill'",
    'pull_checkpoint.state': 'PullState',
    'request_index_pending.entries': 'Buffer',
    'token.scope': 'Scope',
  },
};

/** STRICT columns of type ANY hold a UUID or trace id as 16 bytes, and the text where it is not canonical. */
const TYPES = { any: 'Uint8Array | string', blob: 'Uint8Array' };

test.each(['telemetry', 'control'])('the types of %s.db match the migrations', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'));
  try {
    const path = join(folder, `${name}.db`);
    const file = new Database(path);
    migrate(file, path, `migrations/sqlite/${name}`);
    file.close();
    await expect(await typesOf(path)).toMatchFileSnapshot(`${name}-schema.generated.ts`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The integrity check of SQLite 3.40 reads the columns of other tables without rowids in the wrong order. */
test.each(['telemetry', 'control'])('tables without rowids in %s.db begin with the columns of their key', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'));
  try {
    const path = join(folder, `${name}.db`);
    const file = new Database(path);
    migrate(file, path, `migrations/sqlite/${name}`);
    const tables = file.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1").pluck().all();
    const keys = tables.map((table) => [
      table,
      file.prepare('SELECT pk FROM pragma_table_info(?) ORDER BY cid').pluck().all(table),
    ]) as [string, number[]][];
    file.close();
    const others = keys.filter(([, pk]) => pk.some((at, column) => at !== 0 && at !== column + 1));
    expect(tables.length).toBeGreaterThan(0);
    expect(others).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function typesOf(path: string): Promise<string> {
  const dialect = new SqliteDialect();
  const db = await dialect.introspector.connect({ connectionString: path, dialect });
  try {
    return await generate({
      db,
      dialect,
      outFile: null,
      typeOnlyImports: true,
      typeMapping: TYPES,
      customImports: NARROWER.customImports,
      overrides: { columns: NARROWER.columns },
      postprocess: async ({ metadata }) => withoutNullKeys(metadata),
    });
  } finally {
    await db.destroy();
  }
}

/** SQLite reports an INTEGER PRIMARY KEY as nullable; it is the row id and never NULL. */
function withoutNullKeys(metadata: DatabaseMetadata): DatabaseMetadata {
  for (const column of metadata.tables.flatMap((table) => table.columns)) {
    if (column.isAutoIncrementing) column.isNullable = false;
  }
  return metadata;
}
