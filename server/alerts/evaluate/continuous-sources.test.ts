import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { isContinuous } from './continuous-sources.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const source = (kind: string, seenForMs: number) => ({
  kind,
  name: 'a',
  firstSeenMs: NOW_MS - seenForMs,
  lastSeenMs: NOW_MS,
  lastDataMs: NOW_MS,
  requests: 1,
  events: 1,
  rejected: 0,
  lagMs: { p50: null, p95: null, p99: null, n: 0 },
});

test.each([
  ['firehose', 0, true],
  ['lambda', 0, true],
  ['logs', 0, false],
  ['logs', HOUR_MS - 1, false],
  ['logs', HOUR_MS, true],
  ['pull', HOUR_MS - 1, false],
  ['pull', HOUR_MS, true],
  ['import', 30 * HOUR_MS, false],
  ['demo', 30 * HOUR_MS, false],
  ['replay', 30 * HOUR_MS, false],
  ['traces', 30 * HOUR_MS, false],
  ['inventory', 30 * HOUR_MS, false],
])('%s, seen for %d ms: %s', (kind, seenForMs, expected) => {
  expect(isContinuous(source(kind, seenForMs))).toBe(expected);
});
