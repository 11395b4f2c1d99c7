import { expect, test } from 'vitest';
import { changeEffect } from './change-effect.ts';
import { changeLabel } from './change-label.ts';

type Compared = Parameters<typeof changeEffect>[0][number];

const ms = (metric: Compared['metric'], change: number | null, p: number, verdict: Compared['verdict']): Compared => ({
  ...{ metric, unit: 'ms', change, p, verdict },
});
const P95_SAME = ms('p95', 0.15, 0.19, 'no-evidence');
const COST: Compared = { metric: 'costPer1k', unit: 'USD', change: -0.08, p: 0.001, verdict: 'improved' };

const JUDGED = { reason: null, hours: null };

test('names what changed, and p95 and cost always', () => {
  const p50 = ms('p50', 0.02, 0.6, 'no-evidence');
  expect(changeEffect([p50, P95_SAME, COST], 'improved', JUDGED)).toBe(
    'p95 unchanged (+15 %, not significant), cost −8.0 %',
  );
});

test('every metric that changed is named; shares change by points', () => {
  const errors: Compared = { metric: 'errorRate', unit: 'ratio', change: 0.012, p: 0.01, verdict: 'worse' };
  const starts: Compared = { metric: 'coldStartRate', unit: 'ratio', change: -0.03, p: 0.01, verdict: 'improved' };
  const all = [COST, starts, errors, ms('initP50', 0.3, 0.01, 'worse'), ms('p99', 1.5, 0.01, 'worse'), P95_SAME];
  expect(changeEffect(all, 'worse', JUDGED)).toBe(
    'p95 unchanged (+15 %, not significant), p99 +150 %, errors +1.2 points, cold starts −3.0 points, init +30 %, cost −8.0 %',
  );
});

test('a significant change below five percent is too little to matter; none is none', () => {
  const cost: Compared = { ...COST, change: 0, p: 1, verdict: 'no-evidence' };
  expect(changeEffect([ms('p95', 0.03, 0.01, 'no-evidence'), cost], 'no-evidence', JUDGED)).toBe(
    'p95 unchanged (+3.0 %, too little to matter), cost unchanged',
  );
});

test('what cannot be compared says so', () => {
  const p95 = ms('p95', null, 1, 'insufficient-data');
  expect(changeEffect([p95, COST], 'improved', JUDGED)).toBe('p95: not enough data, cost −8.0 %');
  expect(
    changeEffect([p95, { ...COST, change: null, verdict: 'insufficient-data' }], 'insufficient-data', JUDGED),
  ).toBe('Not enough data yet, because too few invocations ran before or after it');
  const early = { reason: 'Not yet: only 1 of the 3 required hours …', hours: { compared: 1, required: 3 } };
  expect(changeEffect([], 'insufficient-data', early)).toBe('Not enough data yet: 1 of 3 comparable hours');
  const nothing = { reason: 'Nothing ran before the change.', hours: null };
  expect(changeEffect([], 'insufficient-data', nothing)).toBe(
    'Not enough data yet, because nothing ran before the change',
  );
});

test('a change is named by what it changed', () => {
  const kinds = ['version', 'memory', 'architecture', 'runtime-patch'];
  const before = { version: '42', memoryMb: 1024, architecture: 'x86_64' };
  const after = { version: '43', memoryMb: 512, architecture: 'arm64' };
  expect(changeLabel({ kinds, before, after })).toBe('version 43, memory 1024 → 512 MB, x86_64 → arm64, runtime patch');
  expect(changeLabel({ kinds: ['memory'], before: {}, after: { memoryMb: 128 } })).toBe('memory ? → 128 MB');
});
