/**
 * Runs scenarios seed by seed. The result of each is kept under a hash of the built product, so that a run that was
 * stopped resumes, and a run after a change of code starts over.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withProduct } from '../accuracy/product.ts';
import type { Line } from '../accuracy/table.ts';
import type { Observations, Row, Scenario, Stage } from './scenario.ts';
import { linesOf, mergeObservations, Notes } from './scenario.ts';

export interface RefereeOptions {
  readonly seeds: number;
  /** The folder of the built product. */
  readonly dist: URL;
  /** Folder of the cached results; null caches none. */
  readonly cache: string | null;
  readonly scale: number;
  readonly say: (text: string) => void;
}

const FAILED = 'failed';
const FAILURES: Row = { kind: 'rare', note: FAILED, what: 'seeds that ended with an error', atMost: 0 };

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly seeds: number;
  readonly lines: readonly Line[];
}

export async function runScenarios(
  scenarios: readonly Scenario[],
  options: RefereeOptions,
): Promise<readonly ScenarioResult[]> {
  const stage: Stage = (clock, use) => withProduct(options.dist, clock, use);
  // Seed by seed, so that a run that is stopped has about the same seeds of each scenario.
  const jobs = Array.from({ length: options.seeds }, (_, at) => at + 1).flatMap((seed) =>
    scenarios.filter(({ maxSeeds }) => seed <= (maxSeeds ?? seed)).map((scenario) => ({ scenario, seed })),
  );
  const kept = options.cache === null ? null : join(options.cache, codeHash(options.dist));
  const found = new Map<Scenario, Observations[]>(scenarios.map((scenario) => [scenario, []]));
  const progress = progressOf(jobs.length, options.say);
  for (const { scenario, seed } of jobs) {
    const path = kept === null ? null : join(kept, `${scenario.name}-${seed}-${options.scale}.json`);
    const known = path === null ? null : readKept(path);
    const began = performance.now();
    const observations = known ?? (await observe(scenario, seed, stage, options));
    if (path !== null && known === null && observations[FAILED] === undefined) keep(path, observations);
    found.get(scenario)?.push(observations);
    progress(`${scenario.name} seed ${seed}`, known === null ? (performance.now() - began) / 1000 : null);
  }
  return scenarios.map((scenario) => {
    const all = found.get(scenario) ?? [];
    const merged = mergeObservations(all);
    const failures = merged[FAILED] === undefined ? [] : linesOf([FAILURES], { [FAILED]: merged[FAILED] });
    return { scenario, seeds: all.length, lines: [...failures, ...linesOf(scenario.rows, merged)] };
  });
}

/** A seed that ends with an error is a failed row, and the next run repeats it; the others continue. */
async function observe(
  scenario: Scenario,
  seed: number,
  stage: Stage,
  { scale, say }: RefereeOptions,
): Promise<Observations> {
  const notes = new Notes();
  try {
    await scenario.run(stage, seed, notes, scale);
  } catch (error) {
    say(`${scenario.name} seed ${seed} failed: ${error instanceof Error ? error.message : String(error)}`);
    notes.note(FAILED, 1);
  }
  return notes.observations;
}

function readKept(path: string): Observations | null {
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, 'utf8')) as Observations;
}

function keep(path: string, observations: Observations): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(observations));
}

/** A hash of everything that runs: the built scripts and the migrations. */
function codeHash(dist: URL): string {
  const hash = createHash('sha256');
  for (const folder of [
    new URL('.', dist),
    new URL('workers/', dist),
    new URL('bench/', dist),
    new URL('../migrations/sqlite/', dist),
  ]) {
    const path = fileURLToPath(folder);
    if (!existsSync(path)) continue;
    const names = readdirSync(path).filter((name) => /\.(?:c?js|sql)$/.test(name));
    for (const name of names.toSorted()) hash.update(`${name}\n`).update(readFileSync(join(path, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Says after each job how long it took, the rate, and the time left at the mean of the jobs that ran. */
function progressOf(total: number, say: (text: string) => void): (what: string, seconds: number | null) => void {
  let done = 0;
  let ran = 0;
  let sum = 0;
  return (what, seconds) => {
    done += 1;
    if (seconds === null) {
      say(`${done} of ${total}: ${what}, kept from an earlier run`);
      return;
    }
    ran += 1;
    sum += seconds;
    const left = Math.round((sum / ran) * (total - done));
    say(
      `${done} of ${total}: ${what} took ${seconds.toFixed(1)} s; ${((60 * ran) / sum).toFixed(1)} a minute, ${left} s left`,
    );
  };
}
