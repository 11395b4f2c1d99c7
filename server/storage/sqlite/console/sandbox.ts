/**
 * The database as a query of the console sees it: telemetry.db, opened to read, behind the documented views. better-sqlite3 has no
 * authorizer, so that three walls stand in for one:
 *
 * 1. guard.ts refuses statements that do not read, names with a schema before them, and names that SQLite keeps for itself;
 * 2. temporary views of the same names shadow all tables, so that a name without a schema cannot be that of a table;
 * 3. the compiled program (EXPLAIN) may open only the tables and indexes that the views themselves open.
 *
 * No other file is opened. control.db, with tokens, passwords and receivers, is not known to the process.
 */
import Database from 'better-sqlite3';
import { requestIdText, traceText } from '../../../../ingest/batch/request-id.ts';
import { Architectures } from '../../../analytics/cost/architectures.ts';
import { costOf } from '../../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import { factorsOf } from '../../../analytics/cost/terms.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { SqlRefusal } from '../../sql/refusal.ts';
import { checkStatement } from './guard.ts';
import { VIEW_STATEMENTS } from './views.ts';

/** Begins the name of the table that a shadow selects from, which does not exist. */
const SHADOW = 'hidden table ';
/** Tables that modules offer without being created. */
const MODULES = ['dbstat', 'bytecode', 'tables_used'];
const CACHE_KB = 16_384;

/** A checked statement that returns rows as arrays, with integers as bigints. */
export type SqlStatement = Database.Statement<[], unknown[]>;

export class Sandbox {
  readonly #db: Database.Database;
  /** Root pages of the tables and indexes that the views read. */
  readonly #readable: ReadonlySet<number>;

  /** Opens telemetry.db at `path`. `terms`: what invocations cost. */
  constructor(path: string, terms: PriceTerms) {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
    db.pragma('trusted_schema = OFF');
    db.pragma(`cache_size = -${CACHE_KB}`);
    // Pages of a mapped file would count as memory of the process; what is sorted must not fill the disk.
    db.pragma('mmap_size = 0');
    db.pragma('temp_store = MEMORY');
    defineFunctions(db, terms);
    for (const [name, statement] of Object.entries(VIEW_STATEMENTS))
      db.exec(`CREATE TEMP VIEW "${name}" AS ${statement}`);
    this.#readable = readableRoots(db);
    for (const table of tableNames(db)) {
      db.exec(`CREATE TEMP VIEW "${table}" AS SELECT * FROM main."${SHADOW}${table}"`);
    }
    db.pragma('query_only = ON');
    this.#db = db;
  }

  /** Names of the columns of a view, for tests of the documentation. */
  columnsOf(view: string): readonly string[] {
    return this.#db
      .prepare(`SELECT * FROM "${view}"`)
      .columns()
      .map(({ name }) => name);
  }

  /** Checks and compiles a statement. @throws SqlRefusal with the place of what is wrong */
  prepare(sql: string): SqlStatement {
    checkStatement(sql);
    const statement = this.#compile(sql);
    if (!statement.readonly || !statement.reader)
      throw new SqlRefusal('expected a statement that returns rows and changes nothing', 0);
    this.checkProgram(sql);
    return statement.raw().safeIntegers();
  }

  close(): void {
    this.#db.close();
  }

