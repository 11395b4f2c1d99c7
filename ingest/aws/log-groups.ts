/** Lists log groups that match patterns. */
import type { CloudWatchLogsClient, LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { arnRegion } from '../records/arn.ts';
import { isRegionalCopy } from '../records/web-function.ts';
import { literalPrefix, matcher } from './glob.ts';

export interface FoundGroup {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  /** STANDARD, INFREQUENT_ACCESS or DELIVERY. */
  readonly logClass: string;
  readonly storedBytes: number;
}

export interface GroupSelection {
  /** Patterns with `*`; a plain name matches itself. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Matching groups, sorted by name. Makes one listing per literal prefix. */
export async function findGroups(
  client: CloudWatchLogsClient,
  selection: GroupSelection,
  region: string,
): Promise<readonly FoundGroup[]> {
  const included = matcher(selection.include);
  const excluded = matcher(selection.exclude);
  const found = new Map<string, FoundGroup>();
  for (const prefix of shortestPrefixes(selection.include.map(literalPrefix))) {
    const input = prefix === '' ? {} : { logGroupNamePrefix: prefix };
    for await (const page of paginateDescribeLogGroups({ client, pageSize: 50, stopOnSameToken: true }, input)) {
      for (const group of page.logGroups ?? []) {
        const name = group.logGroupName;
        if (name === undefined || isRegionalCopy(name)) continue;
        if (included(name) && !excluded(name)) found.set(name, describe(group, name, region));
      }
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function describe(group: LogGroup, name: string, region: string): FoundGroup {
  const arn = group.logGroupArn ?? group.arn ?? '';
  return {
    name,
    account: arn.split(':')[4] ?? '',
    region: arnRegion(arn) ?? region,
    arn: arn.replace(/:\*$/, ''),
    logClass: group.logGroupClass ?? 'STANDARD',
    storedBytes: group.storedBytes ?? 0,
  };
}

/** Drops prefixes that start with another prefix of the list. */
function shortestPrefixes(prefixes: readonly string[]): readonly string[] {
  const unique = [...new Set(prefixes)];
  return unique.filter((prefix) => !unique.some((other) => other !== prefix && prefix.startsWith(other)));
}
