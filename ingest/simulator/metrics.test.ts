/** Metrics of simulated requests, worked out by hand. */
import { expect, test } from 'vitest';
import { readMetric } from '../documents/metric-stream.ts';
import { MINUTE_MS } from '../records/time.ts';
import { metricLines } from './metrics.ts';

const request = (arrivalMs: number, endMs: number, failed = false) => ({ requestId: 'r', arrivalMs, endMs, failed });

test('invocations count in the minute in which they begin, and the peak has refused requests', () => {
  const lines = metricLines(
    'f',
    // One over the end of the first minute, beside two of the second; the last ends when another begins.
    [
      request(0, 61_000),
      request(60_000, 60_500, true),
      request(60_200, 60_400),
      request(200_000, 201_000),
      request(201_000, 202_000),
    ],
    0,
    5 * MINUTE_MS,
  );
  const found = lines.map((line) => {
    const { metric_name, timestamp, value } = JSON.parse(line) as {
      metric_name: string;
      timestamp: number;
      value: { sum: number; count: number };
    };
    return `${timestamp / MINUTE_MS} ${metric_name} ${value.sum} of ${value.count}`;
  });
  expect(found).toEqual([
    '0 Invocations 1 of 1',
    '0 Errors 0 of 1',
    '0 ConcurrentExecutions 1 of 1',
    '1 Invocations 2 of 2',
    '1 Errors 1 of 2',
    '1 ConcurrentExecutions 3 of 1',
    '1 Throttles 2 of 4',
    '3 Invocations 2 of 2',
    '3 Errors 0 of 2',
    '3 ConcurrentExecutions 1 of 1',
  ]);
});

test('each line is read as a metric of the function', () => {
  const startMs = Date.UTC(2026, 10, 20, 10);
  for (const line of metricLines('f', [request(startMs, startMs + 10)], startMs, startMs + MINUTE_MS)) {
    const result = readMetric(JSON.parse(line) as Record<string, unknown>);
    expect(result).toMatchObject({
      ok: true,
      records: [{ kind: 'metric-statistics', namespace: 'AWS/Lambda', dimensions: [['FunctionName', 'f']], startMs }],
    });
  }
});

test('a function that runs twice at a time at most is never refused', () => {
  const lines = metricLines('f', [request(0, 100), request(50, 200)], 0, MINUTE_MS);
  expect(lines.some((line) => line.includes('Throttles'))).toBe(false);
});

test('a function without requests has no points', () => {
  expect(metricLines('f', [], 0, MINUTE_MS)).toEqual([]);
});
