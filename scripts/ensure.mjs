// Installs and builds only what is missing or out of date. Imported by start.mjs and test.mjs; also runs standalone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stamps = join(root, 'node_modules', '.thermocline');

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesBelow)) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function fresh(name, value) {
  const stamp = join(stamps, name);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
}

function remember(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}

function run(command, args, environment = {}) {
  const env = { ...process.env, ...environment };
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env });
  if (result.status !== 0) {
    process.stderr.write(`\n${command} ${args.join(' ')} failed (exit ${result.status ?? result.signal}).\n`);
    process.exit(1);
  }
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`Thermocline needs Node.js 20.19 or newer; this is ${process.versions.node}.\n`);
    process.exit(1);
  }
}

const addon = join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');

/**
 * Returns why this Node cannot load better-sqlite3, or null: the stamps do not see an addon that another Node version compiled
 * since (`NODE_MODULE_VERSION`), nor one that is damaged or made for another system.
 */
export function addonProblem(path = addon, load = createRequire(import.meta.url)) {
  if (!existsSync(path)) return 'it is missing';
  try {
    load(path);
    return null;
  } catch (error) {
    return error.message.replaceAll(/\s+/g, ' ');
  }
}

/**
 * What to do about packages: nothing, install the differences (`npm ci` would recompile better-sqlite3), compile only better-sqlite3,
 * or install all.
 */
export function installStep({ installed, unpacked = false, modules, problem }) {
  if (installed) return problem === null ? 'nothing' : 'rebuild';
  if (unpacked) return 'rebuild';
  return modules && problem === null ? 'update' : 'install';
}

/**
 * Environment variables with which better-sqlite3 is compiled. From Node.js 24 on its own sources are compiled, with
 * scripts/object-wrap.h before them: a binary that was made elsewhere aborts the process there (24.19 and newer).
 */
export function compilerSettings(version, folder = root, given = process.env.CXXFLAGS) {
  if (Number(version.split('.')[0]) < 24) return {};
  const header = join(folder, 'scripts/object-wrap.h').replaceAll(' ', '\\ ');
  const flags = [given, `-include ${header}`].filter(Boolean).join(' ');
  return { CXXFLAGS: flags, npm_config_build_from_source: 'better-sqlite3' };
}

/** Packages that have install scripts. */
export const COMPILED = ['better-sqlite3', 'esbuild'];

const REBUILD = ['rebuild', ...COMPILED, '--loglevel=error'];

/**
 * Installs what is missing. With `compiles: false` a first install leaves better-sqlite3 to the next call, which takes a minute on one core:
 * checks that do not load it can run beside.
 */
export function ensureInstalled({ compiles = true } = {}) {
  const settings = compilerSettings(process.versions.node);
  const compiled = [process.versions.modules, ...Object.keys(settings)].join(' ');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(compiled)
    .digest('hex');
  const problem = addonProblem();
  const modules = fresh('modules', compiled);
  const step = installStep({ installed: fresh('install', lock), unpacked: fresh('unpacked', lock), modules, problem });
  if (step === 'nothing') return;
  if (!compiles && step === 'rebuild') return;
  if (step === 'install') {
    process.stderr.write('Installing packages (once) …\n');
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    remember('unpacked', lock);
    if (!compiles) return;
  }
  if (step !== 'update') {
    process.stderr.write(
      `Compiling better-sqlite3 for Node.js ${process.versions.node}, which takes a minute (${problem}) …\n`,
    );
    run('npm', REBUILD, settings);
  } else {
    process.stderr.write('Updating packages …\n');
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], settings);
  }
  const left = addonProblem();
  if (left !== null) {
    process.stderr.write(`better-sqlite3 cannot be loaded: ${left}\nRun: rm -rf node_modules && npm ci\n`);
    process.exit(1);
  }
  remember('modules', compiled);
  remember('install', lock);
  // A later lock file changes what is unpacked without this stamp.
  remember('unpacked', '');
}

export async function ensureBuilt() {
  const sources = [
    'server',
    'ingest',
    'web',
    'bench',
    'deploy',
    'docs/openapi.json',
    'scripts/build.mjs',
    'scripts/client-types.mjs',
    'scripts/compiled-code.mjs',
    'scripts/compiled-code-recorder.mjs',
    'vite.config.ts',
    'package-lock.json',
  ].map((path) => join(root, path));
  const value = digest(sources);
  if (fresh('build', value) && existsSync(join(root, 'dist/main.js')) && existsSync(join(root, 'dist/web/index.html')))
    return;
  process.stderr.write('Building …\n');
  run(process.execPath, [join(root, 'scripts/build.mjs')]);
  remember('build', value);
}

export { root };

if (process.argv[1] === import.meta.filename) {
  checkNode();
  ensureInstalled();
  await ensureBuilt();
}
