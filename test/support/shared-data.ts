/** The published data sets that acceptance tests read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const folder = join(import.meta.dirname, '../../../shared/data');

export function sharedJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

export function sharedGzip(name: string): string {
  return gunzipSync(readFileSync(join(folder, name))).toString('utf8');
}

export function sharedText(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
