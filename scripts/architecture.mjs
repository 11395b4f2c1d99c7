/**
 * Import rules, repository rules and generated lists. dependency-cruiser reads every module with TypeScript's compiler, so it runs only if an
 * import changed since it passed, or which files exist, or what settings and packages decide.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';
import { digest, digestOfFiles, remember, remembered, repositoryFiles } from './passed.mjs';

const SETTINGS = [
  '.dependency-cruiser.cjs',
  'tsconfig.json',
  'tsconfig.base.json',
  'tsconfig.pure.json',
  'package.json',
  'package-lock.json',
];
/** Whatever can make a module depend on another, up to the next semicolon: more than imports, so that none is missed. */
const IMPORTS = /\b(?:import|require|from)\b[^;]*|\bexport\s+(?:type\s+)?[*{][^;]*|\/\/\/.*/g;

function importsOf(text) {
  return (text.match(IMPORTS) ?? []).join('\n');
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

const files = repositoryFiles();
const code = files.filter((path) => /\.[cm]?[jt]sx?$/.test(path));
const value = digest([
  digestOfFiles(SETTINGS),
  files.join('\n'),
  ...code.map((path) => importsOf(readFileSync(join(root, path), 'utf8'))),
]);
if (remembered('imports') !== value) {
  run('npm', 'run', '-s', 'imports');
  remember('imports', value);
}
run('node', 'scripts/tidy.mjs');
run('node', 'scripts/lists.mjs', '--check');
