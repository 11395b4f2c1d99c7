/** Store invariants: order, repetition and batching of deliveries change nothing; rollups equal their rows. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import {
  renderExit,
  renderInitReport,
  renderInitStart,
  renderReport,
  renderStart,
  renderTimeout,
} from '../../ingest/lines/render.ts';
import type { LogEvent, StreamIdentity } from '../../ingest/records/log-event.ts';
import { COUNT_COLUMNS, LEVELS, RollupBucket } from '../../server/storage/rollup/bucket.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { storedBucket } from '../../server/storage/sqlite/rollup-rows.ts';
import type { StoredRollup } from '../../server/storage/sqlite/schema.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { ROWS_AT_ONCE } from '../../server/storage/sqlite/write/invocation-sql.ts';
import { law } from '../support/law.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
const T0 = Date.UTC(2026, 10, 20, 23, 58);
const identity = (environment: number): StreamIdentity => ({
  account: '111122223333',
  region: 'eu-west-1',
  logGroup: '/aws/lambda/law',
  logStream: `2026/11/20/[$LATEST]${String(environment).padStart(32, '0')}`,
});

function open() {
  const db = new Database(':memory:');
  migrate(db, ':memory:', MIGRATIONS);
  return { db, writer: new BatchWriter(db) };
}

interface Delivery {
  readonly environment: number;
  readonly event: LogEvent;
}

function write(store: ReturnType<typeof open>, deliveries: readonly Delivery[]): number {
  const streams = [...new Set(deliveries.map((delivery) => delivery.environment))].map((environment) => ({
    identity: identity(environment),
    events: deliveries.filter((delivery) => delivery.environment === environment).map((delivery) => delivery.event),
  }));
  const batch = decodeStreams(
    { streams, unreadable: [], records: [], ignored: [] },
    { account: '', region: '' },
    { raw: 'off', region: '', selfLogGroups: [] },
  );
  store.db.exec('BEGIN');
  const { accepted } = store.writer.apply(batch, { kind: 'logs', name: 'law' }, T0);
  store.writer.flush(0);
  store.db.exec('COMMIT');
  return accepted;
}

/** Everything that must not depend on delivery, without store-assigned ids. */
function facts(db: Database.Database) {
  const invocations = db
    .prepare(
      `SELECT log_stream, end_ms, hex(request_id) AS id, run_ms, duration_us, status, cold, user_felt, invocation.init_us, label.text AS error
       FROM invocation JOIN environment ON environment.id = environment_id LEFT JOIN label ON label.id = error_type_id
       ORDER BY end_ms, log_stream, id`,
    )
    .all();
  const environments = db
    .prepare(
      `SELECT log_stream, init_start_ms, init_us, first_seen_ms, last_seen_ms, first_end_ms, last_end_ms, invocations, failures,
       max_memory_mb, pending_starts, odd FROM environment ORDER BY log_stream`,
    )
    .all();
  const faults = db.prepare('SELECT at_ms, kind, request_id FROM fault ORDER BY at_ms, kind, request_id').all();
  const rollups = LEVELS.map(({ table }) =>
    db
      .prepare(`SELECT * FROM ${table} ORDER BY bucket`)
      .all()
      .map((row) => rollupFacts(row as StoredRollup)),
  );
  return { invocations, environments, faults, rollups };
}

function rollupFacts(row: StoredRollup) {
  const cell = storedBucket(row);
  const cold = [...cell.cold].filter(([, sketches]) => sketches.total.count !== 0);
  return {
    bucket: row.bucket,
    counts: Object.fromEntries(COUNT_COLUMNS.map((name) => [name, row[name]])),
    duration: cell.duration.histogram(),
    cold: cold.map(([kind, { init, total }]) => [kind, init.histogram(), total.histogram()]).toSorted(),
  };
}

