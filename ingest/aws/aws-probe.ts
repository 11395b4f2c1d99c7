/**
 * Checks that the credentials have the permissions that collectors need, by one small read of each kind, and reads AWS's
 * clock. Calls the actions of {@link PULL_ACTIONS}, so that a policy which allows those passes, and the optional ones.
 */
import { GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeAccountPoliciesCommand,
  DescribeLogGroupsCommand,
  DescribeSubscriptionFiltersCommand,
  FilterLogEventsCommand,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  ListFunctionsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import { BatchGetTracesCommand } from '@aws-sdk/client-xray';
import { PLATFORM_FILTER } from '../lines/platform-terms.ts';
import { LAMBDA_NAMESPACE } from '../records/metric-function.ts';
import type { PULL_ACTIONS } from '../records/pull-actions.ts';
import { OPTIONAL_PULL_ACTIONS } from '../records/pull-actions.ts';
import { MINUTE_MS } from '../records/time.ts';
import type { AwsScope } from './aws-clients.ts';
import { lambdaClient, logsClient, metricsClient, regionOf, xrayClient } from './aws-clients.ts';
import { explainAws } from './aws-errors.ts';
import { literalPrefix } from './glob.ts';
import { isLogClassError } from './log-class.ts';
import { queriesOf } from './metric-queries.ts';
import { FILTER_SAMPLES } from './platform-filter.ts';

export interface AwsWants {
  readonly logs: boolean;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly inventory: boolean;
  /** Patterns of the log groups to read. Permissions may be limited to them. */
  readonly logGroups: readonly string[];
}

type Action =
  | (typeof PULL_ACTIONS)[keyof typeof PULL_ACTIONS][number]
  | (typeof OPTIONAL_PULL_ACTIONS)[keyof typeof OPTIONAL_PULL_ACTIONS][number];

const OPTIONAL: ReadonlySet<Action> = new Set(Object.values(OPTIONAL_PULL_ACTIONS).flat());

export interface AwsProbe {
  readonly action: Action;
  /** null if the action is allowed. */
  readonly problem: string | null;
  /** Why the action was not tried; null if it was. */
  readonly skipped: string | null;
  /** Collectors work without it, and know less. */
  readonly optional: boolean;
}

const RATE_LIMIT = { requestsPerSecond: 2, maxAttempts: 2 };
/** A valid id that no trace has: the answer is empty. */
const NO_TRACE = '1-00000000-000000000000000000000000';

/** A metric that no function has: the answer is empty, and billed as one metric. */
const NO_METRIC = { name: 'None', functionName: 'none' };

/** Runs the probes. `serverMs` is AWS's clock in the last response, in epoch ms; null without a response. */
export async function probeAws(
  scope: AwsScope,
  wants: AwsWants,
  nowMs: number,
): Promise<{ readonly probes: readonly AwsProbe[]; readonly serverMs: number | null }> {
  const probes: AwsProbe[] = [];
  let serverMs: number | null = null;
  const note = (headers: Readonly<Record<string, string>>): void => {
    const ms = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(ms)) serverMs = ms;
  };
  const may = async <T>(action: Action, region: string | undefined, call: () => Promise<T>): Promise<T | null> => {
    try {
      const answer = await call();
      probes.push({ action, problem: null, skipped: null, optional: OPTIONAL.has(action) });
      return answer;
    } catch (error) {
      const problem = explainAws(error, action, region);
      probes.push({ action, problem, skipped: null, optional: OPTIONAL.has(action) });
      return null;
    }
  };
  const skip = (action: Action, skipped: string): void =>
    void probes.push({ action, problem: null, skipped, optional: OPTIONAL.has(action) });
  if (wants.logs) {
    const client = withHeaders(logsClient(scope, RATE_LIMIT), note);
    const region = await regionOf(client).catch(() => undefined);
    const prefix = literalPrefix(wants.logGroups[0] ?? '/aws/lambda/');
    const listed = await may('logs:DescribeLogGroups', region, () =>
      client.send(
        new DescribeLogGroupsCommand({
          logGroupClass: 'STANDARD',
          limit: 1,
          ...(prefix === '' ? {} : { logGroupNamePrefix: prefix }),
        }),
      ),
    );
    const logGroupName = listed?.logGroups?.[0]?.logGroupName;
    if (logGroupName !== undefined) {
      const startTime = nowMs - MINUTE_MS;
      await may('logs:FilterLogEvents', region, () =>
        client.send(new FilterLogEventsCommand({ logGroupName, startTime, limit: 1 })),
      );
    } else if (listed !== null) skip('logs:FilterLogEvents', `there is no log group ${prefix}*`);
    const filter = { filterPattern: PLATFORM_FILTER, logEventMessages: FILTER_SAMPLES.slice(0, 1) };
    await may('logs:TestMetricFilter', region, () => client.send(new TestMetricFilterCommand(filter)));
    client.destroy();
  }
  if (wants.inventory) {
    const client = withHeaders(lambdaClient(scope, RATE_LIMIT), note);
    const region = await regionOf(client).catch(() => undefined);
    const listed = await may('lambda:ListFunctions', region, () =>
      client.send(new ListFunctionsCommand({ MaxItems: 1 })),
    );
    const FunctionName = listed?.Functions?.[0]?.FunctionName;
    if (FunctionName !== undefined) {
      await may('lambda:ListProvisionedConcurrencyConfigs', region, () =>
        client.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName, MaxItems: 1 })),
      );
    } else if (listed !== null) skip('lambda:ListProvisionedConcurrencyConfigs', 'there is no function');
    const logs = withHeaders(logsClient(scope, RATE_LIMIT), note);
    const logGroupName = listed?.Functions?.[0]?.LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
    if (FunctionName !== undefined)
      await may('logs:DescribeSubscriptionFilters', region, () =>
        logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName, limit: 1 })).catch(unlessNoFilters),
      );
    await may('logs:DescribeAccountPolicies', region, () =>
      logs.send(new DescribeAccountPoliciesCommand({ policyType: 'SUBSCRIPTION_FILTER_POLICY' })),
    );
    logs.destroy();
    const Resource = listed?.Functions?.[0]?.FunctionArn ?? FunctionName;
    if (Resource !== undefined)
      await may('lambda:ListTags', region, () => client.send(new ListTagsCommand({ Resource })));
    client.destroy();
  }
  if (wants.traces) {
    const client = withHeaders(xrayClient(scope, RATE_LIMIT), note);
    const region = await regionOf(client).catch(() => undefined);
    await may('xray:BatchGetTraces', region, () => client.send(new BatchGetTracesCommand({ TraceIds: [NO_TRACE] })));
    client.destroy();
  }
  if (wants.metrics) {
    const client = withHeaders(metricsClient(scope, RATE_LIMIT), note);
    const region = await regionOf(client).catch(() => undefined);
    await may('cloudwatch:ListMetrics', region, () =>
      client.send(new ListMetricsCommand({ Namespace: LAMBDA_NAMESPACE, RecentlyActive: 'PT3H' })),
    );
    await may('cloudwatch:GetMetricData', region, () =>
      client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queriesOf([NO_METRIC]),
          StartTime: new Date(nowMs - MINUTE_MS),
          EndTime: new Date(nowMs),
        }),
      ),
    );
    client.destroy();
  }
  return { probes, serverMs };
}

/** A group that does not exist, or of a class without filters: the call is permitted. @throws any other error */
function unlessNoFilters(error: unknown): null {
  if (isLogClassError(error) || (error instanceof Error && error.name === 'ResourceNotFoundException')) return null;
  throw error;
}

interface Stack {
  readonly middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<{ response: unknown }>) => (args: never) => Promise<unknown>,
      options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

/** Passes the headers of every response, including errors, to `note`. */
function withHeaders<C>(client: C, note: (headers: Readonly<Record<string, string>>) => void): C {
  (client as Stack).middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      note((result.response as { headers?: Record<string, string> }).headers ?? {});
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'readHeaders' },
  );
  return client;
}
