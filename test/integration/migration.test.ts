/** Every older schema migrates to the schema of a new file. A migration interrupted anywhere leaves the old schema or the new one. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { MigrationError, migrate } from '../../server/storage/sqlite/migrate.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite');
const root = memoryFolder();
let folders = 0;
afterAll(() => removeFolder(root));
const newFolder = (): string => {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return folder;
};

const filesOf = (name: string): string[] => readdirSync(join(MIGRATIONS, name)).toSorted();

/** The migrations up to a version, as an older program shipped them. */
function upTo(name: string, version: number): string {
  const folder = newFolder();
  for (const file of filesOf(name).slice(0, version)) copyFileSync(join(MIGRATIONS, name, file), join(folder, file));
  return folder;
}

const schemaOf = (db: Database.Database): unknown[] =>
  db.prepare("SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all();
const columnsOf = (db: Database.Database): unknown[] =>
  db
    .prepare(
      `SELECT t.name AS tab, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
       WHERE t.type = 'table' ORDER BY t.name, c.name`,
    )
    .all();

/** A row that every version of the schema can hold. */
const SEED: Readonly<Record<string, string>> = {
  telemetry: "INSERT INTO log_group (account, region, name) VALUES ('1', 'eu-west-1', '/aws/lambda/f')",
  control: "INSERT INTO setting (key, value) VALUES ('a', 'b')",
};
const KEPT: Readonly<Record<string, string>> = {
  telemetry: "SELECT count(*) FROM log_group WHERE name = '/aws/lambda/f'",
  control: "SELECT count(*) FROM setting WHERE key = 'a'",
};

describe.each(['telemetry', 'control'])('%s', (name) => {
  const newest = filesOf(name).length;

  test.each(Array.from({ length: newest - 1 }, (_, at) => at + 1))('from schema %i to the newest', (version) => {
    const path = join(newFolder(), `${name}.db`);
    const db = openWriter(path);
    migrate(db, path, upTo(name, version));
    db.exec(SEED[name] ?? '');
    expect(migrate(db, path, join(MIGRATIONS, name))).toHaveLength(newest - version);
    const fresh = openWriter(join(newFolder(), `${name}.db`));
    migrate(fresh, 'fresh', join(MIGRATIONS, name));
    expect(schemaOf(db)).toEqual(schemaOf(fresh));
    expect(columnsOf(db)).toEqual(columnsOf(fresh));
    expect(
      db
        .prepare(KEPT[name] ?? '')
        .pluck()
        .get(),
    ).toBe(1);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    // The copy made before the migration is complete, has the old schema, and is private to its owner.
    const copy = new Database(`${path}.before-${newest}`, { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(version);
    expect(
      copy
        .prepare(KEPT[name] ?? '')
        .pluck()
        .get(),
    ).toBe(1);
    expect(statSync(`${path}.before-${newest}`).mode & 0o777).toBe(0o600);
    for (const each of [db, fresh, copy]) each.close();
  });

  test('the process may die after any statement of any migration', () => {
    let deaths = 0;
    for (const file of filesOf(name).slice(1)) {
      const version = Number(file.slice(0, 4));
      const statements = readFileSync(join(MIGRATIONS, name, file), 'utf8').split(/;[^\S\n]*\n/);
      for (let after = 1; after < statements.length; after += 1) {
        const path = join(newFolder(), `${name}.db`);
        const db = openWriter(path);
        migrate(db, path, upTo(name, version - 1));
        db.exec(SEED[name] ?? '');
        const folder = upTo(name, version);
        const text = [...statements.slice(0, after), 'SELECT die()', ...statements.slice(after)].join(';\n');
        writeFileSync(join(folder, file), text);
        // A killed process leaves the files in their current state.
        const left = join(newFolder(), `${name}.db`);
        db.function('die', () => {
          for (const companion of ['', '-wal'])
            if (existsSync(path + companion)) copyFileSync(path + companion, left + companion);
          throw new Error('killed');
        });
        expect(() => migrate(db, path, folder)).toThrow('killed');
        expect(existsSync(`${path}.before-${version}`)).toBe(true);
        db.close();
        const again = openWriter(left);
        expect(again.pragma('user_version', { simple: true })).toBe(version - 1);
        expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
        migrate(again, left, join(MIGRATIONS, name));
        expect(
          again
            .prepare(KEPT[name] ?? '')
            .pluck()
            .get(),
        ).toBe(1);
        again.close();
        deaths += 1;
      }
    }
    expect(deaths).toBeGreaterThan(2);
  });

  test('a newer database, or one without disk space for the migration, is rejected and not modified', () => {
    const path = join(newFolder(), `${name}.db`);
    const db = openWriter(path);
    migrate(db, path, upTo(name, newest - 1));
    db.exec(SEED[name] ?? '');
    db.pragma('wal_checkpoint(TRUNCATE)');
    const before = readFileSync(path);
    expect(() => migrate(db, path, upTo(name, 1), () => 0)).toThrow(MigrationError);
    expect(() => migrate(db, path, join(MIGRATIONS, name), () => 1000)).toThrow(/free space.*Nothing was changed/);
    db.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}.before-${newest}`)).toBe(false);
    db.close();
  });
});
