/** Deletes stored telemetry: of a function, or of the simulated fleet. */
import { readAnswer } from '../../ingest/api/api-client.ts';
import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import { confirmed } from './backup-files.ts';
import { writeOut } from './output.ts';
import { openTarget } from './target.ts';

/** `thermocline delete NAME`. Returns 1 if the user declines. @throws ApiError for an unknown or ambiguous name. */
export async function deleteFunction(config: Config, name: string, options: { readonly yes?: true }): Promise<number> {
  const shown = plain(name);
  if (options.yes !== true && !(await confirmed(`Delete everything that is stored of ${shown}?`))) return 1;
  return deleteAt(config, `/api/v1/functions/${encodeURIComponent(name)}`, shown);
}

/** `thermocline demo --remove`. */
export async function removeDemo(config: Config): Promise<number> {
  return deleteAt(config, '/api/v1/demo', 'the simulated fleet');
}

async function deleteAt(config: Config, path: string, what: string): Promise<number> {
  const target = await openTarget(config);
  try {
    await readAnswer(await target.request(path, { method: 'DELETE' }));
    writeOut(`Deleted ${what} from ${target.where}.\n`);
    return 0;
  } finally {
    await target.close();
  }
}
