/** A SQLite store as the source of a transfer. It is read without the store's lock, so a server may be using it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { StoreError } from '../../ports.ts';
import { checkpointOf } from '../../questions/pull-checkpoints/sqlite.ts';
import type { HistorySource, MovedAccount, MovedDay, MovedFunction } from '../../transfer/history.ts';
import { openReader } from '../connection.ts';
import type { TelemetryTables } from '../schema.ts';
import type { Streams } from './batch.ts';
import { blocksOf } from './blocks.ts';
import { documentsOf } from './documents.ts';
import { eventsOf } from './events.ts';
import { expiredDay, expiredEnvironments } from './expired-days.ts';
import { invocationsOf } from './invocations.ts';
import { metricDaysOf, metricLinesOf, metricsOf } from './metrics.ts';

/** Sums that fingerprint the state of a day. */
const DAY_SUMS = ['n', 'with_start', 'timeouts', 'errors', 'ooms', 'exits', 'user_felt', 'billed_ms', 'felt_init_us'];
const COLD_SUMS = ['on_demand', 'provisioned', 'snap_start', 'suppressed', 'managed_instance'].map((k) => `cold_${k}`);

/** @throws StoreError unless the folder contains a store of the newest schema */
export function openSqliteHistory(folder: string, schema: number): HistorySource {
  const path = join(folder, 'telemetry.db');
  if (!existsSync(path)) throw new StoreError('unavailable', `${path} does not exist: there is nothing to move`);
  const db = openReader(path);
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found !== schema) {
    db.close();
    const what = `${path} has schema ${found}, this version moves schema ${schema}`;
    throw new StoreError('newer-schema', `${what}: start the server of this version on it once`);
  }
  return new SqliteHistory(db);
}

