/**
 * Format and lint of all files. Files that passed before with the same content, rules and versions are not examined again, except by what
 * depends on other files: `noFloatingPromises` follows types into what a file imports.
 */
import { spawnSync } from 'node:child_process';
import { root } from './ensure.mjs';
import { digestOfFiles, remember, remembered, repositoryFiles } from './passed.mjs';

/** Names that fit in a command line. With more changes, examining every file costs no more. */
const MOST_CHANGED = 300;
const SETTINGS = [
  'biome.json',
  '.gitignore',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'scripts/lint.mjs',
];
const ACROSS_FILES = 'nursery/noFloatingPromises';

let failed = false;
function biome(command, ...args) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/@biomejs/biome/bin/biome', command, '--colors=off', ...args],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  if (status !== 0) failed = true;
}

const settings = digestOfFiles(SETTINGS);
const stored = JSON.parse(remembered('lint') ?? '{}');
const before = stored.settings === settings ? stored.files : {};
const files = Object.fromEntries(repositoryFiles().map((path) => [path, digestOfFiles([path])]));
const changed = Object.keys(files).filter((path) => before[path] !== files[path]);
const isSame = changed.length === 0 && Object.keys(before).length === Object.keys(files).length;

if (changed.length > MOST_CHANGED) biome('ci', '--error-on-warnings', '.');
else if (!isSame) {
  const options = ['--error-on-warnings', '--no-errors-on-unmatched'];
  if (changed.length > 0) {
    biome('format', ...options, ...changed);
    biome('lint', ...options, `--skip=${ACROSS_FILES}`, ...changed);
  }
  biome(
    'check',
    ...options,
    '--formatter-enabled=false',
    `--only=${ACROSS_FILES}`,
    '--only=source/organizeImports',
    '.',
  );
}
if (failed) process.exit(1);
remember('lint', JSON.stringify({ settings, files }));
process.stdout.write(`${changed.length} of ${Object.keys(files).length} files changed since they passed\n`);
