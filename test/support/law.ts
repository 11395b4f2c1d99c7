/** Property-based tests that report how to reproduce a failure. */
import { relative } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';

/**
 * Checks a property on inputs that are random, but the same in each run, so that a run that passes passes again. On failure,
 * throws the counterexample and the command that runs it again. In the environment:
 * `LAW_RUNS=20` takes twenty times as many inputs, from a seed of their own: the search for new counterexamples.
 * `FC_SEED` and `FC_PATH` repeat a run: the seed its inputs, the path its counterexample. `FC_RUNS` sets the number of inputs.
 */
export function law<Ts>(property: fc.IProperty<Ts>, parameters: fc.Parameters<Ts> = {}): void {
  report(fc.check(property, chosen(parameters)));
}

/** {@link law} for asynchronous properties. */
export async function asyncLaw<Ts>(property: fc.IAsyncProperty<Ts>, parameters: fc.Parameters<Ts> = {}): Promise<void> {
  report(await fc.check(property, chosen(parameters)));
}

/** Runs without `numRuns`, as fast-check does. */
const USUAL_RUNS = 100;
const SEED = 1;

/** Seed, path and number of runs, by the environment. */
function chosen<Ts>(parameters: fc.Parameters<Ts>): fc.Parameters<Ts> {
  const {
    FC_SEED: seed,
    FC_PATH: path,
    FC_RUNS: runs,
    LAW_RUNS: times = runs === undefined ? undefined : '1',
  } = process.env;
  if (seed !== undefined) {
    if (!/^-?\d+$/.test(seed)) throw new Error(`FC_SEED is ${seed}: expected a whole number`);
    const repeated = path === undefined ? {} : { path, endOnFailure: true };
    return { ...parameters, ...longer(parameters, times ?? '1'), seed: Number(seed), ...repeated };
  }
  if (times === undefined) return { seed: SEED, ...parameters };
  // Without a seed, fast-check takes one from the clock.
  const { seed: _fixed, ...rest } = parameters;
  return { ...rest, ...longer(parameters, times) };
}

function longer<Ts>({ numRuns = USUAL_RUNS }: fc.Parameters<Ts>, times: string): { readonly numRuns: number } {
  const { FC_RUNS: runs } = process.env;
  if (runs !== undefined) {
    if (!/^\d+$/.test(runs)) throw new Error(`FC_RUNS is ${runs}: expected a whole number`);
    return { numRuns: Number(runs) };
  }
  if (!/^[1-9]\d*$/.test(times)) throw new Error(`LAW_RUNS is ${times}: expected a whole number above 0`);
  return { numRuns: numRuns * Number(times) };
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
  const { LAW_RUNS: times } = process.env;
  const runs = times === undefined ? '' : ` LAW_RUNS=${times}`;
  return `FC_SEED=${seed}${path}${runs} npx vitest run ${relative(process.cwd(), testPath)} -t '${name.replaceAll("'", "'\\''")}'`;
}
