/** Packages of peers: installed on first use beside the product's packages, and no dependencies of the product. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The test suite on ClickHouse has its package in a folder of its own. */
const FOLDERS = ['node_modules/.bench', 'node_modules/.clickhouse'];

/** Requires a package such as `chdb@3.4.0`, from the folder of the product. @throws Error if it cannot be had */
export function requirePeer(root: string, versioned: string): unknown {
  return createRequire(join(peerHome(root, versioned), 'x.js'))(nameOf(versioned));
}

/** The folder in whose `node_modules` a package is, installed there if it was not. @throws Error if it cannot be had */
export function peerHome(root: string, versioned: string): string {
  const name = nameOf(versioned);
  // A folder for each: npm removes from one what it was not told to install.
  const own = join(root, 'node_modules/.bench', name.replace('/', '+'));
  const homes = [...FOLDERS.map((folder) => join(root, folder)), own];
  const known = homes.find((home) => existsSync(join(home, 'node_modules', name)));
  if (known !== undefined) return known;
  mkdirSync(own, { recursive: true });
  execFileSync(
    'npm',
    ['install', '--prefix', own, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', versioned],
    { stdio: ['ignore', 2, 2] },
  );
  return own;
}

function nameOf(versioned: string): string {
  return versioned.slice(0, versioned.lastIndexOf('@'));
}
