/** `thermocline subscribe`: plans, applies or removes subscription filters. Never changes filters of other products. */
import { createInterface } from 'node:readline/promises';
import { logsClient, regionOf } from '../../ingest/aws/aws-clients.ts';
import { explainAws } from '../../ingest/aws/aws-errors.ts';
import type { Partition } from '../../ingest/aws/aws-regions.ts';
import { partitionOf, partitionOfArn } from '../../ingest/aws/aws-regions.ts';
import { matcher } from '../../ingest/aws/glob.ts';
import { isLogClassError, logClassProblem } from '../../ingest/aws/log-class.ts';
import type { FoundGroup } from '../../ingest/aws/log-groups.ts';
import { findGroups } from '../../ingest/aws/log-groups.ts';
import { checkPlatformFilter, filterFor, isFunctionGroup } from '../../ingest/aws/platform-filter.ts';
import type { DesiredFilter, ExistingFilter, PlannedGroup } from '../../ingest/aws/subscription-plan.ts';
import { iamPolicy, ownGroups, planAccount, planGroup, selectionCriteria } from '../../ingest/aws/subscription-plan.ts';
import {
  deleteAccountPolicy,
  deleteFilter,
  hasTags,
  putAccountPolicy,
  putFilter,
  readAccountPolicies,
  readFilters,
  readGroup,
} from '../../ingest/aws/subscriptions.ts';
import { droppedErrorTerms } from '../../ingest/lines/filter-pattern.ts';
import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import type { AwsScopeOptions, GroupOptions } from './aws-options.ts';
import { selectionOf } from './aws-options.ts';
import { writeErr, writeOut } from './output.ts';
import { UserError } from './user-error.ts';

export interface SubscribeOptions extends GroupOptions, AwsScopeOptions {
  readonly plan?: boolean;
  readonly apply?: boolean;
  readonly remove?: boolean;
  readonly status?: boolean;
  readonly iam?: boolean;
  readonly destination?: string;
  readonly role?: string;
  readonly tag?: readonly string[];
  readonly filterName: string;
  readonly everything?: boolean;
  readonly accountLevel?: boolean;
  readonly yes?: boolean;
}

/** Name of the filter of a kit that is given its own pattern. */
const NARROWED_NAME = 'thermocline-own-pattern';

type Client = ReturnType<typeof logsClient>;

export async function runSubscribe(config: Config, options: SubscribeOptions): Promise<number> {
  if (options.iam === true) {
    say(JSON.stringify(iamPolicy(options.role ?? null, await partitionFor(options)), null, 2));
    return 0;
  }
  if (options.status !== true && options.remove !== true) checkDestination(options);
  const client = logsClient(
    { ...options, proxy: config.proxy },
    {
      requestsPerSecond: options.requestsPerSecond ?? config.pull.requestsPerSecond,
      maxAttempts: 3,
    },
  );
  try {
    if (options.accountLevel === true) return await accountLevel(client, config, options);
    const { groups, unread } = await select(client, options);
    const code =
      options.status === true
        ? await status(client, groups, options)
        : options.remove === true
          ? await remove(client, groups, options)
          : await planAndApply(client, config, groups, options);
    return unread === 0 ? code : 1;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(explainAws(error, 'reading log groups and their filters (see --iam)'));
  } finally {
    client.destroy();
  }
}

/** The partition of the given ARNs, else of the region that the AWS SDK would use, else `aws`. Calls nothing. */
async function partitionFor(options: SubscribeOptions): Promise<Partition> {
  const named = [options.role, options.destination].flatMap((arn) => partitionOfArn(arn ?? '') ?? []).at(0);
  if (named !== undefined) return named;
  const client = logsClient(options, { requestsPerSecond: 1 });
  try {
    return partitionOf(await regionOf(client));
  } catch {
    return partitionOf('');
  } finally {
    client.destroy();
  }
}

