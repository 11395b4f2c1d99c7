/** Reads the configuration of every function in a region, and its provisioned concurrency, subscription filters and tags if permitted. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ListFunctionsCommand,
  ListTagsCommand,
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
  /** Why tags could not be read, or null. Those that were read before stay. */
  readonly tagsProblem: string | null;
}

/** A function with the tags that AWS has for it. */
interface ReadTags {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads and stores the configuration. Continues without provisioned concurrency, without subscription filters and without tags if those
 * fail.
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
  let tagsProblem: string | null = null;
  let tagged: ReadTags[] = [];
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
    if (tagged.length === 0) return;
    await requestJson(api, '/api/v1/tags', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ functions: tagged }),
    });
    tagged = [];
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
      if (tagsProblem === null) {
        try {
          tagged.push(...(await tagsOf(client, configuration)));
        } catch (error) {
          tagsProblem = explainAws(error, 'lambda:ListTags');
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
  return { functions, changed, problem, filtersProblem: filters.problem, tagsProblem };
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

/** The function with its tags; empty if its ARN is not known. */
async function tagsOf(client: LambdaClient, { FunctionArn: arn }: FunctionConfiguration): Promise<readonly ReadTags[]> {
  const [, , , region, account, , name] = arn?.split(':') ?? [];
  if (region === undefined || account === undefined || name === undefined) return [];
  const { Tags: tags = {} } = await client.send(new ListTagsCommand({ Resource: arn }));
  return [{ account, region, name, tags }];
}
