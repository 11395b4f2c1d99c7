/** What else may differ between two sizes. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { cheapestOf, evidence } from '../../../test/support/size-evidence.ts';
import { worded } from '../../../test/support/worded.ts';
import { confounders as confounderReasons, weekendsDiffer } from './confounders.ts';
import type { SizeEvidence } from './samples.ts';

const confounders = (...given: Parameters<typeof confounderReasons>) => worded(confounderReasons(...given));

const TRUTH = { fixedMs: 200, cpuMs: 1, usedMb: 80 };

/** Gives the environments of a size the tenants in turn. */
function serving(size: SizeEvidence, tenants: readonly (string | null)[]): SizeEvidence {
  const environments = size.environments.map((one, at) => ({ ...one, tenant: tenants[at % tenants.length] ?? null }));
  return { ...size, environments };
}

test('sizes that share neither enough working days nor enough weekends are not compared', () => {
  const random = new Random(72);
  const onDays = (size: SizeEvidence, days: readonly number[]): SizeEvidence => ({
    ...size,
    environments: size.environments.map((one, at) => {
      const startMs = Date.UTC(2026, 10, 2 + (days[at % days.length] ?? 0), at % 5);
      return { ...one, firstMs: startMs, hours: one.hours.map((hour) => ({ ...hour, startMs })) };
    }),
  });
  const sized = (one: readonly number[], other: readonly number[]) =>
    cheapestOf(
      random,
      [onDays(evidence(random, TRUTH, 512), one), onDays(evidence(random, TRUTH, 1024), other)],
      1024,
      90,
    );
  // Days from Monday on.
  const rejected = sized([2, 5, 6, 5, 6, 5], [0, 1]);
  expect(rejected.recommendation).toBeNull();
  expect(rejected.reasons.join(' ')).toMatch(/different days of the week/);
  expect(sized([2, 3, 4], [0, 1]).recommendation?.memoryMb).toBe(512);
  expect(sized([2, 3, 5], [0, 1, 6]).recommendation?.memoryMb).toBe(512);
});

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
    expect(cheapestOf(random, sizes, 1024, 90).recommendation).toBeNull();
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
    expect(cheapestOf(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(512);
  });
});

