/** Reads what remains of days whose raw events were deleted: rollups, attributed hours, environments. */

import type Database from 'better-sqlite3';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { NO_CARRIED_STATE } from '../../../analytics/cold-starts/hour-state.ts';
import { ERROR_KINDS } from '../../../analytics/errors/fingerprint.ts';
import { LEVELS } from '../../rollup/bucket.ts';
import { coldStartEvidence, environmentKind, hourState, idleTimeBins, parseStored } from '../../stored-json.ts';
import type {
  ExpiredDay,
  MovedBucket,
  MovedColdStart,
  MovedDay,
  MovedEnvironment,
  MovedErrors,
  MovedFunction,
  MovedHour,
} from '../../transfer/history.ts';
import { storedBucket } from '../rollup-rows.ts';
import type { EnvironmentRow, StoredRollup, TelemetryTables } from '../schema.ts';
import type { Streams } from './batch.ts';

const ENVIRONMENTS = 500;

export function expiredDay(db: Database.Database, one: MovedFunction, day: MovedDay): ExpiredDay {
  return { cells: cellsOf(db, one, day), hours: hoursOf(db, one, day), errors: errorsOf(db, one, day) };
}

function cellsOf(db: Database.Database, { id }: MovedFunction, { dayMs }: MovedDay): readonly MovedBucket[] {
  return LEVELS.flatMap(({ table }) =>
    db
      .prepare<[number, number, number], StoredRollup & { version: string | null; memoryMb: number | null }>(
        `SELECT r.*, s.version, s.memory_mb AS memoryMb FROM ${table} AS r JOIN series AS s ON s.id = r.series_id
         WHERE r.function_id = ? AND bucket >= ? AND bucket < ?`,
      )
      .all(id, dayMs, dayMs + DAY_MS)
      .map((row) => ({
        table,
        bucket: row.bucket,
        version: row.version,
        memoryMb: row.memoryMb,
        cell: storedBucket(row),
      })),
  );
}

/** JSON that does not parse is reported. A cold start or change is skipped then; an hour has no such state. */
function hoursOf(db: Database.Database, { id }: MovedFunction, { dayMs }: MovedDay): readonly MovedHour[] {
  const within = 'function_id = ? AND slot_ms >= ? AND slot_ms < ?';
  const bounds = [id, dayMs, dayMs + DAY_MS] as const;
  const coldStarts = grouped(
    db
      .prepare<[number, number, number], ColdStart>(
        `SELECT c.*, s.version, s.memory_mb AS memoryMb FROM cold_start AS c JOIN series AS s ON s.id = series_id
         WHERE c.function_id = ? AND slot_ms >= ? AND slot_ms < ?`,
      )
      .all(...bounds),
    (row) => row.slot_ms,
  );
  const changes = grouped(
    db
      .prepare<[number, number, number], ChangeRow>(
        `SELECT slot_ms AS hourMs, at_ms AS atMs, kind, before, after FROM change WHERE ${within} ORDER BY at_ms, kind`,
      )
      .all(...bounds),
    (row) => row.hourMs,
  );
  return db
    .prepare<[number, number, number], Pick<MovedHour, 'hourMs' | 'runs' | 'idleTimes' | 'carryOut'>>(
      `SELECT slot_ms AS hourMs, runs, idle_times AS idleTimes, closing AS carryOut FROM derived_slot WHERE ${within}`,
    )
    .all(...bounds)
    .map((row) => ({
      ...row,
      coldStarts: (coldStarts.get(row.hourMs) ?? []).flatMap(coldStartOf),
      changes: (changes.get(row.hourMs) ?? []).flatMap((change) => changeOf(id, change)),
      ...hourJsonOf(id, row),
    }));
}

function hourJsonOf(
  functionId: number,
  { hourMs, idleTimes, carryOut }: Pick<MovedHour, 'hourMs' | 'idleTimes' | 'carryOut'>,
) {
  const name = `derived_slot of function ${functionId} at ${hourMs}`;
  return {
    idleTimes: parseStored(idleTimeBins, idleTimes, `${name}: idle_times`) === null ? '[]' : idleTimes,
    carryOut: JSON.stringify(parseStored(hourState, carryOut, `${name}: closing`) ?? NO_CARRIED_STATE),
  };
}

