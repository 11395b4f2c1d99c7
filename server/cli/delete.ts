/** Deletes stored telemetry: of a function, of the simulated fleet, or log lines. */
import { readAnswer } from '../../ingest/api/api-client.ts';
import { plain } from '../../ingest/text/printable.ts';
import { byteSize, plural } from '../../ingest/text/quantities.ts';
import type { Config } from '../config/environment.ts';
import type { LinesInScopeAnswer } from '../http/contract/deletion.ts';
import { linesInScope } from '../http/contract/deletion.ts';
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

/** `thermocline delete-lines`. Returns 1 if the user declines. @throws ApiError for a scope that is not valid */
export async function deleteLines(
  config: Config,
  scope: Readonly<Record<string, string | undefined>>,
  isConfirmed: boolean,
): Promise<number> {
  const given = Object.entries(scope).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  const query = new URLSearchParams(given).toString();
  const target = await openTarget(config);
  try {
    if (!isConfirmed) {
      const found = linesInScope.parse(await readAnswer(await target.request(`/api/v1/logs/deletion?${query}`)));
      if (found.lines === 0) {
        writeOut(`No lines to delete.${damagedNote(found)}\n`);
        return 0;
      }
      const times = found.firstAt === null ? '' : ` from ${found.firstAt} to ${String(found.lastAt)}`;
      if (!(await confirmed(`Delete ${plural(found.lines, 'line')} (${byteSize(found.bytes)})${times}?`))) return 1;
    }
    const path = `/api/v1/logs?${query}`;
    const deleted = linesInScope.parse(await readAnswer(await target.request(path, { method: 'DELETE' })));
    writeOut(`Deleted ${plural(deleted.lines, 'line')} from ${target.where}.${damagedNote(deleted)}\n`);
    return 0;
  } finally {
    await target.close();
  }
}

function damagedNote({ damagedBlocks }: LinesInScopeAnswer): string {
  return damagedBlocks === 0 ? '' : ` ${plural(damagedBlocks, 'part')} cannot be read: left as they are.`;
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