describe('sizes of responses', () => {
  const random = new Random(73);
  const small = evidence(random, TRUTH, 512);
  const large = evidence(random, TRUTH, 1024);
  /** A share of large responses among small ones, as two routes of one function give them. */
  const mixed = (size: SizeEvidence, share: number, n = 200): SizeEvidence => ({
    ...size,
    responseBytes: Array.from({ length: n }, (_, at) => (at < share * n ? 100_000 : 2000) + ((at * 37) % 500)),
  });

  test.each([
    ['a route with large responses became frequent', 0.1, 0.6],
    ['or rare', 0.9, 0.4],
    ['all responses are other ones', 0, 1],
  ])('%s: another mix is not compared', (_, one, other) => {
    const sizes = [mixed(small, one), mixed(large, other)] as const;
    expect(confounders(sizes[0], sizes[1], 'nodejs22.x')).toEqual([
      expect.stringMatching(/^The responses differ: [\d.,]+ \w+ on average at 512 MB, [\d.,]+ \w+ at 1024 MB, so the/),
    ]);
    const found = cheapestOf(random, sizes, 1024, 90);
    expect(found).toMatchObject({ finding: 'inconclusive', recommendation: null });
  });

  test.each([
    ['the same mix', 0.3, 0.3, 200],
    ['a mix that moved by chance', 0.3, 0.4, 200],
    ['a change of a small part of the traffic, however certain', 0.3, 0.45, 2000],
    ['too few responses to tell', 0.1, 0.9, 49],
    ['responses of unknown size', 0.1, 0.9, 0],
  ])('%s is compared', (_, one, other, n) => {
    const sizes = [mixed(small, one, n), mixed(large, other, n)] as const;
    expect(confounders(sizes[0], sizes[1], 'nodejs22.x')).toEqual([]);
    expect(cheapestOf(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(512);
  });
});

describe('routes of an API', () => {
  const random = new Random(75);
  const small = evidence(random, TRUTH, 512);
  const large = evidence(random, TRUTH, 1024);
  /** A share of requests for one route among those for another. */
  const routed = (size: SizeEvidence, share: number, n: number): SizeEvidence => ({
    ...size,
    routes: Array.from({ length: n }, (_, at) => (at < share * n ? 'POST /report' : 'GET /item')),
  });

  test.each([
    [0.1, 0.6, '50 %'],
    [0.9, 0.4, '50 %'],
    [0, 1, '100 %'],
  ])('%d and %d of the requests: another mix is not compared', (one, other, moved) => {
    const sizes = [routed(small, one, 200), routed(large, other, 200)] as const;
    expect(confounders(sizes[0], sizes[1], 'nodejs22.x')).toEqual([
      `The routes differ: ${moved} of the requests in the access log were for other routes at 1024 MB than at 512 MB.`,
    ]);
    expect(cheapestOf(random, sizes, 1024, 90)).toMatchObject({ finding: 'inconclusive', recommendation: null });
  });

  test('the lines that were read are stated where there were more', () => {
    const part = { ...routed(large, 0.6, 200), routesReadPerHour: 5000 };
    expect(confounders(routed(small, 0.1, 200), part, 'nodejs22.x')).toEqual([
      'The routes differ: 50 % of the requests in the access log were for other routes at 1024 MB than at 512 MB, in the first 5,000 lines of an access log in each hour: there were more.',
    ]);
  });

  test.each([
    ['the same mix', 0.3, 0.3, 200],
    ['a mix that moved by chance', 0.3, 0.4, 200],
    ['a change of a small part of the traffic, however certain', 0.3, 0.5, 2000],
    ['a quarter of the traffic, which is tolerated', 0.5, 0.75, 200],
    // Of 50 each, 15 and 30: 0.3 over √(2 × 0.45 × 0.55 / 50) are 3.0 standard errors, and p is above 0.001.
    ['a large move that may be chance', 0.3, 0.6, 50],
    ['too few requests to tell', 0.1, 0.9, 49],
    ['no access log', 0.1, 0.9, 0],
  ])('%s is compared', (_, one, other, n) => {
    const sizes = [routed(small, one, n), routed(large, other, n)] as const;
    expect(confounders(sizes[0], sizes[1], 'nodejs22.x')).toEqual([]);
    expect(cheapestOf(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(512);
  });
});

describe('memory that was used', () => {
  const random = new Random(74);
  const using = (usedMb: number, memoryMb: number) => evidence(random, { ...TRUTH, usedMb }, memoryMb);
  const small = using(100, 512);

  // The logarithm of the growth by that of the size, which is four times as large: 400 is 1, 1,500 is 1.95, 1,800 is 2.09.
  test.each([
    ['nodejs22.x', 100, false],
    ['nodejs22.x', 120, false],
    ['nodejs22.x', 400, true],
    ['java21', 400, false],
    ['java21', 500, false],
    ['java21', 1500, false],
    ['java21', 1800, true],
    ['java21', 25, true],
    [null, 400, true],
  ])('%s: %i MB instead of 100 at four times the size', (runtime, usedMb, isOther) => {
    const found = confounders(small, using(usedMb, 2048), runtime);
    expect(found).toEqual(isOther ? [expect.stringMatching(/^The load differs: 10\d MB were used at 512 MB, /)] : []);
  });
});

describe('how much is enough to tell', () => {
  const random = new Random(77);
  const [small, large] = [evidence(random, TRUTH, 512), evidence(random, TRUTH, 1024)];
  const responding = (size: SizeEvidence, n: number, bytes: number) => ({
    ...size,
    responseBytes: Array.from({ length: n }, () => bytes),
  });
  const routing = (size: SizeEvidence, n: number, route: string) => ({
    ...size,
    routes: Array.from({ length: n }, () => route),
  });

  test.each([
    [50, 50, 1],
    [49, 500, 0],
    [500, 49, 0],
  ])('%i and %i responses or requests', (one, other, found) => {
    const byBytes = confounders(responding(small, one, 100), responding(large, other, 9000), null);
    expect(byBytes).toHaveLength(found);
    expect(confounders(routing(small, one, 'a'), routing(large, other, 'b'), null)).toHaveLength(found);
  });

  test('half of the invocations of the same tenants are enough', () => {
    const even = (size: SizeEvidence, tenants: readonly string[]) =>
      serving({ ...size, environments: size.environments.slice(0, 24) }, tenants);
    expect(confounders(even(small, ['a', 'b']), even(large, ['a', 'c']), null)).toEqual([]);
  });

  test('the lines of the access log that were read are those of either size', () => {
    const found = confounders({ ...routing(small, 50, 'a'), routesReadPerHour: 1000 }, routing(large, 50, 'b'), null);
    expect(found[0]).toMatch(/, in the first 1,000 lines of an access log in each hour: there were more\.$/);
  });

  test('nine tenths of the invocations at weekends', () => {
    // Of 10 environments with as many invocations each, so many ran on a Saturday.
    const onSaturday = (size: SizeEvidence, n: number): SizeEvidence => ({
      ...size,
      environments: size.environments.slice(0, 10).map((one, at) => ({
        ...one,
        hours: one.hours.map((hour) => ({ ...hour, startMs: Date.UTC(2026, 10, at < n ? 7 : 4) })),
      })),
    });
    const sentence = 'One of the sizes ran mostly at weekends, the other mostly on other days.';
    expect(confounders(onSaturday(small, 10), onSaturday(large, 0), null)).toEqual([sentence]);
    expect(confounders(onSaturday(small, 0), onSaturday(large, 10), null)).toEqual([sentence]);
    expect(confounders(onSaturday(small, 9), onSaturday(large, 0), null)).toEqual([]);
    expect([10, 6, 5].map((n) => weekendsDiffer(onSaturday(small, n), onSaturday(large, 0)))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test('memory that was used shows another load if it is certain, of most environments, and much', () => {
  const size = evidence(new Random(76), TRUTH, 512);
  const used = (lowShare: number, n = 100, high = 200): SizeEvidence => ({
    ...size,
    environments: Array.from({ length: n }, (_, at) => ({
      ...(size.environments[at % 25] as SizeEvidence['environments'][number]),
      maxMemoryUsedMb: at < lowShare * n ? 100 : high,
    })),
  });
  const differs = (a: SizeEvidence, b: SizeEvidence) => confounders(a, b, 'nodejs22.x').length > 0;
  expect(differs(used(1), used(0))).toBe(true);
  // All of five on each side: one of 126 arrangements on either side is as extreme, 0.8 %.
  expect(differs(used(1, 5), used(0, 5))).toBe(false);
  // Medians of 100 and of 200 MB, of distributions that are 0.4 apart, or 0.6.
  expect(differs(used(0.7), used(0.3))).toBe(false);
  expect(differs(used(0.8), used(0.2))).toBe(true);
  // exp(0.25) is 1.284.
  expect(differs(used(1), used(0, 100, 128))).toBe(false);
  expect(differs(used(1), used(0, 100, 129))).toBe(true);
});

describe('failures', () => {
  const random = new Random(75);
  const [small, large] = [evidence(random, TRUTH, 512), evidence(random, TRUTH, 1024)];

  test('timeouts and lack of memory are effects of the size, other errors are not', () => {
    const failing = (size: SizeEvidence, sizeFailures: number): SizeEvidence => ({
      ...size,
      failures: 200,
      sizeFailures,
    });
    // 200 of 780 against 5 of 780.
    expect(confounders(failing(small, 0), large, null)).toEqual([
      'The error rates differ: 26 % at 512 MB, 0.64 % at 1024 MB.',
    ]);
    expect(confounders(failing(small, 195), large, null)).toEqual([]);
    // More errors at the other size are a reason not to recommend it, not to leave it out.
    expect(confounders(small, failing(large, 0), null)).toEqual([]);
    expect(confounders(failing(small, 0), failing(large, 0), null)).toEqual([]);
    expect(confounders(failing(small, 0), failing(large, 200), null)).toHaveLength(1);
  });

  test('a timeout that ended runs at one size, and not at the other', () => {
    const limited = { ...small, timeouts: { n: 10, billedMs: 10_000 } };
    const ran = (ms: number): SizeEvidence => ({
      ...large,
      environments: large.environments.map((one, at) => (at === 3 ? { ...one, durationsMs: [ms, 1] } : one)),
    });
    // A run is ended a little after its timeout: up to a tenth later.
    expect(confounders(limited, ran(1099), null)).toEqual([]);
    expect(confounders(limited, ran(1100), null)).toEqual([]);
    const differs = 'The timeout differs: invocations ended after 1.00 s at 512 MB, and some ran longer at 1024 MB.';
    expect(confounders(limited, ran(1101), null)).toEqual([differs]);
    expect(confounders(ran(1101), limited, null)).toEqual([differs]);
  });
});
