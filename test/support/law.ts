/** Property-based tests that report how to reproduce a failure. */
import { relative } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';

/**
 * Checks a property on random inputs. On failure, throws the counterexample and the command that runs it again.
 * `FC_SEED` and `FC_PATH` in the environment repeat a run: the seed its inputs, the path its counterexample. `FC_RUNS` sets the
 * number of cases.
 */
export function law<Ts>(property: fc.IProperty<Ts>, parameters: fc.Parameters<Ts> = {}): void {
  report(fc.check(property, { ...parameters, ...repeated<Ts>() }));
}

/** {@link law} for asynchronous properties. */
export async function asyncLaw<Ts>(property: fc.IAsyncProperty<Ts>, parameters: fc.Parameters<Ts> = {}): Promise<void> {
  report(await fc.check(property, { ...parameters, ...repeated<Ts>() }));
}

/** Seed and path from the environment. */
function repeated<Ts>(): fc.Parameters<Ts> {
  const { FC_SEED: seed, FC_PATH: path, FC_RUNS: runs } = process.env;
  if (runs !== undefined && !/^\d+$/.test(runs)) throw new Error(`FC_RUNS is ${runs}: expected a whole number`);
  const count: fc.Parameters<Ts> = runs === undefined ? {} : { numRuns: Number(runs) };
  if (seed === undefined) return count;
  if (!/^-?\d+$/.test(seed)) throw new Error(`FC_SEED is ${seed}: expected a whole number`);
  return { ...count, seed: Number(seed), ...(path === undefined ? {} : { path, endOnFailure: true }) };
}

function report<Ts>(details: fc.RunDetails<Ts>): void {
  if (!details.failed) return;
  throw new Error(`${fc.defaultReportMessage(details)}\n\nRepeat with: ${command(details)}`, {
    cause: details.errorInstance,
  });
}

function command<Ts>({ seed, counterexamplePath }: fc.RunDetails<Ts>): string {
  const { testPath = '', currentTestName = '' } = expect.getState();
  // `-t` takes a regular expression.
  const name =
    currentTestName
      .split(' > ')
      .at(-1)
      ?.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') ?? '';
  const path = counterexamplePath === null ? '' : ` FC_PATH=${counterexamplePath}`;
  return `FC_SEED=${seed}${path} npx vitest run ${relative(process.cwd(), testPath)} -t '${name.replaceAll("'", "'\\''")}'`;
}
