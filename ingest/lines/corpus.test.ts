import { describe, expect, test } from 'vitest';
import { corpusFiles } from '../../test/support/corpus.ts';
import type { LineResult, PlatformLine } from '../records/platform-line.ts';
import { describeAppLine } from './app-line.ts';
import { gluedRecordAt, parsePlatformLine } from './platform-line.ts';

/** The fields of a parsed line under the names that the corpus uses. */
function corpusView(result: Extract<LineResult, { ok: true }>): Record<string, unknown> {
  const line = result.line as PlatformLine & Record<string, unknown>;
  const view: Record<string, unknown> = { ...line, ...(line.kind === 'lambda-warning' ? line.error : {}) };
  if (result.time !== null) {
    view['time'] = result.time;
    view['timestamp'] = result.time;
  }
  view['memorySizeMB'] = line['memorySizeMb'];
  view['maxMemoryUsedMB'] = line['maxMemoryUsedMb'];
  view['metrics.memorySizeMB'] = line['memorySizeMb'];
  view['metrics.maxMemoryUsedMB'] = line['maxMemoryUsedMb'];
  const duration =
    line.kind === 'init-report' ? line.initDurationMs : (line['durationMs'] ?? line['restoreDurationMs']);
  if (line.kind !== 'report') view['durationMs'] = duration ?? null;
  view['metrics.durationMs'] = duration;
  for (const key of [
    'billedDurationMs',
    'initDurationMs',
    'restoreDurationMs',
    'billedRestoreDurationMs',
    'producedBytes',
  ]) {
    view[`metrics.${key}`] = line[key];
  }
  const trace = line['trace'] as { traceId: unknown; segmentId: unknown; sampled: unknown } | null | undefined;
  view['xrayTraceId'] = trace?.traceId;
  view['xraySegmentId'] = trace?.segmentId;
  view['sampled'] = trace?.sampled;
  view['tracing.spanId'] = trace?.segmentId;
  view['timeoutSec'] = line['timedOutAfterSec'];
  view['oom'] = line['fault'] === 'oom';
  view['vpcError'] = line['fault'] === 'network' ? line['errorType'] : undefined;
  return view;
}

/** Corpus keys that repeat the input or name the whole record. */
const NOT_FIELDS = new Set(['type', 'tracing.value', 'record']);

function checkPlatform(message: string, expected: Readonly<Record<string, unknown>>): void {
  const result = parsePlatformLine(message);
  if (!result.ok) throw new Error(`not parsed: ${result.reason}`);
  const view = corpusView(result);
  for (const [key, value] of Object.entries(expected)) {
    if (NOT_FIELDS.has(key)) continue;
    // An empty error type is read as absent.
    expect(view[key] ?? null, key).toEqual(value === '' ? null : value);
  }
}

const APP_KINDS = /^(node\.|python\.|powertools|alc\.|emf)/;

for (const [file, lines] of corpusFiles()) {
  describe(`corpus: ${file}`, () => {
    test.each(lines.map((line, index) => [index, line.kind, line] as const))('%i %s', (_index, kind, line) => {
      const { message, expect: expected } = line;
      if (file === 'xray' || file === 'related') {
        expect(parsePlatformLine(message)).toEqual({ ok: false, reason: 'not-platform' });
      } else if (expected['parsed'] === false || expected['isPlatform'] === false) {
        expect(parsePlatformLine(message)).toMatchObject({ ok: false, reason: 'not-platform' });
      } else if (expected['containsPlatform'] !== undefined) {
        expect(parsePlatformLine(message)).toEqual({ ok: false, reason: 'not-platform' });
        checkPlatform(message.slice(gluedRecordAt(message)), { requestId: expected['requestId'] });
      } else if (kind === 'telemetry.report' && expected['requestId'] === undefined) {
        // Lambda always writes a request id. Without it, the line may as well come from an application.
        expect(parsePlatformLine(message).ok).toBe(false);
      } else if (APP_KINDS.test(kind)) {
        expect(parsePlatformLine(message).ok).toBe(false);
        expect(describeAppLine(message)).toMatchObject(expected);
      } else {
        checkPlatform(message, expected);
      }
    });
  });
}
