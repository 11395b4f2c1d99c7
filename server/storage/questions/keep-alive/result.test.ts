import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { NewestInvocation } from '../newest-invocations/types.ts';
import { keepAliveOf } from './result.ts';

const run = (environmentId: number, minute: number, waitedMs = 0): NewestInvocation => ({
  environmentId,
  seriesId: 1,
  startMs: minute * MINUTE_MS,
  arrivedMs: minute * MINUTE_MS - waitedMs,
  endMs: minute * MINUTE_MS + 1000,
  billedMs: 1000,
  status: 0,
  waitedMs,
});

test('environments that no request waited for are no part of the curve', () => {
  // Environment 1 is provisioned: kept for an hour between requests. Environment 2 was started for a request at :30 and is
  // reused at :33; environment 3, started at :50, shows that 2 was terminated by then, 17 minutes after it became idle.
  const invocations = [run(1, 60), run(3, 50, 200), run(2, 33), run(2, 30, 200), run(1, 0)];
  const found = keepAliveOf({ invocations, truncated: false }, new Map(), 1);
  expect(found).toMatchObject({ n: 2, deaths: 1, environments: 3, invocations: 5, elsewhere: 2 });
});
