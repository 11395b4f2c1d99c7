// Remembers on which inputs a step of `npm run check` passed, by their content, so that it does not run on the same inputs again.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';

const cache = join(root, 'node_modules/.cache/passed');

export function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest('hex');
}

/** @returns {string} digest of the names and contents of the files; a file that does not exist is an input too */
export function digestOfFiles(paths) {
  return digest(paths.flatMap((path) => [path, existsSync(join(root, path)) ? readFileSync(join(root, path)) : '-']));
}

/** @returns {string[]} files that Git tracks or would add, relative to the repository; without those that are deleted */
export function repositoryFiles() {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
}

/** @returns {string | null} what `remember` stored */
export function remembered(name) {
  const file = join(cache, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

export function remember(name, value) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, name), value);
}
