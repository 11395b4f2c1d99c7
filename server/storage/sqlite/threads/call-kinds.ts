/** Which calls write to which file, and which acknowledge nothing to a client. */
import type { AlertingCall } from '../write/alerting.ts';
import type { ControlCall } from '../write/control.ts';

/** Calls that write to `telemetry.db`. */
export const TELEMETRY_CALLS: ReadonlySet<ControlCall['name']> = new Set(['recordTraceAttempts', 'markReplayed']);
/** Calls of the alert engine itself. They acknowledge nothing to a client. */
export const ENGINE_CALLS: ReadonlySet<AlertingCall['name']> = new Set([
  'saveEvaluations',
  'saveDispatch',
  'saveAttempt',
  'onClockRewind',
  'deleteBefore',
]);
