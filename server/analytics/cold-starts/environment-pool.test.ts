import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import type { PooledEnvironment } from './environment-pool.ts';
import { EnvironmentPool } from './environment-pool.ts';

type Kind = Pick<PooledEnvironment, 'configuration' | 'runtime'>;

const PLACEMENT_MS = 500;
const A: Kind = { configuration: 'a', runtime: '' };
const B: Kind = { configuration: 'b', runtime: '' };

const environment = (over: Partial<PooledEnvironment>): PooledEnvironment => ({
  lastEndMs: 0,
  failed: false,
  counted: false,
  countedMs: null,
  replaced: false,
  waiting: false,
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
  expect(pool.others(9, A, 4499)).toMatchObject({ busy: 2, idle: 1, terminated: 1, latestTerminated: { id: 4 } });
  expect(pool.others(9, A, 4500)).toMatchObject({ busy: 1, idle: 1, terminated: 2, latestTerminated: { id: 3 } });
  expect(pool.others(3, A, 4500)).toMatchObject({ busy: 1, idle: 1, terminated: 1, latestTerminated: { id: 4 } });
  expect(pool.others(9, B, 4500)).toEqual({ busy: 0, idle: 0, terminated: 0, latestTerminated: null });
});

test('an environment that waits for its first invocation is neither busy nor idle', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  pool.put(1, environment({ lastEndMs: 1000, seenUntilMs: 9000, waiting: true }));
  expect(pool.others(9, A, 5000)).toEqual({ busy: 0, idle: 0, terminated: 0, latestTerminated: null });
  pool.put(1, environment({ lastEndMs: 7000, seenUntilMs: 9000 }));
  expect(pool.others(9, A, 7000)).toMatchObject({ busy: 1, idle: 0 });
  expect(pool.others(9, A, 7500)).toMatchObject({ busy: 0, idle: 1 });
});

test('new environments replace the old ones in the order in which those were used last, each once', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  pool.put(1, environment({ lastEndMs: 1000, seenUntilMs: 1000 }));
  pool.put(2, environment({ lastEndMs: 3000, seenUntilMs: 3000 }));
  expect(pool.replacedConfiguration(B, 10_000)?.id).toBe(2);
  pool.replace(2);
  expect(pool.replacedConfiguration(B, 12_000)?.id).toBe(1);
  pool.replace(1);
  expect(pool.replacedConfiguration(B, 14_000)).toBeNull();
  // Used again: it was not terminated, and can be replaced later.
  pool.put(1, environment({ lastEndMs: 15_000, seenUntilMs: 15_000 }));
  expect(pool.replacedConfiguration(B, 16_000)?.id).toBe(1);
});

test('a version that is needed again later was not replaced', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  pool.announce(environment({}), 20_000);
  pool.put(1, environment({ lastEndMs: 1000, seenUntilMs: 1000 }));
  expect(pool.replacedConfiguration(B, 19_999)).toBeNull();
  expect(pool.replacedConfiguration(B, 20_000)?.id).toBe(1);
});

test('environments of a runtime version that is no longer in use are replaced by the patch only', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  const [before, after] = [
    { configuration: 'a', runtime: '1' },
    { configuration: 'a', runtime: '2' },
  ];
  pool.put(1, environment({ ...before, lastEndMs: 1000, seenUntilMs: 1000 }));
  pool.put(2, environment({ ...before, lastEndMs: 2000, seenUntilMs: 30_000 }));
  // Both versions are in use until 30 s, so that an environment of either can serve the next request.
  expect(pool.others(9, after, 10_000)).toMatchObject({ idle: 1, terminated: 1, latestTerminated: { id: 1 } });
  expect(pool.replacedRuntime(after, 10_000)).toBeNull();
  pool.put(2, environment({ ...before, lastEndMs: 30_000, seenUntilMs: 30_000 }));
  expect(pool.others(9, after, 40_000)).toMatchObject({ terminated: 0, latestTerminated: null });
  expect(pool.replacedRuntime(after, 40_000)?.id).toBe(2);
});

/** What the pool must answer, by scanning all environments. */
class Scan {
  readonly all = new Map<number, PooledEnvironment>();

  others(ownId: number, mine: Kind, atMs: number): unknown {
    const group = [...this.all].filter(([id, one]) => id !== ownId && one.configuration === mine.configuration);
    const ready = group.filter(([, one]) => !one.waiting);
    const free = ready.filter(([, one]) => one.lastEndMs <= atMs - PLACEMENT_MS);
    const ended = free.filter(([, one]) => one.seenUntilMs <= one.lastEndMs);
    const terminated = ended.filter(
      ([, one]) =>
        !one.replaced &&
        (one.runtime === mine.runtime ||
          one.runtime === '' ||
          mine.runtime === '' ||
          this.isUsed((other) => other.configuration === one.configuration && other.runtime === one.runtime, atMs)),
    );
    return {
      busy: ready.length - free.length,
      idle: free.length - ended.length,
      terminated: terminated.length,
      latestTerminated: latestOf(terminated),
    };
  }

