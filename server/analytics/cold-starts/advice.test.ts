/** Advice on cold starts. */
import { expect, test } from 'vitest';
import type { ColdStartEvidence } from './advice.ts';
import { adviseColdStarts } from './advice.ts';

/** 40 cold starts that callers waited for, most because no warm environment was free; init takes 1.5 s. */
const EVIDENCE: ColdStartEvidence = {
  coldStarts: 50,
  byCause: [
    { cause: 'scale-out', n: 10 },
    { cause: 'idle-expiry', n: 14 },
    { cause: 'recycle', n: 6 },
    { cause: 'deploy', n: 10 },
    { cause: 'proactive', n: 10 },
  ],
  kinds: ['on-demand'],
  feltHigh: 0.05,
  initMs: 1500,
  runtime: 'python3.13',
  packageType: null,
  ephemeralStorageMb: null,
  snapStart: null,
  provisionedConcurrency: null,
};
const codeOf = (given: Partial<ColdStartEvidence>) => {
  const { advice, reason } = adviseColdStarts({ ...EVIDENCE, ...given });
  return advice?.code ?? `none: ${reason?.code}`;
};
const only = (cause: ColdStartEvidence['byCause'][number]['cause'], n = 10) => ({ byCause: [{ cause, n }] });

test('states the share of the cold starts that callers waited for', () => {
  // Proactive inits are not waited for: 30 of 40 are for want of a warm environment.
  expect(adviseColdStarts(EVIDENCE)).toEqual({
    advice: { code: 'snap-start', parameters: { share: 0.75, n: 40, initMs: 1500, runtime: 'python3.13' } },
    reason: null,
  });
});

test.each([
  ['fix-failures', only('crash')],
  ['shorten-init-timeout', only('init-timeout')],
  ['quieter-releases', only('deploy')],
  ['none: runtime-patches', only('runtime-patch')],
  ['none: restores', only('snap-start')],
  ['none: unknown-causes', only('unknown')],
  ['none: not-felt', only('proactive')],
  ['none: not-felt', only('provisioned')],
  ['none: no-cold-starts', { coldStarts: 0, byCause: [] }],
  ['none: few-attributed', { byCause: [] }],
  ['none: few-attributed', only('crash', 9)],
  ['none: rare', { feltHigh: 0.00099 }],
  ['snap-start', { feltHigh: null }],
  ['provisioned', { kinds: ['on-demand', 'provisioned'] }],
  ['provisioned', { provisionedConcurrency: 2 }],
  ['none: init-unknown', { initMs: null }],
  ['none: init-short', { initMs: 99 }],
  ['shorten-init', { initMs: 100 }],
  ['shorten-init', { initMs: 999 }],
  ['snap-start', { initMs: 1000, ephemeralStorageMb: 512, packageType: 'Zip', snapStart: false }],
] satisfies readonly (readonly [string, Partial<ColdStartEvidence>])[])('%s: %j', (code, given) => {
  expect(codeOf(given)).toBe(code);
});

// https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html, "Supported features and limitations".
test.each(['java11', 'java17', 'java21', 'java17.al2023', 'python3.12', 'python3.13', 'dotnet8', 'dotnet10'])(
  'SnapStart supports %s',
  (runtime) => expect(codeOf({ runtime })).toBe('snap-start'),
);

test.each([
  { runtime: 'python3.11' },
  { runtime: 'java8.al2' },
  { runtime: 'dotnet6' },
  { runtime: 'dotnetcore3.1' },
  { runtime: 'nodejs22.x' },
  { runtime: 'provided.al2023' },
  { runtime: null },
  { packageType: 'Image' },
  { ephemeralStorageMb: 513 },
  { snapStart: true },
  { kinds: ['on-demand', 'snap-start'] as const },
  { kinds: ['on-demand', 'managed-instance'] as const },
])('SnapStart is not advised for %j', (given) => expect(codeOf(given)).toBe('shorten-init'));
