/** What else may differ between two sizes. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { ask, evidence } from '../../../test/support/size-evidence.ts';
import { confounders } from './confounders.ts';
import type { SizeEvidence } from './samples.ts';

const TRUTH = { fixedMs: 200, cpuMs: 1, usedMb: 80 };

/** Gives the environments of a size the tenants in turn. */
function serving(size: SizeEvidence, tenants: readonly (string | null)[]): SizeEvidence {
  const environments = size.environments.map((one, at) => ({ ...one, tenant: tenants[at % tenants.length] ?? null }));
  return { ...size, environments };
}

describe('tenants', () => {
  const random = new Random(71);
  const small = evidence(random, TRUTH, 512);
  const large = evidence(random, TRUTH, 1024);

  test.each([
    // 25 environments with the same number of invocations each.
    [['a'], ['b'], '0 %'],
    [['a'], [null], '0 %'],
    [['a', 'b', 'b', 'b', 'b'], ['a', 'c', 'c', 'c', 'c'], '20 %'],
    [['a', 'b', 'c', 'd', 'e'], ['e', 'f', 'g', 'a', 'h'], '40 %'],
  ])('%j and %j are not compared', (one, other, share) => {
    const sizes = [serving(small, one), serving(large, other)] as const;
    expect(confounders(sizes[0], sizes[1], 'nodejs22.x')).toEqual([
      `The tenants differ: the sizes served the same ones in ${share} of their invocations.`,
    ]);
    expect(ask(random, sizes, 1024, 90).recommendation).toBeNull();
  });

  test.each([
    [[null], [null]],
    [['a'], ['a']],
    [
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c', 'f', 'g'],
    ],
  ])('%j and %j are', (one, other) => {
    const sizes = [serving(small, one), serving(large, other)] as const;
    expect(confounders(sizes[0], sizes[1], 'nodejs22.x')).toEqual([]);
    expect(ask(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(512);
  });
});
