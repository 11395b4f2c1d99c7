/** Plans and applies rule files on a server, and prints what changes. */
import { readAnswer, withRetry } from '../../ingest/api/api-client.ts';
import { plain } from '../../ingest/text/printable.ts';
import { desiredOf } from '../alerts/code/desired.ts';
import { resourceName } from '../alerts/code/managed.ts';
import type { RuleSet } from '../alerts/code/rule-set.ts';
import { placed } from '../alerts/code/rule-set.ts';
import type { SecretReader } from '../alerts/code/secret-references.ts';
import { environmentVariable } from '../config/environment.ts';
import type { PlanAnswer, PlannedChange } from '../http/contract/alert-configuration.ts';
import type { Problem } from '../http/contract/problem.ts';
import { readSecretFile } from '../storage/files/text-files.ts';
import { writeJson, writeOut, writeStyled } from './output.ts';
import { loadRuleSet, problemsError } from './rule-file.ts';
import type { Target } from './target.ts';
import { openServer } from './target.ts';

export interface RulesOptions {
  readonly owner: string;
  readonly prune?: true;
  readonly json?: true;
  readonly url?: string;
  readonly token?: string;
}

/** Prints what applying the files would change. @returns exit code 0 without a change, 2 with changes */
export async function planRules(path: string, options: RulesOptions): Promise<number> {
  const plan = await withTargetOf(options, async (target) => send(target, path, options, 'plan'));
  print(plan, options, 'plan');
  return isUnchanged(plan) ? 0 : 2;
}

/** Applies the files: all of them, or nothing. Without a revision, that of a plan that is made first. */
export async function applyRules(
  path: string,
  { revision, ...options }: RulesOptions & { readonly revision?: string },
) {
  const applied = await withTargetOf(options, async (target) => {
    const of = revision ?? (await send(target, path, options, 'plan')).revision;
    return send(target, path, options, 'apply', of);
  });
  print(applied, options, 'apply');
  return 0;
}

/** Runs work with the server of the options, and closes it. */
export async function withTargetOf<T>(
  options: Pick<RulesOptions, 'url' | 'token'>,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await openServer(options);
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}

async function send(
  target: Target,
  path: string,
  { owner, prune }: RulesOptions,
  what: 'plan' | 'apply',
  revision?: string,
): Promise<PlanAnswer> {
  const { set } = loadRuleSet(path);
  const result = await desiredOf(set, secrets);
  if (!result.ok) throw problemsError(result.problems);
  const body = JSON.stringify({ owner, prune: prune === true, ...result.desired, revision });
  const address = what === 'plan' ? '/api/v1/alerts/configuration/plan' : '/api/v1/alerts/configuration';
  const headers = { 'content-type': 'application/json' };
  const response = await withRetry(() =>
    target.request(address, { method: what === 'plan' ? 'POST' : 'PUT', headers, body }),
  );
  if (response.status === 400 || response.status === 409) await rejectPlaced(response.clone(), set);
  return readAnswer<PlanAnswer>(response);
}

/** @throws UserError with the places in the files of what the server refuses */
async function rejectPlaced(response: Response, set: RuleSet): Promise<void> {
  const { errors = [] } = (await response.json()) as Partial<Problem>;
  // The body has a document beside its file, which the files do not.
  const inFiles = errors.map(({ field, message }) => ({
    field: field.replace(/^((?:rules|receivers)\.\d+)\.document/, '$1').replace(/^(routes|inhibitions)\.list/, '$1'),
    message,
  }));
  if (inFiles.length > 0) throw problemsError(placed(set, inFiles));
}

/** From the environment and the files of this machine: the server never reads what a request names. */
const secrets: SecretReader = async (reference, folder) => {
  if (reference.kind === 'file') return readSecretFile(reference.path, folder);
  const value = environmentVariable(reference.name);
  return value === undefined ? { reason: 'is not set in the environment' } : { value };
};

function isUnchanged({ counts }: PlanAnswer): boolean {
  return counts.create + counts.change + counts.adopt + counts.delete === 0;
}

const SIGNS = {
  create: { sign: '+', style: 'green' },
  change: { sign: '~', style: 'yellow' },
  adopt: { sign: '=', style: 'cyan' },
  delete: { sign: '-', style: 'red' },
} as const;

function print(plan: PlanAnswer, { json }: RulesOptions, what: 'plan' | 'apply'): void {
  if (json === true) writeJson(plan, 2);
  else writeOut(printChanges(plan, what));
}

/** Prints the changes, and returns the last line. */
function printChanges(plan: PlanAnswer, what: 'plan' | 'apply'): string {
  for (const change of plan.changes) printChange(change);
  const { create, change, adopt, delete: deleted, unchanged } = plan.counts;
  if (isUnchanged(plan)) return `No changes: ${unchanged} as in the files.\n`;
  const [created, changed, adopted, gone] =
    what === 'plan'
      ? ['to create', 'to change', 'to adopt', 'to delete']
      : ['created', 'changed', 'adopted', 'deleted'];
  const parts = [
    `${create} ${created}`,
    `${change} ${changed}`,
    ...(adopt > 0 ? [`${adopt} ${adopted}`] : []),
    `${deleted} ${gone}`,
    `${unchanged} unchanged`,
  ];
  return `${what === 'plan' ? 'Plan' : 'Applied'}: ${parts.join(', ')}.\n`;
}

function printChange({ kind, id, name, action, file, fields }: PlannedChange): void {
  if (action === 'unchanged') return;
  const { sign, style } = SIGNS[action];
  const title = name === kind || name === id ? '' : ` “${name}”`;
  const note = action === 'adopt' ? ': as stored; from then on only this file changes it' : '';
  writeStyled([{ style, text: sign }, plain(`${resourceName(kind, id)}${title} (${file})${note}`)], ' ');
  for (const { field, before, after } of fields)
    writeOut(`    ${plain(`${field}: ${before ?? 'none'} → ${after ?? 'none'}`)}\n`);
}
