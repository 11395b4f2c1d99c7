/** Paths of the files that ship with the product. The same from the sources and from the bundle in dist/. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { KitPaths } from './deploy-kits.ts';

/** Locations of shipped files, as `file:` URLs. */
export interface AssetPaths {
  /** The program of the command line. */
  readonly program: URL;
  /** Folder of the bundled worker threads. */
  readonly workers: URL;
  /** Folder of migrations; one subfolder per store. */
  readonly migrations: URL;
  /** Templates of the deploy kits. */
  readonly kits: KitPaths;
  /** The OpenAPI document: the build copies docs/openapi.json without its blanks. */
  readonly openApi: URL;
  /** Folder of the built web client; null if it was not built. */
  readonly web: URL | null;
}

const root = packageRoot(import.meta.dirname);

/** Nearest parent folder with a package.json. @throws Error if there is none. */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('package.json not found: the installation is incomplete');
  return packageRoot(dirname(folder));
}

/** A `file:` URL below the package root. A trailing slash makes it a folder. */
const assetUrl = (path: string): URL => new URL(path, `${pathToFileURL(root).href}/`);

export const assetPaths: AssetPaths = {
  program: assetUrl('dist/main.js'),
  workers: assetUrl('dist/workers/'),
  migrations: assetUrl('migrations/'),
  kits: { deploy: assetUrl('deploy/'), forwarder: assetUrl('dist/forwarder/index.cjs') },
  openApi: assetUrl('dist/openapi.json'),
  web: existsSync(assetUrl('dist/web/index.html')) ? assetUrl('dist/web/') : null,
};

/** Version of the product, from package.json. */
export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;
