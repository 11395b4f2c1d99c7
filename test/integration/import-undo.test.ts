/**
 * An import can be undone (docs/decisions/0021). Law: any history of deliveries, imports and undos, with restarts
 * between, leaves the rows, rollups and sketches of the same history without the imports that were undone.
 */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Batch } from '../../ingest/records/batch.ts';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { ImportJournal } from '../../server/storage/sqlite/write/import-journal.ts';
import { interruptedUndos, undoSteps } from '../../server/storage/sqlite/write/import-undo.ts';
import { jsonEvents, run, textEvents } from '../support/invocation-events.ts';
import { law } from '../support/law.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';
import { rowsOf } from '../support/stored-rows.ts';
import { clearTables } from '../support/telemetry-writer.ts';
import type { Way } from '../support/ways.ts';
import { WAYS } from '../support/ways.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
const T0 = Date.UTC(2026, 10, 20, 9, 58);
const AT = { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/f' };
const root = memoryFolder();
let stores = 0;

/** The writer as its thread drives it. */
class Subject {
  readonly #path: string;
  db: Database.Database;
  #writer: BatchWriter;
  #journal: ImportJournal;

  constructor() {
    stores += 1;
    this.#path = join(root, `${stores}.db`);
    this.db = openWriter(this.#path);
    this.db.pragma('synchronous = OFF');
    migrate(this.db, this.#path, MIGRATIONS);
    this.#writer = new BatchWriter(this.db);
    this.#journal = new ImportJournal(this.db);
  }

  write(batch: Batch, importId: string | null): void {
    const source = { kind: 'logs' as const, name: 'law', ...(importId === null ? {} : { importId }) };
    this.db.exec('BEGIN IMMEDIATE');
    const concerned = this.#journal.concerns(batch, source);
    if (concerned) this.#journal.before(batch, source, T0);
    const outcome = this.#writer.apply(batch, source, T0);
    if (concerned) this.#journal.after(batch, source, outcome, T0);
    this.#writer.flush(0);
    this.db.exec('COMMIT');
  }

  /** Ends the undo after `steps`, as a kill would, and continues it after a restart. */
  undo(importId: string, steps: number): void {
    const undo = undoSteps(this.db, this.#writer, this.#journal, importId, T0);
    for (let step = 0; step < steps; step += 1) if (undo.next().done === true) return;
    this.restart();
    for (const id of interruptedUndos(this.db)) {
      const again = undoSteps(this.db, this.#writer, this.#journal, id, T0);
      while (again.next().done !== true);
    }
  }

  /** Deletes every row. Cheaper than to open another store. */
  clear(): void {
    clearTables(this.db);
    this.#writer.reset();
    this.#journal.reset();
  }

  /** Everything in memory is lost. */
  restart(): void {
    while (this.#writer.requests.mergeSlice());
    this.db.close();
    this.db = openWriter(this.#path);
    this.#writer = new BatchWriter(this.db);
    this.#journal = new ImportJournal(this.db);
  }
}

const subject = new Subject();
const expected = new Subject();
afterAll(() => {
  for (const { db } of [subject, expected]) db.close();
  removeFolder(root);
});

const operation = fc.record({
  /** How the events come: by themselves, or as a file of one of two imports. */
  by: fc.constantFrom(null, null, 'first', 'second'),
  way: fc.constantFrom(...(Object.keys(WAYS) as Way[])),
  /** The part of the events, percent. */
  from: fc.nat(100),
  to: fc.nat(100),
  restart: fc.boolean(),
});

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('a history with an undone import is the history without it: %s format', (_, eventsOf) => {
  law(
    fc.property(
      fc.array(run, { minLength: 1, maxLength: 6 }),
      fc.array(operation, { minLength: 1, maxLength: 6 }),
      fc.array(operation, { maxLength: 3 }),
      fc.subarray(['first', 'second'], { minLength: 1 }),
      fc.integer({ min: 1, max: 12 }),
      (runs, before, after, undone, steps) => {
        const events = eventsOf(runs);
        for (const one of [subject, expected]) one.clear();
        const apply = (operations: typeof before): void => {
          for (const { by, way, from, to, restart } of operations) {
            const at = (share: number): number => Math.floor((events.length * share) / 100);
            const part = events.slice(at(Math.min(from, to)), at(Math.max(from, to)));
            if (restart) subject.restart();
            if (part.length === 0) continue;
            for (const batch of WAYS[way](part, AT)) subject.write(batch, by);
            if (by !== null && undone.includes(by)) continue;
            for (const batch of WAYS[way](part, AT)) expected.write(batch, null);
          }
        };
        apply(before);
        for (const id of undone) subject.undo(id, steps);
        // What arrives after an undo is stored as ever.
        apply(after.map((one) => ({ ...one, by: null })));
        expect(rowsOf(subject)).toEqual(rowsOf(expected));
      },
    ),
    { numRuns: 25 },
  );
});
