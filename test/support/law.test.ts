import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { asyncLaw, law } from './law.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The error message of the failing law, and every input it tried. */
function failure(): { readonly message: string; readonly tried: readonly number[] } {
  const tried: number[] = [];
  try {
    law(
      fc.property(fc.nat(), (n) => {
        tried.push(n);
        return n < 1000;
      }),
    );
  } catch (error) {
    return { message: (error as Error).message, tried };
  }
  throw new Error('the law did not fail');
}

test('a law that fails (once) prints its command, and the command repeats it at once', () => {
  const { message, tried } = failure();
  const [, seed, path, rest] = /^Repeat with: FC_SEED=(-?\d+) FC_PATH=([\d:]+) (.*)$/m.exec(message) ?? [];
  expect(rest).toBe(
    "npx vitest run test/support/law.test.ts -t 'a law that fails \\(once\\) prints its command, and the command repeats it at once'",
  );
  expect(tried.length).toBeGreaterThan(1);
  vi.stubEnv('FC_SEED', seed);
  vi.stubEnv('FC_PATH', path);
  const again = failure();
  expect(again.tried).toEqual([1000]);
  expect(again.message).toContain('Counterexample: [1000]');
});

test('a law that holds passes; an asynchronous one that fails prints its command', async () => {
  law(fc.property(fc.nat(), (n) => n >= 0));
  await asyncLaw(fc.asyncProperty(fc.nat(), async (n) => n >= 0));
  await expect(asyncLaw(fc.asyncProperty(fc.nat(), async (n) => n < 1000))).rejects.toThrow('Repeat with: FC_SEED=');
});

/** The inputs of a law that holds. */
function inputs(parameters: fc.Parameters<[number]>): readonly number[] {
  const tried: number[] = [];
  law(
    fc.property(fc.nat(), (n) => {
      tried.push(n);
    }),
    parameters,
  );
  return tried;
}

test('each run takes the same inputs; LAW_RUNS takes more, and others each time', () => {
  const usual = inputs({ numRuns: 7 });
  expect(usual).toHaveLength(7);
  expect(inputs({ numRuns: 7 })).toEqual(usual);
  expect(inputs({})).toHaveLength(100);
  vi.stubEnv('LAW_RUNS', '3');
  const more = inputs({ numRuns: 7, seed: 0 });
  expect(more).toHaveLength(21);
  expect(inputs({ numRuns: 7, seed: 0 })).not.toEqual(more);
  expect(inputs({})).toHaveLength(300);
  expect(failure().message).toMatch(/^Repeat with: FC_SEED=\S+ FC_PATH=\S+ LAW_RUNS=3 npx/m);
  vi.stubEnv('LAW_RUNS', '0');
  expect(() => inputs({})).toThrow('LAW_RUNS is 0: expected a whole number above 0');
});

test('a seed that is not a number is rejected', () => {
  vi.stubEnv('FC_SEED', 'first');
  expect(failure().message).toBe('FC_SEED is first: expected a whole number');
});
