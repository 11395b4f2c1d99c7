/** Checks that the credentials have the permissions that collectors need, by one small read of each kind, and reads AWS's clock. */

import { DescribeLogGroupsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetTraceSummariesCommand } from '@aws-sdk/client-xray';
import { MINUTE_MS } from '../records/time.ts';
import type { AwsScope } from './aws-clients.ts';
import { lambdaClient, logsClient, xrayClient } from './aws-clients.ts';
import { explainAws } from './aws-errors.ts';

export interface AwsWants {
  readonly logs: boolean;
  readonly traces: boolean;
  readonly inventory: boolean;
}

export interface AwsProbe {
  readonly action: string;
  /** null if the action is allowed. */
  readonly problem: string | null;
}

const RATE_LIMIT = { requestsPerSecond: 2, maxAttempts: 2 };

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
  const may = async (action: string, call: () => Promise<unknown>): Promise<boolean> => {
    const problem = await call().then(
      () => null,
      (error: unknown) => explainAws(error, action),
    );
    probes.push({ action, problem });
    return problem === null;
  };
  if (wants.logs) {
    const client = withHeaders(logsClient(scope, RATE_LIMIT), note);
    let logGroupName: string | undefined;
    const listed = await may('logs:DescribeLogGroups', async () => {
      const { logGroups } = await client.send(new DescribeLogGroupsCommand({ limit: 1 }));
      logGroupName = logGroups?.[0]?.logGroupName;
    });
    if (listed && logGroupName !== undefined) {
      const startTime = nowMs - MINUTE_MS;
      await may('logs:FilterLogEvents', () =>
        client.send(new FilterLogEventsCommand({ logGroupName, startTime, limit: 1 })),
      );
    }
    client.destroy();
  }
  if (wants.inventory) {
    const client = withHeaders(lambdaClient(scope, RATE_LIMIT), note);
    await may('lambda:ListFunctions', () => client.send(new ListFunctionsCommand({ MaxItems: 1 })));
    client.destroy();
  }
  if (wants.traces) {
    const client = withHeaders(xrayClient(scope, RATE_LIMIT), note);
    const range = { StartTime: new Date(nowMs - MINUTE_MS), EndTime: new Date(nowMs) };
    await may('xray:GetTraceSummaries', () => client.send(new GetTraceSummariesCommand(range)));
    client.destroy();
  }
  return { probes, serverMs };
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
