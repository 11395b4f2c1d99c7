/** Reads and changes subscription filters and the account's subscription policy. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteAccountPolicyCommand,
  DeleteSubscriptionFilterCommand,
  DescribeAccountPoliciesCommand,
  ListTagsForResourceCommand,
  PutAccountPolicyCommand,
  PutSubscriptionFilterCommand,
  paginateDescribeSubscriptionFilters,
} from '@aws-sdk/client-cloudwatch-logs';
import { explainAws } from './aws-errors.ts';
import type { FoundGroup } from './log-groups.ts';
import type { AccountPolicy, DesiredFilter, ExistingFilter, GroupFacts } from './subscription-plan.ts';

const POLICY_TYPE = 'SUBSCRIPTION_FILTER_POLICY';
/** Retries while another change of the same group is in progress, which takes seconds. */
const ABORTED_TRIES = 4;
const ABORTED_WAIT_MS = 500;

export async function readFilters(
  client: CloudWatchLogsClient,
  logGroupName: string,
): Promise<readonly ExistingFilter[]> {
  const filters: ExistingFilter[] = [];
  for await (const page of paginateDescribeSubscriptionFilters({ client }, { logGroupName })) {
    for (const filter of page.subscriptionFilters ?? []) {
      filters.push({
        name: filter.filterName ?? '',
        pattern: filter.filterPattern ?? '',
        destinationArn: filter.destinationArn ?? '',
      });
    }
  }
  return filters;
}

export async function readGroup(client: CloudWatchLogsClient, group: FoundGroup): Promise<GroupFacts> {
  const subscribable = group.logClass === 'STANDARD';
  return {
    name: group.name,
    logClass: group.logClass,
    filters: subscribable ? await readFilters(client, group.name) : [],
  };
}

/** Whether the log group has every tag. */
export async function hasTags(
  client: CloudWatchLogsClient,
  group: FoundGroup,
  tags: readonly (readonly [key: string, value: string])[],
): Promise<boolean> {
  if (tags.length === 0) return true;
  const answer = await client.send(new ListTagsForResourceCommand({ resourceArn: group.arn }));
  return tags.every(([key, value]) => answer.tags?.[key] === value);
}

/** Creates or updates the filter. Returns null, or an explanation of what to do. */
export async function putFilter(
  client: CloudWatchLogsClient,
  logGroupName: string,
  desired: DesiredFilter,
  roleArn: string | null,
): Promise<string | null> {
  const command = new PutSubscriptionFilterCommand({
    logGroupName,
    filterName: desired.name,
    filterPattern: desired.pattern,
    destinationArn: desired.destinationArn,
    ...(roleArn === null ? {} : { roleArn }),
  });
  return settled(() => client.send(command), 'logs:PutSubscriptionFilter');
}

/** Deletes a subscription filter. Returns a sentence if it failed, null if it worked. */
export async function deleteFilter(
  client: CloudWatchLogsClient,
  logGroupName: string,
  filterName: string,
): Promise<string | null> {
  const command = new DeleteSubscriptionFilterCommand({ logGroupName, filterName });
  return settled(() => client.send(command), 'logs:DeleteSubscriptionFilter');
}

/** Lists the account's subscription policies. @throws the error of AWS */
export async function readAccountPolicies(client: CloudWatchLogsClient): Promise<readonly AccountPolicy[]> {
  const answer = await client.send(new DescribeAccountPoliciesCommand({ policyType: POLICY_TYPE }));
  return (answer.accountPolicies ?? []).map((policy) => {
    const document = parsed(policy.policyDocument);
    return {
      name: policy.policyName ?? '',
      destinationArn: String(document['DestinationArn'] ?? ''),
      pattern: String(document['FilterPattern'] ?? ''),
      selectionCriteria: policy.selectionCriteria ?? '',
    };
  });
}

/** Creates or replaces the account's subscription policy. Returns a sentence if it failed, null if it worked. */
export async function putAccountPolicy(
  client: CloudWatchLogsClient,
  desired: AccountPolicy,
  roleArn: string | null,
): Promise<string | null> {
  const command = new PutAccountPolicyCommand({
    policyName: desired.name,
    policyType: POLICY_TYPE,
    scope: 'ALL',
    policyDocument: JSON.stringify({
      DestinationArn: desired.destinationArn,
      FilterPattern: desired.pattern,
      Distribution: 'Random',
      ...(roleArn === null ? {} : { RoleArn: roleArn }),
    }),
    ...(desired.selectionCriteria === '' ? {} : { selectionCriteria: desired.selectionCriteria }),
  });
  return settled(() => client.send(command), 'logs:PutAccountPolicy');
}

/** Deletes a subscription policy of the account. Returns a sentence if it failed, null if it worked. */
export async function deleteAccountPolicy(client: CloudWatchLogsClient, policyName: string): Promise<string | null> {
  const command = new DeleteAccountPolicyCommand({ policyName, policyType: POLICY_TYPE });
  return settled(() => client.send(command), 'logs:DeleteAccountPolicy');
}

async function settled(call: () => Promise<unknown>, action: string): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await call();
      return null;
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'OperationAbortedException' && attempt < ABORTED_TRIES) {
        await new Promise((resolve) => setTimeout(resolve, ABORTED_WAIT_MS * attempt));
        continue;
      }
      return explainChange(error, action);
    }
  }
}

/** Explains an error of a change and what to do about it. */
export function explainChange(error: unknown, action: string): string {
  const name = error instanceof Error ? error.name : '';
  const text = error instanceof Error ? error.message : String(error);
  if (name === 'LimitExceededException') {
    return 'The log group has no free subscription slot. Remove a filter that is not needed, use --account-level, or pull this group (THERMOCLINE_PULL_LOG_GROUPS).';
  }
  if (name === 'InvalidParameterException' && /test message/i.test(text)) {
    return 'CloudWatch Logs could not deliver its test message. The role must allow firehose:PutRecord and trust logs.REGION.amazonaws.com, or the function must allow logs.REGION.amazonaws.com to invoke it (in China, …amazonaws.com.cn).';
  }
  if (/PassRole/.test(text))
    return `The credentials cannot pass the role. Allow iam:PassRole on it. (${text.slice(0, 200)})`;
  return explainAws(error, action);
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
