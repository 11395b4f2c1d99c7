/** Durations of REPORT lines in other units than Lambda's own; values by hand. */
import { expect, test } from 'vitest';
import { parsePlatformLine } from './platform-line.ts';

const report = (duration: string, billed: string): string =>
  `REPORT RequestId: 00000000-0000-4000-8000-000000000001\tDuration: ${duration}\tBilled Duration: ${billed}\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;

test.each([
  ['1234.50 ms', '1235 ms', 1234.5, 1235],
  ['1.2345 s', '1.235 s', 1234.5, 1235],
  ['1234500 us', '1235000 µs', 1234.5, 1235],
  ['1234500000 ns', '1235000000 ns', 1234.5, 1235],
  ['1234.50', '1235', 1234.5, 1235],
])('Duration: %s', (duration, billed, durationMs, billedDurationMs) => {
  const result = parsePlatformLine(report(duration, billed));
  expect(result.ok && result.line).toMatchObject({ kind: 'report', durationMs, billedDurationMs });
});

test('a unit that is not known is no duration', () => {
  expect(parsePlatformLine(report('3 parsecs', '100 ms'))).toEqual({ ok: false, reason: 'number-unreadable' });
});
