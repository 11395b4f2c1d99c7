/** Plans the changes of subscription filters before any is made. Pure. */
import type { Partition } from './aws-regions.ts';
import { logClassProblem } from './log-class.ts';

export interface ExistingFilter {
  readonly name: string;
  readonly pattern: string;
  readonly destinationArn: string;
}

export interface GroupFacts {
  readonly name: string;
  readonly logClass: string;
  readonly filters: readonly ExistingFilter[];
}

export interface DesiredFilter {
  readonly name: string;
  readonly pattern: string;
  readonly destinationArn: string;
}

export type Step =
  | { readonly do: 'create'; readonly note: string | null }
  | { readonly do: 'update'; readonly note: string }
  | { readonly do: 'keep'; readonly note: null }
  | { readonly do: 'skip'; readonly note: string }
  /** The group could not be read; the note says why. */
  | { readonly do: 'error'; readonly note: string };

export interface PlannedGroup {
  readonly logGroup: string;
  readonly step: Step;
}

/** Log groups of the delivery chain itself. Subscribing them would create a loop. */
export function ownGroups(destinationArn: string, configured: readonly string[]): (name: string) => boolean {
  const [, , service, , , ...resource] = destinationArn.split(':');
  const name = resource.join(':').split(/[:/]/)[1] ?? '';
  const own = new Set(configured);
  if (service === 'lambda') own.add(`/aws/lambda/${name}`);
  if (service === 'firehose') own.add(`/aws/kinesisfirehose/${name}`);
  return (group) => own.has(group) || group.startsWith('/aws/kinesisfirehose/');
}

/** Plans one log group. Filters with other names are never changed. */
export function planGroup(group: GroupFacts, desired: DesiredFilter, isOwn: (name: string) => boolean): PlannedGroup {
  const planned = (step: Step): PlannedGroup => ({ logGroup: group.name, step });
  if (isOwn(group.name)) {
    return planned({ do: 'skip', note: 'part of the delivery chain; subscribing it would create a loop' });
  }
  const classProblem = logClassProblem(group.logClass);
  if (classProblem !== null) return planned({ do: 'skip', note: classProblem });
  const ours = group.filters.find((filter) => filter.name === desired.name);
  const others = group.filters.filter((filter) => filter.name !== desired.name);
  if (ours === undefined) {
    const twin = others.find((filter) => filter.destinationArn === desired.destinationArn);
    if (twin !== undefined) {
      return planned({ do: 'skip', note: `its filter "${twin.name}" already delivers to the same destination` });
    }
    const note = others.length === 0 ? null : `beside ${others.map((filter) => `"${filter.name}"`).join(', ')}`;
    return planned({ do: 'create', note });
  }
  if (ours.destinationArn !== desired.destinationArn) {
    return planned({ do: 'update', note: `destination was ${ours.destinationArn}` });
  }
  if (ours.pattern !== desired.pattern) return planned({ do: 'update', note: 'the filter pattern changes' });
  return planned({ do: 'keep', note: null });
}

export interface AccountPolicy {
  readonly name: string;
  readonly destinationArn: string;
  readonly pattern: string;
  readonly selectionCriteria: string;
}

/** Plans the account's policy. An account can have only one of this type. */
export function planAccount(existing: readonly AccountPolicy[], desired: AccountPolicy): Step {
  const other = existing.find((policy) => policy.name !== desired.name);
  if (other !== undefined) {
    return {
      do: 'skip',
      note: `the account’s only subscription policy is "${other.name}" (to ${other.destinationArn}); use filters on log groups instead`,
    };
  }
  const ours = existing.find((policy) => policy.name === desired.name);
  if (ours === undefined) return { do: 'create', note: null };
  if (ours.destinationArn !== desired.destinationArn) {
    return { do: 'update', note: `destination was ${ours.destinationArn}` };
  }
  if (ours.pattern !== desired.pattern || ours.selectionCriteria !== desired.selectionCriteria) {
    return { do: 'update', note: 'pattern or exclusions change' };
  }
  return { do: 'keep', note: null };
}

/** The selection criteria of an account policy. CloudWatch Logs supports `NOT IN` only. */
export function selectionCriteria(excluded: readonly string[]): string {
  return excluded.length === 0 ? '' : `LogGroupName NOT IN ${JSON.stringify(excluded)}`;
}

/** The IAM policy for planning, applying and removing subscriptions in a partition. */
export function iamPolicy(roleArn: string | null, partition: Partition): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PlanAndStatus',
        Effect: 'Allow',
        Action: [
          'logs:DescribeLogGroups',
          'logs:DescribeSubscriptionFilters',
          'logs:DescribeAccountPolicies',
          'logs:ListTagsForResource',
          'logs:TestMetricFilter',
        ],
        Resource: '*',
      },
      {
        Sid: 'ApplyAndRemove',
        Effect: 'Allow',
        Action: [
          'logs:PutSubscriptionFilter',
          'logs:DeleteSubscriptionFilter',
          'logs:PutAccountPolicy',
          'logs:DeleteAccountPolicy',
        ],
        Resource: '*',
      },
      {
        Sid: 'HandTheRoleToCloudWatchLogs',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: roleArn ?? `arn:${partition.name}:iam::*:role/thermocline-*`,
        Condition: {
          // The role trusts the principal of its region.
          StringLike: { 'iam:PassedToService': ['logs.amazonaws.com', `logs.*.${partition.suffix}`] },
        },
      },
    ],
  };
}
