/** Packages of peers: installed on first use beside the product's packages, and no dependencies of the product. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The test suite on ClickHouse has its package in a folder of its own. */
const FOLDERS = ['node_modules/.bench', 'node_modules/.clickhouse'];

/** Requires a package such as `chdb@3.4.0`, from the folder of the product. @throws Error if it cannot be had */
export function requirePeer(root: string, versioned: string): unknown {
  const name = versioned.slice(0, versioned.lastIndexOf('@'));
  const homes = FOLDERS.map((folder) => join(root, folder));
  const known = homes.find((home) => existsSync(join(home, 'node_modules', name)));
  const home = known ?? homes[0] ?? root;
  if (known === undefined) {
    mkdirSync(home, { recursive: true });
    execFileSync(
      'npm',
      ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', versioned],
      { stdio: ['ignore', 2, 2] },
    );
  }
  return createRequire(join(home, 'x.js'))(name);
}
