/** Runs Kysely queries on a connection that belongs to this thread, synchronously, and keeps hot ones prepared. */
import type Database from 'better-sqlite3';
import type { Compilable, RawBuilder } from 'kysely';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { constantsInText } from './constants-in-text.ts';
import type { TelemetryTables } from './schema.ts';

/** The values of the named columns of a row, in the order of the names. */
export type Tuple<Row, Names extends readonly (keyof Row)[]> = { -readonly [At in keyof Names]: Row[Names[At]] };

/**
 * A query builder for one SQLite file. Queries that are built per call run through the methods here; a query that runs
 * many times with other values is a {@link Statement}.
 */
export class ReadConnection<Tables> extends Kysely<Tables> {
  readonly #file: Database.Database;

  constructor(file: Database.Database) {
    super({ dialect: new SqliteDialect({ database: file }) });
    this.#file = file;
  }

  /** All rows of a query. */
  all<Row>(query: Compilable<Row>): Row[] {
    const { sql: text, parameters } = query.compile();
    return this.prepare<Row>(text).all(...parameters);
  }

  /** The first row of a query, or undefined. */
  get<Row>(query: Compilable<Row>): Row | undefined {
    const { sql: text, parameters } = query.compile();
    return this.prepare<Row>(text).get(...parameters);
  }

  /** Rows one at a time, for results that should not be held in memory. */
  iterate<Row>(query: Compilable<Row>): IterableIterator<Row> {
    const { sql: text, parameters } = query.compile();
    return this.prepare<Row>(text).iterate(...parameters);
  }

  /** The values of a query with a single column, one at a time. */
  values<Row>(query: Compilable<Row>): IterableIterator<Row[keyof Row]> {
    const { sql: text, parameters } = query.compile();
    return this.prepare<Row[keyof Row]>(text)
      .pluck()
      .iterate(...parameters);
  }

  /**
   * All rows as arrays, which are cheaper than objects for results of many rows.
   * @throws Error when `names` are not the query's columns in their order.
   */
  tuples<Row, const Names extends readonly (keyof Row & string)[]>(
    query: Compilable<Row>,
    names: Names,
  ): Tuple<Row, Names>[] {
    const { sql: text, parameters } = query.compile();
    return tupleMode(this.prepare<Tuple<Row, Names>>(text), names).all(...parameters);
  }

  /** Prepares a statement on this connection. For {@link Statement}; questions do not write SQL. */
  prepare<Out>(text: string): Database.Statement<unknown[], Out> {
    return this.#file.prepare<unknown[], Out>(text);
  }
}

function tupleMode<Out>(prepared: Database.Statement<unknown[], Out>, names: readonly string[]) {
  const columns = prepared.columns().map((column) => column.name);
  if (columns.join() !== names.join()) throw new Error(`columns are ${columns.join()}, expected ${names.join()}`);
  return prepared.raw();
}

/** A placeholder for a value that is bound when the statement runs. An optional value is required by statements that use it. */
export type Param<Values> = <Name extends keyof Values & string>(
  name: Name,
) => RawBuilder<Exclude<Values[Name], undefined>>;

class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const param = (name: string): RawBuilder<never> => sql<never>`${new Placeholder(name)}`;

type Build<Tables, Values> = (db: Kysely<Tables>, param: Param<Values>) => Compilable<unknown>;
type Mode<Out> = (prepared: Database.Statement<unknown[], Out>) => Database.Statement<unknown[], Out>;

interface Prepared<Out> {
  readonly text: string;
  readonly statement: Database.Statement<unknown[], Out>;
  /** In the order they are bound: names of values, and constants of the query. */
  readonly bound: readonly unknown[];
}

/** No argument for a statement without parameters. */
type Arguments<Values> = keyof Values extends never ? [] : [values: Values];

/**
 * A query with named parameters that is compiled and prepared once per connection. Iterate it to the end or leave the
 * loop before running it again: SQLite refuses to run a statement that is still being read.
 */
export class Statement<Tables, Values extends object, Out> {
  readonly #build: Build<Tables, Values>;
  readonly #mode: Mode<Out>;
  readonly #prepared = new WeakMap<ReadConnection<Tables>, Prepared<Out>>();

  constructor(build: Build<Tables, Values>, mode: Mode<Out>) {
    this.#build = build;
    this.#mode = mode;
  }

