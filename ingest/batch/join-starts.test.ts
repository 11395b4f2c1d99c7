import { expect, test } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import type { OpenStart } from './invocation-table.ts';
import { joinStarts } from './join-starts.ts';
import type { OpenReport } from './open-stream.ts';

const startAt = (startMs: number, version = '1'): OpenStart => ({
  line: { kind: 'start', requestId: 'r', version, tenantId: null, functionArn: null, trace: null },
  startMs,
});

function joined(starts: OpenStart[], reports: OpenReport[]) {
  const byId = new Map([['r', starts]]);
  const pairs: [row: number, startMs: number, version: string | null][] = [];
  joinStarts({ starts: byId, reports }, (row, { startMs, line }) => {
    pairs.push([row, startMs, line.version]);
  });
  return { pairs, left: byId.get('r')?.map(({ startMs }) => startMs) ?? [] };
}

test('each REPORT has the latest START that fits, whatever their order', () => {
  const reports = [
    { requestId: 'r', row: 0, endMs: 200_100, durationMs: 100 },
    { requestId: 'r', row: 1, endMs: 100_100, durationMs: 100 },
  ];
  // The START at 300 s is of a REPORT that is still to come; 45 s and its duration before a REPORT ends, none is its own.
  expect(joined([startAt(300_000), startAt(200_000), startAt(100_000), startAt(55_000)], reports)).toEqual({
    pairs: [
      [1, 100_000, '1'],
      [0, 200_000, '1'],
    ],
    left: [55_000, 300_000],
  });
});

test('of two STARTs of one time, the later line', () => {
  expect(
    joined([startAt(1000, 'first'), startAt(1000, 'second')], [{ requestId: 'r', row: 0, endMs: 1001, durationMs: 1 }]),
  ).toEqual({
    pairs: [[0, 1000, 'second']],
    left: [1000],
  });
});

test('STARTs and REPORTs of one request that never fit cost no more than their number', () => {
  const never = (n: number) => (): unknown =>
    joined(
      Array.from({ length: n }, () => startAt(1000)),
      Array.from({ length: n }, (_, row) => ({ requestId: 'r', row, endMs: 1_000_000, durationMs: 1 })),
    );
  // Sixteen times the lines: 16 times the work, or 256 times if each REPORT examines each START.
  expect(leastCpuRatio(never(16_000), never(1000), 48)).toBeLessThan(48);
});
