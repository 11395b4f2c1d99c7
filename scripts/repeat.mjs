// `npm run repeat -- N [project …]`: runs test projects (by default those of `npm test`) N times, each time in another random order. Can be
// interrupted: runs of this version are in node_modules/.cache/repeat.json, and the next call goes on after them; `--fresh` begins anew.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suites } from './check.mjs';
import { root } from './ensure.mjs';
import { childrenCpuSeconds } from './steps.mjs';

const stateFile = join(root, 'node_modules/.cache/repeat.json');
const reportFile = join(root, 'node_modules/.cache/repeat-report.json');
const known = ['unit', ...suites];
const [times, ...given] = process.argv.slice(2).filter((argument) => argument !== '--fresh');
if (!/^[1-9]\d*$/.test(times ?? '') || given.some((project) => !known.includes(project))) {
  process.stderr.write(`Usage: npm run repeat -- N [project …] [--fresh]. Projects: ${known.join(', ')}\n`);
  process.exit(2);
}
const projects = given.length > 0 ? given : known;
const version = execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim();
const isFresh = process.argv.includes('--fresh') || !existsSync(stateFile);
const runs = isFresh ? [] : JSON.parse(readFileSync(stateFile, 'utf8')).filter((run) => run.version === version);
const runsOf = (project) => runs.filter((run) => run.project === project);

let child = null;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    isInterrupted = true;
    child?.kill('SIGINT');
  });

for (let round = 1; round <= Number(times); round += 1) {
  for (const project of projects) {
    if (isInterrupted || runsOf(project).length >= round) continue;
    const run = await runOnce(project, Math.floor(Math.random() * 1_000_000));
    if (isInterrupted) continue;
    runs.push({ version, project, ...run });
    writeFileSync(stateFile, JSON.stringify(runs));
    process.stdout.write(
      `${project} ${round} of ${times}: ${run.passed} of ${run.tests} passed, ${run.seconds} s (${run.cpuSeconds} s of CPU); ${minutesLeft()} min left; npx ${run.command}\n`,
    );
    for (const name of run.failed) process.stdout.write(`  failed: ${name}\n`);
  }
}
for (const project of projects) {
  const good = runsOf(project).filter(({ isGood }) => isGood);
  process.stdout.write(`${project}: ${good.length} of ${runsOf(project).length} runs passed\n`);
}
if (isInterrupted) process.stdout.write('Interrupted. The same command goes on.\n');
process.exit(isInterrupted ? 130 : Number(projects.flatMap(runsOf).some(({ isGood }) => !isGood)));

/** Minutes that the remaining runs take at the mean of the finished ones; a project without any takes as long as the others. */
function minutesLeft() {
  const left = (project) => Math.max(0, Number(times) - runsOf(project).length);
  const finished = (project) => (runsOf(project).length > 0 ? runsOf(project) : runs);
  const each = (all) => all.reduce((sum, { seconds }) => sum + seconds, 0) / all.length / 60;
  return Math.ceil(projects.reduce((sum, project) => sum + left(project) * each(finished(project)), 0));
}

async function runOnce(project, seed) {
  rmSync(reportFile, { force: true });
  const [began, cpuBefore] = [performance.now(), childrenCpuSeconds()];
  const command = `vitest run --project ${project} --sequence.shuffle --sequence.seed=${seed}`;
  const args = [...command.split(' '), '--reporter=json', `--outputFile=${reportFile}`];
  child = spawn('npx', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const isGood = await new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
  const { testResults } = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : { testResults: [] };
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = results.filter(({ status }) => status === 'passed').length;
  const failed = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  // A file that cannot be loaded has no results.
  for (const { name, message } of testResults) if (message) failed.push(`${name}: ${message.slice(0, 500)}`);
  const [seconds, cpuSeconds] = [(performance.now() - began) / 1000, childrenCpuSeconds() - cpuBefore].map(Math.round);
  return { command, isGood, tests: results.length, passed, failed, seconds, cpuSeconds };
}
