// `npm run drills:long`: 1,000 kills, 100 power cuts, 200 damages and an hour of fuzz for each format, in slices. Prints the rate and the
// time that is left. Can be interrupted at any time: the finished slices are in docs/figures/long-drills.json, and the next run goes on
// after them. `-- kills=200 cuts=30 fuzz=600` sets other sizes (fuzz in seconds for each format), `-- more=60` fuzzes each format that many
// seconds longer than all runs before together, up to its size, `-- --fresh` begins anew. Seconds of fuzz are those of CPU time, and of the
// clock for requests: `unit` says which. Each slice has a seed of its own. The worst text of a format is kept with its cost and the commit
// of the decoder at which it was measured; it is measured again when the decoder has changed.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkNode, ensureBuilt, ensureInstalled } from './ensure.mjs';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs/figures/long-drills.json');
const given = Object.fromEntries(process.argv.slice(2).map((argument) => argument.split('=')));
const wanted = (name, otherwise) => {
  const number = Number(given[name] ?? otherwise);
  if (Number.isInteger(number) && number >= 0) return number;
  process.stderr.write(`${name}: expected a whole number, got ${given[name]}\n`);
  process.exit(2);
};
const unknown = Object.keys(given).filter(
  (name) => !['--fresh', 'kills', 'cuts', 'damages', 'fuzz', 'more'].includes(name),
);
if (unknown.length > 0) {
  process.stderr.write(
    `Unknown: ${unknown.join(', ')}. Known: kills=N cuts=N damages=N fuzz=SECONDS more=SECONDS --fresh\n`,
  );
  process.exit(2);
}

/** A drill of the test project: `variable` sets its size, DRILL_FIRST where its random choices begin. */
const suite = (name, size, slice, project, test, variable) => ({
  name,
  size,
  slice,
  command: (first, n) => [
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--project', project, test],
    { [variable]: String(n), DRILL_FIRST: String(first), DRILL_CONTROLS: 'off' },
  ],
});

let child = null;
let interrupted = false;
checkNode();
ensureInstalled();
await ensureBuilt();
const { formats } = JSON.parse(await output(process.execPath, [join(root, 'dist/bench/fuzz.js'), '--formats']));
const fuzzSeconds = wanted('fuzz', 3600);
const moreSeconds = wanted('more', fuzzSeconds);
const progress = !('--fresh' in given) && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
/** The last commit that changed what the fuzz measures; with a plus sign where files differ from it. */
const decoder = decoderCommit();
const drills = [
  suite('kills', wanted('kills', 1000), 20, 'drill', 'test/drills/kill.test.ts', 'DRILL_CYCLES'),
  suite('cuts', wanted('cuts', 100), 5, 'drill-long', 'test/drills/long/power-cut.test.ts', 'DRILL_CUTS'),
  suite('damages', wanted('damages', 200), 50, 'drill', 'test/drills/damages.test.ts', 'DRILL_DAMAGES'),
  ...formats.map((format) => ({
    name: `fuzz: ${format}`,
    unit: format === 'requests' ? 'seconds' : 'seconds of CPU time',
    size: Math.min(fuzzSeconds, (progress[`fuzz: ${format}`]?.done ?? 0) + moreSeconds),
    slice: Math.min(120, Math.max(1, fuzzSeconds)),
    command: (first, n) => [
      process.execPath,
      [join(root, 'dist/bench/fuzz.js'), String(n), String(first + 1), format],
      {},
    ],
  })),
];

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    interrupted = true;
    child?.kill('SIGINT');
  });

let failed = false;
for (const drill of drills) {
  const began = performance.now();
  const from = progress[drill.name]?.done ?? 0;
  if (drill.unit !== undefined && from < drill.size && !interrupted && !failed) await measureAgain(drill.name);
  while (!interrupted && !failed && (progress[drill.name]?.done ?? 0) < drill.size) {
    const { done = 0 } = progress[drill.name] ?? {};
    const n = Math.min(drill.slice, drill.size - done);
    const values = await runSlice(drill, done, n);
    if (values === null) {
      failed = !interrupted;
      break;
    }
    progress[drill.name] = merged(progress[drill.name], values, n, drill.unit);
    save();
    const perSecond = (done + n - from) / ((performance.now() - began) / 1000);
    const leftMinutes = (drill.size - done - n) / perSecond / 60;
    process.stdout.write(
      `${drill.name}: ${done + n} of ${drill.size}, ${(perSecond * 60).toFixed(1)} a minute, ${leftMinutes.toFixed(0)} min left; ${JSON.stringify(progress[drill.name])}\n`,
    );
  }
}
if (interrupted) process.stdout.write('Interrupted. Run the same command to go on.\n');
process.exit(failed ? 1 : interrupted ? 130 : 0);

/** Sums counts; of `worst…` the largest is kept, with the text that it was measured of. */
function merged(before = { done: 0 }, { worst, ...values }, n, unit) {
  const after = { ...before, done: before.done + n, measured: new Date().toISOString().slice(0, 10) };
  for (const [name, value] of Object.entries(values))
    after[name] = name.startsWith('worst') ? Math.max(before[name] ?? 0, value) : (before[name] ?? 0) + value;
  if (unit === undefined) return after;
  const isWorse = values.worstMsPerMb > (before.worstMsPerMb ?? 0);
  return { ...after, unit, worst: (isWorse ? worst : before.worst) ?? null, worstAt: decoder };
}

/** The worst text of a format was measured with another decoder: measures it with this one. Without the text its cost is not known. */
async function measureAgain(name) {
  const before = progress[name];
  if (before === undefined || before.worstAt === decoder) return;
  const { worst = null } = before;
  const now =
    worst === null
      ? { worstMsPerMb: null }
      : JSON.parse(
          await output(process.execPath, [join(root, 'dist/bench/fuzz.js'), '--again', JSON.stringify(worst)]),
        );
  progress[name] = { ...before, ...now, worst, worstAt: decoder };
  save();
}

function decoderCommit() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const folders = ['--', 'ingest', 'bench/fuzz'];
  const commit = git('log', '-1', '--format=%h', ...folders);
  return git('status', '--porcelain', ...folders) === '' ? commit : `${commit}+`;
}

function save() {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(progress, null, 2)}\n`);
}

/** Runs one slice. Returns its figures; null if it failed or was interrupted, after printing what it wrote. */
async function runSlice({ name, command }, first, n) {
  const [path, args, environment] = command(first, n);
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-drills-'));
  const values = join(folder, 'values');
  try {
    const text = await output(path, args, { ...environment, DRILL_VALUES: values });
    if (existsSync(values)) return JSON.parse(readFileSync(values, 'utf8').trim().split('\n')[0]);
    throw new Error(`no figures: ${text.slice(-2000)}`);
  } catch (error) {
    if (!interrupted) process.stderr.write(`${name}, from ${first}: ${error.message}\n`);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a command writes to standard output. Rejects with the output if it fails. */
function output(path, args, environment = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(path, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The signal of a terminal reaches this process alone, which passes it on.
      detached: true,
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(text.slice(-4000)))));
  });
}
