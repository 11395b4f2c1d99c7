// `npm run mutants [-- --changed | PATH…] [--sample N]`: Stryker changes the code in one place at a time and runs the unit tests
// near it. Prints what no test notices, and fails if an area is below its floor (scripts/mutants.json, docs/testing.md).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const root = join(import.meta.dirname, '..');
const { areas, equivalent } = JSON.parse(readFileSync(join(import.meta.dirname, 'mutants.json'), 'utf8'));
// An error: a module that is tested throws when it is loaded.
const NOTICED = new Set(['Killed', 'Timeout', 'RuntimeError']);
const MISSED = new Set(['Survived', 'NoCoverage']);

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n');
const isCode = (path) => /\.tsx?$/.test(path) && !/\.(?:test|generated)\.tsx?$|\.d\.ts$/.test(path);
const lines = (path) => readFileSync(join(root, path), 'utf8').split('\n');

/** Whether a line is in the sample: the same lines each time, until the line or the seed changes. */
const isSampled = (path, text, { sample, seed }) =>
  createHash('sha256').update(`${seed} ${path} ${text}`).digest().readUInt32BE(0) % sample === 0;

/** The places to change, as Stryker's patterns: a file, or lines of it. */
function placesOf(path, options) {
  if (options.sample === 1) return [path];
  return lines(path).flatMap((text, at) => (isSampled(path, text, options) ? [`${path}:${at + 1}-${at + 1}`] : []));
}

/** The unit tests that notice first: those of the area's folders, and those that import one of the files. */
function nearTests({ tests, files }) {
  const imports = (test) =>
    [...readFileSync(join(root, test), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, to]) => join(dirname(test), to));
  const isNear = (test) =>
    tests.some((folder) => test.startsWith(`${folder}/`)) || imports(test).some((path) => files.includes(path));
  return git(
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    'ingest/*.test.ts',
    'server/*.test.ts',
    'web/*.test.ts',
  ).filter((test) => test !== '' && !/(?:contract|\.simulation)\.test\.ts$/.test(test) && isNear(test));
}

/** Runs the mutants of an area; each with its path, line and change. */
async function run(area, options) {
  const mutate = area.files.flatMap((path) => placesOf(path, options));
  if (mutate.length === 0) return [];
  process.env.THERMOCLINE_MUTANT_TESTS = nearTests(area).join(' ');
  const results = await new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutants-vitest.mjs' },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    reporters: [],
    warnings: false,
    logLevel: 'error',
    // A build beside it may replace what is copied.
    ignorePatterns: ['/dist'],
    tempDirName: '.cache/mutants',
    cleanTempDir: 'always',
    // A mutant that runs for ever is noticed; one that a busy machine delays is not.
    timeoutMS: 30_000,
  }).runMutationTest();
  return results.map(({ fileName, location, mutatorName, replacement, status }) => {
    const path = relative(root, fileName);
    const { line } = location.start;
    const change = `${mutatorName} → ${(replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 80)}`;
    return { path, line, text: (lines(path)[line - 1] ?? '').trim(), change, status };
  });
}

/** Prints the mutants that no test notices, and the score of each file; returns whether the area reaches its floor. */
function report({ name, floor }, mutants) {
  const isEquivalent = (one) =>
    equivalent.some(({ path, text, change }) => path === one.path && text === one.text && change === one.change);
  const counted = mutants.filter((one) => !(MISSED.has(one.status) && isEquivalent(one)));
  const noticed = (all) => all.filter(({ status }) => NOTICED.has(status)).length;
  const valid = counted.filter(({ status }) => NOTICED.has(status) || MISSED.has(status));
  for (const { path, line, text, change } of valid.filter(({ status }) => MISSED.has(status)))
    process.stdout.write(`  ${path}:${line}  ${change}  in  ${text}\n`);
  for (const path of new Set(valid.map((one) => one.path))) {
    const own = valid.filter((one) => one.path === path);
    process.stdout.write(`  ${path}: ${noticed(own)} of ${own.length}\n`);
  }
  const share = valid.length === 0 ? 100 : (100 * noticed(valid)) / valid.length;
  const verdict = share < floor ? `below the floor of ${floor} %` : `floor ${floor} %`;
  // On a busy machine some of them were only delayed: such a score is measured again.
  const late = valid.filter(({ status }) => status === 'Timeout').length;
  const timeouts = late === 0 ? '' : `, ${late} of them by a timeout`;
  process.stdout.write(
    `${name}: ${noticed(valid)} of ${valid.length} noticed${timeouts}, ${share.toFixed(1)} %, ${verdict}\n`,
  );
  return share >= floor;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    changed: { type: 'boolean', default: false },
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const options = { sample: Number(values.sample), seed: values.seed };
// Without what main has got since, and with files that are not added yet.
const changed = () => [
  ...git('diff', '--name-only', '--diff-filter=d', '--merge-base', 'main'),
  ...git('ls-files', '--others', '--exclude-standard'),
];
const selected = values.changed ? changed() : git('ls-files', '--', ...positionals);
let [passed, tried] = [true, false];
/** Files of an area that is named before: each belongs to the first. */
const taken = new Set();
for (const area of areas) {
  const isOwn = (path) => area.code.some((place) => path === place || path.startsWith(`${place}/`));
  const files = selected.filter((path) => isCode(path) && isOwn(path) && !taken.has(path));
  if (files.length === 0) continue;
  for (const path of files) taken.add(path);
  tried = true;
  passed = report(area, await run({ ...area, files }, options)) && passed;
}
if (!tried) process.stdout.write('Nothing to try: no such file belongs to an area of scripts/mutants.json\n');
process.exitCode = passed ? 0 : 1;
