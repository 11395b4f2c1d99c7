/** Output of `thermocline report`: within 100 columns and without terminal escape sequences. */

import { expect, test } from 'vitest';
import type * as z from 'zod';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { memoryAnswer } from '../../http/contract/memory.ts';
import { render } from './report.ts';

const answer: z.infer<typeof memoryAnswer> = {
  range: { from: '2026-11-06T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z', bucketMs: HOUR_MS },
  currentMb: 1024,
  finding: 'over-provisioned',
  reasons: ['At most 84 MB were used; with 25 % headroom that is 128 MB.'],
  observed: [
    {
      memorySizeMb: 512,
      n: 868,
      environments: 30,
      meanBilledMs: 259.1,
      failedShare: 0,
      durationMs: { p50: 250.2, p95: 371, p99: 440, n: 868 },
      maxMemoryUsedMb: 84,
      costPerMillionUsd: 2.36,
      interval: { low: 2.31, high: 2.41 },
      intervalReason: null,
      enough: true,
      sampled: false,
    },
    {
      memorySizeMb: 1024,
      n: 12,
      environments: 1,
      meanBilledMs: 189.4,
      failedShare: 0,
      durationMs: { p50: 180.2, p95: 271, p99: 300, n: 12 },
      maxMemoryUsedMb: null,
      costPerMillionUsd: 3.36,
      interval: null,
      intervalReason: '1 environment in 1 hour: 4 hours are required to know how much they differ.',
      enough: false,
      sampled: false,
    },
  ],
  model: { kind: 'capped', fixedMs: 119.5, cpuMs: 40.2, looError: 0.021, remoteMs: null },
  floorMb: 128,
  floorReason: 'At most 84 MB were used.',
  candidates: [
    {
      memoryMb: 512,
      durationMs: 259.1,
      costPerMillionUsd: 2.36,
      interval: { low: 2.31, high: 2.41 },
      basis: 'observed',
      exclusion: null,
    },
    {
      memoryMb: 768,
      durationMs: 212,
      costPerMillionUsd: 2.85,
      interval: { low: 2.5, high: 3.2 },
      basis: 'fitted',
      exclusion: null,
    },
    {
      memoryMb: 1024,
      durationMs: 189.4,
      costPerMillionUsd: 3.36,
      interval: { low: 3.3, high: 3.4 },
      basis: 'observed',
      exclusion: null,
    },
  ],
  recommendation: {
    strategy: 'cheapest',
    memoryMb: 512,
    pSaving: 1,
    monthlySavingUsd: { value: 1, low: 0.92, high: 1.08 },
    latencyChange: { value: 0.368, low: 0.33, high: 0.41 },
    costChange: { value: -0.5, low: -0.6, high: -0.4 },
  },
  tuning: [],
  leak: { mbPer1k: 0, interval: { low: 0, high: 0 }, environments: 30, invocationsToLimit: null, leaking: false },
  leakReason: null,
  billedInitMs: 0,
  invocationsPerMonth: 1_000_000,
  successesPerMonth: 1_000_000,
  priceAssumptions: [],
  priceAssumed: true,
  powerTuningUrl: 'https://lambda-power-tuning.show/#AAI=;AAA=;AAA=',
  powerTuningInput: null,
};

test('prints a recommendation', () => {
  const text = render('checkout', answer);
  const lines = text.split('\n');
  expect(lines[0]).toBe('checkout: over provisioned');
  expect(text).toContain('512 MB  868    30  259 ms');
  expect(text).toContain('$2.36 ($2.31-$2.41)');
  expect(text).toMatch(/1024 MB .* now, too few samples\n/);
  expect(text).toContain('Recommended: 512 MB (cheapest).');
  expect(text).toContain('Saves $1.00 a month at 1,000,000 invocations (95 %: $0.92 to $1.08); P(saving) 1.00.');
  expect(text).toContain('37 % slower (95 %: +33 % to +41 %).');
  expect(text).toContain('leave-one-out error 2.1 %');
  expect(text).toMatch(/768 MB +\$2.85 █+─+ +fitted\n/);
  expect(text).toContain('Prices: standard x86 rate, because region or architecture is unknown.');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(110);
});

test('says what the prices assume, and which Power Tuning results count', () => {
  const long = 'The cost of a function is that of its requests and billed duration; ephemeral storage is priced apart';
  const run = { id: 'a1', importedAt: '2026-11-20T08:00:00.000Z', startedAt: null, invocations: 50, coldStarts: false };
  const text = render('f', {
    ...answer,
    priceAssumptions: ['AWS list prices as read from 2026', long],
    tuning: [
      { ...run, chosenMb: 512, points: [], refusal: null },
      { ...run, id: 'b2', startedAt: '2026-11-18T08:00:00.000Z', chosenMb: 512, points: [], refusal: 'Too old.' },
    ],
    candidates: [
      { memoryMb: 2048, durationMs: 9, costPerMillionUsd: 1, interval: null, basis: 'tested', exclusion: null },
    ],
  });
  expect(text).toContain('What the prices assume\n  AWS list prices as read from 2026.\n');
  expect(text.replaceAll(/\n +/g, ' ')).toContain(`${long}.`);
  expect(text).toContain('  a1 (imported 2026-11-20): taken into account\n  b2 (2026-11-18): Too old.\n');
  expect(text).toMatch(/2048 MB .*tested by Power Tuning, spread not known\n/);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
});

test('bars begin at zero: twice the cost is twice the bar', () => {
  const [candidate] = answer.candidates;
  if (candidate === undefined) throw new Error('no candidate');
  const cost = (memoryMb: number, usd: number) => ({
    ...candidate,
    memoryMb,
    costPerMillionUsd: usd,
    interval: { low: usd, high: usd },
  });
  const text = render('f', { ...answer, candidates: [cost(128, 2), cost(256, 4)] });
  const bars = [...text.matchAll(/█+/g)].map((match) => match[0].length);
  expect(bars).toEqual([20, 40]);
});

test('reports insufficient data, and strips escape sequences from log text', () => {
  const text = render('evil\u001b[2J\u202e', {
    ...answer,
    finding: 'insufficient-data',
    reasons: ['0 warm\u001b]0;title\u0007 invocations'],
    observed: [],
    candidates: [],
    model: null,
    recommendation: null,
    floorMb: null,
    floorReason: null,
    powerTuningUrl: null,
    powerTuningInput: { lambdaARN: 'arn:aws:lambda:eu-west-1:1:function:f\u001b', powerValues: [512] },
  });
  expect(text).toMatch(/insufficient data/);
  expect(text).toContain('Input for AWS Lambda Power Tuning, to confirm by measurement:');
  expect([...text].filter((char) => char !== '\n' && (char < ' ' || char === '\u202e'))).toEqual([]);
});
