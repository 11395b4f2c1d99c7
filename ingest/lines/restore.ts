/** Parses RESTORE_START and RESTORE_REPORT (SnapStart). */
import type { LineResult } from '../records/platform-line.ts';
import { firstWord, leadingDuration, scanFields, unescapeSeparators } from './fields.ts';

/** Parses a message that starts with "RESTORE_START". */
export function parseRestoreStart(message: string): LineResult {
  const fields = scanFields(unescapeSeparators(message.slice(0, 4096)), 'RESTORE_START'.length);
  if (fields.get('Runtime Version') === undefined) return { ok: false, reason: 'not-platform' };
  return {
    ok: true,
    time: null,
    line: {
      kind: 'restore-start',
      runtimeVersion: firstWord(fields.get('Runtime Version')),
      runtimeVersionArn: firstWord(fields.get('Runtime Version ARN')),
      functionName: null,
      functionVersion: null,
      instanceId: null,
    },
  };
}

/** Parses a message that starts with "RESTORE_REPORT". Some extensions print `Duration` instead of `Restore Duration`. */
export function parseRestoreReport(message: string): LineResult {
  const fields = scanFields(unescapeSeparators(message.slice(0, 4096)), 'RESTORE_REPORT'.length);
  const duration = leadingDuration(fields.get('Restore Duration') ?? fields.get('Duration'));
  const status = firstWord(fields.get('Status'));
  if (duration === null && status === null) return { ok: false, reason: 'not-platform' };
  if (fields.contradicts) return { ok: false, reason: 'field-repeated' };
  return {
    ok: true,
    time: null,
    line: {
      kind: 'restore-report',
      restoreDurationMs: duration,
      status,
      errorType: firstWord(fields.get('Error Type')),
      spans: null,
    },
  };
}
