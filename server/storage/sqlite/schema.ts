/**
 * Types of the two SQLite files. The columns are generated from the migrated databases (`npm run schema`), so this file
 * holds only what SQL cannot say.
 *
 * Units are in the names: `_ms` epoch or duration in milliseconds, `_us` microseconds, `_ns` epoch nanoseconds (beyond
 * 2^53: select them as text), `_mb` MiB. Booleans are 0 and 1; integers that encode names are listed in
 * server/storage/enums.ts. Some columns keep names that the rest of the code has since replaced:
 *
 * | table or column | term in the code |
 * |---|---|
 * | `slot_ms` | start of the hour that an invocation starts in |
 * | `dirty_slot` | hours whose cold starts must be attributed again |
 * | `derived_slot` | attributed hours; `closing` is the state carried into the next hour |
 * | `kept_day`, `dropped` | index of the days whose raw events exist, or were deleted by retention |
 * | `function.labelled` | the name was inferred from a custom log group |
 * | `environment.odd` | flag bits: 1 = order of invocations matters, 2 = fault lines are stored |
 * | `function.proactive_gap_ms` | threshold beyond which an init counts as proactive |
 * | `pull_checkpoint.wide_ms` | end of the last reconciliation scan |
 * | `reject` | dead letters |
 */
import type { Selectable } from 'kysely';
import type { DB as ControlTables } from './control-schema.generated.ts';
import type { DB, Environment, Invocation, Rollup1h } from './telemetry-schema.generated.ts';

export type { ControlTables };

/** The three rollup tables have one type, so that a query can take the table as a variable. Unequal columns do not compile. */
export interface TelemetryTables extends DB {
  rollup_5m: Rollup1h;
  rollup_1d: Rollup1h;
}

/** A row of any of the three rollup tables. */
export type StoredRollup = Selectable<Rollup1h>;
export type InvocationRow = Selectable<Invocation>;
export type EnvironmentRow = Selectable<Environment>;