class SqliteHistory implements HistorySource {
  readonly #db: Database.Database;
  /** Streams of the function transferred now. */
  #streams: { readonly of: number; readonly byId: Streams } | null = null;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  functions(): readonly MovedFunction[] {
    const rows = this.#db
      .prepare<[], FunctionRow>(
        `SELECT id, account, region, name, labelled, first_seen_ms AS firstSeenMs, last_seen_ms AS lastSeenMs,
           latest_ms AS latestMs, memory_mb AS memoryMb, version, runtime_ms AS runtimeMs, runtime_version AS runtimeVersion
         FROM function ORDER BY name, account, region`,
      )
      .all();
    const events = this.#db.prepare<[number], Record<string, number>>(
      `SELECT count(*) AS environments, ifnull(sum(invocations), 0) AS invocations, ifnull(max(last_seen_ms), 0) AS last,
         ifnull(sum(pending_starts), 0) AS starts,
         ifnull(sum((SELECT count(*) FROM init_event WHERE environment_id = environment.id)), 0) AS inits,
         ifnull(sum((SELECT count(*) FROM fault WHERE environment_id = environment.id)), 0) AS faults,
         ifnull(sum((SELECT count(*) FROM extension WHERE environment_id = environment.id)), 0) AS extensions,
         ifnull(max((SELECT max(id) FROM raw_chunk WHERE environment_id = environment.id)), 0) AS chunks,
         (SELECT ifnull(max(id), 0) FROM line_block WHERE function_id = environment.function_id) AS blocks
       FROM environment WHERE function_id = ?`,
    );
    const errorDays = this.#db
      .prepare<[number], number>('SELECT day FROM error_day WHERE function_id = ? ORDER BY day')
      .pluck();
    return rows.map(({ labelled, latestMs, memoryMb, version, runtimeMs, runtimeVersion, ...row }) => ({
      ...row,
      labelled: labelled === 1,
      latest: { atMs: latestMs, memoryMb, version },
      runtime: { atMs: runtimeMs, version: runtimeVersion },
      errorDays: errorDays.all(row.id),
      fingerprint: JSON.stringify({
        ...events.get(row.id),
        lastSeenMs: row.lastSeenMs,
        errorDays: errorDays.all(row.id).length,
      }),
    }));
  }

  days({ id }: MovedFunction): readonly MovedDay[] {
    const sums = [...DAY_SUMS, ...COLD_SUMS, 'failed_billed_ms'];
    const rows = this.#db
      .prepare<[number], { day: number; receivedMs: number; dropped: number; n: number; state: string }>(
        `SELECT day, received_ms AS receivedMs, dropped, ifnull(sum(n), 0) AS n,
           json_array(${sums.map((name) => `sum(${name})`).join(', ')}) AS state
         FROM kept_day LEFT JOIN rollup_1d ON function_id = scope AND bucket = day * ${DAY_MS}
         WHERE kind = 'function' AND scope = ? GROUP BY day ORDER BY day`,
      )
      .all(id);
    return rows.map(({ day, n, receivedMs, dropped, state }) => ({
      dayMs: day * DAY_MS,
      n,
      fingerprint: `${dropped} ${state}`,
      receivedMs,
      isExpired: dropped !== 0,
    }));
  }

  events(one: MovedFunction) {
    // Times of receipt are not stored for these; use the newest one of the function's invocations.
    const receivedMs = this.days(one).reduce((most, day) => Math.max(most, day.receivedMs), 0);
    return concat(
      eventsOf(this.#db, this.#streamsOf(one), receivedMs),
      blocksOf(this.#db, one.id, this.#streamsOf(one)),
    );
  }

  invocations(one: MovedFunction, day: MovedDay) {
    return invocationsOf(this.#db, one, day, this.#streamsOf(one));
  }

  expiredDay(one: MovedFunction, day: MovedDay) {
    return expiredDay(this.#db, one, day);
  }

  streamOf(one: MovedFunction) {
    const streams = this.#streamsOf(one);
    return (id: number) => streams.get(id);
  }

  expiredEnvironments(one: MovedFunction, beforeMs: number) {
    return expiredEnvironments(this.#db, one, this.#streamsOf(one), beforeMs);
  }

  documents() {
    return documentsOf(this.#db);
  }

  metrics() {
    return metricsOf(this.#db);
  }

  metricLines() {
    return metricLinesOf(this.#db);
  }

  metricDays() {
    return metricDaysOf(this.#db);
  }

  account(): MovedAccount {
    const all = <T>(text: string): T[] => this.#db.prepare<[], T>(text).all();
    return {
      counters: all('SELECT name, n FROM counter ORDER BY name'),
      unknownFields: all('SELECT key, n FROM unknown_field ORDER BY key'),
      sources: all<Omit<MovedAccount['sources'][number], 'lag'> & { readonly lag: Uint8Array }>(
        `SELECT kind, name, first_seen_ms AS firstSeenMs, last_seen_ms AS lastSeenMs, last_data_ms AS lastDataMs, requests,
           events, rejected, lag FROM source ORDER BY kind, name`,
      ).map(({ lag, ...row }) => {
        const sketch = new Sketch();
        sketch.mergeEncoded(lag);
        return { ...row, lag: sketch.bins() };
      }),
      rejects: all(
        `SELECT received_ms AS receivedMs, source_kind AS sourceKind, source_name AS sourceName, reason, detail,
           log_group AS logGroup, seen, payload, replayed_ms AS replayedMs FROM reject ORDER BY id`,
      ),
      checkpoints: all<TelemetryTables['pull_checkpoint']>('SELECT * FROM pull_checkpoint').map(checkpointOf),
    };
  }

  close(): void {
    this.#db.close();
  }

  #streamsOf({ id, ...named }: MovedFunction): Streams {
    if (this.#streams?.of !== id) {
      const rows = this.#db
        .prepare<
          [number],
          { id: number; version: string | null; attributes: string | null; group: string; stream: string }
        >(
          `SELECT environment.id, version, attributes, log_group.name AS "group", log_stream AS stream FROM environment
           JOIN log_group ON log_group.id = log_group_id WHERE function_id = ?`,
        )
        .all(id);
      const { account, region, name, labelled: nameInferred } = named;
      this.#streams = {
        of: id,
        byId: new Map(
          rows.map(({ group, stream, version, attributes, ...row }) => [
            row.id,
            {
              account,
              region,
              functionName: name,
              nameInferred,
              logGroup: group,
              logStream: stream,
              version,
              attributes,
            },
          ]),
        ),
      };
    }
    return this.#streams.byId;
  }
}

function* concat<T>(...all: readonly Iterable<T>[]): Generator<T> {
  for (const one of all) yield* one;
}

interface FunctionRow {
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly labelled: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly latestMs: number;
  readonly memoryMb: number | null;
  readonly version: string | null;
  readonly runtimeMs: number;
  readonly runtimeVersion: string | null;
}
