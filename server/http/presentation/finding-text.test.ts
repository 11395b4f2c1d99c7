/** Pages write findings in other languages from the same code and parameters: their English is the sentence of the API. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { findingText, groupText, nextText } from '../../../web/i18n/finding-texts.ts';
import type { FindingCode } from '../contract/findings.ts';
import { FINDING_CODES } from '../contract/findings.ts';
import type { FindingText, GroupParameters } from './finding-text.ts';
import { findingSentence, groupSentence, NEXT_STEPS } from './finding-text.ts';

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
/** Names of functions and of hostile senders. */
const name = fc.oneof(fc.constantFrom('checkout', '{name}', "it's <b>{n, plural}</b> #"), fc.string({ minLength: 1 }));
const n = fc.oneof(fc.constantFrom(0, 1, 2), fc.nat({ max: 3_000_000_000 }));
const many = fc.integer({ min: 1, max: 3_000_000_000 });
const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const change = fc.oneof(
  fc.constantFrom(0, 0.004, -0.004, 0.005, -0.005),
  fc.double({ min: -0.99, max: 5, noNaN: true }),
);
const day = fc.constantFrom('2026-04-30', '2027-01-01');
const time = fc.double({ min: 0, max: 1e9, noNaN: true });
const runtime = fc.constantFrom('nodejs20.x', 'python3.9', 'dotnet6, java8');

const rate = { rate: some(ratio), low: some(ratio), high: some(ratio), n, blocks: some(fc.nat({ max: 500 })) };
const share = { name, count: many, of: some(n) };
const growing = { name, firstMs: time, lastMs: time, parts: fc.nat({ max: 60 }), p: ratio, n };
const supported = { name, runtime, deprecation: day, blockUpdate: some(day) };
const costs = {
  costChange: change,
  costChangeLow: some(change),
  costChangeHigh: some(change),
  latencyChange: some(change),
};
const sizes = {
  name,
  currentMb: fc.integer({ min: 128, max: 10_240 }),
  memoryMb: fc.integer({ min: 128, max: 10_240 }),
};
const memory = fc.oneof(
  fc.record({ ...sizes, ...costs, reason: fc.constant(null) }),
  fc.record({
    ...{ ...sizes, costChange: fc.constant(null), costChangeLow: fc.constant(null), costChangeHigh: fc.constant(null) },
    ...{ latencyChange: fc.constant(null), reason: fc.constantFrom('2 invocations ran out of memory.', '') },
  }),
);

const PARAMETERS: Readonly<Record<FindingCode, fc.Arbitrary<object>>> = {
  'out-of-memory': fc.record({ name, failed: n, invocations: n }),
  timeouts: fc.record({ name, failed: n, invocations: n }),
  errors: fc.record({ name, ...rate, isLowerBound: fc.boolean() }),
  'cold-starts': fc.record({ name, ...rate, waitedSeconds: time }),
  'runtime-update-blocked': fc.record(supported),
  'runtime-deprecated': fc.record(supported),
  'runtime-ending': fc.record(supported),
  'memory-too-small': memory,
  'memory-saving': memory,
  throttles: fc.record({ ...share, peakConcurrency: some(n) }),
  'provisioned-concurrency': fc.record(share),
  'dropped-events': fc.record(share),
  'dead-letters': fc.record(share),
  destinations: fc.record(share),
  'iterator-age': fc.record(growing),
  'async-event-age': fc.record(growing),
};

const group: fc.Arbitrary<GroupParameters> = fc.record({
  functions: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 4000 })),
  name,
  affected: some(n),
  isLowerBound: fc.boolean(),
  invocations: some(n),
  waitedSeconds: some(time),
  runtimes: runtime,
  deprecation: some(day),
  monthlySavingUsd: some(time),
  currentMb: sizes.currentMb,
  memoryMb: sizes.memoryMb,
  latencyChange: some(change),
});

describe.each(FINDING_CODES)('%s', (code) => {
  test('the sentence of one function', () => {
    law(
      fc.property(PARAMETERS[code], (parameters) => {
        const found = { code, parameters } as FindingText;
        expect(findingText(code, found.parameters)).toBe(findingSentence(found));
      }),
    );
  });

  test('the sentence of a group, and the next step', () => {
    law(
      fc.property(group, (parameters) => {
        expect(groupText(code, parameters)).toBe(groupSentence(code, parameters));
        expect(nextText(code, { name: parameters.name })).toBe(NEXT_STEPS[code].sentence(parameters.name));
      }),
    );
  });
});