  /** All rows. */
  all(db: ReadConnection<Tables>, ...values: Arguments<Values>): Out[] {
    const prepared = this.#on(db);
    return prepared.statement.all(...bind(prepared, values[0]));
  }

  /** The first row, or undefined. */
  get(db: ReadConnection<Tables>, ...values: Arguments<Values>): Out | undefined {
    const prepared = this.#on(db);
    return prepared.statement.get(...bind(prepared, values[0]));
  }

  /** Rows one at a time. */
  iterate(db: ReadConnection<Tables>, ...values: Arguments<Values>): IterableIterator<Out> {
    const prepared = this.#on(db);
    return prepared.statement.iterate(...bind(prepared, values[0]));
  }

  /**
   * Rows one at a time, from a prepared statement of their own: several may be read at once. Read them to the end or call
   * `return`.
   */
  open(db: ReadConnection<Tables>, ...values: Arguments<Values>): IterableIterator<Out> {
    const prepared = this.#on(db);
    return this.#mode(db.prepare<Out>(prepared.text)).iterate(...bind(prepared, values[0]));
  }

  /** The same query, answering arrays of the named columns, which must be all of them in their order. */
  asTuples<const Names extends readonly (keyof Out & string)[]>(
    ...names: Names
  ): Statement<Tables, Values, Tuple<Out, Names>> {
    let isChecked = false;
    return new Statement(this.#build, (prepared: Database.Statement<unknown[], Tuple<Out, Names>>) => {
      if (isChecked) return prepared.raw();
      isChecked = true;
      return tupleMode(prepared, names);
    });
  }

  /** The same query, answering the values of its only column. */
  asValues(): Statement<Tables, Values, Out[keyof Out]> {
    return new Statement(this.#build, (prepared) => prepared.pluck());
  }

  #on(db: ReadConnection<Tables>): Prepared<Out> {
    const known = this.#prepared.get(db);
    if (known !== undefined) return known;
    const { sql: text, parameters } = this.#build(db.withPlugin(constantsInText), param).compile();
    const prepared = { text, statement: this.#mode(db.prepare<Out>(text)), bound: parameters };
    this.#prepared.set(db, prepared);
    return prepared;
  }
}

function bind(prepared: Prepared<unknown>, values: object | undefined): unknown[] {
  const named = values as Readonly<Record<string, unknown>> | undefined;
  return prepared.bound.map((one) => {
    if (!(one instanceof Placeholder)) return one;
    const value = named?.[one.name];
    // The driver would bind NULL, which matches no row.
    if (value === undefined) throw new TypeError(`a value for "${one.name}" is required`);
    return value;
  });
}

const FEW_IDS = 16;

/** Ids for the right side of IN: written out when there are few, which SQLite seeks faster; otherwise as one parameter. */
export function idList(ids: readonly number[]): RawBuilder<number> {
  if (ids.length > 0 && ids.length <= FEW_IDS) return sql<number>`(${sql.join(ids.map((id) => sql.lit(id)))})`;
  return jsonList(sql<string>`${JSON.stringify(ids)}`);
}

/** The values of a JSON array, for the right side of IN. */
export function jsonList<T extends number | string = number>(json: RawBuilder<string>): RawBuilder<T> {
  return sql<T>`(select value from json_each(${json}))`;
}

/** Defines a statement on telemetry.db, at module level. */
export function telemetryStatement<Values extends object, Row>(
  build: (db: Kysely<TelemetryTables>, param: Param<Values>) => Compilable<Row>,
): Statement<TelemetryTables, Values, Row> {
  return new Statement(build, (prepared) => prepared);
}

/**
 * A family of statements, for queries whose text depends on a few cases such as which filters are given. Each member is
 * built on first use and kept, under `keyOf` of its shape.
 */
export function byShape<Shape, Member>(
  build: (shape: Shape) => Member,
  keyOf: (shape: Shape) => string = String,
): (shape: Shape) => Member {
  const members = new Map<string, Member>();
  return (shape) => {
    const key = keyOf(shape);
    const known = members.get(key);
    if (known !== undefined) return known;
    const member = build(shape);
    members.set(key, member);
    return member;
  };
}

/** A family of statements by which of the named filters a query gives. */
export function byFilters<Name extends string, Member>(
  names: readonly Name[],
  build: (given: ReadonlySet<Name>) => Member,
): (query: { readonly [name in Name]?: unknown }) => Member {
  const member = byShape(build, (given) => [...given].join());
  return (query) => member(new Set(names.filter((name) => query[name] !== undefined)));
}
