/** Reads the subscription filters through which the log lines of functions may be delivered. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { explainAws } from './aws-errors.ts';
import { isLogClassError } from './log-class.ts';
import { readAccountPolicies, readFilters } from './subscriptions.ts';

/** A filter under the names that DescribeSubscriptionFilters gives its parts. */
export interface SubscribedFilter {
  readonly filterName: string;
  readonly filterPattern: string;
}

export class FilterReader {
  readonly #client: CloudWatchLogsClient;
  /** Policies of the account, which apply to every log group; null before they were read. */
  #policies: readonly SubscribedFilter[] | null = null;
  /** Why reading ended, or null. */
  problem: string | null = null;

  constructor(client: CloudWatchLogsClient) {
    this.#client = client;
  }

  /**
   * Returns the filters of the function's log group, with the account's policies; null if they are unknown. After the first
   * failure nothing more is requested: the next inventory tries again.
   */
  async filtersOf({ FunctionName, LoggingConfig }: FunctionConfiguration): Promise<readonly SubscribedFilter[] | null> {
    if (this.problem !== null) return null;
    this.#policies ??= await this.#attempt('logs:DescribeAccountPolicies', async () =>
      (await readAccountPolicies(this.#client)).map(({ name, pattern }) => ({
        filterName: name,
        filterPattern: pattern,
      })),
    );
    const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
    const own = await this.#attempt('logs:DescribeSubscriptionFilters', () => this.#filtersOfGroup(group));
    return this.#policies === null || own === null ? null : [...this.#policies, ...own];
  }

  async #filtersOfGroup(group: string): Promise<readonly SubscribedFilter[]> {
    try {
      const filters = await readFilters(this.#client, group);
      return filters.map(({ name, pattern }) => ({ filterName: name, filterPattern: pattern }));
    } catch (error) {
      // A function that never ran has no log group; a group of another class than STANDARD cannot have filters.
      if (isLogClassError(error) || (error instanceof Error && error.name === 'ResourceNotFoundException')) return [];
      throw error;
    }
  }

  async #attempt<T>(action: string, read: () => Promise<T>): Promise<T | null> {
    if (this.problem !== null) return null;
    try {
      return await read();
    } catch (error) {
      this.problem = explainAws(error, action);
      return null;
    }
  }
}
