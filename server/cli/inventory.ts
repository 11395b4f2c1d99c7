/** `thermocline inventory`: reads function configurations from Lambda or from the output of `aws lambda list-functions`. */
import { readFileSync } from 'node:fs';
import { ApiError, readAnswer } from '../../ingest/api/api-client.ts';
import { lambdaClient, logsClient } from '../../ingest/aws/aws-clients.ts';
import { explainAws } from '../../ingest/aws/aws-errors.ts';
import { readInventory } from '../../ingest/aws/inventory.ts';
import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import type { WriteOutcome } from '../http/contract/ingest.ts';
import type { AwsScopeOptions } from './aws-options.ts';
import { writeOut } from './output.ts';
import { openTarget } from './target.ts';
import { UserError } from './user-error.ts';

export interface InventoryOptions extends AwsScopeOptions {
  readonly fromFile?: string;
}

export async function runInventory(config: Config, options: InventoryOptions): Promise<number> {
  const text = options.fromFile === undefined ? null : readFile(options.fromFile);
  const target = await openTarget(config);
  try {
    if (text !== null) {
      const response = await target.request('/api/v1/inventory', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: text,
      });
      const { accepted, duplicates } = await readAnswer<WriteOutcome>(response);
      writeOut(`${accepted + duplicates} functions, ${accepted} new or changed\n`);
      return 0;
    }
    const scope = { ...options, proxy: config.proxy };
    const limit = { requestsPerSecond: options.requestsPerSecond ?? config.pull.requestsPerSecond };
    const client = lambdaClient(scope, limit);
    const logs = logsClient(scope, limit);
    try {
      const found = await readInventory(client, logs, target.request);
      const { functions, changed, problem, filtersProblem, tagsProblem } = found;
      writeOut(`${functions} functions, ${changed} new or changed\n`);
      if (problem !== null) writeOut(`Provisioned concurrency is unknown. ${plain(problem)}\n`);
      if (filtersProblem !== null)
        writeOut(`Patterns of subscription filters are not compared. ${plain(filtersProblem)}\n`);
      if (tagsProblem !== null) writeOut(`Tags are not read. ${plain(tagsProblem)}\n`);
      return 0;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new UserError(explainAws(error, 'lambda:ListFunctions'));
    } finally {
      client.destroy();
      logs.destroy();
    }
  } finally {
    await target.close();
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
