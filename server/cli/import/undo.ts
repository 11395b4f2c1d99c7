/** `thermocline import --list` and `--undo`. */
import { ApiError, readAnswer, requestJson } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { plural } from '../../../ingest/text/quantities.ts';
import type { Config } from '../../config/environment.ts';
import type { ImportsAnswer } from '../../http/contract/imports.ts';
import { confirmed } from '../backup-files.ts';
import { writeOut } from '../output.ts';
import { Progress } from '../progress.ts';
import type { Target } from '../target.ts';
import { openTarget, withTarget } from '../target.ts';
import { UserError } from '../user-error.ts';

type Import = ImportsAnswer['items'][number];

const POLL_MS = 1000;

/** Prints the imports, newest first. */
export function listImports(config: Config): Promise<number> {
  return withTarget(config, async (target) => {
    const { items } = await importsAt(target);
    if (items.length === 0) writeOut('No imports to undo.\n');
    for (const one of items) writeOut(`${lineOf(one)}\n`);
  });
}

/** Undoes an import. Returns 1 if the user declines. @throws UserError for an unknown id */
export async function undoImport(config: Config, id: string, options: { readonly yes?: true }): Promise<number> {
  const target = await openTarget(config);
  const progress = new Progress(100, '%');
  let timer: NodeJS.Timeout | undefined;
  try {
    const found = (await importsAt(target)).items.find((one) => one.id === id);
    if (found === undefined)
      throw new UserError(`No import has the id ${plain(id)}. Run "thermocline import --list" to list the imports`);
    const what = `${plain(found.name)} (${plural(found.accepted, 'log event')} of ${functionsOf(found)})`;
    if (options.yes !== true && found.state === 'stored' && !(await confirmed(`Remove ${what}?`))) return 1;
    let shown = 0;
    timer = setInterval(() => {
      void importsAt(target).then(({ items }) => {
        const share = Math.floor((items.find((one) => one.id === id)?.progress ?? 0) * 100);
        progress.add(share - shown, 'undo');
        shown = share;
      }, ignore);
    }, POLL_MS);
    const { alreadyUndone } = (await readAnswer(
      await target.request(`/api/v1/imports/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    )) as { readonly alreadyUndone: boolean };
    progress.finish();
    const left =
      found.loose === 0 ? '' : ` ${plural(found.loose, 'record')} that name no function, such as flow logs, were kept.`;
    writeOut(
      alreadyUndone
        ? `${what} was already removed; nothing changed.\n`
        : `Removed ${what} from ${target.where}.${left}\n`,
    );
    return 0;
  } catch (error) {
    if (error instanceof ApiError) throw new UserError(error.message);
    throw error;
  } finally {
    clearInterval(timer);
    progress.finish();
    await target.close();
  }
}

function importsAt(target: Target): Promise<ImportsAnswer> {
  return requestJson<ImportsAnswer>(target.request, '/api/v1/imports?limit=500');
}

function lineOf(one: Import): string {
  const state = one.state === 'stored' ? `can be undone until ${one.undoUntil?.slice(0, 10)}` : STATES[one.state];
  const what = `${plural(one.accepted, 'log event')} of ${functionsOf(one)}`;
  return `${one.id}  ${one.startedAt.slice(0, 16).replace('T', ' ')}  ${plain(one.name)}: ${what}; ${state}`;
}

const STATES: Readonly<Record<Exclude<Import['state'], 'stored'>, string>> = {
  undoing: 'being undone',
  undone: 'undone',
  kept: 'too old to be undone',
};

function functionsOf({ functions }: Import): string {
  return functions.length === 0 ? 'no function' : functions.map((name) => plain(name)).join(', ');
}

/** Progress is shown again with the next response. */
function ignore(): void {
  // The request that matters reports its own error.
}
