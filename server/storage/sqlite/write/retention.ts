/**
 * Retention: deletes raw lines and dead letters by time of receipt, single events by day, and later the aggregates.
 * Deletes small slices, each in its own transaction, so that commits are not delayed.
 */

import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { METRIC_OPTIONS } from '../../metrics/quota.ts';
import type { RetentionPolicy } from '../../questions/retention/types.ts';
import type { DetailScope } from './detail-retention.ts';
import { LineRetention } from './line-retention.ts';
import { MetricRetention } from './metric-retention.ts';

/** Rows deleted per slice. */
const SLICE = 4000;
/** Environments or dead letters per slice; these are large. */
const FEW = 200;
/** Days read at once. */
const DUE = 100;
/** Interval of looking for expired days when there are none. */
const CHECK_AGAIN_MS = 600_000;
/** Longest interval of looking for expired raw lines and dead letters; shorter if their retention is. */
const RECEIPT_AGAIN_MS = 60_000;
const NS_PER_MS = 1_000_000n;

/** A day of a scope to delete: its raw events (`dropped` 0, or 2 if that has begun) or its aggregates (`dropped` 1). */
interface Due {
  readonly kind: DetailScope | 'requests';
  readonly scope: number;
  readonly day: number;
  readonly dropped: number;
}

/** Deletes up to one slice. Returns false if there was nothing to delete. */
type Drop = (scope: number, fromMs: number, toMs: number) => boolean;

export class Retention {
  readonly #db: Database.Database;
  readonly #sql;
  readonly #details: Readonly<Record<DetailScope | 'requests', readonly Drop[]>>;
  readonly #history: readonly Drop[];
  readonly #volume: Drop;
  readonly #forgot: () => void;
  readonly #lines: LineRetention;
  readonly #metrics: MetricRetention;
  readonly #metricMs: number;
  #policy: RetentionPolicy;
  #due: Due[] = [];
  #checkedMs = Number.NEGATIVE_INFINITY;
  #receiptMs = Number.NEGATIVE_INFINITY;
  /** Lines of the current day's environments up to this id are deleted. */
  #environmentsUpTo = 0;

