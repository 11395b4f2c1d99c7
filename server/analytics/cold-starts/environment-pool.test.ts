import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import type { PooledEnvironment } from './environment-pool.ts';
import { EnvironmentPool } from './environment-pool.ts';

const PLACEMENT_MS = 500;

const environment = (over: Partial<PooledEnvironment>): PooledEnvironment => ({
  lastEndMs: 0,
  failed: false,
  counted: false,
  loop: 0,
  configuration: 'a',
  runtime: '',
  seenUntilMs: 0,
  ...over,
});

test('environments are busy, idle or terminated', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  pool.put(1, environment({ lastEndMs: 9000, seenUntilMs: 9000 }));
  pool.put(2, environment({ lastEndMs: 3000, seenUntilMs: 20_000 }));
  pool.put(3, environment({ lastEndMs: 4000, seenUntilMs: 4000, failed: true }));
  pool.put(4, environment({ lastEndMs: 2000, seenUntilMs: 2000 }));
  expect(pool.others(9, 'a', 4499)).toMatchObject({ busy: 2, idle: 1, latestGone: { lastEndMs: 2000 } });
  expect(pool.others(9, 'a', 4500)).toMatchObject({ busy: 1, idle: 1, latestGone: { lastEndMs: 4000, failed: true } });
  expect(pool.others(3, 'a', 4500)).toMatchObject({ busy: 1, idle: 1, latestGone: { lastEndMs: 2000 } });
  expect(pool.others(9, 'b', 4500)).toEqual({ busy: 0, idle: 0, latestGone: null });
});

test('new environments replace the old ones in the order in which those were used last', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  pool.put(1, environment({ lastEndMs: 1000, seenUntilMs: 1000 }));
  pool.put(2, environment({ lastEndMs: 3000, seenUntilMs: 3000 }));
  expect(pool.replacedConfigurationIdleMs('b', 10_000)).toBe(7000);
  pool.put(3, environment({ configuration: 'b', lastEndMs: 11_000, seenUntilMs: 11_000 }));
  expect(pool.replacedConfigurationIdleMs('b', 12_000)).toBe(11_000);
  pool.put(4, environment({ configuration: 'b', lastEndMs: 13_000, seenUntilMs: 13_000 }));
  expect(pool.replacedConfigurationIdleMs('b', 14_000)).toBeNull();
});

test('a version that is needed again later was not replaced', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  pool.announce(environment({}), 20_000);
  pool.put(1, environment({ lastEndMs: 1000, seenUntilMs: 1000 }));
  expect(pool.replacedConfigurationIdleMs('b', 19_999)).toBeNull();
  expect(pool.replacedConfigurationIdleMs('b', 20_000)).toBe(19_000);
});

/** What the pool must answer, by scanning all environments. */
class Scan {
  readonly all = new Map<number, PooledEnvironment>();

  others(ownId: number, configuration: string, atMs: number): unknown {
    const mine = [...this.all].filter(([id, one]) => id !== ownId && one.configuration === configuration);
    const free = mine.map(([, one]) => one).filter((one) => one.lastEndMs <= atMs - PLACEMENT_MS);
    const gone = free.filter((one) => one.seenUntilMs <= one.lastEndMs);
    return {
      busy: mine.length - free.length,
      idle: free.length - gone.length,
      latestGone: gone.toSorted((a, b) => b.lastEndMs - a.lastEndMs)[0] ?? null,
    };
  }

  replaced(isNew: (one: PooledEnvironment) => boolean, isOld: (one: PooledEnvironment) => boolean, atMs: number) {
    const all = [...this.all.values()];
    const old = all.filter((one) => isOld(one) && !isNew(one));
    if (old.some((one) => one.seenUntilMs > Math.max(atMs, one.lastEndMs))) return null;
    const idle = old.filter((one) => one.lastEndMs <= atMs).map((one) => atMs - one.lastEndMs);
    return idle.toSorted((a, b) => a - b)[all.filter(isNew).length] ?? null;
  }
}

const change = fc.record({
  id: fc.nat(12),
  afterMs: fc.constantFrom(0, 250, 500, 5000),
  lastsMs: fc.constantFrom(0, 100, 500, 3000),
  usedAgainMs: fc.constantFrom(0, 0, 400, 9000),
  configuration: fc.constantFrom('a', 'b', 'c'),
  runtime: fc.constantFrom('', '1', '2'),
  failed: fc.boolean(),
});

test('answers what a scan of all environments answers', () => {
  law(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const [pool, scan] = [new EnvironmentPool(PLACEMENT_MS), new Scan()];
      let atMs = 0;
      for (const { id, afterMs, lastsMs, usedAgainMs, configuration, runtime, failed } of changes) {
        atMs += afterMs;
        const one = { configuration, runtime };
        expect(pool.others(id, configuration, atMs)).toEqual(scan.others(id, configuration, atMs));
        expect(pool.replacedConfigurationIdleMs(configuration, atMs)).toBe(
          scan.replaced(
            (other) => other.configuration === configuration,
            () => true,
            atMs,
          ),
        );
        expect(pool.replacedRuntimeIdleMs(one, atMs)).toBe(
          scan.replaced(
            (other) => other.configuration === configuration && other.runtime === runtime,
            (other) => other.configuration === configuration,
            atMs,
          ),
        );
        const lastEndMs = atMs + lastsMs;
        const next = environment({ ...one, failed, lastEndMs, seenUntilMs: lastEndMs + usedAgainMs });
        pool.put(id, next);
        scan.all.set(id, next);
      }
    }),
    { numRuns: 1000 },
  );
});

test('terminated environments are counted once', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  for (const id of [1, 2, 3]) pool.put(id, environment({ lastEndMs: id * 1000, seenUntilMs: id * 1000 }));
  pool.others(2, 'a', 10_000);
  expect(pool.countGone(2, 'a').map((one) => one.lastEndMs)).toEqual([1000, 3000]);
  expect(pool.countGone(9, 'a').map((one) => one.lastEndMs)).toEqual([2000]);
  expect(pool.get(1)?.counted).toBe(true);
  expect(pool.countGone(9, 'a')).toEqual([]);
});

/** How often ends are read while each of `n` environments, of three versions in turn, is needed and then never again. */
function endsRead(n: number): number {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  let reads = 0;
  for (let id = 0; id < n; id += 1) pool.announce({ configuration: String(id % 3), runtime: '' }, id * 10);
  for (let id = 0; id < n; id += 1) {
    const atMs = id * 10;
    const configuration = String(id % 3);
    const { idle } = pool.others(id, configuration, atMs);
    if (idle === 0) pool.countGone(id, configuration);
    pool.replacedConfigurationIdleMs(configuration, atMs);
    pool.replacedRuntimeIdleMs({ configuration, runtime: '' }, atMs);
    const endMs = atMs + 800;
    pool.put(id, {
      ...environment({ configuration, seenUntilMs: endMs }),
      get lastEndMs() {
        reads += 1;
        return endMs;
      },
    });
  }
  return reads;
}

test('four times the environments cost about four times the work, not sixteen', () => {
  expect(endsRead(4000)).toBeLessThan(4.5 * endsRead(1000));
  expect(endsRead(4000)).toBeLessThan(4000 * 20);
});