  replaced(isOld: (one: PooledEnvironment) => boolean, atMs: number): unknown {
    if (this.isUsed(isOld, atMs)) return null;
    return latestOf(
      [...this.all].filter(
        ([, one]) =>
          isOld(one) &&
          !one.waiting &&
          !one.replaced &&
          one.seenUntilMs <= one.lastEndMs &&
          one.lastEndMs <= atMs - PLACEMENT_MS,
      ),
    );
  }

  replace(id: number): void {
    const one = this.all.get(id);
    if (one !== undefined) this.all.set(id, { ...one, replaced: true });
  }

  isUsed(isOne: (one: PooledEnvironment) => boolean, atMs: number): boolean {
    return [...this.all.values()].some((one) => isOne(one) && one.seenUntilMs > Math.max(atMs, one.lastEndMs));
  }
}

function latestOf(all: readonly (readonly [number, PooledEnvironment])[]): unknown {
  const [latest] = all.toSorted(([, a], [, b]) => b.lastEndMs - a.lastEndMs);
  return latest === undefined ? null : { id: latest[0], environment: latest[1] };
}

const change = fc.record({
  id: fc.nat(12),
  afterMs: fc.constantFrom(0, 250, 500, 5000),
  lastsMs: fc.constantFrom(0, 100, 500, 3000),
  usedAgainMs: fc.constantFrom(0, 0, 400, 9000),
  configuration: fc.constantFrom('a', 'b', 'c'),
  runtime: fc.constantFrom('', '1', '2'),
  failed: fc.boolean(),
  waiting: fc.boolean(),
  takes: fc.constantFrom(null, 'terminated', 'configuration', 'runtime'),
});

test('answers what a scan of all environments answers', () => {
  law(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const [pool, scan] = [new EnvironmentPool(PLACEMENT_MS), new Scan()];
      let atMs = 0;
      for (const { id, afterMs, lastsMs, usedAgainMs, configuration, runtime, failed, waiting, takes } of changes) {
        atMs += afterMs;
        const one = { configuration, runtime };
        const found = {
          terminated: pool.others(id, one, atMs).latestTerminated,
          configuration: pool.replacedConfiguration(one, atMs),
          runtime: pool.replacedRuntime(one, atMs),
        };
        expect(pool.others(id, one, atMs)).toEqual(scan.others(id, one, atMs));
        expect(found.configuration).toEqual(scan.replaced((other) => other.configuration !== configuration, atMs));
        expect(found.runtime).toEqual(
          scan.replaced((other) => other.configuration === configuration && other.runtime !== runtime, atMs),
        );
        const taken = takes === null ? null : found[takes];
        if (taken !== null) {
          pool.replace(taken.id);
          scan.replace(taken.id);
        }
        const lastEndMs = atMs + lastsMs;
        const next = environment({ ...one, failed, waiting, lastEndMs, seenUntilMs: lastEndMs + usedAgainMs });
        pool.put(id, next);
        scan.all.set(id, next);
      }
    }),
    { numRuns: 300 },
  );
});

test('terminated environments are counted once', () => {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  for (const id of [1, 2, 3]) pool.put(id, environment({ lastEndMs: id * 1000, seenUntilMs: id * 1000 }));
  pool.others(2, A, 10_000);
  expect(pool.countTerminated(2, 'a', 0).map((one) => one.lastEndMs)).toEqual([1000, 3000]);
  expect(pool.countTerminated(9, 'a', 0).map((one) => one.lastEndMs)).toEqual([2000]);
  expect(pool.get(1)?.counted).toBe(true);
  expect(pool.countTerminated(9, 'a', 0)).toEqual([]);
});

/** How often ends are read while each of `n` environments, of three versions in turn, is needed and then never again. */
function endsRead(n: number): number {
  const pool = new EnvironmentPool(PLACEMENT_MS);
  let reads = 0;
  for (let id = 0; id < n; id += 1) pool.announce({ configuration: String(id % 3), runtime: '' }, id * 10);
  for (let id = 0; id < n; id += 1) {
    const atMs = id * 10;
    const configuration = String(id % 3);
    const one = { configuration, runtime: '' };
    const { idle, latestTerminated } = pool.others(id, one, atMs);
    if (idle === 0) pool.countTerminated(id, configuration, 0);
    if (latestTerminated !== null) pool.replace(latestTerminated.id);
    pool.replacedConfiguration(one, atMs);
    pool.replacedRuntime(one, atMs);
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