/** Log groups that match; a group whose tags cannot be read is left out with a message. */
async function select(
  client: Client,
  options: SubscribeOptions,
): Promise<{ readonly groups: readonly FoundGroup[]; readonly unread: number }> {
  const found = await findGroups(client, selectionOf(options), await regionOf(client));
  const tags = (options.tag ?? []).map((text): readonly [string, string] => {
    const at = text.indexOf('=');
    if (at <= 0) throw new UserError(`--tag ${text}: expected key=value`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const groups: FoundGroup[] = [];
  let unread = 0;
  for (const group of found) {
    try {
      if (await hasTags(client, group, tags)) groups.push(group);
    } catch (error) {
      unread += 1;
      say(`  ! ${plain(group.name)}: ${plain(explainAws(error, 'logs:ListTagsForResource'))}`);
    }
  }
  if (groups.length === 0 && unread === 0) throw new UserError('No log group matches the selection');
  return { groups, unread };
}

async function planAndApply(
  client: Client,
  config: Config,
  groups: readonly FoundGroup[],
  options: SubscribeOptions,
): Promise<number> {
  const desired = await desiredFilter(client, options);
  const isOwn = ownGroups(desired.destinationArn, config.selfLogGroups);
  const desiredOf = (logGroup: string): DesiredFilter => ({
    ...desired,
    pattern: filterFor(logGroup, desired.pattern) ?? '',
  });
  const plan: PlannedGroup[] = [];
  for (const group of groups) {
    try {
      plan.push(planGroup(await readGroup(client, group), desiredOf(group.name), isOwn));
    } catch (error) {
      plan.push({ logGroup: group.name, step: failedStep(error) });
    }
  }
  say(`Filter "${desired.name}" to ${desired.destinationArn}`);
  for (const { logGroup, step } of plan) {
    const notes = [step.note, deliveredNote(logGroup, step, desired.destinationArn)].filter((note) => note !== null);
    say(`  ${step.do.padEnd(6)} ${plain(logGroup)}${notes.length === 0 ? '' : ` (${plain(notes.join('; '))})`}`);
  }
  const changes = plan.filter(({ step }) => step.do === 'create' || step.do === 'update');
  const failed = plan.filter(({ step }) => step.do === 'error').length;
  say(summary(plan));
  if (options.apply !== true) {
    if (changes.length > 0) say('Nothing was changed. Add --apply to apply the plan.');
    return failed === 0 ? 0 : 1;
  }
  if (changes.length === 0) return failed === 0 ? 0 : 1;
  if (!(await confirmed(options, `Change ${changes.length} log groups?`))) return 1;
  const code = await report(
    changes.map(({ logGroup }) => logGroup),
    (logGroup) => putFilter(client, logGroup, desiredOf(logGroup), options.role ?? null),
    'subscribed',
  );
  return failed === 0 ? code : 1;
}

/** A group that could not be read: of another log class it is skipped, otherwise it is an error. */
function failedStep(error: unknown): Extract<PlannedGroup['step'], { do: 'skip' | 'error' }> {
  return { do: isLogClassError(error) ? 'skip' : 'error', note: explainAws(error, 'logs:DescribeSubscriptionFilters') };
}

/** Says what the filter delivers from a group that is not a function's; null where the default needs no explanation. */
function deliveredNote(logGroup: string, step: PlannedGroup['step'], destinationArn: string): string | null {
  if (step.do === 'skip' || step.do === 'error' || isFunctionGroup(logGroup)) return null;
  const whole =
    'every line is delivered: the group may hold other telemetry (spans, access logs, flow logs, Lambda Insights)';
  return destinationArn.split(':')[2] === 'lambda'
    ? `${whole}; the forwarder drops only application lines of functions`
    : whole;
}

/** Validates destination and role before any call to AWS. @throws UserError naming the option. */
function checkDestination({ destination, role }: SubscribeOptions): string {
  if (destination === undefined) throw new UserError('Missing --destination ARN. Create one with thermocline connect.');
  const service = /^arn:aws[a-z-]*:(firehose|lambda|kinesis|logs):[a-z0-9-]+:\d{12}:.+$/.exec(destination)?.[1];
  if (service === undefined) {
    throw new UserError(
      '--destination: expected the ARN of a Firehose stream, Lambda function, Kinesis stream or logs destination',
    );
  }
  if ((service === 'firehose' || service === 'kinesis') && role === undefined) {
    throw new UserError(
      `--role: CloudWatch Logs needs a role to write to ${service} (thermocline connect creates one)`,
    );
  }
  return destination;
}

async function desiredFilter(client: Client, options: SubscribeOptions): Promise<DesiredFilter> {
  const destinationArn = checkDestination(options);
  return { name: options.filterName, pattern: await patternOf(client, options), destinationArn };
}

async function patternOf(client: Client, options: SubscribeOptions): Promise<string> {
  if (options.everything === true) return '';
  const { pattern, warning } = await checkPlatformFilter(client);
  if (warning !== null) writeErr(`${warning}\n`);
  return pattern ?? '';
}

/** The filters of each group. A group that cannot be read is reported and does not stop the others. */
async function eachGroup(
  client: Client,
  groups: readonly FoundGroup[],
  use: (group: FoundGroup, filters: readonly ExistingFilter[]) => void,
): Promise<number> {
  let failed = 0;
  for (const group of groups) {
    const classProblem = logClassProblem(group.logClass);
    if (classProblem !== null) {
      say(`  – ${plain(group.name)} (${classProblem})`);
      continue;
    }
    try {
      use(group, await readFilters(client, group.name));
    } catch (error) {
      const { do: kind, note } = failedStep(error);
      if (kind === 'error') failed += 1;
      say(`  ${kind === 'error' ? '!' : '–'} ${plain(group.name)} (${plain(note)})`);
    }
  }
  return failed;
}

async function status(client: Client, groups: readonly FoundGroup[], options: SubscribeOptions): Promise<number> {
  let ours = 0;
  let named = 0;
  const narrow = { ours: 0, kits: 0 };
  const failed = await eachGroup(client, groups, (group, filters) => {
    const own =
      filters.find((filter) => filter.name === options.filterName) ??
      filters.find((filter) => filter.name === NARROWED_NAME);
    if (own !== undefined) ours += 1;
    if (own?.name === options.filterName) named += 1;
    const drops = own === undefined ? null : dropsNote(group.name, own.pattern);
    if (drops !== null) narrow[own?.name === options.filterName ? 'ours' : 'kits'] += 1;
    const others = filters.filter((filter) => filter !== own).map((filter) => `"${filter.name}"`);
    say(
      `  ${own === undefined ? '–' : '✓'} ${plain(group.name)}${own === undefined ? '' : ` → ${plain(own.destinationArn)}`}` +
        `${drops === null ? '' : ` (${plain(drops)})`}` +
        `${others.length === 0 ? '' : ` (others: ${plain(others.join(', '))})`}`,
    );
  });
  say(`${ours} of ${groups.length} log groups are subscribed${failed === 0 ? '' : `, ${failed} could not be read`}`);
  const advise = (n: number, remedy: string): void => {
    if (n > 0)
      say(
        `${n} of them may drop errors that runtimes report, so their filter must not be in THERMOCLINE_ERROR_FILTERS of the server. ${remedy}`,
      );
  };
  advise(narrow.ours, 'subscribe --apply gives them the default pattern.');
  advise(
    narrow.kits,
    'Their pattern is the parameter FilterPattern of the kit: leave it out and deploy the kit again.',
  );
  if (failed === 0 && named > 0 && narrow.ours === 0) {
    say(
      `Each filter "${plain(options.filterName)}" passes the errors that runtimes report. With its name in THERMOCLINE_ERROR_FILTERS of the server (by default: thermocline), error rates are known of functions that print nothing, too.`,
    );
  }
  return failed === 0 ? 0 : 1;
}

/** Says which reported errors the pattern may drop; null if it passes them all, or if the group is not of a function. */
function dropsNote(logGroup: string, pattern: string): string | null {
  const dropped = isFunctionGroup(logGroup) ? droppedErrorTerms(pattern) : [];
  if (dropped.length === 0) return null;
  const shown = dropped.slice(0, 3).map((term) => `"${term}"`);
  const more = dropped.length > shown.length ? ` and ${dropped.length - shown.length} more` : '';
  return `its pattern may drop lines with ${shown.join(', ')}${more}`;
}

async function remove(client: Client, groups: readonly FoundGroup[], options: SubscribeOptions): Promise<number> {
  const ours: string[] = [];
  const failed = await eachGroup(client, groups, (group, filters) => {
    const own = filters.find((filter) => filter.name === options.filterName);
    if (own === undefined) return;
    if (options.destination !== undefined && own.destinationArn !== options.destination) return;
    ours.push(group.name);
    say(`  remove ${plain(group.name)} ("${own.name}" → ${plain(own.destinationArn)})`);
  });
  if (failed > 0) say(`${failed} ${failed === 1 ? 'group' : 'groups'} could not be read`);
  if (ours.length === 0) {
    say(`No group has a filter "${options.filterName}"`);
    return failed === 0 ? 0 : 1;
  }
  if (!(await confirmed(options, `Remove ${ours.length} filters?`))) return 1;
  const code = await report(ours, (logGroup) => deleteFilter(client, logGroup, options.filterName), 'removed');
  return failed === 0 ? code : 1;
}

async function accountLevel(client: Client, config: Config, options: SubscribeOptions): Promise<number> {
  const existing = await readAccountPolicies(client);
  if (options.status === true) {
    for (const policy of existing)
      say(`  ${policy.name} → ${plain(policy.destinationArn)} ${plain(policy.selectionCriteria)}`);
    if (existing.length === 0) say('The account has no subscription policy');
    return 0;
  }
  if (options.remove === true) {
    if (!existing.some((policy) => policy.name === options.filterName)) {
      say(`The account has no policy "${options.filterName}"`);
      return 0;
    }
    if (!(await confirmed(options, `Remove the account’s policy "${options.filterName}"?`))) return 1;
    return report(['account policy'], () => deleteAccountPolicy(client, options.filterName), 'removed');
  }
  const desired = await desiredFilter(client, options);
  const isOwn = ownGroups(desired.destinationArn, config.selfLogGroups);
  const all = await findGroups(client, { include: ['*'], exclude: [] }, await regionOf(client));
  const unwanted = matcher(options.exclude ?? []);
  const excluded = all.map((group) => group.name).filter((name) => isOwn(name) || unwanted(name));
  const policy = { ...desired, selectionCriteria: selectionCriteria(excluded) };
  const step = planAccount(existing, policy);
  say(
    `Account policy "${policy.name}" to ${policy.destinationArn}: ${step.do}${step.note === null ? '' : ` (${plain(step.note)})`}`,
  );
  if (policy.pattern !== '') {
    say(
      '  platform lines and the runtimes’ error lines: spans, access logs and other telemetry require --everything or their own filter',
    );
  }
  if (excluded.length > 0) say(`  excluded: ${plain(excluded.join(', '))}`);
  if (step.do === 'skip') return 1;
  if (step.do === 'keep') return 0;
  if (options.apply !== true) {
    say('Nothing was changed. Add --apply to apply the plan.');
    return 0;
  }
  if (!(await confirmed(options, 'Change the account’s subscription policy?'))) return 1;
  return report(['account policy'], () => putAccountPolicy(client, policy, options.role ?? null), 'subscribed');
}

/** Changes one after another; a failure does not stop the others. */
async function report(
  names: readonly string[],
  change: (name: string) => Promise<string | null>,
  done: string,
): Promise<number> {
  let failed = 0;
  for (const name of names) {
    const problem = await change(name);
    if (problem !== null) failed += 1;
    say(problem === null ? `  ${done} ${plain(name)}` : `  FAILED ${plain(name)}: ${plain(problem)}`);
  }
  say(`${names.length - failed} ${done}, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function confirmed(options: SubscribeOptions, question: string): Promise<boolean> {
  if (options.yes === true) return true;
  if (!process.stdin.isTTY) throw new UserError('Nothing was changed. Add --yes to run without a terminal.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(plain(`${question} [y/N] `));
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

function summary(plan: readonly PlannedGroup[]): string {
  const count = (what: PlannedGroup['step']['do']): number => plan.filter(({ step }) => step.do === what).length;
  return `${count('create')} to create, ${count('update')} to update, ${count('keep')} unchanged, ${count('skip')} skipped${count('error') === 0 ? '' : `, ${count('error')} could not be read`}`;
}

function say(line: string): void {
  writeOut(`${line}\n`);
}
