/**
 * npm run accuracy — compares every estimator with known truth: simulated fleets with planted truth, sent through the real
 * ingest path; published measurements; and the scenarios of an independent referee. Prints tables and writes
 * docs/accuracy.md. `--seeds=N` sets the number of seeds (20). `--scenario=NAME,…` runs only these scenarios of the
 * referee, `--scenario=all` all of them, `--scenario=none` everything but the referee, `--scenario=list` lists their names.
 * Results of the referee are cached under a hash of the code, so that an interrupted run resumes.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HOUR_MS } from '../ingest/records/time.ts';
import { FleetTally } from './accuracy/planted-fleet.ts';
import { MemoryTally } from './accuracy/planted-memory.ts';
import { withProduct } from './accuracy/product.ts';
import { Published } from './accuracy/published.ts';
import { PublishedData } from './accuracy/published-data.ts';
import type { Line } from './accuracy/table.ts';
import { markdown } from './accuracy/table.ts';
import { verdicts } from './accuracy/verdicts.ts';
import { runScenarios } from './referee/run.ts';
import type { Scenario } from './referee/scenario.ts';
import { SCENARIOS } from './referee/scenarios.ts';

/** A title and its table. */
type Section = readonly [string, readonly Line[]];

const TO_MS = Date.UTC(2026, 10, 20);
const FULL_SEEDS = 20;
const REFEREE_TITLE = '# Independent referee';
const dist = pathToFileURL(join(import.meta.dirname, '..', '/'));
const data = join(import.meta.dirname, '../../test/fixtures/data');
const document = join(import.meta.dirname, '../../docs/accuracy.md');

const seeds = Number(argument('seeds') ?? FULL_SEEDS);
if (!Number.isInteger(seeds) || seeds < 1) throw new Error('--seeds: expected a whole number above 0');
const wanted = argument('scenario');
const known = readFileSync(document, 'utf8').split(`${REFEREE_TITLE}\n`);
const chosen = scenariosOf(wanted);
const sections: Section[] = [];
let first = known[0]?.trimEnd() ?? '';
if (wanted === undefined || wanted === 'none') first = await planted();
const second = await referee(chosen);
const text = `${first}\n\n${REFEREE_TITLE}\n\n${second}\n`;
process.stdout.write(wanted === undefined ? text : `${wanted === 'none' ? first : second}\n`);
// A partial table must not replace a complete one.
if (seeds >= FULL_SEEDS && chosen.length === SCENARIOS.length) writeFileSync(document, text);
const failed = sections.flatMap(([, lines]) => lines).filter((line) => !line.pass);
process.stdout.write(failed.length === 0 ? 'Every bound is met.\n' : `${failed.length} bounds are not met.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

function argument(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function scenariosOf(names: string | undefined): readonly Scenario[] {
  if (names === undefined || names === 'all') return SCENARIOS;
  if (names === 'none') return [];
  const all = SCENARIOS.map(({ name }) => name);
  const unknown = names.split(',').filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    process.stdout.write(`Scenarios: all, none, ${all.join(', ')}\n`);
    process.exit(names === 'list' ? 0 : 1);
  }
  return SCENARIOS.filter(({ name }) => names.split(',').includes(name));
}

function stamp(): string {
  return `Seeds 1 to ${seeds}, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node.split('.')[0]}.`;
}

/** The product's own simulator and published data. */
async function planted(): Promise<string> {
  const fleet = new FleetTally();
  const memory = new MemoryTally();
  const began = performance.now();
  for (let seed = 1; seed <= seeds; seed += 1) {
    await withProduct(dist, { nowMs: TO_MS + HOUR_MS }, (subject) => fleet.play(subject, seed, TO_MS));
    await withProduct(dist, { nowMs: TO_MS + HOUR_MS }, (subject) => memory.play(subject, seed, TO_MS));
    const seconds = (performance.now() - began) / 1000;
    process.stderr.write(
      `seed ${seed} of ${seeds}: ${fleet.invocations} invocations, ${Math.round((seconds / seed) * (seeds - seed))} s left\n`,
    );
  }
  const published = new Published(new PublishedData(data));
  const measured: Line[] = [...published.keepAlive(), ...published.memory()];
  await withProduct(dist, { nowMs: Date.UTC(2019, 3, 1) }, async (subject) => {
    measured.push(...(await published.xray(subject)));
  });
  await withProduct(dist, { nowMs: TO_MS }, async (subject) => {
    measured.push(...(await published.loadTests(subject)));
  });
  const found: readonly Section[] = [
    [`Planted fleets, ${seeds} seeds, ${fleet.invocations} invocations`, fleet.lines()],
    [`Planted memory curves, ${seeds} seeds`, memory.lines()],
    ['Verdicts', verdicts(1)],
    ['Published measurements', measured],
  ];
  sections.push(...found);
  return [
    '# Accuracy',
    '',
    'What `npm run accuracy` printed. Planted: a simulated fleet with known truth, sent through the real ingest',
    'path late, duplicated and out of order; no estimator sees the truth. Published: measurements by others, replayed.',
    '',
    `${stamp()} Attribution took ${((1e5 * fleet.deriveSeconds) / fleet.invocations).toFixed(2)} s for each 100,000 invocations, beyond ingest.`,
    '',
    ...found.map(([title, lines]) => markdown(title, lines)),
  ]
    .join('\n')
    .trimEnd();
}

/** The scenarios of `bench/referee`. */
async function referee(scenarios: readonly Scenario[]): Promise<string> {
  const results = await runScenarios(scenarios, {
    seeds,
    dist,
    cache: join(import.meta.dirname, '../../node_modules/.cache/accuracy'),
    scale: 1,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const found = results.map(({ scenario, seeds: played, lines }): Section => {
    return [`${scenario.title} (${scenario.name}, ${played} ${played === 1 ? 'seed' : 'seeds'})`, lines];
  });
  sections.push(...found);
  const failing = found.flatMap(([, lines]) => lines).filter(({ pass }) => !pass).length;
  return [
    'A second simulator, written from AWS’s documentation alone, that shares no code with the estimators or with the fleets',
    'above. Its noise is clustered, its lines are incomplete, and several things change at once. A row that does not meet its bound',
    'is out of bounds: it shows what the product cannot do yet.',
    '',
    `${stamp()} ${failing} of ${found.flatMap(([, lines]) => lines).length} rows are out of bounds.`,
    '',
    ...found.map(([title, lines]) => markdown(title, lines)),
  ]
    .join('\n')
    .trimEnd();
}