  #compile(sql: string): SqlStatement {
    try {
      return this.#db.prepare<[], unknown[]>(sql);
    } catch (error) {
      throw this.#refusalOf(sql, error);
    }
  }

  /** What SQLite says about a statement, with its place. */
  #refusalOf(sql: string, error: unknown): SqlRefusal {
    const message = messageOf(error);
    const hidden = message.split(SHADOW)[1];
    if (hidden !== undefined) {
      const views = Object.keys(VIEW_STATEMENTS).join(', ');
      return new SqlRefusal(`no such view: ${hidden}. Views: ${views}`, placeOfName(sql, hidden));
    }
    const name = /^no such (?:table|column|function|collation sequence): (.+)$/.exec(message)?.[1];
    if (name !== undefined) return new SqlRefusal(message, placeOfName(sql, name.split('.').at(-1) ?? name));
    const near = /^near "(.*)": syntax error$/s.exec(message)?.[1];
    return new SqlRefusal(message, near === undefined ? null : this.#placeOfSyntax(sql, near, message));
  }

  /** Where a syntax error is: the end of the shortest beginning of the statement with the same error. */
  #placeOfSyntax(sql: string, near: string, message: string): number | null {
    for (let at = sql.indexOf(near); at !== -1; at = sql.indexOf(near, at + 1)) {
      try {
        this.#db.prepare(sql.slice(0, at + near.length));
      } catch (error) {
        if (messageOf(error) === message) return at;
      }
    }
    return null;
  }

  /** @throws SqlRefusal if the program of a statement opens what the views do not */
  checkProgram(sql: string): void {
    for (const { opcode, p2, p3, p5 } of programOf(this.#db, sql)) {
      if (opcode === 'Transaction' ? p2 !== 0 : WRITES.test(opcode))
        throw new SqlRefusal('expected a statement that changes nothing', 0);
      // Database 0 is telemetry.db. A root page in a register is one of a table that is created.
      if (OPENS.test(opcode) && (p3 !== 0 || (p5 & ROOT_IN_REGISTER) !== 0 || !this.#readable.has(p2)))
        throw new SqlRefusal('this statement reads a table that is not documented', 0);
    }
  }
}

const OPENS = /^(?:OpenRead|ReopenIdx)$/;
/** Instructions on ephemeral tables, which sorting and DISTINCT use, are not among them. */
const WRITES =
  /^(?:OpenWrite|Destroy|CreateBtree|SetCookie|ParseSchema|SqlExec|Vacuum|IncrVacuum|JournalMode|Checkpoint|Drop\w+|V(?:Create|Destroy|Update|Rename))$/;
/** OPFLAG_P2ISREG. */
const ROOT_IN_REGISTER = 0x10;

interface Instruction {
  readonly opcode: string;
  readonly p2: number;
  readonly p3: number;
  readonly p5: number;
}

function programOf(db: Database.Database, sql: string): readonly Instruction[] {
  return db.prepare<[], Instruction>(`EXPLAIN ${sql}`).all();
}

/** Root pages of the tables that the views read, with all their indexes: which of them a query uses is the planner's choice. */
function readableRoots(db: Database.Database): ReadonlySet<number> {
  const opened = Object.keys(VIEW_STATEMENTS).flatMap((name) =>
    programOf(db, `SELECT * FROM "${name}"`).flatMap(({ opcode, p2, p3 }) =>
      OPENS.test(opcode) && p3 === 0 ? [p2] : [],
    ),
  );
  const roots = db
    .prepare<[string], number>(
      `SELECT rootpage FROM main.sqlite_schema WHERE rootpage > 0 AND tbl_name IN
        (SELECT tbl_name FROM main.sqlite_schema WHERE rootpage IN (SELECT value FROM json_each(?)))`,
    )
    .pluck()
    .all(JSON.stringify(opened));
  return new Set(roots);
}

function tableNames(db: Database.Database): readonly string[] {
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite#_%' ESCAPE '#'",
    )
    .pluck()
    .all();
  return [...tables, ...MODULES];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where a name is written first; null if it is not, as with a name inside of a view. */
function placeOfName(sql: string, name: string): number | null {
  const at = sql.toLowerCase().indexOf(name.toLowerCase());
  return at === -1 ? null : at;
}

/** Functions of the views, and `quantile` for queries. They return null for arguments of other types. */
function defineFunctions(db: Database.Database, terms: PriceTerms): void {
  const options = { deterministic: true, safeIntegers: false };
  const architectures = new Architectures(
    db
      .prepare<[], { functionId: number; version: string; sinceMs: number; architecture: string }>(
        `SELECT function_id AS functionId, a.version, since_ms AS sinceMs, a.architecture
          FROM architecture_fact a JOIN function f ON f.id = a.function_id WHERE f.moved = 1`,
      )
      .all(),
  );
  db.function('thermocline_architecture', options, (functionId, version, architecture, atMs) =>
    typeof functionId !== 'number' || typeof atMs !== 'number'
      ? null
      : architectures.of({ functionId, architecture: textOr(architecture) }, textOr(version), atMs),
  );
  db.function('thermocline_cost', options, (region, memoryMb, architecture, n, billedMs, fromMs, widthMs) => {
    if (typeof memoryMb !== 'number' || typeof n !== 'number' || typeof billedMs !== 'number') return null;
    if (typeof fromMs !== 'number' || typeof widthMs !== 'number') return null;
    const usage = { region: String(region), memoryMb, architecture: textOr(architecture), invocations: n, billedMs };
    return costOf(usage, factorsOf(terms, { fromMs, toMs: fromMs + widthMs }))?.usd ?? null;
  });
  db.function('thermocline_request_id', options, (id) => idOf(id, requestIdText));
  db.function('thermocline_trace_id', options, (id) => idOf(id, traceText));
  db.function('thermocline_quantile', options, (sketch, q) =>
    sketch instanceof Uint8Array && typeof q === 'number' ? Sketch.decode(sketch).quantile(q) : null,
  );
  db.aggregate<{ sketch: Sketch; q: number | null }>('quantile', {
    ...options,
    varargs: true,
    start: () => ({ sketch: new Sketch(), q: null }),
    step: (state: { sketch: Sketch; q: number | null }, ...[sketch, q]: readonly unknown[]) => {
      if (sketch instanceof Uint8Array) state.sketch.mergeEncoded(sketch);
      return { sketch: state.sketch, q: typeof q === 'number' && q >= 0 && q <= 1 ? q : null };
    },
    result: ({ sketch, q }) => (q === null ? null : sketch.quantile(q)),
  });
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The text of an id that is stored as bytes or as text. */
function idOf(id: unknown, textOf: (bytes: Uint8Array) => string): string | null {
  return id instanceof Uint8Array ? textOf(id) : textOr(id);
}
