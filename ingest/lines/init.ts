/** Parses INIT_START and INIT_REPORT. */
import type { LineResult } from '../records/platform-line.ts';
import { firstWord, leadingDuration, scanFields, unescapeSeparators } from './fields.ts';

/** Parses a message that starts with "INIT_START ". */
export function parseInitStart(message: string): LineResult {
  const text = unescapeSeparators(message.slice(0, 4096));
  const fields = scanFields(text, 'INIT_START'.length);
  if (fields.get('Runtime Version') === undefined) return { ok: false, reason: 'not-platform' };
  return {
    ok: true,
    time: null,
    line: {
      kind: 'init-start',
      runtimeVersion: firstWord(fields.get('Runtime Version')),
      runtimeVersionArn: firstWord(fields.get('Runtime Version ARN')),
      initializationType: null,
      phase: null,
      functionName: null,
      functionVersion: null,
      instanceId: null,
      instanceMaxMemory: null,
    },
  };
}

/** Parses a message that starts with "INIT_REPORT ". Some extensions print `Duration` instead of `Init Duration`. */
export function parseInitReport(message: string): LineResult {
  const text = unescapeSeparators(message.slice(0, 4096));
  const fields = scanFields(text, 'INIT_REPORT'.length);
  const duration = leadingDuration(fields.get('Init Duration') ?? fields.get('Duration'));
  const phase = firstWord(fields.get('Phase'));
  const status = firstWord(fields.get('Status'));
  if (duration === null && phase === null && status === null) return { ok: false, reason: 'not-platform' };
  if (fields.contradicts) return { ok: false, reason: 'field-repeated' };
  return {
    ok: true,
    time: null,
    line: {
      kind: 'init-report',
      initDurationMs: duration,
      billedDurationMs: null,
      initializationType: firstWord(fields.get('Initialization Type')),
      phase,
      status,
      errorType: firstWord(fields.get('Error Type')),
    },
  };
}
