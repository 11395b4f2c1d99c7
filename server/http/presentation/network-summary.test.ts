/** Sentences about the latency of a VPC. Expected texts follow from the definitions of the interval's two ends. */
import { expect, test } from 'vitest';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { networkReason, networkSummary } from './network-summary.ts';

const side = { functions: 2, coldStarts: 25, medianMs: 100 };
const compared = (value: number, low: number, high: number) =>
  ({ latency: { value, low, high }, placement: null, inside: side, outside: side }) as never;
const evidence = { vpc: true, era: null, comparison: null, own: 40, unmatched: 0, cohortProblem: null };

test('a latency is claimed only if its interval is above zero', () => {
  expect(networkSummary({ ...evidence, comparison: compared(250, 120, 380) }).text).toBe(
    'The VPC makes cold starts of functions like this 250 ms longer (95 % interval 120 ms to 380 ms).',
  );
  expect(networkSummary({ ...evidence, comparison: compared(50, 0, 380) }).text).toBe(
    'No evidence that the VPC makes cold starts longer: at most 380 ms.',
  );
  expect(networkSummary({ ...evidence, comparison: compared(-50, -120, 0) }).text).toBe(
    'No evidence that the VPC makes cold starts longer: at most 0 ms.',
  );
  expect(networkSummary({ ...evidence, comparison: compared(-50, -120, -10) }).text).toBe(
    'Functions like this start sooner in the VPC than outside of one: something other than the network differs.',
  );
});

test('without a latency the sentence says what is known', () => {
  expect(networkSummary({ ...evidence, vpc: false }).text).toBe(
    'The function is not in a VPC: no network interface adds latency.',
  );
  expect(networkSummary({ ...evidence, vpc: null }).text).toBe(
    'It is unknown whether the VPC makes cold starts longer.',
  );
  expect(networkSummary({ ...evidence, era: 'per-environment' }).text).toBe(
    'Environments waited for a network interface of their own, as until autumn 2019.',
  );
});

test('what is missing is named, the first step first', () => {
  expect(networkReason({ ...evidence, own: 0 })?.text).toBe(
    'Not observable in logs: REPORT begins after the network is attached. Enable active tracing (X-Ray).',
  );
  expect(networkReason({ ...evidence, own: 0, unmatched: 7 })?.text).toContain('(n=7). Import or fetch whole traces.');
  expect(networkReason({ ...evidence, own: 1, unmatched: 7, vpc: false })).toBeNull();
  expect(networkReason({ ...evidence, vpc: null })?.text).toBe(
    'It is not known whether the function is in a VPC. Import its configuration (thermocline inventory).',
  );
  // 30 cold starts are required (docs/methods.md).
  expect(networkReason({ ...evidence, own: 29 })?.text).toBe(
    'Insufficient data: 29 traced cold starts; 30 are required.',
  );
  expect(networkReason({ ...evidence, own: 30 })).toBeNull();
  expect(networkReason({ ...evidence, cohortProblem: reasonOf('network-none-outside') })?.code).toBe(
    'network-none-outside',
  );
  expect(networkReason({ ...evidence, comparison: compared(1, 0, 2) })).toBeNull();
  const few = { latency: null, placement: null, inside: side, outside: { ...side, functions: 1, coldStarts: 10 } };
  expect(networkReason({ ...evidence, comparison: few as never })?.text).toBe(
    'Insufficient data: of functions like this, 2 in a VPC (25 traced cold starts) and 1 outside of one (10) have traces; 3 on each side are required, each with 10 traced cold starts and together with 30. With fewer, the VPC cannot be told from the function.',
  );
});
