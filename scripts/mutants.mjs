// `npm run mutants -- PATH…` or `-- --changed`: changes the code in one place at a time, runs the unit tests that use the file, and
// lists the changes that no test notices (docs/testing.md). This process holds the clock; a child runs the tests.
import { execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { changeOf, mutantsOf } from './mutate.mjs';

const root = join(import.meta.dirname, '..');
/** A mutant that takes longer than the tests took at first and this, ms, runs for ever: it is noticed. */
const PATIENCE_MS = 60_000;

/** The child: one vitest with a plugin that replaces the file by the text that was sent. Nothing on the disk changes. */
async function serve(path) {
  const { createVitest } = await import('vitest/node');
  const id = join(root, path);
  let code = null;
  const mutant = { name: 'mutant', enforce: 'pre', transform: (_text, from) => (from === id ? code : undefined) };
  const config = {
    config: false,
    root,
    watch: false,
    run: true,
    bail: 1,
    reporters: [{}],
    maxWorkers: 1,
    related: [id],
  };
  const include = ['{ingest,server,web}/**/*.test.ts'];
  const exclude = ['**/contract.test.ts', '**/*.contract.test.ts', '**/*.simulation.test.ts'];
  const vite = { plugins: [mutant], configFile: false, logLevel: 'silent' };
  const vitest = await createVitest('test', { ...config, include, exclude }, vite);
  const all = await vitest.getRelevantTestSpecifications();
  // Tests beside the code notice most, and soonest.
  const isBeside = ({ moduleId }) => moduleId.startsWith(`${dirname(id)}/`);
  const groups = [all.filter(isBeside), all.filter((one) => !isBeside(one))].filter((group) => group.length > 0);
  process.on('message', async (next) => {
    ({ code } = next);
    vitest.invalidateFile(id);
    let passes = true;
    for (const group of groups) {
      vitest.state.clearErrors();
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(group);
      passes = unhandledErrors.length === 0 && testModules.every((one) => one.ok());
      if (!passes) break;
    }
    process.send({ passes, files: all.length });
  });
  process.send({ passes: true, files: 0 });
}

/** Asks a child, which is ended if it does not answer in time: null. */
function ask(child, code, ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    const done = (answer) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(answer);
    };
    child.once('message', done);
    child.once('exit', () => done(null));
    if (code !== null) child.send({ code });
  });
}

async function start(path) {
  const child = fork(import.meta.filename, ['--serve', path], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await ask(child, null, 2 * PATIENCE_MS);
  return child;
}

/** Runs the mutants of a file, prints those that survive, and returns how many were noticed. */
async function test(path, equivalent) {
  const source = readFileSync(join(root, path), 'utf8');
  const mutants = mutantsOf(source).filter((one) => !equivalent.has(`${path} ${changeOf(source, one)}`));
  let child = await start(path);
  const beganMs = Date.now();
  const first = await ask(child, source, 5 * PATIENCE_MS);
  const limitMs = PATIENCE_MS + 5 * (Date.now() - beganMs);
  if (first?.passes !== true) throw new Error(`${path}: its tests fail without a mutant`);
  let noticed = 0;
  for (const mutant of mutants) {
    const answer = await ask(child, source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end), limitMs);
    if (answer === null) child = await start(path);
    if (answer?.passes !== true) noticed += 1;
    else
      process.stdout.write(
        `  ${path}:${source.slice(0, mutant.start).split('\n').length}  ${changeOf(source, mutant)}\n`,
      );
  }
  child.kill();
  process.stdout.write(`${path}: ${noticed} of ${mutants.length} noticed by ${first.files} test files\n`);
  return { path, noticed, all: mutants.length };
}

const isCode = (path) =>
  /^(?:ingest|server|web)\/.*\.tsx?$/.test(path) && !/\.(?:test|generated)\.tsx?$|\.d\.ts$/.test(path);
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n');
const given = process.argv.slice(2);

if (given[0] === '--serve') await serve(given[1]);
else {
  const paths = given.includes('--changed')
    ? git('diff', '--name-only', '--diff-filter=d', 'main')
    : given.flatMap((one) => git('ls-files', one));
  const files = [...new Set(paths.filter(isCode))].toSorted();
  if (files.length === 0) process.stderr.write('No files. Usage: npm run mutants -- --changed | PATH…\n');
  const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');
  const equivalent = new Set(
    [...page.matchAll(/^- `([^`]+)`: (`.*` → `.*` in `.*`): /gm)].map(([, path, change]) => `${path} ${change}`),
  );
  const floors = [...page.matchAll(/^\| `([^`]+)` \|.*\| (\d+) % \|$/gm)].map(([, path, floor]) => ({
    path,
    floor: Number(floor),
  }));
  for (const path of files) {
    const { noticed, all } = await test(path, equivalent);
    const { floor = 0 } = floors.find((one) => path.startsWith(one.path)) ?? {};
    if (100 * noticed >= floor * all) continue;
    process.stdout.write(`  below the floor of ${floor} %\n`);
    process.exitCode = 1;
  }
}
