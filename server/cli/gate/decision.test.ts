/** Decisions of the gate, worked out by hand. */
import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import type { CompareAnswer } from '../../http/contract/compare.ts';
import { decide, EXIT_CODES } from './decision.ts';
import type { Limit } from './limits.ts';
import { readLimit } from './limits.ts';

type Difference = CompareAnswer['differences'][number];

/** p95 of 100 ms that became 120: +20 %, between +15 % and +25 %. */
const slower: Difference = {
  metric: 'p95',
  unit: 'ms',
  before: 100,
  after: 120,
  change: 0.2,
  low: 0.15,
  high: 0.25,
  p: 0.001,
  verdict: 'worse',
  reason: null,
};
const limit = (text: string) => readLimit(text);
const outcome = (change: Partial<Difference>, most: string) =>
  decide([{ ...slower, ...change }], limit(`p95=${most}`)).outcome;

test.each<readonly [string, Partial<Difference>, string, string]>([
  ['significantly worse by more than the limit', {}, '10%', 'worse'],
  ['significantly worse, within the limit', {}, '30%', 'fine'],
  ['at the limit the interval may end', {}, '25%', 'fine'],
  // By 20 % of 20 %, but it may be 25 %.
  ['worse by what the limit allows, perhaps by more', {}, '20%', 'open'],
  [
    'chance does not exclude more than the limit',
    { verdict: 'no-evidence', change: 0.02, low: -0.1, high: 0.14 },
    '10%',
    'open',
  ],
  [
    'chance excludes more than the limit',
    { verdict: 'no-evidence', change: 0.02, low: -0.1, high: 0.08 },
    '10%',
    'fine',
  ],
  [
    'a difference that may be chance is never worse',
    { verdict: 'no-evidence', change: 0.5, low: -0.1, high: 1.1 },
    '10%',
    'open',
  ],
  ['better', { verdict: 'improved', change: -0.2, low: -0.3, high: null }, '0%', 'fine'],
  ['too little data', { verdict: 'insufficient-data', change: null, low: null, high: null }, '10%', 'open'],
  ['no upper bound', { verdict: 'no-evidence', high: null }, '10%', 'open'],
])('%s', (_, change, most, expected) => {
  expect(outcome(change, most)).toBe(expected);
});

test('one metric that is worse decides; one that is open leaves the rest open', () => {
  const cost: Difference = { ...slower, metric: 'costPer1k', unit: 'USD', verdict: 'improved' };
  const limits = readLimit('cost=0%', readLimit('p95=10%'));
  expect(decide([slower, cost], limits).outcome).toBe('worse');
  expect(decide([{ ...slower, verdict: 'insufficient-data' }, cost], limits).outcome).toBe('open');
  expect(decide([{ ...slower, verdict: 'improved' }, cost], limits).outcome).toBe('fine');
  expect(decide([cost], limits)).toMatchObject({
    outcome: 'open',
    checks: [{ metric: 'p95', outcome: 'open', reason: 'The server compared no such metric.' }, { outcome: 'fine' }],
  });
  expect(decide([slower], []).outcome).toBe('open');
});

test('exit codes are those of the help', () => {
  expect(EXIT_CODES).toEqual({ fine: 0, worse: 1, open: 2 });
});

test('limits are read by the names of the help', () => {
  const all = ['p50=1%', 'p95=20%', 'p99=0%', 'init=2.5%', 'errors=0.5 %', 'cold-start=3%', 'cost=10%'];
  const limits = all.reduce<readonly Limit[]>((before, text) => readLimit(text, before), []);
  expect(limits.map(({ metric, most }) => [metric, most])).toEqual([
    ['p50', 0.01],
    ['p95', 0.2],
    ['p99', 0],
    ['initP50', 0.025],
    ['errorRate', 0.005],
    ['coldStartRate', 0.03],
    ['costPer1k', 0.1],
  ]);
});

test.each([
  ['p95', 'expected a percentage such as 20%'],
  ['p95=20', 'expected a percentage such as 20%'],
  ['p95=-5%', 'expected a percentage such as 20%'],
  ['p95=1e3%', 'expected a percentage such as 20%'],
  ['toString=1%', 'expected METRIC=PERCENT with one of p50, p95'],
  ['', 'expected METRIC=PERCENT'],
])('%j is no limit', (text, message) => {
  expect(() => readLimit(text)).toThrow(InvalidArgumentError);
  expect(() => readLimit(text)).toThrow(message);
});

test('a metric has one limit', () => {
  expect(() => readLimit('p95=1%', readLimit('p95=2%'))).toThrow('p95 has two limits');
});
