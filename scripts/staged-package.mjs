/** What `npm pack` packs, and installing it elsewhere: for the checks of a release and for the Debian package. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Packs the built product into `folder`. @returns the path of the tarball */
export function pack(folder) {
  mkdirSync(folder, { recursive: true });
  // The build was made before, and checked; what a release says about the code of others is made with the package.
  execFileSync(process.execPath, ['scripts/third-party.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', resolve(folder)];
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [name] = readdirSync(folder).filter((one) => one.endsWith('.tgz'));
  return join(resolve(folder), name);
}

/**
 * Installs a tarball, or a package of the registry, with its dependencies into an empty folder, as a stranger does. `env` chooses the
 * Node.js that runs npm. @returns the folder of the packages
 */
export function install(what, folder, env = process.env) {
  mkdirSync(folder, { recursive: true });
  // npm 11 runs install scripts only of packages that are named: this one fetches or compiles its native module.
  const project = { private: true, allowScripts: { 'better-sqlite3': true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', what];
  execFileSync('npm', args, { cwd: folder, env, stdio: 'inherit' });
  return join(resolve(folder), 'node_modules');
}
