/** Paths of the files that ship with the product. The same from the sources and from the bundle in dist/. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Places } from '../roles/serve.ts';

const root = packageRoot(import.meta.dirname);

/** The nearest folder upwards that has a package.json. @throws Error when there is none */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('package.json not found: the installation is incomplete');
  return packageRoot(dirname(folder));
}

/** A `file:` URL below the package root; with a slash at its end it is a folder. */
const shipped = (path: string): URL => new URL(path, `${pathToFileURL(root).href}/`);

export const places: Places = {
  workers: shipped('dist/workers/'),
  migrations: shipped('migrations/'),
  kits: { deploy: shipped('deploy/'), forwarder: shipped('dist/forwarder/index.cjs') },
  web: existsSync(shipped('dist/web/index.html')) ? shipped('dist/web/') : null,
};

export const version: string = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
  .version;
