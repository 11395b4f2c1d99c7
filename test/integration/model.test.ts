/**
 * The store against a model: random sequences of deliveries (new, repeated, partial, rolled back), idle periods, restarts
 * and crashes. The database holds what the model says was committed.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { writeUuid } from '../../ingest/batch/request-id.ts';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import type { LogEvent } from '../../ingest/records/log-event.ts';
import { requestHash } from '../../server/storage/request-hash.ts';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { Retention } from '../../server/storage/sqlite/write/retention.ts';
import { invocation, requestId } from '../support/firehose.ts';
import { law } from '../support/law.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';

const LONG_MS = 400 * 86_400_000;
const KEEP_LINES_SHORTLY = { rawMs: 1, detailMs: LONG_MS, historyMs: LONG_MS, quarantineMs: LONG_MS };
const T0 = Date.UTC(2026, 10, 20);
const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
const root = memoryFolder();
let folders = 0;
afterAll(() => removeFolder(root));

/** A migrated, empty database; each run starts with a copy. */
const template = join(root, 'template.db');
{
  const db = openWriter(template);
  migrate(db, template, MIGRATIONS);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

const newFolder = (): string => {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return folder;
};

class Subject {
  folder: string;
  db: Database.Database;
  writer: BatchWriter;

  constructor() {
    this.folder = newFolder();
    copyFileSync(template, join(this.folder, 'telemetry.db'));
    [this.db, this.writer] = this.#open();
  }

  #open(): [Database.Database, BatchWriter] {
    const path = join(this.folder, 'telemetry.db');
    const db = openWriter(path);
    migrate(db, path, MIGRATIONS);
    return [db, new BatchWriter(db)];
  }

  write(events: readonly LogEvent[], commit: boolean): void {
    const identity = { account: '1', region: 'eu-west-1', logGroup: '/aws/lambda/f', logStream: 's' };
    const given = { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] };
    const batch = decodeStreams(given, identity, { raw: 'all', region: '', selfLogGroups: [] });
    this.db.exec('BEGIN IMMEDIATE');
    this.writer.apply(batch, { kind: 'logs', name: 'model' }, T0);
    this.writer.flush(0);
    this.db.exec(commit ? 'COMMIT' : 'ROLLBACK');
    if (!commit) this.writer.reset();
  }

  rest(): void {
    while (this.writer.requests.mergeSlice());
    const retention = new Retention(this.db, KEEP_LINES_SHORTLY, () => this.writer.forget());
    while (retention.step(T0 + 2));
    this.db.pragma('wal_checkpoint(TRUNCATE)');
  }

  reopen(): void {
    this.db.close();
    [this.db, this.writer] = this.#open();
  }

  /** Copies the files as a killed process leaves them: nothing flushed, nothing closed. */
  crash(): void {
    const after = newFolder();
    for (const name of ['telemetry.db', 'telemetry.db-wal'])
      if (existsSync(join(this.folder, name))) copyFileSync(join(this.folder, name), join(after, name));
    this.db.close();
    this.folder = after;
    [this.db, this.writer] = this.#open();
  }
}

type Action =
  | {
      readonly do: 'deliver';
      readonly ids: readonly number[];
      readonly part: 'both' | 'start' | 'report';
      readonly commit: boolean;
    }
  | { readonly do: 'rest' | 'reopen' | 'crash' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      ids: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }),
      part: fc.constantFrom('both' as const, 'both' as const, 'start' as const, 'report' as const),
      commit: fc.constantFrom(true, true, true, true, false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('rest' as const, 'reopen' as const, 'crash' as const) }) },
);

function eventsOf(id: number, part: 'both' | 'start' | 'report'): LogEvent[] {
  const [start, report] = invocation(id, T0 + id * 1000).map((event) => ({
    id: String(event.id),
    timestampMs: Number(event.timestamp),
    message: String(event.message),
  }));
  if (start === undefined || report === undefined) return [];
  return part === 'both' ? [start, report] : part === 'start' ? [start] : [report];
}

test('committed events are stored, whatever happens in between', () => {
  law(
    fc.property(fc.array(action, { maxLength: 50 }), (actions) => {
      const subject = new Subject();
      const starts = new Set<number>();
      const reports = new Set<number>();
      for (const step of actions) {
        if (step.do === 'deliver') {
          subject.write(
            step.ids.flatMap((id) => eventsOf(id, step.part)),
            step.commit,
          );
          if (!step.commit) continue;
          for (const id of step.ids) {
            if (step.part !== 'report') starts.add(id);
            if (step.part !== 'start') reports.add(id);
          }
        } else subject[step.do]();
      }
      const { db, writer } = subject;
      const one = (sql: string): number => Number(db.prepare(sql).pluck().get() ?? 0);
      const complete = [...reports].filter((id) => starts.has(id)).length;
      expect(one('SELECT count(*) FROM invocation')).toBe(reports.size);
      expect(one('SELECT count(*) FROM invocation WHERE run_ms = 50')).toBe(complete);
      expect(one('SELECT count(*) FROM pending_start')).toBe([...starts].filter((id) => !reports.has(id)).length);
      for (const table of ['rollup_5m', 'rollup_1h', 'rollup_1d']) {
        expect(one(`SELECT ifnull(sum(n), 0) FROM ${table}`)).toBe(reports.size);
        expect(one(`SELECT ifnull(sum(with_start), 0) FROM ${table}`)).toBe(complete);
      }
      for (const id of reports) {
        const bytes = new Uint8Array(16);
        writeUuid(requestId(id), bytes, 0);
        expect(writer.requests.find(requestHash(bytes), T0, T0 + 86_400_000).length).toBeGreaterThan(0);
      }
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    }),
    { numRuns: 100 },
  );
});