  /**
   * `forgot` is called when caches of the tables may be invalid; log lines are kept within `lineBytes`, points of metrics for
   * `metricMs`.
   */
  constructor(
    db: Database.Database,
    policy: RetentionPolicy,
    forgot: () => void = () => undefined,
    lineBytes = Number.POSITIVE_INFINITY,
    metricMs = METRIC_OPTIONS.keptMs,
  ) {
    this.#db = db;
    this.#policy = policy;
    this.#metricMs = metricMs;
    this.#forgot = forgot;
    this.#sql = prepare(db);
    this.#lines = new LineRetention(db, lineBytes);
    this.#metrics = new MetricRetention(db);
    const events = (table: string, key: string, time: string): Drop => dropOf(db, table, key, time);
    this.#details = {
      function: [
        events('invocation', 'function_id', 'end_ms'),
        events('rollup_5m', 'function_id', 'bucket'),
        events('resource_use', 'function_id', 'at_ms'),
        events('dirty_slot', 'function_id', 'slot_ms'),
        events('response', 'function_id', 'at_ms'),
        events('durable_line', 'function_id', 'last_ms'),
        (scope, fromMs, toMs) => this.#linesOfEnvironments(scope, fromMs, toMs),
      ],
      'log-group': [(scope, fromMs, toMs) => this.#messages(scope, fromMs, toMs)],
      gateway: [events('gateway_request', 'log_group_id', 'at_ms')],
      traces: [(_scope, fromMs, toMs) => this.#sql.segments.run(ns(fromMs), ns(toMs), SLICE).changes > 0],
      network: [(_scope, fromMs, toMs) => this.#sql.networkEvents.run(fromMs, toMs, SLICE).changes > 0],
      metrics: [(scope, fromMs, toMs) => this.#metrics.points(scope, fromMs, toMs)],
      flow: [(_scope, fromMs, toMs) => this.#sql.flows.run(fromMs, toMs, SLICE).changes > 0],
      requests: [(_scope, fromMs) => this.#sql.requests.run(fromMs / DAY_MS, SLICE).changes > 0],
    };
    this.#history = [
      events('rollup_1h', 'function_id', 'bucket'),
      events('rollup_1d', 'function_id', 'bucket'),
      events('derived_slot', 'function_id', 'slot_ms'),
      events('cold_start', 'function_id', 'slot_ms'),
      events('change', 'function_id', 'slot_ms'),
      events('error_hour', 'function_id', 'slot_ms'),
      (scope) => this.#sql.errorGroups.run(scope).changes > 0,
      events('environment', 'function_id', 'last_seen_ms'),
    ];
    this.#volume = events('log_volume', 'log_group_id', 'hour_ms');
  }

  set policy(policy: RetentionPolicy) {
    this.#policy = policy;
    this.#checkedMs = Number.NEGATIVE_INFINITY;
    this.#receiptMs = Number.NEGATIVE_INFINITY;
    this.#lines.again();
  }

  /** Deletes one slice of expired data. Returns false if there is none. */
  step(nowMs: number): boolean {
    // Called every second and mostly idle: return without reading then.
    const quiet = nowMs - this.#receiptMs < this.#receiptAgainMs && nowMs - this.#checkedMs < CHECK_AGAIN_MS;
    return (!quiet || this.#due.length > 0) && this.#db.transaction(() => this.#step(nowMs))();
  }

  get #receiptAgainMs(): number {
    return Math.min(RECEIPT_AGAIN_MS, this.#policy.rawMs, this.#policy.quarantineMs);
  }

  #step(nowMs: number): boolean {
    if (nowMs - this.#receiptMs >= this.#receiptAgainMs) {
      if (this.#dropByReceipt(nowMs)) return true;
      this.#receiptMs = nowMs;
    }
    const due = this.#next(nowMs);
    if (due === undefined) return false;
    const fromMs = due.day * DAY_MS;
    const drops = due.dropped !== 1 ? this.#details[due.kind] : this.#aggregatesOf(due.kind);
    if (due.dropped === 1) this.#forgot();
    const addsUp = due.kind === 'function' || due.kind === 'log-group' || due.kind === 'metrics';
    const begins = due.dropped === 0 && addsUp;
    if (begins) {
      // With the first of them: an event that is delivered again could no longer be told from a new one.
      this.#sql.begin.run(due.kind, due.scope, due.day);
      this.#due[0] = { ...due, dropped: 2 };
      this.#forgot();
    }
    if (drops.some((drop) => drop(due.scope, fromMs, fromMs + DAY_MS))) return true;
    // The day is deleted completely.
    this.#due.shift();
    this.#environmentsUpTo = 0;
    if (begins || due.dropped === 2) this.#sql.mark.run(due.kind, due.scope, due.day);
    else this.#sql.forget.run(due.kind, due.scope, due.day);
    this.#forgot();
    return true;
  }

  #dropByReceipt(nowMs: number): boolean {
    if (this.#lines.byAge(nowMs - this.#policy.rawMs) || this.#lines.byBudget(nowMs)) return true;
    const { changes } = this.#sql.dropRejects.run(nowMs - this.#policy.quarantineMs, FEW);
    if (changes > 0) this.#forgot();
    return changes > 0;
  }

  #next(nowMs: number): Due | undefined {
    if (this.#due.length === 0 && nowMs - this.#checkedMs >= CHECK_AGAIN_MS) {
      this.#due = this.#findDue(nowMs);
      if (this.#due.length === 0) this.#checkedMs = nowMs;
    }
    return this.#due[0];
  }

  #findDue(nowMs: number): Due[] {
    // Events of later days have wrong times. They are kept as long after their receipt as others, not until their day comes.
    const tomorrow = Math.floor(nowMs / DAY_MS) + 1;
    const dueOf = (kinds: 'others' | 'metrics', dropped: number, keepMs: number): Due[] =>
      this.#sql.due[kinds].all(dropped, Math.floor((nowMs - keepMs) / DAY_MS), tomorrow, nowMs - keepMs, DUE) as Due[];
    const { detailMs, historyMs } = this.#policy;
    const begun = this.#sql.begun.all(DUE) as Due[];
    const days = [
      ...begun,
      ...dueOf('others', 0, detailMs),
      ...dueOf('metrics', 0, Math.min(this.#metricMs, historyMs)),
      ...dueOf('others', 1, historyMs),
      ...dueOf('metrics', 1, historyMs),
    ];
    return days.length > 0 ? days : this.#orphanedRequests(Math.floor((nowMs - detailMs) / DAY_MS), tomorrow);
  }

  #aggregatesOf(kind: Due['kind']): readonly Drop[] {
    if (kind === 'metrics') return [(scope, fromMs, toMs) => this.#metrics.aggregates(scope, fromMs, toMs)];
    return kind === 'function' ? this.#history : [this.#volume];
  }

  /** Days of the request index, before one day or after another, on which no function has raw events any more. */
  #orphanedRequests(beforeDay: number, afterDay: number): Due[] {
    const found: Due[] = [];
    let day = this.#sql.nextRequestDay.get(Number.MIN_SAFE_INTEGER) as number | null;
    while (day !== null) {
      const isOutside = day < beforeDay || day > afterDay;
      if (isOutside && this.#sql.openDay.get(day) === undefined)
        found.push({ kind: 'requests', scope: 0, day, dropped: 0 });
      day = this.#sql.nextRequestDay.get(day) as number | null;
    }
    return found;
  }

  /**
   * Deletes messages hour by hour, since the table is ordered by hour first; a range would scan the messages of all
   * groups.
   */
  #messages(groupId: number, fromMs: number, toMs: number): boolean {
    for (let hourMs = fromMs; hourMs < toMs; hourMs += HOUR_MS) {
      if (this.#sql.messages.run(hourMs, groupId).changes > 0) return true;
    }
    return false;
  }

  #linesOfEnvironments(functionId: number, fromMs: number, toMs: number): boolean {
    const ids = this.#sql.environments.all(functionId, fromMs, toMs, this.#environmentsUpTo, FEW) as number[];
    const last = ids.at(-1);
    if (last === undefined) return false;
    for (const drop of this.#sql.lines) for (const id of ids) drop.run(id);
    this.#environmentsUpTo = last;
    return true;
  }
}

/** Deletes by key and time; the table or an index must be ordered by both. */
function dropOf(db: Database.Database, table: string, key: string, time: string): Drop {
  const end = db
    .prepare(
      `SELECT ${time} FROM ${table} WHERE ${key} = ? AND ${time} >= ? AND ${time} < ? ORDER BY ${time} LIMIT 1 OFFSET ?`,
    )
    .pluck();
  const drop = db.prepare(`DELETE FROM ${table} WHERE ${key} = ? AND ${time} >= ? AND ${time} < ?`);
  return (scope, fromMs, toMs) => {
    const slice = end.get(scope, fromMs, toMs, SLICE) as number | undefined;
    return drop.run(scope, fromMs, slice === undefined ? toMs : slice + 1).changes > 0;
  };
}

function ns(ms: number): bigint {
  return BigInt(ms) * NS_PER_MS;
}

function dueDays(condition: string): string {
  return `SELECT kind, scope, day, dropped FROM kept_day WHERE dropped = ? AND (day < ? OR day > ?) AND received_ms < ? AND ${condition}
    ORDER BY day LIMIT ?`;
}

function prepare(db: Database.Database) {
  return {
    due: {
      others: db.prepare(dueDays("kind <> 'metrics'")),
      metrics: db.prepare(dueDays("kind = 'metrics'")),
    },
    begun: db.prepare('SELECT kind, scope, day, dropped FROM kept_day WHERE dropped = 2 ORDER BY day LIMIT ?'),
    begin: db.prepare('UPDATE kept_day SET dropped = 2 WHERE kind = ? AND scope = ? AND day = ?'),
    mark: db.prepare('UPDATE kept_day SET dropped = 1 WHERE kind = ? AND scope = ? AND day = ?'),
    forget: db.prepare('DELETE FROM kept_day WHERE kind = ? AND scope = ? AND day = ?'),
    dropRejects: db.prepare(
      'DELETE FROM reject WHERE id IN (SELECT id FROM reject WHERE received_ms < ? ORDER BY id LIMIT ?)',
    ),
    messages: db.prepare('DELETE FROM log_message WHERE hour_ms = ? AND log_group_id = ?'),
    segments: db.prepare(
      `DELETE FROM trace_segment WHERE (trace_id, id) IN (
         SELECT trace_id, id FROM trace_segment WHERE start_ns >= ? AND start_ns < ? ORDER BY start_ns LIMIT ?)`,
    ),
    networkEvents: db.prepare(
      'DELETE FROM network_event WHERE id IN (SELECT id FROM network_event WHERE at_ms >= ? AND at_ms < ? LIMIT ?)',
    ),
    flows: db.prepare(
      `DELETE FROM flow_record WHERE
         (account, eni_id, from_ms, outcome, source_address, target_address, target_port) IN (
         SELECT account, eni_id, from_ms, outcome, source_address, target_address, target_port
         FROM flow_record WHERE from_ms >= ? AND from_ms < ? LIMIT ?)`,
    ),
    errorGroups: db.prepare(
      `DELETE FROM error_group WHERE function_id = ? AND NOT EXISTS (
         SELECT 1 FROM error_hour WHERE error_hour.function_id = error_group.function_id
           AND error_hour.fingerprint = error_group.fingerprint)`,
    ),
    requests: db.prepare(
      `DELETE FROM request_index WHERE (day, hash, end_ms, environment_id) IN (
         SELECT day, hash, end_ms, environment_id FROM request_index WHERE day = ? LIMIT ?)`,
    ),
    nextRequestDay: db.prepare('SELECT min(day) FROM request_index WHERE day > ?').pluck(),
    openDay: db.prepare("SELECT 1 FROM kept_day WHERE dropped IN (0, 2) AND day = ? AND +kind = 'function'").pluck(),
    environments: db
      .prepare(
        `SELECT id FROM environment WHERE function_id = ? AND last_seen_ms >= ? AND last_seen_ms < ? AND id > ?
         ORDER BY id LIMIT ?`,
      )
      .pluck(),
    lines: ['init_event', 'fault', 'runtime_done', 'pending_start', 'extension', 'environment_tenant'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE environment_id = ?`),
    ),
  };
}
