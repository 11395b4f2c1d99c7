/** Attribution of cold starts, as tests run and read it. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Subject } from '../../bench/accuracy/subject.ts';
import type { TestProduct } from './product.ts';

/** The product as a subject of accuracy runs. */
export function subjectOf(product: TestProduct): Subject {
  return { request: product.fetch, derive: product.derive };
}

/** Attribution results without ids that depend on the order of arrival. */
export function derived(product: TestProduct): unknown {
  const db = new Database(join(product.folder, 'telemetry.db'), { readonly: true });
  const coldStarts = db
    .prepare(
      `SELECT function.name, log_stream, end_ms, hex(request_id) AS id, slot_ms, at_ms, kind, cold_start.user_felt, cause,
       cold_start.init_us, init_billed, duration_us, failed, platform_ms, loop, evidence
       FROM cold_start JOIN environment ON environment.id = environment_id JOIN function ON function.id = cold_start.function_id
       ORDER BY function.name, end_ms, id, log_stream`,
    )
    .all();
  const slots = db
    .prepare(
      `SELECT name, slot_ms, runs, idle_times FROM derived_slot JOIN function ON function.id = function_id ORDER BY name, slot_ms`,
    )
    .all();
  const windows = db
    .prepare(
      'SELECT name, window_ms, estimated, source FROM idle_window JOIN function ON function.id = function_id ORDER BY name',
    )
    .all();
  const changes = db
    .prepare(
      'SELECT name, at_ms, kind, before, after FROM change JOIN function ON function.id = function_id ORDER BY name, at_ms',
    )
    .all();
  const errors = db
    .prepare(
      `SELECT name, slot_ms, error_hour.version, attempts, invocations, init_failures, first_ms, last_ms, kind, error_type, message, frame
       FROM error_hour JOIN function ON function.id = function_id JOIN error_group USING (function_id, fingerprint)
       ORDER BY name, slot_ms, fingerprint, error_hour.version`,
    )
    .all();
  const groups = db
    .prepare(
      'SELECT name, fingerprint FROM error_group JOIN function ON function.id = function_id ORDER BY name, fingerprint',
    )
    .all();
  const pending = db.prepare('SELECT count(*) AS n FROM dirty_slot').get();
  db.close();
  return { coldStarts, slots, windows, changes, errors, groups, pending };
}
