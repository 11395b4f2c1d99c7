/** Ingest statistics and dead letters: counters, totals and lag per source, unknown keys, and records that could not be read. */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { DeadLetter } from '../../../../ingest/records/dead-letter.ts';
import { ignoredCounters } from '../../../../ingest/records/ignored.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { BatchSource, WriteOutcome } from '../../../../ingest/records/sink.ts';
import { REDACTED } from '../../../../ingest/redaction/rules.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import type { ExpiredEvents } from './expired-events.ts';

/** Default size limit of stored dead letters, bytes. The oldest are deleted first, and counted. */
export const DEAD_LETTER_BYTES = 256 * 1_048_576;

interface SourceTotals {
  readonly source: BatchSource;
  readonly lag: Sketch;
  requests: number;
  events: number;
  rejected: number;
  hasData: boolean;
  lastMs: number;
}

export class IngestStats {
  readonly #counters = new Map<string, number>();
  readonly #sources = new Map<string, SourceTotals>();
  readonly #unknown = new Map<string, number>();
  readonly #limit: number;
  #deadLetterBytes: number;
  readonly #sql;

  constructor(db: Database.Database, deadLetterBytes: number) {
    this.#limit = deadLetterBytes;
    this.#sql = prepare(db);
    this.#deadLetterBytes = this.#sql.deadLetterBytes.get() as number;
  }

  record(batch: Batch, source: BatchSource, outcome: WriteOutcome, expired: ExpiredEvents, nowMs: number): void {
    this.#add('accepted', outcome.accepted);
    this.#add('duplicates', outcome.duplicates);
    this.#add('ignored', outcome.ignored);
    this.#add('rejected', outcome.rejected);
    this.#add('expired', expired.n);
    for (const [name, n] of ignoredCounters(batch.counts.ignoredBy ?? [])) this.#add(name, n);
    for (const [rule, n] of batch.counts.redacted ?? []) this.#add(`${REDACTED}${rule}`, n);
    this.#add('requests', 1);
    this.#add('control_messages', batch.counts.controlMessages);
    this.#add('clamped_timestamps', batch.counts.convertedTimestamps);
    for (const [key, n] of batch.unknownKeys) this.#unknown.set(key, (this.#unknown.get(key) ?? 0) + n);
    for (const letter of [...batch.deadLetters, ...expired.letters()]) this.#deadLetter(letter, source, nowMs);
    this.#note(batch, source, outcome, nowMs);
  }

  flush(): void {
    for (const [name, n] of this.#counters) if (n !== 0) this.#sql.count.run(name, n);
    for (const [key, n] of this.#unknown) this.#sql.unknown.run(key.slice(0, 256), n);
    for (const totals of this.#sources.values()) this.#saveSource(totals);
    this.#clear();
  }

  reset(): void {
    this.#clear();
    this.#deadLetterBytes = this.#sql.deadLetterBytes.get() as number;
  }

  #clear(): void {
    this.#counters.clear();
    this.#sources.clear();
    this.#unknown.clear();
  }

  #add(name: string, n: number): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + n);
  }

  #deadLetter(letter: DeadLetter, source: BatchSource, nowMs: number): void {
    const seen = this.#sql.reject.get(
      nowMs,
      source.kind,
      source.name,
      letter.reason,
      letter.detail,
      letter.logGroup,
      letterDigest(letter),
      letter.payload.length,
      letter.payload,
      letter.n,
    );
    // More were seen than now: it was stored before.
    if (seen !== letter.n) return;
    this.#deadLetterBytes += letter.payload.length;
    while (this.#deadLetterBytes > this.#limit) {
      const dropped = this.#sql.dropOldest.get() as { size: number } | undefined;
      if (dropped === undefined) break;
      this.#deadLetterBytes -= dropped.size;
      this.#add('quarantine_dropped', 1);
    }
  }

  #note(batch: Batch, source: BatchSource, outcome: WriteOutcome, nowMs: number): void {
    const key = `${source.kind}\n${source.name}`;
    let totals = this.#sources.get(key);
    if (totals === undefined) {
      totals = { source, lag: new Sketch(), requests: 0, events: 0, rejected: 0, hasData: false, lastMs: nowMs };
      this.#sources.set(key, totals);
    }
    totals.requests += 1;
    totals.events += batch.counts.events;
    totals.rejected += outcome.rejected;
    totals.lastMs = nowMs;
    if (batch.counts.events > 0) totals.hasData = true;
    // Files and demos contain history, whose age says nothing about delivery lag.
    if (source.kind !== 'firehose' && source.kind !== 'lambda') return;
    const { n, numbers } = batch.invocations;
    for (let row = 0; row < n; row += 1) {
      totals.lag.add(Math.max(0, nowMs - (numbers[row * COLUMNS + COLUMN.endMs] ?? nowMs)));
    }
  }

  #saveSource(totals: SourceTotals): void {
    const { kind, name } = totals.source;
    const stored = this.#sql.lag.get(kind, name) as Uint8Array | undefined;
    if (stored !== undefined) totals.lag.mergeEncoded(stored);
    const data = totals.hasData ? totals.lastMs : null;
    this.#sql.source.run(
      kind,
      name,
      totals.lastMs,
      totals.lastMs,
      data,
      totals.requests,
      totals.events,
      totals.rejected,
      totals.lag.encode(),
    );
  }
}

/** Identifies a dead letter. A dead letter that represents records that were not kept differs from one for the same record alone. */
export function letterDigest({ reason, payload, isExample }: DeadLetter): Buffer {
  const hash = createHash('sha256').update(reason);
  if (isExample === true) hash.update('example');
  return hash.update(payload).digest();
}

function prepare(db: Database.Database) {
  return {
    count: db.prepare('INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n'),
    unknown: db.prepare(
      'INSERT INTO unknown_field (key, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
    ),
    deadLetterBytes: db.prepare('SELECT ifnull(sum(size), 0) FROM reject').pluck(),
    reject: db
      .prepare(
        `INSERT INTO reject (received_ms, source_kind, source_name, reason, detail, log_group, digest, size, payload, seen)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (digest) DO UPDATE SET seen = seen + excluded.seen, received_ms = excluded.received_ms, replayed_ms = NULL
         RETURNING seen`,
      )
      .pluck(),
    dropOldest: db.prepare('DELETE FROM reject WHERE id = (SELECT min(id) FROM reject) RETURNING size'),
    lag: db.prepare('SELECT lag FROM source WHERE kind = ? AND name = ?').pluck(),
    source: db.prepare(
      `INSERT INTO source (kind, name, first_seen_ms, last_seen_ms, last_data_ms, requests, events, rejected, lag)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last_seen_ms = max(last_seen_ms, excluded.last_seen_ms),
         last_data_ms = ifnull(excluded.last_data_ms, last_data_ms), requests = requests + excluded.requests,
         events = events + excluded.events, rejected = rejected + excluded.rejected, lag = excluded.lag`,
    ),
  };
}
