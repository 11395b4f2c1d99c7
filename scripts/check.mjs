// `npm run check`: what to run before each commit. `-- --changed` checks only files that differ from the main branch.
import { availableParallelism } from 'node:os';
import { checkNode, ensureInstalled } from './ensure.mjs';
import { runSteps } from './steps.mjs';

/**
 * Fast checks of the whole repository, the longest first, so that both lanes end at about the same time. Types are checked
 * by TypeScript 7, a native compiler; TypeScript 6 stays for dependency-cruiser, which needs a compiler in JavaScript.
 */
export const checks = [
  ['unit', 'npx', ['vitest', 'run', '--project', 'unit', '--reporter=dot']],
  ['types', 'npm', ['run', '-s', 'types']],
  ['architecture', 'npm', ['run', '-s', 'architecture']],
  ['format and lint', 'node', ['scripts/lint.mjs']],
  ['translations', 'node', ['scripts/messages.mjs', '--check']],
  ['OpenAPI', 'node', ['scripts/lint-openapi.mjs']],
  ['dead exports', 'npm', ['run', '-s', 'dead-exports']],
];

/** The other test projects of `npm test`, the longest first. */
export const suites = ['integration', 'drill', 'browser', 'contract', 'simulation'];

const changed = [
  ['unit', 'npx', ['vitest', 'run', '--project', 'unit', '--reporter=dot', '--passWithNoTests', '--changed', 'main']],
  ...checks.slice(1, 4),
];

if (process.argv[1] === import.meta.filename) {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--changed');
  if (unknown.length > 0) {
    process.stderr.write(`Unknown option ${unknown.join(' ')}. Usage: npm run check [-- --changed]\n`);
    process.exit(2);
  }
  checkNode();
  ensureInstalled();
  const steps = process.argv.includes('--changed') ? changed : checks;
  const failed = await runSteps(steps, { lanes: Math.min(2, availableParallelism()) });
  process.stdout.write(`\n${steps.length - failed.length} passed, ${failed.length} failed\n`);
  process.exit(failed.length === 0 ? 0 : 1);
}
