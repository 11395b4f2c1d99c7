/** Failures of a function, of evidence that was made up. */
import { expect, test } from 'vitest';
import { NOON, workedFunction } from '../../../test/support/worked-rows.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';
import { failureReport } from './failure-report.ts';

test('retries beside the advice on the timeout', () => {
  const causes = { byCause: [], window: null, doomLoops: [], platformMs: null, byExtensions: [] };
  const found = {
    range: { fromMs: NOON - 86_400, toMs: NOON, widthMs: 1 },
    counts: { ...noCounts(), n: 5000, timeouts: 1, failed_billed_ms: 120_000 },
    ...{ usage: [], buckets: [], errorTypes: [], timedOutMs: [], initFailures: [], unusedInits: [], examples: [] },
    durationMs: { p50: 100, p95: 150, p99: 200, n: 5000, p999: 400 },
    requests: [{ requestId: 'a', lastMs: 0, attempts: 2, failed: 1, errorType: null }],
    ...{ truncated: false, suspectedOutOfMemory: 0, causes },
  };
  const { body } = failureReport(found as never, [], workedFunction.identity, { plans: [], tier: 1, logTier: 1 });
  expect(body).toMatchObject({
    invocations: 5000,
    failures: 1,
    byStatus: [{ status: 'timeout', n: 1 }],
    retries: { requests: 1, retried: 1, recovered: 1 },
    // Nobody declared it, and no attempt timed out at it.
    timeout: { timeoutMs: null, source: null, p999Ms: 400 },
    cost: { failedMinutes: 2 },
  });
});
