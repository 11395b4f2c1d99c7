/** Reads the configuration of every function in a region, and its provisioned concurrency and subscription filters if permitted. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ListFunctionsCommand,
  paginateListFunctions,
  paginateListProvisionedConcurrencyConfigs,
} from '@aws-sdk/client-lambda';
import type { ApiClient } from '../api/api-client.ts';
import { requestJson } from '../api/api-client.ts';
import type { WriteOutcome } from '../records/sink.ts';
import { explainAws, stateOf } from './aws-errors.ts';
import { FilterReader } from './filter-reader.ts';

const FUNCTIONS_PER_REQUEST = 100;

export interface InventoryResult {
  readonly functions: number;
  readonly changed: number;
  /** What could not be read, or null. */
  readonly problem: string | null;
  /** Why patterns of subscription filters could not be read, or null. */
  readonly filtersProblem: string | null;
}

/**
 * Reads and stores the configuration. Continues without provisioned concurrency and without subscription filters if those fail.
 * @throws errors of ListFunctions
 */
export async function readInventory(
  client: LambdaClient,
  logs: CloudWatchLogsClient,
  api: ApiClient,
  onProgress?: (functions: number) => void,
): Promise<InventoryResult> {
  let functions = 0;
  let changed = 0;
  let problem: string | null = null;
  const filters = new FilterReader(logs);
  let part: object[] = [];
  const flush = async (): Promise<void> => {
    if (part.length === 0) return;
    const outcome = await requestJson<WriteOutcome>(api, '/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-thermocline-source-name': 'lambda-api' },
      body: JSON.stringify({ Functions: part }),
    });
    changed += outcome.accepted;
    part = [];
  };
  for await (const page of paginateListFunctions({ client, pageSize: 50 }, {})) {
    for (const configuration of page.Functions ?? []) {
      let provisioned: number | null = null;
      if (problem === null) {
        try {
          provisioned = await provisionedOf(client, configuration);
        } catch (error) {
          problem = explainAws(error, 'lambda:ListProvisionedConcurrencyConfigs');
        }
      }
      const subscribed = await filters.filtersOf(configuration);
      part.push({
        ...configuration,
        ...(provisioned === null ? {} : { ProvisionedConcurrency: provisioned }),
        ...(subscribed === null ? {} : { SubscriptionFilters: subscribed }),
      });
      functions += 1;
      if (part.length >= FUNCTIONS_PER_REQUEST) await flush();
    }
    onProgress?.(functions);
  }
  await flush();
  return { functions, changed, problem, filtersProblem: filters.problem };
}

/** The account, as any function in the region names it; null if there is none, '' if functions may not be listed. */
export async function accountOf(client: LambdaClient): Promise<string | null> {
  try {
    const { Functions: [one] = [] } = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    return one === undefined ? null : (one.FunctionArn?.split(':')[4] ?? '');
  } catch (error) {
    if (stateOf(error) === 'denied') return '';
    throw error;
  }
}

/** Requested provisioned concurrency over all versions and aliases. */
async function provisionedOf(client: LambdaClient, { FunctionName }: FunctionConfiguration): Promise<number> {
  let sum = 0;
  for await (const page of paginateListProvisionedConcurrencyConfigs({ client }, { FunctionName })) {
    for (const config of page.ProvisionedConcurrencyConfigs ?? [])
      sum += config.RequestedProvisionedConcurrentExecutions ?? 0;
  }
  return sum;
}