interface ChangeRow {
  readonly hourMs: number;
  readonly atMs: number;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

function changeOf(functionId: number, row: ChangeRow): MovedHour['changes'] {
  const { atMs, kind } = row;
  const name = `change of function ${functionId} at ${atMs}`;
  const before = parseStored(environmentKind, row.before, name);
  const after = parseStored(environmentKind, row.after, name);
  if (before === null || after === null) return [];
  return [{ atMs, kind: kind as MovedHour['changes'][number]['kind'], before, after }];
}

type ColdStart = TelemetryTables['cold_start'] & { readonly version: string | null; readonly memoryMb: number | null };

function coldStartOf(row: ColdStart): readonly MovedColdStart[] {
  const kind = COLD_START_KINDS[row.kind];
  const evidence = parseStored(
    coldStartEvidence,
    row.evidence,
    `cold_start of function ${row.function_id} at ${row.end_ms}`,
  );
  if (kind === undefined || evidence === null) return [];
  return [
    {
      endMs: row.end_ms,
      requestId: row.request_id,
      environmentId: row.environment_id,
      version: row.version,
      memoryMb: row.memoryMb,
      atMs: row.at_ms,
      kind,
      userFelt: row.user_felt === 1,
      initMs: row.init_us === null ? null : row.init_us / 1000,
      billedInitMs: row.billed_init_us === null ? null : row.billed_init_us / 1000,
      durationMs: row.duration_us / 1000,
      failed: row.failed === 1,
      platformMs: row.platform_ms,
      loop: row.loop,
      evidence,
    },
  ];
}

function grouped<T>(rows: readonly T[], key: (row: T) => number): ReadonlyMap<number, readonly T[]> {
  const found = new Map<number, T[]>();
  for (const row of rows) {
    const mine = found.get(key(row)) ?? [];
    found.set(key(row), mine);
    mine.push(row);
  }
  return found;
}

/** Groups of failures, by hour. */
function errorsOf(db: Database.Database, { id }: MovedFunction, { dayMs }: MovedDay): readonly MovedErrors[] {
  const rows = db
    .prepare<[number, number, number], TelemetryTables['error_hour'] & TelemetryTables['error_group']>(
      `SELECT h.*, g.kind, g.error_type, g.message, g.frame FROM error_hour AS h JOIN error_group AS g USING (function_id, fingerprint)
       WHERE function_id = ? AND slot_ms >= ? AND slot_ms < ? ORDER BY slot_ms, fingerprint, version`,
    )
    .all(id, dayMs, dayMs + DAY_MS);
  return [...grouped(rows, (row) => row.slot_ms)].map(([hourMs, mine]) => ({
    hourMs,
    errors: {
      groups: mine.map(({ fingerprint, kind, error_type: errorType, message, frame }) => ({
        fingerprint,
        kind: ERROR_KINDS.find((one) => one === kind) ?? 'rest',
        errorType,
        message,
        frame,
      })),
      counts: mine.map((row) => ({
        fingerprint: row.fingerprint,
        version: row.version === '' ? null : row.version,
        attempts: row.attempts,
        invocations: row.invocations,
        initFailures: row.init_failures,
        firstMs: row.first_ms,
        lastMs: row.last_ms,
      })),
    },
  }));
}

/** Yields environments last seen before `beforeMs`, and those with invocations before it. */
export function* expiredEnvironments(
  db: Database.Database,
  { id }: MovedFunction,
  streams: Streams,
  beforeMs: number,
): Generator<readonly MovedEnvironment[]> {
  const page = db.prepare<[number, number, number, number, number], EnvironmentRow>(
    `SELECT * FROM environment WHERE function_id = ? AND (last_seen_ms < ? OR first_end_ms < ?) AND id > ? ORDER BY id LIMIT ?`,
  );
  let after = 0;
  for (;;) {
    const rows = page.all(id, beforeMs, beforeMs, after, ENVIRONMENTS);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield rows.flatMap((row) => {
      const stream = streams.get(row.id);
      return stream === undefined ? [] : [{ ...environmentOf(row), stream }];
    });
  }
}

function environmentOf(row: EnvironmentRow): Omit<MovedEnvironment, 'stream'> {
  return {
    id: row.id,
    attributes: row.attributes,
    memoryMb: row.memory_mb,
    runtimeVersion: row.runtime_version,
    runtimeVersionArn: row.runtime_version_arn,
    initializationType: row.initialization_type,
    initStartMs: row.init_start_ms,
    initUs: row.init_us,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
    firstEndMs: row.first_end_ms,
    lastEndMs: row.last_end_ms,
    lastStatus: row.last_status,
    invocations: row.invocations,
    failures: row.failures,
    maxMemoryMb: row.max_memory_mb,
  };
}
