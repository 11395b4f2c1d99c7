import { expect, test } from 'vitest';
import { supportOf } from '../../analytics/runtimes/support.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';
import { findingsOf } from './findings.ts';

function runtimeFinding(runtime: string, day: string): string | undefined {
  const support = supportOf({ runtime, runtimeVersion: null }, Date.parse(day));
  return findingsOf([{ id: 'a:r:f', name: 'f', counts: { ...noCounts(), n: 5 }, runtime, support }])[0]?.sentence;
}

test('a runtime past or near its deprecation is a finding', () => {
  expect(runtimeFinding('nodejs22.x', '2026-11-28')).toBe(
    'f: nodejs22.x is deprecated on 2027-04-30: no security updates after that day; its code can be updated until 2027-07-01',
  );
  expect(runtimeFinding('nodejs20.x', '2026-11-28')).toBe(
    'f: nodejs20.x has been deprecated since 2026-04-30: it gets no security updates; its code can be updated until 2027-03-03',
  );
  expect(runtimeFinding('nodejs12.x', '2026-11-28')).toBe(
    'f: nodejs12.x has been deprecated since 2023-03-31: it gets no security updates; its code cannot be updated since 2023-04-30',
  );
  expect(runtimeFinding('dotnet9', '2026-11-28')).toBe(
    'f: dotnet9 has been deprecated since 2026-11-10: it gets no security updates',
  );
  expect(runtimeFinding('python3.13', '2026-11-28')).toBeUndefined();
});
