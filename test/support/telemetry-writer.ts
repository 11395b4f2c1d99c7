/** SQLite's writer over a temporary file, for tests of what it stores: deliveries go in, rows come out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { decodeLambdaEvent } from '../../ingest/decode/pipeline.ts';
import type { Batch } from '../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../ingest/records/batch.ts';
import type { BatchSource, WriteOutcome } from '../../ingest/records/sink.ts';
import type { TelemetryEntry } from '../../ingest/records/telemetry-entry.ts';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { tablesOf } from '../../server/storage/sqlite/write/key-columns.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
export const TEST_SOURCE: BatchSource = { kind: 'logs', name: 'test' };

/** Outcomes of a single record: stored, and delivered again. */
export const STORED: WriteOutcome = { accepted: 1, duplicates: 0, ignored: 0, rejected: 0 };
export const REPEATED: WriteOutcome = { accepted: 0, duplicates: 1, ignored: 0, rejected: 0 };

/** A log event: its time, epoch ms, and its line. */
export type LogLine = readonly [atMs: number, message: string];

/** A row as SQLite returns it. */
export type StoredRow = Readonly<Record<string, unknown>>;

export interface TelemetryWriter {
  readonly db: Database.Database;
  readonly writer: BatchWriter;
  /** Stores a batch in a transaction of its own. */
  readonly apply: (batch: Batch, nowMs: number, source?: BatchSource) => WriteOutcome;
  /** Stores one delivery of a subscription. */
  readonly deliver: (logGroup: string, logStream: string, lines: readonly LogLine[], nowMs: number) => WriteOutcome;
  /** Stores records that no log stream brings. */
  readonly store: (records: readonly TelemetryRecord[], nowMs: number, entry?: Partial<TelemetryEntry>) => WriteOutcome;
  /** Id of the stored function of this name; undefined if there is none. */
  readonly functionId: (name: string) => unknown;
  /** Runs a query. */
  readonly rows: (query: string, ...values: readonly unknown[]) => readonly StoredRow[];
  /** Empties the store, in memory too. Cheaper than to open another one. */
  readonly clear: () => void;
  readonly close: () => void;
}

/** Opens a new, empty store. The caller closes it. */
export function openTelemetryWriter(): TelemetryWriter {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-writer-'));
  const path = join(folder, 'telemetry.db');
  const db = openWriter(path);
  db.pragma('synchronous = OFF');
  migrate(db, path, MIGRATIONS);
  const writer = new BatchWriter(db);
  const apply = (batch: Batch, nowMs: number, source = TEST_SOURCE): WriteOutcome =>
    db.transaction(() => {
      const outcome = writer.apply(batch, source, nowMs);
      writer.flush(nowMs);
      return outcome;
    })();
  const rows = (query: string, ...values: readonly unknown[]) => db.prepare(query).all(...values) as StoredRow[];
  return {
    db,
    writer,
    apply,
    deliver: (logGroup, logStream, lines, nowMs) => apply(delivery(logGroup, logStream, lines), nowMs),
    store: (records, nowMs, entry) =>
      apply({ ...EMPTY_BATCH, records: records.map((record) => of(record, entry)) }, nowMs),
    functionId: (name) => rows('SELECT id FROM function WHERE name = ?', name)[0]?.['id'],
    rows,
    clear: () => {
      clearTables(db);
      writer.reset();
      writer.feed.watched = false;
    },
    close: () => {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Statements that empty the tables of a store. Tests do not change its schema but for triggers. */
const EMPTYING = new WeakMap<Database.Database, readonly Database.Statement[]>();

/** Deletes every row, and triggers with which tests make writes fail. */
export function clearTables(db: Database.Database): void {
  const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all() as string[];
  for (const name of triggers) db.exec(`DROP TRIGGER ${name}`);
  const statements = EMPTYING.get(db) ?? emptying(db);
  EMPTYING.set(db, statements);
  db.pragma('foreign_keys = OFF');
  db.exec('BEGIN IMMEDIATE');
  for (const statement of statements) statement.run();
  db.exec('COMMIT');
  db.pragma('foreign_keys = ON');
}

function emptying(db: Database.Database): readonly Database.Statement[] {
  return tablesOf(db)
    .filter(({ table }) => table !== 'store')
    .map(({ table }) => db.prepare(`DELETE FROM ${table}`));
}

/** Opens a store for the tests of a file, and closes it after them; empties it before each of them, or not. Available while tests run. */
export function useTelemetryWriter(lifetime: 'test' | 'file'): TelemetryWriter {
  let current: TelemetryWriter;
  beforeAll(() => {
    current = openTelemetryWriter();
  });
  if (lifetime === 'test') beforeEach(() => current.clear());
  afterAll(() => current.close());
  return {
    get db() {
      return current.db;
    },
    get writer() {
      return current.writer;
    },
    apply: (...values) => current.apply(...values),
    deliver: (...values) => current.deliver(...values),
    store: (...values) => current.store(...values),
    functionId: (name) => current.functionId(name),
    rows: (...values) => current.rows(...values),
    clear: () => current.clear(),
    close: () => current.close(),
  };
}

/** Decodes a delivery of a subscription filter. Its account and region are 111122223333 and us-east-1. */
export function delivery(logGroup: string, logStream: string, lines: readonly LogLine[]): Batch {
  const document = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup,
    logStream,
    subscriptionFilters: ['f'],
    logEvents: lines.map(([timestamp, message], at) => ({ id: String(at).padStart(56, '0'), timestamp, message })),
  };
  const decoded = decodeLambdaEvent(Buffer.from(JSON.stringify(document)), {
    raw: 'all',
    region: 'us-east-1',
    selfLogGroups: [],
  });
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.batch;
}

function of(record: TelemetryRecord, entry: Partial<TelemetryEntry> = {}): TelemetryEntry {
  return {
    account: '111122223333',
    region: 'us-east-1',
    logGroup: '/feed',
    atMs: null,
    digest: 'digest-of-the-text',
    ...entry,
    record,
  };
}
