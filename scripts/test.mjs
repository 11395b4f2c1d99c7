// `npm test`: installs what is missing (Chromium included), then runs every check. Prints each check with its duration.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { checks, suites as projects } from './check.mjs';
import { checkNode, ensureInstalled } from './ensure.mjs';
import { runSteps } from './steps.mjs';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function ensureChromium() {
  if (process.env.CHROMIUM_PATH !== undefined || chromium.some(existsSync)) return;
  install('Chromium', 'the browser tests', 'CHROMIUM_PATH', ['chromium', 'fonts-dejavu-core']);
}

/** Tests compare the state machine of alerts with promtool, and the evaluation of PromQL with prometheus beside it. */
function ensurePromtool() {
  if (process.env.PROMTOOL_PATH !== undefined || existsSync('/usr/bin/promtool')) return;
  install('promtool', 'the comparison of alerts and of PromQL', 'PROMTOOL_PATH', ['prometheus']);
}

function install(what, purpose, variable, packages) {
  process.stderr.write(`Installing ${what} for ${purpose} …\n`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const args of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const [command, ...rest] = [...sudo, ...args];
    const { status } = spawnSync(command, rest, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) {
      process.stderr.write(`${what} could not be installed: install it by hand, or set ${variable}.\n`);
      process.exit(1);
    }
  }
}

checkNode();
ensureInstalled({ compiles: false });
ensureChromium();
ensurePromtool();

/** Compiles better-sqlite3 in a fresh clone, and builds. Checks that only read sources run beside it. */
const build = ['build', 'node', ['scripts/ensure.mjs']];
const afterBuild = (check) => (check[0] === 'unit' ? [...check, 'build'] : check);
const suite = (project) => [project, 'npx', ['vitest', 'run', '--project', project], 'build'];

/**
 * Three at a time, the longest first; the quick checks before the suites, which begin while unit tests still run. `integration` uses both
 * cores for two thirds of its time, `drill` mostly waits for deadlines and restarts, and `browser` for pages. They share nothing: each has
 * its own folders and ports, and no test measures time by the clock. `contract` installs ClickHouse's engine on first use, which is a
 * download.
 */
const LANES = 3;
const suites = projects.map(suite);
const steps = [build, ...checks.map(afterBuild), ...suites];
const failed = await runSteps(steps, { lanes: LANES });
const total = steps.length;
// The reasons once more at the end: the output of the other checks is long.
for (const { name, tail } of failed) process.stdout.write(`\n── ${name} failed; the end of its output:\n${tail}\n`);
if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.map(({ name }) => name).join(', ')}\n`);
process.stdout.write(`\n${total - failed.length} passed, ${failed.length} failed\n`);
process.exit(failed.length === 0 ? 0 : 1);