/** Events of one environment: inits, runs, failures in old and new formats, re-inits. */
const life = fc.record({
  initMs: fc.option(fc.integer({ min: 20, max: 9000 }), { nil: null }),
  proactiveMs: fc.constantFrom(0, 0, 30_000),
  runs: fc.array(
    fc.record({
      gapMs: fc.integer({ min: 3, max: 90_000 }),
      durationMs: fc.integer({ min: 1, max: 3000 }),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'timeout-old', 'timeout-new', 'killed-old', 'oom-new'),
      reinit: fc.constantFrom(false, false, true),
      hidden: fc.constantFrom(false, true),
    }),
    { minLength: 1, maxLength: 7 },
  ),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

function eventsOf(environment: number, given: Life): Delivery[] {
  const events: Delivery[] = [];
  let n = 0;
  const say = (timestampMs: number, message: string): void => {
    n += 1;
    events.push({ environment, event: { id: `${environment}${n}`.padEnd(56, '0'), timestampMs, message } });
  };
  let at = T0 + environment * 17;
  if (given.initMs !== null) {
    say(at, renderInitStart('nodejs:22.v1', 'arn:aws:lambda:eu-west-1::runtime:ab'));
    at += given.initMs + given.proactiveMs;
  }
  for (const [index, run] of given.runs.entries()) {
    at += run.gapMs;
    const id = `${String(environment).padStart(4, '0')}${String(index).padStart(4, '0')}-0000-4000-8000-000000000000`;
    if (run.reinit)
      say(at, renderInitReport({ initDurationMs: 40, phase: 'invoke', status: 'error', errorType: 'Runtime.Unknown' }));
    const hiddenMs = run.hidden && index > 0 ? 200 : 0;
    say(at, renderStart(id, '$LATEST'));
    at += run.durationMs;
    say(
      at,
      renderReport({
        requestId: id,
        durationMs: run.durationMs + hiddenMs,
        billedDurationMs: run.durationMs + hiddenMs,
        memorySizeMb: 256,
        maxMemoryUsedMb: 90 + index,
        initDurationMs: index === 0 ? given.initMs : null,
        restoreDurationMs: null,
        billedRestoreDurationMs: null,
        status: run.outcome === 'timeout-new' ? 'timeout' : run.outcome === 'oom-new' ? 'error' : null,
        errorType: run.outcome === 'oom-new' ? 'Runtime.OutOfMemory' : null,
        trace: null,
      }),
    );
    if (run.outcome === 'timeout-old') say(at, renderTimeout(new Date(at).toISOString(), id, 3));
    if (run.outcome === 'killed-old')
      say(at + 1, renderExit(id, 'Runtime exited with error: signal: killed', 'Runtime.ExitError'));
  }
  return events;
}

const fleet = fc
  .array(life, { minLength: 1, maxLength: 3 })
  .map((lives) => lives.flatMap((given, environment) => eventsOf(environment, given)));

test('results do not depend on order, batching or repetition of deliveries', () => {
  law(
    fc.property(fleet, fc.infiniteStream(fc.nat({ max: 1_000_000 })), (events, dice) => {
      const straight = open();
      const once = write(straight, events);
      const roll = (): number => dice.next().value as number;
      const again = events.filter(() => roll() % 4 === 0);
      const shuffled = [...events, ...again]
        .map((delivery) => ({ delivery, at: roll() }))
        .toSorted((a, b) => a.at - b.at);
      const scattered = open();
      let accepted = 0;
      for (let at = 0; at < shuffled.length; ) {
        const size = 1 + (roll() % 6);
        accepted += write(
          scattered,
          shuffled.slice(at, at + size).map((entry) => entry.delivery),
        );
        at += size;
      }
      expect(facts(scattered.db)).toEqual(facts(straight.db));
      expect(accepted).toBe(once);
    }),
    { numRuns: 80 },
  );
});

/** Long enough to use multi-row inserts. */
const longLife: fc.Arbitrary<Life> = fc.record({
  initMs: fc.option(fc.integer({ min: 20, max: 9000 }), { nil: null }),
  proactiveMs: fc.constant(0),
  runs: fc.array(
    fc.record({
      gapMs: fc.integer({ min: 3, max: 900 }),
      durationMs: fc.integer({ min: 1, max: 300 }),
      outcome: fc.oneof(
        { weight: 40, arbitrary: fc.constant('ok' as const) },
        { weight: 1, arbitrary: fc.constantFrom('timeout-old' as const, 'timeout-new' as const) },
      ),
      reinit: fc.oneof({ weight: 60, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      hidden: fc.boolean(),
    }),
    { minLength: 2 * ROWS_AT_ONCE, maxLength: 4 * ROWS_AT_ONCE },
  ),
});

test('long streams in overlapping pieces and any order store every row once', () => {
  law(
    fc.property(longLife, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }), (given, cuts) => {
      const events = eventsOf(0, given);
      const straight = open();
      const once = write(straight, events);
      const pieces = cuts.map(([from, length]) => {
        const at = from % events.length;
        return events.slice(at, at + 1 + (length % events.length));
      });
      const scattered = open();
      let accepted = 0;
      for (const piece of [...pieces, events]) accepted += write(scattered, piece);
      expect(facts(scattered.db)).toEqual(facts(straight.db));
      expect(accepted).toBe(once);
    }),
    { numRuns: 20 },
  );
});

test('rollups of every width equal the aggregate of the rows', () => {
  law(
    fc.property(fleet, (events) => {
      const store = open();
      for (const delivery of events.toReversed()) write(store, [delivery]);
      for (const { table, widthMs } of LEVELS) {
        const rows = store.db
          .prepare(`SELECT run_ms AS runMs, duration_us AS durationUs, billed_ms AS billedMs, max_memory_mb AS maxMemoryMb, status, cold,
            user_felt AS userFelt, init_us AS initUs, restore_us AS restoreUs, hidden_init_us AS hiddenInitUs,
            environment_id AS environmentId, end_ms AS endMs FROM invocation`)
          .all() as (Parameters<RollupBucket['add']>[0] & { endMs: number })[];
        const expected = new Map<number, RollupBucket>();
        for (const row of rows) {
          const bucket = Math.floor(row.endMs / widthMs) * widthMs;
          const cell = expected.get(bucket) ?? new RollupBucket();
          expected.set(bucket, cell);
          cell.add(row, 1);
        }
        const found = store.db.prepare(`SELECT * FROM ${table} ORDER BY bucket`).all() as StoredRollup[];
        expect(found.map((row) => row.bucket)).toEqual([...expected.keys()].toSorted((a, b) => a - b));
        for (const row of found) {
          const cell = expected.get(row.bucket);
          expect(rollupFacts(row).counts).toEqual(
            Object.fromEntries(COUNT_COLUMNS.map((name) => [name, cell?.count(name)])),
          );
          expect(rollupFacts(row).duration).toEqual(cell?.duration.histogram());
        }
      }
    }),
    { numRuns: 30 },
  );
});
