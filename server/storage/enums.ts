/**
 * Integers that stored columns use for names, in both stores. They are part of the schema: append, never reorder.
 * The order is that of the arrays of names (STATUSES, COLD_START_KINDS, CAUSES); enums.test.ts compares them.
 */
import type { InvocationStatus } from '../../ingest/records/invocation-columns.ts';
import type { Cause } from '../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../analytics/cold-starts/classify.ts';

/** `invocation.status`, `environment.last_status`. */
export const STATUS = {
  success: 0,
  timeout: 1,
  error: 2,
  oom: 3,
  exit: 4,
} as const satisfies Record<InvocationStatus, number>;

/** `invocation.cold` (NULL for a warm invocation) and `cold_start.kind`. */
export const COLD_KIND = {
  'on-demand': 0,
  provisioned: 1,
  'snap-start': 2,
  suppressed: 3,
  'managed-instance': 4,
} as const satisfies Record<ColdStartKind, number>;

/** `cold_start.cause`. */
export const CAUSE = {
  provisioned: 0,
  'snap-start': 1,
  deploy: 2,
  'runtime-patch': 3,
  crash: 4,
  proactive: 5,
  'scale-out': 6,
  'idle-expiry': 7,
  recycle: 8,
  unknown: 9,
  'init-timeout': 10,
  'new-tenant': 11,
} as const satisfies Record<Cause, number>;

/** Bits of `environment.odd`. */
export const ENVIRONMENT_FLAG = {
  /** A failure or a failed init: the order of this environment's invocations matters. */
  hasFailures: 1,
  /** Fault lines of this environment are stored. */
  hasFaultLines: 2,
  /** No init failed or ran inside an invocation. Rows written before this bit existed do not have it. */
  hasNoReinits: 4,
  /** An invocation's times may be truncated to the second. */
  hasWholeSeconds: 8,
} as const;

/** `kept_day.dropped`: whether raw events of the day still exist. */
export const DETAIL_DAY = {
  kept: 0,
  /** Retention deleted the raw events; rollups remain, and events of this day are no longer accepted. */
  expired: 1,
  /** They are being deleted: what a process that ends leaves of them, the next one deletes. */
  expiring: 2,
} as const;
