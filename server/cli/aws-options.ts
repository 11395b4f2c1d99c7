/** Options that AWS commands share: region and profile, log groups, time range. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { parseTime } from '../../ingest/records/time.ts';
import { wholeNumber } from './arguments.ts';
import { UserError } from './user-error.ts';

export interface AwsScopeOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly requestsPerSecond?: number;
}

export interface GroupOptions {
  readonly logGroup?: readonly string[];
  readonly prefix?: readonly string[];
  readonly pattern?: readonly string[];
  readonly allLambda?: boolean;
  readonly exclude?: readonly string[];
}

/** Log groups that the options select. @throws UserError if there are none. */
export function selectionOf(options: GroupOptions): {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
} {
  const include = [
    ...(options.logGroup ?? []),
    ...(options.prefix ?? []).map((prefix) => `${prefix}*`),
    ...(options.pattern ?? []),
    ...(options.allLambda === true ? ['/aws/lambda/*'] : []),
  ];
  if (include.length === 0) {
    throw new UserError(
      'Missing log groups. Use --log-group NAME, --prefix PREFIX, --pattern "PATTERN" or --all-lambda.',
    );
  }
  return { include, exclude: options.exclude ?? [] };
}

/** Validates `7d`, `now-7d`, ISO 8601 or epoch ms. @throws InvalidArgumentError */
export function timeArgument(text: string): string {
  const relative = /^\d{1,6}[smhdw]$/.test(text) ? `now-${text}` : text;
  if (parseTime(relative, 0) === null) {
    throw new InvalidArgumentError('expected 7d, 12h, ISO 8601 (2026-11-01T00:00:00Z) or epoch milliseconds');
  }
  return relative;
}

/** Time range of the options. @throws UserError if it is empty. */
export function rangeOfArguments(
  since: string,
  until: string,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = parseTime(since, nowMs) ?? nowMs;
  // Nothing is logged after now.
  const toMs = Math.min(nowMs, parseTime(until, nowMs) ?? nowMs);
  if (fromMs >= toMs) throw new UserError(`--since ${since} is not before --until ${until}`);
  return { fromMs, toMs };
}

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** Adds --region, --profile and --requests-per-second to a command. */
export function addAwsScope(command: Command): Command {
  return command
    .option('--region <name>', 'AWS region (default: from the AWS SDK)')
    .option('--profile <name>', 'profile of ~/.aws/config')
    .option('--requests-per-second <n>', 'rate limit of AWS requests', wholeNumber);
}

/** Adds the options that select log groups to a command. */
export function addGroups(command: Command): Command {
  return command
    .option('--log-group <name>', 'log group; repeatable', collect)
    .option('--prefix <text>', 'groups with this name prefix; repeatable', collect)
    .option('--pattern <pattern>', 'groups that match, with * as wildcard; repeatable', collect)
    .option('--all-lambda', 'every group under /aws/lambda/')
    .option('--exclude <pattern>', 'exclude groups that match; repeatable', collect);
}
