// `npm test`: installs what is missing (Chromium included), then runs every check. Prints what it ran and how long it took.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { checkNode, ensureBuilt, ensureInstalled, root } from './ensure.mjs';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function ensureChromium() {
  if (process.env.CHROMIUM_PATH !== undefined || chromium.some(existsSync)) return;
  install('Chromium', 'the browser tests', 'CHROMIUM_PATH', ['chromium', 'fonts-dejavu-core']);
}

/** Prometheus's own rule tester, which the state machine of alerts is compared with. */
function ensurePromtool() {
  if (process.env.PROMTOOL_PATH !== undefined || existsSync('/usr/bin/promtool')) return;
  install('promtool', 'the comparison of alerts', 'PROMTOOL_PATH', ['prometheus']);
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

const steps = [
  ['format', 'npx', ['biome', 'format', '.']],
  ['lint', 'npx', ['biome', 'lint', '--error-on-warnings', '.']],
  ['types', 'npm', ['run', '-s', 'types']],
  ['architecture', 'npm', ['run', '-s', 'architecture']],
  ['unit', 'npx', ['vitest', 'run', '--project', 'unit']],
  ['integration', 'npx', ['vitest', 'run', '--project', 'integration']],
  ['drills', 'npx', ['vitest', 'run', '--project', 'drill']],
  ['browser', 'npx', ['vitest', 'run', '--project', 'browser']],
];

checkNode();
ensureInstalled();
ensureChromium();
ensurePromtool();
await ensureBuilt();
let failed = 0;
for (const [name, command, args] of steps) {
  process.stdout.write(`\n── ${name}\n`);
  const began = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  process.stdout.write(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  );
  if (status !== 0) failed += 1;
}
process.stdout.write(`\n${steps.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
